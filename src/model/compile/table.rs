//! What is negotiated and where: calendar, issues, forms, venues, linkages.

use jiff::civil::Date;

use super::{Compiler, Result, at_most, days_between, index_of, level_mask};
use crate::model::plan::{
    CompileError, FormPlan, IssuePlan, LinkagePlan, MAX_LEVELS, RoundPlan, VenuePlan,
};

impl Compiler<'_> {
    pub(super) fn rounds(&self) -> Result<Vec<RoundPlan>> {
        let calendar = &self.scenario.calendar;
        let mut dated: Vec<(Date, usize, bool)> = Vec::new();
        for meeting in &self.scenario.meetings {
            dated.push((meeting.date, self.venue(&meeting.venue)?, true));
        }
        dated.sort_by_key(|&(date, ..)| date);
        if let Some(cycle) = &self.scenario.cycle {
            let mut date = dated.last().map_or(calendar.start, |&(date, ..)| date);
            if !dated.is_empty() {
                date = date.saturating_add(jiff::Span::new().days(i64::from(cycle.every_days)));
            }
            for turn in 0.. {
                if date > calendar.horizon || cycle.venues.is_empty() || cycle.every_days == 0 {
                    break;
                }
                dated.push((
                    date,
                    self.venue(&cycle.venues[turn % cycle.venues.len()])?,
                    false,
                ));
                date = date.saturating_add(jiff::Span::new().days(i64::from(cycle.every_days)));
            }
        }
        dated.retain(|&(date, ..)| (calendar.start..=calendar.horizon).contains(&date));
        if dated.is_empty() {
            return Err(CompileError::NoRounds);
        }
        at_most("rounds", dated.len(), 254)?;
        let ends: Vec<Date> = dated
            .iter()
            .skip(1)
            .map(|&(date, ..)| date)
            .chain([calendar.horizon])
            .collect();
        let mut waited = 0;
        let every = i64::from(calendar.moves_every_days);
        Ok(dated
            .iter()
            .zip(ends)
            .map(|(&(date, venue, documented), end)| {
                let days = days_between(date, end).max(0);
                waited += days;
                let moves = waited >= every;
                if moves {
                    waited = 0;
                }
                RoundPlan {
                    date,
                    day: days_between(calendar.start, date) as u16,
                    days: days as u16,
                    venue,
                    documented,
                    moves,
                }
            })
            .collect())
    }

    pub(super) fn issues(&mut self) -> Result<Vec<IssuePlan>> {
        let scenario = self.scenario;
        scenario
            .issues
            .iter()
            .map(|issue| {
                at_most("levels of an issue", issue.levels.len(), MAX_LEVELS)?;
                Ok(IssuePlan {
                    levels: issue.levels.len(),
                    status_quo: issue.status_quo as u8,
                    promise: issue.promise,
                    consent: self.parties(&issue.consent)?,
                    consequences: issue
                        .consequences
                        .iter()
                        .map(|c| {
                            Ok((
                                level_mask(c.level, issue.levels.len()),
                                self.effects(&c.effects)?,
                            ))
                        })
                        .collect::<Result<_>>()?,
                })
            })
            .collect()
    }

    pub(super) fn forms(&mut self) -> Result<Vec<FormPlan>> {
        let scenario = self.scenario;
        let count = scenario.parties.len();
        if scenario.forms.is_empty() {
            return Ok(vec![FormPlan {
                level: None,
                binding: true,
                durability: vec![None; count],
                ratification: vec![None; count],
            }]);
        }
        at_most("forms", scenario.forms.len(), 32)?;
        let mut plans = Vec::new();
        for form in &scenario.forms {
            let mut plan = FormPlan {
                level: form.level.map(|level| level as u8),
                binding: form.binding,
                durability: vec![None; count],
                ratification: vec![None; count],
            };
            for (id, quantity) in &form.durability {
                plan.durability[self.party(id)?] = Some(self.param(quantity));
            }
            for (id, quantity) in &form.ratification {
                plan.ratification[self.party(id)?] = Some(self.param(quantity));
            }
            plans.push(plan);
        }
        Ok(plans)
    }

    pub(super) fn venue_plans(&mut self, forms: usize) -> Result<Vec<VenuePlan>> {
        let scenario = self.scenario;
        at_most("venues", scenario.venues.len(), 64)?;
        let form_issue = scenario.form_issue.as_deref();
        let mut plans = Vec::new();
        for venue in &scenario.venues {
            let seats: Vec<usize> = venue
                .participants
                .iter()
                .map(|id| self.party(id))
                .collect::<Result<_>>()?;
            let mut order = seats.clone();
            for a_move in &scenario.moves {
                for id in a_move.seats.get(&venue.id).into_iter().flatten() {
                    let party = self.party(id)?;
                    if !order.contains(&party) {
                        order.push(party);
                    }
                }
            }
            let mut decides: Vec<usize> = venue
                .decides
                .iter()
                .filter(|id| Some(id.as_str()) != form_issue)
                .map(|id| self.issue(id))
                .collect::<Result<_>>()?;
            decides.sort_unstable();
            decides.dedup();
            // The last issue varies fastest, as when counting.
            let mut radix = vec![1_u64; decides.len()];
            for k in (0..decides.len().saturating_sub(1)).rev() {
                radix[k] = radix[k + 1] * scenario.issues[decides[k + 1]].levels.len() as u64;
            }
            plans.push(VenuePlan {
                seats,
                order,
                decides,
                radix,
                protocol: venue.protocol,
                exchanges: venue.exchanges,
                open: venue.open,
                forms: if venue.forms.is_empty() {
                    (0..forms).collect()
                } else {
                    let mut allowed: Vec<usize> = venue
                        .forms
                        .iter()
                        .map(|id| index_of(&scenario.forms, "form", id, |f| &f.id))
                        .collect::<Result<_>>()?;
                    allowed.sort_unstable();
                    allowed.dedup();
                    allowed
                },
                mediator_insight: self.param(&venue.mediator_insight),
            });
        }
        Ok(plans)
    }

    pub(super) fn linkages(&mut self) -> Result<Vec<LinkagePlan>> {
        let scenario = self.scenario;
        scenario
            .linkages
            .iter()
            .map(|linkage| {
                let mut tests: Vec<(usize, u32)> = Vec::new();
                for (id, comparison) in &linkage.when {
                    let (issue, mask) = self.levels_of(id, *comparison)?;
                    tests.push((usize::from(issue), mask));
                }
                Ok(LinkagePlan {
                    party: self.party(&linkage.party)?,
                    issues: tests.iter().fold(0, |bits, &(issue, _)| bits | 1 << issue),
                    tests,
                    bonus: linkage.bonus.as_ref().map(|q| self.param(q)),
                    absolute: linkage.absolute,
                })
            })
            .collect()
    }
}
