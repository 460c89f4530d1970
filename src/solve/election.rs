//! The probabilistic Condorcet election: a distribution over options from weighted interests.
//!
//! Flows in: weights of voters, their utilities of distinct options. Flows out: probabilities that
//! add up to 1. Invariant: everything is computed in logarithms where products of many factors
//! would underflow. Source: Wise, Lester and Efird, KTAB ("Multidimensional bargaining using KTAB",
//! 2015, and its `kmodel.cpp`). With support `S`, victory `V`, exponent `nu`:
//!
//! ```text
//! S[a:b] = 1e-8 + sum_i w_i max(0, u_i(a) - u_i(b))          proportional vote
//! V(a,b) = S[a:b]^nu / (S[a:b]^nu + S[b:a]^nu),  V(a,a) = 1/2
//! conditional       p_a proportional to prod_b V(a,b)
//! Markov uniform    p_a = 1/M sum_b V(a,b) (p_a + p_b)
//! Markov incentive  C(a|b) = n(a,b) / sum_k n(k,b),  n(a,b) = S[a:b] V(a,b)
//!                   p_a = sum_b V(a,b) (p_a C(b|a) + p_b C(a|b))
//! ```

use crate::math;

/// Support that every option has against every other, so that no ratio is 0 / 0.
const FLOOR: f64 = 1e-8;
/// Challenges of an option to itself in the incentive process.
const SELF: f64 = 1e-10;
/// Change of all probabilities together below which an iteration has converged.
const CONVERGED: f64 = 1e-12;
const ITERATIONS: usize = 20_000;

/// How an election is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Election {
    /// Every option against every other, once.
    Conditional,
    /// A champion challenged by an option drawn evenly.
    MarkovUniform,
    /// A champion challenged by an option in proportion to the interest in it.
    MarkovIncentive,
}

/// `[a * options + b]`: support of `a` against `b`; `utilities[voter * options + option]`.
pub fn support(weights: &[f64], utilities: &[f64]) -> Vec<f64> {
    let options = utilities.len() / weights.len().max(1);
    let mut support = vec![FLOOR; options * options];
    for (weight, utilities) in weights.iter().zip(utilities.chunks_exact(options.max(1))) {
        for (a, own) in utilities.iter().enumerate() {
            let row = &mut support[a * options..(a + 1) * options];
            for (sum, other) in row.iter_mut().zip(utilities) {
                *sum += weight * (own - other).max(0.0);
            }
        }
    }
    support
}

/// `V(a, b)` for the supports of `a` against `b` and of `b` against `a`.
pub fn victory(for_it: f64, against: f64, nu: f64) -> f64 {
    math::logistic(nu * (math::ln(for_it) - math::ln(against)))
}

/// Probabilities of the options, which must be distinct: of two equal ones each takes a share.
pub fn probabilities(election: Election, support: &[f64], nu: f64) -> Vec<f64> {
    let options = (support.len() as f64).sqrt().round() as usize;
    let of = |a: usize, b: usize| {
        if a == b {
            0.5
        } else {
            victory(support[a * options + b], support[b * options + a], nu)
        }
    };
    match election {
        Election::Conditional => {
            let logs: Vec<f64> = (0..options)
                .map(|a| {
                    (0..options)
                        .map(|b| ln_victory(support, options, a, b, nu))
                        .sum()
                })
                .collect();
            softmax(&logs)
        }
        Election::MarkovUniform => {
            let victory: Vec<f64> = (0..options * options)
                .map(|at| of(at / options, at % options))
                .collect();
            fixed_point(options, |p, q| {
                for a in 0..options {
                    let row = &victory[a * options..(a + 1) * options];
                    let sum: f64 = row.iter().zip(p).map(|(v, other)| v * (p[a] + other)).sum();
                    q[a] = sum / options as f64;
                }
            })
        }
        Election::MarkovIncentive => {
            let victory: Vec<f64> = (0..options * options)
                .map(|at| of(at / options, at % options))
                .collect();
            let interest = |a: usize, b: usize| {
                let at = a * options + b;
                support[at] * victory[at] + if a == b { SELF } else { 0.0 }
            };
            let totals: Vec<f64> = (0..options)
                .map(|b| (0..options).map(|k| interest(k, b)).sum())
                .collect();
            let challenge: Vec<f64> = (0..options * options)
                .map(|at| interest(at / options, at % options) / totals[at % options])
                .collect();
            fixed_point(options, |p, q| {
                for a in 0..options {
                    q[a] = (0..options)
                        .map(|b| {
                            let own = p[a] * challenge[b * options + a];
                            let other = p[b] * challenge[a * options + b];
                            victory[a * options + b] * (own + other)
                        })
                        .sum();
                }
            })
        }
    }
}

/// `ln V(a, b)`, which keeps its digits where `V` is next to nothing.
fn ln_victory(support: &[f64], options: usize, a: usize, b: usize, nu: f64) -> f64 {
    let x = nu * (math::ln(support[a * options + b]) - math::ln(support[b * options + a]));
    // ln(1 / (1 + exp(-x))), on the side that cannot overflow.
    if x > 0.0 {
        -math::ln(1.0 + math::exp(-x))
    } else {
        x - math::ln(1.0 + math::exp(x))
    }
}

/// Probabilities in proportion to the exponentials.
fn softmax(logs: &[f64]) -> Vec<f64> {
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logs.iter().map(|log| math::exp(log - most)).collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}

/// The distribution that a step leaves as it is, by damped iteration from the uniform one.
fn fixed_point(options: usize, step: impl Fn(&[f64], &mut [f64])) -> Vec<f64> {
    let mut p = vec![1.0 / options as f64; options];
    let mut q = vec![0.0; options];
    for _ in 0..ITERATIONS {
        step(&p, &mut q);
        let total: f64 = q.iter().sum();
        let mut moved = 0.0;
        for (p, q) in p.iter_mut().zip(&q) {
            let next = 0.5 * (*p + q / total);
            moved += (next - *p).abs();
            *p = next;
        }
        if moved < CONVERGED {
            break;
        }
    }
    p
}

/// The weighted median of values: the lowest that minimises the weighted sum of distances.
pub fn weighted_median(values: &[f64], weights: &[f64]) -> Option<f64> {
    let cost = |at: f64| -> f64 {
        let pairs = values.iter().zip(weights);
        pairs.map(|(x, weight)| weight * (x - at).abs()).sum()
    };
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut best: Option<(f64, f64)> = None;
    for at in sorted {
        let cost = cost(at);
        if best.is_none_or(|(_, least)| cost < least - 1e-12 * least.abs().max(1.0)) {
            best = Some((at, cost));
        }
    }
    best.map(|(at, _)| at)
}

/// The lowest and the highest value that minimise the weighted sum of distances: the tie set of the
/// weighted median, which is one value unless weights split evenly.
pub fn weighted_medians(values: &[f64], weights: &[f64]) -> Option<(f64, f64)> {
    let low = weighted_median(values, weights)?;
    let mirrored: Vec<f64> = values.iter().map(|x| -x).collect();
    Some((low, -weighted_median(&mirrored, weights)?))
}

/// The weighted mean of values; none without weight.
pub fn weighted_mean(values: &[f64], weights: &[f64]) -> Option<f64> {
    let total: f64 = weights.iter().sum();
    let sum: f64 = values
        .iter()
        .zip(weights)
        .map(|(x, weight)| x * weight)
        .sum();
    (total > 0.0).then(|| sum / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEIGHTS: [f64; 3] = [3.0, 2.0, 1.0];
    const UTILITIES: [f64; 9] = [1.0, 0.0, 0.5, 0.0, 1.0, 0.5, 0.2, 0.3, 1.0];

    fn close(found: &[f64], expected: &[f64], what: &str) {
        assert_eq!(found.len(), expected.len());
        for (x, y) in found.iter().zip(expected) {
            assert!((x - y).abs() < 1e-9, "{what}: {found:?}, not {expected:?}");
        }
    }

    /// Three voters, three options, by hand from the definition (KTAB's `kmodel.cpp`).
    #[test]
    fn the_small_election_by_hand() {
        let support = support(&WEIGHTS, &UTILITIES);
        let floor = 1e-8;
        close(
            &support,
            &[
                floor,
                3.0 + floor,
                1.5 + floor,
                2.1 + floor,
                floor,
                1.0 + floor,
                1.8 + floor,
                2.2 + floor,
                floor,
            ],
            "support",
        );
        close(
            &probabilities(Election::Conditional, &support, 1.0),
            &[0.346_770_697_987, 0.166_883_399_169, 0.486_345_902_844],
            "conditional",
        );
        close(
            &probabilities(Election::MarkovUniform, &support, 1.0),
            &[0.342_630_079_546, 0.218_173_639_838, 0.439_196_280_616],
            "Markov uniform",
        );
        close(
            &probabilities(Election::MarkovIncentive, &support, 1.0),
            &[0.393_467_850_237, 0.184_961_612_252, 0.421_570_537_511],
            "Markov incentive",
        );
        close(
            &probabilities(Election::Conditional, &support, 2.0),
            &[0.335_240_992_736, 0.068_632_557_390_2, 0.596_126_449_874],
            "nu 2",
        );
    }

    #[test]
    fn thousands_of_options_do_not_underflow() {
        let options = 3000;
        let ideal = |voter: f64, option: usize| 1.0 - (option as f64 / 2999.0 - voter).abs();
        let utilities: Vec<f64> = [0.2, 0.5, 0.9]
            .into_iter()
            .flat_map(|voter| (0..options).map(move |option| ideal(voter, option)))
            .collect();
        let support = support(&[1.0, 1.0, 1.0], &utilities);
        let p = probabilities(Election::Conditional, &support, 8.0);
        assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        // The median voter's ideal beats every other option.
        let best = (0..options)
            .max_by(|&a, &b| p[a].total_cmp(&p[b]))
            .expect("options");
        assert!((best as f64 / 2999.0 - 0.5).abs() < 1e-3, "{best}");
    }

    #[test]
    fn laws_of_the_election() {
        let base = support(&WEIGHTS, &UTILITIES);
        let relabelled = [0.5, 1.0, 0.0, 0.5, 0.0, 1.0, 1.0, 0.2, 0.3];
        let moved = support(&WEIGHTS, &relabelled);
        let heavier = support(&WEIGHTS.map(|weight| weight * 50.0), &UTILITIES);
        for election in [
            Election::Conditional,
            Election::MarkovUniform,
            Election::MarkovIncentive,
        ] {
            let p = probabilities(election, &base, 1.0);
            assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let q = probabilities(election, &moved, 1.0);
            close(&[q[1], q[2], q[0]], &p, "relabelling");
            let q = probabilities(election, &heavier, 1.0);
            assert!(
                p.iter().zip(&q).all(|(a, b)| (a - b).abs() < 1e-6),
                "scale of weights"
            );
        }
        // Option 2 beats option 1 and option 0 by weight: it is the Condorcet winner.
        let sure = probabilities(Election::Conditional, &base, 400.0);
        assert!(sure[2] > 0.999, "{sure:?}");
    }

    #[test]
    fn the_weighted_median_minimises_distances_and_takes_the_lower_of_two() {
        assert_eq!(
            weighted_median(&[3.0, 0.0, 1.0], &[1.0, 1.0, 5.0]),
            Some(1.0)
        );
        assert_eq!(weighted_median(&[4.0, 2.0], &[1.0, 1.0]), Some(2.0));
        assert_eq!(weighted_median(&[], &[]), None);
        let tied = weighted_medians(&[4.0, 2.0, 1.0], &[2.0, 1.0, 1.0]);
        assert_eq!(tied, Some((2.0, 4.0)));
        let one = weighted_medians(&[3.0, 0.0, 1.0], &[1.0, 1.0, 5.0]);
        assert_eq!(one, Some((1.0, 1.0)));
        assert_eq!(weighted_mean(&[4.0, 2.0], &[3.0, 1.0]), Some(3.5));
        assert_eq!(weighted_mean(&[4.0], &[0.0]), None);
    }
}
