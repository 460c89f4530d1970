//! Stacked alternating offers (Aydogan, Festen, Hindriks and Jonker 2017) with the time-dependent
//! and minimal-concession parties that negmas and GENIUS publish results of.
//!
//! Flows in: a [`Space`], a strategy a party, a number of rounds. Flows out: a [`Run`] with every
//! offer. Invariant: no chance. Where utilities are equal the lowest outcome is taken; where a
//! program would draw one of its earlier offers, the last one is sent and the run says so.
//!
//! In round `k = 0 .. n - 1` every party acts once, in order, at `t = (k + 1) / (n + 1)`: it proposes
//! if nothing stands, else accepts or replaces the standing offer. The proposer counts as the first
//! to accept; agreement is when all have.
//!
//! The time-dependent parties ask for `goal(t) = low + (high - low) a(t)`, `high` their best utility,
//! `low` their worst or the reservation value if that is higher (Faratin, Sierra and Jennings 1998):
//!
//! | | negmas 0.16 | GENIUS 10.4 (`TimeDependentAgent`) | jawjaw |
//! |---|---|---|---|
//! | `a(t)` | `1 - t^e`, e = 4, 1, 1/4 | `1 - t^(1/e)`, e = 0.2, 1, 2 | as GENIUS |
//! | floor | `goal - 1e-4` within `[low, high]` | | `goal` |
//! | offers | the least outcome from the floor up; one up to 1e-6 below if strictly nearer | the outcome nearest to `goal` | the least outcome from the floor up |
//! | accepts | `floor <= u <= high` | `u >=` what it would offer | `u >=` what it would offer |

use serde::Serialize;

use super::solutions::Convention;
use super::space::Space;
use crate::math;

/// negmas widens the range of utilities it asks for by this much (`UtilityInverter`).
const SLACK: f64 = 1e-4;
/// negmas looks this far below the range for a strictly nearer outcome (`_nearest_around`).
const REACH: f64 = 1e-6;

/// A party's strategy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// Concedes late.
    Boulware,
    /// Concedes evenly.
    Linear,
    /// Concedes early.
    Conceder,
    /// One new offer for each new one received (de Jonge 2022).
    Micro,
}

/// An offer made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Round, from 0.
    pub round: usize,
    /// Who made it.
    pub party: usize,
    /// The outcome.
    pub outcome: usize,
}

/// A negotiation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The outcome agreed, if any.
    pub agreement: Option<usize>,
    /// Rounds begun until the agreement or the end.
    pub rounds: usize,
    /// Every offer in turn.
    pub trace: Vec<Offer>,
    /// Whether the published strategy would have drawn an offer by lot somewhere.
    pub random_used: bool,
}

/// Plays a negotiation of at most `rounds` rounds. There is one strategy a party.
pub fn negotiate(
    space: &Space,
    strategies: &[Strategy],
    rounds: usize,
    convention: Convention,
) -> Run {
    let mut parties: Vec<Party<'_>> = strategies
        .iter()
        .enumerate()
        .map(|(index, &strategy)| Party::new(space, index, strategy, convention))
        .collect();
    let mut run = Run {
        agreement: None,
        rounds: 0,
        trace: Vec::new(),
        random_used: false,
    };
    // The standing offer and how many stand behind it.
    let mut standing: Option<(usize, usize)> = None;
    for round in 0..rounds {
        run.rounds = round + 1;
        let time = (round + 1) as f64 / (rounds + 1) as f64;
        for (index, party) in parties.iter_mut().enumerate() {
            if let Some((offer, behind)) = standing {
                party.receive(offer);
                if party.accepts(offer, time) {
                    if behind + 1 == strategies.len() {
                        run.agreement = Some(offer);
                        return run;
                    }
                    standing = Some((offer, behind + 1));
                    continue;
                }
            }
            let outcome = party.propose(time, &mut run.random_used);
            run.trace.push(Offer {
                round,
                party: index,
                outcome,
            });
            standing = Some((outcome, 1));
        }
    }
    run
}

struct Party<'s> {
    utilities: &'s [f64],
    /// Outcomes worth at least the reservation value, by rising utility; equal ones by rising index.
    rational: Vec<usize>,
    low: f64,
    high: f64,
    /// The best outcome of all.
    best: usize,
    reserved: f64,
    strategy: Strategy,
    convention: Convention,
    /// For `Micro`: outcomes by falling utility, equal ones by rising index.
    falling: Vec<usize>,
    sent: usize,
    received: std::collections::BTreeSet<usize>,
}

impl<'s> Party<'s> {
    fn new(space: &'s Space, index: usize, strategy: Strategy, convention: Convention) -> Self {
        let utilities = &space.utilities[index][..];
        let reserved = space.reserved[index].unwrap_or(f64::NEG_INFINITY);
        let mut rational: Vec<usize> = (0..utilities.len())
            .filter(|&outcome| utilities[outcome] >= reserved)
            .collect();
        rational.sort_by(|&a, &b| utilities[a].total_cmp(&utilities[b]));
        let mut falling = Vec::new();
        if strategy == Strategy::Micro {
            falling.clone_from(&rational);
            falling.sort_by(|&a, &b| utilities[b].total_cmp(&utilities[a]).then(a.cmp(&b)));
        }
        let (low, high) = space.range(index);
        let best = utilities.iter().position(|u| u.total_cmp(&high).is_eq());
        Self {
            utilities,
            rational,
            low: low.max(reserved),
            high,
            best: best.unwrap_or(0),
            reserved,
            strategy,
            convention,
            falling,
            sent: 0,
            received: std::collections::BTreeSet::new(),
        }
    }

    fn receive(&mut self, offer: usize) {
        if self.strategy == Strategy::Micro {
            self.received.insert(offer);
        }
    }

    /// Utility asked for at a time in (0, 1).
    fn goal(&self, time: f64) -> f64 {
        let negmas = self.convention == Convention::Negmas;
        let exponent = match (self.strategy, negmas) {
            (Strategy::Boulware, true) => 4.0,
            (Strategy::Conceder, true) => 0.25,
            (Strategy::Boulware, false) => 1.0 / 0.2,
            (Strategy::Conceder, false) => 1.0 / 2.0,
            (Strategy::Linear | Strategy::Micro, _) => 1.0,
        };
        (self.high - self.low) * (1.0 - math::pow(time, exponent)) + self.low
    }

    fn floor(&self, time: f64) -> f64 {
        let goal = self.goal(time);
        match self.convention {
            Convention::Negmas => (goal - SLACK).min(self.high).max(self.low),
            Convention::Genius | Convention::Jawjaw => goal,
        }
    }

    fn accepts(&self, offer: usize, time: f64) -> bool {
        let worth = self.utilities[offer];
        if self.strategy == Strategy::Micro {
            let own = if self.ready() {
                self.falling.get(self.sent)
            } else {
                self.sent
                    .checked_sub(1)
                    .and_then(|last| self.falling.get(last))
            };
            let own = own.map_or(self.reserved, |&own| self.utilities[own]);
            return worth >= own.max(self.reserved);
        }
        match self.convention {
            Convention::Negmas => worth >= self.floor(time) && worth <= self.high,
            Convention::Genius => worth >= self.utilities[self.timed(time)],
            Convention::Jawjaw => {
                worth >= self.utilities[self.timed(time)] && worth >= self.reserved
            }
        }
    }

    fn propose(&mut self, time: f64, random_used: &mut bool) -> usize {
        if self.strategy != Strategy::Micro {
            return self.timed(time);
        }
        match self.falling.get(self.sent) {
            Some(&next) if self.ready() => {
                self.sent += 1;
                next
            }
            _ => {
                *random_used |= self.sent > 1;
                let last = self.sent.checked_sub(1);
                last.map_or(self.best, |last| self.falling[last])
            }
        }
    }

    /// `Micro` concedes only if it has not sent more distinct offers than it has received.
    fn ready(&self) -> bool {
        self.sent <= self.received.len()
    }

    /// What a time-dependent party offers.
    fn timed(&self, time: f64) -> usize {
        let floor = self.floor(time);
        let worth = |position: usize| self.utilities[self.rational[position]];
        let above = self
            .rational
            .partition_point(|&outcome| self.utilities[outcome] < floor);
        let below = above.checked_sub(1);
        let position = match (above < self.rational.len(), below) {
            (true, None) => above,
            (true, Some(below)) => {
                let nearer = floor - worth(below) < worth(above) - floor;
                let reach = match self.convention {
                    Convention::Negmas => REACH,
                    Convention::Genius => f64::INFINITY,
                    Convention::Jawjaw => 0.0,
                };
                if nearer && worth(below) >= floor - reach {
                    below
                } else {
                    above
                }
            }
            (false, Some(highest)) => highest,
            // Nothing is worth the reservation value: the best there is.
            (false, None) => return self.best,
        };
        // Of equal ones the lowest outcome, which stands first.
        let value = worth(position);
        let first = self
            .rational
            .partition_point(|&outcome| self.utilities[outcome] < value);
        self.rational[first]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(n: usize, reserved: [Option<f64>; 2]) -> Space {
        let share = |k: usize| k as f64 / (n - 1) as f64;
        Space {
            sizes: vec![n],
            utilities: vec![
                (0..n).map(share).collect(),
                (0..n).map(|k| 1.0 - share(k)).collect(),
            ],
            reserved: reserved.to_vec(),
            discounts: vec![1.0; 2],
        }
    }

    /// Two linear conceders over a split: with `t = (k + 1) / (n + 1)` each asks `1 - t`, so the
    /// first to be offered its ask accepts when `t` passes one half, by hand.
    #[test]
    fn linear_parties_meet_in_the_middle() {
        let space = line(1001, [None, None]);
        for convention in [Convention::Negmas, Convention::Genius, Convention::Jawjaw] {
            let run = negotiate(&space, &[Strategy::Linear; 2], 9, convention);
            let agreed = run.agreement.expect("they meet");
            assert!((490..=510).contains(&agreed), "{convention:?}: {agreed}");
            assert_eq!(run.rounds, 5, "{convention:?}: t = 5 / 10");
        }
    }

    #[test]
    fn reservations_without_overlap_end_without_agreement() {
        let space = line(101, [Some(0.7), Some(0.7)]);
        for strategy in [Strategy::Boulware, Strategy::Conceder, Strategy::Micro] {
            let run = negotiate(&space, &[strategy; 2], 20, Convention::Negmas);
            assert_eq!((run.agreement, run.rounds), (None, 20));
            assert_eq!(run.trace.len(), 40);
            let low = run
                .trace
                .iter()
                .filter(|o| o.party == 0)
                .map(|o| o.outcome)
                .min();
            assert!(low >= Some(70), "{strategy:?}");
        }
    }

    /// Two `Micro` parties over a split give step for step and meet in the middle.
    #[test]
    fn minimal_concessions_alternate() {
        let run = negotiate(
            &line(11, [None, None]),
            &[Strategy::Micro; 2],
            50,
            Convention::Negmas,
        );
        let offers: Vec<usize> = run.trace.iter().map(|offer| offer.outcome).collect();
        assert_eq!(offers[..6], [10, 0, 9, 1, 8, 2]);
        assert_eq!(run.agreement, Some(5));
        assert!(!run.random_used);
    }

    #[test]
    fn agreement_needs_everybody() {
        let mut space = line(101, [None, None]);
        // The third party likes only the ends, so it holds the others up.
        let third = (0..101)
            .map(|k| (f64::from(k) / 50.0 - 1.0).abs())
            .collect();
        space.utilities.push(third);
        space.reserved.push(Some(0.9));
        space.discounts.push(1.0);
        let run = negotiate(&space, &[Strategy::Linear; 3], 100, Convention::Negmas);
        if let Some(agreed) = run.agreement {
            assert!(space.utilities[2][agreed] >= 0.9);
        }
        assert!(run.trace.len() > 3);
    }

    #[test]
    fn negmas_reaches_a_hair_below_and_jawjaw_does_not() {
        let space = Space {
            sizes: vec![4],
            utilities: vec![
                vec![0.0, 0.5 - SLACK - 5e-7, 0.6, 1.0],
                vec![1.0, 0.5, 0.4, 0.0],
            ],
            reserved: vec![None, None],
            discounts: vec![1.0; 2],
        };
        let party = |convention| Party::new(&space, 0, Strategy::Linear, convention);
        assert_eq!(party(Convention::Negmas).timed(0.5), 1);
        assert_eq!(party(Convention::Jawjaw).timed(0.5), 2);
        assert_eq!(party(Convention::Genius).timed(0.5), 1);
    }
}
