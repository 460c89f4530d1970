//! Tension and the parties' postures by date, with a few whole runs behind the quantiles.

use super::Figure;
use super::canvas::{Canvas, Point};
use super::panel::{Calendar, Grid, Panel, Series, last_band, panel_heading};
use super::phrase;
use super::theme::{Colour, INK, MUTED, party_colours};
use crate::ensemble::summary::{Summary, VariableSummary};

/// Colour of what belongs to no party.
const COMMON: Colour = Colour(98, 62, 120);

/// One panel a variable; none without rounds or variables.
pub(super) fn figure(summary: &Summary) -> Option<Figure> {
    let calendar = Calendar::new(&summary.rounds)?;
    let moving = summary.variables.iter().find(|variable| moves(variable));
    let title = match (moving, summary.variables.first()?) {
        (Some(moving), _) => title(moving),
        (None, first) => format!(
            "{} never moves, nor does any party's posture",
            phrase::sentence(&phrase::short(&first.name))
        ),
    };
    let (mut canvas, top) = Canvas::titled(
        &title,
        "Each variable from 0 (none) to 1 (full), by round. Thick line: median; bands: 50 % and 90 % of \
         runs; thin lines: single runs. A run that has ended keeps its last value.",
    );
    let variables: Vec<&VariableSummary> = (summary.variables.iter().enumerate())
        .filter(|(index, variable)| *index == 0 || !is_unused(variable))
        .map(|(_, variable)| variable)
        .collect();
    let grid = Grid::new(variables.len(), top, 280.0);
    let colours = party_colours(&summary.parties);
    for (index, variable) in variables.iter().enumerate() {
        let (left, top) = grid.corner(index);
        let panel = Panel {
            left: left + 34.0,
            top: top + 34.0,
            width: grid.cell.0 - 34.0 - 60.0,
            height: grid.cell.1 - 34.0 - 54.0,
            across: calendar.range(),
            up: (0.0, 1.0),
        };
        let colour = variable
            .party
            .and_then(|party| colours.get(party))
            .copied()
            .unwrap_or(COMMON);
        let at = (left, top + 18.0);
        let name = phrase::sentence(phrase::head(&variable.name));
        panel_heading(&mut canvas, at, &name, grid.cell.0 - 20.0, colour);
        variable_panel(&mut canvas, &panel, &calendar, variable, colour);
    }
    let bottom = grid.bottom(variables.len());
    let canvas = canvas.finish(bottom - 12.0, &phrase::footer(summary));
    Some(Figure {
        name: "7-tension".to_owned(),
        description: description(&variables),
        title,
        draw: canvas,
    })
}

/// Whether it is not the same in all runs at all times.
fn moves(variable: &VariableSummary) -> bool {
    let bands = || variable.bands.iter().filter(|band| band.n > 0);
    let low = bands().map(|band| band.q05).fold(f64::INFINITY, f64::min);
    let high = bands()
        .map(|band| band.q95)
        .fold(f64::NEG_INFINITY, f64::max);
    high - low > 0.005 || low > high
}

fn title(variable: &VariableSummary) -> String {
    let name = phrase::sentence(&phrase::short(&variable.name));
    let first = variable.bands.iter().find(|band| band.n > 0);
    match (first, last_band(&variable.bands)) {
        (Some(first), Some(last)) => {
            let verb = if last.q50 > first.q50 + 0.005 {
                "rises"
            } else if last.q50 < first.q50 - 0.005 {
                "falls"
            } else {
                return format!(
                    "{name} ends where it began, at {:.2} in the median run; 90 % of runs end between {:.2} and {:.2}",
                    last.q50, last.q05, last.q95
                );
            };
            format!(
                "{name} {verb} from {:.2} to {:.2} in the median run; 90 % of runs end between {:.2} and {:.2}",
                first.q50, last.q50, last.q05, last.q95
            )
        }
        _ => format!("How does {} develop?", variable.name),
    }
}

/// Whether nothing ever sets the variable: a file that uses no postures needs no panels of them.
fn is_unused(variable: &VariableSummary) -> bool {
    let mut ran = variable.bands.iter().filter(|band| band.n > 0).peekable();
    let samples = variable.samples.iter().flatten();
    ran.peek().is_some() && ran.all(|band| band.q95 <= 0.0) && samples.copied().all(|v| v <= 0.0)
}

fn description(variables: &[&VariableSummary]) -> String {
    let ends: Vec<String> = variables
        .iter()
        .filter_map(|variable| {
            let last = last_band(&variable.bands)?;
            Some(format!("{} ends at {:.2}", variable.name, last.q50))
        })
        .collect();
    format!(
        "Small panels, one a variable, by date; medians: {}.",
        ends.join("; ")
    )
}

fn variable_panel(
    canvas: &mut Canvas,
    panel: &Panel,
    calendar: &Calendar,
    variable: &VariableSummary,
    colour: Colour,
) {
    let ticks: Vec<(f64, String)> = [0.0, 0.5, 1.0]
        .into_iter()
        .map(|value| (value, format!("{value}")))
        .collect();
    panel.ticks_up(canvas, &ticks);
    panel.date_ticks(canvas, calendar, calendar.last());
    let series = Series {
        colour,
        square: false,
    };
    for sample in &variable.samples {
        let points: Vec<Point> = calendar
            .days
            .iter()
            .zip(sample)
            .map(|(day, value)| panel.at(*day, *value))
            .collect();
        canvas.line(&points, 0.8, colour.towards(INK, 0.3).at(0.45));
    }
    panel.bands(canvas, &calendar.days, &variable.bands, series);
    canvas.line(
        &[(panel.left, panel.top), (panel.left, panel.bottom())],
        1.2,
        MUTED,
    );
    let labels: Vec<(f64, String, Colour)> = last_band(&variable.bands)
        .map(|band| (band.q50, format!("{:.2}", band.q50), colour))
        .into_iter()
        .collect();
    if labels.is_empty() {
        panel.note(canvas, "no runs");
    }
    panel.end_labels(canvas, &labels);
}

#[cfg(test)]
mod tests {
    use super::super::synthetic::{LIKELY, summary};
    use super::*;

    #[test]
    fn a_posture_that_nothing_sets_gets_no_panel() {
        let mut summary = summary(LIKELY);
        let panels = |summary: &Summary| {
            let figure = figure(summary).expect("there are variables");
            figure.description.matches(" ends at ").count()
        };
        let all = panels(&summary);
        assert_eq!(all, summary.variables.len());
        for variable in &mut summary.variables[..2] {
            for band in &mut variable.bands {
                (band.q05, band.q25, band.q50) = (0.0, 0.0, 0.0);
                (band.q75, band.q95) = (0.0, 0.0);
            }
            variable.samples.iter_mut().for_each(|run| run.fill(0.0));
        }
        assert_eq!(panels(&summary), all - 1, "the first stays in any case");
    }
}
