//! What must hold in the limits where common sense gives the answer (the model's own list): each
//! test works the answer out and plays the engine against it. Where theory gives it in closed form
//! there is a scenario file, held to it by `yardsticks.rs`.

mod kit;

use std::collections::BTreeSet;

use jawjaw::engine::{Note, RunRecord, Workspace, prepare, run};
use jawjaw::model::plan::{EffectsPlan, Start};
use jawjaw::model::{Draw, Model, ParamId};
use kit::{BASELINE, Listen, QUARREL, compile, each, over, play, scenario, variant};

/// Everything a run leaves behind, to the last bit.
fn bits(record: &RunRecord) -> String {
    format!("{record:?}")
}

/// A game over one pie: at the status quo both have nothing, at level `l` the first has
/// `(l - 1) / 13` and the second the rest.
fn pie(first: &str, second: &str) -> String {
    let rising: Vec<String> = (0..14).map(|step| format!("{step} / 13")).collect();
    let levels: Vec<String> = std::iter::once("nothing".to_owned())
        .chain(rising)
        .collect();
    let share = |step: i32| f64::from(step) / 13.0;
    let a: Vec<f64> = std::iter::once(0.0).chain((0..14).map(share)).collect();
    let b: Vec<f64> = std::iter::once(0.0)
        .chain((0..14).map(|step| share(13 - step)))
        .collect();
    format!(
        r#"
schema = 1
id = "pie"
title = "A pie"
summary = "Two share a pie."
cutoff = 2020-01-01
calendar = {{ start = 2020-01-01, horizon = 2020-03-11 }}
parties = [
    {{ id = "a", name = "A", {first} }},
    {{ id = "b", name = "B", {second} }},
]
issues = [{{ id = "share", name = "A's share", levels = {levels:?}, status_quo = 0, consent = ["a", "b"] }}]
preferences.a.share = {{ weight = 1, values = {a:?} }}
preferences.b.share = {{ weight = 1, values = {b:?} }}
venues = [{{ id = "table", name = "Table", participants = ["a", "b"], decides = ["share"], exchanges = 2 }}]
cycle = {{ every_days = 7, venues = ["table"] }}
state.tension = {{ start = 0, rest = 0, decay = 0 }}
outcomes = [
    {{ id = "split", name = "Split", severity = 1, when = {{ settled = {{ share = ">= 1" }} }} }},
    {{ id = "nothing", name = "Nothing", severity = 2 }},
]
"#
    )
}

/// Without uncertainty, with best responses and no tremble, nothing is left to chance.
#[test]
fn best_responses_without_uncertainty_leave_one_run() {
    let sure = r#"
        remove = ["parties.east.types", "parties.west.types", "events.collision", "forms.treaty"]
        beliefs.tremble = 0
        [[parties]]
        id = "east"
        rationality = inf
        walkout = 0
        [[parties]]
        id = "west"
        rationality = inf
        walkout = 0
        [[parties]]
        id = "mid"
        rationality = inf
        walkout = 0
        [[force]]
        id = "seizure"
        cost = 0.15
        advantage = 0.7
        "#;
    let model = variant(QUARREL, sure);
    let mut first: Option<String> = None;
    let mut workspace = Workspace::new(&model);
    let mut record = RunRecord::new(model.record_shape());
    for seed in [0, 1, u64::MAX] {
        for index in 0..4 {
            let typical = Draw {
                seed,
                index,
                ..model.modes()
            };
            let prepared = prepare(&model, typical);
            for replicate in 0..5 {
                run(
                    &model,
                    &prepared,
                    &mut workspace,
                    replicate,
                    &mut record,
                    &mut (),
                );
                (record.draw, record.replicate) = (0, 0);
                let now = bits(&record);
                assert_eq!(*first.get_or_insert_with(|| now.clone()), now);
            }
        }
    }
}

/// Over runs whose true type is drawn from the prior, beliefs are right on average.
#[test]
fn posteriors_are_a_martingale() {
    martingale(&variant(QUARREL, ""), 400, 10, "quarrel");
    martingale(&variant(BASELINE, ""), 50, 16, "baseline");
}

/// The last posterior less the prior, over runs: its mean is 0 within four standard errors.
fn martingale(model: &Model, draws: u32, replicates: u32, name: &str) {
    let rows = model.rows.len();
    let mut sums = vec![(0.0, 0.0); rows];
    let mut n = 0.0;
    each(model, 21, 0..draws, replicates, |draw, record| {
        let last = &record.belief[record.belief.len() - rows..];
        for ((sum, squares), (belief, row)) in sums.iter_mut().zip(last.iter().zip(&draw.rows)) {
            let moved = belief - row.prior;
            *sum += moved;
            *squares += moved * moved;
        }
        n += 1.0;
    });
    for (party, plan) in model.parties.iter().enumerate() {
        for row in plan.rows().filter(|_| plan.types > 1) {
            let (sum, squares): (f64, f64) = sums[row];
            let (mean, error) = (sum / n, squares.sqrt() / n);
            let spread = error * n.sqrt();
            assert!(spread > 0.02, "{name}: nothing is learnt of party {party}");
            assert!(
                mean.abs() < 4.0 * error,
                "{name}: belief in row {row} drifts by {mean}, standard error {error}"
            );
        }
    }
}

/// The order of issues, parties and events and the words for levels are no part of the game.
#[test]
fn order_and_words_change_nothing() {
    let text = over(QUARREL, "talks.move_order = \"drawn\"");
    let plain = scenario(&text);
    let mut other = plain.clone();
    other.issues.reverse();
    other.parties.rotate_left(1);
    other.linkages.reverse();
    other.events.reverse();
    other.threats.reverse();
    other.venues.rotate_left(1);
    for issue in &mut other.issues {
        for level in &mut issue.levels {
            level.push_str(" (said otherwise)");
        }
    }
    for venue in &mut other.venues {
        venue.decides.reverse();
    }
    for party in &mut other.parties {
        party.name.push_str(" (called otherwise)");
    }
    let a = Model::compile(plain).expect("it compiles");
    let b = Model::compile(other).expect("it compiles");
    let mut runs = Vec::new();
    each(&a, 4, 0..60, 5, |_, record| runs.push(record.clone()));
    let mut next = runs.iter();
    let settled = runs
        .iter()
        .filter(|record| record.settled_round.iter().any(|&r| r < 255));
    assert!(settled.count() > 20, "agreements among the runs");
    each(&b, 4, 0..60, 5, |_, there| {
        let here = next.next().expect("as many runs");
        let run = (here.draw, here.replicate);
        assert_eq!(here.outcome, there.outcome, "{run:?}");
        assert_eq!(here.moves, there.moves, "{run:?}");
        assert_eq!(here.flags, there.flags, "{run:?}");
        assert_eq!(
            (here.walkouts, here.failures),
            (there.walkouts, there.failures),
            "{run:?}"
        );
        let issues = here.level.len();
        for i in 0..issues {
            let j = issues - 1 - i;
            assert_eq!(here.level[i], there.level[j], "{run:?}");
            assert_eq!(here.settled_round[i], there.settled_round[j], "{run:?}");
            assert_eq!(here.settled_form[i], there.settled_form[j], "{run:?}");
        }
        let parties = here.types.len();
        for p in 0..parties {
            let q = (p + parties - 1) % parties;
            assert_eq!(here.types[p], there.types[q], "{run:?}");
            assert!((here.utility[p] - there.utility[q]).abs() < 1e-9, "{run:?}");
        }
        for (x, y) in here.tension.iter().zip(&there.tension) {
            assert!((x - y).abs() < 1e-9, "{run:?}");
        }
    });
}

/// Luck goes by id, so parties and issues under other ids have other luck; the distribution stays.
#[test]
fn other_ids_give_the_same_distribution() {
    let plain = std::fs::read_to_string(QUARREL).expect("a fixture");
    let renamed = [("east", "orient"), ("mid", "centre"), ("fleet", "navy")]
        .iter()
        .fold(plain.clone(), |text, (id, other)| {
            text.replace(&format!("\"{id}\""), &format!("\"{other}\""))
                .replace(&format!(" {id} = "), &format!(" {other} = "))
                .replace(&format!(".{id}]"), &format!(".{other}]"))
                .replace(&format!("\n{id} = "), &format!("\n{other} = "))
                .replace(&format!(".{id}."), &format!(".{other}."))
        });
    assert_ne!(plain, renamed);
    let [here, there] = [plain, renamed].map(|text| {
        let model = compile(&text);
        let draws = 400;
        // By outcome and draw: how many of its runs end so.
        let mut ends = vec![vec![0.0; draws as usize]; model.outcomes.len()];
        each(&model, 6, 0..draws, 4, |draw, record| {
            ends[usize::from(record.outcome)][draw.index as usize] += 0.25;
        });
        ends.into_iter()
            .map(|shares| {
                let n = shares.len() as f64;
                let mean = shares.iter().sum::<f64>() / n;
                let squares: f64 = shares.iter().map(|x| (x - mean) * (x - mean)).sum();
                (mean, squares / (n * n))
            })
            .collect::<Vec<_>>()
    });
    assert!(
        here.iter().filter(|(mean, _)| *mean > 0.02).count() >= 3,
        "{here:?}"
    );
    for (a, b) in here.iter().zip(&there) {
        let error = 4.0 * (a.1 + b.1).sqrt() + 0.005;
        assert!((a.0 - b.0).abs() < error, "{here:?} and {there:?}");
    }
}

/// Utility has no zero of its own where nobody discounts: the same runs from another one.
#[test]
fn utilities_from_another_zero_give_the_same_runs() {
    let model = variant(QUARREL, "");
    let mut workspace = [Workspace::new(&model), Workspace::new(&model)];
    let mut record = [model.record_shape(); 2].map(RunRecord::new);
    let mut ends = BTreeSet::new();
    for index in 0..60 {
        let mut draw = model.draw(8, index);
        for row in &mut draw.rows {
            row.ln_patience = 0.0;
        }
        let mut shifted = draw.clone();
        for row in &mut shifted.rows {
            row.base += 3.0;
        }
        for [prize, loss, _] in &mut shifted.payoff {
            *prize += 3.0;
            *loss -= 3.0;
        }
        let prepared = [shifted, draw].map(|draw| prepare(&model, draw));
        for replicate in 0..5 {
            for i in 0..2 {
                run(
                    &model,
                    &prepared[i],
                    &mut workspace[i],
                    replicate,
                    &mut record[i],
                    &mut (),
                );
            }
            let [there, here] = &record;
            let run = (index, replicate);
            assert_eq!(
                (there.outcome, &there.moves),
                (here.outcome, &here.moves),
                "{run:?}"
            );
            assert_eq!(
                (&there.level, &there.settled_round),
                (&here.level, &here.settled_round),
                "{run:?}"
            );
            for (x, y) in there.utility.iter().zip(&here.utility) {
                assert!(
                    (x - y - 3.0).abs() < 1e-9,
                    "{run:?}: {x} is not 3 above {y}"
                );
            }
            ends.insert(here.outcome);
        }
    }
    assert!(ends.len() > 2, "runs end in several ways: {ends:?}");
}

/// Everything measured in utility twice as large and choices half as precise: the same runs.
#[test]
fn utilities_in_another_unit_give_the_same_runs() {
    // Others' absolute conditions count as a loss of 1 in estimates, whatever the unit.
    let model = variant(QUARREL, "remove = [\"linkages.no-tolls-under-guns\"]");
    let mut workspace = [Workspace::new(&model), Workspace::new(&model)];
    let mut record = [model.record_shape(); 2].map(RunRecord::new);
    for index in 0..60 {
        let draw = model.draw(8, index);
        let prepared = [doubled(&model, &draw), draw].map(|draw| prepare(&model, draw));
        for replicate in 0..5 {
            for i in 0..2 {
                run(
                    &model,
                    &prepared[i],
                    &mut workspace[i],
                    replicate,
                    &mut record[i],
                    &mut (),
                );
            }
            let [twice, once] = &record;
            assert_eq!(
                twice.outcome, once.outcome,
                "draw {index}, replicate {replicate}"
            );
            assert_eq!((&twice.moves, &twice.level), (&once.moves, &once.level));
            assert_eq!(
                (&twice.settled_round, &twice.settled_form),
                (&once.settled_round, &once.settled_form)
            );
            for (x, y) in twice.utility.iter().zip(&once.utility) {
                assert!((x - 2.0 * y).abs() < 1e-9, "{x} is not twice {y}");
            }
            for (x, y) in twice.belief.iter().zip(&once.belief) {
                assert!((x - y).abs() < 1e-6, "beliefs {x} and {y}");
            }
        }
    }
}

fn doubled(model: &Model, draw: &Draw) -> Draw {
    let mut draw = draw.clone();
    for list in [
        &mut draw.worth,
        &mut draw.seen,
        &mut draw.estimate,
        &mut draw.bonus,
    ] {
        for utility in list {
            *utility *= 2.0;
        }
    }
    for utility in draw.payoff.iter_mut().flatten() {
        *utility *= 2.0;
    }
    for row in &mut draw.rows {
        for utility in [
            &mut row.base,
            &mut row.audience_cost,
            &mut row.upkeep,
            &mut row.tension_cost,
            &mut row.slack,
            &mut row.spread,
            &mut row.talks_value,
        ] {
            *utility *= 2.0;
        }
        row.rationality /= 2.0;
    }
    let standing = model.slots.standing(0)..model.slots.posture(0);
    let mut ids: BTreeSet<ParamId> = [model.offer_noise, model.tremble].into();
    for (slot, start) in model.start.iter().enumerate() {
        if let (true, Start::Param(id)) = (standing.contains(&slot), start) {
            ids.insert(*id);
        }
    }
    let talks = &model.talks;
    let mut effects: Vec<&EffectsPlan> = vec![
        &talks.on_agreement,
        &talks.on_no_agreement,
        &talks.on_walkout,
        &talks.on_failure,
    ];
    effects.extend(
        model
            .issues
            .iter()
            .flat_map(|i| i.consequences.iter().map(|(_, e)| e)),
    );
    effects.extend(model.events.iter().map(|e| &e.effects));
    for force in &model.force {
        ids.extend(force.damage.iter().map(|&(_, id)| id));
        ids.extend(force.threats.iter().map(|&(_, id)| id));
    }
    for act in &model.moves {
        ids.extend([act.cost, act.pressure]);
        ids.extend(act.payoff.iter().flatten());
        ids.extend(act.threatened.iter().map(|&(_, id)| id));
        effects.push(&act.effects);
    }
    for commitment in &model.commitments {
        ids.extend(commitment.cost_to_self);
        effects.extend(commitment.lapse.iter().map(|(_, e)| e));
    }
    for effect in effects {
        let on_standing = effect
            .slots
            .iter()
            .filter(|change| standing.contains(&usize::from(change.slot)));
        ids.extend(on_standing.map(|change| change.change));
    }
    for id in ids {
        draw.values[id.0 as usize] *= 2.0;
    }
    draw
}

/// Dearer sanctions, all else and all luck equal, never bring more force.
#[test]
fn costlier_sanctions_do_not_raise_the_share_of_force() {
    let fixture = |cost: f64| {
        let tables = format!("[[threats]]\nid = \"ports\"\ncost_to_target = {cost:?}");
        (variant(QUARREL, &tables), 60, 10)
    };
    let baseline = |cost: f64| {
        let tables = format!(
            "[[threats]]\nid = \"severe-sanctions\"\ncost_to_target = {cost:?}\n\
             [[threats]]\nid = \"lesser-force-sanctions\"\ncost_to_target = {cost:?}"
        );
        (variant(BASELINE, &tables), 30, 10)
    };
    let games: [&dyn Fn(f64) -> (Model, u32, u32); 2] = [&fixture, &baseline];
    for game in games {
        let shares = [0.0, 0.1, 0.2, 0.3, 0.4].map(|cost| {
            let (model, draws, replicates) = game(cost);
            let mut force = 0_u32;
            each(&model, 2, 0..draws, replicates, |_, record| {
                let used = record.status.last() == Some(&jawjaw::engine::Status::Force);
                force += u32::from(used);
            });
            force
        });
        assert!(shares.is_sorted_by(|a, b| a >= b), "{shares:?}");
        assert!(shares[0] > shares[4], "it deters somebody: {shares:?}");
    }
}

/// Precision 0 is coin tossing among what can be done.
#[test]
fn choices_without_rationality_are_even() {
    let none = "[[parties]]\nid = \"east\"\nrationality = 0\n[[parties]]\nid = \"west\"\nrationality = 0\n\
                [[parties]]\nid = \"mid\"\nrationality = 0\n";
    let model = variant(QUARREL, none);
    let (mut waits, mut expected, mut variance) = (0.0, 0.0, 0.0);
    for replicate in 0..200 {
        play(
            &model,
            6,
            0,
            replicate,
            &mut Listen(|note: Note<'_>| {
                let Note::Choice {
                    options, chosen, ..
                } = note
                else {
                    return;
                };
                let even = 1.0 / options.len() as f64;
                assert!(
                    options.iter().all(|&(_, p, _)| (p - even).abs() < 1e-12),
                    "{options:?}"
                );
                waits += f64::from(u8::from(chosen.is_none()));
                expected += even;
                variance += even * (1.0 - even);
            }),
        );
    }
    assert!(variance > 100.0, "many choices were made");
    assert!(
        (waits - expected).abs() < 4.0 * variance.sqrt(),
        "{waits} of {expected} expected"
    );
}

/// Luck goes by name: what is added elsewhere changes nobody's.
#[test]
fn an_unrelated_event_or_party_changes_nobodys_luck() {
    let event = r#"
        [[events]]
        id = "a-comet"
        name = "A comet"
        hazard = 0.3
        "#;
    let party = r#"
        [[parties]]
        id = "far"
        name = "A far country"
        strategy.kind = "linear"
        [preferences.far.patrols]
        weight = 1
        values = [0, 0.4, 1]
        "#;
    let plain = variant(QUARREL, "");
    for more in [event, party] {
        let model = variant(QUARREL, more);
        let mut runs = Vec::new();
        each(&plain, 9, 0..30, 5, |_, record| runs.push(record.clone()));
        let mut next = runs.iter();
        each(&model, 9, 0..30, 5, |_, there| {
            let here = next.next().expect("as many runs");
            assert_eq!((here.outcome, &here.moves), (there.outcome, &there.moves));
            assert_eq!(here.types[..], there.types[..3]);
            assert_eq!(here.events[..], there.events[..2]);
            assert_eq!(here.utility[..], there.utility[..3]);
            assert_eq!(here.tension, there.tension);
            assert_eq!(
                (&here.level, &here.settled_round),
                (&there.level, &there.settled_round)
            );
        });
    }
}

/// A run depends on (model, seed, draw, replicate) and on nothing that ran before in the same
/// memory.
#[test]
fn runs_are_pure() {
    for (model, draws) in [(variant(QUARREL, ""), 6), (variant(BASELINE, ""), 3)] {
        for seed in [0, u64::MAX] {
            let mut shared = Workspace::new(&model);
            let mut record = RunRecord::new(model.record_shape());
            for index in (0..draws).rev().chain(0..draws) {
                let prepared = prepare(&model, model.draw(seed, index));
                for replicate in [3, 0, 3] {
                    run(
                        &model,
                        &prepared,
                        &mut shared,
                        replicate,
                        &mut record,
                        &mut (),
                    );
                    let alone = play(&model, seed, index, replicate, &mut ());
                    assert_eq!(bits(&record), bits(&alone), "{seed} {index} {replicate}");
                    let heard = play(
                        &model,
                        seed,
                        index,
                        replicate,
                        &mut Listen(|_: Note<'_>| {}),
                    );
                    assert_eq!(bits(&heard), bits(&alone), "listening changes nothing");
                }
            }
        }
    }
}

/// Memory that held one draw's offers is not used for another draw with the same number.
#[test]
fn draws_with_the_same_number_do_not_share_offers() {
    let model = variant(QUARREL, "");
    let mut shared = Workspace::new(&model);
    let mut record = RunRecord::new(model.record_shape());
    let mut changed = model.draw(0, 0);
    changed.estimate.iter_mut().for_each(|worth| *worth *= 0.9);
    changed.worth.iter_mut().for_each(|worth| *worth *= 0.5);
    for draw in [model.modes(), model.draw(0, 0), changed] {
        let prepared = prepare(&model, draw);
        for replicate in 0..10 {
            run(
                &model,
                &prepared,
                &mut shared,
                replicate,
                &mut record,
                &mut (),
            );
            let mut alone = RunRecord::new(model.record_shape());
            let mut fresh = Workspace::new(&model);
            run(
                &model,
                &prepared,
                &mut fresh,
                replicate,
                &mut alone,
                &mut (),
            );
            assert_eq!(bits(&record), bits(&alone));
        }
    }
}

/// Beliefs stay right on average in other procedures, with three at the table.
///
/// Not under `ultimatum`: a package tells more of its maker's type than how far it concedes, which
/// is all that observers read, and there it decides how much there is left to learn.
#[test]
fn posteriors_are_a_martingale_under_other_procedures() {
    for protocol in ["single-text", "simultaneous-concession"] {
        let tables = ["two", "three", "back-room"]
            .map(|id| format!("[[venues]]\nid = {id:?}\nprotocol = {protocol:?}\n"))
            .concat();
        // A wide tremble: acceptance says much about the type.
        let model = variant(QUARREL, &format!("beliefs.tremble = 0.1\n{tables}"));
        martingale(&model, 250, 10, protocol);
    }
}

/// An observer who is sure of what then proves impossible goes on with what it believed.
#[test]
fn a_refuted_observer_still_believes_something() {
    let tables = "
        beliefs.tremble = 0
        [beliefs.priors.west.east]
        wary = 1
        bold = 0
        [[parties]]
        id = \"east\"
        rationality = inf
        ";
    let model = variant(QUARREL, tables);
    each(&model, 3, 0..50, 10, |_, record| {
        let numbers = record.disagreement.iter().chain(&record.utility);
        for number in numbers.chain(&record.belief) {
            assert!(number.is_finite(), "{record:?}");
        }
    });
}

/// Faratin, Sierra and Jennings (1998), equations 5 to 7: what a mirroring party asks, worked out
/// from the offers it has received.
#[test]
fn tit_for_tat_mirrors_what_it_receives() {
    for (kind, back) in [("relative", 1), ("absolute", 1), ("averaged", 2)] {
        let first = format!("strategy.kind = \"{kind}-tit-for-tat\"");
        let second = "strategy = { kind = \"time-dependent\", e = 0.7, k = 0.3 }";
        let model = compile(&pie(&first, second));
        let mut received: Vec<f64> = Vec::new();
        let (mut last, mut mirrored) = (1.0_f64, 0);
        let mut listen = Listen(|note: Note<'_>| match note {
            Note::Offer { party: 1, own, .. } => received.push(1.0 - own),
            Note::Offer { own, .. } => {
                let target = if received.len() < 2 {
                    1.0
                } else {
                    mirrored += 1;
                    let newest = received.len() - 1;
                    let (now, before) = (received[newest], received[newest - back.min(newest)]);
                    if kind == "absolute" {
                        last - (now - before)
                    } else {
                        last * before / now
                    }
                };
                last = target.clamp(0.0, 1.0);
                // The smallest slice that is enough; a hair's breadth may make it the next one.
                let over = 13.0 * own - 13.0 * last;
                assert!(
                    (-1e-6..=1.0 + 1e-6).contains(&over),
                    "{kind}: {own} for {last}"
                );
            }
            _ => {}
        });
        play(&model, 1, 0, 0, &mut listen);
        assert!(
            mirrored > 3 && last < 1.0,
            "{kind}: mirrored {mirrored} times"
        );
    }
}
