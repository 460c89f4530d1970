//! Why a state holds or does not, in sentences: who would gain by leaving, and who can stop it.
//!
//! Flows in: a graph, payoffs, words for parties, states and moves. Flows out: [`Gain`]s and their
//! sentences. Invariant: the sanction told is a shortest one, and the sentences say the same as
//! [`stability`](super::stability): a state is stable for a party under a concept just if each of
//! its gains has the sanction that the concept asks for.

use super::status_quo::search;
use super::{Graph, Payoffs, Step};

/// Words for what a graph only numbers.
pub trait Words {
    /// Name of a party, as it begins a sentence or stands within one.
    fn party(&self, party: usize) -> String;
    /// Name of a state.
    fn state(&self, state: usize) -> String;
    /// What the party could do to move, as a verb phrase that follows "could": `accept the terms`.
    fn act(&self, step: Step) -> String;
}

/// An improvement of a party and how the others can answer it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gain {
    /// The move.
    pub step: Step,
    /// A shortest sequence of the others after which the party is no better off than before.
    pub sanction: Option<Vec<Step>>,
    /// The same, and the party has no answer that leaves it better off (symmetric).
    pub lasting: Option<Vec<Step>>,
    /// The same as `sanction`, every move serving the one who makes it (sequential).
    pub serving: Option<Vec<Step>>,
}

/// All improvements of a party from a state.
pub fn gains(graph: &Graph, payoffs: &Payoffs, party: usize, from: usize) -> Vec<Gain> {
    let others: Vec<usize> = graph
        .movers()
        .into_iter()
        .filter(|&other| other != party)
        .collect();
    let least = payoffs.of(party, from);
    let harms = |state: usize| payoffs.of(party, state) <= least;
    let lasts = |state: usize| harms(state) && graph.moves(party, state).all(harms);
    graph
        .improvements(payoffs, party, from)
        .map(|to| {
            let free = search(graph, &others, to, None);
            let serving = search(graph, &others, to, Some(payoffs));
            let nearest = |reach: &super::status_quo::Reach, test: &dyn Fn(usize) -> bool| {
                let state = reach
                    .steps()
                    .map(|step| step.to)
                    .find(|&state| test(state))?;
                reach.path(state)
            };
            Gain {
                step: Step { party, from, to },
                sanction: nearest(&free, &harms),
                lasting: nearest(&free, &lasts),
                serving: nearest(&serving, &harms),
            }
        })
        .collect()
}

/// What keeps a party in a state, or does not, in one sentence per gain; one in all if it has none.
pub fn sentences(
    graph: &Graph,
    payoffs: &Payoffs,
    party: usize,
    state: usize,
    words: &dyn Words,
) -> Vec<String> {
    let gains = gains(graph, payoffs, party, state);
    if gains.is_empty() {
        let name = words.party(party);
        return vec![if graph.moves(party, state).next().is_none() {
            format!("{name}: no move here.")
        } else {
            format!("{name}: no move of its own leads to anything better.")
        }];
    }
    gains.iter().map(|gain| gain.sentence(words)).collect()
}

impl Gain {
    /// Who gains how, and who can answer how.
    pub fn sentence(&self, words: &dyn Words) -> String {
        let name = words.party(self.step.party);
        let act = words.act(self.step);
        let (path, how) = match (&self.serving, &self.lasting, &self.sanction) {
            (Some(path), _, _) => (path, "which serves those who answer"),
            (None, Some(path), _) => (path, "though this does not serve everyone who answers"),
            (None, None, Some(path)) => (
                path,
                "though it does not serve everyone who answers, and can be undone",
            ),
            (None, None, None) => {
                return format!(
                    "{name} could {act} and gain: no answer of the others takes the gain away."
                );
            }
        };
        let answers: Vec<String> = path
            .iter()
            .map(|&step| format!("{} could {}", words.party(step.party), words.act(step)))
            .collect();
        format!(
            "{name} could {act} and gain; but then {}, {how}, and the gain is gone.",
            answers.join(", and then ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{elmira, random};
    use super::super::stability::{Concept, analyse};
    use super::*;

    struct Elmira;

    impl Words for Elmira {
        fn party(&self, party: usize) -> String {
            ["The ministry", "the company", "the town"][party].to_owned()
        }
        fn state(&self, state: usize) -> String {
            format!("state {}", state + 1)
        }
        fn act(&self, step: Step) -> String {
            format!("move to {}", self.state(step.to))
        }
    }

    #[test]
    fn what_is_told_is_what_was_found() {
        for seed in 0..200 {
            let (graph, payoffs) = random(seed, 3, 8, 4);
            let found = analyse(&graph, &payoffs);
            for party in 0..3 {
                for state in 0..8 {
                    let gains = gains(&graph, &payoffs, party, state);
                    let told = [
                        (Concept::Nash, gains.is_empty()),
                        (
                            Concept::Gmr,
                            gains.iter().all(|gain| gain.sanction.is_some()),
                        ),
                        (
                            Concept::Smr,
                            gains.iter().all(|gain| gain.lasting.is_some()),
                        ),
                        (
                            Concept::Seq,
                            gains.iter().all(|gain| gain.serving.is_some()),
                        ),
                    ];
                    for (concept, holds) in told {
                        assert_eq!(found.stable(concept, party, state), holds);
                    }
                }
            }
        }
    }

    #[test]
    fn elmira_in_words() {
        let (graph, payoffs) = elmira();
        let told = |party, state| sentences(&graph, &payoffs, party, state, &Elmira);
        assert_eq!(
            told(2, 0),
            [
                "the town could move to state 5 and gain; but then The ministry could move to \
                 state 6, though this does not serve everyone who answers, and the gain is gone."
            ]
        );
        assert_eq!(
            told(1, 2),
            [
                "the company could move to state 9 and gain: no answer of the others takes the \
                 gain away."
            ]
        );
        assert_eq!(
            told(0, 0),
            ["The ministry: no move of its own leads to anything better."]
        );
        assert_eq!(told(0, 8), ["The ministry: no move here."]);
    }
}
