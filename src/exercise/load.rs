//! An exercise file, its scenario and its evidence, opened together.
//!
//! Flows in: a path, somebody who can read files, the facts known to whoever names none. Flows out:
//! the exercise and the scenario as it is played, unless something is wrong, and every problem of
//! both. Invariant: the exercise is there if and only if no error was reported.

use crate::diagnostic::{Diagnostic, Label, Severity, SourceId, SourceText, Sources};
use crate::scenario::load::{FactIndex, Loaded, Loader, Origins, load_tree, tidy};
use crate::scenario::names::{Kind, Names};
use crate::scenario::paths::{normalise, resolve};
use crate::scenario::read;
use crate::scenario::tree::{Entry, Node, Value};

use super::types::Exercise;
use super::{check, decode, keys};

/// Problems with names, which nobody can tell without the scenario that declares them.
const NAMES: &str = "unknown-id";

/// What came of opening an exercise.
#[derive(Debug)]
pub struct Opened {
    /// The exercise, unless something is wrong with it or with its scenario.
    pub exercise: Option<Exercise>,
    /// The scenario as it is played, and everything to say about both; the exercise is the first of
    /// the texts. There is a scenario if and only if there is an exercise.
    pub loaded: Loaded,
}

/// Opens an exercise. Facts are looked up in the evidence that its scenario names; if it names none,
/// in `facts`.
pub fn load(path: &str, loader: &dyn Loader, facts: &dyn FactIndex) -> Opened {
    let path = normalise(path);
    let text = match loader.load(&path) {
        Ok(text) => text,
        Err(reason) => {
            let message = format!("cannot read {path}: {reason}");
            let (tree, _) = read::read(SourceId(0), "");
            let problem = error("unreadable", message, None);
            return failed(vec![problem], Sources::default(), tree);
        }
    };
    let (mut tree, mut diagnostics) = read::read(SourceId(0), &text);
    tree.name_paths("");
    // A text that could not be parsed would only bring forth errors that are not there.
    let sound = diagnostics.is_empty();
    if !sound || !names_scenario(&path, &tree, &mut diagnostics) {
        if sound {
            let (_, mut problems) = decode::decode(&tree, &Names::default());
            problems.retain(|one| one.code != NAMES);
            diagnostics.extend(problems);
        }
        tidy(&mut diagnostics);
        let files = vec![SourceText { name: path, text }];
        return failed(diagnostics, Sources { files }, tree);
    }
    let mut loaded = load_tree(&path, &text, played(&tree), loader, facts);
    let names = Names::of(&loaded.resolved);
    let (mut exercise, mut problems) = decode::decode(&tree, &names);
    if loaded.scenario.is_none() && names.ids(Kind::Party).is_empty() {
        problems.retain(|one| one.code != NAMES);
    }
    loaded.diagnostics.extend(problems);
    let facts = loaded
        .evidence
        .as_ref()
        .map_or(facts, |evidence| evidence as &dyn FactIndex);
    let problems = check::check(
        &mut exercise,
        &tree,
        &loaded.sources.files[0].text,
        loaded.scenario.as_ref(),
        facts,
    );
    loaded.diagnostics.extend(problems);
    // What is doubtful in the scenario's own files is told when these are checked.
    let own = |label: &Label| label.source == SourceId(0);
    loaded
        .diagnostics
        .retain(|one| one.severity == Severity::Error || one.labels.first().is_none_or(own));
    tidy(&mut loaded.diagnostics);
    let failed = |one: &Diagnostic| one.severity == Severity::Error;
    if loaded.diagnostics.iter().any(failed) {
        loaded.scenario = None;
    }
    Opened {
        exercise: loaded.scenario.is_some().then_some(exercise),
        loaded,
    }
}

/// Whether the file names a scenario of its collection; if not, says so.
fn names_scenario(own: &str, tree: &Node, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let Some(node) = tree.get("scenario") else {
        let label = tree.label("expected `scenario`, the path of a scenario file");
        let message = "the file has no `scenario`".to_owned();
        diagnostics.push(error("missing-key", message, Some(label)));
        return false;
    };
    let Some(written) = node.as_str() else {
        let label = node.label("expected the path of a scenario file, in quotes");
        let message = format!("`scenario` is {}", node.kind());
        diagnostics.push(error("wrong-type", message, Some(label)));
        return false;
    };
    let inside = resolve(own, written).is_some();
    if !inside {
        let label = node.label("leads outside the scenarios' folder");
        let message = "`scenario` leaves the scenarios' folder".to_owned();
        diagnostics.push(error("scenario-outside", message, Some(label)));
    }
    inside
}

/// The scenario as it is played: what `[change]` says, over the scenario that is named, under the
/// exercise's own name.
fn played(tree: &Node) -> Node {
    let mut played = tree.clone();
    let mut entries: Vec<Entry> = Vec::new();
    if let Some(Value::Table(change)) = tree.get("change").map(|node| &node.value) {
        let may = |entry: &&Entry| !keys::NOT_CHANGED.contains(&entry.key.as_str());
        entries.extend(change.iter().filter(may).cloned());
    }
    for (own, key) in [
        ("schema", "schema"),
        ("id", "id"),
        ("title", "title"),
        ("summary", "summary"),
        ("scenario", "extends"),
    ] {
        entries.extend(tree.entry(own).cloned().map(|entry| Entry {
            key: key.to_owned(),
            ..entry
        }));
    }
    played.value = Value::Table(entries);
    played
}

fn failed(diagnostics: Vec<Diagnostic>, sources: Sources, resolved: Node) -> Opened {
    Opened {
        exercise: None,
        loaded: Loaded {
            scenario: None,
            diagnostics,
            sources,
            parents: Vec::new(),
            ancestors: Vec::new(),
            origins: Origins::new(),
            resolved,
            evidence: None,
        },
    }
}

fn error(code: &'static str, message: String, label: Option<Label>) -> Diagnostic {
    Diagnostic {
        code,
        severity: Severity::Error,
        message,
        labels: label.into_iter().collect(),
        help: None,
        fix: None,
    }
}
