//! The Pareto staircase of the packages of a venue's agenda: own utility against the others'.
//!
//! Flows in: a venue, a row and the crisis as it stands. Flows out: points, own utility falling,
//! the others' utility rising.
//!
//! The staircase is exact. Utilities add up over issues but for linkages, so the staircase of a sum
//! is built from staircases, linked issues together as one block: a package dominated on some
//! issues stays dominated whatever is added to both (Nemhauser and Ullmann 1969). All terms are
//! multiples of 2^-40, so sums are exact, ties are ties, and the order of issues does not matter; a
//! tie goes to the weaker form, then to the lower package index. Above `LIMIT` points a staircase
//! is thinned evenly, so that an offer can miss the best one by at most the step between two points.
//!
//! Two staircases are kept side by side: packages that change no promise, and packages that do.
//! Only the latter raise the form issue and differ from form to form.
//! Among the former "no change" takes part, so that what is better for nobody than that is left out.

use super::blocks::{Blocks, Choice, Node, change, linkage_change, standing};
use super::offer::{Point, Situation, ratified};
use crate::model::draw::snap;
use crate::model::plan::{MAX_ISSUES, Model, StrategyPlan};

/// Reusable memory of the builder.
#[derive(Debug, Clone, Default)]
pub(super) struct Scratch {
    /// Finished staircases, one after the other, and where each ends.
    finished: Vec<Point>,
    ends: Vec<usize>,
    heads: Vec<Head>,
    levels: Vec<u8>,
    blocks: Blocks,
    /// Partitions of sets of issues by sets of linkages; a venue comes back to the same few.
    partitions: Vec<((u32, u64), Partition)>,
}

/// Partitions after which they are forgotten.
const PARTITIONS: usize = 256;

impl Scratch {
    pub(super) fn new(model: &Model) -> Self {
        Self {
            finished: Vec::with_capacity(1 << 12),
            ends: Vec::with_capacity(64),
            heads: Vec::with_capacity(1 << 10),
            levels: Vec::with_capacity(model.issues.len()),
            blocks: Blocks::new(model),
            partitions: Vec::with_capacity(PARTITIONS),
        }
    }

    /// The blocks; parts made before the last clearing are void.
    pub(super) fn blocks(&mut self) -> &mut Blocks {
        &mut self.blocks
    }

    /// Forgets what belongs to a draw.
    pub(super) fn clear(&mut self) {
        self.blocks.clear();
    }
}

/// What is left of one form's staircase, and its first point.
#[derive(Debug, Clone, Copy)]
struct Head {
    point: Point,
    at: usize,
    end: usize,
}

/// Builds the list of one row at one venue.
pub(super) struct Builder<'a> {
    at: Situation<'a>,
    venue: usize,
    row: usize,
    /// Open issues of the agenda, as bits.
    open: u32,
    promises: u32,
    /// Linkages that count for the row: its party's or a party's at the table.
    counts: u64,
    /// Linkages that hold as things stand.
    standing: u64,
}

/// What a form's staircase is the sum of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// What the form itself brings, less what stands already and is in the points (own, the
    /// others').
    base: (f64, f64),
    /// Package index that goes with what stands already.
    unchanged: u64,
    /// Sums of choices of all blocks but the last, if there is more than one.
    others: Option<Node>,
    last: Node,
    /// Chance of ratification, and its inverse.
    share: f64,
    inverse_share: f64,
    form: u8,
    /// Whether a promise must change.
    promise: bool,
    /// Most that a package of it gives the others.
    top: f64,
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
    fn finished(&self, point: &Point, unchanged: u64) -> Point {
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

/// Blocks of linked issues as bits, in the order in which they are merged.
#[derive(Debug, Clone, Copy)]
struct Partition {
    blocks: [u32; MAX_ISSUES],
    count: usize,
    /// How many of them, from the first on, are one issue on which no linkage bears.
    alone: usize,
}

impl Partition {
    fn blocks(&self) -> &[u32] {
        &self.blocks[..self.count]
    }
}

/// What the packages of a form are made of.
struct Makings {
    /// Whether a promise must change.
    promise: bool,
    partition: Partition,
    /// See [`standing`].
    standing: (f64, f64, u64),
}

impl<'a> Builder<'a> {
    pub(super) fn new(at: Situation<'a>, venue: usize, row: usize) -> Self {
        let model = at.model;
        let bits = |issues: &mut dyn Iterator<Item = usize>| issues.fold(0_u32, |b, i| b | 1 << i);
        Self {
            at,
            venue,
            row,
            standing: at.world.held,
            open: bits(&mut model.venues[venue].decides.iter().copied()) & !at.world.settled,
            promises: bits(&mut (0..model.issues.len()).filter(|&i| model.issues[i].promise)),
            counts: model
                .linkages
                .iter()
                .enumerate()
                .filter(|(_, linkage)| at.world.seats[venue] >> linkage.party & 1 == 1)
                .fold(0, |bits, (index, _)| bits | 1 << index),
        }
    }

    /// The list, appended to `points`.
    pub(super) fn build(&self, scratch: &mut Scratch, points: &mut Vec<Point>) {
        scratch.blocks.make_room();
        scratch.finished.clear();
        scratch.ends.clear();
        self.each_form(scratch, |builder, scratch, form, makings| {
            if let Some(part) = builder.part(scratch, form, makings) {
                builder.staircase(scratch, &part);
            }
            scratch.ends.push(scratch.finished.len());
        });
        self.join(scratch, points);
    }

    /// What the list is made of, form by form, appended to `parts`: enough to find a single offer.
    pub(super) fn parts(&self, scratch: &mut Scratch, parts: &mut Vec<Part>) {
        self.each_form(scratch, |builder, scratch, form, makings| {
            parts.extend(builder.part(scratch, form, makings));
        });
    }

    /// Own utility of the best package, without the list; `None` if no package gains, where only
    /// the list can tell.
    pub(super) fn best(&self, scratch: &mut Scratch) -> Option<f64> {
        scratch.blocks.make_room();
        let mut best = 0.0_f64;
        // What is linked only for others is not linked here, which leaves smaller blocks.
        let party = self.at.model.rows[self.row].party;
        let linkages = self.at.model.linkages.iter().enumerate();
        let own = linkages.filter(|(_, linkage)| linkage.party == party);
        let alone = Self {
            counts: self.counts & own.fold(0, |bits, (index, _)| bits | 1 << index),
            ..*self
        };
        alone.each_form(scratch, |builder, scratch, form, makings| {
            let gain = builder.best_in(scratch, form, makings);
            best = best.max(ratified(gain, builder.at.draw.ratified[form]));
        });
        (best > 0.0).then_some(best)
    }

    /// Calls with each form and what its packages are made of: packages without a promise are the
    /// same in every form, and the surest one records them.
    fn each_form(
        &self,
        scratch: &mut Scratch,
        mut visit: impl FnMut(&Self, &mut Scratch, usize, &Makings),
    ) {
        let forms = &self.at.model.venues[self.venue].forms;
        let chance = |form: usize| self.at.draw.ratified[form];
        let surest = forms
            .iter()
            .copied()
            .reduce(|best, f| if chance(f) > chance(best) { f } else { best });
        if let Some(form) = surest.filter(|_| self.open & !self.promises != 0) {
            let makings = self.makings(scratch, false);
            visit(self, scratch, form, &makings);
        }
        if self.open & self.promises != 0 {
            let makings = self.makings(scratch, true);
            for &form in forms {
                visit(self, scratch, form, &makings);
            }
        }
    }

    /// The same for every form.
    fn makings(&self, scratch: &mut Scratch, promise: bool) -> Makings {
        let choosable = self.choosable(promise);
        let linkages = self.standing & self.counts & self.at.tables.links.touching(choosable);
        // Free issues are worth the same in every form.
        let form = self.at.model.venues[self.venue].forms[0];
        let whose = (self.venue, self.row, form);
        Makings {
            promise,
            partition: self.partition(scratch, choosable),
            standing: standing(self.at, whose, choosable, linkages),
        }
    }

    /// Issues that may change in a staircase.
    fn choosable(&self, promise: bool) -> u32 {
        if promise {
            self.open
        } else {
            self.open & !self.promises
        }
    }

    /// What a form itself brings when a promise is recorded in it: the base of all its packages.
    /// Leaves the levels with the form issue raised.
    fn begin(&self, scratch: &mut Scratch, form: usize, promise: bool) -> Option<(f64, f64)> {
        let (model, world) = (self.at.model, self.at.world);
        scratch.levels.clear();
        scratch.levels.extend_from_slice(&world.levels);
        let mut base = (0.0, 0.0);
        let (Some(issue), Some(level), true) = (model.form_issue, model.forms[form].level, promise)
        else {
            return Some(base);
        };
        if level > world.levels[issue] {
            if self.at.draw.forbidden[self.row * model.issues.len() + issue] >> level & 1 == 1 {
                return None;
            }
            base = change(self.at, self.venue, self.row, form, (issue, level));
            scratch.levels[issue] = level;
            // Linkages of issues that stay as they are; the others belong to their blocks.
            let apart = self.counts & !self.at.tables.links.touching(self.choosable(promise));
            let mut moved =
                (self.at.tables.links.passed(&scratch.levels, 0) ^ self.standing) & apart;
            while moved != 0 {
                let linkage = moved.trailing_zeros() as usize;
                moved &= moved - 1;
                let holds = self.standing >> linkage & 1 == 0;
                let (own, other) = linkage_change(self.at, self.row, linkage, holds)?;
                base = (base.0 + own, base.1 + other);
            }
        }
        Some(base)
    }

    /// Packages in one form, as choices of its last block and sums of choices of all others.
    fn part(&self, scratch: &mut Scratch, form: usize, makings: &Makings) -> Option<Part> {
        let promise = makings.promise;
        let base = self.begin(scratch, form, promise)?;
        let (&last, others) = makings.partition.blocks().split_last()?;
        let (alone, linked) = others.split_at(makings.partition.alone.min(others.len()));
        let sum = self.together(scratch, form, alone);
        let sum = self.add_up(scratch, form, sum, linked);
        let choice = self.choice(scratch, form, last);
        let (own, other, unchanged) = makings.standing;
        let last = scratch.blocks.block(&choice);
        let most = |node: Node| {
            let [without, with] = scratch.blocks.points(node);
            let tops =
                [without, with].map(|points| points.last().map_or(f64::NEG_INFINITY, |p| p.other));
            tops[0].max(tops[1])
        };
        let top = base.1 - other + most(last) + sum.map_or(0.0, most);
        Some(Part {
            base: (base.0 - own, base.1 - other),
            unchanged,
            others: sum,
            last,
            top: ratified(top, self.at.draw.ratified[form]),
            share: self.at.draw.ratified[form],
            inverse_share: 1.0 / self.at.draw.ratified[form],
            form: form as u8,
            promise,
        })
    }

    /// Sum of the choices of blocks of one issue each on which no linkage bears, kept as if they
    /// were one block.
    fn together(&self, scratch: &mut Scratch, form: usize, blocks: &[u32]) -> Option<Node> {
        if blocks.len() < 2 {
            return self.add_up(scratch, form, None, blocks);
        }
        let issues = blocks.iter().fold(0, |issues, block| issues | block);
        let choice = self.choice(scratch, form, issues);
        if let Some(node) = scratch.blocks.known(&choice) {
            return Some(node);
        }
        let sum = self.add_up(scratch, form, None, blocks)?;
        scratch.blocks.keep(&choice, sum);
        Some(sum)
    }

    /// Sum of the choices of blocks, added to what there is.
    fn add_up(
        &self,
        scratch: &mut Scratch,
        form: usize,
        before: Option<Node>,
        blocks: &[u32],
    ) -> Option<Node> {
        blocks.iter().fold(before, |sum, &block| {
            let choice = self.choice(scratch, form, block);
            let options = scratch.blocks.block(&choice);
            Some(match sum {
                Some(sum) => scratch.blocks.sum(sum, options, true),
                None => options,
            })
        })
    }

    /// Staircase in one form, appended to `finished`.
    fn staircase(&self, scratch: &mut Scratch, part: &Part) {
        let sum = match part.others {
            // Of the last sum only the staircase that is asked for is needed.
            Some(others) => scratch.blocks.sum(others, part.last, !part.promise),
            None => part.last,
        };
        let unchanged = self.unchanged();
        for point in scratch.blocks.points(sum)[usize::from(part.promise)] {
            if point.package != part.unchanged {
                scratch.finished.push(part.finished(point, unchanged));
            }
        }
    }

    /// Best own utility in one form, before ratification; minus infinity if there is no package.
    fn best_in(&self, scratch: &mut Scratch, form: usize, makings: &Makings) -> f64 {
        let promise = makings.promise;
        let Some((base, _)) = self.begin(scratch, form, promise) else {
            return f64::NEG_INFINITY;
        };
        let mut total = base - makings.standing.0;
        // Least that some block gives up to change a promise.
        let mut price = f64::INFINITY;
        for (place, &block) in makings.partition.blocks().iter().enumerate() {
            let choice = self.choice(scratch, form, block);
            let [without, with] = if place < makings.partition.alone {
                choice.best_alone()
            } else {
                scratch.blocks.best(&choice)
            };
            total += without.max(with);
            price = price.min((without - with).max(0.0));
        }
        if promise { total - price } else { total }
    }

    /// The choice of a block's levels, the form issue standing as in the scratch.
    fn choice(&self, scratch: &Scratch, form: usize, block: u32) -> Choice<'a> {
        let bearing = self.counts & self.at.tables.links.touching(block);
        let passed = if bearing == 0 {
            0
        } else {
            self.at.tables.links.passed(&scratch.levels, block) & bearing
        };
        Choice {
            at: self.at,
            venue: self.venue,
            row: self.row,
            form,
            block,
            passed,
            standing: self.standing & bearing,
            bearing,
            promise: block & self.promises != 0,
        }
    }

    /// The blocks of linked issues. First come those of one issue on which nothing bears, which
    /// change least: so sums of them are found again.
    fn partition(&self, scratch: &mut Scratch, choosable: u32) -> Partition {
        let key = (choosable, self.counts);
        let known = &mut scratch.partitions;
        if let Some((_, partition)) = known.iter().find(|(found, _)| *found == key) {
            return *partition;
        }
        let mut partition = Partition {
            blocks: [0; MAX_ISSUES],
            count: 0,
            alone: 0,
        };
        for bound in [false, true] {
            let mut left = choosable;
            while left != 0 {
                let block = self.block_of(left.trailing_zeros(), choosable);
                left &= !block;
                if (self.counts & self.at.tables.links.touching(block) != 0) == bound {
                    partition.blocks[partition.count] = block;
                    partition.count += 1;
                }
            }
            if !bound {
                partition.alone = partition.count;
            }
        }
        if known.len() == PARTITIONS {
            known.clear();
        }
        known.push((key, partition));
        partition
    }

    /// Choosable issues joined to one by linkages, as bits.
    fn block_of(&self, issue: u32, choosable: u32) -> u32 {
        let linkages = &self.at.model.linkages;
        let mut block = 1_u32 << issue;
        loop {
            let joined = linkages
                .iter()
                .enumerate()
                .filter(|(index, l)| self.counts >> index & 1 == 1 && l.issues & block != 0)
                .fold(block, |bits, (_, linkage)| {
                    bits | (linkage.issues & choosable)
                });
            if joined == block {
                return block;
            }
            block = joined;
        }
    }

    /// Index of the package that changes nothing.
    pub(super) fn unchanged(&self) -> u64 {
        let venue = &self.at.model.venues[self.venue];
        let digits = venue.decides.iter().zip(&venue.radix);
        digits
            .map(|(&issue, radix)| u64::from(self.at.world.levels[issue]) * radix)
            .sum()
    }

    /// Joins the finished staircases of all forms into one list.
    fn join(&self, scratch: &mut Scratch, points: &mut Vec<Point>) {
        if matches!(self.at.model.rows[self.row].strategy, StrategyPlan::Micro) {
            // That strategy walks down its list step by step: it needs every efficient package of
            // every form, in order.
            scratch.finished.sort_unstable_by(before);
            points.extend_from_slice(&scratch.finished);
            return;
        }
        let first = points.len();
        scratch.heads.clear();
        let mut begin = 0;
        for &end in &scratch.ends {
            if end > begin {
                let point = scratch.finished[begin];
                scratch.heads.push(Head {
                    point,
                    at: begin,
                    end,
                });
            }
            begin = end;
        }
        while let Some(best) = foremost(&scratch.heads) {
            let head = &mut scratch.heads[best];
            if points.len() == first || head.point.other > points[points.len() - 1].other {
                points.push(head.point);
            }
            head.at += 1;
            if head.at == head.end {
                scratch.heads.swap_remove(best);
            } else {
                head.point = scratch.finished[head.at];
            }
        }
    }
}

/// The head whose point comes first.
#[inline]
fn foremost(heads: &[Head]) -> Option<usize> {
    let mut best = 0;
    for index in 1..heads.len() {
        let (a, b) = (&heads[index].point, &heads[best].point);
        if a.own > b.own || (a.own >= b.own && before(a, b).is_lt()) {
            best = index;
        }
    }
    (!heads.is_empty()).then_some(best)
}

/// Own utility falls, then the others' falls, then the form and the package index rise.
fn before(a: &Point, b: &Point) -> std::cmp::Ordering {
    b.own
        .total_cmp(&a.own)
        .then_with(|| b.other.total_cmp(&a.other))
        .then_with(|| a.form.cmp(&b.form))
        .then_with(|| a.package.cmp(&b.package))
}
