//! Numbers without a source, and sources that do not exist or come too late.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::Checker;
use crate::diagnostic::{Diagnostic, Severity};
use crate::scenario::load::FactIndex;
use crate::scenario::names::nearest;
use crate::scenario::tree::{Node, Value};

/// Collects the facts that a file cites: `from` anywhere, `against` in its hypothesis.
pub fn collect(node: &Node, citations: &mut Vec<Node>) {
    match &node.value {
        Value::Table(entries) => {
            for entry in entries {
                let against = entry.key == "hypothesis";
                if let Some(list) = entry.node.get("against").filter(|_| against) {
                    citations.extend(list.elements().unwrap_or_default().iter().cloned());
                }
                if entry.key == "from" {
                    citations.extend(entry.node.elements().unwrap_or_default().iter().cloned());
                } else {
                    collect(&entry.node, citations);
                }
            }
        }
        Value::List(elements) => elements
            .iter()
            .for_each(|element| collect(element, citations)),
        _ => {}
    }
}

/// Checks that every cited fact exists and is not dated after the cut-off.
pub fn citations(cited: &[Node], cutoff: Date, facts: &dyn FactIndex) -> Vec<Diagnostic> {
    if !facts.available() {
        return Vec::new();
    }
    let known = facts.ids();
    let ids: BTreeSet<&str> = known.iter().copied().collect();
    let mut diagnostics = Vec::new();
    for node in cited {
        let Some(id) = node.as_str() else { continue };
        let mut error = |code, message, label: String, help, fix| {
            let labels = vec![node.label(label)];
            let severity = Severity::Error;
            diagnostics.push(Diagnostic {
                code,
                severity,
                message,
                labels,
                help,
                fix,
            });
        };
        if !ids.contains(id) {
            let near = nearest(id, known.iter().copied());
            let label = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "not in the evidence".to_owned(),
            };
            let message = format!("no fact `{id}`");
            error(
                "unknown-fact",
                message,
                label,
                None,
                near.map(str::to_owned),
            );
        } else if let Some(date) = facts.fact_date(id).filter(|date| *date > cutoff) {
            let help = "cite what was known by then, or move `cutoff` and say so".to_owned();
            let message = format!("`{id}` is dated {date}, after the cut-off {cutoff}");
            let label = "evidence from the future".to_owned();
            error("evidence-after-cutoff", message, label, Some(help), None);
        }
    }
    diagnostics
}

impl Checker<'_> {
    /// Whether a number is part of a published domain: a definition, nobody's claim.
    fn published(&self, path: &str) -> bool {
        let tables = ["preferences.", "state.standing.", "talks.on_agreement."];
        let traits = [".patience", ".talks_value"];
        self.scenario.domain.is_some()
            && (tables.iter().any(|table| path.starts_with(table))
                || traits.iter().any(|key| path.ends_with(key)))
    }

    /// Whether facts are cited, all of them from memory.
    fn only_recalled(&self, from: &[String]) -> bool {
        let recalled = |id: &String| {
            self.facts
                .fact_text(id)
                .is_some_and(|fact| !fact.documented)
        };
        !from.is_empty() && from.iter().all(recalled)
    }

    /// Every number needs a source or a reason, and an assumed one a range.
    pub(super) fn provenance(&mut self) {
        let mut lists: BTreeSet<String> = BTreeSet::new();
        for quantity in self.scenario.quantities() {
            let why = &quantity.provenance;
            let stand_in = quantity.dist.mode().is_nan();
            let published = why.assumed.is_none() && self.published(&quantity.path);
            let recalled = why.assumed.is_none() && self.only_recalled(&why.from);
            let founded = !why.from.is_empty() && !recalled;
            if why.by_definition || stand_in || published || founded {
                continue;
            }
            // The values of one ladder are one judgement: one complaint is enough.
            let list = quantity.path.rsplit_once('.').map_or("", |(list, _)| list);
            let (path, ladder) = if list.ends_with(".values") {
                (list, true)
            } else {
                (quantity.path.as_str(), false)
            };
            if ladder && !lists.insert(format!("{path} {}", why.assumed.is_some())) {
                continue;
            }
            if recalled {
                let label = self.place(path, "only what nobody looked up");
                let message = format!("`{path}` rests on recalled facts alone");
                let help = "add assumed = \"why\", or cite something that was read";
                self.report(
                    Severity::Warning,
                    "only-recalled",
                    message,
                    label,
                    Some(help),
                );
            } else if why.assumed.is_none() {
                let label = self.place(path, "neither `from` nor `assumed`");
                let message = format!("`{path}` does not say where it comes from");
                let help = "add from = [\"fact-id\"] or assumed = \"why\", here or in the table";
                self.report(
                    Severity::Warning,
                    "unsourced-number",
                    message,
                    label,
                    Some(help),
                );
            } else if quantity.dist.is_constant() {
                let label = self.place(path, "assumed, yet a single value");
                let message = format!("`{path}` is assumed without a range");
                let help = if ladder {
                    "write an assumed entry as [low, high] or [low, mode, high]"
                } else {
                    "write { range = [low, mode, high], assumed = \"why\" }"
                };
                self.report(
                    Severity::Warning,
                    "point-assumption",
                    message,
                    label,
                    Some(help),
                );
            } else if ladder {
                lists.remove(&format!("{path} true"));
            }
        }
    }
}
