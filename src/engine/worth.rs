//! What no agreement is worth, and force.
//!
//! Force is a costly lottery (Fearon 1995; Powell 1999). For the holder of a force option, with the
//! probability `a` that it achieves its aim as the holder sees it:
//!
//! ```text
//! W = a prize - (1 - a) loss - cost - sum_k believed_k cost_target_k
//! a = advantage - sum_promises believed deters
//! ```
//!
//! and the disagreement value of any party, in utility on its own 0 to 1 scale:
//!
//! ```text
//! D = max( now - standing - upkeep posture - tension_cost tension + talks_value,  W )  - fear
//! fear = sum_options q damage (1 - sum_promises believed relief)
//! q    = 1 - (1 - sum_types belief P(force | type, state))^foresight
//! ```
//!
//! `W` counts as an outside option while a move that uses it could become available by waiting.

use super::Run;
use super::log::Log;
use crate::model::plan::{MAX_FORCE, Slots};

/// A force option as a lottery: what it brings depends on the payoffs of whoever holds it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct War {
    option: usize,
    /// Probability that it achieves its aim, 0 to 1.
    advantage: f64,
    /// Cost expected from threats.
    threatened: f64,
}

impl War {
    /// `W`, given prize, loss and cost.
    #[inline]
    fn worth(self, [prize, loss, cost]: [f64; 3]) -> f64 {
        self.advantage * prize - (1.0 - self.advantage) * loss - cost - self.threatened
    }
}

/// What is the same for all types of a party when it asks what no agreement is worth.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outlook {
    /// Whether it sits at an open venue.
    pub(super) seated: bool,
    /// Expected loss by others' force.
    pub(super) fear: f64,
    /// Force options it could use by waiting, as bits.
    pub(super) can: u32,
}

/// The force options a party could use, as lotteries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wars {
    wars: [War; MAX_FORCE],
    count: usize,
}

impl Wars {
    /// The larger of a value and the best of the lotteries; `payoff` lists a row's payoffs by option.
    #[inline]
    pub(super) fn or_better(&self, value: f64, payoff: &[[f64; 3]]) -> f64 {
        self.wars[..self.count]
            .iter()
            .fold(value, |best, war| best.max(war.worth(payoff[war.option])))
    }
}

impl<L: Log> Run<'_, L> {
    /// Odds and threatened costs of a force option some days ahead as its holder sees them, given
    /// the variables.
    pub(super) fn lottery(&self, option: usize, slots: &[f64], days: f64) -> War {
        let (model, draw) = (self.model, self.draw);
        let plan = &model.force[option];
        let parties = model.parties.len();
        let moved = |index: usize| {
            // What a move changes in what the holder hears, on top of what it believes now.
            let slot = model.slots.heard(index, plan.holder);
            let believed = self.world.believed[index * parties + plan.holder];
            (believed + slots[slot] - self.world.slots[slot]).clamp(0.0, 1.0)
        };
        let drift = slots[model.slots.drift(option)];
        let mut advantage =
            (slots[model.slots.advantage(option)] + drift * days / 7.0).clamp(0.0, 1.0);
        for &(index, deters) in &plan.promises {
            advantage -= moved(index) * draw.get(deters);
        }
        let threats = plan.threats.iter();
        War {
            option,
            advantage: advantage.clamp(0.0, 1.0),
            threatened: threats
                .map(|&(index, cost)| moved(index) * draw.get(cost))
                .sum(),
        }
    }

    /// Those of a party's force options that it could use, as [`Run::lottery`].
    pub(super) fn wars(&self, party: usize, can: u32, slots: &[f64], days: f64) -> Wars {
        let mut wars = Wars {
            wars: [War::default(); MAX_FORCE],
            count: 0,
        };
        for &option in &self.model.parties[party].force {
            if can >> option & 1 == 1 {
                wars.wars[wars.count] = self.lottery(option, slots, days);
                wars.count += 1;
            }
        }
        wars
    }

    /// Prize, loss and cost of every force option for a row.
    #[inline]
    pub(super) fn payoffs(&self, row: usize) -> &[[f64; 3]] {
        let options = self.model.force.len();
        &self.draw.payoff[row * options..(row + 1) * options]
    }

    /// `W` of a force option for a row of its holder, given the variables.
    pub(super) fn war(&self, row: usize, option: usize, slots: &[f64]) -> f64 {
        self.lottery(option, slots, 0.0)
            .worth(self.payoffs(row)[option])
    }

    /// Whether a party sits at an open venue.
    pub(super) fn seated(&self, party: usize) -> bool {
        let seats = self.world.seats.iter().enumerate();
        seats
            .filter(|(venue, _)| self.world.open >> venue & 1 == 1)
            .any(|(_, seats)| seats >> party & 1 == 1)
    }

    /// Whether some move with this option could be available by waiting.
    fn force_possible(&self, option: usize) -> bool {
        self.model.force[option].moves.iter().any(|&index| {
            let plan = &self.model.moves[index];
            self.world.done[index] < plan.limit && self.world.holds(&plan.when_in_time)
        })
    }

    /// What a party pays while the crisis lasts, given the variables.
    #[inline]
    pub(super) fn standing(&self, row: usize, slots: &[f64], seated: bool) -> f64 {
        let party = self.model.rows[row].party;
        let values = &self.draw.rows[row];
        slots[self.model.slots.standing(party)]
            + values.upkeep * slots[self.model.slots.posture(party)]
            + values.tension_cost * slots[Slots::TENSION]
            - if seated { values.talks_value } else { 0.0 }
    }

    /// Expected loss by others' force, given the fears of the round.
    fn fear_of_force(&self, party: usize) -> f64 {
        let draw = self.draw;
        let parties = self.model.parties.len();
        let mut loss = 0.0;
        for exposed in &self.model.parties[party].exposed {
            let relief = exposed.relief.iter();
            let averted: f64 = relief
                .map(|&(promise, share)| {
                    self.world.believed[promise * parties + party] * draw.get(share)
                })
                .sum();
            loss += self.world.fear[exposed.option * parties + party]
                * draw.get(exposed.damage)
                * (1.0 - averted).clamp(0.0, 1.0);
        }
        loss
    }

    /// What a party's types have in common, given the fears of the round.
    pub(super) fn outlook(&self, party: usize) -> Outlook {
        Outlook {
            seated: self.seated(party),
            fear: self.fear_of_force(party),
            can: self.possible_force(party),
        }
    }

    /// `D` of a row, given the variables.
    pub(super) fn disagreement(&self, row: usize, slots: &[f64], outlook: &Outlook) -> f64 {
        let party = self.model.rows[row].party;
        let wars = self.wars(party, outlook.can, slots, 0.0);
        self.without_agreement(row, slots, outlook, &wars)
    }

    /// The same, the lotteries being known.
    #[inline]
    fn without_agreement(&self, row: usize, slots: &[f64], outlook: &Outlook, wars: &Wars) -> f64 {
        let peace = self.world.now[row] - self.standing(row, slots, outlook.seated);
        wars.or_better(peace, self.payoffs(row)) - outlook.fear
    }

    /// Force options of a party that could be available by waiting, as bits.
    pub(super) fn possible_force(&self, party: usize) -> u32 {
        let options = &self.model.parties[party].force;
        options
            .iter()
            .filter(|&&option| self.force_possible(option))
            .fold(0, |bits, &option| bits | 1 << option)
    }

    /// Fears, disagreement values and reservations of everyone, at the start of a round.
    pub(super) fn assess(&mut self) {
        self.update_beliefs();
        let (model, draw) = (self.model, self.draw);
        let (parties, rows) = (model.parties.len(), model.rows.len());
        self.world.fear.fill(0.0);
        for (holder, plan) in model.parties.iter().enumerate() {
            if plan.force.is_empty() {
                continue;
            }
            self.weigh_moves(holder, true);
            for &option in &plan.force {
                let moves = &model.force[option].moves;
                for (kind, row) in plan.rows().enumerate() {
                    self.world.force_probability[option * rows + row] =
                        self.world.options.probability_of(kind, moves);
                }
            }
        }
        let foresight = draw.get(model.foresight).round().max(1.0) as usize;
        let ahead = foresight.min(model.rounds.len() - self.world.round);
        for (option, plan) in model.force.iter().enumerate() {
            let holder = model.parties[plan.holder].rows();
            for &(party, _) in &plan.damage {
                let belief = &self.world.belief[party * rows..][holder.clone()];
                let probability = &self.world.force_probability[option * rows..][holder.clone()];
                let soon: f64 = belief.iter().zip(probability).map(|(b, p)| b * p).sum();
                let mut never = 1.0;
                for _ in 0..ahead {
                    never *= 1.0 - soon;
                }
                self.world.fear[option * parties + party] = 1.0 - never;
            }
        }
        for (party, plan) in model.parties.iter().enumerate() {
            let outlook = self.outlook(party);
            let wars = self.wars(party, outlook.can, &self.world.slots, 0.0);
            let exposure = self.world.slots[model.slots.exposure(party)];
            for row in plan.rows() {
                let value = self.without_agreement(row, &self.world.slots, &outlook, &wars);
                self.world.disagreement[row] = value;
                let charge = draw.rows[row].audience_cost * exposure;
                self.world.reservation[row] = value + charge - self.world.now[row];
            }
        }
    }
}
