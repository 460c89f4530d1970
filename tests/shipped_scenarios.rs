//! The scenarios in this repository are what their readers are told: without errors or warnings.

use jawjaw::diagnostic::Severity;
use jawjaw::evidence::Evidence;
use jawjaw::scenario::load::{LoadError, Loader, load};
use jawjaw::scenario::types::Scenario;

struct Disk;

impl Loader for Disk {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        std::fs::read_to_string(path).map_err(|error| LoadError::Other(error.to_string()))
    }
}

const SHIPPED: [&str; 4] = [
    "geneva-week",
    "variants/opening-bid",
    "variants/ultimatum-pretext",
    "variants/preannounced-sanctions",
];

fn shipped(name: &str, evidence: &Evidence) -> Scenario {
    let loaded = load(&format!("scenarios/{name}.toml"), &Disk, evidence);
    let complaints: Vec<_> = loaded
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity != Severity::Notice)
        .collect();
    assert!(complaints.is_empty(), "{name}: {complaints:?}");
    loaded
        .scenario
        .expect("a file without complaints is a scenario")
}

#[test]
fn shipped_scenarios_load_without_warnings() {
    let evidence = Evidence::shipped();
    for name in SHIPPED {
        shipped(name, &evidence);
    }
}

#[test]
fn no_number_rests_on_what_came_after_the_cutoff() {
    let evidence = Evidence::shipped();
    let cutoff = jiff::civil::date(2022, 1, 10);
    for name in SHIPPED {
        let scenario = shipped(name, &evidence);
        assert_eq!(scenario.cutoff, cutoff);
        let mut cited = 0;
        for quantity in scenario.quantities() {
            for id in &quantity.provenance.from {
                let fact = evidence
                    .fact(id)
                    .expect("a loaded scenario cites facts that exist");
                // A bare month or year counts by its first day: see the evidence's own rule.
                assert!(
                    fact.date.for_cutoff() <= cutoff,
                    "{name}: {} rests on {id}",
                    quantity.path
                );
                cited += 1;
            }
        }
        assert!(cited > 100, "{name} cites {cited} facts");
    }
}

#[test]
fn every_number_is_documented_or_assumed() {
    let evidence = Evidence::shipped();
    for name in SHIPPED {
        for quantity in shipped(name, &evidence).quantities() {
            let why = &quantity.provenance;
            let reasoned = !why.from.is_empty() || why.assumed.is_some() || why.by_definition;
            assert!(reasoned, "{name}: {} has no reason", quantity.path);
            let assumed = why.from.is_empty() && why.assumed.is_some();
            // The ends of a value scale are 0 and 1 by convention, whatever the table says of it.
            let end_of_scale = quantity.path.contains(".values.")
                && [0.0, 1.0]
                    .iter()
                    .any(|end| quantity.dist.mode().total_cmp(end).is_eq());
            assert!(
                !assumed || end_of_scale || !quantity.dist.is_constant(),
                "{name}: {} is assumed without a range",
                quantity.path
            );
        }
    }
}

#[test]
fn the_baseline_is_the_documented_crisis() {
    let scenario = shipped("geneva-week", &Evidence::shipped());
    assert_eq!(scenario.parties.len(), 4);
    assert_eq!(scenario.issues.len(), 12);
    assert_eq!(scenario.outcomes.len(), 8);
}
