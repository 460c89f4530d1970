//! `jawjaw explain`: every number of a scenario, and who says so.

use std::fmt::Write;
use std::process::ExitCode;

use clap::Args;

use super::{CliError, source};
use crate::evidence::Evidence;
use crate::scenario::load::FactIndex;
use crate::scenario::names::nearest;
use crate::scenario::quantity::{Provenance, Quantity};
use crate::scenario::types::Scenario;

/// Explain the numbers of a scenario: their ranges, the facts they rest on, what is assumed
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Scenario file
    file: String,
    /// Only the numbers under this path, such as `parties.russia`
    path: Option<String>,
}

impl ExplainArgs {
    /// Explains the file.
    pub fn run(self) -> Result<ExitCode, CliError> {
        let shipped = Evidence::shipped();
        let loaded = source::open(&self.file, &shipped)?;
        let facts = source::evidence(&loaded, &shipped);
        let Some(scenario) = source::scenario(&loaded) else {
            return Ok(ExitCode::from(1));
        };
        let all = scenario.quantities();
        let under = |quantity: &&&Quantity| {
            self.path.as_ref().is_none_or(|path| {
                let rest = quantity.path.strip_prefix(path.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        let chosen: Vec<&Quantity> = all.iter().filter(under).copied().collect();
        if let Some(path) = self.path.as_ref().filter(|_| chosen.is_empty()) {
            let known = all.iter().flat_map(|quantity| prefixes(&quantity.path));
            let hint = nearest(path, known)
                .map(|near| format!("\n\nhint: there is `{near}`"))
                .unwrap_or_default();
            source::say(&format!(
                "error: no number stands at or under `{path}`{hint}"
            ));
            return Ok(ExitCode::from(1));
        }
        let definition = scenario.by_definition.as_deref();
        let definition = definition.unwrap_or("of the format or its scale");
        let mut text = String::new();
        for quantity in &chosen {
            explain(&mut text, quantity, definition, facts).expect("a string takes any text");
        }
        shares(&mut text, &chosen, facts).expect("a string takes any text");
        source::print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What stands behind a number of a scenario, line by line: its range, its facts, what is assumed.
/// For the type of a party, the weights that it is drawn by.
pub(super) fn reasons(scenario: &Scenario, id: &str, facts: &dyn FactIndex) -> Vec<String> {
    let definition = scenario.by_definition.as_deref();
    let definition = definition.unwrap_or("of the format or its scale");
    let own = |path: &str| match id.strip_suffix(".type") {
        Some(party) => path.starts_with(&format!("{party}.types.")) && path.ends_with(".prior"),
        None => path == id,
    };
    let mut text = String::new();
    for quantity in scenario.quantities().iter().filter(|one| own(&one.path)) {
        explain(&mut text, quantity, definition, facts).expect("a string takes any text");
    }
    text.lines()
        .map(|line| line.trim_start().to_owned())
        .collect()
}

/// A path and everything it lies under.
fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('.')
        .map(|(at, _)| &path[..at])
        .chain([path])
}

fn explain(
    text: &mut String,
    quantity: &Quantity,
    definition: &str,
    facts: &dyn FactIndex,
) -> std::fmt::Result {
    writeln!(text, "{}: {}", quantity.path, quantity.dist.words())?;
    let why = &quantity.provenance;
    for id in &why.from {
        match facts.fact_text(id) {
            Some(fact) => {
                let date = fact
                    .date
                    .map(|date| format!(", {date}"))
                    .unwrap_or_default();
                let memory = if fact.documented {
                    ""
                } else {
                    "; from memory, not looked up"
                };
                writeln!(
                    text,
                    "    {id}: \"{}\" ({}{date}{memory})",
                    fact.statement, fact.attributed_to
                )?;
            }
            None => writeln!(text, "    {id}")?,
        }
    }
    if let Some(reason) = &why.assumed {
        writeln!(text, "    assumed: {reason}")?;
    }
    match Standing::of(why, facts) {
        Standing::Defined if why.from.is_empty() && why.assumed.is_none() => {
            writeln!(text, "    by definition {definition}")
        }
        Standing::Unsourced => writeln!(text, "    without a source or a reason"),
        _ => Ok(()),
    }
}

/// What stands behind a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Documented,
    Partly,
    /// Cites only what nobody looked up.
    Remembered,
    Assumed,
    Defined,
    Unsourced,
}

impl Standing {
    fn of(why: &Provenance, facts: &dyn FactIndex) -> Self {
        // An id that the evidence does not know was reported when the file was read.
        let documented = |id: &String| facts.fact_text(id).is_none_or(|fact| fact.documented);
        if why.by_definition {
            return Self::Defined;
        }
        match (why.from.is_empty(), why.assumed.is_some()) {
            (true, true) => Self::Assumed,
            (true, false) => Self::Unsourced,
            (false, _) if !why.from.iter().any(documented) => Self::Remembered,
            (false, false) => Self::Documented,
            (false, true) => Self::Partly,
        }
    }
}

fn shares(text: &mut String, quantities: &[&Quantity], facts: &dyn FactIndex) -> std::fmt::Result {
    let total = quantities.len();
    writeln!(
        text,
        "\n{total} number{}:",
        if total == 1 { "" } else { "s" }
    )?;
    let standings = [
        (Standing::Documented, "documented"),
        (Standing::Partly, "documented in part, assumed in part"),
        (Standing::Remembered, "from memory, not documented"),
        (Standing::Assumed, "assumed"),
        (Standing::Defined, "by definition"),
        (Standing::Unsourced, "without a source or a reason"),
    ];
    for (standing, name) in standings {
        let of = |quantity: &&&Quantity| Standing::of(&quantity.provenance, facts) == standing;
        let count = quantities.iter().filter(of).count();
        if count > 0 {
            let percent = 100.0 * count as f64 / total as f64;
            writeln!(text, "{count:>6}  {percent:>3.0} %  {name}")?;
        }
    }
    Ok(())
}
