//! Every lever of the baseline moves something: a threat, promise, move, event, venue, form, issue,
//! linkage, red line, consent or type that could be taken out of the file without anybody noticing is
//! a mistake in the file or in the engine, or a fact about the model that is written down here.

#[expect(dead_code, reason = "a kit for several files of tests")]
mod kit;

use std::collections::BTreeMap;

use jawjaw::ensemble::Plan;
use jawjaw::ensemble::Simulator;
use jawjaw::ensemble::game::Game;
use jawjaw::ensemble::screen::{Reach, Trace, draw_traces};
use jawjaw::model::Model;
use jawjaw::scenario::levers::{Lever, LeverKind, levers};
use jawjaw::scenario::types::Scenario;
use kit::{BASELINE, over, scenario};

const SEED: u64 = 1;
const REPLICATES: u32 = 20;
/// Draws played for a lever at most; it stops when one of its runs ends in another outcome.
const DRAWS: u32 = 150;

/// A lever that changes no outcome, or hardly ever one.
struct Quiet {
    /// The lever.
    id: &'static str,
    /// How far it reaches at least.
    floor: Reach,
    /// Why not further: a fact about the model.
    why: &'static str,
    /// A change of the file that takes the reason away and wakes the lever.
    wake: &'static str,
}

/// All but Russia concede at once, so that far-reaching agreements come up at the first occasion.
const KEEN: &str = "[[parties]]\nid = \"us\"\nstrategy = { kind = \"conceder\" }\ndeadline_weeks = 1\n\
    [[parties]]\nid = \"nato\"\nstrategy = { kind = \"conceder\" }\ndeadline_weeks = 1\n\
    [[parties]]\nid = \"ukraine\"\nstrategy = { kind = \"conceder\" }\ndeadline_weeks = 1\n";

const RATIFIED: &str = "[[forms]]\nid = \"treaty\"\nratification.us = 1\n";

/// The documented exceptions; `docs/levers.md` tells readers the same.
const QUIET: &[Quiet] = &[
    Quiet {
        id: "forms.treaty",
        floor: Reach::Nothing,
        why: "all sides know that the Senate would not ratify, so nobody asks for a treaty",
        wake: RATIFIED,
    },
    Quiet {
        id: "preferences.us.legal-form.red_line",
        floor: Reach::Nothing,
        why: "only a treaty crosses it, and nobody asks for one",
        wake: RATIFIED,
    },
    Quiet {
        id: "preferences.ukraine.nato-enlargement.red_line",
        floor: Reach::Nothing,
        why: "Ukraine neither sits where enlargement is settled nor is asked",
        wake: "[[venues]]\nid = \"leader-call\"\nparticipants = [\"us\", \"russia\", \"ukraine\"]\n\
            [preferences.us.nato-enlargement]\nred_line.firmness = 0\n\
            [preferences.nato.nato-enlargement]\nred_line.firmness = 0\n",
    },
    Quiet {
        id: "preferences.ukraine.arms-to-ukraine.red_line",
        floor: Reach::Nothing,
        why: "Ukraine neither sits where deliveries are settled nor is asked",
        wake: "[[venues]]\nid = \"leader-call\"\nparticipants = [\"us\", \"russia\", \"ukraine\"]\n",
    },
    Quiet {
        id: "linkages.tempo-after-deescalation",
        floor: Reach::Record,
        why: "who settles the pace are the presidents, and they settle a pull-back with it",
        wake: "[[issues]]\nid = \"russian-buildup\"\nstatus_quo = 4\n\
            [[venues]]\nid = \"leader-call\"\nopen = true\ndecides = [\"process-tempo\", \"arms-to-ukraine\", \
            \"sanctions-ns2\", \"nato-enlargement\"]\n\
            [[linkages]]\nid = \"tempo-after-deescalation\"\nbonus = -0.2\n",
    },
    Quiet {
        id: "preferences.us.force-posture-east.red_line",
        floor: Reach::Record,
        why: "the council meets seldom, has nothing on its agenda that Russia could give in exchange, \
            and the allies refuse sooner",
        wake: "[[issues]]\nid = \"force-posture-east\"\nconsent = [\"us\", \"russia\"]\n\
            [[venues]]\nid = \"nato-russia-council\"\nparticipants = [\"russia\", \"us\"]\n\
            decides = [\"force-posture-east\", \"russian-buildup\"]\n\
            [cycle]\nvenues = [\"nato-russia-council\"]\n",
    },
    Quiet {
        id: "preferences.nato.nato-enlargement.red_line",
        floor: Reach::Record,
        why: "Washington refuses the same and sits at every table that settles it",
        wake: "[preferences.us.nato-enlargement]\nred_line.firmness = 0\n",
    },
    Quiet {
        id: "preferences.nato.force-posture-east.red_line",
        floor: Reach::Record,
        why: "the council meets seldom and has nothing on its agenda that Russia could give in exchange",
        wake: "[[venues]]\nid = \"nato-russia-council\"\n\
            decides = [\"force-posture-east\", \"russian-buildup\"]\n\
            [cycle]\nvenues = [\"nato-russia-council\"]\n",
    },
    Quiet {
        id: "preferences.nato.missiles.red_line",
        floor: Reach::Record,
        why: "Washington refuses the same and sits at every table that settles it",
        wake: "[preferences.us.missiles]\nred_line.firmness = 0\n",
    },
    Quiet {
        id: "preferences.nato.exercises.red_line",
        floor: Reach::Record,
        why: "Washington refuses the same and sits at every table that settles it",
        wake: "[preferences.us.exercises]\nred_line.firmness = 0\n",
    },
    Quiet {
        id: "issues.missiles.consent.nato",
        floor: Reach::Nothing,
        why: "what Washington signs on missiles suits the allies, who weigh them alike",
        wake: "[preferences.nato.missiles]\nweight = 5\nvalues = [1, 0.2, 0.1, 0.05, 0]\n",
    },
    Quiet {
        id: "issues.exercises.consent.nato",
        floor: Reach::Nothing,
        why: "what Washington signs on exercises suits the allies, who weigh them alike",
        wake: "[preferences.nato.exercises]\nweight = 5\nvalues = [1, 0.2, 0.1, 0.05, 0]\n",
    },
    Quiet {
        id: "issues.donbas-minsk.consent.us",
        floor: Reach::Nothing,
        why: "what Kyiv can live with in Donbas, Washington can",
        wake: "[preferences.us.donbas-minsk]\nweight = 5\nvalues = [1, 0.2, 0.1, 0.05, 0]\n\
            [[moves]]\nid = \"us-joins-normandy\"\nlimit = 0\n",
    },
];

fn game(scenario: Scenario) -> Game {
    Game::new(
        Model::compile(scenario).expect("a pulled scenario compiles"),
        |_| None,
    )
}

/// How far a change of a scenario reaches into its runs.
struct Probe {
    base: Scenario,
    game: Game,
    plan: Plan,
    /// Runs of the base, by draw.
    runs: BTreeMap<u32, Vec<Trace>>,
}

impl Probe {
    fn new(base: Scenario) -> Self {
        Self {
            game: game(base.clone()),
            base,
            plan: Plan::new(SEED, DRAWS, REPLICATES).expect("there are runs"),
            runs: BTreeMap::new(),
        }
    }

    /// Draw after draw until the lever reaches as far as asked.
    fn reach(&mut self, lever: &Lever, asked: Reach) -> Reach {
        let mut changed = self.base.clone();
        lever.pull(&mut changed);
        let other = game(changed);
        let mut memory = other.workspace();
        let mut deepest = Reach::Nothing;
        for draw in 0..self.plan.draws() {
            let (game, plan) = (&self.game, self.plan);
            let before = (self.runs.entry(draw))
                .or_insert_with(|| draw_traces(game, plan, draw, &mut game.workspace()));
            let after = draw_traces(&other, plan, draw, &mut memory);
            for (a, b) in before.iter().zip(&after) {
                deepest = deepest.max(a.reach(b));
            }
            if deepest >= asked {
                break;
            }
        }
        deepest
    }
}

fn baseline(tables: &str) -> Scenario {
    scenario(&over(BASELINE, tables))
}

fn find(scenario: &Scenario, id: &str) -> Lever {
    let found = levers(scenario).into_iter().find(|lever| lever.id() == id);
    found.unwrap_or_else(|| panic!("the baseline has no lever `{id}`"))
}

#[test]
fn every_lever_moves_an_outcome_or_says_why_not() {
    let mut probe = Probe::new(baseline(""));
    let mut surprises = Vec::new();
    for lever in levers(&probe.base) {
        let id = lever.id();
        let quiet = QUIET.iter().find(|quiet| quiet.id == id);
        let asked = quiet.map_or(Reach::Outcome, |quiet| quiet.floor);
        let found = probe.reach(&lever, asked);
        if found < asked {
            surprises.push(format!("{id} ({}): {found:?}", lever.kind.what()));
        }
    }
    assert!(
        surprises.is_empty(),
        "a lever that changes nothing is a mistake in the file or the engine, or a fact about the \
         model to be written down with its reason:\n{}",
        surprises.join("\n")
    );
}

/// The reason given for a quiet lever is the reason: without it the lever changes agreements.
#[test]
fn a_quiet_lever_wakes_when_its_reason_goes() {
    let mut asleep = Vec::new();
    for quiet in QUIET {
        // What the parties can do alone, as `solve` sees it, may not fit the change.
        let tables = format!("remove = [\"graph\"]\n{KEEN}{}", quiet.wake);
        let mut probe = Probe::new(baseline(&tables));
        let lever = find(&probe.base, quiet.id);
        let found = probe.reach(&lever, Reach::Settlement);
        if found < Reach::Settlement {
            asleep.push(format!(
                "{}: {found:?} although not: {}",
                quiet.id, quiet.why
            ));
        }
    }
    assert!(asleep.is_empty(), "{}", asleep.join("\n"));
}

#[test]
fn the_list_is_read_off_the_file() {
    let base = baseline("");
    let all = levers(&base);
    let count = |kind: LeverKind| all.iter().filter(|lever| lever.kind == kind).count();
    assert_eq!(count(LeverKind::Threat), base.threats.len());
    assert_eq!(count(LeverKind::Promise), base.promises.len());
    assert_eq!(count(LeverKind::Move), base.moves.len());
    assert_eq!(count(LeverKind::Event), base.events.len());
    assert_eq!(count(LeverKind::Venue), base.venues.len());
    assert_eq!(count(LeverKind::Form), base.forms.len());
    assert_eq!(count(LeverKind::Linkage), base.linkages.len());
    // The form issue is never chosen on its own.
    assert_eq!(count(LeverKind::Issue), base.issues.len() - 1);
    let types = |party: &&jawjaw::scenario::types::Party| party.types.len() > 1;
    let types: usize = base
        .parties
        .iter()
        .filter(types)
        .map(|p| p.types.len())
        .sum();
    assert_eq!(count(LeverKind::TypeAbsent), types);
    assert_eq!(count(LeverKind::TypeCertain), types);
    let mut ids: Vec<String> = all.iter().map(Lever::id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all.len(), "every lever has an id of its own");
}

#[test]
fn a_pulled_lever_is_gone_from_every_run() {
    let base = baseline("");
    let quiet = |id: &str, found: &dyn Fn(&jawjaw::engine::RunRecord) -> bool| {
        let mut changed = base.clone();
        find(&base, id).pull(&mut changed);
        let model = Model::compile(changed).expect("a pulled scenario compiles");
        let mut seen = false;
        kit::each(&model, SEED, 0..5, REPLICATES, |_, record| {
            seen |= found(record);
        });
        assert!(!seen, "{id}");
    };
    let position = |ids: Vec<&String>, id: &str| {
        ids.iter()
            .position(|known| *known == id)
            .expect("an id of the baseline")
    };
    let mobilise = position(base.moves.iter().map(|m| &m.id).collect(), "mobilise");
    quiet("moves.mobilise", &|run| run.moves[mobilise] > 0);
    let incident = position(
        base.events.iter().map(|e| &e.id).collect(),
        "donbas-incident",
    );
    quiet("events.donbas-incident", &|run| run.events[incident] > 0);
    let channels = position(
        base.venues.iter().map(|v| &v.id).collect(),
        "working-channels",
    ) as u8;
    quiet("venues.working-channels", &|run| {
        run.settled_venue.contains(&channels)
    });
    let assurance = position(
        base.forms.iter().map(|f| &f.id).collect(),
        "written-assurance",
    ) as u8;
    quiet("forms.written-assurance", &|run| {
        run.settled_form.contains(&assurance)
    });
    let missions = position(
        base.issues.iter().map(|i| &i.id).collect(),
        "diplomatic-missions",
    );
    quiet("issues.diplomatic-missions", &|run| {
        run.settled_round[missions] != u8::MAX
    });
    quiet("parties.russia.types.pretext:impossible", &|run| {
        run.types[1] == 2
    });
    quiet("parties.russia.types.pretext:certain", &|run| {
        run.types[1] != 2
    });
}
