//! The door of the format, over files.

use jawjaw::evidence::Evidence;
use jawjaw::scenario::load::{LoadError, Loaded, Loader, NoFacts, load};
use jawjaw::scenario::quantity::{Dist, Quantity};
use jawjaw::scenario::tree::Node;
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

/// A collection in memory: a base that names evidence, and what a test puts beside it.
struct Shelf<'t>(&'t [(&'t str, &'t str)]);

impl Loader for Shelf<'_> {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        let own = self.0.iter().find(|(name, _)| *name == path);
        match (own, path.strip_prefix("seeds/")) {
            (Some((_, text)), _) => Ok((*text).to_owned()),
            (None, Some(rest)) => std::fs::read_to_string(format!("tests/fixtures/seeds/{rest}"))
                .map_err(|_| LoadError::NotFound),
            _ => Err(LoadError::NotFound),
        }
    }
}

const HEAD: &str = "schema = 1\nid = \"a\"\ntitle = \"A\"\nsummary = \"A.\"\n";

fn read(shelf: &[(&str, &str)], path: &str) -> Loaded {
    load(path, &Shelf(shelf), &Evidence::shipped())
}

#[test]
fn a_variant_inherits_the_evidence_from_where_it_is_named() {
    let minimal = std::fs::read_to_string("tests/fixtures/minimal.toml").expect("a fixture");
    let base = format!("evidence = \"../seeds/dams\"\n{minimal}");
    let cites =
        "[[history]]\ndate = 2019-11-04\nwhat = \"Low water.\"\nfrom = [\"survey-low-water\"]\n";
    let variant = format!("{HEAD}extends = \"../base.toml\"\n{cites}");
    let other = format!("{HEAD}extends = \"../base.toml\"\nevidence = []\n{cites}");
    let shelf = [
        ("scenarios/base.toml", base.as_str()),
        ("scenarios/variants/a.toml", variant.as_str()),
        ("scenarios/variants/b.toml", other.as_str()),
    ];
    let loaded = read(&shelf, "scenarios/variants/a.toml");
    assert_eq!(loaded.diagnostics, []);
    let evidence = loaded.evidence.expect("named by the base");
    assert_eq!(evidence.facts().len(), 3);
    assert_eq!(loaded.sources.files.len(), 2, "sound evidence is not shown");
    let merged = loaded.resolved.get("evidence").and_then(Node::as_str);
    assert_eq!(merged, Some("../../seeds/dams"), "as the variant sees it");
    let loaded = read(&shelf, "scenarios/variants/b.toml");
    assert_eq!(loaded.diagnostics[0].code, "unknown-fact");
    assert!(loaded.evidence.is_some_and(|none| none.facts().is_empty()));
}

#[test]
fn a_file_that_names_no_evidence_rests_on_the_callers() {
    let minimal = std::fs::read_to_string("tests/fixtures/minimal.toml").expect("a fixture");
    let shelf = [("scenarios/base.toml", minimal.as_str())];
    let loaded = read(&shelf, "scenarios/base.toml");
    assert!(loaded.evidence.is_none() && loaded.scenario.is_some());
}

#[test]
fn where_nothing_is_checked_evidence_is_not_read() {
    let minimal = std::fs::read_to_string("tests/fixtures/minimal.toml").expect("a fixture");
    let base = format!("evidence = \"../seeds/no-such\"\n{minimal}");
    let shelf = [("scenarios/base.toml", base.as_str())];
    assert!(read(&shelf, "scenarios/base.toml").scenario.is_none());
    let loaded = load("scenarios/base.toml", &Shelf(&shelf), &NoFacts);
    assert!(loaded.scenario.is_some());
}

/// Two files over one: each is read and laid once, in the order in which they are named, and the
/// file that names them has the last word.
#[test]
fn a_file_may_extend_several() {
    let path = "tests/fixtures/dry-then-wet.toml";
    let loaded = load(path, &Disk, &NoFacts);
    let names: Vec<&str> = (loaded.sources.files.iter())
        .map(|file| file.name.as_str())
        .collect();
    let fixture = |name: &str| format!("tests/fixtures/{name}.toml");
    let files = ["dry-then-wet", "dry-year", "minimal", "wet-year"].map(fixture);
    assert_eq!(names, files);
    assert_eq!(loaded.parents, ["dry-year", "wet-year"].map(fixture));
    // The hazard is decided in the file itself; that the threat is gone is not.
    let codes: Vec<&str> = loaded.diagnostics.iter().map(|one| one.code).collect();
    assert_eq!(codes, ["parents-disagree"]);
    assert!(loaded.diagnostics[0].message.contains("threats.embargo"));
    let scenario = loaded.scenario.expect("a warning withholds nothing");
    let range = |quantity: &Quantity| match quantity.dist {
        Dist::Uniform { low, high } => [low, high].map(f64::to_bits),
        _ => panic!("{quantity:?}"),
    };
    let deadline =
        (scenario.parties[1].types[0].traits.deadline_weeks.as_ref()).expect("of the wet year");
    assert_eq!(
        range(deadline),
        [20.0_f64, 30.0].map(f64::to_bits),
        "only one says it"
    );
    let power = &scenario.parties[1].types[0].traits.power;
    assert_eq!(
        range(power),
        [0.5_f64, 0.6].map(f64::to_bits),
        "only the other says it"
    );
    let hazard = scenario.events[0].hazard.as_ref().expect("a hazard");
    assert_eq!(
        range(hazard),
        [0.04_f64, 0.06].map(f64::to_bits),
        "the file's own"
    );
    assert_eq!(
        scenario.threats.len(),
        0,
        "named later, so the threat is gone"
    );
    assert_eq!(scenario.id, "dry-then-wet");
}
