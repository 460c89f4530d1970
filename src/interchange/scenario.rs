//! A scenario back to a domain: its additive part, as exact as the file holds it.
//!
//! Flows in: a checked scenario and what each of its numbers is. Flows out: a [`Domain`] and what it
//! leaves out. Invariant: an imported scenario gives back the numbers of the imported files to the
//! last bit, because neither weights nor values are touched on the way.

use super::{Domain, Format, Issue, Kind, Profile};
use crate::scenario::quantity::Quantity;
use crate::scenario::types::{self, PartyType, Scenario};

/// The additive part of a scenario. `value` says what a number is: its mode, or its value in a draw.
///
/// A file with `[domain]` gives the published numbers: weights as written. Any other file gives what
/// the simulation plays: weights that add up to 1, averaged over a party's types by their priors, and
/// the status quo as what no agreement is worth.
pub fn domain_of(scenario: &Scenario, value: &dyn Fn(&Quantity) -> f64) -> Domain {
    let issues = scenario.issues.iter().map(|issue| Issue {
        name: issue.name.clone(),
        kind: Kind::Discrete,
        values: issue.levels.clone(),
    });
    let mut domain = Domain {
        name: scenario.title.clone(),
        format: Format::Scenario,
        cap_at_one: false,
        issues: issues.collect(),
        profiles: Vec::new(),
    };
    let Some(published) = &scenario.domain else {
        domain.profiles = scenario
            .parties
            .iter()
            .map(|party| simulated(scenario, party, value))
            .collect();
        return domain;
    };
    domain.cap_at_one = published.cap_at_one;
    domain.format = match published.format.as_str() {
        "genius" => Format::Genius,
        "geniusweb" => Format::GeniusWeb,
        _ => Format::NegMas,
    };
    let tables = !published.issues.is_empty();
    if tables {
        let issues = published.issues.iter().map(|issue| Issue {
            name: issue.name.clone(),
            kind: Kind::Discrete,
            values: issue.values.clone(),
        });
        domain.issues = issues.collect();
    }
    for (profile, party) in published.profiles.iter().zip(&scenario.parties) {
        let (weights, values) = match party.types.first() {
            Some(only) if !tables => written(only, value),
            _ => (profile.weights.clone(), profile.values.clone()),
        };
        domain.profiles.push(Profile {
            name: party.name.clone(),
            weights,
            values,
            reservation: profile.reservation,
            discount: profile.discount,
        });
    }
    domain
}

type Tables = (Vec<f64>, Vec<Vec<f64>>);

fn written(kind: &PartyType, value: &dyn Fn(&Quantity) -> f64) -> Tables {
    let preferences = kind.preferences.iter();
    preferences
        .map(|preference| {
            let values = preference.values.iter().map(value).collect();
            (value(&preference.weight), values)
        })
        .unzip()
}

fn simulated(
    scenario: &Scenario,
    party: &types::Party,
    value: &dyn Fn(&Quantity) -> f64,
) -> Profile {
    let priors: Vec<f64> = party.types.iter().map(|kind| value(&kind.prior)).collect();
    let all: f64 = priors.iter().sum();
    let mut tables: Vec<Vec<f64>> = scenario
        .issues
        .iter()
        .map(|issue| vec![0.0; issue.levels.len()])
        .collect();
    for (kind, prior) in party.types.iter().zip(&priors) {
        let (weights, values) = written(kind, value);
        let sum: f64 = weights.iter().sum();
        for ((table, weight), values) in tables.iter_mut().zip(&weights).zip(&values) {
            for (entry, worth) in table.iter_mut().zip(values) {
                *entry += prior / all * (weight / sum) * worth;
            }
        }
    }
    let status_quo = scenario.issues.iter().zip(&tables);
    let reservation = status_quo
        .map(|(issue, table)| table[issue.status_quo])
        .sum();
    // A weight and values from 0 up to 1 say the same as the products.
    let highest = |table: &Vec<f64>| table.iter().copied().fold(0.0, f64::max);
    let weights: Vec<f64> = tables.iter().map(highest).collect();
    for (table, weight) in tables.iter_mut().zip(&weights) {
        if *weight > 0.0 {
            for entry in table {
                *entry /= weight;
            }
        }
    }
    Profile {
        name: party.name.clone(),
        weights,
        values: tables,
        reservation: Some(reservation),
        discount: 1.0,
    }
}

/// What of a scenario has no place in a weighted sum over issues, for people.
pub fn left_out(scenario: &Scenario) -> Vec<String> {
    let mut lost = Vec::new();
    let mut count = |number: usize, what: &str| {
        if number > 0 {
            lost.push(format!("{number} {what}"));
        }
    };
    let kinds: usize = scenario
        .parties
        .iter()
        .map(|party| party.types.len() - 1)
        .sum();
    count(
        kinds,
        "private type(s) beyond the first of each party: utilities are averaged by the priors",
    );
    let uncertain = scenario
        .quantities()
        .iter()
        .filter(|quantity| !quantity.dist.is_constant())
        .count();
    count(
        uncertain,
        "range(s) and distributions: one value of each is exported",
    );
    let lines = scenario.parties.iter().flat_map(|party| &party.types);
    let lines = lines.flat_map(|kind| &kind.preferences);
    count(
        lines.filter(|p| p.red_line.is_some()).count(),
        "red line(s)",
    );
    count(scenario.linkages.len(), "linkage(s) between issues");
    count(
        scenario.issues.iter().filter(|issue| issue.promise).count(),
        "promise(s), whose worth depends on the form of the agreement",
    );
    count(
        scenario.forms.len(),
        "form(s) of agreement with their durability and ratification",
    );
    count(
        scenario
            .issues
            .iter()
            .filter(|i| i.consent.len() < scenario.parties.len())
            .count(),
        "issue(s) that only some parties must accept",
    );
    count(scenario.force.len(), "option(s) to use force");
    count(scenario.moves.len(), "unilateral move(s)");
    count(
        scenario.threats.len() + scenario.promises.len(),
        "threat(s) and promises of support",
    );
    count(scenario.events.len(), "event(s)");
    count(
        scenario.meetings.len() + usize::from(scenario.cycle.is_some()),
        "entries of the calendar of meetings",
    );
    count(scenario.outcomes.len(), "rule(s) that name outcomes");
    lost.push("strategies, beliefs, tension and everything else the simulation adds".to_owned());
    lost
}
