//! Where do games lie among what the same facts gave agents? Fifty dots stand for all runs, one in
//! fifty each (quantile dotplot: Kay, Kola, Hullman and Munson 2016), and the games are marked.

use super::Figure;
use super::canvas::{Anchor, Canvas, Look, Shape, spread};
use super::panel::Panel;
use super::phrase;
use super::theme::{Colour, INK, MARGIN, MUTED, WIDTH, colours_by_severity};
use crate::scenario::types::Scenario;

/// Largest and smallest diameter of a dot, and the tallest stack, in pixels.
const LARGEST: f64 = 24.0;
const SMALLEST: f64 = 7.0;
const TALLEST: f64 = 300.0;

/// Runs of agents and the games held against them.
#[derive(Debug, Clone, PartialEq)]
pub struct Dots {
    /// Whose utility.
    pub heading: String,
    /// Utility and outcome of the runs that stand for all, rising.
    pub dots: Vec<(f64, usize)>,
    /// The games.
    pub marked: Vec<Marked>,
    /// What no agreement was worth at the start.
    pub walk_away: Option<f64>,
}

/// A game.
#[derive(Debug, Clone, PartialEq)]
pub struct Marked {
    /// By what name.
    pub label: String,
    /// Its utility.
    pub utility: f64,
}

/// Dotplots below each other on one scale; none without dots. `basis` says what the dots stand for.
pub fn dotplot(scenario: &Scenario, title: &str, groups: &[Dots], basis: &str) -> Option<Figure> {
    if groups.iter().all(|group| group.dots.is_empty()) {
        return None;
    }
    let (mut canvas, mut top) = Canvas::titled(
        title,
        "Each dot stands for an equal share of the runs in which agents played every seat. Across: \
         final utility of the seat, 0 its worst and 100 all it wants. Shape and colour: how the run \
         ended. Upright lines: what was played.",
    );
    let range = range(groups);
    let colours: Vec<(u32, Option<&str>)> = (scenario.outcomes.iter())
        .map(|outcome| (outcome.severity, outcome.colour.as_deref()))
        .collect();
    let colours = colours_by_severity(&colours);
    for group in groups {
        top = draw_group(&mut canvas, top, group, range, &colours, groups.len() > 1);
    }
    let bottom = legend(&mut canvas, scenario, groups, &colours, top + 8.0);
    let described: Vec<String> = groups.iter().map(words).collect();
    Some(Figure {
        name: "dots".to_owned(),
        title: title.to_owned(),
        description: format!("{} {basis}", described.join(" ")),
        draw: canvas.finish(bottom, &format!("{basis}  |  a model, not a forecast")),
    })
}

fn words(group: &Dots) -> String {
    let of = |q: usize| group.dots.get(group.dots.len() * q / 4).map(|dot| dot.0);
    let quarter = |q: usize| of(q).map_or(String::new(), hundred);
    let marked: Vec<String> = (group.marked.iter())
        .map(|game| format!("{} at {}", game.label, hundred(game.utility)))
        .collect();
    format!(
        "{}: half of the dots lie between {} and {}; {}.",
        group.heading,
        quarter(1),
        quarter(3),
        phrase::list(&marked.iter().map(String::as_str).collect::<Vec<_>>())
    )
}

fn hundred(utility: f64) -> String {
    format!("{:.0}", utility * 100.0)
}

/// Whole tens around everything, at least thirty points wide.
fn range(groups: &[Dots]) -> (f64, f64) {
    let values = groups.iter().flat_map(|group| {
        let dots = group.dots.iter().map(|dot| dot.0);
        let marked = group.marked.iter().map(|game| game.utility);
        dots.chain(marked).chain(group.walk_away)
    });
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.filter(|value| value.is_finite()) {
        (low, high) = (low.min(value), high.max(value));
    }
    let (low, high) = ((low * 10.0 - 0.2).floor(), (high * 10.0 + 0.2).ceil());
    let missing = (3.0 - (high - low)).max(0.0);
    let low = low - (missing / 2.0).ceil();
    (low / 10.0, (high + (missing / 2.0).floor()) / 10.0)
}

fn draw_group(
    canvas: &mut Canvas,
    top: f64,
    group: &Dots,
    range: (f64, f64),
    colours: &[Colour],
    heading: bool,
) -> f64 {
    let mut top = top;
    if heading {
        let room = WIDTH - 2.0 * MARGIN;
        top = canvas.paragraph(
            (MARGIN, top + 4.0),
            &group.heading,
            Look::heading(),
            room,
            1,
        );
    }
    let mut panel = Panel {
        left: MARGIN + 10.0,
        top: top + 50.0,
        width: WIDTH - 2.0 * MARGIN - 20.0,
        height: 0.0,
        across: range,
        up: (0.0, 1.0),
    };
    let (diameter, stacks) = stacks(&group.dots, &panel);
    let tallest = stacks.iter().map(|stack| stack.1.len()).max().unwrap_or(1);
    panel.height = (tallest as f64 * diameter + 10.0).max(70.0);
    let ticks: Vec<(f64, String)> = (0..=((range.1 - range.0) * 10.0).round() as usize)
        .map(|step| range.0 + 0.1 * step as f64)
        .map(|value| (value, format!("{:.0}", value * 100.0 + 0.0)))
        .collect();
    panel.ticks_across(canvas, &ticks);
    let floor = [
        (panel.left, panel.bottom()),
        (panel.right(), panel.bottom()),
    ];
    canvas.line(&floor, 1.2, MUTED);
    marks(canvas, &panel, group);
    for (x, stack) in &stacks {
        for (height, &dot) in stack.iter().enumerate() {
            let y = panel.bottom() - (height as f64 + 0.5) * diameter;
            let outcome = group.dots[dot].1;
            let colour = colours.get(outcome).copied().unwrap_or(MUTED);
            let radius = diameter * 0.43;
            canvas.shape(Shape::nth(outcome), (*x, y), radius, colour);
        }
    }
    panel.bottom()
        + if group.walk_away.is_some() {
            46.0
        } else {
            30.0
        }
}

/// Dots in stacks, as Wilkinson (1999) places them: from the left, each stack takes the dots within
/// a diameter of its first, and stands in the middle of that. The diameter is the largest at which the tallest stack fits.
fn stacks(dots: &[(f64, usize)], panel: &Panel) -> (f64, Vec<(f64, Vec<usize>)>) {
    let mut diameter = LARGEST;
    loop {
        let mut stacks: Vec<(f64, Vec<usize>)> = Vec::new();
        let mut first = f64::NEG_INFINITY;
        for (index, dot) in dots.iter().enumerate() {
            let x = panel.x(dot.0);
            match stacks.last_mut() {
                Some(stack) if x < first + diameter => stack.1.push(index),
                _ => {
                    first = x;
                    stacks.push((x, vec![index]));
                }
            }
        }
        // Firsts are a diameter apart, so middles are too.
        for (x, _) in &mut stacks {
            *x += diameter / 2.0;
        }
        let tallest = stacks.iter().map(|stack| stack.1.len()).max().unwrap_or(0);
        if tallest as f64 * diameter <= TALLEST || diameter <= SMALLEST {
            return (diameter, stacks);
        }
        diameter -= 1.0;
    }
}

/// The games, and what no agreement was worth.
fn marks(canvas: &mut Canvas, panel: &Panel, group: &Dots) {
    if let Some(value) = group.walk_away {
        let x = panel.x(value);
        let line = [(x, panel.top), (x, panel.bottom() + 22.0)];
        canvas.dashes(&line, 1.6, MUTED, (5.0, 4.0));
        let text = format!("no agreement, at the start: {}", hundred(value));
        label(
            canvas,
            panel,
            (x, panel.bottom() + 35.0),
            &text,
            Look::small(),
        );
    }
    let look = Look::body().bold();
    let texts: Vec<String> = (group.marked.iter())
        .map(|game| format!("{}: {}", game.label, hundred(game.utility)))
        .collect();
    let widest = texts
        .iter()
        .map(|text| look.width(text))
        .fold(0.0, f64::max);
    let wanted: Vec<f64> = group
        .marked
        .iter()
        .map(|game| panel.x(game.utility))
        .collect();
    let half = widest / 2.0;
    let room = (panel.width - widest) / (texts.len().max(2) - 1) as f64;
    let gap = (widest + 12.0).min(room);
    let placed = spread(&wanted, gap, panel.left + half, panel.right() - half);
    for ((text, x), at) in texts.iter().zip(&wanted).zip(&placed) {
        let line = [(*x, panel.top - 8.0), (*x, panel.bottom() + 4.0)];
        canvas.line(&line, 2.6, INK);
        canvas.line(&[(*at, panel.top - 38.0), (*x, panel.top - 8.0)], 1.0, INK);
        canvas.shape(Shape::Nabla, (*x, panel.top - 10.0), 6.0, INK);
        label(canvas, panel, (*at, panel.top - 42.0), text, look);
    }
}

/// Words over a place, kept within the panel.
fn label(canvas: &mut Canvas, panel: &Panel, (x, y): (f64, f64), text: &str, look: Look) {
    let half = look.width(text) / 2.0;
    let x = x.max(panel.left + half).min(panel.right() - half);
    canvas.words((x, y), text, look.anchor(Anchor::Middle));
}

fn legend(
    canvas: &mut Canvas,
    scenario: &Scenario,
    groups: &[Dots],
    colours: &[Colour],
    top: f64,
) -> f64 {
    let dots = || groups.iter().flat_map(|group| &group.dots);
    let look = Look::body();
    let (mut x, mut y) = (MARGIN + 10.0, top + 10.0);
    for (index, outcome) in scenario.outcomes.iter().enumerate() {
        let count = dots().filter(|dot| dot.1 == index).count();
        if count == 0 {
            continue;
        }
        let text = format!("{} ({count})", phrase::short(&outcome.name));
        let width = look.width(&text) + 44.0;
        if x + width > WIDTH - MARGIN && x > MARGIN + 10.0 {
            (x, y) = (MARGIN + 10.0, y + look.leading() + 4.0);
        }
        canvas.shape(
            Shape::nth(index),
            (x + 7.0, y - 0.36 * look.size),
            6.5,
            colours[index],
        );
        canvas.words((x + 20.0, y), &text, look);
        x += width;
    }
    y + 4.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel() -> Panel {
        Panel {
            left: 0.0,
            top: 0.0,
            width: 1000.0,
            height: 100.0,
            across: (0.0, 1.0),
            up: (0.0, 1.0),
        }
    }

    #[test]
    fn every_dot_is_in_one_stack_near_its_value() {
        let dots: Vec<(f64, usize)> = (0..50).map(|i| (f64::from(i * i) / 2500.0, 0)).collect();
        let (diameter, stacks) = stacks(&dots, &panel());
        let mut seen: Vec<usize> = stacks.iter().flat_map(|stack| stack.1.clone()).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..50).collect::<Vec<_>>());
        for (x, stack) in &stacks {
            assert!(
                stack
                    .iter()
                    .all(|dot| (dots[*dot].0 * 1000.0 - x).abs() <= diameter)
            );
        }
        assert!(stacks.windows(2).all(|pair| pair[1].0 > pair[0].0));
    }

    #[test]
    fn equal_values_make_one_stack_that_fits() {
        let dots = vec![(0.4, 0); 50];
        let (diameter, stacks) = stacks(&dots, &panel());
        assert_eq!(stacks.len(), 1);
        assert!(diameter <= SMALLEST || 50.0 * diameter <= TALLEST);
    }

    #[test]
    fn the_scale_holds_everything_in_whole_tens() {
        let group = |dots: Vec<f64>, marked: f64| Dots {
            heading: String::new(),
            dots: dots.into_iter().map(|u| (u, 0)).collect(),
            marked: vec![Marked {
                label: "x".to_owned(),
                utility: marked,
            }],
            walk_away: Some(-0.31),
        };
        let (low, high) = range(&[group(vec![0.5], 0.62)]);
        assert!((low + 0.4).abs() < 1e-9 && (high - 0.7).abs() < 1e-9);
        let narrow = Dots {
            walk_away: None,
            ..group(vec![0.55], 0.55)
        };
        let (low, high) = range(&[narrow]);
        assert!(high - low >= 0.3 - 1e-9 && low <= 0.55 && high >= 0.55);
    }
}
