//! Tables in words from what an ensemble says.
