//! How far a quantity moves from draw to draw of the parameters, with chance taken out.
//!
//! The share of an outcome in the `R` runs of one draw varies for two reasons: the parameters, and
//! the luck of `R` runs. The variance between draws is the sum of both; the part of luck is
//! estimated from within the draws and taken away, and the values are pulled towards their mean
//! until their variance is what is left. Sources: Louis (1984), "Estimating a population of
//! parameter values using Bayes and empirical Bayes methods", JASA 79, 393-398; Ghosh (1992),
//! "Constrained Bayes estimation with applications", JASA 87, 533-540.

use super::moments::Moments;

/// Values of one quantity over draws, each with its own sampling variance.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Between {
    values: Moments,
    sampling: Moments,
}

impl Between {
    /// Takes in the value of one draw and the estimated sampling variance of that value.
    pub fn add(&mut self, value: f64, sampling_variance: f64) {
        self.values.add(value);
        self.sampling.add(sampling_variance);
    }

    /// Draws seen.
    pub fn n(&self) -> u64 {
        self.values.n
    }

    /// Mean over draws.
    pub fn mean(&self) -> f64 {
        self.values.mean
    }

    /// Variance over draws that chance does not explain:
    /// `tau^2 = max(0, Var(v_d) - mean(s_d^2))`, `s_d^2` the sampling variance of draw `d`.
    pub fn tau_squared(&self) -> f64 {
        (self.values.variance() - self.sampling.mean).max(0.0)
    }

    /// Standard error of the mean over draws that is due to chance, the draws given:
    /// `sqrt(mean(s_d^2) / D)`.
    pub fn chance_error(&self) -> f64 {
        if self.n() == 0 {
            0.0
        } else {
            (self.sampling.mean / self.n() as f64).sqrt()
        }
    }

    /// A draw's value with chance taken out: `mean + (v - mean) sqrt(tau^2 / Var(v_d))`. The map
    /// is increasing, so quantiles of the shrunken values are the shrunken quantiles.
    pub fn shrink(&self, value: f64) -> f64 {
        let total = self.values.variance();
        let factor = if total > 0.0 {
            (self.tau_squared() / total).sqrt()
        } else {
            0.0
        };
        self.mean() + (value - self.mean()) * factor
    }
}

/// Sampling variance of a share `p` seen in `replicates` runs, unbiased: `p (1 - p) / (R - 1)`.
/// It cannot be known from one run.
pub fn share_variance(p: f64, replicates: u32) -> Option<f64> {
    (replicates > 1).then(|| p * (1.0 - p) / f64::from(replicates - 1))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these values are exact")]

    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    // Shares of 400 draws with 25 runs each whose true probabilities are `p(draw)`.
    fn simulate(p: impl Fn(f64) -> f64) -> (Between, Vec<f64>) {
        let mut random = ChaCha8Rng::seed_from_u64(11);
        let mut between = Between::default();
        let mut shares = Vec::new();
        for _ in 0..400 {
            let truth = p(random.random());
            let hits = (0..25).filter(|_| random.random::<f64>() < truth).count();
            let share = hits as f64 / 25.0;
            between.add(share, share_variance(share, 25).unwrap());
            shares.push(share);
        }
        (between, shares)
    }

    #[test]
    fn a_planted_spread_is_recovered() {
        // Uniform on [0.2, 0.8]: variance 0.03; the raw shares have 0.03 + about 0.0088.
        let (between, shares) = simulate(|u| 0.2 + 0.6 * u);
        assert!(
            (between.tau_squared() - 0.03).abs() < 0.004,
            "{}",
            between.tau_squared()
        );
        let mut shrunken = Moments::default();
        for share in shares {
            shrunken.add(between.shrink(share));
        }
        assert!((shrunken.variance() - between.tau_squared()).abs() < 1e-12);
        assert!((shrunken.mean - between.mean()).abs() < 1e-12);
    }

    #[test]
    fn chance_alone_leaves_nearly_nothing() {
        let (between, _) = simulate(|_| 0.5);
        // The raw standard deviation is 0.1.
        assert!(
            between.tau_squared().sqrt() < 0.035,
            "{}",
            between.tau_squared()
        );
    }

    #[test]
    fn identical_draws_do_not_move() {
        let mut between = Between::default();
        (0..5).for_each(|_| between.add(0.4, 0.01));
        assert_eq!(between.shrink(0.4), 0.4);
        assert_eq!(between.tau_squared(), 0.0);
        assert_eq!(share_variance(0.3, 1), None);
    }
}
