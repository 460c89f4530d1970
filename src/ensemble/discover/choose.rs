//! From a trajectory to a region: which step, which of its limits.
//!
//! The step is the one whose box has the largest harmonic mean of coverage and density (van
//! Rijsbergen 1979, "Information retrieval", chapter 7) on the runs to choose by. A limit of it stays
//! if at least [`AGAIN`] of the half-samples find it again (Bryant and Lempert 2010 ask for it too)
//! and if on the runs to choose by a box without it would hold so many hits by chance in fewer than
//! [`LEVEL`] of all cases.

use rayon::prelude::*;

use super::{Bound, DiscoverError, DiscoverPlan, Measure, Region, Restriction, StepRow, measure};
use crate::model::streams::{generator, key};
use crate::stats::prim::{Column, Limit, Settings, Table, Trajectory, find, half_of, quasi_p};

/// Half-samples.
pub(super) const RESAMPLES: u64 = 10;
/// Share of them that must find a limit again.
pub(super) const AGAIN: f64 = 0.8;
/// Level of the test on the runs to choose by.
pub(super) const LEVEL: f64 = 0.05;

/// Rows by what they are used for.
pub(super) struct Parts {
    pub(super) search: Vec<u32>,
    pub(super) choose: Vec<u32>,
    pub(super) measure: Vec<u32>,
}

impl Parts {
    /// Half of the draws, a quarter and a quarter; draws are independent, so the first are as good
    /// as any.
    pub(super) fn deal(table: &Table, draws: u32) -> Self {
        let end = |draw: u32| table.draws.partition_point(|&of| of < draw) as u32;
        let (half, most) = (end(draws / 2), end(draws / 2 + draws / 4));
        Self {
            search: (0..half).collect(),
            choose: (half..most).collect(),
            measure: (most..table.hits.len() as u32).collect(),
        }
    }
}

/// Finds regions one after another, each outside those before, up to the first failure.
pub(super) fn regions(
    table: &Table,
    parts: &Parts,
    plan: DiscoverPlan,
) -> Result<Vec<Region>, DiscoverError> {
    let mut remaining = Parts {
        search: parts.search.clone(),
        choose: parts.choose.clone(),
        measure: parts.measure.clone(),
    };
    let mut regions = Vec::new();
    for number in 0..plan.boxes {
        let Some(found) = find(table, &parts.search, &remaining.search, Settings::default()) else {
            break;
        };
        let step = plan.step.filter(|_| number == 0);
        let finder = Finder {
            table,
            parts,
            remaining: &remaining,
            found: &found,
            seed: plan.plan.seed(),
            number,
        };
        let (region, limits) = finder.region(step)?;
        let goes_on = region.found;
        regions.push(region);
        if !goes_on {
            break;
        }
        for rows in [
            &mut remaining.search,
            &mut remaining.choose,
            &mut remaining.measure,
        ] {
            let inside = table.inside(rows, &limits);
            rows.retain(|row| inside.binary_search(row).is_err());
        }
    }
    Ok(regions)
}

struct Finder<'a> {
    table: &'a Table,
    parts: &'a Parts,
    remaining: &'a Parts,
    found: &'a Trajectory,
    seed: u64,
    number: u32,
}

impl Finder<'_> {
    fn region(&self, asked: Option<usize>) -> Result<(Region, Vec<Limit>), DiscoverError> {
        let steps: Vec<StepRow> = (self.found.steps.iter().enumerate())
            .map(|(index, step)| StepRow {
                step: index,
                restricted: step.restricted,
                in_sample: self.on(&self.remaining.search, &self.parts.search, &step.limits),
                held_out: self.on(&self.remaining.choose, &self.parts.choose, &step.limits),
            })
            .collect();
        let last = steps.len() - 1;
        if let Some(step) = asked.filter(|&step| step > last) {
            return Err(DiscoverError::NoStep { step, last });
        }
        let chosen = asked.unwrap_or_else(|| best(&steps));
        let limits = &self.found.steps[chosen].limits;
        let restrictions = self.restrictions(limits, &steps[chosen].in_sample, asked.is_some());
        let kept = keep(self.table, limits, &restrictions);
        let held_out = self.on(&self.remaining.measure, &self.parts.measure, &kept);
        let searched = measure(self.table, &self.remaining.measure, &self.parts.measure);
        let restricts = restrictions.iter().any(|restriction| restriction.kept);
        let region = Region {
            chosen,
            by_hand: asked.is_some(),
            in_sample: self.on(&self.remaining.search, &self.parts.search, &kept),
            found: restricts && held_out.low > searched.density,
            held_out,
            searched,
            restrictions,
            steps,
        };
        Ok((region, kept))
    }

    fn on(&self, rows: &[u32], part: &[u32], limits: &[Limit]) -> Measure {
        measure(self.table, &self.table.inside(rows, limits), part)
    }

    /// Every limit of a box, an end of a range on its own.
    fn restrictions(&self, limits: &[Limit], chosen: &Measure, by_hand: bool) -> Vec<Restriction> {
        let samples = self.resamples(chosen);
        let mut restrictions = Vec::new();
        for column in self.table.restricted(limits) {
            let quasi = quasi_p(self.table, &self.remaining.search, limits, column);
            let held_out = quasi_p(self.table, &self.remaining.choose, limits, column);
            let bounds = match (limits[column], &self.table.columns[column]) {
                (Limit::Range(low, high), Column::Number(_)) => [
                    low.is_finite().then_some(Bound::AtLeast(low)),
                    high.is_finite().then_some(Bound::AtMost(high)),
                ],
                (Limit::Among(kept), _) => {
                    let types = (0..64).filter(|kind| kept >> kind & 1 == 1).collect();
                    [Some(Bound::OneOf(types)), None]
                }
                (Limit::Range(..), Column::Category { .. }) => [None, None],
            };
            for (end, bound) in bounds.into_iter().enumerate() {
                let (Some(limit), Some(quasi_p), Some(held_out_p)) =
                    (bound, quasi[end], held_out[end])
                else {
                    continue;
                };
                let of = &self.table.columns[column];
                let again = samples
                    .iter()
                    .filter(|sample| ends(&sample[column], of)[end]);
                let again = again.count();
                let found_again = again as f64 / samples.len().max(1) as f64;
                restrictions.push(Restriction {
                    factor: column,
                    limit,
                    quasi_p,
                    held_out_p,
                    found_again,
                    kept: by_hand || found_again >= AGAIN && held_out_p < LEVEL,
                });
            }
        }
        restrictions
    }

    /// The box of each half-sample whose coverage and density are nearest, each as a share of what
    /// they are here.
    fn resamples(&self, chosen: &Measure) -> Vec<Vec<Limit>> {
        let one = |sample: u64| {
            let name = key("discover:half-samples");
            let stream = u64::from(self.number) << 32 | sample;
            let mut random = generator(self.seed, &name, stream);
            let rows = half_of(self.table, &self.remaining.search, &mut random);
            let found = find(self.table, &rows, &rows, Settings::default())?;
            // In the half-sample of the remaining rows all coverage is of the remaining hits.
            let hits = self.found.steps[0].hits.max(1) as f64 / self.found.hits as f64;
            let (coverage, density) = (chosen.coverage / hits, chosen.density);
            let nearest = (0..found.steps.len()).min_by(|&a, &b| {
                let off = |step: usize| {
                    let coverage = found.coverage(step) / coverage - 1.0;
                    let density = found.density(step) / density - 1.0;
                    coverage * coverage + density * density
                };
                off(a).total_cmp(&off(b))
            })?;
            Some(found.steps[nearest].limits.clone())
        };
        let samples: Vec<Option<Vec<Limit>>> = (0..RESAMPLES).into_par_iter().map(one).collect();
        samples.into_iter().flatten().collect()
    }
}

/// Which ends of a column a box limits; categories count as the first.
fn ends(limit: &Limit, column: &Column) -> [bool; 2] {
    match limit {
        Limit::Range(low, high) => [low.is_finite(), high.is_finite()],
        Limit::Among(_) => [limit.restricts(column), false],
    }
}

/// The step with the largest harmonic mean of coverage and density on the runs to choose by, the
/// first among equals.
fn best(steps: &[StepRow]) -> usize {
    let score = |step: &StepRow| {
        let Measure {
            density, coverage, ..
        } = step.held_out;
        let sum = density + coverage;
        if sum > 0.0 {
            2.0 * density * coverage / sum
        } else {
            0.0
        }
    };
    let mut best = 0;
    for (index, step) in steps.iter().enumerate() {
        if score(step) > score(&steps[best]) {
            best = index;
        }
    }
    best
}

/// The box of the kept limits alone.
fn keep(table: &Table, limits: &[Limit], restrictions: &[Restriction]) -> Vec<Limit> {
    let mut kept = table.everything();
    for restriction in restrictions.iter().filter(|restriction| restriction.kept) {
        let limit = &mut kept[restriction.factor];
        *limit = match (&restriction.limit, *limit) {
            (Bound::AtLeast(low), Limit::Range(_, high)) => Limit::Range(*low, high),
            (Bound::AtMost(high), Limit::Range(low, _)) => Limit::Range(low, *high),
            _ => limits[restriction.factor],
        };
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ensemble::Plan;
    use crate::model::streams::uniform;
    use rand::Rng;

    /// Six uniform numbers and a category of three by row, a hit with the given probability.
    fn table(draws: u32, replicates: u32, seed: u64, chance: impl Fn(&[f64], u8) -> f64) -> Table {
        let mut random = generator(seed, &key("planted"), 0);
        let mut next = || uniform(random.next_u64());
        let mut numbers = vec![Vec::new(); 6];
        let (mut kinds, mut hits, mut of_draw) = (Vec::new(), Vec::new(), Vec::new());
        for draw in 0..draws {
            let row: Vec<f64> = numbers.iter().map(|_| next()).collect();
            for _ in 0..replicates {
                let kind = (next() * 3.0) as u8;
                for (column, value) in numbers.iter_mut().zip(&row) {
                    column.push(*value);
                }
                hits.push(next() < chance(&row, kind));
                kinds.push(kind);
                of_draw.push(draw);
            }
        }
        let mut columns: Vec<Column> = numbers.into_iter().map(Column::Number).collect();
        columns.push(Column::Category {
            of: kinds,
            categories: 3,
        });
        Table {
            columns,
            hits,
            draws: of_draw,
        }
    }

    fn find_in(table: &Table, draws: u32, boxes: u32, step: Option<usize>) -> Vec<Region> {
        let parts = Parts::deal(table, draws);
        let plan = DiscoverPlan {
            plan: Plan::new(1, draws, 1).unwrap(),
            outcome: 0,
            types: true,
            boxes,
            step,
        };
        regions(table, &parts, plan).unwrap()
    }

    fn near(limit: &Bound, expected: f64) -> bool {
        match limit {
            Bound::AtLeast(end) | Bound::AtMost(end) => (end - expected).abs() < 0.06,
            Bound::OneOf(_) => false,
        }
    }

    #[test]
    fn a_planted_region_is_found_and_nothing_else_is_kept() {
        let planted = |row: &[f64], kind: u8| {
            if row[1] > 0.6 && row[4] < 0.5 && kind != 0 {
                0.7
            } else {
                0.1
            }
        };
        let table = table(6000, 1, 2, planted);
        let found = find_in(&table, 6000, 1, None);
        let kept: Vec<&Restriction> = found[0]
            .restrictions
            .iter()
            .filter(|one| one.kept)
            .collect();
        assert_eq!(
            kept.iter().map(|one| one.factor).collect::<Vec<_>>(),
            [1, 4, 6],
            "{kept:?}"
        );
        assert!(
            near(&kept[0].limit, 0.6) && near(&kept[1].limit, 0.5),
            "{kept:?}"
        );
        assert_eq!(kept[2].limit, Bound::OneOf(vec![1, 2]));
        assert!(found[0].found);
        let Measure {
            low,
            high,
            coverage,
            ..
        } = found[0].held_out;
        assert!(low < 0.7 && 0.6 < high, "{:?}", found[0].held_out);
        // 0.7 times 0.4 * 0.5 * 2/3, of that and 0.1 times the rest.
        assert!((coverage - 0.093 / 0.180).abs() < 0.1, "{coverage}");
    }

    #[test]
    fn where_there_is_only_noise_no_region_is_claimed() {
        // A claim needs an accident in spite of two guards; twelve tables make none.
        for seed in 0..12 {
            let table = table(1200, 1, seed, |_, _| 0.3);
            let found = find_in(&table, 1200, 3, None);
            assert_eq!(found.len(), 1, "the search ends with the first failure");
            assert!(!found[0].found, "{seed}: {:?}", found[0].restrictions);
        }
    }

    /// Each draw has luck of its own that its numbers do not show, the same for all of its runs:
    /// rows are far from independent, and a test that took them for it would find much.
    #[test]
    fn luck_shared_within_a_draw_is_no_finding() {
        for seed in 0..6 {
            let hidden = |row: &[f64], _: u8| {
                let digits = (row[5] * 1e6).fract();
                if digits < 0.3 { 0.95 } else { 0.05 }
            };
            let table = table(300, 20, 100 + seed, hidden);
            let found = find_in(&table, 300, 1, None);
            assert!(!found[0].found, "{seed}: {:?}", found[0].restrictions);
        }
    }

    #[test]
    fn the_second_region_lies_outside_the_first() {
        let two = |row: &[f64], _: u8| match (row[0] > 0.75, row[3] < 0.2) {
            (true, _) => 0.9,
            (false, true) => 0.6,
            _ => 0.05,
        };
        let table = table(6000, 1, 5, two);
        let found = find_in(&table, 6000, 3, None);
        let first = |region: &Region| {
            let kept = region.restrictions.iter().filter(|one| one.kept);
            kept.map(|one| one.factor).collect::<Vec<_>>()
        };
        assert!(found.len() >= 2 && found[1].found, "{found:?}");
        assert_eq!((first(&found[0]), first(&found[1])), (vec![0], vec![3]));
        assert!(found[1].held_out.coverage + found[0].held_out.coverage <= 1.0);
        assert!(found[1].searched.runs < found[0].searched.runs);
    }

    #[test]
    fn a_step_asked_for_is_taken_with_all_its_limits() {
        let table = table(2000, 1, 7, |row, _| if row[1] > 0.6 { 0.6 } else { 0.1 });
        let found = find_in(&table, 2000, 1, Some(3));
        assert!(found[0].by_hand && found[0].chosen == 3);
        assert!(found[0].restrictions.iter().all(|one| one.kept));
        let parts = Parts::deal(&table, 2000);
        let plan = DiscoverPlan {
            plan: Plan::new(1, 2000, 1).unwrap(),
            outcome: 0,
            types: true,
            boxes: 1,
            step: Some(999),
        };
        let error = regions(&table, &parts, plan).unwrap_err().to_string();
        assert!(error.starts_with("there is no step 999"), "{error}");
    }
}
