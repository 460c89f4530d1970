//! What scripts rely on: exit codes, and which stream says what.

use std::process::{Command, Output};

fn jawjaw(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jawjaw"))
        .args(arguments)
        .output()
        .expect("the command runs and writes text")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("the command runs and writes text")
}

const MINIMAL: &str = "tests/fixtures/minimal.toml";

#[test]
fn check_says_ok_on_standard_output_alone() {
    let output = jawjaw(&["check", "--strict", MINIMAL]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout), "tests/fixtures/minimal.toml: ok\n");
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn check_fails_with_the_reason_on_standard_error() {
    let broken = "tests/broken/too-deep.toml";
    let output = jawjaw(&["check", MINIMAL, broken]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).ends_with("tests/broken/too-deep.toml: failed, 1 error\n"));
    assert!(text(&output.stderr).starts_with("error[too-deep]"));
    assert!(!text(&output.stderr).contains('\u{1b}'));
}

#[test]
fn check_as_json_names_line_and_column() {
    let output = jawjaw(&["check", "--format", "json", "tests/broken/too-deep.toml"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document[0]["ok"], false);
    assert_eq!(document[0]["diagnostics"][0]["code"], "too-deep");
    assert_eq!(document[0]["diagnostics"][0]["labels"][0]["line"], 3);
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn a_path_that_is_nearly_right_is_set_right() {
    let week = "scenarios/geneva-weak.toml";
    let commands: [&[&str]; 8] = [
        &["run", week],
        &["check", week],
        &["play", week],
        &["solve", week],
        &["compare", "scenarios/geneva-week.toml", week],
        &["experiment", "plan", "--out", "no-such-folder", week],
        &["show", "scenario/geneva-week"],
        &["trace", "geneva-week"],
    ];
    for command in commands {
        let output = jawjaw(command);
        assert_eq!(output.status.code(), Some(3), "{command:?}");
        let said = text(&output.stderr);
        let hint = "\n\nhint: there is `scenarios/geneva-week.toml`\n";
        assert!(said.ends_with(hint), "{command:?}: {said}");
    }
}

#[test]
fn a_file_that_is_not_there_is_an_input_failure() {
    let output = jawjaw(&["check", "no-such-file.toml"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).starts_with("error: cannot read no-such-file.toml: "));
}

#[test]
fn a_folder_is_an_input_failure() {
    for command in ["check", "show", "run", "trace"] {
        let output = jawjaw(&[command, "tests"]);
        assert_eq!(output.status.code(), Some(3), "{command}");
        assert!(text(&output.stderr).starts_with("error: cannot read tests: "));
    }
}

#[test]
fn no_threads_are_a_usage_error_in_plain_words() {
    let output = jawjaw(&["run", "--threads", "0", MINIMAL]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("use a whole number, at least 1"));
}

#[test]
fn every_command_says_what_it_does() {
    let help = text(&jawjaw(&["--help"]).stdout);
    for command in [
        "check", "show", "explain", "schema", "evidence", "run", "trace",
    ] {
        let line = help
            .lines()
            .find(|line| line.trim_start().starts_with(&format!("{command} ")))
            .unwrap_or_else(|| panic!("{command} is missing"));
        let said = line.trim_start().trim_start_matches(command).trim();
        assert!(
            said.starts_with(|first: char| first.is_uppercase()),
            "{line}"
        );
        assert!(!said.ends_with('.'), "{line}");
    }
}

#[test]
fn explain_suggests_the_nearest_path() {
    let output = jawjaw(&["explain", MINIMAL, "parties.lowland.patiense"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("there is `parties.lowland.patience`"));
    let output = jawjaw(&["explain", MINIMAL, "parties.lowland.patience"]);
    assert_eq!(output.status.code(), Some(0));
    let expected = "parties.lowland.patience: 0.9 to 0.99, most likely 0.95\n    \
        assumed: the dry season nears\n\n1 number:\n     1  100 %  assumed\n";
    assert_eq!(text(&output.stdout), expected);
}

#[test]
fn show_describes_and_schema_is_json() {
    let output = jawjaw(&["show", MINIMAL]);
    assert!(text(&output.stdout).contains("Ready to strike (hawkish), prior 0.4"));
    let output = jawjaw(&["schema"]);
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
}
