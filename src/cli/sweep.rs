//! `jawjaw sweep`: how the outcomes follow one or more values of a file.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::CliError;
use super::output::{Folder, may_be_replaced, sha256_hex};
use super::progress::Meter;
use super::run::figure_files;
use super::source::{self, print, say};
use super::terminal::{cancel_on_ctrl_c, terminal_look};
use crate::chart::sweep_figures;
use crate::drivers::sweep::{Axis, Design, SweepError, points, sweep};
use crate::ensemble::run::Progress;
use crate::ensemble::{MODEL_VERSION, Plan};
use crate::evidence::Evidence;
use crate::report::layout::Look;
use crate::report::sweep::{columns, csv, text};
use crate::scenario::names::nearest;
use crate::scenario::types::Scenario;

/// Vary values of a scenario by their paths and see how the outcomes follow
#[derive(Debug, Clone, Args)]
pub struct SweepArgs {
    /// Scenario file
    pub file: PathBuf,
    /// What to vary: a path as in `jawjaw explain`, then values, or a range and a number of points
    #[arg(
        long = "over",
        required = true,
        value_name = "PATH=V,V,..|LOW..HIGH[:N]"
    )]
    pub over: Vec<String>,
    /// How points are chosen
    #[arg(long, value_enum, default_value_t = Points::Grid)]
    pub design: Points,
    /// Points of a Latin hypercube or a Sobol' sequence
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(2..))]
    pub n: u32,
    /// Only these outcomes in table and charts
    #[arg(long = "outcome", value_name = "ID", value_delimiter = ',')]
    pub outcomes: Vec<String>,
    /// Draws of the other uncertain numbers at every point
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    pub draws: u32,
    /// Runs for each draw
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
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

/// See [`Design`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Points {
    /// Every combination of the values
    Grid,
    /// A Latin hypercube, its points spread apart
    Lhs,
    /// A scrambled Sobol' sequence
    Sobol,
}

impl SweepArgs {
    /// Plays the points, prints a table and writes it all down.
    pub fn run(&self) -> Result<ExitCode, CliError> {
        let shipped = Evidence::shipped();
        let loaded = source::open(&self.file.to_string_lossy(), &shipped)?;
        let evidence = source::evidence(&loaded, &shipped);
        let Some(scenario) = source::scenario(&loaded) else {
            return Ok(ExitCode::from(1));
        };
        let asked = outcomes(scenario, &self.outcomes)?;
        let axes = self
            .over
            .iter()
            .map(|over| Axis::parse(over, &loaded))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| message(&error))?;
        let design = match self.design {
            Points::Grid => Design::Grid,
            Points::Lhs => Design::Latin,
            Points::Sobol => Design::Sobol,
        };
        let settings = points(&axes, design, self.n, self.seed).map_err(|error| message(&error))?;
        let plan = Plan::new(self.seed, self.draws, self.replicates)
            .map_err(|error| CliError::Message(error.to_string()))?;
        let name = self.folder_name(&axes);
        let parent = self.out.join(&scenario.id);
        may_be_replaced(&parent.join(&name))?;
        let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let total = (settings.len() as u64 + 1) * plan.runs();
        let mut meter = Meter::new("sweep", total, self.quiet);
        let result = sweep(
            &loaded,
            evidence,
            &axes,
            design,
            &settings,
            plan,
            self.threads.unwrap_or(cores),
            cancel_on_ctrl_c()?,
            |done| {
                let done = (done + 1) * plan.runs();
                meter.update(Progress { done, total });
            },
        );
        let seconds = meter.finish();
        let result = result.map_err(|error| message(&error))?;
        print(&text(&result, &asked, terminal_look()))?;

        let folder = Folder::draft(&parent, &name)?;
        let plain = Look {
            width: 80,
            bold: false,
        };
        folder.write("sweep.txt", text(&result, &asked, plain).as_bytes())?;
        folder.write("sweep.csv", &csv(&result))?;
        folder.write_json(
            "columns.json",
            &serde_json::json!({ "sweep.csv": columns(&result) }),
        )?;
        folder.write_json("sweep.json", &result)?;
        if !self.no_charts {
            folder.write_figures(&figure_files(
                &sweep_figures(&result, &asked),
                self.threads,
            )?)?;
        }
        let manifest = serde_json::json!({
            "tool": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "model_version": MODEL_VERSION,
            "scenario": result.scenario,
            "file": self.file.display().to_string(),
            "sha256": sha256_hex(&loaded.sources.files[0].text),
            "over": self.over,
            "design": result.design,
            "seed": self.seed,
            "draws": self.draws,
            "replicates": self.replicates,
            "points": result.points.len(),
            "command_line": std::env::args().collect::<Vec<_>>(),
        });
        folder.write_json("manifest.json", &manifest)?;
        let partial = result.missing > 0;
        let name = if partial {
            format!("{name}-partial")
        } else {
            name
        };
        let path = folder.commit(&name)?;
        if !self.quiet {
            say(&format!(
                "{} points in {seconds:.1} s, written to {}",
                result.points.len(),
                path.display()
            ));
        }
        Ok(ExitCode::from(u8::from(partial)))
    }

    /// `sweep-pretext-prior-grid-seed-1-200x20`: the last two names of every path.
    fn folder_name(&self, axes: &[Axis]) -> String {
        let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
        let names = axes.iter().map(|axis| {
            let mut parts: Vec<&str> = axis.path.rsplit('.').take(2).collect();
            parts.reverse();
            parts.join("-").chars().map(plain).collect::<String>()
        });
        let mut names = names.collect::<Vec<_>>().join("-");
        if names.chars().count() > 60 {
            names = names.chars().take(48).collect::<String>() + "-" + &sha256_hex(&names)[..8];
        }
        let design = match self.design {
            Points::Grid => "grid".to_owned(),
            Points::Lhs => format!("lhs-{}", self.n),
            Points::Sobol => format!("sobol-{}", self.n),
        };
        format!(
            "sweep-{names}-{design}-seed-{}-{}x{}",
            self.seed, self.draws, self.replicates
        )
    }
}

/// Indices of outcomes by their ids; the nearest name for one that there is not.
pub(super) fn outcomes(scenario: &Scenario, ids: &[String]) -> Result<Vec<usize>, CliError> {
    ids.iter()
        .map(|id| {
            let found = scenario.outcomes.iter().position(|known| known.id == *id);
            found.ok_or_else(|| {
                let known = scenario.outcomes.iter().map(|known| known.id.as_str());
                let hint = nearest(id, known)
                    .map(|near| format!("\n\nhint: there is `{near}`"))
                    .unwrap_or_default();
                CliError::Message(format!("the scenario has no outcome `{id}`{hint}"))
            })
        })
        .collect()
}

fn message(error: &SweepError) -> CliError {
    CliError::Message(error.to_string())
}
