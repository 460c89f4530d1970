//! `jawjaw debrief`: one game, or the games of a class, looked back on.
//!
//! Arguments, files and threads are here; the numbers come from [`crate::debrief`], the words from
//! [`crate::report::debrief`].

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::output::file_error;
use super::seating::{Kept, Opened, file_of, open};
use super::text::width;
use super::{CliError, render, source};
use crate::debrief::place::Comparison;
use crate::debrief::{Debrief, Played, Settings};
use crate::diagnostic::{Diagnostic, Label, Severity, SourceId, SourceText, Sources};
use crate::ensemble::MODEL_VERSION;
use crate::evidence::Evidence;
use crate::exercise::types::Stage;
use crate::report::debrief::{Basis, class, document, short};
use crate::report::document::Document;
use crate::report::layout::Look;
use crate::seat::Game;
use crate::seat::session::{Header, Session, read, unrepeatable};

/// Longest file of a game in bytes.
const SIZE_LIMIT: u64 = 16 << 20;

/// Look back on played games: questions first, then what the same facts gave agents
#[derive(Debug, Args)]
#[command(
    after_help = "One file: the debriefing of that game. Several files of one scenario: the class, \
                  the same facts and different deals. Answers what `jawjaw play` saved."
)]
pub(super) struct DebriefArgs {
    /// Files that `jawjaw play` saved
    #[arg(required = true, value_name = "SESSION")]
    sessions: Vec<PathBuf>,
    /// Form of the output; by the ending of `--out` if that is given
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// In the terminal: all of a game's debriefing, not the short one
    #[arg(long)]
    full: bool,
    /// File to write in place of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Scenario or exercise file in place of the one that the session names
    #[arg(long, value_name = "FILE")]
    scenario: Option<String>,
    /// Runs of agents to hold a game against
    #[arg(
        long,
        value_name = "N",
        default_value_t = Settings::default().runs,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000)
    )]
    runs: u32,
    /// Threads; as many as there are cores if absent
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading in a terminal
    Text,
    /// For a wiki or a text editor
    Markdown,
    /// One page that needs no other file, to read or to print
    Html,
}

impl Format {
    /// What the ending of a file stands for.
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "txt" => Some(Self::Text),
            "md" | "markdown" => Some(Self::Markdown),
            "html" | "htm" => Some(Self::Html),
            _ => None,
        }
    }
}

/// A game as it was saved.
struct Saved {
    label: String,
    session: Session,
    sources: Sources,
    places: Vec<Label>,
}

impl DebriefArgs {
    /// Looks back and writes; 1 if a file cannot be used.
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let format = self.form()?;
        let mut saved = Vec::new();
        for (path, label) in self.sessions.iter().zip(labels(&self.sessions)) {
            saved.extend(open_session(path, label)?);
        }
        if saved.len() < self.sessions.len() {
            return Ok(ExitCode::FAILURE);
        }
        let shipped = Evidence::shipped();
        let Some(opened) = self.open_scenario(&saved, &shipped)? else {
            return Ok(ExitCode::FAILURE);
        };
        let mut games = Vec::new();
        for one in &saved {
            games.extend(game(one, &opened));
        }
        if games.len() < saved.len() {
            return Ok(ExitCode::FAILURE);
        }
        let document = self.look_back(&saved, &games, &opened, format)?;
        let evidence = opened.evidence.as_ref().unwrap_or(&shipped);
        let text = match format {
            Format::Text => document.text(Look {
                width: if self.out.is_some() { 80 } else { width() },
                bold: self.out.is_none() && source::colour(&std::io::stdout()),
            }),
            Format::Markdown => document.markdown(),
            Format::Html => document
                .html(evidence)
                .map_err(|error| message(&error.to_string()))?,
        };
        match &self.out {
            None => source::print(&text)?,
            Some(path) => {
                write_whole(path, &text)?;
                source::say(&format!("wrote {}", path.display()));
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn form(&self) -> Result<Format, CliError> {
        let by_name = self.out.as_deref().and_then(Format::of);
        match (self.format, &self.out, by_name) {
            (Some(format), ..) | (None, _, Some(format)) => Ok(format),
            (None, None, _) => Ok(Format::Text),
            (None, Some(path), None) => Err(message(&format!(
                "{} ends in none of .txt, .md and .html; say what to write with `--format`",
                path.display()
            ))),
        }
    }

    /// The scenario that all games are of; nothing after what is wrong has been shown.
    fn open_scenario(
        &self,
        saved: &[Saved],
        shipped: &Evidence,
    ) -> Result<Option<Opened>, CliError> {
        let first = &saved[0];
        for other in saved {
            let (one, two) = (&other.session.header, &first.session.header);
            if one.resolved_sha256 != two.resolved_sha256 {
                return Err(message(&format!(
                    "{} was played on another scenario, or another version of it, than {}: a class \
                     shares its facts",
                    other.sources.files[0].name, first.sources.files[0].name
                )));
            }
            let version = other.session.header.model_version;
            if version != MODEL_VERSION {
                return Err(message(&format!(
                    "{} was played with version {version} of the model, and this program has version \
                     {MODEL_VERSION}; use the release that it was played with",
                    other.sources.files[0].name
                )));
            }
        }
        let header = &first.session.header;
        let file = match &self.scenario {
            Some(file) => file.clone(),
            None => found(file_of(header), &self.sessions[0]),
        };
        let Some(opened) = open(&file, shipped)? else {
            return Ok(None);
        };
        let kept = |one: &Saved| opened.keeps(&one.session.header);
        if let Some(other) = saved.iter().find(|one| kept(one) == Kept::Nothing) {
            return Err(message(&changed(&opened, &other.session.header)));
        }
        if saved.iter().any(|one| kept(one) == Kept::Facts) {
            source::say(&format!("note: {}", opened.reworded()));
        }
        Ok(Some(opened))
    }

    fn look_back(
        &self,
        saved: &[Saved],
        games: &[Game],
        opened: &Opened,
        format: Format,
    ) -> Result<Document, CliError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads.map_or(0, NonZeroUsize::get))
            .build()
            .map_err(|error| message(&format!("cannot start the worker threads: {error}")))?;
        let found = pool.install(|| self.found(saved, games))?;
        let basis = Basis {
            file: opened.file.clone(),
            sha256: opened.resolved_sha256.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            model_version: MODEL_VERSION,
            questions: questions(opened),
        };
        let both: Vec<(&Game, &Debrief)> = games.iter().zip(&found).collect();
        Ok(match both.as_slice() {
            [(game, found)] if format == Format::Text && !self.full => {
                short(game, found, &basis, &self.more())
            }
            [(game, found)] => document(game, found, &basis),
            _ => class(&both, &basis),
        })
    }

    /// Where a short debriefing sends the reader for the rest.
    fn more(&self) -> String {
        let session = self.sessions[0].display();
        format!(
            "Charts, the frontier, the better packages by name, intervals, and the evidence behind your \
             brief: `jawjaw debrief {session} --out FILE.html` writes them as a page, `--full` shows \
             them here."
        )
    }

    fn found(&self, saved: &[Saved], games: &[Game]) -> Result<Vec<Debrief>, CliError> {
        let mut effort = Settings::default().effort;
        if games.len() > 1 {
            // The page of a class does not tell where each game turned.
            effort.screening = 0;
            effort.measuring = 0;
        }
        // Games of the same seat, type and draw are held against the same runs.
        let mut known: Vec<((usize, usize, u64), Comparison)> = Vec::new();
        let mut all = Vec::new();
        for (game, one) in games.iter().zip(saved) {
            let played = Played::new(game).map_err(|error| {
                message(&format!(
                    "{}: {error}; go on with `jawjaw play --resume`",
                    one.sources.files[0].name
                ))
            })?;
            let key = (game.table().seat, played.row(), game.table().seed);
            let shared = known.iter().find(|(of, _)| *of == key);
            let comparison = if let Some((_, shared)) = shared {
                shared.clone()
            } else {
                let comparison = played.compare(self.runs);
                known.push((key, comparison.clone()));
                comparison
            };
            all.push(played.debrief(&one.label, comparison, effort));
        }
        Ok(all)
    }
}

fn message(text: &str) -> CliError {
    CliError::Message(text.to_owned())
}

/// The exercise's own questions, each behind its stage; none for a scenario.
fn questions(opened: &Opened) -> Vec<String> {
    let Some(exercise) = opened.exercise() else {
        return Vec::new();
    };
    let stages = Stage::ALL.into_iter().map(|(_, stage)| stage);
    let asked = |stage: Stage| {
        let own = exercise.questions.iter();
        own.filter(move |one| one.stage == stage)
            .map(move |one| format!("{} {}", stage.question(), one.text.trim()))
    };
    stages.flat_map(asked).collect()
}

/// Why a file is not the one that was played.
fn changed(opened: &Opened, header: &Header) -> String {
    let file = &opened.file;
    if header.resolved_sha256 == opened.resolved_sha256 {
        let (was, now) = (&header.exercise, opened.exercise().is_some());
        return match (was, now) {
            (Some(exercise), false) => format!(
                "this game was played in the exercise {exercise}, and {file} is a scenario; name the \
                 exercise with `--scenario`"
            ),
            (Some(_), true) => format!(
                "{file} makes the party of this seat another than it was in this game; name the file \
                 that was played with `--scenario`"
            ),
            (None, _) => format!(
                "{file} is an exercise, and this game was played in the scenario alone; name the \
                 scenario with `--scenario`"
            ),
        };
    }
    let short = |hash: &str| hash.get(..12).unwrap_or(hash).to_owned();
    let exercise = header.exercise.as_ref().map_or(String::new(), |exercise| {
        format!(" as the exercise {exercise} sets it up")
    });
    format!(
        "{file} is not what this game was played on: its resolved text has the SHA-256 {}..., the \
         session says {}...{exercise}; name the file that was played with `--scenario`",
        short(&opened.resolved_sha256),
        short(&header.resolved_sha256),
    )
}

/// The scenario file that a session names: from here, or else from where the session lies.
fn found(named: &str, session: &Path) -> String {
    let beside = session.parent().map(|folder| folder.join(named));
    match beside {
        Some(beside) if !Path::new(named).exists() && beside.exists() => {
            beside.display().to_string()
        }
        _ => named.to_owned(),
    }
}

/// Short names of the games: the files' names without their ending, told apart where they are equal.
fn labels(paths: &[PathBuf]) -> Vec<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    (paths.iter())
        .map(|path| {
            let stem = path
                .file_stem()
                .map_or("game".into(), |stem| stem.to_string_lossy());
            let mut label = stem.clone().into_owned();
            let mut number = 2;
            while !taken.insert(label.clone()) {
                label = format!("{stem} ({number})");
                number += 1;
            }
            label
        })
        .collect()
}

/// Reads a session; nothing after its problems have been shown.
fn open_session(path: &Path, label: String) -> Result<Option<Saved>, CliError> {
    let size = std::fs::metadata(path).map_err(|error| file_error("read", path, error))?;
    if size.len() > SIZE_LIMIT {
        return Err(message(&format!(
            "{} is longer than {} MiB and no file of a game",
            path.display(),
            SIZE_LIMIT >> 20
        )));
    }
    let bytes = std::fs::read(path).map_err(|error| file_error("read", path, error))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let found = read(&text);
    let sources = Sources {
        files: vec![SourceText {
            name: path.display().to_string(),
            text,
        }],
    };
    found.diagnostics.iter().for_each(|one| show(one, &sources));
    Ok(found.session.map(|session| Saved {
        label,
        session,
        sources,
        places: found.places,
    }))
}

fn show(diagnostic: &Diagnostic, sources: &Sources) {
    let colour = source::colour(&std::io::stderr());
    source::say(&render::text(diagnostic, sources, colour));
}

/// The game of a session, or nothing after what is wrong with it has been shown.
fn game(saved: &Saved, opened: &Opened) -> Option<Game> {
    let header = &saved.session.header;
    let table = match opened.table(header.seed, &header.seat) {
        Ok(table) => table,
        Err(refusal) => {
            let end = saved.sources.files[0]
                .text
                .lines()
                .next()
                .map_or(0, str::len);
            let diagnostic = Diagnostic {
                code: "unknown-seat",
                severity: Severity::Error,
                message: "this scenario has no such seat".to_owned(),
                labels: vec![Label {
                    source: SourceId(0),
                    span: 0..end,
                    message: refusal.to_string(),
                }],
                help: Some("the session was made by hand, or with another scenario".to_owned()),
                fix: None,
            };
            show(&diagnostic, &saved.sources);
            return None;
        }
    };
    match saved.session.replay(table) {
        Ok(game) => Some(game),
        Err((index, why)) => {
            show(
                &unrepeatable(saved.places[index].clone(), &why),
                &saved.sources,
            );
            None
        }
    }
}

/// Writes a file under a temporary name, then gives it its own.
fn write_whole(path: &Path, text: &str) -> Result<(), CliError> {
    let name = path
        .file_name()
        .ok_or_else(|| message(&format!("{} names no file to write", path.display())))?;
    let draft = format!(".{}.draft-{}", name.to_string_lossy(), std::process::id());
    let draft = path.with_file_name(draft);
    let written = std::fs::write(&draft, text).and_then(|()| std::fs::rename(&draft, path));
    written.map_err(|source| {
        // Best effort: nothing half-written is left behind.
        drop(std::fs::remove_file(&draft));
        file_error("write", path, source)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn games_of_the_same_name_are_told_apart() {
        let paths = ["a/x.jsonl", "b/x.jsonl", "y.jsonl"].map(PathBuf::from);
        assert_eq!(labels(&paths), ["x", "x (2)", "y"]);
    }

    #[test]
    fn the_ending_says_what_to_write() {
        let of = |name: &str| Format::of(Path::new(name));
        assert_eq!(of("a/b.html"), Some(Format::Html));
        assert_eq!(of("b.md"), Some(Format::Markdown));
        assert_eq!(of("b"), None);
    }
}
