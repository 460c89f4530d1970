//! Whole games by players without sense, on fixtures of every protocol.

use std::collections::BTreeMap;

use super::sitter::Act;
use super::{Decision, Event, Game, Package, Phase, Table};
use crate::engine::{RunRecord, Workspace, run};
use crate::model::Model;
use crate::scenario::load::{LoadError, Loader, NoFacts, load};

struct Text(String);

impl Loader for Text {
    fn load(&self, _path: &str) -> Result<String, LoadError> {
        Ok(self.0.clone())
    }
}

pub(super) const DAM: &str = include_str!("../../tests/fixtures/minimal.toml");

pub(super) fn model(text: &str) -> Model {
    let loaded = load("scenarios/test.toml", &Text(text.to_owned()), &NoFacts);
    assert!(loaded.scenario.is_some(), "{:?}", loaded.diagnostics);
    Model::compile(loaded.scenario.unwrap()).unwrap()
}

pub(super) fn with_protocol(protocol: &str) -> String {
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
pub(super) struct Dice(pub(super) u64);

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
pub(super) fn random(game: &Game, dice: &mut Dice) -> Event {
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
pub(super) fn play(table: Table, player: Player, dice: &mut Dice) -> Game {
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
    let models = PROTOCOLS.map(|protocol| model(&with_protocol(protocol)));
    for seed in 0..count {
        let seat = ["upland", "lowland"][seed as usize / 4 % 2];
        let table = Table::new(models[seed as usize % 4].clone(), seed, seat).unwrap();
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
    games(random, if cfg!(debug_assertions) { 40 } else { 1_000 });
}

#[test]
fn a_stubborn_player_always_comes_to_an_end() {
    games(stubborn, if cfg!(debug_assertions) { 40 } else { 1_000 });
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
