//! What changes against the first scenario: a row for each other, a column for each outcome.

use super::Figure;
use super::canvas::{Anchor, Canvas, Look};
use super::comparison::{COLUMNS, Column, NAME_ROOM, column_width, columns, header};
use super::phrase;
use super::theme::{GRID, GROUND, IGNORANCE, INK, MARGIN, MUTED, PAPER, WIDTH};
use crate::ensemble::Plan;
use crate::ensemble::summary::OutcomeShare;
use crate::ensemble::versus::Versus;

/// A change of a hundredth of a scale this small is not worth a bar.
const LEAST: f64 = 0.02;

/// The paired change of every outcome, in points of a hundred. `rows` holds the title of each
/// scenario, its outcomes and what it changes; `first` the baseline.
pub fn changes(
    first: (&str, &[OutcomeShare]),
    rows: &[(&str, &[OutcomeShare], &Versus)],
    plan: Plan,
) -> Figure {
    let lists = std::iter::once(first.1).chain(rows.iter().map(|row| row.1));
    let columns = columns(lists);
    let most = (rows.iter())
        .flat_map(|(_, _, versus)| &versus.changes)
        .flat_map(|change| {
            let interval = change.difference.interval;
            [
                interval.low,
                interval.high,
                change.band.q05,
                change.band.q95,
            ]
        })
        .map(f64::abs)
        .fold(LEAST, f64::max);
    // A round number that leaves every bar inside its cell.
    let most = (most * 20.0).ceil() / 20.0;
    let title = title(first.0, rows);
    let (mut canvas, top) = Canvas::titled(
        &title,
        &format!(
            "Change of the share of runs that end in each outcome against “{}”, run by run on the same luck, in \
             points of a hundred. A full half cell is {:.0} points. Thin dark line: chance (95 %). Strip below: \
             not knowing (90 % and 50 % of parameter draws). Faint: chance alone could explain it (p > 0.05, Holm).",
            first.0,
            most * 100.0
        ),
    );
    let mut top = header(&mut canvas, &columns, top);
    for (name, _, versus) in rows {
        top = row(&mut canvas, name, versus, &columns, most, top);
    }
    let footer = format!(
        "{} pairs of runs ({} draws × {})  |  given these assumptions, not a forecast",
        phrase::count(plan.runs()),
        phrase::count(u64::from(plan.draws())),
        phrase::count(u64::from(plan.replicates())),
    );
    let canvas = canvas.finish(top - 4.0, &footer);
    Figure {
        name: "1-changes".to_owned(),
        description: description(rows),
        title,
        draw: canvas,
    }
}

/// The largest change of all.
fn title(first: &str, rows: &[(&str, &[OutcomeShare], &Versus)]) -> String {
    let all = rows
        .iter()
        .flat_map(|(name, _, versus)| (versus.changes.iter()).map(move |change| (*name, change)));
    let largest = all.max_by(|a, b| {
        let size = |change: f64| change.abs();
        size(a.1.difference.difference).total_cmp(&size(b.1.difference.difference))
    });
    match largest {
        Some((name, change)) if change.first_only + change.second_only > 0 => format!(
            "{}: from {} ({}) to {} ({})",
            phrase::sentence(&phrase::short(&change.name)),
            phrase::of_runs(change.difference.first),
            phrase::short(first),
            phrase::of_hundred(change.difference.second),
            phrase::short(name)
        ),
        _ => "No run ends otherwise".to_owned(),
    }
}

fn description(rows: &[(&str, &[OutcomeShare], &Versus)]) -> String {
    let lines: Vec<String> = (rows.iter())
        .map(|(name, _, versus)| {
            let changes: Vec<String> = (versus.changes.iter())
                .map(|change| format!("{} {}", change.name, points(change.difference.difference)))
                .collect();
            format!("{name}: {}", changes.join(", "))
        })
        .collect();
    format!(
        "A table of bars, in points of a hundred. {}.",
        lines.join(". ")
    )
}

/// `+3.1`, `−0.4`, `0`.
fn points(x: f64) -> String {
    let tenths = (x * 1000.0).round() / 10.0;
    if tenths > 0.0 {
        format!("+{tenths:.1}")
    } else if tenths < 0.0 {
        format!("−{:.1}", -tenths)
    } else {
        "0".to_owned()
    }
}

/// One scenario; returns the height below.
fn row(
    canvas: &mut Canvas,
    name: &str,
    versus: &Versus,
    columns: &[Column],
    most: f64,
    top: f64,
) -> f64 {
    canvas.line(&[(MARGIN, top), (WIDTH - MARGIN, top)], 1.0, GRID);
    let look = Look::body().bold();
    let below = canvas.paragraph((MARGIN, top + 8.0), name, look, NAME_ROOM, 3);
    let moved = versus.moved as f64 / versus.pairs.max(1) as f64;
    let words = format!("{} end otherwise", phrase::percent(moved));
    let below = canvas.paragraph((MARGIN, below), &words, Look::small(), NAME_ROOM, 1);
    let room = column_width(columns) - 10.0;
    for (index, column) in columns.iter().enumerate() {
        let left = COLUMNS.0 + index as f64 * column_width(columns);
        let found = versus.changes.iter().find(|own| own.outcome == column.id);
        let Some(change) = found else {
            canvas.words((left, top + 22.0), "–", Look::small().anchor(Anchor::Start));
            continue;
        };
        let clear = change.p_holm <= 0.05;
        let x = |change: f64| left + room * (0.5 + 0.5 * (change / most).clamp(-1.0, 1.0));
        let difference = &change.difference;
        let look = if clear {
            Look::body().bold()
        } else {
            Look::body().colour(MUTED)
        };
        canvas.words((left, top + 22.0), &points(difference.difference), look);
        let (upper, lower) = (top + 29.0, top + 45.0);
        canvas.rect((left, upper), (left + room, lower), GROUND);
        let end = x(difference.difference);
        let (from, to) = (end.min(x(0.0)), end.max(x(0.0)));
        let strength = if clear { 1.0 } else { 0.35 };
        canvas.rect((from, upper), (to, lower), column.colour.at(strength));
        canvas.line(&[(x(0.0), upper - 2.0), (x(0.0), lower + 2.0)], 1.0, INK);
        let middle = f64::midpoint(upper, lower);
        let ends = [
            (x(difference.interval.low), middle),
            (x(difference.interval.high), middle),
        ];
        canvas.line(&ends, 4.0, PAPER.at(0.75));
        canvas.line(&ends, 1.7, INK);
        let band = &change.band;
        if band.n > 0 {
            let (from, to) = (top + 48.0, top + 54.0);
            canvas.rect((x(band.q05), from), (x(band.q95), to), IGNORANCE.at(0.25));
            canvas.rect((x(band.q25), from), (x(band.q75), to), IGNORANCE.at(0.6));
        }
    }
    below.max(top + 56.0) + 8.0
}
