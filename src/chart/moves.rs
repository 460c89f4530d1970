//! Which runs went from which outcome to which: the shares of two scenarios, joined by ribbons.

use super::Figure;
use super::canvas::{Anchor, Canvas, Look, Point, spread};
use super::outcomes::by_severity;
use super::phrase;
use super::theme::{Colour, INK, MARGIN, MUTED, PAPER, WIDTH, outcome_colours};
use crate::ensemble::Plan;
use crate::ensemble::summary::OutcomeShare;
use crate::ensemble::versus::Versus;

const HEIGHT: f64 = 520.0;
/// White space between two outcomes.
const GAP: f64 = 9.0;
/// Left and right column of boxes.
const SIDES: (f64, f64) = (350.0, 832.0);
const BOX: f64 = 18.0;

/// One side's outcomes as boxes from the mildest down.
struct Stack<'a> {
    outcomes: &'a [OutcomeShare],
    order: Vec<usize>,
    /// Upper edge of each, by index.
    tops: Vec<f64>,
    colours: Vec<Colour>,
}

/// The ribbons between the first scenario and another.
pub fn moves(
    first: (&str, &[OutcomeShare]),
    second: (&str, &[OutcomeShare]),
    versus: &Versus,
    plan: Plan,
) -> Figure {
    let title = title(first, second, versus);
    let (mut canvas, top) = Canvas::titled(
        &title,
        "Every run once: left where it ends in the first scenario, right where the same luck ends in the second. \
         Boxes are shares of all runs, mildest on top; ribbons are runs that end otherwise, in the colour of \
         where they came from, grey those that end alike.",
    );
    let look = Look::heading();
    let room = SIDES.0 + BOX - MARGIN;
    let name = super::font::fit(first.0, look.size, true, room);
    let at = (SIDES.0 + BOX, top + look.size);
    canvas.words(at, &name, look.anchor(Anchor::End));
    let name = super::font::fit(second.0, look.size, true, WIDTH - MARGIN - SIDES.1);
    canvas.words((SIDES.1, top + look.size), &name, look);
    let top = top + 30.0;
    let kinds = first.1.len().max(second.1.len());
    let unit = HEIGHT - GAP * kinds.saturating_sub(1) as f64;
    let left = Stack::new(first.1, top, unit);
    let right = Stack::new(second.1, top, unit);
    ribbons(&mut canvas, &left, &right, versus, unit);
    left.paint(&mut canvas, unit, top, true);
    right.paint(&mut canvas, unit, top, false);
    let footer = format!(
        "{} pairs of runs ({} draws × {})  |  {} and {}  |  given these assumptions, not a forecast",
        phrase::count(plan.runs()),
        phrase::count(u64::from(plan.draws())),
        phrase::count(u64::from(plan.replicates())),
        versus.against,
        versus.scenario
    );
    let canvas = canvas.finish(top + HEIGHT + 14.0, &footer);
    Figure {
        name: format!("2-moves-{}", versus.scenario),
        description: description(first.1, second.1, versus),
        title,
        draw: canvas,
    }
}

fn name<'a>(outcomes: &'a [OutcomeShare], id: &'a str) -> &'a str {
    let own = outcomes.iter().find(|outcome| outcome.id == *id);
    own.map_or(id, |outcome| &outcome.name)
}

fn title(
    first: (&str, &[OutcomeShare]),
    second: (&str, &[OutcomeShare]),
    versus: &Versus,
) -> String {
    let share = |runs: u64| runs as f64 / versus.pairs.max(1) as f64;
    match versus.flips.first() {
        None => "Every run ends alike in both".to_owned(),
        Some(flip) => format!(
            "{} end otherwise under “{}”; {} go from {} to {}",
            phrase::of_runs(share(versus.moved)),
            phrase::short(second.0),
            phrase::of_hundred(share(flip.runs)),
            phrase::short(name(first.1, &flip.from)),
            phrase::short(name(second.1, &flip.to)),
        ),
    }
}

fn description(first: &[OutcomeShare], second: &[OutcomeShare], versus: &Versus) -> String {
    let ways: Vec<String> = (versus.flips.iter().take(12))
        .map(|flip| {
            let share = flip.runs as f64 / versus.pairs.max(1) as f64;
            format!(
                "from {} to {} {}",
                name(first, &flip.from),
                name(second, &flip.to),
                phrase::percent(share)
            )
        })
        .collect();
    format!("Ribbons between two columns. {}.", ways.join("; "))
}

impl<'a> Stack<'a> {
    fn new(outcomes: &'a [OutcomeShare], top: f64, unit: f64) -> Self {
        let order = by_severity(outcomes);
        let mut tops = vec![top; outcomes.len()];
        let mut next = top;
        for &index in &order {
            tops[index] = next;
            next += outcomes[index].share * unit + GAP;
        }
        Self {
            outcomes,
            order,
            tops,
            colours: outcome_colours(outcomes),
        }
    }

    fn paint(&self, canvas: &mut Canvas, unit: f64, top: f64, is_left: bool) {
        let x = if is_left { SIDES.0 } else { SIDES.1 };
        let look = Look::body();
        let middles: Vec<f64> = (self.order.iter())
            .map(|&index| self.tops[index] + self.outcomes[index].share * unit / 2.0)
            .collect();
        let placed = spread(&middles, 19.0, top + 8.0, top + HEIGHT);
        for ((&index, middle), y) in self.order.iter().zip(middles).zip(placed) {
            let outcome = &self.outcomes[index];
            // An outcome that never happens is a hairline.
            let high = (outcome.share * unit).max(1.0);
            let upper = self.tops[index];
            canvas.rect((x, upper), (x + BOX, upper + high), self.colours[index]);
            let share = phrase::percent(outcome.share);
            let room = 250.0;
            let words = super::font::fit(phrase::head(&outcome.name), look.size, false, room);
            let (edge, text, away) = if is_left {
                (x - 2.0, format!("{words}  {share}"), -1.0)
            } else {
                (x + BOX + 2.0, format!("{share}  {words}"), 1.0)
            };
            let points = [
                (edge, middle),
                (edge + 8.0 * away, y),
                (edge + 12.0 * away, y),
            ];
            canvas.line(&points, 1.0, MUTED);
            let anchor = if is_left { Anchor::End } else { Anchor::Start };
            let at = (edge + 15.0 * away, y + 0.36 * look.size);
            canvas.words(at, &text, look.anchor(anchor).colour(INK));
        }
    }
}

fn ribbons(canvas: &mut Canvas, left: &Stack<'_>, right: &Stack<'_>, versus: &Versus, unit: f64) {
    let pairs = versus.pairs.max(1) as f64;
    let height = |from: &str, to: &str| {
        let flips = versus.flips.iter();
        let runs = flips.filter(|flip| flip.from == from && flip.to == to);
        runs.map(|flip| flip.runs).sum::<u64>() as f64 / pairs * unit
    };
    let mut used = vec![0.0; right.outcomes.len()];
    for &a in &left.order {
        let from = &left.outcomes[a];
        let leaving: f64 = (right.outcomes.iter())
            .map(|to| height(&from.id, &to.id))
            .sum();
        let stays = (from.share * unit - leaving).max(0.0);
        let mut start = left.tops[a];
        for &b in &right.order {
            let to = &right.outcomes[b];
            let same = from.id == to.id;
            let high = if same {
                stays
            } else {
                height(&from.id, &to.id)
            };
            if high <= 0.0 {
                continue;
            }
            let end = right.tops[b] + used[b];
            let ink = if same {
                MUTED.at(0.16)
            } else {
                left.colours[a].at(0.62)
            };
            ribbon(canvas, start, end, high, ink);
            start += high;
            used[b] += high;
        }
    }
}

/// A band between the boxes, steep in the middle.
fn ribbon(canvas: &mut Canvas, from: f64, to: f64, high: f64, ink: super::theme::Ink) {
    const PIECES: i32 = 24;
    let (left, right) = (SIDES.0 + BOX + 1.0, SIDES.1 - 1.0);
    let edge = |down: f64| -> Vec<Point> {
        (0..=PIECES)
            .map(|piece| {
                let t = f64::from(piece) / f64::from(PIECES);
                let smooth = t * t * (3.0 - 2.0 * t);
                (
                    left + (right - left) * t,
                    from + (to - from) * smooth + down,
                )
            })
            .collect()
    };
    let mut outline = edge(0.0);
    outline.extend(edge(high).into_iter().rev());
    canvas.area(outline, ink);
    if high > 3.0 {
        // A white seam parts neighbours.
        canvas.line(&edge(0.0), 0.7, PAPER);
    }
}
