//! Talks at one meeting: who asks for what, who accepts, what becomes of it.
//!
//! Flows in: the world after events and assessment. Flows out: settled issues, exposure, beliefs.
//! [`offer`] lists what a party can ask for ([`staircase`] makes the lists, [`found`] keeps what was
//! found in them), [`strategy`] picks from the list, [`protocol`] runs the procedure, [`consent`]
//! makes an agreement in principle binding.

mod blocks;
mod choice;
pub(super) mod consent;
mod found;
mod index;
pub(super) mod links;
mod merge;
pub(super) mod offer;
mod part;
mod protocol;
mod rubinstein;
mod staircase;
#[cfg(test)]
mod staircase_tests;
pub(super) mod strategy;

pub(super) use strategy::looks_back;

use found::Offer;

use super::Run;
use super::log::{Log, Note};
use super::seats::Ask;
use super::tables::LANES;
use super::world::World;
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
    #[inline(never)]
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
                self.apply(&self.model.talks.on_walkout);
            }
            Ending::Agreement(_) | Ending::Nothing => {
                if L::ON {
                    self.log.note(Note::NoAgreement);
                }
                self.apply(&self.model.talks.on_no_agreement);
            }
        }
    }

    /// Whether everyone at the table prefers a package to no agreement. Who accepts it does; but one
    /// whose best demand is worth less to it than no agreement makes it to be refused, and is not
    /// bound when it is met.
    fn all_prefer(&mut self, venue: usize, package: &Package) -> bool {
        self.put_on_table(package);
        self.present(package);
        for party in 0..self.model.parties.len() {
            if self.world.seats[venue] >> party & 1 == 0 {
                continue;
            }
            let plan = &self.model.parties[party];
            let mut prefers = [0.0; MAX_TYPES];
            let prefers = &mut prefers[..plan.types];
            for (p, row) in prefers.iter_mut().zip(plan.rows()) {
                let good = self.world.standing_offer[row] >= self.world.reservation[row];
                *p = f64::from(u8::from(good));
            }
            let stream = self.model.stream.response + party;
            // Certain for each type: the number drawn does not matter.
            let answer = self.ask(Ask::Sign, party, (venue, 0));
            if !self.decide(answer, party, (stream, 0), prefers) {
                if L::ON {
                    let row = self.world.truth[party];
                    let now = self.world.now[row];
                    self.log.note(Note::Response {
                        party,
                        accepts: false,
                        worth: now + self.world.standing_offer[row],
                        asks: now + self.world.reservation[row],
                    });
                }
                return false;
            }
        }
        true
    }

    /// Levels of a package of a venue's agenda.
    pub(super) fn unpack(&self, venue: usize, form: usize, package: u64) -> Package {
        let plan = &self.model.venues[venue];
        let mut levels = self.world.levels;
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

    /// Puts an offer of a party at a venue on the table; its package.
    pub(super) fn put_offer_on_table(&mut self, venue: usize, offer: Offer) -> Package {
        if let Some((package, worth)) = self.book.tabled(offer) {
            // Levels off the agenda may have moved since.
            let mut levels = self.world.levels;
            for issue in links::bits(package.changes) {
                levels[issue] = package.levels[issue];
            }
            let package = Package { levels, ..*package };
            self.world.standing_offer.copy_from_slice(worth);
            if cfg!(debug_assertions) {
                self.put_on_table(&package);
                let anew = self.world.standing_offer.iter();
                let kept = self.book.tabled(offer).into_iter().flat_map(|kept| kept.1);
                let same = anew.zip(kept).all(|(a, b)| a.total_cmp(b).is_eq());
                assert!(same, "what an offer changes depends on more than its list");
            }
            return package;
        }
        let package = self.unpack(venue, usize::from(offer.point.form), offer.point.package);
        self.put_on_table(&package);
        self.book.table(offer, &package, &self.world.standing_offer);
        package
    }

    /// Works out what a package changes for every row, ratification and consequences priced in;
    /// minus infinity where a firm red line refuses it.
    pub(super) fn put_on_table(&mut self, package: &Package) {
        let (model, draw, tables) = (self.model, self.draw, self.tables);
        let World {
            standing_offer,
            current,
            levels: before,
            held,
            ..
        } = &mut *self.world;
        let held = *held;
        let mut levels = package.levels;
        let mut changed = package.changes;
        if let (Some(issue), Some(level)) = (model.form_issue, model.forms[package.form].level)
            && level > before[issue]
            && links::bits(package.changes).any(|issue| model.issues[issue].promise)
        {
            levels[issue] = level;
            changed |= 1 << issue;
        }
        let issues = model.issues.len();
        for (lane, change) in standing_offer.chunks_exact_mut(LANES).enumerate() {
            let gain = tables.gain(lane, package.form);
            let current = &current[lane * issues..][..issues];
            let mut sum = [0.0; LANES];
            for issue in links::bits(changed) {
                let gain = &gain[tables.at(issue, levels[issue])];
                let current = &current[issue];
                for at in 0..LANES {
                    sum[at] += gain[at] - current[at];
                }
            }
            change.copy_from_slice(&sum);
        }
        let after = if tables.links.bear_on(changed) {
            tables.links.passed(&levels[..issues], 0)
        } else {
            held
        };
        for index in links::ones(after ^ held) {
            let linkage = &model.linkages[index];
            let bonus = match (after >> index & 1 == 1, linkage.absolute) {
                (true, true) => f64::NEG_INFINITY,
                (true, false) => draw.bonus[index],
                (false, _) => -draw.bonus[index],
            };
            for change in &mut standing_offer[model.parties[linkage.party].rows()] {
                *change += bonus;
            }
        }
        let share = draw.ratified[package.form];
        for change in standing_offer {
            *change = offer::ratified(*change, share);
        }
    }
}
