//! What was on the table: the best that could have been agreed on, and what was left lying there.
//!
//! Flows in: a meeting. Flows out: packages, found exactly (see [`crate::solve::search`]). Invariant:
//! a package named here was on the meeting's agenda and leaves no party whose yes it needs worse off
//! than with no agreement, as each of them judged it there and then.

use super::path::{Meeting, Offer};
use crate::solve::EPSILON;
use crate::solve::concept::Concept;
use crate::solve::search::{Found, Search};
use crate::solve::slices::Slices;
use crate::solve::space::Package;

/// Most points of a frontier, and the least by which the next is better for the others.
const POINTS: usize = 40;
const STEP: f64 = 0.004;

/// A package and what it is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Possible {
    /// What it says.
    pub package: Package,
    /// Utility of each party.
    pub utility: Vec<f64>,
    /// Whether no other can be better by the measure it was looked for by.
    pub exact: bool,
}

/// The packages of a meeting for those whose yes it needs, and the seat.
#[derive(Debug)]
pub struct Table<'a> {
    meeting: &'a Meeting,
    slices: Slices,
    seat: usize,
    now: Vec<f64>,
}

impl<'a> Table<'a> {
    /// What can be settled at a meeting, seen from a seat among the parties needed there.
    pub fn new(meeting: &'a Meeting, forms: &[usize], seat: usize) -> Self {
        let mut slices = Slices::new(&meeting.space, &meeting.needed);
        slices.keep(|form, _| forms.contains(&form));
        let now = meeting.needed.iter();
        Self {
            seat,
            now: now.map(|&party| meeting.space.now[party]).collect(),
            slices,
            meeting,
        }
    }

    /// The best package for the seat among those that bring every needed party at least `least`.
    fn best(&self, least: &[f64], weights: Vec<f64>) -> Option<Possible> {
        let search = Search::rational(&self.slices, &self.now, least);
        let Found { package, exact, .. } = search.best(&Concept::Sum(weights))?;
        Some(Possible {
            utility: self.meeting.space.utilities(&package),
            package,
            exact,
        })
    }

    fn weights(&self, seat: f64, others: f64) -> Vec<f64> {
        let needed = self.meeting.needed.iter();
        needed
            .map(|&party| if party == self.seat { seat } else { others })
            .collect()
    }

    fn least(&self, of: impl Fn(usize) -> f64) -> Vec<f64> {
        self.meeting.needed.iter().map(|&party| of(party)).collect()
    }

    /// The package best for the seat that every needed party prefers to no agreement, or takes as
    /// readily; none if there is none.
    pub fn best_for_seat(&self) -> Option<Possible> {
        let reservation = &self.meeting.reservation;
        self.best(
            &self.least(|party| reservation[party]),
            self.weights(1.0, 0.0),
        )
    }

    /// The package that would have given every needed party at least as much as `offer` did and the
    /// most beyond that in sum; none if it would have been worth less than [`EPSILON`] to everyone.
    pub fn better_for_all(&self, offer: &Offer) -> Option<Possible> {
        let least = self.least(|party| offer.utility[party]);
        if least.iter().any(|u| !u.is_finite()) {
            return None;
        }
        let found = self.best(&least, self.weights(1.0, 1.0))?;
        let gains = self.meeting.needed.iter();
        let most = gains
            .map(|&party| found.utility[party] - offer.utility[party])
            .fold(0.0, f64::max);
        (most >= EPSILON).then_some(found)
    }

    /// The most the seat can gain over no agreement where every other needed party gains at least so
    /// much: packages as `(least gain of another, gain of the seat)`, from the best for the seat on,
    /// at most `POINTS`. Each is the best for the seat beyond the one before (the epsilon-constraint
    /// method: Haimes, Lasdon and Wismer 1971); what lies nearer than `STEP` is left out. Where
    /// nobody else is needed the first number is 0.
    pub fn frontier(&self) -> Vec<(f64, f64)> {
        let reservation = &self.meeting.reservation;
        let mut points: Vec<(f64, f64)> = Vec::new();
        let mut more = 0.0;
        while points.len() < POINTS {
            let least = self
                .least(|party| reservation[party] + if party == self.seat { 0.0 } else { more });
            let Some(found) = self.best(&least, self.weights(1.0, 0.0)) else {
                break;
            };
            let gain = |party: usize| found.utility[party] - reservation[party];
            let needed = self.meeting.needed.iter();
            let others = needed.filter(|&&party| party != self.seat);
            let Some(other) = others.map(|&party| gain(party)).reduce(f64::min) else {
                return vec![(0.0, gain(self.seat))];
            };
            let own = gain(self.seat);
            match points.last_mut() {
                Some(last) if (last.1 - own).abs() < 1e-9 => last.0 = last.0.max(other),
                _ => points.push((other, own)),
            }
            more = other.max(more) + STEP;
        }
        points
    }
}

/// What an offer gives: the least gain of another needed party, and the seat's, over no agreement.
pub fn gains(meeting: &Meeting, seat: usize, offer: &Offer) -> (f64, f64) {
    let gain = |party: usize| offer.utility[party] - meeting.reservation[party];
    let others = meeting.needed.iter().filter(|&&party| party != seat);
    let least = others
        .map(|&party| gain(party))
        .fold(f64::INFINITY, f64::min);
    (least, gain(seat))
}
