//! Elementary effects: how far and how differently an output answers to single steps.
//!
//! Flows in: effects by trajectory and factor, `(y(x + Delta e_i) - y(x)) / Delta`. Flows out: their
//! mean, mean size and spread, with intervals from resampled trajectories. Invariant: every factor is
//! resampled by the same trajectories, so that ranks are compared on one sample.
//!
//! Sources: Morris (1991), Technometrics 33, 161-174; Campolongo, Cariboni and Saltelli (2007), "An
//! effective screening design for sensitivity analysis of large models", Environmental Modelling and
//! Software 22, 1509-1518, for the mean size; Efron (1979) for resampling.

use super::moments::Moments;

/// What the steps of one factor did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effects {
    /// Mean `mu`: cancels where the output answers now up, now down.
    pub mean: f64,
    /// Mean size `mu*`: how much the factor matters.
    pub mean_size: f64,
    /// Standard deviation `sigma`, `r - 1` below the fraction line: curves and joint effects; 0 for a
    /// single step, of which it cannot be known.
    pub spread: f64,
}

impl Effects {
    /// Of the steps of one factor, one a trajectory.
    pub fn of(effects: impl IntoIterator<Item = f64>) -> Self {
        let (mut mean, mut size) = (Moments::default(), Moments::default());
        for effect in effects {
            mean.add(effect);
            size.add(effect.abs());
        }
        Self {
            mean: mean.mean,
            mean_size: size.mean,
            spread: mean.variance().sqrt(),
        }
    }
}

/// Percentile interval (95 %) of a statistic of one factor's `effects` over resamples, each a list of
/// trajectories.
pub fn resampled(
    effects: &[f64],
    resamples: &[Vec<usize>],
    statistic: impl Fn(Effects) -> f64,
) -> Option<(f64, f64)> {
    let mut values: Vec<f64> = resamples
        .iter()
        .map(|chosen| statistic(Effects::of(chosen.iter().map(|&index| effects[index]))))
        .collect();
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let at = |q: f64| values[(q * last as f64).round() as usize];
    Some((at(0.025), at(0.975)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_size_does_not_cancel() {
        let effects = Effects::of([2.0, -2.0, 1.0, -1.0]);
        assert!(effects.mean.abs() < 1e-15);
        assert!((effects.mean_size - 1.5).abs() < 1e-15);
        assert!((effects.spread - (10.0_f64 / 3.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn resamples_bound_the_statistic() {
        let effects: Vec<f64> = (0..20).map(f64::from).collect();
        let resamples: Vec<Vec<usize>> = (0..400)
            .map(|k| (0..20).map(|i| (i * 7 + k * k + i * k) % 20).collect())
            .collect();
        let (low, high) = resampled(&effects, &resamples, |e| e.mean_size).unwrap();
        assert!(low < 9.5 && high > 9.5 && high - low < 12.0, "{low} {high}");
        assert_eq!(resampled(&effects, &[], |e| e.mean), None);
    }
}
