//! A laboratory for crisis negotiations: a scenario file in, a distribution of outcomes out.
//!
//! Parties with preferences, patience and private types meet, make offers, threaten and act, round
//! after round, many thousand times. The library knows no crisis: whatever it plays stands in a
//! scenario file, with the evidence or the reason behind each number.
//!
//! # What flows where
//!
//! | module | takes | gives |
//! |---|---|---|
//! | [`evidence`] | the texts of `seeds/` | documents, facts and base rates with their ids |
//! | [`scenario`] | a text and what it extends | a [`Scenario`](scenario::types::Scenario), or every problem as a [`Diagnostic`](diagnostic::Diagnostic) |
//! | [`model`] | a checked scenario | a [`Model`](model::Model): dense arrays and ids; draws of its uncertain numbers |
//! | [`engine`] | a model and one draw | one run, as a [`RunRecord`](engine::record::RunRecord) |
//! | [`solve`] | a model and its draws | what the solution concepts of the field say, as [`Report`](solve::report::Report)s |
//! | [`ensemble`] | a [`Plan`](ensemble::Plan): seed, draws, replicates | a [`Summary`](ensemble::Summary) of all runs |
//! | [`seat`] | a person's inputs at one seat | a game against the agents, view by view |
//! | [`design`] | factors, a size, a seed | points of the unit cube |
//! | [`stats`] | counts and values | intervals, quantiles, paired differences |
#![cfg_attr(
    feature = "cli",
    doc = "| [`interchange`] | other programs' files | a domain, a scenario text, the numbers they publish |\n| [`drivers`] | a scenario and what to vary in it | outcome shares along a number, shares of their variance |\n| [`debrief`] | a played session | what it looks like afterwards |\n| [`chart`] | a summary | figures as SVG and PNG |\n| [`report`] | a summary | tables and rows |\n| [`cli`] | arguments | text, files and an exit code |"
)]
//!
//! [`math`] and [`diagnostic`] serve them all. Imports point only up this table. Everything down to
//! [`stats`] touches no file, clock, thread or terminal and compiles without the feature `cli`.
//!
//! # One run is a function
//!
//! Of (compiled scenario, seed, draw, replicate), to the last bit, on any machine and for any number
//! of threads. A *draw* settles what nobody knows, a *replicate* what could go either way; the two
//! are never blended in one interval.
//!
//! # An ensemble from a text
//!
//! ```
//! # #[cfg(feature = "cli")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::{num::NonZeroUsize, sync::atomic::AtomicBool};
//! use jawjaw::ensemble::{Plan, game::Game, run::run};
//! use jawjaw::evidence::Evidence;
//! use jawjaw::model::Model;
//! use jawjaw::scenario::load::{LoadError, Loader, load};
//!
//! struct Text(&'static str);
//! impl Loader for Text {
//!     fn load(&self, _path: &str) -> Result<String, LoadError> {
//!         Ok(self.0.to_owned())
//!     }
//! }
//!
//! let text = Text(include_str!("../tests/fixtures/minimal.toml"));
//! let loaded = load("minimal.toml", &text, &Evidence::shipped());
//! let scenario = loaded.scenario.ok_or("see `loaded.diagnostics`")?;
//! let game = Game::new(Model::compile(scenario)?, |_base_rate| None);
//! let (plan, cancel) = (Plan::new(1, 10, 20)?, AtomicBool::new(false));
//! let summary = run(&game, plan, NonZeroUsize::MIN, &cancel, &(), |(), _progress| {
//!     Ok::<_, std::convert::Infallible>(())
//! })?;
//! let shares: f64 = summary.outcomes.iter().map(|outcome| outcome.share).sum();
//! assert!((shares - 1.0).abs() < 1e-9);
//! assert_eq!(summary.design.runs, 200);
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "cli"))]
//! # fn main() {}
//! ```

#[cfg(feature = "cli")]
pub mod chart;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod debrief;
pub mod design;
pub mod diagnostic;
#[cfg(feature = "cli")]
pub mod drivers;
pub mod engine;
pub mod ensemble;
pub mod evidence;
#[cfg(feature = "interchange")]
pub mod interchange;
pub mod math;
pub mod model;
pub mod report;
pub mod scenario;
pub mod seat;
pub mod solve;
pub mod stats;
