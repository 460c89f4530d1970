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

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use crate::engine::record::NONE;
use crate::engine::{Log, Note, RunRecord, Workspace, prepare, run};
use crate::model::plan::{EffectsPlan, Slots};
use crate::model::{Draw, Model};
use crate::scenario::types::HistoryEntry;

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
        /// Utility of what it would ask for itself.
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
    let mut collector = Collector::new(model, prepared.draw());
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
                form: scenario.forms[usize::from(record.settled_form[index])]
                    .name
                    .clone(),
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

/// Listens to a run.
struct Collector<'a> {
    model: &'a Model,
    draw: &'a Draw,
    entries: Vec<Entry>,
    /// What happened since the last round: it is noted before the round it belongs to.
    early: Vec<Entry>,
    round: usize,
    /// Level in force of each issue, and whether it is settled; the notes do not say.
    levels: Vec<u8>,
    settled: u32,
    /// The package agreed on last: form, levels, changes.
    agreed: (usize, Vec<u8>, u32),
}

impl<'a> Collector<'a> {
    fn new(model: &'a Model, draw: &'a Draw) -> Self {
        Self {
            model,
            draw,
            entries: Vec::new(),
            early: Vec::new(),
            round: 0,
            levels: model.issues.iter().map(|issue| issue.status_quo).collect(),
            settled: 0,
            agreed: (0, Vec::new(), 0),
        }
    }

    fn party(&self, party: usize) -> String {
        self.model.scenario.parties[party].id.clone()
    }

    fn form(&self, form: usize) -> String {
        // A file without forms has one form, which needs no name.
        let words = self.model.scenario.forms.get(form);
        words.map_or_else(String::new, |words| words.name.clone())
    }

    fn terms(&self, levels: &[u8], changes: u32) -> Vec<Term> {
        (0..levels.len())
            .filter(|issue| changes >> issue & 1 == 1)
            .map(|issue| term(self.model, issue, self.levels[issue], levels[issue]))
            .collect()
    }

    /// Follows the levels that moves, events and lapses shift, as the engine does.
    fn shift(&mut self, effects: &EffectsPlan) {
        for &(issue, steps) in &effects.levels {
            let issue = usize::from(issue);
            if self.settled >> issue & 1 == 0 {
                let highest = self.model.issues[issue].levels as i64 - 1;
                let level = i64::from(self.levels[issue]) + self.draw.get(steps).round() as i64;
                self.levels[issue] = level.clamp(0, highest) as u8;
            }
        }
    }

    fn settle(&mut self) {
        let (form, levels, changes) = std::mem::take(&mut self.agreed);
        let mut promise = false;
        for (issue, plan) in self.model.issues.iter().enumerate() {
            if changes >> issue & 1 == 1 {
                self.levels[issue] = levels[issue];
                promise |= plan.promise;
            }
        }
        self.settled |= changes;
        if let (true, Some(issue), Some(level)) =
            (promise, self.model.form_issue, self.model.forms[form].level)
            && level > self.levels[issue]
        {
            self.levels[issue] = level;
            self.settled |= 1 << issue;
        }
    }

    fn begin(&mut self, round: usize, disagreement: &[f64], now: &[f64], slots: &[f64]) {
        let plan = self.model.rounds[round];
        self.round = round;
        let posture = (0..now.len()).map(|party| slots[self.model.slots.posture(party)]);
        self.entries.push(Entry::Round {
            round: round + 1,
            date: plan.date,
            venue: self.model.scenario.venues[plan.venue].name.clone(),
            documented: plan.documented,
            now: now.to_vec(),
            disagreement: disagreement.to_vec(),
            tension: slots[Slots::TENSION],
            posture: posture.collect(),
        });
        self.entries.append(&mut self.early);
    }

    fn lapse(&mut self, index: usize) {
        let model = self.model;
        let commitment = &model.commitments[index];
        if let Some((_, effects)) = &commitment.lapse {
            self.shift(effects);
        }
        // Threats come first among the commitments, and only they lapse.
        let what = model.scenario.threats[index].name.clone();
        let by = self.party(commitment.by);
        self.early.push(Entry::Lapse { what, by });
    }

    fn meeting(&self, seats: u32) -> Entry {
        let venue = &self.model.venues[self.model.rounds[self.round].venue];
        let seated = venue.order.iter().filter(|&&party| seats >> party & 1 == 1);
        let open = venue
            .decides
            .iter()
            .filter(|&&issue| self.settled >> issue & 1 == 0);
        Entry::Meeting {
            seats: seated.map(|&party| self.party(party)).collect(),
            agenda: open
                .map(|&issue| {
                    let id = self.model.scenario.issues[issue].id.clone();
                    (id, usize::from(self.levels[issue]))
                })
                .collect(),
        }
    }

    fn choice(
        &mut self,
        party: usize,
        chosen: Option<usize>,
        options: &[(Option<usize>, f64, f64)],
    ) -> Entry {
        let model = self.model;
        let name = |index: usize| model.scenario.moves[index].id.clone();
        if let Some(index) = chosen {
            self.shift(&model.moves[index].effects);
        }
        let mut options: Vec<ChoiceOption> = options
            .iter()
            .map(|&(act, probability, utility)| ChoiceOption {
                act: act.map(name),
                probability,
                utility,
            })
            .collect();
        options.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        Entry::Choice {
            party: self.party(party),
            chosen: chosen.map(name),
            options,
        }
    }

    fn beliefs(&self, rows: &[f64]) -> Entry {
        let several = self.model.parties.iter().enumerate();
        Entry::Beliefs {
            parties: several
                .filter(|(_, plan)| plan.types > 1)
                .map(|(party, plan)| Belief {
                    party: self.party(party),
                    types: rows[plan.rows()].to_vec(),
                })
                .collect(),
        }
    }
}

impl Log for Collector<'_> {
    const ON: bool = true;

    fn note(&mut self, note: Note<'_>) {
        let entry = match note {
            // Both stand in the record, which outlives the run.
            Note::Types(_) | Note::End { .. } => return,
            Note::Round {
                round,
                disagreement,
                now,
                slots,
            } => return self.begin(round, disagreement, now, slots),
            Note::Event(index) => {
                let model = self.model;
                self.shift(&model.events[index].effects);
                let what = model.scenario.events[index].name.clone();
                return self.early.push(Entry::Event { what });
            }
            Note::Lapse(index) => return self.lapse(index),
            Note::NoMeeting { open } => Entry::NoMeeting { open },
            Note::Meeting { seats } => self.meeting(seats),
            Note::Offer {
                party,
                form,
                levels,
                changes,
                own,
            } => Entry::Offer {
                party: self.party(party),
                form: self.form(form),
                terms: self.terms(levels, changes),
                own,
            },
            Note::Text {
                form,
                levels,
                changes,
            } => Entry::Text {
                form: self.form(form),
                terms: self.terms(levels, changes),
            },
            Note::Response {
                party,
                accepts,
                worth,
                asks,
            } => Entry::Response {
                party: self.party(party),
                accepts,
                worth: worth.is_finite().then_some(worth),
                asks,
            },
            Note::Walkout(party) => Entry::Walkout {
                party: self.party(party),
            },
            Note::Agreement {
                form,
                levels,
                changes,
            } => {
                self.agreed = (form, levels.to_vec(), changes);
                Entry::Agreement {
                    form: self.form(form),
                    terms: self.terms(levels, changes),
                }
            }
            Note::NoAgreement => Entry::NoAgreement,
            Note::Consent {
                party,
                given,
                probability,
            } => Entry::Consent {
                party: self.party(party),
                given,
                probability,
            },
            Note::Ratification {
                party,
                given,
                probability,
            } => Entry::Ratification {
                party: self.party(party),
                given,
                probability,
            },
            Note::InForce => {
                self.settle();
                Entry::InForce
            }
            Note::Choice {
                party,
                chosen,
                options,
            } => self.choice(party, chosen, options),
            Note::Beliefs(rows) => self.beliefs(rows),
        };
        self.entries.push(entry);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::scenario::load::{LoadError, Loader, NoFacts, load};

    struct Fixture;

    impl Loader for Fixture {
        fn load(&self, _: &str) -> Result<String, LoadError> {
            Ok(include_str!("../../tests/fixtures/minimal.toml").to_owned())
        }
    }

    pub(in crate::report) fn minimal() -> Model {
        let loaded = load("minimal.toml", &Fixture, &NoFacts);
        let scenario = loaded.scenario.expect("the fixture is sound");
        Model::compile(scenario).expect("the fixture compiles")
    }

    #[test]
    fn listening_changes_nothing() {
        let model = minimal();
        for replicate in 0..20 {
            let told = transcript(&model, 5, 1, replicate);
            let prepared = prepare(&model, model.draw(5, 1));
            let mut record = RunRecord::new(model.record_shape());
            let mut workspace = Workspace::new(&model);
            run(
                &model,
                &prepared,
                &mut workspace,
                replicate,
                &mut record,
                &mut (),
            );
            assert_eq!(told.end, end(&model, &record));
        }
    }

    #[test]
    fn entries_agree_with_the_record() {
        let model = minimal();
        let mut settled = 0;
        for replicate in 0..40 {
            let told = transcript(&model, 1, 0, replicate);
            let count =
                |wanted: fn(&Entry) -> bool| told.entries.iter().filter(|e| wanted(e)).count();
            let rounds = count(|entry| matches!(entry, Entry::Round { .. }));
            assert_eq!(rounds, count(|entry| matches!(entry, Entry::State { .. })));
            assert!(matches!(told.entries[0], Entry::Round { round: 1, .. }));
            // The last agreement in force is what the record calls settled.
            let in_force = count(|entry| matches!(entry, Entry::InForce));
            assert_eq!(in_force > 0, !told.end.settled.is_empty());
            settled += in_force;
            let mut levels: Vec<usize> = told.issues.iter().map(|issue| issue.start).collect();
            let mut agreed: &[Term] = &[];
            for entry in &told.entries {
                match entry {
                    Entry::Offer { terms, .. } => {
                        let at = |id: &str| told.issues.iter().position(|issue| issue.id == id);
                        for term in terms {
                            let issue = at(&term.issue).expect("a declared issue");
                            assert_eq!(term.before, levels[issue], "replicate {replicate}");
                            assert_ne!(term.level, term.before, "only what would change");
                        }
                    }
                    Entry::Agreement { terms, .. } => agreed = terms,
                    Entry::InForce => {
                        for term in agreed {
                            let at = told.issues.iter().position(|issue| issue.id == term.issue);
                            levels[at.expect("a declared issue")] = term.level;
                        }
                    }
                    _ => {}
                }
            }
            let last: Vec<usize> = told.end.settled.iter().map(|one| one.term.level).collect();
            for (one, level) in told.end.settled.iter().zip(last) {
                let at = told
                    .issues
                    .iter()
                    .position(|issue| issue.id == one.term.issue);
                assert_eq!(levels[at.expect("a declared issue")], level);
            }
        }
        assert!(settled > 0, "some run settles something");
    }

    #[test]
    fn the_file_alone_decides_names() {
        let told = transcript(&minimal(), 1, 0, 0);
        assert_eq!(told.parties[1].id, "lowland");
        assert_eq!(told.parties[1].types.len(), 2);
        let priors: f64 = told.parties[1].types.iter().map(|kind| kind.prior).sum();
        assert!((priors - 1.0).abs() < 1e-12);
        assert!(told.parties[1].armed && !told.parties[0].armed);
        assert_eq!(
            told.moves["fly-over"],
            "Lowland's aircraft pass over the site"
        );
        assert_eq!(told.history[0].what, "Upland begins to fill the reservoir.");
    }
}
