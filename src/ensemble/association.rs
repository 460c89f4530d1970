//! Which unknown numbers go with an outcome, told from the runs that were played anyway.
//!
//! Flows in: the uncertain numbers of a scenario and the share of an outcome in each draw. Flows out:
//! their rank correlations, strongest first. Invariant: nothing is played for it. It is a first look:
//! it sees only what rises or falls throughout, and nothing of how numbers act together.

use serde::Serialize;

use crate::model::streams::{key, parameter_uniform};
use crate::scenario::quantity::Quantity;
use crate::stats::spearman::{correlation, critical, ranks};

/// An uncertain number and an outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Association {
    /// Path of the number.
    pub path: String,
    /// Spearman's rank correlation of its drawn value and the share of runs, over draws.
    pub correlation: f64,
}

/// What goes with one outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Associations {
    /// Draws behind it.
    pub draws: u64,
    /// Numbers looked at.
    pub numbers: usize,
    /// A correlation of this size would be beyond chance for any of the numbers (95 %, Bonferroni).
    pub beyond_chance: f64,
    /// All beyond chance, strongest first.
    pub found: Vec<Association>,
}

/// Looks at every uncertain number. `shares` is the share of the outcome in draw 0, 1, ... of `seed`.
pub fn associations(quantities: &[&Quantity], seed: u64, shares: &[f64]) -> Associations {
    let by_share = ranks(shares);
    let uncertain = quantities
        .iter()
        .filter(|quantity| !quantity.dist.is_constant());
    let mut found: Vec<Association> = uncertain
        .map(|quantity| {
            // A value rises with its uniform, so their ranks are the same.
            let key = key(&quantity.path);
            let drawn: Vec<f64> = (0..shares.len() as u32)
                .map(|draw| parameter_uniform(seed, &key, draw))
                .collect();
            Association {
                path: quantity.path.clone(),
                correlation: correlation(&ranks(&drawn), &by_share).unwrap_or(0.0),
            }
        })
        .collect();
    let numbers = found.len();
    let beyond_chance = critical(shares.len() as u64, 0.05 / numbers.max(1) as f64);
    found.retain(|one| one.correlation.abs() > beyond_chance);
    found.sort_by(|a, b| b.correlation.abs().total_cmp(&a.correlation.abs()));
    Associations {
        draws: shares.len() as u64,
        numbers,
        beyond_chance,
        found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::quantity::{Dist, Provenance};

    fn quantity(path: &str, dist: Dist) -> Quantity {
        Quantity {
            path: path.to_owned(),
            dist,
            provenance: Provenance {
                from: Vec::new(),
                assumed: None,
                by_definition: false,
            },
        }
    }

    #[test]
    fn a_planted_driver_is_found_and_bystanders_are_not() {
        let unit = Dist::Uniform {
            low: 0.0,
            high: 1.0,
        };
        let mut all: Vec<Quantity> = (0..200)
            .map(|i| quantity(&format!("b.{i}"), unit))
            .collect();
        all.push(quantity("driver", unit));
        all.push(quantity("known", Dist::Constant(2.0)));
        let refs: Vec<&Quantity> = all.iter().collect();
        let driver = key("driver");
        let other = key("noise");
        let shares: Vec<f64> = (0..500)
            .map(|draw| {
                let (u, noise) = (
                    parameter_uniform(7, &driver, draw),
                    parameter_uniform(7, &other, draw),
                );
                0.5 - 0.3 * u + 0.2 * noise
            })
            .collect();
        let told = associations(&refs, 7, &shares);
        assert_eq!(told.numbers, 201);
        assert_eq!(told.found[0].path, "driver");
        assert!(told.found[0].correlation < -0.7, "{:?}", told.found);
        assert!(told.found.len() <= 2, "{:?}", told.found);
        assert!(associations(&refs, 7, &[0.2; 50]).found.is_empty());
    }
}
