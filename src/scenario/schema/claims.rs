//! Files of claims, as they are written.
#![expect(dead_code, reason = "the types are described, never built")]

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema};
use serde_json::Value;

use super::{Direction, Ids, Texts};

/// The schema of a claims file, draft 2020-12.
pub fn schema() -> Schema {
    schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<File>()
}

/// Statements that people made, each with the paired experiment that comes nearest to it.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "A claims file")]
struct File {
    /// Version of the format: 1.
    schema: u32,
    /// Short name, also the name of its output folder: lower-case words joined by hyphens.
    id: String,
    /// Title of the page and the chart.
    title: String,
    /// What the file holds and how it was made.
    summary: Option<String>,
    /// The claims.
    claims: Vec<Claim>,
}

/// One statement and its translation into an experiment.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Claim {
    /// Short name: lower-case words joined by hyphens.
    id: String,
    /// The statement in neutral words, as a sentence.
    statement: String,
    /// Who made it.
    said_by: String,
    /// When: a day, a month "2022-01", a year, or two of these joined by "/".
    date: Value,
    /// The facts that report it.
    from: Ids,
    /// The first scenario of the pair.
    base: Side,
    /// The second; a table without `extends` changes the first.
    change: Side,
    /// Measured: share of runs that end in one of these outcomes.
    outcomes: Option<Texts>,
    /// Measured instead: share of runs in which one of these flags holds.
    flags: Option<Texts>,
    /// Measured instead: mean utility of this party at the end.
    utility: Option<String>,
    /// Where it should go from the first scenario to the second.
    direction: Direction,
    /// How far at least, a share or utility from 0 to 1; for `same`, within how much of zero.
    at_least: Option<f64>,
    /// How the statement became this experiment, and what is lost on the way.
    translation: String,
    /// What the runs showed and why, if it was not what was expected.
    remark: Option<String>,
}

/// A scenario file, or changes laid over one.
#[derive(JsonSchema)]
#[serde(untagged)]
enum Side {
    /// Path of a scenario file, relative to this file.
    File(String),
    /// Changes.
    Changes(Changes),
}

/// Changes laid over a scenario file.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Changes {
    /// The scenario file, or several.
    extends: Option<Texts>,
    /// Paths of what is taken away: "moves.mobilise".
    remove: Option<Texts>,
    /// Values by path: "threats.embargo.credibility" = 0.8.
    set: Option<BTreeMap<String, Value>>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::schema;
    use crate::scenario::decode::claims::{CLAIM, FILE, SIDE};

    #[test]
    fn decoder_and_schema_know_the_same_keys() {
        let schema = schema().to_value();
        let tables = [
            (&schema, FILE),
            (&schema["$defs"]["Claim"], CLAIM),
            (&schema["$defs"]["Changes"], SIDE),
        ];
        for (table, keys) in tables {
            let properties = table["properties"].as_object().expect("a table");
            let described: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
            assert_eq!(described, keys.iter().copied().collect());
        }
    }
}
