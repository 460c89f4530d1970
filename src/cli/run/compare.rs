//! Several files of one `run`: their paired differences, their expectations, the comparison folder.

use std::io::Write;

use std::collections::BTreeSet;

use super::{PLAIN, Played, RunArgs, Workshop, show};
use crate::cli::CliError;
use crate::cli::output::Folder;
use crate::ensemble::paired::{Difference, OutcomeLog, Verdict, compare};
use crate::ensemble::{MODEL_VERSION, Simulator, Summary};
use crate::report::comparison::{CheckedExpectation, OutcomeDifference, comparison};
use crate::report::layout::Look;
use crate::report::rows::{decimal, line};

impl RunArgs {
    pub(super) fn compare<S: Simulator>(
        &self,
        played: &[Played],
        workshop: &Workshop<'_, S>,
        look: Look,
        stdout: &mut dyn Write,
    ) -> Result<(), CliError> {
        let differences = outcome_differences(played)?;
        let expectations = checked_expectations(played)?;
        let summaries: Vec<Summary> = played.iter().map(|one| one.summary.clone()).collect();
        let text = comparison(&summaries, &differences, &expectations, look);
        show(stdout, &text)?;

        let name = self.folder_name();
        let folder = Folder::draft(&self.out.join("comparison"), &name)?;
        let text = comparison(&summaries, &differences, &expectations, PLAIN);
        folder.write("comparison.txt", text.as_bytes())?;
        folder.write("comparison.csv", &comparison_rows(&summaries, &differences))?;
        folder.write_json("expectations.json", &expectations)?;
        if !self.no_charts {
            folder.write_figures(&(workshop.comparison)(&summaries)?)?;
        }
        let ids: Vec<&str> = summaries.iter().map(|s| s.scenario.id.as_str()).collect();
        let manifest = serde_json::json!({
            "tool": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "model_version": MODEL_VERSION,
            "scenarios": ids,
            "design": summaries[0].design,
            "command_line": std::env::args().collect::<Vec<_>>(),
        });
        folder.write_json("manifest.json", &manifest)?;
        let path = folder.commit(&name)?;
        self.say(&format!("Comparison written to {}", path.display()));
        Ok(())
    }
}

// Every scenario against the one it extends, if that was run too, else against the first before it
// that is about the same crisis. Luck shared by two crises would pair what has nothing in common.
fn outcome_differences(played: &[Played]) -> Result<Vec<OutcomeDifference>, CliError> {
    let mut differences = Vec::new();
    for (index, one) in played.iter().enumerate() {
        let akin = || played[..index].iter().find(|other| same_crisis(one, other));
        let base = base_of(one, played).or_else(akin);
        let Some(base) = base else { continue };
        for outcome in &one.summary.outcomes {
            let ids = std::slice::from_ref(&outcome.id);
            differences.push(OutcomeDifference {
                scenario: one.summary.scenario.id.clone(),
                against: base.summary.scenario.id.clone(),
                outcome: outcome.id.clone(),
                difference: paired(base, one, ids)?,
            });
        }
    }
    Ok(differences)
}

/// Checks what each file expects against those that were played before it.
pub(in crate::cli) fn checked_expectations(
    played: &[Played],
) -> Result<Vec<CheckedExpectation>, CliError> {
    let mut checks = Vec::new();
    for one in played {
        for expectation in &one.expectations {
            let base = match &expectation.against {
                Some(id) => by_id(id, played),
                None => base_of(one, played),
            };
            let Some(base) = base else { continue };
            let difference = if expectation.flags.is_empty() {
                paired(base, one, &expectation.outcomes)?
            } else {
                paired_flags(base, one, &expectation.flags)?
            };
            checks.push(CheckedExpectation {
                variant: one.summary.scenario.id.clone(),
                base: base.summary.scenario.id.clone(),
                outcomes: expectation.outcomes.clone(),
                flags: expectation.flags.clone(),
                direction: expectation.direction,
                because: expectation.because.clone(),
                remark: expectation.remark.clone(),
                difference,
                verdict: Verdict::of(expectation.direction, difference.interval),
            });
        }
    }
    Ok(checks)
}

// Whether one file extends the other, or both a third; or, for somebody who copied a file instead, the
// parties are the same and so are the outcomes.
fn same_crisis(one: &Played, other: &Played) -> bool {
    let family = |played: &Played| -> BTreeSet<String> {
        let above = played
            .ancestors
            .iter()
            .map(|ancestor| ancestor.file.clone());
        above.chain([played.file.clone()]).collect()
    };
    let table = |played: &Played| -> [BTreeSet<String>; 2] {
        let summary = &played.summary;
        let parties = summary.parties.iter().map(|party| party.id.clone());
        let outcomes = summary.outcomes.iter().map(|outcome| outcome.id.clone());
        [parties.collect(), outcomes.collect()]
    };
    !family(one).is_disjoint(&family(other)) || table(one) == table(other)
}

// What to run so that every expectation of the files is checked; nothing if all of them were.
pub(super) fn unchecked(played: &[Played]) -> Option<String> {
    let (mut waiting, mut missing): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for one in played {
        for expectation in &one.expectations {
            let base = match &expectation.against {
                Some(id) => one.ancestors.iter().find(|ancestor| ancestor.id == *id),
                None => one.ancestors.first(),
            };
            let Some(base) = base.filter(|base| by_id(&base.id, played).is_none()) else {
                continue;
            };
            if !waiting.contains(&one.summary.scenario.id.as_str()) {
                waiting.push(&one.summary.scenario.id);
            }
            if !missing.contains(&base.file.as_str()) {
                missing.push(&base.file);
            }
        }
    }
    let files: Vec<&str> = (missing.iter().copied())
        .chain(played.iter().map(|one| one.file.as_str()))
        .collect();
    (!missing.is_empty()).then(|| {
        format!(
            "hint: this checks what is expected of {}: jawjaw run {}",
            waiting.join(" and "),
            files.join(" ")
        )
    })
}

fn base_of<'a>(one: &Played, played: &'a [Played]) -> Option<&'a Played> {
    by_id(&one.ancestors.first()?.id, played)
}

fn by_id<'a>(id: &str, played: &'a [Played]) -> Option<&'a Played> {
    played.iter().find(|other| other.summary.scenario.id == *id)
}

fn paired(first: &Played, second: &Played, outcomes: &[String]) -> Result<Difference, CliError> {
    let indices = |one: &Played| -> Vec<usize> {
        let all = one.summary.outcomes.iter().enumerate();
        all.filter(|(_, outcome)| outcomes.contains(&outcome.id))
            .map(|(i, _)| i)
            .collect()
    };
    compare(
        (&first.log, &indices(first)),
        (&second.log, &indices(second)),
    )
    .map_err(|error| CliError::Message(error.to_string()))
}

// The share of runs in which at least one of the flags holds, paired as an outcome is.
fn paired_flags(first: &Played, second: &Played, flags: &[String]) -> Result<Difference, CliError> {
    let holds = |one: &Played| {
        let ids = one.summary.flags.iter().enumerate();
        let mask = (ids.filter(|(_, flag)| flags.contains(&flag.id)))
            .fold(0_u64, |mask, (bit, _)| mask | 1 << bit);
        OutcomeLog {
            plan: one.log.plan,
            outcomes: (one.flags.iter())
                .map(|held| u8::from(held & mask != 0))
                .collect(),
        }
    };
    compare((&holds(first), &[1]), (&holds(second), &[1]))
        .map_err(|error| CliError::Message(error.to_string()))
}

fn comparison_rows(summaries: &[Summary], differences: &[OutcomeDifference]) -> Vec<u8> {
    let mut rows = line(
        [
            "scenario",
            "outcome",
            "runs",
            "share",
            "chance_low",
            "chance_high",
            "band_q05",
            "band_q95",
            "compared_with",
            "difference",
            "difference_low",
            "difference_high",
            "draws_up",
            "draws_down",
            "draws_same",
        ]
        .map(str::to_owned),
    );
    for summary in summaries {
        for outcome in &summary.outcomes {
            let band = |x: f64| {
                if outcome.band.n > 1 {
                    decimal(x)
                } else {
                    String::new()
                }
            };
            let mut cells = vec![
                summary.scenario.id.clone(),
                outcome.id.clone(),
                summary.design.runs.to_string(),
                decimal(outcome.share),
                decimal(outcome.chance.low),
                decimal(outcome.chance.high),
                band(outcome.band.q05),
                band(outcome.band.q95),
            ];
            let paired = differences.iter().find(|paired| {
                paired.scenario == summary.scenario.id && paired.outcome == outcome.id
            });
            cells.extend(match paired {
                Some(OutcomeDifference {
                    against,
                    difference,
                    ..
                }) => vec![
                    against.clone(),
                    decimal(difference.difference),
                    decimal(difference.interval.low),
                    decimal(difference.interval.high),
                    difference.draws_up.to_string(),
                    difference.draws_down.to_string(),
                    difference.draws_same.to_string(),
                ],
                None => vec![String::new(); 7],
            });
            rows.append(&mut line(cells));
        }
    }
    rows
}
