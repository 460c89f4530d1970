//! The lens of two-level games: what can be brought home.
//!
//! Flows in: cases. Flows out: win-sets of the parties that must ratify, their intersection with
//! what everyone prefers to no agreement, involuntary defection at each solution, and where the Nash
//! solution goes when only ratifiable packages count. Invariant: here a package counts as if it came
//! into force (`r_f = 1`), and the chance that it does stands beside it; nothing is counted twice.
//!
//! ```text
//! P_i(x) = r_i(form of x) prod_gates P(votes in favour >= quota)
//! vote   = 1 / (1 + exp(-precision (g_i - asks)))    chance that a vote of a bloc is in favour
//! W_i    = { x : P_i(x) >= tau }                      win-set, tau = 1/2
//! E_i    = P g_i - (1 - P) f_i,  P = prod_i P_i       what i can expect of going home with x
//! f_i    = audience cost of i x exposure added by a failed ratification
//! ```
//!
//! `r_i` is the `ratification` of a form, the gates are `[[gates]]`. Since a party's gates judge by its
//! own gain, its win-set is all that gives it enough: a floor for its gain, form by form.

use super::Lens;
use super::case::{Case, Study};
use super::concept::{Concept, POSITIVE};
use super::gates::expected_gain;
use super::home::{Home, asked};
use super::plot::{Board, BoardRow, Plot};
use super::report::{Cell, Heading, Report, Row, Spread, Table, Unit, Verdict};
use super::search::{Found, Search};
use super::slices::Slices;
use super::solutions::{at_modes, power, tie_set};
use super::solved::solve;
use super::space::Space;

/// A package belongs to the win-sets if it is at least as likely as not to be ratified.
pub const TAU: f64 = 0.5;

/// Ratification: win-sets, involuntary defection.
#[derive(Debug, Clone, Copy)]
pub struct Ratification;

/// What one case says.
#[derive(Debug, Clone)]
pub struct RatificationPart {
    /// `[form][party]`: probability that the party ratifies the fairest package of the form.
    probability: Vec<Vec<f64>>,
    /// By form: smallest gain of the fairest package in it, as if it came into force.
    zone: Vec<Option<f64>>,
    /// By form: whether some package is in all win-sets and leaves nobody worse off.
    open: Vec<bool>,
    /// Nash solution with every ratification certain, and the chance that it is ratified.
    certain: Option<(Found, f64)>,
    /// Nash solution among what is in the win-sets.
    ratifiable: Option<Found>,
    /// By party: what it can expect of the first of the two.
    expected: Vec<f64>,
    /// Chance that a named package, once signed, fails at home: the bargaining solutions.
    defection: Vec<(&'static str, f64)>,
}

impl RatificationPart {
    fn passes(&self, form: usize) -> f64 {
        self.probability[form].iter().product()
    }
}

/// A space in which every agreement comes into force.
pub(crate) fn in_force(space: &Space) -> Space {
    let mut space = space.clone();
    space.ratified.fill(1.0);
    space
}

/// The Nash solution over slices, equal weights, with a floor for everyone's gain.
fn nash(space: &Space, slices: &Slices, floors: &[Vec<f64>]) -> Option<Found> {
    let search = || Search::rational(slices, &space.now, &space.no_deal).above(floors);
    let counted = (0..space.parties)
        .map(|party| {
            let mut weights = vec![0.0; space.parties];
            weights[party] = 1.0;
            let ideal = search().best(&Concept::Sum(weights))?.bound;
            Some(f64::from(u8::from(ideal > POSITIVE)))
        })
        .collect::<Option<Vec<f64>>>()?;
    search().best(&Concept::Nash(counted))
}

/// Involuntary defection (Putnam 1988) at each solution of [`Solved`](super::solved::Solved), which
/// prices ratification in: the chance that somebody at home refuses what was signed.
fn defection(home: &Home, case: &Case, in_force: &Space) -> Vec<(&'static str, f64)> {
    let Some(points) = solve(&case.space, &power(case)).points else {
        return Vec::new();
    };
    let chance = |package| {
        let utilities = in_force.utilities(package);
        let pairs = utilities.iter().zip(&in_force.no_deal);
        let gains: Vec<f64> = pairs.map(|(u, d)| u - d).collect();
        1.0 - home.all_pass(in_force, package, &gains)
    };
    let named = points.named().into_iter();
    named
        .map(|(name, found)| (name, chance(&found.package)))
        .collect()
}

impl Lens for Ratification {
    type Part = Option<RatificationPart>;

    fn name(&self) -> &'static str {
        "ratification"
    }

    fn part(&self, study: &Study, case: &Case) -> Self::Part {
        let home = Home::new(&study.model, study.seed, case)?;
        let space = in_force(&case.space);
        let (parties, forms) = (space.parties, study.model.forms.len());
        let all: Vec<usize> = (0..parties).collect();
        let slices = Slices::new(&space, &all);
        let (floors, may) = home.floors(TAU);
        let mut part = RatificationPart {
            probability: home.forms.clone(),
            zone: vec![None; forms],
            open: vec![false; forms],
            certain: nash(&space, &slices, &vec![vec![0.0; parties]; forms]).map(|found| {
                let chance = home.all_pass(&space, &found.package, &found.gains);
                (found, chance)
            }),
            ratifiable: None,
            expected: Vec::new(),
            defection: defection(&home, case, &space),
        };
        for (form, &may) in may.iter().enumerate() {
            let mut slices = slices.clone();
            slices.keep(|of, promise| promise && of == form);
            let fair = Concept::Leximin(vec![1.0; parties]);
            if let Some(found) = Search::any(&slices, &space.now, &space.no_deal).best(&fair) {
                part.zone[form] = Some(found.key[0]);
                for (party, gain) in found.gains.iter().enumerate() {
                    part.probability[form][party] = home.passes(form, party, *gain);
                }
            }
            let search = Search::rational(&slices, &space.now, &space.no_deal).above(&floors);
            let sum = Concept::Sum(vec![1.0; parties]);
            part.open[form] = may && search.best(&sum).is_some();
        }
        let mut ratifiable = slices;
        ratifiable.keep(|form, promise| may[form] || !promise);
        part.ratifiable = nash(&space, &ratifiable, &floors);
        let draw = case.prepared.draw();
        let failure = draw.get(study.model.talks.failure_exposure);
        if let Some((found, chance)) = &part.certain {
            let gains = found.gains.iter().zip(&case.rows);
            let expected = gains.map(|(gain, &row)| {
                expected_gain(*chance, *gain, draw.rows[row].audience_cost * failure)
            });
            part.expected = expected.collect();
        }
        Some(part)
    }

    fn report(&self, study: &Study, modes: Self::Part, draws: Vec<Self::Part>) -> Report {
        let title = "What can be brought home";
        let Some(modes) = modes else {
            let needs = vec![
                "a form with `ratification` or a list of `[[gates]]` (nobody at home can refuse what was signed)"
                    .to_owned(),
            ];
            return Report::not_applicable(self.name(), title, needs);
        };
        let draws: Vec<RatificationPart> = draws.into_iter().flatten().collect();
        let mut report = Report::new(self.name(), title, sentence(study, &modes));
        report.tables.push(forms(study, &modes, &draws));
        report.tables.push(solutions(study, &modes, &draws));
        report.tables.extend(involuntary(&modes, &draws));
        report.plots.push(Plot::Board(board(study, &modes, &draws)));
        report.notes.push(
            "Win-sets: packages at least as likely as not to be ratified by everyone who must (tau 0.5); \
             gains here are those of an agreement in force. The `ratification` of a form does not depend \
             on the package; `[[gates]]` judge what the party would gain."
                .to_owned(),
        );
        for (name, found) in [
            (
                "Nash solution if all is ratified,",
                modes.certain.as_ref().map(|(found, _)| found),
            ),
            ("Nash solution in the win-sets,", modes.ratifiable.as_ref()),
        ] {
            if let Some(found) = found {
                report.notes.push(at_modes(study, name, found));
                report.ties.push(tie_set(name.trim_end_matches(','), found));
            }
        }
        if let Some((found, chance)) = modes.certain.as_ref().filter(|(_, chance)| *chance < TAU) {
            report.against.push(Verdict {
                package: found.package.clone(),
                says: format!(
                    "would fail at home {:.0} times in 100",
                    100.0 * (1.0 - chance)
                ),
            });
        }
        if let Some(found) = modes.ratifiable {
            report.favours.push(Verdict {
                package: found.package,
                says: "maximises the product of gains among what would be ratified".to_owned(),
            });
        }
        report
    }
}

fn sentence(study: &Study, modes: &RatificationPart) -> String {
    let (Some((certain, chance)), Some(ratifiable)) = (&modes.certain, &modes.ratifiable) else {
        return "At the modes of the numbers nothing that everyone prefers to no agreement could be \
                ratified."
            .to_owned();
    };
    if certain.package == ratifiable.package {
        return "Those who must ratify do not change where the Nash solution lies: it is in the \
                win-sets of all."
            .to_owned();
    }
    let form = |found: &Found| &study.model.scenario.forms[found.package.form].name;
    format!(
        "If signatures were enough the Nash solution would be put down as {}, which would be ratified \
         {:.0} times in 100; among what is more likely than not to be ratified it is a {}.",
        form(certain),
        100.0 * chance,
        form(ratifiable),
    )
}

fn forms(study: &Study, modes: &RatificationPart, draws: &[RatificationPart]) -> Table {
    let scenario = &study.model.scenario;
    let mut rows = Vec::new();
    for (form, named) in scenario.forms.iter().enumerate() {
        let passes = |part: &RatificationPart| part.passes(form);
        let open = |part: &RatificationPart| part.open[form];
        rows.push(Row {
            label: named.name.clone(),
            cells: vec![
                Cell::band(
                    Some(passes(modes)),
                    draws.iter().map(|d| Some(passes(d))),
                    Unit::Share,
                ),
                Cell::share(passes(modes) >= TAU, draws.iter().map(|d| passes(d) >= TAU)),
                Cell::band(
                    modes.zone[form],
                    draws.iter().map(|d| d.zone[form]),
                    Unit::Utility,
                ),
                Cell::share(open(modes), draws.iter().map(open)),
            ],
        });
        for party in 0..study.modes.space.parties {
            if asked(&study.model, form, party) {
                let of = |part: &RatificationPart| part.probability[form][party];
                rows.push(Row {
                    label: format!("  of which {}", study.party(party)),
                    cells: vec![
                        Cell::band(
                            Some(of(modes)),
                            draws.iter().map(|d| Some(of(d))),
                            Unit::Share,
                        ),
                        Cell::share(of(modes) >= TAU, draws.iter().map(|d| of(d) >= TAU)),
                        Cell::Empty,
                        Cell::Empty,
                    ],
                });
            }
        }
    }
    Table {
        title: "Win-sets by form: chance of ratification, and the least gain of the fairest package in \
                that form (points of 100)"
            .to_owned(),
        columns: vec![
            Heading::new("ratified", "modes (90% of draws)"),
            Heading::new("in win-set", "of draws"),
            Heading::new("least gain", "modes (90%)"),
            Heading::new("ratifiable", "zone"),
        ],
        rows,
    }
}

fn board(study: &Study, modes: &RatificationPart, draws: &[RatificationPart]) -> Board {
    let forms = &study.model.forms;
    let parties: Vec<usize> = (0..study.modes.space.parties)
        .filter(|&party| (0..forms.len()).any(|form| asked(&study.model, form, party)))
        .collect();
    let named = study.model.scenario.forms.iter().enumerate();
    let rows = named.map(|(form, named)| {
        let over =
            |of: &dyn Fn(&RatificationPart) -> f64| (of(modes), Spread::of(draws.iter().map(of)));
        let open = |part: &&RatificationPart| part.open[form];
        let all = draws.iter().chain(draws.is_empty().then_some(modes));
        let total = draws.len().max(1) as f64;
        BoardRow {
            name: named.name.clone(),
            ratifies: parties
                .iter()
                .map(|&party| {
                    asked(&study.model, form, party)
                        .then(|| over(&|part| part.probability[form][party]))
                })
                .collect(),
            all: over(&|part| part.passes(form)),
            zone: (
                modes.zone[form],
                Spread::of(draws.iter().filter_map(|part| part.zone[form])),
            ),
            open: all.filter(open).count() as f64 / total,
        }
    });
    Board {
        parties: parties
            .iter()
            .map(|&party| study.party(party).to_owned())
            .collect(),
        forms: rows.collect(),
    }
}

fn solutions(study: &Study, modes: &RatificationPart, draws: &[RatificationPart]) -> Table {
    let parties = study.modes.space.parties;
    let row = |label: &str, gain: &dyn Fn(&RatificationPart, usize) -> Option<f64>| Row {
        label: label.to_owned(),
        cells: (0..parties)
            .map(|party| {
                Cell::band(
                    gain(modes, party),
                    draws.iter().map(|d| gain(d, party)),
                    Unit::Utility,
                )
            })
            .collect(),
    };
    Table {
        title: "Gains over no agreement at the Nash solution, in points of 100".to_owned(),
        columns: (0..parties)
            .map(|party| Heading::new(study.party(party), "gain (90%)"))
            .collect(),
        rows: vec![
            row("if all is ratified", &|part, party| {
                Some(part.certain.as_ref()?.0.gains[party])
            }),
            row("  what that lets expect", &|part, party| {
                part.expected.get(party).copied()
            }),
            row("among the ratifiable", &|part, party| {
                Some(part.ratifiable.as_ref()?.gains[party])
            }),
        ],
    }
}

/// Chance that what was signed fails at home, solution by solution; none if there is no solution.
fn involuntary(modes: &RatificationPart, draws: &[RatificationPart]) -> Option<Table> {
    let first = [modes].into_iter().chain(draws);
    let names: Vec<&str> = (first.map(|part| &part.defection))
        .find(|named| !named.is_empty())?
        .iter()
        .map(|(name, _)| *name)
        .collect();
    let of = |part: &RatificationPart, name: &str| {
        let found = part.defection.iter().find(|(known, _)| *known == name);
        found.map(|(_, chance)| *chance)
    };
    let mut rows: Vec<Row> = (names.iter())
        .map(|name| Row {
            label: (*name).to_owned(),
            cells: vec![Cell::band(
                of(modes, name),
                draws.iter().map(|draw| of(draw, name)),
                Unit::Share,
            )],
        })
        .collect();
    let certain = |part: &RatificationPart| Some(1.0 - part.certain.as_ref()?.1);
    rows.push(Row {
        label: "Nash, as if all were ratified".to_owned(),
        cells: vec![Cell::band(
            certain(modes),
            draws.iter().map(certain),
            Unit::Share,
        )],
    });
    Some(Table {
        title:
            "Involuntary defection: chance that somebody at home refuses what was signed, at the \
                package of each solution"
                .to_owned(),
        columns: vec![Heading::new("refused", "modes (90% of draws)")],
        rows,
    })
}
