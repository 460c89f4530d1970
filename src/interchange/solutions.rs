//! Pareto sets and bargaining solutions by the definitions of three programs.
//!
//! Flows in: a [`Space`]. Flows out: [`Solutions`]. The definitions are those of the programs, so
//! their disagreements are kept:
//!
//! | | negmas 0.16 (`preferences/ops.py`) | GENIUS 10.4 (`BidSpace`) | jawjaw |
//! |---|---|---|---|
//! | Pareto set of | outcomes worth at least `r` to all | all outcomes | outcomes worth at least `d` to all |
//! | `d_i` | `r_i`, or `min u_i` if that is higher or there is no `r_i` | `r_i`, else 0 | as negmas |
//! | Nash | max `prod (u_i - d_i)` | the same, first by rising `u_1` | max number of gains, then their product |
//! | Kalai | max `min (u_i - d_i)` | as negmas, not in `BidSpace` | leximin of `u_i - d_i` |
//! | Kalai-Smorodinsky | min `max A_i - min A_i` | min `sum_{i<j} \|u_i - u_j\|` | leximin of `A_i` |
//!
//! `A_i = (u_i - d_i) / (m_i - d_i)`, the ideal `m_i` over all outcomes for negmas (Kalai and
//! Smorodinsky 1975 take it over the individually rational ones, and so does jawjaw). Invariant:
//! outcomes with the same utilities are one point, named by the lowest outcome; every point within
//! 1e-12 of the best is listed.

use std::cmp::Ordering;

use serde::Serialize;

use super::space::Space;
use crate::math;

/// How near the best a point's criterion counts as equal (negmas' `eps`).
const TIE: f64 = 1e-12;
/// The same for jawjaw's criteria: sums of logarithms, sorted gains.
const NEAR: f64 = 1e-9;

/// Whose definitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Convention {
    /// negmas 0.16.
    Negmas,
    /// GENIUS 10.4.
    Genius,
    /// This program's.
    Jawjaw,
}

/// An outcome and its utilities.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// Utilities, one a party.
    pub utils: Vec<f64>,
    /// Value index of each issue, from 0.
    pub outcome: Vec<usize>,
}

/// What the programs publish about a domain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Solutions {
    /// Whose definitions.
    pub convention: Convention,
    /// Number of outcomes.
    pub n_outcomes: usize,
    /// Reservation values; null where the domain states none.
    pub reserved: Vec<Option<f64>>,
    /// Discount factors. No solution uses them: they are undiscounted everywhere.
    pub discount: Vec<f64>,
    /// What each party gets without agreement under the convention.
    pub disagreement: Vec<f64>,
    /// Lowest utility of each party.
    pub utility_min: Vec<f64>,
    /// Highest utility of each party.
    pub utility_max: Vec<f64>,
    /// Sum of the utilities over outcomes.
    pub utility_sum: Vec<f64>,
    /// Sum of their squares.
    pub utility_sum_sq: Vec<f64>,
    /// Outcomes worth at least the reservation value to everyone.
    pub n_rational_outcomes: usize,
    /// The convention's Pareto set, from the best for the first party down.
    pub pareto: Vec<Point>,
    /// Nash (1950).
    pub nash: Vec<Point>,
    /// Kalai (1977), egalitarian.
    pub kalai: Vec<Point>,
    /// Kalai and Smorodinsky (1975).
    pub kalai_smorodinsky: Vec<Point>,
    /// Kalai-Smorodinsky as maximum of the smallest ratio, negmas' Pareto set and ideals.
    pub kalai_smorodinsky_textbook_maxmin: Vec<Point>,
    /// Kalai-Smorodinsky by GENIUS' rule on the Pareto set of all outcomes.
    pub kalai_smorodinsky_genius_rule: Vec<Point>,
    /// Highest sum of utilities in the convention's Pareto set.
    pub max_welfare: Vec<Point>,
    /// `min sqrt(sum_i (1 - u_i / max u_i)^2)` over rational outcomes; null if there is none.
    pub opposition_level: Option<f64>,
    /// The points that GENIUS itself prints.
    pub genius_java: GeniusPoints,
}

/// What GENIUS' `BidSpace` returns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GeniusPoints {
    /// Size of the Pareto set of all outcomes.
    pub n_pareto: usize,
    /// Its points, as in `pareto`.
    pub pareto_utils: Vec<Vec<f64>>,
    /// `getNash`; null if there is none.
    pub nash_utils: Option<Vec<f64>>,
    /// `getKalaiSmorodinsky`; null if there is none.
    pub kalai_smorodinsky_utils: Option<Vec<f64>>,
}

/// Computes them.
pub fn solve(space: &Space, convention: Convention) -> Solutions {
    let parties = 0..space.utilities.len();
    let ranges: Vec<(f64, f64)> = parties.clone().map(|p| space.range(p)).collect();
    let floor: Vec<f64> = parties.clone().map(|p| space.disagreement(p)).collect();
    let rational: Vec<usize> = (0..space.outcomes())
        .filter(|&outcome| space.rational(outcome))
        .collect();
    let everything = Set {
        space,
        frontier: pareto(space, (0..space.outcomes()).collect()),
    };
    let agreeable = Set {
        space,
        frontier: pareto(space, rational.clone()),
    };
    let ideal: Vec<f64> = ranges.iter().map(|range| range.1).collect();
    // Where a party can gain nothing, negmas calls every point a solution.
    let flat = floor.iter().zip(&ideal).any(|(d, m)| m - d <= TIE);
    let negmas = Criteria {
        set: &agreeable,
        floor: &floor,
        ideal: &ideal,
        flat,
    };
    let stated: Vec<f64> = space.reserved.iter().map(|r| r.unwrap_or(0.0)).collect();
    let genius = GeniusRules {
        set: &everything,
        stated: &stated,
    };
    let spread = everything.best(|u| -asymmetry(u));
    let (set, solved) = match convention {
        Convention::Negmas => (
            &agreeable,
            [negmas.nash(), negmas.kalai(), negmas.even_ratios()],
        ),
        Convention::Genius => (
            &everything,
            [
                genius.nash().into_iter().collect(),
                everything.best(|u| least(u, &stated)),
                genius.kalai_smorodinsky().into_iter().collect(),
            ],
        ),
        Convention::Jawjaw => (&agreeable, own(&agreeable, &floor, &rational)),
    };
    let [nash, kalai, kalai_smorodinsky] = solved;
    let sum = |power: fn(f64) -> f64| -> Vec<f64> {
        let tables = space.utilities.iter();
        tables
            .map(|table| compensated(table.iter().map(|&u| power(u))))
            .collect()
    };
    let utils = |outcome: Option<usize>| outcome.map(|outcome| space.at(outcome));
    Solutions {
        convention,
        n_outcomes: space.outcomes(),
        reserved: space.reserved.clone(),
        discount: space.discounts.clone(),
        disagreement: if convention == Convention::Genius {
            stated.clone()
        } else {
            floor.clone()
        },
        utility_min: ranges.iter().map(|range| range.0).collect(),
        utility_max: ideal.clone(),
        utility_sum: sum(|u| u),
        utility_sum_sq: sum(|u| u * u),
        n_rational_outcomes: rational.len(),
        pareto: set.points(&set.frontier),
        nash: set.points(&nash),
        kalai: set.points(&kalai),
        kalai_smorodinsky: set.points(&kalai_smorodinsky),
        kalai_smorodinsky_textbook_maxmin: set.points(&negmas.least_ratio()),
        kalai_smorodinsky_genius_rule: set.points(&spread),
        max_welfare: set.points(&set.best(|u| u.iter().sum())),
        opposition_level: opposition(space, &rational, &ideal),
        genius_java: GeniusPoints {
            n_pareto: everything.frontier.len(),
            pareto_utils: everything.frontier.iter().map(|&o| space.at(o)).collect(),
            nash_utils: utils(genius.nash()),
            kalai_smorodinsky_utils: utils(genius.kalai_smorodinsky()),
        },
    }
}

/// A sum to the last bit or nearly (Neumaier 1974): millions of terms lose digits otherwise.
fn compensated(terms: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0_f64, 0.0);
    for term in terms {
        let next = sum + term;
        lost += if sum.abs() >= term.abs() {
            (sum - next) + term
        } else {
            (term - next) + sum
        };
        sum = next;
    }
    sum + lost
}

/// Outcomes that no other of the set dominates, one for each point, from the best for the first
/// party down. `a` dominates `b` if it is worth at least as much to all and more to one.
pub fn pareto(space: &Space, mut outcomes: Vec<usize>) -> Vec<usize> {
    let tables = &space.utilities;
    let order = |a: usize, b: usize| {
        let mut by_party = tables.iter().map(|table| table[b].total_cmp(&table[a]));
        by_party
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
            .then(a.cmp(&b))
    };
    let mut frontier: Vec<usize> = Vec::new();
    if let [_, second] = &tables[..] {
        outcomes.sort_unstable_by(|&a, &b| order(a, b));
        // In this order only the second utility can still tell an outcome undominated.
        let mut best = f64::NEG_INFINITY;
        for outcome in outcomes {
            if second[outcome] > best {
                best = second[outcome];
                frontier.push(outcome);
            }
        }
        return frontier;
    }
    // Sums rise with their terms even when rounded, so whatever dominates an outcome, or equals it,
    // comes before it; and what has a high sum dominates much.
    let sums: Vec<f64> = (0..space.outcomes())
        .map(|outcome| tables.iter().map(|table| table[outcome]).sum())
        .collect();
    outcomes.sort_unstable_by(|&a, &b| sums[b].total_cmp(&sums[a]).then_with(|| order(a, b)));
    for outcome in outcomes {
        let beats = |&other: &usize| tables.iter().all(|t| t[other] >= t[outcome]);
        match frontier.iter().position(beats) {
            // The neighbours of an outcome are likely to be beaten by the same point.
            Some(position) => frontier[..=position].rotate_right(1),
            None => frontier.push(outcome),
        }
    }
    frontier.sort_unstable_by(|&a, &b| order(a, b));
    frontier
}

/// A Pareto set to choose from.
struct Set<'s> {
    space: &'s Space,
    frontier: Vec<usize>,
}

impl Set<'_> {
    /// Every point whose criterion is within [`TIE`] of the highest.
    fn best(&self, criterion: impl Fn(&[f64]) -> f64) -> Vec<usize> {
        let values: Vec<f64> = self
            .frontier
            .iter()
            .map(|&outcome| criterion(&self.space.at(outcome)))
            .collect();
        let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let pairs = self.frontier.iter().zip(&values);
        pairs
            .filter(|(_, value)| **value >= highest - TIE)
            .map(|(&outcome, _)| outcome)
            .collect()
    }

    /// Every point that no other beats in an order with ties.
    fn top(&self, order: impl Fn(&[f64], &[f64]) -> Ordering) -> Vec<usize> {
        let points: Vec<(usize, Vec<f64>)> = self
            .frontier
            .iter()
            .map(|&outcome| (outcome, self.space.at(outcome)))
            .collect();
        let Some(best) = points.iter().reduce(|best, point| {
            if order(&point.1, &best.1).is_gt() {
                point
            } else {
                best
            }
        }) else {
            return Vec::new();
        };
        points
            .iter()
            .filter(|point| order(&point.1, &best.1).is_eq())
            .map(|point| point.0)
            .collect()
    }

    fn points(&self, outcomes: &[usize]) -> Vec<Point> {
        outcomes
            .iter()
            .map(|&outcome| Point {
                utils: self.space.at(outcome),
                outcome: self.space.levels(outcome),
            })
            .collect()
    }
}

/// negmas' criteria: products, minima and spreads of gains over the disagreement values.
struct Criteria<'s> {
    set: &'s Set<'s>,
    floor: &'s [f64],
    ideal: &'s [f64],
    flat: bool,
}

impl Criteria<'_> {
    fn choose(&self, criterion: impl Fn(&[f64]) -> f64) -> Vec<usize> {
        if self.flat {
            return self.set.frontier.clone();
        }
        self.set.best(criterion)
    }

    fn nash(&self) -> Vec<usize> {
        self.choose(|u| {
            let gains = u.iter().zip(self.floor);
            gains.fold(1.0, |product, (u, d)| product * (u - d))
        })
    }

    fn kalai(&self) -> Vec<usize> {
        self.choose(|u| least(u, self.floor))
    }

    fn ratios(&self, u: &[f64]) -> (f64, f64) {
        let ends = u.iter().zip(self.floor).zip(self.ideal);
        ends.map(|((u, d), m)| (u - d) / (m - d))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), a| {
                (low.min(a), high.max(a))
            })
    }

    fn even_ratios(&self) -> Vec<usize> {
        self.choose(|u| {
            let (low, high) = self.ratios(u);
            low - high
        })
    }

    fn least_ratio(&self) -> Vec<usize> {
        self.choose(|u| self.ratios(u).0)
    }
}

fn least(u: &[f64], floor: &[f64]) -> f64 {
    let gains = u.iter().zip(floor).map(|(u, d)| u - d);
    gains.fold(f64::INFINITY, f64::min)
}

/// `sum_{i<j} |u_i - u_j|`
fn asymmetry(u: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (i, a) in u.iter().enumerate() {
        for b in &u[i + 1..] {
            sum += (a - b).abs();
        }
    }
    sum
}

/// `BidSpace.getNash` and `getKalaiSmorodinsky`: the first that is strictly better, by rising
/// utility of the first party.
struct GeniusRules<'s> {
    set: &'s Set<'s>,
    stated: &'s [f64],
}

impl GeniusRules<'_> {
    fn first(&self, start: f64, criterion: impl Fn(&[f64]) -> f64) -> Option<usize> {
        let (mut best, mut found) = (start, None);
        for &outcome in self.set.frontier.iter().rev() {
            let value = criterion(&self.set.space.at(outcome));
            if value > best {
                (best, found) = (value, Some(outcome));
            }
        }
        found
    }

    fn nash(&self) -> Option<usize> {
        self.first(-1.0, |u| {
            let gains = u.iter().zip(self.stated);
            gains.fold(1.0, |product, (u, r)| product * (u - r))
        })
    }

    fn kalai_smorodinsky(&self) -> Option<usize> {
        self.first(-2.0, |u| -asymmetry(u))
    }
}

/// jawjaw's Nash, egalitarian and Kalai-Smorodinsky solutions.
fn own(set: &Set<'_>, floor: &[f64], rational: &[usize]) -> [Vec<usize>; 3] {
    let gains = |u: &[f64]| -> Vec<f64> { u.iter().zip(floor).map(|(u, d)| u - d).collect() };
    // Kalai and Smorodinsky's ideal: the best each party can have among what all accept.
    let ideal: Vec<f64> = (0..floor.len())
        .map(|party| {
            let table = &set.space.utilities[party];
            let worth = rational.iter().map(|&outcome| table[outcome]);
            worth.fold(f64::NEG_INFINITY, f64::max)
        })
        .collect();
    let ratios = |u: &[f64]| -> Vec<f64> {
        let ends = u.iter().zip(floor).zip(&ideal);
        ends.map(|((u, d), m)| if m > d { (u - d) / (m - d) } else { 1.0 })
            .collect()
    };
    let product = |u: &[f64]| {
        let positive: Vec<f64> = gains(u).into_iter().filter(|gain| *gain > TIE).collect();
        let logs: f64 = positive.iter().map(|&gain| math::ln(gain)).sum();
        (positive.len(), logs)
    };
    let nash = set.top(|a, b| {
        let (a, b) = (product(a), product(b));
        a.0.cmp(&b.0).then(near(a.1, b.1))
    });
    let egalitarian = set.top(|a, b| leximin(gains(a), gains(b)));
    let kalai_smorodinsky = set.top(|a, b| leximin(ratios(a), ratios(b)));
    [nash, egalitarian, kalai_smorodinsky]
}

fn near(a: f64, b: f64) -> Ordering {
    if (a - b).abs() <= NEAR * a.abs().max(b.abs()).max(1.0) {
        Ordering::Equal
    } else {
        a.total_cmp(&b)
    }
}

/// The worst off first, then the next (Sen 1970).
fn leximin(mut a: Vec<f64>, mut b: Vec<f64>) -> Ordering {
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let mut orders = a.iter().zip(&b).map(|(&a, &b)| near(a, b));
    orders
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// Opposition (Baarslag et al. 2013, as negmas computes it): distance to everyone's best.
fn opposition(space: &Space, rational: &[usize], highest: &[f64]) -> Option<f64> {
    let distance = |outcome: &usize| -> f64 {
        let tables = space.utilities.iter().zip(highest);
        tables
            .map(|(table, &max)| {
                let u = table[*outcome];
                let lost = if max == 0.0 { 1.0 - u } else { 1.0 - u / max };
                lost * lost
            })
            .sum()
    };
    rational
        .iter()
        .map(distance)
        .reduce(f64::min)
        .map(f64::sqrt)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(points: &[&[f64]], reserved: &[Option<f64>]) -> Space {
        Space {
            sizes: vec![points.len()],
            utilities: (0..reserved.len())
                .map(|party| points.iter().map(|point| point[party]).collect())
                .collect(),
            reserved: reserved.to_vec(),
            discounts: vec![1.0; reserved.len()],
        }
    }

    fn outcomes(points: &[Point]) -> Vec<usize> {
        points.iter().map(|point| point.outcome[0]).collect()
    }

    /// The published domain Nice or Die: (0.16, 1), (1, 0.16), (0.299, 0.299). negmas raises the
    /// reservation 0 to the lowest utility, so its Nash point is the fair one; GENIUS does not.
    #[test]
    fn nice_or_die_tells_the_conventions_apart() {
        let points: [&[f64]; 3] = [&[0.16, 1.0], &[1.0, 0.16], &[0.299, 0.299]];
        let space = space(&points, &[Some(0.0), Some(0.0)]);
        let negmas = solve(&space, Convention::Negmas);
        assert_eq!(outcomes(&negmas.nash), [2]);
        let genius = solve(&space, Convention::Genius);
        assert_eq!(
            outcomes(&genius.nash),
            [0],
            "the first by rising first utility"
        );
        assert_eq!(outcomes(&genius.kalai_smorodinsky), [2]);
        assert_eq!(genius.genius_java.n_pareto, 3);
    }

    #[test]
    fn dominated_and_equal_outcomes_leave_the_frontier_in_any_number_of_parties() {
        let points: [&[f64]; 5] = [
            &[0.5, 0.5, 0.1],
            &[0.5, 0.5, 0.2],
            &[0.5, 0.5, 0.2],
            &[0.1, 0.9, 0.0],
            &[0.9, 0.0, 0.0],
        ];
        let three = space(&points, &[None, None, None]);
        assert_eq!(pareto(&three, (0..5).collect()), [4, 1, 3]);
        let two: Vec<&[f64]> = points.iter().map(|point| &point[..2]).collect();
        let two = space(&two, &[None, None]);
        assert_eq!(pareto(&two, (0..5).collect()), [4, 0, 3]);
    }

    /// The two ways to a frontier agree: a third party to whom all is the same changes nothing.
    #[test]
    fn two_and_three_parties_have_one_frontier() {
        let mut word = 7_u64;
        let mut next = || {
            word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (word >> 58) as f64 / 64.0
        };
        let points: Vec<[f64; 3]> = (0..500).map(|_| [next(), next(), 0.5]).collect();
        let slices: Vec<&[f64]> = points.iter().map(|point| &point[..]).collect();
        let three = space(&slices, &[None, None, None]);
        let slices: Vec<&[f64]> = points.iter().map(|point| &point[..2]).collect();
        let two = space(&slices, &[None, None]);
        let frontier = pareto(&two, (0..500).collect());
        assert_eq!(pareto(&three, (0..500).collect()), frontier);
        assert!(frontier.len() > 3);
    }

    /// A reservation removes points from the rational set but not from GENIUS' Pareto set.
    #[test]
    fn reservation_values_bound_what_is_agreeable() {
        let points: [&[f64]; 3] = [&[1.0, 0.1], &[0.6, 0.6], &[0.1, 1.0]];
        let space = space(&points, &[Some(0.5), Some(0.5)]);
        let negmas = solve(&space, Convention::Negmas);
        assert_eq!(negmas.n_rational_outcomes, 1);
        assert_eq!(outcomes(&negmas.pareto), [1]);
        assert_eq!(solve(&space, Convention::Genius).pareto.len(), 3);
        let lost = 0.4_f64 * 0.4 * 2.0;
        assert!((negmas.opposition_level.unwrap() - lost.sqrt()).abs() < 1e-15);
    }

    /// By hand: of (0.6, 0.7) and (0.52, 0.55) with ideals 1 the second is dominated; of (0.6, 0.75)
    /// and (0.64, 0.6) the spreads are 0.15 and 0.04, the smaller ratios 0.6 both, so negmas takes
    /// the second and leximin the first, whose better off is better off.
    #[test]
    fn leximin_and_smallest_spread_differ() {
        let points: [&[f64]; 4] = [&[1.0, 0.0], &[0.6, 0.75], &[0.64, 0.6], &[0.0, 1.0]];
        let space = space(&points, &[None, None]);
        let own = solve(&space, Convention::Jawjaw);
        assert_eq!(outcomes(&own.kalai_smorodinsky), [1]);
        assert_eq!(outcomes(&own.kalai), [1]);
        let negmas = solve(&space, Convention::Negmas);
        assert_eq!(outcomes(&negmas.kalai_smorodinsky), [2]);
        assert_eq!(outcomes(&negmas.kalai), [2, 1], "both have 0.6 at least");
    }

    #[test]
    fn nothing_agreeable_gives_empty_sets_and_no_opposition() {
        let points: [&[f64]; 2] = [&[1.0, 0.0], &[0.0, 1.0]];
        let space = space(&points, &[Some(0.5), Some(0.5)]);
        for convention in [Convention::Negmas, Convention::Jawjaw] {
            let solved = solve(&space, convention);
            assert!(solved.pareto.is_empty() && solved.nash.is_empty());
            assert_eq!(solved.opposition_level, None);
        }
    }
}
