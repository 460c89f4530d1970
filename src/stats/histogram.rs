//! Quantiles of a stream of real numbers in constant memory, from bins of fixed width.
//!
//! Invariant: a quantile is at most one bin width away from the exact one as long as the value lies
//! in the range of the bins; beyond it only the smallest and the largest value are known.

/// Counts in equal bins on `[low, high)`, with the extremes kept exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    low: f64,
    width: f64,
    counts: Vec<u64>,
    n: u64,
    min: f64,
    max: f64,
}

impl Histogram {
    /// Empty bins of equal width on `[low, high)`.
    pub fn new(low: f64, high: f64, bins: usize) -> Self {
        Self {
            low,
            width: (high - low) / bins as f64,
            counts: vec![0; bins],
            n: 0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }

    /// Takes in one value; NaN means there is none. Values beyond the range go to the end bins.
    pub fn add(&mut self, x: f64) {
        if x.is_nan() {
            return;
        }
        let bin = self.bin(x);
        self.counts[bin] += 1;
        self.n += 1;
        // As `min` and `max`, but for NaN, which is not here.
        if x < self.min {
            self.min = x;
        }
        if x > self.max {
            self.max = x;
        }
    }

    /// Takes in all values of a histogram with the same bins.
    pub fn merge(&mut self, other: &Self) {
        assert!(
            self.low.to_bits() == other.low.to_bits() && self.counts.len() == other.counts.len(),
            "histograms with different bins cannot be merged"
        );
        if other.n == 0 {
            return;
        }
        for bin in self.bin(other.min)..=self.bin(other.max) {
            self.counts[bin] += other.counts[bin];
        }
        self.n += other.n;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// Values seen.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// The `q` quantile, values spread evenly within their bin; 0 if nothing was seen.
    pub fn quantile(&self, q: f64) -> f64 {
        if self.n == 0 {
            return 0.0;
        }
        let rank = q.clamp(0.0, 1.0) * self.n as f64;
        let last = self.counts.len() - 1;
        let mut below = 0.0;
        for bin in self.bin(self.min)..=self.bin(self.max) {
            let count = self.counts[bin] as f64;
            if count > 0.0 && below + count >= rank {
                let edge = |i: usize| self.low + self.width * i as f64;
                let left = if bin == 0 { self.min } else { edge(bin) };
                let right = if bin == last { self.max } else { edge(bin + 1) };
                let x = left + (right - left) * ((rank - below) / count).max(0.0);
                return x.clamp(self.min, self.max);
            }
            below += count;
        }
        self.max
    }

    /// The value at `rank`, from 1, in ascending order, to within a bin.
    pub fn at_rank(&self, rank: u64) -> f64 {
        self.quantile((rank as f64 - 0.5) / self.n.max(1) as f64)
    }

    fn bin(&self, x: f64) -> usize {
        // A negative quotient saturates to bin 0.
        (((x - self.low) / self.width) as usize).min(self.counts.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these values are exact")]

    use super::*;

    #[test]
    fn quantiles_of_an_even_spread() {
        let mut histogram = Histogram::new(0.0, 1.0, 200);
        (0..10_000).for_each(|i| histogram.add((f64::from(i) + 0.5) / 10_000.0));
        for q in [0.05, 0.25, 0.5, 0.75, 0.95] {
            assert!((histogram.at_rank((q * 10_000.0) as u64) - q).abs() < 1e-3);
            assert!(
                (histogram.quantile(q) - q).abs() < 1e-3,
                "{q}: {}",
                histogram.quantile(q)
            );
        }
    }

    #[test]
    fn a_constant_has_no_spread() {
        let mut histogram = Histogram::new(-1.0, 2.0, 600);
        (0..50).for_each(|_| histogram.add(0.123_4));
        assert_eq!(histogram.quantile(0.05), 0.123_4);
        assert_eq!(histogram.quantile(0.95), 0.123_4);
    }

    #[test]
    fn values_beyond_the_range_stay_within_their_extremes() {
        let mut histogram = Histogram::new(0.0, 1.0, 10);
        for x in [-3.0, 0.5, 7.0] {
            histogram.add(x);
        }
        histogram.add(f64::NAN);
        assert_eq!(histogram.n(), 3);
        assert_eq!(histogram.quantile(0.0), -3.0);
        assert_eq!(histogram.quantile(1.0), 7.0);
    }

    #[test]
    fn merging_equals_adding() {
        let empty = Histogram::new(-1.0, 2.0, 60);
        let (mut left, mut right, mut whole) = (empty.clone(), empty.clone(), empty.clone());
        for i in 0..40_i32 {
            let x = f64::from(i * i % 17) / 10.0 - 0.4;
            whole.add(x);
            if i % 3 == 0 {
                left.add(x);
            } else {
                right.add(x);
            }
        }
        left.merge(&right);
        left.merge(&empty);
        assert_eq!(left, whole);
    }
}
