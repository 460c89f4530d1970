//! A scenario and everything that extends it.

use std::path::{Path, PathBuf};

use crate::cli::{CliError, source};
use crate::evidence::Evidence;
use crate::scenario::document::DocumentKind;
use crate::scenario::types::Scenario;

/// One file of the family.
#[derive(Debug)]
pub(super) struct Member {
    /// Path, with `/` on every system.
    pub(super) path: String,
    /// Its own text.
    pub(super) text: String,
    /// What it says.
    pub(super) scenario: Scenario,
    /// Path of the file it extends directly.
    pub(super) parent: Option<String>,
}

/// The scenario first, then its variants: those with a mark by their marks, the others by their paths.
pub(super) fn find(file: &Path, evidence: &Evidence) -> Result<Vec<Member>, CliError> {
    let base = member(file, evidence)?.ok_or_else(|| unusable(file))?;
    if base.parent.is_some() {
        return Err(CliError::Message(format!(
            "{} extends another file; an atlas is made for the file that the others extend",
            base.path
        )));
    }
    let mut family = vec![base];
    for path in below(file.parent().unwrap_or(Path::new("")))? {
        if path == file {
            continue;
        }
        let name = slashes(&path);
        if source::kind(&name)? == DocumentKind::Exercise {
            continue;
        }
        let loaded = source::open(&name, evidence)?;
        let chain: Vec<&str> = (loaded.sources.files.iter())
            .map(|source| source.name.as_str())
            .collect();
        if !chain.iter().skip(1).any(|name| *name == family[0].path) {
            continue;
        }
        let variant = member(&path, evidence)?.ok_or_else(|| unusable(&path))?;
        // With other issues it is another table: no level can be compared with the base's.
        if issues(&variant.scenario) != issues(&family[0].scenario) {
            continue;
        }
        if family
            .iter()
            .any(|other| other.scenario.id == variant.scenario.id)
        {
            return Err(CliError::Message(format!(
                "{name} has the id `{}`, which another file of the family has too",
                variant.scenario.id
            )));
        }
        family.push(variant);
    }
    family[1..].sort_by_cached_key(|member| {
        let mark = member
            .scenario
            .hypothesis
            .as_ref()
            .and_then(|card| card.id.clone());
        (mark.is_none(), mark, member.path.clone())
    });
    Ok(family)
}

fn issues(scenario: &Scenario) -> Vec<&str> {
    scenario
        .issues
        .iter()
        .map(|issue| issue.id.as_str())
        .collect()
}

fn unusable(file: &Path) -> CliError {
    CliError::Message(format!("{} cannot be used as it stands", file.display()))
}

/// Nothing if the file has errors, which have then been shown.
fn member(file: &Path, evidence: &Evidence) -> Result<Option<Member>, CliError> {
    let path = slashes(file);
    let loaded = source::open(&path, evidence)?;
    let Some(scenario) = source::scenario(&loaded).cloned() else {
        return Ok(None);
    };
    let texts = &loaded.sources.files;
    Ok(Some(Member {
        path: texts[0].name.clone(),
        text: texts[0].text.clone(),
        scenario,
        parent: texts.get(1).map(|source| source.name.clone()),
    }))
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Every TOML file of a folder and its folders, in the order of their paths.
fn below(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let place = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let unreadable = |source| CliError::File {
        action: "read",
        path: place.display().to_string(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(place).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let path = folder.join(name);
        if path.is_dir() {
            files.extend(below(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
