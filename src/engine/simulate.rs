//! The steps of a run, in their order.

use super::Run;
use super::batch::Batch;
use super::log::{Log, Note};
use super::record::{NONE, RecordShape, RunRecord, Status};
use super::tables::Tables;
use super::talks::offer::OfferBook;
use super::world::{World, add};
use super::worth::Outlook;
use crate::model::Draw;
use crate::model::condition::Test;
use crate::model::plan::{MAX_PARTIES, Model};

/// One draw ready to be run: its numbers, what consequences are worth, the offers worked out so far.
#[derive(Debug, Clone)]
pub struct Prepared {
    draw: Draw,
    tables: Tables,
    /// `[(row * issues + issue) * levels + level]`; see [`Prepared::price`].
    price: Vec<f64>,
    disagreement: Vec<f64>,
    /// Digest of everything that lists of offers are made from.
    digest: u64,
}

impl Prepared {
    /// The numbers.
    pub fn draw(&self) -> &Draw {
        &self.draw
    }

    /// `[(row * issues + issue) * levels + level]`: what the consequences of settling there change
    /// in the disagreement value.
    pub fn price(&self) -> &[f64] {
        &self.price
    }

    /// What the kernel reads of the draw.
    pub(super) fn tables(&self) -> &Tables {
        &self.tables
    }

    /// By row: disagreement value in the opening state.
    pub fn disagreement(&self) -> &[f64] {
        &self.disagreement
    }
}

/// Scratch memory of one thread.
#[derive(Debug, Clone)]
pub struct Workspace {
    pub(super) world: World,
    pub(super) batch: Batch,
    pub(super) book: OfferBook,
    /// Digest of the draw whose offers the book holds.
    holds: Option<u64>,
}

impl Workspace {
    /// Memory for runs of a model.
    pub fn new(model: &Model) -> Self {
        Self {
            world: World::new(model),
            batch: Batch::default(),
            book: OfferBook::new(model),
            holds: None,
        }
    }

    /// By stream of [`Model::streams`]: whether the last run asked for a number of it.
    pub fn streams_asked(&self) -> &[bool] {
        self.world.streams.asked()
    }

    /// Forgets the offers of another draw.
    #[inline]
    pub(super) fn hold(&mut self, prepared: &Prepared) {
        let holds = Some(prepared.digest);
        if self.holds != holds {
            self.book.clear();
            self.holds = holds;
        }
    }
}

impl Model {
    /// Layout of this model's records.
    pub fn record_shape(&self) -> RecordShape {
        RecordShape {
            parties: self.parties.len(),
            issues: self.issues.len(),
            moves: self.moves.len(),
            events: self.events.len(),
            rounds: self.rounds.len(),
            types: self.rows.len(),
        }
    }
}

/// Prices the consequences of settling into a draw: the change of each row's disagreement value,
/// in the state in which the talks open (bargaining over what will decide later bargaining: Fearon
/// 1996).
pub fn prepare(model: &Model, draw: Draw) -> Prepared {
    let mut tables = Tables::new(model, &draw);
    let mut record = RunRecord::new(model.record_shape());
    let mut world = World::new(model);
    world.reset(model, &draw, &tables);
    for (party, plan) in model.parties.iter().enumerate() {
        world.truth[party] = plan.first_row;
    }
    let mut run = Run {
        model,
        draw: &draw,
        tables: &tables,
        book: &mut OfferBook::default(),
        world: &mut world,
        record: &mut record,
        log: &mut (),
    };
    run.assess();
    let mut prices = Vec::new();
    let outlooks: Vec<Outlook> = (0..model.parties.len())
        .map(|party| run.outlook(party))
        .collect();
    for (issue, plan) in model.issues.iter().enumerate() {
        for (levels, effects) in &plan.consequences {
            let mut after = run.world.slots.clone();
            add(&mut after, &draw, &effects.slots);
            for (row, of) in model.rows.iter().enumerate() {
                let outlook = &outlooks[of.party];
                let change = run.disagreement(row, &after, outlook)
                    - run.disagreement(row, &run.world.slots, outlook);
                let change = crate::model::draw::snap(change);
                for level in (0..plan.levels).filter(|level| levels >> level & 1 == 1) {
                    prices.push((row, issue, level, change));
                }
            }
        }
    }
    let mut price = vec![0.0; model.rows.len() * model.issues.len() * model.max_levels];
    for (row, issue, level, change) in prices {
        price[(row * model.issues.len() + issue) * model.max_levels + level] += change;
        tables.add_price(row, issue, level, change);
    }
    let disagreement = world.disagreement.clone();
    let digest = digest(&draw, &tables);
    Prepared {
        draw,
        tables,
        price,
        disagreement,
        digest,
    }
}

/// FNV-1a by words. Seed and number do not tell draws apart: a caller may have changed some of the
/// numbers to see what hangs on them.
fn digest(draw: &Draw, tables: &Tables) -> u64 {
    let words = draw
        .rows
        .iter()
        .map(|row| row.power)
        .chain(draw.worth.iter().copied())
        .chain(draw.estimate.iter().copied())
        .chain(draw.bonus.iter().copied())
        .chain(draw.ratified.iter().copied())
        .chain(tables.prices().iter().flatten().copied())
        .map(f64::to_bits)
        .chain(draw.forbidden.iter().map(|&bits| u64::from(bits)));
    words.fold(0xcbf2_9ce4_8422_2325, |hash: u64, word| {
        // The product carries low bits up only; the turn brings high ones down.
        (hash ^ word)
            .wrapping_mul(0x0000_0100_0000_01b3)
            .rotate_left(23)
    })
}

/// Runs one replicate of a draw into a record.
pub fn run<L: Log>(
    model: &Model,
    prepared: &Prepared,
    workspace: &mut Workspace,
    replicate: u32,
    record: &mut RunRecord,
    log: &mut L,
) {
    let Prepared { draw, tables, .. } = prepared;
    workspace.hold(prepared);
    workspace
        .world
        .streams
        .start(draw.seed, draw.index, replicate);
    workspace.world.reset(model, draw, tables);
    record.draw = draw.index;
    record.replicate = replicate;
    let mut run = Run {
        model,
        draw,
        tables,
        book: &mut workspace.book,
        world: &mut workspace.world,
        record,
        log,
    };
    run.draw_types();
    let mut rounds = 0;
    while !run.is_over(rounds) {
        run.open_round(rounds);
        run.talks();
        run.close_round(rounds);
        rounds += 1;
    }
    run.finish(rounds);
}

impl<L: Log> Run<'_, L> {
    pub(super) fn draw_types(&mut self) {
        for (party, plan) in self.model.parties.iter().enumerate() {
            let mut chosen = plan.first_row + plan.types - 1;
            if plan.types > 1 {
                let mut left = self
                    .world
                    .streams
                    .uniform(self.model.stream.types + party, 0, 0);
                for row in plan.rows() {
                    if left < self.draw.rows[row].prior {
                        chosen = row;
                        break;
                    }
                    left -= self.draw.rows[row].prior;
                }
            }
            self.world.truth[party] = chosen;
            self.record.types[party] = (chosen - plan.first_row) as u8;
        }
        if self.model.talks.drawn_order {
            // A lot for each, by name, so that the order of a file plays no part.
            let mut lots = [0.0; MAX_PARTIES];
            for (party, lot) in lots[..self.model.parties.len()].iter_mut().enumerate() {
                let stream = self.model.stream.order + party;
                *lot = self.world.streams.uniform(stream, 0, 0);
            }
            self.world
                .order
                .sort_unstable_by(|&a, &b| lots[a].total_cmp(&lots[b]));
        }
        if L::ON {
            self.log.note(Note::Types(&self.record.types));
        }
    }

    /// Whether a terminal move or the horizon has ended the run after so many rounds.
    pub(super) fn is_over(&self, rounds: usize) -> bool {
        self.world.terminal.is_some() || rounds >= self.model.rounds.len()
    }

    /// A round up to its meeting. Like its other two steps a function of its own, so that
    /// `benches/budget` can tell them apart.
    #[inline(never)]
    pub(super) fn open_round(&mut self, round: usize) {
        let plan = self.model.rounds[round];
        if round > 0 {
            self.world
                .pass_round(self.model, self.draw, self.tables, round - 1);
        }
        self.world.round = round;
        self.world.day = plan.day;
        let parties = self.model.parties.len();
        self.record.asked[round * parties..(round + 1) * parties].fill(f64::NAN);
        self.record.offered[round * parties..(round + 1) * parties].fill(f64::NAN);
        self.events();
        self.assess();
        for party in 0..parties {
            self.record.disagreement[round * parties + party] =
                self.world.disagreement[self.world.truth[party]];
        }
        self.note_round();
    }

    /// A round from the end of its meeting on.
    #[inline(never)]
    pub(super) fn close_round(&mut self, round: usize) {
        let plan = self.model.rounds[round];
        if plan.moves {
            // Moves are weighed at the end of the round, when its days have passed, with the fears
            // of its beginning and beliefs as the talks have left them.
            self.world.day = plan.day + plan.days;
            self.update_beliefs();
            self.moves();
        }
        self.write_round(round);
    }

    fn note_round(&mut self) {
        if L::ON {
            let now: Vec<f64> = self
                .world
                .truth
                .iter()
                .map(|&row| self.world.now[row])
                .collect();
            let parties = self.model.parties.len();
            let at = self.world.round * parties;
            self.log.note(Note::Round {
                round: self.world.round,
                disagreement: &self.record.disagreement[at..at + parties],
                now: &now,
                view: self.world.view(),
                forms: &self.world.form,
            });
        }
    }

    fn events(&mut self) {
        let (model, draw) = (self.model, self.draw);
        for threat in 0..model.commitments.len() {
            if let (Some(due), Some((_, effects))) =
                (self.world.due[threat], &model.commitments[threat].lapse)
                && due <= self.world.day
            {
                self.world.due[threat] = None;
                self.apply(effects);
                if L::ON {
                    self.log.note(Note::Lapse(threat));
                }
            }
        }
        let round = self.world.round;
        let (from, weeks) = match round.checked_sub(1) {
            Some(before) => {
                let before = model.rounds[before];
                (before.day, f64::from(before.days) / 7.0)
            }
            None => (0, f64::from(model.rounds[0].day) / 7.0),
        };
        // The tension of the days before, so that the order of a file's events plays no part.
        let tension = self.world.slots[crate::model::plan::Slots::TENSION];
        for (index, event) in model.events.iter().enumerate() {
            let done = self.world.done[model.moves.len() + index];
            if done >= event.limit || !self.world.holds(&event.when) {
                continue;
            }
            let happens = match (event.day, event.hazard) {
                (Some(day), _) => done == 0 && day <= self.world.day && (round == 0 || day > from),
                (None, Some(hazard)) => {
                    let weekly = (draw.get(hazard)
                        * (1.0 + draw.get(event.with_tension) * tension))
                        .clamp(0.0, 1.0);
                    let stream = model.stream.events + index;
                    let u = self.world.streams.uniform(stream, round, 0);
                    // 1 - (1 - weekly)^weeks, which is at most weekly max(weeks, 1) (Bernoulli).
                    u < weekly * weeks.max(1.0) + 1e-12
                        && u < 1.0
                            - crate::math::exp(weeks * crate::math::ln((1.0 - weekly).max(1e-300)))
                }
                (None, None) => false,
            };
            if happens {
                self.world.count(model.moves.len() + index);
                self.apply(&event.effects);
                self.world.open = (self.world.open | event.opens) & !event.closes;
                if L::ON {
                    self.log.note(Note::Event(index));
                }
            }
        }
    }

    fn status(&self) -> Status {
        match self.world.terminal {
            Some(index) if self.model.moves[index].force.is_some() => Status::Force,
            Some(_) => Status::BrokenOff,
            None if self.agreed() => Status::Settled,
            None => Status::Talking,
        }
    }

    /// Whether the run, if it ended now, would end in an outcome that asks for an agreement; any
    /// agreement at all where no outcome does.
    fn agreed(&self) -> bool {
        let outcomes = &self.model.outcomes;
        self.world.settled != 0
            && (!outcomes.iter().any(Test::asks_for_agreement)
                || outcomes
                    .iter()
                    .find(|test| self.world.holds(test))
                    .is_some_and(Test::asks_for_agreement))
    }

    fn write_round(&mut self, round: usize) {
        let (parties, rows) = (self.model.parties.len(), self.model.rows.len());
        self.record.status[round] = self.status();
        self.record.tension[round] = self.world.slots[crate::model::plan::Slots::TENSION];
        for party in 0..parties {
            self.record.posture[round * parties + party] =
                self.world.slots[self.model.slots.posture(party)];
        }
        let mut belief = std::mem::take(&mut self.record.belief);
        self.public_belief(&mut belief[round * rows..(round + 1) * rows]);
        if L::ON {
            self.log
                .note(Note::Beliefs(&belief[round * rows..(round + 1) * rows]));
        }
        self.record.belief = belief;
    }

    /// Final utilities, outcome, flags; the series repeat their last value up to the horizon.
    pub(super) fn finish(&mut self, rounds: usize) {
        let (model, parties, rows) = (self.model, self.model.parties.len(), self.model.rows.len());
        let last = rounds - 1;
        let plan = model.rounds[last];
        self.world.day = plan.day + plan.days;
        for party in 0..parties {
            self.record.utility[party] = self.final_utility(party);
        }
        let outcome = model
            .outcomes
            .iter()
            .position(|test| self.world.holds(test));
        self.record.outcome = outcome.unwrap_or(model.outcomes.len() - 1) as u8;
        self.record.flags = model
            .flags
            .iter()
            .enumerate()
            .fold(0, |bits, (index, test)| {
                bits | u64::from(self.world.holds(test)) << index
            });
        let record = &mut *self.record;
        record.rounds = rounds as u16;
        record.end_day = self.world.day;
        record.terminal = self.world.terminal.map_or(NONE, |index| index as u8);
        record
            .level
            .copy_from_slice(&self.world.levels[..model.issues.len()]);
        record.settled_venue.copy_from_slice(&self.world.venue);
        record.settled_form.copy_from_slice(&self.world.form);
        record
            .settled_round
            .copy_from_slice(&self.world.round_settled);
        record
            .moves
            .copy_from_slice(&self.world.done[..model.moves.len()]);
        record
            .events
            .copy_from_slice(&self.world.done[model.moves.len()..]);
        record.failures = self.world.failures;
        record.walkouts = self.world.walkouts;
        for round in rounds..model.rounds.len() {
            record.status[round] = record.status[last];
            record.tension[round] = record.tension[last];
            record
                .posture
                .copy_within(last * parties..rounds * parties, round * parties);
            record.asked[round * parties..(round + 1) * parties].fill(f64::NAN);
            record.offered[round * parties..(round + 1) * parties].fill(f64::NAN);
            record
                .disagreement
                .copy_within(last * parties..rounds * parties, round * parties);
            record
                .belief
                .copy_within(last * rows..rounds * rows, round * rows);
        }
        if L::ON {
            self.log.note(Note::End {
                outcome: usize::from(self.record.outcome),
                day: self.record.end_day,
                utility: &self.record.utility,
            });
        }
    }

    /// What the run was worth to a party: the situation as it stands less what the crisis costs,
    /// or the payoffs of the move that ended it. Force counts at its expected value.
    fn final_utility(&self, party: usize) -> f64 {
        let (model, draw) = (self.model, self.draw);
        let row = self.world.truth[party];
        let peace = self.world.now[row] - self.standing(row, &self.world.slots, self.seated(party));
        let Some(index) = self.world.terminal else {
            return peace;
        };
        let plan = &model.moves[index];
        let Some(option) = plan.force else {
            return peace + plan.payoff[party].map_or(0.0, |id| draw.get(id));
        };
        if model.force[option].holder == party {
            return self.war(row, option, &self.world.slots);
        }
        let damage = model.force[option]
            .damage
            .iter()
            .find(|&&(exposed, _)| exposed == party);
        let carried: f64 = model.force[option]
            .threats
            .iter()
            .filter(|&&(threat, _)| model.commitments[threat].by == party)
            .map(|&(threat, _)| {
                let commitment = &model.commitments[threat];
                let said = self.world.slots[model.slots.said(threat)] * draw.rows[row].resolve;
                said.clamp(0.0, 1.0) * commitment.cost_to_self.map_or(0.0, |id| draw.get(id))
            })
            .sum();
        peace - damage.map_or(0.0, |&(_, id)| draw.get(id)) - carried
    }
}
