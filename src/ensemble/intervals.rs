//! Limits of what an ensemble reports besides its shares: quantiles, times to an end, exact shares.
//!
//! Flows in: sums over runs. Flows out: parts of the [`Summary`]. Invariant: all of it is about the
//! finite number of runs; what nobody knows stays in the bands over draws.

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::summary::{Interval, Summary};
use crate::stats::clopper_pearson::{clopper_pearson, simultaneous};
use crate::stats::normal::Z95;
use crate::stats::order_statistic::quantile_ranks;
use crate::stats::survival::{Step, Times, median};

/// How the intervals of shares are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntervalMethod {
    /// Goodman's simultaneous intervals for outcomes, Wilson's for a single share: close to 95 %.
    #[default]
    Score,
    /// Clopper and Pearson's, for outcomes with Bonferroni's correction: never below 95 %.
    Exact,
}

/// An interval that may be open on a side.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Limits {
    /// Lower end; none if so few values bound nothing.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// Limits of the quantiles of a [`super::summary::Band`] over runs, by chance alone: 95 % each, from
/// order statistics, without an assumption on the distribution. They take the runs as one sample.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct BandLimits {
    /// Of the 5 % quantile.
    pub q05: Limits,
    /// Of the 25 % quantile.
    pub q25: Limits,
    /// Of the median.
    pub q50: Limits,
    /// Of the 75 % quantile.
    pub q75: Limits,
    /// Of the 95 % quantile.
    pub q95: Limits,
}

impl BandLimits {
    /// For `n` values of which `at_rank` tells the one of a rank, counted from 1.
    #[cfg_attr(
        not(feature = "cli"),
        expect(dead_code, reason = "only whole ensembles are summarised")
    )]
    pub(super) fn new(n: u64, at_rank: impl Fn(u64) -> f64) -> Self {
        let limits = |q: f64| {
            let (low, high) = quantile_ranks(n, q, 0.05);
            Limits {
                low: low.map(&at_rank),
                high: high.map(&at_rank),
            }
        };
        Self {
            q05: limits(0.05),
            q25: limits(0.25),
            q50: limits(0.5),
            q75: limits(0.75),
            q95: limits(0.95),
        }
    }
}

/// How long runs stay open. A run that reaches the horizon is only known to have lasted so long.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SurvivalSummary {
    /// Kaplan-Meier estimate, one step a day on which something ended.
    pub steps: Vec<SurvivalStep>,
    /// First day by whose end half of the runs have ended; none if more than half reach the horizon.
    pub median: Option<u32>,
    /// Its 95 % limits (Brookmeyer and Crowley 1982).
    pub median_limits: [Option<u32>; 2],
}

/// The curve from one day on until the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SurvivalStep {
    /// Days from the start.
    pub day: u32,
    /// The date.
    pub date: Date,
    /// Runs open before that day.
    pub at_risk: u64,
    /// Runs that ended on it.
    pub ended: u64,
    /// Runs that reached the horizon on it.
    pub censored: u64,
    /// Share of runs still open.
    pub open: f64,
    /// Chance only: 95 % limits of that share at this day (Greenwood, on the log-log scale).
    pub chance: Interval,
    /// Share of runs that have ended so far, by outcome (Aalen and Johansen).
    pub ended_by_outcome: Vec<f64>,
}

impl SurvivalSummary {
    #[cfg_attr(
        not(feature = "cli"),
        expect(dead_code, reason = "only whole ensembles are summarised")
    )]
    pub(super) fn new(times: &Times, start: Date) -> Self {
        let steps = times.kaplan_meier(Z95);
        let [median, low, high] = median(&steps);
        let dated = |step: Step| SurvivalStep {
            day: step.time,
            date: start
                .checked_add(Span::new().days(step.time))
                .expect("an end is within the calendar"),
            at_risk: step.at_risk,
            ended: step.ended,
            censored: step.censored,
            open: step.survival,
            chance: Interval {
                low: step.low,
                high: step.high,
            },
            ended_by_outcome: step.incidence,
        };
        Self {
            steps: steps.into_iter().map(dated).collect(),
            median,
            median_limits: [low, high],
        }
    }
}

impl Summary {
    /// The same runs with exact intervals for shares: of outcomes by Clopper and Pearson with
    /// Bonferroni's correction, of flags without it.
    #[must_use]
    pub fn with_exact_intervals(mut self) -> Self {
        let runs = self.design.runs;
        let interval = |(low, high): (f64, f64)| Interval { low, high };
        let counts: Vec<u64> = self.outcomes.iter().map(|outcome| outcome.count).collect();
        for (outcome, limits) in self.outcomes.iter_mut().zip(simultaneous(&counts, 0.05)) {
            outcome.chance = interval(limits);
        }
        for flag in &mut self.flags {
            let count = (flag.share * runs as f64).round() as u64;
            flag.chance = interval(clopper_pearson(count, runs, 0.05));
        }
        self.intervals = IntervalMethod::Exact;
        self
    }

    /// Half the width of the widest interval of an outcome share.
    pub fn widest_half(&self) -> f64 {
        (self.outcomes.iter())
            .map(|outcome| (outcome.chance.high - outcome.chance.low) / 2.0)
            .fold(0.0, f64::max)
    }
}

#[cfg(test)]
#[cfg(feature = "cli")]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::ensemble::Plan;
    use crate::ensemble::fake::Fake;
    use crate::ensemble::run::run;

    fn play(draws: u32, replicates: u32) -> Summary {
        let plan = Plan::new(6, draws, replicates).unwrap();
        let never = AtomicBool::new(false);
        let (fake, threads) = (Fake::uncertain(), NonZeroUsize::MIN);
        run(&fake, plan, threads, &never, &(), |(), _| Ok::<(), ()>(())).unwrap()
    }

    #[test]
    fn exact_intervals_are_wider_where_it_matters_and_say_so() {
        let score = play(30, 10);
        let exact = score.clone().with_exact_intervals();
        assert_eq!(score.intervals, IntervalMethod::Score);
        assert_eq!(exact.intervals, IntervalMethod::Exact);
        for (a, b) in score.outcomes.iter().zip(&exact.outcomes) {
            let (low, high) = clopper_pearson(a.count, 300, 0.05 / 3.0);
            assert!((b.chance.low - low).abs() < 1e-12 && (b.chance.high - high).abs() < 1e-12);
            assert!((a.chance.low - b.chance.low).abs() > 1e-6);
        }
        let flag = &exact.flags[0];
        let count = (flag.share * 300.0).round() as u64;
        let (low, _) = clopper_pearson(count, 300, 0.05);
        assert!((flag.chance.low - low).abs() < 1e-12);
    }

    #[test]
    fn quantiles_have_limits_around_them() {
        let summary = play(200, 20);
        let party = &summary.parties[0];
        // Utility is uniform on [0.2, 0.6], so its quantiles are known.
        for (limits, truth) in [
            (party.utility_limits.q05, 0.22),
            (party.utility_limits.q50, 0.4),
            (party.utility_limits.q95, 0.58),
        ] {
            let (low, high) = (limits.low.unwrap(), limits.high.unwrap());
            assert!(low < truth && truth < high, "{limits:?}");
            assert!(high - low < 0.03, "{limits:?}");
        }
        let few = play(2, 2);
        assert_eq!(few.parties[0].utility_limits.q05.low, None);
    }

    #[test]
    fn the_horizon_censors_and_a_clash_ends() {
        // The fake ends on day 15 by a clash, share 0.2, and is censored on day 40.
        let summary = play(200, 20);
        let survival = &summary.survival;
        assert_eq!(survival.steps.len(), 2);
        let [clash, horizon] = &survival.steps[..] else {
            unreachable!()
        };
        assert_eq!((clash.day, clash.at_risk, clash.censored), (15, 4000, 0));
        assert_eq!(clash.date.to_string(), "1975-06-17");
        assert!((clash.open - (1.0 - summary.outcomes[2].share)).abs() < 1e-12);
        assert!((clash.ended_by_outcome[2] - summary.outcomes[2].share).abs() < 1e-12);
        assert!(clash.chance.low < 0.8 && 0.8 < clash.chance.high);
        assert_eq!((horizon.day, horizon.ended), (40, 0));
        assert_eq!(horizon.censored, clash.at_risk - clash.ended);
        assert_eq!(survival.median, None);
    }
}
