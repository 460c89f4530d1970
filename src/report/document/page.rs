//! A document as one page of HTML.

use maud::{Markup, html};

use super::{Block, Document, Grid, Picture, Source};
use crate::chart::ChartError;
use crate::evidence::Evidence;
use crate::report::html::{self as shell, Page, Section, Table, fact_link};

/// Why a document has no page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// A picture could not be drawn.
    #[error(transparent)]
    Chart(#[from] ChartError),
    /// A picture could not be put into a page.
    #[error(transparent)]
    Svg(#[from] shell::SvgError),
}

impl Document {
    /// The document as a page that stands alone; the facts it names are listed at its end.
    pub fn html(&self, evidence: &Evidence) -> Result<String, PageError> {
        let lead = html! { @for text in &self.lead { p { (text) } } };
        let mut page = Page::new(&self.title).lead(lead);
        let mut cited: Vec<&str> = Vec::new();
        for part in &self.sections {
            let mut body = html! {};
            for block in &part.blocks {
                if let Block::Sources(sources) = block {
                    cited.extend(sources.iter().flat_map(|one| &one.from).map(String::as_str));
                }
                body = html! { (body) (self::block(block)?) };
            }
            let section = Section::new(&part.id, &part.heading, body);
            page = page.section(if part.sheet {
                section.on_new_sheet()
            } else {
                section
            });
        }
        if !cited.is_empty() {
            page = page.section(shell::facts(evidence, cited));
        }
        let colophon = html! { @for text in &self.colophon { p { (text) } } };
        Ok(page.colophon(colophon).render())
    }
}

fn block(block: &Block) -> Result<Markup, PageError> {
    Ok(match block {
        Block::Heading(text) => html! { h3 { (text) } },
        Block::Text(text) => html! { p { (text) } },
        Block::Remark(text) => shell::note(html! { p { (text) } }),
        Block::List(points) => html! { ul { @for point in points { li { (point) } } } },
        Block::Questions(questions) => html! {
            ol { @for (question, lines) in questions {
                li { (question) (shell::lines_to_write_on(*lines)) }
            } }
        },
        Block::Terms(terms) => shell::definitions(terms.iter().map(|(term, text)| (term, text))),
        Block::Grid(grid) => html! { (table(grid)) },
        Block::Picture(picture) => self::picture(picture)?,
        Block::Plain(lines) => html! { pre { (lines) } },
        Block::Sources(sources) => html! {
            dl { @for one in sources { dt { (one.what) } dd { (source(one)) } } }
        },
    })
}

fn picture(picture: &Picture) -> Result<Markup, PageError> {
    let svg = picture.figure.svg()?;
    let table = picture.table.as_ref().map(table);
    let title = &picture.figure.title;
    Ok(shell::figure(
        &svg,
        &picture.id,
        title,
        &picture.takeaway,
        table.as_ref(),
    )?)
}

fn source(source: &Source) -> Markup {
    html! {
        @for (index, id) in source.from.iter().enumerate() {
            @if index > 0 { ", " }
            (fact_link(id))
        }
        @if let Some(remark) = &source.remark {
            @if !source.from.is_empty() { "; " }
            (remark)
        }
    }
}

fn table(grid: &Grid) -> Table {
    let mut table = Table::new(&grid.caption);
    for (head, number) in &grid.columns {
        table = if *number {
            table.number(head)
        } else {
            table.text(head)
        };
    }
    for row in &grid.rows {
        table.row(row);
    }
    table
}
