//! The sheets of an exercise, to print.
//!
//! Flows in: an exercise, the scenario as it is played, the evidence, and for the teacher's guide an
//! ensemble of that scenario. Flows out: self-contained HTML documents. Invariant: [`for_seat`] is a
//! function of the public part of an exercise and of one seat alone; a test changes everything
//! that belongs to the others and finds the same bytes.

mod guide;
mod seat;
mod shell;
mod table;

use jiff::civil::Date;
use maud::{Markup, html};

use super::types::{Exercise, Mode};
use crate::ensemble::Summary;
use crate::evidence::Evidence;
use crate::model::Model;
use crate::scenario::types::{Outcome, Scenario, Venue};

/// Whom a page is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// The teacher alone.
    Teacher,
    /// Everybody.
    All,
    /// The person in one seat.
    Seat(String),
}

/// A page ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// File name.
    pub file: String,
    /// Title.
    pub title: String,
    /// Whom it is for.
    pub reader: Reader,
    /// How many to print.
    pub copies: String,
    /// The document.
    pub html: String,
}

/// What the runs of an exercise's scenario came to.
#[derive(Debug, Clone, Copy)]
pub struct Ensemble<'a> {
    /// The numbers.
    pub summary: &'a Summary,
    /// The chart of the endings.
    pub chart: &'a Markup,
    /// The command that shows the same.
    pub command: &'a str,
}

/// A meeting of the calendar.
struct Meeting<'a> {
    date: Date,
    venue: &'a Venue,
    documented: bool,
}

/// What the sheets are made from.
struct Sheets<'a> {
    exercise: &'a Exercise,
    scenario: &'a Scenario,
    evidence: &'a Evidence,
    /// Day, venue and whether documented, of each round.
    rounds: Vec<(Date, usize, bool)>,
}

/// Every page of an exercise: the guide first, then what lies on the table, then seat by seat.
pub fn pages(
    exercise: &Exercise,
    scenario: &Scenario,
    evidence: &Evidence,
    ensemble: Option<Ensemble<'_>>,
) -> Vec<Page> {
    let sheets = Sheets::new(exercise, scenario, evidence);
    let mut pages = vec![page(
        "guide",
        "Instructor's guide",
        Reader::Teacher,
        "1",
        &sheets.guide(ensemble),
    )];
    if !exercise.injects.is_empty() {
        let cards = sheets.cards();
        pages.push(page("cards", "Cards", Reader::Teacher, "1 a table", &cards));
    }
    pages.extend(sheets.shared());
    for seat in &exercise.seats {
        pages.push(sheets.seat_page(seat));
    }
    let index = index(exercise, &pages);
    pages.insert(0, index);
    pages
}

/// What the person in a seat may see on paper, in the course of the whole exercise: its own sheet,
/// what lies on the table, and the cards that are handed to it.
pub fn for_seat(
    exercise: &Exercise,
    scenario: &Scenario,
    evidence: &Evidence,
    party: &str,
) -> Vec<Page> {
    let sheets = Sheets::new(exercise, scenario, evidence);
    let mut pages = sheets.shared();
    pages.extend(exercise.seat(party).map(|seat| sheets.seat_page(seat)));
    let own = exercise
        .injects
        .iter()
        .filter(|inject| inject.seen_by.includes(party));
    for inject in own {
        let reader = Reader::Seat(party.to_owned());
        let name = format!("card-{}", inject.id);
        let card = html! { h1 { "A card for you" } (sheets.card(inject)) };
        pages.push(page(&name, &inject.title, reader, "1", &card));
    }
    pages
}

fn page(name: &str, title: &str, reader: Reader, copies: &str, body: &Markup) -> Page {
    Page {
        file: format!("{name}.html"),
        title: title.to_owned(),
        reader,
        copies: copies.to_owned(),
        html: shell::document(title, body),
    }
}

/// What to print for whom.
fn index(exercise: &Exercise, pages: &[Page]) -> Page {
    let body = html! {
        h1 { (exercise.title) }
        p { "What to print. Every page fits A4 and Letter; print at 100 %, on one side." }
        table {
            thead { tr { th scope="col" { "Page" } th scope="col" { "For" } th scope="col" { "Copies" } } }
            tbody { @for page in pages {
                tr {
                    td { (page.title) " " code { (page.file) } }
                    td { @match &page.reader {
                        Reader::Teacher => "the teacher alone",
                        Reader::All => "everybody",
                        Reader::Seat(_) => "this seat alone",
                    } }
                    td { (page.copies) }
                }
            } }
        }
    };
    page("index", &exercise.title, Reader::Teacher, "none", &body)
}

impl<'a> Sheets<'a> {
    fn new(exercise: &'a Exercise, scenario: &'a Scenario, evidence: &'a Evidence) -> Self {
        let rounds = Model::compile(scenario.clone()).map_or_else(
            |_| Vec::new(),
            |model| {
                let rounds = model.rounds.iter();
                rounds
                    .map(|round| (round.date, round.venue, round.documented))
                    .collect()
            },
        );
        Self {
            exercise,
            scenario,
            evidence,
            rounds,
        }
    }

    /// The pages for everybody.
    fn shared(&self) -> Vec<Page> {
        let all = |name, title, copies, body: &Markup| page(name, title, Reader::All, copies, body);
        let exercise = self.exercise;
        let each = "1 a person";
        let mut pages = Vec::new();
        if exercise.mode != Mode::Class {
            pages.push(all("steps", "What to do", each, &self.steps()));
        }
        pages.push(all("public", "Public sheet", each, &self.public()));
        if let Some(sheet) = &exercise.worksheet {
            pages.push(all("worksheet", "Worksheet", each, &self.worksheet(sheet)));
        }
        if exercise.mode != Mode::Lab {
            pages.push(all(
                "agreement",
                "Agreement form",
                "2 a table",
                &self.agreement(),
            ));
        }
        pages.push(all("glossary", "Glossary", each, &self.glossary()));
        let before = self.test("Before the exercise", &exercise.pre);
        pages.push(all("test-before", "Test before", each, &before));
        let after = self.test("After the exercise", &exercise.post);
        pages.push(all("test-after", "Test after", each, &after));
        pages.push(all("exit", "Exit ticket", each, &self.exit()));
        pages
    }

    fn seat_page(&self, seat: &super::types::Seat) -> Page {
        let title = format!("{}: confidential brief", self.party_name(&seat.party));
        let reader = Reader::Seat(seat.party.clone());
        let body = self.seat(seat);
        let name = format!("seat-{}", seat.party);
        page(&name, &title, reader, "1 a table", &body)
    }

    fn kicker(&self) -> Markup {
        html! {
            p class="kicker" {
                (self.exercise.title) ". Nothing later than " (shell::day(self.exercise.cutoff))
                " is known here."
            }
        }
    }

    fn foot(&self) -> Markup {
        html! {
            p class="foot" {
                "A model, not a forecast: it shows what follows from stated assumptions. "
                "Exercise " code { (self.exercise.id) } " on " code { (self.exercise.scenario) } "."
            }
        }
    }

    fn party_name<'s>(&'s self, id: &'s str) -> &'s str {
        let mut parties = self.scenario.parties.iter();
        parties
            .find(|party| party.id == id)
            .map_or(id, |party| party.name.as_str())
    }

    fn party_names(&self, ids: &[String]) -> String {
        let names = ids.iter().map(|id| self.party_name(id));
        names.collect::<Vec<_>>().join(", ")
    }

    fn issue_names(&self, ids: &[String]) -> String {
        let known = self
            .scenario
            .issues
            .iter()
            .filter(|issue| ids.contains(&issue.id));
        let names: Vec<&str> = known.map(|issue| issue.name.as_str()).collect();
        names.join("; ")
    }

    fn form_names(&self) -> String {
        let names: Vec<&str> = self
            .scenario
            .forms
            .iter()
            .map(|form| form.name.as_str())
            .collect();
        names.join("; ")
    }

    fn outcomes_by_severity(&self) -> Vec<&Outcome> {
        let mut outcomes: Vec<&Outcome> = self.scenario.outcomes.iter().collect();
        outcomes.sort_by_key(|outcome| outcome.severity);
        outcomes
    }

    fn meetings(&self) -> Vec<Meeting<'_>> {
        self.rounds
            .iter()
            .filter_map(|&(date, venue, documented)| {
                let venue = self.scenario.venues.get(venue)?;
                // What only a run can open is no meeting of the plan.
                venue.open.then_some(Meeting {
                    date,
                    venue,
                    documented,
                })
            })
            .collect()
    }
}
