//! What the outcomes hang on: chance and the numbers, ranked, each with its interval; which number
//! drives which outcome.

use super::Figure;
use super::canvas::{Anchor, Canvas, Look};
use super::font;
use super::outcomes::share_ticks;
use super::panel::Panel;
use super::phrase;
use super::theme::{Colour, GRID, GROUND, IGNORANCE, INK, MARGIN, MUTED, PAPER, SHARE, WIDTH};
use crate::drivers::factors::By;
use crate::drivers::sensitivity::{Bounds, Sensitivity, Shares};
use crate::drivers::sentences::{percent, standing};
use crate::scenario::load::FactIndex;

/// Right edge of the names, and the bars.
const NAMES: f64 = 486.0;
const BARS: (f64, f64) = (500.0, 1010.0);
const ROW: f64 = 37.0;
/// Numbers shown one by one.
const ROWS: usize = 15;
/// Rows of the table of outcomes.
const MATRIX: usize = 12;
/// An outcome of a smaller share of the runs has no column: its shares would be noise.
const RARE: f64 = 0.02;

/// The figures of an analysis: drivers, groups, and with several outcomes which drives which.
pub fn figures(it: &Sensitivity, facts: &dyn FactIndex) -> Vec<Figure> {
    if it.whole.chance.total.is_none() {
        return Vec::new();
    }
    let mut figures = vec![drivers(it, facts)];
    figures.extend(matrix(it));
    figures.extend(groups(it));
    figures
}

fn footer(it: &Sensitivity) -> String {
    let partial = if it.missing > 0 {
        "PARTIAL: stopped early  |  "
    } else {
        ""
    };
    format!(
        "{partial}n = {} runs ({} base points in {} scrambles, {} numbers, {} lucks a row), seed {}  |  {}  |  given \
         these assumptions, not a forecast",
        phrase::count(it.runs),
        phrase::count(it.base_points),
        it.size.scrambles,
        it.factors.len(),
        it.size.replicates,
        it.seed,
        it.scenario,
    )
}

fn subject(it: &Sensitivity) -> String {
    if it.whole.mean.is_none() {
        "which outcome comes about".to_owned()
    } else {
        format!("“{}”", it.whole.name)
    }
}

/// A row of bars.
struct Bar {
    name: String,
    note: String,
    shares: Shares,
}

/// Share alone and with others, on the level where chance is left out if there is one.
fn levels(shares: &Shares) -> (Option<Bounds>, Option<Bounds>) {
    if shares.total_known.is_some() {
        (shares.first_known, shares.total_known)
    } else {
        (shares.first, shares.total)
    }
}

fn drivers(it: &Sensitivity, facts: &dyn FactIndex) -> Figure {
    let mut bars: Vec<Bar> = it
        .top
        .iter()
        .take(ROWS)
        .map(|&index| {
            let factor = &it.factors[index];
            Bar {
                name: factor.path.clone(),
                note: standing(&factor.provenance, facts).to_owned(),
                shares: it.whole.factors[index],
            }
        })
        .collect();
    let rest = it.factors.len() - it.top.len();
    if rest > 0 && it.whole.others.total.is_some() {
        bars.push(Bar {
            name: format!("the other {rest} numbers together"),
            note: "each of them less than those shown".to_owned(),
            shares: it.whole.others,
        });
    }
    let chance = it.whole.chance.total.map_or(0.0, |chance| chance.value);
    let first = bars.first().map_or_else(String::new, |bar| {
        let (_, with) = levels(&bar.shares);
        let with = with.map_or(0.0, |with| with.value);
        format!("; then {} ({} % of the rest)", bar.name, percent(with))
    });
    let title = format!(
        "{} % of what decides {} is chance{first}",
        percent(chance),
        subject(it)
    );
    ranked(it, &title, "1-drivers", &bars)
}

/// Chance on top, then the bars.
fn ranked(it: &Sensitivity, title: &str, name: &str, bars: &[Bar]) -> Figure {
    let known = bars.iter().any(|bar| bar.shares.total_known.is_some());
    let (mut canvas, top) = Canvas::titled(
        title,
        &format!(
            "Above, the variance of {} in a single run; below, {}, number by number.",
            subject(it),
            if known {
                "the part that better knowledge of the numbers could remove"
            } else {
                "the same variance"
            }
        ),
    );
    let top = chance_strip(&mut canvas, it, top + 4.0);
    let top = legend(&mut canvas, known, top + 12.0);
    let most = bars
        .iter()
        .flat_map(|bar| {
            let (alone, with) = levels(&bar.shares);
            [alone, with]
        })
        .flatten()
        .map(|bounds| bounds.high.unwrap_or(bounds.value))
        .fold(0.01, f64::max);
    let ticks: Vec<(f64, String)> = ticks(most);
    let panel = Panel {
        left: BARS.0,
        top: top + 8.0,
        width: BARS.1 - BARS.0,
        height: bars.len() as f64 * ROW,
        across: (0.0, ticks.last().map_or(1.0, |tick| tick.0)),
        up: (0.0, 1.0),
    };
    panel.ticks_across(&mut canvas, &ticks);
    for (row, bar) in bars.iter().enumerate() {
        paint(&mut canvas, &panel, bar, panel.top + row as f64 * ROW);
    }
    canvas.line(
        &[(panel.left, panel.top), (panel.left, panel.bottom())],
        1.4,
        MUTED,
    );
    let lines: Vec<String> = bars
        .iter()
        .map(|bar| {
            let (alone, with) = levels(&bar.shares);
            format!(
                "{} alone {}, with others {} ({})",
                bar.name,
                in_words(alone),
                in_words(with),
                bar.note
            )
        })
        .collect();
    Figure {
        name: name.to_owned(),
        title: title.to_owned(),
        description: format!(
            "Bars. Chance: {} of the variance of a single run. {}.",
            in_words(it.whole.chance.total),
            lines.join("; ")
        ),
        draw: canvas.finish(panel.bottom() + 30.0, &footer(it)),
    }
}

fn in_words(bounds: Option<Bounds>) -> String {
    crate::drivers::sentences::share(bounds)
}

fn ticks(most: f64) -> Vec<(f64, String)> {
    let scale = if most > 1.0 {
        (0..=(most * 2.0).ceil() as usize)
            .map(|half| half as f64 / 2.0)
            .collect()
    } else {
        share_ticks(most)
    };
    scale
        .into_iter()
        .map(|tick: f64| (tick, format!("{} %", percent(tick))))
        .collect()
}

/// The whole variance of a single run: chance, and what the numbers do.
fn chance_strip(canvas: &mut Canvas, it: &Sensitivity, top: f64) -> f64 {
    let Some(chance) = it.whole.chance.total else {
        return top;
    };
    let (left, right) = (MARGIN, WIDTH - MARGIN);
    let x = |share: f64| left + (right - left) * share.clamp(0.0, 1.0);
    let (upper, lower) = (top, top + 34.0);
    let middle = x(chance.value);
    canvas.rect((left, upper), (middle, lower), Colour(170, 170, 170));
    canvas.rect((middle, upper), (right, lower), SHARE);
    let look = Look::body().bold();
    let words = format!("chance {} %", percent(chance.value));
    let baseline = upper + 17.0 + 0.36 * look.size;
    if look.width(&words) + 16.0 < middle - left {
        canvas.words((left + 10.0, baseline), &words, look.colour(INK));
    }
    let rest = format!("the numbers {} %", percent(1.0 - chance.value));
    if look.width(&rest) + 16.0 < right - middle {
        let look = look.colour(PAPER).anchor(Anchor::End);
        canvas.words((right - 10.0, baseline), &rest, look);
    }
    if let (Some(low), Some(high)) = (chance.low, chance.high) {
        whisker(canvas, (x(low), x(high)), f64::midpoint(upper, lower));
    }
    let words = "no better knowledge of the numbers removes the grey part";
    canvas.paragraph((left, lower + 3.0), words, Look::small(), right - left, 1) + 4.0
}

fn legend(canvas: &mut Canvas, known: bool, top: f64) -> f64 {
    let look = Look::small();
    let of = if known {
        "of the part that knowledge could remove"
    } else {
        "of the variance of a single run"
    };
    let mut left = MARGIN;
    let y = top + 8.0;
    for (colour, words) in [
        (
            SHARE,
            format!("alone: share {of}, if only this number became known"),
        ),
        (
            SHARE.towards(PAPER, 0.6),
            "with all it does together with others".to_owned(),
        ),
    ] {
        canvas.rect((left, y - 6.0), (left + 26.0, y + 6.0), colour);
        canvas.words((left + 34.0, y + 0.36 * look.size), &words, look);
        left += 34.0 + look.width(&words) + 26.0;
    }
    whisker(canvas, (left, left + 26.0), y);
    let words = "95 % over scrambles";
    canvas.words((left + 34.0, y + 0.36 * look.size), words, look);
    top + 22.0
}

fn whisker(canvas: &mut Canvas, (low, high): (f64, f64), y: f64) {
    canvas.line(&[(low, y), (high, y)], 3.6, PAPER.at(0.7));
    canvas.line(&[(low, y), (high, y)], 1.5, INK);
    for end in [low, high] {
        canvas.line(&[(end, y - 3.5), (end, y + 3.5)], 1.5, INK);
    }
}

fn paint(canvas: &mut Canvas, panel: &Panel, bar: &Bar, top: f64) {
    canvas.line(&[(MARGIN, top), (WIDTH - MARGIN, top)], 1.0, GRID);
    let look = Look::body();
    let room = NAMES - MARGIN;
    let name = shortened(&bar.name, look, room);
    canvas.words((MARGIN, top + 5.0 + look.size), &name, look);
    let note = font::fit(&bar.note, Look::small().size, false, room);
    canvas.words((MARGIN, top + 32.0), &note, Look::small());
    let (alone, with) = levels(&bar.shares);
    let rows = [
        (with, 20.0, 12.0, SHARE.towards(PAPER, 0.6)),
        (alone, 6.0, 11.0, SHARE),
    ];
    for (bounds, from, height, colour) in rows {
        let Some(bounds) = bounds else { continue };
        let (upper, lower) = (top + from, top + from + height);
        let end = panel.x(bounds.value.max(0.0));
        canvas.rect((panel.left, upper), (end, lower), colour);
        if let (Some(low), Some(high)) = (bounds.low, bounds.high) {
            let ends = (panel.x(low), panel.x(high));
            whisker(canvas, ends, f64::midpoint(upper, lower));
        }
    }
    let words = |bounds: Option<Bounds>| {
        bounds.map_or_else(
            || "–".to_owned(),
            |bounds| format!("{} %", percent(bounds.value)),
        )
    };
    let look = Look::small();
    let text = format!("{} alone", words(alone));
    canvas.words(
        (BARS.1 + 18.0, top + 6.0 + look.size),
        &text,
        look.colour(INK),
    );
    let text = format!("{} with others", words(with));
    canvas.words((BARS.1 + 18.0, top + 21.0 + look.size), &text, look);
}

/// A path with as many of its last steps as fit.
pub(super) fn shortened(path: &str, look: Look, room: f64) -> String {
    let mut text = path.to_owned();
    while look.width(&text) > room {
        let Some((_, rest)) = text.trim_start_matches('…').split_once('.') else {
            return font::fit(&text, look.size, look.bold, room);
        };
        text = format!("…{rest}");
    }
    text
}

/// Which number drives which outcome.
fn matrix(it: &Sensitivity) -> Option<Figure> {
    let columns: Vec<usize> = (0..it.each.len())
        .filter(|&output| {
            let each = &it.each[output];
            each.chance.total.is_some() && each.mean.is_none_or(|mean| mean >= RARE)
        })
        .collect();
    if columns.len() < 2 || it.top.is_empty() {
        return None;
    }
    let rows: Vec<usize> = it.top.iter().copied().take(MATRIX).collect();
    let share = |factor: usize, output: usize| {
        let (_, with) = levels(&it.each[output].factors[factor]);
        with.map_or(0.0, |with| with.value.max(0.0))
    };
    let strongest = rows
        .iter()
        .flat_map(|&row| columns.iter().map(move |&column| (row, column)))
        .max_by(|a, b| share(a.0, a.1).total_cmp(&share(b.0, b.1)))?;
    let title = format!(
        "{} hangs most on {}",
        phrase::sentence(&phrase::short(&it.each[strongest.1].name)),
        it.factors[strongest.0].path
    );
    let (mut canvas, top) = Canvas::titled(
        &title,
        "Share of what knowledge of the numbers could remove, with all a number does together with others, for each \
         outcome on its own, in per cent; in the last row the part that is chance in a single run.",
    );
    let width = (WIDTH - MARGIN - NAMES) / columns.len() as f64;
    let look = Look::small().bold().colour(INK);
    let names: Vec<Vec<String>> = columns
        .iter()
        .map(|&output| font::wrap(&it.each[output].name, look.size, true, width - 8.0, 4))
        .collect();
    let lines = names.iter().map(Vec::len).max().unwrap_or(1);
    let top = top + lines as f64 * look.leading() + 6.0;
    for (column, lines) in names.iter().enumerate() {
        for (line, text) in lines.iter().rev().enumerate() {
            let x = NAMES + (column as f64 + 0.5) * width;
            let y = top - 8.0 - line as f64 * look.leading();
            canvas.words((x, y), text, look.anchor(Anchor::Middle));
        }
    }
    let height = 30.0;
    let most = rows
        .iter()
        .flat_map(|&row| columns.iter().map(move |&column| share(row, column)))
        .fold(0.01, f64::max);
    let cell = |canvas: &mut Canvas, column: usize, y: f64, share: f64, fill: Colour| {
        let x = NAMES + column as f64 * width;
        canvas.rect(
            (x + 1.0, y + 1.0),
            (x + width - 1.0, y + height - 1.0),
            fill,
        );
        let look = Look::body().anchor(Anchor::Middle).colour(fill.words_on());
        let at = (x + width / 2.0, y + height / 2.0 + 0.36 * look.size);
        canvas.words(at, &percent(share), look);
    };
    for (row, &factor) in rows.iter().enumerate() {
        let y = top + row as f64 * height;
        let look = Look::body();
        let name = shortened(&it.factors[factor].path, look, NAMES - MARGIN - 12.0);
        canvas.words((MARGIN, y + height / 2.0 + 0.36 * look.size), &name, look);
        for (column, &output) in columns.iter().enumerate() {
            let value = share(factor, output);
            let fill = PAPER.towards(IGNORANCE, 0.05 + 0.95 * (value / most).clamp(0.0, 1.0));
            cell(&mut canvas, column, y, value, fill);
        }
    }
    let y = top + rows.len() as f64 * height + 6.0;
    let look = Look::body();
    let at = (MARGIN, y + height / 2.0 + 0.36 * look.size);
    canvas.words(at, "chance, of a single run", look);
    for (column, &output) in columns.iter().enumerate() {
        let chance = it.each[output]
            .chance
            .total
            .map_or(0.0, |chance| chance.value);
        cell(&mut canvas, column, y, chance, GROUND);
    }
    let described: Vec<String> = columns
        .iter()
        .map(|&output| {
            let listed: Vec<String> = rows
                .iter()
                .map(|&row| format!("{} {} %", it.factors[row].path, percent(share(row, output))))
                .collect();
            format!("{}: {}", it.each[output].name, listed.join(", "))
        })
        .collect();
    Some(Figure {
        name: "2-drivers-by-outcome".to_owned(),
        description: format!("A table of shares. {}.", described.join(". ")),
        title,
        draw: canvas.finish(y + height + 6.0, &footer(it)),
    })
}

/// Totals over many numbers.
fn groups(it: &Sensitivity) -> Option<Figure> {
    let mut bars: Vec<(bool, Bar)> = it
        .groups
        .iter()
        .zip(&it.whole.groups)
        .map(|(group, shares)| {
            let by = group.by == By::Party;
            let what = if by {
                "all numbers of"
            } else {
                "all numbers on"
            };
            let bar = Bar {
                name: group.name.clone(),
                note: format!("{what} this, {} together", group.members.len()),
                shares: *shares,
            };
            (by, bar)
        })
        .collect();
    let weight = |bar: &Bar| levels(&bar.shares).1.map_or(0.0, |with| with.value);
    bars.sort_by(|a, b| a.0.cmp(&b.0).then(weight(&b.1).total_cmp(&weight(&a.1))));
    let first = bars.first()?;
    let title = format!(
        "By kind of number, most hangs on {}; by party, on {}",
        first.1.name,
        bars.iter()
            .find(|bar| bar.0)
            .map_or("none", |bar| &bar.1.name)
    );
    let bars: Vec<Bar> = bars.into_iter().map(|bar| bar.1).collect();
    Some(ranked(it, &title, "3-drivers-by-group", &bars))
}
