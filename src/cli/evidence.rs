//! `jawjaw evidence`: what the documents say, and what in the scenarios rests on it.

mod show;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use super::text::{Listing, print, push_field, push_line, push_wrapped, say, width};
use super::{CliError, source};
use crate::diagnostic::{Diagnostic, Severity, Sources, line_at};
use crate::evidence::{
    BaseRate, Evidence, FactFilter, FactKind, Figure, Forecast, ForecastValue, Named, Status,
    set_texts,
};

/// Arguments of `evidence`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct EvidenceArgs {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    filter: FilterArgs,
    /// Read the evidence from this folder instead of the one shipped
    #[arg(long, global = true, value_name = "DIR", conflicts_with = "scenario")]
    seeds: Option<PathBuf>,
    /// Read the evidence that this scenario file rests on
    #[arg(long, global = true, value_name = "FILE")]
    scenario: Option<String>,
    /// Form of the output
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print one fact or base rate and every place in the scenarios that cites it
    Show {
        /// Id of a fact or a base rate
        id: String,
        /// Folder of scenario files to search [default: scenarios]
        #[arg(long, value_name = "DIR")]
        scenarios: Option<PathBuf>,
    },
    /// List the source documents and what is wrong with them
    Documents,
    /// List the empirical reference classes and the forecasts of the time
    BaseRates,
}

#[derive(Debug, Args)]
struct FilterArgs {
    /// List only facts of this kind
    #[arg(long, value_parser = kinds())]
    kind: Option<String>,
    /// List only facts that concern this actor
    #[arg(long)]
    actor: Option<String>,
    /// List only facts of this document
    #[arg(long)]
    document: Option<String>,
    /// List only facts that contain this text
    #[arg(long)]
    text: Option<String>,
}

fn kinds() -> PossibleValuesParser {
    FactKind::ALL
        .iter()
        .map(|kind| kind.name())
        .collect::<Vec<_>>()
        .into()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading
    Text,
    /// For programs
    Json,
}

impl EvidenceArgs {
    /// Runs the command.
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let chosen = match (&self.seeds, &self.scenario) {
            (None, None) => Some(Evidence::shipped()),
            (Some(folder), _) => read_seeds(folder)?,
            (None, Some(file)) => of_scenario(file)?,
        };
        let Some(evidence) = chosen else {
            return Ok(ExitCode::FAILURE);
        };
        match self.what {
            None => list(&evidence, &self.filter, self.format),
            Some(What::Show { id, scenarios }) => {
                let shipped = self.seeds.is_none() && self.scenario.is_none();
                show::show(&evidence, &id, shipped, scenarios.as_deref(), self.format)
            }
            Some(What::Documents) => documents(&evidence, self.format),
            Some(What::BaseRates) => base_rates(&evidence, self.format),
        }
    }
}

/// The evidence that a scenario file rests on; nothing after its errors have been shown.
fn of_scenario(file: &str) -> Result<Option<Evidence>, CliError> {
    let shipped = Evidence::shipped();
    let loaded = source::open(file, &shipped)?;
    // What is wrong with the scenario elsewhere does not keep its evidence from being read.
    if loaded.evidence.is_none() && source::scenario(&loaded).is_none() {
        return Ok(None);
    }
    Ok(Some(loaded.evidence.unwrap_or(shipped)))
}

/// Reads a set of evidence; says what is wrong and returns nothing if it cannot be used.
fn read_seeds(folder: &Path) -> Result<Option<Evidence>, CliError> {
    let present = toml_files(folder)?;
    let name = folder.display().to_string();
    let name = name.trim_end_matches(['/', '\\']);
    let texts = set_texts(name, &mut |file| match read(Path::new(file)) {
        Ok(text) => Ok(Some(text)),
        Err(CliError::File { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    })?;
    if let Some(missing) = texts.missing.first() {
        // In the system's own words.
        read(Path::new(missing))?;
    }
    for path in present {
        // Folders further down hold other sets.
        let below = path
            .parent()
            .and_then(|parent| parent.strip_prefix(folder).ok());
        let own = below.is_some_and(|below| below == Path::new("") || below == Path::new("facts"));
        if own && texts.files.iter().all(|(file, _)| Path::new(file) != path) {
            say(&format!(
                "warning: {} is not read; facts of a document `x` stand in facts/x.toml",
                path.display()
            ));
        }
    }
    let files: Vec<(&str, &str)> = (texts.files.iter())
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let (evidence, diagnostics, sources) = Evidence::parse(&files);
    for diagnostic in &diagnostics {
        say(&line_of(diagnostic, &sources));
    }
    let usable = diagnostics
        .iter()
        .all(|diagnostic| diagnostic.severity < Severity::Error);
    Ok(usable.then_some(evidence))
}

/// `file:line: error: message; help`.
fn line_of(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let place = diagnostic.labels.first().map_or_else(String::new, |label| {
        let source = &sources.files[label.source.0 as usize];
        format!(
            "{}:{}: ",
            source.name,
            line_at(&source.text, label.span.start)
        )
    });
    let severity = match diagnostic.severity {
        Severity::Notice => "notice",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let help = diagnostic
        .help
        .as_ref()
        .map_or_else(String::new, |help| format!("; {help}"));
    format!("{place}{severity}: {}{help}", diagnostic.message)
}

/// The `.toml` files under a folder, in the order of their names. Links to folders are not followed.
fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let failed = |source| CliError::File {
        action: "read",
        path: folder.display().to_string(),
        source,
    };
    let mut files = Vec::new();
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(failed)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_type().map_err(failed)?.is_dir() {
            files.extend(toml_files(&path)?);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    Ok(files)
}

fn read(path: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(path).map_err(|source| CliError::File {
        action: "read",
        path: path.display().to_string(),
        source,
    })
}

fn print_json(value: &impl Serialize) -> Result<ExitCode, CliError> {
    let text = serde_json::to_string_pretty(value).expect("these types have only text keys");
    print(&format!("{text}\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn list(evidence: &Evidence, args: &FilterArgs, format: Format) -> Result<ExitCode, CliError> {
    let kind = |name: &String| {
        FactKind::ALL
            .iter()
            .copied()
            .find(|kind| kind.name() == name)
    };
    let filter = FactFilter {
        kind: args.kind.as_ref().and_then(kind),
        actor: args.actor.clone(),
        document: args.document.clone(),
        text: args.text.clone(),
    };
    let facts: Vec<_> = evidence.select(&filter).collect();
    if format == Format::Json {
        return print_json(&facts);
    }
    if facts.is_empty() {
        say("no fact matches");
        return Ok(ExitCode::FAILURE);
    }
    let mut listing = Listing::default();
    for fact in &facts {
        let cells = vec![
            fact.id.clone(),
            fact.date.to_string(),
            fact.kind.name().to_owned(),
        ];
        let memory = if fact.is_documented() {
            ""
        } else {
            " (from memory)"
        };
        listing.push(cells, format!("{}{memory}", fact.statement));
    }
    print(&listing.render(width()))?;
    say(&format!(
        "{} of {} facts",
        facts.len(),
        evidence.facts().len()
    ));
    Ok(ExitCode::SUCCESS)
}

fn documents(evidence: &Evidence, format: Format) -> Result<ExitCode, CliError> {
    if format == Format::Json {
        return print_json(&evidence.documents());
    }
    let width = width();
    let mut out = String::new();
    for (index, document) in evidence.documents().iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let facts = evidence
            .facts()
            .iter()
            .filter(|fact| fact.document == document.id)
            .count();
        push_line(&mut out, &document.id);
        show::push_document(&mut out, document, width);
        push_field(&mut out, "facts", &facts.to_string(), width);
    }
    print(&out)?;
    Ok(ExitCode::SUCCESS)
}

fn base_rates(evidence: &Evidence, format: Format) -> Result<ExitCode, CliError> {
    #[derive(Serialize)]
    struct Page<'a> {
        base_rates: &'a [BaseRate],
        forecasts: &'a [Forecast],
    }
    if format == Format::Json {
        let page = Page {
            base_rates: evidence.base_rates(),
            forecasts: evidence.forecasts(),
        };
        return print_json(&page);
    }
    let (mut rates, mut recalled, mut forecasts) =
        (Listing::default(), Listing::default(), Listing::default());
    for rate in evidence.base_rates() {
        if rate.is_citable() {
            let weak = if rate.status == Status::Weak {
                " (second-hand)"
            } else {
                ""
            };
            let text = match rate.figure {
                Figure::Finding => &rate.measures,
                _ => &rate.label,
            };
            rates.push(
                vec![rate.id.clone(), figure(&rate.figure)],
                format!("{text}{weak}"),
            );
        } else {
            recalled.push(vec![rate.id.clone()], rate.measures.clone());
        }
    }
    for forecast in evidence.forecasts() {
        let value = match forecast.value {
            ForecastValue::Probability(p) => percent(p),
            ForecastValue::ShareOfRespondents { share, n } => format!("{} of {n}", percent(share)),
        };
        let cells = vec![forecast.id.clone(), forecast.date.to_string(), value];
        forecasts.push(
            cells,
            format!("{}: {}", forecast.forecaster, forecast.question),
        );
    }
    let width = width();
    let mut out = rates.render(width);
    let sections = [
        (
            "Remembered and not verified: not to be cited",
            recalled.render(width),
        ),
        (
            "Forecasts of the time: benchmarks, never inputs",
            forecasts.render(width),
        ),
    ];
    for (title, body) in sections.into_iter().filter(|(_, body)| !body.is_empty()) {
        push_line(&mut out, "");
        push_wrapped(&mut out, title, 0, width);
        push_line(&mut out, "");
        out.push_str(&body);
    }
    print(&out)?;
    Ok(ExitCode::SUCCESS)
}

/// A share as its source gives it: to a tenth of a percent, without a nought for show.
fn percent(share: f64) -> String {
    format!("{} %", (1000.0 * share).round() / 10.0)
}

fn figure(figure: &Figure) -> String {
    match figure {
        Figure::Count { n, count } => {
            format!("{count} of {n}, {:.1} %", 100.0 * *count as f64 / *n as f64)
        }
        Figure::Share { share, n: Some(n) } => format!("{} of {n}", percent(*share)),
        Figure::Share { share, n: None } => percent(*share),
        Figure::Median {
            median,
            quartiles: Some([lower, upper]),
            unit,
            ..
        } => {
            format!("median {median} {unit} ({lower} to {upper})")
        }
        Figure::Median {
            median,
            quartiles: None,
            unit,
            ..
        } => format!("median {median} {unit}"),
        Figure::Finding => "finding".to_owned(),
    }
}
