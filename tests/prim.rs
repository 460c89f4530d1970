//! PRIM held to the EMA Workbench, step by step, on data that both make from the same numbers.
//!
//! `tests/fixtures/prim.json` was written by the EMA Workbench itself; its `source` says which.

use std::collections::BTreeMap;

use jawjaw::stats::prim::{Column, Limit, Settings, Table, Trajectory, find, quasi_p};
use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    rows: usize,
    hits: usize,
    ends: BTreeMap<String, serde_json::Value>,
    quasi_p: BTreeMap<String, [f64; 2]>,
    second: Second,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Second {
    steps: usize,
    n: usize,
    k: usize,
    first_n: usize,
    first_k: usize,
    restricted: usize,
}

#[derive(Deserialize)]
struct Step {
    n: usize,
    k: usize,
    coverage: f64,
    density: f64,
    restricted: usize,
    limits: BTreeMap<String, serde_json::Value>,
}

/// `SplitMix64`: Steele, Lea and Flood (2014).
struct SplitMix(u64);

impl SplitMix {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        ((z >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }
}

/// The columns of a case by name, and its hits.
fn data(name: &str) -> (Vec<&'static str>, Table) {
    let seed = match name {
        "planted" => 1,
        "tied" => 4,
        "categorical" => 2,
        "noise" => 3,
        other => panic!("no rule for {other}"),
    };
    let mut next = SplitMix(seed);
    let names = match name {
        "planted" | "noise" => vec!["a", "b", "c", "d"],
        "tied" => vec!["a", "b", "c"],
        _ => vec!["a", "b", "kind"],
    };
    let rows = if name == "tied" { 600 } else { 1000 };
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); names.len()];
    let mut hits = Vec::new();
    for _ in 0..rows {
        let mut row: Vec<f64> = Vec::new();
        let hit = match name {
            "planted" => {
                row.extend((0..4).map(|_| next.uniform()));
                (row[0] > 0.55 && row[1] < 0.40) != (next.uniform() < 0.05)
            }
            "noise" => {
                row.extend((0..4).map(|_| next.uniform()));
                next.uniform() < 0.3
            }
            "tied" => {
                row.push((next.uniform() * 8.0).floor());
                row.push((next.uniform() * 50.0).floor() / 50.0);
                row.push(next.uniform());
                let likely = row[0] >= 5.0 && row[1] > 0.5;
                next.uniform() < if likely { 0.8 } else { 0.1 }
            }
            _ => {
                let kind = (next.uniform() * 4.0).floor();
                row.extend([next.uniform(), next.uniform(), kind]);
                let planted = [1.0, 3.0].contains(&kind) && row[0] < 0.5;
                planted != (next.uniform() < 0.02)
            }
        };
        hits.push(hit);
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    let column = |(name, values): (&&str, Vec<f64>)| {
        if *name == "kind" {
            Column::Category {
                of: values.into_iter().map(|value| value as u8).collect(),
                categories: 4,
            }
        } else {
            Column::Number(values)
        }
    };
    let table = Table {
        columns: names.iter().zip(columns).map(column).collect(),
        hits,
        draws: (0..rows).collect(),
    };
    (names, table)
}

fn reference() -> Vec<Case> {
    let text = include_str!("fixtures/prim.json");
    let reference: Reference = serde_json::from_str(text).expect("the fixture is well formed");
    reference.cases
}

fn case(name: &str) -> (Case, Vec<&'static str>, Table, Trajectory) {
    let case = reference()
        .into_iter()
        .find(|case| case.name == name)
        .expect("the fixture has the case");
    let (names, table) = data(name);
    let rows: Vec<u32> = (0..table.hits.len() as u32).collect();
    let found = find(&table, &rows, &rows, Settings::default()).expect("there are hits");
    (case, names, table, found)
}

/// What a limit is in the words of the reference; nothing if it restricts nothing.
fn words(limit: &Limit, column: &Column, ends: &serde_json::Value) -> Option<serde_json::Value> {
    if !limit.restricts(column) {
        return None;
    }
    Some(match limit {
        Limit::Range(low, high) => {
            let end = |own: f64, at: usize| {
                if own.is_finite() {
                    own
                } else {
                    ends[at].as_f64().expect("a number")
                }
            };
            serde_json::json!([end(*low, 0), end(*high, 1)])
        }
        Limit::Among(kept) => (0..4)
            .filter(|kind| kept >> kind & 1 == 1)
            .map(|kind| format!("k{kind}"))
            .collect(),
    })
}

#[test]
fn every_step_of_every_trajectory_is_that_of_the_reference() {
    for name in ["planted", "tied", "categorical", "noise"] {
        let (case, names, table, found) = case(name);
        assert_eq!((found.rows, found.hits), (case.rows, case.hits), "{name}");
        assert_eq!(found.steps.len(), case.steps.len(), "{name}");
        for (index, (step, expected)) in found.steps.iter().zip(&case.steps).enumerate() {
            let at = format!("{name}, step {index}");
            assert_eq!((step.rows, step.hits), (expected.n, expected.k), "{at}");
            assert_eq!(step.restricted, expected.restricted, "{at}");
            assert!(
                (found.coverage(index) - expected.coverage).abs() < 1e-12,
                "{at}"
            );
            assert!(
                (found.density(index) - expected.density).abs() < 1e-12,
                "{at}"
            );
            let limits: BTreeMap<String, serde_json::Value> = (names.iter().enumerate())
                .filter_map(|(column, name)| {
                    let ends = &case.ends[*name];
                    let limit = words(&step.limits[column], &table.columns[column], ends)?;
                    Some(((*name).to_owned(), limit))
                })
                .collect();
            assert_eq!(limits, expected.limits, "{at}");
        }
    }
}

#[test]
fn quasi_p_values_are_those_of_the_reference() {
    for name in ["planted", "tied", "categorical", "noise"] {
        let (case, names, table, found) = case(name);
        let rows: Vec<u32> = (0..table.hits.len() as u32).collect();
        let last = &found.steps.last().expect("a trajectory has a step").limits;
        for (column, name) in names.iter().enumerate() {
            let own = quasi_p(&table, &rows, last, column);
            let expected = case.quasi_p.get(*name).copied().unwrap_or([-1.0, -1.0]);
            for (own, expected) in own.into_iter().zip(expected) {
                let own = own.unwrap_or(-1.0);
                let close = (own - expected).abs() < 1e-9 * expected.abs().max(1e-3);
                assert!(close, "{}, {name}: {own} {expected}", case.name);
            }
        }
    }
}

/// The planted box has an upper end on `a` that noise put there: its quasi-p-value gives it away,
/// those of the two planted ends are beyond doubt.
#[test]
fn a_spurious_restriction_stands_out() {
    let (_, _, table, found) = case("planted");
    let rows: Vec<u32> = (0..1000).collect();
    let last = &found.steps.last().expect("a trajectory has a step").limits;
    let [low, high] = quasi_p(&table, &rows, last, 0);
    assert!(low.expect("planted") < 1e-20);
    assert!(high.expect("found by chance") > 0.05);
    assert!(quasi_p(&table, &rows, last, 1)[1].expect("planted") < 1e-20);
}

#[test]
fn the_second_box_is_that_of_the_reference() {
    for name in ["planted", "tied", "categorical", "noise"] {
        let (case, _, table, first) = case(name);
        let all: Vec<u32> = (0..table.hits.len() as u32).collect();
        let limits = &first.steps.last().expect("a trajectory has a step").limits;
        let taken = table.inside(&all, limits);
        let rest: Vec<u32> = all
            .iter()
            .copied()
            .filter(|row| !taken.contains(row))
            .collect();
        let second = find(&table, &all, &rest, Settings::default()).expect("hits remain");
        let (start, end) = (&second.steps[0], second.steps.last().expect("a step"));
        assert_eq!(
            (start.rows, start.hits),
            (case.second.first_n, case.second.first_k),
            "{name}"
        );
        assert_eq!(second.steps.len(), case.second.steps, "{name}");
        assert_eq!(
            (end.rows, end.hits),
            (case.second.n, case.second.k),
            "{name}"
        );
        assert_eq!(end.restricted, case.second.restricted, "{name}");
    }
}

#[test]
fn nothing_is_found_where_nothing_can_be() {
    let rows: Vec<u32> = (0..100).collect();
    let mut table = Table {
        columns: vec![Column::Number(vec![2.0; 100])],
        hits: vec![false; 100],
        draws: rows.clone(),
    };
    assert!(find(&table, &rows, &rows, Settings::default()).is_none());
    table.hits[..30].fill(true);
    let found = find(&table, &rows, &rows, Settings::default()).expect("there are hits");
    assert_eq!(found.steps.len(), 1, "a constant cannot be peeled");
    assert!(find(&table, &rows, &[], Settings::default()).is_none());
}
