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
use super::options::{or_war, part};
use super::tables::{LANES, Lane, Strain};
use super::talks::links::ones;
use crate::model::plan::{MAX_PARTIES, Slots};

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
        let world = &*self.world;
        let heard = &slots[self.model.slots.heard(0, 0)..];
        let heard_before = &world.slots[self.model.slots.heard(0, 0)..];
        let sum = |commitments: &[(usize, f64)]| -> f64 {
            let mut sum = 0.0;
            for &(at, weight) in commitments {
                // What a move changes in what the holder hears, on top of what it believes now.
                let moved = world.believed[at] + heard[at] - heard_before[at];
                sum += moved.clamp(0.0, 1.0) * weight;
            }
            sum
        };
        let [promises, threats] = self.tables.acts.bearing(option);
        let war = War {
            option,
            place,
            advantage: 0.0,
            deterred: sum(promises),
            threatened: sum(threats),
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

    /// The same lottery after a move of its holder, which may change what it hears of commitments:
    /// only what the move touches is worked out again.
    pub(super) fn after_move(&self, war: War, speaks: bool, slots: &[f64], days: f64) -> War {
        if speaks {
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
        let kind = row - self.model.parties[party].first_row;
        let traits = &self.tables.kinds[party].traits[kind / LANES];
        let paid: Lane = traits.paid(self.strain(party, slots), seated);
        paid[kind % LANES]
    }

    /// What of the variables costs a party.
    #[inline]
    pub(super) fn strain(&self, party: usize, slots: &[f64]) -> Strain {
        let at = &self.model.slots;
        Strain {
            standing: slots[at.standing(party)],
            posture: slots[at.posture(party)],
            tension: slots[Slots::TENSION],
        }
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
            self.find_moves(holder, true);
            self.weigh_moves(holder, &outlook);
            lotteries.extend_from_slice(self.world.options().unmoved());
            for &option in &plan.force {
                for lane in 0..plan.types.div_ceil(LANES) {
                    let probability = self.world.options().probability_of_force(option, lane);
                    let types = (plan.types - lane * LANES).min(LANES);
                    let first = option * rows + plan.first_row + lane * LANES;
                    let known = &mut self.world.force_probability[first..][..types];
                    for (known, probability) in known.iter_mut().zip(probability) {
                        *known = probability;
                    }
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
            for lane in 0..plan.types.div_ceil(LANES) {
                match plan.types - lane * LANES {
                    1 => self.assess_lane::<1>(party, lane, &outlook, wars),
                    2 => self.assess_lane::<2>(party, lane, &outlook, wars),
                    3 => self.assess_lane::<3>(party, lane, &outlook, wars),
                    _ => self.assess_lane::<LANES>(party, lane, &outlook, wars),
                }
            }
        }
        self.world.lotteries = lotteries;
    }

    /// Disagreement values and reservations of the `N` types of a lane.
    fn assess_lane<const N: usize>(
        &mut self,
        party: usize,
        lane: usize,
        outlook: &Outlook,
        wars: &[War],
    ) {
        let kinds = &self.tables.kinds[party];
        let traits = &kinds.traits[lane];
        let strain = self.strain(party, &self.world.slots);
        let exposure = self.world.slots[self.model.slots.exposure(party)];
        let first = self.model.parties[party].first_row + lane * LANES;
        let now: [f64; N] = part(&self.world.now, first);
        let paid: [f64; N] = traits.paid(strain, outlook.seated);
        let mut value = now;
        for (value, paid) in value.iter_mut().zip(paid) {
            *value -= paid;
        }
        for war in wars {
            let stakes = &kinds.stakes[war.place * kinds.traits.len() + lane];
            or_war(&mut value, war, stakes);
        }
        let mut reservation = [0.0; N];
        for at in 0..N {
            value[at] -= outlook.fear;
            reservation[at] = value[at] + traits.audience_cost[at] * exposure - now[at];
        }
        self.world.disagreement[first..][..N].copy_from_slice(&value);
        self.world.reservation[first..][..N].copy_from_slice(&reservation);
    }
}
