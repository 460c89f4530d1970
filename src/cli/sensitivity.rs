//! `jawjaw sensitivity`: what the outcomes hang on, and how much of it is luck.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::CliError;
use super::output::{Folder, may_be_replaced, sha256_hex};
use super::progress::Meter;
use super::run::figure_files;
use super::source::{self, print, say};
use super::terminal::{cancel_on_ctrl_c, terminal_look};
use crate::chart::{Figure, screening_figures, sensitivity_figures};
use crate::drivers::factors::Factors;
use crate::drivers::measure::Measure;
use crate::drivers::screening::screen;
use crate::drivers::sensitivity::{Size, analyse};
use crate::ensemble::MODEL_VERSION;
use crate::ensemble::run::Progress;
use crate::evidence::Evidence;
use crate::model::Model;
use crate::report::layout::Look;
use crate::report::rows::ColumnMeaning;
use crate::report::sensitivity::{
    columns, csv, screening_columns, screening_csv, screening_text, text,
};
use crate::scenario::types::Scenario;

/// Find the numbers that decide the outcomes, and how much is left to chance
#[derive(Debug, Clone, Args)]
pub struct SensitivityArgs {
    /// Scenario file
    pub file: PathBuf,
    /// How: shares of the variance, or a quick screening
    #[arg(long, value_enum, default_value_t = Method::Sobol)]
    pub method: Method,
    /// Base points (sobol) or trajectories (morris) [default: 128 or 20]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(4..=1_000_000))]
    pub n: Option<u32>,
    /// Only these outcomes instead of all of them
    #[arg(long = "outcome", value_name = "ID", value_delimiter = ',')]
    pub outcomes: Vec<String>,
    /// Something else of a run: days, agreement, flag.ID, utility.PARTY
    #[arg(
        long = "measure",
        value_name = "NAME",
        value_delimiter = ',',
        conflicts_with = "outcomes"
    )]
    pub measures: Vec<String>,
    /// Lucks of each row
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub replicates: u32,
    /// Seed of all randomness
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Threads to use, which changes no result [default: one for each core]
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Folder for results
    #[arg(long, value_name = "DIR", default_value = "output")]
    pub out: PathBuf,
    /// Leave the charts out
    #[arg(long)]
    pub no_charts: bool,
    /// Show no progress
    #[arg(short, long)]
    pub quiet: bool,
}

/// See the modules of `drivers`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// First and total shares of the variance, by Saltelli's design
    Sobol,
    /// Elementary effects along random paths
    Morris,
}

/// What is written down of either method.
struct Result {
    text: Box<dyn Fn(Look) -> String>,
    json: serde_json::Value,
    csv: Vec<u8>,
    columns: Vec<ColumnMeaning>,
    figures: Vec<Figure>,
    runs: u64,
    partial: bool,
}

impl SensitivityArgs {
    /// Analyses the file, prints what was found and writes it down.
    pub fn run(&self) -> std::result::Result<ExitCode, CliError> {
        let shipped = Evidence::shipped();
        let loaded = source::open(&self.file.to_string_lossy(), &shipped)?;
        let evidence = source::evidence(&loaded, &shipped).clone();
        let Some(scenario) = source::scenario(&loaded) else {
            return Ok(ExitCode::from(1));
        };
        let measures = self.measured(scenario)?;
        let model = Model::compile(scenario.clone())
            .map_err(|error| CliError::Message(error.to_string()))?;
        let (method, n) = match self.method {
            Method::Sobol => ("sobol", self.n.unwrap_or(128)),
            Method::Morris => ("morris", self.n.unwrap_or(20)),
        };
        let what = if self.outcomes.is_empty() && self.measures.is_empty() {
            String::new()
        } else {
            let names = [self.outcomes.join("-"), self.measures.join("-")].concat();
            format!("{}-", names.replace('.', "-"))
        };
        let name = format!(
            "sensitivity-{method}-{what}seed-{}-{n}x{}",
            self.seed, self.replicates
        );
        let parent = self.out.join(&scenario.id);
        may_be_replaced(&parent.join(&name))?;
        let found = self.found(&model, &measures, n, evidence)?;
        print(&(found.text)(terminal_look()))?;
        let path = self.write(&found, &parent, &name, &loaded.sources.files[0].text, n)?;
        if !self.quiet {
            let path = path.display();
            say(&format!("{} runs, written to {path}", found.runs));
        }
        Ok(ExitCode::from(u8::from(found.partial)))
    }

    /// The outputs asked for: every outcome if nothing else is said.
    fn measured(&self, scenario: &Scenario) -> std::result::Result<Vec<Measure>, CliError> {
        if !self.measures.is_empty() {
            let parsed = self
                .measures
                .iter()
                .map(|text| Measure::parse(text, scenario));
            return parsed
                .collect::<std::result::Result<_, _>>()
                .map_err(CliError::Message);
        }
        let asked = super::sweep::outcomes(scenario, &self.outcomes)?;
        let all = 0..scenario.outcomes.len();
        let list = if asked.is_empty() {
            all.collect()
        } else {
            asked
        };
        Ok(list.into_iter().map(Measure::Outcome).collect())
    }

    fn found(
        &self,
        model: &Model,
        measures: &[Measure],
        n: u32,
        evidence: Evidence,
    ) -> std::result::Result<Result, CliError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads.map_or(0, NonZeroUsize::get))
            .build()
            .map_err(|error| CliError::Message(error.to_string()))?;
        let factors = Factors::of(model);
        let rows = factors.list.len() as u64 + factors.groups().len() as u64 + 3;
        let size = Size::of(n, self.replicates);
        let total = match self.method {
            Method::Sobol => size.runs(rows),
            Method::Morris => {
                u64::from(n) * (factors.list.len() as u64 + 2) * u64::from(self.replicates)
            }
        };
        let meter = Mutex::new(Meter::new("sensitivity", total, self.quiet));
        let played = |done: u64| {
            if let Ok(mut meter) = meter.lock() {
                meter.update(Progress {
                    done: done.min(total),
                    total,
                });
            }
        };
        let cancel = cancel_on_ctrl_c()?;
        let failed = |error: &dyn std::fmt::Display| CliError::Message(error.to_string());
        let result = match self.method {
            Method::Sobol => {
                let it = pool
                    .install(|| analyse(model, measures, self.seed, size, cancel, &played))
                    .map_err(|error| failed(&error))?;
                Result {
                    json: json(&it)?,
                    csv: csv(&it, &evidence),
                    columns: columns(),
                    figures: sensitivity_figures(&it, &evidence),
                    runs: it.runs,
                    partial: it.missing > 0,
                    text: Box::new(move |look| text(&it, &evidence, look)),
                }
            }
            Method::Morris => {
                let size = (n, self.replicates);
                let it = pool
                    .install(|| screen(model, measures, self.seed, size, cancel, &played))
                    .map_err(|error| failed(&error))?;
                Result {
                    json: json(&it)?,
                    csv: screening_csv(&it, &evidence),
                    columns: screening_columns(),
                    figures: screening_figures(&it),
                    runs: it.runs,
                    partial: it.missing > 0,
                    text: Box::new(move |look| screening_text(&it, &evidence, look)),
                }
            }
        };
        if let Ok(meter) = meter.into_inner() {
            meter.finish();
        }
        Ok(result)
    }

    fn write(
        &self,
        found: &Result,
        parent: &Path,
        name: &str,
        source: &str,
        n: u32,
    ) -> std::result::Result<PathBuf, CliError> {
        let folder = Folder::draft(parent, name)?;
        let plain = Look {
            width: 80,
            bold: false,
        };
        let table = match self.method {
            Method::Sobol => "sensitivity.csv",
            Method::Morris => "screening.csv",
        };
        folder.write("sensitivity.txt", (found.text)(plain).as_bytes())?;
        folder.write(table, &found.csv)?;
        folder.write_json("columns.json", &serde_json::json!({ table: found.columns }))?;
        folder.write_json("sensitivity.json", &found.json)?;
        if !self.no_charts {
            folder.write_figures(&figure_files(&found.figures, self.threads)?)?;
        }
        let manifest = serde_json::json!({
            "tool": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "model_version": MODEL_VERSION,
            "file": self.file.display().to_string(),
            "sha256": sha256_hex(source),
            "method": self.method,
            "n": n,
            "replicates": self.replicates,
            "seed": self.seed,
            "runs": found.runs,
            "command_line": std::env::args().collect::<Vec<_>>(),
        });
        folder.write_json("manifest.json", &manifest)?;
        let name = if found.partial {
            format!("{name}-partial")
        } else {
            name.to_owned()
        };
        folder.commit(&name)
    }
}

fn json(value: &impl Serialize) -> std::result::Result<serde_json::Value, CliError> {
    serde_json::to_value(value).map_err(|error| CliError::Message(error.to_string()))
}
