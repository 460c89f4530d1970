//! What parties can do together: moves and improvements of coalitions, jumps between equilibria.
//!
//! Flows in: a graph and payoffs. Flows out: states, each with the coalition that gets there.
//! Invariant: in a sequence of a coalition of two or more, nobody moves twice in a row; a coalition
//! of one makes a single move.
//!
//! Kilgour, Hipel, Fang and Peng (2001), *Group Decision and Negotiation* 10: 455-469. An
//! *equilibrium jump* is a coalition improvement from one equilibrium to another (Kilgour and Hipel
//! 2005): the case where talking together pays although no single move does.

use std::collections::BTreeSet;

use super::stability::{Concept, Stabilities};
use super::status_quo::search;
use super::{Graph, Payoffs, Step};

/// States that a coalition reaches: `R_H(s)`, or `R_H+(s)` if every move must improve on the state
/// it leaves for the one who makes it. In the order of the states.
pub fn reachable(
    graph: &Graph,
    members: &[usize],
    from: usize,
    improving: Option<&Payoffs>,
) -> Vec<usize> {
    let found = search(graph, members, from, improving);
    let states: BTreeSet<usize> = found.steps().map(|step| step.to).collect();
    states.into_iter().collect()
}

/// States that a coalition reaches and that every member prefers, in the order of the states.
pub fn improvements(
    graph: &Graph,
    payoffs: &Payoffs,
    members: &[usize],
    from: usize,
) -> Vec<usize> {
    let gains = |&to: &usize| {
        members
            .iter()
            .all(|&member| payoffs.of(member, to) > payoffs.of(member, from))
    };
    let mut states = reachable(graph, members, from, None);
    states.retain(gains);
    states
}

/// A coalition improvement between two equilibria.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jump {
    /// Its members, in the order of the parties: at least two.
    pub members: Vec<usize>,
    /// The equilibrium that is left.
    pub from: usize,
    /// The equilibrium that every member prefers.
    pub to: usize,
    /// A shortest sequence of moves.
    pub path: Vec<Step>,
}

/// All equilibrium jumps under a concept, each by the smallest coalitions that can make it.
pub fn jumps(graph: &Graph, payoffs: &Payoffs, found: &Stabilities, concept: Concept) -> Vec<Jump> {
    let equilibria = found.equilibria(concept);
    let mut jumps: Vec<Jump> = Vec::new();
    for members in coalitions(&graph.movers()) {
        for &from in &equilibria {
            let reach = search(graph, &members, from, None);
            for &to in &equilibria {
                let gain = |&member: &usize| payoffs.of(member, to) > payoffs.of(member, from);
                if !members.iter().all(gain) {
                    continue;
                }
                let smaller = jumps.iter().any(|jump| {
                    (jump.from, jump.to) == (from, to)
                        && jump.members.iter().all(|member| members.contains(member))
                });
                if let Some(path) = reach.path(to).filter(|_| !smaller) {
                    jumps.push(Jump {
                        members: members.clone(),
                        from,
                        to,
                        path,
                    });
                }
            }
        }
    }
    jumps.sort_by(|a, b| {
        (a.from, a.to, a.members.len(), &a.members).cmp(&(
            b.from,
            b.to,
            b.members.len(),
            &b.members,
        ))
    });
    jumps
}

/// Every coalition of two or more, small ones first.
fn coalitions(parties: &[usize]) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = (0_u32..1 << parties.len())
        .filter(|bits| bits.count_ones() >= 2)
        .map(|bits| {
            let members = parties.iter().enumerate();
            members
                .filter(|(place, _)| bits >> place & 1 == 1)
                .map(|(_, &party)| party)
                .collect()
        })
        .collect();
    all.sort_by(|a: &Vec<usize>, b| (a.len(), a).cmp(&(b.len(), b)));
    all
}

#[cfg(test)]
mod tests {
    use super::super::by_definition;
    use super::super::samples::{elmira, random};
    use super::super::stability::analyse;
    use super::*;

    #[test]
    fn elmira_has_its_coalition_improvements() {
        let (graph, payoffs) = elmira();
        let expected: [(&[usize], usize, &[usize]); 9] = [
            (&[0, 2], 1, &[5]),
            (&[0, 1], 2, &[4]),
            (&[1, 2], 2, &[4, 8]),
            (&[0, 1, 2], 2, &[4, 8]),
            (&[0, 2], 3, &[7]),
            (&[0, 1], 5, &[8]),
            (&[0, 1], 6, &[8]),
            (&[1, 2], 6, &[8]),
            (&[0, 1, 2], 6, &[8]),
        ];
        let mut seen = 0;
        for members in coalitions(&[0, 1, 2]) {
            for from in 1..=9 {
                let found = improvements(&graph, &payoffs, &members, from - 1);
                let found: Vec<usize> = found.into_iter().map(|state| state + 1).collect();
                let known = expected
                    .iter()
                    .find(|(m, s, _)| *m == members && *s == from);
                assert_eq!(
                    found,
                    known.map_or(&[][..], |(_, _, to)| to),
                    "{members:?} {from}"
                );
                seen += usize::from(known.is_some());
            }
        }
        assert_eq!(seen, expected.len());
    }

    /// The historical end of the conflict: the ministry and the company leave 5 for 8 together.
    #[test]
    fn elmira_jumps_from_deadlock_to_agreement() {
        let (graph, payoffs) = elmira();
        let found = analyse(&graph, &payoffs);
        let jumps = jumps(&graph, &payoffs, &found, Concept::Nash);
        assert_eq!(jumps.len(), 1);
        assert_eq!(
            (&jumps[0].members[..], jumps[0].from, jumps[0].to),
            (&[0, 1][..], 4, 7)
        );
        assert_eq!(jumps[0].path.len(), 2);
    }

    #[test]
    fn reach_agrees_with_the_definition() {
        for seed in 0..200 {
            let (graph, payoffs) = random(seed, 4, 8, 3 + seed % 6);
            for members in [&[0][..], &[1, 3], &[0, 1, 2], &[0, 1, 2, 3]] {
                for improving in [None, Some(&payoffs)] {
                    let literal = by_definition::reach(&graph, members, 0, improving);
                    let literal: Vec<usize> = literal.into_iter().collect();
                    assert_eq!(reachable(&graph, members, 0, improving), literal);
                }
            }
        }
    }

    #[test]
    fn every_coalition_once() {
        assert_eq!(coalitions(&[0, 2, 3]).len(), 4);
        assert_eq!(coalitions(&[4]), Vec::<Vec<usize>>::new());
    }
}
