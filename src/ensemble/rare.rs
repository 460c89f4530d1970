//! Rare outcomes of a scenario, estimated by splitting runs on the way to them.
//!
//! Flows in: a compiled scenario, one of its outcomes, a [`RarePlan`]. Flows out: a [`RareOutcome`]:
//! the share of runs that end in it, with an interval, stage by stage. Invariant: the result is a
//! function of model and plan; repetitions are independent of each other and of the threads.
//!
//! A path is a run on a draw of its own, and keeps its draw when it is split: the share is over draws
//! and luck together, as in the first column of `run`. See [`crate::stats::splitting`] for the method
//! and `docs/discover.md` for how to read it.

use std::num::NonZeroUsize;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::summary::ScenarioInfo;
use crate::engine::{Prepared, Unfinished, Workspace, prepare};
use crate::model::Model;
use crate::stats::splitting::{Estimate, Luck, Process, Repeat, fixed_effort, pilot, stage_seed};

/// Share of a stage's paths that the pilot lets into the next: near the best possible `e^-2` for one
/// level after another (Garvels 2000), a little higher because the number of levels is small.
const PILOT_SHARE: f64 = 0.2;
/// Paths of a stage of the pilot at most, and most thresholds it may set.
const PILOT_PATHS: u32 = 300;
const MOST_THRESHOLDS: usize = 30;

/// What tells how near a run is to the outcome: the importance function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The probability that some force option that ends the run in the outcome, or any if none does,
    /// is used in a round, given the true type of its holder.
    Force,
    /// Tension.
    Tension,
    /// The highest posture of any party.
    Posture,
    /// How much of the outcome's condition holds.
    Conditions,
}

impl Level {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Force, Self::Tension, Self::Posture, Self::Conditions];

    /// Its name on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Force => "force",
            Self::Tension => "tension",
            Self::Posture => "posture",
            Self::Conditions => "conditions",
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Force => "the probability of force in a round",
            Self::Tension => "tension",
            Self::Posture => "the highest military posture of any party",
            Self::Conditions => "the share of the outcome's conditions that hold",
        }
    }

    /// The level that usually says most: force for an outcome by force, tension for one by another
    /// terminal move, else the outcome's own conditions.
    pub fn usual(model: &Model, outcome: usize) -> Self {
        let moves = model.outcomes[outcome].terminal_moves();
        if moves.iter().any(|&act| model.moves[act].force.is_some()) {
            Self::Force
        } else if moves.is_empty() {
            Self::Conditions
        } else {
            Self::Tension
        }
    }
}

/// How much work, on which luck.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RarePlan {
    /// Random seed.
    pub seed: u64,
    /// Index of the outcome.
    pub outcome: usize,
    /// What is watched.
    pub level: Level,
    /// Paths a stage.
    pub paths: u32,
    /// Independent repetitions.
    pub repeats: u32,
}

/// Estimated share of runs that end in an outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RareOutcome {
    /// Scenario id, title and summary.
    pub scenario: ScenarioInfo,
    /// Outcome id.
    pub outcome: String,
    /// Name in words.
    pub name: String,
    /// What was watched.
    pub level: Level,
    /// Random seed.
    pub seed: u64,
    /// Paths a stage.
    pub paths: u32,
    /// Independent repetitions.
    pub repeats: u32,
    /// Estimated share of runs.
    pub share: f64,
    /// 95 % interval from the repetitions.
    pub interval: Option<(f64, f64)>,
    /// Standard error as a share of the share.
    pub relative_error: Option<f64>,
    /// Repetitions that never reached the outcome.
    pub empty: u32,
    /// Rounds played in all.
    pub rounds: u64,
    /// Runs that a plain ensemble would need for the same standard error, `p (1 - p) / se^2`.
    pub plain_runs: Option<f64>,
    /// Thresholds of the level, rising; the outcome itself is the stage after the last.
    pub thresholds: Vec<f64>,
    /// By stage.
    pub stages: Vec<StageShare>,
    /// By repetition.
    pub estimates: Vec<RepeatRow>,
}

/// One stage over all repetitions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageShare {
    /// Level to be reached; none for the outcome itself.
    pub threshold: Option<f64>,
    /// Paths started.
    pub paths: u64,
    /// Paths that got there.
    pub entered: u64,
    /// Of these, paths that ended in the outcome at once.
    pub unannounced: u64,
    /// Rounds played.
    pub rounds: u64,
}

/// One repetition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RepeatRow {
    /// Its estimate of the share.
    pub estimate: f64,
    /// Paths that got to the end of each stage.
    pub entered: Vec<u32>,
}

/// Why there is no estimate.
#[derive(Debug, thiserror::Error)]
pub enum RareError {
    /// Draw numbers do not reach.
    #[error("{paths} paths in {repeats} repetitions are more than two thousand million draws")]
    TooMany {
        /// Paths a stage.
        paths: u32,
        /// Repetitions.
        repeats: u32,
    },
    /// The system gave no threads.
    #[error("cannot start the worker threads")]
    Threads(#[source] rayon::ThreadPoolBuildError),
}

/// Estimates the share of runs that end in an outcome; `progress` hears how many repetitions are done.
///
/// # Errors
/// See [`RareError`].
pub fn rare(
    model: &Model,
    plan: RarePlan,
    threads: NonZeroUsize,
    progress: impl Fn(u64) + Sync,
) -> Result<RareOutcome, RareError> {
    if u64::from(plan.paths) * u64::from(plan.repeats) > u64::from(u32::MAX / 2) {
        let RarePlan { paths, repeats, .. } = plan;
        return Err(RareError::TooMany { paths, repeats });
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.get())
        .build()
        .map_err(RareError::Threads)?;
    let few = plan.paths.min(PILOT_PATHS);
    let thresholds = pilot(
        &mut Paths::new(model, plan),
        PILOT_SHARE,
        few,
        plan.seed,
        MOST_THRESHOLDS,
    );
    let done = AtomicU64::new(0);
    let repeats: Vec<Repeat> = pool.install(|| {
        (0..plan.repeats)
            .into_par_iter()
            .map_init(
                || Paths::new(model, plan),
                |paths, repeat| {
                    let found = fixed_effort(paths, &thresholds, plan.paths, plan.seed, repeat);
                    progress(done.fetch_add(1, Ordering::Relaxed) + 1);
                    found
                },
            )
            .collect()
    });
    Ok(outcome(model, plan, thresholds, &repeats))
}

fn outcome(model: &Model, plan: RarePlan, thresholds: Vec<f64>, repeats: &[Repeat]) -> RareOutcome {
    let estimate = Estimate::of(repeats);
    let se = estimate.sd / f64::from(estimate.repeats).sqrt();
    let stages = (0..=thresholds.len()).map(|stage| {
        let own = || {
            repeats
                .iter()
                .filter_map(move |repeat| repeat.stages.get(stage))
        };
        StageShare {
            threshold: thresholds.get(stage).copied(),
            paths: own().map(|stage| u64::from(stage.paths)).sum(),
            entered: own().map(|stage| u64::from(stage.entered)).sum(),
            unannounced: own().map(|stage| u64::from(stage.unannounced)).sum(),
            rounds: own().map(|stage| stage.steps).sum(),
        }
    });
    let rows = repeats.iter().map(|repeat| RepeatRow {
        estimate: repeat.estimate,
        entered: repeat.stages.iter().map(|stage| stage.entered).collect(),
    });
    let scenario = &model.scenario;
    let own = &scenario.outcomes[plan.outcome];
    RareOutcome {
        scenario: ScenarioInfo {
            id: scenario.id.clone(),
            title: scenario.title.clone(),
            summary: scenario.summary.clone(),
            cutoff: scenario.cutoff,
        },
        outcome: own.id.clone(),
        name: own.name.clone(),
        level: plan.level,
        seed: plan.seed,
        paths: plan.paths,
        repeats: plan.repeats,
        share: estimate.mean,
        interval: estimate.interval.filter(|_| estimate.mean > 0.0),
        relative_error: estimate.relative_error(),
        empty: estimate.empty,
        rounds: estimate.steps,
        plain_runs: (se > 0.0).then(|| estimate.mean * (1.0 - estimate.mean) / (se * se)),
        stages: stages.collect(),
        estimates: rows.collect(),
        thresholds,
    }
}

/// Runs of a scenario as paths towards an outcome.
struct Paths<'a> {
    model: &'a Model,
    plan: RarePlan,
    /// Force options that lead to the outcome, or all.
    force: Vec<usize>,
    workspace: Workspace,
}

/// A run on its way, with its draw.
#[derive(Clone)]
struct Path {
    prepared: Rc<Prepared>,
    run: Unfinished,
}

impl<'a> Paths<'a> {
    fn new(model: &'a Model, plan: RarePlan) -> Self {
        let moves = model.outcomes[plan.outcome].terminal_moves();
        let mut force: Vec<usize> = moves
            .iter()
            .filter_map(|&act| model.moves[act].force)
            .collect();
        if force.is_empty() {
            force = (0..model.force.len()).collect();
        }
        Self {
            model,
            plan,
            force,
            workspace: Workspace::new(model),
        }
    }
}

impl Process for Paths<'_> {
    type State = Path;

    /// The first stage plays ordinary runs: replicate 0 of one draw after another. The pilot takes
    /// its draws from the other end.
    fn start(&mut self, luck: Luck) -> Path {
        let draw = if luck.repeat == u32::MAX {
            u32::MAX - luck.path
        } else {
            luck.repeat * self.plan.paths + luck.path
        };
        let prepared = prepare(self.model, self.model.draw(self.plan.seed, draw));
        let run = Unfinished::start(self.model, &prepared, &mut self.workspace, 0);
        Path {
            prepared: Rc::new(prepared),
            run,
        }
    }

    fn rekey(&mut self, state: &mut Path, luck: Luck) {
        let seed = stage_seed(self.plan.seed, luck.repeat, luck.stage);
        state.run.rekey(seed, luck.path);
    }

    fn step(&mut self, state: &mut Path) {
        let Path { prepared, run } = state;
        run.play_round(self.model, prepared, &mut self.workspace, &mut ());
    }

    fn level(&self, state: &Path) -> f64 {
        let run = &state.run;
        if run.is_over(self.model) {
            return if usize::from(run.record().outcome) == self.plan.outcome {
                f64::INFINITY
            } else {
                f64::NEG_INFINITY
            };
        }
        match self.plan.level {
            Level::Tension => run.tension(),
            Level::Conditions => run.progress(&self.model.outcomes[self.plan.outcome]),
            Level::Posture => (0..self.model.parties.len())
                .map(|party| run.posture(self.model, party))
                .fold(0.0, f64::max),
            Level::Force => (self.force.iter())
                .map(|&option| run.force_probability(self.model, option))
                .fold(0.0, f64::max),
        }
    }

    fn is_over(&self, state: &Path) -> bool {
        state.run.is_over(self.model)
    }
}
