//! What a person at a seat can do, in words that a file can keep.
//!
//! Flows in: the person's inputs. Flows out: the log of a game. Invariant: parties, issues, moves and
//! outcomes appear by id, levels by their index in the scenario file (0 the lowest), so that a log
//! means the same to whoever reads it beside the scenario.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An offer in the making, or made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Form in which it would be recorded; absent where the file knows one form without a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// Level asked for, by issue; issues that are not named stay as they are.
    #[serde(default)]
    pub levels: BTreeMap<String, usize>,
}

/// A choice at a decision point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "choice", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Decision {
    /// Yes: to an offer, a revision, a signature, a consent.
    Accept,
    /// No.
    Refuse,
    /// Puts a package on the table, in place of the standing offer if there is one.
    Offer {
        /// The package.
        package: Package,
    },
    /// Puts nothing on the table.
    Pass,
    /// Leaves the meeting, which ends it.
    WalkOut,
    /// Makes a move between meetings.
    Move {
        /// Move id.
        #[serde(rename = "move")]
        act: String,
    },
    /// Makes none.
    Wait,
}

/// What a person writes down before the first round. The engine never sees it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worksheet {
    /// Best alternative to a negotiated agreement (BATNA: Fisher and Ury 1981), in words.
    #[serde(default)]
    pub batna: String,
    /// The least the person would accept, from 0 to 1 on the party's own scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub walk_away: Option<f64>,
    /// By other party: what it cares for, most important issue first, as the person guesses.
    #[serde(default)]
    pub priorities: BTreeMap<String, Vec<String>>,
}

/// An input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    /// Writes the worksheet, in place of what it said before.
    Worksheet {
        /// The whole worksheet.
        worksheet: Worksheet,
    },
    /// Says how likely each outcome is, before the first round.
    Predict {
        /// Percentage by outcome id; they add up to 100.
        chances: BTreeMap<String, f64>,
    },
    /// Ends the preparation.
    Begin,
    /// Changes the offer in the making to this.
    Draft {
        /// The whole draft.
        package: Package,
    },
    /// Takes back the last change of the draft, or of the worksheet or prediction before the first
    /// round. What has been said at the table cannot be taken back.
    Undo,
    /// Decides.
    Decide {
        /// What.
        decision: Decision,
    },
    /// Adjourns to think. Nobody speaks meanwhile, and nobody learns of it.
    Caucus,
    /// Writes a note for the debriefing.
    Note {
        /// The note.
        text: String,
    },
}
