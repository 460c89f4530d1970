//! What a change of a scenario changes, run by run, on the same luck.
//!
//! Flows in: two simulators and a plan. Flows out: [`Trace`]s of every run and, for two of them, an
//! [`Effect`]: the paired differences of all outcomes and how many runs left other agreements or
//! another record. Invariant: traces are a function of simulator and plan, in index order, whatever
//! the number of threads.

use rayon::prelude::*;

use super::paired::{Difference, OutcomeLog, PairError, compare};
use super::{Plan, Simulator};
use crate::engine::record::RunRecord;
use crate::engine::{Workspace, prepare, run};
use crate::model::Model;
use crate::model::streams::{key, parameter_uniform};
use crate::scenario::levers::Lever;
use crate::scenario::types::Scenario;
use crate::stats::moments::Moments;

/// What is kept of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    /// Index of the outcome.
    pub outcome: u8,
    /// Flags that held, bit `i` for flag `i`.
    pub flags: u64,
    /// Digest of the levels at the end, and of where, when and in which form issues were settled.
    pub settled: u64,
    /// Digest of the whole record.
    pub record: u64,
}

/// How far into a run a change reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// The records are the same.
    Nothing,
    /// Something on the way differs: a belief, an offer, a move, a utility.
    Record,
    /// The levels at the end or an agreement differ.
    Settlement,
    /// The outcome differs.
    Outcome,
}

impl Trace {
    /// Of a finished run.
    pub fn of(record: &RunRecord) -> Self {
        let mut settled = Digest::default();
        for list in [
            &record.level,
            &record.settled_venue,
            &record.settled_form,
            &record.settled_round,
        ] {
            for &x in list {
                settled.add(u64::from(x));
            }
        }
        let mut whole = Digest(settled.0);
        let words = [
            u64::from(record.outcome),
            record.flags,
            u64::from(record.rounds),
            u64::from(record.end_day),
            u64::from(record.terminal),
            u64::from(record.failures),
            u64::from(record.walkouts),
        ];
        for word in words {
            whole.add(word);
        }
        let counts = record.types.iter().map(|&x| u64::from(x));
        let acts = record
            .moves
            .iter()
            .chain(&record.events)
            .map(|&x| u64::from(x));
        for count in counts.chain(acts) {
            whole.add(count);
        }
        for list in [
            &record.utility,
            &record.tension,
            &record.posture,
            &record.asked,
            &record.offered,
            &record.disagreement,
            &record.belief,
        ] {
            for x in list {
                whole.add(x.to_bits());
            }
        }
        Self {
            outcome: record.outcome,
            flags: record.flags,
            settled: settled.0,
            record: whole.0,
        }
    }

    /// How far this run and the same run of a changed scenario differ.
    pub fn reach(&self, other: &Self) -> Reach {
        if self.outcome != other.outcome {
            Reach::Outcome
        } else if self.settled != other.settled {
            Reach::Settlement
        } else if self.record != other.record {
            Reach::Record
        } else {
            Reach::Nothing
        }
    }
}

/// FNV-1a over words (Fowler, Noll and Vo): for comparing, not for keeping secrets.
struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    fn add(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x0100_0000_01b3);
        // The product carries upwards only; this brings high bits back down.
        self.0 ^= self.0 >> 29;
    }
}

/// Every run of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traces {
    /// The plan.
    pub plan: Plan,
    /// In index order.
    pub runs: Vec<Trace>,
}

impl Traces {
    /// The outcomes alone.
    pub fn outcomes(&self) -> OutcomeLog {
        OutcomeLog {
            plan: self.plan,
            outcomes: self.runs.iter().map(|run| run.outcome).collect(),
        }
    }

    /// Whether one of some flags held, as a log of two outcomes: 1 where it did.
    pub fn flagged(&self, mask: u64) -> OutcomeLog {
        OutcomeLog {
            plan: self.plan,
            outcomes: self
                .runs
                .iter()
                .map(|run| u8::from(run.flags & mask != 0))
                .collect(),
        }
    }

    /// The first runs of the first draws: what a plan of fewer draws would have given.
    #[must_use]
    pub fn first(&self, draws: u32) -> Self {
        let plan = Plan {
            draws: draws.min(self.plan.draws),
            ..self.plan
        };
        Self {
            plan,
            runs: self.runs[..plan.runs() as usize].to_vec(),
        }
    }

    /// Runs with each of so many outcomes.
    pub fn counts(&self, outcomes: usize) -> Vec<u64> {
        let mut counts = vec![0; outcomes];
        for run in &self.runs {
            counts[usize::from(run.outcome)] += 1;
        }
        counts
    }
}

/// Plays the runs of one draw.
pub fn draw_traces<S: Simulator>(
    simulator: &S,
    plan: Plan,
    draw: u32,
    workspace: &mut S::Workspace,
) -> Vec<Trace> {
    let prepared = simulator.draw(plan.seed(), draw);
    let mut traces = Vec::with_capacity(plan.replicates() as usize);
    let see = |record: &RunRecord| traces.push(Trace::of(record));
    let replicates = 0..plan.replicates();
    simulator.run_all(&prepared, workspace, plan.seed(), draw, replicates, see);
    traces
}

/// Plays a plan on the threads of the current pool.
pub fn traces<S: Simulator>(simulator: &S, plan: Plan) -> Traces {
    let by_draw: Vec<Vec<Trace>> = (0..plan.draws())
        .into_par_iter()
        .map_init(
            || simulator.workspace(),
            |workspace, draw| draw_traces(simulator, plan, draw, workspace),
        )
        .collect();
    Traces {
        plan,
        runs: by_draw.concat(),
    }
}

/// What a change does.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// Share of each outcome before and after, paired.
    pub outcomes: Vec<Difference>,
    /// Runs by how far the change reaches into them, in the order of [`Reach`].
    pub reach: [u64; 4],
}

impl Effect {
    /// Compares two ensembles of scenarios with the same list of outcomes.
    ///
    /// # Errors
    /// If the runs do not share their luck.
    pub fn of(before: &Traces, after: &Traces, outcomes: usize) -> Result<Self, PairError> {
        let (first, second) = (before.outcomes(), after.outcomes());
        let differences = (0..outcomes)
            .map(|outcome| compare((&first, &[outcome]), (&second, &[outcome])))
            .collect::<Result<_, _>>()?;
        let mut reach = [0; 4];
        for (a, b) in before.runs.iter().zip(&after.runs) {
            reach[a.reach(b) as usize] += 1;
        }
        Ok(Self {
            outcomes: differences,
            reach,
        })
    }

    /// Runs that end in another outcome.
    pub fn moved(&self) -> u64 {
        self.reach[Reach::Outcome as usize]
    }

    /// Half the sum of the changes of all shares: the share of the distribution that moved
    /// (total variation distance), 0 to 1.
    pub fn distance(&self) -> f64 {
        self.outcomes
            .iter()
            .map(|d| d.difference.abs())
            .sum::<f64>()
            / 2.0
    }
}

/// Effect of a lever on the share of an outcome, averaged over random settings of all other levers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JointEffect {
    /// Mean over draws of the share with the lever pulled less the share with it left alone.
    pub mean: f64,
    /// Standard error of that mean over the draws.
    pub error: f64,
}

/// Pulls every lever among others that are pulled at random: `[lever][outcome]`.
///
/// In each draw every lever is pulled with probability `share`; then one lever after another is
/// changed over, the rest kept, and the same runs are played again. This is the elementary effect of
/// Morris (1991, "Factorial sampling plans for preliminary computational experiments",
/// Technometrics 33, 161-174) at a random point, one a draw. Unlike the main effects of a fractional
/// factorial design it mixes in no joint effects of other levers, and since the draws are
/// independent of each other, the spread over them gives the standard error.
pub fn joint_effects(
    scenario: &Scenario,
    levers: &[&Lever],
    plan: Plan,
    share: f64,
) -> Vec<Vec<JointEffect>> {
    let outcomes = scenario.outcomes.len();
    let by_draw: Vec<Vec<Vec<i64>>> = (0..plan.draws())
        .into_par_iter()
        .map(|draw| balances(scenario, levers, plan, draw, share))
        .collect();
    let effect = |lever: usize, outcome: usize| {
        let mut moments = Moments::default();
        for balances in &by_draw {
            moments.add(balances[lever][outcome] as f64 / f64::from(plan.replicates()));
        }
        JointEffect {
            mean: moments.mean,
            error: moments.variance_of_mean().sqrt(),
        }
    };
    (0..levers.len())
        .map(|lever| {
            (0..outcomes)
                .map(|outcome| effect(lever, outcome))
                .collect()
        })
        .collect()
}

/// Runs of one draw with each lever pulled less runs with it left alone, by lever and outcome.
fn balances(
    scenario: &Scenario,
    levers: &[&Lever],
    plan: Plan,
    draw: u32,
    share: f64,
) -> Vec<Vec<i64>> {
    let pulled: Vec<bool> = (levers.iter())
        .map(|lever| {
            let name = format!("pulled.{}", lever.id());
            parameter_uniform(plan.seed(), &key(&name), draw) < share
        })
        .collect();
    let counts = |changed: Option<usize>| -> Vec<i64> {
        let mut other = scenario.clone();
        for (index, lever) in levers.iter().enumerate() {
            if pulled[index] != (changed == Some(index)) {
                lever.pull(&mut other);
            }
        }
        let model = Model::compile(other).expect("a pulled scenario still compiles");
        let mut workspace = Workspace::new(&model);
        let mut record = RunRecord::new(model.record_shape());
        let prepared = prepare(&model, model.draw(plan.seed(), draw));
        let mut counts = vec![0; scenario.outcomes.len()];
        for replicate in 0..plan.replicates() {
            run(
                &model,
                &prepared,
                &mut workspace,
                replicate,
                &mut record,
                &mut (),
            );
            counts[usize::from(record.outcome)] += 1;
        }
        counts
    };
    let here = counts(None);
    (0..levers.len())
        .map(|lever| {
            let there = counts(Some(lever));
            let (with, without) = if pulled[lever] {
                (&here, &there)
            } else {
                (&there, &here)
            };
            with.iter().zip(without).map(|(a, b)| a - b).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ensemble::fake::Fake;

    fn harmed(harm: f64) -> Fake {
        Fake {
            harm,
            ..Fake::uncertain()
        }
    }

    #[test]
    fn a_change_is_found_and_nothing_else() {
        let plan = Plan::new(4, 60, 20).unwrap();
        let base = traces(&harmed(0.0), plan);
        let same = Effect::of(&base, &traces(&harmed(0.0), plan), 3).unwrap();
        assert_eq!(same.reach, [1200, 0, 0, 0]);
        assert!(same.distance() < 1e-12);
        let other = Effect::of(&base, &traces(&harmed(0.1), plan), 3).unwrap();
        assert!(other.moved() > 0);
        assert!(
            (other.outcomes[2].difference - 0.1).abs() < 0.03,
            "{other:?}"
        );
        assert!((other.distance() - 0.1).abs() < 0.03);
    }

    #[test]
    fn the_first_draws_are_a_smaller_plan() {
        let plan = Plan::new(9, 30, 10).unwrap();
        let some = traces(&harmed(0.0), plan).first(7);
        assert_eq!(some, traces(&harmed(0.0), Plan::new(9, 7, 10).unwrap()));
        assert_eq!(some.counts(3).iter().sum::<u64>(), 70);
    }

    #[test]
    fn reach_is_the_deepest_difference() {
        let one = Trace {
            outcome: 1,
            flags: 0,
            settled: 2,
            record: 3,
        };
        assert_eq!(one.reach(&one), Reach::Nothing);
        assert_eq!(one.reach(&Trace { record: 4, ..one }), Reach::Record);
        assert_eq!(
            one.reach(&Trace {
                settled: 4,
                record: 5,
                ..one
            }),
            Reach::Settlement
        );
        assert_eq!(one.reach(&Trace { outcome: 0, ..one }), Reach::Outcome);
    }
}
