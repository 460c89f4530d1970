//! What is on the table and who sits at it: issues, forms, venues, meetings, the starting state.

use std::collections::BTreeMap;

use super::keys;
use super::number::{Bounds, defined};
use super::reader::{Reader, Row, counted};
use crate::scenario::names::Kind;
use crate::scenario::tree::Node;
use crate::scenario::types::{
    BeliefRules, Consequence, Cycle, Form, Issue, Linkage, Meeting, MoveOrder, Protocol,
    StateStart, Talks, Tension, Venue,
};

/// Fewest and most levels of an issue.
pub(crate) const LEVELS: std::ops::RangeInclusive<usize> = 2..=15;

impl Reader<'_> {
    pub(super) fn issues(&mut self, file: &Row<'_>) -> Vec<Issue> {
        if file.get("issues").is_none() {
            self.missing(file, "issues", "a list of tables, `[[issues]]`");
        }
        let rows = self.rows(file, "issues", "an issue", keys::ISSUE);
        rows.iter().map(|row| self.issue(row)).collect()
    }

    fn issue(&mut self, row: &Row<'_>) -> Issue {
        let id = self.id(row);
        let levels = self.texts(row, "levels");
        match row.get("levels") {
            None => self.missing(row, "levels", "a list of texts, lowest level first"),
            Some(node)
                if !LEVELS.contains(&node.elements().map_or(levels.len(), <[Node]>::len)) =>
            {
                let label = node.label(format!("expected {} to {}", LEVELS.start(), LEVELS.end()));
                let message = format!("`{id}` has {}", counted(levels.len(), "level"));
                self.error("levels-count", message, label);
            }
            Some(_) => {}
        }
        // Levels that are no texts are reported one by one, but they are levels.
        let rungs = row
            .get("levels")
            .and_then(Node::elements)
            .map_or(0, <[Node]>::len);
        let status_quo = self.count(row, "status_quo", None) as usize;
        if let Some(node) = row.get("status_quo").filter(|_| status_quo >= rungs) {
            let highest = rungs.saturating_sub(1);
            let label = node.label(format!("expected a level from 0 to {highest}"));
            let message = format!("`{id}` has no level {status_quo}");
            self.error("status-quo-outside", message, label);
        }
        let consequences = self.rows(
            row,
            "consequences",
            "a consequence of an issue",
            keys::CONSEQUENCE,
        );
        Issue {
            name: self.name(row),
            promise: self.flag(row, "promise", false),
            consent: self.references(row, "consent", Kind::Party),
            from: self.texts(row, "from"),
            consequences: consequences
                .iter()
                .map(|entry| Consequence {
                    level: self.level_test(entry, &id),
                    effects: self.effects(entry, "effects"),
                })
                .collect(),
            id,
            levels,
            status_quo,
        }
    }

    pub(super) fn linkages(&mut self, file: &Row<'_>) -> Vec<Linkage> {
        let rows = self.rows(file, "linkages", "a linkage", keys::LINKAGE);
        rows.iter()
            .map(|row| {
                let when = self.issue_tests(row.get("when"));
                let bonus = self.optional_quantity(row, "bonus", Bounds::CHANGE);
                let absolute = self.flag(row, "absolute", false);
                if when.len() < 2 {
                    let expected = "tests of at least two issues";
                    match row.get("when") {
                        None => self.missing(row, "when", expected),
                        Some(node) if node.entries().is_some_and(|entries| entries.len() < 2) => {
                            let message = "a linkage joins at least two issues";
                            self.error(
                                "wrong-type",
                                message,
                                node.label(format!("expected {expected}")),
                            );
                        }
                        Some(_) => {}
                    }
                }
                if bonus.is_none() && !absolute && row.get("bonus").is_none() {
                    self.missing(row, "bonus", "or `absolute = true`");
                }
                Linkage {
                    id: self.id(row),
                    party: self.reference(row, "party", Kind::Party),
                    when,
                    bonus,
                    absolute,
                    from: self.texts(row, "from"),
                }
            })
            .collect()
    }

    pub(super) fn forms(&mut self, file: &Row<'_>) -> Vec<Form> {
        let rows = self.rows(file, "forms", "a form", keys::FORM);
        rows.iter()
            .map(|row| Form {
                id: self.id(row),
                name: self.name(row),
                level: self
                    .optional_count(row, "level")
                    .map(|level| level as usize),
                durability: self.by_party(row, "durability", Bounds::UNIT),
                ratification: self.by_party(row, "ratification", Bounds::UNIT),
                binding: self.flag(row, "binding", false),
            })
            .collect()
    }

    pub(super) fn venues(&mut self, file: &Row<'_>) -> Vec<Venue> {
        let rows = self.rows(file, "venues", "a venue", keys::VENUE);
        rows.iter().map(|row| self.venue(row)).collect()
    }

    fn venue(&mut self, row: &Row<'_>) -> Venue {
        let protocols = [
            ("alternating-offers", Protocol::AlternatingOffers),
            ("single-text", Protocol::SingleText),
            ("simultaneous-concession", Protocol::SimultaneousConcession),
            ("ultimatum", Protocol::Ultimatum),
        ];
        let participants = self.references(row, "participants", Kind::Party);
        if row.get("participants").is_none() {
            self.missing(row, "participants", "a list of parties");
        }
        let decides = self.references(row, "decides", Kind::Issue);
        let mut discusses = self.references(row, "discusses", Kind::Issue);
        if row.get("discusses").is_none() {
            discusses.clone_from(&decides);
        }
        for node in self.text_nodes(row, "decides") {
            let issue = node.as_str().unwrap_or_default();
            if self.names.has(Kind::Issue, issue) && !discusses.iter().any(|known| known == issue) {
                let label = node.label("not in `discusses`");
                let help = Some("a venue can only settle what it may discuss".to_owned());
                let message = format!("`{issue}` is decided but not discussed");
                self.report("decides-undiscussed", message, label, help, None);
            }
        }
        Venue {
            id: self.id(row),
            name: self.name(row),
            participants,
            discusses,
            decides,
            protocol: self.choice(
                row,
                "protocol",
                &protocols,
                Some(Protocol::AlternatingOffers),
            ),
            exchanges: self.positive_count(row, "exchanges", None),
            open: self.flag(row, "open", true),
            forms: self.references(row, "forms", Kind::Form),
            mediator_insight: self.quantity(row, "mediator_insight", Bounds::UNIT, Some(0.5)),
            from: self.texts(row, "from"),
        }
    }

    pub(super) fn meetings(&mut self, file: &Row<'_>) -> Vec<Meeting> {
        let rows = self.rows(file, "meetings", "a meeting", keys::MEETING);
        rows.iter()
            .map(|row| Meeting {
                venue: self.reference(row, "venue", Kind::Venue),
                date: self.required_date(row, "date"),
                from: self.texts(row, "from"),
            })
            .collect()
    }

    pub(super) fn cycle(&mut self, file: &Row<'_>) -> Option<Cycle> {
        let table = self.table(file, "cycle", keys::CYCLE)?;
        let every_days = self.positive_count(&table, "every_days", None);
        if table.get("venues").is_none() {
            self.missing(&table, "venues", "a list of venues");
        }
        // A venue may have more than one turn, so this is no list of distinct ids.
        let mut venues = Vec::new();
        for node in self.text_nodes(&table, "venues") {
            let id = node.as_str().unwrap_or_default();
            if self.known(id, Kind::Venue, &node.label("")) {
                venues.push(id.to_owned());
            }
        }
        Some(Cycle { every_days, venues })
    }

    pub(super) fn state(&mut self, file: &Row<'_>) -> StateStart {
        let Some(table) = self.table(file, "state", keys::STATE) else {
            let zero = |key: &str| defined(format!("state.{key}"), 0.0);
            return StateStart {
                tension: Tension {
                    start: zero("tension.start"),
                    rest: zero("tension.rest"),
                    decay: zero("tension.decay"),
                },
                exposure: BTreeMap::new(),
                standing: BTreeMap::new(),
                posture: BTreeMap::new(),
                exposure_decay: zero("exposure_decay"),
            };
        };
        StateStart {
            tension: self.tension(&table),
            exposure: self.by_party(&table, "exposure", Bounds::UNIT),
            standing: self.by_party(&table, "standing", Bounds::NOT_NEGATIVE),
            posture: self.by_party(&table, "posture", Bounds::UNIT),
            exposure_decay: self.quantity(&table, "exposure_decay", Bounds::UNIT, Some(0.0)),
        }
    }

    fn tension(&mut self, state: &Row<'_>) -> Tension {
        let home = state.path("tension");
        let Some(table) = self.table(state, "tension", keys::TENSION) else {
            let zero = |key: &str| defined(format!("{home}.{key}"), 0.0);
            return Tension {
                start: zero("start"),
                rest: zero("rest"),
                decay: zero("decay"),
            };
        };
        Tension {
            start: self.quantity(&table, "start", Bounds::UNIT, None),
            rest: self.quantity(&table, "rest", Bounds::UNIT, Some(0.0)),
            decay: self.quantity(&table, "decay", Bounds::UNIT, Some(0.0)),
        }
    }

    pub(super) fn talks(&mut self, file: &Row<'_>) -> Talks {
        let orders = [
            ("scenario", MoveOrder::Scenario),
            ("drawn", MoveOrder::Drawn),
        ];
        let Some(table) = self.table(file, "talks", keys::TALKS) else {
            return Talks {
                move_order: MoveOrder::Scenario,
                on_agreement: Vec::new(),
                on_no_agreement: Vec::new(),
                on_walkout: Vec::new(),
                on_failure: Vec::new(),
                failure_exposure: defined("talks.failure_exposure".to_owned(), 0.0),
            };
        };
        Talks {
            move_order: self.choice(&table, "move_order", &orders, Some(MoveOrder::Scenario)),
            on_agreement: self.effects(&table, "on_agreement"),
            on_no_agreement: self.effects(&table, "on_no_agreement"),
            on_walkout: self.effects(&table, "on_walkout"),
            on_failure: self.effects(&table, "on_failure"),
            failure_exposure: self.quantity(&table, "failure_exposure", Bounds::UNIT, Some(0.0)),
        }
    }

    pub(super) fn beliefs(&mut self, file: &Row<'_>) -> BeliefRules {
        let Some(table) = self.table(file, "beliefs", keys::BELIEFS) else {
            return BeliefRules {
                offer_noise: defined("beliefs.offer_noise".to_owned(), 0.05),
                tremble: defined("beliefs.tremble".to_owned(), 0.0),
                foresight: defined("beliefs.foresight".to_owned(), 1.0),
                priors: BTreeMap::new(),
            };
        };
        BeliefRules {
            offer_noise: self.quantity(&table, "offer_noise", Bounds::POSITIVE, Some(0.05)),
            tremble: self.quantity(&table, "tremble", Bounds::NOT_NEGATIVE, Some(0.0)),
            foresight: self.quantity(&table, "foresight", Bounds::POSITIVE, Some(1.0)),
            priors: self.priors(table.get("priors")),
        }
    }

    fn priors(
        &mut self,
        node: Option<&Node>,
    ) -> BTreeMap<String, BTreeMap<String, super::ByParty>> {
        let mut priors = BTreeMap::new();
        for observer in self.entries(node) {
            if !self.known(&observer.key, Kind::Party, &observer.key_label()) {
                continue;
            }
            let mut by_party = BTreeMap::new();
            for observed in self.entries(Some(&observer.node)) {
                if !self.known(&observed.key, Kind::Party, &observed.key_label()) {
                    continue;
                }
                let known = self
                    .names
                    .types
                    .get(&observed.key)
                    .map_or(&[][..], Vec::as_slice);
                let mut by_type = BTreeMap::new();
                for entry in self.entries(Some(&observed.node)) {
                    if !known.contains(&entry.key) {
                        let known: Vec<&str> = known.iter().map(String::as_str).collect();
                        let what = format!("a type of `{}`", observed.key);
                        self.unknown(&entry.key, &what, &known, entry.key_label());
                        continue;
                    }
                    by_type.insert(entry.key.clone(), self.number(&entry.node, Bounds::UNIT));
                }
                by_party.insert(observed.key.clone(), by_type);
            }
            priors.insert(observer.key.clone(), by_party);
        }
        priors
    }
}
