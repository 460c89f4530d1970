//! `jawjaw compare` as a user calls it, on the shipped scenarios.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn jawjaw(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jawjaw"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("the binary runs")
}

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if path.exists() {
        std::fs::remove_dir_all(&path).expect("an old folder can be removed");
    }
    path
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text")
}

const BASE: &str = "scenarios/geneva-week.toml";
const VARIANT: &str = "scenarios/variants/ultimatum-pretext.toml";

#[test]
fn a_variant_against_the_baseline_leaves_tables_and_pictures() {
    let out = folder("compare-command");
    let out_text = out.to_str().expect("a path in text");
    let size = [
        "--draws",
        "30",
        "--replicates",
        "10",
        "--quiet",
        "--out",
        out_text,
    ];
    let output = jawjaw(&[&["compare", BASE, VARIANT], &size[..]].concat());
    assert!(output.status.success(), "{}", text(output.stderr));
    let printed = text(output.stdout);
    assert!(printed.contains("not a forecast"), "{printed}");
    assert!(printed.contains("runs in 100 that end in"), "{printed}");
    let folder = out.join("compare/geneva-week-and-ultimatum-pretext/seed-1-30x10");
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).expect("it was written");
    assert_eq!(read("compare.txt"), printed);
    for picture in ["1-changes", "2-moves-ultimatum-pretext"] {
        assert!(read(&format!("{picture}.svg")).starts_with("<svg"));
    }
    let columns: serde_json::Value = serde_json::from_str(&read("columns.json")).expect("JSON");
    for table in ["shares.csv", "changes.csv", "flips.csv"] {
        let heading = read(table).lines().next().expect("a heading").to_owned();
        let told = columns[table].as_array().expect("a list").iter();
        let told: Vec<&str> = told
            .map(|c| c["column"].as_str().expect("a name"))
            .collect();
        assert_eq!(heading, told.join(","), "{table}");
    }
    let json: serde_json::Value = serde_json::from_str(&read("compare.json")).expect("JSON");
    let versus = &json["versus"][0];
    let flips = versus["flips"].as_array().expect("a list").iter();
    let moved: u64 = flips
        .map(|flip| flip["runs"].as_u64().expect("a number"))
        .sum();
    assert_eq!(versus["moved"].as_u64(), Some(moved));
    // The shares are those of `run`.
    let run = [&["run", BASE, "--no-charts", "--name", "n"], &size[..]].concat();
    assert!(jawjaw(&run).status.success());
    let summary = std::fs::read_to_string(out.join("geneva-week/n/summary.json")).expect("written");
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    assert_eq!(summary["outcomes"], json["scenarios"][0]["outcomes"]);
}

#[test]
fn strangers_and_slips_are_refused_with_a_reason() {
    let refused = |arguments: &[&str], code: i32, words: &str| {
        let output = jawjaw(&[&["compare"], arguments].concat());
        let said = text(output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(words) && output.stdout.is_empty(), "{said}");
    };
    refused(&[BASE], 2, "2 values");
    refused(&[BASE, BASE], 1, "the same id `geneva-week`");
    refused(&[BASE, "scenarios/cuba-1962.toml"], 1, "nothing to compare");
    refused(
        &[BASE, "scenarios/variants/ultimatum.toml"],
        3,
        "cannot read",
    );
    refused(
        &[BASE, VARIANT, "--precision", "2"],
        2,
        "use a number from 0.0001",
    );
}

/// A precision is a size that anybody can ask for by number.
#[test]
fn a_run_of_a_precision_is_a_run_of_its_size() {
    let out = folder("precision-command");
    let out = out.to_str().expect("a path in text");
    let common = [
        "run",
        "tests/fixtures/minimal.toml",
        "--no-charts",
        "--out",
        out,
    ];
    let output = jawjaw(&[&common[..], &["--precision", "0.03", "--name", "a"]].concat());
    assert!(output.status.success(), "{}", text(output.stderr));
    let manifest = |name: &str, file: &str| {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(out).expect("written") {
            let path = entry.expect("an entry").path().join(name).join(file);
            found.push(std::fs::read_to_string(path).expect("written"));
        }
        assert_eq!(found.len(), 1);
        found.remove(0)
    };
    let told: serde_json::Value =
        serde_json::from_str(&manifest("a", "manifest.json")).expect("JSON");
    assert_eq!(told["stopping"]["reached"], true);
    let draws = told["design"]["draws"].to_string();
    let plain = [
        "--draws",
        &draws,
        "--name",
        "b",
        "--threads",
        "1",
        "--quiet",
    ];
    assert!(jawjaw(&[&common[..], &plain].concat()).status.success());
    for file in ["summary.json", "runs.csv", "survival.csv"] {
        assert!(manifest("a", file) == manifest("b", file), "{file}");
    }
    let tight = ["--precision", "0.0005", "--max-runs", "2000", "--name", "c"];
    let output = jawjaw(&[&common[..], &tight].concat());
    assert_eq!(output.status.code(), Some(1));
    assert!(text(output.stderr).contains("--max-runs"));
}
