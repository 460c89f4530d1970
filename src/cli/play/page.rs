//! Text for the screen of a game: paragraphs, items and headings of a given width.

use super::super::text::{push_line, wrap};

/// Widest line: longer ones are hard to read.
const WIDEST: usize = 88;
const NARROWEST: usize = 24;

/// A screen in the making.
pub(super) struct Page {
    pub(super) out: String,
    width: usize,
    /// Whether it will be read aloud or by a script: headings without rules.
    plain: bool,
    bold: bool,
}

impl Page {
    pub(super) fn new(width: usize, plain: bool, bold: bool) -> Self {
        Self {
            out: String::new(),
            width: width.clamp(NARROWEST, WIDEST),
            plain,
            bold: bold && !plain,
        }
    }

    pub(super) fn heading(&mut self, text: &str) {
        if self.out.is_empty() {
            self.out.push('\n');
        }
        self.gap();
        if self.plain {
            self.say(&format!("{text}."));
            return;
        }
        let lines = wrap(text, self.width);
        let longest = lines.iter().map(|line| line.chars().count()).max();
        for line in lines {
            if self.bold {
                push_line(&mut self.out, &format!("\u{1b}[1m{line}\u{1b}[0m"));
            } else {
                push_line(&mut self.out, &line);
            }
        }
        push_line(&mut self.out, &"-".repeat(longest.unwrap_or_default()));
    }

    /// An empty line, unless there is one or nothing stands above.
    pub(super) fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    pub(super) fn say(&mut self, text: &str) {
        self.hang("", 0, text);
    }

    pub(super) fn item(&mut self, text: &str) {
        self.hang("  - ", 4, text);
    }

    /// A text behind a label, further lines indented.
    pub(super) fn hang(&mut self, label: &str, indent: usize, text: &str) {
        let indent = indent.min(self.width / 3);
        let first = label.chars().count().max(indent);
        let room = self.width.saturating_sub(first).max(NARROWEST / 2);
        for (index, line) in wrap(text, room).into_iter().enumerate() {
            let lead = if index == 0 { label } else { "" };
            push_line(&mut self.out, &format!("{lead:first$}{line}"));
        }
    }
}

/// A utility in points of 100.
pub(super) fn points(utility: f64) -> String {
    // Adding zero turns a minus zero into zero.
    format!("{:.1}", (utility * 1000.0).round() / 10.0 + 0.0)
}

/// A change in points, with its sign.
pub(super) fn change(utility: f64) -> String {
    let tenths = (utility * 1000.0).round() / 10.0 + 0.0;
    if tenths == 0.0 {
        "0".to_owned()
    } else {
        format!("{tenths:+.1}")
    }
}

/// A share or variable out of 100.
pub(super) fn hundred(share: f64) -> String {
    format!("{}", (share * 100.0).round() + 0.0)
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(names: &[String]) -> String {
    match names {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

/// The letter of a level.
pub(super) fn letter(level: usize) -> char {
    char::from(b'a' + level as u8)
}

/// A day as people write it.
pub(super) fn day(date: jiff::civil::Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!(points(0.6249), "62.5");
        assert_eq!(points(-0.0001), "0.0");
        assert_eq!(change(0.02), "+2.0");
        assert_eq!(change(-0.0001), "0");
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
        assert_eq!(letter(2), 'c');
    }

    #[test]
    fn lines_keep_to_the_width() {
        for width in [24, 40, 80] {
            let mut page = Page::new(width, false, false);
            page.heading("A heading of more words than a narrow terminal has room for");
            page.hang("  [3] ", 6, &"some words and some more ".repeat(9));
            assert!(page.out.lines().all(|line| line.chars().count() <= width));
        }
    }
}
