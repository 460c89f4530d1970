//! `jawjaw trace`: one run as a transcript to read and to hand out.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::CliError;
use super::source;
use super::text::{print, width};
use crate::evidence::Evidence;
use crate::model::Model;
use crate::report::transcript::transcript;
use crate::report::transcript_text::text;

/// Arguments of `trace`.
#[derive(Debug, Args)]
pub(super) struct TraceArgs {
    /// Scenario file
    file: String,
    /// Draw of the uncertain numbers, counted from 0
    #[arg(long, value_name = "D", default_value_t = 0)]
    draw: u32,
    /// Run within that draw, counted from 0
    #[arg(long, value_name = "R", default_value_t = 0)]
    replicate: u32,
    /// Seed of all randomness
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading
    Text,
    /// For programs
    Json,
}

impl TraceArgs {
    /// Plays the run and prints it; 1 if the file cannot be used.
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let loaded = source::open(&self.file, &Evidence::shipped())?;
        let Some(scenario) = source::scenario(&loaded) else {
            return Ok(ExitCode::FAILURE);
        };
        let model = Model::compile(scenario.clone())
            .map_err(|error| CliError::Message(format!("{}: {error}", self.file)))?;
        let told = transcript(&model, self.seed, self.draw, self.replicate);
        match self.format {
            Format::Text => print(&text(&told, width()))?,
            Format::Json => {
                let json = serde_json::to_string_pretty(&told)
                    .expect("a transcript's keys are texts and its numbers have a JSON form");
                print(&format!("{json}\n"))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
