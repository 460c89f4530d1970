//! What a change of scenario does to what is measured, and what that says of a claim.

use serde::Serialize;

use super::{LEVEL, sign};
use crate::ensemble::Plan;
use crate::ensemble::paired::{SAME_WITHIN, Verdict};
use crate::ensemble::summary::{Band, Interval};
use crate::math::normal_cdf;
use crate::scenario::claims::Measure;
use crate::scenario::types::Direction;
use crate::stats::between::Between;
use crate::stats::mcnemar::mcnemar;
use crate::stats::moments::Moments;
use crate::stats::normal::Z95;
use crate::stats::paired::Pairs;
use crate::stats::stratified::stratified_interval;

/// An expected direction and how far.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Test {
    /// Direction.
    pub direction: Direction,
    /// Least effect that counts; for `same` the largest that counts as none.
    pub at_least: f64,
}

impl Test {
    /// A test with the claim's threshold, or the usual one: none for a direction, two hundredths
    /// for `same`.
    pub fn new(direction: Direction, at_least: Option<f64>) -> Self {
        let usual = match direction {
            Direction::Same => SAME_WITHIN,
            _ => 0.0,
        };
        Self {
            direction,
            at_least: at_least.unwrap_or(usual),
        }
    }
}

/// A paired effect: second scenario less first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effect {
    /// Pairs of runs.
    pub pairs: u64,
    /// Mean in the first scenario: a share, or a utility from 0 to 1.
    pub first: f64,
    /// Mean in the second.
    pub second: f64,
    /// Second less first.
    pub difference: f64,
    /// Chance alone: 95 % interval. Of a share by Newcombe (1998, method 10), taking the runs as
    /// one sample; of a utility from the spread within the draws.
    pub interval: Interval,
    /// Not knowing: quantiles over the draws of the effect in each, chance taken out.
    pub band: Band,
    /// Draws in which it rises.
    pub draws_up: u64,
    /// Draws in which it falls.
    pub draws_down: u64,
    /// Draws in which it stays.
    pub draws_same: u64,
    /// Share of the draws in which the effect, chance taken out, has the sign of the mean.
    pub sign_holds: f64,
    /// Standard error by chance, the draws given.
    pub error: f64,
    /// Runs that change to what is measured, and away from it; none for a utility.
    pub changed: Option<(u64, u64)>,
    /// The effect in each draw.
    #[serde(skip)]
    pub(super) by_draw: Vec<f64>,
}

impl Effect {
    /// Measures a pair, run by run; `plan` says how the runs fall into draws.
    pub(super) fn of(first: &[f64], second: &[f64], plan: Plan, measure: &Measure) -> Self {
        let mut between = Between::default();
        let mut pairs = Pairs::default();
        let (mut ours, mut theirs) = (Moments::default(), Moments::default());
        let mut by_draw = Vec::new();
        let replicates = plan.replicates() as usize;
        for (a, b) in first.chunks(replicates).zip(second.chunks(replicates)) {
            let mut changes = Moments::default();
            for (&a, &b) in a.iter().zip(b) {
                pairs.add(a > 0.5, b > 0.5);
                ours.add(a);
                theirs.add(b);
                changes.add(b - a);
            }
            between.add(changes.mean, changes.variance_of_mean());
            by_draw.push(changes.mean);
        }
        let is_share = !matches!(measure, Measure::Utility(_));
        let error = between.chance_error();
        let (low, high) = if is_share {
            pairs.interval(Z95)
        } else {
            // With a single run a draw, chance within the draws is not seen.
            stratified_interval(&between, plan.replicates(), 0.05)
                .unwrap_or((f64::NEG_INFINITY, f64::INFINITY))
        };
        let difference = if is_share {
            pairs.difference()
        } else {
            between.mean()
        };
        let shrunken: Vec<f64> = by_draw.iter().map(|x| between.shrink(*x)).collect();
        let held = shrunken.iter().filter(|x| **x * difference > 0.0).count();
        let count =
            |test: &dyn Fn(f64) -> bool| by_draw.iter().filter(|x| test(**x)).count() as u64;
        Self {
            pairs: pairs.n(),
            first: ours.mean,
            second: theirs.mean,
            difference,
            interval: Interval { low, high },
            band: band(shrunken),
            draws_up: count(&|x| x > NOISE),
            draws_down: count(&|x| x < -NOISE),
            draws_same: count(&|x| x.abs() <= NOISE),
            sign_holds: held as f64 / by_draw.len().max(1) as f64,
            error,
            changed: is_share.then_some((pairs.second, pairs.first)),
            by_draw,
        }
    }

    /// Two-sided probability of so large a departure by chance. Against no effect, shares are held
    /// to the exact test of `McNemar` (1947, Psychometrika 12, 153-157): of the runs that changed, as
    /// many should change one way as the other. Otherwise the departure is that from the claim's
    /// threshold, in standard errors.
    pub fn p(&self, test: Test) -> f64 {
        if let (Some((to, away)), Some(_)) = (self.changed, sign(test.direction))
            && test.at_least <= 0.0
        {
            return mcnemar(&Pairs {
                first: away,
                second: to,
                ..Pairs::default()
            });
        }
        let departure = match sign(test.direction) {
            Some(sign) => sign * self.difference - test.at_least,
            None => test.at_least - self.difference.abs(),
        };
        if self.error > 0.0 {
            2.0 * (1.0 - normal_cdf(departure.abs() / self.error))
        } else {
            f64::from(u8::from(departure.abs() <= NOISE))
        }
    }
}

/// A change this small is one of rounding.
const NOISE: f64 = 1e-12;

/// What an interval says of a claim: supported if it lies wholly where the claim wants it,
/// contradicted if wholly elsewhere. An effect that goes the right way but is surely smaller than
/// the claim says contradicts it.
pub fn verdict(test: Test, interval: Interval) -> Verdict {
    let m = test.at_least;
    let Interval { low, high } = interval;
    let (yes, no) = match test.direction {
        Direction::Up => (low > m, high < m),
        Direction::Down => (high < -m, low > -m),
        Direction::Same => (low > -m && high < m, low > m || high < -m),
    };
    match (yes, no) {
        (true, _) => Verdict::Supported,
        (_, true) => Verdict::Contradicted,
        _ => Verdict::Inconclusive,
    }
}

/// How far an interval is from another verdict than `now`; negative by how far it is beyond.
pub fn margin(test: Test, now: Verdict, interval: Interval) -> f64 {
    let m = test.at_least;
    let (low, high) = match test.direction {
        Direction::Down => (-interval.high, -interval.low),
        _ => (interval.low, interval.high),
    };
    match (sign(test.direction), now) {
        (Some(_), Verdict::Supported) => low - m,
        (Some(_), Verdict::Contradicted) => m - high,
        (Some(_), Verdict::Inconclusive) => (m - low).min(high - m),
        (None, Verdict::Supported) => (m - high).min(low + m),
        (None, Verdict::Contradicted) => (low - m).max(-m - high),
        (None, Verdict::Inconclusive) => {
            let to_none = (-m - low).max(high - m);
            let to_some = (m - low).min(high + m);
            to_none.min(to_some)
        }
    }
}

/// Quantiles of some values, by the nearest rank.
fn band(mut values: Vec<f64>) -> Band {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    let quantile = |q: f64| {
        let rank = (q * n as f64).ceil() as usize;
        values
            .get(rank.clamp(1, n.max(1)) - 1)
            .copied()
            .unwrap_or(0.0)
    };
    Band {
        q05: quantile(LEVEL),
        q25: quantile(0.25),
        q50: quantile(0.5),
        q75: quantile(0.75),
        q95: quantile(1.0 - LEVEL),
        n: n as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(low: f64, high: f64) -> Interval {
        Interval { low, high }
    }

    #[test]
    fn verdicts_by_hand() {
        use Direction::{Down, Same, Up};
        use Verdict::{Contradicted, Inconclusive, Supported};
        for (direction, at_least, low, high, want) in [
            (Up, None, 0.01, 0.03, Supported),
            (Up, None, -0.03, -0.01, Contradicted),
            (Up, None, -0.01, 0.01, Inconclusive),
            (Up, Some(0.05), 0.01, 0.03, Contradicted),
            (Up, Some(0.02), 0.01, 0.03, Inconclusive),
            (Down, None, -0.03, -0.01, Supported),
            (Down, Some(0.02), -0.05, -0.03, Supported),
            (Down, Some(0.02), -0.015, -0.01, Contradicted),
            (Same, None, -0.01, 0.01, Supported),
            (Same, None, 0.03, 0.05, Contradicted),
            (Same, None, 0.01, 0.05, Inconclusive),
        ] {
            let test = Test::new(direction, at_least);
            let it = interval(low, high);
            assert_eq!(verdict(test, it), want, "{direction:?} {at_least:?} {it:?}");
            assert!(margin(test, want, it) >= 0.0, "{direction:?} {it:?}");
        }
    }

    #[test]
    fn a_margin_is_used_up_where_the_verdict_turns() {
        for direction in [Direction::Up, Direction::Down, Direction::Same] {
            let test = Test::new(direction, Some(0.02));
            for now in [-0.08, -0.02, 0.0, 0.021, 0.08] {
                let at = |centre: f64| interval(centre - 0.011, centre + 0.011);
                let word = verdict(test, at(now));
                for step in -100..=100 {
                    let moved = at(f64::from(step) * 0.001 + 1e-7);
                    let margin = margin(test, word, moved);
                    assert_eq!(
                        verdict(test, moved) == word,
                        margin > 0.0,
                        "{direction:?} {word:?} {moved:?} {margin}"
                    );
                }
            }
        }
    }

    #[test]
    fn an_effect_is_measured_by_pairs() {
        let plan = Plan::new(1, 2, 4).unwrap();
        let first = [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0];
        let second = [1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0];
        let measure = Measure::Outcomes(Vec::new());
        let effect = Effect::of(&first, &second, plan, &measure);
        assert!((effect.difference - 3.0 / 8.0).abs() < 1e-12);
        assert_eq!(effect.changed, Some((3, 0)));
        assert_eq!((effect.draws_up, effect.draws_same), (2, 0));
        assert!((effect.p(Test::new(Direction::Up, None)) - 0.25).abs() < 1e-12);
        let utility = Measure::Utility(String::new());
        let effect = Effect::of(&first, &second, plan, &utility);
        assert!((effect.difference - 3.0 / 8.0).abs() < 1e-12);
        assert_eq!(effect.changed, None);
        // Draws with changes (1,0,0,0) and (1,1,0,0): variances 1/4 and 1/3, each over 4 runs.
        let error = (f64::midpoint(0.25 / 4.0, (1.0 / 3.0) / 4.0) / 2.0).sqrt();
        assert!((effect.error - error).abs() < 1e-12);
    }
}
