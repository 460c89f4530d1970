//! Where a text in TOML cites an id.

use std::ops::Range;

use serde::Serialize;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::line_at;

/// One place that cites an id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Citation {
    /// Line, counted from 1.
    pub line: usize,
    /// Keys from the top, entries of a list by their own `id` where they have one:
    /// `parties.blue.patience.from`.
    pub path: String,
    /// Byte range of the id.
    #[serde(skip)]
    pub span: Range<usize>,
}

/// What [`citations`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Citations {
    /// In the order of the text.
    pub places: Vec<Citation>,
    /// Syntax errors of the text; with any, places may be missing.
    pub syntax_errors: usize,
}

/// Finds every text value that is exactly `id`, in lists or alone.
pub fn citations(text: &str, id: &str) -> Citations {
    let (tree, errors) = DeTable::parse_recoverable(text);
    let mut places = Vec::new();
    walk_table(tree.get_ref(), id, "", &mut |path, span| {
        let line = line_at(text, span.start);
        places.push(Citation {
            line,
            path: path.to_owned(),
            span,
        });
    });
    places.sort_by(|a, b| {
        a.span
            .start
            .cmp(&b.span.start)
            .then_with(|| a.path.cmp(&b.path))
    });
    Citations {
        places,
        syntax_errors: errors.len(),
    }
}

fn walk_table(
    table: &DeTable<'_>,
    id: &str,
    path: &str,
    found: &mut dyn FnMut(&str, Range<usize>),
) {
    // An entry's own name is no citation.
    for (key, value) in table.iter().filter(|(key, _)| key.get_ref() != "id") {
        let dot = if path.is_empty() { "" } else { "." };
        let path = format!("{path}{dot}{}", key.get_ref());
        walk_value(value.get_ref(), value.span(), id, &path, found);
    }
}

fn walk_value(
    value: &DeValue<'_>,
    span: Range<usize>,
    id: &str,
    path: &str,
    found: &mut dyn FnMut(&str, Range<usize>),
) {
    match value {
        DeValue::String(text) if text == id => found(path, span),
        DeValue::Table(table) => walk_table(table, id, path, found),
        DeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let inner = match item.get_ref() {
                    DeValue::Table(table) => match table.get("id").map(toml::Spanned::get_ref) {
                        Some(DeValue::String(own)) => format!("{path}.{own}"),
                        _ => format!("{path}[{index}]"),
                    },
                    DeValue::Array(_) => format!("{path}[{index}]"),
                    _ => path.to_owned(),
                };
                walk_value(item.get_ref(), item.span(), id, &inner, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_named_by_line_and_path() {
        let text = "\
[[parties]]
id = \"blue\"
patience = { range = [0.9, 1.0], from = [\"a-1\",
  \"a-2\"] }
[[history]]
from = [\"a-2\"]
against = [\"b-1\"]
[hypothesis]
against = [\"a-2\", \"a-22\"]
";
        let found: Vec<(usize, String)> = citations(text, "a-2")
            .places
            .into_iter()
            .map(|c| (c.line, c.path))
            .collect();
        let expected = [
            (4, "parties.blue.patience.from"),
            (6, "history[0].from"),
            (9, "hypothesis.against"),
        ];
        assert_eq!(found, expected.map(|(line, path)| (line, path.to_owned())));
    }

    #[test]
    fn a_broken_text_still_gives_what_can_be_read() {
        let found = citations("from = [\"a\"]\nx = = 2\n", "a");
        assert_eq!(found.places.len(), 1);
        assert!(found.syntax_errors > 0);
    }
}
