//! How often the intervals hold what they promise, by simulation. The results stand in
//! `docs/statistics.md`; `cargo test --release --test coverage -- --ignored --nocapture` repeats them.

use jawjaw::math::ln;
use jawjaw::stats::between::Between;
use jawjaw::stats::clopper_pearson::{clopper_pearson, simultaneous};
use jawjaw::stats::confidence_sequence::confidence_sequence;
use jawjaw::stats::goodman::goodman;
use jawjaw::stats::holm::holm;
use jawjaw::stats::mcnemar::mcnemar;
use jawjaw::stats::moments::Moments;
use jawjaw::stats::normal::Z95;
use jawjaw::stats::order_statistic::quantile_ranks;
use jawjaw::stats::paired::Pairs;
use jawjaw::stats::stratified::stratified_interval;
use jawjaw::stats::student::mean_interval;
use jawjaw::stats::survival::Times;
use jawjaw::stats::wilson::wilson;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

fn dice(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Counts of `n` independent runs over categories with these shares.
fn multinomial(dice: &mut ChaCha8Rng, shares: &[f64], n: u32) -> Vec<u64> {
    let mut counts = vec![0; shares.len()];
    for _ in 0..n {
        let mut u: f64 = dice.random();
        let hit = shares.iter().position(|share| {
            u -= share;
            u < 0.0
        });
        counts[hit.unwrap_or(shares.len() - 1)] += 1;
    }
    counts
}

fn exponential(dice: &mut ChaCha8Rng) -> f64 {
    -ln(1.0 - dice.random::<f64>())
}

fn covers((low, high): (f64, f64), truth: f64) -> bool {
    (low..=high).contains(&truth)
}

fn percent(hits: u32, of: u32) -> f64 {
    100.0 * f64::from(hits) / f64::from(of)
}

#[test]
#[ignore = "a study of a minute"]
fn outcome_shares() {
    const SAMPLES: u32 = 4000;
    let cases: [(&[f64], u32); 5] = [
        (&[0.41, 0.30, 0.20, 0.067, 0.023], 1000),
        (&[0.41, 0.30, 0.20, 0.067, 0.023], 200),
        (&[0.9, 0.098, 0.001, 0.001], 1000),
        (&[0.9975, 0.001, 0.001, 0.0005], 1000),
        (&[0.25, 0.25, 0.25, 0.25], 100),
    ];
    let mut dice = dice(1);
    for (shares, n) in cases {
        let (mut joint, mut exact, mut separate) = (0, 0, 0);
        for _ in 0..SAMPLES {
            let counts = multinomial(&mut dice, shares, n);
            let all = |intervals: Vec<(f64, f64)>| {
                u32::from(
                    intervals
                        .iter()
                        .zip(shares)
                        .all(|(&own, &truth)| covers(own, truth)),
                )
            };
            joint += all(goodman(&counts, 0.05));
            exact += all(simultaneous(&counts, 0.05));
            separate += all(counts
                .iter()
                .map(|&x| wilson(x, u64::from(n), Z95))
                .collect());
        }
        let [joint, exact, separate] = [joint, exact, separate].map(|hits| percent(hits, SAMPLES));
        println!(
            "{shares:?} n {n}: Goodman {joint:.1}, exact {exact:.1}, Wilson each {separate:.1}"
        );
        assert!((93.0..97.5).contains(&joint) && exact >= 94.5 && separate < joint);
    }
}

#[test]
#[ignore = "a study of a minute"]
fn single_shares() {
    const SAMPLES: u32 = 10_000;
    let mut dice = dice(2);
    for (p, n) in [(0.5, 50), (0.1, 200), (0.02, 200), (0.005, 1000)] {
        let (mut score, mut exact) = (0, 0);
        for _ in 0..SAMPLES {
            let x = multinomial(&mut dice, &[p, 1.0 - p], n)[0];
            score += u32::from(covers(wilson(x, u64::from(n), Z95), p));
            exact += u32::from(covers(clopper_pearson(x, u64::from(n), 0.05), p));
        }
        let (score, exact) = (percent(score, SAMPLES), percent(exact, SAMPLES));
        println!("p {p}, n {n}: Wilson {score:.1}, exact {exact:.1}");
        assert!((92.0..98.5).contains(&score) && exact >= 94.5);
    }
}

#[test]
#[ignore = "a study of a minute"]
fn paired_differences_and_their_test() {
    const SAMPLES: u32 = 5000;
    let mut dice = dice(3);
    for (table, n) in [
        ([0.30, 0.12, 0.06, 0.52], 50),
        ([0.30, 0.12, 0.06, 0.52], 1000),
        ([0.02, 0.01, 0.03, 0.94], 200),
        ([0.02, 0.01, 0.03, 0.94], 2000),
        ([0.40, 0.05, 0.05, 0.50], 200),
    ] {
        let truth = table[2] - table[1];
        let (mut inside, mut alarms) = (0, 0);
        for _ in 0..SAMPLES {
            let counts = multinomial(&mut dice, &table, n);
            let pairs = Pairs {
                both: counts[0],
                first: counts[1],
                second: counts[2],
                neither: counts[3],
            };
            inside += u32::from(covers(pairs.interval(Z95), truth));
            alarms += u32::from(mcnemar(&pairs) <= 0.05);
        }
        let (inside, alarms) = (percent(inside, SAMPLES), percent(alarms, SAMPLES));
        println!("{table:?} n {n}: Newcombe {inside:.1}, McNemar rejects {alarms:.1}");
        assert!((93.0..98.0).contains(&inside));
        if truth.abs() < 1e-12 {
            assert!(alarms <= 5.6, "{alarms}");
        }
    }
}

#[test]
#[ignore = "a study of a minute"]
fn any_false_alarm_among_eight_outcomes() {
    const SAMPLES: u32 = 4000;
    let mut dice = dice(4);
    let (mut plain, mut adjusted) = (0, 0);
    for _ in 0..SAMPLES {
        let p: Vec<f64> = (0..8)
            .map(|_| {
                let first = multinomial(&mut dice, &[0.5, 0.5], 120);
                mcnemar(&Pairs {
                    both: 100,
                    first: first[0],
                    second: first[1],
                    neither: 100,
                })
            })
            .collect();
        plain += u32::from(p.iter().any(|&p| p <= 0.05));
        adjusted += u32::from(holm(&p).iter().any(|&p| p <= 0.05));
    }
    let (plain, adjusted) = (percent(plain, SAMPLES), percent(adjusted, SAMPLES));
    println!(
        "any of 8 rejected though nothing changed: {plain:.1} without, {adjusted:.1} with Holm"
    );
    assert!(adjusted <= 5.6 && plain > 20.0);
}

#[test]
#[ignore = "a study of a minute"]
fn means() {
    const SAMPLES: u32 = 10_000;
    let mut dice = dice(5);
    for n in [5, 30, 200] {
        let mut hits = [0; 2];
        for _ in 0..SAMPLES {
            let (mut flat, mut skewed) = (Moments::default(), Moments::default());
            for _ in 0..n {
                flat.add(dice.random());
                skewed.add(exponential(&mut dice));
            }
            hits[0] += u32::from(covers(mean_interval(&flat, 0.05).unwrap(), 0.5));
            hits[1] += u32::from(covers(mean_interval(&skewed, 0.05).unwrap(), 1.0));
        }
        let [flat, skewed] = hits.map(|hits| percent(hits, SAMPLES));
        println!("n {n}: t interval, uniform {flat:.1}, exponential {skewed:.1}");
        assert!(flat > 92.5 && skewed > 86.0);
    }
    // Draws that differ by far more than the luck within them; the mean of these draws is the truth.
    let mut inside = 0;
    for _ in 0..SAMPLES {
        let mut between = Between::default();
        let mut truth = 0.0;
        for _ in 0..20 {
            let level = 3.0 * dice.random::<f64>();
            truth += (level + 0.5) / 20.0;
            let mut draw = Moments::default();
            (0..4).for_each(|_| draw.add(level + dice.random::<f64>()));
            between.add(draw.mean, draw.variance_of_mean());
        }
        inside += u32::from(covers(
            stratified_interval(&between, 4, 0.05).unwrap(),
            truth,
        ));
    }
    let inside = percent(inside, SAMPLES);
    println!("20 draws of 4 runs: stratified t interval {inside:.1}");
    assert!((93.5..96.5).contains(&inside));
}

#[test]
#[ignore = "a study of a minute"]
fn quantiles() {
    const SAMPLES: u32 = 5000;
    let mut dice = dice(6);
    for (n, q) in [(20, 0.5), (200, 0.05), (200, 0.5), (2000, 0.95)] {
        let truth = -ln(1.0 - q);
        let (low, high) = quantile_ranks(n, q, 0.05);
        let mut inside = 0;
        for _ in 0..SAMPLES {
            let mut values: Vec<f64> = (0..n).map(|_| exponential(&mut dice)).collect();
            values.sort_by(f64::total_cmp);
            let at = |rank: u64| values[rank as usize - 1];
            let above = low.is_none_or(|rank| at(rank) <= truth);
            inside += u32::from(above && high.is_none_or(|rank| truth <= at(rank)));
        }
        let inside = percent(inside, SAMPLES);
        println!("n {n}, quantile {q}: order statistics {inside:.1}");
        assert!((94.0..98.5).contains(&inside));
    }
}

#[test]
#[ignore = "a study of a minute"]
fn survival_at_a_day() {
    const SAMPLES: u32 = 5000;
    let mut dice = dice(7);
    // Exponential ends in days with mean 60, some lost at random before the horizon on day 90.
    for (n, day) in [(50, 30_u32), (50, 80), (400, 30), (400, 80)] {
        // A run that lasts beyond the whole day is open at its end.
        let truth = jawjaw::math::exp(-f64::from(day + 1) / 60.0);
        let mut inside = 0;
        for _ in 0..SAMPLES {
            let mut times = Times::new(1);
            for _ in 0..n {
                let end = 60.0 * exponential(&mut dice);
                let lost = if dice.random::<f64>() < 0.2 {
                    90.0 * dice.random::<f64>()
                } else {
                    90.0
                };
                if end <= lost {
                    times.ended(end as u32, 0);
                } else {
                    times.censored(lost as u32);
                }
            }
            let steps = times.kaplan_meier(Z95);
            let step = steps.iter().rev().find(|step| step.time <= day);
            inside += u32::from(step.is_some_and(|step| covers((step.low, step.high), truth)));
        }
        let inside = percent(inside, SAMPLES);
        println!("n {n}, day {day}: log-log limits {inside:.1}");
        assert!((92.5..97.5).contains(&inside));
    }
}

#[test]
#[ignore = "a study of minutes"]
fn stopping_when_narrow_enough() {
    const SAMPLES: u32 = 1500;
    let mut dice = dice(8);
    let mut all = Vec::new();
    for p in [0.02, 0.1, 0.3, 0.5] {
        for half in [0.05, 0.02, 0.01] {
            let mut inside = 0;
            for _ in 0..SAMPLES {
                let (mut x, mut n) = (0, 0);
                let mut next = 200;
                let interval = loop {
                    x += multinomial(&mut dice, &[p, 1.0 - p], next - n)[0];
                    n = next;
                    let (low, high) = wilson(x, u64::from(n), Z95);
                    if (high - low) / 2.0 <= half {
                        break (low, high);
                    }
                    next *= 2;
                };
                inside += u32::from(covers(interval, p));
            }
            let inside = percent(inside, SAMPLES);
            println!("p {p}, half-width {half}: {inside:.1}");
            all.push(inside);
        }
    }
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    let least = all.iter().copied().fold(100.0, f64::min);
    println!("mean {mean:.1}, least {least:.1}");
    assert!(least > 91.0 && (94.0..96.5).contains(&mean));
}

#[test]
#[ignore = "a study of minutes"]
fn watching_for_ever() {
    const HISTORIES: u32 = 1000;
    let mut dice = dice(9);
    for p in [0.05, 0.3, 0.5] {
        let (mut naive, mut sequence) = (0, 0);
        for _ in 0..HISTORIES {
            let (mut x, mut out, mut wilson_out) = (0, false, false);
            let mut look = 30_u64;
            for n in 1..=20_000_u64 {
                x += u64::from(dice.random::<f64>() < p);
                if n == look {
                    out |= !covers(confidence_sequence(x, n, 0.05), p);
                    wilson_out |= !covers(wilson(x, n, Z95), p);
                    // Every run at first, then every hundredth part.
                    look += (n / 100).max(1);
                }
            }
            naive += u32::from(wilson_out);
            sequence += u32::from(out);
        }
        let (naive, sequence) = (percent(naive, HISTORIES), percent(sequence, HISTORIES));
        println!("p {p}: ever missed, Wilson {naive:.1}, confidence sequence {sequence:.1}");
        assert!(sequence <= 5.0 && naive > 40.0);
    }
}
