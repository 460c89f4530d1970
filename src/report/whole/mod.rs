//! The report on one scenario: a page that can be read, printed and argued with on its own.
//!
//! Flows in: a scenario, its evidence, an ensemble of its runs, its pictures. Flows out: one HTML
//! document. Invariant: every number of the scenario stands in it with its reasons, every fact it cites
//! is printed at its end, and it says how to make it again.

mod claims;
mod numbers;
mod results;
mod scenario;

use maud::{Markup, html};

use super::comparison::CheckedExpectation;
use super::html::{Page, Section, SvgError, facts, note};
use super::layout::{percent, thousands};
use crate::ensemble::association::Associations;
use crate::ensemble::summary::{OutcomeShare, Summary};
use crate::evidence::Evidence;
use crate::scenario::standing::Standing;
use crate::scenario::types::Scenario;

pub use claims::Claims;

/// A picture of the ensemble.
#[derive(Debug, Clone)]
pub struct Picture {
    /// File stem, such as `1-outcomes`.
    pub name: String,
    /// Its title, which states the main number.
    pub title: String,
    /// As SVG.
    pub svg: String,
}

/// How the runs came about.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Scenario file as given.
    pub file: String,
    /// SHA-256 of its text.
    pub sha256: String,
    /// SHA-256 of the text after `extends`.
    pub resolved_sha256: String,
    /// The command that makes the same runs.
    pub command: String,
    /// Version of the program.
    pub version: String,
    /// Version of what the model computes.
    pub model_version: u32,
    /// Hash of the plan, of an experiment.
    pub plan: Option<String>,
    /// What must be known of the runs: missing or failed ones, pictures left out.
    pub notes: Vec<String>,
}

/// What moving each uncertain number does to the outcomes, told in sentences.
#[derive(Debug, Clone)]
pub struct Screened {
    /// Trajectories.
    pub trajectories: u64,
    /// Runs played for it.
    pub runs: u64,
    /// One for each of the top drivers, with what stands behind the number.
    pub sentences: Vec<String>,
    /// Pictures of it.
    pub pictures: Vec<Picture>,
}

/// What the report is made of.
#[derive(Debug)]
pub struct Report<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// What it rests on.
    pub evidence: &'a Evidence,
    /// Its runs.
    pub summary: &'a Summary,
    /// Pictures of them.
    pub pictures: &'a [Picture],
    /// What moving the numbers does; none if it was not looked for.
    pub screening: Option<&'a Screened>,
    /// What goes with some of its outcomes: index of the outcome, then the numbers.
    pub drivers: &'a [(usize, Associations)],
    /// Its expectations, checked; empty if it has none or they were not.
    pub expectations: &'a [CheckedExpectation],
    /// Claims put to the model; none if the page was made without.
    pub claims: Option<&'a Claims>,
    /// How it came about.
    pub origin: &'a Origin,
}

impl Report<'_> {
    /// The document.
    ///
    /// # Errors
    /// If a picture cannot stand inside a page.
    pub fn page(&self) -> Result<String, SvgError> {
        let mut page = Page::new(self.scenario.title.clone())
            .lead(self.lead())
            .section(scenario::question(self))
            .section(results::ends(self)?)
            .section(results::time(self)?)
            .section(results::drivers(self)?)
            .section(results::expectations(self))
            .section(claims::claims(self));
        if let Some(table) = results::table(self)? {
            page = page.section(table);
        }
        page = page
            .section(scenario::words(self))
            .section(numbers::numbers(self))
            .section(self.limits())
            .section(self.reproduce());
        Ok(page.section(facts(self.evidence, self.cited())).render())
    }

    fn lead(&self) -> Markup {
        let design = &self.summary.design;
        html! {
            p {
                "What follows from the assumptions in one file, in " (thousands(design.runs)) " runs: "
                (thousands(u64::from(design.draws))) " draws of the uncertain numbers, "
                (thousands(u64::from(design.replicates)))
                @if design.partial { " runs each were planned. " } @else { " runs each. " }
                "It is not a forecast."
            }
            @for note in &self.origin.notes { p { (note) } }
            @if design.partial && self.origin.plan.is_none() {
                p { strong { "Partial: the runs were stopped before all were done." } }
            }
        }
    }

    /// Every fact that the page links to, in the order in which it does.
    fn cited(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = Vec::new();
        if let Some(card) = &self.scenario.hypothesis {
            ids.extend(card.from.iter().chain(&card.against).map(String::as_str));
        }
        ids.extend(scenario::cited(self.scenario));
        for quantity in self.scenario.quantities() {
            ids.extend(quantity.provenance.from.iter().map(String::as_str));
        }
        let claims = claims::about(self).into_iter();
        ids.extend(claims.flat_map(|claim| claim.facts.iter().map(|fact| fact.id.as_str())));
        ids.extend(self.summary.benchmarks.iter().map(|mark| mark.id.as_str()));
        ids
    }

    fn limits(&self) -> Section {
        let quantities = self.scenario.quantities();
        let assumed = (quantities.iter())
            .filter(|quantity| {
                let standing = Standing::of(&quantity.provenance, self.evidence);
                matches!(
                    standing,
                    Standing::Assumed | Standing::Unsourced | Standing::Remembered
                )
            })
            .count();
        let partly = (quantities.iter())
            .filter(|quantity| {
                Standing::of(&quantity.provenance, self.evidence) == Standing::Partly
            })
            .count();
        let total = quantities.len();
        let body = html! {
            ul {
                li {
                    "The parties weigh costs and gains by rules from the literature on bargaining. Nobody "
                    "in the model is tired, insulted, proud or misinformed by a subordinate."
                }
                li {
                    "Only the parties, issues, venues, moves and events of the file exist. What nobody "
                    "wrote down can neither happen nor be thought of by anybody."
                }
                li {
                    "The others learn about a party among the types that the file lists; they cannot "
                    "discover a motive that is not there."
                }
                li {
                    "Most sizes are judgement: of " (thousands(total as u64)) " numbers "
                    (thousands(assumed as u64)) " rest on no document and " (thousands(partly as u64))
                    " on documents only in part. A document says that something matters and in which "
                    "direction; how much is the analyst's number."
                }
                li {
                    "The time before " (self.scenario.calendar.start) " is cited, not simulated, and "
                    "nothing happens after " (self.scenario.calendar.horizon) ": a run that is open then "
                    "is counted as it stands."
                }
                li {
                    "No fact is later than " (self.scenario.cutoff) ". A file written later cannot be "
                    "cleaned of hindsight, only made open to attack: that it agrees with what happened "
                    "would prove nothing."
                }
                @if !self.summary.benchmarks.is_empty() {
                    li {
                        "A base rate is a neighbour, not a judge: whether this crisis belongs to a class "
                        "of past ones is the reader's decision."
                    }
                }
            }
        };
        Section::new("limits", "What the model leaves out", body)
    }

    fn reproduce(&self) -> Section {
        let origin = self.origin;
        let design = &self.summary.design;
        let body = html! {
            p { "The same version, file and seed give the same numbers to the last digit, on any machine." }
            p { code { (origin.command) } }
            dl {
                dt { "Program" }
                dd { "jawjaw " (origin.version) ", version " (origin.model_version) " of the model" }
                dt { "Seed" }
                dd { (design.seed) }
                @if let Some(hash) = &origin.plan {
                    dt { "SHA-256 of the experiment's plan" }
                    dd { code { (hash) } }
                }
                dt { "Scenario file" }
                dd { code { (origin.file) } }
                dt { "SHA-256 of its text" }
                dd { code { (origin.sha256) } }
                dt { "SHA-256 with all that it extends" }
                dd { code { (origin.resolved_sha256) } }
            }
        };
        Section::new("reproduce", "How to make it again", body)
    }
}

/// An outcome in a sentence: `Talks continue in 56.0% of runs`.
fn in_runs(outcome: &OutcomeShare) -> String {
    format!("{} in {} of runs", outcome.name, percent(outcome.share))
}

/// A remark that something is not here and how to get it.
fn absent(text: &str, command: &str) -> Markup {
    note(html! { p { (text) " " code { (command) } } })
}
