//! The strategic lenses: kernels of game theory applied to a scenario.
//!
//! Flows in: the cases of a study. Flows out: one report a lens. Invariant: a lens translates and
//! reports, its kernel computes; what a scenario does not state is named, never replaced.

mod alternating;
mod board;
mod force;
mod group;
mod moves;
mod pie;
mod play;

pub use alternating::AlternatingOffers;
pub use force::WarPanel;
pub use group::GroupDecision;
pub use moves::ConflictGraph;
pub use play::DeclaredTrees;

use super::report::Heading;

/// A heading above "modes (90% of draws)".
fn band_heading(top: impl Into<String>) -> Heading {
    Heading::new(top, "modes (90%)")
}

/// The names of parties in one phrase.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
