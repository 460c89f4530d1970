//! Other people's negotiation domains: GENIUS XML, `GeniusWeb` JSON and `NegMAS` folders.
//!
//! Flows in: the bytes of published files. Flows out: a [`Domain`], the scenario text it becomes and
//! every deviation from the format with its file and line; and the other way, files from a scenario.
//! Beside it stand the definitions with which those tools publish numbers ([`solutions`],
//! [`alternating`]), so that the numbers can be compared. Invariant: utilities are computed in IEEE
//! doubles in the order of the issues, from the numbers as written, and never snapped or renormalised;
//! and no file, however hostile, costs more memory than a small multiple of its length.

pub mod alternating;
pub mod genius;
pub mod genius_write;
pub mod geniusweb;
pub mod negmas;
mod ranking;
pub mod report;
pub mod scenario;
pub mod scenario_text;
pub mod solutions;
pub mod space;
pub mod tree;
pub mod write;
pub mod xml;

pub use report::Report;

/// Longest file that is read, in bytes.
pub const SIZE_LIMIT: usize = 16 << 20;

/// Most values of one issue: a number issue with more is a slip or an attack.
pub const VALUES_LIMIT: u32 = 10_000;

/// Most issues, values and profiles together that a domain may have.
pub const NUMBERS_LIMIT: usize = 2_000_000;

/// A file to import.
#[derive(Debug, Clone)]
pub struct InputFile {
    /// Path as the user gave it.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A negotiation domain: finitely many outcomes, and parties whose utilities add up over issues.
#[derive(Debug, Clone, PartialEq)]
pub struct Domain {
    /// Name.
    pub name: String,
    /// Whose rules the numbers follow.
    pub format: Format,
    /// Whether a weighted sum above 1 counts as 1 (GENIUS).
    pub cap_at_one: bool,
    /// The issues in the file's order.
    pub issues: Vec<Issue>,
    /// The parties in the order of their files.
    pub profiles: Vec<Profile>,
}

/// Whose format a domain came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// GENIUS XML (Lin et al. 2014).
    Genius,
    /// `GeniusWeb` JSON.
    GeniusWeb,
    /// `NegMAS` YAML or JSON (Mohammad et al. 2021).
    NegMas,
    /// A scenario that was never imported.
    Scenario,
}

impl Format {
    /// The word of the file format and of the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Genius => "genius",
            Self::GeniusWeb => "geniusweb",
            Self::NegMas => "negmas",
            Self::Scenario => "scenario",
        }
    }
}

/// An issue.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// Name as published.
    pub name: String,
    /// Kind as published; the values say the rest.
    pub kind: Kind,
    /// Values in words, in the file's order.
    pub values: Vec<String>,
}

/// Kind of an issue in the published file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Named values.
    Discrete,
    /// A run of whole numbers.
    Integer,
    /// A range of numbers, cut into steps.
    Real,
}

impl Kind {
    /// GENIUS' word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Discrete => "discrete",
            Self::Integer => "integer",
            Self::Real => "real",
        }
    }
}

/// A party: `u(outcome) = sum_i weights[i] * values[i][outcome[i]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Name: the file's, unless the format has one.
    pub name: String,
    /// Weight of each issue, as written.
    pub weights: Vec<f64>,
    /// Value of each value of each issue.
    pub values: Vec<Vec<f64>>,
    /// Utility of no agreement; none if the domain states none.
    pub reservation: Option<f64>,
    /// Share of a utility that is left at the end of the session, in (0, 1].
    pub discount: f64,
}

/// The last part of a path without its ending.
pub(crate) fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
