//! Text to tree.
//!
//! Flows in: the text of one file. Flows out: its [`Node`] tree, as far as it could be read, and
//! every syntax error in it. Invariant: no text, however broken, makes it panic or recurse deeply.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::tree::{Entry, Node, Value};
use crate::diagnostic::{Diagnostic, Label, Severity, SourceId};

/// Longest file that is read, in bytes.
pub const SIZE_LIMIT: usize = 4 << 20;

/// Most brackets that may be open at once.
const BRACKET_LIMIT: usize = 32;

/// Most dots in one key.
const DOT_LIMIT: usize = 16;

/// Reads a text; the tree is the empty table where nothing could be read.
pub fn read(source: SourceId, text: &str) -> (Node, Vec<Diagnostic>) {
    let empty = node(source, 0..0, Value::Table(Vec::new()));
    if text.len() > SIZE_LIMIT {
        let message = format!("the file is longer than {} MiB", SIZE_LIMIT >> 20);
        return (
            empty,
            vec![error(
                "too-large",
                message,
                Label {
                    source,
                    span: 0..0,
                    message: String::new(),
                },
            )],
        );
    }
    if let Some(at) = too_deep(text) {
        let label = Label {
            source,
            span: at..at + 1,
            message: "nested too deeply here".into(),
        };
        return (
            empty,
            vec![error(
                "too-deep",
                "values are nested too deeply".into(),
                label,
            )],
        );
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut diagnostics: Vec<Diagnostic> = errors
        .iter()
        .map(|problem| {
            let span = clamp(problem.span().unwrap_or(0..0), text);
            let label = Label {
                source,
                span,
                message: String::new(),
            };
            error("syntax", problem.message().to_owned(), label)
        })
        .collect();
    let span = table.span();
    let mut tree = Node { span, ..empty };
    tree.value = Value::Table(entries(source, table.into_inner(), &mut diagnostics));
    tree.spread_cover(None);
    diagnostics.sort_by_key(|diagnostic| diagnostic.labels[0].span.start);
    (tree, diagnostics)
}

fn error(code: &'static str, message: String, label: Label) -> Diagnostic {
    Diagnostic {
        code,
        severity: Severity::Error,
        message,
        labels: vec![label],
        help: None,
        fix: None,
    }
}

fn node(source: SourceId, span: std::ops::Range<usize>, value: Value) -> Node {
    Node {
        value,
        source,
        span,
        path: String::new(),
        cover: None,
    }
}

/// A span inside the text, on character boundaries.
fn clamp(span: std::ops::Range<usize>, text: &str) -> std::ops::Range<usize> {
    let start = text.floor_char_boundary(span.start);
    let end = text.ceil_char_boundary(span.end).max(start);
    start..end
}

fn entries(source: SourceId, table: DeTable<'_>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Entry> {
    table
        .into_iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_source: source,
            key_span: key.span(),
            node: convert(source, value, diagnostics),
        })
        .collect()
}

fn convert(
    source: SourceId,
    value: Spanned<DeValue<'_>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Node {
    let span = value.span();
    let mut refuse = |message: &str| {
        let label = Label {
            source,
            span: span.clone(),
            message: String::new(),
        };
        diagnostics.push(error("syntax", message.to_owned(), label));
    };
    let value = match value.into_inner() {
        DeValue::String(text) => Value::String(text.into_owned()),
        DeValue::Boolean(flag) => Value::Bool(flag),
        DeValue::Datetime(datetime) => Value::Datetime(datetime),
        DeValue::Integer(digits) => {
            let parsed = i64::from_str_radix(digits.as_str(), digits.radix());
            Value::Integer(parsed.unwrap_or_else(|_| {
                refuse("the whole number does not fit into 64 bits");
                0
            }))
        }
        DeValue::Float(digits) => match digits.as_str().parse::<f64>() {
            Ok(number) if number.is_finite() || digits.as_str().contains(['n', 'N']) => {
                Value::Float(number)
            }
            _ => {
                refuse("the number is too large");
                Value::Float(0.0)
            }
        },
        DeValue::Array(array) => Value::List(
            array
                .into_iter()
                .map(|element| convert(source, element, diagnostics))
                .collect(),
        ),
        DeValue::Table(table) => Value::Table(entries(source, table, diagnostics)),
    };
    node(source, span, value)
}

/// The first byte at which keys or brackets nest beyond what a scenario can need.
///
/// A key of a million dots is a million nested tables, and even dropping those would overflow the
/// stack; so this looks before the parser does. It knows strings and comments, nothing else.
fn too_deep(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut open, mut dots) = (0, 0_usize, 0_usize);
    while at < bytes.len() {
        let byte = bytes[at];
        match byte {
            b'#' => at = line_end(bytes, at),
            b'"' | b'\'' => at = string_end(bytes, at),
            b'[' | b'{' => {
                open += 1;
                dots = 0;
            }
            b']' | b'}' => open = open.saturating_sub(1),
            b'\n' | b',' | b'=' => dots = 0,
            b'.' => dots += 1,
            _ => {}
        }
        if open > BRACKET_LIMIT || dots > DOT_LIMIT {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The byte before the next line break, or the last one.
fn line_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |length| from + length)
        - 1
}

/// The last byte of the string that begins at `from`; an unclosed one-line string ends with its line.
fn string_end(bytes: &[u8], from: usize) -> usize {
    let quote = bytes[from];
    let triple = bytes[from..].starts_with(&[quote; 3]);
    let mut at = from + if triple { 3 } else { 1 };
    while at < bytes.len() {
        if bytes[at] == b'\\' && quote == b'"' {
            at += 1;
        } else if triple && bytes[at..].starts_with(&[quote; 3]) {
            return at + 2;
        } else if !triple && bytes[at] == quote {
            return at;
        } else if !triple && bytes[at] == b'\n' {
            return at - 1;
        }
        at += 1;
    }
    bytes.len() - 1
}
