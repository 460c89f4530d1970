//! Arguments in, the command's exit code out; errors are printed here and nowhere else.

use std::error::Error;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use clap::Parser;
use jawjaw::cli::{Cli, run};

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => code,
        // Whoever reads our output has seen enough: `jawjaw evidence | head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let chain: Vec<String> = causes(&error).map(ToString::to_string).collect();
            let hint = error.hint();
            let hint = hint.map_or_else(String::new, |hint| format!("\n\nhint: {hint}"));
            // Without standard error there is nobody left to tell.
            writeln!(std::io::stderr(), "error: {}{hint}", chain.join(": ")).ok();
            error.exit_code()
        }
    }
}

/// The error, what caused it, what caused that.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == ErrorKind::BrokenPipe)
}
