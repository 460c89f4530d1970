//! From names to indices.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::condition::{Ended, Test};
use super::plan::{
    CommitmentPlan, CompileError, EffectsPlan, EventPlan, ForcePlan, FormPlan, IssuePlan,
    LinkagePlan, MAX_FORCE, MAX_ISSUES, MAX_LEVELS, MAX_PARTIES, MAX_TYPES, Model, MovePlan, Param,
    ParamId, PartyPlan, PreferencePlan, RoundPlan, RowPlan, Slots, Start, StrategyPlan,
    StreamIndex, TalksPlan, TraitPlan, VenuePlan,
};
use crate::math;
use crate::scenario::quantity::Quantity;
use crate::scenario::types::{
    Channels, Comparison, Condition, Effects, MoveKind, MoveOrder, Relation, Scenario, StateRef,
    Strategy, TerminalTest, Traits,
};

type Result<T> = std::result::Result<T, CompileError>;

fn index_of<T>(
    items: &[T],
    what: &'static str,
    id: &str,
    name: impl Fn(&T) -> &str,
) -> Result<usize> {
    items
        .iter()
        .position(|item| name(item) == id)
        .ok_or_else(|| CompileError::Unknown {
            what,
            id: id.to_owned(),
        })
}

fn at_most(what: &'static str, count: usize, limit: usize) -> Result<()> {
    if count > limit {
        Err(CompileError::TooMany { what, count, limit })
    } else {
        Ok(())
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    i64::from(
        from.until(to)
            .expect("two dates of the calendar have a span in days")
            .get_days(),
    )
}

/// The bits of the levels that pass a test.
fn level_mask(test: Comparison, levels: usize) -> u32 {
    (0..levels)
        .filter(|&level| test.holds(level as f64))
        .fold(0, |mask, level| mask | 1 << level)
}

struct Compiler<'a> {
    scenario: &'a Scenario,
    params: Vec<Param>,
    by_name: BTreeMap<String, ParamId>,
    slots: Slots,
}

impl Compiler<'_> {
    fn param(&mut self, quantity: &Quantity) -> ParamId {
        if let Some(&id) = self.by_name.get(&quantity.path) {
            return id;
        }
        let id = ParamId(self.params.len() as u32);
        self.params.push(Param {
            name: quantity.path.clone(),
            dist: quantity.dist,
        });
        self.by_name.insert(quantity.path.clone(), id);
        id
    }

    fn party(&self, id: &str) -> Result<usize> {
        index_of(&self.scenario.parties, "party", id, |p| &p.id)
    }

    fn issue(&self, id: &str) -> Result<usize> {
        index_of(&self.scenario.issues, "issue", id, |i| &i.id)
    }

    fn venue(&self, id: &str) -> Result<usize> {
        index_of(&self.scenario.venues, "venue", id, |v| &v.id)
    }

    fn force(&self, id: &str) -> Result<usize> {
        index_of(&self.scenario.force, "force option", id, |f| &f.id)
    }

    fn a_move(&self, id: &str) -> Result<usize> {
        index_of(&self.scenario.moves, "move", id, |m| &m.id)
    }

    fn done(&self, id: &str) -> Result<u16> {
        let position = match self.scenario.moves.iter().position(|m| m.id == id) {
            Some(index) => index,
            None => {
                self.scenario.moves.len()
                    + index_of(&self.scenario.events, "move or event", id, |e| &e.id)?
            }
        };
        Ok(position as u16)
    }

    fn commitment(&self, id: &str) -> Result<usize> {
        match self.scenario.threats.iter().position(|t| t.id == id) {
            Some(index) => Ok(index),
            None => Ok(self.scenario.threats.len()
                + index_of(&self.scenario.promises, "threat or promise", id, |p| &p.id)?),
        }
    }

    fn parties(&self, ids: &[String]) -> Result<u32> {
        ids.iter()
            .try_fold(0, |bits, id| Ok(bits | 1 << self.party(id)?))
    }

    fn venues(&self, ids: &[String]) -> Result<u64> {
        ids.iter()
            .try_fold(0, |bits, id| Ok(bits | 1 << self.venue(id)?))
    }

    fn slot(&self, target: &StateRef) -> Result<usize> {
        Ok(match target {
            StateRef::Tension => Slots::TENSION,
            StateRef::Exposure { party } => self.slots.exposure(self.party(party)?),
            StateRef::Standing { party } => self.slots.standing(self.party(party)?),
            StateRef::Posture { party } => self.slots.posture(self.party(party)?),
            StateRef::Advantage { force } => self.slots.advantage(self.force(force)?),
            StateRef::Drift { force } => self.slots.drift(self.force(force)?),
            StateRef::Said { commitment } => self.slots.said(self.commitment(commitment)?),
            StateRef::Heard { commitment, party } => self
                .slots
                .heard(self.commitment(commitment)?, self.party(party)?),
            StateRef::Level { issue } => {
                return Err(CompileError::Unknown {
                    what: "crisis variable",
                    id: format!("level.{issue}"),
                });
            }
        })
    }

    fn effects(&mut self, effects: &Effects) -> Result<EffectsPlan> {
        let mut plan = EffectsPlan::default();
        for effect in effects {
            let change = self.param(&effect.change);
            if let StateRef::Level { issue } = &effect.target {
                plan.levels.push((self.issue(issue)? as u8, change));
            } else {
                plan.slots.push((self.slot(&effect.target)? as u16, change));
            }
        }
        Ok(plan)
    }

    fn levels_of(&self, id: &str, test: Comparison) -> Result<(u8, u32)> {
        let issue = self.issue(id)?;
        Ok((
            issue as u8,
            level_mask(test, self.scenario.issues[issue].levels.len()),
        ))
    }

    fn test(&self, condition: &Condition) -> Result<Test> {
        let mut test = Test {
            round: condition.round,
            binding: condition.binding,
            channels_open: condition.channels.map(|c| c == Channels::Open),
            ..Test::default()
        };
        test.terminal = match &condition.terminal {
            None => None,
            Some(TerminalTest::Any) => Some(Ended::Any),
            Some(TerminalTest::None) => Some(Ended::AtHorizon),
            Some(TerminalTest::Moves(ids)) => Some(Ended::By(
                ids.iter()
                    .map(|id| self.a_move(id))
                    .collect::<Result<_>>()?,
            )),
        };
        if !condition.date.is_empty() {
            let (mut first, mut last) = (0_i64, i64::from(u16::MAX));
            for comparison in &condition.date {
                let day = days_between(self.scenario.calendar.start, comparison.date);
                match comparison.op {
                    Relation::Less => last = last.min(day - 1),
                    Relation::AtMost => last = last.min(day),
                    Relation::Equal => (first, last) = (first.max(day), last.min(day)),
                    Relation::AtLeast => first = first.max(day),
                    Relation::Greater => first = first.max(day + 1),
                }
            }
            test.never = last < first || first > i64::from(u16::MAX);
            test.days = Some((
                first.max(0) as u16,
                last.clamp(0, i64::from(u16::MAX)) as u16,
            ));
        }
        for (target, comparison) in &condition.state {
            test.state.push((self.slot(target)? as u16, *comparison));
        }
        for (id, comparison) in &condition.level {
            test.level.push(self.levels_of(id, *comparison)?);
        }
        for (id, comparison) in &condition.settled {
            test.settled.push(self.levels_of(id, *comparison)?);
        }
        if let Some(count) = &condition.settled_count {
            let issues = count
                .of
                .iter()
                .try_fold(0_u32, |bits, id| Ok(bits | 1 << self.issue(id)?))?;
            test.settled_count = Some((issues, count.at_least as u32));
        }
        test.done = condition
            .done
            .iter()
            .map(|id| self.done(id))
            .collect::<Result<_>>()?;
        test.not_done = condition
            .not_done
            .iter()
            .map(|id| self.done(id))
            .collect::<Result<_>>()?;
        test.without = match &condition.without {
            Some(id) => Some(self.party(id)? as u8),
            None => None,
        };
        test.any = condition
            .any
            .iter()
            .map(|c| self.test(c))
            .collect::<Result<_>>()?;
        test.not = match &condition.not {
            Some(inner) => Some(Box::new(self.test(inner)?)),
            None => None,
        };
        Ok(test)
    }

    fn traits(&mut self, traits: &Traits) -> TraitPlan {
        TraitPlan {
            patience: self.param(&traits.patience),
            rationality: self.param(&traits.rationality),
            insight: self.param(&traits.insight),
            power: self.param(&traits.power),
            audience_cost: self.param(&traits.audience_cost),
            upkeep: self.param(&traits.upkeep),
            tension_cost: self.param(&traits.tension_cost),
            walkout: self.param(&traits.walkout),
            slack: self.param(&traits.slack),
            spread: self.param(&traits.spread),
            talks_value: self.param(&traits.talks_value),
            deal_value: self.param(&traits.deal_value),
            resolve: self.param(&traits.resolve),
            reluctance: self.param(&traits.reluctance),
        }
    }

    fn strategy(&mut self, strategy: &Strategy) -> StrategyPlan {
        match strategy {
            Strategy::TimeDependent { e, k } => {
                StrategyPlan::TimeDependent(self.param(e), self.param(k))
            }
            Strategy::RelativeTitForTat => StrategyPlan::RelativeTitForTat,
            Strategy::AbsoluteTitForTat => StrategyPlan::AbsoluteTitForTat,
            Strategy::AveragedTitForTat { window } => StrategyPlan::AveragedTitForTat(*window),
            Strategy::NiceTitForTat => StrategyPlan::NiceTitForTat,
            Strategy::Micro => StrategyPlan::Micro,
            Strategy::Zeuthen => StrategyPlan::Zeuthen,
            Strategy::Hardliner => StrategyPlan::Hardliner,
            Strategy::RandomWalker => StrategyPlan::RandomWalker,
            Strategy::Ultimatum => StrategyPlan::Ultimatum,
            Strategy::Rubinstein => StrategyPlan::Rubinstein,
        }
    }

    fn rounds(&self) -> Result<Vec<RoundPlan>> {
        let calendar = &self.scenario.calendar;
        let mut dated: Vec<(Date, usize, bool)> = Vec::new();
        for meeting in &self.scenario.meetings {
            dated.push((meeting.date, self.venue(&meeting.venue)?, true));
        }
        dated.sort_by_key(|&(date, ..)| date);
        if let Some(cycle) = &self.scenario.cycle {
            let mut date = dated.last().map_or(calendar.start, |&(date, ..)| date);
            if !dated.is_empty() {
                date = date.saturating_add(jiff::Span::new().days(i64::from(cycle.every_days)));
            }
            for turn in 0.. {
                if date > calendar.horizon || cycle.venues.is_empty() || cycle.every_days == 0 {
                    break;
                }
                dated.push((
                    date,
                    self.venue(&cycle.venues[turn % cycle.venues.len()])?,
                    false,
                ));
                date = date.saturating_add(jiff::Span::new().days(i64::from(cycle.every_days)));
            }
        }
        dated.retain(|&(date, ..)| (calendar.start..=calendar.horizon).contains(&date));
        if dated.is_empty() {
            return Err(CompileError::NoRounds);
        }
        at_most("rounds", dated.len(), 254)?;
        let ends: Vec<Date> = dated
            .iter()
            .skip(1)
            .map(|&(date, ..)| date)
            .chain([calendar.horizon])
            .collect();
        let mut waited = 0;
        let every = i64::from(calendar.moves_every_days);
        Ok(dated
            .iter()
            .zip(ends)
            .map(|(&(date, venue, documented), end)| {
                let days = days_between(date, end).max(0);
                waited += days;
                let moves = waited >= every;
                if moves {
                    waited = 0;
                }
                RoundPlan {
                    date,
                    day: days_between(calendar.start, date) as u16,
                    days: days as u16,
                    venue,
                    documented,
                    moves,
                }
            })
            .collect())
    }

    fn issues(&mut self) -> Result<Vec<IssuePlan>> {
        let scenario = self.scenario;
        scenario
            .issues
            .iter()
            .map(|issue| {
                at_most("levels of an issue", issue.levels.len(), MAX_LEVELS)?;
                Ok(IssuePlan {
                    levels: issue.levels.len(),
                    status_quo: issue.status_quo as u8,
                    promise: issue.promise,
                    consent: self.parties(&issue.consent)?,
                    consequences: issue
                        .consequences
                        .iter()
                        .map(|c| {
                            Ok((
                                level_mask(c.level, issue.levels.len()),
                                self.effects(&c.effects)?,
                            ))
                        })
                        .collect::<Result<_>>()?,
                })
            })
            .collect()
    }

    fn forms(&mut self) -> Result<Vec<FormPlan>> {
        let scenario = self.scenario;
        let count = scenario.parties.len();
        if scenario.forms.is_empty() {
            return Ok(vec![FormPlan {
                level: None,
                binding: true,
                durability: vec![None; count],
                ratification: vec![None; count],
            }]);
        }
        at_most("forms", scenario.forms.len(), 32)?;
        let mut plans = Vec::new();
        for form in &scenario.forms {
            let mut plan = FormPlan {
                level: form.level.map(|level| level as u8),
                binding: form.binding,
                durability: vec![None; count],
                ratification: vec![None; count],
            };
            for (id, quantity) in &form.durability {
                plan.durability[self.party(id)?] = Some(self.param(quantity));
            }
            for (id, quantity) in &form.ratification {
                plan.ratification[self.party(id)?] = Some(self.param(quantity));
            }
            plans.push(plan);
        }
        Ok(plans)
    }

    fn venue_plans(&mut self, forms: usize) -> Result<Vec<VenuePlan>> {
        let scenario = self.scenario;
        at_most("venues", scenario.venues.len(), 64)?;
        let form_issue = scenario.form_issue.as_deref();
        let mut plans = Vec::new();
        for venue in &scenario.venues {
            let seats: Vec<usize> = venue
                .participants
                .iter()
                .map(|id| self.party(id))
                .collect::<Result<_>>()?;
            let mut order = seats.clone();
            for a_move in &scenario.moves {
                for id in a_move.seats.get(&venue.id).into_iter().flatten() {
                    let party = self.party(id)?;
                    if !order.contains(&party) {
                        order.push(party);
                    }
                }
            }
            let mut decides: Vec<usize> = venue
                .decides
                .iter()
                .filter(|id| Some(id.as_str()) != form_issue)
                .map(|id| self.issue(id))
                .collect::<Result<_>>()?;
            decides.sort_unstable();
            decides.dedup();
            // The last issue varies fastest, as when counting.
            let mut radix = vec![1_u64; decides.len()];
            for k in (0..decides.len().saturating_sub(1)).rev() {
                radix[k] = radix[k + 1] * scenario.issues[decides[k + 1]].levels.len() as u64;
            }
            plans.push(VenuePlan {
                seats,
                order,
                decides,
                radix,
                protocol: venue.protocol,
                exchanges: venue.exchanges,
                open: venue.open,
                forms: if venue.forms.is_empty() {
                    (0..forms).collect()
                } else {
                    let mut allowed: Vec<usize> = venue
                        .forms
                        .iter()
                        .map(|id| index_of(&scenario.forms, "form", id, |f| &f.id))
                        .collect::<Result<_>>()?;
                    allowed.sort_unstable();
                    allowed.dedup();
                    allowed
                },
                mediator_insight: self.param(&venue.mediator_insight),
            });
        }
        Ok(plans)
    }

    fn rows(&mut self) -> Result<Vec<RowPlan>> {
        let scenario = self.scenario;
        let mut rows = Vec::new();
        for (party, declared) in scenario.parties.iter().enumerate() {
            for kind in &declared.types {
                let mut preferences = vec![None; scenario.issues.len()];
                for preference in &kind.preferences {
                    let issue = self.issue(&preference.issue)?;
                    let red_line = preference.red_line.as_ref().map(|line| {
                        let levels = scenario.issues[issue].levels.len();
                        let refused = (0..levels)
                            .filter(|&level| {
                                line.above.is_some_and(|above| level > above)
                                    || line.below.is_some_and(|below| level < below)
                            })
                            .fold(0_u32, |mask, level| mask | 1 << level);
                        (refused, self.param(&line.firmness), self.param(&line.cost))
                    });
                    preferences[issue] = Some(PreferencePlan {
                        weight: self.param(&preference.weight),
                        values: preference.values.iter().map(|q| self.param(q)).collect(),
                        red_line,
                    });
                }
                let mut force = vec![None; scenario.force.len()];
                for payoff in &kind.force {
                    let option = self.force(&payoff.force)?;
                    force[option] = Some([
                        self.param(&payoff.prize),
                        self.param(&payoff.loss),
                        self.param(&payoff.cost),
                    ]);
                }
                rows.push(RowPlan {
                    party,
                    prior: self.param(&kind.prior),
                    traits: self.traits(&kind.traits),
                    strategy: self.strategy(&kind.traits.strategy),
                    preferences,
                    force,
                    deadline_weeks: kind.traits.deadline_weeks.as_ref().map(|q| self.param(q)),
                });
            }
        }
        Ok(rows)
    }

    fn force_plans(&mut self) -> Result<Vec<ForcePlan>> {
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

    fn move_plans(&mut self) -> Result<Vec<MovePlan>> {
        let scenario = self.scenario;
        at_most("moves", scenario.moves.len(), 254)?;
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
                when_in_time: when.in_time(),
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

    fn commitments(&mut self, start: &mut [Start]) -> Result<Vec<CommitmentPlan>> {
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
                relief: None,
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
            let against = promise
                .against
                .iter()
                .map(|id| self.force(id))
                .collect::<Result<Vec<_>>>()?;
            plans.push(CommitmentPlan {
                by: self.party(&promise.by)?,
                to: self.party(&promise.to)?,
                relief: Some((against, self.param(&promise.relief))),
                cost_to_self: None,
                lapse: None,
            });
        }
        Ok(plans)
    }

    fn start(&mut self) -> Result<Vec<Start>> {
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

    fn events(&mut self) -> Result<Vec<EventPlan>> {
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

    fn linkages(&mut self) -> Result<Vec<LinkagePlan>> {
        let scenario = self.scenario;
        scenario
            .linkages
            .iter()
            .map(|linkage| {
                let mut tests: Vec<(usize, u32)> = Vec::new();
                for (id, comparison) in &linkage.when {
                    let (issue, mask) = self.levels_of(id, *comparison)?;
                    tests.push((usize::from(issue), mask));
                }
                Ok(LinkagePlan {
                    party: self.party(&linkage.party)?,
                    issues: tests.iter().fold(0, |bits, &(issue, _)| bits | 1 << issue),
                    tests,
                    bonus: linkage.bonus.as_ref().map(|q| self.param(q)),
                    absolute: linkage.absolute,
                })
            })
            .collect()
    }
}

fn streams(scenario: &Scenario) -> (Vec<String>, StreamIndex) {
    let mut names: Vec<String> = Vec::new();
    let mut family = |prefix: &str, ids: &mut dyn Iterator<Item = &String>| {
        let first = names.len();
        names.extend(ids.map(|id| format!("{prefix}:{id}")));
        first
    };
    let parties = || scenario.parties.iter().map(|p| &p.id);
    let index = StreamIndex {
        types: family("type", &mut parties()),
        moves: family("move", &mut parties()),
        response: family("response", &mut parties()),
        walkout: family("walkout", &mut parties()),
        reading: family("reading", &mut parties()),
        consent: family("consent", &mut parties()),
        ratification: family("ratification", &mut parties()),
        strategy: family("strategy", &mut parties()),
        order: family("move-order", &mut parties()),
        mediator: family("mediator", &mut scenario.venues.iter().map(|v| &v.id)),
        events: family("event", &mut scenario.events.iter().map(|e| &e.id)),
    };
    (names, index)
}

impl Model {
    /// Compiles a checked scenario.
    ///
    /// # Errors
    ///
    /// When a name is unknown (a checked scenario has none), a list is longer than the packed
    /// indices allow, or nothing can happen because a list or the calendar is empty.
    pub fn compile(scenario: Scenario) -> Result<Self> {
        at_most("parties", scenario.parties.len(), MAX_PARTIES)?;
        at_most("issues", scenario.issues.len(), MAX_ISSUES)?;
        at_most("outcomes", scenario.outcomes.len(), 255)?;
        at_most("flags", scenario.flags.len(), 64)?;
        at_most("force options", scenario.force.len(), MAX_FORCE)?;
        at_most("linkages", scenario.linkages.len(), 64)?;
        for party in &scenario.parties {
            at_most("types of a party", party.types.len(), MAX_TYPES)?;
        }
        for (what, empty) in [
            ("party", scenario.parties.is_empty()),
            ("issue", scenario.issues.is_empty()),
            ("venue", scenario.venues.is_empty()),
            ("outcome", scenario.outcomes.is_empty()),
        ] {
            if empty {
                return Err(CompileError::None(what));
            }
        }
        let slots = Slots {
            parties: scenario.parties.len(),
            force: scenario.force.len(),
            commitments: scenario.threats.len() + scenario.promises.len(),
        };
        let mut compiler = Compiler {
            scenario: &scenario,
            params: Vec::new(),
            by_name: BTreeMap::new(),
            slots,
        };
        let issues = compiler.issues()?;
        let forms = compiler.forms()?;
        let venues = compiler.venue_plans(forms.len())?;
        let rounds = compiler.rounds()?;
        let ln_day = ln_days(&rounds, max_turns(&venues));
        let calendar = &scenario.calendar;
        let ln_weeks = math::ln(days_between(calendar.start, calendar.horizon).max(1) as f64 / 7.0);
        let rows = compiler.rows()?;
        let force = compiler.force_plans()?;
        let moves = compiler.move_plans()?;
        let mut start = compiler.start()?;
        let commitments = compiler.commitments(&mut start)?;
        let events = compiler.events()?;
        let linkages = compiler.linkages()?;
        let talks = TalksPlan {
            drawn_order: scenario.talks.move_order == MoveOrder::Drawn,
            on_agreement: compiler.effects(&scenario.talks.on_agreement)?,
            on_no_agreement: compiler.effects(&scenario.talks.on_no_agreement)?,
            on_walkout: compiler.effects(&scenario.talks.on_walkout)?,
            on_failure: compiler.effects(&scenario.talks.on_failure)?,
            failure_exposure: compiler.param(&scenario.talks.failure_exposure),
        };
        let outcomes: Vec<Test> = scenario
            .outcomes
            .iter()
            .map(|o| compiler.test(&o.when))
            .collect::<Result<_>>()?;
        let flags: Vec<Test> = scenario
            .flags
            .iter()
            .map(|f| compiler.test(&f.when))
            .collect::<Result<_>>()?;
        let form_issue = scenario
            .form_issue
            .as_deref()
            .map(|id| compiler.issue(id))
            .transpose()?;
        let tension_rest = compiler.param(&scenario.state.tension.rest);
        let tension_decay = compiler.param(&scenario.state.tension.decay);
        let exposure_decay = compiler.param(&scenario.state.exposure_decay);
        let offer_noise = compiler.param(&scenario.beliefs.offer_noise);
        let tremble = compiler.param(&scenario.beliefs.tremble);
        let foresight = compiler.param(&scenario.beliefs.foresight);
        let mut parties = Vec::new();
        let mut first_row = 0;
        for (index, declared) in scenario.parties.iter().enumerate() {
            parties.push(PartyPlan {
                first_row,
                types: declared.types.len(),
                moves: (0..moves.len())
                    .filter(|&m| moves[m].actor == index)
                    .collect(),
                force: (0..force.len())
                    .filter(|&f| force[f].holder == index)
                    .collect(),
                exposed: (0..force.len())
                    .flat_map(|f| {
                        force[f]
                            .damage
                            .iter()
                            .map(move |&(party, id)| (f, party, id))
                    })
                    .filter(|&(_, party, _)| party == index)
                    .map(|(f, _, id)| (f, id))
                    .collect(),
                venues: (0..venues.len())
                    .filter(|&v| venues[v].seats.contains(&index))
                    .fold(0, |bits, v| bits | 1 << v),
            });
            first_row += declared.types.len();
        }
        let mut observer_priors = vec![None; scenario.parties.len() * rows.len()];
        for (observer, about) in &scenario.beliefs.priors {
            let observer = compiler.party(observer)?;
            for (observed, priors) in about {
                let observed = compiler.party(observed)?;
                for (kind, quantity) in priors {
                    let position =
                        index_of(&scenario.parties[observed].types, "type", kind, |t| &t.id)?;
                    observer_priors
                        [observer * rows.len() + parties[observed].first_row + position] =
                        Some(compiler.param(quantity));
                }
            }
        }
        let (stream_names, stream) = streams(&scenario);
        let max_levels = issues.iter().map(|i| i.levels).max().unwrap_or(1);
        let params = compiler.params;
        Ok(Self {
            params,
            parties,
            rows,
            issues,
            max_levels,
            form_issue,
            linkages,
            forms,
            venues,
            rounds,
            ln_day,
            ln_weeks,
            slots,
            start,
            tension_rest,
            tension_decay,
            exposure_decay,
            talks,
            offer_noise,
            tremble,
            foresight,
            observer_priors,
            force,
            moves,
            commitments,
            events,
            outcomes,
            flags,
            streams: stream_names,
            stream,
            scenario,
        })
    }

    /// Longest possible meeting, in turns: the stride of [`Model::ln_day`].
    pub fn max_turns(&self) -> usize {
        max_turns(&self.venues)
    }
}

/// Logarithm of the day, in weeks from the start, at which each turn of each round's meeting is
/// taken: turns spread evenly over the days up to the next round.
fn ln_days(rounds: &[RoundPlan], max_turns: usize) -> Vec<f64> {
    let turns = |round: &RoundPlan| {
        let (day, days) = (f64::from(round.day), f64::from(round.days));
        (0..max_turns)
            .map(move |turn| math::ln((day + days * turn as f64 / max_turns as f64) / 7.0))
    };
    rounds.iter().flat_map(turns).collect()
}

fn max_turns(venues: &[VenuePlan]) -> usize {
    venues
        .iter()
        .map(|v| v.exchanges as usize * v.order.len())
        .max()
        .unwrap_or(1)
        .max(1)
}
