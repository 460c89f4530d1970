//! The card of a hypothesis: who holds it, what speaks for and against it, what should be seen.

use super::text::{push_field, push_line, push_wrapped};
use crate::scenario::load::FactIndex;
use crate::scenario::types::{Direction, Expectation, Hypothesis};

/// Writes the card, each fact with what it says and who said it.
pub(super) fn hypothesis(out: &mut String, card: &Hypothesis, facts: &dyn FactIndex, width: usize) {
    let title = match &card.id {
        Some(id) => format!("Hypothesis {id}"),
        None => "Hypothesis".to_owned(),
    };
    push_line(out, &title);
    push_wrapped(out, &card.statement, 2, width);
    push_line(out, "");
    push_field(out, "held by", &card.held_by, width);
    if let Some(changes) = &card.changes {
        push_field(out, "changes", changes, width);
    }
    push_field(out, "refuted by", &card.refuted_by, width);
    for (title, ids) in [("Rests on", &card.from), ("Against it", &card.against)] {
        if ids.is_empty() {
            continue;
        }
        push_line(out, "");
        push_line(out, title);
        for id in ids {
            push_line(out, &format!("  {id}"));
            if let Some(fact) = facts.fact_text(id) {
                let text = format!("{} ({})", fact.statement, fact.attributed_to);
                push_wrapped(out, &text, 6, width);
            }
        }
    }
}

/// Writes what should be seen if the hypothesis holds.
pub(super) fn expectations(out: &mut String, expectations: &[Expectation], width: usize) {
    if expectations.is_empty() {
        return;
    }
    push_line(out, "");
    push_line(out, "Expected in the runs, all luck equal");
    for expectation in expectations {
        push_wrapped(out, &format!("- {}", expected(expectation)), 2, width);
        push_wrapped(out, &expectation.because, 6, width);
        if let Some(remark) = &expectation.remark {
            push_wrapped(out, &format!("Remark: {}", remark.trim()), 6, width);
        }
    }
}

/// An expectation in one line.
pub(super) fn expected(expectation: &Expectation) -> String {
    let what = if expectation.flags.is_empty() {
        expectation.outcomes.join(" + ")
    } else {
        expectation.flags.join(" or ")
    };
    let direction = match expectation.direction {
        Direction::Up => "rises",
        Direction::Down => "falls",
        Direction::Same => "stays the same",
    };
    match &expectation.against {
        Some(against) => format!("{what} {direction} against {against}"),
        None => format!("{what} {direction}"),
    }
}
