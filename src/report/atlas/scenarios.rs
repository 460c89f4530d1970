//! Every variant of a scenario beside it: which outcomes moved, how far, and what was expected.

use super::{Page, code, codes, one_line, percent, points};
use crate::ensemble::paired::{Difference, Verdict};
use crate::ensemble::summary::Interval;
use crate::report::comparison::CheckedExpectation;
use crate::report::layout::thousands;
use crate::scenario::types::{Direction, Outcome, Scenario};

/// A scenario that was played.
#[derive(Debug)]
pub struct Entry<'a> {
    /// Its file.
    pub file: &'a str,
    /// What it says.
    pub scenario: &'a Scenario,
    /// Id of the file it extends; none for the first.
    pub base: Option<&'a str>,
    /// For each outcome of the first scenario: the paired change against it.
    pub changes: Vec<Difference>,
    /// Expectations of the file, against the one it extends.
    pub expectations: Vec<CheckedExpectation>,
    /// What somebody wrote about the result.
    pub note: Option<&'a str>,
}

/// How it was played.
#[derive(Debug, Clone)]
pub struct Design {
    /// Seed.
    pub seed: u64,
    /// Draws.
    pub draws: u32,
    /// Runs a draw.
    pub replicates: u32,
    /// The command that writes the page.
    pub command: String,
    /// What the numbers were made from, one line a file; see `jawjaw atlas --check --quick`.
    pub stamps: String,
}

/// The page; the first entry is the scenario that all others are compared with.
pub fn page(entries: &[Entry<'_>], design: &Design, opening: Option<&str>) -> String {
    let first = &entries[0];
    let outcomes = &first.scenario.outcomes;
    let mut page = Page::new(&format!("{}: what each reading changes", first.scenario.id));
    let runs = u64::from(design.draws) * u64::from(design.replicates);
    page.paragraph(&format!(
        "Each file below is one reading of the crisis, laid over `{}`; this page shows what the model \
         makes of it.\nIt says what follows from assumptions, not what was or will be.",
        first.file
    ));
    page.paragraph(&format!(
        "Every file was played {} times: {} draws of the uncertain numbers, {} runs each, seed {}, \
         with the same luck in all files.\n\
         Many draws of few runs, because the files differ mostly in numbers that nobody knows: what \
         counts is how often a change holds over the draws.\n\
         A change is in points of a hundred runs, with its 95 % interval by chance alone (Newcombe \
         1998, for pairs); it says nothing about the draws, which have a column of their own.\n\
         With so many comparisons about one in twenty intervals misses zero by luck.",
        thousands(runs),
        thousands(u64::from(design.draws)),
        design.replicates,
        design.seed
    ));
    page.paragraph(&format!("Written by `{}`.", design.command));
    if let Some(text) = opening {
        page.paragraph(text);
    }
    overview(&mut page, entries, outcomes);
    verdicts(&mut page, entries);
    for entry in &entries[1..] {
        section(&mut page, entry, first, outcomes);
    }
    page.line("<!-- what these numbers were made from");
    page.line(&design.stamps);
    page.line("-->");
    page.finish()
}

fn overview(page: &mut Page, entries: &[Entry<'_>], outcomes: &[Outcome]) {
    page.heading(2, "At a glance");
    page.paragraph(
        "First row: shares of runs.\nOther rows: change against the first in points; bold where the \
         interval does not hold zero.",
    );
    let mut heads = vec!["scenario"];
    heads.extend(outcomes.iter().map(|outcome| outcome.name.as_str()));
    let rows: Vec<Vec<String>> = (entries.iter().enumerate())
        .map(|(index, entry)| {
            let name = if index == 0 {
                code(&entry.scenario.id)
            } else {
                format!("[`{0}`](#{0})", entry.scenario.id)
            };
            let cells = entry.changes.iter().map(|change| {
                if index == 0 {
                    percent(change.second)
                } else if sure(change.interval) {
                    format!("**{}**", points(change.difference))
                } else {
                    points(change.difference)
                }
            });
            std::iter::once(name).chain(cells).collect()
        })
        .collect();
    page.table(&heads, &rows);
}

fn sure(interval: Interval) -> bool {
    interval.low > 0.0 || interval.high < 0.0
}

fn verdicts(page: &mut Page, entries: &[Entry<'_>]) {
    let all: Vec<&CheckedExpectation> = entries
        .iter()
        .flat_map(|entry| &entry.expectations)
        .collect();
    if all.is_empty() {
        return;
    }
    let count = |verdict| all.iter().filter(|check| check.verdict == verdict).count();
    page.heading(2, "What was expected");
    page.paragraph(&format!(
        "The files state {} expectations: {} are supported by the \
         model, {} contradicted, {} inconclusive.\n\
         A verdict is about the model: it can only show what the assumptions imply.",
        all.len(),
        count(Verdict::Supported),
        count(Verdict::Contradicted),
        count(Verdict::Inconclusive)
    ));
    let failed: Vec<Vec<String>> = all
        .iter()
        .filter(|check| check.verdict != Verdict::Supported)
        .map(|check| {
            vec![
                format!("[`{0}`](#{0})", check.variant),
                format!("{} {}", subject(check), direction(check.direction)),
                format!("{} ({})", check.verdict.word(), span(&check.difference)),
                check.remark.clone().unwrap_or_default(),
            ]
        })
        .collect();
    page.table(
        &["scenario", "expected", "in the model", "why, by the file"],
        &failed,
    );
}

/// What an expectation is about.
fn subject(check: &CheckedExpectation) -> String {
    if check.flags.is_empty() {
        codes(&check.outcomes)
    } else {
        codes(&check.flags)
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "rises",
        Direction::Down => "falls",
        Direction::Same => "stays",
    }
}

fn span(difference: &Difference) -> String {
    let Interval { low, high } = difference.interval;
    format!("{} to {}", points(low), points(high))
}

fn section(page: &mut Page, entry: &Entry<'_>, first: &Entry<'_>, outcomes: &[Outcome]) {
    let scenario = entry.scenario;
    page.heading(2, &scenario.id);
    page.paragraph(&format!(
        "**{}** (`{}`)",
        one_line(&scenario.title),
        entry.file
    ));
    if let Some(hypothesis) = &scenario.hypothesis {
        page.paragraph(&format!(
            "{}{}\nHeld by: {}.\nRests on {}; against it {}.\nWould count against it in a run: {}",
            (hypothesis.id.as_ref()).map_or(String::new(), |mark| format!("{mark}: ")),
            hypothesis.statement.trim(),
            hypothesis.held_by.trim().trim_end_matches('.'),
            codes(&hypothesis.from),
            codes(&hypothesis.against),
            hypothesis.refuted_by.trim()
        ));
    }
    if let Some(base) = entry.base.filter(|base| *base != first.scenario.id) {
        page.paragraph(&format!(
            "It extends `{base}`; the table compares it with `{}`.",
            first.scenario.id
        ));
    }
    let rows: Vec<Vec<String>> = (outcomes.iter().zip(&entry.changes))
        .map(|(outcome, change)| {
            let mark = if sure(change.interval) { "**" } else { "" };
            vec![
                outcome.name.clone(),
                percent(change.first),
                percent(change.second),
                format!("{mark}{}{mark}", points(change.difference)),
                span(change),
                format!(
                    "{} / {} / {}",
                    change.draws_up, change.draws_down, change.draws_same
                ),
            ]
        })
        .collect();
    let base = code(&first.scenario.id);
    let heads = [
        "outcome",
        base.as_str(),
        "here",
        "change",
        "by chance",
        "draws up / down / same",
    ];
    page.table(&heads, &rows);
    for check in &entry.expectations {
        let of = if check.base == first.scenario.id {
            String::new()
        } else {
            format!(" against `{}`", check.base)
        };
        page.line(&format!(
            "- Expected{of}: {} {}. **{}** ({} points, {} pairs). {}",
            subject(check),
            direction(check.direction),
            check.verdict.word(),
            span(&check.difference),
            thousands(check.difference.pairs),
            one_line(&check.because)
        ));
        if let Some(remark) = &check.remark {
            page.line(&format!("  Remark: {}", one_line(remark)));
        }
    }
    if !entry.expectations.is_empty() {
        page.paragraph("");
    }
    if let Some(note) = entry.note {
        page.paragraph(note);
    }
}
