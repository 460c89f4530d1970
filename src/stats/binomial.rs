//! Probabilities of the binomial distribution by summing its terms.
//!
//! The terms are summed from the limit outwards, each from its neighbour, so that a tail costs about
//! the square root of `n` steps and keeps its relative precision however small it is. The first
//! term comes from logarithms of the gamma function and bounds the error: 1e-9 relative at a million.

use crate::math::{exp, ln, ln_1p, ln_gamma};

/// `P(X <= k)` for `X` binomial with `n` trials of probability `p`.
pub fn binomial_cdf(k: u64, n: u64, p: f64) -> f64 {
    if k >= n || p <= 0.0 {
        return 1.0;
    }
    if p >= 1.0 {
        return 0.0;
    }
    if (k as f64) < n as f64 * p {
        lower_tail(k, n, p)
    } else {
        // `X > k` is `n - X <= n - k - 1`.
        1.0 - lower_tail(n - k - 1, n, 1.0 - p)
    }
}

/// `P(X = k)`, for `0 < p < 1`.
pub fn binomial_pmf(k: u64, n: u64, p: f64) -> f64 {
    let (k, n) = (k as f64, n as f64);
    let choose = ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
    exp(choose + k * ln(p) + (n - k) * ln_1p(-p))
}

// From the limit downwards; below the mean every term is smaller than the one before.
fn lower_tail(k: u64, n: u64, p: f64) -> f64 {
    let odds = (1.0 - p) / p;
    let mut term = binomial_pmf(k, n, p);
    let mut sum = term;
    for j in (1..=k).rev() {
        term *= j as f64 / (n - j + 1) as f64 * odds;
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::beta_cdf;

    #[test]
    fn coins_are_counted_exactly() {
        // 1, 14, 91, 364 of 2^14.
        for (k, ways) in [(0, 1.0), (1, 15.0), (2, 106.0), (3, 470.0)] {
            assert!((binomial_cdf(k, 14, 0.5) - ways / 16_384.0).abs() < 1e-15);
        }
        assert!((binomial_cdf(6, 13, 0.5) - 0.5).abs() < 1e-14);
        assert!((binomial_cdf(13, 13, 0.5) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn agrees_with_the_incomplete_beta_function() {
        // P(X <= k) = I_{1-p}(n - k, k + 1); Abramowitz and Stegun 26.5.24.
        for (n, p) in [(7, 0.2), (40, 0.5), (600, 0.03), (900, 0.7)] {
            for k in (0..n).step_by(1 + n as usize / 11) {
                let beta = beta_cdf(1.0 - p, (n - k) as f64, k as f64 + 1.0);
                let own = binomial_cdf(k, n, p);
                assert!(
                    (own - beta).abs() < 1e-11,
                    "{k} of {n} at {p}: {own} {beta}"
                );
            }
        }
    }

    #[test]
    fn tails_stay_precise_where_they_are_small_and_where_n_is_large() {
        assert!(
            (binomial_cdf(0, 200, 0.5) / exp(-200.0 * std::f64::consts::LN_2) - 1.0).abs() < 1e-11
        );
        // Symmetric around the mean: half and half of the middle term.
        let n = 1_000_000;
        let middle = binomial_pmf(n / 2, n, 0.5);
        assert!((binomial_cdf(n / 2, n, 0.5) - 0.5 - middle / 2.0).abs() < 1e-8);
        assert!((binomial_cdf(u64::MAX / 2, u64::MAX / 2, 0.1) - 1.0).abs() < 1e-15);
    }
}
