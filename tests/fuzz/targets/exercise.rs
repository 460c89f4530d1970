//! Bytes, taken as an exercise and the scenario it names, parted by NUL, never bring the reading of
//! exercises down; every problem points into its text, and without an error there is an exercise.
#![no_main]

use jawjaw::diagnostic::Severity;
use jawjaw::exercise::load;
use jawjaw::scenario::load::{LoadError, Loader, NoFacts};
use libfuzzer_sys::fuzz_target;

/// The exercise; whatever else it names is the scenario.
const MAIN: &str = "scenarios/exercises/main.toml";

struct Memory<'t> {
    main: &'t str,
    scenario: &'t str,
}

impl Loader for Memory<'_> {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        let text = if path == MAIN { self.main } else { self.scenario };
        Ok(text.to_owned())
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (main, scenario) = text.split_once('\0').unwrap_or((text, ""));
    let opened = load(MAIN, &Memory { main, scenario }, &NoFacts);
    for diagnostic in &opened.loaded.diagnostics {
        for label in &diagnostic.labels {
            let source = &opened.loaded.sources.files[label.source.0 as usize].text;
            assert!(source.get(label.span.clone()).is_some(), "{diagnostic:?}");
        }
    }
    let failed = opened.loaded.diagnostics.iter().any(|d| d.severity == Severity::Error);
    assert_eq!(opened.exercise.is_none(), failed);
});
