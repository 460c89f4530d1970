//! Outcomes alone: what each run ended in, one byte a run.
//!
//! Flows in: a [`Simulator`] and a stretch of draws. Flows out: outcome indices in run order, and
//! from them shares with their intervals and bands. Invariant: a stretch is what a longer plan would
//! have given there, for any number of threads.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::facts::ScenarioFacts;
use super::paired::OutcomeLog;
use super::summarise::share_bands;
use super::summary::{Interval, OutcomeShare};
use super::{Plan, Simulator};
use crate::engine::record::RunRecord;
use crate::stats::clopper_pearson::simultaneous;
use crate::stats::goodman::goodman;

/// Plays the runs of some draws on the threads of the current pool; none if it was told to stop.
pub fn play<S: Simulator>(
    simulator: &S,
    (seed, replicates): (u64, u32),
    draws: Range<u32>,
    cancel: &AtomicBool,
) -> Option<Vec<u8>> {
    let by_draw: Option<Vec<Vec<u8>>> = draws
        .into_par_iter()
        .map_init(
            || simulator.workspace(),
            |workspace, draw| {
                if cancel.load(Ordering::Relaxed) {
                    return None;
                }
                let prepared = simulator.draw(seed, draw);
                let mut outcomes = Vec::with_capacity(replicates as usize);
                let see = |record: &RunRecord| outcomes.push(record.outcome);
                simulator.run_all(&prepared, workspace, seed, draw, 0..replicates, see);
                Some(outcomes)
            },
        )
        .collect();
    Some(by_draw?.concat())
}

/// Runs with each outcome.
pub fn counts(outcomes: &[u8], kinds: usize) -> Vec<u64> {
    let mut counts = vec![0; kinds];
    for &outcome in outcomes {
        counts[usize::from(outcome)] += 1;
    }
    counts
}

/// The shares of a whole log, as an ensemble of the same plan reports them; exact intervals on
/// request.
pub fn shares(facts: &ScenarioFacts, log: &OutcomeLog, exact: bool) -> Vec<OutcomeShare> {
    let counts = counts(&log.outcomes, facts.outcomes.len());
    let limits = if exact { simultaneous } else { goodman };
    let bands = share_bands(facts.outcomes.len(), log.plan.replicates(), &log.outcomes);
    (facts.outcomes.iter().zip(limits(&counts, 0.05)).zip(bands))
        .zip(&counts)
        .map(|(((outcome, (low, high)), band), &count)| OutcomeShare {
            id: outcome.id.clone(),
            name: outcome.name.clone(),
            severity: outcome.severity,
            colour: outcome.colour.clone(),
            count,
            share: count as f64 / log.outcomes.len().max(1) as f64,
            chance: Interval { low, high },
            band,
        })
        .collect()
}

/// The log of a whole plan; none if it was told to stop.
pub fn log<S: Simulator>(simulator: &S, plan: Plan, cancel: &AtomicBool) -> Option<OutcomeLog> {
    let luck = (plan.seed(), plan.replicates());
    let outcomes = play(simulator, luck, 0..plan.draws(), cancel)?;
    Some(OutcomeLog { plan, outcomes })
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::ensemble::fake::Fake;
    use crate::ensemble::run::run;

    #[test]
    fn the_shares_are_those_of_the_whole_ensemble() {
        let fake = Fake::uncertain();
        let never = AtomicBool::new(false);
        for (draws, replicates) in [(60, 20), (500, 1), (1, 300)] {
            let plan = Plan::new(3, draws, replicates).unwrap();
            let (one, no) = (NonZeroUsize::MIN, |(), _| Ok::<(), ()>(()));
            let whole = run(&fake, plan, one, &never, &(), no).unwrap();
            let log = log(&fake, plan, &never).unwrap();
            assert_eq!(shares(fake.info(), &log, false), whole.outcomes);
            let exact = whole.with_exact_intervals().outcomes;
            assert_eq!(shares(fake.info(), &log, true), exact);
        }
    }

    #[test]
    fn stretches_join_and_a_stop_gives_nothing() {
        let fake = Fake::uncertain();
        let never = AtomicBool::new(false);
        let whole = play(&fake, (5, 7), 0..40, &never).unwrap();
        let mut parts = play(&fake, (5, 7), 0..13, &never).unwrap();
        parts.extend(play(&fake, (5, 7), 13..40, &never).unwrap());
        assert_eq!(parts, whole);
        assert_eq!(counts(&whole, 3).iter().sum::<u64>(), 280);
        assert_eq!(play(&fake, (5, 7), 0..40, &AtomicBool::new(true)), None);
    }
}
