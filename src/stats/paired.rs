//! Difference of two shares seen on the same runs.
//!
//! Source: Newcombe (1998b), "Improved confidence intervals for the difference between binomial
//! proportions based on paired data", Statistics in Medicine 17, 2635-2650, method 10.

use super::wilson::wilson;

/// What pairs of runs did: the 2 x 2 table of one outcome in the first and the second scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pairs {
    /// In both (`e`).
    pub both: u64,
    /// In the first only (`f`).
    pub first: u64,
    /// In the second only (`g`).
    pub second: u64,
    /// In neither (`h`).
    pub neither: u64,
}

impl Pairs {
    /// Takes in one pair.
    pub fn add(&mut self, in_first: bool, in_second: bool) {
        *match (in_first, in_second) {
            (true, true) => &mut self.both,
            (true, false) => &mut self.first,
            (false, true) => &mut self.second,
            (false, false) => &mut self.neither,
        } += 1;
    }

    /// Pairs seen.
    pub fn n(&self) -> u64 {
        self.both + self.first + self.second + self.neither
    }

    /// Share in the second minus share in the first: `(g - f) / n`; 0 without pairs.
    pub fn difference(&self) -> f64 {
        if self.n() == 0 {
            return 0.0;
        }
        (self.second as f64 - self.first as f64) / self.n() as f64
    }

    /// Newcombe's interval for [`Pairs::difference`]: Wilson's limits of both shares, joined by the
    /// correlation `phi` of the table with its continuity correction.
    pub fn interval(&self, z: f64) -> (f64, f64) {
        let n = self.n();
        if n == 0 {
            return (-1.0, 1.0);
        }
        let p2 = (self.both + self.second) as f64 / n as f64;
        let p1 = (self.both + self.first) as f64 / n as f64;
        let (low2, high2) = wilson(self.both + self.second, n, z);
        let (low1, high1) = wilson(self.both + self.first, n, z);
        let phi = self.correlation();
        let reach = |a: f64, b: f64| (a * a - 2.0 * phi * a * b + b * b).max(0.0).sqrt();
        let difference = self.difference();
        (
            (difference - reach(p2 - low2, high1 - p1)).max(-1.0),
            (difference + reach(high2 - p2, p1 - low1)).min(1.0),
        )
    }

    fn correlation(&self) -> f64 {
        let [e, f, g, h] = [self.both, self.first, self.second, self.neither].map(|x| x as f64);
        let margins = (e + f) * (g + h) * (e + g) * (f + h);
        if margins <= 0.0 {
            return 0.0;
        }
        let half = (e + f + g + h) / 2.0;
        let c = e * h - f * g;
        let corrected = if c > half {
            c - half
        } else if c >= 0.0 {
            0.0
        } else {
            c
        };
        corrected / margins.sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::normal::Z95;

    #[test]
    fn newcombes_published_example() {
        // (e, f, g, h) = (36, 12, 2, 0) gives 0.20 (0.0569 to 0.3404) for first minus second.
        let pairs = Pairs {
            both: 36,
            first: 12,
            second: 2,
            neither: 0,
        };
        let (low, high) = pairs.interval(Z95);
        assert!((pairs.difference() + 0.2).abs() < 1e-12);
        assert!(
            (low + 0.3404).abs() < 5e-5 && (high + 0.0569).abs() < 5e-5,
            "{low} {high}"
        );
    }

    #[test]
    fn pairing_narrows_the_interval() {
        let paired = Pairs {
            both: 300,
            first: 120,
            second: 60,
            neither: 520,
        };
        let (low, high) = paired.interval(Z95);
        assert!(((high - low) - 0.052).abs() < 1e-3, "{}", high - low);
    }

    #[test]
    fn no_pairs_say_nothing() {
        assert_eq!(Pairs::default().interval(Z95), (-1.0, 1.0));
        let mut same = Pairs::default();
        same.add(true, true);
        same.add(false, false);
        assert_eq!((same.n(), same.difference()), (2, 0.0));
    }
}
