//! The lens of win-sets: how much of the table each gate would let through, and what is left.
//!
//! Flows in: cases. Flows out: by gate the share of all packages in its win-set, and the share in
//! the intersection (Putnam 1988). Invariant: every package counts once and as if it came into force;
//! shares are counts where the packages can be listed, else estimates from an even sample, and said
//! to be.
//!
//! ```text
//! ratification of party i    r_i(form of x) >= tau
//! a gate of `[[gates]]`      P(votes in favour >= quota | g_i(x)) >= tau
//! consent of party i         x changes nothing that needs it, or g_i(x) >= 0
//! ```
//!
//! `tau` is 1/2; a logit consent is even at a gain of 0 whatever its precision. What changes no
//! promise passes no `[[gates]]`.

use super::Lens;
use super::case::{Case, Study};
use super::concept::POSITIVE;
use super::consent::{TAU, in_force};
use super::home::Home;
use super::outcomes::Outcomes;
use super::report::{Cell, Heading, Report, Row, Table, Unit};
use super::space::{Package, Space};
use super::zone::{LISTED_IN_DRAWS, sample};
use crate::model::Model;

/// Win-sets, gate by gate.
#[derive(Debug, Clone, Copy)]
pub struct WinSets;

/// Someone who can stop an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// A party ratifies some forms.
    Form(usize),
    /// One of the `[[gates]]`.
    Vote(usize),
    /// A party whose consent an issue needs.
    Consent(usize),
}

/// What one case says: shares of packages.
#[derive(Debug, Clone, PartialEq)]
pub struct WinSetsPart {
    /// By gate.
    pub by_gate: Vec<f64>,
    /// In all win-sets.
    pub all: f64,
    /// Passing all gates together at least as likely as not.
    pub together: f64,
    /// In all win-sets with nobody worse off than without agreement.
    pub rational: f64,
    /// Packages counted.
    pub counted: usize,
    /// Whether they are all there are.
    pub exact: bool,
}

/// The gates of a scenario: ratification by form, `[[gates]]`, consent.
pub fn gates(model: &Model) -> Vec<Gate> {
    let parties = model.parties.len();
    let ratifies = |party: &usize| (model.forms.iter()).any(|f| f.ratification[*party].is_some());
    let consents = |party: &usize| (model.issues.iter()).any(|i| i.consent >> *party & 1 == 1);
    let forms = (0..parties).filter(ratifies).map(Gate::Form);
    let votes = (0..model.scenario.gates.len()).map(Gate::Vote);
    let consent = (0..parties).filter(consents).map(Gate::Consent);
    forms.chain(votes).chain(consent).collect()
}

impl WinSetsPart {
    /// Counts packages of a space in which every agreement comes into force.
    pub fn count(
        model: &Model,
        home: &Home,
        space: &Space,
        packages: impl Iterator<Item = Package>,
        exact: bool,
    ) -> Self {
        let gates = gates(model);
        let voters: Vec<usize> = (model.scenario.gates.iter())
            .map(|gate| {
                let named = &model.scenario.parties;
                let party = named.iter().position(|party| party.id == gate.party);
                party.expect("checked when the file was read")
            })
            .collect();
        let (mut total, mut all, mut together, mut rational) = (0_usize, 0_u64, 0_u64, 0_u64);
        let mut each = vec![0_u64; gates.len()];
        for package in packages {
            let gains: Vec<f64> = (space.utilities(&package).iter().zip(&space.no_deal))
                .map(|(u, d)| u - d)
                .collect();
            let promises = space.promises(&package.levels);
            let asked = (space.in_force(&package).iter().zip(&space.start))
                .zip(&model.issues)
                .filter(|((level, start), _)| level != start)
                .fold(0, |bits, (_, issue)| bits | issue.consent);
            let mut passes = true;
            for (gate, count) in gates.iter().zip(&mut each) {
                let yes = match *gate {
                    Gate::Form(party) => home.forms[package.form][party] >= TAU,
                    Gate::Vote(gate) => {
                        !promises || home.gate(gate, package.form, gains[voters[gate]]) >= TAU
                    }
                    Gate::Consent(party) => asked >> party & 1 == 0 || gains[party] >= -POSITIVE,
                };
                *count += u64::from(yes);
                passes &= yes;
            }
            let consent = (0..space.parties)
                .all(|party| asked >> party & 1 == 0 || gains[party] >= -POSITIVE);
            total += 1;
            all += u64::from(passes);
            together += u64::from(consent && home.all_pass(space, &package, &gains) >= TAU);
            rational += u64::from(passes && gains.iter().all(|gain| *gain >= -POSITIVE));
        }
        let share = |count: u64| count as f64 / total.max(1) as f64;
        Self {
            by_gate: each.into_iter().map(share).collect(),
            all: share(all),
            together: share(together),
            rational: share(rational),
            counted: total,
            exact,
        }
    }
}

impl Lens for WinSets {
    type Part = Option<WinSetsPart>;

    fn name(&self) -> &'static str {
        "win-sets"
    }

    fn part(&self, study: &Study, case: &Case) -> Self::Part {
        let model = &study.model;
        if gates(model).is_empty() {
            return None;
        }
        let home = Home::of(model, study.seed, case);
        let space = in_force(&case.space);
        let listed = (case.draw.is_none() || space.len() <= LISTED_IN_DRAWS)
            .then(|| Outcomes::list(&space))
            .flatten();
        Some(if let Some(all) = listed {
            let packages = (0..all.len()).map(|place| all.package(place));
            WinSetsPart::count(model, &home, &space, packages, true)
        } else {
            let index = case.draw.map_or(u64::MAX, u64::from);
            let packages = sample(&space, study.seed, index).into_iter();
            WinSetsPart::count(model, &home, &space, packages, false)
        })
    }

    fn report(&self, study: &Study, modes: Self::Part, draws: Vec<Self::Part>) -> Report {
        let title = "How much each gate lets through";
        let Some(modes) = modes else {
            let needs = vec![
                "a form with `ratification`, a list of `[[gates]]`, or an issue with `consent` (nobody \
                 can stop what was signed)"
                    .to_owned(),
            ];
            return Report::not_applicable(self.name(), title, needs);
        };
        let draws: Vec<WinSetsPart> = draws.into_iter().flatten().collect();
        let gates = gates(&study.model);
        let mut narrow: Vec<usize> = (0..gates.len()).collect();
        narrow.sort_by(|&a, &b| modes.by_gate[a].total_cmp(&modes.by_gate[b]));
        let sentence = format!(
            "Of 100 packages that could be put on the table {} would pass every gate at the modes of \
             the numbers; the narrowest gate, {}, lets {} through.",
            hundredth(&modes, modes.all),
            name(study, gates[narrow[0]]),
            hundredth(&modes, modes.by_gate[narrow[0]]),
        );
        let mut report = Report::new(self.name(), title, sentence);
        report.tables.push(table(study, &gates, &modes, &draws));
        let space = study.modes.space.len();
        let estimated = draws.iter().filter(|part| !part.exact).count();
        let sampled = draws.iter().chain([&modes]).find(|part| !part.exact);
        report.notes.push(match (modes.exact, sampled) {
            (true, None) => format!("All {space} packages are counted, in every draw."),
            (true, Some(part)) => format!(
                "All {space} packages are counted at the modes; in {estimated} of {} draws shares are \
                 estimated from {} drawn evenly (within two in a hundred, nineteen times of twenty).",
                draws.len(),
                part.counted
            ),
            (false, _) => format!(
                "Shares are estimated from {} of {space} packages, drawn evenly (within two in a \
                 hundred, nineteen times of twenty); 0 of them means fewer than {:.2}% of all. Whether \
                 anything is left at all is answered exactly by `ratification`.",
                modes.counted,
                // The rule of three: 95 % upper bound where nothing was seen.
                300.0 / modes.counted.max(1) as f64
            ),
        });
        report.notes.push(
            "A gate's win-set: what it lets through at least as likely as not (tau 0.5), as if the rest \
             were settled. Consent is asked of a party where a changed issue names it; at the table it \
             gives it by signing."
                .to_owned(),
        );
        report
    }
}

/// A share as a count of 100, for the sentence.
fn hundredth(part: &WinSetsPart, share: f64) -> String {
    let about = if part.exact { "" } else { "about " };
    match 100.0 * share {
        x if x <= 0.0 && part.exact => "none".to_owned(),
        x if x < 0.1 => "fewer than 0.1".to_owned(),
        x if x < 10.0 => format!("{about}{x:.1}"),
        x => format!("{about}{x:.0}"),
    }
}

fn name(study: &Study, gate: Gate) -> String {
    match gate {
        Gate::Form(party) => format!("ratification by {}", study.party(party)),
        Gate::Consent(party) => format!("consent of {}", study.party(party)),
        Gate::Vote(gate) => {
            let gate = &study.model.scenario.gates[gate];
            let votes: u32 = gate.blocs.iter().map(|bloc| bloc.votes).sum();
            format!("{} ({} of {votes} votes)", gate.name, gate.quota)
        }
    }
}

fn table(study: &Study, gates: &[Gate], modes: &WinSetsPart, draws: &[WinSetsPart]) -> Table {
    let row = |label: String, of: &dyn Fn(&WinSetsPart) -> f64| Row {
        label,
        cells: vec![
            Cell::band(
                Some(of(modes)),
                draws.iter().map(|part| Some(of(part))),
                Unit::Share,
            ),
            Cell::share(of(modes) > 0.0, draws.iter().map(|part| of(part) > 0.0)),
        ],
    };
    let mut rows: Vec<Row> = (gates.iter().enumerate())
        .map(|(index, gate)| row(capital(&name(study, *gate)), &|part| part.by_gate[index]))
        .collect();
    rows.push(row("Every gate".to_owned(), &|part| part.all));
    rows.push(row("  and nobody worse off".to_owned(), &|part| {
        part.rational
    }));
    rows.push(row("  all chances multiplied".to_owned(), &|part| {
        part.together
    }));
    Table {
        title: "Share of all packages in the win-set of each gate, and in all of them".to_owned(),
        columns: vec![
            Heading::new("packages", "modes (90% of draws)"),
            Heading::new("some found", "of draws"),
        ],
        rows,
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
