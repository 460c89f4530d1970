//! What an exercise may not say: minutes that do not add up, a grade for the deal, a fact that nobody
//! knows or that comes too late.
//!
//! Flows in: a decoded exercise, its tree and text, the scenario as it is played, the facts. Flows
//! out: problems, each with its place. Invariant: nothing here depends on the order of the checks.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::diagnostic::{Diagnostic, Label, Severity, SourceId};
use crate::model::Model;
use crate::scenario::load::FactIndex;
use crate::scenario::names::nearest;
use crate::scenario::tree::{Node, Value};
use crate::scenario::types::{Comparison, Condition, Scenario, TerminalTest};

use super::prose::cited_places;
use super::types::{Aspect, Exercise, Mode, PhaseKind, Stage};

/// Every kind of problem that only an exercise can have.
pub const CODES: [&str; 19] = [
    "brief-lengths",
    "cutoff-late",
    "deal-graded",
    "debrief-short",
    "event-timing",
    "inject-late",
    "inject-time",
    "minutes-sum",
    "no-seat",
    "no-tasks",
    "not-changed",
    "rounds-differ",
    "rubric-gap",
    "rubric-weights",
    "scenario-outside",
    "seat-type",
    "stage-missing",
    "uncited-brief",
    "year-after-cutoff",
];

/// Least share of the minutes for debrief and exit together.
pub const DEBRIEF_SHARE: f64 = 0.3;

/// Checks an exercise, and settles its cut-off by the scenario's where it has none.
pub fn check(
    exercise: &mut Exercise,
    tree: &Node,
    text: &str,
    scenario: Option<&Scenario>,
    facts: &dyn FactIndex,
) -> Vec<Diagnostic> {
    let mut checker = Checker {
        tree,
        text,
        diagnostics: Vec::new(),
    };
    if let Some(scenario) = scenario {
        checker.cutoff(exercise, scenario);
        checker.rounds(exercise, scenario);
    }
    checker.minutes(exercise);
    checker.seats(exercise);
    checker.rubric(exercise);
    checker.stages(exercise);
    if exercise.cutoff != Date::MAX {
        checker.years(exercise.cutoff);
        if facts.available() {
            checker.facts(exercise.cutoff, facts);
        }
    }
    checker.diagnostics
}

struct Checker<'a> {
    tree: &'a Node,
    text: &'a str,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    fn say(
        &mut self,
        severity: Severity,
        code: &'static str,
        message: String,
        label: Label,
        help: Option<&str>,
    ) {
        self.diagnostics.push(Diagnostic {
            code,
            severity,
            message,
            labels: vec![label],
            help: help.map(str::to_owned),
            fix: None,
        });
    }

    fn error(&mut self, code: &'static str, message: String, label: Label, help: Option<&str>) {
        self.say(Severity::Error, code, message, label, help);
    }

    fn warn(&mut self, code: &'static str, message: String, label: Label, help: Option<&str>) {
        self.say(Severity::Warning, code, message, label, help);
    }

    /// The place of a key of the file, or of the file if it has none.
    fn place(&self, key: &str, message: impl Into<String>) -> Label {
        self.tree.get(key).unwrap_or(self.tree).label(message)
    }

    fn rows(&self, key: &str) -> Vec<Node> {
        let rows = self.tree.get(key).and_then(Node::elements);
        rows.unwrap_or_default().to_vec()
    }

    fn cutoff(&mut self, exercise: &mut Exercise, scenario: &Scenario) {
        let limit = scenario.cutoff;
        if exercise.cutoff == Date::MAX {
            exercise.cutoff = limit;
        } else if exercise.cutoff > limit {
            let message = format!("the cut-off lies after the scenario's, {limit}");
            let label = self.place("cutoff", format!("expected {limit} or earlier"));
            self.error("cutoff-late", message, label, None);
        }
    }

    /// The meetings of the calendar, the injects between them and the events that come with these.
    fn rounds(&mut self, exercise: &Exercise, scenario: &Scenario) {
        let Ok(model) = Model::compile(scenario.clone()) else {
            return;
        };
        let dates: Vec<Date> = model.rounds.iter().map(|round| round.date).collect();
        let held = dates.len() as u32;
        if let Some(rounds) = exercise.rounds.filter(|rounds| *rounds != held) {
            let message = format!("`rounds` is {rounds}, but the scenario has {held} meetings");
            let label = self.place("rounds", format!("expected {held}"));
            let help = "shorten the calendar in `[change]`, or say what it has";
            self.error("rounds-differ", message, label, Some(help));
        }
        for (node, inject) in self.rows("injects").iter().zip(&exercise.injects) {
            if let Some(when) = &inject.when {
                self.waits(node, &inject.id, when, held);
            }
            let Some(round) = inject.round.filter(|round| *round > 0) else {
                continue;
            };
            let at = node.get("round").unwrap_or(node);
            if round >= held {
                let message = format!("`{}` comes when play is over", inject.id);
                let label = at.label(format!("expected 1 to {}", held.saturating_sub(1)));
                self.error("inject-late", message, label, None);
                continue;
            }
            let event = inject.event.as_ref().and_then(|id| {
                let mut events = scenario.events.iter();
                events.find(|event| event.id == *id)
            });
            let (after, before) = (dates[round as usize - 1], dates[round as usize]);
            let Some(event) = event else { continue };
            match event.date {
                Some(date) if date > after && date <= before => {}
                Some(date) => {
                    let message = format!(
                        "`{}` happens on {date}, the inject comes between {after} and {before}",
                        event.id
                    );
                    let label = at.label("not when the event happens");
                    self.error("event-timing", message, label, None);
                }
                None => {
                    let message =
                        format!("`{}` happens at random, the inject for certain", event.id);
                    let label = at.label("certain");
                    let help = "give the event a `date` in the scenario or in `[change]`";
                    self.warn("event-timing", message, label, Some(help));
                }
            }
        }
    }

    /// A card that waits for what never holds before a meeting.
    fn waits(&mut self, node: &Node, id: &str, when: &Condition, held: u32) {
        let at = node.get("when").unwrap_or(node);
        let ended = matches!(&when.terminal, Some(test) if *test != TerminalTest::None);
        let round = |test: &Comparison| (1..=held).any(|round| test.holds(f64::from(round)));
        let message = format!("`{id}` waits for what never holds before a meeting");
        let help = "the condition is looked at before each meeting, while the game goes on";
        if ended {
            let label = at.label("this holds when the game is over");
            self.error("inject-late", message, label, Some(help));
        } else if !when.round.as_ref().is_none_or(round) {
            let label = at.label(format!("the rounds are 1 to {held}"));
            self.error("inject-late", message, label, Some(help));
        }
    }

    fn minutes(&mut self, exercise: &Exercise) {
        let sum: u32 = exercise.phases.iter().map(|phase| phase.minutes).sum();
        if sum != exercise.minutes && !exercise.phases.is_empty() && exercise.minutes > 0 {
            let message = format!(
                "the phases take {sum} minutes, the exercise {}",
                exercise.minutes
            );
            let label = self.place("minutes", format!("expected {sum}, or other phases"));
            self.error("minutes-sum", message, label, None);
        }
        let after = exercise.minutes_of(&[PhaseKind::Debrief, PhaseKind::Exit]);
        let least = (f64::from(sum) * DEBRIEF_SHARE).ceil() as u32;
        if exercise.mode != Mode::Lab && after < least {
            let message = format!("debrief and exit take {after} of {sum} minutes");
            let label = self.place(
                "phases",
                format!("expected at least {least} minutes for them"),
            );
            let help = "what is learned is learned in the debrief: shorten the play";
            self.warn("debrief-short", message, label, Some(help));
        }
    }

    fn seats(&mut self, exercise: &Exercise) {
        match exercise.mode {
            Mode::Class | Mode::Homework if exercise.seats.is_empty() => {
                let label = self.tree.label("expected `[[seats]]`");
                let message = "nobody has a seat".to_owned();
                let help = "an exercise without seats has `mode = \"lab\"`";
                self.error("no-seat", message, label, Some(help));
            }
            Mode::Lab if !exercise.seats.is_empty() => {
                let label = self.place("seats", "nobody takes them");
                let message = "a lab has no seats".to_owned();
                self.error("no-seat", message, label, None);
            }
            _ => {}
        }
        if exercise.mode != Mode::Lab && exercise.worksheet.is_none() {
            let label = self.tree.label("expected `[worksheet]`");
            let message = "the file has no `worksheet`".to_owned();
            self.error("missing-key", message, label, None);
        }
        if exercise.mode != Mode::Class && exercise.tasks.is_empty() {
            let label = self.tree.label("expected `[[tasks]]`");
            let message = "nobody is told what to do".to_owned();
            self.error("no-tasks", message, label, None);
        }
        for (node, seat) in self.rows("seats").iter().zip(&exercise.seats) {
            let words = |text: &str| text.split_whitespace().count();
            let (short, long) = (words(&seat.short), words(&seat.long));
            if short > 0 && long <= short {
                let at = node.get("long").unwrap_or(node);
                let message = format!("the long brief has {long} words, the short one {short}");
                let label = at.label("expected more to read");
                self.warn("brief-lengths", message, label, None);
            }
            if !seat.long.is_empty() && cited_places(&seat.long).is_empty() {
                let at = node.get("long").unwrap_or(node);
                let message = format!("the brief of `{}` cites no fact", seat.party);
                let label = at.label("expected `[fact-id]` somewhere");
                self.warn("uncited-brief", message, label, None);
            }
        }
    }

    fn rubric(&mut self, exercise: &Exercise) {
        if exercise.rubric.is_empty() {
            return;
        }
        let rows = self.rows("rubric");
        for (node, criterion) in rows.iter().zip(&exercise.rubric) {
            if criterion.aspect == Aspect::Deal && criterion.weight > 0 {
                let at = node.get("weight").unwrap_or(node);
                let message = format!("the deal itself counts {} per cent", criterion.weight);
                let label = at.label("expected 0");
                let help = "a grade for the outcome makes students play safe and pays for luck: \
                    grade what they control";
                self.error("deal-graded", message, label, Some(help));
            }
        }
        let sum: u32 = exercise.rubric.iter().map(|one| one.weight).sum();
        if sum != 100 {
            let message = format!("the weights of the rubric add up to {sum}");
            let label = self.place("rubric", "expected 100");
            self.error("rubric-weights", message, label, None);
        }
        if slipped(&rows, "aspect", &Aspect::ALL.map(|(word, _)| word)) {
            return;
        }
        let graded = Aspect::ALL
            .iter()
            .filter(|(_, aspect)| *aspect != Aspect::Deal);
        for (word, aspect) in graded {
            let rows = exercise.rubric.iter().filter(|one| one.aspect == *aspect);
            let count = rows.count();
            if count != 1 {
                let message = format!("the rubric has `{word}` {count} times");
                let label = self.place("rubric", "expected it once");
                self.error("rubric-gap", message, label, None);
            }
        }
    }

    fn stages(&mut self, exercise: &Exercise) {
        let slipped = slipped(
            &self.rows("questions"),
            "stage",
            &Stage::ALL.map(|(word, _)| word),
        );
        if exercise.questions.is_empty() || slipped {
            return;
        }
        let has = |stage: &Stage| exercise.questions.iter().any(|one| one.stage == *stage);
        for (word, _) in Stage::ALL.iter().filter(|(_, stage)| !has(stage)) {
            let message = format!("the debrief has no question of the stage `{word}`");
            let label = self.place("questions", "expected one for each stage");
            self.warn("stage-missing", message, label, None);
        }
    }

    /// Facts cited in any text: they exist and are not dated after the cut-off.
    fn facts(&mut self, cutoff: Date, facts: &dyn FactIndex) {
        let known = facts.ids();
        let ids: BTreeSet<&str> = known.iter().copied().collect();
        let mut texts = Vec::new();
        texts_of(self.tree, &mut texts);
        for node in texts {
            let written = self.written(node);
            for (id, place) in cited_places(written) {
                let label = |message: String| Label {
                    source: SourceId(0),
                    span: node.span.start + place.start..node.span.start + place.end,
                    message,
                };
                if !ids.contains(id) {
                    let near = nearest(id, known.iter().copied());
                    let message = near.map_or_else(
                        || "not in the evidence".to_owned(),
                        |near| format!("did you mean `{near}`?"),
                    );
                    self.diagnostics.push(Diagnostic {
                        code: "unknown-fact",
                        severity: Severity::Error,
                        message: format!("no fact `{id}`"),
                        labels: vec![label(message)],
                        help: None,
                        fix: near.map(str::to_owned),
                    });
                } else if let Some(date) = facts.fact_date(id).filter(|date| *date > cutoff) {
                    let message = format!("`{id}` is dated {date}, after the cut-off {cutoff}");
                    let label = label("evidence from the future".to_owned());
                    self.error("evidence-after-cutoff", message, label, None);
                }
            }
        }
    }

    /// Years after the cut-off in what seats read.
    fn years(&mut self, cutoff: Date) {
        for key in ["public", "seats", "injects", "worksheet", "glossary"] {
            let Some(node) = self.tree.get(key) else {
                continue;
            };
            let mut texts = Vec::new();
            texts_of(node, &mut texts);
            for node in texts {
                for (year, place) in years(self.written(node)) {
                    if year <= cutoff.year() {
                        continue;
                    }
                    let label = Label {
                        source: SourceId(0),
                        span: node.span.start + place..node.span.start + place + 4,
                        message: "nobody at the table knows of it".to_owned(),
                    };
                    let message = format!("a text for the seats names {year}, after the cut-off");
                    self.warn("year-after-cutoff", message, label, None);
                }
            }
        }
    }

    /// A value as it stands in the file.
    fn written(&self, node: &Node) -> &'a str {
        let own = node.source == SourceId(0);
        let text = self.text;
        text.get(node.span.clone())
            .filter(|_| own)
            .unwrap_or_default()
    }
}

/// Whether some row has a word that is none of those known: what it stands for is anybody's guess.
fn slipped(rows: &[Node], key: &str, known: &[&str]) -> bool {
    rows.iter().any(|row| {
        let word = row.get(key).and_then(Node::as_str);
        word.is_none_or(|word| !known.contains(&word))
    })
}

/// Every text below a value, but for `[change]`, whose citations the scenario's own check reads, and
/// for what is typed.
fn texts_of<'n>(node: &'n Node, texts: &mut Vec<&'n Node>) {
    match &node.value {
        Value::String(_) => texts.push(node),
        Value::List(elements) => elements.iter().for_each(|element| texts_of(element, texts)),
        Value::Table(entries) => entries
            .iter()
            .filter(|entry| !["change", "command"].contains(&entry.key.as_str()))
            .for_each(|entry| texts_of(&entry.node, texts)),
        _ => {}
    }
}

/// Numbers of four digits from 1000 to 2999 that stand alone, with their bytes.
fn years(text: &str) -> Vec<(i16, usize)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && (bytes[at].is_ascii_digit() || bytes[at] == b',') {
            at += 1;
        }
        let number = text[start..at].trim_end_matches(',');
        if number.len() == 4
            && let Ok(year) = number.parse::<i16>()
            && (1000..3000).contains(&year)
        {
            found.push((year, start));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_numbers_of_four_digits_that_stand_alone() {
        let text = "In 2014, and on 2022-02-24; 100,000 men, 2,000 more, 12345, 0007.";
        let found: Vec<i16> = years(text).into_iter().map(|(year, _)| year).collect();
        assert_eq!(found, [2014, 2022]);
        for (year, place) in years(text) {
            assert_eq!(text[place..place + 4], year.to_string());
        }
    }
}
