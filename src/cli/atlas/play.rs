//! The runs behind the pages.

use super::family::Member;
use super::notes::Notes;
use crate::cli::output::sha256_hex;
use crate::cli::{CliError, source};
use crate::ensemble::game::Game;
use crate::ensemble::paired::{Difference, Verdict, compare};
use crate::ensemble::screen::{Effect, Traces, joint_effects, traces};
use crate::ensemble::{MODEL_VERSION, Plan};
use crate::model::Model;
use crate::report::atlas::levers::{Alone, Content, Group, Joint};
use crate::report::atlas::scenarios::{Design, Entry};
use crate::report::atlas::{levers as levers_page, scenarios as scenarios_page};
use crate::report::comparison::CheckedExpectation;
use crate::scenario::levers::{Lever, LeverKind, levers};
use crate::scenario::types::Scenario;

/// Draws whose outcomes a page records, for a check that plays only these.
const FIRST_DRAWS: u32 = 20;
/// The same for each lever.
const FIRST_LEVER_DRAWS: u32 = 2;
/// Draws and runs a draw where levers are moved together, each draw at another point: many points
/// of few runs, because the points differ more than the runs do.
const JOINT: (u32, u32) = (150, 10);
/// How much is then taken away: enough to unmask substitutes, little enough to leave a crisis.
const JOINT_SHARE: f64 = 0.2;

/// Plays the family and the levers.
pub(super) struct Player<'a> {
    pub(super) family: &'a [Member],
    pub(super) notes: &'a Notes,
    pub(super) plan: Plan,
    pub(super) lever_plan: Plan,
    pub(super) command: String,
    pub(super) quiet: bool,
}

impl Player<'_> {
    /// The page of the variants.
    pub(super) fn scenarios(&self) -> Result<String, CliError> {
        let mut played: Vec<Traces> = Vec::new();
        for member in self.family {
            self.say(&format!("playing {}", member.scenario.id));
            played.push(traces(&game(&member.scenario)?, self.plan));
        }
        let mut entries = Vec::new();
        for (member, runs) in self.family.iter().zip(&played) {
            let base = &self.family[0];
            let changes = (base.scenario.outcomes.iter())
                .map(|outcome| {
                    let ids = std::slice::from_ref(&outcome.id);
                    paired((&base.scenario, &played[0]), (&member.scenario, runs), ids)
                })
                .collect::<Result<_, _>>()?;
            let parent = self.parent(member);
            entries.push(Entry {
                file: &member.path,
                scenario: &member.scenario,
                base: parent.map(|parent| self.family[parent].scenario.id.as_str()),
                changes,
                expectations: self.expectations(member, runs, &played)?,
                note: self.notes.of(&member.scenario.id),
            });
        }
        let first: Vec<Traces> = played.iter().map(|runs| runs.first(FIRST_DRAWS)).collect();
        let design = Design {
            seed: self.plan.seed(),
            draws: self.plan.draws(),
            replicates: self.plan.replicates(),
            command: self.command.clone(),
            stamps: self.stamps(&first)?,
        };
        Ok(scenarios_page::page(
            &entries,
            &design,
            self.notes.of("scenarios"),
        ))
    }

    /// The file that a member extends, the first of several.
    fn parent(&self, member: &Member) -> Option<usize> {
        let path = member.parent.as_ref()?;
        self.family.iter().position(|other| other.path == *path)
    }

    fn expectations(
        &self,
        member: &Member,
        runs: &Traces,
        played: &[Traces],
    ) -> Result<Vec<CheckedExpectation>, CliError> {
        let mut checks = Vec::new();
        for expectation in &member.scenario.expect {
            let base = match &expectation.against {
                Some(id) => self
                    .family
                    .iter()
                    .position(|other| other.scenario.id == *id),
                None => self.parent(member),
            };
            let Some(base) = base else { continue };
            let first = (&self.family[base].scenario, &played[base]);
            let second = (&member.scenario, runs);
            let difference = if expectation.flags.is_empty() {
                paired(first, second, &expectation.outcomes)?
            } else {
                paired_flags(first, second, &expectation.flags)?
            };
            checks.push(CheckedExpectation {
                variant: member.scenario.id.clone(),
                base: self.family[base].scenario.id.clone(),
                outcomes: expectation.outcomes.clone(),
                flags: expectation.flags.clone(),
                remark: expectation.remark.clone(),
                direction: expectation.direction,
                because: expectation.because.clone(),
                difference,
                verdict: Verdict::of(expectation.direction, difference.interval),
            });
        }
        Ok(checks)
    }

    /// What that page records, from its first draws alone.
    pub(super) fn scenario_stamps(&self) -> Result<String, CliError> {
        let plan = few(self.plan, FIRST_DRAWS)?;
        let first = (self.family.iter())
            .map(|member| Ok(traces(&game(&member.scenario)?, plan)))
            .collect::<Result<Vec<_>, CliError>>()?;
        self.stamps(&first)
    }

    fn stamps(&self, first: &[Traces]) -> Result<String, CliError> {
        let mut lines = vec![heading(self.plan)];
        for (member, runs) in self.family.iter().zip(first) {
            let outcomes = member.scenario.outcomes.len();
            let counts: Vec<String> = runs.counts(outcomes).iter().map(u64::to_string).collect();
            lines.push(format!(
                "{} {}, first {} runs: {}",
                member.scenario.id,
                inputs(&member.scenario)?,
                runs.runs.len(),
                counts.join(" ")
            ));
        }
        Ok(lines.join("\n"))
    }

    /// The page of the levers.
    pub(super) fn levers(&self) -> Result<String, CliError> {
        let base = &self.family[0];
        let outcomes = base.scenario.outcomes.len();
        let all = levers(&base.scenario);
        self.say(&format!("moving {} levers", all.len()));
        let before = traces(&game(&base.scenario)?, self.lever_plan);
        let effect = |pulled: &[&Lever]| -> Result<(Effect, Traces), CliError> {
            let after = traces(&game(&with(&base.scenario, pulled))?, self.lever_plan);
            let effect = Effect::of(&before, &after, outcomes)
                .map_err(|error| CliError::Message(error.to_string()))?;
            Ok((effect, after))
        };
        let mut alone = Vec::new();
        let mut first = Vec::new();
        for lever in &all {
            let (effect, after) = effect(&[lever])?;
            first.push(after.first(FIRST_LEVER_DRAWS));
            let note = self.notes.of(&lever.id());
            alone.push(Alone {
                lever,
                effect,
                note,
            });
        }
        let mut groups = Vec::new();
        for kind in LeverKind::ALL.into_iter().filter(|kind| kind.joins()) {
            let some: Vec<&Lever> = all.iter().filter(|lever| lever.kind == kind).collect();
            if some.len() > 1 {
                groups.push(Group {
                    kind,
                    levers: some.len(),
                    effect: effect(&some)?.0,
                });
            }
        }
        let content = Content {
            file: &base.path,
            outcomes: &base.scenario.outcomes,
            alone,
            groups,
            joint: self.joint(&all)?,
            runs: self.lever_plan.runs(),
            command: self.command.clone(),
            stamps: self.lever_record(&all, &first)?,
            opening: self.notes.of("levers"),
        };
        Ok(levers_page::page(&content))
    }

    fn joint<'l>(&self, all: &'l [Lever]) -> Result<Joint<'l>, CliError> {
        let base = &self.family[0].scenario;
        let some: Vec<&Lever> = all.iter().filter(|lever| lever.kind.joins()).collect();
        let (draws, replicates) = JOINT;
        let plan = Plan::new(self.plan.seed(), draws, replicates)
            .map_err(|error| CliError::Message(error.to_string()))?;
        self.say(&format!("moving {} levers together", some.len()));
        Ok(Joint {
            effects: joint_effects(base, &some, plan, JOINT_SHARE),
            levers: some,
            draws,
            replicates,
            share: JOINT_SHARE,
        })
    }

    /// What the page of the levers records, from the first draws alone.
    pub(super) fn lever_stamps(&self) -> Result<String, CliError> {
        let base = &self.family[0].scenario;
        let all = levers(base);
        let plan = few(self.lever_plan, FIRST_LEVER_DRAWS)?;
        let first = (all.iter())
            .map(|lever| Ok(traces(&game(&with(base, &[lever]))?, plan)))
            .collect::<Result<Vec<_>, CliError>>()?;
        self.lever_record(&all, &first)
    }

    fn lever_record(&self, all: &[Lever], first: &[Traces]) -> Result<String, CliError> {
        let base = &self.family[0].scenario;
        let mut runs = String::new();
        for (lever, traces) in all.iter().zip(first) {
            let ends: Vec<String> = (traces.runs.iter())
                .map(|run| format!("{}:{:x}", run.outcome, run.settled))
                .collect();
            runs.extend([lever.id(), ends.join(" "), "\n".to_owned()]);
        }
        Ok(format!(
            "{}\n{} {}, {} levers, first runs: {}",
            heading(self.lever_plan),
            base.id,
            inputs(base)?,
            all.len(),
            short(&runs)
        ))
    }

    fn say(&self, text: &str) {
        if !self.quiet {
            source::say(text);
        }
    }
}

fn heading(plan: Plan) -> String {
    format!(
        "model {MODEL_VERSION}, seed {}, {} draws of {} runs",
        plan.seed(),
        plan.draws(),
        plan.replicates()
    )
}

/// Digest of everything a scenario says.
fn inputs(scenario: &Scenario) -> Result<String, CliError> {
    let text = serde_json::to_string(scenario)
        .map_err(|error| CliError::Message(format!("{}: {error}", scenario.id)))?;
    Ok(short(&text))
}

fn short(text: &str) -> String {
    sha256_hex(text)[..16].to_owned()
}

fn few(plan: Plan, draws: u32) -> Result<Plan, CliError> {
    Plan::new(plan.seed(), draws.min(plan.draws()), plan.replicates())
        .map_err(|error| CliError::Message(error.to_string()))
}

fn with(scenario: &Scenario, pulled: &[&Lever]) -> Scenario {
    let mut changed = scenario.clone();
    for lever in pulled {
        lever.pull(&mut changed);
    }
    changed
}

fn game(scenario: &Scenario) -> Result<Game, CliError> {
    let model = Model::compile(scenario.clone())
        .map_err(|error| CliError::Message(format!("{}: {error}", scenario.id)))?;
    Ok(Game::new(model, |_| None))
}

fn paired(
    (first, before): (&Scenario, &Traces),
    (second, after): (&Scenario, &Traces),
    ids: &[String],
) -> Result<Difference, CliError> {
    let indices = |scenario: &Scenario| -> Vec<usize> {
        let all = scenario.outcomes.iter().enumerate();
        all.filter(|(_, outcome)| ids.contains(&outcome.id))
            .map(|(index, _)| index)
            .collect()
    };
    compare(
        (&before.outcomes(), &indices(first)),
        (&after.outcomes(), &indices(second)),
    )
    .map_err(|error| CliError::Message(error.to_string()))
}

/// The share of runs in which at least one of some flags holds.
fn paired_flags(
    (first, before): (&Scenario, &Traces),
    (second, after): (&Scenario, &Traces),
    ids: &[String],
) -> Result<Difference, CliError> {
    let mask = |scenario: &Scenario| {
        let all = scenario.flags.iter().enumerate();
        all.filter(|(_, flag)| ids.contains(&flag.id))
            .fold(0_u64, |mask, (bit, _)| mask | 1 << bit)
    };
    compare(
        (&before.flagged(mask(first)), &[1]),
        (&after.flagged(mask(second)), &[1]),
    )
    .map_err(|error| CliError::Message(error.to_string()))
}
