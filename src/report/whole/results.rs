//! What came of the runs: pictures, each with its numbers as a table.

use maud::{Markup, html};

use super::{Report, Screened, absent, in_runs};
use crate::ensemble::intervals::IntervalMethod;
use crate::ensemble::summary::{Band, Summary};
use crate::report::comparison::{CheckedExpectation, signed_span};
use crate::report::html::{Section, SvgError, Table, fact_link, figure};
use crate::report::layout::{hundred, percent, span_of_hundred, thousands};
use crate::scenario::types::Direction;

pub(super) fn ends(report: &Report<'_>) -> Result<Section, SvgError> {
    let summary = report.summary;
    let body = html! {
        @if let Some(sentence) = in_short(summary) { p { (sentence) } }
        p {
            "Two kinds of not knowing are kept apart. " em { "By chance" } " is what more runs of the "
            "same assumptions would settle: all shares together lie within these limits with 95% "
            "confidence (" (method(summary.intervals)) "). " em { "By unknown numbers" } " is how far a "
            "share moves with the numbers nobody knows, chance taken out: 90 of 100 draws of these "
            "numbers lie within. More runs do not make it narrower."
        }
        (picture(report, "1-outcomes", &shares(summary))?)
        @if !summary.benchmarks.is_empty() { (base_rates(summary)) }
        @if !summary.flags.is_empty() {
            h3 { "Whatever the end" }
            (flags(summary))
        }
    };
    Ok(Section::new("ends", "How it ends", body))
}

fn method(method: IntervalMethod) -> &'static str {
    match method {
        IntervalMethod::Score => "Goodman's intervals",
        IntervalMethod::Exact => "exact intervals",
    }
}

/// The most frequent end and the gravest that happens.
fn in_short(summary: &Summary) -> Option<String> {
    let most = (summary.outcomes.iter()).max_by(|a, b| a.share.total_cmp(&b.share))?;
    let gravest = (summary.outcomes.iter())
        .filter(|outcome| outcome.share > 0.0)
        .max_by_key(|outcome| outcome.severity)?;
    if most.id == gravest.id {
        return Some(format!("{}, which is also the gravest end.", in_runs(most)));
    }
    let band = if gravest.band.n > 1 {
        format!(
            ", and in anything from {} to {} as the numbers that nobody knows vary",
            percent(gravest.band.q05),
            percent(gravest.band.q95)
        )
    } else {
        String::new()
    };
    Some(format!("{}; {}{band}.", in_runs(most), in_runs(gravest)))
}

fn band(band: &Band) -> String {
    if band.n < 2 {
        "–".to_owned()
    } else {
        span_of_hundred(band.q05, band.q95)
    }
}

fn shares(summary: &Summary) -> Table {
    let mut table = Table::new("Share of runs by outcome, in per cent")
        .text("Outcome")
        .number("Runs")
        .number("Share")
        .number("By chance")
        .number("By unknown numbers");
    for outcome in &summary.outcomes {
        table.row([
            outcome.name.clone(),
            thousands(outcome.count),
            percent(outcome.share),
            span_of_hundred(outcome.chance.low, outcome.chance.high),
            band(&outcome.band),
        ]);
    }
    table
}

fn flags(summary: &Summary) -> Table {
    let mut table = Table::new("Share of runs in which it holds, in per cent")
        .text("What")
        .number("Share")
        .number("By chance");
    for flag in &summary.flags {
        let chance = span_of_hundred(flag.chance.low, flag.chance.high);
        table.row([flag.name.clone(), percent(flag.share), chance]);
    }
    table
}

fn base_rates(summary: &Summary) -> Markup {
    let mut table = Table::new("How often such things happened, beside these runs")
        .text("Class of past cases")
        .number("Cases")
        .number("Rate")
        .text("Comparable outcomes")
        .number("In these runs")
        .text("Source");
    for mark in &summary.benchmarks {
        let own = |index: &usize| summary.outcomes.get(*index);
        let names: Vec<&str> = (mark.outcomes.iter())
            .filter_map(|index| Some(own(index)?.name.as_str()))
            .collect();
        let here: f64 = mark
            .outcomes
            .iter()
            .filter_map(own)
            .map(|outcome| outcome.share)
            .sum();
        table.row([
            html! { (mark.label) },
            html! { (thousands(mark.n)) },
            html! { (percent(mark.share)) },
            html! { (names.join(" + ")) },
            html! { (percent(here)) },
            html! { (mark.source) " " (fact_link(&mark.id)) },
        ]);
    }
    html! { h3 { "Base rates of past cases" } (table) }
}

/// The picture of a name with a table; nothing if there is none, as when charts were left out.
fn picture(report: &Report<'_>, name: &str, table: &Table) -> Result<Markup, SvgError> {
    let found = report.pictures.iter().find(|picture| picture.name == name);
    match found {
        Some(picture) => figure(
            &picture.svg,
            &format!("picture-{name}"),
            &picture.title,
            caution(name),
            Some(table),
        ),
        None if table.is_empty() => Ok(html! {}),
        None => Ok(html! { (table) }),
    }
}

/// What a picture shows and what it does not say, to stand below it.
fn caution(name: &str) -> &'static str {
    match name {
        "1-outcomes" => {
            "Bars are shares of runs. The longest is no prediction, and a match with a base rate is no \
             confirmation: another class of cases would give another rate."
        }
        "2-timeline" => {
            "Where the runs stand after each meeting. Settled means that an agreement stands which one of \
             the outcomes asks for, perhaps a small one; it does not mean that the crisis is over."
        }
        "9-time-to-end" => {
            "How long runs stay open, and what has ended the others. A run that reaches the horizon is not \
             over; the curve says nothing of what comes after."
        }
        "3-concessions" => {
            "What each party asked for, the best it was offered and what it has without agreement, on its \
             own scale. Equal heights in two panels are not equal gains."
        }
        "4-joint" => {
            "What two parties get in the end, under the frontier of what they could have had. A mark far \
             below it is no proof of folly: the frontier knows everybody's wishes, the parties do not."
        }
        "5-issues" => {
            "At which level each issue was settled, where each party stands and who refuses what. Levels \
             are ordered, not measured: two steps are not twice one step."
        }
        "7-tension" => {
            "Tension and each party's military posture over time, with a few single runs as thin lines. \
             The middle line is no typical run."
        }
        _ => {
            "What the others come to believe about a party, for each type that it may really be. They can \
             only weigh the types that the file lists."
        }
    }
}

pub(super) fn time(report: &Report<'_>) -> Result<Section, SvgError> {
    let summary = report.summary;
    let mut status = Table::new("Where the runs stand after each meeting, in per cent")
        .text("Day")
        .text("Venue")
        .number("Talking")
        .number("Settled")
        .number("Broken off")
        .number("Force");
    for (round, shares) in summary.rounds.iter().zip(&summary.timeline) {
        status.row([
            round.date.to_string(),
            round.venue_name.clone(),
            percent(shares.talking),
            percent(shares.settled),
            percent(shares.broken_off),
            percent(shares.force),
        ]);
    }
    let mut open = Table::new("Runs still open after each day on which some ended, in per cent")
        .text("Day")
        .number("Open before")
        .number("Ended")
        .number("Still open")
        .number("By chance");
    for step in &summary.survival.steps {
        open.row([
            step.date.to_string(),
            thousands(step.at_risk),
            thousands(step.ended),
            percent(step.open),
            span_of_hundred(step.chance.low, step.chance.high),
        ]);
    }
    let body = html! {
        @if summary.rounds.is_empty() {
            p { "Left out: this page is told from stored rows, which hold ends and no days in between." }
        }
        (picture(report, "2-timeline", &status)?)
        (picture(report, "9-time-to-end", &open)?)
    };
    Ok(Section::new("time", "When it ends", body))
}

pub(super) fn drivers(report: &Report<'_>) -> Result<Section, SvgError> {
    const MOST: usize = 10;
    let file = &report.origin.file;
    let screening = report.screening.map(screened).transpose()?;
    let body = html! {
        @if let Some(screening) = &screening { (screening) }
        @else if report.drivers.is_empty() {
            (absent("This page was made without a look at what drives the result:", &format!("jawjaw sensitivity {file}")))
        }
        @if !report.drivers.is_empty() {
            h3 { "What goes with it" }
            p {
                "Which of the unknown numbers go with an outcome, told from these runs alone: the rank "
                "correlation of a number's drawn value with the share of runs that end so. It sees what "
                "rises or falls throughout and nothing of how numbers act together, and it is no proof of "
                "a cause; but the draws were made at random, so nothing else can be behind it. "
                code { "jawjaw sweep" } " plays one of them over its whole range."
            }
            @for (outcome, told) in report.drivers {
                @let name = report.summary.outcomes.get(*outcome).map_or("", |own| own.name.as_str());
                h4 { (name) }
                @if told.found.is_empty() {
                    p {
                        "None of " (thousands(told.numbers as u64)) " uncertain numbers goes with it beyond "
                        "chance, in " (thousands(told.draws)) " draws."
                    }
                } @else {
                    p {
                        @if told.found.len() > MOST {
                            "The strongest of " (told.found.len()) " that go with it beyond chance"
                        } @else {
                            "All that go with it beyond chance"
                        }
                        ", of " (thousands(told.numbers as u64)) " uncertain numbers, in "
                        (thousands(told.draws)) " draws (a correlation beyond ±"
                        (format!("{:.2}", told.beyond_chance)) ")."
                    }
                    (strongest(report, name, told.found.iter().take(MOST)))
                }
            }
        }
    };
    Ok(Section::new(
        "drivers",
        "Which unknown numbers it hangs on",
        body,
    ))
}

/// What moving each number does: sentences, then the picture.
fn screened(it: &Screened) -> Result<Markup, SvgError> {
    let mut pictures = Vec::new();
    for picture in &it.pictures {
        let id = format!("picture-{}", picture.name);
        let caution = "Effects of moving one number at a time from random points. Numbers further to the \
                       right move the ends more; those high up move them differently as others vary.";
        pictures.push(figure(&picture.svg, &id, &picture.title, caution, None)?);
    }
    Ok(html! {
        h3 { "What moving them does" }
        p {
            "Each uncertain number was moved over half of its probability from " (it.trajectories)
            " random points, all luck held fixed, in " (thousands(it.runs)) " runs of their own (Morris 1991): "
            "which part of all runs ends otherwise then. It ranks; for shares of the variance there is "
            code { "jawjaw sensitivity" } "."
        }
        ol { @for sentence in &it.sentences { li { (sentence) } } }
        @for picture in &pictures { (picture) }
    })
}

fn strongest<'a>(
    report: &Report<'_>,
    name: &str,
    found: impl Iterator<Item = &'a crate::ensemble::association::Association>,
) -> Table {
    let mut table = Table::new(format!("What goes with: {name}"))
        .text("Number")
        .number("Correlation")
        .text("The larger it is")
        .text("What is believed of it");
    let quantities = report.scenario.quantities();
    for one in found {
        let own = quantities.iter().find(|quantity| quantity.path == one.path);
        let size = if one.correlation > 0.0 { "+" } else { "−" };
        let way = if one.correlation > 0.0 {
            "the more often"
        } else {
            "the less often"
        };
        table.row([
            html! { a href={ "#" (super::numbers::anchor(&one.path)) } { code { (one.path) } } },
            html! { (size) (format!("{:.2}", one.correlation.abs())) },
            html! { (way) },
            html! { (own.map_or_else(String::new, |quantity| quantity.dist.words())) },
        ]);
    }
    table
}

pub(super) fn expectations(report: &Report<'_>) -> Section {
    let scenario = report.scenario;
    let file = &report.origin.file;
    let body = html! {
        @if scenario.expect.is_empty() {
            p {
                "The file states no expectation of its own: it is what others are compared with, or its "
                "author left it open."
            }
        } @else if report.expectations.is_empty() {
            (absent(
                "The file states what it expects against the file it extends, which was not played here:",
                &format!("jawjaw report {file}"),
            ))
        } @else {
            p {
                "What the author expected before the runs, against what the same luck shows in both files. "
                "A verdict is about the model, not about the world."
            }
            (verdicts(report.expectations))
        }
    };
    Section::new("expectations", "What was expected of it", body)
}

fn verdicts(all: &[CheckedExpectation]) -> Markup {
    let mut table = Table::new("Expectations and verdicts")
        .text("Expectation")
        .text("Verdict")
        .number("Change, points")
        .number("Draws up, down, same")
        .text("Reason to expect it");
    for check in all {
        let what = if check.flags.is_empty() {
            check.outcomes.join(" + ")
        } else {
            check.flags.join(" or ")
        };
        let direction = match check.direction {
            Direction::Up => "rises",
            Direction::Down => "falls",
            Direction::Same => "stays the same",
        };
        let difference = &check.difference;
        table.row([
            html! { (what) " " (direction) " against " (check.base) },
            html! { strong { (check.verdict.word()) } },
            html! { (signed_span(difference.interval)) },
            html! { (difference.draws_up) ", " (difference.draws_down) ", " (difference.draws_same) },
            html! {
                (check.because)
                @if let Some(remark) = &check.remark { " Remark: " (remark.trim()) }
            },
        ]);
    }
    html! { (table) }
}

/// What happens at the table: offers, levels, beliefs, tension. None without pictures.
pub(super) fn table(report: &Report<'_>) -> Result<Option<Section>, SvgError> {
    let summary = report.summary;
    let names: Vec<&str> = (report.pictures.iter())
        .map(|picture| picture.name.as_str())
        .filter(|name| !["1-outcomes", "2-timeline", "9-time-to-end"].contains(name))
        .collect();
    if names.is_empty() {
        return Ok(None);
    }
    let mut body = Vec::new();
    for name in names {
        let table = match name {
            "3-concessions" => concessions(summary),
            "4-joint" => utilities(summary),
            "5-issues" => issues(summary),
            "7-tension" => tension(summary),
            _ => beliefs(summary, name),
        };
        body.push(picture(report, name, &table)?);
    }
    let body = html! { @for picture in &body { (picture) } };
    Ok(Some(Section::new("table", "What happens on the way", body)))
}

fn median(bands: &[Band], round: usize) -> String {
    let band = bands.get(round).filter(|band| band.n > 0);
    band.map_or_else(|| "–".to_owned(), |band| hundred(band.q50))
}

fn concessions(summary: &Summary) -> Table {
    let mut table = Table::new("Medians by meeting, each party's own scale of 0 to 100")
        .text("Day")
        .text("Party")
        .number("Asked")
        .number("Best offered")
        .number("Without agreement");
    for (index, round) in summary.rounds.iter().enumerate() {
        for party in &summary.parties {
            if party.asked.get(index).is_some_and(|band| band.n > 0) {
                table.row([
                    round.date.to_string(),
                    party.name.clone(),
                    median(&party.asked, index),
                    median(&party.offered, index),
                    median(&party.disagreement, index),
                ]);
            }
        }
    }
    table
}

fn utilities(summary: &Summary) -> Table {
    let mut table = Table::new("What each party gets in the end, 0 worst to 100 its ideal")
        .text("Party")
        .number("Mean")
        .number("By chance")
        .number("By unknown numbers")
        .number("Middle half of runs");
    for party in &summary.parties {
        table.row([
            party.name.clone(),
            hundred(party.mean_utility),
            span_of_hundred(party.chance.low, party.chance.high),
            band(&party.band),
            span_of_hundred(party.utility.q25, party.utility.q75),
        ]);
    }
    table
}

fn issues(summary: &Summary) -> Table {
    let mut table = Table::new("Share of runs settled by agreement at each level, in per cent")
        .text("Issue")
        .text("Level")
        .number("Settled there")
        .number("In force at the end");
    for issue in &summary.issues {
        for (level, words) in issue.levels.iter().enumerate() {
            let at = |shares: &[f64]| percent(shares.get(level).copied().unwrap_or(0.0));
            let mark = if level == issue.status_quo {
                " (at the start)"
            } else {
                ""
            };
            table.row([
                issue.name.clone(),
                format!("{words}{mark}"),
                at(&issue.settled),
                at(&issue.in_force),
            ]);
        }
    }
    table
}

fn beliefs(summary: &Summary, name: &str) -> Table {
    let mut table = Table::new("What the others believe in the end, in per cent")
        .text("It is really")
        .text("They believe it is")
        .number("At first")
        .number("In the end");
    let own = summary.beliefs.iter().find(|belief| {
        let party = summary.parties.get(belief.party);
        party.is_some_and(|party| name.ends_with(&format!("-{}", party.id)))
    });
    if let Some(belief) = own {
        for (truth, rows) in belief.mean.iter().enumerate() {
            for (believed, series) in rows.iter().enumerate() {
                table.row([
                    belief.types[truth].clone(),
                    belief.types[believed].clone(),
                    series
                        .first()
                        .map_or_else(String::new, |share| percent(*share)),
                    series
                        .last()
                        .map_or_else(String::new, |share| percent(*share)),
                ]);
            }
        }
    }
    table
}

fn tension(summary: &Summary) -> Table {
    let mut table = Table::new("Medians by meeting, 0 to 100, and where 90 of 100 runs lie")
        .text("Day")
        .text("What")
        .number("Median")
        .number("90 of 100 runs");
    for (index, round) in summary.rounds.iter().enumerate() {
        for variable in &summary.variables {
            let Some(at) = variable.bands.get(index).filter(|band| band.n > 0) else {
                continue;
            };
            table.row([
                round.date.to_string(),
                variable.name.clone(),
                hundred(at.q50),
                span_of_hundred(at.q05, at.q95),
            ]);
        }
    }
    table
}
