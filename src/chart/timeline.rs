//! Where runs stand after each round: talking, settled, broken off or force, stacked to the whole.

use jiff::civil::Date;

use super::Figure;
use super::canvas::{Anchor, Canvas, Look, Point, spread};
use super::panel::{Calendar, Panel, hundred};
use super::phrase;
use super::theme::{Colour, GRID, INK, MARGIN, MUTED, PAPER, WIDTH, severity_colour};
use crate::ensemble::summary::{RoundInfo, StatusShares, Summary};

/// Most rows of venue names above the areas, and the height of one.
const NAME_ROWS: usize = 6;
const NAME_ROW: f64 = 18.0;

struct Status {
    name: &'static str,
    colour: Colour,
    share: fn(&StatusShares) -> f64,
}

/// From the bottom of the stack to its top.
fn statuses() -> [Status; 4] {
    [
        Status {
            name: "settled",
            colour: severity_colour(0.0),
            share: |shares| shares.settled,
        },
        Status {
            name: "still talking",
            colour: Colour(214, 220, 226),
            share: |shares| shares.talking,
        },
        Status {
            name: "broken off",
            colour: severity_colour(0.58),
            share: |shares| shares.broken_off,
        },
        Status {
            name: "force used",
            colour: severity_colour(1.0),
            share: |shares| shares.force,
        },
    ]
}

/// The stacked shares by date; none without rounds.
pub(super) fn figure(summary: &Summary) -> Option<Figure> {
    let calendar = Calendar::new(&summary.rounds)?;
    let count = summary.timeline.len().min(summary.rounds.len());
    let last = summary.timeline[..count].last()?;
    let date = summary.rounds[count - 1].date;
    let title = title(date, last);
    let (mut canvas, top) = Canvas::titled(
        &title,
        "Share of runs in each state, in per cent; settled: by an agreement that one of the outcomes asks for. \
         Named ticks are documented meetings, short ones the assumed cycle.",
    );
    let mut panel = Panel {
        left: MARGIN + 44.0,
        top,
        width: WIDTH - 2.0 * MARGIN - 44.0 - 150.0,
        height: 400.0,
        across: (0.0, calendar.end()),
        up: (0.0, 1.0),
    };
    let flags = flags(&panel, &calendar, &summary.rounds);
    let rows = flags.iter().map(|flag| flag.row + 1).max().unwrap_or(0);
    panel.top += 16.0 + rows as f64 * NAME_ROW;
    let ticks: Vec<(f64, String)> = hundred()
        .into_iter()
        .map(|(value, label)| (value, label + " %"))
        .collect();
    panel.ticks_up(&mut canvas, &ticks);
    areas(&mut canvas, &panel, &calendar, &summary.timeline[..count]);
    meetings(&mut canvas, &panel, &calendar, &summary.rounds);
    for flag in &flags {
        raise(&mut canvas, &panel, flag, rows);
    }
    panel.date_ticks(&mut canvas, &calendar, calendar.last());
    labels(&mut canvas, &panel, last);
    let canvas = canvas.finish(panel.bottom() + 38.0, &phrase::footer(summary));
    let description = format!(
        "Stacked areas over {} rounds from {}. {title}.",
        count,
        phrase::full_date(summary.rounds[0].date),
    );
    Some(Figure {
        name: "2-timeline".to_owned(),
        title,
        description,
        draw: canvas,
    })
}

fn title(date: Date, last: &StatusShares) -> String {
    if statuses().iter().all(|status| (status.share)(last) <= 0.0) {
        return "Where do the runs stand?".to_owned();
    }
    format!(
        "After {}: {} still talking, {} settled, {} broken off, {} ended in force",
        phrase::full_date(date),
        phrase::of_runs(last.talking),
        phrase::of_hundred(last.settled),
        phrase::of_hundred(last.broken_off),
        phrase::of_hundred(last.force),
    )
}

fn areas(canvas: &mut Canvas, panel: &Panel, calendar: &Calendar, timeline: &[StatusShares]) {
    let mut floor = vec![0.0; timeline.len()];
    for status in statuses() {
        let ceiling: Vec<f64> = floor
            .iter()
            .zip(timeline)
            .map(|(floor, shares)| floor + (status.share)(shares))
            .collect();
        if ceiling.iter().zip(&floor).any(|(high, low)| high > low) {
            let mut points = steps(panel, calendar, &ceiling);
            let mut lower = steps(panel, calendar, &floor);
            lower.reverse();
            let edge = lower.clone();
            points.append(&mut lower);
            canvas.area(points, status.colour);
            // A white seam parts neighbours whose greys are alike.
            canvas.line(&edge, 1.6, PAPER);
        }
        floor = ceiling;
    }
}

/// The outline of a step function from the first day to the end.
fn steps(panel: &Panel, calendar: &Calendar, values: &[f64]) -> Vec<Point> {
    let mut points = Vec::with_capacity(values.len() * 2);
    for (index, value) in values.iter().enumerate() {
        let until = calendar
            .days
            .get(index + 1)
            .filter(|_| index + 1 < values.len())
            .copied()
            .unwrap_or_else(|| calendar.end());
        points.push(panel.at(calendar.days[index], *value));
        points.push(panel.at(until, *value));
    }
    points
}

/// The name of a documented meeting, to stand above its tick.
struct Flag {
    x: f64,
    name: String,
    row: usize,
}

/// Names of documented meetings, in rows from the top down, where they fit without crossing the
/// line that joins another name to its tick.
fn flags(panel: &Panel, calendar: &Calendar, rounds: &[RoundInfo]) -> Vec<Flag> {
    let look = Look::small();
    // Right end of the last name in each row.
    let mut taken = [f64::NEG_INFINITY; NAME_ROWS];
    let mut flags = Vec::new();
    for (day, round) in calendar.days.iter().zip(rounds) {
        if !round.documented {
            continue;
        }
        let x = panel.x(*day);
        let name = format!("{} {}", phrase::day_and_month(round.date), round.venue_name);
        let name = super::font::fit(&name, look.size, false, 330.0);
        let row = (0..NAME_ROWS).find(|row| taken[*row..].iter().all(|end| end + 8.0 < x));
        let right = x + 4.0 + look.width(&name);
        if let Some(row) = row.filter(|_| right <= WIDTH - 4.0) {
            taken[row] = right;
            flags.push(Flag { x, name, row });
        }
    }
    flags
}

fn raise(canvas: &mut Canvas, panel: &Panel, flag: &Flag, rows: usize) {
    let baseline = panel.top - 16.0 - (rows - 1 - flag.row) as f64 * NAME_ROW;
    canvas.line(
        &[(flag.x, baseline - 9.0), (flag.x, panel.top - 2.0)],
        1.0,
        MUTED,
    );
    canvas.words(
        (flag.x + 4.0, baseline),
        &flag.name,
        Look::small().colour(INK),
    );
}

/// Ticks on top: long ones for documented meetings, short ones for the assumed cycle.
fn meetings(canvas: &mut Canvas, panel: &Panel, calendar: &Calendar, rounds: &[RoundInfo]) {
    let foot = panel.top - 2.0;
    for (day, round) in calendar.days.iter().zip(rounds) {
        let x = panel.x(*day);
        if round.documented {
            canvas.line(&[(x, foot - 9.0), (x, foot)], 2.2, INK);
        } else {
            canvas.line(&[(x, foot - 5.0), (x, foot)], 1.2, MUTED);
        }
    }
    canvas.line(&[(panel.left, foot), (panel.right(), foot)], 1.0, GRID);
}

/// The state's name and last share beside its area.
fn labels(canvas: &mut Canvas, panel: &Panel, last: &StatusShares) {
    let mut floor = 0.0;
    let mut middles = Vec::new();
    for status in statuses() {
        let share = (status.share)(last);
        middles.push(panel.y(floor + share / 2.0));
        floor += share;
    }
    let look = Look::body().bold();
    let placed = spread(&middles, 36.0, panel.top + 12.0, panel.bottom() - 20.0);
    for ((status, middle), y) in statuses().iter().zip(&middles).zip(&placed) {
        let x = panel.right();
        let points = [(x + 2.0, *middle), (x + 12.0, *y), (x + 18.0, *y)];
        canvas.line(&points, 1.2, MUTED);
        canvas.rect((x + 18.0, y - 8.0), (x + 26.0, y + 8.0), status.colour);
        let look = look.colour(INK).anchor(Anchor::Start);
        canvas.words((x + 33.0, y - 1.0), status.name, look);
        let share = phrase::percent((status.share)(last));
        canvas.words((x + 33.0, y + 15.0), &share, Look::small());
    }
}
