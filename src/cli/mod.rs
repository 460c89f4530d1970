//! The command line: arguments in, a library call, text out. Nothing is computed here.
//!
//! Standard output carries data only; everything said about it goes to standard error.
//! Exit codes: 0 fine, 1 the answer is no, 2 usage, 3 input or output failed; 101 is a bug.

pub mod atlas;
mod card;
pub mod check;
pub mod claims;
pub mod compare;
mod debrief;
pub mod discover;
mod evidence;
mod exercise;
mod experiment;
pub mod explain;
mod game;
mod interchange;
mod missing;
pub mod output;
mod play;
pub mod progress;
pub mod published;
pub mod rare;
pub mod render;
pub mod report;
pub mod resolved;
pub mod run;
mod scenarios;
pub mod schema;
mod seating;
pub mod sensitivity;
pub mod show;
mod slurm;
pub mod solve;
pub mod source;
pub mod sweep;
pub mod terminal;
mod text;
mod trace;

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A crisis-negotiation laboratory: a scenario file in, the distribution of possible outcomes out.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

// One file a command: `check.rs` has `CheckArgs` (clap's `Args`) and `CheckArgs::run`.
#[derive(Debug, Subcommand)]
enum Command {
    Check(check::CheckArgs),
    Show(show::ShowArgs),
    Explain(explain::ExplainArgs),
    Schema(schema::SchemaArgs),
    Scenarios(scenarios::ScenariosArgs),
    /// List what the documents say and what rests on it
    Evidence(evidence::EvidenceArgs),
    /// Play scenario files many times and report the distribution of outcomes
    Run(run::RunArgs),
    Compare(compare::CompareArgs),
    /// Tell one run as a transcript
    Trace(trace::TraceArgs),
    Claims(claims::ClaimsArgs),
    Sweep(sweep::SweepArgs),
    Sensitivity(sensitivity::SensitivityArgs),
    Discover(discover::DiscoverArgs),
    Rare(rare::RareArgs),
    /// Play scenarios as an experiment that survives a kill and fits a cluster
    Experiment(experiment::ExperimentArgs),
    Slurm(slurm::SlurmArgs),
    Report(report::ReportArgs),
    Play(play::PlayArgs),
    Debrief(debrief::DebriefArgs),
    Exercise(exercise::ExerciseArgs),
    Solve(solve::SolveArgs),
    Atlas(atlas::AtlasArgs),
    Import(interchange::ImportArgs),
    Export(interchange::ExportArgs),
    Sao(published::SaoArgs),
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A file could not be read or written: the path, then what the system said.
    #[error("cannot {action} {path}")]
    File {
        /// `read`, `write`, `create`.
        action: &'static str,
        /// Path as given.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Anything else, already a sentence for people.
    #[error("{0}")]
    Message(String),
}

impl CliError {
    /// The exit code that tells a script what went wrong.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::File { .. } => ExitCode::from(3),
            Self::Message(_) => ExitCode::from(1),
        }
    }

    /// What may help: the path that may have been meant where a file is not there.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File {
                action: "read",
                path,
                source,
            } if source.kind() == ErrorKind::NotFound => {
                let meant = missing::meant(path)?;
                Some(format!("there is `{}`", meant.display()))
            }
            _ => None,
        }
    }
}

/// Runs the command and returns its exit code.
pub fn run(cli: Cli) -> Result<ExitCode, CliError> {
    match cli.command {
        Command::Check(args) => args.run(),
        Command::Show(args) => args.run(),
        Command::Explain(args) => args.run(),
        Command::Schema(args) => args.run(),
        Command::Scenarios(args) => args.run(),
        Command::Evidence(args) => args.run(),
        Command::Run(args) => args.run(),
        Command::Compare(args) => args.run(),
        Command::Trace(args) => args.run(),
        Command::Claims(args) => args.run(),
        Command::Sweep(args) => args.run(),
        Command::Sensitivity(args) => args.run(),
        Command::Discover(args) => args.run(),
        Command::Rare(args) => args.run(),
        Command::Experiment(args) => args.run(),
        Command::Slurm(args) => args.run(),
        Command::Report(args) => args.run(),
        Command::Play(args) => args.run(),
        Command::Debrief(args) => args.run(),
        Command::Exercise(args) => args.run(),
        Command::Solve(args) => args.run(),
        Command::Atlas(args) => args.run(),
        Command::Import(args) => args.run(),
        Command::Export(args) => args.run(),
        Command::Sao(args) => args.run(),
    }
}
