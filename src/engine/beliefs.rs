//! What parties believe about each other's types, and how every informative act changes it.
//!
//! Flows in: for each type of the acting party, how likely the type was to do what is seen. Flows
//! out: posteriors by Bayes' rule.
//!
//! Whatever depends on a type goes through one of three doors: [`Run::decide`] (yes or no),
//! [`Run::choose`] (one of several moves) and [`Run::read_offer`] (how far an offer concedes, read
//! with Gaussian noise). Each door draws with the true type's probability and updates with
//! everyone's, so that the likelihood is the one that generated what is read.
//!
//! Over runs whose true types are drawn from the prior the posterior is a martingale, but for one
//! thing: observers read how far an offer concedes, not which package it is, while later acts are
//! judged in the light of the exact package. Where packages give a type away the posterior drifts
//! a little: below one point in a hundred under alternating offers, which `tests/limits.rs` holds
//! to its sampling error, and up to four where a single ultimatum is all there is to read, which
//! no test bounds.
//!
//! Every observer sees every act; observers differ by their priors.

use super::Run;
use super::log::Log;
use super::world::World;
use crate::math;

impl<L: Log> Run<'_, L> {
    /// Draws yes or no with the true type's probability; `probability` has one entry per row of the
    /// party. An answer given by whoever sits in for the party counts instead; one that the model
    /// thinks impossible of every type tells observers nothing.
    pub(super) fn decide(
        &mut self,
        answer: Option<bool>,
        party: usize,
        (stream, k): (usize, u32),
        probability: &[f64],
    ) -> bool {
        let first = self.model.parties[party].first_row;
        let own = probability[self.world.truth[party] - first];
        // What is certain needs no number, and what all types do alike tells nothing of them.
        let drawn = own >= 1.0
            || own > 0.0 && self.world.streams.uniform(stream, self.world.round, k) < own;
        let yes = answer.unwrap_or(drawn);
        if probability.iter().all(|p| p.total_cmp(&own).is_eq()) {
            return yes;
        }
        if L::SEATED && answer.is_some() {
            let likelihood = self.world.likelihood[first..].iter().zip(probability);
            let possible = likelihood.map(|(l, p)| l * if yes { *p } else { 1.0 - *p });
            if possible.sum::<f64>() <= 0.0 {
                return yes;
            }
        }
        for (likelihood, p) in self.world.likelihood[first..].iter_mut().zip(probability) {
            *likelihood *= if yes { *p } else { 1.0 - *p };
        }
        self.normalise(party);
        yes
    }

    /// Draws one of the options at hand with the true type's probabilities; `None` is waiting.
    pub(super) fn choose(&mut self, party: usize, stream: usize) -> Option<usize> {
        let plan = &self.model.parties[party];
        let kind = self.world.truth[party] - plan.first_row;
        let mut left = self.world.streams.uniform(stream, self.world.round, 0);
        let mut chosen = 0;
        // Rounding may leave a sliver above the last sum: it goes to the last possible option.
        for option in 0..self.world.options().moves().len() {
            let p = self.world.options().choice(kind, option);
            if p > 0.0 {
                chosen = option;
                if left < p {
                    break;
                }
                left -= p;
            }
        }
        let answer = self.ask_choice(party);
        if let Some(answer) = answer {
            chosen = answer;
        }
        // What all types do alike, as those who can only wait, tells nothing of them.
        let choice = |kind| self.world.options().choice(kind, chosen);
        let telling = (1..plan.types).any(|kind| choice(kind).total_cmp(&choice(0)).is_ne());
        if telling && (answer.is_none() || self.is_conceivable(party, chosen)) {
            for (kind, row) in plan.rows().enumerate() {
                self.world.likelihood[row] *= self.world.options().choice(kind, chosen);
            }
            self.normalise(party);
        }
        self.world.options().moves()[chosen]
    }

    /// Whether some type that is still thought possible might choose an option.
    fn is_conceivable(&self, party: usize, option: usize) -> bool {
        let rows = self.model.parties[party].rows().enumerate();
        rows.map(|(kind, row)| {
            self.world.likelihood[row] * self.world.options().choice(kind, option)
        })
        .any(|weight| weight > 0.0)
    }

    /// Everyone reads how far an offer concedes, `truth` (own utility given up against the best
    /// package): `concession[i]` is what type `i` would have conceded here.
    pub(super) fn read_offer(&mut self, party: usize, concession: &[f64], truth: f64) {
        if concession.len() < 2 {
            return;
        }
        let first = self.model.parties[party].first_row;
        if concession
            .iter()
            .all(|c| c.total_cmp(&concession[0]).is_eq())
        {
            return;
        }
        let noise = self.draw.get(self.model.offer_noise);
        let stream = self.model.stream.reading + party;
        let u = self.world.streams.uniform(stream, self.world.round, 0);
        let seen = truth + noise * math::normal_quantile(u);
        for (likelihood, expected) in self.world.likelihood[first..].iter_mut().zip(concession) {
            let z = (seen - expected) / noise;
            *likelihood *= math::exp(-0.5 * z * z);
        }
        self.normalise(party);
    }

    fn normalise(&mut self, party: usize) {
        self.world.learnt |= 1 << party;
        let rows = self.model.parties[party].rows();
        let likelihood = &mut self.world.likelihood[rows];
        let total: f64 = likelihood.iter().sum();
        if total > 0.0 {
            for value in likelihood {
                *value /= total;
            }
        } else {
            // Every type found the act impossible to the last bit of its probability: it says
            // nothing.
            let even = 1.0 / likelihood.len() as f64;
            likelihood.fill(even);
        }
    }

    /// Fills `World::belief` and `World::believed` for every observer from the likelihoods.
    pub(super) fn update_beliefs(&mut self) {
        let model = self.model;
        let parties = model.parties.len();
        let learnt = std::mem::take(&mut self.world.learnt);
        let heard = std::mem::take(&mut self.world.heard);
        if learnt == 0 && !heard {
            return;
        }
        for party in (0..parties).filter(|party| learnt >> party & 1 == 1) {
            let of_party = party * parties;
            for observer in 0..parties {
                // Observers who began alike believe alike.
                let first = self.tables.first_alike(observer, party);
                self.world.resolve[of_party + observer] = if first < observer {
                    self.world.resolve[of_party + first]
                } else {
                    self.judge(observer, party)
                };
            }
            // A party knows its own type.
            let own = self.draw.rows[self.world.truth[party]].resolve;
            self.world.resolve[of_party + party] = own;
        }
        let World {
            slots,
            resolve,
            believed,
            ..
        } = &mut *self.world;
        let level = &slots[model.slots.heard(0, 0)..];
        for (party, plan) in model.parties.iter().enumerate() {
            if !heard && learnt >> party & 1 == 0 {
                continue;
            }
            let resolve = &resolve[party * parties..][..parties];
            // What no rule asks for is worked out only for people, who see all of it.
            let pairs = if L::SEATED {
                &plan.heard
            } else {
                &plan.heard[..plan.heeded]
            };
            for &(at, observer) in pairs {
                believed[at] = (level[at] * resolve[observer]).clamp(0.0, 1.0);
            }
        }
    }

    /// An observer's posterior over a party's types; returns the resolve it expects of the party.
    fn judge(&mut self, observer: usize, party: usize) -> f64 {
        let count = self.model.rows.len();
        let rows = self.model.parties[party].rows();
        let prior = &self.tables.prior[observer * count..][rows.clone()];
        let likelihood = &self.world.likelihood[rows.clone()];
        let belief = &mut self.world.belief[observer * count..][rows.clone()];
        let mut total = 0.0;
        for ((belief, prior), likelihood) in belief.iter_mut().zip(prior).zip(likelihood) {
            *belief = prior * likelihood;
            total += *belief;
        }
        if total <= 0.0 {
            // Sure of what has proved impossible, it goes on believing it.
            belief.copy_from_slice(prior);
            total = prior.iter().sum();
        }
        let mut resolve = 0.0;
        for (belief, values) in belief.iter_mut().zip(&self.draw.rows[rows]) {
            *belief /= total;
            resolve += *belief * values.resolve;
        }
        resolve
    }

    /// What an observer believes of the types of a party.
    #[inline]
    pub(super) fn belief(&self, observer: usize, party: usize) -> &[f64] {
        let first = self.tables.first_alike(observer, party);
        let rows = self.model.parties[party].rows();
        &self.world.belief[first * self.model.rows.len()..][rows]
    }

    /// The public's posterior (prior as in the types), by row.
    pub(super) fn public_belief(&self, into: &mut [f64]) {
        for party in &self.model.parties {
            let mut total = 0.0;
            for row in party.rows() {
                into[row] = self.draw.rows[row].prior * self.world.likelihood[row];
                total += into[row];
            }
            for row in party.rows() {
                // A person may have acted as only a type of prior 0 would: then nothing is learnt.
                into[row] = if total > 0.0 {
                    into[row] / total
                } else {
                    self.draw.rows[row].prior
                };
            }
        }
    }
}
