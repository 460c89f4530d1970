//! Claims put to the model: each a pair of scenarios on the same luck, a verdict, and the parameter
//! that would turn it.
//!
//! Flows in: compiled scenarios, the claims' questions, a plan. Flows out: [`Finding`]s, one a claim.
//! Invariant: a finding is a function of scenarios, questions and plan; the number of threads
//! changes no bit. A verdict says what the model implies, not what is true.
//!
//! `play` runs the pairs, `effect` measures and judges, `flip` looks for the parameter, `summary` is
//! what tables, chart and page are made from.

mod effect;
mod flip;
mod play;
pub mod summary;

use serde::Serialize;

use super::Plan;
use super::paired::Verdict;
use crate::model::Model;
use crate::scenario::claims::Measure;
use crate::scenario::types::Direction;
use crate::stats::holm::holm;

pub use effect::{Effect, Test, margin, verdict};
pub use flip::{Flip, Probe, Search};
pub use play::{Runs, play};

/// The level of every test and of every interval.
pub const LEVEL: f64 = 0.05;

/// What a claim asks of a pair of scenarios.
#[derive(Debug, Clone)]
pub struct Question {
    /// First scenario, by its place among the models.
    pub base: usize,
    /// Second scenario.
    pub change: usize,
    /// What is measured.
    pub measure: Measure,
    /// The direction it should take, and how far.
    pub test: Test,
}

/// What the model says of a claim.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The verdict: by the interval, if the test holds after Holm's correction too.
    pub verdict: Verdict,
    /// The verdict by the interval alone, as if no other claim had been tested.
    pub alone: Verdict,
    /// What was measured.
    pub effect: Effect,
    /// Probability of so large a departure if there were none.
    pub p: f64,
    /// The same after Holm's correction over all claims of the file.
    pub p_holm: f64,
    /// Which number would turn the verdict.
    pub search: Search,
}

/// Puts every question to the models; `done` hears of each scenario or claim that is finished.
pub fn examine(
    models: &[Model],
    questions: &[Question],
    plan: Plan,
    pool: &rayon::ThreadPool,
    done: &mut dyn FnMut(),
) -> Vec<Finding> {
    let mut played: Vec<Option<Runs>> = models.iter().map(|_| None).collect();
    for question in questions {
        for side in [question.base, question.change] {
            if played[side].is_none() {
                played[side] = Some(pool.install(|| play(&models[side], plan)));
                done();
            }
        }
    }
    let runs = |side: usize| played[side].as_ref().expect("both sides were played");
    let mut findings: Vec<Finding> = Vec::new();
    for question in questions {
        let pair = flip::Pair {
            models: [&models[question.base], &models[question.change]],
            runs: [runs(question.base), runs(question.change)],
            measure: &question.measure,
            test: question.test,
        };
        let effect = pair.effect();
        let alone = verdict(question.test, effect.interval);
        findings.push(Finding {
            verdict: alone,
            alone,
            p: effect.p(question.test),
            p_holm: 1.0,
            search: pool.install(|| flip::search(&pair, &effect, alone)),
            effect,
        });
        done();
    }
    let p: Vec<f64> = findings.iter().map(|finding| finding.p).collect();
    for (finding, p_holm) in findings.iter_mut().zip(holm(&p)) {
        finding.p_holm = p_holm;
        if p_holm >= LEVEL {
            finding.verdict = Verdict::Inconclusive;
        }
    }
    findings
}

/// On the scale of 100, with one decimal.
pub fn hundredths(x: f64) -> String {
    // Adding zero turns a minus zero into zero.
    format!("{:.1}", (x * 1000.0).round() / 10.0 + 0.0)
}

/// The same with its sign.
pub fn signed(x: f64) -> String {
    let text = hundredths(x);
    if x > 0.0 && text != "0.0" {
        format!("+{text}")
    } else {
        text
    }
}

/// The sign that a direction asks for; none for `same`.
fn sign(direction: Direction) -> Option<f64> {
    match direction {
        Direction::Up => Some(1.0),
        Direction::Down => Some(-1.0),
        Direction::Same => None,
    }
}
