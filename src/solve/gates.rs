//! Ratification at home: the probability that a gate lets an agreement through.
//!
//! Flows in: blocs with votes and how likely each vote is in favour, a quota. Flows out: the
//! probability that at least the quota is. Invariant: exact, by adding up the distribution of votes
//! in favour bloc by bloc; a higher acceptance never lowers it, a higher quota never raises it.
//! Source: Putnam (1988), "Diplomacy and domestic politics: the logic of two-level games",
//! International Organization 42, 427-460.

use crate::math;
pub use crate::scenario::types::Voting;

/// Members who think alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bloc {
    /// Votes it has.
    pub votes: u32,
    /// Probability that a vote of it is in favour, 0 to 1.
    pub accepts: f64,
}

/// Probability that at least `quota` votes are in favour.
pub fn passes(blocs: &[Bloc], quota: u32, voting: Voting) -> f64 {
    let total: u32 = blocs.iter().map(|bloc| bloc.votes).sum();
    if quota > total {
        return 0.0;
    }
    // Probability of each number of votes in favour among the blocs so far.
    let mut votes = vec![0.0; total as usize + 1];
    votes[0] = 1.0;
    let mut so_far = 0_usize;
    for bloc in blocs {
        let (p, q) = (bloc.accepts, 1.0 - bloc.accepts);
        match voting {
            Voting::Members => {
                for _ in 0..bloc.votes {
                    so_far += 1;
                    for count in (0..=so_far).rev() {
                        let below = if count > 0 { votes[count - 1] } else { 0.0 };
                        votes[count] = q * votes[count] + p * below;
                    }
                }
            }
            Voting::Bloc => {
                let size = bloc.votes as usize;
                so_far += size;
                for count in (0..=so_far).rev() {
                    let below = if count >= size {
                        votes[count - size]
                    } else {
                        0.0
                    };
                    votes[count] = q * votes[count] + p * below;
                }
            }
        }
    }
    votes[quota as usize..].iter().rev().sum::<f64>().min(1.0)
}

/// Probability that a bloc accepts what gives it `gain` more than no agreement:
/// `1 / (1 + exp(-precision gain))`; infinite precision is yes from 0 on.
pub fn acceptance(precision: f64, gain: f64) -> f64 {
    if precision.is_infinite() {
        f64::from(u8::from(gain >= 0.0))
    } else {
        math::logistic(precision * gain)
    }
}

/// Probability that nobody defects against its will, all gates on their own: their product.
pub fn all_pass(gates: impl IntoIterator<Item = f64>) -> f64 {
    gates.into_iter().product()
}

/// What a negotiator can expect of a package that passes with probability `passes`, is worth `gain`
/// over no agreement if it does and costs `failure` if it fails: `p g - (1 - p) f`, over no
/// agreement.
pub fn expected_gain(passes: f64, gain: f64, failure: f64) -> f64 {
    passes * gain - (1.0 - passes) * failure
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn consensus_of_thirty() {
        for (p, expected) in [(0.95, 0.214_639), (0.90, 0.042_391)] {
            let members = [Bloc {
                votes: 30,
                accepts: p,
            }];
            assert!((passes(&members, 30, Voting::Members) - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn binomial_by_hand_and_blocs_as_one() {
        // 3 votes at 1/2, at least 2: 4 of 8.
        let three = [Bloc {
            votes: 3,
            accepts: 0.5,
        }];
        assert!((passes(&three, 2, Voting::Members) - 0.5).abs() < 1e-15);
        // Blocs of 50, 30 and 20 votes: 67 needs the first and one of the others.
        let blocs =
            [(50, 0.9), (30, 0.5), (20, 0.2)].map(|(votes, accepts)| Bloc { votes, accepts });
        let expected = 0.9 * (1.0 - 0.5 * 0.8);
        assert!((passes(&blocs, 67, Voting::Bloc) - expected).abs() < 1e-15);
        assert!(passes(&blocs, 101, Voting::Bloc).abs() < 1e-15);
        assert!((passes(&blocs, 0, Voting::Members) - 1.0).abs() < 1e-12);
        assert!((passes(&[], 0, Voting::Bloc) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn acceptance_and_expectation() {
        assert!((acceptance(30.0, 0.0) - 0.5).abs() < 1e-15);
        assert!(acceptance(f64::INFINITY, 0.0) > 0.5 && acceptance(f64::INFINITY, -0.1) < 0.5);
        assert!((expected_gain(0.25, 0.4, 0.2) - (0.1 - 0.15)).abs() < 1e-15);
        assert!((all_pass([0.5, 0.4]) - 0.2).abs() < 1e-15);
    }

    proptest! {
        #[test]
        fn more_acceptance_helps_and_a_higher_quota_hurts(
            blocs in prop::collection::vec((1_u32..9, 0.0..1.0), 1..5),
            at in 0_usize..5,
            more in 0.0..1.0,
            quota in 0_u32..30,
            members in any::<bool>(),
        ) {
            let voting = if members { Voting::Members } else { Voting::Bloc };
            let mut blocs: Vec<Bloc> =
                blocs.into_iter().map(|(votes, accepts)| Bloc { votes, accepts }).collect();
            let before = passes(&blocs, quota, voting);
            prop_assert!((-1e-12..=1.0).contains(&before));
            prop_assert!(passes(&blocs, quota + 1, voting) <= before + 1e-12);
            let at = at % blocs.len();
            blocs[at].accepts += (1.0 - blocs[at].accepts) * more;
            prop_assert!(passes(&blocs, quota, voting) >= before - 1e-12);
        }
    }
}
