//! `jawjaw schema`: the file formats for editors that complete and check while one types.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{CliError, source};
use crate::{exercise, scenario};

/// Print the JSON Schema of scenario files, or of another kind of file
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Kind of file
    #[arg(value_enum, default_value_t = Kind::Scenario)]
    kind: Kind,
}

/// Kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Scenarios and their variants
    Scenario,
    /// Statements and their experiments
    Claims,
    /// Teaching exercises
    Exercise,
}

impl SchemaArgs {
    /// Prints the schema.
    pub fn run(self) -> Result<ExitCode, CliError> {
        let schema = match self.kind {
            Kind::Scenario => scenario::schema::schema(),
            Kind::Claims => scenario::schema::claims::schema(),
            Kind::Exercise => exercise::schema::schema(),
        };
        let text = serde_json::to_string_pretty(&schema)
            .expect("a schema of texts and numbers has a JSON form");
        source::print(&(text + "\n"))?;
        Ok(ExitCode::SUCCESS)
    }
}
