//! The offers a party can make, and the one it makes.
//!
//! Flows in: the utility tables of a draw and the crisis as it stands. Flows out: for a party of a
//! type at a venue, the list of packages worth offering, best for itself first.
//!
//! Among the packages worth at least its target to itself, a party offers the one it thinks best
//! for the others at the table (logrolling: Raiffa 1982; Faratin, Sierra and Jennings 2002). For
//! every target that package lies on the Pareto staircase of (own utility, the others' utility as
//! estimated), so the staircase is computed once and an offer is a search in it.
//!
//! The staircase is exact. Utilities add up over issues but for linkages, so the staircase of a sum
//! is built issue by issue from staircases (linked issues together, as one block): a package
//! dominated on some issues stays dominated whatever is added to both. All entries are multiples of
//! 2^-40, so sums are exact and ties are ties; a tie goes to the weaker form, then to the lower
//! package index. Above [`LIMIT`] points a staircase is thinned evenly, at most once per issue;
//! the loss is at most the gap between neighbours, `1 / LIMIT` of its range on average.
//!
//! Invariant: within one run nothing here allocates beyond the capacity reserved at the start,
//! unless a scenario's staircases outgrow it, and then only once per thread.

use crate::model::Draw;
use crate::model::plan::{Model, StrategyPlan};

use super::super::world::World;

/// Longest staircase kept exactly.
pub(crate) const LIMIT: usize = 65_536;

/// A package on a party's list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    /// Change of own utility against the situation as it stands.
    pub(crate) own: f64,
    /// The same for the others at the table, weighted by power, as the party estimates it.
    pub(crate) other: f64,
    /// Index of the package in the venue's agenda.
    pub(crate) package: u64,
    /// Form it is recorded in.
    pub(crate) form: u8,
}

/// Where a list stands in the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    venue: u16,
    row: u16,
    seats: u32,
    key: u128,
    start: usize,
    len: usize,
}

/// All lists of one draw, made when first needed.
#[derive(Debug, Clone, Default)]
pub(crate) struct OfferBook {
    entries: Vec<Entry>,
    points: Vec<Point>,
    /// `[venue * rows + row]`: entry and the generation of the world it is valid for.
    current: Vec<(u32, usize)>,
    scratch: Scratch,
}

#[derive(Debug, Clone, Default)]
struct Scratch {
    /// Staircases so far without and with a changed promise.
    fronts: [Vec<Point>; 2],
    next: [Vec<Point>; 2],
    options: [Vec<Point>; 2],
    /// Finished staircases, one after the other, and where each ends.
    finished: Vec<Point>,
    ends: Vec<usize>,
    heads: Vec<Head>,
    levels: Vec<u8>,
    block: Vec<usize>,
}

/// One sorted run in a merge: a staircase shifted by an option.
#[derive(Debug, Clone, Copy)]
struct Head {
    front: usize,
    at: usize,
    shift: Point,
}

impl OfferBook {
    /// An empty book with room for a scenario's usual lists.
    pub(crate) fn new(model: &Model) -> Self {
        let mut book = Self {
            entries: Vec::with_capacity(1_024),
            points: Vec::with_capacity(1 << 16),
            current: vec![(0, usize::MAX); model.venues.len() * model.rows.len()],
            scratch: Scratch::default(),
        };
        let scratch = &mut book.scratch;
        for list in scratch
            .fronts
            .iter_mut()
            .chain(&mut scratch.next)
            .chain(&mut scratch.options)
            .chain([&mut scratch.finished])
        {
            list.reserve(1 << 12);
        }
        scratch.ends.reserve(64);
        scratch.heads.reserve(1 << 10);
        scratch.levels.reserve(model.issues.len());
        scratch.block.reserve(model.issues.len());
        book
    }

    /// Forgets everything: a new draw has other utilities.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.points.clear();
        self.current.fill((0, usize::MAX));
    }

    /// Handle of the list of a row at a venue, as things stand.
    pub(crate) fn list(
        &mut self,
        model: &Model,
        draw: &Draw,
        price: &[f64],
        world: &World,
        venue: usize,
        row: usize,
    ) -> usize {
        let slot = venue * model.rows.len() + row;
        let (generation, entry) = self.current[slot];
        if entry != usize::MAX && generation == world.generation {
            return entry;
        }
        let key = pack(world);
        let seats = world.seats[venue];
        let wanted = |e: &Entry| {
            e.key == key
                && usize::from(e.venue) == venue
                && usize::from(e.row) == row
                && e.seats == seats
        };
        let found = self.entries.iter().rposition(wanted);
        let entry = found.unwrap_or_else(|| {
            if self.entries.len() == self.entries.capacity() {
                self.clear();
            }
            let start = self.points.len();
            let builder = Builder {
                model,
                draw,
                price,
                world,
                venue,
                row,
            };
            builder.build(&mut self.scratch, &mut self.points);
            self.entries.push(Entry {
                venue: venue as u16,
                row: row as u16,
                seats,
                key,
                start,
                len: self.points.len() - start,
            });
            self.entries.len() - 1
        });
        self.current[slot] = (world.generation, entry);
        entry
    }

    /// The points of a list, best for the party first.
    #[inline]
    pub(crate) fn points(&self, list: usize) -> &[Point] {
        let entry = &self.entries[list];
        &self.points[entry.start..entry.start + entry.len]
    }
}

/// Index of the offer for a target: the last point worth at least the target to the party, which
/// is the best of those for the others; the party's best if none is.
#[inline]
pub(crate) fn ask(points: &[Point], target: f64) -> usize {
    points
        .partition_point(|point| point.own >= target)
        .saturating_sub(1)
}

/// Levels and settlements in one number.
fn pack(world: &World) -> u128 {
    world
        .levels
        .iter()
        .enumerate()
        .fold(0, |key, (issue, &level)| {
            let settled = (world.settled >> issue & 1) as u8;
            key << 5 | u128::from(level << 1 | settled)
        })
}

struct Builder<'a> {
    model: &'a Model,
    draw: &'a Draw,
    price: &'a [f64],
    world: &'a World,
    venue: usize,
    row: usize,
}

impl Builder<'_> {
    fn build(&self, scratch: &mut Scratch, points: &mut Vec<Point>) {
        let venue = &self.model.venues[self.venue];
        let open = venue
            .decides
            .iter()
            .fold(0_u32, |bits, &issue| bits | 1 << issue)
            & !self.world.settled;
        scratch.finished.clear();
        scratch.ends.clear();
        if open == 0 {
            return;
        }
        let promises = (0..self.model.issues.len())
            .filter(|&issue| self.model.issues[issue].promise)
            .fold(0_u32, |bits, issue| bits | 1 << issue);
        // Packages without a promise are the same in every form: the surest one records them.
        let surest = venue.forms.iter().copied().reduce(|best, form| {
            if self.draw.ratified[form] > self.draw.ratified[best] {
                form
            } else {
                best
            }
        });
        if let Some(form) = surest {
            self.staircase(scratch, open & !promises, form, false);
        }
        if open & promises != 0 {
            for &form in &venue.forms {
                self.staircase(scratch, open, form, true);
            }
        }
        self.join(scratch, points);
    }

    /// Staircase of the packages over the open issues in one form, appended to `finished`; with
    /// `promise`, of those that change at least one promise.
    fn staircase(&self, scratch: &mut Scratch, open: u32, form: usize, promise: bool) {
        let unchanged = self.unchanged();
        let mut base = Point {
            own: 0.0,
            other: 0.0,
            package: unchanged,
            form: form as u8,
        };
        scratch.levels.clear();
        scratch.levels.extend_from_slice(&self.world.levels);
        if promise {
            self.raise_form(scratch, open, form, &mut base);
            if base.own.is_infinite() {
                return;
            }
        }
        for front in &mut scratch.fronts {
            front.clear();
        }
        scratch.fronts[0].push(base);
        let mut left = open;
        while left != 0 {
            let block = self.block_of(left.trailing_zeros() as usize, open);
            left &= !block;
            self.options(scratch, block, form);
            Self::merge(scratch);
        }
        let list = usize::from(promise);
        let share = self.draw.ratified[form];
        for point in &scratch.fronts[list] {
            if point.package == unchanged {
                continue;
            }
            scratch.finished.push(Point {
                own: ratified(point.own, share),
                other: ratified(point.other, share),
                ..*point
            });
        }
        scratch.ends.push(scratch.finished.len());
    }

    /// Index of the package that changes nothing.
    fn unchanged(&self) -> u64 {
        let venue = &self.model.venues[self.venue];
        let digits = venue.decides.iter().zip(&venue.radix);
        digits
            .map(|(&issue, radix)| u64::from(self.world.levels[issue]) * radix)
            .sum()
    }

    /// Moves the form issue to the level of the form and prices it into the base point.
    fn raise_form(&self, scratch: &mut Scratch, open: u32, form: usize, base: &mut Point) {
        let (Some(issue), Some(level)) = (self.model.form_issue, self.model.forms[form].level)
        else {
            return;
        };
        if level > self.world.levels[issue] {
            let (own, other) = self.change(form, issue, level);
            base.own += own;
            base.other += other;
            if self.draw.forbidden[self.row * self.model.issues.len() + issue] >> level & 1 == 1 {
                // Nobody records anything in a form it refuses.
                base.own = f64::NEG_INFINITY;
            }
            scratch.levels[issue] = level;
        }
        // Linkages of the form with issues that are not open here.
        for linkage in 0..self.model.linkages.len() {
            if self.model.linkages[linkage].issues & open == 0 {
                let (own, other) = self.linked(linkage, &scratch.levels);
                base.own += own;
                base.other += other;
            }
        }
    }

    /// Open issues joined to one by linkages, as bits.
    fn block_of(&self, issue: usize, open: u32) -> u32 {
        let mut block = 1_u32 << issue;
        loop {
            let joined = self
                .model
                .linkages
                .iter()
                .filter(|linkage| linkage.issues & block != 0)
                .fold(block, |bits, linkage| bits | (linkage.issues & open));
            if joined == block {
                return block;
            }
            block = joined;
        }
    }

    /// Every choice of levels for a block, apart by whether it changes a promise.
    fn options(&self, scratch: &mut Scratch, block: u32, form: usize) {
        let venue = &self.model.venues[self.venue];
        for list in &mut scratch.options {
            list.clear();
        }
        scratch.block.clear();
        scratch
            .block
            .extend((0..self.model.issues.len()).filter(|&issue| block >> issue & 1 == 1));
        for &issue in &scratch.block {
            scratch.levels[issue] = 0;
        }
        'combinations: loop {
            let mut option = Point {
                own: 0.0,
                other: 0.0,
                package: 0,
                form: form as u8,
            };
            let mut promise = false;
            let mut allowed = true;
            for &issue in &scratch.block {
                let (level, current) = (scratch.levels[issue], self.world.levels[issue]);
                if level == current {
                    continue;
                }
                let refused = self.draw.forbidden[self.row * self.model.issues.len() + issue];
                allowed &= refused >> level & 1 == 0;
                promise |= self.model.issues[issue].promise;
                let (own, other) = self.change(form, issue, level);
                option.own += own;
                option.other += other;
                let digit = venue
                    .decides
                    .iter()
                    .position(|&i| i == issue)
                    .unwrap_or_default();
                option.package = option.package.wrapping_add(
                    venue.radix[digit]
                        .wrapping_mul(u64::from(level).wrapping_sub(u64::from(current))),
                );
            }
            for linkage in 0..self.model.linkages.len() {
                if self.model.linkages[linkage].issues & block != 0 {
                    let (own, other) = self.linked(linkage, &scratch.levels);
                    option.own += own;
                    option.other += other;
                }
            }
            if allowed && option.own > f64::NEG_INFINITY {
                scratch.options[usize::from(promise)].push(option);
            }
            for &issue in scratch.block.iter().rev() {
                scratch.levels[issue] += 1;
                if usize::from(scratch.levels[issue]) < self.model.issues[issue].levels {
                    continue 'combinations;
                }
                scratch.levels[issue] = 0;
            }
            break;
        }
        for &issue in &scratch.block {
            scratch.levels[issue] = self.world.levels[issue];
        }
        if scratch.block.len() > 1 {
            for list in &mut scratch.options {
                list.sort_unstable_by(before);
                prune(list);
            }
        }
    }

    /// Adds the options of a block to the staircases.
    fn merge(scratch: &mut Scratch) {
        for target in 0..2 {
            scratch.heads.clear();
            for front in 0..2 {
                for options in 0..2 {
                    if (front | options) != target || scratch.fronts[front].is_empty() {
                        continue;
                    }
                    for &shift in &scratch.options[options] {
                        scratch.heads.push(Head {
                            front,
                            at: 0,
                            shift,
                        });
                    }
                }
            }
            let (fronts, next) = (&scratch.fronts, &mut scratch.next[target]);
            next.clear();
            let sum = |head: &Head| {
                let point = fronts[head.front][head.at];
                Point {
                    own: point.own + head.shift.own,
                    other: point.other + head.shift.other,
                    package: point.package.wrapping_add(head.shift.package),
                    form: point.form,
                }
            };
            while !scratch.heads.is_empty() {
                let mut best = 0;
                let mut best_point = sum(&scratch.heads[0]);
                for (index, head) in scratch.heads.iter().enumerate().skip(1) {
                    let point = sum(head);
                    if before(&point, &best_point).is_lt() {
                        (best, best_point) = (index, point);
                    }
                }
                push(next, best_point);
                scratch.heads[best].at += 1;
                if scratch.heads[best].at == fronts[scratch.heads[best].front].len() {
                    scratch.heads.swap_remove(best);
                }
            }
            if next.len() > LIMIT {
                thin(next);
            }
        }
        std::mem::swap(&mut scratch.fronts, &mut scratch.next);
    }

    /// Joins the finished staircases of all forms into one list.
    fn join(&self, scratch: &mut Scratch, points: &mut Vec<Point>) {
        if matches!(self.model.rows[self.row].strategy, StrategyPlan::Micro) {
            // That strategy walks down every package it could accept, not only the efficient ones.
            scratch.finished.sort_unstable_by(before);
            points.extend_from_slice(&scratch.finished);
            return;
        }
        let first = points.len();
        scratch.heads.clear();
        let mut begin = 0;
        for &end in &scratch.ends {
            if end > begin {
                let shift = Point {
                    own: 0.0,
                    other: 0.0,
                    package: end as u64,
                    form: 0,
                };
                scratch.heads.push(Head {
                    front: 0,
                    at: begin,
                    shift,
                });
            }
            begin = end;
        }
        while !scratch.heads.is_empty() {
            let mut best = 0;
            for index in 1..scratch.heads.len() {
                let (a, b) = (scratch.heads[index].at, scratch.heads[best].at);
                if before(&scratch.finished[a], &scratch.finished[b]).is_lt() {
                    best = index;
                }
            }
            let head = &mut scratch.heads[best];
            let point = scratch.finished[head.at];
            if points.len() == first || point.other > points[points.len() - 1].other {
                points.push(point);
            }
            head.at += 1;
            if head.at as u64 == head.shift.package {
                scratch.heads.swap_remove(best);
            }
        }
    }

    /// Change of (own, the others') utility when an issue goes from the level in force to another.
    fn change(&self, form: usize, issue: usize, level: u8) -> (f64, f64) {
        let model = self.model;
        let own = change_of(
            model, self.draw, self.price, self.world, self.row, form, issue, level,
        );
        let party = model.rows[self.row].party;
        let insight = self.draw.rows[self.row].insight;
        let current = usize::from(self.world.levels[issue]);
        let mut others = 0.0;
        for other in 0..model.parties.len() {
            if other == party || self.world.seats[self.venue] >> other & 1 == 0 {
                continue;
            }
            let seen = |view| {
                let at = model.seen_index(view, other, form, issue);
                self.draw.seen[at + usize::from(level)] - self.draw.seen[at + current]
            };
            let estimate = insight * seen(0) + (1.0 - insight) * seen(1);
            let power = self.draw.rows[model.parties[other].first_row].power;
            others += crate::model::draw::snap(power * estimate);
        }
        (own, others)
    }

    /// Change of (own, the others') utility by a linkage when levels go from those in force.
    fn linked(&self, linkage: usize, levels: &[u8]) -> (f64, f64) {
        let plan = &self.model.linkages[linkage];
        let (after, before) = (plan.holds(levels), plan.holds(&self.world.levels));
        let own_party = self.model.rows[self.row].party;
        if after == before {
            return (0.0, 0.0);
        }
        let sign = if after { 1.0 } else { -1.0 };
        if plan.party == own_party {
            if after && plan.absolute {
                return (f64::NEG_INFINITY, 0.0);
            }
            return (sign * self.draw.bonus[linkage], 0.0);
        }
        if self.world.seats[self.venue] >> plan.party & 1 == 0 {
            return (0.0, 0.0);
        }
        let power = self.draw.rows[self.model.parties[plan.party].first_row].power;
        let malus = if plan.absolute {
            -1.0
        } else {
            self.draw.bonus[linkage]
        };
        (0.0, crate::model::draw::snap(sign * power * malus))
    }
}

/// Own utility change of one issue's level in a form, consequences for the crisis priced in.
#[expect(
    clippy::too_many_arguments,
    reason = "one formula over the tables it needs"
)]
#[inline]
pub(crate) fn change_of(
    model: &Model,
    draw: &Draw,
    price: &[f64],
    world: &World,
    row: usize,
    form: usize,
    issue: usize,
    level: u8,
) -> f64 {
    let standing = match world.form[issue] {
        super::super::record::NONE => model.forms.len(),
        settled => usize::from(settled),
    };
    let from = model.worth_index(row, standing, issue) + usize::from(world.levels[issue]);
    let to = model.worth_index(row, form, issue) + usize::from(level);
    let priced = (row * model.issues.len() + issue) * model.max_levels + usize::from(level);
    draw.worth[to] - draw.worth[from] + price[priced]
}

/// A gain counts as far as it will be ratified; a loss counts in full.
#[inline]
pub(crate) fn ratified(change: f64, share: f64) -> f64 {
    if change > 0.0 { share * change } else { change }
}

/// Own utility falls, then the others' falls, then the form and the package index rise.
#[inline]
fn before(a: &Point, b: &Point) -> std::cmp::Ordering {
    b.own
        .total_cmp(&a.own)
        .then_with(|| b.other.total_cmp(&a.other))
        .then_with(|| a.form.cmp(&b.form))
        .then_with(|| a.package.cmp(&b.package))
}

#[inline]
fn push(list: &mut Vec<Point>, point: Point) {
    if list.last().is_none_or(|last| point.other > last.other) {
        list.push(point);
    }
}

fn prune(list: &mut Vec<Point>) {
    let mut kept = 0;
    for index in 0..list.len() {
        if kept == 0 || list[index].other > list[kept - 1].other {
            list[kept] = list[index];
            kept += 1;
        }
    }
    list.truncate(kept);
}

/// Keeps every second point, the first and the last.
fn thin(list: &mut Vec<Point>) {
    let last = list.len() - 1;
    let mut index = 0;
    list.retain(|_| {
        index += 1;
        (index - 1) % 2 == 0 || index - 1 == last
    });
}
