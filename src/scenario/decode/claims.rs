//! `[[claims]]`: statements and their experiments, from tree to types.

use super::reader::{Reader, Row, listed};
use crate::diagnostic::Diagnostic;
use crate::evidence::FactDate;
use crate::scenario::claims::{Change, Claim, ClaimsFile, Measure, Side};
use crate::scenario::names::Names;
use crate::scenario::tree::{Entry, Node, Value};
use crate::scenario::types::Direction;

/// Keys of the file.
pub const FILE: &[&str] = &["schema", "id", "title", "summary", "claims"];
/// Keys of `[[claims]]`.
pub const CLAIM: &[&str] = &[
    "id",
    "statement",
    "said_by",
    "date",
    "from",
    "base",
    "change",
    "outcomes",
    "flags",
    "utility",
    "direction",
    "at_least",
    "translation",
    "remark",
];
/// Keys of `base` and `change`.
pub const SIDE: &[&str] = &["extends", "remove", "set"];
/// The keys that say what is measured, of which a claim has one.
const MEASURES: [&str; 3] = ["outcomes", "flags", "utility"];

/// Decodes a file.
pub(in crate::scenario) fn decode(mut root: Node) -> (ClaimsFile, Vec<Diagnostic>) {
    root.name_paths("");
    let names = Names::default();
    let mut reader = Reader::new(&names);
    let file = Row::of(&root);
    reader.known_keys(&root, "a claims file", FILE);
    reader.distinct_ids(&file, "claims");
    let schema = reader.count(&file, "schema", None);
    if schema != 1 && reader.diagnostics.is_empty() {
        let node = file.get("schema").unwrap_or(&root);
        let message = format!("this release reads claims files of schema 1, not {schema}");
        reader.error("schema-version", message, node.label("expected 1"));
    }
    let id = reader.id(&file);
    let title = reader.text(&file, "title");
    let summary = reader.optional_text(&file, "summary");
    if file.get("claims").is_none() {
        reader.missing(&file, "claims", "a list of tables, `[[claims]]`");
    }
    let claims = (reader.rows(&file, "claims", "a claim", CLAIM).iter())
        .map(|row| claim(&mut reader, row))
        .collect();
    let decoded = ClaimsFile {
        schema,
        id,
        title,
        summary,
        claims,
    };
    (decoded, reader.diagnostics)
}

fn claim(reader: &mut Reader<'_>, row: &Row<'_>) -> Claim {
    let directions = [
        ("up", Direction::Up),
        ("down", Direction::Down),
        ("same", Direction::Same),
    ];
    let cited = cited(reader, row);
    let base = side(reader, row, "base", None);
    let change = side(reader, row, "change", Some(&base));
    let (measure, measured) = measure(reader, row);
    let claim = Claim {
        id: reader.id(row),
        statement: sentence(reader, row, "statement"),
        said_by: sentence(reader, row, "said_by"),
        date: date(reader, row),
        from: (cited.iter().filter_map(Node::as_str).map(str::to_owned)).collect(),
        base,
        change,
        measure,
        direction: reader.choice(row, "direction", &directions, None),
        at_least: at_least(reader, row),
        translation: sentence(reader, row, "translation"),
        remark: reader.optional_text(row, "remark"),
        cited,
        measured,
    };
    if row.get("remark").is_some() {
        sentence(reader, row, "remark");
    }
    claim
}

/// A text that says something.
fn sentence(reader: &mut Reader<'_>, row: &Row<'_>, key: &str) -> String {
    let text = reader.text(row, key);
    if let Some(node) = row.get(key).filter(|node| node.as_str().is_some())
        && text.trim().is_empty()
    {
        let label = node.label("expected a sentence");
        reader.error("empty-text", format!("`{key}` says nothing"), label);
    }
    text
}

/// The facts that report a statement, at least one, each once.
fn cited(reader: &mut Reader<'_>, row: &Row<'_>) -> Vec<Node> {
    if row.get("from").is_none() {
        reader.missing(row, "from", "the facts that report the statement");
    }
    let nodes: Vec<Node> = reader
        .text_nodes(row, "from")
        .into_iter()
        .cloned()
        .collect();
    if let Some(node) = row
        .get("from")
        .filter(|node| node.elements().is_some_and(<[Node]>::is_empty))
    {
        let label = node.label("expected at least one fact");
        reader.error("empty-text", "`from` names no fact", label);
    }
    let mut once: Vec<Node> = Vec::new();
    for node in nodes {
        if once.iter().any(|other| other.as_str() == node.as_str()) {
            let text = node.as_str().unwrap_or_default().to_owned();
            let label = node.label("already in the list");
            reader.error("duplicate-id", format!("`from` has `{text}` twice"), label);
        } else {
            once.push(node);
        }
    }
    once
}

/// A day, month, year or span of these.
fn date(reader: &mut Reader<'_>, row: &Row<'_>) -> FactDate {
    let unknown = FactDate::day(jiff::civil::Date::ZERO);
    let Some(node) = row.get("date") else {
        reader.missing(
            row,
            "date",
            "when it was said, such as 2021-12-30 or \"2022-01\"",
        );
        return unknown;
    };
    let text = match &node.value {
        Value::Datetime(date) => date.to_string(),
        Value::String(text) => text.clone(),
        _ => {
            reader.wrong_type(node, "`date`", "a date such as 2021-12-30 or \"2022-01\"");
            return unknown;
        }
    };
    match text.parse() {
        Ok(date) => date,
        Err(why) => {
            let label = node.label("expected a date such as 2021-12-30 or \"2022-01\"");
            reader.report(
                "bad-date",
                "`date` is not a date".to_owned(),
                label,
                Some(why.to_owned()),
                None,
            );
            unknown
        }
    }
}

/// The one measure of a claim, and where its names stand.
fn measure(reader: &mut Reader<'_>, row: &Row<'_>) -> (Measure, Vec<Node>) {
    let present: Vec<&str> = MEASURES
        .into_iter()
        .filter(|key| row.get(key).is_some())
        .collect();
    let key = match present[..] {
        [] => {
            let expected = format!("or another of {}: what is measured", listed(&MEASURES));
            reader.missing(row, "outcomes", &expected);
            "outcomes"
        }
        [key] => key,
        [key, other, ..] => {
            let label = row.get(other).map(|node| node.label("and this as well"));
            let message = format!("a claim is about one of {}", listed(&MEASURES));
            reader.error("expect-both", message, label.expect("the key is present"));
            key
        }
    };
    let nodes: Vec<Node> = if key == "utility" {
        let text = reader.optional_text(row, key);
        text.and(row.get(key)).into_iter().cloned().collect()
    } else {
        reader.text_nodes(row, key).into_iter().cloned().collect()
    };
    if let Some(node) = row
        .get(key)
        .filter(|node| node.elements().is_some_and(<[Node]>::is_empty))
    {
        let label = node.label("expected at least one");
        reader.error("empty-text", format!("`{key}` names nothing"), label);
    }
    let ids: Vec<String> = nodes
        .iter()
        .filter_map(Node::as_str)
        .map(str::to_owned)
        .collect();
    let measure = match key {
        "flags" => Measure::Flags(ids),
        "utility" => Measure::Utility(ids.first().cloned().unwrap_or_default()),
        _ => Measure::Outcomes(ids),
    };
    (measure, nodes)
}

fn at_least(reader: &mut Reader<'_>, row: &Row<'_>) -> Option<f64> {
    let node = row.get("at_least")?;
    let Some(number) = node.as_number() else {
        reader.wrong_type(node, "`at_least`", "a number such as 0.02");
        return None;
    };
    if !(0.0..1.0).contains(&number) {
        let label = node.label("expected a share such as 0.02, at least 0 and below 1");
        reader.error("out-of-range", format!("`at_least` is {number}"), label);
        return None;
    }
    Some(number)
}

/// A scenario file, or a table laid over one; `below` is what a table without `extends` changes.
fn side(reader: &mut Reader<'_>, row: &Row<'_>, key: &str, below: Option<&Side>) -> Side {
    let Some(node) = row.get(key) else {
        let expected = "a scenario file, or a table with `extends`, `remove`, `set`";
        reader.missing(row, key, expected);
        return empty(row.node());
    };
    if node.as_str().is_some() {
        return Side {
            place: node.clone(),
            extends: vec![node.clone()],
            changes: Vec::new(),
        };
    }
    if node.entries().is_none() {
        let expected = "a scenario file, or a table with `extends`, `remove`, `set`";
        reader.wrong_type(node, &format!("`{key}`"), expected);
        return empty(node);
    }
    reader.known_keys(node, &format!("`{key}`"), SIDE);
    let table = Row::of(node);
    let own = Change {
        remove: reader
            .text_nodes(&table, "remove")
            .into_iter()
            .cloned()
            .collect(),
        set: settings(reader, &table),
    };
    let extends: Vec<Node> = reader
        .text_nodes(&table, "extends")
        .into_iter()
        .cloned()
        .collect();
    let mut side = match below {
        Some(below) if table.get("extends").is_none() => below.clone(),
        _ => {
            if table.get("extends").is_none() {
                reader.missing(&table, "extends", "the scenario file that is changed");
            }
            Side {
                extends,
                ..empty(node)
            }
        }
    };
    side.place = node.clone();
    side.changes.push(own);
    side
}

fn empty(place: &Node) -> Side {
    Side {
        place: place.clone(),
        extends: Vec::new(),
        changes: Vec::new(),
    }
}

fn settings(reader: &mut Reader<'_>, table: &Row<'_>) -> Vec<Entry> {
    let Some(node) = table.get("set") else {
        return Vec::new();
    };
    let Some(entries) = node.entries() else {
        reader.wrong_type(node, "`set`", "a table of paths and values");
        return Vec::new();
    };
    entries.to_vec()
}

/// The head of a scenario file that stands for one side of a claim's pair.
pub(in crate::scenario) fn scenario_of(claim: &Claim, which: &str, side: &Side) -> Node {
    let at = |value: Value| Node {
        value,
        source: side.place.source,
        span: side.place.span.clone(),
        path: String::new(),
        cover: None,
    };
    let entry = |key: &str, node: Node| Entry {
        key: key.to_owned(),
        key_source: side.place.source,
        key_span: side.place.span.clone(),
        node,
    };
    let text = |text: String| at(Value::String(text));
    let id = if claim.id.is_empty() {
        "claim"
    } else {
        &claim.id
    };
    at(Value::Table(vec![
        entry("id", text(format!("{id}-{which}"))),
        entry("title", text(format!("{which} of {id}"))),
        entry(
            "summary",
            text("One side of a claim's experiment.".to_owned()),
        ),
        entry("extends", at(Value::List(side.extends.clone()))),
    ]))
}
