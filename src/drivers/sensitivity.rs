//! Shares of the variance of an output, number by number, with chance as a factor of its own.
//!
//! Flows in: a model, what is measured of a run, a [`Size`]. Flows out: a [`Sensitivity`]. Invariant:
//! one luck serves all rows of a base point, and a row of its own changes the luck alone; blocks that
//! are not whole are dropped with their base point and counted.
//!
//! Had every run fresh luck, each total index would contain the whole variance of chance
//! (`E[Var(Y | x)] / V`); with common luck it contains only what the number does to the output, and
//! chance has an index of its own.
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

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rayon::prelude::*;
use serde::Serialize;

use super::factors::{Factor, Factors, Group};
use super::measure::Measure;
use crate::design::saltelli::{MOST_FACTORS, Row, Saltelli};
use crate::design::sobol::Sobol;
use crate::engine::record::RunRecord;
use crate::engine::{Workspace, run};
use crate::model::Model;
use crate::stats::sobol::{Spread, aggregated, first_order, total};
use crate::stats::student::{Estimate, of_replicates};

/// Factors that are shown one by one; the others are one more factor, all of them together.
pub const SHOWN: usize = 20;

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

/// The estimates of a factor on the four levels of [`Shares`], one a scramble.
#[derive(Debug, Clone, Default)]
struct Raw([Option<Vec<f64>>; 4]);

impl Raw {
    fn shares(&self) -> Shares {
        let bounds = |values: &Option<Vec<f64>>| {
            values
                .as_ref()
                .and_then(|values| of_replicates(values))
                .map(Bounds::from)
        };
        let [first, total, first_known, total_known] = &self.0;
        Shares {
            first: bounds(first),
            total: bounds(total),
            first_known: bounds(first_known),
            total_known: bounds(total_known),
        }
    }
}

/// [`Indices`] before intervals are made.
#[derive(Debug, Clone)]
struct Estimates {
    spread: Spread,
    /// Variance of the probability behind it.
    known: Option<f64>,
    chance: Raw,
    factors: Vec<Raw>,
    groups: Vec<Raw>,
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
    outcomes: Vec<u8>,
    /// By measure that is no outcome, the same layout.
    values: Vec<Vec<f64>>,
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
                    let runs = block.outcomes.len() as u64;
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
            outcomes: Vec::with_capacity(rows.len() * lucks as usize),
            values: vec![Vec::new(); self.measures.len()],
        };
        for &row in rows {
            let prepared = self.factors.draw(self.model, self.seed, base, |factor| {
                if self.design.from_b(row, factor) {
                    b[factor]
                } else {
                    a[factor]
                }
            });
            let first = if Saltelli::chance_from_b(row) {
                lucks
            } else {
                0
            };
            for replicate in first..first + lucks {
                run(self.model, &prepared, workspace, replicate, record, &mut ());
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

/// The runs of all base points, by scramble.
struct Table<'a> {
    scrambles: Vec<Vec<&'a Block>>,
    rows: Vec<Row>,
    replicates: usize,
    measures: &'a [Measure],
}

/// An output on one row of the base points of one scramble: every run, and the mean over lucks.
struct Column {
    runs: Vec<f64>,
    means: Vec<f64>,
}

impl Table<'_> {
    fn column(&self, scramble: usize, row: usize, measure: usize) -> Column {
        let k = self.replicates;
        let mut column = Column {
            runs: Vec::with_capacity(self.scrambles[scramble].len() * k),
            means: Vec::with_capacity(self.scrambles[scramble].len()),
        };
        for block in &self.scrambles[scramble] {
            let range = row * k..(row + 1) * k;
            let start = column.runs.len();
            match self.measures[measure] {
                Measure::Outcome(outcome) => {
                    let own = block.outcomes[range].iter();
                    column
                        .runs
                        .extend(own.map(|&o| f64::from(u8::from(usize::from(o) == outcome))));
                }
                _ => column.runs.extend(&block.values[measure][range]),
            }
            let sum: f64 = column.runs[start..].iter().sum();
            column.means.push(sum / k as f64);
        }
        column
    }

    /// All shares of one output.
    fn estimates(&self, measure: usize) -> Estimates {
        let last = self.rows.len() - 1;
        let base: Vec<[Column; 3]> = (0..self.scrambles.len())
            .map(|scramble| [0, last, last - 1].map(|row| self.column(scramble, row, measure)))
            .collect();
        let joined = |which: usize| -> Vec<f64> {
            let runs = base.iter().flat_map(|columns| &columns[which].runs);
            runs.copied().collect()
        };
        let spread = Spread::of(&joined(0), &joined(1));
        let over = |share: &dyn Fn(usize) -> Option<f64>| -> Option<Vec<f64>> {
            (0..base.len()).map(share).collect()
        };
        // Chance is one factor: its `B` is the luck of row B, run by run.
        let chance = Raw([
            over(&|scramble| {
                let [a, b, ab] = &base[scramble];
                first_order(&a.runs, &b.runs, &ab.runs, spread)
            }),
            over(&|scramble| {
                let [a, _, ab] = &base[scramble];
                total(&a.runs, &ab.runs, spread)
            }),
            None,
            None,
        ]);
        let known = chance.0[1]
            .as_ref()
            .and_then(|totals| of_replicates(totals))
            .map(|chance| (1.0 - chance.value) * spread.variance)
            .filter(|known| self.replicates > 1 && *known > 1e-9 * spread.variance);
        let row = |index: usize| -> Raw {
            let columns: Vec<Column> = (0..base.len())
                .map(|scramble| self.column(scramble, index, measure))
                .collect();
            // Given the number of the luck, every pair of lucks of A and B is as good as any other.
            let first = |scramble: usize, spread: Spread| {
                let [a, b, _] = &base[scramble];
                first_order(&a.means, &b.means, &columns[scramble].means, spread)
            };
            Raw([
                over(&|scramble| first(scramble, spread)),
                over(&|scramble| total(&base[scramble][0].runs, &columns[scramble].runs, spread)),
                known.and_then(|variance| {
                    let spread = Spread { variance, ..spread };
                    over(&|scramble| first(scramble, spread))
                }),
                known.and_then(|variance| {
                    over(&|scramble| {
                        let a = &base[scramble][0].runs;
                        let ab = &columns[scramble].runs;
                        Some(without_chance(a, ab, self.replicates) / variance)
                    })
                }),
            ])
        };
        let of = |wanted: fn(&Row) -> bool| -> Vec<Raw> {
            let listed = self.rows.iter().enumerate();
            listed
                .filter(|(_, row)| wanted(row))
                .map(|(index, _)| row(index))
                .collect()
        };
        Estimates {
            spread,
            known,
            chance,
            factors: of(|row| matches!(row, Row::Factor(_))),
            groups: of(|row| matches!(row, Row::Group(_))),
        }
    }
}

impl Estimates {
    fn indices(&self) -> Indices {
        let shares = |raws: &[Raw]| raws.iter().map(Raw::shares).collect();
        Indices {
            id: "all".to_owned(),
            name: "which of them comes about".to_owned(),
            mean: None,
            variance: self.spread.variance,
            chance: self.chance.shares(),
            factors: shares(&self.factors),
            groups: shares(&self.groups),
            others: Shares::default(),
        }
    }
}

/// `E[(p(x) - p(x'))^2] / 2` from runs `[base point][luck]` of both, lucks shared: the products over
/// different lucks alone, so that chance adds nothing on average.
fn without_chance(a: &[f64], ab: &[f64], replicates: usize) -> f64 {
    let (mut whole, mut points) = (0.0, 0.0);
    for (a, ab) in a.chunks(replicates).zip(ab.chunks(replicates)) {
        let gaps = || a.iter().zip(ab).map(|(x, y)| x - y);
        let sum: f64 = gaps().sum();
        let squares: f64 = gaps().map(|gap| gap * gap).sum();
        whole += sum * sum - squares;
        points += 1.0;
    }
    let k = replicates as f64;
    whole / (points * k * (k - 1.0)) / 2.0
}

/// The shares of all outputs taken together, each weighted by its variance, scramble by scramble.
fn together(each: &[Estimates]) -> Estimates {
    let join = |of: &dyn Fn(&Estimates) -> &Raw| -> Raw {
        let level =
            |level: usize| -> Option<Vec<f64>> {
                let parts: Vec<(f64, Option<&Vec<f64>>)> = each
                    .iter()
                    .map(|it| {
                        let known = level >= 2;
                        let weight = if known {
                            it.known
                        } else {
                            Some(it.spread.variance)
                        };
                        (weight.unwrap_or(0.0), of(it).0[level].as_ref())
                    })
                    .collect();
                let scrambles = parts.iter().find_map(|(_, values)| values.map(Vec::len))?;
                (0..scrambles)
                    .map(|scramble| {
                        aggregated(parts.iter().map(|(weight, values)| {
                            (*weight, values.map(|values| values[scramble]))
                        }))
                    })
                    .collect()
            };
        Raw([0, 1, 2, 3].map(level))
    };
    let list = |of: fn(&Estimates) -> &Vec<Raw>| -> Vec<Raw> {
        let length = each.first().map_or(0, |it| of(it).len());
        (0..length)
            .map(|index| join(&|it| &of(it)[index]))
            .collect()
    };
    Estimates {
        spread: Spread {
            mean: f64::NAN,
            variance: each.iter().map(|it| it.spread.variance).sum(),
        },
        known: Some(each.iter().filter_map(|it| it.known).sum()),
        chance: join(&|it| &it.chance),
        factors: list(|it| &it.factors),
        groups: list(|it| &it.groups),
    }
}

/// Factors by what they do to the probability with everything they do together, or to a single run
/// where the probability is not seen; the largest first.
fn ranked(factors: &[Raw], most: usize) -> Vec<usize> {
    let weights: Vec<(f64, f64)> = factors
        .iter()
        .map(|raw| {
            let shares = raw.shares();
            let value = |bounds: Option<Bounds>| bounds.map(|bounds| bounds.value);
            let whole = value(shares.total).unwrap_or(0.0);
            (value(shares.total_known).unwrap_or(whole), whole)
        })
        .collect();
    let mut order: Vec<usize> = (0..factors.len())
        .filter(|&index| weights[index].1 > 0.0)
        .collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (weights[a], weights[b]);
        b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    order.truncate(most);
    order
}
