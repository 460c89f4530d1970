//! What drives the outcomes: sweeps along numbers of a file, and shares of the variance.
//!
//! Flows in: a loaded or compiled scenario, what to vary, how many runs. Flows out: plain numbers
//! for tables, charts and pages. Invariant: every point and every row of a design sees the same luck,
//! and the result is a function of scenario, design and seed alone, whatever the number of threads.
//!
//! | part | takes | gives |
//! |---|---|---|
//! | [`sweep`] | a file, paths and values | [`sweep::Sweep`]: shares of outcomes at every point |

pub mod pinned;
pub mod sweep;
