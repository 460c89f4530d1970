//! Tree to [`Scenario`]: what each key means.
//!
//! Flows in: the merged tree and the names it declares. Flows out: a scenario and every problem met
//! on the way; where a value is unusable a harmless one stands in, and the caller drops the
//! scenario because an error was reported. Invariant: decoding never stops at the first problem.

pub mod claims;
pub mod keys;

mod acts;
mod date;
mod domain;
mod games;
mod gates;
mod number;
mod party;
pub(crate) mod reader;
mod rules;
mod table;

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::load::FactIndex;
use super::names::{Kind, LISTS, Names};
use super::quantity::Quantity;
use super::tree::Node;
use super::types::{Calendar, Direction, Expectation, HistoryEntry, Hypothesis, Scenario};
use crate::diagnostic::Diagnostic;
use number::Bounds;
use reader::{Reader, Row};
#[cfg(feature = "interchange")]
pub(crate) use table::LEVELS;

/// Party, then issue, to the table of `[preferences.<party>.<issue>]`.
type Preferences<'n> = BTreeMap<&'n str, BTreeMap<&'n str, &'n Node>>;

/// Decodes a merged file.
pub fn decode(root: &Node, names: &Names, facts: &dyn FactIndex) -> (Scenario, Vec<Diagnostic>) {
    let mut reader = Reader::new(names);
    let file = Row::of(root);
    reader.known_keys(root, "a scenario file", keys::FILE);
    for key in LISTS
        .map(|(key, _)| key)
        .into_iter()
        .chain(["linkages", "gates"])
    {
        reader.distinct_ids(&file, key);
    }
    let schema = reader.count(&file, "schema", None);
    if schema != 1 && reader.diagnostics.is_empty() {
        let node = file.get("schema").unwrap_or(root);
        let message = format!("this release reads scenario files of schema 1, not {schema}");
        reader.error("schema-version", message, node.label("expected 1"));
    }
    let calendar = calendar(&mut reader, &file);
    let preferences = preferences(&mut reader, &file);
    let force = reader.force(&file);
    let scenario = Scenario {
        schema,
        id: reader.id(&file),
        title: reader.text(&file, "title"),
        summary: reader.text(&file, "summary"),
        by_definition: reader.optional_text(&file, "by_definition"),
        cutoff: reader.date(&file, "cutoff").unwrap_or(calendar.start),
        hypothesis: hypothesis(&mut reader, &file),
        expect: expectations(&mut reader, &file),
        history: history(&mut reader, &file),
        parties: reader.parties(&file, &preferences, &force),
        issues: reader.issues(&file),
        form_issue: reader.optional_reference(&file, "form_issue", Kind::Issue),
        linkages: reader.linkages(&file),
        forms: reader.forms(&file),
        gates: reader.gates(&file),
        venues: reader.venues(&file),
        meetings: reader.meetings(&file),
        cycle: reader.cycle(&file),
        state: reader.state(&file),
        talks: reader.talks(&file),
        beliefs: reader.beliefs(&file),
        moves: reader.moves(&file),
        threats: reader.threats(&file),
        promises: reader.promises(&file),
        events: reader.events(&file),
        outcomes: reader.outcomes(&file),
        flags: reader.flags(&file),
        benchmarks: reader.benchmarks(&file, facts),
        graph: reader.graph(&file),
        trees: reader.trees(&file),
        report: reader.report_options(&file),
        domain: reader.domain(&file),
        calendar,
        force,
    };
    (scenario, reader.diagnostics)
}

fn calendar(reader: &mut Reader<'_>, file: &Row<'_>) -> Calendar {
    let Some(table) = reader.required_table(file, "calendar", keys::CALENDAR) else {
        return Calendar {
            start: Date::ZERO,
            horizon: Date::ZERO,
            moves_every_days: 0,
        };
    };
    Calendar {
        start: reader.required_date(&table, "start"),
        horizon: reader.required_date(&table, "horizon"),
        moves_every_days: reader.count(&table, "moves_every_days", Some(0)),
    }
}

fn preferences<'n>(reader: &mut Reader<'_>, file: &Row<'n>) -> Preferences<'n> {
    let mut tables = Preferences::new();
    for party in reader.entries(file.get("preferences")) {
        reader.known(&party.key, Kind::Party, &party.key_label());
        for issue in reader.entries(Some(&party.node)) {
            reader.known(&issue.key, Kind::Issue, &issue.key_label());
            reader.known_keys(&issue.node, "a preference", keys::PREFERENCE);
            tables
                .entry(&party.key)
                .or_default()
                .insert(&issue.key, &issue.node);
        }
    }
    tables
}

fn hypothesis(reader: &mut Reader<'_>, file: &Row<'_>) -> Option<Hypothesis> {
    let table = reader.table(file, "hypothesis", keys::HYPOTHESIS)?;
    let hypothesis = Hypothesis {
        id: reader.optional_text(&table, "id"),
        statement: reader.text(&table, "statement"),
        held_by: reader.text(&table, "held_by"),
        from: reader.texts(&table, "from"),
        against: reader.texts(&table, "against"),
        changes: reader.optional_text(&table, "changes"),
        refuted_by: reader.text(&table, "refuted_by"),
    };
    let mark = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == '-');
    if let (Some(id), Some(node)) = (&hypothesis.id, table.get("id"))
        && (id.is_empty() || !mark(id))
    {
        let label = node.label("expected letters, digits and hyphens, such as `S03`");
        let message = format!("`{id}` cannot be the mark of a hypothesis");
        reader.error("invalid-id", message, label);
    }
    // An empty line on the card would pass for an answer.
    for key in ["statement", "held_by", "changes", "refuted_by"] {
        let blank = |node: &&Node| node.as_str().is_some_and(|text| text.trim().is_empty());
        if let Some(node) = table.get(key).filter(blank) {
            let label = node.label("expected a sentence");
            reader.error("empty-text", format!("`{key}` says nothing"), label);
        }
    }
    Some(hypothesis)
}

fn expectations(reader: &mut Reader<'_>, file: &Row<'_>) -> Vec<Expectation> {
    let directions = [
        ("up", Direction::Up),
        ("down", Direction::Down),
        ("same", Direction::Same),
    ];
    let mut expectations = Vec::new();
    for row in reader.rows(file, "expect", "an expectation", keys::EXPECT) {
        match (row.get("outcomes"), row.get("flags")) {
            (None, None) => reader.missing(&row, "outcomes", "or `flags`: what should change"),
            (Some(_), Some(flags)) => {
                let label = flags.label("expected outcomes or flags, not both");
                let message = "an expectation is about outcomes or about flags";
                reader.error("expect-both", message, label);
            }
            _ => {}
        }
        expectations.push(Expectation {
            outcomes: reader.references(&row, "outcomes", Kind::Outcome),
            flags: reader.references(&row, "flags", Kind::Flag),
            direction: reader.choice(&row, "direction", &directions, None),
            against: reader.optional_text(&row, "against"),
            because: reader.text(&row, "because"),
            remark: reader.optional_text(&row, "remark"),
        });
    }
    expectations
}

fn history(reader: &mut Reader<'_>, file: &Row<'_>) -> Vec<HistoryEntry> {
    reader
        .rows(file, "history", "an entry of the history", keys::HISTORY)
        .iter()
        .map(|row| HistoryEntry {
            date: reader.required_span(row, "date"),
            what: reader.text(row, "what"),
            from: reader.texts(row, "from"),
        })
        .collect()
}

/// A map from party to number.
type ByParty = BTreeMap<String, Quantity>;

impl Reader<'_> {
    fn by_party(&mut self, row: &Row<'_>, key: &str, bounds: Bounds) -> ByParty {
        let mut map = ByParty::new();
        for entry in self.entries(row.get(key)) {
            if !self.known(&entry.key, Kind::Party, &entry.key_label()) {
                continue;
            }
            map.insert(entry.key.clone(), self.number(&entry.node, bounds));
        }
        map
    }
}
