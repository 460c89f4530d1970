//! `jawjaw check`: everything wrong with scenario files, and with others of ours, in one pass.

use std::fmt::Write;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::{CliError, render, source};
use crate::diagnostic::{Diagnostic, Severity, SourceId, Sources};
use crate::evidence::Evidence;
use crate::scenario::document::DocumentKind;

/// Check scenario files and report every problem with its place
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Scenario files, or files of claims
    #[arg(required = true)]
    files: Vec<String>,
    /// Let warnings fail the check too
    #[arg(long)]
    strict: bool,
    /// How to report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Problems on standard error, one line a file on standard output
    Text,
    /// One JSON document on standard output
    Json,
}

impl CheckArgs {
    /// Checks the files; 1 if any of them cannot be used.
    pub fn run(self) -> Result<ExitCode, CliError> {
        let colour = source::colour(&std::io::stderr());
        let mut documents = Vec::new();
        let mut all_fine = true;
        for file in &self.files {
            let facts = Evidence::shipped();
            let mut loaded = Checked::read(file, &facts)?;
            // A notice about an extended file is told when that file is checked.
            loaded.diagnostics.retain(|one| {
                let place = one.labels.first();
                one.severity != Severity::Notice
                    || place.is_none_or(|label| label.source == SourceId(0))
            });
            let fine = loaded.passes(self.strict);
            all_fine &= fine;
            let diagnostics = &loaded.diagnostics;
            if self.format == Format::Json {
                let list: Vec<_> = diagnostics
                    .iter()
                    .map(|one| render::json(one, &loaded.sources))
                    .collect();
                documents.push(json!({ "file": file, "ok": fine, "diagnostics": list }));
                continue;
            }
            for diagnostic in diagnostics {
                source::say(&render::text(diagnostic, &loaded.sources, colour));
                source::say("");
            }
            source::print(&summary(file, &loaded, fine))?;
        }
        if self.format == Format::Json {
            let text = serde_json::to_string_pretty(&documents)
                .expect("a document of texts and numbers has a JSON form");
            source::print(&(text + "\n"))?;
        }
        Ok(if all_fine {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(1)
        })
    }
}

/// What came of reading a file of any kind.
struct Checked {
    usable: bool,
    diagnostics: Vec<Diagnostic>,
    sources: Sources,
}

impl Checked {
    fn read(file: &str, facts: &Evidence) -> Result<Self, CliError> {
        Ok(match source::kind(file)? {
            DocumentKind::Scenario => {
                let loaded = source::open(file, facts)?;
                Self {
                    usable: loaded.scenario.is_some(),
                    diagnostics: loaded.diagnostics,
                    sources: loaded.sources,
                }
            }
            DocumentKind::Claims => {
                let loaded = source::open_claims(file, facts)?;
                Self {
                    usable: loaded.file.is_some(),
                    diagnostics: loaded.diagnostics,
                    sources: loaded.sources,
                }
            }
        })
    }

    fn passes(&self, strict: bool) -> bool {
        let worst = self.diagnostics.iter().map(|one| one.severity).max();
        self.usable && (!strict || worst < Some(Severity::Warning))
    }
}

fn summary(file: &str, loaded: &Checked, fine: bool) -> String {
    let mut line = format!("{file}: {}", if fine { "ok" } else { "failed" });
    let words = [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Notice, "notice"),
    ];
    for (severity, word) in words {
        let count = loaded
            .diagnostics
            .iter()
            .filter(|one| one.severity == severity)
            .count();
        if count > 0 {
            let plural = if count == 1 { "" } else { "s" };
            write!(line, ", {count} {word}{plural}").expect("a string takes any text");
        }
    }
    line + "\n"
}
