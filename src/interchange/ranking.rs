//! A party's outcomes by utility, found without listing them.
//!
//! Flows in: a [`Domain`] and how its issues are split. Flows out: the outcomes next to a floor from
//! either side, and their utilities. Invariant: the same as from a sorted list of every outcome's
//! utility as [`super::space`] computes it, bit for bit; of equal ones the lowest outcome.
//!
//! An outcome is a *head*, the values of the first issues, and a *tail*, those of the rest. Adding a
//! number and rounding never turns an order round, so for a given tail utility rises with the sum of
//! the head, and the heads sorted once serve every tail: of 4,096 outcomes 256 are sorted. One place
//! in that list a tail marks where the floor stands, and moves as the floor does. (Listing the sums
//! of two sorted lists in order: Knuth 1973, 5.2.4; Fredman 1976.)

use super::Domain;

/// What it costs to sort a head, in units of what it costs to look at a tail.
const SORTING: f64 = 8.0;
/// Steps taken one by one before a search by halves.
const STEPS: usize = 4;

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
        let all: usize = sizes.iter().product();
        let cuts = (0..=sizes.len()).map(|issues| {
            let heads = sizes[..issues].iter().product();
            Self {
                issues,
                heads,
                tails: all.checked_div(heads).unwrap_or(0),
            }
        });
        let cost = |cut: &Self| SORTING * cut.heads as f64 + floors as f64 * cut.tails as f64;
        let best = cuts.min_by(|a, b| cost(a).total_cmp(&cost(b)));
        best.expect("there is a cut before the first issue")
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
    /// The same, rising, and which head it is.
    sorted: Vec<(f64, u32)>,
    /// `[tail * terms + term]`: what the issues of a tail add, one after the other.
    added: Vec<f64>,
    terms: usize,
    /// Utilities above this count as this.
    cap: f64,
    /// By tail: the first sorted head worth the floor or more, its utility, and that of the one below.
    tails: Vec<Tail>,
    /// The least of the one and the greatest of the other.
    above: f64,
    below: f64,
    low: f64,
    high: f64,
}

#[derive(Debug, Clone, Copy)]
struct Tail {
    above: f64,
    below: f64,
    first: usize,
}

impl Ranking {
    /// Sorts the heads of a party. The floor stands above every outcome.
    pub(super) fn new(domain: &Domain, party: usize, split: Split) -> Self {
        let profile = &domain.profiles[party];
        let cap = if domain.cap_at_one {
            1.0
        } else {
            f64::INFINITY
        };
        let terms: Vec<Vec<f64>> = profile
            .weights
            .iter()
            .zip(&profile.values)
            .map(|(weight, values)| values.iter().map(|value| weight * value).collect())
            .collect();
        let (first, last) = terms.split_at(split.issues);
        let mut sums = vec![0.0];
        for terms in first {
            sums = sums
                .iter()
                .flat_map(|sum| terms.iter().map(move |term| sum + term))
                .collect();
        }
        let mut sorted: Vec<(f64, u32)> = sums.iter().copied().zip(0..).collect();
        sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut added = Vec::with_capacity(split.tails * last.len());
        for tail in 0..split.tails {
            let mut rest = split.tails;
            for terms in last {
                rest /= terms.len();
                added.push(terms[tail / rest % terms.len()]);
            }
        }
        let mut ranking = Self {
            sums,
            sorted,
            added,
            terms: last.len(),
            cap,
            tails: Vec::new(),
            above: f64::INFINITY,
            below: f64::NEG_INFINITY,
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
        };
        let first = split.heads;
        ranking.tails = (0..split.tails)
            .map(|tail| Tail {
                above: f64::INFINITY,
                below: ranking.worth_sorted(first.wrapping_sub(1), tail, f64::NEG_INFINITY),
                first,
            })
            .collect();
        for tail in 0..split.tails {
            let low = ranking.worth_sorted(0, tail, f64::INFINITY);
            ranking.low = ranking.low.min(low);
            ranking.high = ranking.high.max(ranking.tails[tail].below);
        }
        ranking.below = ranking.high;
        ranking
    }

    /// Lowest and highest utility.
    pub(super) fn range(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// Utility of an outcome.
    pub(super) fn worth(&self, outcome: Parts) -> f64 {
        self.add(self.sums[outcome.head as usize], outcome.tail as usize)
    }

    /// The least utility from a floor up, and the greatest below it.
    pub(super) fn around(&mut self, floor: f64) -> (Option<f64>, Option<f64>) {
        if floor <= self.below {
            self.lower(floor);
        } else if floor > self.above {
            self.raise(floor);
        }
        let known = |worth: f64| worth.is_finite().then_some(worth);
        (known(self.above), known(self.below))
    }

    /// The next utility below the floor, which falls to it.
    pub(super) fn next_below(&mut self) -> Option<f64> {
        let next = self.below;
        if !next.is_finite() {
            return None;
        }
        self.lower(next);
        Some(next)
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
        let same = |worth: f64| worth.total_cmp(&utility).is_eq();
        for (tail, marks) in self.tails.iter().enumerate() {
            let mut look = |&(sum, head): &(f64, u32)| {
                let same = same(self.add(sum, tail));
                if same {
                    let tail = tail as u32;
                    each(Parts { head, tail });
                }
                same
            };
            if same(marks.above) {
                let _ = self.sorted[marks.first..].iter().all(&mut look);
            } else if same(marks.below) {
                let _ = self.sorted[..marks.first].iter().rev().all(&mut look);
            }
        }
    }

    fn lower(&mut self, floor: f64) {
        for tail in 0..self.tails.len() {
            let Tail { below, first, .. } = self.tails[tail];
            if below >= floor {
                let mut to = first - 1;
                let mut steps = STEPS;
                while to > 0 && self.add(self.sorted[to - 1].0, tail) >= floor {
                    to -= 1;
                    steps -= 1;
                    if steps == 0 {
                        to = self.sorted[..to].partition_point(|s| self.add(s.0, tail) < floor);
                        break;
                    }
                }
                self.mark(tail, to);
            }
        }
        self.measure();
    }

    fn raise(&mut self, floor: f64) {
        for tail in 0..self.tails.len() {
            let Tail { above, first, .. } = self.tails[tail];
            if above < floor {
                let rest = &self.sorted[first..];
                let to = rest.partition_point(|s| self.add(s.0, tail) < floor);
                self.mark(tail, first + to);
            }
        }
        self.measure();
    }

    fn mark(&mut self, tail: usize, first: usize) {
        self.tails[tail] = Tail {
            above: self.worth_sorted(first, tail, f64::INFINITY),
            below: self.worth_sorted(first.wrapping_sub(1), tail, f64::NEG_INFINITY),
            first,
        };
    }

    fn measure(&mut self) {
        let (mut above, mut below) = (f64::INFINITY, f64::NEG_INFINITY);
        for tail in &self.tails {
            above = if tail.above < above {
                tail.above
            } else {
                above
            };
            below = if tail.below > below {
                tail.below
            } else {
                below
            };
        }
        (self.above, self.below) = (above, below);
    }

    fn worth_sorted(&self, place: usize, tail: usize, outside: f64) -> f64 {
        self.sorted
            .get(place)
            .map_or(outside, |&(sum, _)| self.add(sum, tail))
    }

    #[inline]
    fn add(&self, sum: f64, tail: usize) -> f64 {
        let added = &self.added[tail * self.terms..][..self.terms];
        let worth = added.iter().fold(sum, |sum, term| sum + term);
        if worth > self.cap { self.cap } else { worth }
    }
}
