//! Teaching exercises: who sits where and knows what, what comes when, and what is talked over after.
//!
//! Flows in: an exercise file and the scenario it names. Flows out: a checked [`Exercise`] with its
//! playable scenario and evidence ([`load::load`]), and the sheets to print (`pages`). Invariant: what
//! is made for a seat holds nothing that only another seat may know; the deal is never graded.

pub mod check;
pub mod decode;
pub mod keys;
pub mod load;
#[cfg(feature = "cli")]
pub mod pages;
pub mod points;
pub mod prose;
#[cfg(feature = "cli")]
pub mod schema;
mod seated;
pub mod types;

pub use load::{Opened, load};
pub use seated::seated;
pub use types::Exercise;
