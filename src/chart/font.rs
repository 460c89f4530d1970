//! The bundled typeface: registering it, measuring text, breaking it into lines.
//!
//! Flows in: text and sizes. Flows out: widths and lines. Invariant: no font of the machine is ever
//! consulted, so a figure has the same bytes everywhere.

use std::sync::Once;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

/// Name of the typeface, as written into SVG: the bundled one, then narrower or equal fall-backs.
const FAMILY: &str = "Inter, 'Helvetica Neue', Arial, sans-serif";

/// Height that `ab_glyph` scales by (ascender minus descender), in em; from the fonts' `hhea` table.
pub(super) const GLYPH_HEIGHT: f64 = (2728.0 + 680.0) / 2816.0;

static REGULAR: &[u8] = include_bytes!("fonts/Inter-Regular-subset.otf");
static BOLD: &[u8] = include_bytes!("fonts/Inter-Bold-subset.otf");

/// Registers the typeface with plotters, once in a process.
fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for (style, bytes) in [(FontStyle::Normal, REGULAR), (FontStyle::Bold, BOLD)] {
            let registered = register_font(FAMILY, style, bytes).is_ok();
            assert!(registered, "the bundled font must be readable");
        }
    });
}

/// The typeface at plotters' size; `FontDesc::style` would keep the glyphs of the upright weight.
pub(super) fn described(size: f64, bold: bool) -> FontDesc<'static> {
    register();
    let style = if bold {
        FontStyle::Bold
    } else {
        FontStyle::Normal
    };
    FontDesc::new(FontFamily::Name(FAMILY), size, style)
}

/// Width of a line of text in pixels.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    // plotters measures in whole pixels: measure large, then scale down.
    const LARGE: f64 = 1000.0;
    let (measured, _) = described(LARGE * GLYPH_HEIGHT, bold)
        .box_size(text)
        .expect("a registered font measures every text");
    f64::from(measured) * size / LARGE
}

/// The text without line breaks, tabs and characters that XML forbids.
pub(super) fn clean(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .filter(|letter| !matches!(letter, '\u{fffe}' | '\u{ffff}'))
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
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
    let text = clean(text);
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
    fn bold_is_another_face() {
        assert!(width("Outcomes", 20.0, true) > width("Outcomes", 20.0, false) + 1.0);
    }

    #[test]
    fn control_characters_never_reach_the_file() {
        assert_eq!(clean("a\u{0}b\nc\t d"), "a b c d");
    }
}
