//! Invented summaries for tests: a likely one of the size of a real scenario, and nasty ones.

use jiff::civil::date;

use crate::ensemble::intervals::{BandLimits, IntervalMethod, SurvivalStep, SurvivalSummary};
use crate::ensemble::paired::Difference;
use crate::ensemble::summary::{
    Band, BeliefSummary, BenchmarkMark, Design, Interval, IssueRedLine, IssueSummary, JointSummary,
    OutcomeShare, PartySummary, RoundInfo, ScenarioInfo, StatusShares, Summary, TalksSummary,
    VariableSummary,
};
use crate::ensemble::versus::{Change, Flip, Versus};

/// How large an invented summary is, and what is wrong with it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) outcomes: usize,
    pub(super) parties: usize,
    pub(super) issues: usize,
    pub(super) levels: usize,
    pub(super) rounds: usize,
    pub(super) types: usize,
    /// Long and non-ASCII names.
    pub(super) long: bool,
    /// No runs, shares of zero, empty bands.
    pub(super) empty: bool,
}

/// As large as the shipped scenario.
pub(super) const LIKELY: Size = Size {
    outcomes: 8,
    parties: 4,
    issues: 12,
    levels: 5,
    rounds: 14,
    types: 3,
    long: false,
    empty: false,
};

/// Sizes at the edges of what a file may hold.
pub(super) fn nasty() -> Vec<(&'static str, Size)> {
    vec![
        (
            "smallest",
            Size {
                outcomes: 2,
                parties: 2,
                issues: 1,
                levels: 2,
                rounds: 1,
                types: 1,
                ..LIKELY
            },
        ),
        (
            "largest",
            Size {
                outcomes: 12,
                parties: 12,
                issues: 25,
                levels: 7,
                rounds: 60,
                types: 6,
                long: true,
                empty: false,
            },
        ),
        (
            "empty",
            Size {
                empty: true,
                ..LIKELY
            },
        ),
        (
            "long",
            Size {
                long: true,
                parties: 3,
                issues: 4,
                rounds: 5,
                types: 2,
                ..LIKELY
            },
        ),
    ]
}

/// Numbers that look random and never change.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1_u32 << 31)
    }
}

const OUTCOMES: [&str; 12] = [
    "comprehensive settlement",
    "partial agreement on arms control",
    "framework for further talks",
    "talks continue past the horizon",
    "frozen dispute, talks broken off",
    "coercion short of force",
    "limited incursion",
    "large-scale invasion",
    "escalation beyond the theatre",
    "collapse of the mediator",
    "blockade",
    "accidental war",
];
const PARTIES: [(&str, &str, Option<&str>); 4] = [
    ("us", "United States", Some("#0072B2")),
    ("russia", "Russia", Some("#D55E00")),
    ("nato", "NATO", Some("#CC79A7")),
    ("ukraine", "Ukraine", Some("#009E73")),
];
const ISSUES: [&str; 6] = [
    "enlargement",
    "missiles in Europe",
    "exercises near borders",
    "the build-up",
    "arms deliveries",
    "diplomatic missions",
];
const LEVELS: [&str; 7] = [
    "open door reaffirmed without qualification",
    "principle kept, country tacitly in between",
    "time-limited moratorium for two applicants",
    "binding exclusion of two applicants",
    "binding halt to all eastern enlargement",
    "withdrawal to the lines of 1997",
    "dissolution",
];
const VENUES: [&str; 4] = ["Geneva", "NATO-Russia Council", "Normandy format", "OSCE"];
const LONG: &str = "Überaus ausführlich benannte Verhandlungspartei für Sicherheitsfragen, Україна — та \
                    Αθήνα & <co> \"quoted\"";

fn name(short: &str, index: usize, size: Size) -> String {
    if size.long {
        format!("{short} {index}: {LONG}")
    } else {
        short.to_owned()
    }
}

fn band(middle: f64, half: f64, n: u64) -> Band {
    let at = |way: f64| (middle + way * half).clamp(0.0, 1.0);
    Band {
        q05: at(-1.0),
        q25: at(-0.4),
        q50: at(0.05),
        q75: at(0.45),
        q95: at(1.0),
        n,
    }
}

/// An invented summary.
pub(super) fn summary(size: Size) -> Summary {
    let mut dice = Dice(7);
    let outcomes = outcomes(size, &mut dice);
    let parties = parties(size, &mut dice);
    let rounds = rounds(size);
    let issues = issues(size, &mut dice);
    let benchmarks = benchmarks(size);
    let timeline = timeline(size);
    let joint = joint(size, &mut dice);
    let beliefs = beliefs(size);
    let variables = variables(size, &parties, &mut dice);
    let empty = size.empty;
    Summary {
        scenario: ScenarioInfo {
            id: "geneva-week".to_owned(),
            title: name("Geneva week: four parties, January 2022", 0, size),
            summary: "Baseline.".to_owned(),
            cutoff: date(2022, 1, 10),
        },
        design: Design {
            seed: 1,
            draws: 400,
            replicates: 50,
            runs: if empty { 0 } else { 20_000 },
            partial: empty,
        },
        outcomes,
        benchmarks,
        flags: Vec::new(),
        parties,
        rounds,
        timeline,
        issues,
        joint,
        beliefs,
        variables,
        theory: None,
        intervals: IntervalMethod::Score,
        survival: survival(size),
        talks: TalksSummary {
            agreement: 0.3,
            days_to_agreement: Band::default(),
            days_to_agreement_limits: BandLimits::default(),
            days_to_end: Band::default(),
            ended_early: 0.2,
            failed_ratification: 0.1,
            walkout: 0.1,
            forms: Vec::new(),
        },
    }
}

/// An invented comparison of two summaries: a tenth of each outcome goes to the next, by place.
pub(super) fn versus(first: &Summary, second: &Summary) -> Versus {
    let pairs = 20_000;
    let interval = |middle: f64| Interval {
        low: middle - 0.01,
        high: middle + 0.01,
    };
    let shared = (first.outcomes.iter()).filter_map(|own| {
        let other = second.outcomes.iter().find(|other| other.id == own.id)?;
        Some((own, other.share - own.share))
    });
    let changes = shared
        .map(|(own, difference)| Change {
            outcome: own.id.clone(),
            name: own.name.clone(),
            both: 0,
            first_only: own.count / 10,
            second_only: own.count / 20,
            neither: 0,
            difference: Difference {
                pairs,
                first: own.share,
                second: own.share + difference,
                difference,
                interval: interval(difference),
                draws_up: 10,
                draws_down: 380,
                draws_same: 10,
            },
            simultaneous: interval(difference),
            p: 0.01,
            p_holm: 0.06,
            sign_holds: 0.95,
            band: band(
                difference,
                0.03,
                if first.outcomes[0].band.n > 0 { 400 } else { 0 },
            ),
        })
        .collect();
    let next = |index: usize| &second.outcomes[(index + 1) % second.outcomes.len()];
    let flips: Vec<Flip> = (first.outcomes.iter().enumerate())
        .filter(|(index, own)| own.count >= 10 && own.id != next(*index).id)
        .map(|(index, own)| Flip {
            from: own.id.clone(),
            to: next(index).id.clone(),
            runs: own.count / 10,
        })
        .collect();
    Versus {
        scenario: "variant".to_owned(),
        against: first.scenario.id.clone(),
        pairs,
        moved: flips.iter().map(|flip| flip.runs).sum(),
        changes,
        flips,
        only_first: Vec::new(),
        only_second: Vec::new(),
    }
}

/// Ends once a fortnight, two in a hundred of those still open, of the outcomes in turn.
fn survival(size: Size) -> SurvivalSummary {
    if size.empty {
        return SurvivalSummary::default();
    }
    let mut ended = vec![0.0; size.outcomes];
    let mut at_risk = 20_000;
    let steps = (0..size.rounds as u32)
        .map(|index| {
            let gone = if index + 1 == size.rounds as u32 {
                0
            } else {
                at_risk / 50
            };
            ended[index as usize % size.outcomes] += gone as f64 / 20_000.0;
            let open = (at_risk - gone) as f64 / 20_000.0;
            let day = 14 * (index + 1);
            let step = SurvivalStep {
                day,
                date: date(2022, 1, 10)
                    .checked_add(jiff::Span::new().days(day))
                    .expect("a date"),
                at_risk,
                ended: gone,
                censored: if gone == 0 { at_risk } else { 0 },
                open,
                chance: Interval {
                    low: open - 0.004,
                    high: (open + 0.004).min(1.0),
                },
                ended_by_outcome: ended.clone(),
            };
            at_risk -= gone;
            step
        })
        .collect();
    SurvivalSummary {
        steps,
        median: None,
        median_limits: [None, None],
    }
}

fn outcomes(size: Size, dice: &mut Dice) -> Vec<OutcomeShare> {
    let weights: Vec<f64> = (0..size.outcomes)
        .map(|index| match index {
            2 => 0.0,
            3 => 2.2,
            _ => dice.roll() * dice.roll(),
        })
        .collect();
    let sum: f64 = weights.iter().sum();
    (0..size.outcomes)
        .rev()
        .map(|index| {
            let share = if size.empty {
                0.0
            } else {
                weights[index] / sum
            };
            let half = 2.6 * (share * (1.0 - share) / 20_000.0).sqrt();
            OutcomeShare {
                id: format!("outcome-{index}"),
                name: name(OUTCOMES[index], index, size),
                severity: index as u32 + 1,
                colour: None,
                count: (share * 20_000.0) as u64,
                share,
                chance: Interval {
                    low: (share - half).max(0.0),
                    high: share + half + 0.0003,
                },
                band: band(share, share * 0.6, if size.empty { 0 } else { 400 }),
            }
        })
        .collect()
}

fn benchmarks(size: Size) -> Vec<BenchmarkMark> {
    [
        (
            0.281,
            32,
            vec![0, 1],
            "crises with a military build-up that ended in war",
        ),
        (
            0.46,
            116,
            vec![2, 3, 4],
            "coercive threats by great powers that were given up or bought off",
        ),
    ]
    .into_iter()
    .map(|(share, n, outcomes, label)| BenchmarkMark {
        id: format!("class-{n}"),
        label: name(label, n as usize, size),
        source: "source".to_owned(),
        n,
        share,
        interval: Interval {
            low: share - 0.12,
            high: share + 0.15,
        },
        outcomes,
    })
    .collect()
}

fn parties(size: Size, dice: &mut Dice) -> Vec<PartySummary> {
    (0..size.parties)
        .map(|index| {
            let (id, short, colour) = PARTIES[index % PARTIES.len()];
            let start = 0.8 + 0.15 * dice.roll();
            let sits = |round: usize| {
                !size.empty && (index != 3 || round % 3 == 1) && (index != 2 || round > 4)
            };
            let series = |from: f64, to: f64, always: bool, half: f64| {
                (0..size.rounds)
                    .map(|round| {
                        let way = round as f64 / size.rounds.max(2) as f64;
                        let n = if always && !size.empty || sits(round) {
                            18_000
                        } else {
                            0
                        };
                        band(from + (to - from) * way, half, n)
                    })
                    .collect()
            };
            PartySummary {
                id: if index < 4 {
                    id.to_owned()
                } else {
                    format!("party-{index}")
                },
                name: name(short, index, size),
                colour: colour.filter(|_| index < 4).map(str::to_owned),
                mean_utility: 0.5,
                chance: Interval {
                    low: 0.49,
                    high: 0.51,
                },
                utility: band(0.5, 0.2, 20_000),
                utility_limits: BandLimits::default(),
                band: band(0.5, 0.1, 400),
                asked: series(start, 0.62, false, 0.09),
                offered: series(0.3, 0.48, false, 0.07),
                disagreement: series(0.42, 0.36, true, 0.05),
                moves: Vec::new(),
            }
        })
        .collect()
}

fn rounds(size: Size) -> Vec<RoundInfo> {
    let offsets = [0_i64, 2, 3, 11, 16];
    (0..size.rounds)
        .map(|index| {
            let days = offsets
                .get(index)
                .copied()
                .unwrap_or_else(|| 16 + 7 * (i64::try_from(index).expect("few rounds") - 4));
            RoundInfo {
                date: date(2022, 1, 10)
                    .checked_add(jiff::Span::new().days(days))
                    .expect("a date in range"),
                venue: format!("venue-{}", index % 4),
                venue_name: name(VENUES[index % 4], index, size),
                documented: index < offsets.len() || size.long && index % 2 == 0,
            }
        })
        .collect()
}

fn timeline(size: Size) -> Vec<StatusShares> {
    (0..size.rounds)
        .map(|round| {
            let way = (round + 1) as f64 / size.rounds as f64;
            let scale = if size.empty { 0.0 } else { 1.0 };
            let (settled, broken_off, force) = (0.33 * way * way, 0.09 * way, 0.17 * way * way);
            StatusShares {
                talking: (1.0 - settled - broken_off - force) * scale,
                settled: settled * scale,
                broken_off: broken_off * scale,
                force: force * scale,
            }
        })
        .collect()
}

fn issues(size: Size, dice: &mut Dice) -> Vec<IssueSummary> {
    (0..size.issues)
        .map(|index| {
            let levels = if size.long {
                size.levels
            } else {
                2 + index % (size.levels - 1).max(1)
            };
            let settled: Vec<f64> = (0..levels)
                .map(|_| {
                    if size.empty || index % 5 == 4 {
                        0.0
                    } else {
                        dice.roll() * dice.roll() * 0.9 / levels as f64
                    }
                })
                .collect();
            IssueSummary {
                id: format!("issue-{index}"),
                name: name(ISSUES[index % ISSUES.len()], index, size),
                levels: (0..levels)
                    .map(|level| name(LEVELS[level], level, size))
                    .collect(),
                status_quo: index % levels,
                in_force: settled.clone(),
                settled,
                venues: Vec::new(),
                ideals: (0..size.parties)
                    .map(|party| (party, if party % 2 == 0 { 0 } else { levels - 1 }))
                    .collect(),
                red_lines: (0..size.parties)
                    .filter(|party| (party + index) % 2 == 0)
                    .map(|party| IssueRedLine {
                        party,
                        above: (party % 2 == 0).then_some(index % levels),
                        below: (party % 2 == 1).then_some(levels / 2),
                        firmness: 0.3 + 0.7 * (party as f64 / size.parties as f64),
                    })
                    .collect(),
            }
        })
        .collect()
}

fn joint(size: Size, dice: &mut Dice) -> JointSummary {
    let count = if size.empty { 0 } else { 500 };
    JointSummary {
        x: 0,
        y: 1,
        points: (0..count)
            .map(|index| {
                let outcome = index % size.outcomes;
                let base = 0.2 + 0.5 * outcome as f64 / size.outcomes as f64;
                (
                    (base + 0.15 * dice.roll()).clamp(0.0, 1.0),
                    (0.75 - base + 0.3 * dice.roll()).clamp(0.0, 1.0),
                    outcome,
                )
            })
            .collect(),
        status_quo: (0.55, 0.42),
        disagreement: (0.48, 0.44),
        solutions: if size.empty {
            Vec::new()
        } else {
            vec![
                ("Nash".to_owned(), 0.66, 0.6),
                ("Kalai-Smorodinsky".to_owned(), 0.65, 0.62),
                ("Egalitarian".to_owned(), 0.6, 0.66),
                ("Utilitarian".to_owned(), 0.8, 0.42),
            ]
        },
        frontier: if size.empty {
            Vec::new()
        } else {
            vec![
                (0.3, 0.95),
                (0.5, 0.9),
                (0.66, 0.8),
                (0.8, 0.6),
                (0.92, 0.4),
                (1.0, 0.05),
            ]
        },
    }
}

fn beliefs(size: Size) -> Vec<BeliefSummary> {
    let names = [
        "bargainer",
        "coercer",
        "pretext-seeker",
        "gambler",
        "hedger",
        "bluffer",
    ];
    let prior = 1.0 / size.types as f64;
    vec![BeliefSummary {
        party: 1,
        types: (0..size.types)
            .map(|index| name(names[index], index, size))
            .collect(),
        prior: vec![prior; size.types],
        runs: (0..size.types)
            .map(|index| {
                if size.empty || size.long && index == 1 {
                    0
                } else {
                    5_000 + 731 * index as u64
                }
            })
            .collect(),
        mean: (0..size.types)
            .map(|real| {
                (0..size.types)
                    .map(|believed| {
                        (0..size.rounds)
                            .map(|round| {
                                let way = 0.6 * (round + 1) as f64 / size.rounds as f64;
                                let truth = if real == believed { 1.0 } else { 0.0 };
                                prior + (truth - prior) * way
                            })
                            .collect()
                    })
                    .collect()
            })
            .collect(),
    }]
}

fn variables(size: Size, parties: &[PartySummary], dice: &mut Dice) -> Vec<VariableSummary> {
    let names = std::iter::once(("tension".to_owned(), "tension".to_owned(), None)).chain(
        parties.iter().enumerate().map(|(index, party)| {
            let id = format!("posture.{}", party.id);
            (id, format!("posture of {}", party.name), Some(index))
        }),
    );
    names
        .map(|(id, name, party)| {
            let start = 0.2 + 0.3 * dice.roll();
            let level = |round: usize| start + 0.35 * round as f64 / size.rounds.max(2) as f64;
            VariableSummary {
                id,
                name,
                party,
                bands: (0..size.rounds)
                    .map(|round| {
                        let n = if size.empty { 0 } else { 20_000 };
                        band(level(round), 0.05 + 0.012 * round as f64, n)
                    })
                    .collect(),
                samples: (0..if size.empty { 0 } else { 12 })
                    .map(|_| {
                        (0..size.rounds)
                            .map(|round| {
                                (level(round) + 0.25 * (dice.roll() - 0.5)).clamp(0.0, 1.0)
                            })
                            .collect()
                    })
                    .collect(),
            }
        })
        .collect()
}
