//! The instructor's guide: plan, seats, script, what to expect, how to grade.

use maud::{Markup, html};

use super::table::time_of;
use super::{Ensemble, Sheets, shell::Words};
use crate::ensemble::Summary;
use crate::ensemble::summary::IssueSummary;
use crate::exercise::points::sheet;
use crate::exercise::types::{Aspect, Exercise, Item, Mode, PhaseKind, Stage};
use crate::report::layout::{hundred, percent, span_of_hundred, thousands};

impl Sheets<'_> {
    /// Everything the teacher needs, with what the ensemble says.
    pub(super) fn guide(&self, ensemble: Option<Ensemble<'_>>) -> Markup {
        let words = Words::new(self.evidence);
        let exercise = self.exercise;
        html! {
            p class="stamp" { "TEACHER" }
            h1 { (exercise.title) ": instructor's guide" }
            (self.kicker())
            (words.text(&exercise.summary))
            ul {
                li { strong { "For whom: " } (words.line(&exercise.audience)) }
                li { strong { "How long: " } (exercise.minutes) " minutes" }
                li { strong { "Seats: " } (self.seats_line()) }
            }
            p class="note" { strong { "Content note, to be read out. " } (words.line(&exercise.content_note)) }
            h2 { "Aims" }
            p { "Students can" }
            ul { @for objective in &exercise.objectives { li { (words.line(&objective.text)) } } }
            (self.plan(&words))
            h2 { "Setting up" }
            (words.text(&exercise.guide.setup))
            @if let Some(roles) = &exercise.guide.roles {
                h2 { "Who gets which seat" }
                (words.text(roles))
            }
            (self.key())
            @if !exercise.injects.is_empty() { (self.events_list(&words)) }
            @if !exercise.tasks.is_empty() { (task_list(&words, exercise)) }
            h2 { "What goes wrong, and what helps" }
            (words.list(&exercise.guide.traps))
            h2 { "What to expect" }
            (words.text(&exercise.guide.outcomes))
            @if let Some(ensemble) = ensemble { (ends(ensemble)) }
            (script(&words, exercise))
            h2 { "What students tend to believe" }
            @for myth in &exercise.guide.myths {
                div class="keep" {
                    h3 { "“" (myth.claim) "”" }
                    (words.text(&myth.answer))
                }
            }
            (rubric(&words, exercise))
            (answers(&words, "Test before: good answers", &exercise.pre))
            (answers(&words, "Test after: good answers", &exercise.post))
            h2 { "Exit ticket" }
            (words.list(&exercise.exit))
            h2 { "Speaking of a real crisis" }
            (words.text(&exercise.guide.ethics))
            (words.sources())
            (self.foot())
        }
    }

    fn seats_line(&self) -> String {
        if self.exercise.seats.is_empty() {
            return "none: runs are compared".to_owned();
        }
        let ids: Vec<String> = self
            .exercise
            .seats
            .iter()
            .map(|seat| seat.party.clone())
            .collect();
        let names = self.party_names(&ids);
        let others = self.scenario.parties.len() - ids.len().min(self.scenario.parties.len());
        match (others, self.exercise.mode) {
            (0, _) => names,
            (1, _) => format!("{names}; an agent plays the other party"),
            (others, _) => format!("{names}; agents play the {others} other parties"),
        }
    }

    fn plan(&self, words: &Words<'_>) -> Markup {
        let exercise = self.exercise;
        let after = exercise.minutes_of(&[PhaseKind::Debrief, PhaseKind::Exit]);
        let mut clock = 0;
        html! {
            h2 { "Plan" }
            table {
                thead { tr { th scope="col" class="n" { "Minute" } th scope="col" class="n" { "For" } th scope="col" { "What" } th scope="col" { "You may say" } } }
                tbody { @for phase in &exercise.phases {
                    @let start = { let start = clock; clock += phase.minutes; start };
                    tr {
                        td class="n" { (start) }
                        td class="n" { (phase.minutes) " min" }
                        td { strong { (phase.name) } ". " (words.line(&phase.text)) }
                        td { @if let Some(say) = &phase.say { "“" (words.line(say)) "”" } }
                    }
                } }
            }
            @if exercise.mode != Mode::Lab {
                p {
                    "Debrief and exit have " (after) " of " (exercise.minutes) " minutes. Keep them. "
                    "If play overruns, stop it: “Stop here; everybody keeps the standing text.”"
                }
            }
        }
    }

    /// What every seat wants: for the teacher's eyes, and for the class only after play.
    fn key(&self) -> Markup {
        let exercise = self.exercise;
        html! {
            @if !exercise.seats.is_empty() {
                h2 { "The seats, opened" }
                p { "Not to be shown before the debrief. Points of 100, at the most likely values." }
                @for seat in &exercise.seats {
                    @if let Some(own) = sheet(self.scenario, seat) {
                        table class="keep" {
                            caption {
                                (self.party_name(&seat.party))
                                @if let Some(kind) = &own.kind { " · plays “" (kind) "”" }
                                ": " (own.today) " points as things stand"
                            }
                            tbody { @for issue in &own.issues {
                                tr {
                                    td { (issue.name) }
                                    td class="n" { "of " (issue.weight) }
                                    td { @for (index, level) in issue.levels.iter().enumerate() {
                                        @if index > 0 { " · " }
                                        @if level.today { strong { (level.points) } } @else { (level.points) }
                                        @if level.beyond { "✗" }
                                    } }
                                }
                            } }
                        }
                    }
                }
                p { "Levels from a upwards; today's level is bold, ✗ lies beyond the seat's red line." }
            }
        }
    }

    fn events_list(&self, words: &Words<'_>) -> Markup {
        html! {
            h2 { "Injects" }
            table {
                thead { tr { th scope="col" { "When" } th scope="col" { "What" } th scope="col" { "Seen by" } th scope="col" { "What a good table does" } th scope="col" { "Aim" } } }
                tbody { @for inject in &self.exercise.injects {
                    tr {
                        td { (time_of(inject)) }
                        td { strong { (inject.title) } " (" (inject.sender) ")"
                            @if let Some(event) = &inject.event {
                                ". In the runs it is the event " code { (event) }
                            } }
                        td { @match &inject.seen_by {
                            crate::exercise::types::SeenBy::All => "all",
                            crate::exercise::types::SeenBy::Parties(parties) => (self.party_names(parties)),
                        } }
                        td { (words.line(&inject.expected)) }
                        td { (inject.objective) }
                    }
                } }
            }
        }
    }
}

fn ends(ensemble: Ensemble<'_>) -> Markup {
    let summary = ensemble.summary;
    let mut outcomes: Vec<_> = summary.outcomes.iter().collect();
    outcomes.sort_by_key(|outcome| outcome.severity);
    html! {
        h3 { "When agents sit in every seat" }
        p {
            (thousands(summary.design.runs)) " runs of the scenario as it is played here: "
            (thousands(u64::from(summary.design.draws))) " draws of the numbers that nobody knows, "
            (summary.design.replicates) " runs each, seed " (summary.design.seed) ". "
            "These shares follow from the assumptions; they are not the chances that history had."
        }
        (ensemble.chart)
        table class="keep" {
            thead { tr { th scope="col" { "Ending" } th scope="col" class="n" { "Of runs" } th scope="col" class="n" { "By chance alone" } th scope="col" class="n" { "By unknown numbers" } } }
            tbody { @for outcome in outcomes {
                tr {
                    td { (outcome.name) }
                    td class="n" { (percent(outcome.share)) }
                    td class="n" { (span_of_hundred(outcome.chance.low, outcome.chance.high)) }
                    td class="n" { (span_of_hundred(outcome.band.q05, outcome.band.q95)) }
                }
            } }
        }
        table class="keep" {
            caption { "What is settled, mostly at which level" }
            thead { tr { th scope="col" { "Issue" } th scope="col" class="n" { "Settled in" } th scope="col" { "Mostly" } } }
            tbody { @for issue in settled(summary) {
                tr {
                    td { (issue.name) }
                    td class="n" { (percent(issue.settled.iter().sum())) }
                    td { (mostly(issue)) }
                }
            } }
        }
        table class="keep" {
            caption { "What each party ends with, of 100" }
            thead { tr { th scope="col" { "Party" } th scope="col" class="n" { "Average" } th scope="col" class="n" { "Middle half of runs" } } }
            tbody { @for party in &summary.parties {
                tr {
                    td { (party.name) }
                    td class="n" { (hundred(party.mean_utility)) }
                    td class="n" { (span_of_hundred(party.utility.q25, party.utility.q75)) }
                }
            } }
        }
        p { "The same on a screen: " code { (ensemble.command) } }
    }
}

fn task_list(words: &Words<'_>, exercise: &Exercise) -> Markup {
    html! {
        h2 { "The steps" }
        p { "Students have them on their own sheet, with room to write." }
        ol { @for task in &exercise.tasks {
            li {
                strong { (task.name) } ": " (words.line(&task.text))
                @if let Some(command) = &task.command { pre { (command.trim()) } }
            }
        } }
    }
}

fn settled(summary: &Summary) -> impl Iterator<Item = &IssueSummary> {
    let issues = summary.issues.iter();
    issues.filter(|issue| issue.settled.iter().sum::<f64>() > 0.0)
}

fn mostly(issue: &IssueSummary) -> &str {
    let levels = issue.levels.iter().zip(&issue.settled);
    levels
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map_or("", |(name, _)| name.as_str())
}

fn script(words: &Words<'_>, exercise: &Exercise) -> Markup {
    html! {
        h2 { "Debrief, question by question" }
        p { "Ask in this order; the result comes after the third question, not before." }
        @for (_, stage) in Stage::ALL {
            @let questions: Vec<_> = exercise.questions.iter().filter(|one| one.stage == stage).collect();
            @if !questions.is_empty() {
                div class="keep" {
                    h3 { (stage.question()) }
                    ul { @for question in questions { li { (words.line(&question.text)) } } }
                }
            }
        }
    }
}

fn rubric(words: &Words<'_>, exercise: &Exercise) -> Markup {
    html! {
        h2 { "How to grade" }
        p {
            "One standard for each row; beside it, in your own words, what fell short and what went "
            "beyond. The deal itself counts nothing: it hangs on luck and on the others as well."
        }
        table class="rubric" {
            thead { tr { th scope="col" { "Falls short" } th scope="col" { "Meets the standard" } th scope="col" { "Goes beyond" } th scope="col" class="n" { "Weight" } } }
            tbody {
                @for one in &exercise.rubric {
                    tr {
                        td {} td { strong { (one.aspect.name()) } ". " (words.line(&one.meets)) } td {}
                        td class="n" { (one.weight) " %" }
                    }
                }
                @if !exercise.rubric.iter().any(|one| one.aspect == Aspect::Deal) {
                    tr { td {} td { strong { (Aspect::Deal.name()) } ": information, not a grade." } td {} td class="n" { "0 %" } }
                }
            }
        }
    }
}

fn answers(words: &Words<'_>, title: &str, items: &[Item]) -> Markup {
    html! {
        h2 { (title) }
        ol { @for item in items {
            li { (words.line(&item.question)) " " em { (words.line(&item.answer)) } " (" (item.objective) ")" }
        } }
    }
}
