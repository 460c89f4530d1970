//! One run as a list of what happened, in names instead of indices.
//!
//! Flows in: a compiled scenario and the number of a run; the engine's notes as it is played. Flows
//! out: a [`Transcript`], owned and serialisable: `trace --format json` prints it as it is, and
//! [`super::transcript_text`] tells it as a story.
//!
//! The JSON has the field names of these types. Every entry of `entries` has a key `entry` that
//! says what it is (`round`, `event`, `offer`, ...; see [`Entry`]). Utilities are on a party's own
//! scale from 0 to 1, probabilities and crisis variables too; a utility that is absent (`null`)
//! means that the party refuses such a package at any price. Parties, issues, types, moves and
//! outcomes appear by `id`; the lists `parties`, `issues` and `moves` give their names.
//!
//! Invariant: a transcript says nothing that the engine did not note, record or read from the file;
//! playing with a listener changes nothing in the run.

mod collect;
#[cfg(test)]
pub(super) mod tests;

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use crate::engine::record::NONE;
use crate::engine::{RunRecord, Workspace, prepare, run};
use crate::model::{Draw, Model};
use crate::scenario::types::{HistoryEntry, Protocol};
use collect::Collector;

/// A run, told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Transcript {
    /// Id of the scenario.
    pub scenario: String,
    /// Its title.
    pub title: String,
    /// What it assumes.
    pub summary: String,
    /// No evidence dated later is behind any number.
    pub cutoff: Date,
    /// First simulated day.
    pub start: Date,
    /// Last simulated day.
    pub horizon: Date,
    /// Seed.
    pub seed: u64,
    /// Draw of the uncertain numbers.
    pub draw: u32,
    /// Replicate within the draw.
    pub replicate: u32,
    /// Width of the misjudgement in accepting an offer, in this draw (utility).
    pub tremble: f64,
    /// What the documents report before the start.
    pub history: Vec<Past>,
    /// The parties and what they really are in this run.
    pub parties: Vec<PartyInfo>,
    /// The issues with all their levels.
    pub issues: Vec<IssueInfo>,
    /// Every move of the file: its words by its id.
    pub moves: BTreeMap<String, String>,
    /// What happened, in order.
    pub entries: Vec<Entry>,
    /// How it ended.
    pub end: End,
}

/// A documented event before the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Past {
    /// First day of the documented span.
    pub date: Date,
    /// In words.
    pub what: String,
    /// Facts it rests on.
    pub from: Vec<String>,
}

/// A party of the run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartyInfo {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// The type that it is in this run, by id; hidden from the others.
    pub truth: String,
    /// All its types, with what the others believe at first.
    pub types: Vec<TypeInfo>,
    /// Whether it holds an option to use force.
    pub armed: bool,
}

/// A type of a party.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TypeInfo {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Probability given to it before the run, in this draw.
    pub prior: f64,
}

/// An issue of the scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IssueInfo {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Levels in words, lowest first.
    pub levels: Vec<String>,
    /// Index of the level at the start.
    pub start: usize,
}

/// One issue of a package that would change, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Term {
    /// Issue id.
    pub issue: String,
    /// Level in force before, as an index.
    pub before: usize,
    /// Level proposed or agreed, as an index.
    pub level: usize,
    /// That level in words.
    pub text: String,
}

/// An option of a choice between moves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChoiceOption {
    /// Move id; absent for waiting.
    #[serde(rename = "move")]
    pub act: Option<String>,
    /// Probability of choosing it.
    pub probability: f64,
    /// Expected utility.
    pub utility: f64,
}

/// What the public believes of a party.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Belief {
    /// Party id.
    pub party: String,
    /// Probability of each of its types, in their order.
    pub types: Vec<f64>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "entry", rename_all = "kebab-case")]
pub enum Entry {
    /// A round begins.
    Round {
        /// Counted from 1.
        round: usize,
        /// Day of its meeting.
        date: Date,
        /// Venue, full name.
        venue: String,
        /// Whether the meeting is in the documented calendar; otherwise it is assumed.
        documented: bool,
        /// Utility of the situation as it stands, by party in the order of `parties`.
        now: Vec<f64>,
        /// Disagreement value: what no agreement is worth, by party.
        disagreement: Vec<f64>,
        /// Tension, after the events of the round.
        tension: f64,
        /// Readiness to strike, by party.
        posture: Vec<f64>,
    },
    /// A shock from outside, by its words.
    Event {
        /// In words.
        what: String,
    },
    /// A threat was triggered and not carried out in time.
    Lapse {
        /// In words.
        what: String,
        /// Who made it.
        by: String,
    },
    /// No talks this round.
    NoMeeting {
        /// Whether the venue is open; if it is, nothing was left to settle or nobody to talk to.
        open: bool,
    },
    /// A meeting begins.
    Meeting {
        /// Party ids.
        seats: Vec<String>,
        /// Issues it can settle that are still open: id and level in force.
        agenda: Vec<(String, usize)>,
        /// Procedure.
        protocol: Protocol,
    },
    /// A party proposes a package.
    Offer {
        /// Party id.
        party: String,
        /// Form, full name.
        form: String,
        /// What would change.
        terms: Vec<Term>,
        /// Utility to itself.
        own: f64,
    },
    /// A mediator puts a text on the table.
    Text {
        /// Form, full name.
        form: String,
        /// What would change.
        terms: Vec<Term>,
    },
    /// A party answers the standing offer.
    Response {
        /// Party id.
        party: String,
        /// Whether it accepts.
        accepts: bool,
        /// Utility of the offer to it; absent if it crosses a line the party never crosses.
        worth: Option<f64>,
        /// Utility of what it would ask for itself; where a single text or one offer is to be taken
        /// or left, the least that it takes.
        asks: f64,
    },
    /// A party leaves the table.
    Walkout {
        /// Party id.
        party: String,
    },
    /// Everyone at the table agrees.
    Agreement {
        /// Form, full name.
        form: String,
        /// What would change.
        terms: Vec<Term>,
    },
    /// The meeting ends without agreement.
    NoAgreement,
    /// An absent party is asked for its consent.
    Consent {
        /// Party id.
        party: String,
        /// Whether it gives it.
        given: bool,
        /// Probability that it would.
        probability: f64,
    },
    /// A party ratifies or fails to.
    Ratification {
        /// Party id.
        party: String,
        /// Whether it does.
        given: bool,
        /// Probability that it would.
        probability: f64,
    },
    /// The agreement takes effect.
    InForce,
    /// A party chooses between its moves.
    Choice {
        /// Party id.
        party: String,
        /// Move id; absent for waiting.
        chosen: Option<String>,
        /// All options with a probability above 0, likeliest first.
        options: Vec<ChoiceOption>,
    },
    /// What the public believes after the round, of each party with more than one type.
    Beliefs {
        /// By party.
        parties: Vec<Belief>,
    },
    /// Where the crisis stands after the round.
    State {
        /// Tension.
        tension: f64,
        /// Readiness to strike, by party in the order of `parties`.
        posture: Vec<f64>,
    },
}

/// How the run ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct End {
    /// Outcome id.
    pub outcome: String,
    /// Its name.
    pub name: String,
    /// One sentence about it.
    pub summary: Option<String>,
    /// Last day of the run.
    pub date: Date,
    /// Move that ended it, by id; absent if the horizon was reached.
    pub terminal: Option<String>,
    /// Whether that move was a use of force.
    pub force: bool,
    /// Final utility, by party in the order of `parties`.
    pub utility: Vec<f64>,
    /// What was settled by agreement.
    pub settled: Vec<Settled>,
    /// Issues whose level moved without an agreement.
    pub moved: Vec<Term>,
    /// Flags that hold, in words.
    pub flags: Vec<String>,
}

/// An issue settled by agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settled {
    /// What.
    #[serde(flatten)]
    pub term: Term,
    /// Form, full name.
    pub form: String,
    /// Venue, full name.
    pub venue: String,
    /// Day of the meeting.
    pub date: Date,
}

/// Plays one run and tells it.
pub fn transcript(model: &Model, seed: u64, draw: u32, replicate: u32) -> Transcript {
    let prepared = prepare(model, model.draw(seed, draw));
    let mut record = RunRecord::new(model.record_shape());
    let mut collector = Collector::new(model);
    let mut workspace = Workspace::new(model);
    run(
        model,
        &prepared,
        &mut workspace,
        replicate,
        &mut record,
        &mut collector,
    );
    let entries = with_states(collector.entries, &record);
    let scenario = &model.scenario;
    let issues = scenario.issues.iter().map(|issue| IssueInfo {
        id: issue.id.clone(),
        name: issue.name.clone(),
        levels: issue.levels.clone(),
        start: issue.status_quo,
    });
    let moves = scenario
        .moves
        .iter()
        .map(|act| (act.id.clone(), act.name.clone()));
    Transcript {
        scenario: scenario.id.clone(),
        title: scenario.title.clone(),
        summary: scenario.summary.clone(),
        cutoff: scenario.cutoff,
        start: scenario.calendar.start,
        horizon: scenario.calendar.horizon,
        seed,
        draw,
        replicate,
        tremble: prepared.draw().get(model.tremble),
        history: scenario.history.iter().map(past).collect(),
        parties: parties(model, prepared.draw(), &record),
        issues: issues.collect(),
        moves: moves.collect(),
        entries,
        end: end(model, &record),
    }
}

/// Closes every round with the state the engine recorded for it.
fn with_states(entries: Vec<Entry>, record: &RunRecord) -> Vec<Entry> {
    let parties = record.shape.parties;
    let mut out = Vec::with_capacity(entries.len() + usize::from(record.rounds));
    let mut round = 0;
    for entry in entries {
        let closes = matches!(entry, Entry::Beliefs { .. });
        out.push(entry);
        if closes {
            out.push(Entry::State {
                tension: record.tension[round],
                posture: record.posture[round * parties..(round + 1) * parties].to_vec(),
            });
            round += 1;
        }
    }
    out
}

fn past(entry: &HistoryEntry) -> Past {
    Past {
        date: entry.date,
        what: entry.what.clone(),
        from: entry.from.clone(),
    }
}

fn parties(model: &Model, draw: &Draw, record: &RunRecord) -> Vec<PartyInfo> {
    let all = model.scenario.parties.iter().zip(&model.parties);
    all.zip(&record.types)
        .map(|((party, plan), &truth)| PartyInfo {
            id: party.id.clone(),
            name: party.name.clone(),
            truth: party.types[usize::from(truth)].id.clone(),
            types: plan
                .rows()
                .zip(&party.types)
                .map(|(row, kind)| TypeInfo {
                    id: kind.id.clone(),
                    name: kind.name.clone(),
                    prior: draw.rows[row].prior,
                })
                .collect(),
            armed: !plan.force.is_empty(),
        })
        .collect()
}

fn end(model: &Model, record: &RunRecord) -> End {
    let scenario = &model.scenario;
    let outcome = &scenario.outcomes[usize::from(record.outcome)];
    let terminal = (record.terminal != NONE).then(|| usize::from(record.terminal));
    let (mut settled, mut moved) = (Vec::new(), Vec::new());
    for (index, plan) in model.issues.iter().enumerate() {
        let term = term(model, index, plan.status_quo, record.level[index]);
        if record.settled_venue[index] != NONE {
            settled.push(Settled {
                term,
                form: (scenario.forms.get(usize::from(record.settled_form[index])))
                    .map_or_else(String::new, |form| form.name.clone()),
                venue: scenario.venues[usize::from(record.settled_venue[index])]
                    .name
                    .clone(),
                date: model.rounds[usize::from(record.settled_round[index])].date,
            });
        } else if term.before != term.level {
            moved.push(term);
        }
    }
    let flags = scenario.flags.iter().enumerate();
    End {
        outcome: outcome.id.clone(),
        name: outcome.name.clone(),
        summary: outcome.summary.clone(),
        date: scenario
            .calendar
            .start
            .saturating_add(i64::from(record.end_day).days()),
        terminal: terminal.map(|index| scenario.moves[index].id.clone()),
        force: terminal.is_some_and(|index| model.moves[index].force.is_some()),
        utility: record.utility.clone(),
        settled,
        moved,
        flags: flags
            .filter(|&(index, _)| record.flags >> index & 1 == 1)
            .map(|(_, flag)| flag.name.clone())
            .collect(),
    }
}

fn term(model: &Model, issue: usize, before: u8, level: u8) -> Term {
    let words = &model.scenario.issues[issue];
    Term {
        issue: words.id.clone(),
        before: usize::from(before),
        level: usize::from(level),
        text: words.levels[usize::from(level)].clone(),
    }
}
