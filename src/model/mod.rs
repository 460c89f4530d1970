//! A checked scenario turned into indices, and one draw of its parameters turned into tables.
//!
//! Flows in: a [`Scenario`](crate::scenario::types::Scenario). Flows out: a [`Model`] (names
//! resolved, calendar laid out, every number given a [`ParamId`]) and, per parameter draw, a
//! [`Draw`] with every value and the utility tables that a run only reads.
//!
//! Invariant: a `Model` cannot be wrong. Whatever could fail fails in [`Model::compile`].

mod compile;
pub mod condition;
pub mod draw;
pub mod plan;
pub mod streams;

pub use draw::Draw;
pub use plan::{CompileError, Model, ParamId};
