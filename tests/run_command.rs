//! `jawjaw run` as a user calls it: what it prints, what it writes, and that threads change nothing.

use std::collections::BTreeMap;
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

/// Every file below a folder but the manifest, which tells the time.
fn contents(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut left = vec![root.to_owned()];
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder that was written can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                left.push(path);
            } else if path.file_name().is_some_and(|name| name != "manifest.json") {
                let name = path
                    .strip_prefix(root)
                    .expect("below the root")
                    .display()
                    .to_string();
                found.insert(name, std::fs::read(&path).expect("a file that was written"));
            }
        }
    }
    found
}

fn run(out: &Path, more: &[&str]) -> Output {
    let mut arguments = vec!["run", "scenarios/geneva-week.toml", "--quiet", "--out"];
    let out = out.to_str().expect("a path in text");
    arguments.push(out);
    arguments.extend(more);
    jawjaw(&arguments)
}

#[test]
fn threads_change_no_byte_of_the_baseline() {
    let mut first = None;
    for threads in ["1", "2", "8"] {
        let out = folder(&format!("threads-{threads}"));
        let size = [
            "--draws",
            "30",
            "--replicates",
            "20",
            "--rounds",
            "--no-charts",
        ];
        let output = run(&out, &[&size[..], &["--threads", threads]].concat());
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let written = (contents(&out), output.stdout);
        assert!(written.0.keys().any(|name| name.ends_with("rounds.csv")));
        match &first {
            None => first = Some(written),
            Some(first) => assert!(*first == written, "{threads} threads write other bytes"),
        }
    }
}

#[test]
fn a_run_leaves_every_table_and_chart() {
    let out = folder("all-files");
    let output = run(
        &out,
        &["--draws", "10", "--replicates", "10", "--name", "look"],
    );
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(
        text.contains("given these assumptions, not a forecast"),
        "{text}"
    );
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    let files = contents(&out);
    let charts = [
        "1-outcomes",
        "2-timeline",
        "3-concessions",
        "4-joint",
        "5-issues",
        "6-beliefs-russia",
        "6-beliefs-us",
        "7-tension",
        "9-time-to-end",
    ];
    for chart in charts {
        let svg = &files[&format!("geneva-week/look/{chart}.svg")];
        assert!(
            svg.starts_with(b"<svg") || svg.starts_with(b"<?xml"),
            "{chart}.svg"
        );
        assert!(
            files[&format!("geneva-week/look/{chart}.png")].starts_with(b"\x89PNG"),
            "{chart}"
        );
    }
    let runs = String::from_utf8(files["geneva-week/look/runs.csv"].clone()).expect("text");
    assert_eq!(runs.lines().count(), 101, "a header and a row a run");
    let manifest = std::fs::read_to_string(out.join("geneva-week/look/manifest.json"));
    let manifest: serde_json::Value =
        serde_json::from_str(&manifest.expect("a manifest")).expect("JSON");
    assert_eq!(manifest["design"]["seed"], 1);
    assert_eq!(manifest["design"]["partial"], false);
}

#[test]
fn what_variants_expect_is_checked_against_the_baseline() {
    let out = folder("comparison");
    let more = [
        "scenarios/variants/opening-bid.toml",
        "scenarios/variants/ultimatum-pretext.toml",
        "scenarios/variants/preannounced-sanctions.toml",
        "--draws",
        "150",
        "--replicates",
        "20",
        "--no-charts",
    ];
    let output = run(&out, &more);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("text");
    assert_eq!(text.matches("CONTRADICTED").count(), 0, "{text}");
    assert!(text.matches("SUPPORTED").count() >= 5, "{text}");
}

/// The crossing expects against each of its parents; what is not run is not judged, and a flag is
/// counted over the same runs as `runs.csv`.
#[test]
fn expectations_are_judged_against_the_file_they_name() {
    let out = folder("expectations");
    let files = [
        "scenarios/crossings/ukraine-in-every-venue.toml",
        "scenarios/variants/alliance-split.toml",
        "scenarios/crossings/announced-but-divided.toml",
    ];
    let size = [
        "--draws",
        "40",
        "--replicates",
        "5",
        "--no-charts",
        "--name",
        "n",
    ];
    let output = run(&out, &[&files[..], &size[..]].concat());
    assert!(output.status.success());
    let read =
        |path: &str| std::fs::read_to_string(out.join(path)).expect("a file that was written");
    let checks: serde_json::Value =
        serde_json::from_str(&read("comparison/n/expectations.json")).expect("JSON");
    let checks = checks.as_array().expect("a list");
    let named: Vec<(&str, &str)> = (checks.iter())
        .map(|check| {
            [&check["variant"], &check["base"]]
                .map(|id| id.as_str().expect("an id"))
                .into()
        })
        .collect();
    let seats = ("ukraine-in-every-venue", "geneva-week");
    let expected = [
        seats,
        seats,
        ("alliance-split", "geneva-week"),
        // Its first expectation is against a file that is not run here.
        ("announced-but-divided", "alliance-split"),
    ];
    assert_eq!(named, expected);
    let flag = "west-conceded-on-enlargement-without-ukraine";
    assert_eq!(checks[0]["flags"], serde_json::json!([flag]));
    let share = |id: &str| {
        let table = read(&format!("{id}/n/runs.csv"));
        let mut rows = table.lines().map(|row| row.split(',').collect::<Vec<_>>());
        let heading = rows.next().expect("a heading");
        let column = heading
            .iter()
            .position(|name| *name == format!("flag.{flag}"));
        let column = column.expect("a column of the flag");
        let held: Vec<bool> = rows.map(|row| row[column] == "1").collect();
        held.iter().filter(|held| **held).count() as f64 / held.len() as f64
    };
    let told = |key: &str| checks[0]["difference"][key].as_f64().expect("a share");
    assert!((told("first") - share("geneva-week")).abs() < 1e-12);
    assert!((told("second") - share("ukraine-in-every-venue")).abs() < 1e-12);
    assert!(share("geneva-week") > 0.0, "or the test shows nothing");
}

/// A variant alone plays, and says how its expectations are checked; the command that it names does
/// check them.
#[test]
fn a_variant_alone_names_the_command_that_checks_it() {
    let out = folder("alone");
    let out = out.to_str().expect("a path in text");
    let file = "scenarios/variants/closing-window.toml";
    let size = [
        "--draws",
        "4",
        "--replicates",
        "5",
        "--no-charts",
        "--out",
        out,
    ];
    let said = |files: &[&str]| {
        let output = jawjaw(&[&["run"], files, &size[..]].concat());
        assert!(output.status.success());
        String::from_utf8(output.stderr).expect("text")
    };
    let wanted = "jawjaw run scenarios/geneva-week.toml scenarios/variants/closing-window.toml\n";
    let alone = said(&[file]);
    assert!(
        alone.contains("hint: ") && alone.ends_with(wanted),
        "{alone}"
    );
    let both = said(&["scenarios/geneva-week.toml", file]);
    assert!(!both.contains("hint: "), "{both}");
    let base = said(&["scenarios/geneva-week.toml"]);
    assert!(!base.contains("hint: "), "{base}");
}

/// The same luck means nothing between two crises: no change is told, and the reader hears why.
#[test]
fn crises_that_share_nothing_are_not_compared() {
    let out = folder("strangers");
    let folder = out.to_str().expect("a path in text");
    let play = |files: &[&str]| {
        let size = [
            "--draws",
            "4",
            "--replicates",
            "5",
            "--no-charts",
            "--out",
            folder,
        ];
        let more = ["--name", "n", "--quiet"];
        let output = jawjaw(&[&["run"], files, &size[..], &more[..]].concat());
        assert!(output.status.success());
        String::from_utf8(output.stdout).expect("text")
    };
    let strangers = play(&["scenarios/two-islands.toml", "scenarios/cuba-1962.toml"]);
    assert!(!strangers.contains("same luck"), "{strangers}");
    assert!(
        strangers.contains("No change is given for two-islands and cuba-1962"),
        "{strangers}"
    );
    let rows = std::fs::read(out.join("comparison/n/comparison.csv")).expect("written");
    let mut rows = csv::Reader::from_reader(rows.as_slice());
    for row in rows.records() {
        assert_eq!(&row.expect("a row")[8], "");
    }
    // Between them, two files of one family are still a pair.
    let mixed = play(&[
        "scenarios/cuba-1962.toml",
        "scenarios/variants/closing-window.toml",
        "scenarios/variants/long-game.toml",
    ]);
    assert!(mixed.contains("against closing-window"), "{mixed}");
    assert!(
        mixed.contains("No change is given for cuba-1962:"),
        "{mixed}"
    );
}

/// Most memory that a run of the baseline with every chart holds, in MiB.
#[cfg(target_os = "linux")]
fn most_held(draws: &str) -> f64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_jawjaw"))
        .args(["run", "scenarios/geneva-week.toml", "--quiet"])
        .args(["--draws", draws, "--threads", "2", "--out"])
        .arg(folder(&format!("memory-{draws}")))
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("the binary runs");
    // Kept by the kernel as the peak, so that only the very last moments can be missed.
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0.0_f64;
    while child.try_wait().expect("the child is ours").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        most = most.max(kib.unwrap_or(0.0) / 1024.0);
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    most
}

#[test]
#[cfg(target_os = "linux")]
fn any_number_of_runs_with_every_chart_fits_64_mib() {
    let (few, many) = (most_held("10"), most_held("1000"));
    assert!(few > 8.0, "{few} MiB were seen");
    assert!(many < 64.0, "{many} MiB for 20,000 runs");
    assert!(
        many < few + 12.0,
        "{few} MiB for 200 runs, {many} for 20,000"
    );
}
