//! A sheet to draw on: a list of marks in floating-point pixels.
//!
//! Flows in: what a chart wants drawn. Flows out: marks, for `export`, and the boxes of all text,
//! for tests. Invariant: nothing here knows the medium or the scale it will be painted at.

use super::font;
use super::theme::{BODY, Colour, GRID, HEADING, INK, Ink, MARGIN, MUTED, SMALL, TITLE, WIDTH};

/// A point in pixels from the upper left.
pub(super) type Point = (f64, f64);

/// One thing drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    /// A filled rectangle.
    Box {
        from: Point,
        to: Point,
        ink: Ink,
    },
    /// A filled outline.
    Area {
        points: Vec<Point>,
        ink: Ink,
    },
    Line {
        points: Vec<Point>,
        width: f64,
        ink: Ink,
    },
    /// A filled circle.
    Disc {
        centre: Point,
        radius: f64,
        ink: Ink,
    },
    Words(Words),
}

/// A line of text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Words {
    pub(super) at: Point,
    pub(super) text: String,
    pub(super) look: Look,
}

/// Which end of a text its position means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Look {
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) colour: Colour,
    pub(super) anchor: Anchor,
}

impl Look {
    const fn new(size: f64, bold: bool, colour: Colour) -> Self {
        Self {
            size,
            bold,
            colour,
            anchor: Anchor::Start,
        }
    }

    /// Names and values.
    pub(super) const fn body() -> Self {
        Self::new(BODY, false, INK)
    }

    /// Headings of panels.
    pub(super) const fn heading() -> Self {
        Self::new(HEADING, true, INK)
    }

    /// Ticks and notes.
    pub(super) const fn small() -> Self {
        Self::new(SMALL, false, MUTED)
    }

    pub(super) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(super) const fn colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    pub(super) const fn anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    pub(super) fn width(self, text: &str) -> f64 {
        font::width(text, self.size, self.bold)
    }

    /// Distance between baselines.
    pub(super) fn leading(self) -> f64 {
        self.size * 1.3
    }
}

impl Words {
    /// Left, top, right and bottom.
    pub(super) fn bounds(&self) -> (f64, f64, f64, f64) {
        let width = self.look.width(&self.text);
        let left = match self.look.anchor {
            Anchor::Start => self.at.0,
            Anchor::Middle => self.at.0 - width / 2.0,
            Anchor::End => self.at.0 - width,
        };
        let size = self.look.size;
        (
            left,
            self.at.1 - 0.76 * size,
            left + width,
            self.at.1 + 0.22 * size,
        )
    }
}

/// Shapes that tell series apart without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Disc,
    Square,
    Triangle,
    Diamond,
    Nabla,
    Pentagon,
    Hourglass,
    Star,
}

impl Shape {
    const ALL: [Self; 8] = [
        Self::Disc,
        Self::Square,
        Self::Triangle,
        Self::Diamond,
        Self::Nabla,
        Self::Pentagon,
        Self::Hourglass,
        Self::Star,
    ];

    /// The shape of the `index`th series.
    pub(super) fn nth(index: usize) -> Self {
        Self::ALL[index % Self::ALL.len()]
    }

    /// Corners on a circle of radius 1; none for the disc itself.
    fn corners(self) -> &'static [Point] {
        match self {
            Self::Disc => &[],
            Self::Square => &[(-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)],
            Self::Triangle => &[(0.0, -1.1), (1.0, 0.75), (-1.0, 0.75)],
            Self::Diamond => &[(0.0, -1.15), (0.95, 0.0), (0.0, 1.15), (-0.95, 0.0)],
            Self::Nabla => &[(0.0, 1.1), (-1.0, -0.75), (1.0, -0.75)],
            Self::Pentagon => &[
                (0.0, -1.05),
                (1.0, -0.32),
                (0.62, 0.85),
                (-0.62, 0.85),
                (-1.0, -0.32),
            ],
            Self::Hourglass => &[
                (-0.9, -0.95),
                (0.9, -0.95),
                (0.25, 0.0),
                (0.9, 0.95),
                (-0.9, 0.95),
                (-0.25, 0.0),
            ],
            Self::Star => &[
                (0.0, -1.25),
                (0.32, -0.4),
                (1.2, -0.38),
                (0.5, 0.17),
                (0.75, 1.02),
                (0.0, 0.52),
                (-0.75, 1.02),
                (-0.5, 0.17),
                (-1.2, -0.38),
                (-0.32, -0.4),
            ],
        }
    }
}

/// The sheet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Canvas {
    pub(super) height: f64,
    pub(super) marks: Vec<Mark>,
}

impl Canvas {
    /// A sheet with its title and subtitle, and the height below which the chart begins.
    pub(super) fn titled(title: &str, subtitle: &str) -> (Self, f64) {
        let mut canvas = Self {
            height: 0.0,
            marks: Vec::new(),
        };
        let room = WIDTH - 2.0 * MARGIN;
        let title_look = Look::new(TITLE, true, INK);
        let below = canvas.paragraph((MARGIN, 26.0), title, title_look, room, 3);
        let subtitle_look = Look::new(HEADING - 0.5, false, MUTED);
        let below = canvas.paragraph((MARGIN, below + 4.0), subtitle, subtitle_look, room, 4);
        (canvas, below + 14.0)
    }

    /// Closes the sheet below `bottom` with its footer.
    pub(super) fn finish(mut self, bottom: f64, footer: &str) -> Self {
        let top = (bottom + 18.0).round();
        self.line(&[(MARGIN, top), (WIDTH - MARGIN, top)], 1.0, GRID);
        let room = WIDTH - 2.0 * MARGIN;
        let below = self.paragraph((MARGIN, top + 8.0), footer, Look::small(), room, 3);
        self.height = (below + 12.0).ceil();
        self
    }

    pub(super) fn rect(&mut self, from: Point, to: Point, ink: impl Into<Ink>) {
        self.marks.push(Mark::Box {
            from,
            to,
            ink: ink.into(),
        });
    }

    /// The edge of a rectangle.
    pub(super) fn frame(&mut self, from: Point, to: Point, width: f64, ink: impl Into<Ink>) {
        let corners = [from, (to.0, from.1), to, (from.0, to.1), from];
        self.line(&corners, width, ink);
    }

    pub(super) fn area(&mut self, points: Vec<Point>, ink: impl Into<Ink>) {
        self.marks.push(Mark::Area {
            points,
            ink: ink.into(),
        });
    }

    pub(super) fn line(&mut self, points: &[Point], width: f64, ink: impl Into<Ink>) {
        self.marks.push(Mark::Line {
            points: points.to_vec(),
            width,
            ink: ink.into(),
        });
    }

    /// A line of dashes `on` pixels long with gaps of `off`, carried on around corners.
    pub(super) fn dashes(
        &mut self,
        points: &[Point],
        width: f64,
        ink: impl Into<Ink>,
        (on, off): (f64, f64),
    ) {
        let ink = ink.into();
        let (mut drawing, mut left) = (true, on);
        for pair in points.windows(2) {
            let (mut from, to) = (pair[0], pair[1]);
            loop {
                let (dx, dy) = (to.0 - from.0, to.1 - from.1);
                let length = (dx * dx + dy * dy).sqrt();
                if length <= 1e-9 {
                    break;
                }
                let step = left.min(length);
                let next = (from.0 + dx * step / length, from.1 + dy * step / length);
                if drawing {
                    self.line(&[from, next], width, ink);
                }
                left -= step;
                from = next;
                if left <= 1e-9 {
                    drawing = !drawing;
                    left = if drawing { on } else { off };
                }
            }
        }
    }

    pub(super) fn disc(&mut self, centre: Point, radius: f64, ink: impl Into<Ink>) {
        self.marks.push(Mark::Disc {
            centre,
            radius,
            ink: ink.into(),
        });
    }

    pub(super) fn shape(&mut self, shape: Shape, at: Point, radius: f64, ink: impl Into<Ink>) {
        if shape == Shape::Disc {
            self.disc(at, radius, ink);
        } else {
            let corners = shape.corners().iter();
            let points = corners
                .map(|(x, y)| (at.0 + x * radius, at.1 + y * radius))
                .collect();
            self.area(points, ink);
        }
    }

    /// Text on its baseline.
    pub(super) fn words(&mut self, at: Point, text: &str, look: Look) {
        let text = font::clean(text);
        if !text.is_empty() {
            self.marks.push(Mark::Words(Words { at, text, look }));
        }
    }

    /// Wrapped text from its top; returns the height below it.
    pub(super) fn paragraph(
        &mut self,
        (x, top): Point,
        text: &str,
        look: Look,
        room: f64,
        lines: usize,
    ) -> f64 {
        let mut below = top;
        for line in font::wrap(text, look.size, look.bold, room, lines) {
            self.words((x, below + look.size), &line, look);
            below += look.leading();
        }
        below
    }

    /// All text on the sheet.
    pub(super) fn all_words(&self) -> impl Iterator<Item = &Words> {
        self.marks.iter().filter_map(|mark| match mark {
            Mark::Words(words) => Some(words),
            _ => None,
        })
    }

    /// Writes the text at the first of several places where it meets no other text and stays within
    /// the bounds (left, top, right, bottom); returns whether there was one.
    pub(super) fn words_where_free(
        &mut self,
        places: &[(Point, Anchor)],
        text: &str,
        look: Look,
        within: (f64, f64, f64, f64),
    ) -> bool {
        for (at, anchor) in places {
            let words = Words {
                at: *at,
                text: font::clean(text),
                look: look.anchor(*anchor),
            };
            let bounds = words.bounds();
            let inside = bounds.0 >= within.0
                && bounds.1 >= within.1
                && bounds.2 <= within.2
                && bounds.3 <= within.3;
            if inside && !self.all_words().any(|other| meet(bounds, other.bounds())) {
                self.marks.push(Mark::Words(words));
                return true;
            }
        }
        false
    }
}

/// Whether two boxes share an area.
pub(super) fn meet(a: (f64, f64, f64, f64), b: (f64, f64, f64, f64)) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

/// Moves heights apart until neighbours are `gap` from each other, within `low` and `high` as far
/// as there is room; the order of equal heights is kept.
pub(super) fn spread(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    let mut placed = vec![0.0; wanted.len()];
    let mut floor = low;
    for index in &order {
        placed[*index] = wanted[*index].max(floor);
        floor = placed[*index] + gap;
    }
    let mut ceiling = high;
    for index in order.iter().rev() {
        placed[*index] = placed[*index].min(ceiling);
        ceiling = placed[*index] - gap;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_keeps_the_gap_and_what_is_already_apart() {
        assert_eq!(spread(&[10.0, 50.0], 14.0, 0.0, 100.0), [10.0, 50.0]);
        let placed = spread(&[98.0, 97.0, 99.0], 14.0, 0.0, 100.0);
        assert_eq!(placed, [86.0, 72.0, 100.0]);
    }

    #[test]
    fn dashes_cover_on_of_on_plus_off() {
        let (mut canvas, _) = Canvas::titled("", "");
        canvas.dashes(
            &[(0.0, 0.0), (50.0, 0.0), (50.0, 50.0)],
            1.0,
            INK,
            (6.0, 4.0),
        );
        let covered: f64 = canvas
            .marks
            .iter()
            .map(|mark| match mark {
                Mark::Line { points, .. } => points
                    .windows(2)
                    .map(|pair| (pair[1].0 - pair[0].0).abs() + (pair[1].1 - pair[0].1).abs())
                    .sum(),
                _ => 0.0,
            })
            .sum();
        assert!((covered - 60.0).abs() < 1e-6, "{covered}");
    }
}
