//! An ensemble in words: what a person reads in the terminal after `jawjaw run`.
//!
//! Flows in: a [`Summary`]. Flows out: text. Chance and unknown numbers stand in separate columns,
//! with a legend that needs no statistics.

use crate::ensemble::intervals::IntervalMethod;
use crate::ensemble::summary::{Band, IssueSummary, Summary};
use crate::ensemble::theory::TheoryShare;

use super::layout::{Column, Look, hundred, percent, span_of_hundred, table, thousands};

/// The line that no table of shares may be without.
pub const NOT_A_FORECAST: &str = "given these assumptions, not a forecast";

// The rest is in the files.
const MOVES_SHOWN: usize = 12;

const CHANCE: Column = Column {
    top: "by chance",
    bottom: "alone",
};
const UNKNOWNS: Column = Column {
    top: "by unknown",
    bottom: "numbers",
};

/// The whole table.
pub fn summary(summary: &Summary, look: Look) -> String {
    let mut out = look.heading(&summary.scenario.title);
    out.push_str(&look.paragraph(&design(summary), "", ""));
    for section in [
        outcomes, flags, benchmarks, parties, talks, theory, issues, moves,
    ] {
        let text = section(summary, look);
        if !text.is_empty() {
            out.push('\n');
            out.push_str(&text);
        }
    }
    out
}

fn design(summary: &Summary) -> String {
    let design = &summary.design;
    let mut text = format!(
        "{} runs: {} draws of the uncertain numbers, {} runs each; seed {}.",
        thousands(design.runs),
        thousands(u64::from(design.draws)),
        thousands(u64::from(design.replicates)),
        design.seed
    );
    if design.partial {
        let planned = u64::from(design.draws) * u64::from(design.replicates);
        text.push_str(" PARTIAL: stopped before all ");
        text.push_str(&thousands(planned));
        text.push_str(" planned runs were done.");
    }
    text
}

fn band_text(band: &Band) -> String {
    if band.n < 2 {
        "-".to_owned()
    } else {
        span_of_hundred(band.q05, band.q95)
    }
}

fn outcomes(summary: &Summary, look: Look) -> String {
    let rows: Vec<_> = (summary.outcomes.iter())
        .map(|outcome| {
            let cells = vec![
                percent(outcome.share),
                span_of_hundred(outcome.chance.low, outcome.chance.high),
                band_text(&outcome.band),
            ];
            (outcome.name.clone(), cells)
        })
        .collect();
    let share = Column {
        top: "share",
        bottom: "of runs",
    };
    let mut out = look.heading(&format!("How it ends, {NOT_A_FORECAST}"));
    out.push_str(&table(look, &[share, CHANCE, UNKNOWNS], &rows));
    out.push_str(&look.paragraph(
        match summary.intervals {
            IntervalMethod::Score => {
                "By chance alone: with more runs of the same assumptions all shares would very \
                 likely (95%) settle within these limits."
            }
            IntervalMethod::Exact => {
                "By chance alone: with more runs of the same assumptions all shares would very \
                 likely (at least 95%; exact limits) settle within these limits."
            }
        },
        "",
        "",
    ));
    out.push_str(&look.paragraph(unknowns_legend(summary), "", ""));
    out
}

fn unknowns_legend(summary: &Summary) -> &'static str {
    match (summary.design.draws, summary.design.replicates) {
        (1, _) => {
            "By unknown numbers: not known, because the uncertain numbers were drawn only once."
        }
        (_, 1) => {
            "By unknown numbers: not known, because one run a draw cannot tell chance from \
             ignorance; use at least 2 replicates."
        }
        _ => {
            "By unknown numbers: how far the share moves with the numbers nobody knows, chance \
             taken out; 90 of 100 draws lie within."
        }
    }
}

fn flags(summary: &Summary, look: Look) -> String {
    if summary.flags.is_empty() {
        return String::new();
    }
    let rows: Vec<_> = (summary.flags.iter())
        .map(|flag| {
            let chance = span_of_hundred(flag.chance.low, flag.chance.high);
            (flag.name.clone(), vec![percent(flag.share), chance])
        })
        .collect();
    let share = Column {
        top: "share",
        bottom: "of runs",
    };
    look.heading("Whatever the end") + &table(look, &[share, CHANCE], &rows)
}

fn benchmarks(summary: &Summary, look: Look) -> String {
    if summary.benchmarks.is_empty() {
        return String::new();
    }
    let mut out = look.heading("Beside it: how often such things happened");
    for mark in &summary.benchmarks {
        let names: Vec<&str> = mark
            .outcomes
            .iter()
            .map(|&index| summary.outcomes[index].name.as_str())
            .collect();
        let ours: f64 = mark
            .outcomes
            .iter()
            .map(|&index| summary.outcomes[index].share)
            .sum();
        let cases = if mark.n == 0 {
            String::new()
        } else {
            let (low, high) = (mark.interval.low, mark.interval.high);
            format!(
                " of {} cases ({})",
                thousands(mark.n),
                span_of_hundred(low, high)
            )
        };
        let text = format!(
            "{}: {}{cases}, {}. Compare: {} in {} of these runs.",
            mark.label,
            percent(mark.share),
            mark.source,
            names.join(" + "),
            percent(ours),
        );
        out.push_str(&look.paragraph(&text, "- ", "  "));
    }
    out
}

fn parties(summary: &Summary, look: Look) -> String {
    let rows: Vec<_> = (summary.parties.iter())
        .map(|party| {
            let cells = vec![
                hundred(party.mean_utility),
                span_of_hundred(party.chance.low, party.chance.high),
                band_text(&party.band),
                span_of_hundred(party.utility.q25, party.utility.q75),
            ];
            (party.name.clone(), cells)
        })
        .collect();
    let mean = Column {
        top: "on",
        bottom: "average",
    };
    let middle = Column {
        top: "middle half",
        bottom: "of runs",
    };
    look.heading("What each party gets, from 0 (worst) to 100 (its ideal on everything)")
        + &table(look, &[mean, CHANCE, UNKNOWNS, middle], &rows)
}

fn days(band: &Band) -> String {
    let day = |x: f64| format!("{x:.0}");
    let unit = if (band.q50 - 1.0).abs() < 0.5 {
        "day"
    } else {
        "days"
    };
    if day(band.q25) == day(band.q75) {
        format!("{} {unit}", day(band.q50))
    } else {
        format!(
            "{} {unit} (middle half: {} to {})",
            day(band.q50),
            day(band.q25),
            day(band.q75)
        )
    }
}

fn talks(summary: &Summary, look: Look) -> String {
    let talks = &summary.talks;
    let mut out = look.heading("When talks end");
    let mut line = |text: &str| out.push_str(&look.paragraph(text, "- ", "  "));
    let mut agreement = format!(
        "Some agreement stands in {} of runs",
        percent(talks.agreement)
    );
    if talks.days_to_agreement.n > 0 {
        agreement.push_str(", typically after ");
        agreement.push_str(&days(&talks.days_to_agreement));
    }
    line(&format!("{agreement}."));
    let mut early = format!(
        "{} of runs end before the last round",
        percent(talks.ended_early)
    );
    if talks.days_to_end.n > 0 {
        early.push_str(", typically after ");
        early.push_str(&days(&talks.days_to_end));
    }
    line(&format!("{early}."));
    if let Some(open) = still_open(summary) {
        line(&open);
    }
    line(&format!(
        "Somebody walks out in {}; consent or ratification fails in {}.",
        percent(talks.walkout),
        percent(talks.failed_ratification)
    ));
    let forms: Vec<String> = (talks.forms.iter())
        .filter(|(_, share)| *share > 0.0)
        .map(|(form, share)| format!("{form} {}", percent(*share)))
        .collect();
    if !forms.is_empty() {
        line(&format!("Recorded as: {}.", forms.join(", ")));
    }
    out
}

// The horizon cuts runs off, so the time to an end is told as a median of all runs or not at all.
fn still_open(summary: &Summary) -> Option<String> {
    let survival = &summary.survival;
    let last = survival.steps.last()?;
    let Some(median) = survival.median else {
        return Some(format!(
            "More than half are still open at the horizon: {} ({} by chance).",
            percent(last.open),
            span_of_hundred(last.chance.low, last.chance.high)
        ));
    };
    let limits = match survival.median_limits {
        [Some(low), Some(high)] if low < high => format!(" ({low} to {high} by chance)"),
        [Some(low), None] => format!(" ({low} or later by chance)"),
        _ => String::new(),
    };
    Some(format!(
        "Half of all runs, those that reach the horizon included, have ended after {median} \
         days{limits}."
    ))
}

// How far what was agreed is from what could have been.
fn theory(summary: &Summary, look: Look) -> String {
    let Some(theory) = &summary.theory else {
        return String::new();
    };
    let mut out = look.heading("Held to bargaining theory");
    let mut say = |text: String| out.push_str(&look.paragraph(&text, "- ", "  "));
    let of_runs = |count: u64| percent(count as f64 / theory.runs.max(1) as f64);
    say(format!(
        "In {} of {} runs looked at some package left nobody worse off than no agreement and somebody \
         better off; {} of them ended with an agreement in force.",
        of_runs(theory.zone),
        thousands(theory.runs),
        of_runs(theory.agreements)
    ));
    if theory.agreements > 0 {
        let share = |share: &TheoryShare| {
            let (low, high) = (share.chance.low, share.chance.high);
            format!(
                "{} ({} by chance)",
                percent(share.share),
                span_of_hundred(low, high)
            )
        };
        say(format!(
            "Of these agreements {} left no party worse off than none, {} none that signed or \
             had to be asked; {} were Pareto efficient; {} were in a form more likely than not to be \
             ratified.",
            share(&theory.rational),
            share(&theory.rational_for_signatories),
            share(&theory.efficient),
            share(&theory.ratifiable)
        ));
        let band = |band: &Band| format!("{} ({})", hundred(band.q50), band_text(band));
        say(format!(
            "Left on the table: {} points of 100 for each party on average. Distance to the Nash \
             solution {}, to the Kalai-Smorodinsky solution {}, where 100 is one party getting nothing \
             of the most it could (medians, and 90 of 100 agreements).",
            band(&theory.left),
            band(&theory.to_nash),
            band(&theory.to_kalai_smorodinsky)
        ));
    }
    out
}

fn issues(summary: &Summary, look: Look) -> String {
    let mut out = look.heading("What is settled, mostly at which level and where");
    for issue in &summary.issues {
        let settled: f64 = issue.settled.iter().sum();
        let mut text = format!("{}: settled in {} of runs", issue.name, percent(settled));
        if let Some(&(level, share)) = largest_first(&issue.settled).first() {
            let words = &issue.levels[level];
            text.push_str(&["; ", &percent(share), " ", words].concat());
        }
        if let Some((venue, share)) = main_venue(summary, issue) {
            text.push_str(&["; ", &percent(share), " at ", venue].concat());
        }
        out.push_str(&look.paragraph(&text, "- ", "  "));
    }
    out
}

fn main_venue<'a>(summary: &'a Summary, issue: &'a IssueSummary) -> Option<(&'a str, f64)> {
    let shares: Vec<f64> = issue.venues.iter().map(|(_, share)| *share).collect();
    let &(index, share) = largest_first(&shares).first()?;
    let id = &issue.venues[index].0;
    let round = summary.rounds.iter().find(|round| round.venue == *id);
    Some((round.map_or(id, |round| &round.venue_name), share))
}

// Indices with a positive share, largest first; equal ones in the file's order.
fn largest_first(shares: &[f64]) -> Vec<(usize, f64)> {
    let mut all: Vec<_> = shares
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, x)| *x > 0.0)
        .collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all
}

fn moves(summary: &Summary, look: Look) -> String {
    let mut made: Vec<_> = (summary.parties.iter())
        .flat_map(|party| &party.moves)
        .filter(|act| act.share > 0.0)
        .collect();
    if made.is_empty() {
        return String::new();
    }
    made.sort_by(|a, b| b.share.total_cmp(&a.share));
    let others = made.split_off(made.len().min(MOVES_SHOWN)).len();
    let rows: Vec<_> = (made.iter())
        .map(|act| {
            (
                act.name.clone(),
                vec![percent(act.share), format!("{:.2}", act.mean)],
            )
        })
        .collect();
    let share = Column {
        top: "in share",
        bottom: "of runs",
    };
    let mean = Column {
        top: "times",
        bottom: "a run",
    };
    let mut out = look.heading("What parties do between meetings");
    out.push_str(&table(look, &[share, mean], &rows));
    if others > 0 {
        out.push_str(&look.paragraph(&format!("and {others} rarer moves (summary.json)"), "", ""));
    }
    out
}

#[cfg(test)]
#[cfg(feature = "cli")]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::ensemble::Plan;
    use crate::ensemble::fake::Fake;
    use crate::ensemble::run::run;

    fn play(draws: u32, replicates: u32) -> Summary {
        let plan = Plan::new(1, draws, replicates).unwrap();
        let never = AtomicBool::new(false);
        run(
            &Fake::uncertain(),
            plan,
            NonZeroUsize::MIN,
            &never,
            &(),
            |(), _| Ok::<(), ()>(()),
        )
        .unwrap()
    }

    #[test]
    fn reads_well_at_80_columns() {
        insta::assert_snapshot!(
            "terminal_80",
            summary(
                &play(200, 20),
                Look {
                    width: 80,
                    bold: false
                }
            )
        );
    }

    #[test]
    fn reads_well_at_50_columns() {
        let mut partial = play(200, 20);
        partial.design.partial = true;
        partial.design.runs = 3000;
        insta::assert_snapshot!(
            "terminal_50",
            summary(
                &partial,
                Look {
                    width: 50,
                    bold: false
                }
            )
        );
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let all = play(30, 20);
        for width in [40, 50, 64, 80, 120] {
            for line in summary(&all, Look { width, bold: false }).lines() {
                assert!(line.chars().count() <= width, "{width}: {line:?}");
            }
        }
    }

    #[test]
    fn a_single_draw_admits_that_it_knows_no_band() {
        let words = |all: &Summary, bold| {
            let text = summary(all, Look { width: 80, bold });
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert!(words(&play(1, 50), false).contains("were drawn only once"));
        assert!(words(&play(50, 1), true).contains("use at least 2 replicates"));
    }
}
