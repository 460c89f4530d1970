//! A scenario made ready to be solved: at the modes of its numbers, and in many draws of them.
//!
//! Flows in: a model, a seed, a number of draws. Flows out: a [`Study`] of [`Case`]s. Invariant: a
//! case is one complete-information game. Its numbers are those of the draw of the same seed and
//! index in `run`; each party's type is drawn from its prior with luck of its own (the likeliest
//! one at the modes), so that a band over draws also shows ignorance of who the parties are.

use crate::engine::opening::{Opening, opening};
use crate::engine::{Prepared, prepare};
use crate::model::streams::parameter_uniform;
use crate::model::{Draw, Model};

use super::election::Election;
use super::space::Space;

/// What the person asking may choose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Exponent of a victory in the probabilistic Condorcet election, above 0.
    pub nu: f64,
    /// How that election is decided.
    pub election: Election,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            nu: 1.0,
            election: Election::Conditional,
        }
    }
}

/// A scenario in all its draws.
#[derive(Debug)]
pub struct Study {
    /// The compiled scenario.
    pub model: Model,
    /// Seed of the draws.
    pub seed: u64,
    /// What was asked for.
    pub options: Options,
    /// Every number at its mode, every party of its likeliest type.
    pub modes: Case,
    /// The draws, in order.
    pub draws: Vec<Case>,
}

impl Study {
    /// Name of a party.
    pub fn party(&self, party: usize) -> &str {
        &self.model.scenario.parties[party].name
    }
}

/// One draw as a game of complete information.
#[derive(Debug)]
pub struct Case {
    /// Number of the draw; none at the modes.
    pub draw: Option<u32>,
    /// By party: its row of the model, that is its type.
    pub rows: Vec<usize>,
    /// The draw with what the engine computes from it.
    pub prepared: Prepared,
    /// No agreement and force on the first day.
    pub opening: Opening,
    /// Its packages and what they are worth to each party.
    pub space: Space,
}

impl Case {
    /// Every number at its mode, every party of its likeliest type (the first among equals).
    pub fn modes(model: &Model) -> Self {
        let draw = model.modes();
        let rows = (model.parties.iter())
            .map(|party| {
                let prior = |row: &usize| draw.rows[*row].prior;
                party
                    .rows()
                    .reduce(|best, row| {
                        if prior(&row) > prior(&best) {
                            row
                        } else {
                            best
                        }
                    })
                    .expect("a party has a type")
            })
            .collect();
        Self::new(model, draw, None, rows)
    }

    /// Draw number `index`, types drawn from its priors.
    pub fn draw(model: &Model, seed: u64, index: u32) -> Self {
        let draw = model.draw(seed, index);
        let rows = (model.parties.iter().zip(&model.scenario.parties))
            .map(|(party, named)| {
                let name = format!("solve:type:{}", named.id);
                let mut left = parameter_uniform(seed, &name, index);
                let last = party.first_row + party.types - 1;
                party
                    .rows()
                    .find(|&row| {
                        left -= draw.rows[row].prior;
                        left < 0.0
                    })
                    .unwrap_or(last)
            })
            .collect();
        Self::new(model, draw, Some(index), rows)
    }

    /// A draw with given types.
    pub fn new(model: &Model, draw: Draw, index: Option<u32>, rows: Vec<usize>) -> Self {
        let prepared = prepare(model, draw);
        let opening = opening(model, &prepared);
        let space = Space::new(model, &prepared, &opening, &rows);
        Self {
            draw: index,
            rows,
            prepared,
            opening,
            space,
        }
    }

    /// Payoff of a force option to a party.
    pub fn war(&self, option: usize, party: usize) -> f64 {
        self.opening.war[option].payoff[self.rows[party]]
    }

    /// No-deal payoffs, by party.
    pub fn no_deal(&self) -> &[f64] {
        &self.space.no_deal
    }
}
