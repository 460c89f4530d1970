//! How long until something happens, when some are only known to have waited.
//!
//! Sources: Kaplan and Meier (1958), "Nonparametric estimation from incomplete observations", JASA 53,
//! 457-481; its variance by Greenwood (1926); limits on the scale of `ln(-ln S)` by Kalbfleisch and
//! Prentice (1980), "The Statistical Analysis of Failure Time Data", so that they stay between 0 and
//! 1; shares by cause by Aalen and Johansen (1978), Scandinavian Journal of Statistics 5, 141-150.

use std::collections::BTreeMap;

use crate::math::{exp, ln, pow};

/// What happened when, by counting; memory is one entry a distinct time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times {
    causes: usize,
    // By time: how many ended of each cause, then how many were last seen still waiting.
    counts: BTreeMap<u32, Vec<u64>>,
}

/// The estimate from one time on until the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The time.
    pub time: u32,
    /// Waiting just before it.
    pub at_risk: u64,
    /// Ended at it.
    pub ended: u64,
    /// Last seen at it, still waiting.
    pub censored: u64,
    /// Share that waits longer.
    pub survival: f64,
    /// Limits of that share.
    pub low: f64,
    /// Limits of that share.
    pub high: f64,
    /// Greenwood's standard error of that share.
    pub error: f64,
    /// Share that has ended of each cause; with `survival` they add up to 1.
    pub incidence: Vec<f64>,
}

impl Times {
    /// Nothing yet, with so many causes of an end.
    pub fn new(causes: usize) -> Self {
        Self {
            causes,
            counts: BTreeMap::new(),
        }
    }

    /// One that ended at `time` of `cause`.
    pub fn ended(&mut self, time: u32, cause: usize) {
        self.at(time)[cause] += 1;
    }

    /// One last seen at `time`, still waiting.
    pub fn censored(&mut self, time: u32) {
        let waiting = self.causes;
        self.at(time)[waiting] += 1;
    }

    fn at(&mut self, time: u32) -> &mut Vec<u64> {
        let zero = || vec![0; self.causes + 1];
        self.counts.entry(time).or_insert_with(zero)
    }

    /// Takes in others.
    pub fn merge(&mut self, other: &Self) {
        for (&time, counts) in &other.counts {
            let own = self.at(time);
            own.iter_mut().zip(counts).for_each(|(sum, x)| *sum += x);
        }
    }

    /// The Kaplan-Meier estimate at every time at which something happened, with limits `z` standard
    /// errors away:
    ///
    /// `S(t) = prod (1 - d/n)`, `Var ln(-ln S) = sum d / (n (n - d)) / (ln S)^2`, limits
    /// `S^exp(+-z sqrt Var)`. While nothing has ended both limits are 1; once all have, the lower is
    /// 0 and the upper stays.
    pub fn kaplan_meier(&self, z: f64) -> Vec<Step> {
        let mut at_risk: u64 = self.counts.values().flatten().sum();
        let (mut survival, mut greenwood) = (1.0_f64, 0.0);
        let mut incidence = vec![0.0; self.causes];
        let mut limits = (1.0, 1.0);
        (self.counts.iter())
            .map(|(&time, counts)| {
                let (causes, censored) = counts.split_at(self.causes);
                let ended: u64 = causes.iter().sum();
                let (n, d) = (at_risk as f64, ended as f64);
                for (share, &count) in incidence.iter_mut().zip(causes) {
                    *share += survival * count as f64 / n;
                }
                if ended > 0 {
                    survival = if ended == at_risk {
                        0.0
                    } else {
                        survival * (1.0 - d / n)
                    };
                    greenwood += d / (n * (n - d));
                    limits = if survival > 0.0 {
                        let spread = exp(z * greenwood.sqrt() / ln(survival).abs());
                        (pow(survival, spread), pow(survival, 1.0 / spread))
                    } else {
                        (0.0, limits.1)
                    };
                }
                let step = Step {
                    time,
                    at_risk,
                    ended,
                    censored: censored[0],
                    survival,
                    low: limits.0,
                    high: limits.1,
                    error: if survival > 0.0 {
                        survival * greenwood.sqrt()
                    } else {
                        0.0
                    },
                    incidence: incidence.clone(),
                };
                at_risk -= ended + censored[0];
                step
            })
            .collect()
    }
}

/// The first time at which at most half still wait, and the times between which it lies: where the
/// lower and the upper limit fall to one half (Brookmeyer and Crowley 1982, Biometrics 38, 29-41).
/// None where that is never seen.
pub fn median(steps: &[Step]) -> [Option<u32>; 3] {
    let first = |value: fn(&Step) -> f64| {
        let reached = steps.iter().find(|step| value(step) <= 0.5);
        reached.map(|step| step.time)
    };
    [first(|s| s.survival), first(|s| s.low), first(|s| s.high)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::normal::Z95;

    /// Weeks of remission under 6-MP (Freireich et al. 1963, Blood 21, 699-716), the example of
    /// nearly every textbook since Gehan (1965).
    fn remission() -> Times {
        let mut times = Times::new(1);
        for t in [6, 6, 6, 7, 10, 13, 16, 22, 23] {
            times.ended(t, 0);
        }
        for t in [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35] {
            times.censored(t);
        }
        times
    }

    #[test]
    fn the_textbook_example() {
        // Survival, Greenwood's error and log-log limits as statistical packages list them.
        let published = [
            (6, 0.8571, 0.0764, 0.6197, 0.9516),
            (7, 0.8067, 0.0869, 0.5631, 0.9228),
            (10, 0.7529, 0.0963, 0.5032, 0.8894),
            (13, 0.6902, 0.1068, 0.4316, 0.8491),
            (16, 0.6275, 0.1141, 0.3675, 0.8049),
            (22, 0.5378, 0.1282, 0.2678, 0.7468),
            (23, 0.4482, 0.1346, 0.1881, 0.6801),
        ];
        let steps = remission().kaplan_meier(Z95);
        for (time, survival, error, low, high) in published {
            let step = steps.iter().find(|step| step.time == time).unwrap();
            for (got, expected) in [
                (step.survival, survival),
                (step.error, error),
                (step.low, low),
                (step.high, high),
            ] {
                assert!((got - expected).abs() < 6e-5, "{time}: {got} {expected}");
            }
        }
        assert_eq!(steps[0].at_risk, 21);
        assert_eq!(median(&steps), [Some(23), Some(13), None]);
    }

    #[test]
    fn without_a_horizon_it_is_the_share_that_waits_and_causes_add_up() {
        let mut times = Times::new(2);
        for t in 1..=10 {
            times.ended(t, usize::from(t > 4));
        }
        let steps = times.kaplan_meier(Z95);
        for (index, step) in steps.iter().enumerate() {
            assert!((step.survival - (9 - index) as f64 / 10.0).abs() < 1e-12);
            let sum: f64 = step.incidence.iter().sum();
            assert!((sum + step.survival - 1.0).abs() < 1e-12);
            assert!(step.low <= step.survival && step.survival <= step.high);
        }
        let last = steps.last().unwrap();
        assert!((last.incidence[0] - 0.4).abs() < 1e-12);
        assert_eq!((last.survival, last.low), (0.0, 0.0));
    }

    #[test]
    fn nothing_ends_and_nothing_is_seen() {
        let mut times = Times::new(1);
        assert!(times.kaplan_meier(Z95).is_empty());
        times.censored(30);
        let steps = times.kaplan_meier(Z95);
        assert_eq!(
            (steps[0].survival, steps[0].low, steps[0].high),
            (1.0, 1.0, 1.0)
        );
        assert_eq!(median(&steps), [None, None, None]);
    }

    #[test]
    fn merging_equals_adding() {
        let (mut left, mut right, mut whole) = (Times::new(2), Times::new(2), Times::new(2));
        for t in [3, 1, 4, 1, 5, 9] {
            whole.ended(t, t as usize % 2);
            let part = if t > 3 { &mut left } else { &mut right };
            part.ended(t, t as usize % 2);
        }
        whole.censored(9);
        left.censored(9);
        left.merge(&right);
        assert_eq!(left, whole);
    }
}
