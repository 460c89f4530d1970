//! Talks at one meeting: who asks for what, who accepts, what becomes of it.
//!
//! Flows in: the world after events and assessment. Flows out: settled issues, exposure, beliefs.
//! [`offer`] lists what a party can ask for ([`staircase`] makes the lists), [`strategy`] picks from
//! the list, [`protocol`] runs the procedure, [`consent`] makes an agreement in principle binding.

mod blocks;
pub(super) mod consent;
mod links;
pub(super) mod offer;
mod protocol;
mod rubinstein;
mod staircase;
#[cfg(test)]
mod staircase_tests;
mod strategy;

use super::Run;
use super::log::{Log, Note};
use crate::model::plan::{MAX_ISSUES, MAX_TYPES};
use crate::scenario::types::Protocol;

/// A package as levels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Package {
    /// Form.
    pub(super) form: usize,
    /// Level of each issue; those it does not change stand as they are.
    pub(super) levels: [u8; MAX_ISSUES],
    /// Issues it changes, as bits (the form issue not among them).
    pub(super) changes: u32,
}

/// How a meeting ended.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ending {
    /// Everyone at the table accepts.
    Agreement(Package),
    /// Somebody left.
    Walkout,
    /// Time ran out.
    Nothing,
}

impl<L: Log> Run<'_, L> {
    /// Holds the round's meeting.
    pub(super) fn talks(&mut self) {
        let venue = self.model.rounds[self.world.round].venue;
        let plan = &self.model.venues[venue];
        let open = self.world.open >> venue & 1 == 1;
        let left = plan
            .decides
            .iter()
            .any(|&issue| self.world.settled >> issue & 1 == 0);
        if !open || !left || self.world.seats[venue].count_ones() < 2 {
            if L::ON {
                self.log.note(Note::NoMeeting { open });
            }
            return;
        }
        if L::ON {
            self.log.note(Note::Meeting {
                seats: self.world.seats[venue],
            });
        }
        self.world.read = 0;
        self.world.stayed = 0;
        let ending = match plan.protocol {
            Protocol::AlternatingOffers => self.alternating_offers(venue),
            Protocol::SingleText => self.single_text(venue),
            Protocol::SimultaneousConcession => self.simultaneous_concession(venue),
            Protocol::Ultimatum => self.one_offer(venue),
        };
        match ending {
            Ending::Agreement(package) if self.all_prefer(venue, &package) => {
                if L::ON {
                    self.log.note(Note::Agreement {
                        form: package.form,
                        levels: &package.levels[..self.model.issues.len()],
                        changes: package.changes,
                    });
                }
                self.conclude(venue, &package);
            }
            Ending::Walkout => {
                self.world.walkouts += 1;
                self.world
                    .apply(self.model, self.draw, &self.model.talks.on_walkout);
            }
            Ending::Agreement(_) | Ending::Nothing => {
                if L::ON {
                    self.log.note(Note::NoAgreement);
                }
                self.world
                    .apply(self.model, self.draw, &self.model.talks.on_no_agreement);
            }
        }
    }

    /// Whether everyone at the table prefers a package to no agreement. Who accepts it does; but one
    /// whose best demand is worth less to it than no agreement makes it to be refused, and is not
    /// bound when it is met.
    fn all_prefer(&mut self, venue: usize, package: &Package) -> bool {
        for party in 0..self.model.parties.len() {
            if self.world.seats[venue] >> party & 1 == 0 {
                continue;
            }
            let plan = &self.model.parties[party];
            let mut prefers = [0.0; MAX_TYPES];
            let prefers = &mut prefers[..plan.types];
            for (p, row) in prefers.iter_mut().zip(plan.rows()) {
                let change = self.package_change(row, package);
                let good = change.is_some_and(|change| change >= self.world.reservation[row]);
                *p = f64::from(u8::from(good));
            }
            let stream = self.model.stream.response + party;
            // Certain for each type: the number drawn does not matter.
            if !self.decide(party, stream, 0, prefers) {
                if L::ON {
                    let row = self.world.truth[party];
                    let now = self.world.now[row];
                    let change = self.package_change(row, package);
                    self.log.note(Note::Response {
                        party,
                        accepts: false,
                        worth: now + change.unwrap_or(f64::NEG_INFINITY),
                        asks: now + self.world.reservation[row],
                    });
                }
                return false;
            }
        }
        true
    }

    /// What offers are looked up for.
    pub(super) fn situation(&self) -> offer::Situation<'_> {
        offer::Situation {
            model: self.model,
            draw: self.draw,
            price: self.price,
            world: self.world,
        }
    }

    /// Levels of a package of a venue's agenda.
    pub(super) fn unpack(&self, venue: usize, form: usize, package: u64) -> Package {
        let plan = &self.model.venues[venue];
        let mut levels = [0; MAX_ISSUES];
        levels[..self.world.levels.len()].copy_from_slice(&self.world.levels);
        let mut changes = 0;
        let mut rest = package;
        for (&issue, &radix) in plan.decides.iter().zip(&plan.radix) {
            let level = (rest / radix) as u8;
            rest %= radix;
            if level != levels[issue] {
                changes |= 1 << issue;
                levels[issue] = level;
            }
        }
        Package {
            form,
            levels,
            changes,
        }
    }

    /// What a package changes for a row, ratification and consequences priced in; minus infinity
    /// if it is refused.
    pub(super) fn package_worth(&self, row: usize, venue: usize, form: usize, package: u64) -> f64 {
        let package = self.unpack(venue, form, package);
        self.package_change(row, &package)
            .unwrap_or(f64::NEG_INFINITY)
    }

    /// What a package changes for a row, or `None` if it crosses a firm red line.
    pub(super) fn package_change(&self, row: usize, package: &Package) -> Option<f64> {
        let (model, draw) = (self.model, self.draw);
        let issues = model.issues.len();
        let mut change = 0.0;
        let mut promise = false;
        let mut levels = package.levels;
        let at = self.situation();
        let step = |issue: usize, level: u8| {
            let refused = draw.forbidden[row * issues + issue] >> level & 1 == 1;
            (!refused).then(|| offer::change_of(at, row, package.form, issue, level))
        };
        let mut changed = package.changes;
        for issue in links::bits(package.changes) {
            promise |= model.issues[issue].promise;
            change += step(issue, levels[issue])?;
        }
        if let (true, Some(issue), Some(level)) =
            (promise, model.form_issue, model.forms[package.form].level)
            && level > self.world.levels[issue]
        {
            change += step(issue, level)?;
            levels[issue] = level;
            changed |= 1 << issue;
        }
        let party = model.rows[row].party;
        for (linkage, bonus) in model.linkages.iter().zip(&draw.bonus) {
            if linkage.party != party || linkage.issues & changed == 0 {
                continue;
            }
            let (after, before) = (linkage.holds(&levels), linkage.holds(&self.world.levels));
            if after && !before && linkage.absolute {
                return None;
            }
            change += f64::from(i8::from(after) - i8::from(before)) * bonus;
        }
        Some(offer::ratified(change, draw.ratified[package.form]))
    }
}
