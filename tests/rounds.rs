//! The order of a round as a listener sees it: who sits, who may ask for what, what binds, what a
//! failure costs, when a run ends.

#[expect(dead_code, reason = "shared with the tests of limits")]
mod kit;

use jawjaw::engine::Note;
use jawjaw::model::Model;
use jawjaw::scenario::types::MoveKind;
use kit::{Listen, QUARREL, play, variant};

/// What one listener sees of the talks, checked as it goes.
#[derive(Default)]
struct Table {
    round: usize,
    seats: u32,
    disagreement: Vec<f64>,
    settled: u32,
    agreed: u32,
    asked: u32,
    /// By party: its last offer, and what it is worth to it.
    offered: Vec<Option<(usize, Vec<u8>, f64)>>,
    /// By party: what it last said yes to is worth to it.
    worth: Vec<Option<f64>>,
    agreements: u32,
    failures: u32,
    absent: u32,
}

impl Table {
    fn take(&mut self, model: &Model, note: Note<'_>) {
        match note {
            Note::Round {
                round,
                disagreement,
                ..
            } => {
                self.round = round;
                self.disagreement = disagreement.to_vec();
                self.asked = 0;
            }
            Note::Meeting { seats } => {
                self.seats = seats;
                self.worth = vec![None; model.parties.len()];
                self.offered = vec![None; model.parties.len()];
            }
            Note::Offer {
                party,
                changes,
                own,
                form,
                levels,
            } => {
                assert_eq!(changes & self.settled, 0, "settled issues are closed");
                assert_ne!(changes, 0, "an offer changes something");
                self.offered[party] = Some((form, levels.to_vec(), own));
            }
            Note::Text { changes, .. } => assert_eq!(changes & self.settled, 0),
            Note::Response {
                party,
                accepts: true,
                worth,
                ..
            } => self.worth[party] = Some(worth),
            Note::Agreement {
                levels,
                form,
                changes,
            } => {
                self.agreements += 1;
                self.agreed = changes;
                for party in (0..model.parties.len()).filter(|p| self.seats >> p & 1 == 1) {
                    let worth = match &self.offered[party] {
                        Some((own_form, own, worth)) if (*own_form, &own[..]) == (form, levels) => {
                            *worth
                        }
                        _ => self.worth[party].expect("everyone at the table has answered"),
                    };
                    assert!(
                        worth >= self.disagreement[party] - 1e-12,
                        "round {}: {party} agrees to {worth}, worse than {}",
                        self.round,
                        self.disagreement[party]
                    );
                }
                for linkage in model.linkages.iter().filter(|l| l.absolute) {
                    let at_table = self.seats >> linkage.party & 1 == 1;
                    assert!(
                        !(at_table && linkage.holds(levels)),
                        "a precondition is broken"
                    );
                }
            }
            Note::Consent {
                party,
                given,
                probability,
            } => {
                assert_eq!(self.seats >> party & 1, 0, "only absent parties are asked");
                assert!((0.0..=1.0).contains(&probability));
                self.absent += 1;
                self.asked |= u32::from(given) << party;
                self.failures += u32::from(!given);
            }
            Note::Ratification { given, .. } => self.failures += u32::from(!given),
            Note::InForce => {
                let changes = std::mem::take(&mut self.agreed);
                assert_ne!(changes, 0, "something was agreed");
                for issue in (0..model.issues.len()).filter(|i| changes >> i & 1 == 1) {
                    let needed = model.issues[issue].consent;
                    assert_eq!(
                        needed & !(self.seats | self.asked),
                        0,
                        "consent of all who must"
                    );
                }
                self.settled |= changes;
            }
            _ => {}
        }
    }
}

/// Nobody agrees to what is worth less to it than no agreement; settled issues are closed; what
/// needs an absent party's consent has it; preconditions hold.
#[test]
fn agreements_are_individually_rational_and_consented_to() {
    for protocol in [
        "alternating-offers",
        "single-text",
        "simultaneous-concession",
        "ultimatum",
    ] {
        let tables: String = ["two", "three", "back-room"]
            .map(|id| format!("[[venues]]\nid = {id:?}\nprotocol = {protocol:?}\n"))
            .concat();
        let model = variant(QUARREL, &tables);
        let mut total = Table::default();
        for replicate in 0..150 {
            let mut table = Table::default();
            let mut listen = Listen(|note: Note<'_>| table.take(&model, note));
            let record = play(&model, 12, replicate / 10, replicate, &mut listen);
            assert_eq!(u32::from(record.failures), table.failures);
            for issue in 0..model.issues.len() {
                let settled = table.settled >> issue & 1 == 1;
                assert!(!settled || record.settled_round[issue] < 255);
            }
            total.agreements += table.agreements;
            total.failures += table.failures;
            total.absent += table.absent;
        }
        // A single text that grows one issue at a time seldom gets through.
        let single = protocol == "single-text";
        for (what, count, least) in [
            ("agreements", total.agreements, if single { 3 } else { 50 }),
            ("failures", total.failures, if single { 0 } else { 5 }),
            (
                "questions to the absent",
                total.absent,
                if single { 0 } else { 5 },
            ),
        ] {
            assert!(count >= least, "{protocol}: {count} {what}");
        }
    }
}

/// Calendar, seats, threats and ends, step by step.
#[test]
fn rounds_follow_the_calendar_and_what_moves_open() {
    let model = variant(QUARREL, "");
    let id = |name: &str| {
        let found = model.scenario.moves.iter().position(|act| act.id == name);
        found.expect("a move of the fixture")
    };
    let (sortie, sanction, invite) = (id("sortie"), id("sanction"), id("invite"));
    let answer = 1;
    let (mut lapses, mut regattas, mut ends) = (0, 0, 0);
    for replicate in 0..80 {
        let (mut next, mut invited, mut ended) = (0, false, None);
        let mut due: Option<u16> = None;
        let mut heard = 0.5;
        let mut listen = Listen(|note: Note<'_>| {
            assert!(ended.is_none() || matches!(note, Note::Beliefs(_) | Note::End { .. }));
            match note {
                Note::Event(1) => {
                    // 5 February is day 30: it falls due at the meeting of day 35.
                    assert_eq!(model.rounds[next].day, 35);
                    regattas += 1;
                }
                Note::Lapse(threat) => {
                    assert_eq!(threat, answer);
                    assert!(due.take().is_some_and(|due| due <= model.rounds[next].day));
                    heard -= 0.2;
                    lapses += 1;
                }
                Note::Round { round, view, .. } => {
                    assert_eq!(round, next);
                    next += 1;
                    assert!(due.is_none_or(|due| due > model.rounds[round].day));
                    let believed: f64 = view.slots[model.slots.heard(answer, 1)];
                    assert!((believed - f64::max(heard, 0.0)).abs() < 1e-12);
                }
                Note::NoMeeting { open } => {
                    let back_room = model.rounds[next - 1].venue == 2;
                    assert!(open || (back_room && !invited));
                }
                Note::Meeting { seats } => match model.rounds[next - 1].venue {
                    0 => assert_eq!(seats, if invited { 0b111 } else { 0b011 }),
                    1 => assert_eq!(seats, 0b111),
                    _ => assert!(invited && seats == 0b101),
                },
                Note::Choice {
                    chosen: Some(made), ..
                } => {
                    invited |= made == invite;
                    let round = model.rounds[next - 1];
                    if made == sanction {
                        due.get_or_insert(round.day + round.days + 14);
                    } else if made == sortie {
                        due = None;
                    }
                    if model.scenario.moves[made].kind == MoveKind::Terminal {
                        ended = Some(made);
                    }
                }
                _ => {}
            }
        });
        let record = play(&model, 14, replicate / 4, replicate, &mut listen);
        assert_eq!(usize::from(record.rounds), next);
        let last = model.rounds[next - 1];
        assert_eq!(record.end_day, last.day + last.days);
        match ended {
            Some(made) => {
                ends += 1;
                assert_eq!(usize::from(record.terminal), made);
            }
            None => assert_eq!((next, record.end_day), (model.rounds.len(), 70)),
        }
    }
    assert!(
        lapses > 3 && regattas > 40 && ends > 3,
        "{lapses} {regattas} {ends}"
    );
}

/// A failed ratification or consent costs those at the table exposure; a promise in force raises the
/// form issue to the level of its form and stays as it was settled.
#[test]
fn failures_cost_exposure_and_promises_raise_the_form() {
    let quiet = r#"remove = ["moves", "threats", "promises", "force", "events", "outcomes.seizure",
        "outcomes.break", "parties.east.types.bold.force"]"#;
    let model = variant(QUARREL, quiet);
    let (mut failures, mut raised) = (0, 0);
    for replicate in 0..60 {
        let mut exposure = 0.1;
        let mut seats = 0;
        let mut formal = false;
        let mut agreed = (0, 0);
        let mut listen = Listen(|note: Note<'_>| match note {
            Note::Round { round, view, .. } => {
                if round > 0 {
                    exposure *= 0.95;
                }
                let now: f64 = view.slots[model.slots.exposure(0)];
                assert!((now - exposure).abs() < 1e-9, "{now} is not {exposure}");
            }
            Note::Meeting { seats: at } => seats = at,
            Note::Agreement { form, changes, .. } => agreed = (form, changes),
            Note::Consent { given: false, .. } | Note::Ratification { given: false, .. } => {
                exposure += 0.03 * f64::from(seats & 1);
                failures += 1;
            }
            Note::InForce => formal |= agreed.0 == 1 && agreed.1 & 1 == 1,
            _ => {}
        });
        let record = play(&model, 15, replicate / 4, replicate, &mut listen);
        assert_eq!(
            record.level[3] == 1,
            formal,
            "only a treaty on tolls raises the form"
        );
        raised += u32::from(formal);
    }
    assert!(
        failures > 10 && raised > 5,
        "{failures} failures, {raised} treaties"
    );
}
