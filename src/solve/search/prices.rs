//! Prices at which the priced sum of gains bounds a concept as tightly as it can.
//!
//! Flows in: the slices and a concept. Flows out: prices, the bound, good packages met on the way.
//! Invariant: any prices give a bound; better ones only save visits.

use super::{State, Vector, dot};
use crate::math;
use crate::model::plan::MAX_PARTIES;
use crate::solve::concept::{Concept, POSITIVE, ratio};
use crate::solve::slices::Slice;

/// Steps by which prices are improved.
const STEPS: usize = 14;

/// A slice under prices.
pub(super) struct Priced {
    /// Upper bound of the priced sum of gains.
    pub(super) bound: f64,
    /// By party: price of a change.
    pub(super) weights: Vector,
    /// The choices that reach it.
    pub(super) choices: Vec<u16>,
    /// What they change.
    pub(super) changes: Vector,
}

impl State<'_> {
    /// Good prices, and the bound they give. The packages met on the way are kept.
    pub(super) fn prices(&mut self) -> (Vector, f64) {
        let n = self.n;
        let mut prices = [0.0; MAX_PARTIES];
        match self.concept {
            Concept::Nash(weights) => {
                for (price, weight) in prices.iter_mut().zip(weights) {
                    *price = weight * 5.0;
                }
            }
            Concept::Leximin(scales) => {
                let counted = scales
                    .iter()
                    .filter(|scale| **scale > POSITIVE)
                    .count()
                    .max(1);
                for (price, scale) in prices.iter_mut().zip(scales) {
                    if *scale > POSITIVE {
                        *price = 1.0 / (counted as f64 * scale);
                    }
                }
            }
            Concept::Sum(weights) => prices[..n].copy_from_slice(weights),
        }
        let (mut best, mut least) = (prices, f64::INFINITY);
        for step in 0..STEPS {
            let mut bound = f64::NEG_INFINITY;
            let mut reached = [0.0; MAX_PARTIES];
            let mut at = (0, Vec::new());
            for slice in 0..self.search.slices.list.len() {
                let priced = self.priced(slice, &prices);
                if priced.bound > bound {
                    bound = priced.bound;
                    reached = self.gains(slice, &priced.changes);
                    at = (slice, priced.choices);
                }
            }
            if bound.is_infinite() {
                break;
            }
            if bound - self.constant_of(&prices) < least {
                least = bound - self.constant_of(&prices);
                best = prices;
            }
            self.improve(at.0, at.1);
            let pace = 2.0 / (2.0 + step as f64);
            self.step(&mut prices, &reached, pace);
        }
        (best, least)
    }

    /// One subgradient step: parties that got too little become dearer.
    fn step(&self, prices: &mut Vector, reached: &Vector, pace: f64) {
        match self.concept {
            Concept::Nash(weights) => {
                for (i, weight) in weights.iter().enumerate().filter(|(_, w)| **w > 0.0) {
                    let excess = (prices[i] * reached[i] / weight - 1.0).clamp(-2.0, 2.0);
                    prices[i] = (prices[i] * math::exp(-pace * excess)).clamp(1e-9, 1e9);
                }
            }
            Concept::Leximin(scales) => {
                let range = (0..self.n).map(|i| ratio(reached[i], scales[i]));
                let widest = range
                    .clone()
                    .fold(0.0, |w: f64, x| w.max(x.abs()))
                    .max(1e-9);
                for (i, share) in range.enumerate() {
                    prices[i] *= math::exp(-2.0 * pace * share / widest);
                }
                let total: f64 = (0..self.n).map(|i| prices[i] * scales[i]).sum();
                prices[..self.n]
                    .iter_mut()
                    .for_each(|price| *price /= total.max(1e-300));
            }
            Concept::Sum(weights) => {
                let most = weights.iter().copied().fold(0.0, f64::max);
                let widest = reached[..self.n]
                    .iter()
                    .fold(0.0, |w: f64, x| w.max(x.abs()));
                for (i, weight) in weights.iter().enumerate() {
                    let move_by = pace * most * reached[i] / widest.max(1e-9);
                    if self.search.rational {
                        prices[i] = (prices[i] - move_by).max(*weight);
                    }
                }
            }
        }
    }

    /// See the module: what is taken off the priced sum to bound the concept.
    pub(super) fn constant_of(&self, prices: &Vector) -> f64 {
        match self.concept {
            Concept::Nash(weights) => (weights.iter().zip(prices))
                .filter(|(weight, _)| **weight > 0.0)
                .map(|(weight, price)| weight * (math::ln(price / weight) + 1.0))
                .sum(),
            Concept::Leximin(_) | Concept::Sum(_) => 0.0,
        }
    }

    /// The maximum of the priced sum over a slice.
    pub(super) fn priced(&self, slice: usize, prices: &Vector) -> Priced {
        let slice = &self.search.slices.list[slice];
        let mut weights = *prices;
        weights[..self.n]
            .iter_mut()
            .for_each(|weight| *weight *= slice.ratified);
        let mut best = self.priced_at(slice, prices, weights);
        // A loss counts in full: both slopes bound the concave utility, and the smaller bound wins.
        let mut other = weights;
        for i in 0..self.n {
            if best.changes[i] < 0.0 {
                other[i] = prices[i];
            }
        }
        if slice.ratified < 1.0 {
            let second = self.priced_at(slice, prices, other);
            if second.bound < best.bound {
                best = second;
            }
        }
        best
    }

    fn priced_at(&self, slice: &Slice, prices: &Vector, weights: Vector) -> Priced {
        let n = self.n;
        let mut changes = [0.0; MAX_PARTIES];
        changes[..n].copy_from_slice(&slice.base);
        let mut choices = Vec::with_capacity(slice.blocks.len());
        let mut bound = dot(n, prices, &self.search.offset) + dot(n, &weights, &slice.base);
        for block in &slice.blocks {
            let mut best = (f64::NEG_INFINITY, 0);
            for choice in 0..block.choices() {
                let value = dot(n, &weights, &block.changes[choice * n..(choice + 1) * n]);
                if value > best.0 {
                    best = (value, choice);
                }
            }
            bound += best.0;
            choices.push(best.1 as u16);
            let of = &block.changes[best.1 * n..(best.1 + 1) * n];
            changes
                .iter_mut()
                .zip(of)
                .for_each(|(sum, change)| *sum += change);
        }
        Priced {
            bound,
            weights,
            choices,
            changes,
        }
    }
}
