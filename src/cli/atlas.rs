//! `jawjaw atlas`: the pages that say what a scenario holds and what each reading of it changes.

mod family;
mod notes;
mod pages;
mod play;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use self::family::Member;
use self::notes::Notes;
use self::pages::Pages;
use self::play::Player;
use super::{CliError, source};
use crate::ensemble::Plan;
use crate::evidence::Evidence;
use crate::report::atlas::{evidence_use, parties};
use crate::scenario::levers::levers;

/// Write pages about a scenario and its variants: effects, levers, parties, use of the evidence
///
/// Plays every file that extends the scenario, on the same luck, and writes `scenarios.md`,
/// `levers.md`, `evidence-use.md` and one page for each party. Texts of your own come from the file
/// beside the scenario that ends in `.notes.md`.
#[derive(Debug, Args)]
pub struct AtlasArgs {
    /// Scenario file; its variants are looked for in its folder and below
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Folder for the pages
    #[arg(long, value_name = "DIR", default_value = "docs")]
    out: PathBuf,
    /// Change nothing; say which pages are not what they would be now, and exit with 1 if any
    #[arg(long)]
    check: bool,
    /// With --check: play only the first runs of each file and compare them with the page's record
    #[arg(long, requires = "check")]
    quick: bool,
    /// Draws of the uncertain numbers
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    draws: u32,
    /// Runs for each draw
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    replicates: u32,
    /// Draws for each lever
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    lever_draws: u32,
    /// Seed of all randomness
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Threads to use, which changes no result [default: one for each core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Say nothing of the progress
    #[arg(short, long)]
    quiet: bool,
}

impl AtlasArgs {
    /// Writes or checks the pages.
    pub fn run(&self) -> Result<ExitCode, CliError> {
        let shipped = Evidence::shipped();
        let loaded = source::open(&self.file.to_string_lossy(), &shipped)?;
        let evidence = source::evidence(&loaded, &shipped);
        let family = family::find(&self.file, &shipped)?;
        let base = &family[0];
        let ids: Vec<String> = (family.iter().map(|member| member.scenario.id.clone()))
            .chain(
                levers(&base.scenario)
                    .iter()
                    .map(crate::scenario::levers::Lever::id),
            )
            .collect();
        let notes = Notes::read(&self.file, &ids)?;
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads.map_or(0, NonZeroUsize::get))
            .build()
            .map_err(|error| CliError::Message(format!("cannot start the threads: {error}")))?;
        let player = Player {
            family: &family,
            notes: &notes,
            plan: self.plan(self.draws)?,
            lever_plan: self.plan(self.lever_draws)?,
            command: self.command(),
            quiet: self.quiet,
        };
        let mut pages = Pages::new(&self.out);
        written(&mut pages, &family, evidence);
        if self.quick {
            pages.expect_record("scenarios.md", pool.install(|| player.scenario_stamps())?);
            pages.expect_record("levers.md", pool.install(|| player.lever_stamps())?);
        } else {
            pages.add("scenarios.md", pool.install(|| player.scenarios())?);
            pages.add("levers.md", pool.install(|| player.levers())?);
        }
        if self.check {
            let stale = pages.stale()?;
            for page in &stale {
                source::say(&format!(
                    "{page} is not what `{}` writes now",
                    self.command()
                ));
            }
            return Ok(ExitCode::from(u8::from(!stale.is_empty())));
        }
        let count = pages.write()?;
        if !self.quiet {
            source::say(&format!("{count} pages written to {}", self.out.display()));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn plan(&self, draws: u32) -> Result<Plan, CliError> {
        Plan::new(self.seed, draws, self.replicates)
            .map_err(|error| CliError::Message(error.to_string()))
    }

    /// The command as somebody else would type it: what changes the pages, and nothing else.
    fn command(&self) -> String {
        let mut command = format!("jawjaw atlas {}", self.file.display());
        if self.out != Path::new("docs") {
            command = format!("{command} --out {}", self.out.display());
        }
        for (name, value, usual) in [
            ("draws", self.draws, 1000),
            ("replicates", self.replicates, 20),
            ("lever-draws", self.lever_draws, 1000),
        ] {
            if value != usual {
                command = format!("{command} --{name} {value}");
            }
        }
        if self.seed != 1 {
            command = format!("{command} --seed {}", self.seed);
        }
        command
    }
}

/// The pages that need no run.
fn written(pages: &mut Pages, family: &[Member], evidence: &Evidence) {
    let base = &family[0];
    for party in &base.scenario.parties {
        pages.add(
            &format!("parties/{}.md", party.id),
            parties::page(&base.scenario, party, &base.path, evidence),
        );
    }
    let files: Vec<evidence_use::File<'_>> = (family.iter())
        .map(|member| evidence_use::File {
            path: &member.path,
            text: &member.text,
            scenario: &member.scenario,
        })
        .collect();
    for fact in evidence_use::unexplained(evidence, &files) {
        source::say(&if fact.context.is_some() {
            format!(
                "warning: `{}` has a `context`, but a scenario uses it",
                fact.id
            )
        } else {
            format!(
                "warning: nothing uses `{}`, and no `context` says why",
                fact.id
            )
        });
    }
    pages.add("evidence-use.md", evidence_use::page(evidence, &files));
}
