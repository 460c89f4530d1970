//! A rare outcome as text: the share, how it was come by, how far to trust it.
//!
//! Flows in: a [`RareOutcome`]. Flows out: text of a given width. Invariant: the share is never
//! printed without its interval, and a search that reached nothing says so.

use super::layout::{Column, Look, table, thousands};
use crate::ensemble::discover::number;
use crate::ensemble::rare::{RareOutcome, StageShare};

/// The whole text.
pub fn text(rare: &RareOutcome, look: Look) -> String {
    let mut out = look.heading(&format!("{}: {}", rare.name, rare.scenario.title));
    out += &look.paragraph(&answer(rare), "", "");
    out.push('\n');
    out += &look.paragraph(
        &format!(
            "{} repetitions of {} paths a stage, {} rounds in all; seed {}. Runs were split on their \
             way by {}.",
            rare.repeats,
            thousands(u64::from(rare.paths)),
            thousands(rare.rounds),
            rare.seed,
            rare.level.words(),
        ),
        "",
        "",
    );
    out += &stages(rare, look);
    for remark in remarks(rare) {
        out += &look.paragraph(&remark, "- ", "  ");
    }
    out += &look.paragraph(
        "Given these assumptions, not a forecast. The share is over draws of the uncertain numbers \
         and luck together; the interval is chance alone.",
        "",
        "",
    );
    out
}

/// The share and its interval, as sentences.
pub fn answer(rare: &RareOutcome) -> String {
    let Some((low, high)) = rare.interval else {
        return if rare.share > 0.0 {
            format!(
                "About {} ({}). One repetition has no interval; use 20 or more.",
                one_in(rare.share),
                share(rare.share)
            )
        } else {
            format!(
                "Not reached: none of {} repetitions got to the outcome. It may be impossible here, \
                 or this level may not lead to it; that is no bound on its share.",
                rare.repeats
            )
        };
    };
    let span = if low > 0.0 {
        format!("between {} and {}", one_in(high), one_in(low))
    } else {
        format!("at most {}, and from here no lower limit", one_in(high))
    };
    format!(
        "About {} run in {}: a share of {} ({} to {}, 95%), {span}.",
        1,
        thousands((1.0 / rare.share).round() as u64),
        share(rare.share),
        share(low),
        share(high),
    )
}

/// A share as `1 in 2,300`.
pub fn one_in(share: f64) -> String {
    if share > 0.0 {
        format!("1 in {}", thousands((1.0 / share).round() as u64))
    } else {
        "never".to_owned()
    }
}

/// A share with three digits, in powers of ten where it is small: `0.0104`, `3.21e-6`.
fn share(share: f64) -> String {
    if share > 0.0 && share < 1e-3 {
        format!("{share:.2e}")
    } else {
        number(share)
    }
}

fn stages(rare: &RareOutcome, look: Look) -> String {
    let columns = [
        Column {
            top: "paths",
            bottom: "started",
        },
        Column {
            top: "got",
            bottom: "there",
        },
        Column {
            top: "",
            bottom: "share",
        },
        Column {
            top: "share of",
            bottom: "all runs",
        },
    ];
    let mut reached = 1.0;
    let row = |stage: &StageShare| {
        let own = stage.entered as f64 / stage.paths.max(1) as f64;
        reached *= own;
        let name = match stage.threshold {
            Some(threshold) => format!("{} reaches {}", rare.level.id(), number(threshold)),
            None => format!("ends in {}", rare.outcome),
        };
        let cells = vec![
            thousands(stage.paths),
            thousands(stage.entered),
            number(own),
            share(reached),
        ];
        (name, cells)
    };
    let rows: Vec<(String, Vec<String>)> = rare.stages.iter().map(row).collect();
    table(look, &columns, &rows)
}

/// How far to trust it.
fn remarks(rare: &RareOutcome) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(runs) = rare.plain_runs {
        remarks.push(format!(
            "A plain ensemble would need about {} runs for an error as small.",
            thousands(runs.round() as u64)
        ));
    }
    if rare.share > 0.0 && rare.empty > 0 {
        remarks.push(format!(
            "{} of {} repetitions did not reach the outcome at all: the estimates are skewed and the \
             interval is too optimistic; use more paths.",
            rare.empty, rare.repeats
        ));
    } else if let Some(error) = rare.relative_error.filter(|&error| error > 0.2) {
        remarks.push(format!(
            "The standard error is {:.0}% of the share: use more paths or repetitions, or another \
             level.",
            error * 100.0
        ));
    }
    let unannounced: u64 = rare.stages.iter().map(|stage| stage.unannounced).sum();
    let entered: u64 = rare.stages.iter().map(|stage| stage.entered).sum();
    if unannounced * 20 > entered {
        remarks.push(format!(
            "{:.0}% of all entrances were by the outcome itself: this level gives little warning of \
             it. The estimate is unbiased all the same, but another level may be sharper.",
            100.0 * unannounced as f64 / entered as f64
        ));
    }
    remarks
}
