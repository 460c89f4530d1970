//! Screening: elementary effects of every uncertain number, for a first look at little cost.
//!
//! Flows in: a model, outputs, how many trajectories. Flows out: a [`Screening`]. Invariant: one luck
//! serves a whole trajectory, so an effect is the number's own; chance has a step of its own at the
//! end of each.
//!
//! A level `l` of the grid of `p` stands for the middle of the `l`-th of `p` equally likely parts of
//! a number's distribution, so that no number is put to an end that is never drawn; a step moves it
//! over half of its probability. An output is the mean over `K` lucks of a point.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rayon::prelude::*;
use serde::Serialize;

use super::factors::{Factor, Factors};
use super::measure::Measure;
use super::sensitivity::SensitivityError;
use crate::design::Numbers;
use crate::design::morris::{LEVELS, Morris};
use crate::engine::record::RunRecord;
use crate::engine::{Prepared, Workspace, run};
use crate::model::Model;
use crate::stats::morris::{Effects, resampled};

/// Resamples behind an interval.
const RESAMPLES: usize = 500;

/// What moving a number does.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Effect {
    /// Mean effect `mu`, with its sign.
    pub mean: f64,
    /// Mean size `mu*`.
    pub mean_size: f64,
    /// Lower end of its 95 % interval over resampled trajectories.
    pub mean_size_low: f64,
    /// Upper end.
    pub mean_size_high: f64,
    /// Standard deviation `sigma` of the effects.
    pub spread: f64,
    /// Lower end of its interval.
    pub spread_low: f64,
    /// Upper end.
    pub spread_high: f64,
}

/// One output.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Screen {
    /// Id.
    pub id: String,
    /// In words.
    pub name: String,
    /// Whether it varied at all; if not, its effects are undefined and left out.
    pub varies: bool,
    /// By factor; empty if nothing varied.
    pub factors: Vec<Effect>,
    /// Mean size of the change of a single run when its luck alone is another.
    pub chance: f64,
}

/// A finished screening.
#[derive(Debug, Clone, Serialize)]
pub struct Screening {
    /// Scenario id.
    pub scenario: String,
    /// Its title.
    pub title: String,
    /// Seed.
    pub seed: u64,
    /// Trajectories that were finished.
    pub trajectories: u64,
    /// Trajectories not reached before a stop.
    pub missing: u64,
    /// Lucks of each point.
    pub replicates: u32,
    /// Levels of the grid.
    pub levels: usize,
    /// Runs played.
    pub runs: u64,
    /// The numbers that were moved.
    pub factors: Vec<Factor>,
    /// Uncertain numbers of the file that no run reads.
    pub unread: usize,
    /// Factors by mean size, the largest first.
    pub top: Vec<usize>,
    /// All outcomes together: half the sum of the sizes over outcomes, the share of the distribution
    /// that moves; the only output if there is one.
    pub whole: Screen,
    /// Each output.
    pub each: Vec<Screen>,
}

impl Screening {
    /// Length of a step on the grid, `Delta`: an effect times this is the change that a step over half
    /// of a number's probability brings.
    pub fn step(&self) -> f64 {
        self.levels as f64 / (2.0 * (self.levels - 1) as f64)
    }
}

/// `[factor][output]` effects of one trajectory, and by output what luck alone did to a single run.
type Path = (Vec<Vec<f64>>, Vec<f64>);

/// Screens the outputs of a model, on the current pool.
///
/// # Errors
/// If nothing is uncertain, or it was stopped before two trajectories.
#[expect(clippy::too_many_lines, reason = "one analysis, step by step")]
pub fn screen(
    model: &Model,
    measures: &[Measure],
    seed: u64,
    (trajectories, replicates): (u32, u32),
    cancel: &AtomicBool,
    played: &(dyn Fn(u64) + Sync),
) -> Result<Screening, SensitivityError> {
    let factors = Factors::of(model);
    if factors.list.is_empty() || measures.is_empty() {
        return Err(SensitivityError::Nothing);
    }
    let count = factors.list.len();
    let design = Morris::new(count, LEVELS, seed).expect("the usual number of levels is even");
    let walk = Walk {
        model,
        factors: &factors,
        measures,
        design,
        seed,
        replicates,
    };
    let done = AtomicU64::new(0);
    let paths: Vec<Option<Path>> = (0..trajectories)
        .into_par_iter()
        .with_max_len(1)
        .map(|index| {
            if cancel.load(Ordering::Relaxed) {
                return None;
            }
            let path = walk.path(index);
            let runs = (count as u64 + 2) * u64::from(replicates);
            played(done.fetch_add(runs, Ordering::Relaxed) + runs);
            Some(path)
        })
        .collect();
    let missing = paths.iter().filter(|path| path.is_none()).count() as u64;
    let paths: Vec<Path> = paths.into_iter().flatten().collect();
    if paths.len() < 2 {
        return Err(SensitivityError::Stopped);
    }
    let mut numbers = Numbers::new(seed, 0x626f_6f74);
    let resamples: Vec<Vec<usize>> = (0..RESAMPLES)
        .map(|_| {
            (0..paths.len())
                .map(|_| numbers.below(paths.len()))
                .collect()
        })
        .collect();
    let screen = |id: String, name: String, effect: &dyn Fn(&Path, usize) -> f64, chance: f64| {
        let by_factor: Vec<Vec<f64>> = (0..count)
            .map(|factor| paths.iter().map(|path| effect(path, factor)).collect())
            .collect();
        let varies = chance > 0.0 || by_factor.iter().flatten().any(|effect| effect.abs() > 0.0);
        let effects = by_factor.iter().map(|effects| of(effects, &resamples));
        Screen {
            id,
            name,
            varies,
            factors: if varies {
                effects.collect()
            } else {
                Vec::new()
            },
            chance,
        }
    };
    let chance =
        |output: usize| paths.iter().map(|path| path.1[output]).sum::<f64>() / paths.len() as f64;
    let each: Vec<Screen> = measures
        .iter()
        .enumerate()
        .map(|(output, measure)| {
            let (id, name) = measure.names(&model.scenario);
            let effect = move |path: &Path, factor: usize| path.0[factor][output];
            screen(id, name, &effect, chance(output))
        })
        .collect();
    let joint = measures.len() > 1 && measures.iter().all(|measure| measure.is_indicator());
    let whole = if joint {
        let effect = |path: &Path, factor: usize| {
            path.0[factor]
                .iter()
                .map(|effect| effect.abs())
                .sum::<f64>()
                / 2.0
        };
        let chance = (0..measures.len()).map(chance).sum::<f64>() / 2.0;
        let name = "which of them comes about".to_owned();
        screen("all".to_owned(), name, &effect, chance)
    } else {
        each[0].clone()
    };
    let mut top: Vec<usize> = (0..whole.factors.len())
        .filter(|&factor| whole.factors[factor].mean_size > 0.0)
        .collect();
    top.sort_by(|&a, &b| {
        let size = |factor: usize| whole.factors[factor].mean_size;
        size(b).total_cmp(&size(a))
    });
    Ok(Screening {
        scenario: model.scenario.id.clone(),
        title: model.scenario.title.clone(),
        seed,
        trajectories: paths.len() as u64,
        missing,
        replicates,
        levels: LEVELS,
        runs: done.into_inner(),
        unread: factors.unread,
        factors: factors.list,
        top,
        whole,
        each,
    })
}

fn of(effects: &[f64], resamples: &[Vec<usize>]) -> Effect {
    let own = Effects::of(effects.iter().copied());
    let interval = |statistic: fn(Effects) -> f64| {
        resampled(effects, resamples, statistic).expect("there are resamples")
    };
    let (mean_size_low, mean_size_high) = interval(|effects| effects.mean_size);
    let (spread_low, spread_high) = interval(|effects| effects.spread);
    Effect {
        mean: own.mean,
        mean_size: own.mean_size,
        mean_size_low,
        mean_size_high,
        spread: own.spread,
        spread_low,
        spread_high,
    }
}

struct Walk<'a> {
    model: &'a Model,
    factors: &'a Factors,
    measures: &'a [Measure],
    design: Morris,
    seed: u64,
    replicates: u32,
}

impl Walk<'_> {
    fn path(&self, index: u32) -> Path {
        let mut workspace = Workspace::new(self.model);
        let mut record = RunRecord::new(self.model.record_shape());
        let trajectory = self.design.trajectory(index);
        let levels = self.design.levels() as f64;
        let prepared = |point: &[f64]| {
            self.factors.draw(self.model, self.seed, index, |factor| {
                (point[factor] * (levels - 1.0) + 0.5) / levels
            })
        };
        // Every run of a point, `[luck][output]`.
        let mut play = |prepared: &Prepared, first: u32| -> Vec<Vec<f64>> {
            (first..first + self.replicates)
                .map(|replicate| {
                    let record = &mut record;
                    run(
                        self.model,
                        prepared,
                        &mut workspace,
                        replicate,
                        record,
                        &mut (),
                    );
                    self.measures.iter().map(|it| it.value(record)).collect()
                })
                .collect()
        };
        let means = |runs: &[Vec<f64>]| -> Vec<f64> {
            let sum = |output: usize| runs.iter().map(|run| run[output]).sum::<f64>();
            let outputs = 0..self.measures.len();
            outputs
                .map(|output| sum(output) / runs.len() as f64)
                .collect()
        };
        let mut effects = vec![Vec::new(); self.factors.list.len()];
        let mut point = trajectory.start.clone();
        let mut here = prepared(&point);
        let mut runs = play(&here, 0);
        let mut before = means(&runs);
        for &(factor, step) in &trajectory.steps {
            point[factor] += step;
            here = prepared(&point);
            runs = play(&here, 0);
            let after = means(&runs);
            let change = after.iter().zip(&before);
            effects[factor] = change.map(|(y, x)| (y - x) / step).collect();
            before = after;
        }
        let other = play(&here, self.replicates);
        let chance = (0..self.measures.len())
            .map(|output| {
                let gaps = runs.iter().zip(&other);
                let sum: f64 = gaps.map(|(x, y)| (x[output] - y[output]).abs()).sum();
                sum / f64::from(self.replicates)
            })
            .collect();
        (effects, chance)
    }
}
