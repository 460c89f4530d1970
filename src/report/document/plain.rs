//! A document as lines for a terminal.

use super::{Block, Document, Grid, Part, Source};
use crate::report::layout::Look;

impl Document {
    /// The document as lines of the look's width.
    pub fn text(&self, look: Look) -> String {
        let mut out = look.heading(&self.title);
        out.push('\n');
        for paragraph in &self.lead {
            out += &look.paragraph(paragraph, "", "");
            out.push('\n');
        }
        for part in &self.sections {
            out += &section(part, look);
        }
        for line in &self.colophon {
            out += &look.paragraph(line, "", "");
        }
        out
    }
}

fn section(part: &Part, look: Look) -> String {
    let mut out = look.heading(&part.heading);
    out += &"-".repeat(part.heading.chars().count().min(look.width));
    out += "\n\n";
    for block in &part.blocks {
        out += &self::block(block, look);
        if !out.ends_with("\n\n") {
            out.push('\n');
        }
    }
    out
}

fn block(block: &Block, look: Look) -> String {
    match block {
        Block::Heading(text) => look.heading(text),
        Block::Text(text) => look.paragraph(text, "", ""),
        Block::List(points) => {
            let points = points.iter();
            points
                .map(|point| look.paragraph(point, "- ", "  "))
                .collect()
        }
        Block::Remark(text) => look.paragraph(text, "  | ", "  | "),
        Block::Questions(questions) => {
            let numbered = questions.iter().enumerate();
            numbered
                .map(|(index, (question, _))| {
                    let first = format!("{}. ", index + 1);
                    let rest = " ".repeat(first.len());
                    look.paragraph(question, &first, &rest)
                })
                .collect()
        }
        Block::Terms(terms) => (terms.iter())
            .map(|(term, meaning)| {
                look.paragraph(term, "", "  ") + &look.paragraph(meaning, "    ", "    ")
            })
            .collect(),
        Block::Grid(grid) => table(grid, look),
        Block::Picture(picture) => {
            let mut out = look.paragraph(&picture.takeaway, "", "");
            if let Some(plain) = &picture.plain {
                out.push('\n');
                out += plain;
            }
            if let Some(grid) = &picture.table {
                out.push('\n');
                out += &table(grid, look);
            }
            out
        }
        Block::Plain(lines) => lines.clone(),
        Block::Sources(sources) => sources.iter().map(|one| source(one, look)).collect(),
    }
}

fn source(source: &Source, look: Look) -> String {
    let mut said = source.from.join(", ");
    if let Some(remark) = &source.remark {
        if !said.is_empty() {
            said += "; ";
        }
        said += remark;
    }
    look.paragraph(&source.what, "- ", "  ") + &look.paragraph(&said, "    ", "    ")
}

/// Columns side by side where they fit, a list where they do not.
fn table(grid: &Grid, look: Look) -> String {
    const GAP: usize = 2;
    let count = |text: &str| text.chars().count();
    let cells = |row: &[String]| -> Vec<usize> { row.iter().map(|cell| count(cell)).collect() };
    let mut widths: Vec<usize> = grid.columns.iter().map(|(head, _)| count(head)).collect();
    for row in &grid.rows {
        for (width, cell) in widths.iter_mut().zip(cells(row)) {
            *width = (*width).max(cell);
        }
    }
    let mut out = look.paragraph(&grid.caption, "", "");
    // The heads of rows may be wrapped, down to 16 characters; other columns may not.
    let others: usize = widths.iter().skip(1).map(|width| width + GAP).sum();
    let first = widths.first().copied().unwrap_or(0);
    if look.width < others + first.min(16) {
        return out + &list(grid, look);
    }
    let first = first.min(look.width - others);
    let line = |cells: &[String], head: &str| {
        let mut line = format!("{head:<first$}");
        for ((cell, width), (_, number)) in cells.iter().zip(&widths).zip(&grid.columns).skip(1) {
            let width = *width;
            line += &" ".repeat(GAP);
            let padding = " ".repeat(width.saturating_sub(count(cell)));
            let (before, after) = if *number {
                (padding.as_str(), "")
            } else {
                ("", padding.as_str())
            };
            line += &[before, cell, after].concat();
        }
        line.trim_end().to_owned() + "\n"
    };
    let heads: Vec<String> = grid.columns.iter().map(|(head, _)| head.clone()).collect();
    let narrow = Look {
        width: first.max(1),
        bold: false,
    };
    for row in std::iter::once(&heads).chain(&grid.rows) {
        let head = row.first().map_or("", String::as_str);
        let wrapped = narrow.paragraph(head, "", "  ");
        let mut lines = wrapped.lines();
        out += &line(row, lines.next().unwrap_or(""));
        for more in lines {
            out += more;
            out.push('\n');
        }
    }
    out
}

fn list(grid: &Grid, look: Look) -> String {
    let mut out = String::new();
    for row in &grid.rows {
        out += &look.paragraph(row.first().map_or("", String::as_str), "- ", "  ");
        for ((head, _), cell) in grid.columns.iter().zip(row).skip(1) {
            if !cell.is_empty() {
                out += &look.paragraph(&format!("{head}: {cell}"), "    ", "      ");
            }
        }
    }
    out
}
