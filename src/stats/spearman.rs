//! Whether two quantities rise together, by their ranks.
//!
//! Source: Spearman (1904), "The proof and measurement of association between two things", American
//! Journal of Psychology 15, 72-101; for sensitivity analysis Saltelli and Marivoet (1990),
//! Reliability Engineering and System Safety 28, 229-253.

use super::student::t_quantile;

/// Correlation of the ranks, ties sharing their mean rank: -1 to 1. None if one never varies.
pub fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    correlation(&ranks(x), &ranks(y))
}

/// Pearson's correlation of two lists of one length.
pub fn correlation(x: &[f64], y: &[f64]) -> Option<f64> {
    let n = x.len() as f64;
    let mean = |list: &[f64]| list.iter().sum::<f64>() / n;
    let (mean_x, mean_y) = (mean(x), mean(y));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (a, b) in x.iter().zip(y) {
        let (a, b) = (a - mean_x, b - mean_y);
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    (xx > 0.0 && yy > 0.0).then(|| (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0))
}

/// Ranks from 1; equal values share the mean of theirs.
pub fn ranks(x: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&a, &b| x[a].total_cmp(&x[b]));
    let mut ranks = vec![0.0; x.len()];
    let mut from = 0;
    while from < order.len() {
        let mut to = from + 1;
        while to < order.len() && x[order[to]].total_cmp(&x[order[from]]).is_eq() {
            to += 1;
        }
        let mean = (from + to + 1) as f64 / 2.0;
        for &index in &order[from..to] {
            ranks[index] = mean;
        }
        from = to;
    }
    ranks
}

/// The correlation that `n` unrelated pairs exceed in size with probability `alpha`:
/// `t / sqrt(n - 2 + t^2)` with Student's `t` of `n - 2` degrees of freedom; 1 for too few pairs.
pub fn critical(n: u64, alpha: f64) -> f64 {
    let degrees = n.saturating_sub(2);
    t_quantile(1.0 - alpha / 2.0, degrees).map_or(1.0, |t| t / (degrees as f64 + t * t).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_example() {
        // Hours of television and IQ, the example of many textbooks: d^2 sums to 194, so
        // 1 - 6 * 194 / (10 * 99) = -29/165.
        let iq = [106., 100., 86., 101., 99., 103., 97., 113., 112., 110.];
        let hours = [7., 27., 2., 50., 28., 29., 20., 12., 6., 17.];
        let got = spearman(&iq, &hours).unwrap();
        assert!((got + 29.0 / 165.0).abs() < 1e-12, "{got}");
    }

    #[test]
    fn only_the_order_counts_and_ties_share() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
        let x = [0.1, 0.5, 0.7, 2.0];
        let grown: Vec<f64> = x.iter().map(|x| x * x * x).collect();
        assert!((spearman(&x, &grown).unwrap() - 1.0).abs() < 1e-12);
        assert_eq!(spearman(&x, &[4.0; 4]), None);
        assert_eq!(spearman(&[], &[]), None);
    }

    #[test]
    fn critical_values_are_the_tabulated_ones() {
        // Two-sided 5 %, the table of Pearson's r: n = 10 gives 0.632, n = 30 0.361.
        assert!((critical(10, 0.05) - 0.632).abs() < 5e-4);
        assert!((critical(30, 0.05) - 0.361).abs() < 5e-4);
        assert!((critical(2, 0.05) - 1.0).abs() < 1e-12);
    }
}
