//! A seat's own sheet, and the worksheet.

use maud::{Markup, html};

use super::{
    Sheets,
    shell::{Words, code},
};
use crate::exercise::points::{IssuePoints, Link, Sheet, sheet};
use crate::exercise::types::{Seat, Worksheet};
use crate::scenario::types::Scenario;

/// Rows for guesses on the worksheet.
const GUESSES: usize = 3;

impl Sheets<'_> {
    /// What the person in a seat reads, and nobody else.
    pub(super) fn seat(&self, seat: &Seat) -> Markup {
        let words = Words::new(self.evidence);
        let party = self.party_name(&seat.party);
        let own = sheet(self.scenario, seat);
        html! {
            p class="stamp" { "CONFIDENTIAL: " (party) }
            h1 { (party) ": your brief" }
            (self.kicker())
            p {
                "Read this alone. You may say of it what you like; you may not show it. "
                "A raised number leads to a source at the end."
            }
            h2 { "In short" }
            (words.text(&seat.short))
            @if let Some(kind) = own.as_ref().and_then(|own| own.kind.as_ref()) {
                p class="note" {
                    "You know your own mind: " strong { (kind) } ". The others do not. "
                    "The sources disagree about it, and so may they."
                }
            }
            h2 { "What you want, most important first" }
            ol { @for want in &seat.wants { li { (words.line(want)) } } }
            h2 { "Your red lines" }
            (words.list(&seat.red_lines))
            h2 { "If nothing is agreed" }
            (words.text(&seat.outside_option))
            @if let Some(own) = &own { (outside(own)) }
            h2 { "What you don't know" }
            (words.list(&seat.unknown))
            h2 { "In full" }
            (words.text(&seat.long))
            @if let Some(own) = &own {
                h2 { (party) ": what each level is worth to you" }
                (points(own, self.scenario))
            }
            (words.sources())
            (self.foot())
        }
    }

    /// The worksheet of a seat: questions and room for answers.
    pub(super) fn worksheet(&self, sheet: &Worksheet) -> Markup {
        let words = Words::new(self.evidence);
        html! {
            h1 { "Worksheet" }
            (self.kicker())
            p { "Seat: ______________________________ Name: ______________________________" }
            p { "Fill it in before the first meeting. It is yours; you will need it in the debrief." }
            div class="keep" { h2 { "1. If nothing is agreed" } (words.text(&sheet.batna)) div class="box" {} }
            div class="keep" { h2 { "2. Where you walk away" } (words.text(&sheet.walk_away)) div class="box" {} }
            div class="keep" {
                h2 { "3. The others" }
                (words.text(&sheet.guesses))
                table {
                    thead { tr {
                        th scope="col" { "Party" } th scope="col" { "Wants most" } th scope="col" { "Could give" } th scope="col" { "Right? (after)" }
                    } }
                    tbody { @for party in &self.scenario.parties {
                        tr { td { (party.name) } td { br; } td {} td {} }
                    } }
                }
            }
            @if let Some(plan) = &sheet.plan {
                div class="keep" {
                    h2 { "4. Your plan" }
                    (words.text(plan))
                    table {
                        thead { tr { th scope="col" { "First offer" } th scope="col" { "I give" } th scope="col" { "I get" } } }
                        tbody { @for _ in 0..GUESSES { tr { td { br; } td {} td {} } } }
                    }
                }
            }
            div class="keep" {
                h2 { @if sheet.plan.is_some() { "5" } @else { "4" } ". Your prediction" }
                (words.text(&sheet.prediction))
                table {
                    thead { tr { th scope="col" { "Ending" } th scope="col" class="n" { "Out of 100" } th scope="col" { "Came? (after)" } } }
                    tbody {
                        @for outcome in self.outcomes_by_severity() {
                            tr { td { (outcome.name) } td {} td {} }
                        }
                        tr { th scope="row" { "Sum" } td class="n" { "100" } td {} }
                    }
                }
            }
            (words.sources())
            (self.foot())
        }
    }
}

/// What stands beside the words about no agreement.
fn outside(own: &Sheet) -> Markup {
    html! {
        ul {
            li {
                "The situation as it stands is worth " strong { (own.today) } " of 100 points to you, "
                "before what tension and waiting cost. An agreement that leaves you with less is "
                "worse than none."
            }
            @for force in &own.force {
                li {
                    (force.name) " would be worth about " strong { (force.points) } " points to you at "
                    "the start, less about " strong { (force.threatened) } " for what others threaten, "
                    "as far as you believe it. It stands here because the documents speak of it; "
                    "nobody is asked to use it."
                }
            }
            @for (name, points) in &own.damage {
                li { (name) " would cost you about " strong { (points) } " points." }
            }
        }
    }
}

fn points(own: &Sheet, scenario: &Scenario) -> Markup {
    let number = |id: &str| {
        let place = scenario.issues.iter().position(|issue| issue.id == id);
        place.unwrap_or_default()
    };
    html! {
        p {
            "100 points are everything you want, guaranteed. The points put choices in order; they "
            "judge nobody, and the other seats have other tables. Today's level is marked "
            "“today”, what lies beyond your red line “✗”."
        }
        @for issue in &own.issues { (issue_table(issue, number(&issue.id))) }
        @if !own.trust.is_empty() && own.issues.iter().any(|issue| issue.promise) {
            div class="keep" {
                h3 { "How far you trust a promise" }
                p {
                    "An issue marked “a promise” is a word about the future. Count the change "
                    "against today only for the share that you believe will be kept:"
                }
                table {
                    thead { tr { th scope="col" { "Recorded as" } th scope="col" class="n" { "You count" } } }
                    tbody { @for (form, share) in &own.trust {
                        tr { td { (form) } td class="n" { (share) " %" } }
                    } }
                }
            }
        }
        @if !own.links.is_empty() {
            div class="keep" {
                h3 { "Levels that hang together" }
                ul { @for link in &own.links { li { (link_words(link)) } } }
            }
        }
    }
}

/// What each level of an issue is worth; `number` is the issue's place in the scenario, from 0.
fn issue_table(issue: &IssuePoints, number: usize) -> Markup {
    html! {
        table class="keep" {
            caption {
                "[" (number + 1) "] " (issue.name) " (at most " (issue.weight) " points"
                @if issue.promise { "; a promise" }
                @if issue.consent { "; nothing changes without you" }
                ")"
            }
            thead { tr { th scope="col" { "Level" } th scope="col" class="n" { "Points" } th scope="col" { "" } } }
            tbody {
                @for (index, level) in issue.levels.iter().enumerate() {
                    tr class=[level.today.then_some("today")] {
                        td { (code(number, index)) " " (level.words) }
                        td class="n" { (level.points) }
                        td { @if level.today { "today " } @if level.beyond { "✗" } }
                    }
                }
            }
        }
    }
}

fn link_words(link: &Link) -> Markup {
    html! {
        @for (index, (issue, levels)) in link.when.iter().enumerate() {
            @if index > 0 { " together with " }
            (issue) ": " em { (levels.join(" / ")) }
        }
        @match link.points {
            None => { ". You don't accept this combination." },
            Some(points) if points < 0 => { ": " strong { (points.abs()) } " points less." },
            Some(points) => { ": " strong { (points) } " points more." },
        }
    }
}
