//! The parts about the player: questions, the end, the place among runs, offers, prediction.

use super::words::{between, change, date, day, in_points, name, points, share, terms};
use super::{Basis, FEW, picture};
use crate::debrief::Debrief;
use crate::debrief::path::{self, Ending};
use crate::report::document::{Block, Grid, Part};
use crate::report::layout::thousands;
use crate::seat::{Game, Terms};
use crate::stats::normal::Z95;
use crate::stats::wilson::wilson;

/// The questions of the exercise, or else the standard ones, with lines for each answer.
pub(super) fn asked(standard: &[&str], basis: &Basis, lines: usize) -> Vec<(String, usize)> {
    let own = basis.questions.iter().cloned();
    let mut asked: Vec<String> = own.collect();
    if asked.is_empty() {
        asked.extend(standard.iter().map(|text| (*text).to_owned()));
    }
    asked.into_iter().map(|text| (text, lines)).collect()
}

/// The six phases of Thiagarajan's debriefing, and what the player wrote before and on the way.
pub(super) fn questions(game: &Game, found: &Debrief, basis: &Basis) -> Part {
    let mut part = Part::new("questions", "First, in your own words");
    part.say(
        "Write before you read. Leave out whatever you would rather keep to yourself, above all if \
         the crisis touches you.",
    );
    let questions = [
        "How do you feel? What was it like to sit in this seat, and what still occupies you?",
        "What happened? Tell the game in three sentences, from memory.",
        "What did you learn about what the other parties need, as against what they asked for? From \
         what did you learn it?",
        "How does this relate? Which idea of the course does the game show, and where does the \
         documented crisis differ from it?",
        "What if? Name one decision that you would take differently, and say what you think would \
         have come of it.",
        "What next? What will you do in your next negotiation, and how will you notice that you do it?",
    ];
    let questions = asked(&questions, basis, 3);
    part.push(Block::Questions(questions));
    let scenario = &game.table().model.scenario;
    let mut said: Vec<(String, String)> = Vec::new();
    let sheet = &found.worksheet;
    if !sheet.batna.trim().is_empty() {
        said.push((
            "Your alternative to an agreement".to_owned(),
            sheet.batna.clone(),
        ));
    }
    if let Some(walk_away) = sheet.walk_away {
        said.push((
            "Your walk-away point".to_owned(),
            format!("{} of 100", points(walk_away)),
        ));
    }
    for (party, issues) in &sheet.priorities {
        let party = scenario.parties.iter().position(|known| known.id == *party);
        let named = issues.iter().map(|id| {
            let issue = scenario.issues.iter().find(|issue| issue.id == *id);
            issue.map_or(id.as_str(), |issue| issue.name.as_str())
        });
        let order = named.collect::<Vec<_>>().join("; then ");
        if let Some(party) = party.filter(|_| !order.is_empty()) {
            let what = format!(
                "What matters most to {}, as you thought",
                name(scenario, party)
            );
            said.push((what, order));
        }
    }
    for note in &found.notes {
        said.push(("A note on the way".to_owned(), note.clone()));
    }
    if !said.is_empty() {
        part.heading("What you wrote before and on the way");
        part.push(Block::Terms(said));
    }
    part
}

/// The outcome, the terms, and what they came to.
pub(super) fn ended(game: &Game, found: &Debrief) -> Part {
    let model = &game.table().model;
    let scenario = &model.scenario;
    let outcome = &scenario.outcomes[usize::from(found.record.outcome)];
    let mut part = Part::new("ended", "How it ended");
    let days = jiff::Span::new().days(i64::from(found.record.end_day));
    let end = scenario
        .calendar
        .start
        .checked_add(days)
        .unwrap_or(scenario.calendar.horizon);
    let about = outcome.summary.as_deref().unwrap_or("");
    let text = format!(
        "{}, on {}. {about}",
        outcome.name,
        date(end.min(scenario.calendar.horizon))
    );
    part.say(text.trim());
    let settled = found.terms();
    if settled.is_empty() {
        part.say("Nothing was settled by agreement.");
    } else {
        let mut grid = Grid::new(
            "In force by agreement",
            &["Issue", "Terms", "Form", "Agreed on"],
        );
        for (issue, level, form, round) in settled {
            let issue = &scenario.issues[issue];
            let form = scenario
                .forms
                .get(form)
                .map_or("–", |form| form.name.as_str());
            grid.row([
                issue.name.as_str(),
                &issue.levels[level],
                form,
                &day(model, round),
            ]);
        }
        part.push(Block::Grid(grid));
    }
    let own = &found.parties[found.seat];
    part.say(format!(
        "To {} this came to {} of 100 on its own scale (0 its worst on every issue, 100 all it wants; \
         what a crisis costs comes on top). No agreement was worth {} to it at the start and {} at the \
         end. The number measures the deal against this seat's own brief. It is no mark, and it cannot \
         be set beside another seat's.",
        name(scenario, found.seat),
        points(found.utility()),
        points(own.walk_away.0),
        points(own.walk_away.1),
    ));
    if let Some(walk_away) = found.worksheet.walk_away {
        let side = if found.utility() >= walk_away {
            "above"
        } else {
            "below"
        };
        part.say(format!(
            "Your own walk-away point was {}: you ended {side} it.",
            points(walk_away)
        ));
    }
    part
}

/// The place among runs of agents, and what it does not show.
pub(super) fn among(game: &Game, found: &Debrief, basis: &Basis) -> Part {
    let scenario = &game.table().model.scenario;
    let mut part = Part::new("among", "Beside what the same facts gave agents");
    let n = found.comparison.runs.len() as u64;
    if let Some(picture) = picture::dots(game, found, basis) {
        part.push(Block::Picture(Box::new(picture)));
    }
    if n == 0 {
        part.say(
            "There is nothing to hold the game against: in none of the runs was this seat of the type \
             that it was in the game.",
        );
        return part;
    }
    let (low, high) = found.place.interval(Z95);
    part.say(format!(
        "In figures: of {} runs {} gave the seat less, {} the same and {} more. That puts the game at \
         percentile {:.0} (95 % interval {:.0} to {:.0}, for the chance in having so many runs and no \
         more).",
        thousands(n),
        thousands(found.place.below),
        thousands(found.place.equal),
        thousands(found.place.above),
        100.0 * found.place.rank(),
        100.0 * low,
        100.0 * high,
    ));
    if (n as usize) < FEW {
        part.remark(format!(
            "Only {n} runs could be compared: take the percentile as a hint and no more."
        ));
    }
    part.heading("What the percentile does not show");
    part.push(Block::List(vec![
        "How well you negotiated: the agents follow fixed rules, and one game has one luck.".to_owned(),
        "What anybody else got, or whether the deal was fair or would last.".to_owned(),
        "Anything about the real parties: how often something happens in these runs is a property of \
         the assumptions, not the probability that it happens in the world."
            .to_owned(),
    ]));
    let mut grid = Grid::new(
        "How the runs ended",
        &["Outcome", "#Share of runs", "#95 % interval", "This game"],
    );
    for (index, outcome) in scenario.outcomes.iter().enumerate() {
        let count = found.comparison.outcomes[index];
        let (low, high) = wilson(count, n, Z95);
        let here = index == usize::from(found.record.outcome);
        grid.row([
            outcome.name.clone(),
            share(count, n),
            format!("{:.1} to {:.1} %", 100.0 * low, 100.0 * high),
            if here { "ended so" } else { "" }.to_owned(),
        ]);
    }
    part.push(Block::Grid(grid));
    part
}

/// First offer, concessions, and the offers of others.
pub(super) fn offers(game: &Game, found: &Debrief, basis: &Basis) -> Part {
    let model = &game.table().model;
    let mut part = Part::new("offers", "The path of offers");
    let how = &found.bargaining;
    let title = offers_title(found);
    if let Some(picture) = picture::offers(game, found, &title, basis) {
        part.push(Block::Picture(Box::new(picture)));
    } else {
        part.say("There was no meeting at which this seat's yes was needed.");
        return part;
    }
    let mut said = Vec::new();
    if let Some(&(meeting, first)) = how.own.first() {
        let round = found.path.meetings[meeting].round;
        let opening = how.opening.map_or(String::new(), |share| {
            format!(
                ", {:.0} % of the way from no agreement to the best package on that agenda",
                100.0 * share
            )
        });
        said.push(format!(
            "First offer: on {}, worth {} to you{opening}.",
            day(model, round),
            points(first)
        ));
        let moved = if how.own.len() < 2 {
            String::new()
        } else if how.conceded >= 0.0 {
            format!(
                " The last asked for {} less than the first.",
                in_points(how.conceded)
            )
        } else {
            format!(
                " The last asked for {} more than the first.",
                in_points(-how.conceded)
            )
        };
        said.push(format!(
            "Offers made: {}, of which {} would have settled several issues at once.{moved}",
            how.own.len(),
            how.packages,
        ));
        if let Some((step, meeting)) = how.largest {
            let round = found.path.meetings[meeting].round;
            said.push(format!(
                "Largest single concession: {}, on {}.",
                in_points(step),
                day(model, round)
            ));
        }
    } else {
        said.push("You made no offer of your own.".to_owned());
    }
    let received: Vec<f64> = how.received.iter().map(|(_, _, u)| *u).collect();
    let known: Vec<f64> = received.iter().copied().filter(|u| u.is_finite()).collect();
    if let (Some(first), Some(last)) = (known.first(), known.last()) {
        let best = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        said.push(format!(
            "Offers received: {}, worth {} to you at first, {} in the end, {} at best.",
            received.len(),
            points(*first),
            points(*last),
            points(best)
        ));
    }
    part.push(Block::List(said));
    part
}

pub(super) fn offers_title(found: &Debrief) -> String {
    let how = &found.bargaining;
    let agreed: Vec<String> = (found.tables.iter())
        .filter_map(|at| match &found.path.meetings[at.meeting].ending {
            Ending::Agreement(offer) => Some(points(offer.utility[found.seat])),
            _ => None,
        })
        .collect();
    let asked = match (how.own.first(), how.own.last()) {
        (Some(first), Some(last)) if how.own.len() > 1 => {
            format!(
                "Asked for {} at first and {} in the end",
                points(first.1),
                points(last.1)
            )
        }
        (Some(first), _) => format!("Asked for {} once", points(first.1)),
        _ => "Made no offer".to_owned(),
    };
    let end = match &*agreed {
        [] => "agreed on nothing".to_owned(),
        [one] => format!("agreed at {one}"),
        several => format!(
            "agreed {} times, at {}",
            several.len(),
            several.join(", then ")
        ),
    };
    format!("{asked}, {end}")
}

/// What lay on the table.
pub(super) fn left(game: &Game, found: &Debrief, basis: &Basis) -> Part {
    let model = &game.table().model;
    let mut part = Part::new("left", "What was left on the table");
    let seat = found.seat;
    let drawn = found
        .drawn()
        .and_then(|index| found.tables.iter().find(|at| at.meeting == index));
    let Some(at) = drawn else {
        part.say("There was no meeting with an offer at which this seat's yes was needed.");
        return part;
    };
    let meeting = &found.path.meetings[at.meeting];
    let words = |package: &crate::solve::space::Package| {
        let package = Terms {
            form: package.form,
            levels: package.levels.clone(),
        };
        terms(model, &package, &meeting.space.start)
    };
    let agreed = agreement(meeting);
    let Some((title, left)) = left_in_words(game, found) else {
        return part;
    };
    if let Some(picture) = picture::zone(game, found, &title, basis) {
        part.push(Block::Picture(Box::new(picture)));
    } else {
        part.say(format!("{title}."));
    }
    if let Some(best) = &at.best {
        part.say(format!(
            "The package best for you that everyone whose yes was needed would have preferred to no \
             agreement, worth {} to you: {}.",
            points(best.utility[seat]),
            words(&best.package)
        ));
        if let Some(left) = left {
            part.say(left);
        }
    }
    match (agreed, &at.better) {
        (Some(offer), Some(better)) => {
            let gains: Vec<String> = (meeting.needed.iter())
                .map(|&party| {
                    let gain = better.utility[party] - offer.utility[party];
                    format!("{} {}", name(&model.scenario, party), change(gain))
                })
                .collect();
            part.remark(format!(
                "This package would have given everyone at least as much as what was agreed: {}. \
                 Against the agreement, in points: {}.",
                words(&better.package),
                gains.join(", ")
            ));
        }
        (Some(_), None) => part.say(
            "No other package would have given everyone at least as much and somebody a point more: \
             the agreement lies on the frontier.",
        ),
        _ => {}
    }
    part.say(
        "Nobody at the table could know this: it takes everyone's numbers. And a party may refuse what \
         it prefers to no agreement, because it hopes for more.",
    );
    others_left(&mut part, game, found, at.meeting);
    part
}

fn agreement(meeting: &path::Meeting) -> Option<&path::Offer> {
    match &meeting.ending {
        Ending::Agreement(offer) => Some(offer),
        _ => None,
    }
}

/// What the meeting that is drawn brought the seat, and what it left on the table if it left anything.
pub(super) fn left_in_words(game: &Game, found: &Debrief) -> Option<(String, Option<String>)> {
    let seat = found.seat;
    let drawn = found.drawn()?;
    let at = found.tables.iter().find(|at| at.meeting == drawn)?;
    let meeting = &found.path.meetings[at.meeting];
    let floor = meeting.reservation[seat];
    let when = day(&game.table().model, meeting.round);
    let agreed = agreement(meeting);
    let brought = |offer: &path::Offer| {
        let gain = offer.utility[seat] - floor;
        if points(gain).starts_with('-') {
            format!("lost {}", points(-gain))
        } else {
            format!("gained {}", points(gain))
        }
    };
    let title = match (agreed, &at.best) {
        (Some(offer), Some(best)) => format!(
            "On {when} the seat {}; a gain of {} was possible",
            brought(offer),
            points(best.utility[seat] - floor),
        ),
        (None, Some(best)) => format!(
            "On {when} nothing was agreed; a gain of {} for the seat was possible",
            points(best.utility[seat] - floor)
        ),
        (Some(offer), None) => format!(
            "On {when} the seat {}; somebody signed at a loss",
            brought(offer)
        ),
        (None, None) => format!("On {when} no package was better than no agreement for everyone"),
    };
    let got = agreed.map_or(floor, |offer| offer.utility[seat]);
    let left = at.best.as_ref().map(|best| best.utility[seat] - got);
    let left = left.filter(|left| *left >= 0.005).map(|left| {
        let held = if agreed.is_some() {
            "what was agreed"
        } else {
            "no agreement"
        };
        format!(
            "Against {held}, {} left on the table.",
            match &*points(left) {
                "1" => "1 point was".to_owned(),
                some => format!("{some} points were"),
            }
        )
    });
    Some((title, left))
}

/// The other meetings in a table.
fn others_left(part: &mut Part, game: &Game, found: &Debrief, drawn: usize) {
    let model = &game.table().model;
    let others = || found.tables.iter().filter(|at| at.meeting != drawn);
    if others().next().is_none() {
        return;
    }
    let mut grid = Grid::new(
        "The other meetings: what the seat could have gained over no agreement, in points of 100",
        &["Meeting", "#Possible", "#Agreed"],
    );
    for at in others() {
        let meeting = &found.path.meetings[at.meeting];
        let gain = |utility: f64| points(utility - meeting.reservation[found.seat]);
        grid.row([
            day(model, meeting.round),
            at.best
                .as_ref()
                .map_or("none".to_owned(), |best| gain(best.utility[found.seat])),
            match &meeting.ending {
                Ending::Agreement(offer) => gain(offer.utility[found.seat]),
                _ => "–".to_owned(),
            },
        ]);
    }
    part.push(Block::Grid(grid));
}

/// The prediction beside the runs'; none if there was none.
pub(super) fn prediction(game: &Game, found: &Debrief) -> Option<Part> {
    let scored = found.prediction.as_ref()?;
    let scenario = &game.table().model.scenario;
    let mut part = Part::new("prediction", "What you predicted");
    let mut grid = Grid::new(
        "Chances given to each outcome before the first round",
        &["Outcome", "#You", "#Runs of agents", "What happened"],
    );
    for (index, outcome) in scenario.outcomes.iter().enumerate() {
        let here = index == usize::from(found.record.outcome);
        grid.row([
            outcome.name.clone(),
            format!("{:.0} %", 100.0 * scored.own[index]),
            crate::chart::percent(scored.ensemble[index]),
            if here { "this" } else { "" }.to_owned(),
        ]);
    }
    part.push(Block::Grid(grid));
    let mut grid = Grid::new(
        "Brier scores: 0 for certainty in what happens, 2 for certainty in something else",
        &["Prediction", "#This game", "#On average over the runs"],
    );
    for (index, who) in ["you", "runs of agents", "equal chances"]
        .into_iter()
        .enumerate()
    {
        grid.row([
            who.to_owned(),
            format!("{:.2}", scored.brier[index]),
            format!("{:.2}", scored.expected[index]),
        ]);
    }
    part.push(Block::Grid(grid));
    part.say(
        "One game says little about a prediction: what was unlikely may happen. The last column is fairer \
         to compare; the runs cannot be improved on there, because it is their own average. They do \
         not play your seat as you do, though.",
    );
    Some(part)
}

/// How a difference is written with its interval.
pub(super) fn with_interval(difference: f64, interval: (f64, f64)) -> String {
    format!("{} points ({})", change(difference), between(interval))
}
