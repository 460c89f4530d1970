//! How long runs stay open: the Kaplan-Meier curve with its limits, and what has ended by outcome.

use super::Figure;
use super::canvas::{Anchor, Canvas, Look, Point};
use super::panel::{Calendar, Panel, hundred};
use super::phrase;
use super::theme::{INK, MARGIN, MUTED, WIDTH, outcome_colours};
use crate::ensemble::intervals::SurvivalStep;
use crate::ensemble::summary::Summary;

/// Most outcomes named beside the curves.
const NAMED: usize = 6;

/// The curve; none if no run ends before the horizon or there are no rounds.
pub(super) fn figure(summary: &Summary) -> Option<Figure> {
    let calendar = Calendar::new(&summary.rounds)?;
    let steps = &summary.survival.steps;
    let last = steps.last()?;
    if steps.iter().all(|step| step.ended == 0) {
        return None;
    }
    let first = summary.rounds[0].date;
    let days: Vec<f64> = (steps.iter())
        .map(|step| f64::from((step.date - first).get_days()))
        .collect();
    let title = title(summary, last);
    let (mut canvas, top) = Canvas::titled(
        &title,
        "Share of runs still open (black, with its 95 % limits by chance) and ended so far, by outcome, in per \
         cent. A run that reaches the horizon is known only to have lasted so long.",
    );
    let end = days.last().copied().unwrap_or(1.0).max(1.0);
    let panel = Panel {
        left: MARGIN + 44.0,
        top,
        width: WIDTH - 2.0 * MARGIN - 44.0 - 250.0,
        height: 380.0,
        across: (0.0, end),
        up: (0.0, 1.0),
    };
    let ticks: Vec<(f64, String)> = hundred()
        .into_iter()
        .map(|(value, label)| (value, label + " %"))
        .collect();
    panel.ticks_up(&mut canvas, &ticks);
    band(&mut canvas, &panel, &days, steps);
    let labels = causes(&mut canvas, &panel, &days, summary);
    let open = curve(&panel, &days, 1.0, |index| steps[index].open);
    canvas.line(&open, 2.6, INK);
    let mut labels = labels;
    labels.push((
        last.open,
        format!("still open {}", phrase::percent(last.open)),
        INK,
    ));
    panel.date_ticks(&mut canvas, &calendar, end);
    panel.end_labels(&mut canvas, &labels);
    let bottom = at_risk(&mut canvas, &panel, &days, steps);
    let canvas = canvas.finish(bottom, &phrase::footer(summary));
    let description = format!("A falling step curve over the days of the crisis. {title}.");
    Some(Figure {
        name: "9-time-to-end".to_owned(),
        title,
        description,
        draw: canvas,
    })
}

fn title(summary: &Summary, last: &SurvivalStep) -> String {
    let survival = &summary.survival;
    let dated = |day: u32| {
        let step = survival.steps.iter().find(|step| step.day == day);
        step.map(|step| phrase::full_date(step.date))
    };
    match survival.median.and_then(dated) {
        Some(date) => format!(
            "Half of the runs have ended by {date}; {} are open at the horizon",
            phrase::of_runs(last.open)
        ),
        None => format!(
            "{} are still open at the horizon, {}",
            phrase::of_runs(last.open),
            phrase::full_date(last.date)
        ),
    }
}

/// A step function from the left edge to the last day, its value before the first day given.
fn curve(panel: &Panel, days: &[f64], start: f64, value: impl Fn(usize) -> f64) -> Vec<Point> {
    let mut points = vec![panel.at(0.0, start)];
    let mut before = start;
    for (index, &day) in days.iter().enumerate() {
        points.push(panel.at(day, before));
        before = value(index);
        points.push(panel.at(day, before));
    }
    points
}

fn band(canvas: &mut Canvas, panel: &Panel, days: &[f64], steps: &[SurvivalStep]) {
    let mut outline = curve(panel, days, 1.0, |index| steps[index].chance.high);
    let mut lower = curve(panel, days, 1.0, |index| steps[index].chance.low);
    lower.reverse();
    outline.append(&mut lower);
    canvas.area(outline, INK.at(0.18));
}

/// A curve for each outcome that ends runs early, and the labels of the largest.
fn causes(
    canvas: &mut Canvas,
    panel: &Panel,
    days: &[f64],
    summary: &Summary,
) -> Vec<(f64, String, super::theme::Colour)> {
    let steps = &summary.survival.steps;
    let colours = outcome_colours(&summary.outcomes);
    let mut found: Vec<(usize, f64)> = (0..summary.outcomes.len())
        .filter_map(|index| Some((index, *steps.last()?.ended_by_outcome.get(index)?)))
        .filter(|(_, share)| *share > 0.0)
        .collect();
    found.sort_by(|a, b| b.1.total_cmp(&a.1));
    for &(index, _) in &found {
        let ended = |step: usize| steps[step].ended_by_outcome[index];
        canvas.line(
            &curve(panel, days, 0.0, ended),
            1.8,
            colours[index].for_words(),
        );
    }
    (found.iter().take(NAMED))
        .map(|&(index, share)| {
            let name = phrase::head(&summary.outcomes[index].name);
            let words = format!("{name} {}", phrase::percent(share));
            let words = super::font::fit(&words, Look::small().size, false, 230.0);
            (share, words, colours[index])
        })
        .collect()
}

/// Below the dates, how many runs are open at a few of them; returns the height below.
fn at_risk(canvas: &mut Canvas, panel: &Panel, days: &[f64], steps: &[SurvivalStep]) -> f64 {
    let look = Look::small().anchor(Anchor::Middle);
    let baseline = panel.bottom() + 62.0;
    canvas.words(
        (panel.left - 26.0, baseline),
        "open:",
        Look::small().anchor(Anchor::Middle).colour(MUTED),
    );
    for part in 0..=4 {
        let day = panel.across.1 * f64::from(part) / 4.0;
        // Those still open at the end of that day.
        let seen = days.iter().rposition(|&at| at <= day);
        let open = seen.map_or(steps[0].at_risk, |index| {
            steps[index].at_risk - steps[index].ended
        });
        let x = panel.x(day);
        canvas.line(
            &[(x, panel.bottom() + 44.0), (x, panel.bottom() + 49.0)],
            1.0,
            MUTED,
        );
        let look = if part == 0 {
            look.anchor(Anchor::Start)
        } else {
            look
        };
        canvas.words((x, baseline), &phrase::count(open), look);
    }
    baseline + 8.0
}
