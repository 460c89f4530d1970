//! Before the first round: the brief, the worksheet, the prediction.

use std::collections::BTreeMap;

use super::super::CliError;
use super::command::Length;
use super::lesson::Which;
use super::page::{Page, letter, points};
use super::player::{Flow, Player};
use super::{command, pages};
use crate::seat::{Event, Phase, Worksheet};

/// A question of the worksheet.
enum Step {
    Batna,
    WalkAway,
    /// What this party cares for.
    Priorities(usize),
    Predict,
    Begin,
}

impl Player<'_> {
    /// What is read first.
    pub(super) fn introduce(&mut self) -> Result<Flow, CliError> {
        let seed = self.header.seed;
        let words = self.words();
        let mut page = self.page();
        pages::opening(&mut page, &words, seed, self.lesson.as_ref());
        pages::calendar(&mut page, &words, 0);
        page.gap();
        page.say("`background` tells what the documents report before the start.");
        self.show(&page)?;
        if let Flow::Stop = self.pause()? {
            return Ok(Flow::Stop);
        }
        self.show_brief(Length::Short)?;
        self.pause()
    }

    /// Asks what is still to be asked, up to the first round.
    pub(super) fn prepare(&mut self) -> Result<Flow, CliError> {
        let mut asked = None;
        while self.game.phase() == Phase::Preparation {
            let number = self.step();
            if asked != Some((number, self.unpredicted)) {
                self.ask_step(number)?;
                asked = Some((number, self.unpredicted));
            }
            let Some(line) = self.line("> ", &[])? else {
                return Ok(Flow::Stop);
            };
            match &*line.to_lowercase() {
                "quit" | "exit" => return Ok(Flow::Stop),
                "undo" if std::mem::take(&mut self.unpredicted) => asked = None,
                "undo" => {
                    match self.act(Event::Undo)? {
                        Ok(()) => self.tell("Taken back.")?,
                        Err(refusal) => self.tell(&refusal)?,
                    }
                    asked = None;
                }
                "save" => self.tell_saved()?,
                note if note.starts_with("note ") => {
                    let text = line[5..].trim().to_owned();
                    match self.act(Event::Note { text })? {
                        Ok(()) => self.tell("Noted.")?,
                        Err(refusal) => self.tell(&refusal)?,
                    }
                }
                _ => match command::parse(&line) {
                    Ok(command) if command.only_shows() => {
                        self.side(command)?;
                        // The question has left the screen.
                        asked = None;
                    }
                    _ => self.answer_step(number, &line)?,
                },
            }
        }
        Ok(Flow::On)
    }

    /// Which question is next: each answer is an input, and undoing takes one back.
    fn step(&self) -> usize {
        self.game
            .log()
            .iter()
            .fold(0, |step: usize, event| match event {
                Event::Worksheet { .. } | Event::Predict { .. } => step + 1,
                Event::Undo => step.saturating_sub(1),
                _ => step,
            })
    }

    fn kind(&self, number: usize) -> Step {
        let seat = self.game.table().seat;
        let parties = self.game.table().model.parties.len();
        let mut others = (0..parties).filter(|&party| party != seat);
        match number {
            0 => Step::Batna,
            1 => Step::WalkAway,
            number => match others.nth(number - 2) {
                Some(party) => Step::Priorities(party),
                None if number == parties + 1 && !self.unpredicted => Step::Predict,
                None => Step::Begin,
            },
        }
    }

    fn ask_step(&mut self, number: usize) -> Result<(), CliError> {
        let kind = self.kind(number);
        let mut page = self.page();
        let scenario = &self.game.table().model.scenario;
        let heading = format!(
            "Worksheet, question {} of {}",
            number + 1,
            scenario.parties.len() + 2
        );
        match kind {
            Step::Batna => {
                page.heading(&heading);
                self.own(&mut page, Which::Batna);
                page.say(
                    "What will you do if there is no agreement? Your best alternative (BATNA), in a \
                     line of words. Nobody else sees the worksheet. Enter leaves a question open, \
                     `undo` goes one back, `brief` shows the brief again.",
                );
            }
            Step::WalkAway => {
                page.heading(&heading);
                self.own(&mut page, Which::WalkAway);
                let own = points(self.brief.outside.walk_away);
                page.say(&format!(
                    "Your walk-away point: below how many points (0 to 100) would you rather have no \
                     agreement? Your brief puts it at {own} on the first day.",
                ));
            }
            Step::Priorities(party) => {
                page.heading(&heading);
                if number == 2 {
                    self.own(&mut page, Which::Guesses);
                }
                page.say(&format!(
                    "{}: what matters most there, as you guess? Numbers of issues, most important first, \
                     as in `4 1`; `issues` lists them.",
                    scenario.parties[party].name
                ));
                let listed = if number == 2 { &*scenario.issues } else { &[] };
                for (index, issue) in listed.iter().enumerate() {
                    page.hang(&format!("  [{}]", index + 1), 7, &issue.name);
                }
            }
            Step::Predict => {
                page.heading(&heading);
                self.own(&mut page, Which::Prediction);
                page.say(
                    "Your prediction, before the first round: how likely is each outcome, in percent? \
                     One number each in this order, adding up to 100; Enter leaves it open.",
                );
                for (index, outcome) in scenario.outcomes.iter().enumerate() {
                    let summary = outcome.summary.as_deref().unwrap_or("");
                    let text = format!("{}. {summary}", outcome.name);
                    page.hang(&format!("  {}", letter(index)), 5, &text);
                }
            }
            Step::Begin => {
                page.gap();
                let lesson = self.lesson.as_ref();
                if let Some(plan) = lesson.and_then(|lesson| lesson.question(Which::Plan)) {
                    page.say(&format!(
                        "Your plan. {plan} Write it down with `note TEXT`."
                    ));
                    page.gap();
                }
                page.say("Ready? Enter begins the first round; `undo` goes back to the worksheet.");
            }
        }
        self.show(&page)
    }

    /// The exercise's own words for a question, before the program's.
    fn own(&self, page: &mut Page, which: Which) {
        let lesson = self.lesson.as_ref();
        if let Some(text) = lesson.and_then(|lesson| lesson.question(which)) {
            page.say(&text);
            page.gap();
        }
    }

    fn answer_step(&mut self, number: usize, line: &str) -> Result<(), CliError> {
        let mut worksheet: Worksheet = self.game.worksheet().clone();
        let event = match self.kind(number) {
            Step::Batna => {
                // Whoever skipped through the pages with `q` may have pressed it once too often.
                let line = if line.eq_ignore_ascii_case("q") {
                    ""
                } else {
                    line
                };
                line.clone_into(&mut worksheet.batna);
                Event::Worksheet { worksheet }
            }
            Step::WalkAway => {
                worksheet.walk_away = match line {
                    "" => None,
                    line => match line.replace(',', ".").parse::<f64>() {
                        Ok(value) if (0.0..=100.0).contains(&value) => Some(value / 100.0),
                        _ => {
                            return self
                                .tell("Write a number from 0 to 100, such as 45, or nothing.");
                        }
                    },
                };
                Event::Worksheet { worksheet }
            }
            Step::Priorities(party) => match self.ranked(line) {
                Ok(ranked) => {
                    let id = self.game.table().model.scenario.parties[party].id.clone();
                    worksheet.priorities.insert(id, ranked);
                    Event::Worksheet { worksheet }
                }
                Err(why) => return self.tell(&why),
            },
            Step::Predict if ["", "skip"].contains(&&*line.to_lowercase()) => {
                self.unpredicted = true;
                return Ok(());
            }
            Step::Predict => match self.chances(line) {
                Ok(chances) => Event::Predict { chances },
                Err(why) => return self.tell(&why),
            },
            Step::Begin if ["", "begin", "yes", "ready"].contains(&&*line.to_lowercase()) => {
                Event::Begin
            }
            Step::Begin => {
                return self.tell("The game has not begun yet: press Enter alone to begin.");
            }
        };
        if let Err(refusal) = self.act(event)? {
            self.tell(&refusal)?;
        }
        Ok(())
    }

    fn ranked(&self, line: &str) -> Result<Vec<String>, String> {
        let issues = &self.game.table().model.scenario.issues;
        let mut ranked: Vec<String> = Vec::new();
        for piece in line.split([' ', ',']).filter(|piece| !piece.is_empty()) {
            let number: Option<usize> = piece.parse().ok();
            let issue = number.and_then(|number| issues.get(number.checked_sub(1)?));
            let Some(issue) = issue else {
                return Err(format!(
                    "`{piece}` is no issue: write numbers from 1 to {}.",
                    issues.len()
                ));
            };
            if !ranked.contains(&issue.id) {
                ranked.push(issue.id.clone());
            }
        }
        Ok(ranked)
    }

    fn chances(&self, line: &str) -> Result<BTreeMap<String, f64>, String> {
        let outcomes = &self.game.table().model.scenario.outcomes;
        let pieces = line.split([' ', '%']).filter(|piece| !piece.is_empty());
        let numbers: Option<Vec<f64>> = pieces.map(|piece| piece.parse().ok()).collect();
        let numbers = numbers.ok_or("Write numbers only, or `skip`.")?;
        if numbers.len() != outcomes.len() {
            return Err(format!(
                "Write {} numbers, one for each outcome, or `skip`; these are {}.",
                outcomes.len(),
                numbers.len()
            ));
        }
        let named = outcomes.iter().zip(numbers);
        Ok(named
            .map(|(outcome, chance)| (outcome.id.clone(), chance))
            .collect())
    }
}
