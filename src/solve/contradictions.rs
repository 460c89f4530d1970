//! Where the lenses contradict each other: the disagreement between theories is the finding.
//!
//! Flows in: reports. Flows out: sentences. Invariant: each names the two lenses and the package or
//! the issues they differ on; nothing is weighed here.

use super::case::Study;
use super::concept::POSITIVE;
use super::report::{Report, Verdict};

/// One sentence a contradiction, in the order of the reports.
pub fn contradictions(study: &Study, reports: &[Report]) -> Vec<String> {
    let mut lines = Vec::new();
    for report in reports {
        for favour in &report.favours {
            for other in reports.iter().filter(|other| other.lens != report.lens) {
                for against in other.against.iter().filter(|a| a.package == favour.package) {
                    lines.push(format!(
                        "The lens `{}` singles out a package because it {}; the lens `{}` says that it {}.",
                        report.lens, favour.says, other.lens, against.says
                    ));
                }
            }
            lines.extend(refused(study, report, favour));
        }
    }
    let first: Vec<(&Report, &Verdict)> = reports
        .iter()
        .filter_map(|report| Some((report, report.favours.first()?)))
        .collect();
    for (index, (report, favour)) in first.iter().enumerate() {
        for (other, rival) in &first[index + 1..] {
            if favour.package != rival.package {
                lines.push(format!(
                    "`{}` (it {}) and `{}` (it {}) point to different packages: {}.",
                    report.lens,
                    favour.says,
                    other.lens,
                    rival.says,
                    difference(study, favour, rival)
                ));
            }
        }
    }
    lines
}

/// What is singled out although somebody would rather have no agreement.
fn refused(study: &Study, report: &Report, favour: &Verdict) -> Option<String> {
    let space = &study.modes.space;
    let utilities = space.utilities(&favour.package);
    let losses: Vec<String> = (utilities.iter().zip(&space.no_deal).enumerate())
        .filter(|(_, (u, d))| *u - *d < -POSITIVE)
        .map(|(party, (u, d))| {
            if u.is_finite() {
                format!(
                    "{} would lose {:.1} points of 100",
                    study.party(party),
                    100.0 * (d - u)
                )
            } else {
                format!("{} refuses it outright", study.party(party))
            }
        })
        .collect();
    (!losses.is_empty()).then(|| {
        format!(
            "`{}` singles out a package that not everyone prefers to no agreement (it {}): {}.",
            report.lens,
            favour.says,
            losses.join("; ")
        )
    })
}

/// The issues two packages differ on, with the levels.
fn difference(study: &Study, a: &Verdict, b: &Verdict) -> String {
    let space = &study.modes.space;
    let (one, two) = (space.in_force(&a.package), space.in_force(&b.package));
    let scenario = &study.model.scenario;
    let mut parts: Vec<String> = (scenario.issues.iter().zip(one.iter().zip(&two)))
        .filter(|(_, (x, y))| x != y)
        .map(|(issue, (x, y))| format!("{} at {x} or {y}", issue.name))
        .collect();
    if parts.is_empty() {
        let form = |v: &Verdict| scenario.forms[v.package.form].name.clone();
        parts.push(format!("{} or {}", form(a), form(b)));
    }
    parts.join(", ")
}
