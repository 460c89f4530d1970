//! The facts that a page rests on: links to them, and the appendix that the links lead to.

use maud::{Markup, html};

use super::Section;
use crate::evidence::{BaseRate, Evidence, Fact, Status};
use crate::report::layout;

/// A link to a fact or base rate of the appendix.
pub fn fact_link(id: &str) -> Markup {
    html! { a href={ "#fact-" (id) } { code { (id) } } }
}

/// The appendix: each fact or base rate once, in the order first named, as a section `facts`.
///
/// The documents are named in words, not linked: a page must not depend on another site. An id that
/// the evidence does not hold is listed as such, so that no link leads nowhere.
pub fn facts<'a>(evidence: &Evidence, ids: impl IntoIterator<Item = &'a str>) -> Section {
    let mut seen: Vec<&str> = Vec::new();
    for id in ids {
        if !seen.contains(&id) {
            seen.push(id);
        }
    }
    let body = html! {
        @if seen.is_empty() {
            p { "No number on this page cites a document." }
        } @else {
            p {
                "What the documents say, in this project's words and with its author. That a document \
                 says so does not make it true."
            }
            dl { @for id in seen {
                dt id={ "fact-" (id) } { code { (id) } }
                @if let Some(fact) = evidence.fact(id) {
                    (entry(evidence, fact))
                } @else if let Some(rate) = evidence.base_rate(id) {
                    (base_rate(rate))
                } @else {
                    dd { "not among the evidence of this scenario" }
                }
            } }
        }
    };
    Section::new("facts", "The evidence", body)
}

fn entry(evidence: &Evidence, fact: &Fact) -> Markup {
    let document = evidence.document(&fact.document);
    html! {
        dd { (fact.statement) }
        dd class="quiet" {
            "Said by " (fact.said_by) ", " (fact.date) (standing(fact.status)) "."
            @if let Some(document) = document {
                " In " cite { (document.title) } ", " (document.author) ", " (document.outlet) ", "
                (document.date) "."
                @if let Some(url) = &document.url { " " (url) }
            }
        }
    }
}

fn base_rate(rate: &BaseRate) -> Markup {
    let number = match (rate.share(), rate.n()) {
        (Some(share), Some(n)) => format!(" {} of {n} cases.", layout::percent(share)),
        (Some(share), None) => format!(" {}.", layout::percent(share)),
        _ => String::new(),
    };
    html! {
        dd { (rate.measures) (number) }
        dd class="quiet" { (rate.source) (standing(rate.status)) ". It cannot say: " (rate.cannot_say) }
    }
}

/// What a reader must know of an entry that was not read in a source.
fn standing(status: Status) -> &'static str {
    match status {
        Status::Confirmed => "",
        Status::Weak => " (second-hand)",
        Status::Recalled => " (from memory, not read in a source)",
    }
}

#[cfg(test)]
mod tests {
    use super::super::{faults, page};
    use super::*;

    #[test]
    fn links_lead_to_the_appendix() {
        let evidence = Evidence::shipped();
        let ids: Vec<&str> = evidence
            .facts()
            .iter()
            .map(|fact| fact.id.as_str())
            .collect();
        let rates = evidence.base_rates().iter().map(|rate| rate.id.as_str());
        let all: Vec<&str> = ids
            .iter()
            .copied()
            .chain(rates)
            .chain(["no-such"])
            .collect();
        let links = html! { p { @for id in &all { (fact_link(id)) " " } } };
        // Named twice, listed once.
        let appendix = facts(&evidence, all.iter().chain(&ids).copied());
        let text = page(
            "Facts",
            "en",
            vec![Section::new("text", "Text", links), appendix],
        );
        assert_eq!(faults(&text), Vec::<String>::new());
        let first = &evidence.facts()[0];
        let document = evidence.document(&first.document).expect("known");
        for part in [&first.said_by, &document.author] {
            assert!(text.contains(&html! { (part) }.into_string()), "{part}");
        }
        assert!(text.contains("not among the evidence"));
    }
}
