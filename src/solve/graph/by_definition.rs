//! The definitions of stability taken literally, slow and plain: the oracle of the tests.

use std::collections::BTreeSet;

use super::stability::Concept;
use super::{Graph, Payoffs};

/// `R_H(q)` or, with payoffs, `R_H+(q)`: all ends of legal sequences, grown until nothing is new.
pub(crate) fn reach(
    graph: &Graph,
    members: &[usize],
    from: usize,
    improving: Option<&Payoffs>,
) -> BTreeSet<usize> {
    let mut ends: BTreeSet<(usize, usize)> = BTreeSet::new();
    loop {
        let mut next = ends.clone();
        let starts: Vec<(usize, Option<usize>)> = std::iter::once((from, None))
            .chain(ends.iter().map(|&(state, last)| (state, Some(last))))
            .collect();
        for (state, last) in starts {
            for &member in members {
                if last == Some(member) {
                    continue;
                }
                for to in graph.moves(member, state) {
                    let serves = improving.is_none_or(|p| p.of(member, to) > p.of(member, state));
                    if serves {
                        next.insert((to, member));
                    }
                }
            }
        }
        if next == ends {
            return ends.into_iter().map(|(state, _)| state).collect();
        }
        ends = next;
    }
}

/// Whether a state is stable for a party.
pub(crate) fn stable(
    graph: &Graph,
    payoffs: &Payoffs,
    concept: Concept,
    party: usize,
    state: usize,
) -> bool {
    let others: Vec<usize> = (0..graph.parties()).filter(|&p| p != party).collect();
    let no_better = |t: &usize| payoffs.of(party, *t) <= payoffs.of(party, state);
    let mut gains = graph
        .moves(party, state)
        .filter(|&q| payoffs.of(party, q) > payoffs.of(party, state));
    match concept {
        Concept::Nash => gains.next().is_none(),
        Concept::Gmr => gains.all(|q| reach(graph, &others, q, None).iter().any(no_better)),
        Concept::Seq => gains.all(|q| {
            let answers = reach(graph, &others, q, Some(payoffs));
            answers.iter().any(no_better)
        }),
        Concept::Smr => gains.all(|q| {
            reach(graph, &others, q, None)
                .iter()
                .any(|t| no_better(t) && graph.moves(party, *t).all(|z| no_better(&z)))
        }),
    }
}
