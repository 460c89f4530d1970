//! Runs of one draw, played side by side.
//!
//! Flows in: a prepared draw and the numbers of replicates. Flows out: their records, one after the
//! other, each to the last bit as [`run`](super::run) writes it.
//!
//! A round has three stages, and the runs of a batch go through each of them in turn. The code of a
//! whole round does not fit a processor's first-level cache, that of a stage does: it is fetched once
//! for the batch, and branches are foreseen better. `docs/performance.md` has the figures.

use std::ops::Range;

use super::stepper::Unfinished;
use super::{Prepared, RunRecord, Workspace};
use crate::model::Model;

/// Most runs that are played side by side; more gain nothing, and take memory.
const BATCH: usize = 25;

/// Runs of a batch, reused from batch to batch.
#[derive(Debug, Clone, Default)]
pub(super) struct Batch(Vec<Unfinished>);

/// Plays replicates of a draw and shows each record, in their order. Allocates only in the first
/// call on a workspace, or when more runs are played side by side than ever before on it.
pub fn run_all(
    model: &Model,
    prepared: &Prepared,
    workspace: &mut Workspace,
    replicates: Range<u32>,
    mut see: impl FnMut(&RunRecord),
) {
    let count = replicates.len();
    // Batches of one size, or nearly.
    let size = count.div_ceil(count.div_ceil(BATCH).max(1)).max(1);
    let mut batch = std::mem::take(&mut workspace.batch);
    while batch.0.len() < size {
        batch.0.push(Unfinished::new(model));
    }
    for first in replicates.clone().step_by(size) {
        let count = size.min((replicates.end - first) as usize);
        let runs = &mut batch.0[..count];
        play(model, prepared, workspace, first, runs);
        for run in runs {
            see(run.record());
        }
    }
    workspace.batch = batch;
}

/// Plays as many replicates from `first` on.
fn play(
    model: &Model,
    prepared: &Prepared,
    workspace: &mut Workspace,
    first: u32,
    runs: &mut [Unfinished],
) {
    for (replicate, run) in (first..).zip(runs.iter_mut()) {
        run.restart(model, prepared, workspace, replicate);
    }
    let mut playing = !runs.is_empty();
    while playing {
        let going_on = |run: &&mut Unfinished| !run.is_over(model);
        for run in runs.iter_mut().filter(going_on) {
            run.open_round(model, prepared, workspace, &mut ());
        }
        for run in runs.iter_mut().filter(going_on) {
            run.talk(model, prepared, workspace, &mut ());
        }
        playing = false;
        for run in runs.iter_mut().filter(going_on) {
            run.close_round(model, prepared, workspace, &mut ());
            playing |= !run.is_over(model);
        }
    }
}
