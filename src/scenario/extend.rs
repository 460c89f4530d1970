//! A file and every file it extends, laid over one another.
//!
//! Flows in: a path and somebody who can read files. Flows out: one tree, the texts, and what is
//! wrong with the chain. Invariant: every file is read once and laid once, after all the files it
//! extends and in the order in which it names them; where two of them disagree and nobody decides,
//! that is told.

use std::collections::{BTreeMap, BTreeSet};

use super::load::Loader;
use super::merge::{self, OWN_KEYS};
use super::paths::{relative, resolve};
use super::tree::{Node, Value};
use super::{check, names, read, seeds};
use crate::diagnostic::{Diagnostic, Label, Severity, SourceId, SourceText, Sources};

/// Disagreements that are told one by one.
const MOST_DISAGREEMENTS: usize = 20;

/// One file of a chain.
struct Layer {
    /// What it says itself.
    tree: Node,
    /// The layers it extends directly, in the order in which it names them.
    parents: Vec<usize>,
    /// The layers it extends, directly or not.
    ancestors: BTreeSet<usize>,
    /// The evidence that it names, and what is wrong with the paths.
    evidence: Option<(Vec<seeds::Named>, Vec<Diagnostic>)>,
}

/// What came of following a chain.
pub(super) struct Chain {
    /// The texts: the file itself first, then what it extends.
    pub(super) sources: Sources,
    /// What is wrong with the files as texts and with their chain.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Every fact cited in any of the files, before one file's citations replace another's.
    pub(super) citations: Vec<Node>,
    /// The merged tree.
    pub(super) tree: Node,
    /// Paths of the files that the file extends directly.
    pub(super) parents: Vec<String>,
    /// The `id` of every file it extends, directly or not.
    pub(super) ancestors: Vec<String>,
    /// The evidence that the file names or inherits: where it is named, and paths.
    pub(super) evidence: Option<Vec<seeds::Named>>,
}

/// Follows the chain of a file.
pub(super) fn follow(path: &str, loader: &dyn Loader) -> Chain {
    let mut walk = Walk::new(loader);
    let top = walk.visit(path, None, &mut Vec::new());
    walk.finish(path, top)
}

/// Follows the chain of a tree that stands somewhere in the text of the file at `path`, as if it
/// were a file of its own; then takes away and sets what `changes` say, one after another.
pub(super) fn follow_tree(
    path: &str,
    text: &str,
    tree: Node,
    changes: &[super::claims::Change],
    loader: &dyn Loader,
) -> Chain {
    let mut walk = Walk::new(loader);
    walk.sources.files.push(SourceText {
        name: path.to_owned(),
        text: text.to_owned(),
    });
    let top = walk.take(path, tree, &mut Vec::new());
    let mut chain = walk.finish(path, Some(top));
    let failed = |list: &[Diagnostic]| list.iter().any(|one| one.severity == Severity::Error);
    if !failed(&chain.diagnostics) {
        for change in changes {
            change.apply(&mut chain.tree, &mut chain.diagnostics);
            for entry in &change.set {
                check::evidence::collect(&entry.node, &mut chain.citations);
            }
        }
    }
    chain
}

/// Takes away from a tree what stands at some paths, and tells of those where nothing does.
pub(super) fn remove<'n>(
    base: &mut Node,
    removals: impl IntoIterator<Item = &'n Node>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for node in removals {
        let path = node.as_str().unwrap_or_default();
        let Err((parent, known)) = merge::remove(base, path) else {
            continue;
        };
        let label = node.label("not in the file that is extended");
        let message = format!("nothing to remove at `{path}`");
        let help = there_is(path, &parent, &known);
        diagnostics.push(error("unknown-removal", message, Some(label), help));
    }
}

/// The path that is there, nearest to one that is not.
pub(super) fn there_is(path: &str, parent: &str, known: &[String]) -> Option<String> {
    let step = if parent.is_empty() {
        path
    } else {
        path.get(parent.len() + 1..).unwrap_or(path)
    };
    let step = step.split('.').next().unwrap_or(step);
    names::nearest(step, known.iter().map(String::as_str))
        .map(|name| format!("there is `{}`", super::tree::join(parent, name)))
}

/// An error.
pub(super) fn error(
    code: &'static str,
    message: String,
    label: Option<Label>,
    help: Option<String>,
) -> Diagnostic {
    Diagnostic {
        code,
        severity: Severity::Error,
        message,
        labels: label.into_iter().collect(),
        help,
        fix: None,
    }
}

struct Walk<'l> {
    loader: &'l dyn Loader,
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    citations: Vec<Node>,
    layers: Vec<Layer>,
    /// The layer of each path that was read.
    read: BTreeMap<String, usize>,
    /// The layers in the order in which they are laid.
    laid: Vec<usize>,
}

impl<'l> Walk<'l> {
    fn new(loader: &'l dyn Loader) -> Self {
        Self {
            loader,
            sources: Sources::default(),
            diagnostics: Vec::new(),
            citations: Vec::new(),
            layers: Vec::new(),
            read: BTreeMap::new(),
            laid: Vec::new(),
        }
    }

    /// Lays the files over one another.
    fn finish(self, path: &str, top: Option<usize>) -> Chain {
        let mut walk = self;
        let mut tree: Option<Node> = None;
        for position in 0..walk.laid.len() {
            let layer = walk.laid[position];
            let mut own = walk.layers[layer].tree.clone();
            let name = &walk.sources.files[own.source.0 as usize].name;
            seeds::see_from(&mut own, &relative(path, name));
            tree = Some(match tree {
                None => own,
                Some(base) => walk.lay(merge::inherited(base), own),
            });
        }
        walk.disagreements();
        let mut evidence = None;
        // As in the merged tree, the file that is laid last has its way.
        for &layer in &walk.laid {
            evidence = walk.layers[layer].evidence.take().or(evidence);
        }
        let evidence = evidence.map(|(paths, problems)| {
            walk.diagnostics.extend(problems);
            paths
        });
        let named = |layer: &usize| {
            let source = walk.layers[*layer].tree.source;
            walk.sources.files[source.0 as usize].name.clone()
        };
        let id = |layer: &usize| walk.layers[*layer].tree.id().map(str::to_owned);
        let (parents, ancestors) = top.map_or_else(Default::default, |top| {
            let top = &walk.layers[top];
            (
                top.parents.iter().map(named).collect(),
                top.ancestors.iter().filter_map(id).collect(),
            )
        });
        Chain {
            parents,
            ancestors,
            evidence,
            tree: tree.unwrap_or_else(nothing),
            sources: walk.sources,
            diagnostics: walk.diagnostics,
            citations: walk.citations,
        }
    }

    /// Reads a file and all it extends; `asked` is where it was named, `open` the way there.
    fn visit(&mut self, path: &str, asked: Option<&Node>, open: &mut Vec<String>) -> Option<usize> {
        if let Some(layer) = self.read.get(path) {
            return Some(*layer);
        }
        let text = match self.loader.load(path) {
            Ok(text) => text,
            Err(reason) => {
                let labels = asked.map(|node| node.label(reason.to_string()));
                let message = format!("cannot read {path}: {reason}");
                self.refuse("unreadable", message, labels, None);
                return None;
            }
        };
        let source = SourceId(self.sources.files.len() as u32);
        let (tree, problems) = read::read(source, &text);
        self.sources.files.push(SourceText {
            name: path.to_owned(),
            text,
        });
        self.diagnostics.extend(problems);
        Some(self.take(path, tree, open))
    }

    /// Takes in the tree of a file and reads all that it extends.
    fn take(&mut self, path: &str, mut tree: Node, open: &mut Vec<String>) -> usize {
        check::evidence::collect(&tree, &mut self.citations);
        tree.name_paths("");
        let layer = self.layers.len();
        let extends = tree.get("extends").cloned();
        let evidence = tree.get("evidence").map(|node| seeds::paths(path, node));
        self.layers.push(Layer {
            tree,
            parents: Vec::new(),
            ancestors: BTreeSet::new(),
            evidence,
        });
        self.read.insert(path.to_owned(), layer);
        open.push(path.to_owned());
        let written = extends.map_or_else(Vec::new, |node| self.written(&node));
        for written in written {
            let Some(parent) = self.parent(path, &written, open) else {
                continue;
            };
            let inherited = self.layers[parent].ancestors.clone();
            let own = &mut self.layers[layer];
            own.parents.push(parent);
            own.ancestors.insert(parent);
            own.ancestors.extend(inherited);
        }
        open.pop();
        self.laid.push(layer);
        layer
    }

    /// The texts of an `extends`, each with its place.
    fn written(&mut self, extends: &Node) -> Vec<Node> {
        let list = match &extends.value {
            Value::List(elements) if !elements.is_empty() => elements.clone(),
            _ => vec![extends.clone()],
        };
        let (texts, others): (Vec<Node>, Vec<Node>) =
            list.into_iter().partition(|node| node.as_str().is_some());
        for node in others {
            let label = node.label("expected the path of a scenario file, or a list of paths");
            let message = "`extends` must be a text or a list of texts".to_owned();
            self.refuse("wrong-type", message, Some(label), None);
        }
        texts
    }

    /// The layer that an entry of `extends` in the file at `path` names.
    fn parent(&mut self, path: &str, written: &Node, open: &mut Vec<String>) -> Option<usize> {
        let Some(next) = resolve(path, written.as_str().unwrap_or_default()) else {
            let label = written.label("leads outside the scenarios' folder");
            let help = "a scenario extends only files of its own collection".to_owned();
            let message = "`extends` leaves the scenarios' folder".to_owned();
            self.refuse("extends-outside", message, Some(label), Some(help));
            return None;
        };
        if open.contains(&next) {
            let label = written.label("extends itself, directly or by a detour");
            let help = format!("the chain is {} -> {next}", open.join(" -> "));
            let message = "`extends` goes round in a circle".to_owned();
            self.refuse("extends-cycle", message, Some(label), Some(help));
            return None;
        }
        self.visit(&next, Some(written), open)
    }

    /// Lays a file's own tree on what stands below it, after its removals.
    fn lay(&mut self, mut base: Node, own: Node) -> Node {
        let before = self.diagnostics.len();
        if let Some(removals) = own.get("remove").cloned() {
            self.remove(&mut base, &removals);
        }
        if self.diagnostics.len() == before {
            merge::merge(base, own)
        } else {
            own
        }
    }

    fn remove(&mut self, base: &mut Node, removals: &Node) {
        let Some(list) = removals.elements() else {
            let label = removals.label("expected a list such as [\"moves.mobilise\"]");
            let message = "`remove` must be a list".to_owned();
            self.refuse("wrong-type", message, Some(label), None);
            return;
        };
        let (texts, others): (Vec<&Node>, Vec<&Node>) =
            list.iter().partition(|node| node.as_str().is_some());
        for node in others {
            let label = node.label("expected a path such as \"moves.mobilise\"");
            let message = "`remove` lists texts".to_owned();
            self.refuse("wrong-type", message, Some(label), None);
        }
        remove(base, texts, &mut self.diagnostics);
    }

    /// Tells where two files, neither of which extends the other, change the same value in two
    /// ways and no file above both of them says what shall hold.
    fn disagreements(&mut self) {
        let changes: Vec<Vec<Change>> = (self.layers.iter())
            .map(|layer| changes(&layer.tree))
            .collect();
        let mut told: Vec<Diagnostic> = Vec::new();
        for (position, &later) in self.laid.iter().enumerate() {
            for &earlier in &self.laid[..position] {
                if self.layers[later].ancestors.contains(&earlier) {
                    continue;
                }
                let above: Vec<usize> = (0..self.layers.len())
                    .filter(|&layer| {
                        let ancestors = &self.layers[layer].ancestors;
                        ancestors.contains(&earlier) && ancestors.contains(&later)
                    })
                    .collect();
                let decided = |path: &str| {
                    let mut changes = above.iter().flat_map(|&layer| &changes[layer]);
                    changes.any(|change| is_within(path, &change.path))
                };
                for one in &changes[later] {
                    let clash = changes[earlier].iter().find(|other| {
                        let touch =
                            is_within(&one.path, &other.path) || is_within(&other.path, &one.path);
                        let open = !decided(&one.path) && !decided(&other.path);
                        touch && open && !one.says_the_same(other)
                    });
                    let Some(other) = clash else { continue };
                    // The file that was read last of those above both stands nearest to them.
                    let nearest = above.last().copied().unwrap_or_default();
                    let top = &self.layers[nearest].tree;
                    let place = top.get("extends").unwrap_or(top);
                    told.push(Diagnostic {
                        code: "parents-disagree",
                        severity: Severity::Warning,
                        message: format!("two extended files disagree on `{}`", one.path),
                        labels: vec![
                            place.label("extends both"),
                            one.node.label("holds, because it is named later"),
                            other.node.label("does not hold"),
                        ],
                        help: Some("state what shall hold in the file that extends both".into()),
                        fix: None,
                    });
                }
            }
        }
        // Two files that have nothing to do with each other disagree on everything.
        let all = told.len();
        told.truncate(MOST_DISAGREEMENTS);
        if let Some(last) = told.last().filter(|_| all > told.len()) {
            let shown = told.len();
            let summary = Diagnostic {
                message: format!("extended files disagree on {all} values; {shown} are shown"),
                labels: last.labels[..1].to_vec(),
                ..last.clone()
            };
            told.push(summary);
        }
        self.diagnostics.extend(told);
    }

    fn refuse(
        &mut self,
        code: &'static str,
        message: String,
        label: Option<Label>,
        help: Option<String>,
    ) {
        self.diagnostics.push(error(code, message, label, help));
    }
}

/// A value that a file states, or takes away.
struct Change {
    path: String,
    node: Node,
    removal: bool,
}

impl Change {
    fn says_the_same(&self, other: &Self) -> bool {
        let removed = self.removal && other.removal;
        let alike = !self.removal && !other.removal && same(&self.node, &other.node);
        self.path == other.path && (removed || alike)
    }
}

/// The values that a file changes, each as small as `merge` can replace it.
fn changes(tree: &Node) -> Vec<Change> {
    let mut found = Vec::new();
    for entry in tree.entries().unwrap_or_default() {
        if entry.key == "remove" {
            for node in entry.node.elements().unwrap_or_default() {
                found.extend(node.as_str().map(|path| Change {
                    path: path.to_owned(),
                    node: node.clone(),
                    removal: true,
                }));
            }
        } else if entry.key != "schema" && !OWN_KEYS.contains(&entry.key.as_str()) {
            leaves(&entry.node, &mut found);
        }
    }
    found
}

fn leaves(node: &Node, found: &mut Vec<Change>) {
    let whole = node.is_quantity() || node.get("kind").is_some() && node.path.ends_with("strategy");
    match &node.value {
        Value::Table(entries) if !whole => {
            // Sources and reasons go with the numbers they cover, and an id only finds its table.
            let said = |key: &str| !["id", "from", "assumed"].contains(&key);
            for entry in entries.iter().filter(|entry| said(&entry.key)) {
                leaves(&entry.node, found);
            }
        }
        Value::List(elements) if elements.iter().any(|element| element.id().is_some()) => {
            for element in elements {
                leaves(element, found);
            }
        }
        _ => found.push(Change {
            path: node.path.clone(),
            node: node.clone(),
            removal: false,
        }),
    }
}

/// Whether two values say the same, whatever they rest on.
fn same(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Table(ours), Value::Table(theirs)) => {
            let said = |key: &str| !["from", "assumed"].contains(&key);
            let count = |entries: &[super::tree::Entry]| {
                entries.iter().filter(|entry| said(&entry.key)).count()
            };
            let agree = |key: &str, node: &Node| other.get(key).is_some_and(|it| same(node, it));
            count(ours) == count(theirs)
                && (ours.iter().filter(|entry| said(&entry.key)))
                    .all(|entry| agree(&entry.key, &entry.node))
        }
        (Value::List(ours), Value::List(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| same(a, b))
        }
        (Value::String(ours), Value::String(theirs)) => ours == theirs,
        (Value::Bool(ours), Value::Bool(theirs)) => ours == theirs,
        (Value::Datetime(ours), Value::Datetime(theirs)) => ours == theirs,
        _ => match (one.as_number(), other.as_number()) {
            (Some(ours), Some(theirs)) => ours.total_cmp(&theirs).is_eq(),
            _ => false,
        },
    }
}

/// Whether a path is another one or lies below it.
fn is_within(path: &str, above: &str) -> bool {
    path.strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn nothing() -> Node {
    Node {
        value: Value::Table(Vec::new()),
        source: SourceId(0),
        span: 0..0,
        path: String::new(),
        cover: None,
    }
}
