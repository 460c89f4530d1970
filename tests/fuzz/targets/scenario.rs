//! Bytes, taken as a scenario and the file it may extend parted by NUL, never bring the reading of
//! scenarios down; every problem points into its text, and without an error there is a scenario.
#![no_main]

use jawjaw::diagnostic::Severity;
use jawjaw::scenario::load::{LoadError, Loader, NoFacts, load};
use libfuzzer_sys::fuzz_target;

/// The file itself and the one that a variant extends as `../base.toml`.
const MAIN: &str = "scenarios/variants/main.toml";
const BASE: &str = "scenarios/base.toml";

struct Memory<'t> {
    main: &'t str,
    base: Option<&'t str>,
}

impl Loader for Memory<'_> {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        match path {
            MAIN => Ok(self.main.to_owned()),
            BASE => self.base.map(str::to_owned).ok_or(LoadError::NotFound),
            _ => Err(LoadError::NotFound),
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (main, base) = match text.split_once('\0') {
        Some((main, base)) => (main, Some(base)),
        None => (text, None),
    };
    let loaded = load(MAIN, &Memory { main, base }, &NoFacts);
    for diagnostic in &loaded.diagnostics {
        for label in &diagnostic.labels {
            let source = &loaded.sources.files[label.source.0 as usize].text;
            assert!(source.get(label.span.clone()).is_some(), "{diagnostic:?}");
        }
    }
    let failed = loaded.diagnostics.iter().any(|d| d.severity == Severity::Error);
    assert_eq!(loaded.scenario.is_none(), failed);
});
