//! A domain as other programs' files.
//!
//! Flows in: a [`Domain`]. Flows out: the files and what they cannot hold. Invariant: what is lost is
//! listed, not guessed at by the reader: each sentence says what another program will see instead.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::scenario_text::slug;
use super::space::{Space, View};
use super::{Domain, Profile};

/// A file to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// Name without folder.
    pub name: String,
    /// Contents.
    pub text: String,
}

/// Files, the domain first, and what they do not hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Export {
    /// The files.
    pub files: Vec<OutputFile>,
    /// Sentences for people.
    pub lost: Vec<String>,
}

/// File names of the profiles, each once.
pub(super) fn profile_names(domain: &Domain, base: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (position, profile) in domain.profiles.iter().enumerate() {
        let mut name = match slug(&profile.name) {
            slug if slug.is_empty() => format!("{base}-profile-{}", position + 1),
            slug => slug,
        };
        // The domain's own file must not be overwritten either.
        if names.contains(&name) || name == base {
            name = format!("{name}-{}", position + 1);
        }
        names.push(name);
    }
    names
}

/// The name of a domain's own file.
pub(super) fn base_name(domain: &Domain) -> String {
    match slug(&domain.name) {
        slug if slug.is_empty() => "domain".to_owned(),
        slug => slug,
    }
}

/// Keys and values in a given order.
struct Ordered<T>(Vec<(String, T)>);

impl<T: Serialize> Serialize for Ordered<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

fn pretty(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value)
        .expect("a tree of texts and finite numbers has a JSON form");
    text + "\n"
}

/// One document with everything: issues, weights, values, reservation and discount as they are.
pub fn json(domain: &Domain) -> Export {
    #[derive(Serialize)]
    struct Document<'d> {
        name: &'d str,
        format: &'d str,
        cap_at_one: bool,
        issues: Vec<IssueRow<'d>>,
        parties: Vec<PartyRow<'d>>,
    }
    #[derive(Serialize)]
    struct IssueRow<'d> {
        name: &'d str,
        r#type: &'d str,
        values: &'d [String],
    }
    #[derive(Serialize)]
    struct PartyRow<'d> {
        name: &'d str,
        weights: &'d [f64],
        values: &'d [Vec<f64>],
        reserved: Option<f64>,
        discount: f64,
    }
    let issues = domain.issues.iter().map(|issue| IssueRow {
        name: &issue.name,
        r#type: issue.kind.word(),
        values: &issue.values,
    });
    let parties = domain.profiles.iter().map(|profile| PartyRow {
        name: &profile.name,
        weights: &profile.weights,
        values: &profile.values,
        reserved: profile.reservation,
        discount: profile.discount,
    });
    let document = Document {
        name: &domain.name,
        format: domain.format.word(),
        cap_at_one: domain.cap_at_one,
        issues: issues.collect(),
        parties: parties.collect(),
    };
    Export {
        files: vec![OutputFile {
            name: format!("{}.json", base_name(domain)),
            text: pretty(&document),
        }],
        lost: Vec::new(),
    }
}

/// Decimal places of `GeniusWeb` weights, which must add up to 1 exactly as decimal fractions.
const PLACES: u32 = 12;

/// `GeniusWeb` JSON: a domain and one linear additive profile a party.
pub fn geniusweb(domain: &Domain) -> Export {
    let base = base_name(domain);
    let mut export = Export::default();
    let outside = |profile: &Profile| {
        let mut values = profile.values.iter().flatten();
        values.any(|value| !(0.0..=1.0).contains(value)) || profile.weights.iter().any(|w| *w < 0.0)
    };
    let stretched = domain.unit();
    let issues: Vec<_> = domain
        .issues
        .iter()
        .map(|issue| {
            let values = Ordered(vec![("values".to_owned(), &issue.values)]);
            (issue.name.clone(), values)
        })
        .collect();
    let own = DomainFile {
        name: base.clone(),
        issues_values: Ordered(issues),
    };
    export.files.push(OutputFile {
        name: format!("{base}.json"),
        text: pretty(&own),
    });
    let space = domain.space(View::Genius).ok();
    let names = profile_names(domain, &base);
    for (position, name) in names.into_iter().enumerate() {
        let mut profile = &domain.profiles[position];
        if outside(profile) {
            profile = &stretched.profiles[position];
            export.lost.push(format!(
                "{name}: values are stretched to [0, 1], which changes utilities but no preference"
            ));
        }
        let sum: f64 = profile.weights.iter().sum();
        if (sum - 1.0).abs() > 1e-12 {
            export.lost.push(format!(
                "{name}: weights add up to {sum} and are divided by it"
            ));
        }
        if profile.discount < 1.0 {
            export.lost.push(format!(
                "{name}: the discount factor {} has no place in the format",
                profile.discount
            ));
        }
        let bid = reservation_bid(domain, space.as_ref(), position, &name, &mut export.lost);
        let text = pretty(&profile_file(domain, profile, &name, bid, &own));
        export.files.push(OutputFile {
            name: format!("{name}.json"),
            text,
        });
    }
    let sums = "weights are rounded to 12 decimal places, so that they add up to exactly 1";
    export.lost.push(sums.to_owned());
    export
}

#[derive(Serialize)]
struct DomainFile<'d> {
    name: String,
    #[serde(rename = "issuesValues")]
    issues_values: Ordered<Ordered<&'d Vec<String>>>,
}

/// The least outcome that is worth the reservation value: `GeniusWeb` knows no number for it.
fn reservation_bid(
    domain: &Domain,
    space: Option<&Space>,
    party: usize,
    name: &str,
    lost: &mut Vec<String>,
) -> Option<Ordered<String>> {
    let reservation = domain.profiles[party].reservation?;
    let Some(space) = space else {
        lost.push(format!(
            "{name}: the reservation value {reservation} is left out; there are too many outcomes \
             to look for a bid of that worth"
        ));
        return None;
    };
    let table = &space.utilities[party];
    let enough = (0..table.len()).filter(|&outcome| table[outcome] >= reservation);
    let Some(bid) = enough.min_by(|&a, &b| table[a].total_cmp(&table[b])) else {
        lost.push(format!(
            "{name}: the reservation value {reservation} is left out; no outcome is worth as much"
        ));
        return None;
    };
    lost.push(format!(
        "{name}: the reservation value {reservation} becomes a bid worth {}",
        table[bid]
    ));
    let levels = space.levels(bid);
    let issues = domain.issues.iter().zip(levels);
    Some(Ordered(
        issues
            .map(|(issue, level)| (issue.name.clone(), issue.values[level].clone()))
            .collect(),
    ))
}

fn profile_file<'d>(
    domain: &'d Domain,
    profile: &'d Profile,
    name: &str,
    bid: Option<Ordered<String>>,
    own: &'d DomainFile<'d>,
) -> impl Serialize + use<'d> {
    let issues = || domain.issues.iter().map(|issue| issue.name.clone());
    let utilities = issues().zip(&domain.issues).zip(&profile.values);
    let utilities = utilities.map(|((name, issue), values)| {
        let entries = issue.values.iter().cloned().zip(values.iter().copied());
        let table = Ordered(vec![(
            "valueUtilities".to_owned(),
            Ordered(entries.collect()),
        )]);
        (name, Ordered(vec![("discreteutils".to_owned(), table)]))
    });
    let weights = issues().zip(decimal_weights(&profile.weights));
    let space = ProfileFile {
        name: name.to_owned(),
        issue_utilities: Ordered(utilities.collect()),
        issue_weights: Ordered(weights.collect()),
        domain: own,
        reservation_bid: bid.map(|bid| Ordered(vec![("issuevalues".to_owned(), bid)])),
    };
    Ordered(vec![("LinearAdditiveUtilitySpace".to_owned(), space)])
}

#[derive(Serialize)]
struct ProfileFile<'d> {
    name: String,
    #[serde(rename = "issueUtilities")]
    issue_utilities: Ordered<Ordered<Ordered<Ordered<f64>>>>,
    #[serde(rename = "issueWeights")]
    issue_weights: Ordered<f64>,
    domain: &'d DomainFile<'d>,
    #[serde(rename = "reservationBid", skip_serializing_if = "Option::is_none")]
    reservation_bid: Option<Ordered<Ordered<String>>>,
}

/// Weights as decimal fractions that add up to exactly 1: the largest takes the remainder.
fn decimal_weights(weights: &[f64]) -> Vec<f64> {
    let scale = 10_u64.pow(PLACES) as f64;
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 {
        return weights.to_vec();
    }
    let mut units: Vec<i64> = weights
        .iter()
        .map(|weight| (weight / sum * scale).round() as i64)
        .collect();
    let missing = scale as i64 - units.iter().sum::<i64>();
    let largest = (0..units.len()).max_by_key(|&i| units[i]).unwrap_or(0);
    units[largest] += missing;
    units.iter().map(|&unit| unit as f64 / scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_weights_add_up_as_fractions() {
        for weights in [vec![1.0, 1.0, 1.0], vec![0.1; 7], vec![0.3, 0.300_05, 0.4]] {
            let units: i64 = decimal_weights(&weights)
                .iter()
                .map(|weight| (weight * 1e12).round() as i64)
                .sum();
            assert_eq!(units, 1_000_000_000_000);
        }
    }
}
