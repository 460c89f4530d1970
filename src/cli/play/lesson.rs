//! What an exercise adds to a game: its own brief and words, its worksheet, its news.
//!
//! Only what the person in one seat may read is ever taken from the exercise.

use super::page::{Page, day};
use crate::exercise::Exercise;
use crate::exercise::types::{Inject, Seat};
use crate::seat::view::{Question, Turn};

/// An exercise as it is met from one seat.
pub(super) struct Lesson {
    exercise: Exercise,
    seat: Seat,
}

impl Lesson {
    /// None if people do not take this seat.
    pub(super) fn new(exercise: &Exercise, seat: &str) -> Option<Self> {
        Some(Self {
            seat: exercise.seat(seat)?.clone(),
            exercise: exercise.clone(),
        })
    }

    /// The note before anything else, where the file's own summary is for the teacher.
    pub(super) fn opening(&self, page: &mut Page) {
        let exercise = &self.exercise;
        page.say(&format!(
            "Content note. {} You may stop at any time: `quit` keeps your game.",
            one_line(&exercise.content_note)
        ));
        page.say(&format!(
            "Cut-off. Nothing said or done after {} is in any brief; what happened later is no guide \
             here.",
            day(exercise.cutoff)
        ));
    }

    /// What everybody may read.
    pub(super) fn public(&self, page: &mut Page) {
        page.heading("What everybody knows");
        paragraphs(page, &self.exercise.public);
        page.say("A word in square brackets is the id of a fact; `? ID` tells it.");
    }

    /// The brief in short.
    pub(super) fn brief(&self, page: &mut Page, name: &str) {
        let seat = &self.seat;
        page.heading(&format!("Confidential: the brief of {name}"));
        paragraphs(page, &seat.short);
        self.stakes(page);
        page.gap();
        page.say(
            "`brief long` tells it in full; `brief points` shows what each level is worth to you, and \
             why.",
        );
    }

    /// The brief in full.
    pub(super) fn long(&self, page: &mut Page, name: &str) {
        page.heading(&format!("Confidential: the brief of {name}, in full"));
        paragraphs(page, &self.seat.long);
        self.stakes(page);
    }

    fn stakes(&self, page: &mut Page) {
        let seat = &self.seat;
        page.heading("What you want, most important first");
        for (index, want) in seat.wants.iter().enumerate() {
            page.hang(&format!("{:>3}. ", index + 1), 5, &one_line(want));
        }
        page.heading("Your red lines");
        for line in &seat.red_lines {
            page.item(&one_line(line));
        }
        page.heading("If nothing is agreed");
        paragraphs(page, &seat.outside_option);
        self.unknown(page);
    }

    /// What the brief leaves open; in place of a list of what the others might be.
    pub(super) fn unknown(&self, page: &mut Page) {
        page.heading("What you do not know");
        for unknown in &self.seat.unknown {
            page.item(&one_line(unknown));
        }
    }

    /// The exercise's own question of the worksheet, by number; those about other parties share one.
    pub(super) fn question(&self, which: Which) -> Option<String> {
        let sheet = self.exercise.worksheet.as_ref()?;
        let text = match which {
            Which::Batna => &sheet.batna,
            Which::WalkAway => &sheet.walk_away,
            Which::Guesses => &sheet.guesses,
            Which::Prediction => &sheet.prediction,
            Which::Plan => sheet.plan.as_ref()?,
        };
        Some(one_line(text))
    }

    /// Terms that the exercise explains.
    pub(super) fn terms(&self) -> impl Iterator<Item = &str> {
        self.exercise.glossary.iter().map(|term| &*term.term)
    }

    /// What the exercise says of a term.
    pub(super) fn explain(&self, word: &str) -> Option<String> {
        let word = word.trim().to_lowercase();
        let is = |term: &&crate::exercise::types::Term| {
            let name = term.term.to_lowercase();
            name == word || (word.chars().count() >= 3 && name.starts_with(&word))
        };
        let found = self.exercise.glossary.iter().find(is)?;
        Some(format!("{}: {}", found.term, one_line(&found.meaning)))
    }

    /// The cards that the seat has been handed up to a turn, by the meeting after which they came (0
    /// is before the first). `held` says when the conditions came to hold for which some wait: that is
    /// for the teacher to know, here the program, and may rest on what the party does not know.
    pub(super) fn cards(&self, turn: &Turn, held: &[Option<usize>]) -> Vec<(u32, &Inject)> {
        // Moves are weighed after the meeting of their round.
        let over = turn.round - usize::from(turn.question != Question::Move);
        let over = u32::try_from(over).unwrap_or(u32::MAX);
        let mut held = held.iter();
        let injects = self.exercise.injects.iter().map(|one| {
            let watched = one.when.as_ref().and_then(|_| *held.next()?);
            let begun = watched.and_then(|round| u32::try_from(round).ok());
            (one.round.or(begun), one)
        });
        let mut cards: Vec<(u32, &Inject)> = injects
            .filter(|(_, one)| one.seen_by.includes(&self.seat.party))
            .filter_map(|(after, one)| Some((after.filter(|after| *after <= over)?, one)))
            .collect();
        cards.sort_by_key(|(after, _)| *after);
        cards
    }
}

/// A question of the worksheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Batna,
    WalkAway,
    Guesses,
    Prediction,
    Plan,
}

/// A card as it is handed out.
pub(super) fn card(page: &mut Page, after: u32, inject: &Inject) {
    let when = match after {
        0 => "before meeting 1".to_owned(),
        after => format!("after meeting {after}"),
    };
    page.heading(&format!("{} ({when})", inject.title));
    page.say(&format!("From: {}.", one_line(&inject.sender)));
    paragraphs(page, &inject.text);
    page.gap();
}

/// A text whose lines are broken where the file breaks them, as one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text in paragraphs, which an empty line divides.
fn paragraphs(page: &mut Page, text: &str) {
    for paragraph in text.split("\n\n") {
        let line = one_line(paragraph);
        if !line.is_empty() {
            page.say(&line);
        }
    }
}
