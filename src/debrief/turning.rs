//! Where it turned: each decision played again with another choice.
//!
//! Flows in: a game, its decision points, packages worth trying. Flows out: [`Turn`]s: by how much
//! another choice would have moved the outcomes and the seat's utility. After the decision the agent
//! plays the seat in both branches, with the same luck run by run, so that only the decision differs.
//!
//! Every decision is first screened with few runs; those that seem to matter most are played again
//! with fresh luck, and only those runs are reported: what was picked for being large is not measured
//! by what it was picked by. Intervals hold for all reported figures together (Bonferroni).

use rayon::prelude::*;

use super::replay::{Decision, Fork, Point, Started};
use crate::engine::{Ask, RunRecord, Tabled, Workspace};
use crate::math;
use crate::stats::moments::Moments;
use crate::stats::paired::Pairs;

/// Luck of the screening, of the measurement: far from that of any run of a game or a comparison.
const SCREENING: u32 = 1 << 30;
const MEASURING: u32 = 3 << 29;
/// Alternatives measured after the screening.
const MEASURED: usize = 8;
/// Options tried at a choice between moves, besides the one chosen.
const OPTIONS: usize = 3;

/// How much work to spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Runs a branch for screening.
    pub screening: u32,
    /// Runs a branch for measuring.
    pub measuring: u32,
}

/// One decision against another choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// Number of the decision among the points.
    pub point: usize,
    /// What could have been decided in its place.
    pub instead: Decision,
    /// Runs a branch.
    pub n: u32,
    /// By outcome: runs after the decision as it was, runs after the other.
    pub outcomes: Vec<(u64, u64)>,
    /// The outcome whose share differs most, the difference (other less actual) and its interval.
    pub most: (usize, f64, (f64, f64)),
    /// Difference of the seat's mean utility (other less actual) and its interval.
    pub utility: (f64, (f64, f64)),
}

impl Turn {
    /// Whether an interval excludes that the decision moved nothing.
    pub fn is_clear(&self) -> bool {
        let excludes = |(low, high): (f64, f64)| low > 0.0 || high < 0.0;
        excludes(self.most.2) || excludes(self.utility.1)
    }

    /// What is left of the largest change at the end of its interval that is nearer to none.
    fn certain(&self) -> f64 {
        let (low, high) = self.most.2;
        low.max(-high).max(0.0)
    }
}

/// What came of looking for turning points.
#[derive(Debug, Clone, PartialEq)]
pub struct Turning {
    /// The decisions measured, each with the choice that would have moved most; what moved the
    /// outcomes most first.
    pub turns: Vec<Turn>,
    /// Decisions looked at.
    pub decisions: usize,
    /// Other choices looked at.
    pub alternatives: usize,
    /// Runs a branch in the screening.
    pub screening: u32,
}

/// Finds the decisions that moved most. `packages` are offers worth trying: a round and what to put
/// on the table in place of an offer made there.
pub fn turning(
    game: &Started<'_>,
    points: &[Point],
    packages: &[(usize, Tabled)],
    effort: Effort,
) -> Turning {
    let branches = alternatives(points, packages);
    let z = |figures: usize| math::normal_quantile(1.0 - 0.025 / figures.max(1) as f64);
    let plain = z(1);
    let mut screened: Vec<(f64, usize, Decision)> = branches
        .par_iter()
        .map_init(
            || memory(game),
            |memory, &(point, instead)| {
                let luck = (SCREENING, effort.screening);
                let turn = measure(game, points, (point, instead), luck, plain, memory);
                let mut moved = turn.utility.0.abs();
                for &(actual, other) in &turn.outcomes {
                    let n = f64::from(turn.n.max(1));
                    moved = moved.max((actual as f64 - other as f64).abs() / n);
                }
                (moved, point, instead)
            },
        )
        .collect();
    let alternatives = screened.len();
    let mut decisions: Vec<usize> = screened.iter().map(|(_, point, _)| *point).collect();
    decisions.dedup();
    screened.retain(|(moved, ..)| *moved > 0.0);
    // The order of the file of decisions decides between equals.
    screened.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    screened.truncate(MEASURED);
    let outcomes = game.model.outcomes.len() + 1;
    let joint = z(screened.len() * outcomes);
    let mut turns: Vec<Turn> = screened
        .par_iter()
        .map_init(
            || memory(game),
            |memory, &(_, point, instead)| {
                let luck = (MEASURING, effort.measuring);
                measure(game, points, (point, instead), luck, joint, memory)
            },
        )
        .collect();
    turns.sort_by(|a, b| {
        let size = |turn: &Turn| turn.most.1.abs();
        (b.certain().total_cmp(&a.certain()))
            .then(size(b).total_cmp(&size(a)))
            .then(a.point.cmp(&b.point))
    });
    // One line a decision: the choice that would have moved most.
    let mut seen: Vec<usize> = Vec::new();
    turns.retain(|turn| {
        let new = !seen.contains(&turn.point);
        seen.push(turn.point);
        new
    });
    Turning {
        turns,
        decisions: decisions.len(),
        alternatives,
        screening: effort.screening,
    }
}

type Memory = (Workspace, RunRecord, RunRecord);

fn memory(game: &Started<'_>) -> Memory {
    let shape = game.model.record_shape();
    let workspace = Workspace::new(game.model);
    (workspace, RunRecord::new(shape), RunRecord::new(shape))
}

/// Every other choice that is worth a look.
fn alternatives(points: &[Point], packages: &[(usize, Tabled)]) -> Vec<(usize, Decision)> {
    let mut found = Vec::new();
    for (index, point) in points.iter().enumerate() {
        match point.decision {
            // That one could have walked out at any question is no news.
            Decision::Answer(Ask::Leave, false) | Decision::Agent => {}
            Decision::Answer(ask, yes) => found.push((index, Decision::Answer(ask, !yes))),
            Decision::Offer(made) => {
                found.push((index, Decision::Agent));
                let there = packages.iter().filter(|(round, _)| *round == point.round);
                let others = there.filter(|(_, tabled)| *tabled != made);
                found.extend(others.map(|(_, tabled)| (index, Decision::Offer(*tabled))));
            }
            Decision::Choice(chosen) => {
                let mut options: Vec<(Option<usize>, f64)> = (point.options.iter().copied())
                    .filter(|(option, _)| *option != chosen)
                    .collect();
                options.sort_by(|a, b| b.1.total_cmp(&a.1));
                let options = options.into_iter().take(OPTIONS);
                found.extend(options.map(|(option, _)| (index, Decision::Choice(option))));
            }
        }
    }
    found
}

fn measure(
    game: &Started<'_>,
    points: &[Point],
    (point, instead): (usize, Decision),
    (first, n): (u32, u32),
    z: f64,
    (workspace, actual, other): &mut Memory,
) -> Turn {
    let mut pairs = vec![Pairs::default(); game.model.outcomes.len()];
    let mut utility = Moments::default();
    for luck in first..first + n {
        let as_it_was = Fork {
            at: point,
            decision: points[point].decision,
            luck,
        };
        game.fork(workspace, actual, as_it_was);
        let otherwise = Fork {
            decision: instead,
            ..as_it_was
        };
        game.fork(workspace, other, otherwise);
        for (outcome, pairs) in pairs.iter_mut().enumerate() {
            let is = |record: &RunRecord| usize::from(record.outcome) == outcome;
            pairs.add(is(actual), is(other));
        }
        utility.add(other.utility[game.party] - actual.utility[game.party]);
    }
    let by_size = |a: &(usize, f64), b: &(usize, f64)| a.1.abs().total_cmp(&b.1.abs());
    let most = (pairs.iter().enumerate())
        .map(|(outcome, pairs)| (outcome, pairs.difference()))
        .rev()
        .max_by(by_size)
        .expect("a scenario has an outcome");
    let reach = z * (utility.variance() / f64::from(n.max(1))).sqrt();
    Turn {
        point,
        instead,
        n,
        outcomes: (pairs.iter())
            .map(|pairs| (pairs.both + pairs.first, pairs.both + pairs.second))
            .collect(),
        most: (most.0, most.1, pairs[most.0].interval(z)),
        utility: (utility.mean, (utility.mean - reach, utility.mean + reach)),
    }
}
