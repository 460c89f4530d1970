//! `extends` and `remove`: one tree laid over another.
//!
//! Flows in: two trees. Flows out: one, each value with the place it came from. Invariant: laying a
//! tree over itself changes nothing, and the order of bracketing three trees does not matter.

use super::tree::{Entry, Node, Value};

/// Keys of a file that describe that file alone and are never inherited.
pub const OWN_KEYS: [&str; 10] = [
    "id",
    "title",
    "summary",
    "hypothesis",
    "expect",
    "extends",
    "remove",
    "from",
    "assumed",
    "by_definition",
];

/// What a variant takes over from the file it extends.
pub fn inherited(mut base: Node) -> Node {
    if let Value::Table(entries) = &mut base.value {
        entries.retain(|entry| !OWN_KEYS.contains(&entry.key.as_str()));
    }
    base
}

/// Lays `over` on `base`: tables join by key, lists of tables with ids join by id, every other
/// value is replaced.
///
/// A number is replaced whole, and so is a strategy that names its kind: half of one and half of
/// another would be neither.
pub fn merge(base: Node, over: Node) -> Node {
    if base.is_quantity() || over.is_quantity() {
        return over;
    }
    let Node {
        value,
        source,
        span,
        path,
        cover,
    } = over;
    let value = match (base.value, value) {
        (Value::Table(below), Value::Table(above)) => Value::Table(merge_tables(below, above)),
        (Value::List(below), Value::List(above)) if have_ids(&below) && are_tables(&above) => {
            Value::List(merge_lists(below, above))
        }
        (_, above) => above,
    };
    Node {
        value,
        source,
        span,
        path,
        cover,
    }
}

fn merge_tables(mut below: Vec<Entry>, above: Vec<Entry>) -> Vec<Entry> {
    for entry in above {
        match below
            .iter_mut()
            .find(|candidate| candidate.key == entry.key)
        {
            Some(found) if found.key == "strategy" && entry.node.get("kind").is_some() => {
                *found = entry;
            }
            Some(found) => {
                let Entry {
                    key,
                    key_source,
                    key_span,
                    node,
                } = entry;
                let node = merge(std::mem::replace(&mut found.node, empty(&node)), node);
                *found = Entry {
                    key,
                    key_source,
                    key_span,
                    node,
                };
            }
            None => below.push(entry),
        }
    }
    below
}

fn merge_lists(mut below: Vec<Node>, above: Vec<Node>) -> Vec<Node> {
    for node in above {
        match below
            .iter_mut()
            .find(|candidate| candidate.id().is_some() && candidate.id() == node.id())
        {
            Some(found) => *found = merge(std::mem::replace(found, empty(&node)), node),
            None => below.push(node),
        }
    }
    below
}

fn empty(like: &Node) -> Node {
    Node {
        value: Value::Bool(false),
        source: like.source,
        span: like.span.clone(),
        path: String::new(),
        cover: None,
    }
}

/// Whether other entries can join a list by id.
fn have_ids(list: &[Node]) -> bool {
    !list.is_empty() && list.iter().all(|node| node.id().is_some())
}

/// Whether a list can join another; an empty one replaces it, and an entry that forgot its id is
/// added, so that the decoder can ask for the id.
fn are_tables(list: &[Node]) -> bool {
    !list.is_empty() && list.iter().all(|node| node.entries().is_some())
}

/// Takes away what stands at a path. On failure: the longest path that exists and the names there.
pub fn remove(root: &mut Node, path: &str) -> Result<(), (String, Vec<String>)> {
    let steps: Vec<&str> = path.split('.').collect();
    let mut at = root;
    for (depth, step) in steps.iter().enumerate() {
        let known = names(at);
        if !known.iter().any(|name| name == step) {
            return Err((steps[..depth].join("."), known));
        }
        let last = depth + 1 == steps.len();
        match &mut at.value {
            Value::Table(entries) => {
                if last {
                    entries.retain(|entry| entry.key != *step);
                    return Ok(());
                }
                let found = entries.iter_mut().find(|entry| entry.key == *step);
                at = &mut found.expect("the name is among the known ones").node;
            }
            Value::List(elements) => {
                if last {
                    elements.retain(|element| element.id() != Some(step));
                    return Ok(());
                }
                let found = elements
                    .iter_mut()
                    .find(|element| element.id() == Some(step));
                at = found.expect("the name is among the known ones");
            }
            _ => return Err((steps[..depth].join("."), known)),
        }
    }
    Ok(())
}

/// A part of a change for which there is no place.
#[derive(Debug, Clone)]
pub struct Misplaced {
    /// Where the last step of its path is written.
    pub entry: Entry,
    /// The longest path that exists.
    pub parent: String,
    /// The names there.
    pub known: Vec<String>,
}

/// Lays single settings on a tree as [`merge`] would, each found by its path: a key with points in
/// it, tables inside tables, or both; a table laid on a list with ids names its entries by id.
///
/// A new key may be added to a table that is there, for the decoder to judge; nothing else is made.
pub fn set(root: &mut Node, settings: &[Entry]) -> Vec<Misplaced> {
    let mut misplaced = Vec::new();
    for entry in settings {
        place(root, entry, &entry.key, "", &mut misplaced);
    }
    misplaced
}

/// Lays the value of an entry at what is left of its path, below `at`, which stands at `trail`.
fn place(at: &mut Node, entry: &Entry, path: &str, trail: &str, misplaced: &mut Vec<Misplaced>) {
    let (step, rest) = path
        .split_once('.')
        .map_or((path, None), |(step, rest)| (step, Some(rest)));
    let known = names(at);
    let found = match &mut at.value {
        Value::Table(entries) => {
            let place = entries.iter().position(|one| one.key == step);
            if place.is_none() && rest.is_none() && !(trail.is_empty()) {
                entries.push(Entry {
                    key: step.to_owned(),
                    ..entry.clone()
                });
                return;
            }
            place.map(|place| &mut entries[place].node)
        }
        Value::List(elements) => elements
            .iter_mut()
            .enumerate()
            .find(|(index, element)| match element.id() {
                Some(id) => id == step,
                None => index.to_string() == step,
            })
            .map(|(_, element)| element),
        _ => None,
    };
    let Some(found) = found else {
        misplaced.push(Misplaced {
            entry: entry.clone(),
            parent: trail.to_owned(),
            known,
        });
        return;
    };
    let trail = super::tree::join(trail, step);
    if let Some(rest) = rest {
        place(found, entry, rest, &trail, misplaced);
        return;
    }
    let whole = entry.node.is_quantity()
        || found.is_quantity()
        || step == "strategy" && entry.node.get("kind").is_some();
    match entry.node.entries() {
        Some(entries) if !whole && (found.entries().is_some() || found.elements().is_some()) => {
            for below in entries {
                place(found, below, &below.key, &trail, misplaced);
            }
        }
        _ => {
            *found = merge(
                std::mem::replace(found, empty(&entry.node)),
                entry.node.clone(),
            );
        }
    }
}

/// The names one step below a value: keys of a table, ids of a list.
fn names(node: &Node) -> Vec<String> {
    match &node.value {
        Value::Table(entries) => entries.iter().map(|entry| entry.key.clone()).collect(),
        Value::List(list) => list
            .iter()
            .filter_map(|node| node.id().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}
