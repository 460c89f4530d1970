//! From parts to one file.
//!
//! Flows in: an experiment's folder. Flows out: `runs.parquet`, `draws.parquet`, `columns.json`.
//! Invariant: row groups are copied as they are, in the order of their runs, so the bytes depend on
//! nothing but the plan; without every run there is no merged file unless asked for.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::columnar::{Column, RowsWriter};
use super::draws::{GROUP, Parameters};
use super::store::{Look, PLAN, RUNS, Store, Stored, VERSION, range_text, write_whole};
use super::table::Table;
use super::work::{missing, ranges, shards};
use super::{ExperimentError, Result};
use crate::report::rows::ColumnMeaning;

/// The merged runs.
pub const RUNS_FILE: &str = "runs.parquet";
/// The uncertain numbers of every draw.
pub const DRAWS_FILE: &str = "draws.parquet";
/// What the columns of both mean.
pub const COLUMNS_FILE: &str = "columns.json";

/// What merging found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// Runs stored.
    pub runs: u64,
    /// Runs that are missing, neighbours joined.
    pub gaps: Vec<Range<u64>>,
    /// Shards that hold them.
    pub shards: Vec<u32>,
    /// Files among the parts that are no sound part, and why.
    pub unsound: Vec<(PathBuf, String)>,
    /// SHA-256 of the merged file, if it was written.
    pub sha256: Option<String>,
}

/// Checks that the parts are all there, and writes them as one file.
///
/// # Errors
/// If the plan is of another version, a part of another experiment, or the system refuses.
pub fn merge(
    store: &Store,
    table: &Table,
    parameters: &Parameters<'_>,
    allow_gaps: bool,
) -> Result<Merged> {
    // The draws are computed here and must be those the runs were played with.
    store.plan.same_version()?;
    let stored = store.stored(&table.columns, Look::Digest)?;
    let gone = missing(&store.plan, &stored.parts);
    let mut merged = Merged {
        runs: stored
            .parts
            .iter()
            .map(|part| part.runs.end - part.runs.start)
            .sum(),
        gaps: ranges(&store.plan, &gone),
        shards: shards(&store.plan, &gone),
        unsound: stored.unsound.clone(),
        sha256: None,
    };
    if merged.runs == 0 || !(merged.gaps.is_empty() || allow_gaps) {
        return Ok(merged);
    }
    let path = store.file(RUNS_FILE);
    merged.sha256 = Some(write_runs(store, table, &stored, &path)?);
    write_draws(store, parameters)?;
    write_columns(store.root(), table, parameters)?;
    Ok(merged)
}

fn write_runs(store: &Store, table: &Table, stored: &Stored, path: &Path) -> Result<String> {
    let runs: u64 = stored
        .parts
        .iter()
        .map(|part| part.runs.end - part.runs.start)
        .sum();
    let range = if runs == store.plan.runs {
        range_text(&(0..runs))
    } else {
        let done: Vec<u64> = stored.parts.iter().map(|part| part.batch).collect();
        let done: Vec<String> = ranges(&store.plan, &done).iter().map(range_text).collect();
        done.join(",")
    };
    write_rows(path, &table.columns, store, &range, |writer| {
        for part in &stored.parts {
            let file = File::open(&part.path)
                .map_err(|error| ExperimentError::file("read", &part.path, error))?;
            writer
                .copy(&file)
                .map_err(|error| ExperimentError::wrote(&part.path, error))?;
        }
        Ok(())
    })?;
    digest(path)
}

fn write_draws(store: &Store, parameters: &Parameters<'_>) -> Result<()> {
    let (draws, _) = store.plan.extent();
    let path = store.file(DRAWS_FILE);
    let range = format!("draws 0..{draws}");
    write_rows(&path, &parameters.columns, store, &range, |writer| {
        let mut next = 0;
        while next < draws {
            let end = draws.min(next.saturating_add(GROUP));
            let cells = parameters.rows(&store.plan, next..end);
            writer
                .group(&cells)
                .map_err(|error| ExperimentError::wrote(&path, error))?;
            next = end;
        }
        Ok(())
    })
}

/// What the columns of both files mean: the codebook.
///
/// # Errors
/// If it cannot be written.
pub fn write_columns(folder: &Path, table: &Table, parameters: &Parameters<'_>) -> Result<()> {
    let meanings = |columns: &[Column]| -> Vec<ColumnMeaning> {
        columns
            .iter()
            .map(|column| column.meaning.clone())
            .collect()
    };
    let codebook = serde_json::json!({
        "runs": meanings(&table.columns),
        "draws": meanings(&parameters.columns),
    });
    let mut text = serde_json::to_string_pretty(&codebook).expect("texts have a JSON form");
    text.push('\n');
    write_whole(&folder.join(COLUMNS_FILE), text.as_bytes())
}

// Streams into a temporary file, which is renamed when it is whole.
fn write_rows(
    path: &Path,
    columns: &[Column],
    store: &Store,
    range: &str,
    fill: impl FnOnce(&mut RowsWriter<BufWriter<File>>) -> Result<()>,
) -> Result<()> {
    let temporary = path.with_extension(format!("parquet.tmp-{}", std::process::id()));
    let written = (|| {
        let file = File::create(&temporary)
            .map_err(|error| ExperimentError::file("write", &temporary, error))?;
        let failed = |error| ExperimentError::wrote(path, error);
        let mut writer = RowsWriter::new(BufWriter::new(file), columns).map_err(failed)?;
        fill(&mut writer)?;
        let entries = [
            (PLAN, store.plan.hash()),
            (RUNS, range.to_owned()),
            (VERSION, store.plan.tool_version.clone()),
        ];
        let mut out = writer.finish(&entries).map_err(failed)?;
        out.flush()
            .and_then(|()| out.get_ref().sync_all())
            .and_then(|()| std::fs::rename(&temporary, path))
            .map_err(|error| ExperimentError::file("write", path, error))
    })();
    if written.is_err() {
        std::fs::remove_file(&temporary).ok();
    }
    written
}

fn digest(path: &Path) -> Result<String> {
    use sha2::{Digest, Sha256};
    let failed = |error| ExperimentError::file("read", path, error);
    let mut hash = Sha256::new();
    let mut file = File::open(path).map_err(failed)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = std::io::Read::read(&mut file, &mut buffer).map_err(failed)?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
    }
    let bytes: [u8; 32] = hash.finalize().into();
    Ok(bytes
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}")))
}
