//! Conditions of moves, events, outcomes and flags, compiled to a flat test.
//!
//! Flows in: the world as a run sees it. Flows out: yes or no.

use crate::scenario::types::{Comparison, Relation};

/// What a test may ask about.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Terminal move made, if the run has ended by one.
    pub terminal: Option<usize>,
    /// Days from the start.
    pub day: u16,
    /// Round, from 0.
    pub round: usize,
    /// Crisis variables.
    pub slots: &'a [f64],
    /// Level in force of each issue.
    pub levels: &'a [u8],
    /// Issues settled by agreement, as bits.
    pub settled: u32,
    /// Issues settled in a binding form, as bits.
    pub binding: u32,
    /// Who took part in settling each issue or was asked for consent, as bits.
    pub involved: &'a [u32],
    /// How often each move, then each event, has happened.
    pub done: &'a [u16],
    /// Which of the first 64 of them have, as bits.
    pub happened: u64,
    /// Open venues, as bits.
    pub open: u64,
}

/// A condition: every check in it must hold. Most have one to three.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    checks: Vec<Check>,
    glance: Glance,
    /// The checks that the glance does not answer.
    rest: Vec<Check>,
    asks_for_agreement: bool,
}

/// The checks that most conditions consist of, in one or two comparisons each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glance {
    /// What must have happened, and what must not, as [`View::happened`].
    done: u64,
    not_done: u64,
    /// First and last day.
    days: (u16, u16),
    /// A crisis variable, its least and its greatest value; [`u16::MAX`] if none is asked for.
    state: (u16, f64, f64),
    /// An issue and levels as bits, one of which must be in force; [`u8::MAX`] if none is asked for.
    level: (u8, u32),
    /// The same, at none of which it must be settled.
    not_settled: (u8, u32),
    /// Whether nothing else is asked for.
    whole: bool,
}

impl Glance {
    /// How many of the moves and events [`View::happened`] tells of.
    pub const SEEN: usize = 64;

    /// Asks for nothing.
    const NOTHING: Self = Self {
        done: 0,
        not_done: 0,
        days: (0, u16::MAX),
        state: (u16::MAX, f64::NEG_INFINITY, f64::INFINITY),
        level: (u8::MAX, 0),
        not_settled: (u8::MAX, 0),
        whole: true,
    };

    /// Takes in a check; whether it could.
    fn add(&mut self, check: &Check) -> bool {
        match check {
            Check::Done(index) if usize::from(*index) < Self::SEEN => self.done |= 1 << index,
            Check::NotDone(index) if usize::from(*index) < Self::SEEN => {
                self.not_done |= 1 << index;
            }
            Check::Days(first, last) => {
                self.days = (self.days.0.max(*first), self.days.1.min(*last));
            }
            Check::State(slot, test) if self.state == Self::NOTHING.state => {
                let (least, greatest) = range(test);
                self.state = (*slot, least, greatest);
            }
            Check::Level(issue, levels) if self.level == Self::NOTHING.level => {
                self.level = (*issue, *levels);
            }
            Check::Not(test) if self.not_settled == Self::NOTHING.not_settled => {
                let [Check::Settled(issue, levels)] = test.checks.as_slice() else {
                    return false;
                };
                self.not_settled = (*issue, *levels);
            }
            Check::Any(tests) if tests.iter().any(Test::is_empty) => {}
            _ => return false,
        }
        true
    }

    /// The same, and one of the first [`Glance::SEEN`] moves or events must not have happened.
    #[must_use]
    pub fn unless(self, index: usize) -> Self {
        Self {
            not_done: self.not_done | 1 << index,
            ..self
        }
    }

    /// Whether all that it asks for holds.
    #[inline]
    pub fn holds(&self, view: &View<'_>) -> bool {
        let at = |issue: u8| view.levels.get(usize::from(issue));
        let (slot, least, greatest) = self.state;
        self.done & !view.happened == 0
            && self.not_done & view.happened == 0
            && self.days.0 <= view.day
            && view.day <= self.days.1
            && (view.slots.get(usize::from(slot))).is_none_or(|x| least <= *x && *x <= greatest)
            && at(self.level.0).is_none_or(|level| self.level.1 >> level & 1 == 1)
            && at(self.not_settled.0).is_none_or(|level| {
                self.not_settled.1 >> level & 1 == 0 || view.settled >> self.not_settled.0 & 1 == 0
            })
    }

    /// Whether it is the whole condition; else [`Test::rest_holds`] answers the rest.
    #[inline]
    pub fn is_whole(&self) -> bool {
        self.whole
    }
}

/// Least and greatest number that pass a comparison.
fn range(test: &Comparison) -> (f64, f64) {
    let value = test.value;
    match test.op {
        Relation::Less => (f64::NEG_INFINITY, value.next_down()),
        Relation::AtMost => (f64::NEG_INFINITY, value),
        Relation::Equal => (value, value),
        Relation::AtLeast => (value, f64::INFINITY),
        Relation::Greater => (value.next_up(), f64::INFINITY),
    }
}

/// One check of a condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// Never holds, whatever the day (an empty span of dates).
    Never,
    /// How the run ended.
    Terminal(Ended),
    /// First and last day on which it holds.
    Days(u16, u16),
    /// Round, counted from 1.
    Round(Comparison),
    /// Slot, comparison.
    State(u16, Comparison),
    /// Issue, levels in force as bits.
    Level(u8, u32),
    /// Issue, settled levels as bits.
    Settled(u8, u32),
    /// Issues as bits, at least so many settled.
    SettledCount(u32, u32),
    /// Issues as bits; whether all of them must be in binding form, or not all.
    Binding(u32, bool),
    /// Index into `View::done` that must have happened.
    Done(u16),
    /// Index that must not.
    NotDone(u16),
    /// Whether some venue must be open.
    ChannelsOpen(bool),
    /// Party that had no part in settling any of the issues.
    Without(u8, u32),
    /// At least one of these holds.
    Any(Vec<Test>),
    /// This does not hold.
    Not(Box<Test>),
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// By a terminal move.
    Any,
    /// At the horizon.
    AtHorizon,
    /// By one of these moves.
    By(Vec<usize>),
}

impl Check {
    #[inline]
    fn holds(&self, view: &View<'_>) -> bool {
        match self {
            Self::Never => false,
            Self::Terminal(Ended::Any) => view.terminal.is_some(),
            Self::Terminal(Ended::AtHorizon) => view.terminal.is_none(),
            Self::Terminal(Ended::By(moves)) => {
                view.terminal.is_some_and(|made| moves.contains(&made))
            }
            Self::Days(first, last) => (*first..=*last).contains(&view.day),
            Self::Round(test) => test.holds((view.round + 1) as f64),
            Self::State(slot, test) => test.holds(view.slots[usize::from(*slot)]),
            Self::Level(issue, mask) => mask >> view.levels[usize::from(*issue)] & 1 == 1,
            Self::Settled(issue, mask) => {
                view.settled >> issue & 1 == 1 && mask >> view.levels[usize::from(*issue)] & 1 == 1
            }
            Self::SettledCount(issues, least) => (view.settled & issues).count_ones() >= *least,
            Self::Binding(issues, wanted) => (issues & !view.binding == 0) == *wanted,
            Self::Done(index) => view.done[usize::from(*index)] > 0,
            Self::NotDone(index) => view.done[usize::from(*index)] == 0,
            Self::ChannelsOpen(wanted) => (view.open != 0) == *wanted,
            Self::Without(party, issues) => (0..view.involved.len())
                .all(|issue| issues >> issue & 1 == 0 || view.involved[issue] >> party & 1 == 0),
            Self::Any(tests) => tests.iter().any(|test| test.holds(view)),
            Self::Not(test) => !test.holds(view),
        }
    }

    fn progress(&self, view: &View<'_>) -> f64 {
        if self.holds(view) {
            return 1.0;
        }
        match self {
            Self::Level(issue, mask) => {
                let level = u32::from(view.levels[usize::from(*issue)]);
                let distance = (0..u32::BITS)
                    .filter(|at| mask >> at & 1 == 1)
                    .map(|at| at.abs_diff(level))
                    .min();
                distance.map_or(0.0, |distance| 1.0 / f64::from(1 + distance))
            }
            Self::SettledCount(issues, least) => {
                f64::from((view.settled & issues).count_ones()) / f64::from(*least)
            }
            Self::Binding(issues, true) => {
                f64::from((view.binding & issues).count_ones()) / f64::from(issues.count_ones())
            }
            Self::Any(tests) => {
                let nearest = tests.iter().map(|test| test.progress(view));
                nearest.fold(0.0, f64::max)
            }
            _ => 0.0,
        }
    }

    fn of_the_calendar(&self) -> bool {
        matches!(self, Self::Days(..) | Self::Round(_))
    }
}

impl Test {
    /// A condition of these checks; without any it always holds.
    pub fn new(checks: Vec<Check>) -> Self {
        let mut glance = Glance::NOTHING;
        let rest = checks.iter().filter(|check| !glance.add(check));
        let rest: Vec<Check> = rest.cloned().collect();
        glance.whole = rest.is_empty();
        Self {
            asks_for_agreement: checks
                .iter()
                .any(|check| matches!(check, Check::Settled(..) | Check::SettledCount(..))),
            checks,
            glance,
            rest,
        }
    }

    /// Whether it asks for nothing.
    fn is_empty(&self) -> bool {
        self.glance == Glance::NOTHING
    }

    /// What a glance tells.
    #[inline]
    pub fn glance(&self) -> &Glance {
        &self.glance
    }

    /// Whether the test holds.
    #[inline]
    pub fn holds(&self, view: &View<'_>) -> bool {
        self.glance.holds(view) && (self.glance.whole || self.rest_holds(view))
    }

    /// Whether the checks hold that the [`Test::glance`] does not answer.
    pub fn rest_holds(&self, view: &View<'_>) -> bool {
        self.rest.iter().all(|check| check.holds(view))
    }

    /// How much of it holds, 0 to 1: the mean over its checks, where a number of issues counts in
    /// parts, a level by its distance from those allowed, and of alternatives the nearest. It is 1
    /// where the test holds; a guide for searches, not a measure.
    pub fn progress(&self, view: &View<'_>) -> f64 {
        let checks = self.checks.iter().map(|check| check.progress(view));
        checks.sum::<f64>() / self.checks.len().max(1) as f64
    }

    /// Moves that end the run in this outcome, if it asks for some.
    pub fn terminal_moves(&self) -> Vec<usize> {
        let named = |check: &Check| match check {
            Check::Terminal(Ended::By(moves)) => moves.clone(),
            Check::Any(tests) => tests.iter().flat_map(Self::terminal_moves).collect(),
            _ => Vec::new(),
        };
        self.checks.iter().flat_map(named).collect()
    }

    /// Whether it asks for an agreement on some issue.
    pub fn asks_for_agreement(&self) -> bool {
        self.asks_for_agreement
    }

    /// The same test as one may wait for: what has not come yet may come, up to the last day and
    /// round of the calendar; what is over stays over.
    #[must_use]
    pub fn in_time(&self, last_day: u16, rounds: usize) -> Self {
        let waited = |check: &Check| match check {
            Check::Days(first, _) if *first > last_day => Some(Check::Never),
            Check::Days(_, last) => Some(Check::Days(0, *last)),
            Check::Round(test) => match test.op {
                Relation::Less | Relation::AtMost => Some(check.clone()),
                Relation::Equal => Some(Check::Round(Comparison {
                    op: Relation::AtMost,
                    ..*test
                })),
                Relation::AtLeast | Relation::Greater => {
                    (!test.holds(rounds as f64)).then_some(Check::Never)
                }
            },
            Check::Any(tests) => {
                let tests = tests.iter().map(|test| test.in_time(last_day, rounds));
                Some(Check::Any(tests.collect()))
            }
            // What must not hold now may cease to hold by waiting if it has a calendar of its own.
            Check::Not(test) if test.checks.iter().any(Check::of_the_calendar) => None,
            check => Some(check.clone()),
        };
        Self::new(self.checks.iter().filter_map(waited).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_brings_what_is_to_come_and_not_what_is_over() {
        let world = |day, round| View {
            terminal: None,
            day,
            round,
            slots: &[],
            levels: &[],
            settled: 0,
            binding: 0,
            involved: &[],
            done: &[],
            happened: 0,
            open: 0,
        };
        let round = |op, value| Check::Round(Comparison { op, value });
        for (check, day, index, holds) in [
            (Check::Days(30, 40), 10, 0, true),
            (Check::Days(30, 40), 41, 0, false),
            (Check::Days(101, 200), 10, 0, false),
            (round(Relation::AtLeast, 5.0), 0, 0, true),
            (round(Relation::AtLeast, 9.0), 0, 0, false),
            (round(Relation::Equal, 3.0), 0, 1, true),
            (round(Relation::Equal, 3.0), 0, 4, false),
            (round(Relation::AtMost, 2.0), 0, 4, false),
        ] {
            let name = format!("{check:?} on day {day} in round {index}");
            let test = Test::new(vec![check]).in_time(100, 8);
            assert_eq!(test.holds(&world(day, index)), holds, "{name}");
        }
    }

    #[test]
    fn what_a_glance_tells_is_what_the_checks_say_one_by_one() {
        use rand::rngs::ChaCha8Rng;
        use rand::{RngExt, SeedableRng};

        let mut random = ChaCha8Rng::seed_from_u64(23);
        let mut roll = |below: u32| random.random_range(0..below);
        let (mut yes, mut no, mut whole) = (0, 0, 0);
        for _ in 0..20_000 {
            let done: Vec<u16> = (0..70).map(|_| roll(2) as u16).collect();
            let happened = (0..Glance::SEEN).filter(|&index| done[index] > 0);
            let levels: Vec<u8> = (0..3).map(|_| roll(4) as u8).collect();
            let slots: Vec<f64> = (0..3).map(|_| f64::from(roll(5)) / 4.0).collect();
            let view = View {
                terminal: None,
                day: roll(6) as u16,
                round: roll(4) as usize,
                slots: &slots,
                levels: &levels,
                settled: roll(8),
                binding: 0,
                involved: &[0; 3],
                happened: happened.fold(0, |bits, index| bits | 1 << index),
                done: &done,
                open: 1,
            };
            let check = |roll: &mut dyn FnMut(u32) -> u32| {
                let op = [
                    Relation::Less,
                    Relation::AtMost,
                    Relation::Equal,
                    Relation::AtLeast,
                    Relation::Greater,
                ][roll(5) as usize];
                let value = f64::from(roll(5)) / 4.0;
                let settled = Check::Settled(roll(3) as u8, roll(16));
                match roll(8) {
                    0 => Check::State(roll(3) as u16, Comparison { op, value }),
                    1 => Check::Level(roll(3) as u8, roll(16)),
                    2 => Check::Done([2, 63, 64, 69][roll(4) as usize]),
                    3 => Check::NotDone([2, 63, 64, 69][roll(4) as usize]),
                    4 => Check::Days(roll(3) as u16, 3 + roll(3) as u16),
                    5 => Check::Not(Box::new(Test::new(vec![settled]))),
                    6 => Check::Any(vec![Test::new(Vec::new()), Test::new(vec![Check::Never])]),
                    _ => Check::Any(vec![
                        Test::new(vec![settled, Check::Days(0, 3)]),
                        Test::new(vec![Check::Level(0, roll(16))]),
                    ]),
                }
            };
            let checks: Vec<Check> = (0..roll(5)).map(|_| check(&mut roll)).collect();
            let one_by_one = checks.iter().all(|check| check.holds(&view));
            let test = Test::new(checks.clone());
            assert_eq!(test.holds(&view), one_by_one, "{checks:?} in {view:?}");
            yes += u32::from(one_by_one);
            no += u32::from(!one_by_one);
            whole += u32::from(test.glance().is_whole());
        }
        assert!(yes > 2000 && no > 2000 && whole > 2000);
    }
}
