//! A panel: a rectangle of the sheet with two scales, and the axes and series drawn in it.
//!
//! Flows in: data ranges and values. Flows out: marks on a canvas. Invariant: what is drawn through a
//! panel stays within it; values outside its ranges are clamped to the edge.

use jiff::civil::Date;

use super::canvas::{Anchor, Canvas, Look, Point, spread};
use super::phrase;
use super::theme::{Colour, GRID, INK, MARGIN, MUTED, PAPER, WIDTH};
use crate::ensemble::summary::{Band, RoundInfo};

/// A rectangle with scales.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Panel {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    /// Values at the left and right edge.
    pub(super) across: (f64, f64),
    /// Values at the lower and upper edge.
    pub(super) up: (f64, f64),
}

impl Panel {
    pub(super) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(super) fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// Horizontal place of a value.
    pub(super) fn x(&self, value: f64) -> f64 {
        self.left + self.width * place(value, self.across)
    }

    /// Vertical place of a value.
    pub(super) fn y(&self, value: f64) -> f64 {
        self.bottom() - self.height * place(value, self.up)
    }

    pub(super) fn at(&self, x: f64, y: f64) -> Point {
        (self.x(x), self.y(y))
    }

    /// Horizontal grid lines with labels left of them.
    pub(super) fn ticks_up(&self, canvas: &mut Canvas, ticks: &[(f64, String)]) {
        for (value, label) in ticks {
            let y = self.y(*value);
            canvas.line(&[(self.left, y), (self.right(), y)], 1.0, GRID);
            let look = Look::small().anchor(Anchor::End);
            canvas.words((self.left - 7.0, y + 0.36 * look.size), label, look);
        }
    }

    /// Vertical grid lines with labels below them.
    pub(super) fn ticks_across(&self, canvas: &mut Canvas, ticks: &[(f64, String)]) {
        for (value, label) in ticks {
            let x = self.x(*value);
            canvas.line(&[(x, self.top), (x, self.bottom())], 1.0, GRID);
            let look = Look::small().anchor(Anchor::Middle);
            canvas.words((x, self.bottom() + 7.0 + look.size), label, look);
        }
    }

    /// A remark in an empty panel, between two grid lines.
    pub(super) fn note(&self, canvas: &mut Canvas, text: &str) {
        let at = (self.left + 12.0, self.top + self.height / 8.0 + 5.0);
        canvas.words(at, text, Look::small());
    }

    /// Dates below the panel up to the day `end`, the year in a second line where it begins.
    pub(super) fn date_ticks(&self, canvas: &mut Canvas, calendar: &Calendar, end: f64) {
        canvas.line(
            &[(self.left, self.bottom()), (self.right(), self.bottom())],
            1.2,
            MUTED,
        );
        let look = Look::small().anchor(Anchor::Middle);
        let mut year = None;
        for (day, date) in calendar.ticks(self.width, end) {
            let x = self.x(day);
            let y = self.bottom();
            canvas.line(&[(x, y), (x, y + 5.0)], 1.2, MUTED);
            let at = (x, y + 7.0 + look.size);
            canvas.words(at, &phrase::day_and_month(date), look);
            if year != Some(date.year()) {
                year = Some(date.year());
                let at = (x, at.1 + look.leading());
                canvas.words(at, &date.year().to_string(), look);
            }
        }
    }

    /// Names beside the right ends of lines, moved apart, each with a thin line to its value.
    pub(super) fn end_labels(&self, canvas: &mut Canvas, labels: &[(f64, String, Colour)]) {
        let look = Look::small();
        let wanted: Vec<f64> = labels.iter().map(|label| self.y(label.0)).collect();
        let gap = look.size * 1.15;
        let placed = spread(&wanted, gap, self.top + 4.0, self.bottom() - 2.0);
        for ((wanted, y), (_, text, colour)) in wanted.iter().zip(&placed).zip(labels) {
            let points = [
                (self.right() + 2.0, *wanted),
                (self.right() + 8.0, *y),
                (self.right() + 11.0, *y),
            ];
            canvas.line(&points, 1.0, colour.at(0.7));
            canvas.words(
                (self.right() + 14.0, y + 0.36 * look.size),
                text,
                look.colour(colour.for_words()),
            );
        }
    }
}

fn place(value: f64, (low, high): (f64, f64)) -> f64 {
    let place = (value - low) / (high - low);
    if place.is_finite() {
        place.clamp(0.0, 1.0)
    } else {
        0.0
    }
}

/// Panels side by side: their left edges and top edges, row by row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Grid {
    pub(super) columns: usize,
    /// Width and height of a cell, with its margins.
    pub(super) cell: (f64, f64),
    pub(super) top: f64,
}

impl Grid {
    /// A grid for `count` panels, as many a row as stay legible.
    pub(super) fn new(count: usize, top: f64, height: f64) -> Self {
        let columns = match count {
            0 | 1 => 1,
            2 | 4 => 2,
            _ => 3,
        };
        Self {
            columns,
            cell: ((WIDTH - 2.0 * MARGIN) / columns as f64, height),
            top,
        }
    }

    /// Upper left corner of the `index`th cell.
    pub(super) fn corner(&self, index: usize) -> Point {
        (
            MARGIN + (index % self.columns) as f64 * self.cell.0,
            self.top + (index / self.columns) as f64 * self.cell.1,
        )
    }

    /// Height below the last of `count` cells.
    pub(super) fn bottom(&self, count: usize) -> f64 {
        self.top + count.max(1).div_ceil(self.columns) as f64 * self.cell.1
    }
}

/// The dates of the rounds as days since the first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Calendar {
    first: Date,
    pub(super) days: Vec<f64>,
}

impl Calendar {
    /// The calendar of the rounds, or none without rounds.
    pub(super) fn new(rounds: &[RoundInfo]) -> Option<Self> {
        let first = rounds.first()?.date;
        let days = rounds
            .iter()
            .map(|round| days_between(first, round.date))
            .collect();
        Some(Self { first, days })
    }

    /// Day of the last round.
    pub(super) fn last(&self) -> f64 {
        self.days.last().copied().unwrap_or(0.0)
    }

    /// Day on which what the last round brought about is taken to end.
    pub(super) fn end(&self) -> f64 {
        let gap = match self.days[..] {
            [.., before, last] if last > before => last - before,
            _ => 7.0,
        };
        self.last() + gap
    }

    /// Range of an axis that shows every round, with a little room on both sides.
    pub(super) fn range(&self) -> (f64, f64) {
        let room = if self.last() > 0.0 {
            self.last() * 0.025
        } else {
            1.0
        };
        (-room, self.last() + room)
    }

    /// Dates for ticks on an axis of `width` pixels that ends at day `end`.
    fn ticks(&self, width: f64, end: f64) -> Vec<(f64, Date)> {
        let most = (width / 62.0) as usize + 1;
        let weeks = [1_i64, 2, 7, 14, 21, 28]
            .into_iter()
            .map(|step| self.every(step, end));
        let months = [1, 2, 3, 6, 12, 24, 60, 120]
            .into_iter()
            .map(|step| self.every_months(step, end));
        let start = vec![(0.0, self.first)];
        weeks
            .chain(months)
            .find(|ticks| ticks.len() <= most && !ticks.is_empty())
            .unwrap_or(start)
    }

    fn every(&self, step: i64, end: f64) -> Vec<(f64, Date)> {
        (0..=400)
            .map(|index| index * step)
            .take_while(|day| *day as f64 <= end)
            .filter_map(|day| {
                let date = self.first.checked_add(jiff::Span::new().days(day)).ok()?;
                Some((day as f64, date))
            })
            .collect()
    }

    /// First days of every `step`th month, counted from January.
    fn every_months(&self, step: i32, end: f64) -> Vec<(f64, Date)> {
        let mut ticks = Vec::new();
        let mut months = i32::from(self.first.year()) * 12 + i32::from(self.first.month()) - 1;
        loop {
            let year = i16::try_from(months.div_euclid(12)).unwrap_or(i16::MAX);
            let month = months.rem_euclid(12) as i8 + 1;
            let Ok(date) = Date::new(year, month, 1) else {
                return ticks;
            };
            let day = days_between(self.first, date);
            if day > end {
                return ticks;
            }
            if day >= 0.0 && months.rem_euclid(step) == 0 {
                ticks.push((day, date));
            }
            months += 1;
        }
    }
}

fn days_between(from: Date, to: Date) -> f64 {
    from.duration_until(to).as_hours() as f64 / 24.0
}

/// A quantile of a band.
type Quantile = fn(&Band) -> f64;

/// How a series of bands is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Series {
    pub(super) colour: Colour,
    /// Whether single rounds get a square (else a disc).
    pub(super) square: bool,
}

impl Panel {
    /// A median line within its 50 % and 90 % bands; rounds with nothing behind them stay empty, and
    /// a round alone between empty ones is a point with its ranges, joined to nothing.
    pub(super) fn bands(&self, canvas: &mut Canvas, days: &[f64], bands: &[Band], series: Series) {
        let values: Vec<(f64, Band)> = days.iter().copied().zip(bands.iter().copied()).collect();
        let spans: Vec<&[(f64, Band)]> = values
            .split(|(_, band)| band.n == 0)
            .filter(|span| !span.is_empty())
            .collect();
        for span in &spans {
            if let [(day, band)] = span {
                self.point(canvas, *day, band, series);
                continue;
            }
            let ranges: [(Quantile, Quantile, f64); 2] = [
                (|band| band.q05, |band| band.q95, 0.16),
                (|band| band.q25, |band| band.q75, 0.26),
            ];
            for (low, high, opacity) in ranges {
                let upper = span.iter().map(|(day, band)| self.at(*day, high(band)));
                let lower = span
                    .iter()
                    .rev()
                    .map(|(day, band)| self.at(*day, low(band)));
                canvas.area(upper.chain(lower).collect(), series.colour.at(opacity));
            }
        }
        for span in spans.iter().filter(|span| span.len() > 1) {
            let median: Vec<Point> = span
                .iter()
                .map(|(day, band)| self.at(*day, band.q50))
                .collect();
            canvas.line(&median, 2.4, series.colour);
            if series.square {
                let every = median.len().div_ceil(14).max(1);
                for at in median.iter().step_by(every) {
                    square(canvas, *at, 2.8, series.colour);
                }
            }
        }
    }

    fn point(&self, canvas: &mut Canvas, day: f64, band: &Band, series: Series) {
        let x = self.x(day);
        let ends = |low: f64, high: f64| [(x, self.y(low)), (x, self.y(high))];
        canvas.line(&ends(band.q05, band.q95), 2.2, series.colour.at(0.45));
        canvas.line(&ends(band.q25, band.q75), 8.0, series.colour.at(0.4));
        let at = (x, self.y(band.q50));
        if series.square {
            square(canvas, at, 2.8, series.colour);
        } else {
            canvas.disc(at, 4.4, PAPER);
            canvas.disc(at, 3.5, series.colour);
        }
    }
}

fn square(canvas: &mut Canvas, (x, y): Point, half: f64, colour: Colour) {
    let edge = half + 0.9;
    canvas.rect((x - edge, y - edge), (x + edge, y + edge), PAPER);
    canvas.rect((x - half, y - half), (x + half, y + half), colour);
}

/// The last band with anything behind it.
pub(super) fn last_band(bands: &[Band]) -> Option<Band> {
    bands.iter().rev().find(|band| band.n > 0).copied()
}

/// Ticks of a 0 to 100 scale of values from 0 to 1.
pub(super) fn hundred() -> Vec<(f64, String)> {
    (0..=4)
        .map(|quarter| {
            let value = f64::from(quarter) * 0.25;
            (value, format!("{:.0}", value * 100.0))
        })
        .collect()
}

/// A heading above a panel, cut to its width.
pub(super) fn panel_heading(canvas: &mut Canvas, at: Point, text: &str, room: f64, colour: Colour) {
    let look = Look::heading().colour(if colour == INK {
        INK
    } else {
        colour.for_words()
    });
    canvas.paragraph((at.0, at.1 - look.size), text, look, room, 1);
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn calendar(days: &[i16]) -> Calendar {
        let rounds: Vec<RoundInfo> = days
            .iter()
            .map(|day| RoundInfo {
                date: date(2022, 1, 10)
                    .checked_add(jiff::Span::new().days(i64::from(*day)))
                    .expect("a date"),
                venue: "v".to_owned(),
                venue_name: "V".to_owned(),
                documented: true,
            })
            .collect();
        Calendar::new(&rounds).expect("rounds")
    }

    #[test]
    fn ticks_are_as_many_as_fit() {
        for (days, width) in [
            (vec![0], 300.0),
            (vec![0, 80], 280.0),
            (vec![0, 9000], 900.0),
        ] {
            let calendar = calendar(&days);
            let ticks = calendar.ticks(width, calendar.end());
            assert!(!ticks.is_empty());
            assert!((ticks.len() - 1) as f64 * 62.0 <= width, "{days:?}");
        }
    }

    #[test]
    fn one_round_lasts_a_week() {
        assert!((calendar(&[0]).end() - 7.0).abs() < 1e-9);
        assert!((calendar(&[0, 3]).end() - 6.0).abs() < 1e-9);
    }

    #[test]
    fn values_outside_stay_on_the_edge() {
        let panel = Panel {
            left: 10.0,
            top: 10.0,
            width: 100.0,
            height: 50.0,
            across: (0.0, 0.0),
            up: (0.0, 1.0),
        };
        assert!((panel.x(3.0) - 10.0).abs() < 1e-9);
        assert!((panel.y(7.0) - 10.0).abs() < 1e-9);
        assert!((panel.y(f64::NAN) - 60.0).abs() < 1e-9);
    }
}
