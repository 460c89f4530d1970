//! Result folders: written beside their final name, then renamed, so that a folder under its final
//! name is always whole.
//!
//! Flows in: bytes and summaries. Flows out: `output/<scenario id>/<name>/`. Invariant: what goes
//! into `summary.json` and the CSV files depends on scenario, seed and design alone; everything
//! about the machine and the day stands in `manifest.json`.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::CliError;
use super::run::precision::Settled;
use crate::ensemble::summary::{Design, ScenarioInfo};

/// A picture ready to be written.
#[derive(Debug, Clone)]
pub struct FigureFile {
    /// File name without its ending.
    pub name: String,
    /// The picture as SVG.
    pub svg: String,
    /// The same as PNG.
    pub png: Vec<u8>,
}

/// How and where a result came about.
#[derive(Debug, Serialize)]
pub struct Manifest<'a> {
    /// Name of the tool.
    pub tool: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Version of what the model computes; results differ only if this or the files differ.
    pub model_version: u32,
    /// The scenario.
    pub scenario: &'a ScenarioInfo,
    /// Scenario file as given.
    pub file: String,
    /// SHA-256 of its text.
    pub sha256: String,
    /// SHA-256 of the text after `extends` has been merged in.
    pub resolved_sha256: String,
    /// Seed, draws, replicates, finished runs, whether it was stopped.
    pub design: &'a Design,
    /// The looks that led to this size, if a precision was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopping: Option<&'a Settled>,
    /// As typed.
    pub command_line: Vec<String>,
    /// Where it ran.
    pub machine: Machine,
    /// Start, UTC.
    pub started: String,
    /// Seconds for the runs.
    pub seconds: f64,
    /// Runs a second.
    pub runs_per_second: f64,
}

/// The machine.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// Cores the system offers.
    pub cores: usize,
    /// Threads used.
    pub threads: usize,
    /// Operating system.
    pub os: &'static str,
    /// Processor architecture.
    pub arch: &'static str,
}

/// SHA-256 of a text in hexadecimal.
pub fn sha256_hex(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// A result folder in the making. Dropped before [`Folder::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Folder {
    parent: PathBuf,
    draft: PathBuf,
    committed: bool,
}

// Marks a folder as one of ours, which may be replaced.
const MARK: &str = "manifest.json";

impl Folder {
    /// A draft in `parent`.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub fn draft(parent: &Path, name: &str) -> Result<Self, CliError> {
        fs::create_dir_all(parent).map_err(|source| file_error("create", parent, source))?;
        let draft = parent.join(format!(".{name}.draft-{}", std::process::id()));
        if draft.exists() {
            fs::remove_dir_all(&draft).map_err(|source| file_error("replace", &draft, source))?;
        }
        fs::create_dir_all(&draft).map_err(|source| file_error("create", &draft, source))?;
        Ok(Self {
            parent: parent.to_owned(),
            draft,
            committed: false,
        })
    }

    /// Opens a file of the draft for writing piece by piece.
    pub fn create(&self, file: &str) -> Result<OpenFile, CliError> {
        let path = self.draft.join(file);
        let inner = File::create(&path).map_err(|source| file_error("create", &path, source))?;
        Ok(OpenFile {
            path,
            inner: BufWriter::new(inner),
        })
    }

    /// Writes a whole file of the draft.
    pub fn write(&self, file: &str, bytes: &[u8]) -> Result<(), CliError> {
        let mut open = self.create(file)?;
        open.append(bytes)?;
        open.finish()
    }

    /// Writes a value as indented JSON.
    pub fn write_json(&self, file: &str, value: &impl Serialize) -> Result<(), CliError> {
        let mut text = serde_json::to_vec_pretty(value)
            .map_err(|error| CliError::Message(format!("cannot turn {file} into JSON: {error}")))?;
        text.push(b'\n');
        self.write(file, &text)
    }

    /// Writes pictures, each as SVG and PNG.
    pub fn write_figures(&self, figures: &[FigureFile]) -> Result<(), CliError> {
        for figure in figures {
            self.write(&format!("{}.svg", figure.name), figure.svg.as_bytes())?;
            self.write(&format!("{}.png", figure.name), &figure.png)?;
        }
        Ok(())
    }

    /// Gives the draft its final name, replacing an earlier result of that name.
    ///
    /// # Errors
    /// If something that is not a result folder stands there, or the system refuses.
    pub fn commit(mut self, name: &str) -> Result<PathBuf, CliError> {
        let target = self.parent.join(name);
        let old = self
            .parent
            .join(format!(".{name}.old-{}", std::process::id()));
        let replaces = may_be_replaced(&target)?;
        if replaces {
            fs::rename(&target, &old).map_err(|source| file_error("replace", &target, source))?;
        }
        if let Err(source) = fs::rename(&self.draft, &target) {
            if replaces {
                // Best effort: the earlier result goes back to its place.
                drop(fs::rename(&old, &target));
            }
            return Err(file_error("write", &target, source));
        }
        self.committed = true;
        if replaces {
            fs::remove_dir_all(&old).map_err(|source| file_error("remove", &old, source))?;
        }
        Ok(target)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.committed {
            // Nothing more can be done about it while an error is on its way.
            drop(fs::remove_dir_all(&self.draft));
        }
    }
}

/// Refuses early what [`Folder::commit`] would refuse after the work is done. True if an earlier
/// result stands there.
///
/// # Errors
/// If the path exists and is neither an earlier result nor an empty folder.
pub fn may_be_replaced(target: &Path) -> Result<bool, CliError> {
    let exists = target
        .try_exists()
        .map_err(|source| file_error("read", target, source))?;
    if !exists {
        return Ok(false);
    }
    let is_empty = || fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none());
    if target.is_dir() && (target.join(MARK).is_file() || is_empty()) {
        return Ok(true);
    }
    Err(CliError::Message(format!(
        "{} exists and holds no earlier result; it is left as it is, choose another `--name`",
        target.display()
    )))
}

/// A file of a draft, written in pieces.
#[derive(Debug)]
pub struct OpenFile {
    path: PathBuf,
    inner: BufWriter<File>,
}

impl OpenFile {
    /// Adds bytes at the end.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        self.inner
            .write_all(bytes)
            .map_err(|source| file_error("write", &self.path, source))
    }

    /// Makes sure that everything has reached the system.
    pub fn finish(mut self) -> Result<(), CliError> {
        self.inner
            .flush()
            .map_err(|source| file_error("write", &self.path, source))
    }
}

/// An error of the file system with the path it is about.
pub fn file_error(action: &'static str, path: &Path, source: io::Error) -> CliError {
    CliError::File {
        action,
        path: path.display().to_string(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::run::tests::scratch;

    #[test]
    fn a_committed_folder_replaces_an_earlier_result() {
        let parent = scratch("replace");
        for text in ["first", "second"] {
            let folder = Folder::draft(&parent, "a").unwrap();
            folder.write(MARK, b"{}").unwrap();
            folder.write("x.txt", text.as_bytes()).unwrap();
            folder.commit("a").unwrap();
        }
        assert_eq!(
            fs::read_to_string(parent.join("a/x.txt")).unwrap(),
            "second"
        );
        assert_eq!(fs::read_dir(&parent).unwrap().count(), 1);
        fs::remove_dir_all(parent).unwrap();
    }

    #[test]
    fn other_peoples_folders_are_left_alone() {
        let parent = scratch("foreign");
        fs::create_dir_all(parent.join("mine")).unwrap();
        fs::write(parent.join("mine/thesis.txt"), "years of work").unwrap();
        let folder = Folder::draft(&parent, "mine").unwrap();
        assert!(
            folder
                .commit("mine")
                .unwrap_err()
                .to_string()
                .contains("left as it is")
        );
        assert!(parent.join("mine/thesis.txt").exists());
        assert_eq!(fs::read_dir(&parent).unwrap().count(), 1);
        fs::remove_dir_all(parent).unwrap();
    }

    #[test]
    fn an_abandoned_draft_leaves_nothing() {
        let parent = scratch("abandoned");
        let folder = Folder::draft(&parent, "a").unwrap();
        folder.write("half.csv", b"1,2").unwrap();
        drop(folder);
        assert_eq!(fs::read_dir(&parent).unwrap().count(), 0);
        fs::remove_dir_all(parent).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_reported_with_the_file() {
        let path = PathBuf::from("/dev/full");
        let inner = File::options().write(true).open(&path).unwrap();
        let mut file = OpenFile {
            path,
            inner: BufWriter::new(inner),
        };
        let error = file.append(b"row").and_then(|()| file.finish());
        assert_eq!(error.unwrap_err().to_string(), "cannot write /dev/full");
    }

    #[test]
    fn digest_of_a_text() {
        assert!(sha256_hex("hello world").starts_with("b94d27b9934d3e08a52e52d7da7dabfa"));
    }
}
