//! One page for each party: what it wants, refuses, can do and is told, number by number.

use std::collections::BTreeSet;

use super::{Page, code, codes, empty, one_line};
use crate::evidence::Evidence;
use crate::scenario::quantity::Quantity;
use crate::scenario::types::{
    Issue, Move, MoveKind, Party, PartyType, Preference, RedLine, Scenario, Threat,
};

/// The page of one party.
pub fn page(scenario: &Scenario, party: &Party, file: &str, evidence: &Evidence) -> String {
    let mut writer = Writer {
        scenario,
        party,
        evidence,
        page: Page::new(&format!("{}: {}", party.name, "what the file says of it")),
        quantities: scenario.quantities(),
        shown: BTreeSet::new(),
        cited: BTreeSet::new(),
    };
    writer.opening(file);
    writer.positions();
    writer.types();
    writer.issues();
    writer.hanging_together();
    writer.bargaining();
    writer.force();
    writer.moves();
    writer.commitments();
    writer.rights();
    writer.rest();
    writer.facts();
    writer.page.finish()
}

struct Writer<'a> {
    scenario: &'a Scenario,
    party: &'a Party,
    evidence: &'a Evidence,
    page: Page,
    quantities: Vec<&'a Quantity>,
    /// Paths that have stood in a table.
    shown: BTreeSet<&'a str>,
    cited: BTreeSet<&'a str>,
}

impl<'a> Writer<'a> {
    fn opening(&mut self, file: &str) {
        let id = &self.party.id;
        if let Some(summary) = &self.party.summary {
            self.page.paragraph(summary);
        }
        self.page.paragraph(&format!(
            "This page is written from `{file}` (evidence up to {}); it is a model, not a forecast, \
             and motives are the claims of those who are named.\n\
             Every number has a path, and each can be disputed alone: \
             `jawjaw explain {file} PATH` shows what it rests on, \
             `jawjaw evidence show ID` what else rests on a fact, and a variant of three lines \
             changes it.\n\
             A range is from the lowest to the highest value held possible; the documents rank, they \
             do not measure.",
            self.scenario.cutoff
        ));
        let own = self
            .quantities
            .iter()
            .filter(|quantity| belongs(quantity, id, self.scenario));
        let (mut facts, mut judged, mut defined) = (0, 0, 0);
        for quantity in own {
            let why = &quantity.provenance;
            *if why.by_definition {
                &mut defined
            } else if why.from.is_empty() {
                &mut judged
            } else {
                &mut facts
            } += 1;
        }
        self.page.paragraph(&format!(
            "Of the numbers below {facts} rest on facts, most of them for sign and order only; \
             {judged} are judgement alone; {defined} are the format's defaults or ends of a scale."
        ));
    }

    fn positions(&mut self) {
        self.page.heading(2, "Positions");
        let total = |kind: &PartyType| -> f64 {
            kind.preferences.iter().map(|p| p.weight.dist.mode()).sum()
        };
        let mut rows = Vec::new();
        let lead = likeliest(self.party);
        for issue in &self.scenario.issues {
            let Some(preference) = of_issue(lead, issue) else {
                continue;
            };
            let weight = preference.weight.dist.mode() / total(lead).max(f64::MIN_POSITIVE);
            rows.push(vec![
                issue.name.clone(),
                format!("{:.0} %", weight * 100.0),
                level(issue, best(preference)),
                level(issue, issue.status_quo),
                preference.red_line.as_ref().map_or("-".to_owned(), refused),
            ]);
        }
        let of = if self.party.types.len() > 1 {
            format!(
                " Shown for its likeliest type, `{}`; where a type differs, see below.",
                lead.id
            )
        } else {
            String::new()
        };
        self.page.paragraph(&format!(
            "It opens at or near its ideal (`strategy` below says how near) and moves from there.\n\
             Weights are shares of all it cares about, at the most likely values.{}",
            if of.is_empty() {
                of
            } else {
                format!("\n{}", of.trim())
            }
        ));
        let heads = [
            "issue",
            "weight",
            "ideal and opening",
            "level on the first day",
            "refuses",
        ];
        self.page.table(&heads, &rows);
        let silent: Vec<&str> = (self.scenario.issues.iter())
            .filter(|issue| of_issue(lead, issue).is_none())
            .map(|issue| issue.name.as_str())
            .collect();
        if !silent.is_empty() {
            self.page
                .paragraph(&format!("No weight is given to: {}.", silent.join("; ")));
        }
    }

    fn types(&mut self) {
        if self.party.types.len() < 2 {
            return;
        }
        self.page.heading(2, "Types");
        self.page.paragraph(
            "What the party really is, is disputed or hidden: each run draws one type by these \
             weights, the others have to guess.\nA type is the party with the numbers below put in \
             place of the common ones.",
        );
        for kind in &self.party.types {
            self.page
                .heading(3, &format!("{} (`{}`)", kind.name, kind.id));
            let prefix = format!("parties.{}.types.{}", self.party.id, kind.id);
            self.numbers(&[&prefix]);
        }
    }

    fn issues(&mut self) {
        self.page.heading(2, "Issue by issue");
        self.page.paragraph(
            "`values` give each level a worth between 0, the worst, and 1, the best level of that \
             issue for this party; the path ends in the number of the level.",
        );
        let lead = likeliest(self.party);
        for issue in &self.scenario.issues {
            let Some(preference) = of_issue(lead, issue) else {
                continue;
            };
            self.page.heading(3, &issue.name);
            let ladder: Vec<Vec<String>> = (issue.levels.iter().enumerate())
                .map(|(at, words)| {
                    let mut marks = Vec::new();
                    if at == best(preference) {
                        marks.push("ideal");
                    }
                    if at == issue.status_quo {
                        marks.push("on the first day");
                    }
                    if preference
                        .red_line
                        .as_ref()
                        .is_some_and(|line| crosses(line, at))
                    {
                        marks.push("refused");
                    }
                    let worth = preference.values.get(at);
                    vec![
                        at.to_string(),
                        words.clone(),
                        worth.map_or(String::new(), |worth| worth.dist.words()),
                        marks.join(", "),
                    ]
                })
                .collect();
            self.page.table(&["", "level", "worth", ""], &ladder);
            let prefix = format!("preferences.{}.{}", self.party.id, issue.id);
            self.numbers(&[&prefix]);
        }
    }

    fn hanging_together(&mut self) {
        let own: Vec<_> = (self.scenario.linkages.iter())
            .filter(|linkage| linkage.party == self.party.id)
            .collect();
        if own.is_empty() {
            return;
        }
        self.page.heading(2, "Levels that hang together");
        for linkage in own {
            let tests: Vec<String> = (linkage.when.iter())
                .map(|(issue, test)| format!("{issue} {} {}", relation(test.op), test.value))
                .collect();
            let effect = if linkage.absolute {
                "it refuses such a package"
            } else {
                "the package is worth so much more or less to it"
            };
            self.page.paragraph(&format!(
                "**{}**: where {} stand together, {effect}. Rests on {}.",
                linkage.id.replace('-', " "),
                tests.join(" and "),
                codes(&linkage.from)
            ));
            self.cite(&linkage.from);
            self.numbers(&[&format!("linkages.{}", linkage.id)]);
        }
    }

    fn bargaining(&mut self) {
        self.page.heading(2, "How it bargains and chooses");
        self.page.paragraph(
            "Units are utility on the party's own scale from 0 to 1 unless said otherwise.",
        );
        self.numbers(&[&format!("parties.{}", self.party.id)]);
        let forms: Vec<String> = (self.scenario.forms.iter())
            .flat_map(|form| {
                ["durability", "ratification"]
                    .map(|what| format!("forms.{}.{what}.{}", form.id, self.party.id))
            })
            .collect();
        if !forms.is_empty() {
            self.page
                .heading(2, "What a form of agreement is worth to it");
            self.page.paragraph(
                "`durability` is the share of a promise it believes will be kept in that form, \
                 `ratification` the chance that it ratifies; 1 where nothing stands.",
            );
            self.numbers(&refs(&forms));
        }
    }

    fn force(&mut self) {
        let id = &self.party.id;
        let paths: Vec<String> = (self.scenario.force.iter())
            .flat_map(|option| {
                let holds = (option.holder == *id).then(|| format!("force.{}", option.id));
                let fears = (option.holder != *id && option.damage.contains_key(id))
                    .then(|| format!("force.{}.damage.{id}", option.id));
                holds.into_iter().chain(fears)
            })
            .collect();
        if paths.is_empty() {
            return;
        }
        self.page.heading(2, "The use of force");
        let names: Vec<String> = (self.scenario.force.iter())
            .filter(|option| option.holder == *id)
            .map(|option| format!("{} (`{}`)", option.name, option.id))
            .collect();
        self.page.paragraph(&if names.is_empty() {
            "It holds no option to use force in this file; `damage` is what others' would cost it."
                .to_owned()
        } else {
            format!(
                "It holds: {}. The use of force is worth `advantage` times `prize`, less the rest \
                 times `loss`, less `cost` and what is threatened.",
                names.join("; ")
            )
        });
        self.numbers(&refs(&paths));
    }

    fn moves(&mut self) {
        let own: Vec<&Move> = (self.scenario.moves.iter())
            .filter(|act| act.actor == self.party.id)
            .collect();
        if own.is_empty() {
            return;
        }
        self.page.heading(2, "Moves it has");
        for act in own {
            self.page
                .heading(3, &format!("{} (`{}`)", act.name, act.id));
            let kind = match act.kind {
                MoveKind::Pressure => "Pressure",
                MoveKind::Relief => "Relief",
                MoveKind::Signal => "A signal",
                MoveKind::Terminal => "Ends the run",
            };
            let limit = match act.limit {
                _ if act.kind == MoveKind::Terminal => String::new(),
                None => "; as often as it likes".to_owned(),
                Some(1) => "; once at most".to_owned(),
                Some(limit) => format!("; {limit} times at most"),
            };
            let when = if empty(&act.when) {
                ""
            } else {
                "; only under the conditions of `when` in the file"
            };
            self.page.paragraph(&format!(
                "{kind}{limit}{when}. Rests on {}.",
                codes(&act.from)
            ));
            self.cite(&act.from);
            self.numbers(&[&format!("moves.{}", act.id)]);
        }
    }

    fn commitments(&mut self) {
        let id = &self.party.id;
        let theirs = |threat: &&Threat| threat.by == *id || threat.target == *id;
        let threats: Vec<&Threat> = self.scenario.threats.iter().filter(theirs).collect();
        let promises: Vec<_> = (self.scenario.promises.iter())
            .filter(|promise| promise.by == *id || promise.to == *id)
            .collect();
        if threats.is_empty() && promises.is_empty() {
            return;
        }
        self.page
            .heading(2, "Threats and promises, its own and those it hears");
        for threat in threats {
            self.page
                .heading(3, &format!("{} (`{}`)", threat.name, threat.id));
            self.page.paragraph(&format!(
                "{} to {}, if {}. Rests on {}.",
                self.name(&threat.by),
                self.name(&threat.target),
                codes(&threat.trigger),
                codes(&threat.from)
            ));
            self.cite(&threat.from);
            self.numbers(&[&format!("threats.{}", threat.id)]);
        }
        for promise in promises {
            self.page
                .heading(3, &format!("{} (`{}`)", promise.name, promise.id));
            self.page.paragraph(&format!(
                "{} to {}, against {}. Rests on {}.",
                self.name(&promise.by),
                self.name(&promise.to),
                codes(&promise.against),
                codes(&promise.from)
            ));
            self.cite(&promise.from);
            self.numbers(&[&format!("promises.{}", promise.id)]);
        }
    }

    fn rights(&mut self) {
        let id = &self.party.id;
        self.page.heading(2, "Consent and seats");
        let asked: Vec<&str> = (self.scenario.issues.iter())
            .filter(|issue| issue.consent.contains(id))
            .map(|issue| issue.name.as_str())
            .collect();
        self.page.paragraph(&if asked.is_empty() {
            "No change needs its consent.".to_owned()
        } else {
            format!(
                "No change without its consent, at the table or away from it: {}.",
                asked.join("; ")
            )
        });
        let mut rows = Vec::new();
        for venue in &self.scenario.venues {
            let invited = (self.scenario.moves.iter()).find(|act| {
                act.seats
                    .get(&venue.id)
                    .is_some_and(|seats| seats.contains(id))
            });
            let seat = match (venue.participants.contains(id), invited) {
                (true, _) => "yes".to_owned(),
                (false, Some(act)) => format!("after {}", code(&act.id)),
                (false, None) => "no".to_owned(),
            };
            rows.push(vec![
                venue.name.clone(),
                seat,
                if venue.open { "open" } else { "closed" }.to_owned(),
                venue.decides.join(", "),
            ]);
        }
        let heads = ["venue", "seat", "on the first day", "may settle"];
        self.page.table(&heads, &rows);
    }

    /// Whatever belongs to the party and had no place above.
    fn rest(&mut self) {
        let id = &self.party.id;
        let left: Vec<&str> = (self.quantities.iter())
            .filter(|quantity| belongs(quantity, id, self.scenario))
            .map(|quantity| quantity.path.as_str())
            .filter(|path| !self.shown.contains(path))
            .collect();
        if left.is_empty() {
            return;
        }
        self.page
            .heading(2, "Where it starts, and what others are told of it");
        self.numbers(&left);
    }

    fn facts(&mut self) {
        self.page.heading(2, "The facts");
        let rows: Vec<Vec<String>> = (self.cited.iter())
            .filter_map(|id| self.evidence.fact(id))
            .map(|fact| {
                vec![
                    code(&fact.id),
                    fact.statement.clone(),
                    fact.said_by.clone(),
                    fact.date.to_string(),
                ]
            })
            .collect();
        self.page
            .table(&["id", "what is said", "by whom", "date"], &rows);
    }

    fn name(&self, id: &str) -> String {
        let party = self.scenario.parties.iter().find(|party| party.id == id);
        party.map_or(id, |party| party.name.as_str()).to_owned()
    }

    fn cite(&mut self, ids: &'a [String]) {
        self.cited.extend(ids.iter().map(String::as_str));
    }

    /// A table of the numbers at or under some paths that have not been shown; the format's defaults
    /// and the fixed ends of scales are left out.
    fn numbers(&mut self, prefixes: &[&str]) {
        let chosen: Vec<&'a Quantity> = (self.quantities.iter())
            .copied()
            .filter(|quantity| prefixes.iter().any(|prefix| under(&quantity.path, prefix)))
            .filter(|quantity| !self.shown.contains(quantity.path.as_str()))
            .collect();
        let mut rows = Vec::new();
        for quantity in chosen {
            self.shown.insert(&quantity.path);
            let why = &quantity.provenance;
            if why.by_definition {
                continue;
            }
            self.cite(&why.from);
            rows.push(vec![
                code(&quantity.path),
                quantity.dist.words(),
                codes(&why.from),
                why.assumed.as_deref().map_or("-".to_owned(), one_line),
            ]);
        }
        let heads = ["path", "value", "rests on", "assumed, and why"];
        self.page.table(&heads, &rows);
    }
}

fn refs(paths: &[String]) -> Vec<&str> {
    paths.iter().map(String::as_str).collect()
}

fn under(path: &str, prefix: &str) -> bool {
    let rest = path.strip_prefix(prefix);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether a number is about the party: its own, or one of the crisis that carries its id.
fn belongs(quantity: &Quantity, party: &str, scenario: &Scenario) -> bool {
    let path = quantity.path.as_str();
    let mut steps = path.split('.');
    match (steps.next(), steps.next()) {
        (Some("parties" | "preferences"), Some(id)) => id == party,
        (Some("moves"), Some(id)) => {
            let act = scenario.moves.iter().find(|act| act.id == id);
            act.is_some_and(|act| act.actor == party) || last(path) == party
        }
        (Some("threats"), Some(id)) => {
            let threat = scenario.threats.iter().find(|threat| threat.id == id);
            threat.is_some_and(|threat| threat.by == party || threat.target == party)
                || last(path) == party
        }
        (Some("promises"), Some(id)) => {
            let promise = scenario.promises.iter().find(|promise| promise.id == id);
            promise.is_some_and(|promise| promise.by == party || promise.to == party)
                || last(path) == party
        }
        (Some("force"), Some(id)) => {
            let option = scenario.force.iter().find(|option| option.id == id);
            let damage = path.contains(".damage.");
            option.is_some_and(|option| option.holder == party && !damage) || last(path) == party
        }
        (Some("linkages"), Some(id)) => {
            (scenario.linkages.iter()).any(|linkage| linkage.id == id && linkage.party == party)
        }
        _ => last(path) == party || path.contains(&format!(".{party}.")),
    }
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn likeliest(party: &Party) -> &PartyType {
    let prior = |kind: &&PartyType| kind.prior.dist.mode();
    (party.types.iter())
        .reduce(|best, kind| {
            if prior(&kind) > prior(&best) {
                kind
            } else {
                best
            }
        })
        .expect("a party has at least one type")
}

fn of_issue<'p>(kind: &'p PartyType, issue: &Issue) -> Option<&'p Preference> {
    let found = kind
        .preferences
        .iter()
        .find(|preference| preference.issue == issue.id);
    found.filter(|preference| preference.weight.dist.high() > 0.0)
}

/// The level worth most; the lowest among equals.
fn best(preference: &Preference) -> usize {
    let worth = |at: usize| preference.values[at].dist.mode();
    (0..preference.values.len())
        .reduce(|best, at| if worth(at) > worth(best) { at } else { best })
        .unwrap_or(0)
}

fn level(issue: &Issue, at: usize) -> String {
    let words = issue.levels.get(at).map_or("", String::as_str);
    format!("{at}: {words}")
}

fn crosses(line: &RedLine, at: usize) -> bool {
    line.above.is_some_and(|above| at > above) || line.below.is_some_and(|below| at < below)
}

fn refused(line: &RedLine) -> String {
    let firmness = line.firmness.dist.words();
    let side = match (line.above, line.below) {
        (Some(above), None) => format!("above level {above}"),
        (None, Some(below)) => format!("below level {below}"),
        (above, below) => {
            let side = |x: Option<usize>| x.map_or("-".to_owned(), |x| x.to_string());
            format!("above {} and below {}", side(above), side(below))
        }
    };
    format!("{side}; firmness {firmness}")
}

fn relation(op: crate::scenario::types::Relation) -> &'static str {
    use crate::scenario::types::Relation;
    match op {
        Relation::Less => "below",
        Relation::AtMost => "at most",
        Relation::Equal => "at",
        Relation::AtLeast => "at least",
        Relation::Greater => "above",
    }
}
