//! Runs that stop between rounds, and rare outcomes by splitting them, held to whole runs.

#[expect(dead_code, reason = "shared with the tests of limits")]
mod kit;

use std::num::NonZeroUsize;

use jawjaw::engine::{RunRecord, Unfinished, Workspace, prepare, run, run_all};
use jawjaw::ensemble::rare::{Level, RareOutcome, RarePlan, rare};
use jawjaw::model::Model;
use kit::{BASELINE, QUARREL, variant};

const MINIMAL: &str = "tests/fixtures/minimal.toml";

/// All of a record, NaN and all.
fn digits(record: &RunRecord) -> String {
    format!("{record:?}")
}

/// Runs taken in turns, a round each, their copies among them, on one scratch memory: every one
/// leaves the record that it leaves when played alone.
#[test]
fn a_run_in_steps_is_the_same_run() {
    for file in [BASELINE, QUARREL, MINIMAL] {
        let model = variant(file, "");
        let mut workspace = Workspace::new(&model);
        let prepared: Vec<_> = (0..4)
            .map(|draw| prepare(&model, model.draw(3, draw)))
            .collect();
        let mut expected = Vec::new();
        let mut steps = Vec::new();
        for draw in &prepared {
            for replicate in 0..2 {
                let mut record = RunRecord::new(model.record_shape());
                let mut own = Workspace::new(&model);
                run(&model, draw, &mut own, replicate, &mut record, &mut ());
                expected.push(digits(&record));
                steps.push((
                    draw,
                    Unfinished::start(&model, draw, &mut workspace, replicate),
                ));
            }
        }
        for round in 0..model.rounds.len() {
            for (draw, step) in &mut steps {
                assert!(step.is_over(&model) || step.rounds() == round, "{file}");
                step.play_round(&model, draw, &mut workspace, &mut ());
                if round == 2 {
                    // A copy that goes its own way leaves the original alone.
                    let mut copy = step.clone();
                    copy.rekey(77, 5);
                    while !copy.is_over(&model) {
                        copy.play_round(&model, draw, &mut workspace, &mut ());
                    }
                }
            }
        }
        for ((_, step), expected) in steps.iter().zip(&expected) {
            assert!(step.is_over(&model));
            assert_eq!(digits(step.record()), *expected, "{file}");
        }
    }
}

/// Runs played side by side leave the records that they leave alone, whatever is played before on
/// the same memory, in however many batches.
#[test]
fn runs_side_by_side_are_the_same_runs() {
    for file in [BASELINE, QUARREL, MINIMAL] {
        let model = variant(file, "");
        let mut workspace = Workspace::new(&model);
        for (draw, replicates) in [(0, 0..3), (1, 5..6), (0, 2..2), (1, 0..61)] {
            let prepared = prepare(&model, model.draw(3, draw));
            let mut expected = replicates.clone().map(|replicate| {
                let mut record = RunRecord::new(model.record_shape());
                let mut own = Workspace::new(&model);
                run(&model, &prepared, &mut own, replicate, &mut record, &mut ());
                digits(&record)
            });
            run_all(&model, &prepared, &mut workspace, replicates, |record| {
                assert_eq!(Some(digits(record)), expected.next(), "{file}");
            });
            assert_eq!(expected.next(), None, "{file}");
        }
    }
}

/// A copy keeps what has happened, its draw and its types; other luck gives it another end, the same
/// luck the same.
#[test]
fn a_copy_on_other_luck_shares_the_past_alone() {
    let model = variant(BASELINE, "");
    let mut workspace = Workspace::new(&model);
    let draw = prepare(&model, model.draw(3, 1));
    let mut start = Unfinished::start(&model, &draw, &mut workspace, 0);
    for _ in 0..3 {
        start.play_round(&model, &draw, &mut workspace, &mut ());
    }
    let mut ends = Vec::new();
    for (seed, replicate) in [(8, 0), (8, 1), (9, 0), (8, 0)] {
        let mut copy = start.clone();
        copy.rekey(seed, replicate);
        while !copy.is_over(&model) {
            copy.play_round(&model, &draw, &mut workspace, &mut ());
        }
        let record = copy.record();
        assert_eq!(record.types, start.record().types);
        assert_eq!(record.draw, 1);
        for round in 0..3 {
            let same = record.tension[round].total_cmp(&start.record().tension[round]);
            assert!(same.is_eq());
        }
        ends.push(digits(record));
    }
    assert_eq!(ends[0], ends[3]);
    assert!(ends[0] != ends[1] && ends[0] != ends[2] && ends[1] != ends[2]);
}

fn outcome(model: &Model, id: &str) -> usize {
    let known = &model.scenario.outcomes;
    known
        .iter()
        .position(|outcome| outcome.id == id)
        .expect("the outcome is declared")
}

/// Share of an outcome in plain runs on draws of their own, and its standard error.
fn plain(model: &Model, outcome: usize, runs: u32) -> (f64, f64) {
    let mut workspace = Workspace::new(model);
    let mut record = RunRecord::new(model.record_shape());
    let mut hits = 0;
    for index in 0..runs {
        let prepared = prepare(model, model.draw(101, index));
        run(model, &prepared, &mut workspace, 0, &mut record, &mut ());
        hits += u32::from(usize::from(record.outcome) == outcome);
    }
    let share = f64::from(hits) / f64::from(runs);
    (share, (share * (1.0 - share) / f64::from(runs)).sqrt())
}

fn split(model: &Model, outcome: usize, level: Level, paths: u32, threads: usize) -> RareOutcome {
    let plan = RarePlan {
        seed: 1,
        outcome,
        level,
        paths,
        repeats: 20,
    };
    let threads = NonZeroUsize::new(threads).expect("not 0");
    rare(model, plan, threads, |_| {}).expect("a small plan")
}

/// The strike of the small scenario made rare: about one run in 300. Whatever level is watched, a
/// useless one too, the estimate agrees with plain runs within four standard errors of the
/// difference; three in a million would not.
#[test]
fn splitting_agrees_with_plain_runs() {
    let weak =
        "[[force]]\nid = \"strike\"\nadvantage = { range = [0.2, 0.4], assumed = \"doubt\" }\n";
    let model = variant(MINIMAL, weak);
    let strike = outcome(&model, "strike");
    let (share, error) = plain(&model, strike, 30_000);
    assert!((5e-4..1e-2).contains(&share), "{share}");
    for level in Level::ALL {
        let found = split(&model, strike, level, 300, 2);
        let own = found.relative_error.expect("it is reached") * found.share;
        let far = (found.share - share).abs() / (own * own + error * error).sqrt();
        assert!(
            far < 4.0,
            "{level:?}: {} {own} against {share} {error}",
            found.share
        );
    }
    // What says most about the outcome is what is watched unless something else is asked for.
    assert_eq!(Level::usual(&model, strike), Level::Force);
    assert_eq!(
        Level::usual(&model, outcome(&model, "deal")),
        Level::Conditions
    );
}

/// An agreement that an outcome asks for, reached by way of its conditions.
#[test]
fn splitting_on_conditions_agrees_with_plain_runs() {
    let model = variant(QUARREL, "");
    let rupture = outcome(&model, "break");
    let (share, error) = plain(&model, rupture, 12_000);
    for level in [Level::Conditions, Level::Tension] {
        let found = split(&model, rupture, level, 200, 2);
        let own = found.relative_error.expect("it is reached") * found.share;
        let far = (found.share - share).abs() / (own * own + error * error).sqrt();
        assert!(
            far < 4.0,
            "{level:?}: {} {own} against {share} {error}",
            found.share
        );
    }
}

#[test]
fn threads_change_no_digit_of_an_estimate() {
    let model = variant(QUARREL, "");
    let seizure = outcome(&model, "break");
    let one = split(&model, seizure, Level::Tension, 60, 1);
    for threads in [2, 5] {
        assert_eq!(one, split(&model, seizure, Level::Tension, 60, threads));
    }
}

/// Below one in ten thousand, where plain runs of the same cost would see nothing: the interval is
/// finite, its lower end above 0, and plain runs do not contradict it.
#[test]
fn what_plain_runs_never_see_gets_an_interval() {
    let faint =
        "[[force]]\nid = \"strike\"\nadvantage = { range = [0.05, 0.12], assumed = \"none\" }\n";
    let model = variant(MINIMAL, faint);
    let strike = outcome(&model, "strike");
    let found = split(&model, strike, Level::Force, 600, 2);
    let (low, high) = found.interval.expect("it is reached");
    assert!(0.0 < low && high < 1e-4, "{low} {high}");
    let rounds = model.rounds.len() as f64;
    let plain_runs = found.plain_runs.expect("it is reached");
    assert!(
        plain_runs > 5.0 * found.rounds as f64 / rounds,
        "{plain_runs} {}",
        found.rounds
    );
    let (share, _) = plain(&model, strike, 10_000);
    // At most two where fewer than one is to be expected.
    assert!(share <= 2e-4, "{share}");
}
