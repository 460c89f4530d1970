//! What is measured of a run.
//!
//! Flows in: the word on the command line. Flows out: a number of each run. Invariant: an outcome or a
//! flag is 0 or 1, so its mean is a share and its variance `p (1 - p)`.

use crate::engine::record::RunRecord;
use crate::model::Model;
use crate::scenario::names::nearest;
use crate::scenario::types::Scenario;

/// A number of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Whether it ends in this outcome.
    Outcome(usize),
    /// Whether this flag holds.
    Flag(usize),
    /// Final utility of this party, 0 to 1.
    Utility(usize),
    /// Days from the start to the end.
    Days,
    /// Whether anything was agreed.
    Agreement,
}

impl Measure {
    /// Every outcome of the scenario: what decides which of them comes about.
    pub fn outcomes(model: &Model) -> Vec<Self> {
        (0..model.scenario.outcomes.len())
            .map(Self::Outcome)
            .collect()
    }

    /// Reads `days`, `agreement`, `flag.ID`, `utility.PARTY` or `outcome.ID`.
    ///
    /// # Errors
    /// A sentence with the nearest name there is.
    pub fn parse(text: &str, scenario: &Scenario) -> Result<Self, String> {
        let mut known: Vec<(String, Self)> = vec![
            ("days".to_owned(), Self::Days),
            ("agreement".to_owned(), Self::Agreement),
        ];
        let listed = |kind: &str, ids: Vec<&str>, of: fn(usize) -> Self| {
            let all = ids.into_iter().enumerate();
            all.map(|(index, id)| (format!("{kind}.{id}"), of(index)))
                .collect::<Vec<_>>()
        };
        let outcomes = scenario.outcomes.iter().map(|one| one.id.as_str());
        known.extend(listed("outcome", outcomes.collect(), Self::Outcome));
        let flags = scenario.flags.iter().map(|one| one.id.as_str());
        known.extend(listed("flag", flags.collect(), Self::Flag));
        let parties = scenario.parties.iter().map(|one| one.id.as_str());
        known.extend(listed("utility", parties.collect(), Self::Utility));
        if let Some((_, measure)) = known.iter().find(|(name, _)| name == text) {
            return Ok(*measure);
        }
        let names = known.iter().map(|(name, _)| name.as_str());
        let hint = nearest(text, names)
            .map(|near| format!("\n\nhint: there is `{near}`"))
            .unwrap_or_default();
        Err(format!(
            "`{text}` is no measure; use days, agreement, flag.ID, utility.PARTY or outcome.ID{hint}"
        ))
    }

    /// Its value in a run.
    pub fn value(self, record: &RunRecord) -> f64 {
        let indicator = |holds: bool| f64::from(u8::from(holds));
        match self {
            Self::Outcome(outcome) => indicator(usize::from(record.outcome) == outcome),
            Self::Flag(flag) => indicator(record.flags >> flag & 1 == 1),
            Self::Utility(party) => record.utility[party],
            Self::Days => f64::from(record.end_day),
            Self::Agreement => indicator(
                record
                    .settled_round
                    .iter()
                    .any(|round| *round != crate::engine::record::NONE),
            ),
        }
    }

    /// Id and name in words.
    pub fn names(self, scenario: &Scenario) -> (String, String) {
        match self {
            Self::Outcome(index) => {
                let outcome = &scenario.outcomes[index];
                (outcome.id.clone(), outcome.name.clone())
            }
            Self::Flag(index) => {
                let flag = &scenario.flags[index];
                (format!("flag.{}", flag.id), flag.name.clone())
            }
            Self::Utility(index) => {
                let party = &scenario.parties[index];
                (
                    format!("utility.{}", party.id),
                    format!("what {} gets", party.name),
                )
            }
            Self::Days => ("days".to_owned(), "days to the end".to_owned()),
            Self::Agreement => ("agreement".to_owned(), "anything agreed".to_owned()),
        }
    }

    /// Whether it is 0 or 1.
    pub fn is_indicator(self) -> bool {
        !matches!(self, Self::Utility(_) | Self::Days)
    }
}
