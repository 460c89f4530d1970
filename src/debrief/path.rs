//! What happened on the way, with what it was worth to everybody.
//!
//! Flows in: the engine's notes of one run. Flows out: a [`Path`]: meetings with how things stood at
//! them, offers with their utility to every party of its true type. Invariant: a utility here is the
//! one by which the engine's parties judged the package there and then.

use crate::engine::Prepared;
use crate::engine::log::{Log, Note};
use crate::engine::record::NONE;
use crate::model::Model;
use crate::solve::space::{Package, Space, Standing};

/// A package that somebody put on the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Who; none for a mediator.
    pub party: Option<usize>,
    /// What.
    pub package: Package,
    /// Issues it would settle, as bits.
    pub changes: u32,
    /// What it is worth to each party, on its own scale; minus infinity where it is refused at any
    /// price.
    pub utility: Vec<f64>,
}

/// How a meeting ended.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Ending {
    /// Without agreement.
    #[default]
    Nothing,
    /// Somebody left.
    Walkout(usize),
    /// With an agreement that did not come into force: consent or ratification failed.
    Failed(Offer),
    /// With an agreement in force.
    Agreement(Offer),
}

/// A meeting.
#[derive(Debug, Clone)]
pub struct Meeting {
    /// Round, from 0.
    pub round: usize,
    /// Venue.
    pub venue: usize,
    /// Parties at the table, as bits.
    pub seats: u32,
    /// By party: the least a package must be worth to it.
    pub reservation: Vec<f64>,
    /// Packages that could be agreed on there.
    pub space: Space,
    /// Parties without whose yes nothing can be settled there: those at the table and those whose
    /// consent an open issue of its agenda needs; ascending.
    pub needed: Vec<usize>,
    /// Offers, in order.
    pub offers: Vec<Offer>,
    /// How it ended.
    pub ending: Ending,
}

/// A game from end to end.
#[derive(Debug, Clone)]
pub struct Path {
    /// By party: row of its true type.
    pub rows: Vec<usize>,
    /// `[round][party]`: what no agreement was worth at the start of each round played.
    pub disagreement: Vec<Vec<f64>>,
    /// The meetings that took place.
    pub meetings: Vec<Meeting>,
}

/// Listens to a run.
#[derive(Debug)]
pub struct Witness<'a> {
    model: &'a Model,
    prepared: &'a Prepared,
    path: Path,
    /// At the beginning of the round: level in force of each issue, form by settled issue.
    levels: Vec<u8>,
    forms: Vec<u8>,
    round: usize,
    now: Vec<f64>,
    reservation: Vec<f64>,
    agreed: Option<Offer>,
}

impl<'a> Witness<'a> {
    /// A listener that has heard nothing yet.
    pub fn new(model: &'a Model, prepared: &'a Prepared) -> Self {
        Self {
            model,
            prepared,
            path: Path {
                rows: Vec::new(),
                disagreement: Vec::new(),
                meetings: Vec::new(),
            },
            levels: Vec::new(),
            forms: Vec::new(),
            round: 0,
            now: Vec::new(),
            reservation: Vec::new(),
            agreed: None,
        }
    }

    /// What it heard.
    pub fn into_path(self) -> Path {
        self.path
    }

    /// What was put on the table last.
    #[cfg(test)]
    pub(super) fn last_offer(&self) -> Option<&Offer> {
        self.path.meetings.last()?.offers.last()
    }

    fn meeting(&mut self, seats: u32) {
        let venue = self.model.rounds[self.round].venue;
        let plan = &self.model.venues[venue];
        let open = plan.decides.iter().filter(|&&i| self.forms[i] == NONE);
        let agenda = open.clone().fold(0_u32, |bits, issue| bits | 1 << issue);
        let consent = open.fold(0, |bits, &issue| bits | self.model.issues[issue].consent);
        let standing = Standing {
            levels: &self.levels,
            forms: &self.forms,
            agenda,
            among: Some(&plan.forms),
            now: self.now.clone(),
            no_deal: self.reservation.clone(),
        };
        let space = Space::standing(self.model, self.prepared, &self.path.rows, standing);
        let parties = self.model.parties.len();
        let needed = (0..parties).filter(|party| (seats | consent) >> party & 1 == 1);
        self.path.meetings.push(Meeting {
            round: self.round,
            venue,
            seats,
            reservation: self.reservation.clone(),
            space,
            needed: needed.collect(),
            offers: Vec::new(),
            ending: Ending::Nothing,
        });
    }

    fn tabled(&self, party: Option<usize>, form: usize, levels: &[u8], changes: u32) -> Offer {
        let package = Package {
            form,
            levels: levels.to_vec(),
        };
        let meeting = self.path.meetings.last();
        let space = &meeting.expect("an offer is made at a meeting").space;
        Offer {
            party,
            utility: space.utilities(&package),
            package,
            changes,
        }
    }

    fn end(&mut self, ending: Ending) {
        if let Some(meeting) = self.path.meetings.last_mut() {
            meeting.ending = ending;
        }
    }
}

impl Log for Witness<'_> {
    const ON: bool = true;

    fn note(&mut self, note: Note<'_>) {
        let model = self.model;
        match note {
            Note::Types(types) => {
                let rows = model.parties.iter().zip(types);
                self.path.rows = rows
                    .map(|(plan, &kind)| plan.first_row + usize::from(kind))
                    .collect();
            }
            Note::Round {
                round,
                disagreement,
                now,
                view,
                forms,
            } => {
                self.round = round;
                self.levels = view.levels.to_vec();
                self.forms = forms.to_vec();
                self.now = now.to_vec();
                self.path.disagreement.push(disagreement.to_vec());
                let rows = &self.prepared.draw().rows;
                self.reservation = (disagreement.iter().enumerate())
                    .map(|(party, value)| {
                        let exposure = view.slots[model.slots.exposure(party)];
                        value + rows[self.path.rows[party]].audience_cost * exposure
                    })
                    .collect();
            }
            Note::Meeting { seats } => self.meeting(seats),
            Note::Offer {
                party,
                form,
                levels,
                changes,
                ..
            } => {
                let offer = self.tabled(Some(party), form, levels, changes);
                if let Some(meeting) = self.path.meetings.last_mut() {
                    meeting.offers.push(offer);
                }
            }
            Note::Text {
                form,
                levels,
                changes,
            } => {
                let offer = self.tabled(None, form, levels, changes);
                if let Some(meeting) = self.path.meetings.last_mut() {
                    meeting.offers.push(offer);
                }
            }
            Note::Agreement {
                form,
                levels,
                changes,
            } => {
                let offer = self.tabled(None, form, levels, changes);
                self.agreed = Some(offer.clone());
                // Until it is in force.
                self.end(Ending::Failed(offer));
            }
            Note::InForce => {
                if let Some(offer) = self.agreed.take() {
                    self.end(Ending::Agreement(offer));
                }
            }
            Note::Walkout(party) => self.end(Ending::Walkout(party)),
            _ => {}
        }
    }
}
