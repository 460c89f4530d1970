//! The lens of the probabilistic Condorcet election, with its baselines.
//!
//! Flows in: cases. Flows out: a probability for each package on the ballot and, issue by issue, for
//! each level; beside it the weighted mean and median of what the parties want. Invariant: options
//! are distinct (packages worth the same to everyone are one), a package that somebody refuses absolutely is no option,
//! and weights are the parties' power.
//!
//! On the ballot stand all packages where they are few, else those that somebody has a reason to
//! propose: the situation as it stands, each party's best, and the bargaining solutions.

use super::Lens;
use super::case::{Case, Study};
use super::concept::Concept;
use super::election::{probabilities, support, weighted_mean, weighted_medians};
use super::outcomes::Outcomes;
use super::plot::{LevelShares, Plot};
use super::report::{Cell, Heading, Report, Row, Spread, Table, TieSet, Unit, Verdict};
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
    ballot: Vec<Entry>,
    /// `[issue][level]`: probability of a level if the issue stood alone.
    pub levels: Vec<Vec<f64>>,
    /// By issue: mean of the levels the parties want most, weighted by power and importance.
    mean: Vec<Option<f64>>,
    /// By issue: lowest and highest median, weighted likewise.
    median: Vec<Option<(f64, f64)>>,
    /// Packages left off the ballot because another is worth the same to everyone.
    doubles: usize,
    /// Parties and issues with more than one level that the party wants most.
    indifferent: usize,
}

/// Utilities, and relative probabilities, that differ by less are equal.
const SAME: f64 = 1e-9;

/// What a voter is asked about: the names a package goes by, the package, its probability.
type Entry = (Vec<String>, Package, f64);

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
        let (mut ballot, doubles) = ballot(study, space, &power);
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
        let (mut mean, mut median, mut indifferent) = (Vec::new(), Vec::new(), 0);
        for issue in 0..space.issues() {
            let weights: Vec<f64> = (0..space.parties).map(|p| importance(p, issue)).collect();
            let wanted: Vec<f64> = (0..space.parties)
                .map(|p| best_levels(space, p, issue)[0] as f64)
                .collect();
            indifferent += (0..space.parties)
                .filter(|&p| weights[p] > 0.0 && best_levels(space, p, issue).len() > 1)
                .count();
            mean.push(weighted_mean(&wanted, &weights));
            let some = weights.iter().any(|weight| *weight > 0.0);
            median.push(weighted_medians(&wanted, &weights).filter(|_| some));
        }
        VotePart {
            ballot,
            levels: (0..space.issues())
                .map(|issue| alone(study, space, &power, issue))
                .collect(),
            mean,
            median,
            doubles,
            indifferent,
        }
    }

    fn report(&self, study: &Study, modes: VotePart, draws: Vec<VotePart>) -> Report {
        let space = &study.modes.space;
        let best = modes
            .ballot
            .iter()
            .max_by(|a, b| a.2.total_cmp(&b.2).then(b.1.cmp(&a.1)));
        let (names, favourite, p) = best.expect("the situation as it stands is on the ballot");
        let level = |entry: &&Entry| (entry.2 - p).abs() <= SAME * p;
        let tied: Vec<&Entry> = modes.ballot.iter().filter(level).collect();
        let as_likely = match tied.len() {
            1 => String::new(),
            n => format!(" (as likely as {} more)", n - 1),
        };
        let sentence = format!(
            "If every pair of packages were put to a vote weighted by power, the likeliest winner would \
             be \"{}\"{as_likely}, with {:.0}%; an even chance would be {:.0}%.",
            names.first().map_or("", String::as_str),
            100.0 * p,
            100.0 / modes.ballot.len() as f64,
        );
        let mut report = Report::new(
            self.name(),
            "Who would win a weighted vote over packages",
            sentence,
        );
        report.ties.push(TieSet {
            of: "likeliest winner".to_owned(),
            count: tied.len().to_string(),
            exact: true,
            packages: tied.iter().map(|(_, package, _)| package.clone()).collect(),
        });
        report.tables.push(options(&modes, &draws));
        report.tables.push(issues(study, &modes, &draws));
        report.plots.push(Plot::Levels {
            issues: shares(study, &modes, &draws),
        });
        report.notes.push(format!(
            "Exponent nu {}; proportional support; utilities and power of the scenario, nothing tuned.",
            study.options.nu
        ));
        report.notes.push(on_the_ballot(space, &modes, &draws));
        report.notes.push(tied_levels(study, &modes, &draws));
        report.favours.push(Verdict {
            package: favourite.clone(),
            says: "is the likeliest winner of a weighted vote".to_owned(),
        });
        report
    }
}

/// What is on the ballot and why, and how many equal packages were left off.
fn on_the_ballot(space: &Space, modes: &VotePart, draws: &[VotePart]) -> String {
    let why = if space.len() > FEW {
        format!(
            "On the ballot: {} packages that somebody has a reason to propose, namely everything as it \
             stands, the best of each party and the bargaining solutions. The other {} are not voted on, \
             since a vote of all pairs of them cannot be counted; each issue alone is a vote over all its \
             levels.",
            modes.ballot.len(),
            space.len() - modes.ballot.len() as u128
        )
    } else {
        format!(
            "On the ballot: {} packages, all of the {} that no party refuses absolutely.",
            modes.ballot.len(),
            space.len()
        )
    };
    let most = draws.iter().map(|draw| draw.doubles).max();
    let over = most.map_or(String::new(), |most| format!(", at most {most} in a draw"));
    format!(
        "{why} Left off because another is worth the same to everyone: {} at the modes{over}.",
        modes.doubles
    )
}

/// Where medians, votes or wishes are not unique.
fn tied_levels(study: &Study, modes: &VotePart, draws: &[VotePart]) -> String {
    let tied = |part: &VotePart, issue: usize| part.median[issue].filter(|(low, high)| low < high);
    let mut named = Vec::new();
    for (index, issue) in study.model.scenario.issues.iter().enumerate() {
        let often = draws.iter().filter(|draw| tied(draw, index).is_some());
        let often = often.count();
        match tied(modes, index) {
            Some((low, high)) => named.push(format!("{} ({low} to {high})", issue.name)),
            None if often > 0 => named.push(format!("{} (in {often} draws)", issue.name)),
            None => {}
        }
    }
    let medians = if named.is_empty() {
        "Every weighted median is unique.".to_owned()
    } else {
        format!(
            "Weighted medians that are not unique, shown by the lowest: {}.",
            named.join(", ")
        )
    };
    let most = draws.iter().map(|draw| draw.indifferent).max();
    let over = most.map_or(String::new(), |most| format!(", at most {most} in a draw"));
    format!(
        "{medians} A mean is always one number. A party that wants several levels of an issue equally \
         counts with the lowest: {} times at the modes{over}.",
        modes.indifferent
    )
}

/// The packages on the ballot, by name, probabilities still 0; and how many were left off because
/// another is worth the same to everyone.
fn ballot(study: &Study, space: &Space, power: &[f64]) -> (Vec<Entry>, usize) {
    let mut ballot: Vec<Entry> = Vec::new();
    let mut worth: Vec<Vec<f64>> = Vec::new();
    let mut doubles = 0;
    // What stands there under a better name needs no name of its own.
    let mut add = |name: String, package: Package, listed: bool| {
        let utilities = space.utilities(&package);
        let same = |known: &&Vec<f64>| {
            let mut pairs = known.iter().zip(&utilities);
            pairs.all(|(x, y)| x.total_cmp(y).is_eq() || (x - y).abs() <= SAME)
        };
        if let Some(at) = worth.iter().position(|known| same(&known)) {
            let double = ballot[at].1 != package;
            doubles += usize::from(double);
            if double || !listed {
                ballot[at].0.push(name);
            }
        } else {
            ballot.push((vec![name], package, 0.0));
            worth.push(utilities);
        }
    };
    add(
        "Everything as it stands".to_owned(),
        space.status_quo(),
        false,
    );
    let parties: Vec<usize> = (0..space.parties).collect();
    let slices = Slices::new(space, &parties);
    for &party in &parties {
        let mut weights = vec![0.0; parties.len()];
        weights[party] = 1.0;
        let search = Search::any(&slices, &space.now, &space.no_deal);
        if let Some(found) = search.best(&Concept::Sum(weights)) {
            add(
                format!("Best for {}", study.party(party)),
                found.package,
                false,
            );
        }
    }
    if let Some(points) = &solve_slices(space, &slices, power).points {
        for (name, found) in points.named() {
            add(name.to_owned(), found.package.clone(), false);
        }
    }
    if space.len() <= FEW
        && let Some(all) = Outcomes::list(space)
    {
        for place in 0..all.len() {
            let of = &all.utilities[place * space.parties..(place + 1) * space.parties];
            let package = all.package(place);
            if of.iter().all(|u| u.is_finite()) {
                add(space.words(&study.model, &package), package, true);
            }
        }
    }
    (ballot, doubles)
}

/// The levels of an issue that a party wants most, in the strongest form, ascending.
fn best_levels(space: &Space, party: usize, issue: usize) -> Vec<usize> {
    let of = |level: usize| space.change(space.ratified.len() - 1, issue, level as u8)[party];
    let allowed = |level: &usize| space.refused(issue, *level as u8) >> party & 1 == 0;
    let levels = (0..space.levels[issue]).filter(allowed);
    let most = levels.clone().map(of).fold(f64::NEG_INFINITY, f64::max);
    let mut best: Vec<usize> = levels.filter(|&level| of(level) >= most - SAME).collect();
    if best.is_empty() {
        best.push(usize::from(space.start[issue]));
    }
    best
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

/// The names a package goes by, the first few.
fn label(names: &[String]) -> String {
    const NAMED: usize = 3;
    let shown = names[..names.len().min(NAMED)].join(" = ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} = {more} more"),
    }
}

fn options(modes: &VotePart, draws: &[VotePart]) -> Table {
    const SHOWN: usize = 14;
    let mut order: Vec<&(Vec<String>, Package, f64)> = modes.ballot.iter().collect();
    order.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.1.cmp(&b.1)));
    let rows = order.into_iter().take(SHOWN).map(|(names, _, p)| Row {
        label: label(names),
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

/// The levels that win most often, ascending: several where they are tied.
fn likeliest(p: &[f64]) -> Vec<usize> {
    let most = p.iter().copied().fold(0.0, f64::max);
    let levels = 0..p.len();
    levels
        .filter(|&level| p[level] >= most * (1.0 - SAME))
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
            let winners = likeliest(&at_modes);
            let best = winners[0];
            let voted: Vec<String> = winners.iter().map(usize::to_string).collect();
            let voted = voted.join(" = ");
            let same = (draws.iter())
                .filter(|draw| likeliest(&draw.levels[index])[0] == best)
                .count();
            Row {
                label: issue.name.clone(),
                cells: vec![
                    Cell::band(
                        modes.mean[index],
                        draws.iter().map(|d| d.mean[index]),
                        Unit::Plain,
                    ),
                    Cell::band(
                        modes.median[index].map(|(low, _)| low),
                        draws.iter().map(|d| d.median[index].map(|(low, _)| low)),
                        Unit::Plain,
                    ),
                    Cell::text(if draws.is_empty() {
                        voted
                    } else {
                        let share = 100.0 * same as f64 / draws.len() as f64;
                        format!("{voted} ({share:.0}%)")
                    }),
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
            Heading::new("voted", "in draws"),
            Heading::new("probability", "(90%)"),
        ],
        rows: rows.collect(),
    }
}
