//! How long the solved side takes: a million packages listed with their Pareto frontier, and the
//! bargaining solutions of spaces far too large to list.
//!
//! `cargo bench --bench solve`; on a quiet machine.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jawjaw::solve::outcomes::Outcomes;
use jawjaw::solve::pareto::frontier;
use jawjaw::solve::solved::solve;
use jawjaw::solve::space::Space;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Four parties with opposed and shared interests over issues of ten levels.
fn space(issues: usize) -> Space {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut rise = || random.random::<f64>();
    let utilities: Vec<Vec<Vec<f64>>> = (0..4)
        .map(|party| {
            (0..issues)
                .map(|issue| {
                    let weight = (0.2 + rise()) / issues as f64;
                    let up = (party + issue) % 2 == 0;
                    let bend = 0.5 + rise();
                    (0..10)
                        .map(|level| {
                            let along = f64::from(level) / 9.0;
                            let along = if up { along } else { 1.0 - along };
                            weight * (bend * along + (1.0 - bend) * along * along)
                        })
                        .collect()
                })
                .collect()
        })
        .collect();
    Space::additive(&utilities, &[0.2; 4])
}

fn benches(c: &mut Criterion) {
    let mut group = c.benchmark_group("solve");
    group.sample_size(10);
    let million = space(6);
    group.bench_function("list 1,000,000 packages and their frontier", |b| {
        b.iter(|| {
            let all = Outcomes::list(black_box(&million)).expect("fits the list");
            frontier(4, &all.utilities).len()
        });
    });
    let vast = space(14);
    group.bench_function("solutions over 10^14 packages", |b| {
        b.iter(|| solve(black_box(&vast), &[1.0; 4]).points.is_some());
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
