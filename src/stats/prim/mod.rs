//! PRIM, the patient rule induction method: boxes of the factors in which something often happens.
//!
//! Flows in: a [`Table`] of factors and of hits (rows in which it happened), and the rows to look
//! at. Flows out: a [`Trajectory`] of ever smaller boxes, each with its coverage and its density; how
//! much each restriction adds ([`quasi_p`]); how a box does on rows that it was not found on
//! ([`Count`]). Invariant: the result depends on the rows as a set and on nothing else; ties are
//! broken by the order of the columns.
//!
//! Sources: Friedman and Fisher (1999), "Bump hunting in high-dimensional data", Statistics and
//! Computing 9, 123-143; Bryant and Lempert (2010), "Thinking inside the box: a participatory,
//! computer-assisted approach to scenario discovery", Technological Forecasting and Social Change
//! 77, 34-49, for coverage, density, quasi-p-values and resampling. Quantiles and the objective are
//! those of the R package `sdtoolkit` and of the EMA Workbench, whose trajectories the tests repeat.

mod count;
mod find;
mod quantile;

pub use count::{Count, half_of, quasi_p};
pub use find::{Settings, Step, Trajectory, find};

/// One factor, by row.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// A number.
    Number(Vec<f64>),
    /// One of at most 64 categories.
    Category {
        /// By row.
        of: Vec<u8>,
        /// How many there are.
        categories: u8,
    },
}

/// Rows of factors, and whether the outcome of interest happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Factors.
    pub columns: Vec<Column>,
    /// By row.
    pub hits: Vec<bool>,
    /// By row: the draw it belongs to, equal numbers side by side. Rows of one draw share their
    /// numbers and are not independent of each other.
    pub draws: Vec<u32>,
}

/// What a box allows of one factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// A closed range; an end that is not restricted is infinite.
    Range(f64, f64),
    /// Allowed categories, as bits.
    Among(u64),
}

impl Limit {
    /// Everything of a column.
    pub fn whole(column: &Column) -> Self {
        match column {
            Column::Number(_) => Self::Range(f64::NEG_INFINITY, f64::INFINITY),
            Column::Category { categories, .. } => Self::Among(all(*categories)),
        }
    }

    /// Whether it leaves anything out.
    pub fn restricts(&self, column: &Column) -> bool {
        match (self, column) {
            (Self::Among(kept), Column::Category { categories, .. }) => *kept != all(*categories),
            (Self::Range(low, high), _) => low.is_finite() || high.is_finite(),
            (Self::Among(_), Column::Number(_)) => false,
        }
    }
}

impl Column {
    /// Whether a row lies within a limit.
    #[inline]
    pub fn within(&self, row: u32, limit: &Limit) -> bool {
        match (self, limit) {
            (Self::Number(values), Limit::Range(low, high)) => {
                let value = values[row as usize];
                *low <= value && value <= *high
            }
            (Self::Category { of, .. }, Limit::Among(kept)) => kept >> of[row as usize] & 1 == 1,
            _ => false,
        }
    }
}

impl Table {
    /// A box around everything.
    pub fn everything(&self) -> Vec<Limit> {
        self.columns.iter().map(Limit::whole).collect()
    }

    /// Columns that a box restricts.
    pub fn restricted(&self, limits: &[Limit]) -> Vec<usize> {
        (0..self.columns.len())
            .filter(|&column| limits[column].restricts(&self.columns[column]))
            .collect()
    }

    /// The rows that lie in a box.
    pub fn inside(&self, rows: &[u32], limits: &[Limit]) -> Vec<u32> {
        let restricted = self.restricted(limits);
        let within = |row: &u32| {
            (restricted.iter()).all(|&column| self.columns[column].within(*row, &limits[column]))
        };
        rows.iter().copied().filter(within).collect()
    }

    /// Hits among rows.
    pub fn hits(&self, rows: &[u32]) -> usize {
        rows.iter().filter(|&&row| self.hits[row as usize]).count()
    }
}

/// So many categories, as bits.
fn all(categories: u8) -> u64 {
    u64::MAX
        .checked_shr(64 - u32::from(categories))
        .unwrap_or(0)
}
