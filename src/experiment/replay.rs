//! One run again: is it still the row that is stored?
//!
//! Flows in: a run's number. Flows out: its row, and every column in which it differs from the stored
//! one. Invariant: numbers are compared bit by bit.

use super::columnar::{Cell, Cells, Column};
use super::export;
use super::plan::Place;
use super::play::Player;
use super::store::{Look, Store};
use super::work::{stored_row, table};
use super::{ExperimentError, Result};
use crate::ensemble::Simulator;

/// A column in which two rows differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its name.
    pub column: String,
    /// The value now.
    pub now: String,
    /// The value stored.
    pub stored: String,
}

/// A run played again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// What it is.
    pub place: Place,
    /// Column and value, in the order of the columns; none where the row has no value.
    pub row: Vec<(String, Option<String>)>,
    /// Whether a row of it is stored.
    pub stored: bool,
    /// In what it differs from that.
    pub differences: Vec<Difference>,
}

/// Plays one run and compares it with its stored row, if there is one.
///
/// # Errors
/// If there is no such run; if the parts cannot be read.
pub fn replay<S: Simulator>(store: &Store, simulators: &[S], run: u64) -> Result<Replay> {
    store.plan.same_version()?;
    let place = store.plan.place(run).ok_or_else(|| {
        ExperimentError::Design(format!(
            "there is no run {run}; the last is {}",
            store.plan.runs - 1
        ))
    })?;
    let table = table(simulators);
    let (now, _) = Player::new(&store.plan, &table, simulators).play(run..run + 1);
    let row = (table.columns.iter().zip(&now))
        .map(|(column, cells)| {
            let value = cells.present[0].then(|| text(column, cells, 0));
            (column.meaning.column.clone(), value)
        })
        .collect();
    let stored = store.stored(&table.columns, Look::Footer)?;
    let part = stored.parts.iter().find(|part| part.runs.contains(&run));
    let differences = part
        .map(|part| {
            let (cells, at) = stored_row(&table, part, run)?;
            Ok(differences(&table.columns, &now, 0, &cells, at))
        })
        .transpose()?;
    Ok(Replay {
        place,
        row,
        stored: differences.is_some(),
        differences: differences.unwrap_or_default(),
    })
}

/// Where two rows differ, bit by bit.
pub(super) fn differences(
    columns: &[Column],
    now: &[Cells],
    row: usize,
    then: &[Cells],
    stored: usize,
) -> Vec<Difference> {
    let same = |a: Cell<'_>, b: Cell<'_>| match (a, b) {
        (Cell::Number(a), Cell::Number(b)) => a.to_bits() == b.to_bits(),
        (a, b) => a == b,
    };
    (columns.iter().zip(now.iter().zip(then)))
        .filter(|(_, (now, then))| !same(now.cell(row), then.cell(stored)))
        .map(|(column, (now, then))| Difference {
            column: column.meaning.column.clone(),
            now: text(column, now, row),
            stored: text(column, then, stored),
        })
        .collect()
}

// Every digit of a number: two that differ are never shown alike.
fn text(column: &Column, cells: &Cells, row: usize) -> String {
    match cells.cell(row) {
        Cell::Number(number) => number.to_string(),
        _ => export::cell(column, cells, row),
    }
}
