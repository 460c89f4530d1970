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

use super::blocks::{Blocks, Node};
use super::choice::{Choice, change, is_free, linkage_change, standing};
use super::offer::{Point, Situation, ratified};
use super::part::Part;
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

    /// How often the blocks were forgotten.
    pub(super) fn emptied(&self) -> u64 {
        self.blocks.age()
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
    /// Issues that are free, as bits; they are so in every form.
    free: u32,
    /// Linkages that count for the row: its party's or a party's at the table.
    counts: u64,
    /// Linkages that hold as things stand.
    standing: u64,
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
        let plan = &model.venues[venue];
        let (mut open, mut promises, mut free) = (0_u32, 0, 0);
        for &issue in &plan.decides {
            let bit = 1 << issue;
            open |= bit & !at.world.settled;
            if model.issues[issue].promise {
                promises |= bit;
            } else if plan
                .forms
                .first()
                .is_some_and(|&form| is_free(at, row, form, issue))
            {
                free |= bit;
            }
        }
        Self {
            at,
            venue,
            row,
            standing: at.world.held,
            open,
            promises,
            free,
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
            standing: standing(self.at, whose, choosable & self.free, linkages),
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
            free: self.free,
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
