//! Every strategy under every procedure keeps the house rules: it ends, it is individually
//! rational, it asks for nothing that its own firm red lines refuse, and it is the same every time.

#[expect(dead_code, reason = "shared with the tests of limits")]
mod kit;

use jawjaw::engine::Note;
use jawjaw::model::{Draw, Model};
use kit::{Listen, QUARREL, play, variant};

const STRATEGIES: [&str; 11] = [
    "{ kind = \"time-dependent\", e = 0.4, k = 0.05 }",
    "{ kind = \"relative-tit-for-tat\" }",
    "{ kind = \"absolute-tit-for-tat\" }",
    "{ kind = \"averaged-tit-for-tat\", window = 3 }",
    "{ kind = \"nice-tit-for-tat\" }",
    "{ kind = \"micro\" }",
    "{ kind = \"zeuthen\" }",
    "{ kind = \"hardliner\" }",
    "{ kind = \"random-walker\" }",
    "{ kind = \"ultimatum\" }",
    "{ kind = \"rubinstein\" }",
];

const PROTOCOLS: [&str; 4] = [
    "alternating-offers",
    "single-text",
    "simultaneous-concession",
    "ultimatum",
];

/// The quarrel without what settling does to the crisis, so that the draw's tables say all that a
/// package is worth.
fn quarrel(first: &str, others: &str, protocol: &str) -> Model {
    let mut tables = "[[issues]]\nid = \"fleet\"\nconsequences = []\n".to_owned();
    tables += &["two", "three", "back-room"]
        .map(|id| format!("[[venues]]\nid = {id:?}\nprotocol = {protocol:?}\n"))
        .concat();
    for (id, strategy) in [("east", first), ("west", others), ("mid", others)] {
        let lines = [
            "[[parties]]",
            &format!("id = {id:?}"),
            &format!("strategy = {strategy}"),
        ];
        tables += &(lines.join("\n") + "\n");
    }
    variant(QUARREL, &tables)
}

#[test]
fn every_strategy_under_every_procedure_keeps_the_house_rules() {
    for protocol in PROTOCOLS {
        for first in STRATEGIES {
            for others in ["{ kind = \"linear\" }", first] {
                let model = quarrel(first, others, protocol);
                let name = format!("{first} against {others} under {protocol}");
                for replicate in 0..8 {
                    let record = keeps_the_rules(&model, replicate, &name, false);
                    assert_eq!(
                        record,
                        keeps_the_rules(&model, replicate, &name, false),
                        "{name}"
                    );
                }
            }
        }
    }
}

/// Who is asked for consent in its absence and answers by best response gives it to nothing that is
/// worse for it than no agreement, and does give it now and then.
#[test]
fn consent_of_the_absent_is_individually_rational() {
    let tables = "[[issues]]\nid = \"fleet\"\nconsequences = []\n\
                  [[parties]]\nid = \"east\"\nrationality = inf\n\
                  [[parties]]\nid = \"west\"\nrationality = inf\n\
                  [[parties]]\nid = \"mid\"\nrationality = inf\n";
    let model = variant(QUARREL, tables);
    let mut answers = [0, 0];
    for replicate in 0..80 {
        keeps_the_rules(&model, replicate, "best responses", false);
        let mut listen = Listen(|note: Note<'_>| {
            if let Note::Consent { given, .. } = note {
                answers[usize::from(given)] += 1;
            }
        });
        play(&model, 5, replicate / 2, replicate, &mut listen);
    }
    assert!(answers[1] > 5, "consent is given: {answers:?}");
}

/// Plays a run and checks every offer and agreement in it.
#[expect(
    clippy::too_many_lines,
    reason = "one listener, a few lines for each kind of note"
)]
fn keeps_the_rules(model: &Model, replicate: u32, name: &str, exhaustive: bool) -> String {
    let draw = model.draw(5, replicate / 2);
    let (mut venue, mut settled, mut offers) = (0, 0, 0);
    let mut rows: Vec<usize> = Vec::new();
    let mut levels_now: Vec<u8> = model.issues.iter().map(|i| i.status_quo).collect();
    let (mut now, mut disagreement) = (Vec::new(), Vec::new());
    let (mut seats, mut agreed) = (0, None);
    let mut worths = Vec::new();
    let mut listen = Listen(|note: Note<'_>| match note {
        Note::Types(types) => {
            rows = (0..types.len())
                .map(|p| model.parties[p].first_row + usize::from(types[p]))
                .collect();
        }
        Note::Round {
            round,
            disagreement: d,
            now: n,
            ..
        } => {
            (now, disagreement) = (n.to_vec(), d.to_vec());
            venue = model.rounds[round].venue;
        }
        Note::Meeting { seats: s } => seats = s,
        Note::Offer {
            party,
            levels,
            changes,
            own,
            form,
        } => {
            let change = change(
                model,
                &draw,
                rows[party],
                &levels_now,
                form,
                levels,
                changes,
            );
            let change = change.unwrap_or_else(|| panic!("{name}: crosses its own red line"));
            let worth = now[party] + change;
            assert!(
                (worth - own).abs() < 1e-9,
                "{name}: {worth} is called {own}"
            );
            assert_eq!(changes & settled, 0, "{name}: settled issues are closed");
            if exhaustive {
                let row = rows[party];
                let all = packages(model, &draw, (row, seats, venue), &levels_now, settled);
                // No less than no agreement where it can have that; what is no better for anybody
                // than leaving things as they are is not on the list.
                let best = all
                    .iter()
                    .filter(|p| p.own > 0.0 || p.other > 0.0)
                    .map(|p| p.own)
                    .fold(f64::NEG_INFINITY, f64::max);
                let floor = disagreement[party].min(now[party] + best);
                assert!(
                    worth >= floor - 1e-9,
                    "{name}: asks for {worth}, not {floor}"
                );
                let mut index = 0;
                for &issue in &model.venues[venue].decides {
                    index = index * model.issues[issue].levels + usize::from(levels[issue]);
                }
                let offer = all.iter().find(|p| (p.form, p.index) == (form, index));
                let offer = offer.expect("it is among the packages");
                for other in &all {
                    let better = (other.own > offer.own && other.other >= offer.other)
                        || (other.own >= offer.own && other.other > offer.other);
                    assert!(!better, "{name}: {other:?} is better than {offer:?}");
                    offers += 1;
                }
            }
        }
        Note::Agreement {
            levels,
            form,
            changes,
        } => {
            for party in (0..model.parties.len()).filter(|p| seats >> p & 1 == 1) {
                let change = change(
                    model,
                    &draw,
                    rows[party],
                    &levels_now,
                    form,
                    levels,
                    changes,
                );
                let worth = now[party] + change.expect("no red line is crossed");
                let floor = disagreement[party];
                assert!(
                    worth >= floor - 1e-9,
                    "{name}: {party} takes {worth}, not {floor}"
                );
            }
            worths = (0..model.parties.len())
                .map(|party| {
                    change(
                        model,
                        &draw,
                        rows[party],
                        &levels_now,
                        form,
                        levels,
                        changes,
                    )
                    .map(|change| now[party] + change)
                })
                .collect();
            agreed = Some((levels.to_vec(), form, changes));
        }
        Note::Consent {
            party, given: true, ..
        } if draw.rows[rows[party]].rationality.is_infinite() => {
            let worth: f64 = worths[party].expect("no red line is crossed");
            let floor = disagreement[party];
            assert!(
                worth >= floor - 1e-9,
                "{name}: {party}, asked for consent, gives it to {worth}, not {floor}"
            );
        }
        Note::InForce => {
            let (levels, form, changes) = agreed.take().expect("something was agreed");
            levels_now = after(model, &levels_now, form, &levels, changes);
            settled |= changes;
        }
        _ => {}
    });
    let record = play(model, 5, replicate / 2, replicate, &mut listen);
    assert_eq!(record.level, levels_now, "{name}");
    let numbers = record.belief.iter().chain(&record.disagreement);
    for value in numbers.chain(&record.tension).chain(&record.utility) {
        assert!(value.is_finite(), "{name}: {record:?}");
    }
    assert!(!exhaustive || offers > 0, "{name}: nobody offers anything");
    format!("{record:?}")
}

/// Levels once a package is in force: a promise raises the form issue.
fn after(model: &Model, now: &[u8], form: usize, levels: &[u8], changes: u32) -> Vec<u8> {
    let mut after = now.to_vec();
    let mut promise = false;
    for issue in (0..now.len()).filter(|i| changes >> i & 1 == 1) {
        after[issue] = levels[issue];
        promise |= model.issues[issue].promise;
    }
    if let (true, Some(issue), Some(level)) = (promise, model.form_issue, model.forms[form].level) {
        after[issue] = after[issue].max(level);
    }
    after
}

/// What a package changes for a row, from the tables of the draw; `None` if the row refuses it.
fn change(
    model: &Model,
    draw: &Draw,
    row: usize,
    now: &[u8],
    form: usize,
    levels: &[u8],
    changes: u32,
) -> Option<f64> {
    let next = after(model, now, form, levels, changes);
    let mut change = 0.0;
    for issue in (0..now.len()).filter(|&i| next[i] != now[i]) {
        if draw.forbidden[row * now.len() + issue] >> next[issue] & 1 == 1 {
            return None;
        }
        let worth =
            |form, level: u8| draw.worth[model.worth_index(row, form, issue) + usize::from(level)];
        // Open issues stand as they stood at the start.
        change += worth(form, next[issue]) - worth(model.forms.len(), now[issue]);
    }
    for (linkage, bonus) in model.linkages.iter().zip(&draw.bonus) {
        if linkage.party == model.rows[row].party {
            let (holds, held) = (linkage.holds(&next), linkage.holds(now));
            if holds && !held && linkage.absolute {
                return None;
            }
            change += bonus * (f64::from(u8::from(holds)) - f64::from(u8::from(held)));
        }
    }
    Some(if change > 0.0 {
        change * draw.ratified[form]
    } else {
        change
    })
}

/// A package as the party at hand sees it.
#[derive(Debug)]
struct Package {
    form: usize,
    index: usize,
    own: f64,
    other: f64,
}

/// Every package of a venue in every form that a row does not refuse.
fn packages(
    model: &Model,
    draw: &Draw,
    (row, seats, venue): (usize, u32, usize),
    now: &[u8],
    settled: u32,
) -> Vec<Package> {
    let decides = &model.venues[venue].decides;
    let total: usize = decides.iter().map(|&i| model.issues[i].levels).product();
    let mut found = Vec::new();
    for (form, index) in (0..model.forms.len()).flat_map(|f| (0..total).map(move |p| (f, p))) {
        let (mut rest, mut levels, mut changes) = (index, now.to_vec(), 0_u32);
        for &issue in decides.iter().rev() {
            levels[issue] = (rest % model.issues[issue].levels) as u8;
            rest /= model.issues[issue].levels;
            changes |= u32::from(levels[issue] != now[issue]) << issue;
        }
        if changes == 0 || changes & settled != 0 {
            continue;
        }
        if let Some(own) = change(model, draw, row, now, form, &levels, changes) {
            let next = after(model, now, form, &levels, changes);
            let others = others(model, draw, (row, seats), form, now, &next);
            let other = if others > 0.0 {
                others * draw.ratified[form]
            } else {
                others
            };
            found.push(Package {
                form,
                index,
                own,
                other,
            });
        }
    }
    found
}

/// The others' change of utility as a row estimates it.
fn others(
    model: &Model,
    draw: &Draw,
    (row, seats): (usize, u32),
    form: usize,
    now: &[u8],
    next: &[u8],
) -> f64 {
    let own = model.rows[row].party;
    let mut sum = 0.0;
    for party in (0..model.parties.len()).filter(|&p| p != own && seats >> p & 1 == 1) {
        for issue in 0..now.len() {
            let at = model.estimate_index(row, party, form, issue);
            sum += draw.estimate[at + usize::from(next[issue])]
                - draw.estimate[at + usize::from(now[issue])];
        }
        for (linkage, bonus) in model.linkages.iter().zip(&draw.bonus) {
            let bonus = if linkage.absolute { -1.0 } else { *bonus };
            if linkage.party == party {
                let (holds, held) = (linkage.holds(next), linkage.holds(now));
                sum += bonus * (f64::from(u8::from(holds)) - f64::from(u8::from(held)));
            }
        }
    }
    sum
}

/// No package serves a party better at no loss to the others as it sees them: all packages in all
/// forms compared with every offer.
#[test]
fn offers_are_efficient_among_all_packages() {
    for protocol in ["alternating-offers", "simultaneous-concession"] {
        for strategy in ["{ kind = \"linear\" }", "{ kind = \"random-walker\" }"] {
            let model = quarrel(strategy, strategy, protocol);
            for replicate in 0..20 {
                keeps_the_rules(&model, replicate, &format!("{strategy} {protocol}"), true);
            }
        }
    }
}
