//! The same scenario solved: what the solution concepts of the field say about its packages, beside
//! what the simulation makes of them.
//!
//! Flows in: a compiled [`Model`](crate::model::Model) and a seed, as a [`Study`]: its
//! numbers at their modes and in many draws, each a [`Case`] with packages, disagreement
//! values and war payoffs through the engine's own functions. Flows out: one
//! [`Report`] a [`Lens`]. Invariant: every lens reads the same utilities, the same
//! no-deal values, the same war payoffs and the same [`EPSILON`]; no lens prints a point without its
//! band over draws or its tie set, and none invents an input that the scenario does not state.
//!
//! # How a lens plugs in
//!
//! 1. Put the kernel (formulas on plain numbers, no model) in a file of its own and prove it there.
//! 2. Implement [`Lens`]: [`Lens::part`] does the work of one [`Case`] and must not look at another,
//!    so that draws can be worked on by any number of threads; [`Lens::report`] gets the part at the
//!    modes and those of the draws in order, and writes the report. What the scenario lacks is a
//!    [`Report::not_applicable`](report::Report::not_applicable) with the names of what is missing.
//! 3. Add a line to `lenses` in `cli/solve.rs`.
//!
//! A table's cell is a [`Cell`](report::Cell): usually `Cell::band(at_modes, values over draws)`.
//! A package that the lens singles out goes to [`Report::favours`](report::Report::favours); one it
//! speaks against (unstable, not ratifiable, dominated) to
//! [`Report::against`](report::Report::against) with a clause that completes the sentence "... says
//! that it ...": from these the line of contradictions is made.

pub mod bargaining;
pub mod case;
pub mod concept;
pub mod consent;
pub mod contradictions;
pub mod election;
pub mod gates;
pub mod home;
pub mod outcomes;
pub mod pareto;
pub mod plot;
pub mod report;
pub mod search;
pub mod slices;
pub mod solutions;
pub mod solved;
pub mod space;
pub mod vote;
pub mod win_sets;
pub mod zone;

pub mod crisis;
pub mod diagram;
pub mod expected_utility;
pub mod graph;
pub mod rubinstein;
pub mod strategic;
pub mod tree;

use case::{Case, Study};
use report::Report;

/// Two utilities of a party that differ by less are the same to it, in every lens: 1 % of the range
/// between its worst and its best package is `EPSILON` of that range.
pub const EPSILON: f64 = 0.01;

/// One way to look at a scenario.
pub trait Lens: Sync {
    /// What one case contributes.
    type Part: Send;

    /// Short name, as given to `--lens`.
    fn name(&self) -> &'static str;

    /// The work of one case.
    fn part(&self, study: &Study, case: &Case) -> Self::Part;

    /// The report, from the part at the modes and the parts of the draws in their order.
    fn report(&self, study: &Study, modes: Self::Part, draws: Vec<Self::Part>) -> Report;
}
