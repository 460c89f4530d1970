//! The rules of the house that a compiler doesn't check: imports point one way, the model touches
//! nothing outside itself, no source file knows a crisis, no file grows beyond reading.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules in the order of the data; each may import its own row and the rows above.
const ORDER: &[&[&str]] = &[
    &["math", "diagnostic"],
    &["evidence"],
    &["scenario"],
    &["model"],
    &["engine"],
    &["design"],
    &["stats"],
    &["solve"],
    &["ensemble"],
    &["drivers"],
    &["experiment"],
    &["seat"],
    &["debrief"],
    &["chart"],
    &["report"],
    &["interchange", "teach"],
    &["cli", "serve"],
];

/// Modules that compute from what they are given and touch nothing else.
const PURE: &[&str] = &[
    "math",
    "design",
    "diagnostic",
    "evidence",
    "scenario",
    "model",
    "engine",
    "solve",
    "stats",
    "seat",
];

/// What a pure module may not name.
const OUTSIDE: &[&[&str]] = &[
    &["std", "env"],
    &["std", "fs"],
    &["std", "io"],
    &["std", "net"],
    &["std", "process"],
    &["std", "thread"],
    &["std", "time"],
    &["rayon"],
    &["jiff", "Timestamp"],
    &["jiff", "Zoned"],
    &["print"],
    &["println"],
    &["eprint"],
    &["eprintln"],
];

/// Words of the crises that ship: names of their parties, places and people. A word of `src/` may not
/// begin with one.
const CRISIS: &[&str] = &[
    "nato",
    "ukrain",
    "russia",
    "kremlin",
    "geneva",
    "moscow",
    "kyiv",
    "donbas",
    "crimea",
    "minsk",
    "putin",
    "biden",
    "zelensk",
    "lavrov",
    "ryabkov",
    "bucharest",
    "cuba",
    "havana",
    "castro",
    "khrushch",
    "kennedy",
    "dobrynin",
    "gromyko",
    "soviet",
    "ussr",
    "turkey",
    "turkish",
    "jupiter",
    "quarantin",
    "excomm",
    "almar",
    "bryn",
    "herring",
];

/// Longest file in lines, and the one that may be longer: the reference of the file format, which
/// is read by looking things up.
const LONGEST: usize = 600;
const REFERENCE: (&str, usize) = ("scenario/types.rs", 1000);

/// A file of `src/`.
struct Source {
    /// Path below `src/`, with `/`.
    name: String,
    text: String,
}

impl Source {
    /// The module path of the file: `cli/evidence/show.rs` is `cli`, `evidence`, `show`.
    fn module(&self) -> Vec<&str> {
        let stem = self.name.trim_end_matches(".rs");
        stem.split('/')
            .filter(|part| !["mod", "lib", "main"].contains(part))
            .collect()
    }

    /// The modules that this one declares for tests only: `#[cfg(test)] mod name;`.
    fn test_modules(&self) -> Vec<String> {
        let code = blank(&self.text, false);
        let declared = code.split("#[cfg(test)]").skip(1).filter_map(|after| {
            let (item, _) = after.split_once(';')?;
            let name = item
                .split_whitespace()
                .skip_while(|word| *word != "mod")
                .nth(1)?;
            (!item.contains('{')).then(|| name.to_owned())
        });
        let own = self.module();
        declared
            .map(|name| [&own[..], &[name.as_str()]].concat().join("::"))
            .collect()
    }

    /// The code that is neither comment nor test; texts in quotation marks only if asked for.
    fn code(&self, with_texts: bool) -> String {
        without_tests(&blank(&self.text, with_texts))
    }
}

fn sources() -> Vec<Source> {
    fn collect(folder: &Path, root: &Path, found: &mut Vec<Source>) {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder)
            .expect("src/ is readable")
            .map(|entry| entry.expect("src/ is readable").path())
            .collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                collect(&path, root, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(root).expect("below src/");
                let name = below.to_string_lossy().replace('\\', "/");
                let text = fs::read_to_string(&path).expect("source files are text");
                found.push(Source { name, text });
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    assert!(found.len() > 5, "the test reads the sources");
    let tests: Vec<String> = found.iter().flat_map(Source::test_modules).collect();
    found.retain(|source| {
        let module = source.module().join("::");
        tests
            .iter()
            .all(|test| module != *test && !module.starts_with(&format!("{test}::")))
    });
    found
}

/// Replaces comments, and texts unless they are to stay, by blanks; lines stay where they are.
fn blank(text: &str, with_texts: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let (end, keep) = match (chars[at], chars.get(at + 1)) {
            ('/', Some('/')) => (end_of_line(&chars, at), false),
            ('/', Some('*')) => (end_of_block(&chars, at), false),
            ('"', _) => (end_of_text(&chars, at), with_texts),
            ('r', Some('"' | '#')) if at == 0 || !is_word(chars[at - 1]) => {
                match end_of_raw_text(&chars, at) {
                    Some(end) => (end, with_texts),
                    None => (at + 1, true),
                }
            }
            ('\'', _) => (end_of_char(&chars, at), true),
            _ => (at + 1, true),
        };
        for &char in &chars[at..end] {
            out.push(if keep || char == '\n' { char } else { ' ' });
        }
        at = end;
    }
    out
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

fn end_of_line(chars: &[char], at: usize) -> usize {
    chars[at..]
        .iter()
        .position(|&char| char == '\n')
        .map_or(chars.len(), |length| at + length)
}

fn end_of_block(chars: &[char], at: usize) -> usize {
    let mut depth = 0;
    let mut here = at;
    while here + 1 < chars.len() {
        match (chars[here], chars[here + 1]) {
            ('/', '*') => (depth, here) = (depth + 1, here + 2),
            ('*', '/') => (depth, here) = (depth - 1, here + 2),
            _ => here += 1,
        }
        if depth == 0 {
            return here;
        }
    }
    chars.len()
}

fn end_of_text(chars: &[char], at: usize) -> usize {
    let mut here = at + 1;
    while here < chars.len() {
        match chars[here] {
            '\\' => here += 2,
            '"' => return here + 1,
            _ => here += 1,
        }
    }
    chars.len()
}

/// `r"..."`, `r#"..."#`; none for a raw identifier.
fn end_of_raw_text(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at + 1..]
        .iter()
        .take_while(|&&char| char == '#')
        .count();
    let open = at + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let closes = |here: usize| {
        chars[here] == '"'
            && chars[here + 1..]
                .iter()
                .take(hashes)
                .filter(|c| **c == '#')
                .count()
                == hashes
    };
    (open + 1..chars.len())
        .find(|&here| closes(here))
        .map(|here| here + 1 + hashes)
}

/// The end of a character; a lifetime is left alone.
fn end_of_char(chars: &[char], at: usize) -> usize {
    match (chars.get(at + 1), chars.get(at + 2)) {
        (Some('\\'), _) => {
            let close = chars[at + 3..].iter().position(|&char| char == '\'');
            close.map_or(chars.len(), |length| at + 4 + length)
        }
        (Some(_), Some('\'')) => at + 3,
        _ => at + 1,
    }
}

/// Cuts out every item under `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::new();
    let mut rest = code;
    while let Some(start) = rest.find(MARK) {
        out.push_str(&rest[..start]);
        let after = &rest[start + MARK.len()..];
        let mut depth = 0_usize;
        let end = after.char_indices().find_map(|(index, char)| {
            match char {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            (depth == 0 && matches!(char, '}' | ';')).then_some(index + 1)
        });
        rest = &after[end.unwrap_or(after.len())..];
    }
    out.push_str(rest);
    out
}

/// Every path of the code, `use` groups spelled out: `use a::{b, c::d}` gives `a::b` and `a::c::d`.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut tokens: Vec<String> = Vec::new();
    let mut chars = code.chars().peekable();
    while let Some(char) = chars.next() {
        if is_word(char) {
            let mut word = char.to_string();
            while let Some(next) = chars.next_if(|&next| is_word(next)) {
                word.push(next);
            }
            tokens.push(word);
        } else if char == ':' && chars.next_if_eq(&':').is_some() {
            tokens.push("::".to_owned());
        } else if !char.is_whitespace() {
            tokens.push(char.to_string());
        }
    }
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].starts_with(is_word) {
            at = path(&tokens, at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found
}

/// Reads the path that begins at a token and returns the index after it.
fn path(tokens: &[String], start: usize, prefix: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = prefix.to_vec();
    let mut at = start;
    while at < tokens.len() && tokens[at].starts_with(is_word) {
        path.push(tokens[at].clone());
        at += 1;
        if tokens.get(at).is_none_or(|token| token != "::") {
            break;
        }
        at += 1;
        if tokens.get(at).is_some_and(|token| token == "{") {
            at += 1;
            while at < tokens.len() && tokens[at] != "}" {
                if tokens[at].starts_with(is_word) {
                    at = self::path(tokens, at, &path, found);
                } else {
                    at += 1;
                }
            }
            return at + 1;
        }
    }
    found.push(path);
    at
}

/// The top-level modules that a file names, by `crate::` or by enough `super::`.
fn imports(source: &Source) -> Vec<String> {
    let depth = source.module().len();
    paths(&source.code(false))
        .into_iter()
        .filter_map(|path| {
            let supers = path.iter().take_while(|step| *step == "super").count();
            match path.first()?.as_str() {
                "crate" => path.get(1).cloned(),
                "super" if supers == depth => path.get(supers).cloned(),
                _ => None,
            }
        })
        .collect()
}

fn rank(module: &str) -> Option<usize> {
    ORDER.iter().position(|row| row.contains(&module))
}

fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn imports_point_backwards() {
    let sources = sources();
    let mut problems = Vec::new();
    for source in &sources {
        let Some(&module) = source.module().first() else {
            continue;
        };
        let Some(own) = rank(module) else {
            problems.push(format!(
                "src/{}: give `{module}` a place in ORDER",
                source.name
            ));
            continue;
        };
        for import in imports(source) {
            if rank(&import).is_some_and(|other| other > own) {
                problems.push(format!(
                    "src/{} imports `{import}`, which comes later",
                    source.name
                ));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn the_model_touches_nothing_outside() {
    let mut problems = Vec::new();
    for source in &sources() {
        if !source
            .module()
            .first()
            .is_some_and(|module| PURE.contains(module))
        {
            continue;
        }
        for path in paths(&source.code(false)) {
            if OUTSIDE.iter().any(|outside| {
                outside.len() <= path.len() && outside.iter().zip(&path).all(|(a, b)| a == b)
            }) {
                problems.push(format!("src/{} names `{}`", source.name, path.join("::")));
            }
        }
    }
    assert_none(&problems);
}

/// The words of a code, CamelCase taken apart, in lower case.
fn words(code: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for char in code.chars() {
        let begins = char.is_uppercase() && before.is_lowercase();
        if begins || !char.is_alphabetic() {
            words.push(String::new());
        }
        if char.is_alphabetic() {
            words
                .last_mut()
                .expect("never empty")
                .extend(char.to_lowercase());
        }
        before = char;
    }
    words
}

#[test]
fn no_source_knows_the_crisis() {
    let mut problems = Vec::new();
    for source in &sources() {
        for word in words(&source.code(true)) {
            if CRISIS.iter().any(|known| word.starts_with(known)) {
                problems.push(format!("src/{} says `{word}`", source.name));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn files_stay_readable() {
    let mut problems = Vec::new();
    for source in &sources() {
        let lines = source.text.lines().count();
        let limit = if source.name == REFERENCE.0 {
            REFERENCE.1
        } else {
            LONGEST
        };
        if lines > limit {
            problems.push(format!(
                "src/{} has {lines} lines, more than {limit}",
                source.name
            ));
        }
    }
    assert_none(&problems);
}

/// The rules above are only worth something if they see what they should.
mod sight {
    use super::*;

    fn file(name: &str, text: &str) -> Source {
        Source {
            name: name.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn imports_are_seen_in_every_form() {
        let text = "use crate::{cli::run, chart};\nuse super::super::report::page;\n\
            fn f(x: crate::stats::Interval) { super::near(); }\n// crate::serve\n\
            const T: &str = \"crate::teach\";\n#[cfg(test)]\nmod tests { use crate::ensemble; }\n\
            use crate::math;";
        let expected = ["cli", "chart", "report", "stats", "math"];
        assert_eq!(imports(&file("engine/talks.rs", text)), expected);
        let text = "use super::cli;";
        assert_eq!(imports(&file("engine/mod.rs", text)), ["cli"]);
        assert!(imports(&file("engine/talks/offer.rs", text)).is_empty());
    }

    #[test]
    fn groups_are_spelled_out() {
        let found = paths("use std::{fmt, io::{self, Write}, fs};");
        let joined: Vec<String> = found.iter().map(|path| path.join("::")).collect();
        let expected = [
            "use",
            "std::fmt",
            "std::io::self",
            "std::io::Write",
            "std::fs",
        ];
        assert_eq!(joined, expected);
    }

    #[test]
    fn comments_texts_and_tests_are_told_apart() {
        let text = "a /* b /* c */ d */ 'x' '\\'' \"e \\\" f\" r#\"g \" h\"# &'i str // j\n\
            #[cfg(test)]\nmod k { fn l() { m } }\nn";
        let code = file("x.rs", text).code(false);
        assert_eq!(words(&code).join(""), "axistrn");
        let with_texts = file("x.rs", text).code(true);
        assert_eq!(words(&with_texts).join(""), "axefrghistrn");
    }

    #[test]
    fn files_of_tests_are_known_by_their_declaration() {
        let text =
            "#[cfg(test)]\npub(crate) mod fake;\nmod real;\n#[cfg(test)]\nmod tests { mod x; }";
        assert_eq!(file("chart/mod.rs", text).test_modules(), ["chart::fake"]);
    }

    #[test]
    fn words_are_found_inside_names() {
        let found = words("fn hold_genevaTalks() { denominator }");
        assert!(found.contains(&"geneva".to_owned()), "{found:?}");
        assert!(
            !found
                .iter()
                .any(|word| CRISIS.iter().any(|c| *c == "nato" && word.starts_with(c)))
        );
    }
}
