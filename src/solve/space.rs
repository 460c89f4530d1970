//! The packages of a scenario and what each is worth to every party, in one case.
//!
//! Flows in: a model, a prepared draw, its opening state, a type for each party. Flows out: a
//! [`Space`]. A package is a level for each issue and a form; its utility is the one by which the
//! engine's parties judge it on the first day (model, section 2), consequences and ratification
//! priced in:
//!
//! ```text
//! u_i(x, f) = now_i + T_f( sum_j change_i(j, x_j, f) + linkages_i )
//! T_f(c)    = r_f c  for a gain,  c  for a loss;   r_f: probability that every party ratifies
//! d_i       = D_i + the charge for backing down, on the first day
//! ```
//!
//! Invariants: `u_i` is minus infinity where the package crosses a firm red line of party `i`. No
//! package is listed twice: one that changes no promise is the same in every form, and is kept in
//! the first form that nobody ratifies (the first form if all are). The order of packages is that of
//! the file: by form, then by level of the first issue, of the second, and so on.

use serde::Serialize;

use crate::engine::Prepared;
use crate::engine::opening::Opening;
use crate::engine::record::NONE;
use crate::model::Model;

use super::EPSILON;

/// A level for each issue, recorded in a form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Package {
    /// Form.
    pub form: usize,
    /// Level of each issue. That of the form issue is the level at the start: it follows the form.
    pub levels: Vec<u8>,
}

/// Bonus or refusal for levels that stand together.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) party: usize,
    /// Issue, levels as bits.
    pub(crate) tests: Vec<(usize, u32)>,
    pub(crate) bonus: f64,
    pub(crate) absolute: bool,
    /// Whether they stand together at the start.
    pub(crate) before: bool,
}

/// How things stand where packages are asked for.
#[derive(Debug, Clone)]
pub struct Standing<'a> {
    /// Level in force of each issue.
    pub levels: &'a [u8],
    /// Form in which each issue was settled, [`NONE`] where it was not.
    pub forms: &'a [u8],
    /// Issues that can be settled, as bits; the others stay as they are.
    pub agenda: u32,
    /// Forms in which it can be recorded; all if none is given.
    pub among: Option<&'a [usize]>,
    /// By party: utility of the situation as it stands.
    pub now: Vec<f64>,
    /// By party: what a package must be worth.
    pub no_deal: Vec<f64>,
}

/// All packages of a case.
#[derive(Debug, Clone)]
pub struct Space {
    /// Parties.
    pub parties: usize,
    /// By issue: number of levels.
    pub levels: Vec<usize>,
    /// By issue: level at the start.
    pub start: Vec<u8>,
    /// By party: utility of the situation as it stands.
    pub now: Vec<f64>,
    /// By party: what a package must be worth.
    pub no_deal: Vec<f64>,
    /// By form: probability that every party ratifies, `r_f`.
    pub ratified: Vec<f64>,
    /// Issues that are promises, as bits.
    pub promise: u32,
    /// The issue that follows the form.
    pub form_issue: Option<usize>,
    /// By form: the level it stands for.
    pub form_level: Vec<Option<u8>>,
    /// The form that packages without a promise are kept in.
    pub plain_form: usize,
    pub(crate) links: Vec<Link>,
    stride: usize,
    /// `[((form * issues + issue) * stride + level) * parties + party]`
    change: Vec<f64>,
    /// `[issue * stride + level]`: parties that refuse it, as bits.
    refused: Vec<u32>,
}

impl Space {
    /// Tabulates a case.
    pub fn new(model: &Model, prepared: &Prepared, opening: &Opening, rows: &[usize]) -> Self {
        let start: Vec<u8> = model.issues.iter().map(|issue| issue.status_quo).collect();
        let of = |values: &[f64]| rows.iter().map(|&row| values[row]).collect();
        let standing = Standing {
            levels: &start,
            forms: &vec![NONE; start.len()],
            agenda: u32::MAX,
            among: None,
            now: of(&opening.now),
            no_deal: of(&opening.reservation),
        };
        Self::standing(model, prepared, rows, standing)
    }

    /// Tabulates what can be agreed on at one meeting of a run.
    pub fn standing(
        model: &Model,
        prepared: &Prepared,
        rows: &[usize],
        standing: Standing<'_>,
    ) -> Self {
        let draw = prepared.draw();
        let (parties, issues, forms) = (rows.len(), model.issues.len(), model.forms.len());
        let stride = model.max_levels;
        let start = standing.levels.to_vec();
        let mut change = vec![0.0; forms * issues * stride * parties];
        let mut refused = vec![0; issues * stride];
        for (issue, plan) in model.issues.iter().enumerate() {
            let recorded = match standing.forms[issue] {
                NONE => forms,
                form => usize::from(form),
            };
            let open = standing.agenda >> issue & 1 == 1 || Some(issue) == model.form_issue;
            for level in 0..plan.levels {
                let unchanged = level == usize::from(start[issue]);
                if !open && !unchanged {
                    refused[issue * stride + level] = u32::MAX;
                }
                for (party, &row) in rows.iter().enumerate().filter(|_| !unchanged) {
                    let forbidden = draw.forbidden[row * issues + issue] >> level & 1;
                    refused[issue * stride + level] |= forbidden << party;
                    let price = prepared.price()[(row * issues + issue) * stride + level];
                    for form in 0..forms {
                        let from =
                            model.worth_index(row, recorded, issue) + usize::from(start[issue]);
                        let to = model.worth_index(row, form, issue) + level;
                        change[((form * issues + issue) * stride + level) * parties + party] =
                            draw.worth[to] - draw.worth[from] + price;
                    }
                }
            }
        }
        let links = (model.linkages.iter().zip(&draw.bonus))
            .map(|(plan, &bonus)| Link {
                party: plan.party,
                tests: plan.tests.clone(),
                bonus,
                absolute: plan.absolute,
                before: plan.holds(&start),
            })
            .collect();
        let unratified = |form: &usize| model.forms[*form].ratification.iter().all(Option::is_none);
        let mut among: Vec<usize> = standing.among.map_or((0..forms).collect(), <[_]>::to_vec);
        among.sort_unstable();
        let plain = among.iter().copied().find(unratified);
        Self {
            parties,
            levels: model.issues.iter().map(|issue| issue.levels).collect(),
            now: standing.now,
            no_deal: standing.no_deal,
            ratified: draw.ratified.clone(),
            promise: (model.issues.iter().enumerate())
                .filter(|(_, issue)| issue.promise)
                .fold(0, |bits, (index, _)| bits | 1 << index),
            form_issue: model.form_issue,
            form_level: model.forms.iter().map(|form| form.level).collect(),
            plain_form: plain.or_else(|| among.first().copied()).unwrap_or(0),
            start,
            links,
            stride,
            change,
            refused,
        }
    }

    /// A space whose utilities add up: `utilities[party][issue][level]`, one form, no linkages. The
    /// situation as it stands is level 0 of everything.
    pub fn additive(utilities: &[Vec<Vec<f64>>], no_deal: &[f64]) -> Self {
        let parties = utilities.len();
        let levels: Vec<usize> = utilities[0].iter().map(Vec::len).collect();
        let stride = levels.iter().copied().max().unwrap_or(0);
        let mut change = vec![0.0; levels.len() * stride * parties];
        for (party, issues) in utilities.iter().enumerate() {
            for (issue, values) in issues.iter().enumerate() {
                for (level, value) in values.iter().enumerate() {
                    change[(issue * stride + level) * parties + party] = value - values[0];
                }
            }
        }
        let first = |issues: &Vec<Vec<f64>>| issues.iter().map(|values| values[0]).sum();
        Self {
            parties,
            start: vec![0; levels.len()],
            now: utilities.iter().map(first).collect(),
            no_deal: no_deal.to_vec(),
            ratified: vec![1.0],
            promise: 0,
            form_issue: None,
            form_level: vec![None],
            plain_form: 0,
            links: Vec::new(),
            stride,
            change,
            refused: vec![0; levels.len() * stride],
            levels,
        }
    }

    /// Number of issues.
    pub fn issues(&self) -> usize {
        self.levels.len()
    }

    /// Number of packages.
    pub fn len(&self) -> u128 {
        let product = |promise: bool| -> u128 {
            (self.free_issues())
                .filter(|&issue| promise || self.promise >> issue & 1 == 0)
                .map(|issue| self.levels[issue] as u128)
                .product()
        };
        product(true) * self.ratified.len() as u128
            - product(false) * (self.ratified.len() as u128 - 1)
    }

    /// Whether there is none (never: the situation as it stands is one).
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Issues whose level a package chooses: all but the form issue.
    pub fn free_issues(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.issues()).filter(|&issue| Some(issue) != self.form_issue)
    }

    /// The situation as it stands, as a package.
    pub fn status_quo(&self) -> Package {
        Package {
            form: self.plain_form,
            levels: self.start.clone(),
        }
    }

    /// What a level of an issue changes for each party, recorded in a form.
    pub fn change(&self, form: usize, issue: usize, level: u8) -> &[f64] {
        let at = (form * self.issues() + issue) * self.stride + usize::from(level);
        &self.change[at * self.parties..(at + 1) * self.parties]
    }

    /// Parties that refuse a level, as bits.
    pub fn refused(&self, issue: usize, level: u8) -> u32 {
        self.refused[issue * self.stride + usize::from(level)]
    }

    /// Whether a package changes a promise, so that its form matters.
    pub fn promises(&self, levels: &[u8]) -> bool {
        self.free_issues()
            .any(|issue| self.promise >> issue & 1 == 1 && levels[issue] != self.start[issue])
    }

    /// Whether a package is listed: one without a promise only in the plain form.
    pub fn listed(&self, package: &Package) -> bool {
        package.form == self.plain_form || self.promises(&package.levels)
    }

    /// The levels that would be in force: the form issue follows the form of a promise.
    pub fn in_force(&self, package: &Package) -> Vec<u8> {
        let mut levels = package.levels.clone();
        if let (Some(issue), Some(level)) = (self.form_issue, self.form_level[package.form])
            && level > self.start[issue]
            && self.promises(&package.levels)
        {
            levels[issue] = level;
        }
        levels
    }

    /// Changes of everyone's utility, before ratification; minus infinity where a party refuses.
    pub fn changes(&self, package: &Package, out: &mut [f64]) {
        out.fill(0.0);
        let levels = self.in_force(package);
        let mut refused = 0;
        for (issue, &level) in levels.iter().enumerate() {
            if level != self.start[issue] {
                refused |= self.refused(issue, level);
                let changes = self.change(package.form, issue, level);
                out.iter_mut().zip(changes).for_each(|(sum, c)| *sum += c);
            }
        }
        self.add_links(&levels, out);
        for link in &self.links {
            if link.absolute && !link.before && link.holds(&levels) {
                refused |= 1 << link.party;
            }
        }
        for (party, sum) in out.iter_mut().enumerate() {
            if refused >> party & 1 == 1 {
                *sum = f64::NEG_INFINITY;
            }
        }
    }

    /// Adds what linkages give and take when levels come into force.
    pub fn add_links(&self, levels: &[u8], out: &mut [f64]) {
        for link in &self.links {
            let made = i8::from(link.holds(levels)) - i8::from(link.before);
            out[link.party] += f64::from(made) * link.bonus;
        }
    }

    /// Utilities of a package.
    pub fn utilities(&self, package: &Package) -> Vec<f64> {
        let mut out = vec![0.0; self.parties];
        self.changes(package, &mut out);
        for (u, now) in out.iter_mut().zip(&self.now) {
            *u = now + ratified(*u, self.ratified[package.form]);
        }
        out
    }

    /// Utility below which two packages are the same to a party: [`EPSILON`] of its range.
    pub fn epsilon(&self, party: usize) -> f64 {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for form in 0..self.ratified.len() {
            let (mut worst, mut best) = (0.0, 0.0);
            for issue in self.free_issues() {
                let of = |level: usize| self.change(form, issue, level as u8)[party];
                let changes = (0..self.levels[issue])
                    .filter(|&level| self.refused(issue, level as u8) >> party & 1 == 0)
                    .map(of);
                worst += changes.clone().fold(0.0, f64::min);
                best += changes.fold(0.0, f64::max);
            }
            low = low.min(worst);
            high = high.max(ratified(best, self.ratified[form]));
        }
        EPSILON * (high - low)
    }

    /// What a package says, in the words of the file: the issues it changes and its form.
    pub fn words(&self, model: &Model, package: &Package) -> String {
        let scenario = &model.scenario;
        let mut parts: Vec<String> = (self.free_issues())
            .filter(|&issue| package.levels[issue] != self.start[issue])
            .map(|issue| {
                let named = &scenario.issues[issue];
                let level = usize::from(package.levels[issue]);
                format!("{}: {}", named.name, named.levels[level])
            })
            .collect();
        if parts.is_empty() {
            return "everything as it stands".to_owned();
        }
        if self.promises(&package.levels) && scenario.forms.len() > 1 {
            parts.push(format!("as {}", scenario.forms[package.form].name));
        }
        parts.join("; ")
    }

    /// Where a package differs from another, in the words of the file.
    pub fn differs(&self, model: &Model, package: &Package, from: &Package) -> String {
        let scenario = &model.scenario;
        let mut parts: Vec<String> = (self.free_issues())
            .filter(|&issue| package.levels[issue] != from.levels[issue])
            .map(|issue| {
                let named = &scenario.issues[issue];
                let level = usize::from(package.levels[issue]);
                format!("{}: {}", named.name, named.levels[level])
            })
            .collect();
        if package.form != from.form {
            parts.push(format!("as {}", scenario.forms[package.form].name));
        }
        parts.join("; ")
    }

    /// A short sign of a package: its levels as digits (letters from 10 on), the form after a dot.
    pub fn sign(&self, package: &Package) -> String {
        let digit = |level: &u8| char::from_digit(u32::from(*level), 36).unwrap_or('?');
        let mut sign: String = self.in_force(package).iter().map(digit).collect();
        if self.ratified.len() > 1 && self.promises(&package.levels) {
            sign.push('.');
            sign.extend(char::from_digit(package.form as u32, 36));
        }
        sign
    }

    /// Visits every package with everyone's utilities, in order; stops when told to.
    pub fn each(&self, mut visit: impl FnMut(&Package, &[f64]) -> bool) {
        let free: Vec<usize> = self.free_issues().collect();
        let mut utilities = vec![0.0; self.parties];
        for form in 0..self.ratified.len() {
            let mut package = Package {
                form,
                levels: self.start.clone(),
            };
            for &issue in &free {
                package.levels[issue] = 0;
            }
            'packages: loop {
                if self.listed(&package) {
                    self.changes(&package, &mut utilities);
                    for (u, now) in utilities.iter_mut().zip(&self.now) {
                        *u = now + ratified(*u, self.ratified[form]);
                    }
                    if !visit(&package, &utilities) {
                        return;
                    }
                }
                for &issue in free.iter().rev() {
                    package.levels[issue] += 1;
                    if usize::from(package.levels[issue]) < self.levels[issue] {
                        continue 'packages;
                    }
                    package.levels[issue] = 0;
                }
                break;
            }
        }
    }
}

impl Link {
    pub(crate) fn holds(&self, levels: &[u8]) -> bool {
        self.tests
            .iter()
            .all(|&(issue, mask)| mask >> levels[issue] & 1 == 1)
    }
}

/// A gain counts as far as it will be ratified; a loss counts in full. Concave and increasing.
#[inline]
pub fn ratified(change: f64, share: f64) -> f64 {
    if change > 0.0 { share * change } else { change }
}

#[cfg(test)]
pub(crate) mod tests {
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    /// A random small space with everything in it: forms, a form issue, promises, linkages, refusals.
    pub(crate) fn random(seed: u64) -> Space {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let parties = 2 + (seed % 3) as usize;
        let levels: Vec<usize> = (0..5).map(|_| random.random_range(2..5)).collect();
        // Coarse values, so that ties happen.
        let coarse = seed.is_multiple_of(2);
        let mut value = |low: f64, high: f64| {
            let x: f64 = low + (high - low) * random.random::<f64>();
            if coarse { (x * 16.0).round() / 16.0 } else { x }
        };
        let forms = 1 + (seed % 4) as usize % 3;
        let stride = 4;
        let start: Vec<u8> = levels
            .iter()
            .enumerate()
            .map(|(i, &l)| (i % l) as u8)
            .collect();
        let mut change = vec![0.0; forms * levels.len() * stride * parties];
        for form in 0..forms {
            for (issue, &count) in levels.iter().enumerate() {
                for level in (0..count).filter(|&level| level != usize::from(start[issue])) {
                    let at = ((form * levels.len() + issue) * stride + level) * parties;
                    change[at..at + parties]
                        .iter_mut()
                        .for_each(|c| *c = value(-0.3, 0.3));
                }
            }
        }
        let links = (0..seed % 4)
            .map(|index| {
                let issues = [(index as usize) % 5, (index as usize + 2) % 5];
                let tests: Vec<(usize, u32)> = issues
                    .iter()
                    .map(|&issue| (issue, 0b1010 >> (index % 2)))
                    .collect();
                Link {
                    party: index as usize % parties,
                    before: tests.iter().all(|&(i, mask)| mask >> start[i] & 1 == 1),
                    bonus: value(-0.2, 0.2),
                    absolute: index == 3,
                    tests,
                }
            })
            .collect();
        let mut refused = vec![0; levels.len() * stride];
        if seed % 5 == 1 {
            refused[stride + 3] = 1;
            refused[3 * stride] = 0b10;
        }
        for (issue, &level) in start.iter().enumerate() {
            refused[issue * stride + usize::from(level)] = 0;
        }
        Space {
            parties,
            now: (0..parties).map(|_| value(0.3, 0.6)).collect(),
            no_deal: (0..parties).map(|_| value(0.2, 0.6)).collect(),
            ratified: (0..forms).map(|form| 1.0 - 0.4 * form as f64).collect(),
            promise: 0b00110,
            form_issue: (forms > 1).then_some(4),
            form_level: (0..forms)
                .map(|form| (form < levels[4]).then_some(form as u8))
                .collect(),
            plain_form: 0,
            links,
            stride,
            change,
            refused,
            levels,
            start,
        }
    }

    #[test]
    fn packages_are_listed_once_and_counted() {
        for seed in 0..40 {
            let space = random(seed);
            let mut seen = Vec::new();
            space.each(|package, utilities| {
                assert_eq!(utilities, space.utilities(package), "{seed}");
                seen.push(package.clone());
                true
            });
            assert_eq!(seen.len() as u128, space.len(), "{seed}");
            assert!(seen.is_sorted_by(|a, b| a < b), "{seed}");
            assert!(seen.contains(&space.status_quo()));
        }
    }

    #[test]
    fn the_situation_as_it_stands_is_worth_what_it_is() {
        for seed in 0..20 {
            let space = random(seed);
            assert_eq!(space.utilities(&space.status_quo()), space.now);
        }
    }

    #[test]
    fn additive_utilities_are_those_given() {
        let utilities = vec![
            vec![vec![0.1, 0.3], vec![0.4, 0.0]],
            vec![vec![0.5, 0.0], vec![0.2, 0.1]],
        ];
        let space = Space::additive(&utilities, &[0.0, 0.0]);
        let package = Package {
            form: 0,
            levels: vec![1, 1],
        };
        let found = space.utilities(&package);
        assert!((found[0] - 0.3).abs() < 1e-12 && (found[1] - 0.1).abs() < 1e-12);
        assert_eq!((space.len(), space.sign(&package).as_str()), (4, "11"));
    }
}
