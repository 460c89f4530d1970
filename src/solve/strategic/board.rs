//! A declared graph as the kernel sees it: states, moves, what each state is worth, and its words.
//!
//! Flows in: `[graph]`, a model, a case. Flows out: a [`Board`]. A state is worth to a party what
//! the levels in force there are worth, as acts: `u = peace + changes`, in the declared form if
//! there is one, otherwise in full; a red line costs its price, and a level that a party firmly
//! refuses ranks below every other. Where force has been used it is worth the payoff of war.

use super::listed;
use crate::model::Model;
use crate::model::streams::{key, parameter_uniform};
use crate::scenario::games::DeclaredGraph;
use crate::scenario::quantity::{Dist, Quantity};
use crate::solve::EPSILON;
use crate::solve::case::{Case, Study};
use crate::solve::graph::narrate::Words;
use crate::solve::graph::options::{Choice, Exclusion, OptionGraph};
use crate::solve::graph::{Graph, Step};
use crate::solve::space::Package;

/// A declared graph with its words.
pub(super) struct Board<'s> {
    model: &'s Model,
    declared: &'s DeclaredGraph,
    /// The graph.
    pub(super) graph: Graph,
    /// Positions by state, if the graph is made of options.
    options: Option<OptionGraph>,
    /// The status quo.
    pub(super) start: usize,
}

impl<'s> Board<'s> {
    pub(super) fn new(model: &'s Model) -> Result<Self, String> {
        let declared = model.scenario.graph.as_ref().ok_or(
            "a declared `[graph]`: what each party can do on its own, or states and moves",
        )?;
        let party = |id: &str| position(&model.scenario.parties, |p| p.id == id);
        if declared.states.is_empty() {
            let options = combine(model, declared)?;
            return Ok(Self {
                model,
                declared,
                graph: options.graph.clone(),
                start: options.start,
                options: Some(options),
            });
        }
        let state = |id: &str| position(&declared.states, |s| s.id == id);
        let mut moves = vec![Vec::new(); model.parties.len()];
        for act in &declared.moves {
            let from = state(&act.from_state);
            moves[party(&act.party)].extend(act.to.iter().map(|to| (from, state(to))));
        }
        for own in &mut moves {
            own.retain(|(from, to)| from != to);
        }
        let graph = Graph::new(declared.states.len(), &moves).map_err(|e| e.to_string())?;
        for (party, named) in model.scenario.parties.iter().enumerate() {
            let silent = declared
                .states
                .iter()
                .find(|state| !state.payoffs.contains_key(&named.id));
            if let Some(silent) = silent
                && graph.movers().contains(&party)
            {
                return Err(format!(
                    "a payoff of `{}` in state `{}`",
                    named.id, silent.id
                ));
            }
        }
        Ok(Self {
            model,
            declared,
            graph,
            start: declared.status_quo.as_ref().map_or(0, |id| state(id)),
            options: None,
        })
    }

    /// What an owner's options do from one state to another.
    fn acts(&self, options: &OptionGraph, owner: &str, from: usize, to: usize) -> Vec<&str> {
        (self.declared.options.iter().enumerate())
            .filter(|(at, option)| {
                option.owner == owner && options.states[from][*at] != options.states[to][*at]
            })
            .map(|(at, option)| {
                let ends = option.force.is_some();
                let act = if ends { 0 } else { options.states[to][at] };
                option.acts[act].as_str()
            })
            .collect()
    }

    /// Whether nobody has a move from a state.
    pub(super) fn is_end(&self, state: usize) -> bool {
        (0..self.graph.parties()).all(|party| self.graph.moves(party, state).next().is_none())
    }

    /// Levels in force where an option is at a position.
    fn levels(&self, options: &OptionGraph, state: usize) -> Vec<u8> {
        let mut levels: Vec<u8> = self.model.issues.iter().map(|i| i.status_quo).collect();
        for (option, &at) in self.declared.options.iter().zip(&options.states[state]) {
            if let Some(issue) = &option.issue {
                let issue = position(&self.model.scenario.issues, |i| i.id == *issue);
                levels[issue] = option.levels[at] as u8;
            }
        }
        levels
    }

    pub(super) fn utilities(&self, study: &Study, case: &Case) -> Vec<Vec<f64>> {
        let parties = self.model.parties.len();
        let Some(options) = &self.options else {
            let named = &self.model.scenario.parties;
            return (0..parties)
                .map(|party| {
                    let id = &named[party].id;
                    let worth = |quantity: &Quantity| drawn(study, case, quantity);
                    let states = self.declared.states.iter();
                    states
                        .map(|state| state.payoffs.get(id).map_or(0.0, worth))
                        .collect()
                })
                .collect();
        };
        let form = self.declared.form.as_ref();
        let form = form.map(|id| position(&self.model.scenario.forms, |f| f.id == *id));
        let mut utilities = vec![vec![0.0; options.states.len()]; parties];
        for state in 0..options.states.len() {
            if let Some(ended) = options.ended(state) {
                let force = self.declared.options[ended].force.as_ref();
                let force = force.map(|id| position(&self.model.scenario.force, |f| f.id == *id));
                for (party, own) in utilities.iter_mut().enumerate() {
                    own[state] = force.map_or(0.0, |option| case.war(option, party));
                }
                continue;
            }
            let levels = self.levels(options, state);
            for (party, own) in utilities.iter_mut().enumerate() {
                own[state] = as_acts(self.model, case, party, &levels, form);
            }
        }
        for own in &mut utilities {
            refused_last(own);
        }
        utilities
    }

    pub(super) fn package(&self, study: &Study, state: usize) -> Option<Package> {
        let options = self.options.as_ref()?;
        if options.ended(state).is_some() {
            return None;
        }
        let space = &study.modes.space;
        let form = self.declared.form.as_ref();
        let form = form.map_or(space.plain_form, |id| {
            position(&self.model.scenario.forms, |f| f.id == *id)
        });
        let mut package = Package {
            form,
            levels: self.levels(options, state),
        };
        if !space.listed(&package) {
            package.form = space.plain_form;
        }
        Some(package)
    }
}

impl Words for Board<'_> {
    fn party(&self, party: usize) -> String {
        self.model.scenario.parties[party].name.clone()
    }

    fn state(&self, state: usize) -> String {
        let Some(options) = &self.options else {
            return self.declared.states[state].name.clone();
        };
        let parties = self.model.scenario.parties.iter();
        let told: Vec<String> = parties
            .filter_map(|party| {
                let acts = self.acts(options, &party.id, self.start, state);
                (!acts.is_empty()).then(|| format!("{}: {}", party.name, acts.join(", ")))
            })
            .collect();
        if told.is_empty() {
            "everything as it stands".to_owned()
        } else {
            told.join("; ")
        }
    }

    fn act(&self, step: Step) -> String {
        let Some(options) = &self.options else {
            return format!("move to \"{}\"", self.declared.states[step.to].name);
        };
        let owner = &self.model.scenario.parties[step.party].id;
        listed(&self.acts(options, owner, step.from, step.to))
    }
}

/// Place of the thing that `check` made sure is there.
pub(super) fn position<T>(list: &[T], is: impl FnMut(&T) -> bool) -> usize {
    list.iter().position(is).expect("`check` knows every name")
}

pub(super) fn drawn(study: &Study, case: &Case, quantity: &Quantity) -> f64 {
    match (case.draw, &quantity.dist) {
        (_, Dist::Constant(value)) => *value,
        (None, dist) => dist.mode(),
        (Some(draw), dist) => {
            dist.quantile(parameter_uniform(study.seed, &key(&quantity.path), draw))
        }
    }
}

fn combine(model: &Model, declared: &DeclaredGraph) -> Result<OptionGraph, String> {
    let scenario = &model.scenario;
    let choices = declared
        .options
        .iter()
        .map(|option| {
            let issue = option.issue.as_ref();
            let start = issue.map_or(0, |id| {
                let issue = position(&scenario.issues, |issue| issue.id == *id);
                let now = usize::from(model.issues[issue].status_quo);
                position(&option.levels, |level| *level == now)
            });
            Choice {
                owner: position(&scenario.parties, |party| party.id == option.owner),
                positions: option.levels.len().max(2),
                start,
                irreversible: option.irreversible || option.force.is_some(),
                ends: option.force.is_some(),
            }
        })
        .collect();
    let mut excluded: Vec<Exclusion> = Vec::new();
    for combination in &declared.infeasible {
        let mut exclusion = Some(Exclusion::new());
        for (issue, test) in &combination.when {
            let option = declared
                .options
                .iter()
                .position(|option| option.issue.as_ref() == Some(issue));
            if let Some(at) = option {
                let bits = (declared.options[at].levels.iter().enumerate())
                    .filter(|(_, level)| test.holds(**level as f64))
                    .fold(0, |bits, (place, _)| bits | 1 << place);
                if let Some(exclusion) = &mut exclusion {
                    exclusion.push((at, bits));
                }
            } else {
                // An issue that nobody moves stays where it is: the test holds always or never.
                let issue = position(&scenario.issues, |i| i.id == *issue);
                if !test.holds(f64::from(model.issues[issue].status_quo)) {
                    exclusion = None;
                }
            }
        }
        excluded.extend(exclusion.filter(|tests| !tests.is_empty()));
    }
    OptionGraph::new(model.parties.len(), choices, &excluded).map_err(|error| error.to_string())
}

/// Utility of levels in force without an agreement, or in the given form.
fn as_acts(model: &Model, case: &Case, party: usize, levels: &[u8], form: Option<usize>) -> f64 {
    let (draw, row, issues) = (case.prepared.draw(), case.rows[party], model.issues.len());
    let stands = model.forms.len();
    let mut sum = case.opening.peace[row];
    for (issue, &level) in levels.iter().enumerate() {
        let start = model.issues[issue].status_quo;
        if level == start {
            continue;
        }
        if draw.forbidden[row * issues + issue] >> level & 1 == 1 {
            return f64::NEG_INFINITY;
        }
        let from = draw.worth[model.worth_index(row, stands, issue) + usize::from(start)];
        let to = model.worth_index(row, form.unwrap_or(stands), issue) + usize::from(level);
        sum += draw.worth[to] - from;
        sum +=
            case.prepared.price()[(row * issues + issue) * model.max_levels + usize::from(level)];
        let line = model.rows[row].preferences[issue].as_ref();
        if let Some((bits, firmness, cost)) = line.and_then(|own| own.red_line)
            && form.is_none()
            && bits >> level & 1 == 1
        {
            sum -= draw.get(firmness) * draw.get(cost);
        }
    }
    for link in case.space.links.iter().filter(|link| link.party == party) {
        let (after, before) = (link.holds(levels), link.before);
        if after && !before && link.absolute {
            return f64::NEG_INFINITY;
        }
        sum += f64::from(i8::from(after) - i8::from(before)) * link.bonus;
    }
    sum
}

/// Puts what a party refuses one step below the worst of the rest.
fn refused_last(own: &mut [f64]) {
    let fine = own.iter().copied().filter(|u| u.is_finite());
    let (worst, best) = fine.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), u| {
        (low.min(u), high.max(u))
    });
    for u in own.iter_mut().filter(|u| !u.is_finite()) {
        *u = worst - 2.0 * EPSILON * (best - worst).max(EPSILON);
    }
}
