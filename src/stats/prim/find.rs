//! Peeling and pasting.
//!
//! With `n` rows and mean `m` before a change of the box, `n'` and `m'` after it, the change taken
//! is the one with the largest
//!
//! ```text
//! (m' - m) / |n' - n|
//! ```
//!
//! (the "lenient" objective of `sdtoolkit`: gain of density for each row given up); among equals the
//! one that leaves more factors unrestricted, then the first. Peeling stops when nothing gains or
//! when less than `mass_min` of all rows would be left, pasting when the density no longer rises.

use super::quantile::quantile;
use super::{Column, Limit, Table};

/// How patient the search is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Share of the box that one peel of a number takes away.
    pub peel: f64,
    /// Share of what lies outside that one paste gives back.
    pub paste: f64,
    /// Least share of all rows in a box.
    pub mass_min: f64,
}

impl Default for Settings {
    /// The values of the EMA Workbench: 0.05 each.
    fn default() -> Self {
        Self {
            peel: 0.05,
            paste: 0.05,
            mass_min: 0.05,
        }
    }
}

/// One box on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// By column.
    pub limits: Vec<Limit>,
    /// Rows in it.
    pub rows: usize,
    /// Hits in it.
    pub hits: usize,
    /// Columns that it restricts.
    pub restricted: usize,
}

/// All boxes from the whole table to the last paste.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectory {
    /// In order; the first is everything.
    pub steps: Vec<Step>,
    /// Rows of the whole table, those of earlier boxes too.
    pub rows: usize,
    /// Hits of the whole table.
    pub hits: usize,
}

impl Trajectory {
    /// Share of all hits that lie in the box of a step.
    pub fn coverage(&self, step: usize) -> f64 {
        self.steps[step].hits as f64 / self.hits as f64
    }

    /// Share of the rows of the box that are hits.
    pub fn density(&self, step: usize) -> f64 {
        self.steps[step].hits as f64 / self.steps[step].rows as f64
    }

    /// Share of all rows that lie in the box.
    pub fn mass(&self, step: usize) -> f64 {
        self.steps[step].rows as f64 / self.rows as f64
    }
}

/// Finds a box among the rows that remain of `all`; nothing if none remains or none of `all` hit.
pub fn find(
    table: &Table,
    all: &[u32],
    remaining: &[u32],
    settings: Settings,
) -> Option<Trajectory> {
    let hits = table.hits(all);
    if remaining.is_empty() || hits == 0 {
        return None;
    }
    let mut search = Search {
        table,
        remaining,
        total: all.len(),
        settings,
        ends: (table.columns.iter())
            .map(|column| ends(column, all))
            .collect(),
        limits: table.everything(),
        hits: table.hits(remaining),
        inside: remaining.to_vec(),
        order: Vec::new(),
    };
    let mut trajectory = Trajectory {
        steps: vec![search.step()],
        rows: all.len(),
        hits,
    };
    search.sort();
    while search.peel() {
        trajectory.steps.push(search.step());
    }
    while search.paste() {
        trajectory.steps.push(search.step());
    }
    Some(trajectory)
}

/// Lowest and highest value of a column; nothing for categories.
fn ends(column: &Column, rows: &[u32]) -> (f64, f64) {
    let Column::Number(values) = column else {
        return (f64::NAN, f64::NAN);
    };
    rows.iter()
        .map(|&row| values[row as usize])
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        })
}

struct Search<'a> {
    table: &'a Table,
    remaining: &'a [u32],
    total: usize,
    settings: Settings,
    ends: Vec<(f64, f64)>,
    limits: Vec<Limit>,
    inside: Vec<u32>,
    hits: usize,
    /// By column of numbers: the rows inside in ascending order of the value.
    order: Vec<Vec<u32>>,
}

/// A change of the box under consideration.
struct Change {
    column: usize,
    limit: Limit,
    rows: usize,
    hits: usize,
}

impl Search<'_> {
    fn step(&self) -> Step {
        Step {
            limits: self.limits.clone(),
            rows: self.inside.len(),
            hits: self.hits,
            restricted: self.restricted(),
        }
    }

    fn restricted(&self) -> usize {
        self.table.restricted(&self.limits).len()
    }

    fn sort(&mut self) {
        let sorted = |column: &Column| match column {
            Column::Number(values) => {
                let mut order = self.inside.clone();
                order.sort_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]));
                order
            }
            Column::Category { .. } => Vec::new(),
        };
        self.order = self.table.columns.iter().map(sorted).collect();
    }

    fn density(&self) -> f64 {
        self.hits as f64 / self.inside.len() as f64
    }

    /// Columns left free if a column got a limit.
    fn free(&self, change: &Change) -> usize {
        let column = &self.table.columns[change.column];
        let before = self.limits[change.column].restricts(column);
        let after = change.limit.restricts(column);
        self.table.columns.len() + usize::from(before) - self.restricted() - usize::from(after)
    }

    fn objective(&self, change: &Change) -> f64 {
        let (before, mean) = (self.inside.len(), self.density());
        let after = if change.rows > 0 {
            change.hits as f64 / change.rows as f64
        } else {
            0.0
        };
        if after.total_cmp(&mean).is_eq() || change.rows == before {
            return 0.0;
        }
        (after - mean) / before.abs_diff(change.rows) as f64
    }

    /// The best of some changes with its objective; the first among equals.
    fn best(&self, changes: Vec<Change>) -> Option<(Change, f64)> {
        let mut best: Option<(Change, f64, usize)> = None;
        for change in changes {
            let (objective, free) = (self.objective(&change), self.free(&change));
            let better = best.as_ref().is_none_or(|(_, most, freest)| {
                objective.total_cmp(most).then(free.cmp(freest)).is_gt()
            });
            if better {
                best = Some((change, objective, free));
            }
        }
        best.map(|(change, objective, _)| (change, objective))
    }

    fn peel(&mut self) -> bool {
        let Some((change, objective)) = self.best(self.peels()) else {
            return false;
        };
        let enough = change.rows as f64 / self.total as f64 >= self.settings.mass_min;
        if !enough || change.rows >= self.inside.len() || objective <= 0.0 {
            return false;
        }
        self.take(&change);
        let mut kept = vec![false; self.table.hits.len()];
        for &row in &self.inside {
            kept[row as usize] = true;
        }
        for order in &mut self.order {
            order.retain(|&row| kept[row as usize]);
        }
        true
    }

    /// Numbers first, upper end before the lower, then each category.
    fn peels(&self) -> Vec<Change> {
        let mut peels = Vec::new();
        for (column, values) in self.table.columns.iter().enumerate() {
            if let (Column::Number(values), Limit::Range(low, high)) = (values, self.limits[column])
            {
                let order = &self.order[column];
                let at = |rank: usize| values[order[rank] as usize];
                let cut = quantile(order.len(), 1.0 - self.settings.peel, at);
                let kept = order.partition_point(|&row| values[row as usize] <= cut);
                peels.push(Change {
                    column,
                    limit: Limit::Range(low, cut),
                    rows: kept,
                    hits: self.hits - self.table.hits(&order[kept..]),
                });
                let cut = quantile(order.len(), self.settings.peel, at);
                let lost = order.partition_point(|&row| values[row as usize] < cut);
                peels.push(Change {
                    column,
                    limit: Limit::Range(cut, high),
                    rows: order.len() - lost,
                    hits: self.hits - self.table.hits(&order[..lost]),
                });
            }
        }
        for (column, values) in self.table.columns.iter().enumerate() {
            if let (Column::Category { of, .. }, Limit::Among(kept)) = (values, self.limits[column])
                && kept.count_ones() > 1
            {
                let mut counts = [(0, 0); 64];
                for &row in &self.inside {
                    let (rows, hits) = &mut counts[usize::from(of[row as usize])];
                    *rows += 1;
                    *hits += usize::from(self.table.hits[row as usize]);
                }
                for (category, (rows, hits)) in counts.into_iter().enumerate() {
                    if kept >> category & 1 == 1 {
                        peels.push(Change {
                            column,
                            limit: Limit::Among(kept & !(1 << category)),
                            rows: self.inside.len() - rows,
                            hits: self.hits - hits,
                        });
                    }
                }
            }
        }
        peels
    }

    fn paste(&mut self) -> bool {
        let Some((change, objective)) = self.best(self.pastes()) else {
            return false;
        };
        // Here a positive objective is a higher density.
        let enough = change.rows as f64 / self.total as f64 >= self.settings.mass_min;
        if !enough || change.rows <= self.inside.len() || objective <= 0.0 {
            return false;
        }
        self.take(&change);
        true
    }

    fn pastes(&self) -> Vec<Change> {
        let mut pastes = Vec::new();
        for column in self.table.restricted(&self.limits) {
            match self.limits[column] {
                Limit::Range(low, high) => {
                    pastes.push(self.pasted(column, self.lower(column, low, high)));
                    pastes.push(self.pasted(column, self.upper(column, low, high)));
                }
                Limit::Among(kept) => {
                    let Limit::Among(all) = Limit::whole(&self.table.columns[column]) else {
                        continue;
                    };
                    let missing = (0..64).filter(|category| (all & !kept) >> category & 1 == 1);
                    for category in missing {
                        pastes.push(self.pasted(column, Limit::Among(kept | 1 << category)));
                    }
                }
            }
        }
        pastes
    }

    /// The limit with some of the rows below it given back.
    fn lower(&self, column: usize, low: f64, high: f64) -> Limit {
        let outside = self.values(column, Limit::Range(f64::NEG_INFINITY, low));
        let end = cut(&outside, 1.0 - self.settings.paste);
        let end = end.filter(|&end| end > self.ends[column].0);
        Limit::Range(end.unwrap_or(f64::NEG_INFINITY), high)
    }

    /// The same above it.
    fn upper(&self, column: usize, low: f64, high: f64) -> Limit {
        let outside = self.values(column, Limit::Range(high, f64::INFINITY));
        let end = cut(&outside, self.settings.paste);
        let end = end.filter(|&end| end < self.ends[column].1);
        Limit::Range(low, end.unwrap_or(f64::INFINITY))
    }

    /// Values of a column in ascending order, over the remaining rows of the box with another limit
    /// on that column.
    fn values(&self, column: usize, limit: Limit) -> Vec<f64> {
        let Column::Number(values) = &self.table.columns[column] else {
            return Vec::new();
        };
        let rows = self.rows_with(column, limit);
        let mut values: Vec<f64> = rows.iter().map(|&row| values[row as usize]).collect();
        values.sort_by(f64::total_cmp);
        values
    }

    fn rows_with(&self, column: usize, limit: Limit) -> Vec<u32> {
        let mut limits = self.limits.clone();
        limits[column] = limit;
        self.table.inside(self.remaining, &limits)
    }

    fn pasted(&self, column: usize, limit: Limit) -> Change {
        let rows = self.rows_with(column, limit);
        Change {
            column,
            limit,
            rows: rows.len(),
            hits: self.table.hits(&rows),
        }
    }

    fn take(&mut self, change: &Change) {
        self.limits[change.column] = change.limit;
        self.inside = self.table.inside(self.remaining, &self.limits);
        self.hits = change.hits;
    }
}

/// A quantile of values in ascending order, if there are any.
fn cut(values: &[f64], q: f64) -> Option<f64> {
    (!values.is_empty()).then(|| quantile(values.len(), q, |rank| values[rank]))
}
