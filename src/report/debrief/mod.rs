//! The debriefing of one game, or of a class: questions first, then what the same facts gave agents,
//! what lay on the table, where it turned, and only then what the others wanted.
//!
//! Flows in: [`Debrief`]s, the games they are about, a [`Basis`]. Flows out: a [`Document`]. Invariant:
//! no result is called a success or set in an order of merit, every comparison names its runs, and
//! every percentile says what it does not show.

mod class;
mod own;
mod picture;
mod short;
#[cfg(test)]
mod tests;
mod turned;
mod wanted;
mod words;

pub use class::class;
pub use short::short;

use super::document::{Document, Part};
use crate::debrief::Debrief;
use crate::seat::Game;
use words::{date, name};

/// By what a debriefing can be made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// Scenario file.
    pub file: String,
    /// SHA-256 of the resolved scenario.
    pub sha256: String,
    /// Version of the program.
    pub version: String,
    /// Version of what the model computes.
    pub model_version: u32,
    /// Questions of an exercise; the six standard ones are asked where there are none.
    pub questions: Vec<String>,
}

impl Basis {
    fn hash(&self) -> &str {
        self.sha256.get(..12).unwrap_or(&self.sha256)
    }
}

/// What every chart rests on, in its footer.
fn runs(found: &Debrief, game: &Game, basis: &Basis) -> String {
    let n = found.comparison.runs.len();
    let few = if n < FEW {
        ", too few for more than a hint"
    } else {
        ""
    };
    format!(
        "{} runs of agents in every seat{few}: {}, seed {}, draw {}, scenario {}",
        super::layout::thousands(n as u64),
        game.table().model.scenario.id,
        found.comparison.seed,
        found.comparison.draw,
        basis.hash(),
    )
}

/// Fewer runs than this are pointed out.
const FEW: usize = 30;

/// The document of one game.
pub fn document(game: &Game, found: &Debrief, basis: &Basis) -> Document {
    let scenario = &game.table().model.scenario;
    let seat = name(scenario, found.seat);
    let mut sections = vec![own::questions(game, found, basis)];
    sections.push(own::ended(game, found));
    sections.push(own::among(game, found, basis));
    sections.push(own::offers(game, found, basis));
    sections.push(own::left(game, found, basis));
    sections.extend(own::prediction(game, found));
    sections.push(turned::section(game, found));
    sections.push(wanted::section(game, found));
    sections.push(wanted::evidence(game, found));
    sections.push(how(game, found, basis));
    Document {
        title: format!("Debriefing: {seat} in “{}”", scenario.title),
        lead: vec![
            format!(
                "A game played from the seat of {seat} ({}). What the scenario knows ends on {}. \
                 Everything here comes from a model, not a forecast: it shows what follows from the \
                 scenario's assumptions.",
                found.label,
                date(scenario.cutoff),
            ),
            "Answer the questions before you read on. What the other parties wanted is told from \
             “What the others wanted” on, and some of it can be guessed from the parts before."
                .to_owned(),
        ],
        sections,
        colophon: vec![format!(
            "jawjaw {}, model version {}.",
            basis.version, basis.model_version
        )],
    }
}

fn how(game: &Game, found: &Debrief, basis: &Basis) -> Part {
    let mut part = Part::new("how", "How this was computed");
    let table = game.table();
    part.say(format!(
        "The game was played again from the session file, on draw {} of seed {} of {} (SHA-256 of the \
         resolved scenario {}). The same files give the same page, on any machine and for any number \
         of threads.",
        found.comparison.draw, table.seed, basis.file, basis.sha256,
    ));
    part.say(format!(
        "Comparison: {} runs in which the agents of the scenario play every seat, in the same draw, \
         with the same type in this seat; luck and the types of the others differ from run to run. \
         Turning points: {} other choices at {} decisions screened with {} runs each, the largest \
         effects measured with fresh runs; intervals hold at 95 % for all of them together \
         (Bonferroni).",
        super::layout::thousands(found.comparison.runs.len() as u64),
        found.turning.alternatives,
        found.turning.decisions,
        found.turning.screening,
    ));
    part
}

/// Words that no text of this program may use of a result: a score is no victory, and a class is no
/// league. Titles and names come from scenario files and are not checked.
pub fn unwelcome(text: &str) -> Vec<String> {
    const WORDS: [&str; 19] = [
        "beat",
        "beaten",
        "beating",
        "beats",
        "best-performing",
        "champion",
        "leaderboard",
        "loser",
        "losers",
        "outperform",
        "outperformed",
        "ranked",
        "ranking",
        "victory",
        "win",
        "winner",
        "winners",
        "winning",
        "won",
    ];
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !(c.is_alphanumeric() || c == '-'));
    let mut found: Vec<String> = (words.filter(|word| WORDS.contains(word)))
        .map(ToOwned::to_owned)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}
