//! The same facts, played by agents many times: what a result is held against.
//!
//! Flows in: the draw a game was played in, the seat and its type. Flows out: a [`Comparison`]: the
//! seat's utility and the outcome of every run. Invariant: the numbers of the player's brief are the
//! same in every run; luck and what the others really are differ. Same result for any number of
//! threads.

use rayon::prelude::*;

use crate::engine::{Prepared, Workspace, run_all};
use crate::model::Model;
use crate::stats::percentile::{Percentile, quantile_dots};

/// Runs tried at most for each that is asked for: the player's type may be a rare one.
const TRIES: u32 = 12;
/// Runs a thread takes at a time.
const CHUNK: u32 = 100;
/// Utilities that differ by less are the same.
pub const SAME: f64 = 1e-9;

/// Runs of agents in all seats.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Seed of the draw.
    pub seed: u64,
    /// Number of the draw.
    pub draw: u32,
    /// Utility of the seat and outcome of each run, by rising utility.
    pub runs: Vec<(f64, usize)>,
    /// Runs by outcome.
    pub outcomes: Vec<u64>,
}

impl Comparison {
    /// Plays `wanted` runs of the draw in which the party is of the type of a row; fewer if that type
    /// is too rare.
    pub fn play(model: &Model, prepared: &Prepared, party: usize, row: usize, wanted: u32) -> Self {
        let kind = (row - model.parties[party].first_row) as u8;
        let mut runs = Vec::new();
        let mut first = 0;
        while runs.len() < wanted as usize && first < wanted * TRIES {
            // As many as are still missing if every run were of the type; at least a chunk a thread.
            let missing = (wanted - runs.len() as u32).max(CHUNK);
            let chunks: Vec<u32> = (0..missing.div_ceil(CHUNK)).collect();
            let played: Vec<Vec<(f64, usize)>> = chunks
                .into_par_iter()
                .map_init(
                    || Workspace::new(model),
                    |workspace, chunk| {
                        let from = first + chunk * CHUNK;
                        let mut found = Vec::new();
                        run_all(model, prepared, workspace, from..from + CHUNK, |record| {
                            if record.types[party] == kind {
                                found.push((record.utility[party], usize::from(record.outcome)));
                            }
                        });
                        found
                    },
                )
                .collect();
            first += missing.div_ceil(CHUNK) * CHUNK;
            runs.extend(played.into_iter().flatten());
        }
        runs.truncate(wanted as usize);
        let mut outcomes = vec![0; model.outcomes.len()];
        for (_, outcome) in &runs {
            outcomes[*outcome] += 1;
        }
        runs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        Self {
            seed: prepared.draw().seed,
            draw: prepared.draw().index,
            runs,
            outcomes,
        }
    }

    /// Share of each outcome.
    pub fn shares(&self) -> Vec<f64> {
        let n = self.runs.len().max(1) as f64;
        self.outcomes
            .iter()
            .map(|count| *count as f64 / n)
            .collect()
    }

    /// The place of a utility among the runs.
    pub fn place(&self, utility: f64) -> Percentile {
        Percentile::of(utility, self.runs.iter().map(|run| run.0), SAME)
    }

    /// The runs that stand for all in a dotplot.
    pub fn dots(&self, dots: usize) -> Vec<(f64, usize)> {
        quantile_dots(self.runs.len(), dots)
            .into_iter()
            .map(|at| self.runs[at])
            .collect()
    }

    /// Median utility; 0 without runs.
    pub fn median(&self) -> f64 {
        self.runs.get(self.runs.len() / 2).map_or(0.0, |run| run.0)
    }
}
