//! Scenario files on disk.

use std::io::{self, IsTerminal, Read, Write};

use super::CliError;
use crate::diagnostic::Severity;
use crate::evidence::Evidence;
use crate::scenario::claims::{self, LoadedClaims};
use crate::scenario::document::{self, DocumentKind};
use crate::scenario::load::{FactIndex, LoadError, Loaded, Loader, load};
use crate::scenario::read::SIZE_LIMIT;
use crate::scenario::types::Scenario;

/// Reads files, up to the size limit and no further.
#[derive(Debug, Clone, Copy)]
pub struct Disk;

impl Loader for Disk {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        let reason = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => LoadError::NotFound,
            _ => LoadError::Other(error.to_string()),
        };
        let file = std::fs::File::open(path).map_err(reason)?;
        let mut bytes = Vec::new();
        file.take(SIZE_LIMIT as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(reason)?;
        if bytes.len() > SIZE_LIMIT {
            return Err(LoadError::TooLarge);
        }
        String::from_utf8(bytes).map_err(|_| LoadError::NotText)
    }
}

/// Loads a file that must be there; what is wrong inside it is in the result.
pub fn open(path: &str, facts: &dyn FactIndex) -> Result<Loaded, CliError> {
    must_be_file(path)?;
    Ok(load(path, &Disk, facts))
}

/// Loads a file of claims that must be there, with the scenarios of its experiments.
pub fn open_claims(path: &str, facts: &dyn FactIndex) -> Result<LoadedClaims, CliError> {
    must_be_file(path)?;
    Ok(claims::load(path, &Disk, facts))
}

/// The kind of document that a file holds; one that is no text is taken for a scenario.
pub fn kind(path: &str) -> Result<DocumentKind, CliError> {
    must_be_file(path)?;
    let text = Disk.load(path).unwrap_or_default();
    Ok(document::kind(&text))
}

fn must_be_file(path: &str) -> Result<(), CliError> {
    let unreadable = |source| CliError::File {
        action: "read",
        path: path.to_owned(),
        source,
    };
    if std::fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Err(unreadable(io::ErrorKind::IsADirectory.into()));
    }
    Ok(())
}

/// The evidence that a file rests on: what it names, or else what ships with the program.
pub fn evidence<'e>(loaded: &'e Loaded, shipped: &'e Evidence) -> &'e Evidence {
    loaded.evidence.as_ref().unwrap_or(shipped)
}

/// The scenario of a file, or nothing after its errors have been shown.
pub fn scenario(loaded: &Loaded) -> Option<&Scenario> {
    if loaded.scenario.is_none() {
        let colour = colour(&io::stderr());
        for diagnostic in &loaded.diagnostics {
            if diagnostic.severity == Severity::Error {
                say(&super::render::text(diagnostic, &loaded.sources, colour));
            }
        }
    }
    loaded.scenario.as_ref()
}

/// Whether a stream is a terminal whose owner has not asked for plain text.
pub fn colour(stream: &impl IsTerminal) -> bool {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    stream.is_terminal() && !plain
}

/// Writes data to standard output; a reader that has gone away is no error.
pub fn print(text: &str) -> Result<(), CliError> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(source) if source.kind() != io::ErrorKind::BrokenPipe => Err(CliError::File {
            action: "write",
            path: "standard output".to_owned(),
            source,
        }),
        _ => Ok(()),
    }
}

/// Says something to the person at the terminal; if nobody listens there is nobody to tell.
pub fn say(text: &str) {
    writeln!(io::stderr().lock(), "{text}").ok();
}
