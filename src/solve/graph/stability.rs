//! Which states hold: Nash stability, general and symmetric metarationality, sequential stability.
//!
//! Flows in: a graph and payoffs. Flows out: [`Stabilities`]. For party `i` in state `s`, with the
//! others `H = N - i` and `R_H(q)` the states that members of `H` reach from `q` by a sequence of
//! one or more moves in which nobody moves twice in a row:
//!
//! ```text
//! R    (Nash)  i has no improvement from s
//! GMR          every improvement q has t in R_H(q)  with u_i(t) <= u_i(s)
//! SMR          the same t, and no answer z in R_i(t) has u_i(z) > u_i(s)
//! SEQ          every improvement q has t in R_H+(q) with u_i(t) <= u_i(s)
//! ```
//!
//! `R_H+` allows only moves by which the mover improves on the state it leaves. A state is an
//! equilibrium if it is stable for every party. Invariant: R implies SMR implies GMR, and R implies
//! SEQ implies GMR.
//!
//! Definitions: Fang, Hipel and Kilgour (1993), chapters 3 and 4. Whether a sanction exists depends
//! only on the *worst* state that the others can reach, so one backward search per party from the
//! worst states up answers it for all improvements at once: linear in the number of moves, where
//! the definition taken literally is quadratic.

use super::{Graph, Payoffs};

/// A notion of stability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concept {
    /// Nash stability, `R`: no foresight.
    Nash,
    /// Symmetric metarationality (Howard 1971): fears any sanction that an answer cannot undo.
    Smr,
    /// Sequential stability (Fraser and Hipel 1979): fears sanctions that serve the sanctioner.
    Seq,
    /// General metarationality (Howard 1971): fears any sanction.
    Gmr,
}

impl Concept {
    /// All of them, the strictest first.
    pub const ALL: [Self; 4] = [Self::Nash, Self::Smr, Self::Seq, Self::Gmr];

    /// The field's abbreviation.
    pub fn short(self) -> &'static str {
        match self {
            Self::Nash => "R",
            Self::Smr => "SMR",
            Self::Seq => "SEQ",
            Self::Gmr => "GMR",
        }
    }

    /// What a party looks at under it, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Nash => "no party gains by moving",
            Self::Smr => "gains can be answered by some move that the mover cannot undo",
            Self::Seq => "gains are answered by moves that serve those who answer",
            Self::Gmr => "gains can be answered by some move",
        }
    }
}

/// Stability of every state for every party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stabilities {
    parties: usize,
    states: usize,
    /// `[(concept * parties + party) * states + state]`.
    stable: Vec<bool>,
}

impl Stabilities {
    /// Whether a state is stable for a party.
    pub fn stable(&self, concept: Concept, party: usize, state: usize) -> bool {
        self.stable[(concept as usize * self.parties + party) * self.states + state]
    }

    /// Whether a state is stable for every party.
    pub fn equilibrium(&self, concept: Concept, state: usize) -> bool {
        (0..self.parties).all(|party| self.stable(concept, party, state))
    }

    /// All equilibria, in the order of the states.
    pub fn equilibria(&self, concept: Concept) -> Vec<usize> {
        (0..self.states)
            .filter(|&state| self.equilibrium(concept, state))
            .collect()
    }
}

/// Stability of every state for every party under every concept.
pub fn analyse(graph: &Graph, payoffs: &Payoffs) -> Stabilities {
    let (parties, states) = (graph.parties(), graph.states());
    let mut stable = vec![true; Concept::ALL.len() * parties * states];
    for party in 0..parties {
        let values = payoffs.row(party);
        // What a state is worth as a sanction against which the party has its best answer.
        let answered: Vec<i64> = (0..states)
            .map(|state| {
                let answers = graph.moves(party, state).map(|to| values[to]);
                answers.fold(values[state], i64::max)
            })
            .collect();
        let others: Vec<usize> = graph
            .movers()
            .into_iter()
            .filter(|&other| other != party)
            .collect();
        let any = worst(graph, &others, values, None);
        let hard = worst(graph, &others, &answered, None);
        let serving = worst(graph, &others, values, Some(payoffs));
        for state in 0..states {
            for to in graph.improvements(payoffs, party, state) {
                let mut refute = |concept: Concept, holds: bool| {
                    stable[(concept as usize * parties + party) * states + state] &= holds;
                };
                refute(Concept::Nash, false);
                refute(Concept::Smr, hard[to] <= values[state]);
                refute(Concept::Seq, serving[to] <= values[state]);
                refute(Concept::Gmr, any[to] <= values[state]);
            }
        }
    }
    Stabilities {
        parties,
        states,
        stable,
    }
}

/// For every state, the least value of a state that the movers can reach from it by one or more
/// moves, nobody twice in a row; the largest number if they cannot move. With payoffs given, every
/// move must improve on the state it leaves.
fn worst(graph: &Graph, movers: &[usize], values: &[i64], improving: Option<&Payoffs>) -> Vec<i64> {
    let states = graph.states();
    let mut least = vec![i64::MAX; states];
    // `come[k * states + x]`: some state of the current value or a lower one is reached from x by
    // sequences that mover k does not begin, or is x itself.
    let mut come = vec![false; movers.len() * states];
    let mut order: Vec<usize> = (0..states).collect();
    order.sort_by_key(|&state| values[state]);
    let mut open = Vec::new();
    for target in order {
        let value = values[target];
        for k in 0..movers.len() {
            if !std::mem::replace(&mut come[k * states + target], true) {
                open.push((k, target));
            }
        }
        while let Some((k, at)) = open.pop() {
            for from in graph.origins(movers[k], at) {
                let serves =
                    |payoffs: &Payoffs| payoffs.of(movers[k], at) > payoffs.of(movers[k], from);
                if !improving.is_none_or(serves) {
                    continue;
                }
                least[from] = least[from].min(value);
                for other in (0..movers.len()).filter(|&other| other != k) {
                    if !std::mem::replace(&mut come[other * states + from], true) {
                        open.push((other, from));
                    }
                }
            }
        }
    }
    least
}

#[cfg(test)]
mod tests {
    use super::super::by_definition;
    use super::super::samples::{Stream, elmira, random};
    use super::*;

    #[test]
    fn elmira_holds_where_the_literature_says() {
        let (graph, payoffs) = elmira();
        let found = analyse(&graph, &payoffs);
        let one_based = |concept| -> Vec<usize> {
            let states = found.equilibria(concept);
            states.into_iter().map(|state| state + 1).collect()
        };
        assert_eq!(one_based(Concept::Nash), [5, 8, 9]);
        assert_eq!(one_based(Concept::Seq), [5, 8, 9]);
        assert_eq!(one_based(Concept::Gmr), [1, 4, 5, 8, 9]);
        assert_eq!(one_based(Concept::Smr), [1, 4, 5, 8, 9]);
    }

    /// The fast search against the definitions taken literally.
    #[test]
    fn the_search_agrees_with_the_definitions() {
        let mut sequential_only = 0;
        for seed in 0..600 {
            let parties = 2 + (seed % 4) as usize;
            let states = 3 + (seed % 7) as usize;
            let (graph, payoffs) = random(seed, parties, states, 2 + seed % 5);
            let fast = analyse(&graph, &payoffs);
            for party in 0..parties {
                for state in 0..states {
                    for concept in Concept::ALL {
                        let literal =
                            by_definition::stable(&graph, &payoffs, concept, party, state);
                        assert_eq!(
                            fast.stable(concept, party, state),
                            literal,
                            "{concept:?} of party {party} in state {state}, seed {seed}"
                        );
                    }
                    sequential_only += usize::from(
                        fast.stable(Concept::Seq, party, state)
                            && !fast.stable(Concept::Smr, party, state),
                    );
                }
            }
        }
        assert!(sequential_only > 0, "the concepts must differ somewhere");
    }

    #[test]
    fn stricter_concepts_imply_weaker_ones() {
        for seed in 1000..1800 {
            let (graph, payoffs) = random(seed, 3 + (seed % 2) as usize, 12, 3 + seed % 9);
            let found = analyse(&graph, &payoffs);
            for party in 0..graph.parties() {
                for state in 0..graph.states() {
                    let holds = |concept| found.stable(concept, party, state);
                    assert!(!holds(Concept::Nash) || holds(Concept::Smr) && holds(Concept::Seq));
                    assert!(!holds(Concept::Smr) || holds(Concept::Gmr));
                    assert!(!holds(Concept::Seq) || holds(Concept::Gmr));
                }
            }
        }
    }

    /// In the Garrison-like loop a sanction exists only if a sanctioner may move again after
    /// another has moved: b, then c, then b.
    #[test]
    fn a_sanctioner_may_move_again_after_another() {
        let moves = [vec![(0, 1)], vec![(1, 2), (3, 4)], vec![(2, 3)]];
        let graph = Graph::new(5, &moves).expect("five states");
        let payoffs = Payoffs::ordinal(vec![vec![1, 2, 2, 2, 0], vec![0; 5], vec![0; 5]]);
        let found = analyse(&graph, &payoffs);
        assert!(found.stable(Concept::Gmr, 0, 0));
        assert!(found.stable(Concept::Smr, 0, 0));
        assert!(
            !found.stable(Concept::Seq, 0, 0),
            "no sanction serves anyone"
        );
        // The same chain with one party at both links is no legal sequence.
        let moves = [vec![(0, 1)], vec![(1, 2), (2, 4)], vec![]];
        let graph = Graph::new(5, &moves).expect("five states");
        assert!(!analyse(&graph, &payoffs).stable(Concept::Gmr, 0, 0));
    }

    #[test]
    fn renaming_and_rescaling_change_nothing() {
        let (graph, payoffs) = random(7, 3, 9, 4);
        let found = analyse(&graph, &payoffs);
        let mut stream = Stream(3);
        let mut new: Vec<usize> = (0..9).collect();
        for last in (1..9).rev() {
            new.swap(last, stream.below(last as u64 + 1));
        }
        let moves: Vec<Vec<(usize, usize)>> = (0..3)
            .rev()
            .map(|party| {
                (0..9)
                    .flat_map(|s| graph.moves(party, s).map(move |t| (s, t)))
                    .map(|(s, t)| (new[s], new[t]))
                    .collect()
            })
            .collect();
        let ranks = (0..3)
            .rev()
            .map(|party| {
                let mut own = vec![0; 9];
                for (state, &place) in new.iter().enumerate() {
                    let rank = payoffs.of(party, state);
                    own[place] = rank * rank * rank + 5;
                }
                own
            })
            .collect();
        let renamed = analyse(
            &Graph::new(9, &moves).expect("nine states"),
            &Payoffs::ordinal(ranks),
        );
        for concept in Concept::ALL {
            for (state, &place) in new.iter().enumerate() {
                for party in 0..3 {
                    assert_eq!(
                        found.stable(concept, party, state),
                        renamed.stable(concept, 2 - party, place)
                    );
                }
            }
        }
    }
}
