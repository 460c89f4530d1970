//! Other people's domains end to end: what an import computes against published numbers, what an
//! export gives back, and what the commands say.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jawjaw::diagnostic::Severity;
use jawjaw::interchange::alternating::{Strategy, negotiate};
use jawjaw::interchange::scenario::domain_of;
use jawjaw::interchange::scenario_text::scenario_text;
use jawjaw::interchange::solutions::{Convention, Point, solve};
use jawjaw::interchange::space::{Space, View};
use jawjaw::interchange::{
    Domain, Format, InputFile, Issue, Kind, Profile, Report, genius, genius_write, geniusweb, write,
};
use jawjaw::model::Model;
use jawjaw::scenario::load::{LoadError, Loader, NoFacts, load};
use jawjaw::scenario::types::Scenario;
use proptest::prelude::{Just, ProptestConfig, prop, prop_assert, prop_assert_eq, proptest};
use proptest::strategy::Strategy as Generator;
use serde_json::Value;

const LAPTOP: &str = "tests/fixtures/domains/laptop";

struct Text<'t>(&'t str);

impl Loader for Text<'_> {
    fn load(&self, _: &str) -> Result<String, LoadError> {
        Ok(self.0.to_owned())
    }
}

/// A scenario's text as `check` reads it: there must be no error and nothing to warn of.
fn scenario(text: &str) -> Scenario {
    let loaded = load("imported.toml", &Text(text), &NoFacts);
    let loud: Vec<_> = loaded
        .diagnostics
        .iter()
        .filter(|one| one.severity > Severity::Notice)
        .map(|one| (&one.message, &one.labels))
        .collect();
    assert!(loud.is_empty(), "{loud:?} in\n{text}");
    loaded.scenario.expect("no error, so a scenario")
}

/// A domain through the file format and back.
fn through_a_scenario(domain: &Domain) -> Domain {
    let written = scenario_text(domain, "linear").expect("two parties and something to settle");
    let scenario = scenario(&written.text);
    Model::compile(scenario.clone()).expect("what checks compiles");
    domain_of(&scenario, &|quantity| quantity.dist.mode())
}

fn input(path: impl AsRef<Path>) -> InputFile {
    InputFile {
        name: path.as_ref().display().to_string(),
        bytes: std::fs::read(path).expect("a fixture"),
    }
}

fn laptop() -> Domain {
    let mut report = Report::default();
    let profiles =
        ["buyer", "seller"].map(|who| input(format!("{LAPTOP}/laptop_{who}_utility.xml")));
    let domain = genius::read(
        &mut report,
        &input(format!("{LAPTOP}/laptop_domain.xml")),
        &profiles,
    );
    assert!(report.diagnostics.is_empty(), "{:?}", report.diagnostics);
    domain.expect("a sound domain")
}

fn expected() -> Value {
    let text = std::fs::read_to_string("tests/fixtures/domains/laptop.json").expect("a fixture");
    serde_json::from_str(&text).expect("JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().expect("a list");
    list.iter().map(|x| x.as_f64().expect("a number")).collect()
}

fn indices(value: &Value) -> Vec<usize> {
    numbers(value).into_iter().map(|x| x as usize).collect()
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn same_points(name: &str, found: &[Point], expected: &Value) {
    let expected = expected.as_array().expect("a list of points");
    assert_eq!(found.len(), expected.len(), "{name}");
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(
            bits(&found.utils),
            bits(&numbers(&expected["utils"])),
            "{name}"
        );
        assert_eq!(found.outcome, indices(&expected["outcome"]), "{name}");
    }
}

fn number_of(space: &Space, levels: &[usize]) -> usize {
    let sizes = space.sizes.iter().zip(levels);
    sizes.fold(0, |number, (size, level)| number * size + level)
}

/// Utilities, Pareto set and solution points of the published domain, bit for bit, after the way
/// through a scenario file.
#[test]
fn laptop_by_number() {
    let expected = expected();
    let space = through_a_scenario(&laptop()).space(View::Genius).unwrap();
    for sample in expected["utility_samples"].as_array().unwrap() {
        let outcome = number_of(&space, &indices(&sample["outcome"]));
        assert_eq!(bits(&space.at(outcome)), bits(&numbers(&sample["utils"])));
    }
    let solved = solve(&space, Convention::Negmas);
    assert_eq!(solved.n_outcomes, 27);
    assert_eq!(solved.n_rational_outcomes, 27);
    for (name, found) in [
        ("utility_min", &solved.utility_min),
        ("utility_max", &solved.utility_max),
        ("discount", &solved.discount),
    ] {
        assert_eq!(bits(found), bits(&numbers(&expected[name])), "{name}");
    }
    for (name, found) in [
        ("utility_sum", &solved.utility_sum),
        ("utility_sum_sq", &solved.utility_sum_sq),
    ] {
        for (found, expected) in found.iter().zip(numbers(&expected[name])) {
            assert!((found - expected).abs() < 1e-12, "{name}");
        }
    }
    for (name, found) in [
        ("pareto", &solved.pareto),
        ("nash", &solved.nash),
        ("kalai", &solved.kalai),
        ("kalai_smorodinsky", &solved.kalai_smorodinsky),
        ("max_welfare", &solved.max_welfare),
        (
            "kalai_smorodinsky_textbook_maxmin",
            &solved.kalai_smorodinsky_textbook_maxmin,
        ),
        (
            "kalai_smorodinsky_genius_rule",
            &solved.kalai_smorodinsky_genius_rule,
        ),
    ] {
        same_points(name, found, &expected[name]);
    }
    let opposition = expected["opposition_level"].as_f64().unwrap();
    assert_eq!(
        solved.opposition_level.unwrap().to_bits(),
        opposition.to_bits()
    );
    let java = &expected["genius_java"];
    let found = &solved.genius_java;
    assert_eq!(found.n_pareto, 4);
    let nash = found.nash_utils.as_ref().unwrap();
    assert_eq!(bits(nash), bits(&numbers(&java["nash_utils"])));
    let kalai = found.kalai_smorodinsky_utils.as_ref().unwrap();
    assert_eq!(
        bits(kalai),
        bits(&numbers(&java["kalai_smorodinsky_utils"]))
    );
    let genius = solve(&space, Convention::Genius);
    assert_eq!(&genius.nash[0].utils, nash);
}

#[test]
fn laptop_stretched_by_number() {
    let unit = through_a_scenario(&laptop()).unit();
    for (profile, expected) in unit
        .profiles
        .iter()
        .zip(expected()["unit"].as_array().unwrap())
    {
        assert_eq!(bits(&profile.weights), bits(&numbers(&expected["weights"])));
        for (values, expected) in profile
            .values
            .iter()
            .zip(expected["values"].as_array().unwrap())
        {
            assert_eq!(bits(values), bits(&numbers(expected)));
        }
        let reserved = expected["reserved"].as_f64().unwrap();
        assert_eq!(profile.reservation.unwrap().to_bits(), reserved.to_bits());
    }
}

#[test]
fn laptop_traces_offer_by_offer() {
    let domain = through_a_scenario(&laptop());
    let mut offers = 0;
    for published in expected()["negotiations"].as_array().unwrap() {
        let strategies: Vec<Strategy> = published["strategies"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| match name.as_str().unwrap() {
                "boulware" => Strategy::Boulware,
                "conceder" => Strategy::Conceder,
                other => panic!("no strategy {other} in the fixture"),
            })
            .collect();
        let steps = published["n_steps"].as_u64().unwrap() as usize;
        let run = negotiate(&domain, &strategies, steps, Convention::Negmas).unwrap();
        let agreed = run.agreement.map(|outcome| domain.levels(outcome));
        assert_eq!(agreed, Some(indices(&published["agreement"])));
        assert_eq!(
            run.rounds as u64,
            published["rounds_executed"].as_u64().unwrap()
        );
        let trace = published["trace"].as_array().unwrap();
        assert_eq!(run.trace.len(), trace.len());
        for (offer, expected) in run.trace.iter().zip(trace) {
            assert_eq!(offer.round as u64, expected["round"].as_u64().unwrap());
            assert_eq!(offer.party as u64, expected["party"].as_u64().unwrap());
            assert_eq!(domain.levels(offer.outcome), indices(&expected["outcome"]));
            offers += 1;
        }
    }
    assert_eq!(offers, 18, "all four traces were compared");
}

fn issue(name: String, values: usize) -> Issue {
    Issue {
        name,
        kind: Kind::Discrete,
        values: (0..values)
            .map(|value| format!("v\"{value}' \u{e9}"))
            .collect(),
    }
}

/// Domains with 1 to 20 values an issue; `unit` keeps values in [0, 1] with a best one of 1.
fn domains(unit: bool) -> impl Generator<Value = Domain> {
    let sizes = prop::collection::vec(if unit { 2_usize..=6 } else { 1_usize..=20 }, 1..=4);
    (sizes, 2_usize..=3)
        .prop_flat_map(move |(mut sizes, parties)| {
            sizes[0] = sizes[0].max(2);
            let total: usize = sizes.iter().sum();
            let value = if unit { 0.0..1.0 } else { -3.0..40.0 };
            let weight = if unit { 0.01..0.2 } else { -0.2..2.0 };
            let numbers = prop::collection::vec(value, total * parties);
            let weights = prop::collection::vec(weight, sizes.len() * parties);
            let rest = prop::collection::vec((prop::option::of(-0.5..1.0), 0.01..=1.0), parties);
            (Just(sizes), numbers, weights, rest)
        })
        .prop_map(move |(sizes, numbers, weights, rest)| {
            let mut numbers = numbers.into_iter();
            let profiles = rest
                .iter()
                .enumerate()
                .map(|(party, (reservation, discount))| {
                    let values = sizes.iter().map(|&size| {
                        let mut values: Vec<f64> = numbers.by_ref().take(size).collect();
                        if unit {
                            values[size - 1] = 1.0;
                        }
                        values
                    });
                    Profile {
                        name: format!("Party {party}"),
                        values: values.collect(),
                        weights: weights[party * sizes.len()..][..sizes.len()].to_vec(),
                        reservation: *reservation,
                        discount: *discount,
                    }
                });
            let profiles = profiles.collect();
            let issues = sizes.iter().enumerate();
            Domain {
                name: "A domain".to_owned(),
                format: Format::NegMas,
                cap_at_one: unit,
                issues: issues
                    .map(|(index, &size)| issue(format!("Issue <{index}> & more"), size))
                    .collect(),
                profiles,
            }
        })
}

fn as_inputs(export: &write::Export) -> (InputFile, Vec<InputFile>) {
    let mut files = export.files.iter().map(|file| InputFile {
        name: file.name.clone(),
        bytes: file.text.clone().into_bytes(),
    });
    let domain = files.next().expect("the domain comes first");
    (domain, files.collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a domain holds, a scenario file gives back to the last bit, and it plays.
    #[test]
    fn scenario_files_keep_every_number(domain in domains(false)) {
        prop_assert_eq!(through_a_scenario(&domain), domain);
    }

    /// The same through `[preferences]`, where the numbers fit there.
    #[test]
    fn preferences_keep_every_number(domain in domains(true)) {
        let text = scenario_text(&domain, "boulware").expect("playable").text;
        prop_assert!(!text.contains("[[domain.issues]]"));
        prop_assert_eq!(through_a_scenario(&domain), domain);
    }

    /// GENIUS keeps numbers whose best is 1 to the last bit.
    #[test]
    fn genius_files_give_the_numbers_back(domain in domains(true)) {
        let (own, profiles) = as_inputs(&genius_write::genius(&domain));
        let mut report = Report::default();
        let read = genius::read(&mut report, &own, &profiles).expect("what is written can be read");
        prop_assert!(report.diagnostics.is_empty(), "{:?}", report.diagnostics);
        prop_assert_eq!(&read.issues, &domain.issues);
        for (read, written) in read.profiles.iter().zip(&domain.profiles) {
            prop_assert_eq!(&read.weights, &written.weights);
            prop_assert_eq!(&read.values, &written.values);
            prop_assert_eq!(read.reservation, written.reservation.or(Some(0.0)));
            prop_assert_eq!(read.discount.to_bits(), written.discount.to_bits());
        }
    }

    /// Any domain keeps its preferences in GENIUS and GeniusWeb: utilities change by a positive
    /// affine map, up to rounding.
    #[test]
    fn exports_keep_preferences(domain in domains(false)) {
        let before = domain.space(View::Unit).expect("small");
        let (own, profiles) = as_inputs(&genius_write::genius(&domain));
        let genius = genius::read(&mut Report::default(), &own, &profiles).expect("readable");
        let (own, profiles) = as_inputs(&write::geniusweb(&domain));
        let web = geniusweb::read(&mut Report::default(), &own, &profiles).expect("readable");
        for (name, after) in [("genius", genius), ("geniusweb", web)] {
            let after = after.space(View::Unit).expect("small");
            for (party, table) in before.utilities.iter().enumerate() {
                let (low, high) = before.range(party);
                let (low_after, high_after) = after.range(party);
                for (u, v) in table.iter().zip(&after.utilities[party]) {
                    let (u, v) = ((u - low) / (high - low), (v - low_after) / (high_after - low_after));
                    prop_assert!((u - v).abs() < 1e-6, "{}: {} {}", name, u, v);
                }
            }
        }
    }
}

#[test]
fn too_few_parties_or_nothing_open_is_no_scenario() {
    let mut domain = laptop();
    for issue in &mut domain.issues {
        issue.values.truncate(1);
    }
    for profile in &mut domain.profiles {
        profile
            .values
            .iter_mut()
            .for_each(|values| values.truncate(1));
    }
    let error = scenario_text(&domain, "linear").unwrap_err();
    assert!(error.to_string().contains("single value"), "{error}");
    domain.profiles.truncate(1);
    let error = scenario_text(&domain, "linear").unwrap_err();
    assert!(error.to_string().contains("at least two"), "{error}");
}

fn jawjaw(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jawjaw"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("the binary runs")
}

fn out_text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn error_text(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if path.exists() {
        std::fs::remove_dir_all(&path).expect("an old folder can be removed");
    }
    std::fs::create_dir_all(&path).expect("a new one can be made");
    path
}

/// Every fixture comes in, checks, and goes through each convention.
#[test]
fn hand_written_domains_of_every_format() {
    let home = folder("interchange-formats");
    let scenario = home.join("imported.toml").display().to_string();
    let web = ["1-jobs", "2-employee", "3-employer"]
        .map(|name| format!("tests/fixtures/domains/geniusweb/{name}.json"));
    let imports: [&[&str]; 2] = [
        &["import", "geniusweb", &web[0], &web[1], &web[2]],
        &["import", "negmas", "tests/fixtures/domains/negmas"],
    ];
    // The best of each by hand: no car and full hours please the employer, the employee the
    // opposite; the buyer pays little for blue, the seller earns much for red.
    let highest = [[1.0, 1.0], [1.75, 12.5]];
    for (import, highest) in imports.iter().zip(highest) {
        let arguments = [import, &["--out", scenario.as_str()][..]].concat();
        let output = jawjaw(&arguments);
        assert!(output.status.success(), "{}", error_text(&output));
        assert!(jawjaw(&["check", &scenario]).status.success());
        for convention in ["negmas", "genius", "jawjaw"] {
            let solved = [
                "solve",
                &scenario,
                "--convention",
                convention,
                "--format",
                "json",
            ];
            let solved: Value = serde_json::from_str(&out_text(&jawjaw(&solved))).expect("JSON");
            let text = ["solve", &scenario, "--convention", convention];
            assert!(out_text(&jawjaw(&text)).contains("Kalai-Smorodinsky"));
            assert_eq!(numbers(&solved["utility_max"]), highest, "{convention}");
            assert!(!solved["nash"].as_array().expect("a list").is_empty());
        }
    }
}

/// Import, check, solve, negotiate, play and export again, as a user would.
#[test]
fn the_commands_work_on_each_others_files() {
    let home = folder("interchange-commands");
    let at = |name: &str| home.join(name).display().to_string();
    let profiles = ["buyer", "seller"].map(|who| format!("{LAPTOP}/laptop_{who}_utility.xml"));
    let domain = format!("{LAPTOP}/laptop_domain.xml");
    let scenario = at("laptop.toml");
    let import = jawjaw(&[
        "import",
        "genius",
        &domain,
        &profiles[0],
        &profiles[1],
        "--out",
        &scenario,
    ]);
    assert!(import.status.success(), "{}", error_text(&import));
    assert!(import.stdout.is_empty(), "data goes to the file");
    let check = jawjaw(&["check", "--strict", &scenario]);
    assert!(check.status.success(), "{}", error_text(&check));
    let solved = jawjaw(&[
        "solve",
        &scenario,
        "--convention",
        "negmas",
        "--format",
        "json",
    ]);
    let solved: Value = serde_json::from_str(&out_text(&solved)).expect("JSON");
    assert_eq!(solved["pareto"], expected()["pareto"]);
    let run = [
        "sao",
        &scenario,
        "--convention",
        "negmas",
        "--strategies",
        "boulware,BoulwareTB",
        "--steps",
        "10",
        "--format",
        "json",
        "--trace",
    ];
    let run: Value = serde_json::from_str(&out_text(&jawjaw(&run))).expect("JSON");
    assert_eq!(run["rounds_executed"], 8);
    assert_eq!(run["trace"].as_array().expect("a list").len(), 14);
    let played = jawjaw(&[
        "run",
        &scenario,
        "--draws",
        "1",
        "--replicates",
        "5",
        "--no-charts",
        "--quiet",
        "--out",
        &at("output"),
    ]);
    assert!(played.status.success(), "{}", error_text(&played));
    assert!(
        out_text(&played).contains("Agreement"),
        "{}",
        out_text(&played)
    );
    let web = at("web");
    let export = jawjaw(&["export", "geniusweb", &scenario, "--out", &web]);
    assert!(export.status.success());
    assert!(
        error_text(&export).contains("lost: "),
        "{}",
        error_text(&export)
    );
    let again = jawjaw(&["import", "negmas", &web]);
    assert!(again.status.success(), "{}", error_text(&again));
    assert!(out_text(&again).contains("format = \"geniusweb\""));
    let back = at("genius");
    assert!(
        jawjaw(&["export", "genius", &scenario, "--out", &back])
            .status
            .success()
    );
    let back = jawjaw(&["import", "negmas", &back]);
    let weight = "weight = 0.4452125771655631";
    assert!(out_text(&back).contains(weight), "{}", error_text(&back));
}

#[test]
fn broken_files_end_with_a_place_and_exit_code_1() {
    let home = folder("interchange-broken");
    let broken = home.join("broken.xml");
    let whole = std::fs::read_to_string(format!("{LAPTOP}/laptop_domain.xml")).expect("a fixture");
    std::fs::write(&broken, &whole[..whole.len() / 2]).expect("writable");
    let profile = format!("{LAPTOP}/laptop_buyer_utility.xml");
    let path = broken.display().to_string();
    let output = jawjaw(&["import", "genius", &path, &profile, &profile]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert!(
        error_text(&output).contains("broken.xml:"),
        "{}",
        error_text(&output)
    );
    let missing = jawjaw(&["import", "genius", "none.xml", &profile]);
    assert_eq!(missing.status.code(), Some(3));
    let nobody = jawjaw(&["import", "genius", &path]);
    assert_eq!(nobody.status.code(), Some(2));
    let unasked = jawjaw(&["solve", "x.toml", "--view", "unit"]);
    assert_eq!(unasked.status.code(), Some(2), "goes with `--convention`");
    let folderless = jawjaw(&["export", "genius", &path]);
    assert_eq!(folderless.status.code(), Some(2));
    let empty = folder("interchange-empty").display().to_string();
    assert_eq!(jawjaw(&["import", "negmas", &empty]).status.code(), Some(1));
}
