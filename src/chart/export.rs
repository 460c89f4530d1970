//! Painting a sheet as SVG text or PNG bytes: one routine, two scales.
//!
//! Flows in: a sheet of marks. Flows out: text or bytes, never a file. Invariant: both media get the
//! same marks from the same routine; only the scale differs, and SVG keeps text as text.
//! plotters rounds to whole pixels, so SVG is drawn on a grid ten times as fine and the bitmap up to
//! four times as large, then averaged.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::canvas::{Anchor, Canvas, Mark, Point, Words};
use super::theme::{Ink, WIDTH};
use super::{ChartError, font};

/// Grid lines of the SVG per pixel.
const SVG_GRID: i32 = 10;
/// Most bitmap pixels per pixel and direction, before averaging.
const OVERSAMPLING: u32 = 4;
/// Most bytes of a bitmap before averaging: a picture may not take more memory than all the runs
/// that it shows.
const BITMAP_BYTES: u32 = 36 << 20;

/// How a back end is drawn on.
struct Medium {
    /// Its pixels per pixel of ours.
    scale: f64,
    /// Whether it takes text as text; else the letters are drawn.
    text: bool,
}

const SVG: Medium = Medium {
    scale: SVG_GRID as f64,
    text: true,
};

/// A bitmap so many times as large as the picture. plotters' own bitmap text drops the bearing of
/// each letter, which tears words apart.
fn bitmap(oversampling: u32) -> Medium {
    Medium {
        scale: f64::from(oversampling),
        text: false,
    }
}

/// How many times as large a picture of a size is drawn before averaging.
fn oversampling(width: u32, height: u32) -> u32 {
    let fits = |times: &u32| width * times * height * times * 3 <= BITMAP_BYTES;
    (1..=OVERSAMPLING).rev().find(fits).unwrap_or(1)
}

/// The sheet as a self-contained SVG document.
pub(super) fn svg(canvas: &Canvas, title: &str, description: &str) -> Result<String, ChartError> {
    let (width, height) = (WIDTH as u32, canvas.height as u32);
    let grid = SVG_GRID as u32;
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, (width * grid, height * grid));
        let area = area.into_drawing_area();
        area.fill(&WHITE).map_err(ChartError::draw)?;
        paint(canvas, &area, &SVG)?;
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
        width * grid,
        height * grid,
        escape(&font::clean(title)),
        escape(&font::clean(description)),
    );
    Ok(header + body)
}

/// The sheet as the bytes of a PNG file.
pub(super) fn png(canvas: &Canvas) -> Result<Vec<u8>, ChartError> {
    let (width, height) = (WIDTH as u32, canvas.height as u32);
    let times = oversampling(width, height);
    let (wide, high) = (width * times, height * times);
    let mut pixels = vec![255_u8; wide as usize * high as usize * 3];
    {
        let area = BitMapBackend::with_buffer(&mut pixels, (wide, high)).into_drawing_area();
        paint(canvas, &area, &bitmap(times))?;
        area.present().map_err(ChartError::draw)?;
    }
    let small = average(&pixels, width as usize, height as usize, times as usize);
    drop(pixels);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&small)?;
    writer.finish()?;
    Ok(bytes)
}

/// Averages squares of `step` by `step` pixels.
fn average(pixels: &[u8], width: usize, height: usize, step: usize) -> Vec<u8> {
    let row = width * step * 3;
    let mut small = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            for channel in 0..3 {
                let mut sum = 0_usize;
                for line in pixels[y * step * row..(y + 1) * step * row].chunks_exact(row) {
                    let squares = line[x * step * 3..(x + 1) * step * 3].chunks_exact(3);
                    sum += squares
                        .map(|pixel| usize::from(pixel[channel]))
                        .sum::<usize>();
                }
                small.push(((sum + step * step / 2) / (step * step)) as u8);
            }
        }
    }
    small
}

/// Paints every mark.
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
    for mark in &canvas.marks {
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
                let style = colour(*ink).stroke_width(stroke);
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
