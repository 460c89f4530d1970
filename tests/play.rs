//! Whole games through the program: a script answers on standard input, the transcripts are kept.
//!
//! The players answer by rule, so that a change of the model's luck changes the transcripts and not
//! the tests: `INSTA_UPDATE=always cargo test --test play` refreshes them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_jawjaw");

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A game under way, spoken to line by line.
struct Table {
    child: Child,
    transcript: String,
    read: usize,
}

impl Table {
    fn new(arguments: &[&str]) -> Self {
        let child = Command::new(PROGRAM)
            .arg("play")
            .args(arguments)
            .arg("--plain")
            .env("COLUMNS", "80")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            child,
            transcript: String::new(),
            read: 0,
        }
    }

    /// What was said up to the next prompt; none if the program has ended.
    fn listen(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        let mut piece = [0; 4096];
        let prompts: [&[u8]; 3] = [b"\n> ", b"table> ", b"yes or no> "];
        loop {
            let count = self
                .child
                .stdout
                .as_mut()
                .unwrap()
                .read(&mut piece)
                .unwrap();
            bytes.extend_from_slice(&piece[..count]);
            if count == 0 || prompts.iter().any(|prompt| bytes.ends_with(prompt)) {
                self.transcript += &String::from_utf8(bytes).unwrap();
                let heard = self.transcript[self.read..].to_owned();
                self.read = self.transcript.len();
                return (count > 0).then_some(heard);
            }
        }
    }

    fn say(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Plays by a rule from what was said to the next line, up to the end.
    fn play(mut self, mut rule: impl FnMut(&str) -> String) -> String {
        for _ in 0..800 {
            let Some(heard) = self.listen() else {
                let status = self.child.wait().unwrap();
                assert_eq!(status.code(), Some(0));
                return self.transcript;
            };
            self.say(&rule(&heard));
        }
        panic!("no end:\n{}", self.transcript);
    }
}

/// Answers the questions before the first round, then plays by the rule.
fn prepared(
    batna: &'static str,
    walk_away: &'static str,
    mut rule: impl FnMut(&str) -> String,
) -> impl FnMut(&str) -> String {
    move |heard| {
        if heard.contains("Your best alternative (BATNA)") {
            batna.to_owned()
        } else if heard.contains("Your walk-away point: below") {
            walk_away.to_owned()
        } else if heard.contains("as you guess?") {
            "2 1".to_owned()
        } else if heard.contains("Your prediction, before") {
            // All on the first of the outcomes, which are listed by letters.
            let listed = heard.lines().filter(|line| {
                let mut start = line.chars().skip(2);
                line.starts_with("  ")
                    && start
                        .next()
                        .is_some_and(|letter| letter.is_ascii_lowercase())
                    && start.next() == Some(' ')
            });
            (1..listed.count()).fold("100".to_owned(), |line, _| line + " 0")
        } else if heard.contains("Ready? Enter begins") {
            String::new()
        } else {
            rule(heard)
        }
    }
}

/// Takes what is above its walk-away point, asks for one thing otherwise, waits.
fn modest(ask: &'static str) -> impl FnMut(&str) -> String {
    move |heard| {
        let score = heard.rfind("To you:");
        let good = score.is_some_and(|at| heard[at..].contains(" above your"));
        let impossible = [
            "In force already",
            "is settled already",
            "cannot be settled",
            "No offer is on the table",
            "Not sent.",
        ];
        let line = if heard.ends_with("no> ") {
            "no"
        } else if impossible.iter().any(|said| heard.contains(said)) {
            "pass"
        } else if heard.contains("accept or refuse") || heard.contains("May this text stand?") {
            if good { "accept" } else { "refuse" }
        } else if heard.contains("Your turn: accept") {
            if good { "accept" } else { ask }
        } else if heard.contains("Your turn to offer") {
            ask
        } else if heard.contains("Your draft:") {
            "offer"
        } else if heard.contains("make a move by its number") {
            "wait"
        } else {
            "again"
        };
        line.to_owned()
    }
}

/// Insists on everything and leaves whenever that is possible.
fn rude(heard: &str) -> String {
    let line = if heard.ends_with("no> ") {
        "yes"
    } else if heard.contains("make a move by its number") {
        "1"
    } else if heard.contains("walk out") {
        "walk out"
    } else if heard.contains("accept or refuse") {
        "refuse"
    } else {
        "again"
    };
    line.to_owned()
}

fn neat(transcript: &str) -> String {
    let mut lines: Vec<&str> = transcript.lines().collect();
    // It names a file of this machine.
    lines.retain(|line| !line.contains("jawjaw debrief "));
    let long = lines.iter().find(|line| line.chars().count() > 80);
    // A typed line stands behind its prompt.
    assert_eq!(long.filter(|line| !line.starts_with("table> ")), None);
    lines.join("\n")
}

#[test]
fn a_modest_game_on_the_river() {
    let save = scratch("play-river").join("game.jsonl");
    let save = save.to_str().unwrap();
    let arguments = [
        "tests/fixtures/minimal.toml",
        "--as",
        "lowland",
        "--seed",
        "3",
        "--save",
        save,
    ];
    let mut looks = ["? walk-away point", "issues", "? 2", "caucus", "brief"].into_iter();
    let mut rule = modest("1c 2b");
    let curious = move |heard: &str| looks.next().map_or_else(|| rule(heard), str::to_owned);
    let told = Table::new(&arguments).play(prepared("Wait for rain, or strike", "40", curious));
    insta::assert_snapshot!("play_river", neat(&told));
    let log = fs::read_to_string(save).unwrap();
    assert!(log.lines().nth(1).unwrap().contains("Wait for rain"));
}

#[test]
fn a_rude_game_in_geneva() {
    let save = scratch("play-geneva").join("game.jsonl");
    let save = save.to_str().unwrap();
    let arguments = [
        "scenarios/geneva-week.toml",
        "--as",
        "russia",
        "--save",
        save,
    ];
    let told = Table::new(&arguments).play(prepared("", "", rude));
    insta::assert_snapshot!("play_geneva", neat(&told));
}

/// Asks for much, pays in small coin, keeps the dearest for the back channel and the last evening;
/// looks at everything on the way. As it was played by hand.
fn patient() -> impl FnMut(&str) -> String {
    let mut looks = [
        "brief points",
        "issues",
        "caucus",
        "note They want a pledge more than Turkey.",
        "commitments",
        "history",
    ]
    .into_iter();
    let mut letters = ["1a 2c 3b 6a", "1a 2b 3c 6a", "1a 3d 4b 6a", "1a 3d 6a"].into_iter();
    let mut envoys = ["1a 3c 5b 6a", "1a 3c 5c 6a", "1a 3d 5c 6a"].into_iter();
    move |heard: &str| {
        let worth = heard.rfind("To you: ").map(|at| &heard[at + 8..]);
        let worth = worth.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
        let good = worth.is_some_and(|points| points >= 80.0);
        let turn = heard.contains("Your turn");
        let line = if heard.ends_with("no> ") || heard.contains("Signing is the last step") {
            if heard.ends_with("no> ") {
                "yes"
            } else {
                "accept"
            }
        } else if heard.contains("May this text stand?") || heard.contains("accept or refuse") {
            if good { "accept" } else { "refuse" }
        } else if turn && let Some(look) = looks.next() {
            look
        } else if turn && good && heard.contains("on the table:") {
            "accept"
        } else if heard.contains("Your draft:") {
            let word = heard.contains("form Word of mouth");
            if word { "form 2" } else { "offer" }
        } else if turn && heard.contains("settled here: 1, 3, 5 and 6") {
            envoys.next().unwrap_or("1a 3c 5c 6a")
        } else if turn && heard.contains("settled here:") {
            letters.next().unwrap_or("pass")
        } else if heard.contains("(us-opens-back-channel)") {
            "move us-opens-back-channel"
        } else if heard.contains("make a move by its number") {
            "wait"
        } else {
            "again"
        };
        line.to_owned()
    }
}

#[test]
fn a_patient_game_over_cuba() {
    let save = scratch("play-cuba").join("game.jsonl");
    let save = save.to_str().unwrap();
    let arguments = [
        "scenarios/exercises/cuba-75-minutes.toml",
        "--as",
        "us",
        "--save",
        save,
    ];
    let told = Table::new(&arguments).play(prepared("Air strike", "45", patient()));
    insta::assert_snapshot!("play_cuba", neat(&told));
    assert!(told.contains("The agreement takes effect."));
}

#[test]
fn a_game_can_be_left_and_taken_up() {
    let folder = scratch("play-resume");
    let (whole, parts) = (folder.join("whole.jsonl"), folder.join("parts.jsonl"));
    let (whole, parts) = (whole.to_str().unwrap(), parts.to_str().unwrap());
    let start = |save| {
        [
            "tests/fixtures/minimal.toml",
            "--as",
            "upland",
            "--save",
            save,
        ]
    };
    let told = Table::new(&start(whole)).play(prepared("Fill it", "55", modest("1b")));

    // Left after each few lines, by `quit` and by the end of the input in turn.
    let mut lines = 0;
    let mut first = true;
    let mut rule = prepared("Fill it", "55", modest("1b"));
    let mut last = String::new();
    for round in 0..400 {
        let resume = ["--resume", parts];
        let mut table = if first {
            Table::new(&start(parts))
        } else {
            Table::new(&resume)
        };
        first = false;
        let mut over = true;
        while let Some(heard) = table.listen() {
            lines += 1;
            if lines % 7 == 0 {
                over = false;
                if round % 2 == 0 {
                    table.say("quit");
                } else {
                    drop(table.child.stdin.take());
                }
                table.listen();
                break;
            }
            let line = rule(&heard);
            table.say(&line);
        }
        assert_eq!(table.child.wait().unwrap().code(), Some(0));
        last = table.transcript;
        if over {
            break;
        }
    }
    let end = |told: &str| told[told.find("The end").expect("an end")..].replace("parts", "whole");
    assert_eq!(end(&last), end(&told));
    let decided = |path| -> Vec<String> {
        let log = fs::read_to_string(path).unwrap();
        let decisions = log.lines().filter(|line| line.contains("decide"));
        decisions.map(str::to_owned).collect()
    };
    assert_eq!(decided(parts), decided(whole));
}

#[cfg(unix)]
#[test]
fn signals_leave_a_game_that_can_go_on() {
    for signal in ["INT", "HUP", "TERM"] {
        let save = scratch(&format!("play-{signal}")).join("game.jsonl");
        let save = save.to_str().unwrap();
        let arguments = [
            "tests/fixtures/minimal.toml",
            "--as",
            "upland",
            "--save",
            save,
        ];
        let mut table = Table::new(&arguments);
        table.listen();
        table.say("My alternative");
        table.listen();
        let id = table.child.id().to_string();
        let killed = Command::new("kill").args(["-s", signal, &id]).status();
        assert!(killed.unwrap().success());
        // Waiting outright would close its input, and that end may be heard before the signal.
        let mut patience = 1000;
        let status = loop {
            if let Some(status) = table.child.try_wait().unwrap() {
                break status;
            }
            patience -= 1;
            assert!(patience > 0, "{signal} is not heard");
            std::thread::sleep(std::time::Duration::from_millis(10));
        };
        assert_eq!(status.code(), Some(130), "{signal}");
        let kept = fs::read_to_string(save).unwrap();
        assert!(kept.contains("My alternative"), "{signal}: {kept}");
        let mut again = Table::new(&["--resume", save]);
        assert!(again.listen().unwrap().contains("question 2"), "{signal}");
    }
}

fn fails(arguments: &[&str]) -> String {
    let output = Command::new(PROGRAM)
        .arg("play")
        .args(arguments)
        .arg("--plain")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn mistakes_are_explained() {
    let folder = scratch("play-mistakes");
    let file = folder.join("game.jsonl");
    let path = file.to_str().unwrap();
    let dam = "tests/fixtures/minimal.toml";
    assert!(fails(&[dam]).contains("`lowland` (Lowland)"));
    assert!(fails(&[dam, "--as", "lowlnd"]).contains("Did you mean `lowland`?"));

    let mut table = Table::new(&[dam, "--as", "lowland", "--save", path]);
    table.listen();
    table.say("Wait");
    table.listen();
    table.say("quit");
    assert_eq!(table.listen(), None);
    let good = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{good}{{\"event\":\"dance\"}}\nnonsense\n")).unwrap();
    let said = fails(&["--resume", path]);
    assert!(
        said.contains("dance") && said.matches("no input of a game").count() == 2,
        "{said}"
    );
    fs::write(&file, format!("{good}{{\"event\":\"caucus\"}}\n")).unwrap();
    let said = fails(&["--resume", path]);
    assert!(
        said.contains("cannot be repeated") && said.contains(":3"),
        "{said}"
    );
    let changed = good.replacen("resolved_sha256\":\"", "resolved_sha256\":\"0", 1);
    fs::write(&file, changed).unwrap();
    assert!(fails(&["--resume", path]).contains("has changed since"));
    fs::write(&file, "").unwrap();
    assert!(fails(&["--resume", path]).contains("empty"));
}
