//! Counts the instructions of the kernel and holds them to `baseline.toml`.
//!
//! Flows in: the shipped scenarios, made-up ones, the baseline. Flows out: a table of numbers; exit
//! code 0 if no case needs 5 % more than its baseline, 1 if one does, 2 for wrong arguments, 3 if
//! nothing could be measured. Invariant: instructions are counted under valgrind, which neither
//! other programs nor the clock of the machine can disturb.
//!
//! A case is run twice, for a few units and for many, each time in a process of its own; the
//! difference is what the units cost, without reading the scenario or warming up.

mod cases;
mod compare;
#[path = "../../growth/synthetic.rs"]
#[expect(dead_code, reason = "shared with the bench of growth")]
mod synthetic;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use cases::{CASES, Case};
use compare::{Baseline, Compiler, Entry};

const USAGE: &str = "usage: run.sh [--update REASON [CASE ...]]
       run.sh --compare MEASURED [BASELINE]

Without arguments: measure every case and compare it with baseline.toml.
--update   Measure, and write what moved by 1 % or more (or the cases named) into
           baseline.toml with the reason, which should say why the cost is right.
--compare  Compare two files as baseline.toml, without measuring.";

/// Why nothing can be said.
enum Failure {
    Usage(String),
    Measuring(String),
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let baseline = home.join("baseline.toml");
    let result = match words[..] {
        ["--units", case, amount] => run_one(home, case, amount),
        ["--help" | "-h"] => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        [] => check(&baseline),
        ["--compare", measured] => compare_files(Path::new(measured), &baseline),
        ["--compare", measured, against] => compare_files(Path::new(measured), Path::new(against)),
        ["--update", reason, ref cases @ ..] if !reason.trim().is_empty() => {
            update(&baseline, reason.trim(), cases)
        }
        _ => Err(Failure::Usage(USAGE.to_owned())),
    };
    match result {
        Ok(code) => code,
        Err(Failure::Usage(text)) => {
            eprintln!("{text}");
            ExitCode::from(2)
        }
        Err(Failure::Measuring(text)) => {
            eprintln!("guard: {text}");
            ExitCode::from(3)
        }
    }
}

/// The measured process: runs one case and prints how many units that were.
fn run_one(home: &Path, name: &str, amount: &str) -> Result<ExitCode, Failure> {
    let case = find(name)?;
    let amount = amount
        .parse()
        .map_err(|error| Failure::Usage(format!("{amount}: {error}")))?;
    std::env::set_current_dir(home.join("../.."))
        .map_err(|error| Failure::Measuring(error.to_string()))?;
    println!("{}", (case.run)(amount));
    Ok(ExitCode::SUCCESS)
}

fn find(name: &str) -> Result<&'static Case, Failure> {
    CASES.iter().find(|case| case.name == name).ok_or_else(|| {
        let names: Vec<&str> = CASES.iter().map(|case| case.name).collect();
        Failure::Usage(format!(
            "there is no case `{name}`; there are {}",
            names.join(", ")
        ))
    })
}

fn check(baseline: &Path) -> Result<ExitCode, Failure> {
    let stored = read(baseline)?;
    let verdict = compare::compare(&stored, &compiler()?, &measure(&[])?);
    print!("{verdict}");
    Ok(ExitCode::from(u8::from(verdict.fails())))
}

fn compare_files(measured: &Path, against: &Path) -> Result<ExitCode, Failure> {
    let (measured, stored) = (read(measured)?, read(against)?);
    let verdict = compare::compare(&stored, &measured.compiler, &measured.instructions());
    print!("{verdict}");
    Ok(ExitCode::from(u8::from(verdict.fails())))
}

fn update(path: &Path, reason: &str, only: &[&str]) -> Result<ExitCode, Failure> {
    for name in only {
        find(name)?;
    }
    let before = if path.exists() {
        read(path)?
    } else {
        Baseline::new(compiler()?)
    };
    let compiler = compiler()?;
    if !only.is_empty() && compiler != before.compiler {
        let advice = "this is another compiler than the baseline's: update all cases";
        return Err(Failure::Usage(advice.to_owned()));
    }
    let measured = measure(only)?;
    let mut shown = before.clone();
    shown
        .cases
        .retain(|name, _| only.is_empty() || measured.contains_key(name));
    let verdict = compare::compare(&shown, &compiler, &measured);
    print!("{}", compare::Table(&verdict));
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    let mut after = before.updated(compiler, &measured, &today, reason, !only.is_empty());
    let known = |name: &String, _: &mut Entry| CASES.iter().any(|case| case.name == name);
    after.cases.retain(known);
    write(path, &after.text())?;
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> Result<Baseline, Failure> {
    let failure = |error: &dyn std::fmt::Display| {
        Failure::Measuring(format!("cannot read {}: {error}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| failure(&error))?;
    Baseline::parse(&text).map_err(|error| failure(&error))
}

/// By way of another name, so that a stop leaves the old file.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let temporary = path.with_extension("toml.new");
    std::fs::write(&temporary, text)
        .and_then(|()| std::fs::rename(&temporary, path))
        .map_err(|error| Failure::Measuring(format!("cannot write {}: {error}", path.display())))
}

/// What the counts depend on besides the sources.
fn compiler() -> Result<Compiler, Failure> {
    let output = Command::new("rustc").arg("-vV").output();
    let output =
        output.map_err(|error| Failure::Measuring(format!("cannot run rustc: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(Compiler {
        rustc: text.lines().next().unwrap_or_default().to_owned(),
        target: host.unwrap_or_default().to_owned(),
    })
}

/// Instructions per unit, case by case; every case if none is named.
fn measure(only: &[&str]) -> Result<BTreeMap<String, u64>, Failure> {
    let wanted: Vec<&Case> = CASES
        .iter()
        .filter(|case| only.is_empty() || only.contains(&case.name))
        .collect();
    let next = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(case) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = instructions(case);
                    let mut results = results.lock().expect("no holder panics");
                    results.insert(case.name.to_owned(), result);
                }
            });
        }
    });
    let results = results.into_inner().expect("no holder panics");
    results
        .into_iter()
        .map(|(name, result)| Ok((name, result.map_err(Failure::Measuring)?)))
        .collect()
}

fn instructions(case: &Case) -> Result<u64, String> {
    let (few, many) = (count(case, case.few)?, count(case, case.many)?);
    let units = many.1.saturating_sub(few.1);
    if units == 0 {
        return Err(format!("{}: no units to count", case.name));
    }
    Ok(many.0.saturating_sub(few.0).div_ceil(units))
}

/// Instructions of a whole process, and the units it says it has done.
fn count(case: &Case, amount: u64) -> Result<(u64, u64), String> {
    let program: PathBuf = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(&program)
        .args(["--units", case.name, &amount.to_string()])
        .output()
        .map_err(|error| format!("cannot run valgrind: {error}"))?;
    let log = String::from_utf8_lossy(&output.stderr);
    let collected = log
        .lines()
        .find_map(|line| line.split_once("Collected : "))
        .and_then(|(_, number)| number.trim().parse().ok());
    let units = String::from_utf8_lossy(&output.stdout).trim().parse().ok();
    match (output.status.success(), collected, units) {
        (true, Some(collected), Some(units)) => Ok((collected, units)),
        _ => Err(format!("{} under valgrind: {log}", case.name)),
    }
}
