//! The engine as a [`Simulator`]: a compiled scenario with the names that tables and charts need.
//!
//! Flows in: a [`Model`], base rates of the evidence. Flows out: runs and [`ScenarioFacts`].

use std::ops::Range;

use super::Simulator;
use super::facts::{
    BenchmarkFacts, IssueFacts, JointFacts, MoveFacts, Named, OutcomeFacts, PartyFacts,
    ScenarioFacts,
};
use super::summary::{IssueRedLine, RoundInfo, ScenarioInfo};
use super::theory::{Yardstick, measure};
use crate::engine::frontier::joint;
use crate::engine::record::RunRecord;
use crate::engine::{Prepared, Workspace, prepare, run, run_all};
use crate::model::{Draw, Model};
use crate::scenario::types::{Outcome, Party, Scenario};
use crate::solve::case::Case;
use crate::solve::solved::solve;

/// A scenario ready to be played.
#[derive(Debug, Clone)]
pub struct Game {
    model: Model,
    facts: ScenarioFacts,
}

impl Game {
    /// `base_rate` finds a base rate of the evidence by its id; its outcomes are filled in here.
    /// One that is not found is left out.
    pub fn new(model: Model, base_rate: impl Fn(&str) -> Option<BenchmarkFacts>) -> Self {
        let facts = facts(&model, base_rate);
        Self { model, facts }
    }

    /// The compiled scenario.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The compiled scenario alone.
    pub fn into_model(self) -> Model {
        self.model
    }
}

impl Simulator for Game {
    type Draw = Prepared;
    type Workspace = Workspace;

    fn workspace(&self) -> Workspace {
        Workspace::new(&self.model)
    }

    fn draw(&self, seed: u64, draw: u32) -> Prepared {
        prepare(&self.model, self.model.draw(seed, draw))
    }

    fn priors(&self, draw: &Prepared, weights: &mut [f64]) {
        for (weight, row) in weights.iter_mut().zip(&draw.draw().rows) {
            *weight = row.prior;
        }
    }

    fn run(
        &self,
        draw: &Prepared,
        workspace: &mut Workspace,
        _seed: u64,
        _draw_index: u32,
        replicate: u32,
        record: &mut RunRecord,
    ) {
        // The draw knows its seed and its number.
        run(&self.model, draw, workspace, replicate, record, &mut ());
    }

    fn run_all(
        &self,
        draw: &Prepared,
        workspace: &mut Workspace,
        _seed: u64,
        _draw_index: u32,
        replicates: Range<u32>,
        see: impl FnMut(&RunRecord),
    ) {
        run_all(&self.model, draw, workspace, replicates, see);
    }

    fn measure(&self, draw: &Prepared, record: &RunRecord) -> Option<Yardstick> {
        Some(measure(&self.model, draw, record))
    }

    fn info(&self) -> &ScenarioFacts {
        &self.facts
    }
}

fn facts(model: &Model, base_rate: impl Fn(&str) -> Option<BenchmarkFacts>) -> ScenarioFacts {
    let scenario = &model.scenario;
    let modes = model.modes();
    ScenarioFacts {
        scenario: ScenarioInfo {
            id: scenario.id.clone(),
            title: scenario.title.clone(),
            summary: scenario.summary.clone(),
            cutoff: scenario.cutoff,
        },
        start: scenario.calendar.start,
        horizon: scenario.calendar.horizon,
        parties: scenario.parties.iter().map(party_facts).collect(),
        issues: issues(model, &modes),
        forms: scenario
            .forms
            .iter()
            .map(|form| Named::new(&form.id, &form.name))
            .collect(),
        venues: scenario
            .venues
            .iter()
            .map(|venue| Named::new(&venue.id, &venue.name))
            .collect(),
        moves: (scenario.moves.iter().zip(&model.moves))
            .map(|(act, plan)| MoveFacts {
                id: act.id.clone(),
                name: act.name.clone(),
                actor: plan.actor,
            })
            .collect(),
        events: scenario
            .events
            .iter()
            .map(|event| Named::new(&event.id, &event.name))
            .collect(),
        outcomes: scenario.outcomes.iter().map(outcome_facts).collect(),
        flags: scenario
            .flags
            .iter()
            .map(|flag| Named::new(&flag.id, &flag.name))
            .collect(),
        benchmarks: benchmarks(scenario, base_rate),
        rounds: (model.rounds.iter())
            .map(|round| RoundInfo {
                date: round.date,
                venue: scenario.venues[round.venue].id.clone(),
                venue_name: scenario.venues[round.venue].name.clone(),
                documented: round.documented,
            })
            .collect(),
        joint: joint_facts(model, modes),
    }
}

fn party_facts(party: &Party) -> PartyFacts {
    PartyFacts {
        id: party.id.clone(),
        name: party.name.clone(),
        colour: party.colour.clone(),
        types: party
            .types
            .iter()
            .map(|kind| Named::new(&kind.id, &kind.name))
            .collect(),
    }
}

fn outcome_facts(outcome: &Outcome) -> OutcomeFacts {
    OutcomeFacts {
        id: outcome.id.clone(),
        name: outcome.name.clone(),
        severity: outcome.severity,
        colour: outcome.colour.clone(),
    }
}

fn issues(model: &Model, modes: &Draw) -> Vec<IssueFacts> {
    (model.scenario.issues.iter().enumerate())
        .map(|(index, issue)| IssueFacts {
            id: issue.id.clone(),
            name: issue.name.clone(),
            levels: issue.levels.clone(),
            status_quo: issue.status_quo,
            ideals: (0..model.parties.len())
                .filter_map(|party| Some((party, ideal(model, modes, party, index)?)))
                .collect(),
            red_lines: (0..model.parties.len())
                .filter_map(|party| red_line(model, modes, party, index))
                .collect(),
        })
        .collect()
}

// The level worth most to the party, averaged over its types, in the strongest form; the lowest
// among equals, none if it does not care.
fn ideal(model: &Model, modes: &Draw, party: usize, issue: usize) -> Option<usize> {
    let start = model.seen_index(0, party, model.forms.len() - 1, issue);
    let worth = &modes.seen[start..start + model.issues[issue].levels];
    let best = worth.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = worth.iter().copied().fold(f64::INFINITY, f64::min);
    (best > least).then(|| worth.iter().position(|x| *x >= best))?
}

// The red line of the party's likeliest type that has one.
fn red_line(model: &Model, modes: &Draw, party: usize, issue: usize) -> Option<IssueRedLine> {
    let id = &model.scenario.issues[issue].id;
    let rows = model.parties[party].rows();
    let kinds = model.scenario.parties[party]
        .types
        .iter()
        .zip(&modes.rows[rows]);
    let mut found: Option<(f64, IssueRedLine)> = None;
    for (kind, row) in kinds {
        let own = kind
            .preferences
            .iter()
            .find(|preference| preference.issue == *id);
        let Some(line) = own.and_then(|preference| preference.red_line.as_ref()) else {
            continue;
        };
        if found.as_ref().is_none_or(|(prior, _)| row.prior > *prior) {
            let firmness = line.firmness.dist.mode();
            let line = IssueRedLine {
                party,
                above: line.above,
                below: line.below,
                firmness,
            };
            found = Some((row.prior, line));
        }
    }
    found.map(|(_, line)| line)
}

fn benchmarks(
    scenario: &Scenario,
    base_rate: impl Fn(&str) -> Option<BenchmarkFacts>,
) -> Vec<BenchmarkFacts> {
    (scenario.benchmarks.iter())
        .filter_map(|benchmark| {
            let found = base_rate(&benchmark.base_rate)?;
            let position = |id: &String| scenario.outcomes.iter().position(|o| o.id == *id);
            let outcomes = benchmark.outcomes.iter().filter_map(position).collect();
            Some(BenchmarkFacts { outcomes, ..found })
        })
        .collect()
}

fn joint_facts(model: &Model, modes: Draw) -> JointFacts {
    let parties = &model.scenario.parties;
    let index = |id: &String| parties.iter().position(|party| party.id == *id);
    let asked = model.scenario.report.joint.as_ref();
    let (x, y) = asked
        .and_then(|(x, y)| Some((index(x)?, index(y)?)))
        .unwrap_or((0, 1.min(parties.len() - 1)));
    let joint = joint(model, &modes, x, y);
    let prepared = prepare(model, modes);
    let disagreement = |party: usize| {
        let rows = model.parties[party].rows();
        rows.map(|row| prepared.draw().rows[row].prior * prepared.disagreement()[row])
            .sum()
    };
    let case = Case::modes(model);
    let solutions = solve(&case.space, &vec![1.0; parties.len()]).points;
    let solutions = solutions.iter().flat_map(|points| points.named());
    let solutions = solutions.map(|(name, found)| {
        let utility = |party: usize| case.space.no_deal[party] + found.gains[party];
        (name.to_owned(), utility(x), utility(y))
    });
    JointFacts {
        x,
        y,
        solutions: solutions.collect(),
        status_quo: joint.status_quo,
        disagreement: (disagreement(x), disagreement(y)),
        frontier: joint.frontier,
    }
}
