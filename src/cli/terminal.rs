//! The terminal: how wide, how bold, and what Ctrl-C does.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

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

/// Last words on Ctrl-C, a hang-up or a request to end, for what saves itself as it goes.
static LAST_WORDS: Mutex<String> = Mutex::new(String::new());

/// Sets what is said when a signal ends the process.
pub fn set_last_words(text: String) {
    *LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner) = text;
}

/// Lets signals end the process with the last words.
///
/// # Errors
/// If the system takes no handler.
pub fn end_on_signal() -> Result<(), CliError> {
    #[expect(clippy::exit, reason = "a signal can only be answered here")]
    let end = || {
        let text = LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner);
        // With the terminal gone there is nobody to tell.
        writeln!(io::stderr(), "\n{text}").ok();
        std::process::exit(130);
    };
    ctrlc::set_handler(end)
        .map_err(|error| CliError::Message(format!("cannot watch for Ctrl-C: {error}")))
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
