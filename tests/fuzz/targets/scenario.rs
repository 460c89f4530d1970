//! Bytes, taken as a scenario, the file it may extend and the evidence it may name, parted by NUL,
//! never bring the reading of scenarios down; every problem points into its text, and without an error there is a scenario.
#![no_main]

use jawjaw::diagnostic::Severity;
use jawjaw::evidence::Evidence;
use jawjaw::scenario::load::{FactIndex, LoadError, Loader, NoFacts, load};
use libfuzzer_sys::fuzz_target;

/// The file itself and the one that a variant extends as `../base.toml`.
const MAIN: &str = "scenarios/variants/main.toml";
const BASE: &str = "scenarios/base.toml";

struct Memory<'t> {
    main: &'t str,
    base: Option<&'t str>,
    evidence: Option<&'t str>,
}

impl Loader for Memory<'_> {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        match path {
            MAIN => Ok(self.main.to_owned()),
            BASE => self.base.map(str::to_owned).ok_or(LoadError::NotFound),
            _ => self.evidence.map(str::to_owned).ok_or(LoadError::NotFound),
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut parts = text.splitn(3, '\0');
    let main = parts.next().unwrap_or_default();
    let (base, evidence) = (parts.next(), parts.next());
    let none = Evidence::default();
    let facts: &dyn FactIndex = if evidence.is_some() { &none } else { &NoFacts };
    let loaded = load(MAIN, &Memory { main, base, evidence }, facts);
    for diagnostic in &loaded.diagnostics {
        for label in &diagnostic.labels {
            let source = &loaded.sources.files[label.source.0 as usize].text;
            assert!(source.get(label.span.clone()).is_some(), "{diagnostic:?}");
        }
    }
    let failed = loaded.diagnostics.iter().any(|d| d.severity == Severity::Error);
    assert_eq!(loaded.scenario.is_none(), failed);
});
