//! What stored runs say: shares, flags and utilities with their intervals, scenario by scenario.
//!
//! Flows in: the files of an experiment, one row group after the other. Flows out: an [`Analysis`].
//! Invariant: memory grows with the draws that are not complete, never with the runs; chance and
//! unknown numbers stay apart; a whole experiment gives the numbers that `jawjaw run` gives.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::columnar::{Cell, Cells, RowsReader, Values};
use super::merge::RUNS_FILE;
use super::plan::{ExperimentPlan, Place};
use super::store::{Look, PLAN, Store};
use super::table::{FAILED, OUTCOME, RUN, STATUS, Table};
use super::{ExperimentError, Result};
use crate::ensemble::facts::ScenarioFacts;
use crate::ensemble::summary::{Band, FlagShare, Interval, OutcomeShare};
use crate::stats::between::{Between, share_variance};
use crate::stats::goodman::goodman;
use crate::stats::histogram::Histogram;
use crate::stats::moments::Moments;
use crate::stats::normal::Z95;
use crate::stats::stratified::stratified_interval;
use crate::stats::student::mean_interval;
use crate::stats::tally::Tally;
use crate::stats::wilson::wilson;

/// What to make of runs that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Failures {
    /// Analyse nothing if there are any.
    #[default]
    Refuse,
    /// Count them beside the outcomes.
    AsCategory,
    /// Leave them out, which biases the shares.
    Drop,
}

/// What an experiment says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Analysis {
    /// Hash of the plan.
    pub plan: String,
    /// Seed.
    pub seed: u64,
    /// Draws of the plan.
    pub draws: u32,
    /// Runs per draw of the plan.
    pub replicates: u32,
    /// Runs of the plan.
    pub planned: u64,
    /// Runs stored.
    pub runs: u64,
    /// Runs stored that failed.
    pub failed: u64,
    /// Upper end of the 95 % Wilson interval of the share of runs that fail.
    pub failed_at_most: f64,
    /// Scenario by scenario.
    pub scenarios: Vec<ScenarioAnalysis>,
}

/// One scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScenarioAnalysis {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Runs stored, failed ones included.
    pub runs: u64,
    /// Runs stored that failed.
    pub failed: u64,
    /// Draws all of whose runs are stored: the bands rest on them.
    pub draws: u64,
    /// Outcome shares.
    pub outcomes: Vec<OutcomeShare>,
    /// Flags.
    pub flags: Vec<FlagShare>,
    /// Parties.
    pub parties: Vec<PartyUtility>,
}

/// Final utility of a party.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartyUtility {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Mean over the runs that did not fail.
    pub mean: f64,
    /// Chance only: 95 % interval of that mean, given the draws.
    pub chance: Interval,
    /// Ignorance only: mean over draws, chance taken out.
    pub band: Band,
}

// One draw of one scenario; the last outcome is "failed".
#[derive(Debug, Clone)]
struct DrawSums {
    runs: u32,
    outcomes: Vec<u32>,
    utility: Vec<Moments>,
}

// One scenario while its rows go by.
struct Sums<'a> {
    facts: &'a ScenarioFacts,
    // Word of the table's outcome column to index among the scenario's outcomes.
    outcome_of: Vec<Option<usize>>,
    flag_columns: Vec<usize>,
    utility_columns: Vec<usize>,
    replicates: u32,
    failures: Failures,
    runs: u64,
    outcomes: Vec<u64>,
    flags: Vec<u64>,
    utility: Vec<Moments>,
    open: BTreeMap<u32, DrawSums>,
    closed: u64,
    shares: Vec<(Between, Tally)>,
    means: Vec<(Between, Histogram)>,
}

impl<'a> Sums<'a> {
    fn new(
        table: &Table,
        facts: &'a ScenarioFacts,
        plan: &ExperimentPlan,
        failures: Failures,
    ) -> Self {
        let column = |name: String| {
            table
                .index(&name)
                .expect("the table has this scenario's columns")
        };
        let words = table
            .index(OUTCOME)
            .map(|index| &table.columns[index].words);
        let outcome_of = words.into_iter().flatten();
        let own = |word: &String| {
            facts
                .outcomes
                .iter()
                .position(|outcome| outcome.id == *word)
        };
        let categories = facts.outcomes.len() + 1;
        Self {
            facts,
            outcome_of: outcome_of.map(own).collect(),
            flag_columns: (facts.flags.iter())
                .map(|flag| column(format!("flag.{}", flag.id)))
                .collect(),
            utility_columns: (facts.parties.iter())
                .map(|party| column(format!("utility.{}", party.id)))
                .collect(),
            replicates: plan.extent().1,
            failures,
            runs: 0,
            outcomes: vec![0; categories],
            flags: vec![0; facts.flags.len()],
            utility: vec![Moments::default(); facts.parties.len()],
            open: BTreeMap::new(),
            closed: 0,
            shares: vec![(Between::default(), Tally::default()); categories],
            means: vec![(Between::default(), Histogram::new(-1.0, 2.0, 6000)); facts.parties.len()],
        }
    }

    fn failed(&self) -> usize {
        self.facts.outcomes.len()
    }

    // Takes in a row: its outcome, or none if it failed.
    fn add(&mut self, draw: u32, outcome: Option<usize>, row: usize, cells: &[Option<Cells>]) {
        let category = outcome.unwrap_or(self.failed());
        self.runs += 1;
        self.outcomes[category] += 1;
        let (categories, parties) = (self.outcomes.len(), self.utility.len());
        let sums = self.open.entry(draw).or_insert_with(|| DrawSums {
            runs: 0,
            outcomes: vec![0; categories],
            utility: vec![Moments::default(); parties],
        });
        sums.runs += 1;
        sums.outcomes[category] += 1;
        if outcome.is_some() {
            for (count, &column) in self.flags.iter_mut().zip(&self.flag_columns) {
                if let Some(Values::Int(values)) = cells[column].as_ref().map(|c| &c.values) {
                    *count += u64::from(values[row] > 0);
                }
            }
            for (party, &column) in self.utility_columns.iter().enumerate() {
                if let Some(Values::Number(values)) = cells[column].as_ref().map(|c| &c.values) {
                    self.utility[party].add(values[row]);
                    sums.utility[party].add(values[row]);
                }
            }
        }
        if sums.runs == self.replicates
            && let Some(sums) = self.open.remove(&draw)
        {
            self.close(&sums);
        }
    }

    fn close(&mut self, sums: &DrawSums) {
        let failed = *sums.outcomes.last().unwrap_or(&0);
        // Shares of fewer runs have other quantiles.
        if failed > 0 && self.failures != Failures::AsCategory {
            return;
        }
        self.closed += 1;
        for ((between, tally), &count) in self.shares.iter_mut().zip(&sums.outcomes) {
            let share = f64::from(count) / f64::from(sums.runs);
            between.add(share, share_variance(share, sums.runs).unwrap_or(0.0));
            tally.add(count);
        }
        for ((between, histogram), utility) in self.means.iter_mut().zip(&sums.utility) {
            if utility.n > 0 {
                between.add(utility.mean, utility.variance_of_mean());
                histogram.add(utility.mean);
            }
        }
    }

    // With one run a draw, luck and parameters cannot be told apart: no band.
    fn band(&self, between: &Between, quantile: impl Fn(f64) -> f64) -> Band {
        let n = if self.replicates > 1 { between.n() } else { 0 };
        let at = |q| between.shrink(quantile(q));
        Band {
            q05: at(0.05),
            q25: at(0.25),
            q50: at(0.5),
            q75: at(0.75),
            q95: at(0.95),
            n,
        }
    }

    fn finish(self) -> ScenarioAnalysis {
        let failed = self.outcomes[self.failed()];
        let categories = match self.failures {
            Failures::AsCategory if failed > 0 => self.outcomes.len(),
            _ => self.outcomes.len() - 1,
        };
        let counts = &self.outcomes[..categories];
        let counted: u64 = counts.iter().sum();
        let played = self.runs - failed;
        let share = |count: u64, of: u64| {
            if of == 0 {
                0.0
            } else {
                count as f64 / of as f64
            }
        };
        let outcome = |index: usize, chance: (f64, f64)| {
            let facts = self.facts.outcomes.get(index);
            let worst = self.facts.outcomes.iter().map(|o| o.severity).max();
            let (between, tally) = &self.shares[index];
            OutcomeShare {
                id: facts.map_or("failed", |outcome| &outcome.id).to_owned(),
                name: facts
                    .map_or("Run failed", |outcome| &outcome.name)
                    .to_owned(),
                severity: facts.map_or(worst.unwrap_or(0) + 1, |outcome| outcome.severity),
                colour: facts.and_then(|outcome| outcome.colour.clone()),
                count: counts[index],
                share: share(counts[index], counted),
                chance: interval(chance),
                band: self.band(between, |q| tally.quantile(q) / f64::from(self.replicates)),
            }
        };
        let party = |index: usize| {
            let ((between, histogram), all) = (&self.means[index], &self.utility[index]);
            // One run a draw, or none complete: the runs' whole variance, too wide, not too narrow.
            let limits = stratified_interval(between, self.replicates, 0.05)
                .or_else(|| mean_interval(all, 0.05))
                .unwrap_or((all.mean, all.mean));
            PartyUtility {
                id: self.facts.parties[index].id.clone(),
                name: self.facts.parties[index].name.clone(),
                mean: all.mean,
                chance: interval(limits),
                band: self.band(between, |q| histogram.quantile(q)),
            }
        };
        let chances = goodman(counts, 0.05);
        ScenarioAnalysis {
            id: self.facts.scenario.id.clone(),
            title: self.facts.scenario.title.clone(),
            runs: self.runs,
            failed,
            draws: self.closed,
            outcomes: (chances.into_iter().enumerate())
                .map(|(index, chance)| outcome(index, chance))
                .collect(),
            flags: (self.facts.flags.iter().zip(&self.flags))
                .map(|(flag, &count)| FlagShare {
                    id: flag.id.clone(),
                    name: flag.name.clone(),
                    share: share(count, played),
                    chance: interval(wilson(count, played, Z95)),
                })
                .collect(),
            parties: (0..self.utility.len()).map(party).collect(),
        }
    }
}

fn interval((low, high): (f64, f64)) -> Interval {
    Interval { low, high }
}

/// The files that hold the runs: the merged one if it holds all of them, else the parts.
///
/// # Errors
/// If the parts cannot be listed.
pub fn files(store: &Store, table: &Table) -> Result<Vec<PathBuf>> {
    let merged = store.file(RUNS_FILE);
    if let Ok(reader) = RowsReader::open(&merged)
        && reader.entry(PLAN) == Some(&store.plan.hash())
        && reader.rows() == store.plan.runs
        && reader.has_columns(&table.columns)
    {
        return Ok(vec![merged]);
    }
    let stored = store.stored(&table.columns, Look::Footer)?;
    Ok(stored.parts.into_iter().map(|part| part.path).collect())
}

/// Analyses the given files of an experiment. `facts` are in the order of the plan's scenarios.
///
/// # Errors
/// If a file cannot be read; if runs failed and nobody said what to make of them.
pub fn analyse(
    plan: &ExperimentPlan,
    table: &Table,
    facts: &[&ScenarioFacts],
    files: &[PathBuf],
    failures: Failures,
) -> Result<Analysis> {
    let mut sums: Vec<Sums<'_>> = (facts.iter())
        .map(|facts| Sums::new(table, facts, plan, failures))
        .collect();
    let mut wanted: Vec<usize> = [RUN, STATUS, OUTCOME]
        .iter()
        .filter_map(|name| table.index(name))
        .collect();
    wanted.extend(
        sums.iter()
            .flat_map(|s| s.flag_columns.iter().chain(&s.utility_columns)),
    );
    wanted.sort_unstable();
    wanted.dedup();
    for path in files {
        read_file(path, plan, table, &wanted, &mut sums)?;
    }
    let (draws, replicates) = plan.extent();
    let runs = sums.iter().map(|sums| sums.runs).sum();
    let failed = sums.iter().map(|sums| sums.outcomes[sums.failed()]).sum();
    if failed > 0 && failures == Failures::Refuse {
        return Err(ExperimentError::Failures { failed, runs });
    }
    Ok(Analysis {
        plan: plan.hash(),
        seed: plan.seed,
        draws,
        replicates,
        planned: plan.runs,
        runs,
        failed,
        failed_at_most: wilson(failed, runs, Z95).1,
        scenarios: sums.into_iter().map(Sums::finish).collect(),
    })
}

fn read_file(
    path: &Path,
    plan: &ExperimentPlan,
    table: &Table,
    wanted: &[usize],
    sums: &mut [Sums<'_>],
) -> Result<()> {
    let reader = RowsReader::open(path)?;
    let key = |name: &str| table.index(name).expect("every table has its key columns");
    let (run, status, outcome) = (key(RUN), key(STATUS), key(OUTCOME));
    for group in 0..reader.groups() {
        let read = reader
            .read(group, &table.columns, wanted)
            .map_err(|error| ExperimentError::rows(path, error))?;
        let mut cells: Vec<Option<Cells>> = vec![None; table.columns.len()];
        for (&index, column) in wanted.iter().zip(read) {
            cells[index] = Some(column);
        }
        let cell = |column: usize, row: usize| {
            cells[column]
                .as_ref()
                .map_or(Cell::None, |cells| cells.cell(row))
        };
        for row in 0..reader.group_rows(group) {
            let place = match cell(run, row) {
                Cell::Long(run) => u64::try_from(run).ok().and_then(|run| plan.place(run)),
                _ => None,
            };
            let Some(Place { scenario, draw, .. }) = place else {
                return Err(ExperimentError::unsound(
                    path,
                    "it holds a run the plan does not know",
                ));
            };
            let sums = &mut sums[scenario];
            let ended = match (cell(status, row), cell(outcome, row)) {
                (Cell::Word(FAILED), _) => None,
                (_, Cell::Word(word)) => match sums.outcome_of.get(word as usize) {
                    Some(&Some(outcome)) => Some(outcome),
                    _ => {
                        return Err(ExperimentError::unsound(
                            path,
                            "a run has a foreign outcome",
                        ));
                    }
                },
                _ => return Err(ExperimentError::unsound(path, "a run has no outcome")),
            };
            sums.add(draw, ended, row, &cells);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
