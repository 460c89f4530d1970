//! `jawjaw exercise`: the teaching exercises of a folder, and their sheets to print.

use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use maud::{Markup, html};
use serde::Serialize;

use super::output::{Folder, may_be_replaced, sha256_hex};
use super::progress::Meter;
use super::terminal::cancel_on_ctrl_c;
use super::{CliError, game, source, text};
use crate::chart;
use crate::ensemble::run::run;
use crate::ensemble::{MODEL_VERSION, Plan, Summary};
use crate::evidence::Evidence;
use crate::exercise::pages::{Ensemble, Page, pages};
use crate::exercise::types::{Exercise, Mode};
use crate::exercise::{Opened, load};
use crate::report::html::figure;
use crate::scenario::document::DocumentKind;

/// List teaching exercises, or print one: guide, briefs, worksheets, cards
#[derive(Debug, Args)]
pub(super) struct ExerciseArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(ListArgs),
    Print(PrintArgs),
}

/// List the exercises of a folder, one line each
#[derive(Debug, Args)]
struct ListArgs {
    /// Folder to look through
    #[arg(default_value = "scenarios/exercises")]
    dir: PathBuf,
}

/// Write an exercise's sheets as HTML that prints on A4 and Letter
///
/// The instructor's guide shows how the scenario ends when agents sit in every seat, so it is played
/// first. Give each seat its own sheet and nobody the folder.
#[derive(Debug, Args)]
struct PrintArgs {
    /// Exercise file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Folder to write [default: output/exercises/<id>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Draws of the uncertain numbers
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    draws: u32,
    /// Runs for each draw
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    replicates: u32,
    /// Seed of all randomness
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Threads to use, which changes no result [default: one for each core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Play nothing; the guide then shows no distribution
    #[arg(long)]
    no_runs: bool,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

impl ExerciseArgs {
    /// Lists or prints; 1 if an exercise is broken.
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        match self.command {
            Command::List(args) => args.run(),
            Command::Print(args) => args.run(),
        }
    }
}

impl ListArgs {
    fn run(&self) -> Result<ExitCode, CliError> {
        let facts = Evidence::shipped();
        let (mut lines, mut broken) = (String::new(), false);
        for path in files(&self.dir)? {
            let name = path.to_string_lossy().replace('\\', "/");
            if source::kind(&name)? != DocumentKind::Exercise {
                continue;
            }
            let opened = load(&name, &source::Disk, &facts);
            let line = match &opened.exercise {
                Some(exercise) => line(exercise),
                None => "broken: `jawjaw check` says why".to_owned(),
            };
            broken |= opened.exercise.is_none();
            lines += &[&name, "\n    ", &line, "\n"].concat();
        }
        if lines.is_empty() {
            source::say(&format!("no exercises in {}", self.dir.display()));
        }
        text::print(&lines)?;
        Ok(ExitCode::from(u8::from(broken)))
    }
}

fn line(exercise: &Exercise) -> String {
    let mode = match exercise.mode {
        Mode::Class => "class",
        Mode::Homework => "homework",
        Mode::Lab => "lab",
    };
    let seats = match exercise.seats.len() {
        0 => "no seat".to_owned(),
        1 => "1 seat".to_owned(),
        count => format!("{count} seats"),
    };
    let minutes = exercise.minutes;
    format!("{}: {mode}, {minutes} minutes, {seats}", exercise.title)
}

fn files(dir: &Path) -> Result<Vec<PathBuf>, CliError> {
    let unreadable = |source| CliError::File {
        action: "read",
        path: dir.display().to_string(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// What `manifest.json` says of a pack.
#[derive(Serialize)]
struct Manifest<'a> {
    tool: &'static str,
    version: &'static str,
    model_version: u32,
    exercise: &'a str,
    file: String,
    sha256: String,
    runs: Option<u64>,
    seed: u64,
    pages: Vec<&'a str>,
}

impl PrintArgs {
    fn run(&self) -> Result<ExitCode, CliError> {
        let shipped = Evidence::shipped();
        let name = self.file.to_string_lossy().replace('\\', "/");
        let Opened { exercise, loaded } = self.open(&name, &shipped)?;
        let evidence = source::evidence(&loaded, &shipped);
        let (Some(exercise), Some(scenario)) = (exercise, source::scenario(&loaded)) else {
            return Err(CliError::Message(format!(
                "{name} cannot be used as it stands"
            )));
        };
        let target = self.target(&exercise)?;
        let summary = if self.no_runs {
            None
        } else {
            Some(self.play(&name, &shipped)?)
        };
        let chart = summary.as_ref().map(first_chart).transpose()?;
        let command = format!(
            "jawjaw run {name} --draws {} --replicates {} --seed {}",
            self.draws, self.replicates, self.seed
        );
        let ensemble = summary.as_ref().zip(chart.as_ref());
        let ensemble = ensemble.map(|(summary, chart)| Ensemble {
            summary,
            chart,
            command: &command,
        });
        let sheets = pages(&exercise, scenario, evidence, ensemble);
        let manifest = Manifest {
            tool: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            model_version: MODEL_VERSION,
            exercise: &exercise.id,
            file: name,
            sha256: sha256_hex(&loaded.sources.files[0].text),
            runs: summary.as_ref().map(|summary| summary.design.runs),
            seed: self.seed,
            pages: sheets.iter().map(|page| page.file.as_str()).collect(),
        };
        let folder = write(&target, &sheets, &manifest)?;
        let listed: Vec<String> = sheets
            .iter()
            .map(|page| format!("{}\n", folder.join(&page.file).display()))
            .collect();
        text::print(&listed.concat())?;
        Ok(ExitCode::SUCCESS)
    }

    fn open(&self, name: &str, shipped: &Evidence) -> Result<Opened, CliError> {
        // A file that is not there is told as everywhere; a scenario is no exercise.
        let loaded = source::open(name, shipped)?;
        if source::kind(name)? == DocumentKind::Exercise || loaded.scenario.is_none() {
            return Ok(load(name, &source::Disk, shipped));
        }
        Err(CliError::Message(format!(
            "{} is a scenario, not an exercise; `jawjaw exercise list` shows those at hand",
            self.file.display()
        )))
    }

    /// Where the pack goes; refused before the runs if something else stands there.
    fn target(&self, exercise: &Exercise) -> Result<PathBuf, CliError> {
        let standard = || Path::new("output/exercises").join(&exercise.id);
        let target = self.out.clone().unwrap_or_else(standard);
        match may_be_replaced(&target) {
            Ok(_) => Ok(target),
            Err(CliError::Message(_)) => Err(CliError::Message(format!(
                "{} exists and holds no earlier pack; it is left as it is, choose another `--out`",
                target.display()
            ))),
            Err(other) => Err(other),
        }
    }

    fn play(&self, name: &str, shipped: &Evidence) -> Result<Summary, CliError> {
        let game = game::load_game(Path::new(name), shipped)?;
        let plan = Plan::new(self.seed, self.draws, self.replicates)
            .map_err(|error| CliError::Message(error.to_string()))?;
        let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let threads = self.threads.unwrap_or(cores);
        let mut meter = Meter::new(name, plan.runs(), self.quiet);
        let cancel = cancel_on_ctrl_c()?;
        let played = run(
            &game.simulator,
            plan,
            threads,
            cancel,
            &(),
            |(), progress| {
                meter.update(progress);
                Ok::<_, Infallible>(())
            },
        );
        meter.finish();
        played.map_err(|error| CliError::Message(format!("{name}: {error}")))
    }
}

/// The chart of the endings, with its message in words.
fn first_chart(summary: &Summary) -> Result<Markup, CliError> {
    let figures = chart::figures(summary);
    let Some(first) = figures.first() else {
        return Ok(html! {});
    };
    let message = |error: &dyn std::fmt::Display| CliError::Message(error.to_string());
    let svg = first.svg().map_err(|error| message(&error))?;
    figure(&svg, "endings", "How the runs end", &first.title, None).map_err(|error| message(&error))
}

fn write(target: &Path, pages: &[Page], manifest: &Manifest<'_>) -> Result<PathBuf, CliError> {
    let parent = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let name = target.file_name().map(|name| name.to_string_lossy());
    let Some(name) = name else {
        return Err(CliError::Message(format!(
            "{} is no name for a folder",
            target.display()
        )));
    };
    let folder = Folder::draft(parent, &name)?;
    for page in pages {
        folder.write(&page.file, page.html.as_bytes())?;
    }
    folder.write_json("manifest.json", manifest)?;
    folder.commit(&name)
}
