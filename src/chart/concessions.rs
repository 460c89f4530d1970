//! How far each party comes down: what it asked for, the best it was offered, and what it has
//! without an agreement, all on its own scale.

use super::Figure;
use super::canvas::{Canvas, Point};
use super::panel::{Calendar, Grid, Panel, Series, hundred, last_band, panel_heading};
use super::phrase;
use super::theme::{Colour, INK, MUTED, WIDTH, party_colours};
use crate::ensemble::summary::{Band, PartySummary, Summary};

const OFFERED: Colour = Colour(70, 70, 70);

/// One panel a party; none without rounds or parties.
pub(super) fn figure(summary: &Summary) -> Option<Figure> {
    let calendar = Calendar::new(&summary.rounds)?;
    if summary.parties.is_empty() {
        return None;
    }
    let title = title(&summary.parties);
    let (mut canvas, top) = Canvas::titled(
        &title,
        "Utility on each party's own scale (0 its worst, 100 all it wants) by round: what it asked for \
         (coloured), the best it was offered (grey, squares) and what it has without agreement (dashed). \
         Line or mark: median; bands: 50 % and 90 % of the runs in which it sat at that round; \
         no mark: it did not sit. Each meeting has its own agenda, so lines jump from one to the next.",
    );
    let grid = Grid::new(summary.parties.len(), top, 300.0);
    let colours = party_colours(&summary.parties);
    for (index, party) in summary.parties.iter().enumerate() {
        let (left, top) = grid.corner(index);
        let panel = Panel {
            left: left + 34.0,
            top: top + 34.0,
            width: grid.cell.0 - 34.0 - 104.0,
            height: grid.cell.1 - 34.0 - 54.0,
            across: calendar.range(),
            up: (0.0, 1.0),
        };
        panel_heading(
            &mut canvas,
            (left, top + 18.0),
            &party.name,
            grid.cell.0 - 20.0,
            colours[index],
        );
        party_panel(&mut canvas, &panel, &calendar, party, colours[index]);
    }
    let bottom = grid.bottom(summary.parties.len());
    let canvas = canvas.finish(bottom - 12.0, &phrase::footer(summary));
    Some(Figure {
        name: "3-concessions".to_owned(),
        description: description(&summary.parties),
        title,
        draw: canvas,
    })
}

/// What a party still asks beyond the best it is offered, at the last round that has both.
fn gap(party: &PartySummary) -> Option<f64> {
    party
        .asked
        .iter()
        .zip(&party.offered)
        .rev()
        .find(|(asked, offered)| asked.n > 0 && offered.n > 0)
        .map(|(asked, offered)| asked.q50 - offered.q50)
}

fn title(parties: &[PartySummary]) -> String {
    let mut gaps: Vec<(f64, String)> = parties
        .iter()
        .filter_map(|party| Some((gap(party)?, phrase::short(&party.name))))
        .collect();
    gaps.sort_by(|a, b| a.0.total_cmp(&b.0));
    let points = |gap: f64| {
        let rounded = (gap * 100.0).round();
        if rounded <= 0.0 {
            "is offered all it asks".to_owned()
        } else {
            let points = if rounded > 1.0 { "points" } else { "point" };
            format!("asks {rounded:.0} {points} more than it is offered")
        }
    };
    match &gaps[..] {
        [] => "How far does each party come down?".to_owned(),
        [(only, name)] => format!("{name} {} in the end", points(*only)),
        [(least, _), .., (most, _)] if points(*least) == points(*most) => {
            format!("In the end every party {}", points(*most))
        }
        [(least, near), .., (most, far)] => format!(
            "In the end {far} {}; {near} {}",
            points(*most),
            points(*least)
                .trim_end_matches(" more than it is offered")
                .trim_end_matches(" points")
                .trim_end_matches(" point")
        ),
    }
}

fn description(parties: &[PartySummary]) -> String {
    let ends: Vec<String> = parties
        .iter()
        .map(|party| {
            let word = |bands: &[Band]| {
                last_band(bands).map_or_else(
                    || "nothing".to_owned(),
                    |band| format!("{:.0}", band.q50 * 100.0),
                )
            };
            format!(
                "{} last asks {}, is offered {}, has {} without agreement",
                party.name,
                word(&party.asked),
                word(&party.offered),
                word(&party.disagreement)
            )
        })
        .collect();
    format!(
        "Small panels, one a party: medians over runs, by date. {}.",
        ends.join("; ")
    )
}

fn party_panel(
    canvas: &mut Canvas,
    panel: &Panel,
    calendar: &Calendar,
    party: &PartySummary,
    colour: Colour,
) {
    panel.ticks_up(canvas, &hundred());
    panel.date_ticks(canvas, calendar, calendar.last());
    let days = &calendar.days;
    let offered = Series {
        colour: OFFERED,
        square: true,
    };
    panel.bands(canvas, days, &party.offered, offered);
    let asked = Series {
        colour,
        square: false,
    };
    panel.bands(canvas, days, &party.asked, asked);
    no_agreement(canvas, panel, days, &party.disagreement);
    let mut labels = Vec::new();
    let mut label = |bands: &[Band], words: &str, colour: Colour| {
        if let Some(band) = last_band(bands) {
            let text = format!("{words} {:.0}", band.q50 * 100.0);
            labels.push((band.q50, text, colour));
        }
    };
    label(&party.asked, "asks", colour);
    label(&party.offered, "is offered", OFFERED);
    label(&party.disagreement, "no deal", INK);
    if labels.is_empty() {
        panel.note(canvas, "no runs");
    } else if last_band(&party.asked).is_none() {
        // Not at the table, or at one where a mediator holds the pen.
        panel.note(canvas, "makes no proposals");
    }
    panel.end_labels(canvas, &labels);
}

fn no_agreement(canvas: &mut Canvas, panel: &Panel, days: &[f64], bands: &[Band]) {
    let values: Vec<(f64, Band)> = days.iter().copied().zip(bands.iter().copied()).collect();
    for span in values.split(|(_, band)| band.n == 0) {
        let mut points: Vec<Point> = span
            .iter()
            .map(|(day, band)| panel.at(*day, band.q50))
            .collect();
        if let [(x, y)] = points[..] {
            points = vec![(x - 7.0, y), ((x + 7.0).min(WIDTH), y)];
        }
        canvas.dashes(&points, 1.7, INK, (6.0, 4.0));
    }
    canvas.line(
        &[(panel.left, panel.top), (panel.left, panel.bottom())],
        1.2,
        MUTED,
    );
}
