//! `jawjaw solve`: what the solution concepts of the field say about a scenario.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use rayon::prelude::*;

use super::CliError;
use super::game::load_game;
use super::source::print;
use super::terminal::terminal_look;
use crate::evidence::Evidence;
use crate::report::solve::text;
use crate::solve::Lens;
use crate::solve::case::{Case, Study};
use crate::solve::report::Report;
use crate::solve::solutions::Solutions;
use crate::solve::strategic::{
    AlternatingOffers, ConflictGraph, DeclaredTrees, GroupDecision, WarPanel,
};
use crate::solve::zone::Zone;

/// Solve a scenario by the solution concepts of the field
#[derive(Debug, Clone, Args)]
pub struct SolveArgs {
    /// Scenario file
    pub file: PathBuf,
    /// Draws of the uncertain numbers for the bands
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub draws: u32,
    /// Seed of all randomness
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Threads to use, which changes no result [default: one for each core]
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Only these lenses
    #[arg(long = "lens", value_name = "NAME", value_delimiter = ',')]
    pub lenses: Vec<String>,
}

/// A lens with its part of every case, ready to be called without knowing its type.
type Applied = (&'static str, fn(&Study) -> Report);

/// Every lens, in reading order. A new one is a line here.
fn lenses() -> Vec<Applied> {
    vec![
        ("zone", |study| apply(&Zone, study)),
        ("bargaining", |study| apply(&Solutions, study)),
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

impl SolveArgs {
    /// Solves the file and prints what every lens says.
    pub fn run(&self) -> Result<ExitCode, CliError> {
        let evidence = Evidence::shipped();
        let model = load_game(&self.file, &evidence)?.simulator.into_model();
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads.map_or(0, NonZeroUsize::get))
            .build()
            .map_err(|error| CliError::Message(error.to_string()))?;
        let reports = pool.install(|| {
            let draws = (0..self.draws).into_par_iter();
            let study = Study {
                seed: self.seed,
                modes: Case::modes(&model),
                draws: draws
                    .map(|index| Case::draw(&model, self.seed, index))
                    .collect(),
                model,
            };
            let wanted =
                |name: &str| self.lenses.is_empty() || self.lenses.iter().any(|l| l == name);
            lenses()
                .into_iter()
                .filter(|(name, _)| wanted(name))
                .map(|(_, apply)| apply(&study))
                .collect::<Vec<Report>>()
        });
        let look = terminal_look();
        for report in &reports {
            print(&text(report, look))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
