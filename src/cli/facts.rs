//! The shipped evidence as a scenario's citations need it.

use jiff::civil::Date;

use crate::evidence::Evidence;
use crate::scenario::load::{FactIndex, FactText};

/// The evidence that ships with the program.
#[derive(Debug)]
pub struct Shipped(Evidence);

impl Shipped {
    /// Reads it.
    pub fn new() -> Self {
        Self(Evidence::shipped())
    }
}

impl Default for Shipped {
    fn default() -> Self {
        Self::new()
    }
}

impl FactIndex for Shipped {
    fn ids(&self) -> Vec<&str> {
        self.0.facts().iter().map(|fact| fact.id.as_str()).collect()
    }

    fn fact_date(&self, id: &str) -> Option<Date> {
        self.0.fact(id).map(|fact| fact.date.for_cutoff())
    }

    fn fact_text(&self, id: &str) -> Option<FactText> {
        self.0.fact(id).map(|fact| FactText {
            statement: fact.statement.clone(),
            attributed_to: fact.said_by.clone(),
            date: Some(fact.date.first()),
        })
    }

    fn base_rate_exists(&self, id: &str) -> bool {
        self.0.base_rate(id).is_some()
    }
}
