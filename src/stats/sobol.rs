//! Which factor the variance of an output comes from, given the output on Saltelli's rows.
//!
//! Flows in: values `a`, `b`, `ab_i` of the output on the rows `A`, `B` and `AB_i` (`A` with factor
//! `i` from `B`), one entry a base point. Flows out: shares of the variance. Invariant: an output
//! that does not vary has no shares; that is `None`, never 0.
//!
//! With `V` the variance of the output over all factors:
//!
//! ```text
//! first order  S_i  = Var(E[Y | x_i]) / V        what knowing x_i alone would take away
//! total        ST_i = E[Var(Y | all but x_i)] / V   what not knowing x_i would leave
//! ```
//!
//! Sources: Sobol' (1993), Mathematical Modelling and Computational Experiments 1, 407-414; Jansen
//! (1999), "Analysis of variance designs for model output", Computer Physics Communications 117,
//! 35-43; Saltelli et al. (2010), Computer Physics Communications 181, 259-270, table 2; Puy, Becker,
//! Lo Piano and Saltelli (2022), "A comprehensive comparison of total-order estimators for global
//! sensitivity analysis", International Journal for Uncertainty Quantification 12(2), 1-18, for the
//! choice; Gamboa, Janon, Klein and Lagnoux (2014), "Sensitivity analysis for multidimensional and
//! functional outputs", Electronic Journal of Statistics 8, 575-603, for [`aggregated`].

/// Mean and variance of the output over the rows `A` and `B` together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Mean.
    pub mean: f64,
    /// Variance with `2 N` below the fraction line.
    pub variance: f64,
}

impl Spread {
    /// Of the values on both base rows.
    pub fn of(a: &[f64], b: &[f64]) -> Self {
        let n = (a.len() + b.len()) as f64;
        let all = || a.iter().chain(b);
        let mean = all().sum::<f64>() / n;
        let variance = all().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n;
        Self { mean, variance }
    }

    /// A share of the variance; none if there is no variance worth the name: below what rounding
    /// leaves of a constant.
    pub fn share(&self, part: f64) -> Option<f64> {
        let floor = 1e-24 * self.mean * self.mean;
        (self.variance > floor).then(|| part / self.variance)
    }
}

/// First order, Saltelli 2010 (b): `(1/N) sum (b - m) (ab_i - a) / V`, `m` the mean over `A` and `B`.
///
/// The formula is not indifferent to a shift of the output; centring takes out the noise that a
/// large mean would bring.
pub fn first_order(a: &[f64], b: &[f64], ab: &[f64], spread: Spread) -> Option<f64> {
    let sum: f64 = (a.iter().zip(b).zip(ab))
        .map(|((a, b), ab)| (b - spread.mean) * (ab - a))
        .sum();
    spread.share(sum / a.len() as f64)
}

/// First order, Jansen 1999: `1 - (1/2N) sum (b - ab_i)^2 / V`.
pub fn first_order_jansen(b: &[f64], ab: &[f64], spread: Spread) -> Option<f64> {
    Some(1.0 - spread.share(half_square(b, ab))?)
}

/// Total, Jansen 1999: `(1/2N) sum (a - ab_i)^2 / V`.
pub fn total(a: &[f64], ab: &[f64], spread: Spread) -> Option<f64> {
    spread.share(half_square(a, ab))
}

/// Second order, Saltelli 2002: `[(1/N) sum (ba_i ab_j - a b)] / V - S_i - S_j`, all centred.
pub fn second_order(
    [a, b, ba_i, ab_j]: [&[f64]; 4],
    [first_i, first_j]: [f64; 2],
    spread: Spread,
) -> Option<f64> {
    let m = spread.mean;
    let sum: f64 = (a.iter().zip(b).zip(ba_i.iter().zip(ab_j)))
        .map(|((a, b), (ba, ab))| (ba - m) * (ab - m) - (a - m) * (b - m))
        .sum();
    Some(spread.share(sum / a.len() as f64)? - first_i - first_j)
}

/// One share for an output of several categories: the indicators' shares, weighted by the variance
/// of each, `sum_k V_k S_ik / sum_k V_k`. It says what decides which of the categories comes about.
pub fn aggregated(parts: impl IntoIterator<Item = (f64, Option<f64>)>) -> Option<f64> {
    let (mut whole, mut sum) = (0.0, 0.0);
    for (variance, share) in parts {
        // A category that never or always comes about has no variance to share.
        if let Some(share) = share {
            whole += variance;
            sum += variance * share;
        }
    }
    (whole > 0.0).then(|| sum / whole)
}

fn half_square(x: &[f64], y: &[f64]) -> f64 {
    let sum: f64 = x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum();
    sum / (2.0 * x.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_that_does_not_vary_has_no_shares() {
        for constant in [0.0, 7.25, 0.1 + 0.2, 1e9] {
            let y = [constant; 8];
            let spread = Spread::of(&y, &y);
            assert_eq!(first_order(&y, &y, &y, spread), None);
            assert_eq!(first_order_jansen(&y, &y, spread), None);
            assert_eq!(total(&y, &y, spread), None);
            assert_eq!(second_order([&y; 4], [0.0; 2], spread), None);
        }
        assert_eq!(aggregated([(0.0, None), (0.0, None)]), None);
    }

    #[test]
    fn a_shift_changes_nothing() {
        let a = [1.0, 4.0, 2.0, 8.0];
        let b = [3.0, 1.0, 5.0, 7.0];
        let ab = [2.0, 4.0, 3.0, 9.0];
        let of = |shift: f64| {
            let [a, b, ab] = [a, b, ab].map(|y| y.map(|y| y + shift));
            let spread = Spread::of(&a, &b);
            [
                first_order(&a, &b, &ab, spread).unwrap(),
                first_order_jansen(&b, &ab, spread).unwrap(),
                total(&a, &ab, spread).unwrap(),
            ]
        };
        for (x, y) in of(0.0).into_iter().zip(of(1000.0)) {
            assert!((x - y).abs() < 1e-9, "{x} {y}");
        }
    }

    #[test]
    fn categories_count_by_their_variance() {
        let whole = aggregated([(0.2, Some(0.5)), (0.1, Some(0.2)), (0.0, None)]).unwrap();
        assert!((whole - 0.4).abs() < 1e-15);
    }
}
