//! Tests of `analyse`.

use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

use super::super::plan::{Size, tests::planned};
use super::super::work::{table, work};
use super::*;
use crate::ensemble::fake::Fake;
use crate::ensemble::{self, Simulator, Summary};

// A finished experiment in a folder of its own.
fn stored(name: &str, fake: &Fake, draws: u32, replicates: u32) -> Store {
    let root = std::env::temp_dir().join(format!("jawjaw-{name}-{}", std::process::id()));
    std::fs::remove_dir_all(&root).ok();
    let size = Size {
        draws,
        replicates,
        shards: None,
        batch: None,
    };
    let mut scenario = planned(&fake.facts.scenario.id);
    scenario.sha256 = super::super::sha256(b"");
    let plan = ExperimentPlan::new(4, vec![scenario], size).unwrap();
    let store = Store::create(&root, plan, &[String::new()]).unwrap();
    play(&store, fake);
    store
}

fn play(store: &Store, fake: &Fake) {
    let batches: Vec<u64> = (0..store.plan.batches()).collect();
    let fakes = std::slice::from_ref(fake);
    let two = NonZeroUsize::new(2).unwrap();
    let done = work(store, fakes, &batches, two, || false, |_| Ok(())).unwrap();
    assert_eq!(done.played + done.found, store.plan.runs);
}

fn analysed(store: &Store, fake: &Fake, failures: Failures) -> Result<Analysis> {
    let table = table(std::slice::from_ref(fake));
    let files = files(store, &table)?;
    analyse(&store.plan, &table, &[fake.info()], &files, failures)
}

fn summary(fake: &Fake, draws: u32, replicates: u32) -> Summary {
    let plan = ensemble::Plan::new(4, draws, replicates).unwrap();
    let (one, cancel) = (NonZeroUsize::MIN, AtomicBool::new(false));
    ensemble::run::run(fake, plan, one, &cancel, &(), |(), _| Ok::<(), ()>(())).unwrap()
}

fn agree(analysis: &Analysis, summary: &Summary) {
    let scenario = &analysis.scenarios[0];
    assert_eq!(scenario.outcomes, summary.outcomes);
    assert_eq!(scenario.flags, summary.flags);
    for (party, known) in scenario.parties.iter().zip(&summary.parties) {
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        near(party.mean, known.mean_utility);
        near(party.chance.low, known.chance.low);
        near(party.band.q05, known.band.q05);
        assert_eq!(party.band.n, known.band.n);
    }
}

#[test]
fn stored_runs_say_what_the_ensemble_says() {
    let fake = Fake::uncertain();
    for (draws, replicates) in [(300, 20), (700, 1), (2, 900)] {
        let store = stored(&format!("same-{draws}"), &fake, draws, replicates);
        let analysis = analysed(&store, &fake, Failures::Refuse).unwrap();
        agree(&analysis, &summary(&fake, draws, replicates));
        std::fs::remove_dir_all(store.root()).unwrap();
    }
}

#[test]
fn an_extended_experiment_is_the_larger_one() {
    let fake = Fake::uncertain();
    let mut store = stored("extended", &fake, 100, 10);
    store.extend(store.plan.extended(130, 14).unwrap()).unwrap();
    play(&store, &fake);
    let analysis = analysed(&store, &fake, Failures::Refuse).unwrap();
    let larger = summary(&fake, 130, 14);
    for (one, known) in analysis.scenarios[0].outcomes.iter().zip(&larger.outcomes) {
        assert_eq!((one.count, one.band.n), (known.count, known.band.n));
        assert!((one.band.q50 - known.band.q50).abs() < 1e-9);
    }
    std::fs::remove_dir_all(store.root()).unwrap();
}

#[test]
fn failures_are_counted_and_never_ignored() {
    let broken = Fake {
        panics_at: Some((7, 3)),
        ..Fake::uncertain()
    };
    let store = stored("failures", &broken, 40, 10);
    assert!(matches!(
        analysed(&store, &broken, Failures::Refuse),
        Err(ExperimentError::Failures {
            failed: 1,
            runs: 400
        })
    ));
    let known = summary(&Fake::uncertain(), 40, 10);
    let beside = analysed(&store, &broken, Failures::AsCategory).unwrap();
    let outcomes = &beside.scenarios[0].outcomes;
    assert_eq!(
        (beside.failed, outcomes.len()),
        (1, known.outcomes.len() + 1)
    );
    assert_eq!((outcomes[3].id.as_str(), outcomes[3].count), ("failed", 1));
    assert!((outcomes.iter().map(|one| one.share).sum::<f64>() - 1.0).abs() < 1e-12);
    assert!(outcomes[3].chance.low > 0.0 && beside.failed_at_most > 1.0 / 400.0);
    let dropped = analysed(&store, &broken, Failures::Drop).unwrap();
    let outcomes = &dropped.scenarios[0].outcomes;
    let counted: u64 = outcomes.iter().map(|one| one.count).sum();
    assert_eq!((outcomes.len(), counted), (known.outcomes.len(), 399));
    assert_eq!(dropped.scenarios[0].draws, 39);
    std::fs::remove_dir_all(store.root()).unwrap();
}

#[test]
fn a_build_that_computes_other_runs_is_found_before_it_adds_any() {
    let fake = Fake::uncertain();
    let store = stored("other-build", &fake, 30, 10);
    let batches: Vec<u64> = (0..store.plan.batches()).collect();
    std::fs::remove_file(store.part_path(&store.plan.batch_runs(1).unwrap())).unwrap();
    let other = [Fake {
        harm: 0.9,
        ..Fake::uncertain()
    }];
    let refused = work(
        &store,
        &other,
        &batches,
        NonZeroUsize::MIN,
        || false,
        |_| Ok(()),
    );
    assert!(matches!(refused, Err(ExperimentError::Differs { .. })));
    std::fs::remove_dir_all(store.root()).unwrap();
}

#[test]
fn equal_duplicates_are_no_news_and_unequal_ones_an_error() {
    let fake = Fake::uncertain();
    let store = stored("twice", &fake, 30, 10);
    let table = table(std::slice::from_ref(&fake));
    let runs = store.plan.batch_runs(0).unwrap();
    let bytes = std::fs::read(store.part_path(&runs)).unwrap();
    store.keep(&runs, &bytes, &table.columns).unwrap();
    let mut other = bytes.clone();
    other[200] ^= 1;
    let refused = store.keep(&runs, &other, &table.columns);
    assert!(matches!(refused, Err(ExperimentError::Differs { .. })));
    assert_eq!(std::fs::read(store.part_path(&runs)).unwrap(), bytes);
    // A damaged part makes room for the right one.
    std::fs::write(store.part_path(&runs), &other).unwrap();
    store.keep(&runs, &bytes, &table.columns).unwrap();
    assert_eq!(std::fs::read(store.part_path(&runs)).unwrap(), bytes);
    std::fs::remove_dir_all(store.root()).unwrap();
}

#[test]
fn a_claimed_batch_is_left_to_its_owner() {
    let fake = Fake::uncertain();
    let store = stored("claimed", &fake, 30, 10);
    let runs = store.plan.batch_runs(0).unwrap();
    std::fs::remove_file(store.part_path(&runs)).unwrap();
    let claim = store.claim(&runs).unwrap().unwrap();
    assert!(store.claim(&runs).unwrap().is_none());
    assert_eq!(store.claimed(), 1);
    let one = NonZeroUsize::MIN;
    let fakes = std::slice::from_ref(&fake);
    let done = work(&store, fakes, &[0], one, || false, |_| Ok(())).unwrap();
    assert_eq!((done.played, done.elsewhere), (0, runs.end));
    drop(claim);
    let done = work(&store, fakes, &[0], one, || false, |_| Ok(())).unwrap();
    assert_eq!((done.played, store.claimed()), (runs.end, 0));
    std::fs::remove_dir_all(store.root()).unwrap();
}
