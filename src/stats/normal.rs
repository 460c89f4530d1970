//! Quantiles of the chi-square distribution with one degree of freedom, and the usual `z`.

use crate::math::normal_quantile;

/// `z` of a two-sided 95 % interval.
pub const Z95: f64 = 1.959_963_984_540_054;

/// The `x` with `P(X <= x) = p` for `X` chi-square with one degree of freedom: the square of
/// the normal quantile at `(1 + p) / 2`.
pub fn chi_square_1_quantile(p: f64) -> f64 {
    let z = normal_quantile(f64::midpoint(1.0, p));
    z * z
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ChiSquared, ContinuousCDF};

    use super::*;

    #[test]
    fn gives_the_tabulated_values() {
        assert!((normal_quantile(0.975) - Z95).abs() < 1e-14);
        assert!((chi_square_1_quantile(0.95) - 3.841_458_820_694_124).abs() < 1e-12);
    }

    #[test]
    fn chi_square_agrees_with_statrs() {
        let chi = ChiSquared::new(1.0).unwrap();
        for p in [0.5, 0.9, 0.95, 0.9875, 0.999] {
            assert!((chi.cdf(chi_square_1_quantile(p)) - p).abs() < 1e-9);
        }
    }
}
