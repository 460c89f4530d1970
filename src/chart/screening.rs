//! A screening: which numbers move the outcomes, and which do so now this way, now that.

use super::Figure;
use super::canvas::{Anchor, Canvas, Look, Point};
use super::panel::Panel;
use super::phrase;
use super::sensitivity::shortened;
use super::theme::{INK, MARGIN, MUTED, PAPER, SHARE, WIDTH};
use crate::drivers::screening::Screening;

/// Names in the picture of effects.
const NAMED: usize = 12;

/// Size of the effects against their spread.
#[expect(
    clippy::too_many_lines,
    reason = "one picture, drawn from back to front"
)]
pub fn figures(it: &Screening) -> Vec<Figure> {
    let Some(&first) = it.top.first() else {
        return Vec::new();
    };
    let title = format!(
        "{} moves most: {:.3} on average over its whole range of probability",
        it.factors[first].path, it.whole.factors[first].mean_size
    );
    let (mut canvas, top) = Canvas::titled(
        &title,
        "Elementary effects (Morris 1991), luck held fixed: to the right, what moves more; upwards, what moves now this \
         way, now that, because of curves or of the other numbers. Lines: 95 % over resampled trajectories. On the \
         dashed line the spread is as large as the size.",
    );
    let effects = || it.top.iter().map(|&index| it.whole.factors[index]);
    let most = |of: fn(&crate::drivers::screening::Effect) -> f64| {
        effects().map(|effect| of(&effect)).fold(1e-9, f64::max) * 1.05
    };
    let panel = Panel {
        left: MARGIN + 56.0,
        top: top + 8.0,
        width: WIDTH - 2.0 * MARGIN - 56.0 - 150.0,
        height: 520.0,
        across: (0.0, most(|effect| effect.mean_size_high)),
        up: (0.0, most(|effect| effect.spread_high)),
    };
    let scale = |end: f64| -> Vec<(f64, String)> {
        let step = round_step(end);
        (0..100)
            .map(|tick| f64::from(tick) * step)
            .take_while(|tick| *tick <= end)
            .map(|tick| (tick, format!("{}", (tick * 1e6).round() / 1e6)))
            .collect()
    };
    panel.ticks_up(&mut canvas, &scale(panel.up.1));
    panel.ticks_across(&mut canvas, &scale(panel.across.1));
    let end = panel.across.1.min(panel.up.1);
    canvas.dashes(
        &[panel.at(0.0, 0.0), panel.at(end, end)],
        1.2,
        MUTED,
        (5.0, 4.0),
    );
    let look = Look::small();
    canvas.words(
        (panel.left, panel.top - 6.0),
        "spread of the effects (sigma)",
        look,
    );
    let at = (panel.right(), panel.bottom() + 36.0);
    canvas.words(
        at,
        "mean size of the effects (mu*)",
        look.anchor(Anchor::End),
    );
    let mut discs: Vec<Point> = Vec::new();
    for (rank, &index) in it.top.iter().enumerate().rev() {
        let effect = it.whole.factors[index];
        let at = panel.at(effect.mean_size, effect.spread);
        let named = rank < NAMED;
        if named {
            let across = [
                panel.at(effect.mean_size_low, effect.spread),
                panel.at(effect.mean_size_high, effect.spread),
            ];
            let up = [
                panel.at(effect.mean_size, effect.spread_low),
                panel.at(effect.mean_size, effect.spread_high),
            ];
            canvas.line(&across, 1.0, SHARE.at(0.5));
            canvas.line(&up, 1.0, SHARE.at(0.5));
        }
        let (radius, colour) = if named { (4.6, SHARE) } else { (3.0, MUTED) };
        canvas.disc(at, radius + 1.0, PAPER);
        canvas.disc(at, radius, colour);
        discs.push(at);
    }
    for &index in it.top.iter().take(NAMED) {
        let effect = it.whole.factors[index];
        let (x, y) = panel.at(effect.mean_size, effect.spread);
        let look = Look::small().colour(INK);
        let name = shortened(&it.factors[index].path, look, 300.0);
        let base = y + 0.36 * look.size;
        let places = [
            ((x + 6.0, base - 12.0), Anchor::Start),
            ((x + 6.0, base + 12.0), Anchor::Start),
            ((x - 7.0, base - 13.0), Anchor::End),
            ((x - 7.0, base + 13.0), Anchor::End),
            ((x, base - 22.0), Anchor::Middle),
            ((x, base + 22.0), Anchor::Middle),
        ];
        let within = (panel.left, panel.top, WIDTH - MARGIN, panel.bottom());
        canvas.words_where_free(&places, &name, look, within);
    }
    let listed: Vec<String> = it
        .top
        .iter()
        .take(NAMED)
        .map(|&index| {
            let effect = it.whole.factors[index];
            format!(
                "{} size {:.3}, spread {:.3}",
                it.factors[index].path, effect.mean_size, effect.spread
            )
        })
        .collect();
    let partial = if it.missing > 0 {
        "PARTIAL: stopped early  |  "
    } else {
        ""
    };
    let footer = format!(
        "{partial}n = {} runs ({} trajectories over {} numbers, {} lucks a point), seed {}  |  {}  |  {}; given these \
         assumptions, not a forecast",
        phrase::count(it.runs),
        phrase::count(it.trajectories),
        it.factors.len(),
        it.replicates,
        it.seed,
        it.scenario,
        it.whole.name,
    );
    vec![Figure {
        name: "1-effects".to_owned(),
        description: format!("Points. {}.", listed.join("; ")),
        title,
        draw: canvas.finish(panel.bottom() + 46.0, &footer),
    }]
}

fn round_step(end: f64) -> f64 {
    let rough = end / 6.0;
    let mut power = 1.0;
    while power > rough && power > 1e-9 {
        power /= 10.0;
    }
    while power * 10.0 <= rough {
        power *= 10.0;
    }
    [1.0, 2.0, 5.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= rough)
        .unwrap_or(10.0 * power)
}
