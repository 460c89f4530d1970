//! From names to indices.

mod acts;
mod party;
mod table;

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::condition::{Check, Ended, Test};
use super::plan::{
    CommitmentPlan, CompileError, EffectsPlan, ExposurePlan, ForcePlan, MAX_FORCE, MAX_ISSUES,
    MAX_PARTIES, MAX_TYPES, Model, MovePlan, Param, ParamId, PartyPlan, RoundPlan, SlotEffect,
    Slots, StreamIndex, TalksPlan, VenuePlan,
};
use super::streams::{Key, key};
use crate::math;
use crate::scenario::quantity::Quantity;
use crate::scenario::types::{
    Channels, Comparison, Condition, DateComparison, Effects, MoveOrder, Relation, Scenario,
    StateRef, TerminalTest,
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
            key: key(&quantity.path),
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
                let slot = self.slot(&effect.target)?;
                plan.slots.push(SlotEffect {
                    slot: slot as u16,
                    low: self.slots.low(slot),
                    change,
                });
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
        let mut checks = Vec::new();
        match &condition.terminal {
            None => {}
            Some(TerminalTest::Any) => checks.push(Check::Terminal(Ended::Any)),
            Some(TerminalTest::None) => checks.push(Check::Terminal(Ended::AtHorizon)),
            Some(TerminalTest::Moves(ids)) => checks.push(Check::Terminal(Ended::By(
                ids.iter()
                    .map(|id| self.a_move(id))
                    .collect::<Result<_>>()?,
            ))),
        }
        if !condition.date.is_empty() {
            checks.push(self.days(&condition.date));
        }
        checks.extend(condition.round.map(Check::Round));
        for (target, comparison) in &condition.state {
            checks.push(Check::State(self.slot(target)? as u16, *comparison));
        }
        for (id, comparison) in &condition.level {
            let (issue, mask) = self.levels_of(id, *comparison)?;
            checks.push(Check::Level(issue, mask));
        }
        let mut settled = 0_u32;
        for (id, comparison) in &condition.settled {
            let (issue, mask) = self.levels_of(id, *comparison)?;
            settled |= 1 << issue;
            checks.push(Check::Settled(issue, mask));
        }
        if let Some(count) = &condition.settled_count {
            let issues = count
                .of
                .iter()
                .try_fold(0_u32, |bits, id| Ok(bits | 1 << self.issue(id)?))?;
            checks.push(Check::SettledCount(issues, count.at_least as u32));
        }
        checks.extend(condition.binding.map(|want| Check::Binding(settled, want)));
        for id in &condition.done {
            checks.push(Check::Done(self.done(id)?));
        }
        for id in &condition.not_done {
            checks.push(Check::NotDone(self.done(id)?));
        }
        let open = |c: Channels| Check::ChannelsOpen(c == Channels::Open);
        checks.extend(condition.channels.map(open));
        if let Some(id) = &condition.without {
            checks.push(Check::Without(self.party(id)? as u8, settled));
        }
        if !condition.any.is_empty() {
            let any = condition.any.iter().map(|c| self.test(c));
            checks.push(Check::Any(any.collect::<Result<_>>()?));
        }
        if let Some(inner) = &condition.not {
            checks.push(Check::Not(Box::new(self.test(inner)?)));
        }
        Ok(Test::new(checks))
    }

    /// The span of days that passes all comparisons of dates.
    fn days(&self, dates: &[DateComparison]) -> Check {
        let (mut first, mut last) = (0_i64, i64::from(u16::MAX));
        for comparison in dates {
            let day = days_between(self.scenario.calendar.start, comparison.date);
            match comparison.op {
                Relation::Less => last = last.min(day - 1),
                Relation::AtMost => last = last.min(day),
                Relation::Equal => (first, last) = (first.max(day), last.min(day)),
                Relation::AtLeast => first = first.max(day),
                Relation::Greater => first = first.max(day + 1),
            }
        }
        if last < first || first > i64::from(u16::MAX) {
            return Check::Never;
        }
        Check::Days(first as u16, last as u16)
    }

    fn talks(&mut self) -> Result<TalksPlan> {
        let scenario = self.scenario;
        Ok(TalksPlan {
            drawn_order: scenario.talks.move_order == MoveOrder::Drawn,
            on_agreement: self.effects(&scenario.talks.on_agreement)?,
            on_no_agreement: self.effects(&scenario.talks.on_no_agreement)?,
            on_walkout: self.effects(&scenario.talks.on_walkout)?,
            on_failure: self.effects(&scenario.talks.on_failure)?,
            failure_exposure: self.param(&scenario.talks.failure_exposure),
        })
    }

    fn party_plans(
        &mut self,
        moves: &[MovePlan],
        force: &[ForcePlan],
        venues: &[VenuePlan],
    ) -> Vec<PartyPlan> {
        let scenario = self.scenario;
        let mut parties = Vec::new();
        let mut first_row = 0;
        for (index, declared) in scenario.parties.iter().enumerate() {
            let mut exposed = Vec::new();
            for (option, plan) in force.iter().enumerate() {
                for &(_, damage) in plan.damage.iter().filter(|&&(party, _)| party == index) {
                    exposed.push(ExposurePlan {
                        option,
                        damage,
                        relief: self.relief(index, option),
                    });
                }
            }
            parties.push(PartyPlan {
                first_row,
                types: declared.types.len(),
                moves: (0..moves.len())
                    .filter(|&m| moves[m].actor == index)
                    .collect(),
                force: (0..force.len())
                    .filter(|&f| force[f].holder == index)
                    .collect(),
                exposed,
                venues: (0..venues.len())
                    .filter(|&v| venues[v].seats.contains(&index))
                    .fold(0, |bits, v| bits | 1 << v),
                heard: Vec::new(),
                heeded: 0,
            });
            first_row += declared.types.len();
        }
        parties
    }

    /// Promises to a party against a force option, and the share of the damage thought averted.
    fn relief(&mut self, party: usize, option: usize) -> Vec<(usize, ParamId)> {
        let scenario = self.scenario;
        let mut relief = Vec::new();
        for (index, promise) in scenario.promises.iter().enumerate() {
            if promise.to == scenario.parties[party].id
                && promise.against.contains(&scenario.force[option].id)
            {
                let share = self.param(&promise.relief);
                relief.push((scenario.threats.len() + index, share));
            }
        }
        relief
    }

    /// `[observer * rows + row]`: prior of an observer of its own.
    fn observer_priors(
        &mut self,
        parties: &[PartyPlan],
        rows: usize,
    ) -> Result<Vec<Option<ParamId>>> {
        let scenario = self.scenario;
        let mut observer_priors = vec![None; scenario.parties.len() * rows];
        for (observer, about) in &scenario.beliefs.priors {
            let observer = self.party(observer)?;
            for (observed, priors) in about {
                let observed = self.party(observed)?;
                for (kind, quantity) in priors {
                    let position =
                        index_of(&scenario.parties[observed].types, "type", kind, |t| &t.id)?;
                    observer_priors[observer * rows + parties[observed].first_row + position] =
                        Some(self.param(quantity));
                }
            }
        }
        Ok(observer_priors)
    }
}

/// Refuses what the packed indices cannot hold, and empty lists without which nothing can happen.
fn within_limits(scenario: &Scenario) -> Result<()> {
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
    Ok(())
}

fn streams(scenario: &Scenario) -> (Vec<Key>, StreamIndex) {
    let mut keys: Vec<Key> = Vec::new();
    let mut family = |prefix: &str, ids: &mut dyn Iterator<Item = &String>| {
        let first = keys.len();
        keys.extend(ids.map(|id| key(&format!("{prefix}:{id}"))));
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
    (keys, index)
}

impl Model {
    /// Compiles a condition that is not part of the scenario, in the scenario's terms.
    ///
    /// # Errors
    /// When a name in it is unknown.
    pub fn condition(&self, condition: &Condition) -> Result<Test> {
        let compiler = Compiler {
            scenario: &self.scenario,
            params: Vec::new(),
            by_name: BTreeMap::new(),
            slots: self.slots,
        };
        compiler.test(condition)
    }

    /// Compiles a checked scenario.
    ///
    /// # Errors
    ///
    /// When a name is unknown (a checked scenario has none), a list is longer than the packed
    /// indices allow, or nothing can happen because a list or the calendar is empty.
    pub fn compile(scenario: Scenario) -> Result<Self> {
        within_limits(&scenario)?;
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
        let mut moves = compiler.move_plans(&rounds)?;
        compiler.weigh_effects(&mut moves, &force);
        let mut start = compiler.start()?;
        let commitments = compiler.commitments(&mut start)?;
        let events = compiler.events()?;
        let linkages = compiler.linkages()?;
        let talks = compiler.talks()?;
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
        let mut parties = compiler.party_plans(&moves, &force, &venues);
        hear(&mut parties, &commitments, &moves, &force);
        let observer_priors = compiler.observer_priors(&parties, rows.len())?;
        let (stream_keys, stream) = streams(&scenario);
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
            streams: stream_keys,
            stream,
            scenario,
        })
    }

    /// Longest possible meeting, in turns: the stride of [`Model::ln_day`].
    pub fn max_turns(&self) -> usize {
        max_turns(&self.venues)
    }
}

/// Sets who hears which commitments of each party, and who heeds them: actors whose moves trigger a
/// threat, holders of a force option on which it bears, those whom a promise relieves of fear.
fn hear(
    parties: &mut [PartyPlan],
    commitments: &[CommitmentPlan],
    moves: &[MovePlan],
    force: &[ForcePlan],
) {
    let count = parties.len();
    let mut heeded = vec![false; commitments.len() * count];
    for plan in moves {
        for &(threat, _) in &plan.threatened {
            heeded[threat * count + plan.actor] = true;
        }
    }
    for plan in force {
        for &(index, _) in plan.threats.iter().chain(&plan.promises) {
            heeded[index * count + plan.holder] = true;
        }
    }
    for (observer, plan) in parties.iter().enumerate() {
        for &(promise, _) in plan.exposed.iter().flat_map(|exposed| &exposed.relief) {
            heeded[promise * count + observer] = true;
        }
    }
    for (index, plan) in parties.iter_mut().enumerate() {
        let of = |&at: &usize| commitments[at / count].by == index;
        let (first, rest): (Vec<usize>, Vec<usize>) =
            (0..heeded.len()).filter(of).partition(|&at| heeded[at]);
        plan.heeded = first.len();
        let all = first.into_iter().chain(rest);
        plan.heard = all.map(|at| (at, at % count)).collect();
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
