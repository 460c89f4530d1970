//! The transcript against the engine's own record.

use super::*;
use crate::scenario::load::{LoadError, Loader, NoFacts, load};

struct Fixture;

impl Loader for Fixture {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        match path {
            "minimal.toml" => Ok(include_str!("../../../tests/fixtures/minimal.toml").to_owned()),
            "quarrel.toml" => Ok(include_str!("../../../tests/fixtures/quarrel.toml").to_owned()),
            _ => Err(LoadError::NotFound),
        }
    }
}

pub(in crate::report) fn minimal() -> Model {
    fixture("minimal.toml")
}

struct Text(String);

impl Loader for Text {
    fn load(&self, _: &str) -> Result<String, LoadError> {
        Ok(self.0.clone())
    }
}

fn fixture(name: &str) -> Model {
    let loaded = load(name, &Fixture, &NoFacts);
    let scenario = loaded.scenario.expect("the fixture is sound");
    Model::compile(scenario).expect("the fixture compiles")
}

#[test]
fn listening_changes_nothing() {
    let model = minimal();
    for replicate in 0..20 {
        let told = transcript(&model, 5, 1, replicate);
        let prepared = prepare(&model, model.draw(5, 1));
        let mut record = RunRecord::new(model.record_shape());
        let mut workspace = Workspace::new(&model);
        run(
            &model,
            &prepared,
            &mut workspace,
            replicate,
            &mut record,
            &mut (),
        );
        assert_eq!(told.end, end(&model, &record));
    }
}

#[test]
fn entries_agree_with_the_record() {
    // Upland has all it wants in the other fixture, and nothing is ever settled there.
    let model = fixture("quarrel.toml");
    let mut settled = 0;
    for replicate in 0..40 {
        let told = transcript(&model, 1, 0, replicate);
        let count = |wanted: fn(&Entry) -> bool| told.entries.iter().filter(|e| wanted(e)).count();
        let rounds = count(|entry| matches!(entry, Entry::Round { .. }));
        assert_eq!(rounds, count(|entry| matches!(entry, Entry::State { .. })));
        assert!(matches!(told.entries[0], Entry::Round { round: 1, .. }));
        // The last agreement in force is what the record calls settled.
        let in_force = count(|entry| matches!(entry, Entry::InForce));
        assert_eq!(in_force > 0, !told.end.settled.is_empty());
        settled += in_force;
        let mut levels: Vec<usize> = told.issues.iter().map(|issue| issue.start).collect();
        let mut agreed: &[Term] = &[];
        for entry in &told.entries {
            match entry {
                Entry::Offer { terms, .. } => {
                    let at = |id: &str| told.issues.iter().position(|issue| issue.id == id);
                    for term in terms {
                        let issue = at(&term.issue).expect("a declared issue");
                        assert_eq!(term.before, levels[issue], "replicate {replicate}");
                        assert_ne!(term.level, term.before, "only what would change");
                    }
                }
                Entry::Agreement { terms, .. } => agreed = terms,
                Entry::InForce => {
                    for term in agreed {
                        let at = told.issues.iter().position(|issue| issue.id == term.issue);
                        levels[at.expect("a declared issue")] = term.level;
                    }
                }
                _ => {}
            }
        }
        let last: Vec<usize> = told.end.settled.iter().map(|one| one.term.level).collect();
        for (one, level) in told.end.settled.iter().zip(last) {
            let at = told
                .issues
                .iter()
                .position(|issue| issue.id == one.term.issue);
            // The form issue follows the form of what is settled; no term names it.
            if at != model.form_issue {
                assert_eq!(levels[at.expect("a declared issue")], level);
            }
        }
    }
    assert!(settled > 0, "some run settles something");
}

#[test]
fn the_file_alone_decides_names() {
    let told = transcript(&minimal(), 1, 0, 0);
    assert_eq!(told.parties[1].id, "lowland");
    assert_eq!(told.parties[1].types.len(), 2);
    let priors: f64 = told.parties[1].types.iter().map(|kind| kind.prior).sum();
    assert!((priors - 1.0).abs() < 1e-12);
    assert!(told.parties[1].armed && !told.parties[0].armed);
    assert_eq!(
        told.moves["fly-over"],
        "Lowland's aircraft pass over the site"
    );
    assert_eq!(told.history[0].what, "Upland begins to fill the reservoir.");
}

#[test]
fn what_an_agreement_brings_about_stands_on_the_next_agenda() {
    let file = include_str!("../../../tests/fixtures/quarrel.toml");
    let calm = "effects = { tension = -0.2, posture = { east = -0.3 } }";
    let text = Text(file.replacen(calm, "effects = { level = { patrols = 1 } }", 1));
    let loaded = load("quarrel.toml", &text, &NoFacts);
    let scenario = loaded.scenario.expect("the scenario is sound");
    let model = Model::compile(scenario).expect("the scenario compiles");
    let mut seen = 0;
    for replicate in 0..200 {
        let (mut agreed, mut patrols): (&[Term], _) = (&[], 1);
        let told = transcript(&model, 1, 0, replicate);
        for entry in &told.entries {
            match entry {
                Entry::Agreement { terms, .. } => agreed = terms,
                Entry::InForce => {
                    let withdrawn = |term: &Term| term.issue == "fleet" && term.level <= 1;
                    patrols += usize::from(agreed.iter().any(withdrawn));
                }
                Entry::Meeting { agenda, .. } => {
                    for (_, level) in agenda.iter().filter(|(issue, _)| issue == "patrols") {
                        assert_eq!(*level, patrols, "replicate {replicate}");
                        seen += usize::from(patrols > 1);
                    }
                }
                _ => {}
            }
        }
    }
    assert!(seen > 0, "some run goes on after the fleet is withdrawn");
}
