//! The JSON Schema of the file format, for editors.
//!
//! The types here mirror the file as it is written, before anything is merged or decoded; they are
//! never built, only described. Invariant: their keys are those of `decode::keys`, by test.
#![expect(dead_code, reason = "the types are described, never built")]

mod acts;
pub mod claims;
mod games;
mod party;
mod table;

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use acts::{Benchmark, Event, Flag, Force, Move, Outcome, Promise, Threat};
use games::{Graph, Tree};
use party::{Party, Preference};
use table::{Beliefs, Cycle, Form, Gate, Issue, Linkage, Meeting, State, Talks, Venue};

/// The schema of a scenario file, draft 2020-12.
pub fn schema() -> Schema {
    schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<File>()
}

type Ids = Vec<String>;
type Map<T> = BTreeMap<String, T>;

/// A number: a constant, or a distribution with its provenance.
struct Quantity(f64);

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
struct Day(String);

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "A day, such as 2022-01-10." })
    }
}

/// A table of numbers by name, whose `from` and `assumed` cover those that carry none.
struct Numbers(Map<Quantity>);

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
    /// Path of the scenario file that this one changes, or a list of them: each later one is laid
    /// over the earlier ones.
    extends: Option<Texts>,
    /// Paths that are taken away from it, such as "moves.mobilise".
    remove: Option<Texts>,
    /// Folder of the facts that this file cites, or several, relative to it: "../seeds/name". Without
    /// it, what a variant extends decides, and at last the evidence that ships with the program.
    evidence: Option<Texts>,
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
    /// Who must approve at home, and how they vote: read by `solve`, not by a run.
    gates: Option<Vec<Gate>>,
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
    /// What each party can do on its own, for the graph model of `solve`.
    graph: Option<Graph>,
    /// Game trees, for `solve`.
    trees: Option<Vec<Tree>>,
    /// What the charts should show.
    report: Option<Report>,
    /// The published negotiation domain that the file stands for, where it was imported.
    domain: Option<Domain>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
    /// For a game of theory: what its numbers define. They need neither source nor range.
    by_definition: Option<String>,
}

/// The hypothesis of a variant.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Hypothesis {
    /// Its mark in a library, such as `S03`: letters, digits and hyphens.
    id: Option<String>,
    /// The hypothesis in one sentence.
    statement: String,
    /// Who holds it.
    held_by: String,
    /// Facts it rests on.
    from: Option<Texts>,
    /// Facts that speak against it.
    against: Option<Texts>,
    /// What the file changes against the one it extends, and why.
    changes: Option<String>,
    /// What in a run would count against it.
    refuted_by: String,
}

/// What a variant should change.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Expectation {
    /// Outcome ids whose shares are added up.
    outcomes: Option<Texts>,
    /// Flag ids of which at least one holds, instead of outcomes.
    flags: Option<Texts>,
    /// Direction of the change against the extended file, all luck equal.
    direction: Direction,
    /// Id of the file to compare with, one of those it extends directly or not. Default: the file
    /// it extends, the first of several.
    against: Option<String>,
    /// Why the documents lead one to expect it.
    because: String,
    /// What the runs showed and why, if it was not what was expected.
    remark: Option<String>,
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

/// What a published negotiation domain says and the rest of the format has no place for.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Domain {
    /// Whose file it was: `genius`, `geniusweb` or `negmas`.
    format: String,
    /// Whether a weighted sum above 1 counts as 1.
    cap_at_one: Option<bool>,
    /// All issues with all their values; absent where `[[issues]]` says the same.
    issues: Option<Vec<DomainIssue>>,
    /// One a party, in the order of `parties`.
    profiles: Option<Vec<DomainProfile>>,
}

/// An issue as published.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct DomainIssue {
    /// Name as published.
    name: String,
    /// Values as published, in their order.
    values: Ids,
}

/// A party's side of a published domain.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct DomainProfile {
    /// Party id.
    party: String,
    /// Utility of no agreement; absent where the domain states none.
    reservation: Option<f64>,
    /// Share of a utility that is left at the end of the session, in (0, 1]. Default 1.
    discount: Option<f64>,
    /// Weight of each of `[[domain.issues]]`, as published.
    weights: Option<Vec<f64>>,
    /// Value of each value of each of `[[domain.issues]]`.
    values: Option<Vec<Vec<f64>>>,
}

/// What the charts should show.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Report {
    /// The two parties of the joint-outcome chart; the first two if absent.
    joint: Option<[String; 2]>,
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
        let tables: [(&str, &[&str]); 32] = [
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
            ("Gate", keys::GATE),
            ("GateBloc", keys::GATE_BLOC),
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
            ("Graph", keys::GRAPH),
            ("GraphOption", keys::GRAPH_OPTION),
            ("Infeasible", keys::INFEASIBLE),
            ("GraphState", keys::GRAPH_STATE),
            ("GraphMove", keys::GRAPH_MOVE),
            ("Tree", keys::TREE),
            ("TreeNode", keys::TREE_NODE),
            ("TreeAction", keys::TREE_ACTION),
            ("Domain", keys::DOMAIN),
            ("DomainIssue", keys::DOMAIN_ISSUE),
            ("DomainProfile", keys::DOMAIN_PROFILE),
        ] {
            assert_eq!(properties(&schema["$defs"][name]), sorted(list), "{name}");
        }
        let table = &schema["$defs"]["Quantity"]["oneOf"][1];
        assert_eq!(properties(table), sorted(keys::QUANTITY), "a number");
    }

    /// The minimal scenario, as an editor sees it, passes; with a misspelt key it does not.
    #[test]
    fn schema_accepts_the_minimal_file_and_refuses_a_slip() {
        let text = include_str!("../../../tests/fixtures/minimal.toml");
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
