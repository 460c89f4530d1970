//! The war panel: for each force option, its holder and its target over what they dispute.
//!
//! Flows in: the payoffs of war on the first day, what the two dispute (`pie`), audience costs.
//! Flows out: the bargaining range, take-it-or-leave-it terms both ways, escalation. Translation:
//!
//! ```text
//! p    probability that force achieves its aim, as the holder sees it
//! c_A  = p - w_A        w_A: holder's payoff of war as a share of the pie
//! c_B  = 1 - p - w_B    w_B: target's
//! ```
//!
//! so that `[p - c_A, p + c_B] = [w_A, 1 - w_B]` whatever `p` is. What one side does not know of
//! the other's cost is the spread of that cost over draws, as the uniform distribution of the same
//! mean and variance. A cost below 0 says that war leaves a side more than its odds of the pie:
//! force then aims at less than all that the two dispute.

use super::band_heading;
use super::pie::Pie;
use crate::scenario::types::Party;
use crate::solve::Lens;
use crate::solve::case::{Case, Study};
use crate::solve::crisis::{
    PrivateCost, Range, Side, Terms, concession, demand, escalation, range,
};
use crate::solve::diagram::{Curve, Curves};
use crate::solve::plot::Plot;
use crate::solve::report::{Cell, Heading, Report, Row, Spread, Table, Unit};

const NAME: &str = "war";
const TITLE: &str = "Bargaining in the shadow of war";
/// Steps of a curve.
const STEPS: u32 = 40;

/// Bargaining range, risk of an ultimatum, escalation, by force option.
#[derive(Debug)]
pub struct WarPanel;

/// One force option in one case; nothing where the two dispute nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lottery {
    p: f64,
    costs: [f64; 2],
    /// Share of the pie that the holder has as things stand.
    stands: f64,
    /// Backing down, in the holder's and the target's utility: what the other's prevailing costs.
    prize: [f64; 2],
    /// War against backing down, in utility.
    war: [f64; 2],
    audience: [f64; 2],
}

impl Lottery {
    fn new(study: &Study, case: &Case, option: usize) -> Option<Self> {
        let [a, b] = dyad(study, option);
        let pie = Pie::new(case, [a, b])?;
        let p = case.opening.war[option].advantage;
        let war = [case.war(option, a), case.war(option, b)];
        let stands = [a, b].map(|party| case.opening.peace[case.rows[party]]);
        let rows = [a, b].map(|party| &case.prepared.draw().rows[case.rows[party]]);
        // The holder demands all of the pie; backing down leaves things as they are, and for the
        // target it means granting the demand.
        Some(Self {
            p,
            costs: [p - pie.share(0, war[0]), 1.0 - p - pie.share(1, war[1])],
            stands: pie.share(0, stands[0]),
            prize: [pie.all[0] - stands[0], stands[1] - pie.none[1]],
            war: [war[0] - stands[0], war[1] - pie.none[1]],
            audience: rows.map(|row| row.audience_cost),
        })
    }

    fn range(&self) -> Range {
        range(self.p, self.costs)
    }
}

/// Holder and target of a force option.
fn dyad(study: &Study, option: usize) -> [usize; 2] {
    let named = &study.model.scenario.force[option];
    let party = |id: &str| {
        let parties: &[Party] = &study.model.scenario.parties;
        let found = parties.iter().position(|party| party.id == id);
        found.expect("`check` knows every name")
    };
    [party(&named.holder), party(&named.target)]
}

/// The uniform distribution with the mean and variance of these costs.
fn private(costs: &[f64]) -> PrivateCost {
    let n = costs.len().max(1) as f64;
    let mean = costs.iter().sum::<f64>() / n;
    let variance = costs.iter().map(|c| (c - mean) * (c - mean)).sum::<f64>() / n;
    let half = (3.0 * variance).sqrt();
    PrivateCost {
        low: mean - half,
        high: mean + half,
    }
}

impl Lens for WarPanel {
    type Part = Vec<Option<Lottery>>;

    fn name(&self) -> &'static str {
        NAME
    }

    fn part(&self, study: &Study, case: &Case) -> Self::Part {
        (0..study.model.force.len())
            .map(|option| Lottery::new(study, case, option))
            .collect()
    }

    fn report(&self, study: &Study, modes: Self::Part, draws: Vec<Self::Part>) -> Report {
        if study.model.force.is_empty() {
            let needs = vec!["a `[[force]]` option: who could use force against whom".to_owned()];
            return Report::not_applicable(NAME, TITLE, needs);
        }
        let panels: Vec<Panel<'_>> = (0..study.model.force.len())
            .filter_map(|option| {
                let of = |part: &Self::Part| part[option];
                Some(Panel {
                    study,
                    option,
                    pair: dyad(study, option),
                    modes: of(&modes)?,
                    draws: draws.iter().filter_map(of).collect(),
                })
            })
            .collect();
        if panels.is_empty() {
            let needs = "a dispute: levels that holder and target of a force option want apart";
            return Report::not_applicable(NAME, TITLE, vec![needs.to_owned()]);
        }
        let sentences: Vec<String> = panels.iter().map(Panel::sentence).collect();
        let mut report = Report::new(NAME, TITLE, sentences.join(" "));
        report.tables.push(ranges(&panels));
        report.tables.push(terms(&panels));
        report
            .tables
            .extend(escalations(&panels, &mut report.notes));
        report.plots.push(Plot::Curves(spread_curves(&panels)));
        report.plots.push(Plot::Curves(cost_curves(&panels)));
        report.notes.insert(
            0,
            "Two parties, one pie: 0 is the package best for the target, 1 the one best for the \
             holder; shares are linear in utility between them. What a third party would do \
             enters only through the threats and promises priced into war."
                .to_owned(),
        );
        report
    }
}

/// One force option over all cases.
struct Panel<'s> {
    study: &'s Study,
    option: usize,
    pair: [usize; 2],
    modes: Lottery,
    draws: Vec<Lottery>,
}

impl Panel<'_> {
    fn name(&self) -> &str {
        &self.study.model.scenario.force[self.option].name
    }

    fn dyad(&self) -> String {
        let [a, b] = self.pair.map(|party| self.study.party(party));
        format!("{}: {a} against {b}", self.name())
    }

    fn share(&self, test: impl Fn(&Lottery) -> bool) -> f64 {
        if self.draws.is_empty() {
            return f64::from(u8::from(test(&self.modes)));
        }
        self.draws.iter().filter(|d| test(d)).count() as f64 / self.draws.len() as f64
    }

    /// What is believed of one side's cost.
    fn believed(&self, side: usize) -> PrivateCost {
        let costs: Vec<f64> = self.draws.iter().map(|draw| draw.costs[side]).collect();
        if costs.is_empty() {
            private(&[self.modes.costs[side]])
        } else {
            private(&costs)
        }
    }

    fn band(&self, unit: Unit, value: impl Fn(&Lottery) -> Option<f64>) -> Cell {
        Cell::band(value(&self.modes), self.draws.iter().map(&value), unit)
    }

    fn holds(&self, test: impl Fn(&Lottery) -> bool) -> Cell {
        Cell::share(test(&self.modes), self.draws.iter().map(test))
    }

    fn sentence(&self) -> String {
        let both = self.share(|lottery| !lottery.range().is_empty());
        let now = self.share(|lottery| lottery.range().contains(lottery.stands));
        let [a, b] = self.pair.map(|party| self.study.party(party));
        format!(
            "{}: in {:.0}% of draws there are divisions that {a} and {b} both prefer to war; the \
             status quo is one of them in {:.0}%.",
            self.study.model.scenario.force[self.option].name,
            both * 100.0,
            now * 100.0
        )
    }
}

/// A row of a table: what it is called and its cell of a force option.
type Line<'l> = (&'l str, &'l dyn Fn(&Panel<'_>) -> Cell);

/// One column a force option.
fn table(title: &str, panels: &[Panel<'_>], lines: &[Line<'_>]) -> Table {
    Table {
        title: title.to_owned(),
        columns: panels
            .iter()
            .map(|panel| band_heading(panel.name()))
            .collect(),
        rows: lines
            .iter()
            .map(|(label, cell)| Row {
                label: (*label).to_owned(),
                cells: panels.iter().map(cell).collect(),
            })
            .collect(),
    }
}

fn share(value: impl Fn(&Lottery) -> f64) -> impl Fn(&Panel<'_>) -> Cell {
    move |panel| panel.band(Unit::Share, |lottery| Some(value(lottery)))
}

fn ranges(panels: &[Panel<'_>]) -> Table {
    let dyads: Vec<String> = panels.iter().map(Panel::dyad).collect();
    table(
        &format!(
            "Bargaining range (Fearon 1995), holder's share of the pie; {}",
            dyads.join("; ")
        ),
        panels,
        &[
            ("p: force achieves its aim", &share(|l| l.p)),
            ("holder's cost of war", &share(|l| l.costs[0])),
            ("target's cost of war", &share(|l| l.costs[1])),
            ("range from", &share(|l| l.range().low)),
            ("range to", &share(|l| l.range().high)),
            ("status quo", &share(|l| l.stands)),
            ("draws with a range", &|p| {
                p.holds(|l| !l.range().is_empty())
            }),
            ("draws with the status quo in it", &|p| {
                p.holds(|l| l.range().contains(l.stands))
            }),
        ],
    )
}

fn terms(panels: &[Panel<'_>]) -> Table {
    let demanded = |panel: &Panel<'_>, value: fn(Terms) -> f64| {
        let target = panel.believed(1);
        panel.band(Unit::Share, |l| {
            Some(value(demand(clip(l.p), l.costs[0], target)))
        })
    };
    let offered = |panel: &Panel<'_>, value: fn(Terms) -> f64| {
        let holder = panel.believed(0);
        let terms = |l: &Lottery| concession(clip(l.p), l.costs[1], holder);
        panel.band(Unit::Share, |l| Some(value(terms(l))))
    };
    table(
        "Take it or leave it, the other's cost of war being private (Fearon 1995; Powell 1999)",
        panels,
        &[
            ("holder demands", &|p| demanded(p, |t| t.share)),
            ("then P(war)", &|p| demanded(p, |t| t.war)),
            ("target offers", &|p| offered(p, |t| t.share)),
            ("then P(war)", &|p| offered(p, |t| t.war)),
        ],
    )
}

fn clip(p: f64) -> f64 {
    p.clamp(0.0, 1.0)
}

/// Escalation, where both sides prefer backing down to war on average; says where it is not so.
fn escalations(panels: &[Panel<'_>], notes: &mut Vec<String>) -> Option<Table> {
    let mut rows = Vec::new();
    for panel in panels {
        let values = |side: usize| -> Vec<f64> {
            let all = panel.draws.iter().map(|draw| draw.war[side]);
            let all: Vec<f64> = all.collect();
            if all.is_empty() {
                vec![panel.modes.war[side]]
            } else {
                all
            }
        };
        // Uniform on [-W, 0] has the mean -W / 2.
        let worst = [0, 1].map(|side| {
            let all = values(side);
            -2.0 * all.iter().sum::<f64>() / all.len() as f64
        });
        let names = panel.pair.map(|party| panel.study.party(party));
        let fights = (0..2).find(|&side| worst[side] <= 0.0);
        let silent = panel.modes.audience.iter().all(|a| *a <= 0.0)
            && panel
                .draws
                .iter()
                .all(|d| d.audience.iter().all(|a| *a <= 0.0));
        if let Some(side) = fights {
            notes.push(format!(
                "Escalation over {}: not applicable, because on average {} prefers war to backing \
                 down from the start.",
                panel.study.model.scenario.force[panel.option].name, names[side]
            ));
            continue;
        }
        if silent {
            notes.push(format!(
                "Escalation over {}: not applicable, needs `audience_cost` of {} or {}.",
                panel.study.model.scenario.force[panel.option].name, names[0], names[1]
            ));
            continue;
        }
        let found = |l: &Lottery| {
            let side = |i: usize| Side {
                prize: l.prize[i],
                audience: l.audience[i],
                worst_war: worst[i],
            };
            escalation([side(0), side(1)]).ok()
        };
        rows.push(Row {
            label: panel.name().to_owned(),
            cells: vec![
                panel.band(Unit::Share, |l| Some(found(l)?.backs_down[0])),
                panel.band(Unit::Share, |l| Some(found(l)?.backs_down[1])),
                panel.band(Unit::Share, |l| Some(found(l)?.war)),
                panel.band(Unit::Share, |l| Some(found(l)?.locked_in[0])),
                panel.band(Unit::Share, |l| Some(found(l)?.locked_in[1])),
                Cell::Exact {
                    value: panel.share(|l| found(l).is_some()),
                    unit: Unit::Share,
                },
            ],
        });
    }
    if rows.is_empty() {
        return None;
    }
    notes.push(
        "Escalation: the holder demands all of the pie; the value of war is private, uniform from \
         0 down to twice its mean over draws; audience costs grow with each unit of public \
         exposure. Only the ratio of audience costs matters. Draws in which a side would gain \
         nothing by prevailing, or nobody pays for backing down, are left out."
            .to_owned(),
    );
    let mut columns: Vec<Heading> = [
        "holder quits",
        "target quits",
        "P(war)",
        "holder locked",
        "target locked",
    ]
    .map(band_heading)
    .into();
    columns.push(Heading::new("draws", "used"));
    Some(Table {
        title: "Escalation with audience costs (Fearon 1994)".to_owned(),
        columns,
        rows,
    })
}

fn curve(panel: &Panel<'_>, war: impl Fn(&Lottery, f64) -> f64) -> Curve {
    let points = (0..=STEPS)
        .map(|step| {
            let x = f64::from(step) / f64::from(STEPS);
            let spread = Spread::of(panel.draws.iter().map(|draw| war(draw, x)));
            (x, Some(war(&panel.modes, x)), spread)
        })
        .collect();
    Curve {
        name: panel.study.model.scenario.force[panel.option].name.clone(),
        points,
    }
}

/// Risk of an ultimatum as the ignorance of the target's cost grows, its mean fixed.
fn spread_curves(panels: &[Panel<'_>]) -> Curves {
    let curves = panels.iter().map(|panel| {
        curve(panel, |lottery, half| {
            let mean = lottery.costs[1];
            let other = PrivateCost {
                low: mean - half,
                high: mean + half,
            };
            demand(clip(lottery.p), lottery.costs[0], other).war
        })
    });
    Curves {
        name: "solve-war-ignorance".to_owned(),
        title: "What not knowing the target's cost of war does to the risk of the best demand"
            .to_owned(),
        subtitle: "Probability that the holder's optimal take-it-or-leave-it demand ends in war. \
                   Line: numbers at their modes; band: 90% of parameter draws."
            .to_owned(),
        across: "Half-width of what is believed of the target's cost, as a share of the pie"
            .to_owned(),
        up: "P(war)".to_owned(),
        curves: curves.collect(),
    }
}

/// The same as the holder's own cost grows.
fn cost_curves(panels: &[Panel<'_>]) -> Curves {
    let curves = panels.iter().map(|panel| {
        let other = panel.believed(1);
        curve(panel, move |lottery, cost| {
            demand(clip(lottery.p), cost, other).war
        })
    });
    Curves {
        name: "solve-war-cost".to_owned(),
        title: "The dearer war is to the holder, the safer its best demand".to_owned(),
        subtitle: "Probability that the holder's optimal take-it-or-leave-it demand ends in war, \
                   the target's cost private as its draws spread. Line: numbers at their modes; \
                   band: 90% of parameter draws, none where the odds of war do not matter."
            .to_owned(),
        across: "Holder's cost of war, as a share of the pie".to_owned(),
        up: "P(war)".to_owned(),
        curves: curves.collect(),
    }
}
