//! The Pareto frontier of two parties over every package of a scenario.
//!
//! Flows in: a model and a draw. Flows out: points (utility of one, utility of the other), for the
//! picture of joint outcomes. It is exact: utilities add up over issues but for linkages, so the
//! frontier of a sum is built from frontiers, linked issues together as one block. Ratification,
//! consent and what settling does to the crisis are left out: it is the frontier of what could be
//! agreed, not of what would be.

use crate::model::Draw;
use crate::model::plan::Model;

/// Utilities of the status quo, disagreement values in the opening state, and the frontier.
#[derive(Debug, Clone, PartialEq)]
pub struct Joint {
    /// Utilities of the situation at the start.
    pub status_quo: (f64, f64),
    /// Frontier, from the best for the second party to the best for the first.
    pub frontier: Vec<(f64, f64)>,
}

/// Mean utility over a party's types of the situation at the start.
fn base(model: &Model, draw: &Draw, party: usize) -> f64 {
    model.parties[party]
        .rows()
        .map(|row| draw.rows[row].prior * draw.rows[row].base)
        .sum()
}

/// The frontier between parties `x` and `y`, each averaged over its types.
pub fn joint(model: &Model, draw: &Draw, x: usize, y: usize) -> Joint {
    let start: Vec<u8> = model.issues.iter().map(|issue| issue.status_quo).collect();
    let status_quo = (base(model, draw, x), base(model, draw, y));
    let mut frontier = vec![(0.0, 0.0)];
    for form in 0..model.forms.len() {
        let mut front = vec![(0.0, 0.0)];
        let mut levels = start.clone();
        if let (Some(issue), Some(level)) = (model.form_issue, model.forms[form].level)
            && level > start[issue]
        {
            front[0] = change(model, draw, (x, y), form, issue, level);
            levels[issue] = level;
        }
        let mut left: Vec<usize> = (0..model.issues.len())
            .filter(|&issue| Some(issue) != model.form_issue)
            .collect();
        while let Some(&first) = left.first() {
            let block = linked(model, first, (x, y), &left);
            left.retain(|issue| !block.contains(issue));
            let options = options(model, draw, (x, y), form, &block, &mut levels, &start);
            let mut sums = Vec::with_capacity(front.len() * options.len());
            for &(a, b) in &front {
                sums.extend(options.iter().map(|&(c, d)| (a + c, b + d)));
            }
            front = pareto(sums);
        }
        frontier.extend(front);
    }
    let frontier = pareto(frontier)
        .into_iter()
        .map(|(a, b)| (status_quo.0 + a, status_quo.1 + b))
        .collect();
    Joint {
        status_quo,
        frontier,
    }
}

fn change(
    model: &Model,
    draw: &Draw,
    (x, y): (usize, usize),
    form: usize,
    issue: usize,
    level: u8,
) -> (f64, f64) {
    let seen = |party| {
        let at = model.seen_index(0, party, form, issue);
        let from = usize::from(model.issues[issue].status_quo);
        draw.seen[at + usize::from(level)] - draw.seen[at + from]
    };
    (seen(x), seen(y))
}

fn linked(model: &Model, first: usize, (x, y): (usize, usize), left: &[usize]) -> Vec<usize> {
    let mut block = vec![first];
    loop {
        let bits = block.iter().fold(0_u32, |bits, issue| bits | 1 << issue);
        let next = model
            .linkages
            .iter()
            .filter(|l| (l.party == x || l.party == y) && l.issues & bits != 0)
            .flat_map(|l| {
                left.iter()
                    .copied()
                    .filter(|issue| l.issues >> issue & 1 == 1)
            })
            .find(|issue| !block.contains(issue));
        match next {
            Some(issue) => block.push(issue),
            None => return block,
        }
    }
}

fn options(
    model: &Model,
    draw: &Draw,
    (x, y): (usize, usize),
    form: usize,
    block: &[usize],
    levels: &mut [u8],
    start: &[u8],
) -> Vec<(f64, f64)> {
    let bits = block.iter().fold(0_u32, |bits, issue| bits | 1 << issue);
    for &issue in block {
        levels[issue] = 0;
    }
    let mut found = Vec::new();
    'combinations: loop {
        let mut sum = (0.0, 0.0);
        for &issue in block {
            let (a, b) = change(model, draw, (x, y), form, issue, levels[issue]);
            sum = (sum.0 + a, sum.1 + b);
        }
        for (linkage, bonus) in model.linkages.iter().zip(&draw.bonus) {
            if linkage.issues & bits == 0 || linkage.holds(levels) == linkage.holds(start) {
                continue;
            }
            let sign = if linkage.holds(levels) { 1.0 } else { -1.0 };
            let malus = if linkage.absolute { -1.0 } else { sign * bonus };
            if linkage.party == x {
                sum.0 += malus;
            } else if linkage.party == y {
                sum.1 += malus;
            }
        }
        found.push(sum);
        for &issue in block.iter().rev() {
            levels[issue] += 1;
            if usize::from(levels[issue]) < model.issues[issue].levels {
                continue 'combinations;
            }
            levels[issue] = 0;
        }
        break;
    }
    for &issue in block {
        levels[issue] = start[issue];
    }
    pareto(found)
}

/// Points that no other beats on both, from low to high `x`.
pub(crate) fn pareto(mut points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    points.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1)));
    let mut best = f64::NEG_INFINITY;
    points.retain(|&(_, y)| {
        let keep = y > best;
        best = best.max(y);
        keep
    });
    points.reverse();
    points
}
