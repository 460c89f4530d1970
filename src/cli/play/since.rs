//! What is other than when it was last shown: levels in force, the own situation, another's offer.

use super::page::{Page, letter, points};
use super::words::Words;
use crate::seat::news::{Heard, News, Proposal};
use crate::seat::view::Turn;

/// Least change of the own situation that is news.
const OWN: f64 = 0.01;

impl Words<'_> {
    /// Levels that moves have put in force since, and what that made of the own situation.
    pub(super) fn since(&self, page: &mut Page, before: &Turn, now: &Turn) {
        let issues = before.issues.iter().zip(&now.issues);
        for (was, is) in issues.filter(|(was, is)| was.level != is.level && !is.settled) {
            let number = self.issue(&is.issue).unwrap_or_default() + 1;
            page.item(&format!(
                "{} is now at {number}{} (was {number}{}): {}.",
                self.numbered(&is.issue),
                letter(is.level),
                letter(was.level),
                self.level(&is.issue, is.level)
            ));
        }
        let moved = |was: f64, is: f64| (was - is).abs() >= OWN;
        let (was, is) = (before.own, now.own);
        if moved(was.walk_away, is.walk_away) || moved(was.now, is.now) {
            page.item(&format!(
                "Your walk-away point is now {} (was {}); with nothing more signed you have {} (had {}).",
                points(is.walk_away),
                points(was.walk_away),
                points(is.now),
                points(was.now)
            ));
        }
    }

    /// How an offer on the table differs from the last one that its maker put there; nothing if it is
    /// the maker's first.
    pub(super) fn moved(&self, turn: &Turn, news: &[Heard]) -> Option<String> {
        let standing = turn.standing.as_ref()?;
        let by = standing.by.as_ref().filter(|by| !self.is_you(by))?;
        let mut theirs = news.iter().rev().filter_map(|heard| match &heard.news {
            News::Offer {
                by: maker,
                proposal,
            } if maker == by => Some(proposal),
            _ => None,
        });
        // The newest is the one on the table.
        let last = theirs.nth(1)?;
        let agenda = &turn.meeting.as_ref()?.agenda;
        let level = |proposal: &Proposal, issue: &str| {
            let term = proposal.terms.iter().find(|term| term.issue == issue);
            term.map(|term| term.to)
        };
        let mut changes: Vec<String> = Vec::new();
        for (index, issue) in self.model.scenario.issues.iter().enumerate() {
            let number = index + 1;
            let (was, is) = (level(last, &issue.id), level(&standing.proposal, &issue.id));
            match (was, is) {
                (Some(was), Some(is)) if was != is => {
                    let (was, is) = (letter(was), letter(is));
                    changes.push(format!("{number}{is}, was {number}{was}"));
                }
                (None, Some(is)) => changes.push(format!("{number}{} added", letter(is))),
                (Some(was), None) if agenda.contains(&issue.id) => {
                    changes.push(format!("{number}{} left out", letter(was)));
                }
                _ => {}
            }
        }
        if last.form != standing.proposal.form {
            changes.push("another form".to_owned());
        }
        Some(if changes.is_empty() {
            "The same as that side's offer before.".to_owned()
        } else {
            format!("Against that side's offer before: {}.", changes.join("; "))
        })
    }
}
