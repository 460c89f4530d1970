//! What a command does: drafting, answering, leaving, moving, and looking around.

use std::path::PathBuf;

use super::super::CliError;
use super::command::{self, Command};
use super::page::letter;
use super::pages;
use super::player::Player;
use super::store::Store;
use crate::seat::view::{Question, Turn};
use crate::seat::{Decision, Event, Package};

impl Player<'_> {
    pub(super) fn command(&mut self, command: Command, turn: &Turn) -> Result<(), CliError> {
        let draft = || turn.draft.as_ref().map(|draft| draft.package.clone());
        match command {
            Command::Set(steps, form) => self.set(&steps, form, turn),
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
                    return self.no_such_form(forms);
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
            Command::WalkOut => {
                if turn.may.contains(&"walk-out")
                    && !self.sure("Walking out ends this meeting for everyone. Do you?")?
                {
                    return self.tell("You stay.");
                }
                self.decided(Decision::WalkOut)
            }
            Command::Pass if turn.question == Question::Move => self.decided(Decision::Wait),
            Command::Pass => self.decided(Decision::Pass),
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
    fn no_such_form(&self, forms: &[String]) -> Result<(), CliError> {
        let mut page = self.page();
        let words = self.words();
        match forms {
            [only] => page.say(&format!(
                "This venue knows one form only: {}.",
                words.form(only)
            )),
            _ => page.say("There is no such form here."),
        }
        pages::forms(&mut page, &words, forms);
        self.show(&page)
    }

    fn set(
        &mut self,
        steps: &[(usize, usize)],
        form: Option<usize>,
        turn: &Turn,
    ) -> Result<(), CliError> {
        let drafted = turn.draft.as_ref();
        let mut package = drafted.map_or_else(Package::default, |draft| draft.package.clone());
        if let Some(form) = form {
            let meeting = turn.meeting.as_ref();
            let forms = meeting.map_or(&[][..], |meeting| &meeting.forms);
            let Some(form) = forms.get(form) else {
                return self.no_such_form(forms);
            };
            package.form = Some(form.clone());
        }
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
                self.happened(&mut page, &view.news, &self.cards(turn));
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
                    self.situation(&mut page, turn, None);
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
            self.draft(&mut page, turn, false);
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
            for warning in self.words().warnings(draft.warnings.iter()) {
                page.item(&warning);
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
            for warning in self.words().warnings(standing.warnings.iter()) {
                page.item(&warning);
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

/// What the Tab key completes.
pub(super) fn completions(turn: &Turn) -> Vec<String> {
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
