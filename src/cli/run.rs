//! `jawjaw run`: plays scenarios many times, prints what came out, writes it all down.
//!
//! The story: load every file, then for each one play the ensemble while rows stream to disk, print
//! its table, write its folder; with several files compare them on shared luck.

mod compare;
pub(super) mod precision;
#[cfg(test)]
pub(crate) mod tests;

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use clap::Args;
use rayon::prelude::*;

use super::CliError;
use super::game::load_game;
use super::output::{
    FigureFile, Folder, Machine, Manifest, OpenFile, file_error, may_be_replaced, sha256_hex,
};
use super::progress::Meter;
use super::terminal::{cancel_on_ctrl_c, terminal_look};
use crate::chart::{self, Figure};
use crate::ensemble::paired::OutcomeLog;
use crate::ensemble::run::{RunError, run};
use crate::ensemble::{MODEL_VERSION, Plan, Simulator, Summary};
use crate::evidence::Evidence;
use crate::report::layout::{Look, thousands};
use crate::report::rows::RowWriter;
use crate::report::survival::{survival_columns, survival_rows};
use crate::report::text;
use crate::scenario::types::Expectation;

/// Play scenario files many times and report the distribution of outcomes
#[derive(Debug, Clone, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of the command line are independent of each other"
)]
pub struct RunArgs {
    /// Scenario files; several are compared on the same luck
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Draws of the uncertain numbers
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    pub draws: u32,
    /// Runs for each draw
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub replicates: u32,
    /// Play on until no share is less certain than this, by chance: 0.01 is plus or minus one in a
    /// hundred
    #[arg(long, value_name = "H", conflicts_with = "draws", value_parser = precision::half_width)]
    pub precision: Option<f64>,
    /// Most runs that `--precision` may take
    #[arg(long, value_name = "N", default_value_t = 1_000_000, requires = "precision", value_parser = clap::value_parser!(u64).range(1..))]
    pub max_runs: u64,
    /// Exact intervals for shares (Clopper and Pearson): a little wider, never below 95 %
    #[arg(long)]
    pub exact: bool,
    /// Seed of all randomness
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Threads to use, which changes no result [default: one for each core]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<NonZeroUsize>,
    /// Folder for results
    #[arg(long, value_name = "DIR", default_value = "output")]
    pub out: PathBuf,
    /// Name of the result folder instead of `seed-<seed>-<draws>x<replicates>`
    #[arg(long, value_name = "NAME", value_parser = folder_name)]
    pub name: Option<String>,
    /// Also write one row per round
    #[arg(long)]
    pub rounds: bool,
    /// Leave the charts out
    #[arg(long)]
    pub no_charts: bool,
    /// Show no progress
    #[arg(short, long)]
    pub quiet: bool,
}

pub(super) use compare::checked_expectations;

/// A scenario ready to run, with what the manifest and the comparison say of its file.
#[derive(Debug)]
pub struct Loaded<S> {
    /// The compiled scenario.
    pub simulator: S,
    /// The file's text.
    pub source: String,
    /// The text after `extends` has been merged in.
    pub resolved: String,
    /// What it extends, directly or not; first the file that its expectations are against.
    pub ancestors: Vec<Ancestor>,
    /// Directions it expects against that one.
    pub expectations: Vec<Expectation>,
}

/// A file that another one extends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ancestor {
    /// Id of its scenario.
    pub id: String,
    /// Its path.
    pub file: String,
}

// How tables look in files.
pub(super) const PLAIN: Look = Look {
    width: 80,
    bold: false,
};

/// See [`Workshop::load`].
pub type Load<'a, S> = dyn Fn(&Path) -> Result<Loaded<S>, CliError> + 'a;
/// See [`Workshop::figures`].
pub type Draw<'a, T> = dyn Fn(&T) -> Result<Vec<FigureFile>, CliError> + 'a;

/// The parts of the program that `run` puts together: reading and drawing are others' business.
pub struct Workshop<'a, S> {
    /// Reads, checks and compiles a file; problems are shown there.
    pub load: &'a Load<'a, S>,
    /// Draws the figures of one ensemble.
    pub figures: &'a Draw<'a, Summary>,
    /// Draws the figures of several.
    pub comparison: &'a Draw<'a, [Summary]>,
}

// One file's ensemble, kept for the comparison.
pub(super) struct Played {
    pub(super) summary: Summary,
    pub(super) log: OutcomeLog,
    // The flags of every run, one bit each.
    pub(super) flags: Vec<u64>,
    pub(super) file: String,
    pub(super) ancestors: Vec<Ancestor>,
    pub(super) expectations: Vec<Expectation>,
}

impl RunArgs {
    /// Does it all, on the terminal.
    pub fn run(&self) -> Result<ExitCode, CliError> {
        let evidence = Evidence::shipped();
        let workshop = Workshop {
            load: &|file: &Path| load_game(file, &evidence),
            figures: &|summary: &Summary| figure_files(&chart::figures(summary), self.threads),
            comparison: &|summaries: &[Summary]| {
                figure_files(&[chart::comparison(summaries)], self.threads)
            },
        };
        self.run_with(
            &workshop,
            cancel_on_ctrl_c()?,
            terminal_look(),
            &mut io::stdout(),
        )
    }

    /// Does it all, printing tables to `stdout`. `cancel` may be set by a signal handler.
    ///
    /// Returns 0, or 1 if it was stopped before the end.
    pub fn run_with<S: Simulator>(
        &self,
        workshop: &Workshop<'_, S>,
        cancel: &AtomicBool,
        look: Look,
        stdout: &mut dyn Write,
    ) -> Result<ExitCode, CliError> {
        let scenarios = (self.files.iter())
            .map(|file| (workshop.load)(file))
            .collect::<Result<Vec<_>, _>>()?;
        self.check_targets(&scenarios)?;
        let settled = self.settle(&scenarios, cancel)?;
        let plan = match &settled {
            Some(settled) => settled.plan,
            None => Plan::new(self.seed, self.draws, self.replicates)
                .map_err(|error| CliError::Message(error.to_string()))?,
        };
        let mut played = Vec::new();
        for (file, loaded) in self.files.iter().zip(scenarios) {
            let one = self.play(
                file,
                loaded,
                (plan, settled.as_ref()),
                workshop,
                cancel,
                look,
                stdout,
            )?;
            let stopped = one.summary.design.partial;
            played.push(one);
            if stopped {
                return Ok(ExitCode::from(1));
            }
        }
        if played.len() > 1 {
            self.compare(&played, workshop, look, stdout)?;
        }
        if let Some(hint) = compare::unchecked(&played) {
            self.say(&hint);
        }
        Ok(settled.map_or(ExitCode::SUCCESS, |settled| settled.exit_code()))
    }

    // Everything that would make hours of work impossible to keep is found before they begin.
    fn check_targets<S: Simulator>(&self, scenarios: &[Loaded<S>]) -> Result<(), CliError> {
        let mut ids: Vec<&str> = Vec::new();
        for loaded in scenarios {
            let id = loaded.simulator.info().scenario.id.as_str();
            if ids.contains(&id) {
                return Err(CliError::Message(format!(
                    "two of the files have the id `{id}`, so their results would overwrite each \
                     other; give each file its own id"
                )));
            }
            ids.push(id);
            may_be_replaced(&self.out.join(id).join(self.folder_name()))?;
        }
        if scenarios.len() > 1 {
            may_be_replaced(&self.out.join("comparison").join(self.folder_name()))?;
        }
        Ok(())
    }

    fn folder_name(&self) -> String {
        self.name.clone().unwrap_or_else(|| match self.precision {
            Some(half) => format!("seed-{}-precision-{half}", self.seed),
            None => format!("seed-{}-{}x{}", self.seed, self.draws, self.replicates),
        })
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one step of `run_with`, with what it needs"
    )]
    fn play<S: Simulator>(
        &self,
        file: &Path,
        loaded: Loaded<S>,
        (plan, settled): (Plan, Option<&precision::Settled>),
        workshop: &Workshop<'_, S>,
        cancel: &AtomicBool,
        look: Look,
        stdout: &mut dyn Write,
    ) -> Result<Played, CliError> {
        let facts = loaded.simulator.info();
        let name = self.folder_name();
        let folder = Folder::draft(&self.out.join(&facts.scenario.id), &name)?;
        let mut tables = Tables::create(&folder, RowWriter::new(facts, self.rounds), self.rounds)?;
        let machine = self.machine();
        let started = timestamp();
        let mut meter = Meter::new(&facts.scenario.id, plan.runs(), self.quiet);
        let threads = NonZeroUsize::new(machine.threads).unwrap_or(NonZeroUsize::MIN);
        let mut log = OutcomeLog {
            plan,
            outcomes: Vec::new(),
        };
        let mut flags = Vec::new();
        let writer = RowWriter::new(facts, self.rounds);
        let result = run(
            &loaded.simulator,
            plan,
            threads,
            cancel,
            &writer,
            |mut rows, progress| {
                meter.update(progress);
                let held = rows.take_flags();
                let (runs, rounds, outcomes) = rows.into_bytes();
                tables.append(&runs, &rounds)?;
                // Nine bytes a run, kept only where runs are to be paired.
                if self.files.len() > 1 {
                    flags.extend(held);
                    log.outcomes.extend_from_slice(&outcomes);
                }
                Ok(())
            },
        );
        let seconds = meter.finish();
        let summary = result.map_err(|error| match error {
            RunError::Rows(error) => error,
            other => CliError::Message(format!("{}: {other}", facts.scenario.id)),
        })?;
        tables.finish()?;
        let summary = if self.exact {
            summary.with_exact_intervals()
        } else {
            summary
        };

        // Several tables in a row are hard to read; the comparison stands for them.
        if self.files.len() == 1 {
            show(stdout, &text::summary(&summary, look))?;
        }
        folder.write("summary.txt", text::summary(&summary, PLAIN).as_bytes())?;
        folder.write_json("summary.json", &summary)?;
        folder.write("survival.csv", &survival_rows(&summary))?;
        if !self.no_charts {
            folder.write_figures(&(workshop.figures)(&summary)?)?;
        }
        folder.write_json(
            "manifest.json",
            &Manifest {
                tool: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
                model_version: MODEL_VERSION,
                scenario: &summary.scenario,
                file: file.display().to_string(),
                sha256: sha256_hex(&loaded.source),
                resolved_sha256: sha256_hex(&loaded.resolved),
                design: &summary.design,
                stopping: settled,
                command_line: std::env::args().collect(),
                machine,
                started,
                seconds,
                runs_per_second: summary.design.runs as f64 / seconds.max(1e-9),
            },
        )?;
        // A stopped ensemble never replaces a whole one.
        let name = if summary.design.partial {
            format!("{name}-partial")
        } else {
            name
        };
        let path = folder.commit(&name)?;
        self.say(&format!(
            "{} runs in {seconds:.1} s, written to {}",
            thousands(summary.design.runs),
            path.display()
        ));
        Ok(Played {
            summary,
            log,
            flags,
            file: file.display().to_string(),
            ancestors: loaded.ancestors,
            expectations: loaded.expectations,
        })
    }

    fn machine(&self) -> Machine {
        machine(self.threads)
    }

    #[expect(
        clippy::print_stderr,
        reason = "what is said about the data goes to standard error"
    )]
    fn say(&self, text: &str) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }
}

/// This machine, with the threads asked for or one for each core.
pub(super) fn machine(threads: Option<NonZeroUsize>) -> Machine {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    Machine {
        cores,
        threads: threads.map_or(cores, NonZeroUsize::get),
        os: std::env::consts::OS,
        arch: std::env::consts::ARCH,
    }
}

/// How many figures are painted at once: each takes some 15 MB meanwhile.
const PAINTERS: usize = 2;

/// Paints figures, on so many threads at most.
pub(super) fn figure_files(
    figures: &[Figure],
    threads: Option<NonZeroUsize>,
) -> Result<Vec<FigureFile>, CliError> {
    let painted = |figure: &Figure| {
        let (svg, png) = (figure.svg()?, figure.png()?);
        Ok(FigureFile {
            name: figure.name.clone(),
            svg,
            png,
        })
    };
    let failed = |error: chart::ChartError| CliError::Message(error.to_string());
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.map_or(PAINTERS, |threads| threads.get().min(PAINTERS)))
        .build()
        .map_err(|error| CliError::Message(format!("cannot start threads: {error}")))?;
    let painted: Vec<_> = pool.install(|| figures.par_iter().map(painted).collect());
    painted
        .into_iter()
        .collect::<Result<_, _>>()
        .map_err(failed)
}

// The CSV files of one ensemble while it runs.
struct Tables {
    runs: OpenFile,
    rounds: Option<OpenFile>,
}

impl Tables {
    fn create(folder: &Folder, writer: RowWriter<'_>, with_rounds: bool) -> Result<Self, CliError> {
        let run_columns = writer.run_columns();
        let survival = survival_columns(writer.outcomes());
        let mut meanings = serde_json::json!({ "runs.csv": run_columns, "survival.csv": survival });
        let mut runs = folder.create("runs.csv")?;
        runs.append(&RowWriter::heading(&run_columns))?;
        let mut rounds = None;
        if with_rounds {
            let columns = writer.round_columns();
            let mut file = folder.create("rounds.csv")?;
            file.append(&RowWriter::heading(&columns))?;
            meanings["rounds.csv"] = serde_json::json!(columns);
            rounds = Some(file);
        }
        folder.write_json("columns.json", &meanings)?;
        Ok(Self { runs, rounds })
    }

    fn append(&mut self, runs: &[u8], rounds: &[u8]) -> Result<(), CliError> {
        self.runs.append(runs)?;
        self.rounds
            .as_mut()
            .map_or(Ok(()), |file| file.append(rounds))
    }

    fn finish(self) -> Result<(), CliError> {
        self.runs.finish()?;
        self.rounds.map_or(Ok(()), OpenFile::finish)
    }
}

pub(super) fn show(stdout: &mut dyn Write, text: &str) -> Result<(), CliError> {
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        // The reader has seen enough; the files are still wanted.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => {
            result.map_err(|source| file_error("write", Path::new("standard output"), source))
        }
    }
}

pub(super) fn timestamp() -> String {
    let now = jiff::Timestamp::now();
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub(super) fn threads(text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .map_err(|_| "use a whole number, at least 1".to_owned())
}

// A single, visible folder name.
pub(super) fn folder_name(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ' | '+');
    if text.is_empty() || text.len() > 100 || text.starts_with('.') || !text.chars().all(plain) {
        return Err(
            "use letters, digits, `-`, `_`, `.` and not a dot first; it names a folder \
                    inside the scenario's own"
                .to_owned(),
        );
    }
    Ok(text.to_owned())
}
