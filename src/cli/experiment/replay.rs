//! `jawjaw experiment replay`: one run of an experiment again.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Opened, Outcome};
use crate::cli::source::{print, say};
use crate::cli::text::width;
use crate::experiment::replay::replay;
use crate::report::transcript::transcript;
use crate::report::transcript_text::text;

/// Play one run again, check it against its stored row, tell it as a transcript
#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// Folder of the experiment
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Number of the run, from 0
    #[arg(long, value_name = "N")]
    run: u64,
    /// Tell the whole run instead of its row
    #[arg(long)]
    trace: bool,
}

impl ReplayArgs {
    /// Prints the run; 1 if it differs from its stored row in any bit.
    pub(super) fn run(self) -> Outcome {
        let opened = Opened::open(&self.folder)?;
        let replay = replay(&opened.store, &opened.games, self.run)?;
        let failed = replay
            .row
            .iter()
            .any(|(name, value)| name == "error" && value.is_some());
        if self.trace && !failed {
            let (place, seed) = (replay.place, opened.store.plan.seed);
            let model = opened.games[place.scenario].model();
            let told = transcript(model, seed, place.draw, place.replicate);
            print(&text(&told, width()))?;
        } else {
            let wide = replay
                .row
                .iter()
                .map(|(name, _)| name.chars().count())
                .max();
            let wide = wide.unwrap_or(0);
            let lines = (replay.row.iter()).filter_map(|(name, value)| {
                Some(format!("{name:<wide$}  {}\n", value.as_deref()?))
            });
            print(&lines.collect::<String>())?;
        }
        if replay.differences.is_empty() {
            say(if replay.stored {
                "the same as the stored row, to the last bit"
            } else {
                "its row is not stored yet, so there is nothing to compare it with"
            });
            return Ok(ExitCode::SUCCESS);
        }
        for difference in &replay.differences {
            say(&format!(
                "{}: stored {}, now {}",
                difference.column, difference.stored, difference.now
            ));
        }
        say("error: this build computes another run than the one that is stored");
        Ok(ExitCode::FAILURE)
    }
}
