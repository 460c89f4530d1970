//! What happens in a run, told to whoever listens: the transcript, the seat of a student.
//!
//! Flows in: notes from the engine, in the order of events. Flows out: nothing, unless the listener
//! sits in for a party (see [`super::seats`]); the ensemble listens with `()`, which the compiler
//! removes.

use super::seats::{Ask, Standpoint, Tabled};
use crate::model::condition::View;

/// A listener, who may also decide for a party. Whatever it leaves open the agent decides.
pub trait Log {
    /// Whether anybody listens: notes are not even made otherwise.
    const ON: bool;
    /// Whether the listener decides for anybody: nothing is asked otherwise.
    const SEATED: bool = false;
    /// Takes a note.
    fn note(&mut self, note: Note<'_>);

    /// Whether the listener decides for this party.
    fn holds(&self, _party: usize) -> bool {
        false
    }
    /// The package that the next question is about: form and level of each issue.
    fn present(&mut self, _form: usize, _levels: &[u8]) {}
    /// A question to be answered with yes or no.
    fn answer(&mut self, _ask: Ask, _at: &Standpoint<'_>) -> Option<bool> {
        None
    }
    /// What the party puts on the table.
    fn offer(&mut self, _at: &Standpoint<'_>) -> Option<Tabled> {
        None
    }
    /// Place of the chosen one among a party's options (a move or none for waiting, and its expected
    /// utility to the party).
    fn choice(&mut self, _options: &[(Option<usize>, f64)], _at: &Standpoint<'_>) -> Option<usize> {
        None
    }
    /// Asked after every question: the replicate whose luck holds from here on, if it changes.
    fn luck(&mut self) -> Option<u32> {
        None
    }
}

impl Log for () {
    const ON: bool = false;
    fn note(&mut self, _: Note<'_>) {}
}

/// Something that happened.
#[derive(Debug, Clone, Copy)]
pub enum Note<'a> {
    /// The run begins: true type of each party, as an index among its types.
    Types(&'a [u8]),
    /// A round begins.
    Round {
        /// Round, from 0.
        round: usize,
        /// Disagreement value of each party.
        disagreement: &'a [f64],
        /// Utility of the situation as it stands, of each party.
        now: &'a [f64],
        /// How the crisis stands, events and lapsed threats of the round included.
        view: View<'a>,
        /// Form by settled issue, else [`super::record::NONE`].
        forms: &'a [u8],
    },
    /// An event happened.
    Event(usize),
    /// A threat was not carried out in time.
    Lapse(usize),
    /// The venue is closed or nothing is left to settle there: no talks this round.
    NoMeeting {
        /// Whether the venue is open.
        open: bool,
    },
    /// A meeting begins with these parties at the table, as bits.
    Meeting {
        /// Parties.
        seats: u32,
    },
    /// A party makes an offer.
    Offer {
        /// Who.
        party: usize,
        /// Form.
        form: usize,
        /// Level of each issue if it were accepted.
        levels: &'a [u8],
        /// Issues it would settle, as bits.
        changes: u32,
        /// What it is worth to the party itself, on its own scale.
        own: f64,
    },
    /// A mediator puts a text on the table.
    Text {
        /// Form.
        form: usize,
        /// Level of each issue.
        levels: &'a [u8],
        /// Issues it would settle, as bits.
        changes: u32,
    },
    /// A party answers the standing offer.
    Response {
        /// Who.
        party: usize,
        /// Whether it accepts.
        accepts: bool,
        /// What the offer is worth to it.
        worth: f64,
        /// What it would ask for itself.
        asks: f64,
    },
    /// A party leaves the table.
    Walkout(usize),
    /// Everyone at the table agrees.
    Agreement {
        /// Form.
        form: usize,
        /// Level of each issue.
        levels: &'a [u8],
        /// Issues it settles, as bits.
        changes: u32,
    },
    /// The meeting ends without agreement.
    NoAgreement,
    /// An absent party is asked for its consent.
    Consent {
        /// Who.
        party: usize,
        /// Whether it gives it.
        given: bool,
        /// Probability that it would.
        probability: f64,
    },
    /// A party ratifies or fails to.
    Ratification {
        /// Who.
        party: usize,
        /// Whether it does.
        given: bool,
        /// Probability that it would.
        probability: f64,
    },
    /// The agreement takes effect.
    InForce,
    /// A party chooses between its moves.
    Choice {
        /// Who.
        party: usize,
        /// The move, or none for waiting.
        chosen: Option<usize>,
        /// Option (none for waiting), probability, expected utility.
        options: &'a [(Option<usize>, f64, f64)],
    },
    /// What the public believes after the round, by row.
    Beliefs(&'a [f64]),
    /// The run ends.
    End {
        /// Outcome rule.
        outcome: usize,
        /// Day, counted from the start.
        day: u16,
        /// Final utility of each party.
        utility: &'a [f64],
    },
}
