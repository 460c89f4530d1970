//! `jawjaw discover`: under which assumptions an outcome is likely.
//!
//! The story: load the file, find the outcome, play the runs while they become a table, look for
//! regions, print them in words, write them down with their pictures.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

use clap::Args;

use super::explain::reasons;
use super::output::{Folder, may_be_replaced, sha256_hex};
use super::progress::Meter;
use super::rare::{csv_bytes, find_outcome};
use super::run::figure_files;
use super::source::{print, say};
use super::terminal::{cancel_on_ctrl_c, terminal_look};
use super::{CliError, source};
use crate::chart;
use crate::ensemble::discover::{DiscoverError, DiscoverPlan, Discovery, discover};
use crate::ensemble::run::Progress;
use crate::ensemble::{MODEL_VERSION, Plan};
use crate::evidence::Evidence;
use crate::model::Model;
use crate::report::discover::{LIMITS, TRADE_OFF, limit_rows, text, trade_off_rows};
use crate::report::layout::Look;

/// Find out under which assumptions an outcome is likely
#[derive(Debug, Clone, Args)]
pub struct DiscoverArgs {
    /// Scenario file
    pub file: String,
    /// Outcome of interest, by its id
    #[arg(long, value_name = "ID")]
    pub outcome: String,
    /// Draws of the uncertain numbers
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub draws: u32,
    /// Runs for each draw; one is best, since other draws say more than the same once more
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub replicates: u32,
    /// Seed of all randomness
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Most regions to look for, each outside those before
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub boxes: u32,
    /// Take this step of the trade-off as the first region, with all of its limits
    #[arg(long, value_name = "K")]
    pub step: Option<usize>,
    /// Limit numbers only, not the true types of the parties
    #[arg(long)]
    pub numbers_only: bool,
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

impl DiscoverArgs {
    /// Finds and prints.
    pub fn run(self) -> Result<ExitCode, CliError> {
        let shipped = Evidence::shipped();
        let loaded = source::open(&self.file, &shipped)?;
        let Some(scenario) = source::scenario(&loaded).cloned() else {
            return Ok(ExitCode::from(1));
        };
        let outcome = find_outcome(&scenario, &self.outcome)?;
        let model = Model::compile(scenario)
            .map_err(|error| CliError::Message(format!("{}: {error}", self.file)))?;
        let name = self.folder_name();
        let parent = self.out.join(&model.scenario.id);
        may_be_replaced(&parent.join(&name))?;
        let plan = Plan::new(self.seed, self.draws, self.replicates)
            .map_err(|error| CliError::Message(error.to_string()))?;
        let cancel = cancel_on_ctrl_c()?;
        let mut meter = Meter::new(&model.scenario.id, plan.runs(), self.quiet);
        let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let found = discover(
            &model,
            DiscoverPlan {
                plan,
                outcome,
                types: !self.numbers_only,
                boxes: self.boxes,
                step: self.step,
            },
            self.threads.unwrap_or(cores),
            |done| {
                let total = plan.runs();
                meter.update(Progress { done, total });
                !cancel.load(Ordering::Relaxed)
            },
        );
        let seconds = meter.finish();
        let found = found.map_err(|error| self.failure(&error))?;
        let facts = source::evidence(&loaded, &shipped);
        let why = |id: &str| reasons(&model.scenario, id, facts);
        print(&text(&found, &why, terminal_look()))?;
        let folder = Folder::draft(&parent, &name)?;
        self.write(&folder, &found, &why, &loaded.sources.files[0].text)?;
        let path = folder.commit(&name)?;
        if !self.quiet {
            say(&format!("{seconds:.1} s, written to {}", path.display()));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn failure(&self, error: &DiscoverError) -> CliError {
        let hint = match error {
            DiscoverError::TooFew { .. } => format!(
                "\n\nhint: `jawjaw rare {} --outcome {}`",
                self.file, self.outcome
            ),
            _ => String::new(),
        };
        CliError::Message(format!("{error}{hint}"))
    }

    fn folder_name(&self) -> String {
        format!(
            "discover-{}-seed-{}-{}x{}",
            self.outcome, self.seed, self.draws, self.replicates
        )
    }

    fn write(
        &self,
        folder: &Folder,
        found: &Discovery,
        why: &dyn Fn(&str) -> Vec<String>,
        source: &str,
    ) -> Result<(), CliError> {
        let plain = Look {
            width: 80,
            bold: false,
        };
        folder.write("discover.txt", text(found, why, plain).as_bytes())?;
        folder.write_json("discover.json", found)?;
        folder.write(
            "tradeoff.csv",
            &csv_bytes(&TRADE_OFF, &trade_off_rows(found))?,
        )?;
        folder.write("limits.csv", &csv_bytes(&LIMITS, &limit_rows(found))?)?;
        let meaning = |columns: &[(&str, &str)]| -> serde_json::Value {
            (columns.iter())
                .map(|(name, meaning)| serde_json::json!({ "name": name, "meaning": meaning }))
                .collect()
        };
        let columns = serde_json::json!({
            "tradeoff.csv": meaning(&TRADE_OFF),
            "limits.csv": meaning(&LIMITS),
        });
        folder.write_json("columns.json", &columns)?;
        if !self.no_charts {
            folder.write_figures(&figure_files(
                &chart::discover_figures(found),
                self.threads,
            )?)?;
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
