//! The bargaining solutions of one case.
//!
//! Flows in: a [`Space`]. Flows out: a [`Solved`]: whether there is a zone of agreement, and where
//! each concept puts the agreement in it. Invariant: all by [`Search`], so each says whether it is
//! exact.

use super::concept::{Concept, POSITIVE};
use super::search::{Found, Search};
use super::slices::Slices;
use super::space::Space;

/// The solutions of a case.
#[derive(Debug, Clone)]
pub struct Solved {
    /// The package with the largest smallest gain of all packages: below 0 there is no zone of
    /// agreement, and what is missing is the least violation. None if every package is refused.
    pub zone: Option<Found>,
    /// The solutions, if there is a zone.
    pub points: Option<Points>,
}

/// Where each concept puts the agreement.
#[derive(Debug, Clone)]
pub struct Points {
    /// By party: the most it can gain where nobody loses.
    pub ideal: Vec<f64>,
    /// Nash (1950).
    pub nash: Found,
    /// Kalai and Smorodinsky (1975), leximin.
    pub kalai_smorodinsky: Found,
    /// Kalai (1977), leximin.
    pub egalitarian: Found,
    /// Sum of gains.
    pub utilitarian: Found,
    /// Nash and sum of gains by the parties' power, where it differs.
    pub weighted: Option<(Found, Found)>,
}

impl Points {
    /// The solutions by name, in order.
    pub fn named(&self) -> Vec<(&'static str, &Found)> {
        let mut named = vec![
            ("Nash", &self.nash),
            ("Kalai-Smorodinsky", &self.kalai_smorodinsky),
            ("Egalitarian", &self.egalitarian),
            ("Utilitarian", &self.utilitarian),
        ];
        if let Some((nash, sum)) = &self.weighted {
            named.push(("Nash, weighted by power", nash));
            named.push(("Utilitarian, weighted by power", sum));
        }
        named
    }
}

/// Smallest gain of the best package for some parties alone: at least 0 where they have a zone of
/// agreement, else minus the least violation. None if they refuse every package.
pub fn zone(space: &Space, parties: &[usize]) -> Option<Found> {
    let slices = Slices::new(space, parties);
    let pick = |values: &[f64]| -> Vec<f64> { parties.iter().map(|&p| values[p]).collect() };
    let search = Search::any(&slices, &pick(&space.now), &pick(&space.no_deal));
    search.best(&Concept::Leximin(vec![1.0; parties.len()]))
}

/// Solves a case for all its parties; `power` weighs them in the weighted solutions.
pub fn solve(space: &Space, power: &[f64]) -> Solved {
    let parties: Vec<usize> = (0..space.parties).collect();
    let slices = Slices::new(space, &parties);
    solve_slices(space, &slices, power)
}

/// The same where the slices are known.
pub fn solve_slices(space: &Space, slices: &Slices, power: &[f64]) -> Solved {
    let n = space.parties;
    let fair = Concept::Leximin(vec![1.0; n]);
    let zone = Search::any(slices, &space.now, &space.no_deal).best(&fair);
    let points = zone
        .as_ref()
        .filter(|zone| zone.key[0] >= -POSITIVE)
        .and_then(|_| points(space, slices, power));
    Solved { zone, points }
}

/// The two solutions that runs are measured against, with what they are measured in.
#[derive(Debug, Clone)]
pub struct Marks {
    /// By party: the most it can gain where nobody loses.
    pub ideal: Vec<f64>,
    /// Nash (1950).
    pub nash: Found,
    /// Kalai and Smorodinsky (1975), leximin.
    pub kalai_smorodinsky: Found,
}

/// The marks of a case; none if there is no zone of agreement.
pub fn marks(space: &Space, slices: &Slices) -> Option<Marks> {
    let n = space.parties;
    let search = || Search::rational(slices, &space.now, &space.no_deal);
    let ideal = (0..n)
        .map(|party| {
            let mut weights = vec![0.0; n];
            weights[party] = 1.0;
            Some(search().best(&Concept::Sum(weights))?.bound.max(0.0))
        })
        .collect::<Option<Vec<f64>>>()?;
    let best = |concept: Concept| search().measured_by(&ideal).best(&concept);
    Some(Marks {
        nash: best(Concept::Nash(counted(&vec![1.0; n], &ideal)))?,
        kalai_smorodinsky: best(Concept::Leximin(ideal.clone()))?,
        ideal,
    })
}

/// Weights in the product: who can gain nothing has no part in it.
fn counted(weights: &[f64], ideal: &[f64]) -> Vec<f64> {
    let pairs = weights.iter().zip(ideal);
    pairs
        .map(|(weight, gain)| if *gain > POSITIVE { *weight } else { 0.0 })
        .collect()
}

fn points(space: &Space, slices: &Slices, power: &[f64]) -> Option<Points> {
    let marks = marks(space, slices)?;
    let ideal = marks.ideal;
    let best = |concept: Concept| {
        let search = Search::rational(slices, &space.now, &space.no_deal);
        search.measured_by(&ideal).best(&concept)
    };
    let equal = vec![1.0; space.parties];
    let differs = power
        .iter()
        .any(|weight| weight.total_cmp(&power[0]).is_ne());
    let weighted = if differs {
        let nash = best(Concept::Nash(counted(power, &ideal)))?;
        Some((nash, best(Concept::Sum(power.to_vec()))?))
    } else {
        None
    };
    Some(Points {
        nash: marks.nash,
        kalai_smorodinsky: marks.kalai_smorodinsky,
        egalitarian: best(Concept::Leximin(equal.clone()))?,
        utilitarian: best(Concept::Sum(equal))?,
        weighted,
        ideal,
    })
}

/// The most that all parties together could still gain over `utilities` without anyone losing, and
/// the package that does it; 0 or nearly so for what is Pareto efficient.
pub fn left_on_the_table(space: &Space, slices: &Slices, utilities: &[f64]) -> Option<Found> {
    let n = space.parties;
    Search::rational(slices, &space.now, utilities).best(&Concept::Sum(vec![1.0; n]))
}
