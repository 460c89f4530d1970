//! Laws of the format: nothing that is written makes the reader panic, and inheritance composes.

use std::fmt::Write;

use jawjaw::cli::{render, resolved};
use jawjaw::diagnostic::{Severity, SourceId};
use jawjaw::scenario::load::{LoadError, Loaded, Loader, NoFacts, load};
use jawjaw::scenario::merge::merge;
use jawjaw::scenario::read::read;
use jawjaw::scenario::tree::{Node, Value};
use proptest::prelude::*;

const MINIMAL: &str = include_str!("fixtures/minimal.toml");

/// Texts by path.
struct Texts(Vec<(&'static str, String)>);

impl Loader for Texts {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        let found = self.0.iter().find(|(name, _)| *name == path);
        found
            .map(|(_, text)| text.clone())
            .ok_or(LoadError::NotFound)
    }
}

fn load_text(text: &str) -> Loaded {
    load(
        "scenarios/a.toml",
        &Texts(vec![("scenarios/a.toml", text.to_owned())]),
        &NoFacts,
    )
}

/// Loads and renders, and checks that a scenario is withheld exactly when there is an error.
fn survives(text: &str) {
    let loaded = load_text(text);
    let failed = loaded
        .diagnostics
        .iter()
        .any(|one| one.severity == Severity::Error);
    assert_eq!(loaded.scenario.is_none(), failed);
    for one in &loaded.diagnostics {
        assert!(!render::text(one, &loaded.sources, true).is_empty());
        render::json(one, &loaded.sources);
    }
}

/// A tree without its places: what a value says, tables in the order of their keys.
fn plain(node: &Node) -> String {
    match &node.value {
        Value::Table(entries) => {
            let mut texts: Vec<String> = entries
                .iter()
                .map(|entry| format!("{:?}={}", entry.key, plain(&entry.node)))
                .collect();
            texts.sort();
            format!("{{{}}}", texts.join(","))
        }
        Value::List(elements) => {
            format!(
                "[{}]",
                elements.iter().map(plain).collect::<Vec<_>>().join(",")
            )
        }
        other => format!("{other:?}"),
    }
}

fn tree(text: &str) -> Node {
    let (tree, problems) = read(SourceId(0), text);
    assert_eq!(problems, []);
    tree
}

/// Files of the shape that variants have: scalars, numbers, nested tables, lists with ids.
fn variant() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        (0..9_u8).prop_map(|n| format!("0.{n}")),
        (0..9_u8).prop_map(|n| format!("{{ range = [0.{n}, 1.0] }}")),
        (0..9_u8).prop_map(|n| format!("{{ value = 0.{n}, assumed = \"x\" }}")),
    ];
    let strategy = prop_oneof![
        Just("{ kind = \"hardliner\" }".to_owned()),
        Just("{ kind = \"linear\", k = 0.1 }".to_owned()),
    ];
    let party = (
        0..4_u8,
        proptest::option::of(number.clone()),
        proptest::option::of(strategy),
    );
    let parties = proptest::collection::btree_map(0..4_u8, party, 1..4);
    (proptest::option::of(number), parties).prop_map(|(decay, parties)| {
        let mut text = String::new();
        if let Some(decay) = decay {
            writeln!(text, "[state]\nexposure_decay = {decay}").expect("a string takes any text");
        }
        for (id, (name, patience, strategy)) in parties {
            writeln!(text, "[[parties]]\nid = \"p{id}\"\nname = \"n{name}\"")
                .expect("a string takes any text");
            if let Some(patience) = patience {
                writeln!(text, "patience = {patience}").expect("a string takes any text");
            }
            if let Some(strategy) = strategy {
                writeln!(text, "strategy = {strategy}").expect("a string takes any text");
            }
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        survives(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_toml_like_text_is_survived(
        text in "([\\[\\]{}=.,\"'#\n a-c0-9-]|'''|\"\"\"|\\[\\[|parties|id){0,120}"
    ) {
        survives(&text);
    }

    /// A valid file with a piece cut out, doubled or replaced.
    #[test]
    fn a_damaged_file_is_survived(
        at in 0..MINIMAL.len(),
        length in 0..80_usize,
        patch in prop_oneof![
            Just(String::new()), Just("inf".to_owned()), Just("[[".to_owned()), Just("-1".to_owned()),
            Just("\"".to_owned()), Just("{}".to_owned()), Just("[]".to_owned()), ".{0,8}",
        ],
    ) {
        let start = MINIMAL.floor_char_boundary(at);
        let end = MINIMAL.floor_char_boundary((at + length).min(MINIMAL.len())).max(start);
        survives(&format!("{}{patch}{}", &MINIMAL[..start], &MINIMAL[end..]));
    }

    #[test]
    fn merging_a_tree_with_itself_changes_nothing(text in variant()) {
        let one = tree(&text);
        prop_assert_eq!(plain(&merge(one.clone(), one.clone())), plain(&one));
    }

    #[test]
    fn merging_is_associative(a in variant(), b in variant(), c in variant()) {
        let [a, b, c] = [a, b, c].map(|text| tree(&text));
        let left = merge(merge(a.clone(), b.clone()), c.clone());
        let right = merge(a, merge(b, c));
        prop_assert_eq!(plain(&left), plain(&right));
    }
}

#[test]
fn nesting_beyond_reason_is_refused_before_it_can_overflow() {
    let dots = format!("a{} = 1", ".a".repeat(200_000));
    let brackets = format!("a = {}", "[".repeat(200_000));
    let tables = format!("a = {}", "{ a = ".repeat(200_000));
    let hidden = format!("a = \"x\n{} = 1", "b.".repeat(200_000));
    for text in [dots, brackets, tables, hidden] {
        survives(&text);
    }
}

/// `show --resolved` prints a file that says the same.
#[test]
fn the_resolved_text_reads_back_as_the_same_scenario() {
    let variant = "schema = 1\nid = \"v\"\ntitle = \"V\"\nsummary = \"\"\"a \"quoted\"\nline\"\"\"\n\
        extends = \"a.toml\"\nremove = [\"threats.embargo\"]\n\
        [[parties]]\nid = \"upland\"\npatience = { range = [0.5, 0.6], assumed = \"haste\" }\n";
    let texts = Texts(vec![
        ("scenarios/a.toml", MINIMAL.to_owned()),
        ("scenarios/v.toml", variant.to_owned()),
    ]);
    let loaded = load("scenarios/v.toml", &texts, &NoFacts);
    assert_eq!(loaded.diagnostics, []);
    let text = resolved::text(&loaded.resolved, &loaded.sources);
    assert!(text.contains("# scenarios/v.toml:10\n"), "{text}");
    assert!(text.contains("# scenarios/a.toml:"), "{text}");
    let again = load_text(&text);
    assert_eq!(again.diagnostics, []);
    let (first, second) = (loaded.scenario.unwrap(), again.scenario.unwrap());
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
    assert!(first.threats.is_empty());
    let changed = first
        .quantities()
        .into_iter()
        .find(|one| one.path == "parties.upland.patience");
    assert_eq!(
        changed.unwrap().provenance.assumed.as_deref(),
        Some("haste")
    );
}

/// A variant's number is not vouched for by the reason that the base gives for its own.
#[test]
fn an_overridden_number_does_not_borrow_the_bases_reason() {
    let variant = "schema = 1\nid = \"v\"\ntitle = \"V\"\nsummary = \"s\"\nextends = \"a.toml\"\n\
        [state]\nposture.lowland = 0.3\n";
    let texts = Texts(vec![
        ("scenarios/a.toml", MINIMAL.to_owned()),
        ("scenarios/v.toml", variant.to_owned()),
    ]);
    let loaded = load("scenarios/v.toml", &texts, &NoFacts);
    let codes: Vec<&str> = loaded.diagnostics.iter().map(|one| one.code).collect();
    assert_eq!(codes, ["unsourced-number"]);
    assert!(loaded.scenario.is_some());
}
