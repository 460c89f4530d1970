//! Alternating offers between the two parties that the scenario names for its joint outcome.
//!
//! Flows in: their patience, how often they meet, what they dispute (`pie`), what they have while
//! they talk and what war would bring. Flows out: the stationary split, and the Nash split with no
//! agreement as the disagreement point beside it. The period is the mean time between meetings at
//! which both sit; the flow while talks last is the situation as it stands; the outside option is
//! the holder's payoff of war, taken by the one who has just rejected.

use super::band_heading;
use super::pie::Pie;
use crate::math;
use crate::model::Model;
use crate::solve::Lens;
use crate::solve::case::{Case, Study};
use crate::solve::report::{Cell, Heading, Report, Row, Table, Unit};
use crate::solve::rubinstein::{Bargainer, Leaver, Refusal, frequent_offers, nash, split};

const NAME: &str = "alternating-offers";
const TITLE: &str = "Alternating offers (Rubinstein)";

/// The stationary split of what two parties dispute.
#[derive(Debug)]
pub struct AlternatingOffers;

/// The splits of one case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Splits {
    /// First party's share when it proposes, when the other does; or why there is no answer.
    stationary: Result<[f64; 2], Refusal>,
    /// Patience alone, offers following each other without delay.
    patience: Result<f64, Refusal>,
    /// Nash solution with no agreement as the disagreement point.
    nash: Result<f64, Refusal>,
}

/// The pair of `[report] joint`, or the first two.
fn pair(model: &Model) -> [usize; 2] {
    let place = |id: &String| {
        let found = model.scenario.parties.iter().position(|p| p.id == *id);
        found.expect("`check` knows every name")
    };
    match &model.scenario.report.joint {
        Some((a, b)) => [place(a), place(b)],
        None => [0, 1],
    }
}

/// Mean weeks from one meeting of the two to the next; none if they meet less than twice.
fn weeks_between(model: &Model, pair: [usize; 2]) -> Option<f64> {
    let days: Vec<u16> = model
        .rounds
        .iter()
        .filter(|round| {
            let seats = &model.venues[round.venue].seats;
            pair.iter().all(|party| seats.contains(party))
        })
        .map(|round| round.day)
        .collect();
    let (first, last) = (*days.first()?, *days.last()?);
    (last > first).then(|| f64::from(last - first) / 7.0 / (days.len() - 1) as f64)
}

impl Lens for AlternatingOffers {
    type Part = Option<Splits>;

    fn name(&self) -> &'static str {
        NAME
    }

    fn part(&self, study: &Study, case: &Case) -> Option<Splits> {
        let model = &study.model;
        let pair = pair(model);
        let weeks = weeks_between(model, pair)?;
        let pie = Pie::new(case, pair)?;
        let rows = pair.map(|party| case.rows[party]);
        let rates = rows.map(|row| -case.prepared.draw().rows[row].ln_patience);
        let share = |side: usize, utility: f64| pie.share(side, utility).clamp(0.0, 1.0);
        let outside = |side: usize| {
            let held = model.parties[pair[side]].force.iter();
            held.map(|&option| share(side, case.war(option, pair[side])))
                .fold(0.0, f64::max)
        };
        let party = |side: usize| Bargainer {
            discount: math::exp(-rates[side] * weeks),
            outside: outside(side),
            inside: share(side, case.opening.peace[rows[side]]),
        };
        let leaver = if outside(0) > 0.0 && outside(1) > 0.0 {
            Leaver::Either
        } else {
            Leaver::Responder
        };
        let no_deal = [0, 1].map(|side| share(side, case.no_deal()[pair[side]]));
        Some(Splits {
            stationary: split(party(0), party(1), leaver).map(|s| [s.first, 1.0 - s.second]),
            patience: frequent_offers(rates),
            nash: nash(no_deal),
        })
    }

    fn report(&self, study: &Study, modes: Self::Part, draws: Vec<Self::Part>) -> Report {
        let names = pair(&study.model).map(|party| study.party(party));
        let Some(modes) = modes else {
            let needs = if weeks_between(&study.model, pair(&study.model)).is_none() {
                format!(
                    "at least two meetings at which {} and {} sit",
                    names[0], names[1]
                )
            } else {
                format!("an issue that {} and {} want apart", names[0], names[1])
            };
            return Report::not_applicable(NAME, TITLE, vec![needs]);
        };
        let draws: Vec<Splits> = draws.into_iter().flatten().collect();
        let row = |label: String, share: &dyn Fn(&Splits) -> Option<f64>| Row {
            label,
            cells: vec![
                Cell::band(share(&modes), draws.iter().map(share), Unit::Share),
                Cell::share(
                    share(&modes).is_some(),
                    draws.iter().map(|draw| share(draw).is_some()),
                ),
            ],
        };
        let rows = vec![
            row(format!("{} proposes first", names[0]), &|s| {
                Some(s.stationary.ok()?[0])
            }),
            row(format!("{} proposes first", names[1]), &|s| {
                Some(s.stationary.ok()?[1])
            }),
            row("Patience alone, offers without delay".to_owned(), &|s| {
                s.patience.ok()
            }),
            row(
                "Nash solution, no agreement as disagreement".to_owned(),
                &|s| s.nash.ok(),
            ),
        ];
        let answered = draws.iter().filter(|draw| draw.stationary.is_ok()).count();
        let middle = match modes.stationary {
            Ok(shares) => format!(
                "{} would end with {:.0}% of what it disputes with {} (numbers at their modes)",
                names[0],
                shares[0] * 100.0,
                names[1]
            ),
            Err(refusal) => format!("at the modes there is no single answer: {refusal}"),
        };
        let sentence = format!(
            "If the two made offers in turn and foresaw everything, {middle}; there is one answer \
             in {answered} of {} draws.",
            draws.len()
        );
        let mut report = Report::new(NAME, TITLE, sentence);
        report.tables.push(Table {
            title: format!("Share of {} in the dispute with {}", names[0], names[1]),
            columns: vec![
                band_heading("share"),
                Heading::new("one answer", "in draws"),
            ],
            rows,
        });
        report.notes = refusals(&draws);
        report.notes.push(
            "Two parties, one pie, full information. Only the responder may take the outside \
             option, right after rejecting; below the value of going on it changes nothing. As the \
             risk of breakdown goes to zero the split goes to the Nash solution with the payoffs of \
             breakdown as disagreement (Binmore, Rubinstein and Wolinsky 1986)."
                .to_owned(),
        );
        report
    }
}

/// Why there is no answer in some draws, and in how many.
fn refusals(draws: &[Splits]) -> Vec<String> {
    let mut counts: Vec<(Refusal, usize)> = Vec::new();
    for refusal in draws.iter().filter_map(|draw| draw.stationary.err()) {
        match counts.iter_mut().find(|(known, _)| *known == refusal) {
            Some((_, count)) => *count += 1,
            None => counts.push((refusal, 1)),
        }
    }
    let told = counts.into_iter();
    told.map(|(refusal, count)| format!("In {count} of {} draws: {refusal}.", draws.len()))
        .collect()
}
