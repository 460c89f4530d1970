//! What each fact of the evidence is used for in a family of scenarios.

use std::collections::BTreeSet;

use super::{Page, code};
use crate::evidence::{Evidence, Fact, citations};
use crate::scenario::types::Scenario;

/// A scenario file of the family.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// Path, as people would name it.
    pub path: &'a str,
    /// Its own text.
    pub text: &'a str,
    /// What it says together with what it extends.
    pub scenario: &'a Scenario,
}

/// What a fact bears on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Use {
    /// Paths of numbers, with the file where it isn't the first.
    pub numbers: Vec<String>,
    /// Paths of rules: who sits where, what a move needs, what a level means.
    pub rules: Vec<String>,
    /// Hypotheses it speaks for.
    pub supports: Vec<String>,
    /// Hypotheses it speaks against.
    pub contradicts: Vec<String>,
    /// Texts that readers see: the history before the start.
    pub texts: Vec<String>,
}

impl Use {
    /// Whether the fact is used at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Finds every use of a fact.
    pub fn of(fact: &str, files: &[File<'_>]) -> Self {
        let mut found = Self::default();
        for (index, file) in files.iter().enumerate() {
            let name = &file.scenario.id;
            for place in citations(file.text, fact).places {
                let path = place.path.as_str();
                let shown = if index == 0 {
                    code(path.trim_end_matches(".from"))
                } else {
                    format!("{} in `{name}`", code(path.trim_end_matches(".from")))
                };
                let list = if path.starts_with("hypothesis.against") {
                    found.contradicts.push(code(name));
                    continue;
                } else if path.starts_with("hypothesis") {
                    found.supports.push(code(name));
                    continue;
                } else if path.starts_with("history") {
                    &mut found.texts
                } else if carries(file.scenario, path, fact) {
                    &mut found.numbers
                } else {
                    &mut found.rules
                };
                if !list.contains(&shown) {
                    list.push(shown);
                }
            }
        }
        found
    }
}

/// Whether a number at or under the place rests on the fact.
fn carries(scenario: &Scenario, path: &str, fact: &str) -> bool {
    let place = path.trim_end_matches(".from");
    scenario.quantities().iter().any(|quantity| {
        let rest = quantity.path.strip_prefix(place);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            && quantity.provenance.from.iter().any(|id| id == fact)
    })
}

/// Every fact of the documents that the files cite at all: another crisis rests on others.
fn uses<'e>(evidence: &'e Evidence, files: &[File<'_>]) -> Vec<(&'e Fact, Use)> {
    let all: Vec<(&Fact, Use)> = (evidence.facts().iter())
        .map(|fact| (fact, Use::of(&fact.id, files)))
        .collect();
    let cited: BTreeSet<&str> = all
        .iter()
        .filter(|(_, one)| !one.is_empty())
        .map(|(fact, _)| fact.document.as_str())
        .collect();
    all.into_iter()
        .filter(|(fact, _)| cited.contains(fact.document.as_str()))
        .collect()
}

/// Facts that are neither used nor explained, and facts that are both.
pub fn unexplained<'e>(evidence: &'e Evidence, files: &[File<'_>]) -> Vec<&'e Fact> {
    (uses(evidence, files).into_iter())
        .filter(|(fact, one)| one.is_empty() == fact.context.is_none())
        .map(|(fact, _)| fact)
        .collect()
}

/// The page.
pub fn page(evidence: &Evidence, files: &[File<'_>]) -> String {
    let uses = uses(evidence, files);
    let mut page = Page::new("What the evidence is used for");
    let count = |test: &dyn Fn(&Use) -> bool| uses.iter().filter(|(_, one)| test(one)).count();
    let files: Vec<String> = files.iter().map(|file| code(file.path)).collect();
    page.paragraph(&format!(
        "Every fact of `seeds/facts/`, and where {} and {} cite it.\n\
         A fact may bear on a number, on a rule (who sits where, what a move needs, what a level \
         means), on a hypothesis, for or against it, or on the history that readers see before the \
         first day.\nA fact that nothing rests on says in its file why.\n\
         `jawjaw evidence show ID` gives the lines.",
        files[0],
        match files.len() - 1 {
            0 => "no other file".to_owned(),
            1 => "one variant".to_owned(),
            n => format!("{n} variants"),
        }
    ));
    let row = |what: &str, n: usize| vec![what.to_owned(), n.to_string()];
    page.table(
        &["facts that bear on", "so many"],
        &[
            row("a number", count(&|one| !one.numbers.is_empty())),
            row("a rule", count(&|one| !one.rules.is_empty())),
            row(
                "a hypothesis, for or against",
                count(&|one| !one.supports.is_empty() || !one.contradicts.is_empty()),
            ),
            row("the history", count(&|one| !one.texts.is_empty())),
            row("at least one of these", count(&|one| !one.is_empty())),
            row("nothing, with a reason", count(&Use::is_empty)),
            row("all facts", uses.len()),
        ],
    );
    let idle: Vec<Vec<String>> = uses
        .iter()
        .filter(|(_, one)| one.is_empty())
        .map(|(fact, _)| {
            let reason = fact.context.as_deref().unwrap_or("no reason is given yet");
            vec![
                code(&fact.id),
                fact.statement.clone(),
                fact.said_by.clone(),
                reason.to_owned(),
            ]
        })
        .collect();
    if !idle.is_empty() {
        page.heading(2, "Context only");
        page.table(
            &["fact", "what is said", "by whom", "why nothing rests on it"],
            &idle,
        );
    }
    for document in evidence.documents() {
        let rows: Vec<Vec<String>> = uses
            .iter()
            .filter(|(fact, one)| fact.document == document.id && !one.is_empty())
            .map(|(fact, one)| {
                vec![
                    code(&fact.id),
                    fact.statement.clone(),
                    fact.said_by.clone(),
                    in_words(one),
                ]
            })
            .collect();
        if rows.is_empty() {
            continue;
        }
        page.heading(2, &format!("{}: {}", document.id, document.title));
        page.table(&["fact", "what is said", "by whom", "bears on"], &rows);
    }
    page.finish()
}

fn in_words(one: &Use) -> String {
    let part = |what: &str, list: &[String]| {
        (!list.is_empty()).then(|| format!("{what} {}", list.join(", ")))
    };
    let parts = [
        part("numbers:", &one.numbers),
        part("rules:", &one.rules),
        part("for", &one.supports),
        part("against", &one.contradicts),
        (!one.texts.is_empty()).then(|| "the history".to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}
