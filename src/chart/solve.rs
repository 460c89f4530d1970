//! Figures of `solve`: utilities of all solutions, the board of win-sets, votes over levels beside
//! what the simulation does.

use super::Figure;
use super::canvas::{Anchor, Canvas, Look, Point, Shape};
use super::font;
use super::joint::solution_mark;
use super::panel::{Panel, hundred, panel_heading};
use super::theme::{Colour, GRID, INK, MARGIN, MUTED, PAPER, WIDTH, series_colour};
use crate::solve::plot::{Board, LevelShares, Mark, Plot, Scatter};
use crate::solve::report::Spread;

const SIDE: f64 = 640.0;

/// The figures of some plots, in order; `footer` says where the numbers come from.
pub fn figures(plots: &[Plot], footer: &str) -> Vec<Figure> {
    plots
        .iter()
        .filter_map(|plot| match plot {
            Plot::Scatter(scatter) => Some(utilities(scatter, footer)),
            Plot::Board(board) => Some(win_sets(board, footer)),
            Plot::Levels { issues } => levels(issues, footer),
        })
        .collect()
}

/// Utilities of two parties in every solution, draw by draw, and at the modes.
fn utilities(scatter: &Scatter, footer: &str) -> Figure {
    let (x, y) = (&scatter.x.1, &scatter.y.1);
    let title = match scatter
        .solutions
        .first()
        .and_then(|mark| mark.modes.map(|at| (mark, at)))
    {
        Some((mark, at)) => format!(
            "{} puts {x} at {:.0} and {y} at {:.0}, against {:.0} and {:.0} without agreement",
            mark.name,
            100.0 * at.0,
            100.0 * at.1,
            100.0 * scatter.no_deal.0,
            100.0 * scatter.no_deal.1,
        ),
        None => format!("Where theory puts {x} and {y}"),
    };
    let (mut canvas, top) = Canvas::titled(
        &title,
        "Utility (0 the party's worst, 100 all it wants) of the bargaining solutions among all parties. \
         Pale marks: one draw of the uncertain numbers each; dark marks: all numbers at their modes.",
    );
    let values = scatter
        .solutions
        .iter()
        .flat_map(|mark| mark.draws.iter().chain(&mark.modes));
    let values: Vec<(f64, f64)> = values
        .copied()
        .chain([scatter.no_deal, scatter.now])
        .collect();
    let panel = Panel {
        left: MARGIN + 40.0,
        top: top + 26.0,
        width: SIDE,
        height: SIDE,
        across: range(values.iter().map(|at| at.0)),
        up: range(values.iter().map(|at| at.1)),
    };
    panel.ticks_up(&mut canvas, &ticks(panel.up));
    panel.ticks_across(&mut canvas, &ticks(panel.across));
    canvas.frame(
        (panel.left, panel.top),
        (panel.right(), panel.bottom()),
        1.0,
        MUTED,
    );
    let look = Look::body().bold();
    let name = |text: String| font::fit(&text, look.size, true, SIDE + 20.0);
    canvas.words(
        (MARGIN, panel.top - 14.0),
        &name(format!("↑ utility of {y}")),
        look,
    );
    let at = (panel.right(), panel.bottom() + 44.0);
    canvas.words(
        at,
        &name(format!("utility of {x} →")),
        look.anchor(Anchor::End),
    );
    let frontier: Vec<Point> = scatter
        .frontier
        .iter()
        .filter(|(a, b)| within(*a, panel.across) && within(*b, panel.up))
        .map(|(a, b)| panel.at(*a, *b))
        .collect();
    for (index, mark) in scatter.solutions.iter().enumerate() {
        let opacity = if mark.draws.len() > 100 { 0.35 } else { 0.55 };
        for (a, b) in &mark.draws {
            canvas.shape(
                Shape::Disc,
                panel.at(*a, *b),
                3.6,
                series_colour(index).at(opacity),
            );
        }
    }
    canvas.line(&frontier, 5.0, PAPER.at(0.7));
    canvas.line(&frontier, 2.2, INK);
    let now = panel.at(scatter.now.0, scatter.now.1);
    stands(&mut canvas, now);
    cross(&mut canvas, panel.at(scatter.no_deal.0, scatter.no_deal.1));
    for (index, mark) in scatter.solutions.iter().enumerate() {
        if let Some((a, b)) = mark.modes {
            let at = panel.at(a, b);
            canvas.disc(at, 13.0, series_colour(index));
            solution_mark(&mut canvas, index, at);
        }
    }
    let below = key(&mut canvas, scatter, (panel.right() + 50.0, panel.top));
    let canvas = canvas.finish(below.max(panel.bottom() + 50.0), footer);
    let words = |mark: &Mark| {
        let at = mark.modes.map_or_else(
            || "nowhere at the modes".to_owned(),
            |at| format!("at {:.0} and {:.0}", 100.0 * at.0, 100.0 * at.1),
        );
        format!(" {} {at}, in {} draws.", mark.name, mark.draws.len())
    };
    let description = format!(
        "Scatter of utilities of {x} (across) and {y} (up). {title}.{}",
        scatter.solutions.iter().map(words).collect::<String>()
    );
    Figure {
        name: "solve-utility".to_owned(),
        title,
        description,
        draw: canvas,
    }
}

fn within(value: f64, (low, high): (f64, f64)) -> bool {
    (low..=high).contains(&value)
}

/// A range in whole tenths around all values.
fn range(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::NEG_INFINITY, f64::max);
    let low = ((low - 0.02) * 10.0).floor() / 10.0;
    let above = ((high + 0.02) * 10.0).ceil() / 10.0;
    let high = if high <= 1.0 { above.min(1.0) } else { above };
    (low, high.max(low + 0.1))
}

fn ticks((low, high): (f64, f64)) -> Vec<(f64, String)> {
    let steps = ((high - low) * 10.0).round() as i32;
    let every = if steps > 6 { 2 } else { 1 };
    (0..=steps)
        .step_by(every)
        .map(|step| {
            let value = low + f64::from(step) / 10.0;
            // Adding zero turns a minus zero into zero.
            (value, format!("{:.0}", (value * 100.0).round() + 0.0))
        })
        .collect()
}

fn cross(canvas: &mut Canvas, (x, y): Point) {
    for (width, ink) in [(6.5, PAPER), (3.2, INK)] {
        canvas.line(&[(x - 8.0, y - 8.0), (x + 8.0, y + 8.0)], width, ink);
        canvas.line(&[(x - 8.0, y + 8.0), (x + 8.0, y - 8.0)], width, ink);
    }
}

/// The situation as it stands: a frame wide enough for a cross inside.
fn stands(canvas: &mut Canvas, (x, y): Point) {
    for (width, ink) in [(6.0, PAPER), (3.0, INK)] {
        canvas.frame((x - 12.0, y - 12.0), (x + 12.0, y + 12.0), width, ink);
    }
}

fn key(canvas: &mut Canvas, scatter: &Scatter, (left, top): Point) -> f64 {
    let room = WIDTH - MARGIN - left;
    let look = Look::body();
    let mut top = canvas.paragraph(
        (left, top),
        "Where theory puts it",
        Look::heading(),
        room,
        1,
    ) + 8.0;
    for (index, mark) in scatter.solutions.iter().enumerate() {
        let at = (left + 12.0, top + look.size * 0.64);
        canvas.disc(at, 13.0, series_colour(index));
        solution_mark(canvas, index, at);
        top = canvas.paragraph((left + 36.0, top), &mark.name, look, room - 36.0, 2) + 10.0;
    }
    let at = (left + 12.0, top + look.size * 0.64);
    cross(canvas, at);
    top = canvas.paragraph((left + 36.0, top), "no agreement", look, room - 36.0, 1) + 10.0;
    let at = (left + 12.0, top + look.size * 0.64);
    stands(canvas, at);
    top = canvas.paragraph((left + 36.0, top), "as it stands", look, room - 36.0, 1) + 10.0;
    canvas.line(&[(left, top + 10.0), (left + 24.0, top + 10.0)], 2.2, INK);
    let words = "what the two alone could reach; the other parties have a say in the solutions, so \
                 these lie below";
    canvas.paragraph((left + 36.0, top), words, Look::small(), room - 36.0, 6)
}

const PASSES: Colour = Colour(0, 114, 178);
const FAILS: Colour = Colour(213, 94, 0);

/// Forms against those who must ratify.
fn win_sets(board: &Board, footer: &str) -> Figure {
    let open = board.forms.iter().filter(|form| form.open >= 0.5).count();
    let title = format!(
        "{open} of {} forms of agreement would pass at home and leave everyone better off",
        board.forms.len()
    );
    let (mut canvas, top) = Canvas::titled(
        &title,
        "Each bar: chance of ratification at the modes of the numbers, thin line: 90 of 100 draws. A form \
         is in the win-sets if it passes more often than not (line at one half). Right: gain of the one \
         who gains least in the fairest package of that form, in points of 100.",
    );
    let names = 250.0;
    let columns = board.parties.len() + 1;
    let cell = ((WIDTH - 2.0 * MARGIN - names - 250.0) / columns as f64).min(260.0);
    let heads = board
        .parties
        .iter()
        .map(String::as_str)
        .chain(["all together"]);
    for (column, head) in heads.enumerate() {
        let left = MARGIN + names + column as f64 * cell;
        panel_heading(&mut canvas, (left, top + 16.0), head, cell - 16.0, INK);
    }
    let last = MARGIN + names + columns as f64 * cell + 8.0;
    panel_heading(
        &mut canvas,
        (last, top + 16.0),
        "fairest package",
        240.0,
        INK,
    );
    let mut y = top + 36.0;
    let high = 62.0;
    for form in &board.forms {
        canvas.line(&[(MARGIN, y), (WIDTH - MARGIN, y)], 1.0, GRID);
        canvas.paragraph(
            (MARGIN, y + 12.0),
            &form.name,
            Look::body(),
            names - 20.0,
            2,
        );
        let all = Some(form.all);
        for (column, chance) in form.ratifies.iter().chain([&all]).enumerate() {
            let left = MARGIN + names + column as f64 * cell;
            match chance {
                Some((value, spread)) => {
                    bar(&mut canvas, (left, y + 14.0), cell - 70.0, *value, *spread)
                }
                None => canvas.words((left, y + 33.0), "not asked", Look::small()),
            }
        }
        let gain = form
            .zone
            .0
            .map_or("none allowed by all".to_owned(), |gain| {
                let spread = &form.zone.1;
                let band = if spread.n > 0 {
                    format!(" ({:.1} to {:.1})", 100.0 * spread.q05, 100.0 * spread.q95)
                } else {
                    String::new()
                };
                format!("{:+.1}{band}", 100.0 * gain)
            });
        canvas.words((last, y + 26.0), &gain, Look::body());
        let verdict = format!("ratifiable zone in {:.0}% of draws", 100.0 * form.open);
        canvas.words((last, y + 46.0), &verdict, Look::small());
        y += high;
    }
    let canvas = canvas.finish(y, footer);
    let rows = board.forms.iter().map(|form| {
        format!(
            " {}: ratified by all {:.0} times in 100, ratifiable zone in {:.0}% of draws.",
            form.name,
            100.0 * form.all.0,
            100.0 * form.open
        )
    });
    Figure {
        name: "solve-win-sets".to_owned(),
        description: format!(
            "Board of forms and those who must ratify. {title}.{}",
            rows.collect::<String>()
        ),
        title,
        draw: canvas,
    }
}

fn bar(canvas: &mut Canvas, (left, top): Point, width: f64, value: f64, spread: Spread) {
    let colour = if value >= 0.5 { PASSES } else { FAILS };
    canvas.rect((left, top), (left + width, top + 22.0), GRID);
    canvas.rect(
        (left, top),
        (left + width * value.clamp(0.0, 1.0), top + 22.0),
        colour.at(0.85),
    );
    if spread.n > 0 {
        let at = |share: f64| left + width * share.clamp(0.0, 1.0);
        let middle = top + 28.0;
        canvas.line(
            &[(at(spread.q05), middle), (at(spread.q95), middle)],
            3.0,
            colour,
        );
    }
    let half = left + width / 2.0;
    canvas.line(&[(half, top - 3.0), (half, top + 31.0)], 1.4, INK);
    let label = format!("{:.0}%", 100.0 * value);
    canvas.words((left + width + 6.0, top + 17.0), &label, Look::body());
}

/// Simulated shares as bars, the election as an outline over them.
fn levels(issues: &[LevelShares], footer: &str) -> Option<Figure> {
    let first = issues.first()?;
    let beside = first.simulated.is_some();
    let title = if beside {
        let apart = issues
            .iter()
            .filter(|issue| leader(issue, true) != leader(issue, false))
            .count();
        format!(
            "A weighted vote and the simulation put {apart} of {} issues at different levels",
            issues.len()
        )
    } else {
        "What a weighted vote over each issue alone would choose".to_owned()
    };
    let subtitle = if beside {
        "By level: bars are shares of simulated runs that end there, agreed or not; outlines the \
         probability in a Condorcet election weighted by power, lines 90 of 100 draws."
    } else {
        "By level: outlines are the probability in a Condorcet election weighted by power at the modes, \
         lines 90 of 100 draws. Run with `--replicates` to see simulated shares beside."
    };
    let (mut canvas, top) = Canvas::titled(&title, subtitle);
    let (columns, wide, high) = (3, (WIDTH - 2.0 * MARGIN) / 3.0, 214.0);
    for (index, issue) in issues.iter().enumerate() {
        let left = MARGIN + (index % columns) as f64 * wide;
        let upper = top + (index / columns) as f64 * high;
        panel_heading(
            &mut canvas,
            (left, upper + 18.0),
            &issue.issue,
            wide - 24.0,
            INK,
        );
        let panel = Panel {
            left: left + 34.0,
            top: upper + 30.0,
            width: wide - 64.0,
            height: high - 78.0,
            across: (-0.5, issue.levels.len() as f64 - 0.5),
            up: (0.0, 1.0),
        };
        panel.ticks_up(&mut canvas, &hundred());
        for level in 0..issue.levels.len() {
            column(&mut canvas, &panel, issue, level);
        }
    }
    let bottom = top + issues.len().div_ceil(columns) as f64 * high;
    let canvas = canvas.finish(bottom, footer);
    let words = |issue: &LevelShares| {
        let level = leader(issue, false);
        let p = issue.election[level].0;
        format!(
            " {}: {} with {:.0}%.",
            issue.issue,
            issue.levels[level],
            100.0 * p
        )
    };
    Some(Figure {
        name: "solve-election".to_owned(),
        description: format!("{title}.{}", issues.iter().map(words).collect::<String>()),
        title,
        draw: canvas,
    })
}

fn column(canvas: &mut Canvas, panel: &Panel, issue: &LevelShares, level: usize) {
    let middle = panel.x(level as f64);
    let half = panel.width / issue.levels.len() as f64 * 0.36;
    if let Some(simulated) = &issue.simulated {
        let y = panel.y(simulated[level]);
        canvas.rect(
            (middle - half, y),
            (middle + half, panel.bottom()),
            series_colour(0).at(0.55),
        );
    }
    let (value, spread) = &issue.election[level];
    // An outline without height would be a smear on the axis.
    if *value >= 0.004 {
        let corner = (middle - half, panel.y(*value));
        canvas.frame(corner, (middle + half, panel.bottom()), 2.0, INK);
    }
    if spread.n > 0 {
        canvas.line(
            &[(middle, panel.y(spread.q05)), (middle, panel.y(spread.q95))],
            2.0,
            FAILS,
        );
    }
    let look = Look::small().anchor(Anchor::Middle);
    canvas.words(
        (middle, panel.bottom() + 7.0 + look.size),
        &level.to_string(),
        look,
    );
}

/// The likeliest level, in the simulation or in the election; the lowest among equals.
fn leader(issue: &LevelShares, simulated: bool) -> usize {
    let of = |level: usize| match &issue.simulated {
        Some(shares) if simulated => shares[level],
        _ => issue.election[level].0,
    };
    let levels = 0..issue.levels.len();
    levels
        .reduce(|best, level| if of(level) > of(best) { level } else { best })
        .unwrap_or(0)
}
