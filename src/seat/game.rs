//! The game: phases, what may be done in each, what the inputs have come to.

use std::collections::BTreeMap;

use super::event::{Decision, Event, Package, Worksheet};
use super::news::Heard;
use super::sitter::{Act, Asked, Moment, Sitter, Then};
use super::stakes::Stakes;
use super::{Brief, Terms, View};
use crate::engine::{Prepared, RunRecord, Workspace, prepare, run};
use crate::model::Model;
use crate::model::condition::Test;
use crate::scenario::types::{Condition, Protocol};

/// Draw and replicate that are played: the first of the seed, as in `jawjaw trace`.
pub const PLAYED: (u32, u32) = (0, 0);

/// Why an input is refused, as a sentence for the person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

fn refuse<T>(why: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal(why.into()))
}

/// Where a game stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Reading the brief, writing the worksheet, predicting.
    Preparation,
    /// At a decision.
    Decision,
    /// The run has ended.
    Over,
}

/// What is played: a scenario, its numbers for the seed, a seat.
#[derive(Debug, Clone)]
pub struct Table {
    /// The scenario.
    pub model: Model,
    /// The draw that is played.
    pub prepared: Prepared,
    /// Seed.
    pub seed: u64,
    /// Party of the seat.
    pub seat: usize,
    /// Conditions that somebody beside the table watches: see [`Game::held`].
    pub watched: Vec<Test>,
}

impl Table {
    /// The table of a seed with a person in a party's seat.
    ///
    /// # Errors
    /// If there is no such party.
    pub fn new(model: Model, seed: u64, seat: &str) -> Result<Self, Refusal> {
        let parties = &model.scenario.parties;
        let Some(seat) = parties.iter().position(|party| party.id == seat) else {
            let ids: Vec<&str> = parties.iter().map(|party| &*party.id).collect();
            let near = crate::scenario::names::nearest(seat, ids.iter().copied());
            let hint = near.map_or(String::new(), |id| format!(" Did you mean `{id}`?"));
            let all = ids.join(", ");
            return refuse(format!(
                "no party is called `{seat}`: there are {all}.{hint}"
            ));
        };
        let prepared = prepare(&model, model.draw(seed, PLAYED.0));
        Ok(Self {
            model,
            prepared,
            seed,
            seat,
            watched: Vec::new(),
        })
    }

    /// The same with conditions to watch. They change nothing in the game and may rest on what the
    /// seat does not know: who tells the person that one holds tells more than the party knows.
    ///
    /// # Errors
    /// If a name in them is unknown.
    pub fn watching<'c>(
        mut self,
        conditions: impl IntoIterator<Item = &'c Condition>,
    ) -> Result<Self, Refusal> {
        for condition in conditions {
            let test = self.model.condition(condition);
            self.watched
                .push(test.map_err(|error| Refusal(error.to_string()))?);
        }
        Ok(self)
    }

    /// Own utilities at a moment, for a party of this row.
    pub(super) fn stakes(&self, row: usize, moment: &Moment) -> Stakes {
        Stakes::new(
            &self.model,
            &self.prepared,
            row,
            &moment.levels,
            &moment.forms,
        )
    }
}

/// A game under way.
#[derive(Debug, Clone)]
pub struct Game {
    table: Table,
    workspace: Workspace,
    record: RunRecord,
    events: Vec<Event>,
    begun: bool,
    worksheet: Worksheet,
    chances: BTreeMap<String, f64>,
    /// Drafts since the last decision, the last one being the present one.
    drafts: Vec<Package>,
    /// Worksheets and predictions before the last ones, to go back to.
    before: Vec<(Worksheet, BTreeMap<String, f64>)>,
    script: Vec<Act>,
    moment: Option<Moment>,
    faced: Vec<Moment>,
    news: Vec<Heard>,
    held: Vec<Option<usize>>,
}

impl Game {
    /// A game before its first input.
    pub fn start(table: Table) -> Self {
        let workspace = Workspace::new(&table.model);
        let record = RunRecord::new(table.model.record_shape());
        let mut game = Self {
            table,
            workspace,
            record,
            events: Vec::new(),
            begun: false,
            worksheet: Worksheet::default(),
            chances: BTreeMap::new(),
            drafts: Vec::new(),
            before: Vec::new(),
            script: Vec::new(),
            moment: None,
            faced: Vec::new(),
            news: Vec::new(),
            held: Vec::new(),
        };
        game.replay();
        game
    }

    /// What is played.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Every input so far, in order.
    pub fn log(&self) -> &[Event] {
        &self.events
    }

    /// The confidential brief of the seat.
    pub fn brief(&self) -> Brief {
        Brief::new(&self.table, self.row())
    }

    /// Where the game stands.
    pub fn phase(&self) -> Phase {
        match (&self.moment, self.begun) {
            (_, false) => Phase::Preparation,
            (Some(_), true) => Phase::Decision,
            (None, true) => Phase::Over,
        }
    }

    /// The worksheet as it stands.
    pub fn worksheet(&self) -> &Worksheet {
        &self.worksheet
    }

    /// The prediction as it stands, in percent by outcome id; empty if there is none.
    pub fn chances(&self) -> &BTreeMap<String, f64> {
        &self.chances
    }

    /// By watched condition: the round, from 0, at whose beginning it first held.
    pub fn held(&self) -> &[Option<usize>] {
        &self.held
    }

    /// The run, once it is over.
    pub fn outcome(&self) -> Option<&RunRecord> {
        (self.phase() == Phase::Over).then_some(&self.record)
    }

    /// What the party may know of the situation.
    pub fn view(&self) -> View {
        View::new(self)
    }

    /// Takes an input.
    ///
    /// # Errors
    /// If it cannot be done now; the game is then as before.
    pub fn act(&mut self, event: Event) -> Result<(), Refusal> {
        match &event {
            Event::Worksheet { worksheet } => {
                self.preparing("the worksheet")?;
                self.check_worksheet(worksheet)?;
                self.remember();
                self.worksheet = worksheet.clone();
            }
            Event::Predict { chances } => {
                self.preparing("the prediction")?;
                self.check_chances(chances)?;
                self.remember();
                self.chances.clone_from(chances);
            }
            Event::Begin => {
                if self.begun {
                    return refuse("the game has begun already.");
                }
                self.begun = true;
            }
            Event::Draft { package } => {
                self.moment_of(
                    &[Asked::Respond, Asked::Offer],
                    "there is no offer to draft now",
                )?;
                self.terms(package)?;
                self.drafts.push(package.clone());
            }
            Event::Undo => self.undo()?,
            Event::Decide { decision } => {
                let act = self.decide(decision)?;
                let refused = self.moment.take().filter(|_| act == Act::Refuse);
                self.script.push(act);
                self.replay();
                // Who refuses an offer is asked for one of its own next, at the same turn.
                let next = self.moment.as_ref();
                let goes_on = next.zip(refused).is_some_and(|(next, refused)| {
                    next.asked == Asked::Offer
                        && (next.round, next.meeting) == (refused.round, refused.meeting)
                });
                if !goes_on {
                    self.drafts.clear();
                }
            }
            Event::Caucus => {
                if self.phase() != Phase::Decision {
                    return refuse("there is no meeting to adjourn.");
                }
            }
            Event::Note { .. } => {}
        }
        self.events.push(event);
        Ok(())
    }

    /// Takes back the last change before anybody has heard of it.
    ///
    /// # Errors
    /// If there is nothing to take back.
    pub fn undo(&mut self) -> Result<(), Refusal> {
        if self.begun {
            if self.drafts.pop().is_none() {
                return refuse(
                    "there is nothing to undo: what has been said or done stands, and the draft is \
                     empty.",
                );
            }
        } else {
            let Some((worksheet, chances)) = self.before.pop() else {
                return refuse("there is nothing to undo.");
            };
            (self.worksheet, self.chances) = (worksheet, chances);
        }
        Ok(())
    }

    fn remember(&mut self) {
        let before = (self.worksheet.clone(), self.chances.clone());
        self.before.push(before);
    }

    fn preparing(&self, what: &str) -> Result<(), Refusal> {
        if self.begun {
            return refuse(format!("{what} is closed once the first round has begun."));
        }
        Ok(())
    }

    fn check_worksheet(&self, worksheet: &Worksheet) -> Result<(), Refusal> {
        let scenario = &self.table.model.scenario;
        if worksheet.walk_away.is_some_and(|worth| !worth.is_finite()) {
            return refuse("the walk-away point must be a number.");
        }
        for (party, issues) in &worksheet.priorities {
            if !scenario.parties.iter().any(|known| known.id == *party) {
                return refuse(format!("no party is called `{party}`."));
            }
            for id in issues {
                self.issue(id)?;
            }
        }
        Ok(())
    }

    fn check_chances(&self, chances: &BTreeMap<String, f64>) -> Result<(), Refusal> {
        let outcomes = &self.table.model.scenario.outcomes;
        if let Some(id) = chances
            .keys()
            .find(|id| !outcomes.iter().any(|outcome| outcome.id == **id))
        {
            return refuse(format!("no outcome is called `{id}`."));
        }
        if !chances
            .values()
            .all(|chance| (0.0..=100.0).contains(chance))
        {
            return refuse("a chance is a percentage from 0 to 100.");
        }
        let sum: f64 = chances.values().sum();
        if (sum - 100.0).abs() > 1e-6 {
            return refuse(format!("the chances must add up to 100; these make {sum}."));
        }
        Ok(())
    }

    /// The moment, if it asks one of these questions.
    fn moment_of(&self, asked: &[Asked], why: &str) -> Result<&Moment, Refusal> {
        match (self.phase(), &self.moment) {
            (Phase::Preparation, _) => refuse(format!("{why}: the game has not begun.")),
            (Phase::Over, _) | (_, None) => refuse(format!("{why}: the game is over.")),
            (Phase::Decision, Some(moment)) if asked.contains(&moment.asked) => Ok(moment),
            (Phase::Decision, Some(_)) => refuse(format!("{why}.")),
        }
    }

    /// What may be decided now.
    pub(super) fn may(&self, moment: &Moment, decision: &Decision) -> bool {
        let venue = moment.meeting.map(|(venue, _)| venue);
        let protocol = venue.map(|venue| self.table.model.venues[venue].protocol);
        let (asked, is_move) = (
            moment.asked,
            matches!(decision, Decision::Move { .. } | Decision::Wait),
        );
        if asked == Asked::Move || is_move {
            return asked == Asked::Move && is_move;
        }
        match decision {
            Decision::Accept | Decision::Refuse => asked != Asked::Offer,
            Decision::Offer { .. } | Decision::Pass => {
                matches!(asked, Asked::Respond | Asked::Offer)
            }
            Decision::WalkOut => {
                matches!(asked, Asked::Respond | Asked::Offer)
                    || asked == Asked::LetStand && protocol == Some(Protocol::SingleText)
            }
            Decision::Move { .. } | Decision::Wait => false,
        }
    }

    fn decide(&self, decision: &Decision) -> Result<Act, Refusal> {
        let all = [
            Asked::Respond,
            Asked::Accept,
            Asked::Offer,
            Asked::LetStand,
            Asked::Take,
            Asked::Sign,
            Asked::Consent,
            Asked::Move,
        ];
        let moment = self.moment_of(&all, "there is nothing to decide")?;
        if !self.may(moment, decision) {
            return refuse(match moment.asked {
                Asked::Move => "between meetings you can only make a move or wait.",
                Asked::Offer => "it is your turn to offer: make an offer, pass or walk out.",
                Asked::LetStand => {
                    "say whether the text may stand (accept or refuse), or walk out."
                }
                _ => "the answer here is yes or no: accept or refuse.",
            });
        }
        Ok(match decision {
            Decision::Accept => Act::Accept,
            Decision::Refuse => Act::Refuse,
            Decision::Pass => Act::Pass,
            Decision::WalkOut => Act::WalkOut,
            Decision::Wait => Act::Wait,
            Decision::Offer { package } => {
                let terms = self.terms(package)?;
                if terms.levels == moment.levels {
                    return refuse("this changes nothing: choose another level on some issue.");
                }
                Act::Offer(terms)
            }
            Decision::Move { act } => Act::Move(self.at_hand(moment, act)?),
        })
    }

    fn at_hand(&self, moment: &Moment, id: &str) -> Result<usize, Refusal> {
        let moves = &self.table.model.scenario.moves;
        let Some(index) = moves.iter().position(|act| act.id == id) else {
            return refuse(format!("no move is called `{id}`."));
        };
        let at_hand = moment
            .options
            .iter()
            .any(|(option, _)| *option == Some(index));
        if !at_hand {
            return refuse(format!("`{id}` cannot be done now."));
        }
        Ok(index)
    }

    fn issue(&self, id: &str) -> Result<usize, Refusal> {
        let issues = &self.table.model.scenario.issues;
        let found = issues.iter().position(|issue| issue.id == id);
        found.map_or_else(|| refuse(format!("no issue is called `{id}`.")), Ok)
    }

    /// The levels and the form that a package stands for at the present meeting.
    pub(super) fn terms(&self, package: &Package) -> Result<Terms, Refusal> {
        let model = &self.table.model;
        let Some((moment, (venue, _))) = self
            .moment
            .as_ref()
            .and_then(|moment| Some((moment, moment.meeting?)))
        else {
            return refuse("there is no meeting to offer anything at.");
        };
        let plan = &model.venues[venue];
        let form = match &package.form {
            None => plan.forms.first().copied().unwrap_or(0),
            Some(id) => {
                let forms = &model.scenario.forms;
                let Some(form) = forms.iter().position(|form| form.id == *id) else {
                    return refuse(format!("no form is called `{id}`."));
                };
                if !plan.forms.contains(&form) {
                    return refuse(format!("this venue cannot conclude in the form `{id}`."));
                }
                form
            }
        };
        let mut levels = moment.levels.clone();
        for (id, &level) in &package.levels {
            let issue = self.issue(id)?;
            let name = &model.scenario.issues[issue].name;
            if level >= model.issues[issue].levels {
                return refuse(format!("{name} has no level {level}."));
            }
            if level == usize::from(moment.levels[issue]) {
                continue;
            }
            if model.form_issue == Some(issue) {
                return refuse(format!("{name} follows the form of the agreement."));
            }
            if moment.settled >> issue & 1 == 1 {
                return refuse(format!("{name} is settled already."));
            }
            if !plan.decides.contains(&issue) {
                return refuse(format!("{name} cannot be settled at this venue."));
            }
            levels[issue] = level as u8;
        }
        Ok(Terms { form, levels })
    }

    /// A package as it would be written down at the present meeting.
    pub(super) fn written(&self, terms: &Terms, before: &[u8]) -> Package {
        written(&self.table.model, terms, before)
    }

    /// Plays the run again with all decisions.
    fn replay(&mut self) {
        let Table {
            model,
            prepared,
            seat,
            watched,
            ..
        } = &self.table;
        let sitter = Sitter::new(model, prepared, *seat, &self.script, Then::Stop);
        let mut sitter = sitter.watching(watched);
        let (workspace, record) = (&mut self.workspace, &mut self.record);
        run(model, prepared, workspace, PLAYED.1, record, &mut sitter);
        debug_assert_eq!(
            sitter.used(),
            self.script.len(),
            "a decision was not asked for"
        );
        self.moment = sitter.moment;
        self.faced = sitter.faced;
        self.news = sitter.news;
        self.held = sitter.held;
    }

    pub(super) fn moment(&self) -> Option<&Moment> {
        self.moment.as_ref().filter(|_| self.begun)
    }

    pub(super) fn draft(&self) -> Option<&Package> {
        self.drafts.last()
    }

    pub(super) fn heard(&self) -> &[Heard] {
        if self.begun { &self.news } else { &[] }
    }

    pub(super) fn script(&self) -> &[Act] {
        &self.script
    }

    pub(super) fn faced(&self) -> &[Moment] {
        &self.faced
    }

    /// Row of the party's type in this run.
    pub(super) fn row(&self) -> usize {
        let seat = self.table.seat;
        self.table.model.parties[seat].first_row + usize::from(self.record.types[seat])
    }
}

/// A package as it is written down, against levels in force.
pub(super) fn written(model: &Model, terms: &Terms, before: &[u8]) -> Package {
    let issues = &model.scenario.issues;
    let changed = terms.levels.iter().zip(before).zip(issues);
    Package {
        form: (model.scenario.forms.get(terms.form)).map(|form| form.id.clone()),
        levels: changed
            .filter(|((to, from), _)| to != from)
            .map(|((to, _), issue)| (issue.id.clone(), usize::from(*to)))
            .collect(),
    }
}
