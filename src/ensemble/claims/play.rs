//! The runs of one scenario, with what a claim can measure.

use rayon::prelude::*;

use crate::engine::{Workspace, prepare, run_all};
use crate::ensemble::Plan;
use crate::model::Model;
use crate::scenario::claims::Measure;

/// What is kept of every run of a plan, in index order.
#[derive(Debug, Clone)]
pub struct Runs {
    /// The plan.
    pub plan: Plan,
    outcomes: Vec<u8>,
    flags: Vec<u64>,
    /// `[run * parties + party]`
    utility: Vec<f64>,
    parties: usize,
}

/// Plays a plan on the threads of the current pool.
pub fn play(model: &Model, plan: Plan) -> Runs {
    let parties = model.parties.len();
    let by_draw: Vec<Runs> = (0..plan.draws())
        .into_par_iter()
        .map_init(
            || Workspace::new(model),
            |workspace, draw| {
                let prepared = prepare(model, model.draw(plan.seed(), draw));
                let mut runs = Runs::empty(plan, parties);
                run_all(
                    model,
                    &prepared,
                    workspace,
                    0..plan.replicates(),
                    |record| {
                        runs.outcomes.push(record.outcome);
                        runs.flags.push(record.flags);
                        runs.utility.extend_from_slice(&record.utility);
                    },
                );
                runs
            },
        )
        .collect();
    let mut all = Runs::empty(plan, parties);
    for runs in by_draw {
        all.outcomes.extend(runs.outcomes);
        all.flags.extend(runs.flags);
        all.utility.extend(runs.utility);
    }
    all
}

impl Runs {
    fn empty(plan: Plan, parties: usize) -> Self {
        Self {
            plan,
            outcomes: Vec::new(),
            flags: Vec::new(),
            utility: Vec::new(),
            parties,
        }
    }

    /// What is measured, run by run, in the first draws of a plan: 0 or 1 for a share. Names that
    /// the scenario does not have are never met.
    pub(super) fn values(&self, model: &Model, measure: &Measure, draws: u32) -> Vec<f64> {
        let runs = draws as usize * self.plan.replicates() as usize;
        let scenario = &model.scenario;
        match measure {
            Measure::Outcomes(ids) => {
                let wanted: Vec<bool> = (scenario.outcomes.iter())
                    .map(|outcome| ids.contains(&outcome.id))
                    .collect();
                let hit = |outcome: &u8| f64::from(u8::from(wanted[usize::from(*outcome)]));
                self.outcomes[..runs].iter().map(hit).collect()
            }
            Measure::Flags(ids) => {
                let mask = (scenario.flags.iter().enumerate())
                    .filter(|(_, flag)| ids.contains(&flag.id))
                    .fold(0_u64, |mask, (bit, _)| mask | 1 << bit);
                let hit = |held: &u64| f64::from(u8::from(held & mask != 0));
                self.flags[..runs].iter().map(hit).collect()
            }
            Measure::Utility(id) => {
                let party = scenario.parties.iter().position(|party| party.id == *id);
                let party = party.unwrap_or_default();
                (self.utility.iter().skip(party))
                    .step_by(self.parties)
                    .take(runs)
                    .copied()
                    .collect()
            }
        }
    }
}
