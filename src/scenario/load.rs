//! A file and all it extends, to one scenario.
//!
//! Flows in: a path, somebody who can read files, the known facts. Flows out: the scenario if there
//! is one, everything wrong with it, the texts, and where each value came from. Invariant: the
//! library opens no file itself, and no path leaves the scenarios' folder.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::tree::{Node, Value};
use super::types::Scenario;
use super::{check, decode, merge, names, read};
use crate::diagnostic::{Diagnostic, Label, Severity, SourceId, SourceText, Sources};

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
}

/// Loads a scenario.
pub fn load(path: &str, loader: &dyn Loader, facts: &dyn FactIndex) -> Loaded {
    let mut chain = Chain {
        loader,
        sources: Sources::default(),
        diagnostics: Vec::new(),
        citations: Vec::new(),
    };
    let mut resolved = chain.tree(&normalise(path), None, &mut Vec::new());
    let Chain {
        sources,
        mut diagnostics,
        citations,
        ..
    } = chain;
    // A text that could not be read or parsed would only bring forth errors that are not there.
    let readable = diagnostics.is_empty();
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
        let before = self.diagnostics.len();
        if let Some(removals) = tree.get("remove").cloned() {
            self.remove(&mut base, &removals);
        }
        if self.diagnostics.len() == before {
            tree = merge::merge(base, tree);
        }
        tree
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
fn normalise(path: &str) -> String {
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
    if written.starts_with('/') || written.contains('\\') {
        return None;
    }
    let folder = path.rsplit_once('/').map(|(folder, _)| folder);
    let joined =
        normalise(&folder.map_or(written.to_owned(), |folder| format!("{folder}/{written}")));
    let root = folder.map_or(Some(""), |folder| {
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
    })?;
    let inside = if root.is_empty() {
        !joined.starts_with("..")
    } else {
        joined
            .strip_prefix(root)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    inside.then_some(joined)
}
