//! The search against looking at every package.

use super::*;
use crate::solve::bargaining::Problem;
use crate::solve::space::Space;
use crate::solve::space::tests::random;

fn listed(space: &Space) -> (Vec<Package>, Vec<f64>) {
    let (mut packages, mut utilities) = (Vec::new(), Vec::new());
    space.each(|package, of| {
        packages.push(package.clone());
        utilities.extend_from_slice(of);
        true
    });
    (packages, utilities)
}

/// Every concept, over every package and by search, on random spaces.
#[test]
fn the_search_finds_what_looking_at_every_package_finds() {
    let (mut zones, mut ties) = (0, 0);
    for seed in 0..300 {
        let space = random(seed);
        let (packages, utilities) = listed(&space);
        let problem = Problem {
            parties: space.parties,
            utilities: &utilities,
            no_deal: &space.no_deal,
        };
        let parties: Vec<usize> = (0..space.parties).collect();
        let slices = Slices::new(&space, &parties);
        let rational = problem.rational();
        let ideal = problem.ideal_gains(&rational);
        let weights: Vec<f64> = parties.iter().map(|party| 1.0 + *party as f64).collect();
        let counted = |weight: f64| -> Vec<f64> {
            let positive = |gain: &f64| if *gain > POSITIVE { weight } else { 0.0 };
            ideal.iter().map(positive).collect()
        };
        for concept in [
            Concept::Nash(counted(1.0)),
            Concept::Nash(counted(2.5)),
            Concept::Leximin(ideal.clone()),
            Concept::Leximin(vec![1.0; space.parties]),
            Concept::Sum(weights),
        ] {
            let search = Search::rational(&slices, &space.now, &space.no_deal);
            let found = search.measured_by(&ideal).best(&concept);
            let expected = problem.solve(&concept, &rational, &ideal);
            let Some(expected) = expected else {
                assert!(found.is_none(), "{seed} {concept:?}");
                continue;
            };
            let found = found.unwrap_or_else(|| panic!("{seed} {concept:?}: none found"));
            zones += 1;
            assert!(found.exact, "{seed} {concept:?}");
            assert_eq!(
                found.package, packages[expected.chosen],
                "{seed} {concept:?}"
            );
            assert!(found.bound.is_finite());
            // Dominated packages are left out of the search, so its ties can only be fewer.
            assert!(
                found.ties <= expected.tied.len() as u128,
                "{seed} {concept:?}"
            );
            if !matches!(concept, Concept::Sum(_)) {
                let tied: Vec<&Package> = expected
                    .tied
                    .iter()
                    .map(|&outcome| &packages[outcome])
                    .collect();
                assert_eq!(
                    found.tied.iter().collect::<Vec<_>>(),
                    tied,
                    "{seed} {concept:?}"
                );
                ties += usize::from(tied.len() > 1);
            }
        }
    }
    assert!(zones > 500 && ties > 10, "{zones} {ties}");
}

#[test]
fn the_bound_is_what_nothing_exceeds() {
    for seed in 0..60 {
        let space = random(seed);
        let (_, utilities) = listed(&space);
        let parties: Vec<usize> = (0..space.parties).collect();
        let slices = Slices::new(&space, &parties);
        let mut search = Search::any(&slices, &space.now, &space.no_deal);
        search.visits = 3;
        let concept = Concept::Leximin(vec![1.0; space.parties]);
        let Some(found) = search.best(&concept) else {
            continue;
        };
        let worst = utilities.chunks_exact(space.parties).map(|of| {
            let gains = of.iter().zip(&space.no_deal).map(|(u, d)| u - d);
            gains.fold(f64::INFINITY, f64::min)
        });
        let best = worst.fold(f64::NEG_INFINITY, f64::max);
        assert!(
            found.bound >= best - 1e-9,
            "{seed}: {} < {best}",
            found.bound
        );
        assert!(found.key[0] <= best + 1e-9);
    }
}
