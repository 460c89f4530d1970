//! Sits in for a party in a run: answers from a list of decisions and, when the list is at its end,
//! keeps how things stand at the next question.
//!
//! Flows in: the engine's notes and questions. Flows out: what the seat has seen and heard, every
//! question it has faced, and the one it faces now. Invariant: after that question nothing more is
//! kept, so that what the agents would have done in the party's place stays unseen.

use super::Terms;
use super::news::{Heard, News, Proposal};
use super::stakes::Stakes;
use crate::engine::{Ask, Log, Note, Prepared, Standpoint, Tabled};
use crate::model::Model;
use crate::model::condition::{Test, View};
use crate::model::plan::MAX_ISSUES;
use crate::scenario::types::Protocol;

/// A decision by index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Yes.
    Accept,
    /// No.
    Refuse,
    /// Puts a package on the table.
    Offer(Terms),
    /// Puts nothing on the table.
    Pass,
    /// Leaves the meeting.
    WalkOut,
    /// Makes a move.
    Move(usize),
    /// Makes none.
    Wait,
}

/// What a party is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asked {
    /// Accept the standing offer, or answer it with another.
    Respond,
    /// Say yes or no to the standing offer, nothing else.
    Accept,
    /// Make an offer.
    Offer,
    /// Let a mediator's revision stand.
    LetStand,
    /// Take the final text or the one offer there is.
    Take,
    /// Sign what everyone accepts.
    Sign,
    /// Consent, absent, to what others agreed on.
    Consent,
    /// Choose a move.
    Move,
}

/// How things stand when the party is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// What is asked.
    pub asked: Asked,
    /// Round, from 0.
    pub round: usize,
    /// Day, counted from the start.
    pub day: u16,
    /// Venue and turn of the meeting; none between meetings.
    pub meeting: Option<(usize, usize)>,
    /// Level in force of each issue.
    pub levels: Vec<u8>,
    /// Issues settled by agreement, as bits.
    pub settled: u32,
    /// Form by settled issue, else [`NONE`](crate::engine::record::NONE).
    pub forms: Vec<u8>,
    /// Open venues, as bits.
    pub open: u64,
    /// By venue: parties with a seat, as bits.
    pub seats: Vec<u32>,
    /// Crisis variables.
    pub slots: Vec<f64>,
    /// How often each move, then each event, has happened.
    pub done: Vec<u16>,
    /// By commitment: how far the party believes it.
    pub believed: Vec<f64>,
    /// What no agreement is worth to the party.
    pub disagreement: f64,
    /// The least a package must be worth to it.
    pub reservation: f64,
    /// The package that the question is about, and who put it on the table (none for a mediator).
    pub presented: Option<(Option<usize>, Terms)>,
    /// Moves at hand (none for waiting) and their expected utility.
    pub options: Vec<(Option<usize>, f64)>,
    /// How much of the news came before the question.
    pub heard: usize,
}

/// What happens when the list of decisions is at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The next question is kept.
    Stop,
    /// The agent decides from there on, with the luck of another replicate if one is given.
    Agent(Option<u32>),
    /// The same, but the luck changes only after the question that the agent answers first, so that
    /// what comes before it stays as it was.
    AgentAnswers(Option<u32>),
}

/// Sits in for a party.
pub(super) struct Sitter<'a> {
    model: &'a Model,
    prepared: &'a Prepared,
    seat: usize,
    /// Row of the party's true type.
    row: usize,
    script: &'a [Act],
    then: Then,
    next: usize,
    /// The question at which the list ended.
    pub(super) moment: Option<Moment>,
    /// Questions faced before, one a decision.
    pub(super) faced: Vec<Moment>,
    /// What was seen and heard.
    pub(super) news: Vec<Heard>,
    /// Events of a round are noted before the round itself.
    early: Vec<News>,
    round: usize,
    /// Level in force of each issue at the beginning of the round, and form by settled issue.
    levels: Vec<u8>,
    forms: Vec<u8>,
    /// Parties at the table, as bits.
    seats: u32,
    /// Conditions to watch, and at the beginning of which round each first held.
    watched: &'a [Test],
    pub(super) held: Vec<Option<usize>>,
    /// The package that the next question is about, and the last offers: who, what.
    presented: Option<Terms>,
    offered: Vec<(Option<usize>, Terms)>,
    branched: bool,
    /// Whether an agent has answered a question.
    answered: bool,
    /// Whether a decision of the list did not answer what was asked: the rest is void.
    astray: bool,
}

impl<'a> Sitter<'a> {
    pub(super) fn new(
        model: &'a Model,
        prepared: &'a Prepared,
        seat: usize,
        script: &'a [Act],
        then: Then,
    ) -> Self {
        Self {
            model,
            prepared,
            seat,
            row: model.parties[seat].first_row,
            script,
            then,
            next: 0,
            moment: None,
            faced: Vec::new(),
            news: Vec::new(),
            early: Vec::new(),
            round: 0,
            levels: Vec::new(),
            forms: Vec::new(),
            seats: 0,
            watched: &[],
            held: Vec::new(),
            presented: None,
            offered: Vec::new(),
            branched: false,
            answered: false,
            astray: false,
        }
    }

    /// The same with conditions to watch.
    pub(super) fn watching(mut self, conditions: &'a [Test]) -> Self {
        self.watched = conditions;
        self.held = vec![None; conditions.len()];
        self
    }

    /// How many decisions of the list were used.
    pub(super) fn used(&self) -> usize {
        self.next
    }

    fn over(&self) -> bool {
        self.moment.is_some() || self.astray
    }

    fn protocol(&self, venue: usize) -> Protocol {
        self.model.venues[venue].protocol
    }

    fn moment(
        &self,
        asked: Asked,
        at: &Standpoint<'_>,
        options: &[(Option<usize>, f64)],
    ) -> Moment {
        let parties = self.model.parties.len();
        let by = |terms: &Terms| {
            let last = self.offered.iter().rev().find(|(_, offer)| offer == terms);
            last.and_then(|(by, _)| *by)
        };
        let about = match asked {
            Asked::Offer | Asked::Move => None,
            _ => self.presented.clone(),
        };
        Moment {
            asked,
            round: at.round,
            day: at.day,
            meeting: at.meeting,
            levels: at.levels.to_vec(),
            settled: at.settled,
            forms: at.forms.to_vec(),
            open: at.open,
            seats: at.seats.to_vec(),
            slots: at.slots.to_vec(),
            done: at.done.to_vec(),
            believed: (0..self.model.commitments.len())
                .map(|commitment| at.believed[commitment * parties + self.seat])
                .collect(),
            disagreement: at.disagreement,
            reservation: at.reservation,
            presented: about.map(|terms| (by(&terms), terms)),
            options: options.to_vec(),
            heard: self.news.len(),
        }
    }

    /// The next decision of the list; none at its end, where the question is kept if it shall be.
    fn decision(
        &mut self,
        asked: Asked,
        at: &Standpoint<'_>,
        options: &[(Option<usize>, f64)],
    ) -> Option<&'a Act> {
        if self.over() {
            return None;
        }
        let decision = self.script.get(self.next);
        match (decision, self.then) {
            (Some(_), Then::Stop) => {
                let moment = self.moment(asked, at, options);
                // Refused without a word, an offer is answered in a question of its own.
                if self.faced.len() == self.next {
                    self.faced.push(moment);
                }
            }
            (None, Then::Stop) => self.moment = Some(self.moment(asked, at, options)),
            // Whoever goes on with agents asks for no moments.
            (Some(_), _) => {}
            (None, _) => self.answered = true,
        }
        decision
    }

    /// What a package is worth to the party, as things stand at the meeting.
    fn worth(&self, terms: &Terms) -> f64 {
        let (levels, forms) = (&self.levels, &self.forms);
        Stakes::new(self.model, self.prepared, self.row, levels, forms).worth(self.model, terms)
    }

    fn tell(&mut self, news: News) {
        self.news.push(Heard {
            round: self.round,
            news,
        });
    }

    fn party(&self, party: usize) -> String {
        self.model.scenario.parties[party].id.clone()
    }

    fn present_here(&self) -> bool {
        self.seats >> self.seat & 1 == 1
    }

    fn terms(form: usize, levels: &[u8]) -> Terms {
        Terms {
            form,
            levels: levels.to_vec(),
        }
    }

    fn proposal(&self, terms: &Terms) -> Proposal {
        Proposal::new(self.model, terms, &self.levels, self.worth(terms))
    }

    fn begin(&mut self, round: usize, view: &View<'_>, forms: &[u8]) {
        let plan = self.model.rounds[round];
        self.round = round;
        self.levels = view.levels.to_vec();
        self.forms = forms.to_vec();
        for (test, held) in self.watched.iter().zip(&mut self.held) {
            if held.is_none() && test.holds(view) {
                *held = Some(round);
            }
        }
        self.tell(News::Round {
            round: round + 1,
            date: plan.date,
            venue: self.model.scenario.venues[plan.venue].id.clone(),
            documented: plan.documented,
        });
        for news in std::mem::take(&mut self.early) {
            self.tell(news);
        }
    }

    fn at_table(&mut self, note: Note<'_>) {
        match note {
            Note::Offer {
                party,
                form,
                levels,
                ..
            } => {
                let terms = Self::terms(form, levels);
                self.offered.push((Some(party), terms.clone()));
                let (by, proposal) = (self.party(party), self.proposal(&terms));
                self.tell(News::Offer { by, proposal });
            }
            Note::Text { form, levels, .. } => {
                let terms = Self::terms(form, levels);
                self.offered.push((None, terms.clone()));
                let proposal = self.proposal(&terms);
                self.tell(News::Text { proposal });
            }
            Note::Response { party, accepts, .. } => {
                let party = self.party(party);
                self.tell(News::Response { party, accepts });
            }
            _ => {}
        }
    }
}

impl Log for Sitter<'_> {
    const ON: bool = true;
    const SEATED: bool = true;

    fn note(&mut self, note: Note<'_>) {
        if self.over() {
            return;
        }
        match note {
            Note::Types(types) => {
                let first = self.model.parties[self.seat].first_row;
                self.row = first + usize::from(types[self.seat]);
            }
            Note::Round {
                round, view, forms, ..
            } => self.begin(round, &view, forms),
            Note::Event(index) => {
                let what = self.model.scenario.events[index].name.clone();
                self.early.push(News::Event { what });
            }
            Note::Lapse(index) => {
                // Threats come first among the commitments, and only they lapse.
                let what = self.model.scenario.threats[index].name.clone();
                let by = self.party(self.model.commitments[index].by);
                self.early.push(News::Lapse { what, by });
            }
            Note::NoMeeting { open } => self.tell(News::NoMeeting { open }),
            Note::Meeting { seats } => {
                self.seats = seats;
                self.offered.clear();
                let order = &self.model.venues[self.model.rounds[self.round].venue].order;
                let seated = order.iter().filter(|&&party| seats >> party & 1 == 1);
                let seats = seated.map(|&party| self.party(party)).collect();
                let yours = self.present_here();
                self.tell(News::Meeting { seats, yours });
            }
            Note::Offer { .. } | Note::Text { .. } | Note::Response { .. } => {
                if self.present_here() {
                    self.at_table(note);
                }
            }
            Note::Walkout(party) => {
                let party = self.party(party);
                self.tell(News::Walkout { party });
            }
            Note::Agreement { form, levels, .. } => {
                let proposal = self.proposal(&Self::terms(form, levels));
                self.tell(News::Agreement { proposal });
            }
            Note::NoAgreement => self.tell(News::NoAgreement),
            Note::Consent { party, given, .. } => {
                let party = self.party(party);
                self.tell(News::Consent { party, given });
            }
            Note::Ratification { party, given, .. } => {
                let party = self.party(party);
                self.tell(News::Ratification { party, given });
            }
            Note::InForce => self.tell(News::InForce),
            Note::Choice {
                party,
                chosen: Some(index),
                ..
            } => {
                let by = self.party(party);
                let act = &self.model.scenario.moves[index];
                let (id, what) = (act.id.clone(), act.name.clone());
                self.tell(News::Move { by, id, what });
            }
            Note::Choice { .. } | Note::Beliefs(_) | Note::End { .. } => {}
        }
    }

    fn holds(&self, party: usize) -> bool {
        party == self.seat
    }

    fn present(&mut self, form: usize, levels: &[u8]) {
        self.presented = Some(Self::terms(form, levels));
    }

    fn answer(&mut self, ask: Ask, at: &Standpoint<'_>) -> Option<bool> {
        if ask == Ask::Leave {
            // Whoever leaves says so when asked for an answer or an offer.
            let leaves = !self.over() && self.script.get(self.next) == Some(&Act::WalkOut);
            if leaves && self.then == Then::Stop && self.faced.len() == self.next {
                let venue = at.meeting.map(|(venue, _)| self.protocol(venue));
                let asked = if venue == Some(Protocol::SingleText) {
                    Asked::LetStand
                } else {
                    Asked::Offer
                };
                let moment = self.moment(asked, at, &[]);
                self.faced.push(moment);
            }
            let decides =
                !self.over() && (self.next < self.script.len() || self.then == Then::Stop);
            self.next += usize::from(leaves);
            return decides.then_some(leaves);
        }
        let alternating = at
            .meeting
            .is_some_and(|(venue, _)| self.protocol(venue) == Protocol::AlternatingOffers);
        let asked = match ask {
            Ask::Accept if alternating => Asked::Respond,
            Ask::Accept => Asked::Accept,
            Ask::LetStand => Asked::LetStand,
            Ask::Take => Asked::Take,
            Ask::Sign => Asked::Sign,
            Ask::Consent => Asked::Consent,
            Ask::Leave => return None,
        };
        match (self.decision(asked, at, &[])?, asked) {
            (Act::Accept, _) => {
                self.next += 1;
                Some(true)
            }
            (Act::Refuse, _) => {
                self.next += 1;
                Some(false)
            }
            // Said with the next step: leaving, an offer in its place, none.
            (Act::WalkOut | Act::Offer(_) | Act::Pass, Asked::Respond) => Some(false),
            _ => {
                self.astray = true;
                None
            }
        }
    }

    fn offer(&mut self, at: &Standpoint<'_>) -> Option<Tabled> {
        let act = self.decision(Asked::Offer, at, &[])?;
        let tabled = match act {
            Act::Offer(terms) => {
                let mut levels = [0; MAX_ISSUES];
                levels[..terms.levels.len()].copy_from_slice(&terms.levels);
                Tabled::Package {
                    form: terms.form,
                    levels,
                }
            }
            Act::Pass => Tabled::Nothing,
            _ => {
                self.astray = true;
                return None;
            }
        };
        self.next += 1;
        Some(tabled)
    }

    fn choice(&mut self, options: &[(Option<usize>, f64)], at: &Standpoint<'_>) -> Option<usize> {
        // Where only waiting is left there is nothing to decide.
        if options.len() < 2 {
            return None;
        }
        let chosen = match self.decision(Asked::Move, at, options)? {
            Act::Move(index) => Some(Some(*index)),
            Act::Wait => Some(None),
            _ => None,
        };
        let place = chosen.and_then(|chosen| {
            let mut options = options.iter();
            options.position(|(option, _)| *option == chosen)
        });
        self.astray |= place.is_none();
        self.next += usize::from(place.is_some());
        place
    }

    fn luck(&mut self) -> Option<u32> {
        let replicate = match self.then {
            Then::Agent(replicate) if self.next == self.script.len() => replicate,
            Then::AgentAnswers(replicate) if self.answered => replicate,
            _ => None,
        };
        let replicate = replicate.filter(|_| !self.branched)?;
        self.branched = true;
        Some(replicate)
    }
}
