//! How a party decides what to ask for.
//!
//! Flows in: time, own reservation, the offers received and the party's list of offers. Flows out:
//! a position in that list. Utilities are changes against the situation as it stands.
//!
//! | strategy | rule | source |
//! |---|---|---|
//! | time-dependent | `target = R + (U_max - R)(1 - F)`, `F = k + (1 - k) min(tau, 1)^(1 / e)` | Faratin, Sierra, Jennings 1998 |
//! | relative tit-for-tat | own target times (offer before last / last offer) | Faratin et al. 1998, eq. 5 |
//! | absolute tit-for-tat | own target less (last offer - offer before last) | Faratin et al. 1998, eq. 6 |
//! | averaged tit-for-tat | own target times (oldest offer in window / last offer) | Faratin et al. 1998, eq. 7 |
//! | nice tit-for-tat | concedes the share of the way to the Nash point that the other has come | Baarslag, Hindriks, Jonker 2013 |
//! | micro | one step down its list of efficient packages for each offer received | de Jonge 2022 |
//! | zeuthen | one step down the list while its risk limit is not the higher one | Zeuthen 1930; Harsanyi 1956 |
//! | hardliner | `U_max` | |
//! | random walker | uniform on `[R, U_max]` | |
//! | ultimatum | maximises `P(accepted) U + (1 - P) R` | Powell 1999, ch. 3 |
//! | rubinstein | what leaves the others just willing, see [`super::rubinstein`] | Rubinstein 1982 |

use super::super::Run;
use super::super::log::Log;
use super::super::world::{MEMORY, World};
use super::found::Offer;
use super::offer::{Point, Situation, ask};
use crate::model::plan::StrategyPlan;
use crate::scenario::quantity::Dist;

/// Where a strategy is asked for its next offer.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Turn {
    /// Venue.
    pub(in super::super) venue: usize,
    /// Turn within the meeting.
    pub(in super::super) number: usize,
    /// Whether this is the party's turn to offer: only then does a stepping strategy step.
    pub(super) offering: bool,
}

/// What a party would ask for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Aspiration {
    /// The best package for the others among those worth this much to itself.
    Target(f64),
    /// The best package for itself that leaves the others at least what is over.
    AtMost(f64),
    /// This position in its list.
    Position(usize),
}

/// Whether a strategy asks what the last offers received were worth, or how many they were.
pub(in super::super) fn looks_back(strategy: StrategyPlan) -> bool {
    matches!(
        strategy,
        StrategyPlan::RelativeTitForTat
            | StrategyPlan::AbsoluteTitForTat
            | StrategyPlan::AveragedTitForTat(_)
            | StrategyPlan::NiceTitForTat
            | StrategyPlan::Micro
            | StrategyPlan::Zeuthen
    )
}

/// Whether the best package is nothing to ask for. A demand that will be refused is still worth
/// tabling while it is better than the present situation; a package that is neither that nor better
/// than no agreement is not.
#[inline]
fn is_nothing(highest: f64, reservation: f64) -> bool {
    highest == f64::NEG_INFINITY || highest <= reservation.min(0.0)
}

/// What a time-dependent strategy asks for that has conceded a share of the way from its best package
/// to its reservation; `None` if that is nothing to ask for.
#[inline]
fn target_in_time(highest: f64, reservation: f64, conceded: f64) -> Option<f64> {
    let low = reservation.min(highest);
    (!is_nothing(highest, reservation)).then(|| between(low, highest, 1.0 - conceded))
}

/// What lies a share of the way from one utility to another.
#[inline]
fn between(low: f64, high: f64, share: f64) -> f64 {
    low + (high - low) * share
}

impl<L: Log> Run<'_, L> {
    /// Handle of a row's list of offers at a venue.
    pub(super) fn list(&mut self, venue: usize, row: usize) -> usize {
        let at = Situation {
            model: self.model,
            draw: self.draw,
            tables: self.tables,
            world: self.world,
        };
        self.book.list(at, venue, row)
    }

    /// Own utility of the best package a row could ask for, as a change against now.
    #[inline]
    pub(in super::super) fn best_package(&mut self, venue: usize, row: usize) -> f64 {
        let at = Situation {
            model: self.model,
            draw: self.draw,
            tables: self.tables,
            world: self.world,
        };
        self.book.best(at, venue, row)
    }

    /// What a row asks for next; `None` if there is nothing it could ask for.
    #[inline]
    pub(super) fn aspire(&mut self, row: usize, at: Turn) -> Option<Aspiration> {
        let highest = self.best_package(at.venue, row);
        let reservation = self.world.reservation[row];
        let strategy = self.model.rows[row].strategy;
        if let StrategyPlan::TimeDependent(..) = strategy {
            let conceded = self.tables.conceded(self.world.round, at.number, row);
            return target_in_time(highest, reservation, conceded).map(Aspiration::Target);
        }
        if is_nothing(highest, reservation) {
            return None;
        }
        Some(self.aspire_by(strategy, row, at, (reservation.min(highest), highest)))
    }

    /// Whether the offer on the table is clearly worth less than any type of a party asks for, by
    /// more than a margin, or than no agreement. Only known where time alone decides what they ask
    /// for; then leaves the targets in `World::target`, NaN for who can ask for nothing.
    #[inline]
    pub(super) fn is_far_off(&mut self, party: usize, at: Turn, margin: f64) -> bool {
        if !self.tables.kinds[party].timed {
            return false;
        }
        let rows = self.model.parties[party].rows();
        let conceded = self
            .tables
            .conceded_by(self.world.round, at.number, rows.clone());
        let situation = Situation {
            model: self.model,
            draw: self.draw,
            tables: self.tables,
            world: self.world,
        };
        let bests = self.book.bests(situation, at.venue, rows.clone());
        let World {
            target,
            reservation,
            standing_offer,
            ..
        } = &mut *self.world;
        let mut far_off = true;
        let own = target[rows.clone()]
            .iter_mut()
            .zip(&reservation[rows.clone()]);
        let given = conceded.iter().zip(bests).zip(&standing_offer[rows]);
        for ((target, &reservation), ((&conceded, &highest), &offer)) in own.zip(given) {
            *target = target_in_time(highest, reservation, conceded).unwrap_or(f64::NAN);
            far_off &= offer < reservation || offer < *target - margin;
        }
        far_off
    }

    /// The same for strategies that ask more than the time.
    fn aspire_by(
        &mut self,
        strategy: StrategyPlan,
        row: usize,
        at: Turn,
        (reservation, highest): (f64, f64),
    ) -> Aspiration {
        Aspiration::Target(match strategy {
            StrategyPlan::RelativeTitForTat => self.mirrored(row, highest, reservation, 1, false),
            StrategyPlan::AbsoluteTitForTat => self.mirrored(row, highest, reservation, 1, true),
            StrategyPlan::AveragedTitForTat(window) => {
                let back = (window as usize).clamp(2, MEMORY) - 1;
                self.mirrored(row, highest, reservation, back, false)
            }
            StrategyPlan::Hardliner => highest,
            StrategyPlan::RandomWalker => {
                let stream = self.model.stream.strategy + self.model.rows[row].party;
                let number = at.number as u32;
                let share = self.world.streams.uniform(stream, self.world.round, number);
                between(reservation, highest, share)
            }
            StrategyPlan::Rubinstein => {
                return Aspiration::AtMost(self.rubinstein(row, at.venue).ask);
            }
            listed => {
                let list = self.list(at.venue, row);
                return match listed {
                    StrategyPlan::Micro => Aspiration::Position(self.micro(row, list, at.offering)),
                    StrategyPlan::Zeuthen => {
                        Aspiration::Position(self.zeuthen(row, list, at.offering))
                    }
                    StrategyPlan::Ultimatum => {
                        Aspiration::Position(self.ultimatum(row, list, at.venue))
                    }
                    _ => Aspiration::Target(self.nice(row, list, highest, reservation)),
                };
            }
        })
    }

    /// The package a row offers for an aspiration.
    #[inline]
    pub(super) fn offer(&mut self, venue: usize, row: usize, aspiration: Aspiration) -> Offer {
        match aspiration {
            Aspiration::Target(target) => {
                let at = Situation {
                    model: self.model,
                    draw: self.draw,
                    tables: self.tables,
                    world: self.world,
                };
                self.book.offer(at, venue, row, target)
            }
            Aspiration::AtMost(target) => {
                let list = self.list(venue, row);
                let points = self.book.points(list);
                // Where the pie has no slice of that size, the next larger one would be refused.
                let next = points.partition_point(|point| point.own > target);
                Offer::loose(match points.get(next) {
                    Some(point) if point.own >= self.world.reservation[row] => *point,
                    _ => points[ask(points, target)],
                })
            }
            Aspiration::Position(position) => {
                let list = self.list(venue, row);
                Offer::loose(self.book.points(list)[position])
            }
        }
    }

    /// What an aspiration is worth to the row: its target, or the package itself.
    pub(super) fn aspired(&mut self, venue: usize, row: usize, aspiration: Aspiration) -> f64 {
        match aspiration {
            Aspiration::Target(target) | Aspiration::AtMost(target) => target,
            Aspiration::Position(_) => self.offer(venue, row, aspiration).point.own,
        }
    }

    /// Tit-for-tat: mirrors the concession from the offer `back` offers ago to the last one.
    fn mirrored(
        &self,
        row: usize,
        highest: f64,
        reservation: f64,
        back: usize,
        absolute: bool,
    ) -> f64 {
        let count = self.world.received_count[row] as usize;
        let last = self.world.asked[row];
        if count < 2 || last.is_nan() {
            return highest;
        }
        let latest = self.world.received(row, 0);
        let before = self
            .world
            .received(row, back.min(count - 1).min(MEMORY - 1));
        let now = self.world.now[row];
        let target = if absolute {
            last - (latest - before)
        } else {
            // Proportions are taken on the 0 to 1 scale, which has a zero.
            let latest = (now + latest).max(1e-9);
            (now + last) * ((now + before).max(1e-9) / latest) - now
        };
        target.clamp(reservation, highest)
    }

    fn nice(&self, row: usize, list: usize, highest: f64, reservation: f64) -> f64 {
        let count = (self.world.received_count[row] as usize).min(MEMORY);
        if count < 2 {
            return highest;
        }
        let gain = |p: &Point| (p.own - reservation).max(0.0) * p.other.max(0.0);
        let nash = self
            .book
            .points(list)
            .iter()
            .copied()
            .reduce(|best, p| if gain(&p) > gain(&best) { p } else { best })
            .map_or(highest, |p| p.own);
        let received = (0..count).map(|back| self.world.received(row, back));
        let first = self.world.received(row, count - 1);
        let best = received.fold(f64::NEG_INFINITY, f64::max);
        let way = nash - first;
        let share = if way > 0.0 {
            ((best - first) / way).clamp(0.0, 1.0)
        } else {
            1.0
        };
        highest - (highest - nash) * share
    }

    fn micro(&mut self, row: usize, list: usize, offering: bool) -> usize {
        let reservation = self.world.reservation[row];
        let points = self.book.points(list);
        let lowest = points
            .partition_point(|p| p.own >= reservation)
            .saturating_sub(1);
        // It has made `step` different offers and steps only if the other has made as many.
        let made = self.world.step[row];
        let position = if made <= self.world.received_count[row] as usize {
            made
        } else {
            made - 1
        };
        let position = position.min(lowest);
        if offering && position == made {
            self.world.step[row] = made + 1;
        }
        position
    }

    fn zeuthen(&mut self, row: usize, list: usize, offering: bool) -> usize {
        let reservation = self.world.reservation[row];
        let points = self.book.points(list);
        let lowest = points
            .partition_point(|p| p.own >= reservation)
            .saturating_sub(1);
        let position = self.world.step[row].min(lowest);
        if self.world.received_count[row] == 0 {
            return position;
        }
        let own = points[position];
        let theirs = self.world.received(row, 0);
        let risk = |now: f64, given: f64, floor: f64| {
            if now - floor <= 0.0 {
                1.0
            } else {
                ((now - given) / (now - floor)).clamp(0.0, 1.0)
            }
        };
        // The other's risk as this party estimates it: its present offer keeps what the list's
        // best point for it gives, and no agreement gives it nothing.
        let best_for_other = points[points.len() - 1].other;
        let mine = risk(own.own, theirs, reservation);
        let others = risk(best_for_other, own.other, 0.0);
        if mine <= others && position < lowest {
            if offering {
                self.world.step[row] = position + 1;
            }
            return position + 1;
        }
        position
    }

    /// The take-it-or-leave-it offer with the highest expected utility against the believed types
    /// and the believed distribution of each type's cost of force.
    fn ultimatum(&mut self, row: usize, list: usize, venue: usize) -> usize {
        let reservation = self.world.reservation[row];
        let mut best = (f64::NEG_INFINITY, 0);
        for position in 0..self.book.points(list).len() {
            let point = self.book.points(list)[position];
            let package = self.unpack(venue, usize::from(point.form), point.package);
            self.put_on_table(&package);
            let accepted = self.believed_acceptance(row, venue);
            let expected = accepted * point.own + (1.0 - accepted) * reservation;
            if expected > best.0 {
                best = (expected, position);
            }
        }
        best.1
    }

    /// Probability that everyone else at the table would rather take the package on it than its own
    /// best alternative, as a party believes.
    fn believed_acceptance(&self, row: usize, venue: usize) -> f64 {
        let (model, party) = (self.model, self.model.rows[row].party);
        let mut accepted = 1.0;
        for other in 0..model.parties.len() {
            if other == party || self.world.seats[venue] >> other & 1 == 0 {
                continue;
            }
            accepted *= model.parties[other]
                .rows()
                .zip(self.belief(party, other))
                .map(|(kind, belief)| belief * self.type_accepts(kind))
                .sum::<f64>();
        }
        accepted
    }

    /// Probability over the declared distribution of its cost of force that a type accepts.
    fn type_accepts(&self, kind: usize) -> f64 {
        let (model, party) = (self.model, self.model.rows[kind].party);
        let worth = self.world.now[kind] + self.world.standing_offer[kind];
        let peace =
            self.world.now[kind] - self.standing(kind, &self.world.slots, self.seated(party));
        if worth < peace {
            return 0.0;
        }
        let can = self.possible_force(party);
        model.parties[party]
            .force
            .iter()
            .filter(|&&option| can >> option & 1 == 1)
            .map(|&option| {
                let Some([_, _, cost]) = model.rows[kind].force[option] else {
                    return 1.0;
                };
                // It accepts if W = gross - cost <= worth, that is, cost >= gross - worth.
                let gross = self.war(kind, option, &self.world.slots) + self.draw.get(cost);
                match model.params[cost.0 as usize].dist {
                    Dist::Constant(cost) => f64::from(u8::from(cost >= gross - worth)),
                    dist => 1.0 - dist.cdf(gross - worth),
                }
            })
            .product()
    }
}
