//! What a seat is taken in: a scenario, or an exercise over one, opened for `play` and `debrief`.

use super::output::sha256_hex;
use super::{CliError, resolved, source};
use crate::diagnostic::Sources;
use crate::evidence::Evidence;
use crate::exercise::{self, Exercise, seated};
use crate::model::Model;
use crate::scenario::document::DocumentKind;
use crate::scenario::names::nearest;
use crate::scenario::paths::resolve;
use crate::scenario::types::Scenario;
use crate::seat::session::Header;
use crate::seat::{Refusal, Table};

/// How a file stands to a session that was begun with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// The very same.
    Whole,
    /// The game can be repeated, but briefs, questions or news read otherwise.
    Facts,
    /// The game cannot be repeated.
    Nothing,
}

/// A file that seats are taken in, as it is now.
pub(super) struct Opened {
    /// The file that was opened.
    pub(super) file: String,
    scenario: Scenario,
    /// The exercise, if the file is one, and the SHA-256 of its text.
    exercise: Option<(Exercise, String)>,
    pub(super) evidence: Option<Evidence>,
    /// SHA-256 of the scenario's resolved text.
    pub(super) resolved_sha256: String,
}

/// Opens a file; nothing after its errors have been shown.
pub(super) fn open(path: &str, shipped: &Evidence) -> Result<Option<Opened>, CliError> {
    let (loaded, exercise) = if source::kind(path)? == DocumentKind::Exercise {
        let opened = exercise::load(path, &source::Disk, shipped);
        (opened.loaded, opened.exercise)
    } else {
        (source::open(path, shipped)?, None)
    };
    let Some(scenario) = source::scenario(&loaded).cloned() else {
        return Ok(None);
    };
    Ok(Some(Opened {
        file: path.to_owned(),
        scenario,
        exercise: exercise.map(|one| (one, sha256_hex(&loaded.sources.files[0].text))),
        // Without places: a game may be looked back on from another folder or machine.
        resolved_sha256: sha256_hex(&resolved::text(&loaded.resolved, &Sources::default())),
        evidence: loaded.evidence,
    }))
}

/// The file that a session was begun with.
pub(super) fn file_of(header: &Header) -> &str {
    header.exercise.as_deref().unwrap_or(&header.scenario)
}

impl Opened {
    pub(super) fn exercise(&self) -> Option<&Exercise> {
        self.exercise.as_ref().map(|(exercise, _)| exercise)
    }

    /// SHA-256 of the exercise's own text, briefs included.
    pub(super) fn exercise_sha256(&self) -> Option<&str> {
        self.exercise.as_ref().map(|(_, sha256)| &**sha256)
    }

    /// Path of the scenario: the file itself, or the one that the exercise names.
    pub(super) fn scenario_file(&self) -> String {
        self.exercise()
            .and_then(|exercise| resolve(&self.file, &exercise.scenario))
            .unwrap_or_else(|| self.file.clone())
    }

    /// How this file stands to the one that a session was begun with. What is played is the resolved
    /// scenario and what the seat's brief makes of its party; the rest of an exercise is words.
    pub(super) fn keeps(&self, header: &Header) -> Kept {
        let lessons = (header.exercise.is_some(), self.exercise.is_some());
        if header.exercise_sha256.as_deref() == self.exercise_sha256()
            && header.resolved_sha256 == self.resolved_sha256
        {
            Kept::Whole
        } else if lessons != (true, true)
            || header.resolved_sha256 != self.resolved_sha256
            || header.seat_type.as_deref() != self.seat_type(&header.seat)
        {
            Kept::Nothing
        } else {
            Kept::Facts
        }
    }

    /// The type that an exercise gives the party of a seat, if it gives one.
    pub(super) fn seat_type(&self, seat: &str) -> Option<&str> {
        self.exercise()?.seat(seat)?.kind.as_deref()
    }

    /// What to say where only the words have changed.
    pub(super) fn reworded(&self) -> String {
        format!(
            "{} has changed since this game was begun, in its words only (briefs, questions, news); \
             the scenario is the same, so the game is what it was",
            self.file
        )
    }

    /// Seats to take: party id and name.
    pub(super) fn seats(&self) -> Vec<(&str, &str)> {
        let taken = |id: &str| {
            self.exercise()
                .is_none_or(|exercise| exercise.seat(id).is_some())
        };
        let parties = self.scenario.parties.iter();
        parties
            .filter(|party| taken(&party.id))
            .map(|party| (&*party.id, &*party.name))
            .collect()
    }

    /// Why nobody can sit in an exercise that has no seats.
    pub(super) fn seatless(&self) -> Option<String> {
        self.exercise()
            .filter(|exercise| exercise.seats.is_empty())
            .map(|_| {
                format!(
                    "{} has no seats: it is worked by comparing runs. `jawjaw exercise print {}` \
                     writes its steps; `jawjaw play {} --as PARTY` takes a seat in its scenario",
                    self.file,
                    self.file,
                    self.scenario_file()
                )
            })
    }

    /// The table at which a seat is taken; in an exercise its party is what its brief says.
    pub(super) fn table(&self, seed: u64, seat: &str) -> Result<Table, Refusal> {
        let scenario = match self.exercise() {
            None => self.scenario.clone(),
            Some(exercise) => match exercise.seat(seat) {
                Some(seat) => seated(&self.scenario, seat),
                None => return Err(Refusal(self.no_seat(seat))),
            },
        };
        let model =
            Model::compile(scenario).map_err(|error| Refusal(format!("{}: {error}", self.file)))?;
        let injects = self
            .exercise()
            .map_or(&[][..], |exercise| &exercise.injects);
        Table::new(model, seed, seat)?.watching(injects.iter().filter_map(|one| one.when.as_ref()))
    }

    fn no_seat(&self, seat: &str) -> String {
        if let Some(why) = self.seatless() {
            return why;
        }
        let seats: Vec<&str> = self.seats().into_iter().map(|(id, _)| id).collect();
        let all = seats.join(", ");
        let mut parties = self.scenario.parties.iter();
        if parties.any(|party| party.id == seat) {
            return format!(
                "`{seat}` is played by an agent in this exercise; the seats to take are {all}"
            );
        }
        let near = nearest(seat, seats.iter().copied());
        let hint = near.map_or(String::new(), |id| format!(" Did you mean `{id}`?"));
        format!("no seat is called `{seat}`: there are {all}.{hint}")
    }
}
