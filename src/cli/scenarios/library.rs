//! The scenario files of a folder: each loaded, with what a list says of it.

use std::path::{Path, PathBuf};

use super::super::{CliError, resolved, source, text};
use crate::diagnostic::{Severity, SourceId};
use crate::scenario::document::DocumentKind;
use crate::scenario::load::{FactIndex, Loaded};
use crate::scenario::merge::OWN_KEYS;
use crate::scenario::tree::{Node, Value};
use crate::scenario::types::{Expectation, Hypothesis, Scenario};

/// Folders inside folders that are looked through; deeper ones are somebody's mistake.
const DEPTH: usize = 8;

/// What a list says of a file.
pub(super) struct Entry {
    /// Its path, as `check` takes it.
    pub(super) path: String,
    /// Its id; the file's name if it has none.
    pub(super) id: String,
    /// Its title; empty if it has none.
    pub(super) title: String,
    /// Paths of the files it extends directly.
    pub(super) parents: Vec<String>,
    /// Its hypothesis, unless the file is broken.
    pub(super) hypothesis: Option<Hypothesis>,
    /// Its expectations, unless the file is broken.
    pub(super) expect: Vec<Expectation>,
    /// Errors found in it.
    pub(super) errors: usize,
    /// Warnings found in it.
    pub(super) warnings: usize,
}

impl Entry {
    fn of(path: String, loaded: &Loaded) -> Self {
        let text = |key: &str| loaded.resolved.get(key)?.as_str().map(str::to_owned);
        let count = |severity: Severity| {
            let all = loaded.diagnostics.iter();
            all.filter(|one| one.severity == severity).count()
        };
        let scenario = loaded.scenario.as_ref();
        Self {
            id: text("id").unwrap_or_else(|| stem(&path).to_owned()),
            title: text("title").unwrap_or_default(),
            parents: loaded.parents.clone(),
            hypothesis: scenario.and_then(|scenario| scenario.hypothesis.clone()),
            expect: scenario.map_or_else(Vec::new, |scenario| scenario.expect.clone()),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            path,
        }
    }

    /// The folder it is in.
    pub(super) fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or(".", |(folder, _)| folder)
    }

    fn depth(&self) -> usize {
        self.path.matches('/').count()
    }

    /// Its id, and its file's name where that differs.
    pub(super) fn name(&self) -> String {
        if stem(&self.path) == self.id {
            return self.id.clone();
        }
        format!("{} ({}.toml)", self.id, stem(&self.path))
    }

    /// The mark of its hypothesis.
    pub(super) fn mark(&self) -> Option<&str> {
        self.hypothesis.as_ref()?.id.as_deref()
    }

    /// What it is about, or that it is broken.
    pub(super) fn line(&self) -> String {
        if self.errors > 0 {
            return self.broken();
        }
        self.title.clone()
    }

    /// How broken it is.
    pub(super) fn broken(&self) -> String {
        let plural = if self.errors == 1 { "" } else { "s" };
        format!("{} error{plural}", self.errors)
    }
}

/// The scenario files of a folder.
pub(super) struct Library {
    /// Each scenario file, folder by folder, by name.
    pub(super) entries: Vec<Entry>,
    /// TOML files that hold something else.
    pub(super) others: Vec<String>,
}

impl Library {
    /// Reads a folder and all folders in it.
    pub(super) fn read(dir: &str, facts: &dyn FactIndex) -> Result<Self, CliError> {
        let mut paths = Vec::new();
        collect(Path::new(dir), DEPTH, &mut paths)?;
        let mut library = Self {
            entries: Vec::new(),
            others: Vec::new(),
        };
        for path in paths {
            let path = path.to_string_lossy().replace('\\', "/");
            if source::kind(&path)? == DocumentKind::Exercise {
                library.others.push(path);
                continue;
            }
            let loaded = source::open(&path, facts)?;
            if is_scenario(&loaded) {
                library.entries.push(Entry::of(path, &loaded));
            } else {
                library.others.push(path);
            }
        }
        // Outer folders first, and in each the order of the hypotheses' marks.
        library.entries.sort_by(|a, b| {
            let key = |entry: &'_ Entry| (entry.depth(), entry.folder().to_owned());
            key(a)
                .cmp(&key(b))
                .then_with(|| (a.mark(), &a.id).cmp(&(b.mark(), &b.id)))
        });
        Ok(library)
    }

    /// The file with an id, a hypothesis' mark in any case, or a path.
    pub(super) fn find(&self, name: &str) -> Option<&Entry> {
        let by = |test: &dyn Fn(&Entry) -> bool| self.entries.iter().find(|entry| test(entry));
        by(&|entry| entry.id == name)
            .or_else(|| by(&|entry| entry.mark().is_some_and(|it| it.eq_ignore_ascii_case(name))))
            .or_else(|| by(&|entry| entry.path == name || stem(&entry.path) == name))
    }

    /// Every name that [`Library::find`] knows, for hints.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let ids = self.entries.iter().map(|entry| entry.id.as_str());
        ids.chain(self.entries.iter().filter_map(Entry::mark))
    }
}

/// A file with a scenario's keys is meant as one, and so is one that cannot be read as TOML; what
/// else lies in the folder is somebody else's.
fn is_scenario(loaded: &Loaded) -> bool {
    let keys = ["parties", "issues", "calendar", "extends", "expect"];
    let unreadable = ["syntax", "too-deep", "too-large", "unreadable"];
    let mut problems = loaded.diagnostics.iter();
    problems.any(|one| unreadable.contains(&one.code))
        || keys.iter().any(|key| loaded.resolved.get(key).is_some())
}

/// The TOML files of a folder by name, then those of the folders in it.
fn collect(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), CliError> {
    let unreadable = |source| CliError::File {
        action: "read",
        path: folder.display().to_string(),
        source,
    };
    let mut folders = Vec::new();
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if hidden {
            continue;
        }
        // A link is not followed: it may lead round in a circle.
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() {
            folders.push(path);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    files.sort();
    folders.sort();
    found.extend(files);
    if depth > 0 {
        for folder in folders {
            collect(&folder, depth - 1, found)?;
        }
    }
    Ok(())
}

fn stem(path: &str) -> &str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.strip_suffix(".toml").unwrap_or(name)
}

/// What the file itself says against the one it extends, value by value.
pub(super) fn differences(
    loaded: &Loaded,
    scenario: &Scenario,
    facts: &dyn FactIndex,
    width: usize,
) -> Result<String, CliError> {
    let mut out = String::new();
    let mut parents = Vec::new();
    for parent in &loaded.parents {
        parents.push(source::open(parent, facts)?);
    }
    if parents.is_empty() {
        return Ok(out);
    }
    let mut own = Vec::new();
    for entry in loaded.resolved.entries().unwrap_or_default() {
        let inherited = entry.key != "schema" && !OWN_KEYS.contains(&entry.key.as_str());
        if inherited {
            stated(&entry.node, &mut own);
        }
    }
    text::push_line(&mut out, "");
    let heading = format!("What it changes in {}", loaded.parents.join(" and "));
    text::push_wrapped(&mut out, &heading, 0, width);
    for node in own {
        let now = told(node, Some(scenario));
        let before = parents.iter().find_map(|parent| {
            let node = find(&parent.resolved, &node.path)?;
            Some(told(node, parent.scenario.as_ref()))
        });
        // A list that is replaced whole repeats what stays.
        if before.as_ref() == Some(&now) {
            continue;
        }
        text::push_wrapped(&mut out, &node.path, 2, width);
        text::push_wrapped(&mut out, &now, 6, width);
        let before = before.map_or("new".to_owned(), |before| format!("before: {before}"));
        text::push_wrapped(&mut out, &before, 6, width);
    }
    Ok(out)
}

/// A value in words: a number as its range, anything else as it is written.
fn told(node: &Node, scenario: Option<&Scenario>) -> String {
    let number = scenario.and_then(|scenario| {
        let all = scenario.quantities();
        let found = all.iter().find(|quantity| quantity.path == node.path)?;
        Some(found.dist.words())
    });
    number.unwrap_or_else(|| resolved::value(node))
}

/// The values of a merged tree that stand in the file itself.
fn stated<'n>(node: &'n Node, found: &mut Vec<&'n Node>) {
    match &node.value {
        Value::Table(entries) if !node.is_quantity() => {
            let said = |key: &str| !["id", "from", "assumed"].contains(&key);
            for entry in entries.iter().filter(|entry| said(&entry.key)) {
                stated(&entry.node, found);
            }
        }
        Value::List(elements) if elements.iter().any(|one| one.entries().is_some()) => {
            for element in elements {
                stated(element, found);
            }
        }
        _ if node.source == SourceId(0) => found.push(node),
        _ => {}
    }
}

fn find<'n>(node: &'n Node, path: &str) -> Option<&'n Node> {
    if node.path == path {
        return Some(node);
    }
    match &node.value {
        Value::Table(entries) => entries.iter().find_map(|entry| find(&entry.node, path)),
        Value::List(elements) => elements.iter().find_map(|element| find(element, path)),
        _ => None,
    }
}
