//! Bargaining solutions over a list of outcomes, by looking at every one.
//!
//! Flows in: utilities of outcomes, no-deal values. Flows out: who can agree, and where each
//! concept puts the agreement. Invariant: nothing is approximated, and a solution is the whole set of
//! outcomes tied for it, in the order of the list, with the rule that singles one out.

use super::concept::{Concept, POSITIVE, compare, ratio, representative};

/// A finite bargaining problem.
#[derive(Debug, Clone, Copy)]
pub struct Problem<'a> {
    /// Parties.
    pub parties: usize,
    /// `[outcome * parties + party]`; minus infinity for what a party refuses.
    pub utilities: &'a [f64],
    /// By party: utility without agreement.
    pub no_deal: &'a [f64],
}

/// Where a concept puts the agreement.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// Every outcome tied for it, in order.
    pub tied: Vec<usize>,
    /// The one that stands for them: undominated, leximin of ratios, sum of ratios, first.
    pub chosen: usize,
}

impl<'a> Problem<'a> {
    /// Number of outcomes.
    pub fn len(&self) -> usize {
        self.utilities.len() / self.parties
    }

    /// Whether there is no outcome.
    pub fn is_empty(&self) -> bool {
        self.utilities.is_empty()
    }

    /// Utilities of an outcome.
    pub fn utility(&self, outcome: usize) -> &'a [f64] {
        &self.utilities[outcome * self.parties..(outcome + 1) * self.parties]
    }

    /// Gains of an outcome over no agreement.
    pub fn gains(&self, outcome: usize) -> Vec<f64> {
        let utility = self.utility(outcome).iter();
        utility.zip(self.no_deal).map(|(u, d)| u - d).collect()
    }

    /// Outcomes that nobody refuses for no agreement.
    pub fn rational(&self) -> Vec<usize> {
        (0..self.len())
            .filter(|&outcome| {
                let mut pairs = self.utility(outcome).iter().zip(self.no_deal);
                pairs.all(|(u, d)| u - d >= -POSITIVE)
            })
            .collect()
    }

    /// By party: the most it can gain where nobody loses, `b_i - d_i`.
    pub fn ideal_gains(&self, rational: &[usize]) -> Vec<f64> {
        (0..self.parties)
            .map(|party| {
                let utilities = rational.iter().map(|&outcome| self.utility(outcome)[party]);
                utilities.fold(self.no_deal[party], f64::max) - self.no_deal[party]
            })
            .collect()
    }

    /// The solution of a concept among the given outcomes; none if there are none.
    pub fn solve(&self, concept: &Concept, among: &[usize], ideal: &[f64]) -> Option<Solution> {
        let mut best: Vec<f64> = Vec::new();
        let mut key = Vec::new();
        let keys = among.iter().map(|&outcome| {
            concept.key(&self.gains(outcome), &mut key);
            key.clone()
        });
        let keys: Vec<Vec<f64>> = keys.collect();
        for key in &keys {
            if best.is_empty() || compare(key, &best).is_gt() {
                best.clone_from(key);
            }
        }
        let tied: Vec<usize> = (among.iter().zip(&keys))
            .filter(|(_, key)| compare(key, &best).is_eq())
            .map(|(&outcome, _)| outcome)
            .collect();
        let gains: Vec<Vec<f64>> = tied.iter().map(|&outcome| self.gains(outcome)).collect();
        let chosen = representative(gains.iter().map(Vec::as_slice), ideal)?;
        Some(Solution {
            chosen: tied[chosen],
            tied,
        })
    }

    /// Distance between two outcomes as shares of the ideal gains, Euclidean.
    pub fn distance(&self, a: usize, b: usize, ideal: &[f64]) -> f64 {
        distance(&self.gains(a), &self.gains(b), ideal)
    }
}

/// Distance between two vectors of gains as shares of the ideal gains, Euclidean.
pub fn distance(a: &[f64], b: &[f64], ideal: &[f64]) -> f64 {
    let squares = a.iter().zip(b).zip(ideal).map(|((x, y), scale)| {
        let gap = ratio(*x, *scale) - ratio(*y, *scale);
        gap * gap
    });
    squares.sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nash (1950): five goods of Bill's, four of Jack's, worth (to Bill, to Jack) the following.
    /// Bit `k` of an outcome: good `k` changes hands.
    fn bill_and_jack() -> Vec<f64> {
        let bill = [(2.0, 4.0), (2.0, 2.0), (2.0, 1.0), (2.0, 2.0), (4.0, 1.0)];
        let jack = [(10.0, 1.0), (4.0, 1.0), (6.0, 2.0), (2.0, 2.0)];
        (0..512_usize)
            .flat_map(|outcome| {
                let goods = bill.iter().map(|good| (-good.0, good.1));
                let goods = goods.chain(jack.iter().map(|good| (good.0, -good.1)));
                let sums = goods
                    .enumerate()
                    .filter(|(bit, _)| outcome >> bit & 1 == 1)
                    .fold((0.0, 0.0), |sum, (_, good)| {
                        (sum.0 + good.0, sum.1 + good.1)
                    });
                [sums.0, sums.1]
            })
            .collect()
    }

    #[test]
    fn nash_1950_bill_and_jack() {
        let utilities = bill_and_jack();
        let problem = Problem {
            parties: 2,
            utilities: &utilities,
            no_deal: &[0.0, 0.0],
        };
        let rational = problem.rational();
        assert_eq!(rational.len(), 293);
        let ideal = problem.ideal_gains(&rational);
        let solve = |concept| problem.solve(&concept, &rational, &ideal).expect("a zone");
        let nash = solve(Concept::Nash(vec![1.0; 2]));
        // Bill gives book, whip, ball and bat, Jack pen, toy and knife, as in the paper.
        assert_eq!(nash.tied, [0b0_1110_1111]);
        assert_eq!(problem.utility(nash.chosen), [12.0, 5.0]);
        let ks = solve(Concept::Leximin(ideal.clone()));
        assert_eq!(problem.utility(ks.chosen), [12.0, 5.0]);
        let least = ks_ratio(&problem, ks.chosen, &ideal);
        assert!((least - 5.0 / 8.0).abs() < 1e-12);
        let egalitarian = solve(Concept::Leximin(vec![1.0; 2]));
        assert_eq!(
            (egalitarian.tied, egalitarian.chosen),
            (vec![107, 175, 255], 107)
        );
        let utilitarian = solve(Concept::Sum(vec![1.0; 2]));
        assert_eq!((utilitarian.tied.len(), utilitarian.chosen), (7, 235));
        assert_eq!(problem.utility(235), [14.0, 4.0]);
    }

    fn ks_ratio(problem: &Problem<'_>, outcome: usize, ideal: &[f64]) -> f64 {
        let gains = problem.gains(outcome).into_iter().zip(ideal);
        gains.map(|(g, b)| g / b).fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn no_zone_no_solution() {
        let problem = Problem {
            parties: 2,
            utilities: &[0.4, 0.4, 0.9, 0.1],
            no_deal: &[0.5, 0.5],
        };
        let rational = problem.rational();
        assert!(rational.is_empty());
        let ideal = problem.ideal_gains(&rational);
        assert!(
            problem
                .solve(&Concept::Sum(vec![1.0; 2]), &rational, &ideal)
                .is_none()
        );
    }

    /// A pie in steps of 0.001, A's ratifiers asking for `a`, B's for `b` of it.
    fn ratified_pie(a: f64, b: f64, concept: &dyn Fn(&[f64]) -> Concept) -> f64 {
        let utilities: Vec<f64> = (0..=1000)
            .flat_map(|step| [f64::from(step) / 1000.0, 1.0 - f64::from(step) / 1000.0])
            .collect();
        let problem = Problem {
            parties: 2,
            utilities: &utilities,
            no_deal: &[0.0, 0.0],
        };
        let win: Vec<usize> = (0..=1000)
            .filter(|&step| {
                let x = step as f64 / 1000.0;
                x >= a - 1e-12 && 1.0 - x >= b - 1e-12
            })
            .collect();
        let ideal = problem.ideal_gains(&win);
        let solution = problem
            .solve(&concept(&ideal), &win, &ideal)
            .expect("a zone");
        solution.chosen as f64 / 1000.0
    }

    #[test]
    fn a_ratifier_helps_nash_only_where_it_binds_and_kalai_smorodinsky_always() {
        // x = clip(1/2, r_A, 1 - r_B) and x = (1 - r_B) / (2 - r_A - r_B), disagreement 0.
        for (a, b) in [(0.0, 0.0), (0.3, 0.2), (0.6, 0.1), (0.2, 0.7)] {
            let middle = 0.5_f64.clamp(a, 1.0 - b);
            let nash = ratified_pie(a, b, &|_| Concept::Nash(vec![1.0; 2]));
            let egalitarian = ratified_pie(a, b, &|_| Concept::Leximin(vec![1.0; 2]));
            let ks = ratified_pie(a, b, &|ideal| Concept::Leximin(ideal.to_vec()));
            assert!((nash - middle).abs() < 1e-3, "{a} {b} {nash}");
            assert!((egalitarian - middle).abs() < 1e-3, "{a} {b} {egalitarian}");
            let expected = ((1.0 - b) / (2.0 - a - b)).clamp(a, 1.0 - b);
            assert!((ks - expected).abs() < 1.1e-3, "{a} {b} {ks} {expected}");
        }
    }
}
