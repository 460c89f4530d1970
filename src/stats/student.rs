//! Student's t: intervals of a mean from a few independent estimates of it.
//!
//! Source: Student (1908), "The probable error of a mean", Biometrika 6, 1-25; quantiles through the
//! incomplete beta function (Abramowitz and Stegun 1964, 26.7.1).

use super::moments::Moments;
use crate::math::beta_quantile;

/// The `t` that `|T|` exceeds with probability `alpha`, `T` with `freedom` degrees of freedom:
/// `P(|T| > t) = I_x(freedom/2, 1/2)` at `x = freedom / (freedom + t^2)`.
pub fn two_sided(alpha: f64, freedom: u64) -> f64 {
    let freedom = freedom as f64;
    let x = beta_quantile(alpha, freedom / 2.0, 0.5);
    (freedom * (1.0 - x) / x).sqrt()
}

/// An estimate with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The mean of the replicates.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// `mean +- t s / sqrt(R)` of `R` independent replicates of an estimate; with a single one the
/// interval is not known, and its ends are not numbers. None without any.
pub fn of_replicates(values: &[f64]) -> Option<Estimate> {
    let mut moments = Moments::default();
    for &value in values {
        moments.add(value);
    }
    let reach = match moments.n {
        0 => return None,
        1 => f64::NAN,
        n => two_sided(0.05, n - 1) * moments.variance_of_mean().sqrt(),
    };
    Some(Estimate {
        value: moments.mean,
        low: moments.mean - reach,
        high: moments.mean + reach,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (freedom, t) in [
            (1, 12.706_204_736_174_694),
            (2, 4.302_652_729_749_462),
            (7, 2.364_624_251_592_784),
            (15, 2.131_449_545_559_776),
            (31, 2.039_513_446_396_408),
        ] {
            let got = two_sided(0.05, freedom);
            assert!((got / t - 1.0).abs() < 1e-9, "{freedom}: {got}");
        }
    }

    #[test]
    fn an_interval_needs_two_replicates() {
        let two = of_replicates(&[1.0, 3.0]).unwrap();
        assert!((two.value - 2.0).abs() < 1e-15);
        assert!((two.high - 2.0 - 12.706_204_736_174_694).abs() < 1e-6);
        assert!(of_replicates(&[1.0]).unwrap().low.is_nan());
        assert_eq!(of_replicates(&[]), None);
    }
}
