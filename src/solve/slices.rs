//! A space of packages taken apart into slices within which utilities add up over blocks of issues.
//!
//! Flows in: a [`Space`] and the parties that matter. Flows out: [`Slices`]. A slice fixes the form,
//! whether a promise is changed, and the level of issues that too many linkages meet at; what is left
//! falls into blocks without a linkage between them, so that within a slice the changes of everyone's
//! utility are a sum of one choice from each block.
//!
//! Invariants: every listed package that none of the parties refuses is in exactly one slice, but
//! for those in which some block's choice is dominated by another of the block: they are dominated
//! whatever else they say. Choices of a block that change the same for everyone are kept as one.

use super::space::{Package, Space};

/// Most combinations of levels in a block before one of its issues is fixed instead.
const LARGEST_BLOCK: u128 = 256;

/// The packages of a space, taken apart.
#[derive(Debug, Clone)]
pub struct Slices {
    /// The parties that matter, ascending.
    pub parties: Vec<usize>,
    pub(crate) list: Vec<Slice>,
    start: Vec<u8>,
}

/// Packages that share a form and the level of some issues.
#[derive(Debug, Clone)]
pub(crate) struct Slice {
    pub(crate) form: usize,
    /// Share of a gain that counts, `r_f`.
    pub(crate) ratified: f64,
    /// By party: what the fixed part changes.
    pub(crate) base: Vec<f64>,
    /// Whether its packages change a promise.
    pub(crate) promise: bool,
    /// Whether the choices must change a promise for that.
    pub(crate) must_promise: bool,
    pub(crate) blocks: Vec<Block>,
    fixed: Vec<(usize, u8)>,
}

/// Issues chosen together.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    issues: Vec<usize>,
    /// `[choice * parties + party]`
    pub(crate) changes: Vec<f64>,
    /// By choice: whether it changes a promise.
    pub(crate) promises: Vec<bool>,
    /// By choice: the levels that change the same for everyone, in order.
    pub(crate) alternatives: Vec<Vec<Vec<u8>>>,
}

impl Block {
    pub(crate) fn choices(&self) -> usize {
        self.promises.len()
    }
}

impl Slices {
    /// Takes a space apart for some of its parties: only their linkages and refusals count.
    pub fn new(space: &Space, parties: &[usize]) -> Self {
        let mut list = Vec::new();
        for form in 0..space.ratified.len() {
            // A form that is never ratified cannot make anyone better off than the situation as
            // it stands, which is listed in the plain form.
            if space.ratified[form] <= 0.0 && form != space.plain_form {
                continue;
            }
            for promise in [false, true] {
                if promise || form == space.plain_form {
                    let split = Split::new(space, parties, form, promise);
                    split.slices(&mut list);
                }
            }
        }
        Self {
            parties: parties.to_vec(),
            list,
            start: space.start.clone(),
        }
    }

    /// Keeps the slices for which a test of form and of whether they change a promise holds.
    pub fn keep(&mut self, test: impl Fn(usize, bool) -> bool) {
        self.list.retain(|slice| test(slice.form, slice.promise));
    }

    /// The packages that choices of a slice's blocks stand for, at most `limit`.
    pub(crate) fn packages(&self, slice: usize, choices: &[u16], limit: usize) -> Vec<Package> {
        let slice = &self.list[slice];
        let mut levels = self.start.clone();
        for &(issue, level) in &slice.fixed {
            levels[issue] = level;
        }
        let mut packages = vec![Package {
            form: slice.form,
            levels,
        }];
        for (block, &choice) in slice.blocks.iter().zip(choices) {
            let mut next = Vec::new();
            'all: for package in &packages {
                for alternative in &block.alternatives[usize::from(choice)] {
                    let mut package = package.clone();
                    for (&issue, &level) in block.issues.iter().zip(alternative) {
                        package.levels[issue] = level;
                    }
                    next.push(package);
                    if next.len() >= limit {
                        break 'all;
                    }
                }
            }
            packages = next;
        }
        packages
    }

    /// How many packages choices stand for.
    pub(crate) fn multiplicity(&self, slice: usize, choices: &[u16]) -> u128 {
        let blocks = self.list[slice].blocks.iter().zip(choices);
        blocks
            .map(|(block, &choice)| block.alternatives[usize::from(choice)].len() as u128)
            .product()
    }
}

/// A part of the space on its way to slices.
#[derive(Clone)]
struct Split<'a> {
    space: &'a Space,
    parties: &'a [usize],
    form: usize,
    /// Whether the slices are those that change a promise.
    promise: bool,
    /// By issue: the level, where it is no longer open.
    fixed: Vec<Option<u8>>,
    /// Parties that matter, as bits.
    bits: u32,
}

impl<'a> Split<'a> {
    fn new(space: &'a Space, parties: &'a [usize], form: usize, promise: bool) -> Self {
        let mut fixed = vec![None; space.issues()];
        for (issue, level) in fixed.iter_mut().enumerate() {
            if Some(issue) == space.form_issue {
                let follows = space.form_level[form].filter(|&l| promise && l > space.start[issue]);
                *level = Some(follows.unwrap_or(space.start[issue]));
            } else if !promise && space.promise >> issue & 1 == 1 {
                *level = Some(space.start[issue]);
            }
        }
        Self {
            space,
            parties,
            form,
            promise,
            fixed,
            bits: parties.iter().fold(0, |bits, party| bits | 1 << party),
        }
    }

    /// Linkages of the parties that open issues can still make or break: the open issues of each.
    fn open_links(&self) -> Vec<(usize, Vec<usize>)> {
        let links = self.space.links.iter().enumerate();
        links
            .filter(|(_, link)| self.bits >> link.party & 1 == 1)
            .filter_map(|(index, link)| {
                let mut open = Vec::new();
                for &(issue, mask) in &link.tests {
                    match self.fixed[issue] {
                        Some(level) if mask >> level & 1 == 0 => return None,
                        Some(_) => {}
                        None => open.push(issue),
                    }
                }
                Some((index, open))
            })
            .collect()
    }

    fn slices(mut self, list: &mut Vec<Slice>) {
        let links = self.open_links();
        let mut blocks: Vec<Vec<usize>> = Vec::new();
        for issue in (0..self.fixed.len()).filter(|&issue| self.fixed[issue].is_none()) {
            blocks.push(vec![issue]);
        }
        for (_, open) in &links {
            let touched = |block: &Vec<usize>| open.iter().any(|issue| block.contains(issue));
            let mut joined: Vec<usize> = Vec::new();
            blocks.retain(|block| {
                let touched = touched(block);
                if touched {
                    joined.extend(block);
                }
                !touched
            });
            if !joined.is_empty() {
                joined.sort_unstable();
                blocks.push(joined);
            }
        }
        let size = |block: &Vec<usize>| -> u128 {
            block
                .iter()
                .map(|&issue| self.space.levels[issue] as u128)
                .product()
        };
        let large = blocks.iter().find(|block| size(block) > LARGEST_BLOCK);
        if let Some(block) = large {
            // The issue at which most linkages meet takes most of them away.
            let met = |issue: usize| {
                links
                    .iter()
                    .filter(|(_, open)| open.contains(&issue))
                    .count()
            };
            let issue = *block
                .iter()
                .max_by_key(|&&issue| (met(issue), usize::MAX - issue))
                .expect("a block has an issue");
            for level in 0..self.space.levels[issue] {
                self.fixed[issue] = Some(level as u8);
                self.clone().slices(list);
            }
            return;
        }
        blocks.sort_unstable();
        list.extend(self.slice(&links, blocks));
    }

    /// The slice, unless one of the parties refuses what is fixed.
    fn slice(&self, links: &[(usize, Vec<usize>)], blocks: Vec<Vec<usize>>) -> Option<Slice> {
        let space = self.space;
        let n = self.parties.len();
        let mut base = vec![0.0; n];
        let mut changed = false;
        let mut fixed = Vec::new();
        for (issue, level) in self.fixed.iter().enumerate() {
            let Some(level) = *level else { continue };
            if level == space.start[issue] {
                if Some(issue) != space.form_issue {
                    fixed.push((issue, level));
                }
                continue;
            }
            if space.refused(issue, level) & self.bits != 0 {
                return None;
            }
            let changes = space.change(self.form, issue, level);
            for (sum, &party) in base.iter_mut().zip(self.parties) {
                *sum += changes[party];
            }
            if Some(issue) != space.form_issue {
                changed |= space.promise >> issue & 1 == 1;
                fixed.push((issue, level));
            }
        }
        let place = |party: usize| self.parties.iter().position(|&p| p == party);
        for link in &space.links {
            if let Some(at) = place(link.party)
                && link.before
            {
                base[at] -= link.bonus;
            }
        }
        for (index, open) in links {
            let link = &space.links[*index];
            if open.is_empty() {
                if link.absolute && !link.before {
                    return None;
                }
                base[place(link.party).expect("of the parties")] += link.bonus;
            }
        }
        let blocks: Option<Vec<Block>> = (blocks.into_iter())
            .map(|issues| self.block(links, issues))
            .collect();
        Some(Slice {
            form: self.form,
            ratified: space.ratified[self.form],
            base,
            promise: self.promise,
            must_promise: self.promise && !changed,
            blocks: blocks?,
            fixed,
        })
    }

    /// The choices of a block, dominated ones left out; none if all are refused.
    fn block(&self, links: &[(usize, Vec<usize>)], issues: Vec<usize>) -> Option<Block> {
        let space = self.space;
        let inside = links
            .iter()
            .filter(|(_, open)| open.iter().any(|i| issues.contains(i)));
        let inside: Vec<usize> = inside.map(|(index, _)| *index).collect();
        let mut levels = vec![0_u8; issues.len()];
        let mut all: Vec<u8> = (self.fixed.iter().zip(&space.start))
            .map(|(fixed, &start)| fixed.unwrap_or(start))
            .collect();
        let mut found: Vec<Choice> = Vec::new();
        'combinations: loop {
            for (&issue, &level) in issues.iter().zip(&levels) {
                all[issue] = level;
            }
            if let Some(choice) = self.choice(&issues, &levels, &all, &inside) {
                found.push(choice);
            }
            for (level, &issue) in levels.iter_mut().zip(&issues).rev() {
                *level += 1;
                if usize::from(*level) < space.levels[issue] {
                    continue 'combinations;
                }
                *level = 0;
            }
            break;
        }
        let kept = undominated(found);
        (!kept.is_empty()).then(|| Block {
            issues,
            changes: kept
                .iter()
                .flat_map(|choice| choice.changes.clone())
                .collect(),
            promises: kept.iter().map(|choice| choice.promises).collect(),
            alternatives: kept.into_iter().map(|choice| choice.alternatives).collect(),
        })
    }

    fn choice(
        &self,
        issues: &[usize],
        levels: &[u8],
        all: &[u8],
        links: &[usize],
    ) -> Option<Choice> {
        let space = self.space;
        let mut changes = vec![0.0; self.parties.len()];
        let mut promises = false;
        for (&issue, &level) in issues.iter().zip(levels) {
            if level == space.start[issue] {
                continue;
            }
            if space.refused(issue, level) & self.bits != 0 {
                return None;
            }
            promises |= space.promise >> issue & 1 == 1;
            let of = space.change(self.form, issue, level);
            for (sum, &party) in changes.iter_mut().zip(self.parties) {
                *sum += of[party];
            }
        }
        for &index in links {
            let link = &space.links[index];
            if link.holds(all) {
                if link.absolute && !link.before {
                    return None;
                }
                let at = self.parties.iter().position(|&party| party == link.party);
                changes[at.expect("of the parties")] += link.bonus;
            }
        }
        Some(Choice {
            changes,
            promises,
            alternatives: vec![levels.to_vec()],
        })
    }
}

struct Choice {
    changes: Vec<f64>,
    promises: bool,
    alternatives: Vec<Vec<u8>>,
}

impl Choice {
    /// Whether it does all that another does, for everyone.
    fn covers(&self, other: &Self) -> bool {
        (self.promises || !other.promises)
            && self.changes.iter().zip(&other.changes).all(|(a, b)| a >= b)
    }

    fn equals(&self, other: &Self) -> bool {
        self.promises == other.promises
            && self
                .changes
                .iter()
                .zip(&other.changes)
                .all(|(a, b)| a.total_cmp(b).is_eq())
    }
}

/// Choices that no other covers, equal ones merged, in order.
fn undominated(found: Vec<Choice>) -> Vec<Choice> {
    let mut kept: Vec<Choice> = Vec::new();
    for mut choice in found {
        // Minus zero is zero.
        choice.changes.iter_mut().for_each(|change| *change += 0.0);
        if let Some(same) = kept.iter_mut().find(|other| other.equals(&choice)) {
            same.alternatives.append(&mut choice.alternatives);
            continue;
        }
        // A choice with the same changes that also makes a promise covers, but says something else:
        // it may be listed in another form's slice only, so both stay.
        let strictly = |a: &Choice, b: &Choice| {
            a.covers(b) && a.changes.iter().zip(&b.changes).any(|(x, y)| x > y)
        };
        if kept.iter().any(|other| strictly(other, &choice)) {
            continue;
        }
        kept.retain(|other| !strictly(&choice, other));
        kept.push(choice);
    }
    kept
}
