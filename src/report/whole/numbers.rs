//! Every number of the scenario with what stands behind it.

use maud::{Markup, html};

use super::Report;
use crate::report::html::{Section, Table, fact_link};
use crate::report::layout::{percent, thousands};
use crate::scenario::quantity::Quantity;
use crate::scenario::standing::Standing;

/// The place of a number on the page.
pub(super) fn anchor(path: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
            c
        } else {
            '_'
        }
    };
    format!("number-{}", path.chars().map(plain).collect::<String>())
}

pub(super) fn numbers(report: &Report<'_>) -> Section {
    let quantities = report.scenario.quantities();
    let total = quantities.len();
    let body = html! {
        p {
            "All " (thousands(total as u64)) " numbers, each with the facts it rests on, or the reason why it "
            "is assumed. The facts stand at the end of the page."
        }
        ul { @for standing in Standing::ALL {
            @let count = quantities.iter().filter(|own| standing_of(report, own) == standing).count();
            @if count > 0 {
                li { (thousands(count as u64)) " " (standing.words()) " (" (percent(count as f64 / total as f64)) ")" }
            }
        } }
        @for (group, own) in groups(&quantities) {
            details open {
                summary { code { (group) } ", " (own.len()) @if own.len() == 1 { " number" } @else { " numbers" } }
                (group_table(report, &group, &own))
            }
        }
    };
    Section::new("numbers", "The numbers and their reasons", body).on_new_sheet()
}

fn standing_of(report: &Report<'_>, quantity: &Quantity) -> Standing {
    Standing::of(&quantity.provenance, report.evidence)
}

/// Numbers of one party, issue or act together, in the order of the file.
fn groups<'q>(quantities: &[&'q Quantity]) -> Vec<(String, Vec<&'q Quantity>)> {
    let mut groups: Vec<(String, Vec<&Quantity>)> = Vec::new();
    for &quantity in quantities {
        let mut parts = quantity.path.splitn(3, '.');
        let group: Vec<&str> = parts.by_ref().take(2).collect();
        // A number that stands right under its table belongs to the table.
        let group = if parts.next().is_some() {
            group.join(".")
        } else {
            group[0].to_owned()
        };
        match groups.iter_mut().find(|(name, _)| *name == group) {
            Some((_, own)) => own.push(quantity),
            None => groups.push((group, vec![quantity])),
        }
    }
    groups
}

/// A row for each number somebody stands for, then those that only fix a scale in a line.
fn group_table(report: &Report<'_>, group: &str, own: &[&Quantity]) -> Markup {
    let name = |quantity: &Quantity| {
        let rest = quantity.path.strip_prefix(group).unwrap_or(&quantity.path);
        let rest = rest.trim_start_matches('.');
        broken(if rest.is_empty() { group } else { rest })
    };
    let (defined, founded): (Vec<&Quantity>, Vec<&Quantity>) = own.iter().partition(|quantity| {
        let why = &quantity.provenance;
        let bare = why.from.is_empty() && why.assumed.is_none();
        bare && standing_of(report, quantity) == Standing::Defined
    });
    let mut table = Table::new(format!("Numbers of {group}"))
        .text("Number")
        .text("What is believed of it")
        .text("Why");
    for quantity in founded {
        table.row([
            html! { span id=(anchor(&quantity.path)) { (name(quantity)) } },
            html! { (quantity.dist.words()) },
            why(quantity),
        ]);
    }
    html! {
        @if !table.is_empty() { (table) }
        @if !defined.is_empty() {
            p class="quiet" {
                "By definition of the format or its scale: "
                @for (index, quantity) in defined.iter().enumerate() {
                    @if index > 0 { ", " }
                    span id=(anchor(&quantity.path)) { (name(quantity)) " " (quantity.dist.words()) }
                }
                "."
            }
        }
    }
}

/// A path that a narrow column may break after its dots.
fn broken(path: &str) -> Markup {
    html! {
        code { @for part in path.split_inclusive('.') { (part) wbr; } }
    }
}

fn why(quantity: &Quantity) -> Markup {
    let why = &quantity.provenance;
    html! {
        @if why.from.is_empty() && why.assumed.is_none() { "without a source or a reason" }
        @for (index, id) in why.from.iter().enumerate() { @if index > 0 { ", " } (fact_link(id)) }
        @if let Some(reason) = &why.assumed {
            @if !why.from.is_empty() { "; " }
            "assumed: " (reason)
        }
    }
}
