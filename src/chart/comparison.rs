//! Scenarios beside each other: one row a scenario, one column an outcome, on one scale.

use super::Figure;
use super::canvas::{Anchor, Canvas, Look};
use super::outcomes::by_severity;
use super::phrase;
use super::theme::{Colour, GRID, GROUND, IGNORANCE, INK, MARGIN, PAPER, WIDTH, outcome_colours};
use crate::ensemble::summary::{OutcomeShare, Summary};

pub(super) const NAME_ROOM: f64 = 230.0;
pub(super) const COLUMNS: (f64, f64) = (290.0, WIDTH - MARGIN);

/// A column: an outcome of one or more of the scenarios.
pub(super) struct Column {
    pub(super) id: String,
    name: String,
    severity: u32,
    pub(super) colour: Colour,
}

/// Compares the outcome shares of several scenarios.
///
/// Outcomes are matched by id; a scenario without an outcome has an empty cell. Rows are sorted by
/// the share of the gravest outcomes, the worst third of the severities, largest first.
pub fn comparison(summaries: &[Summary]) -> Figure {
    let columns = columns(summaries.iter().map(|summary| &summary.outcomes[..]));
    let gravest = gravest(&columns);
    let mut rows: Vec<(f64, &Summary)> = summaries
        .iter()
        .map(|summary| (grave_share(summary, &gravest), summary))
        .collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let gravest = gravest_in_words(&gravest);
    let title = title(&rows, &gravest);
    let most = rows
        .iter()
        .flat_map(|(_, summary)| &summary.outcomes)
        .flat_map(|outcome| [outcome.share, outcome.chance.high, outcome.band.q95])
        .filter(|share| share.is_finite())
        .fold(0.01, f64::max);
    // A round number that leaves every bar inside its cell.
    let most = (most * 10.0).ceil() / 10.0;
    let (mut canvas, top) = Canvas::titled(
        &title,
        &format!(
            "Share of runs that end in each outcome, mildest left; rows sorted by the share of {}. A full cell is \
             {}. Thin dark line: chance (95 %). Strip below: not knowing (90 % and 50 % of parameter draws).",
            gravest,
            phrase::percent(most),
        ),
    );
    let mut top = header(&mut canvas, &columns, top);
    for (_, summary) in &rows {
        top = row(&mut canvas, summary, &columns, most, top);
    }
    let canvas = canvas.finish(top - 4.0, &footer(summaries));
    Figure {
        name: "8-comparison".to_owned(),
        description: description(&rows),
        title,
        draw: canvas,
    }
}

/// All outcomes, mildest first, with the colours they have in their own figures.
pub(super) fn columns<'a>(lists: impl Iterator<Item = &'a [OutcomeShare]>) -> Vec<Column> {
    let mut all: Vec<OutcomeShare> = Vec::new();
    for outcome in lists.flatten() {
        if all.iter().all(|known| known.id != outcome.id) {
            all.push(outcome.clone());
        }
    }
    let colours = outcome_colours(&all);
    by_severity(&all)
        .into_iter()
        .map(|index| Column {
            id: all[index].id.clone(),
            name: all[index].name.clone(),
            severity: all[index].severity,
            colour: colours[index],
        })
        .collect()
}

/// The worst third of the severities, at least one.
fn gravest(columns: &[Column]) -> Vec<&Column> {
    let mut severities: Vec<u32> = columns.iter().map(|column| column.severity).collect();
    severities.dedup();
    let first = severities.len() - severities.len() / 3;
    let first = first.min(severities.len().saturating_sub(1));
    let Some(from) = severities.get(first) else {
        return Vec::new();
    };
    columns
        .iter()
        .filter(|column| column.severity >= *from)
        .collect()
}

/// The gravest outcomes as the subject of a sentence.
fn gravest_in_words(gravest: &[&Column]) -> String {
    match gravest {
        [] => "the gravest outcome".to_owned(),
        [_] | [_, _] => {
            let names: Vec<String> = gravest
                .iter()
                .map(|column| phrase::short(&column.name))
                .collect();
            phrase::list(&names.iter().map(String::as_str).collect::<Vec<_>>())
        }
        _ => format!("the {} gravest outcomes", gravest.len()),
    }
}

fn grave_share(summary: &Summary, gravest: &[&Column]) -> f64 {
    summary
        .outcomes
        .iter()
        .filter(|outcome| gravest.iter().any(|column| column.id == outcome.id))
        .map(|outcome| outcome.share)
        .filter(|share| share.is_finite())
        .sum()
}

fn title(rows: &[(f64, &Summary)], gravest: &str) -> String {
    let what = phrase::sentence(gravest);
    let name = |summary: &Summary| phrase::short(&summary.scenario.title);
    match rows {
        [] => "No scenario to compare".to_owned(),
        [(share, only)] => format!("{what}: {} in {}", phrase::of_runs(*share), name(only)),
        [(most, worst), .., (least, mildest)] => format!(
            "{what}: from {} ({}) to {} ({})",
            phrase::of_runs(*least),
            name(mildest),
            phrase::of_hundred(*most),
            name(worst),
        ),
    }
}

fn description(rows: &[(f64, &Summary)]) -> String {
    let lines: Vec<String> = rows
        .iter()
        .map(|(_, summary)| {
            let shares: Vec<String> = by_severity(&summary.outcomes)
                .into_iter()
                .map(|index| &summary.outcomes[index])
                .map(|outcome| format!("{} {}", outcome.name, phrase::percent(outcome.share)))
                .collect();
            format!("{}: {}", summary.scenario.title, shares.join(", "))
        })
        .collect();
    format!("A table of bars. {}.", lines.join(". "))
}

fn footer(summaries: &[Summary]) -> String {
    let partial = summaries.iter().any(|summary| summary.design.partial);
    format!(
        "{}{} scenarios  |  given these assumptions, not a forecast",
        if partial {
            "PARTIAL: some ensembles were stopped early  |  "
        } else {
            ""
        },
        summaries.len()
    )
}

pub(super) fn column_width(columns: &[Column]) -> f64 {
    (COLUMNS.1 - COLUMNS.0) / columns.len().max(1) as f64
}

/// Names above the columns and their colours; returns the height below.
pub(super) fn header(canvas: &mut Canvas, columns: &[Column], top: f64) -> f64 {
    let look = Look::small().bold().colour(INK);
    let width = column_width(columns);
    let room = width - 10.0;
    let broken = columns
        .iter()
        .flat_map(|column| column.name.split([' ', '-']))
        .any(|word| look.width(word) > room - 8.0);
    let bottom = if broken {
        stairs(canvas, columns, top, look)
    } else {
        stand(canvas, columns, top, look)
    };
    for (index, column) in columns.iter().enumerate() {
        let left = COLUMNS.0 + index as f64 * width;
        let (from, to) = ((left, bottom - 7.0), (left + room, bottom - 2.0));
        canvas.rect(from, to, column.colour);
    }
    bottom
}

/// Wrapped names that end on one line above their columns.
fn stand(canvas: &mut Canvas, columns: &[Column], top: f64, look: Look) -> f64 {
    let width = column_width(columns);
    let names: Vec<Vec<String>> = columns
        .iter()
        .map(|column| super::font::wrap(&column.name, look.size, true, width - 10.0, 6))
        .collect();
    let most = names.iter().map(Vec::len).max().unwrap_or(0);
    let bottom = top + most as f64 * look.leading() + 12.0;
    for (index, lines) in names.iter().enumerate() {
        let left = COLUMNS.0 + index as f64 * width;
        let first = bottom - 12.0 - lines.len() as f64 * look.leading();
        for (line, text) in lines.iter().enumerate() {
            let y = first + line as f64 * look.leading() + look.size;
            canvas.words((left, y), text, look);
        }
    }
    bottom
}

/// Names on one line each, a step lower from right to left, each with a line down to its column:
/// for columns narrower than a word.
fn stairs(canvas: &mut Canvas, columns: &[Column], top: f64, look: Look) -> f64 {
    let step = look.size * 1.35;
    let bottom = top + columns.len() as f64 * step + 14.0;
    for (row, (index, column)) in columns.iter().enumerate().rev().enumerate() {
        let x = COLUMNS.0 + index as f64 * column_width(columns) + 12.0;
        let baseline = top + row as f64 * step + look.size;
        let name = super::font::fit(&column.name, look.size, true, x - MARGIN - 8.0);
        canvas.words((x - 5.0, baseline), &name, look.anchor(Anchor::End));
        canvas.line(
            &[(x, baseline - 8.0), (x, bottom - 7.0)],
            1.0,
            column.colour,
        );
    }
    bottom
}

/// One scenario; returns the height below.
fn row(canvas: &mut Canvas, summary: &Summary, columns: &[Column], most: f64, top: f64) -> f64 {
    canvas.line(&[(MARGIN, top), (WIDTH - MARGIN, top)], 1.0, GRID);
    let name = &summary.scenario.title;
    let look = Look::body().bold();
    let below = canvas.paragraph((MARGIN, top + 8.0), name, look, NAME_ROOM, 3);
    let design = &summary.design;
    let partial = if design.partial { ", PARTIAL" } else { "" };
    let words = format!("n = {}{partial}", phrase::count(design.runs));
    let below = canvas.paragraph((MARGIN, below), &words, Look::small(), NAME_ROOM, 1);
    let room = column_width(columns) - 10.0;
    for (index, column) in columns.iter().enumerate() {
        let left = COLUMNS.0 + index as f64 * column_width(columns);
        let found = summary.outcomes.iter().find(|own| own.id == column.id);
        let Some(outcome) = found else {
            let look = Look::small().anchor(Anchor::Start);
            canvas.words((left, top + 22.0), "–", look);
            continue;
        };
        let x = |share: f64| left + room * (share / most).clamp(0.0, 1.0);
        let look = Look::body().bold();
        canvas.words((left, top + 22.0), &phrase::percent(outcome.share), look);
        let (upper, lower) = (top + 29.0, top + 45.0);
        canvas.rect((left, upper), (left + room, lower), GROUND);
        canvas.rect((left, upper), (x(outcome.share), lower), column.colour);
        let middle = f64::midpoint(upper, lower);
        let ends = [
            (x(outcome.chance.low), middle),
            (x(outcome.chance.high), middle),
        ];
        canvas.line(&ends, 4.0, PAPER.at(0.75));
        canvas.line(&ends, 1.7, INK);
        let band = &outcome.band;
        if band.n > 0 {
            let (from, to) = (top + 48.0, top + 54.0);
            canvas.rect((x(band.q05), from), (x(band.q95), to), IGNORANCE.at(0.25));
            canvas.rect((x(band.q25), from), (x(band.q75), to), IGNORANCE.at(0.6));
        }
    }
    below.max(top + 56.0) + 8.0
}
