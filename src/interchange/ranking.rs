//! A party's outcomes by utility, found without listing them.
//!
//! Flows in: a [`Domain`] and how its issues are split. Flows out: the utilities next to a floor
//! from either side, and whose they are. Invariant: the same as from a sorted list of every outcome's
//! utility as [`super::space`] computes it, bit for bit; of equal ones the lowest outcome.
//!
//! An outcome is a *head*, the values of the first issues, and a *tail*, those of the last one or
//! two. Adding a number and rounding never turns an order round, so for a given tail utility rises
//! with the sum of the head, and the heads sorted once serve every tail: of 4,096 outcomes 256 are
//! sorted. For each tail one place in that list is where the floor stands; a guide table (Chen and
//! Asau 1974) finds it when the floor passes an outcome of that tail.

use super::Domain;

/// What it costs to sort a head, in units of what it costs to look at a tail.
const SORTING: f64 = 10.0;
/// Cells of the guide to a head.
const CELLS: usize = 4;
/// Heads looked at one by one.
const LOOK: usize = 8;
/// Tails looked at together.
const WIDE: usize = 4;

/// An outcome in its two parts. The order is that of the outcomes' numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Parts {
    head: u32,
    tail: u32,
}

/// Where outcomes are cut into head and tail, the same for all parties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Split {
    /// Issues of the head.
    issues: usize,
    heads: usize,
    tails: usize,
}

impl Split {
    /// The cheapest cut if a floor is asked for so many times. The product of the sizes must fit.
    pub(super) fn new(sizes: &[usize], floors: usize) -> Self {
        let cuts = (sizes.len().saturating_sub(2)..=sizes.len()).map(|issues| Self {
            issues,
            heads: sizes[..issues].iter().product(),
            tails: sizes[issues..].iter().product(),
        });
        let cost = |cut: &Self| SORTING * cut.heads as f64 + floors as f64 * cut.tails as f64;
        let best = cuts.min_by(|a, b| cost(a).total_cmp(&cost(b)));
        best.expect("there is a cut after the last issue")
    }

    /// Number of an outcome, the last issue running fastest.
    pub(super) fn outcome(&self, parts: Parts) -> usize {
        parts.head as usize * self.tails + parts.tail as usize
    }
}

/// The outcomes of a party.
#[derive(Debug, Clone)]
pub(super) struct Ranking {
    /// Sum of each head.
    sums: Vec<f64>,
    /// The same, rising, between an infinity on either side.
    sorted: Vec<f64>,
    /// Which head a sorted one is.
    order: Vec<u32>,
    guide: Guide,
    /// By tail: what its two issues add, one after the other.
    added: Vec<[f64; 2]>,
    /// Utilities above this count as this.
    cap: f64,
    /// By tail, up to a multiple of [`WIDE`]: how many sorted heads lie below the floor, the least
    /// sum from the floor up and the greatest below it.
    place: Vec<usize>,
    above: Vec<f64>,
    below: Vec<f64>,
    /// The least and the greatest of them.
    nearest: (f64, f64),
    low: f64,
    high: f64,
}

impl Ranking {
    /// Sorts the heads of a party. The floor stands above every outcome.
    pub(super) fn new(domain: &Domain, party: usize, split: Split) -> Self {
        let profile = &domain.profiles[party];
        let terms = |issue: usize| {
            let weight = profile.weights[issue];
            profile.values[issue]
                .iter()
                .map(move |value| weight * value)
        };
        let mut sums = Vec::with_capacity(split.heads);
        sums.push(0.0);
        let mut shorter = Vec::with_capacity(split.heads);
        for issue in 0..split.issues {
            std::mem::swap(&mut sums, &mut shorter);
            sums.clear();
            for sum in &shorter {
                sums.extend(terms(issue).map(|term| sum + term));
            }
        }
        let mut added = vec![[0.0; 2]];
        for (at, issue) in (split.issues..profile.weights.len()).enumerate() {
            let mut longer = Vec::with_capacity(split.tails);
            for tail in &added {
                longer.extend(terms(issue).map(|term| {
                    let mut tail = *tail;
                    tail[at] = term;
                    tail
                }));
            }
            added = longer;
        }
        let order = rising(&sums);
        let mut sorted = Vec::with_capacity(order.len() + 2);
        sorted.push(f64::NEG_INFINITY);
        sorted.extend(order.iter().map(|&head| sums[head as usize]));
        sorted.push(f64::INFINITY);
        let (heads, tails) = (order.len(), added.len());
        let wide = tails.next_multiple_of(WIDE);
        let mut below = vec![f64::NEG_INFINITY; wide];
        let mut low = f64::INFINITY;
        for (below, added) in below.iter_mut().zip(&added) {
            *below = add(sorted[heads], added);
            low = low.min(add(sorted[1], added));
        }
        let high = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let cap = if domain.cap_at_one {
            1.0
        } else {
            f64::INFINITY
        };
        Self {
            guide: Guide::new(&sorted[1..=heads]),
            sums,
            sorted,
            order,
            added,
            cap,
            place: vec![heads; tails],
            above: vec![f64::INFINITY; wide],
            below,
            nearest: (f64::INFINITY, high),
            low: low.min(cap),
            high: high.min(cap),
        }
    }

    /// Lowest and highest utility.
    pub(super) fn range(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// Utility of an outcome.
    pub(super) fn worth(&self, outcome: Parts) -> f64 {
        let sum = self.sums[outcome.head as usize];
        self.capped(add(sum, &self.added[outcome.tail as usize]))
    }

    /// The least utility from a floor up, and the greatest below it.
    pub(super) fn around(&mut self, floor: f64) -> (Option<f64>, Option<f64>) {
        let (above, below) = self.nearest;
        if floor <= below || floor > above {
            self.seek(floor);
        }
        let known = |sum: f64| (sum.abs() < f64::INFINITY).then_some(self.capped(sum));
        (known(self.nearest.0), known(self.nearest.1))
    }

    /// The next utility below the floor, which falls to it.
    pub(super) fn next_below(&mut self) -> Option<f64> {
        let next = self.capped(self.nearest.1);
        self.around(next).0.filter(|_| next > f64::NEG_INFINITY)
    }

    /// The lowest outcome of a utility that [`Self::around`] gave last.
    pub(super) fn lowest(&self, utility: f64) -> Option<Parts> {
        let mut lowest: Option<Parts> = None;
        self.equal(utility, |parts| {
            lowest = Some(lowest.map_or(parts, |lowest| lowest.min(parts)));
        });
        lowest
    }

    /// Every outcome of a utility that [`Self::around`] gave last, by rising number.
    pub(super) fn all(&self, utility: f64) -> Vec<Parts> {
        let mut all = Vec::new();
        self.equal(utility, |parts| all.push(parts));
        all.sort_unstable();
        all
    }

    fn equal(&self, utility: f64, mut each: impl FnMut(Parts)) {
        let same = |sum: f64| self.capped(sum).total_cmp(&utility).is_eq();
        for (tail, added) in self.added.iter().enumerate() {
            let place = self.place[tail];
            let mut look = |&head: &u32| {
                let same = same(add(self.sums[head as usize], added));
                if same {
                    let tail = tail as u32;
                    each(Parts { head, tail });
                }
                same
            };
            if same(self.above[tail]) {
                let _ = self.order[place..].iter().all(&mut look);
            }
            if same(self.below[tail]) {
                let _ = self.order[..place].iter().rev().all(&mut look);
            }
        }
    }

    /// Moves the floor, for the tails that have an outcome between its old and its new place.
    fn seek(&mut self, floor: f64) {
        const BITS: usize = u64::BITS as usize;
        for start in (0..self.added.len()).step_by(BITS) {
            let end = self.added.len().min(start + BITS);
            let sides = self.above[start..end].iter().zip(&self.below[start..end]);
            let mut moved = 0_u64;
            for (bit, (&above, &below)) in sides.enumerate() {
                moved |= u64::from((below >= floor) | (above < floor)) << bit;
            }
            while moved != 0 {
                self.mark(start + moved.trailing_zeros() as usize, floor);
                moved &= moved - 1;
            }
        }
        let mut above = [f64::INFINITY; WIDE];
        let mut below = [f64::NEG_INFINITY; WIDE];
        let wide = self.above.chunks_exact(WIDE);
        for (one, other) in wide.zip(self.below.chunks_exact(WIDE)) {
            for at in 0..WIDE {
                above[at] = if one[at] < above[at] {
                    one[at]
                } else {
                    above[at]
                };
                below[at] = if other[at] > below[at] {
                    other[at]
                } else {
                    below[at]
                };
            }
        }
        self.nearest = (
            above.into_iter().fold(f64::INFINITY, f64::min),
            below.into_iter().fold(f64::NEG_INFINITY, f64::max),
        );
    }

    #[inline]
    fn mark(&mut self, tail: usize, floor: f64) {
        let added = &self.added[tail];
        let sorted = &self.sorted[..];
        let mut place = self.guide.place(floor - (added[0] + added[1]));
        let mut below = add(sorted[place], added);
        let mut above = add(sorted[place + 1], added);
        if above < floor || below >= floor {
            let short = sorted[place + 1..].iter().take(LOOK);
            let steps = short.take_while(|&&sum| add(sum, added) < floor).count();
            place += steps;
            if steps == LOOK || below >= floor {
                // Sums in a heap, or a difference rounded across the edge of a cell.
                let heads = &sorted[1..=self.order.len()];
                place = heads.partition_point(|&sum| add(sum, added) < floor);
            }
            below = add(sorted[place], added);
            above = add(sorted[place + 1], added);
        }
        self.place[tail] = place;
        self.below[tail] = below;
        self.above[tail] = above;
    }

    #[inline]
    fn capped(&self, sum: f64) -> f64 {
        if sum > self.cap { self.cap } else { sum }
    }
}

#[inline]
fn add(sum: f64, added: &[f64; 2]) -> f64 {
    (sum + added[0]) + added[1]
}

/// Numbers by rising value.
///
/// Whole numbers sort fastest, so the last bits of each give way to its place; where that brought
/// two into the wrong order, all are compared in full.
fn rising(values: &[f64]) -> Vec<u32> {
    let places = values.len().next_power_of_two() as u64 - 1;
    let mut keys: Vec<u64> = values
        .iter()
        .zip(0..)
        .map(|(value, place)| {
            let bits = value.to_bits();
            let sign = (bits.cast_signed() >> 63).cast_unsigned();
            ((bits ^ (sign >> 1 | 1 << 63)) & !places) | place
        })
        .collect();
    keys.sort_unstable();
    let mut order: Vec<u32> = keys.iter().map(|key| (key & places) as u32).collect();
    let value = |place: u32| values[place as usize];
    if !order.is_sorted_by(|&a, &b| value(a) <= value(b)) {
        order.sort_unstable_by(|&a, &b| value(a).total_cmp(&value(b)));
    }
    order
}

/// How many of the sorted sums lie below the cell of a number.
#[derive(Debug, Clone)]
struct Guide {
    least: f64,
    scale: f64,
    starts: Vec<u32>,
}

impl Guide {
    fn new(sorted: &[f64]) -> Self {
        let cells = sorted.len() * CELLS;
        let (least, most) = (sorted[0], sorted[sorted.len() - 1]);
        let mut guide = Self {
            least,
            scale: cells as f64 / (most - least),
            starts: vec![0; cells + 1],
        };
        for (sum, count) in sorted.iter().zip(1..) {
            let cell = guide.cell(*sum);
            guide.starts[cell + 1] = count;
        }
        let mut last = 0;
        for start in &mut guide.starts {
            last = last.max(*start);
            *start = last;
        }
        guide
    }

    #[inline]
    fn cell(&self, sum: f64) -> usize {
        let cell = (sum - self.least) * self.scale;
        let last = (self.starts.len() - 2) as f64;
        let cell = if cell < last { cell } else { last };
        if cell > 0.0 { cell as u32 as usize } else { 0 }
    }

    #[inline]
    fn place(&self, sum: f64) -> usize {
        self.starts[self.cell(sum)] as usize
    }
}
