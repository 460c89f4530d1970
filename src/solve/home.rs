//! Who must approve at home, in one case.
//!
//! Flows in: the `ratification` of forms and the `[[gates]]` of a scenario, a case. Flows out: the
//! chance that a party ratifies what gains it so much, and the gain its win-set asks for. Invariant: a
//! chance never falls as the party gains more, so a win-set is a floor.

use super::case::Case;
use super::gates::{Bloc, Voting, acceptance, passes};
use super::space::{Package, Space};
use crate::model::Model;
use crate::model::streams::{key, parameter_uniform};
use crate::scenario::quantity::Quantity;

/// Who must approve, in one case.
#[derive(Debug, Clone)]
pub struct Home {
    /// `[form][party]`: the `ratification` of forms, which does not depend on the package.
    pub forms: Vec<Vec<f64>>,
    gates: Vec<Gate>,
}

#[derive(Debug, Clone)]
struct Gate {
    party: usize,
    /// Forms that must pass it, as bits.
    forms: u64,
    quota: u32,
    voting: Voting,
    precision: f64,
    /// Votes, demand.
    blocs: Vec<(u32, f64)>,
}

/// Whether a party must ratify what is recorded in a form.
pub fn asked(model: &Model, form: usize, party: usize) -> bool {
    let scenario = &model.scenario;
    let (id, form_id) = (&scenario.parties[party].id, &scenario.forms[form].id);
    let binds = |forms: &Vec<String>| forms.is_empty() || forms.contains(form_id);
    model.forms[form].ratification[party].is_some()
        || scenario
            .gates
            .iter()
            .any(|gate| gate.party == *id && binds(&gate.forms))
}

impl Home {
    /// Who must approve; none if nobody must.
    pub fn new(model: &Model, seed: u64, case: &Case) -> Option<Self> {
        let (parties, forms) = (model.parties.len(), model.forms.len());
        let any = (0..forms).any(|form| (0..parties).any(|party| asked(model, form, party)));
        any.then(|| Self::of(model, seed, case))
    }

    /// Who must approve; everyone does if nobody is asked.
    pub fn of(model: &Model, seed: u64, case: &Case) -> Self {
        let draw = case.prepared.draw();
        let number = |quantity: &Quantity| match case.draw {
            Some(index) if !quantity.dist.is_constant() => {
                let u = parameter_uniform(seed, &key(&quantity.path), index);
                quantity.dist.quantile(u)
            }
            _ => quantity.dist.mode(),
        };
        let scenario = &model.scenario;
        let gates = scenario.gates.iter().map(|gate| {
            let named = |id: &String| gate.forms.is_empty() || gate.forms.contains(id);
            let forms = scenario
                .forms
                .iter()
                .enumerate()
                .filter(|(_, form)| named(&form.id));
            let party = scenario
                .parties
                .iter()
                .position(|party| party.id == gate.party);
            Gate {
                party: party.expect("checked when the file was read"),
                forms: forms.fold(0, |bits, (index, _)| bits | 1 << index),
                quota: gate.quota,
                voting: gate.voting,
                precision: number(&gate.precision),
                blocs: (gate.blocs.iter())
                    .map(|bloc| (bloc.votes, number(&bloc.asks)))
                    .collect(),
            }
        });
        Self {
            gates: gates.collect(),
            forms: (model.forms.iter())
                .map(|form| {
                    let of = form.ratification.iter();
                    of.map(|id| id.map_or(1.0, |id| draw.get(id))).collect()
                })
                .collect(),
        }
    }

    /// Chance that a party ratifies what is recorded in a form, changes a promise and gains it so much.
    pub fn passes(&self, form: usize, party: usize, gain: f64) -> f64 {
        let gates = (0..self.gates.len()).filter(|&gate| self.gates[gate].party == party);
        gates.fold(self.forms[form][party], |chance, gate| {
            chance * self.gate(gate, form, gain)
        })
    }

    /// Chance that one of the `[[gates]]` lets through what gains its party so much; 1 for a form
    /// that need not pass it.
    pub fn gate(&self, gate: usize, form: usize, gain: f64) -> f64 {
        let gate = &self.gates[gate];
        if gate.forms >> form & 1 == 0 {
            return 1.0;
        }
        let blocs: Vec<Bloc> = (gate.blocs.iter())
            .map(|&(votes, asks)| Bloc {
                votes,
                accepts: acceptance(gate.precision, gain - asks),
            })
            .collect();
        passes(&blocs, gate.quota, gate.voting)
    }

    /// `[form][party]`: the least gain, at least 0, in a party's win-set at `tau`; and by form whether
    /// every win-set holds something (where it does not the floor is 0).
    pub fn floors(&self, tau: f64) -> (Vec<Vec<f64>>, Vec<bool>) {
        let mut may = vec![true; self.forms.len()];
        let floors = (self.forms.iter().enumerate())
            .map(|(form, parties)| {
                (0..parties.len())
                    .map(|party| {
                        let floor = self.floor(form, party, tau);
                        may[form] &= floor.is_some();
                        floor.unwrap_or(0.0)
                    })
                    .collect()
            })
            .collect();
        (floors, may)
    }

    fn floor(&self, form: usize, party: usize, tau: f64) -> Option<f64> {
        // No gain exceeds the scale of utility by much.
        let (mut low, mut high) = (0.0, 2.0);
        if self.passes(form, party, low) >= tau {
            return Some(low);
        }
        if self.passes(form, party, high) < tau {
            return None;
        }
        for _ in 0..50 {
            let middle = 0.5 * (low + high);
            if self.passes(form, party, middle) >= tau {
                high = middle;
            } else {
                low = middle;
            }
        }
        Some(high)
    }

    /// Chance that everyone ratifies a package, given the gains.
    pub fn all_pass(&self, space: &Space, package: &Package, gains: &[f64]) -> f64 {
        if !space.promises(&package.levels) {
            return self.forms[package.form].iter().product();
        }
        let parties = gains.iter().enumerate();
        parties
            .map(|(party, gain)| self.passes(package.form, party, *gain))
            .product()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn council(precision: f64, voting: Voting, quota: u32) -> Home {
        Home {
            forms: vec![vec![1.0, 0.8]],
            gates: vec![Gate {
                party: 0,
                forms: 1,
                quota,
                voting,
                precision,
                blocs: vec![(2, 0.1), (1, 0.3)],
            }],
        }
    }

    #[test]
    fn a_sure_vote_asks_for_the_demand_of_the_bloc_that_decides() {
        let simple = council(f64::INFINITY, Voting::Bloc, 2).floors(0.5);
        assert!((simple.0[0][0] - 0.1).abs() < 1e-9, "{simple:?}");
        let consensus = council(f64::INFINITY, Voting::Bloc, 3).floors(0.5);
        assert!((consensus.0[0][0] - 0.3).abs() < 1e-9);
        assert!(consensus.1[0] && consensus.0[0][1].abs() < 1e-15);
        assert!(
            !council(f64::INFINITY, Voting::Bloc, 3).floors(0.9).1[0],
            "0.8 is below 0.9"
        );
    }

    #[test]
    fn one_vote_is_even_where_the_bloc_is_split() {
        let mut home = council(20.0, Voting::Members, 1);
        home.gates[0].blocs = vec![(1, 0.25)];
        let (floors, _) = home.floors(0.5);
        assert!((floors[0][0] - 0.25).abs() < 1e-9);
        assert!((home.passes(0, 0, 0.25) - 0.5).abs() < 1e-12);
        assert!((home.passes(0, 1, -1.0) - 0.8).abs() < 1e-12);
    }
}
