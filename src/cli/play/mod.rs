//! `jawjaw play`: one seat at the table, against the agents.
//!
//! The game itself is [`crate::seat`]; here are the arguments, the file and the screen. Every input
//! is saved as soon as it is taken, so that whatever ends the program, the game can be resumed.

mod command;
mod console;
mod lesson;
mod page;
mod pages;
mod player;
mod prepare;
mod screen;
mod since;
mod store;
mod table;
mod words;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::output::file_error;
use super::seating::{Kept, Opened, file_of, open};
use super::{CliError, render, source};
use crate::diagnostic::{Severity, SourceText, Sources};
use crate::ensemble::MODEL_VERSION;
use crate::evidence::Evidence;
use crate::seat::Game;
use crate::seat::session::{FORMAT, Header, Session, read, unrepeatable};
use console::Console;
use lesson::Lesson;
use player::Player;
use store::Store;

/// Take a seat: play one party of a scenario or an exercise against the agents
#[derive(Debug, Args)]
#[command(
    after_help = "Every input is saved at once, by default below output/sessions. In the game, \
                        `help` lists the commands and `?` explains the terms."
)]
pub(super) struct PlayArgs {
    /// Scenario or exercise file
    #[arg(required_unless_present = "resume", conflicts_with = "resume")]
    file: Option<String>,
    /// The party you play, by id
    #[arg(
        long = "as",
        alias = "seat",
        value_name = "PARTY",
        conflicts_with = "resume"
    )]
    seat: Option<String>,
    /// Seed of all luck [default: the exercise's, or 1]
    #[arg(long, value_name = "S", conflicts_with = "resume")]
    seed: Option<u64>,
    /// Go on with a saved game
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// File to save the game in [default: output/sessions/<scenario>-<party>-<seed>.jsonl]
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Plain lines for screen readers and scripts: no line editing, no rules, no waiting for a key
    #[arg(long)]
    plain: bool,
}

impl PlayArgs {
    /// Plays; 1 if a file cannot be used.
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let shipped = Evidence::shipped();
        let session = match &self.resume {
            Some(path) => match saved(path)? {
                Some(session) => Some(session),
                None => return Ok(ExitCode::FAILURE),
            },
            None => None,
        };
        let path = match (&session, &self.file) {
            (Some((session, ..)), _) => file_of(&session.header).to_owned(),
            (None, Some(file)) => file.clone(),
            (None, None) => return Err(usage("name a scenario file")),
        };
        let Some(opened) = open(&path, &shipped)? else {
            return Ok(ExitCode::FAILURE);
        };
        let evidence = opened.evidence.as_ref().unwrap_or(&shipped);
        let (header, game, resumed) = if let Some((session, sources, places)) = session {
            matches(&session.header, &opened)?;
            let header = session.header.clone();
            let table = opened
                .table(header.seed, &header.seat)
                .map_err(|refusal| usage(&refusal.0))?;
            match session.replay(table) {
                Ok(game) => (header, game, true),
                Err((index, why)) => {
                    let diagnostic = unrepeatable(places[index].clone(), &why);
                    let colour = source::colour(&std::io::stderr());
                    source::say(&render::text(&diagnostic, &sources, colour));
                    return Ok(ExitCode::FAILURE);
                }
            }
        } else {
            let header = self.header(&opened)?;
            let table = opened
                .table(header.seed, &header.seat)
                .map_err(|refusal| usage(&refusal.0))?;
            (header, Game::start(table), false)
        };
        let id = &game.table().model.scenario.id;
        let store = match (self.save, self.resume) {
            (Some(path), _) | (None, Some(path)) => Store::new(path),
            (None, None) => Store::new(free(id, &header.seat, header.seed)?),
        };
        let exercise = opened.exercise();
        let lesson = exercise.and_then(|exercise| Lesson::new(exercise, &header.seat));
        let console = Console::new(self.plain);
        let player = Player::new(game, header, store, evidence, console, self.plain);
        play(player.in_lesson(lesson), resumed)
    }

    fn header(&self, opened: &Opened) -> Result<Header, CliError> {
        if let Some(why) = opened.seatless() {
            return Err(usage(&why));
        }
        let seats = opened.seats();
        // Where there is one seat to take, nobody need name it.
        let only = match &*seats {
            [(id, _)] => Some((*id).to_owned()),
            _ => None,
        };
        let Some(seat) = self.seat.clone().or(only) else {
            let ids: Vec<String> = seats
                .iter()
                .map(|(id, name)| format!("`{id}` ({name})"))
                .collect();
            return Err(usage(&format!(
                "say who you are with `--as`: {}",
                ids.join(", ")
            )));
        };
        let exercise = opened.exercise();
        Ok(Header {
            session: FORMAT,
            model_version: MODEL_VERSION,
            scenario: opened.scenario_file(),
            exercise: exercise.map(|_| opened.file.clone()),
            exercise_sha256: opened.exercise_sha256().map(str::to_owned),
            seat_type: opened.seat_type(&seat).map(str::to_owned),
            resolved_sha256: opened.resolved_sha256.clone(),
            seed: self.seed.or(exercise.map(|one| one.seed)).unwrap_or(1),
            seat,
        })
    }
}

fn usage(text: &str) -> CliError {
    CliError::Message(text.to_owned())
}

fn play(mut player: Player<'_>, resumed: bool) -> Result<ExitCode, CliError> {
    player.save()?;
    super::terminal::end_on_signal()?;
    player.play(resumed)?;
    Ok(ExitCode::SUCCESS)
}

type Saved = (Session, Sources, Vec<crate::diagnostic::Label>);

/// Reads a session; nothing after its problems have been shown.
fn saved(path: &Path) -> Result<Option<Saved>, CliError> {
    let text = std::fs::read_to_string(path).map_err(|error| file_error("read", path, error))?;
    let found = read(&text);
    let sources = Sources {
        files: vec![SourceText {
            name: path.display().to_string(),
            text,
        }],
    };
    let colour = source::colour(&std::io::stderr());
    for diagnostic in &found.diagnostics {
        source::say(&render::text(diagnostic, &sources, colour));
    }
    debug_assert_eq!(
        found.session.is_none(),
        found
            .diagnostics
            .iter()
            .any(|one| one.severity == Severity::Error)
    );
    Ok(found
        .session
        .map(|session| (session, sources, found.places)))
}

/// Whether the session was played on this scenario by this model.
fn matches(header: &Header, opened: &Opened) -> Result<(), CliError> {
    let kept = opened.keeps(header);
    if kept == Kept::Nothing {
        return Err(usage(&format!(
            "{} has changed since this game was begun, so that it cannot be repeated; put the file \
             back as it was, or begin a new game",
            file_of(header)
        )));
    }
    if header.model_version != MODEL_VERSION {
        return Err(usage(&format!(
            "this game was begun with version {} of the model and this program has version \
             {MODEL_VERSION}; resume it with the release that began it",
            header.model_version
        )));
    }
    if kept == Kept::Facts {
        source::say(&format!("note: {}", opened.reworded()));
    }
    Ok(())
}

/// The first name of its kind that is not taken.
fn free(id: &str, seat: &str, seed: u64) -> Result<PathBuf, CliError> {
    let folder = Path::new("output").join("sessions");
    for number in 1_u32.. {
        let again = if number == 1 {
            String::new()
        } else {
            format!("-{number}")
        };
        let path = folder.join(format!("{id}-{seat}-{seed}{again}.jsonl"));
        let taken = path
            .try_exists()
            .map_err(|error| file_error("read", &path, error))?;
        if !taken {
            return Ok(path);
        }
    }
    Err(usage(
        "no name is left for the game; choose one with `--save`",
    ))
}
