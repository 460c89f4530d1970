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
        let restrictions =
            self.restrictions(limits, steps[chosen].in_sample.coverage, asked.is_some());
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
    fn restrictions(&self, limits: &[Limit], coverage: f64, by_hand: bool) -> Vec<Restriction> {
        let samples = self.resamples(coverage);
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

    /// The box of each half-sample whose coverage is nearest.
    fn resamples(&self, coverage: f64) -> Vec<Vec<Limit>> {
        let one = |sample: u64| {
            let name = key("discover:half-samples");
            let stream = u64::from(self.number) << 32 | sample;
            let mut random = generator(self.seed, &name, stream);
            let rows = half_of(self.table, &self.remaining.search, &mut random);
            let found = find(self.table, &rows, &rows, Settings::default())?;
            // In the half-sample of the remaining rows all coverage is of the remaining hits.
            let wanted = coverage * self.found.hits as f64 / self.found.steps[0].hits.max(1) as f64;
            let nearest = (0..found.steps.len()).min_by(|&a, &b| {
                let off = |step: usize| (found.coverage(step) - wanted).abs();
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
