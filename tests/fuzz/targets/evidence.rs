//! Bytes, taken as the texts of seeds parted by NUL, never bring the reading of evidence down, and
//! every problem it reports points into its text.
#![no_main]

use jawjaw::diagnostic::Severity;
use jawjaw::evidence::{Evidence, citations};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let files: Vec<(&str, &str)> = text.split('\0').map(|part| ("fuzz", part)).collect();
    let (evidence, diagnostics, sources) = Evidence::parse(&files);
    assert_eq!(sources.files.len(), files.len());
    for diagnostic in &diagnostics {
        assert!(diagnostic.severity == Severity::Error && !diagnostic.labels.is_empty());
        for label in &diagnostic.labels {
            let source = &sources.files[label.source.0 as usize].text;
            assert!(source.get(label.span.clone()).is_some(), "{diagnostic:?}");
        }
    }
    for fact in evidence.facts() {
        assert_eq!(evidence.fact(&fact.id), Some(fact), "ids are unique");
        assert!(evidence.document(&fact.document).is_some());
        assert!(fact.date.first() <= fact.date.last());
        citations(text, &fact.id);
    }
    for rate in evidence.base_rates() {
        assert!(rate.share().is_none_or(|share| (0.0..=1.0).contains(&share)));
    }
});
