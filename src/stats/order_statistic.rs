//! Which of the sorted values bound a quantile.
//!
//! Source: Thompson (1936), "On confidence ranges for the median and other expectation distributions
//! for populations of unknown distribution form", Annals of Mathematical Statistics 7, 122-128; tables
//! in David and Nagaraja (2003), "Order Statistics", section 7.1. Nothing is assumed of the
//! distribution.

use super::binomial::binomial_cdf;

/// Ranks, counted from 1, of two of `n` sorted values between which the `q` quantile lies with
/// probability at least `1 - alpha`: the number of values below it is binomial with `n` and `q`, and
/// each side is left at most `alpha / 2`. None on a side where even the extreme value is no bound.
pub fn quantile_ranks(n: u64, q: f64, alpha: f64) -> (Option<u64>, Option<u64>) {
    // The largest `low` with P(X <= low - 1) <= alpha/2, the smallest `high` with
    // P(X <= high - 1) >= 1 - alpha/2.
    let below = first(n, |count| binomial_cdf(count, n, q) > alpha / 2.0);
    let above = first(n, |count| binomial_cdf(count, n, q) >= 1.0 - alpha / 2.0);
    let low = (below > 0).then_some(below);
    let high = (above < n).then_some(above + 1);
    (low, high)
}

// The smallest count for which a condition holds that holds from there on; `n` if it is none below.
fn first(n: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_of_the_median_are_the_tabulated_ones() {
        // 95 % ranks for the median: for instance Conover (1999), "Practical Nonparametric
        // Statistics", table A3.
        for (n, low, high) in [
            (6, 1, 6),
            (8, 1, 8),
            (10, 2, 9),
            (15, 4, 12),
            (20, 6, 15),
            (30, 10, 21),
            (100, 40, 61),
        ] {
            assert_eq!(quantile_ranks(n, 0.5, 0.05), (Some(low), Some(high)), "{n}");
        }
    }

    #[test]
    fn too_few_values_bound_nothing() {
        // Of five values all lie on one side of the median with probability 1/16.
        assert_eq!(quantile_ranks(5, 0.5, 0.05), (None, None));
        assert_eq!(quantile_ranks(20, 0.05, 0.05).0, None);
        assert!(quantile_ranks(20, 0.05, 0.05).1.is_some());
        assert_eq!(quantile_ranks(0, 0.5, 0.05), (None, None));
    }

    #[test]
    fn each_side_keeps_its_promise() {
        for n in [40_u64, 333, 20_000] {
            for q in [0.05, 0.25, 0.5, 0.95] {
                let (low, high) = quantile_ranks(n, q, 0.05);
                if let Some(low) = low {
                    assert!(binomial_cdf(low - 1, n, q) <= 0.025);
                    assert!(binomial_cdf(low, n, q) > 0.025, "it could be narrower");
                }
                if let Some(high) = high {
                    assert!(binomial_cdf(high - 1, n, q) >= 0.975);
                    assert!(binomial_cdf(high - 2, n, q) < 0.975, "it could be narrower");
                }
            }
        }
    }
}
