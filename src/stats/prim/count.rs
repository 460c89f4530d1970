//! How a box does on given rows, and whether a restriction adds anything.

use super::{Limit, Table};
use crate::math::beta_cdf;
use crate::stats::normal::Z95;
use crate::stats::wilson::wilson;
use rand::Rng;

/// Rows and hits in a box, with what the draws they come from say of the spread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Count {
    /// Rows.
    pub rows: usize,
    /// Hits among them.
    pub hits: usize,
    /// Different draws among them.
    pub draws: usize,
    /// How much larger the variance of the density is than that of as many independent rows; at
    /// least 1.
    pub design_effect: f64,
}

impl Count {
    /// Counts rows, those of a draw side by side.
    ///
    /// The density `sum y / sum n` over draws is a ratio, whose variance is
    /// `D / (D - 1) sum (y_d - density n_d)^2 / n^2`; divided by `density (1 - density) / n` it is the
    /// design effect (Rao and Scott 1992, "A simple method for the analysis of clustered binary
    /// data", Biometrics 48, 577-585). One run for each draw gives 1.
    pub fn of(table: &Table, rows: &[u32]) -> Self {
        let hits = table.hits(rows);
        let density = hits as f64 / rows.len().max(1) as f64;
        let (mut draws, mut squares) = (0, 0.0);
        for draw in rows.chunk_by(|&a, &b| table.draws[a as usize] == table.draws[b as usize]) {
            let excess = table.hits(draw) as f64 - density * draw.len() as f64;
            squares += excess * excess;
            draws += 1;
        }
        let independent = density * (1.0 - density) * rows.len() as f64;
        let design_effect = if draws > 1 && draws < rows.len() && independent > 0.0 {
            (draws as f64 / (draws - 1) as f64 * squares / independent).max(1.0)
        } else {
            1.0
        };
        Self {
            rows: rows.len(),
            hits,
            draws,
            design_effect,
        }
    }

    /// Share of the rows that are hits; 0 without rows.
    pub fn density(&self) -> f64 {
        self.hits as f64 / self.rows.max(1) as f64
    }

    /// 95 % Wilson interval of the density, counts divided by the design effect.
    pub fn interval(&self) -> (f64, f64) {
        let effective = |count: usize| (count as f64 / self.design_effect).round() as u64;
        let rows = effective(self.rows);
        wilson(effective(self.hits).min(rows), rows, Z95)
    }
}

/// Quasi-p-value of each end of a restriction: the probability of at least as many hits among the
/// rows of the box if its density were that of the box with this one limit removed,
/// `P(Bin(T, H' / T') >= H)`; none where nothing is limited. For categories the first counts.
/// Bryant and Lempert (2010) call it quasi because the box was searched for on the same rows. Counts
/// are divided by the design effect.
pub fn quasi_p(table: &Table, rows: &[u32], limits: &[Limit], column: usize) -> [Option<f64>; 2] {
    let inside = Count::of(table, &table.inside(rows, limits));
    let without = |limit: Limit| {
        let mut wider = limits.to_vec();
        wider[column] = limit;
        let wider = Count::of(table, &table.inside(rows, &wider));
        let effect = inside.design_effect;
        let (hits, rows) = (inside.hits as f64 / effect, inside.rows as f64 / effect);
        at_least(hits, rows, wider.density())
    };
    match limits[column] {
        Limit::Range(low, high) => [
            low.is_finite()
                .then(|| without(Limit::Range(f64::NEG_INFINITY, high))),
            high.is_finite()
                .then(|| without(Limit::Range(low, f64::INFINITY))),
        ],
        limit @ Limit::Among(_) => {
            let column = &table.columns[column];
            let whole = Limit::whole(column);
            [limit.restricts(column).then(|| without(whole)), None]
        }
    }
}

/// `P(Bin(n, p) >= k)` as the incomplete beta function `I_p(k, n - k + 1)`, which takes any `k` and
/// `n`.
fn at_least(k: f64, n: f64, p: f64) -> f64 {
    if k <= 0.0 || p >= 1.0 {
        1.0
    } else if p <= 0.0 {
        0.0
    } else {
        beta_cdf(p, k, n - k + 1.0)
    }
}

/// Half of the draws at random, without replacement: their rows, in order.
pub fn half_of(table: &Table, rows: &[u32], random: &mut impl Rng) -> Vec<u32> {
    let draws: Vec<&[u32]> = rows
        .chunk_by(|&a, &b| table.draws[a as usize] == table.draws[b as usize])
        .collect();
    let mut order: Vec<usize> = (0..draws.len()).collect();
    // Fisher and Yates, the first half only. The remainder's bias is below 2^-32.
    let half = draws.len() / 2;
    for place in 0..half {
        let other = place + (random.next_u64() % (draws.len() - place) as u64) as usize;
        order.swap(place, other);
    }
    let mut chosen = order[..half].to_vec();
    chosen.sort_unstable();
    chosen
        .iter()
        .flat_map(|&draw| draws[draw])
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;
    use crate::model::streams::{generator, key};

    #[test]
    fn the_binomial_tail_is_exact() {
        // P(Bin(10, 0.3) >= 4) and P(Bin(3, 0.5) >= 3) by hand.
        assert!((at_least(4.0, 10.0, 0.3) - 0.350_389_281_6).abs() < 1e-9);
        assert!((at_least(3.0, 3.0, 0.5) - 0.125).abs() < 1e-12);
        assert!((at_least(0.0, 3.0, 0.5) - 1.0).abs() < 1e-15);
    }

    fn table(draws: u32, replicates: u32, hit: impl Fn(u32, u32) -> bool) -> Table {
        let rows = (0..draws).flat_map(|draw| (0..replicates).map(move |r| (draw, r)));
        Table {
            columns: vec![Column::Number(
                rows.clone().map(|(d, _)| f64::from(d)).collect(),
            )],
            hits: rows.clone().map(|(draw, run)| hit(draw, run)).collect(),
            draws: rows.map(|(draw, _)| draw).collect(),
        }
    }

    #[test]
    fn runs_of_a_draw_that_are_all_alike_count_once() {
        let table = table(100, 10, |draw, _| draw % 4 == 0);
        let rows: Vec<u32> = (0..1000).collect();
        let count = Count::of(&table, &rows);
        assert_eq!((count.rows, count.hits, count.draws), (1000, 250, 100));
        assert!((count.design_effect - 10.0 * 100.0 / 99.0).abs() < 1e-9);
        let (low, high) = count.interval();
        let (few_low, few_high) = wilson(25, 99, Z95);
        assert!((low - few_low).abs() < 1e-12 && (high - few_high).abs() < 1e-12);
    }

    #[test]
    fn one_run_a_draw_has_no_design_effect() {
        let table = table(50, 1, |draw, _| draw < 10);
        let rows: Vec<u32> = (0..50).collect();
        let count = Count::of(&table, &rows);
        assert!((count.design_effect - 1.0).abs() < 1e-15);
        assert_eq!(count.interval(), wilson(10, 50, Z95));
    }

    #[test]
    fn a_half_keeps_draws_whole() {
        let table = table(40, 3, |_, _| false);
        let rows: Vec<u32> = (0..120).collect();
        let half = half_of(&table, &rows, &mut generator(1, &key("half"), 0));
        assert_eq!(half.len(), 60);
        for draw in half.chunks(3) {
            assert!(draw[0] % 3 == 0 && draw[2] == draw[0] + 2, "{draw:?}");
        }
        let other = half_of(&table, &rows, &mut generator(1, &key("half"), 1));
        assert_ne!(half, other);
    }
}
