//! Does what is missing: plays batches and keeps each as a part, until done or told to stop.
//!
//! Flows in: an experiment's folder, its simulators, the batches to do, somebody who says when to
//! stop. Flows out: parts. Invariant: at any moment at most one batch of this process is lost by a
//! kill; a batch that is there, or that another process has, is not played.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::ops::Range;

use super::columnar::{Cells, RowsReader, RowsWriter};
use super::draws::Parameters;
use super::plan::ExperimentPlan;
use super::play::Player;
use super::store::{Look, PLAN, Part, RUNS, Store, VERSION, range_text};
use super::table::Table;
use super::{ExperimentError, Result};
use crate::diagnostic::Severity;
use crate::ensemble::Simulator;
use crate::ensemble::game::Game;
use crate::model::Model;
use crate::scenario::load::{LoadError, Loader, NoFacts, load};
use crate::scenario::types::Scenario;

/// A part that was just kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its runs.
    pub runs: Range<u64>,
    /// How many of them failed.
    pub failed: u64,
}

/// How work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Done {
    /// Runs played now.
    pub played: u64,
    /// How many of them failed.
    pub failed: u64,
    /// Runs asked for that were there already.
    pub found: u64,
    /// Runs asked for that another process is playing.
    pub elsewhere: u64,
    /// Runs asked for that are missing still, because of a stop.
    pub left: u64,
}

/// The frozen scenario of a text: its citations were checked when it was frozen.
///
/// # Errors
/// What is wrong with the text.
pub fn thaw(name: &str, text: &str) -> std::result::Result<Scenario, String> {
    struct Text<'a>(&'a str);
    impl Loader for Text<'_> {
        fn load(&self, _path: &str) -> std::result::Result<String, LoadError> {
            Ok(self.0.to_owned())
        }
    }
    let loaded = load(name, &Text(text), &NoFacts);
    loaded.scenario.ok_or_else(|| {
        let errors: Vec<String> = (loaded.diagnostics.into_iter())
            .filter(|problem| problem.severity == Severity::Error)
            .map(|problem| problem.message)
            .collect();
        errors.join("; ")
    })
}

/// The games of an experiment, in the order of its scenarios.
///
/// # Errors
/// If a frozen scenario is not what it was.
pub fn games(store: &Store) -> Result<Vec<Game>> {
    let game = |index: usize| {
        let file = &store.plan.scenarios[index].file;
        let text = store.scenario(index)?;
        let refuse = |reason: String| ExperimentError::Plan {
            path: store.file(file).display().to_string(),
            reason,
        };
        let scenario = thaw(file, &text).map_err(refuse)?;
        let model = Model::compile(scenario).map_err(|error| refuse(error.to_string()))?;
        Ok(Game::new(model, |_| None))
    };
    (0..store.plan.scenarios.len()).map(game).collect()
}

/// The table of an experiment's runs.
pub fn table<S: Simulator>(simulators: &[S]) -> Table {
    let facts: Vec<_> = simulators.iter().map(Simulator::info).collect();
    Table::new(&facts)
}

/// The uncertain numbers of an experiment's scenarios.
pub fn parameters(games: &[Game]) -> Parameters<'_> {
    Parameters::new(&games.iter().map(Game::model).collect::<Vec<_>>())
}

/// The bytes of a part.
///
/// # Errors
/// Of the format, which memory does not cause.
pub fn part_bytes(
    plan: &ExperimentPlan,
    table: &Table,
    runs: &Range<u64>,
    cells: &[Cells],
) -> parquet::errors::Result<Vec<u8>> {
    let mut writer = RowsWriter::new(Vec::new(), &table.columns)?;
    writer.group(cells)?;
    writer.finish(&[
        (PLAN, plan.hash()),
        (RUNS, range_text(runs)),
        (VERSION, plan.tool_version.clone()),
    ])
}

/// Plays what is missing of the given batches, in order.
///
/// `stop` is asked before each batch. `on_part` is told of each part once it is on the disk.
///
/// # Errors
/// If the plan is of another version; if a stored run comes out differently now; if the system
/// refuses something.
pub fn work<S: Simulator>(
    store: &Store,
    simulators: &[S],
    batches: &[u64],
    threads: NonZeroUsize,
    mut stop: impl FnMut() -> bool,
    mut on_part: impl FnMut(&Kept) -> Result<()>,
) -> Result<Done> {
    store.plan.same_version()?;
    let table = table(simulators);
    store.tidy()?;
    let asked: BTreeSet<u64> = batches.iter().copied().collect();
    let stored = store.stored_of(&table.columns, Look::Digest, |batch| asked.contains(&batch))?;
    let player = Player::new(&store.plan, &table, simulators);
    // A build that computes other runs under the same version is found before it adds any.
    if let Some(part) = store.first(&table.columns)? {
        compare(&player, &table, &part)?;
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.get())
        .build()
        .map_err(ExperimentError::Threads)?;
    let mut done = Done::default();
    let mut stopped = false;
    for &batch in batches {
        let Some(runs) = store.plan.batch_runs(batch) else {
            continue;
        };
        let length = runs.end - runs.start;
        if stored
            .parts
            .binary_search_by_key(&batch, |part| part.batch)
            .is_ok()
        {
            done.found += length;
            continue;
        }
        stopped = stopped || stop();
        if stopped {
            done.left += length;
            continue;
        }
        let Some(claim) = store.claim(&runs)? else {
            done.elsewhere += length;
            continue;
        };
        // Another process may have kept it since the list was made.
        let unsound = |path| stored.unsound.iter().any(|(unsound, _)| *unsound == path);
        let path = store.part_path(&runs);
        if path.exists() && !unsound(path) {
            done.found += length;
            continue;
        }
        store.sweep(&runs);
        let (cells, failed) = pool.install(|| player.play(runs.clone()));
        let bytes = part_bytes(&store.plan, &table, &runs, &cells)
            .map_err(|error| ExperimentError::rows(&store.part_path(&runs), error))?;
        store.keep(&runs, &bytes, &table.columns)?;
        drop(claim);
        done.played += length;
        done.failed += failed;
        on_part(&Kept { runs, failed })?;
    }
    Ok(done)
}

fn compare<S: Simulator>(player: &Player<'_, S>, table: &Table, part: &Part) -> Result<()> {
    let first = part.runs.start..part.runs.start + 1;
    let (now, _) = player.play(first.clone());
    let then = stored_row(table, part, first.start)?;
    if super::replay::differences(&table.columns, &now, 0, &then.0, then.1).is_empty() {
        return Ok(());
    }
    Err(ExperimentError::Differs {
        path: part.path.display().to_string(),
        range: first,
    })
}

/// The cells of the group that holds a stored run, and its row among them.
///
/// # Errors
/// If the part cannot be read.
pub fn stored_row(table: &Table, part: &Part, run: u64) -> Result<(Vec<Cells>, usize)> {
    let reader = RowsReader::open(&part.path)?;
    let wanted: Vec<usize> = (0..table.columns.len()).collect();
    let cells = reader
        .read(0, &table.columns, &wanted)
        .map_err(|error| ExperimentError::rows(&part.path, error))?;
    Ok((cells, (run - part.runs.start) as usize))
}

/// The batches without a sound part.
pub fn missing(plan: &ExperimentPlan, parts: &[Part]) -> Vec<u64> {
    (0..plan.batches())
        .filter(|batch| {
            parts
                .binary_search_by_key(batch, |part| part.batch)
                .is_err()
        })
        .collect()
}

/// Runs of batches, neighbours joined.
pub fn ranges(plan: &ExperimentPlan, batches: &[u64]) -> Vec<Range<u64>> {
    let mut ranges: Vec<Range<u64>> = Vec::new();
    for runs in batches.iter().filter_map(|&batch| plan.batch_runs(batch)) {
        match ranges.last_mut() {
            Some(last) if last.end == runs.start => last.end = runs.end,
            _ => ranges.push(runs),
        }
    }
    ranges
}

/// Shards that hold any of the batches.
pub fn shards(plan: &ExperimentPlan, batches: &[u64]) -> Vec<u32> {
    (0..plan.shards)
        .filter(|&k| {
            let own = plan.shard(k, plan.shards);
            own.is_ok_and(|own| batches.iter().any(|batch| own.contains(batch)))
        })
        .collect()
}
