//! Stationary shares of alternating offers, with what each side has while it waits and what it can
//! leave for.
//!
//! Rubinstein (1982); outside options: Shaked and Sutton (1984), Binmore, Shaked and Sutton (1989);
//! what one has meanwhile, and the risk of breakdown: Binmore, Rubinstein and Wolinsky (1986). With
//! utilities `u1`, `u2`, discount factors `d` from one round to the next, inside values `i` (what
//! the party has until there is an agreement) and outside options `b` (what it can have for good by
//! leaving, which only the responder may do, right after refusing), the first proposes `P`, the
//! second `Q`, both on the frontier, so that the other is just willing:
//!
//! ```text
//! u2(P) = max(b2, i2 + d2 (u2(Q) - i2))
//! u1(Q) = max(b1, i1 + d1 (u1(P) - i1))
//! ```
//!
//! On a pie of size 1 with `i = 0` and no options: `u1(P) = (1 - d2) / (1 - d1 d2)`. An option below
//! the continuation has no effect, one above it is paid exactly. What one has meanwhile, by
//! contrast, is paid in full, and the surplus above it divided.
//!
//! Flows in: a party's list of offers as the frontier, both sides' values. Flows out: what it asks
//! for and the least it accepts, as changes against now. Invariant: nothing is random here.

use super::super::Run;
use super::super::log::Log;
use super::offer::Point;
use crate::math;

/// Steps of bisection: the shares are exact to the last digit but a few.
const STEPS: usize = 60;

/// Highest discount factor, where no party minds waiting and the shares would not be determined.
const PATIENT: f64 = 1.0 - 1e-7;

/// One side of the table.
#[derive(Debug, Clone, Copy)]
struct Side {
    /// Share of the future that is left after a round, in (0, 1].
    discount: f64,
    /// Value of waiting, as a change against now.
    inside: f64,
    /// Value of leaving likewise; minus infinity if there is nowhere to go.
    outside: f64,
}

impl Side {
    /// The least it accepts if it would get `next` as the next proposer.
    fn floor(self, next: f64) -> f64 {
        let wait = self.inside + self.discount.min(PATIENT) * (next - self.inside);
        wait.max(self.outside)
    }
}

/// What a party asks for as proposer and the least it accepts as responder.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stationary {
    /// Own utility of its proposal.
    pub(super) ask: f64,
    /// Own utility at which it accepts.
    pub(super) floor: f64,
}

impl<L: Log> Run<'_, L> {
    /// The stationary equilibrium as a row sees it, who takes everyone else at the table for one
    /// side: the most impatient of them decides how long it can wait. Others' values are those of
    /// their first type; the theory knows no private ones.
    pub(super) fn rubinstein(&mut self, row: usize, venue: usize) -> Stationary {
        let list = self.list(venue, row);
        let mine = self.model.rows[row].party;
        let own = self.side(row);
        let mut other = Side {
            discount: 1.0,
            inside: 0.0,
            outside: 0.0,
        };
        for (party, plan) in self.model.parties.iter().enumerate() {
            if party != mine && self.world.seats[venue] >> party & 1 == 1 {
                let side = self.side(plan.first_row);
                let power = self.draw.rows[plan.first_row].power;
                other.discount = other.discount.min(side.discount);
                other.inside += power * side.inside;
                other.outside += power * side.outside;
            }
        }
        stationary(self.book.points(list), own, other)
    }

    fn side(&self, row: usize) -> Side {
        let party = self.model.rows[row].party;
        let days = f64::from(self.model.rounds[self.world.round].days.max(1));
        let slots = &self.world.slots;
        let outlook = self.outlook(party);
        // Fear and the cost of backing down weigh on whatever is not an agreement.
        let charge = self.draw.rows[row].audience_cost * slots[self.model.slots.exposure(party)]
            - outlook.fear;
        let outside = (self.model.parties[party].force.iter())
            .filter(|&&option| outlook.can >> option & 1 == 1)
            .map(|&option| self.war(row, option, slots) - self.world.now[row])
            .fold(f64::NEG_INFINITY, f64::max);
        Side {
            discount: math::exp(self.draw.rows[row].ln_patience * days / 7.0),
            inside: charge - self.standing(row, slots, outlook.seated),
            outside: charge + outside,
        }
    }
}

/// Solves the two conditions on a frontier, best for the party first, straight between its points.
fn stationary(points: &[Point], own: Side, other: Side) -> Stationary {
    let reply = |ask: f64| {
        let theirs = other_at(points, own.floor(ask));
        own_at(points, other.floor(theirs))
    };
    // The reply rises by less than the ask does, so there is one ask that is its own reply.
    let (mut low, mut high) = (points[points.len() - 1].own, points[0].own);
    for _ in 0..STEPS {
        let ask = f64::midpoint(low, high);
        if reply(ask) > ask {
            low = ask;
        } else {
            high = ask;
        }
    }
    let ask = f64::midpoint(low, high);
    Stationary {
        ask,
        floor: own.floor(ask),
    }
}

/// The most a party can have while the others get at least `other`.
fn own_at(points: &[Point], other: f64) -> f64 {
    let next = points.partition_point(|point| point.other < other);
    between(points, next, |point| (point.other, point.own), other)
}

/// The most the others can have while the party gets at least `own`.
fn other_at(points: &[Point], own: f64) -> f64 {
    let next = points.partition_point(|point| point.own >= own);
    between(points, next, |point| (point.own, point.other), own)
}

/// The line from the point before `next` to it at `x`; the end of the list beyond its ends.
fn between(points: &[Point], next: usize, of: impl Fn(&Point) -> (f64, f64), x: f64) -> f64 {
    match (next.checked_sub(1).map(|at| &points[at]), points.get(next)) {
        (Some(before), Some(after)) => {
            let ((x0, y0), (x1, y1)) = (of(before), of(after));
            y0 + (y1 - y0) * (x - x0) / (x1 - x0)
        }
        (None, Some(end)) | (Some(end), None) => of(end).1,
        (None, None) => x,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pie(slices: u32) -> Vec<Point> {
        (0..=slices)
            .map(|slice| {
                let other = f64::from(slice) / f64::from(slices);
                Point {
                    own: 1.0 - other,
                    other,
                    package: u64::from(slice),
                    form: 0,
                }
            })
            .collect()
    }

    fn side(discount: f64, inside: f64, outside: f64) -> Side {
        Side {
            discount,
            inside,
            outside,
        }
    }

    /// Fixed points of `x = 1 - max(b2, (1 - d2) i2 + d2 y)`, `y = 1 - max(b1, (1 - d1) i1 + d1 x)`,
    /// iterated by hand until nothing changes (Muthoo 1999, chapters 3 to 6).
    #[test]
    fn shares_of_a_pie_are_those_of_the_fixed_point() {
        for (d1, d2, b1, b2, i1, i2) in [
            (0.9, 0.9, f64::NEG_INFINITY, f64::NEG_INFINITY, 0.0, 0.0),
            (0.5, 0.99, f64::NEG_INFINITY, f64::NEG_INFINITY, 0.0, 0.0),
            (0.9, 0.9, 0.0, 0.3, 0.0, 0.0),
            (0.9, 0.9, 0.0, 0.6, 0.0, 0.0),
            (0.9, 0.9, 0.6, 0.0, 0.0, 0.0),
            (0.9, 0.8, 0.1, 0.2, 0.0, 0.0),
            (0.95, 0.95, 0.0, 0.0, 0.2, 0.1),
            (0.95, 0.95, 0.0, 0.7, 0.2, 0.1),
            (0.999, 0.999, 0.2, 0.3, 0.2, 0.3),
        ] {
            let (mut x, mut y) = (1.0_f64, 1.0_f64);
            for _ in 0..20_000 {
                x = 1.0 - b2.max((1.0 - d2) * i2 + d2 * y);
                y = 1.0 - b1.max((1.0 - d1) * i1 + d1 * x);
            }
            for slices in [1, 100] {
                let found = stationary(&pie(slices), side(d1, i1, b1), side(d2, i2, b2));
                assert!(
                    (found.ask - x).abs() < 1e-9 && (found.floor - (1.0 - y)).abs() < 1e-9,
                    "{found:?} for {x} and {}",
                    1.0 - y
                );
            }
        }
    }

    /// Binmore, Rubinstein and Wolinsky (1986): patience itself brings the Nash solution, also on a
    /// frontier that is no straight line. Here it has one corner, at (0.8, 0.6), where the product
    /// is largest.
    #[test]
    fn patient_parties_come_to_the_nash_solution() {
        let frontier: Vec<Point> = [(1.0, 0.0), (0.8, 0.6), (0.0, 1.0)]
            .map(|(own, other)| Point {
                own,
                other,
                package: 0,
                form: 0,
            })
            .to_vec();
        let nobody = f64::NEG_INFINITY;
        let found = stationary(&frontier, side(1.0, 0.0, nobody), side(1.0, 0.0, nobody));
        assert!((found.ask - 0.8).abs() < 1e-4, "{found:?}");
        // On a pie: half of what is left above what each has meanwhile.
        let found = stationary(&pie(1), side(1.0, 0.2, nobody), side(1.0, 0.3, nobody));
        assert!((found.ask - 0.45).abs() < 1e-6, "{found:?}");
    }
}
