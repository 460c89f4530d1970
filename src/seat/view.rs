//! What a party may know of the situation when it is its turn.
//!
//! Flows in: a game. Flows out: a [`View`], owned and serialisable, in ids: whatever draws a seat
//! draws this, the public file (names, levels in words, calendar) and the party's own brief.
//!
//! Invariant: a view is made from public facts, from what was said at tables where the party sat, and
//! from the party's own utilities. No other party's type, weights, utilities or reservation enter it.

use jiff::civil::Date;
use serde::Serialize;

use super::event::{Decision, Package};
use super::game::{Game, Phase};
use super::news::{Heard, Proposal};
use super::options::{commitments, moves};
use super::sitter::{Asked, Moment};
use super::stakes::{Breaches, Stakes};
use crate::model::plan::Slots;
use crate::scenario::types::{MoveKind, Protocol};

/// The situation as a party sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct View {
    /// Party id.
    pub party: String,
    /// Where the game stands.
    pub phase: Phase,
    /// Rounds of the calendar.
    pub rounds: usize,
    /// Everything seen and heard so far, in order.
    pub news: Vec<Heard>,
    /// What is to be decided; absent before the first round and after the last.
    pub turn: Option<Turn>,
    /// How it ended; absent before.
    pub end: Option<End>,
}

/// A decision to take.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Turn {
    /// Decisions taken before this one.
    pub number: usize,
    /// What is asked.
    pub question: Question,
    /// Round, counted from 1.
    pub round: usize,
    /// Today.
    pub date: Date,
    /// The meeting; absent between meetings.
    pub meeting: Option<Meeting>,
    /// Meetings that the calendar has still to come: date, venue id, documented.
    pub ahead: Vec<(Date, String, bool)>,
    /// Ids of open venues.
    pub open: Vec<String>,
    /// What may be answered now: `accept`, `refuse`, `offer`, `pass`, `walk-out`, `move`, `wait`.
    pub may: Vec<&'static str>,
    /// Own utilities, 0 to 1.
    pub own: Own,
    /// The package that the question is about.
    pub standing: Option<Standing>,
    /// The offer in the making.
    pub draft: Option<Draft>,
    /// The party's last own offer at this meeting.
    pub last_own: Option<Package>,
    /// Issues with levels in force and what each level would bring.
    pub issues: Vec<IssueView>,
    /// Moves at hand; waiting is always possible.
    pub moves: Vec<MoveView>,
    /// Expected utility of waiting, as the agent's rules see it; between meetings only.
    pub waiting: Option<f64>,
    /// Tension, 0 to 1.
    pub tension: f64,
    /// Readiness to strike of each party, 0 to 1: party id, level.
    pub posture: Vec<(String, f64)>,
    /// How far the party has committed itself in public, 0 to 1.
    pub exposure: f64,
    /// Threats and promises.
    pub commitments: Vec<CommitmentView>,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Accept the standing offer, refuse it, answer it with another, or leave.
    Respond,
    /// Accept or refuse.
    Accept,
    /// Make an offer, or none.
    Offer,
    /// May the mediator's revision stand?
    LetStand,
    /// Take it or leave it.
    Take,
    /// Sign what everyone at the table accepts.
    Sign,
    /// Consent to what others have agreed on.
    Consent,
    /// Choose a move.
    Move,
}

/// The meeting under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Meeting {
    /// Venue id.
    pub venue: String,
    /// Who sits, in speaking order.
    pub seats: Vec<String>,
    /// Procedure.
    pub protocol: Protocol,
    /// Turn round the table, counted from 1.
    pub exchange: usize,
    /// How many there are at most.
    pub exchanges: usize,
    /// Open issues that it can settle, by id.
    pub agenda: Vec<String>,
    /// Forms it can conclude in, by id.
    pub forms: Vec<String>,
}

/// Own utilities, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Own {
    /// The situation as it stands, without what the crisis costs.
    pub now: f64,
    /// What no agreement is worth (disagreement value).
    pub disagreement: f64,
    /// The walk-away point: that, and what backing down would cost (reservation value).
    pub walk_away: f64,
}

/// A package with what it means to the party.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// Who put it on the table; absent for a mediator.
    pub by: Option<String>,
    /// The package.
    pub proposal: Proposal,
    /// The same as it would be drafted.
    pub package: Package,
    /// Where it goes beyond the mandate.
    pub warnings: Vec<Warning>,
}

/// An offer in the making.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Draft {
    /// The package.
    pub package: Package,
    /// What it would change and what that is worth.
    pub proposal: Proposal,
    /// What to think of before sending it.
    pub warnings: Vec<Warning>,
}

/// A private warning.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "warning", rename_all = "kebab-case")]
pub enum Warning {
    /// Worth less than no agreement.
    BelowWalkAway {
        /// By how much.
        short: f64,
    },
    /// Worth less than the person's own walk-away point on the worksheet.
    BelowWorksheet {
        /// By how much.
        short: f64,
    },
    /// A level that the party never accepts.
    BeyondMandate {
        /// Issue id.
        issue: String,
    },
    /// A level beyond a red line that has a price, which the score includes.
    RedLine {
        /// Issue id.
        issue: String,
    },
    /// Levels that the party never accepts together.
    Linked {
        /// Linkage id.
        linkage: String,
    },
}

/// An issue as the party sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IssueView {
    /// Issue id.
    pub issue: String,
    /// Level in force, as an index.
    pub level: usize,
    /// Whether it is settled by agreement and closed.
    pub settled: bool,
    /// Whether it can be settled at the present meeting.
    pub on_agenda: bool,
    /// What each level alone would change in the party's utility, in the form of the draft.
    pub brings: Vec<f64>,
}

/// A move at hand.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MoveView {
    /// Move id.
    pub id: String,
    /// What it does for its actor.
    pub kind: MoveKind,
    /// Expected utility, as the agent's rules see it.
    pub expected: f64,
    /// What it costs the actor at once.
    pub cost: f64,
    /// Whose disagreement value it lowers, and by how much.
    pub pressure: Option<(String, f64)>,
    /// Share of the party's exposure that it pays for backing down.
    pub backing_down: f64,
    /// Changes of the crisis: variable (`tension`, `posture.<party>`, ...), change.
    pub effects: Vec<(String, f64)>,
    /// Venues it opens.
    pub opens: Vec<String>,
    /// Venues it closes.
    pub closes: Vec<String>,
    /// Seats it adds: venue, party.
    pub seats: Vec<(String, String)>,
    /// Whether it ends the run.
    pub ends: bool,
    /// The force option that it uses.
    pub force: Option<String>,
    /// Threats that it would trigger.
    pub triggers: Vec<String>,
}

/// A threat or a promise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CommitmentView {
    /// Its id.
    pub id: String,
    /// Whether it is a threat.
    pub threat: bool,
    /// Who made it.
    pub by: String,
    /// At whom it is aimed, or to whom it is promised.
    pub to: String,
    /// How strongly it is said in public, 0 to 1.
    pub said: f64,
    /// How far the party itself believes it, 0 to 1.
    pub believed: f64,
}

/// How a run ended, for the party.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct End {
    /// Outcome id.
    pub outcome: String,
    /// Day.
    pub date: Date,
    /// The move that ended it.
    pub terminal: Option<String>,
    /// Own final utility.
    pub utility: f64,
    /// Issues settled by agreement: issue id, level.
    pub settled: Vec<(String, usize)>,
}

impl View {
    pub(super) fn new(game: &Game) -> Self {
        let table = game.table();
        let scenario = &table.model.scenario;
        Self {
            party: scenario.parties[table.seat].id.clone(),
            phase: game.phase(),
            rounds: table.model.rounds.len(),
            news: game.heard().to_vec(),
            turn: game.moment().map(|moment| turn(game, moment)),
            end: end(game),
        }
    }
}

fn end(game: &Game) -> Option<End> {
    let (record, table) = (game.outcome()?, game.table());
    let (model, seat) = (&table.model, table.seat);
    let scenario = &model.scenario;
    let settled = (0..model.issues.len())
        .filter(|&issue| record.settled_round[issue] != crate::engine::record::NONE);
    let days = i64::from(record.end_day);
    Some(End {
        outcome: scenario.outcomes[usize::from(record.outcome)].id.clone(),
        date: scenario
            .calendar
            .start
            .saturating_add(jiff::Span::new().days(days)),
        terminal: scenario
            .moves
            .get(usize::from(record.terminal))
            .map(|act| act.id.clone()),
        utility: record.utility[seat],
        settled: settled
            .map(|issue| {
                let id = scenario.issues[issue].id.clone();
                (id, usize::from(record.level[issue]))
            })
            .collect(),
    })
}

fn turn(game: &Game, moment: &Moment) -> Turn {
    let table = game.table();
    let (model, seat) = (&table.model, table.seat);
    let scenario = &model.scenario;
    let stakes = table.stakes(game.row(), moment);
    let own = Own {
        now: stakes.now,
        disagreement: moment.disagreement,
        walk_away: moment.reservation,
    };
    let slots = &moment.slots;
    let id = |party: usize| scenario.parties[party].id.clone();
    let days = i64::from(moment.day);
    let drafted = game.draft().and_then(|package| {
        let terms = game.terms(package).ok()?;
        Some((package.clone(), terms))
    });
    let form = drafted.as_ref().map_or_else(
        || {
            let venue = moment.meeting.map(|(venue, _)| &model.venues[venue]);
            venue
                .and_then(|venue| venue.forms.first().copied())
                .unwrap_or(0)
        },
        |(_, terms)| terms.form,
    );
    Turn {
        number: game.script().len(),
        question: question(moment.asked),
        round: moment.round + 1,
        date: scenario
            .calendar
            .start
            .saturating_add(jiff::Span::new().days(days)),
        meeting: moment
            .meeting
            .filter(|_| moment.seats_here(model.rounds[moment.round].venue) >> seat & 1 == 1)
            .map(|(venue, turn)| meeting(game, moment, venue, turn)),
        ahead: model.rounds[moment.round + 1..]
            .iter()
            .map(|round| {
                let venue = scenario.venues[round.venue].id.clone();
                (round.date, venue, round.documented)
            })
            .collect(),
        open: (scenario.venues.iter().enumerate())
            .filter(|(venue, _)| moment.open >> venue & 1 == 1)
            .map(|(_, venue)| venue.id.clone())
            .collect(),
        may: may(game, moment),
        own,
        standing: moment.presented.as_ref().map(|(by, terms)| Standing {
            by: by.map(id),
            proposal: Proposal::new(model, terms, &moment.levels, stakes.worth(model, terms)),
            package: game.written(terms, &moment.levels),
            warnings: warnings(game, &stakes, terms, own),
        }),
        draft: drafted.map(|(package, terms)| Draft {
            package,
            proposal: Proposal::new(model, &terms, &moment.levels, stakes.worth(model, &terms)),
            warnings: warnings(game, &stakes, &terms, own),
        }),
        last_own: last_own(game, moment),
        issues: issues(game, moment, &stakes, form),
        moves: moves(game, moment),
        waiting: (moment.options.iter())
            .find(|(option, _)| option.is_none())
            .map(|&(_, expected)| expected),
        tension: slots[Slots::TENSION],
        posture: (0..model.parties.len())
            .map(|party| (id(party), slots[model.slots.posture(party)]))
            .collect(),
        exposure: slots[model.slots.exposure(seat)],
        commitments: commitments(game, moment),
    }
}

fn question(asked: Asked) -> Question {
    match asked {
        Asked::Respond => Question::Respond,
        Asked::Accept => Question::Accept,
        Asked::Offer => Question::Offer,
        Asked::LetStand => Question::LetStand,
        Asked::Take => Question::Take,
        Asked::Sign => Question::Sign,
        Asked::Consent => Question::Consent,
        Asked::Move => Question::Move,
    }
}

fn meeting(game: &Game, moment: &Moment, venue: usize, turn: usize) -> Meeting {
    let model = &game.table().model;
    let (plan, words) = (&model.venues[venue], &model.scenario.venues[venue]);
    let seated = moment.seats_here(venue);
    let seats: Vec<String> = (plan.order.iter())
        .filter(|&&party| seated >> party & 1 == 1)
        .map(|&party| model.scenario.parties[party].id.clone())
        .collect();
    Meeting {
        venue: words.id.clone(),
        protocol: plan.protocol,
        exchange: (turn / seats.len().max(1) + 1).min(plan.exchanges as usize),
        exchanges: plan.exchanges as usize,
        seats,
        agenda: (plan.decides.iter())
            .filter(|&&issue| moment.settled >> issue & 1 == 0)
            .map(|&issue| model.scenario.issues[issue].id.clone())
            .collect(),
        forms: (plan.forms.iter())
            .filter_map(|&form| model.scenario.forms.get(form))
            .map(|form| form.id.clone())
            .collect(),
    }
}

fn may(game: &Game, moment: &Moment) -> Vec<&'static str> {
    let choices = [
        ("accept", Decision::Accept),
        ("refuse", Decision::Refuse),
        (
            "offer",
            Decision::Offer {
                package: Package::default(),
            },
        ),
        ("pass", Decision::Pass),
        ("walk-out", Decision::WalkOut),
        ("move", Decision::Move { act: String::new() }),
        ("wait", Decision::Wait),
    ];
    let allowed = choices
        .into_iter()
        .filter(|(_, decision)| game.may(moment, decision));
    allowed.map(|(name, _)| name).collect()
}

fn warnings(game: &Game, stakes: &Stakes, terms: &super::Terms, own: Own) -> Vec<Warning> {
    let model = &game.table().model;
    let worth = stakes.worth(model, terms);
    let mut warnings = Vec::new();
    if worth < own.walk_away {
        let short = own.walk_away - worth;
        warnings.push(Warning::BelowWalkAway { short });
    }
    if let Some(walk_away) = game.worksheet().walk_away
        && worth < walk_away
    {
        let short = walk_away - worth;
        warnings.push(Warning::BelowWorksheet { short });
    }
    let Breaches {
        firm,
        costly,
        linkages,
    } = stakes.breaches(model, terms);
    let id = |issue: usize| model.scenario.issues[issue].id.clone();
    warnings.extend(
        firm.into_iter()
            .map(|issue| Warning::BeyondMandate { issue: id(issue) }),
    );
    warnings.extend(linkages.into_iter().map(|linkage| Warning::Linked {
        linkage: model.scenario.linkages[linkage].id.clone(),
    }));
    warnings.extend(
        costly
            .into_iter()
            .map(|issue| Warning::RedLine { issue: id(issue) }),
    );
    warnings
}

fn last_own(game: &Game, moment: &Moment) -> Option<Package> {
    use super::sitter::Act;
    moment.meeting?;
    let made = game.script().iter().zip(game.faced()).rev();
    let here = made.take_while(|(_, faced)| faced.round == moment.round);
    let offers = here.filter_map(|(act, faced)| match act {
        Act::Offer(terms) => Some(game.written(terms, &faced.levels)),
        _ => None,
    });
    offers.into_iter().next()
}

fn issues(game: &Game, moment: &Moment, stakes: &Stakes, form: usize) -> Vec<IssueView> {
    let model = &game.table().model;
    let agenda = moment
        .meeting
        .map(|(venue, _)| &model.venues[venue].decides);
    let issues = model.issues.iter().enumerate();
    issues
        .map(|(issue, plan)| {
            let settled = moment.settled >> issue & 1 == 1;
            IssueView {
                issue: model.scenario.issues[issue].id.clone(),
                level: usize::from(moment.levels[issue]),
                settled,
                on_agenda: !settled && agenda.is_some_and(|agenda| agenda.contains(&issue)),
                brings: (0..plan.levels)
                    .map(|level| stakes.step(model, form, issue, level))
                    .collect(),
            }
        })
        .collect()
}

impl Moment {
    /// Parties with a seat at a venue, as bits.
    pub(super) fn seats_here(&self, venue: usize) -> u32 {
        self.seats[venue]
    }
}
