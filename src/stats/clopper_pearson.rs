//! The exact interval for one share, and for several at once by Bonferroni's inequality.
//!
//! Source: Clopper and Pearson (1934), "The use of confidence or fiducial limits illustrated in the
//! case of the binomial", Biometrika 26, 404-413. It never covers less than it promises, and pays
//! for that with width.

use super::binomial::binomial_cdf;

/// The interval for `x` of `n` at level `1 - alpha`: the shares under which neither so few nor so
/// many would be seen with probability below `alpha / 2`.
///
/// At `x = 0` it is `(0, 1 - (alpha/2)^(1/n))`, at `x = n` its mirror image; nothing observed leaves
/// `(0, 1)`.
pub fn clopper_pearson(x: u64, n: u64, alpha: f64) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    (1.0 - upper(n - x.min(n), n, alpha), upper(x, n, alpha))
}

/// Intervals for all categories that hold together with probability at least `1 - alpha`, each at
/// `1 - alpha/k`. `counts` lists every category that was possible.
pub fn simultaneous(counts: &[u64], alpha: f64) -> Vec<(f64, f64)> {
    let n = counts.iter().sum();
    let each = alpha / counts.len().max(1) as f64;
    counts
        .iter()
        .map(|&x| clopper_pearson(x, n, each))
        .collect()
}

// The share at which `P(X <= x)` falls to `alpha / 2`, by bisection to the last bit.
fn upper(x: u64, n: u64, alpha: f64) -> f64 {
    if x >= n {
        return 1.0;
    }
    let (mut low, mut high) = (x as f64 / n as f64, 1.0);
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return middle;
        }
        if binomial_cdf(x, n, middle) > alpha / 2.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these values are exact")]

    use super::*;
    use crate::math::{beta_quantile, pow};

    #[test]
    fn newcombes_published_examples() {
        // Newcombe (1998a), Statistics in Medicine 17, 857-872, table I, method 5.
        for (x, n, low, high) in [
            (81, 263, 0.2527, 0.3676),
            (15, 148, 0.0578, 0.1617),
            (0, 20, 0.0000, 0.1684),
            (1, 29, 0.0009, 0.1776),
        ] {
            let got = clopper_pearson(x, n, 0.05);
            assert!(
                (got.0 - low).abs() < 6e-5 && (got.1 - high).abs() < 6e-5,
                "{x}/{n}: {got:?}"
            );
        }
    }

    #[test]
    fn is_made_of_beta_quantiles() {
        for (x, n) in [(3, 10), (50, 400), (399, 400)] {
            let (low, high) = clopper_pearson(x, n, 0.01);
            let (x, n) = (x as f64, n as f64);
            assert!((low - beta_quantile(0.005, x, n - x + 1.0)).abs() < 1e-10);
            assert!((high - beta_quantile(0.995, x + 1.0, n - x)).abs() < 1e-10);
        }
    }

    #[test]
    fn the_ends_have_a_closed_form() {
        let (low, high) = clopper_pearson(0, 1000, 0.05);
        assert_eq!(low, 0.0);
        assert!((high - (1.0 - pow(0.025, 0.001))).abs() < 1e-13);
        let (low, high) = clopper_pearson(1000, 1000, 0.05);
        assert_eq!(high, 1.0);
        assert!((low - pow(0.025, 0.001)).abs() < 1e-13);
        assert_eq!(clopper_pearson(0, 0, 0.05), (0.0, 1.0));
    }

    #[test]
    fn several_share_the_error_among_them() {
        let joint = simultaneous(&[7, 0, 13], 0.06);
        assert_eq!(joint[0], clopper_pearson(7, 20, 0.02));
        assert_eq!(joint[1], clopper_pearson(0, 20, 0.02));
        assert!(simultaneous(&[], 0.05).is_empty());
    }
}
