//! An interval for a share that holds at every moment at once, so that one may watch and stop.
//!
//! Sources: Robbins (1970), "Statistical methods related to the law of the iterated logarithm",
//! Annals of Mathematical Statistics 41, 1397-1409; Lindon and Malek (2022), "Anytime-valid inference
//! for multinomial count data", `NeurIPS`, arXiv 2011.03567. An ordinary 95 % interval that is looked
//! at again and again leaves the truth out at some moment in more than half of all histories.

use crate::math::{ln, ln_1p, ln_gamma};

/// Shapes of the mixing beta distribution.
const A: f64 = 0.5;
const B: f64 = 0.5;

/// The shares that are not yet refuted after `x` of `n`:
///
/// `{ p : B(a + x, b + n - x) / B(a, b) / (p^x (1 - p)^(n - x)) < 1/alpha }` with `a = b = 1/2`.
///
/// The ratio is a martingale under the true share, so by Ville's inequality it ever reaches
/// `1/alpha` with probability at most `alpha`. About 1.7 times as wide as Wilson's interval at
/// `n = 100`, twice at 10,000.
pub fn confidence_sequence(x: u64, n: u64, alpha: f64) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let peak = x.min(n) as f64 / n as f64;
    let low = if x == 0 {
        0.0
    } else {
        edge(x, n, alpha, 0.0, peak)
    };
    let high = if x >= n {
        1.0
    } else {
        edge(x, n, alpha, 1.0, peak)
    };
    (low, high)
}

/// Logarithm of the ratio at `p`, the evidence against that share so far.
fn evidence(x: u64, n: u64, p: f64) -> f64 {
    let (x, n) = (x as f64, n as f64);
    let ln_beta = |a: f64, b: f64| ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    // A factor whose exponent is 0 is 1, whatever its base.
    let power = |times: f64, logarithm: f64| if times > 0.0 { times * logarithm } else { 0.0 };
    ln_beta(A + x, B + n - x) - ln_beta(A, B) - power(x, ln(p)) - power(n - x, ln_1p(-p))
}

// Between a share that is refuted and the likeliest, which never is, by bisection.
fn edge(x: u64, n: u64, alpha: f64, mut refuted: f64, mut kept: f64) -> f64 {
    let enough = -ln(alpha);
    loop {
        let middle = f64::midpoint(refuted, kept);
        if middle <= refuted.min(kept) || middle >= refuted.max(kept) {
            return refuted;
        }
        if evidence(x, n, middle) < enough {
            kept = middle;
        } else {
            refuted = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these values are exact")]

    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::math::exp;
    use crate::stats::normal::Z95;
    use crate::stats::wilson::wilson;

    #[test]
    fn never_seen_has_a_closed_form() {
        // 1 - exp{[ln B(1/2, 1/2 + n) - ln B(1/2, 1/2) - ln(1/alpha)] / n}.
        for n in [1_u64, 20, 5000] {
            let n_f = n as f64;
            let ln_beta = ln_gamma(0.5) + ln_gamma(0.5 + n_f) - ln_gamma(1.0 + n_f);
            let closed = 1.0 - exp((ln_beta - ln(std::f64::consts::PI) + ln(0.05)) / n_f);
            let (low, high) = confidence_sequence(0, n, 0.05);
            assert_eq!(low, 0.0);
            assert!((high - closed).abs() < 1e-12, "{n}: {high} {closed}");
            let mirrored = confidence_sequence(n, n, 0.05);
            assert!((mirrored.0 - (1.0 - high)).abs() < 1e-12 && mirrored.1 == 1.0);
        }
        assert_eq!(confidence_sequence(0, 0, 0.05), (0.0, 1.0));
    }

    #[test]
    fn the_price_of_watching_is_known() {
        for (n, ratio) in [
            (100_u64, 1.68),
            (1000, 1.86),
            (10_000, 2.02),
            (100_000, 2.16),
        ] {
            let x = n / 2;
            let (low, high) = confidence_sequence(x, n, 0.05);
            let (from, to) = wilson(x, n, Z95);
            let price = (high - low) / (to - from);
            assert!((price - ratio).abs() < 0.006, "{n}: {price}");
        }
    }

    #[test]
    fn a_fair_coin_is_hardly_ever_refuted_by_watching() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let (mut missed, mut missed_by_wilson) = (0, 0);
        let histories = 400;
        for _ in 0..histories {
            let (mut x, mut out, mut naive) = (0, false, false);
            for n in 1..=1500 {
                x += u64::from(random.random::<f64>() < 0.5);
                // The interval changes little from one toss to the next.
                if n >= 30 && n % 5 == 0 {
                    let half = |(low, high): (f64, f64)| !(low..=high).contains(&0.5);
                    out |= half(confidence_sequence(x, n, 0.05));
                    naive |= half(wilson(x, n, Z95));
                }
            }
            missed += i32::from(out);
            missed_by_wilson += i32::from(naive);
        }
        assert!(missed <= histories / 20, "{missed} of {histories}");
        assert!(missed_by_wilson > histories / 4, "{missed_by_wilson}");
    }
}
