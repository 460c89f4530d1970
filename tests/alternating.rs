//! Alternating offers found without listing the outcomes, held to a plain search of all of them:
//! the same offers, ties included, for any domain, strategy and convention.

use jawjaw::interchange::alternating::{Offer, Run, Strategy, negotiate};
use jawjaw::interchange::solutions::Convention;
use jawjaw::interchange::space::{Space, View};
use jawjaw::interchange::{Domain, Format, Issue, Kind, Profile};
use proptest::prelude::{Just, Strategy as Generator, any, prop, prop_assert_eq, proptest};
use proptest::test_runner::Config as ProptestConfig;

/// A party that looks through every outcome each time it is asked.
struct Plain<'s> {
    utilities: &'s [f64],
    reserved: f64,
    strategy: Strategy,
    convention: Convention,
    sent: Vec<usize>,
    received: Vec<usize>,
}

impl Plain<'_> {
    fn high(&self) -> f64 {
        self.utilities.iter().copied().fold(f64::MIN, f64::max)
    }

    fn floor(&self, t: f64) -> f64 {
        let worst = self.utilities.iter().copied().fold(f64::MAX, f64::min);
        let low = worst.max(self.reserved);
        let conceded = match (self.strategy, self.convention) {
            (Strategy::Boulware, Convention::Negmas) => (t * t) * (t * t),
            (Strategy::Boulware, _) => (t * t) * (t * t) * t,
            (Strategy::Conceder, Convention::Negmas) => t.sqrt().sqrt(),
            (Strategy::Conceder, _) => t.sqrt(),
            (Strategy::Linear | Strategy::Micro, _) => t,
        };
        let goal = (self.high() - low) * (1.0 - conceded) + low;
        if self.convention == Convention::Negmas {
            (goal - 1e-4).min(self.high()).max(low)
        } else {
            goal
        }
    }

    /// The lowest of the outcomes worth so much.
    fn first(&self, worth: f64) -> usize {
        let found = self
            .utilities
            .iter()
            .position(|u| u.total_cmp(&worth).is_eq());
        found.expect("it is the worth of an outcome")
    }

    fn rational(&self) -> impl Iterator<Item = f64> {
        let reserved = self.reserved;
        self.utilities
            .iter()
            .copied()
            .filter(move |&u| u >= reserved)
    }

    fn timed(&self, t: f64) -> usize {
        let floor = self.floor(t);
        let above = self.rational().filter(|&u| u >= floor);
        let below = self.rational().filter(|&u| u < floor).reduce(f64::max);
        let Some(above) = above.reduce(f64::min) else {
            return self.first(self.high());
        };
        let nearer = below.filter(|&below| floor - below < above - floor);
        self.first(match (nearer, self.convention) {
            (Some(below), Convention::Negmas) if below >= floor - 1e-6 => below,
            (Some(below), Convention::Genius) => below,
            _ => above,
        })
    }

    /// The best outcome not sent yet, the lowest of equal ones.
    fn next(&self) -> Option<usize> {
        let left = (0..self.utilities.len())
            .filter(|o| self.utilities[*o] >= self.reserved && !self.sent.contains(o));
        left.min_by(|&a, &b| self.utilities[b].total_cmp(&self.utilities[a]))
    }

    fn micro(&self) -> Option<usize> {
        let mut received = self.received.clone();
        received.sort_unstable();
        received.dedup();
        if self.sent.len() <= received.len() {
            self.next()
        } else {
            None
        }
    }

    fn accepts(&self, offer: usize, t: f64) -> bool {
        let worth = self.utilities[offer];
        match (self.strategy, self.convention) {
            (Strategy::Micro, _) => {
                let may = self
                    .received
                    .iter()
                    .collect::<std::collections::BTreeSet<_>>();
                let own = if self.sent.len() <= may.len() {
                    self.next()
                } else {
                    self.sent.last().copied()
                };
                worth >= own.map_or(self.reserved, |own| self.utilities[own])
                    && worth >= self.reserved
            }
            (_, Convention::Negmas) => worth >= self.floor(t) && worth <= self.high(),
            (_, Convention::Genius) => worth >= self.utilities[self.timed(t)],
            (_, Convention::Jawjaw) => {
                worth >= self.utilities[self.timed(t)] && worth >= self.reserved
            }
        }
    }
}

fn plain(space: &Space, strategies: &[Strategy], rounds: usize, convention: Convention) -> Run {
    let mut parties: Vec<Plain<'_>> = strategies
        .iter()
        .enumerate()
        .map(|(party, &strategy)| Plain {
            utilities: &space.utilities[party],
            reserved: space.reserved[party].unwrap_or(f64::NEG_INFINITY),
            strategy,
            convention,
            sent: Vec::new(),
            received: Vec::new(),
        })
        .collect();
    let mut run = Run {
        agreement: None,
        rounds,
        trace: Vec::new(),
        random_used: false,
    };
    let (mut standing, mut behind) = (None, 0);
    for turn in 0..rounds * parties.len() {
        let (round, index) = (turn / parties.len(), turn % parties.len());
        let t = (round + 1) as f64 / (rounds + 1) as f64;
        let all = parties.len();
        let party = &mut parties[index];
        if let Some(offer) = standing {
            party.received.push(offer);
            if party.accepts(offer, t) {
                behind += 1;
                if behind == all {
                    run.agreement = standing;
                    run.rounds = round + 1;
                    return run;
                }
                continue;
            }
        }
        let outcome = if party.strategy != Strategy::Micro {
            party.timed(t)
        } else if let Some(next) = party.micro() {
            party.sent.push(next);
            next
        } else {
            run.random_used |= party.sent.len() > 1;
            let last = party.sent.last().copied();
            last.unwrap_or_else(|| party.first(party.high()))
        };
        run.trace.push(Offer {
            round,
            party: index,
            outcome,
        });
        (standing, behind) = (Some(outcome), 1);
    }
    run
}

fn strategy() -> impl Generator<Value = Strategy> {
    prop::sample::select(vec![
        Strategy::Boulware,
        Strategy::Linear,
        Strategy::Conceder,
        Strategy::Micro,
    ])
}

fn convention() -> impl Generator<Value = Convention> {
    prop::sample::select(vec![
        Convention::Negmas,
        Convention::Genius,
        Convention::Jawjaw,
    ])
}

/// Domains of one to five issues. Coarse ones have quarters for numbers, so that most utilities are
/// shared by several outcomes and floors fall on them; fine ones have hardly any ties.
fn domain() -> impl Generator<Value = Domain> {
    let sizes = prop::collection::vec(1_usize..=5, 1..=5);
    (sizes, 2_usize..=4, any::<bool>(), any::<bool>())
        .prop_flat_map(|(sizes, parties, coarse, capped)| {
            let values: usize = sizes.iter().sum();
            let number = move |low: f64, high: f64| {
                (low..high).prop_map(move |x| if coarse { (x * 4.0).round() / 4.0 } else { x })
            };
            (
                prop::collection::vec(number(-0.5, 1.0), values * parties),
                prop::collection::vec(number(-0.2, 1.0), sizes.len() * parties),
                prop::collection::vec(prop::option::of(number(-0.5, 2.0)), parties),
                Just((sizes, capped)),
            )
        })
        .prop_map(|(values, weights, reserved, (sizes, cap_at_one))| {
            let mut values = values.into_iter();
            let profiles = reserved
                .iter()
                .enumerate()
                .map(|(party, &reservation)| Profile {
                    name: format!("party {party}"),
                    weights: weights[party * sizes.len()..][..sizes.len()].to_vec(),
                    values: sizes
                        .iter()
                        .map(|&size| values.by_ref().take(size).collect())
                        .collect(),
                    reservation,
                    discount: 1.0,
                });
            let profiles = profiles.collect();
            let issues = sizes.iter().enumerate().map(|(index, &size)| Issue {
                name: format!("issue {index}"),
                kind: Kind::Discrete,
                values: (0..size).map(|value| value.to_string()).collect(),
            });
            Domain {
                name: "any".to_owned(),
                format: Format::NegMas,
                cap_at_one,
                issues: issues.collect(),
                profiles,
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn the_same_offers_as_a_search_of_all_outcomes(
        domain in domain(),
        kinds in prop::collection::vec(strategy(), 4),
        rounds in 1_usize..60,
        convention in convention(),
    ) {
        let kinds = &kinds[..domain.profiles.len()];
        let space = domain.space(View::Genius).expect("at most 3,125 outcomes");
        let run = negotiate(&domain, kinds, rounds, convention).expect("the same");
        prop_assert_eq!(run, plain(&space, kinds, rounds, convention));
    }

    /// What a single outcome is worth is what the table of all says, bit for bit.
    #[test]
    fn one_outcome_is_worth_what_the_table_says(domain in domain(), at in any::<prop::sample::Index>()) {
        let space = domain.space(View::Genius).expect("at most 3,125 outcomes");
        let outcome = at.index(space.outcomes());
        let bits = |all: Vec<f64>| all.into_iter().map(f64::to_bits).collect::<Vec<_>>();
        prop_assert_eq!(bits(domain.at(outcome)), bits(space.at(outcome)));
        prop_assert_eq!(domain.levels(outcome), space.levels(outcome));
    }
}
