//! The scenario format: text to meaning.
//!
//! Flows in: TOML texts (`read`), joined by `extends` (`merge`). Flows out: a checked [`types::Scenario`]
//! and everything wrong with it, each with its place (`decode`, `check`). Invariant: no file system,
//! clock or randomness here; [`load::load`] is the door.

pub mod change;
pub mod check;
pub mod claims;
pub mod codes;
pub mod decode;
pub mod document;
mod extend;
mod facts;
pub mod games;
pub mod levers;
pub mod load;
pub mod merge;
pub mod names;
mod numbers;
mod paths;
pub mod published;
pub mod quantity;
pub mod read;
#[cfg(feature = "cli")]
pub mod schema;
mod seeds;
pub mod tree;
pub mod types;
