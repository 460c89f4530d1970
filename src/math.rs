//! The only door to transcendental functions.
//!
//! The standard library's `exp`, `ln` and `pow` differ in the last bit between platforms, and one
//! flipped acceptance makes another history. Everything here gives the same bits everywhere:
//! `libm` is pure Rust, and [`exp`] is plain multiplications and additions, which IEEE 754 fixes.

/// `ln 2` in two parts: the first has enough trailing zeros that its product with a small integer
/// is exact.
const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// Adding and subtracting it rounds to the nearest integer.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// Natural exponential, within 1e-14 relative; 0 below -708 and infinite above 709.
///
/// Range reduction `x = n ln 2 + r` with `|r| <= ln 2 / 2` and the Taylor polynomial of degree 12
/// (Cody and Waite 1980). `libm::exp` takes about eight times as long, and choices between moves
/// spend most of their time here.
#[inline]
pub fn exp(x: f64) -> f64 {
    if x < -708.0 {
        return 0.0;
    }
    if x > 709.0 {
        return f64::INFINITY;
    }
    if x.is_nan() {
        return x;
    }
    let n = (x * std::f64::consts::LOG2_E + ROUND) - ROUND;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    let r2 = r * r;
    let r4 = r2 * r2;
    let r8 = r4 * r4;
    let low = (1.0 + r) + r2 * (1.0 / 2.0 + r * (1.0 / 6.0));
    let middle = (1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0 + r * (1.0 / 5_040.0));
    let high = (1.0 / 40_320.0 + r * (1.0 / 362_880.0))
        + r2 * (1.0 / 3_628_800.0 + r * (1.0 / 39_916_800.0));
    let polynomial = low + r4 * middle + r8 * (high + r4 * (1.0 / 479_001_600.0));
    polynomial * f64::from_bits(((n as i64 + 1023) as u64) << 52)
}

/// Natural logarithm.
#[inline]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `x` to the power `y`.
#[inline]
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// `1 / (1 + exp(-x))`, in [0, 1] for every `x`, infinite ones included.
#[inline]
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

/// TEMP, replaced at the merge.
pub fn normal_quantile(p: f64) -> f64 {
    // bisection
    let (mut a, mut b) = (-9.0, 9.0);
    for _ in 0..60 {
        let m = 0.5 * (a + b);
        if 0.5 * libm::erfc(-m / std::f64::consts::SQRT_2) < p {
            a = m
        } else {
            b = m
        }
    }
    0.5 * (a + b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_agrees_with_libm() {
        let mut x = -707.9;
        while x < 708.9 {
            let exact = libm::exp(x);
            assert!((exp(x) - exact).abs() <= 2e-14 * exact, "exp({x})");
            x += 0.013_7;
        }
        assert_eq!(exp(0.0).to_bits(), 1.0_f64.to_bits());
        assert_eq!(exp(f64::NEG_INFINITY).to_bits(), 0.0_f64.to_bits());
        assert!(exp(f64::INFINITY).is_infinite());
        assert!(exp(f64::NAN).is_nan());
    }

    #[test]
    fn logistic_reaches_its_ends() {
        assert_eq!(logistic(f64::INFINITY).to_bits(), 1.0_f64.to_bits());
        assert_eq!(logistic(f64::NEG_INFINITY).to_bits(), 0.0_f64.to_bits());
        assert!((logistic(0.0) - 0.5).abs() < 1e-15);
    }
}
