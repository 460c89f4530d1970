//! Tests of `plan`.

use super::*;

pub(crate) fn planned(id: &str) -> PlannedScenario {
    PlannedScenario {
        id: id.to_owned(),
        source: format!("{id}.toml"),
        source_sha256: sha256(id.as_bytes()),
        file: format!("scenarios/{id}.toml"),
        sha256: sha256(id.as_bytes()),
        outcomes: vec!["deal".to_owned(), "war".to_owned()],
    }
}

pub(crate) fn plan(scenarios: usize, draws: u32, replicates: u32, batch: u64) -> ExperimentPlan {
    let scenarios = (0..scenarios).map(|i| planned(&format!("s{i}"))).collect();
    let size = Size {
        draws,
        replicates,
        shards: Some(1),
        batch: Some(batch),
    };
    ExperimentPlan::new(1, scenarios, size).unwrap()
}

#[test]
fn batches_partition_the_runs_and_places_are_all_different() {
    for plan in [
        plan(1, 50, 7, 20),
        plan(3, 11, 5, 16),
        plan(2, 3, 40, 9),
        plan(2, 9, 4, 10).extended(12, 9).unwrap(),
        plan(1, 4, 4, 5)
            .extended(4, 6)
            .unwrap()
            .extended(7, 6)
            .unwrap(),
    ] {
        let mut next = 0;
        for batch in 0..plan.batches() {
            let runs = plan.batch_runs(batch).unwrap();
            assert_eq!(runs.start, next);
            assert!(runs.end > runs.start && runs.end - runs.start <= plan.batch);
            assert_eq!(plan.batch_of(&runs), Some(batch));
            assert_eq!(plan.batch_at(runs.end - 1), Some(batch));
            next = runs.end;
        }
        assert_eq!(next, plan.runs);
        assert_eq!(plan.batch_runs(plan.batches()), None);
        let places: BTreeSet<_> = (0..plan.runs)
            .map(|run| plan.place(run).unwrap())
            .map(|place| (place.scenario, place.draw, place.replicate))
            .collect();
        let (draws, replicates) = plan.extent();
        let all = plan.scenarios.len() as u64 * u64::from(draws) * u64::from(replicates);
        assert_eq!((places.len() as u64, plan.runs), (all, all));
        assert_eq!(plan.place(plan.runs), None);
    }
}

#[test]
fn spans_tell_the_same_as_places() {
    let plan = plan(3, 5, 7, 10).extended(6, 9).unwrap();
    let mut run = 4;
    for span in plan.spans(4..plan.runs - 3) {
        assert_eq!(span.first, run);
        for replicate in span.replicates {
            let place = plan.place(run).unwrap();
            assert_eq!(
                (place.scenario, place.draw, place.replicate),
                (span.scenario, span.draw, replicate)
            );
            run += 1;
        }
    }
    assert_eq!(run, plan.runs - 3);
}

#[test]
fn a_prefix_of_whole_rows_is_balanced_over_scenarios() {
    let plan = plan(4, 10, 5, 20);
    let mut counts = [0; 4];
    for run in 0..60 {
        counts[plan.place(run).unwrap().scenario] += 1;
    }
    assert_eq!(counts, [15; 4]);
}

#[test]
fn an_extension_keeps_numbers_and_knows_the_earlier_hash() {
    let first = plan(2, 6, 3, 7);
    let second = first.extended(8, 5).unwrap();
    for run in 0..first.runs {
        assert_eq!(first.place(run), second.place(run));
    }
    assert_eq!(second.hashes()[0], first.hash());
    assert_ne!(second.hash(), first.hash());
    assert!(first.extended(6, 3).is_err() && first.extended(5, 9).is_err());
}

#[test]
fn shards_partition_the_batches_and_the_count_is_the_plans() {
    for shards in [1, 4, 7] {
        let size = Size {
            draws: 100,
            replicates: 10,
            shards: Some(shards),
            batch: Some(30),
        };
        let plan = ExperimentPlan::new(0, vec![planned("a")], size).unwrap();
        let mut next = 0;
        for k in 0..shards {
            let batches = plan.shard(k, shards).unwrap();
            assert_eq!(batches.start, next);
            assert!(!batches.is_empty());
            next = batches.end;
        }
        assert_eq!(next, plan.batches());
        assert!(plan.shard(shards, shards).is_err());
        assert!(plan.shard(0, shards + 1).is_err());
    }
}

#[test]
fn impossible_sizes_are_refused() {
    let size = |draws, replicates, shards| Size {
        draws,
        replicates,
        shards: Some(shards),
        batch: None,
    };
    let one = || vec![planned("a")];
    assert!(ExperimentPlan::new(0, one(), size(0, 1, 1)).is_err());
    assert!(ExperimentPlan::new(0, one(), size(1, 1, 2)).is_err());
    assert!(ExperimentPlan::new(0, one(), size(u32::MAX, u32::MAX, 1)).is_err());
    assert!(ExperimentPlan::new(0, vec![planned("a"), planned("a")], size(1, 1, 1)).is_err());
    let plan = ExperimentPlan::new(u64::MAX, one(), size(1000, 20, 8)).unwrap();
    assert!(plan.batches() >= 60 && plan.fault().is_none());
}

#[test]
fn a_plan_survives_json_and_every_field_counts() {
    let plan = plan(2, 6, 3, 7).extended(7, 3).unwrap();
    let text = serde_json::to_string_pretty(&plan).unwrap();
    assert_eq!(serde_json::from_str::<ExperimentPlan>(&text).unwrap(), plan);
    let mut other = plan.clone();
    other.seed = 2;
    assert_ne!(other.hash(), plan.hash());
    other = plan.clone();
    other.scenarios[1].sha256.push('0');
    assert_ne!(other.hash(), plan.hash());
}
