//! Conditions of moves, events, outcomes and flags, compiled to a flat test.
//!
//! Flows in: the world as a run sees it. Flows out: yes or no.

use crate::scenario::types::Comparison;

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
    /// Open venues, as bits.
    pub open: u64,
}

/// A condition: everything in it must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Test {
    /// Terminal move.
    pub terminal: Option<Ended>,
    /// First and last day on which it can hold.
    pub days: Option<(u16, u16)>,
    /// It can never hold, whatever the day (an empty span of dates).
    pub never: bool,
    /// Round, counted from 1.
    pub round: Option<Comparison>,
    /// Slot, comparison.
    pub state: Vec<(u16, Comparison)>,
    /// Issue, levels in force as bits.
    pub level: Vec<(u8, u32)>,
    /// Issue, settled levels as bits.
    pub settled: Vec<(u8, u32)>,
    /// Issues as bits, at least so many settled.
    pub settled_count: Option<(u32, u32)>,
    /// Whether the settled issues named must (or must not) be in binding form.
    pub binding: Option<bool>,
    /// Indices into `View::done` that must have happened.
    pub done: Vec<u16>,
    /// Indices that must not.
    pub not_done: Vec<u16>,
    /// Whether some venue must be open.
    pub channels_open: Option<bool>,
    /// Party that had no part in settling the issues of `settled`.
    pub without: Option<u8>,
    /// At least one of these must hold, if there are any.
    pub any: Vec<Self>,
    /// This must not hold.
    pub not: Option<Box<Self>>,
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

impl Test {
    /// Whether the test holds.
    pub fn holds(&self, view: &View<'_>) -> bool {
        if self.never {
            return false;
        }
        let ended = match &self.terminal {
            None => true,
            Some(Ended::Any) => view.terminal.is_some(),
            Some(Ended::AtHorizon) => view.terminal.is_none(),
            Some(Ended::By(moves)) => view.terminal.is_some_and(|made| moves.contains(&made)),
        };
        let settled_issues = || {
            self.settled
                .iter()
                .fold(0_u32, |bits, &(issue, _)| bits | 1 << issue)
        };
        ended
            && self
                .days
                .is_none_or(|(first, last)| (first..=last).contains(&view.day))
            && self
                .round
                .is_none_or(|test| test.holds((view.round + 1) as f64))
            && self
                .state
                .iter()
                .all(|(slot, test)| test.holds(view.slots[usize::from(*slot)]))
            && self
                .level
                .iter()
                .all(|&(issue, mask)| mask >> view.levels[usize::from(issue)] & 1 == 1)
            && self.settled.iter().all(|&(issue, mask)| {
                view.settled >> issue & 1 == 1 && mask >> view.levels[usize::from(issue)] & 1 == 1
            })
            && self
                .settled_count
                .is_none_or(|(issues, least)| (view.settled & issues).count_ones() >= least)
            && self
                .binding
                .is_none_or(|wanted| (settled_issues() & !view.binding == 0) == wanted)
            && self
                .done
                .iter()
                .all(|&index| view.done[usize::from(index)] > 0)
            && self
                .not_done
                .iter()
                .all(|&index| view.done[usize::from(index)] == 0)
            && self
                .channels_open
                .is_none_or(|wanted| (view.open != 0) == wanted)
            && self.without.is_none_or(|party| {
                self.settled
                    .iter()
                    .all(|&(issue, _)| view.involved[usize::from(issue)] >> party & 1 == 0)
            })
            && (self.any.is_empty() || self.any.iter().any(|test| test.holds(view)))
            && self.not.as_ref().is_none_or(|test| !test.holds(view))
    }

    /// The same test without its calendar: whether waiting alone could make it hold.
    #[must_use]
    pub fn in_time(&self) -> Self {
        Self {
            days: None,
            round: None,
            any: self.any.iter().map(Self::in_time).collect(),
            ..self.clone()
        }
    }
}
