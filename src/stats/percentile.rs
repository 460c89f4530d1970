//! Where one value lies among simulated ones: percentile rank, its interval, and the few dots that
//! stand for the many.
//!
//! Symbols: `n` simulated values, `b` of them below the value, `e` equal to it. The percentile rank
//! is `(b + e/2) / n` (the mid-rank; Hazen 1914): in [0, 1], 1/2 for the median whatever the ties.

use super::wilson::score;

/// A value among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Percentile {
    /// Values below it.
    pub below: u64,
    /// Values equal to it.
    pub equal: u64,
    /// Values above it.
    pub above: u64,
}

impl Percentile {
    /// The place of a value; others within `same` of it are equal to it.
    pub fn of(value: f64, others: impl IntoIterator<Item = f64>, same: f64) -> Self {
        let mut place = Self::default();
        for other in others {
            if (other - value).abs() <= same {
                place.equal += 1;
            } else if other < value {
                place.below += 1;
            } else {
                place.above += 1;
            }
        }
        place
    }

    /// Values it is held to.
    pub fn n(&self) -> u64 {
        self.below + self.equal + self.above
    }

    /// The percentile rank; 1/2 without values.
    pub fn rank(&self) -> f64 {
        if self.n() == 0 {
            return 0.5;
        }
        (self.below as f64 + 0.5 * self.equal as f64) / self.n() as f64
    }

    /// Interval of the rank at `z` standard errors, for values drawn independently: it is the mean of
    /// `n` scores 0, 1/2 and 1, so Wilson's interval holds it (see [`score`]).
    pub fn interval(&self, z: f64) -> (f64, f64) {
        if self.n() == 0 {
            return (0.0, 1.0);
        }
        score(self.rank(), self.n(), z)
    }
}

/// The places, in a sorted list of `n` values, of the values that stand for it in a quantile dotplot
/// of `dots` dots: those at `(i + 1/2) / dots` (Kay, Kola, Hullman and Munson 2016). All of them if
/// there are no more than dots.
pub fn quantile_dots(n: usize, dots: usize) -> Vec<usize> {
    if n <= dots {
        return (0..n).collect();
    }
    (0..dots)
        .map(|dot| (2 * dot + 1) * n / (2 * dots))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::normal::Z95;
    use crate::stats::wilson::wilson;
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn the_rank_among_whole_numbers() {
        let place = |value: f64| Percentile::of(value, (1..=100).map(f64::from), 1e-9);
        assert_eq!((place(31.0).below, place(31.0).equal), (30, 1));
        assert!((place(31.0).rank() - 0.305).abs() < 1e-12);
        assert!((place(0.0).rank()).abs() < 1e-12 && (place(200.0).rank() - 1.0).abs() < 1e-12);
        // All the same: the middle.
        assert!((Percentile::of(2.0, [2.0; 7], 0.0).rank() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn without_ties_the_interval_is_wilsons() {
        let place = Percentile {
            below: 81,
            equal: 0,
            above: 182,
        };
        // Newcombe (1998a), table I, method 3.
        let (low, high) = place.interval(Z95);
        assert!((low - 0.2553).abs() < 6e-5 && (high - 0.3662).abs() < 6e-5);
        assert_eq!(place.interval(Z95), wilson(81, 263, Z95));
        assert_eq!(Percentile::default().interval(Z95), (0.0, 1.0));
    }

    #[test]
    fn the_interval_covers_the_true_rank() {
        // A value at the 70th percentile of a uniform distribution, rounded so that ties happen.
        for steps in [1e9, 10.0] {
            let mut random = ChaCha8Rng::seed_from_u64(4);
            let round = |x: f64| (x * steps).floor() / steps;
            let value = round(0.7001);
            let truth = if steps < 100.0 { 0.75 } else { 0.7001 };
            let covered = (0..2000)
                .filter(|_| {
                    let values: Vec<f64> = (0..120).map(|_| round(random.random())).collect();
                    let (low, high) = Percentile::of(value, values, 1e-12).interval(Z95);
                    (low..=high).contains(&truth)
                })
                .count();
            assert!((1870..=1990).contains(&covered), "{covered}");
        }
    }

    #[test]
    fn dots_stand_for_equal_shares() {
        assert_eq!(quantile_dots(3, 50), [0, 1, 2]);
        assert_eq!(quantile_dots(100, 4), [12, 37, 62, 87]);
        let dots = quantile_dots(4000, 50);
        assert_eq!((dots.len(), dots[0], dots[49]), (50, 40, 3960));
        // Each dot has its fiftieth of the values around it.
        for (dot, &at) in dots.iter().enumerate() {
            assert!((dot * 80..(dot + 1) * 80).contains(&at));
        }
    }
}
