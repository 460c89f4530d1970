//! What a run costs, whole and by stage: `cargo bench --bench kernel`.
//!
//! `runs` is what an ensemble pays: a draw, its preparation and fifty replicates, counted by the run.
//! `rounds` is a warm draw's fifty replicates, counted by the round. `draw` and `prepare` are paid
//! once per draw.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use jawjaw::engine::{Prepared, Workspace, prepare, run_all};
use jawjaw::model::Model;
use jawjaw::scenario::load::{LoadError, Loader, NoFacts, load};

const REPLICATES: u32 = 50;

struct Disk;

impl Loader for Disk {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        std::fs::read_to_string(path).map_err(|error| LoadError::Other(error.to_string()))
    }
}

struct Kernel {
    model: Model,
    workspace: Workspace,
}

impl Kernel {
    fn new(path: &str) -> Self {
        let loaded = load(path, &Disk, &NoFacts);
        let scenario = loaded.scenario.expect("a shipped scenario loads");
        let model = Model::compile(scenario).expect("a shipped scenario compiles");
        Self {
            workspace: Workspace::new(&model),
            model,
        }
    }

    /// Runs all replicates of a draw; returns how many rounds were played.
    fn replicates(&mut self, prepared: &Prepared) -> u64 {
        let mut rounds = 0;
        let Self { model, workspace } = self;
        run_all(model, prepared, workspace, 0..REPLICATES, |record| {
            rounds += u64::from(record.rounds);
        });
        rounds
    }
}

fn kernel(criterion: &mut Criterion) {
    let mut kernel = Kernel::new("scenarios/geneva-week.toml");
    let mut group = criterion.benchmark_group("kernel");
    group
        .sample_size(20)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(4));

    let mut index = 0;
    group.throughput(Throughput::Elements(u64::from(REPLICATES)));
    group.bench_function("runs", |bench| {
        bench.iter(|| {
            index += 1;
            let prepared = prepare(&kernel.model, kernel.model.draw(1, index));
            black_box(kernel.replicates(&prepared))
        });
    });

    let prepared = prepare(&kernel.model, kernel.model.draw(1, 0));
    let rounds = kernel.replicates(&prepared);
    group.throughput(Throughput::Elements(rounds));
    group.bench_function("rounds", |bench| {
        bench.iter(|| black_box(kernel.replicates(&prepared)));
    });

    group.throughput(Throughput::Elements(1));
    group.bench_function("draw", |bench| {
        bench.iter(|| {
            index += 1;
            black_box(kernel.model.draw(1, index))
        });
    });
    group.bench_function("prepare", |bench| {
        bench.iter_with_large_drop(|| prepare(&kernel.model, prepared.draw().clone()));
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    kernel(&mut criterion);
    criterion.final_summary();
}
