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
use crate::math;

impl<L: Log> Run<'_, L> {
    /// Draws yes or no with the true type's probability; `probability` has one entry per row of the
    /// party.
    pub(super) fn decide(
        &mut self,
        party: usize,
        stream: usize,
        k: u32,
        probability: &[f64],
    ) -> bool {
        let first = self.model.parties[party].first_row;
        let own = probability[self.world.truth[party] - first];
        let yes = self.world.streams.uniform(stream, self.world.round, k) < own;
        if probability.len() > 1 {
            for (likelihood, p) in self.world.likelihood[first..].iter_mut().zip(probability) {
                *likelihood *= if yes { *p } else { 1.0 - *p };
            }
            self.normalise(party);
        }
        yes
    }

    /// Draws an option with the true type's probabilities, which stand in `World::choice`; returns
    /// its index, 0 for waiting.
    pub(super) fn choose(&mut self, party: usize, stream: usize) -> usize {
        let options = self.model.moves.len() + 1;
        let truth = self.world.truth[party];
        let u = self.world.streams.uniform(stream, self.world.round, 0);
        let mut left = u;
        let mut chosen = 0;
        // Rounding may leave a sliver above the last sum: it goes to the last possible option.
        for option in 0..options {
            let p = self.world.choice[truth * options + option];
            if p > 0.0 {
                chosen = option;
                if left < p {
                    break;
                }
                left -= p;
            }
        }
        if self.model.parties[party].types > 1 {
            for row in self.model.parties[party].rows() {
                self.world.likelihood[row] *= self.world.choice[row * options + chosen];
            }
            self.normalise(party);
        }
        chosen
    }

    /// Everyone reads how far an offer concedes: `concession[i]` is what type `i` would have
    /// conceded here (own utility given up against its best package).
    pub(super) fn read_offer(&mut self, party: usize, concession: &[f64]) {
        if concession.len() < 2 {
            return;
        }
        let first = self.model.parties[party].first_row;
        let truth = concession[self.world.truth[party] - first];
        if concession.iter().all(|c| c.total_cmp(&truth).is_eq()) {
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
        if self.world.learnt() {
            for observer in 0..self.model.parties.len() {
                self.judge(observer);
            }
        }
        let model = self.model;
        let (parties, commitments) = (model.parties.len(), model.commitments.len());
        for (index, commitment) in model.commitments.iter().enumerate() {
            for observer in 0..parties {
                let heard = self.world.slots[model.slots.heard(index, observer)];
                let resolve = self.world.resolve[observer * parties + commitment.by];
                self.world.believed[observer * commitments + index] =
                    (heard * resolve).clamp(0.0, 1.0);
            }
        }
    }

    /// An observer's posteriors, and the resolve it expects of each party.
    fn judge(&mut self, observer: usize) {
        let (model, draw) = (self.model, self.draw);
        let rows = model.rows.len();
        for (index, party) in model.parties.iter().enumerate() {
            let prior = |row: usize| {
                model.observer_priors[observer * rows + row]
                    .map_or(draw.rows[row].prior, |id| draw.get(id))
            };
            let weigh = |row: usize| prior(row) * self.world.likelihood[row];
            let total: f64 = party.rows().map(weigh).sum();
            let priors: f64 = party.rows().map(prior).sum();
            let mut resolve = 0.0;
            for row in party.rows() {
                let belief = if total > 0.0 {
                    prior(row) * self.world.likelihood[row] / total
                } else {
                    // Sure of what has proved impossible, it goes on believing it.
                    prior(row) / priors
                };
                self.world.belief[observer * rows + row] = belief;
                resolve += belief * draw.rows[row].resolve;
            }
            // A party knows its own type.
            if index == observer {
                resolve = draw.rows[self.world.truth[observer]].resolve;
            }
            self.world.resolve[observer * model.parties.len() + index] = resolve;
        }
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
                into[row] /= total;
            }
        }
    }
}
