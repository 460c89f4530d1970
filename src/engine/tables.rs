//! What a draw fixes for all of its runs, laid out as the kernel reads it.
//!
//! Flows in: a model and a draw. Flows out: flat tables in which the rows (parties of a type) lie
//! side by side, so that one pass values a package for everybody.
//!
//! Invariant: nothing here depends on a run; entries of [`Tables::worth`] and finite entries of
//! [`Tables::gain`] are multiples of 2^-40, so that sums of them are exact in any order.

use std::ops::Range;

use super::acts::Acts;
use super::talks::links::Links;
use crate::math;
use crate::model::Draw;
use crate::model::plan::{Model, PartyPlan, Start, StrategyPlan};

/// Rows are added up so many at a time; tables by row have room for a multiple of it.
pub(crate) const LANES: usize = 4;

/// Numbers of up to [`LANES`] types of a party.
pub(crate) type Lane = [f64; LANES];

/// What up to [`LANES`] types of a party are like, side by side; see `RowValues`. Where there is no
/// type stand zeros, but for the spread, by which is divided.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Traits {
    pub(super) upkeep: Lane,
    pub(super) tension_cost: Lane,
    pub(super) reluctance: Lane,
    pub(super) audience_cost: Lane,
    pub(super) talks_value: Lane,
    pub(super) rationality: Lane,
    pub(super) slack: Lane,
    pub(super) spread: Lane,
}

/// Crisis variables that cost a party while the crisis lasts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Strain {
    /// What it pays for pressure on it.
    pub(super) standing: f64,
    /// Its own posture.
    pub(super) posture: f64,
    pub(super) tension: f64,
}

impl Traits {
    /// What the crisis costs the first `N` types while it lasts:
    /// `standing + upkeep posture + tension_cost tension`.
    #[inline]
    pub(super) fn costs<const N: usize>(&self, strain: Strain) -> [f64; N] {
        let mut costs = [0.0; N];
        for (at, costs) in costs.iter_mut().enumerate() {
            *costs = strain.standing
                + self.upkeep[at] * strain.posture
                + self.tension_cost[at] * strain.tension;
        }
        costs
    }

    /// What it is worth to them to sit at an open venue, if they do.
    #[inline]
    pub(super) fn talks<const N: usize>(&self, seated: bool) -> [f64; N] {
        let mut talks = [0.0; N];
        if seated {
            talks.copy_from_slice(&self.talks_value[..N]);
        }
        talks
    }

    /// The costs less what talks are worth.
    #[inline]
    pub(super) fn paid<const N: usize>(&self, strain: Strain, seated: bool) -> [f64; N] {
        let mut paid = self.costs(strain);
        for (paid, talks) in paid.iter_mut().zip(self.talks::<N>(seated)) {
            *paid -= talks;
        }
        paid
    }
}

/// What the types of a party are like.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kinds {
    /// By lane.
    pub(super) traits: Vec<Traits>,
    /// `[place of a force option among the party's * lanes + lane]`: prize and loss together, loss
    /// and cost together.
    pub(super) stakes: Vec<[Lane; 2]>,
    /// Whether time alone decides how they concede.
    pub(super) timed: bool,
}

impl Kinds {
    fn new(model: &Model, draw: &Draw, party: &PartyPlan) -> Self {
        let lanes = party.types.div_ceil(LANES);
        let empty = Traits {
            spread: [1.0; LANES],
            ..Traits::default()
        };
        let mut traits = vec![empty; lanes];
        let mut stakes = vec![[[0.0; LANES]; 2]; party.force.len() * lanes];
        for (kind, row) in party.rows().enumerate() {
            let (lane, at) = (kind / LANES, kind % LANES);
            let (of, values) = (&mut traits[lane], &draw.rows[row]);
            of.upkeep[at] = values.upkeep;
            of.tension_cost[at] = values.tension_cost;
            of.reluctance[at] = values.reluctance;
            of.audience_cost[at] = values.audience_cost;
            of.talks_value[at] = values.talks_value;
            of.rationality[at] = values.rationality;
            of.slack[at] = values.slack;
            of.spread[at] = values.spread;
            for (place, option) in party.force.iter().enumerate() {
                let [prize, loss, cost] = draw.payoff[row * model.force.len() + option];
                let [at_stake, at_least] = &mut stakes[place * lanes + lane];
                at_stake[at] = prize + loss;
                at_least[at] = loss + cost;
            }
        }
        let timed =
            |row: usize| matches!(model.rows[row].strategy, StrategyPlan::TimeDependent(..));
        Self {
            traits,
            stakes,
            timed: party.rows().all(timed),
        }
    }
}

/// Tables of one draw.
#[derive(Debug, Clone)]
pub(crate) struct Tables {
    issues: usize,
    levels: usize,
    turns: usize,
    /// `[((lane * (forms + 1) + form) * issues + issue) * levels + level]`: `Draw::worth`.
    worth: Vec<Lane>,
    /// `[(lane * issues + issue) * levels + level]`: what the consequences of settling there change
    /// in the disagreement value; minus infinity where a firm red line refuses the level.
    price: Vec<Lane>,
    /// Like `worth`: the two together.
    gain: Vec<Lane>,
    forms: usize,
    /// Crisis variables at the start.
    pub(crate) start: Vec<f64>,
    /// `[observer * rows + row]`: what an observer believes at the start.
    pub(crate) prior: Vec<f64>,
    /// `[observer * parties + party]`: first observer with the same prior over the party's types.
    alike: Vec<u8>,
    /// `[round * rows + row]`: discount factor up to the next round.
    pub(crate) discount: Vec<f64>,
    /// `[(round * turns + turn) * rows + row]`: share conceded by then, for time-dependent strategies.
    conceded: Vec<f64>,
    rows: usize,
    /// What linkages ask of levels.
    pub(crate) links: Links,
    /// By party, its types side by side.
    pub(crate) kinds: Vec<Kinds>,
    /// Moves, with the numbers of the draw.
    pub(crate) acts: Acts,
    /// By round: share of a distance to rest that tension and exposure keep until the next.
    pub(crate) kept: Vec<[f64; 2]>,
}

impl Tables {
    /// Tables of a draw, consequences not yet priced.
    pub(crate) fn new(model: &Model, draw: &Draw) -> Self {
        let (rows, issues, levels) = (model.rows.len(), model.issues.len(), model.max_levels);
        let turns = model.max_turns();
        let lanes = rows.div_ceil(LANES);
        let forms = model.forms.len() + 1;
        let mut tables = Self {
            forms,
            rows,
            issues,
            levels,
            turns,
            worth: vec![[0.0; LANES]; lanes * forms * issues * levels],
            price: vec![[0.0; LANES]; lanes * issues * levels],
            gain: vec![[0.0; LANES]; lanes * forms * issues * levels],
            start: model
                .start
                .iter()
                .enumerate()
                .map(|(slot, start)| match start {
                    Start::Param(id) => draw.get(*id).clamp(f64::from(model.slots.low(slot)), 1.0),
                    Start::Zero => 0.0,
                })
                .collect(),
            prior: Vec::with_capacity(model.parties.len() * rows),
            alike: Vec::with_capacity(model.parties.len() * model.parties.len()),
            discount: Vec::with_capacity(model.rounds.len() * rows),
            conceded: vec![0.0; model.rounds.len() * turns * rows],
            links: Links::new(model),
            kinds: model
                .parties
                .iter()
                .map(|party| Kinds::new(model, draw, party))
                .collect(),
            acts: Acts::new(model, draw),
            kept: Vec::with_capacity(model.rounds.len()),
        };
        for row in 0..rows {
            for form in 0..forms {
                for issue in 0..issues {
                    let from = model.worth_index(row, form, issue);
                    let to = ((row / LANES * forms + form) * issues + issue) * levels;
                    for level in 0..levels {
                        tables.worth[to + level][row % LANES] = draw.worth[from + level];
                        tables.gain[to + level][row % LANES] = draw.worth[from + level];
                    }
                }
            }
            for issue in 0..issues {
                let refused = draw.forbidden[row * issues + issue];
                for level in (0..levels).filter(|level| refused >> level & 1 == 1) {
                    tables.add_price(row, issue, level, f64::NEG_INFINITY);
                }
            }
        }
        for observer in 0..model.parties.len() {
            tables.prior.extend((0..rows).map(|row| {
                model.observer_priors[observer * rows + row]
                    .map_or(draw.rows[row].prior, |id| draw.get(id))
            }));
        }
        for observer in 0..model.parties.len() {
            for party in &model.parties {
                let prior = |observer: usize| &tables.prior[observer * rows..][party.rows()];
                let same = |other: &usize| {
                    let mut pairs = prior(*other).iter().zip(prior(observer));
                    pairs.all(|(a, b)| a.total_cmp(b).is_eq())
                };
                let first = (0..observer).find(same).unwrap_or(observer);
                tables.alike.push(first as u8);
            }
        }
        // (1 - share)^weeks, the share of a distance that is left.
        let left = |id, weeks| math::exp(weeks * math::ln((1.0 - draw.get(id)).max(1e-12)));
        for (round, plan) in model.rounds.iter().enumerate() {
            let days = f64::from(plan.days);
            let factor = |row: usize| math::exp(draw.rows[row].ln_patience * days / 7.0);
            tables.discount.extend((0..rows).map(factor));
            tables.kept.push([
                left(model.tension_decay, days / 7.0),
                left(model.exposure_decay, days / 7.0),
            ]);
            for turn in 0..turns {
                let day = model.ln_day[round * turns + turn];
                for (row, plan) in model.rows.iter().enumerate() {
                    if let StrategyPlan::TimeDependent(..) = plan.strategy {
                        let values = &draw.rows[row];
                        let ln_tau = (day - values.ln_deadline).min(0.0);
                        tables.conceded[(round * turns + turn) * rows + row] =
                            values.k + (1.0 - values.k) * math::exp(ln_tau * values.inverse_e);
                    }
                }
            }
        }
        tables
    }

    /// Place of a level in what [`Tables::worth`] and [`Tables::gain`] return.
    #[inline]
    pub(crate) fn at(&self, issue: usize, level: u8) -> usize {
        issue * self.levels + usize::from(level)
    }

    /// Utilities to a lane of rows of the levels recorded in a form, against the levels at the start.
    #[inline]
    pub(crate) fn worth(&self, lane: usize, form: usize) -> &[Lane] {
        let size = self.issues * self.levels;
        &self.worth[(lane * self.forms + form) * size..][..size]
    }

    /// The same, and the prices of settling issues at these levels.
    #[inline]
    pub(crate) fn gain(&self, lane: usize, form: usize) -> &[Lane] {
        let size = self.issues * self.levels;
        &self.gain[(lane * self.forms + form) * size..][..size]
    }

    /// Adds to the price that a row sees in settling an issue at a level.
    pub(crate) fn add_price(&mut self, row: usize, issue: usize, level: usize, change: f64) {
        let (lane, row) = (row / LANES, row % LANES);
        self.price[(lane * self.issues + issue) * self.levels + level][row] += change;
        for form in 0..self.forms {
            let at = ((lane * self.forms + form) * self.issues + issue) * self.levels + level;
            self.gain[at][row] += change;
        }
    }

    /// Every price, for telling draws apart.
    pub(crate) fn prices(&self) -> &[Lane] {
        &self.price
    }

    /// First observer who began with the same prior over a party's types.
    #[inline]
    pub(crate) fn first_alike(&self, observer: usize, party: usize) -> usize {
        usize::from(self.alike[observer * self.kinds.len() + party])
    }

    /// Share that a row with a time-dependent strategy has conceded by a turn of a round's meeting.
    #[inline]
    pub(crate) fn conceded(&self, round: usize, turn: usize, row: usize) -> f64 {
        self.conceded[(round * self.turns + turn) * self.rows + row]
    }

    /// The same for some rows.
    #[inline]
    pub(crate) fn conceded_by(&self, round: usize, turn: usize, rows: Range<usize>) -> &[f64] {
        &self.conceded[(round * self.turns + turn) * self.rows..][rows]
    }
}
