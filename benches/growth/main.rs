//! How the cost of a run grows, measured and drawn.
//!
//!     cargo bench --bench growth                measure all, write results.csv and docs/growth.svg
//!     cargo bench --bench growth -- packages    measure one sweep anew and keep the others
//!     cargo bench --bench growth -- --draw      draw what was measured last
//!
//! Flows in: made-up scenarios (`synthetic`), the baseline, the program itself. Flows out:
//! `benches/growth/results.csv` and `docs/growth.svg`. CPU time of the measuring thread wherever one
//! thread is measured, so that other programs disturb little; wall clock for threads, which need a
//! quiet machine.

mod draw;
mod measure;
mod synthetic;

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

/// A measured number.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Row {
    /// What was varied.
    sweep: String,
    /// Under which circumstances.
    series: String,
    /// Its value.
    x: f64,
    /// What was measured, in the unit of the sweep.
    y: f64,
}

/// All that was measured, and where.
struct Results {
    machine: String,
    rows: Vec<Row>,
}

/// What can be measured.
type Sweep = fn(&mut dyn FnMut(&str, f64, f64));

const SWEEPS: [(&str, Sweep); 8] = [
    ("rounds", measure::rounds),
    ("parties", measure::parties),
    ("issues", measure::issues),
    ("packages", measure::packages),
    ("gap", measure::gap),
    ("replicates", measure::replicates),
    ("threads", measure::threads),
    ("memory", measure::memory),
];

fn main() -> ExitCode {
    // Cargo adds `--bench`.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    match work(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            report(&format!("growth: {problem}"));
            ExitCode::FAILURE
        }
    }
}

fn work(arguments: &[String]) -> Result<(), String> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = home.join("benches/growth/results.csv");
    let known = |word: &String| word == "--draw" || SWEEPS.iter().any(|(name, _)| name == word);
    if let Some(word) = arguments.iter().find(|word| !known(word)) {
        let names: Vec<&str> = SWEEPS.iter().map(|(name, _)| *name).collect();
        return Err(format!(
            "`{word}` is neither `--draw` nor one of {}",
            names.join(", ")
        ));
    }
    let mut results = if arguments.is_empty() {
        Results::new()
    } else {
        Results::read(&table)?
    };
    for (name, sweep) in SWEEPS {
        if arguments.is_empty() || arguments.iter().any(|word| word == name) {
            results.rows.retain(|row| row.sweep != name);
            results.machine = measure::machine();
            let mut add = |series: &str, x: f64, y: f64| {
                report(&format!("{name:<11} {series:<18} {x:>10} {y:.4e}"));
                let (sweep, series) = (name.to_owned(), series.to_owned());
                results.rows.push(Row {
                    sweep,
                    series,
                    x,
                    y,
                });
            };
            sweep(&mut add);
            results.write(&table)?;
        }
    }
    let place = |row: &Row| SWEEPS.iter().position(|(name, _)| *name == row.sweep);
    results.rows.sort_by_key(place);
    results.write(&table)?;
    let figure = draw::figure(&results);
    let svg = figure.svg().map_err(text)?;
    put(&home.join("docs/growth.svg"), svg.as_bytes())?;
    let png = figure.png().map_err(text)?;
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("growth.png");
    put(&target, &png)?;
    report(&format!("drawn: docs/growth.svg, {}", target.display()));
    Ok(())
}

impl Results {
    fn new() -> Self {
        Self {
            machine: measure::machine(),
            rows: Vec::new(),
        }
    }

    fn read(path: &Path) -> Result<Self, String> {
        let whole = fs::read_to_string(path).map_err(text)?;
        let (machine, rest) = whole
            .strip_prefix("# ")
            .and_then(|whole| whole.split_once('\n'))
            .ok_or("results.csv does not begin with its machine")?;
        let mut reader = csv::Reader::from_reader(rest.as_bytes());
        Ok(Self {
            machine: machine.to_owned(),
            rows: reader
                .deserialize()
                .collect::<Result<_, _>>()
                .map_err(text)?,
        })
    }

    fn write(&self, path: &Path) -> Result<(), String> {
        let mut writer = csv::Writer::from_writer(format!("# {}\n", self.machine).into_bytes());
        for row in &self.rows {
            writer.serialize(row).map_err(text)?;
        }
        put(path, &writer.into_inner().map_err(text)?)
    }

    /// Points of a series.
    fn points(&self, sweep: &str, series: &str) -> Vec<(f64, f64)> {
        let rows = self.rows.iter();
        rows.filter(|row| row.sweep == sweep && row.series == series)
            .map(|row| (row.x, row.y))
            .collect()
    }
}

/// By way of another name, so that a stop leaves the old file.
fn put(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let temporary = path.with_extension("new");
    fs::write(&temporary, bytes)
        .and_then(|()| fs::rename(&temporary, path))
        .map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn text(error: impl Display) -> String {
    error.to_string()
}

#[expect(clippy::print_stderr, reason = "a bench tells what it is at")]
fn report(line: &str) {
    eprintln!("{line}");
}
