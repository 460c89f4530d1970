//! The door of the format, over files.

use jawjaw::scenario::load::{LoadError, Loader, NoFacts, load};
use jawjaw::scenario::types::Strategy;

struct Disk;

impl Loader for Disk {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        std::fs::read_to_string(path).map_err(|_| LoadError::NotFound)
    }
}

#[test]
fn minimal_file_decodes() {
    let loaded = load("tests/fixtures/minimal.toml", &Disk, &NoFacts);
    assert_eq!(loaded.diagnostics, []);
    let scenario = loaded.scenario.expect("nothing is wrong with it");
    let lowland = &scenario.parties[1];
    let hawkish = &lowland.types[1];
    assert_eq!(hawkish.traits.patience.path, "parties.lowland.patience");
    let Strategy::TimeDependent { e, k } = &hawkish.traits.strategy else {
        panic!("linear is time-dependent");
    };
    assert_eq!(e.path, "parties.lowland.types.hawkish.strategy.e");
    assert_eq!(k.path, "parties.lowland.strategy.k");
    assert_eq!(
        hawkish.force[0].cost.path,
        "parties.lowland.types.hawkish.force.strike.cost"
    );
    assert_eq!(hawkish.force[0].prize.path, "force.strike.prize");
    assert_eq!(
        hawkish.preferences[0].weight.path,
        "parties.lowland.types.hawkish.preferences.water.weight"
    );
    assert_eq!(
        hawkish.preferences[0].values[1].path,
        "preferences.lowland.water.values.1"
    );
    assert_eq!(scenario.parties[0].types[0].id, "only");
    assert_eq!(scenario.history[0].date.to_string(), "2019-12-01");
}
