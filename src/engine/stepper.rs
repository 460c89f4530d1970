//! A run that stops between rounds: it can be looked at, copied and continued on other luck.
//!
//! Flows in: a model, a prepared draw, the number of a replicate. Flows out: the state after each
//! round, and at the end the same record that [`run`](super::run) writes. Invariant: a run stepped to
//! its end without [`Unfinished::rekey`] leaves the record of [`run`](super::run) to the last bit, in
//! whatever order copies share a [`Workspace`].

use super::log::Log;
use super::record::RunRecord;
use super::world::World;
use super::{Prepared, Run, Workspace};
use crate::model::condition::Test;
use crate::model::plan::{Model, Slots};

/// A run between two rounds.
#[derive(Debug, Clone)]
pub struct Unfinished {
    world: World,
    record: RunRecord,
    round: usize,
}

impl Unfinished {
    /// The first morning: types are drawn, nothing has happened.
    pub fn start(
        model: &Model,
        prepared: &Prepared,
        workspace: &mut Workspace,
        replicate: u32,
    ) -> Self {
        let mut unfinished = Self::new(model);
        unfinished.restart(model, prepared, workspace, replicate);
        unfinished
    }

    /// Memory for a run.
    pub(super) fn new(model: &Model) -> Self {
        Self {
            world: World::new(model),
            record: RunRecord::new(model.record_shape()),
            round: 0,
        }
    }

    /// Back to the first morning, of another replicate or another draw.
    pub(super) fn restart(
        &mut self,
        model: &Model,
        prepared: &Prepared,
        workspace: &mut Workspace,
        replicate: u32,
    ) {
        let draw = prepared.draw();
        self.round = 0;
        self.record.draw = draw.index;
        self.record.replicate = replicate;
        self.world.streams.start(draw.seed, draw.index, replicate);
        self.with(model, prepared, workspace, &mut (), |run| {
            run.world.reset(model, draw, prepared.tables());
            run.draw_types();
        });
    }

    /// From the next round on luck is that of replicate `replicate` of another seed. What has
    /// happened stays, and so do the numbers of the draw and the true types.
    pub fn rekey(&mut self, seed: u64, replicate: u32) {
        let draw = self.record.draw;
        self.world.streams.start(seed, draw, replicate);
        self.record.replicate = replicate;
    }

    /// Plays the next round; nothing if the run is over. `prepared` is the draw it was started with.
    pub fn play_round<L: Log>(
        &mut self,
        model: &Model,
        prepared: &Prepared,
        workspace: &mut Workspace,
        log: &mut L,
    ) {
        if self.is_over(model) {
            return;
        }
        self.open_round(model, prepared, workspace, log);
        self.talk(model, prepared, workspace, log);
        self.close_round(model, prepared, workspace, log);
    }

    /// The next round up to its meeting; the run must not be over.
    pub(super) fn open_round<L: Log>(
        &mut self,
        model: &Model,
        prepared: &Prepared,
        workspace: &mut Workspace,
        log: &mut L,
    ) {
        let round = self.round;
        self.with(model, prepared, workspace, log, |run| run.open_round(round));
    }

    /// The meeting of a round that is open.
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is not general enough in its lifetime"
    )]
    pub(super) fn talk<L: Log>(
        &mut self,
        model: &Model,
        prepared: &Prepared,
        workspace: &mut Workspace,
        log: &mut L,
    ) {
        self.with(model, prepared, workspace, log, |run| run.talks());
    }

    /// The rest of a round whose meeting has been; finishes the record if the run is over then.
    pub(super) fn close_round<L: Log>(
        &mut self,
        model: &Model,
        prepared: &Prepared,
        workspace: &mut Workspace,
        log: &mut L,
    ) {
        let round = self.round;
        self.round += 1;
        self.with(model, prepared, workspace, log, |run| {
            run.close_round(round);
            if run.is_over(round + 1) {
                run.finish(round + 1);
            }
        });
    }

    /// Whether a terminal move or the horizon has ended it.
    pub fn is_over(&self, model: &Model) -> bool {
        self.round >= model.rounds.len() || self.world.terminal.is_some()
    }

    /// The record: complete once the run is over, else its series up to the last round.
    pub fn record(&self) -> &RunRecord {
        &self.record
    }

    /// Rounds played.
    pub fn rounds(&self) -> usize {
        self.round
    }

    /// Tension now, 0 to 1.
    pub fn tension(&self) -> f64 {
        self.world.slots[Slots::TENSION]
    }

    /// Posture of a party now, 0 to 1.
    pub fn posture(&self, model: &Model, party: usize) -> f64 {
        self.world.slots[model.slots.posture(party)]
    }

    /// Terminal move that ended the run.
    pub fn terminal(&self) -> Option<usize> {
        self.world.terminal
    }

    /// How much of a condition holds; see [`Test::progress`].
    pub fn progress(&self, test: &Test) -> f64 {
        test.progress(&self.world.view())
    }

    /// Probability with which the holder of a force option, being of its true type, would have used
    /// it in the last round as that round began; 0 before the first.
    pub fn force_probability(&self, model: &Model, option: usize) -> f64 {
        let row = self.world.truth[model.force[option].holder];
        self.world.force_probability[option * model.rows.len() + row]
    }

    /// Lets a run use the scratch memory for a moment.
    fn with<L: Log>(
        &mut self,
        model: &Model,
        prepared: &Prepared,
        workspace: &mut Workspace,
        log: &mut L,
        act: impl FnOnce(&mut Run<'_, L>),
    ) {
        workspace.hold(prepared);
        // What the book remembers of a world it knows by the world's generation: a world that was
        // elsewhere in between needs one that no other world of this memory has had.
        let generation = workspace.world.generation.wrapping_add(1);
        self.world.generation = generation;
        act(&mut Run {
            model,
            draw: prepared.draw(),
            tables: prepared.tables(),
            book: &mut workspace.book,
            world: &mut self.world,
            record: &mut self.record,
            log,
        });
        workspace.world.generation = self.world.generation;
    }
}
