//! The only door to transcendental functions.
//!
//! The standard library's `exp`, `ln` and `pow` differ in the last bit between platforms, and one
//! flipped acceptance makes another history. Everything here gives the same bits everywhere.

/// Natural exponential.
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// Natural logarithm.
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `x` to the power `y`.
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// `1 / (1 + exp(-x))`.
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}
