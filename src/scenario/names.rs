//! The names a scenario declares, and the nearest of them to one that it does not.

use std::collections::BTreeMap;

use super::tree::Node;

/// What an id can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `[[parties]]`
    Party,
    /// `[[issues]]`
    Issue,
    /// `[[forms]]`
    Form,
    /// `[[venues]]`
    Venue,
    /// `[[force]]`
    Force,
    /// `[[moves]]`
    Move,
    /// `[[threats]]`
    Threat,
    /// `[[promises]]`
    Promise,
    /// `[[events]]`
    Event,
    /// `[[outcomes]]`
    Outcome,
    /// `[[flags]]`
    Flag,
    /// A move or an event.
    Deed,
    /// A threat or a promise.
    Commitment,
}

impl Kind {
    /// With its article, for messages.
    pub fn article(self) -> &'static str {
        match self {
            Self::Party => "a party",
            Self::Issue => "an issue",
            Self::Form => "a form",
            Self::Venue => "a venue",
            Self::Force => "a force option",
            Self::Move => "a move",
            Self::Threat => "a threat",
            Self::Promise => "a promise",
            Self::Event => "an event",
            Self::Outcome => "an outcome",
            Self::Flag => "a flag",
            Self::Deed => "a move or an event",
            Self::Commitment => "a threat or a promise",
        }
    }
}

/// The lists of a file whose entries have ids.
pub const LISTS: [(&str, Kind); 11] = [
    ("parties", Kind::Party),
    ("issues", Kind::Issue),
    ("forms", Kind::Form),
    ("venues", Kind::Venue),
    ("force", Kind::Force),
    ("moves", Kind::Move),
    ("threats", Kind::Threat),
    ("promises", Kind::Promise),
    ("events", Kind::Event),
    ("outcomes", Kind::Outcome),
    ("flags", Kind::Flag),
];

/// Every declared id, known before anything that refers to one is read.
#[derive(Debug, Default)]
pub struct Names {
    ids: BTreeMap<Kind, Vec<String>>,
    /// Who hears the `credibility` of each threat.
    pub threat_targets: BTreeMap<String, String>,
    /// How many levels each issue has.
    pub levels: BTreeMap<String, usize>,
    /// Types of each party.
    pub types: BTreeMap<String, Vec<String>>,
}

impl Names {
    /// Collects the ids of a merged file.
    pub fn of(root: &Node) -> Self {
        let mut names = Self::default();
        for (key, kind) in LISTS {
            for node in rows(root, key) {
                let Some(id) = node.id() else { continue };
                names.add(kind, id);
                match kind {
                    Kind::Move | Kind::Event => names.add(Kind::Deed, id),
                    Kind::Threat | Kind::Promise => names.add(Kind::Commitment, id),
                    _ => {}
                }
                let target = node.get("target").and_then(Node::as_str);
                if let (Kind::Threat, Some(target)) = (kind, target) {
                    names
                        .threat_targets
                        .insert(id.to_owned(), target.to_owned());
                }
                let levels = node.get("levels").and_then(Node::elements);
                if let (Kind::Issue, Some(levels)) = (kind, levels) {
                    names.levels.insert(id.to_owned(), levels.len());
                }
                if kind == Kind::Party {
                    let types = rows(node, "types")
                        .iter()
                        .filter_map(Node::id)
                        .map(str::to_owned);
                    let mut types: Vec<String> = types.collect();
                    if types.is_empty() {
                        types.push("only".to_owned());
                    }
                    names.types.insert(id.to_owned(), types);
                }
            }
        }
        names
    }

    fn add(&mut self, kind: Kind, id: &str) {
        self.ids.entry(kind).or_default().push(id.to_owned());
    }

    /// The ids of a kind, in the file's order.
    pub fn ids(&self, kind: Kind) -> &[String] {
        self.ids.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Whether there is such an id.
    pub fn has(&self, kind: Kind, id: &str) -> bool {
        self.ids(kind).iter().any(|known| known == id)
    }
}

fn rows<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    node.get(key).and_then(Node::elements).unwrap_or_default()
}

/// The candidate most like `name`, if one is like it at all: a slip of the hand, or a part of it.
pub fn nearest<'n>(name: &str, candidates: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let lower = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
            // A letter or two are in many names.
            let long = name.len().min(candidate.len()) >= 3;
            let part = long && (candidate.contains(name) || name.contains(candidate));
            (candidate, distance, part)
        })
        .filter(|(candidate, distance, part)| {
            *part || distance * 3 <= candidate.chars().count().max(lower.chars().count()).max(3)
        })
        .min_by_key(|(_, distance, _)| *distance)
        .map(|(candidate, ..)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_or_a_part_is_near_and_a_letter_is_not() {
        let near = |name: &str| nearest(name, ["us", "russia", "tacit-deescalation"]);
        assert_eq!(near("Rusia"), Some("russia"));
        assert_eq!(near("usa"), Some("us"));
        assert_eq!(near("tacit"), Some("tacit-deescalation"));
        assert_eq!(near("the russian side"), Some("russia"));
        assert_eq!(near("austerity"), None);
    }
}
