//! Ensembles.
pub mod summary;
