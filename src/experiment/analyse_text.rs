//! An analysis in words, and as rows for other programs.
//!
//! Flows in: an [`Analysis`]. Flows out: text of a given width, CSV. Invariant: nothing is computed
//! here, and every interval says whether it shows chance or unknown numbers.

use std::fmt::Write;

use super::analyse::{Analysis, ScenarioAnalysis};
use super::store::short;
use crate::ensemble::summary::{Band, Interval};
use crate::report::layout::{Column, Look, hundred, percent, span_of_hundred, table, thousands};
use crate::report::rows::{decimal, line};
use crate::report::text::NOT_A_FORECAST;

const CHANCE: Column = Column {
    top: "by chance",
    bottom: "alone",
};
const UNKNOWNS: Column = Column {
    top: "by unknown",
    bottom: "numbers",
};

const ANY_TEXT: &str = "a string takes any text";

/// The whole analysis.
pub fn text(analysis: &Analysis, look: Look) -> String {
    let mut out = look.paragraph(&design(analysis), "", "");
    for scenario in &analysis.scenarios {
        out.push('\n');
        out.push_str(&scenario_text(scenario, look));
    }
    out.push('\n');
    out.push_str(&look.paragraph(
        "By chance alone: with more runs of the same assumptions all shares would very likely \
         (95%) settle within these limits. By unknown numbers: 90 of 100 draws of the numbers \
         nobody knows lie within, chance taken out; it takes at least 2 draws of 2 runs.",
        "",
        "",
    ));
    out
}

fn design(analysis: &Analysis) -> String {
    let mut text = format!(
        "{} runs of {} scenarios: {} draws of the uncertain numbers, {} runs each; seed {}, plan {}.",
        thousands(analysis.runs),
        analysis.scenarios.len(),
        thousands(analysis.draws.into()),
        thousands(analysis.replicates.into()),
        analysis.seed,
        short(&analysis.plan),
    );
    if analysis.scenarios.len() == 1 {
        text = text.replacen("of 1 scenarios", "of one scenario", 1);
    }
    if analysis.runs < analysis.planned {
        let missing = thousands(analysis.planned - analysis.runs);
        write!(text, " PARTIAL: {missing} planned runs are missing.").expect(ANY_TEXT);
    }
    if analysis.failed > 0 {
        write!(
            text,
            " FAILED: {} runs were not played to their end (at most {} of all runs, 95% interval).",
            thousands(analysis.failed),
            percent(analysis.failed_at_most)
        )
        .expect(ANY_TEXT);
    }
    text
}

fn scenario_text(scenario: &ScenarioAnalysis, look: Look) -> String {
    let mut out = look.heading(&format!("{} ({})", scenario.title, scenario.id));
    let rows: Vec<_> = (scenario.outcomes.iter())
        .map(|outcome| {
            let cells = vec![
                percent(outcome.share),
                chance(outcome.chance),
                band(&outcome.band),
            ];
            (outcome.name.clone(), cells)
        })
        .collect();
    let share = Column {
        top: "share",
        bottom: "of runs",
    };
    out.push_str(&look.paragraph(&format!("How it ends, {NOT_A_FORECAST}:"), "", ""));
    out.push_str(&table(look, &[share, CHANCE, UNKNOWNS], &rows));
    if !scenario.flags.is_empty() {
        let rows: Vec<_> = (scenario.flags.iter())
            .map(|flag| {
                (
                    flag.name.clone(),
                    vec![percent(flag.share), chance(flag.chance)],
                )
            })
            .collect();
        out.push('\n');
        out.push_str(&table(look, &[share, CHANCE], &rows));
    }
    let rows: Vec<_> = (scenario.parties.iter())
        .map(|party| {
            let cells = vec![hundred(party.mean), chance(party.chance), band(&party.band)];
            (party.name.clone(), cells)
        })
        .collect();
    let mean = Column {
        top: "utility",
        bottom: "of 100",
    };
    out.push('\n');
    out.push_str(&table(look, &[mean, CHANCE, UNKNOWNS], &rows));
    out
}

fn chance(interval: Interval) -> String {
    span_of_hundred(interval.low, interval.high)
}

fn band(band: &Band) -> String {
    if band.n < 2 {
        "-".to_owned()
    } else {
        span_of_hundred(band.q05, band.q95)
    }
}

/// The same as CSV: one row an outcome, flag or party of a scenario.
pub fn csv(analysis: &Analysis) -> Vec<u8> {
    let heading = [
        "scenario",
        "kind",
        "id",
        "count",
        "value",
        "chance_low",
        "chance_high",
        "band_q05",
        "band_q50",
        "band_q95",
    ];
    let mut out = line(heading.map(str::to_owned));
    for scenario in &analysis.scenarios {
        let mut row = |kind: &str,
                       id: &str,
                       count: Option<u64>,
                       value,
                       chance: Interval,
                       band: Option<&Band>| {
            let band = band.filter(|band| band.n > 1);
            let quantile =
                |get: fn(&Band) -> f64| band.map_or_else(String::new, |b| decimal(get(b)));
            out.extend(line([
                scenario.id.clone(),
                kind.to_owned(),
                id.to_owned(),
                count.map_or_else(String::new, |count| count.to_string()),
                decimal(value),
                decimal(chance.low),
                decimal(chance.high),
                quantile(|band| band.q05),
                quantile(|band| band.q50),
                quantile(|band| band.q95),
            ]));
        };
        for one in &scenario.outcomes {
            row(
                "outcome",
                &one.id,
                Some(one.count),
                one.share,
                one.chance,
                Some(&one.band),
            );
        }
        for one in &scenario.flags {
            row("flag", &one.id, None, one.share, one.chance, None);
        }
        for one in &scenario.parties {
            row(
                "utility",
                &one.id,
                None,
                one.mean,
                one.chance,
                Some(&one.band),
            );
        }
    }
    out
}
