//! How the conflict can evolve from a state: shortest sequences of moves, and of improvements only.
//!
//! Flows in: a graph, a starting state. Flows out: for every state the length of the shortest legal
//! sequence that leads there, one such sequence, and who moves. Invariant: nobody moves twice in a
//! row, so the search runs over pairs (state, last mover).
//!
//! Status quo analysis: Li, Kilgour and Hipel (2005), *INFOR* 43: 1-16.

use std::collections::VecDeque;

use super::{Graph, Payoffs, Step};

/// No predecessor.
const NONE: u32 = u32::MAX;

/// What a search found.
#[derive(Debug, Clone)]
pub struct Reach {
    start: usize,
    movers: Vec<usize>,
    states: usize,
    /// `[k * states + state]`: node from which mover `k` first came to the state; the start's
    /// number is `movers * states`.
    before: Vec<u32>,
    /// Nodes in the order in which they were found.
    found: Vec<u32>,
    /// By state: the first node there.
    first: Vec<u32>,
}

/// Searches all legal sequences of the movers; with payoffs given, of improvements only.
pub fn search(graph: &Graph, movers: &[usize], start: usize, improving: Option<&Payoffs>) -> Reach {
    let states = graph.states();
    let root = (movers.len() * states) as u32;
    let mut reach = Reach {
        start,
        movers: movers.to_vec(),
        states,
        before: vec![NONE; movers.len() * states],
        found: Vec::new(),
        first: vec![NONE; states],
    };
    let mut open = VecDeque::from([root]);
    while let Some(node) = open.pop_front() {
        let (last, state) = if node == root {
            (None, start)
        } else {
            (Some(node as usize / states), node as usize % states)
        };
        for (k, &mover) in movers.iter().enumerate() {
            if last == Some(k) {
                continue;
            }
            let here = improving.map(|payoffs| payoffs.of(mover, state));
            for to in graph.moves(mover, state) {
                let next = k * states + to;
                let serves = improving.is_none_or(|payoffs| Some(payoffs.of(mover, to)) > here);
                if !serves || reach.before[next] != NONE {
                    continue;
                }
                reach.before[next] = node;
                reach.found.push(next as u32);
                if reach.first[to] == NONE {
                    reach.first[to] = next as u32;
                }
                open.push_back(next as u32);
            }
        }
    }
    reach
}

impl Reach {
    /// A shortest sequence of one or more moves to a state, if there is one.
    pub fn path(&self, state: usize) -> Option<Vec<Step>> {
        let mut node = self.first[state];
        if node == NONE {
            return None;
        }
        let mut steps = Vec::new();
        while (node as usize) < self.before.len() {
            let step = self.step(node);
            steps.push(step);
            node = self.before[node as usize];
        }
        steps.reverse();
        Some(steps)
    }

    /// The length of that sequence.
    pub fn distance(&self, state: usize) -> Option<usize> {
        self.path(state).map(|path| path.len())
    }

    /// Every move that first reached some pair (state, last mover), in the order found.
    pub fn steps(&self) -> impl Iterator<Item = Step> + '_ {
        self.found.iter().map(|&node| self.step(node))
    }

    fn step(&self, node: u32) -> Step {
        let before = self.before[node as usize] as usize;
        Step {
            party: self.movers[node as usize / self.states],
            from: if before == self.before.len() {
                self.start
            } else {
                before % self.states
            },
            to: node as usize % self.states,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{elmira, random};
    use super::*;

    #[test]
    fn elmira_evolves_as_published() {
        let (graph, payoffs) = elmira();
        let moves = search(&graph, &graph.movers(), 0, None);
        let lengths: Vec<Option<usize>> = (1..9).map(|state| moves.distance(state)).collect();
        let expected = [1, 1, 2, 1, 2, 2, 3, 1].map(Some);
        assert_eq!(lengths, expected);
        let gains = search(&graph, &graph.movers(), 0, Some(&payoffs));
        for state in 1..9 {
            assert_eq!(gains.distance(state), (state == 4).then_some(1));
        }
        let path = gains.path(4).expect("state 5 is one improvement away");
        assert_eq!(
            path,
            [Step {
                party: 2,
                from: 0,
                to: 4
            }]
        );
    }

    #[test]
    fn paths_are_legal_and_begin_at_the_start() {
        for seed in 0..100 {
            let (graph, payoffs) = random(seed, 3, 10, 6);
            for improving in [None, Some(&payoffs)] {
                let reach = search(&graph, &graph.movers(), 2, improving);
                for state in 0..10 {
                    let Some(path) = reach.path(state) else {
                        continue;
                    };
                    assert_eq!(path[0].from, 2);
                    assert_eq!(path[path.len() - 1].to, state);
                    for pair in path.windows(2) {
                        assert_eq!(pair[0].to, pair[1].from);
                        assert_ne!(pair[0].party, pair[1].party);
                    }
                    for step in &path {
                        assert!(graph.moves(step.party, step.from).any(|to| to == step.to));
                        let gain =
                            payoffs.of(step.party, step.to) > payoffs.of(step.party, step.from);
                        assert!(improving.is_none() || gain);
                    }
                }
            }
        }
    }
}
