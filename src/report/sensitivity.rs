//! Drivers in words and as rows.
//!
//! Flows in: a [`Sensitivity`] or a [`Screening`], the facts. Flows out: tables for a terminal, CSV
//! and the meaning of its columns. Invariant: a share that is not defined is an empty cell or a dash,
//! never 0.

use super::layout::{Column, Look, table, thousands};
use super::rows::{ColumnMeaning, column, decimal, line};
use crate::drivers::factors::{By, Factor};
use crate::drivers::screening::{Effect, Screening};
use crate::drivers::sensitivity::{Bounds, Indices, Sensitivity, Shares};
use crate::drivers::sentences::{of_screening, of_sensitivity, percent, silent, standing};
use crate::scenario::load::FactIndex;

/// Rows of the table of drivers.
const ROWS: usize = 15;
/// An outcome of a smaller share of the runs is not divided in words.
const RARE: f64 = 0.02;
/// Drivers named for each outcome.
const EACH: usize = 3;

/// The whole analysis.
pub fn text(it: &Sensitivity, facts: &dyn FactIndex, look: Look) -> String {
    let mut out = look.heading(&it.title);
    out += &look.paragraph(&design(it), "", "");
    out.push('\n');
    out += &look.heading("In words, given these assumptions, not a forecast");
    for sentence in of_sensitivity(it, facts) {
        out += &look.paragraph(&sentence, "- ", "  ");
    }
    if it.whole.chance.total.is_none() {
        return out;
    }
    out.push('\n');
    out += &look.heading(&format!("What decides {}", subject(it)));
    out += &drivers(it, look);
    for (by, name) in [(By::Kind, "By kind of number"), (By::Party, "By party")] {
        let rows: Vec<(String, Vec<String>)> = sorted_groups(it, by)
            .into_iter()
            .map(|index| {
                let group = &it.groups[index];
                let name = format!("{} ({})", group.name, group.members.len());
                (name, cells(&it.whole.groups[index]))
            })
            .collect();
        if rows.len() > 1 {
            out.push('\n');
            out += &look.heading(name);
            out += &table(look, &COLUMNS, &rows);
        }
    }
    out += &look.paragraph(
        "Alone: how much of the variance would go if this number became known. With others: how much \
         would stay if all other numbers were known. The first pair divides what knowledge of the \
         numbers could remove, chance left out; the last column is of a single run, chance included: \
         in a chain of chances the least push counts, so these add up to far more than 100.",
        "",
        "",
    );
    if it.each.len() > 1 {
        out.push('\n');
        out += &by_outcome(it, look);
    }
    out
}

const COLUMNS: [Column; 3] = [
    Column {
        top: "alone,",
        bottom: "%",
    },
    Column {
        top: "with others,",
        bottom: "%",
    },
    Column {
        top: "of a",
        bottom: "run, %",
    },
];

fn subject(it: &Sensitivity) -> String {
    if it.whole.mean.is_none() {
        "which outcome comes about".to_owned()
    } else {
        format!("\"{}\"", it.whole.name)
    }
}

fn design(it: &Sensitivity) -> String {
    let mut words = format!(
        "{} runs: {} base points in {} scrambles of a Sobol' sequence, {} uncertain numbers, {} groups \
         and chance varied one at a time at each, {} lucks a row; seed {}.",
        thousands(it.runs),
        thousands(it.base_points),
        it.size.scrambles,
        it.factors.len(),
        it.groups.len(),
        it.size.replicates,
        it.seed
    );
    if it.unread > 0 {
        words.extend([format!(
            " {} uncertain numbers of the file are not varied, since no run reads them.",
            it.unread
        )]);
    }
    if it.dropped > 0 {
        words.extend([format!(
            " {} base points were dropped whole, because an output in them was no number.",
            it.dropped
        )]);
    }
    if it.missing > 0 {
        words.extend([format!(
            " PARTIAL: stopped before {} more base points; the other numbers together are not known.",
            it.missing
        )]);
    }
    words
}

fn drivers(it: &Sensitivity, look: Look) -> String {
    let whole = &it.whole;
    let mut rows = vec![(
        "chance".to_owned(),
        vec![
            "-".to_owned(),
            "-".to_owned(),
            (whole.chance.total).map_or("-".to_owned(), |chance| percent(chance.value)),
        ],
    )];
    rows.extend(it.top.iter().take(ROWS).map(|&index| {
        let name = broken(&it.factors[index].path);
        (name, cells(&whole.factors[index]))
    }));
    let rest = it.factors.len() - it.top.len();
    if it.top.len() > ROWS {
        let more = it.top.len() - ROWS;
        rows.push((format!("({more} more in the file)"), vec![String::new(); 3]));
    }
    if rest > 0 && it.whole.others.total.is_some() {
        rows.push((format!("the other {rest} together"), cells(&whole.others)));
    }
    let quiet = silent(it);
    let mut out = table(look, &COLUMNS, &rows);
    if quiet > 0 {
        out += &look.paragraph(
            &format!("{quiet} of the numbers changed no run of this sample."),
            "",
            "",
        );
    }
    out
}

/// A path with a blank where it may be broken, if it is too long for a column.
fn broken(path: &str) -> String {
    const ROOM: usize = 34;
    let mut parts: Vec<String> = vec![String::new()];
    for step in path.split_inclusive('.') {
        let last = parts.len() - 1;
        if !parts[last].is_empty() && parts[last].len() + step.len() > ROOM {
            parts.push(step.to_owned());
        } else {
            parts[last] += step;
        }
    }
    parts.join(" ")
}

fn sorted_groups(it: &Sensitivity, by: By) -> Vec<usize> {
    let weight = |index: usize| {
        let shares = &it.whole.groups[index];
        shares.total_known.or(shares.total).map_or(0.0, |b| b.value)
    };
    let mut list: Vec<usize> = (0..it.groups.len())
        .filter(|&index| it.groups[index].by == by)
        .collect();
    list.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)));
    list
}

fn by_outcome(it: &Sensitivity, look: Look) -> String {
    let mut out = look.heading("What drives which outcome");
    for indices in &it.each {
        let mean = indices.mean.map(percent).unwrap_or_default();
        let why = match indices.chance.total {
            None => "it does not vary, so its shares are undefined",
            Some(_) if indices.mean.is_some_and(|mean| mean < RARE) => {
                "too rare here to be divided; use more base points and replicates"
            }
            Some(_) => "",
        };
        let Some(chance) = indices.chance.total.filter(|_| why.is_empty()) else {
            let words = format!("{}: {mean} % of runs; {why}.", indices.name);
            out += &look.paragraph(&words, "- ", "  ");
            continue;
        };
        let named: Vec<String> = leaders(indices)
            .into_iter()
            .take(EACH)
            .map(|index| {
                let shares = &indices.factors[index];
                let share = shares.total_known.or(shares.total);
                let value = share.map(|share| percent(share.value)).unwrap_or_default();
                format!("{} ({value} %)", it.factors[index].path)
            })
            .collect();
        let words = format!(
            "{}: {mean} % of runs; chance {} %; then {}.",
            indices.name,
            percent(chance.value),
            named.join(", ")
        );
        out += &look.paragraph(&words, "- ", "  ");
    }
    out
}

/// Factors of one output, the largest first.
fn leaders(indices: &Indices) -> Vec<usize> {
    let weight = |index: usize| {
        let shares = &indices.factors[index];
        shares.total_known.or(shares.total).map_or(0.0, |b| b.value)
    };
    let mut order: Vec<usize> = (0..indices.factors.len()).collect();
    order.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)));
    order
}

fn cells(shares: &Shares) -> Vec<String> {
    vec![
        bounds(shares.first_known.or(shares.first)),
        bounds(shares.total_known),
        shares
            .total
            .map_or("-".to_owned(), |total| percent(total.value)),
    ]
}

fn bounds(bounds: Option<Bounds>) -> String {
    let Some(bounds) = bounds else {
        return "-".to_owned();
    };
    match (bounds.low, bounds.high) {
        (Some(low), Some(high)) => format!(
            "{} ({} to {})",
            percent(bounds.value),
            percent(low),
            percent(high)
        ),
        _ => percent(bounds.value),
    }
}

/// Columns of `sensitivity.csv`.
pub fn columns() -> Vec<ColumnMeaning> {
    let mut columns = vec![
        column(
            "output",
            "id",
            "Outcome or other output; `all` is which of the outcomes comes about",
        ),
        column("kind", "word", "chance, number, kind, party or others"),
        column(
            "name",
            "path or name",
            "Path of the number, or name of the group",
        ),
        column("members", "numbers", "Numbers taken together"),
        column(
            "standing",
            "words",
            "What the number rests on; empty for groups",
        ),
    ];
    for (name, meaning) in [
        (
            "first",
            "Share of the variance of a single run, alone (Saltelli 2010 b)",
        ),
        (
            "total",
            "Share of the variance of a single run with all joint effects (Jansen 1999)",
        ),
        (
            "first_known",
            "Share of the variance of the probability, alone",
        ),
        (
            "total_known",
            "Share of the variance of the probability with all joint effects",
        ),
    ] {
        columns.push(column(name, "share", meaning));
        columns.push(column(
            format!("{name}_low"),
            "share",
            "Lower end of its 95 % interval over scrambles",
        ));
        columns.push(column(format!("{name}_high"), "share", "Upper end"));
    }
    columns
}

/// `sensitivity.csv`: a row for each output and each factor, group, chance and the others.
pub fn csv(it: &Sensitivity, facts: &dyn FactIndex) -> Vec<u8> {
    let mut bytes = line(columns().into_iter().map(|column| column.column));
    let several = it.whole.mean.is_none();
    let outputs = it.each.iter();
    for indices in several.then_some(&it.whole).into_iter().chain(outputs) {
        let mut row = |kind: &str, name: &str, members: usize, standing: &str, shares: &Shares| {
            let end = |end: Option<f64>| decimal(end.unwrap_or(f64::NAN));
            let levels = [
                shares.first,
                shares.total,
                shares.first_known,
                shares.total_known,
            ];
            let numbers = levels.into_iter().flat_map(|bounds| match bounds {
                Some(bounds) => [decimal(bounds.value), end(bounds.low), end(bounds.high)],
                None => [const { String::new() }; 3],
            });
            let names = [
                indices.id.clone(),
                kind.to_owned(),
                name.to_owned(),
                members.to_string(),
                standing.to_owned(),
            ];
            bytes.extend(line(names.into_iter().chain(numbers)));
        };
        row("chance", "chance", 1, "", &indices.chance);
        for (factor, shares) in it.factors.iter().zip(&indices.factors) {
            let standing = standing(&factor.provenance, facts);
            row("number", &factor.path, 1, standing, shares);
        }
        for (group, shares) in it.groups.iter().zip(&indices.groups) {
            let kind = match group.by {
                By::Kind => "kind",
                By::Party => "party",
            };
            row(kind, &group.name, group.members.len(), "", shares);
        }
        let rest = it.factors.len() - it.top.len();
        row("others", "the others together", rest, "", &indices.others);
    }
    bytes
}

/// A screening.
pub fn screening_text(it: &Screening, facts: &dyn FactIndex, look: Look) -> String {
    let mut out = look.heading(&it.title);
    let mut words = format!(
        "{} runs: {} trajectories over {} uncertain numbers on {} levels, {} lucks a point; seed {}.",
        thousands(it.runs),
        thousands(it.trajectories),
        it.factors.len(),
        it.levels,
        it.replicates,
        it.seed
    );
    if it.missing > 0 {
        words.extend([format!(
            " PARTIAL: stopped before {} more trajectories.",
            it.missing
        )]);
    }
    out += &look.paragraph(&words, "", "");
    out.push('\n');
    out += &look.heading("In words, given these assumptions, not a forecast");
    for sentence in of_screening(it, facts) {
        out += &look.paragraph(&sentence, "- ", "  ");
    }
    if !it.whole.varies {
        return out;
    }
    out.push('\n');
    out += &look.heading("Elementary effects, the largest first");
    let columns = [
        ("mean", "size"),
        ("its 95 %", "interval"),
        ("mean", "effect"),
        ("", "spread"),
    ]
    .map(|(top, bottom)| Column { top, bottom });
    let of = |effect: &Effect| {
        vec![
            format!("{:.3}", effect.mean_size),
            format!(
                "{:.3} to {:.3}",
                effect.mean_size_low, effect.mean_size_high
            ),
            format!("{:.3}", effect.mean),
            format!("{:.3}", effect.spread),
        ]
    };
    let rows: Vec<(String, Vec<String>)> = it
        .top
        .iter()
        .take(ROWS)
        .map(|&index| {
            let factor: &Factor = &it.factors[index];
            (broken(&factor.path), of(&it.whole.factors[index]))
        })
        .collect();
    out += &table(look, &columns, &rows);
    let still = it.factors.len() - it.top.len();
    out += &look.paragraph(
        &format!(
            "{} more moved something, {still} moved nothing here. Size: mean of the effects' sizes, per \
             whole range of probability of the number, luck held fixed. Spread: large where an effect \
             depends on the other numbers. For comparison, other luck alone changes a single run by {:.3} \
             on average.",
            it.top.len().saturating_sub(ROWS),
            it.whole.chance
        ),
        "",
        "",
    );
    out
}

/// Columns of `screening.csv`.
pub fn screening_columns() -> Vec<ColumnMeaning> {
    vec![
        column(
            "output",
            "id",
            "Outcome or other output; `all` is half the sum over outcomes",
        ),
        column("name", "path", "Path of the number"),
        column("standing", "words", "What the number rests on"),
        column("mean", "output", "Mean elementary effect (mu)"),
        column("mean_size", "output", "Mean size of the effects (mu*)"),
        column(
            "mean_size_low",
            "output",
            "Lower end of its 95 % interval over resampled trajectories",
        ),
        column("mean_size_high", "output", "Upper end"),
        column(
            "spread",
            "output",
            "Standard deviation of the effects (sigma)",
        ),
        column("spread_low", "output", "Lower end of its interval"),
        column("spread_high", "output", "Upper end"),
    ]
}

/// `screening.csv`: a row for each output and number; outputs that did not vary have none.
pub fn screening_csv(it: &Screening, facts: &dyn FactIndex) -> Vec<u8> {
    let mut bytes = line(screening_columns().into_iter().map(|column| column.column));
    let several = it.each.len() > 1 && it.whole.id == "all";
    let outputs = several.then_some(&it.whole).into_iter().chain(&it.each);
    for screen in outputs {
        for (factor, effect) in it.factors.iter().zip(&screen.factors) {
            let names = [
                screen.id.clone(),
                factor.path.clone(),
                standing(&factor.provenance, facts).to_owned(),
            ];
            let numbers = [
                effect.mean,
                effect.mean_size,
                effect.mean_size_low,
                effect.mean_size_high,
                effect.spread,
                effect.spread_low,
                effect.spread_high,
            ];
            bytes.extend(line(names.into_iter().chain(numbers.map(decimal))));
        }
    }
    bytes
}
