//! A graph from what each party can choose (the option form of Howard 1971).
//!
//! Flows in: choices with their owners, combinations that cannot stand together. Flows out: a
//! [`Graph`] with one state per feasible combination. A party moves by changing any of its own
//! choices at once. Invariant: the states are in the order of the choices' positions, the first
//! choice slowest; states in which an ending choice has been made are one state per such choice,
//! from which nobody moves.

use super::{Graph, GraphError, MAX_STATES};

/// Something a party decides alone: which of several positions to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Who decides.
    pub owner: usize,
    /// Number of positions, at least two.
    pub positions: usize,
    /// Position in the status quo.
    pub start: usize,
    /// Whether the owner can only go on to a later position, never back.
    pub irreversible: bool,
    /// Whether any position but the first ends the conflict.
    pub ends: bool,
}

/// Positions that cannot stand together: pairs of a choice and its positions as bits.
pub type Exclusion = Vec<(usize, u32)>;

/// Why choices make no graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// More combinations than a graph can have.
    #[error("the choices combine to more than {MAX_STATES} states")]
    TooMany,
    /// The status quo is excluded.
    #[error("the status quo is among the combinations that cannot stand together")]
    StatusQuoExcluded,
    /// The moves make no graph.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

/// A graph whose states are combinations of positions.
#[derive(Debug, Clone)]
pub struct OptionGraph {
    /// The graph.
    pub graph: Graph,
    /// By state: the position of each choice. In a state that has ended the conflict, the others'
    /// choices are at their start.
    pub states: Vec<Vec<usize>>,
    /// The status quo.
    pub start: usize,
    choices: Vec<Choice>,
    /// By place in the full product: the state, if it is feasible.
    places: Vec<Option<u32>>,
}

impl OptionGraph {
    /// Combines the choices.
    pub fn new(
        parties: usize,
        choices: Vec<Choice>,
        excluded: &[Exclusion],
    ) -> Result<Self, OptionsError> {
        let mut product = 1_usize;
        for choice in &choices {
            product = product.saturating_mul(choice.positions);
        }
        if product > MAX_STATES {
            return Err(OptionsError::TooMany);
        }
        let mut built = Self {
            graph: Graph::new(0, &[])?,
            states: Vec::new(),
            start: 0,
            choices,
            places: vec![None; product],
        };
        for place in 0..product {
            let positions = built.positions(place);
            if built.normal(&positions) == positions && feasible(&positions, excluded) {
                built.places[place] = Some(built.states.len() as u32);
                built.states.push(positions);
            }
        }
        let start: Vec<usize> = built.choices.iter().map(|choice| choice.start).collect();
        built.start = built.state(&start).ok_or(OptionsError::StatusQuoExcluded)?;
        let moves: Vec<Vec<(usize, usize)>> = (0..parties)
            .map(|party| {
                (0..built.states.len())
                    .flat_map(|from| {
                        built
                            .joint(&[party], from)
                            .into_iter()
                            .map(move |to| (from, to))
                    })
                    .collect()
            })
            .collect();
        built.graph = Graph::new(built.states.len(), &moves)?;
        Ok(built)
    }

    /// The state in which the choices stand at these positions, if it is feasible.
    pub fn state(&self, positions: &[usize]) -> Option<usize> {
        let normal = self.normal(positions);
        let place = normal
            .iter()
            .zip(&self.choices)
            .fold(0, |place, (position, choice)| {
                place * choice.positions + position
            });
        self.places[place].map(|state| state as usize)
    }

    /// The choice that has ended the conflict in a state.
    pub fn ended(&self, state: usize) -> Option<usize> {
        self.ending(&self.states[state])
    }

    /// States that parties reach by changing their choices together, as if they were one.
    pub fn joint(&self, members: &[usize], from: usize) -> Vec<usize> {
        if self.ended(from).is_some() {
            return Vec::new();
        }
        let own: Vec<usize> = (0..self.choices.len())
            .filter(|&choice| members.contains(&self.choices[choice].owner))
            .collect();
        let mut positions = self.states[from].clone();
        for &choice in &own {
            positions[choice] = self.lowest(choice, from);
        }
        let mut found = Vec::new();
        'combinations: loop {
            found.extend(self.state(&positions).filter(|&to| to != from));
            for &choice in own.iter().rev() {
                positions[choice] += 1;
                if positions[choice] < self.choices[choice].positions {
                    continue 'combinations;
                }
                positions[choice] = self.lowest(choice, from);
            }
            break;
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// First position to which a choice can go from where it stands.
    fn lowest(&self, choice: usize, state: usize) -> usize {
        if self.choices[choice].irreversible {
            self.states[state][choice]
        } else {
            0
        }
    }

    fn positions(&self, place: usize) -> Vec<usize> {
        let mut left = place;
        let mut positions: Vec<usize> = (self.choices.iter().rev())
            .map(|choice| {
                let position = left % choice.positions;
                left /= choice.positions;
                position
            })
            .collect();
        positions.reverse();
        positions
    }

    fn ending(&self, positions: &[usize]) -> Option<usize> {
        let mut choices = self.choices.iter().zip(positions);
        choices.position(|(choice, &position)| choice.ends && position != choice.start)
    }

    /// With everything but the ending choice at its start, if one has been made.
    fn normal(&self, positions: &[usize]) -> Vec<usize> {
        let Some(ending) = self.ending(positions) else {
            return positions.to_vec();
        };
        let mut normal: Vec<usize> = self.choices.iter().map(|choice| choice.start).collect();
        normal[ending] = positions[ending];
        normal
    }
}

fn feasible(positions: &[usize], excluded: &[Exclusion]) -> bool {
    !excluded.iter().any(|exclusion| {
        exclusion
            .iter()
            .all(|&(choice, bits)| bits >> positions[choice] & 1 == 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(owner: usize) -> Choice {
        Choice {
            owner,
            positions: 2,
            start: 0,
            irreversible: false,
            ends: false,
        }
    }

    /// Elmira in its option form: modify; delay, accept, abandon; insist.
    #[test]
    fn elmira_from_its_options() {
        let fixed = |owner| Choice {
            irreversible: true,
            ..choice(owner)
        };
        let stance = Choice {
            positions: 2,
            ..fixed(1)
        };
        let abandon = Choice {
            ends: true,
            ..fixed(1)
        };
        let built = OptionGraph::new(3, vec![fixed(0), stance, choice(2), abandon], &[])
            .expect("nine states");
        assert_eq!(built.states.len(), 9);
        assert_eq!(built.graph.edges(), 4 + 12 + 8);
        let abandoned = built.state(&[1, 1, 0, 1]).expect("abandoned is one state");
        assert_eq!(built.ended(abandoned), Some(3));
        assert!((0..3).all(|party| built.graph.moves(party, abandoned).next().is_none()));
        assert_eq!(built.states[built.start], [0, 0, 0, 0]);
    }

    #[test]
    fn what_cannot_stand_together_is_no_state() {
        let excluded = vec![vec![(0, 0b10), (1, 0b10)]];
        let built = OptionGraph::new(2, vec![choice(0), choice(1)], &excluded).expect("a graph");
        assert_eq!(built.states, [vec![0, 0], vec![0, 1], vec![1, 0]]);
        let only: Vec<usize> = built.graph.moves(0, 1).collect();
        assert_eq!(only, Vec::<usize>::new(), "the only target is infeasible");
        // Together they swap over the infeasible corner.
        assert_eq!(built.joint(&[0, 1], 1), [0, 2]);
        let all = vec![vec![(0, 0b01)]];
        let error = OptionGraph::new(2, vec![choice(0), choice(1)], &all).expect_err("no start");
        assert_eq!(error, OptionsError::StatusQuoExcluded);
    }

    #[test]
    fn irreversible_choices_only_go_on() {
        let ladder = Choice {
            positions: 3,
            start: 1,
            irreversible: true,
            ..choice(0)
        };
        let built = OptionGraph::new(1, vec![ladder], &[]).expect("three states");
        let to = |state| built.graph.moves(0, state).collect::<Vec<_>>();
        assert_eq!((to(0), to(1), to(2)), (vec![1, 2], vec![2], vec![]));
    }

    #[test]
    fn too_many_combinations_are_refused() {
        let error = OptionGraph::new(1, vec![choice(0); 64], &[]).expect_err("too many");
        assert_eq!(error, OptionsError::TooMany);
    }
}
