//! Claims and verdicts as text and as rows.
//!
//! Flows in: a [`ClaimsSummary`]. Flows out: the terminal's table, `claims.csv` and what its columns
//! mean. Invariant: the interval of chance and the band of not knowing stand apart.

use super::layout::{Column, Look, table, thousands};
use super::rows::{ColumnMeaning, decimal, line};
use super::text::NOT_A_FORECAST;
use crate::ensemble::claims::summary::{ClaimSummary, ClaimsSummary};
use crate::ensemble::claims::{Probe, hundredths, signed};
use crate::ensemble::paired::Verdict;
use crate::ensemble::summary::Interval;
use crate::scenario::claims::Measure;
use crate::scenario::quantity::Provenance;
use crate::scenario::types::Direction;

/// The claims as text: a table, then each claim with what would turn its verdict. `whole` adds
/// experiments, translations and remarks.
pub fn text(summary: &ClaimsSummary, look: Look, whole: bool) -> String {
    let design = summary.design;
    let mut out = look.heading(&format!("{}, {NOT_A_FORECAST}", summary.title));
    out.push_str(&look.paragraph(&counts(summary), "", ""));
    out.push('\n');
    let columns = [
        ("", "verdict"),
        ("effect,", "points"),
        ("by chance", "alone"),
        ("5-95% of", "draws"),
    ]
    .map(|(top, bottom)| Column { top, bottom });
    let rows: Vec<(String, Vec<String>)> = summary.claims.iter().map(row).collect();
    out.push_str(&table(look, &columns, &rows));
    out.push('\n');
    out.push_str(&look.paragraph(
        &format!(
            "Effect: second scenario less first, in runs of a hundred (utility: in hundredths), {} \
             pairs of runs on the same luck for each claim: {} draws of the uncertain numbers, {} \
             runs each, seed {}. Chance alone: 95% limits. Draws: the effect in each draw, chance \
             taken out. A verdict other than inconclusive also passed Holm's correction over {} \
             claims at 5%. It says what the model implies, not what is true.",
            thousands(design.pairs),
            thousands(u64::from(design.draws)),
            design.replicates,
            design.seed,
            design.stated,
        ),
        "",
        "",
    ));
    out.push('\n');
    out.push_str(&look.heading("What was said, and what would turn the verdict"));
    for claim in &summary.claims {
        out.push_str(&look.paragraph(&told(claim), "- ", "  "));
        if whole {
            for (what, words) in details(claim) {
                out.push_str(&look.paragraph(&format!("{what}: {words}"), "  ", "    "));
            }
        }
    }
    out
}

/// How many claims fared how.
pub fn counts(summary: &ClaimsSummary) -> String {
    let n = summary.claims.len();
    let [supported, contradicted, inconclusive] = [
        Verdict::Supported,
        Verdict::Contradicted,
        Verdict::Inconclusive,
    ]
    .map(|verdict| summary.count(verdict));
    let plural = if n == 1 { "claim" } else { "claims" };
    format!(
        "Of {n} {plural} the model supports {supported} and contradicts {contradicted}; {inconclusive} stay \
         inconclusive."
    )
}

fn row(claim: &ClaimSummary) -> (String, Vec<String>) {
    let effect = &claim.finding.effect;
    let cells = vec![
        claim.finding.verdict.word().to_owned(),
        signed(effect.difference),
        span(effect.interval),
        span(Interval {
            low: effect.band.q05,
            high: effect.band.q95,
        }),
    ];
    (claim.id.clone(), cells)
}

fn span(interval: Interval) -> String {
    format!("{} to {}", signed(interval.low), signed(interval.high))
}

fn told(claim: &ClaimSummary) -> String {
    format!(
        "{}: \"{}\" ({}, {}) Expected: {}. {}{} The sign is that of the mean in {:.0} of 100 draws. What \
         would turn it: {}.",
        claim.id,
        claim.statement,
        claim.said_by,
        claim.date,
        claim.expectation(),
        claim.finding.verdict.word().to_uppercase(),
        corrected(claim),
        100.0 * claim.finding.effect.sign_holds,
        claim.turning_point(),
    )
}

/// A note where Holm's correction changed the verdict.
pub fn corrected(claim: &ClaimSummary) -> String {
    if claim.finding.verdict == claim.finding.alone {
        ".".to_owned()
    } else {
        format!(
            " (alone it would count as {}, but not after Holm's correction: p {}).",
            claim.finding.alone.word(),
            probability(claim.finding.p_holm)
        )
    }
}

/// A probability for people.
pub fn probability(p: f64) -> String {
    if p < 0.0001 {
        "< 0.0001".to_owned()
    } else {
        format!("{p:.4}")
    }
}

/// What else is known of a claim, each with its heading.
pub fn details(claim: &ClaimSummary) -> Vec<(&'static str, String)> {
    let effect = &claim.finding.effect;
    let facts: Vec<String> = claim.facts.iter().map(|fact| fact.id.clone()).collect();
    let mut list = vec![
        ("Facts", facts.join(", ")),
        ("First scenario", claim.base.words()),
        ("Second scenario", claim.change.words()),
        (
            "Numbers",
            format!(
                "{} in the first, {} in the second scenario; up in {}, down in {}, the same in {} \
                 draws; p {} alone, {} after Holm's correction",
                hundredths(effect.first),
                hundredths(effect.second),
                thousands(effect.draws_up),
                thousands(effect.draws_down),
                thousands(effect.draws_same),
                probability(claim.finding.p),
                probability(claim.finding.p_holm),
            ),
        ),
        ("Translation", claim.translation.clone()),
    ];
    if let Some(flip) = &claim.finding.search.flip {
        list.push(("The number rests on", why(&flip.probe.provenance)));
    }
    list.extend(claim.remark.clone().map(|remark| ("Remark", remark)));
    list
}

/// A provenance in words.
pub fn why(provenance: &Provenance) -> String {
    let mut parts = Vec::new();
    if !provenance.from.is_empty() {
        parts.push(provenance.from.join(", "));
    }
    if let Some(assumed) = &provenance.assumed {
        parts.push(format!("assumed: {assumed}"));
    }
    if parts.is_empty() {
        "nothing stated".to_owned()
    } else {
        parts.join("; ")
    }
}

/// The columns of `claims.csv`.
const COLUMNS: [(&str, &str, &str); 40] = [
    ("claim", "id", "the claim"),
    ("said_by", "text", "who made the statement"),
    ("date", "date", "when, as coarse as documented"),
    ("facts", "ids", "facts that report it, parted by spaces"),
    (
        "base",
        "text",
        "first scenario: file and what is changed in it",
    ),
    ("change", "text", "second scenario"),
    (
        "measure",
        "word",
        "what is measured: `outcomes`, `flags` (shares of runs) or `utility` (mean at the end)",
    ),
    (
        "measured",
        "ids",
        "outcomes or flags, of which any counts, or the party",
    ),
    (
        "direction",
        "word",
        "where it should go from the first to the second scenario: up, down, same",
    ),
    (
        "at_least",
        "share",
        "how far at least; for `same`, within how much of zero",
    ),
    ("pairs", "count", "pairs of runs on the same luck"),
    ("first", "share", "mean in the first scenario, 0 to 1"),
    ("second", "share", "mean in the second scenario"),
    ("difference", "share", "second less first"),
    (
        "chance_low",
        "share",
        "lower 95 % limit of the difference by chance alone",
    ),
    ("chance_high", "share", "upper limit"),
    (
        "band_q05",
        "share",
        "5 % quantile over draws of the difference in a draw, chance taken out",
    ),
    ("band_q50", "share", "its median"),
    ("band_q95", "share", "its 95 % quantile"),
    ("draws_up", "count", "draws in which it rises"),
    ("draws_down", "count", "draws in which it falls"),
    ("draws_same", "count", "draws in which it stays"),
    (
        "sign_holds",
        "share",
        "draws whose difference, chance taken out, has the sign of the mean",
    ),
    (
        "p",
        "probability",
        "of so large a departure by chance: exact McNemar test, or against `at_least` in standard errors",
    ),
    (
        "p_holm",
        "probability",
        "the same after Holm's correction over the claims that were run",
    ),
    (
        "verdict",
        "word",
        "supported, contradicted or inconclusive, after Holm's correction",
    ),
    ("verdict_alone", "word", "by the interval alone"),
    (
        "numbers_screened",
        "count",
        "uncertain numbers of either scenario, screened by regression over the draws",
    ),
    (
        "numbers_played",
        "count",
        "of these, pinned at an end of their range and played",
    ),
    (
        "flip_number",
        "path",
        "number that turns the verdict when moved alone; empty if none was found",
    ),
    (
        "flip_end",
        "word",
        "the end of its range towards which the verdict turns: lower or upper",
    ),
    ("flip_verdict", "word", "the verdict there"),
    (
        "flip_quantile",
        "share",
        "quantile of the number from which on it is so",
    ),
    (
        "flip_value_base",
        "number",
        "its value there in the first scenario",
    ),
    (
        "flip_value_change",
        "number",
        "its value there in the second scenario",
    ),
    ("flip_from", "ids", "facts the number rests on"),
    ("flip_assumed", "text", "why it is assumed"),
    (
        "nearest_number",
        "path",
        "number that came nearest to turning the verdict, or turned it",
    ),
    ("nearest_end", "word", "the end at which it was pinned"),
    ("nearest_difference", "share", "the difference there"),
];

/// What the columns of `claims.csv` mean.
pub fn columns() -> Vec<ColumnMeaning> {
    COLUMNS
        .iter()
        .map(|(column, unit, meaning)| ColumnMeaning {
            column: (*column).to_owned(),
            unit,
            meaning: (*meaning).to_owned(),
            values: Vec::new(),
        })
        .collect()
}

/// `claims.csv`.
pub fn rows(summary: &ClaimsSummary) -> Vec<u8> {
    let mut rows = line(COLUMNS.map(|(column, ..)| column.to_owned()));
    for claim in &summary.claims {
        rows.append(&mut line(cells(claim)));
    }
    rows
}

fn cells(claim: &ClaimSummary) -> Vec<String> {
    let finding = &claim.finding;
    let effect = &finding.effect;
    let facts: Vec<&str> = claim.facts.iter().map(|fact| fact.id.as_str()).collect();
    let mut cells = vec![
        claim.id.clone(),
        claim.said_by.clone(),
        claim.date.clone(),
        facts.join(" "),
        claim.base.words(),
        claim.change.words(),
        measure(&claim.measure).to_owned(),
        claim.measure.ids().join(" "),
        direction(claim.direction).to_owned(),
    ];
    cells.push(decimal(claim.at_least));
    cells.push(effect.pairs.to_string());
    cells.extend(
        [
            effect.first,
            effect.second,
            effect.difference,
            effect.interval.low,
            effect.interval.high,
            effect.band.q05,
            effect.band.q50,
            effect.band.q95,
        ]
        .map(decimal),
    );
    cells.extend([effect.draws_up, effect.draws_down, effect.draws_same].map(|n| n.to_string()));
    cells.extend([effect.sign_holds, finding.p, finding.p_holm].map(decimal));
    cells.extend([finding.verdict, finding.alone].map(|verdict| verdict.word().to_owned()));
    cells.extend([finding.search.screened, finding.search.played].map(|n| n.to_string()));
    match &finding.search.flip {
        None => cells.extend(std::iter::repeat_n(String::new(), 8)),
        Some(flip) => {
            let probe = &flip.probe;
            let value = |side: usize| flip.at[side].map_or(String::new(), decimal);
            cells.extend([
                probe.number.clone(),
                end(probe).to_owned(),
                probe.verdict.word().to_owned(),
                decimal(flip.quantile),
                value(0),
                value(1),
                probe.provenance.from.join(" "),
                probe.provenance.assumed.clone().unwrap_or_default(),
            ]);
        }
    }
    cells.extend(finding.search.nearest.as_ref().map_or_else(
        || vec![String::new(); 3],
        |probe| {
            vec![
                probe.number.clone(),
                end(probe).to_owned(),
                decimal(probe.difference),
            ]
        },
    ));
    cells
}

fn measure(measure: &Measure) -> &'static str {
    match measure {
        Measure::Outcomes(_) => "outcomes",
        Measure::Flags(_) => "flags",
        Measure::Utility(_) => "utility",
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "up",
        Direction::Down => "down",
        Direction::Same => "same",
    }
}

fn end(probe: &Probe) -> &'static str {
    if probe.upper { "upper" } else { "lower" }
}
