//! The debriefing of one game on a few screens of a terminal: what is looked at first, with the way
//! to the rest.

use super::own::{asked, left_in_words, offers_title};
use super::picture::{group, letters, of_dots};
use super::turned::brief_turns;
use super::words::{date, day, name, points};
use super::{Basis, runs};
use crate::debrief::Debrief;
use crate::debrief::path::Ending;
use crate::report::document::{Block, Document, Grid, Part};
use crate::seat::Game;
use crate::stats::normal::Z95;

/// Issues told of another party.
const ISSUES: usize = 3;

/// The same facts as [`super::document`], the chief of them; `more` says where the others are.
pub fn short(game: &Game, found: &Debrief, basis: &Basis, more: &str) -> Document {
    let scenario = &game.table().model.scenario;
    let seat = name(scenario, found.seat);
    let mut sections = vec![
        questions(basis),
        ended(game, found),
        among(game, found, basis),
    ];
    sections.push(offers(game, found));
    sections.extend(prediction(game, found));
    let mut turned = Part::new("turned", "Where it turned");
    brief_turns(&mut turned, game, found);
    sections.push(turned);
    sections.push(wanted(game, found));
    let mut rest = Part::new("rest", "The rest");
    rest.say(more);
    sections.push(rest);
    Document {
        title: format!("Debriefing: {seat} in “{}” ({})", scenario.title, found.label),
        lead: vec![
            "A model, not a forecast. Answer the questions before you read on; what the others wanted \
             comes last."
                .to_owned(),
        ],
        sections,
        colophon: Vec::new(),
    }
}

fn questions(basis: &Basis) -> Part {
    let mut part = Part::new("questions", "First, in your own words");
    let standard = [
        "How do you feel?",
        "What happened? Tell it in three sentences, from memory.",
        "What did you learn of what the others need, as against what they asked for?",
        "How does this relate to what you study, and where does the documented crisis differ?",
        "What if: which one decision would you take differently?",
        "What next: what will you do in your next negotiation?",
    ];
    part.push(Block::Questions(asked(&standard, basis, 0)));
    part
}

fn ended(game: &Game, found: &Debrief) -> Part {
    let model = &game.table().model;
    let scenario = &model.scenario;
    let mut part = Part::new("ended", "How it ended");
    let outcome = &scenario.outcomes[usize::from(found.record.outcome)];
    let days = jiff::Span::new().days(i64::from(found.record.end_day));
    let end = scenario.calendar.start.checked_add(days);
    let end = end.unwrap_or(scenario.calendar.horizon);
    let own = &found.parties[found.seat];
    part.say(format!(
        "{}, on {}. To you {} of 100 on your own scale; no agreement was worth {} at the start and {} \
         at the end.",
        outcome.name,
        date(end.min(scenario.calendar.horizon)),
        points(found.utility()),
        points(own.walk_away.0),
        points(own.walk_away.1),
    ));
    let settled: Vec<String> = (found.terms().into_iter())
        .map(|(issue, level, ..)| {
            let issue = &scenario.issues[issue];
            format!("{}: {}", issue.name, issue.levels[level])
        })
        .collect();
    if settled.is_empty() {
        part.say("Nothing was settled by agreement.");
    } else {
        part.push(Block::List(settled));
    }
    part
}

fn among(game: &Game, found: &Debrief, basis: &Basis) -> Part {
    let mut part = Part::new("among", "Beside what the same facts gave agents");
    let n = found.comparison.runs.len();
    if n == 0 {
        part.say("In none of the runs was this seat of the type that it was in the game.");
        return part;
    }
    let [below, same, above] = of_dots(found);
    let even = match same {
        0 => String::new(),
        same => format!(", {same} just as much"),
    };
    part.say(format!(
        "Of {} simulated worlds {below} gave this seat less than this game, {above} more{even}. Each \
         letter is one of them, by points to this seat:",
        below + same + above,
    ));
    let all = group(game, &[found], |_| "this game".to_owned());
    part.push(Block::Plain(letters(&all)));
    let (low, high) = found.place.interval(Z95);
    part.say(format!(
        "Percentile {:.0} (95 % interval {:.0} to {:.0}) among {}. It does not show how well you \
         negotiated, whether the deal was fair, nor anything about the real parties.",
        100.0 * found.place.rank(),
        100.0 * low,
        100.0 * high,
        runs(found, game, basis),
    ));
    part
}

/// Concessions meeting by meeting, and what was left on the table.
fn offers(game: &Game, found: &Debrief) -> Part {
    let model = &game.table().model;
    let mut part = Part::new("offers", "Your offers, and what was left on the table");
    part.say(format!("{}.", offers_title(found)));
    let mut grid = Grid::new(
        "What was offered, in points to you:",
        &[
            "Meeting",
            "By you",
            "To you",
            "#Walk-away",
            "#Possible",
            "#Agreed",
        ],
    );
    for at in &found.tables {
        let meeting = &found.path.meetings[at.meeting];
        // What is said at a table where one does not sit is not heard.
        if meeting.offers.is_empty() || meeting.seats >> found.seat & 1 == 0 {
            continue;
        }
        let worth = |mine: bool| {
            let offers = meeting.offers.iter();
            let these = offers.filter(|offer| (offer.party == Some(found.seat)) == mine);
            let texts: Vec<String> = these.map(|o| worth(o.utility[found.seat])).collect();
            if texts.is_empty() {
                "–".to_owned()
            } else {
                texts.join(" ")
            }
        };
        grid.row([
            day(model, meeting.round),
            worth(true),
            worth(false),
            points(meeting.reservation[found.seat]),
            at.best
                .as_ref()
                .map_or("none".to_owned(), |best| points(best.utility[found.seat])),
            match &meeting.ending {
                Ending::Agreement(offer) => points(offer.utility[found.seat]),
                _ => "–".to_owned(),
            },
        ]);
    }
    if !grid.rows.is_empty() {
        let refused = grid
            .rows
            .iter()
            .flatten()
            .any(|cell| cell.split(' ').any(|one| one == "x"));
        part.push(Block::Grid(grid));
        let cross = if refused {
            "x: what you refuse at any price. "
        } else {
            ""
        };
        part.say(format!(
            "{cross}Possible: the most for you among the packages that everyone needed would have \
             preferred to no agreement. Nobody at the table could know it.",
        ));
    }
    if let Some((title, left)) = left_in_words(game, found) {
        part.say(format!(
            "{title}.{}",
            left.map_or(String::new(), |left| format!(" {left}"))
        ));
    }
    part
}

/// A utility in a narrow column: what the party refuses at any price is a cross.
fn worth(utility: f64) -> String {
    if utility.is_finite() {
        points(utility)
    } else {
        "x".to_owned()
    }
}

fn prediction(game: &Game, found: &Debrief) -> Option<Part> {
    let scored = found.prediction.as_ref()?;
    let outcome = usize::from(found.record.outcome);
    let mut part = Part::new("prediction", "What you predicted");
    part.say(format!(
        "“{}”: you gave it {:.0} %, the runs of agents {}. Brier score {:.2} (the runs' shares {:.2}, \
         equal chances {:.2}; 0 is certainty in what happened, 2 certainty in something else).",
        game.table().model.scenario.outcomes[outcome].name,
        100.0 * scored.own[outcome],
        crate::chart::percent(scored.ensemble[outcome]),
        scored.brier[0],
        scored.brier[1],
        scored.brier[2],
    ));
    Some(part)
}

fn wanted(game: &Game, found: &Debrief) -> Part {
    let scenario = &game.table().model.scenario;
    let mut part = Part::new("wanted", "What the others wanted");
    let others = found.parties.iter().enumerate();
    let told = others
        .filter(|(party, _)| *party != found.seat)
        .map(|(party, wanted)| {
            let cared = wanted.issues.iter().take(ISSUES).map(|care| {
                let issue = &scenario.issues[care.issue];
                let best = care
                    .best
                    .first()
                    .map_or("", |&level| issue.levels[level].as_str());
                format!("{} {:.0} % ({best})", issue.name, 100.0 * care.weight)
            });
            let kinds = &scenario.parties[party].types;
            let kind = if kinds.len() > 1 {
                format!(" (“{}”)", kinds[wanted.kind].name)
            } else {
                String::new()
            };
            let guess = found.insight.iter().find(|(guessed, _)| *guessed == party);
            let guess = guess
                .and_then(|(_, rho)| *rho)
                .map_or(String::new(), |rho| {
                    let over = super::wanted::of_those_named(found, scenario, party);
                    format!(" Your guess of the order: rank correlation {rho:+.1}{over}.")
                });
            format!(
                "{}{kind}: {}. No agreement was worth {} to it, it ended with {}.{guess}",
                name(scenario, party),
                cared.collect::<Vec<_>>().join(", "),
                points(wanted.walk_away.1),
                points(wanted.utility),
            )
        });
    part.push(Block::List(told.collect()));
    part
}
