//! A scenario by the definitions with which other programs publish numbers: `solve --convention`
//! for the solutions, `sao` for a negotiation.

use std::fmt::Write;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::interchange::additive;
use super::{CliError, source};
use crate::evidence::Evidence;
use crate::interchange::Domain;
use crate::interchange::alternating::{self, negotiate};
use crate::interchange::solutions::{self, Point, Solutions, solve};
use crate::interchange::space::{self, TooLarge};

/// Whose definitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Convention {
    /// negmas 0.16
    Negmas,
    /// GENIUS 10.4
    Genius,
    /// This program's
    Jawjaw,
}

impl From<Convention> for solutions::Convention {
    fn from(convention: Convention) -> Self {
        match convention {
            Convention::Negmas => Self::Negmas,
            Convention::Genius => Self::Genius,
            Convention::Jawjaw => Self::Jawjaw,
        }
    }
}

/// Which utilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum View {
    /// Weights and values as written
    #[default]
    Genius,
    /// Each issue and the whole stretched to [0, 1]
    Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// For reading
    #[default]
    Text,
    /// For programs
    Json,
}

/// What both commands read.
#[derive(Debug, Clone, Args)]
struct Reading {
    /// Utilities as written, or stretched to [0, 1]
    #[arg(
        long,
        value_enum,
        value_name = "VIEW",
        default_value_t,
        requires = "convention"
    )]
    view: View,
    /// Values of the uncertain numbers: this draw rather than the most likely ones
    #[arg(long, value_name = "D", requires = "convention")]
    draw: Option<u32>,
    /// Reservation values in place of the file's, one a party
    #[arg(
        long,
        value_name = "R,R,...",
        value_delimiter = ',',
        allow_negative_numbers = true,
        requires = "convention"
    )]
    reserved: Vec<f64>,
    /// Form of the output
    #[arg(
        long,
        value_enum,
        value_name = "FORM",
        default_value_t,
        requires = "convention"
    )]
    format: Format,
}

impl Reading {
    /// The domain as asked for; nothing after the file's errors have been shown.
    fn read(&self, file: &str, seed: u64) -> Result<Option<Domain>, CliError> {
        let loaded = source::open(file, &Evidence::shipped())?;
        let Some(scenario) = source::scenario(&loaded) else {
            return Ok(None);
        };
        let mut domain = additive(scenario, self.draw, seed)?;
        if self.view == View::Unit {
            domain = domain.unit();
        }
        if !self.reserved.is_empty() {
            as_many("--reserved", self.reserved.len(), file, &domain)?;
            for (profile, &reserved) in domain.profiles.iter_mut().zip(&self.reserved) {
                profile.reservation = Some(reserved);
            }
        }
        Ok(Some(domain))
    }
}

fn too_large(file: &str, error: TooLarge) -> CliError {
    CliError::Message(format!("{file}: {error}"))
}

fn as_many(what: &str, given: usize, file: &str, domain: &Domain) -> Result<(), CliError> {
    let parties = domain.profiles.len();
    if given == parties {
        return Ok(());
    }
    Err(CliError::Message(format!(
        "`{what}` has {given}, but {file} has {parties} parties"
    )))
}

/// `solve --convention` and what goes with it.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "By the definitions that published domains are solved with")]
pub struct PublishedArgs {
    /// Print Pareto set and solutions of the weighted utilities alone, by these definitions
    #[arg(long, value_enum, conflicts_with_all = ["lenses", "replicates"])]
    pub(super) convention: Option<Convention>,
    #[command(flatten)]
    reading: Reading,
    /// Add the utilities of every outcome, the last issue running fastest
    #[arg(long, requires = "convention")]
    utilities: bool,
}

#[derive(Serialize)]
struct DomainReport<'d> {
    name: &'d str,
    issues: Vec<IssueRow<'d>>,
    parties: Vec<&'d str>,
    #[serde(flatten)]
    solutions: &'d Solutions,
    #[serde(skip_serializing_if = "Option::is_none")]
    utilities: Option<&'d [Vec<f64>]>,
}

#[derive(Serialize)]
struct IssueRow<'d> {
    name: &'d str,
    values: &'d [String],
}

impl PublishedArgs {
    /// Solves and prints; 1 if the file cannot be used.
    pub(super) fn solve(
        &self,
        convention: Convention,
        file: &str,
        seed: u64,
    ) -> Result<ExitCode, CliError> {
        let Some(domain) = self.reading.read(file, seed)? else {
            return Ok(ExitCode::FAILURE);
        };
        let space = domain
            .space(space::View::Genius)
            .map_err(|error| too_large(file, error))?;
        let solved = solve(&space, convention.into());
        let text = match self.reading.format {
            Format::Text => describe(&domain, &solved).expect("a string takes any text"),
            Format::Json => json(&DomainReport {
                name: &domain.name,
                issues: issues(&domain),
                parties: names(&domain),
                solutions: &solved,
                utilities: self.utilities.then_some(&space.utilities[..]),
            }),
        };
        source::print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn issues(domain: &Domain) -> Vec<IssueRow<'_>> {
    let rows = domain.issues.iter().map(|issue| IssueRow {
        name: &issue.name,
        values: &issue.values,
    });
    rows.collect()
}

fn names(domain: &Domain) -> Vec<&str> {
    let names = domain.profiles.iter().map(|profile| profile.name.as_str());
    names.collect()
}

fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value)
        .expect("a tree of texts and finite numbers has a JSON form");
    text + "\n"
}

fn labels(domain: &Domain, outcome: &[usize]) -> Vec<String> {
    let levels = domain.issues.iter().zip(outcome);
    levels
        .map(|(issue, &level)| issue.values[level].clone())
        .collect()
}

fn point(domain: &Domain, point: &Point) -> String {
    let utils: Vec<String> = point.utils.iter().map(|u| format!("{u:.4}")).collect();
    format!(
        "{}  {}",
        utils.join("  "),
        labels(domain, &point.outcome).join(", ")
    )
}

/// Points of a Pareto set that are shown.
const SHOWN: usize = 20;

fn describe(domain: &Domain, solved: &Solutions) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let name = |solved: &Solutions| match solved.convention {
        solutions::Convention::Negmas => "negmas",
        solutions::Convention::Genius => "GENIUS",
        solutions::Convention::Jawjaw => "jawjaw",
    };
    writeln!(
        text,
        "{}, by the definitions of {}",
        domain.name,
        name(solved)
    )?;
    writeln!(
        text,
        "\n{} outcomes, {} of them worth no agreement or more to everyone",
        solved.n_outcomes, solved.n_rational_outcomes
    )?;
    for (party, profile) in domain.profiles.iter().enumerate() {
        writeln!(
            text,
            "  {}: utility {:.4} to {:.4}, no agreement {:.4}",
            profile.name,
            solved.utility_min[party],
            solved.utility_max[party],
            solved.disagreement[party]
        )?;
    }
    match solved.opposition_level {
        Some(opposition) => writeln!(text, "Opposition {opposition:.4}")?,
        None => writeln!(text, "No outcome is worth no agreement to everyone")?,
    }
    let lists = [
        ("Nash", &solved.nash),
        ("Kalai", &solved.kalai),
        ("Kalai-Smorodinsky", &solved.kalai_smorodinsky),
        ("Highest sum", &solved.max_welfare),
    ];
    for (title, points) in lists {
        writeln!(text, "\n{title}")?;
        for one in points {
            writeln!(text, "  {}", point(domain, one))?;
        }
        if points.is_empty() {
            writeln!(text, "  none")?;
        }
    }
    writeln!(text, "\nPareto set, {} point(s)", solved.pareto.len())?;
    for one in solved.pareto.iter().take(SHOWN) {
        writeln!(text, "  {}", point(domain, one))?;
    }
    if solved.pareto.len() > SHOWN {
        writeln!(
            text,
            "  and {} more, in `--format json`",
            solved.pareto.len() - SHOWN
        )?;
    }
    Ok(text)
}

/// Negotiate by stacked alternating offers, without chance, with strategies others publish
#[derive(Debug, Args)]
pub(super) struct SaoArgs {
    /// Scenario file
    file: String,
    /// Whose definitions to use
    #[arg(long, value_enum)]
    convention: Convention,
    #[command(flatten)]
    reading: Reading,
    /// Seed of the draws
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Strategies, one a party
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        required = true,
        value_name = "KIND,KIND,..."
    )]
    strategies: Vec<Strategy>,
    /// Most rounds; in each every party acts once
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    steps: u32,
    /// List every offer
    #[arg(long)]
    trace: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Strategy {
    /// Concedes late
    #[value(alias("BoulwareTB"), alias("boulware-tb"))]
    Boulware,
    /// Concedes evenly
    #[value(alias("LinearTB"), alias("linear-tb"))]
    Linear,
    /// Concedes early
    #[value(alias("ConcederTB"), alias("conceder-tb"))]
    Conceder,
    /// One new offer for each new one received
    #[value(alias("MiCRO"))]
    Micro,
}

impl From<Strategy> for alternating::Strategy {
    fn from(strategy: Strategy) -> Self {
        match strategy {
            Strategy::Boulware => Self::Boulware,
            Strategy::Linear => Self::Linear,
            Strategy::Conceder => Self::Conceder,
            Strategy::Micro => Self::Micro,
        }
    }
}

#[derive(Serialize)]
struct SaoReport {
    convention: solutions::Convention,
    strategies: Vec<alternating::Strategy>,
    n_steps: u32,
    reserved: Vec<Option<f64>>,
    agreement: Option<Agreement>,
    rounds_executed: usize,
    timedout: bool,
    n_offers: usize,
    random_used: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<Vec<OfferRow>>,
}

#[derive(Serialize)]
struct Agreement {
    outcome: Vec<usize>,
    labels: Vec<String>,
    utils: Vec<f64>,
}

#[derive(Serialize)]
struct OfferRow {
    round: usize,
    party: usize,
    outcome: Vec<usize>,
    utils: Vec<f64>,
}

impl SaoArgs {
    /// Negotiates and prints; 1 if the file cannot be used.
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let Some(domain) = self.reading.read(&self.file, self.seed)? else {
            return Ok(ExitCode::FAILURE);
        };
        as_many("--strategies", self.strategies.len(), &self.file, &domain)?;
        let strategies: Vec<alternating::Strategy> =
            self.strategies.iter().map(|&kind| kind.into()).collect();
        let convention = self.convention.into();
        let run = negotiate(&domain, &strategies, self.steps as usize, convention)
            .map_err(|error| too_large(&self.file, error))?;
        let offers = run.trace.iter().map(|offer| OfferRow {
            round: offer.round,
            party: offer.party,
            outcome: domain.levels(offer.outcome),
            utils: domain.at(offer.outcome),
        });
        let report = SaoReport {
            convention,
            strategies,
            n_steps: self.steps,
            reserved: domain.profiles.iter().map(|p| p.reservation).collect(),
            agreement: run.agreement.map(|outcome| Agreement {
                outcome: domain.levels(outcome),
                labels: labels(&domain, &domain.levels(outcome)),
                utils: domain.at(outcome),
            }),
            rounds_executed: run.rounds,
            timedout: run.agreement.is_none(),
            n_offers: run.trace.len(),
            random_used: run.random_used,
            trace: self.trace.then(|| offers.collect()),
        };
        let text = match self.reading.format {
            Format::Text => tell(&domain, &report).expect("a string takes any text"),
            Format::Json => json(&report),
        };
        source::print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn tell(domain: &Domain, report: &SaoReport) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for offer in report.trace.iter().flatten() {
        let one = Point {
            utils: offer.utils.clone(),
            outcome: offer.outcome.clone(),
        };
        writeln!(
            text,
            "{:>4}  {}: {}",
            offer.round,
            domain.profiles[offer.party].name,
            point(domain, &one)
        )?;
    }
    let rounds = report.rounds_executed;
    match &report.agreement {
        Some(agreement) => {
            let one = Point {
                utils: agreement.utils.clone(),
                outcome: agreement.outcome.clone(),
            };
            writeln!(
                text,
                "Agreement in round {rounds} of {}: {}",
                report.n_steps,
                point(domain, &one)
            )?;
        }
        None => writeln!(text, "No agreement in {rounds} rounds")?,
    }
    if report.random_used {
        writeln!(
            text,
            "A strategy would have drawn an earlier offer by lot; the last one was sent."
        )?;
    }
    Ok(text)
}
