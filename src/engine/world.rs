//! The crisis as it stands: plain data, stepped by the functions of the other modules.
//!
//! Flows in: a model and a prepared draw at [`World::reset`]. Flows out: everything a rule may ask.
//! Invariant: every vector gets its length in [`World::new`]; a run only overwrites.

use std::ops::Range;

use super::options::Options;
use super::record::NONE;
use super::tables::{LANES, Lane, Tables};
use super::talks::links::ones;
use super::talks::looks_back;
use super::worth::War;
use crate::model::Draw;
use crate::model::condition::{Test, View};
use crate::model::plan::{EffectsPlan, MAX_ISSUES, Model, SlotEffect, Slots};
use crate::model::streams::Streams;

/// How many of the other side's last offers a strategy can look back on.
pub(super) const MEMORY: usize = 16;

/// State of one run, reused from run to run.
#[derive(Debug, Clone)]
pub(super) struct World {
    /// Crisis variables; see `Slots`.
    pub(super) slots: Vec<f64>,
    /// Level in force by issue, zeros beyond.
    pub(super) levels: [u8; MAX_ISSUES],
    /// Linkages whose levels stand together, as bits.
    pub(super) held: u64,
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
    /// Which of the first 64 of them have happened, as bits.
    pub(super) happened: u64,
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
    /// By row: the last offers received, as changes against now; see [`World::received`].
    received: Vec<[f64; MEMORY]>,
    /// Whether some strategy looks back on them, or counts them.
    remember: bool,
    /// By row: how many offers it has received, if some strategy asks.
    pub(super) received_count: Vec<u32>,
    /// By row: the target behind its last answer to an offer; NaN if that came from its list.
    pub(super) target: Vec<f64>,
    /// By row: how far down its list of offers it has gone (strategies that step).
    pub(super) step: Vec<usize>,
    /// `[force * rows + row]`: probability that the holder of that row's type uses the option soon.
    pub(super) force_probability: Vec<f64>,
    /// `[force * parties + party]`: fear: probability within the foresight that it is used.
    pub(super) fear: Vec<f64>,
    /// Force options that someone could use, at the start of a round.
    pub(super) lotteries: Vec<War>,
    /// Moves that the party whose turn it is has at hand, as places among its moves.
    pub(super) at_hand: Vec<usize>,
    /// The options of the party at hand; out while they are worked on.
    pub(super) options: Option<Box<Options>>,
    /// `[observer * rows + row]`: what observers believe, once for those alike; see `Run::belief`.
    pub(super) belief: Vec<f64>,
    /// `[commitment * parties + observer]`: how far it is believed, resolve included; see
    /// `PartyPlan::heeded`.
    pub(super) believed: Vec<f64>,
    /// Parties of whose types something was learnt since beliefs were last computed, as bits.
    pub(super) learnt: u32,
    /// Whether what is heard of commitments has changed since.
    pub(super) heard: bool,
    /// `[party * parties + observer]`: how resolute the observer expects the party to be.
    pub(super) resolve: Vec<f64>,
    /// Parties whose offers have been read at this meeting, as bits.
    pub(super) read: u32,
    /// Parties that have thought of leaving this meeting, as bits.
    pub(super) stayed: u32,
    /// By row: what the standing offer changes, minus infinity if a red line refuses it.
    pub(super) standing_offer: Vec<f64>,
    /// By row: the same for a mediator's text as it stands.
    pub(super) standing_text: Vec<f64>,
    /// `[lane * issues + issue]`: utility of the level in force against the level at the start.
    pub(super) current: Vec<Lane>,
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
        let lanes = rows.div_ceil(LANES);
        let (issues, commitments) = (model.issues.len(), model.commitments.len());
        Self {
            slots: vec![0.0; model.slots.len()],
            levels: [0; MAX_ISSUES],
            held: 0,
            settled: 0,
            binding: 0,
            form: vec![NONE; issues],
            venue: vec![NONE; issues],
            round_settled: vec![NONE; issues],
            involved: vec![0; issues],
            open: 0,
            seats: vec![0; model.venues.len()],
            done: vec![0; model.moves.len() + model.events.len()],
            happened: 0,
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
            remember: model.rows.iter().any(|row| looks_back(row.strategy)),
            received_count: vec![0; rows],
            target: vec![f64::NAN; rows],
            step: vec![0; rows],
            force_probability: vec![0.0; model.force.len() * rows],
            fear: vec![0.0; model.force.len() * parties],
            lotteries: Vec::with_capacity(model.force.len()),
            at_hand: Vec::with_capacity(model.moves.len()),
            options: Some(Box::new(Options::new(model))),
            belief: vec![0.0; parties * rows],
            believed: vec![0.0; parties * commitments],
            learnt: 0,
            heard: true,
            resolve: vec![1.0; parties * parties],
            read: 0,
            stayed: 0,
            standing_offer: vec![f64::NAN; lanes * LANES],
            standing_text: vec![0.0; lanes * LANES],
            current: vec![[0.0; LANES]; issues * lanes],
            order: (0..parties).collect(),
            streams: Streams::new(&model.streams, model.rounds.len()),
            walkouts: 0,
            failures: 0,
            first_agreement: None,
            generation: 0,
        }
    }

    /// Back to the first day.
    pub(super) fn reset(&mut self, model: &Model, draw: &Draw, tables: &Tables) {
        self.slots.copy_from_slice(&tables.start);
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
        self.happened = 0;
        self.due.fill(None);
        self.terminal = None;
        self.round = 0;
        self.day = 0;
        for party in &model.parties {
            for row in party.rows() {
                self.likelihood[row] = 1.0 / party.types as f64;
            }
        }
        self.learnt = u32::MAX;
        self.heard = true;
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
        self.revalue(model, draw, tables);
    }

    /// The options of the party whose moves were weighed last.
    #[inline]
    pub(super) fn options(&self) -> &Options {
        self.options
            .as_deref()
            .expect("options are out only while moves are weighed")
    }

    /// Whether a test holds now.
    #[inline]
    pub(super) fn holds(&self, test: &Test) -> bool {
        let glance = test.glance();
        glance.holds(&self.view()) && (glance.is_whole() || self.rest_holds(test))
    }

    #[inline(never)]
    fn rest_holds(&self, test: &Test) -> bool {
        test.rest_holds(&self.view())
    }

    /// What tests may ask about.
    #[inline]
    pub(super) fn view(&self) -> View<'_> {
        View {
            terminal: self.terminal,
            day: self.day,
            round: self.round,
            slots: &self.slots,
            levels: &self.levels[..self.form.len()],
            settled: self.settled,
            binding: self.binding,
            involved: &self.involved,
            done: &self.done,
            happened: self.happened,
            open: self.open,
        }
    }

    /// Notes that a move, or an event after the moves, has happened.
    pub(super) fn count(&mut self, index: usize) {
        self.done[index] = self.done[index].saturating_add(1);
        if index < 64 {
            self.happened |= 1 << index;
        }
    }

    /// A row takes note of an offer to it.
    #[inline]
    pub(super) fn receive(&mut self, row: usize, worth: f64) {
        if worth.is_infinite() {
            return;
        }
        let best = &mut self.best_offer[row];
        *best = best.max(worth);
        if self.remember {
            let count = &mut self.received_count[row];
            self.received[row][*count as usize % MEMORY] = worth;
            *count += 1;
        }
    }

    /// Rows take note of what is on the table.
    #[inline]
    pub(super) fn receive_offer(&mut self, rows: Range<usize>) {
        if self.remember {
            for row in rows {
                self.receive(row, self.standing_offer[row]);
            }
            return;
        }
        let offers = &self.standing_offer[rows.clone()];
        for (best, &worth) in self.best_offer[rows].iter_mut().zip(offers) {
            if worth > f64::NEG_INFINITY && (worth > *best || best.is_nan()) {
                *best = worth;
            }
        }
    }

    /// What a row received some offers ago, 0 being the last; at most [`MEMORY`] are remembered.
    pub(super) fn received(&self, row: usize, back: usize) -> f64 {
        let last = self.received_count[row] as usize - 1;
        self.received[row][(last - back) % MEMORY]
    }

    /// Adds effects to the variables; moves levels in force that are not settled.
    pub(super) fn apply(
        &mut self,
        model: &Model,
        draw: &Draw,
        tables: &Tables,
        effects: &EffectsPlan,
    ) {
        add(&mut self.slots, draw, &effects.slots);
        // What is heard comes last among the variables.
        let first = model.slots.heard(0, 0);
        self.heard |= effects.slots.iter().any(|e| usize::from(e.slot) >= first);
        for &(issue, steps) in &effects.levels {
            let issue = usize::from(issue);
            if self.settled >> issue & 1 == 1 {
                continue;
            }
            let highest = (model.issues[issue].levels - 1) as f64;
            let level = f64::from(self.levels[issue]) + draw.get(steps).round();
            let level = level.clamp(0.0, highest) as u8;
            if level != self.levels[issue] {
                self.generation = self.generation.wrapping_add(1);
                self.relevel(issue, level, model, draw, tables);
            }
        }
    }

    /// Puts another level in force, where nothing is settled. Utilities are multiples of one number,
    /// so that the sums come out as [`World::revalue`] adds them up.
    fn relevel(&mut self, issue: usize, level: u8, model: &Model, draw: &Draw, tables: &Tables) {
        let issues = model.issues.len();
        self.levels[issue] = level;
        for (lane, now) in self.now.chunks_mut(LANES).enumerate() {
            let worth = &tables.worth(lane, model.forms.len())[tables.at(issue, level)];
            let current = &mut self.current[lane * issues + issue];
            for (now, (worth, current)) in now.iter_mut().zip(worth.iter().zip(&*current)) {
                *now += worth - current;
            }
            *current = *worth;
        }
        let held = tables.links.passed(&self.levels, 0);
        for index in ones(held ^ self.held) {
            let bonus = draw.bonus[index];
            let change = if held >> index & 1 == 1 {
                bonus
            } else {
                -bonus
            };
            for now in &mut self.now[model.parties[model.linkages[index].party].rows()] {
                *now += change;
            }
        }
        self.held = held;
    }

    /// Recomputes the utility of the situation as it stands.
    pub(super) fn revalue(&mut self, model: &Model, draw: &Draw, tables: &Tables) {
        let issues = model.issues.len();
        for (lane, now) in self.now.chunks_mut(LANES).enumerate() {
            let rows = lane * LANES..;
            for (now, values) in now.iter_mut().zip(&draw.rows[rows]) {
                *now = values.base;
            }
            for issue in 0..issues {
                let form = match self.form[issue] {
                    NONE => model.forms.len(),
                    form => usize::from(form),
                };
                let worth = tables.worth(lane, form)[tables.at(issue, self.levels[issue])];
                self.current[lane * issues + issue] = worth;
                for (now, worth) in now.iter_mut().zip(worth) {
                    *now += worth;
                }
            }
        }
        self.held = tables.links.passed(&self.levels, 0);
        for (index, linkage) in model.linkages.iter().enumerate() {
            if self.held >> index & 1 == 1 {
                for now in &mut self.now[model.parties[linkage.party].rows()] {
                    *now += draw.bonus[index];
                }
            }
        }
    }

    /// Drift and decay over the days of a round.
    pub(super) fn pass_round(&mut self, model: &Model, draw: &Draw, tables: &Tables, round: usize) {
        let weeks = f64::from(model.rounds[round].days) / 7.0;
        let [tension_kept, exposure_kept] = tables.kept[round];
        let rest = draw.get(model.tension_rest);
        let tension = &mut self.slots[Slots::TENSION];
        *tension = rest + (*tension - rest) * tension_kept;
        for party in 0..model.parties.len() {
            self.slots[model.slots.exposure(party)] *= exposure_kept;
        }
        for option in 0..model.force.len() {
            let drift = self.slots[model.slots.drift(option)] * weeks;
            let advantage = &mut self.slots[model.slots.advantage(option)];
            *advantage = (*advantage + drift).clamp(0.0, 1.0);
        }
    }
}

/// Adds the slot effects to a vector of variables, each clamped to its range.
pub(super) fn add(values: &mut [f64], draw: &Draw, effects: &[SlotEffect]) {
    for effect in effects {
        let value = &mut values[usize::from(effect.slot)];
        *value = (*value + draw.get(effect.change)).clamp(f64::from(effect.low), 1.0);
    }
}
