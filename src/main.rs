//! The `jawjaw` command: arguments to exit code.

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use jawjaw::cli;

fn main() -> ExitCode {
    cli::run(cli::Cli::parse()).unwrap_or_else(|error| {
        let reason = error
            .source()
            .map(|source| format!(": {source}"))
            .unwrap_or_default();
        cli::source::say(&format!("error: {error}{reason}"));
        error.exit_code()
    })
}
