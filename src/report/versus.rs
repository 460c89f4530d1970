//! Scenarios against the first on the same luck, in words.
//!
//! Flows in: a [`Versus`] for each. Flows out: text of a given width. A row in a table for every
//! difference, and a sentence for every way that many runs went.

use super::comparison::{signed, signed_span};
use super::layout::{Column, Look, percent, table, thousands};
use super::text::NOT_A_FORECAST;
use crate::ensemble::looks::Watch;
use crate::ensemble::paired::OutcomeLog;
use crate::ensemble::summary::OutcomeShare;
use crate::ensemble::versus::{Change, Flip, Versus};

// A row of the flip table stands for at least so many of all runs.
const TOLD: f64 = 0.005;

/// A scenario of the comparison.
#[derive(Debug)]
pub struct Compared {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Shares.
    pub outcomes: Vec<OutcomeShare>,
    /// The outcome of every run.
    pub log: OutcomeLog,
    /// What watching showed, if an outcome was watched; none for the first scenario.
    pub watch: Option<Watch>,
}

/// The first scenario, then every other against it. `watched` is the outcome that was watched.
pub fn versus(all: &[Compared], versus: &[Versus], watched: Option<&str>, look: Look) -> String {
    let first = &all[0];
    let plan = first.log.plan;
    let mut out = look.heading(&format!(
        "{}, and what changes, {NOT_A_FORECAST}",
        first.title
    ));
    let again = if plan.replicates() == 1 {
        "run"
    } else {
        "runs"
    };
    out.push_str(&look.paragraph(
        &format!(
            "{} runs of each file: {} draws of the uncertain numbers, {} {again} each; seed {}. \
             Runs of the same number share their luck, so they are compared one by one.",
            thousands(plan.runs()),
            thousands(u64::from(plan.draws())),
            thousands(u64::from(plan.replicates())),
            plan.seed()
        ),
        "",
        "",
    ));
    for (other, versus) in all[1..].iter().zip(versus) {
        out.push('\n');
        out.push_str(&section(first, other, versus, look));
        if let (Some(watch), Some(id)) = (&other.watch, watched) {
            out.push_str(&look.paragraph(&watching(watch, id, other), "", ""));
        }
    }
    out.push('\n');
    out.push_str(&legend(versus, plan.replicates(), look));
    out
}

fn section(first: &Compared, other: &Compared, versus: &Versus, look: Look) -> String {
    let mut out = look.heading(&format!(
        "{} ({}) against {}",
        other.title, other.id, first.id
    ));
    let columns = [
        ("baseline", "share"),
        ("here", "share"),
        ("change,", "points"),
        ("change by", "chance alone"),
        ("p,", "Holm"),
        ("sign", "holds"),
    ]
    .map(|(top, bottom)| Column { top, bottom });
    let rows: Vec<_> = (versus.changes.iter())
        .map(|change| (change.name.clone(), cells(change)))
        .collect();
    out.push_str(&table(look, &columns, &rows));
    out.push_str(&look.paragraph(&moved(versus), "", ""));
    for sentence in flips(first, other, versus) {
        out.push_str(&look.paragraph(&sentence, "- ", "  "));
    }
    for (ids, file) in [
        (&versus.only_first, &first.id),
        (&versus.only_second, &other.id),
    ] {
        if !ids.is_empty() {
            let text = format!(
                "Only {file} declares {}: no change can be told, outcomes are matched by their id.",
                ids.join(" and ")
            );
            out.push_str(&look.paragraph(&text, "", ""));
        }
    }
    out
}

fn cells(change: &Change) -> Vec<String> {
    let difference = &change.difference;
    vec![
        percent(difference.first),
        percent(difference.second),
        signed(difference.difference),
        signed_span(difference.interval),
        p_value(change.p_holm),
        if change.first_only + change.second_only == 0 {
            "-".to_owned()
        } else {
            format!("{:.0}%", 100.0 * change.sign_holds)
        },
    ]
}

/// `0.032`, `<0.001`.
fn p_value(p: f64) -> String {
    if p < 0.001 {
        "<0.001".to_owned()
    } else {
        format!("{p:.3}")
    }
}

fn moved(versus: &Versus) -> String {
    if versus.moved == 0 {
        return "Every run ends as it did.".to_owned();
    }
    format!(
        "{} of runs end differently.",
        percent(versus.moved as f64 / versus.pairs.max(1) as f64)
    )
}

/// The largest flips in words, then how many were left out.
fn flips(first: &Compared, other: &Compared, versus: &Versus) -> Vec<String> {
    const MOST: usize = 8;
    let share = |flip: &Flip| flip.runs as f64 / versus.pairs.max(1) as f64;
    let told: Vec<&Flip> = (versus.flips.iter())
        .filter(|flip| share(flip) >= TOLD)
        .take(MOST)
        .collect();
    let name = |side: &Compared, id: &str| {
        let own = side.outcomes.iter().find(|outcome| outcome.id == *id);
        own.map_or_else(|| id.to_owned(), |outcome| outcome.name.clone())
    };
    let mut sentences: Vec<String> = (told.iter())
        .map(|flip| {
            format!(
                "{} that end in “{}” under {} end in “{}” under {}.",
                about(share(flip)),
                name(first, &flip.from),
                first.id,
                name(other, &flip.to),
                other.id
            )
        })
        .collect();
    let rest = versus.flips.len() - told.len();
    if rest > 0 && !told.is_empty() {
        sentences.push(format!("{rest} rarer ways are in flips.csv."));
    }
    sentences
}

/// `About 6 runs in 100`.
fn about(share: f64) -> String {
    let hundredths = (share * 100.0).round();
    if hundredths <= 1.0 {
        "About 1 run in 100".to_owned()
    } else {
        format!("About {hundredths:.0} runs in 100")
    }
}

fn watching(watch: &Watch, outcome: &str, other: &Compared) -> String {
    let verdict = if watch.low > 0.5 {
        "it is clear that it becomes more frequent"
    } else if watch.high < 0.5 {
        "it is clear that it becomes less frequent"
    } else {
        "it is not clear whether it becomes more or less frequent"
    };
    format!(
        "Watched, {outcome}: {verdict}. Of {} pairs {} differ, {} of them with it under {} only; a \
         share of {:.1}% to {:.1}% of these is not refuted, whenever one had stopped.",
        thousands(watch.pairs),
        thousands(watch.first + watch.second),
        thousands(watch.second),
        other.id,
        100.0 * watch.low,
        100.0 * watch.high
    )
}

fn legend(versus: &[Versus], replicates: u32, look: Look) -> String {
    let tests: usize = versus.iter().map(|versus| versus.changes.len()).sum();
    let sign = if replicates == 1 {
        "Sign holds: in how many draws of the uncertain numbers the run moves the same way; with one \
         run a draw most do not move at all."
    } else {
        "Sign holds: in how many draws of the uncertain numbers the share moves the same way; where \
         it is far from 100%, the direction hangs on what nobody knows."
    };
    look.paragraph(
        "Change by chance alone: with more runs each change would very likely (95%) settle within \
         these limits (Newcombe's interval for pairs).",
        "",
        "",
    ) + &look.paragraph(
        &format!(
            "p: how probable so lopsided a change would be if nothing had changed (McNemar's exact \
             test), raised by Holm's method for {tests} changes."
        ),
        "",
        "",
    ) + &look.paragraph(sign, "", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!(p_value(0.0), "<0.001");
        assert_eq!(p_value(0.0321), "0.032");
        assert_eq!(about(0.006), "About 1 run in 100");
        assert_eq!(about(0.062), "About 6 runs in 100");
    }
}
