//! A file and all it extends, to one scenario.
//!
//! Flows in: a path, somebody who can read files, the facts known to whoever names none. Flows out:
//! the scenario if there is one, everything wrong with it, the texts, where each value came from, and
//! the evidence that the file names. Invariant: the library opens no file itself; no scenario is read
//! from outside the scenarios' folder, and no evidence from further away than beside that folder.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::tree::{Node, Value};
use super::types::Scenario;
use super::{check, decode, merge, names, read, seeds};
use crate::diagnostic::{Diagnostic, Label, Severity, SourceId, SourceText, Sources};
use crate::evidence::Evidence;

/// Somebody who can fetch a text by its path.
pub trait Loader {
    /// Reads a file.
    fn load(&self, path: &str) -> Result<String, LoadError>;
}

/// Why a file could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// Nothing there.
    #[error("there is no such file")]
    NotFound,
    /// Not text.
    #[error("the file is not UTF-8 text")]
    NotText,
    /// Longer than [`read::SIZE_LIMIT`].
    #[error("the file is longer than 4 MiB")]
    TooLarge,
    /// The system's reason.
    #[error("{0}")]
    Other(String),
}

/// What a fact says, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactText {
    /// The statement.
    pub statement: String,
    /// Who said it.
    pub attributed_to: String,
    /// When.
    pub date: Option<Date>,
    /// Whether it was read in a source, not only remembered.
    pub documented: bool,
}

/// The evidence, as far as a scenario needs it.
pub trait FactIndex {
    /// Whether there is any evidence to check against; without it no id is called unknown.
    fn available(&self) -> bool {
        true
    }
    /// Every fact id.
    fn ids(&self) -> Vec<&str>;
    /// The day of a fact, if there is such a fact and it is dated.
    fn fact_date(&self, id: &str) -> Option<Date>;
    /// What it says.
    fn fact_text(&self, id: &str) -> Option<FactText>;
    /// Whether there is such a base rate.
    fn base_rate_exists(&self, id: &str) -> bool;
}

/// No evidence at hand: citations are taken on trust.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFacts;

impl FactIndex for NoFacts {
    fn available(&self) -> bool {
        false
    }
    fn ids(&self) -> Vec<&str> {
        Vec::new()
    }
    fn fact_date(&self, _: &str) -> Option<Date> {
        None
    }
    fn fact_text(&self, _: &str) -> Option<FactText> {
        None
    }
    fn base_rate_exists(&self, _: &str) -> bool {
        true
    }
}

/// Path of a value to its place.
pub type Origins = BTreeMap<String, Label>;

/// What came of loading a file.
#[derive(Debug)]
pub struct Loaded {
    /// The scenario, unless something is wrong with it.
    pub scenario: Option<Scenario>,
    /// Everything to say about it, in the order of the texts.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts: the file itself first, then what it extends.
    pub sources: Sources,
    /// Where each value came from.
    pub origins: Origins,
    /// The file after `extends` and `remove`.
    pub resolved: Node,
    /// The evidence that the file names, or inherits; none if it rests on the caller's, or if what it
    /// names could not be read.
    pub evidence: Option<Evidence>,
}

/// Loads a scenario. Its citations are looked up in the evidence that it names; if it names none, in
/// `facts`. Where `facts` is nothing to check against, evidence is not read either.
pub fn load(path: &str, loader: &dyn Loader, facts: &dyn FactIndex) -> Loaded {
    let mut chain = Chain {
        loader,
        sources: Sources::default(),
        diagnostics: Vec::new(),
        citations: Vec::new(),
        evidence: None,
    };
    let mut resolved = chain.tree(&normalise(path), None, &mut Vec::new());
    // A text that could not be read or parsed would only bring forth errors that are not there.
    let readable = chain.diagnostics.is_empty();
    let named = chain.evidence.take().filter(|_| facts.available());
    let evidence = named.as_ref().map(|named| chain.read_evidence(named));
    let facts: &dyn FactIndex = match &evidence {
        None => facts,
        Some(None) => &NoFacts,
        Some(Some(evidence)) => evidence,
    };
    let Chain {
        sources,
        mut diagnostics,
        citations,
        ..
    } = chain;
    resolved.name_paths("");
    let mut origins = Origins::new();
    collect_origins(&resolved, &mut origins);
    let mut scenario = None;
    if readable {
        let names = names::Names::of(&resolved);
        let (decoded, problems) = decode::decode(&resolved, &names, facts);
        diagnostics.extend(problems);
        diagnostics.extend(check::check(&decoded, &resolved, &origins));
        diagnostics.extend(check::evidence::citations(
            &citations,
            decoded.cutoff,
            facts,
        ));
        let failed = diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error);
        scenario = (!failed).then_some(decoded);
    }
    tidy(&mut diagnostics);
    Loaded {
        scenario,
        diagnostics,
        sources,
        origins,
        resolved,
        evidence: evidence.flatten(),
    }
}

/// In the order of the texts, each problem once: a type repeats what is wrong with its party.
fn tidy(diagnostics: &mut Vec<Diagnostic>) {
    let place = |diagnostic: &Diagnostic| {
        diagnostic
            .labels
            .first()
            .map(|label| (label.source, label.span.start))
    };
    diagnostics.sort_by(|a, b| {
        (place(a), b.severity, a.code, &a.message).cmp(&(place(b), a.severity, b.code, &b.message))
    });
    diagnostics.dedup();
}

fn collect_origins(node: &Node, origins: &mut Origins) {
    origins.insert(node.path.clone(), node.label(""));
    match &node.value {
        Value::Table(entries) => {
            for entry in entries {
                collect_origins(&entry.node, origins);
            }
        }
        Value::List(elements) => {
            for element in elements {
                collect_origins(element, origins);
            }
        }
        _ => {}
    }
}

struct Chain<'l> {
    loader: &'l dyn Loader,
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    /// Every fact cited in any of the files, before one file's citations replace another's.
    citations: Vec<Node>,
    /// The evidence that the file names, or else the first of those that it extends: where it is
    /// named, and paths.
    evidence: Option<Vec<seeds::Named>>,
}

impl Chain<'_> {
    /// The tree of a file with everything it extends merged in; `asked` is where it was named.
    fn tree(&mut self, path: &str, asked: Option<&Node>, seen: &mut Vec<String>) -> Node {
        let nothing = Node {
            value: Value::Table(Vec::new()),
            source: SourceId(0),
            span: 0..0,
            path: String::new(),
            cover: None,
        };
        let text = match self.loader.load(path) {
            Ok(text) => text,
            Err(reason) => {
                let labels = asked.map(|node| node.label(reason.to_string()));
                self.refuse(
                    "unreadable",
                    format!("cannot read {path}: {reason}"),
                    labels,
                    None,
                );
                return nothing;
            }
        };
        let source = SourceId(self.sources.files.len() as u32);
        let (mut tree, problems) = read::read(source, &text);
        self.sources.files.push(SourceText {
            name: path.to_owned(),
            text,
        });
        self.diagnostics.extend(problems);
        check::evidence::collect(&tree, &mut self.citations);
        if let Some(node) = tree.get("evidence").filter(|_| self.evidence.is_none()) {
            let (paths, problems) = seeds::paths(path, node);
            self.evidence = Some(paths);
            self.diagnostics.extend(problems);
        }
        seen.push(path.to_owned());
        let Some(extends) = tree.get("extends").cloned() else {
            return tree;
        };
        let Some(written) = extends.as_str() else {
            let label = extends.label("expected the path of a scenario file");
            self.refuse(
                "wrong-type",
                "`extends` must be a text".into(),
                Some(label),
                None,
            );
            return tree;
        };
        let Some(next) = resolve(path, written) else {
            let label = extends.label("leads outside the scenarios' folder");
            let help = "a scenario extends only files of its own collection".to_owned();
            let message = "`extends` leaves the scenarios' folder".to_owned();
            self.refuse("extends-outside", message, Some(label), Some(help));
            return tree;
        };
        if seen.contains(&next) {
            let label = extends.label("extends itself, directly or by a detour");
            let help = format!("the chain is {} -> {next}", seen.join(" -> "));
            let message = "`extends` goes round in a circle".to_owned();
            self.refuse("extends-cycle", message, Some(label), Some(help));
            return tree;
        }
        let mut base = merge::inherited(self.tree(&next, Some(&extends), seen));
        seeds::see_from(&mut base, written);
        let before = self.diagnostics.len();
        if let Some(removals) = tree.get("remove").cloned() {
            self.remove(&mut base, &removals);
        }
        if self.diagnostics.len() == before {
            tree = merge::merge(base, tree);
        }
        tree
    }

    /// Reads the evidence; none if anything is wrong with it.
    fn read_evidence(&mut self, named: &[seeds::Named]) -> Option<Evidence> {
        let reading = seeds::read(self.loader, named);
        let sound = reading.in_texts.is_empty() && reading.unreadable.is_empty();
        self.diagnostics.extend(reading.unreadable);
        if !reading.in_texts.is_empty() {
            let offset = self.sources.files.len() as u32;
            self.sources.files.extend(reading.sources.files);
            for mut problem in reading.in_texts {
                for label in &mut problem.labels {
                    label.source.0 += offset;
                }
                self.diagnostics.push(problem);
            }
        }
        sound.then_some(reading.evidence)
    }

    fn remove(&mut self, base: &mut Node, removals: &Node) {
        let Some(list) = removals.elements() else {
            let label = removals.label("expected a list such as [\"moves.mobilise\"]");
            self.refuse(
                "wrong-type",
                "`remove` must be a list".into(),
                Some(label),
                None,
            );
            return;
        };
        for node in list {
            let Some(path) = node.as_str() else {
                let label = node.label("expected a path such as \"moves.mobilise\"");
                self.refuse(
                    "wrong-type",
                    "`remove` lists texts".into(),
                    Some(label),
                    None,
                );
                continue;
            };
            let Err((parent, known)) = merge::remove(base, path) else {
                continue;
            };
            let step = if parent.is_empty() {
                path
            } else {
                &path[parent.len() + 1..]
            };
            let step = step.split('.').next().unwrap_or(step);
            let near = names::nearest(step, known.iter().map(String::as_str))
                .map(|name| super::tree::join(&parent, name));
            let label = node.label("not in the file that is extended");
            let help = near.as_ref().map(|near| format!("there is `{near}`"));
            let message = format!("nothing to remove at `{path}`");
            self.refuse("unknown-removal", message, Some(label), help);
        }
    }

    fn refuse(
        &mut self,
        code: &'static str,
        message: String,
        label: Option<Label>,
        help: Option<String>,
    ) {
        let labels = label.into_iter().collect();
        let severity = Severity::Error;
        self.diagnostics.push(Diagnostic {
            code,
            severity,
            message,
            labels,
            help,
            fix: None,
        });
    }
}

/// A path without `.` and `x/..`.
pub(super) fn normalise(path: &str) -> String {
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/') {
        match step {
            "." => {}
            "" if !steps.is_empty() => {}
            ".." if steps
                .last()
                .is_some_and(|last| !last.is_empty() && *last != "..") =>
            {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    steps.join("/")
}

/// The file that `written` in the file at `path` means; none if it leaves the collection.
fn resolve(path: &str, written: &str) -> Option<String> {
    let joined = join(path, written)?;
    inside(root(path)?, &joined).then_some(joined)
}

/// As [`resolve`], for what may also lie beside the folder of the collection.
pub(super) fn beside(path: &str, written: &str) -> Option<String> {
    let joined = join(path, written)?;
    let above = match root(path)? {
        "" => "..".to_owned(),
        root => normalise(&format!("{root}/..")),
    };
    (inside(&above, &joined) || inside(root(path)?, &joined)).then_some(joined)
}

/// A relative path as seen from where the file's own path is seen from.
fn join(path: &str, written: &str) -> Option<String> {
    if written.starts_with('/') || written.contains('\\') {
        return None;
    }
    let folder = path.rsplit_once('/').map(|(folder, _)| folder);
    let joined = folder.map_or(written.to_owned(), |folder| format!("{folder}/{written}"));
    Some(normalise(&joined))
}

/// The folder of the collection: the last `scenarios` of the path, or else the file's own folder.
fn root(path: &str) -> Option<&str> {
    let folder = path.rsplit_once('/').map(|(folder, _)| folder);
    folder.map_or(Some(""), |folder| {
        let steps: Vec<&str> = folder.split('/').collect();
        let depth = steps.iter().rposition(|step| *step == "scenarios");
        depth.map_or(Some(folder), |depth| {
            let length = steps[..=depth]
                .iter()
                .map(|step| step.len() + 1)
                .sum::<usize>()
                - 1;
            folder.get(..length)
        })
    })
}

/// Whether a path without detours lies in a folder.
fn inside(folder: &str, path: &str) -> bool {
    let rest = if folder.is_empty() {
        Some(path)
    } else {
        path.strip_prefix(folder)
            .and_then(|rest| rest.strip_prefix('/'))
    };
    rest.is_some_and(|rest| rest != ".." && !rest.starts_with("../"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_lies_in_the_collection_or_beside_it() {
        let found = |path, written| beside(path, written);
        let yes = |text: &str| Some(text.to_owned());
        assert_eq!(found("scenarios/a.toml", "../seeds/a"), yes("seeds/a"));
        assert_eq!(found("scenarios/v/a.toml", "../../seeds"), yes("seeds"));
        assert_eq!(found("a.toml", "../seeds/a"), yes("../seeds/a"));
        assert_eq!(found("a.toml", "seeds"), yes("seeds"));
        assert_eq!(found("x/a.toml", "../seeds"), yes("seeds"));
        assert_eq!(found("../x/a.toml", "../seeds"), yes("../seeds"));
        assert_eq!(found("../a.toml", "../seeds"), yes("../../seeds"));
        assert_eq!(found("/x/scenarios/a.toml", "../seeds"), yes("/x/seeds"));
        for (path, written) in [
            ("scenarios/a.toml", "../../seeds"),
            ("scenarios/a.toml", "/etc"),
            ("scenarios/a.toml", "..\\seeds"),
            ("a.toml", "../../seeds"),
            ("../x/a.toml", "../../seeds"),
            ("/x/y/scenarios/a.toml", "../../seeds"),
        ] {
            assert_eq!(found(path, written), None, "{written} in {path}");
        }
    }
}
