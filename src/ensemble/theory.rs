//! Runs held to the theory: how far what was agreed is from what could have been.
//!
//! Flows in: a draw, the record of a run that was played on it. Flows out: a [`Yardstick`], and over
//! a sample of runs a [`TheorySummary`]. Invariant: a run is measured with its own types, numbers
//! and no-deal values of the first day, by the same packages and concepts as `jawjaw solve`. What was
//! agreed counts as in force; what else could have been, with its chance of ratification priced in.

use serde::{Deserialize, Serialize};

use super::summary::{Band, Interval};
use crate::engine::record::{NONE, RunRecord};
use crate::engine::{Prepared, opening::opening};
use crate::model::Model;
use crate::solve::bargaining::distance;
use crate::solve::concept::POSITIVE;
use crate::solve::report::Spread;
use crate::solve::slices::Slices;
use crate::solve::solved::{left_on_the_table, marks};
use crate::solve::space::Space;
use crate::stats::normal::Z95;
use crate::stats::wilson::wilson;

/// Runs measured at most: the shares are then known to about a tenth, at a few hundredths of the
/// time of the runs.
pub const SAMPLE: u64 = 100;
/// Gain of all parties together below which an agreement counts as efficient: rounding.
const EFFICIENT: f64 = 1e-9;
/// An agreement is ratifiable if its forms are at least as likely as not to pass.
const RATIFIABLE: f64 = 0.5;

/// One run, measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Yardstick {
    /// Whether some package leaves nobody worse off than no agreement and somebody better off.
    pub zone: bool,
    /// What was agreed, if anything was.
    pub agreement: Option<Agreement>,
}

/// What was agreed in a run, measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Whether every party is no worse off than without agreement.
    pub rational: bool,
    /// The same for those who sat at the table or had to be asked.
    pub rational_for_signatories: bool,
    /// Most that the parties could still gain without anyone losing, on average.
    pub left: f64,
    /// Probability that the forms used are ratified.
    pub ratified: f64,
    /// Distance to the Nash and to the Kalai-Smorodinsky solution, as shares of the most each party
    /// could get; none without a zone.
    pub distance: Option<(f64, f64)>,
}

/// A sample of runs held to the theory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TheorySummary {
    /// Runs measured, spread evenly over the ensemble.
    pub runs: u64,
    /// Of these, runs in which some package left nobody worse off than no agreement, somebody better.
    pub zone: u64,
    /// Of these, runs with an agreement in force; the shares below are of them.
    pub agreements: u64,
    /// Share no worse than no agreement for everyone.
    pub rational: TheoryShare,
    /// Share no worse than no agreement for those who signed or had to be asked.
    pub rational_for_signatories: TheoryShare,
    /// Share that no package improves on for everyone.
    pub efficient: TheoryShare,
    /// Share whose forms are at least as likely as not to be ratified.
    pub ratifiable: TheoryShare,
    /// Value left on the table: what the parties could still gain on average without anyone losing.
    pub left: Band,
    /// Distance to the Nash solution: 0 at it, 1 for one party that gets nothing of what it could.
    pub to_nash: Band,
    /// Distance to the Kalai-Smorodinsky solution.
    pub to_kalai_smorodinsky: Band,
}

/// A share of agreements.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TheoryShare {
    /// The share.
    pub share: f64,
    /// 95 % Wilson interval: the finite sample alone.
    pub chance: Interval,
}

/// Whether run `index` of so many is one of those measured.
pub fn is_measured(index: u64, runs: u64) -> bool {
    index.is_multiple_of(runs.div_ceil(SAMPLE))
}

/// Measures a run.
pub fn measure(model: &Model, prepared: &Prepared, record: &RunRecord) -> Yardstick {
    let rows: Vec<usize> = (model.parties.iter().zip(&record.types))
        .map(|(party, kind)| party.first_row + usize::from(*kind))
        .collect();
    let space = Space::new(model, prepared, &opening(model, prepared), &rows);
    let parties: Vec<usize> = (0..rows.len()).collect();
    let slices = Slices::new(&space, &parties);
    let marks = marks(&space, &slices);
    let agreement = settled(&space, record).map(|(utilities, ratified)| {
        let bound = signatories(model, record);
        let mut gains = Vec::with_capacity(rows.len());
        gains.extend(utilities.iter().zip(&space.no_deal).map(|(u, d)| u - d));
        let accepts = |party: usize| gains[party] >= -POSITIVE;
        let left = left_on_the_table(&space, &slices, &utilities);
        Agreement {
            rational: (0..rows.len()).all(accepts),
            rational_for_signatories: (0..rows.len())
                .all(|party| bound >> party & 1 == 0 || accepts(party)),
            left: left.map_or(0.0, |found| found.key[0].max(0.0)) / rows.len() as f64,
            ratified,
            distance: marks.as_ref().map(|points| {
                let to = |other: &[f64]| distance(&gains, other, &points.ideal);
                (to(&points.nash.gains), to(&points.kalai_smorodinsky.gains))
            }),
        }
    });
    Yardstick {
        zone: (marks.iter()).any(|points| points.ideal.iter().any(|gain| *gain > POSITIVE)),
        agreement,
    }
}

/// Utilities of what a run settled, in force, and the chance that its forms had; none if nothing.
fn settled(space: &Space, record: &RunRecord) -> Option<(Vec<f64>, f64)> {
    let mut levels = space.start.clone();
    let mut utilities = space.now.clone();
    let mut forms = 0_u64;
    for (issue, &form) in record.settled_form.iter().enumerate() {
        if form == NONE {
            continue;
        }
        levels[issue] = record.level[issue];
        forms |= 1 << form;
        let change = space.change(usize::from(form), issue, levels[issue]);
        utilities.iter_mut().zip(change).for_each(|(u, c)| *u += c);
    }
    space.add_links(&levels, &mut utilities);
    let ratified = (space.ratified.iter().enumerate())
        .filter(|(form, _)| forms >> form & 1 == 1)
        .map(|(_, p)| p)
        .product();
    (forms != 0).then_some((utilities, ratified))
}

/// Parties that sat where something was settled or whose consent it needed, as bits.
fn signatories(model: &Model, record: &RunRecord) -> u32 {
    let venues = record
        .settled_venue
        .iter()
        .enumerate()
        .filter(|(_, venue)| **venue != NONE);
    venues.fold(0, |bits, (issue, &venue)| {
        let seats = model.venues[usize::from(venue)].seats.iter();
        seats.fold(bits | model.issues[issue].consent, |bits, party| {
            bits | 1 << party
        })
    })
}

/// The summary of measured runs; none if none was measured.
pub fn summarise(measured: &[Yardstick]) -> Option<TheorySummary> {
    if measured.is_empty() {
        return None;
    }
    let agreements: Vec<Agreement> = measured.iter().filter_map(|run| run.agreement).collect();
    let share = |holds: fn(&Agreement) -> bool| {
        let count = agreements
            .iter()
            .filter(|agreement| holds(agreement))
            .count();
        let n = agreements.len();
        let (low, high) = if n == 0 {
            (0.0, 1.0)
        } else {
            wilson(count as u64, n as u64, Z95)
        };
        TheoryShare {
            share: count as f64 / n.max(1) as f64,
            chance: Interval { low, high },
        }
    };
    let band = |of: &dyn Fn(&Agreement) -> Option<f64>| {
        let values: Vec<f64> = agreements.iter().filter_map(of).collect();
        let spread = Spread::of(values.iter().copied());
        let (q25, q75) = Spread::quartiles(values);
        Band {
            q05: spread.q05,
            q25,
            q50: spread.q50,
            q75,
            q95: spread.q95,
            n: spread.n as u64,
        }
    };
    Some(TheorySummary {
        runs: measured.len() as u64,
        zone: measured.iter().filter(|run| run.zone).count() as u64,
        agreements: agreements.len() as u64,
        rational: share(|agreement| agreement.rational),
        rational_for_signatories: share(|agreement| agreement.rational_for_signatories),
        efficient: share(|agreement| agreement.left <= EFFICIENT),
        ratifiable: share(|agreement| agreement.ratified >= RATIFIABLE),
        left: band(&|agreement| Some(agreement.left)),
        to_nash: band(&|agreement| Some(agreement.distance?.0)),
        to_kalai_smorodinsky: band(&|agreement| Some(agreement.distance?.1)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(agreement: Option<(bool, f64, f64)>) -> Yardstick {
        Yardstick {
            zone: true,
            agreement: agreement.map(|(rational, left, distance)| Agreement {
                rational,
                rational_for_signatories: true,
                left,
                ratified: 0.4,
                distance: Some((distance, 2.0 * distance)),
            }),
        }
    }

    #[test]
    fn shares_are_of_agreements_and_not_of_runs() {
        let runs = [
            run(None),
            run(Some((true, 0.0, 0.1))),
            run(Some((false, 0.2, 0.3))),
        ];
        let summary = summarise(&runs).expect("measured");
        assert_eq!((summary.runs, summary.agreements, summary.zone), (3, 2, 3));
        assert!((summary.rational.share - 0.5).abs() < 1e-12);
        assert!((summary.rational_for_signatories.share - 1.0).abs() < 1e-12);
        assert!((summary.efficient.share - 0.5).abs() < 1e-12);
        assert!(summary.ratifiable.share.abs() < 1e-12);
        assert!((summary.left.q50 - 0.1).abs() < 1e-12);
        assert!((summary.to_kalai_smorodinsky.q50 - 0.4).abs() < 1e-12);
        assert_eq!(summarise(&[]), None);
    }

    #[test]
    fn without_an_agreement_nothing_is_known_of_them() {
        let summary = summarise(&[run(None)]).expect("measured");
        assert_eq!(summary.agreements, 0);
        assert!(summary.rational.chance.low <= 0.0 && summary.rational.chance.high >= 1.0);
    }
}
