//! An exercise file, its scenario and its evidence, opened together.
//!
//! Flows in: a path, somebody who can read files, the facts known to whoever names none. Flows out:
//! the exercise and the scenario as it is played, unless something is wrong, and every problem of
//! both. Invariant: the exercise is there if and only if no error was reported.

use crate::diagnostic::{Diagnostic, Label, Severity, SourceId, SourceText, Sources};
use crate::scenario::load::{FactIndex, Loaded, Loader, Origins, Over, load_over, tidy};
use crate::scenario::names::Names;
use crate::scenario::paths::{normalise, resolve};
use crate::scenario::read;
use crate::scenario::tree::{Node, Value};

use super::types::Exercise;
use super::{check, decode};

/// What came of opening an exercise.
#[derive(Debug)]
pub struct Opened {
    /// The exercise, unless something is wrong with it or with its scenario.
    pub exercise: Option<Exercise>,
    /// The scenario as it is played, and everything to say about both; the exercise is the first of
    /// the texts. There is a scenario if and only if there is an exercise.
    pub loaded: Loaded,
}

/// Whether a document is meant as an exercise: it has a key that no scenario has.
pub fn is_exercise(root: &Node) -> bool {
    let keys = ["scenario", "seats", "phases", "rubric"];
    keys.iter().any(|key| root.get(key).is_some())
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
    let source = SourceText { name: path, text };
    // A text that could not be parsed would only bring forth errors that are not there.
    let named = if diagnostics.is_empty() {
        let named = scenario_path(&source.name, &tree, &mut diagnostics);
        if named.is_none() {
            diagnostics.extend(decode::decode(&tree, &Names::default()).1);
        }
        named
    } else {
        None
    };
    let Some((asked, scenario)) = named else {
        tidy(&mut diagnostics);
        let files = vec![source];
        return failed(diagnostics, Sources { files }, tree);
    };
    let change = change(&tree);
    let over = Over {
        source,
        asked,
        change,
    };
    let mut loaded = load_over(&scenario, Some(over), loader, facts);
    let names = Names::of(&loaded.resolved);
    let (mut exercise, problems) = decode::decode(&tree, &names);
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

/// Where the scenario is named, and its path.
fn scenario_path(
    own: &str,
    tree: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(Node, String)> {
    let Some(node) = tree.get("scenario") else {
        let label = tree.label("expected `scenario`, the path of a scenario file");
        let message = "the file has no `scenario`".to_owned();
        diagnostics.push(error("missing-key", message, Some(label)));
        return None;
    };
    let Some(written) = node.as_str() else {
        let label = node.label("expected the path of a scenario file, in quotes");
        let message = format!("`scenario` is {}", node.kind());
        diagnostics.push(error("wrong-type", message, Some(label)));
        return None;
    };
    let found = resolve(own, written);
    if found.is_none() {
        let label = node.label("leads outside the scenarios' folder");
        let message = "`scenario` leaves the scenarios' folder".to_owned();
        diagnostics.push(error("scenario-outside", message, Some(label)));
    }
    Some((node.clone(), found?))
}

/// `[change]`, under the exercise's own name: a changed scenario is not the one it was made from.
fn change(tree: &Node) -> Option<Node> {
    let mut change = tree.get("change")?.clone();
    let Value::Table(entries) = &mut change.value else {
        return None;
    };
    entries.retain(|entry| !super::keys::NOT_CHANGED.contains(&entry.key.as_str()));
    let own = ["id", "title", "summary"];
    entries.extend(own.iter().filter_map(|key| tree.entry(key)).cloned());
    Some(change)
}

fn failed(diagnostics: Vec<Diagnostic>, sources: Sources, resolved: Node) -> Opened {
    Opened {
        exercise: None,
        loaded: Loaded {
            scenario: None,
            diagnostics,
            sources,
            parents: Vec::new(),
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
