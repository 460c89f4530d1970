//! The exact test of whether a share differs between two conditions seen on the same runs.
//!
//! Source: `McNemar` (1947), "Note on the sampling error of the difference between correlated
//! proportions or percentages", Psychometrika 12, 153-157, in its exact, conditional form.

use super::binomial::binomial_cdf;
use super::paired::Pairs;

/// Two-sided p-value: pairs that agree say nothing, and of those that do not, each direction would
/// be as likely as the other if nothing had changed: `min(1, 2 P(X <= min(f, g)))` with `X` binomial
/// with `f + g` trials of probability one half. Without such pairs it is 1.
pub fn mcnemar(pairs: &Pairs) -> f64 {
    let discordant = pairs.first + pairs.second;
    let fewer = pairs.first.min(pairs.second);
    (2.0 * binomial_cdf(fewer, discordant, 0.5)).min(1.0)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these values are exact")]

    use super::*;

    fn p(first: u64, second: u64) -> f64 {
        mcnemar(&Pairs {
            both: 36,
            first,
            second,
            neither: 5,
        })
    }

    #[test]
    fn small_tables_are_counted_by_hand() {
        // 2 (1 + 14 + 91) / 2^14.
        assert!((p(12, 2) - 212.0 / 16_384.0).abs() < 1e-15);
        assert!((p(0, 5) - 2.0 / 32.0).abs() < 1e-15);
        assert_eq!(p(2, 12), p(12, 2));
    }

    #[test]
    fn a_published_example() {
        // Agresti (1990), "Categorical Data Analysis", section 10.1: approval of a prime minister in
        // two polls, 150 and 86 changed their mind, z = -4.17, so p = 3.0e-5 by the normal curve;
        // 3.7e-5 by summing the binomial coefficients in whole numbers.
        let exact = p(86, 150);
        assert!((exact - 3.715_936_139_571_442e-5).abs() < 1e-15, "{exact}");
    }

    #[test]
    fn no_change_and_even_change_are_no_evidence() {
        assert_eq!(p(0, 0), 1.0);
        assert_eq!(p(8, 8), 1.0);
        assert!(p(500_000, 500_100) > 0.9);
        assert!(p(400_000, 600_000) == 0.0);
    }
}
