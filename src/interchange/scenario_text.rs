//! A domain as a scenario file.
//!
//! Flows in: a [`Domain`]. Flows out: the text of a scenario that checks and runs, and what the
//! simulation cannot play as published. Invariant: the file holds every number of the domain to the
//! last bit, in `[preferences]` where the format allows, else in `[domain]`.
//!
//! What no agreement is worth has no key of its own in a scenario. The file takes the level worst for
//! all together as each issue's status quo and makes up the difference to the reservation value by a
//! standing cost that an agreement ends, or by a value of the talks where the reservation is higher.

use std::fmt::Write;

use super::{Domain, Issue, Profile};
use crate::scenario::decode::LEVELS;
use crate::scenario::read::SIZE_LIMIT;

/// Most issues that the simulation plays.
const ISSUES_LIMIT: usize = crate::model::plan::MAX_ISSUES;
/// Most parties.
const PARTIES_LIMIT: usize = crate::model::plan::MAX_PARTIES;
/// Meetings of a session, and turns round the table at each.
const MEETINGS: u32 = 10;
const EXCHANGES: u32 = 10;

/// A scenario's text, and what of the domain the simulation plays otherwise than published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioText {
    /// The file.
    pub text: String,
    /// Sentences for people.
    pub remarks: Vec<String>,
}

/// Why a domain cannot become a scenario.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unplayable {
    /// Fewer than two parties.
    #[error("{0} profile(s): a negotiation needs at least two")]
    TooFewParties(usize),
    /// More than the engine's sets of parties hold.
    #[error("{0} profiles: a scenario has at most {PARTIES_LIMIT} parties")]
    TooManyParties(usize),
    /// A scenario longer than scenarios may be.
    #[error("the scenario would be {0} bytes long; a scenario has at most {SIZE_LIMIT}")]
    TooLong(usize),
    /// Every issue has a single value.
    #[error("every issue has a single value: there is nothing to negotiate")]
    NothingOpen,
}

/// Writes a domain as a scenario; `strategy` is everyone's.
///
/// # Errors
///
/// If the domain has too few or too many parties, no issue with two values, or too many values.
pub fn scenario_text(domain: &Domain, strategy: &str) -> Result<ScenarioText, Unplayable> {
    let parties = domain.profiles.len();
    if parties < 2 {
        return Err(Unplayable::TooFewParties(parties));
    }
    if parties > PARTIES_LIMIT {
        return Err(Unplayable::TooManyParties(parties));
    }
    let mut remarks = Vec::new();
    let exact = fits(domain);
    let played = if exact {
        domain.clone()
    } else {
        playable(domain, &mut remarks)?
    };
    let mut text = String::new();
    let writer = Writer {
        domain,
        played: &played,
        exact,
        parties: ids(domain.profiles.iter().map(|p| p.name.as_str()), "party"),
        issues: ids(played.issues.iter().map(|i| i.name.as_str()), "issue"),
        status_quo: status_quo(&played),
    };
    writer
        .write(&mut text, strategy)
        .expect("a string takes any text");
    if text.len() > SIZE_LIMIT {
        return Err(Unplayable::TooLong(text.len()));
    }
    Ok(ScenarioText { text, remarks })
}

/// Whether `[[issues]]` and `[preferences]` hold the domain as it is.
fn fits(domain: &Domain) -> bool {
    let levels = domain.issues.len() <= ISSUES_LIMIT
        && domain
            .issues
            .iter()
            .all(|issue| LEVELS.contains(&issue.values.len()));
    levels
        && domain.profiles.iter().all(|profile| {
            let unit = |value: &f64| (0.0..=1.0).contains(value);
            profile.weights.iter().all(|&weight| weight >= 0.0)
                && profile.weights.iter().sum::<f64>() > 0.0
                && profile.values.iter().flatten().all(unit)
        })
}

/// The domain as the simulation can play it: every issue stretched to [0, 1], 2 to 15 levels each.
fn playable(domain: &Domain, remarks: &mut Vec<String>) -> Result<Domain, Unplayable> {
    let mut played = domain.unit();
    // `unit` gives an issue with one value weight; nothing can be conceded on it.
    let importance = |issue: usize| -> f64 {
        let profiles = played.profiles.iter();
        profiles.map(|profile| profile.weights[issue]).sum()
    };
    let mut kept: Vec<usize> = (0..played.issues.len())
        .filter(|&issue| played.issues[issue].values.len() > 1)
        .collect();
    if kept.is_empty() {
        return Err(Unplayable::NothingOpen);
    }
    let dropped = played.issues.len() - kept.len();
    if dropped > 0 {
        remarks.push(format!(
            "{dropped} issue(s) with a single value are not played"
        ));
    }
    if kept.len() > ISSUES_LIMIT {
        let left = kept.len() - ISSUES_LIMIT;
        remarks.push(format!(
            "the {left} least important of {} issues are not played: a scenario has at most \
             {ISSUES_LIMIT}",
            kept.len()
        ));
        kept.sort_by(|&a, &b| importance(b).total_cmp(&importance(a)).then(a.cmp(&b)));
        kept.truncate(ISSUES_LIMIT);
        kept.sort_unstable();
    }
    let picks: Vec<Vec<usize>> = kept
        .iter()
        .map(|&issue| {
            let count = played.issues[issue].values.len();
            let most = *LEVELS.end();
            if count > most {
                let name = &played.issues[issue].name;
                remarks.push(format!(
                    "`{name}` is played with {most} of its {count} values, evenly spread"
                ));
            }
            evenly(count, most)
        })
        .collect();
    let issue = |(&issue, picks): (&usize, &Vec<usize>)| Issue {
        values: picks
            .iter()
            .map(|&pick| played.issues[issue].values[pick].clone())
            .collect(),
        ..played.issues[issue].clone()
    };
    played.issues = kept.iter().zip(&picks).map(issue).collect();
    for profile in &mut played.profiles {
        let pairs = kept.iter().zip(&picks);
        profile.values = pairs
            .map(|(&issue, picks)| picks.iter().map(|&p| profile.values[issue][p]).collect())
            .collect();
        profile.weights = kept.iter().map(|&issue| profile.weights[issue]).collect();
        if profile.weights.iter().sum::<f64>() <= 0.0 {
            profile.weights[0] = 1.0;
            profile.values[0].fill(0.0);
        }
    }
    remarks
        .push("the exact numbers stand in `[domain]`; `solve --convention` reads them".to_owned());
    Ok(played)
}

/// Up to `most` of `count` indices with both ends.
fn evenly(count: usize, most: usize) -> Vec<usize> {
    if count <= most {
        return (0..count).collect();
    }
    let pick = |k: usize| (2 * k * (count - 1) + (most - 1)) / (2 * (most - 1));
    (0..most).map(pick).collect()
}

/// The level of each issue that is worst for all parties together; of equal ones the first.
fn status_quo(played: &Domain) -> Vec<usize> {
    let sum: Vec<f64> = played
        .profiles
        .iter()
        .map(|profile| profile.weights.iter().sum())
        .collect();
    (0..played.issues.len())
        .map(|issue| {
            let worth = |level: usize| -> f64 {
                let profiles = played.profiles.iter().zip(&sum);
                profiles
                    .map(|(p, sum)| p.weights[issue] / sum * p.values[issue][level])
                    .sum()
            };
            (0..played.issues[issue].values.len())
                .min_by(|&a, &b| worth(a).total_cmp(&worth(b)))
                .unwrap_or(0)
        })
        .collect()
}

/// Names as ids: lower-case words joined by hyphens, each once.
fn ids<'n>(names: impl Iterator<Item = &'n str>, otherwise: &str) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for (position, name) in names.enumerate() {
        let base = match slug(name) {
            slug if slug.is_empty() => format!("{otherwise}-{}", position + 1),
            slug => slug,
        };
        let mut id = base.clone();
        let mut next = 2;
        while taken.contains(&id) {
            id = format!("{base}-{next}");
            next += 1;
        }
        taken.push(id);
    }
    taken
}

/// A name as an id, empty if it has no ASCII letter or digit.
pub fn slug(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let mut slug = words.join("-");
    slug.truncate(60);
    slug.trim_end_matches('-').to_owned()
}

struct Writer<'d> {
    domain: &'d Domain,
    played: &'d Domain,
    exact: bool,
    parties: Vec<String>,
    issues: Vec<String>,
    status_quo: Vec<usize>,
}

impl Writer<'_> {
    fn write(&self, out: &mut String, strategy: &str) -> std::fmt::Result {
        self.head(out)?;
        let days = (MEETINGS + 1) * 7;
        let weeks = f64::from(days) / 7.0;
        for (id, profile) in self.parties.iter().zip(&self.played.profiles) {
            let name = text(&profile.name);
            writeln!(out, "[[parties]]\nid = {}\nname = {name}", text(id))?;
            writeln!(out, "strategy = {{ kind = {} }}", text(strategy))?;
            if profile.discount < 1.0 {
                let patience = crate::math::pow(profile.discount, 1.0 / weeks);
                writeln!(
                    out,
                    "# {} over the session, a week at a time",
                    profile.discount
                )?;
                writeln!(out, "patience = {}", float(patience))?;
            }
            let (_, talks) = self.standing(profile);
            if talks > 0.0 {
                writeln!(out, "# what no agreement is worth beyond the status quo")?;
                writeln!(out, "talks_value = {}", float(talks))?;
            }
            writeln!(out)?;
        }
        self.issues(out)?;
        self.preferences(out)?;
        self.session(out)?;
        self.published(out)
    }

    fn head(&self, out: &mut String) -> std::fmt::Result {
        let domain = self.domain;
        let (outcomes, parties) = (
            domain
                .issues
                .iter()
                .map(|issue| issue.values.len() as f64)
                .product::<f64>(),
            domain.profiles.len(),
        );
        let name = if domain.name.trim().is_empty() {
            "Imported domain"
        } else {
            domain.name.trim()
        };
        let id = match slug(name) {
            id if id.is_empty() => "imported".to_owned(),
            id => id,
        };
        let format = domain.format.word();
        writeln!(
            out,
            "# A negotiation domain imported from {format} files. Weights and values are theirs to the last bit;"
        )?;
        writeln!(
            out,
            "# the session, the strategies and the status quo are what the simulation needs beside them."
        )?;
        writeln!(
            out,
            "schema = 1\nid = {}\ntitle = {}",
            text(&id),
            text(name)
        )?;
        let summary = format!(
            "A published domain: {} issue(s), {outcomes} outcome(s), {parties} parties. Where the \
             domain ends at the first agreement, this program goes on while anything is left to gain.",
            domain.issues.len(),
        );
        writeln!(out, "summary = {}\n", text(&summary))?;
        writeln!(
            out,
            "[calendar]\nstart = 2000-01-03\nhorizon = {}\n",
            horizon()
        )
    }

    fn issues(&self, out: &mut String) -> std::fmt::Result {
        for (position, issue) in self.played.issues.iter().enumerate() {
            let id = text(&self.issues[position]);
            writeln!(out, "[[issues]]\nid = {id}\nname = {}", text(&issue.name))?;
            writeln!(
                out,
                "levels = {}",
                list(issue.values.iter().map(|value| text(value)))
            )?;
            writeln!(out, "status_quo = {}", self.status_quo[position])?;
            let everyone = list(self.parties.iter().map(|id| text(id)));
            writeln!(out, "consent = {everyone}\n")?;
        }
        Ok(())
    }

    fn preferences(&self, out: &mut String) -> std::fmt::Result {
        for (party, profile) in self.parties.iter().zip(&self.played.profiles) {
            for (position, issue) in self.issues.iter().enumerate() {
                writeln!(out, "[preferences.{party}.{issue}]")?;
                writeln!(out, "weight = {}", float(profile.weights[position]))?;
                writeln!(out, "values = {}\n", floats(&profile.values[position]))?;
            }
        }
        Ok(())
    }

    /// Standing cost and value of the talks that turn the status quo's utility into the reservation
    /// value, on the simulation's scale: weights that add up to 1.
    fn standing(&self, profile: &Profile) -> (f64, f64) {
        let sum: f64 = profile.weights.iter().sum();
        let levels = profile.values.iter().zip(&self.status_quo);
        let worth: f64 = profile
            .weights
            .iter()
            .zip(levels)
            .map(|(weight, (values, &level))| weight / sum * values[level])
            .sum();
        let Some(reservation) = profile.reservation else {
            return (0.0, 0.0);
        };
        // A unit is the whole scale: beyond it a reservation value says only "never" or "always".
        let gap = (worth - reservation / sum).clamp(-1.0, 1.0);
        (gap.max(0.0), (-gap).max(0.0))
    }

    fn session(&self, out: &mut String) -> std::fmt::Result {
        let everyone = list(self.parties.iter().map(|id| text(id)));
        let everything = list(self.issues.iter().map(|id| text(id)));
        writeln!(
            out,
            "[[forms]]\nid = \"contract\"\nname = \"Contract\"\nbinding = true\n"
        )?;
        writeln!(out, "[[venues]]\nid = \"table\"\nname = \"The table\"")?;
        writeln!(out, "participants = {everyone}\ndecides = {everything}")?;
        writeln!(
            out,
            "protocol = \"alternating-offers\"\nexchanges = {EXCHANGES}\n"
        )?;
        writeln!(out, "[[meetings]]\nvenue = \"table\"\ndate = 2000-01-03\n")?;
        writeln!(out, "[cycle]\nevery_days = 7\nvenues = [\"table\"]\n")?;
        let costs: Vec<(&String, f64)> = self
            .parties
            .iter()
            .zip(&self.played.profiles)
            .map(|(id, profile)| (id, self.standing(profile).0))
            .filter(|(_, cost)| *cost > 0.0)
            .collect();
        if !costs.is_empty() {
            writeln!(
                out,
                "# The status quo less this is the reservation value; an agreement ends it."
            )?;
            writeln!(out, "[state.standing]")?;
            for (id, cost) in &costs {
                writeln!(out, "{id} = {}", float(*cost))?;
            }
            writeln!(out, "\n[talks.on_agreement.standing]")?;
            for (id, cost) in &costs {
                writeln!(out, "{id} = {}", float(-cost))?;
            }
            writeln!(out)?;
        }
        writeln!(
            out,
            "[[outcomes]]\nid = \"agreement\"\nname = \"Agreement\"\nseverity = 1"
        )?;
        writeln!(
            out,
            "when = {{ settled_count = {{ of = {everything}, at_least = 1 }} }}\n"
        )?;
        writeln!(
            out,
            "[[outcomes]]\nid = \"no-agreement\"\nname = \"No agreement\"\nseverity = 2\n"
        )
    }

    fn published(&self, out: &mut String) -> std::fmt::Result {
        let domain = self.domain;
        writeln!(
            out,
            "# What the files say and the rest of the format has no place for."
        )?;
        writeln!(out, "[domain]\nformat = {}", text(domain.format.word()))?;
        writeln!(out, "cap_at_one = {}\n", domain.cap_at_one)?;
        if !self.exact {
            for issue in &domain.issues {
                writeln!(out, "[[domain.issues]]\nname = {}", text(&issue.name))?;
                writeln!(
                    out,
                    "values = {}\n",
                    list(issue.values.iter().map(|value| text(value)))
                )?;
            }
        }
        for (position, (id, profile)) in self.parties.iter().zip(&domain.profiles).enumerate() {
            if position > 0 {
                writeln!(out)?;
            }
            writeln!(out, "[[domain.profiles]]\nparty = {}", text(id))?;
            if let Some(reservation) = profile.reservation {
                writeln!(out, "reservation = {}", float(reservation))?;
            }
            if profile.discount < 1.0 {
                writeln!(out, "discount = {}", float(profile.discount))?;
            }
            if !self.exact {
                writeln!(out, "weights = {}", floats(&profile.weights))?;
                let tables = profile.values.iter().map(|values| floats(values));
                writeln!(out, "values = {}", list(tables))?;
            }
        }
        Ok(())
    }
}

/// The last day: a week after the last meeting.
fn horizon() -> jiff::civil::Date {
    let start = jiff::civil::date(2000, 1, 3);
    start.saturating_add(jiff::Span::new().days(7 * (i64::from(MEETINGS) - 1)))
}

/// A text in quotes.
fn text(text: &str) -> String {
    toml::Value::String(text.replace(['\n', '\r'], " ")).to_string()
}

/// The shortest digits that give the number back to the last bit.
fn float(value: f64) -> String {
    format!("{value:?}")
}

fn floats(values: &[f64]) -> String {
    list(values.iter().map(|&value| float(value)))
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_words_once_each() {
        let names = [
            "19'' LCD",
            "Prix net \u{e9}",
            "19 lcd",
            "\u{4ef7}\u{683c}",
            "",
        ];
        let expected = ["19-lcd", "prix-net", "19-lcd-2", "issue-4", "issue-5"];
        assert_eq!(ids(names.into_iter(), "issue"), expected);
    }

    #[test]
    fn thinned_values_keep_both_ends_and_their_order() {
        assert_eq!(evenly(3, 15), [0, 1, 2]);
        let picks = evenly(101, 15);
        assert_eq!(
            (picks.len(), picks[0], picks[7], picks[14]),
            (15, 0, 50, 100)
        );
        assert!(picks.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
