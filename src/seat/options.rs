//! What a party can do between meetings, and what binds whom, as it sees it.
//!
//! Flows in: a game and the moment of a question. Flows out: the moves and commitments of a view.
//! Invariant: effects are those that the party can watch; how others hear a commitment is theirs.

use super::game::Game;
use super::sitter::Moment;
use super::view::{CommitmentView, MoveView};
use crate::model::plan::{EffectsPlan, Slots};
use crate::scenario::types::MoveKind;

pub(super) fn moves(game: &Game, moment: &Moment) -> Vec<MoveView> {
    let table = game.table();
    let (model, draw) = (&table.model, table.prepared.draw());
    let scenario = &model.scenario;
    let venues = |bits: u64| -> Vec<String> {
        let venues = scenario.venues.iter().enumerate();
        let open = venues.filter(|(venue, _)| bits >> venue & 1 == 1);
        open.map(|(_, venue)| venue.id.clone()).collect()
    };
    let party = |party: usize| scenario.parties[party].id.clone();
    let at_hand = moment.options.iter();
    at_hand
        .filter_map(|&(option, expected)| Some((option?, expected)))
        .map(|(index, expected)| {
            let (plan, act) = (&model.moves[index], &scenario.moves[index]);
            let reluctance = draw.rows[game.row()].reluctance;
            MoveView {
                id: act.id.clone(),
                kind: plan.kind,
                expected,
                cost: draw.get(plan.cost) * reluctance,
                pressure: plan
                    .target
                    .filter(|_| plan.kind == MoveKind::Pressure)
                    .map(|target| (party(target), draw.get(plan.pressure))),
                backing_down: if plan.kind == MoveKind::Relief {
                    draw.get(plan.share)
                } else {
                    0.0
                },
                effects: effects(game, &plan.effects),
                opens: venues(plan.opens),
                closes: venues(plan.closes),
                seats: (plan.seats.iter())
                    .flat_map(|&(venue, parties)| {
                        (0..model.parties.len())
                            .filter(move |party| parties >> party & 1 == 1)
                            .map(move |party| (venue, party))
                    })
                    .map(|(venue, added)| (scenario.venues[venue].id.clone(), party(added)))
                    .collect(),
                ends: plan.kind == MoveKind::Terminal,
                force: plan.force.map(|option| scenario.force[option].id.clone()),
                triggers: (scenario.threats.iter())
                    .filter(|threat| threat.trigger.contains(&act.id))
                    .map(|threat| threat.id.clone())
                    .collect(),
            }
        })
        .collect()
}

/// Changes of what the party can watch. How others hear a commitment is theirs to know.
fn effects(game: &Game, effects: &EffectsPlan) -> Vec<(String, f64)> {
    let table = game.table();
    let (model, draw) = (&table.model, table.prepared.draw());
    let scenario = &model.scenario;
    let slots = &model.slots;
    let mut names = vec![(Slots::TENSION, "tension".to_owned())];
    for (party, words) in scenario.parties.iter().enumerate() {
        names.push((slots.posture(party), format!("posture.{}", words.id)));
        names.push((slots.standing(party), format!("standing.{}", words.id)));
        names.push((slots.exposure(party), format!("exposure.{}", words.id)));
    }
    for (option, words) in scenario.force.iter().enumerate() {
        if model.force[option].holder == table.seat {
            names.push((slots.advantage(option), format!("advantage.{}", words.id)));
            names.push((slots.drift(option), format!("drift.{}", words.id)));
        }
    }
    for (index, id) in commitment_ids(game).enumerate() {
        names.push((slots.said(index), format!("said.{id}")));
    }
    let mut changes: Vec<(String, f64)> = Vec::new();
    for effect in &effects.slots {
        let slot = usize::from(effect.slot);
        if let Some((_, name)) = names.iter().find(|(known, _)| *known == slot) {
            changes.push((name.clone(), draw.get(effect.change)));
        }
    }
    for &(issue, steps) in &effects.levels {
        let id = &scenario.issues[usize::from(issue)].id;
        changes.push((format!("level.{id}"), draw.get(steps).round()));
    }
    changes
}

fn commitment_ids(game: &Game) -> impl Iterator<Item = &str> {
    let scenario = &game.table().model.scenario;
    let threats = scenario.threats.iter().map(|threat| &*threat.id);
    threats.chain(scenario.promises.iter().map(|promise| &*promise.id))
}

pub(super) fn commitments(game: &Game, moment: &Moment) -> Vec<CommitmentView> {
    let model = &game.table().model;
    let party = |party: usize| model.scenario.parties[party].id.clone();
    let threats = model.scenario.threats.len();
    commitment_ids(game)
        .zip(&model.commitments)
        .enumerate()
        .map(|(index, (id, plan))| CommitmentView {
            id: id.to_owned(),
            threat: index < threats,
            by: party(plan.by),
            to: party(plan.to),
            said: moment.slots[model.slots.said(index)],
            believed: moment.believed[index],
        })
        .collect()
}
