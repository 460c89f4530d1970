//! From an agreement in principle to one in force.
//!
//! Flows in: a package that everyone at the table accepts. Flows out: settled levels, or a failure
//! that costs exposure. An agreement binds only when every party whose consent a changed issue
//! needs accepts it, absent ones by the choice rule of moves on `U - D`, and every ratifying party
//! passes its form (Putnam 1988).

use super::super::Run;
use super::super::log::{Log, Note};
use super::super::seats::Ask;
use super::Package;
use crate::math;
use crate::model::plan::MAX_TYPES;

impl<L: Log> Run<'_, L> {
    /// Seeks consent and ratification; settles the package if it gets both.
    pub(super) fn conclude(&mut self, venue: usize, package: &Package) {
        self.apply(&self.model.talks.on_agreement);
        let (passed, asked) = self.consent(venue, package);
        if passed && self.ratify(package) {
            self.settle(venue, package, asked);
            return;
        }
        self.world.failures += 1;
        self.apply(&self.model.talks.on_failure);
        let exposure = self.draw.get(self.model.talks.failure_exposure);
        for party in 0..self.model.parties.len() {
            if self.world.seats[venue] >> party & 1 == 1 {
                let slot = &mut self.world.slots[self.model.slots.exposure(party)];
                *slot = (*slot + exposure).clamp(0.0, 1.0);
            }
        }
    }

    /// Whether every absent party whose consent is needed gives it, and which were asked.
    fn consent(&mut self, venue: usize, package: &Package) -> (bool, u32) {
        let needed = (0..self.model.issues.len())
            .filter(|&issue| package.changes >> issue & 1 == 1)
            .fold(0, |bits, issue| bits | self.model.issues[issue].consent);
        let absent = needed & !self.world.seats[venue];
        for party in 0..self.model.parties.len() {
            if absent >> party & 1 == 0 {
                continue;
            }
            let plan = &self.model.parties[party];
            let mut probability = [0.0; MAX_TYPES];
            let probability = &mut probability[..plan.types];
            for (p, row) in probability.iter_mut().zip(plan.rows()) {
                let gain = self.world.standing_offer[row] - self.world.reservation[row];
                let rationality = self.draw.rows[row].rationality;
                *p = if gain == f64::NEG_INFINITY {
                    0.0
                } else if rationality.is_infinite() {
                    f64::from(u8::from(gain >= 0.0))
                } else {
                    math::logistic(rationality * gain)
                };
            }
            let stream = self.model.stream.consent + party;
            let own = probability[self.world.truth[party] - plan.first_row];
            let answer = self.ask(Ask::Consent, party, (venue, 0));
            let given = self.decide(answer, party, (stream, 0), probability);
            if L::ON {
                self.log.note(Note::Consent {
                    party,
                    given,
                    probability: own,
                });
            }
            if !given {
                return (false, absent);
            }
        }
        (true, absent)
    }

    fn ratify(&mut self, package: &Package) -> bool {
        for party in 0..self.model.parties.len() {
            let Some(id) = self.model.forms[package.form].ratification[party] else {
                continue;
            };
            let probability = self.draw.get(id);
            let stream = self.model.stream.ratification + party;
            let given = self.world.streams.uniform(stream, self.world.round, 0) < probability;
            if L::ON {
                self.log.note(Note::Ratification {
                    party,
                    given,
                    probability,
                });
            }
            if !given {
                return false;
            }
        }
        true
    }

    fn settle(&mut self, venue: usize, package: &Package, asked: u32) {
        let (model, draw) = (self.model, self.draw);
        let binding = model.forms[package.form].binding;
        let mut promise = false;
        for issue in 0..model.issues.len() {
            if package.changes >> issue & 1 == 0 {
                continue;
            }
            promise |= model.issues[issue].promise;
            self.close(
                issue,
                package.levels[issue],
                package.form,
                venue,
                asked,
                binding,
            );
        }
        if let (true, Some(issue), Some(level)) =
            (promise, model.form_issue, model.forms[package.form].level)
            && level > self.world.levels[issue]
        {
            self.close(issue, level, package.form, venue, asked, binding);
        }
        self.world.generation = self.world.generation.wrapping_add(1);
        self.world.first_agreement.get_or_insert(self.world.round);
        // What was asked and offered before was about issues that are closed now.
        self.world.best_offer.fill(f64::NAN);
        self.world.asked.fill(f64::NAN);
        self.world.received_count.fill(0);
        self.world.step.fill(0);
        self.world.revalue(model, draw, self.tables);
        for issue in 0..model.issues.len() {
            if package.changes >> issue & 1 == 1 {
                for (levels, effects) in &model.issues[issue].consequences {
                    if levels >> self.world.levels[issue] & 1 == 1 {
                        self.apply(effects);
                    }
                }
            }
        }
        if L::ON {
            self.log.note(Note::InForce);
        }
    }

    fn close(
        &mut self,
        issue: usize,
        level: u8,
        form: usize,
        venue: usize,
        asked: u32,
        binding: bool,
    ) {
        let world = &mut *self.world;
        world.levels[issue] = level;
        world.settled |= 1 << issue;
        world.binding = world.binding & !(1 << issue) | u32::from(binding) << issue;
        world.form[issue] = form as u8;
        world.venue[issue] = venue as u8;
        world.round_settled[issue] = world.round as u8;
        world.involved[issue] |= world.seats[venue] | asked;
    }
}
