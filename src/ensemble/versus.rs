//! One scenario against another on the same luck: every outcome's change, and which runs moved where.
//!
//! Flows in: the outcomes of every run of both, same plan. Flows out: a [`Versus`] for each scenario
//! against the first. Invariant: outcomes are matched by id; one that only one file declares has no
//! change, and is named.

use serde::Serialize;

use super::paired::{Difference, OutcomeLog, PairError, compare};
use super::summary::{Band, Interval, OutcomeShare};
use crate::math::normal_quantile;
use crate::stats::between::Between;
use crate::stats::holm::holm;
use crate::stats::mcnemar::mcnemar;
use crate::stats::moments::Moments;
use crate::stats::paired::Pairs;

/// A scenario, its shares and its runs.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// Id of the scenario.
    pub id: &'a str,
    /// Its outcomes, in the order of the log's indices.
    pub outcomes: &'a [OutcomeShare],
    /// The outcome of every run.
    pub log: &'a OutcomeLog,
}

/// A scenario against the first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Versus {
    /// Id of the scenario.
    pub scenario: String,
    /// Id of the one it is compared with.
    pub against: String,
    /// Pairs of runs.
    pub pairs: u64,
    /// Pairs that end differently.
    pub moved: u64,
    /// Outcomes that both declare, in the first's order.
    pub changes: Vec<Change>,
    /// Where runs went, most first; pairs that end alike are left out.
    pub flips: Vec<Flip>,
    /// Outcomes that only the first declares.
    pub only_first: Vec<String>,
    /// Outcomes that only the second declares.
    pub only_second: Vec<String>,
}

/// How the share of one outcome changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// Outcome id.
    pub outcome: String,
    /// Its name in the first file.
    pub name: String,
    /// Runs with it in both.
    pub both: u64,
    /// In the first only.
    pub first_only: u64,
    /// In the second only.
    pub second_only: u64,
    /// In neither.
    pub neither: u64,
    /// Shares, difference, its 95 % interval by chance alone, draws up, down and the same.
    #[serde(flatten)]
    pub difference: Difference,
    /// Chance only: limits that hold for all differences of the table together (Bonferroni).
    pub simultaneous: Interval,
    /// Exact `McNemar` test of no change.
    pub p: f64,
    /// The same, adjusted by Holm for all differences of the table.
    pub p_holm: f64,
    /// Share of draws whose difference has the sign of the whole.
    pub sign_holds: f64,
    /// Ignorance only: the difference over parameter draws, chance taken out.
    pub band: Band,
}

/// Runs that moved from one outcome to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flip {
    /// Outcome id in the first scenario.
    pub from: String,
    /// Outcome id in the second.
    pub to: String,
    /// Pairs.
    pub runs: u64,
}

/// Compares every other scenario with the first.
///
/// # Errors
/// If the runs do not share their luck.
pub fn versus(first: Side<'_>, others: &[Side<'_>]) -> Result<Vec<Versus>, PairError> {
    let mut all = (others.iter())
        .map(|&other| against(first, other))
        .collect::<Result<Vec<_>, _>>()?;
    let mut changes: Vec<&mut Change> = (all.iter_mut())
        .flat_map(|versus| &mut versus.changes)
        .collect();
    let p: Vec<f64> = changes.iter().map(|change| change.p).collect();
    let z = normal_quantile(1.0 - 0.025 / p.len().max(1) as f64);
    for (change, adjusted) in changes.iter_mut().zip(holm(&p)) {
        change.p_holm = adjusted;
        let (low, high) = change.table().interval(z);
        change.simultaneous = Interval { low, high };
    }
    Ok(all)
}

impl Change {
    fn table(&self) -> Pairs {
        Pairs {
            both: self.both,
            first: self.first_only,
            second: self.second_only,
            neither: self.neither,
        }
    }

    /// Draws in which the share moves the way it does over all.
    pub fn draws_alike(&self) -> u64 {
        let difference = &self.difference;
        if difference.difference > 0.0 {
            difference.draws_up
        } else if difference.difference < 0.0 {
            difference.draws_down
        } else {
            difference.draws_same
        }
    }

    /// All draws.
    pub fn draws(&self) -> u64 {
        let difference = &self.difference;
        difference.draws_up + difference.draws_down + difference.draws_same
    }
}

fn against(first: Side<'_>, second: Side<'_>) -> Result<Versus, PairError> {
    let place = |side: Side<'_>, id: &str| side.outcomes.iter().position(|own| own.id == id);
    let changes = (first.outcomes.iter().enumerate())
        .filter_map(|(index, outcome)| Some((index, place(second, &outcome.id)?, outcome)))
        .map(|(a, b, outcome)| change((first.log, a), (second.log, b), outcome))
        .collect::<Result<Vec<_>, _>>()?;
    let only = |one: Side<'_>, other: Side<'_>| -> Vec<String> {
        let missing = one
            .outcomes
            .iter()
            .filter(|own| place(other, &own.id).is_none());
        missing.map(|own| own.id.clone()).collect()
    };
    let mut counts = vec![vec![0_u64; second.outcomes.len()]; first.outcomes.len()];
    for (&a, &b) in first.log.outcomes.iter().zip(&second.log.outcomes) {
        counts[usize::from(a)][usize::from(b)] += 1;
    }
    let mut flips = Vec::new();
    for (from, row) in first.outcomes.iter().zip(&counts) {
        for (to, &runs) in second.outcomes.iter().zip(row) {
            if runs > 0 && from.id != to.id {
                let (from, to) = (from.id.clone(), to.id.clone());
                flips.push(Flip { from, to, runs });
            }
        }
    }
    flips.sort_by_key(|flip| std::cmp::Reverse(flip.runs));
    Ok(Versus {
        scenario: second.id.to_owned(),
        against: first.id.to_owned(),
        pairs: counts.iter().flatten().sum(),
        moved: flips.iter().map(|flip| flip.runs).sum(),
        changes,
        flips,
        only_first: only(first, second),
        only_second: only(second, first),
    })
}

fn change(
    (first, a): (&OutcomeLog, usize),
    (second, b): (&OutcomeLog, usize),
    outcome: &OutcomeShare,
) -> Result<Change, PairError> {
    let difference = compare((first, &[a]), (second, &[b]))?;
    let mut pairs = Pairs::default();
    let replicates = first.plan.replicates() as usize;
    let mut between = Between::default();
    let mut by_draw = Vec::new();
    let draws = (first.outcomes.chunks(replicates)).zip(second.outcomes.chunks(replicates));
    for (ours, theirs) in draws {
        let mut draw = Moments::default();
        for (&x, &y) in ours.iter().zip(theirs) {
            let (in_first, in_second) = (usize::from(x) == a, usize::from(y) == b);
            pairs.add(in_first, in_second);
            draw.add(f64::from(i8::from(in_second) - i8::from(in_first)));
        }
        between.add(draw.mean, draw.variance_of_mean());
        by_draw.push(draw.mean);
    }
    let mut change = Change {
        outcome: outcome.id.clone(),
        name: outcome.name.clone(),
        both: pairs.both,
        first_only: pairs.first,
        second_only: pairs.second,
        neither: pairs.neither,
        difference,
        simultaneous: difference.interval,
        p: mcnemar(&pairs),
        p_holm: 1.0,
        sign_holds: 0.0,
        band: band(by_draw, &between, replicates),
    };
    change.sign_holds = change.draws_alike() as f64 / change.draws().max(1) as f64;
    Ok(change)
}

// With one run a draw, luck and parameters cannot be told apart: no band.
fn band(mut by_draw: Vec<f64>, between: &Between, replicates: usize) -> Band {
    if replicates < 2 {
        return Band::default();
    }
    by_draw.sort_by(f64::total_cmp);
    let quantile = |q: f64| {
        // Type 7 of Hyndman and Fan (1996), as for shares.
        let position = q * (by_draw.len() - 1) as f64;
        let (below, above) = (position.floor(), position.ceil());
        let (low, high) = (by_draw[below as usize], by_draw[above as usize]);
        between.shrink(low + (position - below) * (high - low))
    };
    Band {
        q05: quantile(0.05),
        q25: quantile(0.25),
        q50: quantile(0.5),
        q75: quantile(0.75),
        q95: quantile(0.95),
        n: between.n(),
    }
}

#[cfg(test)]
#[cfg(feature = "cli")]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::ensemble::fake::Fake;
    use crate::ensemble::outcomes::{log, shares};
    use crate::ensemble::{Plan, Simulator};

    fn play(fake: &Fake, replicates: u32) -> (OutcomeLog, Vec<OutcomeShare>) {
        let plan = Plan::new(4, 200, replicates).unwrap();
        let log = log(fake, plan, &AtomicBool::new(false)).unwrap();
        let shares = shares(fake.info(), &log, false);
        (log, shares)
    }

    fn harmed(harm: f64) -> Fake {
        Fake {
            harm,
            ..Fake::uncertain()
        }
    }

    fn side<'a>(id: &'a str, (log, outcomes): &'a (OutcomeLog, Vec<OutcomeShare>)) -> Side<'a> {
        Side { id, outcomes, log }
    }

    #[test]
    fn a_harm_is_found_where_it_is() {
        let (base, other) = (play(&harmed(0.0), 20), play(&harmed(0.05), 20));
        let all = versus(side("a", &base), &[side("b", &other)]).unwrap();
        let [agreement, deadlock, clash] = &all[0].changes[..] else {
            unreachable!()
        };
        // All thresholds move by 0.05: agreement gives to deadlock what deadlock gives to clash.
        assert!((agreement.difference.difference + 0.05).abs() < 0.01);
        assert!((clash.difference.difference - 0.05).abs() < 0.01);
        assert!(clash.p_holm < 1e-6 && clash.p_holm >= clash.p);
        assert!(deadlock.p_holm > 0.05, "{}", deadlock.p_holm);
        assert!(clash.simultaneous.low < clash.difference.interval.low);
        assert_eq!(clash.difference.draws_down, 0);
        assert!(clash.sign_holds > 0.5);
        let to = |from: &str, to: &str| {
            let flip = all[0].flips.iter().find(|f| f.from == from && f.to == to);
            flip.map_or(0, |flip| flip.runs)
        };
        assert!(to("agreement", "deadlock") > 100 && to("deadlock", "clash") > 100);
        assert_eq!(to("clash", "deadlock") + to("agreement", "clash"), 0);
        assert_eq!(
            all[0].moved,
            all[0].flips.iter().map(|f| f.runs).sum::<u64>()
        );
        assert_eq!(all[0].pairs, 4000);
    }

    #[test]
    fn an_even_harm_leaves_no_band() {
        let (base, other) = (play(&harmed(0.0), 20), play(&harmed(0.1), 20));
        let all = versus(side("a", &base), &[side("b", &other)]).unwrap();
        let band = all[0].changes[2].band;
        assert_eq!(band.n, 200);
        assert!(
            band.q95 - band.q05 < 0.1,
            "the raw spread is 0.22: {band:?}"
        );
        let (base, other) = (play(&harmed(0.0), 1), play(&harmed(0.1), 1));
        let all = versus(side("a", &base), &[side("b", &other)]).unwrap();
        assert_eq!(all[0].changes[2].band.n, 0);
    }

    #[test]
    fn outcomes_are_matched_by_id_and_strangers_named() {
        let base = play(&harmed(0.0), 5);
        let mut renamed = harmed(0.0);
        renamed.facts.outcomes[1].id = "stalemate".to_owned();
        let other = play(&renamed, 5);
        let all = versus(side("a", &base), &[side("b", &other)]).unwrap();
        let ids: Vec<&str> = all[0].changes.iter().map(|c| c.outcome.as_str()).collect();
        assert_eq!(ids, ["agreement", "clash"]);
        assert_eq!(all[0].only_first, ["deadlock"]);
        assert_eq!(all[0].only_second, ["stalemate"]);
        // The same end under two names is a move: the program cannot know better.
        assert_eq!(all[0].flips.len(), 1);
        assert!(all[0].changes.iter().all(|change| change.p >= 1.0));
    }

    #[test]
    fn the_whole_table_shares_the_error() {
        let (base, other) = (play(&harmed(0.0), 20), play(&harmed(0.01), 20));
        let one = versus(side("a", &base), &[side("b", &other)]).unwrap();
        let two = versus(side("a", &base), &[side("b", &other), side("c", &base)]).unwrap();
        let p = |all: &[Versus]| all[0].changes[2].p_holm;
        assert!(p(&two) > p(&one));
        let narrow = |all: &[Versus]| all[0].changes[2].simultaneous.high;
        assert!(narrow(&two) > narrow(&one));
    }
}
