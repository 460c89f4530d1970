//! The best package by a concept, found exactly without listing all packages.
//!
//! Flows in: [`Slices`], what each party gains at least, a [`Concept`]. Flows out: the key, the gains
//! and every package tied for them. Branch and bound: for any prices `l_i >= 0` the sum
//! `sum_i l_i g_i` is separable over a slice's blocks, so its maximum `M(l)` is found at once, and it
//! bounds each concept (Lagrangian relaxation; Everett 1963):
//!
//! ```text
//! sum_i a_i ln g_i  <=  M(l) - sum_i a_i (ln(l_i / a_i) + 1)       Nash
//! min_i g_i / s_i   <=  M(l)    with  sum_i l_i s_i = 1            leximin
//! sum_i a_i g_i     <=  M(l)    with  l_i >= a_i,  all g_i >= 0    sum
//! ```
//!
//! The prices are first improved by subgradient steps; then only packages whose priced sum reaches
//! what the best known one needs are visited. Invariant: the result is exact unless [`Found::exact`]
//! says that the visits ran out; then [`Found::bound`] is what nothing can exceed.

mod prices;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use super::concept::{Concept, POSITIVE, compare, representative, slack};
use super::slices::Slices;
use super::space::{Package, ratified};
use crate::model::plan::MAX_PARTIES;

/// Partial packages visited before a search gives up being exact.
const VISITS: u64 = 3_000_000;
/// Tied choices kept; packages listed for them.
const TIES: usize = 4096;
const LISTED: usize = 256;

type Vector = [f64; MAX_PARTIES];

/// The best package by a concept.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Key of the concept.
    pub key: Vec<f64>,
    /// Gains of the package that stands for the tied ones, by party of the slices.
    pub gains: Vec<f64>,
    /// The package that stands for the tied ones.
    pub package: Package,
    /// Packages tied for it, in order, the first 256.
    pub tied: Vec<Package>,
    /// How many are tied.
    pub ties: u128,
    /// Whether no package can be better.
    pub exact: bool,
    /// What no package exceeds: the sum of logarithms, the smallest ratio or the sum of gains. Its own
    /// value where it is exact.
    pub bound: f64,
}

/// A question to a space.
#[derive(Debug)]
pub struct Search<'a> {
    slices: &'a Slices,
    /// By party: gain of the situation as it stands, `now_i - d_i`.
    offset: Vec<f64>,
    /// Whether nobody may lose.
    rational: bool,
    /// `[form][party]`: gain that a package of the form must bring, if not just 0.
    floors: Option<&'a [Vec<f64>]>,
    /// By party: what the representative of tied packages is measured by.
    scales: Vec<f64>,
    visits: u64,
}

impl<'a> Search<'a> {
    /// Packages of the slices in which nobody loses against `no_deal`; `now` and `no_deal` are those
    /// of the slices' parties.
    pub fn rational(slices: &'a Slices, now: &[f64], no_deal: &[f64]) -> Self {
        Self {
            slices,
            offset: now.iter().zip(no_deal).map(|(now, d)| now - d).collect(),
            rational: true,
            floors: None,
            scales: vec![1.0; now.len()],
            visits: VISITS,
        }
    }

    /// All packages of the slices.
    pub fn any(slices: &'a Slices, now: &[f64], no_deal: &[f64]) -> Self {
        Self {
            rational: false,
            ..Self::rational(slices, now, no_deal)
        }
    }

    /// Asks packages that change a promise for gains of at least `floors[form][party]`, at least 0.
    pub fn above(self, floors: &'a [Vec<f64>]) -> Self {
        Self {
            floors: Some(floors),
            ..self
        }
    }

    /// Gain that a package of a slice must bring a party, if nobody may lose.
    fn floor(&self, slice: usize, party: usize) -> f64 {
        let slice = &self.slices.list[slice];
        // What promises nothing need not pass anyone.
        let floors = self.floors.filter(|_| slice.promise);
        floors.map_or(0.0, |floors| floors[slice.form][party])
    }

    /// Measures tied packages by gains divided by these.
    pub fn measured_by(self, scales: &[f64]) -> Self {
        Self {
            scales: scales.to_vec(),
            ..self
        }
    }

    /// The best package; none if there is no package in which nobody loses.
    pub fn best(&self, concept: &Concept) -> Option<Found> {
        let n = self.offset.len();
        let mut state = State {
            search: self,
            concept,
            n,
            key: Vec::new(),
            best: Vec::new(),
            tied: Vec::new(),
            ties_beyond: false,
            need: f64::NEG_INFINITY,
            least: [f64::NEG_INFINITY; MAX_PARTIES],
            constant: 0.0,
            left: self.visits,
        };
        let (prices, bound) = state.prices();
        state.constant = state.constant_of(&prices);
        state.raise();
        // The most promising slice first: a good package early saves visits later.
        let mut order: Vec<(f64, usize)> = (0..self.slices.list.len())
            .map(|slice| (state.priced(slice, &prices).bound, slice))
            .collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for (bound, slice) in order {
            if bound < state.need {
                break;
            }
            state.visit(slice, &prices);
        }
        let exact = state.left > 0;
        state.found(exact, bound)
    }
}

struct State<'s> {
    search: &'s Search<'s>,
    concept: &'s Concept,
    n: usize,
    key: Vec<f64>,
    /// Key of the best package known; empty before the first.
    best: Vec<f64>,
    /// Tied packages: slice, choices, gains.
    tied: Vec<(usize, Vec<u16>, Vec<f64>)>,
    ties_beyond: bool,
    /// Priced sum that a package needs in order to matter.
    need: f64,
    /// By party: gain that a package needs in order to matter.
    least: Vector,
    /// What the concept's bound takes off the priced sum; see the module.
    constant: f64,
    left: u64,
}

impl State<'_> {
    fn gains(&self, slice: usize, changes: &Vector) -> Vector {
        let share = self.search.slices.list[slice].ratified;
        let mut gains = [0.0; MAX_PARTIES];
        for i in 0..self.n {
            gains[i] = self.search.offset[i] + ratified(changes[i], share);
        }
        gains
    }

    fn changes(&self, slice: usize, choices: &[u16]) -> Vector {
        let n = self.n;
        let slice = &self.search.slices.list[slice];
        let mut changes = [0.0; MAX_PARTIES];
        changes[..n].copy_from_slice(&slice.base);
        for (block, &choice) in slice.blocks.iter().zip(choices) {
            let of = &block.changes[usize::from(choice) * n..];
            changes[..n]
                .iter_mut()
                .zip(of)
                .for_each(|(sum, change)| *sum += change);
        }
        changes
    }

    /// Climbs from some choices, one block at a time, and keeps the best package met.
    fn improve(&mut self, slice: usize, mut choices: Vec<u16>) {
        let n = self.n;
        let mut changes = self.changes(slice, &choices);
        let mut known = self.judged(slice, &choices, &changes);
        for _ in 0..4 {
            let mut moved = false;
            for at in 0..choices.len() {
                let block = &self.search.slices.list[slice].blocks[at];
                let before = usize::from(choices[at]);
                for choice in (0..block.choices()).filter(|&choice| choice != before) {
                    let block = &self.search.slices.list[slice].blocks[at];
                    let now = usize::from(choices[at]);
                    let mut next = changes;
                    for (i, sum) in next[..n].iter_mut().enumerate() {
                        *sum += block.changes[choice * n + i] - block.changes[now * n + i];
                    }
                    let gains = self.gains(slice, &next);
                    let mut key = Vec::new();
                    // Outside the zone, first of all towards it.
                    let short = self.shortfall(slice, &gains);
                    key.push(-short);
                    let mut of = std::mem::take(&mut self.key);
                    self.concept.key(&gains[..n], &mut of);
                    key.extend_from_slice(&of);
                    self.key = of;
                    if compare(&key, &known) == Ordering::Greater {
                        known = key;
                        changes = next;
                        choices[at] = choice as u16;
                        moved = true;
                    }
                }
            }
            if !moved {
                break;
            }
        }
        let changes = self.changes(slice, &choices);
        self.leaf(slice, &choices, &changes);
        // Ties are collected by the visit alone, or they would be counted twice.
        self.tied.clear();
    }

    fn judged(&mut self, slice: usize, choices: &[u16], changes: &Vector) -> Vec<f64> {
        self.leaf(slice, choices, changes);
        let gains = self.gains(slice, changes);
        let mut key = vec![-self.shortfall(slice, &gains)];
        let mut of = std::mem::take(&mut self.key);
        self.concept.key(&gains[..self.n], &mut of);
        key.extend_from_slice(&of);
        self.key = of;
        key
    }

    /// How far the parties together are from where nobody would lose.
    fn shortfall(&self, slice: usize, gains: &Vector) -> f64 {
        if !self.search.rational {
            return 0.0;
        }
        let short = |i: usize| (self.search.floor(slice, i) - gains[i] - POSITIVE).max(0.0);
        (0..self.n).map(short).sum()
    }

    /// Takes in a whole package.
    fn leaf(&mut self, slice: usize, choices: &[u16], changes: &Vector) {
        let n = self.n;
        let of = &self.search.slices.list[slice];
        if of.must_promise {
            let mut blocks = of.blocks.iter().zip(choices);
            if !blocks.any(|(block, &choice)| block.promises[usize::from(choice)]) {
                return;
            }
        }
        let gains = self.gains(slice, changes);
        if self.search.rational && (0..n).any(|i| gains[i] < self.search.floor(slice, i) - POSITIVE)
        {
            return;
        }
        let mut key = std::mem::take(&mut self.key);
        self.concept.key(&gains[..n], &mut key);
        let order = if self.best.is_empty() {
            Ordering::Greater
        } else {
            compare(&key, &self.best)
        };
        match order {
            Ordering::Less => {}
            Ordering::Equal if self.tied.len() >= TIES => self.ties_beyond = true,
            Ordering::Equal => self
                .tied
                .push((slice, choices.to_vec(), gains[..n].to_vec())),
            Ordering::Greater => {
                self.best.clone_from(&key);
                self.tied.clear();
                self.ties_beyond = false;
                self.tied
                    .push((slice, choices.to_vec(), gains[..n].to_vec()));
                self.raise();
            }
        }
        self.key = key;
    }

    /// What a package now needs in order to matter.
    fn raise(&mut self) {
        if self.search.rational {
            self.least[..self.n].fill(-POSITIVE);
        }
        let Some(&first) = self.best.first() else {
            return;
        };
        match self.concept {
            Concept::Nash(weights) => {
                // The bound holds for packages that give everyone something.
                if first as usize == weights.iter().filter(|weight| **weight > 0.0).count() {
                    self.need = slack(self.best[1]) + self.constant;
                }
            }
            // Whoever can get nothing has ratio 1 whatever happens: with nobody else there is no bound.
            Concept::Leximin(scales) if scales.iter().all(|scale| *scale <= POSITIVE) => {}
            Concept::Leximin(scales) => {
                self.need = slack(first);
                for (least, scale) in self.least.iter_mut().zip(scales) {
                    if *scale > POSITIVE {
                        *least = least.max(slack(first) * scale - POSITIVE);
                    }
                }
            }
            Concept::Sum(_) => self.need = slack(first),
        }
    }

    /// Visits the packages of a slice that matter.
    fn visit(&mut self, slice: usize, prices: &Vector) {
        let n = self.n;
        let priced = self.priced(slice, prices);
        let of = &self.search.slices.list[slice];
        let weights = priced.weights;
        let mut stages: Vec<Stage> = (of.blocks.iter().enumerate())
            .map(|(index, block)| {
                let value = |choice: usize| dot(n, &weights, &block.changes[choice * n..][..n]);
                let mut order: Vec<(f64, u16)> = (0..block.choices())
                    .map(|choice| (value(choice), choice as u16))
                    .collect();
                order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                let mut most = [f64::NEG_INFINITY; MAX_PARTIES];
                for choice in block.changes.chunks_exact(n) {
                    most.iter_mut()
                        .zip(choice)
                        .for_each(|(most, x)| *most = most.max(*x));
                }
                Stage {
                    block: index,
                    order,
                    rest: 0.0,
                    most,
                }
            })
            .collect();
        let width = |stage: &Stage| stage.order[0].0 - stage.order[stage.order.len() - 1].0;
        stages.sort_by(|a, b| width(b).total_cmp(&width(a)).then(a.block.cmp(&b.block)));
        // What the stages from each one on can still add.
        let (mut rest, mut most) = (0.0, [0.0; MAX_PARTIES]);
        for stage in stages.iter_mut().rev() {
            let (value, change) = (stage.order[0].0, stage.most);
            stage.rest = rest;
            stage.most = most;
            rest += value;
            most.iter_mut().zip(&change).for_each(|(sum, x)| *sum += x);
        }
        let mut changes = [0.0; MAX_PARTIES];
        changes[..n].copy_from_slice(&of.base);
        let value = dot(n, prices, &self.search.offset) + dot(n, &weights, &of.base);
        let mut choices = vec![0; of.blocks.len()];
        self.descend(slice, &stages, value, &changes, &mut choices);
    }

    fn descend(
        &mut self,
        slice: usize,
        stages: &[Stage],
        value: f64,
        changes: &Vector,
        choices: &mut Vec<u16>,
    ) {
        let n = self.n;
        let Some((stage, rest)) = stages.split_first() else {
            self.leaf(slice, choices, changes);
            return;
        };
        let share = self.search.slices.list[slice].ratified;
        let mut floors = [f64::NEG_INFINITY; MAX_PARTIES];
        if self.search.rational {
            (0..n).for_each(|i| floors[i] = self.search.floor(slice, i) - POSITIVE);
        }
        for &(worth, choice) in &stage.order {
            if value + worth + stage.rest < self.need - 1e-12 || self.left == 0 {
                return;
            }
            self.left -= 1;
            let block = &self.search.slices.list[slice].blocks[stage.block];
            let of = &block.changes[usize::from(choice) * n..][..n];
            let mut next = *changes;
            let mut matters = true;
            for i in 0..n {
                next[i] += of[i];
                let most = self.search.offset[i] + ratified(next[i] + stage.most[i], share);
                matters &= most >= self.least[i].max(floors[i]) - 1e-12;
            }
            if matters {
                choices[stage.block] = choice;
                self.descend(slice, rest, value + worth, &next, choices);
            }
        }
    }

    fn found(self, exact: bool, bound: f64) -> Option<Found> {
        let slices = self.search.slices;
        let mut tied = self.tied;
        if tied.is_empty() {
            return None;
        }
        // Better packages may have come after the first ties were kept within rounding.
        let mut key = Vec::new();
        tied.retain(|(_, _, gains)| {
            self.concept.key(gains, &mut key);
            compare(&key, &self.best).is_eq()
        });
        let mut listed: Vec<(Package, usize)> = Vec::new();
        let mut ties = 0;
        for (index, (slice, choices, _)) in tied.iter().enumerate() {
            ties += slices.multiplicity(*slice, choices);
            let packages = slices.packages(*slice, choices, LISTED);
            listed.extend(packages.into_iter().map(|package| (package, index)));
        }
        listed.sort();
        let gains = listed.iter().map(|(_, index)| tied[*index].2.as_slice());
        let chosen = representative(gains, &self.search.scales)?;
        let package = listed[chosen].0.clone();
        let gains = tied[listed[chosen].1].2.clone();
        listed.truncate(LISTED);
        Some(Found {
            bound: if exact {
                self.best[usize::from(matches!(self.concept, Concept::Nash(_)))]
            } else {
                bound
            },
            key: self.best,
            gains,
            package,
            tied: listed.into_iter().map(|(package, _)| package).collect(),
            ties,
            exact: exact && !self.ties_beyond,
        })
    }
}

/// A block as the visit meets it.
struct Stage {
    block: usize,
    /// Choices by priced worth, best first.
    order: Vec<(f64, u16)>,
    /// The most that the blocks after it can add, priced.
    rest: f64,
    /// The same for each party.
    most: Vector,
}

#[inline]
fn dot(n: usize, a: &[f64], b: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..n {
        sum += a[i] * b[i];
    }
    sum
}
