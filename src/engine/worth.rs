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
use crate::model::plan::Slots;

/// A force option as a lottery: what it brings depends on the payoffs of whoever holds it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct War {
    /// Probability that it achieves its aim, 0 to 1.
    advantage: f64,
    /// Cost expected from threats.
    threatened: f64,
}

impl War {
    /// `W`, given prize, loss and cost.
    #[inline]
    pub(super) fn worth(self, [prize, loss, cost]: [f64; 3]) -> f64 {
        self.advantage * prize - (1.0 - self.advantage) * loss - cost - self.threatened
    }
}

impl<L: Log> Run<'_, L> {
    /// Odds and threatened costs of a force option as its holder sees them, given the variables.
    pub(super) fn lottery(&self, option: usize, slots: &[f64]) -> War {
        let (model, draw) = (self.model, self.draw);
        let plan = &model.force[option];
        let believed = &self.world.believed[plan.holder * model.commitments.len()..];
        let moved = |index: usize| {
            // What a move changes in what the holder hears, on top of what it believes now.
            let slot = model.slots.heard(index, plan.holder);
            (believed[index] + slots[slot] - self.world.slots[slot]).clamp(0.0, 1.0)
        };
        let mut advantage = slots[model.slots.advantage(option)];
        for &(index, deters) in &plan.promises {
            advantage -= moved(index) * draw.get(deters);
        }
        let threats = plan.threats.iter();
        War {
            advantage: advantage.clamp(0.0, 1.0),
            threatened: threats
                .map(|&(index, cost)| moved(index) * draw.get(cost))
                .sum(),
        }
    }

    /// Prize, loss and cost of a force option for a row of its holder.
    #[inline]
    pub(super) fn payoff(&self, row: usize, option: usize) -> [f64; 3] {
        self.draw.payoff[row * self.model.force.len() + option]
    }

    /// `W` of a force option for a row of its holder, given the variables.
    pub(super) fn war(&self, row: usize, option: usize, slots: &[f64]) -> f64 {
        self.lottery(option, slots).worth(self.payoff(row, option))
    }

    /// Whether a party sits at an open venue.
    pub(super) fn seated(&self, party: usize) -> bool {
        (0..self.model.venues.len())
            .any(|v| self.world.open >> v & 1 == 1 && self.world.seats[v] >> party & 1 == 1)
    }

    /// Whether some move with this option could be available by waiting.
    pub(super) fn force_possible(&self, option: usize) -> bool {
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
    pub(super) fn fear_of_force(&self, party: usize) -> f64 {
        let (model, draw) = (self.model, self.draw);
        let parties = model.parties.len();
        let mut loss = 0.0;
        for &(option, damage) in &model.parties[party].exposed {
            let mut averted = 0.0;
            for (index, commitment) in model.commitments.iter().enumerate() {
                if let Some((against, relief)) = &commitment.relief
                    && commitment.to == party
                    && against.contains(&option)
                {
                    averted += self.world.believed[party * model.commitments.len() + index]
                        * draw.get(*relief);
                }
            }
            loss += self.world.fear[option * parties + party]
                * draw.get(damage)
                * (1.0 - averted).clamp(0.0, 1.0);
        }
        loss
    }

    /// `D` of a row, given the variables, fears and what force it could use.
    pub(super) fn disagreement(&self, row: usize, slots: &[f64], can: u32) -> f64 {
        let party = self.model.rows[row].party;
        let mut value = self.world.now[row] - self.standing(row, slots, self.seated(party));
        for &option in &self.model.parties[party].force {
            if can >> option & 1 == 1 {
                value = value.max(self.war(row, option, slots));
            }
        }
        value - self.fear_of_force(party)
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
        for holder in 0..parties {
            if model.parties[holder].force.is_empty() {
                continue;
            }
            self.weigh_moves(holder, true);
            for &option in &model.parties[holder].force {
                for row in model.parties[holder].rows() {
                    let choice = &self.world.choice[row * (model.moves.len() + 1)..];
                    let probability: f64 = model.force[option]
                        .moves
                        .iter()
                        .map(|&index| choice[index + 1])
                        .sum();
                    self.world.force_probability[option * rows + row] = probability;
                }
            }
        }
        let foresight = draw.get(model.foresight).round().max(1.0) as usize;
        let ahead = foresight.min(model.rounds.len() - self.world.round);
        for option in 0..model.force.len() {
            let holder = model.force[option].holder;
            for &(party, _) in &model.force[option].damage {
                let soon: f64 = model.parties[holder]
                    .rows()
                    .map(|row| {
                        self.world.belief[party * rows + row]
                            * self.world.force_probability[option * rows + row]
                    })
                    .sum();
                let mut never = 1.0;
                for _ in 0..ahead {
                    never *= 1.0 - soon;
                }
                self.world.fear[option * parties + party] = 1.0 - never;
            }
        }
        for party in 0..parties {
            let can = self.possible_force(party);
            for row in model.parties[party].rows() {
                let value = self.disagreement(row, &self.world.slots, can);
                self.world.disagreement[row] = value;
                let charge =
                    draw.rows[row].audience_cost * self.world.slots[model.slots.exposure(party)];
                self.world.reservation[row] = value + charge - self.world.now[row];
            }
        }
    }
}
