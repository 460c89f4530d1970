//! What is counted: the kernel on scenarios of every kind, whole and by stage.

use std::hint::black_box;

use jawjaw::engine::{Workspace, prepare, run_all};
use jawjaw::interchange::alternating::{Strategy, negotiate};
use jawjaw::interchange::solutions::Convention;
use jawjaw::interchange::{Domain, Format, Issue, Kind, Profile};
use jawjaw::model::Model;
use jawjaw::scenario::load::{LoadError, Loader, NoFacts, load};

use crate::synthetic::{Links, Synthetic};

/// Replicates of a draw, as in the README's ensembles.
const REPLICATES: u32 = 50;

/// A cost that is guarded.
pub struct Case {
    /// Its name in the baseline.
    pub name: &'static str,
    /// How much is done for the warm-up, and in all.
    pub few: u64,
    pub many: u64,
    /// Does that much; returns how many units it was.
    pub run: fn(u64) -> u64,
}

/// All cases, each below what a unit of it is.
pub const CASES: &[Case] = &[
    // Run of the baseline, its draw and preparation shared by 50.
    Case {
        name: "baseline-runs",
        few: 1,
        many: 13,
        run: |draws| runs(&shipped("scenarios/geneva-week.toml"), draws),
    },
    // Round of the baseline, draw and lists of offers at hand.
    Case {
        name: "baseline-rounds",
        few: 100,
        many: 500,
        run: |replicates| rounds(&shipped("scenarios/geneva-week.toml"), replicates),
    },
    // Draw of the baseline's numbers.
    Case {
        name: "baseline-draw",
        few: 2,
        many: 102,
        run: |draws| self::draws(&shipped("scenarios/geneva-week.toml"), draws),
    },
    // Preparation of a draw of the baseline.
    Case {
        name: "baseline-prepare",
        few: 2,
        many: 52,
        run: |times| preparations(&shipped("scenarios/geneva-week.toml"), times),
    },
    // Run of another crisis.
    Case {
        name: "cuba-runs",
        few: 1,
        many: 13,
        run: |draws| runs(&shipped("scenarios/cuba-1962.toml"), draws),
    },
    // Run of the smallest crisis, single text in turn with offers.
    Case {
        name: "islands-runs",
        few: 1,
        many: 13,
        run: |draws| runs(&shipped("scenarios/two-islands.toml"), draws),
    },
    // Run of a yardstick of simultaneous concession.
    Case {
        name: "concession-runs",
        few: 1,
        many: 13,
        run: |draws| runs(&shipped("scenarios/yardsticks/concession.toml"), draws),
    },
    // Run over 4,096 packages in one block of linked issues.
    Case {
        name: "linked-runs",
        few: 1,
        many: 3,
        run: |draws| {
            let links = Links::All;
            let synthetic = Synthetic {
                links,
                ..Synthetic::MIDDLE
            };
            runs(&made_up(synthetic), draws)
        },
    },
    // Run with eight parties at the table.
    Case {
        name: "eight-parties-runs",
        few: 1,
        many: 3,
        run: |draws| {
            let parties = 8;
            let synthetic = Synthetic {
                parties,
                ..Synthetic::MIDDLE
            };
            runs(&made_up(synthetic), draws)
        },
    },
    // Negotiation of two over 4,096 packages, 1,000 rounds without agreement.
    Case {
        name: "sao-two",
        few: 1,
        many: 6,
        run: |times| sao(2, 0.85, 1_000, times),
    },
    // Negotiation of four over 4,096 packages, up to 100 rounds to an agreement.
    Case {
        name: "sao-four",
        few: 1,
        many: 6,
        run: |times| sao(4, 0.0, 100, times),
    },
];

struct Disk;

impl Loader for Disk {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        std::fs::read_to_string(path).map_err(|error| LoadError::Other(error.to_string()))
    }
}

struct Text(String);

impl Loader for Text {
    fn load(&self, _path: &str) -> Result<String, LoadError> {
        Ok(self.0.clone())
    }
}

fn compile(path: &str, loader: &dyn Loader) -> Model {
    let scenario = load(path, loader, &NoFacts).scenario;
    Model::compile(scenario.expect("the scenario loads")).expect("the scenario compiles")
}

fn shipped(path: &str) -> Model {
    compile(path, &Disk)
}

fn made_up(synthetic: Synthetic) -> Model {
    compile("synthetic.toml", &Text(synthetic.text()))
}

/// Plays replicates of a draw; returns their rounds.
fn play(model: &Model, draw: u64, workspace: &mut Workspace, replicates: u32) -> u64 {
    let prepared = prepare(model, model.draw(1, draw as u32));
    let mut rounds = 0;
    run_all(model, &prepared, workspace, 0..replicates, |record| {
        rounds += u64::from(black_box(record).rounds);
    });
    rounds
}

fn runs(model: &Model, draws: u64) -> u64 {
    let mut workspace = Workspace::new(model);
    for draw in 0..draws {
        play(model, draw, &mut workspace, REPLICATES);
    }
    draws * u64::from(REPLICATES)
}

fn rounds(model: &Model, replicates: u64) -> u64 {
    play(model, 0, &mut Workspace::new(model), replicates as u32)
}

fn draws(model: &Model, draws: u64) -> u64 {
    for index in 0..draws {
        black_box(model.draw(1, index as u32));
    }
    draws
}

fn preparations(model: &Model, times: u64) -> u64 {
    let draw = model.draw(1, 0);
    for _ in 0..times {
        black_box(prepare(model, black_box(&draw).clone()));
    }
    times
}

/// Six issues of four values; every second party wants more where the others want less.
fn sao(parties: usize, reserved: f64, rounds: usize, times: u64) -> u64 {
    let issues = 0..6;
    let profile = |party: usize| {
        let weights: Vec<f64> = issues
            .clone()
            .map(|issue| ((issue * 5 + party * 3) % 7 + 1) as f64)
            .collect();
        let whole: f64 = weights.iter().sum();
        let value = |issue: usize, level: u8| {
            let level = f64::from(level) / 3.0;
            if (issue + party).is_multiple_of(2) {
                level
            } else {
                1.0 - level
            }
        };
        Profile {
            name: party.to_string(),
            weights: weights.iter().map(|weight| weight / whole).collect(),
            values: issues
                .clone()
                .map(|issue| (0..4).map(|level| value(issue, level)).collect())
                .collect(),
            reservation: Some(reserved),
            discount: 1.0,
        }
    };
    let domain = Domain {
        name: "guard".into(),
        format: Format::NegMas,
        cap_at_one: false,
        issues: issues
            .clone()
            .map(|issue| Issue {
                name: issue.to_string(),
                kind: Kind::Discrete,
                values: (0..4).map(|level| level.to_string()).collect(),
            })
            .collect(),
        profiles: (0..parties).map(profile).collect(),
    };
    let strategies: Vec<Strategy> = (0..parties)
        .map(|party| [Strategy::Boulware, Strategy::Conceder][party % 2])
        .collect();
    for _ in 0..times {
        let run = negotiate(black_box(&domain), &strategies, rounds, Convention::Negmas)
            .expect("4,096 outcomes are few");
        assert_eq!(
            run.agreement.is_some(),
            reserved < 0.5,
            "after {} rounds",
            run.rounds
        );
        black_box(run);
    }
    times
}
