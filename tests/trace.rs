//! What a reader of `jawjaw trace` gets: one run of the shipped baseline word for word, and what
//! happens to files and arguments that cannot be used.
//!
//! A change of the model changes the transcript: look at it, then `INSTA_UPDATE=always cargo test`.

use std::process::{Command, Output};

fn trace(columns: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jawjaw"))
        .arg("trace")
        .args(arguments)
        .env("COLUMNS", columns)
        .output()
        .expect("the program starts")
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", stderr(output));
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

const BASELINE: &str = "scenarios/geneva-week.toml";

#[test]
fn the_baseline_reads_as_a_transcript() {
    let run = ["--draw", "0", "--replicate", "0"];
    let output = trace("80", &[&[BASELINE], &run[..]].concat());
    insta::assert_snapshot!("geneva_week_80", stdout(&output));
}

#[test]
fn runs_differ_by_their_numbers_and_only_by_them() {
    let first = stdout(&trace("80", &[BASELINE]));
    let again = stdout(&trace("80", &[BASELINE, "--seed", "1", "--draw", "0"]));
    assert_eq!(first, again);
    for change in [["--replicate", "1"], ["--draw", "1"], ["--seed", "2"]] {
        let other = stdout(&trace("80", &[&[BASELINE], &change[..]].concat()));
        assert_ne!(first, other, "{change:?}");
    }
}

#[test]
fn json_tells_the_same_run() {
    let output = stdout(&trace("80", &[BASELINE, "--format", "json"]));
    let value: serde_json::Value = serde_json::from_str(&output).expect("JSON");
    let text = stdout(&trace("80", &[BASELINE]));
    let outcome = value["end"]["name"].as_str().expect("an outcome");
    assert!(text.contains(&format!("The end: {outcome}\n")));
    let entries = value["entries"].as_array().expect("entries");
    let rounds = |kind: &str| entries.iter().filter(|e| e["entry"] == kind).count();
    assert_eq!(rounds("round"), text.matches("\nRound ").count());
    assert_eq!(rounds("round"), rounds("state"));
}

#[test]
fn lines_fit_any_terminal() {
    for columns in [30, 50, 80, 120] {
        let text = stdout(&trace(&columns.to_string(), &[BASELINE]));
        for line in text.lines() {
            let one_word = line.split_whitespace().count() == 1;
            assert!(
                one_word || line.chars().count() <= columns,
                "wider than {columns}: {line}"
            );
        }
    }
}

#[test]
fn what_cannot_be_used_is_refused() {
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let broken = folder.join("broken-trace.toml");
    std::fs::write(&broken, "schema = 1\nid = 7\n").expect("written");
    let output = trace("80", &[&broken.display().to_string()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert!(stderr(&output).contains("`id`"), "{}", stderr(&output));
    let output = trace("80", &["no-such-file.toml"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("no-such-file.toml"));
    let output = trace("80", &[BASELINE, "--draw", "first"]);
    assert_eq!(output.status.code(), Some(2));
}
