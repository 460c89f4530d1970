//! Weights, priors, forms, venues and the calendar.

use jiff::civil::Date;

use super::Checker;
use crate::diagnostic::Severity;
use crate::scenario::names::nearest;
use crate::scenario::quantity::Quantity;
use crate::scenario::tree::Node;

/// How far from 1 a sum may be and still be called 1.
const SUM_TOLERANCE: f64 = 1e-6;

/// The record of a run counts days in 16 bits.
const LONGEST_DAYS: i32 = 65_000;

impl Checker<'_> {
    pub(super) fn table(&mut self) {
        let scenario = self.scenario;
        if scenario.parties.len() < 2 && self.written("parties") {
            let label = self.place("parties", "expected at least two");
            self.error("too-few-parties", "one party cannot negotiate", label);
        }
        self.weights();
        self.priors();
        self.forms();
        self.venues();
        self.expectations();
    }

    fn expectations(&mut self) {
        let scenario = self.scenario;
        if !scenario.expect.is_empty() && !self.written("extends") {
            let label = self.place("expect", "against what?");
            let message = "`expect` compares with the extended file, but there is no `extends`";
            self.error("expect-alone", message, label);
            return;
        }
        for (index, expectation) in scenario.expect.iter().enumerate() {
            let Some(against) = &expectation.against else {
                continue;
            };
            if self.ancestors.contains(against) {
                continue;
            }
            let known = self.ancestors.iter().map(String::as_str);
            let near = nearest(against, known);
            let what = near.map_or(
                "not the id of a file that this one extends".into(),
                |near| format!("did you mean `{near}`?"),
            );
            let label = self.place(&format!("expect.{index}.against"), what);
            let message = format!("`{against}` is not extended here");
            let help = format!("it extends {}", self.ancestors.join(", "));
            self.report(Severity::Error, "unknown-id", message, label, Some(&help));
        }
    }

    fn weights(&mut self) {
        let named = self
            .scenario
            .parties
            .iter()
            .filter(|party| !party.id.is_empty());
        for party in named {
            let sums = party.types.iter().map(|kind| {
                let sum = sum(kind.preferences.iter().map(|preference| &preference.weight));
                (kind, sum)
            });
            let odd = sums
                .into_iter()
                .find(|(_, sum)| (sum - 1.0).abs() > SUM_TOLERANCE);
            let Some((kind, sum)) = odd else { continue };
            let path = format!("preferences.{}", party.id);
            let of = if kind.id == "only" {
                String::new()
            } else {
                format!(" of type `{}`", kind.id)
            };
            if sum <= 0.0 {
                let label = self.place(&path, "expected a weight above 0 on some issue");
                let message = format!("`{}` cares about nothing", party.id);
                self.error("weights-zero", message, label);
            } else {
                let label = self.place(&path, "weights at their most likely values");
                let sum = (sum * 1e4).round() / 1e4;
                let message = format!(
                    "the weights of `{}`{of} add up to {sum} and are normalised",
                    party.id
                );
                self.report(Severity::Notice, "weights-normalised", message, label, None);
            }
        }
    }

    fn priors(&mut self) {
        for party in &self.scenario.parties {
            let path = format!("parties.{}.types", party.id);
            self.prior_sum(&path, party.types.iter().map(|kind| &kind.prior));
        }
        for (observer, by_party) in &self.scenario.beliefs.priors {
            for (observed, by_type) in by_party {
                let path = format!("beliefs.priors.{observer}.{observed}");
                let party = self
                    .scenario
                    .parties
                    .iter()
                    .find(|party| party.id == *observed);
                let missing = party.and_then(|party| {
                    party
                        .types
                        .iter()
                        .find(|kind| !by_type.contains_key(&kind.id))
                });
                if let Some(kind) = missing {
                    let label = self.place(&path, format!("expected a prior for `{}`", kind.id));
                    let message = format!("`{path}` leaves out the type `{}`", kind.id);
                    self.error("missing-key", message, label);
                } else {
                    self.prior_sum(&path, by_type.values());
                }
            }
        }
    }

    fn prior_sum<'q>(&mut self, path: &str, priors: impl Iterator<Item = &'q Quantity>) {
        let sum = sum(priors);
        if (sum - 1.0).abs() > SUM_TOLERANCE {
            let label = self.place(path, "expected 1 at the most likely values");
            let sum = (sum * 1e6).round() / 1e6;
            self.error(
                "priors-sum",
                format!("the priors of `{path}` add up to {sum}"),
                label,
            );
        }
    }

    fn forms(&mut self) {
        let scenario = self.scenario;
        let issue = scenario.form_issue.as_ref();
        let issue = issue.and_then(|id| scenario.issues.iter().find(|issue| issue.id == *id));
        for form in &scenario.forms {
            let path = format!("forms.{}", form.id);
            match (issue, form.level) {
                (Some(issue), None) => {
                    let label = self.place(
                        &path,
                        format!("expected `level`, a level of `{}`", issue.id),
                    );
                    let message =
                        format!("form `{}` stands for no level of the form issue", form.id);
                    self.error("form-level", message, label);
                }
                (Some(issue), Some(level)) if level >= issue.levels.len() => {
                    let highest = issue.levels.len().saturating_sub(1);
                    let label = self.place(
                        &format!("{path}.level"),
                        format!("expected a level from 0 to {highest}"),
                    );
                    self.error(
                        "form-level",
                        format!("`{}` has no level {level}", issue.id),
                        label,
                    );
                }
                (None, Some(_)) if !self.written("form_issue") => {
                    let label = self.place(&format!("{path}.level"), "a level of what?");
                    let message = "a form has a level, but the file names no `form_issue`";
                    self.warning("form-level", message, label);
                }
                _ => {}
            }
        }
    }

    fn venues(&mut self) {
        let scenario = self.scenario;
        for venue in &scenario.venues {
            let path = format!("venues.{}", venue.id);
            let opened = scenario
                .moves
                .iter()
                .any(|act| act.opens.contains(&venue.id))
                || scenario
                    .events
                    .iter()
                    .any(|event| event.opens.contains(&venue.id));
            if !venue.open && !opened {
                let label = self.place(&format!("{path}.open"), "and no move or event opens it");
                let message = format!("venue `{}` is closed and stays so", venue.id);
                self.warning("venue-never-opens", message, label);
            }
            let seated = scenario
                .moves
                .iter()
                .any(|act| act.seats.contains_key(&venue.id));
            if venue.participants.len() < 2 && !seated && self.lists_participants(&venue.id) {
                let label = self.place(&format!("{path}.participants"), "expected at least two");
                self.warning(
                    "lonely-venue",
                    format!("nobody to talk to at `{}`", venue.id),
                    label,
                );
            }
        }
        for issue in &scenario.issues {
            let form_issue = scenario.form_issue.as_ref() == Some(&issue.id);
            let decided = scenario
                .venues
                .iter()
                .any(|venue| venue.decides.contains(&issue.id));
            if !decided && !form_issue && !scenario.venues.is_empty() {
                let label = self.place(&format!("issues.{}", issue.id), "in no venue's `decides`");
                let message = format!("no venue can settle `{}`", issue.id);
                self.report(Severity::Notice, "issue-undecided", message, label, None);
            }
        }
    }

    /// Whether a venue has a list of participants, however short.
    fn lists_participants(&self, venue: &str) -> bool {
        let venues = self
            .resolved
            .get("venues")
            .and_then(Node::elements)
            .unwrap_or_default();
        let node = venues.iter().find(|node| node.id() == Some(venue));
        node.and_then(|node| node.get("participants"))
            .is_some_and(|list| list.elements().is_some())
    }

    pub(super) fn calendar(&mut self) {
        let scenario = self.scenario;
        let (start, horizon) = (scenario.calendar.start, scenario.calendar.horizon);
        if start == Date::ZERO || horizon == Date::ZERO {
            return;
        }
        if horizon <= start {
            let label = self.place("calendar.horizon", format!("expected a day after {start}"));
            self.error("date-order", "the horizon is not after the start", label);
            return;
        }
        if (horizon - start).get_days() > LONGEST_DAYS {
            let label = self.place(
                "calendar.horizon",
                format!("expected {LONGEST_DAYS} days at most"),
            );
            self.error("out-of-range", "the horizon is too far off", label);
        }
        for (index, meeting) in scenario.meetings.iter().enumerate() {
            let path = format!("meetings.{index}.date");
            let date = meeting.date;
            if date == Date::ZERO {
                continue;
            }
            if date < start {
                let label = self.place(&path, format!("expected a day from {start} on"));
                let message = "a meeting before the start is not simulated";
                let help = Some("put it under [[history]]");
                self.report(Severity::Error, "date-order", message, label, help);
            } else if date > horizon {
                let label = self.place(&path, format!("the horizon is {horizon}"));
                self.warning(
                    "date-order",
                    "a meeting after the horizon never takes place",
                    label,
                );
            }
        }
        for (index, entry) in scenario.history.iter().enumerate() {
            if entry.date > start {
                let label = self.place(
                    &format!("history.{index}.date"),
                    format!("the start is {start}"),
                );
                self.error(
                    "date-order",
                    "history is what happened before the start",
                    label,
                );
            }
        }
        for event in &scenario.events {
            if event
                .date
                .is_some_and(|date| date < start || date > horizon)
            {
                let path = format!("events.{}.date", event.id);
                let label = self.place(&path, format!("expected {start} to {horizon}"));
                self.warning(
                    "date-order",
                    format!("event `{}` never happens", event.id),
                    label,
                );
            }
        }
        if !self.written("meetings") && !self.written("cycle") {
            let label = self.place("", "expected [[meetings]] or [cycle]");
            self.error("no-meetings", "nobody ever meets", label);
        }
    }
}

/// Sum at the most likely values; 1 where some number could not be read.
fn sum<'q>(quantities: impl Iterator<Item = &'q Quantity>) -> f64 {
    let sum: f64 = quantities.map(|quantity| quantity.dist.mode()).sum();
    if sum.is_nan() { 1.0 } else { sum }
}
