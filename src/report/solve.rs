//! What the lenses of `solve` say, in words and tables for a terminal.
//!
//! Flows in: [`Report`]s. Flows out: text. Invariant: a number that depends on what nobody knows is
//! never printed without its range over draws.

use super::layout::{Look, hundred, percent};
use crate::solve::report::{Cell, Report, Table, Unit};

const GAP: usize = 2;
const LEAST_LABEL: usize = 22;

/// One lens.
pub fn text(report: &Report, look: Look) -> String {
    let mut out = String::from("\n");
    out.push_str(&look.heading(&format!("{} ({})", report.title, report.lens)));
    out.push_str(&look.paragraph(&report.sentence, "", ""));
    for shown in &report.tables {
        out.push('\n');
        out.push_str(&table(shown, look));
    }
    for note in &report.notes {
        out.push_str(&look.paragraph(note, "- ", "  "));
    }
    out
}

/// One table: columns where there is room, else a list.
pub fn table(table: &Table, look: Look) -> String {
    let mut out = look.paragraph(&table.title, "", "");
    let cells: Vec<Vec<String>> = (table.rows.iter())
        .map(|row| row.cells.iter().map(written).collect())
        .collect();
    let widths: Vec<usize> = (table.columns.iter().enumerate())
        .map(|(i, heading)| {
            let own = cells.iter().filter_map(|row| Some(width(row.get(i)?)));
            own.chain([width(&heading.top), width(&heading.bottom)])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let taken: usize = widths.iter().map(|width| width + GAP).sum();
    if look.width < taken + LEAST_LABEL {
        for (row, cells) in table.rows.iter().zip(&cells) {
            out.push_str(&look.paragraph(&row.label, "  ", "    "));
            for (heading, cell) in table.columns.iter().zip(cells) {
                if !cell.is_empty() {
                    let text = format!("{} {}: {cell}", heading.top, heading.bottom);
                    out.push_str(&look.paragraph(&text, "    ", "      "));
                }
            }
        }
        return out;
    }
    let longest = table.rows.iter().map(|row| width(&row.label)).max();
    let label = (look.width - taken).min(longest.unwrap_or(0).max(LEAST_LABEL));
    for line in [0, 1] {
        let mut text = " ".repeat(label);
        for (heading, width) in table.columns.iter().zip(&widths) {
            let part = if line == 0 {
                &heading.top
            } else {
                &heading.bottom
            };
            text.push_str(&format!("{part:>0$}", width + GAP));
        }
        if !text.trim().is_empty() {
            out.push_str(text.trim_end());
            out.push('\n');
        }
    }
    for (row, cells) in table.rows.iter().zip(&cells) {
        let narrow = Look {
            width: label,
            ..look
        };
        for (i, part) in narrow.paragraph(&row.label, "", "  ").lines().enumerate() {
            let mut text = format!("{part:<label$}");
            if i == 0 {
                for (cell, width) in cells.iter().zip(&widths) {
                    text.push_str(&format!("{cell:>0$}", width + GAP));
                }
            }
            out.push_str(text.trim_end());
            out.push('\n');
        }
    }
    out
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// A cell in words.
pub fn written(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text { text } => text.clone(),
        Cell::Exact { value, unit } => number(*value, *unit),
        Cell::Band {
            modes,
            spread,
            unit,
        } => {
            let at_modes = modes.map_or("-".to_owned(), |value| number(value, *unit));
            if spread.n == 0 {
                return at_modes;
            }
            let (low, high) = (number(spread.q05, *unit), number(spread.q95, *unit));
            format!("{at_modes} ({low} to {high})")
        }
    }
}

fn number(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Utility => hundred(value),
        Unit::Share => percent(value),
        Unit::Plain if value.fract() == 0.0 && value.abs() < 1e15 => format!("{value:.0}"),
        Unit::Level => format!("{value:.1}"),
        Unit::Plain => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solve::report::{Heading, Row};

    fn report() -> Report {
        let mut report = Report::new("nash", "Bargaining solutions", "They would split it.");
        report.tables.push(Table {
            title: "Utilities of the solution".to_owned(),
            columns: vec![
                Heading::new("Upland", "modes (90%)"),
                Heading::new("tie", "set"),
            ],
            rows: vec![Row {
                label: "Nash: everything as the two sides would have it".to_owned(),
                cells: vec![
                    Cell::band(Some(0.5), [Some(0.4), None, Some(0.6)], Unit::Utility),
                    Cell::Exact {
                        value: 2.0,
                        unit: Unit::Plain,
                    },
                ],
            }],
        });
        report.notes.push("Exact.".to_owned());
        report
    }

    #[test]
    fn columns_where_there_is_room_and_a_list_where_not() {
        let look = |width| Look { width, bold: false };
        let wide = text(&report(), look(80));
        assert!(wide.contains("50.0 (41.0 to 59.0)    2\n"), "{wide}");
        let narrow = text(&report(), look(40));
        assert!(
            narrow.contains("    Upland modes (90%): 50.0 (41.0 to"),
            "{narrow}"
        );
        for line in wide.lines().chain(narrow.lines()) {
            assert!(line.chars().count() <= 80);
        }
    }
}
