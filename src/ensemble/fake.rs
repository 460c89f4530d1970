//! A simulator whose shares and means are known in closed form, for the tests of everything that
//! handles many runs.

use std::ops::Range;

use jiff::civil::{Date, date};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::Simulator;
use super::facts::{
    BenchmarkFacts, IssueFacts, JointFacts, MoveFacts, Named, OutcomeFacts, PartyFacts,
    ScenarioFacts,
};
use super::summary::{IssueRedLine, RoundInfo, ScenarioInfo};
use crate::engine::record::{RunRecord, Status};

/// Three outcomes: agreement with probability `p`, deadlock with 0.3, war with the rest; `p` is
/// uniform on `0.5 +- spread` over draws. The first party's utility is uniform on [0.2, 0.6].
#[derive(Debug, Clone)]
pub(crate) struct Fake {
    pub(crate) spread: f64,
    /// Moves probability from agreement to war, all luck equal.
    pub(crate) harm: f64,
    pub(crate) panics_at: Option<(u32, u32)>,
    pub(crate) facts: ScenarioFacts,
}

impl Fake {
    pub(crate) fn certain() -> Self {
        Self {
            spread: 0.0,
            harm: 0.0,
            panics_at: None,
            facts: facts(),
        }
    }

    pub(crate) fn uncertain() -> Self {
        Self {
            spread: 0.2,
            ..Self::certain()
        }
    }
}

fn stream(seed: u64, purpose: u64, number: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed.wrapping_mul(31).wrapping_add(purpose));
    random.set_stream(number);
    random
}

impl Simulator for Fake {
    type Draw = f64;
    type Workspace = ();

    fn workspace(&self) {}

    fn draw(&self, seed: u64, draw: u32) -> f64 {
        let u: f64 = stream(seed, 1, u64::from(draw)).random();
        0.5 + self.spread * (2.0 * u - 1.0) - self.harm
    }

    fn priors(&self, _draw: &f64, weights: &mut [f64]) {
        weights.copy_from_slice(&[0.25, 0.75, 1.0]);
    }

    fn run(
        &self,
        draw: &f64,
        (): &mut (),
        seed: u64,
        draw_index: u32,
        replicate: u32,
        record: &mut RunRecord,
    ) {
        assert!(
            self.panics_at != Some((draw_index, replicate)),
            "planted panic"
        );
        let mut random = stream(seed, 2, u64::from(draw_index) << 32 | u64::from(replicate));
        let shape = record.shape;
        *record = RunRecord::new(shape);
        record.draw = draw_index;
        record.replicate = replicate;
        let kind = u8::from(random.random::<f64>() >= 0.25);
        record.types = vec![kind, 0];
        let u: f64 = random.random();
        record.outcome = if u < *draw {
            0
        } else if u < *draw + 0.3 {
            1
        } else {
            2
        };
        let gain: f64 = random.random();
        record.utility = vec![0.2 + 0.4 * gain, 1.0 - gain];
        record.rounds = 4;
        record.end_day = 40;
        let mut end = Status::Talking;
        match record.outcome {
            0 => {
                record.level[0] = 1;
                record.settled_venue[0] = 0;
                record.settled_form[0] = 0;
                record.settled_round[0] = 2;
                end = Status::Settled;
            }
            2 => {
                record.rounds = 2;
                record.end_day = 15;
                record.terminal = 1;
                record.moves[1] = 1;
                end = Status::Force;
            }
            _ => record.moves[0] = 2,
        }
        record.flags = u64::from(gain > 0.9);
        record.walkouts = u16::from(gain < 0.1);
        for round in 0..shape.rounds {
            record.status[round] = if round < 1 { Status::Talking } else { end };
            record.tension[round] = 0.1 * (round as f64 + gain);
            for party in 0..shape.parties {
                let i = round * shape.parties + party;
                record.posture[i] = if party == 0 { gain } else { 0.5 };
                record.asked[i] = 0.9 - 0.1 * round as f64;
                if round > 0 {
                    record.offered[i] = 0.2 + 0.1 * round as f64;
                }
                record.disagreement[i] = 0.3;
            }
            let sure = if round == 0 { [0.25, 0.75] } else { [0.1, 0.9] };
            let rows = &mut record.belief[round * shape.types..(round + 1) * shape.types];
            rows.copy_from_slice(&[sure[0], sure[1], 1.0]);
        }
    }

    /// All are played before the first is shown, so that one that panics takes all with it.
    fn run_all(
        &self,
        draw: &f64,
        workspace: &mut (),
        seed: u64,
        draw_index: u32,
        replicates: Range<u32>,
        see: impl FnMut(&RunRecord),
    ) {
        let played = |replicate| {
            let mut record = RunRecord::new(self.facts.shape());
            self.run(draw, workspace, seed, draw_index, replicate, &mut record);
            record
        };
        let played: Vec<RunRecord> = replicates.map(played).collect();
        played.iter().for_each(see);
    }

    fn info(&self) -> &ScenarioFacts {
        &self.facts
    }
}

fn facts() -> ScenarioFacts {
    let round = |date: Date, venue: &str, name: &str, documented| RoundInfo {
        date,
        venue: venue.to_owned(),
        venue_name: name.to_owned(),
        documented,
    };
    let outcome = |id: &str, name: &str, severity| OutcomeFacts {
        id: id.to_owned(),
        name: name.to_owned(),
        severity,
        colour: None,
    };
    ScenarioFacts {
        scenario: ScenarioInfo {
            id: "fishing-dispute".to_owned(),
            title: "Fishing dispute between Norland and Suddland".to_owned(),
            summary: "Two neighbours quarrel over a fishing ground.".to_owned(),
            cutoff: date(1975, 6, 1),
        },
        start: date(1975, 6, 2),
        horizon: date(1975, 7, 12),
        parties: vec![
            PartyFacts {
                id: "norland".to_owned(),
                name: "Norland".to_owned(),
                colour: Some("#0072B2".to_owned()),
                types: vec![Named::new("dove", "Dove"), Named::new("hawk", "Hawk")],
            },
            PartyFacts {
                id: "suddland".to_owned(),
                name: "Suddland".to_owned(),
                colour: None,
                types: vec![Named::new("only", "Only")],
            },
        ],
        issues: vec![IssueFacts {
            id: "quota".to_owned(),
            name: "Catch quota".to_owned(),
            levels: vec![
                "no quota".to_owned(),
                "shared quota, with \"observers\"".to_owned(),
            ],
            status_quo: 0,
            ideals: vec![(0, 0), (1, 1)],
            red_lines: vec![IssueRedLine {
                party: 0,
                above: Some(1),
                below: None,
                firmness: 0.5,
            }],
        }],
        forms: vec![Named::new("treaty", "Treaty")],
        venues: vec![
            Named::new("harbour", "Harbour talks"),
            Named::new("court", "The court"),
        ],
        moves: vec![
            MoveFacts {
                id: "patrol".to_owned(),
                name: "Norland sends a patrol".to_owned(),
                actor: 0,
            },
            MoveFacts {
                id: "ram".to_owned(),
                name: "Suddland rams a boat".to_owned(),
                actor: 1,
            },
        ],
        events: vec![Named::new("storm", "A storm")],
        outcomes: vec![
            outcome("agreement", "Agreement on a quota", 1),
            outcome("deadlock", "Talks go on without result", 2),
            outcome("clash", "Clash at sea with boats lost on both sides", 3),
        ],
        flags: vec![Named::new("lucky", "Norland gets nearly all it wants")],
        benchmarks: vec![BenchmarkFacts {
            id: "fish-wars".to_owned(),
            label: "Militarised fishing disputes that saw shots fired".to_owned(),
            source: "Invented Archive (1990)".to_owned(),
            share: 0.2,
            n: 60,
            outcomes: vec![2],
        }],
        rounds: vec![
            round(date(1975, 6, 2), "harbour", "Harbour talks", true),
            round(date(1975, 6, 12), "court", "The court", true),
            round(date(1975, 6, 22), "harbour", "Harbour talks", false),
            round(date(1975, 7, 2), "court", "The court", false),
        ],
        joint: JointFacts {
            x: 0,
            y: 1,
            status_quo: (0.2, 0.7),
            disagreement: (0.3, 0.3),
            frontier: vec![(0.2, 1.0), (0.6, 0.5)],
            solutions: vec![("Nash".to_owned(), 0.5, 0.7)],
        },
    }
}
