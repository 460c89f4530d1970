//! Numbers about numbers: one estimator a file, each with its formula, its source and its symbols.
//!
//! Flows in: counts and values. Flows out: intervals, quantiles, moments. Invariant: nothing here
//! knows what a run, a party or a scenario is; the little that is random draws from named streams.

pub mod between;
pub mod binomial;
pub mod brier;
pub mod clopper_pearson;
pub mod confidence_sequence;
pub mod goodman;
pub mod histogram;
pub mod holm;
pub mod mcnemar;
pub mod moments;
pub mod morris;
pub mod normal;
pub mod order_statistic;
pub mod paired;
pub mod percentile;
pub mod prim;
pub mod sobol;
pub mod splitting;
pub mod stratified;
pub mod student;
pub mod survival;
pub mod tally;
pub mod wilson;
