//! The bundled typeface: measuring text, breaking it into lines, turning it into pixels.
//!
//! Flows in: text and sizes. Flows out: widths, lines and pixels. Invariant: no font of the machine is ever
//! consulted, so a figure has the same bytes everywhere.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};

/// The typeface as SVG names it: the bundled one, then others that are no wider.
pub(super) const FAMILY: &str = "Inter, 'Helvetica Neue', Arial, sans-serif";

static REGULAR: LazyLock<FontRef<'static>> =
    LazyLock::new(|| read(include_bytes!("fonts/Inter-Regular-subset.otf")));
static BOLD: LazyLock<FontRef<'static>> =
    LazyLock::new(|| read(include_bytes!("fonts/Inter-Bold-subset.otf")));

fn read(bytes: &'static [u8]) -> FontRef<'static> {
    FontRef::try_from_slice(bytes).expect("the bundled font is readable")
}

fn face(bold: bool) -> &'static FontRef<'static> {
    if bold { &BOLD } else { &REGULAR }
}

/// The scale at which one em of the face is `size` pixels.
fn scale(face: &FontRef<'static>, size: f64) -> PxScale {
    let em = f64::from(face.units_per_em().expect("an OpenType font has an em"));
    PxScale::from((size * f64::from(face.height_unscaled()) / em) as f32)
}

/// Width of a line of text in pixels.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    let face = face(bold);
    let scaled = face.as_scaled(scale(face, size));
    text.chars()
        .map(|letter| f64::from(scaled.h_advance(scaled.glyph_id(letter))))
        .sum()
}

/// Rasterises a line of text from the left end of its baseline: calls `pixel` with each pixel that
/// the letters touch and how much of it they cover.
pub(super) fn rasterise(
    text: &str,
    size: f64,
    bold: bool,
    (left, baseline): (f64, f64),
    mut pixel: impl FnMut(i32, i32, f64),
) {
    let face = face(bold);
    let scale = scale(face, size);
    let scaled = face.as_scaled(scale);
    let mut x = left as f32;
    for letter in text.chars() {
        let glyph = scaled.glyph_id(letter);
        let placed = glyph.with_scale_and_position(scale, point(x, baseline as f32));
        x += scaled.h_advance(glyph);
        if let Some(outline) = face.outline_glyph(placed) {
            let corner = outline.px_bounds().min;
            outline.draw(|across, down, cover| {
                pixel(
                    corner.x as i32 + across.cast_signed(),
                    corner.y as i32 + down.cast_signed(),
                    f64::from(cover.min(1.0)),
                );
            });
        }
    }
}

/// The text without line breaks, tabs and characters that XML forbids.
pub(super) fn clean(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .filter(|letter| !matches!(letter, '\u{fffe}' | '\u{ffff}'))
        .collect();
    spaced
        .split_ascii_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// The text cut to a width, with an ellipsis where something is missing.
pub(super) fn fit(text: &str, size: f64, bold: bool, room: f64) -> String {
    if width(text, size, bold) <= room {
        return text.to_owned();
    }
    shorten(text, size, bold, room)
}

/// The text, cut so that an ellipsis after it still fits.
fn shorten(text: &str, size: f64, bold: bool, room: f64) -> String {
    let mut kept = text.to_owned();
    loop {
        let cut = format!("{}…", kept.trim_end());
        if width(&cut, size, bold) <= room {
            return cut;
        }
        if kept.pop().is_none() {
            return String::new();
        }
    }
}

/// Breaks the text into at most `lines` lines of at most `room` pixels; the last may end in `…`.
pub(super) fn wrap(text: &str, size: f64, bold: bool, room: f64, lines: usize) -> Vec<String> {
    // A number stays with its per cent sign.
    let text = clean(text).replace(" %", "\u{a0}%");
    let mut done: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        for piece in pieces(word, size, bold, room) {
            let longer = if line.is_empty() {
                piece.clone()
            } else {
                format!("{line} {piece}")
            };
            if width(&longer, size, bold) <= room {
                line = longer;
            } else {
                done.push(std::mem::replace(&mut line, piece));
            }
        }
    }
    if !line.is_empty() {
        done.push(line);
    }
    if done.len() > lines {
        done.truncate(lines);
        if let Some(last) = done.last_mut() {
            *last = shorten(last, size, bold, room);
        }
    }
    done
}

/// A word, cut into pieces where it is wider than a line: at a hyphen if there is one.
fn pieces(word: &str, size: f64, bold: bool, room: f64) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = word.to_owned();
    while width(&rest, size, bold) > room && rest.chars().count() > 1 {
        let mut cut = rest.chars().count();
        while cut > 1 && width(&rest.chars().take(cut).collect::<String>(), size, bold) > room {
            cut -= 1;
        }
        let head: Vec<char> = rest.chars().take(cut).collect();
        if let Some(hyphen) = head
            .iter()
            .rposition(|letter| matches!(letter, '-' | '/' | '–'))
        {
            cut = hyphen + 1;
        }
        pieces.push(rest.chars().take(cut).collect());
        rest = rest.chars().skip(cut).collect();
    }
    pieces.push(rest);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_within_the_room_and_lose_no_words_when_they_fit() {
        let text = "principle kept, nothing said in public about the rest";
        let lines = wrap(text, 12.0, false, 120.0, 9);
        assert!(lines.iter().all(|line| width(line, 12.0, false) <= 120.0));
        assert_eq!(lines.join(" "), text);
    }

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis() {
        let lines = wrap(&"word ".repeat(40), 12.0, false, 90.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…') && !lines[1].ends_with("……"));
        let long = wrap("Donaudampfschifffahrtsgesellschaft", 12.0, true, 60.0, 3);
        assert!(long.iter().all(|line| width(line, 12.0, true) <= 60.0));
    }

    #[test]
    fn letters_stand_on_the_baseline_right_of_the_start() {
        let (mut left, mut low) = (i32::MAX, i32::MIN);
        rasterise("H", 40.0, false, (10.0, 50.0), |x, y, cover| {
            if cover > 0.5 {
                (left, low) = (left.min(x), low.max(y));
            }
        });
        // Inter's H has a bearing of about a tenth of an em.
        assert!((12..=15).contains(&left), "{left}");
        assert_eq!(low, 49);
    }

    #[test]
    fn bold_is_another_face() {
        assert!(width("Outcomes", 20.0, true) > width("Outcomes", 20.0, false) + 1.0);
    }

    #[test]
    fn control_characters_never_reach_the_file() {
        assert_eq!(clean("a\u{0}b\nc\t d"), "a b c d");
    }
}
