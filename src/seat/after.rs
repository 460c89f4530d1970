//! What can be learnt from a game once it is over: the choices there were, the offers that were made,
//! and how it would have gone on with other choices.
//!
//! Flows in: a game. Flows out: its decision points, its offers with their worth to the seat, and the
//! records of runs that follow it up to a decision and go on from there. Invariant: a continuation
//! shares with the game all that happened before the decision, the true types included; given another
//! replicate, only the luck after it differs.

use super::event::Decision;
use super::game::{Game, PLAYED, Refusal, Table, written};
use super::news::{News, Proposal};
use super::sitter::{Act, Asked, Moment, Sitter, Then};
use crate::engine::{Ask, Log, Note, RunRecord, Standpoint, Tabled, Workspace, run};

/// A decision of the game.
#[derive(Debug, Clone, PartialEq)]
pub struct Faced {
    /// How things stood.
    pub moment: Moment,
    /// What was decided.
    pub act: Act,
    /// The other choices at that point, offers apart: of these there are too many to list.
    pub others: Vec<Act>,
}

/// An offer that the party heard or made.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// Round, from 0.
    pub round: usize,
    /// Who made it; none for a mediator's text.
    pub by: Option<String>,
    /// What, and its worth to the seat.
    pub proposal: Proposal,
}

/// Plays continuations of a game; holds the memory that they need.
#[derive(Debug)]
pub struct WhatIf<'g> {
    game: &'g Game,
    workspace: Workspace,
    record: RunRecord,
}

impl Game {
    /// Every decision taken, in order, with the choices there were.
    pub fn decisions(&self) -> Vec<Faced> {
        let taken = self.faced().iter().zip(self.script());
        taken
            .map(|(moment, act)| Faced {
                moment: moment.clone(),
                act: act.clone(),
                others: others(self, moment, act),
            })
            .collect()
    }

    /// Every offer at tables where the party sat, its own among them.
    pub fn offers(&self) -> Vec<Made> {
        let heard = self.heard().iter();
        heard
            .filter_map(|heard| {
                let (by, proposal) = match &heard.news {
                    News::Offer { by, proposal } => (Some(by.clone()), proposal),
                    News::Text { proposal } => (None, proposal),
                    _ => return None,
                };
                Some(Made {
                    round: heard.round,
                    by,
                    proposal: proposal.clone(),
                })
            })
            .collect()
    }

    /// A decision as it was written down.
    pub fn decision(&self, moment: &Moment, act: &Act) -> Decision {
        let model = &self.table().model;
        match act {
            Act::Accept => Decision::Accept,
            Act::Refuse => Decision::Refuse,
            Act::Pass => Decision::Pass,
            Act::WalkOut => Decision::WalkOut,
            Act::Wait => Decision::Wait,
            Act::Move(index) => Decision::Move {
                act: model.scenario.moves[*index].id.clone(),
            },
            Act::Offer(terms) => Decision::Offer {
                package: written(model, terms, &moment.levels),
            },
        }
    }

    /// Plays the game once more for a listener, which hears what nobody at the seat could.
    pub fn listen<W: Log>(&self, witness: W) -> W {
        let Table {
            model,
            prepared,
            seat,
            ..
        } = self.table();
        let sitter = Sitter::new(model, prepared, *seat, self.script(), Then::Agent(None));
        let mut both = Beside(sitter, witness);
        let mut record = RunRecord::new(model.record_shape());
        let mut workspace = Workspace::new(model);
        run(
            model,
            prepared,
            &mut workspace,
            PLAYED.1,
            &mut record,
            &mut both,
        );
        both.1
    }

    /// A player of continuations.
    pub fn what_if(&self) -> WhatIf<'_> {
        WhatIf {
            game: self,
            workspace: Workspace::new(&self.table().model),
            record: RunRecord::new(self.table().model.record_shape()),
        }
    }
}

impl WhatIf<'_> {
    /// Follows the game up to decision `k` (from 0), decides otherwise there if an alternative is
    /// given or as the game did if not, and lets the agent go on in the seat. `replicate` is the
    /// luck from that decision on; none is the luck of the game itself.
    ///
    /// # Errors
    /// If the game has no such decision, or the alternative answers another question.
    pub fn continue_with_agents(
        &mut self,
        k: usize,
        alternative: Option<&Act>,
        replicate: Option<u32>,
    ) -> Result<&RunRecord, Refusal> {
        let script = self.game.script();
        let Some(decided) = script.get(k) else {
            return Err(Refusal(format!(
                "the game has {} decisions, so there is none with number {k}.",
                script.len()
            )));
        };
        let mut changed = script[..k].to_vec();
        changed.push(alternative.unwrap_or(decided).clone());
        self.play(&changed, Then::Agent(replicate))
    }

    /// Follows the game up to before decision `k` and lets the agent take it and all after it.
    /// `replicate` is the luck from that decision on.
    ///
    /// # Errors
    /// If the game has fewer decisions.
    pub fn agent_from(&mut self, k: usize, replicate: Option<u32>) -> Result<&RunRecord, Refusal> {
        let script = self.game.script();
        let Some(kept) = script.get(..k) else {
            return Err(Refusal(format!(
                "the game has only {} decisions.",
                script.len()
            )));
        };
        self.play(kept, Then::AgentAnswers(replicate))
    }

    fn play(&mut self, script: &[Act], then: Then) -> Result<&RunRecord, Refusal> {
        let Table {
            model,
            prepared,
            seat,
            ..
        } = self.game.table();
        let sitter = Sitter::new(model, prepared, *seat, script, then);
        let mut sitter = Beside(sitter, ());
        let (workspace, record) = (&mut self.workspace, &mut self.record);
        run(model, prepared, workspace, PLAYED.1, record, &mut sitter);
        if sitter.0.used() < script.len() {
            return Err(Refusal(
                "this choice does not answer what was asked.".to_owned(),
            ));
        }
        Ok(&self.record)
    }
}

/// Somebody sits, somebody else takes the notes: the sitter's own are for a person alone.
struct Beside<'a, W>(Sitter<'a>, W);

impl<W: Log> Log for Beside<'_, W> {
    const ON: bool = W::ON;
    const SEATED: bool = true;

    fn note(&mut self, note: Note<'_>) {
        self.1.note(note);
    }

    fn holds(&self, party: usize) -> bool {
        self.0.holds(party)
    }

    fn present(&mut self, form: usize, levels: &[u8]) {
        self.0.present(form, levels);
    }

    fn answer(&mut self, ask: Ask, at: &Standpoint<'_>) -> Option<bool> {
        self.0.answer(ask, at)
    }

    fn offer(&mut self, at: &Standpoint<'_>) -> Option<Tabled> {
        self.0.offer(at)
    }

    fn choice(&mut self, options: &[(Option<usize>, f64)], at: &Standpoint<'_>) -> Option<usize> {
        self.0.choice(options, at)
    }

    fn luck(&mut self) -> Option<u32> {
        self.0.luck()
    }
}

fn others(game: &Game, moment: &Moment, act: &Act) -> Vec<Act> {
    let mut all = match moment.asked {
        Asked::Move => {
            let options = moment.options.iter();
            options
                .map(|(option, _)| option.map_or(Act::Wait, Act::Move))
                .collect()
        }
        _ => vec![Act::Accept, Act::Refuse, Act::Pass, Act::WalkOut],
    };
    all.retain(|other| other != act && game.may(moment, &game.decision(moment, other)));
    all
}
