//! Stacked alternating offers (Aydogan, Festen, Hindriks and Jonker 2017) with the time-dependent
//! and minimal-concession parties that negmas and GENIUS publish results of.
//!
//! Flows in: a [`Domain`], a strategy a party, a number of rounds. Flows out: a [`Run`] with every
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
//!
//! All exponents are products and square roots, which are the same on every machine. An offer is
//! found without listing the outcomes (see `ranking`).

use std::collections::BTreeSet;

use serde::Serialize;

use super::Domain;
use super::ranking::{Parts, Ranking, Split};
use super::solutions::Convention;
use super::space::{OUTCOMES_LIMIT, TooLarge};

/// negmas widens the range of utilities it asks for by this much (`UtilityInverter`).
const SLACK: f64 = 1e-4;
/// negmas looks this far below the range for a strictly nearer outcome (`_nearest_around`).
const REACH: f64 = 1e-6;

/// Rounds worked out together, so that roots and quotients overlap.
const AHEAD: usize = 32;
/// Room for offers made before it has to grow.
const OFFERS: usize = 1 << 12;

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
///
/// # Errors
///
/// If there are more outcomes than [`OUTCOMES_LIMIT`].
pub fn negotiate(
    domain: &Domain,
    strategies: &[Strategy],
    rounds: usize,
    convention: Convention,
) -> Result<Run, TooLarge> {
    let sizes: Vec<usize> = domain.issues.iter().map(|i| i.values.len()).collect();
    let outcomes: f64 = sizes.iter().map(|&size| size as f64).product();
    if outcomes > OUTCOMES_LIMIT as f64 {
        return Err(TooLarge { outcomes });
    }
    let rounds = if outcomes > 0.0 { rounds } else { 0 };
    let split = Split::new(&sizes, rounds);
    let mut parties: Vec<Party> = strategies
        .iter()
        .enumerate()
        .map(|(index, &strategy)| Party::new(domain, index, split, strategy, convention))
        .collect();
    let mut run = Run {
        agreement: None,
        rounds: 0,
        trace: Vec::with_capacity(OFFERS.min(rounds.saturating_mul(strategies.len()))),
        random_used: false,
    };
    // The standing offer and how many stand behind it.
    let mut standing: Option<(Parts, usize)> = None;
    for start in (0..rounds).step_by(AHEAD) {
        let mut times = [1.0; AHEAD];
        for (time, round) in times.iter_mut().zip(start..rounds) {
            *time = (round + 1) as f64 / (rounds + 1) as f64;
        }
        for party in &mut parties {
            party.look_ahead(&times);
        }
        for round in start..rounds.min(start + AHEAD) {
            run.rounds = round + 1;
            for (index, party) in parties.iter_mut().enumerate() {
                let floor = party.floors[round - start];
                if let Some((offer, behind)) = standing
                    && party.accepts(offer, floor)
                {
                    if behind + 1 == strategies.len() {
                        run.agreement = Some(split.outcome(offer));
                        return Ok(run);
                    }
                    standing = Some((offer, behind + 1));
                    continue;
                }
                let offer = party.propose(floor, &mut run.random_used);
                run.trace.push(Offer {
                    round,
                    party: index,
                    outcome: split.outcome(offer),
                });
                standing = Some((offer, 1));
            }
        }
    }
    Ok(run)
}

struct Party {
    ranking: Ranking,
    low: f64,
    high: f64,
    /// The best outcome of all.
    best: Parts,
    reserved: f64,
    strategy: Strategy,
    convention: Convention,
    /// What it asks for in the rounds to come.
    floors: [f64; AHEAD],
    /// The last offer, and between which floors it stays the same.
    last: Parts,
    same: (f64, f64),
    /// For `Micro`: outcomes by falling utility, equal ones by rising index, as far as needed.
    falling: Vec<Parts>,
    sent: usize,
    received: BTreeSet<Parts>,
}

impl Party {
    fn new(
        domain: &Domain,
        index: usize,
        split: Split,
        strategy: Strategy,
        convention: Convention,
    ) -> Self {
        let ranking = Ranking::new(domain, index, split);
        let reserved = domain.profiles[index].reservation;
        let reserved = reserved.unwrap_or(f64::NEG_INFINITY);
        let (low, high) = ranking.range();
        let best = ranking.lowest(high).unwrap_or_default();
        Self {
            ranking,
            low: low.max(reserved),
            high,
            best,
            reserved,
            strategy,
            convention,
            floors: [high; AHEAD],
            last: best,
            same: (f64::INFINITY, f64::NEG_INFINITY),
            falling: Vec::new(),
            sent: 0,
            received: BTreeSet::new(),
        }
    }

    /// Works out what it asks for at some times in (0, 1).
    fn look_ahead(&mut self, times: &[f64; AHEAD]) {
        // t^e, the share of the range conceded.
        match (self.strategy, self.convention) {
            (Strategy::Micro, _) => {}
            (Strategy::Boulware, Convention::Negmas) => self.fill(times, |t| (t * t) * (t * t)),
            (Strategy::Boulware, _) => self.fill(times, |t| (t * t) * (t * t) * t),
            (Strategy::Conceder, Convention::Negmas) => self.fill(times, |t| t.sqrt().sqrt()),
            (Strategy::Conceder, _) => self.fill(times, f64::sqrt),
            (Strategy::Linear, _) => self.fill(times, |t| t),
        }
    }

    fn fill(&mut self, times: &[f64; AHEAD], conceded: impl Fn(f64) -> f64) {
        let (low, high) = (self.low, self.high);
        for (floor, &time) in self.floors.iter_mut().zip(times) {
            *floor = (high - low) * (1.0 - conceded(time)) + low;
        }
        if self.convention == Convention::Negmas {
            for floor in &mut self.floors {
                let wider = *floor - SLACK;
                let wider = if wider < high { wider } else { high };
                *floor = if wider > low { wider } else { low };
            }
        }
    }

    fn accepts(&mut self, offer: Parts, floor: f64) -> bool {
        let worth = self.ranking.worth(offer);
        if self.strategy == Strategy::Micro {
            self.received.insert(offer);
            let own = if self.ready() {
                self.falling(self.sent)
            } else {
                let last = self.sent.checked_sub(1);
                last.and_then(|last| self.falling(last))
            };
            let own = own.map_or(self.reserved, |own| self.ranking.worth(own));
            return worth >= own.max(self.reserved);
        }
        match self.convention {
            Convention::Negmas => worth >= floor && worth <= self.high,
            Convention::Genius => worth >= self.asks(floor),
            Convention::Jawjaw => worth >= self.asks(floor) && worth >= self.reserved,
        }
    }

    fn propose(&mut self, floor: f64, random_used: &mut bool) -> Parts {
        if self.strategy != Strategy::Micro {
            return self.timed(floor);
        }
        let next = if self.ready() {
            self.falling(self.sent)
        } else {
            None
        };
        if let Some(next) = next {
            self.sent += 1;
            return next;
        }
        *random_used |= self.sent > 1;
        let last = self.sent.checked_sub(1);
        last.map_or(self.best, |last| self.falling[last])
    }

    /// `Micro` concedes only if it has not sent more distinct offers than it has received.
    fn ready(&self) -> bool {
        self.sent <= self.received.len()
    }

    /// The outcome at a place of the falling order, if it is worth the reservation value.
    fn falling(&mut self, place: usize) -> Option<Parts> {
        while self.falling.len() <= place {
            let next = self.ranking.next_below();
            let next = next.filter(|&next| next >= self.reserved)?;
            self.falling.extend(self.ranking.all(next));
        }
        Some(self.falling[place])
    }

    /// What a time-dependent party offers: of equal outcomes the lowest.
    fn timed(&mut self, floor: f64) -> Parts {
        let (below, above) = self.same;
        if floor <= below || floor > above {
            let asked = self.asks(floor);
            self.last = self.ranking.lowest(asked).unwrap_or(self.best);
            let (above, below) = self.ranking.around(floor);
            self.same = (below + 2.0 * self.reach(), above);
        }
        self.last
    }

    /// The utility of what it offers.
    fn asks(&mut self, floor: f64) -> f64 {
        let (above, below) = self.ranking.around(floor);
        if above == f64::INFINITY {
            // Nothing reaches the floor: the best there is.
            return self.high;
        }
        let nearer = floor - below < above - floor && below >= floor - self.reach();
        if nearer && below >= self.reserved {
            below
        } else {
            above
        }
    }

    /// How far below the floor it looks for a nearer outcome.
    fn reach(&self) -> f64 {
        match self.convention {
            Convention::Negmas => REACH,
            Convention::Genius => f64::INFINITY,
            Convention::Jawjaw => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interchange::{Format, Issue, Kind, Profile};

    fn profile(values: Vec<f64>, reservation: Option<f64>) -> Profile {
        Profile {
            name: "p".to_owned(),
            weights: vec![1.0],
            values: vec![values],
            reservation,
            discount: 1.0,
        }
    }

    /// One issue.
    fn domain(profiles: Vec<Profile>) -> Domain {
        let values = profiles[0].values[0].iter();
        Domain {
            name: "d".to_owned(),
            format: Format::NegMas,
            cap_at_one: false,
            issues: vec![Issue {
                name: "i".to_owned(),
                kind: Kind::Discrete,
                values: values.map(ToString::to_string).collect(),
            }],
            profiles,
        }
    }

    fn line(n: usize, reserved: [Option<f64>; 2]) -> Domain {
        let share = |k: usize| k as f64 / (n - 1) as f64;
        domain(vec![
            profile((0..n).map(share).collect(), reserved[0]),
            profile((0..n).map(|k| 1.0 - share(k)).collect(), reserved[1]),
        ])
    }

    /// Two linear conceders over a split: with `t = (k + 1) / (n + 1)` each asks `1 - t`, so the
    /// first to be offered its ask accepts when `t` passes one half, by hand.
    #[test]
    fn linear_parties_meet_in_the_middle() {
        let domain = line(1001, [None, None]);
        for convention in [Convention::Negmas, Convention::Genius, Convention::Jawjaw] {
            let run = negotiate(&domain, &[Strategy::Linear; 2], 9, convention).unwrap();
            let agreed = run.agreement.expect("they meet");
            assert!((490..=510).contains(&agreed), "{convention:?}: {agreed}");
            assert_eq!(run.rounds, 5, "{convention:?}: t = 5 / 10");
        }
    }

    #[test]
    fn reservations_without_overlap_end_without_agreement() {
        let domain = line(101, [Some(0.7), Some(0.7)]);
        for strategy in [Strategy::Boulware, Strategy::Conceder, Strategy::Micro] {
            let run = negotiate(&domain, &[strategy; 2], 20, Convention::Negmas).unwrap();
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
        )
        .unwrap();
        let offers: Vec<usize> = run.trace.iter().map(|offer| offer.outcome).collect();
        assert_eq!(offers[..6], [10, 0, 9, 1, 8, 2]);
        assert_eq!(run.agreement, Some(5));
        assert!(!run.random_used);
    }

    #[test]
    fn agreement_needs_everybody() {
        let mut domain = line(101, [None, None]);
        // The third party likes only the ends, so it holds the others up.
        let third = (0..101)
            .map(|k| (f64::from(k) / 50.0 - 1.0).abs())
            .collect();
        domain.profiles.push(profile(third, Some(0.9)));
        let run = negotiate(&domain, &[Strategy::Linear; 3], 100, Convention::Negmas).unwrap();
        if let Some(agreed) = run.agreement {
            assert!(domain.at(agreed)[2] >= 0.9);
        }
        assert!(run.trace.len() > 3);
    }

    #[test]
    fn negmas_reaches_a_hair_below_and_jawjaw_does_not() {
        let domain = domain(vec![
            profile(vec![0.0, 0.5 - SLACK - 5e-7, 0.6, 1.0], None),
            profile(vec![1.0, 0.5, 0.4, 0.0], None),
        ]);
        let split = Split::new(&[4], 1);
        let offer = |convention| {
            let mut party = Party::new(&domain, 0, split, Strategy::Linear, convention);
            party.look_ahead(&[0.5; AHEAD]);
            split.outcome(party.timed(party.floors[0]))
        };
        assert_eq!(offer(Convention::Negmas), 1);
        assert_eq!(offer(Convention::Jawjaw), 2);
        assert_eq!(offer(Convention::Genius), 1);
    }
}
