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
use super::tables::{LANES, Lane};
use super::talks::links::ones;
use crate::model::ParamId;
use crate::model::plan::{MAX_PARTIES, MovePlan, Slots};

/// A force option as a lottery: what it brings depends on the payoffs of whoever holds it.
#[derive(Debug, Clone, Copy)]
pub(super) struct War {
    pub(super) option: usize,
    /// Its place among the options of its holder.
    pub(super) place: usize,
    /// Probability that it achieves its aim, 0 to 1.
    pub(super) advantage: f64,
    /// What promises take from that.
    deterred: f64,
    /// Cost expected from threats.
    pub(super) threatened: f64,
}

impl War {
    /// `W` of the first `N` types: `a (prize + loss) - (loss + cost) - threatened`.
    #[inline]
    pub(super) fn worth<const N: usize>(&self, [at_stake, at_least]: &[Lane; 2]) -> [f64; N] {
        let mut worth = [0.0; N];
        for lane in 0..N {
            worth[lane] = self.advantage * at_stake[lane] - at_least[lane] - self.threatened;
        }
        worth
    }
}

/// Raises values of the first `N` types to what the best of the lotteries is worth; `lane` of
/// `lanes` lanes of types.
#[inline]
pub(super) fn or_war<const N: usize>(
    value: &mut [f64; N],
    wars: &[War],
    stakes: &[[Lane; 2]],
    (lane, lanes): (usize, usize),
) {
    for war in wars {
        let worth: [f64; N] = war.worth(&stakes[war.place * lanes + lane]);
        for at in 0..N {
            value[at] = if worth[at] > value[at] {
                worth[at]
            } else {
                value[at]
            };
        }
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

impl<L: Log> Run<'_, L> {
    /// Odds and threatened costs of a force option some days ahead as its holder sees them, given
    /// the variables.
    pub(super) fn lottery(&self, option: usize, place: usize, slots: &[f64], days: f64) -> War {
        let (model, draw) = (self.model, self.draw);
        let plan = &model.force[option];
        let parties = model.parties.len();
        let heard = model.slots.heard(0, 0);
        let sum = |commitments: &[(usize, ParamId)]| -> f64 {
            let mut sum = 0.0;
            for &(index, weight) in commitments {
                // What a move changes in what the holder hears, on top of what it believes now.
                let at = index * parties + plan.holder;
                let moved =
                    self.world.believed[at] + slots[heard + at] - self.world.slots[heard + at];
                sum += moved.clamp(0.0, 1.0) * draw.get(weight);
            }
            sum
        };
        let war = War {
            option,
            place,
            advantage: 0.0,
            deterred: sum(&plan.promises),
            threatened: sum(&plan.threats),
        };
        self.at_odds(war, slots, days)
    }

    /// The same lottery at the odds of other variables.
    #[inline]
    pub(super) fn at_odds(&self, war: War, slots: &[f64], days: f64) -> War {
        let at = &self.model.slots;
        let advantage = slots[at.advantage(war.option)] + slots[at.drift(war.option)] * days / 7.0;
        War {
            advantage: (advantage.clamp(0.0, 1.0) - war.deterred).clamp(0.0, 1.0),
            ..war
        }
    }

    /// Those of a party's force options that it could use, as [`Run::lottery`].
    pub(super) fn wars(&self, party: usize, can: u32, days: f64, into: &mut Vec<War>) {
        into.clear();
        for (place, &option) in self.model.parties[party].force.iter().enumerate() {
            if can >> option & 1 == 1 {
                into.push(self.lottery(option, place, &self.world.slots, days));
            }
        }
    }

    /// The same lottery after a move of its holder: only what it touches is worked out again.
    pub(super) fn after_move(&self, war: War, plan: &MovePlan, slots: &[f64], days: f64) -> War {
        if plan.speaks {
            self.lottery(war.option, war.place, slots, days)
        } else {
            self.at_odds(war, slots, days)
        }
    }

    /// `W` of a force option for a row of its holder, given the variables.
    pub(super) fn war(&self, row: usize, option: usize, slots: &[f64]) -> f64 {
        let [prize, loss, cost] = self.draw.payoff[row * self.model.force.len() + option];
        let war = self.lottery(option, 0, slots, 0.0);
        war.advantage * (prize + loss) - (loss + cost) - war.threatened
    }

    /// Whether a party sits at an open venue.
    pub(super) fn seated(&self, party: usize) -> bool {
        let seats = &self.world.seats;
        ones(self.world.open).any(|venue| seats[venue] >> party & 1 == 1)
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
        let mut value = self.world.now[row] - self.standing(row, slots, outlook.seated);
        for &option in &self.model.parties[party].force {
            if outlook.can >> option & 1 == 1 {
                value = value.max(self.war(row, option, slots));
            }
        }
        value - outlook.fear
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
        // By party: force options it could use. Nothing that is done here changes them.
        let mut can = [0; MAX_PARTIES];
        let mut lotteries = std::mem::take(&mut self.world.lotteries);
        lotteries.clear();
        for (holder, plan) in model.parties.iter().enumerate() {
            if plan.force.is_empty() {
                continue;
            }
            let outlook = Outlook {
                seated: self.seated(holder),
                fear: 0.0,
                can: self.possible_force(holder),
            };
            can[holder] = outlook.can;
            self.weigh_moves(holder, &outlook, true);
            lotteries.extend_from_slice(&self.world.wars);
            for &option in &plan.force {
                let uses = |index: usize| model.moves[index].force == Some(option);
                for lane in 0..plan.types.div_ceil(LANES) {
                    let probability = self.world.options().probability_of(lane, uses);
                    let rows = option * rows + plan.first_row + lane * LANES..;
                    let types = (plan.types - lane * LANES).min(LANES);
                    self.world.force_probability[rows][..types]
                        .copy_from_slice(&probability[..types]);
                }
            }
        }
        let foresight = draw.get(model.foresight).round().max(1.0) as usize;
        let ahead = foresight.min(model.rounds.len() - self.world.round);
        for (option, plan) in model.force.iter().enumerate() {
            let holder = model.parties[plan.holder].rows();
            for &(party, _) in &plan.damage {
                let belief = self.belief(party, plan.holder);
                let probability = &self.world.force_probability[option * rows..][holder.clone()];
                let soon: f64 = belief.iter().zip(probability).map(|(b, p)| b * p).sum();
                let mut never = 1.0;
                for _ in 0..ahead {
                    never *= 1.0 - soon;
                }
                self.world.fear[option * parties + party] = 1.0 - never;
            }
        }
        for war in &mut lotteries {
            *war = self.at_odds(*war, &self.world.slots, 0.0);
        }
        let mut left = lotteries.as_slice();
        for (party, plan) in model.parties.iter().enumerate() {
            let outlook = Outlook {
                seated: self.seated(party),
                fear: self.fear_of_force(party),
                can: can[party],
            };
            let (wars, others) = left.split_at(outlook.can.count_ones() as usize);
            left = others;
            let exposure = self.world.slots[model.slots.exposure(party)];
            let stakes = &self.tables.kinds[party].stakes;
            let lanes = plan.types.div_ceil(LANES);
            for lane in 0..lanes {
                let rows = plan.rows().skip(lane * LANES).take(LANES);
                let mut value = [0.0; LANES];
                for (value, row) in value.iter_mut().zip(rows.clone()) {
                    *value =
                        self.world.now[row] - self.standing(row, &self.world.slots, outlook.seated);
                }
                or_war(&mut value, wars, stakes, (lane, lanes));
                for (value, row) in value.iter().zip(rows) {
                    let value = value - outlook.fear;
                    self.world.disagreement[row] = value;
                    let charge = draw.rows[row].audience_cost * exposure;
                    self.world.reservation[row] = value + charge - self.world.now[row];
                }
            }
        }
        self.world.lotteries = lotteries;
    }
}
