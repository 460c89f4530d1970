//! Text for a terminal of any width, and the two streams it goes to.

use std::io::Write;

use super::CliError;

/// Width without a terminal, and the least that is laid out for.
const PLAIN_WIDTH: usize = 80;
const LEAST_WIDTH: usize = 24;
/// A text column narrower than this is hard to read beside others.
const LEAST_TEXT_COLUMN: usize = 40;

/// Columns to lay out for: `COLUMNS` if set, else the terminal's, else 80.
pub(super) fn width() -> usize {
    #[expect(
        clippy::disallowed_methods,
        reason = "the command line may ask the environment"
    )]
    let set = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    set.or_else(|| terminal_size::terminal_size().map(|(columns, _)| usize::from(columns.0)))
        .unwrap_or(PLAIN_WIDTH)
        .max(LEAST_WIDTH)
}

/// Rows of the terminal; 0 without one.
pub(super) fn height() -> usize {
    terminal_size::terminal_size().map_or(0, |(_, rows)| usize::from(rows.0))
}

/// Writes data to standard output.
pub(super) fn print(text: &str) -> Result<(), CliError> {
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|source| CliError::File {
            action: "write",
            path: "standard output".to_owned(),
            source,
        })
}

/// Says something about the data on standard error.
#[expect(clippy::print_stderr, reason = "standard error is for people")]
pub(super) fn say(text: &str) {
    eprintln!("{text}");
}

/// Breaks a text into lines of at most `width` characters; a longer word stays whole.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Entries of some short cells and one text: beside each other where there is room, the text below
/// its cells where there is not.
#[derive(Default)]
pub(super) struct Listing {
    rows: Vec<(Vec<String>, String)>,
}

impl Listing {
    /// Adds an entry; all have the same number of cells.
    pub(super) fn push(&mut self, cells: Vec<String>, text: String) {
        self.rows.push((cells, text));
    }

    /// Lays it out.
    pub(super) fn render(&self, width: usize) -> String {
        let columns = self.rows.first().map_or(0, |(cells, _)| cells.len());
        let mut widths = vec![0; columns];
        for (cells, _) in &self.rows {
            for (column, cell) in widths.iter_mut().zip(cells) {
                *column = cell.chars().count().max(*column);
            }
        }
        let cells_width: usize = widths.iter().map(|column| column + 2).sum();
        let beside = width >= cells_width + LEAST_TEXT_COLUMN;
        let mut out = String::new();
        for (cells, text) in &self.rows {
            let mut head = String::new();
            for (cell, column) in cells.iter().zip(&widths) {
                let gap = column + 2 - cell.chars().count();
                head.push_str(cell);
                head.extend(std::iter::repeat_n(' ', gap));
            }
            if beside {
                let mut lines = wrap(text, width - cells_width).into_iter();
                let first = lines.next().unwrap_or_default();
                push_line(&mut out, &format!("{head}{first}"));
                for line in lines {
                    push_line(&mut out, &format!("{}{line}", " ".repeat(cells_width)));
                }
                continue;
            }
            if head.trim_end().chars().count() <= width {
                push_line(&mut out, &head);
            } else {
                push_line(&mut out, &cells[0]);
                push_wrapped(&mut out, &cells[1..].join(" "), 2, width);
            }
            push_wrapped(&mut out, text, 4, width);
        }
        out
    }
}

/// Appends `label  value` with a hanging indent, or the value below its label in a narrow terminal.
pub(super) fn push_field(out: &mut String, label: &str, value: &str, width: usize) {
    const LABEL: usize = 14;
    if width < LABEL + LEAST_TEXT_COLUMN {
        push_line(out, label);
        push_wrapped(out, value, 2, width);
        return;
    }
    for (index, line) in wrap(value, width - LABEL).into_iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        push_line(out, &format!("{label:LABEL$}{line}"));
    }
}

/// Appends a text in lines that begin with an indent.
pub(super) fn push_wrapped(out: &mut String, text: &str, indent: usize, width: usize) {
    for line in wrap(text, width - indent) {
        push_line(out, &format!("{}{line}", " ".repeat(indent)));
    }
}

/// Appends a line without trailing blanks.
pub(super) fn push_line(out: &mut String, line: &str) {
    out.push_str(line.trim_end());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_lose_no_word() {
        let text = "one two three four five-and-a-long-word six";
        let lines = wrap(text, 10);
        assert_eq!(
            lines,
            ["one two", "three four", "five-and-a-long-word", "six"]
        );
        assert!(wrap("  ", 10).is_empty());
    }

    #[test]
    fn a_listing_stacks_when_it_gets_narrow() {
        let mut listing = Listing::default();
        listing.push(
            vec!["id".into(), "2022".into()],
            "a text that needs a line or two".into(),
        );
        assert_eq!(
            listing.render(60),
            "id  2022  a text that needs a line or two\n"
        );
        assert_eq!(
            listing.render(24),
            "id  2022\n    a text that needs a\n    line or two\n"
        );
        listing.push(
            vec!["a-name-wider-than-that".into(), "2022".into()],
            "text".into(),
        );
        assert!(
            listing
                .render(24)
                .ends_with("a-name-wider-than-that\n  2022\n    text\n")
        );
    }
}
