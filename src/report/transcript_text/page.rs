//! Lines of given width, and how names, numbers and days are written.

use jiff::civil::Date;

/// Text under way.
pub(super) struct Page {
    pub(super) width: usize,
    pub(super) out: String,
}

impl Page {
    /// A paragraph: `first` before its first line, `rest` blanks before the others.
    pub(super) fn paragraph(&mut self, first: &str, rest: usize, text: &str) {
        let mut line = first.to_owned();
        let mut empty = true;
        for word in text.split_whitespace() {
            if !empty && line.chars().count() + 1 + word.chars().count() > self.width {
                self.line(&line);
                line = " ".repeat(rest);
            } else if !empty {
                line.push(' ');
            }
            line.push_str(word);
            empty = false;
        }
        self.line(&line);
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    /// A plain paragraph.
    pub(super) fn say(&mut self, text: &str) {
        self.paragraph("", 0, text);
    }

    /// What one party does, set off from what the next does.
    pub(super) fn turn(&mut self, text: &str) {
        self.paragraph("", 2, text);
    }

    /// One entry of a list.
    pub(super) fn item(&mut self, text: &str) {
        self.paragraph("  - ", 4, text);
    }

    /// A heading with a rule below it and a blank line above.
    pub(super) fn heading(&mut self, text: &str, rule: char) {
        self.gap();
        let from = self.out.len();
        self.say(text);
        let longest = self.out[from..].lines().map(|line| line.chars().count());
        let length = longest.max().unwrap_or(0);
        self.line(&rule.to_string().repeat(length));
    }

    /// One blank line, unless there is one.
    pub(super) fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }
}

/// A name without the explanation after it.
pub(super) fn head(name: &str) -> &str {
    let end = [": ", " ("].iter().filter_map(|mark| name.find(mark)).min();
    &name[..end.unwrap_or(name.len())]
}

/// A name inside a sentence: without its capital, unless it is one of a kind in capitals.
pub(super) fn lower(name: &str) -> String {
    let mut chars = name.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(name.chars().skip(1)).collect()
        }
        _ => name.to_owned(),
    }
}

/// `a, b and c`; with semicolons where a name has a comma of its own.
pub(super) fn list<S: AsRef<str>>(names: &[S]) -> String {
    let own = names.iter().any(|name| name.as_ref().contains(','));
    let (mark, last_mark) = if own {
        ("; ", "; and ")
    } else {
        (", ", " and ")
    };
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => "nobody".to_owned(),
        [rest @ .., last] if !rest.is_empty() => {
            format!("{}{last_mark}{last}", rest.join(mark))
        }
        [one, ..] => (*one).to_owned(),
    }
}

/// `41%`; what is possible never reads as impossible, what is not certain never as certain.
pub(super) fn percent(share: f64) -> String {
    let rounded = (share * 100.0).round();
    if share > 0.0 && rounded < 1.0 {
        "under 1%".to_owned()
    } else if share < 1.0 && rounded > 99.0 {
        "over 99%".to_owned()
    } else {
        format!("{rounded}%")
    }
}

/// A number of the scale from 0 to 1 on the scale from 0 to 100.
pub(super) fn hundred(x: f64) -> String {
    // Adding zero turns a minus zero into zero.
    format!("{}", (x * 100.0).round() + 0.0)
}

/// The same with one decimal.
pub(super) fn tenth(x: f64) -> String {
    format!("{}", (x * 1000.0).round() / 10.0 + 0.0)
}

/// `10 January 2022`.
pub(super) fn full(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// `10 January`.
pub(super) fn short_day(date: Date) -> String {
    date.strftime("%-d %B").to_string()
}

/// A documented date: the first of a month may stand for the month, 1 January for the year.
pub(super) fn span(date: Date) -> String {
    let format = match (date.month(), date.day()) {
        (1, 1) => "%Y",
        (_, 1) => "%B %Y",
        _ => "%-d %B %Y",
    };
    date.strftime(format).to_string()
}

/// Tension in a word.
pub(super) fn tension_word(tension: f64) -> &'static str {
    match tension {
        ..0.2 => "calm",
        ..0.4 => "uneasy",
        ..0.6 => "tense",
        ..0.8 => "severe",
        _ => "extreme",
    }
}

/// Readiness to strike in words.
pub(super) fn posture_word(posture: f64) -> &'static str {
    match posture {
        ..0.05 => "none",
        ..0.25 => "low",
        ..0.5 => "partial",
        ..0.75 => "advanced",
        _ => "near ready to strike",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_too_wide_and_no_word_is_lost() {
        let text = "a party refuses what is worth less to it than it would ask for next";
        for width in [16, 24, 50, 80] {
            let mut page = Page {
                width,
                out: String::new(),
            };
            page.item(text);
            assert!(page.out.lines().all(|line| line.chars().count() <= width));
            let words: Vec<&str> = page.out.split_whitespace().skip(1).collect();
            assert_eq!(words.join(" "), text);
        }
    }

    #[test]
    fn names_and_numbers_for_people() {
        assert_eq!(head("Hawk: strikes first (soon)"), "Hawk");
        assert_eq!(head("Water (both gain)"), "Water");
        assert_eq!(lower("Joint statement"), "joint statement");
        assert_eq!(lower("UN resolution"), "UN resolution");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list(&["a", "b, or c"]), "a; and b, or c");
        assert_eq!(list::<&str>(&[]), "nobody");
        assert_eq!(percent(0.0), "0%");
        assert_eq!(percent(0.001), "under 1%");
        assert_eq!(percent(0.999), "over 99%");
        assert_eq!(percent(1.0), "100%");
        assert_eq!(hundred(-0.001), "0");
        assert_eq!(tenth(0.0104), "1");
        assert_eq!(span(Date::constant(2019, 12, 1)), "December 2019");
        assert_eq!(span(Date::constant(2019, 1, 1)), "2019");
    }
}
