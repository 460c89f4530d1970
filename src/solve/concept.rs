//! What a solution concept maximises, as a key that can be compared, bounded and tied.
//!
//! Flows in: gains of a package over no agreement. Flows out: keys, and which of two is better.
//! Invariant: a key never falls when a gain rises, so that the key of an upper bound of the gains
//! bounds the key.
//!
//! With gains `g_i = u_i - d_i`, over packages with all `g_i >= 0`:
//!
//! | concept | maximises | source |
//! |---|---|---|
//! | Nash | the number of `g_i > 0`, then `sum a_i ln g_i` over those | Nash 1950; weights: Harsanyi and Selten 1972 |
//! | Kalai-Smorodinsky | leximin of `g_i / (b_i - d_i)`, `b_i` the most `i` can get | Kalai and Smorodinsky 1975; leximin: Imai 1983 |
//! | egalitarian | leximin of `g_i` | Kalai 1977 |
//! | utilitarian | `sum a_i g_i` | Harsanyi 1955 |

use std::cmp::Ordering;

use crate::math;

/// A gain that counts as more than nothing.
pub const POSITIVE: f64 = 1e-12;
/// Relative difference below which two keys are tied.
const TIE: f64 = 1e-9;

/// What is maximised, over parties in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Concept {
    /// Weighted product of gains; a party of weight 0 does not count.
    Nash(Vec<f64>),
    /// Leximin of gains divided by these scales; a scale of 0 makes the ratio 1.
    Leximin(Vec<f64>),
    /// Weighted sum; weights at least 0.
    Sum(Vec<f64>),
}

impl Concept {
    /// The key of a vector of gains, into `key`.
    pub fn key(&self, gains: &[f64], key: &mut Vec<f64>) {
        key.clear();
        match self {
            Self::Nash(weights) => {
                let counts = |(g, weight): &(&f64, &f64)| **g > POSITIVE && **weight > 0.0;
                let positive = || gains.iter().zip(weights).filter(counts);
                key.push(positive().count() as f64);
                key.push(positive().map(|(g, weight)| weight * math::ln(*g)).sum());
            }
            Self::Leximin(scales) => {
                key.extend(gains.iter().zip(scales).map(|(g, scale)| ratio(*g, *scale)));
                key.sort_unstable_by(f64::total_cmp);
            }
            Self::Sum(weights) => {
                key.push(
                    gains
                        .iter()
                        .zip(weights)
                        .map(|(g, weight)| g * weight)
                        .sum(),
                );
            }
        }
    }
}

/// Share of what a party can get at most; 1 for one that can get nothing.
pub(crate) fn ratio(gain: f64, scale: f64) -> f64 {
    if scale > POSITIVE { gain / scale } else { 1.0 }
}

/// Which of two keys is better; keys within rounding of each other are tied.
pub fn compare(a: &[f64], b: &[f64]) -> Ordering {
    for (x, y) in a.iter().zip(b) {
        if (x - y).abs() > TIE * x.abs().max(y.abs()).max(1.0) {
            return x.total_cmp(y);
        }
    }
    Ordering::Equal
}

/// What a key must at least be in its first place to be as good as another, rounding allowed.
pub(crate) fn slack(x: f64) -> f64 {
    x - TIE * x.abs().max(1.0)
}

/// The one of several tied vectors of gains that stands for them: among those that no other
/// dominates the leximin of ratios to `scales`, then the largest sum of ratios, then the first.
pub fn representative<'a>(tied: impl Iterator<Item = &'a [f64]>, scales: &[f64]) -> Option<usize> {
    let tied: Vec<&[f64]> = tied.collect();
    let mut best: Option<(usize, Vec<f64>)> = None;
    for (index, gains) in tied.iter().enumerate() {
        if tied.iter().any(|other| dominates(other, gains)) {
            continue;
        }
        let mut key = Vec::new();
        Concept::Leximin(scales.to_vec()).key(gains, &mut key);
        key.push(key.iter().sum());
        if best
            .as_ref()
            .is_none_or(|(_, known)| compare(&key, known) == Ordering::Greater)
        {
            best = Some((index, key));
        }
    }
    best.map(|(index, _)| index)
}

/// Whether nobody loses and somebody gains by going from `b` to `a`.
pub fn dominates(a: &[f64], b: &[f64]) -> bool {
    let mut more = false;
    for (x, y) in a.iter().zip(b) {
        if x < y {
            return false;
        }
        more |= x > y;
    }
    more
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(concept: &Concept, gains: &[f64]) -> Vec<f64> {
        let mut out = Vec::new();
        concept.key(gains, &mut out);
        out
    }

    #[test]
    fn nash_counts_gains_before_it_multiplies_them() {
        let nash = Concept::Nash(vec![1.0; 3]);
        let (few, many) = (key(&nash, &[9.0, 9.0, 0.0]), key(&nash, &[0.1, 0.1, 0.1]));
        assert_eq!(compare(&many, &few), Ordering::Greater);
        assert_eq!(
            compare(&key(&nash, &[2.0, 3.0, 1.0]), &key(&nash, &[1.0, 1.0, 6.0])),
            Ordering::Equal
        );
    }

    #[test]
    fn leximin_looks_at_the_second_worst() {
        let fair = Concept::Leximin(vec![1.0; 3]);
        assert_eq!(
            compare(&key(&fair, &[1.0, 5.0, 3.0]), &key(&fair, &[9.0, 2.0, 1.0])),
            Ordering::Greater
        );
        assert!((key(&Concept::Leximin(vec![0.0, 2.0]), &[0.0, 1.0])[1] - 1.0).abs() < 1e-15);
    }

    #[test]
    fn the_representative_is_undominated_fair_and_first() {
        let tied: [&[f64]; 4] = [&[1.0, 4.0], &[2.0, 4.0], &[4.0, 3.0], &[3.0, 4.0]];
        assert_eq!(representative(tied.into_iter(), &[4.0, 4.0]), Some(2));
        assert_eq!(representative(std::iter::empty(), &[]), None);
    }
}
