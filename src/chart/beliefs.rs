//! What observers come to believe about a party, apart for each type that it may really be.

use super::Figure;
use super::canvas::{Canvas, Look, Point, Shape};
use super::panel::{Calendar, Grid, Panel, hundred, panel_heading};
use super::phrase;
use super::theme::{INK, PAPER, series_colour};
use crate::ensemble::summary::{BeliefSummary, Summary};

/// Room for the names beside the lines.
const LABELS: f64 = 168.0;

/// One figure a party with types; none without rounds.
pub(super) fn figures(summary: &Summary) -> Vec<Figure> {
    let Some(calendar) = Calendar::new(&summary.rounds) else {
        return Vec::new();
    };
    summary
        .beliefs
        .iter()
        .filter_map(|belief| figure(summary, belief, &calendar))
        .collect()
}

fn figure(summary: &Summary, belief: &BeliefSummary, calendar: &Calendar) -> Option<Figure> {
    let party = summary.parties.get(belief.party)?;
    if belief.types.is_empty() {
        return None;
    }
    let title = title(&phrase::short(&party.name), belief);
    let (mut canvas, top) = Canvas::titled(
        &title,
        &format!(
            "Mean belief of the others, in per cent, by round and by what {} really is in the run. \
             Thick line: the true type; dotted: the prior weight of each type.",
            party.name
        ),
    );
    let grid = Grid::new(belief.types.len(), top, 300.0);
    for (index, name) in phrase::heads(&belief.types).into_iter().enumerate() {
        let (left, top) = grid.corner(index);
        let panel = Panel {
            left: left + 34.0,
            top: top + 34.0,
            width: grid.cell.0 - 34.0 - LABELS,
            height: grid.cell.1 - 34.0 - 54.0,
            across: calendar.range(),
            up: (0.0, 1.0),
        };
        let runs = belief.runs.get(index).copied().unwrap_or(0);
        let counted = format!(" ({} runs)", phrase::count(runs));
        let room = grid.cell.0 - 24.0 - Look::heading().width(&counted);
        let look = Look::heading();
        let name = super::font::fit(&format!("True: {name}"), look.size, true, room);
        let at = (left, top + 18.0);
        panel_heading(&mut canvas, at, &(name + &counted), grid.cell.0 - 16.0, INK);
        type_panel(&mut canvas, &panel, calendar, belief, index);
    }
    let bottom = grid.bottom(belief.types.len());
    let canvas = canvas.finish(bottom - 12.0, &phrase::footer(summary));
    Some(Figure {
        name: format!("6-beliefs-{}", party.id),
        description: description(&party.name, belief),
        title,
        draw: canvas,
    })
}

/// The last posterior of type `believed` where `real` is true; none without such runs.
fn end(belief: &BeliefSummary, real: usize, believed: usize) -> Option<f64> {
    let seen = belief.runs.get(real).is_some_and(|runs| *runs > 0);
    let series = belief.mean.get(real)?.get(believed)?;
    series.last().copied().filter(|_| seen)
}

fn title(party: &str, belief: &BeliefSummary) -> String {
    let found: Vec<(f64, &str)> = (0..belief.types.len())
        .filter_map(|index| Some((end(belief, index, index)?, belief.types[index].as_str())))
        .collect();
    let best = found.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0));
    let least = found.iter().copied().min_by(|a, b| a.0.total_cmp(&b.0));
    match (best, least) {
        (Some(best), Some(least))
            if found.len() > 1 && phrase::percent(best.0) == phrase::percent(least.0) =>
        {
            format!(
                "In the end the others give the truth about {party} {}, whatever it is",
                phrase::percent(best.0)
            )
        }
        (Some(best), Some(least)) if best.1 != least.1 => format!(
            "In the end the others give the truth about {party} {} when it is “{}”, {} when it is “{}”",
            phrase::percent(best.0),
            phrase::short(best.1),
            phrase::percent(least.0),
            phrase::short(least.1),
        ),
        (Some(best), _) => format!(
            "In the end the others give the truth about {party} {} when it is “{}”",
            phrase::percent(best.0),
            phrase::short(best.1),
        ),
        _ => format!("What do the others believe about {party}?"),
    }
}

fn description(party: &str, belief: &BeliefSummary) -> String {
    let panels: Vec<String> = belief
        .types
        .iter()
        .enumerate()
        .map(|(real, name)| {
            let ends: Vec<String> = belief
                .types
                .iter()
                .enumerate()
                .filter_map(|(believed, type_name)| {
                    let share = phrase::percent(end(belief, real, believed)?);
                    Some(format!("{type_name} {share}"))
                })
                .collect();
            format!("if {name}: {}", ends.join(", "))
        })
        .collect();
    format!(
        "Small panels, one a true type of {party}; mean posterior at the end: {}.",
        panels.join("; ")
    )
}

fn type_panel(
    canvas: &mut Canvas,
    panel: &Panel,
    calendar: &Calendar,
    belief: &BeliefSummary,
    real: usize,
) {
    panel.ticks_up(canvas, &hundred());
    panel.date_ticks(canvas, calendar, calendar.last());
    for (believed, weight) in belief.prior.iter().enumerate() {
        let ends = [
            panel.at(panel.across.0, *weight),
            panel.at(panel.across.1, *weight),
        ];
        canvas.dashes(&ends, 1.6, series_colour(believed), (1.8, 4.0));
    }
    let names = phrase::heads(&belief.types);
    let mut labels = Vec::new();
    let room = LABELS - 34.0;
    // The true type is drawn last, on top.
    let order = (0..belief.types.len())
        .filter(|believed| *believed != real)
        .chain([real]);
    for believed in order {
        let Some(last) = end(belief, real, believed) else {
            continue;
        };
        let colour = series_colour(believed);
        let series = &belief.mean[real][believed];
        let points: Vec<Point> = calendar
            .days
            .iter()
            .zip(series)
            .map(|(day, share)| panel.at(*day, *share))
            .collect();
        let (width, radius) = if believed == real {
            (3.6, 5.4)
        } else {
            (1.6, 4.0)
        };
        canvas.line(&points, width, colour);
        // A few shapes along the line tell types apart without colour.
        let every = points.len().div_ceil(6).max(1);
        for at in points.iter().rev().step_by(every) {
            canvas.shape(Shape::nth(believed), *at, radius + 1.4, PAPER);
            canvas.shape(Shape::nth(believed), *at, radius, colour);
        }
        let share = phrase::percent(last);
        let look = Look::small();
        let name_room = room - look.width(&share) - 4.0;
        let name = super::font::fit(names[believed], look.size, false, name_room);
        labels.push((last, format!("{name} {share}"), colour));
    }
    if labels.is_empty() {
        panel.note(canvas, "no run of this type");
    }
    panel.end_labels(canvas, &labels);
}
