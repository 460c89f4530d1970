//! Choices of levels within blocks of linked issues, and sums of such choices, kept as long as the
//! draw lasts.
//!
//! Flows in: a venue, a row, a form, the block and the levels that bear on it. Flows out: the Pareto
//! staircases of its choices, those that change a promise apart. Most of what happens in a crisis
//! leaves most blocks as they were, so they are looked up.
//!
//! Invariant: a block's choices depend on what is in its [`Key`] and on the draw, nothing else; a
//! sum on what it is the sum of.

use super::choice::{Choice, Key, current_worth, linkage_worth};
use super::index::{Index, mix};
use super::links::ones;
use super::merge::{Head, Tournament, insert};
use super::offer::{Point, Situation};
use crate::model::plan::{MAX_ISSUES, Model};

/// Blocks, and sums, after which everything is forgotten before the next list is built.
const ENTRIES: usize = 1 << 12;
/// The same for their points.
const POINTS: usize = 1 << 17;
/// Places of each index, a power of two: room for more than one list adds (255 forms of 25 blocks).
const PLACES: usize = ENTRIES * 4;
/// Longest staircase kept exactly.
const LIMIT: usize = 1 << 14;

/// Where the staircases of a block or a sum are, without and with a changed promise.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u32,
    middle: u32,
    end: u32,
}

impl Span {
    fn halves(self) -> [(usize, usize); 2] {
        let (start, middle, end) = (self.start, self.middle, self.end);
        [
            (start as usize, middle as usize),
            (middle as usize, end as usize),
        ]
    }
}

/// A block or a sum: its place among the spans.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Node(u32);

/// A level that an issue may go to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) own: f64,
    pub(super) other: f64,
    pub(super) package: u64,
    /// Linkages whose tests all pass.
    pub(super) alive: u64,
    pub(super) promise: bool,
}

/// What a linkage brings where it holds.
#[derive(Debug, Clone, Copy, Default)]
struct Bonus {
    own: f64,
    other: f64,
    refused: bool,
}

/// Staircases of the blocks of one draw.
#[derive(Debug, Clone, Default)]
pub(super) struct Blocks {
    /// How often everything was forgotten.
    age: u64,
    spans: Vec<Span>,
    points: Vec<Point>,
    /// Blocks with their keys.
    keys: Vec<(Key, Node)>,
    index: Index,
    /// Sums with what they are the sum of.
    sums: Vec<(u64, Node)>,
    sum_index: Index,
    heads: Vec<Head>,
    tournament: Tournament,
    /// Best own utilities of blocks that were asked for no more, like `keys` and `index`.
    bests: Vec<(Key, [f64; 2])>,
    best_index: Index,
    /// Steps of the block at hand, issue after issue, and where each issue's begin and end.
    steps: Vec<Step>,
    ranges: Vec<(usize, usize)>,
    bonuses: Vec<Bonus>,
    lists: [Vec<Point>; 2],
}

impl Blocks {
    /// Room for a scenario's usual blocks.
    pub(super) fn new(model: &Model) -> Self {
        let list = || Vec::with_capacity(1 << 10);
        Self {
            age: 0,
            spans: Vec::with_capacity(ENTRIES * 4),
            points: Vec::with_capacity(POINTS * 2),
            keys: Vec::with_capacity(ENTRIES * 2),
            index: Index::new(PLACES),
            sums: Vec::with_capacity(ENTRIES * 2),
            sum_index: Index::new(PLACES),
            heads: Vec::with_capacity(1 << 10),
            tournament: Tournament::new(),
            bests: Vec::with_capacity(ENTRIES * 2),
            best_index: Index::new(PLACES),
            steps: Vec::with_capacity(model.issues.len() * model.max_levels),
            ranges: Vec::with_capacity(MAX_ISSUES),
            bonuses: vec![Bonus::default(); model.linkages.len()],
            lists: [list(), list()],
        }
    }

    /// Forgets everything: a new draw has other utilities.
    pub(super) fn clear(&mut self) {
        self.age += 1;
        self.bests.clear();
        self.best_index.clear();
        self.spans.clear();
        self.points.clear();
        self.keys.clear();
        self.index.clear();
        self.sums.clear();
        self.sum_index.clear();
    }

    /// How often everything was forgotten: nodes of another age are void.
    pub(super) fn age(&self) -> u64 {
        self.age
    }

    /// Makes room for a list; nodes from before are void.
    pub(super) fn make_room(&mut self) {
        if self.spans.len() > ENTRIES || self.points.len() > POINTS || self.bests.len() > ENTRIES {
            self.clear();
        }
    }

    /// Staircases of a block or a sum, without and with a changed promise.
    pub(super) fn points(&self, node: Node) -> [&[Point]; 2] {
        let halves = self.spans[node.0 as usize].halves();
        halves.map(|(start, end)| &self.points[start..end])
    }

    fn find(&self, key: &Key) -> Option<Node> {
        let same = |entry: usize| self.keys[entry].0 == *key;
        let entry = self.index.find(key.hash(), same)?;
        Some(self.keys[entry].1)
    }

    fn add(&mut self, key: Key, node: Node) {
        self.keys.push((key, node));
        let hash = |entry: usize| self.keys[entry].0.hash();
        self.index.add_last(self.keys.len() - 1, hash);
    }

    /// What was kept for some issues, if anything.
    pub(super) fn known(&self, choice: &Choice<'_>) -> Option<Node> {
        self.find(&choice.key())
    }

    /// Keeps the choices of some issues.
    pub(super) fn keep(&mut self, choice: &Choice<'_>, node: Node) {
        self.add(choice.key(), node);
    }

    /// A block's choices.
    pub(super) fn block(&mut self, choice: &Choice<'_>) -> Node {
        let key = choice.key();
        if let Some(node) = self.find(&key) {
            return node;
        }
        self.enumerate(choice);
        let start = self.points.len();
        for list in &self.lists {
            self.points.extend_from_slice(list);
        }
        let node = self.span(start, start + self.lists[0].len());
        self.add(key, node);
        node
    }

    /// Best own utility of a block's choices, without and with a changed promise; minus infinity if
    /// there is none.
    pub(super) fn best(&mut self, choice: &Choice<'_>) -> [f64; 2] {
        let key = choice.key();
        if let Some(node) = self.find(&key) {
            let first =
                |points: &[Point]| points.first().map_or(f64::NEG_INFINITY, |best| best.own);
            return self.points(node).map(first);
        }
        let same = |entry: usize| self.bests[entry].0 == key;
        if let Some(entry) = self.best_index.find(key.hash(), same) {
            return self.bests[entry].1;
        }
        self.lay_out(choice, false);
        let mut best = [f64::NEG_INFINITY; 2];
        descend(
            &self.steps,
            &self.ranges,
            &self.bonuses,
            choice.first(),
            &mut |step| {
                let best = &mut best[usize::from(step.promise)];
                *best = best.max(step.own);
            },
        );
        self.bests.push((key, best));
        let hash = |entry: usize| self.bests[entry].0.hash();
        self.best_index.add_last(self.bests.len() - 1, hash);
        best
    }

    fn span(&mut self, start: usize, middle: usize) -> Node {
        self.spans.push(Span {
            start: start as u32,
            middle: middle as u32,
            end: self.points.len() as u32,
        });
        Node(self.spans.len() as u32 - 1)
    }

    /// Sum of the choices of two nodes; only those with a changed promise if no others are asked
    /// for.
    pub(super) fn sum(&mut self, a: Node, b: Node, plain: bool) -> Node {
        let key = u64::from(a.0) << 32 | u64::from(b.0) << 1 | u64::from(plain);
        let same = |entry: usize| self.sums[entry].0 == key;
        if let Some(entry) = self.sum_index.find(mix(0, key), same) {
            return self.sums[entry].1;
        }
        let start = self.points.len();
        let [a0, a1] = self.spans[a.0 as usize].halves();
        let [b0, b1] = self.spans[b.0 as usize].halves();
        if plain {
            self.push_heads(a0, b0);
            self.drain();
        }
        let middle = self.points.len();
        self.push_heads(a0, b1);
        self.push_heads(a1, b0);
        self.push_heads(a1, b1);
        self.drain();
        let node = self.span(start, middle);
        self.sums.push((key, node));
        let hash = |entry: usize| mix(0, self.sums[entry].0);
        self.sum_index.add_last(self.sums.len() - 1, hash);
        node
    }

    /// One head for each point of the shorter staircase.
    fn push_heads(&mut self, a: (usize, usize), b: (usize, usize)) {
        let (shifts, run) = if a.1 - a.0 < b.1 - b.0 {
            (a, b)
        } else {
            (b, a)
        };
        if run.0 == run.1 {
            return;
        }
        let first = self.points[run.0];
        for shift in &self.points[shifts.0..shifts.1] {
            self.heads.push(Head {
                own: first.own + shift.own,
                other: first.other + shift.other,
                package: first.package.wrapping_add(shift.package),
                shift: (shift.own, shift.other, shift.package),
                at: run.0 as u32,
                end: run.1 as u32,
            });
        }
    }

    /// Takes points from the heads, best first, and keeps those that none before dominates.
    fn drain(&mut self) {
        let begin = self.points.len();
        let mut reached = f64::NEG_INFINITY;
        let mut winner = self.tournament.start(&mut self.heads);
        while let Some(best) = winner {
            let head = &mut self.heads[best];
            if head.other > reached {
                reached = head.other;
                self.points.push(Point {
                    own: head.own,
                    other: head.other,
                    package: head.package,
                    form: 0,
                });
            }
            // Points of this run that the last one dominates will never be needed.
            let (own, other, package) = head.shift;
            let run = &self.points[..head.end as usize];
            let left = &run[head.at as usize + 1..];
            match left.iter().position(|point| point.other + other > reached) {
                Some(skipped) => {
                    let point = &left[skipped];
                    head.at += skipped as u32 + 1;
                    head.own = point.own + own;
                    head.other = point.other + other;
                    head.package = point.package.wrapping_add(package);
                }
                None => *head = Head::EMPTY,
            }
            winner = self.tournament.replay(&self.heads, best);
        }
        self.heads.clear();
        while self.points.len() - begin > LIMIT {
            self.thin(begin);
        }
    }

    /// Keeps every second point from `begin` on, the first and the last.
    fn thin(&mut self, begin: usize) {
        let last = self.points.len() - 1;
        let mut kept = begin;
        for index in (begin..=last).step_by(2) {
            self.points[kept] = self.points[index];
            kept += 1;
        }
        if (last - begin) % 2 == 1 {
            self.points[kept] = self.points[last];
            kept += 1;
        }
        self.points.truncate(kept);
    }

    /// Goes through every choice of levels that the row does not refuse.
    fn enumerate(&mut self, choice: &Choice<'_>) {
        self.lay_out(choice, true);
        for list in &mut self.lists {
            list.clear();
        }
        let lists = &mut self.lists;
        // What stood in the way of the last point often stands in the way of this one.
        let mut before = [Point::WORST; 2];
        descend(
            &self.steps,
            &self.ranges,
            &self.bonuses,
            choice.first(),
            &mut |step| {
                let point = Point {
                    own: step.own,
                    other: step.other,
                    package: step.package,
                    form: 0,
                };
                let list = usize::from(step.promise);
                let last = &before[list];
                if last.own > step.own && last.other >= step.other {
                    return;
                }
                before[list] = insert(&mut lists[list], point);
            },
        );
    }

    /// The levels that each issue of a block may go to and what its linkages bring; what the others
    /// think of them only if that is asked for.
    fn lay_out(&mut self, choice: &Choice<'_>, others: bool) {
        let Situation {
            model, draw, world, ..
        } = choice.at;
        self.steps.clear();
        self.ranges.clear();
        let venue = &model.venues[choice.venue];
        for (&issue, &radix) in venue.decides.iter().zip(&venue.radix) {
            if choice.block >> issue & 1 == 0 {
                continue;
            }
            let begin = self.steps.len();
            let current = world.levels[issue];
            let free = choice.free >> issue & 1 == 1;
            let refused = draw.forbidden[choice.row * model.issues.len() + issue];
            // What steps are counted from.
            let (zero, zero_other, zero_level) = if free {
                (0.0, 0.0, 0)
            } else {
                let other = if others {
                    choice.others(issue, current)
                } else {
                    0.0
                };
                (current_worth(choice.at, choice.row, issue), other, current)
            };
            for level in 0..model.issues[issue].levels as u8 {
                let moved = level != current;
                if moved && refused >> level & 1 == 1 {
                    continue;
                }
                let own = if moved || free {
                    choice.own(issue, level)
                } else {
                    zero
                };
                let other = if others {
                    choice.others(issue, level)
                } else {
                    0.0
                };
                let steps = u64::from(level).wrapping_sub(u64::from(zero_level));
                self.steps.push(Step {
                    own: own - zero,
                    other: other - zero_other,
                    package: radix.wrapping_mul(steps),
                    alive: choice.at.tables.links.passing(issue, level) & choice.bearing,
                    promise: moved && model.issues[issue].promise,
                });
            }
            // Best first: then most points find their place at the end of the staircase.
            self.steps[begin..].sort_unstable_by(|a, b| b.own.total_cmp(&a.own));
            self.ranges.push((begin, self.steps.len()));
        }
        // The issue with most at stake first, for the same reason.
        let steps = &self.steps;
        let stake = |&(begin, end): &(usize, usize)| steps[end - 1].own - steps[begin].own;
        self.ranges
            .sort_unstable_by(|a, b| stake(a).total_cmp(&stake(b)));
        for linkage in ones(choice.bearing) {
            let (own, other) = linkage_worth(choice.at, choice.row, linkage);
            self.bonuses[linkage] = Bonus {
                own,
                other,
                refused: choice.refuses(linkage) && choice.standing >> linkage & 1 == 0,
            };
        }
    }
}

/// Visits the choices of the issues whose steps are in `ranges`, but those that a linkage refuses.
fn descend(
    steps: &[Step],
    ranges: &[(usize, usize)],
    bonuses: &[Bonus],
    so_far: Step,
    visit: &mut impl FnMut(Step),
) {
    let Some((&(begin, end), rest)) = ranges.split_first() else {
        return;
    };
    for step in &steps[begin..end] {
        let mut next = Step {
            own: so_far.own + step.own,
            other: so_far.other + step.other,
            package: so_far.package.wrapping_add(step.package),
            alive: so_far.alive & step.alive,
            promise: so_far.promise | step.promise,
        };
        if !rest.is_empty() {
            descend(steps, rest, bonuses, next, visit);
            continue;
        }
        let mut refused = false;
        for linkage in ones(next.alive) {
            let bonus = &bonuses[linkage];
            next.own += bonus.own;
            next.other += bonus.other;
            refused |= bonus.refused;
        }
        if !refused {
            visit(next);
        }
    }
}
