//! The score of a forecast over several outcomes.
//!
//! Source: Brier (1950), "Verification of forecasts expressed in terms of probability", Monthly
//! Weather Review 78, 1-3, in its original form for several categories.

/// Score of forecast probabilities `f_k` when outcome `o` happens:
///
/// `sum_k (f_k - [k = o])^2`, 0 for certainty in what happens, 2 for certainty in something else.
pub fn brier(forecast: &[f64], outcome: usize) -> f64 {
    let happened = |k: usize| f64::from(u8::from(k == outcome));
    (forecast.iter().enumerate())
        .map(|(k, f)| (f - happened(k)) * (f - happened(k)))
        .sum()
}

/// Expected score of a forecast where outcomes have the chances `p_k`:
///
/// `sum_k (f_k - p_k)^2 + 1 - sum_k p_k^2`, least for `f = p`.
pub fn expected(forecast: &[f64], chances: &[f64]) -> f64 {
    let distance: f64 = (forecast.iter().zip(chances))
        .map(|(f, p)| (f - p) * (f - p))
        .sum();
    distance + 1.0 - chances.iter().map(|p| p * p).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn briers_ends_and_the_ignorant_forecast() {
        assert!(brier(&[1.0, 0.0, 0.0], 0).abs() < 1e-15);
        assert!((brier(&[1.0, 0.0, 0.0], 2) - 2.0).abs() < 1e-15);
        for k in 2..7 {
            // Equal chances score 1 - 1/k whatever happens.
            let equal = vec![1.0 / f64::from(k); k as usize];
            assert!((brier(&equal, 1) - (1.0 - 1.0 / f64::from(k))).abs() < 1e-12);
        }
        // Two categories: twice the halved score in use for yes-or-no questions.
        assert!((brier(&[0.7, 0.3], 0) - 2.0 * 0.09).abs() < 1e-12);
    }

    #[test]
    fn the_expectation_is_the_mean_and_honesty_is_best() {
        let (forecast, chances) = ([0.5, 0.3, 0.2], [0.2, 0.2, 0.6]);
        let mean: f64 = (0..3).map(|o| chances[o] * brier(&forecast, o)).sum();
        assert!((expected(&forecast, &chances) - mean).abs() < 1e-12);
        for step in 0..20 {
            let shift = f64::from(step) / 100.0;
            let other = [0.2 + shift, 0.2, 0.6 - shift];
            assert!(expected(&chances, &chances) <= expected(&other, &chances) + 1e-15);
        }
    }
}
