//! A scenario file made ready to run: read, checked, compiled, with the base rates it names.

use std::fs;
use std::path::Path;

use super::CliError;
use super::run::Loaded;
use crate::diagnostic::Severity;
use crate::ensemble::facts::BenchmarkFacts;
use crate::ensemble::game::Game;
use crate::evidence::Evidence;
use crate::model::Model;
use crate::scenario::load::{LoadError, Loader, NoFacts, load};

struct Disk;

impl Loader for Disk {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        let bytes = fs::read(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => LoadError::NotFound,
            _ => LoadError::Other(error.to_string()),
        })?;
        String::from_utf8(bytes).map_err(|_| LoadError::NotText)
    }
}

/// Loads a scenario for `run`; the first error of the file is the error.
pub(super) fn load_game(file: &Path, evidence: &Evidence) -> Result<Loaded<Game>, CliError> {
    let path = file.to_string_lossy();
    let loaded = load(&path, &Disk, &NoFacts);
    let Some(scenario) = loaded.scenario else {
        let errors: Vec<&str> = (loaded.diagnostics.iter())
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .map(|diagnostic| diagnostic.message.as_str())
            .collect();
        return Err(CliError::Message(format!("{path}: {}", errors.join("; "))));
    };
    let resolved = serde_json::to_string(&scenario)
        .map_err(|error| CliError::Message(format!("{path}: {error}")))?;
    let expectations = scenario.expect.clone();
    let texts = &loaded.sources.files;
    let source = texts
        .first()
        .map_or_else(String::new, |source| source.text.clone());
    let base = texts.get(1).and_then(|base| {
        let table: toml::Table = toml::from_str(&base.text).ok()?;
        Some(table.get("id")?.as_str()?.to_owned())
    });
    let model =
        Model::compile(scenario).map_err(|error| CliError::Message(format!("{path}: {error}")))?;
    let simulator = Game::new(model, |id| base_rate(evidence, id));
    Ok(Loaded {
        simulator,
        source,
        resolved,
        base,
        expectations,
    })
}

fn base_rate(evidence: &Evidence, id: &str) -> Option<BenchmarkFacts> {
    let rate = evidence.base_rate(id)?;
    Some(BenchmarkFacts {
        id: rate.id.clone(),
        label: rate.label.clone(),
        source: rate.source.clone(),
        share: rate.share()?,
        n: rate.n().unwrap_or(0),
        outcomes: Vec::new(),
    })
}
