//! What two parties end with: one point a sampled run, against what both could have had.

use super::Figure;
use super::canvas::{Anchor, Canvas, Look, Point, Shape};
use super::outcomes::by_severity;
use super::panel::{Panel, hundred};
use super::phrase;
use super::theme::{INK, MARGIN, MUTED, PAPER, WIDTH, outcome_colours, party_colours};
use crate::ensemble::summary::{JointSummary, PartySummary, Summary};

const SIDE: f64 = 640.0;

/// The scatter; none if the scenario does not have the two parties.
pub(super) fn figure(summary: &Summary) -> Option<Figure> {
    let joint = &summary.joint;
    let (x, y) = (summary.parties.get(joint.x)?, summary.parties.get(joint.y)?);
    let title = title(joint, x, y);
    let (mut canvas, top) = Canvas::titled(
        &title,
        &format!(
            "Final utility (0 the party's worst, 100 all it wants) in {} runs drawn evenly from the \
             ensemble; darker where runs coincide.",
            phrase::count(joint.points.len() as u64)
        ),
    );
    let panel = Panel {
        left: MARGIN + 40.0,
        top: top + 26.0,
        width: SIDE,
        height: SIDE,
        across: (0.0, 1.0),
        up: (0.0, 1.0),
    };
    panel.ticks_up(&mut canvas, &hundred());
    panel.ticks_across(&mut canvas, &hundred());
    canvas.frame(
        (panel.left, panel.top),
        (panel.right(), panel.bottom()),
        1.0,
        MUTED,
    );
    let colours = party_colours(&summary.parties);
    let look = Look::body().bold();
    let room = SIDE + 20.0;
    let y_name = format!("↑ utility of {}", y.name);
    let y_name = super::font::fit(&y_name, look.size, true, room);
    let at = (MARGIN, panel.top - 14.0);
    canvas.words(at, &y_name, look.colour(colours[joint.y].for_words()));
    let x_name = format!("utility of {} →", x.name);
    let x_name = super::font::fit(&x_name, look.size, true, room);
    let at = (panel.right(), panel.bottom() + 44.0);
    let look = look.colour(colours[joint.x].for_words());
    canvas.words(at, &x_name, look.anchor(Anchor::End));
    points(&mut canvas, &panel, summary);
    marks(&mut canvas, &panel, joint);
    for (index, (_, x, y)) in joint.solutions.iter().enumerate() {
        solution_mark(&mut canvas, index, panel.at(*x, *y));
    }
    let legend = legend(&mut canvas, summary, (panel.right() + 50.0, panel.top));
    let bottom = legend.max(panel.bottom() + 50.0);
    let canvas = canvas.finish(bottom, &phrase::footer(summary));
    let description = format!(
        "Scatter of final utilities of {} (across) and {} (up). {title}. Status quo at {}, \
         no agreement at {}; a line marks the Pareto frontier.{}",
        x.name,
        y.name,
        pair(joint.status_quo),
        pair(joint.disagreement),
        in_words(joint),
    );
    Some(Figure {
        name: "4-joint".to_owned(),
        title,
        description,
        draw: canvas,
    })
}

fn in_words(joint: &JointSummary) -> String {
    let solutions = joint.solutions.iter();
    let words =
        |(name, x, y): &(String, f64, f64)| format!(" {name} solution at {}.", pair((*x, *y)));
    solutions.map(words).collect()
}

fn pair((x, y): (f64, f64)) -> String {
    format!("{:.0} and {:.0}", x * 100.0, y * 100.0)
}

fn title(joint: &JointSummary, x: &PartySummary, y: &PartySummary) -> String {
    if joint.points.is_empty() {
        return format!(
            "What {} and {} end with",
            phrase::short(&x.name),
            phrase::short(&y.name)
        );
    }
    let share = |holds: &dyn Fn(f64, f64) -> bool| {
        let those = joint.points.iter().filter(|point| holds(point.0, point.1));
        those.count() as f64 / joint.points.len() as f64
    };
    let both = share(&|x, y| x > joint.disagreement.0 && y > joint.disagreement.1);
    let neither = share(&|x, y| x < joint.disagreement.0 && y < joint.disagreement.1);
    format!(
        "Both {} and {} end better off than without agreement in {}, both worse in {}",
        phrase::short(&x.name),
        phrase::short(&y.name),
        phrase::of_runs(both),
        phrase::of_hundred(neither),
    )
}

fn points(canvas: &mut Canvas, panel: &Panel, summary: &Summary) {
    let colours = outcome_colours(&summary.outcomes);
    // Thin out the ink where there are many points.
    let opacity = if summary.joint.points.len() > 600 {
        0.34
    } else {
        0.5
    };
    for (x, y, outcome) in &summary.joint.points {
        let colour = colours.get(*outcome).copied().unwrap_or(MUTED);
        let at = panel.at(*x, *y);
        canvas.shape(Shape::nth(*outcome), at, 5.0, colour.at(opacity));
    }
}

/// The frontier and the two reference points, named where there is room.
fn marks(canvas: &mut Canvas, panel: &Panel, joint: &JointSummary) {
    let frontier: Vec<Point> = joint
        .frontier
        .iter()
        .map(|(x, y)| panel.at(*x, *y))
        .collect();
    canvas.line(&frontier, 5.0, PAPER.at(0.7));
    canvas.line(&frontier, 2.2, INK);
    let within = (
        panel.left + 4.0,
        panel.top + 2.0,
        panel.right() - 4.0,
        panel.bottom() - 4.0,
    );
    let look = Look::body().bold();
    for (at, words) in [
        (joint.status_quo, "status quo"),
        (joint.disagreement, "no agreement"),
    ] {
        let at = panel.at(at.0, at.1);
        let (x, y) = at;
        if words == "status quo" {
            canvas.rect((x - 9.0, y - 9.0), (x + 9.0, y + 9.0), PAPER);
            canvas.rect((x - 7.0, y - 7.0), (x + 7.0, y + 7.0), INK);
            canvas.rect((x - 3.5, y - 3.5), (x + 3.5, y + 3.5), PAPER);
        } else {
            for (width, ink) in [(6.5, PAPER), (3.2, INK)] {
                canvas.line(&[(x - 8.0, y - 8.0), (x + 8.0, y + 8.0)], width, ink);
                canvas.line(&[(x - 8.0, y + 8.0), (x + 8.0, y - 8.0)], width, ink);
            }
        }
        let mut places = Vec::new();
        for step in 0..8 {
            let away = 14.0 * f64::from(step);
            places.push(((x + 14.0, y + 5.0 + away), Anchor::Start));
            places.push(((x - 14.0, y + 5.0 + away), Anchor::End));
            places.push(((x + 14.0, y + 5.0 - away), Anchor::Start));
            places.push(((x - 14.0, y + 5.0 - away), Anchor::End));
        }
        label(canvas, &places, words, look, within);
    }
    if frontier.len() > 1 {
        let mut places = Vec::new();
        for (x, y) in frontier[frontier.len() / 2..].iter().chain(&frontier) {
            places.push(((x + 10.0, y - 8.0), Anchor::Start));
            places.push(((x - 10.0, y + 22.0), Anchor::End));
        }
        label(canvas, &places, "Pareto frontier", look, within);
    }
}

/// The mark of the `index`th bargaining solution: a dark shape with a pale rim and a pale heart.
pub(super) fn solution_mark(canvas: &mut Canvas, index: usize, at: Point) {
    const SHAPES: [Shape; 6] = [
        Shape::Triangle,
        Shape::Diamond,
        Shape::Disc,
        Shape::Pentagon,
        Shape::Nabla,
        Shape::Star,
    ];
    let shape = SHAPES[index % SHAPES.len()];
    canvas.shape(shape, at, 11.0, PAPER);
    canvas.shape(shape, at, 9.0, INK);
    canvas.shape(shape, at, 4.0, PAPER);
}

/// Writes a label on a pale ground at the first free place.
fn label(
    canvas: &mut Canvas,
    places: &[(Point, Anchor)],
    text: &str,
    look: Look,
    within: (f64, f64, f64, f64),
) {
    let before = canvas.marks.len();
    if canvas.words_where_free(places, text, look, within) {
        let bounds = canvas.all_words().last().map(super::canvas::Words::bounds);
        if let Some((left, top, right, bottom)) = bounds {
            canvas.rect(
                (left - 3.0, top - 1.0),
                (right + 3.0, bottom + 1.0),
                PAPER.at(0.8),
            );
            // The ground goes below the words.
            canvas.marks[before..].rotate_right(1);
        }
    }
}

/// Shape, name and share of each outcome; returns the height below.
fn legend(canvas: &mut Canvas, summary: &Summary, (left, top): Point) -> f64 {
    let colours = outcome_colours(&summary.outcomes);
    let room = WIDTH - MARGIN - left - 90.0;
    let mut top = canvas.paragraph(
        (left, top),
        "Each run by its outcome",
        Look::heading(),
        400.0,
        1,
    );
    top += 8.0;
    for index in by_severity(&summary.outcomes) {
        let outcome = &summary.outcomes[index];
        let look = Look::body();
        let middle = top + look.size * 0.64;
        canvas.shape(Shape::nth(index), (left + 8.0, middle), 7.0, colours[index]);
        let sampled = summary
            .joint
            .points
            .iter()
            .filter(|point| point.2 == index)
            .count();
        let below = canvas.paragraph((left + 26.0, top), &outcome.name, look, room, 2);
        let right = Look::small().anchor(Anchor::End);
        canvas.words(
            (WIDTH - MARGIN, top + look.size),
            &phrase::count(sampled as u64),
            right,
        );
        top = below + 7.0;
    }
    if !summary.joint.solutions.is_empty() {
        top = canvas.paragraph(
            (left, top + 6.0),
            "Where theory would put it",
            Look::heading(),
            400.0,
            1,
        );
        top += 6.0;
        for (index, (name, _, _)) in summary.joint.solutions.iter().enumerate() {
            let look = Look::body();
            solution_mark(canvas, index, (left + 8.0, top + look.size * 0.64));
            top = canvas.paragraph((left + 26.0, top), name, look, room, 1) + 7.0;
        }
    }
    let note = "The number is that of sampled runs. Along the frontier no package gives one party \
                more without giving the other less; it and all dark marks are at the modes of the \
                parameters, the solutions among all parties, each of its likeliest type.";
    canvas.paragraph((left, top + 8.0), note, Look::small(), room + 90.0, 6)
}
