//! Text of a given width: wrapping, numbers, tables that turn into lists when there is no room.
//!
//! Invariant: no line is wider than asked, except for a single word that is.

/// How the text may look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Characters in a line.
    pub width: usize,
    /// Whether headings may be set bold by escape codes. Nothing depends on it.
    pub bold: bool,
}

impl Look {
    /// A heading, wrapped.
    pub fn heading(self, text: &str) -> String {
        let lines = wrap(text, self.width, "", "");
        if self.bold {
            lines
                .lines()
                .flat_map(|line| ["\u{1b}[1m", line, "\u{1b}[0m\n"])
                .collect()
        } else {
            lines
        }
    }

    /// A paragraph or list entry: `first` before its first line, `rest` before the others.
    pub fn paragraph(self, text: &str, first: &str, rest: &str) -> String {
        wrap(text, self.width, first, rest)
    }
}

fn wrap(text: &str, width: usize, first: &str, rest: &str) -> String {
    let mut out = String::new();
    let mut line = first.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        let used = line.chars().count();
        if !empty && used + 1 + word.chars().count() > width {
            out.push_str(&line);
            out.push('\n');
            rest.clone_into(&mut line);
        } else if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    out.push_str(&line);
    out.push('\n');
    out
}

/// A column of numbers: its heading in two lines and its width.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Heading, upper line.
    pub top: &'static str,
    /// Heading, lower line.
    pub bottom: &'static str,
}

impl Column {
    fn width(&self, cells: impl Iterator<Item = usize>) -> usize {
        cells
            .chain([self.top.chars().count(), self.bottom.chars().count()])
            .max()
            .unwrap_or(0)
    }
}

/// A table of names and numbers; a row without numbers is a heading over the rows after it. Where fewer than 22 characters would be left for the names, a
/// list instead.
pub fn table(look: Look, columns: &[Column], rows: &[(String, Vec<String>)]) -> String {
    const GAP: usize = 2;
    let widths: Vec<usize> = (columns.iter().enumerate())
        .map(|(i, column)| {
            column.width(
                rows.iter()
                    .filter_map(|(_, cells)| Some(cells.get(i)?.chars().count())),
            )
        })
        .collect();
    let numbers: usize = widths.iter().map(|width| width + GAP).sum();
    if look.width < numbers + 22 {
        return list(look, columns, rows);
    }
    let longest = rows
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    let name_width = (look.width - numbers).min(longest.max(22));
    let mut out = String::new();
    for head in [
        |column: &Column| column.top,
        |column: &Column| column.bottom,
    ] {
        let mut line = " ".repeat(name_width);
        for (column, &width) in columns.iter().zip(&widths) {
            line.push_str(&right(head(column), width + GAP));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    for (name, cells) in rows {
        let wrapped = entry(name, name_width);
        for (i, part) in wrapped.lines().enumerate() {
            let mut line = format!("{part:<name_width$}");
            if i == 0 {
                for (cell, &width) in cells.iter().zip(&widths) {
                    line.push_str(&right(cell, width + GAP));
                }
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    out
}

fn right(text: &str, width: usize) -> String {
    format!("{text:>width$}")
}

// A name with its own indent, two more from the second line on.
fn entry(name: &str, width: usize) -> String {
    let indent = &name[..name.len() - name.trim_start().len()];
    wrap(name, width, indent, &format!("{indent}  "))
}

fn list(look: Look, columns: &[Column], rows: &[(String, Vec<String>)]) -> String {
    let mut out = String::new();
    for (name, cells) in rows {
        out.push_str(&entry(name, look.width));
        for (column, cell) in columns.iter().zip(cells) {
            let text = format!("{} {}: {cell}", column.top, column.bottom);
            out.push_str(&wrap(&text, look.width, "    ", "      "));
        }
    }
    out
}

/// `41.2%`; a share that is not zero never reads as zero, one below 1 never as all.
pub fn percent(share: f64) -> String {
    if share > 0.0 && share < 0.0005 {
        "<0.1%".to_owned()
    } else if (0.9995..1.0).contains(&share) {
        ">99.9%".to_owned()
    } else {
        format!("{:.1}%", share * 100.0)
    }
}

/// `40.1 to 42.3`, of shares or utilities on the scale of 100.
pub fn span_of_hundred(low: f64, high: f64) -> String {
    format!("{} to {}", hundred(low), hundred(high))
}

/// A number on the scale of 100 with one decimal.
pub fn hundred(x: f64) -> String {
    let rounded = (x * 1000.0).round() / 10.0;
    // Adding zero turns a minus zero into zero.
    format!("{:.1}", rounded + 0.0)
}

/// `20,000`
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(percent(0.412), "41.2%");
        assert_eq!(percent(0.0001), "<0.1%");
        assert_eq!(percent(0.9999), ">99.9%");
        assert_eq!(percent(0.0), "0.0%");
        assert_eq!(hundred(-0.0001), "0.0");
    }

    #[test]
    fn no_line_is_too_wide() {
        let text = "a party that refuses every offer below its own reservation value";
        for width in [20, 33, 80] {
            for line in wrap(text, width, "- ", "  ").lines() {
                assert!(line.chars().count() <= width, "{line:?}");
            }
        }
        assert_eq!(wrap("", 10, "", ""), "\n");
    }
}
