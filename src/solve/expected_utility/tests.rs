//! Properties of the model that hold for any reading of it.

use super::*;
use crate::solve::graph::samples::Stream;

fn random(seed: u64, n: usize) -> Vec<Actor> {
    let mut stream = Stream(seed);
    let mut draw = || (stream.below(999) as f64 + 1.0) / 1000.0;
    (0..n)
        .map(|_| Actor {
            position: (draw() * 6.0).round(),
            capability: draw(),
            salience: draw(),
        })
        .collect()
}

#[test]
fn dyads_are_won_by_one_or_the_other() {
    let actors = random(4, 6);
    let x: Vec<f64> = actors.iter().map(|a| a.position).collect();
    let table = |denominator| Table {
        actors: &actors,
        span: 6.0,
        reading: Reading {
            denominator,
            ..Reading::default()
        },
    };
    let risk = [0.7, 1.0, 1.3, 2.0, 0.5, 1.1];
    let dyad = table(Denominator::Dyad).prevail(&x, &risk);
    let all = table(Denominator::AllPairs).prevail(&x, &risk);
    for i in 0..6 {
        for j in 0..6 {
            let sum = dyad[i * 6 + j] + dyad[j * 6 + i];
            if x[i].to_bits() == x[j].to_bits() {
                assert!(sum.abs() < 1e-15);
            } else {
                assert!((sum - 1.0).abs() < 1e-12);
                assert!(all[i * 6 + j] <= dyad[i * 6 + j]);
            }
        }
    }
    // Each pair counts twice among all ordered pairs.
    assert!((all.iter().sum::<f64>() - 0.5).abs() < 1e-12);
}

#[test]
fn risk_reaches_both_ends() {
    for seed in 0..50 {
        let actors = random(seed, 7);
        let run = run(&actors, Reading::default());
        // Where all are equally safe there are no ends to reach, and everybody is risk-neutral.
        let unequal = |round: &&Round| round.security.iter().any(|r| r.abs() > 0.0);
        for round in run.rounds.iter().filter(unequal) {
            let most = round.risk.iter().copied().fold(0.0, f64::max);
            let least = round.risk.iter().copied().fold(9.0, f64::min);
            assert!((most - 2.0).abs() < 1e-12 && (least - 0.5).abs() < 1e-12);
            assert!(round.security.iter().all(|r| (-1.0..=1.0).contains(r)));
        }
    }
}

#[test]
fn scale_of_capability_and_axis_do_not_matter() {
    for seed in 0..40 {
        let actors = random(seed, 6);
        let plain = run(&actors, Reading::default());
        let scaled: Vec<Actor> = actors
            .iter()
            .map(|a| Actor {
                capability: a.capability * 4.0,
                position: a.position * 2.0 - 8.0,
                ..*a
            })
            .collect();
        let scaled = run(&scaled, Reading::default());
        assert_eq!(plain.rounds.len(), scaled.rounds.len(), "seed {seed}");
        assert!((plain.outcome() * 2.0 - 8.0 - scaled.outcome()).abs() < 1e-6);
    }
}

/// The papers' rule treats low and high positions alike; the published program does not.
#[test]
fn the_axis_can_be_turned_round() {
    for seed in 0..40 {
        let actors = random(seed, 5);
        let mirrored: Vec<Actor> = actors
            .iter()
            .map(|a| Actor {
                position: -a.position,
                ..*a
            })
            .collect();
        let one = |actors: &[Actor]| {
            let reading = Reading {
                rounds: 1,
                ..Reading::default()
            };
            run(actors, reading).rounds.pop()
        };
        let (Some(plain), Some(mirror)) = (one(&actors), one(&mirrored)) else {
            continue;
        };
        for (a, b) in plain.positions.iter().zip(&mirror.positions) {
            assert!((a + b).abs() < 1e-9, "seed {seed}");
        }
    }
}

#[test]
fn who_agrees_does_not_move() {
    let actor = Actor {
        position: 3.0,
        capability: 1.0,
        salience: 0.5,
    };
    let run = run(&[actor; 4], Reading::default());
    assert_eq!((run.end, run.rounds.len()), (End::Consensus, 0));
    assert!((run.outcome() - 3.0).abs() < 1e-15);
}

#[test]
fn the_median_wins_every_pairwise_vote() {
    for seed in 0..100 {
        let actors = random(seed, 7);
        let x: Vec<f64> = actors.iter().map(|a| a.position).collect();
        let median = weighted_median(&actors, &x);
        for &rival in &x {
            let votes: f64 = actors
                .iter()
                .map(|a| {
                    let closer = (a.position - rival).abs() - (a.position - median).abs();
                    a.capability * a.salience * closer
                })
                .sum();
            assert!(votes > -1e-9);
        }
    }
}

#[test]
fn the_stronger_compels_a_lone_weak_one() {
    let actors = [
        Actor {
            position: 0.0,
            capability: 0.05,
            salience: 0.9,
        },
        Actor {
            position: 1.0,
            capability: 1.0,
            salience: 0.9,
        },
    ];
    let run = run(&actors, Reading::default());
    assert!((run.outcome() - 1.0).abs() < 1e-12);
    assert!(run.rounds[0].positions[0] > 0.0, "{:?}", run.rounds[0]);
}
