//! What two parties have to divide, as a pie of 1.
//!
//! Flows in: a case and two parties. Flows out: a [`Pie`]: for each of them the utility of the
//! package best for itself and of the one best for the other. Invariant: a share is linear in
//! utility between the two, so a pie is a reading of the scenario and not a part of it; issues that
//! both want moved the same way lie outside the dispute and make the pie smaller for neither.

use crate::solve::case::Case;
use crate::solve::space::{Package, Space, ratified};

/// The dispute between two parties.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pie {
    /// Utility of each at the package best for the other.
    pub(super) none: [f64; 2],
    /// Utility of each at the package best for itself.
    pub(super) all: [f64; 2],
}

impl Pie {
    /// The dispute, if either has anything to gain from the other's giving way.
    pub(super) fn new(case: &Case, pair: [usize; 2]) -> Option<Self> {
        let space = &case.space;
        let ideals = [
            ideal(space, pair[0], pair[1]),
            ideal(space, pair[1], pair[0]),
        ];
        let pie = Self {
            none: [
                worth(space, &ideals[1], pair[0]),
                worth(space, &ideals[0], pair[1]),
            ],
            all: [
                worth(space, &ideals[0], pair[0]),
                worth(space, &ideals[1], pair[1]),
            ],
        };
        (pie.stake(0) > 1e-9 && pie.stake(1) > 1e-9).then_some(pie)
    }

    /// What all of the pie is worth more than none of it, in utility.
    pub(super) fn stake(&self, side: usize) -> f64 {
        self.all[side] - self.none[side]
    }

    /// A utility as a share of the pie; below 0 or above 1 outside it.
    pub(super) fn share(&self, side: usize, utility: f64) -> f64 {
        (utility - self.none[side]) / self.stake(side)
    }
}

/// The package best for one, ties to what is better for the other: issue by issue within a form, as
/// joint levels are only priced afterwards.
fn ideal(space: &Space, one: usize, other: usize) -> Package {
    let mut best: Option<(f64, Package)> = None;
    for form in 0..space.ratified.len() {
        let mut package = Package {
            form,
            levels: space.start.clone(),
        };
        for issue in space.free_issues() {
            let key = |level: usize| {
                let level = level as u8;
                let refuses = space.refused(issue, level) >> one & 1 == 1;
                let change = space.change(form, issue, level);
                (!refuses).then(|| (change[one], change[other]))
            };
            let start = usize::from(space.start[issue]);
            let mut chosen = (start, key(start).unwrap_or_default());
            for level in 0..space.levels[issue] {
                if let Some(found) = key(level).filter(|found| *found > chosen.1) {
                    chosen = (level, found);
                }
            }
            package.levels[issue] = chosen.0 as u8;
        }
        if space.listed(&package) {
            let utility = worth(space, &package, one);
            if best.as_ref().is_none_or(|(most, _)| utility > *most) {
                best = Some((utility, package));
            }
        }
    }
    best.map_or_else(|| space.status_quo(), |(_, package)| package)
}

/// Utility of a package to a party even where it refuses it: the price of the red line is in it.
fn worth(space: &Space, package: &Package, party: usize) -> f64 {
    let levels = space.in_force(package);
    let mut sum = 0.0;
    for (issue, &level) in levels.iter().enumerate() {
        if level != space.start[issue] {
            sum += space.change(package.form, issue, level)[party];
        }
    }
    for link in space.links.iter().filter(|link| link.party == party) {
        sum += f64::from(i8::from(link.holds(&levels)) - i8::from(link.before)) * link.bonus;
    }
    space.now[party] + ratified(sum, space.ratified[package.form])
}
