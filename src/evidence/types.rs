//! What the seeds hold, entry by entry.

use serde::Serialize;

use super::date::FactDate;

/// A closed list of names, as written in the files.
pub trait Named: Copy + 'static {
    /// All values.
    const ALL: &'static [Self];
    /// The name in files.
    fn name(self) -> &'static str;
}

/// A source document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Short name; ids of its facts begin with it.
    pub id: String,
    /// Key of the file in the collection the facts were taken from, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Title.
    pub title: String,
    /// Who published it, and in what kind of copy it was read.
    pub outlet: String,
    /// Who wrote it.
    pub author: String,
    /// Date of publication, as exactly as the copy tells.
    pub date: FactDate,
    /// Address, if the copy gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What is known to be wrong with it.
    pub defects: Vec<String>,
    /// Voices it shares with other documents, which count once.
    pub independence: String,
    /// Whether it was read: what its facts are that do not say so themselves.
    pub status: Status,
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactKind {
    /// What somebody takes to be so.
    Belief,
    /// A reading of motives or of what will follow, with an author.
    Hypothesis,
    /// Something that happened.
    Event,
    /// A cost announced for a case.
    Threat,
    /// Something asked for.
    Demand,
    /// Something that limits what can be agreed.
    Constraint,
    /// Something held out.
    Offer,
    /// Who meets where, when, at which level.
    Venue,
    /// Something refused in principle.
    RedLine,
    /// Ground already shared.
    Cooperation,
    /// Means at hand.
    Capability,
}

impl Named for FactKind {
    const ALL: &'static [Self] = &[
        Self::Belief,
        Self::Hypothesis,
        Self::Event,
        Self::Threat,
        Self::Demand,
        Self::Constraint,
        Self::Offer,
        Self::Venue,
        Self::RedLine,
        Self::Cooperation,
        Self::Capability,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Belief => "belief",
            Self::Hypothesis => "hypothesis",
            Self::Event => "event",
            Self::Threat => "threat",
            Self::Demand => "demand",
            Self::Constraint => "constraint",
            Self::Offer => "offer",
            Self::Venue => "venue",
            Self::RedLine => "red-line",
            Self::Cooperation => "cooperation",
            Self::Capability => "capability",
        }
    }
}

/// Whether the document says it, not whether it is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// It says so.
    Explicit,
    /// It can be read between the lines.
    Implied,
}

impl Named for Strength {
    const ALL: &'static [Self] = &[Self::Explicit, Self::Implied];

    fn name(self) -> &'static str {
        match self {
            Self::Explicit => "explicit",
            Self::Implied => "implied",
        }
    }
}

/// One thing a document says, in the project's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Short name by which scenarios cite it.
    pub id: String,
    /// Document id.
    pub document: String,
    /// When it was so or was said.
    pub date: FactDate,
    /// Whom it concerns.
    pub actors: Vec<String>,
    /// What it is about.
    pub kind: FactKind,
    /// The fact.
    pub statement: String,
    /// Whose claim it is.
    pub said_by: String,
    /// Whether the document says it outright.
    pub strength: Strength,
    /// What in a model it may bear on: the analyst's inference, signs and sizes included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bears_on: Option<String>,
    /// Why no scenario uses it: what it would take, or why it is background only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// How well it is founded; the document's own status if the file says nothing.
    pub status: Status,
}

impl Fact {
    /// Whether it was read in a source, not only remembered.
    pub fn is_documented(&self) -> bool {
        self.status != Status::Recalled
    }
}

/// Which facts to list; what is absent admits everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FactFilter {
    /// Only this kind.
    pub kind: Option<FactKind>,
    /// Only facts that concern this actor; capitals don't matter.
    pub actor: Option<String>,
    /// Only facts of this document.
    pub document: Option<String>,
    /// Only facts that contain this text in any field; capitals don't matter.
    pub text: Option<String>,
}

impl FactFilter {
    /// Whether a fact passes.
    pub fn admits(&self, fact: &Fact) -> bool {
        let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
        let holds = |field: &str, text: &str| field.to_lowercase().contains(&text.to_lowercase());
        self.kind.is_none_or(|kind| fact.kind == kind)
            && self
                .actor
                .as_deref()
                .is_none_or(|actor| fact.actors.iter().any(|known| same(known, actor)))
            && self
                .document
                .as_deref()
                .is_none_or(|document| fact.document == document)
            && self.text.as_deref().is_none_or(|text| {
                [&fact.id, &fact.statement, &fact.said_by]
                    .into_iter()
                    .any(|f| holds(f, text))
                    || fact.bears_on.as_deref().is_some_and(|f| holds(f, text))
            })
    }
}

/// How well an entry is founded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Read in a stored source or computed from a stored data file.
    Confirmed,
    /// Second-hand.
    Weak,
    /// From memory: never shown as a fact.
    Recalled,
}

impl Named for Status {
    const ALL: &'static [Self] = &[Self::Confirmed, Self::Weak, Self::Recalled];

    fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Weak => "weak",
            Self::Recalled => "recalled",
        }
    }
}

/// The number of a base rate, if it has one.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "figure", rename_all = "kebab-case")]
pub enum Figure {
    /// So many cases of so many.
    Count {
        /// Cases in the class.
        n: u64,
        /// Cases with the property.
        count: u64,
    },
    /// A share whose count is not known.
    Share {
        /// In [0, 1].
        share: f64,
        /// Cases in the class.
        #[serde(skip_serializing_if = "Option::is_none")]
        n: Option<u64>,
    },
    /// The middle of a distribution.
    Median {
        /// Median.
        median: f64,
        /// Lower and upper quartile.
        #[serde(skip_serializing_if = "Option::is_none")]
        quartiles: Option<[f64; 2]>,
        /// Unit of both.
        unit: String,
        /// Cases in the class.
        #[serde(skip_serializing_if = "Option::is_none")]
        n: Option<u64>,
    },
    /// A finding in words only.
    Finding,
}

/// An empirical reference class: a plausibility envelope, never a target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BaseRate {
    /// Short name by which scenarios name it.
    pub id: String,
    /// What it is about, for grouping.
    pub topic: String,
    /// A few words for a chart.
    pub label: String,
    /// What exactly it measures.
    pub measures: String,
    /// Its number.
    #[serde(flatten)]
    pub figure: Figure,
    /// Where it comes from.
    pub source: String,
    /// How well it is founded.
    pub status: Status,
    /// What cannot be concluded from it.
    pub cannot_say: String,
}

impl BaseRate {
    /// The share of the class, if the entry has one.
    pub fn share(&self) -> Option<f64> {
        match self.figure {
            Figure::Count { n, count } => Some(count as f64 / n as f64),
            Figure::Share { share, .. } => Some(share),
            Figure::Median { .. } | Figure::Finding => None,
        }
    }

    /// Number of cases, if known.
    pub fn n(&self) -> Option<u64> {
        match self.figure {
            Figure::Count { n, .. } => Some(n),
            Figure::Share { n, .. } | Figure::Median { n, .. } => n,
            Figure::Finding => None,
        }
    }

    /// Whether it may be shown as a fact.
    pub fn is_citable(&self) -> bool {
        self.status != Status::Recalled
    }
}

/// What a forecast states.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForecastValue {
    /// A probability.
    Probability(f64),
    /// A share of respondents, which is no probability.
    ShareOfRespondents {
        /// In [0, 1].
        share: f64,
        /// Number of respondents.
        n: u64,
    },
}

/// A forecast made at the time: a benchmark to compare with, never an input.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecast {
    /// Short name.
    pub id: String,
    /// Who forecast.
    pub forecaster: String,
    /// When.
    pub date: FactDate,
    /// What exactly, by when.
    pub question: String,
    /// The forecast.
    pub value: ForecastValue,
    /// Where it was read.
    pub source: String,
    /// How well it is founded.
    pub status: Status,
    /// What to know beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
