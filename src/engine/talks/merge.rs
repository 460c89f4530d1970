//! Staircases of points in the making: sorted runs merged best first, points put in one by one.
//!
//! Flows in: the next point of each run, or a point. Flows out: which run's point comes first, or
//! the staircase with the point in it.

use super::offer::Point;

/// One sorted run in a sum: a staircase shifted by a point; its next point, summed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    /// Own utility of the next point.
    pub(super) own: f64,
    /// The others'.
    pub(super) other: f64,
    /// Its package.
    pub(super) package: u64,
    /// The point by which the run is shifted.
    pub(super) shift: (f64, f64, u64),
    /// Where its next point is, and where the run ends.
    pub(super) at: u32,
    /// See [`Head::at`].
    pub(super) end: u32,
}

impl Head {
    /// A head whose points are used up.
    pub(super) const EMPTY: Self = Self {
        own: f64::NEG_INFINITY,
        other: 0.0,
        package: 0,
        shift: (0.0, 0.0, 0),
        at: 0,
        end: 0,
    };
}

/// Which head's point comes first, as a tournament (Knuth 1973, 5.4.1): when one head moves on,
/// only its own matches are played again.
#[derive(Debug, Clone, Default)]
pub(super) struct Tournament {
    /// Winner of each match: the final first, the winners of matches `n` and `n + 1` meet in `n / 2`.
    winners: Vec<u32>,
    size: usize,
}

impl Tournament {
    /// Room for the usual number of heads.
    pub(super) fn new() -> Self {
        Self {
            winners: Vec::with_capacity(1 << 11),
            size: 0,
        }
    }

    /// Plays all matches; the winner, if any head has a point left. Adds heads without points to
    /// make their number a power of two.
    pub(super) fn start(&mut self, heads: &mut Vec<Head>) -> Option<usize> {
        heads.resize(heads.len().next_power_of_two(), Head::EMPTY);
        self.size = heads.len();
        self.winners.clear();
        self.winners.resize(self.size, 0);
        self.winners.extend(0..self.size as u32);
        for game in (1..self.size).rev() {
            self.play(heads, game);
        }
        self.winner(heads)
    }

    /// Plays a head's matches again.
    #[inline]
    pub(super) fn replay(&mut self, heads: &[Head], head: usize) -> Option<usize> {
        let mut game = (self.size + head) >> 1;
        while game > 0 {
            self.play(heads, game);
            game /= 2;
        }
        self.winner(heads)
    }

    #[inline]
    fn play(&mut self, heads: &[Head], game: usize) {
        let (a, b) = (self.winners[2 * game], self.winners[2 * game + 1]);
        let better = before(&heads[b as usize], &heads[a as usize]);
        self.winners[game] = if better { b } else { a };
    }

    fn winner(&self, heads: &[Head]) -> Option<usize> {
        let best = self.winners[1] as usize;
        (heads[best].own > f64::NEG_INFINITY).then_some(best)
    }
}

/// Own utility falls, then the others' falls, then the package index rises (relative here, so that
/// a lower one can be a wrapped negative one).
#[inline]
fn before(a: &Head, b: &Head) -> bool {
    a.own > b.own
        || (a.own >= b.own
            && (a.other > b.other
                || (a.other >= b.other && a.package.cast_signed() < b.package.cast_signed())))
}

/// Puts a point into a staircase unless it is dominated, and takes out what it dominates. Packages
/// are relative here, so that a lower index can be a wrapped negative one. Returns the point that
/// stands in the way, or the point itself: it may well stand in the way of the next one too.
pub(super) fn insert(list: &mut Vec<Point>, point: Point) -> Point {
    let signed = |p: &Point| p.package.cast_signed();
    let place = list.partition_point(|p| {
        p.own > point.own
            || (p.own >= point.own
                && (p.other > point.other
                    || (p.other >= point.other && signed(p) < signed(&point))))
    });
    if place > 0 && list[place - 1].other >= point.other {
        return list[place - 1];
    }
    let dominated = list[place..]
        .iter()
        .take_while(|p| p.other <= point.other)
        .count();
    if dominated == 0 {
        list.insert(place, point);
        return point;
    }
    list[place] = point;
    if dominated > 1 {
        list.drain(place + 1..place + dominated);
    }
    point
}
