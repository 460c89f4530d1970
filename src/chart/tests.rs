//! What must hold of every figure, over a likely summary and nasty ones.

use super::canvas::{Mark, meet};
use super::synthetic::{LIKELY, nasty, summary, versus};
use super::theme::WIDTH;
use super::{Figure, changes, comparison, figures, moves};
use crate::ensemble::Plan;
use crate::ensemble::summary::{Band, StatusShares, Summary};

/// Figures of the likely summary and of every nasty one, and comparisons of them.
fn all() -> Vec<(&'static str, Figure)> {
    let mut found = Vec::new();
    let mut summaries: Vec<Summary> = Vec::new();
    for (name, size) in [("likely", LIKELY)].into_iter().chain(nasty()) {
        let summary = summary(size);
        found.extend(figures(&summary).into_iter().map(|figure| (name, figure)));
        summaries.push(summary);
    }
    let certain = certain();
    found.extend(
        figures(&certain)
            .into_iter()
            .map(|figure| ("certain", figure)),
    );
    summaries.push(certain);
    found.push(("mixed", comparison(&summaries)));
    found.push(("alike", comparison(&summaries[..1])));
    found.push(("none", comparison(&[])));
    let plan = Plan::new(1, 400, 50).expect("runs");
    let base = &summaries[0];
    let named = |summary: &Summary| (summary.scenario.title.clone(), summary.outcomes.clone());
    let others: Vec<_> = (summaries.iter())
        .map(|other| (named(other), versus(base, other)))
        .collect();
    let first = named(base);
    let first = (first.0.as_str(), &first.1[..]);
    for ((title, outcomes), versus) in &others {
        found.push(("moves", moves(first, (title, outcomes), versus, plan)));
    }
    let rows: Vec<_> = (others.iter())
        .map(|((title, outcomes), versus)| (title.as_str(), &outcomes[..], versus))
        .collect();
    found.push(("changes", changes(first, &rows, plan)));
    found.push(("nothing", changes(first, &rows[..1], plan)));
    found
}

/// Every run ends alike, and the names of the venues are gone.
fn certain() -> Summary {
    let mut summary = summary(LIKELY);
    for (index, outcome) in summary.outcomes.iter_mut().enumerate() {
        let share = if index == 0 { 1.0 } else { 0.0 };
        outcome.share = share;
        outcome.chance.low = share * 0.999;
        outcome.chance.high = share;
        outcome.band = Band {
            q05: share,
            q25: share,
            q50: share,
            q75: share,
            q95: share,
            n: 1,
        };
    }
    for shares in &mut summary.timeline {
        *shares = StatusShares {
            force: 1.0,
            ..StatusShares::default()
        };
    }
    for round in &mut summary.rounds {
        round.venue_name.clear();
    }
    summary.benchmarks.clear();
    summary
}

/// A file may name a party or an outcome that the summary does not have.
#[test]
fn indices_out_of_range_leave_marks_out() {
    let mut summary = summary(LIKELY);
    summary.joint.points.push((0.5, 0.5, 99));
    summary.benchmarks[0].outcomes.push(99);
    summary.issues[0].ideals.push((99, 99));
    summary.issues[0].status_quo = 99;
    summary.variables[0].party = Some(99);
    assert_eq!(figures(&summary).len(), 8);
    summary.joint.x = 99;
    summary.beliefs[0].party = 99;
    assert_eq!(figures(&summary).len(), 6);
    summary.rounds.clear();
    summary.outcomes.clear();
    summary.parties.clear();
    let names: Vec<String> = figures(&summary)
        .into_iter()
        .map(|figure| figure.name)
        .collect();
    assert_eq!(names, ["5-issues"]);
}

#[test]
fn a_scenario_gives_all_its_charts() {
    let names: Vec<String> = figures(&summary(LIKELY))
        .into_iter()
        .map(|figure| figure.name)
        .collect();
    let expected = [
        "1-outcomes",
        "2-timeline",
        "3-concessions",
        "4-joint",
        "5-issues",
        "6-beliefs-russia",
        "7-tension",
        "9-time-to-end",
    ];
    assert_eq!(names, expected);
}

#[test]
fn no_words_leave_the_sheet_or_overlap() {
    for (case, figure) in all() {
        let sheet = &figure.draw;
        let words: Vec<_> = sheet.all_words().collect();
        for (index, one) in words.iter().enumerate() {
            let bounds = one.bounds();
            assert!(
                bounds.0 >= 0.0 && bounds.1 >= 0.0 && bounds.2 <= WIDTH && bounds.3 <= sheet.height,
                "{case} {}: “{}” leaves the sheet: {bounds:?}",
                figure.name,
                one.text,
            );
            for other in &words[index + 1..] {
                assert!(
                    !meet(bounds, other.bounds()),
                    "{case} {}: “{}” overlaps “{}”",
                    figure.name,
                    one.text,
                    other.text,
                );
            }
        }
    }
}

#[test]
fn no_mark_leaves_the_sheet() {
    for (case, figure) in all() {
        for mark in &figure.draw.marks {
            let points = match mark {
                Mark::Box { from, to, .. } => vec![*from, *to],
                Mark::Area { points, .. } | Mark::Line { points, .. } => points.clone(),
                Mark::Disc { centre, .. } => vec![*centre],
                Mark::Words(_) => Vec::new(),
            };
            for (x, y) in points {
                assert!(
                    (0.0..=WIDTH).contains(&x) && (0.0..=figure.draw.height).contains(&y),
                    "{case} {}: {mark:?}",
                    figure.name
                );
            }
        }
    }
}

#[test]
fn svg_is_well_formed_and_says_what_it_shows() {
    for (case, figure) in all() {
        let svg = figure.svg().expect("the figure is drawn");
        well_formed(&svg).unwrap_or_else(|why| panic!("{case} {}: {why}", figure.name));
        let opening = svg.split('>').next().unwrap_or_default();
        assert!(opening.contains("role=\"img\""), "{opening}");
        assert!(opening.contains("width=\"1200\"") && opening.contains("viewBox=\"0 0 12000 "));
        assert_eq!(svg.matches("<svg").count(), 1);
        assert_eq!(svg.matches("<title>").count(), 1);
        assert_eq!(svg.matches("<desc>").count(), 1);
        assert!(!figure.title.is_empty() && !figure.description.is_empty());
    }
}

/// Checks nesting, quoting and escaping; enough for documents without comments or CDATA.
fn well_formed(text: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        check_text(&rest[..start])?;
        let tail = &rest[start + 1..];
        let end = tail.find('>').ok_or("a tag does not end")?;
        let tag = &tail[..end];
        if tag.contains('<') {
            return Err(format!("`<` within the tag `{tag}`"));
        }
        check_text(tag)?;
        if !tag.matches('"').count().is_multiple_of(2) {
            return Err(format!("odd quotes in `{tag}`"));
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("`</{name}>` closes nothing"));
            }
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap_or_default());
        }
        rest = &tail[end + 1..];
    }
    check_text(rest)?;
    if open.is_empty() {
        Ok(())
    } else {
        Err(format!("left open: {open:?}"))
    }
}

fn check_text(text: &str) -> Result<(), String> {
    for (at, _) in text.match_indices('&') {
        let known = ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;"];
        if !known.iter().any(|entity| text[at..].starts_with(entity)) {
            return Err(format!("bare `&` in `{text}`"));
        }
    }
    match text
        .chars()
        .find(|letter| letter.is_control() && *letter != '\n')
    {
        Some(letter) => Err(format!("control character {letter:?}")),
        None => Ok(()),
    }
}

#[test]
fn the_checker_refuses_broken_documents() {
    for broken in [
        "<a><b></a>",
        "<a>",
        "<a>&</a>",
        "<a b=\"c></a>",
        "<a>\u{1}</a>",
    ] {
        assert!(well_formed(broken).is_err(), "{broken}");
    }
    assert_eq!(well_formed("<a b=\"c\"><d/>x &amp; y</a>\n"), Ok(()));
}

#[test]
fn the_same_summary_gives_the_same_bytes() {
    let (first, second) = (figures(&summary(LIKELY)), figures(&summary(LIKELY)));
    for (one, other) in first.iter().zip(&second) {
        assert_eq!(one.svg().expect("drawn"), other.svg().expect("drawn"));
    }
    let png = first[1].png().expect("drawn");
    assert_eq!(png, second[1].png().expect("drawn"));
    let decoder = png::Decoder::new(std::io::Cursor::new(&png));
    let mut reader = decoder.read_info().expect("a PNG header");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut pixels).expect("pixels");
    assert_eq!(info.width, WIDTH as u32);
    assert_eq!(info.height, first[1].draw.height as u32);
    let shades: std::collections::BTreeSet<&[u8]> = pixels.chunks_exact(3).collect();
    assert!(shades.len() > 50, "only {} colours", shades.len());
}

#[test]
fn titles_state_the_numbers() {
    let mut summary = summary(LIKELY);
    for outcome in &mut summary.outcomes {
        outcome.share = match outcome.severity {
            4 => 0.41,
            8 => 0.17,
            _ => 0.07,
        };
    }
    let all = figures(&summary);
    assert_eq!(
        all[0].title,
        "Talks continue past the horizon in 41 of 100 runs; large-scale invasion in 17"
    );
    assert!(
        all[1].title.contains("41 of 100 runs still talking"),
        "{}",
        all[1].title
    );
    let compared = comparison(&[summary]);
    assert!(
        compared.title.contains("24 of 100 runs"),
        "{}",
        compared.title
    );
}

/// A war may cost more than everything that was at stake: such runs are shown where they are.
#[test]
fn utilities_below_zero_stand_below_zero() {
    let mut summary = summary(LIKELY);
    let words = |summary: &Summary| -> Vec<String> {
        let figures = figures(summary);
        let joint = figures.iter().find(|figure| figure.name == "4-joint");
        let joint = joint.expect("two parties");
        joint
            .draw
            .all_words()
            .map(|words| words.text.clone())
            .collect()
    };
    for point in &mut summary.joint.points {
        *point = (point.0.max(0.0), point.1.max(0.0), point.2);
    }
    assert!(!words(&summary).iter().any(|words| words.starts_with('-')));
    summary.joint.points.push((-0.6, 0.3, 0));
    let marked = words(&summary);
    for tick in ["-75", "0", "100"] {
        assert!(
            marked.iter().any(|words| words == tick),
            "{tick} in {marked:?}"
        );
    }
}

/// Where there is only one end and nothing moves the titles say so.
#[test]
fn titles_of_certainty_are_plain() {
    let mut certain = certain();
    for variable in &mut certain.variables {
        for band in &mut variable.bands {
            (band.q05, band.q25, band.q50, band.q75, band.q95) = (0.2, 0.2, 0.2, 0.2, 0.2);
        }
    }
    let titles: Vec<String> = figures(&certain).into_iter().map(|f| f.title).collect();
    assert!(titles[0].starts_with("All runs end alike: "), "{titles:?}");
    assert!(
        titles.iter().any(|title| title.contains("never moves")),
        "{titles:?}"
    );
}
