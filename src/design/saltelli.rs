//! Blocks of rows for variance-based sensitivity.
//!
//! Flows in: the number of factors and groups, a scramble. Flows out: for base point `j` the rows
//! `A`, `AB_i` (`A` with factor `i` from `B`), the same for groups of factors and for chance, and
//! `B`, in this order. Invariant: `A` and `B` are the two halves of one point in `2 D` dimensions, so
//! they are independent, and a block is complete or of no use.
//!
//! Source: Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola (2010), "Variance based
//! sensitivity analysis of model output", Computer Physics Communications 181, 259-270.

use super::sobol::{DIMENSIONS, Sobol};

/// Most factors: each takes two dimensions of the sequence.
pub const MOST_FACTORS: usize = DIMENSIONS / 2;

/// A row of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// Everything from `A`, chance too.
    A,
    /// One factor from `B`.
    Factor(usize),
    /// All factors of a group from `B`.
    Group(usize),
    /// Only chance from `B`.
    Chance,
    /// Everything from `B`.
    B,
}

/// The rows of every block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saltelli {
    factors: usize,
    groups: Vec<Vec<usize>>,
}

impl Saltelli {
    /// For so many factors, and groups of them that may overlap; none if there are more than
    /// [`MOST_FACTORS`].
    pub fn new(factors: usize, groups: Vec<Vec<usize>>) -> Option<Self> {
        (factors <= MOST_FACTORS).then_some(Self { factors, groups })
    }

    /// Number of factors `D`, chance not counted.
    pub fn factors(&self) -> usize {
        self.factors
    }

    /// The rows of a block, in their order: `D + G + 3` of them.
    pub fn rows(&self) -> Vec<Row> {
        std::iter::once(Row::A)
            .chain((0..self.factors).map(Row::Factor))
            .chain((0..self.groups.len()).map(Row::Group))
            .chain([Row::Chance, Row::B])
            .collect()
    }

    /// Coordinates of base point `index` in `A` and in `B`.
    pub fn base(&self, sobol: &Sobol, index: u32) -> (Vec<f64>, Vec<f64>) {
        let half = |from: usize| {
            (from..from + self.factors)
                .map(|dimension| sobol.coordinate(index, dimension))
                .collect()
        };
        (half(0), half(self.factors))
    }

    /// Whether a factor comes from `B` in a row.
    pub fn from_b(&self, row: Row, factor: usize) -> bool {
        match row {
            Row::A | Row::Chance => false,
            Row::Factor(own) => own == factor,
            Row::Group(group) => self.groups[group].contains(&factor),
            Row::B => true,
        }
    }

    /// Whether chance comes from `B` in a row.
    pub fn chance_from_b(row: Row) -> bool {
        matches!(row, Row::Chance | Row::B)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_changes_one_thing_a_row() {
        let design = Saltelli::new(3, vec![vec![0, 2]]).unwrap();
        let rows = design.rows();
        assert_eq!(rows.len(), 3 + 1 + 3);
        assert_eq!((rows[0], rows[6]), (Row::A, Row::B));
        let changed = |row: Row| -> Vec<usize> {
            (0..3)
                .filter(|&factor| design.from_b(row, factor))
                .collect()
        };
        let expected: [&[usize]; 7] = [&[], &[0], &[1], &[2], &[0, 2], &[], &[0, 1, 2]];
        for (row, expected) in rows.iter().zip(expected) {
            assert_eq!(changed(*row), expected, "{row:?}");
        }
        assert!(Saltelli::chance_from_b(Row::Chance) && !Saltelli::chance_from_b(Row::Factor(0)));
    }

    #[test]
    fn the_halves_are_two_points() {
        let design = Saltelli::new(2, Vec::new()).unwrap();
        let sobol = Sobol::new(4);
        let (a, b) = design.base(&sobol, 6);
        let all: Vec<f64> = (0..4).map(|d| sobol.coordinate(6, d)).collect();
        assert_eq!([a, b].concat(), all);
        assert_eq!(Saltelli::new(MOST_FACTORS + 1, Vec::new()), None);
    }
}
