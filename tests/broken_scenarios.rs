//! The corpus of broken files: what a person sees for each kind of mistake.
//!
//! Each file in `tests/broken` changes the minimal scenario and gets at least the problem that it is
//! named after; the rendered diagnostics are the snapshots.

use std::collections::BTreeSet;
use std::fs;

use jawjaw::cli::render;
use jawjaw::diagnostic::Severity;
use jawjaw::scenario::codes::{CODES, OF_CLAIMS};
use jawjaw::scenario::load::{FactIndex, FactText, LoadError, Loaded, Loader, load};
use jawjaw::scenario::read::SIZE_LIMIT;
use jiff::civil::{Date, date};

/// The test folders, as the collection `scenarios/` that a user would have.
struct Folder;

impl Loader for Folder {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        let place = match path.strip_prefix("scenarios/") {
            Some(rest) if rest.starts_with("broken/") => format!("tests/{rest}"),
            Some(rest) => format!("tests/fixtures/{rest}"),
            None => return Err(LoadError::NotFound),
        };
        fs::read_to_string(place).map_err(|_| LoadError::NotFound)
    }
}

/// A file over the size limit, made here rather than kept.
struct Endless;

impl Loader for Endless {
    fn load(&self, _: &str) -> Result<String, LoadError> {
        Ok("#".repeat(SIZE_LIMIT + 1))
    }
}

struct Facts;

impl FactIndex for Facts {
    fn ids(&self) -> Vec<&str> {
        vec!["dam-report", "later-report", "recollection"]
    }
    fn fact_date(&self, id: &str) -> Option<Date> {
        match id {
            "dam-report" => Some(date(2019, 11, 1)),
            "later-report" => Some(date(2021, 5, 1)),
            _ => None,
        }
    }
    fn fact_text(&self, id: &str) -> Option<FactText> {
        (id == "recollection").then(|| FactText {
            statement: "The reservoir was half full.".to_owned(),
            attributed_to: "somebody who was there".to_owned(),
            date: None,
            documented: false,
        })
    }
    fn base_rate_exists(&self, _: &str) -> bool {
        false
    }
}

fn rendered(loaded: &Loaded) -> String {
    let texts = loaded
        .diagnostics
        .iter()
        .map(|one| render::text(one, &loaded.sources, false));
    texts.collect::<Vec<_>>().join("\n\n")
}

/// Every file of the corpus by name.
fn corpus() -> Vec<(String, Loaded)> {
    let entries = fs::read_dir("tests/broken").expect("the corpus is there");
    let mut names: Vec<String> = entries
        .filter_map(|entry| {
            entry
                .expect("the corpus can be listed")
                .file_name()
                .into_string()
                .ok()
        })
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .collect();
    names.sort();
    let open = |name: &String| load(&format!("scenarios/broken/{name}.toml"), &Folder, &Facts);
    names
        .iter()
        .map(|name| (name.clone(), open(name)))
        .collect()
}

#[test]
fn broken_files_say_what_is_wrong() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, loaded) in corpus() {
            insta::assert_snapshot!(name, rendered(&loaded));
        }
    });
}

#[test]
fn every_kind_of_problem_has_a_file_and_every_file_its_problem() {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let endless = load("scenarios/endless.toml", &Endless, &Facts);
    seen.extend(endless.diagnostics.iter().map(|one| one.code));
    for (name, loaded) in corpus() {
        assert!(!loaded.diagnostics.is_empty(), "{name} is not broken");
        let codes: BTreeSet<&str> = loaded.diagnostics.iter().map(|one| one.code).collect();
        if CODES.contains(&name.as_str()) {
            assert!(codes.contains(name.as_str()), "{name} shows only {codes:?}");
        }
        seen.extend(codes);
    }
    let mut all = BTreeSet::from(CODES);
    all.retain(|code| !OF_CLAIMS.contains(code));
    assert_eq!(seen, all);
}

#[test]
fn every_problem_has_a_place_and_only_errors_withhold_the_scenario() {
    for (name, loaded) in corpus() {
        let failed = loaded
            .diagnostics
            .iter()
            .any(|one| one.severity == Severity::Error);
        assert_eq!(loaded.scenario.is_none(), failed, "{name}");
        for one in &loaded.diagnostics {
            let label = one
                .labels
                .first()
                .unwrap_or_else(|| panic!("{name}: {}", one.message));
            let text = &loaded.sources.files[label.source.0 as usize].text;
            assert!(
                text.get(label.span.clone()).is_some(),
                "{name}: {}",
                one.message
            );
        }
    }
}
