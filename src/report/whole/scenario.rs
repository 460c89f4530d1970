//! The scenario in words: the question, who is who, what is on the table, what can happen.

use maud::{Markup, html};

use super::Report;
use crate::report::html::{Section, definitions, fact_link, note};
use crate::report::layout::percent;
use crate::scenario::types::{Direction, Hypothesis, MoveKind, Party, Scenario};

pub(super) fn question(report: &Report<'_>) -> Section {
    let scenario = report.scenario;
    let body = html! {
        @for paragraph in scenario.summary.trim().split("\n\n") { p { (paragraph) } }
        @if let Some(definition) = &scenario.by_definition {
            p { "Its numbers are by definition " (definition.trim()) "." }
        }
        @if let Some(card) = &scenario.hypothesis { (hypothesis(card)) }
        @if !scenario.expect.is_empty() {
            h3 { "Expected against the file it extends" }
            ul { @for expectation in &scenario.expect {
                li {
                    @if expectation.flags.is_empty() { (expectation.outcomes.join(" + ")) }
                    @else { (expectation.flags.join(" or ")) }
                    " " (direction(expectation.direction)) ". " (expectation.because)
                }
            } }
        }
    };
    Section::new("question", "The question", body)
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "rises",
        Direction::Down => "falls",
        Direction::Same => "stays the same",
    }
}

fn hypothesis(card: &Hypothesis) -> Markup {
    html! {
        (note(html! {
            p { strong { "The reading" @if let Some(id) = &card.id { " " (id) } ": " } (card.statement) }
            p { "Held by " (card.held_by) "." }
        }))
        dl {
            @if let Some(changes) = &card.changes { dt { "What it changes" } dd { (changes) } }
            dt { "What would count against it" } dd { (card.refuted_by) }
            dt { "Facts for it" } dd { (links(&card.from)) }
            @if !card.against.is_empty() { dt { "Facts against it" } dd { (links(&card.against)) } }
        }
    }
}

fn links(ids: &[String]) -> Markup {
    html! {
        @for (index, id) in ids.iter().enumerate() { @if index > 0 { ", " } (fact_link(id)) }
    }
}

/// A sentence's facts in brackets; nothing without facts.
fn sources(ids: &[String]) -> Markup {
    html! { @if !ids.is_empty() { " (" (links(ids)) ")" } }
}

/// Every fact that this part links to.
pub(super) fn cited(scenario: &Scenario) -> impl Iterator<Item = &str> {
    let history = scenario.history.iter().flat_map(|entry| &entry.from);
    let issues = scenario.issues.iter().flat_map(|issue| &issue.from);
    let venues = scenario.venues.iter().flat_map(|venue| &venue.from);
    let moves = scenario.moves.iter().flat_map(|act| &act.from);
    let threats = scenario.threats.iter().flat_map(|threat| &threat.from);
    let promises = scenario.promises.iter().flat_map(|promise| &promise.from);
    let events = scenario.events.iter().flat_map(|event| &event.from);
    history
        .chain(issues)
        .chain(venues)
        .chain(moves)
        .chain(threats)
        .chain(promises)
        .chain(events)
        .map(String::as_str)
}

pub(super) fn words(report: &Report<'_>) -> Section {
    let scenario = report.scenario;
    let calendar = &scenario.calendar;
    let body = html! {
        p {
            "It is played from " (calendar.start) " to " (calendar.horizon) "; between meetings the "
            "parties weigh moves every " (calendar.moves_every_days) " days."
        }
        h3 { "Parties" }
        dl { @for party in &scenario.parties { (one_party(party)) } }
        h3 { "Issues" }
        dl { @for issue in &scenario.issues {
            dt { (issue.name) @if issue.promise { " (a promise)" } }
            dd {
                ol start="0" { @for (level, words) in issue.levels.iter().enumerate() {
                    li { (words) @if level == issue.status_quo { " " em { "(at the start)" } } }
                } }
                @if !issue.consent.is_empty() {
                    p { "Needs the consent of " (names(scenario, &issue.consent)) "." }
                }
                @if !issue.from.is_empty() { p class="quiet" { (links(&issue.from)) } }
            }
        } }
        h3 { "Where they meet" }
        dl { @for venue in &scenario.venues {
            dt { (venue.name) @if !venue.open { " (closed at the start)" } }
            dd {
                "Seats: " (names(scenario, &venue.participants)) "."
                @if venue.decides.is_empty() { " It settles nothing." }
                @else { " It may settle: " (issue_names(scenario, &venue.decides)) "." }
                (sources(&venue.from))
            }
        } }
        (acts(scenario))
        h3 { "How a run can end" }
        p { "The first of these that holds names the run." }
        (definitions(scenario.outcomes.iter().map(|outcome| {
            (outcome.name.clone(), outcome.summary.clone().unwrap_or_else(|| "Otherwise.".to_owned()))
        })))
        @if !scenario.history.is_empty() {
            h3 { "What had happened before" }
            ul { @for entry in &scenario.history {
                li { (entry.date) ": " (entry.what) (sources(&entry.from)) }
            } }
        }
    };
    Section::new("scenario", "The scenario in words", body)
}

fn one_party(party: &Party) -> Markup {
    html! {
        dt { (party.name) }
        @if let Some(summary) = &party.summary { dd { (summary.trim()) } }
        @if party.types.len() > 1 {
            dd {
                "The others do not know which it is; most likely weights in the file:"
                ul { @for kind in &party.types {
                    li { (kind.name) ", " (percent(kind.prior.dist.mode())) }
                } }
            }
        }
    }
}

fn acts(scenario: &Scenario) -> Markup {
    html! {
        @if !scenario.moves.is_empty() {
            h3 { "What they can do between meetings" }
            ul { @for act in &scenario.moves {
                li {
                    (name(scenario, &act.actor)) ": " (act.name)
                    @match act.kind {
                        MoveKind::Pressure => { ", pressure" }
                        MoveKind::Relief => { ", relief" }
                        MoveKind::Signal => { ", a signal" }
                        MoveKind::Terminal => { ", which ends the run" }
                    }
                    (sources(&act.from))
                }
            } }
        }
        @if !scenario.threats.is_empty() || !scenario.promises.is_empty() {
            h3 { "Threats and promises" }
            ul {
                @for threat in &scenario.threats {
                    li {
                        (threat.name) ", by " (name(scenario, &threat.by)) " to "
                        (name(scenario, &threat.target)) (sources(&threat.from))
                    }
                }
                @for promise in &scenario.promises {
                    li {
                        (promise.name) ", by " (name(scenario, &promise.by)) " to "
                        (name(scenario, &promise.to)) (sources(&promise.from))
                    }
                }
            }
        }
        @if !scenario.events.is_empty() {
            h3 { "What may happen from outside" }
            ul { @for event in &scenario.events { li { (event.name) (sources(&event.from)) } } }
        }
    }
}

fn name<'s>(scenario: &'s Scenario, id: &'s str) -> &'s str {
    let own = scenario.parties.iter().find(|party| party.id == id);
    own.map_or(id, |party| &party.name)
}

fn names(scenario: &Scenario, ids: &[String]) -> String {
    let names: Vec<&str> = ids.iter().map(|id| name(scenario, id)).collect();
    names.join(", ")
}

fn issue_names(scenario: &Scenario, ids: &[String]) -> String {
    let name = |id: &String| {
        let own = scenario.issues.iter().find(|issue| issue.id == *id);
        own.map_or_else(|| id.clone(), |issue| issue.name.clone())
    };
    ids.iter().map(name).collect::<Vec<_>>().join(", ")
}
