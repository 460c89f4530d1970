//! Tables in words, one run as a story, and rows for other programs.
//!
//! Flows in: summaries, comparisons, records, a run's notes. Flows out: text of a given width, CSV.
//! Invariant: nothing is computed here that is not in the summary, and every number says which of
//! the two uncertainties it shows: chance or unknown numbers.

#[cfg(feature = "cli")]
pub mod atlas;
#[cfg(feature = "cli")]
pub mod claims;
#[cfg(feature = "cli")]
pub mod claims_page;
pub mod comparison;
#[cfg(feature = "cli")]
pub mod debrief;
pub mod discover;
#[cfg(feature = "cli")]
pub mod document;
#[cfg(feature = "cli")]
pub mod html;
pub mod layout;
#[cfg(feature = "cli")]
pub mod rare;
#[cfg(feature = "cli")]
pub mod rows;
#[cfg(feature = "cli")]
pub mod sensitivity;
pub mod solve;
#[cfg(feature = "cli")]
pub mod survival;
pub mod sweep;
pub mod text;
pub mod transcript;
pub mod transcript_text;
#[cfg(feature = "cli")]
pub mod versus;
#[cfg(feature = "cli")]
pub mod whole;
