//! What a comparison leaves behind: tables, numbers, pictures, how it came about.

use std::path::PathBuf;

use super::{CompareArgs, Found};
use crate::cli::CliError;
use crate::cli::output::{FigureFile, Folder, sha256_hex};
use crate::cli::run::{Loaded, machine};
use crate::ensemble::summary::OutcomeShare;
use crate::ensemble::versus::{Change, Versus};
use crate::ensemble::{MODEL_VERSION, Simulator};
use crate::report::rows::{ColumnMeaning, RowWriter, column, decimal, line};

impl CompareArgs {
    pub(super) fn write<S: Simulator>(
        &self,
        loaded: &[Loaded<S>],
        found: &Found,
        text: &str,
        figures: &[FigureFile],
        started: &str,
    ) -> Result<PathBuf, CliError> {
        let name = self.folder();
        let folder = Folder::draft(&self.parent(loaded), &name)?;
        folder.write("compare.txt", text.as_bytes())?;
        let design = self.design(found);
        let scenarios: Vec<_> = (found.compared.iter())
            .map(|one| serde_json::json!({ "id": one.id, "title": one.title, "outcomes": one.outcomes }))
            .collect();
        folder.write_json(
            "compare.json",
            &serde_json::json!({
                "design": design,
                "stopping": found.stopping,
                "scenarios": scenarios,
                "versus": found.versus,
                "watched": found.compared.iter().filter_map(|one| {
                    Some(serde_json::json!({ "scenario": one.id, "watch": one.watch? }))
                }).collect::<Vec<_>>(),
            }),
        )?;
        folder.write("shares.csv", &share_rows(found))?;
        folder.write("changes.csv", &change_rows(&found.versus))?;
        folder.write("flips.csv", &flip_rows(&found.versus))?;
        folder.write_json(
            "columns.json",
            &serde_json::json!({
                "shares.csv": share_columns(),
                "changes.csv": change_columns(),
                "flips.csv": flip_columns(),
            }),
        )?;
        folder.write_figures(figures)?;
        let files: Vec<_> = (self.files.iter().zip(loaded))
            .map(|(file, one)| {
                serde_json::json!({
                    "scenario": one.simulator.info().scenario.id,
                    "file": file.display().to_string(),
                    "sha256": sha256_hex(&one.source),
                    "resolved_sha256": sha256_hex(&one.resolved),
                })
            })
            .collect();
        folder.write_json(
            "manifest.json",
            &serde_json::json!({
                "tool": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "model_version": MODEL_VERSION,
                "files": files,
                "design": design,
                "stopping": found.stopping,
                "command_line": std::env::args().collect::<Vec<_>>(),
                "machine": machine(self.threads),
                "started": started,
            }),
        )?;
        folder.commit(&name)
    }

    fn design(&self, found: &Found) -> serde_json::Value {
        let plan = found.compared[0].log.plan;
        serde_json::json!({
            "seed": self.seed,
            "draws": plan.draws(),
            "replicates": plan.replicates(),
            "runs": plan.runs(),
        })
    }
}

fn share_columns() -> Vec<ColumnMeaning> {
    vec![
        column("scenario", "id", "Scenario"),
        column("outcome", "id", "Outcome"),
        column("runs", "number", "Runs with it"),
        column("share", "share", "Share of all runs"),
        column(
            "chance_low",
            "share",
            "Lower 95 % limit by chance, all outcomes together",
        ),
        column(
            "chance_high",
            "share",
            "Upper 95 % limit by chance, all outcomes together",
        ),
        column(
            "band_q05",
            "share",
            "5 % quantile over draws, chance taken out; empty with one run a draw",
        ),
        column("band_q50", "share", "Median over draws"),
        column("band_q95", "share", "95 % quantile over draws"),
    ]
}

fn share_rows(found: &Found) -> Vec<u8> {
    let mut rows = RowWriter::heading(&share_columns());
    for one in &found.compared {
        let cells = |outcome: &OutcomeShare| {
            let band = |x: f64| decimal(if outcome.band.n > 1 { x } else { f64::NAN });
            [
                one.id.clone(),
                outcome.id.clone(),
                outcome.count.to_string(),
                decimal(outcome.share),
                decimal(outcome.chance.low),
                decimal(outcome.chance.high),
                band(outcome.band.q05),
                band(outcome.band.q50),
                band(outcome.band.q95),
            ]
        };
        for outcome in &one.outcomes {
            rows.append(&mut line(cells(outcome)));
        }
    }
    rows
}

fn change_columns() -> Vec<ColumnMeaning> {
    vec![
        column("scenario", "id", "Scenario"),
        column(
            "against",
            "id",
            "The first scenario, which it is compared with",
        ),
        column("outcome", "id", "Outcome that both declare"),
        column("pairs", "number", "Pairs of runs with the same luck"),
        column("both", "number", "Pairs that end in it in both"),
        column(
            "first_only",
            "number",
            "Pairs that end in it in the first scenario only",
        ),
        column(
            "second_only",
            "number",
            "Pairs that end in it in this scenario only",
        ),
        column("neither", "number", "Pairs that end in it in neither"),
        column("first", "share", "Share in the first scenario"),
        column("second", "share", "Share in this scenario"),
        column("difference", "share", "Second minus first"),
        column(
            "low",
            "share",
            "Lower 95 % limit by chance (Newcombe, paired)",
        ),
        column(
            "high",
            "share",
            "Upper 95 % limit by chance (Newcombe, paired)",
        ),
        column(
            "simultaneous_low",
            "share",
            "Lower limit that holds for all rows together (Bonferroni)",
        ),
        column(
            "simultaneous_high",
            "share",
            "Upper limit that holds for all rows together",
        ),
        column("p", "probability", "Exact McNemar test of no change"),
        column(
            "p_holm",
            "probability",
            "The same, adjusted by Holm for all rows",
        ),
        column("draws_up", "number", "Draws in which the share rises"),
        column("draws_down", "number", "Draws in which it falls"),
        column("draws_same", "number", "Draws in which it stays"),
        column(
            "sign_holds",
            "share",
            "Share of draws with the sign of the difference",
        ),
        column(
            "band_q05",
            "share",
            "5 % quantile of the difference over draws, chance taken out; empty with one run a draw",
        ),
        column("band_q50", "share", "Median of the difference over draws"),
        column(
            "band_q95",
            "share",
            "95 % quantile of the difference over draws",
        ),
    ]
}

fn change_rows(versus: &[Versus]) -> Vec<u8> {
    let mut rows = RowWriter::heading(&change_columns());
    for one in versus {
        let cells = |change: &Change| {
            let difference = &change.difference;
            let band = |x: f64| decimal(if change.band.n > 1 { x } else { f64::NAN });
            [
                one.scenario.clone(),
                one.against.clone(),
                change.outcome.clone(),
                difference.pairs.to_string(),
                change.both.to_string(),
                change.first_only.to_string(),
                change.second_only.to_string(),
                change.neither.to_string(),
                decimal(difference.first),
                decimal(difference.second),
                decimal(difference.difference),
                decimal(difference.interval.low),
                decimal(difference.interval.high),
                decimal(change.simultaneous.low),
                decimal(change.simultaneous.high),
                format!("{:.4e}", change.p),
                format!("{:.4e}", change.p_holm),
                difference.draws_up.to_string(),
                difference.draws_down.to_string(),
                difference.draws_same.to_string(),
                decimal(change.sign_holds),
                band(change.band.q05),
                band(change.band.q50),
                band(change.band.q95),
            ]
        };
        for change in &one.changes {
            rows.append(&mut line(cells(change)));
        }
    }
    rows
}

fn flip_columns() -> Vec<ColumnMeaning> {
    vec![
        column("scenario", "id", "Scenario"),
        column("against", "id", "The first scenario"),
        column("from", "id", "Outcome in the first scenario"),
        column("to", "id", "Outcome in this scenario"),
        column(
            "runs",
            "number",
            "Pairs that went this way; those that end alike are left out",
        ),
        column("share", "share", "The same as a share of all pairs"),
    ]
}

fn flip_rows(versus: &[Versus]) -> Vec<u8> {
    let mut rows = RowWriter::heading(&flip_columns());
    for one in versus {
        for flip in &one.flips {
            rows.append(&mut line([
                one.scenario.clone(),
                one.against.clone(),
                flip.from.clone(),
                flip.to.clone(),
                flip.runs.to_string(),
                decimal(flip.runs as f64 / one.pairs.max(1) as f64),
            ]));
        }
    }
    rows
}
