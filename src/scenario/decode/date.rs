//! Days.

use jiff::civil::Date;
use toml::value::Datetime;

use super::reader::{Reader, Row};
use crate::scenario::tree::{Node, Value};

impl Reader<'_> {
    pub(crate) fn date(&mut self, row: &Row<'_>, key: &str) -> Option<Date> {
        let node = row.get(key)?;
        let date = day(node);
        if date.is_none() {
            let label = node.label("expected a day such as 2022-01-10");
            self.error("bad-date", format!("`{key}` is not a day"), label);
        }
        date
    }

    pub(super) fn required_date(&mut self, row: &Row<'_>, key: &str) -> Date {
        if row.get(key).is_none() {
            self.missing(row, key, "a day such as 2022-01-10");
        }
        self.date(row, key).unwrap_or(Date::ZERO)
    }

    /// A day, month or year; the first day of it.
    pub(super) fn required_span(&mut self, row: &Row<'_>, key: &str) -> Date {
        let text = row.get(key).and_then(Node::as_str);
        let padded = text.and_then(|text| match text.len() {
            4 => format!("{text}-01-01").parse().ok(),
            7 => format!("{text}-01").parse().ok(),
            _ => None,
        });
        padded.unwrap_or_else(|| self.required_date(row, key))
    }
}

/// A day, written as a TOML date or in quotes.
fn day(node: &Node) -> Option<Date> {
    match &node.value {
        Value::Datetime(Datetime {
            date: Some(date),
            time: None,
            offset: None,
        }) => Date::new(
            i16::try_from(date.year).ok()?,
            i8::try_from(date.month).ok()?,
            i8::try_from(date.day).ok()?,
        )
        .ok(),
        Value::String(text) if text.len() == 10 => text.parse().ok(),
        _ => None,
    }
}
