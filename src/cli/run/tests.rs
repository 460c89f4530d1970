//! The command with a simulator whose shares are known.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Parser;

use super::*;
use crate::ensemble::fake::Fake;
use crate::scenario::types::Direction;

/// An empty folder of this test alone.
pub(crate) fn scratch(name: &str) -> PathBuf {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder =
        std::env::temp_dir().join(format!("jawjaw-{name}-{}-{number}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    args: RunArgs,
}

fn args(out: &Path, rest: &str) -> RunArgs {
    let out = out.to_str().unwrap();
    let words = ["run", "--quiet", "--out", out]
        .into_iter()
        .chain(rest.split_whitespace());
    Line::try_parse_from(words).unwrap().args
}

#[expect(clippy::unnecessary_wraps, reason = "the type of `Workshop::load`")]
fn load(file: &Path) -> Result<Loaded<Fake>, CliError> {
    let mut fake = Fake::uncertain();
    let mut ancestors = Vec::new();
    let mut expectations = Vec::new();
    if file == Path::new("harsh.toml") {
        fake.harm = 0.1;
        "harsh".clone_into(&mut fake.facts.scenario.id);
        ancestors.push(Ancestor {
            id: "fishing-dispute".to_owned(),
            file: "a.toml".to_owned(),
        });
        for direction in [Direction::Up, Direction::Down] {
            expectations.push(Expectation {
                outcomes: vec!["clash".to_owned()],
                flags: Vec::new(),
                direction,
                against: None,
                because: "boats are armed".to_owned(),
                remark: None,
            });
        }
    }
    Ok(Loaded {
        simulator: fake,
        source: "text".to_owned(),
        resolved: "whole text".to_owned(),
        ancestors,
        expectations,
    })
}

fn picture() -> Vec<FigureFile> {
    vec![FigureFile {
        name: "shares".to_owned(),
        svg: "<svg/>".to_owned(),
        png: vec![137],
    }]
}

fn play(args: &RunArgs, cancel: &AtomicBool) -> (Result<ExitCode, CliError>, String) {
    let workshop = Workshop {
        load: &load,
        figures: &|_| Ok(picture()),
        comparison: &|summaries| {
            assert_eq!(summaries.len(), 2);
            Ok(picture())
        },
    };
    let mut stdout = Vec::new();
    let look = Look {
        width: 80,
        bold: false,
    };
    let result = args.run_with(&workshop, cancel, look, &mut stdout);
    (result, String::from_utf8(stdout).unwrap())
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read(path).unwrap())
        })
        .collect()
}

#[test]
fn a_run_leaves_a_whole_folder_and_the_same_bytes_again() {
    let out = scratch("run");
    let mut results = Vec::new();
    for threads in [1, 2, 8] {
        let args = args(
            &out,
            &format!("a.toml --draws 60 --replicates 40 --seed 9 --rounds --threads {threads}"),
        );
        let (code, text) = play(&args, &AtomicBool::new(false));
        assert_eq!(code.unwrap(), ExitCode::SUCCESS);
        let mut written = files(&out.join("fishing-dispute/seed-9-60x40"));
        let names: Vec<&str> = written.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "columns.json",
                "manifest.json",
                "rounds.csv",
                "runs.csv",
                "shares.png",
                "shares.svg",
                "summary.json",
                "summary.txt",
                "survival.csv"
            ]
        );
        let manifest: serde_json::Value =
            serde_json::from_slice(&written.remove("manifest.json").unwrap()).unwrap();
        assert_eq!(manifest["design"]["runs"], 2400);
        assert_eq!(manifest["machine"]["threads"], threads);
        assert_eq!(manifest["sha256"], sha256_hex("text"));
        results.push((written, text));
    }
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
    assert!(results[0].1.contains(text::NOT_A_FORECAST));
    let rows = &results[0].0["runs.csv"];
    assert_eq!(String::from_utf8_lossy(rows).lines().count(), 2401);
    assert_eq!(
        fs::read_dir(out.join("fishing-dispute")).unwrap().count(),
        1
    );
    fs::remove_dir_all(out).unwrap();
}

#[test]
fn several_files_are_compared_and_expectations_checked() {
    let out = scratch("compare");
    let args = args(
        &out,
        "a.toml harsh.toml --draws 50 --replicates 20 --name class",
    );
    let (code, text) = play(&args, &AtomicBool::new(false));
    assert_eq!(code.unwrap(), ExitCode::SUCCESS);
    assert!(
        text.contains("SUPPORTED") && text.contains("CONTRADICTED"),
        "{text}"
    );
    let written = files(&out.join("comparison/class"));
    let checks: Vec<serde_json::Value> =
        serde_json::from_slice(&written["expectations.json"]).unwrap();
    assert_eq!(checks[0]["verdict"], "supported");
    assert_eq!(checks[1]["verdict"], "contradicted");
    let mut reader = csv::Reader::from_reader(written["comparison.csv"].as_slice());
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 6);
    assert_eq!(
        (&rows[5][0], &rows[5][1], &rows[5][8]),
        ("harsh", "clash", "fishing-dispute")
    );
    let change: f64 = rows[5][9].parse().unwrap();
    assert!((change - 0.1).abs() < 0.04, "{change}");
    insta::assert_snapshot!(
        "comparison_80",
        String::from_utf8(written["comparison.txt"].clone()).unwrap()
    );
    fs::remove_dir_all(out).unwrap();
}

#[test]
fn a_stopped_run_is_kept_under_another_name() {
    let out = scratch("partial");
    let cancel = AtomicBool::new(false);
    let args = args(&out, "a.toml --draws 3000 --replicates 10 --threads 1");
    let workshop = Workshop {
        load: &load,
        figures: &|_| Ok(picture()),
        comparison: &|_| Ok(picture()),
    };
    // Stops as soon as there is something on disk.
    let code = std::thread::scope(|scope| {
        scope.spawn(|| {
            let parent = out.join("fishing-dispute");
            while !fs::read_dir(&parent).is_ok_and(|entries| {
                entries.flatten().any(|entry| {
                    fs::metadata(entry.path().join("runs.csv")).is_ok_and(|file| file.len() > 2000)
                })
            }) {
                std::thread::yield_now();
            }
            cancel.store(true, Ordering::Relaxed);
        });
        let look = Look {
            width: 80,
            bold: false,
        };
        args.run_with(&workshop, &cancel, look, &mut io::sink())
            .unwrap()
    });
    // The machine may be quick enough to finish first; then the result is a whole one.
    let name = fs::read_dir(out.join("fishing-dispute"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let written = files(&name.path());
    let summary: Summary = serde_json::from_slice(&written["summary.json"]).unwrap();
    let partial = summary.design.partial;
    assert_eq!(
        name.file_name().to_str().unwrap().ends_with("-partial"),
        partial
    );
    assert_eq!(
        code,
        if partial {
            ExitCode::from(1)
        } else {
            ExitCode::SUCCESS
        }
    );
    let rows = String::from_utf8_lossy(&written["runs.csv"])
        .lines()
        .count() as u64;
    assert_eq!(rows, summary.design.runs + 1);
    fs::remove_dir_all(out).unwrap();
}

#[test]
fn nothing_is_left_when_nothing_was_finished() {
    let out = scratch("stopped");
    let (result, _) = play(&args(&out, "a.toml --draws 5"), &AtomicBool::new(true));
    assert!(
        result
            .unwrap_err()
            .to_string()
            .contains("stopped before any run")
    );
    assert_eq!(
        fs::read_dir(out.join("fishing-dispute")).unwrap().count(),
        0
    );
    fs::remove_dir_all(out).unwrap();
}

#[test]
fn a_path_that_cannot_be_written_is_named() {
    let out = scratch("unwritable");
    let file = out.join("file");
    fs::write(&file, "not a folder").unwrap();
    let (result, _) = play(&args(&file, "a.toml --draws 5"), &AtomicBool::new(false));
    let message = result.unwrap_err().to_string();
    assert!(
        message.contains("cannot") && message.contains("file"),
        "{message}"
    );
    fs::remove_dir_all(out).unwrap();
}

#[test]
fn the_same_scenario_twice_is_refused() {
    let out = scratch("twice");
    let (result, _) = play(
        &args(&out, "a.toml b.toml --draws 5"),
        &AtomicBool::new(false),
    );
    assert!(
        result
            .unwrap_err()
            .to_string()
            .contains("give each file its own id")
    );
    fs::remove_dir_all(out).unwrap();
}

#[test]
fn senseless_arguments_are_refused() {
    for line in [
        "run",
        "run a.toml --draws 0",
        "run a.toml --replicates 0",
        "run a.toml --threads 0",
        "run a.toml --seed -1",
        "run a.toml --name ../elsewhere",
        "run a.toml --name .hidden",
    ] {
        assert!(
            Line::try_parse_from(line.split_whitespace()).is_err(),
            "{line}"
        );
    }
}
