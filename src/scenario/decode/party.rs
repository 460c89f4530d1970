//! Parties and their types: traits, preferences and force payoffs, each type complete.

use super::number::{Bounds, defined};
use super::reader::{Reader, Row, counted};
use super::{Preferences, keys};
use crate::scenario::merge::merge;
use crate::scenario::names::Kind;
use crate::scenario::quantity::Quantity;
use crate::scenario::tree::{Entry, Node, Value, join};
use crate::scenario::types::{
    ForceOption, ForcePayoff, Party, PartyType, Preference, RedLine, Strategy, Traits,
};

const STRATEGIES: [(&str, &str); 13] = [
    ("time-dependent", "time-dependent"),
    ("boulware", "boulware"),
    ("linear", "linear"),
    ("conceder", "conceder"),
    ("relative-tit-for-tat", "relative-tit-for-tat"),
    ("absolute-tit-for-tat", "absolute-tit-for-tat"),
    ("averaged-tit-for-tat", "averaged-tit-for-tat"),
    ("nice-tit-for-tat", "nice-tit-for-tat"),
    ("micro", "micro"),
    ("zeuthen", "zeuthen"),
    ("hardliner", "hardliner"),
    ("random-walker", "random-walker"),
    ("ultimatum", "ultimatum"),
];
const RUBINSTEIN: (&str, &str) = ("rubinstein", "rubinstein");

impl Reader<'_> {
    pub(super) fn parties(
        &mut self,
        file: &Row<'_>,
        preferences: &Preferences<'_>,
        force: &[ForceOption],
    ) -> Vec<Party> {
        let known = [keys::PARTY_ONLY, keys::TRAITS].concat();
        if file.get("parties").is_none() {
            self.missing(file, "parties", "a list of tables, `[[parties]]`");
        }
        let rows = self.rows(file, "parties", "a party", &known);
        rows.iter()
            .map(|row| self.party(file, row, preferences, force))
            .collect()
    }

    fn party(
        &mut self,
        file: &Row<'_>,
        row: &Row<'_>,
        preferences: &Preferences<'_>,
        force: &[ForceOption],
    ) -> Party {
        let known = [keys::TYPE_ONLY, keys::TRAITS].concat();
        let id = self.id(row);
        self.distinct_ids(row, "types");
        let declared = self.rows(row, "types", "a type of a party", &known);
        let mut types: Vec<PartyType> = declared
            .iter()
            .map(|kind| {
                let merged = merge(without(row.node(), keys::PARTY_ONLY), kind.node().clone());
                let table = Row::at_home(&merged, &row.node().path);
                PartyType {
                    id: self.id(kind),
                    name: self.name(kind),
                    prior: self.quantity(kind, "prior", Bounds::UNIT, None),
                    traits: self.traits(&table),
                    preferences: self.preferences_of(file, &id, Some(kind), preferences),
                    force: self.payoffs(file, &id, Some(kind), force),
                }
            })
            .collect();
        if types.is_empty() {
            types.push(PartyType {
                id: "only".to_owned(),
                name: self.name(row),
                prior: defined(row.path("types.only.prior"), 1.0),
                traits: self.traits(row),
                preferences: self.preferences_of(file, &id, None, preferences),
                force: self.payoffs(file, &id, None, force),
            });
        }
        Party {
            name: self.name(row),
            colour: self.colour(row),
            summary: self.optional_text(row, "summary"),
            types,
            id,
        }
    }

    fn traits(&mut self, row: &Row<'_>) -> Traits {
        Traits {
            strategy: self.strategy(row),
            deadline_weeks: self.optional_quantity(row, "deadline_weeks", Bounds::POSITIVE),
            patience: self.quantity(row, "patience", Bounds::SHARE, Some(1.0)),
            rationality: self.quantity(row, "rationality", Bounds::PRECISION, Some(30.0)),
            insight: self.quantity(row, "insight", Bounds::UNIT, Some(0.5)),
            power: self.quantity(row, "power", Bounds::NOT_NEGATIVE, Some(1.0)),
            audience_cost: self.quantity(row, "audience_cost", Bounds::NOT_NEGATIVE, Some(0.0)),
            upkeep: self.quantity(row, "upkeep", Bounds::NOT_NEGATIVE, Some(0.0)),
            tension_cost: self.quantity(row, "tension_cost", Bounds::NOT_NEGATIVE, Some(0.0)),
            walkout: self.quantity(row, "walkout", Bounds::UNIT, Some(0.0)),
            slack: self.quantity(row, "slack", Bounds::NOT_NEGATIVE, Some(0.05)),
            spread: self.quantity(row, "spread", Bounds::POSITIVE, Some(0.05)),
            talks_value: self.quantity(row, "talks_value", Bounds::ANY, Some(0.0)),
            deal_value: self.quantity(row, "deal_value", Bounds::NOT_NEGATIVE, Some(1.0)),
            resolve: self.quantity(row, "resolve", Bounds::NOT_NEGATIVE, Some(1.0)),
            reluctance: self.quantity(row, "reluctance", Bounds::NOT_NEGATIVE, Some(1.0)),
        }
    }

    fn strategy(&mut self, row: &Row<'_>) -> Strategy {
        let Some(node) = row.get("strategy") else {
            self.missing(row, "strategy", "such as { kind = \"linear\" }");
            return Strategy::Hardliner;
        };
        if !self.known_keys(node, "`strategy`", keys::STRATEGY) {
            return Strategy::Hardliner;
        }
        let home = row.path("strategy");
        let table = Row::at_home(node, &home);
        let words: Vec<(&str, &str)> = STRATEGIES.into_iter().chain([RUBINSTEIN]).collect();
        let kind = self.choice(&table, "kind", &words, None);
        let written = table.get("kind").and_then(Node::as_str);
        if written != Some(kind) {
            // Already reported; what else a strategy needs depends on its kind.
            return Strategy::Hardliner;
        }
        let timed = ["time-dependent", "boulware", "linear", "conceder"].contains(&kind);
        for key in ["e", "k", "window"] {
            let fits = if key == "window" {
                kind == "averaged-tit-for-tat"
            } else {
                timed
            };
            if let Some(entry) = node.entry(key).filter(|_| !fits) {
                let mut label = entry.key_label();
                label.message = format!("has no meaning for `{kind}`");
                self.error(
                    "unknown-key",
                    format!("unknown key `{key}` of the strategy"),
                    label,
                );
            }
        }
        match kind {
            "relative-tit-for-tat" => Strategy::RelativeTitForTat,
            "absolute-tit-for-tat" => Strategy::AbsoluteTitForTat,
            "averaged-tit-for-tat" => {
                let window = self.count(&table, "window", Some(3));
                if let Some(written) = table.get("window").filter(|_| window < 2) {
                    let label = written.label("expected at least 2 offers");
                    self.error("out-of-range", format!("`window` is {window}"), label);
                }
                Strategy::AveragedTitForTat { window }
            }
            "nice-tit-for-tat" => Strategy::NiceTitForTat,
            "micro" => Strategy::Micro,
            "zeuthen" => Strategy::Zeuthen,
            "random-walker" => Strategy::RandomWalker,
            "ultimatum" => Strategy::Ultimatum,
            "rubinstein" => Strategy::Rubinstein,
            "hardliner" => Strategy::Hardliner,
            timed => {
                let e = match timed {
                    "boulware" => Some(0.2),
                    "linear" => Some(1.0),
                    "conceder" => Some(2.0),
                    _ => None,
                };
                Strategy::TimeDependent {
                    e: self.quantity(&table, "e", Bounds::POSITIVE, e),
                    k: self.quantity(&table, "k", Bounds::UNIT, Some(0.0)),
                }
            }
        }
    }

    /// One entry per issue: the type's own table over the party's.
    fn preferences_of(
        &mut self,
        file: &Row<'_>,
        party: &str,
        kind: Option<&Row<'_>>,
        preferences: &Preferences<'_>,
    ) -> Vec<Preference> {
        let own = self.entries(kind.and_then(|kind| kind.get("preferences")));
        for entry in &own {
            self.known(&entry.key, Kind::Issue, &entry.key_label());
            self.known_keys(&entry.node, "a preference", keys::PREFERENCE);
        }
        let issues = file
            .get("issues")
            .and_then(Node::elements)
            .unwrap_or_default();
        let mut decoded = Vec::new();
        for issue in issues.iter().filter_map(Node::id) {
            let base = preferences
                .get(party)
                .and_then(|tables| tables.get(issue))
                .copied();
            let over = own
                .iter()
                .find(|entry| entry.key == issue)
                .map(|entry| &entry.node);
            let merged = over_base(base, over);
            let home = format!("preferences.{party}.{issue}");
            decoded.push(match &merged {
                Some(node) => self.preference(issue, &Row::at_home(node, &home)),
                None => self.indifferent(issue, &home),
            });
        }
        decoded
    }

    fn indifferent(&mut self, issue: &str, home: &str) -> Preference {
        let levels = self.names.levels.get(issue).copied().unwrap_or_default();
        Preference {
            issue: issue.to_owned(),
            weight: defined(join(home, "weight"), 0.0),
            values: (0..levels)
                .map(|level| defined(format!("{home}.values.{level}"), 0.0))
                .collect(),
            red_line: None,
        }
    }

    fn preference(&mut self, issue: &str, row: &Row<'_>) -> Preference {
        let mut values: Vec<Quantity> = Vec::new();
        match row.get("values").map(|node| (node, node.elements())) {
            None => self.missing(row, "values", "a list with one number for each level"),
            Some((node, None)) => self.wrong_type(node, "`values`", "a list of numbers"),
            Some((node, Some(elements))) => {
                for element in elements {
                    values.push(self.value_of_level(element));
                }
                let levels = self
                    .names
                    .levels
                    .get(issue)
                    .copied()
                    .unwrap_or(values.len());
                if levels != values.len() {
                    let message = format!(
                        "`{issue}` has {} but {} here",
                        counted(levels, "level"),
                        counted(values.len(), "value")
                    );
                    let label = node.label(format!("expected {}", counted(levels, "number")));
                    self.error("values-length", message, label);
                }
            }
        }
        let red_line = self.table(row, "red_line", keys::RED_LINE);
        Preference {
            issue: issue.to_owned(),
            weight: self.quantity(row, "weight", Bounds::NOT_NEGATIVE, None),
            values,
            red_line: red_line.map(|table| self.red_line(issue, &table)),
        }
    }

    fn red_line(&mut self, issue: &str, row: &Row<'_>) -> RedLine {
        let above = self
            .optional_count(row, "above")
            .map(|level| level as usize);
        let below = self
            .optional_count(row, "below")
            .map(|level| level as usize);
        if above.is_none() && below.is_none() {
            self.missing(row, "above", "or `below`: the last level that is accepted");
        }
        let levels = self.names.levels.get(issue).copied().unwrap_or(usize::MAX);
        for (key, level) in [("above", above), ("below", below)] {
            if let (Some(level), Some(node)) = (level, row.get(key))
                && level >= levels
            {
                let label = node.label(format!("expected a level from 0 to {}", levels - 1));
                let message = format!("`{issue}` has no level {level}");
                self.error("red-line-outside", message, label);
            }
        }
        RedLine {
            above,
            below,
            firmness: self.quantity(row, "firmness", Bounds::UNIT, None),
            cost: self.quantity(row, "cost", Bounds::NOT_NEGATIVE, Some(0.2)),
        }
    }

    /// Payoffs of the options that the party holds: the type's own over the option's.
    fn payoffs(
        &mut self,
        file: &Row<'_>,
        party: &str,
        kind: Option<&Row<'_>>,
        force: &[ForceOption],
    ) -> Vec<ForcePayoff> {
        let own = self.entries(kind.and_then(|kind| kind.get("force")));
        for entry in &own {
            self.known_keys(&entry.node, "a type's force payoff", keys::FORCE_PAYOFF);
            if !self.known(&entry.key, Kind::Force, &entry.key_label()) {
                continue;
            }
            let option = force.iter().find(|option| option.id == entry.key);
            if let Some(option) = option.filter(|option| option.holder != party) {
                let mut label = entry.key_label();
                label.message = format!("held by `{}`", option.holder);
                let message = format!("`{party}` does not hold the force option `{}`", entry.key);
                self.error("force-not-held", message, label);
            }
        }
        let options = file
            .get("force")
            .and_then(Node::elements)
            .unwrap_or_default();
        let mut payoffs = Vec::new();
        for option in force.iter().filter(|option| option.holder == party) {
            let base = options.iter().find(|node| node.id() == Some(&option.id));
            let over = own
                .iter()
                .find(|entry| entry.key == option.id)
                .map(|entry| &entry.node);
            let Some(merged) = over_base(base, over) else {
                continue;
            };
            let home = format!("force.{}", option.id);
            payoffs.push(self.payoff(&option.id, &Row::at_home(&merged, &home)));
        }
        payoffs
    }

    pub(super) fn payoff(&mut self, force: &str, row: &Row<'_>) -> ForcePayoff {
        ForcePayoff {
            force: force.to_owned(),
            prize: self.quantity(row, "prize", Bounds::ANY, None),
            loss: self.quantity(row, "loss", Bounds::ANY, None),
            cost: self.quantity(row, "cost", Bounds::NOT_NEGATIVE, None),
        }
    }
}

fn over_base(base: Option<&Node>, over: Option<&Node>) -> Option<Node> {
    match (base, over) {
        (Some(base), Some(over)) => Some(merge(base.clone(), over.clone())),
        (base, over) => over.or(base).cloned(),
    }
}

/// A table without some of its keys.
fn without(node: &Node, keys: &[&str]) -> Node {
    let mut node = node.clone();
    if let Value::Table(entries) = &mut node.value {
        entries.retain(|Entry { key, .. }| !keys.contains(&key.as_str()));
    }
    node
}
