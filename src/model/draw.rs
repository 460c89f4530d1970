//! One draw of the parameters: every number, and the utility tables a run reads.
//!
//! Flows in: a [`Model`], a seed and the number of the draw. Flows out: a [`Draw`].
//!
//! Utility of a package `x` recorded in form `f` for party `p` (model, section 2):
//!
//! ```text
//! U_p(x, f) = U_p(s) + sum_i k_p,i(f) w[p][i] (v[p][i][x_i] - v[p][i][s_i]) + linkages
//! U_p(s)    = sum_i w[p][i] v[p][i][s_i],   w >= 0, sum_i w[p][i] = 1,   0 <= v <= 1
//! k_p,i(f)  = durability_p(f) if issue i is a promise, else 1
//! ```
//!
//! Invariant: table entries are multiples of 2^-40, so that sums of them are exact whatever the
//! order: ties are ties, and the order of issues in a file changes nothing.

use super::plan::{Model, Param, ParamId, PreferencePlan, StrategyPlan};
use super::streams::parameter_uniform;
use crate::math;
use crate::scenario::quantity::Dist;

/// Rounds to a multiple of 2^-40, ties to even; for values below 2^10.
#[inline]
pub fn snap(x: f64) -> f64 {
    // Adding it leaves no bits below 2^-40.
    const ROUND: f64 = 1.5 * (1_u64 << 12) as f64;
    (x + ROUND) - ROUND
}

/// Traits of a row, by value. Units: utility on the 0 to 1 scale unless said otherwise.
#[derive(Debug, Clone, Copy)]
pub struct RowValues {
    /// Prior probability of the type, normalised over the party's types.
    pub prior: f64,
    /// Natural logarithm of the patience per week.
    pub ln_patience: f64,
    /// Logit precision per unit of utility; may be infinite.
    pub rationality: f64,
    /// Knowledge of the others' weights, 0 to 1.
    pub insight: f64,
    /// Weight in the others' eyes.
    pub power: f64,
    /// Utility per unit of exposure.
    pub audience_cost: f64,
    /// Utility per unit of posture.
    pub upkeep: f64,
    /// Utility per unit of tension.
    pub tension_cost: f64,
    /// Probability of leaving, once a meeting.
    pub walkout: f64,
    /// Slack of the judgement that a deal is in sight.
    pub slack: f64,
    /// Width of that judgement.
    pub spread: f64,
    /// Utility of being at the table.
    pub talks_value: f64,
    /// Factor on how far commitments are believed.
    pub resolve: f64,
    /// Factor on the cost of own moves.
    pub reluctance: f64,
    /// `1 / e` and `k` of a time-dependent strategy.
    pub inverse_e: f64,
    /// Share conceded at the start.
    pub k: f64,
    /// Natural logarithm of the weeks by which it acts as if talks must end.
    pub ln_deadline: f64,
    /// Utility of the status quo at the start.
    pub base: f64,
}

/// One draw.
#[derive(Debug, Clone)]
pub struct Draw {
    /// Seed it was drawn from.
    pub seed: u64,
    /// Its number.
    pub index: u32,
    /// Every number by [`ParamId`].
    pub values: Vec<f64>,
    /// Traits by row.
    pub rows: Vec<RowValues>,
    /// `[((row * (forms + 1) + form) * issues + issue) * levels + level]`: utility of the level
    /// against the level at the start, recorded in the form; form number `forms` is "as it stands",
    /// without an agreement.
    pub worth: Vec<f64>,
    /// The same by party, averaged over its types, in public weights (0) and in equal weights (1):
    /// `[(((view * parties + party) * forms + form) * issues + issue) * levels + level]`.
    pub seen: Vec<f64>,
    /// `[(((row * parties + party) * forms + form) * issues + issue) * levels + level]`: what a
    /// party of a row's type thinks the level is worth to another, weighted by that one's power:
    /// `insight * true + (1 - insight) * equal weights`.
    pub estimate: Vec<f64>,
    /// `[row * issues + issue]`: levels never accepted and never offered, as bits.
    pub forbidden: Vec<u32>,
    /// By linkage: bonus.
    pub bonus: Vec<f64>,
    /// By form: probability that every party ratifies.
    pub ratified: Vec<f64>,
    /// `[row * force + option]`: prize, loss, cost.
    pub payoff: Vec<[f64; 3]>,
}

impl Draw {
    /// Value of a number.
    #[inline]
    pub fn get(&self, id: ParamId) -> f64 {
        self.values[id.0 as usize]
    }
}

impl Model {
    /// Draw number `index` of the parameters.
    pub fn draw(&self, seed: u64, index: u32) -> Draw {
        self.draw_of(seed, index, self.values(seed, index))
    }

    /// Every number of draw number `index`, by [`ParamId`].
    pub fn values(&self, seed: u64, index: u32) -> Vec<f64> {
        let value = |param: &Param| match param.dist {
            Dist::Constant(value) => value,
            dist => dist.quantile(parameter_uniform(seed, &param.key, index)),
        };
        self.params.iter().map(value).collect()
    }

    /// A draw of given numbers, by [`ParamId`], with the luck of draw number `index`: for designs
    /// that set the numbers themselves.
    pub fn draw_of(&self, seed: u64, index: u32, values: Vec<f64>) -> Draw {
        self.tabulate(seed, index, values)
    }

    /// Every number at its mode: for pictures and texts that show one typical draw.
    pub fn modes(&self) -> Draw {
        let modes = self.params.iter().map(|param| param.dist.mode()).collect();
        self.tabulate(0, 0, modes)
    }

    /// Index of an entry of [`Draw::worth`] at level 0.
    #[inline]
    pub fn worth_index(&self, row: usize, form: usize, issue: usize) -> usize {
        ((row * (self.forms.len() + 1) + form) * self.issues.len() + issue) * self.max_levels
    }

    /// Index of an entry of [`Draw::seen`] at level 0.
    #[inline]
    pub fn seen_index(&self, view: usize, party: usize, form: usize, issue: usize) -> usize {
        let by_party = (view * self.parties.len() + party) * self.forms.len() + form;
        (by_party * self.issues.len() + issue) * self.max_levels
    }

    /// Index of an entry of [`Draw::estimate`] at level 0.
    #[inline]
    pub fn estimate_index(&self, row: usize, party: usize, form: usize, issue: usize) -> usize {
        let by_party = (row * self.parties.len() + party) * self.forms.len() + form;
        (by_party * self.issues.len() + issue) * self.max_levels
    }

    fn tabulate(&self, seed: u64, index: u32, values: Vec<f64>) -> Draw {
        let (parties, issues, forms) = (self.parties.len(), self.issues.len(), self.forms.len());
        let mut draw = Draw {
            seed,
            index,
            rows: Vec::with_capacity(self.rows.len()),
            worth: vec![0.0; self.rows.len() * (forms + 1) * issues * self.max_levels],
            seen: vec![0.0; 2 * parties * forms * issues * self.max_levels],
            estimate: vec![0.0; self.rows.len() * parties * forms * issues * self.max_levels],
            forbidden: vec![0; self.rows.len() * issues],
            bonus: self
                .linkages
                .iter()
                .map(|l| l.bonus.map_or(0.0, |id| snap(values[id.0 as usize])))
                .collect(),
            ratified: self
                .forms
                .iter()
                .map(|form| {
                    form.ratification
                        .iter()
                        .flatten()
                        .map(|id| values[id.0 as usize])
                        .product()
                })
                .collect(),
            payoff: self
                .rows
                .iter()
                .flat_map(|row| {
                    row.force
                        .iter()
                        .map(|ids| ids.map_or([0.0; 3], |ids| ids.map(|id| values[id.0 as usize])))
                })
                .collect(),
            values,
        };
        for row in 0..self.rows.len() {
            let traits = self.row_values(&draw, row);
            draw.rows.push(traits);
            self.fill_worth(&mut draw, row);
        }
        for party in 0..parties {
            self.fill_seen(&mut draw, party);
        }
        for row in 0..self.rows.len() {
            self.fill_estimate(&mut draw, row);
        }
        draw
    }

    fn row_values(&self, draw: &Draw, row: usize) -> RowValues {
        let plan = &self.rows[row];
        let traits = &plan.traits;
        let total: f64 = self.parties[plan.party]
            .rows()
            .map(|r| draw.get(self.rows[r].prior))
            .sum();
        let (inverse_e, k) = match plan.strategy {
            StrategyPlan::TimeDependent(e, k) => (1.0 / draw.get(e), draw.get(k)),
            _ => (1.0, 0.0),
        };
        RowValues {
            prior: draw.get(plan.prior) / total,
            ln_patience: math::ln(draw.get(traits.patience)),
            rationality: draw.get(traits.rationality),
            insight: draw.get(traits.insight),
            power: draw.get(traits.power),
            audience_cost: draw.get(traits.audience_cost),
            upkeep: draw.get(traits.upkeep),
            tension_cost: draw.get(traits.tension_cost),
            walkout: draw.get(traits.walkout),
            slack: draw.get(traits.slack),
            spread: draw.get(traits.spread),
            talks_value: draw.get(traits.talks_value),
            resolve: draw.get(traits.resolve),
            reluctance: draw.get(traits.reluctance),
            inverse_e,
            k,
            ln_deadline: plan
                .deadline_weeks
                .map_or(self.ln_weeks, |id| math::ln(draw.get(id))),
            base: 0.0,
        }
    }

    /// Sum of the weights of a row, for normalisation; 1 if it cares about nothing.
    fn weight_total(&self, draw: &Draw, row: usize) -> f64 {
        let preferences = &self.rows[row].preferences;
        let total: f64 = preferences
            .iter()
            .flatten()
            .map(|p| draw.get(p.weight))
            .sum();
        if total > 0.0 { total } else { 1.0 }
    }

    fn fill_worth(&self, draw: &mut Draw, row: usize) {
        let plan = &self.rows[row];
        let total = self.weight_total(draw, row);
        let deal_value = draw.get(plan.traits.deal_value);
        for (issue, preference) in plan.preferences.iter().enumerate() {
            let Some(preference) = preference else {
                continue;
            };
            let weight = draw.get(preference.weight) / total;
            let start = draw.get(preference.values[usize::from(self.issues[issue].status_quo)]);
            draw.rows[row].base += snap(weight * start);
            for (level, &value) in preference.values.iter().enumerate() {
                let change = weight * (draw.get(value) - start);
                let penalty = match preference.red_line {
                    Some((mask, firmness, cost)) if mask >> level & 1 == 1 => {
                        let firmness = draw.get(firmness);
                        if firmness >= 1.0 {
                            draw.forbidden[row * self.issues.len() + issue] |= 1 << level;
                        }
                        snap(firmness * draw.get(cost))
                    }
                    _ => 0.0,
                };
                for form in 0..self.forms.len() {
                    let kept = self.kept(draw, plan.party, form, issue);
                    let at = self.worth_index(row, form, issue) + level;
                    // A party that does not want a deal enjoys its gains less; its losses hurt in full.
                    let counts = if change > 0.0 { deal_value } else { 1.0 };
                    draw.worth[at] = snap(counts * kept * change) - penalty;
                }
                let at = self.worth_index(row, self.forms.len(), issue) + level;
                draw.worth[at] = snap(change);
            }
        }
    }

    /// `k_p,i(f)`: share of a level that counts, given the form.
    fn kept(&self, draw: &Draw, party: usize, form: usize, issue: usize) -> f64 {
        if !self.issues[issue].promise {
            return 1.0;
        }
        self.forms[form].durability[party].map_or(1.0, |id| draw.get(id))
    }

    /// What others can know of a party: the mean over its types, once with its weights and once
    /// with equal weights over the issues it cares about. Stated red lines are public.
    fn fill_seen(&self, draw: &mut Draw, party: usize) {
        for row in self.parties[party].rows() {
            let plan = &self.rows[row];
            let total = self.weight_total(draw, row);
            let cares = |p: &&PreferencePlan| draw.get(p.weight) > 0.0;
            let cared = plan
                .preferences
                .iter()
                .flatten()
                .filter(cares)
                .count()
                .max(1) as f64;
            let prior = draw.rows[row].prior;
            for (issue, preference) in plan.preferences.iter().enumerate() {
                let Some(preference) = preference else {
                    continue;
                };
                let start = draw.get(preference.values[usize::from(self.issues[issue].status_quo)]);
                let weight = draw.get(preference.weight);
                let equal = if weight > 0.0 { 1.0 / cared } else { 0.0 };
                let weights = [weight / total, equal];
                for (level, &value) in preference.values.iter().enumerate() {
                    let change = draw.get(value) - start;
                    let penalty = preference.red_line.map_or(0.0, |(mask, firmness, cost)| {
                        if mask >> level & 1 == 1 {
                            draw.get(firmness) * draw.get(cost)
                        } else {
                            0.0
                        }
                    });
                    for form in 0..self.forms.len() {
                        let kept = self.kept(draw, party, form, issue);
                        for (view, weight) in weights.into_iter().enumerate() {
                            let at = self.seen_index(view, party, form, issue) + level;
                            draw.seen[at] =
                                snap(draw.seen[at] + prior * (kept * weight * change - penalty));
                        }
                    }
                }
            }
        }
    }

    fn fill_estimate(&self, draw: &mut Draw, row: usize) {
        let insight = draw.rows[row].insight;
        let size = self.forms.len() * self.issues.len() * self.max_levels;
        for party in 0..self.parties.len() {
            if party == self.rows[row].party {
                continue;
            }
            let power = draw.rows[self.parties[party].first_row].power;
            let to = self.estimate_index(row, party, 0, 0);
            let public = self.seen_index(0, party, 0, 0);
            let equal = self.seen_index(1, party, 0, 0);
            for at in 0..size {
                let worth =
                    insight * draw.seen[public + at] + (1.0 - insight) * draw.seen[equal + at];
                draw.estimate[to + at] = snap(power * worth);
            }
        }
    }
}
