//! Teaching exercises: the shipped ones are sound and print, broken ones say why, and no sheet tells
//! a seat what belongs to another.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jawjaw::cli::render;
use jawjaw::diagnostic::Severity;
use jawjaw::evidence::Evidence;
use jawjaw::exercise::pages::{Page, Reader, for_seat, pages};
use jawjaw::exercise::types::{Exercise, Mode};
use jawjaw::exercise::{Opened, check, load, seated};
use jawjaw::model::Model;
use jawjaw::report::html::faults;
use jawjaw::scenario::load::{FactIndex, FactText, LoadError, Loader};
use jawjaw::scenario::quantity::Dist;
use jawjaw::scenario::types::Scenario;
use jiff::civil::{Date, date};
use proptest::prelude::*;

const FIXTURE: &str = include_str!("fixtures/exercise.toml");
const QUARREL: &str = include_str!("fixtures/quarrel.toml");

/// Files of the repository.
struct Disk;

impl Loader for Disk {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        std::fs::read_to_string(path).map_err(|_| LoadError::NotFound)
    }
}

/// An exercise under `scenarios/exercises/x.toml`, and the quarrel beside it.
struct Text<'t>(&'t str);

impl Loader for Text<'_> {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        match path {
            "scenarios/exercises/x.toml" => Ok(self.0.to_owned()),
            "scenarios/exercises/quarrel.toml" => Ok(QUARREL.to_owned()),
            _ => Err(LoadError::NotFound),
        }
    }
}

struct Facts;

impl FactIndex for Facts {
    fn ids(&self) -> Vec<&str> {
        vec!["the-charter", "the-storm"]
    }
    fn fact_date(&self, id: &str) -> Option<Date> {
        let year = if id == "the-charter" { 1990 } else { 2021 };
        self.ids().contains(&id).then(|| date(year, 1, 1))
    }
    fn fact_text(&self, _: &str) -> Option<FactText> {
        None
    }
    fn base_rate_exists(&self, _: &str) -> bool {
        false
    }
}

fn opened(text: &str) -> Opened {
    load("scenarios/exercises/x.toml", &Text(text), &Facts)
}

fn fixture() -> (Exercise, Scenario) {
    let opened = opened(FIXTURE);
    let problems: Vec<_> = opened.loaded.diagnostics.iter().collect();
    let exercise = opened
        .exercise
        .unwrap_or_else(|| panic!("the fixture is sound: {problems:?}"));
    (exercise, opened.loaded.scenario.expect("with an exercise"))
}

fn shipped() -> Vec<PathBuf> {
    let entries = std::fs::read_dir("scenarios/exercises").expect("a folder of exercises");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("it can be listed").path())
        .collect();
    files.sort();
    files
}

/// What a shipped file holds, without a complaint.
fn sound(path: &Path) -> (Exercise, Scenario, Evidence) {
    let facts = Evidence::shipped();
    let opened = load(&path.to_string_lossy(), &Disk, &facts);
    let complaints: Vec<_> = opened
        .loaded
        .diagnostics
        .iter()
        .filter(|one| one.severity != Severity::Notice)
        .collect();
    assert!(complaints.is_empty(), "{}: {complaints:?}", path.display());
    (
        opened.exercise.expect("no complaint"),
        opened.loaded.scenario.expect("no complaint"),
        opened.loaded.evidence.unwrap_or(facts),
    )
}

// ------------------------------------------------------------------------------- what ships

#[test]
fn the_shipped_exercises_are_sound_and_of_every_mode() {
    let mut modes = BTreeSet::new();
    let mut cutoffs = BTreeSet::new();
    for path in shipped() {
        let (exercise, scenario, _) = sound(&path);
        modes.insert(format!("{:?}", exercise.mode));
        cutoffs.insert(exercise.cutoff);
        let stem = path.file_stem().expect("a name").to_string_lossy();
        assert_eq!(exercise.id, stem, "named as its id");
        assert!(exercise.cutoff <= scenario.cutoff);
        if exercise.mode == Mode::Class {
            assert!(exercise.rounds.is_some(), "{stem} says how many meetings");
        }
    }
    assert!(shipped().len() >= 5);
    assert_eq!(modes.len(), 3, "{modes:?}");
    assert_eq!(cutoffs.len(), 2, "two crises: {cutoffs:?}");
}

#[test]
fn the_short_lesson_has_four_seats_three_issues_and_four_meetings() {
    let (exercise, scenario, _) = sound(Path::new("scenarios/exercises/geneva-50-minutes.toml"));
    let rounds = Model::compile(scenario.clone())
        .expect("it compiles")
        .rounds;
    assert_eq!(exercise.seats.len(), 4);
    assert_eq!(scenario.issues.len(), 3);
    assert_eq!(rounds.len(), 4);
    assert_eq!(exercise.minutes, 50);
    let (exercise, scenario, _) = sound(Path::new("scenarios/exercises/geneva-75-minutes.toml"));
    let rounds = Model::compile(scenario).expect("it compiles").rounds;
    assert_eq!((rounds.len(), exercise.injects.len()), (6, 2));
}

/// A fact that a brief cites was known on the day on which the exercise stands still.
#[test]
fn nothing_cited_is_later_than_the_cutoff() {
    for path in shipped() {
        let (exercise, _, evidence) = sound(&path);
        let text = std::fs::read_to_string(&path).expect("it was read before");
        let cited = jawjaw::exercise::prose::citations(&text);
        assert!(cited.len() >= 5, "{}: {cited:?}", path.display());
        for id in cited {
            let fact = evidence.fact(id).expect("checked on loading");
            assert!(fact.date.for_cutoff() <= exercise.cutoff, "{id}");
        }
    }
}

#[test]
fn every_shipped_exercise_prints_sound_pages() {
    for path in shipped() {
        let (exercise, scenario, evidence) = sound(&path);
        let pages = pages(&exercise, &scenario, &evidence, None);
        assert!(pages.len() >= 7, "{}", path.display());
        for page in &pages {
            let found = faults(&page.html);
            assert!(found.is_empty(), "{} {}: {found:?}", exercise.id, page.file);
            for outside in ["http://", "https://", "src=", "url(", "@import"] {
                let own = page.html.replace("http://www.w3.org/2000/svg", "");
                assert!(!own.contains(outside), "{}: {outside}", page.file);
            }
            let marks = page.html.contains("[d0-") || page.html.contains("[d4-");
            assert!(!marks, "{} shows the mark of a citation", page.file);
        }
        let answers = exercise.post.iter().map(|item| &item.answer);
        for answer in answers.filter(|answer| answer.len() > 30) {
            let shown = |page: &&Page| page.reader != Reader::Teacher && page.html.contains(answer);
            assert!(!pages.iter().any(|page| shown(&page)), "{answer}");
        }
    }
}

/// Every ending is there, and none is everything: a class compares with something.
#[test]
fn what_classes_play_ends_in_more_than_one_way() {
    use jawjaw::ensemble::{Plan, game::Game, screen::traces};
    for name in ["geneva-50-minutes", "geneva-75-minutes", "cuba-75-minutes"] {
        let (_, scenario, _) = sound(Path::new(&format!("scenarios/exercises/{name}.toml")));
        let outcomes = scenario.outcomes.len();
        let model = Model::compile(scenario).expect("it compiles");
        let plan = Plan::new(1, 60, 10).expect("runs");
        let counts = traces(&Game::new(model, |_| None), plan).counts(outcomes);
        let most = counts.iter().max().expect("outcomes");
        let often = counts.iter().filter(|count| **count >= 6).count();
        assert!(*most < 450 && often >= 3, "{name}: {counts:?}");
    }
}

// ----------------------------------------------------------------------------------- broken

/// The fixture broken one way at a time: name, what is replaced, by what.
const BROKEN: &[(&str, &str, &str)] = &[
    ("unknown-key", "audience =", "audiense ="),
    ("unknown-party", "party = \"mid\"", "party = \"midd\""),
    ("no-scenario", "scenario = \"quarrel.toml\"\n", ""),
    ("unreadable-scenario", "\"quarrel.toml\"", "\"quarel.toml\""),
    ("scenario-outside", "\"quarrel.toml\"", "\"../../x.toml\""),
    ("minutes-sum", "minutes = 13", "minutes = 12"),
    (
        "debrief-short",
        "minutes = 13\ntext = \"They meet.\"\n\n[[phases]]\nid = \"talk\"\nkind = \"debrief\"\nminutes = 7",
        "minutes = 16\ntext = \"They meet.\"\n\n[[phases]]\nid = \"talk\"\nkind = \"debrief\"\nminutes = 4",
    ),
    (
        "deal-graded",
        "aspect = \"use-of-evidence\"\nweight = 20\nmeets = \"Cited.\"",
        "aspect = \"use-of-evidence\"\nweight = 10\nmeets = \"Cited.\"\n\n[[rubric]]\naspect = \"deal\"\nweight = 10\nmeets = \"A good one.\"",
    ),
    (
        "rubric-weights",
        "weight = 20\nmeets = \"Prepared.\"",
        "weight = 25\nmeets = \"Prepared.\"",
    ),
    (
        "rubric-gap",
        "aspect = \"value-creation\"",
        "aspect = \"preparation\"",
    ),
    ("seat-type", "type = \"wary\"\n", ""),
    ("unknown-type", "type = \"wary\"", "type = \"weary\""),
    (
        "unknown-fact",
        "[the-charter].\"\nwants = [\"the tolls\"]",
        "[the-chart].\"\nwants = [\"the tolls\"]",
    ),
    (
        "evidence-after-cutoff",
        "You hold the strait, and have held it for long [the-charter].",
        "You hold the strait since the last storm [the-storm].",
    ),
    (
        "year-after-cutoff",
        "You want the tolls.\"",
        "You want the tolls of 2023.\"",
    ),
    (
        "uncited-brief",
        " [the-charter].\"\nwants = [\"peace\"]",
        ".\"\nwants = [\"peace\"]",
    ),
    (
        "brief-lengths",
        "short = \"You hold the strait.\"",
        "short = \"You hold the strait, as your fathers held it, and will go on holding it.\"",
    ),
    ("inject-time", "round = 1\n", ""),
    ("inject-late", "round = 1\n", "round = 99\n"),
    (
        "inject-waits",
        "round = 1\n",
        "when = { round = \">= 99\" }\n",
    ),
    (
        "inject-waits-for-the-end",
        "round = 1\n",
        "when = { terminal = \"any\" }\n",
    ),
    ("seen-by", "seen_by = [\"mid\"]", "seen_by = \"every\""),
    (
        "unknown-objective",
        "expected = \"Somebody waits.\"\nobjective = \"trade\"",
        "expected = \"Somebody waits.\"\nobjective = \"trades\"",
    ),
    (
        "rounds-differ",
        "minutes = 20\n",
        "minutes = 20\nrounds = 99\n",
    ),
    (
        "cutoff-late",
        "minutes = 20\n",
        "minutes = 20\ncutoff = 2021-01-01\n",
    ),
    ("stage-missing", "stage = \"what-if\"", "stage = \"feel\""),
    ("no-seat", "mode = \"class\"", "mode = \"lab\""),
    ("no-tasks", "mode = \"class\"", "mode = \"homework\""),
    (
        "not-changed",
        "[[objectives]]\nid",
        "[change]\nid = \"other\"\n\n[[objectives]]\nid",
    ),
    (
        "broken-change",
        "[[objectives]]\nid",
        "[change]\nremove = [\"issues.tols\"]\n\n[[objectives]]\nid",
    ),
    (
        "event-timing",
        "objective = \"trade\"\n\n[worksheet]",
        "objective = \"trade\"\nevent = \"regatta\"\n\n[worksheet]",
    ),
    (
        "event-at-random",
        "objective = \"trade\"\n\n[worksheet]",
        "objective = \"trade\"\nevent = \"collision\"\n\n[worksheet]",
    ),
    (
        "duplicate-seat",
        "party = \"mid\"",
        "party = \"east\"\ntype = \"bold\"",
    ),
    ("empty-text", "setup = \"A table.\"", "setup = \" \""),
    ("syntax", "mode = \"class\"", "mode = class"),
];

fn broken(from: &str, to: &str) -> Opened {
    assert!(FIXTURE.contains(from), "the fixture holds {from:?}");
    opened(&FIXTURE.replacen(from, to, 1))
}

#[test]
fn broken_exercises_say_what_is_wrong() {
    fixture();
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("snapshots/exercises");
    settings.bind(|| {
        for (name, from, to) in BROKEN {
            let opened = broken(from, to);
            let texts = opened.loaded.diagnostics.iter();
            let texts = texts.map(|one| render::text(one, &opened.loaded.sources, false));
            let text = texts.collect::<Vec<_>>().join("\n\n");
            assert!(!text.is_empty(), "{name} is not broken");
            insta::assert_snapshot!(*name, text);
        }
    });
}

#[test]
fn every_kind_of_problem_is_shown_and_only_errors_withhold_the_exercise() {
    let mut seen = BTreeSet::new();
    for (name, from, to) in BROKEN {
        let opened = broken(from, to);
        let diagnostics = &opened.loaded.diagnostics;
        let codes: BTreeSet<&str> = diagnostics.iter().map(|one| one.code).collect();
        if check::CODES.contains(name) {
            assert!(codes.contains(name), "{name} shows only {codes:?}");
        }
        let failed = diagnostics
            .iter()
            .any(|one| one.severity == Severity::Error);
        assert_eq!(opened.exercise.is_none(), failed, "{name}");
        assert_eq!(opened.loaded.scenario.is_none(), failed, "{name}");
        seen.extend(codes);
    }
    let missed: Vec<_> = check::CODES
        .iter()
        .filter(|code| !seen.contains(**code))
        .collect();
    assert!(missed.is_empty(), "no broken exercise shows {missed:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever is cut out of an exercise and put in its place, reading ends, and points into texts.
    #[test]
    fn nothing_written_brings_the_reading_down(
        at in 0_usize..5000,
        length in 0_usize..60,
        junk in "[\\x00-\\x7f\u{e9}\u{2014}\\[\\]\"'={}.,#\n-]{0,30}",
    ) {
        let start = FIXTURE.floor_char_boundary(at.min(FIXTURE.len()));
        let end = FIXTURE.ceil_char_boundary((start + length).min(FIXTURE.len()));
        let text = [&FIXTURE[..start], &junk, &FIXTURE[end..]].concat();
        let opened = opened(&text);
        for one in &opened.loaded.diagnostics {
            for label in &one.labels {
                let source = &opened.loaded.sources.files[label.source.0 as usize].text;
                prop_assert!(source.get(label.span.clone()).is_some(), "{one:?}");
            }
            prop_assert!(!render::text(one, &opened.loaded.sources, true).is_empty());
        }
        if let (Some(exercise), Some(scenario)) = (&opened.exercise, &opened.loaded.scenario) {
            pages(exercise, scenario, &Evidence::default(), None);
        }
    }
}

// ------------------------------------------------------------------------------------- leaks

/// A word for every text of every seat, and another for each of its numbers' names.
fn with_canaries(exercise: &mut Exercise, scenario: &mut Scenario) -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    for (seat_index, seat) in exercise.seats.iter_mut().enumerate() {
        let mut own = Vec::new();
        let mut canary = |text: &mut String| {
            let word = format!("canary-{seat_index}-{}x", own.len());
            text.extend([" ", &word]);
            own.push(word);
        };
        for text in [&mut seat.short, &mut seat.long, &mut seat.outside_option] {
            canary(text);
        }
        for list in [&mut seat.wants, &mut seat.red_lines, &mut seat.unknown] {
            list.iter_mut().for_each(&mut canary);
        }
        let party = scenario.parties.iter_mut().find(|one| one.id == seat.party);
        for kind in &mut party.expect("a seat's party is there").types {
            canary(&mut kind.name);
        }
        all.push((seat.party.clone(), own));
    }
    for inject in &mut exercise.injects {
        let word = format!("canary-inject-{}", inject.id);
        inject.text.extend([" ", &word]);
        for (party, own) in &mut all {
            if inject.seen_by.includes(party) {
                own.push(word.clone());
            }
        }
    }
    all
}

#[test]
fn no_sheet_holds_another_seats_canary() {
    let mut files = shipped();
    files.push(PathBuf::from("tests/fixtures/exercise.toml"));
    for path in files {
        let (mut exercise, mut scenario, evidence) = if path.starts_with("tests") {
            let (exercise, scenario) = fixture();
            (exercise, scenario, Evidence::default())
        } else {
            sound(&path)
        };
        let seats = with_canaries(&mut exercise, &mut scenario);
        let words: BTreeSet<&String> = seats.iter().flat_map(|(_, own)| own).collect();
        for (party, own) in &seats {
            let pages = for_seat(&exercise, &scenario, &evidence, party);
            let text: String = pages.iter().map(|page| page.html.as_str()).collect();
            for word in &words {
                let mine = own.contains(word);
                // A type that the seat is not is nobody's to see, its own included.
                if !mine {
                    assert!(!text.contains(word.as_str()), "{party} reads {word}");
                }
            }
            let brief = own.iter().take(3).all(|word| text.contains(word.as_str()));
            assert!(brief, "{party} reads its own brief");
        }
        let all = pages(&exercise, &scenario, &evidence, None);
        for page in all.iter().filter(|page| page.reader == Reader::All) {
            for word in &words {
                let shared = exercise.injects.iter().any(|one| word.ends_with(&one.id));
                assert!(
                    shared || !page.html.contains(word.as_str()),
                    "{}",
                    page.file
                );
            }
        }
    }
}

/// Changes every number and text that belongs to a party alone.
fn scramble(exercise: &mut Exercise, scenario: &mut Scenario, party: &str) {
    let Some(index) = scenario.parties.iter().position(|one| one.id == party) else {
        return;
    };
    let kinds: Vec<String> = scenario.parties[index]
        .types
        .iter()
        .map(|one| one.id.clone())
        .collect();
    for seat in exercise.seats.iter_mut().filter(|seat| seat.party == party) {
        for text in [&mut seat.short, &mut seat.long, &mut seat.outside_option] {
            "Something else.".clone_into(text);
        }
        for list in [&mut seat.wants, &mut seat.red_lines, &mut seat.unknown] {
            *list = vec!["nothing".to_owned(); 7];
        }
        if seat.kind.is_some() {
            seat.kind = kinds.last().cloned();
        }
    }
    for kind in &mut scenario.parties[index].types {
        "Somebody else".clone_into(&mut kind.name);
        for preference in &mut kind.preferences {
            preference.weight.dist = Dist::Constant(0.123);
            for value in &mut preference.values {
                value.dist = Dist::Constant(0.456);
            }
            preference.red_line = None;
        }
        for payoff in &mut kind.force {
            payoff.prize.dist = Dist::Constant(0.987);
        }
    }
    scenario.linkages.retain(|linkage| linkage.party != party);
    for form in &mut scenario.forms {
        form.durability.remove(party);
    }
    for option in &mut scenario.force {
        option.damage.remove(party);
    }
    exercise.injects.retain(|inject| {
        use jawjaw::exercise::types::SeenBy;
        inject.seen_by != SeenBy::Parties(vec![party.to_owned()])
    });
}

/// The stronger form of the same: what a seat may see is a function of what is public and its own.
#[test]
fn a_seats_sheets_do_not_change_with_what_belongs_to_the_others() {
    for path in shipped() {
        let (exercise, scenario, evidence) = sound(&path);
        for seat in &exercise.seats {
            let before = for_seat(&exercise, &scenario, &evidence, &seat.party);
            for other in scenario.parties.iter().filter(|one| one.id != seat.party) {
                let (mut changed, mut world) = (exercise.clone(), scenario.clone());
                scramble(&mut changed, &mut world, &other.id);
                let after = for_seat(&changed, &world, &evidence, &seat.party);
                for (one, two) in before.iter().zip(&after) {
                    assert_eq!(
                        one.html, two.html,
                        "{} {}: {}",
                        exercise.id, seat.party, one.file
                    );
                }
                assert_eq!(before.len(), after.len());
            }
            let (mut changed, mut world) = (exercise.clone(), scenario.clone());
            scramble(&mut changed, &mut world, &seat.party);
            let after = for_seat(&changed, &world, &evidence, &seat.party);
            assert_ne!(before, after, "the test changes what matters");
        }
    }
}

/// In its seat a party is what its brief says, and nobody is told.
#[test]
fn a_seated_party_is_of_its_type_and_the_others_believe_as_before() {
    let (exercise, scenario) = fixture();
    let seat = exercise.seat("east").expect("the fixture seats it");
    let seated = seated(&scenario, seat);
    let before = Model::compile(scenario).expect("it compiles");
    let after = Model::compile(seated.clone()).expect("it compiles");
    let priors: Vec<f64> = seated.parties[0]
        .types
        .iter()
        .map(|one| one.prior.dist.mode())
        .collect();
    assert_eq!(priors, [1.0, 0.0]);
    for observer in ["west", "mid"] {
        let believed = &seated.beliefs.priors[observer]["east"];
        assert_eq!(believed["wary"].dist, Dist::Constant(0.6));
        assert_eq!(believed["bold"].dist, Dist::Constant(0.4));
    }
    assert_eq!(before.rounds.len(), after.rounds.len());
}

// ------------------------------------------------------------------------------ command line

fn jawjaw(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jawjaw"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("the binary runs")
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_pack_is_written_and_written_again() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pack");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the last test's folder can go");
    }
    let out = folder.to_string_lossy();
    let file = "scenarios/exercises/geneva-50-minutes.toml";
    let arguments = [
        "exercise",
        "print",
        file,
        "--out",
        &out,
        "--draws",
        "10",
        "--replicates",
        "5",
        "-q",
    ];
    let mut guides = Vec::new();
    for threads in ["1", "2"] {
        let output = jawjaw(&[&arguments[..], &["--threads", threads]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
        assert!(said(&output.stdout).contains("seat-ukraine.html"));
        guides.push(std::fs::read(folder.join("guide.html")).expect("the guide is there"));
    }
    assert_eq!(guides[0], guides[1], "threads change nothing");
    let guide = said(&guides[0]);
    assert!(
        guide.contains("<svg") && guide.contains("50 runs"),
        "the distribution is in it"
    );
    assert!(faults(&guide).is_empty(), "{:?}", faults(&guide));
    std::fs::remove_file(folder.join("manifest.json")).expect("it was written");
    let output = jawjaw(&arguments);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output.stderr).contains("another `--out`"),
        "{}",
        said(&output.stderr)
    );
}

#[test]
fn an_exercise_is_checked_listed_and_played_by_agents_like_a_scenario() {
    let file = "scenarios/exercises/homework-two-runs.toml";
    let output = jawjaw(&["check", "--strict", file]);
    assert_eq!(said(&output.stdout), format!("{file}: ok\n"));
    let output = jawjaw(&["exercise", "list"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(said(&output.stdout).contains("class, 50 minutes, 4 seats"));
    let output = jawjaw(&["exercise", "print", "scenarios/geneva-week.toml"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output.stderr).contains("a scenario, not an exercise"));
    let output = jawjaw(&["exercise", "print", "nothing.toml"]);
    assert_eq!(output.status.code(), Some(3));
    let output = jawjaw(&["schema", "exercise"]);
    assert!(said(&output.stdout).contains("\"seats\""));
    let output = jawjaw(&["show", "--resolved", file]);
    assert!(
        said(&output.stdout).contains("homework-two-runs.toml"),
        "changed values name the file"
    );
}

// ------------------------------------------------------------------------------------- played

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder to write in");
    for entry in std::fs::read_dir(from).expect("a folder of the repository") {
        let path = entry.expect("it can be listed").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, target).expect("it can be copied");
        }
    }
}

/// A copy of the collection to write in.
fn collection(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("left by an earlier run");
    }
    for part in ["scenarios", "seeds"] {
        copy(Path::new(part), &folder.join(part));
    }
    folder
}

/// Runs `jawjaw` in a folder with some lines to read.
fn talk(folder: &Path, arguments: &[&str], lines: &str) -> Output {
    use std::io::Write;
    let mut child = Command::new(env!("CARGO_BIN_EXE_jawjaw"))
        .args(arguments)
        .current_dir(folder)
        .env("COLUMNS", "80")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("it is piped");
    let lines = lines.to_owned();
    let writer = std::thread::spawn(move || {
        // The game may be over before everything is read.
        input.write_all(lines.as_bytes()).ok();
    });
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("it only writes");
    output
}

/// Puts a word before every text of every seat's brief and of every inject that not all see.
fn marked(text: &str, exercise: &Exercise) -> (String, Vec<(Vec<String>, String)>) {
    let (mut out, mut words) = (String::new(), Vec::new());
    let (mut table, mut seat, mut inject) = ("", usize::MAX, usize::MAX);
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with('[') && line.ends_with(']') {
            table = line;
            let next = |index: usize| index.wrapping_add(1);
            if table == "[[seats]]" {
                seat = next(seat);
            } else if table == "[[injects]]" {
                inject = next(inject);
            }
            inside = false;
        }
        let readers = match table {
            "[[seats]]" => vec![exercise.seats[seat].party.clone()],
            "[[injects]]" => {
                let seats = exercise.seats.iter().map(|seat| seat.party.clone());
                let seen_by = &exercise.injects[inject].seen_by;
                seats.filter(|party| seen_by.includes(party)).collect()
            }
            _ => Vec::new(),
        };
        let key = line.split(" = ").next().unwrap_or("");
        let brief = [
            "short",
            "long",
            "wants",
            "red_lines",
            "outside_option",
            "unknown",
        ];
        let starts = match table {
            "[[seats]]" => brief.contains(&key),
            "[[injects]]" => key == "text",
            _ => false,
        };
        let lists = inside && line.starts_with("  \"");
        let word = format!("canary{}x", words.len());
        if starts && line.ends_with("\"\"\"") {
            out.extend([line, "\n", &word, " \\\n"]);
            words.push((readers, word));
        } else if (starts || lists) && line.contains('"') {
            out.extend([&line.replacen('"', &format!("\"{word} "), 1), "\n"]);
            words.push((readers, word));
        } else {
            out.extend([line, "\n"]);
        }
        inside = (starts && line.ends_with('[')) || (inside && line != "]");
    }
    (out, words)
}

/// Reads everything there is to read, then gets through the game somehow.
fn curious(parties: usize) -> String {
    let looks = "brief\nbrief long\nbrief points\nhistory\n?\nbackground\nissues\ncalendar\n";
    let mut lines = looks.to_owned();
    lines += &"\n".repeat(parties + 1);
    lines += "skip\n\n";
    lines += looks;
    lines += "moves\ncommitments\nworksheet\ncaucus\n? canary\n";
    for _ in 0..150 {
        lines += "brief\nbrief long\nhistory\n?\nrefuse\npass\nwait\n";
    }
    lines
}

/// Nothing that another seat alone may know is ever on the screen of a seat that is played.
#[test]
fn no_played_seat_shows_another_seats_canary() {
    let folder = collection("lessons-canaries");
    let mut played = 0;
    for path in shipped() {
        let (exercise, scenario, _) = sound(&path);
        let text = std::fs::read_to_string(&path).expect("it was read before");
        let (text, words) = marked(&text, &exercise);
        assert!(
            words.len() >= exercise.seats.len() * 8,
            "{}",
            path.display()
        );
        std::fs::write(folder.join(&path), text).expect("a copy to write in");
        let file = path.to_string_lossy();
        for seat in &exercise.seats {
            let arguments = ["play", &*file, "--as", &*seat.party, "--plain"];
            let output = talk(&folder, &arguments, &curious(scenario.parties.len()));
            let (out, err) = (said(&output.stdout), said(&output.stderr));
            assert_eq!(
                output.status.code(),
                Some(0),
                "{file} {}: {err}",
                seat.party
            );
            assert!(
                out.contains("The end, "),
                "{file} {} is played out",
                seat.party
            );
            for (readers, word) in &words {
                if !readers.contains(&seat.party) {
                    assert!(!out.contains(word.as_str()), "{} reads {word}", seat.party);
                } else if readers.len() == 1 {
                    assert!(out.contains(word.as_str()), "{} misses {word}", seat.party);
                }
            }
            let session = std::fs::read_dir(folder.join("output/sessions")).expect("sessions");
            played = session.count();
        }
    }
    assert!(played >= 12, "{played} seats were played");
}

/// What everybody reads first; the session names the exercise and goes on and back with it.
#[test]
fn an_exercise_is_played_resumed_and_debriefed() {
    let folder = collection("lessons-games");
    let file = "scenarios/exercises/geneva-75-minutes.toml";
    let save = "game.jsonl";
    let play = |lines: &str| {
        let arguments = [
            "play", file, "--as", "us", "--seed", "4", "--plain", "--save", save,
        ];
        said(&talk(&folder, &arguments, lines).stdout)
    };
    let out = play("? asymmetric\n? d4-open-door\nquit\n");
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("snapshots/exercises");
    settings.bind(|| insta::assert_snapshot!("played", out));
    let log = std::fs::read_to_string(folder.join(save)).expect("the session");
    assert!(log.contains("\"exercise\":\"scenarios/exercises/geneva-75-minutes.toml\""));
    assert!(log.contains("\"scenario\":\"scenarios/classroom/geneva-five-issues.toml\""));
    assert!(log.contains("\"exercise_sha256\":\""), "{log}");

    let resume = ["play", "--resume", save, "--plain"];
    let out = said(&talk(&folder, &resume, &curious(4)).stdout);
    assert!(out.contains("The end, "), "{out}");
    // A card comes once by itself and stays in the history.
    let card = "Shots on the line in Donbas (after meeting 3).";
    assert!(out.contains(card), "the inject is handed out");
    let at = out.find(card).unwrap_or_default();
    let late = out[..at].rfind(", round ").unwrap_or_default();
    assert!(
        out[late..].starts_with(", round 3 of 6"),
        "{}",
        &out[late..at]
    );

    let debrief = ["debrief", save, "--runs", "20"];
    let output = talk(&folder, &debrief, "");
    let (out, before) = (said(&output.stdout), said(&output.stdout));
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
    assert_eq!(said(&output.stderr), "");
    let flat = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains("Suppose Ukraine had sat in every meeting."),
        "{out}"
    );

    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).expect("the copy");
    // Words may change: the game is what it was, and that they differ is said.
    let reworded = text.replacen("short = \"\"\"", "short = \"\"\"\nA word more. ", 1);
    std::fs::write(&path, format!("{reworded}# changed\n")).expect("a copy to write in");
    for arguments in [&resume[..], &debrief[..]] {
        let output = talk(&folder, arguments, "");
        let err = said(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{err}");
        assert!(err.contains("in its words only"), "{err}");
        assert!(arguments != debrief || said(&output.stdout) == before);
    }
    // What is played may not: another scenario, or another government in the seat.
    let scenario = folder.join("scenarios/classroom/geneva-five-issues.toml");
    let base = std::fs::read_to_string(&scenario).expect("the copy");
    std::fs::write(&path, &text).expect("a copy to write in");
    std::fs::write(
        &scenario,
        format!("{base}\n[talks]\nmove_order = \"drawn\"\n"),
    )
    .expect("a copy to write in");
    for arguments in [&resume[..], &debrief[..]] {
        let output = talk(&folder, arguments, "");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let err = said(&output.stderr);
        assert!(
            err.contains("changed since") || err.contains("SHA-256"),
            "{err}"
        );
    }
    std::fs::write(&scenario, base).expect("a copy to write in");
    let log = log.replacen("\"resolved", "\"seat_type\":\"other\",\"resolved", 1);
    let other = "other.jsonl";
    std::fs::write(folder.join(other), log).expect("a copy to write in");
    let reseated = talk(&folder, &["play", "--resume", other, "--plain"], "");
    assert_eq!(
        reseated.status.code(),
        Some(1),
        "{}",
        said(&reseated.stdout)
    );
}

/// News that waits for a condition comes before the first meeting at which it holds, to whom it is
/// for, and again when the game is taken up.
#[test]
fn conditional_news_reaches_the_player() {
    let folder = collection("lessons-conditions");
    let file = "scenarios/exercises/geneva-75-minutes.toml";
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).expect("the copy");
    let inject = |id: &str, when: &str, seen_by: &str| {
        format!(
            "\n[[injects]]\nid = \"{id}\"\ntitle = \"Note {id}\"\nwhen = {{ {when} }}\n\
             sender = \"The teacher\"\nseen_by = {seen_by}\ntext = \"It is so.\"\n\
             expected = \"It is read.\"\nobjective = \"news\"\n"
        )
    };
    let more = [
        inject("third", "round = \">= 3\"", "\"all\""),
        inject("shots", "done = [\"donbas-incident\"]", "[\"us\"]"),
        inject("theirs", "round = \">= 2\"", "[\"russia\"]"),
        inject(
            "never",
            "settled_count = { of = [\"troops\"], at_least = 1 }",
            "\"all\"",
        ),
    ];
    let issues = ["troops"];
    let (_, scenario, _) = sound(Path::new(file));
    let more = more.concat().replace(issues[0], &scenario.issues[0].id);
    std::fs::write(&path, format!("{text}{more}")).expect("a copy to write in");
    let check = talk(&folder, &["check", file], "");
    assert_eq!(check.status.code(), Some(0), "{}", said(&check.stderr));

    let save = "game.jsonl";
    let arguments = [
        "play", file, "--as", "us", "--seed", "4", "--plain", "--save", save,
    ];
    let lines = curious(4);
    let out = said(&talk(&folder, &arguments, &lines).stdout);
    assert!(out.contains("The end, "), "{out}");
    for (card, round) in [
        ("Note third (after meeting 2).", "Round 3, "),
        ("Note shots (after meeting 3).", "Round 4, "),
    ] {
        let at = out.find(card).unwrap_or_else(|| panic!("{card}\n{out}"));
        let next = out[at..]
            .find(round)
            .expect("the meeting comes after the card");
        assert!(
            !out[at..at + next].contains("At the table:"),
            "{card} comes before its meeting"
        );
        let earlier = out[..at].contains(&format!("\n{round}"));
        assert!(!earlier, "{card} comes as early as it holds");
    }
    assert!(!out.contains("Note theirs") && !out.contains("Note never"));

    // The same inputs, the same words; a game that is taken up has its cards in the history.
    let (log, whole) = (std::fs::read_to_string(folder.join(save)), out);
    let log = log.expect("the session");
    let again = said(&talk(&folder, &arguments, &lines).stdout);
    assert_eq!(whole, again);
    assert_eq!(
        std::fs::read_to_string(folder.join(save)).ok(),
        Some(log.clone())
    );
    let begun: Vec<&str> = log.lines().collect();
    let most = begun[..begun.len() - 1].join("\n") + "\n";
    std::fs::write(folder.join(save), most).expect("a copy to write in");
    let resume = ["play", "--resume", save, "--plain"];
    let out = said(&talk(&folder, &resume, "history\nquit\n").stdout);
    assert_eq!(
        out.matches("Note third (after meeting 2).").count(),
        1,
        "{out}"
    );
    assert_eq!(
        out.matches("Note shots (after meeting 3).").count(),
        1,
        "{out}"
    );
}

#[test]
fn seats_that_cannot_be_taken_are_explained() {
    let refused = |arguments: &[&str]| {
        let output = jawjaw(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        said(&output.stderr)
    };
    let lab = refused(&["play", "scenarios/exercises/lab-expert-claim.toml"]);
    assert!(
        lab.contains("has no seats") && lab.contains("jawjaw exercise print"),
        "{lab}"
    );
    let home = "scenarios/exercises/homework-two-runs.toml";
    let agent = refused(&["play", home, "--as", "nato"]);
    assert!(
        agent.contains("played by an agent") && agent.contains("us"),
        "{agent}"
    );
    let class = "scenarios/exercises/geneva-50-minutes.toml";
    let near = refused(&["play", class, "--as", "rusia"]);
    assert!(near.contains("Did you mean `russia`?"), "{near}");
    let none = refused(&["play", class]);
    assert!(none.contains("`ukraine` ("), "{none}");
}

/// What the sheets tell a student to type is what the program takes.
#[test]
fn the_commands_in_the_sheets_are_true() {
    let mut found = 0;
    for path in shipped() {
        let text = std::fs::read_to_string(&path).expect("it was read before");
        for (at, _) in text.match_indices("jawjaw play ") {
            let end = text[at..]
                .find(['`', '"', '\n'])
                .map_or(text.len(), |end| at + end);
            let words: Vec<&str> = text[at..end].split_whitespace().skip(1).collect();
            let save = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lessons-sheet.jsonl");
            let save = save.to_string_lossy();
            let arguments = [&words[..], &["--plain", "--save", &*save]].concat();
            let output = talk(Path::new("."), &arguments, "quit\n");
            assert_eq!(output.status.code(), Some(0), "{words:?}");
            assert!(
                said(&output.stdout).contains("Confidential: the brief of"),
                "{words:?}"
            );
            found += 1;
        }
        assert!(
            !text.contains(".session`"),
            "games are kept in .jsonl files"
        );
    }
    assert!(found >= 4, "{found}");
}
