//! The JSON Schema of the file format, for editors.
//!
//! The types here mirror the file as it is written, before anything is merged or decoded; they are
//! never built, only described. Invariant: their keys are those of `decode::keys`, by test.
#![expect(dead_code, reason = "the types are described, never built")]

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// The schema of a scenario file, draft 2020-12.
pub fn schema() -> Schema {
    schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<File>()
}

type Ids = Vec<String>;
type Map<T> = BTreeMap<String, T>;

/// A number: a constant, or a distribution with its provenance.
struct Quantity;

impl JsonSchema for Quantity {
    fn schema_name() -> Cow<'static, str> {
        "Quantity".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let pair = json_schema!({
            "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2
        });
        let range = json_schema!({
            "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 3
        });
        json_schema!({
            "description": "A number: a constant, or a table with its distribution and provenance.",
            "oneOf": [
                { "type": "number" },
                {
                    "type": "object",
                    "properties": {
                        "value": { "type": "number", "description": "A constant." },
                        "range": {
                            "description": "[low, high], uniform, or [low, mode, high], triangular.",
                            "$ref": "#/$defs/Quantity/$defs/range"
                        },
                        "beta": { "description": "Shapes [a, b].", "$ref": "#/$defs/Quantity/$defs/pair" },
                        "normal": { "description": "[mean, sd].", "$ref": "#/$defs/Quantity/$defs/pair" },
                        "lognormal": {
                            "description": "[mu, sigma] of the logarithm.",
                            "$ref": "#/$defs/Quantity/$defs/pair"
                        },
                        "within": {
                            "description": "[low, high], where the distribution is cut off.",
                            "$ref": "#/$defs/Quantity/$defs/pair"
                        },
                        "from": {
                            "description": "Facts the number rests on.",
                            "type": "array",
                            "items": { "type": "string" }
                        },
                        "assumed": { "type": "string", "description": "Why it is assumed." }
                    },
                    "additionalProperties": false,
                    "oneOf": [
                        { "required": ["value"] },
                        { "required": ["range"] },
                        { "required": ["beta"] },
                        { "required": ["normal"] },
                        { "required": ["lognormal"] }
                    ]
                }
            ],
            "$defs": { "pair": pair, "range": range }
        })
    }
}

/// A day, such as 2022-01-10.
struct Day;

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "A day, such as 2022-01-10." })
    }
}

/// A table of numbers by name, whose `from` and `assumed` cover those that carry none.
struct Numbers;

impl JsonSchema for Numbers {
    fn schema_name() -> Cow<'static, str> {
        "Numbers".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let number = generator.subschema_for::<Quantity>();
        json_schema!({
            "type": "object",
            "properties": {
                "from": { "type": "array", "items": { "type": "string" } },
                "assumed": { "type": "string" }
            },
            "additionalProperties": number
        })
    }
}

/// An entry of `values`.
#[derive(JsonSchema)]
#[serde(untagged)]
enum LevelValue {
    /// One number, or a table with its distribution.
    Number(Quantity),
    /// `[low, high]` or `[low, mode, high]`.
    Range(Vec<f64>),
}

/// A test such as ">= 2"; a bare number means equality.
#[derive(JsonSchema)]
#[serde(untagged)]
enum Test {
    /// In quotes.
    Text(String),
    /// Equality.
    Number(f64),
}

/// One text, or a list of them.
#[derive(JsonSchema)]
#[serde(untagged)]
enum Texts {
    /// One.
    One(String),
    /// Several.
    Several(Ids),
}

#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum StrategyKind {
    TimeDependent,
    Boulware,
    Linear,
    Conceder,
    RelativeTitForTat,
    AbsoluteTitForTat,
    AveragedTitForTat,
    NiceTitForTat,
    Micro,
    Zeuthen,
    Hardliner,
    RandomWalker,
    Ultimatum,
    Rubinstein,
}

#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Protocol {
    AlternatingOffers,
    SingleText,
    SimultaneousConcession,
    Ultimatum,
}

#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum MoveKind {
    Pressure,
    Relief,
    Signal,
    Terminal,
}

#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Direction {
    Up,
    Down,
    Same,
}

#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum MoveOrder {
    Scenario,
    Drawn,
}

#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Channels {
    Open,
    Closed,
}

/// A scenario file. A variant needs only what differs from the file it extends.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct File {
    /// Version of the file format; this release reads 1.
    schema: u32,
    /// Short name, also the name of its output folder: lower-case words joined by hyphens.
    id: String,
    /// Title shown on charts and reports.
    title: String,
    /// What the file assumes, in a few sentences, with every motive attributed.
    summary: String,
    /// Path of the scenario file that this one changes.
    extends: Option<String>,
    /// Paths that are taken away from it, such as "moves.mobilise".
    remove: Option<Texts>,
    /// No evidence dated later may be a number's source.
    cutoff: Option<Day>,
    /// For a variant: the hypothesis, who holds it, what it rests on and what speaks against it.
    hypothesis: Option<Hypothesis>,
    /// For a variant: what it should change against the file it extends, checked by paired runs.
    expect: Option<Vec<Expectation>>,
    /// First day and last day of the simulated time, and how often unilateral moves are weighed.
    calendar: Option<Calendar>,
    /// Documented meetings and moves before the start: shown and cited, never simulated.
    history: Option<Vec<HistoryEntry>>,
    /// The negotiating parties, in the order in which they move.
    parties: Option<Vec<Party>>,
    /// The issues on the table.
    issues: Option<Vec<Issue>>,
    /// The issue whose levels are the forms of `forms` (each form names its level), if the form of
    /// an agreement is itself in dispute. It is never chosen on its own: a package that settles a
    /// promise moves it to the level of the form it is recorded in, if that is higher.
    form_issue: Option<String>,
    /// What each party wants on each issue: `[preferences.<party>.<issue>]`.
    preferences: Option<Map<Map<Preference>>>,
    /// Bonuses, penalties and preconditions that join levels of two or more issues.
    linkages: Option<Vec<Linkage>>,
    /// The ways an agreement can be recorded, weakest first.
    forms: Option<Vec<Form>>,
    /// Who meets where, on what, by which procedure.
    venues: Option<Vec<Venue>>,
    /// The documented calendar of meetings.
    meetings: Option<Vec<Meeting>>,
    /// What is assumed to go on after the documented calendar.
    cycle: Option<Cycle>,
    /// Starting values and rest values of the crisis variables.
    state: Option<State>,
    /// Rules of the table that cost or calm: walk-outs, failed ratification.
    talks: Option<Talks>,
    /// How observers read each other.
    beliefs: Option<Beliefs>,
    /// Options to use force.
    force: Option<Vec<Force>>,
    /// Unilateral acts between meetings.
    moves: Option<Vec<Move>>,
    /// Threats: commitments to impose a cost if something is done.
    threats: Option<Vec<Threat>>,
    /// Promises of support to a party exposed to force.
    promises: Option<Vec<Promise>>,
    /// Exogenous shocks.
    events: Option<Vec<Event>>,
    /// Ordered rules: the first that holds names the run.
    outcomes: Option<Vec<Outcome>>,
    /// Conditions reported beside the outcome, not instead of it.
    flags: Option<Vec<Flag>>,
    /// Empirical reference classes to print beside the outcome shares.
    benchmarks: Option<Vec<Benchmark>>,
    /// What the charts should show.
    report: Option<Report>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// The hypothesis of a variant.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Hypothesis {
    /// The hypothesis in one sentence.
    statement: String,
    /// Who holds it.
    held_by: String,
    /// Facts it rests on.
    from: Option<Texts>,
    /// Facts that speak against it.
    against: Option<Texts>,
    /// What in a run would count against it.
    refuted_by: String,
}

/// What a variant should change.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Expectation {
    /// Outcome ids whose shares are added up.
    outcomes: Texts,
    /// Direction of the change against the extended file, all luck equal.
    direction: Direction,
    /// Why the documents lead one to expect it.
    because: String,
}

/// Simulated time.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Calendar {
    /// First simulated day.
    start: Day,
    /// Last simulated day.
    horizon: Day,
    /// Days that must have passed since parties last weighed a unilateral move before they do so
    /// again at the end of a round; 0 (the default) means every round.
    moves_every_days: Option<u32>,
}

/// A documented event before the start.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct HistoryEntry {
    /// Day, month or year as documented: the first day of the span.
    date: Day,
    /// What happened, in one sentence.
    what: String,
    /// Facts it is taken from.
    from: Option<Texts>,
}

/// A negotiating party.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Party {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// Colour `#rrggbb` in charts; one is chosen if absent.
    colour: Option<String>,
    /// Who the party is, for students.
    summary: Option<String>,
    /// The private types; without any there is one, `only`.
    types: Option<Vec<PartyType>>,
    /// Concession strategy.
    strategy: Option<Strategy>,
    /// Day by which the party acts as if talks must end; the horizon if absent.
    deadline: Option<Day>,
    /// Share of a future payoff that is left after one week, in (0, 1]. Default 1.
    patience: Option<Quantity>,
    /// Logit precision of choices between moves, per unit of utility. Default 30; `inf` allowed.
    rationality: Option<Quantity>,
    /// How well the party knows the others' weights: 0 not at all, 1 fully. Default 0.5.
    insight: Option<Quantity>,
    /// Weight of this party's utility in the others' choice between equally good packages. Default
    /// 1.
    power: Option<Quantity>,
    /// Utility lost by backing down, per unit of exposure. Default 0.
    audience_cost: Option<Quantity>,
    /// Standing cost per unit of own posture (keeping an army in the field). Default 0.
    upkeep: Option<Quantity>,
    /// Utility lost per unit of tension while the crisis lasts. Default 0.
    tension_cost: Option<Quantity>,
    /// Probability per exchange of leaving the meeting when the standing offer is worth less to
    /// the party than no agreement. Default 0.
    walkout: Option<Quantity>,
    /// Shortfall of the best offer against the own target that still looks like a deal in sight
    /// (utility). Default 0.05.
    slack: Option<Quantity>,
    /// Width of that judgement (utility, > 0). Default 0.05.
    spread: Option<Quantity>,
    /// Utility of being at the table while any channel is open. Default 0.
    talks_value: Option<Quantity>,
    /// Share of an agreement's gain or loss that counts for this party; below 1 the party does not
    /// really want a deal. Default 1.
    deal_value: Option<Quantity>,
    /// Factor on how far the party's threats and promises are believed, given this type. Default
    /// 1.
    resolve: Option<Quantity>,
    /// Factor on the cost of the party's own moves. Default 1.
    reluctance: Option<Quantity>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A private type: what differs from the party.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct PartyType {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// Prior weight; the weights of a party's types add up to 1 and are renormalised in each draw.
    prior: Option<Quantity>,
    /// Preferences after the merge, one entry per issue in the order of `issues`.
    preferences: Option<Map<Preference>>,
    /// Payoffs of the force options the party holds, in the order of `force` (only its own).
    force: Option<Map<Payoff>>,
    /// Concession strategy.
    strategy: Option<Strategy>,
    /// Day by which the party acts as if talks must end; the horizon if absent.
    deadline: Option<Day>,
    /// Share of a future payoff that is left after one week, in (0, 1]. Default 1.
    patience: Option<Quantity>,
    /// Logit precision of choices between moves, per unit of utility. Default 30; `inf` allowed.
    rationality: Option<Quantity>,
    /// How well the party knows the others' weights: 0 not at all, 1 fully. Default 0.5.
    insight: Option<Quantity>,
    /// Weight of this party's utility in the others' choice between equally good packages. Default
    /// 1.
    power: Option<Quantity>,
    /// Utility lost by backing down, per unit of exposure. Default 0.
    audience_cost: Option<Quantity>,
    /// Standing cost per unit of own posture (keeping an army in the field). Default 0.
    upkeep: Option<Quantity>,
    /// Utility lost per unit of tension while the crisis lasts. Default 0.
    tension_cost: Option<Quantity>,
    /// Probability per exchange of leaving the meeting when the standing offer is worth less to
    /// the party than no agreement. Default 0.
    walkout: Option<Quantity>,
    /// Shortfall of the best offer against the own target that still looks like a deal in sight
    /// (utility). Default 0.05.
    slack: Option<Quantity>,
    /// Width of that judgement (utility, > 0). Default 0.05.
    spread: Option<Quantity>,
    /// Utility of being at the table while any channel is open. Default 0.
    talks_value: Option<Quantity>,
    /// Share of an agreement's gain or loss that counts for this party; below 1 the party does not
    /// really want a deal. Default 1.
    deal_value: Option<Quantity>,
    /// Factor on how far the party's threats and promises are believed, given this type. Default
    /// 1.
    resolve: Option<Quantity>,
    /// Factor on the cost of the party's own moves. Default 1.
    reluctance: Option<Quantity>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A concession strategy. `boulware`, `linear` and `conceder` are time-dependent with e of 0.2, 1
/// and 2 unless `e` is given.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Strategy {
    /// Which one.
    kind: Option<StrategyKind>,
    /// Concession exponent: below 1 boulware, 1 linear, above 1 conceder.
    e: Option<Quantity>,
    /// Share conceded at the start, in [0, 1]. Default 0.
    k: Option<Quantity>,
    /// Offers of the other in the window, at least 2. Default 3.
    window: Option<u32>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// What a party wants on an issue.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Preference {
    /// Importance, at least 0; normalised over the party's issues in each draw.
    weight: Option<Quantity>,
    /// Value of each level in [0, 1], one per level. An entry is a number or `[low, mode, high]`
    /// or `[low, high]`; 0 and 1 fix the scale and need no source.
    values: Option<Vec<LevelValue>>,
    /// What the party refuses.
    red_line: Option<RedLine>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// What a party refuses.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct RedLine {
    /// Levels with a higher index are refused.
    above: Option<usize>,
    /// Levels with a lower index are refused.
    below: Option<usize>,
    /// 1 means never accepted and never offered; below 1 the penalty is `firmness * cost`.
    firmness: Option<Quantity>,
    /// Utility lost by crossing the line at firmness 1. Default 0.2.
    cost: Option<Quantity>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// An issue and its ladder of levels.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Issue {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// Levels in words, lowest first, at least two and at most 15.
    levels: Option<Ids>,
    /// Index of the level in force at the start.
    status_quo: Option<usize>,
    /// Whether a change is a promise about future conduct, worth what its form makes credible.
    promise: Option<bool>,
    /// Parties that must accept a change.
    consent: Option<Texts>,
    /// Facts the ladder rests on.
    from: Option<Texts>,
    /// What settling the issue does to the crisis.
    consequences: Option<Vec<Consequence>>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// What settling an issue does.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Consequence {
    /// Settled levels for which it holds.
    level: Test,
    /// Changes of the crisis variables.
    effects: Option<Effects>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// What joint levels mean to a party.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Linkage {
    /// Short name.
    id: String,
    /// The party to which it matters.
    party: Option<String>,
    /// Issue levels that must stand together: a map from issue to test, at least two issues.
    when: Option<Map<Test>>,
    /// Utility added while they do (negative: a malus).
    bonus: Option<Quantity>,
    /// The party refuses any package in which they stand together (an absolute precondition).
    absolute: Option<bool>,
    /// Facts or reason.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A way to record an agreement.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Form {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// Level of the form issue it stands for.
    level: Option<usize>,
    /// Share of a promise each party believes will be kept, in [0, 1]; 1 for a party not named.
    durability: Option<Numbers>,
    /// Probability that a party ratifies; 1 for a party not named.
    ratification: Option<Numbers>,
    /// Whether the form binds in law (outcome rules can ask for it).
    binding: Option<bool>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// Who meets, on what, how.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Venue {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// Parties at the table, in speaking order; the first proposes first.
    participants: Option<Texts>,
    /// Issues that may be talked about.
    discusses: Option<Texts>,
    /// Issues that may be settled; a subset of `discusses` when that is given.
    decides: Option<Texts>,
    /// Procedure.
    protocol: Option<Protocol>,
    /// Turns round the table per meeting.
    exchanges: Option<u32>,
    /// Whether it is open at the start. Default true.
    open: Option<bool>,
    /// Forms it can conclude in; all if empty.
    forms: Option<Texts>,
    /// For `single-text`: how well the mediator knows the parties' weights, in [0, 1]. Default
    /// 0.5.
    mediator_insight: Option<Quantity>,
    /// Facts about the venue.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A documented meeting.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Meeting {
    /// Venue id.
    venue: String,
    /// Day.
    date: Day,
    /// Facts it is taken from.
    from: Option<Texts>,
}

/// Meetings after the documented ones.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Cycle {
    /// Days between meetings.
    every_days: Option<u32>,
    /// Venues in turn; a closed one leaves its turn empty.
    venues: Option<Texts>,
}

/// Starting values.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct State {
    /// `[state.tension]`
    tension: Option<Tension>,
    /// `exposure = { <party> = ... }` in [0, 1], default 0.
    exposure: Option<Numbers>,
    /// `standing = { <party> = ... }` (utility), default 0.
    standing: Option<Numbers>,
    /// `posture = { <party> = ... }` in [0, 1], default 0.
    posture: Option<Numbers>,
    /// `exposure_decay` per week: share of exposure that fades. Default 0.
    exposure_decay: Option<Quantity>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// Tension of the crisis.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Tension {
    /// Value at the start, in [0, 1].
    start: Option<Quantity>,
    /// Value to which it decays.
    rest: Option<Quantity>,
    /// Share of the distance to rest that is lost in a week.
    decay: Option<Quantity>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// What talks do to the crisis.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Talks {
    /// Order in which parties move between meetings.
    move_order: Option<MoveOrder>,
    /// Tension change after a meeting with an agreement in principle. Default 0.
    on_agreement: Option<Effects>,
    /// Changes after a meeting that ends without agreement.
    on_no_agreement: Option<Effects>,
    /// Changes after a walk-out.
    on_walkout: Option<Effects>,
    /// Changes when consent or ratification fails.
    on_failure: Option<Effects>,
    /// Exposure added to each party at the table when consent or ratification fails. Default 0.
    failure_exposure: Option<Quantity>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// How observers read each other.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Beliefs {
    /// Standard deviation with which an observer reads how far an offer concedes (utility, > 0).
    /// Default 0.05.
    offer_noise: Option<Quantity>,
    /// Width of the tremble in accepting an offer (utility); 0 is the exact rule. Default 0.
    tremble: Option<Quantity>,
    /// An observer's own prior over another party's types: observer, then observed party, then
    /// type. Absent: the types' `prior`.
    priors: Option<Map<Map<Numbers>>>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// An option to use force.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Force {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// Who holds it.
    holder: Option<String>,
    /// Against whom.
    target: Option<String>,
    /// Utility of success.
    prize: Option<Quantity>,
    /// Utility lost by failure.
    loss: Option<Quantity>,
    /// Cost of fighting either way, without threatened costs.
    cost: Option<Quantity>,
    /// Probability, as the holder sees it, that it achieves its aim, at the start.
    advantage: Option<Quantity>,
    /// Change of that probability in a week (`drift`). Default 0.
    drift: Option<Quantity>,
    /// Utility lost by each exposed party if it is used.
    damage: Option<Numbers>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A type's own payoffs of a force option.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Payoff {
    /// Utility of success.
    prize: Option<Quantity>,
    /// Utility lost by failure.
    loss: Option<Quantity>,
    /// Cost of fighting either way, without threatened costs.
    cost: Option<Quantity>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A unilateral act between meetings.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Move {
    /// Short name.
    id: String,
    /// What it is, in words: "Russia adds troops at the border".
    name: Option<String>,
    /// Who may do it.
    actor: Option<String>,
    /// What it does for the actor.
    kind: Option<MoveKind>,
    /// When it is available.
    when: Option<Condition>,
    /// How often it may be done in a run; unlimited if absent.
    limit: Option<u32>,
    /// Utility cost to the actor. Default 0.
    cost: Option<Quantity>,
    /// For `pressure`: whose disagreement value falls.
    target: Option<String>,
    /// For `pressure`: by how much, as the actor sees it (utility). Default 0.
    pressure: Option<Quantity>,
    /// For `relief`: share of the actor's exposure charged for backing down. Default 1.
    share: Option<Quantity>,
    /// Changes of the crisis variables.
    effects: Option<Effects>,
    /// Venues it opens.
    opens: Option<Texts>,
    /// Venues it closes.
    closes: Option<Texts>,
    /// Seats it adds: venue to parties.
    seats: Option<Map<Texts>>,
    /// For `terminal`: the force option used; its payoffs are then that option's.
    force: Option<String>,
    /// For `terminal` without force: each party's change of utility against the situation as it
    /// stands. Default 0.
    payoff: Option<Numbers>,
    /// Facts it rests on.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A commitment to impose a cost.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Threat {
    /// Short name.
    id: String,
    /// In words.
    name: Option<String>,
    /// Who threatens.
    by: Option<String>,
    /// Who is threatened.
    target: Option<String>,
    /// Moves that trigger it.
    trigger: Option<Texts>,
    /// Cost to the target if carried out (utility).
    cost_to_target: Option<Quantity>,
    /// Cost to the threatener if carried out (utility). Default 0.
    cost_to_self: Option<Quantity>,
    /// Public strength of the commitment, in [0, 1]. Default: the credibility.
    said: Option<Quantity>,
    /// Probability, as the target hears it, that it is carried out.
    credibility: Option<Quantity>,
    /// What other observers hear; the credibility if absent.
    heard: Option<Numbers>,
    /// Moves that carry it out after a trigger that did not end the run.
    fulfilled_by: Option<Texts>,
    /// Days after the trigger within which it must be carried out. Default 14.
    within_days: Option<u32>,
    /// Changes if it is not: exposure and credibility are the usual ones.
    lapse: Option<Effects>,
    /// Facts it rests on.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A promise of support.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Promise {
    /// Short name.
    id: String,
    /// In words.
    name: Option<String>,
    /// Who promises.
    by: Option<String>,
    /// To whom.
    to: Option<String>,
    /// Force options it is meant to meet.
    against: Option<Texts>,
    /// Public strength of the commitment, in [0, 1].
    said: Option<Quantity>,
    /// What each observer hears, in [0, 1]; `said` if absent.
    heard: Option<Numbers>,
    /// Fall in the holder's chance of success if fully believed.
    deters: Option<Quantity>,
    /// Share of the damage the beneficiary thinks averted if fully believed.
    relief: Option<Quantity>,
    /// Facts it rests on.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// An exogenous shock.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Event {
    /// Short name.
    id: String,
    /// In words.
    name: Option<String>,
    /// Probability in a week, at zero tension. Absent if `date` is given.
    hazard: Option<Quantity>,
    /// The hazard is multiplied by `1 + with_tension * tension`. Default 0.
    with_tension: Option<Quantity>,
    /// Happens on this day for certain.
    date: Option<Day>,
    /// When it can happen.
    when: Option<Condition>,
    /// At most this many times; unlimited if absent.
    limit: Option<u32>,
    /// Changes of the crisis variables.
    effects: Option<Effects>,
    /// Venues it opens.
    opens: Option<Texts>,
    /// Venues it closes.
    closes: Option<Texts>,
    /// Facts it rests on.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A rule that names a run; the first that holds does.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Outcome {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// Rank from best to worst, for charts and ranked scores.
    severity: Option<u32>,
    /// Rule; the last outcome may have an empty one, which always holds.
    when: Option<Condition>,
    /// Colour `#rrggbb` in charts; one is chosen by severity if absent.
    colour: Option<String>,
    /// One sentence for readers.
    summary: Option<String>,
}

/// A condition reported beside the outcome.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Flag {
    /// Short name, a column of `runs.csv`.
    id: String,
    /// In words.
    name: Option<String>,
    /// Rule.
    when: Option<Condition>,
}

/// A base rate beside the shares of some outcomes.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Benchmark {
    /// Base-rate id in the evidence.
    base_rate: String,
    /// Outcomes it is comparable with.
    outcomes: Texts,
}

/// What the charts should show.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Report {
    /// The two parties of the joint-outcome chart; the first two if absent.
    joint: Option<[String; 2]>,
}

/// Changes of the crisis variables.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Effects {
    /// Tension of the crisis.
    tension: Option<Quantity>,
    /// By party.
    exposure: Option<Numbers>,
    /// By party.
    standing: Option<Numbers>,
    /// By party.
    posture: Option<Numbers>,
    /// By force option.
    advantage: Option<Numbers>,
    /// By force option, in a week.
    drift: Option<Numbers>,
    /// By threat or promise.
    said: Option<Numbers>,
    /// By threat or promise, then by observer.
    heard: Option<Map<Numbers>>,
    /// By threat: what its target hears.
    credibility: Option<Numbers>,
    /// By issue.
    level: Option<Numbers>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// All entries must hold.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Condition {
    /// `terminal = "any" | "none" | "<move>" | ["<move>", ...]`: the move that ended the run.
    terminal: Option<Texts>,
    /// `date = ">= 2022-02-01"`, or a list of two tests.
    date: Option<Texts>,
    /// `round = ">= 3"`: rounds are counted from 1.
    round: Option<Test>,
    /// Tension of the crisis.
    tension: Option<Test>,
    /// By party.
    exposure: Option<Map<Test>>,
    /// By party.
    standing: Option<Map<Test>>,
    /// By party.
    posture: Option<Map<Test>>,
    /// By force option.
    advantage: Option<Map<Test>>,
    /// By force option, in a week.
    drift: Option<Map<Test>>,
    /// By threat or promise.
    said: Option<Map<Test>>,
    /// By threat or promise, then by observer.
    heard: Option<Map<Map<Test>>>,
    /// By threat: what its target hears.
    credibility: Option<Map<Test>>,
    /// `level = { troops = "<= 2" }`: the level in force, agreed or not.
    level: Option<Map<Test>>,
    /// `settled = { missiles = ">= 1" }`: settled by agreement, at such a level.
    settled: Option<Map<Test>>,
    /// `settled_count = { of = ["missiles", "exercises"], at_least = 2 }`
    settled_count: Option<SettledCount>,
    /// `binding = true`: every issue of `settled` is recorded in a binding form.
    binding: Option<bool>,
    /// `done = ["mobilise"]`: these moves or events have happened.
    done: Option<Texts>,
    /// `not_done = ["mobilise"]`: none of these has.
    not_done: Option<Texts>,
    /// `channels = "open" | "closed"`: some venue is open, or none.
    channels: Option<Channels>,
    /// `without = "ukraine"`: the issues of `settled` were agreed where this party neither sat nor
    /// was asked for its consent.
    without: Option<String>,
    /// `any = [{ ... }, { ... }]`: at least one of these holds.
    any: Option<Vec<Condition>>,
    /// `not = { ... }`: this does not hold.
    not: Option<Box<Condition>>,
}

/// A number of issues settled by agreement.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct SettledCount {
    /// Issues counted.
    of: Texts,
    /// At least so many of them are settled by agreement.
    at_least: usize,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::schema;
    use crate::scenario::decode::keys;

    fn properties(schema: &Value) -> BTreeSet<String> {
        let properties = schema["properties"]
            .as_object()
            .expect("a table has properties");
        properties.keys().cloned().collect()
    }

    #[test]
    fn decoder_and_schema_know_the_same_keys() {
        let party = [keys::PARTY_ONLY, keys::TRAITS].concat();
        let party_type = [keys::TYPE_ONLY, keys::TRAITS].concat();
        let tables: [(&str, &[&str]); 30] = [
            ("Hypothesis", keys::HYPOTHESIS),
            ("Expectation", keys::EXPECT),
            ("Calendar", keys::CALENDAR),
            ("HistoryEntry", keys::HISTORY),
            ("Party", &party),
            ("PartyType", &party_type),
            ("Strategy", keys::STRATEGY),
            ("Preference", keys::PREFERENCE),
            ("RedLine", keys::RED_LINE),
            ("Issue", keys::ISSUE),
            ("Consequence", keys::CONSEQUENCE),
            ("Linkage", keys::LINKAGE),
            ("Form", keys::FORM),
            ("Venue", keys::VENUE),
            ("Meeting", keys::MEETING),
            ("Cycle", keys::CYCLE),
            ("State", keys::STATE),
            ("Tension", keys::TENSION),
            ("Talks", keys::TALKS),
            ("Beliefs", keys::BELIEFS),
            ("Force", keys::FORCE),
            ("Payoff", keys::FORCE_PAYOFF),
            ("Move", keys::MOVE),
            ("Threat", keys::THREAT),
            ("Promise", keys::PROMISE),
            ("Event", keys::EVENT),
            ("Outcome", keys::OUTCOME),
            ("Flag", keys::FLAG),
            ("Effects", keys::EFFECTS),
            ("Condition", keys::CONDITION),
        ];
        let schema = schema().to_value();
        let sorted = |list: &[&str]| {
            list.iter()
                .map(ToString::to_string)
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(properties(&schema), sorted(keys::FILE), "the file");
        for (name, list) in tables {
            assert_eq!(properties(&schema["$defs"][name]), sorted(list), "{name}");
        }
        for (name, list) in [
            ("SettledCount", keys::SETTLED_COUNT),
            ("Benchmark", keys::BENCHMARK),
            ("Report", keys::REPORT),
        ] {
            assert_eq!(properties(&schema["$defs"][name]), sorted(list), "{name}");
        }
        let table = &schema["$defs"]["Quantity"]["oneOf"][1];
        assert_eq!(properties(table), sorted(keys::QUANTITY), "a number");
    }

    /// The minimal scenario, as an editor sees it, passes; with a misspelt key it does not.
    #[test]
    fn schema_accepts_the_minimal_file_and_refuses_a_slip() {
        let text = include_str!("../../tests/fixtures/minimal.toml");
        let table: toml::Table = text.parse().expect("the fixture is TOML");
        let mut file = serde_json::to_value(table).expect("a table has a JSON form");
        let dates = |value: &mut Value| {
            if let Some(text) = value.get("$__toml_private_datetime").cloned() {
                *value = text;
            }
        };
        for pointer in [
            "/cutoff",
            "/calendar/start",
            "/calendar/horizon",
            "/meetings/0/date",
        ] {
            dates(
                file.pointer_mut(pointer)
                    .expect("the fixture has this date"),
            );
        }
        let validator = jsonschema::validator_for(&schema().to_value()).expect("a valid schema");
        let problems: Vec<String> = validator
            .iter_errors(&file)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(problems, [] as [&str; 0]);
        file["parties"][0]["patiense"] = 0.9.into();
        assert!(!validator.is_valid(&file));
    }
}
