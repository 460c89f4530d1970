//! One run: from the first day to an outcome.
//!
//! Flows in: a compiled [`Model`], one prepared draw of its parameters, a seed
//! and the number of the replicate. Flows out: a [`RunRecord`], and notes to a [`Log`].
//!
//! Invariant: a run is a pure function of (model, seed, draw, replicate). It reads no file, clock
//! or thread, cannot fail, and allocates nothing that lasts. A round has three steps: events, drift
//! and assessment (`Run::open_round`); talks; moves, beliefs and the record (`Run::close_round`).
//! [`run`] takes one run through all rounds, [`run_all`] many side by side.

mod acts;
mod batch;
mod beliefs;
pub mod frontier;
pub mod log;
mod moves;
pub mod opening;
mod options;
pub mod record;
pub mod seats;
mod simulate;
pub mod stepper;
mod tables;
mod talks;
mod world;
mod worth;

pub use batch::run_all;
pub use log::{Log, Note};
pub use record::{RunRecord, Status};
pub use seats::{Ask, Standpoint, Tabled};
pub use simulate::{Prepared, Workspace, prepare, run};
pub use stepper::Unfinished;

use crate::model::Draw;
use crate::model::plan::{EffectsPlan, Model};
use tables::Tables;
use talks::offer::OfferBook;
use world::World;

/// A run under way: what it reads, what it changes, who listens.
struct Run<'a, L: Log> {
    model: &'a Model,
    draw: &'a Draw,
    tables: &'a Tables,
    book: &'a mut OfferBook,
    world: &'a mut World,
    record: &'a mut RunRecord,
    log: &'a mut L,
}

impl<L: Log> Run<'_, L> {
    /// Lets effects happen.
    fn apply(&mut self, effects: &EffectsPlan) {
        self.world
            .apply(self.model, self.draw, self.tables, effects);
    }
}
