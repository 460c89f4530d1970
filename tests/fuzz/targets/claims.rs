//! Bytes, taken as a file of claims and the scenario that every path in it leads to, parted by NUL,
//! never bring the reading down; every problem points into its text, and without an error there are
//! claims.
#![no_main]

use jawjaw::diagnostic::Severity;
use jawjaw::scenario::claims::load;
use jawjaw::scenario::load::{LoadError, Loader, NoFacts};
use libfuzzer_sys::fuzz_target;

const MAIN: &str = "scenarios/claims.toml";

struct Memory<'t> {
    claims: &'t str,
    scenario: Option<&'t str>,
}

impl Loader for Memory<'_> {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        if path == MAIN {
            return Ok(self.claims.to_owned());
        }
        self.scenario.map(str::to_owned).ok_or(LoadError::NotFound)
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut parts = text.splitn(2, '\0');
    let claims = parts.next().unwrap_or_default();
    let loaded = load(MAIN, &Memory { claims, scenario: parts.next() }, &NoFacts);
    for diagnostic in &loaded.diagnostics {
        for label in &diagnostic.labels {
            let source = &loaded.sources.files[label.source.0 as usize].text;
            assert!(source.get(label.span.clone()).is_some(), "{diagnostic:?}");
        }
    }
    let failed = loaded.diagnostics.iter().any(|d| d.severity == Severity::Error);
    assert_eq!(loaded.file.is_none(), failed);
});
