//! `GeniusWeb` JSON: a domain file and one linear additive profile a party.
//!
//! Flows in: the files' bytes. Flows out: a [`Domain`]; values are in [0, 1] already, and a party's
//! reservation is a *bid*, worth what the profile says it is. `GeniusWeb` computes in decimal
//! fractions of any length, this program in doubles: sums may differ in the last bits.

use super::report::Report;
use super::tree::{self, Node, Value};
use super::{Domain, Format, InputFile, Issue, Kind, NUMBERS_LIMIT, Profile, VALUES_LIMIT, stem};

/// Reads a domain and its profiles; none if anything forbids it.
pub fn read(report: &mut Report, domain: &InputFile, profiles: &[InputFile]) -> Option<Domain> {
    let source = report.open(&domain.name, &domain.bytes);
    let root = tree::json(report, source)?;
    let issues = issues(report, &root);
    let mut found = Vec::new();
    for file in profiles {
        let source = report.open(&file.name, &file.bytes);
        let Some(root) = tree::json(report, source) else {
            continue;
        };
        if let Some(issues) = &issues {
            found.extend(profile(report, &root, issues, stem(&file.name)));
        }
    }
    let name = root.get("name").and_then(Node::label);
    let domain = Domain {
        name: name.unwrap_or_else(|| stem(&domain.name).to_owned()),
        format: Format::GeniusWeb,
        cap_at_one: false,
        issues: issues?,
        profiles: found,
    };
    (!report.failed()).then_some(domain)
}

/// Whether a file is a `GeniusWeb` domain or a profile, or neither.
pub fn is_domain(root: &Node) -> Option<bool> {
    if root.get("issuesValues").is_some() {
        return Some(true);
    }
    let profile = root.get("LinearAdditiveUtilitySpace");
    profile.map(|_| false)
}

fn issues(report: &mut Report, root: &Node) -> Option<Vec<Issue>> {
    let Some(table) = root.get("issuesValues") else {
        let help =
            "a domain is { \"name\": ..., \"issuesValues\": { issue: { \"values\": [...] } } }";
        let message = "there is no `issuesValues`";
        report.error_with_help("not-geniusweb", message, &root.place, help);
        return None;
    };
    let mut issues: Vec<Issue> = Vec::new();
    let mut numbers = 0;
    for (name, node) in table.entries() {
        if issues.iter().any(|known| known.name == *name) {
            let message = format!("issue `{name}` stands twice; the second is left out");
            report.notice("duplicate-issue", message, &node.place);
            continue;
        }
        let (kind, values) = match (node.get("values"), node.get("range")) {
            (Some(values), _) => (Kind::Discrete, discrete(report, name, values)?),
            (None, Some(range)) => (Kind::Real, numeric(report, name, range)?),
            (None, None) => {
                let message = format!("issue `{name}` has neither `values` nor `range`");
                report.error("no-values", message, &node.place);
                return None;
            }
        };
        if values.is_empty() {
            let message = format!("issue `{name}` has no value");
            report.error("no-values", message, &node.place);
            return None;
        }
        numbers += values.len();
        if numbers > NUMBERS_LIMIT {
            report.error("too-large", "the domain has too many values", &node.place);
            return None;
        }
        issues.push(Issue {
            name: name.clone(),
            kind,
            values,
        });
    }
    if issues.is_empty() {
        report.error("no-issues", "the domain has no issue", &table.place);
        return None;
    }
    Some(issues)
}

fn discrete(report: &mut Report, name: &str, node: &Node) -> Option<Vec<String>> {
    let Some(elements) = node.elements() else {
        let message = format!("`values` of `{name}` is no list");
        report.error("wrong-type", message, &node.place);
        return None;
    };
    let mut values: Vec<String> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for element in elements {
        let Some(value) = element.label() else {
            report.error("wrong-type", "a value is no text", &element.place);
            return None;
        };
        if seen.insert(value.clone()) {
            values.push(value);
        } else {
            let message = format!("the value `{value}` stands twice; the second is left out");
            report.notice("duplicate-value", message, &element.place);
        }
    }
    Some(values)
}

/// `[low, high, step]` of decimal fractions, usually in quotes: low, low + step, ... up to high.
fn numeric(report: &mut Report, name: &str, node: &Node) -> Option<Vec<String>> {
    let texts: Vec<String> = node
        .elements()
        .unwrap_or_default()
        .iter()
        .filter_map(Node::label)
        .collect();
    let digits = texts
        .iter()
        .map(|text| {
            text.split_once('.')
                .map_or(0, |(_, fraction)| fraction.len())
        })
        .max()
        .unwrap_or(0);
    let scaled = |text: &String| {
        let scale = 10_f64.powi_exact(digits);
        let value: f64 = text.trim().parse().ok()?;
        let whole = (value * scale).round();
        (whole.abs() < 9e15).then_some(whole as i64)
    };
    let bounds: Vec<i64> = texts.iter().filter_map(scaled).collect();
    let [low, high, step] = bounds[..] else {
        let message = format!("`range` of `{name}` is not [low, high, step]");
        report.error("bad-bounds", message, &node.place);
        return None;
    };
    if digits > 12 || step <= 0 || high < low || (high - low) / step >= i64::from(VALUES_LIMIT) {
        let message = format!("`range` of `{name}` does not give 1 to {VALUES_LIMIT} values");
        report.error("bad-bounds", message, &node.place);
        return None;
    }
    let count = (high - low) / step;
    let scale = 10_f64.powi_exact(digits);
    let label = |k: i64| format!("{:.digits$}", (low + k * step) as f64 / scale);
    Some((0..=count).map(label).collect())
}

/// Powers of ten that a double holds exactly.
trait PowersOfTen {
    fn powi_exact(self, exponent: usize) -> f64;
}

impl PowersOfTen for f64 {
    fn powi_exact(self, exponent: usize) -> f64 {
        (0..exponent.min(15)).fold(1.0, |product, _| product * self)
    }
}

fn profile(report: &mut Report, root: &Node, issues: &[Issue], file: &str) -> Option<Profile> {
    let Some(space) = root.get("LinearAdditiveUtilitySpace") else {
        let what = root.entries().first().map_or("?", |(key, _)| key.as_str());
        let message = format!("a profile of kind `{what}` is no weighted sum over issues");
        let help = "only a `LinearAdditiveUtilitySpace` can be imported";
        report.error_with_help("not-additive", message, &root.place, help);
        return None;
    };
    let empty = Node {
        value: Value::Null,
        place: space.place.clone(),
    };
    let utilities = space.get("issueUtilities").unwrap_or(&empty);
    let stated = space.get("issueWeights").unwrap_or(&empty);
    let (mut weights, mut values) = (Vec::new(), Vec::new());
    for issue in issues {
        let weight = stated.get(&issue.name).and_then(Node::number);
        if weight.is_none() {
            let message = format!("`issueWeights` has no number for `{}`", issue.name);
            report.error("missing-weight", message, &stated.place);
        }
        weights.extend(weight);
        if let Some(node) = utilities.get(&issue.name) {
            values.extend(values_of(report, issue, node));
        } else {
            let message = format!("`issueUtilities` says nothing about `{}`", issue.name);
            report.error("missing-issue", message, &utilities.place);
        }
    }
    if utilities.entries().len() > issues.len() {
        let message = "issues that are not in the domain are ignored";
        report.notice("extra-issues", message, &utilities.place);
    }
    if weights.len() != issues.len() || values.len() != issues.len() {
        return None;
    }
    let mut profile = Profile {
        name: space
            .get("name")
            .and_then(Node::label)
            .filter(|name| !name.trim().is_empty())
            .unwrap_or_else(|| file.to_owned()),
        weights,
        values,
        reservation: None,
        discount: 1.0,
    };
    let bid = space
        .get("reservationBid")
        .and_then(|bid| bid.get("issuevalues"));
    profile.reservation = bid
        .filter(|bid| !bid.entries().is_empty())
        .map(|bid| worth(report, &profile, issues, bid));
    Some(profile)
}

fn values_of(report: &mut Report, issue: &Issue, node: &Node) -> Option<Vec<f64>> {
    if let Some(table) = node
        .get("discreteutils")
        .or(Some(node))
        .and_then(|node| node.get("valueUtilities"))
    {
        let mut missing: Vec<&str> = Vec::new();
        let mut values = Vec::new();
        for value in &issue.values {
            let utility = table.get(value).and_then(Node::number);
            if utility.is_none() {
                missing.push(value);
            }
            values.push(utility.unwrap_or(0.0));
        }
        if let Some(first) = missing.first() {
            let message = format!(
                "{} value(s) of `{}` have no utility, `{first}` the first; they count as 0",
                missing.len(),
                issue.name
            );
            report.notice("missing-evaluation", message, &table.place);
        }
        return Some(values);
    }
    let Some(table) = node.get("numberutils") else {
        let message = format!(
            "`{}` has neither `discreteutils` nor `numberutils`",
            issue.name
        );
        report.error("unknown-evaluator", message, &node.place);
        return None;
    };
    let number = |key: &str| table.get(key).and_then(Node::number);
    let (Some(low), Some(at_low), Some(high), Some(at_high)) = (
        number("lowValue"),
        number("lowUtility"),
        number("highValue"),
        number("highUtility"),
    ) else {
        let message = "`numberutils` needs lowValue, lowUtility, highValue and highUtility";
        report.error("bad-evaluator", message, &table.place);
        return None;
    };
    let value = |label: &String| {
        let x: f64 = label.parse().ok()?;
        let share = if high > low {
            (x - low) / (high - low)
        } else {
            0.0
        };
        Some(at_low + share * (at_high - at_low))
    };
    let values: Option<Vec<f64>> = issue.values.iter().map(value).collect();
    if values.is_none() {
        let message = format!("`{}` has values that are no numbers", issue.name);
        report.error("bad-evaluator", message, &table.place);
    }
    values
}

/// What a profile thinks of a bid; an issue it leaves out is worth nothing.
fn worth(report: &mut Report, profile: &Profile, issues: &[Issue], bid: &Node) -> f64 {
    let mut sum = 0.0;
    for (position, issue) in issues.iter().enumerate() {
        let label = bid.get(&issue.name).and_then(Node::label);
        let level = label
            .as_ref()
            .and_then(|label| issue.values.iter().position(|value| value == label));
        if let Some(level) = level {
            sum += profile.weights[position] * profile.values[position][level];
        } else {
            let message = format!("the reservation bid has no value of `{}`", issue.name);
            report.notice("partial-bid", message, &bid.place);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::space::View;
    use super::*;

    fn file(name: &str, text: &str) -> InputFile {
        InputFile {
            name: name.to_owned(),
            bytes: text.as_bytes().to_vec(),
        }
    }

    const DOMAIN: &str = r#"{"name": "jobs", "issuesValues": {
        "lease car": {"values": ["yes", "no"]},
        "hours": {"range": ["8", "40", "0.5"]}}}"#;
    const PROFILE: &str = r#"{"LinearAdditiveUtilitySpace": {"name": "employee",
        "issueUtilities": {
            "lease car": {"discreteutils": {"valueUtilities": {"yes": 1, "no": 0.25}}},
            "hours": {"numberutils": {"lowValue": 8, "lowUtility": 1, "highValue": 40, "highUtility": 0}}},
        "issueWeights": {"lease car": 0.25, "hours": 0.75},
        "reservationBid": {"issuevalues": {"lease car": "no", "hours": "24.0"}}}}"#;

    #[test]
    fn number_issues_and_reservation_bids_are_read() {
        let mut report = Report::default();
        let files = [file("employee.json", PROFILE)];
        let domain = read(&mut report, &file("jobs.json", DOMAIN), &files).unwrap();
        assert_eq!(domain.issues[1].values.len(), 65);
        assert_eq!(domain.issues[1].values[1], "8.5");
        let space = domain.space(View::Genius).unwrap();
        assert_eq!(space.utilities[0][0].to_bits(), 1.0_f64.to_bits());
        // no car, 24 hours: 0.25 * 0.25 + 0.75 * 0.5
        assert_eq!(domain.profiles[0].reservation, Some(0.4375));
        assert_eq!(domain.profiles[0].name, "employee");
        assert!(report.diagnostics.is_empty(), "{:?}", report.diagnostics);
    }

    #[test]
    fn other_profiles_and_gaps_are_told() {
        let mut report = Report::default();
        let other = file("p.json", r#"{"DefaultPartialOrdering": {}}"#);
        assert!(read(&mut report, &file("d.json", DOMAIN), &[other]).is_none());
        assert_eq!(report.diagnostics[0].code, "not-additive");
        let mut report = Report::default();
        let gap = file("p.json", &PROFILE.replace(r#", "no": 0.25"#, ""));
        let domain = read(&mut report, &file("d.json", DOMAIN), &[gap]).unwrap();
        assert_eq!(domain.profiles[0].values[0], [1.0, 0.0]);
        assert_eq!(report.diagnostics[0].code, "missing-evaluation");
    }
}
