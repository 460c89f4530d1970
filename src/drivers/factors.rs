//! The uncertain numbers of a scenario as factors of an experiment.
//!
//! Flows in: a compiled scenario. Flows out: its uncertain numbers in the model's order, each with
//! whose it is, what kind of thing it is and why it has the value it has; and draws at given points of
//! the unit cube. Invariant: a coordinate is a probability: the number takes the value that its
//! distribution does not exceed with that probability, as in any other draw.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::engine::{Prepared, prepare};
use crate::model::{Model, ParamId};
use crate::scenario::quantity::{Dist, Provenance, Quantity};
use crate::scenario::types::Scenario;

/// One uncertain number.
#[derive(Debug, Clone, Serialize)]
pub struct Factor {
    /// Path in the file.
    pub path: String,
    /// What is believed about it, in words.
    pub believed: String,
    /// Name of the party it belongs to; none if it is everybody's.
    pub party: Option<String>,
    /// What kind of thing it is.
    pub kind: Kind,
    /// Why.
    pub provenance: Provenance,
    #[serde(skip)]
    param: ParamId,
    #[serde(skip)]
    dist: Dist,
}

/// Kinds of numbers, for totals over many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// How likely the types of a party are.
    Priors,
    /// What issues weigh.
    Weights,
    /// What levels of an issue are worth.
    Values,
    /// How firm red lines are and what crossing them costs.
    RedLines,
    /// How a party concedes.
    Pace,
    /// Patience, resolve, insight and the other traits.
    Traits,
    /// What force brings and costs.
    Force,
    /// What moves cost and change.
    Moves,
    /// Threats and promises: what they cost and how far they are believed.
    Commitments,
    /// Events: how likely, with what effect.
    Events,
    /// Forms of agreement: how long they last, who ratifies.
    Forms,
    /// Tension, exposure, standing and how they move.
    State,
    /// Everything else: linkages, venues, beliefs.
    Other,
}

impl Kind {
    /// In words, for a table.
    pub fn words(self) -> &'static str {
        match self {
            Self::Priors => "how likely the types are",
            Self::Weights => "what issues weigh",
            Self::Values => "what levels are worth",
            Self::RedLines => "red lines",
            Self::Pace => "how fast parties concede",
            Self::Traits => "patience, resolve and other traits",
            Self::Force => "what force brings and costs",
            Self::Moves => "moves",
            Self::Commitments => "threats and promises",
            Self::Events => "events",
            Self::Forms => "forms of agreement",
            Self::State => "tension, exposure and standing",
            Self::Other => "linkages, venues and beliefs",
        }
    }

    fn of(path: &str) -> Self {
        let parts: Vec<&str> = path.split('.').collect();
        let has = |name: &str| parts[1..].contains(&name);
        let last = parts[parts.len() - 1];
        match parts[0] {
            "parties" | "preferences" if last == "prior" => Self::Priors,
            "parties" | "preferences" if has("red_line") => Self::RedLines,
            "parties" | "preferences" if has("force") => Self::Force,
            "parties" | "preferences" if has("values") => Self::Values,
            "parties" | "preferences" if last == "weight" => Self::Weights,
            "parties" if has("strategy") || last == "deadline_weeks" => Self::Pace,
            "parties" | "preferences" => Self::Traits,
            "force" => Self::Force,
            "moves" => Self::Moves,
            "threats" | "promises" => Self::Commitments,
            "events" => Self::Events,
            "forms" => Self::Forms,
            "state" | "talks" => Self::State,
            _ => Self::Other,
        }
    }
}

/// The uncertain numbers of a model.
#[derive(Debug, Clone)]
pub struct Factors {
    /// In the model's order.
    pub list: Vec<Factor>,
    /// Uncertain numbers of the file that a run never reads, such as payoffs of a graph.
    pub unread: usize,
    /// Every number's value where it is certain.
    certain: Vec<f64>,
}

impl Factors {
    /// Of a model.
    pub fn of(model: &Model) -> Self {
        let quantities: BTreeMap<&str, &Quantity> = (model.scenario.quantities().into_iter())
            .map(|quantity| (quantity.path.as_str(), quantity))
            .collect();
        let list: Vec<Factor> = (model.params.iter().enumerate())
            .filter(|(_, param)| !param.dist.is_constant())
            .map(|(index, param)| {
                let quantity = quantities.get(param.name.as_str());
                Factor {
                    path: param.name.clone(),
                    believed: param.dist.words(),
                    party: party(&model.scenario, &param.name),
                    kind: Kind::of(&param.name),
                    provenance: quantity
                        .map(|quantity| quantity.provenance.clone())
                        .unwrap_or_default(),
                    param: ParamId(index as u32),
                    dist: param.dist,
                }
            })
            .collect();
        let uncertain = quantities
            .values()
            .filter(|quantity| !quantity.dist.is_constant())
            .count();
        Self {
            unread: uncertain.saturating_sub(list.len()),
            certain: model
                .params
                .iter()
                .map(|param| param.dist.quantile(0.5))
                .collect(),
            list,
        }
    }

    /// The draw at a point of the unit cube, one coordinate a factor, with the luck of (seed, index).
    pub fn draw(
        &self,
        model: &Model,
        seed: u64,
        index: u32,
        coordinate: impl Fn(usize) -> f64,
    ) -> Prepared {
        let mut values = self.certain.clone();
        for (at, factor) in self.list.iter().enumerate() {
            values[factor.param.0 as usize] = factor.dist.quantile(coordinate(at));
        }
        prepare(model, model.draw_of(seed, index, values))
    }

    /// Factors by kind, then by party: name and members, only groups of two or more.
    pub fn groups(&self) -> Vec<Group> {
        let mut kinds: BTreeMap<Kind, Vec<usize>> = BTreeMap::new();
        let mut parties: Vec<(String, Vec<usize>)> = Vec::new();
        for (index, factor) in self.list.iter().enumerate() {
            kinds.entry(factor.kind).or_default().push(index);
            let party = factor.party.as_deref().unwrap_or("nobody in particular");
            match parties.iter_mut().find(|(known, _)| known == party) {
                Some((_, members)) => members.push(index),
                None => parties.push((party.to_owned(), vec![index])),
            }
        }
        let kinds = kinds.into_iter().map(|(kind, members)| Group {
            name: kind.words().to_owned(),
            by: By::Kind,
            members,
        });
        let parties = parties.into_iter().map(|(name, members)| Group {
            name,
            by: By::Party,
            members,
        });
        kinds
            .chain(parties)
            .filter(|group| group.members.len() > 1)
            .collect()
    }
}

/// Several factors taken together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// In words.
    pub name: String,
    /// What they have in common.
    pub by: By,
    /// Indices of the factors.
    pub members: Vec<usize>,
}

/// What the members of a group have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// The kind of number.
    Kind,
    /// The party.
    Party,
}

/// Name of the party that a number belongs to: the one it describes, or whose move, threat or force
/// it is.
fn party(scenario: &Scenario, path: &str) -> Option<String> {
    let mut parts = path.split('.');
    let (table, id) = (parts.next()?, parts.next()?);
    let id = match table {
        "parties" | "preferences" => id,
        "moves" => &scenario.moves.iter().find(|act| act.id == id)?.actor,
        "force" => &scenario.force.iter().find(|option| option.id == id)?.holder,
        "threats" => &scenario.threats.iter().find(|threat| threat.id == id)?.by,
        "promises" => {
            &scenario
                .promises
                .iter()
                .find(|promise| promise.id == id)?
                .by
        }
        "linkages" => {
            &scenario
                .linkages
                .iter()
                .find(|linkage| linkage.id == id)?
                .party
        }
        "state" => parts.next()?,
        _ => return None,
    };
    let found = scenario.parties.iter().find(|party| party.id == id)?;
    Some(found.name.clone())
}
