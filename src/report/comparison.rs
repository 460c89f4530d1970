//! Several scenarios side by side, and what paired runs say of the directions a variant expects.

use serde::Serialize;

use super::layout::{Column, Look, hundred, percent, span_of_hundred, table, thousands};
use super::text::NOT_A_FORECAST;
use crate::ensemble::paired::{Difference, Verdict};
use crate::ensemble::summary::{Interval, Summary};
use crate::scenario::types::Direction;

/// One `[[expect]]` of a variant, checked on runs that share their luck with the file it extends.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckedExpectation {
    /// Id of the variant.
    pub variant: String,
    /// Id of the file it is compared with, one that it extends.
    pub base: String,
    /// Outcome ids whose shares are added up; empty if it is about flags.
    pub outcomes: Vec<String>,
    /// Flag ids of which at least one holds; empty if it is about outcomes.
    pub flags: Vec<String>,
    /// Expected direction.
    pub direction: Direction,
    /// Why the documents lead one to expect it.
    pub because: String,
    /// What the author remarks on the result.
    pub remark: Option<String>,
    /// What the runs show.
    pub difference: Difference,
    /// What that means for the expectation, in this model.
    pub verdict: Verdict,
}

/// One outcome of one scenario beside the same outcome of the scenario it is compared with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutcomeDifference {
    /// Id of the scenario.
    pub scenario: String,
    /// Id of the scenario it is compared with.
    pub against: String,
    /// Outcome id.
    pub outcome: String,
    /// The paired difference.
    pub difference: Difference,
}

/// Shares of every outcome in every scenario, then the paired differences.
pub fn comparison(
    summaries: &[Summary],
    differences: &[OutcomeDifference],
    expectations: &[CheckedExpectation],
    look: Look,
) -> String {
    let mut out = look.heading(&format!("Side by side, {NOT_A_FORECAST}"));
    let share = Column {
        top: "share",
        bottom: "of runs",
    };
    let chance = Column {
        top: "by chance",
        bottom: "alone",
    };
    let change = Column {
        top: "change,",
        bottom: "same luck",
    };
    let limits = Column {
        top: "change by",
        bottom: "chance alone",
    };
    let paired = !differences.is_empty();
    let mut rows = Vec::new();
    for (id, name) in outcome_names(summaries) {
        rows.push((name, Vec::new()));
        rows.extend(summaries.iter().filter_map(|summary| {
            let own = summary.outcomes.iter().find(|outcome| outcome.id == id)?;
            let change = differences
                .iter()
                .find(|paired| paired.scenario == summary.scenario.id && paired.outcome == id);
            let (change, limits) = change.map_or(("-".to_owned(), "-".to_owned()), |paired| {
                let Difference {
                    difference,
                    interval,
                    ..
                } = paired.difference;
                (signed(difference), signed_span(interval))
            });
            let chance = span_of_hundred(own.chance.low, own.chance.high);
            let mut cells = vec![percent(own.share), chance];
            if paired {
                cells.extend([change, limits]);
            }
            Some((format!("  {}", summary.scenario.id), cells))
        }));
    }
    let mut columns = vec![share, chance];
    if paired {
        columns.extend([change, limits]);
    }
    out.push_str(&table(look, &columns, &rows));
    if let Some(first) = differences.first() {
        out.push('\n');
        out.push_str(&look.paragraph(
            &format!(
                "Change: against the file a scenario extends, or else against {}, run by run with \
                 the same luck; 95% limits.",
                first.against
            ),
            "",
            "",
        ));
    }
    let alone = alone(summaries, differences);
    if !alone.is_empty() {
        out.push('\n');
        out.push_str(&look.paragraph(
            &format!(
                "No change is given for {}: no other file here is about the same crisis, so an \
                 outcome of the same name need not be the same thing.",
                alone.join(" and ")
            ),
            "",
            "",
        ));
    }
    out.push_str(&expected(expectations, look));
    out
}

// Scenarios that are compared with no other.
fn alone<'a>(summaries: &'a [Summary], differences: &[OutcomeDifference]) -> Vec<&'a str> {
    let ids = summaries.iter().map(|summary| summary.scenario.id.as_str());
    ids.filter(|id| {
        (differences.iter()).all(|paired| paired.scenario != **id && paired.against != **id)
    })
    .collect()
}

fn expected(expectations: &[CheckedExpectation], look: Look) -> String {
    if expectations.is_empty() {
        return String::new();
    }
    let mut out = String::from("\n");
    out.push_str(&look.heading("What the variants expect, and what the model implies"));
    for check in expectations {
        let direction = match check.direction {
            Direction::Up => "rises",
            Direction::Down => "falls",
            Direction::Same => "stays the same",
        };
        let difference = &check.difference;
        let what = if check.flags.is_empty() {
            check.outcomes.join(" + ")
        } else {
            check.flags.join(" or ")
        };
        let mut text = format!(
            "{} against {}: {what} {direction}. {} ({} points of a hundred; {} pairs; up in {}, down in {}, \
             the same in {} draws). Reason to expect it: {}",
            check.variant,
            check.base,
            check.verdict.word().to_uppercase(),
            signed_span(difference.interval),
            thousands(difference.pairs),
            thousands(difference.draws_up),
            thousands(difference.draws_down),
            thousands(difference.draws_same),
            check.because,
        );
        if let Some(remark) = &check.remark {
            text = format!("{text} Remark: {}", remark.trim());
        }
        out.push_str(&look.paragraph(&text, "- ", "  "));
    }
    out
}

pub(super) fn signed(x: f64) -> String {
    let text = hundred(x);
    if x > 0.0 && text != "0.0" {
        format!("+{text}")
    } else {
        text
    }
}

pub(super) fn signed_span(interval: Interval) -> String {
    format!("{} to {}", signed(interval.low), signed(interval.high))
}

// Every outcome once, in the order of first appearance.
fn outcome_names(summaries: &[Summary]) -> Vec<(String, String)> {
    let mut names: Vec<(String, String)> = Vec::new();
    for outcome in summaries.iter().flat_map(|summary| &summary.outcomes) {
        if names.iter().all(|(id, _)| *id != outcome.id) {
            names.push((outcome.id.clone(), outcome.name.clone()));
        }
    }
    names
}
