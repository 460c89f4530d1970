//! `jawjaw run`: plays scenarios many times, prints what came out, writes it all down.
//!
//! The story: load every file, then for each one play the ensemble while rows stream to disk, print
//! its table, write its folder; with several files compare them on shared luck.

use std::io::{self, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use super::CliError;
use super::game::load_game;
use super::output::{
    FigureFile, Folder, Machine, Manifest, OpenFile, file_error, may_be_replaced, sha256_hex,
};
use super::progress::Meter;
use crate::chart::{self, Figure};
use crate::ensemble::paired::{Difference, OutcomeLog, Verdict, compare};
use crate::ensemble::run::{RunError, run};
use crate::ensemble::{MODEL_VERSION, Plan, Simulator, Summary};
use crate::evidence::Evidence;
use crate::report::comparison::{CheckedExpectation, OutcomeDifference, comparison};
use crate::report::layout::{Look, thousands};
use crate::report::rows::{RowWriter, decimal, line};
use crate::report::text;
use crate::scenario::types::Expectation;

/// Play scenario files many times and report the distribution of outcomes
#[derive(Debug, Clone, Args)]
pub struct RunArgs {
    /// Scenario files; several are compared on the same luck
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Draws of the uncertain numbers
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    pub draws: u32,
    /// Runs for each draw
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub replicates: u32,
    /// Seed of all randomness
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Threads to use; all cores by default; the result does not depend on it
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Folder for results
    #[arg(long, value_name = "DIR", default_value = "output")]
    pub out: PathBuf,
    /// Name of the result folder instead of `seed-<seed>-<draws>x<replicates>`
    #[arg(long, value_parser = folder_name)]
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

/// A scenario ready to run, with what the manifest and the comparison say of its file.
#[derive(Debug)]
pub struct Loaded<S> {
    /// The compiled scenario.
    pub simulator: S,
    /// The file's text.
    pub source: String,
    /// The text after `extends` has been merged in.
    pub resolved: String,
    /// Id of the scenario it extends directly.
    pub base: Option<String>,
    /// Directions it expects against that one.
    pub expectations: Vec<Expectation>,
}

// How tables look in files.
const PLAIN: Look = Look {
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
struct Played {
    summary: Summary,
    log: OutcomeLog,
    base: Option<String>,
    expectations: Vec<Expectation>,
}

impl RunArgs {
    /// Does it all, on the terminal.
    pub fn run(&self) -> Result<ExitCode, CliError> {
        let evidence = Evidence::shipped();
        let workshop = Workshop {
            load: &|file: &Path| load_game(file, &evidence),
            figures: &|summary: &Summary| figure_files(&chart::figures(summary)),
            comparison: &|summaries: &[Summary]| figure_files(&[chart::comparison(summaries)]),
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
        let plan = Plan::new(self.seed, self.draws, self.replicates)
            .map_err(|error| CliError::Message(error.to_string()))?;
        let scenarios = (self.files.iter())
            .map(|file| (workshop.load)(file))
            .collect::<Result<Vec<_>, _>>()?;
        self.check_targets(&scenarios)?;
        let mut played = Vec::new();
        for (file, loaded) in self.files.iter().zip(scenarios) {
            let one = self.play(file, loaded, plan, workshop, cancel, look, stdout)?;
            let stopped = one.summary.design.partial;
            played.push(one);
            if stopped {
                return Ok(ExitCode::from(1));
            }
        }
        if played.len() > 1 {
            self.compare(&played, workshop, look, stdout)?;
        }
        Ok(ExitCode::SUCCESS)
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
        self.name
            .clone()
            .unwrap_or_else(|| format!("seed-{}-{}x{}", self.seed, self.draws, self.replicates))
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one step of `run_with`, with what it needs"
    )]
    fn play<S: Simulator>(
        &self,
        file: &Path,
        loaded: Loaded<S>,
        plan: Plan,
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
        let writer = RowWriter::new(facts, self.rounds);
        let result = run(
            &loaded.simulator,
            plan,
            threads,
            cancel,
            &writer,
            |rows, progress| {
                meter.update(progress);
                let (runs, rounds, outcomes) = rows.into_bytes();
                tables.append(&runs, &rounds)?;
                // One byte a run, kept only where runs are to be paired.
                if self.files.len() > 1 {
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

        // Several tables in a row are hard to read; the comparison stands for them.
        if self.files.len() == 1 {
            show(stdout, &text::summary(&summary, look))?;
        }
        folder.write("summary.txt", text::summary(&summary, PLAIN).as_bytes())?;
        folder.write_json("summary.json", &summary)?;
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
            base: loaded.base,
            expectations: loaded.expectations,
        })
    }

    fn compare<S: Simulator>(
        &self,
        played: &[Played],
        workshop: &Workshop<'_, S>,
        look: Look,
        stdout: &mut dyn Write,
    ) -> Result<(), CliError> {
        let differences = outcome_differences(played)?;
        let expectations = checked_expectations(played)?;
        let summaries: Vec<Summary> = played.iter().map(|one| one.summary.clone()).collect();
        let text = comparison(&summaries, &differences, &expectations, look);
        show(stdout, &text)?;

        let name = self.folder_name();
        let folder = Folder::draft(&self.out.join("comparison"), &name)?;
        let text = comparison(&summaries, &differences, &expectations, PLAIN);
        folder.write("comparison.txt", text.as_bytes())?;
        folder.write("comparison.csv", &comparison_rows(&summaries, &differences))?;
        folder.write_json("expectations.json", &expectations)?;
        if !self.no_charts {
            folder.write_figures(&(workshop.comparison)(&summaries)?)?;
        }
        let ids: Vec<&str> = summaries.iter().map(|s| s.scenario.id.as_str()).collect();
        let manifest = serde_json::json!({
            "tool": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "model_version": MODEL_VERSION,
            "scenarios": ids,
            "design": summaries[0].design,
            "command_line": std::env::args().collect::<Vec<_>>(),
        });
        folder.write_json("manifest.json", &manifest)?;
        let path = folder.commit(&name)?;
        self.say(&format!("Comparison written to {}", path.display()));
        Ok(())
    }

    fn machine(&self) -> Machine {
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Machine {
            cores,
            threads: self.threads.map_or(cores, NonZeroUsize::get),
            os: std::env::consts::OS,
            arch: std::env::consts::ARCH,
        }
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

fn figure_files(figures: &[Figure]) -> Result<Vec<FigureFile>, CliError> {
    let painted = |figure: &Figure| {
        let (svg, png) = (figure.svg()?, figure.png()?);
        Ok(FigureFile {
            name: figure.name.clone(),
            svg,
            png,
        })
    };
    let failed = |error: chart::ChartError| CliError::Message(error.to_string());
    figures
        .iter()
        .map(painted)
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
        let mut meanings = serde_json::json!({ "runs.csv": run_columns });
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

// Every scenario but the first against the one it extends, if that was run too, else the first.
fn outcome_differences(played: &[Played]) -> Result<Vec<OutcomeDifference>, CliError> {
    let mut differences = Vec::new();
    for (index, one) in played.iter().enumerate() {
        let base = base_of(one, played).or_else(|| (index > 0).then(|| &played[0]));
        let Some(base) = base else { continue };
        for outcome in &one.summary.outcomes {
            let ids = std::slice::from_ref(&outcome.id);
            differences.push(OutcomeDifference {
                scenario: one.summary.scenario.id.clone(),
                against: base.summary.scenario.id.clone(),
                outcome: outcome.id.clone(),
                difference: paired(base, one, ids)?,
            });
        }
    }
    Ok(differences)
}

fn checked_expectations(played: &[Played]) -> Result<Vec<CheckedExpectation>, CliError> {
    let mut checks = Vec::new();
    for one in played {
        let Some(base) = base_of(one, played) else {
            continue;
        };
        for expectation in &one.expectations {
            let difference = paired(base, one, &expectation.outcomes)?;
            checks.push(CheckedExpectation {
                variant: one.summary.scenario.id.clone(),
                base: base.summary.scenario.id.clone(),
                outcomes: expectation.outcomes.clone(),
                direction: expectation.direction,
                because: expectation.because.clone(),
                difference,
                verdict: Verdict::of(expectation.direction, difference.interval),
            });
        }
    }
    Ok(checks)
}

fn base_of<'a>(one: &Played, played: &'a [Played]) -> Option<&'a Played> {
    let base = one.base.as_ref()?;
    played
        .iter()
        .find(|other| other.summary.scenario.id == *base)
}

fn paired(first: &Played, second: &Played, outcomes: &[String]) -> Result<Difference, CliError> {
    let indices = |one: &Played| -> Vec<usize> {
        let all = one.summary.outcomes.iter().enumerate();
        all.filter(|(_, outcome)| outcomes.contains(&outcome.id))
            .map(|(i, _)| i)
            .collect()
    };
    compare(
        (&first.log, &indices(first)),
        (&second.log, &indices(second)),
    )
    .map_err(|error| CliError::Message(error.to_string()))
}

fn comparison_rows(summaries: &[Summary], differences: &[OutcomeDifference]) -> Vec<u8> {
    let mut rows = line(
        [
            "scenario",
            "outcome",
            "runs",
            "share",
            "chance_low",
            "chance_high",
            "band_q05",
            "band_q95",
            "compared_with",
            "difference",
            "difference_low",
            "difference_high",
            "draws_up",
            "draws_down",
            "draws_same",
        ]
        .map(str::to_owned),
    );
    for summary in summaries {
        for outcome in &summary.outcomes {
            let band = |x: f64| {
                if outcome.band.n > 1 {
                    decimal(x)
                } else {
                    String::new()
                }
            };
            let mut cells = vec![
                summary.scenario.id.clone(),
                outcome.id.clone(),
                summary.design.runs.to_string(),
                decimal(outcome.share),
                decimal(outcome.chance.low),
                decimal(outcome.chance.high),
                band(outcome.band.q05),
                band(outcome.band.q95),
            ];
            let paired = differences.iter().find(|paired| {
                paired.scenario == summary.scenario.id && paired.outcome == outcome.id
            });
            cells.extend(match paired {
                Some(OutcomeDifference {
                    against,
                    difference,
                    ..
                }) => vec![
                    against.clone(),
                    decimal(difference.difference),
                    decimal(difference.interval.low),
                    decimal(difference.interval.high),
                    difference.draws_up.to_string(),
                    difference.draws_down.to_string(),
                    difference.draws_same.to_string(),
                ],
                None => vec![String::new(); 7],
            });
            rows.append(&mut line(cells));
        }
    }
    rows
}

fn show(stdout: &mut dyn Write, text: &str) -> Result<(), CliError> {
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

fn timestamp() -> String {
    let now = jiff::Timestamp::now();
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

// A single, visible folder name.
fn folder_name(text: &str) -> Result<String, String> {
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

/// How tables look on the standard output of this process: its width, at most 100, and whether
/// headings may be bold.
#[expect(
    clippy::disallowed_methods,
    reason = "the terminal's wishes are read here only"
)]
pub fn terminal_look() -> Look {
    let is_terminal = io::stdout().is_terminal();
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let size = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let width = columns
        .or_else(|| is_terminal.then(size).flatten())
        .unwrap_or(80);
    let wants_colour = std::env::var("NO_COLOR").map_or(true, |value| value.is_empty());
    Look {
        width: width.clamp(30, 100),
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

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::sync::atomic::AtomicUsize;

    use clap::Parser;

    use super::*;
    use crate::ensemble::fake::Fake;
    use crate::scenario::types::Direction;

    /// An empty folder of this test alone.
    pub(crate) fn scratch(name: &str) -> PathBuf {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("jawjaw-{name}-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: RunArgs,
    }

    fn args(out: &Path, rest: &str) -> RunArgs {
        let out = out.to_str().unwrap();
        let words = ["run", "--quiet", "--out", out]
            .into_iter()
            .chain(rest.split_whitespace());
        Line::try_parse_from(words).unwrap().args
    }

    #[expect(clippy::unnecessary_wraps, reason = "the type of `Workshop::load`")]
    fn load(file: &Path) -> Result<Loaded<Fake>, CliError> {
        let mut fake = Fake::uncertain();
        let mut base = None;
        let mut expectations = Vec::new();
        if file == Path::new("harsh.toml") {
            fake.harm = 0.1;
            "harsh".clone_into(&mut fake.facts.scenario.id);
            base = Some("fishing-dispute".to_owned());
            for direction in [Direction::Up, Direction::Down] {
                expectations.push(Expectation {
                    outcomes: vec!["clash".to_owned()],
                    direction,
                    because: "boats are armed".to_owned(),
                });
            }
        }
        Ok(Loaded {
            simulator: fake,
            source: "text".to_owned(),
            resolved: "whole text".to_owned(),
            base,
            expectations,
        })
    }

    fn picture() -> Vec<FigureFile> {
        vec![FigureFile {
            name: "shares".to_owned(),
            svg: "<svg/>".to_owned(),
            png: vec![137],
        }]
    }

    fn play(args: &RunArgs, cancel: &AtomicBool) -> (Result<ExitCode, CliError>, String) {
        let workshop = Workshop {
            load: &load,
            figures: &|_| Ok(picture()),
            comparison: &|summaries| {
                assert_eq!(summaries.len(), 2);
                Ok(picture())
            },
        };
        let mut stdout = Vec::new();
        let look = Look {
            width: 80,
            bold: false,
        };
        let result = args.run_with(&workshop, cancel, look, &mut stdout);
        (result, String::from_utf8(stdout).unwrap())
    }

    fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                (name, fs::read(path).unwrap())
            })
            .collect()
    }

    #[test]
    fn a_run_leaves_a_whole_folder_and_the_same_bytes_again() {
        let out = scratch("run");
        let mut results = Vec::new();
        for threads in [1, 2, 8] {
            let args = args(
                &out,
                &format!("a.toml --draws 60 --replicates 40 --seed 9 --rounds --threads {threads}"),
            );
            let (code, text) = play(&args, &AtomicBool::new(false));
            assert_eq!(code.unwrap(), ExitCode::SUCCESS);
            let mut written = files(&out.join("fishing-dispute/seed-9-60x40"));
            let names: Vec<&str> = written.keys().map(String::as_str).collect();
            assert_eq!(
                names,
                [
                    "columns.json",
                    "manifest.json",
                    "rounds.csv",
                    "runs.csv",
                    "shares.png",
                    "shares.svg",
                    "summary.json",
                    "summary.txt"
                ]
            );
            let manifest: serde_json::Value =
                serde_json::from_slice(&written.remove("manifest.json").unwrap()).unwrap();
            assert_eq!(manifest["design"]["runs"], 2400);
            assert_eq!(manifest["machine"]["threads"], threads);
            assert_eq!(manifest["sha256"], sha256_hex("text"));
            results.push((written, text));
        }
        assert_eq!(results[0], results[1]);
        assert_eq!(results[0], results[2]);
        assert!(results[0].1.contains(text::NOT_A_FORECAST));
        let rows = &results[0].0["runs.csv"];
        assert_eq!(String::from_utf8_lossy(rows).lines().count(), 2401);
        assert_eq!(
            fs::read_dir(out.join("fishing-dispute")).unwrap().count(),
            1
        );
        fs::remove_dir_all(out).unwrap();
    }

    #[test]
    fn several_files_are_compared_and_expectations_checked() {
        let out = scratch("compare");
        let args = args(
            &out,
            "a.toml harsh.toml --draws 50 --replicates 20 --name class",
        );
        let (code, text) = play(&args, &AtomicBool::new(false));
        assert_eq!(code.unwrap(), ExitCode::SUCCESS);
        assert!(
            text.contains("SUPPORTED") && text.contains("CONTRADICTED"),
            "{text}"
        );
        let written = files(&out.join("comparison/class"));
        let checks: Vec<serde_json::Value> =
            serde_json::from_slice(&written["expectations.json"]).unwrap();
        assert_eq!(checks[0]["verdict"], "supported");
        assert_eq!(checks[1]["verdict"], "contradicted");
        let mut reader = csv::Reader::from_reader(written["comparison.csv"].as_slice());
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 6);
        assert_eq!(
            (&rows[5][0], &rows[5][1], &rows[5][8]),
            ("harsh", "clash", "fishing-dispute")
        );
        let change: f64 = rows[5][9].parse().unwrap();
        assert!((change - 0.1).abs() < 0.04, "{change}");
        insta::assert_snapshot!(
            "comparison_80",
            String::from_utf8(written["comparison.txt"].clone()).unwrap()
        );
        fs::remove_dir_all(out).unwrap();
    }

    #[test]
    fn a_stopped_run_is_kept_under_another_name() {
        let out = scratch("partial");
        let cancel = AtomicBool::new(false);
        let args = args(&out, "a.toml --draws 3000 --replicates 10 --threads 1");
        let workshop = Workshop {
            load: &load,
            figures: &|_| Ok(picture()),
            comparison: &|_| Ok(picture()),
        };
        // Stops as soon as there is something on disk.
        let code = std::thread::scope(|scope| {
            scope.spawn(|| {
                let parent = out.join("fishing-dispute");
                while !fs::read_dir(&parent).is_ok_and(|entries| {
                    entries.flatten().any(|entry| {
                        fs::metadata(entry.path().join("runs.csv"))
                            .is_ok_and(|file| file.len() > 2000)
                    })
                }) {
                    std::thread::yield_now();
                }
                cancel.store(true, Ordering::Relaxed);
            });
            let look = Look {
                width: 80,
                bold: false,
            };
            args.run_with(&workshop, &cancel, look, &mut io::sink())
                .unwrap()
        });
        // The machine may be quick enough to finish first; then the result is a whole one.
        let name = fs::read_dir(out.join("fishing-dispute"))
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        let written = files(&name.path());
        let summary: Summary = serde_json::from_slice(&written["summary.json"]).unwrap();
        let partial = summary.design.partial;
        assert_eq!(
            name.file_name().to_str().unwrap().ends_with("-partial"),
            partial
        );
        assert_eq!(
            code,
            if partial {
                ExitCode::from(1)
            } else {
                ExitCode::SUCCESS
            }
        );
        let rows = String::from_utf8_lossy(&written["runs.csv"])
            .lines()
            .count() as u64;
        assert_eq!(rows, summary.design.runs + 1);
        fs::remove_dir_all(out).unwrap();
    }

    #[test]
    fn nothing_is_left_when_nothing_was_finished() {
        let out = scratch("stopped");
        let (result, _) = play(&args(&out, "a.toml --draws 5"), &AtomicBool::new(true));
        assert!(
            result
                .unwrap_err()
                .to_string()
                .contains("stopped before any run")
        );
        assert_eq!(
            fs::read_dir(out.join("fishing-dispute")).unwrap().count(),
            0
        );
        fs::remove_dir_all(out).unwrap();
    }

    #[test]
    fn a_path_that_cannot_be_written_is_named() {
        let out = scratch("unwritable");
        let file = out.join("file");
        fs::write(&file, "not a folder").unwrap();
        let (result, _) = play(&args(&file, "a.toml --draws 5"), &AtomicBool::new(false));
        let message = result.unwrap_err().to_string();
        assert!(
            message.contains("cannot") && message.contains("file"),
            "{message}"
        );
        fs::remove_dir_all(out).unwrap();
    }

    #[test]
    fn the_same_scenario_twice_is_refused() {
        let out = scratch("twice");
        let (result, _) = play(
            &args(&out, "a.toml b.toml --draws 5"),
            &AtomicBool::new(false),
        );
        assert!(
            result
                .unwrap_err()
                .to_string()
                .contains("give each file its own id")
        );
        fs::remove_dir_all(out).unwrap();
    }

    #[test]
    fn senseless_arguments_are_refused() {
        for line in [
            "run",
            "run a.toml --draws 0",
            "run a.toml --replicates 0",
            "run a.toml --threads 0",
            "run a.toml --seed -1",
            "run a.toml --name ../elsewhere",
            "run a.toml --name .hidden",
        ] {
            assert!(
                Line::try_parse_from(line.split_whitespace()).is_err(),
                "{line}"
            );
        }
    }
}
