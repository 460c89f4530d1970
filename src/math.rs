//! The only door to transcendental functions.
//!
//! The standard library's `exp`, `ln` and `pow` differ in the last bit between platforms, and one
//! flipped acceptance makes another history. Everything here gives the same bits everywhere:
//! `libm` is pure Rust, and [`exp`] is plain multiplications and additions, which IEEE 754 fixes.

/// `ln 2 / 32` in two parts: the first has enough trailing zeros that its product with an integer
/// below 2^16 is exact.
const STEP_HIGH: f64 = 0.021_660_848_986_357_45;
const STEP_LOW: f64 = 4.061_408_404_340_59e-10;
/// `32 / ln 2`
const STEPS: f64 = 46.166_241_308_446_83;
/// Adding it leaves the nearest integer in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// `2^(j / 32)`
#[rustfmt::skip]
const POWERS: [f64; 32] = [
    1.0,
    1.021_897_148_654_116_6,
    1.044_273_782_427_413_8,
    1.067_140_400_676_823_7,
    1.090_507_732_665_257_7,
    1.114_386_742_595_892_4,
    1.138_788_634_756_691_6,
    1.163_724_858_777_577_5,
    1.189_207_115_002_721,
    1.215_247_359_980_469,
    1.241_857_812_073_484,
    1.269_050_957_191_733_2,
    1.296_839_554_651_009_6,
    1.325_236_643_159_741_3,
    1.354_255_546_936_892_7,
    1.383_909_881_963_832,
    std::f64::consts::SQRT_2,
    1.445_180_806_977_046_7,
    1.476_826_145_939_499_3,
    1.509_164_427_593_422_8,
    1.542_210_825_407_940_7,
    1.575_980_845_107_886_5,
    1.610_490_331_949_254_3,
    1.645_755_478_153_965,
    1.681_792_830_507_429,
    1.718_619_298_122_478,
    1.756_252_160_373_299_5,
    1.794_709_075_003_107_2,
    1.834_008_086_409_342_4,
    1.874_167_634_110_3,
    1.915_206_561_397_147_4,
    1.957_144_124_175_400_2,
];

/// Natural exponential, within 1e-14 relative; 0 below -708 and infinite above 709.
///
/// Range reduction `x = n ln 2 / 32 + r` with `|r| <= ln 2 / 64`, a table of `2^(j / 32)` and the
/// Taylor polynomial of degree 5 (Tang 1989). `libm::exp` takes about ten times as long, and choices
/// between moves spend much of their time here.
#[inline]
pub fn exp(x: f64) -> f64 {
    if x.abs() < 708.0 {
        exp_within(x)
    } else if x.is_nan() {
        x
    } else if x < 0.0 {
        0.0
    } else if x < 709.0 {
        exp(x - 1.0) * std::f64::consts::E
    } else {
        f64::INFINITY
    }
}

/// [`exp`] between -708 and 708.
#[inline]
fn exp_within(x: f64) -> f64 {
    let shifted = x * STEPS + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * STEP_HIGH) - n * STEP_LOW;
    let bits = shifted.to_bits();
    let power = POWERS[(bits & 31) as usize].to_bits();
    let scale = f64::from_bits(power.wrapping_add(bits >> 5 << 52));
    let r2 = r * r;
    let series = (r + r2 * 0.5) + r2 * r * ((1.0 / 6.0 + r * (1.0 / 24.0)) + r2 * (1.0 / 120.0));
    scale + scale * series
}

/// [`exp`] of each, to the same bits, several at a time.
#[inline]
pub fn exp_each<const N: usize>(x: [f64; N]) -> [f64; N] {
    if x.iter().all(|x| x.abs() < 708.0) {
        x.map(exp_within)
    } else {
        x.map(exp)
    }
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

/// `ln(1 + x)`, exact for small `x`.
#[inline]
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// Logarithm of the gamma function, for positive `x`.
#[inline]
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// `1 / (1 + exp(-x))`, in [0, 1] for every `x`, infinite ones included.
#[inline]
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

/// Square root of two pi.
const SQRT_2_PI: f64 = 2.506_628_274_631_000_5;

/// Density of the standard normal distribution.
pub fn normal_density(x: f64) -> f64 {
    exp(-0.5 * x * x) / SQRT_2_PI
}

/// Probability that a standard normal variable is at most `x`.
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

/// The point that a standard normal variable does not exceed with probability `p`.
///
/// Algorithm AS 241, PPND16 (Wichura 1988): about 16 digits.
pub fn normal_quantile(p: f64) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * ratio(r, &CENTRE);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = (-ln(tail)).sqrt();
    let distance = if r <= 5.0 {
        ratio(r - 1.6, &SHOULDER)
    } else {
        ratio(r - 5.0, &TAIL)
    };
    if q < 0.0 { -distance } else { distance }
}

/// Numerator and denominator of a rational approximation, constant term first.
type Rational = [[f64; 8]; 2];

fn ratio(r: f64, [numerator, denominator]: &Rational) -> f64 {
    let horner = |terms: &[f64; 8]| terms.iter().rev().fold(0.0, |sum, term| sum * r + term);
    horner(numerator) / horner(denominator)
}

const CENTRE: Rational = [
    [
        3.387_132_872_796_366_5,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_3e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_66e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_854e3,
    ],
];

const SHOULDER: Rational = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];

const TAIL: Rational = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        2.965_605_718_285_048_7e-1,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        5.998_322_065_558_88e-1,
        1.369_298_809_227_358e-1,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
];

/// Probability that a beta variable with shapes `a` and `b` is at most `x`: the regularised
/// incomplete beta function by its continued fraction (Numerical Recipes, section 6.4).
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let log_beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    let front = exp(a * ln(x) + b * libm::log1p(-x) - log_beta);
    // The fraction converges fast on the side of x that holds less than half.
    if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(x, a, b) / a
    } else {
        1.0 - front * beta_fraction(1.0 - x, b, a) / b
    }
}

/// Lentz's evaluation of the continued fraction.
fn beta_fraction(x: f64, a: f64, b: f64) -> f64 {
    let guard = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for step in 1..=300 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        for term in [even, odd] {
            d = 1.0 / guard(1.0 + term * d);
            c = guard(1.0 + term / c);
            fraction *= d * c;
        }
        if (d * c - 1.0).abs() < 1e-16 {
            break;
        }
    }
    fraction
}

/// The point that a beta variable does not exceed with probability `p`, by bisection: slow, sure
/// and the same everywhere; parameters are drawn once per draw, not once per round.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high || middle < 1e-300 {
            return middle;
        }
        if beta_cdf(middle, a, b) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{Beta, ContinuousCDF, Normal};

    use super::*;

    #[test]
    fn normal_agrees_with_statrs() {
        let oracle = Normal::new(0.0, 1.0).unwrap();
        for step in -80..=80 {
            let x = f64::from(step) / 10.0;
            assert!((normal_cdf(x) - oracle.cdf(x)).abs() < 1e-10, "cdf at {x}");
        }
        for step in 1..1000 {
            let p = f64::from(step) / 1000.0;
            let x = normal_quantile(p);
            assert!((x - oracle.inverse_cdf(p)).abs() < 1e-7, "quantile at {p}");
            assert!((normal_cdf(x) - p).abs() < 1e-14, "round trip at {p}");
        }
    }

    /// Values of the tail from Wichura (1988) and tables.
    #[test]
    fn normal_quantile_in_the_tails() {
        for (p, expected) in [
            (0.25, -0.674_489_750_196_081_7),
            (0.001, -3.090_232_306_167_813_5),
            (1e-20, -9.262_340_089_798_409),
        ] {
            assert!((normal_quantile(p) - expected).abs() < 1e-13, "at {p}");
        }
        assert!(normal_quantile(0.0).is_infinite() && normal_quantile(0.0) < 0.0);
        assert!(normal_quantile(1.0).is_infinite() && normal_quantile(1.0) > 0.0);
    }

    #[test]
    fn beta_agrees_with_statrs() {
        for (a, b) in [
            (0.5, 0.5),
            (1.0, 1.0),
            (2.0, 5.0),
            (8.0, 2.0),
            (50.0, 70.0),
            (0.3, 4.0),
        ] {
            let oracle = Beta::new(a, b).unwrap();
            for step in 1..100 {
                let x = f64::from(step) / 100.0;
                assert!(
                    (beta_cdf(x, a, b) - oracle.cdf(x)).abs() < 1e-11,
                    "{a} {b} at {x}"
                );
                let quantile = beta_quantile(x, a, b);
                assert!(
                    (beta_cdf(quantile, a, b) - x).abs() < 1e-11,
                    "{a} {b} back at {x}"
                );
            }
        }
    }

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
