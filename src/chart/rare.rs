//! How rare is the outcome, and how far do repetitions agree?

use super::Figure;
use super::canvas::{Anchor, Canvas, Look, Shape};
use super::panel::Panel;
use super::phrase;
use super::theme::{INK, MARGIN, MUTED, SHARE, WIDTH};
use crate::ensemble::discover::number;
use crate::ensemble::rare::RareOutcome;
use crate::math::ln;

/// The share of runs that reach each level, on a scale of powers of ten: every repetition a thin
/// line, their mean a thick one.
pub fn figure(rare: &RareOutcome) -> Figure {
    let outcome = phrase::short(&rare.name);
    let title = if rare.share > 0.0 {
        format!(
            "{outcome}: about 1 run in {}",
            phrase::count((1.0 / rare.share).round() as u64)
        )
    } else {
        format!(
            "{outcome}: not reached by any of {} repetitions",
            rare.repeats
        )
    };
    let subtitle = format!(
        "Share of all runs that get as far, on a scale of powers of ten. Runs are split on their way by {}. Thin: \
         {} independent repetitions; thick: their mean. A line that ends early never got further.",
        rare.level.words(),
        rare.repeats,
    );
    let (mut canvas, top) = Canvas::titled(&title, &subtitle);
    let stages = rare.stages.len();
    let ways: Vec<Vec<f64>> = (rare.estimates.iter())
        .map(|repeat| {
            way(repeat
                .entered
                .iter()
                .map(|&entered| f64::from(entered) / f64::from(rare.paths)))
        })
        .collect();
    let least = (ways.iter().flatten().copied())
        .chain(rare.interval.map(|(low, _)| low))
        .filter(|&share| share > 0.0)
        .fold(1.0, f64::min);
    let decades = (-ln(least) / ln(10.0)).ceil().max(1.0);
    let panel = Panel {
        left: MARGIN + 90.0,
        top: top + 14.0,
        width: WIDTH - 2.0 * MARGIN - 90.0 - 260.0,
        height: 400.0,
        across: (0.0, stages as f64),
        up: (-decades, 0.0),
    };
    let height = |share: f64| panel.y(ln(share.max(1e-300)) / ln(10.0));
    panel.ticks_up(&mut canvas, &ticks(decades as usize));
    for way in &ways {
        let points: Vec<_> = (way.iter().enumerate())
            .filter(|(_, share)| **share > 0.0)
            .map(|(stage, &share)| (panel.x(stage as f64), height(share)))
            .collect();
        canvas.line(&points, 1.0, MUTED.at(0.5));
    }
    let mean = mean(&ways, stages);
    let points: Vec<_> = (mean.iter().enumerate())
        .filter(|(_, share)| **share > 0.0)
        .map(|(stage, &share)| (panel.x(stage as f64), height(share)))
        .collect();
    canvas.line(&points, 3.0, SHARE);
    for &at in &points {
        canvas.disc(at, 5.0, SHARE);
    }
    let below = names(&mut canvas, &panel, rare);
    if let (Some((low, high)), Some(&(x, y))) =
        (rare.interval, points.last().filter(|_| rare.share > 0.0))
    {
        let low = if low > 0.0 {
            height(low)
        } else {
            panel.bottom()
        };
        let high = height(high);
        canvas.line(&[(x, low), (x, high)], 2.0, INK);
        canvas.shape(Shape::Diamond, (x, y), 7.0, INK);
        say_estimate(&mut canvas, rare, (x, y), panel.bottom());
    }
    let footer = format!(
        "{} paths a stage × {} repetitions, {} rounds, seed {}  |  {}  |  given these assumptions, not a forecast",
        rare.paths,
        rare.repeats,
        phrase::count(rare.rounds),
        rare.seed,
        rare.scenario.id,
    );
    let canvas = canvas.finish(below, &footer);
    let description = format!(
        "{title}. {}. Share of runs by stage: {}.",
        interval(rare),
        mean.iter()
            .map(|share| number(*share))
            .collect::<Vec<_>>()
            .join(", "),
    );
    Figure {
        name: "rare".to_owned(),
        title,
        description,
        draw: canvas,
    }
}

/// The estimate beside its mark, both lines above what stands below the axis.
fn say_estimate(canvas: &mut Canvas, rare: &RareOutcome, (x, y): (f64, f64), bottom: f64) {
    let look = Look::body().bold();
    let words = format!("1 in {}", phrase::count((1.0 / rare.share).round() as u64));
    let y = (y + 5.0).min(bottom - look.leading() - 4.0);
    canvas.words((x + 16.0, y), &words, look);
    let words = interval(rare);
    canvas.words((x + 16.0, y + look.leading()), &words, Look::small());
}

/// Powers of ten, at most eight of them named.
fn ticks(decades: usize) -> Vec<(f64, String)> {
    let step = decades.div_ceil(8).max(1);
    let name = |decade: usize| match decade {
        0 => "all runs".to_owned(),
        // Longer numbers are hard to read and leave the margin.
        1..=6 => format!("1 in {}", phrase::count(10_u64.pow(decade as u32))),
        _ => format!("1 in 10^{decade}"),
    };
    let named = (0..=decades).step_by(step);
    named
        .map(|decade| (-(decade as f64), name(decade)))
        .collect()
}

/// Mean over the repetitions after each of so many stages; one that ended counts as 0.
fn mean(ways: &[Vec<f64>], stages: usize) -> Vec<f64> {
    let at = |stage: usize| {
        let shares = ways
            .iter()
            .map(|way| way.get(stage).copied().unwrap_or(0.0));
        shares.sum::<f64>() / ways.len().max(1) as f64
    };
    (0..=stages).map(at).collect()
}

/// Shares of all runs after each stage, the beginning first.
fn way(shares: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut reached = vec![1.0];
    for share in shares {
        let last = reached.last().copied().unwrap_or(1.0);
        reached.push(last * share);
    }
    reached
}

fn interval(rare: &RareOutcome) -> String {
    let one_in = |share: f64| phrase::count((1.0 / share).round() as u64);
    match rare.interval {
        Some((low, high)) if low > 0.0 => {
            format!("95 %: 1 in {} to 1 in {}", one_in(high), one_in(low))
        }
        Some((_, high)) => format!("95 %: at most 1 in {}", one_in(high)),
        None => "no interval".to_owned(),
    }
}

/// What each stage asks for, below it in a slant of lines; returns the height below.
fn names(canvas: &mut Canvas, panel: &Panel, rare: &RareOutcome) -> f64 {
    let look = Look::small().anchor(Anchor::Middle);
    let every = rare.stages.len().div_ceil(10);
    for (index, stage) in rare.stages.iter().enumerate() {
        let last = index + 1 == rare.stages.len();
        if !last && ((index + 1) % every != 0 || index + 1 + every > rare.stages.len()) {
            continue;
        }
        let x = panel.x((index + 1) as f64);
        let words = match stage.threshold {
            Some(threshold) => number(threshold),
            None => "outcome".to_owned(),
        };
        canvas.line(
            &[(x, panel.bottom()), (x, panel.bottom() + 5.0)],
            1.0,
            MUTED,
        );
        canvas.words((x, panel.bottom() + 9.0 + look.size), &words, look);
    }
    canvas.words(
        (panel.left, panel.bottom() + 9.0 + look.size),
        "start",
        look,
    );
    let at = (panel.left, panel.bottom() + 14.0 + 2.0 * look.leading());
    let words = format!("{} reaches", rare.level.id());
    canvas.words(at, &words, Look::small().bold().colour(INK));
    panel.bottom() + 46.0
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::canvas::meet;
    use super::*;
    use crate::ensemble::rare::{Level, RepeatRow, StageShare};
    use crate::ensemble::summary::ScenarioInfo;

    /// So many thresholds; repetitions that let a fifth through, the last of them none at the end.
    fn rare(thresholds: usize) -> RareOutcome {
        let stages = thresholds + 1;
        let last = |repeat: usize, stage: usize| repeat == 4 && stage + 1 == stages;
        RareOutcome {
            scenario: ScenarioInfo {
                id: "quarrel".to_owned(),
                title: "A quarrel".to_owned(),
                summary: String::new(),
                cutoff: date(2020, 1, 1),
            },
            outcome: "strike".to_owned(),
            name: "Strike".to_owned(),
            level: Level::Force,
            seed: 1,
            paths: 500,
            repeats: 5,
            share: 1e-6,
            interval: Some((0.0, 3e-6)),
            relative_error: Some(0.3),
            empty: 1,
            rounds: 100_000,
            plain_runs: Some(1e7),
            thresholds: (0..thresholds)
                .map(|level| 1e-5 * (level + 1) as f64)
                .collect(),
            stages: (0..stages)
                .map(|stage| StageShare {
                    threshold: (stage < thresholds).then(|| 1e-5 * (stage + 1) as f64),
                    paths: 2500,
                    entered: 500,
                    unannounced: 0,
                    rounds: 1000,
                })
                .collect(),
            estimates: (0..5)
                .map(|repeat| RepeatRow {
                    estimate: 1e-6,
                    entered: (0..stages)
                        .map(|stage| if last(repeat, stage) { 0 } else { 100 })
                        .collect(),
                })
                .collect(),
        }
    }

    #[test]
    fn words_stay_on_the_sheet_and_apart() {
        for thresholds in [0, 1, 7, 12, 30] {
            let figure = figure(&rare(thresholds));
            let words: Vec<_> = figure.draw.all_words().collect();
            for (index, one) in words.iter().enumerate() {
                let own = one.bounds();
                let sheet = own.0 >= 0.0 && own.2 <= WIDTH && own.3 <= figure.draw.height;
                assert!(sheet, "{thresholds}: {one:?} leaves the sheet");
                for other in &words[index + 1..] {
                    assert!(
                        !meet(own, other.bounds()),
                        "{thresholds}: {one:?} {other:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn an_outcome_out_of_reach_says_so() {
        let mut none = rare(3);
        (none.share, none.interval, none.relative_error) = (0.0, None, None);
        let figure = figure(&none);
        assert!(
            figure.title.contains("not reached by any of 5"),
            "{}",
            figure.title
        );
    }
}
