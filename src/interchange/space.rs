//! A domain as tables: the utility of every outcome for every party.
//!
//! Flows in: a [`Domain`]. Flows out: a [`Space`], outcomes numbered with the last issue fastest.
//! Invariant: a utility is the sum over issues in the file's order of weight times value, each step
//! rounded once as IEEE doubles are, so that it equals what the domain's own program computes bit
//! for bit.

use super::{Domain, Profile};

/// Most outcomes that are enumerated.
pub const OUTCOMES_LIMIT: usize = 1 << 24;

/// Below this an issue's values count as equal (negmas' `LinearAdditiveUtilityFunction.normalize`).
const CONSTANT: f64 = 1e-6;

/// Which utilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// As the domain's own program computes them: weights as written, capped at 1 where GENIUS is.
    Genius,
    /// Each issue and the whole stretched to [0, 1]; an affine change, reservation included.
    Unit,
}

/// The tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Space {
    /// Number of values of each issue.
    pub sizes: Vec<usize>,
    /// Utilities: party, then outcome.
    pub utilities: Vec<Vec<f64>>,
    /// Utility of no agreement of each party, where it has one.
    pub reserved: Vec<Option<f64>>,
    /// Discount factor of each party.
    pub discounts: Vec<f64>,
}

/// A domain with more outcomes than can be enumerated.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("the domain has {outcomes:.0} outcomes; up to {OUTCOMES_LIMIT} are enumerated")]
pub struct TooLarge {
    /// How many there are.
    pub outcomes: f64,
}

impl Domain {
    /// Enumerates the outcomes.
    ///
    /// # Errors
    ///
    /// If there are more than [`OUTCOMES_LIMIT`].
    pub fn space(&self, view: View) -> Result<Space, TooLarge> {
        let sizes: Vec<usize> = self.issues.iter().map(|issue| issue.values.len()).collect();
        let outcomes: f64 = sizes.iter().map(|&size| size as f64).product();
        if outcomes > OUTCOMES_LIMIT as f64 {
            return Err(TooLarge { outcomes });
        }
        let unit;
        let domain = match view {
            View::Genius => self,
            View::Unit => {
                unit = self.unit();
                &unit
            }
        };
        let utilities = domain.profiles.iter().map(|profile| {
            let mut sums = vec![0.0];
            for (weight, values) in profile.weights.iter().zip(&profile.values) {
                let mut longer = Vec::with_capacity(sums.len() * values.len());
                for sum in sums {
                    longer.extend(values.iter().map(|value| sum + weight * value));
                }
                sums = longer;
            }
            if domain.cap_at_one {
                for sum in &mut sums {
                    *sum = sum.min(1.0);
                }
            }
            sums
        });
        Ok(Space {
            utilities: utilities.collect(),
            reserved: domain.profiles.iter().map(|p| p.reservation).collect(),
            discounts: domain.profiles.iter().map(|p| p.discount).collect(),
            sizes,
        })
    }

    /// The domain stretched: `v' = (v - min) / (max - min)` and `w' = w (max - min) / S` for each
    /// issue, `S` the sum of these products, `r' = (r - sum w min) / S`. A negative weight is turned
    /// round first. An issue whose values are equal gets value 1 and keeps its weight, as in negmas
    /// 0.16 (`LinearAdditiveUtilityFunction.normalize`).
    #[must_use]
    pub fn unit(&self) -> Self {
        let mut domain = self.clone();
        domain.cap_at_one = false;
        for profile in &mut domain.profiles {
            let (mut bias, mut sum) = (0.0, 0.0);
            for (weight, values) in profile.weights.iter_mut().zip(&mut profile.values) {
                if *weight < 0.0 {
                    *weight = -*weight;
                    for value in values.iter_mut() {
                        *value = -*value;
                    }
                }
                let low = values.iter().copied().fold(f64::INFINITY, f64::min);
                let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                if high - low < CONSTANT {
                    bias += *weight * (low - 1.0);
                    values.fill(1.0);
                } else {
                    bias += *weight * low;
                    let width = high - low;
                    for value in values.iter_mut() {
                        *value = (*value - low) / width;
                    }
                    *weight *= width;
                }
                sum += *weight;
            }
            if sum > 0.0 {
                profile.weights.iter_mut().for_each(|weight| *weight /= sum);
                profile.reservation = profile.reservation.map(|r| (r - bias) / sum);
            }
        }
        domain
    }
}

impl Domain {
    /// Value index of each issue of an outcome.
    pub fn levels(&self, outcome: usize) -> Vec<usize> {
        let sizes: Vec<usize> = self.issues.iter().map(|issue| issue.values.len()).collect();
        levels(&sizes, outcome)
    }

    /// Utilities of an outcome, one a party, weights as written.
    pub fn at(&self, outcome: usize) -> Vec<f64> {
        let levels = self.levels(outcome);
        let worth = |profile: &Profile| {
            let terms = profile.weights.iter().zip(&profile.values).zip(&levels);
            let sum = terms.fold(0.0, |sum, ((w, values), &level)| sum + w * values[level]);
            if self.cap_at_one { sum.min(1.0) } else { sum }
        };
        self.profiles.iter().map(worth).collect()
    }
}

fn levels(sizes: &[usize], outcome: usize) -> Vec<usize> {
    let mut rest = outcome;
    let mut levels: Vec<usize> = sizes
        .iter()
        .rev()
        .map(|&size| {
            let level = rest % size;
            rest /= size;
            level
        })
        .collect();
    levels.reverse();
    levels
}

impl Space {
    /// Number of outcomes.
    pub fn outcomes(&self) -> usize {
        self.utilities.first().map_or(0, Vec::len)
    }

    /// Value index of each issue of an outcome.
    pub fn levels(&self, outcome: usize) -> Vec<usize> {
        levels(&self.sizes, outcome)
    }

    /// Utilities of an outcome, one a party.
    pub fn at(&self, outcome: usize) -> Vec<f64> {
        self.utilities.iter().map(|table| table[outcome]).collect()
    }

    /// Lowest and highest utility of a party.
    pub fn range(&self, party: usize) -> (f64, f64) {
        self.utilities[party]
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &u| {
                (low.min(u), high.max(u))
            })
    }

    /// What a party gets without agreement: its reservation value, or the worst outcome's utility
    /// if that is better or there is none.
    pub fn disagreement(&self, party: usize) -> f64 {
        let (low, _) = self.range(party);
        match self.reserved[party] {
            Some(reserved) if reserved >= low => reserved,
            _ => low,
        }
    }

    /// Whether an outcome is worth at least the reservation value to everyone.
    pub fn rational(&self, outcome: usize) -> bool {
        self.utilities
            .iter()
            .zip(&self.reserved)
            .all(|(table, reserved)| reserved.is_none_or(|r| table[outcome] >= r))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Issue, Kind};
    use super::*;

    fn domain() -> Domain {
        let issue = |name: &str, values: &[&str]| Issue {
            name: name.to_owned(),
            kind: Kind::Discrete,
            values: values.iter().map(ToString::to_string).collect(),
        };
        Domain {
            name: "d".to_owned(),
            format: Format::Genius,
            cap_at_one: true,
            issues: vec![
                issue("a", &["0", "1"]),
                issue("b", &["0", "1", "2"]),
                issue("c", &["0"]),
            ],
            profiles: vec![Profile {
                name: "p".to_owned(),
                weights: vec![0.5, 0.4, 0.2],
                values: vec![vec![0.2, 1.0], vec![0.0, 0.5, 1.0], vec![0.5]],
                reservation: Some(0.3),
                discount: 0.9,
            }],
        }
    }

    #[test]
    fn last_issue_runs_fastest_and_sums_are_capped() {
        let space = domain().space(View::Genius).unwrap();
        assert_eq!(space.outcomes(), 6);
        assert_eq!(space.levels(4), [1, 1, 0]);
        let by_hand = |a: f64, b: f64| ((0.0 + 0.5 * a) + 0.4 * b) + 0.2 * 0.5;
        assert_eq!(space.utilities[0][4].to_bits(), by_hand(1.0, 0.5).to_bits());
        let mut over = domain();
        over.profiles[0].weights[1] = 0.9;
        let highest = over.space(View::Genius).unwrap().utilities[0][5];
        assert_eq!(highest.to_bits(), 1.0_f64.to_bits());
    }

    /// By hand: S = 0.5 * 0.8 + 0.4 + 0.2 = 1 (the constant issue keeps its weight and is worth 1),
    /// bias = 0.5 * 0.2 + 0.2 * (0.5 - 1) = 0, so r' = 0.3.
    #[test]
    fn the_unit_view_is_the_affine_stretch() {
        let space = domain().space(View::Unit).unwrap();
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-15, "{a} {b}");
        close(space.range(0).0, 0.2);
        close(space.range(0).1, 1.0);
        close(space.utilities[0][4], 0.4 + 0.2 + 0.2);
        close(space.reserved[0].unwrap(), 0.3);
    }

    #[test]
    fn too_many_outcomes_are_refused_before_they_cost_anything() {
        let mut large = domain();
        large.issues = vec![large.issues[1].clone(); 40];
        let error = large.space(View::Genius).unwrap_err();
        assert!(
            error.to_string().contains("12157665459056928768 outcomes"),
            "{error}"
        );
    }
}
