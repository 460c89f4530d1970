//! Curves and graphs of states that a lens wants drawn, as data.
//!
//! Flows in: a lens fills them. Flows out: figures in `chart`, and `solve.json`. Invariant: a curve
//! carries its spread over draws at every point, a state the share of draws in which it holds.

use serde::Serialize;

use super::report::Spread;

/// Curves with a band each, on axes from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curves {
    /// File stem.
    pub name: String,
    /// What it shows, with the main number.
    pub title: String,
    /// How to read it.
    pub subtitle: String,
    /// Name of the axis across.
    pub across: String,
    /// Name of the axis up.
    pub up: String,
    /// Curves.
    pub curves: Vec<Curve>,
}

/// One curve.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    /// Name.
    pub name: String,
    /// Place across, value at the modes if there is one, spread over draws.
    pub points: Vec<(f64, Option<f64>, Spread)>,
}

/// Ways from the status quo to other states.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evolution {
    /// File stem.
    pub name: String,
    /// What it shows.
    pub title: String,
    /// How to read it.
    pub subtitle: String,
    /// States; the first is the status quo.
    pub states: Vec<EvolutionState>,
    /// Moves between them.
    pub moves: Vec<EvolutionMove>,
}

/// A state of [`Evolution`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvolutionState {
    /// What has been done there.
    pub name: String,
    /// Moves from the status quo.
    pub steps: usize,
    /// Whether it holds at the modes.
    pub holds: bool,
    /// Share of draws in which it holds.
    pub share: f64,
}

/// A move of [`Evolution`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvolutionMove {
    /// From which of the states.
    pub from: usize,
    /// To which.
    pub to: usize,
    /// Who moves.
    pub party: usize,
    /// The party's name.
    pub name: String,
    /// The party's colour, if the file gives one.
    pub colour: Option<String>,
    /// Whether the mover gains by the step itself.
    pub improves: bool,
}
