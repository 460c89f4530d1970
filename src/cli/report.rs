//! `jawjaw report`: one HTML page on a scenario, from a file that is run, a folder that `run` wrote or an
//! experiment.

mod experiment;
mod folder;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use clap::Args;

use super::game::load_game;
use super::output::{replace_file, sha256_hex};
use super::progress::Meter;
use super::run::precision::pool;
use super::run::{Loaded, Played, checked_expectations, machine, threads};
use super::terminal::cancel_on_ctrl_c;
use super::{CliError, source};
use crate::chart::{self, Figure};
use crate::drivers::measure::Measure;
use crate::drivers::screening::screen;
use crate::drivers::sensitivity::SensitivityError;
use crate::drivers::sentences::of_screening;
use crate::engine::record::RunRecord;
use crate::ensemble::association::{Associations, associations};
use crate::ensemble::game::Game;
use crate::ensemble::paired::OutcomeLog;
use crate::ensemble::run::{Recorder, RunError, run};
use crate::ensemble::{MODEL_VERSION, Plan, Simulator, Summary};
use crate::evidence::Evidence;
use crate::model::Model;
use crate::report::comparison::CheckedExpectation;
use crate::report::whole::{Claims, Origin, Picture, Report, Screened};
use crate::scenario::types::Scenario;

/// Draws below which nothing is said of what goes with an outcome.
const FEW_DRAWS: u32 = 30;
/// Lucks of each point of a trajectory.
const LUCKS: u32 = 4;
/// Outcomes whose companions are looked for.
const DRIVEN: usize = 3;

/// Write a report on a scenario as one HTML page
#[derive(Debug, Clone, Args)]
pub struct ReportArgs {
    /// Scenario file, which is run, or a folder of `jawjaw run` or `jawjaw experiment`
    #[arg(value_name = "FILE|DIR")]
    target: PathBuf,
    /// Where the page goes [default: a file named for seed and size in `output`, or report.html in
    /// the folder]
    #[arg(long, value_name = "FILE.html")]
    out: Option<PathBuf>,
    /// Draws of the uncertain numbers [default: 1000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    draws: Option<u32>,
    /// Runs for each draw [default: 20]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    replicates: Option<u32>,
    /// Seed of all randomness [default: 1]
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Trajectories of the search for what drives the result (Morris), 0 for none
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(..=1000))]
    trajectories: u32,
    /// Exact intervals for shares (Clopper and Pearson)
    #[arg(long)]
    exact: bool,
    /// Threads to use, which changes no result [default: one for each core]
    #[arg(long, value_name = "N", value_parser = threads)]
    threads: Option<NonZeroUsize>,
    /// Scenario file of the folder, if it is no longer where it was; of an experiment, the id
    #[arg(long, value_name = "FILE|ID")]
    scenario: Option<PathBuf>,
    /// Folder that `jawjaw claims` wrote, whose verdicts on this file are told
    #[arg(long, value_name = "DIR")]
    claims: Option<PathBuf>,
    /// Leave the charts out; their tables stay
    #[arg(long)]
    no_charts: bool,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

/// What the page is about, from wherever it came.
struct Found {
    summary: Summary,
    /// Outcome of every run.
    log: Vec<u8>,
    expectations: Vec<CheckedExpectation>,
    origin: Origin,
    /// Scenario file.
    file: PathBuf,
    /// Where the page goes unless told otherwise.
    page: PathBuf,
}

impl ReportArgs {
    /// Writes the page.
    pub fn run(&self) -> Result<ExitCode, CliError> {
        let shipped = Evidence::shipped();
        let cancel = cancel_on_ctrl_c()?;
        let found = if experiment::is_experiment(&self.target) {
            self.of_experiment(&shipped, cancel)?
        } else if self.target.is_dir() {
            self.of_folder(&shipped)?
        } else {
            self.of_file(&shipped, cancel)?
        };
        let loaded = source::open(&found.file.to_string_lossy(), &shipped)?;
        let evidence = source::evidence(&loaded, &shipped);
        let Some(scenario) = source::scenario(&loaded) else {
            return Ok(ExitCode::from(1));
        };
        let text = self.page(scenario, evidence, &found, cancel)?;
        let path = self.out.as_ref().unwrap_or(&found.page);
        replace_file(path, text.as_bytes())?;
        if !self.quiet {
            source::say(&format!("Report written to {}", path.display()));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn page(
        &self,
        scenario: &Scenario,
        evidence: &Evidence,
        found: &Found,
        cancel: &AtomicBool,
    ) -> Result<String, CliError> {
        let mut figures = chart::figures(&found.summary);
        // Without its days a summary holds the ends only.
        if found.summary.rounds.is_empty() {
            figures.retain(|figure| figure.name == "1-outcomes");
        }
        let pictures = self.pictures(figures)?;
        let screening = self.screening(scenario, evidence, found.summary.design.seed, cancel)?;
        let claims: Option<Claims> = (self.claims.as_ref())
            .map(|folder| folder::read(folder, "claims.json"))
            .transpose()?;
        let report = Report {
            scenario,
            evidence,
            summary: &found.summary,
            pictures: &pictures,
            screening: screening.as_ref(),
            drivers: &drivers(scenario, found),
            expectations: &found.expectations,
            claims: claims.as_ref(),
            origin: &found.origin,
        };
        let page = report.page();
        page.map_err(|error| CliError::Message(error.to_string()))
    }

    fn pictures(&self, figures: Vec<Figure>) -> Result<Vec<Picture>, CliError> {
        if self.no_charts {
            return Ok(Vec::new());
        }
        let painted = figures.into_iter().map(|figure| {
            let svg = figure.svg();
            Ok(Picture {
                svg: svg.map_err(|error| CliError::Message(error.to_string()))?,
                name: figure.name,
                title: figure.title,
            })
        });
        painted.collect()
    }

    /// What moving each uncertain number does, in a few runs; none if it was not asked for or there is
    /// nothing to move.
    fn screening(
        &self,
        scenario: &Scenario,
        evidence: &Evidence,
        seed: u64,
        cancel: &AtomicBool,
    ) -> Result<Option<Screened>, CliError> {
        if self.trajectories < 2 {
            return Ok(None);
        }
        let message = |error: &dyn std::fmt::Display| CliError::Message(error.to_string());
        let model = Model::compile(scenario.clone()).map_err(|error| message(&error))?;
        let measures = Measure::outcomes(&model);
        let pool = pool(self.threads)?;
        let size = (self.trajectories, LUCKS);
        let result = pool.install(|| screen(&model, &measures, seed, size, cancel, &|_| ()));
        let screening = match result {
            Ok(screening) if screening.missing == 0 => screening,
            Err(SensitivityError::Nothing) => return Ok(None),
            Err(error) if error != SensitivityError::Stopped => return Err(message(&error)),
            _ => return Err(CliError::Message("stopped; nothing was written".to_owned())),
        };
        Ok(Some(Screened {
            trajectories: screening.trajectories,
            runs: screening.runs,
            sentences: of_screening(&screening, evidence),
            pictures: self.pictures(chart::screening_figures(&screening))?,
        }))
    }

    /// What is stored has its size already.
    fn refuse_size(&self) -> Result<(), CliError> {
        if self.draws.is_some() || self.replicates.is_some() || self.seed.is_some() || self.exact {
            return Err(CliError::Message(format!(
                "{} holds runs that are done; `--draws`, `--replicates`, `--seed` and `--exact` are for \
                 a scenario file",
                self.target.display()
            )));
        }
        Ok(())
    }

    fn of_file(&self, shipped: &Evidence, cancel: &AtomicBool) -> Result<Found, CliError> {
        let plan = Plan::new(
            self.seed.unwrap_or(1),
            self.draws.unwrap_or(1000),
            self.replicates.unwrap_or(20),
        )
        .map_err(|error| CliError::Message(error.to_string()))?;
        let loaded = load_game(&self.target, shipped)?;
        let (sha256, resolved_sha256) = (sha256_hex(&loaded.source), sha256_hex(&loaded.resolved));
        // What the file expects something against is played on the same luck.
        let mut played = Vec::new();
        for file in bases(&loaded) {
            let base = load_game(&file, shipped)?;
            played.push(self.play(base, &file, plan, cancel)?);
        }
        played.push(self.play(loaded, &self.target, plan, cancel)?);
        let expectations = checked_expectations(&played)?;
        let own = played.pop().expect("it was just played");
        let mut summary = own.summary;
        if self.exact {
            summary = summary.with_exact_intervals();
        }
        let size = format!(
            "seed-{}-{}x{}",
            plan.seed(),
            plan.draws(),
            plan.replicates()
        );
        let page = Path::new("output")
            .join(&summary.scenario.id)
            .join(format!("report-{size}.html"));
        let exact = if self.exact { " --exact" } else { "" };
        let file = self.target.display().to_string();
        Ok(Found {
            log: own.log.outcomes,
            expectations,
            origin: Origin {
                command: format!("jawjaw report {file} {}{exact}", size_options(plan)),
                file,
                sha256,
                resolved_sha256,
                version: env!("CARGO_PKG_VERSION").to_owned(),
                model_version: MODEL_VERSION,
                plan: None,
                notes: Vec::new(),
            },
            summary,
            file: self.target.clone(),
            page,
        })
    }

    fn play(
        &self,
        loaded: Loaded<Game>,
        file: &Path,
        plan: Plan,
        cancel: &AtomicBool,
    ) -> Result<Played, CliError> {
        let id = loaded.simulator.info().scenario.id.clone();
        let mut meter = Meter::new(&id, plan.runs(), self.quiet);
        let (mut outcomes, mut flags) = (Vec::new(), Vec::new());
        let threads = NonZeroUsize::new(machine(self.threads).threads);
        let threads = threads.unwrap_or(NonZeroUsize::MIN);
        let result = run(
            &loaded.simulator,
            plan,
            threads,
            cancel,
            &Ends,
            |part: Vec<(u8, u64)>, progress| {
                meter.update(progress);
                outcomes.extend(part.iter().map(|end| end.0));
                flags.extend(part.iter().map(|end| end.1));
                Ok::<(), CliError>(())
            },
        );
        meter.finish();
        let summary = result.map_err(|error| match error {
            RunError::Rows(error) => error,
            other => CliError::Message(format!("{id}: {other}")),
        })?;
        if summary.design.partial {
            return Err(CliError::Message("stopped; nothing was written".to_owned()));
        }
        Ok(Played {
            summary,
            log: OutcomeLog { plan, outcomes },
            flags,
            file: file.display().to_string(),
            ancestors: loaded.ancestors,
            expectations: loaded.expectations,
        })
    }
}

// Outcome and flags of every run.
struct Ends;

impl Recorder for Ends {
    type Part = Vec<(u8, u64)>;

    fn record(&self, part: &mut Self::Part, _index: u64, record: &RunRecord) {
        part.push((record.outcome, record.flags));
    }
}

/// Files that the expectations are against, each once.
fn bases(loaded: &Loaded<Game>) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = Vec::new();
    for expectation in &loaded.expectations {
        let base = match &expectation.against {
            Some(id) => loaded.ancestors.iter().find(|ancestor| ancestor.id == *id),
            None => loaded.ancestors.first(),
        };
        let file = base.map(|ancestor| PathBuf::from(&ancestor.file));
        files.extend(file.filter(|file| !files.contains(file)));
    }
    files
}

fn size_options(plan: Plan) -> String {
    format!(
        "--draws {} --replicates {} --seed {}",
        plan.draws(),
        plan.replicates(),
        plan.seed()
    )
}

/// What goes with the outcomes that move most with the unknown numbers, in the order of the file.
fn drivers(scenario: &Scenario, found: &Found) -> Vec<(usize, Associations)> {
    let design = &found.summary.design;
    if design.draws < FEW_DRAWS || found.log.len() as u64 != design.runs {
        return Vec::new();
    }
    let spread = |index: &usize| {
        let band = found.summary.outcomes[*index].band;
        if band.n > 1 { band.q95 - band.q05 } else { 0.0 }
    };
    let mut chosen: Vec<usize> = (0..found.summary.outcomes.len()).collect();
    chosen.sort_by(|a, b| spread(b).total_cmp(&spread(a)));
    chosen.truncate(DRIVEN);
    chosen.retain(|index| spread(index) > 0.0);
    chosen.sort_unstable();
    let quantities = scenario.quantities();
    let of = |outcome: usize| {
        let shares: Vec<f64> = (found.log.chunks(design.replicates as usize))
            .map(|draw| {
                let hits = draw
                    .iter()
                    .filter(|own| usize::from(**own) == outcome)
                    .count();
                hits as f64 / draw.len() as f64
            })
            .collect();
        (outcome, associations(&quantities, design.seed, &shares))
    };
    chosen.into_iter().map(of).collect()
}
