//! The stored rows as CSV, for programs that read nothing else.
//!
//! Flows in: files of rows. Flows out: `runs.csv`, `draws.csv` and their codebook `columns.json`.
//! Invariant: cells are written as in the `runs.csv` of `jawjaw run`; memory holds one row group.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::columnar::{Cell, Cells, Column, RowsReader};
use super::draws::{GROUP, Parameters};
use super::plan::ExperimentPlan;
use super::table::{Table, day};
use super::{ExperimentError, Result};
use crate::report::rows::{RowWriter, decimal};

/// A cell as it stands in a CSV file; empty for none.
pub fn cell(column: &Column, cells: &Cells, row: usize) -> String {
    use super::columnar::Kind;
    match cells.cell(row) {
        Cell::None => String::new(),
        Cell::Long(number) => number.to_string(),
        Cell::Int(days) if column.kind == Kind::Date => day(days).to_string(),
        Cell::Int(number) => number.to_string(),
        Cell::Number(number) => decimal(number),
        Cell::Word(word) => column.words.get(word as usize).cloned().unwrap_or_default(),
        Cell::Text(text) => text.to_owned(),
    }
}

/// Writes `runs.csv`. Returns the rows written.
///
/// # Errors
/// If a file cannot be read or written.
pub fn runs(table: &Table, files: &[PathBuf], path: &Path) -> Result<u64> {
    let wanted: Vec<usize> = (0..table.columns.len()).collect();
    whole(path, |out| {
        let mut rows = 0;
        heading(out, &table.columns)?;
        for file in files {
            let reader = RowsReader::open(file)?;
            for group in 0..reader.groups() {
                let cells = reader
                    .read(group, &table.columns, &wanted)
                    .map_err(|error| ExperimentError::rows(file, error))?;
                rows += reader.group_rows(group) as u64;
                lines(out, &table.columns, &cells, reader.group_rows(group))?;
            }
        }
        Ok(rows)
    })
}

/// Writes `draws.csv`.
///
/// # Errors
/// If the file cannot be written.
pub fn draws(plan: &ExperimentPlan, parameters: &Parameters<'_>, path: &Path) -> Result<()> {
    whole(path, |out| {
        heading(out, &parameters.columns)?;
        let (draws, _) = plan.extent();
        for start in (0..draws).step_by(GROUP as usize) {
            let cells = parameters.rows(plan, start..draws.min(start.saturating_add(GROUP)));
            let rows = cells.first().map_or(0, |cells| cells.present.len());
            lines(out, &parameters.columns, &cells, rows)?;
        }
        Ok(())
    })
}

struct Out<'a> {
    path: &'a Path,
    writer: BufWriter<File>,
}

impl Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.writer
            .write_all(bytes)
            .map_err(|error| ExperimentError::file("write", self.path, error))
    }
}

// Under a temporary name until it is whole.
fn whole<T>(path: &Path, fill: impl FnOnce(&mut Out<'_>) -> Result<T>) -> Result<T> {
    let temporary = path.with_extension(format!("csv.tmp-{}", std::process::id()));
    let written = (|| {
        let failed = |error| ExperimentError::file("write", path, error);
        let file = File::create(&temporary).map_err(failed)?;
        let mut out = Out {
            path,
            writer: BufWriter::new(file),
        };
        let value = fill(&mut out)?;
        out.writer.flush().map_err(failed)?;
        std::fs::rename(&temporary, path).map_err(failed)?;
        Ok(value)
    })();
    if written.is_err() {
        std::fs::remove_file(&temporary).ok();
    }
    written
}

fn heading(out: &mut Out<'_>, columns: &[Column]) -> Result<()> {
    let meanings: Vec<_> = columns
        .iter()
        .map(|column| column.meaning.clone())
        .collect();
    out.write(&RowWriter::heading(&meanings))
}

fn lines(out: &mut Out<'_>, columns: &[Column], cells: &[Cells], rows: usize) -> Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in 0..rows {
        for (column, cells) in columns.iter().zip(cells) {
            writer
                .write_field(cell(column, cells, row))
                .expect("writing to memory does not fail");
        }
        writer
            .write_record(None::<&[u8]>)
            .expect("writing to memory does not fail");
    }
    let bytes = writer
        .into_inner()
        .expect("writing to memory does not fail");
    out.write(&bytes)
}
