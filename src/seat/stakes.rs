//! What packages are worth to the party at a seat, as things stand.
//!
//! Flows in: a draw, the party's own row, levels and forms in force. Flows out: the utility of any
//! package to that party, by the formula of the engine (`Run::put_on_table`): the change of every
//! issue in the form it is recorded in, consequences for the crisis priced in, linkages, and gains
//! counted as far as they will be ratified. Levels that the party never accepts are valued all the
//! same, with the cost of crossing the line, and named.
//!
//! Invariant: nothing here depends on any other party's utilities.

use super::Terms;
use crate::engine::Prepared;
use crate::engine::record::NONE;
use crate::model::Model;

/// Own utilities at one point of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Stakes {
    /// Utility of the situation as it stands, 0 to 1.
    pub now: f64,
    party: usize,
    levels: Vec<u8>,
    /// `[(form * issues + issue) * levels + level]`: change against now.
    change: Vec<f64>,
    /// By issue: levels never accepted, and levels beyond any red line, as bits.
    firm: Vec<u32>,
    line: Vec<u32>,
    bonus: Vec<f64>,
    share: Vec<f64>,
}

/// What a package is worth to the party.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Breaches {
    /// Issues on which it goes beyond what the party ever accepts.
    pub firm: Vec<usize>,
    /// Issues on which it crosses a red line that has a price.
    pub costly: Vec<usize>,
    /// Linkages that the party refuses at any price.
    pub linkages: Vec<usize>,
}

impl Breaches {
    /// Whether the party's mandate forbids the package.
    pub fn forbidden(&self) -> bool {
        !self.firm.is_empty() || !self.linkages.is_empty()
    }
}

impl Stakes {
    /// The stakes of a row when these levels are in force, recorded in these forms.
    pub fn new(
        model: &Model,
        prepared: &Prepared,
        row: usize,
        levels: &[u8],
        forms: &[u8],
    ) -> Self {
        let draw = prepared.draw();
        let party = model.rows[row].party;
        let (issues, size) = (model.issues.len(), model.max_levels);
        let standing = |issue: usize| {
            let form = match forms[issue] {
                NONE => model.forms.len(),
                form => usize::from(form),
            };
            draw.worth[model.worth_index(row, form, issue) + usize::from(levels[issue])]
        };
        let held = model.linkages.iter().zip(&draw.bonus);
        let own = held.filter(|(linkage, _)| linkage.party == party && linkage.holds(levels));
        let now = draw.rows[row].base
            + (0..issues).map(standing).sum::<f64>()
            + own.map(|(_, bonus)| bonus).sum::<f64>();
        let mut change = vec![0.0; model.forms.len() * issues * size];
        for form in 0..model.forms.len() {
            for (issue, plan) in model.issues.iter().enumerate() {
                for level in 0..plan.levels {
                    let price = prepared.price()[(row * issues + issue) * size + level];
                    change[(form * issues + issue) * size + level] =
                        draw.worth[model.worth_index(row, form, issue) + level] - standing(issue)
                            + price;
                }
            }
        }
        let preferences = model.rows[row].preferences.iter();
        Self {
            now,
            party,
            levels: levels.to_vec(),
            change,
            firm: draw.forbidden[row * issues..][..issues].to_vec(),
            line: preferences
                .map(|p| p.as_ref().and_then(|p| p.red_line).map_or(0, |line| line.0))
                .collect(),
            bonus: draw.bonus.clone(),
            share: draw.ratified.clone(),
        }
    }

    /// Utility of a package to the party, 0 to 1; penalties may push it below.
    pub fn worth(&self, model: &Model, terms: &Terms) -> f64 {
        let issues = self.levels.len();
        let (after, changed) = self.after(model, terms);
        let mut sum: f64 = changed
            .iter()
            .map(|&issue| {
                let at = (terms.form * issues + issue) * model.max_levels;
                self.change[at + usize::from(after[issue])]
            })
            .sum();
        for (linkage, bonus) in model.linkages.iter().zip(&self.bonus) {
            if linkage.party == self.party {
                match (linkage.holds(&self.levels), linkage.holds(&after)) {
                    (false, true) => sum += bonus,
                    (true, false) => sum -= bonus,
                    _ => {}
                }
            }
        }
        let kept = if sum > 0.0 {
            self.share[terms.form] * sum
        } else {
            sum
        };
        self.now + kept
    }

    /// Where a package goes beyond the party's mandate.
    pub fn breaches(&self, model: &Model, terms: &Terms) -> Breaches {
        let (after, changed) = self.after(model, terms);
        let beyond = |lines: &[u32], issue: usize| lines[issue] >> after[issue] & 1 == 1;
        let (firm, rest): (Vec<usize>, Vec<usize>) = changed
            .into_iter()
            .partition(|&issue| beyond(&self.firm, issue));
        let linkages = model.linkages.iter().enumerate();
        Breaches {
            firm,
            costly: (rest.into_iter())
                .filter(|&issue| beyond(&self.line, issue))
                .collect(),
            linkages: linkages
                .filter(|(_, linkage)| {
                    linkage.party == self.party
                        && linkage.absolute
                        && linkage.holds(&after)
                        && !linkage.holds(&self.levels)
                })
                .map(|(index, _)| index)
                .collect(),
        }
    }

    /// What one level brings alone, as a change against now, before ratification.
    pub fn step(&self, model: &Model, form: usize, issue: usize, level: usize) -> f64 {
        if level == usize::from(self.levels[issue]) {
            return 0.0;
        }
        self.change[(form * self.levels.len() + issue) * model.max_levels + level]
    }

    /// Levels after a package, the form issue raised if it is, and the issues that change.
    fn after(&self, model: &Model, terms: &Terms) -> (Vec<u8>, Vec<usize>) {
        let mut after = terms.levels.clone();
        let mut changed: Vec<usize> = (0..after.len())
            .filter(|&issue| after[issue] != self.levels[issue])
            .collect();
        if let (Some(issue), Some(level)) = (model.form_issue, model.forms[terms.form].level)
            && level > self.levels[issue]
            && changed.iter().any(|&issue| model.issues[issue].promise)
        {
            after[issue] = level;
            changed.push(issue);
        }
        (after, changed)
    }
}
