//! What gets settled where: one row an issue, one cell a level, with the parties' ideals and red
//! lines above.

use super::Figure;
use super::canvas::{Anchor, Canvas, Look};
use super::phrase;
use super::theme::{
    Colour, GRID, GROUND, INK, MARGIN, MUTED, SHARE, WIDTH, party_colours, party_signs,
};
use crate::ensemble::summary::{IssueSummary, Summary};

const NAME_ROOM: f64 = 190.0;
const CELLS: (f64, f64) = (250.0, 1040.0);
const OPEN_LEFT: f64 = 1062.0;
const GAP: f64 = 10.0;
const BAR: f64 = 20.0;
/// Height of a red line's lane.
const LANE: f64 = 15.0;
/// Distance between the discs of ideals.
const DISC: f64 = 23.0;

/// Signs and colours of the parties.
struct Key {
    signs: Vec<String>,
    colours: Vec<Colour>,
}

/// The rows; none without issues.
pub(super) fn figure(summary: &Summary) -> Option<Figure> {
    if summary.issues.is_empty() {
        return None;
    }
    let title = title(&summary.issues);
    let (mut canvas, top) = Canvas::titled(
        &title,
        "Share of all runs in which an agreement settles the issue at each level; a full cell is 100 %.",
    );
    let key = Key {
        signs: party_signs(&summary.parties),
        colours: party_colours(&summary.parties),
    };
    let mut top = legend(&mut canvas, summary, &key, top) + 6.0;
    for issue in &summary.issues {
        canvas.line(&[(MARGIN, top), (WIDTH - MARGIN, top)], 1.0, GRID);
        top = row(&mut canvas, issue, &key, top + 10.0) + 12.0;
    }
    let canvas = canvas.finish(top - 8.0, &phrase::footer(summary));
    Some(Figure {
        name: "5-issues".to_owned(),
        description: description(&summary.issues),
        title,
        draw: canvas,
    })
}

fn settled(issue: &IssueSummary) -> f64 {
    issue.settled.iter().sum()
}

fn title(issues: &[IssueSummary]) -> String {
    let mut sorted: Vec<&IssueSummary> = issues.iter().collect();
    sorted.sort_by(|a, b| settled(b).total_cmp(&settled(a)));
    let never = sorted.iter().filter(|issue| settled(issue) <= 0.0).count();
    match sorted[..] {
        [first, ..] if settled(first) <= 0.0 => "No issue is settled in any run".to_owned(),
        [first, .., last] => {
            let seldom = match never {
                0 => format!(
                    "least often: {}, in\u{a0}{}",
                    phrase::short(&last.name),
                    phrase::of_hundred(settled(last))
                ),
                1 => format!("never: {}", phrase::short(&last.name)),
                _ => format!("{never} of {} issues never", issues.len()),
            };
            format!(
                "Most often settled: {}, in {}; {seldom}",
                phrase::short(&first.name),
                phrase::of_runs(settled(first)),
            )
        }
        [only] => format!(
            "Settled in {}: {}",
            phrase::of_runs(settled(only)),
            phrase::short(&only.name)
        ),
        [] => String::new(),
    }
}

fn description(issues: &[IssueSummary]) -> String {
    let rows: Vec<String> = issues
        .iter()
        .map(|issue| {
            let levels: Vec<String> = issue
                .levels
                .iter()
                .zip(&issue.settled)
                .map(|(level, share)| format!("{level} {}", phrase::percent(*share)))
                .collect();
            let open = phrase::percent(1.0 - settled(issue));
            format!("{}: {}; not settled {open}", issue.name, levels.join(", "))
        })
        .collect();
    format!("One row an issue, one cell a level. {}.", rows.join(". "))
}

/// Explains the signs; returns the height below.
fn legend(canvas: &mut Canvas, summary: &Summary, key: &Key, top: f64) -> f64 {
    let look = Look::small().colour(INK);
    let (mut x, mut y) = (MARGIN, top + 11.0);
    for (index, party) in summary.parties.iter().enumerate() {
        let name = super::font::fit(phrase::head(&party.name), look.size, false, 260.0);
        let width = 28.0 + look.width(&name) + 22.0;
        if x + width > WIDTH - MARGIN && x > MARGIN {
            (x, y) = (MARGIN, y + 26.0);
        }
        disc(canvas, (x + 10.0, y), key, index);
        canvas.words((x + 26.0, y + 0.36 * look.size), &name, look);
        x += width;
    }
    let note = "Discs: the level each party would like best. Lines with a foot: levels a party refuses \
                (its red line; thicker is firmer). Framed cell, “now”: status quo. All at the modes.";
    let room = WIDTH - 2.0 * MARGIN;
    canvas.paragraph((MARGIN, y + 18.0), note, Look::small(), room, 2)
}

fn disc(canvas: &mut Canvas, (x, y): (f64, f64), key: &Key, party: usize) {
    let colour = key.colours.get(party).copied().unwrap_or(MUTED);
    let sign = key.signs.get(party).map_or("?", String::as_str);
    canvas.disc((x, y), 10.0, colour);
    let look = Look {
        size: 11.0,
        ..Look::small().bold().colour(colour.words_on())
    };
    canvas.words((x, y + 0.36 * look.size), sign, look.anchor(Anchor::Middle));
}

/// One issue; returns the height below.
fn row(canvas: &mut Canvas, issue: &IssueSummary, key: &Key, top: f64) -> f64 {
    let levels = issue.levels.len().max(1);
    let width = (CELLS.1 - CELLS.0 + GAP) / levels as f64;
    let left = |level: usize| CELLS.0 + level as f64 * width;
    let lanes = red_lines(canvas, issue, key, top, width);
    let bar = ideals(canvas, issue, key, lanes, width);
    let mut below = bar;
    for level in 0..issue.levels.len() {
        let share = issue.settled.get(level).copied().unwrap_or(0.0);
        let room = width - GAP;
        let (from, to) = ((left(level), bar), (left(level) + room, bar + BAR));
        canvas.rect(from, to, GROUND);
        let filled = from.0 + room * share.clamp(0.0, 1.0);
        canvas.rect(from, (filled, to.1), SHARE);
        let mut words = phrase::percent(share);
        if level == issue.status_quo {
            canvas.frame(from, to, 2.0, INK);
            words += " · now";
        }
        let look = Look::body().bold();
        // Where the word has no room the frame alone says it.
        if super::font::fit(&words, look.size, true, room) != words {
            words = phrase::percent(share);
        }
        let look = if share > 0.0 {
            look
        } else {
            look.colour(MUTED)
        };
        let at = (from.0, to.1 + 4.0);
        let words = super::font::fit(&words, look.size, true, room);
        canvas.words((at.0, at.1 + look.size), &words, look);
        let at = (at.0, at.1 + look.leading());
        let look = Look::small();
        below = below.max(canvas.paragraph(at, &issue.levels[level], look, room, 4));
    }
    let look = Look::body().bold();
    let named = canvas.paragraph((MARGIN, bar), &issue.name, look, NAME_ROOM, 4);
    below.max(named).max(open(canvas, issue, bar))
}

/// The share of runs that leave the issue open, beside the levels.
fn open(canvas: &mut Canvas, issue: &IssueSummary, bar: f64) -> f64 {
    let share = (1.0 - settled(issue)).clamp(0.0, 1.0);
    let room = WIDTH - MARGIN - OPEN_LEFT;
    let (from, to) = ((OPEN_LEFT, bar), (OPEN_LEFT + room, bar + BAR));
    canvas.rect(from, to, GROUND);
    canvas.rect(from, (from.0 + room * share, to.1), Colour(150, 150, 150));
    let look = Look::body().bold();
    let at = (from.0, to.1 + 4.0);
    canvas.words((at.0, at.1 + look.size), &phrase::percent(share), look);
    canvas.paragraph(
        (at.0, at.1 + look.leading()),
        "not settled",
        Look::small(),
        room,
        1,
    )
}

/// Lines over the levels that each party refuses, a lane a party; returns the height below.
fn red_lines(canvas: &mut Canvas, issue: &IssueSummary, key: &Key, top: f64, width: f64) -> f64 {
    let mut lane = top;
    let right_end = CELLS.0 + issue.levels.len() as f64 * width - GAP;
    for line in &issue.red_lines {
        let above = line.above.filter(|level| level + 1 < issue.levels.len());
        let below = line
            .below
            .filter(|level| (1..issue.levels.len()).contains(level));
        if above.is_none() && below.is_none() {
            continue;
        }
        let colour = key.colours.get(line.party).copied().unwrap_or(MUTED);
        let sign = key.signs.get(line.party).map_or("?", String::as_str);
        let y = lane + LANE / 2.0;
        let stroke = 1.2 + 2.3 * line.firmness.clamp(0.0, 1.0);
        let look = Look {
            size: 11.0,
            ..Look::small().bold().colour(colour.for_words())
        };
        let mut draw = |edge: f64, end: f64, anchor: Anchor, away: f64| {
            canvas.line(&[(edge, y), (end, y)], stroke, colour);
            canvas.line(&[(edge, y - 4.0), (edge, y + 7.0)], stroke, colour);
            let at = (edge + away, y + 0.36 * look.size);
            canvas.words(at, sign, look.anchor(anchor));
        };
        if let Some(level) = above {
            let edge = CELLS.0 + (level + 1) as f64 * width - GAP / 2.0;
            draw(edge, right_end, Anchor::End, -5.0);
        }
        if let Some(level) = below {
            let edge = CELLS.0 + level as f64 * width - GAP / 2.0;
            draw(edge, CELLS.0, Anchor::Start, 5.0);
        }
        lane += LANE;
    }
    lane
}

/// Discs over the levels that parties like best; returns the height below.
fn ideals(canvas: &mut Canvas, issue: &IssueSummary, key: &Key, top: f64, width: f64) -> f64 {
    let a_row = (((width - GAP) / DISC).floor() as usize).max(1);
    let mut rows = 0;
    for level in 0..issue.levels.len() {
        let here: Vec<usize> = issue
            .ideals
            .iter()
            .filter(|ideal| ideal.1 == level)
            .map(|ideal| ideal.0)
            .collect();
        for (index, party) in here.iter().enumerate() {
            let x = CELLS.0 + level as f64 * width + 10.0 + (index % a_row) as f64 * DISC;
            let y = top + 11.0 + (index / a_row) as f64 * DISC;
            disc(canvas, (x, y), key, *party);
        }
        rows = rows.max(here.len().div_ceil(a_row));
    }
    top + rows as f64 * DISC + 2.0
}
