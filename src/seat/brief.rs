//! The confidential brief of a seat, from the scenario: who you are, what you want and why, your red
//! lines, what you have without an agreement, what you do not know.
//!
//! Flows in: a table and the type that the party is in this game. Flows out: a [`Brief`], owned and
//! serialisable, in ids and numbers. Invariant: of the other parties it holds nothing but what is
//! public: their names, and how likely the file thinks each of their types.

use serde::Serialize;

use super::Table;
use crate::engine::opening::opening;
use crate::model::plan::StrategyPlan;
use crate::scenario::quantity::{Provenance, Quantity};

/// A confidential brief.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Brief {
    /// Party id.
    pub party: String,
    /// Full name.
    pub name: String,
    /// Who it is, in a sentence.
    pub summary: Option<String>,
    /// What it really is in this game, if the file leaves that open: the name of its type.
    pub role: Option<String>,
    /// What it wants, most important issue first; issues without weight are left out.
    pub wants: Vec<Want>,
    /// Levels that mean something to it only together.
    pub linkages: Vec<Link>,
    /// What it has without an agreement.
    pub outside: Outside,
    /// What it does not know of the others.
    pub unknown: Vec<Unknown>,
}

/// An issue that the party cares for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Want {
    /// Issue id.
    pub issue: String,
    /// Share of its concern, 0 to 1.
    pub weight: f64,
    /// Value of each level to it, 0 the worst to 1 the best.
    pub values: Vec<f64>,
    /// What it refuses.
    pub red_line: Option<Line>,
    /// Why.
    pub why: Why,
}

/// A red line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Levels beyond it, as indices.
    pub levels: Vec<usize>,
    /// Whether the party never crosses it.
    pub firm: bool,
    /// Utility lost by crossing it.
    pub cost: f64,
    /// Why.
    pub why: Why,
}

/// Levels that stand together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Link {
    /// Issue id and levels that count.
    pub levels: Vec<(String, Vec<usize>)>,
    /// Utility added while they stand together; negative for a loss.
    pub bonus: f64,
    /// Whether the party refuses them together at any price.
    pub refused: bool,
}

/// What the party has without an agreement, on the first day, 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outside {
    /// The situation as it stands, without what the crisis costs.
    pub now: f64,
    /// The same less what the crisis costs while it lasts.
    pub peace: f64,
    /// What no agreement is worth, fear of others' force and own force included.
    pub disagreement: f64,
    /// The walk-away point.
    pub walk_away: f64,
    /// Own options to use force.
    pub force: Vec<Force>,
    /// Weeks from the start by which its leaders want the talks to end.
    pub deadline_weeks: Option<f64>,
    /// Share of a future payoff that is left after one week.
    pub patience: f64,
    /// Utility lost by backing down, per unit of exposure.
    pub audience_cost: f64,
    /// Whether it concedes at all, in the file's eyes.
    pub hard: bool,
}

/// An own option to use force.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Force {
    /// Id.
    pub id: String,
    /// Chance of success as the party sees it, 0 to 1.
    pub advantage: f64,
    /// What using it would be worth, 0 to 1.
    pub worth: f64,
}

/// What the party does not know of another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unknown {
    /// The other party's id.
    pub party: String,
    /// What it may be, and how likely the party thinks that: name, probability.
    pub types: Vec<(String, f64)>,
}

/// The reason for a number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Why {
    /// Facts it rests on, by id.
    pub from: Vec<String>,
    /// The analyst's reason.
    pub assumed: Option<String>,
}

impl From<&Provenance> for Why {
    fn from(provenance: &Provenance) -> Self {
        Self {
            from: provenance.from.clone(),
            assumed: provenance.assumed.clone(),
        }
    }
}

/// The reasons of some numbers together, each said once.
fn why<'q>(numbers: impl IntoIterator<Item = &'q Quantity>) -> Why {
    let mut why = Why::default();
    for number in numbers {
        for id in &number.provenance.from {
            if !why.from.contains(id) {
                why.from.push(id.clone());
            }
        }
        if why.assumed.is_none() {
            why.assumed.clone_from(&number.provenance.assumed);
        }
    }
    why
}

impl Brief {
    /// The brief of the table's seat, whose party is of the type of a row.
    pub fn new(table: &Table, row: usize) -> Self {
        let model = &table.model;
        let party = &model.scenario.parties[table.seat];
        let plan = &model.parties[table.seat];
        let kind = &party.types[row - plan.first_row];
        Self {
            party: party.id.clone(),
            name: party.name.clone(),
            summary: party.summary.clone(),
            role: (plan.types > 1).then(|| kind.name.clone()),
            wants: wants(table, row),
            linkages: links(table),
            outside: outside(table, row),
            unknown: unknown(table),
        }
    }
}

fn wants(table: &Table, row: usize) -> Vec<Want> {
    let (model, draw) = (&table.model, table.prepared.draw());
    let party = &model.scenario.parties[table.seat];
    let kind = &party.types[row - model.parties[table.seat].first_row];
    let plans = &model.rows[row].preferences;
    let total: f64 = plans.iter().flatten().map(|p| draw.get(p.weight)).sum();
    let mut wants: Vec<Want> = Vec::new();
    for (issue, plan) in plans.iter().enumerate() {
        let id = &model.scenario.issues[issue].id;
        let words = kind.preferences.iter().find(|words| words.issue == *id);
        let (Some(plan), Some(words)) = (plan, words) else {
            continue;
        };
        let weight = draw.get(plan.weight);
        if weight <= 0.0 {
            continue;
        }
        wants.push(Want {
            issue: id.clone(),
            weight: weight / total,
            values: plan.values.iter().map(|&id| draw.get(id)).collect(),
            red_line: plan.red_line.map(|(levels, firmness, cost)| Line {
                levels: (0..plan.values.len())
                    .filter(|level| levels >> level & 1 == 1)
                    .collect(),
                firm: draw.get(firmness) >= 1.0,
                cost: draw.get(firmness) * draw.get(cost),
                why: (words.red_line.as_ref())
                    .map_or_else(Why::default, |line| (&line.firmness.provenance).into()),
            }),
            why: why(std::iter::once(&words.weight).chain(&words.values)),
        });
    }
    wants.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    wants
}

fn links(table: &Table) -> Vec<Link> {
    let (model, draw) = (&table.model, table.prepared.draw());
    let linkages = model.linkages.iter().zip(&draw.bonus);
    let own = linkages.filter(|(linkage, _)| linkage.party == table.seat);
    own.map(|(linkage, &bonus)| Link {
        levels: (linkage.tests.iter())
            .map(|&(issue, levels)| {
                let count = model.issues[issue].levels;
                let levels = (0..count).filter(|level| levels >> level & 1 == 1);
                (model.scenario.issues[issue].id.clone(), levels.collect())
            })
            .collect(),
        bonus,
        refused: linkage.absolute,
    })
    .collect()
}

fn outside(table: &Table, row: usize) -> Outside {
    let (model, prepared) = (&table.model, &table.prepared);
    let draw = prepared.draw();
    let opening = opening(model, prepared);
    let plan = &model.rows[row];
    Outside {
        now: opening.now[row],
        peace: opening.peace[row],
        disagreement: prepared.disagreement()[row],
        walk_away: opening.reservation[row],
        force: (model.parties[table.seat].force.iter())
            .map(|&option| Force {
                id: model.scenario.force[option].id.clone(),
                advantage: opening.war[option].advantage,
                worth: opening.war[option].payoff[row],
            })
            .collect(),
        deadline_weeks: plan.deadline_weeks.map(|id| draw.get(id)),
        patience: draw.get(plan.traits.patience),
        audience_cost: draw.rows[row].audience_cost,
        hard: plan.strategy == StrategyPlan::Hardliner,
    }
}

fn unknown(table: &Table) -> Vec<Unknown> {
    let (model, draw) = (&table.model, table.prepared.draw());
    let rows = model.rows.len();
    let others = model.parties.iter().enumerate();
    others
        .filter(|(party, plan)| *party != table.seat && plan.types > 1)
        .map(|(party, plan)| {
            let words = &model.scenario.parties[party];
            let prior = |row: usize| {
                let own = model.observer_priors[table.seat * rows + row];
                own.map_or(draw.rows[row].prior, |id| draw.get(id))
            };
            let total: f64 = plan.rows().map(prior).sum();
            let types = plan.rows().zip(&words.types);
            Unknown {
                party: words.id.clone(),
                types: types
                    .map(|(row, kind)| (kind.name.clone(), prior(row) / total))
                    .collect(),
            }
        })
        .collect()
}
