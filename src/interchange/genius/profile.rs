//! A GENIUS profile: what a party thinks of a domain's values.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Declared, collect, index_of, kind, number, utility_space};
use crate::diagnostic::SourceId;
use crate::interchange::report::{Place, Report};
use crate::interchange::xml::Element;
use crate::interchange::{Kind, Profile, stem};

/// Below this GENIUS' `EvaluatorDiscrete` calls the highest evaluation zero.
const ZERO: f64 = 1e-5;

/// Reads a profile against the issues of its domain.
pub(super) fn read(
    report: &mut Report,
    source: SourceId,
    root: &Element,
    declared: &[Declared],
) -> Option<Profile> {
    let name = stem(report.name(source)).to_owned();
    let space = utility_space(report, source, root)?;
    let mut reader = Reader { report, source };
    reader.additive(&space)?;
    let (mut weights, mut values) = (Vec::new(), Vec::new());
    let mut issues = Vec::new();
    collect(&space, &mut issues);
    let indexed: Vec<(Option<i64>, &Element)> = issues
        .into_iter()
        .map(|element| {
            let here = reader.place(&element.span);
            (index_of(reader.report, element, &here), element)
        })
        .collect();
    for (position, issue) in declared.iter().enumerate() {
        // A second issue of the same index goes by name, as the domain's reader has said.
        let first = declared[..position]
            .iter()
            .all(|earlier| earlier.index != issue.index);
        let by_index = indexed
            .iter()
            .find(|(index, _)| first && index.is_some() && *index == issue.index);
        let by_name = || {
            indexed
                .iter()
                .find(|(_, element)| element.attribute("name") == Some(&issue.issue.name))
        };
        let Some((_, element)) = by_index.or_else(by_name) else {
            let message = format!("the profile says nothing about `{}`", issue.issue.name);
            let here = reader.place(&space.span);
            reader.report.error("missing-issue", message, &here);
            continue;
        };
        reader.same_issue(issue, element);
        weights.extend(reader.weight(&space, issue, element));
        values.extend(reader.values(issue, element));
    }
    let known = indexed.len();
    if known > declared.len() {
        let message = format!(
            "the profile has {known} issues, the domain {}; the others are ignored",
            declared.len()
        );
        let here = reader.place(&space.span);
        reader.report.notice("extra-issues", message, &here);
    }
    let complete = weights.len() == declared.len() && values.len() == declared.len();
    let reservation = reader.reservation(&space);
    let discount = reader.discount(&space);
    complete.then_some(Profile {
        name,
        weights,
        values,
        reservation: Some(reservation),
        discount,
    })
}

struct Reader<'r> {
    report: &'r mut Report,
    source: SourceId,
}

impl Reader<'_> {
    fn place(&self, span: &Range<usize>) -> Place {
        Place {
            source: self.source,
            span: span.clone(),
        }
    }

    /// Refuses utilities that are no weighted sum over issues.
    fn additive(&mut self, space: &Element) -> Option<()> {
        let here = self.place(&space.span);
        let word = space
            .attribute("type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let constrained = space.find("hyperRectangle").or(space.find("rules"));
        match (word.as_str(), constrained) {
            ("nonlinear" | "constraint", _) | (_, Some(_)) => {
                let what = if word.is_empty() { "constraint" } else { &word };
                let message = format!(
                    "a {what} profile: its utility is no weighted sum over issues and has no \
                     place in a scenario"
                );
                self.report.error_with_help(
                    "not-additive",
                    message,
                    &here,
                    "only linear additive profiles can be imported",
                );
                return None;
            }
            ("uncertain", _) => {
                let message = "an UNCERTAIN profile: its additive part is read, the comparisons \
                               a party would be shown are not";
                self.report.warning("uncertain-profile", message, &here);
            }
            _ => {}
        }
        Some(())
    }

    fn same_issue(&mut self, issue: &Declared, element: &Element) {
        let here = self.place(&element.span);
        let name = element.attribute("name").unwrap_or_default();
        if name.trim() != issue.issue.name {
            let message = format!(
                "the issue is called `{name}` here and `{}` in the domain; the index joins them",
                issue.issue.name
            );
            self.report.notice("other-name", message, &here);
        }
        let own = kind(self.report, element, "etype", &here);
        let stated = element.attribute("type").or(element.attribute("etype"));
        if stated.is_some() && own != issue.issue.kind {
            let message = format!(
                "`{}` is {} here and {} in the domain, which counts",
                issue.issue.name,
                own.word(),
                issue.issue.kind.word()
            );
            self.report.notice("other-kind", message, &here);
        }
    }

    /// The weight with the issue's index: in its own objective if it stands there, else anywhere.
    fn weight(&mut self, space: &Element, issue: &Declared, element: &Element) -> Option<f64> {
        let index = element.attribute("index").map(str::trim);
        let mut parents = Vec::new();
        parent_first(space, element, &mut parents);
        let of = |parent: &&Element| {
            let weights = parent.named("weight");
            let mut matching =
                weights.filter(|weight| weight.attribute("index").map(str::trim) == index);
            matching.next().cloned()
        };
        let Some(weight) = parents.iter().find_map(of) else {
            let message = format!("`{}` has no weight", issue.issue.name);
            let here = self.place(&element.span);
            self.report.error("missing-weight", message, &here);
            return None;
        };
        let here = self.place(&weight.span);
        let text = weight.attribute("value").unwrap_or_default();
        let value = number(text);
        if value.is_none() {
            let message = format!("the weight `{text}` is no number");
            self.report.error("bad-number", message, &here);
        }
        if value.is_some_and(|value| value < 0.0) {
            let message = format!("the weight {text} is negative");
            self.report.warning("negative-weight", message, &here);
        }
        value
    }

    fn values(&mut self, issue: &Declared, element: &Element) -> Option<Vec<f64>> {
        let evaluator = element.named("evaluator").next();
        match (issue.issue.kind, evaluator) {
            (Kind::Integer, Some(evaluator)) => self.integer(issue, element, evaluator),
            (Kind::Real, Some(evaluator)) => self.real(issue, evaluator),
            (Kind::Integer, None) if element.named("item").next().is_none() => {
                let here = self.place(&element.span);
                let message = "an integer issue without an evaluator is worth 0 throughout";
                self.report.notice("no-evaluator", message, &here);
                Some(vec![0.0; issue.numbers.len()])
            }
            (Kind::Real, None) if element.named("item").next().is_none() => {
                let here = self.place(&element.span);
                let message = format!("`{}` has no evaluator", issue.issue.name);
                self.report.error("no-evaluator", message, &here);
                None
            }
            _ => self.discrete(issue, element),
        }
    }

    /// `EvaluatorDiscrete`: evaluation over the highest evaluation of the issue.
    fn discrete(&mut self, issue: &Declared, element: &Element) -> Option<Vec<f64>> {
        let mut evaluations: BTreeMap<&str, f64> = BTreeMap::new();
        let mut sound = true;
        for item in element.named("item") {
            let here = self.place(&item.span);
            let Some(value) = item.attribute("value") else {
                let message = "an item without a value is left out";
                self.report.notice("no-value", message, &here);
                continue;
            };
            let text = item.attribute("evaluation").unwrap_or("null");
            let Some(evaluation) = number(text).filter(|evaluation| *evaluation >= 0.0) else {
                let message =
                    format!("the evaluation `{text}` of `{value}` is no number from 0 up");
                self.report.error("bad-evaluation", message, &here);
                sound = false;
                continue;
            };
            if evaluations.insert(value, evaluation).is_some() {
                let message = format!("`{value}` is evaluated twice; the last one counts");
                self.report.notice("duplicate-value", message, &here);
            }
        }
        let here = self.place(&element.span);
        let unknown: Vec<&str> = evaluations
            .keys()
            .copied()
            .filter(|value| !issue.issue.values.iter().any(|known| known == value))
            .collect();
        if let Some(first) = unknown.first() {
            let message = format!(
                "{} evaluated value(s) are not in the domain, `{first}` the first; they still \
                 count for the highest evaluation",
                unknown.len()
            );
            self.report.notice("unknown-value", message, &here);
        }
        let highest = evaluations.values().copied().fold(0.0, f64::max);
        if highest < ZERO && sound {
            let message = format!("every value of `{}` is worth 0", issue.issue.name);
            self.report.notice("zero-evaluations", message, &here);
        }
        let mut values = Vec::new();
        for value in &issue.issue.values {
            match evaluations.get(value.as_str()) {
                Some(_) if highest < ZERO => values.push(0.0),
                Some(evaluation) => values.push(evaluation / highest),
                None if sound => {
                    let message = format!("`{value}` of `{}` has no evaluation", issue.issue.name);
                    self.report.error("missing-evaluation", message, &here);
                    sound = false;
                }
                None => {}
            }
        }
        sound.then_some(values)
    }

    /// `EvaluatorInteger`: `slope (x - lowerbound) + offset` within [0, 1]; the lower bound is the
    /// profile's own.
    fn integer(
        &mut self,
        issue: &Declared,
        element: &Element,
        evaluator: &Element,
    ) -> Option<Vec<f64>> {
        let here = self.place(&element.span);
        let first = issue.numbers[0];
        let own = super::bounds(element).0.and_then(number);
        if own.is_none() {
            let message = "the profile repeats no lower bound; the domain's is used";
            self.report.notice("other-bounds", message, &here);
        }
        let low = own.unwrap_or(first);
        if low.total_cmp(&first).is_ne() {
            let message = format!(
                "the lower bound is {low} here and {first} in the domain; GENIUS counts from {low}"
            );
            self.report.warning("other-bounds", message, &here);
        }
        let slope = self.parameter(evaluator, &["slope", "parameter1"])?;
        let offset = self.parameter(evaluator, &["offset", "parameter0"])?;
        let value = |x: &f64| (slope * (x - low) + offset).clamp(0.0, 1.0);
        Some(issue.numbers.iter().map(value).collect())
    }

    /// `EvaluatorReal`: linear, constant or triangular.
    fn real(&mut self, issue: &Declared, evaluator: &Element) -> Option<Vec<f64>> {
        let here = self.place(&evaluator.span);
        let shape = evaluator
            .attribute("ftype")
            .unwrap_or("linear")
            .to_ascii_lowercase();
        let p0 = self.parameter(evaluator, &["parameter0", "offset"])?;
        let value: Box<dyn Fn(f64) -> f64> = match shape.as_str() {
            "constant" => Box::new(move |_| p0),
            "linear" => {
                let p1 = self.parameter(evaluator, &["parameter1", "slope"])?;
                Box::new(move |x| (p1 * x + p0).clamp(0.0, 1.0))
            }
            "triangular" => {
                let upper = self.parameter(evaluator, &["parameter1"])?;
                let top = self.parameter(evaluator, &["parameter2"])?;
                Box::new(move |x| triangle(x, p0, upper, top))
            }
            _ => {
                let message = format!("`{shape}` is no function of a real issue that is known");
                let help = "known are linear, constant and triangular";
                self.report
                    .error_with_help("unknown-evaluator", message, &here, help);
                return None;
            }
        };
        Some(issue.numbers.iter().map(|&x| value(x)).collect())
    }

    fn parameter(&mut self, evaluator: &Element, names: &[&str]) -> Option<f64> {
        let text = names.iter().find_map(|name| evaluator.attribute(name));
        let value = text.and_then(number);
        if value.is_none() {
            let here = self.place(&evaluator.span);
            let message = format!("the evaluator has no number as `{}`", names[0]);
            self.report.error("bad-evaluator", message, &here);
        }
        value
    }

    /// Missing: 0.
    fn reservation(&mut self, space: &Element) -> f64 {
        let Some((value, place)) = self.single(space, "reservation") else {
            return 0.0;
        };
        value.unwrap_or_else(|| {
            let message = "the reservation value is no number; it counts as 0";
            self.report.warning("bad-reservation", message, &place);
            0.0
        })
    }

    /// Missing, not above 0 or above 1: 1.
    fn discount(&mut self, space: &Element) -> f64 {
        let Some((value, place)) = self.single(space, "discount_factor") else {
            return 1.0;
        };
        let usable = value.filter(|&value| value > 0.0 && value <= 1.0);
        usable.unwrap_or_else(|| {
            let message = "the discount factor is not above 0 and at most 1; it counts as 1";
            self.report.notice("bad-discount", message, &place);
            1.0
        })
    }

    /// The value of an element that may stand before, after or inside the objective.
    fn single(&mut self, space: &Element, name: &str) -> Option<(Option<f64>, Place)> {
        let element = space.find(name)?;
        let place = self.place(&element.span);
        Some((element.attribute("value").and_then(number), place))
    }
}

/// 0 outside `lower` to `upper`, 1 at `top`, straight between.
fn triangle(x: f64, lower: f64, upper: f64, top: f64) -> f64 {
    if x < lower || x > upper {
        0.0
    } else if x < top {
        (x - lower) / (top - lower)
    } else if x > top {
        (upper - x) / (upper - top)
    } else {
        1.0
    }
}

/// The elements that could hold an issue's weight: its own parent first.
fn parent_first<'e>(here: &'e Element, issue: &Element, found: &mut Vec<&'e Element>) {
    let own = here.children.iter().any(|child| child.span == issue.span);
    if own {
        found.insert(0, here);
    } else {
        found.push(here);
    }
    for child in here.named("objective") {
        parent_first(child, issue, found);
    }
}
