//! The Pareto staircase of the packages of a venue's agenda: own utility against the others'.
//!
//! Flows in: a venue, a row and the crisis as it stands. Flows out: points, own utility falling,
//! the others' utility rising.
//!
//! The staircase is exact. Utilities add up over issues but for linkages, so the staircase of a sum
//! is built from staircases, linked issues together as one block: a package dominated on some
//! issues stays dominated whatever is added to both (Nemhauser and Ullmann 1969). All terms are
//! multiples of 2^-40, so sums are exact, ties are ties, and the order of issues does not matter; a
//! tie goes to the weaker form, then to the lower package index. Above [`LIMIT`] points a staircase
//! is thinned evenly, so that an offer can miss the best one by at most the step between two points.
//!
//! Two staircases are kept side by side: packages that change no promise, and packages that do.
//! Only the latter raise the form issue and differ from form to form.

use super::offer::{Point, Situation, change_of, ratified};
use crate::model::plan::{Model, StrategyPlan};

/// Longest staircase kept exactly.
const LIMIT: usize = 1 << 14;

/// Reusable memory of the builder.
#[derive(Debug, Clone, Default)]
pub(super) struct Scratch {
    /// Staircases so far, without and with a changed promise.
    fronts: [Vec<Point>; 2],
    next: Vec<Point>,
    /// Choices of one block, without and with a changed promise; the first is "no change".
    options: [Vec<Point>; 2],
    /// Finished staircases, one after the other, and where each ends.
    finished: Vec<Point>,
    ends: Vec<usize>,
    heads: Vec<Head>,
    levels: Vec<u8>,
    block: Vec<usize>,
    /// `[issue * levels + level]`: linkages that the level passes, as bits.
    passes: Vec<u64>,
    /// `[issue * levels + level]`: change of (own, the others') utility in the form at hand.
    change: Vec<(f64, f64)>,
}

impl Scratch {
    pub(super) fn new(model: &Model) -> Self {
        let list = || Vec::with_capacity(1 << 12);
        Self {
            fronts: [list(), list()],
            next: list(),
            options: [list(), list()],
            finished: list(),
            ends: Vec::with_capacity(64),
            heads: Vec::with_capacity(1 << 10),
            levels: Vec::with_capacity(model.issues.len()),
            block: Vec::with_capacity(model.issues.len()),
            passes: passes(model),
            change: vec![(0.0, 0.0); model.issues.len() * model.max_levels],
        }
    }
}

/// One sorted run in a merge: a staircase shifted by an option; its next point, summed.
#[derive(Debug, Clone, Copy)]
struct Head {
    point: Point,
    front: usize,
    at: usize,
    shift: Point,
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
}

impl<'a> Builder<'a> {
    pub(super) fn new(at: Situation<'a>, venue: usize, row: usize) -> Self {
        let model = at.model;
        let bits = |issues: &mut dyn Iterator<Item = usize>| issues.fold(0_u32, |b, i| b | 1 << i);
        Self {
            at,
            venue,
            row,
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
        scratch.finished.clear();
        scratch.ends.clear();
        self.each_form(|builder, form, promise| {
            builder.staircase(scratch, form, promise);
            scratch.ends.push(scratch.finished.len());
        });
        self.join(scratch, points);
    }

    /// Own utility of the best package, without the list; `None` if no package gains, where only
    /// the list can tell.
    pub(super) fn best(&self, scratch: &mut Scratch) -> Option<f64> {
        let mut best = 0.0_f64;
        self.each_form(|builder, form, promise| {
            let gain = builder.best_in(scratch, form, promise);
            best = best.max(ratified(gain, builder.at.draw.ratified[form]));
        });
        (best > 0.0).then_some(best)
    }

    /// Calls with each form and whether a promise must change: packages without a promise are the
    /// same in every form, and the surest one records them.
    fn each_form(&self, mut visit: impl FnMut(&Self, usize, bool)) {
        let forms = &self.at.model.venues[self.venue].forms;
        let chance = |form: usize| self.at.draw.ratified[form];
        let surest = forms
            .iter()
            .copied()
            .reduce(|best, f| if chance(f) > chance(best) { f } else { best });
        if let Some(form) = surest.filter(|_| self.open & !self.promises != 0) {
            visit(self, form, false);
        }
        if self.open & self.promises != 0 {
            for &form in forms {
                visit(self, form, true);
            }
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
    /// Leaves the levels with the form issue raised, and the table of changes filled.
    fn begin(&self, scratch: &mut Scratch, form: usize, promise: bool) -> Option<(f64, f64)> {
        let (model, world) = (self.at.model, self.at.world);
        scratch.levels.clear();
        scratch.levels.extend_from_slice(&world.levels);
        let choosable = self.choosable(promise);
        for issue in (0..model.issues.len()).filter(|issue| choosable >> issue & 1 == 1) {
            for level in 0..model.issues[issue].levels {
                scratch.change[issue * model.max_levels + level] =
                    self.change(form, issue, level as u8);
            }
        }
        let mut base = (0.0, 0.0);
        let (Some(issue), Some(level), true) = (model.form_issue, model.forms[form].level, promise)
        else {
            return Some(base);
        };
        if level > world.levels[issue] {
            if self.at.draw.forbidden[self.row * model.issues.len() + issue] >> level & 1 == 1 {
                return None;
            }
            base = self.change(form, issue, level);
            scratch.levels[issue] = level;
            for linkage in 0..model.linkages.len() {
                let plan = &model.linkages[linkage];
                let holds = plan.holds(&scratch.levels);
                if self.counts >> linkage & 1 == 1
                    && plan.issues & choosable == 0
                    && holds != self.stands(linkage)
                {
                    let (own, other) = self.linkage_change(linkage, holds)?;
                    base = (base.0 + own, base.1 + other);
                }
            }
        }
        Some(base)
    }

    /// Staircase in one form, appended to `finished`.
    fn staircase(&self, scratch: &mut Scratch, form: usize, promise: bool) {
        let Some((own, other)) = self.begin(scratch, form, promise) else {
            return;
        };
        let unchanged = self.unchanged();
        let base = Point {
            own,
            other,
            package: unchanged,
            form: form as u8,
        };
        for front in &mut scratch.fronts {
            front.clear();
        }
        scratch.fronts[0].push(base);
        self.each_block(scratch, promise, |builder, scratch| {
            builder.options(scratch);
            merge(scratch);
        });
        let share = self.at.draw.ratified[form];
        for point in &scratch.fronts[usize::from(promise)] {
            if point.package != unchanged {
                scratch.finished.push(Point {
                    own: ratified(point.own, share),
                    other: ratified(point.other, share),
                    ..*point
                });
            }
        }
    }

    /// Best own utility in one form, before ratification; minus infinity if there is no package.
    fn best_in(&self, scratch: &mut Scratch, form: usize, promise: bool) -> f64 {
        let Some((base, _)) = self.begin(scratch, form, promise) else {
            return f64::NEG_INFINITY;
        };
        let mut total = base;
        // Least that some block gives up to change a promise.
        let mut price = f64::INFINITY;
        self.each_block(scratch, promise, |builder, scratch| {
            let [without, with] = builder.best_options(scratch);
            total += without.max(with);
            price = price.min((without - with).max(0.0));
        });
        if promise { total - price } else { total }
    }

    /// Visits the blocks of linked issues, largest first so that the first merge is with one point.
    fn each_block(
        &self,
        scratch: &mut Scratch,
        promise: bool,
        mut visit: impl FnMut(&Self, &mut Scratch),
    ) {
        let choosable = self.choosable(promise);
        for linked in [true, false] {
            let mut left = choosable;
            while left != 0 {
                let block = self.block_of(left.trailing_zeros(), choosable);
                left &= !block;
                if (block.count_ones() > 1) == linked {
                    scratch.block.clear();
                    let issues = 0..self.at.model.issues.len();
                    scratch
                        .block
                        .extend(issues.filter(|issue| block >> issue & 1 == 1));
                    visit(self, scratch);
                }
            }
        }
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

    fn stands(&self, linkage: usize) -> bool {
        self.at.model.linkages[linkage].holds(&self.at.world.levels)
    }

    /// Staircases of the choices of the block, apart by whether they change a promise.
    fn options(&self, scratch: &mut Scratch) {
        for list in &mut scratch.options {
            list.clear();
        }
        let mut options = std::mem::take(&mut scratch.options);
        self.each_choice(scratch, |point, promise| {
            insert(&mut options[usize::from(promise)], point);
        });
        scratch.options = options;
    }

    /// Best own utility of the block's choices, without and with a changed promise.
    fn best_options(&self, scratch: &Scratch) -> [f64; 2] {
        let mut best = [f64::NEG_INFINITY; 2];
        self.each_choice(scratch, |point, promise| {
            let slot = &mut best[usize::from(promise)];
            *slot = slot.max(point.own);
        });
        best
    }

    /// Visits every choice of levels of the block that the row does not refuse.
    fn each_choice(&self, scratch: &Scratch, mut visit: impl FnMut(Point, bool)) {
        let (model, world) = (self.at.model, self.at.world);
        let block = scratch
            .block
            .iter()
            .fold(0_u32, |bits, issue| bits | 1 << issue);
        let (mut bearing, mut standing, mut fixed) = (0_u64, 0_u64, 0_u64);
        for (index, linkage) in model.linkages.iter().enumerate() {
            if self.counts >> index & 1 == 0 || linkage.issues & block == 0 {
                continue;
            }
            bearing |= 1 << index;
            standing |= u64::from(linkage.holds(&world.levels)) << index;
            // Whether its tests outside the block pass, the form issue raised if it is.
            let outside = linkage
                .tests
                .iter()
                .filter(|(issue, _)| block >> issue & 1 == 0);
            let passes = outside.fold(true, |all, &(issue, mask)| {
                all && mask >> scratch.levels[issue] & 1 == 1
            });
            fixed |= u64::from(passes) << index;
        }
        let choice = Choice {
            scratch,
            bearing,
            standing,
        };
        let none = Point {
            own: 0.0,
            other: 0.0,
            package: 0,
            form: 0,
        };
        self.choose_level(&choice, 0, none, false, fixed, &mut visit);
    }

    /// Chooses the level of the block's issue number `depth` and goes on to the next; `alive` are
    /// the linkages whose tests all pass so far.
    fn choose_level(
        &self,
        choice: &Choice<'_>,
        depth: usize,
        point: Point,
        promise: bool,
        alive: u64,
        visit: &mut impl FnMut(Point, bool),
    ) {
        let Situation {
            model, draw, world, ..
        } = self.at;
        let Some(&issue) = choice.scratch.block.get(depth) else {
            let mut point = point;
            let mut moved = (alive ^ choice.standing) & choice.bearing;
            while moved != 0 {
                let linkage = moved.trailing_zeros() as usize;
                moved &= moved - 1;
                let Some((own, other)) = self.linkage_change(linkage, alive >> linkage & 1 == 1)
                else {
                    return;
                };
                point.own += own;
                point.other += other;
            }
            visit(point, promise);
            return;
        };
        let venue = &model.venues[self.venue];
        let refused = draw.forbidden[self.row * model.issues.len() + issue];
        let current = world.levels[issue];
        let digit = venue
            .decides
            .iter()
            .position(|&i| i == issue)
            .unwrap_or_default();
        for level in 0..model.issues[issue].levels {
            let at = issue * model.max_levels + level;
            let alive = alive & choice.scratch.passes[at];
            if level == usize::from(current) {
                self.choose_level(choice, depth + 1, point, promise, alive, visit);
            } else if refused >> level & 1 == 0 {
                let (own, other) = choice.scratch.change[at];
                let steps = (level as u64).wrapping_sub(u64::from(current));
                let next = Point {
                    own: point.own + own,
                    other: point.other + other,
                    package: point
                        .package
                        .wrapping_add(venue.radix[digit].wrapping_mul(steps)),
                    form: 0,
                };
                let promise = promise | model.issues[issue].promise;
                self.choose_level(choice, depth + 1, next, promise, alive, visit);
            }
        }
    }

    /// Index of the package that changes nothing.
    fn unchanged(&self) -> u64 {
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
                    front: end,
                    at: begin,
                    shift: point,
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
            if head.at == head.front {
                scratch.heads.swap_remove(best);
            } else {
                head.point = scratch.finished[head.at];
            }
        }
    }

    /// Change of (own, the others') utility when an issue goes from the level in force to another.
    fn change(&self, form: usize, issue: usize, level: u8) -> (f64, f64) {
        let Situation {
            model, draw, world, ..
        } = self.at;
        let own = change_of(self.at, self.row, form, issue, level);
        let party = model.rows[self.row].party;
        let current = usize::from(world.levels[issue]);
        let mut others = 0.0;
        for other in 0..model.parties.len() {
            if other != party && world.seats[self.venue] >> other & 1 == 1 {
                let at = model.estimate_index(self.row, other, form, issue);
                others += draw.estimate[at + usize::from(level)] - draw.estimate[at + current];
            }
        }
        (own, others)
    }

    /// Change of (own, the others') utility when a linkage comes to hold or ceases to; `None` if the
    /// row refuses it.
    fn linkage_change(&self, linkage: usize, holds: bool) -> Option<(f64, f64)> {
        let Situation { model, draw, .. } = self.at;
        let plan = &model.linkages[linkage];
        let sign = if holds { 1.0 } else { -1.0 };
        if plan.party == model.rows[self.row].party {
            return (!(holds && plan.absolute)).then_some((sign * draw.bonus[linkage], 0.0));
        }
        let power = draw.rows[model.parties[plan.party].first_row].power;
        let bonus = if plan.absolute {
            -1.0
        } else {
            draw.bonus[linkage]
        };
        Some((0.0, crate::model::draw::snap(sign * power * bonus)))
    }
}

/// What stays the same while a block's levels are chosen.
struct Choice<'a> {
    scratch: &'a Scratch,
    /// Linkages that bear on the block, as bits.
    bearing: u64,
    /// Those that hold as things stand.
    standing: u64,
}

/// `[issue * levels + level]`: linkages that a level passes, as bits; one without a test on the
/// issue passes.
fn passes(model: &Model) -> Vec<u64> {
    let mut passes = vec![u64::MAX; model.issues.len() * model.max_levels];
    for (index, linkage) in model.linkages.iter().enumerate() {
        for &(issue, mask) in &linkage.tests {
            for level in (0..model.max_levels).filter(|level| mask >> level & 1 == 0) {
                passes[issue * model.max_levels + level] &= !(1 << index);
            }
        }
    }
    passes
}

/// Adds the options of a block to the staircases.
fn merge(scratch: &mut Scratch) {
    for target in [1, 0] {
        scratch.heads.clear();
        for front in 0..2 {
            for options in 0..2 {
                if (front | options) != target || scratch.fronts[front].is_empty() {
                    continue;
                }
                for &shift in &scratch.options[options] {
                    let point = sum(scratch.fronts[front][0], shift);
                    scratch.heads.push(Head {
                        point,
                        front,
                        at: 0,
                        shift,
                    });
                }
            }
        }
        scratch.next.clear();
        while let Some(best) = foremost(&scratch.heads) {
            let head = &mut scratch.heads[best];
            if scratch
                .next
                .last()
                .is_none_or(|last| head.point.other > last.other)
            {
                scratch.next.push(head.point);
            }
            // Points of this run that the last one dominates will never be needed.
            let reached = scratch
                .next
                .last()
                .map_or(f64::NEG_INFINITY, |last| last.other);
            let front = &scratch.fronts[head.front];
            head.at += 1;
            while head.at < front.len() && front[head.at].other + head.shift.other <= reached {
                head.at += 1;
            }
            match front.get(head.at) {
                Some(&point) => head.point = sum(point, head.shift),
                None => {
                    scratch.heads.swap_remove(best);
                }
            }
        }
        thin(&mut scratch.next);
        // Packages with a promise are done first: they need both old staircases.
        std::mem::swap(&mut scratch.fronts[target], &mut scratch.next);
    }
}

#[inline]
fn sum(point: Point, shift: Point) -> Point {
    Point {
        own: point.own + shift.own,
        other: point.other + shift.other,
        package: point.package.wrapping_add(shift.package),
        form: point.form,
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

/// Puts a point into a staircase unless it is dominated, and takes out what it dominates. Packages
/// are relative here, so that a lower index can be a wrapped negative one.
fn insert(list: &mut Vec<Point>, point: Point) {
    let signed = |p: &Point| p.package.cast_signed();
    let place = list.partition_point(|p| {
        p.own > point.own
            || (p.own >= point.own
                && (p.other > point.other
                    || (p.other >= point.other && signed(p) < signed(&point))))
    });
    if place > 0 && list[place - 1].other >= point.other {
        return;
    }
    let dominated = list[place..]
        .iter()
        .take_while(|p| p.other <= point.other)
        .count();
    list.splice(place..place + dominated, [point]);
}

/// Keeps every second point, the first and the last, while there are too many.
fn thin(list: &mut Vec<Point>) {
    while list.len() > LIMIT {
        let last = list.len() - 1;
        let mut index = 0;
        list.retain(|_| {
            index += 1;
            (index - 1) % 2 == 0 || index - 1 == last
        });
    }
}
