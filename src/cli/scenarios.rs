//! `jawjaw scenarios`: the files of a library, which extends which, and one of them as a card.

mod graph;
mod library;

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{CliError, card, source, text};
use crate::evidence::Evidence;
use crate::scenario::names::nearest;
use library::{Entry, Library};

/// List the scenario files of a folder, one line each
#[derive(Debug, Args)]
pub(super) struct ScenariosArgs {
    /// Folder to look through, with all folders in it
    #[arg(default_value = "scenarios")]
    dir: String,
    /// Show which file extends which
    #[arg(long)]
    graph: bool,
    /// Show one of them: its id, its hypothesis' mark or its path
    #[arg(long, value_name = "ID", conflicts_with = "graph")]
    about: Option<String>,
    /// How to report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON document
    Json,
}

impl ScenariosArgs {
    /// Lists the library; 1 if a file in it is broken or the one asked for is not there.
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let facts = Evidence::shipped();
        let library = Library::read(&self.dir, &facts)?;
        if let Some(id) = &self.about {
            return self.about(&library, id, &facts);
        }
        if self.format == Format::Json {
            let entries: Vec<Value> = library.entries.iter().map(document).collect();
            print_json(&json!({ "folder": self.dir, "scenarios": entries }))?;
        } else if self.graph {
            text::print(&graph::text(&library.entries))?;
        } else {
            text::print(&listing(&library.entries, text::width()))?;
            if library.entries.iter().any(|entry| !entry.expect.is_empty()) {
                text::say("[n]: n expectations; `jawjaw scenarios --about ID` shows a file's card");
            }
        }
        for path in &library.others {
            text::say(&format!("not a scenario: {path}"));
        }
        if library.entries.is_empty() {
            text::say(&format!("error: no scenario file in {}", self.dir));
            return Ok(ExitCode::from(1));
        }
        let broken: Vec<&Entry> = library
            .entries
            .iter()
            .filter(|one| one.errors > 0)
            .collect();
        if let Some(first) = broken.first() {
            let path = &first.path;
            text::say(&format!("hint: `jawjaw check {path}` shows what is wrong"));
            return Ok(ExitCode::from(1));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn about(&self, library: &Library, id: &str, facts: &Evidence) -> Result<ExitCode, CliError> {
        let Some(entry) = library.find(id) else {
            let hint = nearest(id, library.names())
                .map(|near| format!("\n\nhint: there is `{near}`"))
                .unwrap_or_default();
            text::say(&format!("error: no scenario `{id}` in {}{hint}", self.dir));
            return Ok(ExitCode::from(1));
        };
        let loaded = source::open(&entry.path, facts)?;
        let Some(scenario) = source::scenario(&loaded) else {
            return Ok(ExitCode::from(1));
        };
        if self.format == Format::Json {
            print_json(&document(entry))?;
            return Ok(ExitCode::SUCCESS);
        }
        let width = text::width();
        let mut out = String::new();
        text::push_wrapped(&mut out, &entry.title, 0, width);
        text::push_line(&mut out, &entry.path);
        text::push_line(&mut out, "");
        text::push_wrapped(&mut out, &scenario.summary, 0, width);
        if let Some(hypothesis) = &scenario.hypothesis {
            text::push_line(&mut out, "");
            card::hypothesis(&mut out, hypothesis, facts, width);
        }
        card::expectations(&mut out, &scenario.expect, width);
        out.push_str(&library::differences(&loaded, scenario, facts, width)?);
        text::print(&out)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn print_json(document: &Value) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(document)
        .expect("a document of texts and numbers has a JSON form");
    text::print(&(text + "\n"))
}

fn document(entry: &Entry) -> Value {
    json!({
        "id": entry.id,
        "path": entry.path,
        "title": entry.title,
        "extends": entry.parents,
        "hypothesis": entry.hypothesis,
        "expect": entry.expect,
        "errors": entry.errors,
        "warnings": entry.warnings,
    })
}

/// One line a file under the folder it is in: mark, id, number of expectations in brackets, title.
fn listing(entries: &[Entry], width: usize) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < entries.len() {
        let folder = entries[at].folder();
        let section: Vec<&Entry> = (entries[at..].iter())
            .take_while(|entry| entry.folder() == folder)
            .collect();
        at += section.len();
        if !out.is_empty() {
            out.push('\n');
        }
        text::push_line(&mut out, &format!("{folder}/"));
        let mut listing = text::Listing::default();
        for entry in section {
            let mark = entry.mark().unwrap_or("-").to_owned();
            let count = match entry.expect.len() {
                0 => String::new(),
                count => format!("[{count}]"),
            };
            listing.push(vec![mark, entry.name(), count], entry.line());
        }
        out.push_str(&listing.render(width));
    }
    out
}
