//! Outcome shares along one or more values of a file.
//!
//! Flows in: a loaded file, [`Axis`] by axis the path and the values, a design, a [`Plan`]. Flows out:
//! a [`Sweep`]: the shares at every point, with chance and ignorance apart, and what changes against
//! the file as it stands, paired run by run. Invariant: every point plays the same draws and the same
//! luck (common random numbers), so a curve is as smooth as the model is.
//!
//! An uncertain number that is swept is pinned: at a point it is known. The prior of a type is pinned
//! as a probability, see [`super::pinned`]. Anything else that is written in the file, a count, a date,
//! a word, is set as if the file said so, and the file is checked again.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::pinned::{Pinned, Priors, is_prior};
use crate::design::factorial::Factorial;
use crate::design::latin::{Kind as Spread, sample};
use crate::design::sobol::{DIMENSIONS, Sobol};
use crate::engine::record::RunRecord;
use crate::ensemble::Plan;
use crate::ensemble::game::Game;
use crate::ensemble::paired::{Difference, OutcomeLog, compare};
use crate::ensemble::run::{Recorder, RunError, run};
use crate::ensemble::summary::{Band, Interval, ScenarioInfo};
use crate::evidence::Evidence;
use crate::model::Model;
use crate::scenario::change::{ChangeError, Kind, Setting, changed, kind, parse};
use crate::scenario::load::{FactIndex, Loaded};

/// Steps of a range that states none.
const STEPS: usize = 7;
/// Most points of a sweep.
pub const MOST_POINTS: u64 = 10_000;

/// How points are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Design {
    /// Every combination.
    Grid,
    /// A Latin hypercube, spread out.
    Latin,
    /// A scrambled Sobol' sequence.
    Sobol,
}

/// The values of one path.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Path in the file.
    pub path: String,
    /// What stands there now, in words.
    pub stands: String,
    values: Values,
}

#[derive(Debug, Clone, PartialEq)]
enum Values {
    Listed(Vec<Setting>),
    Range {
        low: f64,
        high: f64,
        steps: Option<usize>,
        whole: bool,
    },
}

/// Why a sweep cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The path or a value.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The command as typed.
    #[error("{0}")]
    Asked(String),
    /// The ensemble.
    #[error("{0}")]
    Run(String),
}

impl Axis {
    /// Reads `PATH=v1,v2,..` or `PATH=lo..hi[:n]`.
    ///
    /// # Errors
    /// What is wrong with it, and the nearest path there is.
    pub fn parse(text: &str, loaded: &Loaded) -> Result<Self, SweepError> {
        let asked = |message: String| SweepError::Asked(message);
        let (path, values) = text.split_once('=').ok_or_else(|| {
            asked(format!(
                "`{text}` names no values; write PATH=v1,v2,.. or PATH=lo..hi:n"
            ))
        })?;
        let path = path.trim();
        let kind = kind(loaded, path)?;
        let number = |text: &str| match parse(Kind::Number, path, text.trim())? {
            Setting::Number(number) if number.is_finite() => Ok(number),
            _ => Err(SweepError::Asked(format!(
                "`{text}` is no end of a range for `{path}`; a finite number is expected"
            ))),
        };
        let is_range = matches!(kind, Kind::Number | Kind::Count) && values.contains("..");
        let values = if is_range {
            let (low, rest) = values.split_once("..").unwrap_or((values, ""));
            let (high, steps) = match rest.split_once(':') {
                Some((high, steps)) => {
                    let count = steps.trim().parse::<usize>().ok().filter(|n| *n >= 2);
                    let count = count.ok_or_else(|| {
                        asked(format!(
                            "`{steps}` is no number of points for `{path}`; use a whole number, at \
                             least 2"
                        ))
                    })?;
                    (high, Some(count))
                }
                None => (rest, None),
            };
            let (low, high) = (number(low)?, number(high)?);
            if low >= high {
                return Err(asked(format!(
                    "the range of `{path}` must rise: {low}..{high} does not"
                )));
            }
            Values::Range {
                low,
                high,
                steps,
                whole: kind == Kind::Count,
            }
        } else {
            let listed = values
                .split(',')
                .map(|value| parse(kind, path, value.trim()))
                .collect::<Result<Vec<_>, _>>()?;
            Values::Listed(listed)
        };
        Ok(Self {
            stands: stands(loaded, path),
            path: path.to_owned(),
            values,
        })
    }

    /// The values of a grid, in order.
    fn grid(&self) -> Vec<Setting> {
        match &self.values {
            Values::Listed(values) => values.clone(),
            Values::Range { steps, .. } => {
                let steps = steps.unwrap_or(STEPS);
                let mut values: Vec<Setting> = (0..steps)
                    .map(|step| self.between(step as f64 / (steps - 1) as f64))
                    .collect();
                values.dedup();
                values
            }
        }
    }

    /// The value at a coordinate of the unit interval, as a design of points gives it.
    fn at(&self, u: f64) -> Setting {
        match &self.values {
            Values::Listed(values) => {
                let index = (u * values.len() as f64) as usize;
                values[index.min(values.len() - 1)].clone()
            }
            Values::Range { .. } => self.between(u),
        }
    }

    fn between(&self, u: f64) -> Setting {
        match &self.values {
            Values::Listed(values) => values[0].clone(),
            Values::Range {
                low, high, whole, ..
            } => {
                let value = low + u * (high - low);
                // Six digits are what a reader can use, and a tenth is not 0.10000000000000001.
                let round = |x: f64| format!("{x:.5e}").parse().unwrap_or(x);
                Setting::Number(if *whole { value.round() } else { round(value) })
            }
        }
    }
}

/// What stands at a path now, in words.
fn stands(loaded: &Loaded, path: &str) -> String {
    let scenario = loaded.scenario.as_ref();
    let quantity = scenario.and_then(|scenario| {
        let all = scenario.quantities();
        all.into_iter().find(|quantity| quantity.path == path)
    });
    quantity.map_or_else(String::new, |quantity| quantity.dist.words())
}

/// Share of an outcome at a point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Share {
    /// Runs with this outcome.
    pub count: u64,
    /// Share of runs.
    pub share: f64,
    /// Chance only: 95 %, all outcomes together (Goodman 1965).
    pub chance: Interval,
    /// Ignorance only: quantiles over the draws of the other numbers, chance taken out.
    pub band: Band,
    /// Against the file as it stands, on the same luck.
    pub change: Difference,
}

/// One point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// Value of each axis as written; empty for the file as it stands.
    pub values: Vec<String>,
    /// The same as numbers, where they are.
    pub numbers: Vec<Option<f64>>,
    /// Runs finished.
    pub runs: u64,
    /// Every outcome, in the order of the file.
    pub outcomes: Vec<Share>,
}

/// An outcome's names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Id.
    pub id: String,
    /// Name in words.
    pub name: String,
    /// Rank from best (low) to worst.
    pub severity: u32,
    /// Colour from the file.
    pub colour: Option<String>,
}

/// Names of an axis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AxisInfo {
    /// Path.
    pub path: String,
    /// What stands there in the file, in words.
    pub stands: String,
    /// Whether its values are numbers.
    pub numeric: bool,
    /// Whether it is a type's prior: the others keep their proportions.
    pub prior: bool,
}

/// A finished sweep.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sweep {
    /// The scenario.
    pub scenario: ScenarioInfo,
    /// How points were chosen.
    pub design: Design,
    /// What was varied.
    pub axes: Vec<AxisInfo>,
    /// Seed.
    pub seed: u64,
    /// Draws of the other uncertain numbers at every point.
    pub draws: u32,
    /// Runs for each draw.
    pub replicates: u32,
    /// Outcomes, in the order of the file.
    pub outcomes: Vec<Outcome>,
    /// The file as it stands, on the same luck.
    pub reference: Point,
    /// Every point.
    pub points: Vec<Point>,
    /// Points of the design that were not reached before a stop.
    pub missing: u64,
}

/// An outcome that never reaches this share is left out of tables and charts, unless asked for.
const SHOWN: f64 = 0.005;

/// The outcomes with something to show, or those asked for.
pub fn shown(sweep: &Sweep, asked: &[usize]) -> Vec<usize> {
    if !asked.is_empty() {
        return asked.to_vec();
    }
    let most = |outcome: usize| {
        let all = sweep.points.iter().chain([&sweep.reference]);
        all.map(|point| point.outcomes[outcome].share)
            .fold(0.0, f64::max)
    };
    let mut list: Vec<usize> = (0..sweep.outcomes.len())
        .filter(|&outcome| most(outcome) >= SHOWN)
        .collect();
    list.sort_by_key(|&outcome| sweep.outcomes[outcome].severity);
    list
}

/// The points of a design, as settings by axis.
///
/// # Errors
/// If there are none or too many.
pub fn points(
    axes: &[Axis],
    design: Design,
    n: u32,
    seed: u64,
) -> Result<Vec<Vec<Setting>>, SweepError> {
    let asked = |text: String| Err(SweepError::Asked(text));
    for (index, axis) in axes.iter().enumerate() {
        if axes[..index].iter().any(|other| other.path == axis.path) {
            return asked(format!("`{}` is asked for twice", axis.path));
        }
    }
    if design == Design::Grid {
        let grids: Vec<Vec<Setting>> = axes.iter().map(Axis::grid).collect();
        let levels: Vec<usize> = grids.iter().map(Vec::len).collect();
        let factorial = Factorial::new(&levels).filter(|design| design.rows() <= MOST_POINTS);
        let Some(factorial) = factorial else {
            return asked(format!(
                "the grid has more than {MOST_POINTS} points; use fewer values, or --design sobol"
            ));
        };
        let row = |index: u64| {
            let levels = factorial.row(index);
            let each = levels.into_iter().zip(&grids);
            each.map(|(level, grid)| grid[level].clone()).collect()
        };
        return Ok((0..factorial.rows()).map(row).collect());
    }
    if u64::from(n) > MOST_POINTS || axes.len() > DIMENSIONS {
        return asked(format!("at most {MOST_POINTS} points are possible"));
    }
    let d = axes.len();
    let cube: Vec<f64> = if design == Design::Latin {
        sample(n as usize, d, seed, Spread::Maximin)
    } else {
        let sobol = Sobol::new(seed);
        (0..n)
            .flat_map(|index| (0..d).map(move |factor| sobol.coordinate(index, factor)))
            .collect()
    };
    let row = |row: &[f64]| axes.iter().zip(row).map(|(axis, &u)| axis.at(u)).collect();
    Ok(cube.chunks(d.max(1)).map(row).collect())
}

/// Plays every point of a design.
///
/// `on_point` is told how many points are done. A stop by `cancel` keeps the points that were whole.
///
/// # Errors
/// If a value would be refused, or nothing was finished.
#[expect(clippy::too_many_arguments, reason = "the whole question in one call")]
pub fn sweep(
    loaded: &Loaded,
    evidence: &Evidence,
    axes: &[Axis],
    design: Design,
    settings: &[Vec<Setting>],
    plan: Plan,
    threads: NonZeroUsize,
    cancel: &AtomicBool,
    mut on_point: impl FnMut(u64),
) -> Result<Sweep, SweepError> {
    let of = |settings: &[Setting]| {
        let (model, priors) = point(loaded, evidence, axes, settings)?;
        Ok::<Pinned, SweepError>(Pinned::new(Game::new(model, |_| None), priors))
    };
    let base = of(&[])?;
    let prior: Vec<bool> = axes
        .iter()
        .map(|axis| is_prior(base.model(), &axis.path))
        .collect();
    // All points are built before the first is played: hours of work shall not end in a refusal.
    for setting in settings {
        point(loaded, evidence, axes, setting)?;
    }
    let (log, mut reference) = play(&base, plan, threads, cancel)?;
    let compared = |own: &OutcomeLog, point: &mut Point| {
        for (index, outcome) in point.outcomes.iter_mut().enumerate() {
            let pair = compare((&log, &[index]), (own, &[index]));
            outcome.change = pair.map_err(|error| SweepError::Run(error.to_string()))?;
        }
        Ok::<(), SweepError>(())
    };
    compared(&log, &mut reference)?;
    let mut points = Vec::new();
    for setting in settings {
        if cancel.load(Ordering::Relaxed) {
            break;
        }
        let own = of(setting)?;
        let (log, mut point) = match play(&own, plan, threads, cancel) {
            Err(_) if cancel.load(Ordering::Relaxed) => break,
            played => played?,
        };
        if point.runs < plan.runs() {
            break;
        }
        compared(&log, &mut point)?;
        point.values = setting.iter().map(ToString::to_string).collect();
        point.numbers = setting
            .iter()
            .map(|value| match value {
                Setting::Number(number) => Some(*number),
                _ => None,
            })
            .collect();
        points.push(point);
        on_point(points.len() as u64);
    }
    if points.is_empty() {
        return Err(SweepError::Run(
            "stopped before the first point was finished".to_owned(),
        ));
    }
    let facts = crate::ensemble::Simulator::info(&base);
    Ok(Sweep {
        scenario: facts.scenario.clone(),
        design,
        axes: axes
            .iter()
            .zip(prior)
            .enumerate()
            .map(|(index, (axis, prior))| AxisInfo {
                path: axis.path.clone(),
                stands: axis.stands.clone(),
                numeric: points.iter().all(|point| point.numbers[index].is_some()),
                prior,
            })
            .collect(),
        seed: plan.seed(),
        draws: plan.draws(),
        replicates: plan.replicates(),
        outcomes: facts
            .outcomes
            .iter()
            .map(|outcome| Outcome {
                id: outcome.id.clone(),
                name: outcome.name.clone(),
                severity: outcome.severity,
                colour: outcome.colour.clone(),
            })
            .collect(),
        reference,
        missing: (settings.len() - points.len()) as u64,
        points,
    })
}

/// The scenario of a point: priors by [`Pinned`], everything else as if the file said so.
fn point(
    loaded: &Loaded,
    evidence: &dyn FactIndex,
    axes: &[Axis],
    settings: &[Setting],
) -> Result<(Model, Vec<Priors>), SweepError> {
    let scenario = loaded
        .scenario
        .as_ref()
        .ok_or_else(|| SweepError::Asked("the file cannot be used as it stands".to_owned()))?;
    let compile =
        |scenario| Model::compile(scenario).map_err(|error| SweepError::Asked(error.to_string()));
    let model = compile(scenario.clone())?;
    let (mut written, mut priors) = (Vec::new(), Vec::new());
    for (axis, setting) in axes.iter().zip(settings) {
        match setting {
            Setting::Number(value) if is_prior(&model, &axis.path) => {
                priors.push((axis.path.as_str(), *value));
            }
            setting => written.push((axis.path.clone(), setting.clone())),
        }
    }
    let model = if written.is_empty() {
        model
    } else {
        compile(changed(loaded, &written, evidence)?)?
    };
    let priors = Priors::new(&model, &priors).map_err(SweepError::Asked)?;
    Ok((model, priors))
}

/// Keeps the outcome of every run.
struct Outcomes;

impl Recorder for Outcomes {
    type Part = Vec<u8>;

    fn record(&self, part: &mut Vec<u8>, _index: u64, record: &RunRecord) {
        part.push(record.outcome);
    }
}

fn play(
    game: &Pinned,
    plan: Plan,
    threads: NonZeroUsize,
    cancel: &AtomicBool,
) -> Result<(OutcomeLog, Point), SweepError> {
    let mut outcomes = Vec::with_capacity(plan.runs() as usize);
    let summary = run(game, plan, threads, cancel, &Outcomes, |part, _| {
        outcomes.extend(part);
        Ok::<(), std::convert::Infallible>(())
    })
    .map_err(|error: RunError<_>| SweepError::Run(error.to_string()))?;
    let none = Difference {
        pairs: 0,
        first: 0.0,
        second: 0.0,
        difference: 0.0,
        interval: Interval {
            low: 0.0,
            high: 0.0,
        },
        draws_up: 0,
        draws_down: 0,
        draws_same: 0,
    };
    let point = Point {
        values: Vec::new(),
        numbers: Vec::new(),
        runs: summary.design.runs,
        outcomes: summary
            .outcomes
            .iter()
            .map(|outcome| Share {
                count: outcome.count,
                share: outcome.share,
                chance: outcome.chance,
                band: outcome.band,
                change: none,
            })
            .collect(),
    };
    Ok((OutcomeLog { plan, outcomes }, point))
}
