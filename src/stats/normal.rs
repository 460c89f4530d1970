//! Quantiles of the normal distribution and of the chi-square distribution with one degree of
//! freedom.
//!
//! Source: Wichura (1988), "Algorithm AS 241: The percentage points of the normal distribution",
//! Applied Statistics 37, 477-484, routine PPND16: relative error about 1e-16.

use crate::math;

/// `z` of a two-sided 95 % interval.
pub const Z95: f64 = 1.959_963_984_540_054;

const A: [f64; 8] = [
    3.387_132_872_796_366_5,
    133.141_667_891_784_38,
    1_971.590_950_306_551_3,
    13_731.693_765_509_46,
    45_921.953_931_549_87,
    67_265.770_927_008_7,
    33_430.575_583_588_13,
    2_509.080_928_730_122_7,
];
const B: [f64; 8] = [
    1.0,
    42.313_330_701_600_91,
    687.187_007_492_057_9,
    5_394.196_021_424_751,
    21_213.794_301_586_597,
    39_307.895_800_092_71,
    28_729.085_735_721_943,
    5_226.495_278_852_854,
];
const C: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    0.241_780_725_177_450_6,
    0.022_723_844_989_269_184,
    0.000_774_545_014_278_341_4,
];
const D: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    0.689_767_334_985_1,
    0.148_103_976_427_480_08,
    0.015_198_666_563_616_457,
    0.000_547_593_808_499_534_5,
    1.050_750_071_644_416_9e-9,
];
const E: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    0.296_560_571_828_504_87,
    0.026_532_189_526_576_124,
    0.001_242_660_947_388_078_4,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288_1e-7,
];
const F: [f64; 8] = [
    1.0,
    0.599_832_206_555_888,
    0.136_929_880_922_735_8,
    0.014_875_361_290_850_615,
    0.000_786_869_131_145_613_3,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_939_8e-15,
];

fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

/// The `z` with `P(Z <= z) = p` for a standard normal `Z`; infinite at 0 and 1, NaN outside.
pub fn normal_quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * polynomial(&A, r) / polynomial(&B, r);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return f64::INFINITY.copysign(q);
    }
    let r = (-math::ln(tail)).sqrt();
    let z = if r <= 5.0 {
        polynomial(&C, r - 1.6) / polynomial(&D, r - 1.6)
    } else {
        polynomial(&E, r - 5.0) / polynomial(&F, r - 5.0)
    };
    z.copysign(q)
}

/// The `x` with `P(X <= x) = p` for `X` chi-square with one degree of freedom: the square of
/// the normal quantile at `(1 + p) / 2`.
pub fn chi_square_1_quantile(p: f64) -> f64 {
    let z = normal_quantile(f64::midpoint(1.0, p));
    z * z
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these values are exact")]

    use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};

    use super::*;

    #[test]
    fn inverts_the_distribution_function() {
        let normal = Normal::new(0.0, 1.0).unwrap();
        for p in [
            1e-12, 1e-6, 0.001, 0.025, 0.05, 0.3, 0.5, 0.7, 0.924, 0.95, 0.975, 0.999,
        ] {
            let z = normal_quantile(p);
            assert!((normal.cdf(z) / p - 1.0).abs() < 1e-9, "p = {p}, z = {z}");
        }
    }

    #[test]
    fn gives_the_tabulated_values() {
        assert!((normal_quantile(0.975) - Z95).abs() < 1e-15);
        // The three test values in Wichura's paper.
        assert!((normal_quantile(0.25) + 0.674_489_750_196_081_7).abs() < 1e-15);
        assert!((normal_quantile(0.001) + 3.090_232_306_167_814).abs() < 1e-14);
        assert!((normal_quantile(1e-20) + 9.262_340_089_798_408).abs() < 1e-13);
    }

    #[test]
    fn ends_and_nonsense() {
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
        assert!(normal_quantile(1.5).is_nan());
        assert!(normal_quantile(f64::NAN).is_nan());
    }

    #[test]
    fn chi_square_agrees_with_statrs() {
        let chi = ChiSquared::new(1.0).unwrap();
        for p in [0.5, 0.9, 0.95, 0.9875, 0.999] {
            assert!((chi.cdf(chi_square_1_quantile(p)) - p).abs() < 1e-9);
        }
    }
}
