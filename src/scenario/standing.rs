//! What stands behind a number: a document, a judgement, both, or nothing.

use super::load::FactIndex;
use super::quantity::Provenance;

/// What stands behind a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Facts alone.
    Documented,
    /// Facts, and a reason where they end.
    Partly,
    /// Cites only what nobody looked up.
    Remembered,
    /// A reason alone.
    Assumed,
    /// The format's default, or what fixes a scale: nobody's claim about the world.
    Defined,
    /// Nothing.
    Unsourced,
}

impl Standing {
    /// All, the best founded first.
    pub const ALL: [Self; 6] = [
        Self::Documented,
        Self::Partly,
        Self::Remembered,
        Self::Assumed,
        Self::Defined,
        Self::Unsourced,
    ];

    /// What stands behind a number with this provenance.
    pub fn of(why: &Provenance, facts: &dyn FactIndex) -> Self {
        // An id that the evidence does not know was reported when the file was read.
        let documented = |id: &String| facts.fact_text(id).is_none_or(|fact| fact.documented);
        if why.by_definition {
            return Self::Defined;
        }
        match (why.from.is_empty(), why.assumed.is_some()) {
            (true, true) => Self::Assumed,
            (true, false) => Self::Unsourced,
            (false, _) if !why.from.iter().any(documented) => Self::Remembered,
            (false, false) => Self::Documented,
            (false, true) => Self::Partly,
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Partly => "documented in part, assumed in part",
            Self::Remembered => "from memory, not documented",
            Self::Assumed => "assumed",
            Self::Defined => "by definition",
            Self::Unsourced => "without a source or a reason",
        }
    }
}
