//! A declared game tree of perfect information: subgame perfection and logit equilibrium.
//!
//! Flows in: a tree of decisions, chances and leaves with payoffs. Flows out: a [`Solution`]: what
//! everyone does at each node, what each node is worth, how often each is reached. Invariant: every
//! node but the root is the child of one earlier node, so one pass backwards solves the tree; there
//! are no information sets, so no fixed point is sought.
//!
//! Sources: `McKelvey` and Palfrey (1998), *Experimental Economics* 1: 9-41 (the agent form); Signorino
//! (1999), *American Political Science Review* 93: 279-297.

use crate::math;

/// A node.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// An end, with a payoff for each party.
    Leaf(Vec<f64>),
    /// Luck: probabilities and the nodes they lead to.
    Chance(Vec<(f64, usize)>),
    /// A choice: who, and the nodes its actions lead to.
    Decision {
        /// Party that chooses.
        party: usize,
        /// Nodes, one an action.
        actions: Vec<usize>,
    },
}

/// Why nodes make no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// A node that leads back or to nothing.
    #[error("node {0} leads to itself, to an earlier node, or to one that does not exist")]
    NotForward(usize),
    /// A node that is led to twice or never.
    #[error("node {0} is led to {1} times, but every node except the first must be led to once")]
    NotATree(usize, usize),
    /// A decision or chance without branches.
    #[error("node {0} has no branches")]
    Bare(usize),
    /// Probabilities that do not add up to 1.
    #[error("the probabilities of node {0} do not add up to 1")]
    Odds(usize),
    /// A leaf with payoffs for another number of parties, or a party that does not exist.
    #[error("node {0} does not fit the number of parties")]
    Parties(usize),
}

/// A checked tree; the root is node 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    parties: usize,
    nodes: Vec<Node>,
}

/// What happens in a tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// By node: probability of each branch; empty at leaves.
    pub play: Vec<Vec<f64>>,
    /// By node: what it is worth to each party.
    pub value: Vec<Vec<f64>>,
    /// By node: probability that it is reached.
    pub reached: Vec<f64>,
    /// By node: the branches between which its party is indifferent, if it has more than one best.
    pub ties: Vec<Vec<usize>>,
}

impl Tree {
    /// Checks the nodes.
    pub fn new(parties: usize, nodes: Vec<Node>) -> Result<Self, TreeError> {
        let mut parents = vec![0; nodes.len()];
        for (at, node) in nodes.iter().enumerate() {
            match node {
                Node::Leaf(payoffs) if payoffs.len() != parties => {
                    return Err(TreeError::Parties(at));
                }
                Node::Decision { party, .. } if *party >= parties => {
                    return Err(TreeError::Parties(at));
                }
                Node::Chance(branches) => {
                    let sum: f64 = branches.iter().map(|(odds, _)| odds).sum();
                    let fine = branches.iter().all(|(odds, _)| *odds >= 0.0);
                    if !fine || (sum - 1.0).abs() > 1e-9 {
                        return Err(TreeError::Odds(at));
                    }
                }
                Node::Leaf(_) | Node::Decision { .. } => {}
            }
            let children = children(node);
            if children.is_empty() && !matches!(node, Node::Leaf(_)) {
                return Err(TreeError::Bare(at));
            }
            for child in children {
                if child <= at || child >= nodes.len() {
                    return Err(TreeError::NotForward(at));
                }
                parents[child] += 1;
            }
        }
        match (1..nodes.len()).find(|&at| parents[at] != 1) {
            Some(at) => Err(TreeError::NotATree(at, parents[at])),
            None if nodes.is_empty() => Err(TreeError::NotATree(0, 0)),
            None => Ok(Self { parties, nodes }),
        }
    }

    /// The nodes.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Logit equilibrium of the agent form: at each decision
    ///
    /// ```text
    /// p_a = exp(lambda V(a)) / sum_b exp(lambda V(b))
    /// ```
    ///
    /// with `V` the value of the branch to the one who chooses. `lambda` counts per unit of payoff:
    /// payoffs times `k` are the same as `lambda` times `k`. 0 is tossing a coin; infinity is
    /// subgame perfection, ties shared equally.
    pub fn logit(&self, lambda: f64) -> Solution {
        self.logit_by(&vec![lambda; self.parties])
    }

    /// The same with a precision of its own for each party.
    pub fn logit_by(&self, lambdas: &[f64]) -> Solution {
        self.solve(&|party: usize, own: &[f64]| {
            let best = own.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let weights: Vec<f64> = own
                .iter()
                .map(|v| {
                    if lambdas[party].is_infinite() {
                        f64::from(u8::from(is_tie(*v, best)))
                    } else {
                        math::exp(lambdas[party] * (v - best))
                    }
                })
                .collect();
            let sum: f64 = weights.iter().sum();
            weights.into_iter().map(|w| w / sum).collect()
        })
    }

    /// Subgame perfection by backward induction (Selten 1965); a tie goes to the first action and is
    /// reported.
    pub fn perfect(&self) -> Solution {
        self.solve(&|_, own: &[f64]| {
            let best = own.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let first = own.iter().position(|v| is_tie(*v, best));
            (0..own.len())
                .map(|action| f64::from(u8::from(Some(action) == first)))
                .collect()
        })
    }

    fn solve(&self, choose: &dyn Fn(usize, &[f64]) -> Vec<f64>) -> Solution {
        let count = self.nodes.len();
        let mut solution = Solution {
            play: vec![Vec::new(); count],
            value: vec![vec![0.0; self.parties]; count],
            reached: vec![0.0; count],
            ties: vec![Vec::new(); count],
        };
        for (at, node) in self.nodes.iter().enumerate().rev() {
            let play: Vec<f64> = match node {
                Node::Leaf(payoffs) => {
                    solution.value[at].clone_from(payoffs);
                    continue;
                }
                Node::Chance(branches) => branches.iter().map(|(odds, _)| *odds).collect(),
                Node::Decision { party, actions } => {
                    let own: Vec<f64> =
                        (actions.iter().map(|&to| solution.value[to][*party])).collect();
                    let best = own.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    let tied: Vec<usize> =
                        (0..own.len()).filter(|&a| is_tie(own[a], best)).collect();
                    if tied.len() > 1 {
                        solution.ties[at] = tied;
                    }
                    choose(*party, &own)
                }
            };
            for party in 0..self.parties {
                solution.value[at][party] = children(node)
                    .into_iter()
                    .zip(&play)
                    .map(|(to, odds)| odds * solution.value[to][party])
                    .sum();
            }
            solution.play[at] = play;
        }
        solution.reached[0] = 1.0;
        for (at, node) in self.nodes.iter().enumerate() {
            let here = solution.reached[at];
            for (branch, to) in children(node).into_iter().enumerate() {
                solution.reached[to] = here * solution.play[at][branch];
            }
        }
        solution
    }
}

fn is_tie(value: f64, best: f64) -> bool {
    value >= best - 1e-12 * best.abs().max(1.0)
}

fn children(node: &Node) -> Vec<usize> {
    match node {
        Node::Leaf(_) => Vec::new(),
        Node::Chance(branches) => branches.iter().map(|&(_, to)| to).collect(),
        Node::Decision { actions, .. } => actions.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Attack or not; resist or not. Payoffs of the published case, which others have computed with
    /// another program (see `tests/strategic_lenses.rs`).
    fn deterrence(scale: f64) -> Tree {
        let leaf = |a: f64, b: f64| Node::Leaf(vec![a * scale, b * scale]);
        let nodes = vec![
            Node::Decision {
                party: 0,
                actions: vec![1, 2],
            },
            leaf(0.0, 1.0),
            Node::Decision {
                party: 1,
                actions: vec![3, 4],
            },
            leaf(1.0, 0.0),
            leaf(-0.5, -0.25),
        ];
        Tree::new(2, nodes).expect("a tree")
    }

    /// Signorino's closed form: two logistic functions.
    #[test]
    fn deterrence_has_its_closed_form() {
        for lambda in [0.0, 0.3, 1.0, 4.0, 20.0] {
            let found = deterrence(1.0).logit(lambda);
            let resist = math::logistic(lambda * -0.25);
            let attack = math::logistic(lambda * (resist * -0.5 + (1.0 - resist)));
            assert!((found.play[2][1] - resist).abs() < 1e-14);
            assert!((found.play[0][1] - attack).abs() < 1e-14);
            assert!((found.reached[4] - attack * resist).abs() < 1e-14);
        }
    }

    #[test]
    fn payoffs_times_k_are_lambda_times_k() {
        for k in [0.5, 4.0] {
            let scaled = deterrence(k).logit(1.5);
            let sharp = deterrence(1.0).logit(1.5 * k);
            for (a, b) in scaled
                .play
                .iter()
                .flatten()
                .zip(sharp.play.iter().flatten())
            {
                assert!((a - b).abs() < 1e-13);
            }
        }
    }

    #[test]
    fn sharp_choice_is_subgame_perfect() {
        let perfect = deterrence(1.0).perfect();
        assert_eq!(perfect.play[0], [0.0, 1.0]);
        assert_eq!(perfect.play[2], [1.0, 0.0]);
        assert!(perfect.ties.iter().all(Vec::is_empty));
        assert_eq!(deterrence(1.0).logit(f64::INFINITY), perfect);
        let sharp = deterrence(1.0).logit(2000.0);
        for (a, b) in sharp.reached.iter().zip(&perfect.reached) {
            assert!((a - b).abs() < 1e-12);
        }
    }

    #[test]
    fn ties_are_reported_and_chance_is_averaged() {
        let nodes = vec![
            Node::Chance(vec![(0.25, 1), (0.75, 2)]),
            Node::Leaf(vec![4.0]),
            Node::Decision {
                party: 0,
                actions: vec![3, 4, 5],
            },
            Node::Leaf(vec![1.0]),
            Node::Leaf(vec![2.0]),
            Node::Leaf(vec![2.0]),
        ];
        let tree = Tree::new(1, nodes).expect("a tree");
        let found = tree.perfect();
        assert_eq!(found.ties[2], [1, 2]);
        assert_eq!(found.play[2], [0.0, 1.0, 0.0]);
        assert!((found.value[0][0] - 2.5).abs() < 1e-15);
        assert_eq!(tree.logit(f64::INFINITY).play[2], [0.0, 0.5, 0.5]);
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        let leaf = || Node::Leaf(vec![0.0]);
        let decision = |actions: &[usize]| Node::Decision {
            party: 0,
            actions: actions.to_vec(),
        };
        let of = |nodes| Tree::new(1, nodes);
        assert_eq!(of(vec![decision(&[0])]), Err(TreeError::NotForward(0)));
        assert_eq!(
            of(vec![decision(&[1]), leaf(), leaf()]),
            Err(TreeError::NotATree(2, 0))
        );
        assert_eq!(
            of(vec![decision(&[1, 1]), leaf()]),
            Err(TreeError::NotATree(1, 2))
        );
        assert_eq!(of(vec![decision(&[])]), Err(TreeError::Bare(0)));
        assert_eq!(
            of(vec![Node::Chance(vec![(0.5, 1)]), leaf()]),
            Err(TreeError::Odds(0))
        );
        assert_eq!(of(vec![Node::Leaf(vec![])]), Err(TreeError::Parties(0)));
        assert_eq!(of(Vec::new()), Err(TreeError::NotATree(0, 0)));
    }
}
