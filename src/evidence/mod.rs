//! What the source documents say, each fact with an id, and the base rates to show beside results.
//!
//! Flows in: the texts of `seeds/` (shipped ones are embedded; the caller reads any others). Flows
//! out: [`Evidence`], which scenarios cite by id, and every problem of the texts at once.
//! Invariant: an entry that is in [`Evidence`] is complete, its id is unique among all entries, its
//! document is known, and an entry from memory carries no number. Nothing here knows what a
//! scenario means. Start at [`Evidence::parse`].
//!
//! ```
//! let evidence = jawjaw::evidence::Evidence::shipped();
//! let fact = evidence.fact("d4-seven-hours").expect("shipped");
//! assert_eq!(fact.date.to_string(), "2022-01-10");
//! ```

mod cite;
mod date;
mod decode;
mod read;
mod set;
mod shipped;
mod types;

pub use cite::{Citation, Citations, citations};
pub use date::{DatePart, FactDate};
pub use set::{SetTexts, set_texts};
pub use types::{
    BaseRate, Document, Fact, FactFilter, FactKind, Figure, Forecast, ForecastValue, Named, Status,
    Strength,
};

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Sources};

/// Everything the seeds hold, in the order of the files.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    documents: Vec<Document>,
    facts: Vec<Fact>,
    base_rates: Vec<BaseRate>,
    forecasts: Vec<Forecast>,
    fact_index: BTreeMap<String, usize>,
    base_rate_index: BTreeMap<String, usize>,
}

impl Evidence {
    /// Reads texts, each given with the name to show in messages. What cannot be read is left out
    /// and reported.
    pub fn parse(files: &[(&str, &str)]) -> (Self, Vec<Diagnostic>, Sources) {
        decode::decode(files)
    }

    /// Reads the evidence that ships with the program.
    pub fn shipped() -> Self {
        let (evidence, diagnostics, _) = Self::parse(shipped::FILES);
        assert!(
            diagnostics.is_empty(),
            "the shipped seeds are sound: {diagnostics:?}"
        );
        evidence
    }

    /// The texts that [`Self::shipped`] reads, with their names.
    pub fn shipped_files() -> &'static [(&'static str, &'static str)] {
        shipped::FILES
    }

    fn new(
        documents: Vec<Document>,
        facts: Vec<Fact>,
        base_rates: Vec<BaseRate>,
        forecasts: Vec<Forecast>,
    ) -> Self {
        let fact_index = facts
            .iter()
            .enumerate()
            .map(|(i, f)| (f.id.clone(), i))
            .collect();
        let base_rate_index = base_rates
            .iter()
            .enumerate()
            .map(|(i, b)| (b.id.clone(), i))
            .collect();
        Self {
            documents,
            facts,
            base_rates,
            forecasts,
            fact_index,
            base_rate_index,
        }
    }

    /// The source documents.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// The document of this id.
    pub fn document(&self, id: &str) -> Option<&Document> {
        self.documents.iter().find(|document| document.id == id)
    }

    /// All facts.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The fact of this id.
    pub fn fact(&self, id: &str) -> Option<&Fact> {
        self.fact_index.get(id).map(|&index| &self.facts[index])
    }

    /// The facts that pass a filter, in the order of the files.
    pub fn select<'a>(&'a self, filter: &'a FactFilter) -> impl Iterator<Item = &'a Fact> {
        self.facts.iter().filter(|fact| filter.admits(fact))
    }

    /// All base rates, those from memory included.
    pub fn base_rates(&self) -> &[BaseRate] {
        &self.base_rates
    }

    /// The base rate of this id.
    pub fn base_rate(&self, id: &str) -> Option<&BaseRate> {
        self.base_rate_index
            .get(id)
            .map(|&index| &self.base_rates[index])
    }

    /// Forecasts made at the time: benchmarks, never inputs.
    pub fn forecasts(&self) -> &[Forecast] {
        &self.forecasts
    }

    /// The ids of facts and base rates that look most like `id`, best first, at most three.
    pub fn nearest(&self, id: &str) -> Vec<&str> {
        let mut candidates: Vec<(f64, &str)> = self
            .fact_index
            .keys()
            .chain(self.base_rate_index.keys())
            .map(|known| (strsim::jaro_winkler(id, known), known.as_str()))
            .filter(|&(likeness, _)| likeness > 0.75)
            .collect();
        candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        candidates
            .into_iter()
            .take(3)
            .map(|(_, known)| known)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn shipped_facts_are_complete() {
        let evidence = Evidence::shipped();
        let count = |document: &str| {
            evidence
                .facts()
                .iter()
                .filter(|fact| fact.document == document)
                .count()
        };
        let counts: Vec<usize> = evidence.documents().iter().map(|d| count(&d.id)).collect();
        assert_eq!(counts, [69, 28, 33, 21, 30]);
        assert_eq!(evidence.facts().len(), 181);
        for fact in evidence.facts() {
            assert!(
                fact.id.starts_with(&format!("{}-", fact.document)),
                "{}",
                fact.id
            );
            assert_eq!(
                evidence.fact(&fact.id).expect("indexed").statement,
                fact.statement
            );
        }
    }

    #[test]
    fn no_shipped_fact_is_later_than_the_documents() {
        let cutoff = date(2022, 1, 10);
        for fact in Evidence::shipped().facts() {
            assert!(
                fact.date.for_cutoff() <= cutoff,
                "{} is dated {}",
                fact.id,
                fact.date
            );
        }
        for document in Evidence::shipped().documents() {
            assert!(document.date.for_cutoff() <= cutoff, "{}", document.id);
        }
    }

    #[test]
    fn benchmarks_have_their_counts() {
        let evidence = Evidence::shipped();
        for (id, count, n) in [
            ("icb-nonviolent-military-trigger-serious-violence", 11, 54),
            ("icb-since-1946-serious-violence", 163, 377),
            ("icb-since-1946-war", 63, 377),
            ("icb-ussr-russia-serious-violence", 14, 30),
            ("icb-formal-agreement", 80, 377),
            ("icb-any-agreement", 159, 377),
        ] {
            let rate = evidence.base_rate(id).expect("shipped");
            assert_eq!(rate.figure, Figure::Count { n, count }, "{id}");
        }
    }

    #[test]
    fn what_is_remembered_has_no_number() {
        let evidence = Evidence::shipped();
        let recalled: Vec<&BaseRate> = evidence
            .base_rates()
            .iter()
            .filter(|r| r.status == Status::Recalled)
            .collect();
        assert!(!recalled.is_empty());
        for rate in recalled {
            assert_eq!(rate.figure, Figure::Finding, "{}", rate.id);
            assert!(rate.share().is_none());
            assert!(
                !rate.measures.contains('%') && !rate.label.contains('%'),
                "{}",
                rate.id
            );
        }
    }

    #[test]
    fn filters_combine() {
        let evidence = Evidence::shipped();
        let filter = FactFilter {
            kind: Some(FactKind::RedLine),
            actor: Some("nato".into()),
            ..FactFilter::default()
        };
        let ids: Vec<&str> = evidence
            .select(&filter)
            .map(|fact| fact.id.as_str())
            .collect();
        assert!(ids.contains(&"d4-open-door"), "{ids:?}");
        let all_red_lines = FactFilter {
            kind: Some(FactKind::RedLine),
            ..FactFilter::default()
        };
        assert_eq!(evidence.select(&all_red_lines).count(), 9);
        assert!(ids.len() < 9);
    }

    #[test]
    fn a_slip_in_an_id_finds_its_neighbour() {
        let evidence = Evidence::shipped();
        assert_eq!(evidence.nearest("d4-seven-hour")[0], "d4-seven-hours");
        assert!(evidence.nearest("").is_empty());
    }
}
