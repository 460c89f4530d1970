//! The scenarios in this repository are what their readers are told: without errors or warnings.

use jawjaw::diagnostic::Severity;
use jawjaw::evidence::Evidence;
use jawjaw::scenario::load::{LoadError, Loaded, Loader, load};
use jawjaw::scenario::tree::{Node, Value};
use jawjaw::scenario::types::Scenario;

struct Disk;

impl Loader for Disk {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        std::fs::read_to_string(path).map_err(|error| LoadError::Other(error.to_string()))
    }
}

/// Every scenario file over the baseline, and the baseline, by path below `scenarios/`.
fn family() -> Vec<String> {
    let mut names = vec!["geneva-week".to_owned()];
    for folder in ["variants", "crossings"] {
        let entries =
            std::fs::read_dir(format!("scenarios/{folder}")).expect("a folder of scenarios");
        for entry in entries {
            let file = entry.expect("it can be listed").file_name();
            let file = file.to_str().expect("plain names").to_owned();
            let stem = file.strip_suffix(".toml").expect("only scenario files");
            names.push(format!("{folder}/{stem}"));
        }
    }
    names.sort();
    assert!(names.len() >= 28, "{names:?}");
    names
}

fn loaded(name: &str, evidence: &Evidence) -> Loaded {
    load(&format!("scenarios/{name}.toml"), &Disk, evidence)
}

fn shipped(name: &str, evidence: &Evidence) -> Scenario {
    let loaded = loaded(name, evidence);
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
    for name in family() {
        shipped(&name, &evidence);
    }
}

#[test]
fn no_number_rests_on_what_came_after_the_cutoff() {
    let evidence = Evidence::shipped();
    let cutoff = jiff::civil::date(2022, 1, 10);
    for name in family() {
        let scenario = shipped(&name, &evidence);
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
    for name in family() {
        for quantity in shipped(&name, &evidence).quantities() {
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

#[test]
fn every_file_opens_with_the_cutoff_and_what_it_is_not() {
    for name in family() {
        let text = std::fs::read_to_string(format!("scenarios/{name}.toml")).expect("a text");
        let opening: String = text.lines().take(2).collect();
        assert!(opening.starts_with("# Cut-off 10 January 2022"), "{name}");
        assert!(opening.contains("a model, not a forecast"), "{name}");
        let stem = name.rsplit('/').next().expect("a name");
        assert!(
            text.contains(&format!("\nid = \"{stem}\"\n")),
            "{name} is named as its id"
        );
    }
}

#[test]
fn the_sixteen_hypotheses_are_there_with_their_cards() {
    let evidence = Evidence::shipped();
    let mut marks = Vec::new();
    for name in family() {
        let scenario = shipped(&name, &evidence);
        let Some(card) = scenario.hypothesis else {
            assert_eq!(name, "geneva-week");
            continue;
        };
        let mark = card.id.expect("a mark");
        let changes = card.changes.expect("what changes and why");
        for text in [&card.statement, &card.held_by, &changes, &card.refuted_by] {
            assert!(text.trim().len() > 10, "{name}: {text:?}");
        }
        assert!(!card.from.is_empty() && !card.against.is_empty(), "{name}");
        let both = card.from.iter().find(|fact| card.against.contains(fact));
        assert_eq!(both, None, "{name} cites a fact for and against itself");
        assert!(!scenario.expect.is_empty(), "{name} expects nothing");
        if name.starts_with("variants/") {
            marks.push(mark);
        }
    }
    marks.sort();
    let expected: Vec<String> = (1..=16).map(|number| format!("S{number:02}")).collect();
    assert_eq!(marks, expected);
}

/// What a file says after merging, without places, sources and reasons.
fn meaning(node: &Node) -> String {
    match &node.value {
        Value::Table(entries) => {
            let own = [
                "id",
                "title",
                "summary",
                "hypothesis",
                "expect",
                "extends",
                "from",
                "assumed",
            ];
            let said = entries
                .iter()
                .filter(|entry| !own.contains(&entry.key.as_str()));
            said.flat_map(|entry| {
                [
                    entry.key.clone(),
                    "=".into(),
                    meaning(&entry.node),
                    ";".into(),
                ]
            })
            .collect()
        }
        Value::List(elements) => {
            let ids = |one: &Node| format!("{:?}{},", one.id(), meaning(one));
            elements.iter().map(ids).collect()
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn every_variant_extends_the_baseline_and_changes_something() {
    let evidence = Evidence::shipped();
    for name in family() {
        let loaded = loaded(&name, &evidence);
        if name == "geneva-week" {
            assert_eq!(loaded.parents, [] as [&str; 0]);
            continue;
        }
        if name.starts_with("variants/") {
            assert_eq!(loaded.parents, ["scenarios/geneva-week.toml"], "{name}");
        }
        let files = &loaded.sources.files;
        let reaches = files
            .iter()
            .any(|file| file.name == "scenarios/geneva-week.toml");
        assert!(reaches, "{name} does not rest on the baseline");
        for parent in &loaded.parents {
            let below = load(parent, &Disk, &evidence);
            let (here, there) = (meaning(&loaded.resolved), meaning(&below.resolved));
            assert_ne!(here, there, "{name} changes nothing in {parent}");
        }
    }
}

/// A type's prior moved from 0 to 1 in steps, the others' in proportion.
#[test]
fn the_ladder_of_the_prior_is_a_ladder() {
    let evidence = Evidence::shipped();
    for (step, expected) in [(0, 0.0), (25, 0.25), (50, 0.5), (75, 0.75), (100, 1.0)] {
        let scenario = shipped(&format!("crossings/pretext-prior-{step:03}"), &evidence);
        let types = &scenario.parties[1].types;
        let sum: f64 = types.iter().map(|kind| kind.prior.dist.mode()).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{step}: {sum}");
        let pretext = types
            .iter()
            .find(|kind| kind.id == "pretext")
            .expect("the type");
        assert!((pretext.prior.dist.mode() - expected).abs() < 1e-12);
        assert!(types.iter().all(|kind| kind.prior.dist.is_constant()));
    }
}
