//! The Pareto frontier of many outcomes for any number of parties.
//!
//! Flows in: utilities of outcomes. Flows out: those that no other dominates. Invariant: exact;
//! outcomes worth the same to everyone are all kept or all left out.
//!
//! Outcomes are taken in falling lexicographic order, so that whatever dominates one comes before it
//! (Kung, Luccio and Preparata 1975), and are tested against those kept so far, which stand in
//! k-d trees of doubling sizes (Bentley and Saxe 1980).

use std::cmp::Ordering;

/// Points kept in a list before they go into a tree.
const BUFFER: usize = 64;
/// Points of a leaf.
const LEAF: usize = 16;

/// Outcomes that no other dominates, ascending; one with a utility of minus infinity is no outcome.
/// `utilities[outcome * parties + party]`.
pub fn frontier(parties: usize, utilities: &[f64]) -> Vec<usize> {
    let of = |outcome: u32| {
        let at = outcome as usize * parties;
        &utilities[at..at + parties]
    };
    let strong = strong(parties, utilities);
    let mut order: Vec<u32> = (0..(utilities.len() / parties.max(1)) as u32)
        .filter(|&outcome| {
            let point = of(outcome);
            point.iter().all(|u| u.is_finite())
                && !strong
                    .iter()
                    .any(|&s| super::concept::dominates(of(s), point))
        })
        .collect();
    order.sort_unstable_by(|&a, &b| lexicographic(of(b), of(a)).then(a.cmp(&b)));
    let mut kept: Vec<usize> = Vec::new();
    let mut forest = Forest {
        parties,
        points: utilities,
        buffer: Vec::new(),
        trees: Vec::new(),
    };
    let mut before: Option<(u32, bool)> = None;
    for outcome in order {
        let point = of(outcome);
        let same = before.filter(|(other, _)| lexicographic(of(*other), point).is_eq());
        let keep = same.map_or_else(|| !forest.covers(point), |(_, keep)| keep);
        if keep {
            kept.push(outcome as usize);
            if same.is_none() {
                forest.insert(outcome);
            }
        }
        before = Some((outcome, keep));
    }
    kept.sort_unstable();
    kept
}

/// A few outcomes that dominate many others: the best by several weighted sums.
fn strong(parties: usize, utilities: &[f64]) -> Vec<u32> {
    let mut weights: Vec<Vec<f64>> = vec![vec![1.0; parties]];
    for party in 0..parties {
        for heavy in [2.0, 5.0] {
            let mut weight = vec![1.0; parties];
            weight[party] = heavy;
            weights.push(weight);
        }
    }
    let mut best: Vec<(f64, u32)> = vec![(f64::NEG_INFINITY, 0); weights.len()];
    for (outcome, point) in utilities.chunks_exact(parties.max(1)).enumerate() {
        if point.iter().any(|u| !u.is_finite()) {
            continue;
        }
        for (best, weights) in best.iter_mut().zip(&weights) {
            let sum: f64 = point
                .iter()
                .zip(weights)
                .map(|(u, weight)| u * weight)
                .sum();
            if sum > best.0 {
                *best = (sum, outcome as u32);
            }
        }
    }
    let mut strong: Vec<u32> = best
        .into_iter()
        .filter(|(sum, _)| sum.is_finite())
        .map(|(_, outcome)| outcome)
        .collect();
    strong.sort_unstable();
    strong.dedup();
    strong
}

fn lexicographic(a: &[f64], b: &[f64]) -> Ordering {
    for (x, y) in a.iter().zip(b) {
        // Minus zero is zero.
        match x.partial_cmp(y) {
            Some(Ordering::Equal) | None => {}
            Some(order) => return order,
        }
    }
    Ordering::Equal
}

struct Forest<'a> {
    parties: usize,
    points: &'a [f64],
    buffer: Vec<u32>,
    trees: Vec<Tree>,
}

struct Tree {
    ids: Vec<u32>,
    nodes: Vec<Node>,
    /// `[(node * 2 + side) * parties + party]`: most (side 0) and least (side 1) of its points.
    corners: Vec<f64>,
}

struct Node {
    from: u32,
    to: u32,
    /// Its two children, 0 for a leaf.
    left: u32,
    right: u32,
}

impl Forest<'_> {
    fn point(&self, id: u32) -> &[f64] {
        let at = id as usize * self.parties;
        &self.points[at..at + self.parties]
    }

    /// Whether a kept point is at least as good for everyone.
    fn covers(&self, point: &[f64]) -> bool {
        let at_least = |id: &u32| self.point(*id).iter().zip(point).all(|(x, y)| x >= y);
        // The last ones are the likeliest: they are next to it in the order.
        self.buffer.iter().rev().any(at_least)
            || self
                .trees
                .iter()
                .rev()
                .any(|tree| self.search(tree, 0, point))
    }

    fn search(&self, tree: &Tree, node: usize, point: &[f64]) -> bool {
        let n = self.parties;
        let corners = &tree.corners[node * 2 * n..(node + 1) * 2 * n];
        let (most, least) = corners.split_at(n);
        if most.iter().zip(point).any(|(x, y)| x < y) {
            return false;
        }
        if least.iter().zip(point).all(|(x, y)| x >= y) {
            return true;
        }
        let of = &tree.nodes[node];
        if of.left == 0 {
            return tree.ids[of.from as usize..of.to as usize]
                .iter()
                .any(|&id| self.point(id).iter().zip(point).all(|(x, y)| x >= y));
        }
        self.search(tree, of.left as usize, point) || self.search(tree, of.right as usize, point)
    }

    fn insert(&mut self, id: u32) {
        self.buffer.push(id);
        if self.buffer.len() < BUFFER {
            return;
        }
        let mut ids = std::mem::take(&mut self.buffer);
        while self
            .trees
            .last()
            .is_some_and(|tree| tree.ids.len() <= ids.len())
        {
            ids.append(&mut self.trees.pop().expect("there is one").ids);
        }
        let mut tree = Tree {
            ids,
            nodes: Vec::new(),
            corners: Vec::new(),
        };
        let count = tree.ids.len();
        self.build(&mut tree, 0, count, 0);
        self.trees.push(tree);
    }

    fn build(&self, tree: &mut Tree, from: usize, to: usize, axis: usize) -> usize {
        let node = tree.nodes.len();
        tree.nodes.push(Node {
            from: from as u32,
            to: to as u32,
            left: 0,
            right: 0,
        });
        for side in [f64::max, f64::min] {
            for party in 0..self.parties {
                let values = tree.ids[from..to].iter().map(|&id| self.point(id)[party]);
                tree.corners
                    .push(values.reduce(side).expect("no node is empty"));
            }
        }
        if to - from > LEAF {
            let middle = (to - from) / 2;
            tree.ids[from..to].select_nth_unstable_by(middle, |&a, &b| {
                self.point(a)[axis].total_cmp(&self.point(b)[axis])
            });
            let next = (axis + 1) % self.parties;
            let left = self.build(tree, from, from + middle, next);
            let right = self.build(tree, from + middle, to, next);
            tree.nodes[node].left = left as u32;
            tree.nodes[node].right = right as u32;
        }
        node
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::solve::concept::dominates;

    fn by_definition(parties: usize, utilities: &[f64]) -> Vec<usize> {
        let points: Vec<&[f64]> = utilities.chunks_exact(parties).collect();
        (0..points.len())
            .filter(|&i| points[i].iter().all(|u| u.is_finite()))
            .filter(|&i| {
                let possible = points
                    .iter()
                    .filter(|point| point.iter().all(|u| u.is_finite()));
                !possible
                    .into_iter()
                    .any(|other| dominates(other, points[i]))
            })
            .collect()
    }

    #[test]
    fn the_frontier_is_what_nothing_dominates() {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        for case in 0..60 {
            let parties = 1 + case % 5;
            let count = [7, 90, 900][case % 3];
            // On few distinct values there are ties in every coordinate.
            let steps = [4.0, 50.0, 1e9][case / 3 % 3];
            let utilities: Vec<f64> = (0..count * parties)
                .map(|_| match random.random::<f64>() {
                    u if u < 0.01 => f64::NEG_INFINITY,
                    u => (u * steps).round() / steps,
                })
                .collect();
            let expected = by_definition(parties, &utilities);
            assert_eq!(frontier(parties, &utilities), expected, "{case}");
        }
    }

    #[test]
    fn a_frontier_of_everything() {
        // On a simplex nobody dominates anybody.
        let mut random = ChaCha8Rng::seed_from_u64(9);
        let utilities: Vec<f64> = (0..3000)
            .flat_map(|_| {
                let (a, b): (f64, f64) = (random.random(), random.random());
                [a, b, 2.0 - a - b]
            })
            .collect();
        assert!(frontier(3, &utilities).len() > 2990);
    }
}
