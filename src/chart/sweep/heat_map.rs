//! Two values on a grid: a map for each outcome, all on one scale.

use super::{colour, made, most, reach, title};
use crate::chart::Figure;
use crate::chart::canvas::{Anchor, Canvas, Look};
use crate::chart::font;
use crate::chart::panel::{Grid, panel_heading};
use crate::chart::phrase;
use crate::chart::theme::{GRID, INK, PAPER};
use crate::drivers::sweep::Sweep;

/// Most cells of a row whose numbers can be read.
const NUMBERED: usize = 12;

/// Two values on a grid: a map an outcome.
pub(super) fn figure(sweep: &Sweep, shown: &[usize]) -> Figure {
    let names = [0, 1].map(|axis| sweep.axes[axis].path.as_str());
    let (mut canvas, top) = Canvas::titled(
        &title(sweep, shown),
        &format!(
            "Share of runs that end in each outcome, in per cent; from left to right {}, upwards {}. The darkest \
             cell of any map is the largest share of all maps.",
            names[0], names[1]
        ),
    );
    // Those that move most, the mildest first.
    let mut chosen = shown.to_vec();
    chosen.sort_by(|a, b| reach(sweep, *b).total_cmp(&reach(sweep, *a)));
    chosen.truncate(6);
    chosen.sort_by_key(|&outcome| sweep.outcomes[outcome].severity);
    let grid = Grid::new(chosen.len(), top, 330.0);
    let columns = distinct(sweep, 0);
    let rows = distinct(sweep, 1);
    let scale = most(sweep, &chosen, false);
    let gutter = rows
        .iter()
        .map(|name| Look::small().width(name))
        .fold(20.0, f64::max)
        .min(90.0);
    for (index, &outcome) in chosen.iter().enumerate() {
        let (left, top) = grid.corner(index);
        let room = grid.cell.0 - 16.0;
        panel_heading(
            &mut canvas,
            (left, top + 20.0),
            &sweep.outcomes[outcome].name,
            room,
            INK,
        );
        let (from, to) = (
            (left + gutter + 8.0, top + 34.0),
            (left + room - 8.0, top + grid.cell.1 - 36.0),
        );
        let width = (to.0 - from.0) / columns.len() as f64;
        let height = (to.1 - from.1) / rows.len() as f64;
        let ink = colour(sweep, outcome).for_words();
        for point in &sweep.points {
            let place = |names: &[String], axis: usize| {
                names.iter().position(|name| *name == point.values[axis])
            };
            let (Some(column), Some(row)) = (place(&columns, 0), place(&rows, 1)) else {
                continue;
            };
            let share = point.outcomes[outcome].share;
            let x = from.0 + column as f64 * width;
            let y = to.1 - (row + 1) as f64 * height;
            let fill = PAPER.towards(ink, 0.04 + 0.96 * (share / scale).clamp(0.0, 1.0));
            canvas.rect((x, y), (x + width, y + height), fill);
            if columns.len() <= NUMBERED && height >= 15.0 {
                let look = Look::small().anchor(Anchor::Middle).colour(fill.words_on());
                let at = (x + width / 2.0, y + height / 2.0 + 0.36 * look.size);
                let text = phrase::percent(share);
                let text = text.trim_end_matches(" %");
                if look.width(text) < width - 2.0 {
                    canvas.words(at, text, look);
                }
            }
        }
        canvas.frame(from, to, 1.0, GRID);
        let look = Look::small();
        let every = (rows.len() as f64 * 15.0 / (to.1 - from.1)).ceil() as usize;
        for (row, name) in rows.iter().enumerate().step_by(every.max(1)) {
            let y = to.1 - (row as f64 + 0.5) * height + 0.36 * look.size;
            let name = font::fit(name, look.size, false, gutter);
            canvas.words((from.0 - 6.0, y), &name, look.anchor(Anchor::End));
        }
        let widest = columns
            .iter()
            .map(|name| look.width(name))
            .fold(8.0, f64::max);
        let every = ((widest.min(80.0) + 8.0) / width).ceil() as usize;
        for (column, name) in columns.iter().enumerate().step_by(every.max(1)) {
            let x = from.0 + (column as f64 + 0.5) * width;
            let name = font::fit(name, look.size, false, 80.0);
            let at = (x, to.1 + 6.0 + look.size);
            canvas.words(at, &name, look.anchor(Anchor::Middle));
        }
    }
    let bottom = grid.bottom(chosen.len());
    made(sweep, shown, canvas, bottom - 8.0)
}

/// Values of an axis, in the order of the design, numbers rising.
fn distinct(sweep: &Sweep, axis: usize) -> Vec<String> {
    let mut values: Vec<(Option<f64>, String)> = Vec::new();
    for point in &sweep.points {
        let value = (point.numbers[axis], point.values[axis].clone());
        if !values.contains(&value) {
            values.push(value);
        }
    }
    if sweep.axes[axis].numeric {
        values.sort_by(|a, b| a.0.unwrap_or(0.0).total_cmp(&b.0.unwrap_or(0.0)));
    }
    values.into_iter().map(|value| value.1).collect()
}
