//! What tables and charts need to know about a scenario besides its runs: names, levels, dates.
//!
//! Flows in: the engine fills it once from the compiled scenario. Flows out: headings, columns,
//! labels. Invariant: every index of a [`crate::engine::record::RunRecord`] points into these lists.

use jiff::Span;
use jiff::civil::Date;

use super::summary::{IssueRedLine, RoundInfo, ScenarioInfo};
use crate::engine::record::RecordShape;

/// Names, dates and yardsticks of a compiled scenario.
#[derive(Debug, Clone)]
pub struct ScenarioFacts {
    /// Id, title, summary, cut-off.
    pub scenario: ScenarioInfo,
    /// First simulated day; `end_day` counts from here.
    pub start: Date,
    /// Last simulated day.
    pub horizon: Date,
    /// Parties in the scenario's order.
    pub parties: Vec<PartyFacts>,
    /// Issues in the scenario's order.
    pub issues: Vec<IssueFacts>,
    /// Forms of agreement.
    pub forms: Vec<Named>,
    /// Venues.
    pub venues: Vec<Named>,
    /// Moves, `hold` left out.
    pub moves: Vec<MoveFacts>,
    /// Events.
    pub events: Vec<Named>,
    /// Outcomes in the order of the rules.
    pub outcomes: Vec<OutcomeFacts>,
    /// Flags, at most 64.
    pub flags: Vec<Named>,
    /// Base rates to print beside the outcomes.
    pub benchmarks: Vec<BenchmarkFacts>,
    /// Every round up to the horizon.
    pub rounds: Vec<RoundInfo>,
    /// The two parties of the joint chart and its yardsticks.
    pub joint: JointFacts,
}

/// Something with an id and a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Short name.
    pub id: String,
    /// In words.
    pub name: String,
}

impl Named {
    /// From its two names.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
        }
    }
}

/// One party.
#[derive(Debug, Clone)]
pub struct PartyFacts {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Colour `#rrggbb` from the file.
    pub colour: Option<String>,
    /// Its types, at least one.
    pub types: Vec<Named>,
}

/// One issue.
#[derive(Debug, Clone)]
pub struct IssueFacts {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Levels in words.
    pub levels: Vec<String>,
    /// Level at the start.
    pub status_quo: usize,
    /// Each party's ideal level (party index, level), at the modes.
    pub ideals: Vec<(usize, usize)>,
    /// Red lines, at the modes.
    pub red_lines: Vec<IssueRedLine>,
}

/// One move.
#[derive(Debug, Clone)]
pub struct MoveFacts {
    /// Short name.
    pub id: String,
    /// In words.
    pub name: String,
    /// Index of the party that makes it.
    pub actor: usize,
}

/// One outcome.
#[derive(Debug, Clone)]
pub struct OutcomeFacts {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Rank from best (low) to worst.
    pub severity: u32,
    /// Colour `#rrggbb` from the file.
    pub colour: Option<String>,
}

/// One base rate.
#[derive(Debug, Clone)]
pub struct BenchmarkFacts {
    /// Base-rate id.
    pub id: String,
    /// What exactly it measures.
    pub label: String,
    /// Source.
    pub source: String,
    /// Share of the reference class.
    pub share: f64,
    /// Cases behind it; 0 if the source does not say.
    pub n: u64,
    /// Indices of the outcomes whose sum it is comparable with.
    pub outcomes: Vec<usize>,
}

/// Yardsticks of the joint-utility chart, all at the modes.
#[derive(Debug, Clone)]
pub struct JointFacts {
    /// Party on the x axis.
    pub x: usize,
    /// Party on the y axis.
    pub y: usize,
    /// Utilities of the status quo.
    pub status_quo: (f64, f64),
    /// Disagreement values at the start.
    pub disagreement: (f64, f64),
    /// Pareto frontier from left to right.
    pub frontier: Vec<(f64, f64)>,
    /// Bargaining solutions among all parties, each of its likeliest type: name, both utilities.
    pub solutions: Vec<(String, f64, f64)>,
}

impl ScenarioFacts {
    /// Layout of this scenario's records.
    pub fn shape(&self) -> RecordShape {
        RecordShape {
            parties: self.parties.len(),
            issues: self.issues.len(),
            moves: self.moves.len(),
            events: self.events.len(),
            rounds: self.rounds.len(),
            types: self.parties.iter().map(|party| party.types.len()).sum(),
        }
    }

    /// Row of a party's first type in [`crate::engine::record::RunRecord::belief`].
    pub fn first_type(&self, party: usize) -> usize {
        self.parties[..party]
            .iter()
            .map(|party| party.types.len())
            .sum()
    }

    /// The day `days` after the start.
    pub fn day(&self, days: u16) -> Date {
        self.start.saturating_add(Span::new().days(i64::from(days)))
    }

    /// Days from the start to `date`; 0 for a date before it.
    pub fn days_until(&self, date: Date) -> u32 {
        let days = (date - self.start).get_days();
        u32::try_from(days).unwrap_or(0)
    }
}
