//! A merged tree as TOML again, each value with the file and line that it comes from.

use std::fmt::Write;

use super::render::position;
use crate::diagnostic::{SourceId, Sources};
use crate::scenario::tree::{Entry, Node, Value};

/// The whole file; reading it gives the same scenario.
pub fn text(root: &Node, sources: &Sources) -> String {
    let mut writer = Writer {
        sources,
        text: String::new(),
    };
    let entries: Vec<&Entry> = root.entries().unwrap_or_default().iter().collect();
    let own = entries
        .into_iter()
        .filter(|entry| !["extends", "remove"].contains(&&*entry.key));
    writer.table("", own);
    writer.text
}

struct Writer<'s> {
    sources: &'s Sources,
    text: String,
}

impl Writer<'_> {
    /// Plain values first, since TOML gives whatever follows a header to that header.
    fn table<'n>(&mut self, path: &str, entries: impl Iterator<Item = &'n Entry>) {
        let (sections, values): (Vec<&Entry>, Vec<&Entry>) =
            entries.partition(|entry| is_section(&entry.node));
        for entry in values {
            let place = self.place(entry.node.source, entry.node.span.start);
            self.text += &[&key(&entry.key), " = ", &inline(&entry.node), &place].concat();
        }
        for entry in sections {
            let path = if path.is_empty() {
                key(&entry.key)
            } else {
                format!("{path}.{}", key(&entry.key))
            };
            match &entry.node.value {
                Value::Table(below) => {
                    let place = self.place(entry.key_source, entry.key_span.start);
                    self.text += &["\n[", &path, "]", &place].concat();
                    self.table(&path, below.iter());
                }
                Value::List(rows) => {
                    for row in rows {
                        let place = self.place(row.source, row.span.start);
                        self.text += &["\n[[", &path, "]]", &place].concat();
                        self.table(&path, row.entries().unwrap_or_default().iter());
                    }
                }
                _ => {}
            }
        }
    }

    fn place(&self, source: SourceId, byte: usize) -> String {
        self.sources.files.get(source.0 as usize).map_or_else(
            || "\n".to_owned(),
            |file| {
                format!(
                    "  # {}:{}\n",
                    plain(&file.name),
                    position(&file.text, byte).0
                )
            },
        )
    }
}

/// Whether a value gets a header of its own: tables and lists of tables, but no numbers.
fn is_section(node: &Node) -> bool {
    match &node.value {
        Value::Table(_) => !node.is_quantity(),
        Value::List(rows) => {
            !rows.is_empty()
                && rows
                    .iter()
                    .all(|row| row.entries().is_some() && !row.is_quantity())
        }
        _ => false,
    }
}

/// A value on one line, without its sources and reasons.
pub(super) fn value(node: &Node) -> String {
    let mut node = node.clone();
    if let Value::Table(entries) = &mut node.value {
        entries.retain(|entry| !["from", "assumed"].contains(&entry.key.as_str()));
    }
    inline(&node)
}

fn inline(node: &Node) -> String {
    match &node.value {
        Value::String(text) => quoted(text),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}").replace("NaN", "nan"),
        Value::Bool(flag) => flag.to_string(),
        Value::Datetime(datetime) => datetime.to_string(),
        Value::List(elements) => {
            let elements: Vec<String> = elements.iter().map(inline).collect();
            format!("[{}]", elements.join(", "))
        }
        Value::Table(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|entry| format!("{} = {}", key(&entry.key), inline(&entry.node)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(bare) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            '\n' => quoted += "\\n",
            '\t' => quoted += "\\t",
            c if c.is_control() => {
                write!(quoted, "\\u{:04X}", u32::from(c)).expect("a string takes any text");
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A file name that cannot end the comment it stands in.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).collect()
}
