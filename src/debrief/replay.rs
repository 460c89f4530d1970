//! A game played again: the same answers to the same questions, up to where something else is asked.
//!
//! Flows in: what the player decided, question by question. Flows out: the same run, or one that goes
//! on differently: with another answer to one question, from then on with the agent in the seat and
//! other luck. Invariant: up to that question everything is as it was, to the last bit.

use crate::engine::log::{Log, Note};
use crate::engine::{Ask, Prepared, RunRecord, Standpoint, Tabled, Workspace, run};
use crate::model::Model;

/// What was decided at one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes or no.
    Answer(Ask, bool),
    /// What was put on the table.
    Offer(Tabled),
    /// The move made, or none for waiting.
    Choice(Option<usize>),
    /// Whatever the agent would do.
    Agent,
}

/// Where a decision was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Round, from 0.
    pub round: usize,
    /// What was decided.
    pub decision: Decision,
    /// What the question was about, where it was about a package: form and levels.
    pub about: Option<(usize, Vec<u8>)>,
    /// For a choice between moves: the options and their expected utility to the player.
    pub options: Vec<(Option<usize>, f64)>,
}

/// A question that the script does not answer: the file belongs to another scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("decision {number} of the session does not answer the question asked in round {round}")]
pub struct Mismatch {
    /// Number of the decision, from 1.
    pub number: usize,
    /// Round, from 1.
    pub round: usize,
}

/// Where a replay leaves the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fork {
    /// Number of the decision, from 0, that is the last not left to the agent.
    pub at: usize,
    /// What is decided there.
    pub decision: Decision,
    /// Replicate whose luck holds from there on.
    pub luck: u32,
}

/// A game as it was started.
#[derive(Debug, Clone, Copy)]
pub struct Started<'a> {
    /// The compiled scenario.
    pub model: &'a Model,
    /// The draw it was played in.
    pub prepared: &'a Prepared,
    /// The party in the seat.
    pub party: usize,
    /// Replicate whose luck it had.
    pub replicate: u32,
    /// What was decided, in order.
    pub script: &'a [Decision],
}

impl Started<'_> {
    /// Plays the whole script and listens.
    pub fn replay<W: Log>(
        &self,
        workspace: &mut Workspace,
        record: &mut RunRecord,
        witness: W,
    ) -> Result<(W, Vec<Point>), Mismatch> {
        let mut player = Player {
            party: self.party,
            script: self.script,
            fork: None,
            asked: 0,
            about: None,
            keep: true,
            points: Vec::new(),
            mismatch: None,
            switch: false,
            witness,
        };
        run(
            self.model,
            self.prepared,
            workspace,
            self.replicate,
            record,
            &mut player,
        );
        match player.mismatch {
            Some(mismatch) => Err(mismatch),
            None if player.asked < self.script.len() => Err(Mismatch {
                number: player.asked + 1,
                round: usize::from(record.rounds),
            }),
            None => Ok((player.witness, player.points)),
        }
    }

    /// Plays up to a fork and on from there with the agent in the seat.
    pub fn fork(&self, workspace: &mut Workspace, record: &mut RunRecord, fork: Fork) {
        let mut player = Player {
            party: self.party,
            script: self.script,
            fork: Some(fork),
            asked: 0,
            about: None,
            keep: false,
            points: Vec::new(),
            mismatch: None,
            switch: false,
            witness: (),
        };
        run(
            self.model,
            self.prepared,
            workspace,
            self.replicate,
            record,
            &mut player,
        );
    }
}

/// Sits in the seat with a script.
struct Player<'a, W> {
    party: usize,
    script: &'a [Decision],
    fork: Option<Fork>,
    asked: usize,
    about: Option<(usize, Vec<u8>)>,
    /// Whether the points are wanted.
    keep: bool,
    points: Vec<Point>,
    mismatch: Option<Mismatch>,
    /// Whether the luck changes after this question.
    switch: bool,
    witness: W,
}

impl<W> Player<'_, W> {
    /// What the script, or the fork, says to the next question.
    fn next(&mut self) -> Decision {
        let number = self.asked;
        self.asked += 1;
        match self.fork {
            Some(fork) if number > fork.at => Decision::Agent,
            Some(fork) if number == fork.at => {
                self.switch = true;
                fork.decision
            }
            _ => self.script.get(number).copied().unwrap_or(Decision::Agent),
        }
    }

    fn misfit(&mut self, round: usize) {
        self.mismatch.get_or_insert(Mismatch {
            number: self.asked,
            round: round + 1,
        });
    }

    fn note_point(
        &mut self,
        round: usize,
        decision: Decision,
        package: bool,
        options: &[(Option<usize>, f64)],
    ) {
        if self.keep {
            self.points.push(Point {
                round,
                decision,
                about: if package { self.about.clone() } else { None },
                options: options.to_vec(),
            });
        }
    }
}

impl<W: Log> Log for Player<'_, W> {
    const ON: bool = W::ON;
    const SEATED: bool = true;

    fn note(&mut self, note: Note<'_>) {
        self.witness.note(note);
    }

    fn holds(&self, party: usize) -> bool {
        party == self.party
    }

    fn present(&mut self, form: usize, levels: &[u8]) {
        if self.keep {
            self.about = Some((form, levels.to_vec()));
        }
    }

    fn answer(&mut self, ask: Ask, at: &Standpoint<'_>) -> Option<bool> {
        let decision = self.next();
        self.note_point(at.round, decision, ask != Ask::Leave, &[]);
        match decision {
            Decision::Answer(asked, yes) if asked == ask => Some(yes),
            Decision::Agent => None,
            _ => {
                self.misfit(at.round);
                None
            }
        }
    }

    fn offer(&mut self, at: &Standpoint<'_>) -> Option<Tabled> {
        let decision = self.next();
        self.note_point(at.round, decision, false, &[]);
        match decision {
            Decision::Offer(tabled) => Some(tabled),
            Decision::Agent => None,
            _ => {
                self.misfit(at.round);
                None
            }
        }
    }

    fn choice(&mut self, options: &[(Option<usize>, f64)], at: &Standpoint<'_>) -> Option<usize> {
        let decision = self.next();
        self.note_point(at.round, decision, false, options);
        match decision {
            Decision::Choice(act) => {
                let place = options.iter().position(|(option, _)| *option == act);
                if place.is_none() {
                    self.misfit(at.round);
                }
                place
            }
            Decision::Agent => None,
            _ => {
                self.misfit(at.round);
                None
            }
        }
    }

    fn luck(&mut self) -> Option<u32> {
        let switched = std::mem::take(&mut self.switch);
        self.fork.filter(|_| switched).map(|fork| fork.luck)
    }
}
