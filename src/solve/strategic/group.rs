//! The expected-utility model, issue by issue.
//!
//! Flows in: where each party stands on an issue (its most preferred level, ties to the lower), its
//! `power` as capability, and the weight of the issue against that of its most important issue as
//! salience. Flows out: where the model ends, in both readings of its probabilities, beside the
//! weighted median and mean, which use the same inputs and no theory.

use super::band_heading;
use crate::solve::Lens;
use crate::solve::case::{Case, Study};
use crate::solve::expected_utility::{Actor, Denominator, End, Octant, Reading, Run, run};
use crate::solve::report::{Cell, Heading, Report, Row, Table, Unit, Verdict};
use crate::solve::space::Package;

const NAME: &str = "expected-utility";
const TITLE: &str = "Expected-utility model (Bueno de Mesquita, Scholz reading)";

/// Forecasts of a group's decision on each issue.
#[derive(Debug)]
pub struct GroupDecision;

/// One issue of one case.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    median: f64,
    mean: f64,
    dyad: f64,
    all_pairs: f64,
    /// Whether positions came back to where they had been.
    cycles: bool,
    /// Parties that care about the issue.
    parties: Vec<usize>,
    /// How each of them sees each other in the first round.
    octants: Vec<Vec<Octant>>,
}

fn actors(study: &Study, case: &Case, issue: usize) -> (Vec<usize>, Vec<Actor>) {
    let model = &study.model;
    let draw = case.prepared.draw();
    let mut parties = Vec::new();
    let mut actors = Vec::new();
    for (party, &row) in case.rows.iter().enumerate() {
        let preferences = &model.rows[row].preferences;
        let weight = |at: usize| preferences[at].as_ref().map_or(0.0, |p| draw.get(p.weight));
        let most = (0..model.issues.len()).map(weight).fold(0.0, f64::max);
        let power = draw.rows[row].power;
        let Some(own) = preferences[issue].as_ref().filter(|_| weight(issue) > 0.0) else {
            continue;
        };
        if power <= 0.0 {
            continue;
        }
        let values: Vec<f64> = own.values.iter().map(|&id| draw.get(id)).collect();
        let best = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let position = values.iter().position(|v| *v >= best).unwrap_or(0);
        parties.push(party);
        actors.push(Actor {
            position: position as f64,
            capability: power,
            salience: weight(issue) / most,
        });
    }
    (parties, actors)
}

fn forecast(study: &Study, case: &Case, issue: usize) -> Option<Forecast> {
    let (parties, actors) = actors(study, case, issue);
    if actors.len() < 2 {
        return None;
    }
    let of = |denominator| {
        let reading = Reading {
            denominator,
            ..Reading::default()
        };
        run(&actors, reading)
    };
    let (dyad, all_pairs): (Run, Run) = (of(Denominator::Dyad), of(Denominator::AllPairs));
    Some(Forecast {
        median: dyad.median,
        mean: dyad.mean,
        dyad: dyad.outcome(),
        all_pairs: all_pairs.outcome(),
        cycles: [&dyad, &all_pairs]
            .iter()
            .any(|run| matches!(run.end, End::Cycle { .. })),
        octants: dyad
            .rounds
            .first()
            .map_or_else(Vec::new, |r| r.octants.clone()),
        parties,
    })
}

impl Lens for GroupDecision {
    type Part = Vec<Option<Forecast>>;

    fn name(&self) -> &'static str {
        NAME
    }

    fn part(&self, study: &Study, case: &Case) -> Self::Part {
        (0..study.model.issues.len())
            .map(|issue| forecast(study, case, issue))
            .collect()
    }

    fn report(&self, study: &Study, modes: Self::Part, draws: Vec<Self::Part>) -> Report {
        let issues = &study.model.scenario.issues;
        if modes.iter().all(Option::is_none) {
            let needs = "an issue that at least two parties with `power` care about";
            return Report::not_applicable(NAME, TITLE, vec![needs.to_owned()]);
        }
        let of = |issue: usize| draws.iter().filter_map(move |draw| draw[issue].as_ref());
        let mut rows = Vec::new();
        let (mut apart, mut all) = (0, 0);
        for (issue, named) in issues.iter().enumerate() {
            let Some(typical) = &modes[issue] else {
                continue;
            };
            let band = |value: fn(&Forecast) -> f64| {
                let each = of(issue).map(|draw| Some(value(draw)));
                Cell::band(Some(value(typical)), each, Unit::Level)
            };
            let differ = |f: &Forecast| (f.dyad - f.all_pairs).abs() > 0.5;
            apart += of(issue).filter(|f| differ(f)).count();
            all += of(issue).count();
            rows.push(Row {
                label: named.name.clone(),
                cells: vec![
                    Cell::Exact {
                        value: named.status_quo as f64,
                        unit: Unit::Plain,
                    },
                    band(|f| f.dyad),
                    band(|f| f.all_pairs),
                    band(|f| f.median),
                    band(|f| f.mean),
                    Cell::share(typical.cycles, of(issue).map(|f| f.cycles)),
                ],
            });
        }
        let sentence = format!(
            "If each party pressed the others issue by issue by weight of power and concern, the \
             groups would end at the levels below; the model's two readings end more than half a \
             level apart in {:.0}% of issues and draws, so read the bands before the numbers.",
            100.0 * apart as f64 / f64::from(u32::try_from(all.max(1)).unwrap_or(u32::MAX))
        );
        let mut report = Report::new(NAME, TITLE, sentence);
        let mut columns = vec![Heading::new("now", "level")];
        columns.extend(["dyads", "all pairs", "median", "mean"].map(band_heading));
        columns.push(Heading::new("cycles", "in draws"));
        report.tables.push(Table {
            title: "Level at which each issue ends: two readings of the model, and the weighted \
                    median and mean of what the parties want"
                .to_owned(),
            columns,
            rows,
        });
        report.tables.extend(octants(study, &modes, &draws));
        report.notes = vec![
            "Inputs: a party's most preferred level (ties to the lower), its `power` as \
             capability, and an issue's weight against that of the party's most important issue as \
             salience. Ten rounds, or until nobody moves or positions repeat."
                .to_owned(),
            "Issues are decided one by one and nobody trades; forms, consent and no-deal values \
             play no part."
                .to_owned(),
        ];
        let mut package = Package {
            form: study.modes.space.plain_form,
            levels: study.modes.space.start.clone(),
        };
        for issue in study.modes.space.free_issues() {
            if let Some(forecast) = &modes[issue] {
                package.levels[issue] = forecast.dyad.round() as u8;
            }
        }
        if study.modes.space.listed(&package) {
            let says = "is where issue-by-issue pressure ends (at the modes)".to_owned();
            report.favours.push(Verdict { package, says });
        }
        report
    }
}

/// How the parties see each other on the issue that matters most to all of them together.
fn octants(
    study: &Study,
    modes: &[Option<Forecast>],
    draws: &[Vec<Option<Forecast>>],
) -> Option<Table> {
    let concern = |issue: usize| -> f64 {
        let (_, actors) = actors(study, &study.modes, issue);
        actors.iter().map(|a| a.salience * a.capability).sum()
    };
    let mut contested: Vec<usize> = (0..modes.len())
        .filter(|&issue| modes[issue].as_ref().is_some_and(|f| !f.octants.is_empty()))
        .collect();
    contested.sort_by(|&a, &b| concern(b).total_cmp(&concern(a)));
    let issue = *contested.first()?;
    let forecast = modes[issue].as_ref()?;
    let name = |party: usize| study.party(party).to_owned();
    let same = |other: usize, party: usize, octant| {
        if draws.is_empty() {
            return String::new();
        }
        let agrees = |draw: &&Vec<Option<Forecast>>| {
            let of = draw[issue].as_ref()?;
            let place = |party: usize| of.parties.iter().position(|known| *known == party);
            Some(of.octants.get(place(party)?)?.get(place(other)?)? == &octant)
        };
        let often = draws.iter().filter(|draw| agrees(draw) == Some(true));
        format!(
            " ({:.0}%)",
            100.0 * often.count() as f64 / draws.len() as f64
        )
    };
    Some(Table {
        title: format!(
            "How each party (row) sees its contest with each other (column) over \"{}\", first \
             round, at the modes (share of draws in which it is the same)",
            study.model.scenario.issues[issue].name
        ),
        columns: forecast
            .parties
            .iter()
            .map(|&party| Heading::new(name(party), ""))
            .collect(),
        rows: forecast
            .parties
            .iter()
            .zip(&forecast.octants)
            .enumerate()
            .map(|(at, (&party, seen))| Row {
                label: name(party),
                cells: seen
                    .iter()
                    .enumerate()
                    .map(|(other, octant)| {
                        if other == at {
                            Cell::Empty
                        } else {
                            Cell::text(format!(
                                "{}{}",
                                octant.words(),
                                same(forecast.parties[other], party, *octant)
                            ))
                        }
                    })
                    .collect(),
            })
            .collect(),
    })
}
