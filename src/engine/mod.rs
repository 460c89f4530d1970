//! One run.
pub mod record;
