//! A folder that `run` wrote, read back.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Found, ReportArgs, size_options};
use crate::cli::CliError;
use crate::cli::game::load_game;
use crate::cli::output::{file_error, sha256_hex};
use crate::ensemble::{Plan, Summary};
use crate::evidence::Evidence;
use crate::report::whole::Origin;

/// What is needed of `manifest.json`.
#[derive(Debug, Deserialize)]
struct Kept {
    version: String,
    model_version: u32,
    file: String,
    sha256: String,
    resolved_sha256: String,
}

impl ReportArgs {
    pub(super) fn of_folder(&self, shipped: &Evidence) -> Result<Found, CliError> {
        let folder = &self.target;
        self.refuse_size()?;
        let kept: Kept = read(folder, "manifest.json")?;
        let summary: Summary = read(folder, "summary.json")?;
        let file = self
            .scenario
            .clone()
            .unwrap_or_else(|| PathBuf::from(&kept.file));
        if !file.exists() {
            return Err(CliError::Message(format!(
                "the runs in {} are of {}, which is not there; name it with `--scenario`",
                folder.display(),
                file.display()
            )));
        }
        let loaded = load_game(&file, shipped)?;
        if sha256_hex(&loaded.resolved) != kept.resolved_sha256 {
            return Err(CliError::Message(format!(
                "{} is not what was run in {}: it, or a file that it extends, has changed since; run it \
                 anew, or name the right file with `--scenario`",
                file.display(),
                folder.display()
            )));
        }
        let log = outcomes(folder, &summary)?;
        let design = &summary.design;
        let plan = Plan::new(design.seed, design.draws, design.replicates);
        let plan = plan.map_err(|error| CliError::Message(error.to_string()))?;
        Ok(Found {
            log,
            expectations: Vec::new(),
            origin: Origin {
                command: format!("jawjaw run {} {}", kept.file, size_options(plan)),
                file: kept.file,
                sha256: kept.sha256,
                resolved_sha256: kept.resolved_sha256,
                version: kept.version,
                model_version: kept.model_version,
                plan: None,
                notes: Vec::new(),
            },
            summary,
            file,
            page: folder.join("report.html"),
        })
    }
}

pub(super) fn read<T: for<'d> Deserialize<'d>>(folder: &Path, name: &str) -> Result<T, CliError> {
    let path = folder.join(name);
    let text = fs::read_to_string(&path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => CliError::Message(format!(
            "{} is no folder of results and no experiment: it has neither {name} nor plan.json",
            folder.display()
        )),
        _ => file_error("read", &path, source),
    })?;
    serde_json::from_str(&text).map_err(|error| {
        CliError::Message(format!(
            "{} is not what this version of jawjaw writes: {error}",
            path.display()
        ))
    })
}

/// The outcome of every run, from `runs.csv`; nothing if it is not there.
fn outcomes(folder: &Path, summary: &Summary) -> Result<Vec<u8>, CliError> {
    let path = folder.join("runs.csv");
    let Ok(file) = File::open(&path) else {
        return Ok(Vec::new());
    };
    let broken = |what: &dyn std::fmt::Display| {
        CliError::Message(format!("{} is broken: {what}", path.display()))
    };
    let mut rows = csv::Reader::from_reader(BufReader::new(file));
    let heading = rows.headers().map_err(|error| broken(&error))?;
    let column = heading.iter().position(|name| name == "outcome");
    let column = column.ok_or_else(|| broken(&"it has no column `outcome`"))?;
    let mut log = Vec::new();
    let mut row = csv::StringRecord::new();
    while rows.read_record(&mut row).map_err(|error| broken(&error))? {
        let id = row.get(column).unwrap_or_default();
        let place = summary.outcomes.iter().position(|outcome| outcome.id == id);
        let place = place.ok_or_else(|| broken(&format!("there is no outcome `{id}`")))?;
        log.push(place as u8);
    }
    Ok(log)
}
