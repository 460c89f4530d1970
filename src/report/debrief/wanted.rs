//! What the others wanted, and what the seat's own numbers rest on.

use super::words::{name, points};
use crate::debrief::Debrief;
use crate::debrief::others::Wanted;
use crate::report::document::{Block, Grid, Part, Source};
use crate::scenario::types::Scenario;
use crate::seat::Game;
use crate::seat::brief::{Brief, Why};

/// Weights, levels wanted, red lines and outside options of the other parties.
pub(super) fn section(game: &Game, found: &Debrief) -> Part {
    let model = &game.table().model;
    let scenario = &model.scenario;
    let mut part = Part::new("wanted", "What the others wanted");
    part.sheet = true;
    part.say(
        "Opened only now. Stop here if others are still to play this game. Utilities are on each \
         party's own scale, 0 its worst and 100 all it wants; they cannot be added or compared between \
         parties.",
    );
    for (party, wanted) in found.parties.iter().enumerate() {
        if party == found.seat {
            continue;
        }
        part.heading(scenario.parties[party].name.clone());
        part.say(character(scenario, party, wanted));
        part.push(Block::Grid(cares(scenario, party, wanted)));
        for (guessed, agreement) in &found.insight {
            if *guessed == party {
                part.say(match agreement {
                    Some(rho) => format!(
                        "Your guess of its priorities: rank correlation {rho:+.2} with the weights above \
                         (1 the same order, -1 the reverse, 0 none){}.",
                        of_those_named(found, scenario, party)
                    ),
                    None => no_order(found, &scenario.parties[party].id).to_owned(),
                });
            }
        }
    }
    part
}

/// A guess is compared over what it names; what it left out is said.
pub(super) fn of_those_named(found: &Debrief, scenario: &Scenario, party: usize) -> String {
    let guess = found.worksheet.priorities.get(&scenario.parties[party].id);
    let named = guess.map_or(0, Vec::len);
    if named < scenario.issues.len() {
        format!(
            ", over the {named} issues that you named of {}",
            scenario.issues.len()
        )
    } else {
        String::new()
    }
}

/// Why a guess has no rank correlation.
fn no_order(found: &Debrief, party: &str) -> &'static str {
    match found.worksheet.priorities.get(party).map_or(0, Vec::len) {
        0 => "You left open what matters most here.",
        1 | 2 => "Your guess names fewer than three issues: too few for an order to be compared.",
        _ => "The issues that you named all weigh the same, so that there is no order to compare.",
    }
}

fn character(scenario: &Scenario, party: usize, wanted: &Wanted) -> String {
    let types = &scenario.parties[party].types;
    let really = if types.len() > 1 {
        format!(
            "In this game it was “{}”, which the file gives {} of 100 beforehand. ",
            types[wanted.kind].name,
            points(wanted.prior)
        )
    } else {
        String::new()
    };
    format!(
        "{really}It {}. No agreement was worth {} to it at the start and {} at the end; it ended with {}.",
        wanted.strategy,
        points(wanted.walk_away.0),
        points(wanted.walk_away.1),
        points(wanted.utility),
    )
}

fn cares(scenario: &Scenario, party: usize, wanted: &Wanted) -> Grid {
    let mut grid = Grid::new(
        format!("What mattered to {}", name(scenario, party)),
        &["Issue", "#Weight", "Wanted most", "Refused"],
    );
    for care in &wanted.issues {
        let issue = &scenario.issues[care.issue];
        let words = |levels: &[usize]| {
            let named: Vec<&str> = levels
                .iter()
                .map(|&level| issue.levels[level].as_str())
                .collect();
            named.join(" / ")
        };
        let refused = care
            .refuses
            .as_ref()
            .map_or("–".to_owned(), |(levels, firmness)| {
                let how = if *firmness >= 1.0 {
                    "at any price".to_owned()
                } else {
                    format!("firmness {firmness:.2}")
                };
                format!("{} ({how})", words(levels))
            });
        grid.row([
            issue.name.clone(),
            format!("{:.0} %", 100.0 * care.weight),
            words(&care.best),
            refused,
        ]);
    }
    grid
}

/// What the numbers of the player's own brief rest on.
pub(super) fn evidence(game: &Game, found: &Debrief) -> Part {
    let scenario = &game.table().model.scenario;
    let mut part = Part::new("evidence", "What your brief rests on");
    let brief = Brief::new(game.table(), found.path.rows[found.seat]);
    part.say(
        "Every number of your brief has facts behind it or a reason why it is assumed. Ask of each \
         whether you would have set it so.",
    );
    let issue = |id: &str| scenario.issues.iter().find(|issue| issue.id == id);
    let name = |id: &str| issue(id).map_or(id.to_owned(), |issue| issue.name.clone());
    let mut sources: Vec<Source> = Vec::new();
    for want in &brief.wants {
        let mut why = want.why.clone();
        let more = issue(&want.issue).map_or(&[][..], |issue| &issue.from);
        why.from.extend(
            more.iter()
                .filter(|id| !want.why.from.contains(id))
                .cloned(),
        );
        let weight = format!(
            "{} (weight {:.0} %)",
            name(&want.issue),
            100.0 * want.weight
        );
        sources.push(source(weight, &why));
        if let Some(line) = &want.red_line {
            sources.push(source(
                format!("Red line on {}", name(&want.issue)),
                &line.why,
            ));
        }
    }
    if sources.is_empty() {
        part.say("This seat has no preferences of its own.");
    } else {
        part.push(Block::Sources(sources));
    }
    part
}

fn source(what: String, why: &Why) -> Source {
    let nothing = why.from.is_empty() && why.assumed.is_none();
    Source {
        what,
        from: why.from.clone(),
        remark: match &why.assumed {
            Some(reason) => Some(format!("assumed: {reason}")),
            None if nothing => Some("the file gives no reason".to_owned()),
            None => None,
        },
    }
}
