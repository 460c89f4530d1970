//! A document that is written once and read in a terminal, in Markdown or in a browser.
//!
//! Flows in: sections of [`Block`]s in plain words. Flows out: [`text`](Document::text),
//! [`markdown`](Document::markdown), [`html`](Document::html). Invariant: all three say the same; what
//! one of them cannot show (a picture, a link) is said there in words or as a table.

mod markdown;
pub mod page;
mod plain;
#[cfg(test)]
mod tests;

use crate::chart::Figure;

/// A document.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// Title.
    pub title: String,
    /// What stands before the first section.
    pub lead: Vec<String>,
    /// The sections.
    pub sections: Vec<Part>,
    /// How it came about.
    pub colophon: Vec<String>,
}

/// A section.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its anchor, unique in the document.
    pub id: String,
    /// Heading.
    pub heading: String,
    /// Contents.
    pub blocks: Vec<Block>,
    /// Whether it begins a new sheet of paper when printed, so that it can be kept back.
    pub sheet: bool,
}

impl Part {
    /// A section without contents.
    pub fn new(id: &str, heading: impl Into<String>) -> Self {
        Self {
            id: id.to_owned(),
            heading: heading.into(),
            blocks: Vec::new(),
            sheet: false,
        }
    }

    /// Adds a paragraph.
    pub fn say(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Text(text.into()));
    }

    /// Adds a remark set apart.
    pub fn remark(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Remark(text.into()));
    }

    /// Adds a heading of the third level.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading(text.into()));
    }

    /// Adds anything.
    pub fn push(&mut self, block: Block) {
        self.blocks.push(block);
    }
}

/// What a section is made of.
#[derive(Debug, Clone)]
pub enum Block {
    /// A heading inside the section.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// Points.
    List(Vec<String>),
    /// A remark set apart.
    Remark(String),
    /// Questions to be answered in writing: the question and the lines to leave on paper.
    Questions(Vec<(String, usize)>),
    /// Terms and what they mean.
    Terms(Vec<(String, String)>),
    /// A table.
    Grid(Grid),
    /// A picture.
    Picture(Box<Picture>),
    /// Lines of letters to be left as they are.
    Plain(String),
    /// What something rests on: what, ids of facts, a remark.
    Sources(Vec<Source>),
}

/// A table; the first cell of a row is its head.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    /// What it shows.
    pub caption: String,
    /// Heads of the columns, and whether they hold numbers.
    pub columns: Vec<(String, bool)>,
    /// Rows, as long as the columns.
    pub rows: Vec<Vec<String>>,
}

impl Grid {
    /// A table of no rows; a column whose head begins with `#` holds numbers.
    pub fn new(caption: impl Into<String>, columns: &[&str]) -> Self {
        let column = |head: &&str| match head.strip_prefix('#') {
            Some(head) => (head.to_owned(), true),
            None => ((*head).to_owned(), false),
        };
        Self {
            caption: caption.into(),
            columns: columns.iter().map(column).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row<C: Into<String>>(&mut self, cells: impl IntoIterator<Item = C>) {
        let mut row: Vec<String> = cells.into_iter().map(Into::into).collect();
        row.resize(self.columns.len(), String::new());
        self.rows.push(row);
    }
}

/// A picture with what stands for it where there are no pictures.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Its anchor, unique in the document.
    pub id: String,
    /// The figure.
    pub figure: Figure,
    /// Its message in a sentence.
    pub takeaway: String,
    /// Its numbers.
    pub table: Option<Grid>,
    /// The same drawn with letters, for a terminal.
    pub plain: Option<String>,
}

/// What something rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What.
    pub what: String,
    /// Ids of facts or base rates.
    pub from: Vec<String>,
    /// What to know beside them: the reason of what is assumed.
    pub remark: Option<String>,
}
