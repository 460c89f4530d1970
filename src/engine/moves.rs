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
use super::world::add;
use super::worth::{Outlook, Wars};
use crate::math;
use crate::model::plan::{Model, MovePlan, Slots};
use crate::scenario::types::MoveKind;

/// The options of the party at hand: what they are worth to each of its types, how likely each type
/// is to choose them.
#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    /// Moves at hand; waiting comes first, as `None`.
    moves: Vec<Option<usize>>,
    /// Most options of any party: the stride of the tables.
    stride: usize,
    /// `[type * stride + option]`: expected utility.
    utility: Vec<f64>,
    /// `[type * stride + option]`: probability that the type chooses it.
    choice: Vec<f64>,
    /// Crisis variables after an option.
    after: Vec<f64>,
    /// By type: probability of a settlement, and what it would be worth.
    prospect: Vec<f64>,
    /// See [`Options::prospect`].
    settlement: Vec<f64>,
}

impl Options {
    pub(super) fn new(model: &Model) -> Self {
        let most = |count: fn(&crate::model::plan::PartyPlan) -> usize| {
            model.parties.iter().map(count).max().unwrap_or(0)
        };
        let (stride, types) = (
            most(|party| party.moves.len()) + 1,
            most(|party| party.types),
        );
        Self {
            moves: Vec::with_capacity(stride),
            stride,
            utility: vec![0.0; types * stride],
            choice: vec![0.0; types * stride],
            after: vec![0.0; model.slots.len()],
            prospect: vec![0.0; types],
            settlement: vec![0.0; types],
        }
    }

    /// Moves at hand; waiting comes first, as `None`.
    pub(super) fn moves(&self) -> &[Option<usize>] {
        &self.moves
    }

    /// Probabilities with which a type chooses the options.
    #[inline]
    pub(super) fn choice(&self, kind: usize) -> &[f64] {
        &self.choice[kind * self.stride..][..self.moves.len()]
    }

    /// What the options are worth to a type.
    fn utility(&self, kind: usize) -> &[f64] {
        &self.utility[kind * self.stride..][..self.moves.len()]
    }

    /// Probability that a type chooses one of some moves.
    pub(super) fn probability_of(&self, kind: usize, moves: &[usize]) -> f64 {
        let options = self.moves.iter().zip(self.choice(kind));
        options
            .filter(|(option, _)| option.is_some_and(|index| moves.contains(&index)))
            .map(|(_, probability)| probability)
            .sum()
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
            self.weigh_moves(party, false);
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
            let at_hand = &self.world.options;
            let likely = at_hand.choice(kind).iter().zip(at_hand.utility(kind));
            let options: Vec<(Option<usize>, f64, f64)> = at_hand
                .moves()
                .iter()
                .zip(likely)
                .map(|(option, (probability, utility))| (*option, *probability, *utility))
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
        self.world.done[index] = self.world.done[index].saturating_add(1);
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
    pub(super) fn weigh_moves(&mut self, party: usize, in_time: bool) {
        let (model, draw) = (self.model, self.draw);
        let plan = &model.parties[party];
        let round = self.world.round;
        let days = f64::from(model.rounds[round].days);
        let outlook = self.outlook(party);
        let wars = self.wars(party, outlook.can, &self.world.slots, days);
        let mut options = std::mem::take(&mut self.world.options);
        options.after.copy_from_slice(&self.world.slots);
        for (kind, row) in plan.rows().enumerate() {
            let values = &draw.rows[row];
            let (target, best) = (self.world.asked[row], self.world.best_offer[row]);
            (options.prospect[kind], options.settlement[kind]) = if target.is_nan() || best.is_nan()
            {
                (0.0, 0.0)
            } else {
                let prospect = math::logistic((best + values.slack - target) / values.spread);
                (prospect, self.world.now[row] + 0.5 * (target + best))
            };
        }
        options.moves.clear();
        self.hold(party, &mut options, &outlook, &wars, 0.0);
        options.moves.push(None);
        for &index in &plan.moves {
            let plan = &model.moves[index];
            let test = if in_time {
                &plan.when_in_time
            } else {
                &plan.when
            };
            if self.world.done[index] >= plan.limit || !self.world.holds(test) {
                continue;
            }
            if plan.kind == MoveKind::Terminal {
                self.end_by(party, index, &mut options, &outlook);
            } else {
                add(&mut options.after, draw, &plan.effects);
                let fall = match plan.target {
                    Some(target) if plan.kind == MoveKind::Pressure => {
                        let slot = model.slots.standing(target);
                        draw.get(plan.pressure) + options.after[slot] - self.world.slots[slot]
                    }
                    _ => 0.0,
                };
                if plan.moves_force {
                    // Most moves leave the odds and costs of force as they are.
                    let wars = self.wars(party, outlook.can, &options.after, days);
                    self.hold(party, &mut options, &outlook, &wars, fall);
                } else {
                    self.hold(party, &mut options, &outlook, &wars, fall);
                }
                for effect in &plan.effects.slots {
                    let slot = usize::from(effect.slot);
                    options.after[slot] = self.world.slots[slot];
                }
            }
            self.charge(party, index, &mut options);
            options.moves.push(Some(index));
        }
        let Options { stride, .. } = options;
        let count = options.moves.len();
        for (kind, row) in plan.rows().enumerate() {
            logit(
                &options.utility[kind * stride..][..count],
                draw.rows[row].rationality,
                &mut options.choice[kind * stride..][..count],
            );
        }
        self.world.options = options;
    }

    /// `EU(hold)` of every type of a party in the variables after an option, as the next option.
    fn hold(&self, party: usize, options: &mut Options, outlook: &Outlook, wars: &Wars, fall: f64) {
        let model = self.model;
        let after = &options.after;
        let standing = after[model.slots.standing(party)];
        let posture = after[model.slots.posture(party)];
        let tension = after[Slots::TENSION];
        let discount = &self.tables.discount[self.world.round * model.rows.len()..];
        let utility = options.utility[options.moves.len()..].iter_mut();
        let prospects = options.prospect.iter().zip(&options.settlement);
        let cells = utility.step_by(options.stride).zip(prospects);
        for (row, (cell, (prospect, settlement))) in model.parties[party].rows().zip(cells) {
            let values = &self.draw.rows[row];
            let talks = if outlook.seated {
                values.talks_value
            } else {
                0.0
            };
            let pays = standing + values.upkeep * posture + values.tension_cost * tension - talks;
            let value = wars.or_better(self.world.now[row] - pays, self.payoffs(row));
            let later = discount[row] * (value - outlook.fear);
            *cell = prospect * (settlement + 0.5 * fall) + (1.0 - prospect) * later;
        }
    }

    /// `EU(terminal)` of every type of a party, as the next option.
    fn end_by(&self, party: usize, index: usize, options: &mut Options, outlook: &Outlook) {
        let (model, draw) = (self.model, self.draw);
        let plan = &model.moves[index];
        let option = options.moves.len();
        for (kind, row) in model.parties[party].rows().enumerate() {
            let worth = match plan.force {
                Some(force) => self.war(row, force, &self.world.slots),
                None => {
                    self.world.now[row] - self.standing(row, &self.world.slots, outlook.seated)
                        + plan.payoff[party].map_or(0.0, |id| draw.get(id))
                }
            };
            options.utility[kind * options.stride + option] = worth;
        }
    }

    /// Takes from the next option's utility what the move costs: its own cost, threats it triggers,
    /// backing down.
    fn charge(&self, party: usize, index: usize, options: &mut Options) {
        let (model, draw) = (self.model, self.draw);
        let plan = &model.moves[index];
        let parties = model.parties.len();
        let threatened: f64 = plan
            .threatened
            .iter()
            .map(|&(threat, cost)| self.world.believed[threat * parties + party] * draw.get(cost))
            .sum();
        let cost = draw.get(plan.cost);
        let backing_down = if plan.kind == MoveKind::Relief {
            draw.get(plan.share) * self.world.slots[model.slots.exposure(party)]
        } else {
            0.0
        };
        let option = options.moves.len();
        for (kind, row) in model.parties[party].rows().enumerate() {
            let values = &draw.rows[row];
            options.utility[kind * options.stride + option] -=
                values.reluctance * cost + threatened + backing_down * values.audience_cost;
        }
    }
}

/// Logit choice probabilities.
pub(crate) fn logit(utility: &[f64], rationality: f64, probability: &mut [f64]) {
    let best = utility.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if rationality.is_infinite() {
        probability.fill(0.0);
        if let Some(first) = utility.iter().position(|u| u.total_cmp(&best).is_eq()) {
            probability[first] = 1.0;
        }
        return;
    }
    let mut total = 0.0;
    for (p, u) in probability.iter_mut().zip(utility) {
        *p = math::exp(rationality * (u - best));
        total += *p;
    }
    for p in probability {
        *p /= total;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logit_limits_and_closed_form() {
        let utility = [0.2, 0.5, 0.4];
        let mut p = [0.0; 3];
        logit(&utility, 0.0, &mut p);
        assert!(p.iter().all(|p| (p - 1.0 / 3.0).abs() < 1e-15));
        logit(&utility, f64::INFINITY, &mut p);
        assert_eq!(p.map(f64::to_bits), [0.0_f64, 1.0, 0.0].map(f64::to_bits));
        logit(&utility, 7.0, &mut p);
        assert!(
            (p[1] / p[2] - math::exp(0.7)).abs() < 1e-12,
            "odds are exp(lambda difference)"
        );
        assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        let scaled = utility.map(|u| 3.0 * u + 1.0);
        let mut q = [0.0; 3];
        logit(&scaled, 7.0 / 3.0, &mut q);
        assert!(
            p.iter().zip(&q).all(|(a, b)| (a - b).abs() < 1e-12),
            "affine invariance"
        );
    }
}
