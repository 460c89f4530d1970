//! Plays a range of runs of an experiment into columns, on all threads.
//!
//! Flows in: simulators in the order of the plan's scenarios, a range of runs. Flows out: cells, a row
//! a run. Invariant: the rows do not depend on how the range is cut into pieces or on the threads; a
//! run that panics is a row that says so, and nothing of its memory is used again.

use std::any::Any;
use std::cell::Cell;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, Once, PoisonError};

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::columnar::Cells;
use super::plan::{ExperimentPlan, Place, Span};
use super::table::Table;
use crate::engine::record::RunRecord;
use crate::ensemble::Simulator;

// Runs of a piece, at most: enough to make up for what it costs to hand it to a thread.
const PIECE: u64 = 250;

// Scratch memory of one scenario, not in use.
type Idle<S> = Mutex<Vec<<S as Simulator>::Workspace>>;

/// Plays runs of one experiment.
pub struct Player<'a, S: Simulator> {
    plan: &'a ExperimentPlan,
    table: &'a Table,
    simulators: &'a [S],
    idle: Vec<Idle<S>>,
}

impl<'a, S: Simulator> Player<'a, S> {
    /// For a plan, with its scenarios' simulators in order.
    pub fn new(plan: &'a ExperimentPlan, table: &'a Table, simulators: &'a [S]) -> Self {
        hush_caught_panics();
        Self {
            plan,
            table,
            simulators,
            idle: simulators.iter().map(|_| Mutex::new(Vec::new())).collect(),
        }
    }

    /// Plays runs, on the threads of the pool it is called in. Gives their cells and how many failed.
    pub fn play(&self, runs: Range<u64>) -> (Vec<Cells>, u64) {
        let pieces = (runs.end - runs.start).div_ceil(PIECE);
        let piece = |index: u64| {
            let start = runs.start + index * PIECE;
            self.piece(start..(start + PIECE).min(runs.end))
        };
        let played: Vec<_> = (0..pieces).into_par_iter().map(piece).collect();
        let (mut cells, mut failed) = (self.table.empty(), 0);
        for (mut piece, failures) in played {
            failed += failures;
            for (column, more) in cells.iter_mut().zip(&mut piece) {
                column.append(more);
            }
        }
        (cells, failed)
    }

    fn piece(&self, runs: Range<u64>) -> (Vec<Cells>, u64) {
        let (mut cells, mut failed) = (self.table.empty(), 0);
        for span in self.plan.spans(runs) {
            self.span(&span, &mut cells, &mut failed);
        }
        (cells, failed)
    }

    fn span(&self, span: &Span, cells: &mut [Cells], failed: &mut u64) {
        let (simulator, seed) = (&self.simulators[span.scenario], self.plan.seed);
        let drawn = guarded(|| simulator.draw(seed, span.draw));
        let mut workspace = self.take(span.scenario);
        let mut runs = span.replicates.clone().zip(span.first..);
        let mut push = |(replicate, run): (u32, u64), played: Result<&RunRecord, &str>| {
            let place = Place {
                scenario: span.scenario,
                draw: span.draw,
                replicate,
            };
            self.table.push(cells, run, place, played);
        };
        if let Ok(drawn) = &drawn {
            let see = |record: &RunRecord| {
                if let Some(run) = runs.next() {
                    push(run, Ok(record));
                }
            };
            let (scratch, replicates) = (&mut workspace, span.replicates.clone());
            let all = guarded(|| {
                simulator.run_all(drawn, scratch, seed, span.draw, replicates, see);
            });
            // What a panic left half done is not used again.
            if all.is_err() {
                workspace = simulator.workspace();
            }
        }
        // One that panics takes those with it that are played side by side with it: what is left is
        // played again, each run on its own.
        let mut record = RunRecord::new(simulator.info().shape());
        for (replicate, run) in runs {
            let played = drawn.as_ref().map_err(Clone::clone).and_then(|drawn| {
                guarded(|| {
                    let (workspace, record) = (&mut workspace, &mut record);
                    simulator.run(drawn, workspace, seed, span.draw, replicate, record);
                })
            });
            match played {
                Ok(()) => push((replicate, run), Ok(&record)),
                Err(reason) => {
                    *failed += 1;
                    push((replicate, run), Err(&reason));
                    workspace = simulator.workspace();
                }
            }
        }
        self.idle[span.scenario]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(workspace);
    }

    fn take(&self, scenario: usize) -> S::Workspace {
        let idle = self.idle[scenario]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        idle.unwrap_or_else(|| self.simulators[scenario].workspace())
    }
}

thread_local! {
    // Whether a panic on this thread is caught and told as a row.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Runs a closure; a panic in it is an error with the panic's message.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    CAUGHT.set(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    CAUGHT.set(false);
    result.map_err(|payload| message(&*payload))
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message").to_owned()
}

// Thousands of failed runs are rows of a file, not pages on the terminal.
pub(super) fn hush_caught_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !CAUGHT.get() {
                loud(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::super::columnar::Cell as TableCell;
    use super::super::plan::tests::plan;
    use super::super::table::{FAILED, STATUS};
    use super::*;
    use crate::ensemble::fake::Fake;

    fn table(simulators: &[Fake]) -> Table {
        let facts: Vec<_> = simulators.iter().map(Simulator::info).collect();
        Table::new(&facts)
    }

    #[test]
    fn a_failed_run_is_a_row_and_its_neighbours_are_untouched() {
        let sound = [Fake::uncertain()];
        let broken = [Fake {
            panics_at: Some((3, 4)),
            ..Fake::uncertain()
        }];
        let (plan, table) = (plan(1, 10, 8, 20), table(&sound));
        let (right, none) = Player::new(&plan, &table, &sound).play(0..plan.runs);
        let (wrong, one) = Player::new(&plan, &table, &broken).play(0..plan.runs);
        assert_eq!((none, one), (0, 1));
        let status = table.index(STATUS).unwrap();
        let error = table.index("error").unwrap();
        assert_eq!(wrong[status].cell(28), TableCell::Word(FAILED));
        assert_eq!(wrong[error].cell(28), TableCell::Text("planted panic"));
        for row in (0..80).filter(|row| *row != 28) {
            for (right, wrong) in right.iter().zip(&wrong) {
                assert_eq!(right.cell(row), wrong.cell(row));
            }
        }
    }

    #[test]
    fn any_cut_of_the_range_gives_the_same_rows() {
        let simulators = [Fake::uncertain(), Fake::certain()];
        let mut plan = plan(2, 40, 9, 50);
        plan = plan.extended(50, 12).unwrap();
        let mut other = simulators[1].facts.clone();
        other.scenario.id = "other".to_owned();
        let table = Table::new(&[simulators[0].info(), &other]);
        let player = Player::new(&plan, &table, &simulators);
        let (whole, _) = player.play(0..plan.runs);
        for step in [1, 7, 250, 333] {
            let mut cells = table.empty();
            for start in (0..plan.runs).step_by(step) {
                let (mut more, _) = player.play(start..(start + step as u64).min(plan.runs));
                cells
                    .iter_mut()
                    .zip(&mut more)
                    .for_each(|(all, more)| all.append(more));
            }
            assert_eq!(cells, whole);
        }
    }
}
