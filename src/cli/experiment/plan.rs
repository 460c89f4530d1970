//! `jawjaw experiment plan`: freezes scenarios, seed and numbers of runs in a folder.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::conclude;
use crate::cli::source::{self, say};
use crate::cli::{CliError, resolved};
use crate::diagnostic::Sources;
use crate::evidence::Evidence;
use crate::experiment::plan::{ExperimentPlan, PlannedScenario, Size};
use crate::experiment::store::{Store, short};
use crate::experiment::{sha256, work};
use crate::report::layout::thousands;
use crate::scenario::tree::Value;
use crate::scenario::types::Scenario;

/// Freeze scenarios, seed and numbers of runs in a new folder
#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    /// Scenario files; all are played on the same luck
    #[arg(required = true, value_name = "SCENARIO")]
    files: Vec<PathBuf>,
    /// Folder to make
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,
    /// Draws of the uncertain numbers
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    draws: u32,
    /// Runs for each draw and scenario
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    replicates: u32,
    /// Seed of all randomness
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Equal parts for a cluster or several machines, at most 1000 [default: up to 16]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    shards: Option<u32>,
    /// Runs written at once, at most: what a kill can cost [default: as fits]
    #[arg(long, value_name = "RUNS", value_parser = clap::value_parser!(u64).range(1..))]
    batch: Option<u64>,
}

struct Frozen {
    planned: PlannedScenario,
    text: String,
}

impl PlanArgs {
    /// Writes the folder.
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let evidence = Evidence::shipped();
        let frozen = (self.files.iter())
            .map(|file| freeze(file, &evidence))
            .collect::<Result<Vec<_>, _>>()?;
        let size = Size {
            draws: self.draws,
            replicates: self.replicates,
            shards: self.shards,
            batch: self.batch,
        };
        let (planned, texts) = frozen
            .into_iter()
            .map(|one| (one.planned, one.text))
            .unzip();
        let texts: Vec<String> = texts;
        let store = ExperimentPlan::new(self.seed, planned, size)
            .and_then(|plan| Store::create(&self.out, plan, &texts));
        conclude(store.map_err(Into::into).map(|store| {
            let plan = &store.plan;
            let folder = store.root().display();
            say(&format!(
                "plan {}: {} runs in {} batches and {} shards, frozen in {folder}\n\
                 next: jawjaw experiment run {folder}",
                short(&plan.hash()),
                thousands(plan.runs),
                thousands(plan.batches()),
                plan.shards,
            ));
            ExitCode::SUCCESS
        }))
    }
}

// The scenario with all it extends, in a text that reads as the same scenario.
fn freeze(file: &Path, shipped: &Evidence) -> Result<Frozen, CliError> {
    let path = file.to_string_lossy();
    let mut loaded = source::open(&path, shipped)?;
    let Some(mut scenario) = source::scenario(&loaded).cloned() else {
        return Err(CliError::Message(format!(
            "{path} cannot be used as it stands"
        )));
    };
    // Expectations compare with the extended file, which is merged in; no run depends on them.
    scenario.expect.clear();
    if let Value::Table(entries) = &mut loaded.resolved.value {
        entries.retain(|entry| entry.key != "expect");
    }
    // Without the sources the text holds no path of this machine.
    let text = resolved::text(&loaded.resolved, &Sources::default());
    let json = |scenario: &Scenario| serde_json::to_string(scenario).ok();
    let thawed = work::thaw(&path, &text)
        .map_err(|reason| CliError::Message(format!("{path} cannot be frozen: {reason}")))?;
    if json(&thawed) != json(&scenario) {
        return Err(CliError::Message(format!(
            "{path} cannot be frozen: written out with all it extends, it reads differently; please \
             report this"
        )));
    }
    let own = loaded
        .sources
        .files
        .first()
        .map_or("", |source| source.text.as_str());
    let planned = PlannedScenario {
        id: scenario.id.clone(),
        source: file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        source_sha256: sha256(own.as_bytes()),
        file: format!("scenarios/{}.toml", scenario.id),
        sha256: sha256(text.as_bytes()),
        outcomes: scenario
            .outcomes
            .iter()
            .map(|outcome| outcome.id.clone())
            .collect(),
    };
    Ok(Frozen { planned, text })
}
