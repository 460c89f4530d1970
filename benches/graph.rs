//! What the graph model costs: `cargo bench --bench graph`.

use std::hint::black_box;

use criterion::Criterion;
use jawjaw::solve::graph::Payoffs;
use jawjaw::solve::graph::options::{Choice, OptionGraph};
use jawjaw::solve::graph::stability::analyse;
use jawjaw::solve::graph::status_quo::search;

/// Ten choices of two positions for four parties: 1,024 states.
fn choices() -> Vec<Choice> {
    (0..10)
        .map(|choice| Choice {
            owner: choice % 4,
            positions: 2,
            start: 0,
            irreversible: choice == 9,
            ends: false,
        })
        .collect()
}

/// Utilities without a pattern.
fn utilities(states: usize) -> Vec<Vec<f64>> {
    (0..4_u64)
        .map(|party| {
            (0..states as u64)
                .map(|state| ((state * 7919 + party * 104_729) * 31_337 % 10_007) as f64)
                .collect()
        })
        .collect()
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let built = OptionGraph::new(4, choices(), &[]).expect("1,024 states");
    let payoffs = Payoffs::rounded(&utilities(built.states.len()), 0.01);
    criterion.bench_function("graph/build 1024 states, 4 parties", |bencher| {
        bencher.iter(|| OptionGraph::new(4, black_box(choices()), &[]));
    });
    criterion.bench_function("graph/stability 1024 states, 4 parties", |bencher| {
        bencher.iter(|| analyse(black_box(&built.graph), black_box(&payoffs)));
    });
    criterion.bench_function("graph/status quo 1024 states, 4 parties", |bencher| {
        bencher.iter(|| search(black_box(&built.graph), &[0, 1, 2, 3], 0, Some(&payoffs)));
    });
    criterion.final_summary();
}
