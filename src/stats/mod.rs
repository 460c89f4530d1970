//! Numbers about numbers: one estimator a file, each with its formula, its source and its symbols.
//!
//! Flows in: counts and values. Flows out: intervals, quantiles, moments. Invariant: nothing here
//! knows what a run, a party or a scenario is, and nothing here is random.

pub mod between;
pub mod goodman;
pub mod histogram;
pub mod moments;
pub mod morris;
pub mod normal;
pub mod paired;
pub mod sobol;
pub mod stratified;
pub mod student;
pub mod tally;
pub mod wilson;
