//! The state of a run as everybody at the table could write it down: what is in force, who settled
//! it, what has been done, which venues are open.
//!
//! Flows in: the engine's notes, as the sitter passes them on. Flows out: levels in force, and whether
//! a condition in the scenario's terms holds. Invariant: at every question the state is that of the
//! engine (the sitter checks it in debug builds).

use super::Terms;
use crate::engine::Prepared;
use crate::engine::record::NONE;
use crate::model::Model;
use crate::model::condition::{Test, View};
use crate::model::plan::EffectsPlan;

/// The state of a run.
pub(super) struct State<'a> {
    model: &'a Model,
    prepared: &'a Prepared,
    /// Level in force of each issue.
    pub(super) levels: Vec<u8>,
    /// Form by settled issue, else [`NONE`].
    pub(super) forms: Vec<u8>,
    settled: u32,
    /// By issue: who took part in settling it or was asked for consent, as bits.
    involved: Vec<u32>,
    /// How often each move, then each event, has happened.
    pub(super) done: Vec<u16>,
    /// Open venues, as bits.
    pub(super) open: u64,
    /// Parties at the table, as bits.
    pub(super) seats: u32,
    /// What has been agreed on and is not yet in force, and the issues that it changes.
    agreed: Option<(Terms, u32)>,
    /// Absent parties asked for consent to it, as bits.
    consulted: u32,
}

impl<'a> State<'a> {
    /// How a run begins.
    pub(super) fn new(model: &'a Model, prepared: &'a Prepared) -> Self {
        let open = model.venues.iter().enumerate();
        Self {
            model,
            prepared,
            levels: model.issues.iter().map(|issue| issue.status_quo).collect(),
            forms: vec![NONE; model.issues.len()],
            settled: 0,
            involved: vec![0; model.issues.len()],
            done: vec![0; model.moves.len() + model.events.len()],
            open: open.fold(0, |bits, (at, venue)| bits | u64::from(venue.open) << at),
            seats: 0,
            agreed: None,
            consulted: 0,
        }
    }

    /// Shifts the levels that are not settled.
    pub(super) fn shift(&mut self, effects: &EffectsPlan) {
        for &(issue, steps) in &effects.levels {
            let issue = usize::from(issue);
            if self.settled >> issue & 1 == 0 {
                let highest = self.model.issues[issue].levels as f64 - 1.0;
                let steps = self.prepared.draw().get(steps).round();
                let level = (f64::from(self.levels[issue]) + steps).clamp(0.0, highest);
                self.levels[issue] = level as u8;
            }
        }
    }

    /// A move has been made.
    pub(super) fn act(&mut self, index: usize) {
        let plan = &self.model.moves[index];
        self.happens(index, &plan.effects, plan.opens, plan.closes);
    }

    /// An event has happened.
    pub(super) fn event(&mut self, index: usize) {
        let plan = &self.model.events[index];
        let place = self.model.moves.len() + index;
        self.happens(place, &plan.effects, plan.opens, plan.closes);
    }

    fn happens(&mut self, place: usize, effects: &EffectsPlan, opens: u64, closes: u64) {
        self.shift(effects);
        self.done[place] = self.done[place].saturating_add(1);
        self.open = (self.open | opens) & !closes;
    }

    /// Everybody at the table has agreed.
    pub(super) fn agree(&mut self, terms: Terms, changes: u32) {
        self.agreed = Some((terms, changes));
        self.consulted = 0;
        self.shift(&self.model.talks.on_agreement);
    }

    /// An absent party has been asked for its consent.
    pub(super) fn consult(&mut self, party: usize, given: bool) {
        self.consulted |= 1 << party;
        self.fail_unless(given);
    }

    /// An agreement fails unless a party consents or ratifies.
    pub(super) fn fail_unless(&mut self, given: bool) {
        if !given {
            self.agreed = None;
            self.shift(&self.model.talks.on_failure);
        }
    }

    /// What has been agreed on takes effect.
    pub(super) fn settle(&mut self) {
        let Some((terms, changes)) = self.agreed.take() else {
            return;
        };
        let model = self.model;
        let mut promise = false;
        for (issue, plan) in model.issues.iter().enumerate() {
            if changes >> issue & 1 == 1 {
                self.close(issue, terms.levels[issue], terms.form);
                promise |= plan.promise;
            }
        }
        if let (true, Some(issue), Some(level)) =
            (promise, model.form_issue, model.forms[terms.form].level)
            && level > self.levels[issue]
        {
            self.close(issue, level, terms.form);
        }
        for (issue, plan) in model.issues.iter().enumerate() {
            for (levels, effects) in &plan.consequences {
                if changes >> issue & 1 == 1 && levels >> self.levels[issue] & 1 == 1 {
                    self.shift(effects);
                }
            }
        }
    }

    fn close(&mut self, issue: usize, level: u8, form: usize) {
        self.levels[issue] = level;
        self.forms[issue] = form as u8;
        self.settled |= 1 << issue;
        self.involved[issue] |= self.seats | self.consulted;
    }

    /// Whether a condition holds at the beginning of a round, given the crisis variables.
    pub(super) fn holds(&self, test: &Test, round: usize, slots: &[f64]) -> bool {
        let bound = self
            .forms
            .iter()
            .enumerate()
            .filter(|&(_, &form)| form != NONE && self.model.forms[usize::from(form)].binding);
        let happened = self.done.iter().take(64).enumerate();
        test.holds(&View {
            terminal: None,
            day: self.model.rounds[round].day,
            round,
            slots,
            levels: &self.levels,
            settled: self.settled,
            binding: bound.fold(0, |bits, (issue, _)| bits | 1 << issue),
            involved: &self.involved,
            done: &self.done,
            happened: happened.fold(0, |bits, (at, times)| bits | u64::from(*times > 0) << at),
            open: self.open,
        })
    }
}
