//! What each reading command prints, word for word: `INSTA_UPDATE=always cargo test` refreshes it.

use std::process::Command;

fn output(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_jawjaw"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("the binary runs");
    let code = output.status.code().expect("it ends by itself");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    format!(
        "exit {code}\n{}{}",
        text(output.stdout),
        text(output.stderr)
    )
}

macro_rules! prints {
    ($name:ident, $arguments:expr) => {
        #[test]
        fn $name() {
            insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false }, {
                insta::assert_snapshot!(concat!("output-", stringify!($name)), output(&$arguments));
            });
        }
    };
}

prints!(
    check,
    [
        "check",
        "--strict",
        "tests/fixtures/minimal.toml",
        "scenarios/geneva-week.toml"
    ]
);
prints!(
    check_json,
    ["check", "--format", "json", "tests/broken/unknown-key.toml"]
);
prints!(show, ["show", "tests/fixtures/minimal.toml"]);
prints!(
    show_resolved,
    ["show", "--resolved", "scenarios/variants/opening-bid.toml"]
);
prints!(explain, ["explain", "tests/fixtures/minimal.toml"]);
prints!(
    explain_one,
    [
        "explain",
        "scenarios/geneva-week.toml",
        "threats.severe-sanctions"
    ]
);
prints!(
    explain_slip,
    [
        "explain",
        "scenarios/geneva-week.toml",
        "parties.rusia.patience"
    ]
);
prints!(
    show_variant,
    ["show", "scenarios/variants/alliance-split.toml"]
);
prints!(scenarios, ["scenarios", "scenarios/variants"]);
prints!(
    scenarios_graph,
    ["scenarios", "tests/library/scenarios", "--graph"]
);
prints!(scenarios_list, ["scenarios", "tests/library/scenarios"]);
prints!(
    scenarios_json,
    ["scenarios", "tests/library/scenarios", "--format", "json"]
);
prints!(
    scenarios_about,
    ["scenarios", "--about", "s12", "scenarios/variants"]
);
prints!(
    scenarios_slip,
    ["scenarios", "--about", "opening-bit", "scenarios/variants"]
);
prints!(schema, ["schema"]);
prints!(help, ["--help"]);
prints!(help_run, ["run", "--help"]);
prints!(
    trace_json,
    ["trace", "tests/fixtures/minimal.toml", "--format", "json"]
);
