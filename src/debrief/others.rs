//! What the parties really were and wanted in a game: opened only when it is over.
//!
//! Flows in: a model, the draw, who was of which type. Flows out: a [`Wanted`] for each party.

use super::path::Path;
use crate::engine::{Prepared, RunRecord};
use crate::model::Model;
use crate::model::plan::StrategyPlan;

/// A party as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Its true type among its types.
    pub kind: usize,
    /// Probability given to that type by who knew only the file.
    pub prior: f64,
    /// Issues it cares about, what weighs most first.
    pub issues: Vec<Care>,
    /// What no agreement was worth to it in the first round and in the last.
    pub walk_away: (f64, f64),
    /// What it ended with.
    pub utility: f64,
    /// How it bargained, in a few words.
    pub strategy: &'static str,
}

/// What a party cares about in an issue.
#[derive(Debug, Clone, PartialEq)]
pub struct Care {
    /// Issue.
    pub issue: usize,
    /// Share of the party's weights.
    pub weight: f64,
    /// Levels worth most to it.
    pub best: Vec<usize>,
    /// Levels it refuses, with the firmness of that (1: at any price); none without a red line.
    pub refuses: Option<(Vec<usize>, f64)>,
}

/// The parties of a game, in order.
pub fn wanted(model: &Model, prepared: &Prepared, path: &Path, record: &RunRecord) -> Vec<Wanted> {
    let draw = prepared.draw();
    (path.rows.iter().enumerate())
        .map(|(party, &row)| {
            let value = |rounds: Option<&Vec<f64>>| rounds.map_or(0.0, |values| values[party]);
            Wanted {
                kind: row - model.parties[party].first_row,
                prior: draw.rows[row].prior,
                issues: cares(model, prepared, row),
                walk_away: (
                    value(path.disagreement.first()),
                    value(path.disagreement.last()),
                ),
                utility: record.utility[party],
                strategy: strategy(&model.rows[row].strategy, draw.rows[row].inverse_e),
            }
        })
        .collect()
}

fn cares(model: &Model, prepared: &Prepared, row: usize) -> Vec<Care> {
    let draw = prepared.draw();
    let preferences = &model.rows[row].preferences;
    let weighed = || preferences.iter().flatten().map(|p| draw.get(p.weight));
    let total: f64 = weighed().sum();
    let mut cares: Vec<Care> = Vec::new();
    for (issue, preference) in preferences.iter().enumerate() {
        let Some(preference) = preference else {
            continue;
        };
        let weight = draw.get(preference.weight) / if total > 0.0 { total } else { 1.0 };
        let refuses = preference.red_line.map(|(levels, firmness, _)| {
            let levels = (0..model.issues[issue].levels).filter(|level| levels >> level & 1 == 1);
            (levels.collect(), draw.get(firmness))
        });
        if weight <= 0.0 && refuses.is_none() {
            continue;
        }
        let values: Vec<f64> = preference.values.iter().map(|&id| draw.get(id)).collect();
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        cares.push(Care {
            issue,
            weight,
            best: (0..values.len())
                .filter(|&at| values[at] >= most - 1e-12)
                .collect(),
            refuses,
        });
    }
    cares.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.issue.cmp(&b.issue)));
    cares
}

fn strategy(plan: &StrategyPlan, inverse_e: f64) -> &'static str {
    match plan {
        StrategyPlan::TimeDependent(..) if inverse_e > 1.0 + 1e-9 => {
            "gives little until its deadline nears (boulware)"
        }
        StrategyPlan::TimeDependent(..) if inverse_e < 1.0 - 1e-9 => {
            "gives most of it early (conceder)"
        }
        StrategyPlan::TimeDependent(..) => "gives evenly over time (linear)",
        StrategyPlan::RelativeTitForTat
        | StrategyPlan::AbsoluteTitForTat
        | StrategyPlan::AveragedTitForTat(_)
        | StrategyPlan::NiceTitForTat => "gives as it is given (tit for tat)",
        StrategyPlan::Micro => "makes one new offer for each it gets (MiCRO)",
        StrategyPlan::Zeuthen => "gives when it has less to lose by giving (Zeuthen)",
        StrategyPlan::Hardliner => "never gives (hardliner)",
        StrategyPlan::RandomWalker => "asks at random",
        StrategyPlan::Ultimatum => "asks for the most it thinks the other's fear of force bears",
        StrategyPlan::Rubinstein => "asks for its share in Rubinstein's equilibrium",
    }
}

/// Spearman's rank correlation of a guessed order of issues with a party's true weights, over the
/// issues that were ranked; none with fewer than three, or where all weigh the same.
///
/// `rho = cov(R, S) / (sd(R) sd(S))` of the ranks, mid-ranks for ties (Spearman 1904).
pub fn insight(guess: &[usize], wanted: &Wanted) -> Option<f64> {
    if guess.len() < 3 {
        return None;
    }
    let weight = |issue: usize| {
        let found = wanted.issues.iter().find(|care| care.issue == issue);
        found.map_or(0.0, |care| care.weight)
    };
    let weights: Vec<f64> = guess.iter().map(|&issue| weight(issue)).collect();
    // What comes first in the guess is thought to weigh most.
    let guessed: Vec<f64> = (0..guess.len()).map(|place| -(place as f64)).collect();
    let (a, b) = (ranks(&guessed), ranks(&weights));
    let mean = f64::midpoint(guess.len() as f64, 1.0);
    let sum = |a: &[f64], b: &[f64]| -> f64 {
        let products = a.iter().zip(b).map(|(x, y)| (x - mean) * (y - mean));
        products.sum()
    };
    let spread = (sum(&a, &a) * sum(&b, &b)).sqrt();
    (spread > 0.0).then(|| sum(&a, &b) / spread)
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |x: &f64| {
        let below = values.iter().filter(|y| *y < x).count();
        let same = values.iter().filter(|y| y.total_cmp(x).is_eq()).count();
        below as f64 + f64::midpoint(same as f64, 1.0)
    };
    values.iter().map(rank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(weights: &[f64]) -> Wanted {
        let care = |(issue, weight): (usize, &f64)| Care {
            issue,
            weight: *weight,
            best: Vec::new(),
            refuses: None,
        };
        Wanted {
            kind: 0,
            prior: 1.0,
            issues: weights.iter().enumerate().map(care).collect(),
            walk_away: (0.0, 0.0),
            utility: 0.0,
            strategy: "",
        }
    }

    #[test]
    fn ranks_agree_as_spearman_has_it() {
        let party = wanted(&[0.4, 0.3, 0.2, 0.1]);
        let near = |a: Option<f64>, b: f64| (a.expect("defined") - b).abs() < 1e-12;
        assert!(near(insight(&[0, 1, 2, 3], &party), 1.0));
        assert!(near(insight(&[3, 2, 1, 0], &party), -1.0));
        // One exchange of neighbours: 1 - 6 * 2 / (4 * 15).
        assert!(near(insight(&[1, 0, 2, 3], &party), 0.8));
        assert_eq!(insight(&[0, 1], &party), None);
        assert_eq!(insight(&[0, 1, 2], &wanted(&[0.2, 0.2, 0.2])), None);
    }
}
