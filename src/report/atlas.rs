//! The atlas of a scenario: pages that say what is in it and what follows from it, for people who
//! argue with single numbers.
//!
//! Flows in: scenarios, the evidence, finished comparisons. Flows out: Markdown. Invariant: nothing is
//! computed here but what stands in the scenario or the comparison already, and every number is
//! named by the path under which it stands in the file.

pub mod evidence_use;
pub mod levers;
pub mod parties;
pub mod scenarios;

use std::fmt::Write;

use crate::scenario::types::Condition;

/// First line of every page, by which a page may be replaced by a newer one.
pub const MARK: &str = "<!-- Written by `jawjaw atlas`; changes made here are lost. -->";

/// A page in the making.
#[derive(Debug, Default)]
struct Page {
    text: String,
}

impl Page {
    fn new(title: &str) -> Self {
        let mut page = Self::default();
        page.line(MARK);
        page.heading(1, title);
        page
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    fn heading(&mut self, depth: usize, text: &str) {
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
        writeln!(self.text, "{} {text}\n", "#".repeat(depth)).expect("a string takes any text");
    }

    /// One sentence a line, as in all pages of this repository.
    fn paragraph(&mut self, text: &str) {
        self.line(text.trim());
        self.text.push('\n');
    }

    /// A table; nothing if it has no rows.
    fn table(&mut self, heads: &[&str], rows: &[Vec<String>]) {
        if rows.is_empty() {
            return;
        }
        self.line(&format!("| {} |", heads.join(" | ")));
        self.line(&format!("|{}", "---|".repeat(heads.len())));
        for row in rows {
            let cells: Vec<String> = row.iter().map(|cell| one_line(cell)).collect();
            self.line(&format!("| {} |", cells.join(" | ")));
        }
        self.text.push('\n');
    }

    fn finish(mut self) -> String {
        let end = self.text.trim_end().len();
        self.text.truncate(end);
        self.text.push('\n');
        self.text
    }
}

/// Text that stays in its cell.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

/// A path or id.
fn code(text: &str) -> String {
    format!("`{text}`")
}

/// Ids in code, or a dash.
fn codes<'a>(ids: impl IntoIterator<Item = &'a String>) -> String {
    let ids: Vec<String> = ids.into_iter().map(|id| code(id)).collect();
    if ids.is_empty() {
        "-".to_owned()
    } else {
        ids.join(", ")
    }
}

/// A share in percent with one decimal.
fn percent(share: f64) -> String {
    format!("{:.1} %", zero(share * 100.0))
}

/// A change of a share in points, with its sign.
fn points(change: f64) -> String {
    let rounded = zero(change * 100.0);
    if rounded > 0.0 {
        format!("+{rounded:.1}")
    } else {
        format!("{rounded:.1}")
    }
}

/// Rounded to one decimal; never a minus before a zero.
fn zero(x: f64) -> f64 {
    let rounded = (x * 10.0).round() / 10.0;
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// Whether a condition always holds.
fn empty(condition: &Condition) -> bool {
    let Condition {
        terminal,
        date,
        round,
        state,
        level,
        settled,
        settled_count,
        binding,
        done,
        not_done,
        channels,
        without,
        any,
        not,
    } = condition;
    terminal.is_none()
        && date.is_empty()
        && round.is_none()
        && state.is_empty()
        && level.is_empty()
        && settled.is_empty()
        && settled_count.is_none()
        && binding.is_none()
        && done.is_empty()
        && not_done.is_empty()
        && channels.is_none()
        && without.is_none()
        && any.is_empty()
        && not.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_sign_and_zero_has_none() {
        assert_eq!(points(0.0123), "+1.2");
        assert_eq!(points(-0.0004), "0.0");
        assert_eq!(points(0.0004), "0.0");
        assert_eq!(points(-0.0123), "-1.2");
        assert_eq!(percent(1.0), "100.0 %");
    }

    #[test]
    fn a_cell_keeps_to_its_row() {
        let mut page = Page::new("T");
        page.table(&["a", "b"], &[vec!["x | y".into(), "two\n lines".into()]]);
        page.table(&["c"], &[]);
        assert_eq!(
            page.finish(),
            format!("{MARK}\n\n# T\n\n| a | b |\n|---|---|\n| x \\| y | two lines |\n")
        );
    }
}
