//! `jawjaw experiment`: runs kept in a folder, which can be stopped, moved, shared out and finished.

mod analyse;
mod plan;
mod replay;
mod run;
mod status;
mod store;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::CliError;
use super::source::say;
use crate::ensemble::Simulator;
use crate::ensemble::facts::ScenarioFacts;
use crate::ensemble::game::Game;
use crate::experiment::store::Store;
use crate::experiment::table::Table;
use crate::experiment::{ExperimentError, work};

/// Arguments of `experiment`.
#[derive(Debug, Args)]
pub(super) struct ExperimentArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Plan(plan::PlanArgs),
    Run(run::RunArgs),
    Status(status::StatusArgs),
    Merge(store::MergeArgs),
    Extend(store::ExtendArgs),
    Replay(replay::ReplayArgs),
    #[command(alias = "analyze")]
    Analyse(analyse::AnalyseArgs),
    Export(store::ExportArgs),
}

impl ExperimentArgs {
    /// Does what the subcommand says.
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let done = match self.command {
            Command::Plan(args) => return args.run(),
            Command::Run(args) => args.run(),
            Command::Status(args) => args.run(),
            Command::Merge(args) => args.run(),
            Command::Extend(args) => args.run(),
            Command::Replay(args) => args.run(),
            Command::Analyse(args) => args.run(),
            Command::Export(args) => args.run(),
        };
        conclude(done)
    }
}

/// What a subcommand gives.
type Outcome = Result<ExitCode, Failure>;

/// Why it gives nothing.
#[derive(Debug)]
pub(super) enum Failure {
    /// About the experiment.
    Experiment(ExperimentError),
    /// About the rest of the world.
    Cli(CliError),
}

impl From<ExperimentError> for Failure {
    fn from(error: ExperimentError) -> Self {
        Self::Experiment(error)
    }
}

impl From<CliError> for Failure {
    fn from(error: CliError) -> Self {
        Self::Cli(error)
    }
}

/// Numbers that make no sense are an error of usage; a system that refuses keeps its reason.
pub(super) fn conclude(done: Result<ExitCode, Failure>) -> Result<ExitCode, CliError> {
    match done {
        Ok(code) => Ok(code),
        Err(Failure::Cli(error)) => Err(error),
        Err(Failure::Experiment(ExperimentError::Design(text))) => {
            say(&format!("error: {text}"));
            Ok(ExitCode::from(2))
        }
        Err(Failure::Experiment(error)) => Err(plain(error)),
    }
}

/// An error about an experiment, for a command that takes other folders too.
pub(super) fn plain(error: ExperimentError) -> CliError {
    match error {
        ExperimentError::File {
            action,
            path,
            source,
        } => CliError::File {
            action,
            path,
            source,
        },
        error => {
            let cause = error
                .source()
                .map_or_else(String::new, |cause| format!(": {cause}"));
            CliError::Message(format!("{error}{cause}"))
        }
    }
}

/// An experiment with its scenarios ready to be played.
pub(super) struct Opened {
    pub(super) store: Store,
    pub(super) games: Vec<Game>,
    pub(super) table: Table,
}

impl Opened {
    /// Opens a folder.
    pub(super) fn open(folder: &Path) -> Result<Self, ExperimentError> {
        let store = Store::open(folder)?;
        let games = work::games(&store)?;
        let table = work::table(&games);
        Ok(Self {
            store,
            games,
            table,
        })
    }

    /// Facts of the scenarios, in the order of the plan.
    pub(super) fn facts(&self) -> Vec<&ScenarioFacts> {
        self.games.iter().map(Simulator::info).collect()
    }
}
