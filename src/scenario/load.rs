//! A file and all it extends, to one scenario.
//!
//! Flows in: a path, somebody who can read files, the facts known to whoever names none. Flows out:
//! the scenario if there is one, everything wrong with it, the texts, where each value came from, and
//! the evidence that the file names. Invariant: the library opens no file itself; no scenario is read
//! from outside the scenarios' folder, and no evidence from further away than beside that folder.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::extend::{self, Chain};
use super::tree::{Node, Value};
use super::types::Scenario;
use super::{check, decode, names, paths, seeds};
use crate::diagnostic::{Diagnostic, Label, Severity, Sources};
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
    /// Longer than [`super::read::SIZE_LIMIT`].
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
    /// Paths of the files it extends directly, in the order in which it names them.
    pub parents: Vec<String>,
    /// The `id` of every file it extends, directly or not.
    pub ancestors: Vec<String>,
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
    settle(
        extend::follow(&paths::normalise(path), loader),
        loader,
        facts,
    )
}

/// From one tree to a scenario.
pub(super) fn settle(chain: Chain, loader: &dyn Loader, facts: &dyn FactIndex) -> Loaded {
    let Chain {
        mut sources,
        mut diagnostics,
        citations,
        tree: mut resolved,
        parents,
        ancestors,
        evidence: named,
    } = chain;
    let failed = |list: &[Diagnostic]| list.iter().any(|one| one.severity == Severity::Error);
    // A text that could not be read or parsed would only bring forth errors that are not there.
    let readable = !failed(&diagnostics);
    let named = named.filter(|_| facts.available());
    let evidence = named.map(|named| read_evidence(loader, &named, &mut sources, &mut diagnostics));
    let facts: &dyn FactIndex = match &evidence {
        None => facts,
        Some(None) => &NoFacts,
        Some(Some(evidence)) => evidence,
    };
    resolved.name_paths("");
    let mut origins = Origins::new();
    collect_origins(&resolved, &mut origins);
    let mut scenario = None;
    if readable {
        let names = names::Names::of(&resolved);
        let (decoded, problems) = decode::decode(&resolved, &names, facts);
        diagnostics.extend(problems);
        diagnostics.extend(check::check(
            &decoded, &resolved, &origins, &ancestors, facts,
        ));
        diagnostics.extend(check::evidence::citations(
            &citations,
            decoded.cutoff,
            facts,
        ));
        scenario = (!failed(&diagnostics)).then_some(decoded);
    }
    tidy(&mut diagnostics);
    Loaded {
        scenario,
        diagnostics,
        sources,
        parents,
        ancestors,
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

/// Reads the evidence; none if anything is wrong with it.
fn read_evidence(
    loader: &dyn Loader,
    named: &[seeds::Named],
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Evidence> {
    let reading = seeds::read(loader, named);
    let sound = reading.in_texts.is_empty() && reading.unreadable.is_empty();
    diagnostics.extend(reading.unreadable);
    if !reading.in_texts.is_empty() {
        let offset = sources.files.len() as u32;
        sources.files.extend(reading.sources.files);
        for mut problem in reading.in_texts {
            for label in &mut problem.labels {
                label.source.0 += offset;
            }
            diagnostics.push(problem);
        }
    }
    sound.then_some(reading.evidence)
}
