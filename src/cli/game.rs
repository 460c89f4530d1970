//! A scenario file made ready to run: read, checked, compiled, with the base rates it names.

use std::path::Path;

use super::run::{Ancestor, Loaded};
use super::{CliError, source};
use crate::ensemble::facts::BenchmarkFacts;
use crate::ensemble::game::Game;
use crate::evidence::Evidence;
use crate::model::Model;

/// Loads a scenario for `run`; what is wrong with the file is shown, and is then the error.
pub(super) fn load_game(file: &Path, shipped: &Evidence) -> Result<Loaded<Game>, CliError> {
    let path = file.to_string_lossy();
    let loaded = source::open(&path, shipped)?;
    let evidence = source::evidence(&loaded, shipped);
    let Some(scenario) = source::scenario(&loaded).cloned() else {
        return Err(CliError::Message(format!(
            "{path} cannot be used as it stands"
        )));
    };
    let resolved = serde_json::to_string(&scenario)
        .map_err(|error| CliError::Message(format!("{path}: {error}")))?;
    let expectations = scenario.expect.clone();
    let texts = &loaded.sources.files;
    let source = texts
        .first()
        .map_or_else(String::new, |source| source.text.clone());
    let ancestors = (texts.iter().skip(1))
        .filter_map(|source| {
            let table: toml::Table = toml::from_str(&source.text).ok()?;
            let id = table.get("id")?.as_str()?.to_owned();
            let file = source.name.clone();
            Some(Ancestor { id, file })
        })
        .collect();
    let model =
        Model::compile(scenario).map_err(|error| CliError::Message(format!("{path}: {error}")))?;
    let simulator = Game::new(model, |id| base_rate(evidence, id));
    Ok(Loaded {
        simulator,
        source,
        resolved,
        ancestors,
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
