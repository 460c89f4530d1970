//! Runs an ensemble on threads, in chunks of fixed size, merged in index order.
//!
//! Flows in: a [`Simulator`], a [`Plan`], a [`Recorder`] for those who want every run. Flows out: a
//! [`Summary`]; every chunk's rows, in order, to the caller's closure. Invariant: at most a window
//! of chunks is held at a time, and what is kept after a stop is a gapless prefix of the runs.

use std::any::Any;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};

use super::summarise::{Draws, summarise};
use super::sums::Sums;
use super::theory::is_measured;
use super::{Plan, Simulator, Summary};
use crate::engine::record::RunRecord;

/// Runs a chunk of whole draws holds at most. A constant of the experiment, as the next one is:
/// changing it may change last bits.
const CHUNK: u64 = 250;

/// Runs a part of one draw holds at most where there are many runs: who plays it works out the
/// draw's offers for it.
const PART: u64 = 1000;

/// Chunks in flight or waiting for an earlier one, per thread.
const WINDOW: u64 = 3;

/// Turns records into rows on the thread that played them.
pub trait Recorder: Sync {
    /// The rows of one chunk.
    type Part: Send + Default;

    /// Adds run `index` of the plan to its chunk's rows.
    fn record(&self, part: &mut Self::Part, index: u64, record: &RunRecord);
}

/// Keeps no rows.
impl Recorder for () {
    type Part = ();

    fn record(&self, (): &mut Self::Part, _index: u64, _record: &RunRecord) {}
}

/// How far an ensemble is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Runs finished, merged and handed over.
    pub done: u64,
    /// Runs of the plan.
    pub total: u64,
}

/// Why an ensemble has no result.
#[derive(Debug, thiserror::Error)]
pub enum RunError<E> {
    /// Stopped before the first chunk was finished.
    #[error("stopped before any run was finished")]
    Interrupted,
    /// The closure that takes the rows failed.
    #[error(transparent)]
    Rows(E),
    /// The system gave no threads.
    #[error("cannot start the worker threads")]
    Threads(#[source] rayon::ThreadPoolBuildError),
}

/// Runs the plan and returns its summary.
///
/// `cancel` may be set from anywhere: chunks that have begun are finished, and the summary is that
/// of the gapless prefix, marked partial. `on_chunk` gets every chunk's rows in index order, on the
/// calling thread.
///
/// # Errors
/// See [`RunError`]. A panic in the simulator goes on in the caller.
pub fn run<S: Simulator, R: Recorder, E>(
    simulator: &S,
    plan: Plan,
    threads: NonZeroUsize,
    cancel: &AtomicBool,
    recorder: &R,
    mut on_chunk: impl FnMut(R::Part, Progress) -> Result<(), E>,
) -> Result<Summary, RunError<E>> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.get())
        .build()
        .map_err(RunError::Threads)?;
    let facts = simulator.info();
    let size = chunk_size(plan);
    let chunks = plan.runs().div_ceil(size);
    let window = WINDOW * threads.get() as u64;
    let worker = Worker {
        simulator,
        plan,
        recorder,
        idle: Mutex::new(Vec::new()),
    };
    let halt = AtomicBool::new(false);
    let (sender, receiver) = mpsc::channel::<(u64, Delivery<R::Part>)>();
    let mut sums = Sums::new(facts);
    let mut draws = Draws::new(facts, plan.replicates());

    pool.in_place_scope(|scope| {
        let (mut started, mut merged) = (0, 0);
        let mut waiting = BTreeMap::new();
        while merged < chunks {
            while started < chunks && started - merged < window {
                let (worker, halt, sender) = (&worker, &halt, sender.clone());
                scope.spawn(move |_| {
                    let stopped = cancel.load(Ordering::Relaxed) || halt.load(Ordering::Relaxed);
                    let range = started * size..((started + 1) * size).min(plan.runs());
                    let chunk =
                        catch_unwind(AssertUnwindSafe(|| (!stopped).then(|| worker.fold(range))));
                    // The receiver is gone only when nobody wants this chunk any more.
                    drop(sender.send((started, chunk)));
                });
                started += 1;
            }
            let (index, delivery) = receiver
                .recv()
                .expect("this function keeps a sender, so the channel is open");
            waiting.insert(index, delivery);
            while let Some(delivery) = waiting.remove(&merged) {
                match delivery {
                    Ok(Some((next, part))) => {
                        sums.merge(&next);
                        next.draws.into_iter().for_each(|draw| draws.push(draw));
                        let progress = Progress {
                            done: sums.runs,
                            total: plan.runs(),
                        };
                        if let Err(error) = on_chunk(part, progress) {
                            halt.store(true, Ordering::Relaxed);
                            return Err(RunError::Rows(error));
                        }
                    }
                    Ok(None) => return Ok(()),
                    Err(panic) => {
                        halt.store(true, Ordering::Relaxed);
                        resume_unwind(panic);
                    }
                }
                merged += 1;
            }
        }
        Ok(())
    })?;

    if sums.runs == 0 {
        return Err(RunError::Interrupted);
    }
    draws.finish();
    Ok(summarise(facts, plan, &sums, &draws))
}

// A chunk, nothing because of a stop, or the payload of a panic.
type Delivery<P> = Result<Option<(Sums, P)>, Box<dyn Any + Send>>;

// Whole draws where a draw is small, so that its tables are built once; else equal parts of one,
// small ones if many threads are to find work in few runs.
fn chunk_size(plan: Plan) -> u64 {
    let replicates = u64::from(plan.replicates());
    if replicates <= CHUNK {
        return CHUNK / replicates * replicates;
    }
    let most = if plan.runs() < 32 * PART { CHUNK } else { PART };
    replicates.div_ceil(replicates.div_ceil(most))
}

struct Worker<'a, S: Simulator, R> {
    simulator: &'a S,
    plan: Plan,
    recorder: &'a R,
    // Scratch memory not in use; there are never more of them than threads.
    idle: Mutex<Vec<S::Workspace>>,
}

impl<S: Simulator, R: Recorder> Worker<'_, S, R> {
    fn fold(&self, range: std::ops::Range<u64>) -> (Sums, R::Part) {
        let facts = self.simulator.info();
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut workspace = idle.unwrap_or_else(|| self.simulator.workspace());
        let mut sums = Sums::new(facts);
        let mut part = R::Part::default();
        let mut prior = vec![0.0; facts.shape().types];
        let seed = self.plan.seed();
        let mut index = range.start;
        while index < range.end {
            let (draw_index, first) = self.plan.run_at(index);
            let runs = (range.end - index).min(u64::from(self.plan.replicates() - first)) as u32;
            let draw = self.simulator.draw(seed, draw_index);
            self.simulator.priors(&draw, &mut prior);
            sums.open_draw(facts, draw_index, &prior, runs);
            let replicates = first..first + runs;
            let simulator = self.simulator;
            simulator.run_all(
                &draw,
                &mut workspace,
                seed,
                draw_index,
                replicates,
                |record| {
                    sums.add(facts, self.plan, index, record);
                    if is_measured(index, self.plan.runs()) {
                        sums.measured.extend(simulator.measure(&draw, record));
                    }
                    self.recorder.record(&mut part, index, record);
                    index += 1;
                },
            );
        }
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(workspace);
        (sums, part)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::ensemble::fake::Fake;

    struct Ids;

    impl Recorder for Ids {
        type Part = Vec<(u64, u32, u32, u8)>;

        fn record(&self, part: &mut Self::Part, index: u64, record: &RunRecord) {
            part.push((index, record.draw, record.replicate, record.outcome));
        }
    }

    fn play(fake: &Fake, plan: Plan, threads: usize) -> (Summary, Vec<(u64, u32, u32, u8)>) {
        let mut rows = Vec::new();
        let summary = run(
            fake,
            plan,
            NonZeroUsize::new(threads).unwrap(),
            &AtomicBool::new(false),
            &Ids,
            |part, _| {
                rows.extend(part);
                Ok::<(), ()>(())
            },
        );
        (summary.unwrap(), rows)
    }

    fn json(summary: &Summary) -> String {
        serde_json::to_string(summary).unwrap()
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bytes() {
        // Replicates below, above and not dividing the chunk.
        for (draws, replicates) in [(311, 7), (3, 2500), (5000, 1), (1, 4321)] {
            let plan = Plan::new(1, draws, replicates).unwrap();
            let fake = Fake::uncertain();
            let (one, rows) = play(&fake, plan, 1);
            for threads in [2, 8] {
                let (many, many_rows) = play(&fake, plan, threads);
                assert_eq!(
                    json(&one),
                    json(&many),
                    "{draws} x {replicates}, {threads} threads"
                );
                assert_eq!(rows, many_rows);
            }
            assert_eq!(one.design.runs, plan.runs());
            assert!(!one.design.partial);
        }
    }

    #[test]
    fn rows_come_once_each_and_in_order() {
        let plan = Plan::new(5, 300, 11).unwrap();
        let (summary, rows) = play(&Fake::uncertain(), plan, 4);
        assert_eq!(rows.len() as u64, plan.runs());
        for (i, &(index, draw, replicate, _)) in rows.iter().enumerate() {
            assert_eq!(index, i as u64);
            assert_eq!((draw, replicate), plan.run_at(index));
        }
        for (outcome, share) in summary.outcomes.iter().enumerate() {
            let count = rows
                .iter()
                .filter(|row| usize::from(row.3) == outcome)
                .count();
            assert_eq!(share.count, count as u64);
        }
    }

    #[test]
    fn a_stop_keeps_a_gapless_prefix() {
        let plan = Plan::new(1, 4000, 5).unwrap();
        let fake = Fake::uncertain();
        let cancel = AtomicBool::new(false);
        let mut rows = Vec::new();
        let partial = run(
            &fake,
            plan,
            NonZeroUsize::new(2).unwrap(),
            &cancel,
            &Ids,
            |part, at| {
                rows.extend(part);
                if at.done >= 3000 {
                    cancel.store(true, Ordering::Relaxed);
                }
                Ok::<(), ()>(())
            },
        )
        .unwrap();
        assert!(partial.design.partial);
        assert!(
            (3000..20_000).contains(&partial.design.runs),
            "{}",
            partial.design.runs
        );
        assert_eq!(rows.len() as u64, partial.design.runs);
        // The prefix is what a smaller plan would have given.
        let draws = (partial.design.runs / 5) as u32;
        let (whole, whole_rows) = play(&fake, Plan::new(1, draws, 5).unwrap(), 1);
        assert_eq!(rows, whole_rows);
        assert_eq!(partial.outcomes, whole.outcomes);
        assert_eq!(partial.parties, whole.parties);
        assert_eq!(partial.talks, whole.talks);
    }

    #[test]
    fn a_stop_before_the_first_chunk_has_no_result() {
        let plan = Plan::new(1, 10, 5).unwrap();
        let threads = NonZeroUsize::MIN;
        let result = run(
            &Fake::certain(),
            plan,
            threads,
            &AtomicBool::new(true),
            &(),
            |(), _| Ok::<(), ()>(()),
        );
        assert!(matches!(result, Err(RunError::Interrupted)));
    }

    #[test]
    fn a_failing_sink_stops_the_ensemble() {
        let plan = Plan::new(1, 100_000, 10).unwrap();
        let calls = Cell::new(0);
        let result = run(
            &Fake::certain(),
            plan,
            NonZeroUsize::new(2).unwrap(),
            &AtomicBool::new(false),
            &(),
            |(), _| {
                calls.set(calls.get() + 1);
                if calls.get() < 3 {
                    Ok(())
                } else {
                    Err("disk full")
                }
            },
        );
        assert!(matches!(result, Err(RunError::Rows("disk full"))));
        assert_eq!(calls.get(), 3);
    }

    #[test]
    fn a_panic_in_the_simulator_reaches_the_caller() {
        let fake = Fake {
            panics_at: Some((150, 3)),
            ..Fake::certain()
        };
        let plan = Plan::new(1, 1000, 10).unwrap();
        let caught = catch_unwind(|| play(&fake, plan, 2));
        assert!(caught.is_err());
    }

    #[test]
    fn shares_converge_to_the_closed_form() {
        let fake = Fake::certain();
        let (summary, _) = play(&fake, Plan::new(3, 400, 50).unwrap(), 2);
        for (share, p) in summary.outcomes.iter().zip([0.5, 0.3, 0.2]) {
            assert!((share.share - p).abs() < 0.012, "{} {p}", share.share);
            assert!(share.chance.low < p && p < share.chance.high);
        }
        // Utility of the first party is uniform on [0.2, 0.6].
        let party = &summary.parties[0];
        assert!((party.mean_utility - 0.4).abs() < 0.004);
        assert!((party.chance.low..party.chance.high).contains(&0.4));
        assert!(
            (party.utility.q05 - 0.22).abs() < 0.006 && (party.utility.q95 - 0.58).abs() < 0.006
        );
    }

    #[test]
    fn the_band_shows_ignorance_and_not_chance() {
        let plan = Plan::new(2, 500, 40).unwrap();
        let (uncertain, _) = play(&Fake::uncertain(), plan, 2);
        let (certain, _) = play(&Fake::certain(), plan, 2);
        // The first outcome's probability is uniform on [0.3, 0.7] over draws.
        let wide = uncertain.outcomes[0].band;
        assert!(
            (wide.q05 - 0.32).abs() < 0.03 && (wide.q95 - 0.68).abs() < 0.03,
            "{wide:?}"
        );
        // Raw shares of 40 runs at 0.5 would spread over 0.26.
        let narrow = certain.outcomes[0].band;
        assert!(narrow.q95 - narrow.q05 < 0.06, "{narrow:?}");
        assert!(certain.parties[0].band.q95 - certain.parties[0].band.q05 < 0.015);
        assert_eq!(wide.n, 500);
    }

    #[test]
    fn one_run_a_draw_has_no_band() {
        let (summary, _) = play(&Fake::uncertain(), Plan::new(2, 500, 1).unwrap(), 1);
        assert_eq!(summary.outcomes[0].band.n, 0);
        assert_eq!(summary.parties[0].band.n, 0);
        assert!(summary.parties[0].chance.high > summary.parties[0].chance.low);
    }

    #[test]
    fn memory_does_not_grow_with_the_number_of_runs() {
        // What the calling thread and one worker hold, chunk after chunk.
        let peak = |draws: u32| {
            let fake = Fake::uncertain();
            let plan = Plan::new(1, draws, 20).unwrap();
            let (facts, recorder) = (fake.info(), &());
            let worker = Worker {
                simulator: &fake,
                plan,
                recorder,
                idle: Mutex::new(Vec::new()),
            };
            let held = allocation_counter::measure(|| {
                let (mut sums, mut draws) = (Sums::new(facts), Draws::new(facts, 20));
                for first in (0..plan.runs()).step_by(CHUNK as usize) {
                    let (next, ()) = worker.fold(first..first + CHUNK);
                    sums.merge(&next);
                    next.draws.into_iter().for_each(|draw| draws.push(draw));
                }
            });
            held.bytes_max as f64
        };
        let (few, many) = (peak(500), peak(10_000));
        assert!(many < few * 1.05, "{few} bytes, then {many}");
    }

    #[test]
    fn series_beliefs_and_samples_are_filled() {
        let (summary, rows) = play(&Fake::uncertain(), Plan::new(9, 1000, 10).unwrap(), 2);
        for at in &summary.timeline {
            assert!((at.talking + at.settled + at.broken_off + at.force - 1.0).abs() < 1e-12);
        }
        assert!((summary.talks.ended_early - summary.outcomes[2].share).abs() < 1e-12);
        assert!((summary.talks.agreement - summary.outcomes[0].share).abs() < 1e-12);
        let belief = &summary.beliefs[0];
        assert_eq!(belief.runs.iter().sum::<u64>(), 10_000);
        assert!((belief.prior[0] - 0.25).abs() < 1e-12);
        assert!((belief.mean[1][1][3] - 0.9).abs() < 1e-9);
        assert!(summary.joint.points.len() <= 1500 && summary.joint.points.len() > 1000);
        assert_eq!(summary.joint.points[1].2, usize::from(rows[7].3));
        assert_eq!(summary.variables[0].samples.len(), 12);
        assert_eq!(summary.variables.len(), 3);
        let back: Summary = serde_json::from_str(&json(&summary)).unwrap();
        assert_eq!(json(&back), json(&summary));
    }
}
