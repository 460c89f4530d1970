//! The charts of a debriefing, with their takeaways, tables and letters.

use super::words::{date, points};
use super::{Basis, runs};
use crate::chart::{self, Asked, Dots, Gains, Made, Marked};
use crate::debrief::path::Ending;
use crate::debrief::place::SAME;
use crate::debrief::{Debrief, offer_gains};
use crate::report::document::{Grid, Picture};
use crate::seat::Game;

/// Dots of a quantile dotplot.
pub(super) const DOTS: usize = 50;

/// How many of the dots lie below a utility, at it and above it.
pub(super) fn of_dots(found: &Debrief) -> [usize; 3] {
    let mine = found.utility();
    let dots = found.comparison.dots(DOTS);
    let same = dots
        .iter()
        .filter(|dot| (dot.0 - mine).abs() <= SAME)
        .count();
    let below = dots.iter().filter(|dot| dot.0 < mine - SAME).count();
    [below, same, dots.len() - below - same]
}

/// Games of one seat and draw on their dots.
pub(super) fn group(game: &Game, games: &[&Debrief], label: impl Fn(&Debrief) -> String) -> Dots {
    let first = games[0];
    Dots {
        heading: game.table().model.scenario.parties[first.seat].name.clone(),
        dots: first.comparison.dots(DOTS),
        marked: (games.iter())
            .map(|found| Marked {
                label: label(found),
                utility: found.utility(),
            })
            .collect(),
        walk_away: first
            .path
            .disagreement
            .first()
            .map(|values| values[first.seat]),
    }
}

/// Where the game lies among runs of agents.
pub(super) fn dots(game: &Game, found: &Debrief, basis: &Basis) -> Option<Picture> {
    let scenario = &game.table().model.scenario;
    let [below, same, above] = of_dots(found);
    let all = below + same + above;
    let title = format!(
        "{below} of {all} simulated worlds gave this seat less than the game did, {above} gave it more"
    );
    let group = group(game, &[found], |_| "this game".to_owned());
    let plain = letters(&group);
    let basis = runs(found, game, basis);
    let figure = chart::dotplot(scenario, &title, &[group], &basis)?;
    let even = if same == 0 {
        String::new()
    } else {
        format!(" and {same} just as much")
    };
    Some(Picture {
        id: "chart-dots".to_owned(),
        takeaway: format!(
            "Of {all} simulated worlds {below} gave the seat less than this game, {above} gave it \
             more{even} ({basis})."
        ),
        figure,
        table: None,
        plain: Some(plain),
    })
}

/// The dots as letters: a line for every five points of utility that holds any.
pub(super) fn letters(group: &Dots) -> String {
    let step = |utility: f64| (utility * 20.0 + 1e-9).floor() as i64;
    let mut rows: std::collections::BTreeMap<i64, (usize, Vec<String>)> =
        std::collections::BTreeMap::new();
    for (utility, _) in &group.dots {
        rows.entry(step(*utility)).or_default().0 += 1;
    }
    for game in &group.marked {
        let text = format!("{} {}", game.label, points(game.utility));
        rows.entry(step(game.utility)).or_default().1.push(text);
    }
    let (Some(first), Some(last)) = (rows.keys().next(), rows.keys().last()) else {
        return String::new();
    };
    (*first..=*last)
        .map(|row| {
            let (dots, games) = rows.get(&row).cloned().unwrap_or_default();
            let mark = if games.is_empty() {
                String::new()
            } else {
                format!("  <- {}", games.join(", "))
            };
            let line = format!(
                "{:>4} to {:>3}  {}{mark}",
                row * 5,
                row * 5 + 5,
                "o".repeat(dots)
            );
            line.trim_end().to_owned() + "\n"
        })
        .collect()
}

/// The path of offers.
pub(super) fn offers(game: &Game, found: &Debrief, title: &str, basis: &Basis) -> Option<Picture> {
    let model = &game.table().model;
    let meetings: Vec<Asked> = (found.tables.iter())
        .map(|at| {
            let meeting = &found.path.meetings[at.meeting];
            let seated = meeting.seats >> found.seat & 1 == 1;
            Asked {
                date: model.rounds[meeting.round].date,
                walk_away: meeting.reservation[found.seat],
                best: at.best.as_ref().map(|best| best.utility[found.seat]),
                // What is said at a table where one does not sit is not heard.
                offers: (meeting.offers.iter().filter(|_| seated))
                    .map(|offer| Made {
                        by: offer.party,
                        utility: offer.utility[found.seat],
                    })
                    .collect(),
                agreed: match &meeting.ending {
                    Ending::Agreement(offer) => Some(offer.utility[found.seat]),
                    _ => None,
                },
            }
        })
        .collect();
    let figure = chart::offers(
        &model.scenario,
        found.seat,
        title,
        &meetings,
        &runs(found, game, basis),
    )?;
    let mut table = Grid::new(
        "Utility to the seat, in points of 100",
        &[
            "Meeting",
            "#Walk-away",
            "#Best possible",
            "Own offers",
            "Offers received",
            "#Agreed",
        ],
    );
    for meeting in &meetings {
        let list = |mine: bool| -> String {
            let those = meeting.offers.iter();
            let texts: Vec<String> = those
                .filter(|offer| (offer.by == Some(found.seat)) == mine)
                .map(|offer| points(offer.utility))
                .collect();
            if texts.is_empty() {
                "–".to_owned()
            } else {
                texts.join(", ")
            }
        };
        table.row([
            date(meeting.date),
            points(meeting.walk_away),
            meeting.best.map_or("none".to_owned(), points),
            list(true),
            list(false),
            meeting.agreed.map_or("–".to_owned(), points),
        ]);
    }
    Some(Picture {
        id: "chart-offers".to_owned(),
        figure,
        takeaway: format!("{title}."),
        table: Some(table),
        plain: None,
    })
}

/// Gains at the meeting that is drawn.
pub(super) fn zone(game: &Game, found: &Debrief, title: &str, basis: &Basis) -> Option<Picture> {
    let scenario = &game.table().model.scenario;
    let index = found.drawn()?;
    let at = found.tables.iter().find(|at| at.meeting == index)?;
    let meeting = &found.path.meetings[index];
    let of = |offer| offer_gains(&found.path, index, found.seat, offer);
    let gains = Gains {
        frontier: at.frontier.clone(),
        offers: (meeting.offers.iter())
            .map(|offer| {
                let (others, own) = of(offer);
                (offer.party, others, own)
            })
            .collect(),
        agreed: match &meeting.ending {
            Ending::Agreement(offer) => Some(of(offer)),
            _ => None,
        },
    };
    let figure = chart::zone(
        scenario,
        found.seat,
        title,
        &gains,
        &runs(found, game, basis),
    )?;
    let mut table = Grid::new(
        "Gains over no agreement, in points of 100",
        &["Offer", "#To the seat", "#To whoever else gains least"],
    );
    for (number, (by, others, own)) in gains.offers.iter().enumerate() {
        let who = by.map_or("the mediator", |party| super::words::name(scenario, party));
        table.row([
            format!("{}, by {who}", number + 1),
            points(*own),
            points(*others),
        ]);
    }
    for (others, own) in &gains.frontier {
        table.row([
            "a package on the frontier".to_owned(),
            points(*own),
            points(*others),
        ]);
    }
    Some(Picture {
        id: "chart-zone".to_owned(),
        figure,
        takeaway: format!("{title}."),
        table: Some(table),
        plain: None,
    })
}
