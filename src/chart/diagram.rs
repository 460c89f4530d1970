//! Curves with their bands, and the ways from a status quo to other states.

use super::Figure;
use super::canvas::{Anchor, Canvas, Look, Point};
use super::panel::{Panel, hundred};
use super::theme::{Colour, GROUND, INK, MARGIN, PAPER, WIDTH, series_colour};
use crate::solve::diagram::{Curve, Curves, Evolution, EvolutionMove, EvolutionState};

/// Lengths of dash and gap that tell lines apart without colour.
const DASHES: [(f64, f64); 4] = [(1e6, 0.0), (10.0, 6.0), (3.0, 4.0), (16.0, 4.0)];

/// One panel, both axes in per cent.
pub(super) fn curves(drawn: &Curves, footer: &str) -> Figure {
    let (mut canvas, top) = Canvas::titled(&drawn.title, &drawn.subtitle);
    let panel = Panel {
        left: MARGIN + 48.0,
        top: top + 24.0,
        width: WIDTH - 2.0 * MARGIN - 48.0 - 230.0,
        height: 420.0,
        across: (0.0, 1.0),
        up: (0.0, 1.0),
    };
    canvas.words((MARGIN, panel.top - 10.0), &drawn.up, Look::body().bold());
    panel.ticks_up(&mut canvas, &hundred());
    panel.ticks_across(&mut canvas, &hundred());
    for (index, curve) in drawn.curves.iter().enumerate() {
        let banded = curve.points.iter().filter(|(_, _, spread)| spread.n > 0);
        let lower = banded.clone().map(|(x, _, s)| panel.at(*x, s.q05));
        let upper = banded.rev().map(|(x, _, s)| panel.at(*x, s.q95));
        let outline: Vec<Point> = lower.chain(upper).collect();
        if !outline.is_empty() {
            canvas.area(outline, series_colour(index).at(0.18));
        }
    }
    let mut labels = Vec::new();
    for (index, curve) in drawn.curves.iter().enumerate() {
        let values = curve.points.iter();
        let line: Vec<(f64, f64)> = values.filter_map(|(x, y, _)| Some((*x, (*y)?))).collect();
        let points: Vec<Point> = line.iter().map(|&(x, y)| panel.at(x, y)).collect();
        let dashes = DASHES[index % DASHES.len()];
        canvas.dashes(&points, 3.0, series_colour(index), dashes);
        if let Some((_, last)) = line.last() {
            labels.push((*last, curve.name.clone(), series_colour(index)));
        }
    }
    panel.end_labels(&mut canvas, &labels);
    let at = (panel.right(), panel.bottom() + 46.0);
    canvas.words(at, &drawn.across, Look::body().bold().anchor(Anchor::End));
    Figure {
        name: drawn.name.clone(),
        title: drawn.title.clone(),
        description: format!(
            "{} against {}, both in per cent. {}",
            drawn.up,
            drawn.across,
            drawn.curves.iter().map(told).collect::<Vec<_>>().join(" ")
        ),
        draw: canvas.finish(panel.bottom() + 56.0, footer),
    }
}

/// Both ends of a curve in words.
fn told(curve: &Curve) -> String {
    let value = |point: Option<&(f64, Option<f64>, _)>| {
        let value = point.and_then(|(_, y, _)| *y);
        value.map_or_else(|| "nothing".to_owned(), |y| format!("{:.0} %", 100.0 * y))
    };
    format!(
        "{}: from {} to {} at the modes.",
        curve.name,
        value(curve.points.first()),
        value(curve.points.last())
    )
}

const BOX: (f64, f64) = (150.0, 46.0);
const ROW: f64 = 84.0;

/// States as boxes from left to right by the number of moves, moves as arrows, names below.
pub(super) fn evolution(drawn: &Evolution, footer: &str) -> Figure {
    let (mut canvas, top) = Canvas::titled(&drawn.title, &drawn.subtitle);
    let top = top + 8.0;
    let places = places(&drawn.states, top);
    for step in &drawn.moves {
        arrow(&mut canvas, &places, step);
    }
    let mut taken = Vec::new();
    for step in &drawn.moves {
        mover(&mut canvas, &places, step, &mut taken);
    }
    for (index, (state, at)) in drawn.states.iter().zip(&places).enumerate() {
        node(&mut canvas, index, state, *at);
    }
    let lowest = places.iter().map(|at| at.1).fold(top, f64::max);
    let mut below = lowest + BOX.1 / 2.0 + 26.0;
    for (index, state) in drawn.states.iter().enumerate() {
        let number = Look::body().bold();
        canvas.paragraph((MARGIN, below), &index.to_string(), number, 24.0, 1);
        let room = WIDTH - 2.0 * MARGIN - 28.0;
        below = canvas.paragraph((MARGIN + 28.0, below), &state.name, Look::body(), room, 3) + 4.0;
    }
    let words = |step: &EvolutionMove| {
        let gain = if step.improves {
            "gaining"
        } else {
            "not gaining"
        };
        format!("{} from {} to {}, {gain}", step.name, step.from, step.to)
    };
    Figure {
        name: drawn.name.clone(),
        title: drawn.title.clone(),
        description: format!(
            "A graph of states, numbered from the status quo, 0. Moves: {}.",
            drawn.moves.iter().map(words).collect::<Vec<_>>().join("; ")
        ),
        draw: canvas.finish(below + 4.0, footer),
    }
}

/// Middles of the boxes: a column for each number of moves, centred on the tallest.
fn places(states: &[EvolutionState], top: f64) -> Vec<Point> {
    let last = states.iter().map(|state| state.steps).max().unwrap_or(0);
    let tall = |column: usize| states.iter().filter(|s| s.steps == column).count();
    let tallest = (0..=last).map(tall).max().unwrap_or(1);
    let room = WIDTH - 2.0 * MARGIN - BOX.0;
    let mut filled = vec![0_usize; last + 1];
    states
        .iter()
        .map(|state| {
            let row = filled[state.steps];
            filled[state.steps] += 1;
            let spare = (tallest - tall(state.steps)) as f64 / 2.0;
            let across = state.steps as f64 / last.max(1) as f64;
            (
                MARGIN + BOX.0 / 2.0 + room * across,
                top + BOX.1 / 2.0 + ROW * (row as f64 + spare),
            )
        })
        .collect()
}

fn node(canvas: &mut Canvas, index: usize, state: &EvolutionState, (x, y): Point) {
    let (from, to) = (
        (x - BOX.0 / 2.0, y - BOX.1 / 2.0),
        (x + BOX.0 / 2.0, y + BOX.1 / 2.0),
    );
    canvas.rect(from, to, if state.holds { GROUND } else { PAPER });
    canvas.frame(from, to, if state.holds { 3.0 } else { 1.2 }, INK);
    let number = Look::heading();
    canvas.words(
        (from.0 + 10.0, y + 0.36 * number.size),
        &index.to_string(),
        number,
    );
    let look = Look::small().anchor(Anchor::End).colour(INK);
    let share = format!("holds in {:.0} %", 100.0 * state.share);
    canvas.words((to.0 - 8.0, y + 0.36 * look.size), &share, look);
}

/// The mover's colour, as in every other figure.
fn colour(step: &EvolutionMove) -> Colour {
    let given = step.colour.as_deref().and_then(Colour::parse);
    given.unwrap_or_else(|| series_colour(step.party))
}

/// From the edge of one box to the edge of another.
fn ends(places: &[Point], step: &EvolutionMove) -> (Point, Point) {
    let (from, to) = (places[step.from], places[step.to]);
    if to.0 > from.0 + BOX.0 {
        ((from.0 + BOX.0 / 2.0, from.1), (to.0 - BOX.0 / 2.0, to.1))
    } else {
        let down = if to.1 > from.1 { 1.0 } else { -1.0 };
        (
            (from.0, from.1 + down * BOX.1 / 2.0),
            (to.0, to.1 - down * BOX.1 / 2.0),
        )
    }
}

fn arrow(canvas: &mut Canvas, places: &[Point], step: &EvolutionMove) {
    let (from, to) = ends(places, step);
    let colour = colour(step);
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).sqrt().max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    let neck = (to.0 - 11.0 * ux, to.1 - 11.0 * uy);
    let dashes = if step.improves {
        (1e6, 0.0)
    } else {
        (7.0, 5.0)
    };
    canvas.dashes(&[from, neck], 2.4, colour, dashes);
    let wing = |side: f64| (neck.0 - side * 6.0 * uy, neck.1 + side * 6.0 * ux);
    canvas.area(vec![to, wing(1.0), wing(-1.0)], colour);
}

/// The mover's name on the arrow, nearer to where it leads, as arrows part from one box; where
/// another name stands there, further on or back. `taken` lists the middles and halves of the names
/// so far.
fn mover(
    canvas: &mut Canvas,
    places: &[Point],
    step: &EvolutionMove,
    taken: &mut Vec<(Point, Point)>,
) {
    let (from, to) = ends(places, step);
    let look = Look::small()
        .anchor(Anchor::Middle)
        .colour(colour(step).for_words());
    let half = (look.width(&step.name) / 2.0 + 3.0, 0.7 * look.size);
    let along = |share: f64| {
        (
            from.0 + share * (to.0 - from.0),
            from.1 + share * (to.1 - from.1),
        )
    };
    let free = |at: &Point| {
        let apart = |(other, size): &(Point, Point)| {
            (at.0 - other.0).abs() >= half.0 + size.0 || (at.1 - other.1).abs() >= half.1 + size.1
        };
        taken.iter().all(apart)
    };
    let wished = [0.55, 0.68, 0.42, 0.78, 0.3].map(along);
    let at = wished.into_iter().find(free).unwrap_or(wished[0]);
    taken.push((at, half));
    canvas.rect(
        (at.0 - half.0, at.1 - half.1),
        (at.0 + half.0, at.1 + half.1),
        PAPER,
    );
    canvas.words((at.0, at.1 + 0.36 * look.size), &step.name, look);
}
