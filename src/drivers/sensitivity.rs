//! Shares of the variance of an output, number by number, with chance as a factor of its own.
//!
//! Flows in: a model, what is measured of a run, a [`Size`]. Flows out: a [`Sensitivity`]. Invariant:
//! one luck serves all rows of a base point, and a row of its own changes the luck alone; blocks that
//! are not whole are dropped with their base point and counted.
//!
//! Had every run fresh luck, each total index would contain the whole variance of chance
//! (`E[Var(Y | x)] / V`); with common luck it contains only what the number does to the output, and
//! chance has an index of its own. Its total is Jansen's over all pairs of lucks of the base rows,
//! which are played with more lucks than the others: so many more runs cost next to nothing beside a
//! row for every number.
//!
//! Each row is played with `K` lucks. Given the luck's number the rows are a design of Saltelli's, so
//! means over it are estimates of the same shares with less noise. Products over *different* lucks
//! of a row are free of chance (a U-statistic), which gives the shares on a second level:
//!
//! ```text
//! V        variance of one run's output            Y(x, luck)
//! C        E[Var(Y | x)] / V = ST_chance           what no knowledge of the numbers can remove
//! V_p      (1 - C) V = Var(p(x)), p(x) = E[Y | x]  variance of the probability: what is not known
//! S_i / (1 - C)                                    first order share of V_p: E[Y | x_i] = E[p | x_i]
//! T_i      E[(p(x) - p(x'))^2] / 2 V_p, x' differing in i: (sum_k d_k)^2 - sum_k d_k^2 over K (K - 1)
//! ```

mod estimates;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use estimates::{Estimates, Table, ranked, together};
use rayon::prelude::*;
use serde::Serialize;

use super::factors::{Factor, Factors, Group};
use super::measure::Measure;
use crate::design::saltelli::{MOST_FACTORS, Row, Saltelli};
use crate::design::sobol::Sobol;
use crate::engine::record::RunRecord;
use crate::engine::{Workspace, run};
use crate::model::Model;
use crate::stats::moments::Moments;
use crate::stats::student::Estimate;

/// Factors that are shown one by one; the others are one more factor, all of them together.
pub const SHOWN: usize = 20;

/// Lucks of the base rows `A` and `B` beyond those of every row.
const DEEP: u32 = 56;

/// How large an analysis is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Independent scrambles, at least 2 for intervals.
    pub scrambles: u32,
    /// Base points of each, best a power of two.
    pub points: u32,
    /// Lucks of each row, at least 2 to see the probability behind a run.
    pub replicates: u32,
}

impl Size {
    /// For a page that shall be ready soon: a ranking, not yet exact shares.
    pub fn quick() -> Self {
        Self {
            scrambles: 8,
            points: 8,
            replicates: 8,
        }
    }

    /// Of about `n` base points in all.
    pub fn of(n: u32, replicates: u32) -> Self {
        let scrambles = if n >= 16 { 8 } else { 2 };
        Self {
            scrambles,
            points: (n / scrambles).max(1),
            replicates,
        }
    }

    /// Runs of an analysis with so many rows a block; the others together take four more rows.
    pub fn runs(&self, rows: u64) -> u64 {
        let lucks = u64::from(self.replicates);
        u64::from(self.base()) * ((rows + 4) * lucks + 4 * u64::from(DEEP))
    }

    /// Base points of all scrambles.
    pub fn base(&self) -> u32 {
        self.scrambles * self.points
    }
}

/// Shares of one factor.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Shares {
    /// Of a single run's variance, alone; none if nothing varies.
    pub first: Option<Bounds>,
    /// Of a single run's variance, with everything it does together with others and with luck.
    pub total: Option<Bounds>,
    /// Of the variance of the probability, alone.
    pub first_known: Option<Bounds>,
    /// Of the variance of the probability, with everything it does together with others.
    pub total_known: Option<Bounds>,
}

/// An estimate with its 95 % interval over scrambles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bounds {
    /// Estimate.
    pub value: f64,
    /// Lower end; none with a single scramble.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

impl From<Estimate> for Bounds {
    fn from(estimate: Estimate) -> Self {
        let end = |end: f64| (!end.is_nan()).then_some(end);
        Self {
            value: estimate.value,
            low: end(estimate.low),
            high: end(estimate.high),
        }
    }
}

/// The shares of one output.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Indices {
    /// Id of the output.
    pub id: String,
    /// In words.
    pub name: String,
    /// Mean over the base runs; of several outputs together none.
    pub mean: Option<f64>,
    /// Variance over the base runs; of several the sum.
    pub variance: f64,
    /// Chance.
    pub chance: Shares,
    /// Every factor.
    pub factors: Vec<Shares>,
    /// Every group.
    pub groups: Vec<Shares>,
    /// All factors but the shown ones, together.
    pub others: Shares,
}

/// A finished analysis.
#[derive(Debug, Clone, Serialize)]
pub struct Sensitivity {
    /// Scenario id.
    pub scenario: String,
    /// Its title.
    pub title: String,
    /// Seed.
    pub seed: u64,
    /// As asked for.
    pub size: Size,
    /// Base points that were whole.
    pub base_points: u64,
    /// Base points dropped because an output was no number.
    pub dropped: u64,
    /// Base points not reached before a stop.
    pub missing: u64,
    /// Runs played.
    pub runs: u64,
    /// The numbers that were varied.
    pub factors: Vec<Factor>,
    /// Uncertain numbers of the file that no run reads.
    pub unread: usize,
    /// Groups of them.
    pub groups: Vec<Group>,
    /// Factors shown one by one, the most important first.
    pub top: Vec<usize>,
    /// All outputs together.
    pub whole: Indices,
    /// Each of them.
    pub each: Vec<Indices>,
}

/// Why there is no analysis.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SensitivityError {
    /// More factors than the sequence has dimensions for.
    #[error("{0} uncertain numbers, but at most {MOST_FACTORS} can be varied at once")]
    TooMany(usize),
    /// Nothing to vary.
    #[error("the scenario has no uncertain number that a run reads")]
    Nothing,
    /// Stopped too early.
    #[error("stopped before two base points of every scramble were finished")]
    Stopped,
}

/// The runs of one base point: `[row][luck]`.
struct Block {
    runs: u64,
    outcomes: Vec<u8>,
    /// By measure that is no outcome, the same layout.
    values: Vec<Vec<f64>>,
    /// By measure, over all lucks of row `A` and of row `B`.
    deep: [Vec<Moments>; 2],
}

/// Everything that does not change from block to block.
struct Study<'a> {
    model: &'a Model,
    factors: &'a Factors,
    design: &'a Saltelli,
    measures: &'a [Measure],
    seed: u64,
    size: Size,
}

/// Analyses outputs of a model; `measures` of several outcomes are also taken together.
///
/// `played` is told the runs finished so far, from any thread. Runs on the current pool.
///
/// # Errors
/// See [`SensitivityError`].
#[expect(clippy::too_many_lines, reason = "one analysis, step by step")]
pub fn analyse(
    model: &Model,
    measures: &[Measure],
    seed: u64,
    size: Size,
    cancel: &AtomicBool,
    played: &(dyn Fn(u64) + Sync),
) -> Result<Sensitivity, SensitivityError> {
    let factors = Factors::of(model);
    if factors.list.is_empty() || measures.is_empty() {
        return Err(SensitivityError::Nothing);
    }
    let groups = factors.groups();
    let members = groups.iter().map(|group| group.members.clone()).collect();
    let count = factors.list.len();
    let design = Saltelli::new(count, members).ok_or(SensitivityError::TooMany(count))?;
    let study = Study {
        model,
        factors: &factors,
        design: &design,
        measures,
        seed,
        size,
    };
    let done = AtomicU64::new(0);
    let rows = design.rows();
    let mut blocks = study.blocks(&rows, cancel, &done, played);
    let missing = blocks.iter().filter(|block| block.is_none()).count() as u64;
    let mut dropped = 0;
    for block in &mut blocks {
        if block.as_ref().is_some_and(|block| !block.is_whole()) {
            *block = None;
            dropped += 1;
        }
    }
    let scrambles: Vec<Vec<&Block>> = blocks
        .chunks(size.points as usize)
        .map(|blocks| blocks.iter().flatten().collect())
        .collect();
    if scrambles
        .iter()
        .any(|blocks| blocks.len() < 2 && size.points > 1)
    {
        return Err(SensitivityError::Stopped);
    }
    let table = Table {
        scrambles,
        rows: rows.clone(),
        replicates: size.replicates as usize,
        measures,
    };
    let each: Vec<Estimates> = (0..measures.len())
        .map(|measure| table.estimates(measure))
        .collect();
    // Shares of things with different units cannot be weighed against each other.
    let joint = measures.iter().all(|measure| measure.is_indicator());
    let join = |each: &[Estimates]| {
        if joint && each.len() > 1 {
            together(each)
        } else {
            each[0].clone()
        }
    };
    let whole = join(&each);
    let top = ranked(&whole.factors, SHOWN);
    let rest: Vec<usize> = (0..count).filter(|index| !top.contains(index)).collect();
    let mut others: Option<Vec<Estimates>> = None;
    if !rest.is_empty() && missing == 0 {
        // What remains is one more group, known only now; it needs one more row on the same luck.
        let design = Saltelli::new(count, vec![rest]).ok_or(SensitivityError::TooMany(count))?;
        let study = Study {
            design: &design,
            ..study
        };
        let rows = vec![Row::A, Row::Group(0), Row::Chance, Row::B];
        let more = study.blocks(&rows, cancel, &done, played);
        if more.iter().all(Option::is_some) {
            let table = Table {
                scrambles: more
                    .chunks(size.points as usize)
                    .map(|blocks| blocks.iter().flatten().filter(|b| b.is_whole()).collect())
                    .collect(),
                rows,
                replicates: size.replicates as usize,
                measures,
            };
            others = Some((0..measures.len()).map(|m| table.estimates(m)).collect());
        }
    }
    let group = |estimates: Option<&Estimates>| {
        estimates.map_or_else(Shares::default, |it| it.groups[0].shares())
    };
    let indices = |measure: usize, it: &Estimates| -> Indices {
        let (id, name) = measures[measure].names(&model.scenario);
        Indices {
            id,
            name,
            mean: Some(it.spread.mean),
            others: group(others.as_ref().map(|others| &others[measure])),
            ..it.indices()
        }
    };
    let each: Vec<Indices> = each
        .iter()
        .enumerate()
        .map(|(measure, it)| indices(measure, it))
        .collect();
    let whole = if joint && each.len() > 1 {
        Indices {
            others: group(others.as_deref().map(join).as_ref()),
            ..whole.indices()
        }
    } else {
        each[0].clone()
    };
    Ok(Sensitivity {
        scenario: model.scenario.id.clone(),
        title: model.scenario.title.clone(),
        seed,
        size,
        base_points: u64::from(size.base()) - missing - dropped,
        dropped,
        missing,
        runs: done.into_inner(),
        unread: factors.unread,
        groups,
        top,
        whole,
        each,
        factors: factors.list,
    })
}

impl Study<'_> {
    /// Every base point's rows; none for those that a stop has cut off.
    fn blocks(
        &self,
        rows: &[Row],
        cancel: &AtomicBool,
        done: &AtomicU64,
        played: &(dyn Fn(u64) + Sync),
    ) -> Vec<Option<Block>> {
        (0..self.size.base())
            .into_par_iter()
            .with_max_len(1)
            .map_init(
                || {
                    (
                        Workspace::new(self.model),
                        RunRecord::new(self.model.record_shape()),
                    )
                },
                |(workspace, record), base| {
                    if cancel.load(Ordering::Relaxed) {
                        return None;
                    }
                    let block = self.block(rows, base, workspace, record);
                    let runs = block.runs;
                    played(done.fetch_add(runs, Ordering::Relaxed) + runs);
                    Some(block)
                },
            )
            .collect()
    }

    /// The rows of base point `base`, counted over all scrambles; its number is also that of its luck.
    fn block(
        &self,
        rows: &[Row],
        base: u32,
        workspace: &mut Workspace,
        record: &mut RunRecord,
    ) -> Block {
        let scramble = base / self.size.points;
        let sobol = Sobol::new(crate::design::mix(self.seed) ^ u64::from(scramble));
        let (a, b) = self.design.base(&sobol, base % self.size.points);
        let lucks = self.size.replicates;
        let mut block = Block {
            runs: 0,
            outcomes: Vec::with_capacity(rows.len() * lucks as usize),
            values: vec![Vec::new(); self.measures.len()],
            deep: [(); 2].map(|()| vec![Moments::default(); self.measures.len()]),
        };
        for &row in rows {
            let prepared = self.factors.draw(self.model, self.seed, base, |factor| {
                if self.design.from_b(row, factor) {
                    b[factor]
                } else {
                    a[factor]
                }
            });
            let own = u32::from(Saltelli::chance_from_b(row)) * lucks;
            let (which, more) = match row {
                Row::A => (Some(0), 2 * lucks),
                Row::B => (Some(1), 2 * lucks + DEEP),
                _ => (None, 0),
            };
            let deep = which.map_or(0..0, |_| more..more + DEEP);
            for replicate in (own..own + lucks).chain(deep) {
                run(self.model, &prepared, workspace, replicate, record, &mut ());
                block.runs += 1;
                if let Some(which) = which {
                    for (moments, measure) in block.deep[which].iter_mut().zip(self.measures) {
                        moments.add(measure.value(record));
                    }
                }
                if replicate >= own + lucks {
                    continue;
                }
                block.outcomes.push(record.outcome);
                for (values, measure) in block.values.iter_mut().zip(self.measures) {
                    if !matches!(measure, Measure::Outcome(_)) {
                        values.push(measure.value(record));
                    }
                }
            }
        }
        block
    }
}

impl Block {
    /// Whether every output is a number.
    fn is_whole(&self) -> bool {
        self.values.iter().flatten().all(|value| value.is_finite())
    }
}
