//! A sweep in words and as rows.
//!
//! Flows in: a [`Sweep`]. Flows out: a table for a terminal, `sweep.csv` and the meaning of its
//! columns. Invariant: chance and unknown numbers stand in separate columns.

use super::layout::{Column, Look, hundred, percent, span_of_hundred, table, thousands};
use super::rows::{ColumnMeaning, column, decimal, line};
use super::text::NOT_A_FORECAST;
use crate::drivers::sweep::{Point, Share, Sweep, shown};

/// Most points in the table of a terminal; the rest is in the file.
const ROWS: usize = 24;

/// The table.
pub fn text(sweep: &Sweep, asked: &[usize], look: Look) -> String {
    let mut out = look.heading(&sweep.scenario.title);
    out += &look.paragraph(&design(sweep), "", "");
    out.push('\n');
    for axis in &sweep.axes {
        let mut words = format!("{} is varied", axis.path);
        if !axis.stands.is_empty() {
            words.extend([format!("; in the file it is {}", axis.stands)]);
        }
        if axis.prior {
            words += ". As it is the prior of a type, the value is its probability, and the \
                      party's other types share the rest in the proportions of each draw";
        }
        out += &look.paragraph(&format!("{words}."), "", "");
    }
    out.push('\n');
    out += &look.heading(&format!("How it ends, {NOT_A_FORECAST}"));
    let listed = shown(sweep, asked);
    let mut rows = Vec::new();
    for &outcome in &listed {
        rows.push((sweep.outcomes[outcome].name.clone(), Vec::new()));
        rows.push((
            "  as the file stands".to_owned(),
            cells(&sweep.reference.outcomes[outcome], false),
        ));
        for point in sweep.points.iter().take(ROWS) {
            rows.push((
                format!("  {}", label(sweep, point)),
                cells(&point.outcomes[outcome], true),
            ));
        }
    }
    let columns = [
        ("share", "of runs"),
        ("by chance", "alone"),
        ("by unknown", "numbers"),
        ("change,", "same luck"),
    ]
    .map(|(top, bottom)| Column { top, bottom });
    out += &table(look, &columns, &rows);
    if sweep.points.len() > ROWS {
        let more = sweep.points.len() - ROWS;
        out += &look.paragraph(&format!("{more} more points are in sweep.csv."), "", "");
    }
    let rare: Vec<&str> = (0..sweep.outcomes.len())
        .filter(|outcome| !listed.contains(outcome) && asked.is_empty())
        .map(|outcome| sweep.outcomes[outcome].name.as_str())
        .collect();
    if !rare.is_empty() {
        let words = format!("Below 1 run in 200 at every point: {}.", rare.join(", "));
        out += &look.paragraph(&words, "", "");
    }
    out += &look.paragraph(
        "By chance alone: 95%, all outcomes of a point together. By unknown numbers: where 90 of \
         100 draws of the other numbers lie, chance taken out. Change: against the file as it \
         stands, on the same luck, in points of a hundred; its interval is in sweep.csv.",
        "",
        "",
    );
    out
}

/// The values of a point: `0.25`, or with the last names of several paths.
pub fn label(sweep: &Sweep, point: &Point) -> String {
    if sweep.axes.len() == 1 {
        return point.values[0].clone();
    }
    let last = |path: &str, steps: usize| -> String {
        let mut parts: Vec<&str> = path.rsplit('.').take(steps).collect();
        parts.reverse();
        parts.join(".")
    };
    let paths = || sweep.axes.iter().map(|axis| axis.path.as_str());
    let mut ends: Vec<String> = paths().map(|path| last(path, 1)).collect();
    ends.sort();
    ends.dedup();
    let steps = if ends.len() < sweep.axes.len() { 2 } else { 1 };
    let named = paths().zip(&point.values);
    let named = named.map(|(path, value)| format!("{} {value}", last(path, steps)));
    named.collect::<Vec<_>>().join(", ")
}

fn design(sweep: &Sweep) -> String {
    let points = sweep.points.len() as u64;
    let mut words = format!(
        "{} points of {} runs: {} draws of the uncertain numbers, {} runs each, the same luck at \
         every point; seed {}.",
        thousands(points),
        thousands(sweep.reference.runs),
        thousands(u64::from(sweep.draws)),
        thousands(u64::from(sweep.replicates)),
        sweep.seed
    );
    if sweep.missing > 0 {
        words.extend([format!(
            " PARTIAL: stopped before {} more points.",
            thousands(sweep.missing)
        )]);
    }
    words
}

fn cells(share: &Share, changed: bool) -> Vec<String> {
    let change = &share.change;
    vec![
        percent(share.share),
        span_of_hundred(share.chance.low, share.chance.high),
        if share.band.n > 1 {
            span_of_hundred(share.band.q05, share.band.q95)
        } else {
            "-".to_owned()
        },
        if changed {
            signed(change.difference)
        } else {
            "-".to_owned()
        },
    ]
}

fn signed(x: f64) -> String {
    let number = hundred(x);
    if x > 0.0 && !number.starts_with('-') {
        format!("+{number}")
    } else {
        number
    }
}

/// Columns of `sweep.csv`.
pub fn columns(sweep: &Sweep) -> Vec<ColumnMeaning> {
    let mut columns = vec![column(
        "point",
        "number",
        "Number of the point, from 1; 0 is the file as it stands",
    )];
    columns.extend(sweep.axes.iter().map(|axis| {
        column(
            axis.path.clone(),
            "value",
            if axis.prior {
                "Probability of the type; the party's others keep their proportions"
            } else {
                "Value set at this path of the file"
            },
        )
    }));
    let numbers: [(&str, &'static str, &str); 17] = [
        ("outcome", "id", "Outcome of the scenario"),
        ("runs", "runs", "Runs played at the point"),
        ("count", "runs", "Runs that end in the outcome"),
        ("share", "share", "count / runs"),
        (
            "chance_low",
            "share",
            "Chance only: lower end of the simultaneous 95 % interval (Goodman 1965)",
        ),
        ("chance_high", "share", "Chance only: upper end"),
        (
            "band_q05",
            "share",
            "Unknown numbers only: 5 % quantile of the share over draws, chance taken out",
        ),
        ("band_q25", "share", "Unknown numbers only: 25 % quantile"),
        ("band_q50", "share", "Unknown numbers only: median"),
        ("band_q75", "share", "Unknown numbers only: 75 % quantile"),
        ("band_q95", "share", "Unknown numbers only: 95 % quantile"),
        (
            "change",
            "share",
            "Share less that of the file as it stands, on the same luck",
        ),
        (
            "change_low",
            "share",
            "Chance only: lower end of its 95 % interval (Newcombe 1998, paired)",
        ),
        ("change_high", "share", "Chance only: upper end"),
        ("draws_up", "draws", "Draws in which the share rises"),
        ("draws_down", "draws", "Draws in which it falls"),
        ("draws_same", "draws", "Draws in which it stays"),
    ];
    columns.extend(numbers.map(|(name, unit, meaning)| column(name, unit, meaning)));
    columns
}

/// `sweep.csv`: a row for each point and outcome.
pub fn csv(sweep: &Sweep) -> Vec<u8> {
    let mut bytes = line(columns(sweep).into_iter().map(|column| column.column));
    let points = std::iter::once(&sweep.reference).chain(&sweep.points);
    for (number, point) in points.enumerate() {
        for (outcome, share) in sweep.outcomes.iter().zip(&point.outcomes) {
            let values = (0..sweep.axes.len())
                .map(|axis| point.values.get(axis).cloned().unwrap_or_default());
            let band = |x: f64| decimal(if share.band.n > 1 { x } else { f64::NAN });
            let change = &share.change;
            let cells = [
                outcome.id.clone(),
                point.runs.to_string(),
                share.count.to_string(),
                decimal(share.share),
                decimal(share.chance.low),
                decimal(share.chance.high),
                band(share.band.q05),
                band(share.band.q25),
                band(share.band.q50),
                band(share.band.q75),
                band(share.band.q95),
                decimal(change.difference),
                decimal(change.interval.low),
                decimal(change.interval.high),
                change.draws_up.to_string(),
                change.draws_down.to_string(),
                change.draws_same.to_string(),
            ];
            bytes.extend(line(
                std::iter::once(number.to_string())
                    .chain(values)
                    .chain(cells),
            ));
        }
    }
    bytes
}
