//! What only the whole scenario shows: sums, dates, rules that can never fire.

use super::load::Origins;
use super::names::Names;
use super::tree::Node;
use super::types::Scenario;
use crate::diagnostic::Diagnostic;

/// Checks a decoded scenario.
pub fn check(_: &Scenario, _: &Node, _: &Names, _: &Origins) -> Vec<Diagnostic> {
    Vec::new()
}
