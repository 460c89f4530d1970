//! The frozen plan: which runs there are, how they are numbered, how they fall into batches and
//! shards.
//!
//! Flows in: scenarios, seed, draws, replicates. Flows out: `plan.json`, and the place (scenario,
//! draw, replicate) of every run number. Invariant: a run keeps its number for ever; an extension
//! adds a block of numbers after the last and changes none.
//!
//! Within a block replicates vary fastest, then scenarios, then draws. So a piece of an experiment
//! is a smaller experiment: whatever was finished first holds all scenarios on the same draws, and
//! since draws are exchangeable, an interrupted sweep is still balanced.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{ExperimentError, Result, sha256};
use crate::ensemble::MODEL_VERSION;

/// Version of the folder's layout.
pub const SCHEMA_VERSION: u32 = 1;

/// Shards an array job may have: most clusters take arrays of at most 1000 tasks.
pub const MOST_SHARDS: u32 = 1000;

// Enough for a small cluster, if nobody says how many.
const USUAL_SHARDS: u64 = 16;

// They are columns of signed 32-bit numbers, which every reader knows.
const MOST_DRAWS: u32 = i32::MAX as u32;

// Run numbers have twelve digits in the names of parts.
const MOST_RUNS: u64 = 1_000_000_000_000;

// A batch is what a kill can cost: big enough for one file, small enough to be short work.
const SMALLEST_BATCH: u64 = 250;
const LARGEST_BATCH: u64 = 16_384;
const FEWEST_BATCHES: u64 = 64;
const MOST_BATCHES: u64 = 2048;

/// A rectangle of draws and replicates, played for every scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// First draw and the one after the last.
    pub draws: (u32, u32),
    /// First replicate and the one after the last.
    pub replicates: (u32, u32),
}

impl Block {
    fn rows(self, scenarios: u64) -> u64 {
        u64::from(self.draws.1 - self.draws.0) * scenarios
    }

    fn row_length(self) -> u64 {
        u64::from(self.replicates.1 - self.replicates.0)
    }

    fn runs(self, scenarios: u64) -> u64 {
        self.rows(scenarios) * self.row_length()
    }

    // Whole rows where they are short, so that the tables of a draw are built once.
    fn batch(self, wanted: u64) -> u64 {
        let row = self.row_length();
        if row <= wanted {
            wanted / row * row
        } else {
            wanted
        }
    }
}

/// A scenario frozen with the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedScenario {
    /// Its id.
    pub id: String,
    /// Name of the file it came from.
    pub source: String,
    /// SHA-256 of the file as it was, before `extends` was merged in.
    pub source_sha256: String,
    /// The frozen file, from the experiment's folder.
    pub file: String,
    /// SHA-256 of the frozen file.
    pub sha256: String,
    /// Ids of its outcomes, in the order of its rules.
    pub outcomes: Vec<String>,
}

/// Everything that settles the rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExperimentPlan {
    /// Version of the layout of folder and files.
    pub schema_version: u32,
    /// Version of the program that planned.
    pub tool_version: String,
    /// Version of what the model computes.
    pub model_version: u32,
    /// Seed of all randomness.
    pub seed: u64,
    /// Scenarios, in the order in which they were named.
    pub scenarios: Vec<PlannedScenario>,
    /// Rectangles of runs; the first is the plan as made, the others are extensions.
    pub blocks: Vec<Block>,
    /// Runs of a batch, at most: what is written at once.
    pub batch: u64,
    /// All runs.
    pub runs: u64,
    /// Equal parts that a cluster may take; no part of the plan's hash.
    pub shards: u32,
}

/// What a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Index of its scenario.
    pub scenario: usize,
    /// Its draw.
    pub draw: u32,
    /// Its replicate.
    pub replicate: u32,
}

/// Consecutive replicates of one scenario and draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Number of the first run.
    pub first: u64,
    /// Index of the scenario.
    pub scenario: usize,
    /// Draw.
    pub draw: u32,
    /// Replicates.
    pub replicates: Range<u32>,
}

/// How large an experiment is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Draws of the uncertain numbers.
    pub draws: u32,
    /// Runs for each draw.
    pub replicates: u32,
    /// Shards, or as fits.
    pub shards: Option<u32>,
    /// Runs of a batch, or as fits.
    pub batch: Option<u64>,
}

// What the hash is of; shards and totals are not in it.
#[derive(Serialize)]
struct Identity<'a> {
    schema_version: u32,
    tool_version: &'a str,
    model_version: u32,
    seed: u64,
    scenarios: &'a [PlannedScenario],
    batch: u64,
    blocks: &'a [Block],
}

impl ExperimentPlan {
    /// A plan of this version of the program.
    ///
    /// # Errors
    /// If there would be no run, too many, or more shards than batches.
    pub fn new(seed: u64, scenarios: Vec<PlannedScenario>, size: Size) -> Result<Self> {
        let design = |text: String| Err(ExperimentError::Design(text));
        let ids: BTreeSet<&str> = scenarios.iter().map(|one| one.id.as_str()).collect();
        if ids.len() < scenarios.len() || scenarios.is_empty() {
            return design("each scenario needs an id of its own".to_owned());
        }
        if size.draws == 0 || size.replicates == 0 {
            return design("draws and replicates must be at least 1".to_owned());
        }
        if size.draws.max(size.replicates) > MOST_DRAWS {
            return design(format!("draws and replicates: at most {MOST_DRAWS} each"));
        }
        if size
            .shards
            .is_some_and(|shards| shards == 0 || shards > MOST_SHARDS)
        {
            return design(format!("shards: use a number from 1 to {MOST_SHARDS}"));
        }
        let mut plan = Self {
            schema_version: SCHEMA_VERSION,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            model_version: MODEL_VERSION,
            seed,
            scenarios,
            blocks: vec![Block {
                draws: (0, size.draws),
                replicates: (0, size.replicates),
            }],
            batch: 1,
            runs: 0,
            shards: size.shards.unwrap_or(1),
        };
        plan.runs = plan.counted()?;
        let fits = (plan.runs / FEWEST_BATCHES)
            .clamp(SMALLEST_BATCH, LARGEST_BATCH)
            .max(plan.runs / MOST_BATCHES)
            .min(plan.runs / u64::from(plan.shards))
            .max(1);
        plan.batch = size.batch.unwrap_or(fits).max(1);
        if size.shards.is_none() {
            plan.shards = plan.batches().min(USUAL_SHARDS) as u32;
        }
        if plan.batches() < u64::from(plan.shards) {
            return design(format!(
                "{} shards, but only {} batches of up to {} runs to share out; use fewer shards or \
                 a smaller `--batch`",
                plan.shards,
                plan.batches(),
                plan.batch
            ));
        }
        Ok(plan)
    }

    /// The plan with more draws, more replicates or both; all earlier runs keep their numbers.
    ///
    /// # Errors
    /// If nothing grows, or something would shrink.
    pub fn extended(&self, draws: u32, replicates: u32) -> Result<Self> {
        let (had_draws, had_replicates) = self.extent();
        if draws < had_draws || replicates < had_replicates {
            return Err(ExperimentError::Design(format!(
                "the experiment has {had_draws} draws with {had_replicates} runs each already; an \
                 extension only adds"
            )));
        }
        if (draws, replicates) == (had_draws, had_replicates) {
            return Err(ExperimentError::Design(format!(
                "the experiment has {draws} draws with {replicates} runs each already; nothing to \
                 add"
            )));
        }
        if draws.max(replicates) > MOST_DRAWS {
            let text = format!("draws and replicates: at most {MOST_DRAWS} each");
            return Err(ExperimentError::Design(text));
        }
        let mut plan = self.clone();
        if replicates > had_replicates {
            plan.blocks.push(Block {
                draws: (0, had_draws),
                replicates: (had_replicates, replicates),
            });
        }
        if draws > had_draws {
            plan.blocks.push(Block {
                draws: (had_draws, draws),
                replicates: (0, replicates),
            });
        }
        plan.runs = plan.counted()?;
        Ok(plan)
    }

    /// Draws and replicates of the whole.
    pub fn extent(&self) -> (u32, u32) {
        let draws = self.blocks.iter().map(|block| block.draws.1).max();
        let replicates = self.blocks.iter().map(|block| block.replicates.1).max();
        (draws.unwrap_or(0), replicates.unwrap_or(0))
    }

    fn counted(&self) -> Result<u64> {
        let scenarios = self.scenarios.len() as u128;
        let runs: u128 = (self.blocks.iter())
            .map(|block| {
                u128::from(block.draws.1 - block.draws.0)
                    * u128::from(block.row_length())
                    * scenarios
            })
            .sum();
        u64::try_from(runs)
            .ok()
            .filter(|&runs| runs <= MOST_RUNS)
            .ok_or_else(|| {
                ExperimentError::Design(format!("{runs} runs; at most {MOST_RUNS} are possible"))
            })
    }

    /// What is wrong with a plan that was read.
    pub(super) fn fault(&self) -> Option<String> {
        let sound = |block: &Block| {
            block.draws.0 < block.draws.1 && block.replicates.0 < block.replicates.1
        };
        if self.scenarios.is_empty() || self.blocks.is_empty() || !self.blocks.iter().all(sound) {
            return Some("the plan holds no runs".to_owned());
        }
        let counted = self.counted().ok();
        if counted != Some(self.runs) || self.batch == 0 {
            return Some("the plan's numbers do not fit together".to_owned());
        }
        if self.shards == 0 || u64::from(self.shards) > self.batches() {
            return Some(format!("{} shards cannot share out the runs", self.shards));
        }
        None
    }

    /// SHA-256 of everything that settles the rows, as compact JSON with the fields in their order.
    pub fn hash(&self) -> String {
        self.hash_of(self.blocks.len())
    }

    /// Hashes of this plan and of what it was before each extension: parts carry one of them.
    pub fn hashes(&self) -> Vec<String> {
        (1..=self.blocks.len()).map(|n| self.hash_of(n)).collect()
    }

    fn hash_of(&self, blocks: usize) -> String {
        let identity = Identity {
            schema_version: self.schema_version,
            tool_version: &self.tool_version,
            model_version: self.model_version,
            seed: self.seed,
            scenarios: &self.scenarios,
            batch: self.batch,
            blocks: &self.blocks[..blocks],
        };
        let text = serde_json::to_vec(&identity).expect("numbers and texts have a JSON form");
        sha256(&text)
    }

    /// Refuses to play for a plan of another version.
    pub fn same_version(&self) -> Result<()> {
        let here = env!("CARGO_PKG_VERSION");
        if self.tool_version == here && self.model_version == MODEL_VERSION {
            return Ok(());
        }
        Err(ExperimentError::Version {
            planned: self.tool_version.clone(),
            planned_model: self.model_version,
            here: here.to_owned(),
            here_model: MODEL_VERSION,
        })
    }

    fn width(&self) -> u64 {
        self.scenarios.len() as u64
    }

    // Each block with the number of its first run.
    fn placed(&self) -> impl Iterator<Item = (u64, &Block)> {
        let width = self.width();
        self.blocks.iter().scan(0, move |next, block| {
            let first = *next;
            *next += block.runs(width);
            Some((first, block))
        })
    }

    /// What run `run` is; none beyond the last.
    pub fn place(&self, run: u64) -> Option<Place> {
        if run >= self.runs {
            return None;
        }
        let (first, block) = self
            .placed()
            .take_while(|(first, _)| *first <= run)
            .last()?;
        let (row, at) = (
            (run - first) / block.row_length(),
            (run - first) % block.row_length(),
        );
        Some(Place {
            scenario: (row % self.width()) as usize,
            draw: block.draws.0 + (row / self.width()) as u32,
            replicate: block.replicates.0 + at as u32,
        })
    }

    /// The runs as rows of replicates, in order.
    pub fn spans(&self, runs: Range<u64>) -> Vec<Span> {
        let mut spans = Vec::new();
        for (first, block) in self.placed() {
            let end = runs.end.min(first + block.runs(self.width()));
            let mut run = runs.start.max(first);
            while run < end {
                let (row, at) = (
                    (run - first) / block.row_length(),
                    (run - first) % block.row_length(),
                );
                let length = (block.row_length() - at).min(end - run);
                let from = block.replicates.0 + at as u32;
                spans.push(Span {
                    first: run,
                    scenario: (row % self.width()) as usize,
                    draw: block.draws.0 + (row / self.width()) as u32,
                    replicates: from..from + length as u32,
                });
                run += length;
            }
        }
        spans
    }

    /// How many batches there are.
    pub fn batches(&self) -> u64 {
        let width = self.width();
        (self.blocks.iter())
            .map(|block| block.runs(width).div_ceil(block.batch(self.batch)))
            .sum()
    }

    /// The runs of a batch; none beyond the last.
    pub fn batch_runs(&self, batch: u64) -> Option<Range<u64>> {
        let mut before = 0;
        for (first, block) in self.placed() {
            let (runs, size) = (block.runs(self.width()), block.batch(self.batch));
            let count = runs.div_ceil(size);
            if batch < before + count {
                let start = (batch - before) * size;
                return Some(first + start..first + (start + size).min(runs));
            }
            before += count;
        }
        None
    }

    /// The batch of which `runs` are exactly the runs.
    pub fn batch_of(&self, runs: &Range<u64>) -> Option<u64> {
        let batch = self.batch_at(runs.start)?;
        (self.batch_runs(batch)? == *runs).then_some(batch)
    }

    /// The batch that holds a run.
    pub fn batch_at(&self, run: u64) -> Option<u64> {
        let mut before = 0;
        for (first, block) in self.placed() {
            let (runs, size) = (block.runs(self.width()), block.batch(self.batch));
            if (first..first + runs).contains(&run) {
                return Some(before + (run - first) / size);
            }
            before += runs.div_ceil(size);
        }
        None
    }

    /// The batches of shard `k` of the plan's `N`: `floor(B k / N)` to `floor(B (k + 1) / N)`.
    ///
    /// # Errors
    /// If `k` is not below `N`, or `N` is not the plan's: a shard count that comes from anywhere
    /// else (an environment variable of a resubmitted job) would play other runs.
    pub fn shard(&self, k: u32, n: u32) -> Result<Range<u64>> {
        if n != self.shards {
            return Err(ExperimentError::Design(format!(
                "shard {k}/{n}: the plan has {} shards, so it is {k}/{}",
                self.shards, self.shards
            )));
        }
        if k >= n {
            return Err(ExperimentError::Design(format!(
                "shard {k}/{n}: shards are counted from 0, so the last is {}/{n}",
                n - 1
            )));
        }
        let batches = u128::from(self.batches());
        let bound = |k: u32| (batches * u128::from(k) / u128::from(n)) as u64;
        Ok(bound(k)..bound(k + 1))
    }

    /// The batches that hold the runs.
    ///
    /// # Errors
    /// If the range is empty or leads beyond the last run.
    pub fn batches_of(&self, runs: &Range<u64>) -> Result<Range<u64>> {
        if runs.is_empty() || runs.end > self.runs {
            return Err(ExperimentError::Design(format!(
                "range {}..{}: use two numbers from 0 to {}, the second larger",
                runs.start, runs.end, self.runs
            )));
        }
        let first = self.batch_at(runs.start);
        let last = self.batch_at(runs.end - 1);
        Ok(first.unwrap_or(0)..last.map_or(0, |last| last + 1))
    }
}

#[cfg(test)]
pub(super) mod tests;
