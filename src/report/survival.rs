//! How long runs stay open, as rows of `survival.csv`.

use super::rows::{ColumnMeaning, RowWriter, column, decimal, line};
use crate::ensemble::summary::Summary;

/// Columns of `survival.csv`.
pub fn survival_columns<'a>(
    outcomes: impl Iterator<Item = (&'a str, &'a str)>,
) -> Vec<ColumnMeaning> {
    let mut columns = vec![
        column(
            "day",
            "days",
            "Days from the start; the row holds until the next one",
        ),
        column("date", "date", "The same as a date"),
        column("at_risk", "number", "Runs open before that day"),
        column("ended", "number", "Runs that ended on it"),
        column(
            "censored",
            "number",
            "Runs that reached the horizon on it, still open",
        ),
        column(
            "open",
            "share",
            "Share of runs still open (Kaplan and Meier)",
        ),
        column(
            "open_low",
            "share",
            "Its lower 95 % limit by chance (Greenwood, log-log scale)",
        ),
        column("open_high", "share", "Its upper 95 % limit by chance"),
    ];
    columns.extend(outcomes.map(|(id, name)| {
        let meaning = format!("Share of runs ended so far (Aalen and Johansen): {name}");
        column(format!("ended.{id}"), "share", meaning)
    }));
    columns
}

/// `survival.csv`, a row a day on which something ended.
pub fn survival_rows(summary: &Summary) -> Vec<u8> {
    let outcomes = summary.outcomes.iter();
    let names = outcomes.map(|outcome| (outcome.id.as_str(), outcome.name.as_str()));
    let mut rows = RowWriter::heading(&survival_columns(names));
    for step in &summary.survival.steps {
        let cells = [
            step.day.to_string(),
            step.date.to_string(),
            step.at_risk.to_string(),
            step.ended.to_string(),
            step.censored.to_string(),
            decimal(step.open),
            decimal(step.chance.low),
            decimal(step.chance.high),
        ];
        let ended = step.ended_by_outcome.iter().map(|&share| decimal(share));
        rows.append(&mut line(cells.into_iter().chain(ended)));
    }
    rows
}
