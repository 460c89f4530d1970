//! How evenly points fill the unit cube.
//!
//! Source: Hickernell (1998), "A generalized discrepancy and quadrature error bound", Mathematics of
//! Computation 67, 299-322.

/// Centred L2 discrepancy, squared, of `n` points in `d` dimensions, row by row:
///
/// ```text
/// CD^2 = (13/12)^d - (2/n) sum_i prod_k [1 + |z_ik|/2 - z_ik^2/2]
///      + (1/n^2) sum_i sum_j prod_k [1 + |z_ik|/2 + |z_jk|/2 - |x_ik - x_jk|/2],  z = x - 1/2
/// ```
///
/// 0 would be perfectly even; random points have about `((5/4)^d - (13/12)^d) / n`.
///
/// # Panics
/// If the number of coordinates is no multiple of `d`, or there is none.
pub fn centred_squared(points: &[f64], d: usize) -> f64 {
    assert!(
        d > 0 && !points.is_empty() && points.len().is_multiple_of(d),
        "whole points are measured"
    );
    let n = (points.len() / d) as f64;
    let rows: Vec<&[f64]> = points.chunks(d).collect();
    let single: f64 = rows
        .iter()
        .map(|row| {
            row.iter()
                .map(|x| {
                    let z = (x - 0.5).abs();
                    1.0 + 0.5 * z - 0.5 * z * z
                })
                .product::<f64>()
        })
        .sum();
    let mut double = 0.0;
    for a in &rows {
        for b in &rows {
            double += a
                .iter()
                .zip(*b)
                .map(|(x, y)| {
                    1.0 + 0.5 * (x - 0.5).abs() + 0.5 * (y - 0.5).abs() - 0.5 * (x - y).abs()
                })
                .product::<f64>();
        }
    }
    let whole: f64 = (0..d).map(|_| 13.0 / 12.0).product();
    whole - 2.0 / n * single + double / (n * n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_point_in_the_middle() {
        // 13/12 - 2 + 1.
        assert!((centred_squared(&[0.5], 1) - 1.0 / 12.0).abs() < 1e-15);
    }

    #[test]
    fn an_even_design_is_better_than_a_heap() {
        let even: Vec<f64> = (0..16).map(|i| (f64::from(i) + 0.5) / 16.0).collect();
        let heap: Vec<f64> = even.iter().map(|x| x / 4.0).collect();
        assert!(centred_squared(&even, 1) < 0.01 * centred_squared(&heap, 1));
    }
}
