//! Effects, tests and conditions, and what is named by them: outcomes, flags, benchmarks.

use jiff::civil::Date;

use super::keys;
use super::number::Bounds;
use super::reader::{Reader, Row};
use crate::scenario::load::FactIndex;
use crate::scenario::names::Kind;
use crate::scenario::tree::{Node, Value};
use crate::scenario::types::{
    Benchmark, Channels, Comparison, Condition, DateComparison, Effect, Effects, Flag, Outcome,
    Relation, ReportOptions, SettledCount, StateRef, TerminalTest,
};

/// Crisis variables that belong to somebody or something.
const OWNED: [(&str, Kind); 8] = [
    ("exposure", Kind::Party),
    ("standing", Kind::Party),
    ("posture", Kind::Party),
    ("advantage", Kind::Force),
    ("drift", Kind::Force),
    ("said", Kind::Commitment),
    ("credibility", Kind::Threat),
    ("level", Kind::Issue),
];

impl Reader<'_> {
    pub(super) fn effects(&mut self, row: &Row<'_>, key: &str) -> Effects {
        let Some(table) = self.table(row, key, keys::EFFECTS) else {
            return Effects::new();
        };
        let mut effects = Effects::new();
        for (target, node) in self.variables(&table, true) {
            let bounds = if matches!(target, StateRef::Level { .. }) {
                Bounds::ANY
            } else {
                Bounds::CHANGE
            };
            effects.push(Effect {
                target,
                change: self.number(node, bounds),
            });
        }
        effects
    }

    /// The crisis variables that a table of effects or tests names, each with its value.
    fn variables<'n>(&mut self, table: &Row<'n>, levels: bool) -> Vec<(StateRef, &'n Node)> {
        let mut found = Vec::new();
        if let Some(node) = table.get("tension") {
            found.push((StateRef::Tension, node));
        }
        for (variable, kind) in OWNED
            .into_iter()
            .filter(|(name, _)| levels || *name != "level")
        {
            for entry in self.entries(table.get(variable)) {
                if self.known(&entry.key, kind, &entry.key_label())
                    && let Some(target) = self.owned(variable, &entry.key)
                {
                    found.push((target, &entry.node));
                }
            }
        }
        for commitment in self.entries(table.get("heard")) {
            if !self.known(&commitment.key, Kind::Commitment, &commitment.key_label()) {
                continue;
            }
            for observer in self.entries(Some(&commitment.node)) {
                if self.known(&observer.key, Kind::Party, &observer.key_label()) {
                    let (commitment, party) = (commitment.key.clone(), observer.key.clone());
                    found.push((StateRef::Heard { commitment, party }, &observer.node));
                }
            }
        }
        found
    }

    fn owned(&self, variable: &str, id: &str) -> Option<StateRef> {
        let id = id.to_owned();
        Some(match variable {
            "exposure" => StateRef::Exposure { party: id },
            "standing" => StateRef::Standing { party: id },
            "posture" => StateRef::Posture { party: id },
            "advantage" => StateRef::Advantage { force: id },
            "drift" => StateRef::Drift { force: id },
            "said" => StateRef::Said { commitment: id },
            "level" => StateRef::Level { issue: id },
            _ => {
                let party = self.names.threat_targets.get(&id)?.clone();
                StateRef::Heard {
                    commitment: id,
                    party,
                }
            }
        })
    }

    pub(crate) fn condition(&mut self, row: &Row<'_>, key: &str) -> Condition {
        match self.table(row, key, keys::CONDITION) {
            Some(table) => self.tests(&table),
            None => Condition::default(),
        }
    }

    fn tests(&mut self, table: &Row<'_>) -> Condition {
        let mut state = Vec::new();
        for (variable, node) in self.variables(table, false) {
            if let Some(test) = self.comparison(node) {
                state.push((variable, test));
            }
        }
        let channels = [("open", Channels::Open), ("closed", Channels::Closed)];
        let has_channels = table.get("channels").is_some();
        let channels = self.choice(table, "channels", &channels, Some(Channels::Open));
        let any = self.rows(table, "any", "a condition", keys::CONDITION);
        let not = self.table(table, "not", keys::CONDITION);
        Condition {
            terminal: self.terminal(table),
            date: self.date_tests(table),
            round: table.get("round").and_then(|node| self.comparison(node)),
            state,
            level: self.issue_tests(table.get("level")),
            settled: self.issue_tests(table.get("settled")),
            settled_count: self.settled_count(table),
            binding: self.optional_flag(table, "binding"),
            done: self.references(table, "done", Kind::Deed),
            not_done: self.references(table, "not_done", Kind::Deed),
            channels: has_channels.then_some(channels),
            without: self.optional_reference(table, "without", Kind::Party),
            any: any.iter().map(|row| self.tests(row)).collect(),
            not: not.map(|row| Box::new(self.tests(&row))),
        }
    }

    fn settled_count(&mut self, table: &Row<'_>) -> Option<SettledCount> {
        let row = self.table(table, "settled_count", keys::SETTLED_COUNT)?;
        let of = self.references(&row, "of", Kind::Issue);
        let at_least = self.positive_count(&row, "at_least", None) as usize;
        if let Some(node) = row.get("at_least").filter(|_| at_least > of.len()) {
            let label = node.label(format!("at most {} can be", of.len()));
            self.error(
                "never-holds",
                format!("never are {at_least} issues settled here"),
                label,
            );
        }
        Some(SettledCount { of, at_least })
    }

    fn terminal(&mut self, table: &Row<'_>) -> Option<TerminalTest> {
        let node = table.get("terminal")?;
        match node.as_str() {
            Some("any") => Some(TerminalTest::Any),
            Some("none") => Some(TerminalTest::None),
            _ => Some(TerminalTest::Moves(self.references(
                table,
                "terminal",
                Kind::Move,
            ))),
        }
    }

    /// Tests of issues' levels: a map from issue to test.
    pub(super) fn issue_tests(&mut self, node: Option<&Node>) -> Vec<(String, Comparison)> {
        let mut tests = Vec::new();
        for entry in self.entries(node) {
            if self.known(&entry.key, Kind::Issue, &entry.key_label())
                && let Some(test) = self.comparison(&entry.node)
            {
                self.reachable(&entry.key, test, &entry.node);
                tests.push((entry.key.clone(), test));
            }
        }
        tests
    }

    /// Refuses a test that no level of the issue passes.
    pub(super) fn reachable(&mut self, issue: &str, test: Comparison, node: &Node) {
        let levels = self.names.levels.get(issue).copied().unwrap_or_default();
        if levels > 0 && !(0..levels).any(|level| test.holds(level as f64)) {
            let label = node.label(format!(
                "expected a test of a level from 0 to {}",
                levels - 1
            ));
            self.error(
                "never-holds",
                format!("no level of `{issue}` passes this test"),
                label,
            );
        }
    }

    /// `">= 2"`; a bare number means `=`.
    pub(super) fn comparison(&mut self, node: &Node) -> Option<Comparison> {
        if let Some(value) = node.as_number().filter(|value| value.is_finite()) {
            return Some(Comparison {
                op: Relation::Equal,
                value,
            });
        }
        let text = node.as_str().unwrap_or_default();
        let (op, rest) = relation(text);
        let number = rest.parse::<f64>().ok().filter(|value| value.is_finite());
        if let (Some(op), Some(value)) = (op, number) {
            return Some(Comparison { op, value });
        }
        let label = node.label("expected a test such as \">= 2\"");
        let help = "a test is one of <, <=, =, >=, > and a number, in quotes".to_owned();
        self.report(
            "bad-comparison",
            "this is not a test".to_owned(),
            label,
            Some(help),
            None,
        );
        None
    }

    fn date_tests(&mut self, table: &Row<'_>) -> Vec<DateComparison> {
        let mut tests = Vec::new();
        for node in self.text_nodes(table, "date") {
            let (op, rest) = relation(node.as_str().unwrap_or_default());
            let date = rest.parse::<Date>().ok().filter(|_| rest.len() == 10);
            if let (Some(op), Some(date)) = (op, date) {
                tests.push(DateComparison { op, date });
                continue;
            }
            let label = node.label("expected a test such as \">= 2022-02-01\"");
            let help = "a test is one of <, <=, =, >=, > and a day, in quotes".to_owned();
            let message = "this is not a test of the date".to_owned();
            self.report("bad-comparison", message, label, Some(help), None);
        }
        tests
    }

    pub(super) fn outcomes(&mut self, file: &Row<'_>) -> Vec<Outcome> {
        if file.get("outcomes").is_none() {
            self.missing(file, "outcomes", "a list of tables, `[[outcomes]]`");
        }
        let rows = self.rows(file, "outcomes", "an outcome", keys::OUTCOME);
        rows.iter()
            .map(|row| Outcome {
                id: self.id(row),
                name: self.name(row),
                severity: self.count(row, "severity", None),
                when: self.condition(row, "when"),
                colour: self.colour(row),
                summary: self.optional_text(row, "summary"),
            })
            .collect()
    }

    pub(super) fn flags(&mut self, file: &Row<'_>) -> Vec<Flag> {
        let rows = self.rows(file, "flags", "a flag", keys::FLAG);
        if let Some(row) = rows.get(64) {
            let label = row.node().label("the 65th");
            self.error("out-of-range", "at most 64 flags are kept of a run", label);
        }
        rows.iter()
            .map(|row| Flag {
                id: self.id(row),
                name: self.name(row),
                when: self.condition(row, "when"),
            })
            .collect()
    }

    pub(super) fn benchmarks(&mut self, file: &Row<'_>, facts: &dyn FactIndex) -> Vec<Benchmark> {
        let rows = self.rows(file, "benchmarks", "a benchmark", keys::BENCHMARK);
        let mut benchmarks = Vec::new();
        for row in &rows {
            let base_rate = self.text(row, "base_rate");
            if let Some(node) = row
                .get("base_rate")
                .filter(|_| !facts.base_rate_exists(&base_rate))
            {
                let label = node.label("not among the base rates of the evidence");
                self.error(
                    "unknown-base-rate",
                    format!("no base rate `{base_rate}`"),
                    label,
                );
            }
            let outcomes = self.references(row, "outcomes", Kind::Outcome);
            benchmarks.push(Benchmark {
                base_rate,
                outcomes,
            });
        }
        benchmarks
    }

    pub(super) fn report_options(&mut self, file: &Row<'_>) -> ReportOptions {
        let Some(table) = self.table(file, "report", keys::REPORT) else {
            return ReportOptions { joint: None };
        };
        let joint = self.references(&table, "joint", Kind::Party);
        if let Some(node) = table.get("joint").filter(|_| joint.len() != 2)
            && node.elements().is_none_or(|list| list.len() != 2)
        {
            self.wrong_type(node, "`joint`", "two parties");
        }
        let pair = <[String; 2]>::try_from(joint).ok();
        ReportOptions {
            joint: pair.map(|[first, second]| (first, second)),
        }
    }

    /// `level` of a consequence: a test in the place of a map.
    pub(super) fn level_test(&mut self, row: &Row<'_>, issue: &str) -> Comparison {
        let otherwise = Comparison {
            op: Relation::AtLeast,
            value: 0.0,
        };
        let Some(node) = row.get("level") else {
            self.missing(row, "level", "a test such as \">= 2\"");
            return otherwise;
        };
        if matches!(node.value, Value::Table(_)) {
            self.wrong_type(node, "`level`", "a test such as \">= 2\"");
            return otherwise;
        }
        let Some(test) = self.comparison(node) else {
            return otherwise;
        };
        self.reachable(issue, test, node);
        test
    }
}

/// The relation at the head of a test, and what follows it.
fn relation(text: &str) -> (Option<Relation>, &str) {
    let text = text.trim();
    let relations = [
        ("<=", Relation::AtMost),
        (">=", Relation::AtLeast),
        ("<", Relation::Less),
        (">", Relation::Greater),
        ("=", Relation::Equal),
    ];
    for (sign, relation) in relations {
        if let Some(rest) = text.strip_prefix(sign) {
            return (Some(relation), rest.trim());
        }
    }
    (None, text)
}
