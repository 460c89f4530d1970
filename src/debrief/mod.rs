//! One game looked back on: what a player got, held against what the same facts gave agents.
//!
//! Flows in: a compiled scenario, its draw, a [`Session`]: who sat where and what was decided. Flows
//! out: a [`Debrief`]: plain numbers for pages and charts. Invariants: the game itself is replayed
//! and not taken from the file, so nothing here can differ from what happened; whatever is compared
//! names its runs; the result is the same for any number of threads.
//!
//! | file | question |
//! |---|---|
//! | [`replay`] | what happens if the same is decided again, or something else once |
//! | [`path`] | what was on the table, and what was it worth to whom |
//! | [`table`] | what could have been agreed on |
//! | [`place`] | where the result lies among runs of agents |
//! | [`turning`] | which decision moved most |
//! | [`others`] | what the others wanted |

pub mod others;
pub mod path;
pub mod place;
pub mod replay;
pub mod table;
pub mod turning;

use crate::engine::record::NONE;
use crate::engine::{Prepared, RunRecord, Tabled, Workspace};
use crate::model::Model;
use crate::model::plan::MAX_ISSUES;
use crate::stats::brier::{brier, expected};
use crate::stats::percentile::Percentile;
use others::Wanted;
use path::{Ending, Offer, Path, Witness};
use place::Comparison;
use replay::{Decision, Mismatch, Point, Started};
use table::{Possible, Table, gains};
use turning::{Effort, Turning};

/// Who sat where, and what was decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// By what name it goes beside others.
    pub label: String,
    /// Party in the seat.
    pub party: usize,
    /// Replicate whose luck it had.
    pub replicate: u32,
    /// Decisions, in order.
    pub script: Vec<Decision>,
    /// What the player wrote down: question and answer.
    pub notes: Vec<(String, String)>,
    /// Probability given to each outcome before the first round.
    pub prediction: Option<Vec<f64>>,
    /// Priorities that the player guessed of another party, what matters most first: party, issues.
    pub guesses: Vec<(usize, Vec<usize>)>,
}

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
    /// The session.
    pub session: Session,
    /// The run.
    pub record: RunRecord,
    /// What happened.
    pub path: Path,
    /// Where decisions were asked for.
    pub points: Vec<Point>,
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

/// A game replayed, before it is held against anything.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// The run.
    pub record: RunRecord,
    /// What happened.
    pub path: Path,
    /// Where decisions were asked for.
    pub points: Vec<Point>,
}

impl Replayed {
    /// Row of the player's true type.
    pub fn row(&self, session: &Session) -> usize {
        self.path.rows[session.party]
    }
}

/// Replays a session.
pub fn replay(
    model: &Model,
    prepared: &Prepared,
    session: &Session,
) -> Result<Replayed, Mismatch> {
    let mut record = RunRecord::new(model.record_shape());
    let mut workspace = Workspace::new(model);
    let game = started(model, prepared, session);
    let witness = Witness::new(model, prepared);
    let (witness, points) = game.replay(&mut workspace, &mut record, witness)?;
    Ok(Replayed {
        record,
        path: witness.into_path(),
        points,
    })
}

fn started<'a>(model: &'a Model, prepared: &'a Prepared, session: &'a Session) -> Started<'a> {
    Started {
        model,
        prepared,
        party: session.party,
        replicate: session.replicate,
        script: &session.script,
    }
}

/// Looks back on a replayed session.
pub fn debrief(
    model: &Model,
    prepared: &Prepared,
    session: Session,
    replayed: Replayed,
    comparison: Comparison,
    settings: Settings,
) -> Debrief {
    let Replayed {
        record,
        path,
        points,
    } = replayed;
    let seat = session.party;
    let tables = tables(model, &path, seat);
    let packages: Vec<(usize, Tabled)> = (tables.iter())
        .filter_map(|at| {
            let package = &at.best.as_ref()?.package;
            let mut levels = [0; MAX_ISSUES];
            levels[..package.levels.len()].copy_from_slice(&package.levels);
            let form = package.form;
            Some((path.meetings[at.meeting].round, Tabled::Package { form, levels }))
        })
        .collect();
    let game = started(model, prepared, &session);
    let turning = turning::turning(&game, &points, &packages, settings.effort);
    let prediction = session.prediction.as_ref().map(|own| {
        let ensemble = comparison.shares();
        let equal = vec![1.0 / own.len() as f64; own.len()];
        let outcome = usize::from(record.outcome);
        let three = [own, &ensemble, &equal];
        Scored {
            brier: three.map(|forecast| brier(forecast, outcome)),
            expected: three.map(|forecast| expected(forecast, &ensemble)),
            own: own.clone(),
            ensemble: ensemble.clone(),
        }
    });
    Debrief {
        place: comparison.place(record.utility[seat]),
        bargaining: bargaining(model, &path, seat),
        parties: others::wanted(model, prepared, &path, &record),
        session,
        record,
        path,
        points,
        comparison,
        tables,
        prediction,
        turning,
    }
}

impl Debrief {
    /// The meeting to draw: the one that agreed on something, else the last with an offer.
    pub fn drawn(&self) -> Option<usize> {
        drawn(&self.path, self.session.party)
    }

    /// What the player got over its walk-away value at the end, and what each other party did.
    pub fn utility(&self) -> f64 {
        self.record.utility[self.session.party]
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
    let first = mine.iter().find(agreed);
    first.or_else(|| mine.iter().rev().find(talked)).copied()
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
