//! What a file holds.
//!
//! Flows in: a text. Flows out: the kind of document it is, by a key that only that kind has at the
//! top. Invariant: a text that is nothing in particular is taken for a scenario, whose reader says
//! what is missing.

use super::read::read;
use crate::diagnostic::SourceId;

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// A scenario, or a variant of one.
    Scenario,
    /// `[[claims]]`: statements and their experiments.
    Claims,
}

/// The kind of document that a text is.
pub fn kind(text: &str) -> DocumentKind {
    let (tree, _) = read(SourceId(0), text);
    if tree.get("claims").is_some() {
        DocumentKind::Claims
    } else {
        DocumentKind::Scenario
    }
}
