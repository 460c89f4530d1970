//! The generated pages of `docs/` are what the command writes now.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jawjaw::evidence::Evidence;

fn atlas(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jawjaw"))
        .arg("atlas")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Parties and evidence byte for byte; of the played pages what they record of their inputs and of
/// their first runs, which are played again. `.ci/run` plays all of them.
#[test]
fn the_pages_are_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = atlas(root, &["scenarios/geneva-week.toml", "--check", "--quick"]);
    assert!(
        output.status.success(),
        "{}\n`cargo run --release -- atlas scenarios/geneva-week.toml` writes them anew",
        said(&output)
    );
    assert!(output.stdout.is_empty());
    assert!(!said(&output).contains("warning"), "{}", said(&output));
}

/// Each of the facts bears on a number, a rule, a hypothesis or a text, or says why not.
#[test]
fn every_fact_is_used_or_explained() {
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/evidence-use.md"))
            .expect("the page is there");
    for fact in Evidence::shipped()
        .facts()
        .iter()
        .filter(|fact| fact.id.starts_with('d'))
    {
        assert!(page.contains(&format!("| `{}` |", fact.id)), "{}", fact.id);
    }
    assert!(!page.contains("no reason is given yet"));
}

/// A surprise says why it is none, and nothing that came as expected is explained away.
#[test]
fn every_surprise_is_explained() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/scenarios.md")).expect("the page is there");
    let mut lines = page.lines().peekable();
    let (mut surprises, mut expected) = (0, 0);
    while let Some(line) = lines.next() {
        if !line.starts_with("- Expected") {
            continue;
        }
        let remark = lines
            .peek()
            .and_then(|next| next.strip_prefix("  Remark: "));
        if line.contains("**supported**") {
            expected += 1;
            // The words in which the files say that the model disagrees.
            for word in [
                "opposite",
                "does not occur",
                "hardly occurs",
                "less often",
                "It gets rarer",
            ] {
                assert!(remark.is_none_or(|text| !text.contains(word)), "{line}");
            }
        } else {
            surprises += 1;
            assert!(remark.is_some_and(|text| text.len() > 40), "{line}");
        }
    }
    assert!(surprises > 0 && expected > surprises);
}

/// Every lever without an outcome is explained where readers look.
#[test]
fn every_quiet_lever_is_explained() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/levers.md")).expect("the page is there");
    let quiet = page
        .split("## Without an outcome")
        .nth(1)
        .and_then(|rest| rest.split("\n## ").next())
        .expect("the page has the section");
    let rows: Vec<&str> = quiet
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    assert!(!rows.is_empty());
    for row in rows {
        assert!(!row.ends_with("|  |"), "no note explains {row}");
    }
}

/// A folder with a small crisis and a variant of it.
fn desk(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("the last test's folder can go");
    }
    fs::create_dir_all(folder.join("scenarios/variants")).expect("a folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::copy(
        root.join("tests/fixtures/quarrel.toml"),
        folder.join("scenarios/quarrel.toml"),
    )
    .expect("the fixture is there");
    let variant = "schema = 1\nid = \"other\"\nextends = \"../quarrel.toml\"\ntitle = \"Other\"\nsummary = \"As before.\"\n";
    fs::write(folder.join("scenarios/variants/other.toml"), variant).expect("written");
    folder
}

const SMALL: [&str; 6] = ["--draws", "10", "--replicates", "5", "--lever-draws", "5"];

#[test]
fn a_newcomer_gets_the_same_pages_twice_on_any_number_of_threads() {
    let folder = desk("atlas-twice");
    let mut pages = Vec::new();
    for threads in ["1", "3"] {
        let mut arguments = vec!["scenarios/quarrel.toml", "--threads", threads];
        arguments.extend(SMALL);
        let output = atlas(&folder, &arguments);
        assert!(output.status.success(), "{}", said(&output));
        let page =
            |name: &str| fs::read_to_string(folder.join("docs").join(name)).expect("written");
        pages.push((
            page("scenarios.md"),
            page("levers.md"),
            page("evidence-use.md"),
        ));
        fs::remove_dir_all(folder.join("docs")).expect("written");
    }
    assert_eq!(pages[0], pages[1]);
    assert!(pages[0].0.contains("## other"), "{}", pages[0].0);
}

#[test]
fn a_check_changes_nothing_and_names_what_is_stale() {
    let folder = desk("atlas-check");
    let mut write = vec!["scenarios/quarrel.toml", "--quiet"];
    write.extend(SMALL);
    let check = [write.clone(), vec!["--check"]].concat();
    let quick = [check.clone(), vec!["--quick"]].concat();
    let fresh = atlas(&folder, &check);
    assert_eq!(fresh.status.code(), Some(1), "{}", said(&fresh));
    assert!(!folder.join("docs").exists());
    assert!(atlas(&folder, &write).status.success());
    for arguments in [&check, &quick] {
        let output = atlas(&folder, arguments);
        assert!(output.status.success(), "{}", said(&output));
    }
    // Another number in the variant: its page knows, with or without all runs.
    let variant = folder.join("scenarios/variants/other.toml");
    let text = fs::read_to_string(&variant).expect("written above");
    fs::write(&variant, text + "[beliefs]\ntremble = 0.123\n").expect("written");
    for arguments in [&check, &quick] {
        let output = atlas(&folder, arguments);
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains("scenarios.md"), "{}", said(&output));
        assert!(!said(&output).contains("levers.md"), "{}", said(&output));
    }
}

#[test]
fn mistakes_are_answered_in_sentences() {
    let folder = desk("atlas-mistakes");
    let missing = atlas(&folder, &["scenarios/nothing.toml"]);
    assert_eq!(missing.status.code(), Some(3), "{}", said(&missing));
    let variant = atlas(&folder, &["scenarios/variants/other.toml"]);
    assert_eq!(variant.status.code(), Some(1));
    assert!(said(&variant).contains("the file that the others extend"));
    let usage = atlas(&folder, &["scenarios/quarrel.toml", "--quick"]);
    assert_eq!(usage.status.code(), Some(2), "{}", said(&usage));
    fs::write(
        folder.join("scenarios/quarrel.notes.md"),
        "\n## othr\nText.\n",
    )
    .expect("written");
    let note = atlas(&folder, &["scenarios/quarrel.toml"]);
    assert_eq!(note.status.code(), Some(1));
    assert!(said(&note).contains("there is `other`"), "{}", said(&note));
}
