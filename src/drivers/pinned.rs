//! A scenario some of whose type priors are given.
//!
//! Flows in: a [`Game`], a type of a party and its probability. Flows out: a [`Simulator`] in which the
//! party is of that type with exactly this probability. Invariant: the other types keep their
//! proportions, draw by draw: `q_k = (1 - v) w_k / sum of the others' w`, so that pinning a type to
//! what a draw gave it anyway changes nothing.

use std::ops::Range;

use crate::engine::record::RunRecord;
use crate::engine::{Prepared, Workspace, prepare};
use crate::ensemble::Simulator;
use crate::ensemble::facts::ScenarioFacts;
use crate::ensemble::game::Game;
use crate::ensemble::theory::Yardstick;
use crate::model::{Model, ParamId};

/// The priors of one party: those that are given, and those that share the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Priors {
    given: Vec<(ParamId, f64)>,
    others: Vec<ParamId>,
}

/// A game with priors set from outside.
#[derive(Debug, Clone)]
pub struct Pinned {
    game: Game,
    parties: Vec<Priors>,
}

/// Whether a path is that of a type's prior, of a party that has more than one.
pub fn is_prior(model: &Model, path: &str) -> bool {
    prior(model, path).is_some()
}

/// The party and the number of a prior.
fn prior(model: &Model, path: &str) -> Option<(usize, ParamId)> {
    model
        .rows
        .iter()
        .filter(|row| model.parties[row.party].types > 1)
        .map(|row| (row.party, row.prior))
        .find(|(_, id)| model.params[id.0 as usize].name == path)
}

impl Priors {
    /// Priors by their paths; paths of other numbers are left alone.
    ///
    /// # Errors
    /// A sentence, if a probability is none or those of a party add up to more than 1.
    pub fn new(model: &Model, asked: &[(&str, f64)]) -> Result<Vec<Self>, String> {
        let mut parties: Vec<(usize, Self)> = Vec::new();
        for &(path, value) in asked {
            let Some((party, id)) = prior(model, path) else {
                continue;
            };
            if !(0.0..=1.0).contains(&value) {
                return Err(format!(
                    "{path}={value} is refused: a probability from 0 to 1 is expected"
                ));
            }
            if !parties.iter().any(|(known, _)| *known == party) {
                let rows = model.parties[party].rows();
                let mut others: Vec<ParamId> = rows.map(|row| model.rows[row].prior).collect();
                others.dedup();
                let given = Vec::new();
                parties.push((party, Self { given, others }));
            }
            let known = parties.iter_mut().find(|(known, _)| *known == party);
            let (_, plan) = known.expect("it was put there if it was missing");
            plan.given.push((id, value));
            plan.others.retain(|other| *other != id);
        }
        for (party, plan) in &parties {
            let sum: f64 = plan.given.iter().map(|(_, value)| value).sum();
            let name = &model.scenario.parties[*party].id;
            if sum > 1.0 + 1e-9 {
                return Err(format!(
                    "the probabilities asked for the types of `{name}` add up to {sum}; at most 1 \
                     is possible"
                ));
            }
            if plan.others.is_empty() && (sum - 1.0).abs() > 1e-9 {
                return Err(format!(
                    "the probabilities asked for all types of `{name}` add up to {sum}, not to 1"
                ));
            }
        }
        Ok(parties.into_iter().map(|(_, plan)| plan).collect())
    }
}

impl Pinned {
    /// A game with these priors.
    pub fn new(game: Game, parties: Vec<Priors>) -> Self {
        Self { game, parties }
    }

    /// The compiled scenario.
    pub fn model(&self) -> &Model {
        self.game.model()
    }

    /// Sets the priors among the numbers of a draw.
    fn set(&self, values: &mut [f64]) {
        for party in &self.parties {
            let given: f64 = party.given.iter().map(|(_, value)| value).sum();
            let others: f64 = party.others.iter().map(|id| values[id.0 as usize]).sum();
            let left = (1.0 - given).max(0.0);
            for id in &party.others {
                let value = &mut values[id.0 as usize];
                // Types that nobody thinks possible share what is left evenly: something must be.
                *value = if others > 0.0 {
                    left * *value / others
                } else {
                    left / party.others.len() as f64
                };
            }
            for (id, value) in &party.given {
                values[id.0 as usize] = *value;
            }
        }
    }
}

impl Simulator for Pinned {
    type Draw = Prepared;
    type Workspace = Workspace;

    fn workspace(&self) -> Workspace {
        self.game.workspace()
    }

    fn draw(&self, seed: u64, draw: u32) -> Prepared {
        let model = self.game.model();
        let mut values = model.values(seed, draw);
        self.set(&mut values);
        prepare(model, model.draw_of(seed, draw, values))
    }

    fn priors(&self, draw: &Prepared, weights: &mut [f64]) {
        self.game.priors(draw, weights);
    }

    fn run(
        &self,
        draw: &Prepared,
        workspace: &mut Workspace,
        seed: u64,
        draw_index: u32,
        replicate: u32,
        record: &mut RunRecord,
    ) {
        self.game
            .run(draw, workspace, seed, draw_index, replicate, record);
    }

    fn run_all(
        &self,
        draw: &Prepared,
        workspace: &mut Workspace,
        seed: u64,
        draw_index: u32,
        replicates: Range<u32>,
        see: impl FnMut(&RunRecord),
    ) {
        self.game
            .run_all(draw, workspace, seed, draw_index, replicates, see);
    }

    fn measure(&self, draw: &Prepared, record: &RunRecord) -> Option<Yardstick> {
        self.game.measure(draw, record)
    }

    fn info(&self) -> &ScenarioFacts {
        self.game.info()
    }
}
