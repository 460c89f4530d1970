//! The solved side: its utilities are the engine's, its solutions those of published domains, its
//! laws those of the theory, and `jawjaw solve` answers as a user expects.

#[expect(dead_code, reason = "shared with the tests of the engine")]
mod kit;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jawjaw::engine::{Note, RunRecord, Workspace, prepare, run};
use jawjaw::model::Model;
use jawjaw::solve::bargaining::Problem;
use jawjaw::solve::case::Case;
use jawjaw::solve::concept::Concept;
use jawjaw::solve::outcomes::Outcomes;
use jawjaw::solve::pareto::frontier;
use jawjaw::solve::slices::Slices;
use jawjaw::solve::solved::{left_on_the_table, solve, zone};
use jawjaw::solve::space::{Package, Space};
use kit::{BASELINE, Listen, QUARREL, compile};
use proptest::prelude::*;

fn model(path: &str) -> Model {
    compile(&std::fs::read_to_string(path).expect("a file of the repository"))
}

/// What every party thinks its offers are worth in the first meeting, against the table.
#[test]
fn a_package_is_worth_what_the_engine_says() {
    for path in [BASELINE, QUARREL, "tests/fixtures/minimal.toml"] {
        let model = model(path);
        let mut compared = 0;
        let mut workspace = Workspace::new(&model);
        let mut record = RunRecord::new(model.record_shape());
        for draw in 0..12 {
            let prepared = prepare(&model, model.draw(3, draw));
            let mut offers = Vec::new();
            let (mut meetings, mut moved) = (0, false);
            let mut listen = Listen(|note: Note<'_>| match note {
                Note::Meeting { .. } => meetings += 1,
                Note::Event(_) => moved |= meetings == 0,
                Note::Offer {
                    party,
                    form,
                    levels,
                    own,
                    ..
                } if meetings == 1 => offers.push((party, form, levels.to_vec(), own)),
                _ => {}
            });
            run(
                &model,
                &prepared,
                &mut workspace,
                0,
                &mut record,
                &mut listen,
            );
            // What happens before the first offer moves what it is worth.
            if moved {
                continue;
            }
            let rows: Vec<usize> = (model.parties.iter().zip(&record.types))
                .map(|(party, kind)| party.first_row + usize::from(*kind))
                .collect();
            let case = Case::new(&model, model.draw(3, draw), Some(draw), rows);
            for (party, form, levels, own) in offers {
                let worth = case.space.utilities(&Package { form, levels })[party];
                assert!(
                    (worth - own).abs() < 1e-9,
                    "{path} {draw}: {worth}, not {own}"
                );
                compared += 1;
            }
        }
        assert!(compared > 0, "{path}");
    }
}

/// No agreement on the first day is what the first round records.
#[test]
fn no_deal_is_the_disagreement_value_of_the_first_round() {
    let model = model(BASELINE);
    let mut workspace = Workspace::new(&model);
    let mut record = RunRecord::new(model.record_shape());
    let mut compared = 0;
    for draw in 0..6 {
        let prepared = prepare(&model, model.draw(1, draw));
        run(&model, &prepared, &mut workspace, 0, &mut record, &mut ());
        let rows: Vec<usize> = (model.parties.iter().zip(&record.types))
            .map(|(party, kind)| party.first_row + usize::from(*kind))
            .collect();
        let case = Case::new(&model, model.draw(1, draw), Some(draw), rows.clone());
        for (party, row) in rows.into_iter().enumerate() {
            let opening = prepared.disagreement()[row];
            let exposure = case.no_deal()[party] - opening;
            assert!(exposure >= -1e-12, "backing down costs: {exposure}");
            compared += usize::from((opening - record.disagreement[party]).abs() < 1e-9);
        }
    }
    assert!(compared > 12, "only {compared} of 24 agree");
}

/// The laptop domain of the GENIUS and ANAC repositories (negmas, tests/data, anac/y2011/Laptop):
/// evaluations over the issue's largest, weighted.
fn laptop() -> Space {
    let weights = [
        [
            0.445_212_577_165_563_1,
            0.378_082_517_080_134_24,
            0.176_756_709_926_056_8,
        ],
        [
            0.378_082_517_080_134_24,
            0.176_756_709_926_056_8,
            0.445_212_577_165_563_1,
        ],
    ];
    let evaluations = [
        [[12.0, 20.0, 30.0], [30.0, 20.0, 9.0], [30.0, 10.0, 20.0]],
        [[12.0, 30.0, 20.0], [20.0, 30.0, 9.0], [3.0, 2.0, 1.0]],
    ];
    let utilities: Vec<Vec<Vec<f64>>> = (weights.iter().zip(&evaluations))
        .map(|(weights, issues)| {
            let issue = |(weight, values): (&f64, &[f64; 3])| {
                let most = values.iter().copied().fold(0.0, f64::max);
                values.iter().map(|value| weight * value / most).collect()
            };
            weights.iter().zip(issues).map(issue).collect()
        })
        .collect();
    Space::additive(&utilities, &[0.0, 0.0])
}

#[test]
fn the_laptop_domain() {
    let space = laptop();
    let all = Outcomes::list(&space).expect("27 packages");
    let efficient: Vec<Vec<u8>> = frontier(2, &all.utilities)
        .into_iter()
        .map(|place| all.package(place).levels)
        .collect();
    assert_eq!(
        efficient,
        [[1, 0, 0], [1, 1, 0], [2, 0, 0], [2, 1, 0]].map(|levels| levels.to_vec())
    );
    let points = solve(&space, &[1.0, 1.0])
        .points
        .expect("everything is rational");
    let close = |found: &[f64], expected: [f64; 2]| {
        // GENIUS cuts what weights adding up to a little more than 1 give beyond 1.
        let mut pairs = found.iter().zip(expected);
        pairs.all(|(a, b)| (a.min(1.0) - b).abs() < 1e-12)
    };
    assert!(close(&points.nash.gains, [1.0, 0.815_105_395_169_690_5]));
    assert!(close(
        &points.utilitarian.gains,
        [1.0, 0.815_105_395_169_690_5]
    ));
    let fair = [0.874_024_298_478_375_9, 0.874_024_298_478_376];
    assert!(close(&points.kalai_smorodinsky.gains, fair));
    assert!(close(&points.egalitarian.gains, fair));
    assert_eq!(points.nash.ties, 1);
}

/// Random additive problems of two or three parties, as utilities by party, issue and level.
fn problems() -> impl Strategy<Value = Vec<Vec<Vec<f64>>>> {
    (2_usize..4, prop::collection::vec(2_usize..4, 2..5)).prop_flat_map(|(parties, levels)| {
        let values = move |levels: &Vec<usize>| -> Vec<_> {
            levels
                .iter()
                .map(|&count| {
                    prop::collection::vec((0_u32..24).prop_map(|x| f64::from(x) / 64.0), count)
                })
                .collect()
        };
        prop::collection::vec(values(&levels), parties)
    })
}

fn gains(space: &Space, package: &Package) -> Vec<f64> {
    let utilities = space.utilities(package);
    utilities
        .iter()
        .zip(&space.no_deal)
        .map(|(u, d)| u - d)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// Every solution is individually rational and Pareto efficient.
    #[test]
    fn solutions_lie_where_theory_says(utilities in problems()) {
        let no_deal = vec![0.2; utilities.len()];
        let space = Space::additive(&utilities, &no_deal);
        let Some(points) = solve(&space, &vec![1.0; utilities.len()]).points else {
            return Ok(());
        };
        let parties: Vec<usize> = (0..utilities.len()).collect();
        let slices = Slices::new(&space, &parties);
        for (name, found) in points.named() {
            prop_assert!(found.gains.iter().all(|gain| *gain >= -1e-12), "{}", name);
            let of = space.utilities(&found.package);
            let left = left_on_the_table(&space, &slices, &of).expect("itself");
            prop_assert!(left.key[0] <= 1e-9, "{} leaves {}", name, left.key[0]);
            prop_assert!(found.exact);
        }
    }

    /// Nash and Kalai-Smorodinsky do not depend on the units of anybody's utility.
    #[test]
    fn units_do_not_matter_to_nash_and_kalai_smorodinsky(
        utilities in problems(), factor in 1_u32..5, party in 0_usize..2,
    ) {
        let no_deal = vec![0.2; utilities.len()];
        let mut scaled = utilities.clone();
        let mut floor = no_deal.clone();
        // Powers of two keep the numbers, and so the ties, exact.
        let factor = f64::from(1 << factor);
        scaled[party].iter_mut().flatten().for_each(|value| *value *= factor);
        floor[party] *= factor;
        let power = vec![1.0; utilities.len()];
        let one = solve(&Space::additive(&utilities, &no_deal), &power).points;
        let two = solve(&Space::additive(&scaled, &floor), &power).points;
        prop_assert_eq!(one.is_some(), two.is_some());
        if let (Some(one), Some(two)) = (one, two) {
            prop_assert_eq!(&one.nash.tied, &two.nash.tied);
            prop_assert_eq!(&one.kalai_smorodinsky.tied, &two.kalai_smorodinsky.tied);
        }
    }

    /// Swapping two parties swaps what they get and leaves the packages.
    #[test]
    fn names_do_not_matter(utilities in problems()) {
        let n = utilities.len();
        let mut swapped = utilities.clone();
        swapped.swap(0, 1);
        let power = vec![1.0; n];
        let one = solve(&Space::additive(&utilities, &vec![0.2; n]), &power).points;
        let two = solve(&Space::additive(&swapped, &vec![0.2; n]), &power).points;
        prop_assert_eq!(one.is_some(), two.is_some());
        if let (Some(one), Some(two)) = (one, two) {
            for ((_, a), (_, b)) in one.named().into_iter().zip(two.named()) {
                prop_assert_eq!(&a.tied, &b.tied);
            }
            prop_assert!((one.ideal[0] - two.ideal[1]).abs() < 1e-12);
        }
    }

    /// With two parties who can both gain, a better alternative never hurts its holder under Nash.
    #[test]
    fn a_better_alternative_does_not_hurt(utilities in problems(), more in 0_u32..16) {
        let utilities = vec![utilities[0].clone(), utilities[1].clone()];
        let more = f64::from(more) / 128.0;
        let nash = |d: f64| {
            let space = Space::additive(&utilities, &[d, 0.1]);
            let points = solve(&space, &[1.0, 1.0]).points?;
            points.nash.gains.iter().all(|gain| *gain > 1e-9).then(|| {
                let all = points.nash.tied.iter().map(|package| space.utilities(package)[0]);
                (all.clone().fold(f64::INFINITY, f64::min), all.fold(0.0, f64::max))
            })
        };
        if let (Some((least, _)), Some((_, most))) = (nash(0.1), nash(0.1 + more)) {
            prop_assert!(most >= least - 1e-9, "{} then {}", least, most);
        }
    }

    /// Deleting a package that Nash does not choose changes nothing (independence of irrelevant
    /// alternatives).
    #[test]
    fn what_was_not_chosen_may_go(utilities in problems(), gone in 0_usize..80) {
        let n = utilities.len();
        let space = Space::additive(&utilities, &vec![0.2; n]);
        let all = Outcomes::list(&space).expect("small");
        let problem = all.problem(&space.no_deal);
        let solve = |problem: &Problem<'_>, among: &[usize]| {
            let ideal = problem.ideal_gains(among);
            problem.solve(&Concept::Nash(vec![1.0; n]), among, &ideal)
        };
        let rational = problem.rational();
        if let Some(before) = solve(&problem, &rational) {
            let gone = rational[gone % rational.len()];
            prop_assume!(!before.tied.contains(&gone));
            let left: Vec<usize> = rational.iter().copied().filter(|o| *o != gone).collect();
            prop_assert_eq!(solve(&problem, &left).expect("the winner stays").tied, before.tied);
        }
    }

    /// The least violation of a pair is never more than that of everyone.
    #[test]
    fn a_pair_agrees_where_all_do(utilities in problems(), floor in 0_u32..40) {
        let n = utilities.len();
        let space = Space::additive(&utilities, &vec![f64::from(floor) / 32.0; n]);
        let parties: Vec<usize> = (0..n).collect();
        let all = zone(&space, &parties).expect("nothing is refused").key[0];
        let pair = zone(&space, &[0, 1]).expect("nothing is refused");
        prop_assert!(pair.key[0] >= all - 1e-12);
        let worst = gains(&space, &pair.package)[..2].iter().copied().fold(f64::INFINITY, f64::min);
        prop_assert!((worst - pair.key[0]).abs() < 1e-12);
    }
}

fn jawjaw(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jawjaw"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "80")
        .output()
        .expect("the binary runs")
}

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if path.exists() {
        std::fs::remove_dir_all(&path).expect("an old folder can be removed");
    }
    path
}

fn solved(file: &str, name: &str, more: &[&str]) -> (Output, PathBuf) {
    let out = folder(name);
    let mut arguments = vec!["solve", file, "--out"];
    arguments.push(out.to_str().expect("a path in text"));
    arguments.extend(more);
    let output = jawjaw(&arguments);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    (output, out)
}

#[test]
fn the_page_of_a_small_scenario() {
    let modes = ["--draws", "0", "--no-charts"];
    let (output, _) = solved("tests/fixtures/minimal.toml", "solve-minimal", &modes);
    insta::assert_snapshot!("solve_minimal", String::from_utf8_lossy(&output.stdout));
}

/// A council of three that must agree by consensus, laid over the small scenario.
const COUNCIL: &str = r#"
[[gates]]
id = "council"
name = "Council of the delta towns"
party = "lowland"
forms = ["treaty"]
quota = 3
voting = "bloc"
precision = inf
assumed = "for the test"

[[gates.blocs]]
id = "upstream"
name = "Upstream towns"
votes = 2

[[gates.blocs]]
id = "port"
name = "The port"
votes = 1
asks = { range = [0.05, 0.15], assumed = "for the test" }

[state]
standing = { upland = { range = [0.2, 0.3], assumed = "for the test" } }
"#;

#[test]
fn a_gate_narrows_what_can_be_brought_home() {
    use jawjaw::solve::home::Home;
    let model = kit::variant("tests/fixtures/minimal.toml", COUNCIL);
    let mut asked = Vec::new();
    for draw in 0..30 {
        let case = Case::draw(&model, 1, draw);
        let home = Home::new(&model, 1, &case).expect("somebody must ratify");
        let (floors, may) = home.floors(0.5);
        assert!(floors[0][1].abs() < 1e-12, "a statement passes no council");
        assert!(
            (0.05..=0.15).contains(&floors[1][1]),
            "consensus waits for the port: {floors:?}"
        );
        assert!(may[0] && may[1]);
        assert!(home.passes(1, 1, 0.04) < 0.5 && home.passes(1, 1, 0.16) > 0.5);
        asked.push(floors[1][1]);
    }
    let spread =
        asked.iter().copied().fold(0.0, f64::max) - asked.iter().copied().fold(1.0, f64::min);
    assert!(spread > 0.05, "the demand is drawn: {spread}");
}

#[test]
fn win_sets_are_what_a_count_of_every_package_says() {
    use jawjaw::solve::home::Home;
    use jawjaw::solve::win_sets::{Gate, WinSetsPart, gates};
    let demanding = COUNCIL.replace("[0.05, 0.15]", "[0.35, 0.5]");
    let model = kit::variant("tests/fixtures/minimal.toml", &demanding);
    let named = gates(&model);
    assert!(named.contains(&Gate::Form(0)) && named.contains(&Gate::Vote(0)));
    assert!(named.contains(&Gate::Consent(0)) && named.contains(&Gate::Consent(1)));
    for draw in 0..10 {
        let case = Case::draw(&model, 1, draw);
        let home = Home::of(&model, 1, &case);
        let mut space = case.space.clone();
        space.ratified.fill(1.0);
        let mut packages = Vec::new();
        // The council votes on treaties, and its demand is that of the port: all must agree.
        let demand = home.floors(0.5).0[1][1];
        let (mut council, mut everyone) = (0, 0);
        space.each(|package, utilities| {
            packages.push(package.clone());
            let gain = |party: usize| utilities[party] - space.no_deal[party];
            let asked = package.form == 1 && space.promises(&package.levels);
            council += usize::from(!asked || gain(1) >= demand);
            let status_quo = *package == space.status_quo();
            // Both parties must consent to any change, and the upland ratifies more often than not.
            let consent = status_quo || gain(0) >= -1e-12 && gain(1) >= -1e-12;
            everyone += usize::from((!asked || gain(1) >= demand) && consent);
            true
        });
        let total = packages.len() as f64;
        let part = WinSetsPart::count(&model, &home, &space, packages.into_iter(), true);
        let place = |gate| {
            named
                .iter()
                .position(|known| *known == gate)
                .expect("a gate")
        };
        let share = part.by_gate[place(Gate::Vote(0))];
        assert!(
            (share - council as f64 / total).abs() < 1e-12,
            "draw {draw}"
        );
        assert!(share < 1.0, "the council refuses something");
        assert!(
            (part.all - everyone as f64 / total).abs() < 1e-12,
            "draw {draw}"
        );
        assert!(part.by_gate.iter().all(|share| part.all <= *share));
        assert!(part.rational <= part.all && part.counted == 20);
    }
}

#[test]
fn the_page_of_the_baseline_at_the_modes() {
    let modes = ["--draws", "0", "--no-charts"];
    let (output, _) = solved(BASELINE, "solve-baseline", &modes);
    insta::assert_snapshot!("solve_baseline", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn threads_change_no_byte() {
    let mut first: Option<Vec<Vec<u8>>> = None;
    for threads in ["1", "3"] {
        let more = ["--draws", "8", "--replicates", "2", "--threads", threads];
        let (output, out) = solved(BASELINE, &format!("solve-threads-{threads}"), &more);
        let results = out.join("geneva-week/solve-seed-1-8");
        let mut files = vec![output.stdout];
        for file in [
            "solve.json",
            "solve.txt",
            "solve-utility.svg",
            "solve-win-sets.svg",
            "solve-election.png",
        ] {
            files.push(std::fs::read(results.join(file)).expect(file));
        }
        let first = first.get_or_insert_with(|| files.clone());
        assert!(*first == files, "{threads} threads");
    }
}

#[test]
fn every_number_of_the_json_has_a_band_or_is_a_fact() {
    let more = ["--draws", "6", "--no-charts"];
    let (_, out) = solved("tests/fixtures/minimal.toml", "solve-json", &more);
    let text =
        std::fs::read_to_string(out.join("minimal/solve-seed-1-6/solve.json")).expect("written");
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let reports = json["reports"].as_array().expect("reports");
    assert!(reports.len() >= 4);
    let mut bands = 0;
    for report in reports {
        for table in report["tables"].as_array().expect("tables") {
            for row in table["rows"].as_array().expect("rows") {
                let cells = row["cells"].as_array().expect("cells");
                assert_eq!(
                    cells.len(),
                    table["columns"].as_array().expect("columns").len()
                );
                for cell in cells.iter().filter(|cell| cell["kind"] == "band") {
                    assert!(cell["spread"]["n"].as_u64().expect("a count") <= 6);
                    bands += usize::from(cell["spread"]["n"].as_u64() > Some(0));
                }
            }
        }
    }
    assert!(bands > 10, "{bands}");
    let of = |lens: &str| {
        let found = reports.iter().find(|report| report["lens"] == lens);
        found.expect("the lens is there")["ties"]
            .as_array()
            .expect("tie sets")
    };
    for lens in ["ratification", "election"] {
        assert!(!of(lens).is_empty(), "{lens} says what is tied");
    }
    for ties in reports
        .iter()
        .flat_map(|report| report["ties"].as_array().expect("tie sets"))
    {
        let count: usize = ties["count"]
            .as_str()
            .and_then(|n| n.parse().ok())
            .expect("a count");
        assert_eq!(
            ties["packages"].as_array().expect("packages").len(),
            count.min(256)
        );
    }
}

#[test]
fn packages_that_are_all_the_same_are_tied_and_on_the_ballot_once() {
    // A third issue that nobody cares about doubles every package.
    let text = std::fs::read_to_string("tests/fixtures/minimal.toml").expect("a fixture");
    let colour = "[[issues]]\nid = \"paint\"\nname = \"Colour of the hall\"\n\
                  levels = [\"green\", \"blue\"]\nstatus_quo = 0\nconsent = []\n\n[preferences.upland.water]";
    let text = text
        .replacen("[preferences.upland.water]", colour, 1)
        .replacen(
            "decides = [\"water\",",
            "decides = [\"paint\", \"water\",",
            1,
        );
    let file = folder("solve-doubled").with_extension("toml");
    std::fs::write(&file, text).expect("written");
    let file = file.to_str().expect("a path in text");
    let draws = [
        "--draws",
        "3",
        "--no-charts",
        "--lens",
        "bargaining,election",
    ];
    let (output, _) = solved(file, "solve-ties", &draws);
    let page = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(page.contains("2 packages tied"), "{page}");
    assert!(page.contains("with Colour of the hall: blue."), "{page}");
    let flat = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains("worth the same to everyone: 20 at the modes"),
        "{flat}"
    );
}

#[test]
fn wrong_arguments_are_answered() {
    let output = jawjaw(&["solve", BASELINE, "--lens", "tarot"]);
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        errors.contains("no lens `tarot`") && errors.contains("bargaining"),
        "{errors}"
    );
    assert_eq!(
        jawjaw(&["solve", "no-such-file.toml"]).status.code(),
        Some(3)
    );
    assert_eq!(
        jawjaw(&["solve", BASELINE, "--nu", "0"]).status.code(),
        Some(2)
    );
    assert!(output.stdout.is_empty());
}
