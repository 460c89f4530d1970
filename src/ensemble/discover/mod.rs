//! Scenario discovery: under which assumptions an outcome is likely, as boxes found by PRIM.
//!
//! Flows in: a compiled scenario, one of its outcomes, a [`DiscoverPlan`]. Flows out: a
//! [`Discovery`]: regions of the uncertain numbers and of the true types, with what they promise on
//! the runs they were found on and what they keep on runs that had no part in it. Invariant: the
//! result is a function of model and plan, whatever the number of threads.
//!
//! One row is one run, `y` whether it ended in the outcome: 1 or 0, not a share of a draw's runs
//! over some bar, which would need many runs a draw and a bar that nobody can justify. The density
//! of a box is then the probability of the outcome in it. Factors are every number that is not
//! settled, and the true type of every party that has several: nobody knows either.
//!
//! Draws are dealt into three parts before anything is looked at, all runs of a draw together: on
//! the first half boxes are searched for, on a quarter a step of the trajectory is chosen and each
//! restriction has to prove itself, and the last quarter does nothing but measure.

mod choose;
mod table;
mod words;

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use super::Plan;
use super::summary::ScenarioInfo;
use crate::model::Model;
use crate::stats::prim::{Count, Table};
use choose::Parts;
pub use words::number;

/// Most cells of the table: a gigabyte of numbers.
const MOST_CELLS: u64 = 1 << 27;

/// What to look for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DiscoverPlan {
    /// Draws, replicates and seed.
    pub plan: Plan,
    /// Index of the outcome.
    pub outcome: usize,
    /// Whether true types are factors, besides the numbers.
    pub types: bool,
    /// Most regions to look for; each is searched for outside those before.
    pub boxes: u32,
    /// Step of the first region's trajectory to take as it is, instead of choosing one.
    pub step: Option<usize>,
}

/// Where an outcome is likely.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Discovery {
    /// Scenario id, title and summary.
    pub scenario: ScenarioInfo,
    /// Outcome id.
    pub outcome: String,
    /// Name in words.
    pub name: String,
    /// Random seed.
    pub seed: u64,
    /// Parameter draws.
    pub draws: u32,
    /// Runs a draw.
    pub replicates: u32,
    /// Runs that ended in the outcome, of all.
    pub everywhere: Measure,
    /// Runs searched, runs to choose by, runs to measure by.
    pub parts: [usize; 3],
    /// Everything that a region may restrict.
    pub factors: Vec<Factor>,
    /// Regions in the order in which they were found, the last perhaps without a finding.
    pub regions: Vec<Region>,
}

/// Something that is not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// Path of the number in the file, or `parties.<party>.type`.
    pub id: String,
    /// What it can be.
    pub kind: FactorKind,
}

/// What a factor can be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactorKind {
    /// A number between two ends that the file gives.
    Number {
        /// Lowest value.
        low: f64,
        /// Highest value.
        high: f64,
    },
    /// The true type of a party.
    Type {
        /// The party's name.
        party: String,
        /// Names of its types.
        types: Vec<String>,
    },
}

/// A box on some rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Runs in it.
    pub runs: usize,
    /// Of these, runs with the outcome.
    pub hits: usize,
    /// `hits / runs`: how likely the outcome is in it.
    pub density: f64,
    /// 95 % interval of the density, by chance alone.
    pub low: f64,
    /// See `low`.
    pub high: f64,
    /// Share of all runs with the outcome that lie in it.
    pub coverage: f64,
    /// Share of all runs that lie in it.
    pub mass: f64,
}

/// One step of a trajectory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepRow {
    /// Number, 0 being no restriction.
    pub step: usize,
    /// Factors restricted.
    pub restricted: usize,
    /// On the runs searched.
    pub in_sample: Measure,
    /// On the runs to choose by.
    pub held_out: Measure,
}

/// One limit of a region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Restriction {
    /// Index among the factors.
    pub factor: usize,
    /// What it asks for.
    pub limit: Bound,
    /// Quasi-p-value on the runs searched (Bryant and Lempert 2010).
    pub quasi_p: f64,
    /// The same test on the runs to choose by, which the search has not seen.
    pub held_out_p: f64,
    /// Share of half-samples that restrict the factor on the same side, where their coverage is
    /// nearest to this box's.
    pub found_again: f64,
    /// Whether it is part of the region; else it may be noise and was left out.
    pub kept: bool,
}

/// What a limit asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// At least this value.
    AtLeast(f64),
    /// At most this value.
    AtMost(f64),
    /// One of these types, by index.
    OneOf(Vec<usize>),
}

/// A region, or the failed search for one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// The trade-off between coverage and density.
    pub steps: Vec<StepRow>,
    /// The step taken.
    pub chosen: usize,
    /// Whether the user asked for that step, with all of its limits.
    pub by_hand: bool,
    /// Limits of that step.
    pub restrictions: Vec<Restriction>,
    /// The kept limits on the runs searched.
    pub in_sample: Measure,
    /// The kept limits on the runs that only measure.
    pub held_out: Measure,
    /// Those runs where the region was searched for: all, less earlier regions.
    pub searched: Measure,
    /// Whether limits were kept and the outcome is more likely within them beyond chance.
    pub found: bool,
}

/// Why nothing was looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiscoverError {
    /// The outcome hardly happens, or hardly fails to.
    #[error(
        "{hits} of the {runs} runs end in `{outcome}`: at least 20 must and 20 must not, to tell \
         where it is likely; play more runs, or see `jawjaw rare` for outcomes that hardly happen"
    )]
    TooFew {
        /// The outcome.
        outcome: String,
        /// Runs that end in it.
        hits: usize,
        /// All runs.
        runs: usize,
    },
    /// A plan so small that its parts say nothing.
    #[error(
        "{draws} draws are too few to search on half and to measure on a quarter; use 100 or more"
    )]
    FewDraws {
        /// Draws.
        draws: u32,
    },
    /// The table does not fit.
    #[error("{runs} runs of {factors} unknown factors are too many to hold at once; use fewer")]
    TooLarge {
        /// Runs.
        runs: u64,
        /// Factors.
        factors: usize,
    },
    /// No number and no type is open.
    #[error(
        "nothing is uncertain in this scenario: every number is given and every party has one type"
    )]
    NothingOpen,
    /// A step that the trajectory does not have.
    #[error("there is no step {step}: the trajectory ends with step {last}")]
    NoStep {
        /// Asked for.
        step: usize,
        /// Last.
        last: usize,
    },
    /// Stopped by the user.
    #[error("stopped before all runs were finished")]
    Stopped,
    /// The system gave no threads.
    #[error("cannot start the worker threads")]
    Threads,
}

/// Looks for regions. `progress` hears how many runs are done and says whether to go on.
///
/// # Errors
/// See [`DiscoverError`].
pub fn discover(
    model: &Model,
    plan: DiscoverPlan,
    threads: NonZeroUsize,
    progress: impl FnMut(u64) -> bool + Send,
) -> Result<Discovery, DiscoverError> {
    let draws = plan.plan.draws();
    if draws < 100 {
        return Err(DiscoverError::FewDraws { draws });
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.get())
        .build()
        .map_err(|_| DiscoverError::Threads)?;
    let factors = table::factors(model, plan.types);
    if factors.is_empty() {
        return Err(DiscoverError::NothingOpen);
    }
    if plan.plan.runs().saturating_mul(factors.len() as u64) > MOST_CELLS {
        return Err(DiscoverError::TooLarge {
            runs: plan.plan.runs(),
            factors: factors.len(),
        });
    }
    let table = pool
        .install(|| table::play(model, plan, &factors, progress))
        .ok_or(DiscoverError::Stopped)?;
    let all: Vec<u32> = (0..table.hits.len() as u32).collect();
    let everywhere = Count::of(&table, &all);
    let own = &model.scenario.outcomes[plan.outcome];
    if everywhere.hits < 20 || everywhere.rows - everywhere.hits < 20 {
        return Err(DiscoverError::TooFew {
            outcome: own.id.clone(),
            hits: everywhere.hits,
            runs: everywhere.rows,
        });
    }
    let parts = Parts::deal(&table, draws);
    let regions = pool.install(|| choose::regions(&table, &parts, plan))?;
    let scenario = &model.scenario;
    Ok(Discovery {
        scenario: ScenarioInfo {
            id: scenario.id.clone(),
            title: scenario.title.clone(),
            summary: scenario.summary.clone(),
            cutoff: scenario.cutoff,
        },
        outcome: own.id.clone(),
        name: own.name.clone(),
        seed: plan.plan.seed(),
        draws,
        replicates: plan.plan.replicates(),
        everywhere: measure(&table, &all, &all),
        parts: [parts.search.len(), parts.choose.len(), parts.measure.len()],
        factors: factors.into_iter().map(|factor| factor.named).collect(),
        regions,
    })
}

/// Rows of a box out of all rows of a part.
fn measure(table: &Table, inside: &[u32], part: &[u32]) -> Measure {
    let count = Count::of(table, inside);
    let (low, high) = count.interval();
    Measure {
        runs: count.rows,
        hits: count.hits,
        density: count.density(),
        low,
        high,
        coverage: count.hits as f64 / table.hits(part).max(1) as f64,
        mass: count.rows as f64 / part.len().max(1) as f64,
    }
}
