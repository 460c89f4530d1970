//! The quantile at which PRIM cuts: halfway between two different values.

/// The `q` quantile of values in ascending order as `sdtoolkit` has it: the mean of the two order
/// statistics around position `(n - 1) q`, moved inwards past ties, so that a cut lies between two
/// different values whenever there are two.
///
/// `at(i)` is the value of rank `i` from 0 of `n >= 1` values.
pub(super) fn quantile(n: usize, q: f64, at: impl Fn(usize) -> f64) -> f64 {
    let position = (n - 1) as f64 * q;
    let (mut low, mut high) = (position.floor() as usize, position.ceil() as usize);
    let same = |low: usize, high: usize| at(low).total_cmp(&at(high)).is_eq();
    if q > 0.5 {
        while same(low, high) && low > 0 {
            low -= 1;
        }
    } else {
        while same(low, high) && high < n - 1 {
            high += 1;
        }
    }
    f64::midpoint(at(low), at(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], q: f64, expected: f64) {
        let found = quantile(values.len(), q, |rank| values[rank]);
        assert!(
            (found - expected).abs() < 1e-12,
            "{values:?} at {q}: {found}"
        );
    }

    #[test]
    fn cuts_lie_between_different_values() {
        let ten: Vec<f64> = (0..10).map(f64::from).collect();
        check(&ten, 0.05, 0.5);
        check(&ten, 0.95, 8.5);
        // Position 0 and position 20 exactly, then past ties.
        let ties = [0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 3.0];
        check(&ties, 0.05, 0.5);
        check(&ties, 0.95, 2.5);
        check(&[4.0, 4.0, 4.0], 0.05, 4.0);
        check(&[4.0], 0.95, 4.0);
    }
}
