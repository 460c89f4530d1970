//! The JSON Schema of exercise files, for editors.
//!
//! The types here mirror the file as it is written; they are never built, only described. Invariant:
//! their keys are those of [`super::keys`], by test.
#![expect(dead_code, reason = "the types are described, never built")]

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema};
use serde_json::Value;

/// The schema of an exercise file, draft 2020-12.
pub fn schema() -> Schema {
    schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<File>()
}

/// A teaching exercise over a scenario.
///
/// A text may cite facts by id in square brackets; an empty line parts paragraphs, `- ` begins an
/// entry of a list, backticks hold what is typed.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct File {
    /// Version of the file format: 1.
    schema: u32,
    /// Short name: lower-case words joined by hyphens.
    id: String,
    /// Title on every sheet.
    title: String,
    /// What the exercise is, in a few sentences for the teacher who chooses.
    summary: String,
    /// Path of the scenario, relative to this file.
    scenario: String,
    /// What is changed in the scenario, in its own keys, as a file that extends it would write it.
    change: Option<BTreeMap<String, Value>>,
    /// How it is worked.
    mode: Mode,
    /// Whom it is for, and what they should know before.
    audience: String,
    /// Minutes in all; the phases add up to it.
    minutes: u32,
    /// Meetings that are played; the scenario's calendar must have as many.
    rounds: Option<u32>,
    /// What may weigh on somebody in the room, and what they may do about it.
    content_note: String,
    /// A day; nothing later enters a brief. Default: the scenario's.
    cutoff: Option<String>,
    /// Seed of the agents' luck in a homework. Default 1.
    seed: Option<u32>,
    /// What students shall be able to do afterwards.
    objectives: Vec<Objective>,
    /// The plan of the lesson, in order.
    phases: Vec<Phase>,
    /// What everybody may read.
    public: String,
    /// The seats that people take.
    seats: Option<Vec<Seat>>,
    /// News and notes that come during play.
    injects: Option<Vec<Inject>>,
    /// What each seat writes down before the first meeting.
    worksheet: Option<Worksheet>,
    /// Steps of a homework or a lab.
    tasks: Option<Vec<Task>>,
    /// Terms explained.
    glossary: Vec<Term>,
    /// Questions of the debrief.
    questions: Vec<Question>,
    /// What is looked at, and what meets the standard.
    rubric: Vec<Criterion>,
    /// Questions before the exercise.
    pre: Vec<Item>,
    /// Questions after it.
    post: Vec<Item>,
    /// The exit ticket.
    exit: Vec<String>,
    /// For the teacher alone.
    guide: Guide,
}

#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Mode {
    /// In a room, people in the seats.
    Class,
    /// One person, agents in the other seats.
    Homework,
    /// Nobody takes a seat: runs are compared.
    Lab,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Objective {
    /// Short name, for injects and items.
    id: String,
    /// "Students can ...": the end of that sentence.
    text: String,
}

#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum PhaseKind {
    Welcome,
    Preparation,
    Play,
    Closing,
    Debrief,
    Exit,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Phase {
    /// Short name.
    id: String,
    /// Full name; the id if absent.
    name: Option<String>,
    /// What it is for. Debrief and exit together get 30 per cent of the minutes.
    kind: PhaseKind,
    /// How long.
    minutes: u32,
    /// What happens.
    text: String,
    /// Words the teacher may say.
    say: Option<String>,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Seat {
    /// Party id.
    party: String,
    /// Which of the party's types the brief describes; needed if there are several.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// The brief in about a hundred words.
    short: String,
    /// The brief in full, with facts cited.
    long: String,
    /// What the seat wants, most important first.
    wants: Texts,
    /// What it does not sign.
    red_lines: Texts,
    /// What it has if nothing is agreed.
    outside_option: String,
    /// What it does not know about the others.
    unknown: Texts,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Inject {
    /// Short name.
    id: String,
    /// Heading of the card.
    title: String,
    /// Handed out after this meeting, counted from 1.
    round: Option<u32>,
    /// Or as soon as this holds between two meetings: a condition in the scenario's terms.
    when: Option<BTreeMap<String, Value>>,
    /// From whom it comes, in words.
    sender: String,
    /// Who sees it: "all", a party, or a list of parties.
    seen_by: Texts,
    /// What it says.
    text: String,
    /// What a good table does about it: for the teacher.
    expected: String,
    /// Objective it serves.
    objective: String,
    /// Event of the scenario that happens with it.
    event: Option<String>,
}

/// One text, or a list of them.
#[derive(JsonSchema)]
#[serde(untagged)]
enum Texts {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Worksheet {
    /// What happens if nothing is agreed?
    batna: String,
    /// What is the least that is still better?
    walk_away: String,
    /// What do the others want most?
    guesses: String,
    /// How likely is each ending?
    prediction: String,
    /// First offer, and what to give for what.
    plan: Option<String>,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Task {
    /// Short name.
    id: String,
    /// Heading; the id if absent.
    name: Option<String>,
    /// What to do.
    text: String,
    /// What to type, one command a line.
    command: Option<String>,
    /// What to hand in.
    write: Option<String>,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Term {
    /// The term.
    term: String,
    /// What it means here.
    meaning: String,
}

#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Stage {
    Feel,
    Happened,
    Learned,
    Relates,
    WhatIf,
    WhatNext,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// Stage of the debrief; each has at least one question.
    stage: Stage,
    /// The question.
    text: String,
}

#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Aspect {
    Preparation,
    InformationExchange,
    ValueCreation,
    TreatmentOfCounterparts,
    UseOfEvidence,
    /// Weight 0: the deal is never graded.
    Deal,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Criterion {
    /// What is looked at; each once.
    aspect: Aspect,
    /// Per cent of the grade; they add up to 100.
    weight: u32,
    /// What meets the standard.
    meets: String,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Item {
    /// Short name; the same in `pre` and `post` where the two are to be compared.
    id: String,
    /// The question.
    question: String,
    /// Answers to choose from; a free answer if absent.
    options: Option<Texts>,
    /// A good answer, for the teacher.
    answer: String,
    /// Objective it measures.
    objective: String,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Guide {
    /// Room, groups, what to print.
    setup: String,
    /// Who gets which seat.
    roles: Option<String>,
    /// What goes wrong, and what to do then.
    traps: Texts,
    /// How to read the distribution of endings.
    outcomes: String,
    /// What students tend to believe afterwards.
    myths: Vec<Myth>,
    /// On speaking of a real crisis.
    ethics: String,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Myth {
    /// What is said.
    claim: String,
    /// What there is to say.
    answer: String,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Value, schema};
    use crate::exercise::keys;

    #[test]
    fn decoder_and_schema_know_the_same_keys() {
        let schema = schema().to_value();
        let keys_of = |schema: &Value| -> BTreeSet<String> {
            let properties = schema["properties"].as_object();
            properties
                .expect("a table has properties")
                .keys()
                .cloned()
                .collect()
        };
        let tables: [(&str, &[&str]); 12] = [
            ("Objective", keys::OBJECTIVE),
            ("Phase", keys::PHASE),
            ("Seat", keys::SEAT),
            ("Inject", keys::INJECT),
            ("Worksheet", keys::WORKSHEET),
            ("Task", keys::TASK),
            ("Term", keys::TERM),
            ("Question", keys::QUESTION),
            ("Criterion", keys::CRITERION),
            ("Item", keys::ITEM),
            ("Guide", keys::GUIDE),
            ("Myth", keys::MYTH),
        ];
        let sorted = |list: &[&str]| list.iter().map(ToString::to_string).collect();
        assert_eq!(keys_of(&schema), sorted(keys::FILE), "the file");
        for (name, list) in tables {
            assert_eq!(keys_of(&schema["$defs"][name]), sorted(list), "{name}");
        }
    }
}
