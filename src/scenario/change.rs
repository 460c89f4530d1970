//! A loaded file with some of its values changed, decoded and checked again.
//!
//! Flows in: what came of loading a file, paths of values in it, what shall stand there instead.
//! Flows out: the changed scenario, or why it would be refused. Invariant: a changed value is held to
//! all the rules that a written one is, and no other path moves, so that the changed scenario sees
//! the same luck as the first.

use std::sync::Arc;

use toml::value::Datetime;

use super::load::{FactIndex, Loaded};
use super::names::{self, nearest};
use super::tree::{Cover, Entry, Node, QUANTITY_FORMS, Value, join};
use super::types::Scenario;
use super::{check, decode};
use crate::diagnostic::Severity;

/// What shall stand at a path.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// A number.
    Number(f64),
    /// A text: a strategy, a name.
    Word(String),
    /// `true` or `false`.
    Flag(bool),
    /// A date.
    Day(Datetime),
}

impl std::fmt::Display for Setting {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(formatter, "{number}"),
            Self::Word(word) => write!(formatter, "{word}"),
            Self::Flag(flag) => write!(formatter, "{flag}"),
            Self::Day(day) => write!(formatter, "{day}"),
        }
    }
}

/// What can be set at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number, uncertain or known.
    Number,
    /// A whole number.
    Count,
    /// A text.
    Word,
    /// `true` or `false`.
    Flag,
    /// A date.
    Day,
}

/// Why nothing can be changed as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// Nothing stands at the path.
    #[error("no value stands at `{path}`{}", hint.as_ref().map(|near| format!("\n\nhint: there is `{near}`")).unwrap_or_default())]
    Unknown {
        /// The path asked for.
        path: String,
        /// The nearest there is.
        hint: Option<String>,
    },
    /// A table or list stands there.
    #[error("`{path}` holds several values; name one of them{}", hint.as_ref().map(|near| format!(", such as `{near}`")).unwrap_or_default())]
    Several {
        /// The path asked for.
        path: String,
        /// A value below it.
        hint: Option<String>,
    },
    /// The value does not fit what stands there.
    #[error("`{written}` cannot stand at `{path}`: {expected} is expected")]
    Unfit {
        /// Path.
        path: String,
        /// Value as written.
        written: String,
        /// What is expected.
        expected: &'static str,
    },
    /// The changed file would be refused.
    #[error("{change} is refused: {reasons}")]
    Refused {
        /// What was set to what.
        change: String,
        /// Messages of the checks.
        reasons: String,
    },
}

/// What can be set at a path of a file: a value that is written in it, or a number that it leaves to
/// the format's default.
pub fn kind(loaded: &Loaded, path: &str) -> Result<Kind, ChangeError> {
    let scenario = loaded.scenario.as_ref();
    let numbers = scenario.map_or_else(Vec::new, Scenario::quantities);
    let is_number = |path: &str| numbers.iter().any(|number| number.path == path);
    // The ends of a range are not values of their own: `x.range.0` means `x`.
    let inside = |path: &str| numbers.iter().find(|number| lies_below(path, &number.path));
    if is_number(path) {
        return Ok(Kind::Number);
    }
    let found = find(&loaded.resolved, path).filter(|_| inside(path).is_none());
    match found.map(|node| (node, &node.value)) {
        Some((_, Value::Integer(_))) => Ok(Kind::Count),
        Some((_, Value::Float(_))) => Ok(Kind::Number),
        Some((_, Value::String(_))) => Ok(Kind::Word),
        Some((_, Value::Bool(_))) => Ok(Kind::Flag),
        Some((_, Value::Datetime(_))) => Ok(Kind::Day),
        Some((node, Value::Table(_) | Value::List(_))) => Err(ChangeError::Several {
            path: path.to_owned(),
            hint: first_value(node).map(str::to_owned),
        }),
        None => {
            let mut known = Vec::new();
            values(&loaded.resolved, &mut known);
            known.retain(|path| inside(path).is_none());
            known.extend(numbers.iter().map(|number| number.path.as_str()));
            let around = inside(path).map(|number| number.path.as_str());
            Err(ChangeError::Unknown {
                path: path.to_owned(),
                hint: around.or_else(|| nearest(path, known)).map(str::to_owned),
            })
        }
    }
}

/// Reads a value for a path from what was typed.
pub fn parse(kind: Kind, path: &str, written: &str) -> Result<Setting, ChangeError> {
    let unfit = |expected| ChangeError::Unfit {
        path: path.to_owned(),
        written: written.to_owned(),
        expected,
    };
    match kind {
        Kind::Number => match written.parse::<f64>() {
            Ok(number) if !number.is_nan() => Ok(Setting::Number(number)),
            _ => Err(unfit("a number")),
        },
        Kind::Count => written
            .parse::<i64>()
            .map(|number| Setting::Number(number as f64))
            .map_err(|_| unfit("a whole number")),
        Kind::Word => Ok(Setting::Word(written.to_owned())),
        Kind::Flag => written
            .parse()
            .map(Setting::Flag)
            .map_err(|_| unfit("true or false")),
        Kind::Day => written
            .parse()
            .map(Setting::Day)
            .map_err(|_| unfit("a date such as 2022-01-10")),
    }
}

/// The scenario with the values set; the paths must have passed [`kind`].
pub fn changed(
    loaded: &Loaded,
    settings: &[(String, Setting)],
    facts: &dyn FactIndex,
) -> Result<Scenario, ChangeError> {
    let mut root = loaded.resolved.clone();
    for (path, setting) in settings {
        set(&mut root, path, setting);
    }
    let names = names::Names::of(&root);
    let (scenario, mut problems) = decode::decode(&root, &names, facts);
    problems.extend(check::check(
        &scenario,
        &root,
        &loaded.origins,
        &loaded.ancestors,
        facts,
    ));
    let mut reasons: Vec<String> = Vec::new();
    for problem in problems {
        let reason = match problem.labels.first() {
            Some(label) if !label.message.is_empty() => {
                format!("{} ({})", problem.message, label.message)
            }
            _ => problem.message,
        };
        // A type repeats what is wrong with its party.
        if problem.severity == Severity::Error && !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    if reasons.is_empty() {
        return Ok(scenario);
    }
    let change: Vec<String> = settings
        .iter()
        .map(|(path, setting)| format!("{path}={setting}"))
        .collect();
    Err(ChangeError::Refused {
        change: change.join(" "),
        reasons: reasons.join("; "),
    })
}

fn find<'n>(node: &'n Node, path: &str) -> Option<&'n Node> {
    if node.path == path {
        return Some(node);
    }
    leads_to(node, path)
        .then(|| below(node).find_map(|child| find(child, path)))
        .flatten()
}

/// Whether a path lies below a node: saves looking through the whole file.
fn leads_to(node: &Node, path: &str) -> bool {
    node.path.is_empty() || lies_below(path, &node.path)
}

fn lies_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above)
        .is_some_and(|rest| rest.starts_with('.'))
}

fn is_on_way(node: &Node, path: &str) -> bool {
    node.path == path || leads_to(node, path)
}

fn below(node: &Node) -> Box<dyn Iterator<Item = &Node> + '_> {
    match &node.value {
        Value::Table(entries) => Box::new(entries.iter().map(|entry| &entry.node)),
        Value::List(elements) => Box::new(elements.iter()),
        _ => Box::new(std::iter::empty()),
    }
}

/// Paths of everything that somebody may want to change; reasons and names are no such thing.
fn values<'n>(node: &'n Node, paths: &mut Vec<&'n str>) {
    match &node.value {
        Value::Table(_) if node.is_quantity() => paths.push(&node.path),
        Value::Table(_) | Value::List(_) => below(node).for_each(|child| values(child, paths)),
        Value::String(_) => {}
        _ => paths.push(&node.path),
    }
}

fn first_value(node: &Node) -> Option<&str> {
    let mut paths = Vec::new();
    values(node, &mut paths);
    paths.first().copied()
}

/// Sets a value, making the tables on the way to a number that the file leaves to its default.
fn set(node: &mut Node, path: &str, setting: &Setting) {
    if node.path == path {
        node.value = match &node.value {
            Value::Table(entries) if node.is_quantity() => Value::Table(certain(entries, setting)),
            old => value(setting, matches!(old, Value::Integer(_))),
        };
        return;
    }
    let (source, span, above) = (node.source, node.span.clone(), node.path.clone());
    let child = match &mut node.value {
        Value::Table(entries) => {
            if !entries.iter().any(|entry| is_on_way(&entry.node, path)) {
                let rest = path.strip_prefix(&above).unwrap_or(path);
                let rest = rest.trim_start_matches('.');
                let (key, more) = rest.split_once('.').unwrap_or((rest, ""));
                entries.push(Entry {
                    key: key.to_owned(),
                    key_source: source,
                    key_span: span.clone(),
                    node: Node {
                        value: if more.is_empty() {
                            value(setting, false)
                        } else {
                            Value::Table(Vec::new())
                        },
                        source,
                        span,
                        path: join(&above, key),
                        cover: Some(Arc::new(Cover {
                            assumed: Some("set from outside the file".to_owned()),
                            ..Cover::default()
                        })),
                    },
                });
            }
            entries
                .iter_mut()
                .map(|entry| &mut entry.node)
                .find(|child| is_on_way(child, path))
        }
        Value::List(elements) => elements.iter_mut().find(|element| is_on_way(element, path)),
        _ => None,
    };
    if let Some(child) = child {
        set(child, path, setting);
    }
}

/// A quantity's table with one value instead of what was believed, its sources kept.
fn certain(entries: &[Entry], setting: &Setting) -> Vec<Entry> {
    let keep = ["from", "assumed", "by_definition"];
    let form = entries
        .iter()
        .find(|entry| QUANTITY_FORMS.contains(&entry.key.as_str()));
    let stated = form.map(|entry| {
        let mut entry = entry.clone();
        "value".clone_into(&mut entry.key);
        entry.node.value = value(setting, false);
        entry
    });
    let kept = entries
        .iter()
        .filter(|entry| keep.contains(&entry.key.as_str()));
    stated.into_iter().chain(kept.cloned()).collect()
}

fn value(setting: &Setting, whole: bool) -> Value {
    match setting {
        Setting::Number(number) if whole && number.fract().abs() < 1e-12 => {
            Value::Integer(*number as i64)
        }
        Setting::Number(number) => Value::Float(*number),
        Setting::Word(word) => Value::String(word.clone()),
        Setting::Flag(flag) => Value::Bool(*flag),
        Setting::Day(day) => Value::Datetime(*day),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load::{LoadError, Loader, NoFacts, load};
    use crate::scenario::quantity::Dist;

    struct Text;

    impl Loader for Text {
        fn load(&self, _: &str) -> Result<String, LoadError> {
            Ok(include_str!("../../scenarios/two-islands.toml").to_owned())
        }
    }

    fn loaded() -> Loaded {
        load("two-islands.toml", &Text, &NoFacts)
    }

    fn pinned(path: &str, setting: Setting) -> Result<Scenario, ChangeError> {
        let loaded = loaded();
        kind(&loaded, path)?;
        changed(&loaded, &[(path.to_owned(), setting)], &NoFacts)
    }

    #[test]
    fn every_number_can_be_pinned_and_nothing_else_changes() {
        let loaded = loaded();
        let before = loaded.scenario.clone().expect("the file is right");
        let mut tried = 0;
        for quantity in before.quantities() {
            if quantity.path.split('.').next_back() == Some("prior") {
                continue;
            }
            let middle = quantity.dist.quantile(0.5);
            let after = pinned(&quantity.path, Setting::Number(middle)).expect(&quantity.path);
            for (old, new) in before.quantities().into_iter().zip(after.quantities()) {
                assert_eq!(old.path, new.path);
                if old.path == quantity.path {
                    assert_eq!(new.dist, Dist::Constant(middle), "{}", old.path);
                    assert_eq!(old.provenance.from, new.provenance.from);
                } else {
                    assert_eq!(old.dist, new.dist);
                }
            }
            tried += 1;
        }
        assert!(tried > 30, "{tried}");
    }

    #[test]
    fn counts_and_days_are_changed_too() {
        let loaded = loaded();
        assert_eq!(kind(&loaded, "calendar.horizon"), Ok(Kind::Day));
        let day = parse(Kind::Day, "calendar.horizon", "1000-01-01");
        assert!(matches!(
            pinned("calendar.horizon", day.unwrap()),
            Err(ChangeError::Refused { .. })
        ));
        assert!(parse(Kind::Count, "x", "1.5").is_err());
        assert!(parse(Kind::Flag, "x", "yes").is_err());
        assert!(parse(Kind::Number, "x", "nan").is_err());
    }

    #[test]
    fn what_is_wrong_is_said() {
        let unknown = kind(&loaded(), "parties.almar.patienc").unwrap_err();
        assert!(unknown.to_string().contains("patience"), "{unknown}");
        let end = kind(&loaded(), "parties.almar.patience.range.0").unwrap_err();
        assert!(
            end.to_string().contains("is `parties.almar.patience`"),
            "{end}"
        );
        assert!(matches!(
            kind(&loaded(), "parties.almar"),
            Err(ChangeError::Several { .. })
        ));
        let refused = pinned("parties.almar.patience", Setting::Number(7.0)).unwrap_err();
        assert!(
            refused
                .to_string()
                .starts_with("parties.almar.patience=7 is refused"),
            "{refused}"
        );
    }
}
