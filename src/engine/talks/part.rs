//! A form's share of a list, and the offer found in it without the list.
//!
//! Flows in: two staircases of which the packages of a form are the sums, and what the party wants at
//! least. Flows out: the package of them that is best for the others.

use super::blocks::{Blocks, Node};
use super::offer::{Point, ratified};
use crate::model::draw::snap;

/// What a form's staircase is the sum of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// What the form itself brings, less what stands already and is in the points (own, the
    /// others').
    pub(super) base: (f64, f64),
    /// Package index that goes with what stands already.
    pub(super) unchanged: u64,
    /// Sums of choices of all blocks but the last, if there is more than one.
    pub(super) others: Option<Node>,
    pub(super) last: Node,
    /// Chance of ratification, and its inverse.
    pub(super) share: f64,
    pub(super) inverse_share: f64,
    pub(super) form: u8,
    /// Whether a promise must change.
    pub(super) promise: bool,
    /// Most that a package of it gives the others.
    pub(super) top: f64,
}

/// The one choice where there is nothing to choose.
const NOTHING: [Point; 1] = [Point {
    own: 0.0,
    other: 0.0,
    package: 0,
    form: 0,
}];

/// What utilities are multiples of.
const GRAIN: f64 = 1.0 / (1_u64 << 40) as f64;

impl Part {
    /// A point of its staircase as an offer.
    pub(super) fn finished(&self, point: &Point, unchanged: u64) -> Point {
        Point {
            own: ratified(self.base.0 + point.own, self.share),
            other: ratified(self.base.1 + point.other, self.share),
            package: unchanged.wrapping_add(point.package.wrapping_sub(self.unchanged)),
            form: self.form,
        }
    }

    /// The package worth at least a target to the party that is best for the others, found without
    /// the staircase, if there is one and it comes before the best so far. Needs a positive chance
    /// of ratification.
    pub(super) fn offer(&self, blocks: &Blocks, target: f64, unchanged: u64, best: &mut Point) {
        if self.top < best.other {
            return;
        }
        let mut least = self.least(target) - self.base.0;
        let found = loop {
            let Some(found) = self.walk(blocks, least) else {
                return;
            };
            if found.package != self.unchanged {
                break found;
            }
            // Changing nothing is no offer, and what is better for nobody than that is none either.
            least = found.own + GRAIN;
        };
        let offer = self.finished(&found, unchanged);
        if preferred(&offer, best) {
            *best = offer;
        }
    }

    /// Least own utility before ratification that is worth a target after it.
    fn least(&self, target: f64) -> f64 {
        if target <= 0.0 {
            return target;
        }
        // Near enough for the steps below to end at once.
        let mut least = snap(target * self.inverse_share);
        while ratified(least - GRAIN, self.share) >= target {
            least -= GRAIN;
        }
        while ratified(least, self.share) < target {
            least += GRAIN;
        }
        least
    }

    /// Best sum for the others among those worth at least so much to the party.
    fn walk(&self, blocks: &Blocks, least: f64) -> Option<Point> {
        let mut best = Best {
            point: Point {
                own: 0.0,
                other: f64::NEG_INFINITY,
                package: 0,
                form: 0,
            },
        };
        let [last, last_promise] = blocks.points(self.last);
        let [others, others_promise] = match self.others {
            Some(others) => blocks.points(others),
            None => [NOTHING.as_slice(), &[]],
        };
        if self.promise {
            best.among(others, last_promise, least);
            best.among(others_promise, last, least);
            best.among(others_promise, last_promise, least);
        } else {
            best.among(others, last, least);
        }
        (best.point.other > f64::NEG_INFINITY).then_some(best.point)
    }
}

/// The best sum of two points so far.
struct Best {
    point: Point,
}

impl Best {
    /// Tries the sums of the points of two staircases that are worth at least so much to the party.
    #[inline]
    fn among(&mut self, a: &[Point], b: &[Point], least: f64) {
        // The less one of them gives the party, the more the other must.
        let mut enough = b;
        for first in a {
            let needed = least - first.own;
            while let Some((second, before)) = enough.split_last() {
                if second.own >= needed {
                    break;
                }
                enough = before;
            }
            let Some(second) = enough.last() else { return };
            let other = first.other + second.other;
            if other >= self.point.other {
                self.take(first, second, other);
            }
        }
    }

    fn take(&mut self, first: &Point, second: &Point, other: f64) {
        let point = Point {
            own: first.own + second.own,
            other,
            package: first.package.wrapping_add(second.package),
            form: 0,
        };
        let best = &self.point;
        let tied = other <= best.other
            && (point.own < best.own
                || (point.own <= best.own
                    && point.package.cast_signed() >= best.package.cast_signed()));
        if !tied {
            self.point = point;
        }
    }
}

/// Whether an offer comes before another that is as good for the others as any: it is better for
/// them, or as good and better for the party, or the weaker form, or the lower package.
fn preferred(a: &Point, b: &Point) -> bool {
    let order = b
        .other
        .total_cmp(&a.other)
        .then_with(|| b.own.total_cmp(&a.own))
        .then_with(|| a.form.cmp(&b.form))
        .then_with(|| a.package.cmp(&b.package));
    order.is_lt()
}
