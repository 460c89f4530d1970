//! Designs and estimators against other programs and closed forms, and `jawjaw sweep` and
//! `jawjaw sensitivity` as a user calls them.

#[expect(dead_code, reason = "a kit for several files of tests")]
mod kit;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::AtomicBool;

use jawjaw::design::discrepancy::centred_squared;
use jawjaw::design::saltelli::{Row, Saltelli};
use jawjaw::design::sobol::{Sobol, unscrambled};
use jawjaw::drivers::measure::Measure;
use jawjaw::drivers::screening::screen;
use jawjaw::drivers::sensitivity::{Bounds, Sensitivity, Size, analyse};
use jawjaw::stats::morris::Effects;
use jawjaw::stats::sobol::{Spread, first_order, first_order_jansen, second_order, total};
use serde_json::Value;

/// Numbers of scipy and `SALib`; `provenance` in the file says how they were made.
fn reference() -> Value {
    let text = std::fs::read_to_string("tests/fixtures/reference/designs.json");
    serde_json::from_str(&text.expect("the fixture is there")).expect("it is JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().expect("a list");
    list.iter().map(|x| x.as_f64().expect("a number")).collect()
}

#[test]
fn unscrambled_points_are_those_of_scipy() {
    let reference = reference();
    let dims = numbers(&reference["dims"]);
    let points = reference["points"].as_array().unwrap();
    for (index, row) in points.iter().enumerate() {
        for (dim, x) in dims.iter().zip(numbers(row)) {
            let got = unscrambled(index as u32, *dim as usize);
            assert!(
                (got - x).abs() < 1e-9,
                "point {index} dimension {dim}: {got} {x}"
            );
        }
    }
    assert_eq!(points.len() * dims.len(), 32 * 26);
}

#[test]
fn discrepancies_are_those_of_scipy() {
    for case in reference()["centred_discrepancy"].as_array().unwrap() {
        let rows = case["points"].as_array().unwrap();
        let d = rows[0].as_array().unwrap().len();
        let points: Vec<f64> = rows.iter().flat_map(numbers).collect();
        let got = centred_squared(&points, d);
        assert!(
            (got - case["cd2"].as_f64().unwrap()).abs() < 1e-12,
            "{case}: {got}"
        );
    }
}

#[test]
fn estimators_given_the_output_are_those_of_scipy() {
    for case in reference()["estimators"].as_array().unwrap() {
        let (a, b) = (numbers(&case["a"]), numbers(&case["b"]));
        let spread = Spread::of(&a, &b);
        let blocks = case["ab"].as_array().unwrap();
        let expected = numbers(&case["first"])
            .into_iter()
            .zip(numbers(&case["total"]));
        for (ab, (first, whole)) in blocks.iter().zip(expected) {
            let ab = numbers(ab);
            assert!((first_order(&a, &b, &ab, spread).unwrap() - first).abs() < 1e-9);
            assert!((total(&a, &ab, spread).unwrap() - whole).abs() < 1e-9);
        }
    }
}

#[test]
fn effects_given_the_output_are_those_of_salib() {
    let case = &reference()["morris"];
    let x: Vec<Vec<f64>> = case["x"].as_array().unwrap().iter().map(numbers).collect();
    let y = numbers(&case["y"]);
    let factors = x[0].len();
    let mut effects = vec![Vec::new(); factors];
    for (points, values) in x.chunks(factors + 1).zip(y.chunks(factors + 1)) {
        for step in 1..=factors {
            let moved = (0..factors)
                .find(|&factor| (points[step][factor] - points[step - 1][factor]).abs() > 1e-9)
                .expect("one factor moves in each step");
            let delta = points[step][moved] - points[step - 1][moved];
            effects[moved].push((values[step] - values[step - 1]) / delta);
        }
    }
    let (mu, size, sigma) = (
        numbers(&case["mu"]),
        numbers(&case["mu_star"]),
        numbers(&case["sigma"]),
    );
    for (factor, effects) in effects.into_iter().enumerate() {
        let got = Effects::of(effects);
        assert!((got.mean - mu[factor]).abs() < 1e-9);
        assert!((got.mean_size - size[factor]).abs() < 1e-9);
        assert!((got.spread - sigma[factor]).abs() < 1e-9);
    }
}

/// Ishigami and Homma (1990), `a = 7`, `b = 0.1`, on the unit cube.
fn ishigami(u: &[f64]) -> f64 {
    let x = [0, 1, 2].map(|i| std::f64::consts::PI * (2.0 * u[i] - 1.0));
    let (one, two) = (libm::sin(x[0]), libm::sin(x[1]));
    one + 7.0 * two * two + 0.1 * x[2] * x[2] * x[2] * x[2] * one
}

/// Sobol' (1993), `a = (0, 1, 4.5, 9, 99, 99, 99, 99)`.
fn sobol_g(u: &[f64]) -> f64 {
    let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];
    let each = u.iter().zip(a);
    each.map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a))
        .product()
}

/// First order by both formulas, and total, of every factor.
fn analysed(f: impl Fn(&[f64]) -> f64, factors: usize, n: u32, seed: u64) -> Vec<[f64; 3]> {
    let design = Saltelli::new(factors, Vec::new()).expect("few factors");
    let sobol = Sobol::new(seed);
    let column = |row: Row| -> Vec<f64> {
        (0..n)
            .map(|index| {
                let (a, b) = design.base(&sobol, index);
                let u: Vec<f64> = (0..factors)
                    .map(|factor| {
                        if design.from_b(row, factor) {
                            b[factor]
                        } else {
                            a[factor]
                        }
                    })
                    .collect();
                f(&u)
            })
            .collect()
    };
    let (a, b) = (column(Row::A), column(Row::B));
    let spread = Spread::of(&a, &b);
    (0..factors)
        .map(|factor| {
            let ab = column(Row::Factor(factor));
            [
                first_order(&a, &b, &ab, spread).expect("it varies"),
                first_order_jansen(&b, &ab, spread).expect("it varies"),
                total(&a, &ab, spread).expect("it varies"),
            ]
        })
        .collect()
}

#[test]
fn ishigami_and_sobol_g_come_out_as_in_their_closed_forms() {
    let ishigami_exact = [
        [0.313_905, 0.557_589],
        [0.442_411, 0.442_411],
        [0.0, 0.243_684],
    ];
    // Of the product: V_i = (1/3) / (1 + a_i)^2, V = prod (1 + V_i) - 1.
    let parts = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0]
        .map(|a: f64| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
    let whole: f64 = parts.iter().map(|v| 1.0 + v).product::<f64>() - 1.0;
    let g_exact: Vec<[f64; 2]> = parts
        .iter()
        .map(|v| [v / whole, v * (1.0 + whole) / (1.0 + v) / whole])
        .collect();
    assert!((g_exact[0][0] - 0.7162).abs() < 1e-4);
    for seed in [1, 2, 3] {
        let cases = [
            (analysed(ishigami, 3, 8192, seed), ishigami_exact.to_vec()),
            (analysed(sobol_g, 8, 8192, seed), g_exact.clone()),
        ];
        for (got, exact) in cases {
            for (got, exact) in got.iter().zip(exact) {
                for (got, exact) in got.iter().zip([exact[0], exact[0], exact[1]]) {
                    assert!((got - exact).abs() < 0.006, "seed {seed}: {got} {exact}");
                }
            }
        }
    }
}

#[test]
fn the_second_order_share_of_ishigami_is_found() {
    let (n, sobol) = (8192, Sobol::new(7));
    let design = Saltelli::new(3, Vec::new()).unwrap();
    // `x` with factor `from` taken from `y`.
    let column = |swap: bool, from: Option<usize>| -> Vec<f64> {
        (0..n)
            .map(|index| {
                let (a, b) = design.base(&sobol, index);
                let (mut u, other) = if swap { (b, a) } else { (a, b) };
                if let Some(factor) = from {
                    u[factor] = other[factor];
                }
                ishigami(&u)
            })
            .collect()
    };
    let (a, b) = (column(false, None), column(true, None));
    let spread = Spread::of(&a, &b);
    let first = |factor| first_order(&a, &b, &column(false, Some(factor)), spread).unwrap();
    let pair = |i: usize, j: usize| {
        let (ba, ab) = (column(true, Some(i)), column(false, Some(j)));
        second_order([&a, &b, &ba, &ab], [first(i), first(j)], spread).unwrap()
    };
    assert!((pair(0, 2) - 0.243_684).abs() < 0.02, "{}", pair(0, 2));
    assert!(pair(0, 1).abs() < 0.02 && pair(1, 2).abs() < 0.02);
}

/// Ishigami with normal noise: with luck of its own in every run each total share takes up the whole
/// noise; with one luck a base point, and a row that changes only the luck, all four are right.
#[test]
fn common_luck_takes_the_noise_out_of_the_shares() {
    let sigma = 4.0;
    let (n, factors) = (8192_u32, 3);
    let noise = |key: u64| {
        let u = Sobol::new(key).coordinate(3, 5);
        sigma * jawjaw::math::normal_quantile(u)
    };
    let design = Saltelli::new(factors, Vec::new()).unwrap();
    let sobol = Sobol::new(1);
    let column = |row: Row, fresh: bool| -> Vec<f64> {
        (0..n)
            .map(|index| {
                let (a, b) = design.base(&sobol, index);
                let u: Vec<f64> = (0..factors)
                    .map(|factor| {
                        if design.from_b(row, factor) {
                            b[factor]
                        } else {
                            a[factor]
                        }
                    })
                    .collect();
                let number = design
                    .rows()
                    .iter()
                    .position(|other| *other == row)
                    .unwrap();
                let luck = if fresh {
                    number as u64
                } else {
                    u64::from(Saltelli::chance_from_b(row))
                };
                ishigami(&u) + noise(u64::from(index) << 8 | luck)
            })
            .collect()
    };
    let shares = |fresh: bool| -> Vec<f64> {
        let (a, b) = (column(Row::A, fresh), column(Row::B, fresh));
        let spread = Spread::of(&a, &b);
        let rows = [Row::Factor(0), Row::Factor(1), Row::Factor(2), Row::Chance];
        rows.into_iter()
            .map(|row| total(&a, &column(row, fresh), spread).unwrap())
            .collect()
    };
    let variance = 13.844_588 + sigma * sigma;
    let exact = [0.557_589, 0.442_411, 0.243_684].map(|share| share * 13.844_588 / variance);
    let common = shares(false);
    for (got, exact) in common.iter().zip(exact) {
        assert!((got - exact).abs() < 0.02, "{got} {exact}");
    }
    assert!(
        (common[3] - sigma * sigma / variance).abs() < 0.02,
        "{}",
        common[3]
    );
    // The mistake that this is about: 0.65 instead of 0.11.
    assert!((shares(true)[2] - 0.651).abs() < 0.03);
}

/// A scenario of one week whose outcome is a single throw: a storm comes if a uniform number is below
/// the hazard, and the hazard is uniform between 0.2 and 0.8. Nothing else matters.
const STORM: &str = r#"
schema = 1
id = "storm"
title = "A storm"
summary = "One throw."
by_definition = "of a game with a closed form"

[calendar]
start = 2000-01-01
horizon = 2000-01-08

[[parties]]
id = "one"
name = "One"
strategy.kind = "hardliner"

[[parties]]
id = "two"
name = "Two"
strategy.kind = "hardliner"
patience = { range = [0.9, 0.99] }

[[issues]]
id = "cake"
name = "Cake"
levels = ["none", "all"]
status_quo = 0
consent = ["one", "two"]

[preferences]
one.cake = { weight = 1, values = [0, 1] }
two.cake = { weight = 1, values = [1, 0] }

[[venues]]
id = "table"
name = "Table"
participants = ["one", "two"]
decides = ["cake"]
exchanges = 1

[[meetings]]
venue = "table"
date = 2000-01-08

[[events]]
id = "storm"
name = "A storm"
hazard = { range = [0.2, 0.8] }
limit = 1

[[outcomes]]
id = "wet"
name = "Wet"
severity = 2
when = { done = ["storm"] }

[[outcomes]]
id = "dry"
name = "Dry"
severity = 1
"#;

fn storm(size: Size) -> Sensitivity {
    let model = kit::compile(STORM);
    let measures = Measure::outcomes(&model);
    let never = AtomicBool::new(false);
    analyse(&model, &measures, 3, size, &never, &|_| ()).expect("it has uncertain numbers")
}

#[test]
fn a_single_throw_is_divided_as_on_paper() {
    let it = storm(Size {
        scrambles: 8,
        points: 512,
        replicates: 4,
    });
    let hazard = it
        .factors
        .iter()
        .position(|f| f.path == "events.storm.hazard")
        .unwrap();
    let patience = it
        .factors
        .iter()
        .position(|f| f.path == "parties.two.patience")
        .unwrap();
    let near = |bounds: Option<Bounds>, exact: f64| {
        let bounds = bounds.expect("it varies");
        // Shares of the probability's variance, an eighth of the whole, are known less well.
        let within = if exact > 0.9 { 0.05 } else { 0.02 };
        assert!((bounds.value - exact).abs() < within, "{bounds:?} {exact}");
        let reach = bounds.high.unwrap() - bounds.value;
        assert!(reach > 0.0 && reach < 0.06, "{bounds:?}");
    };
    // p = 0.5 on average, Var(p) = 0.6^2 / 12 = 0.03, V = 0.25.
    for indices in it.each.iter().chain([&it.whole]) {
        let shares = &indices.factors[hazard];
        near(shares.first, 0.03 / 0.25);
        // A throw turns out otherwise with probability E|p - p'| = 0.6 / 3.
        near(shares.total, 0.2 / 0.5);
        near(shares.first_known, 1.0);
        near(shares.total_known, 1.0);
        near(indices.chance.total, 1.0 - 0.03 / 0.25);
        // Var(P(hazard > u)) = 0.2 + 0.6/3 - 0.25.
        near(indices.chance.first, 0.15 / 0.25);
        let nothing = &indices.factors[patience];
        assert!(nothing.total.unwrap().value.abs() < 1e-12);
    }
    assert_eq!(it.top, [hazard]);
    assert_eq!(it.dropped + it.missing, 0);
}

#[test]
fn an_output_that_never_varies_is_undefined_and_not_zero() {
    let calm = STORM.replace("{ range = [0.2, 0.8] }", "0.0");
    let model = kit::compile(&calm);
    let never = AtomicBool::new(false);
    let size = Size::quick();
    let measures = Measure::outcomes(&model);
    let it = analyse(&model, &measures, 0, size, &never, &|_| ()).unwrap();
    assert_eq!(it.whole.chance.total, None);
    assert!(it.whole.factors.iter().all(|shares| shares.total.is_none()));
    let screened = screen(&model, &measures, 0, (4, 2), &never, &|_| ()).unwrap();
    assert!(!screened.whole.varies && screened.whole.factors.is_empty());
}

#[test]
fn a_screening_finds_the_slope() {
    let model = kit::compile(STORM);
    let never = AtomicBool::new(false);
    let measures = Measure::outcomes(&model);
    let it = screen(&model, &measures, 5, (60, 50), &never, &|_| ()).unwrap();
    // A step over half of the range moves the share by 0.3, on the grid by 2/3.
    let effect = it.whole.factors[it.top[0]];
    assert!(
        (effect.mean_size * it.step() - 0.3).abs() < 0.03,
        "{effect:?}"
    );
    assert!(
        effect.mean_size_low < 0.45 && effect.mean_size_high > 0.45,
        "{effect:?}"
    );
    assert_eq!(it.factors[it.top[0]].path, "events.storm.hazard");
}

#[test]
fn seeds_at_the_ends_are_seeds() {
    let model = kit::compile(STORM);
    let never = AtomicBool::new(false);
    let of = |seed| {
        let measures = Measure::outcomes(&model);
        let it = analyse(&model, &measures, seed, Size::quick(), &never, &|_| ()).unwrap();
        format!("{:?}", it.whole)
    };
    assert_eq!(of(0), of(0));
    assert_ne!(of(0), of(u64::MAX));
    assert_ne!(of(0), of(1));
}

fn jawjaw(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jawjaw"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "80")
        .output()
        .expect("the binary runs")
}

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if path.exists() {
        std::fs::remove_dir_all(&path).expect("an old folder can be removed");
    }
    path
}

/// Every file below a folder but the manifest, which tells how it was called.
fn contents(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut left = vec![root.to_owned()];
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder that was written can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                left.push(path);
            } else if path.file_name().is_some_and(|name| name != "manifest.json") {
                let name = path.strip_prefix(root).expect("below the root");
                let bytes = std::fs::read(&path).expect("a file that was written");
                found.insert(name.display().to_string(), bytes);
            }
        }
    }
    found
}

#[test]
fn threads_change_no_byte() {
    let commands: [&[&str]; 3] = [
        &[
            "sweep",
            "tests/fixtures/minimal.toml",
            "--over",
            "parties.lowland.types.hawkish.prior=0,0.5,1",
            "--draws",
            "12",
            "--replicates",
            "5",
        ],
        &[
            "sensitivity",
            "tests/fixtures/minimal.toml",
            "--n",
            "16",
            "--replicates",
            "3",
        ],
        &[
            "sensitivity",
            "tests/fixtures/minimal.toml",
            "--method",
            "morris",
            "--n",
            "6",
            "--replicates",
            "3",
        ],
    ];
    for (number, command) in commands.iter().enumerate() {
        let mut first = None;
        for threads in ["1", "3"] {
            let out = folder(&format!("drivers-{number}-{threads}"));
            let mut arguments = command.to_vec();
            let path = out.to_str().expect("a path in text");
            arguments.extend(["--quiet", "--threads", threads, "--out", path]);
            let output = jawjaw(&arguments);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{errors}");
            let result = (output.stdout, contents(&out));
            assert!(result.1.len() >= 6, "{:?}", result.1.keys());
            if let Some(first) = &first {
                assert!(*first == result, "{command:?}");
            }
            first = Some(result);
        }
    }
}

#[test]
fn a_prior_that_is_swept_is_a_probability() {
    let out = folder("drivers-prior");
    let path = out.to_str().expect("a path in text");
    let output = jawjaw(&[
        "sweep",
        "tests/fixtures/minimal.toml",
        "--over",
        "parties.lowland.types.hawkish.prior=0,1",
        "--draws",
        "40",
        "--replicates",
        "10",
        "--quiet",
        "--no-charts",
        "--out",
        path,
    ]);
    assert!(output.status.success());
    let files = contents(&out);
    let csv = files
        .iter()
        .find(|(name, _)| name.ends_with("sweep.csv"))
        .unwrap()
        .1;
    let text = String::from_utf8(csv.clone()).unwrap();
    let share = |point: &str| -> f64 {
        let mut rows = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let row = rows
            .find(|row| row[0] == point && row[2] == "strike")
            .expect("a row");
        row[5].parse().unwrap()
    };
    // Hawks strike more often than the others; the file as it stands lies between.
    assert!(share("1") < share("0") && share("0") < share("2"), "{text}");
    let columns = files.keys().find(|name| name.ends_with("columns.json"));
    assert!(columns.is_some());
}

#[test]
fn wrong_questions_are_answered() {
    let file = "tests/fixtures/minimal.toml";
    for (arguments, expected, code) in [
        (vec!["sweep", file], "--over", 2),
        (
            vec!["sweep", file, "--over", "parties.uplan.patience=0.9,0.95"],
            "parties.upland.patience",
            1,
        ),
        (
            vec!["sweep", file, "--over", "parties.upland.patience"],
            "names no values",
            1,
        ),
        (
            vec!["sweep", file, "--over", "parties.upland.patience=0.99..0.9"],
            "must rise",
            1,
        ),
        (
            vec![
                "sweep",
                file,
                "--over",
                "parties.upland.patience=0.9..0.99:1",
            ],
            "at least 2",
            1,
        ),
        (
            vec!["sweep", file, "--over", "parties.upland.patience=2"],
            "is refused",
            1,
        ),
        (
            vec!["sweep", file, "--over", "parties.upland.patience=much"],
            "a number",
            1,
        ),
        (
            vec!["sweep", file, "--over", "parties.upland=1"],
            "several values",
            1,
        ),
        (
            vec![
                "sweep",
                file,
                "--over",
                "parties.lowland.types.hawkish.prior=1.5",
            ],
            "from 0 to 1",
            1,
        ),
        (
            vec![
                "sweep",
                file,
                "--over",
                "parties.lowland.types.hawkish.prior=0.7",
                "--over",
                "parties.lowland.types.patient.prior=0.7",
            ],
            "add up to 1.4",
            1,
        ),
        (
            vec![
                "sweep",
                file,
                "--over",
                "parties.upland.patience=0.9",
                "--outcome",
                "strik",
            ],
            "there is `strike`",
            1,
        ),
        (
            vec!["sensitivity", file, "--outcome", "dela"],
            "there is `deal`",
            1,
        ),
        (
            vec!["sensitivity", file, "--measure", "utility.uplnd"],
            "utility.upland",
            1,
        ),
        (vec!["sensitivity", file, "--method", "sobel"], "sobol", 2),
        (vec!["sensitivity", file, "--n", "0"], "4..=1000000", 2),
        (vec!["sensitivity", "no-such.toml"], "no-such.toml", 3),
    ] {
        let output = jawjaw(&arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty());
    }
}
