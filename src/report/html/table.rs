//! Tables: a caption, heads with scope, numbers to the right.

use maud::{Markup, Render, html};

/// A table; the first cell of a row is the row's head.
#[derive(Debug, Clone, Default)]
pub struct Table {
    caption: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Markup>>,
}

#[derive(Debug, Clone)]
struct Column {
    head: String,
    number: bool,
}

impl Table {
    /// A table without columns.
    pub fn new(caption: impl Into<String>) -> Self {
        Self {
            caption: caption.into(),
            ..Self::default()
        }
    }

    /// Adds a column of words.
    #[must_use]
    pub fn text(self, head: impl Into<String>) -> Self {
        self.column(head.into(), false)
    }

    /// Adds a column of numbers.
    #[must_use]
    pub fn number(self, head: impl Into<String>) -> Self {
        self.column(head.into(), true)
    }

    fn column(mut self, head: String, number: bool) -> Self {
        self.columns.push(Column { head, number });
        self
    }

    /// Adds a row; cells that it lacks are empty, and those too many are dropped.
    pub fn row<C: Render>(&mut self, cells: impl IntoIterator<Item = C>) {
        let mut row: Vec<Markup> = cells.into_iter().map(|cell| cell.render()).collect();
        row.resize_with(self.columns.len(), || html! {});
        self.rows.push(row);
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl Render for Table {
    fn render(&self) -> Markup {
        // A table of more rows may be torn apart by the end of a sheet.
        let long = self.rows.len() > 20;
        let class = |column: &Column| column.number.then_some("number");
        html! {
            div class="scroll" role="region" aria-label=(self.caption) tabindex="0" {
                table class=[long.then_some("long")] {
                    caption { (self.caption) }
                    thead {
                        tr { @for column in &self.columns {
                            th scope="col" class=[class(column)] { (column.head) }
                        } }
                    }
                    tbody { @for row in &self.rows { tr {
                        @for (index, (cell, column)) in row.iter().zip(&self.columns).enumerate() {
                            @if index == 0 {
                                th scope="row" class=[class(column)] { (cell) }
                            } @else {
                                td class=[class(column)] { (cell) }
                            }
                        }
                    } } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_escaped_and_numbers_marked() {
        let mut table = Table::new("A & B").text("Name").number("Share");
        table.row(["<x>", "4"]);
        table.row(["only one"]);
        table.row(["a", "b", "too many"]);
        let text = table.render().into_string();
        assert!(text.contains("<caption>A &amp; B</caption>"));
        assert!(text.contains("<th scope=\"row\">&lt;x&gt;</th><td class=\"number\">4</td>"));
        assert!(text.contains("<th scope=\"row\">only one</th><td class=\"number\"></td>"));
        assert!(text.contains("<th scope=\"col\" class=\"number\">Share</th>"));
        assert!(!text.contains("too many"));
    }
}
