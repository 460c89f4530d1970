//! The baseline with one thing pushed to its end, and the result that logic demands.
//!
//! Each case is a table laid over the documented crisis, as a reader would write it, and is played
//! on the same luck as the crisis itself. Where logic gives an exact result, the test asks for
//! exactly that; where it gives a direction, for that direction in the paired difference.

#[expect(dead_code, reason = "a kit for several files of tests")]
mod kit;

use std::sync::LazyLock;

use jawjaw::engine::RunRecord;
use jawjaw::model::Model;
use kit::{BASELINE, each, variant};

const SEED: u64 = 3;
const DRAWS: u32 = 60;
const REPLICATES: u32 = 20;
const RUNS: f64 = (DRAWS * REPLICATES) as f64;

/// Every run of a crisis.
struct Played {
    model: Model,
    runs: Vec<RunRecord>,
}

impl Played {
    fn new(tables: &str) -> Self {
        let model = variant(BASELINE, tables);
        let mut runs = Vec::new();
        each(&model, SEED, 0..DRAWS, REPLICATES, |_, record| {
            runs.push(record.clone());
        });
        Self { model, runs }
    }

    fn outcome(&self, id: &str) -> u8 {
        let outcomes = &self.model.scenario.outcomes;
        let found = outcomes.iter().position(|outcome| outcome.id == id);
        found.expect("an outcome of the baseline") as u8
    }

    /// Share of runs that end in one of some outcomes.
    fn share(&self, ids: &[&str]) -> f64 {
        let wanted: Vec<u8> = ids.iter().map(|id| self.outcome(id)).collect();
        self.rate(|run| wanted.contains(&run.outcome))
    }

    fn rate(&self, test: impl Fn(&RunRecord) -> bool) -> f64 {
        self.runs.iter().filter(|run| test(run)).count() as f64 / RUNS
    }

    fn flag(&self, id: &str) -> f64 {
        let flags = &self.model.scenario.flags;
        let bit = flags
            .iter()
            .position(|flag| flag.id == id)
            .expect("a flag of the baseline");
        self.rate(|run| run.flags >> bit & 1 == 1)
    }
}

const FORCE: [&str; 2] = ["large-scale-invasion", "limited-force"];
const TEXTS: [&str; 3] = [
    "comprehensive-settlement",
    "limited-package",
    "minsk-understanding",
];

static CRISIS: LazyLock<Played> = LazyLock::new(|| Played::new(""));

/// A table for each id, with the same lines in each.
fn for_each(list: &str, ids: &[&str], lines: &str) -> String {
    ids.iter()
        .map(|id| format!("[[{list}]]\nid = \"{id}\"\n{lines}\n"))
        .collect::<Vec<_>>()
        .concat()
}

const PARTIES: [&str; 4] = ["us", "russia", "nato", "ukraine"];
const FORMS: [&str; 5] = [
    "statement",
    "written-assurance",
    "executive-agreement",
    "nato-russia-agreement",
    "treaty",
];

/// The crisis itself has every kind of ending that the cases below take away, or they would prove
/// nothing.
#[test]
fn the_crisis_has_what_is_taken_away() {
    assert!(CRISIS.share(&FORCE) > 0.05);
    assert!(CRISIS.share(&TEXTS) > 0.02);
    assert!(CRISIS.share(&["talks-continue"]) > 0.2);
    assert!(CRISIS.rate(|run| run.walkouts > 0) > 0.0);
    assert!(CRISIS.flag("west-conceded-on-enlargement-without-ukraine") > 0.0);
}

/// Nobody can fight: the moves that use force never become available. Then no run ends in force;
/// nobody fears force, which only another's force could bring; and where no threat of force hangs
/// over the crisis, somebody who would have fought settles, waits or breaks off instead.
#[test]
fn nobody_can_fight() {
    let moves = ["limited-incursion", "full-invasion"];
    let peace = Played::new(&for_each("moves", &moves, "limit = 0"));
    assert!(peace.share(&FORCE).abs() < 1e-12);
    assert!(peace.share(&["talks-continue"]) > CRISIS.share(&["talks-continue"]));
    let others: f64 = ["rupture", "tacit-deescalation", "talks-continue"]
        .iter()
        .chain(&TEXTS)
        .map(|id| peace.share(&[id]))
        .sum();
    assert!((others - 1.0).abs() < 1e-9);
}

/// Talks are free: nobody leaves the table, no deadline presses, a meeting without a result leaves
/// no mark, a week costs nothing, and being at the table costs nothing. Then no meeting ends by a
/// walk-out, exactly; and since a concession is made against a deadline here (Faratin et al. 1998),
/// without one nobody has to concede: fewer texts, and more talking.
#[test]
fn talks_are_free() {
    let lines = "patience = 1\nwalkout = 0\ndeadline_weeks = 5000\ntension_cost = 0\nupkeep = 0";
    let tables = format!(
        "{}[talks]\non_no_agreement.tension = 0\non_failure.tension = 0\nfailure_exposure = 0\n",
        for_each("parties", &PARTIES, lines)
    );
    let free = Played::new(&tables);
    assert!(free.runs.iter().all(|run| run.walkouts == 0));
    assert!(free.share(&TEXTS) < CRISIS.share(&TEXTS));
    assert!(free.share(&["talks-continue"]) > CRISIS.share(&["talks-continue"]));
}

/// Everyone is patient: a week's wait costs nobody anything. Waiting is the alternative to force, so
/// with all luck equal force cannot become likelier; and the effect is small, because a week costs a
/// hundredth or two to begin with.
#[test]
fn everyone_is_patient() {
    let patient = Played::new(&for_each("parties", &PARTIES, "patience = 1"));
    let change = patient.share(&FORCE) - CRISIS.share(&FORCE);
    assert!((-0.1..=0.0).contains(&change), "{change}");
    // The other way: who cannot wait at all takes up arms sooner.
    let hasty = Played::new(&for_each("parties", &["russia"], "patience = 0.5"));
    assert!(hasty.share(&FORCE) > CRISIS.share(&FORCE));
}

/// Everything binds: whatever was agreed on both core issues is a comprehensive settlement, and
/// nothing else about any run changes, because what a form is believed to be worth stands apart in
/// its durability.
#[test]
fn everything_is_binding() {
    let binding = Played::new(&for_each("forms", &FORMS, "binding = true"));
    let whole = binding.outcome("comprehensive-settlement");
    for (run, as_it_was) in binding.runs.iter().zip(&CRISIS.runs) {
        assert_eq!(run.level, as_it_was.level);
        assert_eq!(run.settled_round, as_it_was.settled_round);
        assert_eq!(run.terminal, as_it_was.terminal);
        assert!(run.outcome == as_it_was.outcome || run.outcome == whole);
    }
}

/// Nothing binds: no settlement is comprehensive, exactly; all else stays, as above.
#[test]
fn nothing_is_binding() {
    let loose = Played::new(&for_each("forms", &FORMS, "binding = false"));
    assert!(loose.share(&["comprehensive-settlement"]).abs() < 1e-12);
    let whole = CRISIS.outcome("comprehensive-settlement");
    for (run, as_it_was) in loose.runs.iter().zip(&CRISIS.runs) {
        assert_eq!(run.level, as_it_was.level);
        assert!(run.outcome == as_it_was.outcome || as_it_was.outcome == whole);
    }
}

/// No promise is believed: what a text says of future conduct is worth nothing and costs nothing, so
/// parties can only gain by what is done at once. Nothing that is a promise can then draw anybody
/// into an agreement, but it costs nobody anything to sign it either.
#[test]
fn no_promise_is_believed() {
    let nothing = PARTIES
        .iter()
        .map(|party| format!("durability.{party} = 0\n"))
        .collect::<Vec<_>>()
        .concat();
    let empty = Played::new(&for_each("forms", &FORMS, &nothing));
    let draw = empty.model.draw(SEED, 0);
    for (index, issue) in empty.model.scenario.issues.iter().enumerate() {
        for row in 0..empty.model.rows.len() {
            for form in 0..empty.model.forms.len() {
                let at = empty.model.worth_index(row, form, index);
                let worth = &draw.worth[at..at + issue.levels.len()];
                // A red line crossed on paper is still one.
                assert!(!issue.promise || worth.iter().all(|&x| x <= 0.0));
            }
        }
    }
    assert!(empty.rate(|run| run.settled_round.iter().any(|&x| x != u8::MAX)) > 0.0);
}

/// Ukraine has a seat everywhere: the West cannot then move on enlargement where Ukraine neither
/// sits nor is asked, exactly; and who sits at a table accepts what is agreed there, so that a
/// further party with red lines of its own can only make agreements on the core rarer.
#[test]
fn ukraine_has_a_seat_everywhere() {
    let seats = [
        ("geneva", "russia\", \"us"),
        ("nato-russia-council", "russia\", \"nato\", \"us"),
        ("osce", "us\", \"russia"),
        ("normandy", "russia"),
        ("leader-call", "us\", \"russia"),
        ("working-channels", "us\", \"russia"),
    ];
    let tables = seats
        .iter()
        .map(|(id, others)| {
            format!("[[venues]]\nid = \"{id}\"\nparticipants = [\"{others}\", \"ukraine\"]\n")
        })
        .collect::<Vec<_>>()
        .concat();
    let seated = Played::new(&tables);
    assert!(
        seated
            .flag("west-conceded-on-enlargement-without-ukraine")
            .abs()
            < 1e-12
    );
    let issue = |id: &str| {
        let issues = &CRISIS.model.scenario.issues;
        issues
            .iter()
            .position(|issue| issue.id == id)
            .expect("an issue of the baseline")
    };
    let moved = |played: &Played| {
        let core = issue("nato-enlargement");
        played.rate(|run| run.settled_round[core] != u8::MAX && run.level[core] > 0)
    };
    assert!(
        moved(&seated) <= moved(&CRISIS),
        "{} {}",
        moved(&seated),
        moved(&CRISIS)
    );
    let arms = issue("arms-to-ukraine");
    let line = |run: &RunRecord| run.settled_round[arms] != u8::MAX && run.level[arms] > 2;
    assert!(seated.rate(line) <= CRISIS.rate(line));
}

/// Sanctions cost nothing, what they are, or everything: with all luck equal the share of large-scale
/// invasions does not rise with what they cost, and where they cost more than any prize and are
/// believed, nobody invades. Nor does somebody who is deterred from the large war only by its price
/// keep away from the small one: that has threats of its own.
#[test]
fn sanctions_cost_nothing_or_everything() {
    let at = |cost: f64| {
        Played::new(&for_each(
            "threats",
            &["severe-sanctions", "lesser-force-sanctions"],
            &format!("cost_to_target = {cost:?}"),
        ))
    };
    let large = |played: &Played| played.share(&["large-scale-invasion"]);
    let (free, some, more) = (at(0.0), at(0.2), at(0.6));
    assert!(
        large(&free) > large(&some),
        "{} {}",
        large(&free),
        large(&some)
    );
    assert!(large(&some) >= large(&more));
    assert!(free.share(&FORCE) > some.share(&FORCE));
    assert!(some.share(&FORCE) >= more.share(&FORCE));
    // Believed for certain by the one it is meant for, and dearer than any prize.
    let lines = "cost_to_target = 5\ncredibility = 1\nsaid = 1";
    let certain = Played::new(&for_each(
        "threats",
        &["severe-sanctions", "lesser-force-sanctions"],
        lines,
    ));
    assert!(certain.share(&FORCE) < 0.002, "{}", certain.share(&FORCE));
    // Believed by nobody, the dearest sanctions deter no better than free ones.
    let lines = "cost_to_target = 5\ncredibility = 0\nsaid = 0";
    let silent = [
        "sanctions-threat",
        "sanctions-preannounce",
        "ns2-commit",
        "mobilise",
    ];
    let mut doubted = for_each(
        "threats",
        &["severe-sanctions", "lesser-force-sanctions"],
        lines,
    );
    doubted += &for_each("moves", &silent, "effects.credibility.severe-sanctions = 0");
    let doubted = Played::new(&doubted);
    assert!(large(&doubted) >= large(&some));
}

/// Attack is worth more than anything, or nothing at all, to whoever could choose it: as good as
/// everybody who can attack does, or nobody does.
#[test]
fn force_is_worth_everything_or_nothing() {
    let prize = |prize: f64, cost: f64| {
        let types = ["bargainer", "coercer", "pretext", "minsk-first"]
            .iter()
            .map(|id| {
                format!(
                    "[[parties.types]]\nid = \"{id}\"\n\
                     force.full-invasion.prize = {prize:?}\nforce.full-invasion.cost = {cost:?}\n\
                     force.limited-incursion.prize = {prize:?}\nforce.limited-incursion.cost = {cost:?}\n"
                )
            })
            .collect::<Vec<_>>()
        .concat();
        Played::new(&format!("[[parties]]\nid = \"russia\"\n{types}"))
    };
    assert!(prize(0.0, 1.0).share(&FORCE).abs() < 1e-12);
    assert!(prize(1.0, 0.0).share(&FORCE) > 0.95);
}

/// The rules of the outcomes can all be met: endings that the crisis never sees are rare, not
/// impossible.
#[test]
fn every_outcome_can_be_reached() {
    let concede = "strategy = { kind = \"conceder\" }\ndeadline_weeks = 1";
    let keen = for_each("parties", &PARTIES, concede);
    let whole = format!(
        "remove = [\"preferences.us.nato-enlargement.red_line\", \
         \"preferences.nato.nato-enlargement.red_line\", \
         \"preferences.us.force-posture-east.red_line\", \
         \"preferences.nato.force-posture-east.red_line\"]\n{keen}{}\
         [[venues]]\nid = \"nato-russia-council\"\n\
         decides = [\"nato-enlargement\", \"force-posture-east\", \"russian-buildup\"]\n\
         [cycle]\nvenues = [\"nato-russia-council\"]\n",
        for_each("forms", &FORMS, "binding = true")
    );
    let minsk = format!(
        "remove = [\"preferences.ukraine.donbas-minsk.red_line\"]\n{keen}\
         [[venues]]\nid = \"normandy\"\nopen = true\n[cycle]\nvenues = [\"normandy\"]\n"
    );
    assert!(Played::new(&whole).share(&["comprehensive-settlement"]) > 0.0);
    assert!(Played::new(&minsk).share(&["minsk-understanding"]) > 0.0);
}
