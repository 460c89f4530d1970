//! Exact quantiles of whole numbers by counting: days, or runs out of the replicates of a draw.
//!
//! Memory is one entry a distinct value, whatever the number of values: with `D` draws of `R` runs
//! at most `min(D, R + 1)` entries, so at most the square root of the number of runs.

use std::collections::BTreeMap;

/// How often each whole number was seen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    counts: BTreeMap<u32, u64>,
    n: u64,
}

impl Tally {
    /// Takes in one value.
    pub fn add(&mut self, value: u32) {
        *self.counts.entry(value).or_default() += 1;
        self.n += 1;
    }

    /// Takes in all values of another tally.
    pub fn merge(&mut self, other: &Self) {
        for (&value, &count) in &other.counts {
            *self.counts.entry(value).or_default() += count;
        }
        self.n += other.n;
    }

    /// Values seen.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// The `q` quantile, linear between neighbouring order statistics (type 7 of Hyndman and Fan
    /// 1996, The American Statistician 50, 361-365); 0 if nothing was seen.
    pub fn quantile(&self, q: f64) -> f64 {
        if self.n == 0 {
            return 0.0;
        }
        let position = q.clamp(0.0, 1.0) * (self.n - 1) as f64;
        let below = position.floor();
        let low = self.at_rank(below as u64 + 1);
        let high = self.at_rank((below as u64 + 2).min(self.n));
        low + (position - below) * (high - low)
    }

    /// The value at `rank`, from 1, in ascending order; 0 beyond the last.
    pub fn at_rank(&self, rank: u64) -> f64 {
        let mut seen = 0;
        for (&value, &count) in &self.counts {
            seen += count;
            if rank <= seen {
                return f64::from(value);
            }
        }
        0.0
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these values are exact")]

    use super::*;

    #[test]
    fn quantiles_of_ten_numbers() {
        let mut tally = Tally::default();
        (1..=9).rev().for_each(|value| tally.add(value));
        assert_eq!(tally.quantile(0.5), 5.0);
        assert_eq!(tally.quantile(0.0), 1.0);
        assert_eq!(tally.quantile(1.0), 9.0);
        assert!((tally.quantile(0.05) - 1.4).abs() < 1e-12);
    }

    #[test]
    fn merging_equals_adding() {
        let (mut left, mut right, mut whole) = <(Tally, Tally, Tally)>::default();
        for value in [3, 1, 4, 1, 5, 9, 2, 6] {
            whole.add(value);
            if value > 3 {
                left.add(value);
            } else {
                right.add(value);
            }
        }
        left.merge(&right);
        assert_eq!(left, whole);
    }
}
