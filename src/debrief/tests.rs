use super::path::Meeting;
use super::turning::Instead;
use super::*;
use crate::engine::log::{Log, Note};
use crate::engine::{Workspace, prepare, run};
use crate::scenario::load::{LoadError, Loader, NoFacts, load};
use crate::seat::sitter::Act;
use crate::seat::{Decision, Package, Phase, Table as Seats};

/// A text, or a file of the repository.
struct Texts(&'static str);

impl Loader for Texts {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        if path == "test.toml" {
            return Ok(self.0.to_owned());
        }
        std::fs::read_to_string(path).map_err(|error| LoadError::Other(error.to_string()))
    }
}

fn compile(path: &str, text: &'static str) -> Model {
    let loaded = load(path, &Texts(text), &NoFacts);
    let scenario = loaded
        .scenario
        .unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    Model::compile(scenario).expect("it compiles")
}

fn quarrel() -> Model {
    compile("tests/fixtures/quarrel.toml", "")
}

/// Plays a game by a simple rule: asks for its best package on the agenda, a little less each time;
/// accepts what is worth a margin more than its walk-away value; waits between meetings.
fn play(model: Model, seed: u64, seat: &str, margin: f64) -> Game {
    let mut game = Game::start(Seats::new(model, seed, seat).expect("a seat"));
    let outcomes: Vec<String> = (game.table().model.scenario.outcomes.iter())
        .map(|outcome| outcome.id.clone())
        .collect();
    let mut chances: std::collections::BTreeMap<String, f64> =
        outcomes.iter().map(|id| (id.clone(), 0.0)).collect();
    chances.insert(outcomes[0].clone(), 30.0);
    *chances
        .get_mut(&outcomes[outcomes.len() - 1])
        .expect("known") += 70.0;
    game.act(Event::Predict { chances }).expect("adds up");
    game.act(Event::Begin).expect("not begun");
    while game.phase() == Phase::Decision {
        let decision = decide(&game, margin);
        game.act(Event::Decide { decision })
            .expect("one of those allowed");
    }
    game
}

fn decide(game: &Game, margin: f64) -> Decision {
    let view = game.view();
    let turn = view.turn.expect("a decision");
    let may = |what: &str| turn.may.contains(&what);
    if let Some(standing) = &turn.standing {
        let good = standing.proposal.to_you >= turn.own.walk_away + margin;
        if good && may("accept") {
            return Decision::Accept;
        }
    }
    if may("offer") {
        // What brings most on each issue, one issue fewer with each decision taken.
        let levels = (turn.issues.iter().enumerate())
            .filter(|(place, issue)| {
                issue.on_agenda && !issue.settled && !(place + turn.number).is_multiple_of(3)
            })
            .filter_map(|(_, issue)| {
                let best = (0..issue.brings.len())
                    .max_by(|a, b| issue.brings[*a].total_cmp(&issue.brings[*b]))?;
                (best != issue.level).then(|| (issue.issue.clone(), best))
            })
            .collect::<std::collections::BTreeMap<_, _>>();
        if !levels.is_empty() {
            let form = turn
                .meeting
                .and_then(|meeting| meeting.forms.first().cloned());
            let package = Package { form, levels };
            return Decision::Offer { package };
        }
    }
    match () {
        () if may("refuse") => Decision::Refuse,
        () if may("wait") => Decision::Wait,
        () => Decision::Pass,
    }
}

/// What the engine says that offers are worth to who makes and who answers them.
struct Engine<'a> {
    witness: Witness<'a>,
    said: Vec<(usize, f64, bool)>,
}

impl Log for Engine<'_> {
    const ON: bool = true;

    fn note(&mut self, note: Note<'_>) {
        match note {
            Note::Offer { party, own, .. } => self.said.push((party, own, true)),
            Note::Response { party, worth, .. } => self.said.push((party, worth, false)),
            _ => {}
        }
        self.witness.note(note);
        // How many offers there were when it was said.
        if let (Note::Offer { .. } | Note::Response { .. }, Some(said)) =
            (note, self.said.last_mut())
        {
            let offer = self
                .witness
                .last_offer()
                .expect("something is on the table");
            let own = offer.utility[said.0];
            let same = (own - said.1).abs() < 1e-9 || own.total_cmp(&said.1).is_eq();
            assert!(same, "{said:?}: {own} in {offer:?}");
        }
    }
}

#[test]
fn offers_are_worth_what_the_engine_says_to_everyone() {
    for (path, runs) in [
        ("tests/fixtures/quarrel.toml", 40),
        ("tests/fixtures/minimal.toml", 20),
        ("scenarios/geneva-week.toml", 6),
    ] {
        let model = compile(path, "");
        let mut workspace = Workspace::new(&model);
        let mut record = RunRecord::new(model.record_shape());
        let mut heard = 0;
        for replicate in 0..runs {
            let prepared = prepare(&model, model.draw(3, replicate));
            let mut engine = Engine {
                witness: Witness::new(&model, &prepared),
                said: Vec::new(),
            };
            run(
                &model,
                &prepared,
                &mut workspace,
                replicate,
                &mut record,
                &mut engine,
            );
            heard += engine.said.len();
            let path = engine.witness.into_path();
            let settled = path
                .meetings
                .iter()
                .filter(|meeting| matches!(meeting.ending, Ending::Agreement(_)));
            let recorded = record.settled_form.iter().any(|form| *form != NONE);
            assert_eq!(settled.count() > 0, recorded);
        }
        assert!(heard > 100, "{path}: {heard}");
    }
}

/// Every package of a meeting's agenda that brings each needed party at least so much, by definition.
fn possible(model: &Model, meeting: &Meeting, least: &[f64]) -> Vec<Vec<f64>> {
    let venue = &model.venues[meeting.venue];
    let mut found = Vec::new();
    meeting.space.each(|package, utilities| {
        let allowed = venue.forms.contains(&package.form)
            && (0..model.issues.len()).all(|issue| {
                package.levels[issue] == meeting.space.start[issue]
                    || venue.decides.contains(&issue)
            });
        let needed = meeting.needed.iter();
        let taken = needed.clone().all(|&p| utilities[p] >= least[p] - 1e-12);
        if allowed && taken {
            found.push(utilities.to_vec());
        }
        true
    });
    found
}

#[test]
fn nothing_better_was_left_on_the_table() {
    let (mut meetings, mut agreements, mut better) = (0, 0, 0);
    for (seed, margin) in (0..8).flat_map(|seed| [(seed, 0.05), (seed, -0.3)]) {
        for seat in ["east", "west", "mid"] {
            let game = play(quarrel(), seed, seat, margin);
            let played = Played::new(&game).expect("over");
            let model = &game.table().model;
            let seat = game.table().seat;
            for at in tables(model, &played.path, seat) {
                let meeting = &played.path.meetings[at.meeting];
                let all = possible(model, meeting, &meeting.reservation);
                let most = all
                    .iter()
                    .map(|u| u[seat])
                    .fold(f64::NEG_INFINITY, f64::max);
                match &at.best {
                    None => assert!(all.is_empty(), "{seed}"),
                    Some(best) => {
                        assert!((best.utility[seat] - most).abs() < 1e-9, "{seed}");
                        assert!(best.exact);
                    }
                }
                meetings += 1;
                let Ending::Agreement(offer) = &meeting.ending else {
                    continue;
                };
                agreements += 1;
                let gain = |u: &Vec<f64>| -> f64 {
                    meeting
                        .needed
                        .iter()
                        .map(|&p| u[p] - offer.utility[p])
                        .sum()
                };
                let all = possible(model, meeting, &offer.utility);
                let most = all.iter().map(gain).fold(0.0, f64::max);
                match &at.better {
                    Some(found) => assert!((gain(&found.utility) - most).abs() < 1e-9),
                    // Where nobody gains a hundredth nothing is said.
                    None => assert!(most < 0.01 * meeting.needed.len() as f64),
                }
                better += usize::from(at.better.is_some());
            }
        }
    }
    let seen = format!("{meetings} meetings, {agreements} agreements, {better} missed gains");
    assert!(meetings > 60 && agreements > 5 && better > 0, "{seen}");
}

#[test]
fn along_the_frontier_more_for_one_is_less_for_the_seat() {
    let game = play(quarrel(), 2, "east", 0.4);
    let played = Played::new(&game).expect("over");
    let seat = game.table().seat;
    let tables = tables(&game.table().model, &played.path, seat);
    let drawn: Vec<&AtTable> = tables.iter().filter(|at| !at.frontier.is_empty()).collect();
    assert!(drawn.len() <= 1);
    for at in drawn {
        let best = at.best.as_ref().expect("a frontier has a best");
        let gain = best.utility[seat] - played.path.meetings[at.meeting].reservation[seat];
        assert!((at.frontier[0].1 - gain).abs() < 1e-9);
        assert!(
            at.frontier
                .windows(2)
                .all(|pair| pair[1].1 <= pair[0].1 + 1e-9)
        );
        // Nothing that was offered lies beyond it by more than its grain.
        for offer in &played.path.meetings[at.meeting].offers {
            let (other, own) = offer_gains(&played.path, at.meeting, seat, offer);
            let covered = |&(others, seats): &(f64, f64)| {
                others >= other - 0.004 - 1e-9 && seats >= own - 1e-9
            };
            assert!(
                other < 0.0 || own < 0.0 || at.frontier.iter().any(covered),
                "{other} {own} {:?}",
                at.frontier
            );
        }
    }
}

/// Only one decision matters: in the second round a gate can be opened, which names the outcome.
const GATE: &str = r#"
schema = 1
id = "gate"
title = "A gate"
summary = "A can open a gate once; nothing else it does matters."
by_definition = "a test"
cutoff = 2020-01-01
[calendar]
start = 2020-01-06
horizon = 2020-02-17
[[parties]]
id = "a"
name = "A"
strategy = { kind = "linear" }
[[parties]]
id = "b"
name = "B"
strategy = { kind = "linear" }
[[issues]]
id = "x"
name = "X"
levels = ["0", "1"]
status_quo = 0
[preferences.a.x]
weight = 1
values = [1.0, 0.0]
[preferences.b.x]
weight = 1
values = [0.0, 1.0]
[[venues]]
id = "v"
name = "V"
participants = ["a", "b"]
decides = ["x"]
exchanges = 2
[cycle]
every_days = 7
venues = ["v"]
[[moves]]
id = "wave"
name = "A waves"
actor = "a"
kind = "signal"
limit = 9
[[moves]]
id = "open"
name = "A opens the gate"
actor = "a"
kind = "signal"
limit = 1
when = { round = "= 2" }
[[events]]
id = "storm"
name = "A storm"
hazard = 0.05
limit = 1
[[outcomes]]
id = "ruin"
name = "Ruin"
severity = 3
when = { done = ["storm"] }
[[outcomes]]
id = "opened"
name = "The gate is open"
severity = 1
when = { done = ["open"] }
[[outcomes]]
id = "shut"
name = "The gate is shut"
severity = 2
"#;

#[test]
fn the_one_decision_that_matters_is_found() {
    let mut game = Game::start(Seats::new(compile("test.toml", GATE), 5, "a").expect("a seat"));
    game.act(Event::Begin).expect("not begun");
    while game.phase() == Phase::Decision {
        let turn = game.view().turn.expect("a decision");
        let may = |what: &str| turn.may.contains(&what);
        let decision = match () {
            () if may("wait") => Decision::Wait,
            () if may("refuse") => Decision::Refuse,
            () => Decision::Pass,
        };
        game.act(Event::Decide { decision }).expect("allowed");
    }
    let played = Played::new(&game).expect("over");
    let comparison = played.compare(200);
    let effort = Effort {
        screening: 30,
        measuring: 300,
    };
    let found = played.debrief("a", comparison, effort);
    let first = &found.turning.turns[0];
    let moment = &found.faced[first.decision].moment;
    assert_eq!(moment.round, 1);
    assert_eq!(first.instead, Instead::Act(Act::Move(1)));
    assert!(first.is_clear());
    let (outcome, difference, (low, high)) = first.most;
    // Open unless there is a storm: in the days to the horizon that happens to a quarter of runs.
    assert!(outcome == 1 || outcome == 2, "{outcome}");
    assert!(difference.abs() > 0.6 && low * high > 0.0 && low <= difference && difference <= high);
    assert_eq!(first.n, 300);
    assert_eq!(first.outcomes[1].0, 0);
    // What cannot matter is not said to.
    for turn in &found.turning.turns[1..] {
        assert!(!turn.is_clear(), "{turn:?}");
    }
    assert!(found.turning.decisions > 3 && found.turning.alternatives > found.turning.decisions);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let game = play(quarrel(), 4, "west", 0.1);
    let effort = Effort {
        screening: 10,
        measuring: 20,
    };
    let look = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads");
        pool.install(|| {
            let played = Played::new(&game).expect("over");
            let comparison = played.compare(250);
            played.debrief("w", comparison, effort)
        })
    };
    let (one, four) = (look(1), look(4));
    assert_eq!(one.comparison, four.comparison);
    assert_eq!(one.turning, four.turning);
    assert_eq!(one.place, four.place);
    assert_eq!(one.comparison.runs.len(), 250);
    assert!(one.comparison.runs.is_sorted_by(|a, b| a.0 <= b.0));
    // Everything of the game is the game's own.
    assert_eq!(one.record.utility, game.outcome().expect("over").utility);
    let prediction = one.prediction.expect("made");
    assert!((prediction.own.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(prediction.expected[1] <= prediction.expected[0] + 1e-12);
}

#[test]
fn runs_to_compare_with_are_of_the_players_type() {
    let model = quarrel();
    let prepared = prepare(&model, model.draw(1, 0));
    let mut workspace = Workspace::new(&model);
    let mut record = RunRecord::new(model.record_shape());
    for row in model.parties[0].rows() {
        let found = Comparison::play(&model, &prepared, 0, row, 60);
        let mut expected = Vec::new();
        for replicate in 0.. {
            run(
                &model,
                &prepared,
                &mut workspace,
                replicate,
                &mut record,
                &mut (),
            );
            if usize::from(record.types[0]) == row {
                expected.push((record.utility[0], usize::from(record.outcome)));
                if expected.len() == 60 {
                    break;
                }
            }
        }
        expected.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        assert_eq!(found.runs, expected);
        assert_eq!(found.outcomes.iter().sum::<u64>(), 60);
    }
}

#[test]
fn a_game_under_way_is_not_looked_back_on() {
    let mut game = Game::start(Seats::new(quarrel(), 1, "east").expect("a seat"));
    game.act(Event::Begin).expect("not begun");
    let error = Played::new(&game).expect_err("not over");
    assert_eq!(error, Unfinished(0));
}

/// Leaving for good is no other choice; having left for good is a decision like any.
#[test]
fn turning_points_do_not_compare_with_ends_in_themselves() {
    use super::turning::alternatives;
    use crate::scenario::types::MoveKind;

    let model = compile("scenarios/geneva-week.toml", "");
    let ends: Vec<usize> = (model.moves.iter().enumerate())
        .filter(|(_, plan)| plan.kind == MoveKind::Terminal)
        .map(|(index, _)| index)
        .collect();
    let game = play(model.clone(), 2, "russia", 0.3);
    let is_end = |act: &Act| match act {
        Act::Move(index) => ends.contains(index),
        act => *act == Act::WalkOut,
    };
    let (mut offered, mut looked_at) = (0, 0);
    for point in game.decisions() {
        offered += point.others.iter().filter(|act| is_end(act)).count();
        let instead = alternatives(&game, &point, &[]);
        looked_at += instead.len();
        for one in instead {
            assert!(!matches!(&one, Instead::Act(act) if is_end(act)), "{one:?}");
        }
    }
    assert!(offered > 0 && looked_at > 0, "{offered} {looked_at}");

    // The same game, broken off at the first move.
    let mut short = Game::start(Seats::new(model, 2, "russia").expect("a seat"));
    short.act(Event::Begin).expect("not begun");
    loop {
        let view = short.view();
        let Some(turn) = view.turn else { break };
        let rupture = turn.moves.iter().find(|act| act.ends);
        let decision = match rupture {
            Some(act) => Decision::Move {
                act: act.id.clone(),
            },
            None if turn.may.contains(&"refuse") => Decision::Refuse,
            None if turn.may.contains(&"pass") => Decision::Pass,
            None => Decision::Wait,
        };
        short.act(Event::Decide { decision }).expect("allowed");
    }
    let decisions = short.decisions();
    let last = decisions.last().expect("it was broken off");
    assert!(is_end(&last.act), "{last:?}");
    let instead = alternatives(&short, last, &[]);
    assert!(!instead.is_empty(), "waiting is another choice");
}
