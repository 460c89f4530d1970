//! `jawjaw experiment run`: plays what is missing.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use serde::{Deserialize, Serialize};

use super::{Opened, Outcome};
use crate::cli::output::file_error;
use crate::cli::progress::Meter;
use crate::cli::source::say;
use crate::cli::terminal::Stop;
use crate::ensemble::run::Progress;
use crate::experiment::ExperimentError;
use crate::experiment::plan::ExperimentPlan;
use crate::experiment::work::{Done, Kept, work};
use crate::report::layout::thousands;

/// Play what is missing; stopped or killed, it is finished by running it again
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// Folder of the experiment
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Threads to use, which changes no result [default: one for each core]
    #[arg(long, value_name = "N", value_parser = threads)]
    threads: Option<NonZeroUsize>,
    /// Only shard K, from 0, of the plan's N; may be given several times
    #[arg(long, value_name = "K/N", value_parser = shard)]
    shard: Vec<(u32, u32)>,
    /// Only the batches that hold runs A to B, B left out; may be given several times
    #[arg(long, value_name = "A..B", value_parser = range, conflicts_with = "shard")]
    range: Vec<(u64, u64)>,
    /// Begin no batch that would probably end later than this after the start: 90s, 55m, 2h
    #[arg(long, value_name = "TIME", value_parser = time)]
    time_limit: Option<Duration>,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

impl RunArgs {
    /// Works until done, stopped or out of time; all three end with 0.
    pub(super) fn run(self) -> Outcome {
        let stop = Stop::watch()?;
        let started = now();
        let opened = Opened::open(&self.folder)?;
        let plan = &opened.store.plan;
        let batches = self.batches(plan)?;
        let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let threads = self.threads.unwrap_or(cores);
        let runs = |batch: &u64| {
            plan.batch_runs(*batch)
                .map_or(0, |runs| runs.end - runs.start)
        };
        let asked: u64 = batches.iter().map(runs).sum();
        let mut journal = Journal::new(&self.folder, threads);
        let mut meter = Meter::new(&self.folder.display().to_string(), asked, self.quiet);
        let (mut longest, mut last, mut played) = (Duration::ZERO, now(), 0);
        let late = |longest: Duration| {
            self.time_limit
                .is_some_and(|limit| started.elapsed() + longest > limit)
        };
        let shown = std::cell::Cell::new(longest);
        let done = work(
            &opened.store,
            &opened.games,
            &batches,
            threads,
            || stop.asked() || late(shown.get()),
            |kept| {
                let seconds = last.elapsed();
                last = now();
                longest = longest.max(seconds);
                shown.set(longest);
                played += kept.runs.end - kept.runs.start;
                meter.update(Progress {
                    done: played,
                    total: asked,
                });
                journal.note(kept, seconds)
            },
        );
        meter.finish();
        let done = done?;
        if !self.quiet {
            say(&told(done, asked, &self.folder));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn batches(&self, plan: &ExperimentPlan) -> Result<Vec<u64>, ExperimentError> {
        let mut batches: Vec<u64> = Vec::new();
        for &(k, n) in &self.shard {
            batches.extend(plan.shard(k, n)?);
        }
        for &(start, end) in &self.range {
            batches.extend(plan.batches_of(&Range { start, end })?);
        }
        if self.shard.is_empty() && self.range.is_empty() {
            batches.extend(0..plan.batches());
        }
        batches.sort_unstable();
        batches.dedup();
        Ok(batches)
    }
}

const ANY_TEXT: &str = "a string takes any text";

fn told(done: Done, asked: u64, folder: &Path) -> String {
    let folder = folder.display();
    let mut text = format!(
        "{} of {} runs played now, {} were stored already",
        thousands(done.played),
        thousands(asked),
        thousands(done.found)
    );
    if done.failed > 0 {
        write!(
            text,
            "; {} failed, see the column `error`",
            thousands(done.failed)
        )
        .expect(ANY_TEXT);
    }
    if done.elsewhere > 0 {
        let runs = thousands(done.elsewhere);
        write!(text, "\n{runs} runs are being played by another process").expect(ANY_TEXT);
    }
    if done.left > 0 {
        let runs = thousands(done.left);
        write!(
            text,
            "\nstatus: partial; {runs} runs are left, the same command goes on with them"
        )
        .expect(ANY_TEXT);
    } else if done.elsewhere == 0 {
        write!(text, "\nnext: jawjaw experiment merge {folder}").expect(ANY_TEXT);
    }
    text
}

/// A line of the journal: who played what, when and how fast. No result depends on it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    /// First run and the one after the last.
    pub(super) runs: (u64, u64),
    /// Failed runs among them.
    pub(super) failed: u64,
    /// Seconds it took.
    pub(super) seconds: f64,
    /// Threads.
    pub(super) threads: usize,
    /// Machine.
    pub(super) host: String,
    /// Process.
    pub(super) process: u32,
    /// When it was kept, UTC.
    pub(super) kept: String,
}

// One file a process, so that no two write into the same.
struct Journal {
    folder: PathBuf,
    file: Option<(PathBuf, File)>,
    threads: usize,
    host: String,
}

impl Journal {
    fn new(folder: &Path, threads: NonZeroUsize) -> Self {
        let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        Self {
            folder: folder.join("journal"),
            file: None,
            threads: threads.get(),
            host: host.trim().to_owned(),
        }
    }

    fn note(&mut self, kept: &Kept, seconds: Duration) -> Result<(), ExperimentError> {
        let now = jiff::Timestamp::now();
        let process = std::process::id();
        let entry = Entry {
            runs: (kept.runs.start, kept.runs.end),
            failed: kept.failed,
            seconds: seconds.as_secs_f64(),
            threads: self.threads,
            host: self.host.clone(),
            process,
            kept: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        };
        let mut line = serde_json::to_string(&entry).expect("numbers and texts have a JSON form");
        line.push('\n');
        if self.file.is_none() {
            let name = format!(
                "{}-{}-{process}.jsonl",
                now.strftime("%Y%m%dT%H%M%SZ"),
                self.host
            );
            let path = self.folder.join(name);
            let failed = |error| refused("create", &path, error);
            fs::create_dir_all(&self.folder).map_err(failed)?;
            let file = File::options()
                .create(true)
                .append(true)
                .open(&path)
                .map_err(failed)?;
            self.file = Some((path, file));
        }
        let Some((path, file)) = &mut self.file else {
            return Ok(());
        };
        file.write_all(line.as_bytes())
            .map_err(|error| refused("write", path, error))
    }
}

fn refused(action: &'static str, path: &Path, source: std::io::Error) -> ExperimentError {
    ExperimentError::File {
        action,
        path: path.display().to_string(),
        source,
    }
}

/// All lines of all journals that can be read, the oldest process first.
pub(super) fn journal(folder: &Path) -> Result<Vec<Entry>, crate::cli::CliError> {
    let folder = folder.join("journal");
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let failed = |source| file_error("read", &folder, source);
    let mut paths = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    let texts = paths
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok());
    // The last line of a killed process may be torn.
    let entries = texts.flat_map(|text| {
        let lines = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        lines.collect::<Vec<Entry>>()
    });
    Ok(entries.collect())
}

#[expect(
    clippy::disallowed_methods,
    reason = "time limits and the journal; no result depends on it"
)]
fn now() -> Instant {
    Instant::now()
}

fn threads(text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .map_err(|_| "use a whole number, at least 1".to_owned())
}

fn shard(text: &str) -> Result<(u32, u32), String> {
    let (k, n) = text.split_once('/').unwrap_or_default();
    let parsed = (k.parse().ok()).zip(n.parse().ok());
    parsed.ok_or_else(|| "write K/N, such as 0/16: shard K, from 0, of the plan's N".to_owned())
}

fn range(text: &str) -> Result<(u64, u64), String> {
    let (start, end) = text.split_once("..").unwrap_or_default();
    let parsed = (start.parse().ok()).zip(end.parse().ok());
    parsed.ok_or_else(|| "write A..B, such as 0..5000: runs A to B, B left out".to_owned())
}

fn time(text: &str) -> Result<Duration, String> {
    let parsed: Option<jiff::SignedDuration> = text.parse().ok();
    parsed
        .and_then(|time| Duration::try_from(time).ok())
        .ok_or_else(|| "write a time such as 90s, 55m or 1h 30m".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read() {
        assert_eq!(shard("3/7"), Ok((3, 7)));
        assert!(shard("3").is_err() && shard("-1/7").is_err());
        assert_eq!(range("0..250"), Ok((0, 250)));
        assert!(range("0-250").is_err());
        assert_eq!(time("55m"), Ok(Duration::from_mins(55)));
        assert_eq!(time("1h 30m"), Ok(Duration::from_mins(90)));
        assert!(time("soon").is_err() && time("-5m").is_err());
    }
}
