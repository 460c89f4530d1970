//! GENIUS XML (Lin, Kraus, Baarslag, Tykhonov, Hindriks and Jonker 2014): a domain file and one
//! profile a party.
//!
//! Flows in: the files' bytes. Flows out: a [`Domain`] whose utilities are those of GENIUS'
//! `AdditiveUtilitySpace`: evaluations over the issue's highest one, weights as written, the sum
//! capped at 1. Invariant: what GENIUS itself would refuse (a value without evaluation, an issue
//! without weight) is an error; what it silently puts up with is a notice.

mod profile;

use std::ops::Range;

use super::report::{Place, Report};
use super::xml::{self, Element};
use super::{Domain, Format, InputFile, Issue, Kind, NUMBERS_LIMIT, VALUES_LIMIT, stem};
use crate::diagnostic::SourceId;

/// Values that GENIUS cuts a real issue into (`IssueReal`, 21 steps).
const REAL_STEPS: usize = 21;

/// An issue of the domain file, with what profiles refer to it by.
struct Declared {
    issue: Issue,
    index: Option<i64>,
    /// Numbers behind the values of a number issue.
    numbers: Vec<f64>,
}

/// Reads a domain and its profiles; none if anything forbids it.
pub fn read(report: &mut Report, domain: &InputFile, profiles: &[InputFile]) -> Option<Domain> {
    let source = report.open(&domain.name, &domain.bytes);
    let root = xml::parse(report, source)?;
    let declared = domain_issues(report, source, &root);
    let mut found = Vec::new();
    for file in profiles {
        let source = report.open(&file.name, &file.bytes);
        let Some(root) = xml::parse(report, source) else {
            continue;
        };
        if let Some(declared) = &declared {
            found.extend(profile::read(report, source, &root, declared));
        }
    }
    let domain = Domain {
        name: title(&domain.name),
        format: Format::Genius,
        cap_at_one: true,
        issues: declared?.into_iter().map(|one| one.issue).collect(),
        profiles: found,
    };
    (!report.failed()).then_some(domain)
}

/// The name of a domain's file without what says that it is one.
fn title(path: &str) -> String {
    let stem = stem(path);
    let lower = stem.to_ascii_lowercase();
    let plain = lower
        .strip_suffix("domain")
        .map_or(stem, |rest| &stem[..rest.len()]);
    let plain = plain.trim_end_matches(['_', '-', ' ', '.']);
    if plain.is_empty() { stem } else { plain }.to_owned()
}

/// Whether a file is a GENIUS domain rather than a profile: by its root as negmas tells them apart,
/// else because it weighs nothing (some files of ANAC 2015 have a bare `utility_space`).
pub fn is_domain(root: &Element) -> bool {
    root.name == "negotiation_template" || root.find("weight").is_none()
}

/// The utility space of a file, whatever stands around it.
fn utility_space(report: &mut Report, source: SourceId, root: &Element) -> Option<Element> {
    let space = root.find("utility_space");
    if space.is_none() {
        let message = format!("`{}` holds no `utility_space`", root.name);
        let place = Place {
            source,
            span: root.span.clone(),
        };
        report.error_with_help(
            "not-genius",
            message,
            &place,
            "a GENIUS file has a `utility_space` at its root or in a `negotiation_template`",
        );
    }
    space.cloned()
}

fn domain_issues(report: &mut Report, source: SourceId, root: &Element) -> Option<Vec<Declared>> {
    let space = utility_space(report, source, root)?;
    let place = |span: &Range<usize>| Place {
        source,
        span: span.clone(),
    };
    let mut elements = Vec::new();
    let objectives = space.named("objective").count();
    if objectives == 0 {
        let message = "there is no `objective`; issues are read from the utility space itself";
        report.notice("no-objective", message, &place(&space.span));
    } else if objectives > 1 {
        let message = "there is more than one root objective; all their issues are read";
        report.notice("no-objective", message, &place(&space.span));
    }
    collect(&space, &mut elements);
    if elements.is_empty() {
        report.error("no-issues", "the domain has no issue", &place(&space.span));
        return None;
    }
    let mut declared: Vec<Declared> = Vec::new();
    let mut numbers = 0;
    for element in elements {
        let here = place(&element.span);
        let index = index_of(report, element, &here);
        if let Some(index) = index
            && declared.iter().any(|earlier| earlier.index == Some(index))
        {
            let message = format!("index {index} belongs to two issues; the second goes by name");
            report.warning("duplicate-index", message, &here);
        }
        let one = issue(report, source, element, index)?;
        numbers += one.issue.values.len();
        if numbers > NUMBERS_LIMIT {
            report.error("too-large", "the domain has too many values", &here);
            return None;
        }
        declared.push(one);
    }
    Some(declared)
}

/// Issues in pre-order: those of nested objectives first, then those of the level.
fn collect<'e>(element: &'e Element, issues: &mut Vec<&'e Element>) {
    for objective in element.named("objective") {
        collect(objective, issues);
    }
    issues.extend(element.named("issue"));
}

fn index_of(report: &mut Report, element: &Element, place: &Place) -> Option<i64> {
    let text = element.attribute("index");
    let index = text.and_then(|text| text.trim().parse().ok());
    if index.is_none() {
        let name = element.attribute("name").unwrap_or("?");
        let message = format!("issue `{name}` has no whole number as its index; it goes by name");
        report.notice("no-index", message, place);
    }
    index
}

fn issue(
    report: &mut Report,
    source: SourceId,
    element: &Element,
    index: Option<i64>,
) -> Option<Declared> {
    let here = Place {
        source,
        span: element.span.clone(),
    };
    let name = element.attribute("name").unwrap_or_else(|| {
        report.notice("no-name", "the issue has no name; its index is used", &here);
        ""
    });
    let name = match (name.trim(), index) {
        ("", Some(index)) => format!("issue {index}"),
        ("", None) => "issue".to_owned(),
        (name, _) => name.to_owned(),
    };
    let kind = kind(report, element, "vtype", &here);
    let (values, numbers) = match kind {
        Kind::Discrete => (items(report, source, element), Vec::new()),
        Kind::Integer => integers(report, source, element)?,
        Kind::Real => reals(report, source, element)?,
    };
    if values.is_empty() {
        let message = format!("issue `{name}` has no value");
        report.error("no-values", message, &here);
        return None;
    }
    Some(Declared {
        issue: Issue { name, kind, values },
        index,
        numbers,
    })
}

/// `type` wins over `second` (`vtype` in a domain, `etype` in a profile).
fn kind(report: &mut Report, element: &Element, second: &str, place: &Place) -> Kind {
    let word = element
        .attribute("type")
        .or_else(|| element.attribute(second));
    match word.map(str::to_lowercase).as_deref() {
        None | Some("discrete") => Kind::Discrete,
        Some("integer") => Kind::Integer,
        Some("real") => Kind::Real,
        Some(other) => {
            let message = format!("`{other}` is no kind of issue; it is read as discrete");
            report.notice("unknown-kind", message, place);
            Kind::Discrete
        }
    }
}

fn items(report: &mut Report, source: SourceId, element: &Element) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for item in element.named("item") {
        let here = Place {
            source,
            span: item.span.clone(),
        };
        let Some(value) = item.attribute("value") else {
            report.notice("no-value", "an item without a value is left out", &here);
            continue;
        };
        if !seen.insert(value) {
            let message = format!("the value `{value}` stands twice; the second is left out");
            report.notice("duplicate-value", message, &here);
            continue;
        }
        values.push(value.to_owned());
    }
    values
}

/// Lower and upper bound, on the issue itself or on a `range` inside it.
fn bounds<'e>(element: &'e Element) -> (Option<&'e str>, Option<&'e str>) {
    let range = element.named("range").next();
    let of = |name: &str| -> Option<&'e str> {
        let inner = range.and_then(|range| range.attribute(name));
        element.attribute(name).or(inner)
    };
    (of("lowerbound"), of("upperbound"))
}

type Values = (Vec<String>, Vec<f64>);

fn integers(report: &mut Report, source: SourceId, element: &Element) -> Option<Values> {
    let here = Place {
        source,
        span: element.span.clone(),
    };
    let (low, high) = bounds(element);
    let whole = |text: Option<&str>| {
        let number = number(text?)?;
        (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
    };
    let (Some(low), Some(high)) = (whole(low), whole(high)) else {
        let message = "an integer issue has no whole numbers as `lowerbound` and `upperbound`";
        report.error("bad-bounds", message, &here);
        return None;
    };
    if high < low || high - low >= i64::from(VALUES_LIMIT) {
        let message = format!("from {low} to {high} is not a range of 1 to {VALUES_LIMIT} values");
        report.error("bad-bounds", message, &here);
        return None;
    }
    let numbers = (low..=high).map(|value| value as f64).collect();
    Some((
        (low..=high).map(|value| value.to_string()).collect(),
        numbers,
    ))
}

fn reals(report: &mut Report, source: SourceId, element: &Element) -> Option<Values> {
    let here = Place {
        source,
        span: element.span.clone(),
    };
    let (low, high) = bounds(element);
    let (Some(low), Some(high)) = (low.and_then(number), high.and_then(number)) else {
        let message = "a real issue has no numbers as `lowerbound` and `upperbound`";
        report.error("bad-bounds", message, &here);
        return None;
    };
    if high < low {
        let message = format!("the range from {low} to {high} is empty");
        report.error("bad-bounds", message, &here);
        return None;
    }
    let message = format!("the range from {low} to {high} is cut into {REAL_STEPS} values");
    report.notice("cut-into-steps", message, &here);
    let step = |k: usize| low + k as f64 * (high - low) / (REAL_STEPS - 1) as f64;
    let numbers: Vec<f64> = (0..REAL_STEPS).map(step).collect();
    Some((numbers.iter().map(ToString::to_string).collect(), numbers))
}

/// A finite number as Java reads it: a suffix `d` or `f` is allowed.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    digits.parse().ok().filter(|value: &f64| value.is_finite())
}

#[cfg(test)]
mod tests;
