//! A transcript as a story of given width: plain sentences, every number with its scale.
//!
//! Flows in: a [`Transcript`]. Flows out: text. Invariant: no line is wider than asked, except for a
//! single word that is, and nothing is said that is not in the transcript.

mod page;
mod talks;
#[cfg(test)]
mod tests;

use jiff::civil::Date;

use super::transcript::{Belief, ChoiceOption, End, Entry, PartyInfo, Settled, Transcript};
use page::{
    Page, full, head, hundred, lower, percent, posture_word, short_day, span, tension_word, tenth,
};
use talks::{Answer, Proposal, Table};

/// Change of a belief that is worth telling.
const TOLD_CHANGE: f64 = 0.05;
/// Change of an option's probability that makes a choice new.
const NEW_CHANCE: f64 = 0.03;
/// Options of a choice that are told besides the chosen one.
const TOLD_OPTIONS: usize = 3;
/// What a missing consent or ratification means.
const FAILS: &str = "refuses, so the agreement fails and the issues stay open";
/// Narrower than this is laid out as if it were this.
const LEAST_WIDTH: usize = 24;

/// The transcript as text.
pub fn text(told: &Transcript, width: usize) -> String {
    let mut teller = Teller {
        told,
        page: Page {
            width: width.max(LEAST_WIDTH),
            out: String::new(),
        },
        table: Table::default(),
        made: Vec::new(),
        tension: None,
        posture: Vec::new(),
        beliefs: told.parties.iter().map(priors).collect(),
        day: told.start,
        venue: "",
        moving: false,
        chances: Vec::new(),
        met: Vec::new(),
        take_or_leave: false,
    };
    teller.opening();
    for entry in &told.entries {
        teller.entry(entry);
    }
    teller.ending();
    teller.page.out
}

fn priors(party: &PartyInfo) -> Vec<f64> {
    party.types.iter().map(|kind| kind.prior).collect()
}

/// Tells the entries one after another.
struct Teller<'a> {
    told: &'a Transcript,
    page: Page,
    table: Table<'a>,
    /// Last proposals of earlier meetings: venue, day, proposal.
    made: Vec<(&'a str, Date, Proposal<'a>)>,
    tension: Option<f64>,
    posture: Vec<f64>,
    /// Beliefs as last told, by party.
    beliefs: Vec<Vec<f64>>,
    day: Date,
    venue: &'a str,
    /// Whether the heading of the moves of this round has been written.
    moving: bool,
    /// Options of each party's choice as last told in full.
    chances: Vec<(&'a str, &'a [ChoiceOption])>,
    /// Venues that have met.
    met: Vec<&'a str>,
    /// Whether the present meeting ends with one text or offer to take or leave.
    take_or_leave: bool,
}

impl<'a> Teller<'a> {
    fn opening(&mut self) {
        let told = self.told;
        let page = &mut self.page;
        page.heading(&told.title, '=');
        page.say(&format!(
            "One simulated run: seed {}, draw {}, replicate {}. A model, not a forecast: it shows \
             one course of events that follows from the assumptions of the file, among many.",
            told.seed, told.draw, told.replicate
        ));
        page.say(&format!(
            "No evidence dated after {} stands behind it.",
            full(told.cutoff)
        ));
        page.gap();
        let tremble = if told.tremble > 0.0 {
            format!(
                ", give or take a misjudgement of about {}",
                tenth(told.tremble)
            )
        } else {
            String::new()
        };
        page.say(&format!(
            "How to read the numbers. What a package is worth to a party is given from 0 (the \
             worst for it) to 100 (all it wants, fully guaranteed); penalties can push it below 0, \
             and two parties' numbers cannot be compared. A party accepts what is worth at least \
             as much as what it would ask for next{tremble}. Percentages are the model's \
             probabilities."
        ));
        if told.entries.iter().any(is_assumed) {
            page.say(
                "Meetings marked as assumed come after the documented calendar; nobody reported \
                 them.",
            );
        }
        page.heading("Who is who in this run", '-');
        page.say("Each party knows what it is itself. It is hidden from the others, who have only probabilities.");
        for party in &told.parties {
            page.item(&who(party));
        }
        if !told.history.is_empty() {
            page.heading("Before the start, as documented", '-');
            for past in &told.history {
                let from = if past.from.is_empty() {
                    String::new()
                } else {
                    format!(" [{}]", past.from.join(", "))
                };
                page.item(&format!("{}: {}{from}", span(past.date), past.what));
            }
        }
    }

    fn entry(&mut self, entry: &'a Entry) {
        match entry {
            Entry::Round { .. } => self.round(entry),
            Entry::Event { what } => self.page.say(&format!("Event: {what}.")),
            Entry::Lapse { what, by } => {
                let by = self.name(by);
                self.page.say(&format!(
                    "{by} did not carry out in time what it had threatened: {what}."
                ));
            }
            Entry::NoMeeting { open } => self.page.say(if *open {
                "No talks: nothing is left to settle here, or nobody to settle it with."
            } else {
                "No talks: this channel is closed."
            }),
            Entry::Meeting {
                seats,
                agenda,
                protocol,
            } => self.meeting(seats, agenda, *protocol),
            Entry::Offer {
                party,
                form,
                terms,
                own,
            } => self.offer(Proposal { party, form, terms }, *own),
            Entry::Text { form, terms } => {
                self.settle_turn();
                self.page
                    .turn(&format!("The mediator's text{}:", form_note(form)));
                self.terms(terms);
            }
            Entry::Response {
                party,
                accepts,
                worth,
                asks,
            } => {
                let answer = Answer {
                    party,
                    worth: *worth,
                    asks: *asks,
                    least: self.take_or_leave,
                };
                self.answer(answer, *accepts);
            }
            Entry::Walkout { party } => self.walkout(party),
            Entry::Agreement { form, terms } => {
                self.close_table();
                self.page
                    .turn(&format!("Agreed in principle{}:", form_note(form)));
                self.terms(terms);
            }
            Entry::NoAgreement => {
                self.close_table();
                self.page.say("The meeting ends without agreement.");
            }
            Entry::Consent {
                party,
                given,
                probability,
            } => {
                let (name, chance) = (self.name(party), percent(*probability));
                let end = if *given { "gives it" } else { FAILS };
                self.page.turn(&format!(
                    "{name} is not at the table; asked for its consent (probability {chance}), it {end}."
                ));
            }
            Entry::Ratification {
                party,
                given,
                probability,
            } => {
                let (name, chance) = (self.name(party), percent(*probability));
                let end = if *given { "does" } else { FAILS };
                self.page.turn(&format!(
                    "{name} has to ratify (probability {chance}); it {end}."
                ));
            }
            Entry::InForce => self.page.say("The agreement takes effect."),
            Entry::Choice {
                party,
                chosen,
                options,
            } => self.choice(party, chosen.as_deref(), options),
            Entry::Beliefs { parties } => self.beliefs(parties),
            Entry::State { tension, posture } => self.state(*tension, posture),
        }
    }

    fn round(&mut self, entry: &'a Entry) {
        let Entry::Round {
            round,
            date,
            venue,
            documented,
            tension,
            posture,
            ..
        } = entry
        else {
            return;
        };
        self.close_table();
        self.day = *date;
        self.venue = venue;
        self.moving = false;
        if self.tension.is_none() {
            self.tension = Some(*tension);
            self.posture.clone_from(posture);
            let start = format!("At the start: {}.", self.standing(*tension, posture, true));
            self.page.gap();
            self.page.say(&start);
        }
        let assumed = if *documented {
            ""
        } else {
            " (assumed meeting)"
        };
        let heading = format!("Round {round}: {}, {venue}{assumed}", full(*date));
        self.page.heading(&heading, '-');
    }

    fn choice(&mut self, party: &'a str, chosen: Option<&str>, options: &'a [ChoiceOption]) {
        if options.len() < 2 {
            return;
        }
        self.close_table();
        if !self.moving {
            self.moving = true;
            self.page.gap();
            self.page.say("Outside the talks:");
        }
        let name = self.name(party);
        let words = self.words(chosen);
        let taken = options.iter().find(|one| one.act.as_deref() == chosen);
        let chance = percent(taken.map_or(0.0, |one| one.probability));
        let what = match chosen {
            None => format!("{name} waits ({chance})."),
            Some(_) if words.starts_with(name) => format!("{words} ({chance})."),
            Some(_) => format!("{name}: {words} ({chance})."),
        };
        let told = self.chances.iter().position(|(who, _)| *who == party);
        let mark = if chosen.is_some() { "  * " } else { "  - " };
        if told.is_some_and(|at| alike(self.chances[at].1, options)) {
            let text = format!("{what} The options are as before.");
            self.page.paragraph(mark, 4, &text);
            return;
        }
        let text = format!("{what} Other options: {}.", self.others(chosen, options));
        self.page.paragraph(mark, 4, &text);
        self.chances.retain(|(who, _)| *who != party);
        self.chances.push((party, options));
    }

    fn others(&self, chosen: Option<&str>, options: &[ChoiceOption]) -> String {
        let others: Vec<&ChoiceOption> = options
            .iter()
            .filter(|one| one.act.as_deref() != chosen)
            .collect();
        let tell = |one: &&ChoiceOption| {
            let words = self.words(one.act.as_deref());
            format!("{words} ({})", percent(one.probability))
        };
        let mut parts: Vec<String> = others.iter().take(TOLD_OPTIONS).map(tell).collect();
        if let Some(rest @ [_, ..]) = others.get(TOLD_OPTIONS..) {
            let sum: f64 = rest.iter().map(|one| one.probability).sum();
            parts.push(format!("{} more ({} together)", rest.len(), percent(sum)));
        }
        parts.join("; ")
    }

    fn words(&self, act: Option<&str>) -> String {
        let words = act.map(|id| self.told.moves.get(id).map_or(id, String::as_str));
        words.unwrap_or("waiting").to_owned()
    }

    fn beliefs(&mut self, parties: &[Belief]) {
        self.close_table();
        for belief in parties {
            let at = self
                .told
                .parties
                .iter()
                .position(|one| one.id == belief.party);
            let Some(at) = at else { continue };
            let before = &mut self.beliefs[at];
            let change = before.iter().zip(&belief.types).map(|(a, b)| (a - b).abs());
            if change.fold(0.0, f64::max) < TOLD_CHANGE {
                continue;
            }
            let party = &self.told.parties[at];
            let parts: Vec<String> = party
                .types
                .iter()
                .zip(before.iter().zip(&belief.types))
                .map(|(kind, (was, is))| {
                    let (was, is) = (percent(*was), percent(*is));
                    let before = if was == is {
                        String::new()
                    } else {
                        format!(" (was {was})")
                    };
                    format!("{} {is}{before}", head(&kind.name))
                })
                .collect();
            before.clone_from(&belief.types);
            self.page.gap();
            self.page.say(&format!(
                "What the others now think of {}: {}.",
                head(&party.name),
                parts.join("; ")
            ));
        }
    }

    fn state(&mut self, tension: f64, posture: &[f64]) {
        let text = format!(
            "After the round: {}.",
            self.standing(tension, posture, false)
        );
        self.page.gap();
        self.page.say(&text);
        self.tension = Some(tension);
        self.posture = posture.to_vec();
    }

    /// Tension and readiness in words; of unarmed parties only at first and when it changes.
    fn standing(&self, tension: f64, posture: &[f64], all: bool) -> String {
        let was = |before: f64, now: f64| {
            if hundred(before) == hundred(now) {
                String::new()
            } else {
                format!(", was {}", hundred(before))
            }
        };
        let change = was(self.tension.unwrap_or(tension), tension);
        let word = tension_word(tension);
        let tension = hundred(tension);
        let mut ready = Vec::new();
        for (index, party) in self.told.parties.iter().enumerate() {
            let (before, now) = (self.posture[index], posture[index]);
            let change = was(before, now);
            if party.armed || all || !change.is_empty() {
                let (name, word) = (head(&party.name), posture_word(now));
                ready.push(format!("{name} {} ({word}{change})", hundred(now)));
            }
        }
        let ready = if ready.is_empty() {
            String::new()
        } else {
            format!("; readiness to strike: {}", ready.join(", "))
        };
        format!("tension {tension} of 100 ({word}{change}){ready}")
    }

    fn ending(&mut self) {
        let told = self.told;
        let end = &told.end;
        self.page.heading(&format!("The end: {}", end.name), '=');
        if let Some(summary) = &end.summary {
            self.page.say(summary);
        }
        self.page.say(&match &end.terminal {
            Some(id) => {
                let words = told.moves.get(id).unwrap_or(id);
                format!(
                    "The run ended in the week to {} with this move: {words}.",
                    full(end.date)
                )
            }
            None => format!(
                "The run reached the last day of its calendar, {}; no move ended it.",
                full(told.horizon)
            ),
        });
        self.settled(&end.settled);
        for term in &end.moved {
            let text = format!(
                "{} moved without an agreement: {}.",
                self.issue(&term.issue),
                term.text
            );
            self.page.say(&text);
        }
        if !end.flags.is_empty() {
            self.page.say("Also true of this run:");
            for flag in &end.flags {
                self.page.item(flag);
            }
        }
        self.utilities(end);
    }

    fn settled(&mut self, settled: &[Settled]) {
        if settled.is_empty() {
            self.page.say("Nothing was settled by agreement.");
        }
        let place = |one: &Settled| (one.date, one.venue.clone(), one.form.clone());
        let mut places: Vec<_> = settled.iter().map(place).collect();
        places.sort();
        places.dedup();
        for at in places {
            let (date, venue, form) = &at;
            self.page.say(&format!(
                "Settled on {} at {venue}{}:",
                short_day(*date),
                form_note(form)
            ));
            for one in settled.iter().filter(|one| place(one) == at) {
                let text = format!("{}: {}", self.issue(&one.term.issue), one.term.text);
                self.page.item(&text);
            }
        }
    }

    fn utilities(&mut self, end: &End) {
        let mover = self
            .told
            .entries
            .iter()
            .rev()
            .find_map(|entry| match entry {
                Entry::Choice { party, .. } => Some(self.name(party)),
                _ => None,
            });
        let mover = mover.unwrap_or_default();
        let how = match (&end.terminal, end.force) {
            (Some(_), true) => format!(
                "for {mover} what it could expect of force on average when it chose it, for the \
                 others the situation as it stood, less the crisis' running costs and the damage"
            ),
            (Some(_), false) => {
                "the situation as it stood, less the crisis' running costs and what the break \
                 costs"
                    .to_owned()
            }
            (None, _) => "the situation as it stands, less the crisis' running costs".to_owned(),
        };
        self.page.gap();
        self.page.say(&format!(
            "What it came to for each party, on its own scale: {how}. In brackets: the situation \
             at the start, before such costs."
        ));
        let first = self.told.entries.iter().find_map(|entry| match entry {
            Entry::Round { now, .. } => Some(now),
            _ => None,
        });
        for (index, party) in self.told.parties.iter().enumerate() {
            let start = first.map_or_else(String::new, |now| format!(" ({})", hundred(now[index])));
            let end = hundred(end.utility[index]);
            self.page
                .item(&format!("{}: {end}{start}", head(&party.name)));
        }
    }

    fn name(&self, id: &str) -> &'a str {
        let party = self.told.parties.iter().find(|party| party.id == id);
        party.map_or("", |party| head(&party.name))
    }

    fn issue(&self, id: &str) -> &'a str {
        let issue = self.told.issues.iter().find(|issue| issue.id == id);
        issue.map_or("", |issue| head(&issue.name))
    }
}

fn who(party: &PartyInfo) -> String {
    let name = &party.name;
    let is = party.types.iter().find(|kind| kind.id == party.truth);
    let (Some(is), true) = (is, party.types.len() > 1) else {
        return format!("{name}: one kind only, known to all");
    };
    let all: Vec<String> = party
        .types
        .iter()
        .map(|kind| format!("{} {}", head(&kind.name), percent(kind.prior)))
        .collect();
    format!(
        "{name}: {}. At first the others think: {}",
        is.name,
        all.join("; ")
    )
}

fn is_assumed(entry: &Entry) -> bool {
    matches!(
        entry,
        Entry::Round {
            documented: false,
            ..
        }
    )
}

/// Whether two choices are about the same options with about the same chances.
fn alike(before: &[ChoiceOption], now: &[ChoiceOption]) -> bool {
    before.len() == now.len()
        && now.iter().all(|one| {
            before.iter().any(|old| {
                old.act == one.act && (old.probability - one.probability).abs() < NEW_CHANCE
            })
        })
}

fn form_note(form: &str) -> String {
    if form.is_empty() {
        String::new()
    } else {
        format!(" (form: {})", lower(form))
    }
}
