//! Reading typed values out of a TOML tree that keeps its spans.
//!
//! Each method returns the value or reports what is wrong and returns nothing, so that one pass
//! finds every problem of a file.

use std::ops::Range;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::date::FactDate;
use super::types::Named;
use crate::diagnostic::{Diagnostic, Label, Severity, SourceId};

/// Collects the problems of one text.
pub(super) struct Reader<'d> {
    pub(super) source: SourceId,
    pub(super) diagnostics: &'d mut Vec<Diagnostic>,
}

/// A table and where it stands.
pub(super) struct Table<'t> {
    pub(super) entries: &'t DeTable<'t>,
    pub(super) span: Range<usize>,
}

impl<'t> Table<'t> {
    /// The value under a key.
    pub(super) fn get(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.entries
            .iter()
            .find(|(known, _)| known.get_ref() == key)
            .map(|(_, value)| value)
    }
}

impl Reader<'_> {
    pub(super) fn label(&self, span: Range<usize>, message: impl Into<String>) -> Label {
        Label {
            source: self.source,
            span,
            message: message.into(),
        }
    }

    pub(super) fn error(
        &mut self,
        code: &'static str,
        span: Range<usize>,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        let labels = vec![self.label(span, "")];
        self.diagnostics.push(Diagnostic {
            code,
            severity: Severity::Error,
            message: message.into(),
            labels,
            help,
            fix: None,
        });
    }

    fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, key: &str, expected: &str) {
        let found = value.get_ref().type_str();
        let message = format!("`{key}` should be {expected}, not {found}");
        self.error("wrong-type", value.span(), message, None);
    }

    fn required<'t>(&mut self, table: &Table<'t>, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        let value = table.get(key);
        if value.is_none() {
            let message = format!("`{key}` is missing");
            self.error("missing-key", table.span.clone(), message, None);
        }
        value
    }

    fn text_of(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<String> {
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(value, key, "a text in quotation marks");
            return None;
        };
        if text.trim().is_empty() {
            self.error(
                "empty-text",
                value.span(),
                format!("`{key}` is empty"),
                None,
            );
            return None;
        }
        Some(text.trim().to_owned())
    }

    /// A text that must be there and say something.
    pub(super) fn text(&mut self, table: &Table<'_>, key: &str) -> Option<String> {
        let value = self.required(table, key)?;
        self.text_of(value, key)
    }

    /// A text that may be absent.
    pub(super) fn optional_text(&mut self, table: &Table<'_>, key: &str) -> Option<String> {
        table.get(key).and_then(|value| self.text_of(value, key))
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, table: &Table<'_>, key: &str) -> Option<Vec<String>> {
        let value = self.required(table, key)?;
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(value, key, "a list of texts");
            return None;
        };
        let texts: Vec<Option<String>> = items.iter().map(|item| self.text_of(item, key)).collect();
        texts.into_iter().collect()
    }

    /// A name: lower-case words, figures and hyphens.
    pub(super) fn id(&mut self, table: &Table<'_>) -> Option<(String, Range<usize>)> {
        let value = self.required(table, "id")?;
        let id = self.text_of(value, "id")?;
        let sound = id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !sound {
            let help = "use lower-case letters, figures and hyphens".to_owned();
            self.error(
                "bad-id",
                value.span(),
                format!("`{id}` cannot be an id"),
                Some(help),
            );
            return None;
        }
        Some((id, value.span()))
    }

    /// One name of a closed list.
    pub(super) fn choice<T: Named>(&mut self, table: &Table<'_>, key: &str) -> Option<T> {
        let value = self.required(table, key)?;
        let text = self.text_of(value, key)?;
        let chosen = T::ALL.iter().copied().find(|known| known.name() == text);
        if chosen.is_none() {
            let names: Vec<&str> = T::ALL.iter().map(|known| known.name()).collect();
            let labels = vec![self.label(value.span(), "")];
            self.diagnostics.push(Diagnostic {
                code: "unknown-name",
                severity: Severity::Error,
                message: format!("`{text}` is no {key}"),
                labels,
                help: Some(format!("one of {}", names.join(", "))),
                fix: nearest(&text, &names).map(|name| format!("\"{name}\"")),
            });
        }
        chosen
    }

    /// A date, bare or in quotation marks.
    pub(super) fn date(&mut self, table: &Table<'_>) -> Option<FactDate> {
        let value = self.required(table, "date")?;
        let text = match value.get_ref() {
            DeValue::Datetime(moment) => moment.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => {
                self.wrong_type(value, "date", "a date");
                return None;
            }
        };
        match text.parse() {
            Ok(date) => Some(date),
            Err(why) => {
                let message = format!("`{text}` is no date");
                self.error("bad-date", value.span(), message, Some(why.to_owned()));
                None
            }
        }
    }

    /// A whole number of cases that may be absent.
    pub(super) fn cases(&mut self, table: &Table<'_>, key: &str) -> Option<u64> {
        let value = table.get(key)?;
        match value.get_ref() {
            DeValue::Integer(digits) if digits.radix() == 10 => {
                let number = digits.as_str().parse().ok();
                if number.is_none() {
                    let message = format!("`{key}` should be a number of cases");
                    self.error("bad-count", value.span(), message, None);
                }
                number
            }
            _ => {
                self.wrong_type(value, key, "a whole number");
                None
            }
        }
    }

    /// A finite number.
    pub(super) fn number(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<f64> {
        let digits = match value.get_ref() {
            DeValue::Integer(digits) if digits.radix() == 10 => digits.as_str(),
            DeValue::Float(digits) => digits.as_str(),
            _ => {
                self.wrong_type(value, key, "a number");
                return None;
            }
        };
        let number = f64::from_str(digits)
            .ok()
            .filter(|number| number.is_finite());
        if number.is_none() {
            let message = format!("`{key}` should be a finite number");
            self.error("bad-number", value.span(), message, None);
        }
        number
    }

    /// A share in [0, 1] that may be absent.
    pub(super) fn share(&mut self, table: &Table<'_>, key: &str) -> Option<f64> {
        let value = table.get(key)?;
        let share = self.number(value, key)?;
        if !(0.0..=1.0).contains(&share) {
            let help = Some("write 20 % as 0.2".to_owned());
            let message = format!("`{key}` should lie between 0 and 1");
            self.error("bad-share", value.span(), message, help);
            return None;
        }
        Some(share)
    }

    /// Reports every key that is not in the list.
    pub(super) fn no_other_keys(&mut self, table: &Table<'_>, known: &[&str]) {
        for (key, _) in table.entries {
            if known.contains(&key.get_ref().as_ref()) {
                continue;
            }
            let labels = vec![self.label(key.span(), "")];
            self.diagnostics.push(Diagnostic {
                code: "unknown-key",
                severity: Severity::Error,
                message: format!("unknown key `{}`", key.get_ref()),
                labels,
                help: Some(format!("known here: {}", known.join(", "))),
                fix: nearest(key.get_ref(), known).map(str::to_owned),
            });
        }
    }

    /// The tables of `[[key]]`; none if the key is absent.
    pub(super) fn tables<'t>(&mut self, top: &Table<'t>, key: &str) -> Vec<Table<'t>> {
        let Some(value) = top.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(
                value,
                key,
                &format!("a list of tables, each under `[[{key}]]`"),
            );
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(items.len());
        for item in items {
            match item.get_ref() {
                DeValue::Table(entries) => tables.push(Table {
                    entries,
                    span: item.span(),
                }),
                _ => self.wrong_type(item, key, "a table"),
            }
        }
        tables
    }
}

fn nearest<'n>(text: &str, names: &[&'n str]) -> Option<&'n str> {
    names
        .iter()
        .map(|name| (strsim::jaro_winkler(text, name), *name))
        .filter(|&(likeness, _)| likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}
