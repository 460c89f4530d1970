//! What an ensemble says about its scenario: plain numbers, ready for tables, charts and JSON.
//!
//! Flows in: accumulated runs. Flows out: the terminal table, `summary.json` and every chart.
//! Invariant: chance and ignorance are never in the same interval. `chance` is about the finite
//! number of runs; `band` is about the parameters that nobody knows.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::intervals::{BandLimits, IntervalMethod, SurvivalSummary};
use super::theory::TheorySummary;

/// Everything known about an ensemble.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Scenario id, title and summary.
    pub scenario: ScenarioInfo,
    /// How it was run.
    pub design: Design,
    /// How the intervals of shares are made.
    #[serde(default)]
    pub intervals: IntervalMethod,
    /// Outcome shares, in the order of the scenario's rules.
    pub outcomes: Vec<OutcomeShare>,
    /// Base rates to print beside them.
    pub benchmarks: Vec<BenchmarkMark>,
    /// Flags, in the scenario's order.
    pub flags: Vec<FlagShare>,
    /// Party by party, in the scenario's order.
    pub parties: Vec<PartySummary>,
    /// Date of each round, in order; all series by round have this length.
    pub rounds: Vec<RoundInfo>,
    /// Status shares after each round.
    pub timeline: Vec<StatusShares>,
    /// Issue by issue, in the scenario's order.
    pub issues: Vec<IssueSummary>,
    /// Joint utilities of the two parties the scenario asks for.
    pub joint: JointSummary,
    /// Beliefs about each party that has more than one type.
    pub beliefs: Vec<BeliefSummary>,
    /// Tension and each party's posture, by round.
    pub variables: Vec<VariableSummary>,
    /// How talks went.
    pub talks: TalksSummary,
    /// How long runs stay open.
    #[serde(default)]
    pub survival: SurvivalSummary,
    /// A sample of the runs held to the theory, if the simulator can be.
    pub theory: Option<TheorySummary>,
}

/// Names for headings and footers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioInfo {
    /// Short name.
    pub id: String,
    /// Title.
    pub title: String,
    /// Summary text.
    pub summary: String,
    /// Evidence cut-off.
    pub cutoff: Date,
}

/// How the ensemble was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Design {
    /// Random seed.
    pub seed: u64,
    /// Parameter draws.
    pub draws: u32,
    /// Runs per draw.
    pub replicates: u32,
    /// Runs actually finished.
    pub runs: u64,
    /// Whether it was stopped before `draws * replicates`.
    pub partial: bool,
}

/// A closed interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Quantiles of a distribution over runs or draws; NaN-free, all equal when nothing varies.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Band {
    /// 5 % quantile.
    pub q05: f64,
    /// 25 % quantile.
    pub q25: f64,
    /// Median.
    pub q50: f64,
    /// 75 % quantile.
    pub q75: f64,
    /// 95 % quantile.
    pub q95: f64,
    /// Number of values behind it; with 0 the quantiles mean nothing.
    pub n: u64,
}

/// Share of runs that end in one outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutcomeShare {
    /// Outcome id.
    pub id: String,
    /// Name in words.
    pub name: String,
    /// Rank from best (low) to worst.
    pub severity: u32,
    /// Colour `#rrggbb` from the file, if any.
    pub colour: Option<String>,
    /// Runs with this outcome.
    pub count: u64,
    /// `count / runs`.
    pub share: f64,
    /// Chance only: simultaneous 95 % interval for the pooled share, by [`Summary::intervals`].
    pub chance: Interval,
    /// Ignorance only: quantiles over parameter draws of the share, chance taken out.
    pub band: Band,
}

/// A base rate beside the outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenchmarkMark {
    /// Base-rate id.
    pub id: String,
    /// What exactly it measures.
    pub label: String,
    /// Source.
    pub source: String,
    /// Cases behind it.
    pub n: u64,
    /// Share in the reference class.
    pub share: f64,
    /// Its 95 % Wilson interval.
    pub interval: Interval,
    /// Indices into `outcomes` whose sum it is comparable with.
    pub outcomes: Vec<usize>,
}

/// Share of runs in which a flag holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlagShare {
    /// Flag id.
    pub id: String,
    /// In words.
    pub name: String,
    /// Share of runs.
    pub share: f64,
    /// Chance only: 95 % interval, by [`Summary::intervals`].
    pub chance: Interval,
}

/// One party.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartySummary {
    /// Party id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Colour `#rrggbb` from the file, if any.
    pub colour: Option<String>,
    /// Mean final utility, 0 to 1.
    pub mean_utility: f64,
    /// Chance only: 95 % interval of that mean, given the draws.
    pub chance: Interval,
    /// Final utility over runs.
    pub utility: Band,
    /// Limits of its quantiles.
    #[serde(default)]
    pub utility_limits: BandLimits,
    /// Ignorance only: mean utility over parameter draws, chance taken out.
    pub band: Band,
    /// By round: utility, on the party's own scale, of what it asked for.
    pub asked: Vec<Band>,
    /// By round: utility, on the party's own scale, of the best it was offered.
    pub offered: Vec<Band>,
    /// By round: utility of no agreement (the disagreement value).
    pub disagreement: Vec<Band>,
    /// Moves of the party: id, name, mean number per run.
    pub moves: Vec<MoveCount>,
}

/// How often a move was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoveCount {
    /// Move id.
    pub id: String,
    /// In words.
    pub name: String,
    /// Share of runs with at least one.
    pub share: f64,
    /// Mean number per run.
    pub mean: f64,
}

/// A round of the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundInfo {
    /// Day of the meeting.
    pub date: Date,
    /// Venue id.
    pub venue: String,
    /// Venue name.
    pub venue_name: String,
    /// Whether it is in the documented calendar (and not in the assumed cycle).
    pub documented: bool,
}

/// Where runs stand after a round; the four add up to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct StatusShares {
    /// No agreement yet that an outcome asks for, nobody has broken off or used force.
    pub talking: f64,
    /// Such an agreement in force: the run would end in an outcome that asks for one.
    pub settled: f64,
    /// Ended by a terminal move without force.
    pub broken_off: f64,
    /// Ended by a use of force.
    pub force: f64,
}

/// One issue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IssueSummary {
    /// Issue id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Levels in words.
    pub levels: Vec<String>,
    /// Level in force at the start.
    pub status_quo: usize,
    /// Share of runs settled by agreement at each level.
    pub settled: Vec<f64>,
    /// Share of runs ending at each level, agreed or not.
    pub in_force: Vec<f64>,
    /// Share of runs settled at each venue: venue id, share.
    pub venues: Vec<(String, f64)>,
    /// Each party's ideal level (party index, level), at the modes.
    pub ideals: Vec<(usize, usize)>,
    /// Red lines (party index, refused above level / below level), at the modes.
    pub red_lines: Vec<IssueRedLine>,
}

/// A party's red line on an issue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IssueRedLine {
    /// Party index.
    pub party: usize,
    /// Refused above this level.
    pub above: Option<usize>,
    /// Refused below this level.
    pub below: Option<usize>,
    /// Firmness, at the mode.
    pub firmness: f64,
}

/// Utilities of two parties at the end of runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JointSummary {
    /// Index of the party on the x axis.
    pub x: usize,
    /// Index of the party on the y axis.
    pub y: usize,
    /// A fixed-size sample of runs: x utility, y utility, outcome index.
    pub points: Vec<(f64, f64, usize)>,
    /// No agreement, nothing happens: the status quo's utilities, at the modes.
    pub status_quo: (f64, f64),
    /// Disagreement values at the start, at the modes.
    pub disagreement: (f64, f64),
    /// Pareto frontier of packages at the modes, from left to right.
    pub frontier: Vec<(f64, f64)>,
    /// Bargaining solutions among all parties, at the modes and each of its likeliest type: name, x
    /// and y utility; none where there is no zone of agreement.
    pub solutions: Vec<(String, f64, f64)>,
}

/// What observers believe about one party.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BeliefSummary {
    /// Index of the observed party.
    pub party: usize,
    /// Names of its types.
    pub types: Vec<String>,
    /// Mean prior weight of each type.
    pub prior: Vec<f64>,
    /// Runs with each true type.
    pub runs: Vec<u64>,
    /// `mean[true type][believed type][round]`: mean posterior over the runs of that true type; a
    /// run that has ended keeps its last posterior.
    pub mean: Vec<Vec<Vec<f64>>>,
}

/// One crisis variable by round; a run that has ended keeps its last value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariableSummary {
    /// `tension` or `posture.<party>`.
    pub id: String,
    /// Name for axes.
    pub name: String,
    /// Party index for a posture.
    pub party: Option<usize>,
    /// By round.
    pub bands: Vec<Band>,
    /// A few whole runs, evenly spaced over the ensemble.
    pub samples: Vec<Vec<f64>>,
}

/// How talks went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TalksSummary {
    /// Share of runs with at least one agreement in force at the end.
    pub agreement: f64,
    /// Days from the start to the first agreement, over runs that have one.
    pub days_to_agreement: Band,
    /// Limits of its quantiles.
    #[serde(default)]
    pub days_to_agreement_limits: BandLimits,
    /// Days from the start to the end, over runs that ended before the horizon; for all runs see
    /// [`Summary::survival`].
    pub days_to_end: Band,
    /// Share of runs that ended before the horizon.
    pub ended_early: f64,
    /// Share of runs with a failed consent or ratification.
    pub failed_ratification: f64,
    /// Share of runs with a walk-out.
    pub walkout: f64,
    /// Share of runs with an agreement, by form id.
    pub forms: Vec<(String, f64)>,
}
