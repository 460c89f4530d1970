//! `jawjaw show`: a scenario in short, or the whole file that its chain of files adds up to.

use std::fmt::Write;
use std::process::ExitCode;

use clap::Args;

use super::{CliError, card, resolved, source};
use crate::evidence::Evidence;
use crate::scenario::load::FactIndex;
use crate::scenario::types::{MoveKind, Scenario};

/// Show what a scenario says
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Scenario file
    file: String,
    /// Print the whole file after `extends`, each value with the place it comes from
    #[arg(long)]
    resolved: bool,
}

impl ShowArgs {
    /// Shows the file.
    pub fn run(self) -> Result<ExitCode, CliError> {
        let facts = Evidence::shipped();
        let loaded = source::open(&self.file, &facts)?;
        let Some(scenario) = source::scenario(&loaded) else {
            return Ok(ExitCode::from(1));
        };
        let mut text = String::new();
        if self.resolved {
            text = resolved::text(&loaded.resolved, &loaded.sources);
        } else {
            describe(&mut text, scenario, &facts).expect("a string takes any text");
        }
        source::print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn describe(text: &mut String, scenario: &Scenario, facts: &dyn FactIndex) -> std::fmt::Result {
    writeln!(
        text,
        "{} ({})\n\n{}",
        scenario.title,
        scenario.id,
        scenario.summary.trim()
    )?;
    if let Some(definition) = &scenario.by_definition {
        writeln!(text, "\nBy definition {}", definition.trim())?;
    }
    if let Some(hypothesis) = &scenario.hypothesis {
        text.push('\n');
        card::hypothesis(text, hypothesis, facts, super::text::width());
        card::expectations(text, &scenario.expect, super::text::width());
    }
    let calendar = &scenario.calendar;
    writeln!(text, "\n{} to {}", calendar.start, calendar.horizon)?;
    writeln!(text, "\nParties")?;
    for party in &scenario.parties {
        writeln!(text, "  {} ({})", party.name, party.id)?;
        for kind in party.types.iter().filter(|_| party.types.len() > 1) {
            writeln!(
                text,
                "    {} ({}), prior {}",
                kind.name,
                kind.id,
                kind.prior.dist.mode()
            )?;
        }
    }
    writeln!(text, "\nIssues (* is the status quo)")?;
    for issue in &scenario.issues {
        let promise = if issue.promise { ", a promise" } else { "" };
        writeln!(text, "  {} ({}){promise}", issue.name, issue.id)?;
        for (index, level) in issue.levels.iter().enumerate() {
            let mark = if index == issue.status_quo { '*' } else { ' ' };
            writeln!(text, "  {mark} {index} {level}")?;
        }
        if !issue.consent.is_empty() {
            writeln!(text, "    consent of {}", issue.consent.join(", "))?;
        }
    }
    writeln!(text, "\nVenues")?;
    for venue in &scenario.venues {
        let closed = if venue.open {
            ""
        } else {
            ", closed at the start"
        };
        let seats = venue.participants.join(", ");
        writeln!(text, "  {} ({}): {seats}{closed}", venue.name, venue.id)?;
        writeln!(text, "    may settle {}", or_nothing(&venue.decides))?;
    }
    acts(text, scenario)?;
    writeln!(text, "\nOutcomes, the first that holds names the run")?;
    for outcome in &scenario.outcomes {
        writeln!(
            text,
            "  {} ({}), severity {}",
            outcome.name, outcome.id, outcome.severity
        )?;
    }
    Ok(())
}

fn acts(text: &mut String, scenario: &Scenario) -> std::fmt::Result {
    if !scenario.moves.is_empty() {
        writeln!(text, "\nMoves")?;
    }
    for act in &scenario.moves {
        let kind = match act.kind {
            MoveKind::Pressure => "pressure",
            MoveKind::Relief => "relief",
            MoveKind::Signal => "signal",
            MoveKind::Terminal => "ends the run",
        };
        writeln!(text, "  {} ({}): {}, {kind}", act.name, act.id, act.actor)?;
    }
    if !scenario.threats.is_empty() {
        writeln!(text, "\nThreats")?;
    }
    for threat in &scenario.threats {
        let trigger = threat.trigger.join(" or ");
        writeln!(
            text,
            "  {} ({}): {} to {}, if {trigger}",
            threat.name, threat.id, threat.by, threat.target
        )?;
    }
    if !scenario.events.is_empty() {
        writeln!(text, "\nEvents")?;
    }
    for event in &scenario.events {
        writeln!(text, "  {} ({})", event.name, event.id)?;
    }
    Ok(())
}

fn or_nothing(ids: &[String]) -> String {
    if ids.is_empty() {
        "nothing".to_owned()
    } else {
        ids.join(", ")
    }
}
