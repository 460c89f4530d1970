//! Choices of levels within blocks of linked issues, and sums of such choices, kept as long as the
//! draw lasts.
//!
//! Flows in: a venue, a row, a form, the block and the levels that bear on it. Flows out: the Pareto
//! staircases of its choices, those that change a promise apart. Most of what happens in a crisis
//! leaves most blocks as they were, so they are looked up.
//!
//! Where it makes no difference to the row which of an issue's levels is in force, the issue is
//! [`free`]: its levels count for what they are worth, not for what they change, and a move that
//! shifts the level leaves the block as it was. All others count as changes against the level in
//! force. What linkages bring always counts in full, not as a change.
//!
//! Invariant: a block's choices depend on what is in its [`Key`] and on the draw, nothing else; a
//! sum on what it is the sum of.

use super::super::tables::LANES;
use super::index::{Index, mix};
use super::links::{bits, ones};
use super::merge::{Head, Tournament, insert};
use super::offer::{Point, Situation, change_of};
use crate::model::plan::{MAX_ISSUES, Model};

/// Blocks, and sums, after which everything is forgotten before the next list is built.
const ENTRIES: usize = 1 << 12;
/// The same for their points.
const POINTS: usize = 1 << 17;
/// Places of each index, a power of two: room for more than one list adds (255 forms of 25 blocks).
const PLACES: usize = ENTRIES * 4;
/// Longest staircase kept exactly.
const LIMIT: usize = 1 << 14;

/// What a block's choices depend on within a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
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
    fn hash(&self) -> u64 {
        let words = [
            self.levels as u64 ^ (self.levels >> 64) as u64,
            self.passed ^ self.granted.rotate_left(32),
            u64::from(self.block) << 32 | u64::from(self.seats),
            u64::from(self.venue) << 32 | u64::from(self.row) << 16 | u64::from(self.form),
        ];
        words.into_iter().fold(0, mix)
    }
}

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
struct Step {
    own: f64,
    other: f64,
    package: u64,
    /// Linkages whose tests all pass.
    alive: u64,
    promise: bool,
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
    /// Steps of the block at hand, issue after issue, and where each issue's end.
    steps: Vec<Step>,
    ends: Vec<usize>,
    bonuses: Vec<Bonus>,
    lists: [Vec<Point>; 2],
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
            ends: Vec::with_capacity(MAX_ISSUES),
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
            &self.ends,
            0,
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
            &self.ends,
            0,
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
        self.ends.clear();
        let venue = &model.venues[choice.venue];
        for (&issue, &radix) in venue.decides.iter().zip(&venue.radix) {
            if choice.block >> issue & 1 == 0 {
                continue;
            }
            let begin = self.steps.len();
            let current = world.levels[issue];
            let free = free(choice.at, choice.row, choice.form, issue);
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
            self.ends.push(self.steps.len());
        }
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

/// Visits the choices of the issues from the first of `ends` on, whose steps begin at `begin`, but
/// those that a linkage refuses.
fn descend(
    steps: &[Step],
    ends: &[usize],
    begin: usize,
    bonuses: &[Bonus],
    so_far: Step,
    visit: &mut impl FnMut(Step),
) {
    let Some((&end, rest)) = ends.split_first() else {
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
            descend(steps, rest, end, bonuses, next, visit);
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

impl Choice<'_> {
    fn key(&self) -> Key {
        let world = self.at.world;
        let mut granted = self.standing;
        for linkage in ones(self.standing) {
            if !self.refuses(linkage) {
                granted &= !(1 << linkage);
            }
        }
        let code = |issue| {
            let counts = !free(self.at, self.row, self.form, issue);
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
    fn first(&self) -> Step {
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
        } else if free(self.at, self.row, self.form, issue) {
            [moves.max(stays), f64::NEG_INFINITY]
        } else {
            [(moves - stays).max(0.0), f64::NEG_INFINITY]
        }
    }

    /// Whether the row refuses that a linkage comes to hold.
    fn refuses(&self, linkage: usize) -> bool {
        let plan = &self.at.model.linkages[linkage];
        plan.absolute && plan.party == self.at.model.rows[self.row].party
    }

    /// What settling an issue at a level is worth to the row.
    fn own(&self, issue: usize, level: u8) -> f64 {
        let Situation { tables, .. } = self.at;
        tables.gain(self.row / LANES, self.form)[tables.at(issue, level)][self.row % LANES]
    }

    /// What the row thinks a level worth to the others at the table.
    fn others(&self, issue: usize, level: u8) -> f64 {
        others(self.at, self.venue, self.row, self.form, (issue, level))
    }
}

/// What the level in force is worth to a row.
#[inline]
fn current_worth(at: Situation<'_>, row: usize, issue: usize) -> f64 {
    at.world.current[row / LANES * at.model.issues.len() + issue][row % LANES]
}

/// Whether it makes no difference to a row which of an issue's levels is in force when it is
/// settled: nothing is promised, and to settle the level in force changes nothing.
#[inline]
fn free(at: Situation<'_>, row: usize, form: usize, issue: usize) -> bool {
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
/// the package that goes with it: free issues of some as they stand, linkages that hold.
pub(super) fn standing(
    at: Situation<'_>,
    (venue, row, form): (usize, usize, usize),
    issues: u32,
    linkages: u64,
) -> (f64, f64, u64) {
    let plan = &at.model.venues[venue];
    let mut sum = (0.0, 0.0, 0_u64);
    for (&issue, &radix) in plan.decides.iter().zip(&plan.radix) {
        if issues >> issue & 1 == 1 && free(at, row, form, issue) {
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
fn linkage_worth(at: Situation<'_>, row: usize, linkage: usize) -> (f64, f64) {
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
