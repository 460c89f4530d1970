//! The crisis as it stands: plain data, stepped by the functions of the other modules.
//!
//! Flows in: a model and a prepared draw at [`World::reset`]. Flows out: everything a rule may ask.
//! Invariant: every vector gets its length in [`World::new`]; a run only overwrites.

use super::record::NONE;
use crate::model::condition::{Test, View};
use crate::model::plan::{EffectsPlan, Model, Slots, Start};
use crate::model::streams::Streams;
use crate::model::{Draw, ParamId};

/// How many of the other side's last offers a strategy can look back on.
pub(super) const MEMORY: usize = 16;

/// State of one run, reused from run to run.
#[derive(Debug, Clone)]
pub(super) struct World {
    /// Crisis variables; see `Slots`.
    pub(super) slots: Vec<f64>,
    /// Copy of the variables with a move's effects, while the move is weighed.
    pub(super) after: Vec<f64>,
    /// Level in force by issue.
    pub(super) levels: Vec<u8>,
    /// Issues settled by agreement, as bits; they are closed.
    pub(super) settled: u32,
    /// Issues settled in a binding form, as bits.
    pub(super) binding: u32,
    /// Form by settled issue, else [`NONE`].
    pub(super) form: Vec<u8>,
    /// Venue by settled issue, else [`NONE`].
    pub(super) venue: Vec<u8>,
    /// Round by settled issue, else [`NONE`].
    pub(super) round_settled: Vec<u8>,
    /// By issue: parties that took part in settling it or were asked, as bits.
    pub(super) involved: Vec<u32>,
    /// Open venues, as bits.
    pub(super) open: u64,
    /// By venue: parties with a seat, as bits.
    pub(super) seats: Vec<u32>,
    /// How often each move, then each event, has happened.
    pub(super) done: Vec<u16>,
    /// By commitment: day by which a triggered threat must be carried out.
    pub(super) due: Vec<Option<u16>>,
    /// Terminal move that ended the run.
    pub(super) terminal: Option<usize>,
    /// Current round.
    pub(super) round: usize,
    /// Current day.
    pub(super) day: u16,
    /// By party: its true row.
    pub(super) truth: Vec<usize>,
    /// By row: likelihood of all that was observed, given that type; sums to 1 over a party.
    pub(super) likelihood: Vec<f64>,
    /// By row: utility of the situation as it stands, without crisis costs.
    pub(super) now: Vec<f64>,
    /// By row: disagreement value.
    pub(super) disagreement: Vec<f64>,
    /// By row: reservation, as a change against [`World::now`].
    pub(super) reservation: Vec<f64>,
    /// By row: what it asked for last, as a change against now; NaN before its first offer.
    pub(super) asked: Vec<f64>,
    /// By row: best offer received since the last settlement; NaN before the first.
    pub(super) best_offer: Vec<f64>,
    /// By row: the last offers received, newest first, as changes against now.
    pub(super) received: Vec<[f64; MEMORY]>,
    /// By row: how many offers it has received.
    pub(super) received_count: Vec<u32>,
    /// By row: how far down its list of offers it has gone (strategies that step).
    pub(super) step: Vec<usize>,
    /// `[force * rows + row]`: probability that the holder of that row's type uses the option soon.
    pub(super) force_probability: Vec<f64>,
    /// `[force * parties + party]`: fear: probability within the foresight that it is used.
    pub(super) fear: Vec<f64>,
    /// `[row * (moves + 1) + option]`: choice probabilities of the rows of the party at hand.
    pub(super) choice: Vec<f64>,
    /// `[row * (moves + 1) + option]`: their expected utilities.
    pub(super) utility: Vec<f64>,
    /// `[party * rows + row]`: what a party believes; scratch of the round.
    pub(super) belief: Vec<f64>,
    /// `[observer * commitments + commitment]`: how far it is believed, resolve included.
    pub(super) believed: Vec<f64>,
    /// Likelihoods from which the beliefs were last computed.
    pub(super) judged: Vec<f64>,
    /// `[observer * parties + party]`: how resolute the observer expects the party to be.
    pub(super) resolve: Vec<f64>,
    /// By row: discount factor to the next round; scratch of the weighing of moves.
    pub(super) discount: Vec<f64>,
    /// By row: prospect of a settlement, and what it would be worth; scratch likewise.
    pub(super) prospect: Vec<f64>,
    /// See [`World::prospect`].
    pub(super) settlement: Vec<f64>,
    /// Parties whose offers have been read at this meeting, as bits.
    pub(super) read: u32,
    /// Parties that have thought of leaving this meeting, as bits.
    pub(super) stayed: u32,
    /// By row: what the standing offer changes, minus infinity if a red line refuses it.
    pub(super) standing_offer: Vec<f64>,
    /// Order in which parties move.
    pub(super) order: Vec<usize>,
    /// Random numbers.
    pub(super) streams: Streams,
    /// Counts meetings without agreement that ended by a walk-out.
    pub(super) walkouts: u16,
    /// Counts failed consents and ratifications.
    pub(super) failures: u16,
    /// First round with an agreement in force.
    pub(super) first_agreement: Option<usize>,
    /// Grows whenever levels, settlements or seats change: tables of offers are then stale.
    pub(super) generation: u32,
}

impl World {
    /// Memory for runs of a model.
    pub(super) fn new(model: &Model) -> Self {
        let (parties, rows) = (model.parties.len(), model.rows.len());
        let (issues, commitments) = (model.issues.len(), model.commitments.len());
        let options = model.moves.len() + 1;
        Self {
            slots: vec![0.0; model.slots.len()],
            after: vec![0.0; model.slots.len()],
            levels: vec![0; issues],
            settled: 0,
            binding: 0,
            form: vec![NONE; issues],
            venue: vec![NONE; issues],
            round_settled: vec![NONE; issues],
            involved: vec![0; issues],
            open: 0,
            seats: vec![0; model.venues.len()],
            done: vec![0; model.moves.len() + model.events.len()],
            due: vec![None; commitments],
            terminal: None,
            round: 0,
            day: 0,
            truth: vec![0; parties],
            likelihood: vec![0.0; rows],
            now: vec![0.0; rows],
            disagreement: vec![0.0; rows],
            reservation: vec![0.0; rows],
            asked: vec![f64::NAN; rows],
            best_offer: vec![f64::NAN; rows],
            received: vec![[0.0; MEMORY]; rows],
            received_count: vec![0; rows],
            step: vec![0; rows],
            force_probability: vec![0.0; model.force.len() * rows],
            fear: vec![0.0; model.force.len() * parties],
            choice: vec![0.0; rows * options],
            utility: vec![0.0; rows * options],
            belief: vec![0.0; parties * rows],
            believed: vec![0.0; parties * commitments],
            judged: vec![f64::NAN; rows],
            resolve: vec![1.0; parties * parties],
            discount: vec![1.0; rows],
            prospect: vec![0.0; rows],
            settlement: vec![0.0; rows],
            read: 0,
            stayed: 0,
            standing_offer: vec![f64::NAN; rows],
            order: (0..parties).collect(),
            streams: Streams::new(model.streams.len(), model.rounds.len()),
            walkouts: 0,
            failures: 0,
            first_agreement: None,
            generation: 0,
        }
    }

    /// Back to the first day.
    pub(super) fn reset(&mut self, model: &Model, draw: &Draw) {
        for (slot, start) in model.start.iter().enumerate() {
            let (low, high) = model.slots.range(slot);
            self.slots[slot] = match start {
                Start::Param(id) => draw.get(*id).clamp(low, high),
                Start::Zero => 0.0,
            };
        }
        for (level, issue) in self.levels.iter_mut().zip(&model.issues) {
            *level = issue.status_quo;
        }
        self.settled = 0;
        self.binding = 0;
        self.form.fill(NONE);
        self.venue.fill(NONE);
        self.round_settled.fill(NONE);
        self.involved.fill(0);
        self.open = 0;
        for (index, venue) in model.venues.iter().enumerate() {
            self.open |= u64::from(venue.open) << index;
            self.seats[index] = venue.seats.iter().fold(0, |bits, &party| bits | 1 << party);
        }
        self.done.fill(0);
        self.due.fill(None);
        self.terminal = None;
        self.round = 0;
        self.day = 0;
        for party in &model.parties {
            for row in party.rows() {
                self.likelihood[row] = 1.0 / party.types as f64;
            }
        }
        self.judged.fill(f64::NAN);
        self.asked.fill(f64::NAN);
        self.best_offer.fill(f64::NAN);
        self.received_count.fill(0);
        self.step.fill(0);
        self.force_probability.fill(0.0);
        self.fear.fill(0.0);
        for (position, party) in self.order.iter_mut().enumerate() {
            *party = position;
        }
        self.walkouts = 0;
        self.failures = 0;
        self.first_agreement = None;
        self.generation = self.generation.wrapping_add(1);
        self.revalue(model, draw);
    }

    /// Whether a test holds now.
    pub(super) fn holds(&self, test: &Test) -> bool {
        test.holds(&self.view())
    }

    /// Whether the likelihoods have changed since this was last asked.
    pub(super) fn learnt(&mut self) -> bool {
        let mut learnt = false;
        for (before, now) in self.judged.iter_mut().zip(&self.likelihood) {
            learnt |= before.to_bits() != now.to_bits();
            *before = *now;
        }
        learnt
    }

    /// What tests may ask about.
    pub(super) fn view(&self) -> View<'_> {
        View {
            terminal: self.terminal,
            day: self.day,
            round: self.round,
            slots: &self.slots,
            levels: &self.levels,
            settled: self.settled,
            binding: self.binding,
            involved: &self.involved,
            done: &self.done,
            open: self.open,
        }
    }

    /// Adds effects to the variables; moves levels in force that are not settled.
    pub(super) fn apply(&mut self, model: &Model, draw: &Draw, effects: &EffectsPlan) {
        add(&mut self.slots, &model.slots, draw, effects);
        let mut moved = false;
        for &(issue, steps) in &effects.levels {
            let issue = usize::from(issue);
            if self.settled >> issue & 1 == 1 {
                continue;
            }
            let highest = (model.issues[issue].levels - 1) as f64;
            let level = f64::from(self.levels[issue]) + draw.get(steps).round();
            let level = level.clamp(0.0, highest) as u8;
            moved |= level != self.levels[issue];
            self.levels[issue] = level;
        }
        if moved {
            self.generation = self.generation.wrapping_add(1);
            self.revalue(model, draw);
        }
    }

    /// Recomputes the utility of the situation as it stands.
    pub(super) fn revalue(&mut self, model: &Model, draw: &Draw) {
        for (row, plan) in model.rows.iter().enumerate() {
            let mut total = draw.rows[row].base;
            for issue in 0..model.issues.len() {
                let form = match self.form[issue] {
                    NONE => model.forms.len(),
                    form => usize::from(form),
                };
                let at = model.worth_index(row, form, issue) + usize::from(self.levels[issue]);
                total += draw.worth[at];
            }
            for (linkage, bonus) in model.linkages.iter().zip(&draw.bonus) {
                if linkage.party == plan.party && linkage.holds(&self.levels) {
                    total += bonus;
                }
            }
            self.now[row] = total;
        }
    }

    /// Drift and decay over some days.
    pub(super) fn pass_days(&mut self, model: &Model, draw: &Draw, days: u16) {
        let weeks = f64::from(days) / 7.0;
        let keep = |id: ParamId| {
            // (1 - share)^weeks, the share of a distance that is left.
            crate::math::exp(weeks * crate::math::ln((1.0 - draw.get(id)).max(1e-12)))
        };
        let rest = draw.get(model.tension_rest);
        let tension = &mut self.slots[Slots::TENSION];
        *tension = rest + (*tension - rest) * keep(model.tension_decay);
        let fade = keep(model.exposure_decay);
        for party in 0..model.parties.len() {
            self.slots[model.slots.exposure(party)] *= fade;
        }
        for option in 0..model.force.len() {
            let drift = self.slots[model.slots.drift(option)] * weeks;
            let advantage = &mut self.slots[model.slots.advantage(option)];
            *advantage = (*advantage + drift).clamp(0.0, 1.0);
        }
    }
}

/// Adds the slot effects to a vector of variables, each clamped to its range.
pub(super) fn add(values: &mut [f64], slots: &Slots, draw: &Draw, effects: &EffectsPlan) {
    for &(slot, change) in &effects.slots {
        let slot = usize::from(slot);
        let (low, high) = slots.range(slot);
        values[slot] = (values[slot] + draw.get(change)).clamp(low, high);
    }
}
