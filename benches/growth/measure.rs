//! The sweeps: each varies one thing and hands over (series, its value, what was measured).
//!
//! Times are seconds a run, parameter draw and preparation shared by fifty replicates unless that is
//! what varies; the least of several repetitions of the same draws.

use std::fs;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jawjaw::engine::{Workspace, prepare, run_all};
use jawjaw::model::Model;
use jawjaw::scenario::load::{LoadError, Loader, NoFacts, load};

use crate::synthetic::{Interests, Links, Synthetic};

const BASELINE: &str = "scenarios/geneva-week.toml";
const REPLICATES: u32 = 50;
/// Least CPU seconds for which a batch is played, and how often it is repeated.
const BATCH: f64 = 0.2;
const REPEATS: usize = 5;

type Add<'a> = &'a mut dyn FnMut(&str, f64, f64);

/// Time against rounds.
pub(crate) fn rounds(add: Add<'_>) {
    for rounds in [4, 8, 16, 32, 64, 128, 254] {
        let synthetic = Synthetic {
            rounds,
            ..Synthetic::MIDDLE
        };
        add("four parties", rounds as f64, of(synthetic));
    }
}

/// Time against parties.
pub(crate) fn parties(add: Add<'_>) {
    for parties in [2, 3, 4, 6, 8, 10, 12] {
        let synthetic = Synthetic {
            parties,
            ..Synthetic::MIDDLE
        };
        add("all at the table", parties as f64, of(synthetic));
    }
}

/// Time against issues, nothing linked.
pub(crate) fn issues(add: Add<'_>) {
    for issues in [1, 2, 3, 4, 6, 8, 12, 16, 20, 24] {
        let synthetic = Synthetic {
            issues,
            ..Synthetic::MIDDLE
        };
        add("four levels", issues as f64, of(synthetic));
    }
}

/// Two parties and so many issues of ten levels.
fn tens(issues: usize, links: Links, interests: Interests) -> Synthetic {
    Synthetic {
        parties: 2,
        issues,
        levels: 10,
        links,
        interests,
        ..Synthetic::MIDDLE
    }
}

/// Time against packages.
pub(crate) fn packages(add: Add<'_>) {
    let series = [
        ("unlinked", Links::None, Interests::Mixed),
        ("linked pairs", Links::Pairs, Interests::Mixed),
        ("one block", Links::All, Interests::Mixed),
        ("opposed", Links::None, Interests::Opposed),
        ("with promises", Links::None, Interests::OpposedPromises),
    ];
    for (name, links, interests) in series {
        for issues in 2..=7 {
            let synthetic = tens(issues, links, interests);
            add(name, synthetic.packages() as f64, of(synthetic));
        }
    }
}

/// What a thinned staircase costs: by how much an offer is worth more to the party that makes it
/// than the exact search says, where nothing is to be gained by trading and so every package counts.
/// What it keeps the others lose.
pub(crate) fn gap(add: Add<'_>) {
    for issues in 3..=7 {
        let thinned = tens(issues, Links::None, Interests::Opposed);
        let exact = tens(issues, Links::Halves, Interests::Opposed);
        let gaps: Vec<f64> = offers(&made_up(thinned))
            .into_iter()
            .zip(offers(&made_up(exact)))
            .map(|(thinned, exact)| (thinned - exact).abs())
            .collect();
        let packages = thinned.packages() as f64;
        let worst = gaps.iter().copied().fold(0.0, f64::max);
        add("worst offer", packages, worst);
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        add("mean offer", packages, mean);
    }
}

/// Own utility of each party's last offer of each round.
fn offers(model: &Model) -> Vec<f64> {
    let mut workspace = Workspace::new(model);
    let mut found = Vec::new();
    for draw in 0..4 {
        let prepared = prepare(model, model.draw(1, draw));
        run_all(model, &prepared, &mut workspace, 0..2, |record| {
            assert!(record.asked.iter().all(|asked| asked.is_finite()));
            found.extend_from_slice(&record.asked);
        });
    }
    found
}

/// Time of a run of the baseline against the replicates that share a draw.
pub(crate) fn replicates(add: Add<'_>) {
    let model = compile(BASELINE, &Disk);
    for replicates in [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] {
        let cost = cost(&model, replicates);
        add("baseline", f64::from(replicates), cost);
    }
}

/// Seconds a run; the model's arrays are dropped before the next.
fn of(synthetic: Synthetic) -> f64 {
    cost(&made_up(synthetic), REPLICATES)
}

fn cost(model: &Model, replicates: u32) -> f64 {
    let mut workspace = Workspace::new(model);
    let mut batch = |draws: u32| {
        let begin = cpu();
        for draw in 0..draws {
            let prepared = prepare(model, model.draw(1, draw));
            run_all(model, &prepared, &mut workspace, 0..replicates, |record| {
                black_box(record);
            });
        }
        cpu().saturating_sub(begin).as_secs_f64()
    };
    let first = batch(2) / 2.0;
    let draws = ((BATCH / first) as u32).clamp(2, 2_000);
    let repeats = if first > 2.0 { 1 } else { REPEATS };
    let least = (0..repeats)
        .map(|_| batch(draws))
        .fold(f64::INFINITY, f64::min);
    least / f64::from(draws) / f64::from(replicates)
}

/// CPU time of this thread, where the system tells; else the clock.
fn cpu() -> Duration {
    thread_local!(static START: Instant = clock());
    let used = fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse().ok())
        .map(Duration::from_nanos);
    used.unwrap_or_else(|| START.with(Instant::elapsed))
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn clock() -> Instant {
    Instant::now()
}

struct Disk;

impl Loader for Disk {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        fs::read_to_string(path).map_err(|error| LoadError::Other(error.to_string()))
    }
}

struct Text(String);

impl Loader for Text {
    fn load(&self, _path: &str) -> Result<String, LoadError> {
        Ok(self.0.clone())
    }
}

fn compile(path: &str, loader: &dyn Loader) -> Model {
    let loaded = load(path, loader, &NoFacts);
    let scenario = loaded.scenario;
    let scenario = scenario.unwrap_or_else(|| panic!("{path}: {:?}", loaded.diagnostics));
    Model::compile(scenario).expect("what loads compiles")
}

fn made_up(synthetic: Synthetic) -> Model {
    compile("synthetic.toml", &Text(synthetic.text()))
}

/// What a process of the program took.
struct Took {
    wall: f64,
    cpu: f64,
    /// Most memory held, in bytes.
    peak: f64,
}

/// `jawjaw run` of the baseline, rows of every run written.
fn program(draws: u32, threads: usize) -> Took {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("growth-runs");
    let before = children();
    let begin = clock();
    let mut child = Command::new(env!("CARGO_BIN_EXE_jawjaw"))
        .args(["run", BASELINE, "--replicates", "20", "--no-charts", "-q"])
        .args(["--draws", &draws.to_string()])
        .args(["--threads", &threads.to_string(), "--out"])
        .arg(&out)
        .stdout(Stdio::null())
        .spawn()
        .expect("cargo has built the program");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0.0_f64;
    let exit = loop {
        if let Some(held) = fs::read_to_string(&status)
            .ok()
            .and_then(|text| held(&text))
        {
            peak = peak.max(held);
        }
        if let Some(exit) = child.try_wait().expect("the child is ours") {
            break exit;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(exit.success(), "jawjaw run: {exit}");
    let wall = begin.elapsed().as_secs_f64();
    fs::remove_dir_all(&out).expect("the program has written there");
    Took {
        wall,
        cpu: children() - before,
        peak,
    }
}

/// Peak resident size in bytes from `/proc/<pid>/status`.
fn held(status: &str) -> Option<f64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024.0)
}

/// CPU seconds of all children waited for (`proc(5)`: fields 16 and 17 of `stat`, in hundredths).
fn children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
    let ticks: f64 = fields
        .skip(13)
        .take(2)
        .filter_map(|field| field.parse::<f64>().ok())
        .sum();
    ticks / 100.0
}

/// Speed with several threads against one, by the clock and as their CPU time would allow.
pub(crate) fn threads(add: Add<'_>) {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let counts: Vec<usize> = (1..=cores.max(2)).collect();
    let mut wall = vec![f64::INFINITY; counts.len()];
    let mut cpu = vec![f64::INFINITY; counts.len()];
    // In turn, so that a busy minute hits all alike.
    for _ in 0..REPEATS {
        for (index, &threads) in counts.iter().enumerate() {
            let took = program(4_000, threads);
            wall[index] = wall[index].min(took.wall);
            cpu[index] = cpu[index].min(took.cpu);
        }
    }
    for (index, &threads) in counts.iter().enumerate() {
        let threads = threads as f64;
        add("by the clock", threads, wall[0] / wall[index]);
        add("by CPU time", threads, threads * cpu[0] / cpu[index]);
    }
}

/// Peak memory and CPU time against runs.
pub(crate) fn memory(add: Add<'_>) {
    for runs in [1_000_u32, 10_000, 100_000, 1_000_000] {
        let took = program(runs / 20, 2);
        add("peak MB", f64::from(runs), took.peak / 1e6);
        add("CPU seconds", f64::from(runs), took.cpu);
    }
}

/// Processor, cores, how busy they are.
pub(crate) fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, name)| name.trim());
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?");
    format!("{model}, {cores} cores, load {load} before measuring")
}
