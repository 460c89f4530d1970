//! When to stop: a fixed schedule of looks at doubling sizes.
//!
//! Flows in: how far one would go. Flows out: the plans at which to look. Invariant: the schedule
//! depends on the design alone, never on time or threads, so where an ensemble stops is a function of
//! its plan and its first runs.
//!
//! Stopping when an interval is narrow enough is sound (Chow and Robbins 1965, Annals of Mathematical
//! Statistics 36, 457-462); stopping when a difference looks significant is not, unless it is judged
//! by a confidence sequence, as [`Watch`] does.

use super::Plan;
use super::paired::OutcomeLog;
use crate::stats::confidence_sequence::confidence_sequence;
use crate::stats::paired::Pairs;

/// Fewest runs at the first look: with fewer, an interval may be narrow by accident.
pub const FIRST_RUNS: u64 = 200;
/// Fewest draws at the first look, so that the band over draws is worth looking at too.
pub const FIRST_DRAWS: u32 = 50;

/// Looks at `n, 2n, 4n, ...` runs, whole draws each, and a last one at the most allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looks {
    seed: u64,
    replicates: u32,
    most: u32,
}

impl Looks {
    /// Looks with `replicates` runs a draw and at most `most` runs, at least one draw.
    pub fn new(seed: u64, replicates: u32, most: u64) -> Self {
        let draws = most / u64::from(replicates.max(1));
        Self {
            seed,
            replicates: replicates.max(1),
            most: u32::try_from(draws).unwrap_or(u32::MAX).max(1),
        }
    }

    /// The plan at each look.
    pub fn plans(self) -> impl Iterator<Item = Plan> {
        let least = FIRST_RUNS.div_ceil(u64::from(self.replicates)) as u32;
        let first = least.max(FIRST_DRAWS).min(self.most);
        let next =
            move |&draws: &u32| (draws < self.most).then(|| draws.saturating_mul(2).min(self.most));
        std::iter::successors(Some(first), next).map(move |draws| {
            Plan::new(self.seed, draws, self.replicates).expect("at least one draw and one run")
        })
    }
}

/// What watching one outcome has shown so far.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Watch {
    /// Pairs watched, one a draw: runs of the same draw share its numbers and are not independent.
    pub pairs: u64,
    /// Pairs that end in the outcome in the first scenario only.
    pub first: u64,
    /// Pairs that end in it in the second only.
    pub second: u64,
    /// Of the pairs that differ, the share in which it is the second: what is not refuted yet.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Watch {
    /// Watches an outcome at level `1 - alpha` for all looks together.
    pub fn new(
        (first, first_outcome): (&OutcomeLog, usize),
        (second, second_outcome): (&OutcomeLog, usize),
        alpha: f64,
    ) -> Self {
        let replicates = first.plan.replicates() as usize;
        let mut pairs = Pairs::default();
        let firsts = first.outcomes.iter().step_by(replicates);
        for (&a, &b) in firsts.zip(second.outcomes.iter().step_by(replicates)) {
            pairs.add(
                usize::from(a) == first_outcome,
                usize::from(b) == second_outcome,
            );
        }
        let (low, high) = confidence_sequence(pairs.second, pairs.first + pairs.second, alpha);
        Self {
            pairs: pairs.n(),
            first: pairs.first,
            second: pairs.second,
            low,
            high,
        }
    }

    /// Whether it is clear that the outcome became more (or less) frequent.
    pub fn is_clear(&self) -> bool {
        self.low > 0.5 || self.high < 0.5
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::ensemble::fake::Fake;
    use crate::ensemble::outcomes::log;

    fn draws(replicates: u32, most: u64) -> Vec<u32> {
        Looks::new(1, replicates, most)
            .plans()
            .map(|plan| plan.draws())
            .collect()
    }

    #[test]
    fn looks_double_and_end_at_the_most() {
        assert_eq!(draws(20, 10_000), [50, 100, 200, 400, 500]);
        assert_eq!(draws(1, 1000), [200, 400, 800, 1000]);
        assert_eq!(draws(3, 810), [67, 134, 268, 270]);
        assert_eq!(draws(20, 1000), [50]);
        assert_eq!(draws(20, 7), [1]);
        assert_eq!(draws(1, u64::MAX).last(), Some(&u32::MAX));
    }

    #[test]
    fn a_harm_becomes_clear_and_its_absence_does_not() {
        let never = AtomicBool::new(false);
        let harmed = Fake {
            harm: 0.1,
            ..Fake::uncertain()
        };
        let plan = Plan::new(2, 800, 1).unwrap();
        let base = log(&Fake::uncertain(), plan, &never).unwrap();
        let other = log(&harmed, plan, &never).unwrap();
        let watch = Watch::new((&base, 2), (&other, 2), 0.05);
        assert!(watch.is_clear() && watch.low > 0.5, "{watch:?}");
        assert!(!Watch::new((&base, 2), (&base, 2), 0.05).is_clear());
        assert!(Watch::new((&base, 0), (&other, 0), 0.05).high < 0.5);
    }

    #[test]
    fn one_pair_a_draw_is_watched() {
        let never = AtomicBool::new(false);
        let plan = Plan::new(2, 100, 5).unwrap();
        let base = log(&Fake::uncertain(), plan, &never).unwrap();
        assert_eq!(Watch::new((&base, 0), (&base, 0), 0.05).pairs, 100);
    }
}
