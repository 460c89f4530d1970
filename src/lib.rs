//! jawjaw
#[cfg(feature = "cli")]
pub mod chart;
#[cfg(feature = "cli")]
pub mod cli;
pub mod diagnostic;
pub mod engine;
pub mod ensemble;
pub mod evidence;
pub mod math;
pub mod model;
pub mod report;
pub mod scenario;
pub mod stats;
