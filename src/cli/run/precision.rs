//! How many runs a precision takes: looks at doubling sizes until the widest interval is narrow.

use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use serde::Serialize;

use super::{Loaded, RunArgs};
use crate::cli::CliError;
use crate::cli::progress::Meter;
use crate::ensemble::looks::Looks;
use crate::ensemble::run::Progress;
use crate::ensemble::{Plan, Simulator, outcomes};
use crate::report::layout::thousands;
use crate::stats::clopper_pearson::simultaneous;
use crate::stats::goodman::goodman;

/// Draws played between two looks at the clock and at Ctrl-C.
const STRETCH: u32 = 100;

/// One look.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Look {
    /// Runs so far, of each file.
    pub runs: u64,
    /// Half the width of the widest interval.
    pub half_width: f64,
}

/// Where the looks ended.
#[derive(Debug, Clone, Serialize)]
pub struct Settled {
    /// Half-width asked for.
    pub precision: f64,
    /// Every look, the last one at the size that was taken.
    pub looks: Vec<Look>,
    /// Whether it was reached within the most runs allowed.
    pub reached: bool,
    /// The plan of the last look.
    #[serde(skip)]
    pub plan: Plan,
}

impl Settled {
    /// 0, or 1 where the precision was not reached.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(u8::from(!self.reached))
    }

    /// What happened, in a sentence.
    pub fn words(&self) -> String {
        let last = self.looks.last().expect("there is a first look");
        let size = thousands(last.runs);
        let width = last.half_width;
        if self.reached {
            format!("{size} runs are enough: every share within {width:.4} by chance")
        } else {
            format!(
                "not precise enough after the most runs allowed, {size}: a share is known within \
                 {width:.4} only; `--max-runs` allows more"
            )
        }
    }
}

/// Reads a half-width.
pub(in crate::cli) fn half_width(text: &str) -> Result<f64, String> {
    (text.parse().ok())
        .filter(|half| (0.0001..0.5).contains(half))
        .ok_or_else(|| "use a number from 0.0001 up to 0.5, such as 0.01".to_owned())
}

/// A pool of so many threads, or of one for each core.
pub(in crate::cli) fn pool(threads: Option<NonZeroUsize>) -> Result<rayon::ThreadPool, CliError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.map_or(0, NonZeroUsize::get))
        .build()
        .map_err(|error| CliError::Message(format!("cannot start the worker threads: {error}")))
}

/// Plays the draws that a longer plan adds to a log of outcomes.
///
/// # Errors
/// If it was told to stop.
pub(in crate::cli) fn extend<S: Simulator>(
    simulator: &S,
    log: &mut Vec<u8>,
    plan: Plan,
    cancel: &AtomicBool,
    meter: &mut Meter,
) -> Result<(), CliError> {
    let luck = (plan.seed(), plan.replicates());
    let mut from = plan.run_at(log.len() as u64).0;
    while from < plan.draws() {
        let to = plan.draws().min(from.saturating_add(STRETCH));
        let more = outcomes::play(simulator, luck, from..to, cancel)
            .ok_or_else(|| CliError::Message("stopped; nothing was written".to_owned()))?;
        log.extend(more);
        from = to;
        meter.update(Progress {
            done: log.len() as u64,
            total: plan.runs(),
        });
    }
    Ok(())
}

impl RunArgs {
    /// The size at which every share of every file is precise enough; none unless it was asked for.
    pub(super) fn settle<S: Simulator>(
        &self,
        scenarios: &[Loaded<S>],
        cancel: &AtomicBool,
    ) -> Result<Option<Settled>, CliError> {
        let Some(precision) = self.precision else {
            return Ok(None);
        };
        let pool = pool(self.threads)?;
        let limits = if self.exact { simultaneous } else { goodman };
        let mut logs = vec![Vec::new(); scenarios.len()];
        let mut looks = Vec::new();
        let mut plans = Looks::new(self.seed, self.replicates, self.max_runs)
            .plans()
            .peekable();
        while let Some(plan) = plans.next() {
            let mut widest: f64 = 0.0;
            for (loaded, log) in scenarios.iter().zip(&mut logs) {
                let simulator = &loaded.simulator;
                let facts = simulator.info();
                let mut meter = Meter::new(&facts.scenario.id, plan.runs(), self.quiet);
                pool.install(|| extend(simulator, log, plan, cancel, &mut meter))?;
                meter.finish();
                let counts = outcomes::counts(log, facts.outcomes.len());
                let halves = limits(&counts, 0.05).into_iter();
                widest = halves
                    .map(|(low, high)| (high - low) / 2.0)
                    .fold(widest, f64::max);
            }
            looks.push(Look {
                runs: plan.runs(),
                half_width: widest,
            });
            let settled = Settled {
                precision,
                looks: looks.clone(),
                reached: widest <= precision,
                plan,
            };
            if settled.reached || plans.peek().is_none() {
                self.say(&settled.words());
                return Ok(Some(settled));
            }
        }
        unreachable!("there is a last look, and it returns")
    }
}
