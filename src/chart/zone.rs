//! What was left on the table at one meeting: the seat's gain over no agreement against the least
//! gain of anyone else whose yes was needed, with the most that was possible.

use super::Figure;
use super::canvas::{Anchor, Canvas, Look, Point, Shape};
use super::offers::{sign, ticks};
use super::panel::Panel;
use super::phrase;
use super::theme::{Colour, INK, MARGIN, MUTED, PAPER, WIDTH, colours_beside};
use crate::scenario::types::Scenario;

const ZONE: Colour = Colour(0, 110, 80);
const SIDE: f64 = 560.0;

/// Gains at one meeting, over no agreement.
#[derive(Debug, Clone, PartialEq)]
pub struct Gains {
    /// Least gain of another, gain of the seat: the most that was possible.
    pub frontier: Vec<(f64, f64)>,
    /// Offers: who (none for a mediator), least gain of another, gain of the seat.
    pub offers: Vec<(Option<usize>, f64, f64)>,
    /// The same of what was agreed on.
    pub agreed: Option<(f64, f64)>,
}

/// The picture; none without offers.
pub fn zone(
    scenario: &Scenario,
    seat: usize,
    title: &str,
    gains: &Gains,
    basis: &str,
) -> Option<Figure> {
    if gains.offers.is_empty() {
        return None;
    }
    let (mut canvas, top) = Canvas::titled(
        title,
        "Gain over no agreement, in points of 100 on each party's own scale. Up: the seat's. Across: \
         that of whoever else gains least. Right of and above the zero lines nobody loses; along the \
         green line nothing gives the seat more without giving somebody less. Numbers: order of \
         speaking.",
    );
    let (across, up) = ranges(gains);
    let panel = Panel {
        left: MARGIN + 44.0,
        top: top + 30.0,
        width: SIDE + 120.0,
        height: SIDE - 120.0,
        across,
        up,
    };
    let zero = panel.at(0.0, 0.0);
    canvas.rect((zero.0, panel.top), (panel.right(), zero.1), ZONE.at(0.07));
    panel.ticks_up(&mut canvas, &ticks(up));
    panel.ticks_across(&mut canvas, &ticks(across));
    canvas.line(&[(panel.left, zero.1), (panel.right(), zero.1)], 1.6, INK);
    canvas.line(&[(zero.0, panel.top), (zero.0, panel.bottom())], 1.6, INK);
    let corners = ((panel.left, panel.top), (panel.right(), panel.bottom()));
    canvas.frame(corners.0, corners.1, 1.0, MUTED);
    let name = phrase::short(&scenario.parties[seat].name);
    let look = Look::body().bold();
    let at = (MARGIN, panel.top - 12.0);
    canvas.words(at, &format!("↑ gain of {name}"), look);
    let at = (panel.right(), panel.bottom() + 44.0);
    let text = "least gain of anyone else needed →";
    canvas.words(at, text, look.anchor(Anchor::End));
    let frontier: Vec<Point> = gains
        .frontier
        .iter()
        .map(|(x, y)| panel.at(*x, *y))
        .collect();
    canvas.line(&stairs(&frontier, zero.0), 3.0, ZONE);
    for at in &frontier {
        canvas.disc(*at, 3.6, ZONE);
    }
    draw_offers(&mut canvas, &panel, scenario, seat, gains);
    let below = legend(&mut canvas, &panel, scenario, seat, gains);
    let canvas = canvas.finish(
        below.max(panel.bottom() + 50.0),
        &format!("{basis}  |  a model, not a forecast"),
    );
    Some(Figure {
        name: "zone".to_owned(),
        title: title.to_owned(),
        description: description(scenario, gains),
        draw: canvas,
    })
}

/// From package to package in steps: between two of them there is none.
fn stairs(frontier: &[Point], from: f64) -> Vec<Point> {
    let mut line = Vec::new();
    let mut before = from;
    for (index, &(x, y)) in frontier.iter().enumerate() {
        line.push((if index == 0 { before.min(x) } else { before }, y));
        line.push((x, y));
        before = x;
    }
    line
}

fn points(value: f64) -> String {
    if value.is_finite() {
        format!("{:+.0}", value * 100.0 + 0.0)
    } else {
        "refused at any price".to_owned()
    }
}

fn description(scenario: &Scenario, gains: &Gains) -> String {
    let offers: Vec<String> = (gains.offers.iter().enumerate())
        .map(|(index, (by, x, y))| {
            let who = by.map_or("the mediator", |party| {
                scenario.parties[party].name.as_str()
            });
            let (x, y) = (points(*x), points(*y));
            format!(
                "Offer {} by {who}: seat {y}, least of the others {x}.",
                index + 1
            )
        })
        .collect();
    let most = match gains.frontier.as_slice() {
        [] => "No package was better than no agreement for everyone needed.".to_owned(),
        [first, ..] => format!(
            "The most the seat could have gained is {}.",
            points(first.1)
        ),
    };
    format!("{} {most}", offers.join(" "))
}

fn ranges(gains: &Gains) -> ((f64, f64), (f64, f64)) {
    let all = || {
        let offers = gains.offers.iter().map(|(_, x, y)| (*x, *y));
        offers
            .chain(gains.frontier.iter().copied())
            .chain(gains.agreed)
            .chain([(0.0, 0.0)])
    };
    let range = |of: &dyn Fn((f64, f64)) -> f64| {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for value in all().map(of).filter(|value| value.is_finite()) {
            (low, high) = (low.min(value), high.max(value));
        }
        (
            (low * 10.0 - 0.3).floor() / 10.0,
            (high * 10.0 + 0.3).ceil() / 10.0,
        )
    };
    (range(&|point| point.0), range(&|point| point.1))
}

fn draw_offers(
    canvas: &mut Canvas,
    panel: &Panel,
    scenario: &Scenario,
    seat: usize,
    gains: &Gains,
) {
    let colours = colours_beside(scenario.parties.iter().map(|party| party.colour.as_deref()));
    let place = |x: f64, y: f64| {
        let edge = |value: f64, low: f64| if value.is_finite() { value } else { low };
        panel.at(edge(x, panel.across.0), edge(y, panel.up.0))
    };
    for (by, x, y) in &gains.offers {
        let at = place(*x, *y);
        let colour = by.map_or(MUTED, |party| colours[party]);
        if *by == Some(seat) {
            canvas.disc(at, 8.5, PAPER);
            canvas.disc(at, 7.5, colour);
        } else {
            canvas.shape(sign(scenario, *by), at, 8.5, PAPER);
            canvas.shape(sign(scenario, *by), at, 7.5, colour);
            canvas.shape(sign(scenario, *by), at, 3.5, PAPER);
        }
    }
    if let Some((x, y)) = gains.agreed {
        let at = place(x, y);
        canvas.shape(Shape::Star, at, 14.0, PAPER);
        canvas.shape(Shape::Star, at, 12.0, INK);
    }
    let within = (panel.left, panel.top, panel.right(), panel.bottom());
    for (index, (_, x, y)) in gains.offers.iter().enumerate() {
        let (x, y) = place(*x, *y);
        let look = Look::small().colour(INK);
        let places = [
            ((x + 11.0, y + 4.0), Anchor::Start),
            ((x - 11.0, y + 4.0), Anchor::End),
            ((x, y - 12.0), Anchor::Middle),
            ((x, y + 20.0), Anchor::Middle),
        ];
        // Where offers lie on each other the first number stands for all.
        canvas.words_where_free(&places, &(index + 1).to_string(), look, within);
    }
}

fn legend(
    canvas: &mut Canvas,
    panel: &Panel,
    scenario: &Scenario,
    seat: usize,
    gains: &Gains,
) -> f64 {
    let colours = colours_beside(scenario.parties.iter().map(|party| party.colour.as_deref()));
    let (left, look) = (panel.right() + 30.0, Look::body());
    let room = WIDTH - MARGIN - left - 28.0;
    let mut top = panel.top;
    let mut entry = |canvas: &mut Canvas, text: &str, draw: &dyn Fn(&mut Canvas, Point)| {
        draw(canvas, (left + 9.0, top + look.size * 0.64));
        top = canvas.paragraph((left + 28.0, top), text, look, room, 3) + 7.0;
    };
    let mut by: Vec<Option<usize>> = gains.offers.iter().map(|offer| offer.0).collect();
    by.sort_unstable_by_key(|by| by.map_or(usize::MAX, |party| party));
    by.dedup();
    for by in by {
        let text = by.map_or("the mediator's text".to_owned(), |party| {
            format!("offers of {}", phrase::short(&scenario.parties[party].name))
        });
        let colour = by.map_or(MUTED, |party| colours[party]);
        entry(canvas, &text, &|canvas, at| {
            if by == Some(seat) {
                canvas.disc(at, 7.0, colour);
            } else {
                canvas.shape(sign(scenario, by), at, 7.0, colour);
                canvas.shape(sign(scenario, by), at, 3.2, PAPER);
            }
        });
    }
    if gains.agreed.is_some() {
        entry(canvas, "what was agreed", &|canvas, at| {
            canvas.shape(Shape::Star, at, 10.0, INK);
        });
    }
    if gains.frontier.is_empty() {
        let text = "No package was better than no agreement for everyone needed.";
        canvas.paragraph((left, top + 4.0), text, Look::small(), room + 28.0, 4)
    } else {
        entry(canvas, "the most that was possible", &|canvas, at| {
            canvas.line(&[(at.0 - 9.0, at.1), (at.0 + 9.0, at.1)], 3.0, ZONE);
        });
        top
    }
}
