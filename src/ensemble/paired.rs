//! Two scenarios on the same luck: how the share of some outcomes differs, run by run.
//!
//! Flows in: the outcome of every run of both ensembles, same seed and plan. Flows out: the paired
//! difference, its interval, how often its sign holds over the draws, and the verdict on an
//! expectation. Invariant: only pairs of the same (draw, replicate) are compared.

use serde::Serialize;

use super::Plan;
use super::summary::Interval;
use crate::scenario::types::Direction;
use crate::stats::normal::Z95;
use crate::stats::paired::Pairs;

/// A difference of shares this small counts as none: two runs in a hundred.
pub const SAME_WITHIN: f64 = 0.02;

/// The outcome of every run of an ensemble, one byte a run, in index order.
#[derive(Debug, Clone)]
pub struct OutcomeLog {
    /// The plan of the ensemble.
    pub plan: Plan,
    /// Outcome index of each run; shorter than the plan if it was stopped.
    pub outcomes: Vec<u8>,
}

/// The difference of a share between two scenarios.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    /// Pairs compared.
    pub pairs: u64,
    /// Share in the first scenario.
    pub first: f64,
    /// Share in the second.
    pub second: f64,
    /// Second minus first.
    pub difference: f64,
    /// Chance only: 95 % interval of the difference (Newcombe 1998, method 10). It takes the runs
    /// as one sample; with the draws given it is a little too wide.
    pub interval: Interval,
    /// Draws in which the share rises.
    pub draws_up: u64,
    /// Draws in which it falls.
    pub draws_down: u64,
    /// Draws in which it stays.
    pub draws_same: u64,
}

/// Why two ensembles cannot be paired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PairError {
    /// They differ in seed, draws or replicates.
    #[error("the two ensembles do not share seed, draws and replicates")]
    Plans,
    /// One has no run.
    #[error("there is no pair of runs to compare")]
    Empty,
}

/// Compares the summed share of `first_outcomes` in the first ensemble with that of
/// `second_outcomes` in the second; indices may differ because the files may.
///
/// # Errors
/// If the runs do not share their luck.
pub fn compare(
    (first, first_outcomes): (&OutcomeLog, &[usize]),
    (second, second_outcomes): (&OutcomeLog, &[usize]),
) -> Result<Difference, PairError> {
    if first.plan != second.plan {
        return Err(PairError::Plans);
    }
    let mut pairs = Pairs::default();
    let (mut up, mut down, mut same) = (0, 0, 0);
    let replicates = first.plan.replicates() as usize;
    let draws = first
        .outcomes
        .chunks(replicates)
        .zip(second.outcomes.chunks(replicates));
    for (ours, theirs) in draws {
        let mut balance = 0_i64;
        for (&a, &b) in ours.iter().zip(theirs) {
            let in_first = first_outcomes.contains(&usize::from(a));
            let in_second = second_outcomes.contains(&usize::from(b));
            pairs.add(in_first, in_second);
            balance += i64::from(in_second) - i64::from(in_first);
        }
        *match balance {
            0 => &mut same,
            1.. => &mut up,
            _ => &mut down,
        } += 1;
    }
    if pairs.n() == 0 {
        return Err(PairError::Empty);
    }
    let n = pairs.n() as f64;
    let (low, high) = pairs.interval(Z95);
    Ok(Difference {
        pairs: pairs.n(),
        first: (pairs.both + pairs.first) as f64 / n,
        second: (pairs.both + pairs.second) as f64 / n,
        difference: pairs.difference(),
        interval: Interval { low, high },
        draws_up: up,
        draws_down: down,
        draws_same: same,
    })
}

/// What the runs say of an expected direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The model implies it.
    Supported,
    /// The model implies the opposite.
    Contradicted,
    /// The interval leaves both open.
    Inconclusive,
}

impl Verdict {
    /// Judges an expectation by the interval of the difference. `Same` is supported when the whole
    /// interval lies within [`SAME_WITHIN`] of zero, contradicted when it lies wholly outside.
    pub fn of(direction: Direction, interval: Interval) -> Self {
        let (rises, falls) = (interval.low > 0.0, interval.high < 0.0);
        let (yes, no) = match direction {
            Direction::Up => (rises, falls),
            Direction::Down => (falls, rises),
            Direction::Same => (
                interval.low > -SAME_WITHIN && interval.high < SAME_WITHIN,
                interval.low > SAME_WITHIN || interval.high < -SAME_WITHIN,
            ),
        };
        match (yes, no) {
            (true, _) => Self::Supported,
            (_, true) => Self::Contradicted,
            _ => Self::Inconclusive,
        }
    }

    /// In one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Contradicted => "contradicted",
            Self::Inconclusive => "inconclusive",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::record::RunRecord;
    use crate::ensemble::Simulator;
    use crate::ensemble::fake::Fake;

    fn log(fake: &Fake, plan: Plan) -> OutcomeLog {
        let mut record = RunRecord::new(fake.facts.shape());
        let outcomes = (0..plan.runs())
            .map(|index| {
                let (draw, replicate) = plan.run_at(index);
                let p = fake.draw(plan.seed(), draw);
                fake.run(&p, &mut (), plan.seed(), draw, replicate, &mut record);
                record.outcome
            })
            .collect();
        OutcomeLog { plan, outcomes }
    }

    #[test]
    fn shared_luck_finds_a_small_harm() {
        let plan = Plan::new(4, 100, 20).unwrap();
        let base = log(&Fake::uncertain(), plan);
        let variant = log(
            &Fake {
                harm: 0.03,
                ..Fake::uncertain()
            },
            plan,
        );
        let war = compare((&base, &[2]), (&variant, &[2])).unwrap();
        assert!((war.difference - 0.03).abs() < 0.01, "{war:?}");
        assert_eq!(war.draws_down, 0);
        assert_eq!(Verdict::of(Direction::Up, war.interval), Verdict::Supported);
        assert_eq!(
            Verdict::of(Direction::Down, war.interval),
            Verdict::Contradicted
        );
        let nothing = compare((&base, &[2]), (&log(&Fake::uncertain(), plan), &[2])).unwrap();
        assert!(nothing.difference.abs() < 1e-12);
        assert_eq!(nothing.draws_same, 100);
        assert_eq!(
            Verdict::of(Direction::Same, nothing.interval),
            Verdict::Supported
        );
        assert_eq!(
            Verdict::of(Direction::Up, nothing.interval),
            Verdict::Inconclusive
        );
    }

    #[test]
    fn different_luck_is_refused() {
        let base = log(&Fake::certain(), Plan::new(4, 5, 2).unwrap());
        let other = log(&Fake::certain(), Plan::new(5, 5, 2).unwrap());
        assert_eq!(
            compare((&base, &[0]), (&other, &[0])),
            Err(PairError::Plans)
        );
    }

    #[test]
    fn sums_of_outcomes_are_compared() {
        let plan = Plan::new(4, 10, 10).unwrap();
        let base = log(&Fake::certain(), plan);
        let all = compare((&base, &[0, 1, 2]), (&base, &[0, 1, 2])).unwrap();
        assert!(all.first > 0.999 && all.second > 0.999 && all.pairs == 100);
    }
}
