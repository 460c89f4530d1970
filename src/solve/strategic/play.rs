//! Declared game trees: what foresight and what hesitant choice make of them.
//!
//! Flows in: `[[trees]]` and a case. Flows out: how often each end is reached, for perfect
//! foresight, for choice at the parties' own `rationality`, and along a path from coin tossing to
//! sharp choice. Ends are priced as everywhere: packages in their form, the payoffs of war, no deal.

use super::band_heading;
use super::board::{drawn, position};
use crate::scenario::games::{DeclaredTree, TreeAction, TreeEnd};
use crate::solve::Lens;
use crate::solve::case::{Case, Study};
use crate::solve::report::{Cell, Heading, Report, Row, Table, Unit};
use crate::solve::space::Package;
use crate::solve::tree::{Node, Solution, Tree};

const NAME: &str = "tree";
const TITLE: &str = "Declared game trees";
/// Precision of choice along the path, per unit of utility.
const PATH: [f64; 4] = [0.0, 5.0, 20.0, 100.0];

/// Subgame perfection and logit equilibrium of the trees a scenario declares.
#[derive(Debug)]
pub struct DeclaredTrees;

/// The solutions of one tree in one case.
#[derive(Debug, Clone, PartialEq)]
pub struct Solved {
    perfect: Solution,
    /// Each party at its own `rationality`.
    stated: Solution,
    /// One common precision, by place in the path.
    path: Vec<Solution>,
}

fn solve(study: &Study, case: &Case, declared: &DeclaredTree) -> Solved {
    let (tree, _) = build(study, case, declared);
    let rows = &case.prepared.draw().rows;
    let rationality: Vec<f64> = case.rows.iter().map(|&row| rows[row].rationality).collect();
    Solved {
        perfect: tree.perfect(),
        stated: tree.logit_by(&rationality),
        path: PATH.map(|lambda| tree.logit(lambda)).into(),
    }
}

/// The tree with its ends priced, and the declared node of each of its nodes: parents come first.
fn build(study: &Study, case: &Case, declared: &DeclaredTree) -> (Tree, Vec<usize>) {
    let place = |id: &str| position(&declared.nodes, |node| node.id == id);
    let mut order = vec![0];
    let mut at = 0;
    while at < order.len() {
        let actions = &declared.nodes[order[at]].actions;
        order.extend(actions.iter().map(|action| place(&action.to)));
        at += 1;
    }
    let parties = &study.model.scenario.parties;
    let nodes = order
        .iter()
        .map(|&at| {
            let node = &declared.nodes[at];
            let to = |id: &str| position(&order, |&known| known == place(id));
            if let Some(end) = &node.end {
                return Node::Leaf(payoffs(study, case, end));
            }
            if let Some(owner) = &node.owner {
                return Node::Decision {
                    party: position(parties, |party| party.id == *owner),
                    actions: node.actions.iter().map(|action| to(&action.to)).collect(),
                };
            }
            let chance = |action: &TreeAction| {
                let odds = action.chance.as_ref();
                odds.map_or(0.0, |quantity| drawn(study, case, quantity))
            };
            let total: f64 = node.actions.iter().map(chance).sum();
            let branches = node.actions.iter();
            Node::Chance(branches.map(|a| (chance(a) / total, to(&a.to))).collect())
        })
        .collect();
    let tree = Tree::new(parties.len(), nodes).expect("`check` made sure it is a tree");
    (tree, order)
}

fn payoffs(study: &Study, case: &Case, end: &TreeEnd) -> Vec<f64> {
    let scenario = &study.model.scenario;
    match end {
        TreeEnd::NoDeal => case.no_deal().to_vec(),
        TreeEnd::Force(id) => {
            let option = position(&scenario.force, |force| force.id == *id);
            (0..scenario.parties.len())
                .map(|party| case.war(option, party))
                .collect()
        }
        TreeEnd::Payoffs(payoffs) => scenario
            .parties
            .iter()
            .map(|party| {
                payoffs
                    .get(&party.id)
                    .map_or(0.0, |q| drawn(study, case, q))
            })
            .collect(),
        TreeEnd::Package { levels, form } => {
            let form = form.as_ref();
            let form = form.map_or(0, |id| position(&scenario.forms, |f| f.id == *id));
            let mut package = Package {
                form,
                levels: case.space.start.clone(),
            };
            for (issue, level) in levels {
                package.levels[position(&scenario.issues, |i| i.id == *issue)] = *level as u8;
            }
            case.space.utilities(&package)
        }
    }
}

impl Lens for DeclaredTrees {
    type Part = Vec<Solved>;

    fn name(&self) -> &'static str {
        NAME
    }

    fn part(&self, study: &Study, case: &Case) -> Vec<Solved> {
        let trees = study.model.scenario.trees.iter();
        trees.map(|tree| solve(study, case, tree)).collect()
    }

    fn report(&self, study: &Study, modes: Vec<Solved>, draws: Vec<Vec<Solved>>) -> Report {
        let trees = &study.model.scenario.trees;
        if trees.is_empty() {
            let needs = vec!["a declared `[[trees]]`: who decides after whom".to_owned()];
            return Report::not_applicable(NAME, TITLE, needs);
        }
        let mut sentences = Vec::new();
        let mut tables = Vec::new();
        let mut notes = Vec::new();
        for (index, declared) in trees.iter().enumerate() {
            let typical = &modes[index];
            let (_, order) = build(study, &study.modes, declared);
            let ends: Vec<usize> = (0..order.len())
                .filter(|&at| declared.nodes[order[at]].end.is_some())
                .collect();
            let name = |at: usize| declared.nodes[order[at]].name.as_str();
            let band = |of: &dyn Fn(&Solved) -> f64| {
                let each = draws.iter().map(|draw| Some(of(&draw[index])));
                Cell::band(Some(of(typical)), each, Unit::Share)
            };
            let rows = ends
                .iter()
                .map(|&at| {
                    let mut cells = vec![
                        band(&|s| s.perfect.reached[at]),
                        band(&|s| s.stated.reached[at]),
                    ];
                    cells.extend((0..PATH.len()).map(|k| band(&|s| s.path[k].reached[at])));
                    Row {
                        label: name(at).to_owned(),
                        cells,
                    }
                })
                .collect();
            let mut columns = vec![band_heading("foresight"), band_heading("own lambda")];
            columns.extend(PATH.map(|lambda| band_heading(format!("lambda {lambda}"))));
            tables.push(Table {
                title: format!("{}: how often each end is reached", declared.name),
                columns,
                rows,
            });
            tables.push(choices(study, declared, &order, typical, &draws, index));
            let likeliest = ends
                .iter()
                .copied()
                .max_by(|&a, &b| {
                    let share = |at: usize| typical.stated.reached[at];
                    share(a).total_cmp(&share(b)).then(b.cmp(&a))
                })
                .expect("a tree has an end");
            let foreseen = ends
                .iter()
                .copied()
                .find(|&at| typical.perfect.reached[at] > 0.5);
            sentences.push(format!(
                "{}: with perfect foresight it ends in \"{}\"; when everyone chooses with the \
                 hesitation the file states, most often in \"{}\" ({:.0}%, at the modes).",
                declared.name,
                foreseen.map_or("no single end", name),
                name(likeliest),
                100.0 * typical.stated.reached[likeliest]
            ));
            for (at, tied) in typical.perfect.ties.iter().enumerate() {
                if !tied.is_empty() {
                    let actions = &declared.nodes[order[at]].actions;
                    let tied: Vec<&str> = tied.iter().map(|&a| actions[a].name.as_str()).collect();
                    notes.push(format!(
                        "At \"{}\" these are equally good and the first is taken: {}.",
                        name(at),
                        tied.join("; ")
                    ));
                }
            }
        }
        let mut report = Report::new(NAME, TITLE, sentences.join(" "));
        report.tables = tables;
        report.notes = notes;
        report.notes.push(
            "Lambda is the precision of choice per unit of utility (the range from worst to best \
             is 1): 0 is tossing a coin. Everyone knows all payoffs of the case; there are no \
             information sets."
                .to_owned(),
        );
        report
    }
}

/// What is done at each decision.
fn choices(
    study: &Study,
    declared: &DeclaredTree,
    order: &[usize],
    typical: &Solved,
    draws: &[Vec<Solved>],
    index: usize,
) -> Table {
    let mut rows = Vec::new();
    for (at, &node) in order.iter().enumerate() {
        let node = &declared.nodes[node];
        let Some(owner) = &node.owner else { continue };
        let owner = position(&study.model.scenario.parties, |party| party.id == *owner);
        for (action, named) in node.actions.iter().enumerate() {
            let takes = |s: &Solved| s.perfect.play[at][action] > 0.5;
            let odds = |s: &Solved| s.stated.play[at][action];
            let tied = |s: &Solved| s.perfect.ties[at].contains(&action);
            rows.push(Row {
                label: format!(
                    "{} at \"{}\": {}",
                    study.party(owner),
                    node.name,
                    named.name
                ),
                cells: vec![
                    Cell::share(takes(typical), draws.iter().map(|d| takes(&d[index]))),
                    Cell::share(tied(typical), draws.iter().map(|d| tied(&d[index]))),
                    Cell::band(
                        Some(odds(typical)),
                        draws.iter().map(|d| Some(odds(&d[index]))),
                        Unit::Share,
                    ),
                ],
            });
        }
    }
    Table {
        title: format!("{}: what is done at each decision", declared.name),
        columns: vec![
            Heading::new("foresight", "of draws"),
            Heading::new("tied", "of draws"),
            band_heading("own lambda"),
        ],
        rows,
    }
}
