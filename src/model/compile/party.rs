//! Parties: traits, strategies, preferences, payoffs.

use super::{Compiler, Result};
use crate::model::plan::{PreferencePlan, RowPlan, StrategyPlan, TraitPlan};
use crate::scenario::types::{Strategy, Traits};

impl Compiler<'_> {
    pub(super) fn traits(&mut self, traits: &Traits) -> TraitPlan {
        TraitPlan {
            patience: self.param(&traits.patience),
            rationality: self.param(&traits.rationality),
            insight: self.param(&traits.insight),
            power: self.param(&traits.power),
            audience_cost: self.param(&traits.audience_cost),
            upkeep: self.param(&traits.upkeep),
            tension_cost: self.param(&traits.tension_cost),
            walkout: self.param(&traits.walkout),
            slack: self.param(&traits.slack),
            spread: self.param(&traits.spread),
            talks_value: self.param(&traits.talks_value),
            deal_value: self.param(&traits.deal_value),
            resolve: self.param(&traits.resolve),
            reluctance: self.param(&traits.reluctance),
        }
    }

    pub(super) fn strategy(&mut self, strategy: &Strategy) -> StrategyPlan {
        match strategy {
            Strategy::TimeDependent { e, k } => {
                StrategyPlan::TimeDependent(self.param(e), self.param(k))
            }
            Strategy::RelativeTitForTat => StrategyPlan::RelativeTitForTat,
            Strategy::AbsoluteTitForTat => StrategyPlan::AbsoluteTitForTat,
            Strategy::AveragedTitForTat { window } => StrategyPlan::AveragedTitForTat(*window),
            Strategy::NiceTitForTat => StrategyPlan::NiceTitForTat,
            Strategy::Micro => StrategyPlan::Micro,
            Strategy::Zeuthen => StrategyPlan::Zeuthen,
            Strategy::Hardliner => StrategyPlan::Hardliner,
            Strategy::RandomWalker => StrategyPlan::RandomWalker,
            Strategy::Ultimatum => StrategyPlan::Ultimatum,
            Strategy::Rubinstein => StrategyPlan::Rubinstein,
        }
    }

    pub(super) fn rows(&mut self) -> Result<Vec<RowPlan>> {
        let scenario = self.scenario;
        let mut rows = Vec::new();
        for (party, declared) in scenario.parties.iter().enumerate() {
            for kind in &declared.types {
                let mut preferences = vec![None; scenario.issues.len()];
                for preference in &kind.preferences {
                    let issue = self.issue(&preference.issue)?;
                    let red_line = preference.red_line.as_ref().map(|line| {
                        let levels = scenario.issues[issue].levels.len();
                        let refused = (0..levels)
                            .filter(|&level| {
                                line.above.is_some_and(|above| level > above)
                                    || line.below.is_some_and(|below| level < below)
                            })
                            .fold(0_u32, |mask, level| mask | 1 << level);
                        (refused, self.param(&line.firmness), self.param(&line.cost))
                    });
                    preferences[issue] = Some(PreferencePlan {
                        weight: self.param(&preference.weight),
                        values: preference.values.iter().map(|q| self.param(q)).collect(),
                        red_line,
                    });
                }
                let mut force = vec![None; scenario.force.len()];
                for payoff in &kind.force {
                    let option = self.force(&payoff.force)?;
                    force[option] = Some([
                        self.param(&payoff.prize),
                        self.param(&payoff.loss),
                        self.param(&payoff.cost),
                    ]);
                }
                rows.push(RowPlan {
                    party,
                    prior: self.param(&kind.prior),
                    traits: self.traits(&kind.traits),
                    strategy: self.strategy(&kind.traits.strategy),
                    preferences,
                    force,
                    deadline_weeks: kind.traits.deadline_weeks.as_ref().map(|q| self.param(q)),
                });
            }
        }
        Ok(rows)
    }
}
