//! Numbers about numbers: one estimator a file, each with its formula, its source and its symbols.
//!
//! Flows in: counts and values. Flows out: intervals, quantiles, moments. Invariant: nothing here
//! knows what a run, a party or a scenario is, and nothing here is random.

pub mod between;
pub mod binomial;
pub mod clopper_pearson;
pub mod confidence_sequence;
pub mod goodman;
pub mod histogram;
pub mod holm;
pub mod mcnemar;
pub mod moments;
pub mod normal;
pub mod order_statistic;
pub mod paired;
pub mod spearman;
pub mod stratified;
pub mod student;
pub mod survival;
pub mod tally;
pub mod wilson;
