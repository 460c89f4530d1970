//! Games that a file may declare for the lenses of `solve`: who can do what on their own
//! (`[graph]`), and who decides after whom (`[[trees]]`). A run never reads them.
//!
//! As in [`types`](super::types), the field names are the keys of the format and the doc comments
//! its reference.

use std::collections::BTreeMap;

use serde::Serialize;

use super::quantity::Quantity;
use super::types::Comparison;

/// Most states of a graph.
pub const MAX_STATES: usize = 65_536;

/// `[graph]`: the graph model for conflict resolution (Fang, Hipel and Kilgour 1993). Either
/// `options`, and the states are their combinations, or `states` with `moves` between them.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DeclaredGraph {
    /// What each party can do on its own.
    pub options: Vec<GraphOption>,
    /// Combinations of levels that cannot stand together.
    pub infeasible: Vec<Infeasible>,
    /// For `options`: the form whose durability tells what an option counts for; without it an
    /// option counts in full, as something done and not only promised.
    pub form: Option<String>,
    /// States declared one by one.
    pub states: Vec<GraphState>,
    /// Who can move between them.
    pub moves: Vec<GraphMove>,
    /// For `states`: the one in which things stand; the first if absent.
    pub status_quo: Option<String>,
}

/// `[[graph.options]]`: a choice among levels of an issue, or a force option, that one party can
/// take without asking anybody.
#[derive(Debug, Clone, Serialize)]
pub struct GraphOption {
    /// Short name.
    pub id: String,
    /// Who decides it.
    pub owner: String,
    /// The issue whose level it sets; no other option may set it.
    pub issue: Option<String>,
    /// Levels among which the owner chooses, at least two, the status quo among them.
    pub levels: Vec<usize>,
    /// Instead of an issue: a force option of the owner. Its use ends the conflict.
    pub force: Option<String>,
    /// What the owner can do to bring each level about, as verb phrases that follow "could": "pull
    /// part of its forces back". For `force` one.
    pub acts: Vec<String>,
    /// Whether the owner can only go on along `levels`, never back. Default false.
    pub irreversible: bool,
    /// Facts it rests on.
    pub from: Vec<String>,
    /// Why the owner is taken to be able to do it alone.
    pub assumed: Option<String>,
}

/// `[[graph.infeasible]]`
#[derive(Debug, Clone, Serialize)]
pub struct Infeasible {
    /// Levels that cannot stand together: a map from issue to test.
    pub when: Vec<(String, Comparison)>,
    /// Why.
    pub because: Option<String>,
}

/// `[[graph.states]]`
#[derive(Debug, Clone, Serialize)]
pub struct GraphState {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// What it is worth to each party; only the order counts.
    pub payoffs: BTreeMap<String, Quantity>,
}

/// `[[graph.moves]]`
#[derive(Debug, Clone, Serialize)]
pub struct GraphMove {
    /// Who moves.
    pub party: String,
    /// From which state.
    pub from_state: String,
    /// To which states.
    pub to: Vec<String>,
}

/// `[[trees]]`: a game tree of perfect information.
#[derive(Debug, Clone, Serialize)]
pub struct DeclaredTree {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Nodes; the first is the root, and every other is led to by exactly one action.
    pub nodes: Vec<TreeNode>,
}

/// `[[trees.nodes]]`: a decision (`owner` and `actions`), a chance (`actions` with `chance`) or an
/// end (exactly one of `package`, `force`, `no_deal` and `payoffs`).
#[derive(Debug, Clone, Serialize)]
pub struct TreeNode {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Who decides; without it luck does.
    pub owner: Option<String>,
    /// What can be done here, in order; ties go to the first.
    pub actions: Vec<TreeAction>,
    /// An end: what the parties get.
    pub end: Option<TreeEnd>,
}

/// `[[trees.nodes.actions]]`
#[derive(Debug, Clone, Serialize)]
pub struct TreeAction {
    /// What is done, in words.
    pub name: String,
    /// The node it leads to.
    pub to: String,
    /// For luck: its probability; they add up to 1 and are renormalised in each draw.
    pub chance: Option<Quantity>,
}

/// What an end of a tree is worth.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TreeEnd {
    /// `package = { issue = level }`, recorded in `form` (the first form if absent): an agreement,
    /// worth what it is worth to each party before ratification. Issues not named stay as they are.
    Package {
        /// Issue to level.
        levels: Vec<(String, usize)>,
        /// Form.
        form: Option<String>,
    },
    /// `force = "..."`: this force option is used.
    Force(String),
    /// `no_deal = true`: everybody has what no agreement is worth on the first day.
    NoDeal,
    /// `payoffs = { party = number }`, one for every party that decides in the tree.
    Payoffs(BTreeMap<String, Quantity>),
}
