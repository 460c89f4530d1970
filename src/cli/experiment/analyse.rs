//! `jawjaw experiment analyse`: shares and utilities of the stored runs.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{Opened, Outcome};
use crate::cli::CliError;
use crate::cli::source::{print, say};
use crate::cli::terminal::terminal_look;
use crate::experiment::analyse::{self, Failures, files};
use crate::experiment::analyse_text::{csv, text};

/// Report outcome shares, flags and utilities of the stored runs with their intervals
#[derive(Debug, Args)]
pub(super) struct AnalyseArgs {
    /// Folder of the experiment
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// What to make of runs that failed [default: analyse nothing if there are any]
    #[arg(long, value_enum)]
    failures: Option<OnFailures>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OnFailures {
    /// Count them beside the outcomes
    AsCategory,
    /// Leave them out, which biases the shares
    Drop,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading
    Text,
    /// For programs
    Json,
    /// One row an outcome, flag or party
    Csv,
}

impl AnalyseArgs {
    /// Prints the analysis; 1 if there is nothing to analyse.
    pub(super) fn run(self) -> Outcome {
        let opened = Opened::open(&self.folder)?;
        let failures = match self.failures {
            None => Failures::Refuse,
            Some(OnFailures::AsCategory) => Failures::AsCategory,
            Some(OnFailures::Drop) => Failures::Drop,
        };
        let files = files(&opened.store, &opened.table)?;
        if files.is_empty() {
            return Err(CliError::Message(format!(
                "no run of {0} is stored yet; `jawjaw experiment run {0}` plays them",
                self.folder.display()
            ))
            .into());
        }
        let facts = opened.facts();
        let plan = &opened.store.plan;
        let analysis = analyse::analyse(plan, &opened.table, &facts, &files, failures)?;
        let out = match self.format {
            Format::Text => text(&analysis, terminal_look()).into_bytes(),
            Format::Csv => csv(&analysis),
            Format::Json => {
                let json = serde_json::to_string_pretty(&analysis);
                format!("{}\n", json.expect("an analysis has a JSON form")).into_bytes()
            }
        };
        print(&String::from_utf8_lossy(&out))?;
        if self.format != Format::Text && analysis.runs < analysis.planned {
            say("partial: some planned runs are missing");
        }
        Ok(ExitCode::SUCCESS)
    }
}
