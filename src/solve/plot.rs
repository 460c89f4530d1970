//! What a lens wants drawn, as data.
//!
//! Flows in: a lens fills it. Flows out: figures in `chart`, and `solve.json`. Invariant: whatever
//! depends on what nobody knows comes with its values over draws.

use serde::Serialize;

use super::case::Study;
use super::diagram::{Curves, Evolution};
use super::report::Spread;
use super::slices::Slices;
use super::space::{Space, ratified};
use crate::engine::frontier::pareto;

/// A picture's data.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "plot", rename_all = "kebab-case")]
pub enum Plot {
    /// Two parties' utilities of all solutions.
    Scatter(Scatter),
    /// Who would let which form pass.
    Board(Board),
    /// Probabilities of levels, issue by issue.
    Levels {
        /// One an issue.
        issues: Vec<LevelShares>,
    },
    /// How one number depends on another.
    Curves(Curves),
    /// States and the moves between them.
    Evolution(Evolution),
}

/// Utilities of two parties.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scatter {
    /// Index and name of the party across.
    pub x: (usize, String),
    /// Index and name of the party upwards.
    pub y: (usize, String),
    /// No agreement, at the modes.
    pub no_deal: (f64, f64),
    /// The situation as it stands, at the modes.
    pub now: (f64, f64),
    /// What the two alone could reach at the modes, from left to right.
    pub frontier: Vec<(f64, f64)>,
    /// Solutions by name.
    pub solutions: Vec<Mark>,
}

/// One solution in a scatter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mark {
    /// Its name.
    pub name: String,
    /// At the modes.
    pub modes: Option<(f64, f64)>,
    /// In the draws that have it.
    pub draws: Vec<(f64, f64)>,
}

/// Forms against parties.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Board {
    /// Parties that must ratify something.
    pub parties: Vec<String>,
    /// One row a form.
    pub forms: Vec<BoardRow>,
}

/// One form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoardRow {
    /// Its name.
    pub name: String,
    /// By party of the board: chance that it ratifies, none where it is not asked.
    pub ratifies: Vec<Option<(f64, Spread)>>,
    /// Chance that all do.
    pub all: (f64, Spread),
    /// Smallest gain of the fairest package, at the modes and over draws.
    pub zone: (Option<f64>, Spread),
    /// Share of draws with a ratifiable zone.
    pub open: f64,
}

/// One issue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelShares {
    /// Its name.
    pub issue: String,
    /// Levels in words.
    pub levels: Vec<String>,
    /// By level: at the modes, and over draws.
    pub election: Vec<(f64, Spread)>,
    /// By level: share of simulated runs that end there, if runs were made beside.
    pub simulated: Option<Vec<f64>>,
}

/// The parties that the scenario's joint chart is about.
pub fn joint_parties(study: &Study) -> (usize, usize) {
    let scenario = &study.model.scenario;
    let index = |id: &String| scenario.parties.iter().position(|party| party.id == *id);
    let asked = scenario.report.joint.as_ref();
    asked
        .and_then(|(x, y)| Some((index(x)?, index(y)?)))
        .unwrap_or((0, 1.min(scenario.parties.len() - 1)))
}

/// The Pareto frontier of two parties over the packages that neither refuses, from left to right:
/// exact, since within a slice the frontier of a sum is made of frontiers.
pub fn pair_frontier(space: &Space, x: usize, y: usize) -> Vec<(f64, f64)> {
    let (low, high) = (x.min(y), x.max(y));
    let slices = Slices::new(space, &[low, high]);
    let mut points = Vec::new();
    for slice in &slices.list {
        // Points that change no promise yet, and those that do.
        let mut fronts = [vec![(slice.base[0], slice.base[1])], Vec::new()];
        for block in &slice.blocks {
            let mut next = [Vec::new(), Vec::new()];
            for (before, front) in fronts.iter().enumerate() {
                for &(a, b) in front {
                    let choices = block.changes.chunks_exact(2).zip(&block.promises);
                    for (change, &promises) in choices {
                        let to = usize::from(before == 1 || promises);
                        next[to].push((a + change[0], b + change[1]));
                    }
                }
            }
            fronts = next.map(pareto);
        }
        let [silent, promising] = fronts;
        let kept = if slice.must_promise {
            Vec::new()
        } else {
            silent
        };
        for (a, b) in kept.into_iter().chain(promising) {
            let of =
                |change: f64, party: usize| space.now[party] + ratified(change, slice.ratified);
            let (a, b) = (of(a, low), of(b, high));
            points.push(if x <= y { (a, b) } else { (b, a) });
        }
    }
    pareto(points)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solve::space::tests::random;

    #[test]
    fn the_frontier_of_two_is_that_of_all_packages() {
        for seed in 0..80 {
            let space = random(seed);
            let mut points = Vec::new();
            space.each(|_, of| {
                if of[0].is_finite() && of[1].is_finite() {
                    points.push((of[1], of[0]));
                }
                true
            });
            let (found, expected) = (pair_frontier(&space, 1, 0), pareto(points));
            assert_eq!(found.len(), expected.len(), "{seed}");
            for (a, b) in found.iter().zip(&expected) {
                assert!((a.0 - b.0).abs() + (a.1 - b.1).abs() < 1e-12, "{seed}");
            }
        }
    }
}
