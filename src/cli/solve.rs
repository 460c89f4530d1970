//! `jawjaw solve`: what the solution concepts of the field say about a scenario.
//!
//! The story: load the file, make its cases, let every lens look at all of them, print what each says
//! and where they contradict each other, write it down with its pictures.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use clap::{Args, ValueEnum};
use rayon::prelude::*;
use serde::Serialize;

use super::CliError;
use super::game::load_game;
use super::output::{Folder, may_be_replaced, sha256_hex};
use super::run::figure_files;
use super::source::{print, say};
use super::terminal::terminal_look;
use crate::chart::solve_figures;
use crate::ensemble::game::Game;
use crate::ensemble::run::run;
use crate::ensemble::{MODEL_VERSION, Plan, Simulator, Summary};
use crate::evidence::Evidence;
use crate::report::layout::Look;
use crate::report::solve::{finding, heading, text};
use crate::solve::Lens;
use crate::solve::case::{Case, Options, Study};
use crate::solve::consent::Ratification;
use crate::solve::contradictions::contradictions;
use crate::solve::election::Election;
use crate::solve::plot::Plot;
use crate::solve::report::Report;
use crate::solve::solutions::Solutions;
use crate::solve::strategic::{
    AlternatingOffers, ConflictGraph, DeclaredTrees, GroupDecision, WarPanel,
};
use crate::solve::vote::Vote;
use crate::solve::win_sets::WinSets;
use crate::solve::zone::Zone;

/// Solve a scenario by the solution concepts of the field
#[derive(Debug, Clone, Args)]
pub struct SolveArgs {
    /// Scenario file
    pub file: PathBuf,
    /// Draws of the uncertain numbers for the bands; 0 for the modes alone
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub draws: u32,
    /// Seed of all randomness
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Only these lenses: zone, bargaining, win-sets, ratification, election, graph, war,
    /// alternating-offers, expected-utility, tree
    #[arg(long = "lens", value_name = "NAME", value_delimiter = ',', num_args = 1..)]
    pub lenses: Vec<String>,
    /// Also simulate this many runs for each draw, to set their shares beside the theory
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub replicates: u32,
    /// Exponent of a victory in the election: 1 by margins, large for nearly sure majorities
    #[arg(long, value_name = "NU", default_value_t = 1.0, value_parser = positive)]
    pub nu: f64,
    /// How the election is decided
    #[arg(long, value_enum, default_value_t = Kind::Conditional)]
    pub election: Kind,
    /// Threads to use, which changes no result [default: one for each core]
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Folder for results
    #[arg(long, value_name = "DIR", default_value = "output")]
    pub out: PathBuf,
    /// Leave the charts out
    #[arg(long)]
    pub no_charts: bool,
    /// The same by the definitions of other programs.
    #[command(flatten)]
    pub published: super::published::PublishedArgs,
}

/// See [`Election`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Every package against every other, once
    Conditional,
    /// A champion challenged by a package drawn evenly
    MarkovUniform,
    /// A champion challenged in proportion to the interest in the challenger
    MarkovIncentive,
}

fn positive(text: &str) -> Result<f64, String> {
    let value: f64 = text
        .parse()
        .map_err(|_| "a number above 0 is expected".to_owned())?;
    if value > 0.0 && value.is_finite() {
        Ok(value)
    } else {
        Err("a number above 0 is expected".to_owned())
    }
}

/// A lens that can be applied without knowing its type, by its name.
type Applied = (&'static str, fn(&Study) -> Report);

/// Every lens, in reading order. A new one is a line here, and a word in the help of `--lens`.
fn lenses() -> Vec<Applied> {
    vec![
        ("zone", |study| apply(&Zone, study)),
        ("bargaining", |study| apply(&Solutions, study)),
        ("win-sets", |study| apply(&WinSets, study)),
        ("ratification", |study| apply(&Ratification, study)),
        ("election", |study| apply(&Vote, study)),
        ("graph", |study| apply(&ConflictGraph, study)),
        ("war", |study| apply(&WarPanel, study)),
        ("alternating-offers", |study| {
            apply(&AlternatingOffers, study)
        }),
        ("expected-utility", |study| apply(&GroupDecision, study)),
        ("tree", |study| apply(&DeclaredTrees, study)),
    ]
}

/// Applies a lens to all cases, draws in parallel.
fn apply<L: Lens>(lens: &L, study: &Study) -> Report {
    let modes = lens.part(study, &study.modes);
    let draws = study.draws.par_iter().map(|case| lens.part(study, case));
    let draws = draws.collect();
    lens.report(study, modes, draws)
}

/// `solve.json`.
#[derive(Debug, Serialize)]
struct Solution<'a> {
    /// Scenario id.
    scenario: &'a str,
    /// Title.
    title: &'a str,
    seed: u64,
    draws: u32,
    model_version: u32,
    parties: Vec<&'a str>,
    issues: Vec<&'a str>,
    forms: Vec<&'a str>,
    packages: String,
    reports: &'a [Report],
    contradictions: &'a [String],
}

/// How it came about.
#[derive(Debug, Serialize)]
struct Manifest {
    tool: &'static str,
    version: &'static str,
    model_version: u32,
    file: String,
    sha256: String,
    seed: u64,
    draws: u32,
    replicates: u32,
    command_line: Vec<String>,
}

impl SolveArgs {
    /// Solves the file, prints what every lens says and writes it down.
    pub fn run(&self) -> Result<ExitCode, CliError> {
        if let Some(convention) = self.published.convention {
            let file = self.file.to_string_lossy();
            return self.published.solve(convention, &file, self.seed);
        }
        let wanted = self.wanted()?;
        let evidence = Evidence::shipped();
        let loaded = load_game(&self.file, &evidence)?;
        let game = loaded.simulator;
        let id = game.info().scenario.id.clone();
        let name = format!("solve-seed-{}-{}", self.seed, self.draws);
        may_be_replaced(&self.out.join(&id).join(&name))?;
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads.map_or(0, NonZeroUsize::get))
            .build()
            .map_err(|error| CliError::Message(error.to_string()))?;
        let beside = self.beside(&game)?;
        let model = game.into_model();
        let (study, mut reports) = pool.install(|| {
            let draws = (0..self.draws).into_par_iter();
            let study = Study {
                seed: self.seed,
                options: self.options(),
                modes: Case::modes(&model),
                draws: draws
                    .map(|index| Case::draw(&model, self.seed, index))
                    .collect(),
                model,
            };
            let reports: Vec<Report> = wanted.iter().map(|(_, apply)| apply(&study)).collect();
            (study, reports)
        });
        if let Some(summary) = &beside {
            for report in &mut reports {
                set_beside(report, summary);
            }
        }
        let found = contradictions(&study, &reports);
        let whole = |look: Look| -> String {
            let mut whole = heading(&study.model.scenario.title, self.draws, self.seed, look);
            whole.extend(reports.iter().map(|report| text(report, look)));
            whole + &finding(&found, look)
        };
        print(&whole(terminal_look()))?;

        let folder = Folder::draft(&self.out.join(&id), &name)?;
        let plain = Look {
            width: 80,
            bold: false,
        };
        folder.write("solve.txt", whole(plain).as_bytes())?;
        folder.write_json("solve.json", &self.solution(&study, &reports, &found))?;
        if !self.no_charts {
            let plots: Vec<Plot> = reports
                .iter()
                .flat_map(|report| report.plots.clone())
                .collect();
            let runs = match self.replicates {
                0 => String::new(),
                n => format!(", {n} runs each"),
            };
            let footer = format!(
                "{}. {} draws of the uncertain numbers{runs}, seed {}; given these assumptions, not a \
                 forecast.",
                study.model.scenario.title, self.draws, self.seed
            );
            folder.write_figures(&figure_files(
                &solve_figures(&plots, &footer),
                self.threads,
            )?)?;
        }
        folder.write_json(
            "manifest.json",
            &Manifest {
                tool: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
                model_version: MODEL_VERSION,
                file: self.file.display().to_string(),
                sha256: sha256_hex(&loaded.source),
                seed: self.seed,
                draws: self.draws,
                replicates: self.replicates,
                command_line: std::env::args().collect(),
            },
        )?;
        let path = folder.commit(&name)?;
        say(&format!("Written to {}", path.display()));
        Ok(ExitCode::SUCCESS)
    }

    fn options(&self) -> Options {
        Options {
            nu: self.nu,
            election: match self.election {
                Kind::Conditional => Election::Conditional,
                Kind::MarkovUniform => Election::MarkovUniform,
                Kind::MarkovIncentive => Election::MarkovIncentive,
            },
        }
    }

    /// The lenses asked for, all if none is named.
    fn wanted(&self) -> Result<Vec<Applied>, CliError> {
        let all = lenses();
        for name in &self.lenses {
            if all.iter().all(|(known, _)| known != name) {
                let known: Vec<&str> = all.iter().map(|(known, _)| *known).collect();
                return Err(CliError::Message(format!(
                    "there is no lens `{name}`; there are {}",
                    known.join(", ")
                )));
            }
        }
        let asked = |name: &str| self.lenses.is_empty() || self.lenses.iter().any(|l| l == name);
        Ok(all.into_iter().filter(|(name, _)| asked(name)).collect())
    }

    /// The ensemble to set beside the theory, if one was asked for.
    fn beside(&self, game: &Game) -> Result<Option<Summary>, CliError> {
        if self.replicates == 0 || self.draws == 0 {
            return Ok(None);
        }
        let failed = |error: &dyn std::fmt::Display| CliError::Message(error.to_string());
        let plan =
            Plan::new(self.seed, self.draws, self.replicates).map_err(|error| failed(&error))?;
        let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let threads = self.threads.unwrap_or(cores);
        let never = AtomicBool::new(false);
        let summary = run(game, plan, threads, &never, &(), |(), _| {
            Ok::<_, std::convert::Infallible>(())
        });
        summary.map(Some).map_err(|error| failed(&error))
    }

    fn solution<'a>(
        &self,
        study: &'a Study,
        reports: &'a [Report],
        contradictions: &'a [String],
    ) -> Solution<'a> {
        let scenario = &study.model.scenario;
        Solution {
            scenario: &scenario.id,
            title: &scenario.title,
            seed: self.seed,
            draws: self.draws,
            model_version: MODEL_VERSION,
            parties: scenario
                .parties
                .iter()
                .map(|party| party.id.as_str())
                .collect(),
            issues: scenario
                .issues
                .iter()
                .map(|issue| issue.id.as_str())
                .collect(),
            forms: scenario.forms.iter().map(|form| form.id.as_str()).collect(),
            packages: study.modes.space.len().to_string(),
            reports,
            contradictions,
        }
    }
}

/// Puts simulated shares into the plots that have room for them.
fn set_beside(report: &mut Report, summary: &Summary) {
    for plot in &mut report.plots {
        if let Plot::Levels { issues } = plot {
            for (issue, simulated) in issues.iter_mut().zip(&summary.issues) {
                issue.simulated = Some(simulated.in_force.clone());
            }
        }
    }
}
