//! Counts against the baseline.
//!
//! Flows in: the baseline, what was counted and by which compiler. Flows out: a verdict, case by
//! case. Invariant: only a baseline written by the same compiler for the same machine can fail.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Share by which a case may need more instructions than its baseline.
pub const ALLOWED: f64 = 0.05;
/// Share below which an update leaves a case as it stands, so that small steps add up against the
/// old count.
pub const NOTHING: f64 = 0.01;

const HEAD: &str = "\
# Instructions that a unit of each case takes. CI fails where one takes 5 % more. Written by
# `benches/guard/run.sh --update \"reason\"`; the reason is that of a case's last change.
";

/// What counts depend on besides the sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compiler {
    /// `rustc --version`.
    pub rustc: String,
    /// Target triple.
    pub target: String,
}

/// A stored count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Instructions a unit.
    pub instructions: u64,
    /// Day of the last change.
    pub date: String,
    /// Why it changed then.
    pub reason: String,
}

/// `baseline.toml`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// By what it was counted.
    pub compiler: Compiler,
    /// By case.
    pub cases: BTreeMap<String, Entry>,
}

impl Baseline {
    /// Nothing counted yet.
    pub fn new(compiler: Compiler) -> Self {
        let cases = BTreeMap::new();
        Self { compiler, cases }
    }

    /// Reads the file.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Text of the file.
    pub fn text(&self) -> String {
        let body = toml::to_string(self).expect("texts and numbers have a TOML form");
        format!("{HEAD}\n{body}")
    }

    /// By case.
    pub fn instructions(&self) -> BTreeMap<String, u64> {
        let cases = self.cases.iter();
        cases
            .map(|(name, entry)| (name.clone(), entry.instructions))
            .collect()
    }

    /// With new counts where they moved, or everywhere if the compiler is another or `all` is asked.
    pub fn updated(
        &self,
        compiler: Compiler,
        measured: &BTreeMap<String, u64>,
        date: &str,
        reason: &str,
        all: bool,
    ) -> Self {
        let all = all || compiler != self.compiler;
        let mut cases = self.cases.clone();
        for (name, &instructions) in measured {
            let change = cases
                .get(name)
                .map(|entry| change(entry.instructions, instructions));
            if all || change.is_none_or(|change| change.abs() >= NOTHING) {
                let (date, reason) = (date.to_owned(), reason.to_owned());
                let entry = Entry {
                    instructions,
                    date,
                    reason,
                };
                cases.insert(name.clone(), entry);
            }
        }
        Self { compiler, cases }
    }
}

/// Change as a share of what was.
fn change(before: u64, after: u64) -> f64 {
    after as f64 / before as f64 - 1.0
}

/// How a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Within the limits.
    Same,
    /// Needs more than is allowed.
    Worse,
    /// Needs so much less that the baseline guards nothing any more.
    Better,
    /// Counted, but not in the baseline.
    Unknown,
    /// In the baseline, but not counted.
    Missing,
}

/// The verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Case, baseline, count, standing.
    pub rows: Vec<(String, Option<u64>, Option<u64>, Standing)>,
    /// The compilers, if they differ: counts then only inform.
    pub other: Option<(Compiler, Compiler)>,
}

/// Holds counts to a baseline.
pub fn compare(
    baseline: &Baseline,
    compiler: &Compiler,
    measured: &BTreeMap<String, u64>,
) -> Verdict {
    let mut names: Vec<&String> = baseline.cases.keys().chain(measured.keys()).collect();
    names.sort();
    names.dedup();
    let row = |name: &String| {
        let before = baseline.cases.get(name).map(|entry| entry.instructions);
        let after = measured.get(name).copied();
        let standing = match (before, after) {
            (None, _) => Standing::Unknown,
            (_, None) => Standing::Missing,
            (Some(before), Some(after)) => match change(before, after) {
                change if change > ALLOWED => Standing::Worse,
                change if change < -ALLOWED => Standing::Better,
                _ => Standing::Same,
            },
        };
        (name.clone(), before, after, standing)
    };
    Verdict {
        rows: names.into_iter().map(row).collect(),
        other: (*compiler != baseline.compiler)
            .then(|| (baseline.compiler.clone(), compiler.clone())),
    }
}

impl Verdict {
    /// Whether the change must not go in: a case needs more than is allowed, or has no baseline, or
    /// is no longer counted.
    pub fn fails(&self) -> bool {
        let bad = |standing| {
            matches!(
                standing,
                Standing::Worse | Standing::Unknown | Standing::Missing
            )
        };
        self.other.is_none() && self.rows.iter().any(|row| bad(row.3))
    }
}

/// The table alone.
pub struct Table<'v>(pub &'v Verdict);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |count: Option<u64>| count.map_or("-".to_owned(), thousands);
        writeln!(
            f,
            "{:<20}  {:>14}  {:>14}  {:>8}",
            "instructions a unit", "baseline", "now", "change"
        )?;
        for (name, before, after, standing) in &self.0.rows {
            let moved = match (before, after) {
                (Some(before), Some(after)) => format!("{:+.2} %", change(*before, *after) * 100.0),
                _ => "-".to_owned(),
            };
            let remark = match standing {
                Standing::Same => "",
                Standing::Worse => "  more than 5 % worse",
                Standing::Better => "  better: update the baseline",
                Standing::Unknown => "  not in the baseline",
                Standing::Missing => "  not counted any more",
            };
            let (before, after) = (count(*before), count(*after));
            writeln!(
                f,
                "{name:<20}  {before:>14}  {after:>14}  {moved:>8}{remark}"
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Table(self))?;
        if let Some((before, now)) = &self.other {
            writeln!(
                f,
                "guard: only informs, since the baseline is of {} for {}, this is {} for {}",
                before.rustc, before.target, now.rustc, now.target
            )?;
        } else if self.fails() {
            writeln!(
                f,
                "guard: failed. Make it cheap again, or say why it costs more: \
                 benches/guard/run.sh --update \"reason\""
            )?;
        }
        if self.rows.iter().any(|row| row.3 == Standing::Better) {
            writeln!(
                f,
                "guard: an improvement is guarded only once the baseline knows of it: \
                 benches/guard/run.sh --update \"reason\""
            )?;
        }
        Ok(())
    }
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
