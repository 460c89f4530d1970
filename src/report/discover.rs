//! A discovery as text: the regions in words, what their limits rest on, what they trade.
//!
//! Flows in: a [`Discovery`] and what the file says of each factor. Flows out: text of a given width,
//! and rows for CSV files. Invariant: what was measured on runs that had a part in the finding is
//! never printed without what was measured on runs that had none.

use super::layout::{Column, Look, percent, table, thousands};
use crate::ensemble::discover::{
    Bound, Discovery, Factor, FactorKind, Measure, Region, Restriction, StepRow, number,
};

/// Why a factor's range is what it is, line by line; empty if the file says nothing of it.
pub type Reasons<'a> = dyn Fn(&str) -> Vec<String> + 'a;

/// The whole text.
pub fn text(discovery: &Discovery, reasons: &Reasons<'_>, look: Look) -> String {
    let mut out = look.heading(&format!(
        "Where “{}” is likely: {}",
        discovery.name, discovery.scenario.title
    ));
    let [search, choose, measure] = discovery.parts.map(|rows| thousands(rows as u64));
    let types = |factor: &&Factor| matches!(factor.kind, FactorKind::Type { .. });
    let types = discovery.factors.iter().filter(types).count();
    let runs = u64::from(discovery.draws) * u64::from(discovery.replicates);
    out += &look.paragraph(
        &format!(
            "{} runs: {} draws of the uncertain numbers, {} each; seed {}. {} of them end in it. {} \
             numbers and {types} {} could be limited. Regions are searched for on {search} runs, \
             chosen by {choose} others, measured on {measure} more.",
            thousands(runs),
            thousands(u64::from(discovery.draws)),
            plural(u64::from(discovery.replicates), "run"),
            discovery.seed,
            percent(discovery.everywhere.density),
            discovery.factors.len() - types,
            if types == 1 { "type" } else { "types" },
        ),
        "",
        "",
    );
    for (index, one) in discovery.regions.iter().enumerate() {
        out.push('\n');
        out += &region(discovery, index, one, reasons, look);
    }
    out.push('\n');
    out += &look.paragraph(
        "Given these assumptions, not a forecast: a region says what goes together in this model, \
         not what causes what, and nothing about how likely its assumptions are.",
        "",
        "",
    );
    out
}

fn plural(n: u64, thing: &str) -> String {
    format!("{} {thing}{}", thousands(n), if n == 1 { "" } else { "s" })
}

fn region(
    discovery: &Discovery,
    index: usize,
    region: &Region,
    reasons: &Reasons<'_>,
    look: Look,
) -> String {
    let mut out = look.heading(&if region.found {
        format!("Region {}", index + 1)
    } else {
        let further = if index == 0 { "" } else { " further" };
        format!("No{further} region")
    });
    let kept: Vec<&Restriction> = region.restrictions.iter().filter(|one| one.kept).collect();
    let left: Vec<&Restriction> = region.restrictions.iter().filter(|one| !one.kept).collect();
    if region.found {
        out += &look.paragraph(&promise(region), "", "");
        for one in &kept {
            out += &look.paragraph(&discovery.words(one), "- ", "  ");
        }
        out += &look.paragraph(&holds(region), "", "");
    } else {
        out += &look.paragraph(&nothing(region, kept.len()), "", "");
    }
    if !left.is_empty() {
        out += &look.paragraph(
            "Also limits of the box that was found, but left out because other runs do not bear them \
             out:",
            "",
            "",
        );
        for one in &left {
            out += &look.paragraph(&discovery.words(one), "- ", "  ");
        }
    }
    if !region.restrictions.is_empty() {
        out.push('\n');
        out += &limits_table(discovery, region, look);
    }
    out.push('\n');
    out += &trade_off(region, look);
    if region.found {
        out.push('\n');
        out += &look.heading("What these limits rest on");
        let mut said: Vec<usize> = Vec::new();
        for one in kept {
            if said.contains(&one.factor) {
                continue;
            }
            said.push(one.factor);
            for path in paths(&discovery.factors[one.factor], &one.limit) {
                for (line, text) in reasons(path).iter().enumerate() {
                    let (first, rest) = if line == 0 {
                        ("- ", "  ")
                    } else {
                        ("    ", "    ")
                    };
                    out += &look.paragraph(text, first, rest);
                }
            }
        }
    }
    out
}

/// Numbers of the file that a limit is about: the factor itself, or the weights of the types asked
/// for.
fn paths<'a>(factor: &'a Factor, limit: &Bound) -> Vec<&'a str> {
    match (&factor.kind, limit) {
        (FactorKind::Type { weights, .. }, Bound::OneOf(kept)) => {
            kept.iter().map(|&kind| weights[kind].as_str()).collect()
        }
        _ => vec![factor.id.as_str()],
    }
}

fn promise(region: &Region) -> String {
    format!(
        "{} of 100 runs ({} to {}, 95%) end so where",
        hundred(region.held_out.density),
        hundred(region.held_out.low),
        hundred(region.held_out.high),
    )
}

fn holds(region: &Region) -> String {
    let Measure {
        coverage,
        mass,
        runs,
        ..
    } = region.held_out;
    format!(
        "against {} of 100 where it was looked for. The region holds {} of all runs and {} of those \
         that end so. All this on runs that had no part in finding it ({} in the region); on the \
         runs it was found on it was {} of 100.",
        hundred(region.searched.density),
        percent(mass),
        percent(coverage),
        thousands(runs as u64),
        hundred(region.in_sample.density),
    )
}

fn nothing(region: &Region, kept: usize) -> String {
    let best = &region.steps[region.chosen];
    if region.restrictions.is_empty() {
        return format!(
            "No limit makes the outcome likelier on runs that the search had not seen: it is best \
             described by no region at all ({} of 100).",
            hundred(best.held_out.density)
        );
    }
    if kept == 0 {
        return format!(
            "The search found a box with {} of 100 runs that end so, but none of its limits stands \
             up on other runs. There may be no region, or one too small for so few runs.",
            hundred(best.in_sample.density)
        );
    }
    format!(
        "The limits that stand up give {} of 100 runs ({} to {}, 95%) on runs that had no part in \
         finding them, which chance alone could give where {} of 100 is the rule.",
        hundred(region.held_out.density),
        hundred(region.held_out.low),
        hundred(region.held_out.high),
        hundred(region.searched.density),
    )
}

/// A share on the scale of 100: whole where that says enough.
fn hundred(share: f64) -> String {
    if share >= 0.1 {
        format!("{:.0}", share * 100.0)
    } else {
        number(share * 100.0)
    }
}

fn limits_table(discovery: &Discovery, region: &Region, look: Look) -> String {
    let columns = [
        Column {
            top: "found",
            bottom: "again",
        },
        Column {
            top: "by chance,",
            bottom: "other runs",
        },
        Column {
            top: "quasi-p,",
            bottom: "searched",
        },
        Column {
            top: "",
            bottom: "kept",
        },
    ];
    let rows: Vec<(String, Vec<String>)> = (region.restrictions.iter())
        .map(|one| {
            let factor = &discovery.factors[one.factor];
            let name = format!("{} {}", factor.subject(), factor.limit(&one.limit));
            let cells = vec![
                format!("{:.0} of 10", one.found_again * 10.0),
                probability(one.held_out_p),
                probability(one.quasi_p),
                if one.kept { "yes" } else { "no" }.to_owned(),
            ];
            (name, cells)
        })
        .collect();
    table(look, &columns, &rows)
}

/// A probability in a table: `0.031`, `<0.001`.
fn probability(p: f64) -> String {
    if p < 0.001 {
        "<0.001".to_owned()
    } else {
        format!("{p:.3}")
    }
}

/// About ten steps of a trajectory, the chosen one among them.
fn trade_off(region: &Region, look: Look) -> String {
    let columns = [
        Column {
            top: "",
            bottom: "limited",
        },
        Column {
            top: "",
            bottom: "coverage",
        },
        Column {
            top: "",
            bottom: "density",
        },
        Column {
            top: "the same on",
            bottom: "other runs",
        },
    ];
    let last = region.steps.len() - 1;
    let every = last.div_ceil(9).max(1);
    let shown = |row: &&StepRow| {
        row.step == region.chosen || row.step == last || row.step.is_multiple_of(every)
    };
    let rows: Vec<(String, Vec<String>)> = (region.steps.iter().filter(shown))
        .map(|row| {
            let mark = if row.step == region.chosen {
                ", taken"
            } else {
                ""
            };
            let cells = vec![
                row.restricted.to_string(),
                percent(row.in_sample.coverage),
                percent(row.in_sample.density),
                format!(
                    "{} {}",
                    percent(row.held_out.coverage),
                    percent(row.held_out.density)
                ),
            ];
            (format!("step {}{mark}", row.step), cells)
        })
        .collect();
    look.heading("The trade-off: smaller boxes are denser and cover less")
        + &table(look, &columns, &rows)
}

/// Columns of `tradeoff.csv` and `limits.csv`, with what they mean.
pub const TRADE_OFF: [(&str, &str); 13] = [
    ("region", "number of the region, from 1"),
    ("step", "step of the trajectory, 0 being no limit"),
    ("chosen", "whether this step was taken"),
    ("limited", "factors that its box limits"),
    ("runs", "runs in the box, of those searched"),
    ("hits", "of these, runs that end in the outcome"),
    ("coverage", "share of all such runs that lie in the box"),
    ("density", "share of the runs in the box that end so"),
    ("mass", "share of the runs searched that lie in the box"),
    (
        "held_out_coverage",
        "coverage on the runs to choose by, which the search had not seen",
    ),
    ("held_out_density", "density on those runs"),
    ("held_out_low", "lower end of its 95 % interval"),
    ("held_out_high", "upper end of its 95 % interval"),
];

/// See [`TRADE_OFF`].
pub const LIMITS: [(&str, &str); 10] = [
    ("region", "number of the region, from 1"),
    (
        "factor",
        "path of the number in the file, or the type of a party",
    ),
    ("low", "lower limit, empty if there is none"),
    ("high", "upper limit, empty if there is none"),
    ("one_of", "types allowed, with a bar between them"),
    ("range", "what the file allows"),
    (
        "found_again",
        "share of ten half-samples that limit it on the same side",
    ),
    (
        "held_out_p",
        "probability of as many hits by chance without this limit, on runs to choose by",
    ),
    (
        "quasi_p",
        "the same on the runs searched, where it is too small",
    ),
    ("kept", "whether the region has it"),
];

/// Rows of `tradeoff.csv`.
pub fn trade_off_rows(discovery: &Discovery) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for (index, region) in discovery.regions.iter().enumerate() {
        for row in &region.steps {
            let (own, held_out) = (&row.in_sample, &row.held_out);
            rows.push(vec![
                (index + 1).to_string(),
                row.step.to_string(),
                (row.step == region.chosen).to_string(),
                row.restricted.to_string(),
                own.runs.to_string(),
                own.hits.to_string(),
                own.coverage.to_string(),
                own.density.to_string(),
                own.mass.to_string(),
                held_out.coverage.to_string(),
                held_out.density.to_string(),
                held_out.low.to_string(),
                held_out.high.to_string(),
            ]);
        }
    }
    rows
}

/// Rows of `limits.csv`.
pub fn limit_rows(discovery: &Discovery) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for (index, region) in discovery.regions.iter().enumerate() {
        for one in &region.restrictions {
            let factor = &discovery.factors[one.factor];
            let (low, high, types) = match &one.limit {
                Bound::AtLeast(low) => (low.to_string(), String::new(), String::new()),
                Bound::AtMost(high) => (String::new(), high.to_string(), String::new()),
                Bound::OneOf(_) => {
                    let names = factor.limit(&one.limit).replace(" or ", "|");
                    (String::new(), String::new(), names)
                }
            };
            rows.push(vec![
                (index + 1).to_string(),
                factor.id.clone(),
                low,
                high,
                types,
                factor.range(),
                one.found_again.to_string(),
                one.held_out_p.to_string(),
                one.quasi_p.to_string(),
                one.kept.to_string(),
            ]);
        }
    }
    rows
}
