//! What others said of the crisis, as `claims.json` tells what the model makes of it.

use maud::html;
use serde::Deserialize;

use super::{Report, absent};
use crate::ensemble::summary::Interval;
use crate::report::comparison::signed_span;
use crate::report::html::{Section, Table, fact_link};
use crate::report::layout::thousands;

/// `claims.json`, as far as the page needs it.
#[derive(Debug, Clone, Deserialize)]
pub struct Claims {
    /// Title of the file of claims.
    pub title: String,
    /// How the pairs were run.
    pub design: ClaimsDesign,
    /// Claim by claim.
    pub claims: Vec<Claim>,
}

/// How the pairs were run.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct ClaimsDesign {
    /// Random seed.
    pub seed: u64,
    /// Pairs of runs for each claim.
    pub pairs: u64,
}

/// A claim.
#[derive(Debug, Clone, Deserialize)]
pub struct Claim {
    /// The statement.
    pub statement: String,
    /// Who made it.
    pub said_by: String,
    /// When.
    pub date: String,
    /// The facts that report it.
    pub facts: Vec<Cited>,
    /// The first scenario of the pair.
    pub base: Side,
    /// The second.
    pub change: Side,
    /// How the statement was translated.
    pub translation: String,
    /// What the model says.
    pub verdict: String,
    /// What was measured.
    pub effect: Effect,
}

/// A fact.
#[derive(Debug, Clone, Deserialize)]
pub struct Cited {
    /// Its id.
    pub id: String,
}

/// A side of a pair.
#[derive(Debug, Clone, Deserialize)]
pub struct Side {
    /// Scenario files.
    pub files: Vec<String>,
}

/// What was measured.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Effect {
    /// 95 % by chance.
    pub interval: Interval,
    /// Share of draws in which the sign holds.
    pub sign_holds: f64,
}

/// Claims whose experiment uses the file of the report.
pub(super) fn about<'r>(report: &'r Report<'_>) -> Vec<&'r Claim> {
    let last = |path: &str| path.rsplit(['/', '\\']).next().map(str::to_owned);
    let own = last(&report.origin.file);
    let claims = report.claims.iter().flat_map(|claims| &claims.claims);
    claims
        .filter(|claim| {
            let mut files = claim.base.files.iter().chain(&claim.change.files);
            files.any(|file| last(file) == own)
        })
        .collect()
}

pub(super) fn claims(report: &Report<'_>) -> Section {
    let all = about(report);
    let body = html! {
        @match report.claims {
            None => (absent(
                "Statements of others are put to the model apart; the folder that this command writes can \
                 be given to the report by --claims:",
                "jawjaw claims",
            )),
            Some(_) if all.is_empty() => {
                p { "None of the claims that were put to the model uses this file." }
            }
            Some(claims) => {
                p {
                    "From “" (claims.title) "”: those whose experiment uses this file, in "
                    (thousands(claims.design.pairs)) " pairs of runs each, seed " (claims.design.seed)
                    ". A verdict is about the model, not about the world."
                }
                (table(&all))
            }
        }
    };
    Section::new("claims", "What others said, put to the model", body)
}

fn table(all: &[&Claim]) -> Table {
    let mut table = Table::new("Claims and what the model makes of them")
        .text("Statement")
        .text("Verdict")
        .number("Change, points")
        .number("Sign holds")
        .text("How it was translated");
    for claim in all {
        table.row([
            html! {
                (claim.statement) " (" (claim.said_by) ", " (claim.date) ")"
                @for fact in &claim.facts { " " (fact_link(&fact.id)) }
            },
            html! { strong { (claim.verdict) } },
            html! { (signed_span(claim.effect.interval)) },
            html! { (format!("{:.0}%", 100.0 * claim.effect.sign_holds)) },
            html! { (claim.translation) },
        ]);
    }
    table
}
