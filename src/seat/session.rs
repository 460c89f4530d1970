//! A game as a file: one line of JSON that says what is played, then one line for each input.
//!
//! Flows in: a text. Flows out: the header and the events, or every line that cannot be read as a
//! [`Diagnostic`]. Invariant: what [`Session::text`] writes [`read`] reads back to the same events,
//! and an input is never changed once it is written: a game that goes on only adds lines.

use serde::{Deserialize, Serialize};

use super::event::Event;
use super::{Game, Table};
use crate::diagnostic::{Diagnostic, Label, Severity, SourceId};

/// Version of the format that this release writes and reads.
pub const FORMAT: u32 = 1;

/// What is played: the first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Version of the format.
    pub session: u32,
    /// Version of what the model computes.
    pub model_version: u32,
    /// Scenario file, as it was given.
    pub scenario: String,
    /// The exercise that set the scenario up, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exercise: Option<String>,
    /// SHA-256 of the exercise's own text, briefs included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exercise_sha256: Option<String>,
    /// The type that the exercise gives the party of the seat, if it gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat_type: Option<String>,
    /// SHA-256 of the scenario's text after `extends` has been merged in, without the places where
    /// its lines stand.
    pub resolved_sha256: String,
    /// Seed.
    pub seed: u64,
    /// Party id of the seat.
    pub seat: String,
}

/// A game as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// What is played.
    pub header: Header,
    /// Every input, in order.
    pub events: Vec<Event>,
}

fn line(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value)
        .expect("keys are texts and the numbers of an event have a JSON form");
    format!("{json}\n")
}

impl Session {
    /// The file's text.
    pub fn text(&self) -> String {
        self.events
            .iter()
            .fold(line(&self.header), |text, event| text + &line(event))
    }

    /// The game that the inputs make at a table.
    ///
    /// # Errors
    /// The number of the first input that the game refuses, and why.
    pub fn replay(&self, table: Table) -> Result<Game, (usize, String)> {
        let mut game = Game::start(table);
        for (index, event) in self.events.iter().enumerate() {
            let refused = game.act(event.clone()).err();
            if let Some(refusal) = refused {
                return Err((index, refusal.0));
            }
        }
        Ok(game)
    }
}

/// What came of reading a session.
#[derive(Debug)]
pub struct Read {
    /// The session, unless something is wrong with it.
    pub session: Option<Session>,
    /// Everything to say about it.
    pub diagnostics: Vec<Diagnostic>,
    /// Place of each event in the text.
    pub places: Vec<Label>,
}

/// Reads a session; labels refer to the text as source 0.
pub fn read(text: &str) -> Read {
    let mut read = Read {
        session: None,
        diagnostics: Vec::new(),
        places: Vec::new(),
    };
    let mut header = None;
    let mut events = Vec::new();
    let mut start = 0;
    let mut first = true;
    for piece in text.split_inclusive('\n') {
        let (here, whole) = (start, piece.ends_with('\n'));
        start += piece.len();
        let line = piece.trim_end();
        if line.is_empty() {
            continue;
        }
        let place = |message: String| Label {
            source: SourceId(0),
            span: here..here + line.len(),
            message,
        };
        if std::mem::take(&mut first) {
            match serde_json::from_str::<Header>(line) {
                Ok(found) if found.session == FORMAT => header = Some(found),
                Ok(found) => read.diagnostics.push(problem(
                    "session-format",
                    format!("this session is of format {}, not {FORMAT}", found.session),
                    place("written by another release".to_owned()),
                    "resume it with the release that wrote it",
                )),
                Err(error) => read.diagnostics.push(problem(
                    "not-a-session",
                    "the first line does not say what is played".to_owned(),
                    place(reason(&error)),
                    "a session file is written by `jawjaw play`; its first line names the scenario, \
                     the seed and the seat",
                )),
            }
            continue;
        }
        match serde_json::from_str::<Event>(line) {
            Ok(event) => {
                events.push(event);
                read.places.push(place(String::new()));
            }
            // A machine that stops while it writes leaves half a line: that input is lost.
            Err(_) if !whole => read.diagnostics.push(Diagnostic {
                severity: Severity::Warning,
                ..problem(
                    "cut-off",
                    "the last line was cut off; its input is lost".to_owned(),
                    place("ends here".to_owned()),
                    "nothing: the game goes on from the input before",
                )
            }),
            Err(error) => read.diagnostics.push(problem(
                "unknown-input",
                "this line is no input of a game".to_owned(),
                place(reason(&error)),
                "each line after the first is one input, as `jawjaw play` writes it",
            )),
        }
    }
    if first {
        read.diagnostics.push(problem(
            "not-a-session",
            "the file is empty".to_owned(),
            Label {
                source: SourceId(0),
                span: 0..0,
                message: String::new(),
            },
            "a session file is written by `jawjaw play`",
        ));
    }
    let wrong = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
    if let Some(header) = header.filter(|_| !read.diagnostics.iter().any(wrong)) {
        read.session = Some(Session { header, events });
    }
    read
}

/// Why an input of a session cannot be repeated.
pub fn unrepeatable(place: Label, why: &str) -> Diagnostic {
    let message = why.trim_end_matches('.').to_owned();
    problem(
        "unrepeatable-input",
        "this input cannot be repeated".to_owned(),
        Label { message, ..place },
        "the session was made by hand, or with another scenario or release",
    )
}

/// What the parser says, without the position: the label has it.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    text[..end].to_owned()
}

fn problem(code: &'static str, message: String, label: Label, help: &str) -> Diagnostic {
    Diagnostic {
        code,
        severity: Severity::Error,
        message,
        labels: vec![label],
        help: Some(help.to_owned()),
        fix: None,
    }
}
