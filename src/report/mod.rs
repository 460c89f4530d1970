//! What the engine's numbers say, for readers.

pub mod transcript;
pub mod transcript_text;
