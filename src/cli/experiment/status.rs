//! `jawjaw experiment status`: what is done, what is missing, what it says so far.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::run::journal;
use super::{Opened, Outcome};
use crate::cli::source::print;
use crate::cli::terminal::terminal_look;
use crate::ensemble::summary::OutcomeShare;
use crate::experiment::analyse::{Analysis, Failures, analyse};
use crate::experiment::slurm::list;
use crate::experiment::store::{Look, short};
use crate::experiment::work::{missing, ranges, shards};
use crate::report::layout::{Column, Look as Page, percent, span_of_hundred, table, thousands};

/// Say what is stored, what is missing, how long it will take, and the shares so far
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// Folder of the experiment
    #[arg(value_name = "DIR")]
    folder: PathBuf,
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

const COLUMNS: [Column; 2] = [
    Column {
        top: "share",
        bottom: "of runs",
    },
    Column {
        top: "by chance",
        bottom: "alone",
    },
];

// What there is to say.
#[derive(Debug, Serialize)]
struct Status {
    plan: String,
    planned: u64,
    stored: u64,
    failed: u64,
    shards: u32,
    missing_shards: Vec<u32>,
    missing_ranges: Vec<(u64, u64)>,
    unsound: Vec<(String, String)>,
    processes: usize,
    runs_per_second: Option<f64>,
    seconds_left: Option<f64>,
    so_far: Option<Analysis>,
}

impl StatusArgs {
    /// 0 if every run is stored, 1 if not.
    pub(super) fn run(self) -> Outcome {
        let opened = Opened::open(&self.folder)?;
        let (store, table) = (&opened.store, &opened.table);
        let stored = store.stored(&table.columns, Look::Footer)?;
        let gone = missing(&store.plan, &stored.parts);
        let runs: u64 = stored
            .parts
            .iter()
            .map(|part| part.runs.end - part.runs.start)
            .sum();
        let files: Vec<PathBuf> = stored.parts.into_iter().map(|part| part.path).collect();
        let so_far = (runs > 0)
            .then(|| {
                analyse(
                    &store.plan,
                    table,
                    &opened.facts(),
                    &files,
                    Failures::AsCategory,
                )
            })
            .transpose()?;
        let processes = store.claimed();
        let speed = speed(&self.folder)?;
        let left = store.plan.runs - runs;
        let status = Status {
            plan: store.plan.hash(),
            planned: store.plan.runs,
            stored: runs,
            failed: so_far.as_ref().map_or(0, |analysis| analysis.failed),
            shards: store.plan.shards,
            missing_shards: shards(&store.plan, &gone),
            missing_ranges: (ranges(&store.plan, &gone).into_iter())
                .map(|runs| (runs.start, runs.end))
                .collect(),
            unsound: (stored.unsound.into_iter())
                .map(|(path, reason)| (path.display().to_string(), reason))
                .collect(),
            processes,
            runs_per_second: speed,
            seconds_left: speed.map(|speed| left as f64 / (speed * processes.max(1) as f64)),
            so_far,
        };
        match self.format {
            Format::Text => print(&text(&status, terminal_look()))?,
            Format::Json => {
                let json = serde_json::to_string_pretty(&status);
                print(&format!(
                    "{}\n",
                    json.expect("numbers and texts have a JSON form")
                ))?;
            }
        }
        Ok(ExitCode::from(u8::from(left > 0)))
    }
}

// Runs a second of the processes that worked last, each on its own.
fn speed(folder: &std::path::Path) -> Result<Option<f64>, crate::cli::CliError> {
    const LATEST: usize = 20;
    let entries = journal(folder)?;
    let latest = entries.iter().rev().take(LATEST);
    let (runs, seconds) = latest.fold((0, 0.0), |(runs, seconds), entry| {
        (runs + entry.runs.1 - entry.runs.0, seconds + entry.seconds)
    });
    Ok((seconds > 0.0).then(|| runs as f64 / seconds))
}

fn text(status: &Status, look: Page) -> String {
    let mut out = String::new();
    let mut line = |text: &str| out.push_str(&look.paragraph(text, "", "  "));
    line(&format!(
        "plan {}: {} of {} runs stored ({}), {} failed",
        short(&status.plan),
        thousands(status.stored),
        thousands(status.planned),
        percent(status.stored as f64 / status.planned as f64),
        thousands(status.failed)
    ));
    if status.stored < status.planned {
        line(&format!(
            "missing: {} of {} shards: {}",
            status.missing_shards.len(),
            status.shards,
            list(&status.missing_shards)
        ));
        let shown = status.missing_ranges.iter().take(10);
        let ranges: Vec<String> = shown
            .map(|(start, end)| format!("{start}..{end}"))
            .collect();
        let more = status.missing_ranges.len().saturating_sub(10);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        line(&format!("missing runs: {}{more}", ranges.join(" ")));
    }
    for (path, reason) in &status.unsound {
        line(&format!("not counted: {path}: {reason}"));
    }
    if let (Some(speed), Some(seconds)) = (status.runs_per_second, status.seconds_left)
        && status.stored < status.planned
    {
        let working = match status.processes {
            0 => "nobody is working on it; one process".to_owned(),
            1 => "one process is working on it and".to_owned(),
            n => format!("{n} processes are working on it and"),
        };
        line(&format!(
            "{working} would need about {} more at {} runs a second each",
            duration(seconds),
            thousands(speed.round() as u64)
        ));
    }
    if let Some(analysis) = &status.so_far {
        for scenario in &analysis.scenarios {
            out.push('\n');
            out.push_str(&look.heading(&format!("So far, {}", scenario.id)));
            let row = |outcome: &OutcomeShare| {
                let chance = span_of_hundred(outcome.chance.low, outcome.chance.high);
                (outcome.name.clone(), vec![percent(outcome.share), chance])
            };
            let rows: Vec<_> = scenario.outcomes.iter().map(row).collect();
            out.push_str(&table(look, &COLUMNS, &rows));
        }
    }
    out
}

fn duration(seconds: f64) -> String {
    let seconds = seconds.ceil() as u64;
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_for_people() {
        assert_eq!(duration(0.2), "1 s");
        assert_eq!(duration(121.0), "3 min");
        assert_eq!(duration(7260.0), "2 h 1 min");
    }
}
