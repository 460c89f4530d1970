//! Latin hypercube samples: every factor is cut into as many strata as there are points, and each
//! stratum holds one point.
//!
//! Flows in: points, factors, seed. Flows out: the whole sample, row by row. Invariant: in every
//! column each of the `n` strata is hit once. A Latin hypercube can be neither extended nor asked for
//! a single row; for that there is [`super::sobol`].
//!
//! Source: `McKay`, Beckman and Conover (1979), "A comparison of three methods for selecting values
//! of input variables", Technometrics 21, 239-245; for the maximin criterion Morris and Mitchell
//! (1995), "Exploratory designs for computational experiments", Journal of Statistical Planning and
//! Inference 43, 381-402.

use super::Numbers;
use crate::math::pow;

/// Where in its stratum a point lies, and how the strata are paired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anywhere in the stratum: `x = (pi(i) + U) / n`.
    Random,
    /// In its middle.
    Centred,
    /// In its middle, strata paired so that near points are far apart.
    Maximin,
}

/// Exponent `p` of the criterion; Morris and Mitchell use 1 to 100.
const POWER: f64 = 15.0;

/// `n` points in `d` dimensions.
pub fn sample(n: usize, d: usize, seed: u64, kind: Kind) -> Vec<f64> {
    let mut numbers = Numbers::new(seed, 0x4c48);
    let mut points = vec![0.0; n * d];
    for factor in 0..d {
        for (row, stratum) in numbers.order(n).into_iter().enumerate() {
            let within = if kind == Kind::Random {
                numbers.uniform()
            } else {
                0.5
            };
            points[row * d + factor] = (stratum as f64 + within) / n as f64;
        }
    }
    if kind == Kind::Maximin {
        spread(&mut points, n, d, &mut numbers);
    }
    points
}

/// `phi_p = (sum over pairs of distance^-p)^(1/p)`: small if even the nearest points are far apart.
///
/// It is the inverse of the least distance as `p` grows.
pub fn phi(points: &[f64], d: usize) -> f64 {
    let rows: Vec<&[f64]> = points.chunks(d).collect();
    let mut sum = 0.0;
    for (i, a) in rows.iter().enumerate() {
        for b in &rows[..i] {
            sum += term(a, b);
        }
    }
    pow(sum, 1.0 / POWER)
}

fn term(a: &[f64], b: &[f64]) -> f64 {
    let square: f64 = a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum();
    pow(square.max(1e-30), -0.5 * POWER)
}

/// Swaps two entries of a column wherever that lowers the criterion.
fn spread(points: &mut [f64], n: usize, d: usize, numbers: &mut Numbers) {
    if n < 3 || d < 2 {
        return;
    }
    let share = |points: &[f64], rows: [usize; 2]| -> f64 {
        let row = |i: usize| &points[i * d..(i + 1) * d];
        let others = (0..n).filter(|other| !rows.contains(other));
        // The distance between the two stays as it is.
        others
            .map(|other| term(row(rows[0]), row(other)) + term(row(rows[1]), row(other)))
            .sum()
    };
    for _ in 0..(40 * n * d).min(40_000) {
        let factor = numbers.below(d);
        let rows = [numbers.below(n), numbers.below(n)];
        if rows[0] == rows[1] {
            continue;
        }
        let before = share(points, rows);
        points.swap(rows[0] * d + factor, rows[1] * d + factor);
        if share(points, rows) >= before {
            points.swap(rows[0] * d + factor, rows[1] * d + factor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strata_are_hit_once(points: &[f64], n: usize, d: usize) {
        for factor in 0..d {
            let mut hit = vec![0; n];
            for row in points.chunks(d) {
                assert!((0.0..1.0).contains(&row[factor]));
                hit[(row[factor] * n as f64) as usize] += 1;
            }
            assert!(hit.iter().all(|&hits| hits == 1), "{hit:?}");
        }
    }

    #[test]
    fn every_stratum_of_every_factor_holds_one_point() {
        for kind in [Kind::Random, Kind::Centred, Kind::Maximin] {
            strata_are_hit_once(&sample(17, 5, 9, kind), 17, 5);
        }
        assert!(sample(0, 3, 1, Kind::Random).is_empty());
    }

    #[test]
    fn maximin_spreads_the_points() {
        let least = |points: &[f64]| {
            let rows: Vec<&[f64]> = points.chunks(3).collect();
            let mut least = f64::INFINITY;
            for (i, a) in rows.iter().enumerate() {
                for b in &rows[..i] {
                    let square: f64 = a.iter().zip(*b).map(|(x, y)| (x - y) * (x - y)).sum();
                    least = least.min(square.sqrt());
                }
            }
            least
        };
        let mut better = 0;
        for seed in 0..10 {
            let plain = sample(20, 3, seed, Kind::Centred);
            let spread = sample(20, 3, seed, Kind::Maximin);
            assert!(phi(&spread, 3) <= phi(&plain, 3));
            better += u32::from(least(&spread) > 1.3 * least(&plain));
        }
        assert!(better >= 8, "{better} of 10");
    }

    #[test]
    fn a_seed_is_a_seed_even_at_the_ends() {
        let of = |seed| sample(8, 2, seed, Kind::Random);
        assert_eq!(of(0), of(0));
        assert_ne!(of(0), of(1));
        assert_ne!(of(0), of(u64::MAX));
    }
}
