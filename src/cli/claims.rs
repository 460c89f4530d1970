//! `jawjaw claims`: puts what people said to the model.

use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::output::{Folder, may_be_replaced};
use super::progress::Steps;
use super::run::{figure_files, folder_name, show};
use super::terminal::terminal_look;
use super::{CliError, render, source};
use crate::chart;
use crate::diagnostic::Severity;
use crate::ensemble::claims::examine;
use crate::ensemble::claims::summary::{ClaimsSummary, question, summarise};
use crate::ensemble::{MODEL_VERSION, Plan};
use crate::evidence::Evidence;
use crate::model::Model;
use crate::report::claims::{columns, rows, text};
use crate::report::claims_page;
use crate::report::layout::Look;
use crate::scenario::claims::LoadedClaims;
use crate::scenario::names::nearest;

/// Put statements to the model: is each supported, and which number would turn the verdict?
///
/// Each claim of the file is a pair of scenarios, played on the same luck, and the direction in
/// which the statement expects them to differ.
#[derive(Debug, Args)]
pub struct ClaimsArgs {
    /// File of claims
    #[arg(value_name = "FILE", default_value = "scenarios/claims.toml")]
    file: PathBuf,
    /// Only the claim with this id; may be given several times
    #[arg(long, value_name = "ID")]
    only: Vec<String>,
    /// Draws of the uncertain numbers
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(4..))]
    draws: u32,
    /// Runs for each draw
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    replicates: u32,
    /// Seed of all randomness
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Threads to use, which changes no result [default: one for each core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Folder for results
    #[arg(long, value_name = "DIR", default_value = "output")]
    out: PathBuf,
    /// Name of the result folder instead of `seed-<seed>-<draws>x<replicates>`
    #[arg(long, value_name = "NAME", value_parser = folder_name)]
    name: Option<String>,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

impl ClaimsArgs {
    /// Does it all.
    pub fn run(&self) -> Result<ExitCode, CliError> {
        let shipped = Evidence::shipped();
        let path = self.file.to_string_lossy().replace('\\', "/");
        let loaded = source::open_claims(&path, &shipped)?;
        let Some(file) = &loaded.file else {
            complain(&loaded);
            return Err(CliError::Message(format!(
                "{path} cannot be used as it stands"
            )));
        };
        let plan = Plan::new(self.seed, self.draws, self.replicates)
            .map_err(|error| CliError::Message(error.to_string()))?;
        let ids: Vec<&str> = file.claims.iter().map(|claim| claim.id.as_str()).collect();
        let chosen = self.chosen(&ids)?;
        let parent = self.out.join(&file.id);
        let name = self.folder_name();
        may_be_replaced(&parent.join(&name))?;

        let questions: Vec<_> = (chosen.iter())
            .map(|&place| question(&file.claims[place], &loaded.experiments[place]))
            .collect();
        let models = (loaded.scenarios.iter())
            .map(|scenario| {
                Model::compile(scenario.clone())
                    .map_err(|error| CliError::Message(format!("{}: {error}", scenario.id)))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads.map_or(0, NonZeroUsize::get))
            .build()
            .map_err(|error| CliError::Message(format!("cannot start threads: {error}")))?;
        let mut sides: Vec<usize> = (questions.iter())
            .flat_map(|question| [question.base, question.change])
            .collect();
        sides.sort_unstable();
        sides.dedup();
        let mut steps = Steps::new("claims", sides.len() + questions.len(), self.quiet);
        let findings = examine(&models, &questions, plan, &pool, &mut || steps.step());
        let seconds = steps.finish();
        let summary = summarise(file, &loaded.experiments, &chosen, findings, plan);

        let look = terminal_look();
        let whole = !self.only.is_empty();
        show(&mut io::stdout(), &text(&summary, look, whole))?;
        let evidence = loaded.evidence.as_ref().unwrap_or(&shipped);
        let folder = self.write(&summary, &parent, &name, &path, evidence)?;
        if !self.quiet {
            source::say(&format!(
                "{} claims in {seconds:.1} s, written to {}",
                summary.claims.len(),
                folder.display()
            ));
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The places of the claims that were asked for.
    fn chosen(&self, ids: &[&str]) -> Result<Vec<usize>, CliError> {
        for wanted in &self.only {
            if !ids.contains(&wanted.as_str()) {
                let hint = nearest(wanted, ids.iter().copied())
                    .map(|near| format!("; did you mean `{near}`?"))
                    .unwrap_or_default();
                return Err(CliError::Message(format!(
                    "there is no claim `{wanted}`{hint}"
                )));
            }
        }
        let wanted = |id: &str| self.only.is_empty() || self.only.iter().any(|one| one == id);
        Ok((0..ids.len()).filter(|place| wanted(ids[*place])).collect())
    }

    fn folder_name(&self) -> String {
        let mut name = self
            .name
            .clone()
            .unwrap_or_else(|| format!("seed-{}-{}x{}", self.seed, self.draws, self.replicates));
        // A part of the claims never replaces all of them.
        if self.name.is_none() && !self.only.is_empty() {
            name.push_str("-only");
        }
        name
    }

    /// The command that makes the same results again.
    fn command(&self, path: &str) -> String {
        let mut only = String::new();
        for id in &self.only {
            only.push_str(" --only ");
            only.push_str(id);
        }
        format!(
            "jawjaw claims {path}{only} --seed {} --draws {} --replicates {}",
            self.seed, self.draws, self.replicates
        )
    }

    fn write(
        &self,
        summary: &ClaimsSummary,
        parent: &Path,
        name: &str,
        path: &str,
        evidence: &Evidence,
    ) -> Result<PathBuf, CliError> {
        let plain = Look {
            width: 80,
            bold: false,
        };
        let folder = Folder::draft(parent, name)?;
        folder.write("claims.csv", &rows(summary))?;
        folder.write_json("columns.json", &json!({ "claims.csv": columns() }))?;
        folder.write_json("claims.json", summary)?;
        folder.write("claims.txt", text(summary, plain, true).as_bytes())?;
        let figure = chart::claims(summary);
        let pictures = figure_files(std::slice::from_ref(&figure), self.threads)?;
        let setting = claims_page::Setting {
            chart: &pictures[0].svg,
            description: &figure.description,
            evidence,
            file: path,
            command: &self.command(path),
        };
        let page = claims_page::page(summary, setting)
            .map_err(|error| CliError::Message(error.to_string()))?;
        folder.write("claims.html", page.as_bytes())?;
        folder.write_figures(&pictures)?;
        let manifest = json!({
            "tool": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "model_version": MODEL_VERSION,
            "file": path,
            "design": summary.design,
            "command_line": std::env::args().collect::<Vec<_>>(),
        });
        folder.write_json("manifest.json", &manifest)?;
        folder.commit(name)
    }
}

/// Shows the errors of a claims file.
fn complain(loaded: &LoadedClaims) {
    let colour = source::colour(&io::stderr());
    for diagnostic in &loaded.diagnostics {
        if diagnostic.severity == Severity::Error {
            source::say(&render::text(diagnostic, &loaded.sources, colour));
            source::say("");
        }
    }
}
