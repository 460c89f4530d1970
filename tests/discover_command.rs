//! `jawjaw discover` and `jawjaw rare` as a user calls them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const MINIMAL: &str = "tests/fixtures/minimal.toml";

fn jawjaw(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jawjaw"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "80")
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

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// Every file of a folder but the manifest, which holds the command as typed.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).expect("the folder was written");
    entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.file_name().is_some_and(|name| name != "manifest.json"))
        .map(|path| {
            let name = path
                .file_name()
                .expect("a file")
                .to_string_lossy()
                .into_owned();
            (name, std::fs::read(&path).expect("a file that was written"))
        })
        .collect()
}

fn run(out: &Path, verb: &str, more: &[&str]) -> Output {
    let out = out.to_str().expect("a path in text");
    jawjaw(
        &[
            &[
                verb,
                MINIMAL,
                "--outcome",
                "strike",
                "--quiet",
                "--out",
                out,
            ],
            more,
        ]
        .concat(),
    )
}

#[test]
fn a_discovery_is_the_same_for_any_number_of_threads() {
    let mut first = None;
    for threads in ["1", "3"] {
        let out = folder(&format!("discover-threads-{threads}"));
        let size = ["--draws", "6000", "--boxes", "2", "--threads", threads];
        let output = run(&out, "discover", &size);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let files = contents(&out.join("minimal/discover-strike-seed-1-6000x1"));
        for name in [
            "1-tradeoff.svg",
            "1-tradeoff.png",
            "1-box.svg",
            "1-box.png",
            "columns.json",
            "discover.json",
            "discover.txt",
            "limits.csv",
            "tradeoff.csv",
        ] {
            assert!(files.contains_key(name), "{name} is missing");
        }
        assert_eq!(text(&files["discover.txt"]), text(&output.stdout));
        match &first {
            None => first = Some(files),
            Some(first) => assert!(*first == files, "{threads} threads write other bytes"),
        }
    }
}

/// What drives the strike in the small scenario is known from its file: who strikes and what it
/// expects of it. The region says so, on runs that had no part in finding it.
#[test]
fn the_region_of_the_strike_names_what_the_file_makes_matter() {
    let out = folder("discover-strike");
    let output = run(&out, "discover", &["--draws", "12000", "--no-charts"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let folder = out.join("minimal/discover-strike-seed-1-12000x1");
    let json: serde_json::Value =
        serde_json::from_slice(&contents(&folder)["discover.json"]).expect("JSON");
    let region = &json["regions"][0];
    assert_eq!(region["found"], true, "{}", text(&output.stdout));
    let share = |value: &serde_json::Value| value.as_f64().expect("a number");
    let everywhere = share(&json["everywhere"]["density"]);
    assert!(share(&region["held_out"]["low"]) > 1.5 * everywhere);
    // The searched runs flatter every box of a trajectory but the first.
    let last = region["steps"]
        .as_array()
        .expect("steps")
        .last()
        .expect("a step");
    assert!(share(&last["in_sample"]["density"]) > share(&last["held_out"]["density"]));
    let kept: Vec<String> = (region["restrictions"].as_array().expect("a list").iter())
        .filter(|one| one["kept"] == true)
        .map(|one| {
            let factor = one["factor"].as_u64().expect("an index") as usize;
            json["factors"][factor]["id"]
                .as_str()
                .expect("a path")
                .to_owned()
        })
        .collect();
    let matters =
        |id: &String| id.starts_with("force.strike.") || id.starts_with("parties.lowland.");
    assert!(!kept.is_empty() && kept.iter().all(matters), "{kept:?}");
    assert!(
        text(&output.stdout).contains("assumed: "),
        "{}",
        text(&output.stdout)
    );
    // Only a path that is too long for its column may push a line beyond the width.
    for line in text(&output.stdout).lines() {
        let long_word = line
            .split_whitespace()
            .any(|word| word.chars().count() > 40);
        assert!(line.chars().count() <= 80 || long_word, "{line}");
    }
}

#[test]
fn a_step_may_be_chosen_by_hand_if_there_is_one() {
    let out = folder("discover-step");
    let size = [
        "--draws",
        "1000",
        "--replicates",
        "2",
        "--no-charts",
        "--numbers-only",
    ];
    let output = run(&out, "discover", &[&size[..], &["--step", "2"]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(
        text(&output.stdout).contains("step 2, taken"),
        "{}",
        text(&output.stdout)
    );
    let output = run(&out, "discover", &[&size[..], &["--step", "500"]].concat());
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("there is no step 500"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn mistakes_are_answered_with_the_remedy() {
    let out = folder("discover-mistakes");
    let say = |arguments: &[&str]| {
        let output = jawjaw(&[arguments, &["--out", out.to_str().expect("text")]].concat());
        (output.status.code(), text(&output.stderr))
    };
    for verb in ["discover", "rare"] {
        let (code, said) = say(&[verb, MINIMAL, "--outcome", "strik"]);
        assert_eq!(code, Some(1));
        assert!(said.contains("did you mean `strike`?"), "{said}");
        assert!(said.contains("strike, deal, drift"), "{said}");
        let (code, said) = say(&[verb, MINIMAL]);
        assert_eq!(code, Some(2));
        assert!(said.contains("--outcome <ID>"), "{said}");
        let (code, _) = say(&[verb, "no-such-file.toml", "--outcome", "strike"]);
        assert_eq!(code, Some(3));
        let (code, said) = say(&[verb, "tests/broken/unknown-key.toml", "--outcome", "strike"]);
        assert_eq!(code, Some(1), "{said}");
    }
    let (code, said) = say(&["discover", MINIMAL, "--outcome", "strike", "--draws", "40"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("40 draws are too few"), "{said}");
    let (code, said) = say(&[
        "discover",
        MINIMAL,
        "--outcome",
        "deal",
        "--draws",
        "300",
        "--quiet",
    ]);
    assert_eq!(code, Some(1));
    assert!(said.contains("`jawjaw rare"), "{said}");
    let (code, said) = say(&["rare", MINIMAL, "--outcome", "strike", "--effort", "1"]);
    assert_eq!(code, Some(2), "{said}");
    let (code, said) = say(&["rare", MINIMAL, "--outcome", "strike", "--level", "anger"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("conditions"), "{said}");
    assert!(
        !out.exists() || contents(&out).is_empty(),
        "nothing is left behind"
    );
}

#[test]
fn a_rare_outcome_leaves_its_stages_and_a_picture() {
    let mut first = None;
    for threads in ["1", "2"] {
        let out = folder(&format!("rare-threads-{threads}"));
        let output = run(&out, "rare", &["--effort", "100", "--threads", threads]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let files = contents(&out.join("minimal/rare-strike-force-seed-1-100x20"));
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        let expected = [
            "columns.json",
            "rare.json",
            "rare.png",
            "rare.svg",
            "rare.txt",
            "stages.csv",
        ];
        assert_eq!(names, expected);
        assert_eq!(text(&files["rare.txt"]), text(&output.stdout));
        assert!(
            text(&output.stdout).contains("95%"),
            "{}",
            text(&output.stdout)
        );
        match &first {
            None => first = Some(files),
            Some(first) => assert!(*first == files, "{threads} threads write other bytes"),
        }
    }
}
