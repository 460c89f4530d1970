//! The graph model for conflict resolution: states, who can move between them, who likes which.
//!
//! Flows in: for each party its moves and a payoff per state, as plain numbers. Flows out: which
//! states hold under which notion of stability ([`stability`]), what coalitions can do
//! ([`coalition`]), how the status quo can evolve ([`status_quo`]), why ([`narrate`]) and what would
//! have to be preferred for a state to hold ([`inverse`]). [`options`] builds the graph from what
//! each party can choose.
//!
//! Invariant: a state is reachable from itself by no single move, and no state appears twice in a
//! list of moves. Only the order of a party's payoffs matters, never their size.
//!
//! Sources: Fang, Hipel and Kilgour (1993), *Interactive Decision Making*; Kilgour and Hipel (2005),
//! *Group Decision and Negotiation* 14: 441-460.

pub mod coalition;
pub mod inverse;
pub mod narrate;
pub mod options;
pub mod stability;
pub mod status_quo;

#[cfg(test)]
pub(crate) mod by_definition;

use std::collections::BTreeMap;

pub use crate::scenario::games::MAX_STATES;

/// Why numbers make no graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// More states than [`MAX_STATES`].
    #[error("{0} states, but at most {MAX_STATES} are possible")]
    TooManyStates(usize),
    /// A move from or to a state that does not exist.
    #[error("a move names state {state}, but there are {states} states")]
    NoSuchState {
        /// State named.
        state: usize,
        /// Number of states.
        states: usize,
    },
    /// A move that leads nowhere.
    #[error("a move leads from state {0} to itself")]
    Loop(usize),
}

/// Where a party can move from each state, as one list with places.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Moves {
    first: Vec<u32>,
    to: Vec<u32>,
}

impl Moves {
    fn new(states: usize, edges: &mut Vec<(u32, u32)>) -> Self {
        edges.sort_unstable();
        edges.dedup();
        let mut first = vec![0_u32; states + 1];
        for &(from, _) in edges.iter() {
            first[from as usize + 1] += 1;
        }
        for state in 0..states {
            first[state + 1] += first[state];
        }
        Self {
            first,
            to: edges.iter().map(|&(_, to)| to).collect(),
        }
    }

    fn of(&self, state: usize) -> &[u32] {
        &self.to[self.first[state] as usize..self.first[state + 1] as usize]
    }
}

/// States and moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    states: usize,
    forward: Vec<Moves>,
    backward: Vec<Moves>,
}

impl Graph {
    /// From the moves of each party, as pairs (from, to).
    pub fn new(states: usize, moves: &[Vec<(usize, usize)>]) -> Result<Self, GraphError> {
        if states > MAX_STATES {
            return Err(GraphError::TooManyStates(states));
        }
        let mut forward = Vec::with_capacity(moves.len());
        let mut backward = Vec::with_capacity(moves.len());
        for own in moves {
            let mut edges = Vec::with_capacity(own.len());
            for &(from, to) in own {
                if let Some(state) = [from, to].into_iter().find(|&state| state >= states) {
                    return Err(GraphError::NoSuchState { state, states });
                }
                if from == to {
                    return Err(GraphError::Loop(from));
                }
                edges.push((from as u32, to as u32));
            }
            let mut reversed = edges.iter().map(|&(from, to)| (to, from)).collect();
            forward.push(Moves::new(states, &mut edges));
            backward.push(Moves::new(states, &mut reversed));
        }
        Ok(Self {
            states,
            forward,
            backward,
        })
    }

    /// Number of states.
    pub fn states(&self) -> usize {
        self.states
    }

    /// Number of parties.
    pub fn parties(&self) -> usize {
        self.forward.len()
    }

    /// States to which a party can move by itself, in one move: `R_i(s)`.
    pub fn moves(&self, party: usize, state: usize) -> impl Iterator<Item = usize> + '_ {
        self.forward[party].of(state).iter().map(|&to| to as usize)
    }

    /// States from which a party can move to this one.
    fn origins(&self, party: usize, state: usize) -> impl Iterator<Item = usize> + '_ {
        self.backward[party]
            .of(state)
            .iter()
            .map(|&from| from as usize)
    }

    /// Improvements of a party: `R_i+(s)`, the moves to states that it likes better.
    pub fn improvements<'g>(
        &'g self,
        payoffs: &'g Payoffs,
        party: usize,
        state: usize,
    ) -> impl Iterator<Item = usize> + 'g {
        let here = payoffs.of(party, state);
        self.moves(party, state)
            .filter(move |&to| payoffs.of(party, to) > here)
    }

    /// Parties that have a move somewhere.
    pub fn movers(&self) -> Vec<usize> {
        (0..self.parties())
            .filter(|&party| !self.forward[party].to.is_empty())
            .collect()
    }

    /// Number of moves of all parties.
    pub fn edges(&self) -> usize {
        self.forward.iter().map(|moves| moves.to.len()).sum()
    }
}

/// Each party's ranking of the states: more is better, equal is indifferent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payoffs {
    ranks: Vec<Vec<i64>>,
}

impl Payoffs {
    /// From ordinal numbers, by party and state.
    pub fn ordinal(ranks: Vec<Vec<i64>>) -> Self {
        Self { ranks }
    }

    /// From utilities, by party and state: rounded to steps of `tolerance` times the party's range
    /// over the states, counted from its worst. Utilities in one step are indifferent. With a
    /// tolerance of 0 every difference counts.
    ///
    /// A positive affine change of a party's utilities changes nothing but rounding.
    pub fn rounded(utilities: &[Vec<f64>], tolerance: f64) -> Self {
        let ranks = utilities
            .iter()
            .map(|own| {
                let worst = own.iter().copied().fold(f64::INFINITY, f64::min);
                let best = own.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let step = tolerance * (best - worst);
                if step > 0.0 {
                    let steps = |u: &f64| ((u - worst) / step).round() as i64;
                    return own.iter().map(steps).collect();
                }
                let mut sorted = own.clone();
                sorted.sort_unstable_by(f64::total_cmp);
                sorted.dedup();
                let places: BTreeMap<u64, i64> = sorted
                    .iter()
                    .zip(0..)
                    .map(|(u, place)| (u.to_bits(), place))
                    .collect();
                own.iter().map(|u| places[&u.to_bits()]).collect()
            })
            .collect();
        Self { ranks }
    }

    /// Payoff of a state to a party.
    #[inline]
    pub fn of(&self, party: usize, state: usize) -> i64 {
        self.ranks[party][state]
    }

    /// The same with another ranking for one party.
    #[must_use]
    pub fn with(&self, party: usize, ranking: Vec<i64>) -> Self {
        let mut ranks = self.ranks.clone();
        ranks[party] = ranking;
        Self { ranks }
    }

    fn row(&self, party: usize) -> &[i64] {
        &self.ranks[party]
    }
}

/// One move on a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// Who moves.
    pub party: usize,
    /// From which state.
    pub from: usize,
    /// To which state.
    pub to: usize,
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;

    /// The Elmira conflict (Fang, Hipel and Kilgour 1993; data of Xu 2007): the ministry, the
    /// company, the local government. States 1 to 9 of the source are 0 to 8 here.
    pub(crate) fn elmira() -> (Graph, Payoffs) {
        let down = |edges: &[(usize, usize)]| -> Vec<(usize, usize)> {
            edges.iter().map(|&(a, b)| (a - 1, b - 1)).collect()
        };
        let moves = [
            down(&[(1, 2), (3, 4), (5, 6), (7, 8)]),
            down(&[
                (1, 3),
                (1, 9),
                (2, 4),
                (2, 9),
                (3, 9),
                (4, 9),
                (5, 7),
                (5, 9),
                (6, 8),
                (6, 9),
                (7, 9),
                (8, 9),
            ]),
            down(&[
                (1, 5),
                (5, 1),
                (2, 6),
                (6, 2),
                (3, 7),
                (7, 3),
                (4, 8),
                (8, 4),
            ]),
        ];
        let payoffs = Payoffs::ordinal(vec![
            vec![4, 3, 8, 7, 5, 2, 9, 6, 1],
            vec![9, 2, 4, 8, 6, 1, 3, 7, 5],
            vec![6, 2, 8, 3, 7, 4, 9, 5, 1],
        ]);
        (Graph::new(9, &moves).expect("nine states"), payoffs)
    }

    /// A stream of small numbers (`SplitMix64`), for random graphs.
    pub(crate) struct Stream(pub(crate) u64);

    impl Stream {
        pub(crate) fn below(&mut self, n: u64) -> usize {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) % n) as usize
        }
    }

    /// A random graph: each possible move exists with probability 1 in `sparsity`; payoffs from few
    /// values, so that ties are common.
    pub(crate) fn random(
        seed: u64,
        parties: usize,
        states: usize,
        sparsity: u64,
    ) -> (Graph, Payoffs) {
        let mut stream = Stream(seed);
        let mut moves = vec![Vec::new(); parties];
        for own in &mut moves {
            for from in 0..states {
                for to in 0..states {
                    if from != to && stream.below(sparsity) == 0 {
                        own.push((from, to));
                    }
                }
            }
        }
        let ranks = (0..parties)
            .map(|_| {
                let values = states as u64;
                (0..states)
                    .map(|_| i64::try_from(stream.below(values)).expect("a small number"))
                    .collect()
            })
            .collect();
        let graph = Graph::new(states, &moves).expect("moves between states");
        (graph, Payoffs::ordinal(ranks))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_moves_are_refused() {
        assert_eq!(
            Graph::new(2, &[vec![(0, 2)]]),
            Err(GraphError::NoSuchState {
                state: 2,
                states: 2
            })
        );
        assert_eq!(Graph::new(2, &[vec![(1, 1)]]), Err(GraphError::Loop(1)));
        assert!(Graph::new(MAX_STATES + 1, &[]).is_err());
    }

    #[test]
    fn a_move_named_twice_is_one_move() {
        let graph = Graph::new(3, &[vec![(0, 2), (0, 1), (0, 2)]]).expect("a graph");
        assert_eq!(graph.moves(0, 0).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(graph.origins(0, 2).collect::<Vec<_>>(), [0]);
        assert_eq!(graph.edges(), 2);
    }

    #[test]
    fn utilities_within_the_tolerance_are_equal() {
        let utilities = [vec![0.0, 0.004, 0.012, 1.0], vec![5.0, 5.0, 5.0, 5.0]];
        let rounded = Payoffs::rounded(&utilities, 0.01);
        assert_eq!(rounded.row(0), [0, 0, 1, 100]);
        assert_eq!(rounded.row(1), [0, 0, 0, 0]);
        assert_eq!(Payoffs::rounded(&utilities, 0.0).row(0), [0, 1, 2, 3]);
        let scaled: Vec<f64> = utilities[0].iter().map(|u| 40.0 * u - 3.0).collect();
        assert_eq!(Payoffs::rounded(&[scaled], 0.01).row(0), rounded.row(0));
    }
}
