//! What was asked and offered, meeting by meeting, on the player's own scale: against what no
//! agreement was worth, and against the best that everyone would have taken.

use super::Figure;
use super::canvas::{Anchor, Canvas, Look, Point, Shape};
use super::panel::Panel;
use super::phrase;
use super::theme::{Colour, INK, MARGIN, MUTED, PAPER, WIDTH, colours_beside};
use crate::scenario::types::Scenario;
use jiff::civil::Date;

const BEST: Colour = Colour(0, 110, 80);

/// A meeting as the player sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Its day.
    pub date: Date,
    /// What a package must be worth to the player.
    pub walk_away: f64,
    /// The best package that everyone needed would have taken; none where there is none.
    pub best: Option<f64>,
    /// Offers, in order.
    pub offers: Vec<Made>,
    /// Utility of what was agreed on and came into force.
    pub agreed: Option<f64>,
}

/// An offer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Made {
    /// Who; none for a mediator.
    pub by: Option<usize>,
    /// What it is worth to the player; minus infinity where it is refused at any price.
    pub utility: f64,
}

/// The path of offers; none without meetings.
pub fn offers(
    scenario: &Scenario,
    seat: usize,
    title: &str,
    meetings: &[Asked],
    basis: &str,
) -> Option<Figure> {
    if meetings.is_empty() {
        return None;
    }
    let (mut canvas, top) = Canvas::titled(
        title,
        "Utility to the seat (0 its worst, 100 all it wants), meeting by meeting and within a meeting \
         in the order of speaking. The walk-away value is what a package had to be worth at that \
         meeting; the best possible is the most that everyone whose yes was needed would have \
         preferred to no agreement.",
    );
    let panel = Panel {
        left: MARGIN + 34.0,
        top: top + 14.0,
        width: WIDTH - 2.0 * MARGIN - 34.0 - 210.0,
        height: 400.0,
        across: (0.0, meetings.len() as f64),
        up: range(meetings),
    };
    panel.ticks_up(&mut canvas, &ticks(panel.up));
    days(&mut canvas, &panel, meetings);
    steps(&mut canvas, &panel, meetings);
    marks(&mut canvas, &panel, scenario, seat, meetings);
    let legend = legend(&mut canvas, scenario, seat, meetings, &panel);
    let canvas = canvas.finish(
        legend.max(panel.bottom() + 34.0),
        &format!("{basis}  |  a model, not a forecast"),
    );
    Some(Figure {
        name: "offers".to_owned(),
        title: title.to_owned(),
        description: description(meetings, seat),
        draw: canvas,
    })
}

fn hundred(value: f64) -> String {
    if value.is_finite() {
        format!("{:.0}", value * 100.0)
    } else {
        "refused at any price".to_owned()
    }
}

fn description(meetings: &[Asked], seat: usize) -> String {
    let sentences = meetings.iter().map(|meeting| {
        let worth = |mine: bool| -> Vec<String> {
            let those = meeting.offers.iter();
            those
                .filter(|offer| (offer.by == Some(seat)) == mine)
                .map(|offer| hundred(offer.utility))
                .collect()
        };
        let list = |values: Vec<String>| {
            let texts: Vec<&str> = values.iter().map(String::as_str).collect();
            if texts.is_empty() {
                "none".to_owned()
            } else {
                phrase::list(&texts)
            }
        };
        format!(
            "{}: walk-away value {}, best possible {}, own offers {}, received {}{}.",
            phrase::day_and_month(meeting.date),
            hundred(meeting.walk_away),
            meeting.best.map_or("none".to_owned(), hundred),
            list(worth(true)),
            list(worth(false)),
            meeting
                .agreed
                .map_or(String::new(), |u| format!(", agreed at {}", hundred(u))),
        )
    });
    sentences.collect::<Vec<_>>().join(" ")
}

/// Whole tens around everything that can be drawn.
fn range(meetings: &[Asked]) -> (f64, f64) {
    let values = meetings.iter().flat_map(|meeting| {
        let offers = meeting.offers.iter().map(|offer| offer.utility);
        offers
            .chain([meeting.walk_away])
            .chain(meeting.best)
            .chain(meeting.agreed)
    });
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.filter(|value| value.is_finite()) {
        (low, high) = (low.min(value), high.max(value));
    }
    (
        (low * 10.0 - 0.3).floor() / 10.0,
        (high * 10.0 + 0.3).ceil() / 10.0,
    )
}

/// A tick every ten points, or every so many tens that there are at most eleven.
pub(super) fn ticks((low, high): (f64, f64)) -> Vec<(f64, String)> {
    let tens = ((high - low) * 10.0).round() as usize;
    let every = tens.div_ceil(10).max(1);
    (0..=tens)
        .step_by(every)
        .map(|step| low + 0.1 * step as f64)
        .map(|value| (value, format!("{:.0}", (value * 100.0).round() + 0.0)))
        .collect()
}

fn days(canvas: &mut Canvas, panel: &Panel, meetings: &[Asked]) {
    let every = meetings.len().div_ceil(14);
    for (index, meeting) in meetings.iter().enumerate() {
        let x = panel.x(index as f64);
        if index > 0 {
            canvas.line(&[(x, panel.top), (x, panel.bottom())], 1.0, MUTED.at(0.18));
        }
        if index.is_multiple_of(every) {
            let look = Look::small().anchor(Anchor::Middle);
            let at = (
                panel.x(index as f64 + 0.5),
                panel.bottom() + 7.0 + look.size,
            );
            canvas.words(at, &phrase::day_and_month(meeting.date), look);
        }
    }
    canvas.frame(
        (panel.left, panel.top),
        (panel.right(), panel.bottom()),
        1.0,
        MUTED,
    );
}

fn steps(canvas: &mut Canvas, panel: &Panel, meetings: &[Asked]) {
    for (index, meeting) in meetings.iter().enumerate() {
        let across = (index as f64, index as f64 + 1.0);
        let level = |value: f64| [panel.at(across.0, value), panel.at(across.1, value)];
        canvas.dashes(&level(meeting.walk_away), 2.4, INK, (7.0, 4.0));
        if let Some(best) = meeting.best {
            canvas.line(&level(best), 3.0, BEST);
        }
    }
}

fn marks(canvas: &mut Canvas, panel: &Panel, scenario: &Scenario, seat: usize, meetings: &[Asked]) {
    let colours = colours_beside(scenario.parties.iter().map(|party| party.colour.as_deref()));
    let mut own: Vec<Point> = Vec::new();
    let mut received: Vec<(Point, Option<usize>)> = Vec::new();
    let mut agreed: Vec<Point> = Vec::new();
    for (index, meeting) in meetings.iter().enumerate() {
        let places = meeting.offers.len() as f64 + 1.0;
        for (order, offer) in meeting.offers.iter().enumerate() {
            let x = index as f64 + (order as f64 + 1.0) / places;
            // What is refused at any price lies on the lower edge.
            let value = if offer.utility.is_finite() {
                offer.utility
            } else {
                panel.up.0
            };
            let at = panel.at(x, value);
            if offer.by == Some(seat) {
                own.push(at);
            } else {
                received.push((at, offer.by));
            }
        }
        if let Some(value) = meeting.agreed {
            agreed.push(panel.at(index as f64 + 1.0 - 0.5 / places, value));
        }
    }
    canvas.line(&own, 1.6, colours[seat].at(0.6));
    for (at, by) in received {
        let colour = by.map_or(MUTED, |party| colours[party]);
        canvas.shape(sign(scenario, by), at, 7.5, PAPER);
        canvas.shape(sign(scenario, by), at, 6.5, colour);
        canvas.shape(sign(scenario, by), at, 3.0, PAPER);
    }
    for at in own {
        canvas.disc(at, 7.5, PAPER);
        canvas.disc(at, 6.5, colours[seat]);
    }
    for at in agreed {
        canvas.shape(Shape::Star, at, 13.0, PAPER);
        canvas.shape(Shape::Star, at, 11.0, INK);
    }
}

/// The shape of somebody's offers: never the disc, which is the player's.
pub(super) fn sign(scenario: &Scenario, by: Option<usize>) -> Shape {
    let index = by.unwrap_or(scenario.parties.len());
    match Shape::nth(index + 1) {
        Shape::Disc | Shape::Star => Shape::Hourglass,
        shape => shape,
    }
}

/// What the marks mean; returns the height below.
fn legend(
    canvas: &mut Canvas,
    scenario: &Scenario,
    seat: usize,
    meetings: &[Asked],
    panel: &Panel,
) -> f64 {
    let colours = colours_beside(scenario.parties.iter().map(|party| party.colour.as_deref()));
    let left = panel.right() + 18.0;
    let look = Look::body();
    let room = WIDTH - MARGIN - left - 28.0;
    let mut top = panel.top;
    let name = |party: usize| phrase::short(&scenario.parties[party].name);
    let mut entry = |canvas: &mut Canvas, text: &str, draw: &dyn Fn(&mut Canvas, Point)| {
        draw(canvas, (left + 9.0, top + look.size * 0.64));
        top = canvas.paragraph((left + 28.0, top), text, look, room, 3) + 7.0;
    };
    let line = |at: Point| [(at.0 - 9.0, at.1), (at.0 + 9.0, at.1)];
    entry(
        canvas,
        &format!("offers of {}", name(seat)),
        &|canvas, at| {
            canvas.disc(at, 6.5, colours[seat]);
        },
    );
    let mut others: Vec<Option<usize>> = (meetings.iter().flat_map(|meeting| &meeting.offers))
        .map(|offer| offer.by)
        .filter(|by| *by != Some(seat))
        .collect();
    others.sort_unstable_by_key(|by| by.map_or(usize::MAX, |party| party));
    others.dedup();
    for by in others {
        let text = by.map_or("the mediator's text".to_owned(), |party| {
            format!("offers of {}", name(party))
        });
        let colour = by.map_or(MUTED, |party| colours[party]);
        entry(canvas, &text, &|canvas, at| {
            canvas.shape(sign(scenario, by), at, 6.5, colour);
            canvas.shape(sign(scenario, by), at, 3.0, PAPER);
        });
    }
    if meetings.iter().any(|meeting| meeting.best.is_some()) {
        entry(canvas, "best possible", &|canvas, at| {
            canvas.line(&line(at), 3.0, BEST);
        });
    }
    entry(canvas, "walk-away value", &|canvas, at| {
        canvas.dashes(&line(at), 2.4, INK, (7.0, 4.0));
    });
    if meetings.iter().any(|meeting| meeting.agreed.is_some()) {
        entry(canvas, "agreed, in force", &|canvas, at| {
            canvas.shape(Shape::Star, at, 10.0, INK);
        });
    }
    top
}
