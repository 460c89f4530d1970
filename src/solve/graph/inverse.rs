//! The inverse question: what would a party have to prefer for a state to hold?
//!
//! Flows in: a graph, everybody else's payoffs, a party, a state. Flows out: how many of the party's
//! strict rankings of the states make the state stable for it, under each concept. Invariant: what
//! the others can reach does not depend on the party's own ranking, so it is computed once.
//!
//! Sakakibara, Okada and Nakase (2002); Kinsara, Kilgour and Hipel (2015), *IEEE Transactions on
//! Systems, Man, and Cybernetics* 45. Under every concept only the order of a handful of states
//! matters; the rankings of all states are counted because that is how the literature prints them.

use super::coalition::reachable;
use super::stability::Concept;
use super::{Graph, Payoffs};

/// Most states of which every ranking is looked at: 9! = 362,880.
pub const MOST_RANKED: usize = 9;

/// Rankings counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Rankings looked at.
    pub of: u64,
    /// Rankings under which the state is stable for the party, in the order of [`Concept::ALL`].
    pub stable: [u64; 4],
}

impl Count {
    /// Share of the rankings.
    pub fn share(&self, concept: Concept) -> f64 {
        self.stable[concept as usize] as f64 / self.of as f64
    }
}

/// What the others can do after each move of the party.
#[derive(Debug)]
struct Question {
    state: usize,
    /// By move of the party: where it leads, then all states the others reach, then those they
    /// reach by improvements only.
    moves: Vec<(usize, Vec<usize>, Vec<usize>)>,
    /// By state: where the party can go from there.
    answers: Vec<Vec<usize>>,
}

impl Question {
    fn new(graph: &Graph, payoffs: &Payoffs, party: usize, state: usize) -> Self {
        let others: Vec<usize> = graph.movers().into_iter().filter(|&p| p != party).collect();
        let moves = graph
            .moves(party, state)
            .map(|to| {
                let any = reachable(graph, &others, to, None);
                let serving = reachable(graph, &others, to, Some(payoffs));
                (to, any, serving)
            })
            .collect();
        let answers = (0..graph.states()).map(|s| graph.moves(party, s).collect());
        Self {
            state,
            moves,
            answers: answers.collect(),
        }
    }

    /// Whether the state is stable for the party with this ranking, by concept.
    fn stable(&self, ranking: &[u32]) -> [bool; 4] {
        let here = ranking[self.state];
        let harms = |&state: &usize| ranking[state] <= here;
        let lasts = |state: &usize| harms(state) && self.answers[*state].iter().all(harms);
        let mut stable = [true; 4];
        for (to, any, serving) in &self.moves {
            if harms(to) {
                continue;
            }
            stable[Concept::Nash as usize] = false;
            stable[Concept::Smr as usize] &= any.iter().any(lasts);
            stable[Concept::Seq as usize] &= serving.iter().any(harms);
            stable[Concept::Gmr as usize] &= any.iter().any(harms);
        }
        stable
    }
}

/// Looks at every strict ranking of the states; none if there are more than [`MOST_RANKED`] states.
pub fn every(graph: &Graph, payoffs: &Payoffs, party: usize, state: usize) -> Option<Count> {
    if graph.states() > MOST_RANKED {
        return None;
    }
    let question = Question::new(graph, payoffs, party, state);
    let mut ranking: Vec<u32> = (0..graph.states() as u32).collect();
    let mut count = Count {
        of: 0,
        stable: [0; 4],
    };
    // Heap's algorithm (1963): each ranking once, one swap apart.
    let mut turn = vec![0; ranking.len()];
    let mut at = 1;
    add(&mut count, &question, &ranking);
    while at < ranking.len() {
        if turn[at] < at {
            let with = if at % 2 == 0 { 0 } else { turn[at] };
            ranking.swap(with, at);
            add(&mut count, &question, &ranking);
            turn[at] += 1;
            at = 1;
        } else {
            turn[at] = 0;
            at += 1;
        }
    }
    Some(count)
}

/// Looks at so many rankings drawn with equal chances, from numbers in [0, 1).
pub fn sampled(
    graph: &Graph,
    payoffs: &Payoffs,
    (party, state): (usize, usize),
    rankings: u32,
    mut uniform: impl FnMut() -> f64,
) -> Count {
    let question = Question::new(graph, payoffs, party, state);
    let mut ranking: Vec<u32> = (0..graph.states() as u32).collect();
    let mut count = Count {
        of: 0,
        stable: [0; 4],
    };
    for _ in 0..rankings {
        for last in (1..ranking.len()).rev() {
            let with = (uniform() * (last + 1) as f64) as usize;
            ranking.swap(last, with.min(last));
        }
        add(&mut count, &question, &ranking);
    }
    count
}

fn add(count: &mut Count, question: &Question, ranking: &[u32]) {
    count.of += 1;
    for (sum, holds) in count.stable.iter_mut().zip(question.stable(ranking)) {
        *sum += u64::from(holds);
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{Stream, random};
    use super::super::stability::analyse;
    use super::*;

    /// Six states in two rows of three; the party moves within a row, the other takes it from each
    /// state of the upper row to the one below, gladly. Each of two moves from the state is open to
    /// a sanction by one state of its own. With a uniform place of the state among the rest, the
    /// chances are integrals: best of three, 1/3; no gain without its sanction,
    /// `int (1 - v^2)^2 = 8/15`; neither gain or the whole lower row below, `1/3 + 1/4 - 1/6 = 5/12`.
    #[test]
    fn counts_of_all_rankings_are_the_integrals() {
        let row = |states: [usize; 3]| {
            states
                .into_iter()
                .flat_map(move |a| states.into_iter().map(move |b| (a, b)))
                .filter(|(a, b)| a != b)
        };
        let party: Vec<(usize, usize)> = row([0, 1, 2]).chain(row([3, 4, 5])).collect();
        let graph = Graph::new(6, &[party, vec![(0, 3), (1, 4), (2, 5)]]).expect("six states");
        let payoffs = Payoffs::ordinal(vec![vec![0; 6], vec![0, 0, 0, 1, 1, 1]]);
        let count = every(&graph, &payoffs, 0, 0).expect("six states are few");
        assert_eq!(count.of, 720);
        assert_eq!(count.stable[Concept::Nash as usize], 240);
        assert_eq!(count.stable[Concept::Smr as usize], 300);
        assert_eq!(count.stable[Concept::Seq as usize], 384);
        assert_eq!(count.stable[Concept::Gmr as usize], 384);
        let mut stream = Stream(5);
        let uniform = || stream.below(1 << 30) as f64 / f64::from(1 << 30);
        let sample = sampled(&graph, &payoffs, (0, 0), 20_000, uniform);
        for concept in Concept::ALL {
            let error = sample.share(concept) - count.share(concept);
            // Five standard errors of a share of one half.
            assert!(
                error.abs() < 5.0 * 0.5 / 20_000_f64.sqrt(),
                "{concept:?} {error}"
            );
        }
    }

    /// Forward stability for every ranking, counted one by one.
    #[test]
    fn the_inverse_agrees_with_the_forward_answer() {
        for seed in 0..20 {
            let (graph, payoffs) = random(seed, 3, 5, 3);
            let count = every(&graph, &payoffs, 1, 2).expect("five states are few");
            let mut forward = [0; 4];
            let mut rankings = 0;
            for code in 0..5_i64.pow(5) {
                let ranking: Vec<i64> = (0..5).map(|k| code / 5_i64.pow(k) % 5).collect();
                let mut sorted = ranking.clone();
                sorted.sort_unstable();
                if sorted != [0, 1, 2, 3, 4] {
                    continue;
                }
                rankings += 1;
                let found = analyse(&graph, &payoffs.with(1, ranking));
                for concept in Concept::ALL {
                    forward[concept as usize] += u64::from(found.stable(concept, 1, 2));
                }
            }
            assert_eq!((count.of, count.stable), (rankings, forward));
        }
    }

    #[test]
    fn too_many_states_to_rank_are_refused() {
        let (graph, payoffs) = random(1, 2, MOST_RANKED + 1, 3);
        assert_eq!(every(&graph, &payoffs, 0, 0), None);
    }
}
