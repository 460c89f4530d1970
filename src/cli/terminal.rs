//! The terminal: how wide, how bold, and what Ctrl-C does.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::CliError;
use super::text::width;
use crate::report::layout::Look;

/// How tables look on the standard output of this process: its width, at most 100, and whether
/// headings may be bold.
#[expect(
    clippy::disallowed_methods,
    reason = "the terminal's wishes are read here only"
)]
pub fn terminal_look() -> Look {
    let is_terminal = io::stdout().is_terminal();
    let wants_colour = std::env::var("NO_COLOR").map_or(true, |value| value.is_empty());
    Look {
        width: width().clamp(30, 100),
        bold: is_terminal && wants_colour,
    }
}

/// A flag that Ctrl-C sets; a second Ctrl-C ends the process at once.
///
/// # Errors
/// If the system takes no handler.
pub fn cancel_on_ctrl_c() -> Result<&'static AtomicBool, CliError> {
    static CANCEL: AtomicBool = AtomicBool::new(false);
    ctrlc::set_handler(on_signal(&CANCEL))
        .map_err(|error| CliError::Message(format!("cannot watch for Ctrl-C: {error}")))?;
    Ok(&CANCEL)
}

/// What asks long work to stop: Ctrl-C, an end sent by the system, a batch system's warning.
#[derive(Debug, Clone)]
pub struct Stop {
    ended: &'static AtomicBool,
    warned: Arc<AtomicBool>,
}

impl Stop {
    /// Watches for all of them.
    ///
    /// # Errors
    /// If the system takes no handler.
    pub fn watch() -> Result<Self, CliError> {
        let warned = Arc::new(AtomicBool::new(false));
        // Slurm's `--signal=B:USR1@120`, two minutes before a job's time is up.
        #[cfg(unix)]
        signal_hook::flag::register(signal_hook::consts::SIGUSR1, Arc::clone(&warned))
            .map_err(|error| CliError::Message(format!("cannot watch for SIGUSR1: {error}")))?;
        Ok(Self {
            ended: cancel_on_ctrl_c()?,
            warned,
        })
    }

    /// Whether any of them has come.
    pub fn asked(&self) -> bool {
        self.ended.load(Ordering::Relaxed) || self.warned.load(Ordering::Relaxed)
    }
}

#[expect(
    clippy::print_stderr,
    clippy::exit,
    reason = "a signal can only be answered here"
)]
fn on_signal(cancel: &'static AtomicBool) -> impl FnMut() + Send + 'static {
    move || {
        if cancel.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!("\nStopping after the runs in progress; Ctrl-C again ends at once.");
    }
}
