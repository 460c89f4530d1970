//! `jawjaw compare`: scenarios against the first, run by run on the same luck.
//!
//! The story: load every file, play each at the same plan and keep one byte a run, compare each with
//! the first, print the table, write the folder. A precision or an outcome to watch makes it play on.

mod files;
#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use clap::Args;
use serde::Serialize;

use super::CliError;
use super::game::load_game;
use super::output::{FigureFile, may_be_replaced};
use super::progress::Meter;
use super::run::precision::{Look as Taken, extend, half_width, pool};
use super::run::{Loaded, PLAIN, figure_files, folder_name, show, threads};
use super::terminal::{cancel_on_ctrl_c, terminal_look};
use crate::chart::{self, Figure};
use crate::ensemble::looks::{Looks, Watch};
use crate::ensemble::paired::OutcomeLog;
use crate::ensemble::versus::{Side, Versus, versus};
use crate::ensemble::{Plan, Simulator, outcomes};
use crate::evidence::Evidence;
use crate::report::layout::{Look, thousands};
use crate::report::versus::{self as words, Compared};

/// Compare scenario files with the first, run by run on the same luck
#[derive(Debug, Clone, Args)]
pub struct CompareArgs {
    /// Scenario files; the first is the baseline
    #[arg(required = true, num_args = 2.., value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Draws of the uncertain numbers
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    draws: u32,
    /// Runs for each draw
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    replicates: u32,
    /// Play on until no change is less certain than this, by chance: 0.01 is plus or minus one point
    #[arg(long, value_name = "H", conflicts_with = "draws", value_parser = half_width)]
    precision: Option<f64>,
    /// Play on until it is clear in which direction this outcome changes; watched by a confidence
    /// sequence, which may be looked at as often as one likes. Plays one run a draw
    #[arg(long, value_name = "OUTCOME", conflicts_with_all = ["draws", "replicates", "precision"])]
    until_clear: Option<String>,
    /// Most runs of each file that `--precision` and `--until-clear` may take
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    max_runs: u64,
    /// Exact intervals for the shares (Clopper and Pearson)
    #[arg(long)]
    exact: bool,
    /// Seed of all randomness
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Threads to use, which changes no result [default: one for each core]
    #[arg(long, value_name = "N", value_parser = threads)]
    threads: Option<NonZeroUsize>,
    /// Folder for results
    #[arg(long, value_name = "DIR", default_value = "output")]
    out: PathBuf,
    /// Name of the result folder instead of one by seed and size
    #[arg(long, value_name = "NAME", value_parser = folder_name)]
    name: Option<String>,
    /// Leave the charts out
    #[arg(long)]
    no_charts: bool,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

/// Why it stopped where it did.
#[derive(Debug, Clone, Serialize)]
struct Stopping {
    /// Half-width asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    precision: Option<f64>,
    /// Outcome watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    until_clear: Option<String>,
    /// Every look, with half the width of the widest interval of a change.
    looks: Vec<Taken>,
    /// Whether what was asked for was reached.
    reached: bool,
}

/// Everything that was found, before it is written.
struct Found {
    compared: Vec<Compared>,
    versus: Vec<Versus>,
    stopping: Option<Stopping>,
}

impl CompareArgs {
    /// Does it all, on the terminal.
    pub fn run(&self) -> Result<ExitCode, CliError> {
        let evidence = Evidence::shipped();
        let load = |file: &Path| load_game(file, &evidence);
        self.run_with(
            &load,
            cancel_on_ctrl_c()?,
            terminal_look(),
            &mut io::stdout(),
        )
    }

    fn run_with<S: Simulator>(
        &self,
        load: &dyn Fn(&Path) -> Result<Loaded<S>, CliError>,
        cancel: &AtomicBool,
        look: Look,
        stdout: &mut dyn Write,
    ) -> Result<ExitCode, CliError> {
        let loaded = (self.files.iter().map(|file| load(file))).collect::<Result<Vec<_>, _>>()?;
        self.check(&loaded)?;
        may_be_replaced(&self.parent(&loaded).join(self.folder()))?;
        let started = super::run::timestamp();
        let found = self.play(&loaded, cancel)?;
        let watched = self.until_clear.as_deref();
        let text = |look: Look| words::versus(&found.compared, &found.versus, watched, look);
        show(stdout, &text(look))?;
        let figures = if self.no_charts {
            Vec::new()
        } else {
            figures(&found, self.threads)?
        };
        let path = self.write(&loaded, &found, &text(PLAIN), &figures, &started)?;
        self.say(&format!("Comparison written to {}", path.display()));
        let reached = found
            .stopping
            .as_ref()
            .is_none_or(|stopping| stopping.reached);
        Ok(ExitCode::from(u8::from(!reached)))
    }

    // Everything that would make the work useless is found before it begins.
    fn check<S: Simulator>(&self, loaded: &[Loaded<S>]) -> Result<(), CliError> {
        let facts = |index: usize| loaded[index].simulator.info();
        let first = facts(0);
        for (index, file) in self.files.iter().enumerate() {
            let own = facts(index);
            let twin = (0..index).find(|&other| facts(other).scenario.id == own.scenario.id);
            if let Some(twin) = twin {
                return Err(CliError::Message(format!(
                    "{} and {} have the same id `{}`; give each file its own",
                    self.files[twin].display(),
                    file.display(),
                    own.scenario.id
                )));
            }
            let ids = |facts: &crate::ensemble::facts::ScenarioFacts| -> Vec<String> {
                facts
                    .outcomes
                    .iter()
                    .map(|outcome| outcome.id.clone())
                    .collect()
            };
            let shared = ids(own).iter().any(|id| ids(first).contains(id));
            if !shared {
                return Err(CliError::Message(format!(
                    "{} declares none of the outcomes of {} ({}), so there is nothing to compare",
                    file.display(),
                    self.files[0].display(),
                    ids(first).join(", ")
                )));
            }
            if let Some(id) = &self.until_clear
                && !ids(own).contains(id)
            {
                return Err(CliError::Message(format!(
                    "{} declares no outcome `{id}`; it has {}",
                    file.display(),
                    ids(own).join(", ")
                )));
            }
        }
        Ok(())
    }

    fn parent<S: Simulator>(&self, loaded: &[Loaded<S>]) -> PathBuf {
        let ids: Vec<&str> = (loaded.iter())
            .map(|one| one.simulator.info().scenario.id.as_str())
            .collect();
        let folder = match ids[..] {
            [first, second] => format!("{first}-and-{second}"),
            _ => format!("{}-and-{}-others", ids[0], ids.len() - 1),
        };
        self.out.join("compare").join(folder)
    }

    fn folder(&self) -> String {
        let size = || match (self.precision, &self.until_clear) {
            (Some(half), _) => format!("precision-{half}"),
            (_, Some(outcome)) => format!("until-clear-{outcome}"),
            _ => format!("{}x{}", self.draws, self.replicates),
        };
        let default = || format!("seed-{}-{}", self.seed, size());
        self.name.clone().unwrap_or_else(default)
    }

    fn plans(&self) -> Result<Vec<Plan>, CliError> {
        let replicates = if self.until_clear.is_some() {
            1
        } else {
            self.replicates
        };
        if self.precision.is_some() || self.until_clear.is_some() {
            return Ok(Looks::new(self.seed, replicates, self.max_runs)
                .plans()
                .collect());
        }
        let plan = Plan::new(self.seed, self.draws, replicates);
        Ok(vec![
            plan.map_err(|error| CliError::Message(error.to_string()))?,
        ])
    }

    fn play<S: Simulator>(
        &self,
        loaded: &[Loaded<S>],
        cancel: &AtomicBool,
    ) -> Result<Found, CliError> {
        let pool = pool(self.threads)?;
        let mut logs = vec![Vec::new(); loaded.len()];
        let mut looks = Vec::new();
        let mut plans = self.plans()?.into_iter().peekable();
        while let Some(plan) = plans.next() {
            for (one, log) in loaded.iter().zip(&mut logs) {
                let id = &one.simulator.info().scenario.id;
                let mut meter = Meter::new(id, plan.runs(), self.quiet);
                pool.install(|| extend(&one.simulator, log, plan, cancel, &mut meter))?;
                meter.finish();
            }
            let mut compared = self.compared(loaded, &logs, plan);
            let versus = paired(&compared)?;
            looks.push(Taken {
                runs: plan.runs(),
                half_width: widest(&versus),
            });
            let reached = self.reached(&mut compared, looks.last().expect("just pushed"));
            if reached != Some(false) || plans.peek().is_none() {
                let stopping = reached.map(|reached| Stopping {
                    precision: self.precision,
                    until_clear: self.until_clear.clone(),
                    looks,
                    reached,
                });
                if reached == Some(false) {
                    let size = thousands(plan.runs());
                    self.say(&format!(
                        "not reached after the most runs allowed, {size} of each file; `--max-runs` \
                         allows more"
                    ));
                }
                return Ok(Found {
                    compared,
                    versus,
                    stopping,
                });
            }
        }
        unreachable!("there is a last plan, and it returns")
    }

    fn compared<S: Simulator>(
        &self,
        loaded: &[Loaded<S>],
        logs: &[Vec<u8>],
        plan: Plan,
    ) -> Vec<Compared> {
        (loaded.iter().zip(logs))
            .map(|(one, outcomes)| {
                let facts = one.simulator.info();
                let log = OutcomeLog {
                    plan,
                    outcomes: outcomes.clone(),
                };
                Compared {
                    id: facts.scenario.id.clone(),
                    title: facts.scenario.title.clone(),
                    outcomes: outcomes::shares(facts, &log, self.exact),
                    log,
                    watch: None,
                }
            })
            .collect()
    }

    // Whether what was asked for has been reached; none if nothing was.
    fn reached(&self, compared: &mut [Compared], taken: &Taken) -> Option<bool> {
        let Some(id) = &self.until_clear else {
            return self.precision.map(|half| taken.half_width <= half);
        };
        let place = |one: &Compared| one.outcomes.iter().position(|own| own.id == *id);
        let (first, others) = compared.split_first_mut().expect("at least two files");
        // Several files share the chance of a false alarm.
        let alpha = 0.05 / others.len() as f64;
        let mut clear = true;
        for other in others {
            let places = place(first)
                .zip(place(other))
                .expect("every file declares it");
            let watch = Watch::new((&first.log, places.0), (&other.log, places.1), alpha);
            clear &= watch.is_clear();
            other.watch = Some(watch);
        }
        Some(clear)
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

fn paired(compared: &[Compared]) -> Result<Vec<Versus>, CliError> {
    let sides: Vec<Side<'_>> = (compared.iter())
        .map(|one| Side {
            id: &one.id,
            outcomes: &one.outcomes,
            log: &one.log,
        })
        .collect();
    versus(sides[0], &sides[1..]).map_err(|error| CliError::Message(error.to_string()))
}

fn widest(versus: &[Versus]) -> f64 {
    let changes = versus.iter().flat_map(|versus| &versus.changes);
    changes
        .map(|change| change.difference.interval)
        .map(|interval| (interval.high - interval.low) / 2.0)
        .fold(0.0, f64::max)
}

fn figures(found: &Found, threads: Option<NonZeroUsize>) -> Result<Vec<FigureFile>, CliError> {
    let (first, others) = found.compared.split_first().expect("at least two files");
    let plan = first.log.plan;
    let base = (first.title.as_str(), &first.outcomes[..]);
    let rows: Vec<_> = (others.iter().zip(&found.versus))
        .map(|(other, versus)| (other.title.as_str(), &other.outcomes[..], versus))
        .collect();
    let mut all: Vec<Figure> = vec![chart::changes(base, &rows, plan)];
    all.extend(
        rows.iter()
            .map(|&(title, outcomes, versus)| chart::moves(base, (title, outcomes), versus, plan)),
    );
    figure_files(&all, threads)
}
