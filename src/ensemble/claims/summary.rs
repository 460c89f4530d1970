//! The results of a claims file: plain numbers and words, ready for tables, the chart and JSON.

use serde::Serialize;

use super::{Finding, Question, Test};
use crate::ensemble::Plan;
use crate::ensemble::paired::Verdict;
use crate::scenario::claims::{Claim, ClaimsFile, Experiment, Measure, Side};
use crate::scenario::types::Direction;

/// Everything known about the claims of a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimsSummary {
    /// Id of the file.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it holds.
    pub summary: Option<String>,
    /// How the pairs were run.
    pub design: ClaimsDesign,
    /// Claim by claim, in the file's order.
    pub claims: Vec<ClaimSummary>,
}

/// How the pairs were run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ClaimsDesign {
    /// Seed, the same for both scenarios of every pair.
    pub seed: u64,
    /// Draws of the uncertain numbers.
    pub draws: u32,
    /// Runs for each draw.
    pub replicates: u32,
    /// Pairs of runs for each claim.
    pub pairs: u64,
    /// Claims in the file; Holm's correction is over those that were put to the model.
    pub stated: usize,
}

/// A claim and what the model says of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimSummary {
    /// Its id.
    pub id: String,
    /// The statement.
    pub statement: String,
    /// Who made it.
    pub said_by: String,
    /// When.
    pub date: String,
    /// The facts that report it.
    pub facts: Vec<CitedFact>,
    /// The first scenario of the pair.
    pub base: SideSummary,
    /// The second.
    pub change: SideSummary,
    /// What is measured.
    pub measure: Measure,
    /// Where it should go.
    pub direction: Direction,
    /// How far at least; for `same`, within how much of zero.
    pub at_least: f64,
    /// How the statement was translated, and what is lost.
    pub translation: String,
    /// What the runs showed and why.
    pub remark: Option<String>,
    /// What the model says.
    #[serde(flatten)]
    pub finding: Finding,
}

/// A fact that reports a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CitedFact {
    /// Its id.
    pub id: String,
    /// What it says; none where the evidence is not at hand.
    pub statement: Option<String>,
}

/// One side of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SideSummary {
    /// Scenario files, as written.
    pub files: Vec<String>,
    /// What is taken away and set in them.
    pub changes: Vec<String>,
}

impl SideSummary {
    fn of(side: &Side) -> Self {
        Self {
            files: side.files().into_iter().map(str::to_owned).collect(),
            changes: side.changes(),
        }
    }

    /// The files, then the changes, in one line.
    pub fn words(&self) -> String {
        let mut words = self.files.join(" + ");
        if !self.changes.is_empty() {
            words = format!("{words} with {}", self.changes.join("; "));
        }
        words
    }
}

/// The question that a claim asks.
pub fn question(claim: &Claim, experiment: &Experiment) -> Question {
    Question {
        base: experiment.base,
        change: experiment.change,
        measure: claim.measure.clone(),
        test: Test::new(claim.direction, claim.at_least),
    }
}

/// Joins the claims that were put to the model with what it says; `claims` are their places in the
/// file.
pub fn summarise(
    file: &ClaimsFile,
    experiments: &[Experiment],
    claims: &[usize],
    findings: Vec<Finding>,
    plan: Plan,
) -> ClaimsSummary {
    let claim = |(place, finding): (&usize, Finding)| {
        let claim = &file.claims[*place];
        let facts = experiments[*place].facts.iter();
        ClaimSummary {
            id: claim.id.clone(),
            statement: claim.statement.clone(),
            said_by: claim.said_by.clone(),
            date: claim.date.to_string(),
            facts: facts
                .map(|(id, text)| CitedFact {
                    id: id.clone(),
                    statement: text.as_ref().map(|text| text.statement.clone()),
                })
                .collect(),
            base: SideSummary::of(&claim.base),
            change: SideSummary::of(&claim.change),
            measure: claim.measure.clone(),
            direction: claim.direction,
            at_least: Test::new(claim.direction, claim.at_least).at_least,
            translation: claim.translation.trim().to_owned(),
            remark: claim.remark.as_ref().map(|text| text.trim().to_owned()),
            finding,
        }
    };
    ClaimsSummary {
        id: file.id.clone(),
        title: file.title.clone(),
        summary: file.summary.as_ref().map(|text| text.trim().to_owned()),
        design: ClaimsDesign {
            seed: plan.seed(),
            draws: plan.draws(),
            replicates: plan.replicates(),
            pairs: plan.runs(),
            stated: claims.len(),
        },
        claims: claims.iter().zip(findings).map(claim).collect(),
    }
}

impl ClaimsSummary {
    /// Claims with a verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        let all = self.claims.iter();
        all.filter(|claim| claim.finding.verdict == verdict).count()
    }
}

impl ClaimSummary {
    /// What was expected, in words: `share of a + b falls`.
    pub fn expectation(&self) -> String {
        let what = self.measure.words();
        let points = crate::ensemble::claims::hundredths(self.at_least);
        match (self.direction, self.at_least > 0.0) {
            (Direction::Up, false) => format!("{what} rises"),
            (Direction::Down, false) => format!("{what} falls"),
            (Direction::Up, true) => format!("{what} rises by {points} points or more"),
            (Direction::Down, true) => format!("{what} falls by {points} points or more"),
            (Direction::Same, _) => format!("{what} changes by less than {points} points"),
        }
    }

    /// Which number would turn the verdict, in words.
    pub fn turning_point(&self) -> String {
        let search = &self.finding.search;
        let looked = format!(
            "{} uncertain numbers looked at, {} of them played at the ends of their ranges",
            search.screened, search.played
        );
        if let Some(flip) = &search.flip {
            let probe = &flip.probe;
            let side = if probe.upper { "above" } else { "below" };
            let values = spread(flip.at.map(|value| value.map(short)));
            let range = spread((probe.range).map(|range| {
                range.map(|(low, high)| format!("{} to {}", short(low), short(high)))
            }));
            return format!(
                "`{}` {side} about {values} (5-95 % of its range: {range}) would make it {} ({looked})",
                probe.number,
                probe.verdict.word(),
            );
        }
        let nearest = search.nearest.as_ref().map_or(String::new(), |probe| {
            let end = if probe.upper { "upper" } else { "lower" };
            format!(
                "; nearest comes `{}`, with {} points at its {end} end",
                probe.number,
                super::signed(probe.difference)
            )
        });
        format!("none found that turns it alone ({looked}){nearest}")
    }
}

/// A value of the first and of the second scenario, once if they are the same.
fn spread(sides: [Option<String>; 2]) -> String {
    match sides {
        [Some(first), Some(second)] if first != second => {
            format!("{first} in the first and {second} in the second scenario")
        }
        [Some(value), _] | [None, Some(value)] => value,
        [None, None] => "nothing".to_owned(),
    }
}

/// A number with three significant digits.
pub fn short(x: f64) -> String {
    let size = x.abs();
    let digits = if size >= 100.0 {
        0
    } else if size >= 10.0 {
        1
    } else if size >= 1.0 {
        2
    } else if size >= 0.1 {
        3
    } else {
        4
    };
    let text = format!("{x:.digits$}");
    if text.contains('.') {
        let text = text.trim_end_matches('0').trim_end_matches('.');
        if text == "-0" {
            "0".to_owned()
        } else {
            text.to_owned()
        }
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (x, text) in [
            (0.25, "0.25"),
            (0.123_456, "0.123"),
            (0.012_345, "0.0123"),
            (30.04, "30"),
            (123.4, "123"),
            (0.0, "0"),
            (-0.000_001, "0"),
        ] {
            assert_eq!(short(x), text);
        }
        let both = spread([Some("1".into()), Some("2".into())]);
        assert_eq!(both, "1 in the first and 2 in the second scenario");
        assert_eq!(spread([None, Some("2".into())]), "2");
    }
}
