//! What lies on the table for all: the public sheet, the agreement, the cards, the glossary, the tests.

use maud::{Markup, html};

use super::Sheets;
use super::shell::{Words, code, day};
use crate::exercise::points::on_agenda;
use crate::exercise::types::{Inject, Item, SeenBy, Task};

impl Sheets<'_> {
    /// What everybody may read.
    pub(super) fn public(&self) -> Markup {
        let words = Words::new(self.evidence);
        let scenario = self.scenario;
        let issues = on_agenda(scenario);
        html! {
            h1 { (self.exercise.title) }
            (self.kicker())
            p class="note" { strong { "Before you begin. " } (words.line(&self.exercise.content_note)) }
            h2 { "The situation" }
            (words.text(&self.exercise.public))
            h2 { "Who is at the table" }
            ul { @for party in &scenario.parties {
                li {
                    strong { (party.name) } @if let Some(summary) = &party.summary { ": " (summary) }
                }
            } }
            @if !scenario.history.is_empty() {
                h2 { "What came before" }
                table {
                    thead { tr { th scope="col" { "When" } th scope="col" { "What" } } }
                    tbody { @for entry in &scenario.history {
                        tr {
                            td { (day(entry.date)) }
                            td {
                                (entry.what)
                                (words.cite(&entry.from.iter().map(String::as_str).collect::<Vec<_>>()))
                            }
                        }
                    } }
                }
            }
            (self.calendar())
            h2 { "What can be agreed" }
            p class="lead" { "One level for each issue, or nothing said of it. Today's level is marked." }
            @for (number, issue) in issues.iter().filter_map(|index| Some((*index, scenario.issues.get(*index)?))) {
                table class="keep" {
                    caption { "[" (number + 1) "] " (issue.name) }
                    tbody { @for (level, name) in issue.levels.iter().enumerate() {
                        tr class=[(level == issue.status_quo).then_some("today")] {
                            td class="n" { (code(number, level)) }
                            td { (name) @if level == issue.status_quo { " (today)" } }
                        }
                    } }
                    tfoot { tr { td {} td {
                        "A change needs: " (self.party_names(&issue.consent))
                        @if issue.promise { ". It is a promise about the future" }
                        "."
                    } } }
                }
            }
            p { "An agreement can be recorded as: " (self.form_names()) "." }
            h2 { "How it can end" }
            ul { @for outcome in self.outcomes_by_severity() {
                li {
                    strong { (outcome.name) }
                    @if let Some(summary) = &outcome.summary { ": " (summary) }
                }
            } }
            (words.sources())
            (self.foot())
        }
    }

    fn calendar(&self) -> Markup {
        html! {
            h2 { "The meetings" }
            table {
                thead { tr { th scope="col" class="n" { "Round" } th scope="col" { "Day" } th scope="col" { "Where" } th scope="col" { "At the table" } th scope="col" { "May be settled" } } }
                tbody { @for (index, meeting) in self.meetings().iter().enumerate() {
                    tr {
                        td class="n" { (index + 1) }
                        td { (day(meeting.date)) @if !meeting.documented { " (assumed)" } }
                        td { (meeting.venue.name) }
                        td { (self.party_names(&meeting.venue.participants)) }
                        td { (self.issue_names(&meeting.venue.decides)) }
                    }
                } }
            }
        }
    }

    /// The form on which an agreement is written down: levels as boxes, consent as lines to sign.
    pub(super) fn agreement(&self) -> Markup {
        let scenario = self.scenario;
        let agenda = on_agenda(scenario);
        html! {
            h1 { "Agreement" }
            (self.kicker())
            p { "Table: ____________ Meeting: ____________ Time: ____________" }
            p { "Tick one level for each issue that is settled. What is not ticked stays as it is today." }
            @for (number, issue) in agenda.iter().filter_map(|index| Some((*index, scenario.issues.get(*index)?))) {
                div class="keep" {
                    h2 { "[" (number + 1) "] " (issue.name) }
                    table {
                        tbody { @for (level, name) in issue.levels.iter().enumerate() {
                            tr {
                                td class="n" { span class="tick" { "☐" } " " (code(number, level)) }
                                td { (name) @if level == issue.status_quo { " (today)" } }
                            }
                        } }
                    }
                    p { "Needs the signature of: " (self.party_names(&issue.consent)) "." }
                }
            }
            div class="keep" {
                h2 { "Recorded as" }
                ul style="list-style: none; padding-left: 0" { @for form in &scenario.forms {
                    li { span class="tick" { "☐" } " " (form.name) }
                } }
            }
            div class="keep" {
                h2 { "Said beside the text, binding nobody" }
                div class="box" {}
            }
            div class="keep" {
                h2 { "Signatures" }
                table {
                    thead { tr { th scope="col" { "Party" } th scope="col" { "Accepts" } th scope="col" { "Does not accept" } th scope="col" { "Signature" } } }
                    tbody { @for party in &scenario.parties {
                        tr {
                            td { (party.name) } td { span class="tick" { "☐" } }
                            td { span class="tick" { "☐" } } td { br; }
                        }
                    } }
                }
                p { span class="tick" { "☐" } " No agreement. Who left, and over what: ______________________________" }
            }
            (self.foot())
        }
    }

    /// A card to cut out.
    pub(super) fn card(&self, inject: &Inject) -> Markup {
        let words = Words::new(self.evidence);
        html! {
            div class="card" {
                p class="kicker" {
                    @match &inject.seen_by {
                        SeenBy::All => "For everybody",
                        SeenBy::Parties(parties) => { "Only for " (self.party_names(parties)) },
                    }
                    " · from " (inject.sender)
                }
                h2 { (inject.title) }
                (words.text(&inject.text))
                (words.sources_line())
            }
        }
    }

    /// All cards, for the scissors.
    pub(super) fn cards(&self) -> Markup {
        html! {
            p class="stamp" { "TEACHER" }
            h1 { "Cards" }
            (self.kicker())
            p { "Cut along the dashes. Nobody sees a card before its time, and no seat a card that is not for it." }
            @for inject in &self.exercise.injects {
                p class="kicker" { (time_of(inject)) ":" }
                (self.card(inject))
            }
            (self.foot())
        }
    }

    /// Terms.
    pub(super) fn glossary(&self) -> Markup {
        let words = Words::new(self.evidence);
        html! {
            h1 { "Glossary" }
            (self.kicker())
            table {
                thead { tr { th scope="col" { "Term" } th scope="col" { "Here it means" } } }
                tbody { @for term in &self.exercise.glossary {
                    tr { td { strong { (term.term) } } td { (words.line(&term.meaning)) } }
                } }
            }
            (words.sources())
            (self.foot())
        }
    }

    /// A test as students get it: questions without answers.
    pub(super) fn test(&self, title: &str, items: &[Item]) -> Markup {
        let words = Words::new(self.evidence);
        html! {
            h1 { (title) }
            (self.kicker())
            p { "Name or code: ______________________________" }
            ol { @for item in items {
                li class="keep" {
                    (words.text(&item.question))
                    @if item.options.is_empty() {
                        div class="box" {}
                    } @else {
                        ul style="list-style: none; padding-left: 0" { @for option in &item.options {
                            li { span class="tick" { "☐" } " " (words.line(option)) }
                        } }
                    }
                }
            } }
            (words.sources())
            (self.foot())
        }
    }

    /// The exit ticket.
    pub(super) fn exit(&self) -> Markup {
        let words = Words::new(self.evidence);
        html! {
            h1 { "Exit ticket" }
            (self.kicker())
            ol { @for question in &self.exercise.exit {
                li class="keep" { (words.line(question)) div class="box" {} }
            } }
            (self.foot())
        }
    }

    /// The steps of a homework or a lab.
    pub(super) fn steps(&self) -> Markup {
        let words = Words::new(self.evidence);
        html! {
            h1 { (self.exercise.title) ": what to do" }
            (self.kicker())
            p class="note" { strong { "Before you begin. " } (words.line(&self.exercise.content_note)) }
            (words.text(&self.exercise.summary))
            h2 { "What you will be able to do" }
            ul { @for objective in &self.exercise.objectives { li { (words.line(&objective.text)) } } }
            @for (index, task) in self.exercise.tasks.iter().enumerate() { (task_sheet(&words, index, task)) }
            (words.sources())
            (self.foot())
        }
    }
}

/// When an inject comes, in words.
pub(super) fn time_of(inject: &Inject) -> String {
    match inject.round {
        Some(round) => format!("After meeting {round}"),
        None => "When its condition holds".to_owned(),
    }
}

fn task_sheet(words: &Words<'_>, index: usize, task: &Task) -> Markup {
    html! {
        div {
            h2 { (index + 1) ". " (task.name) }
            (words.text(&task.text))
            @if let Some(command) = &task.command { pre { (command.trim()) } }
            @if let Some(write) = &task.write {
                div class="keep" {
                    p { strong { "Write: " } (words.line(write)) }
                    div class="box" {}
                }
            }
        }
    }
}
