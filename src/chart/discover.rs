//! Where an outcome is likely: what a region trades, and what it asks for.

use super::Figure;
use super::canvas::{Anchor, Canvas, Look, Shape};
use super::panel::Panel;
use super::phrase;
use super::theme::{Colour, GRID, GROUND, IGNORANCE, INK, MARGIN, MUTED, PAPER, SHARE, WIDTH};
use crate::ensemble::discover::{
    Bound, Discovery, Factor, FactorKind, Measure, Region, Restriction, number,
};

/// Two figures a region: the trade-off, and the box if it has limits.
pub fn figures(discovery: &Discovery) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (index, region) in discovery.regions.iter().enumerate() {
        figures.push(trade_off(discovery, region, index));
        if !region.restrictions.is_empty() {
            figures.push(limits(discovery, region, index));
        }
    }
    figures
}

/// What the runs are, below every figure.
fn footer(discovery: &Discovery) -> String {
    format!(
        "n = {} runs ({} draws × {}), seed {}  |  {}  |  given these assumptions, not a forecast",
        phrase::count(u64::from(discovery.draws) * u64::from(discovery.replicates)),
        phrase::count(u64::from(discovery.draws)),
        discovery.replicates,
        discovery.seed,
        discovery.scenario.id,
    )
}

/// How much denser does the box get, and how many runs with the outcome does it lose?
fn trade_off(discovery: &Discovery, region: &Region, index: usize) -> Figure {
    let chosen = &region.steps[region.chosen];
    let outcome = phrase::short(&discovery.name);
    let title = if region.found {
        format!(
            "{outcome}: {} in region {}, against {} where it was looked for",
            phrase::of_runs(region.held_out.density),
            index + 1,
            phrase::of_hundred(region.searched.density),
        )
    } else {
        format!("{outcome}: no region found that stands up on other runs")
    };
    let subtitle = "Each mark is a box, each step to the left asks for more. Full: the runs that the box was \
        searched for on. Hollow: the same boxes on runs that the search had not seen. Where the two part, the \
        search has begun to fit noise. Coverage: share of all runs with the outcome that lie in the box; \
        density: share of the runs in the box that end so.";
    let (mut canvas, top) = Canvas::titled(&title, subtitle);
    let most = (region.steps.iter())
        .flat_map(|step| [step.in_sample.density, step.held_out.density])
        .chain([region.held_out.high, discovery.everywhere.density])
        .fold(0.05, f64::max);
    let step = [0.02, 0.05, 0.1, 0.2]
        .into_iter()
        .find(|step| most / step <= 7.0)
        .unwrap_or(0.2);
    let highest = ((most / step).ceil() * step).min(1.0);
    let panel = Panel {
        left: MARGIN + 62.0,
        top: top + 22.0,
        width: WIDTH - 2.0 * MARGIN - 62.0 - 30.0,
        height: 430.0,
        across: (0.0, 1.0),
        up: (0.0, highest),
    };
    let ticks = |step: f64, end: f64| -> Vec<(f64, String)> {
        let count = (end / step).round() as usize;
        (0..=count)
            .map(|tick| (tick as f64 * step, phrase::percent(tick as f64 * step)))
            .collect()
    };
    panel.ticks_up(&mut canvas, &ticks(step, highest));
    panel.ticks_across(&mut canvas, &ticks(0.1, 1.0));
    let heading = Look::small().bold().colour(INK);
    canvas.words((MARGIN, panel.top - 10.0), "Density", heading);
    let at = (panel.right(), panel.bottom() + 38.0);
    canvas.words(at, "Coverage", heading.anchor(Anchor::End));
    everywhere(&mut canvas, &panel, discovery);
    curves(&mut canvas, &panel, region);
    let canvas = canvas.finish(panel.bottom() + 46.0, &footer(discovery));
    let description = format!(
        "A line from the whole of the runs, coverage 100 % and density {}, through {} boxes. The box \
         taken covers {} at a density of {}, on other runs {} at {}.",
        phrase::percent(region.steps[0].in_sample.density),
        region.steps.len() - 1,
        phrase::percent(chosen.in_sample.coverage),
        phrase::percent(chosen.in_sample.density),
        phrase::percent(chosen.held_out.coverage),
        phrase::percent(chosen.held_out.density),
    );
    Figure {
        name: format!("{}-tradeoff", index + 1),
        title,
        description,
        draw: canvas,
    }
}

/// Every box on the runs searched and on others, the one taken ringed, and the region itself.
fn curves(canvas: &mut Canvas, panel: &Panel, region: &Region) {
    let chosen = &region.steps[region.chosen];
    let place = |measure: &Measure| panel.at(measure.coverage, measure.density);
    let own: Vec<_> = region
        .steps
        .iter()
        .map(|step| place(&step.in_sample))
        .collect();
    let other: Vec<_> = region
        .steps
        .iter()
        .map(|step| place(&step.held_out))
        .collect();
    canvas.dashes(&other, 1.6, MUTED, (6.0, 4.0));
    canvas.line(&own, 2.0, SHARE);
    for &at in &other {
        canvas.disc(at, 4.2, MUTED);
        canvas.disc(at, 2.8, PAPER);
    }
    for &at in &own {
        canvas.disc(at, 4.2, SHARE);
    }
    let bounds = (panel.left, panel.top, panel.right(), panel.bottom());
    for (at, colour) in [
        (place(&chosen.in_sample), SHARE),
        (place(&chosen.held_out), MUTED),
    ] {
        canvas.disc(at, 8.0, INK);
        canvas.disc(at, 6.0, PAPER);
        canvas.disc(at, 4.2, colour);
    }
    if region.found {
        final_box(canvas, panel, &region.held_out, place(&chosen.in_sample).0);
    }
    let words = format!(
        "step {}: {}",
        chosen.step,
        if region.by_hand { "as asked" } else { "taken" }
    );
    let (x, y) = place(&chosen.in_sample);
    let places = [
        ((x + 12.0, y - 8.0), Anchor::Start),
        ((x - 12.0, y - 10.0), Anchor::End),
        ((x + 12.0, y + 20.0), Anchor::Start),
        ((x, y - 24.0), Anchor::Middle),
    ];
    canvas.words_where_free(&places, &words, Look::body().bold(), bounds);
}

/// A line at the share over all runs.
fn everywhere(canvas: &mut Canvas, panel: &Panel, discovery: &Discovery) {
    let share = discovery.everywhere.density;
    let y = panel.y(share);
    canvas.dashes(&[(panel.left, y), (panel.right(), y)], 1.2, INK, (2.0, 4.0));
    let words = format!("everywhere {}", phrase::percent(share));
    let at = (panel.left + 8.0, y - 6.0);
    canvas.words(at, &words, Look::small().colour(INK));
}

/// The kept limits on the runs that only measure, with the interval of their density; words on the
/// side away from the curves, which are at `curve`.
fn final_box(canvas: &mut Canvas, panel: &Panel, measure: &Measure, curve: f64) {
    let (x, y) = panel.at(measure.coverage, measure.density);
    let (low, high) = (panel.y(measure.low), panel.y(measure.high));
    canvas.line(&[(x, low), (x, high)], 1.8, INK);
    for end in [low, high] {
        canvas.line(&[(x - 5.0, end), (x + 5.0, end)], 1.8, INK);
    }
    canvas.shape(Shape::Diamond, (x, y), 8.0, INK);
    let words = format!(
        "region, untouched runs: {} ({})",
        phrase::percent(measure.density),
        phrase::percent_range(measure.low, measure.high),
    );
    let bounds = (panel.left, panel.top, panel.right(), panel.bottom());
    let beside = if x < curve {
        ((x - 14.0, y + 5.0), Anchor::End)
    } else {
        ((x + 14.0, y + 5.0), Anchor::Start)
    };
    let places = [
        beside,
        ((x + 12.0, high - 4.0), Anchor::Start),
        ((x - 12.0, low + 16.0), Anchor::End),
        ((x + 12.0, low + 18.0), Anchor::Start),
        ((x - 12.0, high - 6.0), Anchor::End),
    ];
    canvas.words_where_free(&places, &words, Look::body().bold(), bounds);
}

const NAME_ROOM: f64 = 400.0;
const BAR: (f64, f64) = (MARGIN + NAME_ROOM + 20.0, WIDTH - MARGIN - 190.0);
const ROW: f64 = 62.0;

/// Which part of each range does the region ask for?
fn limits(discovery: &Discovery, region: &Region, index: usize) -> Figure {
    let kept = region.restrictions.iter().filter(|one| one.kept).count();
    let title = if region.found {
        format!(
            "{} is likely where {} {}",
            phrase::short(&discovery.name),
            kept,
            if kept == 1 {
                "limit holds"
            } else {
                "limits hold together"
            },
        )
    } else {
        format!(
            "{}: no limit that can be relied on",
            phrase::short(&discovery.name)
        )
    };
    let subtitle = "Each bar is what the file allows; the coloured part is what the region asks for. Hatched \
        limits were in the box that was found, but other runs do not bear them out: they were left out. \
        Right: how many of ten half-samples of the draws found the limit again.";
    let (mut canvas, top) = Canvas::titled(&title, subtitle);
    let mut rows: Vec<(usize, Vec<&Restriction>)> = Vec::new();
    for one in &region.restrictions {
        match rows.iter_mut().find(|(factor, _)| *factor == one.factor) {
            Some((_, own)) => own.push(one),
            None => rows.push((one.factor, vec![one])),
        }
    }
    // What stands up first, in the order of the file.
    rows.sort_by_key(|(_, own)| !own.iter().any(|one| one.kept));
    let mut top = top;
    for (factor, own) in &rows {
        row(&mut canvas, &discovery.factors[*factor], own, top);
        top += ROW;
    }
    let canvas = canvas.finish(top, &footer(discovery));
    let lines: Vec<String> = (region.restrictions.iter())
        .map(|one| {
            let left = if one.kept { "" } else { " (left out)" };
            format!("{}{left}", discovery.words(one))
        })
        .collect();
    Figure {
        name: format!("{}-box", index + 1),
        title,
        description: format!("Bars of ranges. {}.", lines.join("; ")),
        draw: canvas,
    }
}

/// One factor: its name, its range, the part asked for, how often it was found again.
fn row(canvas: &mut Canvas, factor: &Factor, own: &[&Restriction], top: f64) {
    canvas.line(&[(MARGIN, top), (WIDTH - MARGIN, top)], 1.0, GRID);
    let kept = own.iter().any(|one| one.kept);
    let look = Look::small().colour(if kept { INK } else { MUTED });
    let look = if kept { look.bold() } else { look };
    let lines = match &factor.kind {
        FactorKind::Number { .. } => broken(&factor.id, look),
        FactorKind::Type { party, .. } => vec![format!("True type of {party}")],
    };
    for (line, text) in lines.iter().take(2).enumerate() {
        let y = top + 24.0 + line as f64 * look.leading();
        canvas.words((MARGIN, y), text, look);
    }
    let (upper, lower) = (top + 20.0, top + 36.0);
    match &factor.kind {
        FactorKind::Number { low, high } => {
            let highest = if high.is_finite() { *high } else { far(own) };
            numbers(canvas, own, (*low, highest), (upper, lower));
        }
        FactorKind::Type { types, .. } => chips(canvas, own, types, (upper, lower)),
    }
    let least = own.iter().map(|one| one.found_again).fold(1.0, f64::min);
    let words = format!(
        "found again {:.0} of 10{}",
        least * 10.0,
        if kept { "" } else { ", left out" }
    );
    canvas.words((BAR.1 + 22.0, lower - 3.0), &words, Look::small());
}

/// Where a range without an upper end is cut.
fn far(own: &[&Restriction]) -> f64 {
    let ends = own.iter().map(|one| match one.limit {
        Bound::AtLeast(end) | Bound::AtMost(end) => end,
        Bound::OneOf(_) => 0.0,
    });
    2.0 * ends.fold(1e-9, f64::max)
}

/// A path in lines that fit, broken at its dots.
fn broken(path: &str, look: Look) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in path.split_inclusive('.') {
        match lines.last_mut() {
            Some(line) if look.width(&format!("{line}{part}")) <= NAME_ROOM => line.push_str(part),
            _ => lines.push(part.to_owned()),
        }
    }
    lines
}

fn numbers(
    canvas: &mut Canvas,
    own: &[&Restriction],
    (low, high): (f64, f64),
    (upper, lower): (f64, f64),
) {
    let scale = Panel {
        left: BAR.0,
        top: upper,
        width: BAR.1 - BAR.0,
        height: lower - upper,
        across: (low, high),
        up: (0.0, 1.0),
    };
    canvas.rect((BAR.0, upper), (BAR.1, lower), GROUND);
    let (mut from, mut to) = (low, high);
    for one in own {
        match one.limit {
            Bound::AtLeast(end) => from = end,
            Bound::AtMost(end) => to = end,
            Bound::OneOf(_) => {}
        }
    }
    let kept = own.iter().any(|one| one.kept);
    part(canvas, (scale.x(from), upper), (scale.x(to), lower), kept);
    let look = Look::small();
    let below = lower + look.size + 3.0;
    canvas.words((BAR.0, below), &number(low), look);
    canvas.words((BAR.1, below), &number(high), look.anchor(Anchor::End));
    for one in own {
        let end = match one.limit {
            Bound::AtLeast(end) | Bound::AtMost(end) => end,
            Bound::OneOf(_) => continue,
        };
        let x = scale.x(end);
        canvas.line(
            &[(x, upper - 4.0), (x, lower + 3.0)],
            1.8,
            if one.kept { INK } else { MUTED },
        );
        let anchor = match one.limit {
            Bound::AtLeast(_) if x < BAR.1 - 60.0 => Anchor::Start,
            Bound::AtMost(_) if x > BAR.0 + 60.0 => Anchor::End,
            Bound::AtLeast(_) | Bound::OneOf(_) => Anchor::End,
            Bound::AtMost(_) => Anchor::Start,
        };
        let words = if one.kept {
            number(end)
        } else {
            format!("({})", number(end))
        };
        let look = if one.kept {
            look.bold().colour(INK)
        } else {
            look
        };
        canvas.words((x, upper - 6.0), &words, look.anchor(anchor));
    }
}

/// Full where the limits are relied on, hatched where not.
fn part(canvas: &mut Canvas, from: (f64, f64), to: (f64, f64), kept: bool) {
    if kept {
        canvas.rect(from, to, SHARE);
        return;
    }
    canvas.rect(from, to, IGNORANCE.at(0.12));
    let height = to.1 - from.1;
    let mut x = from.0;
    while x + height <= to.0 {
        canvas.line(&[(x, to.1), (x + height, from.1)], 1.0, IGNORANCE.at(0.6));
        x += 9.0;
    }
}

fn chips(canvas: &mut Canvas, own: &[&Restriction], types: &[String], (upper, lower): (f64, f64)) {
    let gap = 6.0;
    let width = (BAR.1 - BAR.0 - gap * (types.len() - 1) as f64) / types.len() as f64;
    for (index, name) in types.iter().enumerate() {
        let asked = own
            .iter()
            .any(|one| matches!(&one.limit, Bound::OneOf(kept) if kept.contains(&index)));
        let kept = own.iter().any(|one| one.kept);
        let left = BAR.0 + index as f64 * (width + gap);
        let (from, to) = ((left, upper - 4.0), (left + width, lower + 4.0));
        let (ground, look): (Colour, Look) = if asked && kept {
            (SHARE, Look::small().bold().colour(SHARE.words_on()))
        } else {
            (GROUND, Look::small())
        };
        canvas.rect(from, to, ground);
        if asked && !kept {
            part(canvas, from, to, false);
        }
        let text = super::font::fit(phrase::head(name), look.size, true, width - 8.0);
        let at = (left + width / 2.0, lower - 3.0);
        canvas.words(at, &text, look.anchor(Anchor::Middle));
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::canvas::{Mark, meet};
    use super::*;
    use crate::ensemble::discover::StepRow;
    use crate::ensemble::summary::ScenarioInfo;

    fn measure(coverage: f64, density: f64) -> Measure {
        Measure {
            runs: 500,
            hits: (500.0 * density) as usize,
            density,
            low: density * 0.9,
            high: (density * 1.1).min(1.0),
            coverage,
            mass: 0.1,
        }
    }

    fn restriction(factor: usize, limit: Bound, kept: bool) -> Restriction {
        Restriction {
            factor,
            limit,
            quasi_p: 0.01,
            held_out_p: 0.02,
            found_again: 0.9,
            kept,
        }
    }

    /// A region of five limits, long paths and many types among them.
    fn discovery(found: bool) -> Discovery {
        let number = |id: &str, low, high| Factor {
            id: id.to_owned(),
            kind: FactorKind::Number { low, high },
        };
        let steps = (0..30).map(|step| {
            let part = f64::from(step) / 30.0;
            StepRow {
                step: step as usize,
                restricted: step as usize / 4,
                in_sample: measure(1.0 - 0.7 * part, 0.1 + 0.8 * part),
                held_out: measure(1.0 - 0.8 * part, 0.1 + 0.5 * part),
            }
        });
        Discovery {
            scenario: ScenarioInfo {
                id: "quarrel".to_owned(),
                title: "A quarrel over water".to_owned(),
                summary: String::new(),
                cutoff: date(2020, 1, 1),
            },
            outcome: "strike".to_owned(),
            name: "Strike: aircraft over the site".to_owned(),
            seed: 1,
            draws: 20_000,
            replicates: 1,
            everywhere: measure(1.0, 0.1),
            parts: [10_000, 5_000, 5_000],
            factors: vec![
                number("force.strike.advantage", 0.2, 0.8),
                number(
                    "parties.upland.types.a-very-long-name.preferences.inspection.weight",
                    0.0,
                    1.0,
                ),
                number("talks.on_walkout.tension", 0.5, f64::INFINITY),
                Factor {
                    id: "parties.lowland.type".to_owned(),
                    kind: FactorKind::Type {
                        party: "Lowland".to_owned(),
                        types: [
                            "Patient: waits",
                            "Hawkish",
                            "Divided at home",
                            "Unsure",
                            "Late",
                        ]
                        .map(ToOwned::to_owned)
                        .to_vec(),
                        weights: vec![String::new(); 5],
                    },
                },
            ],
            regions: vec![Region {
                chosen: 12,
                by_hand: false,
                restrictions: vec![
                    restriction(0, Bound::AtLeast(0.21), true),
                    restriction(0, Bound::AtMost(0.79), true),
                    restriction(1, Bound::AtMost(0.02), false),
                    restriction(2, Bound::AtLeast(0.7), true),
                    restriction(3, Bound::OneOf(vec![1, 4]), true),
                ],
                in_sample: measure(0.7, 0.5),
                held_out: measure(0.68, 0.45),
                searched: measure(1.0, 0.1),
                found,
                steps: steps.collect(),
            }],
        }
    }

    #[test]
    fn words_stay_on_the_sheet_and_apart() {
        for found in [true, false] {
            let figures = figures(&discovery(found));
            assert_eq!(figures.len(), 2);
            for figure in &figures {
                let words: Vec<_> = figure.draw.all_words().collect();
                for (index, one) in words.iter().enumerate() {
                    let own = one.bounds();
                    let sheet = own.0 >= 0.0 && own.2 <= WIDTH && own.3 <= figure.draw.height;
                    assert!(sheet, "{}: {one:?} leaves the sheet", figure.name);
                    for other in &words[index + 1..] {
                        assert!(!meet(own, other.bounds()), "{one:?} {other:?}");
                    }
                }
            }
        }
    }

    /// Both curves, the region and its interval are drawn where their numbers are.
    #[test]
    fn the_region_stands_at_its_coverage_and_density() {
        let figure = &figures(&discovery(true))[0];
        assert!(figure.title.contains("45 of 100 runs"), "{}", figure.title);
        let diamonds = figure
            .draw
            .marks
            .iter()
            .filter(|mark| matches!(mark, Mark::Area { .. }));
        assert_eq!(diamonds.count(), 1);
        let without = &figures(&discovery(false))[0];
        assert!(
            without.title.contains("no region found"),
            "{}",
            without.title
        );
        assert!(
            without
                .draw
                .marks
                .iter()
                .all(|mark| !matches!(mark, Mark::Area { .. }))
        );
    }
}
