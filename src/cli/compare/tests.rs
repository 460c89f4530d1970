//! The command with a simulator whose changes are known.

use std::fs;

use clap::Parser;

use super::*;
use crate::cli::run::tests::scratch;
use crate::ensemble::fake::Fake;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    args: CompareArgs,
}

fn parse(line: &str) -> Result<CompareArgs, clap::Error> {
    let words = ["compare"].into_iter().chain(line.split_whitespace());
    Ok(Line::try_parse_from(words)?.args)
}

#[expect(clippy::unnecessary_wraps, reason = "the type of the loader")]
fn load(file: &Path) -> Result<Loaded<Fake>, CliError> {
    let mut fake = Fake::uncertain();
    let name = file.to_str().unwrap();
    match name {
        "harsh" => fake.harm = 0.1,
        "mild" => fake.harm = 0.02,
        "renamed" => "stalemate".clone_into(&mut fake.facts.outcomes[1].id),
        "strange" => {
            for outcome in &mut fake.facts.outcomes {
                outcome.id.insert(0, 'x');
            }
        }
        _ => {}
    }
    let id = if name == "again" { "base" } else { name };
    id.clone_into(&mut fake.facts.scenario.id);
    Ok(Loaded {
        simulator: fake,
        source: name.to_owned(),
        resolved: name.to_owned(),
        ancestors: Vec::new(),
        expectations: Vec::new(),
    })
}

fn play(out: &Path, line: &str) -> (Result<ExitCode, CliError>, String) {
    let line = format!("--quiet --no-charts --out {} {line}", out.display());
    let look = Look {
        width: 80,
        bold: false,
    };
    let mut stdout = Vec::new();
    let never = AtomicBool::new(false);
    let result = parse(&line)
        .unwrap()
        .run_with(&load, &never, look, &mut stdout);
    (result, String::from_utf8(stdout).unwrap())
}

fn read(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).unwrap()
}

#[test]
fn threads_change_no_byte() {
    let mut all = Vec::new();
    for threads in [1, 2, 8] {
        let out = scratch("compare-threads");
        let line = format!("base harsh mild --draws 130 --replicates 7 --threads {threads}");
        let (code, text) = play(&out, &line);
        assert_eq!(code.unwrap(), ExitCode::SUCCESS);
        let folder = out.join("compare/base-and-2-others/seed-1-130x7");
        let files = [
            "compare.txt",
            "compare.json",
            "shares.csv",
            "changes.csv",
            "flips.csv",
        ];
        all.push((text, files.map(|file| read(&folder, file))));
        fs::remove_dir_all(out).unwrap();
    }
    assert!(all[0] == all[1] && all[0] == all[2]);
    assert_eq!(all[0].1[3].lines().count(), 7);
}

#[test]
fn reads_well() {
    let out = scratch("compare-words");
    let (code, text) = play(&out, "base harsh renamed --draws 200");
    assert_eq!(code.unwrap(), ExitCode::SUCCESS);
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    insta::assert_snapshot!("compare_80", text);
    fs::remove_dir_all(out).unwrap();
}

#[test]
fn a_precision_is_a_function_of_the_plan() {
    let out = scratch("compare-precision");
    let (code, _) = play(
        &out,
        "base harsh --precision 0.012 --replicates 10 --threads 2",
    );
    assert_eq!(code.unwrap(), ExitCode::SUCCESS);
    let parent = out.join("compare/base-and-harsh");
    let folder = parent.join("seed-1-precision-0.012");
    let json: serde_json::Value = serde_json::from_str(&read(&folder, "compare.json")).unwrap();
    let looks = json["stopping"]["looks"].as_array().unwrap();
    let half = |look: &serde_json::Value| look["half_width"].as_f64().unwrap();
    assert!(half(looks.last().unwrap()) <= 0.012 && looks.len() > 1);
    assert!(half(&looks[looks.len() - 2]) > 0.012);
    // The same size asked for by name gives the same changes.
    let draws = json["design"]["draws"].as_u64().unwrap();
    let (code, _) = play(&out, &format!("base harsh --draws {draws} --replicates 10"));
    assert_eq!(code.unwrap(), ExitCode::SUCCESS);
    let plain = parent.join(format!("seed-1-{draws}x10"));
    assert_eq!(read(&folder, "changes.csv"), read(&plain, "changes.csv"));
    let (code, _) = play(&out, "base harsh --precision 0.0001 --max-runs 900");
    assert_eq!(code.unwrap(), ExitCode::from(1));
    fs::remove_dir_all(out).unwrap();
}

#[test]
fn watching_stops_when_it_is_clear_and_not_before() {
    let out = scratch("compare-watch");
    let (code, text) = play(&out, "base harsh --until-clear clash");
    assert_eq!(code.unwrap(), ExitCode::SUCCESS);
    assert!(text.contains("it is clear that it becomes more"), "{text}");
    let (code, text) = play(&out, "base renamed --until-clear clash --max-runs 1000");
    assert_eq!(code.unwrap(), ExitCode::from(1));
    assert!(text.contains("it is not clear"), "{text}");
    let (result, _) = play(&out, "base harsh --until-clear peace");
    let message = result.unwrap_err().to_string();
    assert!(message.contains("agreement, deadlock, clash"), "{message}");
    fs::remove_dir_all(out).unwrap();
}

#[test]
fn files_that_cannot_be_compared_are_refused() {
    let out = scratch("compare-refused");
    for (line, expected) in [
        ("base strange", "nothing to compare"),
        ("base again", "the same id `base`"),
    ] {
        let message = play(&out, line).0.unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
    for line in [
        "base",
        "base harsh --precision 0",
        "base harsh --precision 0.01 --draws 5",
        "base harsh --until-clear x --precision 0.1",
    ] {
        assert!(parse(line).is_err(), "{line}");
    }
    fs::remove_dir_all(out).unwrap();
}
