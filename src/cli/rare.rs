//! `jawjaw rare`: the share of runs that end in an outcome too rare to wait for.
//!
//! The story: load the file, find the outcome, let the pilot set the thresholds, repeat, print the
//! share with its interval, write every stage down with a picture.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;

use clap::{Args, ValueEnum};

use super::output::{Folder, may_be_replaced, sha256_hex};
use super::progress::Meter;
use super::run::figure_files;
use super::source::{print, say};
use super::terminal::terminal_look;
use super::{CliError, source};
use crate::chart;
use crate::ensemble::MODEL_VERSION;
use crate::ensemble::rare::{Level, RareOutcome, RarePlan, rare};
use crate::ensemble::run::Progress;
use crate::evidence::Evidence;
use crate::model::Model;
use crate::report::layout::Look;
use crate::report::rare::text;
use crate::scenario::names::nearest;
use crate::scenario::types::Scenario;

/// Estimate the share of runs that end in a rare outcome
#[derive(Debug, Clone, Args)]
pub struct RareArgs {
    /// Scenario file
    pub file: String,
    /// Outcome of interest, by its id
    #[arg(long, value_name = "ID")]
    pub outcome: String,
    /// What tells how near a run is to the outcome [default: what fits its conditions]
    #[arg(long, value_enum)]
    pub level: Option<LevelName>,
    /// Paths that each stage starts
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(10..))]
    pub effort: u32,
    /// Independent repetitions, from which the interval comes
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub repeats: u32,
    /// Seed of all randomness
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Threads to use, which changes no result [default: one for each core]
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Folder for results
    #[arg(long, value_name = "DIR", default_value = "output")]
    pub out: PathBuf,
    /// Leave the chart out
    #[arg(long)]
    pub no_charts: bool,
    /// Show no progress
    #[arg(short, long)]
    pub quiet: bool,
}

/// See [`Level`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LevelName {
    /// The probability that force is used in a round
    Force,
    /// Tension
    Tension,
    /// The highest posture of any party
    Posture,
    /// The share of the outcome's conditions that hold
    Conditions,
}

impl From<LevelName> for Level {
    fn from(name: LevelName) -> Self {
        match name {
            LevelName::Force => Self::Force,
            LevelName::Tension => Self::Tension,
            LevelName::Posture => Self::Posture,
            LevelName::Conditions => Self::Conditions,
        }
    }
}

impl RareArgs {
    /// Estimates and prints.
    pub fn run(self) -> Result<ExitCode, CliError> {
        let shipped = Evidence::shipped();
        let loaded = source::open(&self.file, &shipped)?;
        let Some(scenario) = source::scenario(&loaded).cloned() else {
            return Ok(ExitCode::from(1));
        };
        let outcome = find_outcome(&scenario, &self.outcome)?;
        let model = Model::compile(scenario)
            .map_err(|error| CliError::Message(format!("{}: {error}", self.file)))?;
        let level = self
            .level
            .map_or_else(|| Level::usual(&model, outcome), Level::from);
        let name = format!(
            "rare-{}-{}-seed-{}-{}x{}",
            self.outcome,
            level.id(),
            self.seed,
            self.effort,
            self.repeats
        );
        let parent = self.out.join(&model.scenario.id);
        may_be_replaced(&parent.join(&name))?;
        let plan = RarePlan {
            seed: self.seed,
            outcome,
            level,
            paths: self.effort,
            repeats: self.repeats,
        };
        let total = u64::from(self.repeats);
        let meter = Mutex::new(Meter::new("repetitions", total, self.quiet));
        let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let found = rare(&model, plan, self.threads.unwrap_or(cores), |done| {
            if let Ok(mut meter) = meter.lock() {
                meter.update(Progress { done, total });
            }
        });
        let seconds = meter.into_inner().map_or(0.0, Meter::finish);
        let found = found.map_err(|error| CliError::Message(error.to_string()))?;
        print(&text(&found, terminal_look()))?;
        let folder = Folder::draft(&parent, &name)?;
        self.write(&folder, &found, &loaded.sources.files[0].text)?;
        let path = folder.commit(&name)?;
        if !self.quiet {
            say(&format!("{seconds:.1} s, written to {}", path.display()));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn write(&self, folder: &Folder, found: &RareOutcome, source: &str) -> Result<(), CliError> {
        let plain = Look {
            width: 80,
            bold: false,
        };
        folder.write("rare.txt", text(found, plain).as_bytes())?;
        folder.write_json("rare.json", found)?;
        folder.write("stages.csv", &csv_bytes(&STAGES, &stage_rows(found))?)?;
        let columns: serde_json::Value = (STAGES.iter())
            .map(|(name, meaning)| serde_json::json!({ "name": name, "meaning": meaning }))
            .collect();
        folder.write_json(
            "columns.json",
            &serde_json::json!({ "stages.csv": columns }),
        )?;
        if !self.no_charts {
            folder.write_figures(&figure_files(&[chart::rare_figure(found)], self.threads)?)?;
        }
        folder.write_json(
            "manifest.json",
            &serde_json::json!({
                "tool": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "model_version": MODEL_VERSION,
                "scenario": found.scenario,
                "file": self.file,
                "sha256": sha256_hex(source),
                "command_line": std::env::args().collect::<Vec<_>>(),
            }),
        )
    }
}

const STAGES: [(&str, &str); 5] = [
    ("repetition", "independent repetition, from 1"),
    ("stage", "stage, from 1"),
    (
        "threshold",
        "level to be reached, empty for the outcome itself",
    ),
    ("paths", "paths started"),
    ("entered", "paths that got there"),
];

fn stage_rows(found: &RareOutcome) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for (repetition, repeat) in found.estimates.iter().enumerate() {
        for (stage, entered) in repeat.entered.iter().enumerate() {
            let threshold = found.thresholds.get(stage);
            rows.push(vec![
                (repetition + 1).to_string(),
                (stage + 1).to_string(),
                threshold.map_or_else(String::new, f64::to_string),
                found.paths.to_string(),
                entered.to_string(),
            ]);
        }
    }
    rows
}

/// Index of an outcome by its id; the error names the nearest.
pub(super) fn find_outcome(scenario: &Scenario, id: &str) -> Result<usize, CliError> {
    let known = || scenario.outcomes.iter().map(|outcome| outcome.id.as_str());
    known().position(|other| other == id).ok_or_else(|| {
        let hint = nearest(id, known())
            .map(|near| format!("did you mean `{near}`? "))
            .unwrap_or_default();
        let all: Vec<&str> = known().collect();
        CliError::Message(format!(
            "{} has no outcome `{id}`\n\nhint: {hint}its outcomes are {}",
            scenario.id,
            all.join(", ")
        ))
    })
}

/// A table as CSV.
pub(super) fn csv_bytes(
    columns: &[(&str, &str)],
    rows: &[Vec<String>],
) -> Result<Vec<u8>, CliError> {
    let failed = |error: csv::Error| CliError::Message(format!("cannot write a table: {error}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(columns.iter().map(|(name, _)| name))
        .map_err(failed)?;
    for row in rows {
        writer.write_record(row).map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|error| CliError::Message(format!("cannot write a table: {error}")))
}
