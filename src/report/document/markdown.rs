//! A document as Markdown (`CommonMark` with the tables of GitHub).

use std::fmt::Write;

use super::{Block, Document, Grid, Source};

impl Document {
    /// The document as Markdown.
    pub fn markdown(&self) -> String {
        let mut out = format!("# {}\n\n", inline(&self.title));
        for paragraph in &self.lead {
            out += &(inline(paragraph) + "\n\n");
        }
        for part in &self.sections {
            out += &["## ", &inline(&part.heading), "\n\n"].concat();
            for block in &part.blocks {
                out += &self::block(block);
                out.push('\n');
            }
        }
        if !self.colophon.is_empty() {
            out += "---\n\n";
        }
        for line in &self.colophon {
            out += &(inline(line) + "\n\n");
        }
        out.truncate(out.trim_end().len());
        out + "\n"
    }
}

fn block(block: &Block) -> String {
    let mut out = String::new();
    let written = match block {
        Block::Heading(text) => writeln!(out, "### {}", inline(text)),
        Block::Text(text) => writeln!(out, "{}", inline(text)),
        Block::Remark(text) => writeln!(out, "> {}", inline(text)),
        Block::List(points) => points
            .iter()
            .try_for_each(|point| writeln!(out, "- {}", inline(point))),
        Block::Questions(questions) => (questions.iter().enumerate())
            .try_for_each(|(index, (text, _))| writeln!(out, "{}. {}", index + 1, inline(text))),
        Block::Terms(terms) => terms
            .iter()
            .try_for_each(|(term, text)| writeln!(out, "- **{}**: {}", inline(term), inline(text))),
        Block::Grid(grid) => write!(out, "{}", table(grid)),
        Block::Picture(picture) => {
            let plain = picture.plain.iter();
            let plain: String = plain
                .flat_map(|plain| ["\n```text\n", plain.as_str(), "```\n"])
                .collect();
            let grid = picture.table.as_ref().map(table).unwrap_or_default();
            let takeaway = inline(&picture.takeaway);
            let gap = if grid.is_empty() { "" } else { "\n" };
            write!(out, "{takeaway}\n{plain}{gap}{grid}")
        }
        Block::Plain(lines) => write!(out, "```text\n{lines}```\n"),
        Block::Sources(sources) => sources
            .iter()
            .try_for_each(|one| writeln!(out, "- {}", source(one))),
    };
    written.expect("a string takes any text");
    out
}

fn source(source: &Source) -> String {
    let ids: Vec<String> = source.from.iter().map(|id| format!("`{id}`")).collect();
    let mut parts = vec![ids.join(", ")];
    parts.extend(source.remark.as_deref().map(inline));
    parts.retain(|part| !part.is_empty());
    format!("{}: {}", inline(&source.what), parts.join("; "))
}

fn table(grid: &Grid) -> String {
    let row = |cells: &mut dyn Iterator<Item = String>| {
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    let cell = |text: &str| inline(text).replace('|', "\\|");
    let mut out = format!("{}\n\n", inline(&grid.caption));
    out += &row(&mut grid.columns.iter().map(|(head, _)| cell(head)));
    let rule = |(_, number): &(String, bool)| if *number { "---:" } else { "---" }.to_owned();
    out += &row(&mut grid.columns.iter().map(rule));
    for cells in &grid.rows {
        out += &row(&mut cells.iter().map(|text| cell(text)));
    }
    out
}

/// Text in which Markdown sees nothing but text.
fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
    {
        if matches!(
            letter,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '~'
        ) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}
