//! Runs allocate nothing once a draw is warm: memory is laid out before the first round.

use jawjaw::engine::{RunRecord, Workspace, prepare, run, run_all};
use jawjaw::model::Model;
use jawjaw::scenario::load::{LoadError, Loader, NoFacts, load};

struct Disk;

impl Loader for Disk {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        std::fs::read_to_string(path).map_err(|error| LoadError::Other(error.to_string()))
    }
}

#[test]
fn replicates_of_a_draw_allocate_nothing() {
    for path in ["scenarios/geneva-week.toml", "tests/fixtures/quarrel.toml"] {
        let loaded = load(path, &Disk, &NoFacts);
        let model = Model::compile(loaded.scenario.expect("it loads")).expect("it compiles");
        let mut workspace = Workspace::new(&model);
        let mut record = RunRecord::new(model.record_shape());
        let first = prepare(&model, model.draw(1, 0));
        run(&model, &first, &mut workspace, 0, &mut record, &mut ());
        for index in 1..4 {
            let prepared = prepare(&model, model.draw(1, index));
            let counted = allocation_counter::measure(|| {
                for replicate in 0..200 {
                    run(
                        &model,
                        &prepared,
                        &mut workspace,
                        replicate,
                        &mut record,
                        &mut (),
                    );
                }
            });
            assert_eq!(counted.count_total, 0, "{path}, draw {index}: {counted:?}");
            // The first batch makes room for others of its size.
            let mut batches = || run_all(&model, &prepared, &mut workspace, 0..50, |_| {});
            if index == 1 {
                batches();
            }
            let counted = allocation_counter::measure(batches);
            assert_eq!(counted.count_total, 0, "{path}, draw {index}: {counted:?}");
        }
    }
}
