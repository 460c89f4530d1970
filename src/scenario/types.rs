//! The scenario as a checked document: what a file says once it has been read, merged and checked,
//! still in the author's words (names, dates, distributions). `crate::model` turns it into indices.
//!
//! The field names are the keys of the file format; the doc comments are its reference, and the
//! editor schema is generated from these types. Three keys of a file are used up in loading it:
//! `extends`, the file it changes; `remove`, what it takes away from that; and `evidence`, the folder
//! of the facts it cites (or several), relative to the file: `evidence = "../seeds/name"`. Without
//! one, the evidence that ships with the program serves.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::games::{DeclaredGraph, DeclaredTree};
pub use super::published::{Domain, DomainIssue, DomainProfile};
use super::quantity::Quantity;

/// A whole scenario file after `extends` has been merged in.
#[derive(Debug, Clone, Serialize)]
pub struct Scenario {
    /// Version of the file format; this release reads 1.
    pub schema: u32,
    /// Short name, also the name of its output folder: lower-case words joined by hyphens.
    pub id: String,
    /// Title shown on charts and reports.
    pub title: String,
    /// What the file assumes, in a few sentences, with every motive attributed.
    pub summary: String,
    /// For a game of theory: what its numbers define ("of Rubinstein's game"). They claim nothing of
    /// the world and need neither source nor range.
    pub by_definition: Option<String>,
    /// No evidence dated later may be a number's source. Default: the calendar's start.
    pub cutoff: Date,
    /// For a variant: the hypothesis, who holds it, what it rests on and what speaks against it.
    pub hypothesis: Option<Hypothesis>,
    /// For a variant: what it should change against the file it extends, checked by paired runs.
    pub expect: Vec<Expectation>,
    /// First day and last day of the simulated time, and how often unilateral moves are weighed.
    pub calendar: Calendar,
    /// Documented meetings and moves before the start: shown and cited, never simulated.
    pub history: Vec<HistoryEntry>,
    /// The negotiating parties, in the order in which they move.
    pub parties: Vec<Party>,
    /// The issues on the table.
    pub issues: Vec<Issue>,
    /// The issue whose levels are the forms of `forms` (each form names its level), if the form of
    /// an agreement is itself in dispute. It is never chosen on its own: a package that settles a
    /// promise moves it to the level of the form it is recorded in, if that is higher.
    pub form_issue: Option<String>,
    /// Bonuses, penalties and preconditions that join levels of two or more issues.
    pub linkages: Vec<Linkage>,
    /// The ways an agreement can be recorded, weakest first.
    pub forms: Vec<Form>,
    /// Who must approve at home, and how they vote: read by `solve`, not by a run.
    pub gates: Vec<Gate>,
    /// Who meets where, on what, by which procedure.
    pub venues: Vec<Venue>,
    /// The documented calendar of meetings.
    pub meetings: Vec<Meeting>,
    /// What is assumed to go on after the documented calendar.
    pub cycle: Option<Cycle>,
    /// Starting values and rest values of the crisis variables.
    pub state: StateStart,
    /// Rules of the table that cost or calm: walk-outs, failed ratification.
    pub talks: Talks,
    /// How observers read each other.
    pub beliefs: BeliefRules,
    /// Options to use force.
    pub force: Vec<ForceOption>,
    /// Unilateral acts between meetings.
    pub moves: Vec<Move>,
    /// Threats: commitments to impose a cost if something is done.
    pub threats: Vec<Threat>,
    /// Promises of support to a party exposed to force.
    pub promises: Vec<Promise>,
    /// Exogenous shocks.
    pub events: Vec<Event>,
    /// Ordered rules: the first that holds names the run.
    pub outcomes: Vec<Outcome>,
    /// Conditions reported beside the outcome, not instead of it.
    pub flags: Vec<Flag>,
    /// Empirical reference classes to print beside the outcome shares.
    pub benchmarks: Vec<Benchmark>,
    /// What each party can do on its own, for the graph model of `solve`; see [`super::games`].
    pub graph: Option<DeclaredGraph>,
    /// Game trees, for `solve`; see [`super::games`].
    pub trees: Vec<DeclaredTree>,
    /// What the charts should show.
    pub report: ReportOptions,
    /// The published negotiation domain that the file stands for, where it was imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<Domain>,
}

/// `[hypothesis]` of a variant: one person's reading of the crisis, as a card that can be argued
/// with. What should be seen if it holds stands in `[[expect]]`.
#[derive(Debug, Clone, Serialize)]
pub struct Hypothesis {
    /// Its mark in a library, such as `S03`: letters, digits and hyphens.
    pub id: Option<String>,
    /// The hypothesis in one sentence.
    pub statement: String,
    /// Who holds it.
    pub held_by: String,
    /// Facts it rests on.
    pub from: Vec<String>,
    /// Facts that speak against it.
    pub against: Vec<String>,
    /// What the file changes against the one it extends, and why.
    pub changes: Option<String>,
    /// What in a run would count against it.
    pub refuted_by: String,
}

/// `[[expect]]`: the direction in which a variant should move the share of some outcomes, or of the
/// runs in which a flag holds. Written before the first run, and kept when it disappoints.
#[derive(Debug, Clone, Serialize)]
pub struct Expectation {
    /// Outcome ids whose shares are added up; empty if the expectation is about flags.
    pub outcomes: Vec<String>,
    /// Flag ids of which at least one holds; empty if the expectation is about outcomes.
    pub flags: Vec<String>,
    /// Direction of the change against the extended file, all luck equal.
    pub direction: Direction,
    /// Id of the file to compare with, one of those it extends directly or not. Default: the file
    /// it extends, the first of several.
    pub against: Option<String>,
    /// Why the documents lead one to expect it.
    pub because: String,
    /// What the runs showed and why, if it was not what was expected.
    pub remark: Option<String>,
}

/// Direction of an expected change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The share rises.
    Up,
    /// The share falls.
    Down,
    /// The share does not change by more than noise.
    Same,
}

/// `[calendar]`
#[derive(Debug, Clone, Serialize)]
pub struct Calendar {
    /// First simulated day.
    pub start: Date,
    /// Last simulated day.
    pub horizon: Date,
    /// Days that must have passed since parties last weighed a unilateral move before they do so
    /// again at the end of a round; 0 (the default) means every round.
    pub moves_every_days: u32,
}

/// `[[history]]`
#[derive(Debug, Clone, Serialize)]
pub struct HistoryEntry {
    /// Day, month or year as documented: the first day of the span.
    pub date: Date,
    /// What happened, in one sentence.
    pub what: String,
    /// Facts it is taken from.
    pub from: Vec<String>,
}

/// `[[parties]]`
#[derive(Debug, Clone, Serialize)]
pub struct Party {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Colour `#rrggbb` in charts; one is chosen if absent.
    pub colour: Option<String>,
    /// The private types, at least one. A file that declares none gets a single type `only` with
    /// prior 1. Each is complete: the type's table merged over the party's own.
    pub types: Vec<PartyType>,
    /// Who the party is, for students.
    pub summary: Option<String>,
}

/// `[[parties.types]]`: overrides of the party's traits, preferences and force payoffs.
#[derive(Debug, Clone, Serialize)]
pub struct PartyType {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Prior weight; the weights of a party's types add up to 1 and are renormalised in each draw.
    pub prior: Quantity,
    /// Traits after the merge.
    pub traits: Traits,
    /// Preferences after the merge, one entry per issue in the order of `issues`.
    pub preferences: Vec<Preference>,
    /// Payoffs of the force options the party holds, in the order of `force` (only its own).
    pub force: Vec<ForcePayoff>,
}

/// How a party bargains and chooses. Keys of `[[parties]]`, and of its types.
#[derive(Debug, Clone, Serialize)]
pub struct Traits {
    /// Concession strategy.
    pub strategy: Strategy,
    /// Weeks from the start by which the party acts as if talks must end (> 0); the weeks to the
    /// horizon if absent.
    pub deadline_weeks: Option<Quantity>,
    /// Share of a future payoff that is left after one week, in (0, 1]. Default 1.
    pub patience: Quantity,
    /// Logit precision of choices between moves, per unit of utility. Default 30; `inf` allowed.
    pub rationality: Quantity,
    /// How well the party knows the others' weights: 0 not at all, 1 fully. Default 0.5.
    pub insight: Quantity,
    /// Weight of this party's utility in the others' choice between equally good packages. Default 1.
    pub power: Quantity,
    /// Utility lost by backing down, per unit of exposure. Default 0.
    pub audience_cost: Quantity,
    /// Standing cost per unit of own posture (keeping an army in the field). Default 0.
    pub upkeep: Quantity,
    /// Utility lost per unit of tension while the crisis lasts. Default 0.
    pub tension_cost: Quantity,
    /// Probability of leaving a meeting at the first offer that is worth less to the party than no
    /// agreement. Default 0.
    pub walkout: Quantity,
    /// Shortfall of the best offer against the own target that still looks like a deal in sight
    /// (utility). Default 0.05.
    pub slack: Quantity,
    /// Width of that judgement (utility, > 0). Default 0.05.
    pub spread: Quantity,
    /// Utility of being at the table while any channel is open. Default 0.
    pub talks_value: Quantity,
    /// Share of an agreement's gains that counts for this party; below 1 the party does not really
    /// want a deal. Losses count in full. Default 1.
    pub deal_value: Quantity,
    /// Factor on how far the party's threats and promises are believed, given this type. Default 1.
    pub resolve: Quantity,
    /// Factor on the cost of the party's own moves. Default 1.
    pub reluctance: Quantity,
}

/// `strategy = { kind = "...", ... }`. `boulware`, `linear` and `conceder` are time-dependent with
/// `e` 0.2, 1 and 2 unless `e` is given.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[expect(
    clippy::large_enum_variant,
    reason = "one a type, built once, never moved in a loop"
)]
pub enum Strategy {
    /// Faratin, Sierra and Jennings (1998).
    TimeDependent {
        /// Concession exponent: below 1 boulware, 1 linear, above 1 conceder.
        e: Quantity,
        /// Share conceded at the start, in [0, 1]. Default 0.
        k: Quantity,
    },
    /// Mirrors the other's last concession in proportion (Faratin et al. 1998).
    RelativeTitForTat,
    /// Mirrors the other's last concession in absolute terms (Faratin et al. 1998).
    AbsoluteTitForTat,
    /// Mirrors the other's concession over a window of its offers (Faratin et al. 1998).
    AveragedTitForTat {
        /// Offers of the other in the window, at least 2. Default 3.
        window: u32,
    },
    /// Mirrors concessions as shares of the way to the Nash point (Baarslag, Hindriks, Jonker 2013).
    NiceTitForTat,
    /// Minimal concession: one new own offer for each new one received (de Jonge 2022).
    Micro,
    /// Monotonic concession by the party with the lower risk limit (Zeuthen 1930; Harsanyi 1956).
    Zeuthen,
    /// Never concedes.
    Hardliner,
    /// A target drawn afresh each time between reservation and ideal.
    RandomWalker,
    /// The optimal take-it-or-leave-it offer against the believed cost of force (Powell 1999).
    Ultimatum,
    /// Stationary subgame-perfect shares (Rubinstein 1982). The utility of the situation as it
    /// stands is what a party has meanwhile; force is its outside option, taken by the responder
    /// or not at all (Binmore, Shaked and Sutton 1989).
    Rubinstein,
}

/// `[preferences.<party>.<issue>]`; an issue without a table has weight 0.
#[derive(Debug, Clone, Serialize)]
pub struct Preference {
    /// Issue id.
    pub issue: String,
    /// Importance, at least 0; normalised over the party's issues in each draw.
    pub weight: Quantity,
    /// Value of each level in [0, 1], one per level. An entry is a number or `[low, mode, high]`
    /// or `[low, high]`; 0 and 1 fix the scale and need no source.
    pub values: Vec<Quantity>,
    /// What the party refuses.
    pub red_line: Option<RedLine>,
}

/// `red_line = { above = 1, firmness = ... }` or `{ below = 2, ... }`
#[derive(Debug, Clone, Serialize)]
pub struct RedLine {
    /// Levels with a higher index are refused.
    pub above: Option<usize>,
    /// Levels with a lower index are refused.
    pub below: Option<usize>,
    /// 1 means never accepted and never offered; below 1 the penalty is `firmness * cost`.
    pub firmness: Quantity,
    /// Utility lost by crossing the line at firmness 1. Default 0.2.
    pub cost: Quantity,
}

/// `[[issues]]`
#[derive(Debug, Clone, Serialize)]
pub struct Issue {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Levels in words, lowest first, at least two and at most 15.
    pub levels: Vec<String>,
    /// Index of the level in force at the start.
    pub status_quo: usize,
    /// Whether a change is a promise about future conduct, worth what its form makes credible.
    pub promise: bool,
    /// Parties that must accept a change.
    pub consent: Vec<String>,
    /// Facts the ladder rests on.
    pub from: Vec<String>,
    /// What settling the issue does to the crisis.
    pub consequences: Vec<Consequence>,
}

/// `[[issues.consequences]]`
#[derive(Debug, Clone, Serialize)]
pub struct Consequence {
    /// Settled levels for which it holds.
    pub level: Comparison,
    /// Changes of the crisis variables.
    pub effects: Effects,
}

/// `[[linkages]]`: what joint levels mean to a party.
#[derive(Debug, Clone, Serialize)]
pub struct Linkage {
    /// Short name.
    pub id: String,
    /// The party to which it matters.
    pub party: String,
    /// Issue levels that must stand together: a map from issue to test, at least two issues.
    pub when: Vec<(String, Comparison)>,
    /// Utility added while they do (negative: a malus).
    pub bonus: Option<Quantity>,
    /// The party refuses any package in which they stand together (an absolute precondition).
    pub absolute: bool,
    /// Facts or reason.
    pub from: Vec<String>,
}

/// `[[forms]]`, weakest first.
#[derive(Debug, Clone, Serialize)]
pub struct Form {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Level of the form issue it stands for.
    pub level: Option<usize>,
    /// Share of a promise each party believes will be kept, in [0, 1]; 1 for a party not named.
    pub durability: BTreeMap<String, Quantity>,
    /// Probability that a party ratifies; 1 for a party not named.
    pub ratification: BTreeMap<String, Quantity>,
    /// Whether the form binds in law (outcome rules can ask for it).
    pub binding: bool,
}

/// How the blocs of a gate vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Voting {
    /// Each vote decides for itself.
    Members,
    /// All votes of a bloc go the same way.
    Bloc,
}

/// `[[gates]]`: an assembly, a cabinet or a council of allies that must approve what a party signs
/// (Putnam 1988). A run ratifies by the `ratification` of a form alone; `solve` by both.
#[derive(Debug, Clone, Serialize)]
pub struct Gate {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// The party it binds.
    pub party: String,
    /// Forms that must pass it; all if empty. What changes no promise need not pass.
    pub forms: Vec<String>,
    /// Votes in favour that are needed; all of them is consensus.
    pub quota: u32,
    /// How its blocs vote. Default `bloc`.
    pub voting: Voting,
    /// Logit precision of a vote, per unit of utility; `inf` for a sure yes from the demand on.
    pub precision: Quantity,
    /// Who votes.
    pub blocs: Vec<GateBloc>,
    /// Facts about it.
    pub from: Vec<String>,
}

/// `[[gates.blocs]]`
#[derive(Debug, Clone, Serialize)]
pub struct GateBloc {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Votes it has.
    pub votes: u32,
    /// Gain over no agreement, on the party's own scale, at which its votes are split evenly.
    /// Default 0: whatever the party itself would take.
    pub asks: Quantity,
}

/// Procedure of a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// Stacked alternating offers for n parties (Aydogan et al. 2017).
    AlternatingOffers,
    /// A mediator's single negotiating text (Fisher; Raiffa 1982, ch. 14).
    SingleText,
    /// Simultaneous monotonic concession (Rosenschein and Zlotkin 1994).
    SimultaneousConcession,
    /// One take-it-or-leave-it offer.
    Ultimatum,
}

/// `[[venues]]`
#[derive(Debug, Clone, Serialize)]
pub struct Venue {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Parties at the table, in speaking order; the first proposes first.
    pub participants: Vec<String>,
    /// Issues that may be talked about.
    pub discusses: Vec<String>,
    /// Issues that may be settled; a subset of `discusses` when that is given.
    pub decides: Vec<String>,
    /// Procedure.
    pub protocol: Protocol,
    /// Turns round the table per meeting.
    pub exchanges: u32,
    /// Whether it is open at the start. Default true.
    pub open: bool,
    /// Forms it can conclude in; all if empty.
    pub forms: Vec<String>,
    /// For `single-text`: how well the mediator knows the parties' weights, in [0, 1]. Default 0.5.
    pub mediator_insight: Quantity,
    /// Facts about the venue.
    pub from: Vec<String>,
}

/// `[[meetings]]`
#[derive(Debug, Clone, Serialize)]
pub struct Meeting {
    /// Venue id.
    pub venue: String,
    /// Day.
    pub date: Date,
    /// Facts it is taken from.
    pub from: Vec<String>,
}

/// `[cycle]`: after the last documented meeting, one meeting every so many days, venues in turn.
#[derive(Debug, Clone, Serialize)]
pub struct Cycle {
    /// Days between meetings.
    pub every_days: u32,
    /// Venues in turn; a closed one leaves its turn empty.
    pub venues: Vec<String>,
}

/// `[state]`
#[derive(Debug, Clone, Serialize)]
pub struct StateStart {
    /// `[state.tension]`
    pub tension: Tension,
    /// `exposure = { <party> = ... }` in [0, 1], default 0.
    pub exposure: BTreeMap<String, Quantity>,
    /// `standing = { <party> = ... }` (utility), default 0.
    pub standing: BTreeMap<String, Quantity>,
    /// `posture = { <party> = ... }` in [0, 1], default 0.
    pub posture: BTreeMap<String, Quantity>,
    /// `exposure_decay` per week: share of exposure that fades. Default 0.
    pub exposure_decay: Quantity,
}

/// `[state.tension]`
#[derive(Debug, Clone, Serialize)]
pub struct Tension {
    /// Value at the start, in [0, 1].
    pub start: Quantity,
    /// Value to which it decays.
    pub rest: Quantity,
    /// Share of the distance to rest that is lost in a week.
    pub decay: Quantity,
}

/// `[talks]`
#[derive(Debug, Clone, Serialize)]
pub struct Talks {
    /// Order in which parties move between meetings.
    pub move_order: MoveOrder,
    /// Tension change after a meeting with an agreement in principle. Default 0.
    pub on_agreement: Effects,
    /// Changes after a meeting that ends without agreement.
    pub on_no_agreement: Effects,
    /// Changes after a walk-out.
    pub on_walkout: Effects,
    /// Changes when consent or ratification fails.
    pub on_failure: Effects,
    /// Exposure added to each party at the table when consent or ratification fails. Default 0.
    pub failure_exposure: Quantity,
}

/// Order in which parties move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoveOrder {
    /// As the file lists the parties.
    Scenario,
    /// Drawn once per run.
    Drawn,
}

/// `[beliefs]`
#[derive(Debug, Clone, Serialize)]
pub struct BeliefRules {
    /// Standard deviation with which an observer reads how far an offer concedes (utility, > 0).
    /// Default 0.05.
    pub offer_noise: Quantity,
    /// Width of the tremble in accepting an offer (utility); 0 is the exact rule. Default 0.
    pub tremble: Quantity,
    /// Rounds ahead over which a party exposed to force adds up the chance that it is used, at
    /// least 1 (the chance in the coming round alone). Default 1.
    pub foresight: Quantity,
    /// An observer's own prior over another party's types: observer, then observed party, then
    /// type. Absent: the types' `prior`.
    pub priors: BTreeMap<String, BTreeMap<String, BTreeMap<String, Quantity>>>,
}

/// `[[force]]`: an option to use force, a costly lottery (Fearon 1995; Powell 1999).
#[derive(Debug, Clone, Serialize)]
pub struct ForceOption {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Who holds it.
    pub holder: String,
    /// Against whom.
    pub target: String,
    /// Holder's payoffs; types may override them by `force.<id>.<key>`.
    pub payoff: ForcePayoff,
    /// Probability, as the holder sees it, that it achieves its aim, at the start.
    pub advantage: Quantity,
    /// Change of that probability in a week (`drift`). Default 0.
    pub drift: Quantity,
    /// Utility lost by each exposed party if it is used.
    pub damage: BTreeMap<String, Quantity>,
}

/// Keys `prize`, `loss`, `cost` of `[[force]]`, in utility. `W = a prize - (1 - a) loss - cost - ...`
#[derive(Debug, Clone, Serialize)]
pub struct ForcePayoff {
    /// Force option id.
    pub force: String,
    /// Utility of success.
    pub prize: Quantity,
    /// Utility lost by failure.
    pub loss: Quantity,
    /// Cost of fighting either way, without threatened costs.
    pub cost: Quantity,
}

/// What a move does for its actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoveKind {
    /// Lowers another party's disagreement value.
    Pressure,
    /// Calms, at the price of a share of the actor's exposure.
    Relief,
    /// Changes what is believed or who is at the table.
    Signal,
    /// Ends the run.
    Terminal,
}

/// `[[moves]]`. `hold` (do nothing) is always available and need not be declared.
#[derive(Debug, Clone, Serialize)]
pub struct Move {
    /// Short name.
    pub id: String,
    /// What it is, in words: "Russia adds troops at the border".
    pub name: String,
    /// Who may do it.
    pub actor: String,
    /// What it does for the actor.
    pub kind: MoveKind,
    /// When it is available.
    pub when: Condition,
    /// How often it may be done in a run; unlimited if absent.
    pub limit: Option<u32>,
    /// Utility cost to the actor. Default 0.
    pub cost: Quantity,
    /// For `pressure`: whose disagreement value falls.
    pub target: Option<String>,
    /// For `pressure`: by how much, as the actor sees it (utility). Default 0.
    pub pressure: Quantity,
    /// For `relief`: share of the actor's exposure charged for backing down. Default 1.
    pub share: Quantity,
    /// Changes of the crisis variables.
    pub effects: Effects,
    /// Venues it opens.
    pub opens: Vec<String>,
    /// Venues it closes.
    pub closes: Vec<String>,
    /// Seats it adds: venue to parties.
    pub seats: BTreeMap<String, Vec<String>>,
    /// For `terminal`: the force option used; its payoffs are then that option's.
    pub force: Option<String>,
    /// For `terminal` without force: each party's change of utility against the situation as it
    /// stands. Default 0.
    pub payoff: BTreeMap<String, Quantity>,
    /// Facts it rests on.
    pub from: Vec<String>,
}

/// `[[threats]]`
#[derive(Debug, Clone, Serialize)]
pub struct Threat {
    /// Short name.
    pub id: String,
    /// In words.
    pub name: String,
    /// Who threatens.
    pub by: String,
    /// Who is threatened.
    pub target: String,
    /// Moves that trigger it.
    pub trigger: Vec<String>,
    /// Cost to the target if carried out (utility).
    pub cost_to_target: Quantity,
    /// Cost to the threatener if carried out (utility). Default 0.
    pub cost_to_self: Quantity,
    /// Public strength of the commitment, in [0, 1]. Default: the credibility.
    pub said: Option<Quantity>,
    /// Probability, as the target hears it, that it is carried out.
    pub credibility: Quantity,
    /// What other observers hear; the credibility if absent.
    pub heard: BTreeMap<String, Quantity>,
    /// Moves that carry it out after a trigger that did not end the run.
    pub fulfilled_by: Vec<String>,
    /// Days after the trigger within which it must be carried out. Default 14.
    pub within_days: u32,
    /// Changes if it is not: exposure and credibility are the usual ones.
    pub lapse: Effects,
    /// Facts it rests on.
    pub from: Vec<String>,
}

/// `[[promises]]`: support promised to a party exposed to force, heard apart by each observer
/// (the alliance dilemma: Snyder 1997).
#[derive(Debug, Clone, Serialize)]
pub struct Promise {
    /// Short name.
    pub id: String,
    /// In words.
    pub name: String,
    /// Who promises.
    pub by: String,
    /// To whom.
    pub to: String,
    /// Force options it is meant to meet.
    pub against: Vec<String>,
    /// Public strength of the commitment, in [0, 1].
    pub said: Quantity,
    /// What each observer hears, in [0, 1]; `said` if absent.
    pub heard: BTreeMap<String, Quantity>,
    /// Fall in the holder's chance of success if fully believed.
    pub deters: Quantity,
    /// Share of the damage the beneficiary thinks averted if fully believed.
    pub relief: Quantity,
    /// Facts it rests on.
    pub from: Vec<String>,
}

/// `[[events]]`
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    /// Short name.
    pub id: String,
    /// In words.
    pub name: String,
    /// Probability in a week, at zero tension. Absent if `date` is given.
    pub hazard: Option<Quantity>,
    /// The hazard is multiplied by `1 + with_tension * tension`. Default 0.
    pub with_tension: Quantity,
    /// Happens on this day for certain.
    pub date: Option<Date>,
    /// When it can happen.
    pub when: Condition,
    /// At most this many times; unlimited if absent.
    pub limit: Option<u32>,
    /// Changes of the crisis variables.
    pub effects: Effects,
    /// Venues it opens.
    pub opens: Vec<String>,
    /// Venues it closes.
    pub closes: Vec<String>,
    /// Facts it rests on.
    pub from: Vec<String>,
}

/// `[[outcomes]]`, in order: the first whose condition holds names the run.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Rank from best to worst, for charts and ranked scores.
    pub severity: u32,
    /// Rule; the last outcome may have an empty one, which always holds.
    pub when: Condition,
    /// Colour `#rrggbb` in charts; one is chosen by severity if absent.
    pub colour: Option<String>,
    /// One sentence for readers.
    pub summary: Option<String>,
}

/// `[[flags]]`
#[derive(Debug, Clone, Serialize)]
pub struct Flag {
    /// Short name, a column of `runs.csv`.
    pub id: String,
    /// In words.
    pub name: String,
    /// Rule.
    pub when: Condition,
}

/// `[[benchmarks]]`: a base rate from the evidence beside the sum of some outcomes' shares.
#[derive(Debug, Clone, Serialize)]
pub struct Benchmark {
    /// Base-rate id in the evidence.
    pub base_rate: String,
    /// Outcomes it is comparable with.
    pub outcomes: Vec<String>,
}

/// `[report]`
#[derive(Debug, Clone, Serialize)]
pub struct ReportOptions {
    /// The two parties of the joint-outcome chart; the first two if absent.
    pub joint: Option<(String, String)>,
}

/// A crisis variable, as named in `effects` and in `when`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "variable", rename_all = "kebab-case")]
pub enum StateRef {
    /// `tension`
    Tension,
    /// `exposure.<party>`
    Exposure {
        /// Party id.
        party: String,
    },
    /// `standing.<party>`
    Standing {
        /// Party id.
        party: String,
    },
    /// `posture.<party>`
    Posture {
        /// Party id.
        party: String,
    },
    /// `advantage.<force>`
    Advantage {
        /// Force option id.
        force: String,
    },
    /// `drift.<force>`: change per week of the advantage.
    Drift {
        /// Force option id.
        force: String,
    },
    /// `said.<commitment>`: a threat or promise.
    Said {
        /// Threat or promise id.
        commitment: String,
    },
    /// `heard.<commitment>.<party>`; `credibility.<threat>` is what the threat's target hears.
    Heard {
        /// Threat or promise id.
        commitment: String,
        /// Observer.
        party: String,
    },
    /// `level.<issue>`: steps by which the level in force moves without an agreement (effects only).
    Level {
        /// Issue id.
        issue: String,
    },
}

/// One entry of `effects`.
#[derive(Debug, Clone, Serialize)]
pub struct Effect {
    /// What changes.
    pub target: StateRef,
    /// By how much.
    pub change: Quantity,
}

/// `effects = { tension = 0.1, posture = { russia = 0.15 }, level = { troops = -1 } }`
pub type Effects = Vec<Effect>;

/// `">= 2"`, `"< 0.5"`, `"= 3"`: a test of one number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Comparison {
    /// Relation.
    pub op: Relation,
    /// Right-hand side.
    pub value: f64,
}

impl Comparison {
    /// Whether `x` passes the test.
    pub fn holds(&self, x: f64) -> bool {
        self.op.holds(x.total_cmp(&self.value))
    }
}

/// `">= 2022-02-01"`: a test of the date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DateComparison {
    /// Relation.
    pub op: Relation,
    /// Right-hand side.
    pub date: Date,
}

impl DateComparison {
    /// Whether `date` passes the test.
    pub fn holds(&self, date: Date) -> bool {
        self.op.holds(date.cmp(&self.date))
    }
}

/// Relation of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Relation {
    /// `<`
    #[serde(rename = "<")]
    Less,
    /// `<=`
    #[serde(rename = "<=")]
    AtMost,
    /// `=`
    #[serde(rename = "=")]
    Equal,
    /// `>=`
    #[serde(rename = ">=")]
    AtLeast,
    /// `>`
    #[serde(rename = ">")]
    Greater,
}

impl Relation {
    /// Whether an ordering of left against right satisfies the relation.
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::Equal => ordering.is_eq(),
            Self::AtLeast => ordering.is_ge(),
            Self::Greater => ordering.is_gt(),
        }
    }
}

/// `when = { ... }`: all entries must hold. An empty condition always holds.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Condition {
    /// `terminal = "any" | "none" | "<move>" | ["<move>", ...]`: the move that ended the run.
    pub terminal: Option<TerminalTest>,
    /// `date = ">= 2022-02-01"`, or a list of two tests.
    pub date: Vec<DateComparison>,
    /// `round = ">= 3"`: rounds are counted from 1.
    pub round: Option<Comparison>,
    /// `tension = ">= 0.6"`, `posture = { russia = ">= 0.6" }` and the other crisis variables.
    pub state: Vec<(StateRef, Comparison)>,
    /// `level = { troops = "<= 2" }`: the level in force, agreed or not.
    pub level: Vec<(String, Comparison)>,
    /// `settled = { missiles = ">= 1" }`: settled by agreement, at such a level.
    pub settled: Vec<(String, Comparison)>,
    /// `settled_count = { of = ["missiles", "exercises"], at_least = 2 }`
    pub settled_count: Option<SettledCount>,
    /// `binding = true`: every issue of `settled` is recorded in a binding form.
    pub binding: Option<bool>,
    /// `done = ["mobilise"]`: these moves or events have happened.
    pub done: Vec<String>,
    /// `not_done = ["mobilise"]`: none of these has.
    pub not_done: Vec<String>,
    /// `channels = "open" | "closed"`: some venue is open, or none.
    pub channels: Option<Channels>,
    /// `without = "ukraine"`: the issues of `settled` were agreed where this party neither sat nor
    /// was asked for its consent.
    pub without: Option<String>,
    /// `any = [{ ... }, { ... }]`: at least one of these holds.
    pub any: Vec<Self>,
    /// `not = { ... }`: this does not hold.
    pub not: Option<Box<Self>>,
}

/// See [`Condition::terminal`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TerminalTest {
    /// Any terminal move.
    Any,
    /// The run reached the horizon.
    None,
    /// One of these moves.
    Moves(Vec<String>),
}

/// See [`Condition::settled_count`].
#[derive(Debug, Clone, Serialize)]
pub struct SettledCount {
    /// Issues counted.
    pub of: Vec<String>,
    /// At least so many of them are settled by agreement.
    pub at_least: usize,
}

/// See [`Condition::channels`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channels {
    /// Some venue is open.
    Open,
    /// No venue is open.
    Closed,
}
