//! Experiments that outlive a process: a frozen plan in a folder, and every run of it as a row.
//!
//! Flows in: scenarios as texts and how often to play them. Flows out: a folder that anybody can
//! copy, finish, check and read: `plan.json`, `scenarios/`, `parts/`, and once merged
//! `runs.parquet`, `draws.parquet`, `columns.json`. Invariant: a row is a function of plan and run
//! number alone, and a file under its final name is whole; so neither threads, shards, machines,
//! order nor a kill at any moment can change a byte of what is merged.
//!
//! Start with `plan`, which numbers the runs; `play` plays a range of them into `table`'s columns;
//! `store` keeps the parts; `work` puts the three together; `merge`, `analyse`, `export` and
//! `replay` read what is there.

pub mod analyse;
pub mod analyse_text;
pub mod columnar;
pub mod draws;
pub mod export;
pub mod merge;
pub mod plan;
pub mod play;
pub mod replay;
pub mod slurm;
pub mod store;
pub mod table;
pub mod work;

use std::io;
use std::ops::Range;
use std::path::Path;

use parquet::errors::ParquetError;

/// Why something about an experiment could not be done.
#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    /// The system refused.
    #[error("cannot {action} {path}")]
    File {
        /// `read`, `write`, `create`.
        action: &'static str,
        /// Which file.
        path: String,
        /// Its reason.
        source: io::Error,
    },
    /// A file of rows is not what it should be.
    #[error("{path} is no sound file of runs")]
    Rows {
        /// Which file.
        path: String,
        /// What the format's reader says.
        source: ParquetError,
    },
    /// The folder holds no plan.
    #[error("{0} holds no experiment (no plan.json); `jawjaw experiment plan` makes one")]
    NoPlan(String),
    /// The plan, or a scenario frozen with it, cannot be used.
    #[error("{path}: {reason}")]
    Plan {
        /// Which file.
        path: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// Numbers that make no plan, no shard, no range.
    #[error("{0}")]
    Design(String),
    /// Another version made the plan.
    #[error(
        "planned with jawjaw {planned} (model {planned_model}), this is {here} (model \
         {here_model}); install that version to go on, or plan the experiment anew"
    )]
    Version {
        /// Version in the plan.
        planned: String,
        /// Model version in the plan.
        planned_model: u32,
        /// This version.
        here: String,
        /// This model version.
        here_model: u32,
    },
    /// A part of some other experiment lies among the parts.
    #[error("{path} belongs to another experiment (plan {found}, not {expected}); move it away")]
    Foreign {
        /// Which file.
        path: String,
        /// The hash it carries.
        found: String,
        /// The hash of this plan.
        expected: String,
    },
    /// The same runs, two results.
    #[error(
        "runs {}..{} came out differently from what {path} holds: the builds or machines that \
         played them do not compute the same; keep one of them and run the rest again", range.start, range.end
    )]
    Differs {
        /// Which file.
        path: String,
        /// Which runs.
        range: Range<u64>,
    },
    /// Threads.
    #[error("cannot start the worker threads")]
    Threads(#[source] rayon::ThreadPoolBuildError),
    /// Some runs failed, and nobody said what to make of them.
    #[error(
        "{failed} of {runs} runs failed; say `--failures as-category` to count them beside the \
         outcomes, or `--failures drop` to leave them out (which biases the shares)"
    )]
    Failures {
        /// Failed runs.
        failed: u64,
        /// All runs.
        runs: u64,
    },
}

impl ExperimentError {
    pub(crate) fn file(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File {
            action,
            path: path.display().to_string(),
            source,
        }
    }

    pub(crate) fn rows(path: &Path, source: ParquetError) -> Self {
        Self::Rows {
            path: path.display().to_string(),
            source,
        }
    }

    /// What a writer of rows says: mostly that the system refused.
    pub(crate) fn wrote(path: &Path, error: ParquetError) -> Self {
        match error {
            ParquetError::External(source) => match source.downcast::<io::Error>() {
                Ok(source) => Self::file("write", path, *source),
                Err(source) => Self::rows(path, ParquetError::External(source)),
            },
            error => Self::rows(path, error),
        }
    }

    pub(crate) fn unsound(path: &Path, reason: impl Into<String>) -> Self {
        Self::rows(path, ParquetError::General(reason.into()))
    }
}

/// Shorthand of this module.
pub type Result<T, E = ExperimentError> = std::result::Result<T, E>;

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(bytes);
    digest
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}
