//! The four procedures of a meeting.
//!
//! Flows in: who sits, their lists of offers. Flows out: how the meeting ended.
//!
//! Acceptance is `AC_next` (Baarslag 2013): an offer is accepted when it is worth at least what the
//! party would itself ask next, crosses no firm red line, and is at least its reservation. With a
//! tremble `s` above 0 an offer that falls short of the ask by `d` is taken all the same with
//! probability `exp(-d / s)`, and never when `d` is more than [`TREMBLE_REACH`] widths; the other two
//! always hold.

use super::super::Run;
use super::super::log::{Log, Note};
use super::super::seats::{Ask, Offered};
use super::super::world::World;
use super::links::bits;
use super::strategy::{Aspiration, Turn};
use super::{Ending, Package};
use crate::math;
use crate::model::plan::{MAX_ISSUES, MAX_PARTIES, MAX_TYPES, StrategyPlan};

/// How many widths an offer may fall short of the ask and still be accepted in a tremble (there the
/// probability is 0.7 %).
const TREMBLE_REACH: f64 = 5.0;

/// Parties at a table, in speaking order.
#[derive(Debug, Clone, Copy)]
struct Table {
    seats: [usize; MAX_PARTIES],
    count: usize,
}

impl Table {
    fn parties(&self) -> &[usize] {
        &self.seats[..self.count]
    }
}

impl<L: Log> Run<'_, L> {
    fn table(&self, venue: usize) -> Table {
        let mut table = Table {
            seats: [0; MAX_PARTIES],
            count: 0,
        };
        for &party in &self.model.venues[venue].order {
            if self.world.seats[venue] >> party & 1 == 1 {
                table.seats[table.count] = party;
                table.count += 1;
            }
        }
        table
    }

    /// Stacked alternating offers (Aydogan, Festen, Hindriks, Jonker 2017): in turn, each party
    /// accepts the standing offer or replaces it; agreement when all others have accepted it.
    pub(super) fn alternating_offers(&mut self, venue: usize) -> Ending {
        let table = self.table(venue);
        let turns = self.model.venues[venue].exchanges as usize * table.count;
        let mut standing: Option<Package> = None;
        let mut accepted = 0;
        for turn in 0..turns {
            let party = table.seats[turn % table.count];
            let at = Turn {
                venue,
                number: turn,
                offering: false,
            };
            if let Some(offer) = &standing {
                let offer = *offer;
                self.present(&offer);
                if self.respond(party, at) {
                    accepted += 1;
                    if accepted == table.count {
                        return Ending::Agreement(offer);
                    }
                    continue;
                }
                if self.walks_out(party, at) {
                    return Ending::Walkout;
                }
            } else {
                self.forget_targets(party);
                if self.leaves(party, at) {
                    return Ending::Walkout;
                }
            }
            match self.make_offer(
                party,
                Turn {
                    offering: true,
                    ..at
                },
            ) {
                Some(offer) => {
                    standing = Some(offer);
                    accepted = 1;
                }
                None => standing = None,
            }
        }
        Ending::Nothing
    }

    /// Simultaneous monotonic concession (Rosenschein and Zlotkin 1994): everyone offers at once; an
    /// offer that every other party accepts is the agreement, the first in speaking order if several.
    pub(super) fn simultaneous_concession(&mut self, venue: usize) -> Ending {
        let table = self.table(venue);
        let mut offers: [Option<Package>; MAX_PARTIES] = [None; MAX_PARTIES];
        for exchange in 0..self.model.venues[venue].exchanges as usize {
            for (position, &party) in table.parties().iter().enumerate() {
                let turn = exchange * table.count + position;
                let at = Turn {
                    venue,
                    number: turn,
                    offering: true,
                };
                if self.leaves(party, at) {
                    return Ending::Walkout;
                }
                self.forget_targets(party);
                offers[position] = self.make_offer(party, at);
            }
            for (position, offer) in offers[..table.count].iter().enumerate() {
                let Some(offer) = offer else { continue };
                let mut agreed = true;
                self.put_on_table(offer);
                self.present(offer);
                for (other, &party) in table.parties().iter().enumerate() {
                    if other != position && agreed {
                        // Draws of one exchange need numbers of their own.
                        let turn = exchange * table.count + other;
                        agreed = self.respond(
                            party,
                            Turn {
                                venue,
                                number: turn,
                                offering: false,
                            },
                        );
                    }
                }
                if agreed {
                    return Ending::Agreement(*offer);
                }
            }
        }
        Ending::Nothing
    }

    /// One take-it-or-leave-it offer by the first speaker, accepted by whoever prefers it to its
    /// disagreement value.
    pub(super) fn one_offer(&mut self, venue: usize) -> Ending {
        let table = self.table(venue);
        let proposer = table.seats[0];
        let at = Turn {
            venue,
            number: 0,
            offering: true,
        };
        if self.leaves(proposer, at) {
            return Ending::Walkout;
        }
        self.forget_targets(proposer);
        let Some(offer) = self.make_offer(proposer, at) else {
            return Ending::Nothing;
        };
        self.present(&offer);
        for (position, &party) in table.parties().iter().enumerate().skip(1) {
            if !self.takes(party, venue, position) {
                return Ending::Nothing;
            }
        }
        Ending::Agreement(offer)
    }

    /// A mediator's single negotiating text (Fisher and Ury 1981; Raiffa 1982, ch. 14): at each
    /// exchange the mediator proposes the one revision that it thinks does most for the parties
    /// together; it stands if nobody objects, and a party objects to a text that is worse for it
    /// than the last one and below its present target. At the end everyone takes the text or leaves
    /// it.
    pub(super) fn single_text(&mut self, venue: usize) -> Ending {
        let table = self.table(venue);
        let mut text: Option<Package> = None;
        let mut refused: [u32; MAX_ISSUES] = [0; MAX_ISSUES];
        let exchanges = self.model.venues[venue].exchanges as usize;
        self.world.standing_text.fill(0.0);
        for exchange in 0..exchanges {
            let Some((revision, issue)) = self.revise(venue, text.as_ref(), &refused) else {
                break;
            };
            if L::ON {
                self.log.note(Note::Text {
                    form: revision.form,
                    levels: &revision.levels[..self.model.issues.len()],
                    changes: revision.changes,
                });
            }
            let mut stands = true;
            self.put_on_table(&revision);
            self.present(&revision);
            for (position, &party) in table.parties().iter().enumerate() {
                let turn = exchange * table.count + position;
                let at = Turn {
                    venue,
                    number: turn,
                    offering: true,
                };
                if self.leaves(party, at) {
                    return Ending::Walkout;
                }
                stands &= self.can_live_with(party, venue, turn);
            }
            if stands {
                text = Some(revision);
                let World {
                    standing_text,
                    standing_offer,
                    ..
                } = &mut *self.world;
                standing_text.copy_from_slice(standing_offer);
                refused = [0; MAX_ISSUES];
            } else {
                refused[issue] |= 1 << revision.levels[issue];
            }
        }
        let Some(text) = text else {
            return Ending::Nothing;
        };
        self.put_on_table(&text);
        self.present(&text);
        for (position, &party) in table.parties().iter().enumerate() {
            if !self.takes(party, venue, exchanges * table.count + position) {
                return Ending::Nothing;
            }
        }
        Ending::Agreement(text)
    }

    /// The mediator's best single change: the package and the issue it changes.
    fn revise(
        &self,
        venue: usize,
        text: Option<&Package>,
        refused: &[u32; MAX_ISSUES],
    ) -> Option<(Package, usize)> {
        let model = self.model;
        let surest = *model.venues[venue].forms.first()?;
        let start = text.copied().unwrap_or(Package {
            form: surest,
            levels: self.world.levels,
            changes: 0,
        });
        let worth = |package: &Package| self.mediated_worth(venue, package);
        let mut best: Option<(f64, Package, usize)> = None;
        let now = worth(&start);
        for &issue in &model.venues[venue].decides {
            if self.world.settled >> issue & 1 == 1 {
                continue;
            }
            for level in 0..model.issues[issue].levels as u8 {
                if level == start.levels[issue] || refused[issue] >> level & 1 == 1 {
                    continue;
                }
                for &form in &model.venues[venue].forms {
                    let mut package = Package { form, ..start };
                    package.levels[issue] = level;
                    let changed = level != self.world.levels[issue];
                    package.changes = package.changes & !(1 << issue) | u32::from(changed) << issue;
                    let gain = worth(&package) - now;
                    if package.changes != 0 && gain > best.map_or(0.0, |(gain, ..)| gain) {
                        best = Some((gain, package, issue));
                    }
                }
            }
        }
        best.map(|(_, package, issue)| (package, issue))
    }

    /// Power-weighted sum of the parties' utilities as the mediator knows them.
    fn mediated_worth(&self, venue: usize, package: &Package) -> f64 {
        let (model, draw) = (self.model, self.draw);
        let insight = draw.get(model.venues[venue].mediator_insight);
        let mut total = 0.0;
        for party in 0..model.parties.len() {
            if self.world.seats[venue] >> party & 1 == 0 {
                continue;
            }
            let power = draw.rows[model.parties[party].first_row].power;
            for issue in 0..model.issues.len() {
                if package.changes >> issue & 1 == 1 {
                    let seen = |view| {
                        let at = model.seen_index(view, party, package.form, issue);
                        draw.seen[at + usize::from(package.levels[issue])]
                            - draw.seen[at + usize::from(self.world.levels[issue])]
                    };
                    total += power * (insight * seen(0) + (1.0 - insight) * seen(1));
                }
            }
        }
        super::offer::ratified(total, draw.ratified[package.form])
    }

    /// Whether a party lets the revision on the table stand.
    fn can_live_with(&mut self, party: usize, venue: usize, turn: usize) -> bool {
        let mut yes = [0.0; MAX_TYPES];
        let plan = &self.model.parties[party];
        for (p, row) in yes.iter_mut().zip(plan.rows()) {
            let (new, old) = (
                self.world.standing_offer[row],
                self.world.standing_text[row],
            );
            self.world.receive(row, new);
            let target = self.target_worth(
                row,
                Turn {
                    venue,
                    number: turn,
                    offering: true,
                },
            );
            self.world.asked[row] = target;
            *p = if new == f64::NEG_INFINITY {
                0.0
            } else if new >= old {
                1.0
            } else {
                self.trembling(new - target)
            };
        }
        let stream = self.model.stream.response + party;
        let types = plan.types;
        let answer = self.ask(Ask::LetStand, party, (venue, turn));
        self.decide(answer, party, (stream, turn as u32), &yes[..types])
    }

    /// What the row aspires to next, as a change against now; its reservation if it can ask for
    /// nothing.
    fn target_worth(&mut self, row: usize, at: Turn) -> f64 {
        match self.aspire(row, at) {
            Some(aspiration) => self.aspired(at.venue, row, aspiration),
            None => self.world.reservation[row],
        }
    }

    /// Before an offer that no answer at the same turn went before.
    fn forget_targets(&mut self, party: usize) {
        let rows = self.model.parties[party].rows();
        self.world.target[rows].fill(f64::NAN);
    }

    /// A party makes its offer, at the targets behind its answer of this turn if it gave one;
    /// everyone reads how far its first one at a meeting concedes. Later
    /// ones come from the same delegation on the same day and say little that is new.
    fn make_offer(&mut self, party: usize, at: Turn) -> Option<Package> {
        let plan = &self.model.parties[party];
        let truth = self.world.truth[party];
        let unread = self.world.read >> party & 1 == 0;
        let mut concession = [0.0; MAX_TYPES];
        let mut offer = None;
        for (conceded, row) in concession.iter_mut().zip(plan.rows()) {
            let target = self.world.target[row];
            let aspiration = if target.is_nan() {
                match self.aspire(row, at) {
                    Some(aspiration) => aspiration,
                    None => continue,
                }
            } else {
                Aspiration::Target(target)
            };
            let aspired = self.aspired(at.venue, row, aspiration);
            if unread {
                *conceded = self.best_package(at.venue, row) - aspired;
            }
            self.world.asked[row] = aspired;
            if row == truth {
                offer = Some(self.offer(at.venue, row, aspiration));
            }
        }
        let (package, own, conceded) = match self.ask_offer(party, at) {
            Offered::Package(package, own, conceded) => {
                self.put_on_table(&package);
                (package, own, conceded)
            }
            Offered::Nothing => return None,
            Offered::Agent => {
                let offer = offer?;
                let package = self.put_offer_on_table(at.venue, offer);
                let conceded = concession[truth - plan.first_row];
                (package, offer.point.own, conceded)
            }
        };
        if unread {
            self.world.read |= 1 << party;
            self.read_offer(party, &concession[..plan.types], conceded);
        }
        self.hand_over(party, own, at.venue, &package);
        Some(package)
    }

    /// The others at the table take note of an offer, and it is recorded.
    fn hand_over(&mut self, party: usize, own: f64, venue: usize, package: &Package) {
        let parties = self.model.parties.len();
        let at = self.world.round * parties;
        let truth = self.world.truth[party];
        if own > f64::NEG_INFINITY {
            self.record.asked[at + party] = self.world.now[truth] + own;
        }
        let offered = &mut self.record.offered[at..][..parties];
        for other in bits(self.world.seats[venue] & !(1 << party)) {
            self.world.receive_offer(self.model.parties[other].rows());
            let row = self.world.truth[other];
            let change = self.world.standing_offer[row];
            if change > f64::NEG_INFINITY {
                let best = &mut offered[other];
                *best = best.max(self.world.now[row] + change);
            }
        }
        if L::ON {
            self.log.note(Note::Offer {
                party,
                form: package.form,
                levels: &package.levels[..self.model.issues.len()],
                changes: package.changes,
                own: self.world.now[truth] + own,
            });
        }
    }

    /// Whether a party accepts the standing offer by `AC_next`.
    fn respond(&mut self, party: usize, at: Turn) -> bool {
        let plan = &self.model.parties[party];
        let truth = self.world.truth[party];
        let mut yes = [0.0; MAX_TYPES];
        let (mut worth, mut asks) = (0.0, 0.0);
        let reach = TREMBLE_REACH * self.draw.get(self.model.tremble);
        if self.is_far_off(party, at, reach) {
            let target = self.world.target[truth];
            worth = self.world.standing_offer[truth];
            asks = if target.is_nan() {
                self.world.reservation[truth]
            } else {
                target
            };
        } else {
            for (p, row) in yes.iter_mut().zip(plan.rows()) {
                let change = self.world.standing_offer[row];
                let ask = self.next_ask(row, at, change);
                if change >= self.world.reservation[row] {
                    *p = self.trembling(change - ask);
                }
                if row == truth {
                    (worth, asks) = (change, ask);
                }
            }
        }
        let stream = self.model.stream.response + party;
        let types = plan.types;
        let answer = self.ask(Ask::Accept, party, (at.venue, at.number));
        let accepts = self.decide(answer, party, (stream, at.number as u32), &yes[..types]);
        if L::ON {
            let now = self.world.now[truth];
            self.log.note(Note::Response {
                party,
                accepts,
                worth: now + worth,
                asks: now + asks,
            });
        }
        accepts
    }

    /// What the row's own next offer would be worth to it. Never less than its target, which is
    /// enough to know when the offer in hand is clearly worth less.
    fn next_ask(&mut self, row: usize, at: Turn, in_hand: f64) -> f64 {
        self.world.target[row] = f64::NAN;
        if self.model.rows[row].strategy == StrategyPlan::Rubinstein {
            let floor = self.world.reservation[row];
            if self.best_package(at.venue, row) <= floor {
                return floor;
            }
            return self.rubinstein(row, at.venue).floor;
        }
        let Some(aspiration) = self.aspire(row, at) else {
            return self.world.reservation[row];
        };
        if let Aspiration::Target(target) = aspiration {
            self.world.target[row] = target;
        }
        let aspired = self.aspired(at.venue, row, aspiration);
        if in_hand < aspired - TREMBLE_REACH * self.draw.get(self.model.tremble) {
            return aspired;
        }
        self.offer(at.venue, row, aspiration).point.own
    }

    /// Whether a party takes what is on the table rather than its disagreement value.
    fn takes(&mut self, party: usize, venue: usize, k: usize) -> bool {
        let plan = &self.model.parties[party];
        let truth = self.world.truth[party];
        let mut yes = [0.0; MAX_TYPES];
        let mut worth = 0.0;
        for (p, row) in yes.iter_mut().zip(plan.rows()) {
            let change = self.world.standing_offer[row];
            *p = f64::from(u8::from(change >= self.world.reservation[row]));
            if row == truth {
                worth = change;
            }
        }
        let stream = self.model.stream.response + party;
        let types = plan.types;
        let answer = self.ask(Ask::Take, party, (venue, k));
        let accepts = self.decide(answer, party, (stream, k as u32), &yes[..types]);
        if L::ON {
            let now = self.world.now[truth];
            let asks = now + self.world.reservation[truth];
            self.log.note(Note::Response {
                party,
                accepts,
                worth: now + worth,
                asks,
            });
        }
        accepts
    }

    /// Probability of accepting what is worth `margin` more than the own ask.
    fn trembling(&self, margin: f64) -> f64 {
        let width = self.draw.get(self.model.tremble);
        if margin >= 0.0 {
            1.0
        } else if margin >= -TREMBLE_REACH * width {
            math::exp(margin / width)
        } else {
            0.0
        }
    }

    /// Whether a party leaves the table over an offer worth less to it than no agreement; it decides
    /// that once a meeting.
    fn walks_out(
        &mut self,
        party: usize,
        Turn {
            venue,
            number: turn,
            ..
        }: Turn,
    ) -> bool {
        let plan = &self.model.parties[party];
        let mut leaves = [0.0; MAX_TYPES];
        for (p, row) in leaves.iter_mut().zip(plan.rows()) {
            if self.world.standing_offer[row] < self.world.reservation[row] {
                *p = self.draw.rows[row].walkout;
            }
        }
        let answer = self.ask(Ask::Leave, party, (venue, turn));
        let stayed = self.world.stayed >> party & 1 == 1;
        let asked = answer == Some(true);
        if !asked && (stayed || leaves[..plan.types].iter().all(|&p| p <= 0.0)) {
            return false;
        }
        self.world.stayed |= 1 << party;
        let stream = self.model.stream.walkout + party;
        let types = plan.types;
        let leaves = self.decide(answer, party, (stream, turn as u32), &leaves[..types]);
        if leaves && L::ON {
            self.log.note(Note::Walkout(party));
        }
        leaves
    }
}
