//! The scenario as one person meets it in a seat.
//!
//! Flows in: the scenario of an exercise and a seat. Flows out: the same scenario, in which the
//! seat's party is always of the type that its brief describes. Invariant: what the others believe
//! about that party at the start does not change; they are not told.

use std::collections::BTreeMap;

use crate::scenario::quantity::{Dist, Quantity};
use crate::scenario::tree::join;
use crate::scenario::types::Scenario;

use super::types::Seat;

/// Makes the party of a seat what its brief says, behind the others' backs.
#[must_use]
pub fn seated(scenario: &Scenario, seat: &Seat) -> Scenario {
    let mut seated = scenario.clone();
    let Some(kind) = &seat.kind else {
        return seated;
    };
    let Some(party) = seated.parties.iter_mut().find(|one| one.id == seat.party) else {
        return seated;
    };
    if party.types.iter().all(|one| one.id != *kind) {
        return seated;
    }
    let mut believed: BTreeMap<String, Quantity> = BTreeMap::new();
    for one in &mut party.types {
        let certain = f64::from(one.id == *kind);
        let prior = Quantity {
            dist: Dist::Constant(certain),
            ..one.prior.clone()
        };
        believed.insert(one.id.clone(), std::mem::replace(&mut one.prior, prior));
    }
    let observers: Vec<String> = scenario
        .parties
        .iter()
        .map(|one| one.id.clone())
        .filter(|id| *id != seat.party)
        .collect();
    for observer in observers {
        let path = ["beliefs", "priors", &observer, &seat.party].join(".");
        let about = seated.beliefs.priors.entry(observer).or_default();
        about.entry(seat.party.clone()).or_insert_with(|| {
            let own = believed.iter().map(|(id, prior)| {
                let path = join(&path, id);
                let prior = prior.clone();
                (id.clone(), Quantity { path, ..prior })
            });
            own.collect()
        });
    }
    seated
}
