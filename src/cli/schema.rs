//! `jawjaw schema`: the file format for editors that complete and check while one types.

use std::process::ExitCode;

use clap::Args;

use super::{CliError, source};
use crate::scenario::schema;

/// Print the JSON Schema of scenario files
#[derive(Debug, Args)]
pub struct SchemaArgs {}

impl SchemaArgs {
    /// Prints the schema.
    pub fn run(self) -> Result<ExitCode, CliError> {
        let text = serde_json::to_string_pretty(&schema::schema())
            .expect("a schema of texts and numbers has a JSON form");
        source::print(&(text + "\n"))?;
        Ok(ExitCode::SUCCESS)
    }
}
