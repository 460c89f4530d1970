//! `jawjaw debrief` from end to end: games are played by a simple rule, saved as `play` saves them,
//! and looked back on in every form; files that cannot be used are refused with a reason.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jawjaw::cli::output::sha256_hex;
use jawjaw::cli::resolved;
use jawjaw::cli::source;
use jawjaw::diagnostic::Sources;
use jawjaw::ensemble::MODEL_VERSION;
use jawjaw::evidence::Evidence;
use jawjaw::model::Model;
use jawjaw::report::debrief::unwelcome;
use jawjaw::report::html::faults;
use jawjaw::seat::session::{FORMAT, Header, Session};
use jawjaw::seat::{Decision, Event, Game, Package, Phase, Table, Worksheet};

const QUARREL: &str = "tests/fixtures/quarrel.toml";
const BASELINE: &str = "scenarios/geneva-week.toml";

/// An empty folder of a test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("debrief")
        .join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("an earlier run's");
    }
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Plays a whole game and returns it as a file would hold it.
fn session(file: &str, seed: u64, seat: &str, margin: f64) -> Session {
    let loaded = source::open(file, &Evidence::shipped()).expect("readable");
    let scenario = loaded.scenario.clone().expect("sound");
    let hash = sha256_hex(&resolved::text(&loaded.resolved, &Sources::default()));
    let model = Model::compile(scenario).expect("it compiles");
    let mut game = Game::start(Table::new(model, seed, seat).expect("a seat"));
    prepare(&mut game);
    while game.phase() == Phase::Decision {
        let decision = decide(&game, margin);
        game.act(Event::Decide { decision }).expect("allowed");
    }
    Session {
        header: Header {
            session: FORMAT,
            model_version: MODEL_VERSION,
            scenario: file.to_owned(),
            exercise: None,
            exercise_sha256: None,
            seat_type: None,
            resolved_sha256: hash,
            seed,
            seat: seat.to_owned(),
        },
        events: game.log().to_vec(),
    }
}

/// Fills the worksheet, predicts, begins, and writes a note.
fn prepare(game: &mut Game) {
    let scenario = game.table().model.scenario.clone();
    let seat = game.table().seat;
    let other = &scenario.parties[usize::from(seat == 0)].id;
    let issues: Vec<String> = scenario
        .issues
        .iter()
        .map(|issue| issue.id.clone())
        .collect();
    let worksheet = Worksheet {
        batna: "Wait & see <longer>".to_owned(),
        walk_away: Some(0.45),
        priorities: BTreeMap::from([(other.clone(), issues)]),
    };
    let mut chances: BTreeMap<String, f64> = scenario
        .outcomes
        .iter()
        .map(|outcome| (outcome.id.clone(), 0.0))
        .collect();
    let last = chances.len() - 1;
    for (index, chance) in chances.values_mut().enumerate() {
        *chance = match index {
            0 => 60.0,
            index if index == last => 40.0,
            _ => 0.0,
        };
    }
    let note = "They want more *time*.".to_owned();
    for event in [
        Event::Worksheet { worksheet },
        Event::Predict { chances },
        Event::Begin,
        Event::Note { text: note },
    ] {
        game.act(event).expect("allowed");
    }
}

/// Accepts what is worth a margin more than no agreement; else asks for what brings most on most of
/// the open issues; makes no move.
fn decide(game: &Game, margin: f64) -> Decision {
    let turn = game.view().turn.expect("a decision");
    let may = |what: &str| turn.may.contains(&what);
    if let Some(standing) = &turn.standing
        && standing.proposal.to_you >= turn.own.walk_away + margin
        && may("accept")
    {
        return Decision::Accept;
    }
    if may("offer") {
        let open = turn.issues.iter().enumerate().filter(|(place, issue)| {
            issue.on_agenda && !issue.settled && !(place + turn.number).is_multiple_of(4)
        });
        let levels: BTreeMap<String, usize> = open
            .filter_map(|(_, issue)| {
                let brings = |level: &usize| issue.brings[*level];
                let best =
                    (0..issue.brings.len()).max_by(|a, b| brings(a).total_cmp(&brings(b)))?;
                // Half-way from how it stands.
                let level = (best + issue.level).div_ceil(2);
                (level != issue.level).then(|| (issue.issue.clone(), level))
            })
            .collect();
        if !levels.is_empty() {
            let form = turn
                .meeting
                .and_then(|meeting| meeting.forms.first().cloned());
            let package = Package { form, levels };
            return Decision::Offer { package };
        }
    }
    if may("refuse") {
        Decision::Refuse
    } else if may("wait") {
        Decision::Wait
    } else {
        Decision::Pass
    }
}

fn save(folder: &Path, name: &str, session: &Session) -> String {
    let path = folder.join(name);
    fs::write(&path, session.text()).expect("writable");
    path.to_str().expect("text").to_owned()
}

fn debrief(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jawjaw"))
        .arg("debrief")
        .args(args)
        .env("COLUMNS", "80")
        .env("NO_COLOR", "1")
        .output()
        .expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// Runs it and returns its output, which must be there.
fn out(args: &[&str]) -> String {
    let output = debrief(args);
    assert!(
        output.status.success(),
        "{args:?}: {}",
        text(&output.stderr)
    );
    assert_eq!(text(&output.stderr), "", "{args:?}");
    text(&output.stdout)
}

/// Runs it and returns the code and what it said; nothing may be on standard output.
fn refused(args: &[&str]) -> (Option<i32>, String) {
    let output = debrief(args);
    assert_eq!(text(&output.stdout), "", "{args:?}");
    (output.status.code(), text(&output.stderr))
}

const PARTS: [&str; 9] = [
    "First, in your own words",
    "How it ended",
    "Beside what the same facts gave agents",
    "The path of offers",
    "What was left on the table",
    "What you predicted",
    "Where it turned",
    "What the others wanted",
    "What your brief rests on",
];

#[test]
fn one_game_in_every_form() {
    let folder = folder("forms");
    for (file, seat, margin) in [
        (QUARREL, "east", 0.02),
        (QUARREL, "mid", 0.5),
        (BASELINE, "us", 0.01),
    ] {
        let name = format!("{seat}-{}.jsonl", u8::from(file == BASELINE));
        let path = save(&folder, &name, &session(file, 3, seat, margin));
        for format in ["text", "markdown", "html"] {
            let found = out(&[&path, "--full", "--format", format, "--runs", "200"]);
            let ending = ["txt", "md", "html"]
                [usize::from(format != "text") + usize::from(format == "html")];
            let kept = folder.join(&name).with_extension(ending);
            fs::write(kept, &found).expect("writable");
            // In this order: questions come first, the others' wishes after everything of one's own.
            let heading = |part: &str| match format {
                "text" => format!("\n{part}\n---"),
                "markdown" => format!("\n## {part}\n"),
                _ => format!("-heading\">{part}</h2>"),
            };
            let places: Vec<usize> = PARTS
                .map(|part| {
                    found
                        .find(&heading(part))
                        .unwrap_or_else(|| panic!("{format}: {part}"))
                })
                .to_vec();
            assert!(places.is_sorted(), "{format}: {places:?}");
            assert!(found.contains("not a forecast"), "{format}");
            assert!(
                found.contains("What the percentile does not show"),
                "{format}"
            );
            assert_eq!(
                unwelcome(&found),
                Vec::<String>::new(),
                "{format} of {seat}"
            );
            match format {
                "text" => {
                    let wide = found.lines().find(|line| line.chars().count() > 80);
                    assert_eq!(wide, None);
                    assert!(found.contains("<- this game"));
                }
                "html" => {
                    assert_eq!(faults(&found), Vec::<String>::new());
                    assert!(found.matches("<svg").count() >= 2);
                    assert!(found.contains("Wait &amp; see &lt;longer&gt;"));
                    assert!(found.matches("not a forecast").count() > 2);
                }
                _ => assert!(found.contains("They want more \\*time\\*.")),
            }
        }
    }
}

#[test]
fn a_class_on_one_page() {
    let folder = folder("class");
    let mut paths: Vec<String> = Vec::new();
    for (index, margin) in [0.0, 0.05, 0.2, 0.6].into_iter().enumerate() {
        let name = format!("table-{}.jsonl", index + 1);
        paths.push(save(&folder, &name, &session(QUARREL, 3, "east", margin)));
    }
    paths.push(save(
        &folder,
        "west.jsonl",
        &session(QUARREL, 3, "west", 0.05),
    ));
    let mut args: Vec<&str> = paths.iter().map(String::as_str).collect();
    args.extend(["--runs", "150", "--format", "html"]);
    let page = out(&args);
    fs::write(folder.join("class.html"), &page).expect("writable");
    assert_eq!(faults(&page), Vec::<String>::new());
    assert_eq!(unwelcome(&page), Vec::<String>::new());
    assert_eq!(page.matches("<svg").count(), 1);
    // In the order given, whatever came of them.
    let rows: Vec<usize> = ["table-1", "table-2", "table-3", "table-4", "west"]
        .map(|label| {
            page.find(&format!("<th scope=\"row\">{label}"))
                .expect("a row")
        })
        .to_vec();
    assert!(rows.is_sorted());
    assert!(page.contains("To talk about first") && page.contains("What this does not show"));
}

#[test]
fn the_same_bytes_for_any_number_of_threads() {
    let folder = folder("threads");
    let path = save(&folder, "west.jsonl", &session(QUARREL, 5, "west", 0.1));
    let of = |threads: &str| {
        out(&[
            &path,
            "--format",
            "html",
            "--runs",
            "300",
            "--threads",
            threads,
        ])
    };
    assert_eq!(of("1"), of("4"));
}

#[test]
fn the_page_goes_into_a_file_by_its_ending() {
    let folder = folder("files");
    let path = save(&folder, "g.jsonl", &session(QUARREL, 1, "east", 0.1));
    let page = folder.join("g.html");
    let named = page.to_str().expect("text");
    let output = debrief(&[&path, "--out", named, "--runs", "50"]);
    assert!(output.status.success() && output.stdout.is_empty());
    assert!(
        fs::read_to_string(&page)
            .expect("written")
            .starts_with("<!DOCTYPE html>")
    );
    assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 2);
    let (code, said) = refused(&[&path, "--out", folder.join("g").to_str().expect("text")]);
    assert_eq!(code, Some(1));
    assert!(said.contains("--format"), "{said}");
    let nowhere = folder.join("no/such/g.html");
    let (code, _) = refused(&[
        &path,
        "--runs",
        "20",
        "--out",
        nowhere.to_str().expect("text"),
    ]);
    assert_eq!(code, Some(3));
}

/// In the terminal a game is looked back on in a few screens, with the way to the rest.
#[test]
fn the_terminal_gets_the_chief_of_it() {
    let folder = folder("short");
    for (file, seat, margin, seed) in [
        (QUARREL, "east", 0.02, 3),
        (BASELINE, "us", 0.01, 3),
        (BASELINE, "ukraine", 0.3, 2),
    ] {
        let name = format!("{seat}-{seed}.jsonl");
        let path = save(&folder, &name, &session(file, seed, seat, margin));
        let found = out(&[&path, "--runs", "200"]);
        fs::write(folder.join(&name).with_extension("txt"), &found).expect("writable");
        let lines = found.lines().count();
        assert!(lines <= 120, "{lines} lines\n{found}");
        let wide = found.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None);
        assert_eq!(unwelcome(&found), Vec::<String>::new());
        let places: Vec<usize> = [
            "First, in your own words",
            "How it ended",
            "Beside what the same facts gave agents",
            "Of 50 simulated worlds",
            "<- this game",
            "Percentile ",
            "Your offers, and what was left on the table",
            "What you predicted",
            "Brier score ",
            "Where it turned",
            "What the others wanted",
            "--full",
        ]
        .map(|part| {
            found
                .find(part)
                .unwrap_or_else(|| panic!("{part}\n{found}"))
        })
        .to_vec();
        assert!(places.is_sorted(), "{places:?}");
        assert!(found.contains("not a forecast"));
        let full = out(&[&path, "--runs", "200", "--full"]);
        assert!(full.lines().count() > 2 * lines, "the rest is elsewhere");
    }
}

#[test]
fn few_runs_are_pointed_out() {
    let folder = folder("few");
    let path = save(&folder, "g.jsonl", &session(QUARREL, 1, "east", 0.1));
    let found = out(&[&path, "--runs", "20", "--full"]);
    assert!(found.contains("Only 20 runs could be compared"), "{found}");
    assert!(out(&[&path, "--runs", "20"]).contains("too few for more than a hint"));
    assert!(!out(&[&path, "--runs", "40", "--full"]).contains("could be compared"));
}

#[test]
fn files_that_cannot_be_used_are_refused_with_a_reason() {
    let folder = folder("broken");
    let sound = session(QUARREL, 2, "east", 0.1);
    let whole = sound.text();
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).expect("writable");
        path.to_str().expect("text").to_owned()
    };
    let cut = |lines: usize| -> String { whole.split_inclusive('\n').take(lines).collect() };
    let unfinished = write("unfinished.jsonl", &cut(7));
    let (code, said) = refused(&[&unfinished]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("not over") && said.contains("--resume"),
        "{said}"
    );

    let torn = write("torn.jsonl", &whole[..cut(7).len() - 9]);
    let (code, said) = refused(&[&torn]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("cut off") && said.contains("not over"),
        "{said}"
    );

    let garbage = write("garbage.jsonl", "hello\n");
    let (code, said) = refused(&[&garbage]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("garbage.jsonl:1") && said.contains("jawjaw play"),
        "{said}"
    );

    let header = |change: &dyn Fn(&mut Header)| {
        let mut other = sound.clone();
        change(&mut other.header);
        other.text()
    };
    let seat = write(
        "seat.jsonl",
        &header(&|header| header.seat = "eest".to_owned()),
    );
    let (code, said) = refused(&[&seat]);
    assert_eq!(code, Some(1));
    assert!(said.contains("`eest`") && said.contains("`east`"), "{said}");

    let hash = write(
        "hash.jsonl",
        &header(&|header| header.resolved_sha256 = "0".repeat(64)),
    );
    let (code, said) = refused(&[&hash]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("000000000000") && said.contains("--scenario"),
        "{said}"
    );

    let old = write("old.jsonl", &header(&|header| header.model_version = 9999));
    let (code, said) = refused(&[&old]);
    assert_eq!(code, Some(1));
    assert!(said.contains("version 9999 of the model"), "{said}");

    let moved = write(
        "moved.jsonl",
        &header(&|header| header.scenario = "no.toml".to_owned()),
    );
    let (code, said) = refused(&[&moved]);
    assert_eq!(code, Some(3));
    assert!(said.contains("no.toml"), "{said}");
    let found = out(&[&moved, "--scenario", QUARREL, "--runs", "20"]);
    assert!(found.contains("How it ended"));

    let (code, said) = refused(&[folder.join("none.jsonl").to_str().expect("text")]);
    assert_eq!(code, Some(3));
    assert!(said.contains("none.jsonl"), "{said}");
    assert_eq!(refused(&[]).0, Some(2));

    let other = write("other.jsonl", &session(BASELINE, 1, "us", 0.1).text());
    let sound = write("sound.jsonl", &whole);
    let (code, said) = refused(&[&sound, &other]);
    assert_eq!(code, Some(1));
    assert!(said.contains("a class shares its facts"), "{said}");
    let (code, said) = refused(&[&sound, "--runs", "0"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("--runs"), "{said}");
}
