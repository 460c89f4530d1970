//! A view in words: names for ids, packages, news, warnings, effects.

use super::page::{Page, change, day, hundred, letter, list, points};
use crate::model::Model;
use crate::scenario::types::Protocol;
use crate::seat::news::{Heard, News, Proposal};
use crate::seat::view::{CommitmentView, MoveView, Own, Turn, Warning};

/// Least change of a threat or promise that is news.
const TOLD: f64 = 0.04;
/// Least change of tension, exposure or readiness that is shown beside the number.
const MOVED: f64 = 0.015;

/// Names of a scenario, and who asks.
pub(super) struct Words<'m> {
    pub(super) model: &'m Model,
    pub(super) seat: usize,
}

impl Words<'_> {
    pub(super) fn party(&self, id: &str) -> String {
        let parties = self.model.scenario.parties.iter().enumerate();
        let mut found = parties.filter(|(_, party)| party.id == id);
        found.next().map_or_else(
            || id.to_owned(),
            |(index, party)| {
                if index == self.seat {
                    "you".to_owned()
                } else {
                    party.name.clone()
                }
            },
        )
    }

    /// What somebody does: of yourself in a clause, of others in words that fit any name, singular or
    /// plural.
    fn does(&self, id: &str, you: &str, others: &str) -> String {
        if self.is_you(id) {
            format!("You {you}")
        } else {
            format!("{others} {}", self.party(id))
        }
    }

    pub(super) fn is_you(&self, id: &str) -> bool {
        self.model.scenario.parties[self.seat].id == id
    }

    pub(super) fn venue(&self, id: &str) -> &str {
        let mut venues = self.model.scenario.venues.iter();
        venues
            .find(|venue| venue.id == id)
            .map_or("", |venue| &venue.name)
    }

    pub(super) fn issue(&self, id: &str) -> Option<usize> {
        let mut issues = self.model.scenario.issues.iter();
        issues.position(|issue| issue.id == id)
    }

    /// `[3] name`.
    pub(super) fn numbered(&self, id: &str) -> String {
        self.issue(id).map_or_else(
            || id.to_owned(),
            |issue| format!("[{}] {}", issue + 1, self.model.scenario.issues[issue].name),
        )
    }

    pub(super) fn level(&self, issue: &str, level: usize) -> &str {
        self.issue(issue).map_or("", |issue| {
            let levels = &self.model.scenario.issues[issue].levels;
            levels.get(level).map_or("", String::as_str)
        })
    }

    pub(super) fn form(&self, id: &str) -> &str {
        let mut forms = self.model.scenario.forms.iter();
        forms
            .find(|form| form.id == id)
            .map_or("", |form| &form.name)
    }

    /// What belongs to a party: `your exposure`, `exposure of Upland`.
    fn of(&self, what: &str, id: &str) -> String {
        if self.is_you(id) {
            format!("your {what}")
        } else {
            format!("{what} of {}", self.party(id))
        }
    }

    /// What a package would change, one line an issue.
    pub(super) fn package(&self, page: &mut Page, proposal: &Proposal) {
        for term in &proposal.terms {
            let issue = self.issue(&term.issue).unwrap_or_default();
            let name = &self.model.scenario.issues[issue].name;
            let to = self.level(&term.issue, term.to);
            let from = self.level(&term.issue, term.from);
            page.hang(
                &format!("    {:<5}", format!("{}{}", issue + 1, letter(term.to))),
                9,
                &format!("{name}: {to} (now: {from})"),
            );
        }
        if let Some(form) = proposal
            .form
            .as_ref()
            .filter(|_| self.model.forms.len() > 1)
        {
            page.hang("    form ", 9, self.form(form));
        }
    }

    /// What a draft changes against the offer on the table.
    pub(super) fn difference(&self, standing: &Proposal, draft: &Proposal) -> String {
        let level = |proposal: &Proposal, issue: &str| {
            let term = proposal.terms.iter().find(|term| term.issue == issue);
            term.map(|term| term.to)
        };
        let mut changes: Vec<String> = Vec::new();
        for (index, issue) in self.model.scenario.issues.iter().enumerate() {
            let (theirs, yours) = (level(standing, &issue.id), level(draft, &issue.id));
            if theirs != yours {
                changes.push(match yours {
                    Some(yours) => format!("{}{}", index + 1, letter(yours)),
                    None => format!("[{}] left out", index + 1),
                });
            }
        }
        if standing.form != draft.form {
            changes.push("the form".to_owned());
        }
        if changes.is_empty() {
            "The same as the offer on the table.".to_owned()
        } else {
            format!("Other than the offer on the table: {}.", changes.join(", "))
        }
    }

    /// What a package is worth to the person, against its walk-away point.
    pub(super) fn score(to_you: f64, own: Own) -> String {
        let gap = to_you - own.walk_away;
        let walk_away = points(own.walk_away);
        let place = match (points(gap.abs()).as_str(), gap < 0.0) {
            ("0.0", false) => "just at".to_owned(),
            ("0.0", true) => "a shade below".to_owned(),
            (size, true) => format!("{size} below"),
            (size, false) => format!("{size} above"),
        };
        format!(
            "To you: {} points, {place} your walk-away point of {walk_away} (with nothing signed: {}).",
            points(to_you),
            points(own.now)
        )
    }

    /// Warnings in sentences; those about red lines in one.
    pub(super) fn warnings<'w>(&self, warnings: impl Iterator<Item = &'w Warning>) -> Vec<String> {
        let (mut said, mut never, mut priced) = (Vec::new(), Vec::new(), Vec::new());
        for warning in warnings {
            match warning {
                Warning::BeyondMandate { issue } => never.push(self.numbered(issue)),
                Warning::RedLine { issue } => priced.push(self.numbered(issue)),
                Warning::Linked { linkage } => said.push(format!(
                    "It is beyond your mandate: you never accept {} together.",
                    self.linked(linkage)
                )),
                other => said.extend(Self::warning(other)),
            }
        }
        if !never.is_empty() {
            let lines = plural(never.len(), "a red line", "red lines");
            said.push(format!(
                "It is beyond your mandate on {}: {lines} that you never cross.",
                list(&never)
            ));
        }
        if !priced.is_empty() {
            let lines = plural(priced.len(), "a red line", "red lines");
            said.push(format!(
                "It crosses {lines} of yours on {}; the score contains what that costs.",
                list(&priced)
            ));
        }
        said
    }

    fn warning(warning: &Warning) -> Option<String> {
        Some(match warning {
            Warning::BelowWalkAway { short } => format!(
                "It is {} below your walk-away point: you would be better off with nothing signed, what \
                 backing down costs included.",
                some_points(*short)
            ),
            Warning::BelowWorksheet { short } => format!(
                "It is {} below the walk-away point that you wrote on your worksheet.",
                some_points(*short)
            ),
            Warning::Linked { .. } | Warning::BeyondMandate { .. } | Warning::RedLine { .. } => {
                return None;
            }
        })
    }

    /// Levels that stand together, as `1c/1d and 3b/3c`.
    fn linked(&self, linkage: &str) -> String {
        let known = self.model.scenario.linkages.iter();
        let mut known = known
            .zip(&self.model.linkages)
            .filter(|(words, _)| words.id == linkage);
        let tests = known.next().map_or(&[][..], |(_, plan)| &plan.tests);
        let tests: Vec<String> = tests
            .iter()
            .map(|&(issue, levels)| {
                let levels =
                    (0..self.model.issues[issue].levels).filter(|at| levels >> at & 1 == 1);
                let each = levels.map(|level| format!("{}{}", issue + 1, letter(level)));
                each.collect::<Vec<_>>().join("/")
            })
            .collect();
        list(&tests)
    }

    pub(super) fn procedure(protocol: Protocol) -> &'static str {
        match protocol {
            Protocol::AlternatingOffers => {
                "alternating offers: each in turn accepts the standing offer or replaces it"
            }
            Protocol::SingleText => {
                "single text: a mediator revises one text, then all take or leave it"
            }
            Protocol::SimultaneousConcession => "simultaneous offers: everyone offers at once",
            Protocol::Ultimatum => "one offer by the first speaker, to take or leave",
        }
    }

    /// News, in order.
    pub(super) fn news(&self, page: &mut Page, all: &[Heard]) {
        let you = &self.model.scenario.parties[self.seat].id;
        for (index, heard) in all.iter().enumerate() {
            let next = all.get(index + 1).map(|heard| &heard.news);
            match (&heard.news, next) {
                // Who answers with another offer need not say that it refuses.
                (
                    News::Response {
                        party,
                        accepts: false,
                    },
                    Some(News::Offer { by, .. }),
                ) if party == you && by == you => {}
                // Somebody had accepted: why that did not do would stay a riddle.
                (News::NoAgreement, _) if accepted(&all[..index]) => page.item(
                    "The turns are over before everyone has accepted: the meeting ends without \
                     agreement.",
                ),
                (news, _) => self.one(page, news),
            }
        }
    }

    fn one(&self, page: &mut Page, news: &News) {
        match news {
            News::Round {
                round,
                date,
                venue,
                documented,
            } => {
                let assumed = if *documented { "" } else { " (assumed date)" };
                let (day, venue) = (day(*date), self.venue(venue));
                page.heading(&format!("Round {round}, {day}: {venue}{assumed}"));
            }
            News::Event { what } => page.item(what),
            News::Lapse { what, by } => {
                let said = self.does(
                    by,
                    "do not carry out a threat",
                    "A threat is not carried out by",
                );
                page.item(&format!("{said}: {what}."));
            }
            News::NoMeeting { open: true } => {
                page.item("No talks: nothing is left to settle here.");
            }
            News::NoMeeting { open: false } => page.item("No talks: the venue is closed."),
            News::Meeting { seats, yours } => {
                let names: Vec<String> = seats.iter().map(|id| self.party(id)).collect();
                let apart = if *yours {
                    ""
                } else {
                    " You hear only how it ends."
                };
                page.item(&format!("At the table: {}.{apart}", list(&names)));
            }
            News::Offer { by, proposal } => {
                let does = self.does(by, "offer", "An offer by");
                let worth = points(proposal.to_you);
                page.item(&format!("{does} (to you {worth} points):"));
                self.package(page, proposal);
            }
            News::Text { proposal } => {
                let worth = points(proposal.to_you);
                page.item(&format!(
                    "The mediator puts a text forward (to you {worth} points):"
                ));
                self.package(page, proposal);
            }
            News::Response { party, accepts } => {
                let does = if *accepts {
                    self.does(party, "accept", "Accepted by")
                } else {
                    self.does(party, "do not accept", "Not accepted by")
                };
                page.item(&format!("{does}."));
            }
            News::Walkout { party } => {
                let does = self.does(party, "walk out", "A walk-out by");
                page.item(&format!("{does}, which ends the meeting."));
            }
            News::Agreement { proposal } => {
                let worth = points(proposal.to_you);
                page.item(&format!(
                    "Everyone at the table agrees (to you {worth} points):"
                ));
                self.package(page, proposal);
            }
            News::NoAgreement => page.item("The meeting ends without agreement."),
            News::Consent { party, given } => {
                let does = if *given {
                    self.does(party, "consent", "Consent by")
                } else {
                    self.does(party, "refuse consent", "Consent refused by")
                };
                page.item(&format!("{does}{}.", failing(*given)));
            }
            News::Ratification { party, given } => {
                let does = if *given {
                    self.does(party, "ratify", "Ratified by")
                } else {
                    self.does(party, "fail to ratify", "Not ratified by")
                };
                page.item(&format!("{does}{}.", failing(*given)));
            }
            News::InForce => page.item("The agreement takes effect."),
            News::Move { by, what, .. } => {
                let who = self.does(by, "move", "A move by");
                page.item(&format!("{who}: {what}."));
            }
        }
    }

    /// A move and its likely effects, as the agent's rules see them.
    pub(super) fn act(&self, page: &mut Page, number: usize, act: &MoveView, turn: &Turn) {
        let waiting = turn.waiting.unwrap_or_default();
        let scenario = &self.model.scenario;
        let name = scenario.moves.iter().find(|known| known.id == act.id);
        let name = name.map_or("", |known| known.name.as_str());
        page.hang(
            &format!("{number:>3}. "),
            5,
            &format!("{name} ({})", act.id),
        );
        let mut likely = vec![format!(
            "worth {} points by the agent's rules, {} against waiting",
            points(act.expected),
            change(act.expected - waiting)
        )];
        if points(act.cost) != "0.0" {
            likely.push(format!("costs you {}", points(act.cost)));
        }
        if act.backing_down > 0.0 {
            let share = hundred(act.backing_down);
            likely.push(format!("backs down: charged for {share}% of your exposure"));
        }
        if let Some((target, fall)) = &act.pressure {
            let target = self.party(target);
            likely.push(format!(
                "no agreement gets worse for {target} by about {}",
                points(*fall)
            ));
        }
        likely.extend((act.effects.iter()).filter_map(|(slot, by)| self.effect(turn, slot, *by)));
        likely.extend(
            act.opens
                .iter()
                .map(|id| format!("opens {}", self.venue(id))),
        );
        likely.extend(
            act.closes
                .iter()
                .map(|id| format!("closes {}", self.venue(id))),
        );
        let seated = act.seats.iter().map(|(venue, party)| {
            format!("a seat for {} at {}", self.party(party), self.venue(venue))
        });
        likely.extend(seated);
        let threats = scenario.threats.iter();
        let triggered = threats.filter(|threat| act.triggers.contains(&threat.id));
        likely.extend(triggered.map(|threat| format!("triggers a threat: {}", threat.name)));
        if act.force.is_some() {
            likely.push("uses force".to_owned());
        }
        if act.ends {
            likely.push("ends the game".to_owned());
        }
        page.hang("", 5, &format!("{}.", likely.join("; ")));
    }

    /// How tense it is and who is ready to use force.
    pub(super) fn mood(&self, turn: &Turn, before: Option<&Turn>) -> String {
        // What has moved by more than a shade says from where.
        let with = |now: f64, was: Option<f64>| match was {
            Some(was) if (now - was).abs() >= MOVED => {
                format!("{} (was {})", hundred(now), hundred(was))
            }
            _ => hundred(now),
        };
        let posture = |id: &str| {
            let before = before?.posture.iter().find(|(known, _)| known == id);
            before.map(|(_, posture)| *posture)
        };
        let ready: Vec<String> = turn
            .posture
            .iter()
            .filter(|(_, posture)| *posture >= 0.005)
            .map(|(id, now)| format!("{} {}", self.party(id), with(*now, posture(id))))
            .collect();
        let ready = if ready.is_empty() {
            String::new()
        } else {
            format!("; readiness to use force: {}", list(&ready))
        };
        let tension = with(turn.tension, before.map(|before| before.tension));
        let exposure = with(turn.exposure, before.map(|before| before.exposure));
        format!("Of 100: tension {tension}, your exposure {exposure}{ready}.")
    }

    /// What has changed in threats and promises since it was last told, and how they now stand told.
    pub(super) fn changes(
        &self,
        page: &mut Page,
        told: &[CommitmentView],
        now: &[CommitmentView],
    ) -> Vec<CommitmentView> {
        let moved = |a: f64, b: f64| (a - b).abs() >= TOLD;
        let mut after = now.to_vec();
        for (told, now) in told.iter().zip(&mut after) {
            let own = self.is_you(&now.by);
            if !moved(told.said, now.said) && (own || !moved(told.believed, now.believed)) {
                now.clone_from(told);
                continue;
            }
            let kind = if now.threat { "threat" } else { "promise" };
            let was = |before: f64, now: f64| {
                let (before, now) = (hundred(before), hundred(now));
                if before == now {
                    format!("{now} as before")
                } else {
                    format!("{now} (was {before})")
                }
            };
            // How far others believe the party's own words is theirs to know.
            let believed = if own {
                String::new()
            } else {
                format!("; you believe it at {}", was(told.believed, now.believed))
            };
            let whose = if own {
                format!("Your {kind} to")
            } else {
                format!("The {kind} of {} to", self.party(&now.by))
            };
            page.item(&format!(
                "{whose} {}: {}. Of 100, it is said in public at {}{believed}.",
                self.party(&now.to),
                self.commitment(&now.id),
                was(told.said, now.said),
            ));
        }
        after
    }

    /// A threat or promise in words.
    pub(super) fn commitment(&self, id: &str) -> &str {
        let scenario = &self.model.scenario;
        let threats = scenario
            .threats
            .iter()
            .map(|known| (&known.id, &known.name));
        let promises = scenario
            .promises
            .iter()
            .map(|known| (&known.id, &known.name));
        let mut all = threats.chain(promises);
        all.find(|(known, _)| *known == id)
            .map_or("", |(_, name)| name)
    }

    /// A likely effect; none if the issue is at the end of its ladder already.
    fn effect(&self, turn: &Turn, slot: &str, by: f64) -> Option<String> {
        let (kind, of) = slot.split_once('.').unwrap_or((slot, ""));
        let named = || match kind {
            "posture" => self.of("readiness", of),
            "standing" => format!("what the crisis costs {}", self.party(of)),
            "exposure" => self.of("exposure", of),
            "advantage" => "your chance of success by force".to_owned(),
            "drift" => "its weekly change".to_owned(),
            "said" => format!("public strength of `{}`", self.commitment(of)),
            _ => kind.to_owned(),
        };
        if kind == "level" {
            let issue = self.issue(of)?;
            let now = turn.issues.get(issue)?.level;
            let last = self.model.scenario.issues[issue].levels.len() - 1;
            let to = (now as f64 + by).clamp(0.0, last as f64) as usize;
            let number = issue + 1;
            return (to != now && !turn.issues[issue].settled).then(|| {
                format!(
                    "{} from {number}{} to {number}{}, {}",
                    self.numbered(of),
                    letter(now),
                    letter(to),
                    self.level(of, to)
                )
            });
        }
        Some(format!("{} {}", named(), change(by)))
    }
}

/// A shortfall in words: what rounds to nothing is not nothing.
fn some_points(short: f64) -> String {
    match points(short).as_str() {
        "0.0" => "a shade (less than a tenth of a point)".to_owned(),
        "1.0" => "1.0 point".to_owned(),
        some => format!("{some} points"),
    }
}

fn failing(given: bool) -> &'static str {
    if given {
        ""
    } else {
        ", so the agreement fails"
    }
}

fn plural(count: usize, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

/// Whether the last word was a yes.
fn accepted(before: &[Heard]) -> bool {
    let last = before.last().map(|heard| &heard.news);
    matches!(last, Some(News::Response { accepts: true, .. }))
}
