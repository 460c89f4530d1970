//! Unilateral moves between meetings.
//!
//! Each party chooses one of its available moves, waiting included, by logit quantal response
//! (`McKelvey` and Palfrey 1995; Signorino 1999):
//!
//! ```text
//! P(m)          = exp(lambda EU(m)) / sum exp(lambda EU(.))
//! EU(hold)      = prospect settlement + (1 - prospect) patience^(days / 7) D(t + 1)
//! settlement    = now + (own target + best offer received) / 2
//! prospect      = 1 / (1 + exp((target - best offer - slack) / spread))
//! EU(pressure)  = EU(hold after its effects) + prospect fall / 2 - cost
//! EU(relief)    = EU(hold after its effects) - share audience_cost exposure - cost
//! EU(signal)    = EU(hold after its effects) - cost
//! EU(terminal)  = W, or now - standing + the payoff its table gives, - cost - threatened costs
//! ```
//!
//! `fall` is the fall of the target's disagreement value that the actor expects (utility): the
//! move's own figure and the standing cost it puts on the target. One half of it passes into the
//! settlement (Nash 1950, two parties with transferable utility). Targets and offers are changes
//! against `now`; a party that has not been at a table yet has prospect 0. `D(t + 1)` uses the known
//! drift. `lambda` infinite is best response, ties to the first option; 0 is coin tossing.

use super::Run;
use super::log::{Log, Note};
use super::tables::{Kinds, LANES, Lane};
use super::world::add;
use super::worth::{Outlook, War, or_war};
use crate::math;
use crate::model::plan::{Model, MovePlan, PartyPlan, Slots};
use crate::scenario::types::MoveKind;

/// The options of the party at hand: what they are worth to each of its types, how likely each type
/// is to choose them.
#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    /// Moves at hand; waiting comes first, as `None`.
    moves: Vec<Option<usize>>,
    /// `[option * lanes + lane]`: expected utility to types of the party.
    utility: Vec<Lane>,
    /// The same: how much more likely than nothing a type is to choose it; sums to `total`.
    weight: Vec<Lane>,
    /// `[lane]`
    total: Vec<Lane>,
    /// Crisis variables after an option.
    after: Vec<f64>,
    /// Force options the party could use after a move.
    moved: Vec<War>,
    /// `[lane]`
    kinds: Vec<Mood>,
}

/// What of the types of a party changes in the course of a run and bears on every option.
#[derive(Debug, Clone, Copy, Default)]
struct Mood {
    /// Utility of the situation as it stands, being at the table included.
    now: Lane,
    /// Probability of a settlement, and what it would be worth.
    prospect: Lane,
    settlement: Lane,
    discount: Lane,
    rationality: Lane,
}

impl Mood {
    /// Logit weights of the options for so many types of a lane; their sums. Numbers of the first
    /// `N` lanes are worked out, at least as many as there are types.
    #[inline]
    fn logit<const N: usize>(
        &self,
        types: usize,
        weight: &mut [Lane],
        utility: &[Lane],
        (lane, lanes): (usize, usize),
    ) -> Lane {
        let mut best = [f64::NEG_INFINITY; N];
        for utility in utility.chunks_exact(lanes) {
            for (best, utility) in best.iter_mut().zip(&utility[lane]) {
                *best = if utility > best { *utility } else { *best };
            }
        }
        let mut total = [0.0; LANES];
        let options = weight
            .chunks_exact_mut(lanes)
            .zip(utility.chunks_exact(lanes));
        let options = options.map(|(weight, utility)| (&mut weight[lane], &utility[lane]));
        if types > 1 && self.rationality.iter().all(|&r| r < f64::INFINITY) {
            for (weight, utility) in options {
                let mut power = [0.0; N];
                for at in 0..N {
                    power[at] = self.rationality[at] * (utility[at] - best[at]);
                }
                weight[..N].copy_from_slice(&math::exp_each(power));
                for at in 0..N {
                    total[at] += weight[at];
                }
            }
            return total;
        }
        for (weight, utility) in options {
            for at in 0..types {
                let below = utility[at] - best[at];
                weight[at] = logit_weight(self.rationality[at], below, total[at] > 0.0);
                total[at] += weight[at];
            }
        }
        total
    }

    /// `EU(hold)` of the first `N` types of a lane, given standing cost, posture, tension and fear,
    /// less what an option costs.
    #[inline]
    fn holding<const N: usize>(
        &self,
        types: &Kinds,
        (lane, lanes): (usize, usize),
        (standing, posture): (f64, f64),
        (tension, fear): (f64, f64),
        wars: &[War],
        price: Price,
    ) -> Lane {
        let (upkeep, tension_cost) = (&types.upkeep[lane], &types.tension_cost[lane]);
        let mut value = [0.0; N];
        for at in 0..N {
            value[at] =
                self.now[at] - (standing + upkeep[at] * posture + tension_cost[at] * tension);
        }
        or_war(&mut value, wars, &types.stakes, (lane, lanes));
        for (at, value) in value.iter_mut().enumerate() {
            let later = self.discount[at] * (*value - fear);
            let agreed = self.settlement[at] + 0.5 * price.fall;
            *value = later + self.prospect[at] * (agreed - later);
        }
        charged(value, types, lane, price)
    }
}

/// What an option costs and brings, beside what it makes of the crisis.
#[derive(Debug, Clone, Copy, Default)]
struct Price {
    /// Expected fall of the target's disagreement value.
    fall: f64,
    cost: f64,
    threatened: f64,
    backing_down: f64,
}

impl Options {
    pub(super) fn new(model: &Model) -> Self {
        let most = |count: fn(&PartyPlan) -> usize| model.parties.iter().map(count).max();
        let options = most(|party| party.moves.len()).map_or(1, |moves| moves + 1);
        let lanes = most(|party| party.types).unwrap_or(1).div_ceil(LANES);
        Self {
            moves: Vec::with_capacity(options),
            utility: Vec::with_capacity(options * lanes),
            weight: Vec::with_capacity(options * lanes),
            total: Vec::with_capacity(lanes),
            after: vec![0.0; model.slots.len()],
            moved: Vec::with_capacity(model.force.len()),
            kinds: Vec::with_capacity(lanes),
        }
    }

    /// Moves at hand; waiting comes first, as `None`.
    pub(super) fn moves(&self) -> &[Option<usize>] {
        &self.moves
    }

    /// Probability that a type chooses an option.
    #[inline]
    pub(super) fn choice(&self, kind: usize, option: usize) -> f64 {
        let (lane, at) = (kind / LANES, kind % LANES);
        self.weight[option * self.kinds.len() + lane][at] / self.total[lane][at]
    }

    /// What an option is worth to a type.
    fn utility(&self, kind: usize, option: usize) -> f64 {
        self.utility[option * self.kinds.len() + kind / LANES][kind % LANES]
    }

    /// Every option with what it is worth to a type.
    pub(super) fn worth(&self, kind: usize) -> Vec<(Option<usize>, f64)> {
        let options = self.moves.iter().enumerate();
        let worth = |(option, index): (usize, &Option<usize>)| (*index, self.utility(kind, option));
        options.map(worth).collect()
    }

    /// Probability that each type of a lane chooses one of the moves that are asked for.
    #[inline]
    pub(super) fn probability_of(&self, lane: usize, asked: impl Fn(usize) -> bool) -> Lane {
        let mut sum = [0.0; LANES];
        for (option, index) in self.moves.iter().enumerate() {
            if index.is_some_and(&asked) {
                let weights = &self.weight[option * self.kinds.len() + lane];
                for (sum, weight) in sum.iter_mut().zip(weights) {
                    *sum += weight;
                }
            }
        }
        for (sum, total) in sum.iter_mut().zip(&self.total[lane]) {
            *sum /= total;
        }
        sum
    }

    /// Logit weights of the options for so many types.
    fn weigh(&mut self, types: usize) {
        let lanes = self.kinds.len();
        // What stands beyond the types of a party is never read.
        if self.weight.len() < self.utility.len() {
            self.weight.resize(self.utility.len(), [0.0; LANES]);
        }
        self.total.clear();
        if let [kinds] = self.kinds.as_slice() {
            let (weight, utility) = (&mut self.weight, &self.utility);
            self.total.push(match types {
                1 => kinds.logit::<1>(1, weight, utility, (0, 1)),
                2 => kinds.logit::<2>(2, weight, utility, (0, 1)),
                _ => kinds.logit::<LANES>(types, weight, utility, (0, 1)),
            });
            return;
        }
        for (lane, kinds) in self.kinds.iter().enumerate() {
            let types = (types - lane * LANES).min(LANES);
            let at = (lane, lanes);
            let total = kinds.logit::<LANES>(types, &mut self.weight, &self.utility, at);
            self.total.push(total);
        }
    }
}

/// Weight of an option whose utility is `below` (0 or less) that of the best one. Under best
/// response the first of the best options has all weight.
#[inline]
fn logit_weight(rationality: f64, below: f64, chosen: bool) -> f64 {
    if rationality < f64::INFINITY {
        math::exp(rationality * below)
    } else {
        f64::from(u8::from(below >= 0.0 && !chosen))
    }
}

impl<L: Log> Run<'_, L> {
    /// Every party moves, one after another; stops at a terminal move.
    pub(super) fn moves(&mut self) {
        for position in 0..self.world.order.len() {
            let party = self.world.order[position];
            if self.model.parties[party].moves.is_empty() {
                continue;
            }
            let outlook = self.outlook(party);
            self.weigh_moves(party, &outlook, false);
            let chosen = self.choose(party, self.model.stream.moves + party);
            self.note_choice(party, chosen);
            if let Some(index) = chosen {
                self.make_move(index);
                if self.world.terminal.is_some() {
                    return;
                }
                self.update_beliefs();
            }
        }
    }

    fn note_choice(&mut self, party: usize, chosen: Option<usize>) {
        if L::ON {
            let kind = self.world.truth[party] - self.model.parties[party].first_row;
            let at_hand = self.world.options();
            let likely = |option| (at_hand.choice(kind, option), at_hand.utility(kind, option));
            let options: Vec<(Option<usize>, f64, f64)> = at_hand
                .moves()
                .iter()
                .enumerate()
                .map(|(option, index)| (*index, likely(option).0, likely(option).1))
                .filter(|&(_, probability, _)| probability > 0.0)
                .collect();
            self.log.note(Note::Choice {
                party,
                chosen,
                options: &options,
            });
        }
    }

    fn make_move(&mut self, index: usize) {
        let plan: &MovePlan = &self.model.moves[index];
        self.world.count(index);
        self.apply(&plan.effects);
        self.world.open = (self.world.open | plan.opens) & !plan.closes;
        for &(venue, parties) in &plan.seats {
            self.world.seats[venue] |= parties;
            self.world.generation = self.world.generation.wrapping_add(1);
        }
        for &threat in &plan.fulfils {
            self.world.due[threat] = None;
        }
        for &threat in &plan.triggers {
            if let Some((days, _)) = self.model.commitments[threat].lapse
                && self.world.due[threat].is_none()
            {
                self.world.due[threat] = Some(self.world.day.saturating_add(days));
            }
        }
        if plan.kind == MoveKind::Terminal {
            self.world.terminal = Some(index);
        }
    }

    /// The options of a party, what they are worth to its types and how likely each is to choose
    /// them, into `World::options`. With `in_time`, moves count that waiting alone would make
    /// available.
    pub(super) fn weigh_moves(&mut self, party: usize, outlook: &Outlook, in_time: bool) {
        let (model, draw) = (self.model, self.draw);
        let days = f64::from(model.rounds[self.world.round].days);
        let mut boxed = self.world.options.take();
        let options = boxed
            .as_deref_mut()
            .expect("options are out only while moves are weighed");
        options.after.copy_from_slice(&self.world.slots);
        let mut wars = std::mem::take(&mut self.world.wars);
        self.wars(party, outlook.can, days, &mut wars);
        self.moods(party, outlook.seated, &mut options.kinds);
        options.moves.clear();
        options.moves.push(None);
        options.utility.clear();
        self.hold(party, options, outlook.fear, Some(&wars), Price::default());
        let view = self.world.view();
        for &index in &model.parties[party].moves {
            let plan = &model.moves[index];
            let test = if in_time {
                &plan.when_in_time
            } else {
                &plan.when
            };
            if self.world.done[index] >= plan.limit || !test.holds(&view) {
                continue;
            }
            options.moves.push(Some(index));
            let mut price = self.price(party, plan);
            if plan.kind == MoveKind::Terminal {
                self.end_by(party, plan, options, (outlook.seated, &wars), price);
                continue;
            }
            add(&mut options.after, draw, &plan.weighed);
            if let (Some(target), MoveKind::Pressure) = (plan.target, plan.kind) {
                let slot = model.slots.standing(target);
                price.fall = draw.get(plan.pressure) + options.after[slot] - self.world.slots[slot];
            }
            // Most moves leave the odds and costs of force as they are.
            let moved = (plan.arms || plan.speaks) && !wars.is_empty();
            if moved {
                let Options { moved, after, .. } = &mut *options;
                let after = |war: &War| self.after_move(*war, plan, after, days);
                moved.clear();
                moved.extend(wars.iter().map(after));
            }
            let unmoved = (!moved).then_some(wars.as_slice());
            self.hold(party, options, outlook.fear, unmoved, price);
            for effect in &plan.weighed {
                let slot = usize::from(effect.slot);
                options.after[slot] = self.world.slots[slot];
            }
        }
        options.weigh(model.parties[party].types);
        self.world.options = boxed;
        self.world.wars = wars;
    }

    /// What changes in the course of a run, for the types of a party.
    fn moods(&self, party: usize, seated: bool, into: &mut Vec<Mood>) {
        let rows = self.model.parties[party].rows();
        let discount = &self.tables.discount[self.world.round * self.model.rows.len()..];
        into.clear();
        into.resize(rows.len().div_ceil(LANES), Mood::default());
        for (kind, row) in rows.enumerate() {
            let (mood, at) = (&mut into[kind / LANES], kind % LANES);
            let values = &self.draw.rows[row];
            let now = self.world.now[row];
            let (target, best) = (self.world.asked[row], self.world.best_offer[row]);
            mood.now[at] = now + if seated { values.talks_value } else { 0.0 };
            mood.discount[at] = discount[row];
            mood.rationality[at] = values.rationality;
            if !target.is_nan() && !best.is_nan() {
                let short = target - best - values.slack;
                mood.prospect[at] = math::logistic(-short / values.spread);
                mood.settlement[at] = now + 0.5 * (target + best);
            }
        }
    }

    /// What a move costs its actor whatever it makes of the crisis: its own cost, threats it
    /// triggers, backing down.
    fn price(&self, party: usize, plan: &MovePlan) -> Price {
        let (model, draw) = (self.model, self.draw);
        let parties = model.parties.len();
        let threatened = plan.threatened.iter();
        Price {
            fall: 0.0,
            cost: draw.get(plan.cost),
            threatened: threatened
                .map(|&(threat, cost)| {
                    self.world.believed[threat * parties + party] * draw.get(cost)
                })
                .sum(),
            backing_down: if plan.kind == MoveKind::Relief {
                draw.get(plan.share) * self.world.slots[model.slots.exposure(party)]
            } else {
                0.0
            },
        }
    }

    /// Adds `EU(hold)` of every type of a party in the variables after an option, less what the
    /// option costs; `wars` unless the option moves them.
    #[inline]
    fn hold(
        &self,
        party: usize,
        options: &mut Options,
        fear: f64,
        wars: Option<&[War]>,
        price: Price,
    ) {
        let slots = &self.model.slots;
        let standing = options.after[slots.standing(party)];
        let posture = options.after[slots.posture(party)];
        let tension = options.after[Slots::TENSION];
        let wars = wars.unwrap_or(&options.moved);
        let types = &self.tables.kinds[party];
        let (own, all) = ((standing, posture), (tension, fear));
        if let [mood] = options.kinds.as_slice() {
            // Types that are not there need no numbers.
            options.utility.push(match self.model.parties[party].types {
                1 => mood.holding::<1>(types, (0, 1), own, all, wars, price),
                2 => mood.holding::<2>(types, (0, 1), own, all, wars, price),
                _ => mood.holding::<LANES>(types, (0, 1), own, all, wars, price),
            });
            return;
        }
        let lanes = options.kinds.len();
        for (lane, mood) in options.kinds.iter().enumerate() {
            let utility = mood.holding::<LANES>(types, (lane, lanes), own, all, wars, price);
            options.utility.push(utility);
        }
    }

    /// Adds `EU(terminal)` of every type of a party.
    fn end_by(
        &self,
        party: usize,
        plan: &MovePlan,
        options: &mut Options,
        (seated, wars): (bool, &[War]),
        price: Price,
    ) {
        let (model, draw) = (self.model, self.draw);
        let types = &self.tables.kinds[party];
        let lanes = options.kinds.len();
        // Whoever can use it now could use it by waiting, at other odds.
        let war = plan.force.and_then(|option| {
            let war = wars.iter().find(|war| war.option == option)?;
            Some(self.at_odds(*war, &self.world.slots, 0.0))
        });
        for lane in 0..lanes {
            let value = if let Some(war) = &war {
                war.worth(&types.stakes[war.place * lanes + lane])
            } else {
                let payoff = plan.payoff[party].map_or(0.0, |id| draw.get(id));
                let mut value = [0.0; LANES];
                let rows = model.parties[party].rows().skip(lane * LANES);
                for (value, row) in value.iter_mut().zip(rows) {
                    *value = self.world.now[row] - self.standing(row, &self.world.slots, seated)
                        + payoff;
                }
                value
            };
            let utility = charged(value, types, lane, price);
            options.utility.push(utility);
        }
    }
}

/// Utilities of an option to the first `N` types of a lane, less what it costs; zeros beyond.
#[inline]
fn charged<const N: usize>(value: [f64; N], types: &Kinds, lane: usize, price: Price) -> Lane {
    let (reluctance, audience) = (&types.reluctance[lane], &types.audience_cost[lane]);
    let mut left = [0.0; LANES];
    for at in 0..N {
        let cost = reluctance[at] * price.cost + price.threatened;
        left[at] = value[at] - (cost + price.backing_down * audience[at]);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Choice probabilities of one type between options of these utilities.
    fn logit(utility: &[f64], rationality: f64) -> Vec<f64> {
        let mut options = Options {
            utility: utility.iter().map(|u| [*u, 0.0, 0.0, 0.0]).collect(),
            kinds: vec![Mood {
                rationality: [rationality; LANES],
                ..Mood::default()
            }],
            ..Options::default()
        };
        options.weigh(1);
        let choice = |option| options.choice(0, option);
        (0..utility.len()).map(choice).collect()
    }

    #[test]
    fn logit_limits_and_closed_form() {
        let utility = [0.2, 0.5, 0.4];
        let even = logit(&utility, 0.0);
        assert!(even.iter().all(|p| (p - 1.0 / 3.0).abs() < 1e-15));
        assert_eq!(logit(&utility, f64::INFINITY), [0.0, 1.0, 0.0]);
        assert_eq!(logit(&[0.5, 0.2, 0.5], f64::INFINITY), [1.0, 0.0, 0.0]);
        let p = logit(&utility, 7.0);
        assert!(
            (p[1] / p[2] - math::exp(0.7)).abs() < 1e-12,
            "odds are exp(lambda difference)"
        );
        assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        let q = logit(&utility.map(|u| 3.0 * u + 1.0), 7.0 / 3.0);
        assert!(
            p.iter().zip(&q).all(|(a, b)| (a - b).abs() < 1e-12),
            "affine invariance"
        );
    }
}
