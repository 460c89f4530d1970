//! Which number, moved alone within its range, would turn a verdict.
//!
//! A number is moved by pinning it: every draw then has the same value of it in both scenarios, and
//! all other numbers and all luck stay what they were. Both ends are the 5 % and the 95 % quantile;
//! where the two scenarios hold different distributions of one number, each is pinned at its own.
//!
//! The search goes from cheap to sure. First, without a further run, the effect in each draw is
//! regressed on the rank that the draw gave to each number, which says how far the effect should
//! move towards either end (slopes shrunken towards zero by what noise alone would give them).
//! Those that come nearest to another verdict are pinned and played in the first draws of the plan;
//! the best of these are played in all of them, and only that decides. Where the verdict turns is
//! then closed in on between the middle of the range and the end.
//! What a number does in the middle of its range only, or together with others, is not looked for.

use serde::Serialize;

use super::effect::{Effect, Test, margin, verdict};
use super::play::{Runs, play};
use crate::ensemble::Plan;
use crate::ensemble::paired::Verdict;
use crate::ensemble::summary::Interval;
use crate::model::Model;
use crate::model::plan::Param;
use crate::model::streams::parameter_uniform;
use crate::scenario::claims::Measure;
use crate::scenario::quantity::{Dist, Provenance};

/// Ends of a range, as quantiles.
const ENDS: (f64, f64) = (0.05, 0.95);
/// Numbers that are pinned and played in a part of the draws.
const CANDIDATES: usize = 4;
/// That part: one draw in so many.
const PART: u32 = 5;
/// Numbers that are pinned and played in all draws.
const CONFIRMED: usize = 2;
/// Further values at which the place is closed in on.
const STEPS: usize = 3;

/// The two sides of a claim, played.
pub(super) struct Pair<'a> {
    pub(super) models: [&'a Model; 2],
    pub(super) runs: [&'a Runs; 2],
    pub(super) measure: &'a Measure,
    pub(super) test: Test,
}

/// What came of the search.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Search {
    /// Uncertain numbers of either scenario that were looked at.
    pub screened: usize,
    /// Of these, numbers that were pinned and played.
    pub played: usize,
    /// The number that turns the verdict, if one was found.
    pub flip: Option<Flip>,
    /// Of the numbers that were played in all draws or else in a part, the one that comes nearest
    /// to turning the verdict at one of its ends.
    pub nearest: Option<Probe>,
}

/// A number that turns the verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flip {
    /// At the end of its range.
    pub probe: Probe,
    /// From this quantile of the number on, towards that end, the verdict is another.
    pub quantile: f64,
    /// The values at that quantile, in the first and the second scenario; none where a scenario
    /// does not have the number.
    pub at: [Option<f64>; 2],
}

/// A pair of scenarios played with one number pinned.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Probe {
    /// Path of the number.
    pub number: String,
    /// Why it has the distribution it has, in the second scenario or else in the first.
    pub provenance: Provenance,
    /// The 5 % and 95 % quantiles, in the first and in the second scenario.
    pub range: [Option<(f64, f64)>; 2],
    /// Whether it was pinned at the upper end.
    pub upper: bool,
    /// The effect there.
    pub difference: f64,
    /// Its 95 % interval by chance.
    pub interval: Interval,
    /// Pairs of runs.
    pub pairs: u64,
    /// The verdict there.
    pub verdict: Verdict,
}

impl Pair<'_> {
    fn plan(&self) -> Plan {
        self.runs[0].plan
    }

    fn values(&self, side: usize, runs: &Runs, draws: u32) -> Vec<f64> {
        runs.values(self.models[side], self.measure, draws)
    }

    /// The effect as it stands.
    pub(super) fn effect(&self) -> Effect {
        let draws = self.plan().draws();
        let [first, second] = [0, 1].map(|side| self.values(side, self.runs[side], draws));
        Effect::of(&first, &second, self.plan(), self.measure)
    }

    /// The effect with a number pinned at a quantile, in the first draws of the plan.
    fn pinned(&self, number: &str, quantile: f64, draws: u32) -> Effect {
        let whole = self.plan();
        let plan = Plan::new(whole.seed(), draws, whole.replicates()).expect("a part of a plan");
        let [first, second] = [0, 1].map(|side| {
            match pin(self.models[side], number, quantile) {
                Some(model) => self.values(side, &play(&model, plan), draws),
                // A scenario without the number is as it was.
                None => self.values(side, self.runs[side], draws),
            }
        });
        Effect::of(&first, &second, plan, self.measure)
    }

    fn at(&self, number: &str, quantile: f64) -> [Option<f64>; 2] {
        self.models.map(|model| {
            let param = uncertain(model).find(|param| param.name == number)?;
            Some(param.dist.quantile(quantile))
        })
    }

    fn probe(&self, candidate: &Candidate, effect: &Effect) -> Probe {
        let [lows, highs] = [ENDS.0, ENDS.1].map(|end| self.at(&candidate.name, end));
        let range = [0, 1].map(|side| lows[side].zip(highs[side]));
        let why = self.models.iter().rev().find_map(|model| {
            let quantities = model.scenario.quantities();
            let found = (quantities.iter())
                .find(|quantity| quantity.path == candidate.name && !quantity.dist.is_constant())?;
            Some(found.provenance.clone())
        });
        Probe {
            number: candidate.name.clone(),
            provenance: why.unwrap_or_default(),
            range,
            upper: candidate.upper,
            difference: effect.difference,
            interval: effect.interval,
            pairs: effect.pairs,
            verdict: verdict(self.test, effect.interval),
        }
    }
}

/// The numbers of a model that have a range.
fn uncertain(model: &Model) -> impl Iterator<Item = &Param> {
    let params = model.params.iter();
    params.filter(|param| !param.dist.is_constant())
}

/// The model with a number pinned; none if it has no such number, or no range of it.
fn pin(model: &Model, number: &str, quantile: f64) -> Option<Model> {
    let place = model
        .params
        .iter()
        .position(|param| param.name == number && !param.dist.is_constant())?;
    let mut pinned = model.clone();
    let dist = &mut pinned.params[place].dist;
    *dist = Dist::Constant(dist.quantile(quantile));
    Some(pinned)
}

/// A number and the end at which it should bring the verdict nearest to another.
struct Candidate {
    name: String,
    upper: bool,
    /// Margin there; see [`margin`].
    margin: f64,
}

impl Candidate {
    fn end(&self) -> f64 {
        if self.upper { ENDS.1 } else { ENDS.0 }
    }
}

/// Looks for the number that turns a verdict.
pub(super) fn search(pair: &Pair<'_>, effect: &Effect, now: Verdict) -> Search {
    let screened = screen(pair, effect, now);
    let count = screened.len();
    let all = pair.plan().draws();
    let part = all.div_ceil(PART);
    // At the full number of pairs the interval would be about as wide as that of the effect itself.
    let around = |difference: f64| Interval {
        low: difference + effect.interval.low - effect.difference,
        high: difference + effect.interval.high - effect.difference,
    };
    let mut tried: Vec<(Candidate, Probe)> = screened
        .into_iter()
        .take(CANDIDATES)
        .map(|mut candidate| {
            let there = pair.pinned(&candidate.name, candidate.end(), part);
            candidate.margin = margin(pair.test, now, around(there.difference));
            let probe = pair.probe(&candidate, &there);
            (candidate, probe)
        })
        .collect();
    tried.sort_by(|(a, _), (b, _)| a.margin.total_cmp(&b.margin).then(a.name.cmp(&b.name)));
    let played = tried.len();
    let mut nearest = None;
    for (candidate, rough) in tried.into_iter().take(CONFIRMED) {
        // Beyond what the part of the draws could be wrong by, there is nothing to confirm.
        let slack = (rough.interval.high - rough.interval.low) / 2.0;
        if candidate.margin > slack {
            nearest.get_or_insert(rough);
            continue;
        }
        let there = pair.pinned(&candidate.name, candidate.end(), all);
        let probe = pair.probe(&candidate, &there);
        if probe.verdict != now {
            let flip = close_in(pair, &candidate, (probe.clone(), &rough), effect, now);
            return Search {
                screened: count,
                played,
                flip: Some(flip),
                nearest: Some(probe),
            };
        }
        let margin_of = |probe: &Probe| margin(pair.test, now, around(probe.difference));
        nearest = match nearest.take() {
            Some(other) if margin_of(&other) <= margin_of(&probe) => Some(other),
            _ => Some(probe),
        };
    }
    Search {
        screened: count,
        played,
        flip: None,
        nearest,
    }
}

/// The number's place in the order of how near it should bring the verdict to another.
fn screen(pair: &Pair<'_>, effect: &Effect, now: Verdict) -> Vec<Candidate> {
    let mut names: Vec<&Param> = Vec::new();
    for model in pair.models {
        for param in uncertain(model) {
            if names.iter().all(|known| known.name != param.name) {
                names.push(param);
            }
        }
    }
    let seed = pair.plan().seed();
    let mut candidates: Vec<Candidate> = (names.iter())
        .map(|param| {
            let ranks: Vec<f64> = (0..effect.by_draw.len() as u32)
                .map(|draw| parameter_uniform(seed, &param.key, draw))
                .collect();
            let slope = slope(&ranks, &effect.by_draw);
            let at = |end: f64| {
                let moved = slope * (end - 0.5);
                let interval = Interval {
                    low: effect.interval.low + moved,
                    high: effect.interval.high + moved,
                };
                margin(pair.test, now, interval)
            };
            let (lower, upper) = (at(ENDS.0), at(ENDS.1));
            Candidate {
                name: param.name.clone(),
                upper: upper < lower,
                margin: lower.min(upper),
            }
        })
        .collect();
    candidates.sort_by(|a, b| a.margin.total_cmp(&b.margin).then(a.name.cmp(&b.name)));
    candidates
}

/// Slope of a straight line through the effects, by least squares, shrunken by its own noise:
/// `b max(0, 1 - (se / b)^2)` (James and Stein 1961, positive part).
fn slope(ranks: &[f64], effects: &[f64]) -> f64 {
    let n = ranks.len() as f64;
    if ranks.len() < 3 {
        return 0.0;
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
    let (x, y) = (mean(ranks), mean(effects));
    let pairs = || ranks.iter().zip(effects);
    let sxx: f64 = ranks.iter().map(|r| (r - x) * (r - x)).sum();
    let sxy: f64 = pairs().map(|(r, e)| (r - x) * (e - y)).sum();
    if sxx <= 0.0 {
        return 0.0;
    }
    let b = sxy / sxx;
    let residual: f64 = pairs()
        .map(|(r, e)| {
            let off = e - y - b * (r - x);
            off * off
        })
        .sum();
    let squared_error = residual / (n - 2.0) / sxx;
    if b * b <= squared_error {
        0.0
    } else {
        b * (1.0 - squared_error / (b * b))
    }
}

/// Closes in on where the verdict turns: each time at the value at which a straight line between
/// the two nearest known values would turn it, kept away from both.
///
/// These are played in a part of the draws, moved by what that part is off at the end of the range,
/// where all draws were played too.
fn close_in(
    pair: &Pair<'_>,
    candidate: &Candidate,
    (probe, rough): (Probe, &Probe),
    effect: &Effect,
    now: Verdict,
) -> Flip {
    let left = |interval| margin(pair.test, now, interval);
    let part = pair.plan().draws().div_ceil(PART);
    // With the number free the effect is about what it is at the middle of its range.
    let mut inside = (0.5, left(effect.interval).max(0.0));
    let mut outside = (candidate.end(), left(probe.interval).min(0.0));
    for _ in 0..STEPS {
        let span = inside.1 - outside.1;
        let way = if span > 0.0 { inside.1 / span } else { 0.5 };
        let quantile = inside.0 + way.clamp(0.15, 0.85) * (outside.0 - inside.0);
        let there = pair.pinned(&candidate.name, quantile, part);
        let moved = there.difference - rough.difference;
        let interval = Interval {
            low: probe.interval.low + moved,
            high: probe.interval.high + moved,
        };
        if verdict(pair.test, interval) == now {
            inside = (quantile, left(interval).max(0.0));
        } else {
            outside = (quantile, left(interval).min(0.0));
        }
    }
    Flip {
        probe,
        quantile: outside.0,
        at: pair.at(&candidate.name, outside.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_is_found_and_noise_is_not() {
        let ranks: Vec<f64> = (0..200).map(|i| (f64::from(i) + 0.5) / 200.0).collect();
        let line: Vec<f64> = ranks.iter().map(|r| 0.3 - 0.2 * r).collect();
        assert!((slope(&ranks, &line) + 0.2).abs() < 1e-9);
        // As many up as down, at alternating ranks: no slope to speak of.
        let noise: Vec<f64> = (0..200)
            .map(|i| if i % 2 == 0 { 1.0 } else { -1.0 })
            .collect();
        assert!(slope(&ranks, &noise).abs() < 1e-9);
        assert!(slope(&ranks[..2], &line[..2]).abs() < 1e-12);
        assert!(slope(&[0.5; 9], &line[..9]).abs() < 1e-12);
    }
}
