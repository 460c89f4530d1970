//! Choices of levels within blocks of linked issues, and sums of such choices, kept as long as the
//! draw lasts.
//!
//! Flows in: a venue, a row, a form, the block and the levels that bear on it. Flows out: the Pareto
//! staircases of its choices, those that change a promise apart, as changes against the levels in
//! force. Most of what happens in a crisis leaves most blocks as they were, so they are looked up.
//!
//! Invariant: a block's choices depend on what is in its [`Key`] and on the draw, nothing else; a
//! sum on what it is the sum of.

use super::links::bits;
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
    /// Levels in force of the block's issues, 4 bits each.
    levels: u128,
    /// Linkages that bear on the block and pass outside it.
    passed: u64,
    /// Those that hold as things stand.
    standing: u64,
    block: u32,
    seats: u32,
    venue: u16,
    row: u16,
    form: u16,
}

impl Key {
    fn place(&self) -> usize {
        // Multiplicative hashing (Knuth 1973, 6.4), word by word.
        let words = [
            self.levels as u64 ^ (self.levels >> 64) as u64,
            self.passed ^ self.standing.rotate_left(32),
            u64::from(self.block) << 32 | u64::from(self.seats),
            u64::from(self.venue) << 32 | u64::from(self.row) << 16 | u64::from(self.form),
        ];
        let mixed = words.iter().fold(0_u64, |hash, word| {
            (hash ^ word)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(29)
        });
        (mixed >> 20) as usize & (PLACES - 1)
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

/// A linkage that comes to hold or ceases to.
#[derive(Debug, Clone, Copy, Default)]
struct Flip {
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
    /// Blocks with their keys, and their places plus one by the hash of the key, linear probing.
    keys: Vec<(Key, Node)>,
    index: Vec<u32>,
    /// Sums by the hash of what they are the sum of, linear probing; 0 is free.
    sums: Vec<(u64, Node)>,
    heads: Vec<Head>,
    tournament: Tournament,
    /// Best own utilities of blocks that were asked for no more, like `keys` and `index`.
    bests: Vec<(Key, [f64; 2])>,
    best_index: Vec<u32>,
    /// Steps of the block at hand, issue after issue, and where each issue's end.
    steps: Vec<Step>,
    ends: Vec<usize>,
    flips: Vec<Flip>,
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
            index: vec![0; PLACES],
            sums: vec![(0, Node(0)); PLACES],
            heads: Vec::with_capacity(1 << 10),
            tournament: Tournament::new(),
            bests: Vec::with_capacity(ENTRIES * 2),
            best_index: vec![0; PLACES],
            steps: Vec::with_capacity(model.issues.len() * model.max_levels),
            ends: Vec::with_capacity(MAX_ISSUES),
            flips: vec![Flip::default(); model.linkages.len()],
            lists: [list(), list()],
        }
    }

    /// Forgets everything: a new draw has other utilities.
    pub(super) fn clear(&mut self) {
        self.age += 1;
        if !self.bests.is_empty() {
            self.bests.clear();
            self.best_index.fill(0);
        }
        if !self.spans.is_empty() {
            self.spans.clear();
            self.points.clear();
            self.keys.clear();
            self.index.fill(0);
            self.sums.fill((0, Node(0)));
        }
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

    /// A block's choices.
    pub(super) fn block(&mut self, choice: &Choice<'_>) -> Node {
        let key = choice.key();
        let (place, found) = find(&self.keys, &self.index, &key);
        if let Some(node) = found {
            return node;
        }
        self.enumerate(choice);
        let start = self.points.len();
        for list in &self.lists {
            self.points.extend_from_slice(list);
        }
        let node = self.span(start, start + self.lists[0].len());
        self.keys.push((key, node));
        self.index[place] = self.keys.len() as u32;
        node
    }

    /// Best own utility of a block's choices, without and with a changed promise; minus infinity if
    /// there is none.
    pub(super) fn best(&mut self, choice: &Choice<'_>) -> [f64; 2] {
        let key = choice.key();
        if let (_, Some(node)) = find(&self.keys, &self.index, &key) {
            let first =
                |points: &[Point]| points.first().map_or(f64::NEG_INFINITY, |best| best.own);
            return self.points(node).map(first);
        }
        let (place, found) = find(&self.bests, &self.best_index, &key);
        if let Some(best) = found {
            return best;
        }
        self.lay_out(choice, |issue, level| {
            (choice.own_change(issue, level), 0.0)
        });
        let mut best = [f64::NEG_INFINITY; 2];
        let rules = (choice.standing, self.flips.as_slice());
        descend(
            &self.steps,
            &self.ends,
            0,
            rules,
            choice.first(),
            &mut |step| {
                let best = &mut best[usize::from(step.promise)];
                *best = best.max(step.own);
            },
        );
        self.bests.push((key, best));
        self.best_index[place] = self.bests.len() as u32;
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
        let key = 1 << 63 | u64::from(a.0) << 32 | u64::from(b.0) << 1 | u64::from(plain);
        // Multiplicative hashing (Knuth 1973, 6.4).
        let mut place = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize & (PLACES - 1);
        loop {
            match self.sums[place] {
                (0, _) => break,
                (found, node) if found == key => return node,
                _ => place = (place + 1) & (PLACES - 1),
            }
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
        self.sums[place] = (key, node);
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
        self.lay_out(choice, |issue, level| choice.change(issue, level));
        for list in &mut self.lists {
            list.clear();
        }
        let (rules, lists) = ((choice.standing, self.flips.as_slice()), &mut self.lists);
        // What stood in the way of the last point often stands in the way of this one.
        let mut before = [Point::WORST; 2];
        descend(
            &self.steps,
            &self.ends,
            0,
            rules,
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

    /// The levels that each issue of a block may go to, valued by `change`, and what its linkages
    /// bring.
    fn lay_out(&mut self, choice: &Choice<'_>, change: impl Fn(usize, u8) -> (f64, f64)) {
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
            let current = world.levels[issue];
            let refused = draw.forbidden[choice.row * model.issues.len() + issue];
            for level in 0..model.issues[issue].levels as u8 {
                let moved = level != current;
                if moved && refused >> level & 1 == 1 {
                    continue;
                }
                let (own, other) = if moved {
                    change(issue, level)
                } else {
                    (0.0, 0.0)
                };
                let steps = u64::from(level).wrapping_sub(u64::from(current));
                self.steps.push(Step {
                    own,
                    other,
                    package: radix.wrapping_mul(steps),
                    alive: choice.at.tables.links.passing(issue, level) & choice.bearing,
                    promise: moved && model.issues[issue].promise,
                });
            }
            self.ends.push(self.steps.len());
        }
        for linkage in 0..model.linkages.len() {
            if choice.bearing >> linkage & 1 == 1 {
                let holds = choice.standing >> linkage & 1 == 0;
                self.flips[linkage] = match linkage_change(choice.at, choice.row, linkage, holds) {
                    Some((own, other)) => Flip {
                        own,
                        other,
                        refused: false,
                    },
                    None => Flip {
                        refused: true,
                        ..Flip::default()
                    },
                };
            }
        }
    }
}

/// Place of a key in an index by hash with linear probing, and what stands there.
fn find<T: Copy>(entries: &[(Key, T)], index: &[u32], key: &Key) -> (usize, Option<T>) {
    let mut place = key.place();
    loop {
        match index[place] {
            0 => return (place, None),
            entry if entries[entry as usize - 1].0 == *key => {
                return (place, Some(entries[entry as usize - 1].1));
            }
            _ => place = (place + 1) & (PLACES - 1),
        }
    }
}

/// Visits the choices of the issues from the first of `ends` on, whose steps begin at `begin`, but
/// those that a linkage refuses; `rules` are the linkages that hold as things stand and what each
/// brings when it comes to hold or ceases to.
fn descend(
    steps: &[Step],
    ends: &[usize],
    begin: usize,
    rules: (u64, &[Flip]),
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
            descend(steps, rest, end, rules, next, visit);
            continue;
        }
        let (standing, flips) = rules;
        let mut moved = next.alive ^ standing;
        let mut refused = false;
        while moved != 0 {
            let flip = &flips[moved.trailing_zeros() as usize];
            moved &= moved - 1;
            next.own += flip.own;
            next.other += flip.other;
            refused |= flip.refused;
        }
        if !refused {
            visit(next);
        }
    }
}

impl Choice<'_> {
    fn key(&self) -> Key {
        let world = self.at.world;
        Key {
            levels: bits(self.block)
                .fold(0, |key, issue| key << 4 | u128::from(world.levels[issue])),
            passed: self.passed,
            standing: self.standing,
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

    fn own_change(&self, issue: usize, level: u8) -> f64 {
        change_of(self.at, self.row, self.form, issue, level)
    }

    /// Change of (own, the others') utility when an issue goes from the level in force to another.
    fn change(&self, issue: usize, level: u8) -> (f64, f64) {
        change(self.at, self.venue, self.row, self.form, (issue, level))
    }
}

/// Change of (own, the others') utility when an issue goes from the level in force to another.
pub(super) fn change(
    at: Situation<'_>,
    venue: usize,
    row: usize,
    form: usize,
    (issue, level): (usize, u8),
) -> (f64, f64) {
    let Situation {
        model, draw, world, ..
    } = at;
    let own = change_of(at, row, form, issue, level);
    let party = model.rows[row].party;
    let current = usize::from(world.levels[issue]);
    let mut others = 0.0;
    for other in bits(world.seats[venue] & !(1 << party)) {
        let at = model.estimate_index(row, other, form, issue);
        others += draw.estimate[at + usize::from(level)] - draw.estimate[at + current];
    }
    (own, others)
}

/// Change of (own, the others') utility when a linkage comes to hold or ceases to; `None` if the
/// row refuses it.
pub(super) fn linkage_change(
    at: Situation<'_>,
    row: usize,
    linkage: usize,
    holds: bool,
) -> Option<(f64, f64)> {
    let Situation { model, draw, .. } = at;
    let plan = &model.linkages[linkage];
    let sign = if holds { 1.0 } else { -1.0 };
    if plan.party == model.rows[row].party {
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
