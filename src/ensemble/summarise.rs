//! From sums to the summary.
//!
//! Flows in: [`Sums`] over all runs and [`Draws`]. Flows out: [`Summary`]. Invariant: the interval
//! called `chance` shrinks to nothing with more replicates, the band over draws does not.

use super::Plan;
use super::facts::{PartyFacts, ScenarioFacts};
use super::intervals::{BandLimits, IntervalMethod, SurvivalSummary};
use super::summary::{
    Band, BeliefSummary, BenchmarkMark, Design, FlagShare, Interval, IssueSummary, JointSummary,
    MoveCount, OutcomeShare, PartySummary, StatusShares, Summary, TalksSummary, VariableSummary,
};
use super::sums::{DrawSums, Sums};
use super::theory;
use crate::stats::between::{Between, share_variance};
use crate::stats::goodman::goodman;
use crate::stats::histogram::Histogram;
use crate::stats::moments::Moments;
use crate::stats::normal::Z95;
use crate::stats::stratified::stratified_interval;
use crate::stats::student::mean_interval;
use crate::stats::tally::Tally;
use crate::stats::wilson::wilson;

/// What differs between draws, put together from the parts of draws that chunks contain.
///
/// Invariant: parts arrive in run order, so a draw is complete when the next one begins.
#[derive(Debug)]
pub(super) struct Draws {
    replicates: u32,
    open: Option<DrawSums>,
    shares: Vec<(Between, Tally)>,
    means: Vec<(Between, Histogram)>,
    utility: Vec<Moments>,
}

impl Draws {
    pub(super) fn new(facts: &ScenarioFacts, replicates: u32) -> Self {
        let share = || (Between::default(), Tally::default());
        let mean = || (Between::default(), Histogram::new(-1.0, 2.0, 6000));
        Self {
            replicates,
            open: None,
            shares: facts.outcomes.iter().map(|_| share()).collect(),
            means: facts.parties.iter().map(|_| mean()).collect(),
            utility: vec![Moments::default(); facts.parties.len()],
        }
    }

    pub(super) fn push(&mut self, part: DrawSums) {
        for (all, utility) in self.utility.iter_mut().zip(&part.utility) {
            all.merge(utility);
        }
        match &mut self.open {
            Some(open) if open.draw == part.draw => {
                open.runs += part.runs;
                open.outcomes
                    .iter_mut()
                    .zip(&part.outcomes)
                    .for_each(|(sum, x)| *sum += x);
                open.utility
                    .iter_mut()
                    .zip(&part.utility)
                    .for_each(|(sum, x)| sum.merge(x));
            }
            open => {
                let finished = open.replace(part);
                self.close(finished);
            }
        }
    }

    /// Closes the last draw. If the ensemble was stopped in the middle of it, it has fewer runs
    /// than the others and is left out of the bands, unless there is no other.
    pub(super) fn finish(&mut self) {
        let last = self.open.take();
        if let Some(draw) = &last
            && draw.runs < self.replicates
        {
            if self
                .means
                .first()
                .is_some_and(|(between, _)| between.n() > 0)
            {
                return;
            }
            self.replicates = draw.runs;
        }
        self.close(last);
    }

    fn close(&mut self, draw: Option<DrawSums>) {
        let Some(draw) = draw else { return };
        for ((between, tally), &count) in self.shares.iter_mut().zip(&draw.outcomes) {
            let share = f64::from(count) / f64::from(draw.runs);
            between.add(share, share_variance(share, draw.runs).unwrap_or(0.0));
            tally.add(count);
        }
        for ((between, histogram), utility) in self.means.iter_mut().zip(&draw.utility) {
            between.add(utility.mean, utility.variance_of_mean());
            histogram.add(utility.mean);
        }
    }

    // With one run a draw, luck and parameters cannot be told apart: no band.
    fn band(&self, between: &Between, quantile: impl Fn(f64) -> f64) -> Band {
        let n = if self.replicates > 1 { between.n() } else { 0 };
        band(n, |q| between.shrink(quantile(q)))
    }

    /// The shares of `kinds` outcomes over whole draws of a log.
    fn of_log(kinds: usize, replicates: u32, outcomes: &[u8]) -> Self {
        let share = || (Between::default(), Tally::default());
        let mut draws = Self {
            replicates,
            open: None,
            shares: (0..kinds).map(|_| share()).collect(),
            means: Vec::new(),
            utility: Vec::new(),
        };
        for (draw, outcomes) in outcomes.chunks(replicates as usize).enumerate() {
            let mut counts = vec![0; kinds];
            for &outcome in outcomes {
                counts[usize::from(outcome)] += 1;
            }
            draws.close(Some(DrawSums {
                draw: draw as u32,
                runs: outcomes.len() as u32,
                outcomes: counts,
                utility: Vec::new(),
            }));
        }
        draws
    }

    fn share_band(&self, outcome: usize) -> Band {
        let (between, tally) = &self.shares[outcome];
        self.band(between, |q| tally.quantile(q) / f64::from(self.replicates))
    }

    fn utility_band(&self, party: usize) -> Band {
        let (between, histogram) = &self.means[party];
        self.band(between, |q| histogram.quantile(q))
    }

    fn utility_chance(&self, party: usize) -> Interval {
        let all = &self.utility[party];
        let limits = if self.replicates > 1 {
            stratified_interval(&self.means[party].0, self.replicates, 0.05)
        } else {
            // One run a draw: the runs' whole variance, which is too wide rather than too narrow.
            mean_interval(all, 0.05)
        };
        // A single run says nothing of chance.
        interval(limits.unwrap_or((all.mean, all.mean)))
    }
}

/// The band of each outcome's share over the draws of a whole log, as in a summary.
pub(super) fn share_bands(kinds: usize, replicates: u32, outcomes: &[u8]) -> Vec<Band> {
    let draws = Draws::of_log(kinds, replicates, outcomes);
    (0..kinds)
        .map(|outcome| draws.share_band(outcome))
        .collect()
}

fn interval((low, high): (f64, f64)) -> Interval {
    Interval { low, high }
}

fn band(n: u64, quantile: impl Fn(f64) -> f64) -> Band {
    Band {
        q05: quantile(0.05),
        q25: quantile(0.25),
        q50: quantile(0.5),
        q75: quantile(0.75),
        q95: quantile(0.95),
        n,
    }
}

fn histogram_band(histogram: &Histogram) -> Band {
    band(histogram.n(), |q| histogram.quantile(q))
}

fn histogram_limits(histogram: &Histogram) -> BandLimits {
    BandLimits::new(histogram.n(), |rank| histogram.at_rank(rank))
}

fn tally_band(tally: &Tally) -> Band {
    band(tally.n(), |q| tally.quantile(q))
}

/// The whole summary. `draws` must be finished and `sums` hold at least one run.
pub(super) fn summarise(facts: &ScenarioFacts, plan: Plan, sums: &Sums, draws: &Draws) -> Summary {
    let share = |count: u64| count as f64 / sums.runs as f64;
    Summary {
        scenario: facts.scenario.clone(),
        design: Design {
            seed: plan.seed(),
            draws: plan.draws(),
            replicates: plan.replicates(),
            runs: sums.runs,
            partial: sums.runs < plan.runs(),
        },
        intervals: IntervalMethod::Score,
        outcomes: outcomes(facts, sums, draws),
        benchmarks: benchmarks(facts),
        flags: (facts.flags.iter().zip(&sums.flags))
            .map(|(flag, &count)| FlagShare {
                id: flag.id.clone(),
                name: flag.name.clone(),
                share: share(count),
                chance: interval(wilson(count, sums.runs, Z95)),
            })
            .collect(),
        parties: (facts.parties.iter().enumerate())
            .map(|(index, party)| party_summary(facts, index, party, sums, draws))
            .collect(),
        rounds: facts.rounds.clone(),
        timeline: (sums.status.iter())
            .map(|&[talking, settled, broken_off, force]| StatusShares {
                talking: share(talking),
                settled: share(settled),
                broken_off: share(broken_off),
                force: share(force),
            })
            .collect(),
        issues: issues(facts, sums),
        joint: JointSummary {
            x: facts.joint.x,
            y: facts.joint.y,
            points: sums.points.clone(),
            status_quo: facts.joint.status_quo,
            disagreement: facts.joint.disagreement,
            frontier: facts.joint.frontier.clone(),
            solutions: facts.joint.solutions.clone(),
        },
        beliefs: beliefs(facts, sums),
        variables: variables(facts, sums),
        theory: theory::summarise(&sums.measured),
        talks: TalksSummary {
            agreement: share(sums.agreement),
            days_to_agreement: tally_band(&sums.days_to_agreement),
            days_to_agreement_limits: BandLimits::new(sums.days_to_agreement.n(), |rank| {
                sums.days_to_agreement.at_rank(rank)
            }),
            days_to_end: tally_band(&sums.days_to_end),
            ended_early: share(sums.ended_early),
            failed_ratification: share(sums.failed),
            walkout: share(sums.walkout),
            forms: (facts.forms.iter().zip(&sums.forms))
                .map(|(form, &count)| (form.id.clone(), share(count)))
                .collect(),
        },
        survival: SurvivalSummary::new(&sums.ends, facts.start),
    }
}

fn outcomes(facts: &ScenarioFacts, sums: &Sums, draws: &Draws) -> Vec<OutcomeShare> {
    let chance = goodman(&sums.outcomes, 0.05);
    (facts.outcomes.iter().zip(chance).enumerate())
        .map(|(index, (outcome, chance))| OutcomeShare {
            id: outcome.id.clone(),
            name: outcome.name.clone(),
            severity: outcome.severity,
            colour: outcome.colour.clone(),
            count: sums.outcomes[index],
            share: sums.outcomes[index] as f64 / sums.runs as f64,
            chance: interval(chance),
            band: draws.share_band(index),
        })
        .collect()
}

fn benchmarks(facts: &ScenarioFacts) -> Vec<BenchmarkMark> {
    (facts.benchmarks.iter())
        .map(|benchmark| BenchmarkMark {
            id: benchmark.id.clone(),
            label: benchmark.label.clone(),
            source: benchmark.source.clone(),
            n: benchmark.n,
            share: benchmark.share,
            interval: benchmark_interval(benchmark.share, benchmark.n),
            outcomes: benchmark.outcomes.clone(),
        })
        .collect()
}

// Without the number of cases nothing is known about the precision of a share.
fn benchmark_interval(share: f64, n: u64) -> Interval {
    if n == 0 {
        return Interval {
            low: share,
            high: share,
        };
    }
    interval(wilson((share * n as f64).round() as u64, n, Z95))
}

fn party_summary(
    facts: &ScenarioFacts,
    index: usize,
    party: &PartyFacts,
    sums: &Sums,
    draws: &Draws,
) -> PartySummary {
    let by_round = |histograms: &[Histogram]| {
        let own = histograms.iter().skip(index).step_by(facts.parties.len());
        own.map(histogram_band).collect()
    };
    PartySummary {
        id: party.id.clone(),
        name: party.name.clone(),
        colour: party.colour.clone(),
        mean_utility: draws.utility[index].mean,
        chance: draws.utility_chance(index),
        utility: histogram_band(&sums.utility[index]),
        utility_limits: histogram_limits(&sums.utility[index]),
        band: draws.utility_band(index),
        asked: by_round(&sums.asked),
        offered: by_round(&sums.offered),
        disagreement: by_round(&sums.disagreement),
        moves: (facts.moves.iter().enumerate())
            .filter(|(_, act)| act.actor == index)
            .map(|(id, act)| MoveCount {
                id: act.id.clone(),
                name: act.name.clone(),
                share: sums.moves_any[id] as f64 / sums.runs as f64,
                mean: sums.moves_total[id] as f64 / sums.runs as f64,
            })
            .collect(),
    }
}

fn issues(facts: &ScenarioFacts, sums: &Sums) -> Vec<IssueSummary> {
    let shares = |counts: &[u64]| -> Vec<f64> {
        counts
            .iter()
            .map(|&count| count as f64 / sums.runs as f64)
            .collect()
    };
    (facts.issues.iter().enumerate())
        .map(|(index, issue)| IssueSummary {
            id: issue.id.clone(),
            name: issue.name.clone(),
            levels: issue.levels.clone(),
            status_quo: issue.status_quo,
            settled: shares(&sums.settled[index]),
            in_force: shares(&sums.in_force[index]),
            venues: (facts.venues.iter().zip(shares(&sums.venues[index])))
                .map(|(venue, share)| (venue.id.clone(), share))
                .collect(),
            ideals: issue.ideals.clone(),
            red_lines: issue.red_lines.clone(),
        })
        .collect()
}

fn beliefs(facts: &ScenarioFacts, sums: &Sums) -> Vec<BeliefSummary> {
    let rounds = facts.rounds.len();
    (facts.parties.iter().enumerate())
        .filter(|(_, party)| party.types.len() > 1)
        .map(|(index, party)| {
            let first = facts.first_type(index);
            let types = party.types.len();
            let runs = sums.type_runs[first..first + types].to_vec();
            let mean_of = |truth: usize, believed: usize| {
                let start = (truth * types + believed) * rounds;
                let sum = &sums.belief[index][start..start + rounds];
                sum.iter()
                    .map(|sum| sum / runs[truth].max(1) as f64)
                    .collect()
            };
            BeliefSummary {
                party: index,
                types: party.types.iter().map(|kind| kind.name.clone()).collect(),
                prior: (sums.prior[first..first + types].iter())
                    .map(|sum| sum / sums.runs as f64)
                    .collect(),
                mean: (0..types)
                    .map(|truth| {
                        (0..types)
                            .map(|believed| mean_of(truth, believed))
                            .collect()
                    })
                    .collect(),
                runs,
            }
        })
        .collect()
}

fn variables(facts: &ScenarioFacts, sums: &Sums) -> Vec<VariableSummary> {
    let parties = facts.parties.len();
    let tension = VariableSummary {
        id: "tension".to_owned(),
        name: "Tension".to_owned(),
        party: None,
        bands: sums.tension.iter().map(histogram_band).collect(),
        samples: sums.paths.iter().map(|path| path.tension.clone()).collect(),
    };
    let postures = facts
        .parties
        .iter()
        .enumerate()
        .map(|(index, party)| VariableSummary {
            id: format!("posture.{}", party.id),
            name: format!("Posture of {}", party.name),
            party: Some(index),
            bands: sums
                .posture
                .iter()
                .skip(index)
                .step_by(parties)
                .map(histogram_band)
                .collect(),
            samples: (sums.paths.iter())
                .map(|path| {
                    path.posture
                        .iter()
                        .skip(index)
                        .step_by(parties)
                        .copied()
                        .collect()
                })
                .collect(),
        });
    std::iter::once(tension).chain(postures).collect()
}
