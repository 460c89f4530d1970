//! What a published negotiation domain says beside what a scenario can say.
//!
//! Flows in: an imported file. Flows out: its own numbers, for those who compare with what others
//! have published; runs never read them.

use serde::Serialize;

/// `[domain]`: what a published negotiation domain says and the rest of the format has no place for.
///
/// Where every issue fits the format, `[[issues]]` and `[preferences]` hold the domain's own
/// numbers, to the last bit. Where one does not (one value, more than 15, values outside [0, 1]),
/// `[[domain.issues]]` and the profiles' tables hold them and the rest of the file an approximation
/// that the simulation can play.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Domain {
    /// Whose file it was: `genius`, `geniusweb` or `negmas`.
    pub format: String,
    /// Whether a weighted sum above 1 counts as 1.
    pub cap_at_one: bool,
    /// All issues with all their values; empty where `[[issues]]` says the same.
    pub issues: Vec<DomainIssue>,
    /// One a party, in the order of `parties`.
    pub profiles: Vec<DomainProfile>,
}

/// `[[domain.issues]]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DomainIssue {
    /// Name as published.
    pub name: String,
    /// Values as published, in their order.
    pub values: Vec<String>,
}

/// `[[domain.profiles]]`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DomainProfile {
    /// Party id.
    pub party: String,
    /// Utility of no agreement; absent where the domain states none.
    pub reservation: Option<f64>,
    /// Share of a utility that is left at the end of the session, in (0, 1]. Default 1.
    pub discount: f64,
    /// Weight of each of `[[domain.issues]]`, as published.
    pub weights: Vec<f64>,
    /// Value of each value of each of `[[domain.issues]]`.
    pub values: Vec<Vec<f64>>,
}
