//! What a party sees and hears in the course of a game.
//!
//! Flows in: the engine's notes, as the sitter passes them on. Flows out: the news of a view.
//! Invariant: what is said at a table reaches only those who sit at it, and of what a party thinks
//! (its score for an offer, its chances, its type) nothing reaches another.

use jiff::civil::Date;
use serde::Serialize;

use super::Terms;
use crate::model::Model;

/// A piece of news and the round in which it came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Heard {
    /// Round, from 0.
    pub round: usize,
    /// What.
    #[serde(flatten)]
    pub news: News,
}

/// An issue that a package would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Term {
    /// Issue id.
    pub issue: String,
    /// Level in force, as an index.
    pub from: usize,
    /// Level proposed or agreed, as an index.
    pub to: usize,
}

/// A package as it was put on the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proposal {
    /// Form id; absent where the file knows one form without a name.
    pub form: Option<String>,
    /// What it would change.
    pub terms: Vec<Term>,
    /// What it is worth to the party that hears it, 0 to 1.
    pub to_you: f64,
}

impl Proposal {
    pub(super) fn new(model: &Model, terms: &Terms, before: &[u8], to_you: f64) -> Self {
        let forms = &model.scenario.forms;
        let changed = terms.levels.iter().zip(before).enumerate();
        Self {
            form: forms.get(terms.form).map(|form| form.id.clone()),
            terms: changed
                .filter(|(_, (to, from))| to != from)
                .map(|(issue, (to, from))| Term {
                    issue: model.scenario.issues[issue].id.clone(),
                    from: usize::from(*from),
                    to: usize::from(*to),
                })
                .collect(),
            to_you,
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "news", rename_all = "kebab-case")]
pub enum News {
    /// A round begins.
    Round {
        /// Counted from 1.
        #[serde(rename = "number")]
        round: usize,
        /// Day of its meeting.
        date: Date,
        /// Venue id.
        venue: String,
        /// Whether the meeting is in the documented calendar.
        documented: bool,
    },
    /// A shock from outside.
    Event {
        /// In words.
        what: String,
    },
    /// A threat was not carried out in time.
    Lapse {
        /// In words.
        what: String,
        /// Who had made it.
        by: String,
    },
    /// No talks this round.
    NoMeeting {
        /// Whether the venue is open; if it is, nothing is left to settle or nobody to talk to.
        open: bool,
    },
    /// A meeting begins.
    Meeting {
        /// Who sits, in speaking order.
        seats: Vec<String>,
        /// Whether you do.
        yours: bool,
    },
    /// Somebody at your table makes an offer, perhaps you.
    Offer {
        /// Who.
        by: String,
        /// What.
        proposal: Proposal,
    },
    /// A mediator at your table puts a text forward.
    Text {
        /// What.
        proposal: Proposal,
    },
    /// Somebody at your table answers the standing offer.
    Response {
        /// Who.
        party: String,
        /// How.
        accepts: bool,
    },
    /// Somebody leaves, which ends the meeting.
    Walkout {
        /// Who.
        party: String,
    },
    /// Everyone at a table has agreed and signed.
    Agreement {
        /// On what.
        proposal: Proposal,
    },
    /// A meeting ends without agreement.
    NoAgreement,
    /// An absent party is asked for its consent.
    Consent {
        /// Who.
        party: String,
        /// Whether it gives it.
        given: bool,
    },
    /// A party ratifies or fails to.
    Ratification {
        /// Who.
        party: String,
        /// Whether it does.
        given: bool,
    },
    /// The agreement takes effect.
    InForce,
    /// A party moves.
    Move {
        /// Who.
        by: String,
        /// Move id.
        id: String,
        /// In words.
        what: String,
    },
}
