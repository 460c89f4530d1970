//! What a lens says, as data: for the terminal, `solve.json` and the line of contradictions.
//!
//! Flows in: a lens writes it. Flows out: text and JSON elsewhere. Invariant: a number stands in a
//! [`Cell::Band`] with its spread over draws, unless it is a count or a fact of the file.

use serde::Serialize;

use super::plot::Plot;
use super::space::Package;

/// What one lens says about a scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Short name of the lens.
    pub lens: String,
    /// What it looks at, in words.
    pub title: String,
    /// Whether it could be applied.
    pub status: Status,
    /// One sentence that a student understands.
    pub sentence: String,
    /// Tables.
    pub tables: Vec<Table>,
    /// Pictures.
    pub plots: Vec<Plot>,
    /// What to keep in mind: assumptions, what is exact and what is bounded.
    pub notes: Vec<String>,
    /// Tie sets, at the modes: a package named alone is the only one.
    pub ties: Vec<TieSet>,
    /// Packages it singles out.
    pub favours: Vec<Verdict>,
    /// Packages it speaks against.
    pub against: Vec<Verdict>,
}

/// Whether a lens could be applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum Status {
    /// It was.
    Applicable,
    /// The scenario does not state what it needs.
    NotApplicable {
        /// What is missing, each a phrase that completes "needs ...".
        needs: Vec<String>,
    },
}

/// A package with what a lens says of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The package.
    pub package: Package,
    /// A clause: `maximises the product of gains`, `can be left by Russia without sanction`.
    pub says: String,
}

/// The packages among which a lens cannot choose.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TieSet {
    /// What they are tied for: the name of a solution.
    pub of: String,
    /// How many they are, in digits: there may be more than a JSON number holds.
    pub count: String,
    /// Whether none is missing from the count.
    pub exact: bool,
    /// The packages in order, the first 256.
    pub packages: Vec<Package>,
}

/// Rows of numbers under headings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// What it shows.
    pub title: String,
    /// Headings of the cells, in two lines each.
    pub columns: Vec<Heading>,
    /// Rows.
    pub rows: Vec<Row>,
}

/// A heading in two lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Heading {
    /// Upper line.
    pub top: String,
    /// Lower line.
    pub bottom: String,
}

impl Heading {
    /// From its two lines.
    pub fn new(top: impl Into<String>, bottom: impl Into<String>) -> Self {
        Self {
            top: top.into(),
            bottom: bottom.into(),
        }
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// What it is about.
    pub label: String,
    /// One cell a column.
    pub cells: Vec<Cell>,
}

/// How a number is written for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Utility on the 0 to 1 scale, shown as 0 to 100.
    Utility,
    /// A share of 1, shown in per cent.
    Share,
    /// A level of an issue or an average of levels, to one decimal.
    Level,
    /// As it stands.
    Plain,
}

/// One entry of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Cell {
    /// Nothing to say.
    Empty,
    /// Words.
    Text {
        /// The words.
        text: String,
    },
    /// A fact of the file or an exact count, which no draw changes.
    Exact {
        /// Value.
        value: f64,
        /// How it is written.
        unit: Unit,
    },
    /// A number that depends on what nobody knows.
    Band {
        /// Value at the modes, if it has one there.
        modes: Option<f64>,
        /// Over draws.
        spread: Spread,
        /// How it is written.
        unit: Unit,
    },
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// A number at the modes and over draws; draws in which it has no value are left out.
    pub fn band(
        modes: Option<f64>,
        draws: impl IntoIterator<Item = Option<f64>>,
        unit: Unit,
    ) -> Self {
        Self::Band {
            modes,
            spread: Spread::of(draws.into_iter().flatten()),
            unit,
        }
    }

    /// Share of draws in which something holds, and whether it holds at the modes.
    pub fn share(modes: bool, draws: impl IntoIterator<Item = bool>) -> Self {
        let (mut yes, mut n) = (0_u32, 0_u32);
        for holds in draws {
            yes += u32::from(holds);
            n += 1;
        }
        if n == 0 {
            return Self::text(if modes { "yes" } else { "no" });
        }
        Self::Exact {
            value: f64::from(yes) / f64::from(n),
            unit: Unit::Share,
        }
    }
}

/// Quantiles of exact values over draws.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Spread {
    /// 5 % quantile.
    pub q05: f64,
    /// Median.
    pub q50: f64,
    /// 95 % quantile.
    pub q95: f64,
    /// Draws behind it; with 0 the quantiles mean nothing.
    pub n: usize,
}

impl Spread {
    /// Quantiles by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996).
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().filter(|x| x.is_finite()).collect();
        values.sort_unstable_by(f64::total_cmp);
        Self {
            q05: quantile(&values, 0.05),
            q50: quantile(&values, 0.5),
            q95: quantile(&values, 0.95),
            n: values.len(),
        }
    }
}

impl Spread {
    /// Lower and upper quartile of values, by the same rule.
    pub fn quartiles(mut values: Vec<f64>) -> (f64, f64) {
        values.retain(|x| x.is_finite());
        values.sort_unstable_by(f64::total_cmp);
        (quantile(&values, 0.25), quantile(&values, 0.75))
    }
}

fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return 0.0;
    };
    let place = q * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

impl Report {
    /// An empty report of a lens that can be applied.
    pub fn new(lens: &str, title: &str, sentence: impl Into<String>) -> Self {
        Self {
            lens: lens.to_owned(),
            title: title.to_owned(),
            status: Status::Applicable,
            sentence: sentence.into(),
            tables: Vec::new(),
            plots: Vec::new(),
            notes: Vec::new(),
            ties: Vec::new(),
            favours: Vec::new(),
            against: Vec::new(),
        }
    }

    /// The report of a lens whose inputs the scenario does not state.
    pub fn not_applicable(lens: &str, title: &str, needs: Vec<String>) -> Self {
        let sentence = format!("Not applicable: needs {}.", needs.join("; needs "));
        Self {
            status: Status::NotApplicable { needs },
            ..Self::new(lens, title, sentence)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate_and_skip_what_is_no_number() {
        let spread = Spread::of([3.0, f64::NAN, 1.0, 2.0, f64::INFINITY]);
        assert_eq!(spread.n, 3);
        assert!((spread.q05 - 1.1).abs() < 1e-12);
        assert!((spread.q50 - 2.0).abs() < 1e-12 && (spread.q95 - 2.9).abs() < 1e-12);
        assert_eq!(Spread::of([]).n, 0);
    }

    #[test]
    fn a_missing_input_is_said() {
        let report = Report::not_applicable("tree", "A tree", vec!["a declared `tree`".to_owned()]);
        assert_eq!(report.sentence, "Not applicable: needs a declared `tree`.");
        assert!(report.tables.is_empty());
    }
}
