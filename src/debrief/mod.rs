//! One game looked back on: what a player got, held against what the same facts gave agents.
//!
//! Flows in: a [`Game`] that is over, runs of agents to hold it against. Flows out: a [`Debrief`]:
//! plain numbers for pages and charts. Invariants: the game itself is played again and not taken from
//! a file, so nothing here can differ from what happened; whatever is compared names its runs; the
//! result is the same for any number of threads.
//!
//! | file | question |
//! |---|---|
//! | [`path`] | what was on the table, and what was it worth to whom |
//! | [`table`] | what could have been agreed on |
//! | [`place`] | where the result lies among runs of agents |
//! | [`turning`] | which decision moved most |
//! | [`others`] | what the others wanted |

pub mod others;
pub mod path;
pub mod place;
pub mod table;
#[cfg(test)]
mod tests;
pub mod turning;

use crate::engine::RunRecord;
use crate::engine::record::NONE;
use crate::model::Model;
use crate::seat::after::Faced;
use crate::seat::{Event, Game, Terms, Worksheet};
use crate::stats::brier::{brier, expected};
use crate::stats::percentile::Percentile;
use others::{Wanted, insight};
use path::{Ending, Offer, Path, Witness};
use place::Comparison;
use table::{Possible, Table, gains};
use turning::{Effort, Turning};

/// How much work to spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Runs of the comparison.
    pub runs: u32,
    /// Runs of the search for turning points.
    pub effort: Effort,
}

impl Default for Settings {
    /// Enough for a percentile to about 2 points of 100, and little enough for a classroom.
    fn default() -> Self {
        Self {
            runs: 4000,
            effort: Effort {
                screening: 60,
                measuring: 400,
            },
        }
    }
}

/// A game and what can be said of it.
#[derive(Debug, Clone)]
pub struct Debrief {
    /// By what name it goes beside others.
    pub label: String,
    /// Party in the seat.
    pub seat: usize,
    /// What the player wrote before the first round.
    pub worksheet: Worksheet,
    /// What the player wrote on the way.
    pub notes: Vec<String>,
    /// The run.
    pub record: RunRecord,
    /// What happened.
    pub path: Path,
    /// The decisions, with the choices there were.
    pub faced: Vec<Faced>,
    /// What agents make of the same facts.
    pub comparison: Comparison,
    /// Where the player's utility lies among them.
    pub place: Percentile,
    /// Meetings at which the player's yes was needed.
    pub tables: Vec<AtTable>,
    /// How the player bargained.
    pub bargaining: Bargaining,
    /// How the prediction did.
    pub prediction: Option<Scored>,
    /// How well the guessed order of another's priorities agrees with the true one: party, rank
    /// correlation where it is defined.
    pub insight: Vec<(usize, Option<f64>)>,
    /// Where it turned.
    pub turning: Turning,
    /// The parties as they really were, the player's own among them.
    pub parties: Vec<Wanted>,
}

/// A meeting as the player could have known it afterwards.
#[derive(Debug, Clone)]
pub struct AtTable {
    /// Which of [`Path::meetings`].
    pub meeting: usize,
    /// Best package for the player that everyone needed would have taken.
    pub best: Option<Possible>,
    /// What would have been at least as good for everyone as what was agreed.
    pub better: Option<Possible>,
    /// Least gain of another and gain of the player, along the frontier; of the meeting that is drawn
    /// only.
    pub frontier: Vec<(f64, f64)>,
}

/// First offers and concessions, in the player's own utility.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bargaining {
    /// Own offers: meeting (of [`Path::meetings`]) and utility.
    pub own: Vec<(usize, f64)>,
    /// Offers received: meeting, who (none for a mediator's text), utility.
    pub received: Vec<(usize, Option<usize>, f64)>,
    /// Own offers that would have settled several issues.
    pub packages: usize,
    /// The first own offer on a scale from no agreement (0) to the best package on that agenda (1).
    pub opening: Option<f64>,
    /// Utility given up from the first own offer to the last.
    pub conceded: f64,
    /// The largest step down between two own offers in a row: its size and the meeting.
    pub largest: Option<(f64, usize)>,
}

/// A prediction and how it fared.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The player's.
    pub own: Vec<f64>,
    /// Shares of the comparison.
    pub ensemble: Vec<f64>,
    /// Brier scores for this game: the player's, the comparison's, that of equal chances.
    pub brier: [f64; 3],
    /// What the same three would score on average over the comparison's runs.
    pub expected: [f64; 3],
}

/// Why a game cannot be looked back on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the game is not over: {0} decisions have been made, and it waits for the next")]
pub struct Unfinished(pub usize);

/// A game that is over, before it is held against anything.
#[derive(Debug, Clone)]
pub struct Played<'g> {
    game: &'g Game,
    record: RunRecord,
    path: Path,
}

impl<'g> Played<'g> {
    /// Plays a game once more and listens.
    pub fn new(game: &'g Game) -> Result<Self, Unfinished> {
        let table = game.table();
        let Some(record) = game.outcome() else {
            return Err(Unfinished(game.decisions().len()));
        };
        let witness = Witness::new(&table.model, &table.prepared);
        Ok(Self {
            game,
            record: record.clone(),
            path: game.listen(witness).into_path(),
        })
    }

    /// Row of the player's true type: games of the same row and draw share a [`Comparison`].
    pub fn row(&self) -> usize {
        self.path.rows[self.game.table().seat]
    }

    /// Runs of agents on the same facts.
    pub fn compare(&self, runs: u32) -> Comparison {
        let table = self.game.table();
        Comparison::play(&table.model, &table.prepared, table.seat, self.row(), runs)
    }

    /// Looks back on it.
    pub fn debrief(self, label: &str, comparison: Comparison, effort: Effort) -> Debrief {
        let Self { game, record, path } = self;
        let (model, seat) = (&game.table().model, game.table().seat);
        let tables = tables(model, &path, seat);
        let packages: Vec<(usize, Terms)> = (tables.iter())
            .filter_map(|at| {
                let package = &at.best.as_ref()?.package;
                let terms = Terms {
                    form: package.form,
                    levels: package.levels.clone(),
                };
                Some((path.meetings[at.meeting].round, terms))
            })
            .collect();
        let faced = game.decisions();
        let parties = others::wanted(model, &game.table().prepared, &path, &record);
        let worksheet = game.worksheet().clone();
        let notes = game.log().iter().filter_map(|event| match event {
            Event::Note { text } => Some(text.clone()),
            _ => None,
        });
        Debrief {
            label: label.to_owned(),
            seat,
            place: comparison.place(record.utility[seat]),
            bargaining: bargaining(model, &path, seat),
            prediction: scored(game, &comparison, usize::from(record.outcome)),
            insight: insights(model, &worksheet, &parties),
            turning: turning::turning(game, &faced, &packages, effort),
            notes: notes.collect(),
            worksheet,
            parties,
            faced,
            tables,
            record,
            path,
            comparison,
        }
    }
}

fn scored(game: &Game, comparison: &Comparison, outcome: usize) -> Option<Scored> {
    let chances = game.chances();
    if chances.is_empty() {
        return None;
    }
    let outcomes = &game.table().model.scenario.outcomes;
    let own: Vec<f64> = (outcomes.iter())
        .map(|outcome| {
            chances
                .get(&outcome.id)
                .map_or(0.0, |percent| percent / 100.0)
        })
        .collect();
    let ensemble = comparison.shares();
    let equal = vec![1.0 / own.len() as f64; own.len()];
    let three = [&own, &ensemble, &equal];
    Some(Scored {
        brier: three.map(|forecast| brier(forecast, outcome)),
        expected: three.map(|forecast| expected(forecast, &ensemble)),
        own: own.clone(),
        ensemble: ensemble.clone(),
    })
}

fn insights(model: &Model, worksheet: &Worksheet, parties: &[Wanted]) -> Vec<(usize, Option<f64>)> {
    let scenario = &model.scenario;
    let issue = |id: &String| scenario.issues.iter().position(|issue| issue.id == *id);
    (worksheet.priorities.iter())
        .filter_map(|(id, issues)| {
            let party = scenario.parties.iter().position(|party| party.id == *id)?;
            let guess: Vec<usize> = issues.iter().filter_map(issue).collect();
            Some((party, insight(&guess, &parties[party])))
        })
        .collect()
}

impl Debrief {
    /// The meeting to draw: the one that settled most, else the last with an offer.
    pub fn drawn(&self) -> Option<usize> {
        drawn(&self.path, self.seat)
    }

    /// What the player ended with.
    pub fn utility(&self) -> f64 {
        self.record.utility[self.seat]
    }

    /// Issues settled by agreement: issue, level, form, round.
    pub fn terms(&self) -> Vec<(usize, usize, usize, usize)> {
        let record = &self.record;
        (0..record.level.len())
            .filter(|&issue| record.settled_form[issue] != NONE)
            .map(|issue| {
                (
                    issue,
                    usize::from(record.level[issue]),
                    usize::from(record.settled_form[issue]),
                    usize::from(record.settled_round[issue]),
                )
            })
            .collect()
    }
}

fn is_needed(path: &Path, meeting: usize, seat: usize) -> bool {
    path.meetings[meeting].needed.contains(&seat)
}

fn drawn(path: &Path, seat: usize) -> Option<usize> {
    let mine: Vec<usize> = (0..path.meetings.len())
        .filter(|&meeting| is_needed(path, meeting, seat))
        .collect();
    let agreed = |meeting: &&usize| matches!(path.meetings[**meeting].ending, Ending::Agreement(_));
    let talked = |meeting: &&usize| !path.meetings[**meeting].offers.is_empty();
    // Of several agreements the one that settled most: what a first small one brought is not the game.
    let settles = |meeting: &&usize| match &path.meetings[**meeting].ending {
        Ending::Agreement(offer) => offer.changes.count_ones(),
        _ => 0,
    };
    let most = mine.iter().filter(agreed).rev().max_by_key(settles);
    most.or_else(|| mine.iter().rev().find(talked)).copied()
}

fn tables(model: &Model, path: &Path, seat: usize) -> Vec<AtTable> {
    let drawn = drawn(path, seat);
    (0..path.meetings.len())
        .filter(|&meeting| is_needed(path, meeting, seat))
        .map(|index| {
            let meeting = &path.meetings[index];
            let table = Table::new(meeting, &model.venues[meeting.venue].forms, seat);
            let better = match &meeting.ending {
                Ending::Agreement(offer) => table.better_for_all(offer),
                _ => None,
            };
            AtTable {
                meeting: index,
                best: table.best_for_seat(),
                better,
                frontier: if drawn == Some(index) {
                    table.frontier()
                } else {
                    Vec::new()
                },
            }
        })
        .collect()
}

fn bargaining(model: &Model, path: &Path, seat: usize) -> Bargaining {
    let mut found = Bargaining::default();
    for (index, meeting) in path.meetings.iter().enumerate() {
        if meeting.seats >> seat & 1 == 0 {
            continue;
        }
        for offer in &meeting.offers {
            let worth = offer.utility[seat];
            if offer.party != Some(seat) {
                found.received.push((index, offer.party, worth));
                continue;
            }
            if let Some(&(_, before)) = found.own.last() {
                let step = before - worth;
                if step > found.largest.map_or(0.0, |(most, _)| most) {
                    found.largest = Some((step, index));
                }
            } else {
                found.opening = opening(model, meeting, seat, offer);
            }
            found.packages += usize::from(offer.changes.count_ones() > 1);
            found.own.push((index, worth));
        }
    }
    if let (Some(first), Some(last)) = (found.own.first(), found.own.last()) {
        found.conceded = first.1 - last.1;
    }
    found
}

fn opening(model: &Model, meeting: &path::Meeting, seat: usize, offer: &Offer) -> Option<f64> {
    let alone = path::Meeting {
        needed: vec![seat],
        ..meeting.clone()
    };
    let best = Table::new(&alone, &model.venues[meeting.venue].forms, seat).best_for_seat()?;
    let least = meeting.reservation[seat];
    let (gain, most) = (offer.utility[seat] - least, best.utility[seat] - least);
    (most > 1e-9 && gain.is_finite()).then(|| gain / most)
}

/// Gains of an offer over no agreement: the least of another needed party, and the seat's.
pub fn offer_gains(path: &Path, meeting: usize, seat: usize, offer: &Offer) -> (f64, f64) {
    gains(&path.meetings[meeting], seat, offer)
}
