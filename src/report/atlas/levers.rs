//! Every lever of a scenario, moved alone, by kinds and all together.

use super::{Page, code, points};
use crate::ensemble::paired::Difference;
use crate::ensemble::screen::{Effect, JointEffect, Reach};
use crate::report::layout::thousands;
use crate::scenario::levers::{Lever, LeverKind};
use crate::scenario::types::Outcome;

/// A lever moved alone.
#[derive(Debug)]
pub struct Alone<'a> {
    /// The lever.
    pub lever: &'a Lever,
    /// What it changes.
    pub effect: Effect,
    /// What somebody wrote about it.
    pub note: Option<&'a str>,
}

/// All levers of a kind moved at once.
#[derive(Debug)]
pub struct Group {
    /// The kind.
    pub kind: LeverKind,
    /// How many.
    pub levers: usize,
    /// What it changes.
    pub effect: Effect,
}

/// Every lever moved among others that are moved at random.
#[derive(Debug)]
pub struct Joint<'a> {
    /// The levers.
    pub levers: Vec<&'a Lever>,
    /// `[lever][outcome]`
    pub effects: Vec<Vec<JointEffect>>,
    /// Draws, each with a setting of its own.
    pub draws: u32,
    /// Runs a draw.
    pub replicates: u32,
    /// Probability with which each lever is pulled.
    pub share: f64,
}

/// What the page shows.
#[derive(Debug)]
pub struct Content<'a> {
    /// The scenario's file.
    pub file: &'a str,
    /// Its outcomes.
    pub outcomes: &'a [Outcome],
    /// One at a time.
    pub alone: Vec<Alone<'a>>,
    /// By kind.
    pub groups: Vec<Group>,
    /// Together.
    pub joint: Joint<'a>,
    /// Runs for each lever moved alone.
    pub runs: u64,
    /// The command that writes the page.
    pub command: String,
    /// What the numbers were made from.
    pub stamps: String,
    /// What somebody wrote about all of it.
    pub opening: Option<&'a str>,
}

/// A main effect is shown where it is so many standard errors from zero: among some hundred levers
/// and a handful of outcomes, chance alone then gives about one false mark.
const MARKED: f64 = 3.3;

/// The page.
pub fn page(content: &Content<'_>) -> String {
    let mut page = Page::new("What moves the outcome, and what does not");
    page.paragraph(&format!(
        "Each threat, promise, move, event, venue, form, issue, linkage, red line, consent and type \
         of `{}` is taken away, or made certain, and the runs are compared one by one with those of \
         the unchanged file on the same luck.\n\
         The list is read off the file, so nothing can be forgotten in it.\n\
         Large effects show where the answer hangs on an assumption; levers without any are facts \
         about the model and are explained.",
        content.file
    ));
    page.paragraph(&format!("Written by `{}`.", content.command));
    if let Some(text) = content.opening {
        page.paragraph(text);
    }
    alone(&mut page, content);
    idle(&mut page, content);
    groups(&mut page, content);
    joint(&mut page, content);
    page.line("<!-- what these numbers were made from");
    page.line(&content.stamps);
    page.line("-->");
    page.finish()
}

fn alone(page: &mut Page, content: &Content<'_>) {
    page.heading(2, "One at a time");
    page.paragraph(&format!(
        "{} pairs of runs for each lever. A pair that the lever does not touch is exactly the same \
         twice, so that only the touched ones add noise.\n\
         `runs moved` is the share of runs that end in another outcome, in whatever direction; \
         `shares moved` is half the sum of the changes of all shares, in points; then the two \
         outcomes that change most, with 95 % intervals by chance alone where these do not hold \
         zero.",
        thousands(content.runs)
    ));
    let mut sorted: Vec<&Alone<'_>> = content.alone.iter().collect();
    sorted.sort_by(|a, b| {
        let key = |one: &Alone<'_>| (one.effect.distance(), one.effect.moved());
        let ((da, ma), (db, mb)) = (key(a), key(b));
        db.total_cmp(&da)
            .then(mb.cmp(&ma))
            .then(a.lever.id().cmp(&b.lever.id()))
    });
    let rows: Vec<Vec<String>> = sorted
        .iter()
        .filter(|one| one.effect.moved() > 0)
        .map(|one| {
            vec![
                code(&one.lever.path),
                one.lever.kind.what().to_owned(),
                format!(
                    "{:.1} %",
                    one.effect.moved() as f64 / content.runs as f64 * 100.0
                ),
                format!("{:.1}", one.effect.distance() * 100.0),
                strongest(&one.effect, content.outcomes),
            ]
        })
        .collect();
    let heads = [
        "lever",
        "what is done",
        "runs moved",
        "shares moved",
        "which outcomes",
    ];
    page.table(&heads, &rows);
}

fn strongest(effect: &Effect, outcomes: &[Outcome]) -> String {
    let mut changes: Vec<(&Outcome, &Difference)> = (outcomes.iter().zip(&effect.outcomes))
        .filter(|(_, change)| change.interval.low > 0.0 || change.interval.high < 0.0)
        .collect();
    changes.sort_by(|(_, a), (_, b)| b.difference.abs().total_cmp(&a.difference.abs()));
    let words: Vec<String> = (changes.iter().take(2))
        .map(|(outcome, change)| {
            format!(
                "{} {} ({} to {})",
                outcome.name,
                points(change.difference),
                points(change.interval.low),
                points(change.interval.high)
            )
        })
        .collect();
    if words.is_empty() {
        "none for sure".to_owned()
    } else {
        words.join("; ")
    }
}

fn idle(page: &mut Page, content: &Content<'_>) {
    let rows: Vec<Vec<String>> = (content.alone.iter())
        .filter(|one| one.effect.moved() == 0)
        .map(|one| {
            let reach = &one.effect.reach;
            let changed = |reach: u64| thousands(reach);
            vec![
                code(&one.lever.path),
                one.lever.kind.what().to_owned(),
                changed(reach[Reach::Settlement as usize]),
                changed(reach[Reach::Record as usize]),
                one.note.unwrap_or("").to_owned(),
            ]
        })
        .collect();
    page.heading(2, "Without an outcome");
    if rows.is_empty() {
        page.paragraph("None: every lever changes the outcome of some run.");
        return;
    }
    page.paragraph(&format!(
        "These levers changed the outcome of none of the {} runs.",
        thousands(content.runs)
    ));
    let heads = [
        "lever",
        "what is done",
        "runs with other agreements",
        "runs with something else",
        "why",
    ];
    page.table(&heads, &rows);
}

fn groups(page: &mut Page, content: &Content<'_>) {
    page.heading(2, "All of a kind at once");
    let rows: Vec<Vec<String>> = (content.groups.iter())
        .map(|group| {
            vec![
                group.kind.what().to_owned(),
                group.levers.to_string(),
                format!(
                    "{:.1} %",
                    group.effect.moved() as f64 / content.runs as f64 * 100.0
                ),
                format!("{:.1}", group.effect.distance() * 100.0),
                strongest(&group.effect, content.outcomes),
            ]
        })
        .collect();
    let heads = [
        "what is done to all",
        "levers",
        "runs moved",
        "shares moved",
        "which outcomes",
    ];
    page.table(&heads, &rows);
}

fn joint(page: &mut Page, content: &Content<'_>) {
    let joint = &content.joint;
    page.heading(2, "All together");
    page.paragraph(&format!(
        "A lever may only matter where others are gone: one call of presidents replaces another.\n\
         So each of {} levers was also moved while {:.0} % of the others, drawn anew for each of {} \
         draws of {} runs, were taken away (elementary effects at random points, Morris 1991).\n\
         The effect of a lever is then its average over such worlds: useful to find what is masked, \
         not to be read as a scenario.\n\
         Shown are effects that are {MARKED} standard errors from zero, in points, the strongest \
         first; types are left out, since a party must be of some type.",
        joint.levers.len(),
        joint.share * 100.0,
        joint.draws,
        joint.replicates
    ));
    let mut rows: Vec<(f64, Vec<String>)> = Vec::new();
    for (lever, effects) in joint.levers.iter().zip(&joint.effects) {
        let mut sure: Vec<(&Outcome, &JointEffect)> = (content.outcomes.iter().zip(effects))
            .filter(|(_, effect)| effect.mean.abs() > MARKED * effect.error)
            .collect();
        sure.sort_by(|(_, a), (_, b)| b.mean.abs().total_cmp(&a.mean.abs()));
        let Some((_, largest)) = sure.first() else {
            continue;
        };
        let words: Vec<String> = (sure.iter().take(3))
            .map(|(outcome, effect)| {
                format!(
                    "{} {} (± {:.1})",
                    outcome.name,
                    points(effect.mean),
                    effect.error * 100.0
                )
            })
            .collect();
        rows.push((
            largest.mean.abs(),
            vec![
                code(&lever.path),
                lever.kind.what().to_owned(),
                words.join("; "),
            ],
        ));
    }
    rows.sort_by(|(a, first), (b, second)| b.total_cmp(a).then(first.cmp(second)));
    let silent = joint.levers.len() - rows.len();
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(_, row)| row).collect();
    let heads = ["lever", "what is done", "average effect (± standard error)"];
    page.table(&heads, &rows);
    page.paragraph(&format!("No sure average effect: {silent} levers."));
}
