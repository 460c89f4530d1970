//! The evidence that a scenario names: `evidence = "../seeds/name"`, or a list of such paths.
//!
//! Flows in: the node under the key and the path of its file, then somebody who can read files. Flows
//! out: the evidence and everything wrong with the paths or the texts. Invariant: no path leads
//! further away than beside the scenarios' folder.

use super::load::{LoadError, Loader};
use super::paths::{beside, normalise};
use super::tree::{Node, Value};
use crate::diagnostic::{Diagnostic, Label, Severity, Sources};
use crate::evidence::{Evidence, set_texts};

/// What a set of evidence consists of, for people whose path led nowhere.
const LAYOUT: &str = "a set of evidence is a folder with documents.toml, and facts/<document>.toml \
    for each of its documents; a path may also name a single file";

/// A path of evidence and where it is written.
pub(super) type Named = (Node, String);

/// The paths under `evidence` in the file at `path`.
pub(super) fn paths(path: &str, node: &Node) -> (Vec<Named>, Vec<Diagnostic>) {
    let (mut paths, mut diagnostics) = (Vec::new(), Vec::new());
    let one = [node.clone()];
    for node in node.elements().unwrap_or(&one) {
        let Some(written) = node.as_str() else {
            let label = node.label("expected a path such as \"../seeds/name\"");
            let message = "`evidence` is a path or a list of paths".to_owned();
            diagnostics.push(error("wrong-type", message, label, None));
            continue;
        };
        if let Some(found) = beside(path, written) {
            paths.push((node.clone(), found));
        } else {
            let label = node.label("leads away from the scenarios");
            let message = "`evidence` leaves the folder that holds the scenarios".to_owned();
            let help = "write a relative path into the scenarios' folder or beside it";
            diagnostics.push(error("evidence-outside", message, label, Some(help)));
        }
    }
    (paths, diagnostics)
}

/// Makes the paths in an extended file those that the extending file would write, so that the merged
/// file is true where it stands; `extends` is how that file calls the other.
pub(super) fn see_from(base: &mut Node, extends: &str) {
    let Some((folder, _)) = extends.rsplit_once('/') else {
        return;
    };
    let Value::Table(entries) = &mut base.value else {
        return;
    };
    let Some(found) = entries.iter_mut().find(|entry| entry.key == "evidence") else {
        return;
    };
    let paths = match &mut found.node.value {
        Value::List(paths) => paths.as_mut_slice(),
        _ => std::slice::from_mut(&mut found.node),
    };
    for path in paths {
        if let Value::String(path) = &mut path.value {
            *path = normalise(&format!("{folder}/{path}"));
        }
    }
}

/// What came of reading evidence.
pub(super) struct Reading {
    /// As much as could be read.
    pub(super) evidence: Evidence,
    /// The texts.
    pub(super) sources: Sources,
    /// What is wrong in them; labels point into `sources`.
    pub(super) in_texts: Vec<Diagnostic>,
    /// What could not be fetched; labels point to where it is named.
    pub(super) unreadable: Vec<Diagnostic>,
}

/// Reads the evidence at the paths.
pub(super) fn read(loader: &dyn Loader, named: &[Named]) -> Reading {
    let (mut files, mut unreadable) = (Vec::new(), Vec::new());
    let mut refuse = |node: &Node, file: &str, reason: &LoadError| {
        let message = format!("cannot read {file}: {reason}");
        let label = node.label(reason.to_string());
        unreadable.push(error("unreadable", message, label, Some(LAYOUT)));
    };
    for (node, path) in named {
        let mut last = String::new();
        let found = set_texts(path, &mut |file| {
            file.clone_into(&mut last);
            match loader.load(file) {
                Ok(text) => Ok(Some(text)),
                Err(LoadError::NotFound) => Ok(None),
                Err(reason) => Err(reason),
            }
        });
        match found {
            Ok(texts) => {
                for file in &texts.missing {
                    refuse(node, file, &LoadError::NotFound);
                }
                files.extend(texts.files);
            }
            Err(reason) => refuse(node, &last, &reason),
        }
    }
    let texts: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let (evidence, in_texts, sources) = Evidence::parse(&texts);
    Reading {
        evidence,
        sources,
        in_texts,
        unreadable,
    }
}

fn error(code: &'static str, message: String, label: Label, help: Option<&str>) -> Diagnostic {
    Diagnostic {
        code,
        severity: Severity::Error,
        message,
        labels: vec![label],
        help: help.map(str::to_owned),
        fix: None,
    }
}
