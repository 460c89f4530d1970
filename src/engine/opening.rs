//! What is at stake on the first day: no agreement, and force, as every party sees them.
//!
//! Flows in: a model and one prepared draw. Flows out: an [`Opening`], for whatever asks what the
//! parties bargain against. Invariant: it is the state in which the first round assesses, by the
//! engine's own formulas (`worth`), so that a lens and a run never price war differently.

use super::Run;
use super::log::Log;
use super::record::RunRecord;
use super::simulate::Prepared;
use super::talks::offer::OfferBook;
use super::world::World;
use crate::model::Model;

/// Utilities on the first day, in the units of the model (0 worst, 1 the party's ideal).
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// By row: utility of the situation as it stands, without what the crisis costs.
    pub now: Vec<f64>,
    /// By row: the least a package must be worth, `D` and the charge for backing down.
    pub reservation: Vec<f64>,
    /// By force option: what its use brings.
    pub war: Vec<War>,
}

/// One use of force, as a costly lottery, seen from the first day.
#[derive(Debug, Clone, PartialEq)]
pub struct War {
    /// Probability that it achieves its aim, as the holder sees it, promises priced in.
    pub advantage: f64,
    /// By row: payoff. For the holder `W`; for another party the situation as it stands less its
    /// damage and what it pays to carry out threats.
    pub payoff: Vec<f64>,
    /// By row of the holder: cost of fighting either way, threatened costs included; 0 for others.
    pub cost: Vec<f64>,
}

/// The opening state of a draw.
pub fn opening(model: &Model, prepared: &Prepared) -> Opening {
    let draw = prepared.draw();
    let mut record = RunRecord::new(model.record_shape());
    let mut world = World::new(model);
    world.reset(model, draw);
    // Any type will do: what is asked of the opening state is asked for every row.
    for (party, plan) in model.parties.iter().enumerate() {
        world.truth[party] = plan.first_row;
    }
    let mut run = Run {
        model,
        draw,
        price: prepared.price(),
        book: &mut OfferBook::default(),
        world: &mut world,
        record: &mut record,
        log: &mut (),
    };
    run.assess();
    let reservation = run.world.reservation.iter().zip(&run.world.now);
    Opening {
        now: run.world.now.clone(),
        reservation: reservation.map(|(change, now)| now + change).collect(),
        war: (0..model.force.len())
            .map(|option| run.stake(option))
            .collect(),
    }
}

impl<L: Log> Run<'_, L> {
    fn stake(&self, option: usize) -> War {
        let (model, draw) = (self.model, self.draw);
        let plan = &model.force[option];
        let slots = &self.world.slots;
        let lottery = self.lottery(option, slots);
        let mut war = War {
            // A lottery that pays 1 for success and nothing else is worth its odds, less threats.
            advantage: lottery.worth([1.0, 0.0, 0.0]) - lottery.worth([0.0; 3]),
            payoff: Vec::with_capacity(model.rows.len()),
            cost: Vec::with_capacity(model.rows.len()),
        };
        for (row, of) in model.rows.iter().enumerate() {
            if of.party == plan.holder {
                let [_, _, cost] = self.payoff(row, option);
                war.payoff.push(self.war(row, option, slots));
                war.cost.push(cost - lottery.worth([0.0; 3]));
                continue;
            }
            let peace = self.world.now[row] - self.standing(row, slots, self.seated(of.party));
            let damage = plan.damage.iter().find(|&&(party, _)| party == of.party);
            let carried: f64 = plan
                .threats
                .iter()
                .filter(|&&(threat, _)| model.commitments[threat].by == of.party)
                .map(|&(threat, _)| {
                    let commitment = &model.commitments[threat];
                    let said = slots[model.slots.said(threat)] * draw.rows[row].resolve;
                    said.clamp(0.0, 1.0) * commitment.cost_to_self.map_or(0.0, |id| draw.get(id))
                })
                .sum();
            let damage = damage.map_or(0.0, |&(_, id)| draw.get(id));
            war.payoff.push(peace - damage - carried);
            war.cost.push(0.0);
        }
        war
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::prepare;
    use crate::scenario::load::{LoadError, Loader, NoFacts, load};

    struct Text;

    impl Loader for Text {
        fn load(&self, _path: &str) -> Result<String, LoadError> {
            Ok(include_str!("../../tests/fixtures/minimal.toml").to_owned())
        }
    }

    #[test]
    fn war_is_the_lottery_of_the_formula() {
        let scenario = load("minimal.toml", &Text, &NoFacts)
            .scenario
            .expect("valid");
        let model = Model::compile(scenario).expect("compiles");
        let prepared = prepare(&model, model.modes());
        let opening = opening(&model, &prepared);
        let (war, draw) = (&opening.war[0], prepared.draw());
        for row in model.parties[1].rows() {
            let [prize, loss, cost] = draw.payoff[row];
            let a = war.advantage;
            // Mode of a range of two is its middle; the embargo is heard at its credibility.
            let threat = 0.45 * 0.1;
            let w = a * prize - (1.0 - a) * loss - cost - threat;
            assert!(
                (war.payoff[row] - w).abs() < 1e-9,
                "{} {w}",
                war.payoff[row]
            );
            assert!((war.cost[row] - cost - threat).abs() < 1e-9);
        }
        assert!((war.advantage - 0.5).abs() < 1e-9);
        for (row, plan) in model.rows.iter().enumerate() {
            let charge = opening.reservation[row] - prepared.disagreement()[row];
            assert!(
                charge.abs() < 1e-12,
                "nobody is exposed on the first day: {}",
                plan.party
            );
        }
    }
}
