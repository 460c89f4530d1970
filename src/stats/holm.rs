//! P-values of several tests, raised so that the chance of any false alarm stays what it was for one.
//!
//! Source: Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian
//! Journal of Statistics 6, 65-70.

/// Adjusted p-values in the order given: with the `m` values in ascending order, the `i`th becomes
/// `max over j <= i of min(1, (m - j + 1) p_j)`. Nothing is assumed of how the tests hang together.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut adjusted = vec![0.0; p.len()];
    let mut most: f64 = 0.0;
    for (rank, &index) in order.iter().enumerate() {
        most = most.max((p.len() - rank) as f64 * p[index]).min(1.0);
        adjusted[index] = most;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: &[f64], expected: &[f64]) {
        assert_eq!(got.len(), expected.len());
        for (a, b) in got.iter().zip(expected) {
            assert!((a - b).abs() < 1e-12, "{got:?}");
        }
    }

    #[test]
    fn steps_down_and_never_falls() {
        close(
            &holm(&[0.01, 0.02, 0.03, 0.04, 0.05]),
            &[0.05, 0.08, 0.09, 0.09, 0.09],
        );
        // Wright (1992), Biometrics 48, 1005-1013, orders before it adjusts; so does this.
        close(&holm(&[0.04, 0.001, 0.03]), &[0.06, 0.003, 0.06]);
        close(&holm(&[0.6, 0.7]), &[1.0, 1.0]);
        close(&holm(&[0.2]), &[0.2]);
        assert!(holm(&[]).is_empty());
    }
}
