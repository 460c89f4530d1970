//! Decisions, packages and dates in words.

use jiff::civil::Date;

use crate::chart::percent;
use crate::model::Model;
use crate::scenario::types::Scenario;
use crate::seat::Terms;
use crate::seat::sitter::{Act, Asked, Moment};

/// A party's name without its explanation.
pub(super) fn name(scenario: &Scenario, party: usize) -> &str {
    crate::chart::head(&scenario.parties[party].name)
}

/// `10 January 2022`.
pub(super) fn date(date: Date) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = MONTHS[date.month().unsigned_abs() as usize - 1];
    format!("{} {month} {}", date.day(), date.year())
}

/// Day of a round.
pub(super) fn day(model: &Model, round: usize) -> String {
    let day = model.rounds[round].date;
    let text = date(day);
    text.rsplit_once(' ')
        .map_or(text.clone(), |(short, _)| short.to_owned())
}

/// A utility on the scale of 100.
pub(super) fn points(utility: f64) -> String {
    if utility.is_finite() {
        format!("{:.0}", utility * 100.0 + 0.0)
    } else {
        "refused at any price".to_owned()
    }
}

/// `1 point`, `12 points`.
pub(super) fn in_points(utility: f64) -> String {
    match &*points(utility) {
        "1" => "1 point".to_owned(),
        some => format!("{some} points"),
    }
}

/// A difference on the scale of 100, with its sign.
pub(super) fn change(difference: f64) -> String {
    let rounded = (difference * 1000.0).round() / 10.0 + 0.0;
    format!("{rounded:+.1}")
}

/// An interval of differences.
pub(super) fn between((low, high): (f64, f64)) -> String {
    format!("{} to {}", change(low), change(high))
}

/// `41 %`.
pub(super) fn share(count: u64, n: u64) -> String {
    percent(count as f64 / n.max(1) as f64)
}

/// What a package would change, against levels in force.
pub(super) fn terms(model: &Model, terms: &Terms, before: &[u8]) -> String {
    let scenario = &model.scenario;
    let changed = terms.levels.iter().zip(before).zip(&scenario.issues);
    let mut parts: Vec<String> = changed
        .filter(|((to, from), _)| to != from)
        .map(|((to, _), issue)| format!("{}: {}", issue.name, issue.levels[usize::from(*to)]))
        .collect();
    if parts.is_empty() {
        return "nothing new".to_owned();
    }
    if scenario.forms.len() > 1 {
        parts.push(format!("as {}", scenario.forms[terms.form].name));
    }
    parts.join("; ")
}

/// A decision in words, as something done: `accepting the offer of Upland`.
pub(super) fn doing(model: &Model, moment: &Moment, act: &Act) -> String {
    let scenario = &model.scenario;
    let about = moment.presented.as_ref().map(|(by, _)| match by {
        Some(party) => format!("the offer of {}", name(scenario, *party)),
        None => "the mediator's text".to_owned(),
    });
    let about = about.unwrap_or_else(|| "what was on the table".to_owned());
    match (act, moment.asked) {
        (Act::Accept, Asked::LetStand) => "letting the mediator's text stand".to_owned(),
        (Act::Refuse, Asked::LetStand) => "objecting to the mediator's text".to_owned(),
        (Act::Accept, Asked::Sign) => "signing".to_owned(),
        (Act::Refuse, Asked::Sign) => "not signing".to_owned(),
        (Act::Accept, Asked::Consent) => "consenting to what others had agreed on".to_owned(),
        (Act::Refuse, Asked::Consent) => "refusing consent to what others had agreed on".to_owned(),
        (Act::Accept, _) => format!("accepting {about}"),
        (Act::Refuse, _) => format!("refusing {about} and offering nothing"),
        (Act::Offer(package), _) => format!("offering {}", terms(model, package, &moment.levels)),
        (Act::Pass, _) => "putting nothing on the table".to_owned(),
        (Act::WalkOut, _) => "walking out".to_owned(),
        (Act::Move(index), _) => format!("the move “{}”", scenario.moves[*index].name),
        (Act::Wait, _) => "waiting, without a move".to_owned(),
    }
}
