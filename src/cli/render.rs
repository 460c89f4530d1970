//! Diagnostics for people: rustc's own layout, and the same facts as JSON for programs.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Label, Severity, Sources};

/// A diagnostic as text: the place, what was expected there, what to do.
pub fn text(diagnostic: &Diagnostic, sources: &Sources, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Notice => Level::INFO.with_name("notice"),
    };
    let title = level
        .primary_title(clean(&diagnostic.message))
        .id(diagnostic.code);
    let mut group = annotate_snippets::Group::with_title(title);
    let mut files: Vec<usize> = Vec::new();
    for label in &diagnostic.labels {
        let file = label.source.0 as usize;
        if !files.contains(&file) {
            files.push(file);
        }
    }
    for file in files {
        let Some(source) = sources.files.get(file) else {
            continue;
        };
        let annotations = diagnostic
            .labels
            .iter()
            .enumerate()
            .filter_map(|(index, label)| {
                let kind = if index == 0 {
                    AnnotationKind::Primary
                } else {
                    AnnotationKind::Context
                };
                let here = label.source.0 as usize == file;
                here.then(|| {
                    kind.span(first_line(&source.text, label))
                        .label(clean(&label.message))
                })
            });
        let snippet = Snippet::source(source.text.as_str()).path(source.name.as_str());
        group = group.element(snippet.annotations(annotations));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(clean(help)));
    }
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer.render(&[group])
}

/// A diagnostic as JSON, with lines and columns from 1 beside the byte range.
pub fn json(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| {
            let source = sources.files.get(label.source.0 as usize);
            let (line, column) =
                source.map_or((1, 1), |source| position(&source.text, label.span.start));
            json!({
                "file": source.map(|source| &source.name),
                "line": line,
                "column": column,
                "start": label.span.start,
                "end": label.span.end,
                "message": label.message,
            })
        })
        .collect();
    json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "labels": labels,
        "help": diagnostic.help,
        "fix": diagnostic.fix,
    })
}

/// Line and column of a byte, from 1, columns in characters.
pub fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(byte)];
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    (line, column)
}

/// A label's span up to the end of its first line: underlining a whole table hides the point.
fn first_line(text: &str, label: &Label) -> Range<usize> {
    let start = text.floor_char_boundary(label.span.start);
    let end = text.ceil_char_boundary(label.span.end).max(start);
    let line = text[start..end].lines().next().map_or(0, str::len);
    start..start + line
}

/// Text of a file may hold control characters, which a terminal would obey.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
