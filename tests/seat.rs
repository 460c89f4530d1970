//! Whole games by players without sense, on fixtures of every protocol.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use jawjaw::diagnostic::Severity;
use jawjaw::engine::{RunRecord, Workspace, run};
use jawjaw::model::Model;
use jawjaw::scenario::load::{LoadError, Loader, NoFacts, load};
use jawjaw::seat::session::{FORMAT, Header, Session, read};
use jawjaw::seat::sitter::Act;
use jawjaw::seat::{Decision, Event, Game, Package, Phase, Table, Worksheet};

struct Text(String);

impl Loader for Text {
    fn load(&self, _path: &str) -> Result<String, LoadError> {
        Ok(self.0.clone())
    }
}

const DAM: &str = include_str!("fixtures/minimal.toml");

fn model(text: &str) -> Model {
    let loaded = load("scenarios/test.toml", &Text(text.to_owned()), &NoFacts);
    assert!(loaded.scenario.is_some(), "{:?}", loaded.diagnostics);
    Model::compile(loaded.scenario.unwrap()).unwrap()
}

fn with_protocol(protocol: &str) -> String {
    DAM.replace(
        "exchanges = 4",
        &format!("exchanges = 4\nprotocol = \"{protocol}\""),
    )
}

const PROTOCOLS: [&str; 4] = [
    "alternating-offers",
    "single-text",
    "simultaneous-concession",
    "ultimatum",
];

/// A small generator of its own (Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }
}

fn package(game: &Game, dice: &mut Dice) -> Package {
    let view = game.view();
    let turn = view.turn.unwrap();
    let meeting = turn.meeting.unwrap();
    let mut levels = BTreeMap::new();
    for issue in turn.issues.iter().filter(|issue| issue.on_agenda) {
        if dice.roll(2) == 0 {
            levels.insert(issue.issue.clone(), dice.roll(issue.brings.len()));
        }
    }
    let form = match meeting.forms.len() {
        0 => None,
        forms => Some(meeting.forms[dice.roll(forms)].clone()),
    };
    Package { form, levels }
}

/// Anything that is allowed, and now and then something that is not.
fn random(game: &Game, dice: &mut Dice) -> Event {
    let turn = game.view().turn.unwrap();
    let decision = match turn.may[dice.roll(turn.may.len())] {
        "accept" => Decision::Accept,
        "refuse" => Decision::Refuse,
        "pass" => Decision::Pass,
        "walk-out" if dice.roll(4) == 0 => Decision::WalkOut,
        "walk-out" => return Event::Caucus,
        "offer" => Decision::Offer {
            package: package(game, dice),
        },
        "move" if !turn.moves.is_empty() => Decision::Move {
            act: turn.moves[dice.roll(turn.moves.len())].id.clone(),
        },
        _ => Decision::Wait,
    };
    Event::Decide { decision }
}

/// Never gives in: its own best at every turn, no to everything else.
fn stubborn(game: &Game, _: &mut Dice) -> Event {
    let turn = game.view().turn.unwrap();
    let may = |what| turn.may.contains(&what);
    let best = turn.issues.iter().filter(|issue| issue.on_agenda);
    let levels: BTreeMap<String, usize> = best
        .map(|issue| {
            let levels = issue.brings.iter().enumerate();
            let best = levels.reduce(|a, b| if b.1 > a.1 { b } else { a }).unwrap();
            (issue.issue.clone(), best.0)
        })
        .collect();
    let package = Package {
        form: turn.meeting.as_ref().and_then(|m| m.forms.last().cloned()),
        levels,
    };
    let decision = if may("offer") {
        Decision::Offer { package }
    } else if may("refuse") {
        Decision::Refuse
    } else if may("pass") {
        Decision::Pass
    } else {
        Decision::Wait
    };
    Event::Decide { decision }
}

type Player = fn(&Game, &mut Dice) -> Event;

/// Plays to the end; refused inputs are followed by one that is always possible.
fn play(table: Table, player: Player, dice: &mut Dice) -> Game {
    let mut game = Game::start(table);
    game.act(Event::Begin).unwrap();
    for _ in 0..2_000 {
        if game.phase() == Phase::Over {
            return game;
        }
        if game.act(player(&game, dice)).is_err() {
            let turn = game.view().turn.unwrap();
            let decision = match turn.may[..] {
                [.., "pass", _] | [.., "pass"] => Decision::Pass,
                [.., "wait"] => Decision::Wait,
                _ => Decision::Refuse,
            };
            game.act(Event::Decide { decision }).unwrap();
        }
    }
    panic!("stuck at {:?}", game.view().turn);
}

fn games(player: Player, count: u64) {
    let mut texts = PROTOCOLS.map(with_protocol).to_vec();
    texts.push(include_str!("fixtures/quarrel.toml").to_owned());
    texts.push(include_str!("../scenarios/geneva-week.toml").to_owned());
    texts.push(include_str!("../scenarios/cuba-1962.toml").to_owned());
    let models: Vec<Model> = texts.iter().map(|text| model(text)).collect();
    for seed in 0..count {
        let model = &models[seed as usize % models.len()];
        let parties = &model.scenario.parties;
        let seat = &parties[seed as usize / models.len() % parties.len()].id;
        let table = Table::new(model.clone(), seed, seat).unwrap();
        let game = play(table.clone(), player, &mut Dice(seed));
        let record = game.outcome().unwrap();
        assert!(record.utility.iter().all(|utility| utility.is_finite()));
        assert!(
            record
                .belief
                .iter()
                .all(|belief| (0.0..=1.0).contains(belief))
        );
        // The log alone gives the same game.
        let mut again = Game::start(table);
        for event in game.log() {
            again.act(event.clone()).unwrap();
        }
        assert_eq!(again.view(), game.view());
        assert_eq!(
            format!("{:?}", again.outcome().unwrap()),
            format!("{record:?}")
        );
    }
}

#[test]
fn a_random_player_always_comes_to_an_end() {
    games(random, 42);
}

#[test]
fn a_stubborn_player_always_comes_to_an_end() {
    games(stubborn, 42);
}

/// `cargo test --release --test seat -- --ignored`
#[test]
#[ignore = "some minutes without optimisation"]
fn a_thousand_games_of_each_come_to_an_end() {
    games(random, 1_000);
    games(stubborn, 1_000);
}

#[test]
fn a_seat_left_to_the_agent_is_an_ordinary_run() {
    for protocol in PROTOCOLS {
        let model = model(&with_protocol(protocol));
        for seed in 0..6 {
            let table = Table::new(model.clone(), seed, "lowland").unwrap();
            let mut record = RunRecord::new(model.record_shape());
            let mut workspace = Workspace::new(&model);
            run(
                &model,
                &table.prepared,
                &mut workspace,
                0,
                &mut record,
                &mut (),
            );
            let game = play(table, random, &mut Dice(seed));
            let mut what_if = game.what_if();
            let agents = what_if.agent_from(0, None).unwrap();
            assert_eq!(format!("{agents:?}"), format!("{record:?}"), "{protocol}");
        }
    }
}

#[test]
fn a_continuation_without_a_change_ends_as_the_game_did() {
    let game = play(
        Table::new(model(DAM), 3, "lowland").unwrap(),
        random,
        &mut Dice(5),
    );
    let decisions = game.decisions();
    let mut what_if = game.what_if();
    let last = decisions.len() - 1;
    let same = what_if.continue_with_agents(last, None, None).unwrap();
    let record = game.outcome().unwrap();
    assert_eq!(same.utility, record.utility);
    assert_eq!(same.outcome, record.outcome);
    assert!(what_if.continue_with_agents(last + 1, None, None).is_err());
    // Other luck, but the same past: types, and all rounds before the decision.
    let middle = &decisions[last / 2];
    for replicate in 1..20 {
        let other = what_if
            .continue_with_agents(last / 2, None, Some(replicate))
            .unwrap();
        assert_eq!(other.types, record.types);
        let rounds = middle.moment.round;
        assert_eq!(other.tension[..rounds], record.tension[..rounds]);
    }
    for (k, faced) in decisions.iter().enumerate() {
        for act in &faced.others {
            what_if.continue_with_agents(k, Some(act), Some(1)).unwrap();
        }
        let wrong = if matches!(faced.act, Act::Move(_) | Act::Wait) {
            Act::Accept
        } else {
            Act::Wait
        };
        assert!(what_if.continue_with_agents(k, Some(&wrong), None).is_err());
    }
}

#[test]
fn own_scores_are_those_of_the_engine() {
    let mut compared = 0;
    for seed in 0..12 {
        let seat = ["upland", "lowland"][seed as usize % 2];
        let table = Table::new(model(DAM), seed, seat).unwrap();
        let at = table.seat;
        let game = play(table, random, &mut Dice(seed));
        let record = game.outcome().unwrap();
        for round in 0..usize::from(record.rounds) {
            let made = game.offers();
            let here = made.iter().filter(|made| made.round == round);
            let (own, others): (Vec<_>, Vec<_>) =
                here.partition(|made| made.by.as_deref() == Some(seat));
            let best = others.iter().map(|made| made.proposal.to_you);
            let best = best.reduce(f64::max);
            let last = own.last().map(|made| made.proposal.to_you);
            for (ours, engine) in [
                (best, record.offered[round * 2 + at]),
                (last, record.asked[round * 2 + at]),
            ] {
                match ours {
                    Some(ours) => assert!((ours - engine).abs() < 1e-12, "{ours} {engine}"),
                    None => assert!(engine.is_nan()),
                }
                compared += usize::from(ours.is_some());
            }
        }
    }
    assert!(compared > 40, "{compared}");
}

#[test]
fn a_seat_sees_nothing_of_what_others_think() {
    // Every reason in the file belongs to a party by its key: each gets a word of its own.
    let canary = |text: &str, party: &str| -> String {
        let mut here = String::new();
        let mut out = String::new();
        for line in text.lines() {
            if line.starts_with('[') {
                here = line.to_owned();
            }
            // The only types of the file are Lowland's.
            let own = here.starts_with(&format!("[preferences.{party}."))
                || (here == "[[parties.types]]" && party == "lowland");
            let marked = if own {
                line.replace("assumed = \"", &format!("assumed = \"canary-{party} "))
            } else {
                line.to_owned()
            };
            out += &marked;
            out.push('\n');
        }
        out
    };
    let text = canary(&canary(DAM, "upland"), "lowland");
    for (seat, other) in [("upland", "lowland"), ("lowland", "upland")] {
        for seed in 0..8 {
            let table = Table::new(model(&text), seed, seat).unwrap();
            let mut seen = serde_json::to_string(&Game::start(table.clone()).brief()).unwrap();
            let own = format!("canary-{seat}");
            assert!(seen.contains(&own), "the test can fail");
            let mut game = Game::start(table);
            game.act(Event::Begin).unwrap();
            let dice = &mut Dice(seed);
            while game.phase() != Phase::Over {
                seen += &serde_json::to_string(&game.view()).unwrap();
                if game.act(random(&game, dice)).is_err() {
                    let turn = game.view().turn.unwrap();
                    let decision = if turn.may.contains(&"pass") {
                        Decision::Pass
                    } else {
                        Decision::Wait
                    };
                    game.act(Event::Decide { decision }).unwrap();
                }
            }
            seen += &serde_json::to_string(&game.view()).unwrap();
            assert!(
                !seen.contains(&format!("canary-{other}")),
                "{seat} sees {other}"
            );
        }
    }
}

#[test]
fn what_others_want_changes_nothing_before_they_act() {
    // Lowland speaks first, so that nothing of Upland's can show in its first view.
    let other = DAM
        .replace(
            "values = [1.0, [0.6, 0.7, 0.8], [0.3, 0.5], 0.0]",
            "values = [1.0, 0.2, 0.1, 0.0]",
        )
        .replace(
            "weight = { range = [0.5, 0.6, 0.7], assumed = \"power for the capital\" }",
            "weight = { range = [0.1, 0.2], assumed = \"power\" }",
        )
        .replace(
            "strategy = { kind = \"time-dependent\", e = { range = [0.2, 0.5, 1.0]",
            "strategy = { kind = \"time-dependent\", e = { range = [2.0, 3.0]",
        );
    assert_ne!(other, DAM);
    let first = |text: &str| {
        let mut game = Game::start(Table::new(model(text), 7, "lowland").unwrap());
        game.act(Event::Begin).unwrap();
        let brief = game.brief();
        serde_json::to_string(&(brief, game.view())).unwrap()
    };
    let (a, b) = (first(DAM), first(&other));
    assert!(a.contains("\"question\":\"offer\""));
    assert_eq!(a, b);
}

#[test]
fn refusals_are_sentences_and_change_nothing() {
    let mut game = Game::start(Table::new(model(DAM), 7, "lowland").unwrap());
    let draft = |issue: &str, level| Event::Draft {
        package: Package {
            form: None,
            levels: [(issue.to_owned(), level)].into(),
        },
    };
    let predict = |chance| Event::Predict {
        chances: [("deal".to_owned(), chance)].into(),
    };
    let decide = |decision| Event::Decide { decision };
    let refused = |game: &mut Game, event: Event| {
        let (log, view) = (game.log().to_vec(), game.view());
        let why = game.act(event).unwrap_err().0;
        assert!(why.ends_with('.'), "{why}");
        assert_eq!((game.log(), game.view()), (&*log, view));
        why
    };
    refused(&mut game, decide(Decision::Accept));
    refused(&mut game, draft("water", 1));
    refused(&mut game, predict(90.0));
    refused(&mut game, Event::Undo);
    refused(&mut game, Event::Caucus);
    game.act(Event::Begin).unwrap();
    refused(&mut game, Event::Begin);
    refused(&mut game, predict(100.0));
    refused(&mut game, draft("wine", 1));
    refused(&mut game, draft("water", 9));
    refused(&mut game, decide(Decision::Accept));
    refused(&mut game, decide(Decision::Wait));
    refused(
        &mut game,
        decide(Decision::Offer {
            package: Package::default(),
        }),
    );
    game.act(draft("water", 2)).unwrap();
    game.act(draft("water", 3)).unwrap();
    game.act(Event::Undo).unwrap();
    let levels = game.view().turn.unwrap().draft.unwrap().package.levels;
    assert_eq!(levels["water"], 2);
    game.act(decide(Decision::Pass)).unwrap();
    assert!(refused(&mut game, Event::Undo).contains("stands"));
    assert!(
        Table::new(model(DAM), 1, "upland2")
            .unwrap_err()
            .0
            .contains("`upland`")
    );
}

#[test]
fn a_draft_outlives_a_refusal_and_nothing_else() {
    let model = model(include_str!("../scenarios/geneva-week.toml"));
    let drafted = |game: &Game| {
        let draft = game.view().turn.and_then(|turn| turn.draft);
        draft.map(|draft| draft.package)
    };
    let decide = |game: &mut Game, decision| game.act(Event::Decide { decision }).unwrap();
    let mut kept = 0;
    for seed in 0..4 {
        let mut game = Game::start(Table::new(model.clone(), seed, "russia").unwrap());
        game.act(Event::Begin).unwrap();
        while game.phase() == Phase::Decision {
            let turn = game.view().turn.unwrap();
            let may = |what| turn.may.contains(&what);
            if !may("offer") {
                let no = if may("refuse") {
                    Decision::Refuse
                } else {
                    Decision::Wait
                };
                decide(&mut game, no);
                assert_eq!(drafted(&game), None);
                continue;
            }
            let open = turn.issues.iter().find(|issue| issue.on_agenda).unwrap();
            let level = (open.level + 1) % open.brings.len();
            let package = Package {
                form: None,
                levels: [(open.issue.clone(), level)].into(),
            };
            let event = Event::Draft {
                package: package.clone(),
            };
            game.act(event).unwrap();
            if may("refuse") {
                // An offer is asked for next, and made of the draft.
                decide(&mut game, Decision::Refuse);
                assert_eq!(drafted(&game), Some(package));
                kept += 1;
            }
            decide(&mut game, Decision::Pass);
            assert_eq!(drafted(&game), None);
        }
    }
    assert!(kept > 20, "{kept}");
}

#[test]
fn the_worksheet_never_reaches_the_engine() {
    let play = |walk_away: f64| {
        let mut game = Game::start(Table::new(model(DAM), 7, "lowland").unwrap());
        let worksheet = Worksheet {
            batna: format!("{walk_away}"),
            walk_away: Some(walk_away),
            priorities: [("upland".to_owned(), vec!["water".to_owned()])].into(),
        };
        game.act(Event::Worksheet { worksheet }).unwrap();
        game.act(Event::Begin).unwrap();
        let dice = &mut Dice(3);
        while game.phase() != Phase::Over {
            let event = stubborn(&game, dice);
            game.act(event).unwrap();
        }
        format!("{:?}", game.outcome().unwrap())
    };
    assert_eq!(play(0.1), play(0.9));
}

fn session() -> Session {
    let table = Table::new(model(DAM), 4, "lowland").unwrap();
    let game = play(table, random, &mut Dice(9));
    Session {
        header: Header {
            session: FORMAT,
            model_version: 1,
            scenario: "dam.toml".to_owned(),
            exercise: None,
            exercise_sha256: None,
            seat_type: None,
            resolved_sha256: "0".repeat(64),
            seed: 4,
            seat: "lowland".to_owned(),
        },
        events: game.log().to_vec(),
    }
}

#[test]
fn what_is_written_is_read_and_replays() {
    let session = session();
    let text = session.text();
    let found = read(&text);
    assert_eq!(found.diagnostics, []);
    assert_eq!(found.session.unwrap(), session);
    let table = Table::new(model(DAM), 4, "lowland").unwrap();
    let game = session.replay(table.clone()).unwrap();
    assert!(game.outcome().is_some());
    // Any prefix of the file is a game that can go on.
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for end in 1..lines.len() {
        let part = read(&lines[..end].concat()).session.unwrap();
        part.replay(table.clone()).unwrap();
    }
}

#[test]
fn every_bad_line_is_named_and_a_torn_one_forgiven() {
    let text = session().text();
    let torn = &text[..text.len() - 4];
    let found = read(torn);
    assert_eq!(found.diagnostics.len(), 1);
    assert_eq!(found.diagnostics[0].severity, Severity::Warning);
    assert!(found.session.is_some());

    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[1] = "{\"event\":\"dance\"}".to_owned();
    lines[2] = "not json".to_owned();
    let found = read(&(lines.join("\n") + "\n"));
    assert!(found.session.is_none());
    assert_eq!(found.diagnostics.len(), 2);
    assert!(found.diagnostics[0].labels[0].message.contains("dance"));
    for text in ["", "\n", "hello\n", "{}\n"] {
        assert!(read(text).session.is_none(), "{text:?}");
    }
}
