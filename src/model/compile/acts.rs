//! What can happen: force, moves, commitments, events, and where the variables start.

use super::{Compiler, Result, at_most, days_between};
use crate::model::plan::{
    CommitmentPlan, EventPlan, ForcePlan, MovePlan, RoundPlan, SlotEffect, Slots, Start,
};
use crate::scenario::types::MoveKind;

impl Compiler<'_> {
    pub(super) fn force_plans(&mut self) -> Result<Vec<ForcePlan>> {
        let scenario = self.scenario;
        let mut plans = Vec::new();
        for option in &scenario.force {
            let moves: Vec<usize> = (0..scenario.moves.len())
                .filter(|&m| scenario.moves[m].force.as_deref() == Some(option.id.as_str()))
                .collect();
            let mut plan = ForcePlan {
                holder: self.party(&option.holder)?,
                damage: Vec::new(),
                threats: Vec::new(),
                promises: Vec::new(),
                moves,
            };
            for (id, quantity) in &option.damage {
                plan.damage.push((self.party(id)?, self.param(quantity)));
            }
            for (index, threat) in scenario.threats.iter().enumerate() {
                let used = |id: &String| plan.moves.iter().any(|&m| scenario.moves[m].id == *id);
                if threat.target == option.holder && threat.trigger.iter().any(used) {
                    plan.threats
                        .push((index, self.param(&threat.cost_to_target)));
                }
            }
            for (index, promise) in scenario.promises.iter().enumerate() {
                if promise.against.contains(&option.id) {
                    plan.promises
                        .push((scenario.threats.len() + index, self.param(&promise.deters)));
                }
            }
            plans.push(plan);
        }
        Ok(plans)
    }

    pub(super) fn move_plans(&mut self, rounds: &[RoundPlan]) -> Result<Vec<MovePlan>> {
        let scenario = self.scenario;
        at_most("moves", scenario.moves.len(), 254)?;
        let last_day = rounds.last().map_or(0, |round| round.day + round.days);
        let mut plans = Vec::new();
        for declared in &scenario.moves {
            let when = self.test(&declared.when)?;
            let mut payoff = vec![None; scenario.parties.len()];
            for (id, quantity) in &declared.payoff {
                payoff[self.party(id)?] = Some(self.param(quantity));
            }
            let terminal = declared.kind == MoveKind::Terminal;
            let triggered: Vec<usize> = (0..scenario.threats.len())
                .filter(|&t| scenario.threats[t].trigger.contains(&declared.id))
                .collect();
            let threatened = triggered
                .iter()
                .filter(|&&t| scenario.threats[t].target == declared.actor)
                .filter(|_| declared.force.is_none())
                .map(|&t| (t, self.param(&scenario.threats[t].cost_to_target)))
                .collect();
            plans.push(MovePlan {
                actor: self.party(&declared.actor)?,
                kind: declared.kind,
                when_in_time: when.in_time(last_day, rounds.len()),
                when,
                limit: declared
                    .limit
                    .map_or(u16::MAX, |n| n.min(u32::from(u16::MAX)) as u16),
                cost: self.param(&declared.cost),
                target: declared
                    .target
                    .as_deref()
                    .map(|id| self.party(id))
                    .transpose()?,
                pressure: self.param(&declared.pressure),
                share: self.param(&declared.share),
                weighed: Vec::new(),
                arms: false,
                speaks: false,
                effects: self.effects(&declared.effects)?,
                opens: self.venues(&declared.opens)?,
                closes: self.venues(&declared.closes)?,
                seats: declared
                    .seats
                    .iter()
                    .map(|(venue, parties)| Ok((self.venue(venue)?, self.parties(parties)?)))
                    .collect::<Result<_>>()?,
                force: declared
                    .force
                    .as_deref()
                    .map(|id| self.force(id))
                    .transpose()?,
                payoff,
                triggers: if terminal { Vec::new() } else { triggered },
                fulfils: (0..scenario.threats.len())
                    .filter(|&t| scenario.threats[t].fulfilled_by.contains(&declared.id))
                    .collect(),
                threatened,
            });
        }
        Ok(plans)
    }

    /// Finds what of the effects of moves bears on what they are worth to their actors: tension,
    /// the actor's standing cost and posture, the standing cost of the target, and what the actor's
    /// force options depend on.
    pub(super) fn weigh_effects(&self, moves: &mut [MovePlan], force: &[ForcePlan]) {
        let at = &self.slots;
        for plan in moves {
            let own = force
                .iter()
                .enumerate()
                .filter(|(_, f)| f.holder == plan.actor);
            let (mut armed, mut heard) = (Vec::new(), Vec::new());
            for (index, option) in own {
                armed.extend([at.advantage(index), at.drift(index)]);
                let commitments = option.threats.iter().chain(&option.promises);
                heard.extend(commitments.map(|&(index, _)| at.heard(index, plan.actor)));
            }
            let target = plan.target.map(|target| at.standing(target));
            let mut counted = vec![
                Slots::TENSION,
                at.standing(plan.actor),
                at.posture(plan.actor),
            ];
            counted.extend(target);
            let among =
                |slots: &[usize], effect: &SlotEffect| slots.contains(&usize::from(effect.slot));
            let effects = &plan.effects.slots;
            plan.arms = effects.iter().any(|effect| among(&armed, effect));
            plan.speaks = effects.iter().any(|effect| among(&heard, effect));
            counted.append(&mut armed);
            counted.append(&mut heard);
            let counts = |effect: &&SlotEffect| among(&counted, effect);
            plan.weighed = effects.iter().filter(counts).copied().collect();
        }
    }

    pub(super) fn commitments(&mut self, start: &mut [Start]) -> Result<Vec<CommitmentPlan>> {
        let scenario = self.scenario;
        let mut plans = Vec::new();
        for (index, threat) in scenario.threats.iter().enumerate() {
            let to = self.party(&threat.target)?;
            let credibility = self.param(&threat.credibility);
            let said = threat.said.as_ref().map_or(credibility, |q| self.param(q));
            start[self.slots.said(index)] = Start::Param(said);
            for (party, observer) in scenario.parties.iter().enumerate() {
                let heard = threat
                    .heard
                    .get(&observer.id)
                    .map_or(credibility, |q| self.param(q));
                start[self.slots.heard(index, party)] =
                    Start::Param(if party == to { credibility } else { heard });
            }
            plans.push(CommitmentPlan {
                by: self.party(&threat.by)?,
                to,
                cost_to_self: Some(self.param(&threat.cost_to_self)),
                lapse: Some((threat.within_days as u16, self.effects(&threat.lapse)?)),
            });
        }
        for (index, promise) in scenario.promises.iter().enumerate() {
            let index = scenario.threats.len() + index;
            let said = self.param(&promise.said);
            start[self.slots.said(index)] = Start::Param(said);
            for (party, observer) in scenario.parties.iter().enumerate() {
                let heard = promise
                    .heard
                    .get(&observer.id)
                    .map_or(said, |q| self.param(q));
                start[self.slots.heard(index, party)] = Start::Param(heard);
            }
            self.param(&promise.relief);
            plans.push(CommitmentPlan {
                by: self.party(&promise.by)?,
                to: self.party(&promise.to)?,
                cost_to_self: None,
                lapse: None,
            });
        }
        Ok(plans)
    }

    pub(super) fn start(&mut self) -> Result<Vec<Start>> {
        let scenario = self.scenario;
        let mut start = vec![Start::Zero; self.slots.len()];
        start[Slots::TENSION] = Start::Param(self.param(&scenario.state.tension.start));
        for (id, quantity) in &scenario.state.exposure {
            start[self.slots.exposure(self.party(id)?)] = Start::Param(self.param(quantity));
        }
        for (id, quantity) in &scenario.state.standing {
            start[self.slots.standing(self.party(id)?)] = Start::Param(self.param(quantity));
        }
        for (id, quantity) in &scenario.state.posture {
            start[self.slots.posture(self.party(id)?)] = Start::Param(self.param(quantity));
        }
        for (index, option) in scenario.force.iter().enumerate() {
            start[self.slots.advantage(index)] = Start::Param(self.param(&option.advantage));
            start[self.slots.drift(index)] = Start::Param(self.param(&option.drift));
        }
        Ok(start)
    }

    pub(super) fn events(&mut self) -> Result<Vec<EventPlan>> {
        let scenario = self.scenario;
        scenario
            .events
            .iter()
            .map(|event| {
                Ok(EventPlan {
                    hazard: event.hazard.as_ref().map(|q| self.param(q)),
                    with_tension: self.param(&event.with_tension),
                    day: event
                        .date
                        .map(|date| days_between(scenario.calendar.start, date).max(0) as u16),
                    when: self.test(&event.when)?,
                    limit: event
                        .limit
                        .map_or(u16::MAX, |n| n.min(u32::from(u16::MAX)) as u16),
                    effects: self.effects(&event.effects)?,
                    opens: self.venues(&event.opens)?,
                    closes: self.venues(&event.closes)?,
                })
            })
            .collect()
    }
}
