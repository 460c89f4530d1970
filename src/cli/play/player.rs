//! A game at a terminal: shows the view, reads commands, saves every input.

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;

use super::super::CliError;
use super::super::output::file_error;
use super::super::terminal::{set_last_words, terminal_look};
use super::super::text::{height, print, width};
use super::command::Length;
use super::command::{self, Command};
use super::console::{Console, Input};
use super::lesson::{self, Lesson};
use super::page::{Page, letter};
use super::pages;
use super::words::Words;
use crate::scenario::load::FactIndex;
use crate::seat::news::News;
use crate::seat::session::{Header, Session};
use crate::seat::view::{CommitmentView, Question, Turn};
use crate::seat::{Brief, Decision, Event, Game, Package, Phase};

/// Where a game is kept.
pub(super) struct Store {
    path: PathBuf,
}

impl Store {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Writes beside the file, then renames: a game on disk is always whole.
    fn write(&self, text: &str) -> Result<(), CliError> {
        let failed = |source| file_error("write", &self.path, source);
        if let Some(folder) = self
            .path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut draft = self.path.clone().into_os_string();
        draft.push(".tmp");
        fs::write(&draft, text).map_err(failed)?;
        fs::rename(&draft, &self.path).map_err(failed)
    }
}

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
    /// How many of its cards have been shown.
    handed: usize,
    store: Store,
    facts: &'a dyn FactIndex,
    console: RefCell<Console>,
    /// What was typed where a long page waited: the answer to the next question.
    early: RefCell<Option<String>>,
    plain: bool,
    /// How much of the news has been told.
    pub(super) told: usize,
    /// Threats and promises as they stood at the last decision.
    commitments: Vec<CommitmentView>,
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
            handed: 0,
            brief: game.brief(),
            game,
            header,
            store,
            facts,
            console: RefCell::new(console),
            early: RefCell::new(None),
            plain,
            told: 0,
            commitments: Vec::new(),
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
            let cards = |turn| self.lesson.as_ref().map(|lesson| lesson.cards(turn).len());
            self.handed = view.turn.as_ref().and_then(cards).unwrap_or(0);
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
                Input::Interrupted | Input::Gone => return Ok(()),
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
        let line = self.line("(Enter to go on) ", &[])?;
        let quits = line.is_none_or(|line| line == "quit");
        Ok(if quits { Flow::Stop } else { Flow::On })
    }

    /// Asks for a yes; anything but yes is no.
    fn sure(&mut self, question: &str) -> Result<bool, CliError> {
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
            "The game is in {path}.\nLook back on it with `jawjaw debrief` and that file.\n"
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
        self.words().news(&mut page, news);
        self.told = view.news.len();
        if let (Some(lesson), Some(turn)) = (&self.lesson, &view.turn) {
            let cards = lesson.cards(turn);
            for inject in cards.iter().skip(self.handed) {
                lesson::card(&mut page, inject);
            }
            self.handed = cards.len();
        }
        if let Some(turn) = view.turn {
            let words = self.words();
            words.changes(&mut page, &self.commitments, &turn.commitments);
            self.situation(&mut page, &turn);
            self.commitments = turn.commitments;
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

    fn command(&mut self, command: Command, turn: &Turn) -> Result<(), CliError> {
        let draft = || turn.draft.as_ref().map(|draft| draft.package.clone());
        match command {
            Command::Set(steps) => self.set(&steps, turn),
            Command::Drop(issue) => {
                let mut package = draft().unwrap_or_default();
                let issues = &self.game.table().model.scenario.issues;
                let id = issues.get(issue).map(|issue| issue.id.clone());
                match id.and_then(|id| package.levels.remove(&id)) {
                    Some(_) => self.redraft(package),
                    None => self.tell("This issue is not in your draft."),
                }
            }
            Command::Form(form) => {
                let forms = turn
                    .meeting
                    .as_ref()
                    .map_or(&[][..], |meeting| &meeting.forms);
                let Some(form) = forms.get(form) else {
                    let mut page = self.page();
                    page.say("There is no such form here.");
                    pages::forms(&mut page, &self.words(), forms);
                    return self.show(&page);
                };
                let mut package = draft().unwrap_or_default();
                package.form = Some(form.clone());
                self.redraft(package)
            }
            Command::Copy { mine } => {
                let copied = if mine {
                    turn.last_own.clone()
                } else {
                    turn.standing
                        .as_ref()
                        .map(|standing| standing.package.clone())
                };
                match copied {
                    Some(package) => self.redraft(package),
                    None if mine => self.tell("You have made no offer at this meeting."),
                    None => {
                        self.tell("No offer is on the table; `copy mine` takes your own last one.")
                    }
                }
            }
            Command::Clear => self.redraft(Package::default()),
            Command::Undo => match self.act(Event::Undo)? {
                Ok(()) => self.show_draft(),
                Err(why) => self.tell(&why),
            },
            Command::Draft => self.show_draft(),
            Command::Offer => self.offer(turn),
            Command::Accept => self.accept(turn),
            Command::Refuse => self.decided(Decision::Refuse),
            Command::Pass => self.decided(Decision::Pass),
            Command::WalkOut => {
                if turn.may.contains(&"walk-out")
                    && !self.sure("Walking out ends this meeting for everyone. Do you?")?
                {
                    return self.tell("You stay.");
                }
                self.decided(Decision::WalkOut)
            }
            Command::Wait => self.decided(Decision::Wait),
            Command::Move(which) => self.make_move(&which, turn),
            Command::Caucus => self.caucus(turn),
            Command::Note(text) => {
                if let Err(why) = self.act(Event::Note { text })? {
                    return self.tell(&why);
                }
                self.tell("Noted.")
            }
            Command::Save(Some(path)) => {
                self.store = Store::new(PathBuf::from(path));
                self.tell_saved()
            }
            Command::Save(None) => self.tell_saved(),
            other => self.side(other),
        }
    }

    /// Puts levels into the draft.
    fn set(&mut self, steps: &[(usize, usize)], turn: &Turn) -> Result<(), CliError> {
        let drafted = turn.draft.as_ref();
        let mut package = drafted.map_or_else(Package::default, |draft| draft.package.clone());
        let several = steps.len() > 1;
        for &(issue, level) in steps {
            let issues = &self.game.table().model.scenario.issues;
            let Some(issue) = issues.get(issue) else {
                return self.tell(&format!("There are {} issues.", issues.len()));
            };
            if level >= issue.levels.len() {
                let last = letter(issue.levels.len() - 1);
                return self.tell(&format!("{} has levels a to {last}.", issue.name));
            }
            let seen = turn.issues.iter().find(|seen| seen.issue == issue.id);
            // What cannot be settled here must not cost the rest of the line.
            if several && seen.is_some_and(|seen| !seen.on_agenda) {
                self.tell(&format!(
                    "Left out, not to be settled here: {}.",
                    issue.name
                ))?;
                continue;
            }
            if seen.is_some_and(|seen| seen.level == level) {
                package.levels.remove(&issue.id);
                let level = &issue.levels[level];
                self.tell(&format!("In force already: {}: {level}.", issue.name))?;
                continue;
            }
            package.levels.insert(issue.id.clone(), level);
        }
        self.redraft(package)
    }

    /// Commands that only show something.
    pub(super) fn side(&mut self, command: Command) -> Result<(), CliError> {
        let view = self.game.view();
        let turn = view.turn.as_ref();
        let words = self.words();
        let mut page = self.page();
        match command {
            Command::Issues => {
                pages::issues(&mut page, &words, turn, None);
                if let Some(meeting) = turn.and_then(|turn| turn.meeting.as_ref()) {
                    pages::forms(&mut page, &words, &meeting.forms);
                }
            }
            Command::Moves => match turn {
                Some(turn) if turn.question == Question::Move => self.moves(&mut page, turn),
                _ => page.say("Moves are made between meetings; it is not the time."),
            },
            Command::History => {
                words.news(&mut page, &view.news);
                if let (Some(lesson), Some(turn)) = (&self.lesson, turn) {
                    for inject in lesson.cards(turn) {
                        lesson::card(&mut page, inject);
                    }
                }
                if view.news.is_empty() {
                    page.say("Nothing has happened yet; `background` tells what came before.");
                }
            }
            Command::Brief(length) => return self.show_brief(length),
            Command::Background => pages::background(&mut page, &words),
            Command::Calendar => {
                let from = turn.map_or(0, |turn| turn.round - 1);
                pages::calendar(&mut page, &words, from);
            }
            Command::Commitments => {
                if let Some(turn) = turn {
                    pages::commitments(&mut page, &words, turn);
                }
            }
            Command::Worksheet => self.worksheet(&mut page),
            Command::Help(None) => pages::help(&mut page),
            Command::Help(Some(term)) => {
                let lesson = self.lesson.as_ref();
                let term = (term != "?").then_some(&*term);
                match term.and_then(|term| Some((term, self.facts.fact_text(term)?))) {
                    Some((id, fact)) => page.say(&format!(
                        "{} ({}) [{id}]",
                        fact.statement, fact.attributed_to
                    )),
                    None => pages::term(&mut page, &words, term, turn, lesson),
                }
            }
            _ => {
                if let Some(turn) = turn {
                    self.situation(&mut page, turn);
                }
            }
        }
        self.show(&page)
    }

    fn decided(&mut self, decision: Decision) -> Result<(), CliError> {
        if let Err(why) = self.act(Event::Decide { decision })? {
            self.tell(&why)?;
        }
        Ok(())
    }

    fn redraft(&mut self, package: Package) -> Result<(), CliError> {
        match self.act(Event::Draft { package })? {
            Ok(()) => self.show_draft(),
            Err(why) => self.tell(&why),
        }
    }

    fn show_draft(&self) -> Result<(), CliError> {
        let view = self.game.view();
        let mut page = self.page();
        if let Some(turn) = &view.turn {
            self.draft(&mut page, turn);
        }
        self.show(&page)
    }

    fn offer(&mut self, turn: &Turn) -> Result<(), CliError> {
        let Some(draft) = turn
            .draft
            .clone()
            .filter(|draft| !draft.proposal.terms.is_empty())
        else {
            return self
                .tell("Your draft is empty: put levels into it first, as in `3b`, or `copy`.");
        };
        if turn.may.contains(&"offer") && !draft.warnings.is_empty() {
            let mut page = self.page();
            page.say("Before you send it, for your eyes only:");
            for warning in &draft.warnings {
                page.item(&self.words().warning(warning));
            }
            self.show(&page)?;
            if !self.sure("Send it all the same?")? {
                return self.tell("Not sent.");
            }
        }
        let package = draft.package;
        self.decided(Decision::Offer { package })
    }

    fn accept(&mut self, turn: &Turn) -> Result<(), CliError> {
        if let Some(standing) = &turn.standing
            && turn.may.contains(&"accept")
            && !standing.warnings.is_empty()
        {
            let mut page = self.page();
            page.say("Before you say yes, for your eyes only:");
            for warning in &standing.warnings {
                page.item(&self.words().warning(warning));
            }
            self.show(&page)?;
            if !self.sure("Say yes all the same?")? {
                return self.tell("You have not answered yet.");
            }
        }
        self.decided(Decision::Accept)
    }

    fn make_move(&mut self, which: &str, turn: &Turn) -> Result<(), CliError> {
        if turn.question != Question::Move {
            return self
                .tell("Moves are made between meetings. To draft, write the level too: `3b`.");
        }
        let number: Option<usize> = which.parse().ok();
        let act = match number {
            Some(number) => number
                .checked_sub(1)
                .and_then(|index| turn.moves.get(index)),
            None => turn.moves.iter().find(|act| act.id == which),
        };
        let Some(act) = act else {
            return self.tell("You have no such move now; `moves` lists those at hand.");
        };
        if act.ends && !self.sure("This move ends the game and cannot be taken back. Make it?")? {
            return self.tell("Not done.");
        }
        let act = act.id.clone();
        self.decided(Decision::Move { act })
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

/// What the Tab key completes.
fn completions(turn: &Turn) -> Vec<String> {
    let mut words: Vec<String> = command::WORDS
        .iter()
        .map(|(word, _)| (*word).to_owned())
        .collect();
    words.extend(turn.moves.iter().map(|act| act.id.clone()));
    words.extend(["brief long", "brief points", "walk out"].map(str::to_owned));
    words.push("copy mine".to_owned());
    words.sort();
    words
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
