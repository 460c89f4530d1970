//! A game at a terminal: shows the view, reads commands, saves every input.

use std::cell::{Cell, RefCell};

use super::super::CliError;
use super::super::terminal::{set_last_words, terminal_look};
use super::super::text::{height, print, width};
use super::command::Length;
use super::command::{self, Command};
use super::console::{Console, Input};
use super::lesson::{self, Lesson};
use super::page::Page;
use super::pages;
use super::store::Store;
use super::table::completions;
use super::words::Words;
use crate::exercise::types::Inject;
use crate::scenario::load::FactIndex;
use crate::seat::news::{Heard, News};
use crate::seat::session::{Header, Session};
use crate::seat::view::{CommitmentView, Turn};
use crate::seat::{Brief, Event, Game, Phase};

/// Whether the program goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    On,
    Stop,
}

/// A game at a terminal.
pub(super) struct Player<'a> {
    pub(super) game: Game,
    pub(super) header: Header,
    pub(super) brief: Brief,
    /// The exercise, if one is played.
    pub(super) lesson: Option<Lesson>,
    /// Its cards that have been shown, by id.
    handed: Vec<String>,
    pub(super) store: Store,
    pub(super) facts: &'a dyn FactIndex,
    console: RefCell<Console>,
    /// What was typed where a long page waited: the answer to the next question.
    early: RefCell<Option<String>>,
    /// Whether the person left while a long page waited.
    gone: Cell<bool>,
    plain: bool,
    /// Whether the person would rather not predict.
    pub(super) unpredicted: bool,
    /// How much of the news has been told.
    pub(super) told: usize,
    /// Threats and promises as they were last told.
    commitments: Vec<CommitmentView>,
    /// The situation as it was last shown.
    shown: Option<Turn>,
}

impl<'a> Player<'a> {
    pub(super) fn new(
        game: Game,
        header: Header,
        store: Store,
        facts: &'a dyn FactIndex,
        console: Console,
        plain: bool,
    ) -> Self {
        Self {
            lesson: None,
            handed: Vec::new(),
            brief: game.brief(),
            game,
            header,
            store,
            facts,
            console: RefCell::new(console),
            early: RefCell::new(None),
            gone: Cell::new(false),
            plain,
            unpredicted: false,
            told: 0,
            commitments: Vec::new(),
            shown: None,
        }
    }

    /// The same in an exercise.
    pub(super) fn in_lesson(mut self, lesson: Option<Lesson>) -> Self {
        self.lesson = lesson;
        self
    }

    /// Plays to the end, or until the person leaves.
    pub(super) fn play(&mut self, resumed: bool) -> Result<(), CliError> {
        if resumed {
            self.tell("Resumed. `history` tells what has happened, `brief` who you are.")?;
            let view = self.game.view();
            self.told = view.news.len();
            self.handed = self
                .cards(view.turn.as_ref())
                .into_iter()
                .map(|(_, one)| one.id.clone())
                .collect();
        } else if self.introduce()? == Flow::Stop {
            return self.leave();
        }
        if self.prepare()? == Flow::Stop {
            return self.leave();
        }
        while self.game.phase() == Phase::Decision {
            if self.decide()? == Flow::Stop {
                return self.leave();
            }
        }
        self.ending()
    }

    pub(super) fn words(&self) -> Words<'_> {
        let table = self.game.table();
        Words {
            model: &table.model,
            seat: table.seat,
        }
    }

    /// A page as wide as the terminal is now.
    pub(super) fn page(&self) -> Page {
        Page::new(width(), self.plain, terminal_look().bold)
    }

    /// Shows a page; what is longer than the terminal is high waits for Enter between screens.
    pub(super) fn show(&self, page: &Page) -> Result<(), CliError> {
        let height = height();
        if height < LOWEST || !self.console.borrow().edits() {
            return print(&page.out);
        }
        let mut rest = page.out.as_str();
        while let Some(end) = screenful(rest, height - 1) {
            print(&rest[..end])?;
            rest = &rest[end..];
            let asked = self.console.borrow_mut().ask(MORE, Vec::new())?;
            match asked {
                Input::Line(line) if line.is_empty() => {}
                Input::Line(line) => {
                    *self.early.borrow_mut() = (line != "q").then_some(line);
                    break;
                }
                Input::Interrupted | Input::Gone => {
                    self.gone.set(true);
                    return Ok(());
                }
            }
        }
        print(rest)
    }

    pub(super) fn tell(&self, text: &str) -> Result<(), CliError> {
        let mut page = self.page();
        page.say(text);
        self.show(&page)
    }

    /// A line from the person; none if there will be no more.
    pub(super) fn line(
        &mut self,
        prompt: &str,
        words: &[String],
    ) -> Result<Option<String>, CliError> {
        if self.gone.get() {
            return Ok(None);
        }
        if let Some(line) = self.early.take() {
            print(&format!("{prompt}{line}\n"))?;
            return Ok(Some(line));
        }
        let input = self.console.borrow_mut().ask(prompt, words.to_vec())?;
        Ok(match input {
            Input::Line(line) => Some(line),
            Input::Interrupted | Input::Gone => None,
        })
    }

    /// Waits for a key where somebody reads at a terminal.
    pub(super) fn pause(&mut self) -> Result<Flow, CliError> {
        if !self.console.borrow().edits() {
            return Ok(Flow::On);
        }
        loop {
            let Some(line) = self.line("(Enter to go on) ", &[])? else {
                return Ok(Flow::Stop);
            };
            match command::parse(&line) {
                _ if line.is_empty() => return Ok(Flow::On),
                Ok(Command::Quit) => return Ok(Flow::Stop),
                // A page names others to look at: they are shown here, too.
                Ok(command) if command.only_shows() => self.side(command)?,
                _ => {
                    *self.early.borrow_mut() = Some(line);
                    return Ok(Flow::On);
                }
            }
        }
    }

    /// Asks for a yes; anything but yes is no.
    pub(super) fn sure(&mut self, question: &str) -> Result<bool, CliError> {
        self.tell(question)?;
        let line = self.line("yes or no> ", &["yes".to_owned(), "no".to_owned()])?;
        let line = line.unwrap_or_default().to_lowercase();
        Ok(["y", "yes"].contains(&&*line))
    }

    /// Takes an input and saves the game.
    pub(super) fn act(&mut self, event: Event) -> Result<Result<(), String>, CliError> {
        match self.game.act(event) {
            Ok(()) => {
                self.save()?;
                Ok(Ok(()))
            }
            Err(refusal) => {
                let mut text = refusal.0;
                if let Some(first) = text.get_mut(..1) {
                    first.make_ascii_uppercase();
                }
                Ok(Err(text))
            }
        }
    }

    pub(super) fn save(&self) -> Result<(), CliError> {
        let session = Session {
            header: self.header.clone(),
            events: self.game.log().to_vec(),
        };
        self.store.write(&session.text())?;
        set_last_words(self.farewell());
        Ok(())
    }

    /// What is said when the program ends before the game does.
    fn farewell(&self) -> String {
        let path = self.store.path.display();
        format!("Saved in {path}. Go on with: jawjaw play --resume {path}")
    }

    /// Says where the game is.
    pub(super) fn tell_place(&self) -> Result<(), CliError> {
        let path = self.store.path.display();
        print(&format!(
            "The game is kept. Look back on it with:\n    jawjaw debrief {path}\n"
        ))
    }

    fn leave(&mut self) -> Result<(), CliError> {
        self.save()?;
        print(&format!("{}\n", self.farewell()))
    }

    pub(super) fn tell_saved(&mut self) -> Result<(), CliError> {
        self.save()?;
        print(&format!("Saved in {}.\n", self.store.path.display()))
    }

    pub(super) fn show_brief(&self, length: Length) -> Result<(), CliError> {
        let mut page = self.page();
        let lesson = self.lesson.as_ref();
        match (lesson, length) {
            (Some(lesson), Length::Short) => lesson.brief(&mut page, &self.brief.name),
            (Some(lesson), Length::Long) => lesson.long(&mut page, &self.brief.name),
            _ => pages::brief(&mut page, &self.words(), &self.brief, self.facts, lesson),
        }
        self.show(&page)
    }

    /// The cards of the exercise that the seat holds by now.
    pub(super) fn cards(&self, turn: Option<&Turn>) -> Vec<(u32, &Inject)> {
        match (&self.lesson, turn) {
            (Some(lesson), Some(turn)) => lesson.cards(turn, self.game.held()),
            _ => Vec::new(),
        }
    }

    /// News with the cards where they came: after the meeting, before the next one.
    pub(super) fn happened(&self, page: &mut Page, news: &[Heard], cards: &[(u32, &Inject)]) {
        let words = self.words();
        let (mut from, mut next) = (0, cards.iter().peekable());
        for (at, heard) in news.iter().enumerate() {
            let News::Round { round, .. } = heard.news else {
                continue;
            };
            let before = |card: &&(u32, &Inject)| (card.0 as usize) < round;
            let mut come = std::iter::from_fn(|| next.next_if(before)).peekable();
            if come.peek().is_some() {
                words.news(page, &news[from..at]);
                from = at;
                come.for_each(|(after, one)| lesson::card(page, *after, one));
            }
        }
        words.news(page, &news[from..]);
        next.for_each(|(after, one)| lesson::card(page, *after, one));
    }

    /// One decision: what has happened, what is asked, commands up to an answer.
    fn decide(&mut self) -> Result<Flow, CliError> {
        let view = self.game.view();
        let mut page = self.page();
        // What is on the table is said below.
        let mut news = &view.news[self.told..];
        let standing = view.turn.as_ref().and_then(|turn| turn.standing.as_ref());
        if let (Some(standing), Some((last, before))) = (standing, news.split_last())
            && let News::Offer { proposal, .. } | News::Text { proposal } = &last.news
            && *proposal == standing.proposal
        {
            news = before;
        }
        self.told = view.news.len();
        let mut cards = self.cards(view.turn.as_ref());
        cards.retain(|(_, one)| !self.handed.contains(&one.id));
        self.happened(&mut page, news, &cards);
        let handed: Vec<String> = cards.into_iter().map(|(_, one)| one.id.clone()).collect();
        self.handed.extend(handed);
        if let Some(turn) = view.turn {
            let words = self.words();
            let told = words.changes(&mut page, &self.commitments, &turn.commitments);
            if let Some(before) = &self.shown {
                words.since(&mut page, before, &turn);
            }
            self.situation(&mut page, &turn, self.shown.as_ref());
            self.commitments = told;
            self.shown = Some(turn);
        }
        self.show(&page)?;
        let before = self.game.decisions().len();
        while self.game.phase() == Phase::Decision && self.game.decisions().len() == before {
            let Some(turn) = self.game.view().turn else {
                break;
            };
            let words = completions(&turn);
            let prompt = if turn.meeting.is_some() {
                "table> "
            } else {
                "> "
            };
            let Some(line) = self.line(prompt, &words)? else {
                return Ok(Flow::Stop);
            };
            match command::parse(&line) {
                Ok(Command::Quit) => return Ok(Flow::Stop),
                Ok(command) => self.command(command, &turn)?,
                Err(why) => {
                    let mut why = why;
                    if let Some(first) = why.get_mut(..1) {
                        first.make_ascii_uppercase();
                    }
                    self.tell(&why)?;
                }
            }
        }
        Ok(Flow::On)
    }
}

/// Lowest terminal that pages are cut for.
const LOWEST: usize = 8;
const MORE: &str = "(Enter for more, q to skip the waiting) ";

/// Where to cut a text longer than so many lines: at the last empty line of the screen if one is in
/// its lower half.
fn screenful(text: &str, lines: usize) -> Option<usize> {
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
    if ends.len() <= lines {
        return None;
    }
    let gap = (lines / 2..lines).rev().find(|&line| {
        let start = ends[line - 1];
        ends[line] == start + 1
    });
    Some(ends[gap.unwrap_or(lines - 1)])
}

#[cfg(test)]
mod tests {
    use super::screenful;

    #[test]
    fn screens_end_at_gaps() {
        assert_eq!(screenful("a\nb\n", 2), None);
        assert_eq!(screenful("a\nb\nc\n", 2), Some(4));
        assert_eq!(screenful("a\nb\n\nc\nd\n", 4), Some(5));
        assert_eq!(screenful("\na\nb\nc\nd\ne\n", 4), Some(7));
    }
}
