//! Wilson's score interval for one share.
//!
//! Source: Wilson (1927), "Probable inference, the law of succession, and statistical inference",
//! JASA 22, 209-212.

/// The interval for `x` of `n` at `z` standard errors:
///
/// `(p + z^2/2n +- z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n)` with `p = x/n`.
///
/// Nothing observed (`n = 0`) leaves `(0, 1)`; at `x = 0` and `x = n` the end is exactly 0 or 1.
pub fn wilson(x: u64, n: u64, z: f64) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (low, high) = score(x as f64 / n as f64, n, z);
    let low = if x == 0 { 0.0 } else { low };
    let high = if x >= n { 1.0 } else { high };
    (low, high)
}

/// The same for the mean `p` of `n` values in [0, 1], `n` above 0: it is at least as wide as it need
/// be, because no values in [0, 1] of that mean vary more than zeros and ones.
pub fn score(p: f64, n: u64, z: f64) -> (f64, f64) {
    let (n, z2) = (n as f64, z * z);
    let centre = p + z2 / (2.0 * n);
    let reach = z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    (
        ((centre - reach) / scale).max(0.0),
        ((centre + reach) / scale).min(1.0),
    )
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these values are exact")]

    use super::*;
    use crate::stats::normal::Z95;

    #[test]
    fn newcombes_published_examples() {
        // Newcombe (1998a), Statistics in Medicine 17, 857-872, table I, method 3.
        for (x, n, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0000, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let got = wilson(x, n, Z95);
            assert!(
                (got.0 - low).abs() < 6e-5 && (got.1 - high).abs() < 6e-5,
                "{x}/{n}: {got:?}"
            );
        }
    }

    #[test]
    fn ends_are_exact() {
        assert_eq!(wilson(0, 50, Z95).0, 0.0);
        assert_eq!(wilson(50, 50, Z95).1, 1.0);
        assert_eq!(wilson(0, 0, Z95), (0.0, 1.0));
    }
}
