//! Claims files: what is wrong with them, what comes of planted ones, and the one that ships.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use jawjaw::cli::render;
use jawjaw::diagnostic::Severity;
use jawjaw::ensemble::Plan;
use jawjaw::ensemble::claims::summary::{ClaimsSummary, question, summarise};
use jawjaw::ensemble::claims::{Question, examine};
use jawjaw::ensemble::paired::Verdict;
use jawjaw::evidence::Evidence;
use jawjaw::model::Model;
use jawjaw::report::claims::{columns, rows, text};
use jawjaw::report::claims_page;
use jawjaw::report::html::faults;
use jawjaw::report::layout::Look;
use jawjaw::scenario::claims::{LoadedClaims, load};
use jawjaw::scenario::codes::{CODES, OF_CLAIMS};
use jawjaw::scenario::load::{FactIndex, LoadError, Loader, NoFacts};
use jawjaw::scenario::schema;
use jiff::civil::date;
use proptest::prelude::*;

const SHIPPED: &str = "scenarios/claims.toml";
const PLANTED: &str = "tests/fixtures/planted-claims.toml";

/// The files of the repository, one text in place of a file, and a scenario that is broken.
struct Disk<'t>(&'t str, &'t str);

impl Loader for Disk<'_> {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        if path == self.0 {
            return Ok(self.1.to_owned());
        }
        if path == "tests/fixtures/broken.toml" {
            return Ok("extends = \"weather.toml\"\nid = \"broken\"\nsummmary = 3\n".to_owned());
        }
        fs::read_to_string(path).map_err(|_| LoadError::NotFound)
    }
}

fn open(path: &str, facts: &dyn FactIndex) -> LoadedClaims {
    load(path, &Disk("", ""), facts)
}

fn rendered(loaded: &LoadedClaims) -> String {
    let texts = loaded
        .diagnostics
        .iter()
        .map(|one| render::text(one, &loaded.sources, false));
    texts.collect::<Vec<_>>().join("\n\n")
}

/// A claims file with one claim, of which some lines are changed.
fn one_claim(changes: &[(&str, &str)]) -> String {
    let mut text = r#"schema = 1
id = "one"
title = "One claim"

[[claims]]
id = "it-rains"
statement = "It rains."
said_by = "A gauge"
date = 2019-12-01
from = ["dam-report"]
base = "weather.toml"
change = { set = { "events.rain.hazard" = 0.3 } }
flags = ["wet"]
direction = "up"
translation = "More rain."
"#
    .to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}

fn read(text: &str) -> LoadedClaims {
    let path = "tests/fixtures/one.toml";
    load(path, &Disk(path, text), &NoFacts)
}

#[test]
fn a_sound_claim_is_read() {
    let loaded = read(&one_claim(&[]));
    assert_eq!(rendered(&loaded), "");
    let file = loaded.file.expect("it is sound");
    let claim = &file.claims[0];
    assert_eq!(claim.change.files(), ["weather.toml"]);
    assert_eq!(claim.change.changes(), ["events.rain.hazard = 0.3"]);
    assert_eq!(loaded.scenarios.len(), 2);
    assert_eq!(loaded.experiments.len(), 1);
}

#[test]
fn settings_may_be_tables_or_paths() {
    let nested = "change = { set = { events = { rain = { hazard = 0.3 } } } }";
    let written = "change = { set = { \"events.rain.hazard\" = 0.3 } }";
    let loaded = read(&one_claim(&[(written, nested)]));
    assert_eq!(rendered(&loaded), "");
    let rain = loaded.scenarios[1]
        .events
        .iter()
        .find(|event| event.id == "rain");
    let hazard = rain
        .and_then(|event| event.hazard.as_ref())
        .expect("there is rain");
    assert!((hazard.dist.mean() - 0.3).abs() < 1e-12);
    assert_eq!(
        hazard.path, "events.rain.hazard",
        "the same stream as in the first scenario"
    );
}

#[test]
fn broken_claims_say_what_is_wrong() {
    let set = "change = { set = { \"events.rain.hazard\" = 0.3 } }";
    let cases: [(&str, &[(&str, &str)]); 9] = [
        (
            "unknown-names",
            &[
                ("\"wet\"", "\"wett\""),
                ("direction = \"up\"", "direction = \"upp\""),
            ],
        ),
        (
            "unknown-path",
            &[("events.rain.hazard", "events.rian.hazard")],
        ),
        (
            "unknown-key-below-a-path",
            &[("events.rain.hazard", "events.rain.hazzard")],
        ),
        ("bad-value", &[("= 0.3", "= \"much\"")]),
        (
            "nothing-to-remove",
            &[(set, "change = { remove = [\"events.hail\"] }")],
        ),
        ("no-such-file", &[("\"weather.toml\"", "\"wether.toml\"")]),
        (
            "many-at-once",
            &[
                ("statement = \"It rains.\"\n", ""),
                ("2019-12-01", "\"soon\""),
                ("[\"dam-report\"]", "[]"),
                ("translation", "translaton"),
                (
                    "flags = [\"wet\"]",
                    "flags = [\"wet\"]\noutcomes = [\"deal\"]\nat_least = 2",
                ),
            ],
        ),
        ("no-change", &[(set, "change = \"weather.toml\"")]),
        ("broken-scenario", &[("weather.toml", "broken.toml")]),
    ];
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut seen = BTreeSet::new();
    settings.bind(|| {
        for (name, changes) in cases {
            let loaded = read(&one_claim(changes));
            assert!(loaded.file.is_none(), "{name}");
            seen.extend(loaded.diagnostics.iter().map(|one| one.code));
            insta::assert_snapshot!(format!("claims-{name}"), rendered(&loaded));
        }
    });
    assert!(seen.iter().all(|code| CODES.contains(code)), "{seen:?}");
    assert!(OF_CLAIMS.iter().all(|code| seen.contains(code)), "{seen:?}");
}

#[test]
fn unknown_and_later_facts_are_refused() {
    let evidence = Evidence::shipped();
    let text = fs::read_to_string(SHIPPED).expect("it ships");
    let wrong = text.replacen("\"d3-24-experts\"", "\"d3-24-expert\"", 1);
    let loaded = load(SHIPPED, &Disk(SHIPPED, &wrong), &evidence);
    let first = &loaded.diagnostics[0];
    assert_eq!(
        (first.code, first.fix.as_deref()),
        ("unknown-fact", Some("d3-24-experts"))
    );
}

/// Reads and checks what must always hold.
fn survives(text: &str) {
    let loaded = read(text);
    let failed = (loaded.diagnostics.iter()).any(|one| one.severity == Severity::Error);
    assert_eq!(loaded.file.is_none(), failed);
    for one in &loaded.diagnostics {
        assert!(!render::text(one, &loaded.sources, true).is_empty());
        render::json(one, &loaded.sources);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_text_brings_the_reader_down(text in "\\PC{0,200}") {
        survives(&text);
    }

    #[test]
    fn no_damage_brings_the_reader_down(at in 0_usize..900, cut in 0_usize..40, put in "[\\[\\]{}\"=.,a-z0 \n]{0,6}") {
        let text = fs::read_to_string(PLANTED).expect("a fixture");
        let mut letters: Vec<char> = text.chars().take(1800).collect();
        let start = at.min(letters.len());
        let end = (start + cut).min(letters.len());
        letters.splice(start..end, put.chars());
        survives(&letters.into_iter().collect::<String>());
    }
}

/// Puts some claims of a file to the model.
fn put(loaded: &LoadedClaims, plan: Plan, threads: usize) -> ClaimsSummary {
    let file = loaded.file.as_ref().expect("a sound file");
    let models: Vec<Model> = (loaded.scenarios.iter())
        .map(|scenario| Model::compile(scenario.clone()).expect("it compiles"))
        .collect();
    let all: Vec<usize> = (0..file.claims.len()).collect();
    let questions: Vec<Question> = (file.claims.iter().zip(&loaded.experiments))
        .map(|(claim, experiment)| question(claim, experiment))
        .collect();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("threads");
    let findings = examine(&models, &questions, plan, &pool, &mut || ());
    summarise(file, &loaded.experiments, &all, findings, plan)
}

#[test]
fn planted_claims_get_their_verdicts_and_turning_points() {
    let loaded = open(PLANTED, &NoFacts);
    assert_eq!(rendered(&loaded), "");
    let plan = Plan::new(3, 300, 20).expect("a plan");
    let summary = put(&loaded, plan, 1);
    let verdicts: Vec<(&str, Verdict)> = (summary.claims.iter())
        .map(|claim| (claim.id.as_str(), claim.finding.verdict))
        .collect();
    let expected = [
        ("snow-is-wetter", Verdict::Supported),
        ("snow-is-wetter-whatever-the-rain", Verdict::Supported),
        ("snow-is-drier", Verdict::Contradicted),
        ("snow-is-much-wetter", Verdict::Contradicted),
        ("as-much-snow-as-rain", Verdict::Inconclusive),
        ("weather-is-no-matter", Verdict::Supported),
    ];
    assert_eq!(verdicts, expected);

    // Rain as likely as snow would make the two alike: the verdict turns just below a tenth.
    let search = &summary.claims[0].finding.search;
    let flip = search.flip.as_ref().expect("the hazard of rain turns it");
    assert_eq!(flip.probe.number, "events.rain.hazard");
    assert!(flip.probe.upper);
    assert_eq!(flip.probe.verdict, Verdict::Contradicted);
    let turns_at = flip.at[0].expect("the first scenario has it");
    assert!((0.075..0.125).contains(&turns_at), "{turns_at}");
    assert_eq!(flip.at[1], None, "in the second it never rains");
    assert_eq!(flip.probe.range[1], None);
    let reason = flip.probe.provenance.assumed.as_deref();
    assert_eq!(
        reason,
        Some("a fixture: every number is chosen to be known")
    );

    // No hazard of rain within its range reaches that of snow, and nothing else matters.
    let search = &summary.claims[1].finding.search;
    assert_eq!(search.flip, None);
    assert!(search.screened > 10 && search.played == 4, "{search:?}");

    // The effect is that of the hazards: 0.05 against 0.1 a week over eight weeks at most.
    let effect = &summary.claims[2].finding.effect;
    assert!((0.1..0.3).contains(&effect.difference), "{effect:?}");
    assert!(summary.claims[2].finding.p < 1e-9);
    assert!(summary.claims[4].finding.p > 0.01);
    // Nobody's utility depends on the weather: not one run differs.
    assert!(summary.claims[5].finding.effect.difference.abs() < 1e-12);
}

#[test]
fn threads_change_no_byte() {
    let loaded = open(PLANTED, &NoFacts);
    let plan = Plan::new(8, 40, 4).expect("a plan");
    let bytes = |threads| {
        let summary = put(&loaded, plan, threads);
        let json = serde_json::to_string(&summary).expect("plain numbers");
        (json, rows(&summary))
    };
    assert_eq!(bytes(1), bytes(3));
}

#[test]
fn the_shipped_claims_are_sound_and_of_their_time() {
    let evidence = Evidence::shipped();
    let loaded = open(SHIPPED, &evidence);
    assert_eq!(rendered(&loaded), "");
    let file = loaded.file.as_ref().expect("a sound file");
    assert!(file.claims.len() >= 20, "only {} claims", file.claims.len());
    let cutoff = date(2022, 1, 10);
    for (claim, experiment) in file.claims.iter().zip(&loaded.experiments) {
        assert!(claim.date.for_cutoff() <= cutoff, "{}", claim.id);
        for id in &claim.from {
            let fact = evidence
                .fact(id)
                .unwrap_or_else(|| panic!("{}: no fact {id}", claim.id));
            assert!(fact.date.for_cutoff() <= cutoff, "{id}");
        }
        for side in [experiment.base, experiment.change] {
            assert!(loaded.scenarios[side].cutoff <= cutoff, "{}", claim.id);
        }
        assert!(experiment.facts.iter().all(|(_, text)| text.is_some()));
    }
}

#[test]
fn the_example_of_the_format_is_sound() {
    let page = fs::read_to_string("scenarios/README.md").expect("a page");
    let (_, rest) = page.split_once("## A claim").expect("a part on claims");
    let (_, rest) = rest.split_once("```toml\n").expect("an example");
    let (text, _) = rest.split_once("```").expect("its end");
    let path = "scenarios/example.toml";
    let loaded = load(path, &Disk(path, text), &Evidence::shipped());
    assert_eq!(rendered(&loaded), "");
    assert_eq!(loaded.file.expect("it is sound").claims.len(), 1);
}

#[test]
fn the_schema_takes_the_shipped_claims() {
    let text = fs::read_to_string(SHIPPED).expect("it ships");
    let document: toml::Table = toml::from_str(&text).expect("TOML");
    let document = serde_json::to_value(document).expect("JSON");
    let schema = schema::claims::schema().to_value();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let problems: Vec<String> = (validator.iter_errors(&document))
        .map(|problem| problem.to_string())
        .collect();
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn every_column_is_documented_and_filled() {
    let loaded = open(PLANTED, &NoFacts);
    let summary = put(&loaded, Plan::new(1, 8, 2).expect("a plan"), 1);
    let bytes = rows(&summary);
    let mut reader = csv::Reader::from_reader(&bytes[..]);
    let heads = reader.headers().expect("a head").clone();
    let documented: Vec<String> = columns().into_iter().map(|column| column.column).collect();
    assert_eq!(heads.iter().collect::<Vec<_>>(), documented);
    let lines: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(lines.len(), 6);
    for row in &lines {
        assert!(
            ["supported", "contradicted", "inconclusive"].contains(&&row[25]),
            "{row:?}"
        );
    }
}

#[test]
fn texts_fit_and_pages_are_sound() {
    let loaded = open(PLANTED, &NoFacts);
    let summary = put(&loaded, Plan::new(1, 40, 5).expect("a plan"), 1);
    for width in [30, 50, 80] {
        for whole in [false, true] {
            let look = Look { width, bold: false };
            for line in text(&summary, look, whole).lines() {
                let longest = line
                    .split_whitespace()
                    .map(|word| word.chars().count())
                    .max();
                // A word that is wider than its column stays whole.
                let fits = line.chars().count() <= width
                    || longest.unwrap_or(0) + 4 > width
                    || line.starts_with("snow-is-wetter-whatever-the-rain");
                assert!(fits, "{width}: {line}");
            }
        }
    }
    let figure = jawjaw::chart::claims(&summary);
    let setting = claims_page::Setting {
        chart: &figure.svg().expect("it can be drawn"),
        description: &figure.description,
        evidence: &Evidence::shipped(),
        file: PLANTED,
        command: "jawjaw claims",
    };
    let page = claims_page::page(&summary, setting).expect("the chart is sound");
    assert_eq!(faults(&page), Vec::<String>::new());
    for claim in &summary.claims {
        for part in [&claim.id, &claim.translation] {
            assert!(page.contains(part.as_str()), "{part}");
        }
    }
    assert!(figure.description.contains("snow-is-drier: contradicted"));
}

#[test]
fn the_command_writes_a_folder_and_knows_its_claims() {
    let out = std::env::temp_dir().join(format!("jawjaw-claims-{}", std::process::id()));
    let jawjaw = |more: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_jawjaw"))
            .arg("claims")
            .args(["--draws", "8", "--replicates", "2", "--out"])
            .arg(&out)
            .args(more)
            .output()
            .expect("the command runs")
    };
    let all = jawjaw(&["--quiet", "--name", "few"]);
    let words = String::from_utf8_lossy(&all.stderr);
    assert_eq!(all.status.code(), Some(0), "{words}");
    assert_eq!(words, "");
    for file in [
        "claims.csv",
        "claims.json",
        "claims.html",
        "claims.svg",
        "claims.png",
        "claims.txt",
        "columns.json",
        "manifest.json",
    ] {
        let path = out.join("claims/few").join(file);
        assert!(
            fs::metadata(&path).is_ok_and(|data| data.len() > 0),
            "{file}"
        );
    }
    let one = jawjaw(&["--only", "opening-bid"]);
    assert_eq!(one.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&one.stdout).contains("Translation: From the reading"));
    let typo = jawjaw(&["--only", "opening-bit"]);
    assert_eq!(typo.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&typo.stderr).contains("did you mean `opening-bid`?"));
    let none = jawjaw(&["no-such-file.toml"]);
    assert_eq!(none.status.code(), Some(3));
    fs::remove_dir_all(out).expect("the test wrote it");
}

#[test]
fn check_and_schema_know_claims() {
    let jawjaw = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_jawjaw"))
            .args(arguments)
            .output();
        let output = output.expect("the command runs");
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
        )
    };
    let checked = jawjaw(&["check", "--strict", SHIPPED]);
    assert_eq!(checked, (Some(0), format!("{SHIPPED}: ok\n")));
    let (code, text) = jawjaw(&["schema", "claims"]);
    assert_eq!(code, Some(0));
    assert!(text.contains("\"translation\""));
}
