//! Full factorial: every combination of the levels of a few factors.
//!
//! Flows in: how many levels each factor has. Flows out: the combination of a row number. Invariant:
//! nothing is stored: row `i` is the number `i` written in mixed radix, the last factor varying
//! fastest, so that a design of millions of rows costs no memory.

/// A full factorial design.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factorial {
    levels: Vec<usize>,
    rows: u64,
}

impl Factorial {
    /// All combinations of so many levels each; none if there would be more than `u64` can count.
    pub fn new(levels: &[usize]) -> Option<Self> {
        let rows = levels
            .iter()
            .try_fold(1_u64, |rows, &count| rows.checked_mul(count as u64))?;
        Some(Self {
            levels: levels.to_vec(),
            rows,
        })
    }

    /// Number of combinations.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Level of each factor in row `index`, below [`Factorial::rows`].
    pub fn row(&self, index: u64) -> Vec<usize> {
        let mut rest = index;
        let mut row = vec![0; self.levels.len()];
        for (level, &count) in row.iter_mut().zip(&self.levels).rev() {
            *level = (rest % count as u64) as usize;
            rest /= count as u64;
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_comes_once_and_the_last_factor_runs_fastest() {
        let design = Factorial::new(&[2, 3]).unwrap();
        let rows: Vec<Vec<usize>> = (0..design.rows()).map(|row| design.row(row)).collect();
        let expected = [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]];
        assert_eq!(rows, expected);
    }

    #[test]
    fn a_huge_design_costs_nothing_and_an_impossible_one_is_refused() {
        let design = Factorial::new(&[1_000_000, 1_000_000]).unwrap();
        assert_eq!(design.row(design.rows() - 1), [999_999, 999_999]);
        assert_eq!(Factorial::new(&[usize::MAX, 3]), None);
        assert_eq!(Factorial::new(&[4, 0]).unwrap().rows(), 0);
        assert_eq!(Factorial::new(&[]).unwrap().rows(), 1);
    }
}
