//! The scenarios in this repository are what their readers are told: without errors or warnings.

use jawjaw::diagnostic::Severity;
use jawjaw::scenario::load::{LoadError, Loader, NoFacts, load};

struct Disk;

impl Loader for Disk {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        std::fs::read_to_string(path).map_err(|error| LoadError::Other(error.to_string()))
    }
}

#[test]
fn shipped_scenarios_load_without_warnings() {
    for name in [
        "geneva-week",
        "variants/opening-bid",
        "variants/ultimatum-pretext",
        "variants/preannounced-sanctions",
    ] {
        let loaded = load(&format!("scenarios/{name}.toml"), &Disk, &NoFacts);
        let complaints: Vec<_> = loaded
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity != Severity::Notice)
            .collect();
        assert!(complaints.is_empty(), "{name}: {complaints:?}");
        assert!(loaded.scenario.is_some(), "{name} has no scenario");
    }
}
