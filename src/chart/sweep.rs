//! How outcome shares follow what was varied: curves with both kinds of uncertainty for one value,
//! heat maps for two, small multiples for more.

mod heat_map;

use super::Figure;
use super::canvas::{Canvas, Look};
use super::font;
use super::outcomes::share_ticks;
use super::panel::{Grid, Panel, panel_heading};
use super::phrase;
use super::theme::{Colour, IGNORANCE, INK, MARGIN, MUTED, PAPER, WIDTH, severity_colour};
use crate::drivers::sweep::{Design, Point, Share, Sweep};

/// Most panels of a sheet.
const PANELS: usize = 9;

/// The figures of a sweep; `asked` are the outcomes to show, all that occur if it is empty.
pub fn figures(sweep: &Sweep, asked: &[usize]) -> Vec<Figure> {
    let shown = crate::drivers::sweep::shown(sweep, asked);
    if shown.is_empty() {
        return Vec::new();
    }
    let heat = sweep.axes.len() == 2 && sweep.design == Design::Grid;
    vec![match sweep.axes.len() {
        1 => curves(sweep, &shown),
        2 if heat => heat_map::figure(sweep, &shown),
        _ => multiples(sweep, &shown),
    }]
}

/// Colours of the outcomes: the file's, else by severity.
fn colour(sweep: &Sweep, outcome: usize) -> Colour {
    let own = &sweep.outcomes[outcome];
    let mut ranks: Vec<u32> = sweep.outcomes.iter().map(|one| one.severity).collect();
    ranks.sort_unstable();
    ranks.dedup();
    own.colour
        .as_deref()
        .and_then(Colour::parse)
        .unwrap_or_else(|| {
            let rank = ranks.partition_point(|rank| *rank < own.severity);
            severity_colour(rank as f64 / (ranks.len().max(2) - 1) as f64)
        })
}

/// The outcome that moves most, with its least and greatest share.
fn mover<'s>(sweep: &'s Sweep, shown: &[usize]) -> Option<(usize, &'s Point, &'s Point)> {
    let by = |outcome: usize| {
        move |a: &&Point, b: &&Point| {
            a.outcomes[outcome]
                .share
                .total_cmp(&b.outcomes[outcome].share)
        }
    };
    let ends = |outcome: usize| {
        let least = sweep.points.iter().min_by(by(outcome))?;
        let most = sweep.points.iter().max_by(by(outcome))?;
        Some((outcome, least, most))
    };
    shown
        .iter()
        .filter_map(|&outcome| ends(outcome))
        .max_by(|a, b| {
            let reach = |(outcome, low, high): &(usize, &Point, &Point)| {
                high.outcomes[*outcome].share - low.outcomes[*outcome].share
            };
            reach(a).total_cmp(&reach(b))
        })
}

fn title(sweep: &Sweep, shown: &[usize]) -> String {
    let Some((outcome, low, high)) = mover(sweep, shown) else {
        return "How the outcomes follow".to_owned();
    };
    let name = |outcome: usize| phrase::short(&sweep.outcomes[outcome].name);
    if sweep.axes.len() > 1 {
        return format!(
            "{}: between {} and {}, as the values vary",
            phrase::sentence(&name(outcome)),
            phrase::of_hundred(low.outcomes[outcome].share),
            phrase::of_runs(high.outcomes[outcome].share),
        );
    }
    // In the order of the axis, as the eye reads the panels.
    let place = |point: &Point| {
        sweep
            .points
            .iter()
            .position(|other| std::ptr::eq(other, point))
    };
    let (from, to) = if place(low) <= place(high) {
        (low, high)
    } else {
        (high, low)
    };
    let way = |outcome: usize| {
        let share = |point: &Point| point.outcomes[outcome].share;
        (phrase::of_runs(share(from)), phrase::of_hundred(share(to)))
    };
    let (before, after) = way(outcome);
    let text = format!(
        "{}: from {before} at {} to {after} at {}",
        phrase::sentence(&name(outcome)),
        from.values[0],
        to.values[0],
    );
    let gravest = shown
        .iter()
        .copied()
        .filter(|&other| reach(sweep, other) >= 0.01)
        .max_by_key(|&other| sweep.outcomes[other].severity);
    match gravest {
        Some(gravest) if gravest != outcome => {
            let (before, after) = way(gravest);
            format!("{text}; {}: from {before} to {after}", name(gravest))
        }
        _ => text,
    }
}

fn footer(sweep: &Sweep) -> String {
    let partial = if sweep.missing > 0 {
        "PARTIAL: stopped early  |  "
    } else {
        ""
    };
    format!(
        "{partial}{} points of {} runs ({} draws × {}), same luck at every point, seed {}  |  {}  |  given these \
         assumptions, not a forecast",
        phrase::count(sweep.points.len() as u64),
        phrase::count(sweep.reference.runs),
        phrase::count(u64::from(sweep.draws)),
        phrase::count(u64::from(sweep.replicates)),
        sweep.seed,
        sweep.scenario.id,
    )
}

fn description(sweep: &Sweep, shown: &[usize]) -> String {
    let lines: Vec<String> = sweep
        .points
        .iter()
        .take(30)
        .map(|point| {
            let shares: Vec<String> = shown
                .iter()
                .map(|&outcome| {
                    format!(
                        "{} {}",
                        sweep.outcomes[outcome].name,
                        phrase::percent(point.outcomes[outcome].share)
                    )
                })
                .collect();
            format!("at {}: {}", point.values.join(" and "), shares.join(", "))
        })
        .collect();
    let paths: Vec<&str> = sweep.axes.iter().map(|axis| axis.path.as_str()).collect();
    format!(
        "Shares of runs by outcome as {} is varied. {}.",
        phrase::list(&paths),
        lines.join(". ")
    )
}

fn made(sweep: &Sweep, shown: &[usize], canvas: Canvas, bottom: f64) -> Figure {
    Figure {
        name: "1-sweep".to_owned(),
        title: title(sweep, shown),
        description: description(sweep, shown),
        draw: canvas.finish(bottom, &footer(sweep)),
    }
}

/// Largest value of the common scale of shares.
fn most(sweep: &Sweep, shown: &[usize], bands: bool) -> f64 {
    let points = sweep.points.iter().chain([&sweep.reference]);
    points
        .flat_map(|point| shown.iter().map(|&outcome| &point.outcomes[outcome]))
        .flat_map(|share| {
            let band = if bands && share.band.n > 1 {
                share.band.q95
            } else {
                0.0
            };
            [share.share, share.chance.high, band]
        })
        .filter(|share| share.is_finite())
        .fold(0.01, f64::max)
}

/// Places of the points on the axis: the numbers, or for words one after another.
struct Across {
    places: Vec<f64>,
    range: (f64, f64),
    ticks: Vec<(f64, String)>,
    /// Whether points lie on a line.
    joined: bool,
}

fn across(sweep: &Sweep, axis: usize, room: f64) -> Across {
    if sweep.axes[axis].numeric {
        let places: Vec<f64> = sweep
            .points
            .iter()
            .map(|point| point.numbers[axis].unwrap_or(0.0))
            .collect();
        let low = places.iter().copied().fold(f64::INFINITY, f64::min);
        let high = places.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let pad = if high > low { 0.03 * (high - low) } else { 0.5 };
        return Across {
            range: (low - pad, high + pad),
            ticks: round_ticks(low, high, (room / 70.0) as usize),
            places,
            joined: true,
        };
    }
    let mut names: Vec<&str> = Vec::new();
    for point in &sweep.points {
        let name = point.values[axis].as_str();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let width = room / names.len() as f64 - 4.0;
    let look = Look::small();
    Across {
        places: sweep
            .points
            .iter()
            .map(|point| {
                let index = names.iter().position(|name| *name == point.values[axis]);
                index.unwrap_or(0) as f64
            })
            .collect(),
        range: (-0.5, names.len() as f64 - 0.5),
        ticks: names
            .iter()
            .enumerate()
            .map(|(index, name)| {
                let text = font::fit(name, look.size, false, width);
                (index as f64, text)
            })
            .collect(),
        joined: false,
    }
}

/// At most `count` round numbers between two values.
fn round_ticks(low: f64, high: f64, count: usize) -> Vec<(f64, String)> {
    let width = high - low;
    if width <= 0.0 || !width.is_finite() {
        return vec![(low, number(low))];
    }
    let rough = width / count.clamp(2, 11) as f64;
    let mut power = 1.0;
    while power > rough {
        power /= 10.0;
    }
    while power * 10.0 <= rough {
        power *= 10.0;
    }
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= rough)
        .unwrap_or(10.0 * power);
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last)
        .map(|tick| {
            let value = tick as f64 * step;
            (value, number(value))
        })
        .collect()
}

fn number(value: f64) -> String {
    format!("{}", (value * 1e6).round() / 1e6 + 0.0)
}

fn percent_ticks(most: f64) -> Vec<(f64, String)> {
    share_ticks(most)
        .into_iter()
        .map(|tick| (tick, number(tick * 100.0) + " %"))
        .collect()
}

/// One value: a panel an outcome, all on one scale.
fn curves(sweep: &Sweep, shown: &[usize]) -> Figure {
    let axis = &sweep.axes[0];
    let how = if axis.prior {
        " (the probability of the type; the party's other types share the rest in their proportions)"
    } else {
        ""
    };
    let (mut canvas, top) = Canvas::titled(
        &title(sweep, shown),
        &format!(
            "Share of runs that end in each outcome as {}{how} is varied and everything else stays as uncertain as \
             it is.",
            axis.path
        ),
    );
    let top = legend(&mut canvas, top);
    let shown = &shown[..shown.len().min(PANELS)];
    let grid = Grid::new(shown.len(), top, 264.0);
    let ticks = percent_ticks(most(sweep, shown, true));
    for (index, &outcome) in shown.iter().enumerate() {
        let (left, top) = grid.corner(index);
        let panel_width = grid.cell.0 - 46.0 - 26.0;
        let across = across(sweep, 0, panel_width);
        let panel = Panel {
            left: left + 46.0,
            top: top + 34.0,
            width: panel_width,
            height: grid.cell.1 - 34.0 - 46.0,
            across: across.range,
            up: (0.0, ticks.last().map_or(1.0, |tick| tick.0)),
        };
        let name = &sweep.outcomes[outcome].name;
        panel_heading(
            &mut canvas,
            (left, top + 20.0),
            name,
            grid.cell.0 - 20.0,
            INK,
        );
        panel.ticks_up(&mut canvas, &ticks);
        panel.ticks_across(&mut canvas, &across.ticks);
        curve(&mut canvas, &panel, sweep, outcome, &across);
    }
    let bottom = grid.bottom(shown.len());
    made(sweep, shown, canvas, bottom - 10.0)
}

/// A quantile of the band of a share.
type Quantile = fn(&Share) -> f64;

fn curve(canvas: &mut Canvas, panel: &Panel, sweep: &Sweep, outcome: usize, across: &Across) {
    let mut order: Vec<usize> = (0..sweep.points.len()).collect();
    order.sort_by(|a, b| across.places[*a].total_cmp(&across.places[*b]));
    let at = |index: usize| -> (f64, &Share) {
        (across.places[index], &sweep.points[index].outcomes[outcome])
    };
    let series: Vec<(f64, &Share)> = order.into_iter().map(at).collect();
    let stands = panel.y(sweep.reference.outcomes[outcome].share);
    let ends = [(panel.left, stands), (panel.right(), stands)];
    canvas.dashes(&ends, 1.2, MUTED, (5.0, 4.0));
    let known = series.iter().all(|(_, share)| share.band.n > 1);
    if known && across.joined && series.len() > 1 {
        let ranges: [(Quantile, Quantile, f64); 2] = [
            (|share| share.band.q05, |share| share.band.q95, 0.18),
            (|share| share.band.q25, |share| share.band.q75, 0.28),
        ];
        for (low, high, opacity) in ranges {
            let upper = series.iter().map(|(x, share)| panel.at(*x, high(share)));
            let lower = series.iter().rev();
            let lower = lower.map(|(x, share)| panel.at(*x, low(share)));
            canvas.area(upper.chain(lower).collect(), IGNORANCE.at(opacity));
        }
    } else if known {
        for (x, share) in &series {
            let x = panel.x(*x);
            let range = |low: f64, high: f64| ((x + 9.0, panel.y(high)), (x + 16.0, panel.y(low)));
            let (from, to) = range(share.band.q05, share.band.q95);
            canvas.rect(from, to, IGNORANCE.at(0.25));
            let (from, to) = range(share.band.q25, share.band.q75);
            canvas.rect(from, to, IGNORANCE.at(0.6));
        }
    }
    let own = colour(sweep, outcome);
    let line: Vec<_> = series.iter().map(|(x, s)| panel.at(*x, s.share)).collect();
    if across.joined && line.len() > 1 {
        canvas.line(&line, 4.4, PAPER.at(0.8));
        canvas.line(&line, 2.4, own);
    }
    for ((x, share), at) in series.iter().zip(&line) {
        let x = panel.x(*x);
        let (low, high) = (panel.y(share.chance.low), panel.y(share.chance.high));
        canvas.line(&[(x, low), (x, high)], 1.5, INK);
        for end in [low, high] {
            canvas.line(&[(x - 3.0, end), (x + 3.0, end)], 1.5, INK);
        }
        canvas.disc(*at, 4.2, PAPER);
        canvas.disc(*at, 3.3, own);
    }
    let lowest = [
        (panel.left, panel.bottom()),
        (panel.right(), panel.bottom()),
    ];
    canvas.line(&lowest, 1.2, MUTED);
}

/// What the marks of a curve mean; returns the height below.
fn legend(canvas: &mut Canvas, top: f64) -> f64 {
    let look = Look::small();
    let (left, text) = (MARGIN, MARGIN + 60.0);
    let room = WIDTH - MARGIN - text;
    let y = top + 9.0;
    canvas.line(&[(left + 20.0, y - 7.0), (left + 20.0, y + 7.0)], 1.5, INK);
    for end in [y - 7.0, y + 7.0] {
        canvas.line(&[(left + 17.0, end), (left + 23.0, end)], 1.5, INK);
    }
    canvas.disc((left + 20.0, y), 3.3, MUTED);
    let top = canvas.paragraph(
        (text, top),
        "a point of the sweep with its chance interval: 95 %, all outcomes of the point together; more runs make it \
         narrower",
        look,
        room,
        2,
    ) + 3.0;
    let y = top + 9.0;
    canvas.rect((left, y - 7.0), (left + 44.0, y + 7.0), IGNORANCE.at(0.18));
    canvas.rect((left, y - 3.5), (left + 44.0, y + 3.5), IGNORANCE.at(0.28));
    let top = canvas.paragraph(
        (text, top),
        "not knowing the other numbers: where the share lies from draw to draw, chance taken out (light 90 %, dark \
         50 % of draws); more runs do not make it narrower",
        look,
        room,
        2,
    ) + 3.0;
    let y = top + 9.0;
    canvas.dashes(&[(left, y), (left + 44.0, y)], 1.2, MUTED, (5.0, 4.0));
    canvas.paragraph((text, top), "the file as it stands", look, room, 1) + 10.0
}

fn reach(sweep: &Sweep, outcome: usize) -> f64 {
    let shares = || {
        sweep
            .points
            .iter()
            .map(|point| point.outcomes[outcome].share)
    };
    shares().fold(0.0, f64::max) - shares().fold(1.0, f64::min)
}

/// More than two values, or points spread at random: a row an outcome, a column a value.
fn multiples(sweep: &Sweep, shown: &[usize]) -> Figure {
    let (mut canvas, top) = Canvas::titled(
        &title(sweep, shown),
        "Share of runs that end in an outcome (a row) against each value that was varied (a column); one disc a point, \
         the other values at that point whatever the design says.",
    );
    let mut chosen = shown.to_vec();
    chosen.sort_by(|a, b| reach(sweep, *b).total_cmp(&reach(sweep, *a)));
    chosen.truncate(4);
    chosen.sort_by_key(|&outcome| sweep.outcomes[outcome].severity);
    let columns = sweep.axes.len().min(4);
    let width = (WIDTH - 2.0 * MARGIN - 46.0) / columns as f64;
    let height = 190.0;
    let ticks = percent_ticks(most(sweep, &chosen, false));
    for (row, &outcome) in chosen.iter().enumerate() {
        let top = top + row as f64 * (height + 12.0);
        let own = colour(sweep, outcome);
        panel_heading(
            &mut canvas,
            (MARGIN, top + 18.0),
            &sweep.outcomes[outcome].name,
            WIDTH - 2.0 * MARGIN,
            INK,
        );
        for axis in 0..columns {
            let room = width - 30.0;
            let across = across(sweep, axis, room);
            let panel = Panel {
                left: MARGIN + 46.0 + axis as f64 * width,
                top: top + 30.0,
                width: room,
                height: height - 30.0 - 34.0,
                across: across.range,
                up: (0.0, ticks.last().map_or(1.0, |tick| tick.0)),
            };
            let labels: Vec<(f64, String)> = ticks
                .iter()
                .map(|(value, label)| {
                    let label = if axis == 0 {
                        label.clone()
                    } else {
                        String::new()
                    };
                    (*value, label)
                })
                .collect();
            panel.ticks_up(&mut canvas, &labels);
            panel.ticks_across(&mut canvas, &across.ticks);
            for (place, point) in across.places.iter().zip(&sweep.points) {
                let at = panel.at(*place, point.outcomes[outcome].share);
                canvas.disc(at, 3.6, own.at(0.7));
            }
        }
    }
    let bottom = top + chosen.len() as f64 * (height + 12.0);
    let look = Look::small().bold().colour(INK);
    for axis in 0..columns {
        let x = MARGIN + 46.0 + axis as f64 * width;
        let path = font::fit(&sweep.axes[axis].path, look.size, true, width - 20.0);
        canvas.words((x, bottom + 6.0), &path, look);
    }
    made(sweep, shown, canvas, bottom + 12.0)
}
