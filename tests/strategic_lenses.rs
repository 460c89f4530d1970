//! The strategic lenses of `solve` against published and independently computed cases
//! (`tests/fixtures/reference/`: each file states its source and how its numbers were obtained).

use jawjaw::solve::crisis::{PrivateCost, demand, range};
use jawjaw::solve::expected_utility::{Actor, Choice, Denominator, OfferKind, Reading, run};
use jawjaw::solve::graph::coalition;
use jawjaw::solve::graph::stability::{Concept, analyse};
use jawjaw::solve::graph::status_quo::search;
use jawjaw::solve::graph::{Graph, Payoffs};
use jawjaw::solve::rubinstein::{Bargainer, Leaver, breakdown, finite, split};
use jawjaw::solve::tree::{Node, Tree};
use serde_json::Value;

fn reference(name: &str) -> (Value, f64) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/reference");
    let text = std::fs::read_to_string(format!("{folder}/{name}.json")).expect("the file is there");
    let value: Value = serde_json::from_str(&text).expect("it is JSON");
    // Its numbers are printed with twelve digits.
    let tolerance = number(&value["tolerance"]).max(1e-11);
    (value, tolerance)
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn numbers(value: &Value) -> Vec<f64> {
    list(value).iter().map(number).collect()
}

fn indices(value: &Value) -> Vec<usize> {
    numbers(value).into_iter().map(|x| x as usize).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn close(found: f64, expected: &Value, tolerance: f64, what: &Value) {
    let expected = number(expected);
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} instead of {expected} in {what}"
    );
}

#[test]
fn bargaining_ranges() {
    let (file, tolerance) = reference("fearon1995_bargaining_range");
    for case in list(&file["expected"]["cases"]) {
        let costs = [number(&case["cA"]), number(&case["cB"])];
        let found = range(number(&case["p"]), costs);
        close(found.low, &case["range"][0], tolerance, case);
        close(found.high, &case["range"][1], tolerance, case);
        close(found.unclipped[0], &case["unclipped"][0], tolerance, case);
        close(found.unclipped[1], &case["unclipped"][1], tolerance, case);
        close(found.surplus, &case["surplus"], tolerance, case);
        close(found.middle, &case["nash_split"], tolerance, case);
    }
}

#[test]
fn take_it_or_leave_it() {
    let (file, tolerance) = reference("tioli_uniform_private_cost");
    for case in list(&file["expected"]["cases"]) {
        let other = PrivateCost {
            low: number(&case["cB_low"]),
            high: number(&case["cB_high"]),
        };
        let found = demand(number(&case["p"]), number(&case["cA"]), other);
        close(found.share, &case["x"], tolerance, case);
        close(found.war, &case["war"], tolerance, case);
        close(found.expected, &case["eu"], tolerance, case);
    }
}

#[test]
fn alternating_offers() {
    let (file, tolerance) = reference("rubinstein_splits");
    let expected = &file["expected"];
    for case in list(&expected["plain"])
        .iter()
        .chain(list(&expected["general"]))
    {
        let party = |i: usize| {
            let key = |letter: &str| case[format!("{letter}{i}")].as_f64();
            Bargainer {
                discount: key("d").expect("a discount factor"),
                outside: key("b").unwrap_or(0.0),
                inside: key("i").unwrap_or(0.0),
            }
        };
        let found = split(party(1), party(2), Leaver::Responder).expect("they agree");
        close(found.first, &case["x1"], tolerance, case);
        close(found.second, &case["y2"], tolerance, case);
    }
    for case in list(&expected["breakdown"]) {
        let war = [number(&case["w1"]), number(&case["w2"])];
        let found = breakdown(number(&case["q"]), war).expect("they agree");
        close(found.first, &case["x1"], tolerance, case);
        close(found.second, &case["y2"], tolerance, case);
    }
    for case in list(&expected["finite"]) {
        let offers = number(&case["T"]) as u32;
        let found = finite(offers, [number(&case["d1"]), number(&case["d2"])]);
        close(
            found.expect("offers"),
            &case["first_share"],
            tolerance,
            case,
        );
    }
}

/// The nodes of a tree in the notation of the file, with their paths.
fn nodes(at: &Value, path: &str, out: &mut Vec<(String, Node)>) {
    let here = out.len();
    if at["t"] == "T" {
        let shown = path.trim_end_matches('/').to_owned();
        out.push((shown, Node::Leaf(numbers(&at["u"]))));
        return;
    }
    let shown = if path == "/" {
        path
    } else {
        path.trim_end_matches('/')
    };
    out.push((shown.to_owned(), Node::Leaf(Vec::new())));
    let mut actions = Vec::new();
    for branch in list(&at["ch"]) {
        actions.push(out.len());
        let action = branch[0].as_str().expect("a name");
        nodes(&branch[1], &format!("{path}{action}/"), out);
    }
    out[here].1 = Node::Decision {
        party: number(&at["i"]) as usize,
        actions,
    };
}

#[test]
fn deterrence_tree() {
    let (file, tolerance) = reference("qre_signorino_deterrence_2");
    let mut found = Vec::new();
    nodes(&file["inputs"]["tree"], "/", &mut found);
    let (paths, nodes): (Vec<String>, Vec<Node>) = found.into_iter().unzip();
    let tree = Tree::new(2, nodes).expect("a tree");
    let place = |path: &str| paths.iter().position(|p| p == path).expect("a known path");
    let by_lambda = file["expected"]["by_lambda"].as_object().expect("a table");
    assert!(by_lambda.len() > 3);
    for (lambda, case) in by_lambda {
        let solution = tree.logit(lambda.parse().expect("a number"));
        for (path, node) in case["node_probs"].as_object().expect("a table") {
            let probs = node["probs"].as_object().expect("a table");
            let at = place(path);
            for (action, expected) in probs {
                let child = place(&format!("{}/{action}", path.trim_end_matches('/')));
                let Node::Decision { actions, .. } = &tree.nodes()[at] else {
                    panic!("{path} is a decision");
                };
                let branch = actions.iter().position(|&to| to == child);
                let branch = branch.expect("an action of the node");
                close(solution.play[at][branch], expected, tolerance, node);
            }
        }
        for (path, expected) in case["outcome_probs"].as_object().expect("a table") {
            close(solution.reached[place(path)], expected, tolerance, case);
        }
        for (value, expected) in solution.value[0]
            .iter()
            .zip(list(&case["expected_utility"]))
        {
            close(*value, expected, tolerance, case);
        }
    }
    let perfect = tree.perfect();
    let spe = &file["expected"]["spe"];
    for (value, expected) in perfect.value[0].iter().zip(list(&spe["value"])) {
        close(*value, expected, tolerance, spe);
    }
}

const CONCEPTS: [(&str, Concept); 4] = [
    ("nash", Concept::Nash),
    ("gmr", Concept::Gmr),
    ("smr", Concept::Smr),
    ("seq", Concept::Seq),
];

#[test]
fn elmira() {
    let (file, _) = reference("gmcr_elmira_9state");
    let (inputs, expected) = (&file["inputs"], &file["expected"]);
    let parties: Vec<&str> = list(&inputs["dms"])
        .iter()
        .map(|name| name.as_str().expect("a name"))
        .collect();
    let moves: Vec<Vec<(usize, usize)>> = parties
        .iter()
        .map(|party| {
            let pairs = list(&inputs["moves"][*party]).iter().map(indices);
            pairs.map(|pair| (pair[0] - 1, pair[1] - 1)).collect()
        })
        .collect();
    let graph = Graph::new(9, &moves).expect("nine states");
    let ranks = parties.iter().map(|party| {
        let own = numbers(&inputs["payoffs"][*party]);
        own.into_iter().map(|x| x as i64).collect()
    });
    let payoffs = Payoffs::ordinal(ranks.collect());
    let found = analyse(&graph, &payoffs);
    for (key, concept) in CONCEPTS {
        let equilibria: Vec<usize> = found.equilibria(concept).iter().map(|s| s + 1).collect();
        assert_eq!(equilibria, indices(&expected["equilibria"][key]), "{key}");
        for (party, name) in parties.iter().enumerate() {
            let stable: Vec<usize> = (0..9)
                .map(|state| usize::from(found.stable(concept, party, state)))
                .collect();
            let known = indices(&expected["stability_per_dm"][key][*name]);
            assert_eq!(stable, known, "{key} {name}");
        }
    }
    for (party, name) in parties.iter().enumerate() {
        for (state, known) in list(&expected["unilateral_improvements"][*name])
            .iter()
            .enumerate()
        {
            let own: Vec<usize> = graph
                .improvements(&payoffs, party, state)
                .map(|to| to + 1)
                .collect();
            assert_eq!(own, indices(known), "{name} in {}", state + 1);
        }
    }
    for (key, known) in expected["coalition_improvements"]
        .as_object()
        .expect("a table")
    {
        let (state, members) = key.split_once(':').expect("state, then members");
        let members: Vec<usize> = members
            .split('+')
            .map(|name| parties.iter().position(|p| *p == name).expect("a party"))
            .collect();
        let from = state.parse::<usize>().expect("a state") - 1;
        let gains = coalition::improvements(&graph, &payoffs, &members, from);
        let gains: Vec<usize> = gains.into_iter().map(|state| state + 1).collect();
        assert_eq!(gains, indices(known), "{key}");
    }
    let lengths = &expected["status_quo_1"];
    for (key, improving) in [
        ("reachable_by_moves_min_length", None),
        ("reachable_by_improvements_min_length", Some(&payoffs)),
    ] {
        let reach = search(&graph, &graph.movers(), 0, improving);
        for state in 1..9 {
            let known = lengths[key].get((state + 1).to_string());
            let known = known.map(|length| number(length) as usize);
            assert_eq!(reach.distance(state), known, "{key} {}", state + 1);
        }
    }
}

fn actors(inputs: &Value) -> Vec<Actor> {
    list(&inputs["actors"])
        .iter()
        .map(|actor| Actor {
            position: number(&actor["x"]),
            capability: number(&actor["c"]),
            salience: number(&actor["s"]),
        })
        .collect()
}

#[test]
fn emission_standards_for_ten_rounds() {
    let (file, tolerance) = reference("bdm_emission_standards_10rounds");
    let actors = actors(&file["inputs"]);
    let names: Vec<&Value> = list(&file["inputs"]["actors"])
        .iter()
        .map(|actor| &actor["name"])
        .collect();
    let reading = Reading {
        denominator: Denominator::AllPairs,
        choice: Choice::Replication,
        ..Reading::default()
    };
    let found = run(&actors, reading);
    let rounds = list(&file["expected"]["rounds"]);
    close(found.median, &rounds[0]["median"], tolerance, &rounds[0]);
    close(found.mean, &rounds[0]["mean"], tolerance, &rounds[0]);
    assert_eq!(found.rounds.len(), rounds.len() - 1);
    for (round, known) in found.rounds.iter().zip(&rounds[1..]) {
        let which = &known["round"];
        for (x, expected) in round.positions.iter().zip(list(&known["x"])) {
            close(*x, expected, tolerance, which);
        }
        for (r, expected) in round.risk.iter().zip(list(&known["risk_exponent"])) {
            close(*r, expected, tolerance, which);
        }
        close(round.median, &known["median"], tolerance, which);
        close(round.mean, &known["mean"], tolerance, which);
        let events = list(&known["events"]);
        assert_eq!(round.events.len(), events.len(), "round {which}");
        for (event, expected) in round.events.iter().zip(events) {
            assert_eq!(*names[event.actor], expected["actor"]);
            assert_eq!(*names[event.counterpart], expected["counterpart"]);
            let kind = match event.kind {
                OfferKind::Confrontation => "confrontation",
                OfferKind::Compromise => "compromise",
                OfferKind::Capitulation => "capitulation",
            };
            assert_eq!(kind, expected["type"]);
            close(event.own, &expected["eu_ij"], tolerance, expected);
            close(event.other, &expected["eu_ji"], tolerance, expected);
            close(event.position, &expected["new_x"], tolerance, expected);
        }
    }
    let first = &rounds[1];
    for (r, expected) in found.rounds[0].security.iter().zip(list(&first["R"])) {
        close(*r, expected, tolerance, &first["round"]);
    }
    let matrices = &first["eu_matrices_round1"];
    for i in 0..actors.len() {
        for j in (0..actors.len()).filter(|&j| j != i) {
            let challenges = &found.rounds[0].challenges;
            let own = &matrices["i_challenges_j_from_i"][i][j];
            close(challenges.own(i, j), own, tolerance, &first["round"]);
            let other = &matrices["j_challenges_i_from_i"][i][j];
            close(challenges.other(i, j), other, tolerance, &first["round"]);
        }
    }
}

#[test]
fn emission_standards_by_the_rule_of_the_papers() {
    let (file, tolerance) = reference("bdm_emission_standards_10rounds");
    let reading = Reading {
        denominator: Denominator::AllPairs,
        choice: Choice::LeastChange,
        ..Reading::default()
    };
    let found = run(&actors(&file["inputs"]), reading);
    let known = list(&file["expected"]["variant_least_change_own_reference"]);
    assert_eq!(found.rounds.len(), known.len());
    for (round, known) in found.rounds.iter().zip(known) {
        for (x, expected) in round.positions.iter().zip(list(&known["x"])) {
            close(*x, expected, tolerance, &known["round"]);
        }
        close(round.median, &known["median"], tolerance, &known["round"]);
    }
}

/// The lenses on scenario files.
mod on_files {
    use jawjaw::model::Model;
    use jawjaw::scenario::load::{LoadError, Loader, NoFacts, load};
    use jawjaw::solve::Lens;
    use jawjaw::solve::case::{Case, Options, Study};
    use jawjaw::solve::election::Election;
    use jawjaw::solve::plot::Plot;
    use jawjaw::solve::report::{Cell, Report, Status};
    use jawjaw::solve::strategic::{
        AlternatingOffers, ConflictGraph, DeclaredTrees, GroupDecision, WarPanel,
    };

    struct Text(String);

    impl Loader for Text {
        fn load(&self, _: &str) -> Result<String, LoadError> {
            Ok(self.0.clone())
        }
    }

    fn study(text: &str, draws: u32) -> Study {
        let loaded = load("file.toml", &Text(text.to_owned()), &NoFacts);
        let problems: Vec<&str> = loaded.diagnostics.iter().map(|d| &*d.message).collect();
        let scenario = loaded.scenario.unwrap_or_else(|| panic!("{problems:?}"));
        let model = Model::compile(scenario).expect("it compiles");
        Study {
            seed: 1,
            options: Options {
                nu: 1.0,
                election: Election::Conditional,
            },
            modes: Case::modes(&model),
            draws: (0..draws).map(|draw| Case::draw(&model, 1, draw)).collect(),
            model,
        }
    }

    fn apply<L: Lens>(lens: &L, study: &Study) -> Report {
        let draws = study.draws.iter().map(|case| lens.part(study, case));
        let draws = draws.collect();
        lens.report(study, lens.part(study, &study.modes), draws)
    }

    fn minimal(more: &str) -> String {
        include_str!("fixtures/minimal.toml").to_owned() + more
    }

    #[test]
    fn a_declared_graph_is_the_published_one() {
        let report = apply(
            &ConflictGraph,
            &study(include_str!("fixtures/elmira.toml"), 3),
        );
        let table = &report.tables[0];
        let holds = |column: usize| -> Vec<&str> {
            let mut states: Vec<&str> = (table.rows.iter())
                .filter(|row| matches!(row.cells[column], Cell::Exact { value, .. } if value > 0.5))
                .map(|row| row.label.as_str())
                .collect();
            states.sort_unstable();
            states
        };
        let firm = ["abandon", "delay-insist", "modify-accept-insist"];
        assert_eq!(holds(0), firm);
        assert_eq!(holds(2), firm);
        let lax = [
            "abandon",
            "delay",
            "delay-insist",
            "modify-accept",
            "modify-accept-insist",
        ];
        assert_eq!(holds(1), lax);
        assert_eq!(holds(3), lax);
        let jump = &report.tables[2].rows[0].label;
        assert!(jump.starts_with("Ministry and Company: "), "{jump}");
        assert!(
            report
                .notes
                .iter()
                .any(|note| note.starts_with("Town could move"))
        );
        let Some(Plot::Evolution(drawn)) = report.plots.first() else {
            panic!("the ways from the status quo are drawn");
        };
        assert_eq!(drawn.states[0].name, "delay");
    }

    #[test]
    fn what_a_file_does_not_state_is_named() {
        let study = study(&minimal(""), 2);
        for (report, needs) in [
            (apply(&ConflictGraph, &study), "`[graph]`"),
            (apply(&DeclaredTrees, &study), "`[[trees]]`"),
        ] {
            let Status::NotApplicable { needs: said } = &report.status else {
                panic!("{} invents what it lacks", report.lens);
            };
            assert!(said[0].contains(needs), "{said:?}");
            assert!(report.tables.is_empty() && report.plots.is_empty());
        }
        for report in [apply(&WarPanel, &study), apply(&GroupDecision, &study)] {
            assert_eq!(report.status, Status::Applicable, "{}", report.lens);
            assert!(!report.tables.is_empty());
        }
        let offers = apply(&AlternatingOffers, &study);
        assert!(!offers.sentence.is_empty());
    }

    /// Options make the states, war ends the conflict, and force that always pays is always used.
    #[test]
    fn options_and_trees_are_priced_as_everywhere() {
        let study = study(
            &minimal(
                r#"
[[graph.options]]
id = "release"
owner = "upland"
issue = "water"
levels = [0, 2]
acts = ["keep the water", "release half"]

[[graph.options]]
id = "strike"
owner = "lowland"
force = "strike"
acts = ["strike the dam"]

[[trees]]
id = "dam"

[[trees.nodes]]
id = "first"
owner = "upland"
actions = [{ name = "release half", to = "given" }, { name = "keep it", to = "kept" }]

[[trees.nodes]]
id = "given"
package = { water = 2 }

[[trees.nodes]]
id = "kept"
owner = "lowland"
actions = [{ name = "strike", to = "war" }, { name = "wait", to = "nothing" }]

[[trees.nodes]]
id = "war"
force = "strike"

[[trees.nodes]]
id = "nothing"
no_deal = true
"#,
            ),
            20,
        );
        let graph = apply(&ConflictGraph, &study);
        assert!(
            graph.sentence.starts_with("Of 3 states"),
            "{}",
            graph.sentence
        );
        let labels: Vec<&str> = graph.tables[0]
            .rows
            .iter()
            .map(|r| r.label.as_str())
            .collect();
        assert!(labels.contains(&"Lowland: strike the dam"), "{labels:?}");
        let tree = apply(&DeclaredTrees, &study);
        for column in 0..tree.tables[0].columns.len() {
            let reached: f64 = (tree.tables[0].rows.iter())
                .map(|row| match row.cells[column] {
                    Cell::Band { modes, .. } => modes.expect("a probability at the modes"),
                    _ => panic!("probabilities have bands"),
                })
                .sum();
            assert!(
                (reached - 1.0).abs() < 1e-9,
                "column {column} adds up to {reached}"
            );
        }
    }
}
