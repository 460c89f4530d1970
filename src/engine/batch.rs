//! Runs of one draw, played side by side.
//!
//! Flows in: a prepared draw and the numbers of replicates. Flows out: their records, one after the
//! other, each to the last bit as [`run`](super::run) writes it.
//!
//! A round has three steps, and the runs of a batch take each of them in turn. The code of a whole
//! round does not fit a processor's first-level cache, that of a step does: it is fetched once for the
//! batch, and branches are foreseen better. `docs/performance.md` has the figures.

use std::ops::Range;

use super::stepper::Unfinished;
use super::{Prepared, RunRecord, Workspace};
use crate::model::Model;

/// Most runs that are played side by side; more gain nothing, and take memory.
const BATCH: usize = 25;

/// Runs of a batch, reused from batch to batch.
#[derive(Debug, Clone, Default)]
pub(super) struct Batch {
    runs: Vec<Unfinished>,
    /// Whether one run after the other is the faster way: what offers are found from does not fit its
    /// store, and runs of other types ask for other parts of it.
    one_by_one: bool,
}

/// Plays replicates of a draw and shows each record, in their order. Allocates only in the first
/// call on a workspace, or when more runs are played side by side than ever before on it.
pub fn run_all(
    model: &Model,
    prepared: &Prepared,
    workspace: &mut Workspace,
    replicates: Range<u32>,
    mut see: impl FnMut(&RunRecord),
) {
    let mut batch = std::mem::take(&mut workspace.batch);
    let mut first = replicates.start;
    while first < replicates.end {
        let left = (replicates.end - first) as usize;
        let size = if batch.one_by_one {
            1
        } else {
            // Batches of one size, or nearly.
            left.div_ceil(left.div_ceil(BATCH))
        };
        while batch.runs.len() < size {
            batch.runs.push(Unfinished::new(model));
        }
        let runs = &mut batch.runs[..size];
        batch.one_by_one |= !play(model, prepared, workspace, first, runs);
        for run in runs {
            see(run.record());
        }
        first += size as u32;
    }
    workspace.batch = batch;
}

/// Plays as many replicates from `first` on; whether side by side all the way.
fn play(
    model: &Model,
    prepared: &Prepared,
    workspace: &mut Workspace,
    first: u32,
    runs: &mut [Unfinished],
) -> bool {
    for (replicate, run) in (first..).zip(runs.iter_mut()) {
        run.restart(model, prepared, workspace, replicate);
    }
    let going_on = |run: &&mut Unfinished| !run.is_over(model);
    let emptied = workspace.book.emptied();
    while runs.iter().any(|run| !run.is_over(model)) {
        for run in runs.iter_mut().filter(going_on) {
            run.open_round(model, prepared, workspace, &mut ());
        }
        let mut talked = 0;
        for run in runs.iter_mut() {
            talked += 1;
            if !run.is_over(model) {
                run.talk(model, prepared, workspace, &mut ());
            }
            // Once may be chance: the store was nearly full.
            if workspace.book.emptied() > emptied + 1 {
                finish_one_by_one(model, prepared, workspace, runs, talked);
                return false;
            }
        }
        for run in runs.iter_mut().filter(going_on) {
            run.close_round(model, prepared, workspace, &mut ());
        }
    }
    true
}

/// Plays runs to their end that are in the middle of a round, the first of them past its meeting.
fn finish_one_by_one(
    model: &Model,
    prepared: &Prepared,
    workspace: &mut Workspace,
    runs: &mut [Unfinished],
    talked: usize,
) {
    for (place, run) in runs.iter_mut().enumerate() {
        if run.is_over(model) {
            continue;
        }
        if place >= talked {
            run.talk(model, prepared, workspace, &mut ());
        }
        run.close_round(model, prepared, workspace, &mut ());
        while !run.is_over(model) {
            run.play_round(model, prepared, workspace, &mut ());
        }
    }
}

#[cfg(test)]
#[expect(dead_code, reason = "shared with the benches")]
#[path = "../../benches/growth/synthetic.rs"]
mod synthetic;

#[cfg(test)]
mod tests {
    use super::super::{prepare, run};
    use super::synthetic::{Interests, Links, Synthetic};
    use super::*;
    use crate::scenario::load::{LoadError, Loader, NoFacts, load};

    struct Text(String);

    impl Loader for Text {
        fn load(&self, _path: &str) -> Result<String, LoadError> {
            Ok(self.0.clone())
        }
    }

    /// A million packages and two camps: the staircases of one pair of types are as many as fit their
    /// store.
    #[test]
    fn where_offers_do_not_fit_runs_are_played_one_by_one() {
        let synthetic = Synthetic {
            parties: 2,
            issues: 6,
            levels: 10,
            links: Links::None,
            interests: Interests::OpposedPromises,
            ..Synthetic::MIDDLE
        };
        let scenario = load("synthetic.toml", &Text(synthetic.text()), &NoFacts).scenario;
        let model = Model::compile(scenario.expect("it loads")).expect("it compiles");
        let prepared = prepare(&model, model.draw(1, 0));
        let (mut workspace, mut own) = (Workspace::new(&model), Workspace::new(&model));
        let mut record = RunRecord::new(model.record_shape());
        for replicates in [0..12, 12..15] {
            run_all(&model, &prepared, &mut workspace, replicates, |found| {
                let replicate = found.replicate;
                run(&model, &prepared, &mut own, replicate, &mut record, &mut ());
                assert_eq!(format!("{found:?}"), format!("{record:?}"));
            });
            assert!(workspace.batch.one_by_one);
        }
    }
}
