//! Which file extends which, as a tree; a file that extends several stands under the first.

use super::library::Entry;

/// The tree of a library: files that extend nothing here are its roots.
pub(super) fn text(entries: &[Entry]) -> String {
    let mut out = String::new();
    let is_here = |path: &str| entries.iter().any(|entry| entry.path == path);
    let mut outside: Vec<&str> = Vec::new();
    for entry in entries {
        match entry.parents.first() {
            None => branch(&mut out, entries, entry, "", ""),
            Some(parent) if !is_here(parent) && !outside.contains(&parent.as_str()) => {
                outside.push(parent);
                out.push_str(parent);
                out.push_str(" (not in this folder)\n");
                below(&mut out, entries, parent, "");
            }
            Some(_) => {}
        }
    }
    out
}

/// A file and what stands under it; `lead` is drawn before it, `indent` before what follows.
fn branch(out: &mut String, entries: &[Entry], entry: &Entry, lead: &str, indent: &str) {
    let mut line = vec![lead.to_owned(), entry.name()];
    if let Some(mark) = entry.mark() {
        line.push(format!(" ({mark})"));
    }
    let others: Vec<String> = (entry.parents.iter().skip(1))
        .map(|path| {
            let parent = entries.iter().find(|other| other.path == *path);
            parent.map_or_else(|| path.clone(), Entry::name)
        })
        .collect();
    if !others.is_empty() {
        line.push(format!(", also extends {}", others.join(", ")));
    }
    if entry.errors > 0 {
        line.push(format!(": {}", entry.broken()));
    }
    out.push_str(&line.concat());
    out.push('\n');
    below(out, entries, &entry.path, indent);
}

fn below(out: &mut String, entries: &[Entry], path: &str, indent: &str) {
    let children: Vec<&Entry> = (entries.iter())
        .filter(|entry| entry.parents.first().is_some_and(|first| first == path))
        .collect();
    for (position, child) in children.iter().enumerate() {
        let last = position + 1 == children.len();
        let (tick, rest) = if last {
            ("└── ", "    ")
        } else {
            ("├── ", "│   ")
        };
        let (lead, indent) = (format!("{indent}{tick}"), format!("{indent}{rest}"));
        branch(out, entries, child, &lead, &indent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, parents: &[&str]) -> Entry {
        Entry {
            path: format!("s/{id}.toml"),
            id: id.to_owned(),
            title: String::new(),
            parents: parents.iter().map(|one| format!("s/{one}.toml")).collect(),
            hypothesis: None,
            expect: Vec::new(),
            errors: usize::from(id == "bad"),
            warnings: 0,
        }
    }

    #[test]
    fn every_file_stands_once_and_under_what_it_extends() {
        let entries = [
            entry("base", &[]),
            entry("cold", &["base"]),
            entry("cold-wet", &["cold", "wet"]),
            entry("wet", &["base"]),
            entry("bad", &[]),
            entry("stray", &["../elsewhere"]),
        ];
        let expected = "\
base
├── cold
│   └── cold-wet, also extends wet
└── wet
bad: 1 error
s/../elsewhere.toml (not in this folder)
└── stray
";
        assert_eq!(text(&entries), expected);
    }
}
