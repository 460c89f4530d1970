//! The graph model over a scenario's declared options or states.
//!
//! Flows in: `[graph]` and a case. Flows out: which states hold, who blocks which move how. See
//! `board` for what a state is worth; utilities are rounded to the lenses' common tolerance.

use super::board::{Board, position};
use super::listed;
use crate::model::streams::{key, parameter_uniform};
use crate::solve::case::{Case, Study};
use crate::solve::diagram::{Evolution, EvolutionMove, EvolutionState};
use crate::solve::graph::coalition::{Jump, jumps};
use crate::solve::graph::inverse::{Count, every, sampled};
use crate::solve::graph::narrate::{Words, sentences};
use crate::solve::graph::stability::{Concept, Stabilities, analyse};
use crate::solve::graph::status_quo::search;
use crate::solve::graph::{Payoffs, Step};
use crate::solve::plot::Plot;
use crate::solve::report::{Cell, Heading, Report, Row, Spread, Table, Unit, Verdict};
use crate::solve::{EPSILON, Lens};

const NAME: &str = "graph";
const TITLE: &str = "Graph model for conflict resolution";
/// States listed in the table.
const LISTED: usize = 6;
/// Jumps listed in the table.
const JUMPS: usize = 3;
/// Rankings sampled for the inverse question where there are too many to look at all, the same for
/// the modes and every draw.
const RANKINGS: u32 = 1000;
/// Draws for which the inverse question is asked.
const QUESTIONED: usize = 25;

/// Which states hold, and who blocks which move how.
#[derive(Debug)]
pub struct ConflictGraph;

/// What one case contributes; nothing if the scenario declares no usable graph.
#[derive(Debug)]
pub struct Part(Option<Solved>);

#[derive(Debug)]
struct Solved {
    payoffs: Payoffs,
    found: Stabilities,
}

impl Lens for ConflictGraph {
    type Part = Part;

    fn name(&self) -> &'static str {
        NAME
    }

    fn part(&self, study: &Study, case: &Case) -> Part {
        let Ok(board) = Board::new(&study.model) else {
            return Part(None);
        };
        let payoffs = Payoffs::rounded(&board.utilities(study, case), EPSILON);
        let found = analyse(&board.graph, &payoffs);
        Part(Some(Solved { payoffs, found }))
    }

    fn report(&self, study: &Study, modes: Part, draws: Vec<Part>) -> Report {
        let board = match Board::new(&study.model) {
            Ok(board) => board,
            Err(needs) => return Report::not_applicable(NAME, TITLE, vec![needs]),
        };
        let modes = modes.0.expect("the graph is the same in every case");
        let draws: Vec<Solved> = draws.into_iter().filter_map(|part| part.0).collect();
        Told {
            study,
            board,
            modes,
            draws,
        }
        .report()
    }
}

/// Everything the report is made of.
struct Told<'s> {
    study: &'s Study,
    board: Board<'s>,
    modes: Solved,
    draws: Vec<Solved>,
}

impl Told<'_> {
    /// Share of draws in which a state is an equilibrium; at the modes if there are no draws.
    fn share(&self, concept: Concept, state: usize) -> f64 {
        if self.draws.is_empty() {
            return f64::from(u8::from(self.modes.found.equilibrium(concept, state)));
        }
        let holds = self
            .draws
            .iter()
            .filter(|draw| draw.found.equilibrium(concept, state));
        holds.count() as f64 / self.draws.len() as f64
    }

    fn report(&self) -> Report {
        let (board, start) = (&self.board, self.board.start);
        let states = board.graph.states();
        let mut order: Vec<usize> = (0..states).collect();
        // Robust states first, among equals those that hold under stricter concepts; last those that
        // hold only because nobody can move any more.
        let keys: Vec<[f64; 4]> = (0..states)
            .map(|state| {
                let open = f64::from(u8::from(!board.is_end(state)));
                let [seq, nash, smr] = [Concept::Seq, Concept::Nash, Concept::Smr]
                    .map(|concept| self.share(concept, state));
                [open, seq, nash, smr]
            })
            .collect();
        order.sort_by(|&a, &b| keys[b].partial_cmp(&keys[a]).expect("shares are numbers"));
        let best = order[0];
        let leavers = self.leavers(start);
        let sentence = format!(
            "Of {states} states, the one most robust to what nobody knows is \"{}\": it holds \
             against foreseen answers in {} of draws; the status quo does in {}{}.",
            board.state(best),
            percent(self.share(Concept::Seq, best)),
            percent(self.share(Concept::Seq, start)),
            if leavers.is_empty() {
                String::new()
            } else {
                format!(
                    ", and at the modes leaving it pays for {}",
                    listed(&leavers)
                )
            }
        );
        let mut report = Report::new(NAME, TITLE, sentence);
        let mut shown: Vec<usize> = order.iter().copied().take(LISTED).collect();
        shown.extend(
            (0..states)
                .filter(|&state| board.is_end(state))
                .take(LISTED),
        );
        let mut seen = std::collections::BTreeSet::new();
        shown.retain(|state| seen.insert(*state));
        shown.retain(|&state| state == start || self.share(Concept::Gmr, state) > 0.0);
        if !shown.contains(&start) {
            shown.push(start);
        }
        report.tables.push(self.equilibria(&shown));
        report.tables.push(self.inverse());
        report.tables.extend(self.jumps());
        report.notes = self.notes();
        if let Some(package) = board.package(self.study, best).filter(|_| best != start) {
            let share = percent(self.share(Concept::Seq, best));
            let says = format!("holds against foreseen answers in {share} of draws");
            report.favours.push(Verdict { package, says });
        }
        if let Some(package) = board
            .package(self.study, start)
            .filter(|_| !leavers.is_empty())
        {
            let says = format!("can be left by {} with gain", listed(&leavers));
            report.against.push(Verdict { package, says });
        }
        report.plots.push(Plot::Evolution(self.evolution(&shown)));
        report
    }

    /// Parties that at the modes gain by leaving a state even though they foresee the answers.
    fn leavers(&self, state: usize) -> Vec<&str> {
        let found = &self.modes.found;
        (0..self.board.graph.parties())
            .filter(|&party| !found.stable(Concept::Seq, party, state))
            .map(|party| self.study.party(party))
            .collect()
    }

    fn equilibria(&self, shown: &[usize]) -> Table {
        let mut columns: Vec<Heading> = Concept::ALL
            .map(|concept| Heading::new(concept.short(), "of draws"))
            .into();
        columns.push(Heading::new("moves", "away"));
        columns.push(Heading::new("by gains", "of draws"));
        let movers = self.board.graph.movers();
        let start = self.board.start;
        let reach = |improving| search(&self.board.graph, &movers, start, improving);
        let (any, modes) = (reach(None), reach(Some(&self.modes.payoffs)));
        let draws = self.draws.iter().map(|draw| reach(Some(&draw.payoffs)));
        let draws: Vec<_> = draws.collect();
        let rows = shown
            .iter()
            .map(|&state| {
                let mut cells: Vec<Cell> = Concept::ALL
                    .map(|concept| {
                        let holds = self.draws.iter();
                        let holds = holds.map(|draw| draw.found.equilibrium(concept, state));
                        Cell::share(self.modes.found.equilibrium(concept, state), holds)
                    })
                    .into();
                if state == start {
                    cells.extend([Cell::text("-"), Cell::text("-")]);
                } else {
                    cells.push(match any.distance(state) {
                        Some(length) => Cell::Exact {
                            value: length as f64,
                            unit: Unit::Plain,
                        },
                        None => Cell::text("never"),
                    });
                    let gained = draws.iter().map(|reach| reach.distance(state).is_some());
                    cells.push(Cell::share(modes.distance(state).is_some(), gained));
                }
                Row {
                    label: self.board.state(state),
                    cells,
                }
            })
            .collect();
        Table {
            title: "States that hold, by share of parameter draws; moves that lead there from the \
                    status quo, and draws in which gainful moves alone do"
                .to_owned(),
            columns,
            rows,
        }
    }

    /// How special a party's preferences must be for it to stay.
    fn inverse(&self) -> Table {
        let (graph, start) = (&self.board.graph, self.board.start);
        let rows = graph
            .movers()
            .into_iter()
            .map(|party| {
                let count = |payoffs: &Payoffs| -> Count {
                    every(graph, payoffs, party, start)
                        .unwrap_or_else(|| self.sample(party, payoffs))
                };
                let modes = count(&self.modes.payoffs);
                let draws = self.draws.iter().take(QUESTIONED);
                let draws: Vec<Count> = draws.map(|draw| count(&draw.payoffs)).collect();
                let cells = Concept::ALL.map(|concept| Cell::Band {
                    modes: Some(modes.share(concept)),
                    spread: Spread::of(draws.iter().map(|count| count.share(concept))),
                    unit: Unit::Share,
                });
                Row {
                    label: self.study.party(party).to_owned(),
                    cells: cells.into(),
                }
            })
            .collect();
        Table {
            title: "The inverse question: share of all rankings that a party could have under \
                    which it would stay in the status quo, the others as at the modes and in a few \
                    draws"
                .to_owned(),
            columns: Concept::ALL
                .map(|concept| Heading::new(concept.short(), "modes (90%)"))
                .into(),
            rows,
        }
    }

    fn sample(&self, party: usize, payoffs: &Payoffs) -> Count {
        let id = &self.study.model.scenario.parties[party].id;
        let key = key(&format!("solve:ranking:{id}"));
        let mut turn = 0;
        let uniform = || {
            turn += 1;
            parameter_uniform(self.study.seed, &key, turn)
        };
        let start = (party, self.board.start);
        sampled(&self.board.graph, payoffs, start, RANKINGS, uniform)
    }

    fn jumps(&self) -> Option<Table> {
        let Solved { payoffs, found } = &self.modes;
        let mut found: Vec<(f64, Jump)> = jumps(&self.board.graph, payoffs, found, Concept::Seq)
            .into_iter()
            .map(|jump| (self.jump_share(&jump), jump))
            .collect();
        found.sort_by(|a, b| {
            let size = |jump: &Jump| (jump.members.len(), jump.path.len());
            b.0.total_cmp(&a.0).then(size(&a.1).cmp(&size(&b.1)))
        });
        let more = found.len().saturating_sub(JUMPS);
        if found.is_empty() {
            return None;
        }
        let rows = found
            .iter()
            .take(JUMPS)
            .map(|(share, jump)| {
                let names: Vec<&str> = jump.members.iter().map(|&p| self.study.party(p)).collect();
                let moves = jump.path.len() as f64;
                let acts: Vec<String> = jump
                    .path
                    .iter()
                    .map(|&step| {
                        let name = self.study.party(step.party);
                        format!("{name} could {}", self.board.act(step))
                    })
                    .collect();
                Row {
                    label: format!(
                        "{}: {}; from \"{}\"",
                        listed(&names),
                        acts.join(", then "),
                        self.board.state(jump.from)
                    ),
                    cells: [(*share, Unit::Share), (moves, Unit::Plain)]
                        .map(|(value, unit)| Cell::Exact { value, unit })
                        .into(),
                }
            })
            .collect();
        Some(Table {
            title: format!(
                "Equilibrium jumps: what coalitions can reach together from one state that holds \
                 (SEQ) to another that all of them prefer; {more} more at the modes"
            ),
            columns: vec![Heading::new("of", "draws"), Heading::new("moves", "")],
            rows,
        })
    }

    /// Share of draws in which both ends of a jump hold and all of its members gain.
    fn jump_share(&self, jump: &Jump) -> f64 {
        let there = |draw: &&Solved| {
            let holds = |state| draw.found.equilibrium(Concept::Seq, state);
            let gain = |&p: &usize| draw.payoffs.of(p, jump.to) > draw.payoffs.of(p, jump.from);
            holds(jump.from) && holds(jump.to) && jump.members.iter().all(gain)
        };
        if self.draws.is_empty() {
            return 1.0;
        }
        self.draws.iter().filter(there).count() as f64 / self.draws.len() as f64
    }

    fn notes(&self) -> Vec<String> {
        let start = self.board.start;
        let mut notes = vec!["From the status quo, at the modes:".to_owned()];
        for party in self.board.graph.movers() {
            let told = sentences(
                &self.board.graph,
                &self.modes.payoffs,
                party,
                start,
                &self.board,
            );
            let more = told.len().saturating_sub(3);
            notes.extend(told.into_iter().take(3));
            if more > 0 {
                notes.push(format!(
                    "{} has {more} more such moves.",
                    self.study.party(party)
                ));
            }
        }
        for concept in Concept::ALL {
            notes.push(format!("{}: {}.", concept.short(), concept.words()));
        }
        notes.push(
            "Only the order of payoffs counts; utilities within 1 % of a party's range are equal. \
             Exact for the declared graph."
                .to_owned(),
        );
        notes
    }

    /// Shortest ways from the status quo to the states shown.
    fn evolution(&self, shown: &[usize]) -> Evolution {
        let start = self.board.start;
        let payoffs = &self.modes.payoffs;
        let graph = &self.board.graph;
        let reach = search(graph, &graph.movers(), start, None);
        // State, and its place on the longest of the ways that pass it.
        let mut states = vec![start];
        let mut places = vec![0];
        let mut moves: Vec<Step> = Vec::new();
        // As many of the states as a picture can hold.
        for &state in shown.iter().filter(|&&state| state != start).take(6) {
            let path = reach.path(state).unwrap_or_default();
            for (before, step) in path.into_iter().enumerate() {
                if let Some(at) = states.iter().position(|&known| known == step.to) {
                    places[at] = places[at].max(before + 1);
                } else {
                    states.push(step.to);
                    places.push(before + 1);
                }
                if !moves.contains(&step) {
                    moves.push(step);
                }
            }
        }
        let place = |state: usize| position(&states, |&known| known == state);
        Evolution {
            name: "solve-status-quo".to_owned(),
            title: format!(
                "From the status quo, which holds in {} of draws, to the states that hold most often",
                percent(self.share(Concept::Seq, start))
            ),
            subtitle: "Shortest ways by any moves. Solid arrows: the mover gains by the step; \
                       dashed: it does not. Share: of parameter draws in which the state holds \
                       against foreseen answers (SEQ)."
                .to_owned(),
            moves: moves
                .iter()
                .map(|step| EvolutionMove {
                    from: place(step.from),
                    to: place(step.to),
                    party: step.party,
                    name: self.study.party(step.party).to_owned(),
                    colour: self.study.model.scenario.parties[step.party].colour.clone(),
                    improves: payoffs.of(step.party, step.to) > payoffs.of(step.party, step.from),
                })
                .collect(),
            states: states
                .iter()
                .map(|&state| EvolutionState {
                    name: self.board.state(state),
                    steps: reach
                        .distance(state)
                        .filter(|_| state != start)
                        .unwrap_or(0),
                    holds: self.modes.found.equilibrium(Concept::Seq, state),
                    share: self.share(Concept::Seq, state),
                })
                .collect(),
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}
