//! Offers found so far.
//!
//! Flows in: a target and the offer that a search found for it. Flows out: the offer for any target
//! for which it is known, and what that offer changes for everybody once it has been on the table.
//!
//! Of the packages worth at least a target to a party its offer is the one that comes first in an
//! order that knows nothing of the target. An offer found for a target is therefore the offer for
//! every higher target up to what it is worth itself: it is still among the packages to choose from,
//! and they are fewer. So every search makes an interval of targets known; the intervals of a list
//! lie apart, and are kept in a chain, the highest first.
//!
//! Invariant: what is kept depends on the draw and on what a list of offers depends on, nothing else.

use super::Package;
use super::offer::Point;

/// Offers kept per thread; what is found beyond is not kept.
const OFFERS: usize = 1 << 14;

/// No place, the end of a chain.
const NOWHERE: u32 = u32::MAX;

/// An offer, and its place among those found so far, if it is kept. The place is good until the book
/// is emptied: an offer goes on the table before another is looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offer {
    pub(super) point: Point,
    place: u32,
}

impl Offer {
    /// An offer that is not kept.
    pub(super) fn loose(point: Point) -> Self {
        Self {
            point,
            place: NOWHERE,
        }
    }
}

/// A chain of offers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chain(u32);

impl Chain {
    pub(super) const EMPTY: Self = Self(NOWHERE);
}

/// An offer for the targets from `from` up to what it is worth.
#[derive(Debug, Clone, Copy)]
struct Link {
    point: Point,
    from: f64,
    next: u32,
    /// Place among what was on the table.
    tabled: u32,
}

/// All offers found for a draw.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    links: Vec<Link>,
    packages: Vec<Package>,
    /// `[package * width + row]`: what it changes.
    worth: Vec<f64>,
    width: usize,
}

impl Found {
    /// Room for offers that so many numbers value.
    pub(super) fn new(width: usize) -> Self {
        Self {
            links: Vec::with_capacity(OFFERS),
            packages: Vec::with_capacity(OFFERS),
            worth: Vec::with_capacity(OFFERS * width),
            width,
        }
    }

    /// Forgets everything; chains are void.
    pub(super) fn clear(&mut self) {
        self.links.clear();
        self.packages.clear();
        self.worth.clear();
    }

    /// The offer for a target, if it is known; else the link of the chain after which it belongs.
    #[inline]
    pub(super) fn find(&self, chain: Chain, target: f64) -> Result<Offer, Option<usize>> {
        let mut before = None;
        let mut place = chain.0;
        while let Some(link) = self.links.get(place as usize) {
            if link.from <= target {
                if target <= link.point.own {
                    let point = link.point;
                    return Ok(Offer { point, place });
                }
                break;
            }
            before = Some(place as usize);
            place = link.next;
        }
        Err(before)
    }

    /// Keeps the offer found for a target in a chain.
    pub(super) fn keep(&mut self, chain: &mut Chain, target: f64, point: Point) -> Offer {
        let before = match self.find(*chain, target) {
            Ok(offer) => return offer,
            Err(before) => before,
        };
        // The party's best, where nothing is worth so much, is the offer for no other target.
        if point.own < target || self.links.len() == OFFERS {
            return Offer::loose(point);
        }
        if let Some(place) = before
            && self.links[place].point == point
        {
            self.links[place].from = target;
            let place = place as u32;
            return Offer { point, place };
        }
        let place = self.links.len() as u32;
        let next = match before {
            Some(before) => &mut self.links[before].next,
            None => &mut chain.0,
        };
        let next = std::mem::replace(next, place);
        self.links.push(Link {
            point,
            from: target,
            next,
            tabled: NOWHERE,
        });
        Offer { point, place }
    }

    /// The package of an offer and what it changes for every row, if it has been on the table.
    #[inline]
    pub(super) fn tabled(&self, offer: Offer) -> Option<(&Package, &[f64])> {
        let tabled = self.links.get(offer.place as usize)?.tabled as usize;
        let package = self.packages.get(tabled)?;
        Some((package, &self.worth[tabled * self.width..][..self.width]))
    }

    /// Keeps the package of an offer and what it changes for every row.
    pub(super) fn table(&mut self, offer: Offer, package: &Package, worth: &[f64]) {
        if let Some(link) = self.links.get_mut(offer.place as usize) {
            link.tabled = self.packages.len() as u32;
            self.packages.push(*package);
            self.worth.extend_from_slice(worth);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A staircase: the more a package is worth to the party, the less to the others.
    fn points() -> Vec<Point> {
        let own = [0.9, 0.7, 0.65, 0.2, -0.1];
        let point = |(place, own): (usize, f64)| Point {
            own,
            other: -own,
            package: place as u64,
            form: 0,
        };
        own.into_iter().enumerate().map(point).collect()
    }

    #[test]
    fn an_offer_is_known_from_the_target_it_was_found_for_up_to_what_it_is_worth() {
        let points = points();
        let search = |target: f64| {
            let last = points.iter().rposition(|point| point.own >= target);
            points[last.unwrap_or(0)]
        };
        let mut found = Found::new(1);
        let mut chain = Chain::EMPTY;
        let mut known = Vec::new();
        for target in [0.5, 0.66, -0.3, 0.3, 0.95, 0.1, 0.8, 0.68, 0.21] {
            let expected = search(target);
            let covered = |&(from, to): &(f64, f64)| from <= target && target <= to;
            let hit = found.find(chain, target);
            assert_eq!(hit.is_ok(), known.iter().any(covered), "target {target}");
            let offer = hit.unwrap_or_else(|_| found.keep(&mut chain, target, expected));
            assert_eq!(offer.point, expected, "target {target}");
            known.push((target, expected.own));
        }
        assert_eq!(found.links.len(), 5, "one link for each package found");
        assert!(found.find(chain, 0.95).is_err(), "nothing is worth so much");
    }
}
