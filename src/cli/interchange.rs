//! `jawjaw import` and `jawjaw export`: other programs' files in and out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};

use super::{CliError, render, source};
use crate::evidence::Evidence;
use crate::interchange::scenario::{domain_of, left_out};
use crate::interchange::scenario_text::scenario_text;
use crate::interchange::write::{self, Export};
use crate::interchange::{
    Domain, InputFile, Report, SIZE_LIMIT, genius, genius_write, geniusweb, negmas,
};
use crate::model::Model;
use crate::scenario::types::Scenario;

/// Turn other programs' negotiation domains into a scenario file
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    #[command(subcommand)]
    from: From,
}

#[derive(Debug, Subcommand)]
enum From {
    /// GENIUS: a domain and one profile a party, in XML
    Genius(FileArgs),
    /// `GeniusWeb`: a domain and one profile a party, in JSON
    Geniusweb(FileArgs),
    /// `NegMAS`: a folder with a domain and one utility function a party
    Negmas(FolderArgs),
}

#[derive(Debug, Args)]
struct FileArgs {
    /// Domain file
    domain: PathBuf,
    /// Profiles, one a party, in the order of the parties
    #[arg(required = true)]
    profiles: Vec<PathBuf>,
    #[command(flatten)]
    to: ToArgs,
}

#[derive(Debug, Args)]
struct FolderArgs {
    /// Folder
    dir: PathBuf,
    #[command(flatten)]
    to: ToArgs,
}

#[derive(Debug, Args)]
struct ToArgs {
    /// Write the scenario to this file rather than to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Concession strategy of every party in the simulation
    #[arg(long, value_enum, default_value_t = Kind::Linear)]
    strategy: Kind,
}

/// Strategies that need nothing but the domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Concedes late
    Boulware,
    /// Concedes evenly
    Linear,
    /// Concedes early
    Conceder,
    /// One new offer for each new one received
    Micro,
    /// Mirrors the other's last concession
    RelativeTitForTat,
    /// Mirrors concessions as shares of the way to the Nash point
    NiceTitForTat,
    /// Concedes when its risk limit is the lower one
    Zeuthen,
    /// Never concedes
    Hardliner,
    /// Asks for anything between reservation and ideal
    RandomWalker,
}

impl ImportArgs {
    /// Imports; 1 if the files cannot be.
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let mut report = Report::default();
        let (domain, to) = match self.from {
            From::Genius(args) => {
                let (domain, profiles) = args.read()?;
                (genius::read(&mut report, &domain, &profiles), args.to)
            }
            From::Geniusweb(args) => {
                let (domain, profiles) = args.read()?;
                (geniusweb::read(&mut report, &domain, &profiles), args.to)
            }
            From::Negmas(args) => {
                let files = folder(&args.dir)?;
                let name = args.dir.to_string_lossy().into_owned();
                (negmas::read(&mut report, &name, &files), args.to)
            }
        };
        tell(&report);
        let Some(domain) = domain else {
            return Ok(ExitCode::FAILURE);
        };
        let strategy = to
            .strategy
            .to_possible_value()
            .expect("no strategy is hidden");
        let scenario = scenario_text(&domain, strategy.get_name())
            .map_err(|error| CliError::Message(error.to_string()))?;
        for remark in &scenario.remarks {
            source::say(&format!("notice: {remark}"));
        }
        match &to.out {
            None => source::print(&scenario.text)?,
            Some(path) => write_file(path, &scenario.text)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl FileArgs {
    fn read(&self) -> Result<(InputFile, Vec<InputFile>), CliError> {
        let profiles = self.profiles.iter().map(|path| input(path));
        Ok((input(&self.domain)?, profiles.collect::<Result<_, _>>()?))
    }
}

/// Shows everything there is to say about the files read.
fn tell(report: &Report) {
    let colour = source::colour(&io::stderr());
    for diagnostic in &report.diagnostics {
        source::say(&render::text(diagnostic, &report.sources, colour));
        source::say("");
    }
    if report.left_out() > 0 {
        source::say(&format!("and {} more", report.left_out()));
    }
}

fn read_error(path: &Path, source: io::Error) -> CliError {
    CliError::File {
        action: "read",
        path: path.display().to_string(),
        source,
    }
}

/// A file, up to one byte beyond the limit: the reader says that it is too long.
fn input(path: &Path) -> Result<InputFile, CliError> {
    use io::Read;
    let unreadable = |source| read_error(path, source);
    let file = fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(SIZE_LIMIT as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(InputFile {
        name: path.to_string_lossy().into_owned(),
        bytes,
    })
}

/// The files of a folder that could belong to a domain, by name.
fn folder(dir: &Path) -> Result<Vec<InputFile>, CliError> {
    const MOST: usize = 200;
    let unreadable = |source| read_error(dir, source);
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        let known = ending.is_some_and(|ending| ["yml", "yaml", "json", "xml"].contains(&ending));
        if known && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.len() > MOST {
        return Err(CliError::Message(format!(
            "{} holds {} files; a domain has at most {MOST}",
            dir.display(),
            paths.len()
        )));
    }
    paths.iter().map(|path| input(path)).collect()
}

/// Writes a file under a temporary name, then renames it.
fn write_file(path: &Path, text: &str) -> Result<(), CliError> {
    let unwritable = |source| CliError::File {
        action: "write",
        path: path.display().to_string(),
        source,
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = path.with_file_name(format!(".{name}.draft-{}", std::process::id()));
    let written = fs::write(&draft, text).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        // Nothing more can be done about it while an error is on its way.
        drop(fs::remove_file(&draft));
    }
    written.map_err(unwritable)
}

/// Write a scenario's weighted utilities as other programs' files
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// Format of the files
    #[arg(value_enum)]
    to: Target,
    /// Scenario file
    file: String,
    /// Values of the uncertain numbers: this draw, counted from 0, rather than the most likely ones
    #[arg(long, value_name = "D")]
    draw: Option<u32>,
    /// Seed of the draws
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Folder for the files (`json`: file, standard output if it is not named)
    #[arg(long, value_name = "PATH", required_if_eq_any([("to", "genius"), ("to", "geniusweb")]))]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// GENIUS XML: a domain and one profile a party
    Genius,
    /// `GeniusWeb` JSON: a domain and one profile a party
    Geniusweb,
    /// One JSON document with every number as it is
    Json,
}

impl ExportArgs {
    /// Exports; 1 if the file cannot be used.
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let loaded = source::open(&self.file, &Evidence::shipped())?;
        let Some(scenario) = source::scenario(&loaded) else {
            return Ok(ExitCode::FAILURE);
        };
        let domain = additive(scenario, self.draw, self.seed)?;
        let mut export: Export = match self.to {
            Target::Genius => genius_write::genius(&domain),
            Target::Geniusweb => write::geniusweb(&domain),
            Target::Json => write::json(&domain),
        };
        if scenario.domain.is_none() {
            export.lost.extend(left_out(scenario));
        }
        match (&self.out, self.to) {
            (None, _) => {
                for file in &export.files {
                    source::print(&file.text)?;
                }
            }
            (Some(path), Target::Json) => write_file(path, &export.files[0].text)?,
            (Some(dir), _) => {
                fs::create_dir_all(dir).map_err(|source| CliError::File {
                    action: "create",
                    path: dir.display().to_string(),
                    source,
                })?;
                for file in &export.files {
                    write_file(&dir.join(&file.name), &file.text)?;
                }
            }
        }
        for sentence in &export.lost {
            source::say(&format!("lost: {sentence}"));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The additive part of a scenario in a draw, or at the most likely values.
pub(super) fn additive(
    scenario: &Scenario,
    draw: Option<u32>,
    seed: u64,
) -> Result<Domain, CliError> {
    let Some(draw) = draw else {
        return Ok(domain_of(scenario, &|quantity| quantity.dist.mode()));
    };
    let model =
        Model::compile(scenario.clone()).map_err(|error| CliError::Message(error.to_string()))?;
    let drawn = model.draw(seed, draw);
    Ok(domain_of(scenario, &|quantity| {
        let position = model.params.iter().position(|p| p.name == quantity.path);
        // What the model does not draw has one value.
        position.map_or_else(
            || quantity.dist.mode(),
            |position| drawn.get(crate::model::plan::ParamId(position as u32)),
        )
    }))
}
