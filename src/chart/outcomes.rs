//! How runs end: the share of each outcome, with what chance and ignorance do to it, and the base
//! rates of comparable cases below.

use super::Figure;
use super::canvas::{Anchor, Canvas, Look, Shape};
use super::panel::Panel;
use super::phrase;
use super::theme::{Colour, GRID, IGNORANCE, INK, MARGIN, MUTED, PAPER, WIDTH, outcome_colours};
use crate::ensemble::summary::{Band, BenchmarkMark, Interval, OutcomeShare, Summary};

/// Right edge of the names.
const NAMES: f64 = 316.0;
const BARS: (f64, f64) = (330.0, 930.0);
/// Left edge of the ranges in words.
const RANGES: f64 = 1000.0;
const ROW: f64 = 58.0;

/// The outcome distribution; none without outcomes.
pub(super) fn figure(summary: &Summary) -> Option<Figure> {
    let sorted = by_severity(&summary.outcomes);
    if sorted.is_empty() {
        return None;
    }
    let title = title(&summary.outcomes);
    let (mut canvas, top) = Canvas::titled(
        &title,
        &format!(
            "How runs of “{}” end, from the mildest outcome to the gravest, in per cent of all runs.",
            summary.scenario.title
        ),
    );
    let top = legend(&mut canvas, summary, top) + 14.0;
    let panel = Panel {
        left: BARS.0,
        top,
        width: BARS.1 - BARS.0,
        height: sorted.len() as f64 * ROW,
        across: (0.0, axis_end(summary)),
        up: (0.0, 1.0),
    };
    share_axis(&mut canvas, &panel);
    let colours = outcome_colours(&summary.outcomes);
    for (row, index) in sorted.iter().enumerate() {
        let top = top + row as f64 * ROW;
        bar(
            &mut canvas,
            &panel,
            top,
            &summary.outcomes[*index],
            colours[*index],
        );
    }
    let bottom = benchmarks(&mut canvas, &panel, summary);
    let canvas = canvas.finish(bottom, &phrase::footer(summary));
    Some(Figure {
        name: "1-outcomes".to_owned(),
        description: description(summary, &sorted),
        title,
        draw: canvas,
    })
}

/// Indices from the mildest outcome to the gravest.
pub(super) fn by_severity(outcomes: &[OutcomeShare]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..outcomes.len()).collect();
    order.sort_by_key(|index| outcomes[*index].severity);
    order
}

fn title(outcomes: &[OutcomeShare]) -> String {
    let most = outcomes
        .iter()
        .rev()
        .max_by(|a, b| a.share.total_cmp(&b.share));
    let worst = outcomes
        .iter()
        .filter(|outcome| outcome.share > 0.0)
        .max_by_key(|outcome| outcome.severity);
    match (most, worst) {
        (Some(most), _) if most.share >= 1.0 => {
            format!("All runs end alike: {}", phrase::short(&most.name))
        }
        (Some(most), Some(worst)) if most.id == worst.id => {
            format!(
                "{} in {}, the gravest end any run comes to",
                phrase::sentence(&phrase::short(&most.name)),
                phrase::of_runs(most.share)
            )
        }
        (Some(most), Some(worst)) => format!(
            "{} in {}; {} in {}",
            phrase::sentence(&phrase::short(&most.name)),
            phrase::of_runs(most.share),
            phrase::short(&worst.name),
            phrase::of_hundred(worst.share),
        ),
        _ => "How do the runs end?".to_owned(),
    }
}

fn description(summary: &Summary, sorted: &[usize]) -> String {
    let shares: Vec<String> = sorted
        .iter()
        .map(|index| {
            let outcome = &summary.outcomes[*index];
            format!(
                "{} {} (chance {}, not knowing {})",
                outcome.name,
                phrase::percent(outcome.share),
                phrase::percent_range(outcome.chance.low, outcome.chance.high),
                ignorance_words(&outcome.band),
            )
        })
        .collect();
    format!(
        "Horizontal bars, one an outcome, mildest first. {}.",
        shares.join("; ")
    )
}

fn ignorance_words(band: &Band) -> String {
    if band.n == 0 {
        "–".to_owned()
    } else {
        phrase::percent_range(band.q05, band.q95)
    }
}

/// Step of the share axis and its last tick, for values up to `most`.
pub(super) fn share_ticks(most: f64) -> Vec<f64> {
    let most = if most.is_finite() {
        most.clamp(0.02, 1.0)
    } else {
        1.0
    };
    let step = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2]
        .into_iter()
        .find(|step| most / step <= 6.0)
        .unwrap_or(0.25);
    let ticks = (most / step - 1e-9).ceil() as usize;
    (0..=ticks).map(|tick| tick as f64 * step).collect()
}

fn axis_end(summary: &Summary) -> f64 {
    let bars = summary
        .outcomes
        .iter()
        .flat_map(|outcome| [outcome.share, outcome.chance.high, outcome.band.q95]);
    let classes = summary
        .benchmarks
        .iter()
        .flat_map(|mark| [mark.interval.high, mark.share, comparable(summary, mark)]);
    let most = bars
        .chain(classes)
        .filter(|share| share.is_finite())
        .fold(0.0, f64::max);
    share_ticks(most).last().copied().unwrap_or(1.0)
}

fn share_axis(canvas: &mut Canvas, panel: &Panel) {
    let ticks: Vec<(f64, String)> = share_ticks(panel.across.1)
        .into_iter()
        .map(|tick| (tick, tick_label(tick)))
        .collect();
    panel.ticks_across(canvas, &ticks);
    let look = Look::small().anchor(Anchor::End);
    let at = (panel.left - 14.0, panel.bottom() + 7.0 + look.size);
    canvas.words(at, "share of runs, %", look);
    canvas.line(
        &[(panel.left, panel.top), (panel.left, panel.bottom())],
        1.4,
        MUTED,
    );
}

fn tick_label(tick: f64) -> String {
    let percent = tick * 100.0;
    if (percent - percent.round()).abs() < 1e-6 {
        format!("{percent:.0}")
    } else {
        format!("{percent:.1}")
    }
}

/// Draws samples of the marks with what they mean; returns the height below.
fn legend(canvas: &mut Canvas, summary: &Summary, top: f64) -> f64 {
    let look = Look::small();
    let (left, text) = (MARGIN, MARGIN + 76.0);
    let room = WIDTH - MARGIN - text;
    let entry = |canvas: &mut Canvas, top: f64, words: &str| {
        canvas.paragraph((text, top), words, look, room, 2) + 3.0
    };
    let middle = top + 9.0;
    whisker(canvas, (left + 12.0, left + 56.0), middle);
    let top = entry(
        canvas,
        top,
        "chance: 95 % interval for a finite number of runs, all outcomes together; more runs make it narrower",
    );
    let middle = top + 9.0;
    strip(
        canvas,
        [left, left + 18.0, left + 34.0, left + 48.0, left + 68.0],
        middle,
    );
    let top = entry(
        canvas,
        top,
        "not knowing: where the share lies as the unknown parameters vary from draw to draw (light 90 %, \
         dark 50 % of draws, tick the median); more runs do not make it narrower",
    );
    if summary.benchmarks.is_empty() {
        return top;
    }
    let middle = top + 9.0;
    rate(canvas, (left + 12.0, left + 34.0, left + 56.0), middle);
    entry(
        canvas,
        top,
        "base rate: share in a class of past cases, with its 95 % interval; the circle is what these runs give",
    )
}

fn whisker(canvas: &mut Canvas, (low, high): (f64, f64), y: f64) {
    canvas.line(&[(low, y), (high, y)], 1.8, INK);
    for end in [low, high] {
        canvas.line(&[(end, y - 5.0), (end, y + 5.0)], 1.8, INK);
    }
}

/// The five quantiles of a band as a strip.
fn strip(canvas: &mut Canvas, [q05, q25, q50, q75, q95]: [f64; 5], y: f64) {
    canvas.rect((q05, y - 4.5), (q95, y + 4.5), IGNORANCE.at(0.25));
    canvas.rect((q25, y - 4.5), (q75, y + 4.5), IGNORANCE.at(0.6));
    canvas.line(&[(q50, y - 6.0), (q50, y + 6.0)], 2.4, IGNORANCE);
}

fn rate(canvas: &mut Canvas, (low, middle, high): (f64, f64, f64), y: f64) {
    canvas.line(&[(low, y), (high, y)], 1.8, MUTED);
    canvas.shape(Shape::Diamond, (middle, y), 7.0, INK);
}

fn bar(canvas: &mut Canvas, panel: &Panel, top: f64, outcome: &OutcomeShare, colour: Colour) {
    canvas.line(&[(MARGIN, top), (WIDTH - MARGIN, top)], 1.0, GRID);
    let look = Look::body();
    let lines = super::font::wrap(&outcome.name, look.size, false, NAMES - MARGIN, 2);
    let height = lines.len() as f64 * look.leading();
    canvas.paragraph(
        (MARGIN, top + (ROW - height) / 2.0 - 2.0),
        &outcome.name,
        look,
        NAMES - MARGIN,
        2,
    );
    let (upper, lower) = (top + 9.0, top + 31.0);
    let middle = f64::midpoint(upper, lower);
    let end = panel.x(outcome.share);
    canvas.rect((panel.left, upper), (end, lower), colour);
    let Interval { low, high } = outcome.chance;
    let (low, high) = (panel.x(low), panel.x(high));
    // A halo keeps the whisker visible on dark bars.
    canvas.line(&[(low, middle), (high, middle)], 4.6, PAPER.at(0.75));
    for end in [low, high] {
        canvas.line(
            &[(end, middle - 6.4), (end, middle + 6.4)],
            4.6,
            PAPER.at(0.75),
        );
    }
    whisker(canvas, (low, high), middle);
    let look = Look::body().bold();
    let at = (end.max(high) + 9.0, middle + 0.36 * look.size);
    canvas.words(at, &phrase::percent(outcome.share), look);
    let band = &outcome.band;
    if band.n > 0 {
        let places = [band.q05, band.q25, band.q50, band.q75, band.q95].map(|value| panel.x(value));
        strip(canvas, places, top + 43.0);
    }
    let chance = phrase::percent_range(outcome.chance.low, outcome.chance.high);
    let look = Look::small();
    canvas.words(
        (RANGES, middle + 0.36 * look.size),
        &format!("chance {chance}"),
        look,
    );
    let words = format!("not knowing {}", ignorance_words(band));
    canvas.words(
        (RANGES, top + 43.0 + 0.36 * look.size),
        &words,
        look.colour(IGNORANCE),
    );
}

/// Sum of the shares that a base rate is comparable with.
fn comparable(summary: &Summary, mark: &BenchmarkMark) -> f64 {
    mark.outcomes
        .iter()
        .filter_map(|index| summary.outcomes.get(*index))
        .map(|outcome| outcome.share)
        .sum()
}

/// The base rates below the bars, on the same scale; returns the height below.
fn benchmarks(canvas: &mut Canvas, bars: &Panel, summary: &Summary) -> f64 {
    let mut top = bars.bottom() + 40.0;
    if summary.benchmarks.is_empty() {
        return top - 10.0;
    }
    let heading = "Base rates of past cases, beside the same outcomes in these runs";
    top = canvas.paragraph(
        (MARGIN, top),
        heading,
        Look::heading(),
        WIDTH - 2.0 * MARGIN,
        1,
    ) + 4.0;
    for mark in &summary.benchmarks {
        canvas.line(&[(MARGIN, top), (WIDTH - MARGIN, top)], 1.0, GRID);
        let names: Vec<&str> = mark
            .outcomes
            .iter()
            .filter_map(|index| summary.outcomes.get(*index))
            .map(|outcome| outcome.name.as_str())
            .collect();
        let room = NAMES - MARGIN;
        let label = format!("{} (n = {})", mark.label, phrase::count(mark.n));
        let below = canvas.paragraph((MARGIN, top + 6.0), &label, Look::body(), room, 4);
        let below = canvas.paragraph(
            (MARGIN, below),
            &format!(
                "here: {}",
                if names.is_empty() {
                    "no such outcome".to_owned()
                } else {
                    phrase::list(&names)
                }
            ),
            Look::small(),
            room,
            3,
        );
        let bottom = below.max(top + 52.0) + 6.0;
        let middle = f64::midpoint(top, bottom);
        for tick in share_ticks(bars.across.1) {
            let x = bars.x(tick);
            canvas.line(&[(x, top), (x, bottom)], 1.0, GRID);
        }
        let class = (
            bars.x(mark.interval.low),
            bars.x(mark.share),
            bars.x(mark.interval.high),
        );
        rate(canvas, class, middle - 9.0);
        let here = comparable(summary, mark);
        let at = (bars.x(here), middle + 11.0);
        canvas.disc(at, 7.0, INK);
        canvas.disc(at, 4.6, PAPER);
        let look = Look::small();
        let words = format!(
            "class {} ({})",
            phrase::percent(mark.share),
            phrase::percent_range(mark.interval.low, mark.interval.high)
        );
        canvas.words((RANGES, middle - 9.0 + 0.36 * look.size), &words, look);
        let words = format!("here {}", phrase::percent(here));
        canvas.words(
            (RANGES, middle + 11.0 + 0.36 * look.size),
            &words,
            look.colour(INK),
        );
        top = bottom;
    }
    top
}
