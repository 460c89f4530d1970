//! What the lenses of `solve` say, in words and tables for a terminal.
//!
//! Flows in: [`Report`]s. Flows out: text. Invariant: a number that depends on what nobody knows is
//! never printed without its range over draws.

use super::layout::{Look, hundred, percent};
use crate::solve::report::{Cell, Report, Table, Unit};

const GAP: usize = 2;
const LEAST_LABEL: usize = 18;

/// The head of the page.
pub fn heading(title: &str, draws: u32, seed: u64, look: Look) -> String {
    let mut out = look.heading(&format!("{title}, solved"));
    let bands = match draws {
        0 => "At the modes of the uncertain numbers; no bands.".to_owned(),
        1 => {
            format!("At the modes of the uncertain numbers, and in one draw of them; seed {seed}.")
        }
        n => format!(
            "At the modes of the uncertain numbers; in brackets the range of 90 of 100 of {n} draws of \
             them and of the parties' types; seed {seed}."
        ),
    };
    out.push_str(&look.paragraph(&bands, "", ""));
    out.push_str(&look.paragraph(
        "What theory says of these assumptions; neither a forecast nor advice.",
        "",
        "",
    ));
    out
}

/// Where the lenses contradict each other.
pub fn finding(contradictions: &[String], look: Look) -> String {
    let mut out = String::from("\n");
    out.push_str(&look.heading("Where the theories contradict each other, at the modes"));
    if contradictions.is_empty() {
        out.push_str(&look.paragraph("Nowhere, among the lenses applied.", "", ""));
    }
    for line in contradictions {
        out.push_str(&look.paragraph(line, "- ", "  "));
    }
    out
}

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

/// One table: columns where there is room, the range below its number where there is less, else a
/// list.
pub fn table(table: &Table, look: Look) -> String {
    let mut out = look.paragraph(&table.title, "", "");
    let longest = table
        .rows
        .iter()
        .map(|row| width(&row.label))
        .max()
        .unwrap_or(0);
    for stacked in [false, true] {
        let cells: Vec<Vec<Vec<String>>> = (table.rows.iter())
            .map(|row| row.cells.iter().map(|cell| lines(cell, stacked)).collect())
            .collect();
        let widths: Vec<usize> = (table.columns.iter().enumerate())
            .map(|(i, heading)| {
                let own = cells.iter().filter_map(|row| row.get(i));
                let own = own.flat_map(|cell| cell.iter().map(|line| width(line)));
                own.chain([width(&heading.top), width(&heading.bottom)])
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let taken: usize = widths.iter().map(|width| width + GAP).sum();
        if look.width >= taken + LEAST_LABEL.min(longest) {
            let label = (look.width - taken).min(longest.max(LEAST_LABEL));
            columns(&mut out, table, &cells, &widths, label, look);
            return out;
        }
    }
    for row in &table.rows {
        out.push_str(&look.paragraph(&row.label, "  ", "    "));
        for (heading, cell) in table.columns.iter().zip(&row.cells) {
            let cell = written(cell);
            if !cell.is_empty() {
                let text = format!("{} {}: {cell}", heading.top, heading.bottom);
                out.push_str(&look.paragraph(&text, "    ", "      "));
            }
        }
    }
    out
}

fn columns(
    out: &mut String,
    table: &Table,
    cells: &[Vec<Vec<String>>],
    widths: &[usize],
    label: usize,
    look: Look,
) {
    let mut line = |name: &str, parts: &mut dyn Iterator<Item = &str>| {
        let mut text = format!("{name:<label$}");
        for (part, width) in parts.zip(widths) {
            text.push_str(&format!("{part:>0$}", width + GAP));
        }
        if !text.trim().is_empty() {
            out.push_str(text.trim_end());
            out.push('\n');
        }
    };
    line(
        "",
        &mut table.columns.iter().map(|heading| heading.top.as_str()),
    );
    line(
        "",
        &mut table.columns.iter().map(|heading| heading.bottom.as_str()),
    );
    let narrow = Look {
        width: label,
        ..look
    };
    for (row, cells) in table.rows.iter().zip(cells) {
        let name = narrow.paragraph(&row.label, "", "  ");
        let mut name = name.lines();
        let high = cells.iter().map(Vec::len).max().unwrap_or(0);
        let mut at = 0;
        loop {
            let part = name.next();
            if part.is_none() && at >= high {
                break;
            }
            let cell = |cell: &'_ Vec<String>| cell.get(at).cloned().unwrap_or_default();
            let parts: Vec<String> = cells.iter().map(cell).collect();
            line(part.unwrap_or(""), &mut parts.iter().map(String::as_str));
            at += 1;
        }
    }
}

/// The lines of a cell in a column.
fn lines(cell: &Cell, stacked: bool) -> Vec<String> {
    let text = written(cell);
    match text.split_once(" (") {
        Some((value, range)) if stacked && matches!(cell, Cell::Band { .. }) => {
            vec![value.to_owned(), range.trim_end_matches(')').to_owned()]
        }
        _ => vec![text],
    }
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
        let stacked = text(&report(), look(40));
        assert!(stacked.contains("50.0    2\n"), "{stacked}");
        assert!(stacked.contains("  41.0 to 59.0\n"), "{stacked}");
        let narrow = text(&report(), look(30));
        assert!(
            narrow.contains("    Upland modes (90%): 50.0\n"),
            "{narrow}"
        );
        for line in wide.lines().chain(stacked.lines()).chain(narrow.lines()) {
            assert!(line.chars().count() <= 80);
        }
    }
}
