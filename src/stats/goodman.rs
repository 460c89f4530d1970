//! Goodman's simultaneous intervals for the shares of several categories.
//!
//! Source: Goodman (1965), "On simultaneous confidence intervals for multinomial proportions",
//! Technometrics 7, 247-254. Each interval is Wilson's at level `1 - alpha/k`, so that all `k`
//! hold together with probability about `1 - alpha`.

use super::normal::chi_square_1_quantile;
use super::wilson::wilson;

/// One interval per category, at joint level `1 - alpha`:
///
/// `(A + 2x +- sqrt(A (A + 4x (n - x)/n))) / (2 (n + A))`, `A` the `1 - alpha/k` quantile of
/// chi-square with one degree of freedom, `n` the sum of the counts.
///
/// `counts` lists every category that was possible, those never seen included: leaving them out
/// would change the others' intervals the day one turns up.
pub fn goodman(counts: &[u64], alpha: f64) -> Vec<(f64, f64)> {
    let n = counts.iter().sum();
    let z = chi_square_1_quantile(1.0 - alpha / counts.len().max(1) as f64).sqrt();
    counts.iter().map(|&x| wilson(x, n, z)).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these values are exact")]

    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::stats::normal::Z95;

    #[test]
    fn agrees_with_the_formula_as_printed() {
        // The counts of the worked example that circulates with Goodman's paper (91, 49, 37, 43),
        // put through the formula in its printed form, with A = 6.2385 from the tables.
        let counts = [91_u64, 49, 37, 43];
        let (a, n) = (6.238_5_f64, 220.0_f64);
        for (&x, got) in counts.iter().zip(goodman(&counts, 0.05)) {
            let x = x as f64;
            let root = (a * (a + 4.0 * x * (n - x) / n)).sqrt();
            let low = (a + 2.0 * x - root) / (2.0 * (n + a));
            let high = (a + 2.0 * x + root) / (2.0 * (n + a));
            assert!(
                (got.0 - low).abs() < 1e-5 && (got.1 - high).abs() < 1e-5,
                "{got:?}"
            );
        }
    }

    #[test]
    fn one_category_is_wilsons_interval() {
        assert_eq!(goodman(&[7], 0.05)[0].1, 1.0);
        let (low, _) = goodman(&[7], 0.05)[0];
        assert!((low - wilson(7, 7, Z95).0).abs() < 1e-12);
    }

    #[test]
    fn all_intervals_cover_together_in_about_95_of_100_samples() {
        let shares = [0.41, 0.30, 0.20, 0.067, 0.023];
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let (mut joint, mut separate) = (0_u32, 0_u32);
        for _ in 0..1500 {
            let mut counts = [0_u64; 5];
            for _ in 0..300 {
                let mut u: f64 = random.random();
                let hit = shares.iter().position(|share| {
                    u -= share;
                    u < 0.0
                });
                counts[hit.unwrap_or(4)] += 1;
            }
            let covers = |(share, (low, high)): (&f64, (f64, f64))| (low..=high).contains(share);
            joint += u32::from(shares.iter().zip(goodman(&counts, 0.05)).all(covers));
            let each = counts.iter().map(|&x| wilson(x, 300, Z95));
            separate += u32::from(shares.iter().zip(each).all(covers));
        }
        let coverage = f64::from(joint) / 1500.0;
        assert!((0.935..=0.975).contains(&coverage), "{coverage}");
        // What makes the simultaneous interval necessary.
        assert!(f64::from(separate) / 1500.0 < 0.87);
    }
}
