//! `jawjaw evidence show`: one entry, its document, and what rests on it.

use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;

use super::{Format, figure, print_json, read, toml_files};
use crate::cli::text::{print, push_field, push_line, push_wrapped, say, width};
use crate::cli::{CliError, source};
use crate::evidence::{BaseRate, Citation, Document, Evidence, Fact, Named, Status, citations};

/// Where scenarios are looked for unless the caller says otherwise.
const SCENARIOS: &str = "scenarios";

/// A place in a scenario file that cites the entry.
#[derive(Debug, Serialize)]
struct CitedBy {
    file: String,
    #[serde(flatten)]
    place: Citation,
}

#[derive(Debug, Serialize)]
struct Page<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    fact: Option<&'a Fact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<&'a Document>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base_rate: Option<&'a BaseRate>,
    /// Absent if there was no folder to search.
    #[serde(skip_serializing_if = "Option::is_none")]
    cited_by: Option<Vec<CitedBy>>,
}

pub(super) fn show(
    evidence: &Evidence,
    id: &str,
    shipped: bool,
    scenarios: Option<&Path>,
    format: Format,
) -> Result<ExitCode, CliError> {
    let fact = evidence.fact(id);
    let base_rate = evidence.base_rate(id);
    if fact.is_none() && base_rate.is_none() {
        say(&format!("there is no fact or base rate `{id}`"));
        let nearest = evidence.nearest(id);
        if !nearest.is_empty() {
            say(&format!("\nhint: {}", nearest.join(", ")));
        }
        if shipped {
            say("hint: for the facts of another crisis name its file with `--scenario`");
        }
        return Ok(ExitCode::FAILURE);
    }
    let folder = scenarios.unwrap_or(Path::new(SCENARIOS));
    let cited_by = if scenarios.is_some() || folder.is_dir() {
        Some(cited_by(folder, id, (fact, base_rate))?)
    } else {
        say("no folder `scenarios` here to search; name one with `--scenarios`");
        None
    };
    let document = fact.and_then(|fact| evidence.document(&fact.document));
    let page = Page {
        fact,
        document,
        base_rate,
        cited_by,
    };
    if format == Format::Json {
        return print_json(&page);
    }
    print(&text(id, &page, folder, width()))?;
    Ok(ExitCode::SUCCESS)
}

/// Another crisis may use the same id for another fact: only files count whose evidence holds this one.
fn rests_on(file: &str, id: &str, entry: (Option<&Fact>, Option<&BaseRate>)) -> bool {
    let shipped = Evidence::shipped();
    // What cannot be read is reported elsewhere, and taken at its word here.
    source::open(file, &shipped).map_or(true, |loaded| {
        let evidence = source::evidence(&loaded, &shipped);
        (evidence.fact(id), evidence.base_rate(id)) == entry
    })
}

fn cited_by(
    folder: &Path,
    id: &str,
    entry: (Option<&Fact>, Option<&BaseRate>),
) -> Result<Vec<CitedBy>, CliError> {
    let mut all = Vec::new();
    for path in toml_files(folder)? {
        let file = path.display().to_string();
        let found = citations(&read(&path)?, id);
        if found.syntax_errors > 0 {
            say(&format!(
                "warning: {file} is not sound TOML; places in it may be missing"
            ));
        }
        if found.places.is_empty() || !rests_on(&file, id, entry) {
            continue;
        }
        all.extend(found.places.into_iter().map(|place| CitedBy {
            file: file.clone(),
            place,
        }));
    }
    Ok(all)
}

fn text(id: &str, page: &Page<'_>, folder: &Path, width: usize) -> String {
    let mut out = String::new();
    push_line(&mut out, id);
    push_line(&mut out, "");
    if let Some(fact) = page.fact {
        push_fact(&mut out, fact, width);
    }
    if let Some(document) = page.document {
        push_line(&mut out, "");
        push_field(&mut out, "document", &document.id, width);
        push_document(&mut out, document, width);
    }
    if let Some(rate) = page.base_rate {
        push_base_rate(&mut out, rate, width);
    }
    if let Some(cited_by) = &page.cited_by {
        push_line(&mut out, "");
        push_cited_by(&mut out, cited_by, folder, width);
    }
    out
}

fn push_statement(out: &mut String, statement: &str, width: usize) {
    push_wrapped(out, statement, 4, width);
    push_line(out, "");
}

fn push_fact(out: &mut String, fact: &Fact, width: usize) {
    push_statement(out, &fact.statement, width);
    push_field(out, "date", &fact.date.to_string(), width);
    push_field(out, "kind", fact.kind.name(), width);
    push_field(out, "actors", &fact.actors.join(", "), width);
    push_field(out, "said by", &fact.said_by, width);
    push_field(out, "strength", fact.strength.name(), width);
    push_status(out, fact.status, width);
    if let Some(bears_on) = &fact.bears_on {
        push_field(out, "bears on", bears_on, width);
    }
    if let Some(context) = &fact.context {
        push_field(out, "context", context, width);
    }
}

/// Appends what is known about a document, its defects one by one.
pub(super) fn push_document(out: &mut String, document: &Document, width: usize) {
    push_field(out, "title", &document.title, width);
    push_field(out, "outlet", &document.outlet, width);
    push_field(out, "author", &document.author, width);
    push_field(out, "date", &document.date.to_string(), width);
    if let Some(url) = &document.url {
        push_field(out, "url", url, width);
    }
    for (index, defect) in document.defects.iter().enumerate() {
        push_field(
            out,
            if index == 0 { "defects" } else { "" },
            &format!("- {defect}"),
            width,
        );
    }
    push_field(out, "independence", &document.independence, width);
    push_status(out, document.status, width);
}

/// Appends how well something is founded, unless it was simply read.
fn push_status(out: &mut String, status: Status, width: usize) {
    let words = match status {
        Status::Confirmed => return,
        Status::Weak => "weak: second-hand",
        Status::Recalled => "recalled: from memory, not looked up, never counted as documented",
    };
    push_field(out, "status", words, width);
}

fn push_base_rate(out: &mut String, rate: &BaseRate, width: usize) {
    push_statement(out, &rate.measures, width);
    push_field(out, "figure", &figure(&rate.figure), width);
    if let Some(n) = rate.n() {
        push_field(out, "cases", &n.to_string(), width);
    }
    push_field(out, "status", rate.status.name(), width);
    push_field(out, "source", &rate.source, width);
    push_field(out, "cannot say", &rate.cannot_say, width);
}

fn push_cited_by(out: &mut String, cited_by: &[CitedBy], folder: &Path, width: usize) {
    if cited_by.is_empty() {
        let nothing = format!("Nothing in {} rests on it.", folder.display());
        push_wrapped(out, &nothing, 0, width);
        return;
    }
    push_line(out, "What rests on it:");
    let places: Vec<String> = cited_by
        .iter()
        .map(|c| format!("{}:{}", c.file, c.place.line))
        .collect();
    let column = places
        .iter()
        .map(|place| place.chars().count())
        .max()
        .unwrap_or_default();
    let paths = cited_by
        .iter()
        .map(|c| c.place.path.chars().count())
        .max()
        .unwrap_or_default();
    for (place, cited) in places.iter().zip(cited_by) {
        if 2 + column + 2 + paths <= width {
            push_line(out, &format!("  {place:column$}  {}", cited.place.path));
        } else {
            push_line(out, &format!("  {place}"));
            push_line(out, &format!("    {}", cited.place.path));
        }
    }
}
