//! Declared games: the graph of `[graph]` and the trees of `[[trees]]`.

use std::collections::BTreeSet;

use super::keys;
use super::number::Bounds;
use super::reader::{Reader, Row};
use crate::scenario::games::{
    DeclaredGraph, DeclaredTree, GraphMove, GraphOption, GraphState, Infeasible, MAX_STATES,
    TreeAction, TreeEnd, TreeNode,
};
use crate::scenario::names::Kind;
use crate::scenario::tree::{Node, Value};

impl Reader<'_> {
    pub(super) fn graph(&mut self, file: &Row<'_>) -> Option<DeclaredGraph> {
        let table = self.table(file, "graph", keys::GRAPH)?;
        for key in ["options", "states"] {
            self.distinct_ids(&table, key);
        }
        let rows = self.rows(
            &table,
            "options",
            "an option of the graph",
            keys::GRAPH_OPTION,
        );
        let options: Vec<GraphOption> = rows.iter().map(|row| self.graph_option(row)).collect();
        self.one_option_an_issue(&rows);
        let rows = self.rows(
            &table,
            "infeasible",
            "an infeasible combination",
            keys::INFEASIBLE,
        );
        let infeasible = rows
            .iter()
            .map(|row| {
                if row.get("when").is_none() {
                    self.missing(
                        row,
                        "when",
                        "tests of issues, such as { troops = \">= 2\" }",
                    );
                }
                Infeasible {
                    when: self.issue_tests(row.get("when")),
                    because: self.optional_text(row, "because"),
                }
            })
            .collect();
        let rows = self.rows(&table, "states", "a state of the graph", keys::GRAPH_STATE);
        let states: Vec<GraphState> = rows
            .iter()
            .map(|row| {
                if row.get("payoffs").is_none() {
                    self.missing(row, "payoffs", "a number for each party");
                }
                GraphState {
                    id: self.id(row),
                    name: self.name(row),
                    payoffs: self.by_party(row, "payoffs", Bounds::ANY),
                }
            })
            .collect();
        let ids: Vec<&str> = states.iter().map(|state| state.id.as_str()).collect();
        let rows = self.rows(&table, "moves", "a move of the graph", keys::GRAPH_MOVE);
        let moves = rows
            .iter()
            .map(|row| {
                for key in ["from_state", "to"] {
                    if row.get(key).is_none() {
                        self.missing(row, key, "a state");
                    }
                }
                let from = self.declared(row, "from_state", "a state", &ids);
                GraphMove {
                    party: self.reference(row, "party", Kind::Party),
                    from_state: from.into_iter().next().unwrap_or_default(),
                    to: self.declared(row, "to", "a state", &ids),
                }
            })
            .collect();
        let status_quo = self.declared(&table, "status_quo", "a state", &ids);
        let product = options.iter().fold(1_usize, |product, option| {
            product.saturating_mul(option.levels.len().max(2))
        });
        let problem = match (options.is_empty(), states.is_empty()) {
            (true, true) => Some("expected `options` or `states`".to_owned()),
            (false, false) => Some("expected either `options` or `states`, not both".to_owned()),
            (false, true) if product > MAX_STATES => Some(format!(
                "the options combine to {product} states, expected {MAX_STATES} at most"
            )),
            _ => None,
        };
        if let Some(problem) = problem {
            let label = table.node().label(problem);
            self.error("graph-states", "the graph has no usable states", label);
        }
        Some(DeclaredGraph {
            options,
            infeasible,
            form: self.optional_reference(&table, "form", Kind::Form),
            moves,
            status_quo: status_quo.into_iter().next(),
            states,
        })
    }

    fn graph_option(&mut self, row: &Row<'_>) -> GraphOption {
        let issue = self.optional_reference(row, "issue", Kind::Issue);
        let force = self.optional_reference(row, "force", Kind::Force);
        if row.get("issue").is_some() == row.get("force").is_some() {
            self.missing(row, "issue", "either `issue` with `levels`, or `force`");
        }
        let acts = self.texts(row, "acts");
        let mut levels = Vec::new();
        if let Some(node) = row.get("levels") {
            levels = self.option_levels(node, issue.as_deref());
        } else if row.get("issue").is_some() {
            self.missing(row, "levels", "the levels among which the owner chooses");
        }
        let expected = if force.is_some() { 1 } else { levels.len() };
        match row.get("acts") {
            None => self.missing(row, "acts", "a verb phrase for each level"),
            Some(node) if acts.len() != expected && expected > 0 => {
                let label = node.label(format!("expected {expected}, found {}", acts.len()));
                self.error(
                    "option-levels",
                    "one act for each level, in their order",
                    label,
                );
            }
            Some(_) => {}
        }
        GraphOption {
            id: self.id(row),
            owner: self.reference(row, "owner", Kind::Party),
            issue,
            levels,
            force,
            acts,
            irreversible: self.flag(row, "irreversible", false),
            from: self.texts(row, "from"),
            assumed: self.optional_text(row, "assumed"),
        }
    }

    fn option_levels(&mut self, node: &Node, issue: Option<&str>) -> Vec<usize> {
        let Some(elements) = node.elements() else {
            self.wrong_type(node, "`levels`", "a list of levels");
            return Vec::new();
        };
        let known = issue
            .and_then(|issue| self.names.levels.get(issue))
            .copied();
        let mut levels: Vec<usize> = Vec::new();
        for element in elements {
            let level = match element.value {
                Value::Integer(level) => usize::try_from(level).ok(),
                _ => None,
            };
            let fits = |level: &usize| known.is_none_or(|count| *level < count);
            match level.filter(fits) {
                Some(level) if !levels.contains(&level) => levels.push(level),
                Some(_) => {
                    let label = element.label("already in the list");
                    self.error("option-levels", "a level is listed twice", label);
                }
                None => {
                    let highest = known.unwrap_or(1).saturating_sub(1);
                    let label = element.label(format!("expected a level from 0 to {highest}"));
                    self.error("option-levels", "no such level", label);
                }
            }
        }
        if elements.len() < 2 {
            let label = node.label("expected at least two");
            self.error(
                "option-levels",
                "an option is a choice between levels",
                label,
            );
        }
        levels
    }

    fn one_option_an_issue(&mut self, rows: &[Row<'_>]) {
        let mut seen = BTreeSet::new();
        for key in ["issue", "force"] {
            for node in rows.iter().filter_map(|row| row.get(key)) {
                let Some(id) = node.as_str() else { continue };
                if !seen.insert((key, id.to_owned())) {
                    let label = node.label("set by an earlier option");
                    let message = format!("two options set `{id}`, but a level has one owner");
                    self.error("duplicate-id", message, label);
                }
            }
        }
    }

    /// Ids of a key that stand for things this table declares.
    fn declared(&mut self, row: &Row<'_>, key: &str, what: &str, known: &[&str]) -> Vec<String> {
        let mut ids = Vec::new();
        for node in self.text_nodes(row, key) {
            let id = node.as_str().unwrap_or_default();
            if known.contains(&id) {
                ids.push(id.to_owned());
            } else {
                self.unknown(id, what, known, node.label(""));
            }
        }
        ids
    }

    pub(super) fn trees(&mut self, file: &Row<'_>) -> Vec<DeclaredTree> {
        self.distinct_ids(file, "trees");
        let rows = self.rows(file, "trees", "a tree", keys::TREE);
        rows.iter()
            .map(|row| {
                if row.get("nodes").is_none() {
                    self.missing(row, "nodes", "a list of tables, the root first");
                }
                self.distinct_ids(row, "nodes");
                let nodes = self.rows(row, "nodes", "a node of a tree", keys::TREE_NODE);
                let ids: Vec<&str> = nodes.iter().filter_map(|node| node.node().id()).collect();
                let decoded: Vec<TreeNode> = nodes
                    .iter()
                    .map(|node| self.tree_node(node, &ids))
                    .collect();
                self.tree_shape(&nodes, &decoded);
                DeclaredTree {
                    id: self.id(row),
                    name: self.name(row),
                    nodes: decoded,
                }
            })
            .collect()
    }

    fn tree_node(&mut self, row: &Row<'_>, ids: &[&str]) -> TreeNode {
        let owner = self.optional_reference(row, "owner", Kind::Party);
        let rows = self.rows(row, "actions", "an action", keys::TREE_ACTION);
        let actions: Vec<TreeAction> = rows
            .iter()
            .map(|action| {
                if action.get("to").is_none() {
                    self.missing(action, "to", "a node");
                }
                let luck = row.get("owner").is_none();
                if luck && action.get("chance").is_none() {
                    self.missing(
                        action,
                        "chance",
                        "a probability, as the node has no `owner`",
                    );
                }
                TreeAction {
                    name: self.text(action, "name"),
                    to: self
                        .declared(action, "to", "a node of the tree", ids)
                        .pop()
                        .unwrap_or_default(),
                    chance: self
                        .optional_quantity(action, "chance", Bounds::UNIT)
                        .filter(|_| luck),
                }
            })
            .collect();
        let luck: f64 = (actions.iter().filter_map(|action| action.chance.as_ref()))
            .map(|chance| chance.dist.mode())
            .sum();
        if actions.iter().any(|action| action.chance.is_some()) && (luck - 1.0).abs() > 1e-6 {
            let label = row.node().label("expected 1 at the most likely values");
            self.error("priors-sum", format!("the chances add up to {luck}"), label);
        }
        let ends = ["package", "force", "no_deal", "payoffs"];
        let given = ends.iter().filter(|key| row.get(key).is_some()).count();
        if given != usize::from(row.get("actions").is_none()) {
            let label = row
                .node()
                .label("expected `actions`, or one of `package`, `force`, `no_deal`, `payoffs`");
            self.error("tree-end", "a node goes on or is one end", label);
        }
        TreeNode {
            id: self.id(row),
            name: self.name(row),
            owner,
            actions,
            end: self.tree_end(row),
        }
    }

    fn tree_end(&mut self, row: &Row<'_>) -> Option<TreeEnd> {
        let form = self.optional_reference(row, "form", Kind::Form);
        if let Some(package) = row.get("package") {
            let mut levels = Vec::new();
            for entry in self.entries(Some(package)) {
                if !self.known(&entry.key, Kind::Issue, &entry.key_label()) {
                    continue;
                }
                let count = self.names.levels.get(&entry.key).copied().unwrap_or(0);
                match entry.node.value {
                    Value::Integer(level) if usize::try_from(level).is_ok_and(|l| l < count) => {
                        levels.push((entry.key.clone(), level as usize));
                    }
                    _ => {
                        let highest = count.saturating_sub(1);
                        let label = entry.node.label(format!("expected 0 to {highest}"));
                        self.error(
                            "tree-end",
                            format!("no such level of `{}`", entry.key),
                            label,
                        );
                    }
                }
            }
            return Some(TreeEnd::Package { levels, form });
        }
        if let Some(force) = self.optional_reference(row, "force", Kind::Force) {
            return Some(TreeEnd::Force(force));
        }
        if row.get("payoffs").is_some() {
            return Some(TreeEnd::Payoffs(self.by_party(row, "payoffs", Bounds::ANY)));
        }
        self.flag(row, "no_deal", false).then_some(TreeEnd::NoDeal)
    }

    /// Every node but the first is led to once, from the root; ends with payoffs name everyone who
    /// decides.
    fn tree_shape(&mut self, rows: &[Row<'_>], nodes: &[TreeNode]) {
        let place = |id: &str| nodes.iter().position(|node| node.id == id);
        let mut led = vec![0; nodes.len()];
        for to in nodes.iter().flat_map(|node| &node.actions).map(|a| &a.to) {
            if let Some(at) = place(to) {
                led[at] += 1;
            }
        }
        let mut reached = vec![false; nodes.len()];
        let mut open: Vec<usize> = (0..nodes.len().min(1)).collect();
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut reached[at], true) {
                open.extend(
                    nodes[at]
                        .actions
                        .iter()
                        .filter_map(|action| place(&action.to)),
                );
            }
        }
        let owners: BTreeSet<&String> = nodes.iter().filter_map(|n| n.owner.as_ref()).collect();
        for (at, (row, node)) in rows.iter().zip(nodes).enumerate() {
            let wanted = usize::from(at > 0);
            let problem = if led[at] != wanted {
                let whose = if at == 0 {
                    "the root"
                } else {
                    "every other node"
                };
                Some(format!("led to {} times, but {whose} is {wanted}", led[at]))
            } else if reached[at] {
                None
            } else {
                Some("not led to from the first node".to_owned())
            };
            if let Some(problem) = problem {
                let label = row.node().label(problem);
                self.error("tree-shape", format!("`{}` makes no tree", node.id), label);
            }
            if let Some(TreeEnd::Payoffs(payoffs)) = &node.end {
                let absent = owners.iter().find(|owner| !payoffs.contains_key(**owner));
                if let Some(owner) = absent {
                    let label = row.node().label(format!("expected a payoff of `{owner}`"));
                    self.error("tree-end", "a party that decides has no payoff here", label);
                }
            }
        }
    }
}
