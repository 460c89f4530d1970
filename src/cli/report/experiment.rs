//! A folder of `experiment`, told from its stored runs.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::{Found, ReportArgs};
use crate::cli::CliError;
use crate::cli::experiment::{Opened, plain};
use crate::cli::game::load_game;
use crate::ensemble::{Plan, Summary};
use crate::evidence::Evidence;
use crate::experiment::analyse::{Analysis, Failures, ScenarioAnalysis, analyse, files};
use crate::experiment::plan::{ExperimentPlan, PlannedScenario};
use crate::report::layout::thousands;
use crate::report::whole::Origin;

/// Runs of a scenario up to which they are played again for the pictures that rows cannot give.
const REPLAYED: u64 = 200_000;

/// Whether a folder is an experiment and not what `run` wrote.
pub(super) fn is_experiment(folder: &Path) -> bool {
    folder.join("plan.json").is_file() && !folder.join("manifest.json").is_file()
}

impl ReportArgs {
    pub(super) fn of_experiment(
        &self,
        shipped: &Evidence,
        cancel: &AtomicBool,
    ) -> Result<Found, CliError> {
        let folder = &self.target;
        self.refuse_size()?;
        let opened = Opened::open(folder).map_err(plain)?;
        let plan = &opened.store.plan;
        let index = self.chosen(&plan.scenarios)?;
        let files = files(&opened.store, &opened.table).map_err(plain)?;
        if files.is_empty() {
            return Err(CliError::Message(format!(
                "no run of {0} is stored yet; `jawjaw experiment run {0}` plays them",
                folder.display()
            )));
        }
        let facts = opened.facts();
        let failures = Failures::AsCategory;
        let analysis = analyse(plan, &opened.table, &facts, &files, failures).map_err(plain)?;
        let (own, planned) = (&analysis.scenarios[index], &plan.scenarios[index]);
        if own.runs == 0 {
            return Err(CliError::Message(format!(
                "no run of {} is stored in {1} yet; `jawjaw experiment run {1}` plays them",
                planned.id,
                folder.display()
            )));
        }
        let file = opened.store.file(&planned.file);
        let mut notes = told(plan, &analysis, own, folder);
        let expected = plan.runs / plan.scenarios.len() as u64;
        let again = own.runs == expected
            && own.failed == 0
            && expected <= REPLAYED
            && plan.same_version().is_ok();
        let size = if again { plan.extent() } else { (1, 1) };
        let size = Plan::new(plan.seed, size.0, size.1);
        let size = size.map_err(|error| CliError::Message(error.to_string()))?;
        let played = self.play(load_game(&file, shipped)?, &file, size, cancel)?;
        let (summary, log) = if again {
            agree(&played.summary, own, folder)?;
            notes.push(format!(
                "Rows hold ends, not the way there: for the pictures by day all {} runs were played \
                 again from the frozen plan, and every outcome came out as often as it is stored.",
                thousands(own.runs)
            ));
            (played.summary, played.log.outcomes)
        } else {
            notes.push(
                "Told from the stored rows alone: they hold ends, not the way there, so the pictures \
                 by day (when it ends, offers, issues, beliefs, tension) and what goes with each \
                 outcome are left out."
                    .to_owned(),
            );
            (
                from_rows(played.summary, own, &analysis, expected),
                Vec::new(),
            )
        };
        let name = match plan.scenarios.len() {
            1 => "report.html".to_owned(),
            _ => format!("report-{}.html", planned.id),
        };
        Ok(Found {
            summary,
            log,
            expectations: Vec::new(),
            origin: Origin {
                file: planned.source.clone(),
                sha256: planned.source_sha256.clone(),
                resolved_sha256: planned.sha256.clone(),
                command: format!(
                    "jawjaw experiment run {0} && jawjaw report {0} --scenario {1}",
                    folder.display(),
                    planned.id
                ),
                version: plan.tool_version.clone(),
                model_version: plan.model_version,
                plan: Some(analysis.plan.clone()),
                notes,
            },
            file,
            page: folder.join(name),
        })
    }

    /// The scenario that `--scenario` names; the only one needs no name.
    fn chosen(&self, scenarios: &[PlannedScenario]) -> Result<usize, CliError> {
        let ids = || {
            let ids: Vec<&str> = scenarios.iter().map(|one| one.id.as_str()).collect();
            ids.join(", ")
        };
        let folder = self.target.display();
        let Some(wanted) = self.scenario.as_deref() else {
            if scenarios.len() == 1 {
                return Ok(0);
            }
            return Err(CliError::Message(format!(
                "{folder} holds {} scenarios and a page tells one; choose with `--scenario`: {}",
                scenarios.len(),
                ids()
            )));
        };
        let found = scenarios
            .iter()
            .position(|one| Path::new(&one.id) == wanted);
        found.ok_or_else(|| {
            CliError::Message(format!(
                "{folder} holds no scenario `{}`; it holds {}",
                wanted.display(),
                ids()
            ))
        })
    }
}

/// What is missing and what failed.
fn told(
    plan: &ExperimentPlan,
    all: &Analysis,
    own: &ScenarioAnalysis,
    folder: &Path,
) -> Vec<String> {
    let mut notes = Vec::new();
    let expected = plan.runs / plan.scenarios.len() as u64;
    if own.runs < expected {
        notes.push(format!(
            "Incomplete: {} of {} planned runs of this scenario are missing ({} of {} of the whole \
             experiment). `jawjaw experiment run {}` plays them.",
            thousands(expected - own.runs),
            thousands(expected),
            thousands(all.planned - all.runs),
            thousands(all.planned),
            folder.display()
        ));
    }
    if own.failed > 0 {
        notes.push(format!(
            "{} of {} runs failed. They are counted as an end of their own.",
            thousands(own.failed),
            thousands(own.runs)
        ));
    }
    notes
}

/// Refuses a page whose pictures would show other runs than those stored.
fn agree(summary: &Summary, own: &ScenarioAnalysis, folder: &Path) -> Result<(), CliError> {
    let now = summary.outcomes.iter().map(|one| (&one.id, one.count));
    let then = own.outcomes.iter().map(|one| (&one.id, one.count));
    if now.eq(then) {
        return Ok(());
    }
    Err(CliError::Message(format!(
        "{}: played again, the outcomes of {} come out differently from what is stored; this build \
         does not compute what the one did that played them",
        folder.display(),
        own.id
    )))
}

/// The names of a summary with the numbers of the rows; everything that rows cannot tell is emptied.
fn from_rows(
    mut summary: Summary,
    own: &ScenarioAnalysis,
    all: &Analysis,
    expected: u64,
) -> Summary {
    summary.design.draws = all.draws;
    summary.design.replicates = all.replicates;
    summary.design.runs = own.runs;
    summary.design.partial = own.runs < expected;
    summary.outcomes.clone_from(&own.outcomes);
    summary.flags.clone_from(&own.flags);
    for (party, stored) in summary.parties.iter_mut().zip(&own.parties) {
        party.mean_utility = stored.mean;
        party.chance = stored.chance;
        party.band = stored.band;
        for series in [
            &mut party.asked,
            &mut party.offered,
            &mut party.disagreement,
        ] {
            series.clear();
        }
        party.moves.clear();
    }
    summary.rounds.clear();
    summary.timeline.clear();
    summary.issues.clear();
    summary.beliefs.clear();
    summary.variables.clear();
    summary.survival = crate::ensemble::intervals::SurvivalSummary::default();
    summary.theory = None;
    summary
}
