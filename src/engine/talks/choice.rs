//! What the levels of a block of linked issues are worth, and what that depends on.
//!
//! Flows in: a venue, a row, a form, issues and the crisis as it stands. Flows out: for each level
//! and each linkage what it brings to the row and, as the row sees it, to the others at the table.
//!
//! Where it makes no difference to the row which of an issue's levels is in force, the issue is
//! [free](is_free): its levels count for what they are worth, not for what they change, and a move
//! that shifts the level leaves the block as it was. All others count as changes against the level in
//! force. What linkages bring always counts in full, not as a change.

use super::super::tables::LANES;
use super::blocks::Step;
use super::index::mix;
use super::links::{bits, ones};
use super::offer::{Situation, change_of};

/// What a block's choices depend on within a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    /// Levels in force of the block's issues plus one, 5 bits each; 0 for those that are free.
    levels: u128,
    /// Linkages that bear on the block and pass outside it.
    passed: u64,
    /// Those that would be refused if they did not hold already.
    granted: u64,
    block: u32,
    seats: u32,
    venue: u16,
    row: u16,
    form: u16,
}

impl Key {
    pub(super) fn hash(&self) -> u64 {
        let words = [
            self.levels as u64 ^ (self.levels >> 64) as u64,
            self.passed ^ self.granted.rotate_left(32),
            u64::from(self.block) << 32 | u64::from(self.seats),
            u64::from(self.venue) << 32 | u64::from(self.row) << 16 | u64::from(self.form),
        ];
        words.into_iter().fold(0, mix)
    }
}

/// The block at hand.
#[derive(Clone, Copy)]
pub(super) struct Choice<'a> {
    /// Model, draw, world.
    pub(super) at: Situation<'a>,
    /// Venue.
    pub(super) venue: usize,
    /// Who chooses.
    pub(super) row: usize,
    /// Form.
    pub(super) form: usize,
    /// Issues, as bits.
    pub(super) block: u32,
    /// Linkages that bear on it and pass outside it, the form issue raised if it is.
    pub(super) passed: u64,
    /// Linkages that bear on it and hold as things stand.
    pub(super) standing: u64,
    /// Linkages that bear on it.
    pub(super) bearing: u64,
    /// Whether some issue of it is a promise.
    pub(super) promise: bool,
    /// Issues that are [free](is_free), as bits.
    pub(super) free: u32,
}

impl Choice<'_> {
    pub(super) fn key(&self) -> Key {
        let world = self.at.world;
        let mut granted = self.standing;
        for linkage in ones(self.standing) {
            if !self.refuses(linkage) {
                granted &= !(1 << linkage);
            }
        }
        let code = |issue| {
            let counts = self.free >> issue & 1 == 0;
            if counts { world.levels[issue] + 1 } else { 0 }
        };
        Key {
            levels: bits(self.block).fold(0, |key, issue| key << 5 | u128::from(code(issue))),
            passed: self.passed,
            granted,
            block: self.block,
            seats: world.seats[self.venue],
            venue: self.venue as u16,
            row: self.row as u16,
            // Without a promise in it a form has no bearing on a block.
            form: if self.promise {
                self.form as u16
            } else {
                u16::MAX
            },
        }
    }

    /// Before the first issue has been chosen.
    pub(super) fn first(&self) -> Step {
        Step {
            own: 0.0,
            other: 0.0,
            package: 0,
            alive: self.passed,
            promise: false,
        }
    }

    /// Best own utility of the levels of a single issue on which no linkage bears, as
    /// [`Blocks::best`].
    pub(super) fn best_alone(&self) -> [f64; 2] {
        let Situation {
            model,
            tables,
            world,
            ..
        } = self.at;
        let issue = self.block.trailing_zeros() as usize;
        let current = world.levels[issue];
        let stays = current_worth(self.at, self.row, issue);
        let gain = tables.gain(self.row / LANES, self.form);
        let levels = &gain[tables.at(issue, 0)..][..model.issues[issue].levels];
        let mut moves = f64::NEG_INFINITY;
        for (level, gain) in levels.iter().enumerate() {
            // A level that is refused is worth minus infinity.
            if level != usize::from(current) {
                moves = moves.max(gain[self.row % LANES]);
            }
        }
        if model.issues[issue].promise {
            [0.0, moves - stays]
        } else if self.free >> issue & 1 == 1 {
            [moves.max(stays), f64::NEG_INFINITY]
        } else {
            [(moves - stays).max(0.0), f64::NEG_INFINITY]
        }
    }

    /// Whether the row refuses that a linkage comes to hold.
    pub(super) fn refuses(&self, linkage: usize) -> bool {
        let plan = &self.at.model.linkages[linkage];
        plan.absolute && plan.party == self.at.model.rows[self.row].party
    }

    /// What settling an issue at a level is worth to the row.
    pub(super) fn own(&self, issue: usize, level: u8) -> f64 {
        let Situation { tables, .. } = self.at;
        tables.gain(self.row / LANES, self.form)[tables.at(issue, level)][self.row % LANES]
    }

    /// What the row thinks a level worth to the others at the table.
    pub(super) fn others(&self, issue: usize, level: u8) -> f64 {
        others(self.at, self.venue, self.row, self.form, (issue, level))
    }
}

/// What the level in force is worth to a row.
#[inline]
pub(super) fn current_worth(at: Situation<'_>, row: usize, issue: usize) -> f64 {
    at.world.current[row / LANES * at.model.issues.len() + issue][row % LANES]
}

/// Whether it makes no difference to a row which of an issue's levels is in force when it is
/// settled: nothing is promised, and to settle the level in force changes nothing.
#[inline]
pub(super) fn is_free(at: Situation<'_>, row: usize, form: usize, issue: usize) -> bool {
    let Situation {
        model,
        tables,
        world,
        ..
    } = at;
    let settled = &tables.gain(row / LANES, form)[tables.at(issue, world.levels[issue])];
    let current = current_worth(at, row, issue);
    !model.issues[issue].promise && settled[row % LANES].total_cmp(&current).is_eq()
}

/// What a row thinks a level worth to the others at the table.
fn others(
    at: Situation<'_>,
    venue: usize,
    row: usize,
    form: usize,
    (issue, level): (usize, u8),
) -> f64 {
    let Situation {
        model, draw, world, ..
    } = at;
    let party = model.rows[row].party;
    let worth = |other| {
        let at = model.estimate_index(row, other, form, issue);
        draw.estimate[at + usize::from(level)]
    };
    bits(world.seats[venue] & !(1 << party)).map(worth).sum()
}

/// What is already there of what [`Blocks`] count in full, to (own, the others'), and the part of
/// the package that goes with it: some free issues as they stand, linkages that hold.
pub(super) fn standing(
    at: Situation<'_>,
    (venue, row, form): (usize, usize, usize),
    free: u32,
    linkages: u64,
) -> (f64, f64, u64) {
    let plan = &at.model.venues[venue];
    let mut sum = (0.0, 0.0, 0_u64);
    for (&issue, &radix) in plan.decides.iter().zip(&plan.radix) {
        if free >> issue & 1 == 1 {
            let level = at.world.levels[issue];
            sum.0 += current_worth(at, row, issue);
            sum.1 += others(at, venue, row, form, (issue, level));
            sum.2 += u64::from(level) * radix;
        }
    }
    for linkage in ones(linkages) {
        let (own, other) = linkage_worth(at, row, linkage);
        sum = (sum.0 + own, sum.1 + other, sum.2);
    }
    sum
}

/// Change of (own, the others') utility when an issue goes from the level in force to another.
pub(super) fn change(
    at: Situation<'_>,
    venue: usize,
    row: usize,
    form: usize,
    (issue, level): (usize, u8),
) -> (f64, f64) {
    let own = change_of(at, row, form, issue, level);
    let current = at.world.levels[issue];
    let others = |level| others(at, venue, row, form, (issue, level));
    (own, others(level) - others(current))
}

/// Change of (own, the others') utility when a linkage comes to hold or ceases to; `None` if the
/// row refuses it.
pub(super) fn linkage_change(
    at: Situation<'_>,
    row: usize,
    linkage: usize,
    holds: bool,
) -> Option<(f64, f64)> {
    let plan = &at.model.linkages[linkage];
    let refused = holds && plan.absolute && plan.party == at.model.rows[row].party;
    let sign = if holds { 1.0 } else { -1.0 };
    let (own, other) = linkage_worth(at, row, linkage);
    (!refused).then_some((sign * own, sign * other))
}

/// What a linkage that holds is worth to (own, the others').
pub(super) fn linkage_worth(at: Situation<'_>, row: usize, linkage: usize) -> (f64, f64) {
    let Situation { model, draw, .. } = at;
    let plan = &model.linkages[linkage];
    if plan.party == model.rows[row].party {
        return (draw.bonus[linkage], 0.0);
    }
    let power = draw.rows[model.parties[plan.party].first_row].power;
    let bonus = if plan.absolute {
        -1.0
    } else {
        draw.bonus[linkage]
    };
    (0.0, crate::model::draw::snap(power * bonus))
}
