//! Painting a sheet as SVG text or PNG bytes: one routine, two scales.
//!
//! Flows in: a sheet of marks. Flows out: text or bytes, never a file. Invariant: both media get the
//! same marks from the same routine; only the scale differs, and SVG keeps text as text.
//! plotters rounds to whole pixels, so SVG is drawn on a grid ten times as fine and the bitmap four
//! times as large, band by band, then averaged: a picture takes no more memory than one band of it.

use std::ops::Range;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingErrorKind, rasterizer};

use super::canvas::{Anchor, Canvas, Mark, Point, Words};
use super::theme::{Ink, WIDTH};
use super::{ChartError, font};

/// Grid lines of the SVG per pixel.
const SVG_GRID: u32 = 10;
/// Bitmap pixels per pixel and direction, before averaging.
const OVERSAMPLING: usize = 4;
/// Pixels of a picture's height that are drawn at a time.
const BAND: usize = 128;

/// How a back end is drawn on.
struct Medium {
    /// Its pixels per pixel of ours.
    scale: f64,
    /// Whether it takes text as text; else the letters are drawn. plotters' own bitmap text drops
    /// the bearing of each letter, which tears words apart.
    text: bool,
    /// Lines of our pixels that it shows.
    rows: Range<usize>,
}

impl Medium {
    /// Whether a mark touches it.
    fn shows(&self, mark: &Mark) -> bool {
        // A pixel more, for rounding.
        let (top, bottom) = (self.rows.start as f64 - 1.0, self.rows.end as f64 + 1.0);
        let across = |points: &[Point], width: f64| {
            let above = points.iter().any(|point| point.1 - width < bottom);
            above && points.iter().any(|point| point.1 + width > top)
        };
        match mark {
            Mark::Box { from, to, .. } => across(&[*from, *to], 0.0),
            Mark::Area { points, .. } => across(points, 0.0),
            Mark::Line { points, width, .. } => across(points, *width),
            Mark::Disc { centre, radius, .. } => across(&[*centre], *radius),
            Mark::Words(words) => across(&[words.at], 2.0 * words.look.size),
        }
    }
}

/// The sheet as a self-contained SVG document.
pub(super) fn svg(canvas: &Canvas, title: &str, description: &str) -> Result<String, ChartError> {
    let (width, height) = (WIDTH as u32, canvas.height as u32);
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, (width * SVG_GRID, height * SVG_GRID));
        let area = area.into_drawing_area();
        area.fill(&WHITE).map_err(ChartError::draw)?;
        let medium = Medium {
            scale: f64::from(SVG_GRID),
            text: true,
            rows: 0..height as usize,
        };
        paint(canvas, &area, &medium)?;
        area.present().map_err(ChartError::draw)?;
    }
    // plotters writes one opening tag with the fine size; the rest of the document stays.
    let (_, body) = text
        .split_once(">\n")
        .expect("plotters opens the document with a tag");
    let header = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {} {}\" role=\"img\" stroke-linejoin=\"round\">\n\
         <title>{}</title>\n<desc>{}</desc>\n",
        width * SVG_GRID,
        height * SVG_GRID,
        escape(&font::clean(title)),
        escape(&font::clean(description)),
    );
    Ok(header + body)
}

/// The sheet as the bytes of a PNG file.
pub(super) fn png(canvas: &Canvas) -> Result<Vec<u8>, ChartError> {
    let pixels = pixels(canvas, BAND)?;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, WIDTH as u32, canvas.height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(bytes)
}

/// Colours of the sheet's pixels, line by line, painted so many lines at a time.
fn pixels(canvas: &Canvas, lines: usize) -> Result<Vec<u8>, ChartError> {
    let (width, height) = (WIDTH as usize, canvas.height as usize);
    let wide = width * OVERSAMPLING;
    let mut large = vec![0; wide * lines.min(height) * OVERSAMPLING * 3];
    let mut pixels = Vec::with_capacity(width * height * 3);
    for top in (0..height).step_by(lines) {
        let medium = Medium {
            scale: OVERSAMPLING as f64,
            text: false,
            rows: top..height.min(top + lines),
        };
        let high = medium.rows.len() * OVERSAMPLING;
        let large = &mut large[..wide * high * 3];
        large.fill(255);
        let area = Band {
            bitmap: BitMapBackend::with_buffer(large, (wide as u32, high as u32)),
            size: (wide as u32, (height * OVERSAMPLING) as u32),
            top: ((top * OVERSAMPLING) as u32).cast_signed(),
            bottom: ((top * OVERSAMPLING + high) as u32).cast_signed(),
        }
        .into_drawing_area();
        paint(canvas, &area, &medium)?;
        area.present().map_err(ChartError::draw)?;
        drop(area);
        average(large, wide * 3, &mut pixels);
    }
    Ok(pixels)
}

/// Some lines of a bitmap, drawn on as if they were all of it. A smaller bitmap with the marks moved
/// up would not do: plotters rounds what lies above a bitmap otherwise than what lies on it.
struct Band<'a> {
    bitmap: BitMapBackend<'a>,
    /// Of the whole.
    size: (u32, u32),
    /// First line, and the line below the last.
    top: i32,
    bottom: i32,
}

impl<'a> DrawingBackend for Band<'a> {
    type ErrorType = <BitMapBackend<'a> as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.bitmap.ensure_prepared()
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.bitmap.present()
    }

    fn draw_pixel(
        &mut self,
        (x, y): BackendCoord,
        colour: BackendColor,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.bitmap.draw_pixel((x, y - self.top), colour)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        let width = style.stroke_width().cast_signed();
        if from.1.max(to.1) + width < self.top || from.1.min(to.1) - width >= self.bottom {
            return Ok(());
        }
        if (from.0 == to.0 || from.1 == to.1) && width == 1 {
            let moved = |(x, y)| (x, y - self.top);
            return self.bitmap.draw_line(moved(from), moved(to), style);
        }
        rasterizer::draw_line(self, from, to, style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        if fill {
            let moved = |(x, y)| (x, y - self.top);
            return self.bitmap.draw_rect(moved(from), moved(to), style, fill);
        }
        rasterizer::draw_rect(self, from, to, style, fill)
    }
}

/// Adds the means of squares of [`OVERSAMPLING`] by as many pixels; `line` bytes make a line.
fn average(pixels: &[u8], line: usize, into: &mut Vec<u8>) {
    const PIXELS: u32 = (OVERSAMPLING * OVERSAMPLING) as u32;
    for lines in pixels.chunks_exact(line * OVERSAMPLING) {
        for at in (0..line).step_by(OVERSAMPLING * 3) {
            for channel in 0..3 {
                let mut sum = 0;
                for line in lines.chunks_exact(line) {
                    for pixel in line[at..at + OVERSAMPLING * 3].chunks_exact(3) {
                        sum += u32::from(pixel[channel]);
                    }
                }
                into.push(((sum + PIXELS / 2) / PIXELS) as u8);
            }
        }
    }
}

/// Paints every mark that the medium shows.
fn paint<DB: DrawingBackend>(
    canvas: &Canvas,
    area: &DrawingArea<DB, Shift>,
    medium: &Medium,
) -> Result<(), ChartError> {
    let place = |(x, y): Point| {
        (
            (x * medium.scale).round() as i32,
            (y * medium.scale).round() as i32,
        )
    };
    let places = |points: &[Point]| points.iter().map(|point| place(*point)).collect::<Vec<_>>();
    for mark in canvas.marks.iter().filter(|mark| medium.shows(mark)) {
        match mark {
            Mark::Box { from, to, ink } => {
                let (from, to) = (place(*from), place(*to));
                // The rasteriser fills an area of no width as a line, the SVG back end as nothing.
                if from.0 != to.0 && from.1 != to.1 {
                    let corners = vec![from, (to.0, from.1), to, (from.0, to.1)];
                    area.draw(&Polygon::new(corners, colour(*ink)))
                } else {
                    Ok(())
                }
            }
            Mark::Area { points, ink } => area.draw(&Polygon::new(places(points), colour(*ink))),
            Mark::Line { points, width, ink } => {
                let mut points = places(points);
                points.dedup();
                if points.len() < 2 {
                    continue;
                }
                let stroke = (width * medium.scale).round().max(1.0) as u32;
                let style = Color::stroke_width(&colour(*ink), stroke);
                area.draw(&PathElement::new(points, style))
            }
            Mark::Disc {
                centre,
                radius,
                ink,
            } => {
                let radius = (radius * medium.scale).round() as i32;
                area.draw(&Circle::new(place(*centre), radius, colour(*ink).filled()))
            }
            Mark::Words(words) if medium.text => {
                let (style, at) = text_style(words, medium);
                area.draw(&Text::new(words.text.as_str(), place(at), style))
            }
            Mark::Words(words) => letters(words, area, medium),
        }
        .map_err(ChartError::draw)?;
    }
    Ok(())
}

/// plotters' style and position for a line of text: it divides sizes by 1.24 to get `font-size`, and
/// puts the baseline 0.76 em below a position at the top.
fn text_style(words: &Words, medium: &Medium) -> (TextStyle<'static>, Point) {
    let look = words.look;
    let anchor = match look.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let weight = if look.bold {
        FontStyle::Bold
    } else {
        FontStyle::Normal
    };
    let size = look.size * medium.scale * 1.24;
    let style = TextStyle {
        font: FontDesc::new(FontFamily::Name(font::FAMILY), size, weight),
        color: colour(look.colour.into()).to_backend_color(),
        pos: Pos::new(anchor, VPos::Top),
    };
    (style, (words.at.0, words.at.1 - 0.76 * look.size))
}

/// Draws a line of text letter by letter.
fn letters<DB: DrawingBackend>(
    words: &Words,
    area: &DrawingArea<DB, Shift>,
    medium: &Medium,
) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
    let look = words.look;
    let start = (words.bounds().0 * medium.scale, words.at.1 * medium.scale);
    let mut result = Ok(());
    let size = look.size * medium.scale;
    font::rasterise(&words.text, size, look.bold, start, |x, y, cover| {
        if result.is_ok() && x >= 0 && y >= 0 {
            result = area.draw_pixel((x, y), &colour(look.colour.at(cover)));
        }
    });
    result
}

fn colour(ink: Ink) -> RGBAColor {
    RGBColor(ink.colour.0, ink.colour.1, ink.colour.2).mix(ink.opacity)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{figures, test_summary};

    #[test]
    fn a_picture_painted_in_bands_is_the_same() {
        for figure in figures(&test_summary()) {
            let height = figure.draw.height as usize;
            let whole = pixels(&figure.draw, height).expect("painted");
            let bands = pixels(&figure.draw, BAND).expect("painted");
            assert!(whole == bands, "{}", figure.name);
        }
    }
}
