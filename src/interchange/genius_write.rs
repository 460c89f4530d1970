//! A domain as GENIUS XML.
//!
//! Flows in: a [`Domain`]. Flows out: a domain file and a profile a party. GENIUS divides evaluations
//! by the highest of their issue and caps the sum at 1. So an issue whose best value is 1 keeps its
//! numbers to the last bit; any other has weight and evaluations rescaled, which is listed.

use std::fmt::Write;

use quick_xml::escape::escape;

use super::write::{Export, OutputFile, base_name, profile_names};
use super::{Domain, Profile};

/// Below this GENIUS calls an issue's highest evaluation zero.
const ZERO: f64 = 1e-5;

/// Writes the files.
pub fn genius(domain: &Domain) -> Export {
    let base = base_name(domain);
    let mut export = Export::default();
    export.files.push(OutputFile {
        name: format!("{base}.xml"),
        text: domain_file(domain, &base).expect("a string takes any text"),
    });
    let stretched = domain.unit();
    for (position, name) in profile_names(domain, &base).into_iter().enumerate() {
        let mut profile = &domain.profiles[position];
        if !fits(domain, profile) {
            profile = &stretched.profiles[position];
            export.lost.push(format!(
                "{name}: utilities are stretched to [0, 1]; GENIUS knows none below 0 or above 1"
            ));
        }
        if profile.reservation.is_none() {
            export.lost.push(format!(
                "{name}: no reservation value is written; GENIUS takes it for 0"
            ));
        }
        let text = profile_file(domain, profile, &name, &mut export.lost)
            .expect("a string takes any text");
        export.files.push(OutputFile {
            name: format!("{name}.xml"),
            text,
        });
    }
    export
}

/// Whether GENIUS can compute the profile's utilities without a change of scale.
fn fits(domain: &Domain, profile: &Profile) -> bool {
    let best = |values: &Vec<f64>| values.iter().copied().fold(0.0, f64::max);
    let highest: f64 = profile
        .weights
        .iter()
        .zip(&profile.values)
        .map(|(weight, values)| weight * best(values))
        .sum();
    profile.values.iter().flatten().all(|value| *value >= 0.0)
        && profile.weights.iter().all(|weight| *weight >= 0.0)
        && (domain.cap_at_one || highest <= 1.0 + 1e-9)
}

fn domain_file(domain: &Domain, base: &str) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    let count = domain.issues.len();
    writeln!(out, "<negotiation_template>")?;
    writeln!(out, "  <utility_space number_of_issues=\"{count}\">")?;
    objective(&mut out, base)?;
    for (position, issue) in domain.issues.iter().enumerate() {
        open_issue(&mut out, position, &issue.name)?;
        for (item, value) in issue.values.iter().enumerate() {
            let value = attribute(value);
            writeln!(
                out,
                "        <item index=\"{}\" value=\"{value}\"/>",
                item + 1
            )?;
        }
        writeln!(out, "      </issue>")?;
    }
    writeln!(
        out,
        "    </objective>\n  </utility_space>\n</negotiation_template>"
    )?;
    Ok(out)
}

fn profile_file(
    domain: &Domain,
    profile: &Profile,
    name: &str,
    lost: &mut Vec<String>,
) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    let count = domain.issues.len();
    writeln!(out, "<utility_space number_of_issues=\"{count}\">")?;
    objective(&mut out, name)?;
    let mut weights = Vec::new();
    let (mut rescaled, mut vanished) = (0, 0);
    for (position, issue) in domain.issues.iter().enumerate() {
        let values = &profile.values[position];
        let best = values.iter().copied().fold(0.0, f64::max);
        let mut weight = profile.weights[position];
        if best < ZERO {
            vanished += usize::from(best > 0.0 && weight > 0.0);
        } else if best.total_cmp(&1.0).is_ne() {
            weight *= best;
            rescaled += 1;
        }
        weights.push(weight);
        open_issue(&mut out, position, &issue.name)?;
        for (item, (label, value)) in issue.values.iter().zip(values).enumerate() {
            let label = attribute(label);
            let item = item + 1;
            writeln!(
                out,
                "        <item index=\"{item}\" value=\"{label}\" evaluation=\"{value:?}\"/>"
            )?;
        }
        writeln!(out, "      </issue>")?;
    }
    for (position, weight) in weights.iter().enumerate() {
        let index = position + 1;
        writeln!(
            out,
            "      <weight index=\"{index}\" value=\"{weight:?}\"/>"
        )?;
    }
    writeln!(out, "    </objective>")?;
    if profile.discount < 1.0 {
        writeln!(
            out,
            "    <discount_factor value=\"{:?}\"/>",
            profile.discount
        )?;
    }
    if let Some(reservation) = profile.reservation {
        writeln!(out, "    <reservation value=\"{reservation:?}\"/>")?;
    }
    writeln!(out, "</utility_space>")?;
    if rescaled > 0 {
        lost.push(format!(
            "{name}: the best value of {rescaled} issue(s) is not 1; weight and evaluations are \
             rescaled, so utilities may differ in the last bit"
        ));
    }
    if vanished > 0 {
        lost.push(format!(
            "{name}: {vanished} issue(s) are worth less than {ZERO} at best; GENIUS takes that for 0"
        ));
    }
    Ok(out)
}

fn objective(out: &mut String, name: &str) -> std::fmt::Result {
    let name = attribute(name);
    writeln!(
        out,
        "    <objective index=\"0\" name=\"{name}\" type=\"objective\" etype=\"objective\" \
         description=\"\">"
    )
}

fn open_issue(out: &mut String, position: usize, name: &str) -> std::fmt::Result {
    let (index, name) = (position + 1, attribute(name));
    writeln!(
        out,
        "      <issue index=\"{index}\" name=\"{name}\" type=\"discrete\" etype=\"discrete\" \
         vtype=\"discrete\">"
    )
}

fn attribute(text: &str) -> String {
    escape(text.replace(['\n', '\r', '\t'], " ").as_str()).into_owned()
}
