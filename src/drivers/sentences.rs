//! What a reader should know of an analysis, in words, with the provenance of each number.
//!
//! Flows in: a [`Sensitivity`] or a [`Screening`], the facts. Flows out: sentences. Invariant: a share
//! is told with its interval, and a number with what it rests on.

use super::factors::Factor;
use super::screening::Screening;
use super::sensitivity::{Bounds, Sensitivity};
use crate::scenario::load::FactIndex;
use crate::scenario::quantity::Provenance;

/// Drivers that get a sentence of their own.
const TOLD: usize = 5;
/// Facts named for a number; the others are counted.
const FACTS: usize = 3;

/// What stands behind a number, in two or three words.
pub fn standing(why: &Provenance, facts: &dyn FactIndex) -> &'static str {
    let documented = |id: &String| facts.fact_text(id).is_none_or(|fact| fact.documented);
    if why.by_definition {
        return "by definition";
    }
    match (why.from.is_empty(), why.assumed.is_some()) {
        (true, true) => "assumed",
        (true, false) => "without a source",
        (false, _) if !why.from.iter().any(documented) => "from memory",
        (false, false) => "documented",
        (false, true) => "documented in part, assumed in part",
    }
}

/// The same with the facts and the reason.
pub fn provenance(why: &Provenance, facts: &dyn FactIndex) -> String {
    let mut words = standing(why, facts).to_owned();
    if !why.from.is_empty() {
        let named: Vec<&str> = why.from.iter().take(FACTS).map(String::as_str).collect();
        words.extend([format!(" ({}", named.join(", "))]);
        if why.from.len() > FACTS {
            words.extend([format!(" and {} more", why.from.len() - FACTS)]);
        }
        words += ")";
    }
    if let Some(reason) = &why.assumed {
        words.extend([format!(": {reason}")]);
    }
    words
}

/// `12 % (8 to 16)`.
pub fn share(bounds: Option<Bounds>) -> String {
    let Some(bounds) = bounds else {
        return "undefined".to_owned();
    };
    match (bounds.low, bounds.high) {
        (Some(low), Some(high)) => format!(
            "{} % ({} to {})",
            percent(bounds.value),
            percent(low),
            percent(high)
        ),
        _ => format!("{} %", percent(bounds.value)),
    }
}

/// A share on the scale of 100, one decimal below ten; estimates may lie outside of 0 to 100.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let rounded = if percent.abs() < 9.95 {
        (percent * 10.0).round() / 10.0
    } else {
        percent.round()
    };
    format!("{}", rounded + 0.0)
}

/// First what chance does, then a sentence for each of the top drivers.
pub fn of_sensitivity(it: &Sensitivity, facts: &dyn FactIndex) -> Vec<String> {
    let Some(chance) = it.whole.chance.total else {
        return vec![format!(
            "Nothing varies: {} comes out the same in all {} runs, so there is nothing to divide \
             and every share is undefined.",
            it.whole.name, it.runs
        )];
    };
    let several = it.each.len() > 1 && it.whole.mean.is_none();
    let what = if several {
        "which outcome comes about".to_owned()
    } else {
        format!("\"{}\"", it.whole.name)
    };
    let mut sentences = vec![format!(
        "Chance: {} of what decides {what} in a run is luck that no better knowledge of the numbers \
         would remove.",
        share(Some(chance)),
    )];
    if it
        .whole
        .factors
        .iter()
        .all(|shares| shares.total_known.is_none())
    {
        sentences.push(
            "With one run a row the probability behind a run is not seen; use at least 2 \
             replicates to divide what knowledge could remove."
                .to_owned(),
        );
    }
    for &index in it.top.iter().take(TOLD) {
        let shares = &it.whole.factors[index];
        let factor = &it.factors[index];
        let reach = if shares.total_known.is_some() {
            format!(
                "{} of what knowledge of the numbers could remove, {} with all it does together \
                 with others",
                share(shares.first_known),
                share(shares.total_known)
            )
        } else {
            format!(
                "{} of the variance alone, {} with all it does together with others and with luck",
                share(shares.first),
                share(shares.total)
            )
        };
        sentences.push(told(factor, &reach, facts));
    }
    if let Some(others) = it.whole.others.total_known.or(it.whole.others.total) {
        let rest = it.factors.len() - it.top.len();
        sentences.push(format!(
            "The other {rest} numbers together: {}; {} of all numbers never changed a run here.",
            share(Some(others)),
            silent(it)
        ));
    }
    sentences
}

/// Factors that never changed a run of the sample.
pub fn silent(it: &Sensitivity) -> usize {
    let quiet =
        |shares: &&super::sensitivity::Shares| shares.total.is_none_or(|total| total.value <= 0.0);
    it.whole.factors.iter().filter(quiet).count()
}

/// A sentence for each of the top drivers of a screening.
pub fn of_screening(it: &Screening, facts: &dyn FactIndex) -> Vec<String> {
    if !it.whole.varies {
        return vec![format!(
            "Nothing varies: {} comes out the same in all {} runs, so effects are undefined.",
            it.whole.name, it.runs
        )];
    }
    let told = |&index: &usize| {
        let effect = &it.whole.factors[index];
        let reach = format!(
            "moved over half of its probability it changes {:.3} ({:.3} to {:.3}) on average, with a \
             spread of {:.3}",
            effect.mean_size * it.step(),
            effect.mean_size_low * it.step(),
            effect.mean_size_high * it.step(),
            effect.spread * it.step(),
        );
        told(&it.factors[index], &reach, facts)
    };
    it.top.iter().take(TOLD).map(told).collect()
}

fn told(factor: &Factor, reach: &str, facts: &dyn FactIndex) -> String {
    format!(
        "{} ({}): {reach}. It is {}.",
        factor.path,
        factor.believed,
        provenance(&factor.provenance, facts)
    )
}
