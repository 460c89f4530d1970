//! Every number of a scenario, once, in an order that depends on the file alone.

use std::collections::{BTreeMap, BTreeSet};

use super::games::TreeEnd;
use super::quantity::Quantity;
use super::types::{Effects, ForcePayoff, PartyType, Preference, Scenario, Strategy, Traits};

impl Scenario {
    /// Every number once, in the order of the format's tables.
    ///
    /// A number that several types share is one number: it has one path and one draw.
    pub fn quantities(&self) -> Vec<&Quantity> {
        let mut list = Vec::new();
        for kind in self.parties.iter().flat_map(|party| &party.types) {
            party_type(&mut list, kind);
        }
        for consequence in self.issues.iter().flat_map(|issue| &issue.consequences) {
            effects(&mut list, &consequence.effects);
        }
        list.extend(
            self.linkages
                .iter()
                .filter_map(|linkage| linkage.bonus.as_ref()),
        );
        for form in &self.forms {
            list.extend(form.durability.values());
            list.extend(form.ratification.values());
        }
        for gate in &self.gates {
            list.push(&gate.precision);
            list.extend(gate.blocs.iter().map(|bloc| &bloc.asks));
        }
        list.extend(self.venues.iter().map(|venue| &venue.mediator_insight));
        self.state_quantities(&mut list);
        self.act_quantities(&mut list);
        self.game_quantities(&mut list);
        let mut seen = BTreeSet::new();
        list.retain(|quantity| seen.insert(quantity.path.as_str()));
        list
    }

    fn state_quantities<'s>(&'s self, list: &mut Vec<&'s Quantity>) {
        let state = &self.state;
        list.extend([
            &state.tension.start,
            &state.tension.rest,
            &state.tension.decay,
        ]);
        for map in [&state.exposure, &state.standing, &state.posture] {
            list.extend(map.values());
        }
        list.push(&state.exposure_decay);
        let talks = &self.talks;
        for changes in [
            &talks.on_agreement,
            &talks.on_no_agreement,
            &talks.on_walkout,
            &talks.on_failure,
        ] {
            effects(list, changes);
        }
        list.push(&talks.failure_exposure);
        list.extend([
            &self.beliefs.offer_noise,
            &self.beliefs.tremble,
            &self.beliefs.foresight,
        ]);
        let priors = self.beliefs.priors.values().flat_map(BTreeMap::values);
        list.extend(priors.flat_map(BTreeMap::values));
    }

    fn game_quantities<'s>(&'s self, list: &mut Vec<&'s Quantity>) {
        let states = self.graph.iter().flat_map(|graph| &graph.states);
        list.extend(states.flat_map(|state| state.payoffs.values()));
        for node in self.trees.iter().flat_map(|tree| &tree.nodes) {
            list.extend(
                node.actions
                    .iter()
                    .filter_map(|action| action.chance.as_ref()),
            );
            if let Some(TreeEnd::Payoffs(payoffs)) = &node.end {
                list.extend(payoffs.values());
            }
        }
    }

    fn act_quantities<'s>(&'s self, list: &mut Vec<&'s Quantity>) {
        for option in &self.force {
            payoff(list, &option.payoff);
            list.extend([&option.advantage, &option.drift]);
            list.extend(option.damage.values());
        }
        for act in &self.moves {
            list.extend([&act.cost, &act.pressure, &act.share]);
            effects(list, &act.effects);
            list.extend(act.payoff.values());
        }
        for threat in &self.threats {
            list.extend([&threat.cost_to_target, &threat.cost_to_self]);
            list.extend(&threat.said);
            list.push(&threat.credibility);
            list.extend(threat.heard.values());
            effects(list, &threat.lapse);
        }
        for promise in &self.promises {
            list.push(&promise.said);
            list.extend(promise.heard.values());
            list.extend([&promise.deters, &promise.relief]);
        }
        for event in &self.events {
            list.extend(&event.hazard);
            list.push(&event.with_tension);
            effects(list, &event.effects);
        }
    }
}

fn party_type<'s>(list: &mut Vec<&'s Quantity>, kind: &'s PartyType) {
    list.push(&kind.prior);
    traits(list, &kind.traits);
    for preference in &kind.preferences {
        let Preference {
            issue: _,
            weight,
            values,
            red_line,
        } = preference;
        list.push(weight);
        list.extend(values);
        list.extend(
            red_line
                .iter()
                .flat_map(|line| [&line.firmness, &line.cost]),
        );
    }
    for option in &kind.force {
        payoff(list, option);
    }
}

/// Named field by field, so that a new trait cannot be forgotten here.
fn traits<'s>(list: &mut Vec<&'s Quantity>, traits: &'s Traits) {
    let Traits {
        strategy,
        deadline_weeks,
        patience,
        rationality,
        insight,
        power,
        audience_cost,
        upkeep,
        tension_cost,
        walkout,
        slack,
        spread,
        talks_value,
        deal_value,
        resolve,
        reluctance,
    } = traits;
    if let Strategy::TimeDependent { e, k } = strategy {
        list.extend([e, k]);
    }
    list.extend(deadline_weeks);
    list.extend([
        patience,
        rationality,
        insight,
        power,
        audience_cost,
        upkeep,
        tension_cost,
        walkout,
        slack,
        spread,
        talks_value,
        deal_value,
        resolve,
        reluctance,
    ]);
}

fn payoff<'s>(list: &mut Vec<&'s Quantity>, payoff: &'s ForcePayoff) {
    let ForcePayoff {
        force: _,
        prize,
        loss,
        cost,
    } = payoff;
    list.extend([prize, loss, cost]);
}

fn effects<'s>(list: &mut Vec<&'s Quantity>, effects: &'s Effects) {
    list.extend(effects.iter().map(|effect| &effect.change));
}
