//! Colours and sizes of every figure, in one place.
//!
//! Flows in: parties and outcomes with the colours their file gives. Flows out: colours and type
//! sizes. Invariant: two figures of one scenario give a party, or an outcome, the same colour.

use crate::ensemble::summary::{OutcomeShare, PartySummary};

/// Width of every figure in pixels; heights follow from the contents.
pub(super) const WIDTH: f64 = 1200.0;
/// White space around the contents.
pub(super) const MARGIN: f64 = 40.0;
/// Type size of the title.
pub(super) const TITLE: f64 = 25.0;
/// Type size of the subtitle and of headings.
pub(super) const HEADING: f64 = 16.0;
/// Type size of names and values.
pub(super) const BODY: f64 = 14.5;
/// Type size of ticks and notes.
pub(super) const SMALL: f64 = 12.5;

/// Text and marks that carry numbers.
pub(super) const INK: Colour = Colour(26, 26, 26);
/// Text that explains.
pub(super) const MUTED: Colour = Colour(84, 84, 84);
/// Lines that only guide the eye.
pub(super) const GRID: Colour = Colour(222, 222, 222);
/// Ground of empty cells.
pub(super) const GROUND: Colour = Colour(241, 241, 241);
/// The sheet.
pub(super) const PAPER: Colour = Colour(255, 255, 255);
/// What nobody knows: bands over parameter draws.
pub(super) const IGNORANCE: Colour = Colour(92, 84, 120);
/// A share of runs where no outcome or party is meant.
pub(super) const SHARE: Colour = Colour(62, 124, 170);

/// Okabe and Ito (2008), without its yellow, which vanishes on white.
const PALETTE: [Colour; 7] = [
    Colour(0, 114, 178),
    Colour(213, 94, 0),
    Colour(0, 158, 115),
    Colour(204, 121, 167),
    Colour(230, 159, 0),
    Colour(86, 180, 233),
    Colour(90, 90, 90),
];

/// From calm to worst; blue and red stay apart under every common colour blindness.
const SEVERITY: [Colour; 6] = [
    Colour(53, 130, 186),
    Colour(128, 186, 216),
    Colour(236, 196, 112),
    Colour(232, 140, 58),
    Colour(205, 72, 38),
    Colour(116, 12, 22),
];

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour(pub(super) u8, pub(super) u8, pub(super) u8);

/// A colour with an opacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ink {
    pub(super) colour: Colour,
    pub(super) opacity: f64,
}

impl From<Colour> for Ink {
    fn from(colour: Colour) -> Self {
        Self {
            colour,
            opacity: 1.0,
        }
    }
}

impl Colour {
    /// Reads `#rrggbb`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.is_ascii() {
            return None;
        }
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self(part(0)?, part(2)?, part(4)?))
    }

    /// The colour at an opacity.
    pub(super) fn at(self, opacity: f64) -> Ink {
        Ink {
            colour: self,
            opacity,
        }
    }

    /// A point on the way to `other`.
    pub(super) fn towards(self, other: Self, way: f64) -> Self {
        let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * way).round() as u8;
        Self(
            mix(self.0, other.0),
            mix(self.1, other.1),
            mix(self.2, other.2),
        )
    }

    /// Approximate luminance, 0 black to 1 white (gamma 2 in place of sRGB's curve).
    pub(super) fn luminance(self) -> f64 {
        let linear = |part: u8| (f64::from(part) / 255.0) * (f64::from(part) / 255.0);
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// The colour, darkened until words in it stand out from white (contrast 4.5).
    pub(super) fn for_words(self) -> Self {
        let mut colour = self;
        while colour.luminance() > 0.18 {
            colour = colour.towards(INK, 0.1);
        }
        colour
    }

    /// White or black, whichever reads better on this colour.
    pub(super) fn words_on(self) -> Self {
        if self.luminance() > 0.3 { INK } else { PAPER }
    }
}

/// Colours of the parties: the file's, else the palette in order, skipping colours already given.
pub(super) fn party_colours(parties: &[PartySummary]) -> Vec<Colour> {
    colours_beside(parties.iter().map(|party| party.colour.as_deref()))
}

/// The same from what the file gives.
pub(super) fn colours_beside<'a>(given: impl Iterator<Item = Option<&'a str>>) -> Vec<Colour> {
    let given: Vec<Option<Colour>> = given.map(|text| text.and_then(Colour::parse)).collect();
    let mut free = PALETTE
        .into_iter()
        .filter(|colour| !given.contains(&Some(*colour)))
        .collect::<Vec<_>>()
        .into_iter();
    (0..given.len())
        .map(|index| {
            given[index]
                .or_else(|| free.next())
                .unwrap_or(PALETTE[index % PALETTE.len()])
        })
        .collect()
}

/// Colour of the `index`th of several things that have none of their own.
pub(super) fn series_colour(index: usize) -> Colour {
    PALETTE[index % PALETTE.len()]
}

/// Colours of the outcomes: the file's, else by severity.
pub(super) fn outcome_colours(outcomes: &[OutcomeShare]) -> Vec<Colour> {
    let named = outcomes.iter();
    colours_by_severity(
        &named
            .map(|one| (one.severity, one.colour.as_deref()))
            .collect::<Vec<_>>(),
    )
}

/// The same from severities and what the file gives.
pub(super) fn colours_by_severity(outcomes: &[(u32, Option<&str>)]) -> Vec<Colour> {
    let mut ranks: Vec<u32> = outcomes.iter().map(|(severity, _)| *severity).collect();
    ranks.sort_unstable();
    ranks.dedup();
    outcomes
        .iter()
        .map(|(severity, colour)| {
            colour.and_then(Colour::parse).unwrap_or_else(|| {
                let rank = ranks.partition_point(|rank| rank < severity);
                severity_colour(rank as f64 / (ranks.len().max(2) - 1) as f64)
            })
        })
        .collect()
}

/// Colour at `place` on the way from the calmest (0) to the worst (1).
pub(super) fn severity_colour(place: f64) -> Colour {
    let scaled = place.clamp(0.0, 1.0) * (SEVERITY.len() - 1) as f64;
    let index = (scaled.floor() as usize).min(SEVERITY.len() - 2);
    SEVERITY[index].towards(SEVERITY[index + 1], scaled - index as f64)
}

/// Short unique signs for parties, for use inside marks: `US`, `R`, `N`.
pub(super) fn party_signs(parties: &[PartySummary]) -> Vec<String> {
    let mut signs: Vec<String> = Vec::with_capacity(parties.len());
    for (index, party) in parties.iter().enumerate() {
        let letters: Vec<char> = party
            .name
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .flat_map(char::to_uppercase)
            .collect();
        let acronym = party.id.len() <= 2 && party.id.is_ascii() && !party.id.is_empty();
        let mut sign = if acronym {
            party.id.to_uppercase()
        } else {
            letters.iter().take(1).collect()
        };
        for second in letters.iter().skip(1) {
            if !sign.is_empty() && !signs.contains(&sign) {
                break;
            }
            sign = letters.iter().take(1).chain([second]).collect();
        }
        if sign.is_empty() || signs.contains(&sign) {
            sign = (index + 1).to_string();
        }
        signs.push(sign);
    }
    signs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::synthetic::{LIKELY, nasty, summary};

    #[test]
    fn only_six_hexadecimal_digits_are_a_colour() {
        assert_eq!(Colour::parse("#0072B2"), Some(Colour(0, 114, 178)));
        for wrong in ["0072B2", "#0072B", "#0072BG", "#é72B2", ""] {
            assert_eq!(Colour::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn words_in_any_colour_stand_out_from_white() {
        for index in 0..7 {
            let luminance = series_colour(index).for_words().luminance();
            assert!(1.05 / (luminance + 0.05) >= 4.5, "{index}");
        }
    }

    #[test]
    fn the_file_decides_on_colours_first() {
        let mut summary = summary(LIKELY);
        summary.parties[2].colour = None;
        summary.outcomes[0].colour = Some("#010203".to_owned());
        let parties = party_colours(&summary.parties);
        assert_eq!(parties[1], Colour(213, 94, 0));
        assert!((0..4).all(|other| other == 2 || parties[other] != parties[2]));
        assert_eq!(outcome_colours(&summary.outcomes)[0], Colour(1, 2, 3));
    }

    #[test]
    fn severity_runs_from_blue_to_dark_red() {
        let summary = summary(LIKELY);
        let colours = outcome_colours(&summary.outcomes);
        let at = |severity: u32| {
            let place = summary
                .outcomes
                .iter()
                .position(|one| one.severity == severity);
            colours[place.expect("the outcome")]
        };
        assert_eq!((at(1), at(8)), (severity_colour(0.0), severity_colour(1.0)));
        assert!(at(1).2 > at(1).0 && at(8).0 > at(8).2);
    }

    #[test]
    fn signs_are_short_and_unique() {
        for (case, size) in nasty() {
            let signs = party_signs(&summary(size).parties);
            let unique: std::collections::BTreeSet<&String> = signs.iter().collect();
            assert_eq!(unique.len(), signs.len(), "{case}: {signs:?}");
            assert!(
                signs
                    .iter()
                    .all(|sign| (1..=2).contains(&sign.chars().count()))
            );
        }
        assert_eq!(party_signs(&summary(LIKELY).parties), ["US", "R", "N", "U"]);
    }
}
