//! Intervals of means.
//!
//! Source: Student (1908), "The probable error of a mean", Biometrika 6, 1-25; the expansion for many
//! degrees of freedom is Abramowitz and Stegun 26.7.5.

use super::moments::Moments;
use crate::math::{beta_cdf, normal_quantile};

/// From here on the expansion is exact to 1e-9.
const MANY: f64 = 400.0;

/// The point that Student's t with so many degrees of freedom does not exceed with probability
/// `p >= 1/2`; none without a degree of freedom.
pub fn t_quantile(p: f64, degrees: u64) -> Option<f64> {
    if degrees == 0 {
        return None;
    }
    let df = degrees as f64;
    if df > MANY {
        let z = normal_quantile(p);
        let z2 = z * z;
        let terms = [
            z * (z2 + 1.0) / 4.0,
            z * (5.0 * z2 * z2 + 16.0 * z2 + 3.0) / 96.0,
            z * (3.0 * z2 * z2 * z2 + 19.0 * z2 * z2 + 17.0 * z2 - 15.0) / 384.0,
        ];
        return Some(z + (terms[0] + (terms[1] + terms[2] / df) / df) / df);
    }
    // P(|T| > t) is the incomplete beta function at df / (df + t^2).
    let beyond = |t: f64| 0.5 * beta_cdf(df / (df + t * t), df / 2.0, 0.5);
    let mut high = 1.0;
    while beyond(high) > 1.0 - p {
        high *= 2.0;
    }
    let mut low = 0.0;
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return Some(middle);
        }
        if beyond(middle) > 1.0 - p {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// `mean +- t s / sqrt(n)` at level `1 - alpha`, for independent values; none for fewer than two.
pub fn mean_interval(values: &Moments, alpha: f64) -> Option<(f64, f64)> {
    let t = t_quantile(1.0 - alpha / 2.0, values.n.checked_sub(1)?)?;
    let reach = t * values.variance_of_mean().sqrt();
    Some((values.mean - reach, values.mean + reach))
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
    if moments.n == 0 {
        return None;
    }
    let (low, high) = mean_interval(&moments, 0.05).unwrap_or((f64::NAN, f64::NAN));
    Some(Estimate {
        value: moments.mean,
        low,
        high,
    })
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF, StudentsT};

    use super::*;

    #[test]
    fn quantiles_are_the_tabulated_ones() {
        // Fisher and Yates, "Statistical Tables", table III: two-sided 5 %.
        for (degrees, t) in [
            (1, 12.706),
            (2, 4.303),
            (5, 2.571),
            (10, 2.228),
            (30, 2.042),
            (120, 1.980),
        ] {
            let got = t_quantile(0.975, degrees).unwrap();
            assert!((got - t).abs() < 5.1e-4, "{degrees}: {got}");
        }
        assert_eq!(t_quantile(0.975, 0), None);
    }

    #[test]
    fn quantiles_agree_with_statrs_on_both_sides_of_the_seam() {
        for degrees in [3_u64, 40, 400, 401, 5000] {
            let t = StudentsT::new(0.0, 1.0, degrees as f64).unwrap();
            for p in [0.6, 0.9, 0.975, 0.9995] {
                let got = t_quantile(p, degrees).unwrap();
                assert!((t.cdf(got) - p).abs() < 1e-8, "{degrees} {p}: {got}");
            }
        }
    }

    #[test]
    fn students_own_example() {
        // Student (1908), section IX: additional hours of sleep by one drug over another.
        let mut gains = Moments::default();
        for x in [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4] {
            gains.add(x);
        }
        let (low, high) = mean_interval(&gains, 0.05).unwrap();
        // R: t.test(extra ~ group, data = sleep, paired = TRUE) gives 0.7001 to 2.4599.
        assert!((low - 0.7001).abs() < 5e-5 && (high - 2.4599).abs() < 5e-5);
        assert_eq!(mean_interval(&Moments::default(), 0.05), None);
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
