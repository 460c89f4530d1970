//! `jawjaw experiment merge`, `extend` and `export`: what changes or leaves the folder.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Opened, Outcome};
use crate::cli::output::file_error;
use crate::cli::source::{print, say};
use crate::experiment::analyse::files;
use crate::experiment::merge::{RUNS_FILE, merge, write_columns};
use crate::experiment::store::{Store, short};
use crate::experiment::{ExperimentError, export, work};
use crate::report::layout::thousands;

/// Check that every run is there and write them as one file
#[derive(Debug, Args)]
pub(super) struct MergeArgs {
    /// Folder of the experiment
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Merge what is there even if runs are missing
    #[arg(long)]
    allow_gaps: bool,
}

impl MergeArgs {
    /// 0 if it merged; 1 with a list of what is missing if not.
    pub(super) fn run(self) -> Outcome {
        let opened = Opened::open(&self.folder)?;
        let parameters = work::parameters(&opened.games);
        let merged = merge(&opened.store, &opened.table, &parameters, self.allow_gaps)?;
        for (path, reason) in &merged.unsound {
            say(&format!("not counted: {}: {reason}", path.display()));
        }
        let (plan, folder) = (&opened.store.plan, self.folder.display());
        if !merged.gaps.is_empty() {
            say(&format!(
                "{} of {} runs are missing, in {} of {} shards; any of these plays them:",
                thousands(plan.runs - merged.runs),
                thousands(plan.runs),
                merged.shards.len(),
                plan.shards
            ));
            let ranges: Vec<String> = (merged.gaps.iter())
                .map(|runs| format!("--range {}..{}", runs.start, runs.end))
                .collect();
            let shards: Vec<String> = (merged.shards.iter())
                .map(|shard| format!("--shard {shard}/{}", plan.shards))
                .collect();
            print(&format!(
                "jawjaw experiment run {folder}\n\
                 jawjaw experiment run {folder} {}\n\
                 jawjaw experiment run {folder} {}\n\
                 jawjaw slurm {folder} --missing --submit\n",
                shards.join(" "),
                ranges.join(" ")
            ))?;
        }
        let Some(sha256) = merged.sha256 else {
            return Ok(ExitCode::FAILURE);
        };
        let file = opened.store.file(RUNS_FILE);
        print(&format!("{sha256}  {}\n", file.display()))?;
        say(&format!(
            "{} runs merged; next: jawjaw experiment analyse {folder}",
            thousands(merged.runs)
        ));
        Ok(ExitCode::SUCCESS)
    }
}

/// Add draws or replicates; what is stored keeps its numbers and bits
#[derive(Debug, Args)]
pub(super) struct ExtendArgs {
    /// Folder of the experiment
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// At least so many runs of each scenario, by more draws
    #[arg(long, value_name = "RUNS", conflicts_with_all = ["draws", "replicates"], value_parser = clap::value_parser!(u64).range(1..))]
    to: Option<u64>,
    /// So many draws
    #[arg(long, value_name = "N", required_unless_present_any = ["to", "replicates"])]
    draws: Option<u32>,
    /// So many runs for each draw and scenario
    #[arg(long, value_name = "N")]
    replicates: Option<u32>,
}

impl ExtendArgs {
    /// Writes the longer plan.
    pub(super) fn run(self) -> Outcome {
        let mut store = Store::open(&self.folder)?;
        store.plan.same_version()?;
        let (had_draws, had_replicates) = store.plan.extent();
        let replicates = self.replicates.unwrap_or(had_replicates);
        let mut draws = self.draws.unwrap_or(had_draws);
        if let Some(runs) = self.to {
            let needed = runs.div_ceil(u64::from(replicates));
            draws = u32::try_from(needed)
                .map_err(|_| ExperimentError::Design(format!("--to {runs}: too many draws")))?;
        }
        let plan = store.plan.extended(draws, replicates)?;
        let added = plan.runs - store.plan.runs;
        store.extend(plan)?;
        say(&format!(
            "plan {}: {} runs added, now {}: {draws} draws with {replicates} runs each; next: jawjaw \
             experiment run {}",
            short(&store.plan.hash()),
            thousands(added),
            thousands(store.plan.runs),
            self.folder.display()
        ));
        Ok(ExitCode::SUCCESS)
    }
}

/// Write runs, draws and a codebook as CSV, for programs that do not read Parquet
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// Folder of the experiment
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Folder for `runs.csv`, `draws.csv` and `columns.json` [default: DIR/csv]
    #[arg(long, value_name = "FOLDER")]
    csv: Option<PathBuf>,
}

impl ExportArgs {
    /// Writes the files.
    pub(super) fn run(self) -> Outcome {
        let opened = Opened::open(&self.folder)?;
        opened.store.plan.same_version()?;
        let out = self.csv.unwrap_or_else(|| self.folder.join("csv"));
        std::fs::create_dir_all(&out).map_err(|source| file_error("create", &out, source))?;
        let parameters = work::parameters(&opened.games);
        let files = files(&opened.store, &opened.table)?;
        let rows = export::runs(&opened.table, &files, &out.join("runs.csv"))?;
        export::draws(&opened.store.plan, &parameters, &out.join("draws.csv"))?;
        write_columns(&out, &opened.table, &parameters)?;
        let missing = opened.store.plan.runs - rows;
        let partial = if missing > 0 {
            format!(" ({} are not played yet)", thousands(missing))
        } else {
            String::new()
        };
        say(&format!(
            "{} runs{partial}, written to {}",
            thousands(rows),
            out.display()
        ));
        Ok(ExitCode::SUCCESS)
    }
}
