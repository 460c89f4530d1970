//! The offers a party can make, and the one it makes.
//!
//! Flows in: the utility tables of a draw and the crisis as it stands. Flows out: for a party of a
//! type at a venue, the list of packages worth offering, best for itself first.
//!
//! Among the packages worth at least its target to itself, a party offers the one it thinks best
//! for the others at the table (logrolling: Raiffa 1982; Faratin, Sierra and Jennings 2002). For
//! every target that package lies on the Pareto staircase of (own utility, the others' utility as
//! estimated), so the staircase is computed once (see [`super::staircase`]) and an offer is a search
//! in it. Crises come back to the same levels again and again, so a draw's lists are kept.
//!
//! Invariant: a list depends on the draw, the venue and its seats, the row and the levels that bear
//! on the venue's agenda, and on nothing else: what the book holds changes no result. Within a run
//! it allocates only if one list outgrows the capacity reserved for all.

use std::ops::Range;

use super::super::tables::{LANES, Tables};
use super::super::world::World;
use super::Package;
use super::found::{Chain, Found, Offer};
use super::index::{Index, mix};
use super::links::bits;
use super::part::Part;
use super::staircase::{Builder, Scratch};
use crate::model::Draw;
use crate::model::plan::Model;

/// Situations of a venue whose lists are kept per thread.
const CASES: usize = 1 << 10;
/// Points kept per thread.
const POINTS: usize = 1 << 18;
/// Parts kept per thread; a list has at most one for each of 255 forms, and one more.
const PARTS: usize = 1 << 14;
/// Places of the index of situations, a power of two.
const PLACES: usize = CASES * 2;

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

impl Point {
    /// Worse than any package.
    pub(crate) const WORST: Self = Self {
        own: f64::NEG_INFINITY,
        other: f64::NEG_INFINITY,
        package: 0,
        form: 0,
    };
}

/// What the lists of a venue depend on within a draw: one for each row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    /// Levels in force of the agenda and of the form issue, and which are settled.
    levels: u128,
    /// Linkages that bear on these, as far as the other issues go.
    passed: u64,
    venue: u32,
    seats: u32,
}

impl Key {
    fn hash(&self) -> u64 {
        let low = self.levels as u64 ^ (self.levels >> 64) as u64;
        let rest = u64::from(self.venue) << 32 | u64::from(self.seats);
        [low, rest, self.passed].into_iter().fold(0, mix)
    }
}

/// A list, or what its offers are found from.
#[derive(Debug, Clone, Copy)]
struct Entry {
    start: usize,
    len: usize,
    listed: bool,
    /// Where what a single offer is found from stands, and of what age of the blocks.
    parts: (usize, usize),
    age: u64,
    unchanged: u64,
    /// The offers found so far.
    found: Chain,
}

const NO_ENTRY: Entry = Entry {
    start: 0,
    len: 0,
    listed: false,
    parts: (0, 0),
    age: u64::MAX,
    unchanged: 0,
    found: Chain::EMPTY,
};

/// How a venue stands as long as the world stands as it does.
#[derive(Debug, Clone, Copy)]
struct Current {
    /// Generation of the world.
    generation: u32,
    /// Place of the situation plus one; 0 is none.
    case: u32,
}

const NOTHING: Current = Current {
    generation: 0,
    case: 0,
};

/// All lists of one draw, made when first needed.
#[derive(Debug, Clone, Default)]
pub(crate) struct OfferBook {
    /// Situations met so far.
    cases: Vec<Key>,
    index: Index,
    /// `[case * rows + row]`
    entries: Vec<Entry>,
    /// `[case * rows + row]`: own utility of the best package, NaN if it is not known.
    bests: Vec<f64>,
    points: Vec<Point>,
    parts: Vec<Part>,
    /// By venue: the situation looked up last.
    current: Vec<Current>,
    /// By venue: issues whose level and settlement its lists depend on, as bits.
    relevant: Vec<u32>,
    scratch: Scratch,
    found: Found,
}

/// The model, draw and world for which an offer is looked up.
#[derive(Clone, Copy)]
pub(crate) struct Situation<'a> {
    /// Model.
    pub(crate) model: &'a Model,
    /// Draw.
    pub(crate) draw: &'a Draw,
    /// Tables of the draw.
    pub(crate) tables: &'a Tables,
    /// World.
    pub(crate) world: &'a World,
}

impl OfferBook {
    /// An empty book with room for a scenario's usual lists.
    pub(crate) fn new(model: &Model) -> Self {
        Self {
            cases: Vec::with_capacity(CASES),
            index: Index::new(PLACES),
            entries: Vec::with_capacity(CASES * model.rows.len()),
            bests: Vec::with_capacity(CASES * model.rows.len()),
            points: Vec::with_capacity(POINTS),
            parts: Vec::with_capacity(PARTS),
            current: vec![NOTHING; model.venues.len()],
            relevant: (0..model.venues.len())
                .map(|venue| relevant(model, venue))
                .collect(),
            scratch: Scratch::new(model),
            found: Found::new(model.rows.len().next_multiple_of(LANES)),
        }
    }

    /// Forgets everything: a new draw has other utilities.
    pub(crate) fn clear(&mut self) {
        self.cases.clear();
        self.index.clear();
        self.entries.clear();
        self.bests.clear();
        self.points.clear();
        self.parts.clear();
        self.current.fill(NOTHING);
        self.scratch.clear();
        self.found.clear();
    }

    /// How often what lists are made of was forgotten, for want of room or for another draw.
    pub(crate) fn emptied(&self) -> u64 {
        self.scratch.emptied()
    }

    /// Handle of the list of a row at a venue, as things stand.
    pub(crate) fn list(&mut self, at: Situation<'_>, venue: usize, row: usize) -> usize {
        let entry = self.entry(at, venue, row);
        if !self.entries[entry].listed {
            if self.points.len() + POINTS / 8 > POINTS {
                self.clear();
                return self.list(at, venue, row);
            }
            let start = self.points.len();
            Builder::new(at, venue, row).build(&mut self.scratch, &mut self.points);
            let entry = &mut self.entries[entry];
            entry.start = start;
            entry.len = self.points.len() - start;
            entry.listed = true;
        }
        entry
    }

    /// The best package for the others among those worth at least a target to the row; its own best
    /// if none is. The same as [`ask`] finds in the list, without making one.
    #[inline]
    pub(crate) fn offer(
        &mut self,
        at: Situation<'_>,
        venue: usize,
        row: usize,
        target: f64,
    ) -> Offer {
        let index = self.entry(at, venue, row);
        match self.found.find(self.entries[index].found, target) {
            Ok(offer) => offer,
            Err(_) => self.search(at, venue, row, target),
        }
    }

    /// The same where it has to be looked for.
    fn search(&mut self, at: Situation<'_>, venue: usize, row: usize, target: f64) -> Offer {
        let mut index = self.entry(at, venue, row);
        if self.entries[index].age != self.scratch.blocks().age() {
            index = self.take_apart(at, venue, row);
        }
        let point = self.walk(index, target).unwrap_or_else(|| {
            index = self.list(at, venue, row);
            let points = self.points(index);
            points[ask(points, target)]
        });
        self.found
            .keep(&mut self.entries[index].found, target, point)
    }

    /// The package of an offer and what it changes for every row, if it has been on the table.
    #[inline]
    pub(super) fn tabled(&self, offer: Offer) -> Option<(&Package, &[f64])> {
        self.found.tabled(offer)
    }

    /// Keeps the package of an offer and what it changes for every row.
    pub(super) fn table(&mut self, offer: Offer, package: &Package, worth: &[f64]) {
        self.found.table(offer, package, worth);
    }

    /// Works out what an offer of a row can be found from without a list, unless there is a list or
    /// only a list will do; the entry.
    fn take_apart(&mut self, at: Situation<'_>, venue: usize, row: usize) -> usize {
        if self.parts.len() + 256 > PARTS {
            self.clear();
        }
        let index = self.entry(at, venue, row);
        let sure = |form: &usize| at.draw.ratified[*form] > 0.0;
        if self.entries[index].listed || !at.model.venues[venue].forms.iter().all(sure) {
            return index;
        }
        self.scratch.blocks().make_room();
        let start = self.parts.len();
        let builder = Builder::new(at, venue, row);
        builder.parts(&mut self.scratch, &mut self.parts);
        let entry = &mut self.entries[index];
        entry.parts = (start, self.parts.len());
        entry.age = self.scratch.blocks().age();
        entry.unchanged = builder.unchanged();
        index
    }

    /// The offer for a target from the parts of an entry; `None` if it has none or no offer is
    /// worth so much.
    fn walk(&mut self, index: usize, target: f64) -> Option<Point> {
        let entry = &self.entries[index];
        let blocks = self.scratch.blocks();
        if entry.age != blocks.age() {
            return None;
        }
        let mut best = Point::WORST;
        for part in &self.parts[entry.parts.0..entry.parts.1] {
            part.offer(blocks, target, entry.unchanged, &mut best);
        }
        (best.other > f64::NEG_INFINITY).then_some(best)
    }

    /// Own utility of the best package a row could ask for at a venue, as a change against now;
    /// minus infinity if there is none.
    #[inline]
    pub(crate) fn best(&mut self, at: Situation<'_>, venue: usize, row: usize) -> f64 {
        let entry = self.entry(at, venue, row);
        let best = self.bests[entry];
        if best.is_nan() {
            self.work_out_best(at, venue, row)
        } else {
            best
        }
    }

    /// The same for the types of a party, one after the other.
    #[inline]
    pub(crate) fn bests(&mut self, at: Situation<'_>, venue: usize, rows: Range<usize>) -> &[f64] {
        let entry = self.entry(at, venue, rows.start);
        if self.bests[entry..][..rows.len()]
            .iter()
            .any(|best| best.is_nan())
        {
            return self.work_out_bests(at, venue, rows);
        }
        &self.bests[entry..][..rows.len()]
    }

    fn work_out_bests(&mut self, at: Situation<'_>, venue: usize, rows: Range<usize>) -> &[f64] {
        for row in rows.clone() {
            self.best(at, venue, row);
        }
        // A list may have emptied the book, with what was known of other rows.
        let entry = self.entry(at, venue, rows.start);
        &self.bests[entry..][..rows.len()]
    }

    fn work_out_best(&mut self, at: Situation<'_>, venue: usize, row: usize) -> f64 {
        let best = Builder::new(at, venue, row).best(&mut self.scratch);
        let best = best.unwrap_or_else(|| {
            let list = self.list(at, venue, row);
            let first = self.points(list).first();
            first.map_or(f64::NEG_INFINITY, |point| point.own)
        });
        // A list may have emptied the book.
        let entry = self.entry(at, venue, row);
        self.bests[entry] = best;
        best
    }

    #[inline]
    fn entry(&mut self, at: Situation<'_>, venue: usize, row: usize) -> usize {
        let current = self.current[venue];
        let case = if current.case != 0 && current.generation == at.world.generation {
            current.case as usize - 1
        } else {
            self.case(at, venue)
        };
        case * at.model.rows.len() + row
    }

    /// How a venue stands, which is the same for every row.
    fn case(&mut self, at: Situation<'_>, venue: usize) -> usize {
        let relevant = self.relevant[venue];
        let passed = at.tables.links.passed(&at.world.levels, relevant);
        let key = Key {
            levels: pack(at.world, relevant),
            passed: passed & at.tables.links.touching(relevant),
            venue: venue as u32,
            seats: at.world.seats[venue],
        };
        let found = self.index.find(key.hash(), |case| self.cases[case] == key);
        let case = found.unwrap_or_else(|| {
            if self.cases.len() == CASES {
                self.clear();
            }
            self.cases.push(key);
            let rows = self.cases.len() * at.model.rows.len();
            self.entries.resize(rows, NO_ENTRY);
            self.bests.resize(rows, f64::NAN);
            let hash = |case: usize| self.cases[case].hash();
            self.index.add_last(self.cases.len() - 1, hash);
            self.cases.len() - 1
        });
        self.current[venue] = Current {
            generation: at.world.generation,
            case: case as u32 + 1,
        };
        case
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

/// Issues whose level and settlement a venue's lists depend on, as bits: the agenda and the form
/// issue. Of what is linked to them only the linkages count.
fn relevant(model: &Model, venue: usize) -> u32 {
    let agenda = model.venues[venue]
        .decides
        .iter()
        .fold(0_u32, |bits, issue| bits | 1 << issue);
    model.form_issue.map_or(agenda, |issue| agenda | 1 << issue)
}

/// Levels and settlements in one number.
fn pack(world: &World, relevant: u32) -> u128 {
    bits(relevant).fold(0, |key, issue| {
        let settled = (world.settled >> issue & 1) as u8;
        key << 5 | u128::from(world.levels[issue] << 1 | settled)
    })
}

/// Own utility change of one issue's level in a form, consequences for the crisis priced in.
#[inline]
pub(crate) fn change_of(
    at: Situation<'_>,
    row: usize,
    form: usize,
    issue: usize,
    level: u8,
) -> f64 {
    let Situation {
        model,
        tables,
        world,
        ..
    } = at;
    let (lane, row) = (row / LANES, row % LANES);
    let to = tables.at(issue, level);
    let current = world.current[lane * model.issues.len() + issue][row];
    tables.gain(lane, form)[to][row] - current
}

/// A gain counts as far as it will be ratified; a loss counts in full.
#[inline]
pub(crate) fn ratified(change: f64, share: f64) -> f64 {
    if change > 0.0 { share * change } else { change }
}
