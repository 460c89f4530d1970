//! A file's values with the place of each: what TOML says, before anyone asks what it means.
//!
//! Flows in: parsed text (`read`). Flows out: the tree that `merge` joins and `decode` reads.
//! Invariant: every value knows its source, its span, its path by ids and the `from`/`assumed`
//! that covered it in its own file, so that none of these is lost when trees are joined.

use std::ops::Range;
use std::sync::Arc;

use toml::value::Datetime;

use crate::diagnostic::{Label, SourceId};

/// The `from` and `assumed` of a table, which cover the numbers below it that carry none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cover {
    /// Facts.
    pub from: Vec<String>,
    /// The analyst's reason.
    pub assumed: Option<String>,
    /// The numbers make up a game and claim nothing of the world.
    pub defined: bool,
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Its text.
    pub source: SourceId,
    /// Its bytes there.
    pub span: Range<usize>,
    /// `parties.russia.patience`: keys and ids from the root; set by [`Node::name_paths`].
    pub path: String,
    /// The nearest enclosing `from`/`assumed` in the same file.
    pub cover: Option<Arc<Cover>>,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum Value {
    /// Text.
    String(String),
    /// Whole number.
    Integer(i64),
    /// Number with a point, `inf` or `nan`.
    Float(f64),
    /// `true` or `false`.
    Bool(bool),
    /// Date, time or both.
    Datetime(Datetime),
    /// List.
    List(Vec<Node>),
    /// Table, in the file's order.
    Table(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Key.
    pub key: String,
    /// Where the key stands; its text is the one the entry was last written in.
    pub key_source: SourceId,
    /// The key's bytes.
    pub key_span: Range<usize>,
    /// Its value.
    pub node: Node,
}

impl Node {
    /// The place of the value, with something to say there.
    pub fn label(&self, message: impl Into<String>) -> Label {
        Label {
            source: self.source,
            span: self.span.clone(),
            message: message.into(),
        }
    }

    /// What kind of value it is, in words.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::String(_) => "a text",
            Value::Integer(_) => "a whole number",
            Value::Float(_) => "a number",
            Value::Bool(_) => "true or false",
            Value::Datetime(_) => "a date",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }

    /// The entries, if it is a table.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Table(entries) => Some(entries),
            _ => None,
        }
    }

    /// The elements, if it is a list.
    pub fn elements(&self) -> Option<&[Self]> {
        match &self.value {
            Value::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// The entry of a key, if it is a table that has it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries()?.iter().find(|entry| entry.key == key)
    }

    /// The value of a key, if it is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<f64> {
        match self.value {
            Value::Integer(number) => Some(number as f64),
            Value::Float(number) => Some(number),
            _ => None,
        }
    }

    /// The `id` of a table that has one.
    pub fn id(&self) -> Option<&str> {
        self.get("id")?.as_str()
    }

    /// Whether it is a table that spells out a number.
    pub fn is_quantity(&self) -> bool {
        QUANTITY_FORMS.iter().any(|form| self.get(form).is_some())
    }

    /// Names every value by the keys and ids that lead to it, the root being `path`.
    ///
    /// Ids, not positions, wherever there are any: the path names a number's random stream, which
    /// must not move when a list gains an entry.
    pub fn name_paths(&mut self, path: &str) {
        path.clone_into(&mut self.path);
        match &mut self.value {
            Value::Table(entries) => {
                for entry in entries {
                    entry.node.name_paths(&join(path, &entry.key));
                }
            }
            Value::List(elements) => {
                for (index, element) in elements.iter_mut().enumerate() {
                    let name = element
                        .id()
                        .map_or_else(|| index.to_string(), str::to_owned);
                    element.name_paths(&join(path, &name));
                }
            }
            _ => {}
        }
    }

    /// Gives every value the nearest `from`/`assumed` above it.
    pub fn spread_cover(&mut self, above: Option<&Arc<Cover>>) {
        self.cover = above.cloned();
        let own = self.own_cover().map(Arc::new);
        let below = own.as_ref().or(above);
        match &mut self.value {
            Value::Table(entries) => {
                for entry in entries {
                    entry.node.spread_cover(below);
                }
            }
            Value::List(elements) => {
                for element in elements {
                    element.spread_cover(below);
                }
            }
            _ => {}
        }
    }

    /// The `from` and `assumed` that a table states itself.
    pub fn own_cover(&self) -> Option<Cover> {
        let from = self
            .get("from")
            .and_then(Self::elements)
            .unwrap_or_default();
        let cover = Cover {
            from: from
                .iter()
                .filter_map(|fact| fact.as_str().map(str::to_owned))
                .collect(),
            assumed: self
                .get("assumed")
                .and_then(Self::as_str)
                .map(str::to_owned),
            defined: self.get("by_definition").is_some(),
        };
        (cover != Cover::default()).then_some(cover)
    }
}

/// Keys that make a table a number; exactly one of them must stand in it.
pub const QUANTITY_FORMS: [&str; 5] = ["value", "range", "beta", "normal", "lognormal"];

/// A key or id below a path.
pub fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
