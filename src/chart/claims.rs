//! The claims below each other: how far each pair of scenarios differs, and what that says of the
//! statement.

use super::Figure;
use super::canvas::{Anchor, Canvas, Look, Shape};
use super::phrase;
use super::theme::{Colour, GRID, GROUND, IGNORANCE, INK, MARGIN, MUTED, PAPER, WIDTH};
use crate::ensemble::claims::signed;
use crate::ensemble::claims::summary::{ClaimSummary, ClaimsSummary};
use crate::ensemble::paired::Verdict;
use crate::scenario::types::Direction;

const NAME_ROOM: f64 = 400.0;
const PANEL: (f64, f64) = (MARGIN + NAME_ROOM + 24.0, WIDTH - MARGIN - 190.0);
const WORDS: f64 = WIDTH - MARGIN - 172.0;
/// Effects in points at which there may be a line.
const TICKS: [f64; 9] = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 70.0, 100.0];

/// The forest plot of the claims: supported first, then contradicted, then inconclusive, in each
/// the largest effect first.
///
/// The question it answers: which statements does the model bear out, by how much, and how sure is
/// each, by chance and given what nobody knows?
pub fn claims(summary: &ClaimsSummary) -> Figure {
    let mut order: Vec<&ClaimSummary> = summary.claims.iter().collect();
    order.sort_by(|a, b| {
        let key = |claim: &ClaimSummary| (rank(claim), -claim.finding.effect.difference.abs());
        let (a, b) = (key(a), key(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    let title = title(summary);
    let (mut canvas, top) = Canvas::titled(
        &title,
        "Change from the first to the second scenario of each claim's pair, in points of a hundred (shares of \
         runs, or utility). The ground is grey where the claim expects it. Mark: mean. Dark line: chance (95 %). \
         Wide strip: not knowing (90 % of parameter draws). The scale widens small changes: places go by square roots.",
    );
    let scale = Scale::around(&order);
    let mut y = top + 26.0;
    scale.header(&mut canvas, y);
    let first = y;
    y += 6.0;
    let mut last = None;
    for claim in &order {
        if last != Some(rank(claim)) {
            last = Some(rank(claim));
            canvas.line(&[(MARGIN, y), (WIDTH - MARGIN, y)], 1.0, MUTED);
        }
        y = row(&mut canvas, claim, &scale, y);
    }
    let zero = scale.x(0.0);
    canvas.line(&[(zero, first), (zero, y)], 1.2, MUTED);
    let canvas = canvas.finish(y, &footer(summary));
    Figure {
        name: "claims".to_owned(),
        description: description(&order),
        title,
        draw: canvas,
    }
}

fn rank(claim: &ClaimSummary) -> u8 {
    match claim.finding.verdict {
        Verdict::Supported => 0,
        Verdict::Contradicted => 1,
        Verdict::Inconclusive => 2,
    }
}

/// Shape and colour of a verdict; the word stands beside it.
fn sign(verdict: Verdict) -> (Shape, Colour) {
    match verdict {
        Verdict::Supported => (Shape::Disc, Colour(0, 114, 178)),
        Verdict::Contradicted => (Shape::Diamond, Colour(190, 70, 0)),
        Verdict::Inconclusive => (Shape::Square, MUTED),
    }
}

fn title(summary: &ClaimsSummary) -> String {
    let n = summary.claims.len();
    let [yes, no, open] = [
        Verdict::Supported,
        Verdict::Contradicted,
        Verdict::Inconclusive,
    ]
    .map(|verdict| summary.count(verdict));
    let plural = if n == 1 { "claim" } else { "claims" };
    format!("Of {n} {plural} the model supports {yes}, contradicts {no} and leaves {open} open")
}

fn description(order: &[&ClaimSummary]) -> String {
    let lines: Vec<String> = order
        .iter()
        .map(|claim| {
            let effect = &claim.finding.effect;
            format!(
                "{}: {}, {} points, by chance {} to {}, over draws {} to {}",
                claim.id,
                claim.finding.verdict.word(),
                signed(effect.difference),
                signed(effect.interval.low),
                signed(effect.interval.high),
                signed(effect.band.q05),
                signed(effect.band.q95),
            )
        })
        .collect();
    format!("A forest plot, one row a claim. {}.", lines.join(". "))
}

fn footer(summary: &ClaimsSummary) -> String {
    let design = summary.design;
    format!(
        "n = {} pairs of runs a claim ({} parameter draws × {} runs, seed {})  |  verdicts at 5 % after Holm's \
         correction over {} claims  |  given these assumptions, not a forecast",
        phrase::count(design.pairs),
        phrase::count(u64::from(design.draws)),
        design.replicates,
        design.seed,
        design.stated,
    )
}

/// Points to pixels, by signed square roots.
struct Scale {
    /// Points at the left and right edge, whole ticks.
    ends: (f64, f64),
}

impl Scale {
    fn around(claims: &[&ClaimSummary]) -> Self {
        let values = claims.iter().flat_map(|claim| {
            let effect = &claim.finding.effect;
            [
                effect.interval.low,
                effect.interval.high,
                effect.band.q05,
                effect.band.q95,
            ]
        });
        let (low, high) = values
            .filter(|value| value.is_finite())
            .fold((0.0_f64, 0.0_f64), |(low, high), value| {
                (low.min(100.0 * value), high.max(100.0 * value))
            });
        let reach = |far: f64| {
            let tick = TICKS.into_iter().find(|tick| *tick >= far.abs() - 1e-9);
            tick.unwrap_or(TICKS[TICKS.len() - 1])
        };
        Self {
            ends: (-reach(low), reach(high)),
        }
    }

    fn x(&self, points: f64) -> f64 {
        let root = |x: f64| x.signum() * x.abs().sqrt();
        let (low, high) = (root(self.ends.0), root(self.ends.1));
        let place = (root(points) - low) / (high - low);
        PANEL.0 + (PANEL.1 - PANEL.0) * place.clamp(0.0, 1.0)
    }

    fn share(&self, share: f64) -> f64 {
        self.x(100.0 * share)
    }

    /// The ticks that have room, from the ends inwards.
    fn ticks(&self) -> Vec<f64> {
        let mut ticks = vec![0.0];
        let all = TICKS.iter().rev();
        for tick in all.flat_map(|tick| [-tick, *tick]) {
            let inside = tick >= self.ends.0 - 1e-9 && tick <= self.ends.1 + 1e-9;
            let free = ticks
                .iter()
                .all(|other| (self.x(*other) - self.x(tick)).abs() > 34.0);
            if inside && free {
                ticks.push(tick);
            }
        }
        ticks
    }

    fn header(&self, canvas: &mut Canvas, y: f64) {
        let look = Look::small().anchor(Anchor::Middle);
        for tick in self.ticks() {
            let sign = if tick > 0.0 { "+" } else { "" };
            canvas.words((self.x(tick), y - 5.0), &format!("{sign}{tick}"), look);
        }
        canvas.words(
            (MARGIN, y - 5.0),
            "claim, and what should happen to what",
            Look::small(),
        );
        canvas.words(
            (WORDS + 8.0, y - 5.0),
            "verdict, change in points",
            Look::small(),
        );
    }
}

/// One claim; returns the height below.
fn row(canvas: &mut Canvas, claim: &ClaimSummary, scale: &Scale, top: f64) -> f64 {
    let effect = &claim.finding.effect;
    let look = Look::body().bold();
    let below = canvas.paragraph((MARGIN, top + 6.0), &claim.statement, look, NAME_ROOM, 3);
    let who = format!("{} ({})", claim.said_by, claim.date);
    let below = canvas.paragraph((MARGIN, below), &who, Look::small(), NAME_ROOM, 1);
    let words = claim.expectation();
    let below = canvas.paragraph((MARGIN, below), &words, Look::small(), NAME_ROOM, 2);
    let bottom = below.max(top + 50.0) + 6.0;
    let middle = f64::midpoint(top, bottom);
    ground(canvas, claim, scale, (top + 1.0, bottom - 1.0));
    for tick in scale.ticks() {
        let x = scale.x(tick);
        canvas.line(&[(x, top), (x, bottom)], 1.0, GRID);
    }
    let band = &effect.band;
    if band.n > 1 {
        let (left, right) = (scale.share(band.q05), scale.share(band.q95));
        let ends = ((left, middle - 9.0), (right, middle + 9.0));
        canvas.rect(ends.0, ends.1, IGNORANCE.at(0.28));
    }
    let ends = [effect.interval.low, effect.interval.high].map(|x| (scale.share(x), middle));
    canvas.line(&ends, 4.5, PAPER.at(0.8));
    canvas.line(&ends, 2.2, INK);
    let (shape, colour) = sign(claim.finding.verdict);
    let at = (scale.share(effect.difference), middle);
    canvas.shape(shape, at, 8.5, PAPER);
    canvas.shape(shape, at, 7.0, colour);
    if claim.finding.verdict == Verdict::Inconclusive {
        canvas.shape(shape, at, 4.0, PAPER);
    }
    let look = Look::body().bold().colour(colour.for_words());
    let mark = (WORDS + 6.0, middle - 10.0);
    canvas.shape(shape, mark, 6.0, colour);
    if claim.finding.verdict == Verdict::Inconclusive {
        canvas.shape(shape, mark, 3.4, PAPER);
    }
    let word = claim.finding.verdict.word();
    canvas.words((WORDS + 18.0, middle - 5.0), word, look);
    let change = format!(
        "{} ({} to {})",
        signed(effect.difference),
        signed(effect.interval.low),
        signed(effect.interval.high)
    );
    canvas.words((WORDS, middle + 14.0), &change, Look::small());
    canvas.line(&[(MARGIN, bottom), (WIDTH - MARGIN, bottom)], 1.0, GRID);
    bottom
}

/// Marks where the claim expects the change to lie.
fn ground(canvas: &mut Canvas, claim: &ClaimSummary, scale: &Scale, (top, bottom): (f64, f64)) {
    let m = claim.at_least;
    let (left, right) = match claim.direction {
        Direction::Up => (scale.share(m), PANEL.1),
        Direction::Down => (PANEL.0, scale.share(-m)),
        Direction::Same => (scale.share(-m), scale.share(m)),
    };
    canvas.rect((left, top), (right, bottom), GROUND);
}
