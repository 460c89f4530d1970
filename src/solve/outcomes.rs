//! Every package of a space with everyone's utilities, in a table.
//!
//! Flows in: a [`Space`]. Flows out: [`Outcomes`], where the number of packages allows it. Invariant:
//! the order is that of the space; the utilities are those of [`Space::utilities`], to the last bit.

use super::bargaining::Problem;
use super::space::{Package, Space, ratified};

/// Most packages that are listed: a table of this size for four parties takes 36 MB.
pub const LISTED: u128 = 1 << 20;

/// Every package of a space.
#[derive(Debug, Clone)]
pub struct Outcomes {
    /// Parties.
    pub parties: usize,
    /// `[package * parties + party]`; minus infinity for what a party refuses.
    pub utilities: Vec<f64>,
    /// By package: form and levels as one number.
    codes: Vec<u32>,
    free: Vec<usize>,
    levels: Vec<usize>,
    start: Vec<u8>,
    of_form: u32,
}

impl Outcomes {
    /// Lists a space; none if it has more than [`LISTED`] packages.
    pub fn list(space: &Space) -> Option<Self> {
        if space.len() > LISTED {
            return None;
        }
        let free: Vec<usize> = space.free_issues().collect();
        let of_form: u32 = free
            .iter()
            .map(|&issue| space.levels[issue] as u32)
            .product();
        let mut all = Self {
            parties: space.parties,
            utilities: Vec::with_capacity(space.len() as usize * space.parties),
            codes: Vec::with_capacity(space.len() as usize),
            levels: free.iter().map(|&issue| space.levels[issue]).collect(),
            start: space.start.clone(),
            free,
            of_form,
        };
        for form in 0..space.ratified.len() {
            all.list_form(space, form);
        }
        Some(all)
    }

    fn list_form(&mut self, space: &Space, form: usize) {
        let (n, depth) = (space.parties, self.free.len());
        // Sums of changes and refusals over the first issues, so that a step redoes the last few.
        let mut sums = vec![0.0; (depth + 1) * n];
        let mut refusals = vec![0_u32; depth + 1];
        let mut promises = vec![false; depth + 1];
        let follows = |promise: bool| {
            let issue = space.form_issue?;
            let level = space.form_level[form]?;
            (promise && level > space.start[issue]).then_some((issue, level))
        };
        let mut levels = space.start.clone();
        for &issue in &self.free {
            levels[issue] = 0;
        }
        let mut from = 0;
        for code in 0..self.of_form {
            for at in from..depth {
                let issue = self.free[at];
                let level = levels[issue];
                let changed = level != space.start[issue];
                let changes = space.change(form, issue, level);
                for i in 0..n {
                    sums[(at + 1) * n + i] = sums[at * n + i] + changes[i];
                }
                let refused = if changed {
                    space.refused(issue, level)
                } else {
                    0
                };
                refusals[at + 1] = refusals[at] | refused;
                promises[at + 1] = promises[at] || changed && space.promise >> issue & 1 == 1;
            }
            let promise = promises[depth];
            if promise || form == space.plain_form {
                let mut refused = refusals[depth];
                let first = self.utilities.len();
                self.utilities.extend_from_slice(&sums[depth * n..]);
                let out = &mut self.utilities[first..];
                let follows = follows(promise);
                if let Some((issue, level)) = follows {
                    levels[issue] = level;
                    refused |= space.refused(issue, level);
                    let changes = space.change(form, issue, level);
                    out.iter_mut().zip(changes).for_each(|(sum, c)| *sum += c);
                }
                for link in &space.links {
                    let after = link.holds(&levels);
                    if after && !link.before && link.absolute {
                        refused |= 1 << link.party;
                    }
                    out[link.party] +=
                        f64::from(i8::from(after) - i8::from(link.before)) * link.bonus;
                }
                for (party, u) in out.iter_mut().enumerate() {
                    *u = if refused >> party & 1 == 1 {
                        f64::NEG_INFINITY
                    } else {
                        space.now[party] + ratified(*u, space.ratified[form])
                    };
                }
                if let Some((issue, _)) = follows {
                    levels[issue] = space.start[issue];
                }
                self.codes.push(form as u32 * self.of_form + code);
            }
            from = depth;
            for at in (0..depth).rev() {
                let issue = self.free[at];
                from = at;
                levels[issue] += 1;
                if usize::from(levels[issue]) < space.levels[issue] {
                    break;
                }
                levels[issue] = 0;
            }
        }
    }

    /// Number of packages.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// A package by its place.
    pub fn package(&self, place: usize) -> Package {
        let code = self.codes[place];
        let mut rest = code % self.of_form;
        let mut levels = self.start.clone();
        for (&issue, &count) in self.free.iter().zip(&self.levels).rev() {
            levels[issue] = (rest % count as u32) as u8;
            rest /= count as u32;
        }
        Package {
            form: (code / self.of_form) as usize,
            levels,
        }
    }

    /// The packages as a bargaining problem.
    pub fn problem<'a>(&'a self, no_deal: &'a [f64]) -> Problem<'a> {
        Problem {
            parties: self.parties,
            utilities: &self.utilities,
            no_deal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solve::space::tests::random;

    #[test]
    fn the_list_is_the_space() {
        for seed in 0..80 {
            let space = random(seed);
            let all = Outcomes::list(&space).expect("small");
            let mut place = 0;
            space.each(|package, utilities| {
                assert_eq!(&all.package(place), package, "{seed}");
                let found = &all.utilities[place * space.parties..(place + 1) * space.parties];
                for (x, y) in found.iter().zip(utilities) {
                    let close = (x - y).abs() < 1e-12 || x.total_cmp(y).is_eq();
                    assert!(close, "{seed} {package:?}: {found:?} {utilities:?}");
                }
                place += 1;
                true
            });
            assert_eq!(place, all.len());
        }
    }

    #[test]
    fn a_space_that_is_too_large_is_not_listed() {
        let values = vec![vec![vec![0.0, 0.1]; 21]; 2];
        assert!(Outcomes::list(&Space::additive(&values, &[0.0, 0.0])).is_none());
    }
}
