//! Loads scenarios from text and plays them, for the tests of the engine.

use std::ops::Range;

use jawjaw::diagnostic::Severity;
use jawjaw::engine::{Log, Note, RunRecord, Workspace, prepare, run};
use jawjaw::model::{Draw, Model};
use jawjaw::scenario::load::{LoadError, Loader, NoFacts, load};
use jawjaw::scenario::types::Scenario;

/// One text under the name `test.toml`; every other name is a file of the repository.
struct Text<'a>(&'a str);

impl Loader for Text<'_> {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        if path == "test.toml" {
            return Ok(self.0.to_owned());
        }
        std::fs::read_to_string(path).map_err(|error| LoadError::Other(error.to_string()))
    }
}

/// A listener that hands every note to a closure.
pub(crate) struct Listen<F>(pub(crate) F);

impl<F: FnMut(Note<'_>)> Log for Listen<F> {
    const ON: bool = true;
    fn note(&mut self, note: Note<'_>) {
        (self.0)(note);
    }
}

/// The model of a whole scenario file given as text.
pub(crate) fn compile(text: &str) -> Model {
    Model::compile(scenario(text)).expect("it compiles")
}

/// A whole scenario file given as text.
pub(crate) fn scenario(text: &str) -> Scenario {
    let loaded = load("test.toml", &Text(text), &NoFacts);
    let errors: Vec<_> = loaded
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .map(|diagnostic| (&diagnostic.message, &diagnostic.help))
        .collect();
    assert!(errors.is_empty(), "{errors:?} in\n{text}");
    loaded.scenario.expect("no error, so a scenario")
}

/// The model of a file of the repository with some tables laid over it.
pub(crate) fn variant(base: &str, tables: &str) -> Model {
    compile(&over(base, tables))
}

/// The text of such a file.
pub(crate) fn over(base: &str, tables: &str) -> String {
    format!(
        "schema = 1\nid = \"test\"\ntitle = \"Test\"\nsummary = \"Test.\"\nextends = \"{base}\"\n{tables}"
    )
}

/// A small scenario with every kind of thing in it.
pub(crate) const QUARREL: &str = "tests/fixtures/quarrel.toml";

/// The documented crisis.
pub(crate) const BASELINE: &str = "scenarios/geneva-week.toml";

/// Runs draws and replicates in order and shows each record.
pub(crate) fn each(
    model: &Model,
    seed: u64,
    draws: Range<u32>,
    replicates: u32,
    mut visit: impl FnMut(&Draw, &RunRecord),
) {
    let mut workspace = Workspace::new(model);
    let mut record = RunRecord::new(model.record_shape());
    for index in draws {
        let prepared = prepare(model, model.draw(seed, index));
        for replicate in 0..replicates {
            run(
                model,
                &prepared,
                &mut workspace,
                replicate,
                &mut record,
                &mut (),
            );
            visit(prepared.draw(), &record);
        }
    }
}

/// Plays one run in fresh memory, telling a listener.
pub(crate) fn play<L: Log>(
    model: &Model,
    seed: u64,
    draw: u32,
    replicate: u32,
    log: &mut L,
) -> RunRecord {
    let prepared = prepare(model, model.draw(seed, draw));
    let mut workspace = Workspace::new(model);
    let mut record = RunRecord::new(model.record_shape());
    run(
        model,
        &prepared,
        &mut workspace,
        replicate,
        &mut record,
        log,
    );
    record
}
