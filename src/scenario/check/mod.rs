//! What only the whole scenario shows: sums, dates, rules that can never fire, missing sources.
//!
//! Flows in: a decoded scenario, perhaps with stand-ins where decoding failed. Flows out: problems.
//! Invariant: a stand-in (an empty id, a number that is not one) never causes a second complaint.

pub mod evidence;

mod acts;
mod games;
mod rules;
mod table;

use super::load::{FactIndex, Origins};
use super::tree::Node;
use super::types::Scenario;
use crate::diagnostic::{Diagnostic, Label, Severity, SourceId};

/// Checks a decoded scenario.
///
/// `ancestors` are the ids of the files that it extends, directly or not; `facts` is what it cites.
pub fn check(
    scenario: &Scenario,
    resolved: &Node,
    origins: &Origins,
    ancestors: &[String],
    facts: &dyn FactIndex,
) -> Vec<Diagnostic> {
    let mut checker = Checker {
        scenario,
        resolved,
        origins,
        ancestors,
        facts,
        diagnostics: Vec::new(),
    };
    checker.table();
    checker.calendar();
    checker.acts();
    checker.rules();
    checker.games();
    checker.provenance();
    checker.diagnostics
}

struct Checker<'a> {
    scenario: &'a Scenario,
    resolved: &'a Node,
    origins: &'a Origins,
    ancestors: &'a [String],
    facts: &'a dyn FactIndex,
    diagnostics: Vec<Diagnostic>,
}

impl Checker<'_> {
    /// Where the value of a path stands, or the nearest thing around it.
    fn place(&self, path: &str, message: impl Into<String>) -> Label {
        let mut path = path;
        loop {
            if let Some(label) = self.origins.get(path) {
                return Label {
                    message: message.into(),
                    ..label.clone()
                };
            }
            let Some((parent, _)) = path.rsplit_once('.') else {
                let root = self.origins.get("").cloned();
                let start = Label {
                    source: SourceId(0),
                    span: 0..0,
                    message: String::new(),
                };
                return Label {
                    message: message.into(),
                    ..root.unwrap_or(start)
                };
            };
            path = parent;
        }
    }

    /// Whether the file writes a value at a path.
    fn written(&self, path: &str) -> bool {
        self.origins.contains_key(path)
    }

    fn report(
        &mut self,
        severity: Severity,
        code: &'static str,
        message: impl Into<String>,
        label: Label,
        help: Option<&str>,
    ) {
        self.diagnostics.push(Diagnostic {
            code,
            severity,
            message: message.into(),
            labels: vec![label],
            help: help.map(str::to_owned),
            fix: None,
        });
    }

    fn error(&mut self, code: &'static str, message: impl Into<String>, label: Label) {
        self.report(Severity::Error, code, message, label, None);
    }

    fn warning(&mut self, code: &'static str, message: impl Into<String>, label: Label) {
        self.report(Severity::Warning, code, message, label, None);
    }
}
