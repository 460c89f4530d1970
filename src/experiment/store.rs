//! The folder of an experiment: plan, frozen scenarios, parts; what is there and what is missing.
//!
//! Flows in: whole files as bytes. Flows out: the plan, and which runs are stored. Invariant: a file
//! appears under its final name only when it is whole and on the disk; a part that is there is never
//! replaced by another content.
//!
//! Several processes may work in one folder, on one machine or on many. Whoever plays a batch holds a
//! lock that the system takes back from a dead process; where the file system knows no locks, two
//! may play the same batch, and then the second finds the same bytes.

use std::fs::{self, File, TryLockError};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{ErrorKind, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::columnar::{Column, RowsReader, check_digest};
use super::plan::{ExperimentPlan, SCHEMA_VERSION};
use super::{ExperimentError, Result, sha256};

/// Metadata of a part: hash of the plan it was played for.
pub const PLAN: &str = "jawjaw.plan";
/// Metadata of a part: its runs, `first..after the last`.
pub const RUNS: &str = "jawjaw.runs";
/// Metadata: version of the program.
pub const VERSION: &str = "jawjaw.version";

const PLAN_FILE: &str = "plan.json";
const PARTS: &str = "parts";
const TEMPORARY: &str = ".tmp-";
const CLAIM: &str = ".claim-";

// `plan.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanFile {
    plan_hash: String,
    plan: ExperimentPlan,
}

/// An experiment's folder.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
    /// The plan.
    pub plan: ExperimentPlan,
}

/// A stored part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its file.
    pub path: PathBuf,
    /// Its runs.
    pub runs: Range<u64>,
    /// Its batch.
    pub batch: u64,
}

/// What is stored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stored {
    /// Sound parts, in the order of their runs.
    pub parts: Vec<Part>,
    /// Files among the parts that are no sound part, with the reason: they count as missing.
    pub unsound: Vec<(PathBuf, String)>,
}

/// How closely parts are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The footer: finds truncated and foreign files.
    Footer,
    /// Every byte.
    Digest,
}

/// The right to play a batch, given back when dropped.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    // The lock lives as long as the file is open.
    _file: File,
}

impl Drop for Claim {
    fn drop(&mut self) {
        // A claim that stays behind is taken over by the next process.
        fs::remove_file(&self.path).ok();
    }
}

impl Store {
    /// Makes a folder with the plan and the frozen scenarios: file and text of each.
    ///
    /// # Errors
    /// If the folder exists and is not empty, or the system refuses.
    pub fn create(root: &Path, plan: ExperimentPlan, scenarios: &[String]) -> Result<Self> {
        if root.join(PLAN_FILE).exists() {
            return Err(ExperimentError::Design(format!(
                "{} holds an experiment already; `jawjaw experiment extend` adds runs to it, a new \
                 one needs a new folder",
                root.display()
            )));
        }
        let is_empty = |mut entries: fs::ReadDir| entries.next().is_none();
        if root.exists() && !fs::read_dir(root).is_ok_and(is_empty) {
            return Err(ExperimentError::Design(format!(
                "{} exists and is no empty folder; choose another",
                root.display()
            )));
        }
        let store = Self {
            root: root.to_owned(),
            plan,
        };
        let scenarios = store.plan.scenarios.iter().zip(scenarios);
        for folder in ["scenarios", PARTS] {
            create_folder(&root.join(folder))?;
        }
        for (planned, text) in scenarios {
            write_whole(&root.join(&planned.file), text.as_bytes())?;
        }
        // Last: what has a plan is an experiment.
        store.write_plan()?;
        Ok(store)
    }

    fn write_plan(&self) -> Result<()> {
        let file = PlanFile {
            plan_hash: self.plan.hash(),
            plan: self.plan.clone(),
        };
        let mut text = serde_json::to_string_pretty(&file).expect("a plan has a JSON form");
        text.push('\n');
        write_whole(&self.root.join(PLAN_FILE), text.as_bytes())
    }

    /// Opens a folder.
    ///
    /// # Errors
    /// If it holds no plan, or one that was changed by hand or made by a later version.
    pub fn open(root: &Path) -> Result<Self> {
        let path = root.join(PLAN_FILE);
        let text = match fs::read_to_string(&path) {
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                return Err(ExperimentError::NoPlan(root.display().to_string()));
            }
            text => text.map_err(|error| ExperimentError::file("read", &path, error))?,
        };
        let refuse = |reason: String| ExperimentError::Plan {
            path: path.display().to_string(),
            reason,
        };
        let value: serde_json::Value =
            serde_json::from_str(&text).map_err(|error| refuse(format!("not JSON: {error}")))?;
        let version = value["plan"]["schema_version"].as_u64();
        if version != Some(SCHEMA_VERSION.into()) {
            let version = version.map_or("none".to_owned(), |version| version.to_string());
            return Err(refuse(format!(
                "layout version {version}, but this program knows version {SCHEMA_VERSION} only"
            )));
        }
        let file: PlanFile =
            serde_json::from_value(value).map_err(|error| refuse(format!("no plan: {error}")))?;
        if let Some(fault) = file.plan.fault() {
            return Err(refuse(fault));
        }
        if file.plan.hash() != file.plan_hash {
            return Err(refuse(
                "the plan was changed after it was frozen (its hash does not fit); put the \
                 original back, or plan anew"
                    .to_owned(),
            ));
        }
        Ok(Self {
            root: root.to_owned(),
            plan: file.plan,
        })
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A file of the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Replaces the plan by an extension of it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn extend(&mut self, plan: ExperimentPlan) -> Result<()> {
        self.plan = plan;
        self.write_plan()
    }

    /// The frozen text of a scenario.
    ///
    /// # Errors
    /// If it cannot be read, or is not what was frozen.
    pub fn scenario(&self, index: usize) -> Result<String> {
        let planned = &self.plan.scenarios[index];
        let path = self.root.join(&planned.file);
        let text = fs::read_to_string(&path)
            .map_err(|error| ExperimentError::file("read", &path, error))?;
        if sha256(text.as_bytes()) == planned.sha256 {
            return Ok(text);
        }
        Err(ExperimentError::Plan {
            path: path.display().to_string(),
            reason: "the file was changed after it was frozen (its hash does not fit); put the \
                     original back, or plan anew"
                .to_owned(),
        })
    }

    /// Where the part of a batch stands.
    pub fn part_path(&self, runs: &Range<u64>) -> PathBuf {
        let name = format!("{:012}-{:012}.parquet", runs.start, runs.end);
        self.root.join(PARTS).join(name)
    }

    /// What is stored of all batches.
    ///
    /// # Errors
    /// If the folder cannot be read, or holds a part of another experiment.
    pub fn stored(&self, columns: &[Column], look: Look) -> Result<Stored> {
        self.stored_of(columns, look, |_| true)
    }

    /// What is stored of the batches that are wanted.
    ///
    /// # Errors
    /// If the folder cannot be read, or holds a part of another experiment.
    pub fn stored_of(
        &self,
        columns: &[Column],
        look: Look,
        wanted: impl Fn(u64) -> bool,
    ) -> Result<Stored> {
        let hashes = self.plan.hashes();
        let mut stored = Stored::default();
        for path in self.part_files()? {
            let name = path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned());
            let runs = name.as_deref().and_then(range_of_name);
            let Some((runs, batch)) =
                runs.and_then(|runs| Some((runs.clone(), self.plan.batch_of(&runs)?)))
            else {
                let reason = "its name is no range of this plan".to_owned();
                stored.unsound.push((path, reason));
                continue;
            };
            if !wanted(batch) {
                continue;
            }
            match check(&path, &runs, columns, &hashes, look) {
                Ok(()) => stored.parts.push(Part { path, runs, batch }),
                Err(ExperimentError::Rows { source, .. }) => {
                    stored.unsound.push((path, source.to_string()));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(stored)
    }

    /// The first part that is stored, if it is sound.
    ///
    /// # Errors
    /// If the folder cannot be read, or holds a part of another experiment.
    pub fn first(&self, columns: &[Column]) -> Result<Option<Part>> {
        let first = self.part_files()?.into_iter().find_map(|path| {
            let runs = range_of_name(path.file_stem()?.to_str()?)?;
            self.plan.batch_of(&runs)
        });
        let stored = self.stored_of(columns, Look::Digest, |batch| Some(batch) == first)?;
        Ok(stored.parts.into_iter().next())
    }

    // Sorted, which is the order of their runs.
    fn part_files(&self) -> Result<Vec<PathBuf>> {
        let folder = self.root.join(PARTS);
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|error| ExperimentError::file("read", &folder, error))?,
        };
        let mut paths = Vec::new();
        for entry in entries {
            let path = entry
                .map_err(|error| ExperimentError::file("read", &folder, error))?
                .path();
            if path.extension().is_some_and(|ending| ending == "parquet") {
                paths.push(path);
            }
        }
        paths.sort();
        Ok(paths)
    }

    /// Takes the right to play a batch; none if another process has it.
    ///
    /// # Errors
    /// If nothing can be written there.
    pub fn claim(&self, runs: &Range<u64>) -> Result<Option<Claim>> {
        let folder = self.root.join(PARTS);
        create_folder(&folder)?;
        let path = folder.join(format!("{CLAIM}{:012}-{:012}", runs.start, runs.end));
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| ExperimentError::file("write", &path, error))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Ok(None),
            // No locks on this file system: at worst a batch is played twice.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Some(Claim { path, _file: file })),
        }
    }

    /// Batches that some process is playing now.
    pub fn claimed(&self) -> usize {
        let is_held = |name: &String| {
            let file = File::open(self.root.join(PARTS).join(name));
            let locked =
                |file: File| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
            name.starts_with(CLAIM) && file.is_ok_and(locked)
        };
        self.left_overs()
            .iter()
            .filter(|name| is_held(name))
            .count()
    }

    /// Keeps a part. If it is there already it must be the same.
    ///
    /// # Errors
    /// If the system refuses, or the runs came out differently before.
    pub fn keep(&self, runs: &Range<u64>, bytes: &[u8], columns: &[Column]) -> Result<()> {
        let path = self.part_path(runs);
        let temporary = temporary(&path);
        write_synced(&temporary, bytes)?;
        let hashes = self.plan.hashes();
        let done = match fs::hard_link(&temporary, &path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                match check(&path, runs, columns, &hashes, Look::Digest) {
                    // A damaged file makes room.
                    Err(ExperimentError::Rows { .. }) => rename(&temporary, &path),
                    Err(error) => Err(error),
                    Ok(()) => same(runs, &path, bytes),
                }
            }
            // No hard links on this file system.
            Err(_) => rename(&temporary, &path),
            Ok(()) => Ok(()),
        };
        fs::remove_file(&temporary).ok();
        done?;
        sync_folder(&self.root.join(PARTS))
    }

    /// Removes what killed processes left beside parts that are there.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn tidy(&self) -> Result<()> {
        for name in self.left_overs() {
            let stem = name
                .trim_start_matches(CLAIM)
                .trim_start_matches(TEMPORARY)
                .split('.')
                .next();
            let Some(runs) = stem.and_then(range_of_name) else {
                continue;
            };
            // Whoever has the claim is at work.
            if self.part_path(&runs).exists()
                && let Some(claim) = self.claim(&runs)?
            {
                self.sweep(&runs);
                drop(claim);
            }
        }
        Ok(())
    }

    /// Removes what a killed process left of a batch. The batch must be claimed.
    pub fn sweep(&self, runs: &Range<u64>) {
        let path = self.part_path(runs);
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return;
        };
        let start = format!("{TEMPORARY}{name}");
        for left in self.left_overs() {
            if left.starts_with(&start) {
                fs::remove_file(self.root.join(PARTS).join(left)).ok();
            }
        }
    }

    fn left_overs(&self) -> Vec<String> {
        let entries = fs::read_dir(self.root.join(PARTS));
        let names = entries.into_iter().flatten().flatten();
        let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names
            .filter(|name| name.starts_with(CLAIM) || name.starts_with(TEMPORARY))
            .collect()
    }
}

// An extension changes the hash a part carries but not its rows, whose digest it carries too.
fn same(runs: &Range<u64>, path: &Path, bytes: &[u8]) -> Result<()> {
    let stored = fs::read(path).map_err(|error| ExperimentError::file("read", path, error))?;
    let reader = RowsReader::open(path)?;
    let length: usize = reader
        .entry(super::columnar::LENGTH)
        .and_then(|text| text.parse().ok())
        .unwrap_or(usize::MAX);
    let end = length.saturating_add(4);
    if stored.get(..end).is_some() && stored.get(..end) == bytes.get(..end) {
        return Ok(());
    }
    Err(ExperimentError::Differs {
        path: path.display().to_string(),
        range: runs.clone(),
    })
}

fn range_of_name(stem: &str) -> Option<Range<u64>> {
    let (start, end) = stem.split_once('-')?;
    Some(start.parse().ok()?..end.parse().ok()?)
}

fn check(
    path: &Path,
    runs: &Range<u64>,
    columns: &[Column],
    hashes: &[String],
    look: Look,
) -> Result<()> {
    let reader = RowsReader::open(path)?;
    let plan = reader.entry(PLAN).unwrap_or("none");
    if !hashes.iter().any(|hash| hash == plan) {
        return Err(ExperimentError::Foreign {
            path: path.display().to_string(),
            found: short(plan).to_owned(),
            expected: hashes.last().map_or("", |hash| short(hash)).to_owned(),
        });
    }
    if reader.entry(RUNS) != Some(&range_text(runs)) || reader.rows() != runs.end - runs.start {
        return Err(ExperimentError::unsound(
            path,
            "it holds other runs than its name says",
        ));
    }
    if !reader.has_columns(columns) {
        return Err(ExperimentError::unsound(
            path,
            "it has other columns than the scenarios",
        ));
    }
    match look {
        Look::Footer => Ok(()),
        Look::Digest => check_digest(path, &reader),
    }
}

/// `a..b`
pub fn range_text(runs: &Range<u64>) -> String {
    format!("{}..{}", runs.start, runs.end)
}

/// The first digits of a hash, for people.
pub fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

fn create_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|error| ExperimentError::file("create", path, error))
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|error| ExperimentError::file("write", to, error))
}

fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Processes of two machines may have the same number; a hasher's keys are random.
    let salt = RandomState::new().build_hasher().finish();
    path.with_file_name(format!("{TEMPORARY}{name}-{salt:016x}"))
}

fn write_synced(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = |error| {
        fs::remove_file(path).ok();
        ExperimentError::file("write", path, error)
    };
    let mut file = File::create(path).map_err(failed)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(failed)
}

/// Writes a whole file: under a temporary name, then renamed.
///
/// # Errors
/// If the system refuses; then nothing is left behind.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = temporary(path);
    write_synced(&temporary, bytes)?;
    rename(&temporary, path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

// A name is on the disk only when its folder is.
fn sync_folder(path: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(path)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| ExperimentError::file("write", path, error))?;
    }
    Ok(())
}
