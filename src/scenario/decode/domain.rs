//! `[domain]`: the exact numbers of a published negotiation domain.

use super::keys;
use super::reader::{Reader, Row, counted};
use crate::scenario::names::Kind;
use crate::scenario::tree::Node;
use crate::scenario::types::{Domain, DomainIssue, DomainProfile};

/// Whose formats there are.
const FORMATS: [(&str, &str); 3] = [
    ("genius", "genius"),
    ("geniusweb", "geniusweb"),
    ("negmas", "negmas"),
];

impl Reader<'_> {
    pub(super) fn domain(&mut self, file: &Row<'_>) -> Option<Domain> {
        let table = self.table(file, "domain", keys::DOMAIN)?;
        let issues = self.rows(&table, "issues", "an issue", keys::DOMAIN_ISSUE);
        let issues: Vec<DomainIssue> = issues.iter().map(|row| self.domain_issue(row)).collect();
        let rows = self.rows(&table, "profiles", "a profile", keys::DOMAIN_PROFILE);
        let profiles = rows.iter().map(|row| self.profile(row, &issues)).collect();
        let domain = Domain {
            format: self.choice(&table, "format", &FORMATS, None).to_owned(),
            cap_at_one: self.flag(&table, "cap_at_one", false),
            issues,
            profiles,
        };
        self.one_profile_a_party(file, &table, &domain);
        Some(domain)
    }

    fn domain_issue(&mut self, row: &Row<'_>) -> DomainIssue {
        let issue = DomainIssue {
            name: self.text(row, "name"),
            values: self.texts(row, "values"),
        };
        if issue.values.is_empty() {
            self.missing(row, "values", "a list of texts, at least one");
        }
        issue
    }

    fn profile(&mut self, row: &Row<'_>, issues: &[DomainIssue]) -> DomainProfile {
        let number = |reader: &mut Self, key: &str| {
            let node = row.get(key)?;
            reader.finite(node)
        };
        let discount = number(self, "discount").unwrap_or(1.0);
        if let Some(node) = row.get("discount")
            && !(discount > 0.0 && discount <= 1.0)
        {
            let label = node.label("expected a number above 0, at most 1");
            self.error("out-of-range", format!("`discount` is {discount}"), label);
        }
        let weights = row
            .get("weights")
            .map_or_else(Vec::new, |node| self.finite_list(node, issues.len()));
        let mut values = Vec::new();
        if let Some(node) = row.get("values") {
            let lists = node.elements().unwrap_or_default();
            if lists.len() != issues.len() {
                let expected = format!("expected {}", counted(issues.len(), "list"));
                let message = "`values` has one list of numbers for each of `[[domain.issues]]`";
                self.error("values-length", message, node.label(expected));
            }
            for (list, issue) in lists.iter().zip(issues) {
                values.push(self.finite_list(list, issue.values.len()));
            }
        }
        for key in ["weights", "values"] {
            if !issues.is_empty() && row.get(key).is_none() {
                self.missing(row, key, "numbers for each of `[[domain.issues]]`");
            }
        }
        DomainProfile {
            party: self.reference(row, "party", Kind::Party),
            reservation: number(self, "reservation"),
            discount,
            weights,
            values,
        }
    }

    fn finite(&mut self, node: &Node) -> Option<f64> {
        let Some(value) = node.as_number() else {
            self.wrong_type(node, "the value", "a number");
            return None;
        };
        if !value.is_finite() {
            let message = format!("`{value}` is not a number to compute with");
            self.error("not-finite", message, node.label("expected a number"));
        }
        Some(value)
    }

    fn finite_list(&mut self, node: &Node, length: usize) -> Vec<f64> {
        let Some(elements) = node.elements() else {
            self.wrong_type(node, "the value", "a list of numbers");
            return Vec::new();
        };
        if elements.len() != length {
            let message = format!("{} here", counted(elements.len(), "number"));
            let label = node.label(format!("expected {length}"));
            self.error("values-length", message, label);
        }
        elements
            .iter()
            .filter_map(|element| self.finite(element))
            .collect()
    }

    /// The order of the profiles is the order of the parties, so neither can be told apart.
    fn one_profile_a_party(&mut self, file: &Row<'_>, table: &Row<'_>, domain: &Domain) {
        let parties = file
            .get("parties")
            .and_then(Node::elements)
            .unwrap_or_default();
        let declared: Vec<&str> = parties.iter().filter_map(Node::id).collect();
        let named: Vec<&str> = domain.profiles.iter().map(|p| p.party.as_str()).collect();
        if declared != named {
            let node = table.get("profiles").unwrap_or(table.node());
            let label = node.label(format!("expected {}", declared.join(", ")));
            let message = "`[[domain.profiles]]` has one entry for each party, in their order";
            self.error("domain-profiles", message, label);
        }
    }
}
