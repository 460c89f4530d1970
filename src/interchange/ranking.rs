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
const SORTING: f64 = 100.0;
/// Numbers compared together.
const WIDE: usize = 4;
/// Tails whose moves are told in one word.
const BITS: usize = u64::BITS as usize;
/// Cells of the guide to a head.
const CELLS: usize = 4;

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
    /// The same, rising, with an infinity before them and two after.
    sorted: Vec<f64>,
    /// Which head a sorted one is.
    order: Vec<u32>,
    guide: Guide,
    tails: Vec<Tail>,
    /// By tail: the greatest sum below the floor; up to a multiple of [`WIDE`].
    under: Vec<f64>,
    /// Utilities above this count as this.
    cap: f64,
    /// The least sum from the floor up, and the greatest below it.
    above: f64,
    below: f64,
    /// The only tail with the former, if it is the only one.
    alone: Option<u32>,
    low: f64,
    high: f64,
}

/// The outcomes of one tail, and where the floor stands among them.
#[derive(Debug, Clone, Copy)]
struct Tail {
    /// What its two issues add, one after the other.
    added: [f64; 2],
    /// Both, in cells of the guide.
    shift: f64,
    /// The least sum from the floor up.
    above: f64,
    /// How many sorted heads lie below the floor.
    place: usize,
}

impl Ranking {
    /// Sorts the heads of a party. The floor stands above every outcome.
    pub(super) fn new(domain: &Domain, party: usize, split: Split) -> Self {
        let profile = &domain.profiles[party];
        let (weights, values) = (&profile.weights[..], &profile.values[..]);
        let mut sums = Vec::with_capacity(split.heads);
        sums.push(0.0);
        let mut shorter = Vec::with_capacity(split.heads);
        for (weight, values) in weights.iter().zip(values).take(split.issues) {
            std::mem::swap(&mut sums, &mut shorter);
            sums.clear();
            for sum in &shorter {
                sums.extend(values.iter().map(|value| sum + weight * value));
            }
        }
        let Distributed {
            guide,
            sorted,
            order,
        } = Distributed::new(&sums);
        let heads = order.len();
        let mut added = vec![[0.0; 2]];
        for (at, issue) in (split.issues..weights.len()).enumerate() {
            let tails = added.iter().flat_map(|tail| {
                let with = move |value: &f64| {
                    let mut tail = *tail;
                    tail[at] = weights[issue] * value;
                    tail
                };
                values[issue].iter().map(with)
            });
            added = tails.collect();
        }
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut tails = Vec::with_capacity(split.tails);
        let mut under = vec![f64::NEG_INFINITY; split.tails.next_multiple_of(WIDE)];
        for (added, under) in added.into_iter().zip(&mut under) {
            let below = add(sorted[heads], &added);
            low = low.min(add(sorted[1], &added));
            high = high.max(below);
            *under = below;
            tails.push(Tail {
                added,
                shift: (added[0] + added[1]) * guide.scale + guide.least,
                above: f64::INFINITY,
                place: heads,
            });
        }
        let cap = if domain.cap_at_one {
            1.0
        } else {
            f64::INFINITY
        };
        Self {
            sums,
            sorted,
            order,
            guide,
            tails,
            under,
            cap,
            above: f64::INFINITY,
            below: high,
            alone: None,
            low: low.min(cap),
            high: high.min(cap),
        }
    }

    /// Lowest and highest utility.
    pub(super) fn range(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// Utility of an outcome.
    #[inline]
    pub(super) fn worth(&self, outcome: Parts) -> f64 {
        let sum = self.sums[outcome.head as usize];
        self.capped(add(sum, &self.tails[outcome.tail as usize].added))
    }

    /// The least utility from a floor up, and the greatest below it; infinite if there is none.
    #[inline]
    pub(super) fn around(&mut self, floor: f64) -> (f64, f64) {
        if floor <= self.below {
            self.lower(floor);
        } else if floor > self.above {
            self.raise(floor);
        }
        let above = if self.above == f64::INFINITY {
            self.above
        } else {
            self.capped(self.above)
        };
        (above, self.capped(self.below))
    }

    /// The next utility below the floor, which falls to it.
    pub(super) fn next_below(&mut self) -> Option<f64> {
        let next = self.capped(self.below);
        if next == f64::NEG_INFINITY {
            return None;
        }
        self.around(next);
        Some(next)
    }

    /// The lowest outcome of a utility that [`Self::around`] gave last.
    pub(super) fn lowest(&self, utility: f64) -> Option<Parts> {
        if let Some(tail) = self.alone
            && utility.total_cmp(&self.above).is_eq()
            && utility < self.cap
        {
            let Tail { added, place, .. } = &self.tails[tail as usize];
            if add(self.sorted[place + 2], added) > utility {
                let head = self.order[*place];
                return Some(Parts { head, tail });
            }
        }
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
        for (at, tail) in self.tails.iter().enumerate() {
            let mut look = |&head: &u32| {
                let same = same(add(self.sums[head as usize], &tail.added));
                if same {
                    let tail = at as u32;
                    each(Parts { head, tail });
                }
                same
            };
            if same(tail.above) {
                let _ = self.order[tail.place..].iter().all(&mut look);
            }
            if same(self.under[at]) {
                let _ = self.order[..tail.place].iter().rev().all(&mut look);
            }
        }
    }

    /// Lowers the floor past one outcome or more. The least from the new floor up lies below the old
    /// one, so it belongs to a tail that moves.
    fn lower(&mut self, floor: f64) {
        let mut above = f64::INFINITY;
        let (mut alone, mut several) = (0, false);
        let (guide, sorted) = (&self.guide, &self.sorted[..]);
        let cell = floor * guide.scale;
        // Without branches: neither can be foreseen which tails move, nor where in its cell the
        // floor stands, nor whether a tail is the nearest so far.
        let under = &mut self.under[..self.tails.len()];
        for (group, under) in under.chunks_mut(BITS).enumerate() {
            let mut moved = 0_u64;
            for (bit, &under) in under.iter().enumerate() {
                moved |= u64::from(under >= floor) << bit;
            }
            while moved != 0 {
                let bit = moved.trailing_zeros() as usize;
                moved &= moved - 1;
                let at = group * BITS + bit;
                let tail = &mut self.tails[at];
                let place = guide.place(cell - tail.shift);
                let place = place + usize::from(add(sorted[place + 1], &tail.added) < floor);
                under[bit] = tail.mark(place, sorted);
                if under[bit] >= floor || tail.above < floor {
                    under[bit] = tail.search(floor, sorted);
                }
                let nearer = tail.above < above;
                several |= !nearer && tail.above <= above;
                alone = if nearer { at as u32 } else { alone };
                above = if nearer { tail.above } else { above };
            }
        }
        self.above = above;
        self.alone = (!several).then_some(alone);
        self.below = greatest(&self.under);
    }

    fn raise(&mut self, floor: f64) {
        self.above = f64::INFINITY;
        for (tail, under) in self.tails.iter_mut().zip(&mut self.under) {
            *under = tail.search(floor, &self.sorted);
            self.above = self.above.min(tail.above);
        }
        self.alone = None;
        self.below = greatest(&self.under);
    }

    #[inline]
    fn capped(&self, sum: f64) -> f64 {
        if sum > self.cap { self.cap } else { sum }
    }
}

impl Tail {
    /// Takes the floor to a place; returns the greatest sum below it.
    #[inline]
    fn mark(&mut self, place: usize, sorted: &[f64]) -> f64 {
        self.place = place;
        self.above = add(sorted[place + 1], &self.added);
        add(sorted[place], &self.added)
    }

    /// For sums in a heap, and a floor at the edge of a cell.
    #[cold]
    fn search(&mut self, floor: f64, sorted: &[f64]) -> f64 {
        let heads = &sorted[1..sorted.len() - 2];
        let place = heads.partition_point(|&sum| add(sum, &self.added) < floor);
        self.mark(place, sorted)
    }
}

/// The least and the greatest of some numbers.
fn range(numbers: &[f64]) -> (f64, f64) {
    let mut ends = (f64::INFINITY, f64::NEG_INFINITY);
    for &number in numbers {
        ends.0 = if number < ends.0 { number } else { ends.0 };
        ends.1 = if number > ends.1 { number } else { ends.1 };
    }
    ends
}

/// The greatest of a multiple of [`WIDE`] numbers.
fn greatest(numbers: &[f64]) -> f64 {
    let mut greatest = [f64::NEG_INFINITY; WIDE];
    for four in numbers.chunks_exact(WIDE) {
        for (greatest, &number) in greatest.iter_mut().zip(four) {
            *greatest = if number > *greatest {
                number
            } else {
                *greatest
            };
        }
    }
    greatest.into_iter().fold(f64::NEG_INFINITY, f64::max)
}

#[inline]
fn add(sum: f64, added: &[f64; 2]) -> f64 {
    (sum + added[0]) + added[1]
}

/// Numbers by rising value, and about where a number stands among them.
struct Distributed {
    guide: Guide,
    /// The numbers, between an infinity before them and two after.
    sorted: Vec<f64>,
    /// Which each is.
    order: Vec<u32>,
}

/// About how many of the sorted sums lie below a number.
#[derive(Debug, Clone)]
struct Guide {
    /// The least sum, in cells.
    least: f64,
    /// Cells to a unit.
    scale: f64,
    /// By cell: the sums in the cells before it.
    starts: Vec<u32>,
}

/// Added to a number between 0 and 2^32 it leaves the nearest whole one in the last 32 bits.
const WHOLE: f64 = (1_u64 << 52) as f64;

impl Distributed {
    /// Distributes the numbers over the cells and puts each cell in order (Knuth 1973, 5.2.1). The
    /// cells are many, so most have one number or none.
    fn new(sums: &[f64]) -> Self {
        let (least, most) = range(sums);
        let cells = sums.len() * CELLS;
        let scale = cells as f64 / (most - least);
        let scale = if scale < f64::INFINITY { scale } else { 0.0 };
        let mut guide = Guide {
            least: least * scale,
            scale,
            starts: vec![0; cells + 2],
        };
        let mut of = Vec::with_capacity(sums.len());
        of.extend(
            sums.iter()
                .map(|sum| guide.cell(sum * scale - guide.least) as u32),
        );
        for &cell in &of {
            guide.starts[cell as usize] += 1;
        }
        let mut end = 0;
        for start in &mut guide.starts {
            end += *start;
            *start = end;
        }
        let mut sorted = vec![f64::INFINITY; sums.len() + 3];
        sorted[0] = f64::NEG_INFINITY;
        let mut order = vec![0; sums.len()];
        for ((&sum, &cell), head) in sums.iter().zip(&of).zip(0..) {
            // From the end of its cell on down, which leaves its start behind.
            let place = &mut guide.starts[cell as usize];
            *place -= 1;
            sorted[*place as usize + 1] = sum;
            order[*place as usize] = head;
        }
        for at in 1..order.len() {
            if sorted[at + 1] < sorted[at] {
                let cell = of[order[at] as usize] as usize;
                let cell = guide.starts[cell] as usize..guide.starts[cell + 1] as usize;
                let value = |head: u32| sums[head as usize];
                order[cell.clone()].sort_unstable_by(|&a, &b| value(a).total_cmp(&value(b)));
                for at in cell {
                    sorted[at + 1] = value(order[at]);
                }
            }
        }
        Self {
            guide,
            sorted,
            order,
        }
    }
}

impl Guide {
    #[inline]
    fn cell(&self, cells: f64) -> usize {
        let last = (self.starts.len() - 2) as f64;
        let cells = if cells < last { cells } else { last };
        let cells = if cells > 0.0 { cells } else { 0.0 };
        (cells + WHOLE).to_bits() as u32 as usize
    }

    /// How many sums lie below the cell, a number of cells from the least sum.
    #[inline]
    fn place(&self, cells: f64) -> usize {
        self.starts[self.cell(cells)] as usize
    }
}
