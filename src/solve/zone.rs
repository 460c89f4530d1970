//! The lens of feasibility: can anyone agree, with whom, and on how much of the table.
//!
//! Flows in: cases. Flows out: the individually rational set, the Pareto frontier, the zone of
//! agreement of everyone and of each pair, or the least violation where there is none. Invariant:
//! zones are exact in every draw; sets are counted where they can be listed, else their share is
//! estimated from a sample and said to be.

use rand::RngExt;

use super::Lens;
use super::case::{Case, Study};
use super::concept::POSITIVE;
use super::outcomes::Outcomes;
use super::pareto::frontier;
use super::report::{Cell, Heading, Report, Row, Table, Unit};
use super::solved::zone;
use super::space::{Package, Space};
use crate::model::streams::{generator, key};

/// Packages looked at where there are too many to list.
pub(crate) const SAMPLE: usize = 2000;
/// Most packages listed in each draw; at the modes the limit is that of the list.
pub(crate) const LISTED_IN_DRAWS: u128 = 1 << 12;

/// Feasibility board: individual rationality, efficiency, zones.
#[derive(Debug, Clone, Copy)]
pub struct Zone;

/// What one case says.
#[derive(Debug, Clone)]
pub struct ZonePart {
    /// Smallest gain of the fairest package; none if everything is refused.
    all: Option<f64>,
    /// Whether the search was exact.
    exact: bool,
    /// The same for each pair, in order.
    pairs: Vec<Option<f64>>,
    /// By party: share of packages that it prefers to no agreement.
    accepts: Vec<f64>,
    /// Share of packages that everyone prefers.
    rational: f64,
    /// Packages that no other dominates, and those of them that everyone prefers, where listed.
    efficient: Option<(usize, usize)>,
    /// Packages looked at, where not all.
    sampled: Option<usize>,
}

/// The pairs of parties, in order.
fn pairs(parties: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..parties).flat_map(move |a| (a + 1..parties).map(move |b| (a, b)))
}

impl Lens for Zone {
    type Part = ZonePart;

    fn name(&self) -> &'static str {
        "zone"
    }

    fn part(&self, study: &Study, case: &Case) -> ZonePart {
        let space = &case.space;
        let parties: Vec<usize> = (0..space.parties).collect();
        let all = zone(space, &parties);
        let limit = if case.draw.is_none() {
            u128::MAX
        } else {
            LISTED_IN_DRAWS
        };
        let listed = (space.len() <= limit)
            .then(|| Outcomes::list(space))
            .flatten();
        let mut part = ZonePart {
            exact: all.as_ref().is_none_or(|found| found.exact),
            all: all.map(|found| found.key[0]),
            pairs: pairs(space.parties)
                .map(|(a, b)| zone(space, &[a, b]).map(|found| found.key[0]))
                .collect(),
            accepts: vec![0.0; space.parties],
            rational: 0.0,
            efficient: None,
            sampled: None,
        };
        if let Some(all) = listed {
            part.count(space, all.utilities.chunks_exact(space.parties));
            let efficient = frontier(space.parties, &all.utilities);
            let problem = all.problem(&space.no_deal);
            let rational = |outcome: &&usize| {
                problem
                    .gains(**outcome)
                    .iter()
                    .all(|gain| *gain >= -POSITIVE)
            };
            let both = efficient.iter().filter(rational).count();
            part.efficient = Some((efficient.len(), both));
        } else {
            let index = case.draw.map_or(u64::MAX, u64::from);
            let sample: Vec<Vec<f64>> = (sample(space, study.seed, index).iter())
                .map(|package| space.utilities(package))
                .collect();
            part.sampled = Some(sample.len());
            part.count(space, sample.iter().map(Vec::as_slice));
        }
        part
    }

    fn report(&self, study: &Study, modes: ZonePart, draws: Vec<ZonePart>) -> Report {
        let space = &study.modes.space;
        let holds = |gain: Option<f64>| gain.is_some_and(|gain| gain >= -POSITIVE);
        let share = |yes: usize| {
            format!(
                "{:.0} of 100 draws",
                100.0 * yes as f64 / draws.len().max(1) as f64
            )
        };
        let with = draws.iter().filter(|part| holds(part.all)).count();
        let mut sentence = if holds(modes.all) {
            "Some package leaves no party worse off than no agreement".to_owned()
        } else {
            "Every package leaves some party worse off than no agreement".to_owned()
        };
        if draws.is_empty() {
            sentence.push_str(" at the modes of the numbers.");
        } else {
            let more = format!(
                " at the modes of the numbers; there is such a package in {}.",
                share(with)
            );
            sentence.push_str(&more);
        }
        let mut report = Report::new(self.name(), "Who could agree", sentence);
        report.tables.push(zones(study, &modes, &draws));
        report.tables.push(shares(study, &modes, &draws));
        let packages = space.len();
        report.notes.push(match modes.sampled {
            None => format!("All {packages} packages are counted at the modes."),
            Some(n) => format!(
                "There are {packages} packages. Zones of agreement are exact; the shares of packages \
                 are estimated from {n} drawn evenly (within two in a hundred, nineteen times of twenty)."
            ),
        });
        if let Some((efficient, both)) = modes.efficient {
            report.notes.push(format!(
                "At the modes {efficient} packages are Pareto efficient, and {both} of them leave \
                 nobody worse off than no agreement."
            ));
        }
        let inexact = draws.iter().filter(|part| !part.exact).count() + usize::from(!modes.exact);
        if inexact > 0 {
            report.notes.push(format!(
                "In {inexact} cases the search for the fairest package ran out of visits: its gain is a \
                 lower bound there."
            ));
        }
        report
    }
}

impl ZonePart {
    fn count<'a>(&mut self, space: &Space, packages: impl Iterator<Item = &'a [f64]>) {
        let (mut total, mut everyone) = (0_u64, 0_u64);
        let mut accepts = vec![0_u64; space.parties];
        for utilities in packages {
            total += 1;
            let mut all = true;
            for ((count, u), d) in accepts.iter_mut().zip(utilities).zip(&space.no_deal) {
                let yes = u - d >= -POSITIVE;
                *count += u64::from(yes);
                all &= yes;
            }
            everyone += u64::from(all);
        }
        let total = total.max(1) as f64;
        self.rational = everyone as f64 / total;
        self.accepts = accepts
            .into_iter()
            .map(|count| count as f64 / total)
            .collect();
    }
}

/// Packages drawn evenly from the space.
pub(crate) fn sample(space: &Space, seed: u64, stream: u64) -> Vec<Package> {
    let mut random = generator(seed, &key("solve:sample"), 0);
    random.set_stream(stream);
    let free: Vec<usize> = space.free_issues().collect();
    let mut sample = Vec::with_capacity(SAMPLE);
    while sample.len() < SAMPLE {
        let mut package = Package {
            form: random.random_range(0..space.ratified.len()),
            levels: space.start.clone(),
        };
        for &issue in &free {
            package.levels[issue] = random.random_range(0..space.levels[issue]) as u8;
        }
        // Drawn again if it is listed in another form: what is left is even over the list.
        if space.listed(&package) {
            sample.push(package);
        }
    }
    sample
}

fn zones(study: &Study, modes: &ZonePart, draws: &[ZonePart]) -> Table {
    let row = |label: String, of: &dyn Fn(&ZonePart) -> Option<f64>| Row {
        label,
        cells: vec![
            Cell::share(
                of(modes).is_some_and(|gain| gain >= -POSITIVE),
                draws
                    .iter()
                    .map(|part| of(part).is_some_and(|gain| gain >= -POSITIVE)),
            ),
            Cell::band(of(modes), draws.iter().map(of), Unit::Utility),
        ],
    };
    let mut rows = vec![row("All parties".to_owned(), &|part| part.all)];
    for (index, (a, b)) in pairs(study.modes.space.parties).enumerate() {
        let label = format!("{} and {}", study.party(a), study.party(b));
        rows.push(row(label, &|part| part.pairs[index]));
    }
    Table {
        title:
            "Zone of agreement: what the one who gains least gains in the fairest package (points \
                of 100); below 0 the least that somebody would have to swallow"
                .to_owned(),
        columns: vec![
            Heading::new("there is", "a zone"),
            Heading::new("least gain", "modes (90% of draws)"),
        ],
        rows,
    }
}

fn shares(study: &Study, modes: &ZonePart, draws: &[ZonePart]) -> Table {
    let row = |label: String, of: &dyn Fn(&ZonePart) -> f64| Row {
        label,
        cells: vec![Cell::band(
            Some(of(modes)),
            draws.iter().map(|part| Some(of(part))),
            Unit::Share,
        )],
    };
    let mut rows: Vec<Row> = (0..study.modes.space.parties)
        .map(|party| row(study.party(party).to_owned(), &|part| part.accepts[party]))
        .collect();
    rows.push(row("Everyone".to_owned(), &|part| part.rational));
    Table {
        title: "Share of all packages that are no worse than no agreement".to_owned(),
        columns: vec![Heading::new("packages", "modes (90% of draws)")],
        rows,
    }
}
