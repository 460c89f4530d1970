//! Crises outside the baseline's documents run without a word of Rust, on evidence of their own.

#[expect(dead_code, reason = "shared with the tests of limits")]
mod kit;

use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::AtomicBool;

use jawjaw::cli::source::open;
use jawjaw::diagnostic::Severity;
use jawjaw::ensemble::Plan;
use jawjaw::ensemble::game::Game;
use jawjaw::ensemble::run::run;
use jawjaw::ensemble::summary::Summary;
use jawjaw::evidence::{Evidence, Status};
use jawjaw::model::Model;
use jawjaw::scenario::load::Loaded;
use jawjaw::scenario::types::Scenario;
use jiff::civil::date;

const CUBA: &str = "scenarios/cuba-1962.toml";
const ISLANDS: &str = "scenarios/two-islands.toml";

fn load(file: &str) -> Loaded {
    let loaded = open(file, &Evidence::shipped()).expect("the file is there");
    let complaints: Vec<_> = loaded
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity != Severity::Notice)
        .collect();
    assert!(complaints.is_empty(), "{file}: {complaints:?}");
    loaded
}

fn scenario(file: &str) -> Scenario {
    load(file).scenario.expect("nothing is wrong with it")
}

fn play(model: Model) -> Summary {
    let game = Game::new(model, |_base_rate| None);
    let plan = Plan::new(1, 100, 10).expect("a sound plan");
    let cancel = AtomicBool::new(false);
    run(&game, plan, NonZeroUsize::MIN, &cancel, &(), |(), _| {
        Ok::<_, std::convert::Infallible>(())
    })
    .expect("nothing interrupts it")
}

/// Sum of the shares of some outcomes.
fn share(summary: &Summary, ids: &[&str]) -> f64 {
    let chosen = summary
        .outcomes
        .iter()
        .filter(|outcome| ids.contains(&outcome.id.as_str()));
    chosen.map(|outcome| outcome.share).sum()
}

fn jawjaw(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jawjaw"))
        .args(arguments)
        .env("COLUMNS", "90")
        .output()
        .expect("the command runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("the command writes text")
}

#[test]
fn no_outcome_is_all_there_is_and_none_is_out_of_reach() {
    for file in [CUBA, ISLANDS] {
        let summary = play(Model::compile(scenario(file)).expect("it compiles"));
        for outcome in &summary.outcomes {
            let share = outcome.share;
            assert!(
                share > 0.002 && share < 0.85,
                "{file}: {} in {share} of the runs",
                outcome.id
            );
        }
    }
}

#[test]
fn every_number_has_a_reason_and_every_assumption_a_range() {
    for file in [CUBA, ISLANDS] {
        for quantity in scenario(file).quantities() {
            let why = &quantity.provenance;
            let reasoned = !why.from.is_empty() || why.assumed.is_some() || why.by_definition;
            assert!(reasoned, "{file}: {} has no reason", quantity.path);
            // Ends of a scale, and whole steps of a level.
            let exact = [".values.", ".effects.level."];
            let exact = exact.iter().any(|part| quantity.path.contains(part));
            assert!(
                why.by_definition || exact || !quantity.dist.is_constant(),
                "{file}: {} is a single value",
                quantity.path
            );
        }
    }
}

#[test]
fn what_is_cited_was_so_by_the_cutoff_and_stands_in_its_own_evidence() {
    let loaded = load(CUBA);
    let evidence = loaded.evidence.expect("the file names it");
    let scenario = loaded.scenario.expect("nothing is wrong with it");
    assert_eq!(scenario.cutoff, date(1962, 10, 22));
    let mut cited = 0;
    for quantity in scenario.quantities() {
        for id in &quantity.provenance.from {
            let fact = evidence.fact(id).expect("checked on loading");
            assert!(fact.date.for_cutoff() <= scenario.cutoff, "{id}");
            assert!(evidence.document(&fact.document).is_some(), "{id}");
            cited += 1;
        }
    }
    assert!(cited > 100, "{cited} citations");
    let shipped = Evidence::shipped();
    assert!(
        evidence
            .facts()
            .iter()
            .all(|fact| shipped.fact(&fact.id).is_none())
    );
    assert!(
        evidence
            .facts()
            .iter()
            .any(|fact| fact.status == Status::Recalled)
    );
    for document in evidence.documents() {
        let read = document.status != Status::Recalled;
        let facts = evidence
            .facts()
            .iter()
            .filter(|fact| fact.document == document.id);
        assert!(facts.count() > 0, "{} says nothing", document.id);
        assert!(
            !read || document.date.for_cutoff() <= scenario.cutoff,
            "{}",
            document.id
        );
    }
}

#[test]
fn every_fact_of_the_set_is_used() {
    let evidence = load(CUBA).evidence.expect("the file names it");
    let file = std::fs::read_to_string(CUBA).expect("the file is there");
    let idle: Vec<&str> = (evidence.facts().iter())
        .map(|fact| fact.id.as_str())
        .filter(|id| !file.contains(&format!("\"{id}\"")))
        .collect();
    assert!(idle.is_empty(), "nothing rests on {idle:?}");
}

#[test]
fn what_is_remembered_is_never_counted_as_documented() {
    let output = jawjaw(&["explain", CUBA, "events.plane-shot-down.hazard"]);
    let said = text(&output.stdout);
    assert!(said.contains("memory-overflights"), "{said}");
    assert!(said.contains("; from memory, not looked up)"), "{said}");
    assert!(
        said.ends_with("documented in part, assumed in part\n"),
        "{said}"
    );
    let output = jawjaw(&["explain", CUBA, "preferences.us.pledge.weight"]);
    let said = text(&output.stdout);
    assert!(
        said.ends_with("100 %  from memory, not documented\n"),
        "{said}"
    );
}

#[test]
fn evidence_is_chosen_by_scenario_or_by_folder() {
    let by_scenario = jawjaw(&["evidence", "--scenario", CUBA, "--kind", "threat"]);
    let by_folder = jawjaw(&["evidence", "--seeds", "seeds/cuba-1962", "--kind", "threat"]);
    assert!(by_scenario.status.success());
    assert_eq!(by_scenario.stdout, by_folder.stdout);
    assert!(text(&by_scenario.stdout).contains("tass-attack-means-war"));
    let shipped = jawjaw(&["evidence", "--kind", "threat"]);
    assert_eq!(
        jawjaw(&["evidence", "--seeds", "seeds", "--kind", "threat"]).stdout,
        shipped.stdout
    );

    let shown = jawjaw(&[
        "evidence",
        "show",
        "speech-un-observers",
        "--scenario",
        CUBA,
    ]);
    let said = text(&shown.stdout);
    assert!(said.contains("from memory, not looked up"), "{said}");
    assert!(
        said.contains(
            &Path::new("scenarios")
                .join("cuba-1962.toml")
                .display()
                .to_string()
        )
    );

    let unknown = jawjaw(&["evidence", "show", "speech-un-observers"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("--scenario"));
    let both = jawjaw(&["evidence", "--seeds", "seeds", "--scenario", CUBA]);
    assert_eq!(both.status.code(), Some(2));
    let missing = jawjaw(&["evidence", "--scenario", "no-such.toml"]);
    assert_eq!(missing.status.code(), Some(3));
}

#[test]
fn both_pass_the_strict_check_from_any_folder() {
    for file in [CUBA, ISLANDS] {
        let output = jawjaw(&["check", "--strict", file]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let inside = Command::new(env!("CARGO_BIN_EXE_jawjaw"))
            .args(["check", "--strict", &file["scenarios/".len()..]])
            .current_dir("scenarios")
            .output()
            .expect("the command runs");
        assert_eq!(inside.status.code(), Some(0), "{}", text(&inside.stderr));
    }
}

#[test]
fn what_logic_demands_of_the_quarantine() {
    let changed = |tables: &str| play(kit::variant(CUBA, tables));
    let all = changed("");
    let force = ["air-strike", "invasion"];
    let deal = ["secret-trade", "public-trade", "withdrawal-for-pledge"];

    let prior = |kind: &str, range: &str| {
        format!(
            "[[parties.types]]\nid = \"{kind}\"\nprior = {{ range = {range}, assumed = \"x\" }}\n"
        )
    };
    let strikers = changed(&format!(
        "[[parties]]\nid = \"us\"\n{}{}{}",
        prior("bargainer", "[0.0, 0.01]"),
        prior("deadline", "[0.0, 0.01]"),
        prior("striker", "[0.98, 1.0]"),
    ));
    let more = share(&strikers, &force) > 1.5 * share(&all, &force);
    assert!(more, "one who is for a strike strikes more often");

    let never = |id: &str| {
        // Not by a date: what waiting could bring about is feared all the same.
        format!("[[moves]]\nid = \"{id}\"\nwhen.exposure = {{ allies = \">= 1\" }}\n")
    };
    let harmless = changed(&(never("air-strike") + &never("invasion")));
    assert!(
        share(&harmless, &force) <= 0.0,
        "who cannot strike does not"
    );
    let peaceful = share(&all, &deal) / (1.0 - share(&all, &force));
    assert!(
        share(&harmless, &deal) < peaceful + 0.03,
        "and without the fear of it Moscow gives no more away"
    );

    let silent = changed(&(never("us-opens-back-channel") + &never("ussr-opens-back-channel")));
    assert!(
        share(&silent, &["secret-trade"]) <= 0.0,
        "a secret needs a channel"
    );
    assert!(
        share(&silent, &deal) < share(&all, &deal),
        "and a channel helps"
    );
}

#[test]
fn what_logic_demands_of_the_strait() {
    let changed = |tables: &str| share(&play(kit::variant(ISLANDS, tables)), &["strait-closed"]);
    let all = changed("");
    let threat = |range: &str| {
        let tables =
            format!("[[threats]]\nid = \"harbour\"\ncredibility = {{ range = {range} }}\n");
        changed(&(tables + "assumed = \"x\"\n"))
    };
    assert!(threat("[0.9, 1.0]") < all && all < threat("[0.0, 0.05]"));
}

#[test]
fn both_open_with_the_cutoff_and_what_they_are_not() {
    for (file, cutoff) in [
        (CUBA, "# Cut-off 22 October 1962"),
        (ISLANDS, "# No cut-off"),
    ] {
        let text = std::fs::read_to_string(file).expect("the file is there");
        let opening: String = text.lines().take(2).collect();
        assert!(opening.starts_with(cutoff), "{file}");
        assert!(opening.contains("a model, not a forecast"), "{file}");
    }
}

/// A file with evidence of its own means another fact by the same id.
#[test]
fn a_fact_is_cited_only_by_what_rests_on_its_evidence() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("citing");
    std::fs::create_dir_all(&folder).expect("a folder");
    let cite = |evidence: &str| {
        let file = format!(
            "schema = 1\nid = \"x\"\ntitle = \"X\"\nsummary = \"X.\"\n{evidence}[hypothesis]\nfrom = [\"d4-ironclad\"]\n"
        );
        std::fs::write(folder.join("x.toml"), file).expect("written");
        let place = folder.to_str().expect("a path in text");
        let output = jawjaw(&["evidence", "show", "d4-ironclad", "--scenarios", place]);
        assert!(output.status.success());
        text(&output.stdout)
    };
    assert!(cite("").contains("hypothesis.from"));
    assert!(!cite("evidence = []\n").contains("hypothesis.from"));
}

#[test]
fn a_game_of_theory_shows_that_its_numbers_are_definitions() {
    let game = text(&jawjaw(&["show", "scenarios/yardsticks/ultimatum.toml"]).stdout);
    assert!(game.contains("By definition of a textbook game"), "{game}");
    let story = text(&jawjaw(&["show", ISLANDS]).stdout);
    assert!(!story.contains("By definition"), "{story}");
}
