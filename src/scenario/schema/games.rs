//! Declared games.
#![expect(dead_code, reason = "the types are described, never built")]

use schemars::JsonSchema;

use super::{Map, Numbers, Quantity, Test, Texts};

/// The graph model for conflict resolution: `options`, or `states` with `moves` between them.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Graph {
    /// What each party can do on its own.
    options: Option<Vec<GraphOption>>,
    /// Combinations of levels that cannot stand together.
    infeasible: Option<Vec<Infeasible>>,
    /// For `options`: the form whose durability tells what an option counts for; without it an
    /// option counts in full.
    form: Option<String>,
    /// States declared one by one.
    states: Option<Vec<GraphState>>,
    /// Who can move between them.
    moves: Option<Vec<GraphMove>>,
    /// For `states`: the one in which things stand; the first if absent.
    status_quo: Option<String>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A choice that one party can take without asking anybody.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GraphOption {
    /// Short name.
    id: String,
    /// Who decides it.
    owner: Option<String>,
    /// The issue whose level it sets; no other option may set it.
    issue: Option<String>,
    /// Levels among which the owner chooses, at least two, the status quo among them.
    levels: Option<Vec<usize>>,
    /// Instead of an issue: a force option of the owner. Its use ends the conflict.
    force: Option<String>,
    /// What the owner can do to bring each level about, as verb phrases that follow "could". For
    /// `force` one.
    acts: Option<Texts>,
    /// Whether the owner can only go on along `levels`, never back. Default false.
    irreversible: Option<bool>,
    /// Facts it rests on.
    from: Option<Texts>,
    /// Why the owner is taken to be able to do it alone.
    assumed: Option<String>,
}

/// A combination that is no state.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Infeasible {
    /// Levels that cannot stand together: a map from issue to test.
    when: Map<Test>,
    /// Why.
    because: Option<String>,
}

/// A declared state.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GraphState {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// What it is worth to each party; only the order counts.
    payoffs: Option<Numbers>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A declared move.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GraphMove {
    /// Who moves.
    party: String,
    /// From which state.
    from_state: String,
    /// To which states.
    to: Texts,
}

/// A game tree of perfect information.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Tree {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// Nodes; the first is the root, and every other is led to by exactly one action.
    nodes: Option<Vec<TreeNode>>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A decision, a chance or an end.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TreeNode {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// Who decides; without it luck does.
    owner: Option<String>,
    /// What can be done here, in order; ties go to the first.
    actions: Option<Vec<TreeAction>>,
    /// An end: an agreement on these levels.
    package: Option<Map<usize>>,
    /// Form of that agreement; the first form if absent.
    form: Option<String>,
    /// An end: this force option is used.
    force: Option<String>,
    /// An end: everybody has what no agreement is worth on the first day.
    no_deal: Option<bool>,
    /// An end: a number for every party that decides in the tree.
    payoffs: Option<Numbers>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// An action of a node.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TreeAction {
    /// What is done, in words.
    name: String,
    /// The node it leads to.
    to: String,
    /// For luck: its probability; they add up to 1 and are renormalised in each draw.
    chance: Option<Quantity>,
    /// Facts that the number rests on.
    from: Option<Texts>,
    /// Why it is assumed.
    assumed: Option<String>,
}
