//! From the runs of the blocks to shares of the variance, scramble by scramble.
//!
//! Flows in: whole blocks. Flows out: [`Estimates`], which become intervals at the end. Invariant: all
//! scrambles are divided by one variance, so that their spread is that of the numerators.

use super::{Block, Bounds, Indices, Shares};
use crate::design::saltelli::Row;
use crate::drivers::measure::Measure;
use crate::stats::moments::Moments;
use crate::stats::sobol::{Spread, aggregated, first_order, total};
use crate::stats::student::of_replicates;

/// Least share of the variance that the numbers must have for theirs to be divided.
const LEAST: f64 = 0.005;

/// The estimates of a factor on the four levels of [`Shares`], one a scramble.
#[derive(Debug, Clone, Default)]
pub(super) struct Raw([Option<Vec<f64>>; 4]);

impl Raw {
    pub(super) fn shares(&self) -> Shares {
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
pub(super) struct Estimates {
    pub(super) spread: Spread,
    /// Variance of the probability behind it.
    known: Option<f64>,
    chance: Raw,
    pub(super) factors: Vec<Raw>,
    pub(super) groups: Vec<Raw>,
}

/// The runs of all base points, by scramble.
pub(super) struct Table<'a> {
    pub(super) scrambles: Vec<Vec<&'a Block>>,
    pub(super) rows: Vec<Row>,
    pub(super) replicates: usize,
    pub(super) measures: &'a [Measure],
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
    pub(super) fn estimates(&self, measure: usize) -> Estimates {
        let last = self.rows.len() - 1;
        let base: Vec<[Column; 3]> = (0..self.scrambles.len())
            .map(|scramble| [0, last, last - 1].map(|row| self.column(scramble, row, measure)))
            .collect();
        let deep = |scramble: usize, which: usize| -> Vec<Moments> {
            let blocks = self.scrambles[scramble].iter();
            blocks.map(|block| block.deep[which][measure]).collect()
        };
        let mut means = Moments::default();
        let (mut within, mut lucks) = (Moments::default(), 1.0_f64);
        for moments in (0..base.len()).flat_map(|s| [deep(s, 0), deep(s, 1)].concat()) {
            means.add(moments.mean);
            within.add(moments.variance());
            lucks = moments.n as f64;
        }
        // The means of the points vary for two reasons; what chance adds is known from within them.
        let between = (means.variance() - within.mean / lucks).max(0.0);
        let spread = Spread {
            mean: means.mean,
            variance: between + within.mean,
        };
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
                let mut chance = Moments::default();
                for moments in [deep(scramble, 0), deep(scramble, 1)].concat() {
                    chance.add(moments.variance());
                }
                spread.share(chance.mean)
            }),
            None,
            None,
        ]);
        let known = Some(between).filter(|known| *known > LEAST * spread.variance);
        let deep_b: Vec<Vec<f64>> = (0..base.len())
            .map(|scramble| deep(scramble, 1).iter().map(|m| m.mean).collect())
            .collect();
        let row = |index: usize| -> Raw {
            let columns: Vec<Column> = (0..base.len())
                .map(|scramble| self.column(scramble, index, measure))
                .collect();
            // Given the number of the luck, every pair of lucks of A and B is as good as any other.
            let first = |scramble: usize, spread: Spread| {
                let a = &base[scramble][0].means;
                first_order(a, &deep_b[scramble], &columns[scramble].means, spread)
            };
            Raw([
                over(&|scramble| first(scramble, spread)),
                over(&|scramble| total(&base[scramble][0].runs, &columns[scramble].runs, spread)),
                known.and_then(|variance| {
                    let spread = Spread { variance, ..spread };
                    over(&|scramble| first(scramble, spread))
                }),
                known.filter(|_| self.replicates > 1).and_then(|variance| {
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
    pub(super) fn indices(&self) -> Indices {
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
pub(super) fn together(each: &[Estimates]) -> Estimates {
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
pub(super) fn ranked(factors: &[Raw], most: usize) -> Vec<usize> {
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
