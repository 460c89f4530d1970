//! Where it turned: each decision played again with another choice.
//!
//! Flows in: a game that is over, packages worth trying. Flows out: [`Turn`]s: by how much another
//! choice would have moved the outcomes and the seat's utility. After the decision the agent plays
//! the seat in both branches, with the same luck run by run, so that only the decision differs.
//!
//! Every decision is first screened with few runs; those that seem to matter most are played again
//! with fresh luck, and only those runs are reported: what was picked for being large is not measured
//! by what it was picked by. Intervals hold for all reported figures together (Bonferroni).

use rayon::prelude::*;

use crate::math;
use crate::scenario::types::MoveKind;
use crate::seat::after::{Faced, WhatIf};
use crate::seat::sitter::{Act, Asked};
use crate::seat::{Game, Terms};
use crate::stats::moments::Moments;
use crate::stats::paired::Pairs;

/// Luck of the screening and of the measurement: far from that of any game or comparison.
const SCREENING: u32 = 1 << 30;
const MEASURING: u32 = 3 << 29;
/// Other choices measured after the screening.
const MEASURED: usize = 8;
/// Least change of the mean utility that is worth telling: half a point of 100.
const NOTABLE: f64 = 0.005;
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

/// What could have been done in a decision's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instead {
    /// This.
    Act(Act),
    /// Whatever the agent does there.
    Agent,
}

/// One decision against another choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// Number of the decision, from 0.
    pub decision: usize,
    /// What could have been decided in its place.
    pub instead: Instead,
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
    /// Whether an interval excludes that the decision moved no outcome, or that it moved the seat's
    /// utility by less than `NOTABLE`.
    pub fn is_clear(&self) -> bool {
        let beyond = |least: f64, (low, high): (f64, f64)| low > least || high < -least;
        beyond(0.0, self.most.2) || beyond(NOTABLE, self.utility.1)
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

/// Outcome and utility of the seat, by run.
type Ends = Vec<(usize, f64)>;

/// Finds the decisions that moved most. `packages` are offers worth trying: a round and what to put
/// on the table in place of an offer made there.
pub fn turning(
    game: &Game,
    faced: &[Faced],
    packages: &[(usize, Terms)],
    effort: Effort,
) -> Turning {
    let outcomes = game.table().model.outcomes.len();
    let branches: Vec<(usize, Vec<Instead>)> = (faced.iter().enumerate())
        .map(|(index, point)| (index, alternatives(game, point, packages)))
        .filter(|(_, instead)| !instead.is_empty())
        .collect();
    let luck = SCREENING..SCREENING + effort.screening;
    let screened: Vec<Vec<(f64, usize, Instead)>> = branches
        .par_iter()
        .map_init(
            || game.what_if(),
            |player, (decision, instead)| {
                let actual = play(game, player, *decision, None, luck.clone());
                // A choice that the table would not have taken is no alternative.
                let actual = actual.as_ref();
                let mut moved = |instead: &Instead| {
                    let other = play(game, player, *decision, Some(instead), luck.clone())?;
                    Some((size(outcomes, actual?, &other), *decision, instead.clone()))
                };
                instead.iter().filter_map(&mut moved).collect()
            },
        )
        .collect();
    let alternatives = screened.iter().map(Vec::len).sum();
    let mut screened: Vec<(f64, usize, Instead)> = screened.into_iter().flatten().collect();
    screened.retain(|(moved, ..)| *moved > 0.0);
    screened.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    screened.truncate(MEASURED);
    let figures = screened.len() * (outcomes + 1);
    let z = math::normal_quantile(1.0 - 0.025 / figures.max(1) as f64);
    let luck = MEASURING..MEASURING + effort.measuring;
    let mut turns: Vec<Turn> = screened
        .par_iter()
        .map_init(
            || game.what_if(),
            |player, (_, decision, instead)| {
                let actual = play(game, player, *decision, None, luck.clone())?;
                let other = play(game, player, *decision, Some(instead), luck.clone())?;
                Some(turn(outcomes, (*decision, instead), &actual, &other, z))
            },
        )
        .flatten()
        .collect();
    turns.sort_by(|a, b| {
        let size = |turn: &Turn| turn.most.1.abs();
        (b.certain().total_cmp(&a.certain()))
            .then(size(b).total_cmp(&size(a)))
            .then(a.decision.cmp(&b.decision))
    });
    // One line a decision: the choice that would have moved most.
    let mut seen: Vec<usize> = Vec::new();
    turns.retain(|turn| {
        let new = !seen.contains(&turn.decision);
        seen.push(turn.decision);
        new
    });
    Turning {
        turns,
        decisions: branches.len(),
        alternatives,
        screening: effort.screening,
    }
}

/// Every other choice that is worth a look: not walking out, which ends any meeting, nor a move that
/// ends the run. What comes of these is certain and the same at every turn: measured, they would always
/// come first and tell nothing of the choice made. A decision of that kind that *was* taken is held
/// against the others like any.
pub(super) fn alternatives(
    game: &Game,
    point: &Faced,
    packages: &[(usize, Terms)],
) -> Vec<Instead> {
    let moment = &point.moment;
    if moment.asked == Asked::Move {
        let worth = |act: &Act| {
            let option = match act {
                Act::Move(index) => Some(*index),
                _ => None,
            };
            let found = moment.options.iter().find(|(known, _)| *known == option);
            found.map_or(f64::NEG_INFINITY, |(_, worth)| *worth)
        };
        let plans = &game.table().model.moves;
        let ends = |act: &Act| match act {
            Act::Move(index) => plans[*index].kind == MoveKind::Terminal,
            _ => false,
        };
        let mut moves = point.others.clone();
        moves.retain(|act| !ends(act));
        moves.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
        return moves.into_iter().take(OPTIONS).map(Instead::Act).collect();
    }
    let others = point.others.iter().filter(|act| **act != Act::WalkOut);
    let mut found: Vec<Instead> = others.cloned().map(Instead::Act).collect();
    if matches!(moment.asked, Asked::Respond | Asked::Offer) {
        found.push(Instead::Agent);
        let there = packages.iter().filter(|(round, _)| *round == moment.round);
        let others = there.map(|(_, terms)| Act::Offer(terms.clone()));
        found.extend(others.filter(|act| *act != point.act).map(Instead::Act));
    }
    found
}

/// How the game goes on after a decision, or after something else in its place; none if that was
/// not to be had.
fn play(
    game: &Game,
    player: &mut WhatIf<'_>,
    decision: usize,
    instead: Option<&Instead>,
    luck: std::ops::Range<u32>,
) -> Option<Ends> {
    let seat = game.table().seat;
    luck.map(|luck| {
        let record = match instead {
            None => player.continue_with_agents(decision, None, Some(luck)),
            Some(Instead::Act(act)) => player.continue_with_agents(decision, Some(act), Some(luck)),
            Some(Instead::Agent) => player.agent_from(decision, Some(luck)),
        };
        let record = record.ok()?;
        Some((usize::from(record.outcome), record.utility[seat]))
    })
    .collect()
}

fn pairs(outcomes: usize, actual: &Ends, other: &Ends) -> Vec<Pairs> {
    let mut pairs = vec![Pairs::default(); outcomes];
    for (a, b) in actual.iter().zip(other) {
        for (outcome, pairs) in pairs.iter_mut().enumerate() {
            pairs.add(a.0 == outcome, b.0 == outcome);
        }
    }
    pairs
}

/// The largest change, of an outcome's share or of the mean utility.
fn size(outcomes: usize, actual: &Ends, other: &Ends) -> f64 {
    let utility: f64 = actual.iter().zip(other).map(|(a, b)| b.1 - a.1).sum();
    let utility = utility.abs() / actual.len().max(1) as f64;
    let shares = pairs(outcomes, actual, other);
    let shares = shares.iter().map(|pairs| pairs.difference().abs());
    shares.fold(utility, f64::max)
}

fn turn(
    outcomes: usize,
    (decision, instead): (usize, &Instead),
    actual: &Ends,
    other: &Ends,
    z: f64,
) -> Turn {
    let pairs = pairs(outcomes, actual, other);
    let mut utility = Moments::default();
    for (a, b) in actual.iter().zip(other) {
        utility.add(b.1 - a.1);
    }
    // The first of equals.
    let most = (pairs.iter().enumerate().rev())
        .map(|(outcome, pairs)| (outcome, pairs.difference()))
        .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
        .expect("a scenario has an outcome");
    let reach = z * utility.variance_of_mean().sqrt();
    Turn {
        decision,
        instead: instead.clone(),
        n: actual.len() as u32,
        outcomes: (pairs.iter())
            .map(|pairs| (pairs.both + pairs.first, pairs.both + pairs.second))
            .collect(),
        most: (most.0, most.1, pairs[most.0].interval(z)),
        utility: (utility.mean, (utility.mean - reach, utility.mean + reach)),
    }
}
