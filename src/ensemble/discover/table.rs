//! The runs as a table: a column for each thing that is not known, a hit for each run that ended in
//! the outcome.

use rayon::prelude::*;

use super::{DiscoverPlan, Factor, FactorKind};
use crate::engine::{Workspace, prepare, run_all};
use crate::model::Model;
use crate::stats::prim::{Column, Table};

/// Draws played between two looks at the progress.
const BATCH: u32 = 500;

/// A factor with where its value is found.
pub(super) struct Source {
    pub(super) named: Factor,
    from: Place,
}

#[derive(Clone, Copy)]
enum Place {
    /// Index into the values of a draw.
    Value(usize),
    /// Index of a party.
    Type(usize),
}

/// Every number with more than one possible value, then every party with more than one type.
pub(super) fn factors(model: &Model, types: bool) -> Vec<Source> {
    let numbers = model.params.iter().enumerate();
    let mut factors: Vec<Source> = numbers
        .filter(|(_, param)| !param.dist.is_constant())
        .map(|(index, param)| Source {
            named: Factor {
                id: param.name.clone(),
                kind: FactorKind::Number {
                    low: param.dist.low(),
                    high: param.dist.high(),
                },
            },
            from: Place::Value(index),
        })
        .collect();
    let parties = model.scenario.parties.iter().enumerate();
    // A set of categories is 64 bits, and a party has at most 32 types.
    for (index, party) in parties.filter(|(_, party)| types && party.types.len() > 1) {
        factors.push(Source {
            named: Factor {
                id: format!("parties.{}.type", party.id),
                kind: FactorKind::Type {
                    party: party.name.clone(),
                    types: party.types.iter().map(|kind| kind.name.clone()).collect(),
                    weights: (party.types.iter())
                        .map(|kind| kind.prior.path.clone())
                        .collect(),
                },
            },
            from: Place::Type(index),
        });
    }
    factors
}

/// What is kept of a draw: its numbers, and of each run the types and whether it hit.
struct Played {
    values: Vec<f64>,
    types: Vec<u8>,
    hits: Vec<bool>,
}

/// Plays the plan; nothing if it was stopped.
pub(super) fn play(
    model: &Model,
    plan: DiscoverPlan,
    factors: &[Source],
    mut progress: impl FnMut(u64) -> bool,
) -> Option<Table> {
    let (draws, replicates) = (plan.plan.draws(), plan.plan.replicates());
    let runs = plan.plan.runs() as usize;
    let mut table = Table {
        columns: factors.iter().map(|factor| column(factor, runs)).collect(),
        hits: Vec::with_capacity(runs),
        draws: Vec::with_capacity(runs),
    };
    for first in (0..draws).step_by(BATCH as usize) {
        let last = first.saturating_add(BATCH).min(draws);
        let batch: Vec<Played> = (first..last)
            .into_par_iter()
            .map_init(
                || Workspace::new(model),
                |workspace, draw| played(model, plan, factors, draw, workspace),
            )
            .collect();
        for (draw, played) in (first..last).zip(batch) {
            append(&mut table, draw, replicates as usize, &played);
        }
        if !progress(u64::from(last) * u64::from(replicates)) {
            return None;
        }
    }
    Some(table)
}

fn column(factor: &Source, runs: usize) -> Column {
    match &factor.named.kind {
        FactorKind::Number { .. } => Column::Number(Vec::with_capacity(runs)),
        FactorKind::Type { types, .. } => Column::Category {
            of: Vec::with_capacity(runs),
            categories: types.len() as u8,
        },
    }
}

fn played(
    model: &Model,
    plan: DiscoverPlan,
    factors: &[Source],
    draw: u32,
    workspace: &mut Workspace,
) -> Played {
    let prepared = prepare(model, model.draw(plan.plan.seed(), draw));
    let value = |factor: &Source| match factor.from {
        Place::Value(index) => Some(prepared.draw().values[index]),
        Place::Type(_) => None,
    };
    let values = factors.iter().filter_map(value).collect();
    let (mut types, mut hits) = (Vec::new(), Vec::new());
    let replicates = 0..plan.plan.replicates();
    run_all(model, &prepared, workspace, replicates, |record| {
        types.extend(factors.iter().filter_map(|factor| match factor.from {
            Place::Value(_) => None,
            Place::Type(party) => Some(record.types[party]),
        }));
        hits.push(usize::from(record.outcome) == plan.outcome);
    });
    Played {
        values,
        types,
        hits,
    }
}

fn append(table: &mut Table, draw: u32, replicates: usize, played: &Played) {
    // Numbers come first among the columns.
    let (numbers, types) = table.columns.split_at_mut(played.values.len());
    for (column, &value) in numbers.iter_mut().zip(&played.values) {
        if let Column::Number(values) = column {
            values.extend(std::iter::repeat_n(value, replicates));
        }
    }
    let width = types.len();
    for (index, column) in types.iter_mut().enumerate() {
        if let Column::Category { of, .. } = column {
            of.extend(played.types.iter().skip(index).step_by(width));
        }
    }
    table.hits.extend(&played.hits);
    table.draws.extend(std::iter::repeat_n(draw, replicates));
}
