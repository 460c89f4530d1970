//! Interval of a mean over draws when only chance within the draws counts.
//!
//! The draws are strata of equal size (Cochran 1977, "Sampling Techniques", ch. 5): the mean of the
//! `D` stratum means has variance `(1/D^2) sum_d s_d^2 / R_d`. What would happen with other draws is
//! the band's business, not this interval's.

/// `mean +- z SE`, where `standard_error` is the stratified one
/// ([`super::between::Between::chance_error`]).
pub fn normal_interval(mean: f64, standard_error: f64, z: f64) -> (f64, f64) {
    (mean - z * standard_error, mean + z * standard_error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::between::Between;
    use crate::stats::moments::Moments;
    use crate::stats::normal::Z95;

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
        // Each stratum: s^2 = 1, R = 3; SE^2 = 3 (1/3) / 9 = 1/9.
        let (low, high) = normal_interval(between.mean(), between.chance_error(), Z95);
        assert!((low - (12.0 - Z95 / 3.0)).abs() < 1e-12);
        assert!((high - (12.0 + Z95 / 3.0)).abs() < 1e-12);
    }
}
