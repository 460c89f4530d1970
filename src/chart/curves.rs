//! Measured curves side by side: how something grows with something else.
//!
//! Flows in: panels of points, with their scales. Flows out: one figure of small multiples. Curves
//! are told apart by shape and by the name at their end, so that a print in grey reads the same.

use super::Figure;
use super::canvas::{Canvas, Shape};
use super::panel::{Grid, Panel, panel_heading};
use super::theme::{Colour, INK, MARGIN, MUTED, PAPER, WIDTH, series_colour};
use crate::math;

/// A small chart.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvePanel {
    /// What it shows: `parties`.
    pub heading: String,
    /// Scale along the bottom.
    pub across: Scale,
    /// Scale along the left.
    pub up: Scale,
    /// The curves.
    pub curves: Vec<Curve>,
    /// Curve whose first point begins a dashed line of growth in proportion, if there is one.
    pub in_proportion: Option<usize>,
    /// Where it bends and why, in a line or two.
    pub remark: String,
}

/// A curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Its name at the right end; a lone curve needs none.
    pub name: String,
    /// The points, by rising first coordinate.
    pub points: Vec<(f64, f64)>,
}

/// How numbers stand along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Even steps from 0.
    Even,
    /// Each step so many times the one before.
    Ratio,
    /// The same for seconds, from nanoseconds up.
    Seconds,
}

/// Height of a panel with its heading and remark.
const CELL: f64 = 330.0;

/// The figure.
pub fn curves(
    name: &str,
    title: &str,
    subtitle: &str,
    panels: &[CurvePanel],
    footer: &str,
) -> Figure {
    let (mut canvas, top) = Canvas::titled(title, subtitle);
    let grid = Grid::new(panels.len(), top, CELL);
    for (index, panel) in panels.iter().enumerate() {
        paint(&mut canvas, panel, grid.corner(index), grid.cell);
    }
    let parts: Vec<String> = panels.iter().map(in_words).collect();
    Figure {
        name: name.to_owned(),
        title: title.to_owned(),
        description: format!("Small panels of curves. {}", parts.join(" ")),
        draw: canvas.finish(grid.bottom(panels.len()) - 6.0, footer),
    }
}

fn paint(canvas: &mut Canvas, it: &CurvePanel, (left, top): (f64, f64), cell: (f64, f64)) {
    let named = it.curves.len() > 1;
    let panel = Panel {
        left: left + 62.0,
        top: top + 34.0,
        width: cell.0 - 62.0 - if named { 104.0 } else { 36.0 },
        height: cell.1 - 34.0 - 92.0,
        across: it.across.range(it.values(|point| point.0)),
        up: it.up.range(it.values(|point| point.1)),
    };
    let room = cell.0 - 20.0;
    panel_heading(canvas, (left, top + 18.0), &it.heading, room, INK);
    panel.ticks_up(canvas, &it.up.ticks(panel.up, 9));
    let widest = (panel.width / 31.0) as usize;
    panel.ticks_across(canvas, &it.across.ticks(panel.across, widest));
    let place = |&(x, y): &(f64, f64)| panel.at(it.across.along(x), it.up.along(y));
    if let Some(line) = it.proportion(&panel) {
        canvas.dashes(&line, 1.3, MUTED, (5.0, 4.0));
    }
    let mut labels: Vec<(f64, String, Colour)> = Vec::new();
    for (index, curve) in it.curves.iter().enumerate() {
        let colour = series_colour(index);
        let points: Vec<_> = curve.points.iter().map(place).collect();
        canvas.line(&points, 2.2, colour);
        for &at in &points {
            canvas.shape(Shape::nth(index), at, 5.2, PAPER);
            canvas.shape(Shape::nth(index), at, 4.0, colour);
        }
        if let (true, Some(&(_, y))) = (named, curve.points.last()) {
            labels.push((it.up.along(y), curve.name.clone(), colour));
        }
    }
    panel.end_labels(canvas, &labels);
    let axis = [
        (panel.left, panel.top),
        (panel.left, panel.bottom()),
        (panel.right(), panel.bottom()),
    ];
    canvas.line(&axis, 1.2, MUTED);
    let look = super::canvas::Look::small();
    let below = (left, panel.bottom() + 30.0);
    let room = cell.0.min(WIDTH - 2.0 * MARGIN) - 24.0;
    canvas.paragraph(below, &it.remark, look, room, 3);
}

/// First and last point of each curve.
fn in_words(it: &CurvePanel) -> String {
    let curves: Vec<String> = it
        .curves
        .iter()
        .filter_map(|curve| {
            let (first, last) = (curve.points.first()?, curve.points.last()?);
            Some(format!(
                "{} {} at {}, {} at {}",
                curve.name,
                it.up.label(first.1),
                it.across.label(first.0),
                it.up.label(last.1),
                it.across.label(last.0),
            ))
        })
        .collect();
    format!("{}: {}. {}", it.heading, curves.join("; "), it.remark)
}

impl CurvePanel {
    fn values(&self, of: impl Fn(&(f64, f64)) -> f64) -> (f64, f64) {
        let points = self.curves.iter().flat_map(|curve| &curve.points);
        points.map(of).fold((f64::INFINITY, 0.0), |(low, high), v| {
            (v.min(low), v.max(high))
        })
    }

    /// From a curve's first point as far as the panel goes.
    fn proportion(&self, panel: &Panel) -> Option<Vec<(f64, f64)>> {
        let &(x, y) = self.curves.get(self.in_proportion?)?.points.first()?;
        let (_, right) = self.values(|point| point.0);
        let (_, up) = panel.up;
        let most = if self.up == Scale::Even {
            up
        } else {
            math::exp(up)
        };
        let factor = (right / x).min(most / y);
        let along = |x: f64, y: f64| panel.at(self.across.along(x), self.up.along(y));
        Some(vec![along(x, y), along(x * factor, y * factor)])
    }
}

impl Scale {
    /// Place of a value along the axis, before it is fitted into a panel.
    fn along(self, value: f64) -> f64 {
        match self {
            Self::Even => value,
            Self::Ratio | Self::Seconds => math::ln(value.max(f64::MIN_POSITIVE)),
        }
    }

    /// Both ends of the axis, with a little room.
    fn range(self, (low, high): (f64, f64)) -> (f64, f64) {
        if self == Self::Even {
            return (0.0, high * 1.08);
        }
        // At least a factor of four, so that noise does not look like growth.
        let (low, high) = (self.along(low), self.along(high));
        let spare = (math::ln(4.0) - (high - low)).max(0.0) / 2.0;
        let room = 0.06 * (high - low + 2.0 * spare);
        (low - spare - room, high + spare + room)
    }

    /// At most so many round numbers.
    fn ticks(self, (low, high): (f64, f64), most: usize) -> Vec<(f64, String)> {
        let steps: [&[f64]; 5] = [
            &[1.0, 2.0, 3.0, 4.0, 6.0, 8.0],
            &[1.0, 2.0, 5.0],
            &[1.0, 3.0],
            &[1.0],
            &[],
        ];
        let values = match self {
            Self::Even => (0..8)
                .map(|power| even(high, most, power))
                .find(|ticks| ticks.len() <= most)
                .unwrap_or_default(),
            Self::Ratio | Self::Seconds => steps
                .iter()
                .map(|step| powers(step, low, high))
                .chain([every_third(low, high)])
                .find(|ticks| ticks.len() <= most && !ticks.is_empty())
                .unwrap_or_default(),
        };
        values
            .into_iter()
            .map(|value| (self.along(value), self.label(value)))
            .collect()
    }

    fn label(self, value: f64) -> String {
        let units: &[(f64, &str)] = match self {
            Self::Seconds => &[(1.0, " s"), (1e-3, " ms"), (1e-6, " µs"), (1e-9, " ns")],
            Self::Even | Self::Ratio => &[(1e9, "G"), (1e6, "M"), (1e3, "k"), (0.0, "")],
        };
        // Powers of ten are not exact below 1.
        let fits = |&&(unit, _): &&(f64, &str)| value >= unit * 0.999_999;
        let &(unit, name) = units.iter().find(fits).unwrap_or(&units[units.len() - 1]);
        let unit = if unit > 0.0 { unit } else { 1.0 };
        let number = value / unit;
        // Three figures, and no noughts after the last that counts.
        let digits = (0..6).find(|&digits| {
            let shown: f64 = format!("{number:.digits$}").parse().unwrap_or(number);
            (shown - number).abs() <= 0.005 * number
        });
        let digits = digits.unwrap_or(6);
        let text = format!("{number:.digits$}");
        text + name
    }
}

/// Multiples of 1, 2 or 5 times a power of ten, a larger one for each `power`.
fn even(high: f64, most: usize, power: u32) -> Vec<f64> {
    let rough = high / most.max(1) as f64;
    let ten =
        math::exp(std::f64::consts::LN_10 * (math::ln(rough) / std::f64::consts::LN_10).floor());
    let step = ten * [1.0, 2.0, 5.0, 10.0, 20.0][power.min(4) as usize];
    (0..=most as u32 * 10)
        .map(|index| f64::from(index) * step)
        .take_while(|value| *value <= high)
        .collect()
}

/// Numbers between two logarithms that are a power of ten times one of the steps.
fn powers(steps: &[f64], low: f64, high: f64) -> Vec<f64> {
    let mut found: Vec<f64> = (-12_i32..=15)
        .flat_map(|power| steps.iter().map(move |step| step * ten_to(power)))
        .filter(|value| (low..=high).contains(&math::ln(*value)))
        .collect();
    found.sort_by(f64::total_cmp);
    found
}

/// Every third power of ten, for the longest axes.
fn every_third(low: f64, high: f64) -> Vec<f64> {
    let powers = (-12_i32..=15).step_by(3).map(ten_to);
    powers
        .filter(|value| (low..=high).contains(&math::ln(*value)))
        .collect()
}

/// A power of ten, exact where doubles are.
fn ten_to(power: i32) -> f64 {
    let whole = (0..power.unsigned_abs()).fold(1.0, |product, _| product * 10.0);
    if power < 0 { 1.0 / whole } else { whole }
}

#[cfg(test)]
mod tests {
    use super::super::canvas::{Mark, meet};
    use super::*;

    fn panel(points: &[(f64, f64)], across: Scale, up: Scale) -> CurvePanel {
        let curve = |name: &str, factor: f64| Curve {
            name: name.to_owned(),
            points: points.iter().map(|&(x, y)| (x, y * factor)).collect(),
        };
        CurvePanel {
            heading: "Packages".to_owned(),
            across,
            up,
            curves: vec![curve("linked", 3.0), curve("alone", 1.0)],
            in_proportion: Some(1),
            remark: "It bends where the lists no longer fit.".to_owned(),
        }
    }

    fn words(figure: &Figure) -> Vec<String> {
        let words = figure.draw.all_words();
        words.map(|words| words.text.clone()).collect()
    }

    #[test]
    fn numbers_along_an_axis_read_as_people_write_them() {
        let time = |value| Scale::Seconds.label(value);
        assert_eq!(
            [
                time(2e-7),
                time(1e-6),
                time(5e-5),
                time(0.02),
                time(3.0),
                time(1e-9)
            ],
            ["200 ns", "1 µs", "50 µs", "20 ms", "3 s", "1 ns"]
        );
        let count = |value| Scale::Ratio.label(value);
        assert_eq!(
            [
                count(2.0),
                count(1000.0),
                count(1e5),
                count(1e7),
                count(0.5)
            ],
            ["2", "1k", "100k", "10M", "0.5"]
        );
    }

    #[test]
    fn ticks_are_round_and_few_and_within_the_axis() {
        for (low, high) in [
            (1.0, 4.0),
            (2.0, 12.0),
            (100.0, 1e7),
            (1e-6, 30.0),
            (4.0, 1024.0),
        ] {
            for most in [4, 6, 9] {
                let range = Scale::Ratio.range((low, high));
                let ticks = Scale::Ratio.ticks(range, most);
                assert!((2..=most).contains(&ticks.len()), "{low} {high}: {ticks:?}");
                assert!(ticks.iter().all(|(at, _)| (range.0..=range.1).contains(at)));
            }
        }
        for high in [0.07, 1.0, 3.0, 87.0, 12_000.0] {
            let range = Scale::Even.range((0.0, high));
            let ticks = Scale::Even.ticks(range, 6);
            assert!((2..=6).contains(&ticks.len()), "{high}: {ticks:?}");
            assert!(ticks[0].0.abs() < 1e-12);
        }
    }

    #[test]
    fn a_straight_line_stays_straight_and_lies_on_the_dashes() {
        let points = [(2.0, 1e-5), (4.0, 2e-5), (8.0, 4e-5)];
        let it = panel(&points, Scale::Ratio, Scale::Seconds);
        let sheet = Panel {
            left: 0.0,
            top: 0.0,
            width: 100.0,
            height: 80.0,
            across: it.across.range((2.0, 8.0)),
            up: it.up.range((1e-5, 12e-5)),
        };
        let line = it.proportion(&sheet).expect("a curve to begin at");
        let last = sheet.at(it.across.along(8.0), it.up.along(4e-5));
        assert!((line[1].0 - last.0).abs() < 1e-9 && (line[1].1 - last.1).abs() < 1e-9);
        assert!(line[1].1 < line[0].1, "up the sheet");
    }

    #[test]
    fn each_curve_is_named_where_it_ends_and_no_words_meet() {
        let points = [(100.0, 2e-6), (1e4, 3e-6), (1e7, 9e-3)];
        let panels = [
            panel(&points, Scale::Ratio, Scale::Seconds),
            panel(&[(1.0, 10.0), (2.0, 19.0)], Scale::Even, Scale::Even),
            panel(&[(1e3, 8e6), (1e6, 9e6)], Scale::Ratio, Scale::Ratio),
        ];
        let figure = curves("growth", "It grows", "Time against size.", &panels, "n = 3");
        let shown = words(&figure);
        for name in ["linked", "alone", "Packages", "10M", "1 ms"] {
            assert!(shown.iter().any(|text| text == name), "{name}: {shown:?}");
        }
        let boxes: Vec<_> = figure
            .draw
            .all_words()
            .map(super::super::canvas::Words::bounds)
            .collect();
        for (index, a) in boxes.iter().enumerate() {
            let other = boxes[index + 1..].iter().position(|b| meet(*a, *b));
            assert_eq!(other, None, "{}", shown[index]);
        }
        let outside = figure.draw.marks.iter().any(|mark| match mark {
            Mark::Line { points, .. } => points.iter().any(|at| at.0 < 0.0 || at.0 > WIDTH),
            _ => false,
        });
        assert!(!outside);
        assert!(
            figure
                .description
                .contains("linked 6 µs at 100, 27 ms at 10M")
        );
    }
}
