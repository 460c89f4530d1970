//! An exercise as a checked document.
//!
//! The field names are the keys of the file; the doc comments are the format's reference. One key is
//! used up in reading it: `[change]`, what the exercise changes in its scenario, in the scenario's own
//! terms and with the same checks as a file that extends it.
//! A text may cite facts by id in square brackets: `[d4-open-door]`.

use jiff::civil::Date;
use serde::Serialize;

use crate::scenario::types::Condition;

/// A whole exercise file.
#[derive(Debug, Clone, Serialize)]
pub struct Exercise {
    /// Version of the file format; this release reads 1.
    pub schema: u32,
    /// Short name: lower-case words joined by hyphens.
    pub id: String,
    /// Title on every sheet.
    pub title: String,
    /// What the exercise is, in a few sentences for the teacher who chooses.
    pub summary: String,
    /// Path of the scenario as written.
    pub scenario: String,
    /// How it is worked: with others in a room, at home against agents, or without a seat.
    pub mode: Mode,
    /// Whom it is for, and what they should know before.
    pub audience: String,
    /// Minutes in all; the phases add up to it.
    pub minutes: u32,
    /// Meetings that are played; the scenario's calendar must have as many. Default: what it has.
    pub rounds: Option<u32>,
    /// What may weigh on somebody in the room, and what they may do about it.
    pub content_note: String,
    /// Nothing later enters a brief. Default: the scenario's; never later than that.
    pub cutoff: Date,
    /// Seed of the agents' luck in a homework, so that everybody meets the same. Default 1.
    pub seed: u64,
    /// What students shall be able to do afterwards.
    pub objectives: Vec<Objective>,
    /// The plan of the lesson, in order.
    pub phases: Vec<Phase>,
    /// What everybody may read (`public`).
    pub public: String,
    /// The seats that people take; the scenario's other parties are agents.
    pub seats: Vec<Seat>,
    /// News and notes that come during play.
    pub injects: Vec<Inject>,
    /// What each seat writes down before the first meeting.
    pub worksheet: Option<Worksheet>,
    /// Steps of a homework or a lab.
    pub tasks: Vec<Task>,
    /// Terms explained.
    pub glossary: Vec<Term>,
    /// Questions of the debrief, stage by stage.
    pub questions: Vec<Question>,
    /// What is looked at, and what meets the standard.
    pub rubric: Vec<Criterion>,
    /// Questions before the exercise.
    pub pre: Vec<Item>,
    /// Questions after it.
    pub post: Vec<Item>,
    /// The exit ticket.
    pub exit: Vec<String>,
    /// For the teacher alone.
    pub guide: Guide,
}

/// How an exercise is worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// In a room, people in the seats.
    Class,
    /// One person, agents in the other seats.
    Homework,
    /// Nobody takes a seat: runs are compared.
    Lab,
}

/// `[[objectives]]`
#[derive(Debug, Clone, Serialize)]
pub struct Objective {
    /// Short name, for injects and items.
    pub id: String,
    /// "Students can ...": the end of that sentence.
    pub text: String,
}

/// What a phase is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PhaseKind {
    /// Welcome, content note, rules.
    Welcome,
    /// Reading, worksheet, prediction.
    Preparation,
    /// The meetings, or the runs of a lab.
    Play,
    /// Signing or leaving.
    Closing,
    /// Talking it over.
    Debrief,
    /// The exit ticket.
    Exit,
}

/// `[[phases]]`
#[derive(Debug, Clone, Serialize)]
pub struct Phase {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// What it is for.
    pub kind: PhaseKind,
    /// How long.
    pub minutes: u32,
    /// What happens.
    pub text: String,
    /// Words the teacher may say.
    pub say: Option<String>,
}

/// `[[seats]]`
#[derive(Debug, Clone, Serialize)]
pub struct Seat {
    /// Party id.
    pub party: String,
    /// Which of the party's types the brief describes (`type`); needed if there are several. The
    /// others are not told.
    pub kind: Option<String>,
    /// The brief in about a hundred words.
    pub short: String,
    /// The brief in full.
    pub long: String,
    /// What the seat wants, most important first.
    pub wants: Vec<String>,
    /// What it does not sign.
    pub red_lines: Vec<String>,
    /// What it has if nothing is agreed.
    pub outside_option: String,
    /// What it does not know about the others.
    pub unknown: Vec<String>,
}

/// Who sees an inject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeenBy {
    /// Everybody.
    All,
    /// These parties.
    Parties(Vec<String>),
}

impl SeenBy {
    /// Whether a party sees it.
    pub fn includes(&self, party: &str) -> bool {
        match self {
            Self::All => true,
            Self::Parties(parties) => parties.iter().any(|one| one == party),
        }
    }
}

/// `[[injects]]`: one line of a master scenario events list.
#[derive(Debug, Clone, Serialize)]
pub struct Inject {
    /// Short name.
    pub id: String,
    /// Heading of the card.
    pub title: String,
    /// Handed out after this meeting, counted from 1.
    pub round: Option<u32>,
    /// Or before the first meeting at whose beginning this holds, in the scenario's terms.
    pub when: Option<Condition>,
    /// From whom it comes, in words.
    pub sender: String,
    /// Who sees it: `"all"`, or parties.
    pub seen_by: SeenBy,
    /// What it says.
    pub text: String,
    /// What a good table does about it: for the teacher.
    pub expected: String,
    /// Objective it serves.
    pub objective: String,
    /// Event of the scenario that happens with it, if it changes more than minds.
    pub event: Option<String>,
}

/// `[worksheet]`: the questions, as the seats read them.
#[derive(Debug, Clone, Serialize)]
pub struct Worksheet {
    /// What happens if nothing is agreed.
    pub batna: String,
    /// The least that is still better.
    pub walk_away: String,
    /// What the others want most.
    pub guesses: String,
    /// How likely each ending is.
    pub prediction: String,
    /// The first offer and what to give for what.
    pub plan: Option<String>,
}

/// `[[tasks]]`: a step of a homework or a lab.
#[derive(Debug, Clone, Serialize)]
pub struct Task {
    /// Short name.
    pub id: String,
    /// Heading.
    pub name: String,
    /// What to do.
    pub text: String,
    /// What to type, one command a line.
    pub command: Option<String>,
    /// What to hand in.
    pub write: Option<String>,
}

/// `[[glossary]]`
#[derive(Debug, Clone, Serialize)]
pub struct Term {
    /// The term.
    pub term: String,
    /// What it means here.
    pub meaning: String,
}

/// Stage of a debrief (Thiagarajan's six phases).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// How do you feel?
    Feel,
    /// What happened?
    Happened,
    /// What did you learn?
    Learned,
    /// How does it relate to the world?
    Relates,
    /// What if?
    WhatIf,
    /// What next?
    WhatNext,
}

impl Stage {
    /// All, in order, with the word in files.
    pub const ALL: [(&'static str, Self); 6] = [
        ("feel", Self::Feel),
        ("happened", Self::Happened),
        ("learned", Self::Learned),
        ("relates", Self::Relates),
        ("what-if", Self::WhatIf),
        ("what-next", Self::WhatNext),
    ];

    /// As a question.
    pub fn question(self) -> &'static str {
        match self {
            Self::Feel => "How do you feel?",
            Self::Happened => "What happened?",
            Self::Learned => "What did you learn?",
            Self::Relates => "How does it relate to the world?",
            Self::WhatIf => "What if?",
            Self::WhatNext => "What next?",
        }
    }
}

/// `[[questions]]`
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    /// Stage.
    pub stage: Stage,
    /// The question.
    pub text: String,
}

/// What a rubric looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// Preparation.
    Preparation,
    /// Exchange of information.
    InformationExchange,
    /// Creation of value.
    ValueCreation,
    /// Treatment of counterparts.
    Treatment,
    /// Use of evidence.
    Evidence,
    /// The deal itself, which is never graded.
    Deal,
}

impl Aspect {
    /// All, with the word in files.
    pub const ALL: [(&'static str, Self); 6] = [
        ("preparation", Self::Preparation),
        ("information-exchange", Self::InformationExchange),
        ("value-creation", Self::ValueCreation),
        ("treatment-of-counterparts", Self::Treatment),
        ("use-of-evidence", Self::Evidence),
        ("deal", Self::Deal),
    ];

    /// For headings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Preparation => "Preparation",
            Self::InformationExchange => "Exchange of information",
            Self::ValueCreation => "Creation of value",
            Self::Treatment => "Treatment of counterparts",
            Self::Evidence => "Use of evidence",
            Self::Deal => "The deal itself",
        }
    }
}

/// `[[rubric]]`: one row of a single-point rubric. What meets the standard is written; what falls
/// short of it or goes beyond is left to the reader's own words.
#[derive(Debug, Clone, Serialize)]
pub struct Criterion {
    /// What is looked at.
    pub aspect: Aspect,
    /// Per cent of the grade; 0 for the deal itself.
    pub weight: u32,
    /// What meets the standard.
    pub meets: String,
}

/// `[[pre]]` and `[[post]]`
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    /// Short name; the same in `pre` and `post` where the two are to be compared.
    pub id: String,
    /// The question.
    pub question: String,
    /// Answers to choose from; a free answer if there are none.
    pub options: Vec<String>,
    /// A good answer, for the teacher.
    pub answer: String,
    /// Objective it measures.
    pub objective: String,
}

/// `[guide]`
#[derive(Debug, Clone, Serialize)]
pub struct Guide {
    /// Room, groups, what to print.
    pub setup: String,
    /// Who gets which seat, and what to do with too many or too few.
    pub roles: Option<String>,
    /// What goes wrong, and what to do then.
    pub traps: Vec<String>,
    /// How to read the distribution of endings.
    pub outcomes: String,
    /// What students tend to believe afterwards, and what there is to say.
    pub myths: Vec<Myth>,
    /// On speaking of a real crisis.
    pub ethics: String,
}

/// `[[guide.myths]]`
#[derive(Debug, Clone, Serialize)]
pub struct Myth {
    /// What is said.
    pub claim: String,
    /// What there is to say.
    pub answer: String,
}

impl Exercise {
    /// The seat of a party, if people take it.
    pub fn seat(&self, party: &str) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.party == party)
    }

    /// Minutes of the phases of some kinds.
    pub fn minutes_of(&self, kinds: &[PhaseKind]) -> u32 {
        let some = self
            .phases
            .iter()
            .filter(|phase| kinds.contains(&phase.kind));
        some.map(|phase| phase.minutes).sum()
    }
}
