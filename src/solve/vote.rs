//! The lens of the probabilistic Condorcet election, with its baselines.
//!
//! Flows in: cases. Flows out: a probability for each package on the ballot and, issue by issue, for
//! each level; beside it the weighted mean and median of what the parties want. Invariant: options
//! are distinct (equal packages are one), a package that somebody refuses absolutely is no option,
//! and weights are the parties' power.
//!
//! On the ballot stand all packages where they are few, else those that somebody has a reason to
//! propose: the situation as it stands, each party's best, and the bargaining solutions.

use super::Lens;
use super::case::{Case, Study};
use super::concept::Concept;
use super::election::{probabilities, support, weighted_mean, weighted_median};
use super::outcomes::Outcomes;
use super::plot::{LevelShares, Plot};
use super::report::{Cell, Heading, Report, Row, Spread, Table, Unit, Verdict};
use super::search::Search;
use super::slices::Slices;
use super::solutions::power;
use super::solved::solve_slices;
use super::space::{Package, Space};

/// Most packages of a ballot with all of them.
const FEW: u128 = 600;

/// The probabilistic Condorcet election.
#[derive(Debug, Clone, Copy)]
pub struct Vote;

/// What one case says.
#[derive(Debug, Clone)]
pub struct VotePart {
    /// Packages on the ballot with the names they go by, and their probabilities.
    ballot: Vec<(Vec<String>, Package, f64)>,
    /// `[issue][level]`: probability of a level if the issue stood alone.
    pub levels: Vec<Vec<f64>>,
    /// By issue: mean of the levels the parties want most, weighted by power and importance.
    mean: Vec<Option<f64>>,
    /// By issue: median, weighted likewise.
    median: Vec<Option<f64>>,
}

impl VotePart {
    fn of(&self, name: &str) -> Option<f64> {
        let named = |names: &Vec<String>| names.iter().any(|known| known == name);
        self.ballot
            .iter()
            .find(|(names, _, _)| named(names))
            .map(|(_, _, p)| *p)
    }
}

impl Lens for Vote {
    type Part = VotePart;

    fn name(&self) -> &'static str {
        "election"
    }

    fn part(&self, study: &Study, case: &Case) -> VotePart {
        let space = &case.space;
        let power = power(case);
        let mut ballot = ballot(study, space, &power);
        let utilities: Vec<Vec<f64>> = ballot
            .iter()
            .map(|(_, package, _)| space.utilities(package))
            .collect();
        let by_party: Vec<f64> = (0..space.parties)
            .flat_map(|party| utilities.iter().map(move |of| of[party]))
            .collect();
        let support = support(&power, &by_party);
        let p = probabilities(study.options.election, &support, study.options.nu);
        for ((_, _, slot), p) in ballot.iter_mut().zip(p) {
            *slot = p;
        }
        let draw = case.prepared.draw();
        let importance = |party: usize, issue: usize| {
            let preference = study.model.rows[case.rows[party]].preferences[issue].as_ref();
            power[party] * preference.map_or(0.0, |preference| draw.get(preference.weight))
        };
        let (mut mean, mut median) = (Vec::new(), Vec::new());
        for issue in 0..space.issues() {
            let weights: Vec<f64> = (0..space.parties).map(|p| importance(p, issue)).collect();
            let wanted: Vec<f64> = (0..space.parties)
                .map(|p| best_level(space, p, issue) as f64)
                .collect();
            mean.push(weighted_mean(&wanted, &weights));
            let some = weights.iter().any(|weight| *weight > 0.0);
            median.push(weighted_median(&wanted, &weights).filter(|_| some));
        }
        VotePart {
            ballot,
            levels: (0..space.issues())
                .map(|issue| alone(study, space, &power, issue))
                .collect(),
            mean,
            median,
        }
    }

    fn report(&self, study: &Study, modes: VotePart, draws: Vec<VotePart>) -> Report {
        let space = &study.modes.space;
        let best = modes
            .ballot
            .iter()
            .max_by(|a, b| a.2.total_cmp(&b.2).then(b.1.cmp(&a.1)));
        let (names, favourite, p) = best.expect("the situation as it stands is on the ballot");
        let sentence = format!(
            "If every pair of packages were put to a vote weighted by power, the likeliest winner would \
             be \"{}\", with {:.0}%; an even chance would be {:.0}%.",
            names.first().map_or("", String::as_str),
            100.0 * p,
            100.0 / modes.ballot.len() as f64,
        );
        let mut report = Report::new(
            self.name(),
            "Who would win a weighted vote over packages",
            sentence,
        );
        report.tables.push(options(&modes, &draws));
        report.tables.push(issues(study, &modes, &draws));
        report.plots.push(Plot::Levels {
            issues: shares(study, &modes, &draws),
        });
        report.notes.push(format!(
            "Exponent nu {}; proportional support; utilities and power of the scenario, nothing tuned.",
            study.options.nu
        ));
        if space.len() > FEW {
            report.notes.push(format!(
                "Of {} packages those stand on the ballot that somebody has a reason to propose; each \
                 issue alone is a vote over all its levels.",
                space.len()
            ));
        }
        report.favours.push(Verdict {
            package: favourite.clone(),
            says: "is the likeliest winner of a weighted vote".to_owned(),
        });
        report
    }
}

/// The packages on the ballot, by name; probabilities still 0.
fn ballot(study: &Study, space: &Space, power: &[f64]) -> Vec<(Vec<String>, Package, f64)> {
    let mut ballot: Vec<(Vec<String>, Package, f64)> = Vec::new();
    let mut add = |name: String, package: Package| match ballot
        .iter_mut()
        .find(|(_, known, _)| *known == package)
    {
        Some((names, _, _)) => names.push(name),
        None => ballot.push((vec![name], package, 0.0)),
    };
    add("Everything as it stands".to_owned(), space.status_quo());
    let parties: Vec<usize> = (0..space.parties).collect();
    let slices = Slices::new(space, &parties);
    for &party in &parties {
        let mut weights = vec![0.0; parties.len()];
        weights[party] = 1.0;
        let search = Search::any(&slices, &space.now, &space.no_deal);
        if let Some(found) = search.best(&Concept::Sum(weights)) {
            add(format!("Best for {}", study.party(party)), found.package);
        }
    }
    if let Some(points) = &solve_slices(space, &slices, power).points {
        for (name, found) in points.named() {
            add(name.to_owned(), found.package.clone());
        }
    }
    if space.len() <= FEW
        && let Some(all) = Outcomes::list(space)
    {
        for place in 0..all.len() {
            let of = &all.utilities[place * space.parties..(place + 1) * space.parties];
            let package = all.package(place);
            let known = ballot.iter().any(|(_, known, _)| *known == package);
            if of.iter().all(|u| u.is_finite()) && !known {
                let name = space.words(&study.model, &package);
                ballot.push((vec![name], package, 0.0));
            }
        }
    }
    ballot
}

/// The level of an issue that a party wants most, in the strongest form; the lowest among equals.
fn best_level(space: &Space, party: usize, issue: usize) -> usize {
    let of = |level: usize| space.change(space.ratified.len() - 1, issue, level as u8)[party];
    let allowed = |level: &usize| space.refused(issue, *level as u8) >> party & 1 == 0;
    let levels = (0..space.levels[issue]).filter(allowed);
    levels
        .reduce(|best, level| if of(level) > of(best) { level } else { best })
        .unwrap_or(usize::from(space.start[issue]))
}

/// Probabilities of the levels of one issue alone, in the strongest form; 0 for what is refused.
fn alone(study: &Study, space: &Space, power: &[f64], issue: usize) -> Vec<f64> {
    let form = space.ratified.len() - 1;
    let levels: Vec<u8> = (0..space.levels[issue] as u8)
        .filter(|&level| space.refused(issue, level) == 0)
        .collect();
    let by_party: Vec<f64> = (0..space.parties)
        .flat_map(|party| {
            levels
                .iter()
                .map(move |&level| space.change(form, issue, level)[party])
        })
        .collect();
    let support = support(power, &by_party);
    let p = probabilities(study.options.election, &support, study.options.nu);
    let mut all = vec![0.0; space.levels[issue]];
    for (&level, p) in levels.iter().zip(p) {
        all[usize::from(level)] = p;
    }
    all
}

fn options(modes: &VotePart, draws: &[VotePart]) -> Table {
    const SHOWN: usize = 14;
    let mut order: Vec<&(Vec<String>, Package, f64)> = modes.ballot.iter().collect();
    order.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.1.cmp(&b.1)));
    let rows = order.into_iter().take(SHOWN).map(|(names, _, p)| Row {
        label: names.join(" = "),
        cells: vec![Cell::band(
            Some(*p),
            draws.iter().map(|part| part.of(&names[0])),
            Unit::Share,
        )],
    });
    Table {
        title: "Probability of winning, of the packages on the ballot".to_owned(),
        columns: vec![Heading::new("wins", "modes (90% of draws)")],
        rows: rows.collect(),
    }
}

fn shares(study: &Study, modes: &VotePart, draws: &[VotePart]) -> Vec<LevelShares> {
    let issues = study.model.scenario.issues.iter().enumerate();
    issues
        .map(|(index, issue)| LevelShares {
            issue: issue.name.clone(),
            levels: issue.levels.clone(),
            election: (modes.levels[index].iter().enumerate())
                .map(|(level, p)| (*p, Spread::of(draws.iter().map(|d| d.levels[index][level]))))
                .collect(),
            simulated: None,
        })
        .collect()
}

fn issues(study: &Study, modes: &VotePart, draws: &[VotePart]) -> Table {
    let rows = study
        .model
        .scenario
        .issues
        .iter()
        .enumerate()
        .map(|(index, issue)| {
            let of = |part: &VotePart| part.levels[index].clone();
            let at_modes = of(modes);
            let best = (0..at_modes.len())
                .rev()
                .max_by(|&a, &b| at_modes[a].total_cmp(&at_modes[b]));
            let best = best.unwrap_or(0);
            Row {
                label: issue.name.clone(),
                cells: vec![
                    Cell::band(
                        modes.mean[index],
                        draws.iter().map(|d| d.mean[index]),
                        Unit::Plain,
                    ),
                    Cell::band(
                        modes.median[index],
                        draws.iter().map(|d| d.median[index]),
                        Unit::Plain,
                    ),
                    Cell::text(best.to_string()),
                    Cell::band(
                        Some(at_modes[best]),
                        draws.iter().map(|d| Some(d.levels[index][best])),
                        Unit::Share,
                    ),
                ],
            }
        });
    Table {
        title:
            "Issue by issue: weighted mean and median of the levels the parties want most, and the \
                likeliest level if the issue were voted on alone"
                .to_owned(),
        columns: vec![
            Heading::new("mean", "level (90%)"),
            Heading::new("median", "level (90%)"),
            Heading::new("voted", "level"),
            Heading::new("probability", "(90%)"),
        ],
        rows: rows.collect(),
    }
}
