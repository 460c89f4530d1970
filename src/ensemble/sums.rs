//! What runs are folded into: counts, histograms and sums of fixed size.
//!
//! Flows in: records in index order. Flows out: `summarise`. Invariant: merging the sums of two
//! neighbouring stretches of runs in order gives the same bits on every machine; apart from
//! [`DrawSums`] of the stretch itself nothing grows with the number of runs.

use super::Plan;
use super::facts::ScenarioFacts;
use super::theory::Yardstick;
use crate::engine::record::{NONE, RunRecord};
use crate::stats::histogram::Histogram;
use crate::stats::moments::Moments;
use crate::stats::survival::Times;
use crate::stats::tally::Tally;

/// Runs shown as points in the joint chart, at most.
pub const SAMPLE_POINTS: u64 = 1500;
/// Runs shown as whole paths, at most.
pub const SAMPLE_PATHS: u64 = 12;

/// The part of one draw that a stretch of runs contains.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawSums {
    /// Index of the draw.
    pub draw: u32,
    /// Runs of it.
    pub runs: u32,
    /// Runs with each outcome.
    pub outcomes: Vec<u32>,
    /// Final utility of each party.
    pub utility: Vec<Moments>,
}

/// One run in full, for the charts that show a few.
#[derive(Debug, Clone, PartialEq)]
pub struct SamplePath {
    /// `tension[round]`
    pub tension: Vec<f64>,
    /// `posture[round * parties + party]`
    pub posture: Vec<f64>,
}

/// Sums over a stretch of runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Sums {
    pub(super) runs: u64,
    pub(super) outcomes: Vec<u64>,
    pub(super) flags: Vec<u64>,
    pub(super) utility: Vec<Histogram>,
    pub(super) asked: Vec<Histogram>,
    pub(super) offered: Vec<Histogram>,
    pub(super) disagreement: Vec<Histogram>,
    pub(super) moves_total: Vec<u64>,
    pub(super) moves_any: Vec<u64>,
    pub(super) status: Vec<[u64; 4]>,
    pub(super) settled: Vec<Vec<u64>>,
    pub(super) in_force: Vec<Vec<u64>>,
    pub(super) venues: Vec<Vec<u64>>,
    pub(super) forms: Vec<u64>,
    pub(super) prior: Vec<f64>,
    pub(super) type_runs: Vec<u64>,
    /// By party: `[(true type * types + believed type) * rounds + round]`.
    pub(super) belief: Vec<Vec<f64>>,
    pub(super) tension: Vec<Histogram>,
    pub(super) posture: Vec<Histogram>,
    pub(super) agreement: u64,
    pub(super) days_to_agreement: Tally,
    pub(super) days_to_end: Tally,
    pub(super) ended_early: u64,
    pub(super) ends: Times,
    pub(super) failed: u64,
    pub(super) walkout: u64,
    pub(super) points: Vec<(f64, f64, usize)>,
    /// Sampled runs held to the theory.
    pub(super) measured: Vec<Yardstick>,
    pub(super) paths: Vec<SamplePath>,
    pub(super) draws: Vec<DrawSums>,
}

// Utilities live in [0, 1], but costs can push disagreement values and war payoffs below.
fn utilities(bins: usize) -> Histogram {
    Histogram::new(-1.0, 2.0, bins)
}

fn unit() -> Histogram {
    Histogram::new(0.0, 1.0, 200)
}

impl Sums {
    /// Nothing yet.
    pub fn new(facts: &ScenarioFacts) -> Self {
        let shape = facts.shape();
        let by_party = shape.rounds * shape.parties;
        let levels = || {
            facts
                .issues
                .iter()
                .map(|issue| vec![0; issue.levels.len()])
                .collect()
        };
        Self {
            runs: 0,
            outcomes: vec![0; facts.outcomes.len()],
            flags: vec![0; facts.flags.len()],
            utility: vec![utilities(3000); shape.parties],
            asked: vec![utilities(600); by_party],
            offered: vec![utilities(600); by_party],
            disagreement: vec![utilities(600); by_party],
            moves_total: vec![0; shape.moves],
            moves_any: vec![0; shape.moves],
            status: vec![[0; 4]; shape.rounds],
            settled: levels(),
            in_force: levels(),
            venues: vec![vec![0; facts.venues.len()]; shape.issues],
            forms: vec![0; facts.forms.len()],
            prior: vec![0.0; shape.types],
            type_runs: vec![0; shape.types],
            belief: (facts.parties.iter())
                .map(|party| vec![0.0; party.types.len() * party.types.len() * shape.rounds])
                .collect(),
            tension: vec![unit(); shape.rounds],
            posture: vec![unit(); by_party],
            agreement: 0,
            days_to_agreement: Tally::default(),
            days_to_end: Tally::default(),
            ended_early: 0,
            ends: Times::new(facts.outcomes.len()),
            failed: 0,
            walkout: 0,
            points: Vec::new(),
            measured: Vec::new(),
            paths: Vec::new(),
            draws: Vec::new(),
        }
    }

    /// Opens a draw: the records that follow belong to it. `prior` is its prior over types, `runs`
    /// the number of its runs in this stretch.
    pub fn open_draw(&mut self, facts: &ScenarioFacts, draw: u32, prior: &[f64], runs: u32) {
        for (sum, weight) in self.prior.iter_mut().zip(prior) {
            *sum += weight * f64::from(runs);
        }
        self.draws.push(DrawSums {
            draw,
            runs: 0,
            outcomes: vec![0; facts.outcomes.len()],
            utility: vec![Moments::default(); facts.parties.len()],
        });
    }

    /// Takes in run `index` of the plan, a run of the draw opened last.
    pub fn add(&mut self, facts: &ScenarioFacts, plan: Plan, index: u64, record: &RunRecord) {
        self.runs += 1;
        let outcome = usize::from(record.outcome);
        self.outcomes[outcome] += 1;
        for (flag, count) in self.flags.iter_mut().enumerate() {
            *count += record.flags >> flag & 1;
        }
        for (histogram, &utility) in self.utility.iter_mut().zip(&record.utility) {
            histogram.add(utility);
        }
        let draw = self
            .draws
            .last_mut()
            .expect("`open_draw` comes before the draw's runs");
        draw.runs += 1;
        draw.outcomes[outcome] += 1;
        for (moments, &utility) in draw.utility.iter_mut().zip(&record.utility) {
            moments.add(utility);
        }
        for (move_id, &times) in record.moves.iter().enumerate() {
            self.moves_total[move_id] += u64::from(times);
            self.moves_any[move_id] += u64::from(times > 0);
        }
        self.add_series(record);
        self.add_settlements(facts, record);
        self.add_beliefs(facts, record);
        self.failed += u64::from(record.failures > 0);
        self.walkout += u64::from(record.walkouts > 0);
        if record.terminal != NONE || usize::from(record.rounds) < record.shape.rounds {
            self.ended_early += 1;
            self.days_to_end.add(u32::from(record.end_day));
            self.ends.ended(u32::from(record.end_day), outcome);
        } else {
            self.ends.censored(u32::from(record.end_day));
        }
        if index.is_multiple_of(plan.runs().div_ceil(SAMPLE_POINTS)) {
            let joint = &facts.joint;
            self.points
                .push((record.utility[joint.x], record.utility[joint.y], outcome));
        }
        if is_path_sample(index, plan.runs()) {
            self.paths.push(SamplePath {
                tension: record.tension.clone(),
                posture: record.posture.clone(),
            });
        }
    }

    fn add_series(&mut self, record: &RunRecord) {
        for (shares, &status) in self.status.iter_mut().zip(&record.status) {
            shares[status as usize] += 1;
        }
        for (histogram, &x) in self.tension.iter_mut().zip(&record.tension) {
            histogram.add(x);
        }
        for (histogram, &x) in self.posture.iter_mut().zip(&record.posture) {
            histogram.add(x);
        }
        // Nobody asks or offers after the end: the repeated values there are not counted.
        let played = usize::from(record.rounds).min(record.shape.rounds) * record.shape.parties;
        for i in 0..played {
            self.asked[i].add(record.asked[i]);
            self.offered[i].add(record.offered[i]);
            self.disagreement[i].add(record.disagreement[i]);
        }
    }

    fn add_settlements(&mut self, facts: &ScenarioFacts, record: &RunRecord) {
        let mut first = None;
        let mut forms = 0_u128;
        for (issue, &level) in record.level.iter().enumerate() {
            self.in_force[issue][usize::from(level)] += 1;
            if record.settled_venue[issue] == NONE {
                continue;
            }
            self.settled[issue][usize::from(level)] += 1;
            self.venues[issue][usize::from(record.settled_venue[issue])] += 1;
            let round = record.settled_round[issue];
            first = Some(first.map_or(round, |earlier: u8| earlier.min(round)));
            if record.settled_form[issue] != NONE {
                forms |= 1 << record.settled_form[issue];
            }
        }
        for (form, count) in self.forms.iter_mut().enumerate() {
            *count += (forms >> form & 1) as u64;
        }
        if let Some(round) = first {
            self.agreement += 1;
            let date = facts.rounds[usize::from(round)].date;
            self.days_to_agreement.add(facts.days_until(date));
        }
    }

    fn add_beliefs(&mut self, facts: &ScenarioFacts, record: &RunRecord) {
        let (rounds, rows) = (record.shape.rounds, record.shape.types);
        let mut first = 0;
        for (party, sums) in self.belief.iter_mut().enumerate() {
            let types = facts.parties[party].types.len();
            let truth = usize::from(record.types[party]);
            self.type_runs[first + truth] += 1;
            if types > 1 {
                for believed in 0..types {
                    let start = (truth * types + believed) * rounds;
                    for (round, sum) in sums[start..start + rounds].iter_mut().enumerate() {
                        *sum += record.belief[round * rows + first + believed];
                    }
                }
            }
            first += types;
        }
    }

    /// Takes in the sums of the runs that follow. The draws are left out: they are merged by
    /// `summarise::Draws`.
    pub fn merge(&mut self, next: &Self) {
        fn add(sums: &mut [u64], next: &[u64]) {
            sums.iter_mut().zip(next).for_each(|(sum, x)| *sum += x);
        }
        fn add_f64(sums: &mut [f64], next: &[f64]) {
            sums.iter_mut().zip(next).for_each(|(sum, x)| *sum += x);
        }
        fn add_rows(sums: &mut [Vec<u64>], next: &[Vec<u64>]) {
            sums.iter_mut().zip(next).for_each(|(sum, x)| add(sum, x));
        }
        fn merge(sums: &mut [Histogram], next: &[Histogram]) {
            sums.iter_mut().zip(next).for_each(|(sum, x)| sum.merge(x));
        }
        self.runs += next.runs;
        add(&mut self.outcomes, &next.outcomes);
        add(&mut self.flags, &next.flags);
        merge(&mut self.utility, &next.utility);
        merge(&mut self.asked, &next.asked);
        merge(&mut self.offered, &next.offered);
        merge(&mut self.disagreement, &next.disagreement);
        add(&mut self.moves_total, &next.moves_total);
        add(&mut self.moves_any, &next.moves_any);
        self.status
            .iter_mut()
            .zip(&next.status)
            .for_each(|(sum, x)| add(sum, x));
        add_rows(&mut self.settled, &next.settled);
        add_rows(&mut self.in_force, &next.in_force);
        add_rows(&mut self.venues, &next.venues);
        add(&mut self.forms, &next.forms);
        add_f64(&mut self.prior, &next.prior);
        add(&mut self.type_runs, &next.type_runs);
        self.belief
            .iter_mut()
            .zip(&next.belief)
            .for_each(|(sum, x)| add_f64(sum, x));
        merge(&mut self.tension, &next.tension);
        merge(&mut self.posture, &next.posture);
        self.agreement += next.agreement;
        self.days_to_agreement.merge(&next.days_to_agreement);
        self.days_to_end.merge(&next.days_to_end);
        self.ended_early += next.ended_early;
        self.ends.merge(&next.ends);
        self.failed += next.failed;
        self.walkout += next.walkout;
        self.points.extend_from_slice(&next.points);
        self.measured.extend_from_slice(&next.measured);
        self.paths.extend_from_slice(&next.paths);
    }
}

// Whether run `index` is one of at most `SAMPLE_PATHS` spread evenly over `runs`.
fn is_path_sample(index: u64, runs: u64) -> bool {
    let paths = SAMPLE_PATHS.min(runs);
    let rank = |i: u64| (u128::from(i) * u128::from(paths)).div_ceil(u128::from(runs));
    rank(index) < rank(index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_as_many_as_promised_and_spread() {
        for runs in [1, 5, 12, 13, 1000, 20_000] {
            let hits: Vec<u64> = (0..runs).filter(|&i| is_path_sample(i, runs)).collect();
            assert_eq!(hits.len() as u64, SAMPLE_PATHS.min(runs), "{runs}");
            assert_eq!(hits[0], 0);
        }
    }
}
