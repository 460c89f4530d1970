//! A transcript as a story of given width: plain sentences, every number with its scale.
//!
//! Flows in: a [`Transcript`]. Flows out: text. Invariant: no line is wider than asked, except for a
//! single word that is, and nothing is said that is not in the transcript.

use jiff::civil::Date;

use super::transcript::{Belief, ChoiceOption, End, Entry, PartyInfo, Settled, Term, Transcript};

/// Change of a belief that is worth telling.
const TOLD_CHANGE: f64 = 0.05;
/// Options of a choice that are told besides the chosen one.
const TOLD_OPTIONS: usize = 3;
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

/// Text under way.
struct Page {
    width: usize,
    out: String,
}

impl Page {
    /// A paragraph: `first` before its first line, as much indent before the others as `rest` says.
    fn paragraph(&mut self, first: &str, rest: usize, text: &str) {
        let mut line = first.to_owned();
        let mut empty = true;
        for word in text.split_whitespace() {
            if !empty && line.chars().count() + 1 + word.chars().count() > self.width {
                self.line(&line);
                line = " ".repeat(rest);
            } else if !empty {
                line.push(' ');
            }
            line.push_str(word);
            empty = false;
        }
        self.line(&line);
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    fn say(&mut self, text: &str) {
        self.paragraph("", 0, text);
    }

    fn item(&mut self, text: &str) {
        self.paragraph("  - ", 4, text);
    }

    fn heading(&mut self, text: &str, rule: char) {
        let from = self.out.len();
        self.say(text);
        let longest = self.out[from..].lines().map(|line| line.chars().count());
        let length = longest.max().unwrap_or(0);
        self.line(&rule.to_string().repeat(length));
    }

    fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }
}

/// A package as somebody proposed it.
#[derive(Clone, PartialEq, Eq)]
struct Proposal<'a> {
    party: &'a str,
    form: &'a str,
    terms: &'a [Term],
}

impl Proposal<'_> {
    /// Whether two packages ask for the same.
    fn same_as(&self, other: &Self) -> bool {
        let levels = |terms: &[Term]| -> Vec<(String, usize)> {
            let pair = |term: &Term| (term.issue.clone(), term.level);
            terms.iter().map(pair).collect()
        };
        self.form == other.form && levels(self.terms) == levels(other.terms)
    }
}

/// An answer that still waits for what the same party does next.
#[derive(Clone, Copy)]
struct Answer<'a> {
    party: &'a str,
    worth: Option<f64>,
    asks: f64,
}

/// What has been said at the present meeting.
#[derive(Default)]
struct Table<'a> {
    /// Last proposal of each party that made one.
    proposals: Vec<Proposal<'a>>,
    /// A refusal not told yet.
    refusal: Option<Answer<'a>>,
    /// Turns in which a party refused and repeated its proposal, not told yet.
    repeats: Vec<Answer<'a>>,
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
        page.say(
            "How to read the numbers. What a package is worth to a party is given from 0 (the \
             worst for it) to 100 (all it wants, fully guaranteed); two parties' numbers cannot be \
             compared. Percentages are the model's probabilities. A party accepts what is worth \
             at least as much as what it would ask for next.",
        );
        page.gap();
        page.heading("Who is who in this run", '-');
        page.say("Each party knows what it is itself. It is hidden from the others, who have only probabilities.");
        for party in &told.parties {
            page.item(&who(party));
        }
        if !told.history.is_empty() {
            page.gap();
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
            Entry::Event { what } => self.page.say(&format!("It happens: {what}.")),
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
            Entry::Meeting { seats, agenda } => self.meeting(seats, agenda),
            Entry::Offer {
                party,
                form,
                terms,
                own,
            } => self.offer(Proposal { party, form, terms }, *own),
            Entry::Text { form, terms } => {
                self.settle_turn();
                let lead = format!("The mediator's text{}:", in_form(form));
                self.page.say(&lead);
                self.terms(terms);
            }
            Entry::Response {
                party,
                accepts,
                worth,
                asks,
            } => {
                self.settle_turn();
                let answer = Answer {
                    party,
                    worth: *worth,
                    asks: *asks,
                };
                if *accepts {
                    self.flush();
                    let text = format!("{} accepts ({}).", self.name(party), numbers(&answer));
                    self.page.say(&text);
                } else {
                    self.table.refusal = Some(answer);
                }
            }
            Entry::Walkout { party } => {
                let refusal = self.table.refusal.take();
                self.flush();
                let why =
                    refusal.map_or(String::new(), |answer| format!(" ({})", numbers(&answer)));
                let name = self.name(party);
                self.page.say(&format!(
                    "{name} refuses{why} and leaves the table. The meeting is over."
                ));
            }
            Entry::Agreement { form, terms } => {
                self.close_table();
                self.page
                    .say(&format!("Agreed in principle{}:", in_form(form)));
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
                let name = self.name(party);
                let chance = percent(*probability);
                self.page.say(&if *given {
                    format!("{name} did not sit there. Asked for its consent, it gives it (probability {chance}).")
                } else {
                    format!("{name} did not sit there. Asked for its consent, it refuses (probability of consent {chance}). The agreement fails; the issues stay open.")
                });
            }
            Entry::Ratification {
                party,
                given,
                probability,
            } => {
                let name = self.name(party);
                let chance = percent(*probability);
                self.page.say(&if *given {
                    format!("{name} ratifies (probability {chance}).")
                } else {
                    format!("{name} fails to ratify (probability of ratification {chance}). The agreement fails; the issues stay open.")
                });
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
        self.page.gap();
        let heading = format!("Round {round}: {}, {venue}", full(*date));
        self.page.heading(&heading, '-');
        if !documented {
            self.page
                .say("(An assumed meeting, after the documented calendar.)");
        }
    }

    fn meeting(&mut self, seats: &[String], agenda: &[(String, usize)]) {
        let seats: Vec<&str> = seats.iter().map(|seat| self.name(seat)).collect();
        let text = format!("At the table: {}.", list(&seats));
        self.page.say(&text);
        let before = self.made.iter().any(|(venue, ..)| *venue == self.venue);
        if before {
            let names: Vec<&str> = agenda.iter().map(|(id, _)| self.issue(id)).collect();
            let text = format!("Still open here: {}.", list(&names));
            self.page.say(&text);
            return;
        }
        self.page
            .say("What they can settle here, and how it stands:");
        for (id, level) in agenda {
            let words = self.told.issues.iter().find(|issue| &issue.id == id);
            let level = words.map_or("", |issue| issue.levels[*level].as_str());
            let text = format!("{}: {level}", self.issue(id));
            self.page.item(&text);
        }
    }

    fn offer(&mut self, proposal: Proposal<'a>, own: f64) {
        // A refusal by somebody else stands on its own.
        if self
            .table
            .refusal
            .is_some_and(|one| one.party != proposal.party)
        {
            self.settle_turn();
        }
        let refusal = self.table.refusal.take();
        let last = self
            .table
            .proposals
            .iter()
            .position(|one| one.party == proposal.party);
        let Some(last) = last else {
            self.flush();
            self.first_offer(&proposal, own, refusal);
            self.table.proposals.push(proposal);
            return;
        };
        let before = std::mem::replace(&mut self.table.proposals[last], proposal.clone());
        if before.same_as(&proposal) {
            let silent = Answer {
                party: proposal.party,
                worth: None,
                asks: own,
            };
            self.table.repeats.push(refusal.unwrap_or(silent));
            return;
        }
        self.flush();
        let lead = self.lead(proposal.party, refusal);
        let changes = self.changes(&before, &proposal);
        self.page.say(&format!(
            "{lead} changes its proposal, now worth {} to itself: {changes}.",
            hundred(own)
        ));
    }

    fn first_offer(&mut self, proposal: &Proposal<'a>, own: f64, refusal: Option<Answer<'a>>) {
        let lead = self.lead(proposal.party, refusal);
        let earlier = self
            .made
            .iter()
            .rev()
            .find(|(venue, _, one)| *venue == self.venue && one.party == proposal.party);
        let verb = match earlier {
            Some((_, day, one)) if one.same_as(proposal) => {
                format!("repeats its proposal of {}", short_day(*day))
            }
            _ if proposal.terms.is_empty() => "proposes to leave everything as it is".to_owned(),
            _ => "proposes".to_owned(),
        };
        let form = in_form(proposal.form);
        let stop = if proposal.terms.is_empty() { '.' } else { ':' };
        self.page.say(&format!(
            "{lead} {verb}{form}, worth {} to itself{stop}",
            hundred(own)
        ));
        self.terms(proposal.terms);
    }

    /// `Blue refuses (worth 20, would ask 60) and`, or just the name.
    fn lead(&self, party: &str, refusal: Option<Answer<'_>>) -> String {
        let name = self.name(party);
        refusal.map_or_else(
            || name.to_owned(),
            |answer| format!("{name} refuses ({}) and", numbers(&answer)),
        )
    }

    fn changes(&self, before: &Proposal<'_>, after: &Proposal<'_>) -> String {
        let mut parts = Vec::new();
        for term in after.terms {
            let old = before.terms.iter().find(|old| old.issue == term.issue);
            let name = self.issue(&term.issue);
            match old {
                Some(old) if old.level == term.level => {}
                Some(old) => parts.push(format!("{name}: {} instead of {}", term.text, old.text)),
                None => parts.push(format!("{name}: now also {}", term.text)),
            }
        }
        for term in before.terms {
            if !after.terms.iter().any(|new| new.issue == term.issue) {
                parts.push(format!(
                    "{}: no longer asks for a change",
                    self.issue(&term.issue)
                ));
            }
        }
        if before.form != after.form {
            parts.push(format!(
                "recorded as {} instead of {}",
                lower(after.form),
                lower(before.form)
            ));
        }
        parts.join("; ")
    }

    fn terms(&mut self, terms: &[Term]) {
        for term in terms {
            let text = format!("{}: {}", self.issue(&term.issue), term.text);
            self.page.item(&text);
        }
    }

    /// Tells a refusal that was followed by nothing from the same party.
    fn settle_turn(&mut self) {
        if let Some(answer) = self.table.refusal.take() {
            self.flush();
            let text = format!(
                "{} refuses ({}).",
                self.name(answer.party),
                numbers(&answer)
            );
            self.page.say(&text);
        }
    }

    /// Tells the repetitions that have piled up.
    fn flush(&mut self) {
        let repeats = std::mem::take(&mut self.table.repeats);
        match repeats.as_slice() {
            [] => {}
            [one] => {
                let text = format!(
                    "{} refuses ({}) and repeats its proposal.",
                    self.name(one.party),
                    numbers(one)
                );
                self.page.say(&text);
            }
            several => {
                let mut last: Vec<Answer<'_>> = Vec::new();
                for answer in several {
                    last.retain(|one| one.party != answer.party);
                    last.push(*answer);
                }
                let each: Vec<String> = last
                    .iter()
                    .map(|one| format!("{} ({})", self.name(one.party), numbers(one)))
                    .collect();
                let (refuse, their) = if last.len() == 1 {
                    ("refuses", "its proposal")
                } else {
                    ("refuse", "their proposals")
                };
                let each: Vec<&str> = each.iter().map(String::as_str).collect();
                let text = format!(
                    "{} {refuse} and repeat {their}: {} turns without a change.",
                    list(&each),
                    several.len()
                );
                self.page.say(&text);
            }
        }
    }

    /// The meeting is over: nothing stays untold, the last proposals are remembered.
    fn close_table(&mut self) {
        self.settle_turn();
        self.flush();
        let table = std::mem::take(&mut self.table);
        for proposal in table.proposals {
            let (venue, party) = (self.venue, proposal.party);
            self.made
                .retain(|(at, _, one)| *at != venue || one.party != party);
            self.made.push((venue, self.day, proposal));
        }
    }

    fn choice(&mut self, party: &str, chosen: Option<&str>, options: &[ChoiceOption]) {
        if options.len() < 2 {
            return;
        }
        self.close_table();
        if !self.moving {
            self.moving = true;
            self.page.gap();
            self.page.say("Then, outside the talks:");
        }
        let name = self.name(party);
        let told = self.told;
        let words = |act: Option<&str>| -> String {
            let words = act.map(|id| told.moves.get(id).map_or(id, String::as_str));
            words.unwrap_or("waiting").to_owned()
        };
        let taken = options.iter().find(|one| one.act.as_deref() == chosen);
        let chance = percent(taken.map_or(0.0, |one| one.probability));
        let what = match chosen {
            None => format!("{name} waits ({chance})."),
            Some(_) if words(chosen).starts_with(name) => format!("{} ({chance}).", words(chosen)),
            Some(_) => format!("{name}: {} ({chance}).", words(chosen)),
        };
        let others: Vec<&ChoiceOption> = options
            .iter()
            .filter(|one| one.act.as_deref() != chosen)
            .collect();
        let mut parts: Vec<String> = others
            .iter()
            .take(TOLD_OPTIONS)
            .map(|one| {
                format!(
                    "{} ({})",
                    words(one.act.as_deref()),
                    percent(one.probability)
                )
            })
            .collect();
        if others.len() > TOLD_OPTIONS {
            let rest = &others[TOLD_OPTIONS..];
            let sum: f64 = rest.iter().map(|one| one.probability).sum();
            parts.push(format!("{} more ({} together)", rest.len(), percent(sum)));
        }
        let mark = if chosen.is_some() { "  * " } else { "  - " };
        let text = format!("{what} Other options: {}.", parts.join("; "));
        self.page.paragraph(mark, 4, &text);
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
                    format!(
                        "{} {} (was {})",
                        head(&kind.name),
                        percent(*is),
                        percent(*was)
                    )
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

    /// Tension and posture in words; those of unarmed parties only at first and when they change.
    fn standing(&self, tension: f64, posture: &[f64], all: bool) -> String {
        let was = |before: f64, now: f64| {
            let same = hundred(before) == hundred(now);
            if same {
                String::new()
            } else {
                format!(", was {}", hundred(before))
            }
        };
        let change = was(self.tension.unwrap_or(tension), tension);
        let mut parts = vec![format!(
            "tension {} of 100 ({}{change})",
            hundred(tension),
            tension_word(tension)
        )];
        for (index, party) in self.told.parties.iter().enumerate() {
            let (before, now) = (self.posture[index], posture[index]);
            let change = was(before, now);
            if party.armed || all || !change.is_empty() {
                parts.push(format!(
                    "readiness of {}'s forces {} ({}{change})",
                    head(&party.name),
                    hundred(now),
                    posture_word(now)
                ));
            }
        }
        parts.join("; ")
    }

    fn ending(&mut self) {
        let told = self.told;
        let end = &told.end;
        self.page.gap();
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
            return;
        }
        self.page.say("Settled by agreement:");
        for one in settled {
            let text = format!(
                "{}: {}{}, {}, {}",
                self.issue(&one.term.issue),
                one.term.text,
                in_form(&one.form),
                one.venue,
                short_day(one.date)
            );
            self.page.item(&text);
        }
    }

    fn utilities(&mut self, end: &End) {
        self.page.gap();
        self.page
            .say("What it came to for each party, on its own scale from 0 to 100:");
        let first = self.told.entries.iter().find_map(|entry| match entry {
            Entry::Round { now, .. } => Some(now),
            _ => None,
        });
        let mover = self
            .told
            .entries
            .iter()
            .rev()
            .find_map(|entry| match entry {
                Entry::Choice { party, .. } => Some(party.as_str()),
                _ => None,
            });
        for (index, party) in self.told.parties.iter().enumerate() {
            let why = match (&end.terminal, end.force) {
                (Some(_), true) if mover == Some(party.id.as_str()) => {
                    "what it expected of force, on average, when it chose it"
                }
                (Some(_), true) => "the situation as it stood, less the damage done by force",
                (Some(_), false) => "the situation as it stood, and what the break is worth to it",
                (None, _) => "the situation as it stands, less what the crisis costs it",
            };
            let start = first.map_or(f64::NAN, |now| now[index]);
            self.page.item(&format!(
                "{}: {} ({why}); the situation at the start was worth {}",
                head(&party.name),
                hundred(end.utility[index]),
                hundred(start)
            ));
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

/// `worth 20 to it, would ask 60`.
fn numbers(answer: &Answer<'_>) -> String {
    answer.worth.map_or_else(
        || "it crosses a line the party never crosses".to_owned(),
        |worth| {
            format!(
                "worth {} to it, would ask {}",
                hundred(worth),
                hundred(answer.asks)
            )
        },
    )
}

fn in_form(form: &str) -> String {
    if form.is_empty() {
        String::new()
    } else {
        format!(", recorded as {}", lower(form))
    }
}

/// A name inside a sentence: without its capital, unless it is one of a kind in capitals.
fn lower(name: &str) -> String {
    let mut chars = name.chars();
    let (first, second) = (chars.next(), chars.next());
    match (first, second) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(name.chars().skip(1)).collect()
        }
        _ => name.to_owned(),
    }
}

/// A name without the explanation after it.
fn head(name: &str) -> &str {
    let end = [": ", " ("].iter().filter_map(|mark| name.find(mark)).min();
    &name[..end.unwrap_or(name.len())]
}

fn list(names: &[&str]) -> String {
    match names {
        [] => "nobody".to_owned(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

fn percent(share: f64) -> String {
    let rounded = (share * 100.0).round();
    if share > 0.0 && rounded < 1.0 {
        "under 1%".to_owned()
    } else if share < 1.0 && rounded > 99.0 {
        "over 99%".to_owned()
    } else {
        format!("{rounded}%")
    }
}

fn hundred(x: f64) -> String {
    // Adding zero turns a minus zero into zero.
    format!("{}", (x * 100.0).round() + 0.0)
}

fn tension_word(tension: f64) -> &'static str {
    match tension {
        ..0.2 => "calm",
        ..0.4 => "uneasy",
        ..0.6 => "tense",
        ..0.8 => "severe",
        _ => "extreme",
    }
}

fn posture_word(posture: f64) -> &'static str {
    match posture {
        ..0.05 => "none",
        ..0.25 => "low",
        ..0.5 => "partial",
        ..0.75 => "advanced",
        _ => "near ready to strike",
    }
}

fn full(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

fn short_day(date: Date) -> String {
    date.strftime("%-d %B").to_string()
}

/// A documented date: the first of a month may stand for the month, 1 January for the year.
fn span(date: Date) -> String {
    let format = match (date.month(), date.day()) {
        (1, 1) => "%Y",
        (_, 1) => "%B %Y",
        _ => "%-d %B %Y",
    };
    date.strftime(format).to_string()
}
