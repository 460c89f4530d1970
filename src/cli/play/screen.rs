//! What a game shows: the situation, the draft, the worksheet, a caucus, the end.

use super::super::CliError;
use super::page::{Page, change, day, hundred, list, points};
use super::pages;
use super::player::Player;
use super::words::Words;
use crate::seat::Event;
use crate::seat::view::{Question, Turn, View, Warning};

impl Player<'_> {
    /// The draft; what can be settled and how is not told twice at a meeting.
    pub(super) fn draft(&self, page: &mut Page, turn: &Turn, again: bool) {
        let words = self.words();
        match &turn.draft {
            Some(draft) if !draft.proposal.terms.is_empty() => {
                page.say("Your draft:");
                words.package(page, &draft.proposal);
                if let Some(standing) = &turn.standing {
                    page.say(&words.difference(&standing.proposal, &draft.proposal));
                }
                page.say(&Words::score(draft.proposal.to_you, turn.own));
                for warning in words.warnings(beside_the_score(&draft.warnings)) {
                    page.hang("  ! ", 4, &format!("{warning} (Only you see this.)"));
                }
            }
            _ if again => {
                let mine = if turn.last_own.is_some() {
                    "; `copy mine` starts from your last offer"
                } else {
                    ""
                };
                page.say(&format!(
                    "Your draft is empty. `issues` lists what can go into it{mine}."
                ));
            }
            _ => {
                page.say(
                    "Your draft is empty. `3b` puts level b of issue 3 into it; `issues` lists them.",
                );
                let open = turn.issues.iter().filter(|issue| issue.on_agenda);
                let open: Vec<String> = open
                    .filter(|issue| !issue.settled)
                    .filter_map(|issue| Some((words.issue(&issue.issue)? + 1).to_string()))
                    .collect();
                if !open.is_empty() {
                    page.say(&format!(
                        "Issues that can be settled here: {}.",
                        list(&open)
                    ));
                }
                let forms = turn.meeting.as_ref().map(|meeting| &meeting.forms);
                pages::forms(page, &words, forms.map_or(&[], Vec::as_slice));
            }
        }
    }

    pub(super) fn caucus(&mut self, turn: &Turn) -> Result<(), CliError> {
        if let Err(why) = self.act(Event::Caucus)? {
            return self.tell(&why);
        }
        let mut page = self.page();
        page.heading("Caucus");
        page.say("You adjourn to think. Nobody speaks meanwhile and it costs no turn.");
        let own = turn.own;
        page.say(&format!(
            "As things stand: {}. No agreement: {}. Walk-away point: {}. Tension {} of 100.",
            points(own.now),
            points(own.disagreement),
            points(own.walk_away),
            hundred(turn.tension)
        ));
        if let Some(standing) = &turn.standing {
            page.say("The offer on the table:");
            page.say(&Words::score(standing.proposal.to_you, own));
        }
        if turn.meeting.is_some() {
            page.say("Where points could be won on the agenda, issue by issue, the most first:");
            for (issue, level, gain) in gains(turn) {
                let words = self.words();
                let text = format!(
                    "{}: {} ({})",
                    words.numbered(&issue),
                    words.level(&issue, level),
                    change(gain)
                );
                page.item(&text);
            }
        }
        self.worksheet(&mut page);
        page.say("`again` or Enter goes back to the table.");
        self.show(&page)
    }

    pub(super) fn worksheet(&self, page: &mut Page) {
        let words = self.words();
        let sheet = self.game.worksheet();
        page.heading("Your worksheet");
        let open = "left open";
        let batna = if sheet.batna.is_empty() {
            open
        } else {
            &sheet.batna
        };
        page.say(&format!("Without an agreement: {batna}"));
        let walk_away = sheet.walk_away.map_or_else(|| open.to_owned(), points);
        page.say(&format!("Walk-away point: {walk_away}"));
        for (party, issues) in &sheet.priorities {
            let names: Vec<String> = issues.iter().map(|id| words.numbered(id)).collect();
            let names = if names.is_empty() {
                open.to_owned()
            } else {
                names.join(", ")
            };
            page.say(&format!(
                "What matters most to {}, as you guess: {names}",
                words.party(party)
            ));
        }
        let outcomes = &self.game.table().model.scenario.outcomes;
        if !self.game.chances().is_empty() {
            page.say("Your prediction:");
        }
        for outcome in outcomes {
            if let Some(chance) = self.game.chances().get(&outcome.id) {
                page.item(&format!("{chance}%: {}", outcome.name));
            }
        }
        for event in self.game.log() {
            if let Event::Note { text } = event {
                page.item(&format!("Note: {text}"));
            }
        }
    }

    /// The situation; shorter where the same meeting was shown before.
    pub(super) fn situation(&self, page: &mut Page, turn: &Turn, before: Option<&Turn>) {
        let words = self.words();
        let meeting = |turn: &Turn| turn.meeting.as_ref().map(|_| turn.round);
        let again = before
            .is_some_and(|before| meeting(before).is_some() && meeting(before) == meeting(turn));
        page.gap();
        if let Some(meeting) = &turn.meeting {
            let seats: Vec<String> = meeting.seats.iter().map(|id| words.party(id)).collect();
            let settling = matches!(turn.question, Question::Sign | Question::Consent);
            let place = if settling {
                "What is agreed is being settled".to_owned()
            } else if meeting.exchange == meeting.exchanges && meeting.exchanges > 1 {
                "Last turn round the table".to_owned()
            } else {
                format!(
                    "Turn {} of {} round the table",
                    meeting.exchange, meeting.exchanges
                )
            };
            let procedure = if again || settling {
                String::new()
            } else {
                format!(" ({})", Words::procedure(meeting.protocol))
            };
            page.say(&format!(
                "{}, round {} of {}. At the table: {}. {place}{procedure}.",
                day(turn.date),
                turn.round,
                self.game.view().rounds,
                list(&seats),
            ));
        } else {
            page.say(&format!(
                "After round {} of {}, up to {}.",
                turn.round,
                self.game.view().rounds,
                day(turn.date)
            ));
        }
        let (mood, told) = (
            words.mood(turn, before),
            before.map(|before| words.mood(before, None)),
        );
        if !again || told.is_some_and(|told| told != mood) {
            page.say(&mood);
        }
        if let Some(standing) = &turn.standing {
            let whose = match &standing.by {
                Some(by) if *by == self.header.seat => "Your offer".to_owned(),
                Some(by) => format!("The offer of {}", words.party(by)),
                None => "The text".to_owned(),
            };
            page.say(&format!("{whose} on the table:"));
            words.package(page, &standing.proposal);
            if let Some(moved) = words.moved(turn, &self.game.view().news) {
                page.say(&moved);
            }
            page.say(&Words::score(standing.proposal.to_you, turn.own));
            for warning in words.warnings(beside_the_score(&standing.warnings)) {
                page.hang("  ! ", 4, &warning);
            }
        }
        if turn.may.contains(&"offer") {
            self.draft(page, turn, again);
        }
        let ask = match turn.question {
            Question::Respond => {
                "Your turn: accept, refuse, offer (sends your draft), pass, walk out, caucus."
            }
            Question::Accept => "Do you accept it? accept or refuse.",
            Question::Offer => "Your turn to offer: draft and offer, pass, walk out, caucus.",
            Question::LetStand => {
                "May this text stand? accept (it takes the place of the one before), refuse (that one \
                 stays), walk out. At the end what stands is to be taken or left."
            }
            Question::Take => "Take it or leave it: accept or refuse.",
            Question::Sign => {
                "Everyone accepts these terms. Signing is the last step: sign or refuse."
            }
            Question::Consent => "The others have agreed and need your consent: accept or refuse.",
            Question::Move if turn.ahead.is_empty() => {
                "The last meeting is over: make a move by its number, or wait."
            }
            Question::Move => "Between meetings: make a move by its number, or wait.",
        };
        if turn.question == Question::Move {
            self.moves(page, turn);
        }
        page.gap();
        page.say(&format!("{ask} `help` lists all commands."));
    }

    pub(super) fn moves(&self, page: &mut Page, turn: &Turn) {
        let waiting = turn.waiting.unwrap_or_default();
        let hope = if turn.ahead.is_empty() {
            "The rules still hope for the best offer heard, although no meeting is left to make it good: \
             compare the moves with each other. Waiting"
        } else {
            "Waiting, counted as the rules do, with hope of the best offer heard"
        };
        page.say(&format!(
            "What you can do, with likely effects as the agents' rules see them. No agreement is worth {} points to you now. {hope}: {} points.",
            points(turn.own.disagreement),
            points(waiting)
        ));
        for (index, act) in turn.moves.iter().enumerate() {
            self.words().act(page, index + 1, act, turn);
        }
    }

    /// How it ended. What the others wanted stays closed: that is for the debriefing.
    pub(super) fn ending(&mut self) -> Result<(), CliError> {
        let View { news, end, .. } = self.game.view();
        let words = self.words();
        let mut page = self.page();
        words.news(&mut page, &news[self.told..]);
        if let Some(end) = end {
            let scenario = &self.game.table().model.scenario;
            let outcome = scenario
                .outcomes
                .iter()
                .find(|known| known.id == end.outcome);
            page.heading(&format!("The end, {}", day(end.date)));
            if let Some(outcome) = outcome {
                let summary = outcome.summary.as_deref().unwrap_or("");
                page.say(&format!("Outcome: {}. {summary}", outcome.name));
            }
            if end.settled.is_empty() {
                page.say("Nothing was settled by agreement.");
            } else {
                page.say("Settled by agreement:");
            }
            for (issue, level) in &end.settled {
                page.item(&format!(
                    "{}: {}",
                    words.numbered(issue),
                    words.level(issue, *level)
                ));
            }
            page.say(&format!(
                "To you it was worth {} points; no agreement was worth {} on the first day. Points are \
                 no grade: they say nothing of how well you negotiated before you know what else \
                 could have happened.",
                points(end.utility),
                points(self.brief.outside.disagreement)
            ));
            if let Some(chance) = self.game.chances().get(&end.outcome) {
                page.say(&format!(
                    "Before the first round you gave this outcome {chance}%."
                ));
            }
            page.gap();
            page.say("Before you look at any result: what surprised you, and when did it turn?");
        }
        self.show(&page)?;
        self.save()?;
        self.tell_place()
    }
}

/// The warnings that the score beside them does not say already.
fn beside_the_score(warnings: &[Warning]) -> impl Iterator<Item = &Warning> {
    let new = |warning: &&Warning| !matches!(warning, Warning::BelowWalkAway { .. });
    warnings.iter().filter(new)
}

/// Best level of each open issue of the agenda and what it alone would bring, the most first.
fn gains(turn: &Turn) -> Vec<(String, usize, f64)> {
    let open = turn.issues.iter().filter(|issue| issue.on_agenda);
    let mut gains: Vec<(String, usize, f64)> = open
        .filter_map(|issue| {
            let levels = issue.brings.iter().copied().enumerate();
            let (level, gain) = levels.reduce(|a, b| if b.1 > a.1 { b } else { a })?;
            (gain > 0.0).then(|| (issue.issue.clone(), level, gain))
        })
        .collect();
    gains.sort_by(|a, b| b.2.total_cmp(&a.2));
    gains
}
