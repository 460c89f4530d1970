//! Reading one key after another, reporting what is wrong with each.

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::scenario::names::{Kind, Names, nearest};
use crate::scenario::tree::{Entry, Node, Value, join};

/// Collects problems while values are read.
pub(super) struct Reader<'a> {
    /// Every declared id.
    pub(super) names: &'a Names,
    /// What was wrong so far.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// A table that is being read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'n> {
    node: &'n Node,
    /// The path under which its defaults are named, if not its own.
    home: Option<&'n str>,
}

impl<'n> Row<'n> {
    pub(super) fn of(node: &'n Node) -> Self {
        Self { node, home: None }
    }

    /// The same table with its defaults named after another.
    pub(super) fn at_home(node: &'n Node, home: &'n str) -> Self {
        Self {
            node,
            home: Some(home),
        }
    }

    pub(super) fn node(&self) -> &'n Node {
        self.node
    }

    pub(super) fn get(&self, key: &str) -> Option<&'n Node> {
        self.node.get(key)
    }

    /// The path that a value of the key has or would have.
    pub(super) fn path(&self, key: &str) -> String {
        join(self.home.unwrap_or(&self.node.path), key)
    }
}

impl Entry {
    /// The place of the key.
    pub(in crate::scenario) fn key_label(&self) -> Label {
        Label {
            source: self.key_source,
            span: self.key_span.clone(),
            message: String::new(),
        }
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(names: &'a Names) -> Self {
        Self {
            names,
            diagnostics: Vec::new(),
        }
    }

    pub(super) fn error(&mut self, code: &'static str, message: impl Into<String>, label: Label) {
        self.report(code, message.into(), label, None, None);
    }

    pub(super) fn report(
        &mut self,
        code: &'static str,
        message: String,
        label: Label,
        help: Option<String>,
        fix: Option<String>,
    ) {
        let labels = vec![label];
        let severity = Severity::Error;
        self.diagnostics.push(Diagnostic {
            code,
            severity,
            message,
            labels,
            help,
            fix,
        });
    }

    pub(super) fn wrong_type(&mut self, node: &Node, what: &str, expected: &str) {
        let label = node.label(format!("expected {expected}"));
        self.error("wrong-type", format!("{what} is {}", node.kind()), label);
    }

    pub(super) fn missing(&mut self, row: &Row<'_>, key: &str, expected: &str) {
        let owner = match (row.node.id(), row.node.path.as_str()) {
            (Some(id), _) => format!("`{id}`"),
            (None, "") => "the file".to_owned(),
            (None, path) => format!("`{path}`"),
        };
        let label = row.node.label(format!("expected `{key}`, {expected}"));
        self.error("missing-key", format!("{owner} has no `{key}`"), label);
    }

    /// Refuses keys that a table does not know; false if it is no table at all.
    pub(super) fn known_keys(&mut self, node: &Node, what: &str, known: &[&str]) -> bool {
        let Some(entries) = node.entries() else {
            self.wrong_type(node, what, "a table");
            return false;
        };
        for entry in entries
            .iter()
            .filter(|entry| !known.contains(&entry.key.as_str()))
        {
            let near = nearest(&entry.key, known.iter().copied());
            let mut label = entry.key_label();
            label.message = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "not a key of this table".to_owned(),
            };
            let help = format!("{what} has the keys {}", listed(known));
            let message = format!("unknown key `{}`", entry.key);
            self.report(
                "unknown-key",
                message,
                label,
                Some(help),
                near.map(str::to_owned),
            );
        }
        true
    }

    /// Whether an id is declared; if not, says so.
    pub(super) fn known(&mut self, id: &str, kind: Kind, label: &Label) -> bool {
        if self.names.has(kind, id) {
            return true;
        }
        let known: Vec<&str> = self.names.ids(kind).iter().map(String::as_str).collect();
        self.unknown(id, kind.article(), &known, label.clone());
        false
    }

    pub(super) fn unknown(&mut self, id: &str, what: &str, known: &[&str], mut label: Label) {
        let near = nearest(id, known.iter().copied());
        label.message = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("not {what} of this file"),
        };
        let help = if known.is_empty() {
            "the file declares none".to_owned()
        } else {
            format!("declared: {}", listed(known))
        };
        let message = format!("`{id}` is not {what}");
        self.report(
            "unknown-id",
            message,
            label,
            Some(help),
            near.map(str::to_owned),
        );
    }

    /// Refuses an id that names two entries of one list.
    pub(super) fn distinct_ids(&mut self, row: &Row<'_>, key: &str) {
        let mut seen: Vec<&Node> = Vec::new();
        for node in row.get(key).and_then(Node::elements).unwrap_or_default() {
            let Some(id) = node.get("id").filter(|id| id.as_str().is_some()) else {
                continue;
            };
            if let Some(twin) = seen.iter().find(|earlier| earlier.as_str() == id.as_str()) {
                let text = id.as_str().unwrap_or_default();
                let labels = vec![id.label("used again"), twin.label("first used here")];
                let message = format!("`{key}` has `{text}` twice");
                let (severity, help, fix) = (Severity::Error, None, None);
                let code = "duplicate-id";
                self.diagnostics.push(Diagnostic {
                    code,
                    severity,
                    message,
                    labels,
                    help,
                    fix,
                });
            }
            seen.push(id);
        }
    }

    /// The entries of a table but for `from` and `assumed`; nothing if it is absent or no table.
    pub(super) fn entries<'n>(&mut self, node: Option<&'n Node>) -> Vec<&'n Entry> {
        let Some(node) = node else { return Vec::new() };
        let Some(entries) = node.entries() else {
            self.wrong_type(node, "the value", "a table");
            return Vec::new();
        };
        entries
            .iter()
            .filter(|entry| !["from", "assumed"].contains(&entry.key.as_str()))
            .collect()
    }

    pub(super) fn table<'n>(
        &mut self,
        row: &Row<'n>,
        key: &str,
        known: &[&str],
    ) -> Option<Row<'n>> {
        let node = row.get(key)?;
        self.known_keys(node, &format!("`{key}`"), known)
            .then(|| Row::of(node))
    }

    pub(super) fn required_table<'n>(
        &mut self,
        row: &Row<'n>,
        key: &str,
        known: &[&str],
    ) -> Option<Row<'n>> {
        if row.get(key).is_none() {
            self.missing(row, key, "a table");
        }
        self.table(row, key, known)
    }

    /// The tables of a list; nothing if it is absent.
    pub(super) fn rows<'n>(
        &mut self,
        row: &Row<'n>,
        key: &str,
        what: &str,
        known: &[&str],
    ) -> Vec<Row<'n>> {
        let Some(node) = row.get(key) else {
            return Vec::new();
        };
        let Some(elements) = node.elements() else {
            self.wrong_type(
                node,
                &format!("`{key}`"),
                &format!("a list of tables, `[[{key}]]`"),
            );
            return Vec::new();
        };
        let tables = elements
            .iter()
            .filter(|element| self.known_keys(element, what, known));
        tables.map(Row::of).collect()
    }

    pub(super) fn optional_text(&mut self, row: &Row<'_>, key: &str) -> Option<String> {
        let node = row.get(key)?;
        let text = node.as_str();
        if text.is_none() {
            self.wrong_type(node, &format!("`{key}`"), "a text in quotes");
        }
        text.map(str::to_owned)
    }

    pub(super) fn text(&mut self, row: &Row<'_>, key: &str) -> String {
        if row.get(key).is_none() {
            self.missing(row, key, "a text");
        }
        self.optional_text(row, key).unwrap_or_default()
    }

    /// The `name`, or else the `id`.
    pub(super) fn name(&mut self, row: &Row<'_>) -> String {
        let name = self.optional_text(row, "name");
        name.or_else(|| row.node.id().map(str::to_owned))
            .unwrap_or_default()
    }

    /// The `id`: lower-case words joined by hyphens.
    pub(super) fn id(&mut self, row: &Row<'_>) -> String {
        let id = self.text(row, "id");
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let fine = id.chars().all(plain) && !id.starts_with('-') && !id.ends_with('-');
        if let Some(node) = row.get("id").filter(|node| node.as_str().is_some())
            && (!fine || id.is_empty())
        {
            let words: Vec<String> = id
                .to_lowercase()
                .split(|c| !plain(c) || c == '-')
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect();
            let fix = Some(words.join("-")).filter(|fix| !fix.is_empty());
            let label = node.label("expected lower-case words joined by hyphens");
            let help = fix.as_ref().map(|fix| format!("write `{fix}`"));
            self.report(
                "invalid-id",
                format!("`{id}` cannot be an id"),
                label,
                help,
                fix,
            );
        }
        id
    }

    pub(super) fn colour(&mut self, row: &Row<'_>) -> Option<String> {
        let colour = self.optional_text(row, "colour")?;
        let digits = colour.strip_prefix('#').unwrap_or_default();
        if digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit()) {
            return Some(colour);
        }
        let label = row
            .get("colour")?
            .label("expected `#rrggbb`, such as `#0072b2`");
        self.error("bad-colour", format!("`{colour}` is not a colour"), label);
        None
    }

    /// A list of texts; a single text stands for a list of one.
    pub(super) fn text_nodes<'n>(&mut self, row: &Row<'n>, key: &str) -> Vec<&'n Node> {
        let Some(node) = row.get(key) else {
            return Vec::new();
        };
        let nodes: Vec<&Node> = match &node.value {
            Value::String(_) => vec![node],
            Value::List(elements) => elements.iter().collect(),
            _ => {
                self.wrong_type(node, &format!("`{key}`"), "a list of texts");
                Vec::new()
            }
        };
        let mut texts = Vec::new();
        for node in nodes {
            if node.as_str().is_some() {
                texts.push(node);
            } else {
                self.wrong_type(node, &format!("an entry of `{key}`"), "a text in quotes");
            }
        }
        texts
    }

    pub(super) fn texts(&mut self, row: &Row<'_>, key: &str) -> Vec<String> {
        let nodes = self.text_nodes(row, key);
        nodes
            .into_iter()
            .filter_map(Node::as_str)
            .map(str::to_owned)
            .collect()
    }

    pub(super) fn references(&mut self, row: &Row<'_>, key: &str, kind: Kind) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for node in self.text_nodes(row, key) {
            let id = node.as_str().unwrap_or_default();
            if !self.known(id, kind, &node.label("")) {
                continue;
            }
            if ids.iter().any(|earlier| earlier == id) {
                let label = node.label("already in the list");
                self.error("duplicate-id", format!("`{key}` has `{id}` twice"), label);
                continue;
            }
            ids.push(id.to_owned());
        }
        ids
    }

    pub(super) fn optional_reference(
        &mut self,
        row: &Row<'_>,
        key: &str,
        kind: Kind,
    ) -> Option<String> {
        let id = self.optional_text(row, key)?;
        self.known(&id, kind, &row.get(key)?.label(""))
            .then_some(id)
    }

    pub(super) fn reference(&mut self, row: &Row<'_>, key: &str, kind: Kind) -> String {
        if row.get(key).is_none() {
            self.missing(row, key, kind.article());
        }
        self.optional_reference(row, key, kind).unwrap_or_default()
    }

    pub(super) fn flag(&mut self, row: &Row<'_>, key: &str, default: bool) -> bool {
        self.optional_flag(row, key).unwrap_or(default)
    }

    pub(super) fn optional_flag(&mut self, row: &Row<'_>, key: &str) -> Option<bool> {
        let node = row.get(key)?;
        if let Value::Bool(flag) = node.value {
            return Some(flag);
        }
        self.wrong_type(node, &format!("`{key}`"), "true or false");
        None
    }

    pub(super) fn optional_count(&mut self, row: &Row<'_>, key: &str) -> Option<u32> {
        let node = row.get(key)?;
        let Value::Integer(number) = node.value else {
            self.wrong_type(node, &format!("`{key}`"), "a whole number");
            return None;
        };
        let count = u32::try_from(number).ok().filter(|count| *count <= 100_000);
        if count.is_none() {
            let label = node.label("expected a whole number from 0 to 100000");
            self.error("out-of-range", format!("`{key}` is {number}"), label);
        }
        count
    }

    pub(super) fn count(&mut self, row: &Row<'_>, key: &str, default: Option<u32>) -> u32 {
        if row.get(key).is_none() && default.is_none() {
            self.missing(row, key, "a whole number");
        }
        self.optional_count(row, key)
            .or(default)
            .unwrap_or_default()
    }

    /// A whole number of at least 1.
    pub(super) fn positive_count(&mut self, row: &Row<'_>, key: &str, default: Option<u32>) -> u32 {
        let count = self.count(row, key, default);
        if let Some(node) = row
            .get(key)
            .filter(|node| matches!(node.value, Value::Integer(0)))
        {
            self.error(
                "out-of-range",
                format!("`{key}` is 0"),
                node.label("expected at least 1"),
            );
        }
        count
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        row: &Row<'_>,
        key: &str,
        options: &[(&str, T)],
        default: Option<T>,
    ) -> T {
        let words: Vec<&str> = options.iter().map(|(word, _)| *word).collect();
        if row.get(key).is_none() && default.is_none() {
            self.missing(row, key, &format!("one of {}", listed(&words)));
        }
        let fallback = default.unwrap_or(options[0].1);
        let Some(word) = self.optional_text(row, key) else {
            return fallback;
        };
        if let Some((_, value)) = options.iter().find(|(option, _)| *option == word) {
            return *value;
        }
        let label = row
            .get(key)
            .map(|node| node.label(""))
            .expect("the text was read from it");
        self.unknown_word(&word, key, &words, label);
        fallback
    }

    pub(super) fn unknown_word(&mut self, word: &str, key: &str, words: &[&str], mut label: Label) {
        let near = nearest(word, words.iter().copied());
        label.message = near.map_or("not one of them".to_owned(), |near| {
            format!("did you mean `{near}`?")
        });
        let message = format!("`{word}` is not a value of `{key}`");
        let help = format!("expected one of {}", listed(words));
        self.report(
            "unknown-value",
            message,
            label,
            Some(help),
            near.map(str::to_owned),
        );
    }
}

/// `a`, `b` and `c`.
pub(super) fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// `1 level`, `2 levels`.
pub(super) fn counted(count: usize, word: &str) -> String {
    if count == 1 {
        format!("1 {word}")
    } else {
        format!("{count} {word}s")
    }
}
