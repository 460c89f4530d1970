//! A file of claims: statements that people made of a crisis, each with the paired experiment that
//! the model can make of it.
//!
//! Flows in: the text of a claims file (`decode::claims`), the scenario files its experiments rest
//! on. Flows out: [`LoadedClaims`]: the claims, the scenarios to be played, everything wrong with
//! either. Invariant: every scenario is one that `check` would pass, laid and changed as the claim
//! says; what is measured exists in both scenarios of its claim; every fact is known and not later
//! than the cut-off.

use serde::Serialize;

use super::check::evidence::citations;
use super::decode::claims as decode;
use super::extend;
use super::load::{FactIndex, FactText, Loaded, Loader, settle};
use super::merge::{self, Misplaced};
use super::names::nearest;
use super::paths::normalise;
use super::read;
use super::tree::{Entry, Node, Value};
use super::types::{Direction, Scenario};
use crate::diagnostic::{Diagnostic, Label, Severity, SourceId, SourceText, Sources};
use crate::evidence::{Evidence, FactDate};

/// A claims file as it is written. The field names are the keys.
#[derive(Debug, Clone)]
pub struct ClaimsFile {
    /// Version of the format; this release reads 1.
    pub schema: u32,
    /// Short name, also the name of its output folder.
    pub id: String,
    /// Title of the page and the chart.
    pub title: String,
    /// What the file holds and how it was made, for the head of the page.
    pub summary: Option<String>,
    /// The claims.
    pub claims: Vec<Claim>,
}

/// `[[claims]]`: one statement and its translation.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Short name.
    pub id: String,
    /// The statement in neutral words, as a sentence.
    pub statement: String,
    /// Who made it.
    pub said_by: String,
    /// When, as coarse as the documents give it.
    pub date: FactDate,
    /// The facts that report it.
    pub from: Vec<String>,
    /// The first scenario of the pair.
    pub base: Side,
    /// The second.
    pub change: Side,
    /// What is measured in both.
    pub measure: Measure,
    /// Which way it should go from the first to the second.
    pub direction: Direction,
    /// How far at least, on the scale from 0 to 1: a share of runs, or utility. For `same`: within
    /// how much of zero, by default two runs in a hundred.
    pub at_least: Option<f64>,
    /// How the statement became this experiment, and what is lost on the way.
    pub translation: String,
    /// What the runs showed and why, where it was not what was expected.
    pub remark: Option<String>,
    /// The places of the cited facts and of the measured names.
    pub(super) cited: Vec<Node>,
    pub(super) measured: Vec<Node>,
}

/// What is measured in every run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Share of runs that end in one of these outcomes.
    Outcomes(Vec<String>),
    /// Share of runs in which at least one of these flags holds.
    Flags(Vec<String>),
    /// Mean utility of this party at the end.
    Utility(String),
}

impl Measure {
    /// The ids.
    pub fn ids(&self) -> Vec<&str> {
        match self {
            Self::Outcomes(ids) | Self::Flags(ids) => ids.iter().map(String::as_str).collect(),
            Self::Utility(party) => vec![party],
        }
    }

    /// In words, for people.
    pub fn words(&self) -> String {
        match self {
            Self::Outcomes(ids) => format!("share of {}", ids.join(" + ")),
            Self::Flags(ids) => format!("share of runs with {}", ids.join(" or ")),
            Self::Utility(party) => format!("utility of {party}"),
        }
    }
}

/// `base` or `change`: a scenario file, or `{ extends, remove, set }` laid over one.
#[derive(Debug, Clone)]
pub struct Side {
    /// Where it stands.
    pub(super) place: Node,
    /// The files, as written: `extends` of a scenario file.
    pub(super) extends: Vec<Node>,
    /// What is changed in them, one after another.
    pub(super) changes: Vec<Change>,
}

/// What an experiment takes away from a scenario and sets in it.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Paths, as in `remove` of a scenario file.
    pub(super) remove: Vec<Node>,
    /// Values by path.
    pub(super) set: Vec<Entry>,
}

impl Change {
    /// Changes a tree.
    pub(super) fn apply(&self, tree: &mut Node, diagnostics: &mut Vec<Diagnostic>) {
        extend::remove(tree, &self.remove, diagnostics);
        for Misplaced {
            entry,
            parent,
            known,
        } in merge::set(tree, &self.set)
        {
            let label = Label {
                message: "nothing stands at this path".to_owned(),
                ..entry.key_label()
            };
            let help = extend::there_is(&entry.key, &parent, &known);
            let message = format!("nothing to set at `{}`", entry.key);
            diagnostics.push(extend::error("unknown-setting", message, Some(label), help));
        }
    }

    /// In words: one line for each thing taken away or set.
    fn words(&self, lines: &mut Vec<String>) {
        for path in self.remove.iter().filter_map(Node::as_str) {
            lines.push(format!("without {path}"));
        }
        for entry in &self.set {
            spell(&entry.key, &entry.node, lines);
        }
    }
}

impl Side {
    /// The files it rests on, as written.
    pub fn files(&self) -> Vec<&str> {
        self.extends.iter().filter_map(Node::as_str).collect()
    }

    /// What is changed in them, a line for each value.
    pub fn changes(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for change in &self.changes {
            change.words(&mut lines);
        }
        lines
    }
}

/// A setting as `path = value`; tables that only lead further are taken apart.
fn spell(path: &str, node: &Node, lines: &mut Vec<String>) {
    match node.entries() {
        Some(entries) if !node.is_quantity() && node.get("kind").is_none() => {
            for entry in entries {
                spell(&format!("{path}.{}", entry.key), &entry.node, lines);
            }
        }
        _ => lines.push(format!("{path} = {}", value(node))),
    }
}

/// A value as TOML; of a number its distribution without its provenance.
fn value(node: &Node) -> String {
    match &node.value {
        Value::String(text) => format!("{text:?}"),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Datetime(date) => date.to_string(),
        Value::List(elements) => {
            let elements: Vec<String> = elements.iter().map(value).collect();
            format!("[{}]", elements.join(", "))
        }
        Value::Table(entries) => {
            let said = |entry: &&Entry| !["from", "assumed"].contains(&entry.key.as_str());
            let entries: Vec<String> = entries
                .iter()
                .filter(said)
                .map(|entry| format!("{} = {}", entry.key, value(&entry.node)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// What came of loading a claims file.
#[derive(Debug)]
pub struct LoadedClaims {
    /// The claims, unless something is wrong.
    pub file: Option<ClaimsFile>,
    /// The experiment of each claim, in order; empty if something is wrong.
    pub experiments: Vec<Experiment>,
    /// The scenarios to be played, each once.
    pub scenarios: Vec<Scenario>,
    /// Everything to say about it, in the order of the texts.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts: the claims file first.
    pub sources: Sources,
    /// The evidence that the scenarios name; none if they rest on the caller's.
    pub evidence: Option<Evidence>,
}

/// The pair of a claim, and what its facts say.
#[derive(Debug, Clone)]
pub struct Experiment {
    /// First scenario, by its place in [`LoadedClaims::scenarios`].
    pub base: usize,
    /// Second scenario.
    pub change: usize,
    /// What the claim's facts say, in the order of `from`, as far as the evidence knows.
    pub facts: Vec<(String, Option<FactText>)>,
}

/// Loads a claims file and every scenario that its experiments need. Facts are looked up where each
/// claim's first scenario has its evidence, or else in `facts`.
pub fn load(path: &str, loader: &dyn Loader, facts: &dyn FactIndex) -> LoadedClaims {
    let path = normalise(path);
    let mut loading = Loading {
        path: &path,
        loader,
        facts,
        known: Vec::new(),
        scenarios: Vec::new(),
        diagnostics: Vec::new(),
        sources: Sources::default(),
    };
    let text = match loader.load(&path) {
        Ok(text) => text,
        Err(reason) => {
            let message = format!("cannot read {path}: {reason}");
            let problem = extend::error("unreadable", message, None, None);
            loading.diagnostics.push(problem);
            return loading.finish(None, Vec::new());
        }
    };
    let (tree, problems) = read::read(SourceId(0), &text);
    loading.sources.files.push(SourceText {
        name: path.clone(),
        text: text.clone(),
    });
    loading.diagnostics.extend(problems);
    if loading.failed() {
        return loading.finish(None, Vec::new());
    }
    let (file, problems) = decode::decode(tree);
    loading.diagnostics.extend(problems);
    let experiments: Vec<Option<Experiment>> = (file.claims.iter())
        .map(|claim| loading.experiment(claim, &text))
        .collect();
    let experiments = experiments.into_iter().flatten().collect();
    loading.finish(Some(file), experiments)
}

/// A claims file on its way.
struct Loading<'l> {
    path: &'l str,
    loader: &'l dyn Loader,
    facts: &'l dyn FactIndex,
    /// Sides that were loaded before, by what they say.
    known: Vec<(String, Option<usize>)>,
    scenarios: Vec<(Scenario, Option<Evidence>)>,
    diagnostics: Vec<Diagnostic>,
    sources: Sources,
}

impl Loading<'_> {
    fn failed(&self) -> bool {
        (self.diagnostics.iter()).any(|one| one.severity == Severity::Error)
    }

    fn finish(mut self, file: Option<ClaimsFile>, experiments: Vec<Experiment>) -> LoadedClaims {
        let place = |one: &Diagnostic| {
            let label = one.labels.first();
            label.map(|label| (label.source, label.span.start))
        };
        (self.diagnostics)
            .sort_by(|a, b| (place(a), a.code, &a.message).cmp(&(place(b), b.code, &b.message)));
        self.diagnostics.dedup();
        let failed = self.failed();
        let evidence = (self.scenarios.iter()).find_map(|(_, evidence)| evidence.clone());
        LoadedClaims {
            evidence,
            file: file.filter(|_| !failed),
            experiments: if failed { Vec::new() } else { experiments },
            scenarios: self.scenarios.into_iter().map(|(one, _)| one).collect(),
            diagnostics: self.diagnostics,
            sources: self.sources,
        }
    }

    fn experiment(&mut self, claim: &Claim, text: &str) -> Option<Experiment> {
        // Without a file there is nothing to load; the decoder has said so.
        let usable = |side: &Side| !side.extends.is_empty();
        if !usable(&claim.base) || !usable(&claim.change) {
            return None;
        }
        let base = self.side(claim, "base", &claim.base, text);
        let change = self.side(claim, "change", &claim.change, text);
        let (base, change) = (base?, change?);
        let facts = self.cite(claim, base);
        for side in [base, change] {
            self.measured(claim, side, if side == base { "base" } else { "change" });
        }
        if base == change {
            let label = claim.change.place.label("the same as `base`");
            let message = format!("the two scenarios of `{}` are the same", claim.id);
            let problem = extend::error("no-change", message, Some(label), None);
            self.diagnostics.push(problem);
        }
        Some(Experiment {
            base,
            change,
            facts,
        })
    }

    /// The facts of a claim, checked against the evidence of its first scenario.
    fn cite(&mut self, claim: &Claim, base: usize) -> Vec<(String, Option<FactText>)> {
        let (scenario, evidence) = &self.scenarios[base];
        let facts: &dyn FactIndex = match evidence {
            Some(evidence) => evidence,
            None => self.facts,
        };
        let problems = citations(&claim.cited, scenario.cutoff, facts);
        self.diagnostics.extend(problems);
        (claim.from.iter())
            .map(|id| (id.clone(), facts.fact_text(id)))
            .collect()
    }

    /// Refuses to measure what one of the scenarios does not have.
    fn measured(&mut self, claim: &Claim, side: usize, which: &str) {
        let (scenario, _) = &self.scenarios[side];
        let (what, known): (_, Vec<&str>) = match &claim.measure {
            Measure::Outcomes(_) => (
                "an outcome",
                scenario
                    .outcomes
                    .iter()
                    .map(|one| one.id.as_str())
                    .collect(),
            ),
            Measure::Flags(_) => (
                "a flag",
                scenario.flags.iter().map(|one| one.id.as_str()).collect(),
            ),
            Measure::Utility(_) => (
                "a party",
                scenario.parties.iter().map(|one| one.id.as_str()).collect(),
            ),
        };
        for node in &claim.measured {
            let id = node.as_str().unwrap_or_default();
            if known.contains(&id) {
                continue;
            }
            let near = nearest(id, known.iter().copied());
            let label = node.label(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("not {what} of `{which}`"),
            });
            self.diagnostics.push(Diagnostic {
                code: "unknown-id",
                severity: Severity::Error,
                message: format!("`{id}` is not {what}"),
                labels: vec![label],
                help: Some(format!("declared: {}", known.join(", "))),
                fix: near.map(str::to_owned),
            });
        }
    }

    /// Loads one side of a pair, once for all claims that share it.
    fn side(&mut self, claim: &Claim, which: &str, side: &Side, text: &str) -> Option<usize> {
        let signature = format!("{:?} {:?}", side.files(), side.changes());
        if let Some((_, known)) = self.known.iter().find(|(one, _)| *one == signature) {
            return *known;
        }
        let tree = decode::scenario_of(claim, which, side);
        let chain = extend::follow_tree(self.path, text, tree, &side.changes, self.loader);
        // A claim's experiment is checked for errors only; what is unsourced is its file's matter.
        let loaded = settle(chain, self.loader, self.facts);
        let found = self.adopt(side, loaded);
        self.known.push((signature, found));
        found
    }

    fn adopt(&mut self, side: &Side, loaded: Loaded) -> Option<usize> {
        if let Some(scenario) = loaded.scenario {
            self.scenarios.push((scenario, loaded.evidence));
            return Some(self.scenarios.len() - 1);
        }
        let errors: Vec<Diagnostic> = loaded
            .diagnostics
            .into_iter()
            .filter(|one| one.severity == Severity::Error)
            .collect();
        let here =
            |one: &Diagnostic| (one.labels.first()).is_none_or(|label| label.source == SourceId(0));
        let (own, elsewhere): (Vec<_>, Vec<_>) = errors.into_iter().partition(here);
        if let Some(first) = elsewhere.first().filter(|_| own.is_empty()) {
            let source = first.labels[0].source;
            let name = &loaded.sources.files[source.0 as usize].name;
            let count = elsewhere.len();
            let plural = if count == 1 { "" } else { "s" };
            let label = side.place.label(format!("{count} error{plural} in {name}"));
            let message = "the scenario of this experiment cannot be used".to_owned();
            let help = Some(format!("see them by `jawjaw check {name}`"));
            let problem = extend::error("unusable-scenario", message, Some(label), help);
            self.diagnostics.push(problem);
        }
        for mut problem in own {
            for label in &mut problem.labels {
                let file = &loaded.sources.files[label.source.0 as usize];
                label.source = place_of(&mut self.sources, file);
            }
            self.diagnostics.push(problem);
        }
        None
    }
}

/// The number of a text among those that are kept.
fn place_of(sources: &mut Sources, file: &SourceText) -> SourceId {
    let found = sources.files.iter().position(|one| one.name == file.name);
    SourceId(found.unwrap_or_else(|| {
        sources.files.push(file.clone());
        sources.files.len() - 1
    }) as u32)
}
