//! JSON and YAML texts to one kind of tree with places.
//!
//! Flows in: a text. Flows out: a [`Node`], keys in the file's order. Invariant: depth and number of
//! nodes are limited and no alias is followed, so a file costs a small multiple of its length.

use std::ops::Range;

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use saphyr_parser::{Event, Parser, ScalarStyle};

use super::report::{Place, Report};
use crate::diagnostic::SourceId;

/// Most brackets that may be open at once.
const DEPTH_LIMIT: usize = 64;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Its place.
    pub place: Place,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum Value {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, and how it is written.
    Number(f64, String),
    /// Text.
    Text(String),
    /// List.
    List(Vec<Node>),
    /// Keys and values in the file's order.
    Table(Vec<(String, Node)>),
}

impl Node {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let mut entries = self.entries().iter();
        entries.find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The entries, none if it is no table.
    pub fn entries(&self) -> &[(String, Self)] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The elements, if it is a list.
    pub fn elements(&self) -> Option<&[Self]> {
        match &self.value {
            Value::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// The number: a finite one, perhaps written in quotes.
    pub fn number(&self) -> Option<f64> {
        let number = match &self.value {
            Value::Number(number, _) => Some(*number),
            Value::Text(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.filter(|number| number.is_finite())
    }

    /// A text, or a number or truth value as it is written.
    pub fn label(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) | Value::Number(_, text) => Some(text.clone()),
            Value::Bool(truth) => Some(truth.to_string()),
            _ => None,
        }
    }
}

/// Reads JSON; what is not quite JSON (comments, trailing commas) is read with a notice.
pub fn json(report: &mut Report, source: SourceId) -> Option<Node> {
    let text = bounded(report, source)?;
    if let Some(at) = too_deep(&text) {
        let place = Place {
            source,
            span: at..at + 1,
        };
        report.error("too-deep", "values are nested too deeply here", &place);
        return None;
    }
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let collect = CollectOptions::default();
    let place = |range: jsonc_parser::common::Range| Place {
        source,
        span: range.start..range.end,
    };
    let mut parsed = parse_to_ast(&text, &collect, &strict);
    if let Err(problem) = &parsed {
        let first = (problem.kind().to_string(), place(problem.range()));
        parsed = parse_to_ast(&text, &collect, &ParseOptions::default());
        if parsed.is_ok() {
            let message = format!("this is not strictly JSON: {}", first.0);
            report.notice("loose-json", message, &first.1);
        }
    }
    match parsed {
        Ok(parsed) => {
            if parsed.value.is_none() {
                let place = Place { source, span: 0..0 };
                report.error("json-syntax", "the file holds no value", &place);
            }
            parsed.value.map(|value| convert(source, value))
        }
        Err(problem) => {
            let message = problem.kind().to_string();
            report.error("json-syntax", message, &place(problem.range()));
            None
        }
    }
}

fn convert(source: SourceId, value: ast::Value<'_>) -> Node {
    let range = value.range();
    let place = Place {
        source,
        span: range.start..range.end,
    };
    let value = match value {
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::BooleanLit(truth) => Value::Bool(truth.value),
        ast::Value::StringLit(text) => Value::Text(text.value.into_owned()),
        ast::Value::NumberLit(number) => {
            let parsed = number.value.parse().unwrap_or(f64::NAN);
            Value::Number(parsed, number.value.to_owned())
        }
        ast::Value::Array(array) => {
            let elements = array.elements.into_iter();
            Value::List(elements.map(|element| convert(source, element)).collect())
        }
        ast::Value::Object(object) => Value::Table(
            object
                .properties
                .into_iter()
                .map(|entry| {
                    let key = entry.name.as_str().to_owned();
                    (key, convert(source, entry.value))
                })
                .collect(),
        ),
    };
    Node { value, place }
}

/// The first byte at which brackets nest beyond what a domain can need.
fn too_deep(text: &str) -> Option<usize> {
    let (mut open, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => open += 1,
            b']' | b'}' if !quoted => open = open.saturating_sub(1),
            _ => {}
        }
        if open > DEPTH_LIMIT {
            return Some(at);
        }
    }
    None
}

fn bounded(report: &mut Report, source: SourceId) -> Option<String> {
    let text = report.text(source).to_owned();
    if text.len() > super::SIZE_LIMIT {
        let place = Place { source, span: 0..0 };
        let message = format!("the file is longer than {} MiB", super::SIZE_LIMIT >> 20);
        report.error("too-large", message, &place);
        return None;
    }
    Some(text)
}

/// A list or table that is still open.
enum Open {
    List(Vec<Node>, Range<usize>),
    Table(Vec<(String, Node)>, Option<String>, Range<usize>),
}

/// Reads the first document of a YAML text. Anchors and aliases are refused: no published domain
/// needs one, and they are how a small text becomes a large tree.
pub fn yaml(report: &mut Report, source: SourceId) -> Option<Node> {
    let text = bounded(report, source)?;
    // Indentation is depth, and the parser keeps a level for each: so this looks before it does.
    let deep = text
        .lines()
        .map(|line| line.len() - line.trim_start_matches([' ', '-', '?', '[', '{']).len());
    if deep.max().unwrap_or(0) > 4 * DEPTH_LIMIT || too_deep(&text).is_some() {
        let place = Place { source, span: 0..0 };
        report.error("too-deep", "values are nested too deeply", &place);
        return None;
    }
    // The parser counts characters.
    let starts: Vec<usize> = text.char_indices().map(|(byte, _)| byte).collect();
    let byte = |character: usize| starts.get(character).copied().unwrap_or(text.len());
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(&text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(problem) => {
                let at = byte(problem.marker().index());
                let place = Place {
                    source,
                    span: at..at + 1,
                };
                report.error("yaml-syntax", problem.info(), &place);
                return None;
            }
        };
        let span = byte(span.start.index())..byte(span.end.index());
        let place = |span: Range<usize>| Place { source, span };
        let finished = match event {
            Event::Alias(_) => {
                let message = "aliases are not followed";
                report.error("yaml-alias", message, &place(span));
                return None;
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if open.len() >= DEPTH_LIMIT {
                    let message = "values are nested too deeply here";
                    report.error("too-deep", message, &place(span));
                    return None;
                }
                open.push(match event {
                    Event::SequenceStart(..) => Open::List(Vec::new(), span),
                    _ => Open::Table(Vec::new(), None, span),
                });
                None
            }
            Event::Scalar(text, style, _, _) => Some(Node {
                value: scalar(&text, style),
                place: place(span),
            }),
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(|ended| match ended {
                Open::List(elements, from) => Node {
                    value: Value::List(elements),
                    place: place(from.start..span.end.max(from.start)),
                },
                Open::Table(entries, _, from) => Node {
                    value: Value::Table(entries),
                    place: place(from.start..span.end.max(from.start)),
                },
            }),
            _ => None,
        };
        let Some(node) = finished else { continue };
        match open.last_mut() {
            None => return Some(node),
            Some(Open::List(elements, _)) => elements.push(node),
            Some(Open::Table(entries, key, _)) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => *key = Some(node.label().unwrap_or_default()),
            },
        }
    }
    let place = Place { source, span: 0..0 };
    report.error("yaml-syntax", "the file holds no value", &place);
    None
}

/// A scalar by YAML 1.2's core schema, as far as domains use it.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" => return Value::Number(f64::INFINITY, text.to_owned()),
        "-.inf" | "-.Inf" | "-.INF" => return Value::Number(f64::NEG_INFINITY, text.to_owned()),
        ".nan" | ".NaN" | ".NAN" => return Value::Number(f64::NAN, text.to_owned()),
        _ => {}
    }
    let numeric = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
    match text.parse() {
        Ok(number) if text.chars().all(numeric) => Value::Number(number, text.to_owned()),
        _ => Value::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Reader = fn(&mut Report, SourceId) -> Option<Node>;

    fn read(text: &str, with: Reader) -> (Option<Node>, Report) {
        let mut report = Report::default();
        let source = report.open("x", text.as_bytes());
        let node = with(&mut report, source);
        (node, report)
    }

    #[test]
    fn json_keeps_order_and_the_last_bit() {
        let (node, report) = read(r#"{"b": [0.1, 1e-7], "a": {"x": null}}"#, json);
        let node = node.unwrap();
        let keys: Vec<&str> = node.entries().iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["b", "a"]);
        let list = node.get("b").unwrap().elements().unwrap();
        assert_eq!(list[0].number().unwrap().to_bits(), 0.1_f64.to_bits());
        assert!(report.diagnostics.is_empty());
        let (node, report) = read("{'b': 1,} // end", json);
        assert!(node.is_some());
        assert_eq!(report.diagnostics[0].code, "loose-json");
    }

    #[test]
    fn yaml_as_negmas_writes_it() {
        let text = "type: TableFun\nreserved: -.inf\nmapping:\n  19'' LCD: 30.0\n  '7': 1\n- 3\n";
        let text = text.trim_end_matches("- 3\n");
        let (node, report) = read(text, yaml);
        let node = node.unwrap();
        assert!(report.diagnostics.is_empty());
        let mapping = node.get("mapping").unwrap();
        assert_eq!(mapping.get("19'' LCD").unwrap().number(), Some(30.0));
        assert_eq!(mapping.get("7").unwrap().number(), Some(1.0));
        assert_eq!(node.get("reserved").unwrap().number(), None);
        let place = &mapping.get("7").unwrap().place;
        assert_eq!(&text[place.span.clone()], "1");
    }

    #[test]
    fn hostile_texts_are_refused() {
        let deep_json = "[".repeat(1_000_000);
        let deep_yaml = "- ".repeat(1_000_000);
        let laughs = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
        let cases: [(&str, Reader); 7] = [
            (&deep_json, json),
            (r#"{"a": "#, json),
            ("", json),
            (&deep_json, yaml),
            (&deep_yaml, yaml),
            (laughs, yaml),
            ("a: [1, 2", yaml),
        ];
        for (text, with) in cases {
            let (node, report) = read(text, with);
            let start: String = text.chars().take(20).collect();
            assert!(node.is_none() && report.failed(), "{start}");
        }
    }
}
