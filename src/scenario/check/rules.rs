//! Conditions that can never hold, and outcomes that leave a run without a name.

use jiff::ToSpan;

use super::Checker;
use crate::diagnostic::Severity;
use crate::scenario::types::{Comparison, Condition, MoveKind, Relation, StateRef, TerminalTest};

impl Checker<'_> {
    pub(super) fn rules(&mut self) {
        let scenario = self.scenario;
        self.order_of_outcomes();
        for outcome in &scenario.outcomes {
            self.condition(&format!("outcomes.{}.when", outcome.id), &outcome.when);
        }
        for flag in &scenario.flags {
            self.condition(&format!("flags.{}.when", flag.id), &flag.when);
        }
        for act in &scenario.moves {
            self.condition(&format!("moves.{}.when", act.id), &act.when);
        }
        for event in &scenario.events {
            self.condition(&format!("events.{}.when", event.id), &event.when);
        }
    }

    fn order_of_outcomes(&mut self) {
        let outcomes = &self.scenario.outcomes;
        let Some(last) = outcomes.last() else {
            if self.written("outcomes") {
                let label = self.place("outcomes", "expected at least one");
                self.error("outcome-gap", "no outcome names the runs", label);
            }
            return;
        };
        // Whether a rule is empty is asked of the file: a test that could not be read is a test.
        let tests: Vec<bool> = outcomes
            .iter()
            .map(|outcome| self.tests_something(&outcome.id))
            .collect();
        if let Some(first) = tests.iter().position(|tests| !tests) {
            for outcome in &outcomes[first + 1..] {
                let label = self.place(&format!("outcomes.{}", outcome.id), "never reached");
                let message = format!(
                    "`{}` comes after `{}`, which always holds",
                    outcome.id, outcomes[first].id
                );
                let help = Some("put the outcome without a rule last");
                self.report(Severity::Error, "shadowed-outcome", message, label, help);
            }
        } else {
            let label = self.place(
                &format!("outcomes.{}.when", last.id),
                "may fail like the others",
            );
            let message = format!(
                "a run in which `{}` does not hold either has no name",
                last.id
            );
            let help = Some("end the list with an outcome without `when`");
            self.report(Severity::Error, "outcome-gap", message, label, help);
        }
        for (index, outcome) in outcomes
            .iter()
            .enumerate()
            .filter(|(index, _)| tests[*index])
        {
            let rule = format!("{:?}", outcome.when);
            let twin = outcomes[..index]
                .iter()
                .find(|earlier| format!("{:?}", earlier.when) == rule);
            if let Some(twin) = twin {
                let path = format!("outcomes.{}.when", outcome.id);
                let label = self.place(
                    &path,
                    format!("the rule of `{}`, which comes first", twin.id),
                );
                self.error(
                    "shadowed-outcome",
                    format!("`{}` can never fire", outcome.id),
                    label,
                );
            }
        }
    }

    fn tests_something(&self, outcome: &str) -> bool {
        let list = self
            .resolved
            .get("outcomes")
            .and_then(|node| node.elements());
        let node = list.and_then(|list| list.iter().find(|node| node.id() == Some(outcome)));
        let when = node.and_then(|node| node.get("when"));
        when.is_some_and(|when| when.entries().is_none_or(|entries| !entries.is_empty()))
    }

    fn condition(&mut self, path: &str, when: &Condition) {
        self.terminal_test(path, when);
        self.dates(path, when);
        for deed in when.done.iter().filter(|deed| when.not_done.contains(deed)) {
            self.never(
                &format!("{path}.not_done"),
                format!("`{deed}` is to be done and not done"),
            );
        }
        for (variable, test) in &when.state {
            let Some((key, low, high)) = span(variable) else {
                continue;
            };
            if !possible(*test, low, high) {
                let place = format!("{path}.{key}");
                self.never(
                    &place,
                    format!("`{key}` is always between {low} and {high}"),
                );
            }
        }
        for (issue, _) in &when.settled {
            let decided = self
                .scenario
                .venues
                .iter()
                .any(|venue| venue.decides.contains(issue));
            let form_issue = self.scenario.form_issue.as_ref() == Some(issue);
            if !decided && !form_issue {
                let place = format!("{path}.settled.{issue}");
                self.never(&place, format!("no venue can settle `{issue}`"));
            }
        }
        for (index, inner) in when.any.iter().enumerate() {
            self.condition(&format!("{path}.any.{index}"), inner);
        }
    }

    fn terminal_test(&mut self, path: &str, when: &Condition) {
        let Some(TerminalTest::Moves(moves)) = &when.terminal else {
            return;
        };
        for id in moves {
            let act = self.scenario.moves.iter().find(|act| act.id == *id);
            if act.is_some_and(|act| act.kind != MoveKind::Terminal) {
                let place = format!("{path}.terminal");
                self.never(&place, format!("`{id}` is not a terminal move"));
            }
        }
    }

    /// Whether some day from the start to the horizon passes every test.
    fn dates(&mut self, path: &str, when: &Condition) {
        let calendar = &self.scenario.calendar;
        if when.date.is_empty() || calendar.horizon <= calendar.start {
            return;
        }
        // The earliest and latest day that each test allows are enough to see a contradiction.
        let (mut first, mut last) = (calendar.start, calendar.horizon);
        for test in &when.date {
            let before = test.date.checked_sub(1.day()).unwrap_or(test.date);
            let after = test.date.checked_add(1.day()).unwrap_or(test.date);
            match test.op {
                Relation::Less => last = last.min(before),
                Relation::AtMost => last = last.min(test.date),
                Relation::AtLeast => first = first.max(test.date),
                Relation::Greater => first = first.max(after),
                Relation::Equal => {
                    first = first.max(test.date);
                    last = last.min(test.date);
                }
            }
        }
        if first > last {
            let (start, horizon) = (calendar.start, calendar.horizon);
            let why = format!("no day from {start} to {horizon} passes");
            self.never(&format!("{path}.date"), why);
        }
    }

    fn never(&mut self, path: &str, why: String) {
        let label = self.place(path, why);
        let owner = path.split('.').nth(1).unwrap_or_default();
        self.error(
            "never-holds",
            format!("the rule of `{owner}` can never hold"),
            label,
        );
    }
}

/// Key and range of a variable that has one.
fn span(variable: &StateRef) -> Option<(String, f64, f64)> {
    let unit = |key: String| Some((key, 0.0, 1.0));
    match variable {
        StateRef::Tension => unit("tension".to_owned()),
        StateRef::Exposure { party } => unit(format!("exposure.{party}")),
        StateRef::Posture { party } => unit(format!("posture.{party}")),
        StateRef::Advantage { force } => unit(format!("advantage.{force}")),
        StateRef::Said { commitment } => unit(format!("said.{commitment}")),
        StateRef::Heard { commitment, party } => unit(format!("heard.{commitment}.{party}")),
        StateRef::Standing { .. } | StateRef::Drift { .. } | StateRef::Level { .. } => None,
    }
}

/// Whether some number from `low` to `high` passes.
fn possible(test: Comparison, low: f64, high: f64) -> bool {
    match test.op {
        Relation::Less => test.value > low,
        Relation::AtMost => test.value >= low,
        Relation::Equal => test.value >= low && test.value <= high,
        Relation::AtLeast => test.value <= high,
        Relation::Greater => test.value < high,
    }
}
