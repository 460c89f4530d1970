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
use super::worth::War;
use crate::math;
use crate::model::plan::{MAX_FORCE, MovePlan};
use crate::scenario::types::MoveKind;

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
            if chosen > 0 {
                self.make_move(chosen - 1);
                if self.world.terminal.is_some() {
                    return;
                }
                self.update_beliefs();
            }
        }
    }

    fn note_choice(&mut self, party: usize, chosen: usize) {
        if L::ON {
            let first = self.world.truth[party] * (self.model.moves.len() + 1);
            let options: Vec<(Option<usize>, f64, f64)> = std::iter::once(None)
                .chain(self.model.parties[party].moves.iter().copied().map(Some))
                .map(|option| {
                    let at = first + option.map_or(0, |index| index + 1);
                    (option, self.world.choice[at], self.world.utility[at])
                })
                .filter(|&(_, probability, _)| probability > 0.0)
                .collect();
            let chosen = chosen.checked_sub(1);
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
        self.world.apply(self.model, self.draw, &plan.effects);
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

    /// Expected utilities and choice probabilities of a party's rows, into `World::utility` and
    /// `World::choice`. With `in_time`, moves count that waiting alone would make available.
    pub(super) fn weigh_moves(&mut self, party: usize, in_time: bool) {
        let (model, draw) = (self.model, self.draw);
        let options = model.moves.len() + 1;
        let days = f64::from(model.rounds[self.world.round].days);
        let rows = model.parties[party].rows();
        let mut after = std::mem::take(&mut self.world.after);
        after.copy_from_slice(&self.world.slots);
        self.drift(&mut after, party, days);
        let mut shared = Shared {
            can: self.possible_force(party),
            fear: self.fear_of_force(party),
            seated: self.seated(party),
            wars: [War::default(); MAX_FORCE],
        };
        for (war, &force) in shared.wars.iter_mut().zip(&model.parties[party].force) {
            *war = self.lottery(force, &after);
        }
        let first = rows.start * options;
        self.world.utility[first..rows.end * options].fill(f64::NEG_INFINITY);
        for row in rows.clone() {
            let values = &draw.rows[row];
            let (target, best) = (self.world.asked[row], self.world.best_offer[row]);
            self.world.discount[row] = math::exp(values.ln_patience * days / 7.0);
            let (prospect, middle) = if target.is_nan() || best.is_nan() {
                (0.0, 0.0)
            } else {
                let prospect = math::logistic((best + values.slack - target) / values.spread);
                (prospect, self.world.now[row] + 0.5 * (target + best))
            };
            self.world.prospect[row] = prospect;
            self.world.settlement[row] = middle;
        }
        self.hold(party, &after, &shared, 0.0, 0);
        for &index in &model.parties[party].moves {
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
                self.end_by(party, index, &shared);
            } else {
                after.copy_from_slice(&self.world.slots);
                add(&mut after, &model.slots, draw, &plan.effects);
                let fall = plan.target.map_or(0.0, |target| {
                    let slot = model.slots.standing(target);
                    draw.get(plan.pressure) + after[slot] - self.world.slots[slot]
                });
                let fall = if plan.kind == MoveKind::Pressure {
                    fall
                } else {
                    0.0
                };
                self.drift(&mut after, party, days);
                self.hold(party, &after, &shared, fall, index + 1);
            }
            self.charge(party, index);
        }
        self.world.after = after;
        for row in rows {
            let first = row * options;
            logit(
                &self.world.utility[first..first + options],
                draw.rows[row].rationality,
                &mut self.world.choice[first..first + options],
            );
        }
    }

    /// `EU(hold)` of every row of a party, given the variables after an option.
    fn hold(&mut self, party: usize, after: &[f64], shared: &Shared, fall: f64, option: usize) {
        let model = self.model;
        let held = &model.parties[party].force;
        // Most moves leave the odds and costs of force as they are.
        let mut wars = shared.wars;
        if option > 0 && model.moves[option - 1].moves_force {
            for (war, &force) in wars.iter_mut().zip(held) {
                *war = self.lottery(force, after);
            }
        }
        for row in model.parties[party].rows() {
            let mut value = self.world.now[row] - self.standing(row, after, shared.seated);
            for (war, &force) in wars.iter().zip(held) {
                if shared.can >> force & 1 == 1 {
                    value = value.max(war.worth(self.payoff(row, force)));
                }
            }
            let later = self.world.discount[row] * (value - shared.fear);
            let prospect = self.world.prospect[row];
            let settlement = self.world.settlement[row] + 0.5 * fall;
            self.world.utility[row * (model.moves.len() + 1) + option] =
                prospect * settlement + (1.0 - prospect) * later;
        }
    }

    /// `EU(terminal)` of every row of a party.
    fn end_by(&mut self, party: usize, index: usize, shared: &Shared) {
        let (model, draw) = (self.model, self.draw);
        let plan = &model.moves[index];
        let war = plan
            .force
            .map(|force| (force, self.lottery(force, &self.world.slots)));
        for row in model.parties[party].rows() {
            let worth = match war {
                Some((force, war)) => war.worth(self.payoff(row, force)),
                None => {
                    self.world.now[row] - self.standing(row, &self.world.slots, shared.seated)
                        + plan.payoff[party].map_or(0.0, |id| draw.get(id))
                }
            };
            self.world.utility[row * (model.moves.len() + 1) + index + 1] = worth;
        }
    }

    /// Takes from a move's utility what it costs: its own cost, threats it triggers, backing down.
    fn charge(&mut self, party: usize, index: usize) {
        let (model, draw) = (self.model, self.draw);
        let plan = &model.moves[index];
        let believed = &self.world.believed[party * model.commitments.len()..];
        let threatened: f64 = plan
            .threatened
            .iter()
            .map(|&(threat, cost)| believed[threat] * draw.get(cost))
            .sum();
        let cost = draw.get(plan.cost);
        let exposure = self.world.slots[model.slots.exposure(party)];
        let backing_down = if plan.kind == MoveKind::Relief {
            draw.get(plan.share) * exposure
        } else {
            0.0
        };
        for row in model.parties[party].rows() {
            let values = &draw.rows[row];
            self.world.utility[row * (model.moves.len() + 1) + index + 1] -=
                values.reluctance * cost + threatened + backing_down * values.audience_cost;
        }
    }

    /// What the party knows will have changed by the next round.
    fn drift(&self, slots: &mut [f64], party: usize, days: f64) {
        for &option in &self.model.parties[party].force {
            let drift = slots[self.model.slots.drift(option)];
            let advantage = &mut slots[self.model.slots.advantage(option)];
            *advantage = (*advantage + drift * days / 7.0).clamp(0.0, 1.0);
        }
    }
}

/// What is the same for all options of a party.
#[derive(Debug, Clone, Copy)]
struct Shared {
    /// Force options it could use by waiting, as bits.
    can: u32,
    /// Expected loss by others' force.
    fear: f64,
    /// Whether it sits at an open venue.
    seated: bool,
    /// Its force options in the next round, if it waits.
    wars: [War; MAX_FORCE],
}

/// Logit choice probabilities; options at minus infinity get 0.
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
        *p = if u.is_finite() {
            math::exp(rationality * (u - best))
        } else {
            0.0
        };
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
        let utility = [0.2, f64::NEG_INFINITY, 0.5, 0.4];
        let mut p = [0.0; 4];
        logit(&utility, 0.0, &mut p);
        assert!((p[0] - 1.0 / 3.0).abs() < 1e-15 && p[1].to_bits() == 0);
        logit(&utility, f64::INFINITY, &mut p);
        assert_eq!(
            p.map(f64::to_bits),
            [0.0_f64, 0.0, 1.0, 0.0].map(f64::to_bits)
        );
        logit(&utility, 7.0, &mut p);
        assert!(
            (p[2] / p[3] - math::exp(0.7)).abs() < 1e-12,
            "odds are exp(lambda difference)"
        );
        assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        let scaled = utility.map(|u| 3.0 * u + 1.0);
        let mut q = [0.0; 4];
        logit(&scaled, 7.0 / 3.0, &mut q);
        assert!(
            p.iter().zip(&q).all(|(a, b)| (a - b).abs() < 1e-12),
            "affine invariance"
        );
    }
}
