//! What is wrong with a file, as data: one value feeds the terminal, JSON and HTML.
//!
//! Flows in: problems found while reading evidence and scenarios. Flows out: nothing by itself;
//! `cli` renders. Invariant: a diagnostic never holds text that only makes sense in one medium.

use std::ops::Range;

use serde::Serialize;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing, nothing to do.
    Notice,
    /// Accepted, but `--strict` refuses it.
    Warning,
    /// The file cannot be used.
    Error,
}

/// A source text: name to show and contents.
#[derive(Debug, Clone)]
pub struct SourceText {
    /// Path as the user gave it or as it is shipped.
    pub name: String,
    /// Whole text.
    pub text: String,
}

/// The texts that labels refer to.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// In the order of loading.
    pub files: Vec<SourceText>,
}

/// The line of a byte of a text, counted from 1.
pub fn line_at(text: &str, byte: usize) -> usize {
    1 + text.get(..byte).unwrap_or_default().matches('\n').count()
}

/// Index into [`Sources::files`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SourceId(pub u32);

/// A place in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Label {
    /// Which text.
    pub source: SourceId,
    /// Byte range in it.
    pub span: Range<usize>,
    /// What to say there; may be empty.
    pub message: String,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Stable name of the kind of problem: `unknown-key`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence, lower case, no full stop.
    pub message: String,
    /// The first is the primary place.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
    /// Replacement for the primary span, where there is an obvious one (the nearest valid name).
    pub fix: Option<String>,
}
