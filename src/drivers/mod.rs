//! What drives the outcomes: sweeps along numbers of a file, and shares of the variance.
//!
//! Flows in: a loaded or compiled scenario, what to vary, how many runs. Flows out: plain numbers
//! for tables, charts and pages. Invariant: every point and every row of a design sees the same luck,
//! and the result is a function of scenario, design and seed alone, whatever the number of threads.
//!
//! | part | takes | gives |
//! |---|---|---|
//! | [`sweep`] | a file, paths and values | [`sweep::Sweep`]: shares of outcomes at every point |
//! | [`factors`] | a model | its uncertain numbers, by party and kind, each with its reason |
//! | [`sensitivity`] | a model, an output, a size | [`sensitivity::Sensitivity`]: shares of the variance |
//! | [`screening`] | the same | [`screening::Screening`]: elementary effects |
//! | [`sentences`] | any of them | what a reader should know, in words |
//!
//! For a page: `sensitivity::analyse(&model, &Measure::outcomes(&model), Size::quick(), ..)`, then
//! `crate::chart::sensitivity_figures(&it)` and [`sentences::of_sensitivity`].

pub mod factors;
pub mod measure;
pub mod pinned;
pub mod screening;
pub mod sensitivity;
pub mod sentences;
pub mod sweep;
