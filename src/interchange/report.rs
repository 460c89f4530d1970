//! What there is to say about imported files, and their bytes as text.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Label, Severity, SourceId, SourceText, Sources};

/// Longest span that is underlined: a place, not the whole of a hostile line.
const SPAN_LIMIT: usize = 80;

/// Most problems that are reported: a file with more has told enough.
const PROBLEMS_LIMIT: usize = 200;

/// The texts read so far and everything to say about them.
#[derive(Debug, Default)]
pub struct Report {
    /// The texts.
    pub sources: Sources,
    /// Deviations as notices, what was assumed as warnings, refusals as errors.
    pub diagnostics: Vec<Diagnostic>,
    left_out: usize,
}

/// A place in one of the texts.
#[derive(Debug, Clone)]
pub struct Place {
    /// Which text.
    pub source: SourceId,
    /// Bytes.
    pub span: Range<usize>,
}

impl Report {
    /// Takes in a file: UTF-8, with or without byte order mark, UTF-16 with one, else Latin-1.
    pub fn open(&mut self, name: &str, bytes: &[u8]) -> SourceId {
        let source = SourceId(self.sources.files.len() as u32);
        let (text, deviation) = decode(bytes);
        self.sources.files.push(SourceText {
            name: name.to_owned(),
            text,
        });
        if let Some((at, message)) = deviation {
            let place = Place {
                source,
                span: at..at,
            };
            self.notice("encoding", message, &place);
        }
        source
    }

    /// The text of a file.
    pub fn text(&self, source: SourceId) -> &str {
        &self.sources.files[source.0 as usize].text
    }

    /// The name of a file as the user gave it.
    pub fn name(&self, source: SourceId) -> &str {
        &self.sources.files[source.0 as usize].name
    }

    /// Something that deviates from the format and was read all the same.
    pub fn notice(&mut self, code: &'static str, message: impl Into<String>, place: &Place) {
        self.say(Severity::Notice, code, &message.into(), place, None);
    }

    /// Something that was read otherwise than its author may have meant.
    pub fn warning(&mut self, code: &'static str, message: impl Into<String>, place: &Place) {
        self.say(Severity::Warning, code, &message.into(), place, None);
    }

    /// Something because of which the file cannot be imported.
    pub fn error(&mut self, code: &'static str, message: impl Into<String>, place: &Place) {
        self.say(Severity::Error, code, &message.into(), place, None);
    }

    /// The same with a remedy.
    pub fn error_with_help(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        place: &Place,
        help: &str,
    ) {
        let help = Some(help.to_owned());
        self.say(Severity::Error, code, &message.into(), place, help);
    }

    /// Whether anything forbids the import.
    pub fn failed(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|one| one.severity == Severity::Error)
    }

    /// How many problems were not listed.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    fn say(
        &mut self,
        severity: Severity,
        code: &'static str,
        message: &str,
        place: &Place,
        help: Option<String>,
    ) {
        if self.diagnostics.len() >= PROBLEMS_LIMIT {
            // The first error must be there, or the import would pass for one that succeeded.
            if severity != Severity::Error || self.failed() {
                self.left_out += 1;
                return;
            }
        }
        let text = self.text(place.source);
        let start = text.floor_char_boundary(place.span.start.min(text.len()));
        let end = place.span.end.min(start + SPAN_LIMIT).max(start);
        let label = Label {
            source: place.source,
            span: start..text.ceil_char_boundary(end),
            message: String::new(),
        };
        self.diagnostics.push(Diagnostic {
            code,
            severity,
            message: shortened(message),
            labels: vec![label],
            help,
            fix: None,
        });
    }
}

/// A message that quotes a value of a hostile file stays a message.
fn shortened(message: &str) -> String {
    const LONGEST: usize = 300;
    if message.len() <= LONGEST {
        return message.to_owned();
    }
    format!("{} ...", &message[..message.floor_char_boundary(LONGEST)])
}

/// The text of some bytes, and what was odd about them.
fn decode(bytes: &[u8]) -> (String, Option<(usize, String)>) {
    let wide = |bytes: &[u8], pair: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|two| pair([two[0], two[1]]))
            .collect();
        let text = String::from_utf16_lossy(&units);
        (text, Some((0, "the file is UTF-16, not UTF-8".to_owned())))
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => return wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return wide(rest, u16::from_be_bytes),
        _ => {}
    }
    let (body, mark) = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => (rest, true),
        _ => (bytes, false),
    };
    match std::str::from_utf8(body) {
        Ok(text) => {
            let odd = mark.then(|| (0, "the file begins with a byte order mark".to_owned()));
            (text.to_owned(), odd)
        }
        Err(error) => {
            // Latin-1: each byte is the character of its number.
            let text: String = body.iter().map(|&byte| char::from(byte)).collect();
            let at = error.valid_up_to();
            let place = text.char_indices().nth(at).map_or(0, |(byte, _)| byte);
            let message = "the file is not UTF-8; it is read as Latin-1".to_owned();
            (text, Some((place, message)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_text_whatever_their_encoding() {
        let cases: [(&[u8], &str, bool); 5] = [
            (b"caf\xc3\xa9", "caf\u{e9}", false),
            (b"\xef\xbb\xbfcaf\xc3\xa9", "caf\u{e9}", true),
            (b"caf\xe9", "caf\u{e9}", true),
            (b"\xff\xfec\0a\0", "ca", true),
            (b"\xfe\xff\0c\0a", "ca", true),
        ];
        for (bytes, expected, odd) in cases {
            let mut report = Report::default();
            let source = report.open("x", bytes);
            assert_eq!(report.text(source), expected);
            assert_eq!(!report.diagnostics.is_empty(), odd, "{expected}");
            assert!(!report.failed());
        }
    }

    #[test]
    fn long_lists_and_messages_are_cut_but_an_error_stays() {
        let mut report = Report::default();
        let source = report.open("x", b"text");
        let place = Place { source, span: 0..4 };
        for _ in 0..1000 {
            report.notice("odd", "x".repeat(10_000), &place);
        }
        report.error("bad", "the end", &place);
        assert!(report.failed());
        assert_eq!(report.diagnostics.len(), PROBLEMS_LIMIT + 1);
        assert_eq!(report.left_out(), 1000 - PROBLEMS_LIMIT);
        assert!(report.diagnostics[0].message.len() < 400);
    }
}
