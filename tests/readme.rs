//! The README and the tutorial are run: each command is executed, each output under one is compared.
//!
//! `UPDATE=1 cargo test --test readme` writes the outputs anew. Commands are the lines of the `sh`
//! blocks. They run in a copy of the repository's data, with this build in place of an installed
//! one, so the page shows what a reader gets.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Between these, the test owns the text.
const OUTPUT: &str = "<!-- output: ";
const END: &str = "<!-- end of output -->";
/// What the next block is saved as.
const FILE: &str = "<!-- file: ";
/// Which result file a committed picture is.
const PICTURE: &str = "<!-- picture: ";
const CLOSE: &str = " -->";
const CARGO_RUN: &str = "cargo run --release -- ";

#[test]
fn readme_shows_what_its_commands_print() {
    let pictures = shows_what_its_commands_print("README.md");
    assert!(pictures > 0, "the page has a picture");
}

#[test]
fn the_tutorial_shows_what_its_commands_print() {
    shows_what_its_commands_print("docs/first-scenario.md");
}

/// Follows a page and returns how many pictures it has.
fn shows_what_its_commands_print(name: &str) -> usize {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join(name)).expect("the page is a text file");
    let mut reader = Reader::new(root, &name.replace(['/', '.'], "-"));
    let fresh = reader.follow(&page);
    let (pictures, stale_pictures) = reader.pictures(&page);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(root.join(name), &fresh).expect("the page can be written");
        for (committed, made) in stale_pictures {
            fs::copy(made, committed).expect("the picture can be written");
        }
        return pictures;
    }
    let remedy = "`UPDATE=1 cargo test --test readme` writes it anew";
    for (number, (old, new)) in page.lines().zip(fresh.lines()).enumerate() {
        assert_eq!(old, new, "line {} of {name} is stale; {remedy}", number + 1);
    }
    assert_eq!(page, fresh, "{name} is stale; {remedy}");
    assert!(
        stale_pictures.is_empty(),
        "{} is stale; {remedy}",
        stale_pictures[0].0.display()
    );
    pictures
}

/// Somebody who follows the page word for word, in a folder of their own.
struct Reader<'a> {
    root: &'a Path,
    desk: PathBuf,
    /// Standard output by command: a command that stands twice runs once.
    printed: BTreeMap<String, String>,
}

impl<'a> Reader<'a> {
    fn new(root: &'a Path, desk: &str) -> Self {
        let desk = Path::new(env!("CARGO_TARGET_TMPDIR")).join(desk);
        if desk.exists() {
            fs::remove_dir_all(&desk).expect("the last reader's folder can go");
        }
        for folder in ["scenarios", "seeds"] {
            copy(&root.join(folder), &desk.join(folder));
        }
        let printed = BTreeMap::new();
        Self {
            root,
            desk,
            printed,
        }
    }

    /// Obeys the page from top to bottom and returns it with fresh outputs.
    fn follow(&mut self, page: &str) -> String {
        let mut fresh = String::new();
        let mut lines = page.lines();
        let mut save_as = None;
        while let Some(line) = lines.next() {
            fresh.push_str(line);
            fresh.push('\n');
            if let Some(marker) = comment(line, OUTPUT) {
                let shown = self.output(marker);
                writeln!(fresh, "```text\n{shown}```\n{END}").expect("a string takes text");
                assert!(
                    lines.any(|line| line == END),
                    "no `{END}` after the output of {marker}"
                );
            } else if let Some(path) = comment(line, FILE) {
                save_as = Some(path.to_owned());
            } else if line.starts_with("```") && line.len() > 3 {
                let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
                for line in &block {
                    fresh.push_str(line);
                    fresh.push('\n');
                }
                fresh.push_str("```\n");
                if let Some(path) = save_as.take() {
                    fs::write(self.desk.join(path), block.join("\n") + "\n")
                        .expect("the folder exists");
                } else if line == "```sh" {
                    for command in block {
                        self.obey(command);
                    }
                }
            }
        }
        assert_eq!(save_as, None, "a file without a block");
        fresh
    }

    /// Runs a command, or for those that build the project sees that there is something to build.
    fn obey(&mut self, command: &str) {
        if let Some(example) = command.strip_prefix("cargo run --release --example ") {
            let source = self
                .root
                .join("examples")
                .join(example)
                .with_extension("rs");
            assert!(source.is_file(), "{command}: no such example");
        } else if command.starts_with("jawjaw ") || command.starts_with(CARGO_RUN) {
            self.run(command);
        } else {
            let building = ["cargo test", "cargo install --path . --locked"];
            assert!(
                building.contains(&command),
                "{command}: this test cannot follow"
            );
        }
    }

    /// What stands under a marker `COMMAND`, `COMMAND | lines 3-9` or `COMMAND | last 5`.
    fn output(&mut self, marker: &str) -> String {
        let (command, part) = marker.split_once(" | ").unwrap_or((marker, ""));
        let printed = self.run(command);
        let lines: Vec<&str> = printed.lines().collect();
        let (from, to) = if let Some(range) = part.strip_prefix("lines ") {
            let (first, last) = range.split_once('-').expect("a range of lines is `3-9`");
            (number(first) - 1, number(last).min(lines.len()))
        } else if let Some(count) = part.strip_prefix("last ") {
            (lines.len().saturating_sub(number(count)), lines.len())
        } else {
            assert_eq!(part, "", "{marker}: a part is `lines 3-9` or `last 5`");
            (0, lines.len())
        };
        assert!(from < to, "{marker}: nothing to show");
        let mut shown = cut(from);
        for line in &lines[from..to] {
            writeln!(shown, "{}", line.trim_end()).expect("a string takes text");
        }
        shown + &cut(lines.len() - to)
    }

    fn run(&mut self, command: &str) -> String {
        let arguments = command
            .strip_prefix("jawjaw ")
            .or_else(|| command.strip_prefix(CARGO_RUN))
            .unwrap_or_else(|| panic!("{command}: not a command of this program"));
        if let Some(printed) = self.printed.get(arguments) {
            return printed.clone();
        }
        let output = Command::new(env!("CARGO_BIN_EXE_jawjaw"))
            .args(arguments.split_whitespace())
            .current_dir(&self.desk)
            .output()
            .expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command} failed: {said}");
        let printed = String::from_utf8(output.stdout).expect("the program prints UTF-8");
        self.printed.insert(arguments.to_owned(), printed.clone());
        printed
    }

    /// How many pictures the page has, and those that differ from what was just made, with the new.
    fn pictures(&self, page: &str) -> (usize, Vec<(PathBuf, PathBuf)>) {
        let marked: Vec<&str> = page
            .lines()
            .filter_map(|line| comment(line, PICTURE))
            .collect();
        let pairs = marked.iter().map(|marker| {
            let (committed, made) = marker.split_once(" is ").expect("`PICTURE is RESULT`");
            (self.root.join(committed), self.desk.join(made))
        });
        let stale = pairs
            .filter(|(committed, made)| {
                let made = fs::read(made).expect("the tour's first run draws the picture");
                fs::read(committed).ok() != Some(made)
            })
            .collect();
        (marked.len(), stale)
    }
}

fn comment<'a>(line: &'a str, opening: &str) -> Option<&'a str> {
    line.strip_prefix(opening)?.strip_suffix(CLOSE)
}

fn number(text: &str) -> usize {
    text.parse().expect("a number of lines")
}

fn cut(lines: usize) -> String {
    match lines {
        0 => String::new(),
        1 => "[1 line cut]\n".to_owned(),
        _ => format!("[{lines} lines cut]\n"),
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the target folder is writable");
    for entry in fs::read_dir(from).expect("the folder exists") {
        let path = entry.expect("the folder can be listed").path();
        let target = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a data file can be copied");
        }
    }
}
