//! Interval of a mean over draws when only chance within the draws counts.
//!
//! The draws are strata of equal size (Cochran 1977, "Sampling Techniques", ch. 5): the mean of the
//! `D` stratum means has variance `(1/D^2) sum_d s_d^2 / R_d`. What would happen with other draws is
//! the band's business, not this interval's.

use super::between::Between;
use super::student::t_quantile;

/// `mean +- t SE` at level `1 - alpha`, where `SE` is the stratified error ([`Between::chance_error`])
/// and `t` has the `D (R - 1)` degrees of freedom of the pooled variance of `D` draws of `R` runs;
/// none with one run a draw.
pub fn stratified_interval(draws: &Between, replicates: u32, alpha: f64) -> Option<(f64, f64)> {
    let degrees = draws.n() * u64::from(replicates.saturating_sub(1));
    let reach = t_quantile(1.0 - alpha / 2.0, degrees)? * draws.chance_error();
    Some((draws.mean() - reach, draws.mean() + reach))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::moments::Moments;

    #[test]
    fn spread_between_strata_does_not_widen_it() {
        let mut between = Between::default();
        for shift in [0.0, 10.0, 20.0] {
            let mut draw = Moments::default();
            for x in [1.0, 2.0, 3.0] {
                draw.add(x + shift);
            }
            between.add(draw.mean, draw.variance_of_mean());
        }
        // Each stratum: s^2 = 1, R = 3; SE^2 = 3 (1/3) / 9 = 1/9. t with 6 degrees: 2.446912.
        let (low, high) = stratified_interval(&between, 3, 0.05).unwrap();
        assert!((low - (12.0 - 2.446_912 / 3.0)).abs() < 1e-6);
        assert!((high - (12.0 + 2.446_912 / 3.0)).abs() < 1e-6);
        assert_eq!(stratified_interval(&between, 1, 0.05), None);
    }
}
