//! What people see of the evidence on the command line.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// Runs `jawjaw evidence` at a width, in a folder of its own that holds two small scenarios.
fn evidence(folder: &str, columns: &str, arguments: &[&str]) -> Output {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let variants = folder.join("scenarios").join("variants");
    fs::create_dir_all(&variants).expect("the test folder can be written");
    let base = "[[parties]]\nid = \"blue\"\n\
        patience = { range = [0.9, 1.0], from = [\"d4-seven-hours\"] }\n\
        [[history]]\nfrom = [\"d4-seven-hours\", \"d2-jcpoa\"]\n";
    let variant = "[hypothesis]\nagainst = [\"d4-seven-hours\"]\n";
    fs::write(folder.join("scenarios").join("base.toml"), base).expect("written");
    fs::write(variants.join("other.toml"), variant).expect("written");
    Command::new(env!("CARGO_BIN_EXE_jawjaw"))
        .arg("evidence")
        .args(arguments)
        .env("COLUMNS", columns)
        .current_dir(folder)
        .output()
        .expect("the program starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// Lines other than a single long word stay within the width.
fn assert_fits(text: &str, columns: usize) {
    for line in text.lines() {
        let one_word = line.split_whitespace().count() == 1;
        assert!(
            one_word || line.chars().count() <= columns,
            "wider than {columns}: {line}"
        );
    }
}

#[test]
fn facts_are_listed_at_the_width_of_the_terminal() {
    let narrow = evidence("list", "80", &["--kind", "red-line"]);
    assert!(narrow.status.success());
    insta::assert_snapshot!("list_80", stdout(&narrow));
    assert_eq!(stderr(&narrow), "9 of 181 facts\n");
    let wide = evidence("list", "130", &["--kind", "cooperation"]);
    insta::assert_snapshot!("list_130", stdout(&wide));
    let tiny = evidence("list", "30", &["--kind", "offer", "--actor", "ukraine"]);
    insta::assert_snapshot!("list_30", stdout(&tiny));
}

#[test]
fn every_listing_fits_any_width() {
    for columns in [24, 40, 60, 80, 100, 140, 200] {
        for what in [
            &[][..],
            &["documents"],
            &["base-rates"],
            &["show", "d0-senate-impossible"],
        ] {
            let output = evidence("widths", &columns.to_string(), what);
            assert!(output.status.success());
            assert_fits(&stdout(&output), columns);
        }
    }
}

#[test]
fn every_fact_is_listed_once() {
    let output = evidence("all", "30", &["--format", "json"]);
    let facts: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let ids: std::collections::BTreeSet<&str> = facts
        .as_array()
        .expect("a list")
        .iter()
        .map(|fact| fact["id"].as_str().expect("an id"))
        .collect();
    assert_eq!(facts.as_array().map(Vec::len), Some(181));
    assert_eq!(ids.len(), 181);
}

#[test]
fn a_fact_is_shown_with_its_document_and_what_rests_on_it() {
    let shown = evidence("show", "80", &["show", "d4-seven-hours"]);
    assert!(shown.status.success());
    insta::assert_snapshot!("show_fact", stdout(&shown).replace('\\', "/"));
    let json = evidence("show", "80", &["show", "d2-jcpoa", "--format", "json"]);
    insta::assert_snapshot!("show_json", stdout(&json).replace("\\\\", "/"));
    let alone = evidence("show", "80", &["show", "d4-ironclad"]);
    assert!(stdout(&alone).ends_with("Nothing in scenarios rests on it.\n"));
}

#[test]
fn a_base_rate_is_shown_with_what_it_cannot_say() {
    let shown = evidence("rate", "80", &["show", "icb-since-1946-war"]);
    insta::assert_snapshot!("show_base_rate", stdout(&shown));
}

#[test]
fn base_rates_keep_apart_what_is_only_remembered() {
    let text = stdout(&evidence("rates", "100", &["base-rates"]));
    let (rates, rest) = text
        .split_once("Remembered and not verified")
        .expect("a section");
    let (recalled, forecasts) = rest.split_once("Forecasts of the time").expect("a section");
    assert!(!rates.contains("audience-cost-gap") && recalled.contains("audience-cost-gap"));
    assert!(!recalled.contains('%'), "{recalled}");
    assert!(forecasts.contains("metaculus-2022-01-18"));
}

#[test]
fn documents_are_listed_with_their_defects() {
    insta::assert_snapshot!(
        "documents",
        stdout(&evidence("documents", "90", &["documents"]))
    );
}

#[test]
fn an_unknown_id_is_answered_with_its_neighbours() {
    let output = evidence("unknown", "80", &["show", "d4-seven-hour"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    insta::assert_snapshot!("unknown", stderr(&output));
    assert_eq!(
        evidence("unknown", "80", &["--text", "zeppelin"])
            .status
            .code(),
        Some(1)
    );
    assert_eq!(
        evidence("unknown", "80", &["--kind", "omen"]).status.code(),
        Some(2)
    );
}

#[test]
fn other_seeds_are_read_and_their_slips_reported() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("seeds")
        .join("own");
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(folder.join("facts")).expect("the test folder can be written");
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("written");
    write("documents.toml", "[[document]]\nid = \"x\"\n");
    write(
        "facts/x.toml",
        "document = \"x\"\n[[fact]]\nid = \"x-1\"\nwhen = 3\n",
    );
    write("facts/y.toml", "");
    let output = evidence("seeds", "80", &["--seeds", "own"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!("slips", stderr(&output).replace('\\', "/"));
    let missing = evidence("seeds", "80", &["--seeds", "none-such"]);
    assert_eq!(missing.status.code(), Some(3));
    assert!(stderr(&missing).starts_with("error: cannot read none-such: "));
    fs::remove_file(folder.join("facts/x.toml")).expect("written above");
    let incomplete = evidence("seeds", "80", &["--seeds", "own/"]);
    assert_eq!(incomplete.status.code(), Some(3));
    assert!(stderr(&incomplete).starts_with("error: cannot read own/facts/x.toml: "));
}
