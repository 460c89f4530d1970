//! A seat at the table: a person plays a party against the agents.
//!
//! Flows in: a compiled scenario, a seed, who sits where, and the person's inputs one by one
//! ([`Event`]). Flows out: a [`View`] of the situation after each input, with nothing in it that the
//! party could not know, and at the end the [`RunRecord`] of the run.
//!
//! A run is a pure function and takes less than a millisecond, so a game is no more than a list of
//! decisions: after each the run is played again from the first day with the list as its script
//! ([`sitter`]), up to the next question that the list does not answer. Undoing, resuming, replaying
//! to the same bytes and asking "what if" are then the same thing. The luck of everybody else is
//! drawn by name and does not shift with what the person decides.
//!
//! Invariant: a game is a function of scenario, seed, seat and events; nothing here touches a file, a
//! clock or a terminal; what the person writes on the worksheet never reaches the engine.

pub mod after;
pub mod brief;
pub mod event;
mod game;
pub mod glossary;
pub mod news;
mod options;
#[cfg(feature = "interchange")]
pub mod session;
pub mod sitter;
pub mod stakes;
pub mod view;

pub use brief::Brief;
pub use event::{Decision, Event, Package, Worksheet};
pub use game::{Game, PLAYED, Phase, Refusal, Table};
pub use view::View;

#[cfg(doc)]
use crate::engine::RunRecord;

/// A package by index: its form and the level of every issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Form.
    pub form: usize,
    /// Level of each issue.
    pub levels: Vec<u8>,
}
