//! The evidence as the index that scenarios are checked against.

use jiff::civil::Date;

use super::load::{FactIndex, FactText};
use crate::evidence::{BaseRate, Evidence};

impl FactIndex for Evidence {
    fn ids(&self) -> Vec<&str> {
        self.facts().iter().map(|fact| fact.id.as_str()).collect()
    }

    fn fact_date(&self, id: &str) -> Option<Date> {
        self.fact(id).map(|fact| fact.date.for_cutoff())
    }

    fn fact_text(&self, id: &str) -> Option<FactText> {
        self.fact(id).map(|fact| FactText {
            statement: fact.statement.clone(),
            attributed_to: fact.said_by.clone(),
            date: Some(fact.date.for_cutoff()),
            documented: fact.is_documented(),
        })
    }

    fn base_rate_exists(&self, id: &str) -> bool {
        self.base_rate(id).is_some_and(BaseRate::is_citable)
    }
}
