//! What is said at a table: proposals, answers, and what of them is new.
//!
//! A turn of a party is an answer and then, if it refuses, a proposal; both are one sentence. Turns
//! that repeat an earlier proposal pile up and are told together.

use jiff::civil::Date;

use super::super::transcript::Term;
use super::Teller;
use super::page::{hundred, list, lower, short_day, tenth};
use crate::scenario::types::Protocol;

/// A package as somebody proposed it.
#[derive(Clone, Copy)]
pub(super) struct Proposal<'a> {
    pub(super) party: &'a str,
    pub(super) form: &'a str,
    pub(super) terms: &'a [Term],
}

impl Proposal<'_> {
    /// Whether two packages ask for the same, whoever asks.
    fn same_as(&self, other: &Self) -> bool {
        let level = |term: &Term| (term.issue.clone(), term.level);
        let levels = |terms: &[Term]| terms.iter().map(level).collect::<Vec<_>>();
        self.form == other.form && levels(self.terms) == levels(other.terms)
    }
}

/// An answer to the standing offer.
#[derive(Clone, Copy)]
pub(super) struct Answer<'a> {
    pub(super) party: &'a str,
    /// What the offer is worth to the party; absent if it refuses it at any price.
    pub(super) worth: Option<f64>,
    /// What it would ask for itself, or the least it takes.
    pub(super) asks: f64,
    /// Whether it is the latter.
    pub(super) least: bool,
}

impl Answer<'_> {
    /// `worth 20 to it, would ask 60`: with decimals where whole numbers would look the same.
    pub(super) fn numbers(&self) -> String {
        let Some(worth) = self.worth else {
            return "it crosses a line the party never crosses".to_owned();
        };
        let (mut has, mut wants) = (hundred(worth), hundred(self.asks));
        if has == wants {
            (has, wants) = (tenth(worth), tenth(self.asks));
        }
        match (self.least, has == wants) {
            (false, true) => format!("worth {has} to it, just what it would ask"),
            (false, false) => format!("worth {has} to it, would ask {wants}"),
            (true, _) => format!("worth {has} to it, takes no less than {wants}"),
        }
    }
}

/// A turn that brings nothing new: the refusal, if there was anything to refuse.
#[derive(Clone, Copy)]
struct Repeat<'a> {
    party: &'a str,
    refusal: Option<Answer<'a>>,
}

/// What has been said at the present meeting.
#[derive(Default)]
pub(super) struct Table<'a> {
    /// Last proposal of each party that made one.
    proposals: Vec<Proposal<'a>>,
    /// A refusal not told yet: the same party may go on to propose.
    pub(super) refusal: Option<Answer<'a>>,
    /// Turns not told yet.
    repeats: Vec<Repeat<'a>>,
}

impl<'a> Teller<'a> {
    pub(super) fn meeting(
        &mut self,
        seats: &[String],
        agenda: &[(String, usize)],
        protocol: Protocol,
    ) {
        self.take_or_leave = matches!(protocol, Protocol::SingleText | Protocol::Ultimatum);
        let seats: Vec<&str> = seats.iter().map(|seat| self.name(seat)).collect();
        let text = format!("At the table: {}.", list(&seats));
        self.page.say(&text);
        if self.met.contains(&self.venue) {
            let names: Vec<&str> = agenda.iter().map(|(id, _)| self.issue(id)).collect();
            let text = format!("Still open here: {}.", list(&names));
            self.page.say(&text);
        } else {
            self.met.push(self.venue);
            self.page
                .say("What they can settle here, and how it stands:");
            for (id, level) in agenda {
                let issue = self.told.issues.iter().find(|issue| &issue.id == id);
                let level = issue.map_or("", |issue| issue.levels[*level].as_str());
                let text = format!("{}: {level}", self.issue(id));
                self.page.item(&text);
            }
        }
        self.page.gap();
    }

    pub(super) fn offer(&mut self, proposal: Proposal<'a>, own: f64) {
        // A refusal by somebody else stands on its own.
        let other = |one: Answer<'_>| one.party != proposal.party;
        if self.table.refusal.is_some_and(other) {
            self.settle_turn();
        }
        let refusal = self.table.refusal.take();
        let mut own_last = self.table.proposals.iter_mut();
        let Some(last) = own_last.find(|one| one.party == proposal.party) else {
            self.flush();
            self.first_offer(proposal, own, refusal);
            self.table.proposals.push(proposal);
            return;
        };
        let before = std::mem::replace(last, proposal);
        if before.same_as(&proposal) {
            let party = proposal.party;
            self.table.repeats.push(Repeat { party, refusal });
            return;
        }
        self.flush();
        let text = format!(
            "{} changes its proposal, now worth {} to itself: {}.",
            self.lead(proposal.party, refusal),
            hundred(own),
            self.changes(&before, &proposal)
        );
        self.page.turn(&text);
    }

    fn first_offer(&mut self, proposal: Proposal<'a>, own: f64, refusal: Option<Answer<'a>>) {
        let earlier = self
            .made
            .iter()
            .find(|(venue, _, one)| *venue == self.venue && one.party == proposal.party);
        let (what, stop) = match earlier {
            _ if proposal.terms.is_empty() => {
                ("proposes to leave everything as it is".to_owned(), '.')
            }
            Some((_, day, one)) if one.same_as(&proposal) => {
                let what = format!("comes back to its proposal of {}", short_day(*day));
                (what, ':')
            }
            _ => ("proposes".to_owned(), ':'),
        };
        let form = if proposal.form.is_empty() {
            String::new()
        } else {
            format!("form: {}, ", lower(proposal.form))
        };
        let text = format!(
            "{} {what} ({form}worth {} to itself){stop}",
            self.lead(proposal.party, refusal),
            hundred(own)
        );
        self.page.turn(&text);
        self.terms(proposal.terms);
    }

    /// `Blue refuses (worth 20 to it, would ask 60) and`, or just the name.
    fn lead(&self, party: &str, refusal: Option<Answer<'_>>) -> String {
        let name = self.name(party);
        refusal.map_or_else(
            || name.to_owned(),
            |answer| format!("{name} refuses ({}) and", answer.numbers()),
        )
    }

    fn changes(&self, before: &Proposal<'_>, after: &Proposal<'_>) -> String {
        let mut parts = Vec::new();
        for term in after.terms {
            let name = self.issue(&term.issue);
            let old = before.terms.iter().find(|old| old.issue == term.issue);
            match old {
                Some(old) if old.level == term.level => {}
                Some(old) => parts.push(format!(
                    "{name}: \"{}\" instead of \"{}\"",
                    term.text, old.text
                )),
                None => parts.push(format!("{name}: now also \"{}\"", term.text)),
            }
        }
        for term in before.terms {
            if !after.terms.iter().any(|new| new.issue == term.issue) {
                parts.push(format!("{}: no change any more", self.issue(&term.issue)));
            }
        }
        if before.form != after.form {
            parts.push(format!(
                "form: {} instead of {}",
                lower(after.form),
                lower(before.form)
            ));
        }
        parts.join("; ")
    }

    pub(super) fn terms(&mut self, terms: &[Term]) {
        for term in terms {
            let text = format!("{}: {}", self.issue(&term.issue), term.text);
            self.page.paragraph("    - ", 6, &text);
        }
    }

    pub(super) fn answer(&mut self, answer: Answer<'a>, accepts: bool) {
        self.settle_turn();
        if accepts {
            self.flush();
            let text = format!(
                "{} accepts ({}).",
                self.name(answer.party),
                answer.numbers()
            );
            self.page.turn(&text);
        } else {
            self.table.refusal = Some(answer);
        }
    }

    pub(super) fn walkout(&mut self, party: &str) {
        let refusal = self.table.refusal.take();
        self.flush();
        let numbers = refusal.map_or_else(String::new, |answer| format!("{}; ", answer.numbers()));
        let text = format!(
            "{} refuses ({numbers}less than it expects of no agreement) and leaves the table. \
             The meeting is over.",
            self.name(party)
        );
        self.page.turn(&text);
    }

    /// Tells a refusal that was followed by nothing from the same party.
    pub(super) fn settle_turn(&mut self) {
        if let Some(answer) = self.table.refusal.take() {
            self.flush();
            let text = format!(
                "{} refuses ({}).",
                self.name(answer.party),
                answer.numbers()
            );
            self.page.turn(&text);
        }
    }

    /// Tells the repetitions that have piled up.
    fn flush(&mut self) {
        let repeats = std::mem::take(&mut self.table.repeats);
        let text = match repeats.as_slice() {
            [] => return,
            [one] => format!(
                "{} repeats its proposal.",
                self.lead(one.party, one.refusal)
            ),
            several => {
                let mut last: Vec<Repeat<'_>> = Vec::new();
                for repeat in several {
                    last.retain(|one| one.party != repeat.party);
                    last.push(*repeat);
                }
                let tell = |one: &Repeat<'_>| {
                    let numbers = one.refusal.map(|answer| format!(" ({})", answer.numbers()));
                    format!("{}{}", self.name(one.party), numbers.unwrap_or_default())
                };
                let each: Vec<String> = last.iter().map(tell).collect();
                let turns = several.len();
                match each.as_slice() {
                    [rest @ .., last] if !rest.is_empty() => format!(
                        "{} and {last} refuse and repeat their proposals, {turns} turns in all.",
                        rest.join(", ")
                    ),
                    _ => format!("{} repeats its proposal {turns} times.", each.join(" ")),
                }
            }
        };
        self.page.turn(&text);
    }

    /// The meeting is over: nothing stays untold, the last proposals are remembered.
    pub(super) fn close_table(&mut self) {
        self.settle_turn();
        self.flush();
        let day: Date = self.day;
        for proposal in std::mem::take(&mut self.table).proposals {
            let (venue, party) = (self.venue, proposal.party);
            self.made
                .retain(|(at, _, one)| *at != venue || one.party != party);
            self.made.push((venue, day, proposal));
        }
    }
}
