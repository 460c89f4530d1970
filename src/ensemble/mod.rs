//! Many runs of one scenario: draws of its uncertain numbers times replicates of its luck.
//!
//! Flows in: something that can play one run ([`Simulator`]) and a [`Plan`]. Flows out: a
//! [`Summary`] and, on request, every run as rows. Invariant: the result is a function of scenario
//! and plan alone. Runs are grouped into chunks of a fixed size, chunks are folded on their own and
//! merged in index order, so the number of threads cannot change one bit; and memory does not grow
//! with the number of runs.
//!
//! Start with `run`, which drives the threads; `sums` is what a chunk folds into; `summarise` turns
//! the sums into the summary; `paired` compares two ensembles on shared luck.

pub mod association;
#[cfg(feature = "cli")]
pub mod claims;
#[cfg(feature = "cli")]
pub mod discover;
pub mod facts;
pub mod game;
pub mod intervals;
#[cfg(feature = "cli")]
pub mod looks;
#[cfg(feature = "cli")]
pub mod outcomes;
pub mod paired;
#[cfg(feature = "cli")]
pub mod rare;
#[cfg(feature = "cli")]
pub mod run;
#[cfg(feature = "cli")]
pub mod screen;
#[cfg(feature = "cli")]
mod summarise;
pub mod summary;
#[cfg(feature = "cli")]
pub mod sums;
pub mod theory;
pub mod versus;

#[cfg(test)]
pub(crate) mod fake;

use std::ops::Range;

use crate::engine::record::RunRecord;
use facts::ScenarioFacts;
pub use summary::Summary;
use theory::Yardstick;

/// Version of what the model computes: raised whenever the same scenario and seed give other runs.
pub const MODEL_VERSION: u32 = 1;

/// Something that can play single runs of a scenario; the engine is one, tests have another.
///
/// A run must be a pure function of (scenario, seed, draw index, replicate).
pub trait Simulator: Sync {
    /// Parameter values of one draw and the tables computed from them.
    type Draw: Send;
    /// Scratch memory of one thread.
    type Workspace: Send;

    /// New scratch memory.
    fn workspace(&self) -> Self::Workspace;

    /// The parameters of one draw.
    fn draw(&self, seed: u64, draw: u32) -> Self::Draw;

    /// Prior weight of every type in this draw, each party's adding up to 1, in the row order of
    /// [`RunRecord::belief`]; `weights` has one place a type.
    fn priors(&self, draw: &Self::Draw, weights: &mut [f64]);

    /// Plays one run and fills `record`, whose shape is [`ScenarioFacts::shape`].
    fn run(
        &self,
        draw: &Self::Draw,
        workspace: &mut Self::Workspace,
        seed: u64,
        draw_index: u32,
        replicate: u32,
        record: &mut RunRecord,
    );

    /// Plays runs of one draw and shows each record, in their order.
    fn run_all(
        &self,
        draw: &Self::Draw,
        workspace: &mut Self::Workspace,
        seed: u64,
        draw_index: u32,
        replicates: Range<u32>,
        mut see: impl FnMut(&RunRecord),
    ) {
        let mut record = RunRecord::new(self.info().shape());
        for replicate in replicates {
            self.run(draw, workspace, seed, draw_index, replicate, &mut record);
            see(&record);
        }
    }

    /// Holds a run that was played on the draw to the theory; none if the simulator knows none.
    fn measure(&self, _draw: &Self::Draw, _record: &RunRecord) -> Option<Yardstick> {
        None
    }

    /// Names and dates for tables and charts.
    fn info(&self) -> &ScenarioFacts;
}

/// How many runs, and with which luck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    seed: u64,
    draws: u32,
    replicates: u32,
}

/// Why a plan is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// No draws.
    #[error("the number of draws must be at least 1")]
    NoDraws,
    /// No replicates.
    #[error("the number of replicates must be at least 1")]
    NoReplicates,
}

impl Plan {
    /// `draws` parameter draws with `replicates` runs each.
    ///
    /// # Errors
    /// If there would be no run.
    pub fn new(seed: u64, draws: u32, replicates: u32) -> Result<Self, PlanError> {
        if draws == 0 {
            return Err(PlanError::NoDraws);
        }
        if replicates == 0 {
            return Err(PlanError::NoReplicates);
        }
        Ok(Self {
            seed,
            draws,
            replicates,
        })
    }

    /// Random seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Parameter draws.
    pub fn draws(&self) -> u32 {
        self.draws
    }

    /// Runs per draw.
    pub fn replicates(&self) -> u32 {
        self.replicates
    }

    /// All runs.
    pub fn runs(&self) -> u64 {
        u64::from(self.draws) * u64::from(self.replicates)
    }

    /// Draw and replicate of run `index`: replicates vary fastest.
    pub fn run_at(&self, index: u64) -> (u32, u32) {
        let replicates = u64::from(self.replicates);
        ((index / replicates) as u32, (index % replicates) as u32)
    }
}
