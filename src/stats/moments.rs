//! Mean and variance of a stream in constant memory.
//!
//! Sources: Welford (1962), Technometrics 4, 419-420; for merging two streams Chan, Golub and
//! `LeVeque` (1983), The American Statistician 37, 242-247.

/// Count, mean and sum of squared deviations of the values seen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Moments {
    /// Values seen.
    pub n: u64,
    /// Their mean; 0 if there are none.
    pub mean: f64,
    /// `sum (x - mean)^2`.
    pub squares: f64,
}

impl Moments {
    /// Takes in one value.
    pub fn add(&mut self, x: f64) {
        self.n += 1;
        let before = x - self.mean;
        self.mean += before / self.n as f64;
        self.squares += before * (x - self.mean);
    }

    /// Takes in another stream, as if its values had followed.
    pub fn merge(&mut self, other: &Self) {
        if other.n == 0 {
            return;
        }
        let (n, m) = (self.n as f64, other.n as f64);
        let gap = other.mean - self.mean;
        self.mean += gap * m / (n + m);
        self.squares += other.squares + gap * gap * n * m / (n + m);
        self.n += other.n;
    }

    /// Unbiased variance; 0 with fewer than two values.
    pub fn variance(&self) -> f64 {
        if self.n < 2 {
            0.0
        } else {
            self.squares / (self.n - 1) as f64
        }
    }

    /// Estimated variance of the mean.
    pub fn variance_of_mean(&self) -> f64 {
        if self.n == 0 {
            0.0
        } else {
            self.variance() / self.n as f64
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these values are exact")]

    use super::*;

    #[test]
    fn mean_and_variance_of_small_integers() {
        let mut all = Moments::default();
        (1..=5).for_each(|x| all.add(f64::from(x)));
        assert_eq!((all.n, all.mean, all.variance()), (5, 3.0, 2.5));
        assert_eq!(all.variance_of_mean(), 0.5);
    }

    #[test]
    fn merging_equals_adding() {
        let values = [0.3, 0.9, -1.0, 4.0, 4.5, 0.0, 2.25];
        let mut whole = Moments::default();
        let (mut left, mut right) = (Moments::default(), Moments::default());
        for (i, &x) in values.iter().enumerate() {
            whole.add(x);
            if i < 3 {
                left.add(x);
            } else {
                right.add(x);
            }
        }
        left.merge(&right);
        left.merge(&Moments::default());
        assert!((left.mean - whole.mean).abs() < 1e-15);
        assert!((left.variance() - whole.variance()).abs() < 1e-14);
    }
}
