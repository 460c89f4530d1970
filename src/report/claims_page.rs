//! The claims as a page: each statement with who made it, its experiment, verdict and turning point.
//!
//! Flows in: a [`ClaimsSummary`], the evidence, the chart as SVG. Flows out: one HTML document that
//! needs no other file. Invariant: every fact that a statement or a number rests on is linked to
//! its words on the same page.

use maud::{Markup, Render, html};

use super::claims::{corrected, counts, probability};
use super::html::{Page, Section, SvgError, Table, definitions, fact_link, facts, figure, note};
use super::layout::{hundred, thousands};
use super::text::NOT_A_FORECAST;
use crate::ensemble::claims::signed;
use crate::ensemble::claims::summary::{ClaimSummary, ClaimsSummary, SideSummary};
use crate::ensemble::paired::Verdict;
use crate::evidence::Evidence;
use crate::scenario::quantity::Provenance;

/// What stands on the page besides the results.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The forest plot.
    pub chart: &'a str,
    /// Its description.
    pub description: &'a str,
    /// The evidence that the facts are looked up in.
    pub evidence: &'a Evidence,
    /// The file of claims, as given.
    pub file: &'a str,
    /// The command that makes the same page again.
    pub command: &'a str,
}

/// The page.
///
/// # Errors
/// If the chart is no sound SVG.
pub fn page(summary: &ClaimsSummary, setting: Setting<'_>) -> Result<String, SvgError> {
    let design = summary.design;
    let lead = html! {
        p { (counts(summary)) " " (capital(NOT_A_FORECAST)) "." }
        @if let Some(text) = &summary.summary { p { (text) } }
        p class="quiet" {
            (thousands(design.pairs)) " pairs of runs for each claim: "
            (thousands(u64::from(design.draws))) " draws of the uncertain numbers, "
            (design.replicates) " runs each, seed " (design.seed) "."
        }
    };
    let picture = figure(
        setting.chart,
        "forest",
        "How far each pair of scenarios differs, and what that says of the claim",
        &format!(
            "{} The numbers, claim by claim, are in the table.",
            counts(summary)
        ),
        Some(&overview(summary)),
    )?;
    let mut page = Page::new(&summary.title).lead(lead).section(Section::new(
        "glance",
        "At a glance",
        html! {
            (picture)
            p class="quiet" { (setting.description) }
        },
    ));
    for (verdict, id, heading, lead) in [
        (
            Verdict::Supported,
            "supported",
            "Supported",
            "The model goes where the statement says. It may do so because the assumptions say the same.",
        ),
        (
            Verdict::Contradicted,
            "contradicted",
            "Contradicted",
            "The model goes elsewhere. The remark says why, and whether that is a finding or a limit of the model.",
        ),
        (
            Verdict::Inconclusive,
            "inconclusive",
            "Inconclusive",
            "The change is too small for so many runs, or not told from none after correcting for the number of claims.",
        ),
    ] {
        let claims: Vec<&ClaimSummary> = (summary.claims.iter())
            .filter(|claim| claim.finding.verdict == verdict)
            .collect();
        if claims.is_empty() {
            continue;
        }
        let body = html! {
            p { (lead) }
            @for claim in claims { (entry(claim)) }
        };
        page = page.section(Section::new(id, heading, body));
    }
    page = page.section(Section::new("method", "How to read it", method(summary)));
    let ids = summary.claims.iter().flat_map(cited);
    let page = page.section(facts(setting.evidence, ids)).colophon(html! {
        p {
            "Made by " (env!("CARGO_PKG_NAME")) " " (env!("CARGO_PKG_VERSION")) " from "
            code { (setting.file) } ". To make it again: " code { (setting.command) } "."
        }
    });
    Ok(page.render())
}

/// The facts of a claim and of the number that turns it.
fn cited(claim: &ClaimSummary) -> Vec<&str> {
    let own = claim.facts.iter().map(|fact| fact.id.as_str());
    let turning = (claim.finding.search.flip.iter())
        .flat_map(|flip| flip.probe.provenance.from.iter().map(String::as_str));
    own.chain(turning).collect()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

fn overview(summary: &ClaimsSummary) -> Table {
    let mut table = Table::new("Every claim: change in points of a hundred")
        .text("Claim")
        .text("Verdict")
        .number("Change")
        .number("Chance, 95 %")
        .number("Draws, 5 to 95 %")
        .number("Sign holds in draws");
    for claim in &summary.claims {
        let effect = &claim.finding.effect;
        let span = |low: f64, high: f64| format!("{} to {}", signed(low), signed(high));
        table.row([
            claim.id.clone(),
            claim.finding.verdict.word().to_owned(),
            signed(effect.difference),
            span(effect.interval.low, effect.interval.high),
            span(effect.band.q05, effect.band.q95),
            format!("{:.0} %", 100.0 * effect.sign_holds),
        ]);
    }
    table
}

fn entry(claim: &ClaimSummary) -> Markup {
    let finding = &claim.finding;
    let effect = &finding.effect;
    let rows: Vec<(&str, Markup)> = vec![
        (
            "Said by",
            html! {
                (claim.said_by) ", " (claim.date) ": "
                @for (index, fact) in claim.facts.iter().enumerate() {
                    @if index > 0 { ", " }
                    (fact_link(&fact.id))
                }
            },
        ),
        ("Expected", html! { (capital(&claim.expectation())) "." }),
        (
            "Verdict",
            html! {
                strong { (capital(finding.verdict.word())) } (corrected(claim))
            },
        ),
        (
            "Change",
            html! {
                (signed(effect.difference)) " points, from " (hundred(effect.first)) " to "
                (hundred(effect.second)) "; by chance alone " (signed(effect.interval.low)) " to "
                (signed(effect.interval.high)) " (95 %), p " (probability(finding.p)) ", after Holm's correction "
                (probability(finding.p_holm)) "."
            },
        ),
        (
            "Over the draws",
            html! {
                "9 draws of 10 lie from " (signed(effect.band.q05)) " to " (signed(effect.band.q95))
                " points, chance taken out; in " (format!("{:.0}", 100.0 * effect.sign_holds))
                " of 100 draws the sign is that of the mean. As counted: up in " (thousands(effect.draws_up)) ", down in "
                (thousands(effect.draws_down)) ", the same in " (thousands(effect.draws_same)) "."
            },
        ),
        ("First scenario", side(&claim.base)),
        ("Second scenario", side(&claim.change)),
        ("What would turn it", turning(claim)),
        ("Translation", html! { (claim.translation) }),
    ];
    html! {
        h3 id={ "claim-" (claim.id) } { "\u{201c}" (claim.statement) "\u{201d}" }
        (definitions(rows))
        @if let Some(remark) = &claim.remark { (note(html! { p { strong { "Why. " } (remark) } })) }
    }
}

fn side(side: &SideSummary) -> Markup {
    html! {
        @for file in &side.files { code { (file) } " " }
        @if !side.changes.is_empty() {
            "with"
            ul { @for change in &side.changes { li { code { (change) } } } }
        }
    }
}

fn turning(claim: &ClaimSummary) -> Markup {
    let why = claim.finding.search.flip.as_ref();
    html! {
        (capital(&claim.turning_point().replace('`', ""))) "."
        @if let Some(flip) = why {
            " The number rests on " (provenance(&flip.probe.provenance)) "."
        }
    }
}

fn provenance(provenance: &Provenance) -> Markup {
    html! {
        @for (index, id) in provenance.from.iter().enumerate() {
            @if index > 0 { ", " }
            (fact_link(id))
        }
        @if let Some(assumed) = &provenance.assumed {
            @if !provenance.from.is_empty() { "; " }
            "an assumption: " (assumed.trim_end_matches('.'))
        }
        @if provenance.from.is_empty() && provenance.assumed.is_none() { "nothing stated" }
    }
}

fn method(summary: &ClaimsSummary) -> Markup {
    let terms: Vec<(&str, Markup)> = vec![
        (
            "A pair",
            html! {
                "Two scenarios, played run by run on the same luck: every random quantity that they share takes \
                 the same value in both. The change is the second less the first."
            },
        ),
        (
            "Chance and not knowing",
            html! {
                "The interval by chance would shrink with more runs. The spread over draws would not: it comes \
                 from numbers that nobody knows."
            },
        ),
        (
            "Verdict",
            html! {
                "Supported if the whole 95 % interval lies where the statement wants it, contradicted if it lies \
                 wholly elsewhere, and in both cases only if the test holds at 5 % after Holm's correction over "
                (summary.design.stated) " claims. It says what the model implies, not what is true."
            },
        ),
        (
            "What would turn it",
            html! {
                "Each uncertain number is looked at in turn: how the effect goes with it over the draws says which \
                 ones might turn the verdict; those are held at the 5 % or 95 % end of their range in both \
                 scenarios and played. Numbers that only act together, or only in the middle of their range, are \
                 not found this way."
            },
        ),
    ];
    definitions(terms).render()
}
