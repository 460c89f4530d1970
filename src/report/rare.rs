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
                number(rare.share)
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
        "About 1 run in {}: a share of {} ({} to {}, 95%), {span}.",
        thousands((1.0 / rare.share).round() as u64),
        number(rare.share),
        number(low),
        number(high),
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
            top: "share of",
            bottom: "all runs",
        },
    ];
    let row = |(index, stage): (usize, &StageShare)| {
        let name = match stage.threshold {
            Some(threshold) => format!("{} reaches {}", rare.level.id(), number(threshold)),
            None => format!("ends in {}", rare.outcome),
        };
        let cells = vec![
            thousands(stage.paths),
            thousands(stage.entered),
            number(reached(rare, index)),
        ];
        (name, cells)
    };
    let rows: Vec<(String, Vec<String>)> = rare.stages.iter().enumerate().map(row).collect();
    table(look, &columns, &rows)
}

/// Share of all runs that get as far as the end of a stage: the mean of the repetitions. A product
/// of shares over all repetitions would count those with many entrances twice.
fn reached(rare: &RareOutcome, stage: usize) -> f64 {
    let paths = f64::from(rare.paths);
    let way = |entered: &[u32]| match entered.get(..=stage) {
        Some(entered) => entered.iter().map(|&n| f64::from(n) / paths).product(),
        None => 0.0,
    };
    let shares = rare.estimates.iter().map(|repeat| way(&repeat.entered));
    shares.sum::<f64>() / rare.estimates.len().max(1) as f64
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::ensemble::rare::{Level, RepeatRow};
    use crate::ensemble::summary::ScenarioInfo;

    /// Two repetitions of two stages: 0.5 x 0.02 and 0.1 x 0.
    fn rare() -> RareOutcome {
        let repeat = |estimate, entered: [u32; 2]| RepeatRow {
            estimate,
            entered: entered.to_vec(),
        };
        let stage = |threshold, entered| StageShare {
            threshold,
            paths: 200,
            entered,
            unannounced: 0,
            rounds: 500,
        };
        RareOutcome {
            scenario: ScenarioInfo {
                id: "quarrel".to_owned(),
                title: "A quarrel".to_owned(),
                summary: String::new(),
                cutoff: date(2020, 1, 1),
            },
            outcome: "strike".to_owned(),
            name: "Strike".to_owned(),
            level: Level::Tension,
            seed: 1,
            paths: 100,
            repeats: 2,
            share: 0.005,
            interval: Some((0.0, 0.07)),
            relative_error: Some(1.0),
            empty: 1,
            rounds: 1000,
            plain_runs: Some(199.0),
            thresholds: vec![0.8],
            stages: vec![stage(Some(0.8), 60), stage(None, 2)],
            estimates: vec![repeat(0.01, [50, 2]), repeat(0.0, [10, 0])],
        }
    }

    #[test]
    fn the_last_stage_ends_at_the_share() {
        let rare = rare();
        assert!((reached(&rare, 0) - 0.3).abs() < 1e-12);
        assert!((reached(&rare, 1) - rare.share).abs() < 1e-12);
        let look = Look {
            width: 80,
            bold: false,
        };
        let text = text(&rare, look);
        assert!(
            text.contains("About 1 run in 200: a share of 0.005 (0 to 0.07, 95%)"),
            "{text}"
        );
        assert!(text.contains("1 of 2 repetitions did not reach"), "{text}");
    }

    #[test]
    fn what_was_not_reached_is_not_called_zero() {
        let mut none = rare();
        (none.share, none.interval, none.plain_runs) = (0.0, None, None);
        let text = answer(&none);
        assert!(text.starts_with("Not reached"), "{text}");
        assert!(text.contains("no bound on its share"), "{text}");
    }
}
