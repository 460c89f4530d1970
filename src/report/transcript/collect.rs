//! From the engine's notes to entries in names.

use crate::engine::{Log, Note};
use crate::model::Model;
use crate::model::condition::View;
use crate::model::plan::Slots;

use super::{Belief, ChoiceOption, Entry, Term, term};

/// Listens to a run.
pub(super) struct Collector<'a> {
    model: &'a Model,
    pub(super) entries: Vec<Entry>,
    /// What happened since the last round: it is noted before the round it belongs to.
    early: Vec<Entry>,
    round: usize,
    /// Level in force of each issue at the beginning of the round, and which are settled, as bits.
    levels: Vec<u8>,
    settled: u32,
}

impl<'a> Collector<'a> {
    pub(super) fn new(model: &'a Model) -> Self {
        Self {
            model,
            entries: Vec::new(),
            early: Vec::new(),
            round: 0,
            levels: Vec::new(),
            settled: 0,
        }
    }

    fn party(&self, party: usize) -> String {
        self.model.scenario.parties[party].id.clone()
    }

    fn form(&self, form: usize) -> String {
        // A file without forms has one form, which needs no name.
        let words = self.model.scenario.forms.get(form);
        words.map_or_else(String::new, |words| words.name.clone())
    }

    fn terms(&self, levels: &[u8], changes: u32) -> Vec<Term> {
        (0..levels.len())
            .filter(|issue| changes >> issue & 1 == 1)
            .map(|issue| term(self.model, issue, self.levels[issue], levels[issue]))
            .collect()
    }

    fn begin(&mut self, round: usize, disagreement: &[f64], now: &[f64], view: &View<'_>) {
        let plan = self.model.rounds[round];
        let slots = view.slots;
        self.round = round;
        self.levels = view.levels.to_vec();
        self.settled = view.settled;
        let posture = (0..now.len()).map(|party| slots[self.model.slots.posture(party)]);
        self.entries.push(Entry::Round {
            round: round + 1,
            date: plan.date,
            venue: self.model.scenario.venues[plan.venue].name.clone(),
            documented: plan.documented,
            now: now.to_vec(),
            disagreement: disagreement.to_vec(),
            tension: slots[Slots::TENSION],
            posture: posture.collect(),
        });
        self.entries.append(&mut self.early);
    }

    fn lapse(&mut self, index: usize) {
        let model = self.model;
        let commitment = &model.commitments[index];
        // Threats come first among the commitments, and only they lapse.
        let what = model.scenario.threats[index].name.clone();
        let by = self.party(commitment.by);
        self.early.push(Entry::Lapse { what, by });
    }

    fn meeting(&self, seats: u32) -> Entry {
        let venue = &self.model.venues[self.model.rounds[self.round].venue];
        let seated = venue.order.iter().filter(|&&party| seats >> party & 1 == 1);
        let open = venue
            .decides
            .iter()
            .filter(|&&issue| self.settled >> issue & 1 == 0);
        Entry::Meeting {
            seats: seated.map(|&party| self.party(party)).collect(),
            agenda: open
                .map(|&issue| {
                    let id = self.model.scenario.issues[issue].id.clone();
                    (id, usize::from(self.levels[issue]))
                })
                .collect(),
            protocol: venue.protocol,
        }
    }

    fn choice(
        &mut self,
        party: usize,
        chosen: Option<usize>,
        options: &[(Option<usize>, f64, f64)],
    ) -> Entry {
        let model = self.model;
        let name = |index: usize| model.scenario.moves[index].id.clone();
        let mut options: Vec<ChoiceOption> = options
            .iter()
            .map(|&(act, probability, utility)| ChoiceOption {
                act: act.map(name),
                probability,
                utility,
            })
            .collect();
        options.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        Entry::Choice {
            party: self.party(party),
            chosen: chosen.map(name),
            options,
        }
    }

    fn beliefs(&self, rows: &[f64]) -> Entry {
        let several = self.model.parties.iter().enumerate();
        Entry::Beliefs {
            parties: several
                .filter(|(_, plan)| plan.types > 1)
                .map(|(party, plan)| Belief {
                    party: self.party(party),
                    types: rows[plan.rows()].to_vec(),
                })
                .collect(),
        }
    }
}

impl Log for Collector<'_> {
    const ON: bool = true;

    fn note(&mut self, note: Note<'_>) {
        let entry = match note {
            // Both stand in the record, which outlives the run.
            Note::Types(_) | Note::End { .. } => return,
            Note::Round {
                round,
                disagreement,
                now,
                view,
                ..
            } => return self.begin(round, disagreement, now, &view),
            Note::Event(index) => {
                let model = self.model;
                let what = model.scenario.events[index].name.clone();
                return self.early.push(Entry::Event { what });
            }
            Note::Lapse(index) => return self.lapse(index),
            Note::NoMeeting { open } => Entry::NoMeeting { open },
            Note::Meeting { seats } => self.meeting(seats),
            Note::Offer {
                party,
                form,
                levels,
                changes,
                own,
            } => Entry::Offer {
                party: self.party(party),
                form: self.form(form),
                terms: self.terms(levels, changes),
                own,
            },
            Note::Text {
                form,
                levels,
                changes,
            } => Entry::Text {
                form: self.form(form),
                terms: self.terms(levels, changes),
            },
            Note::Response {
                party,
                accepts,
                worth,
                asks,
            } => Entry::Response {
                party: self.party(party),
                accepts,
                worth: worth.is_finite().then_some(worth),
                asks,
            },
            Note::Walkout(party) => Entry::Walkout {
                party: self.party(party),
            },
            Note::Agreement {
                form,
                levels,
                changes,
            } => Entry::Agreement {
                form: self.form(form),
                terms: self.terms(levels, changes),
            },
            Note::NoAgreement => Entry::NoAgreement,
            Note::Consent {
                party,
                given,
                probability,
            } => Entry::Consent {
                party: self.party(party),
                given,
                probability,
            },
            Note::Ratification {
                party,
                given,
                probability,
            } => Entry::Ratification {
                party: self.party(party),
                given,
                probability,
            },
            Note::InForce => Entry::InForce,
            Note::Choice {
                party,
                chosen,
                options,
            } => self.choice(party, chosen, options),
            Note::Beliefs(rows) => self.beliefs(rows),
        };
        self.entries.push(entry);
    }
}
