//! A folder as `NegMAS` writes it (`Scenario.dumpas`): a domain, one utility function a file, in
//! YAML or JSON; or a folder of GENIUS or `GeniusWeb` files, which `NegMAS` reads too.
//!
//! Flows in: the files of the folder by name. Flows out: a [`Domain`] with the weighted sums that
//! the folder's own numbers make: nothing is divided by an issue's maximum and nothing capped.

use super::report::Report;
use super::tree::{self, Node};
use super::{
    Domain, Format, InputFile, Issue, Kind, NUMBERS_LIMIT, Profile, VALUES_LIMIT, genius,
    geniusweb, stem, xml,
};

/// Reads the files of a folder; none if anything forbids it. `folder` is its name.
pub fn read(report: &mut Report, folder: &str, files: &[InputFile]) -> Option<Domain> {
    let mut files: Vec<&InputFile> = files.iter().filter(|file| !hidden(&file.name)).collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let ending = |wanted: &[&str]| -> Vec<InputFile> {
        let ends = |file: &&&InputFile| {
            let ending = file.name.rsplit_once('.').map(|(_, ending)| ending);
            ending.is_some_and(|ending| wanted.contains(&ending.to_ascii_lowercase().as_str()))
        };
        files
            .iter()
            .filter(ends)
            .map(|&file| file.clone())
            .collect()
    };
    let (yaml, json, xml) = (
        ending(&["yml", "yaml"]),
        ending(&["json"]),
        ending(&["xml"]),
    );
    if !yaml.is_empty() {
        return own(report, folder, &yaml, tree::yaml);
    }
    if let Some((domain, profiles)) = json_of_geniusweb(&json) {
        return geniusweb::read(report, &domain, &profiles);
    }
    if !json.is_empty() {
        return own(report, folder, &json, tree::json);
    }
    if let Some((domain, profiles)) = xml_of_genius(&xml) {
        return genius::read(report, &domain, &profiles);
    }
    let source = report.open(folder, b"");
    let place = super::report::Place { source, span: 0..0 };
    let message = "the folder holds no domain and utility functions in YAML, JSON or XML";
    report.error("no-domain", message, &place);
    None
}

/// Hidden files, and what negmas keeps beside a domain: `_info.yaml`, `_stats.yaml`, Pareto lists.
fn hidden(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.starts_with(['.', '_'])
        || ["pareto.xml", "specials.json", "stats.json"]
            .iter()
            .any(|end| name.ends_with(end))
}

type Parts = (InputFile, Vec<InputFile>);

fn json_of_geniusweb(files: &[InputFile]) -> Option<Parts> {
    let kinds = files.iter().map(|file| {
        let mut silent = Report::default();
        let source = silent.open(&file.name, &file.bytes);
        let root = tree::json(&mut silent, source);
        root.and_then(|root| geniusweb::is_domain(&root))
    });
    parts(files, &kinds.collect::<Vec<_>>())
}

fn xml_of_genius(files: &[InputFile]) -> Option<Parts> {
    let kinds = files.iter().map(|file| {
        let mut silent = Report::default();
        let source = silent.open(&file.name, &file.bytes);
        let root = xml::parse(&mut silent, source);
        // A file that cannot be read is taken for a profile, so that its problems are told.
        Some(root.is_some_and(|root| genius::is_domain(&root)))
    });
    parts(files, &kinds.collect::<Vec<_>>())
}

fn parts(files: &[InputFile], is_domain: &[Option<bool>]) -> Option<Parts> {
    let pick = |wanted: bool| {
        let both = files.iter().zip(is_domain);
        both.filter(move |(_, kind)| **kind == Some(wanted))
            .map(|(file, _)| file.clone())
    };
    let domain = pick(true).next()?;
    Some((domain, pick(false).collect()))
}

fn own(
    report: &mut Report,
    folder: &str,
    files: &[InputFile],
    parse: fn(&mut Report, crate::diagnostic::SourceId) -> Option<Node>,
) -> Option<Domain> {
    let (mut spaces, mut functions) = (Vec::new(), Vec::new());
    for file in files {
        let source = report.open(&file.name, &file.bytes);
        let Some(root) = parse(report, source) else {
            continue;
        };
        let kind = type_of(&root);
        if kind.contains("OutcomeSpace") {
            spaces.push(root);
        } else if kind.to_lowercase().contains("fun") {
            functions.push((root, stem(&file.name).to_owned()));
        } else {
            let message = "neither an outcome space nor a utility function; it is left out";
            report.notice("other-file", message, &root.place);
        }
    }
    if report.failed() {
        return None;
    }
    if let Some(second) = spaces.get(1) {
        let message = "a second outcome space is left out";
        report.warning("second-domain", message, &second.place);
    }
    let Some(space) = spaces.first() else {
        let source = report.open(folder, b"");
        let place = super::report::Place { source, span: 0..0 };
        let message = "no file of the folder has a `type` with `OutcomeSpace` in it";
        report.error("no-domain", message, &place);
        return None;
    };
    let issues = issues(report, space)?;
    let profiles: Vec<Profile> = functions
        .iter()
        .filter_map(|(root, file)| profile(report, root, &issues, file))
        .collect();
    let name = space.get("name").and_then(Node::label);
    let domain = Domain {
        name: name.unwrap_or_else(|| stem(folder).to_owned()),
        format: Format::NegMas,
        cap_at_one: false,
        issues: issues.into_iter().map(|(issue, _)| issue).collect(),
        profiles,
    };
    (!report.failed()).then_some(domain)
}

/// The class that an object is of, without its package.
fn type_of(node: &Node) -> String {
    let kind = node.get("type").and_then(Node::label).unwrap_or_default();
    kind.rsplit('.').next().unwrap_or_default().to_owned()
}

/// An issue, and the numbers behind its values where they are numbers.
type Numbered = (Issue, Vec<Option<f64>>);

fn issues(report: &mut Report, space: &Node) -> Option<Vec<Numbered>> {
    let listed = space.get("issues").and_then(Node::elements);
    let Some(listed) = listed.filter(|list| !list.is_empty()) else {
        report.error("no-issues", "the domain has no issue", &space.place);
        return None;
    };
    let mut issues: Vec<Numbered> = Vec::new();
    let mut numbers = 0;
    for (position, node) in listed.iter().enumerate() {
        let name = node.get("name").and_then(Node::label);
        let name = name.unwrap_or_else(|| format!("issue {}", position + 1));
        let kind = type_of(node);
        let stated: Vec<Node> = match node.get("values").map(|values| (values, values.elements())) {
            Some((_, Some(elements))) => elements.to_vec(),
            // A bare number n stands for 0 .. n - 1.
            Some((values, None)) => vec![values.clone()],
            None => Vec::new(),
        };
        let ends: Vec<f64> = stated.iter().filter_map(Node::number).collect();
        let (kind, labels) = match (kind.as_str(), &ends[..]) {
            ("ContiguousIssue", &[low, high]) => (Kind::Integer, whole(low, high)),
            ("ContiguousIssue", &[count]) => (Kind::Integer, whole(0.0, count - 1.0)),
            ("ContinuousIssue", &[low, high]) => {
                let steps = node.get("n_levels").and_then(Node::number).unwrap_or(10.0);
                (Kind::Real, cut(low, high, steps))
            }
            _ => (Kind::Discrete, stated.iter().map(Node::label).collect()),
        };
        let Some(values) = labels.filter(|values: &Vec<String>| !values.is_empty()) else {
            let message = format!("the values of `{name}` cannot be listed");
            report.error("no-values", message, &node.place);
            return None;
        };
        if kind == Kind::Real {
            let message = format!("the range of `{name}` is cut into {} values", values.len());
            report.notice("cut-into-steps", message, &node.place);
        }
        numbers += values.len();
        if numbers > NUMBERS_LIMIT {
            report.error("too-large", "the domain has too many values", &node.place);
            return None;
        }
        let numbers = values.iter().map(|value| value.parse().ok()).collect();
        issues.push((Issue { name, kind, values }, numbers));
    }
    Some(issues)
}

fn whole(low: f64, high: f64) -> Option<Vec<String>> {
    let count = high - low;
    let fits = low.fract() == 0.0 && count >= 0.0 && count < f64::from(VALUES_LIMIT);
    fits.then(|| (low as i64..=high as i64).map(|x| x.to_string()).collect())
}

fn cut(low: f64, high: f64, steps: f64) -> Option<Vec<String>> {
    let fits = high >= low && (2.0..f64::from(VALUES_LIMIT)).contains(&steps);
    let step = |k: usize| low + k as f64 * (high - low) / (steps.trunc() - 1.0);
    fits.then(|| (0..steps as usize).map(|k| step(k).to_string()).collect())
}

fn profile(report: &mut Report, root: &Node, issues: &[Numbered], file: &str) -> Option<Profile> {
    let mut discount = 1.0;
    let mut inner = root;
    if type_of(root).contains("Discounted") {
        let Some(function) = root.get("ufun") else {
            let message = "a discounted utility function names none that it discounts";
            report.error("not-additive", message, &root.place);
            return None;
        };
        inner = function;
        let stated = root.get("discount").and_then(Node::number);
        if type_of(root) == "ExpDiscountedUFun" {
            discount = stated.filter(|d| *d > 0.0 && *d <= 1.0).unwrap_or(1.0);
        } else {
            let message = format!("the discounting of `{}` is left out", type_of(root));
            report.warning("discounting", message, &root.place);
        }
    }
    if type_of(inner) != "LinearAdditiveUtilityFunction" {
        let message = format!("a `{}` is no weighted sum over issues", type_of(inner));
        let help = "only a `LinearAdditiveUtilityFunction` can be imported";
        report.error_with_help("not-additive", message, &inner.place, help);
        return None;
    }
    let weights = by_issue(inner.get("weights"), issues);
    let weights: Vec<f64> = match inner.get("weights") {
        None => vec![1.0; issues.len()],
        Some(_) => weights.iter().filter_map(|node| node.number()).collect(),
    };
    let functions = by_issue(inner.get("values"), issues);
    if weights.len() != issues.len() || functions.len() != issues.len() {
        let message = "there is not one weight and one value function for each issue";
        report.error("missing-weight", message, &inner.place);
        return None;
    }
    let values: Vec<Vec<f64>> = issues
        .iter()
        .zip(functions)
        .filter_map(|(issue, node)| values_of(report, issue, node))
        .collect();
    if values.len() != issues.len() {
        return None;
    }
    let name = inner.get("name").and_then(Node::label);
    let mut profile = Profile {
        name: name.unwrap_or_else(|| file.to_owned()),
        weights,
        values,
        reservation: None,
        discount,
    };
    let reserved = |node: &Node| node.get("reserved_value").and_then(Node::number);
    profile.reservation = reserved(root).or_else(|| reserved(inner));
    let outcome = inner.get("reserved_outcome").and_then(Node::elements);
    if let (None, Some(outcome)) = (profile.reservation, outcome) {
        profile.reservation = worth(&profile, issues, outcome);
        let message = "the reservation is an outcome; what it is worth is used";
        report.notice("reserved-outcome", message, &inner.place);
    }
    let bias = inner.get("bias").and_then(Node::number).unwrap_or(0.0);
    if bias != 0.0 {
        profile.reservation = profile.reservation.map(|value| value - bias);
        let message = format!("the constant {bias} is left out of utilities and reservation");
        report.warning("bias", message, &inner.place);
    }
    Some(profile)
}

/// Entries in the order of the issues, from a list or from a table by name.
fn by_issue<'n>(node: Option<&'n Node>, issues: &[Numbered]) -> Vec<&'n Node> {
    let Some(node) = node else { return Vec::new() };
    match node.elements() {
        Some(elements) => elements.iter().collect(),
        None => issues
            .iter()
            .filter_map(|(issue, _)| node.get(&issue.name))
            .collect(),
    }
}

fn values_of(report: &mut Report, (issue, numbers): &Numbered, node: &Node) -> Option<Vec<f64>> {
    let parameter = |key: &str| node.get(key).and_then(Node::number).unwrap_or(0.0);
    let (slope, bias) = (parameter("slope"), parameter("bias"));
    let on_numbers =
        |f: &dyn Fn(f64) -> f64| -> Option<Vec<f64>> { numbers.iter().map(|x| x.map(f)).collect() };
    let values = match type_of(node).as_str() {
        "TableFun" => {
            let mapping = node.get("mapping")?;
            let number = |label: &str| label.parse::<f64>().ok();
            let value = |label: &String| {
                let exact = mapping.get(label);
                // A number may be written otherwise as a key than as a value.
                let near = || {
                    let wanted = number(label)?;
                    let mut entries = mapping.entries().iter();
                    entries
                        .find(|(key, _)| number(key) == Some(wanted))
                        .map(|(_, node)| node)
                };
                exact.or_else(near).and_then(Node::number)
            };
            issue.values.iter().map(value).collect()
        }
        "IdentityFun" => on_numbers(&|x| x),
        "LinearFun" | "AffineFun" => on_numbers(&|x| slope * x + bias),
        "ConstFun" => Some(vec![bias; issue.values.len()]),
        other => {
            let message = format!(
                "the value function `{other}` of `{}` is unknown",
                issue.name
            );
            let help = "known are TableFun, IdentityFun, LinearFun, AffineFun and ConstFun";
            report.error_with_help("unknown-evaluator", message, &node.place, help);
            return None;
        }
    };
    if values.is_none() {
        let message = format!("not every value of `{}` has a number", issue.name);
        report.error("missing-evaluation", message, &node.place);
    }
    values
}

fn worth(profile: &Profile, issues: &[Numbered], outcome: &[Node]) -> Option<f64> {
    let mut sum = 0.0;
    for (position, (issue, _)) in issues.iter().enumerate() {
        let label = outcome.get(position)?.label()?;
        let level = issue.values.iter().position(|value| *value == label)?;
        sum += profile.weights[position] * profile.values[position][level];
    }
    Some(sum)
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

    const DOMAIN: &str = "\
issues:
- name: Price
  type: ContiguousIssue
  values:
  - 10
  - 12
- name: Colour
  type: CategoricalIssue
  values:
  - red
  - blue
name: shop
type: DiscreteCartesianOutcomeSpace
";
    const BUYER: &str = "\
discount: 0.5
reserved_value: -.inf
type: ExpDiscountedUFun
ufun:
  name: buyer
  reserved_outcome: null
  reserved_value: 0.75
  type: LinearAdditiveUtilityFunction
  values:
  - bias: 12.0
    slope: -1.0
    type: AffineFun
  - mapping:
      blue: 3.0
      red: 1.0
    type: TableFun
  weights:
  - 0.5
  - 0.25
";

    #[test]
    fn a_folder_as_negmas_writes_it() {
        let mut report = Report::default();
        let files = [
            file("shop/buyer.yml", BUYER),
            file("shop/shop_domain.yml", DOMAIN),
            file("shop/_info.yaml", "x: ["),
        ];
        let domain = read(&mut report, "shop", &files).unwrap();
        assert!(report.diagnostics.is_empty(), "{:?}", report.diagnostics);
        let space = domain.space(View::Genius).unwrap();
        assert_eq!(space.utilities[0], [1.25, 1.75, 0.75, 1.25, 0.25, 0.75]);
        assert_eq!((space.reserved[0], space.discounts[0]), (Some(0.75), 0.5));
        assert!(!domain.cap_at_one);
    }

    #[test]
    fn what_is_no_weighted_sum_is_refused() {
        let mut report = Report::default();
        let other = BUYER.replace(
            "LinearAdditiveUtilityFunction",
            "HyperRectangleUtilityFunction",
        );
        let files = [file("a.yml", DOMAIN), file("b.yml", &other)];
        assert!(read(&mut report, "shop", &files).is_none());
        assert_eq!(report.diagnostics[0].code, "not-additive");
        let mut report = Report::default();
        assert!(read(&mut report, "empty", &[]).is_none());
        assert_eq!(report.diagnostics[0].code, "no-domain");
    }
}
