//! The lens of bargaining solutions: where each concept puts the agreement.
//!
//! Flows in: cases. Flows out: utilities of each solution with bands, tie sets, the levels each
//! settles on and how often, issue by issue. Invariant: a solution in a draw without a zone of
//! agreement does not exist and is not averaged over.

use super::Lens;
use super::case::{Case, Study};
use super::concept::POSITIVE;
use super::plot::{Mark, Plot, Scatter, joint_parties, pair_frontier};
use super::report::{Cell, Heading, Report, Row, Table, TieSet, Unit, Verdict};
use super::search::Found;
use super::solved::{Solved, solve};

/// Nash, Kalai-Smorodinsky, egalitarian, utilitarian, weighted.
#[derive(Debug, Clone, Copy)]
pub struct Solutions;

/// Says of a concept what it does, for [`Verdict::says`].
fn does(name: &str) -> &'static str {
    match name {
        "Nash" => "maximises the product of what the parties gain",
        "Kalai-Smorodinsky" => "gives each the same share of the most it could get",
        "Egalitarian" => "makes the smallest gain as large as can be",
        "Utilitarian" => "makes the sum of gains as large as can be",
        "Nash, weighted by power" => {
            "maximises the product of gains, the powerful counting for more"
        }
        _ => "makes the sum of gains as large as can be, the powerful counting for more",
    }
}

impl Lens for Solutions {
    type Part = Solved;

    fn name(&self) -> &'static str {
        "bargaining"
    }

    fn part(&self, _study: &Study, case: &Case) -> Solved {
        solve(&case.space, &power(case))
    }

    fn report(&self, study: &Study, modes: Solved, draws: Vec<Solved>) -> Report {
        let title = "Where bargaining theory puts the agreement";
        let with = draws
            .iter()
            .filter(|solved| solved.points.is_some())
            .count();
        let names: Vec<&str> = (modes
            .points
            .iter()
            .chain(draws.iter().filter_map(|d| d.points.as_ref())))
        .next()
        .map(|points| points.named().into_iter().map(|(name, _)| name).collect())
        .unwrap_or_default();
        if names.is_empty() {
            let sentence = "There is nothing to divide: in no draw is there a package that everyone \
                            prefers to no agreement.";
            return Report::new(self.name(), title, sentence);
        }
        let sentence = sentence(study, &modes);
        let mut report = Report::new(self.name(), title, sentence);
        report.tables.push(utilities(study, &names, &modes, &draws));
        report.tables.push(levels(study, &names, &modes, &draws));
        report
            .plots
            .push(Plot::Scatter(scatter(study, &names, &modes, &draws)));
        report
            .notes
            .push("Gains are over no agreement on the first day.".to_owned());
        if !draws.is_empty() {
            report.notes.push(format!(
                "Solutions exist in {with} of {} draws, and bands are over those.",
                draws.len()
            ));
        }
        report.tables.push(ties(&names, &modes, &draws));
        let found = draws
            .iter()
            .chain([&modes])
            .filter_map(|solved| solved.points.as_ref());
        let inexact = found
            .flat_map(|points| points.named())
            .filter(|(_, found)| !found.exact)
            .count();
        report.notes.push(if inexact == 0 {
            "Every solution is exact: no package of the whole space is better by its measure."
                .to_owned()
        } else {
            format!("{inexact} of the solutions are the best found within the limit of the search.")
        });
        if let Some(points) = &modes.points {
            for (name, found) in points.named() {
                report.notes.push(at_modes(study, name, found));
                report.ties.push(tie_set(name, found));
                report.favours.push(Verdict {
                    package: found.package.clone(),
                    says: does(name).to_owned(),
                });
            }
        }
        report
    }
}

/// How much each party counts where parties are weighted: the trait `power` of its type.
pub(crate) fn power(case: &Case) -> Vec<f64> {
    let draw = case.prepared.draw();
    case.rows.iter().map(|&row| draw.rows[row].power).collect()
}

fn sentence(study: &Study, modes: &Solved) -> String {
    let Some(points) = &modes.points else {
        return "At the modes of the numbers no package is better than no agreement for everyone, so \
                theory names no agreement there."
            .to_owned();
    };
    if points.ideal.iter().all(|gain| *gain <= POSITIVE) {
        return "At the modes of the numbers nobody can gain anything over no agreement without \
                somebody losing, so every solution leaves things at that."
            .to_owned();
    }
    let best = |found: &Found| {
        let shares = found.gains.iter().zip(&points.ideal);
        let share = |(gain, ideal): (&f64, &f64)| if *ideal > 0.0 { gain / ideal } else { 1.0 };
        let mut shares: Vec<(f64, usize)> = shares.map(share).zip(0..).collect();
        shares.sort_by(|a, b| b.0.total_cmp(&a.0));
        shares
    };
    let shares = best(&points.nash);
    let (Some(first), Some(last)) = (shares.first(), shares.last()) else {
        return String::new();
    };
    format!(
        "The Nash solution gives {} {:.0}% of the most it could hope for and {} {:.0}%; the \
         Kalai-Smorodinsky solution gives everyone at least {:.0}% of it.",
        study.party(first.1),
        100.0 * first.0,
        study.party(last.1),
        100.0 * last.0,
        100.0 * points.kalai_smorodinsky.key[0],
    )
}

/// Tied packages named on the page; `solve.json` has up to 256.
const NAMED: usize = 3;

/// The package of a solution in words, with those tied for it by what they differ in.
pub(crate) fn at_modes(study: &Study, name: &str, found: &Found) -> String {
    let space = &study.modes.space;
    let words = space.words(&study.model, &found.package);
    if found.ties <= 1 {
        return format!("{name} at the modes (no tie): {words}.");
    }
    let others = || found.tied.iter().filter(|tied| **tied != found.package);
    let named: Vec<String> = others()
        .take(NAMED)
        .map(|tied| {
            let differs = space.differs(&study.model, tied, &found.package);
            format!("with {differs}")
        })
        .collect();
    let left = found.ties.saturating_sub(named.len() as u128 + 1);
    let more = match left {
        0 => String::new(),
        _ => format!(", or {left} more (in `solve.json`)"),
    };
    format!(
        "{name} at the modes ({} packages tied): {words}. As good: {}{more}.",
        count(found),
        named.join(", or "),
    )
}

/// How many packages are tied, at least where the search ran out of room for them.
fn count(found: &Found) -> String {
    if found.exact {
        found.ties.to_string()
    } else {
        format!("at least {}", found.ties)
    }
}

/// For `solve.json`.
pub(crate) fn tie_set(name: &str, found: &Found) -> TieSet {
    TieSet {
        of: name.to_owned(),
        count: found.ties.to_string(),
        exact: found.exact,
        packages: found.tied.clone(),
    }
}

/// A narrow heading for a concept.
fn short(name: &str) -> Heading {
    match name {
        "Kalai-Smorodinsky" => Heading::new("Kalai-", "Smor."),
        "Egalitarian" => Heading::new("Egali-", "tarian"),
        "Utilitarian" => Heading::new("Utili-", "tarian"),
        "Nash, weighted by power" => Heading::new("Nash", "by power"),
        "Utilitarian, weighted by power" => Heading::new("Utilit.", "by power"),
        _ => Heading::new(name, ""),
    }
}

/// The solution of a name.
fn of<'a>(solved: &'a Solved, name: &str) -> Option<&'a Found> {
    let points = solved.points.as_ref()?;
    points
        .named()
        .into_iter()
        .find(|(known, _)| *known == name)
        .map(|(_, found)| found)
}

fn utilities(study: &Study, names: &[&str], modes: &Solved, draws: &[Solved]) -> Table {
    let parties = study.modes.space.parties;
    let columns: Vec<Heading> = (0..parties)
        .map(|party| Heading::new(study.party(party), "gain (90%)"))
        .collect();
    let cell = |name: &str, party: usize| {
        let gain = |solved: &Solved| of(solved, name).map(|found| found.gains[party]);
        Cell::band(gain(modes), draws.iter().map(gain), Unit::Utility)
    };
    let mut rows: Vec<Row> = names
        .iter()
        .map(|name| Row {
            label: (*name).to_owned(),
            cells: (0..parties).map(|party| cell(name, party)).collect(),
        })
        .collect();
    let ideal = |party: usize| {
        let of = |solved: &Solved| Some(solved.points.as_ref()?.ideal[party]);
        Cell::band(of(modes), draws.iter().map(of), Unit::Utility)
    };
    rows.push(Row {
        label: "The most it could get".to_owned(),
        cells: (0..parties).map(ideal).collect(),
    });
    Table {
        title: "What each party gains over no agreement, in points of 100: at the modes, and the range \
                of 90 of 100 draws"
            .to_owned(),
        columns,
        rows,
    }
}

/// How many packages are tied for each solution, and how often more than one is.
fn ties(names: &[&str], modes: &Solved, draws: &[Solved]) -> Table {
    let rows = names.iter().map(|name| {
        let tied = |solved: &Solved| of(solved, name).map(|found| found.ties as f64);
        let several = |solved: &Solved| tied(solved).is_some_and(|ties| ties > 1.0);
        Row {
            label: (*name).to_owned(),
            cells: vec![
                Cell::band(tied(modes), draws.iter().map(tied), Unit::Plain),
                Cell::share(several(modes), draws.iter().map(several)),
            ],
        }
    });
    Table {
        title: "Tie sets: packages that are equally good by a solution's measure".to_owned(),
        columns: vec![
            Heading::new("packages", "modes (90% of draws)"),
            Heading::new("more than", "one"),
        ],
        rows: rows.collect(),
    }
}

fn scatter(study: &Study, names: &[&str], modes: &Solved, draws: &[Solved]) -> Scatter {
    let space = &study.modes.space;
    let (x, y) = joint_parties(study);
    let at =
        |no_deal: &[f64], found: &Found| (no_deal[x] + found.gains[x], no_deal[y] + found.gains[y]);
    let mark = |name: &&str| Mark {
        name: (*name).to_owned(),
        modes: of(modes, name).map(|found| at(&space.no_deal, found)),
        draws: (study.draws.iter().zip(draws))
            .filter_map(|(case, solved)| Some(at(&case.space.no_deal, of(solved, name)?)))
            .collect(),
    };
    Scatter {
        x: (x, study.party(x).to_owned()),
        y: (y, study.party(y).to_owned()),
        no_deal: (space.no_deal[x], space.no_deal[y]),
        now: (space.now[x], space.now[y]),
        frontier: pair_frontier(space, x, y),
        solutions: names.iter().map(mark).collect(),
    }
}

/// The level of each issue in each solution, and how often over draws it is the same.
fn levels(study: &Study, names: &[&str], modes: &Solved, draws: &[Solved]) -> Table {
    let space = &study.modes.space;
    let scenario = &study.model.scenario;
    let cell = |name: &str, level: &dyn Fn(&Found) -> usize| {
        let found: Vec<usize> = draws
            .iter()
            .filter_map(|d| of(d, name))
            .map(level)
            .collect();
        let top = found.iter().copied().max().unwrap_or(0);
        let times = |level: usize| found.iter().filter(|&&l| l == level).count();
        let usual = (0..=top).rev().max_by_key(|&level| times(level));
        match (of(modes, name).map(level), usual) {
            (Some(level), _) if found.is_empty() => Cell::text(level.to_string()),
            (Some(level), _) => {
                let share = 100.0 * times(level) as f64 / found.len() as f64;
                Cell::text(format!("{level} ({share:.0}%)"))
            }
            (None, Some(level)) if !found.is_empty() => {
                let share = 100.0 * times(level) as f64 / found.len() as f64;
                Cell::text(format!("- ({level}: {share:.0}%)"))
            }
            _ => Cell::Empty,
        }
    };
    let mut rows: Vec<Row> = (0..space.issues())
        .map(|issue| Row {
            label: scenario.issues[issue].name.clone(),
            cells: names
                .iter()
                .map(|name| {
                    cell(name, &|found| {
                        usize::from(space.in_force(&found.package)[issue])
                    })
                })
                .collect(),
        })
        .collect();
    if scenario.forms.len() > 1 && space.form_issue.is_none() {
        rows.push(Row {
            label: "Form".to_owned(),
            cells: names
                .iter()
                .map(|name| cell(name, &|found| found.package.form))
                .collect(),
        });
    }
    Table {
        title: "Level of each issue, at the modes (share of draws in which it is the same)"
            .to_owned(),
        columns: names.iter().map(|name| short(name)).collect(),
        rows,
    }
}
