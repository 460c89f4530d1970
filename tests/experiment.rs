//! `jawjaw experiment` as a user calls it: whatever happens on the way, the same bytes at the end.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use jawjaw::experiment::plan::ExperimentPlan;

const SCENARIOS: [&str; 2] = ["tests/fixtures/quarrel.toml", "tests/fixtures/minimal.toml"];

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jawjaw"));
    command.args(arguments).env("NO_COLOR", "1");
    command
}

fn jawjaw(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the binary runs")
}

fn well(arguments: &[&str]) -> String {
    let output = jawjaw(arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).expect("text")
}

/// Exit code and what was said.
fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let output = jawjaw(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

/// A path of this test's own where nothing is.
fn folder(name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("experiment-{name}"));
    if path.is_dir() {
        fs::remove_dir_all(&path).expect("an old folder can be removed");
    }
    path.to_str().expect("a path in text").to_owned()
}

fn plan(name: &str, more: &[&str]) -> String {
    let out = folder(name);
    let fixed = ["experiment", "plan", "--out", &out];
    let size = ["--draws", "60", "--replicates", "7", "--batch", "35"];
    let size = if more.contains(&"--draws") {
        &size[..0]
    } else {
        &size[..]
    };
    well(&[&fixed[..], &SCENARIOS[..], size, more].concat());
    out
}

fn run(folder: &str, more: &[&str]) {
    well(&[&["experiment", "run", folder, "--quiet"], more].concat());
}

/// The merged files, by name.
fn merged(folder: &str) -> BTreeMap<&'static str, Vec<u8>> {
    well(&["experiment", "merge", folder]);
    ["runs.parquet", "draws.parquet", "columns.json"]
        .into_iter()
        .map(|name| {
            (
                name,
                fs::read(Path::new(folder).join(name)).expect("a merged file"),
            )
        })
        .collect()
}

fn parts(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(folder).join("parts")).expect("the parts' folder");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "parquet"))
        .collect();
    paths.sort();
    paths
}

/// Numbers that differ, the same in every run of the test.
fn luck(state: &mut u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

#[test]
fn threads_shards_and_order_change_no_byte() {
    let whole = plan("whole", &["--shards", "1"]);
    run(&whole, &["--threads", "1"]);
    let expected = merged(&whole);
    let merging_again = merged(&whole);
    assert!(expected == merging_again);
    for (shards, threads) in [("4", "2"), ("7", "3")] {
        let split = plan(&format!("split-{shards}"), &["--shards", shards]);
        let n: u32 = shards.parse().expect("a number");
        for k in (0..n).rev() {
            run(
                &split,
                &["--threads", threads, "--shard", &format!("{k}/{shards}")],
            );
        }
        assert!(expected == merged(&split), "{shards} shards");
    }
    let ranges = plan("ranges", &[]);
    for range in ["500..600", "0..40", "211..840"] {
        run(&ranges, &["--range", range]);
    }
    assert_eq!(refused(&["experiment", "merge", &ranges]).0, Some(1));
    run(&ranges, &[]);
    assert!(expected == merged(&ranges));
}

#[cfg(unix)]
#[test]
fn a_kill_at_any_moment_costs_one_batch_at_most() {
    let sizes = ["--draws", "1000", "--replicates", "7", "--batch", "70"];
    let whole = plan("unkilled", &sizes);
    run(&whole, &[]);
    let expected = merged(&whole);
    let killed = plan("killed", &sizes);
    let (mut state, mut kills) = (11, 0);
    // Not for ever: on a slow machine the pauses grow.
    for round in 0..200 {
        let before = parts(&killed).len();
        let mut child = command(&["experiment", "run", &killed, "--quiet"])
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        std::thread::sleep(Duration::from_millis(
            20 + luck(&mut state) % (80 + 10 * round),
        ));
        let ended = child.try_wait().expect("a child can be asked").is_some();
        child.kill().ok();
        child.wait().expect("a child ends");
        if ended {
            break;
        }
        kills += 1;
        let after = parts(&killed);
        assert!(after.len() >= before);
        let said = jawjaw(&["experiment", "status", &killed]);
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        assert!(!said.contains("not counted"), "{said}");
    }
    assert!(kills > 1, "{kills} kills");
    run(&killed, &[]);
    assert!(expected == merged(&killed), "after {kills} kills");
    let left = fs::read_dir(Path::new(&killed).join("parts")).expect("the parts' folder");
    let left: Vec<_> = left
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with('.'))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[cfg(unix)]
#[test]
fn a_warning_finishes_the_batch_and_ends_well() {
    let sizes = ["--draws", "20000", "--replicates", "7", "--batch", "70"];
    for signal in ["USR1", "TERM", "INT"] {
        let folder = plan(&format!("signal-{signal}"), &sizes);
        let child = command(&["experiment", "run", &folder, "--quiet"])
            .spawn()
            .expect("the binary starts");
        wait_for_parts(&folder, 1);
        let sent = Command::new("kill")
            .args(["-s", signal, &child.id().to_string()])
            .status();
        assert!(sent.expect("kill runs").success());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{signal}");
        let stored = parts(&folder).len();
        assert!((1..4000).contains(&stored), "{signal}: {stored}");
        let status = jawjaw(&["experiment", "status", &folder, "--format", "json"]);
        let status: serde_json::Value = serde_json::from_slice(&status.stdout).expect("JSON");
        assert_eq!(status["stored"], stored * 70);
        assert_eq!(status["processes"], 0);
        fs::remove_dir_all(folder).expect("it can be removed");
    }
}

fn wait_for_parts(folder: &str, count: usize) {
    for _ in 0..3000 {
        if parts(folder).len() >= count {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("no part after a minute");
}

#[test]
fn a_time_limit_leaves_a_partial_experiment() {
    let folder = plan(
        "limit",
        &["--draws", "20000", "--replicates", "7", "--batch", "70"],
    );
    let output = jawjaw(&["experiment", "run", &folder, "--time-limit", "1s"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("status: partial"));
    assert!(parts(&folder).len() < 4000);
    fs::remove_dir_all(folder).expect("it can be removed");
}

#[test]
fn lost_and_damaged_parts_are_played_again() {
    let folder = plan("damaged", &[]);
    run(&folder, &[]);
    let expected = merged(&folder);
    let all = parts(&folder);
    fs::remove_file(&all[3]).expect("a part can be removed");
    let whole = fs::read(&all[5]).expect("a part");
    fs::write(&all[5], &whole[..whole.len() / 2]).expect("a part can be cut");
    let mut bytes = fs::read(&all[8]).expect("a part");
    bytes[100] ^= 0x40;
    fs::write(&all[8], bytes).expect("a part can be damaged");
    fs::write(&all[9], "").expect("a part can be emptied");
    let (code, said) = refused(&["experiment", "merge", &folder]);
    assert_eq!(
        (code, said.matches("not counted").count()),
        (Some(1), 3),
        "{said}"
    );
    assert!(said.contains("140 of 840 runs are missing"), "{said}");
    run(&folder, &[]);
    assert!(expected == merged(&folder));
}

#[test]
fn two_processes_share_the_work() {
    let folder = plan("shared", &[]);
    let start = || -> Child {
        command(&["experiment", "run", &folder, "--quiet", "--threads", "1"])
            .spawn()
            .expect("the binary starts")
    };
    let children = [start(), start(), start()];
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
    run(&folder, &[]);
    let alone = plan("alone", &[]);
    run(&alone, &[]);
    assert!(merged(&folder) == merged(&alone));
}

#[test]
fn a_folder_can_be_moved_and_finished_elsewhere() {
    let here = plan("here", &[]);
    run(&here, &["--range", "0..200"]);
    let there = folder("there");
    fs::rename(&here, &there).expect("a folder can be moved");
    run(&there, &[]);
    let text = fs::read_to_string(Path::new(&there).join("plan.json")).expect("a plan");
    assert!(!text.contains(env!("CARGO_TARGET_TMPDIR")) && !text.contains("fixtures"));
    let same = plan("same", &[]);
    assert_eq!(
        text,
        fs::read_to_string(Path::new(&same).join("plan.json")).expect("a plan")
    );
}

#[test]
fn an_extension_keeps_every_bit() {
    let folder = plan("extended", &[]);
    run(&folder, &["--range", "0..500"]);
    well(&[
        "experiment",
        "extend",
        &folder,
        "--draws",
        "70",
        "--replicates",
        "9",
    ]);
    run(&folder, &[]);
    let old = plan("unextended", &[]);
    run(&old, &[]);
    let lines = |folder: &str| -> Vec<String> {
        well(&["experiment", "export", folder]);
        let csv = fs::read_to_string(Path::new(folder).join("csv/runs.csv")).expect("CSV");
        csv.lines().map(str::to_owned).collect()
    };
    let (longer, shorter) = (lines(&folder), lines(&old));
    assert_eq!((shorter.len(), longer.len()), (841, 70 * 9 * 2 + 1));
    assert_eq!(longer[..841], shorter[..]);
    merged(&folder);
    let (code, said) = refused(&["experiment", "extend", &folder, "--draws", "3"]);
    assert_eq!(code, Some(2), "{said}");
    well(&["experiment", "extend", &folder, "--to", "700"]);
    let analysis = well(&["experiment", "analyse", &folder]);
    let analysis = analysis.replace('\n', " ");
    assert!(analysis.contains("PARTIAL: 144 planned runs"), "{analysis}");
}

#[test]
fn one_scenario_gives_the_rows_and_shares_of_run() {
    let (out, ensemble) = (folder("single"), folder("ensemble"));
    let size = [
        "--draws",
        "40",
        "--replicates",
        "10",
        "--seed",
        "18446744073709551615",
    ];
    let file = "scenarios/geneva-week.toml";
    well(&[&["experiment", "plan", file, "-o", &out], &size[..]].concat());
    run(&out, &[]);
    well(&["experiment", "export", &out]);
    let own = [
        "run",
        file,
        "--no-charts",
        "--quiet",
        "--name",
        "a",
        "--out",
        &ensemble,
    ];
    well(&[&own[..], &size[..]].concat());
    let table = |path: PathBuf| -> BTreeMap<String, Vec<String>> {
        let mut reader = csv::Reader::from_path(path).expect("CSV");
        let names: Vec<String> = reader
            .headers()
            .expect("a heading")
            .iter()
            .map(str::to_owned)
            .collect();
        let mut table: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in reader.records() {
            for (name, cell) in names.iter().zip(row.expect("a row").iter()) {
                table.entry(name.clone()).or_default().push(cell.to_owned());
            }
        }
        table
    };
    let stored = table(Path::new(&out).join("csv/runs.csv"));
    let folder = Path::new(&ensemble).join("geneva-week/a");
    for (name, cells) in table(folder.join("runs.csv")) {
        assert_eq!(stored.get(&name), Some(&cells), "{name}");
    }
    let analysis = well(&["experiment", "analyse", &out, "--format", "json"]);
    let analysis: serde_json::Value = serde_json::from_str(&analysis).expect("JSON");
    let summary = fs::read_to_string(folder.join("summary.json")).expect("a summary");
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    assert_eq!(analysis["scenarios"][0]["outcomes"], summary["outcomes"]);
    assert_eq!(analysis["scenarios"][0]["flags"], summary["flags"]);
}

#[test]
fn any_run_can_be_played_again() {
    let folder = plan("replayed", &[]);
    let (_, said) = refused(&["experiment", "replay", &folder, "--run", "3"]);
    assert!(said.contains("not stored yet"), "{said}");
    run(&folder, &[]);
    for number in ["0", "433", "839"] {
        let (code, said) = refused(&["experiment", "replay", &folder, "--run", number]);
        assert_eq!(
            (code, said.contains("to the last bit")),
            (Some(0), true),
            "{said}"
        );
    }
    let told = well(&["experiment", "replay", &folder, "--run", "433", "--trace"]);
    assert!(told.lines().count() > 10, "{told}");
    let (code, said) = refused(&["experiment", "replay", &folder, "--run", "840"]);
    assert_eq!(
        (code, said.contains("the last is 839")),
        (Some(2), true),
        "{said}"
    );
}

#[test]
fn every_shipped_scenario_can_be_frozen() {
    let mut files: Vec<String> = Vec::new();
    for folder in [
        "scenarios",
        "scenarios/variants",
        "scenarios/crossings",
        "scenarios/yardsticks",
    ] {
        for entry in fs::read_dir(folder).expect("a folder of scenarios") {
            let path = entry.expect("an entry").path();
            let is_claims = path.ends_with("claims.toml");
            if !is_claims && path.extension().is_some_and(|ending| ending == "toml") {
                files.push(path.to_str().expect("text").to_owned());
            }
        }
    }
    files.sort();
    assert!(files.len() > 30);
    let out = folder("all");
    let mut arguments = vec![
        "experiment",
        "plan",
        "-o",
        &out,
        "--draws",
        "2",
        "--replicates",
        "1",
    ];
    arguments.extend(files.iter().map(String::as_str));
    well(&arguments);
    run(&out, &[]);
    merged(&out);
}

#[test]
fn what_does_not_belong_is_refused() {
    let (folder, other) = (plan("own", &[]), plan("foreign", &["--seed", "9"]));
    run(&folder, &[]);
    run(&other, &[]);
    let (own, foreign) = (&parts(&folder)[2], &parts(&other)[2]);
    fs::copy(foreign, own).expect("a part can be copied");
    for verb in ["run", "merge", "status"] {
        let (code, said) = refused(&["experiment", verb, &folder]);
        assert_eq!(code, Some(1));
        assert!(
            said.contains("belongs to another experiment"),
            "{verb}: {said}"
        );
    }
    fs::remove_file(own).expect("a part can be removed");
    let scenario = Path::new(&folder).join("scenarios/quarrel.toml");
    let text = fs::read_to_string(&scenario).expect("a frozen scenario");
    fs::write(&scenario, format!("{text}\n")).expect("it can be changed");
    let (code, said) = refused(&["experiment", "run", &folder]);
    assert_eq!(
        (code, said.contains("changed after it was frozen")),
        (Some(1), true),
        "{said}"
    );
}

#[test]
fn a_plan_of_another_version_or_hand_is_refused() {
    let folder = plan("versions", &[]);
    let path = Path::new(&folder).join("plan.json");
    let text = fs::read_to_string(&path).expect("a plan");
    fs::write(&path, text.replace("\"seed\": 1", "\"seed\": 2")).expect("it can be changed");
    let (code, said) = refused(&["experiment", "run", &folder]);
    assert_eq!(
        (code, said.contains("changed after it was frozen")),
        (Some(1), true),
        "{said}"
    );
    let mut file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let mut planned: ExperimentPlan = serde_json::from_value(file["plan"].clone()).expect("a plan");
    planned.tool_version = "0.0.9".to_owned();
    file["plan_hash"] = planned.hash().into();
    file["plan"] = serde_json::to_value(&planned).expect("JSON");
    fs::write(&path, file.to_string()).expect("it can be changed");
    for verb in [
        &["run"][..],
        &["extend", "--draws", "99"],
        &["replay", "--run", "0"],
    ] {
        let (code, said) = refused(&[&["experiment"], verb, &[&folder]].concat());
        assert_eq!(code, Some(1));
        assert!(said.contains("planned with jawjaw 0.0.9"), "{said}");
    }
    fs::write(
        &path,
        text.replace("\"schema_version\": 1", "\"schema_version\": 7"),
    )
    .expect("it can");
    let (_, said) = refused(&["experiment", "status", &folder]);
    assert!(said.contains("layout version 7"), "{said}");
    fs::write(&path, "{").expect("it can be changed");
    assert!(
        refused(&["experiment", "status", &folder])
            .1
            .contains("not JSON")
    );
}

#[test]
fn wrong_arguments_are_told_in_plain_words() {
    let folder = plan("words", &["--shards", "4"]);
    for (arguments, words) in [
        (&["--shard", "4/4"][..], "the last is 3/4"),
        (&["--shard", "0/1"], "the plan has 4 shards"),
        (&["--shard", "two"], "write K/N"),
        (&["--range", "5..5"], "the second larger"),
        (&["--range", "0..841"], "from 0 to 840"),
        (&["--time-limit", "soon"], "90s, 55m"),
        (&["--threads", "0"], "at least 1"),
    ] {
        let (code, said) = refused(&[&["experiment", "run", &folder], arguments].concat());
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    let again = ["experiment", "plan", SCENARIOS[0], "-o", &folder];
    assert!(refused(&again).1.contains("holds an experiment already"));
    let (code, said) = refused(&["experiment", "plan", SCENARIOS[0], "-o", "tests"]);
    assert_eq!(
        (code, said.contains("no empty folder")),
        (Some(2), true),
        "{said}"
    );
    let (code, said) = refused(&["experiment", "run", "tests"]);
    assert_eq!(
        (code, said.contains("no plan.json")),
        (Some(1), true),
        "{said}"
    );
    let (_, said) = refused(&["experiment", "analyse", &folder]);
    assert!(said.contains("no run of"), "{said}");
    let (code, said) = refused(&["slurm", &folder, "--tasks", "5"]);
    assert_eq!(
        (code, said.contains("from 1 to 4")),
        (Some(2), true),
        "{said}"
    );
}

#[test]
fn a_system_that_refuses_is_quoted_with_the_file() {
    let folder = plan("blocked", &[]);
    let parts = Path::new(&folder).join("parts");
    fs::remove_dir(&parts).expect("no part yet");
    fs::write(&parts, "in the way").expect("it can be written");
    let (code, said) = refused(&["experiment", "run", &folder]);
    assert_eq!((code, said.contains("parts: ")), (Some(3), true), "{said}");
}

// The limit on file sizes stands for a full disk: the write fails half way.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let folder = plan("full", &[]);
    let binary = env!("CARGO_BIN_EXE_jawjaw");
    let script =
        format!("trap '' XFSZ; ulimit -f 4; exec {binary} experiment run {folder} --quiet");
    let output = Command::new("sh")
        .args(["-c", &script])
        .output()
        .expect("sh runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.starts_with("error: cannot write "), "{said}");
    assert!(parts(&folder).is_empty());
    run(&folder, &[]);
    merged(&folder);
}

#[test]
fn the_array_script_names_the_plans_shards() {
    let folder = plan("array", &["--shards", "7"]);
    run(
        &folder,
        &["--shard", "0/7", "--shard", "2/7", "--shard", "3/7"],
    );
    well(&["slurm", &folder, "--tasks", "4", "--cpus", "2", "--missing"]);
    let script = fs::read_to_string(Path::new(&folder).join("slurm/array.sh")).expect("a script");
    // Shards 1, 4, 5 and 6 are missing: of four tasks 1, 0, 1 and 2.
    assert!(script.contains("#SBATCH --array=0-2\n"), "{script}");
    assert!(
        script.contains("/7\"") && !script.contains("TASK_COUNT"),
        "{script}"
    );
    run(&folder, &[]);
    let (code, said) = refused(&["slurm", &folder, "--missing", "--submit"]);
    assert_eq!(
        (code, said.contains("nothing to submit")),
        (Some(0), true),
        "{said}"
    );
}
