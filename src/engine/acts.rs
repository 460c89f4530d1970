//! Moves as a draw has them: every number in its place, the moves of a party one after the other.
//!
//! Flows in: a model and a draw. Flows out: what [`super::moves`] goes through each time a party
//! weighs its options, and the promises and threats that bear on force. Plans name their numbers and
//! are spread over memory; a party weighs its moves some fifty times in a run.

use std::ops::Range;

use super::tables::Strain;
use crate::model::Draw;
use crate::model::condition::Glance;
use crate::model::plan::{Model, MovePlan, SlotEffect, Slots};
use crate::scenario::types::MoveKind;

/// A move of a party.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    /// Its number among the moves of the model.
    pub(super) index: usize,
    pub(super) kind: MoveKind,
    /// What a glance tells of when it is available: now, or in time by waiting.
    pub(super) when: [Glance; 2],
    /// How often at most, if the glance does not tell.
    pub(super) limit: Option<u16>,
    pub(super) cost: f64,
    /// Slot of the standing cost of the party it puts pressure on.
    pub(super) target: Option<usize>,
    /// Fall of the target's disagreement value.
    pub(super) pressure: f64,
    /// Share of exposure charged.
    pub(super) share: f64,
    /// Whether it moves the odds of the actor's force options, or what the actor hears of a
    /// commitment that bears on one.
    pub(super) arms: bool,
    pub(super) speaks: bool,
    /// What it changes in what the actor pays while the crisis lasts, and in what the target does.
    pub(super) changes: Changes,
    effects: Range<u32>,
    threats: Range<u32>,
}

/// Changes of the variables that most moves change and every option asks for: standing cost and
/// posture of the actor, tension, standing cost of the target.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Changes {
    standing: f64,
    posture: f64,
    tension: f64,
    target: f64,
}

impl Changes {
    /// Takes in an effect; whether it is one of these. A file names a variable once in a move.
    fn add(&mut self, slots: &Slots, plan: &MovePlan, effect: &Effect) -> bool {
        let mut taken = false;
        let mut take = |slot: usize, change: &mut f64| {
            if effect.slot == slot {
                debug_assert!(*change == 0.0, "two changes of one variable");
                *change = effect.change;
                taken = true;
            }
        };
        take(slots.standing(plan.actor), &mut self.standing);
        take(slots.posture(plan.actor), &mut self.posture);
        take(Slots::TENSION, &mut self.tension);
        if let Some(target) = plan.target {
            take(slots.standing(target), &mut self.target);
        }
        taken
    }

    /// What costs the actor, after them.
    #[inline]
    pub(super) fn after(&self, before: Strain) -> Strain {
        Strain {
            standing: within(before.standing + self.standing, -1.0),
            posture: within(before.posture + self.posture, 0.0),
            tension: within(before.tension + self.tension, 0.0),
        }
    }

    /// The target's standing cost after them.
    #[inline]
    pub(super) fn after_at_target(&self, standing: f64) -> f64 {
        within(standing + self.target, -1.0)
    }
}

/// A change of one crisis variable.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effect {
    pub(super) slot: usize,
    change: f64,
    low: f64,
}

impl Effect {
    fn new(draw: &Draw, effect: SlotEffect) -> Self {
        Self {
            slot: usize::from(effect.slot),
            change: draw.get(effect.change),
            low: f64::from(effect.low),
        }
    }

    /// The variable after it.
    #[inline]
    pub(super) fn after(&self, value: f64) -> f64 {
        within(value + self.change, self.low)
    }
}

/// A crisis variable kept within its range, whose upper end is 1.
#[inline]
fn within(value: f64, low: f64) -> f64 {
    let value = if value > 1.0 { 1.0 } else { value };
    if value < low { low } else { value }
}

/// What commitments take from something, as far as they are believed: `commitment * parties + who
/// believes it` and how much.
type Weights = Vec<(usize, f64)>;

/// The moves of all parties.
#[derive(Debug, Clone, Default)]
pub(crate) struct Acts {
    moves: Vec<Act>,
    /// By party: its moves, and whether some have effects beside their changes.
    parties: Vec<(Range<usize>, bool)>,
    effects: Vec<Effect>,
    threats: Weights,
    /// By force option: what promises take from the odds, what threats cost its holder.
    force: Vec<[Weights; 2]>,
}

impl Acts {
    pub(super) fn new(model: &Model, draw: &Draw) -> Self {
        let mut acts = Self::default();
        for party in &model.parties {
            let (first, effects) = (acts.moves.len(), acts.effects.len());
            for &index in &party.moves {
                acts.add(model, draw, index);
            }
            let of_party = first..acts.moves.len();
            acts.parties.push((of_party, acts.effects.len() > effects));
        }
        for plan in &model.force {
            let weights = |commitments: &[(usize, crate::model::ParamId)]| {
                let at = |index: usize| index * model.parties.len() + plan.holder;
                let weight = |&(index, id): &(usize, _)| (at(index), draw.get(id));
                commitments.iter().map(weight).collect()
            };
            let weights = [weights(&plan.promises), weights(&plan.threats)];
            acts.force.push(weights);
        }
        acts
    }

    fn add(&mut self, model: &Model, draw: &Draw, index: usize) {
        let plan: &MovePlan = &model.moves[index];
        let effects = self.effects.len() as u32;
        let mut changes = Changes::default();
        for &effect in &plan.weighed {
            let effect = Effect::new(draw, effect);
            if !changes.add(&model.slots, plan, &effect) {
                self.effects.push(effect);
            }
        }
        let threats = self.threats.len() as u32;
        let at = |threat: usize| threat * model.parties.len() + plan.actor;
        let costs = plan.threatened.iter();
        self.threats
            .extend(costs.map(|&(threat, cost)| (at(threat), draw.get(cost))));
        // What may happen once is told from what has happened.
        let once = plan.limit == 1 && index < Glance::SEEN;
        let when = [&plan.when, &plan.when_in_time].map(|test| {
            let glance = *test.glance();
            if once { glance.unless(index) } else { glance }
        });
        let pressing = plan.kind == MoveKind::Pressure;
        self.moves.push(Act {
            index,
            kind: plan.kind,
            when,
            limit: (!once && plan.limit < u16::MAX).then_some(plan.limit),
            cost: draw.get(plan.cost),
            target: plan
                .target
                .filter(|_| pressing)
                .map(|target| model.slots.standing(target)),
            pressure: draw.get(plan.pressure),
            share: draw.get(plan.share),
            arms: plan.arms,
            speaks: plan.speaks,
            changes,
            effects: effects..self.effects.len() as u32,
            threats: threats..self.threats.len() as u32,
        });
    }

    /// The moves of a party, in the order of its plan.
    #[inline]
    pub(super) fn of(&self, party: usize) -> &[Act] {
        &self.moves[self.parties[party].0.clone()]
    }

    /// Whether some move of a party has effects beside its [`Act::changes`].
    #[inline]
    pub(super) fn have_effects(&self, party: usize) -> bool {
        self.parties[party].1
    }

    /// What else bears on what a move is worth to its actor, before [`Act::changes`].
    #[inline]
    pub(super) fn effects(&self, act: &Act) -> &[Effect] {
        &self.effects[act.effects.start as usize..act.effects.end as usize]
    }

    /// Costs that the actor expects from threats it triggers.
    #[inline]
    pub(super) fn threats(&self, act: &Act) -> &[(usize, f64)] {
        &self.threats[act.threats.start as usize..act.threats.end as usize]
    }

    /// What promises take from the odds of a force option, and what threats cost its holder.
    #[inline]
    pub(super) fn bearing(&self, option: usize) -> &[Weights; 2] {
        &self.force[option]
    }
}
