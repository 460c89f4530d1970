//! The curves as one figure of the project's own charts.

use jawjaw::chart::{Curve, CurvePanel, Figure, Scale, curves};

use crate::Results;

/// All panels that have points.
pub(crate) fn figure(results: &Results) -> Figure {
    let panels: Vec<CurvePanel> = panels(results)
        .into_iter()
        .filter(|panel| panel.curves.iter().any(|curve| !curve.points.is_empty()))
        .collect();
    curves(
        "growth",
        "A run's cost grows with rounds and parties, hardly with packages; memory does not grow with runs",
        "Time of one run, its draw and preparation shared by 50 replicates, unless said otherwise. Dashed: \
         growth in proportion to what is varied. Both scales by ratio but for threads.",
        &panels,
        &format!("{}; CPU time, least of five", results.machine),
    )
}

fn panels(results: &Results) -> Vec<CurvePanel> {
    let panel =
        |heading: &str, (across, up), sweep: &str, series: &[&str], remark: &str| CurvePanel {
            heading: heading.to_owned(),
            across,
            up,
            curves: series
                .iter()
                .map(|name| Curve {
                    name: (*name).to_owned(),
                    points: results.points(sweep, name),
                })
                .collect(),
            in_proportion: None,
            remark: remark.to_owned(),
        };
    let proportional = |panel: CurvePanel, curve: usize| CurvePanel {
        in_proportion: Some(curve),
        ..panel
    };
    let time = (Scale::Ratio, Scale::Seconds);
    vec![
        proportional(panel("Rounds", time, "rounds", &["four parties"], ""), 0),
        proportional(
            panel("Parties", time, "parties", &["all at the table"], ""),
            0,
        ),
        proportional(
            panel(
                "Issues of four levels",
                time,
                "issues",
                &["four levels"],
                "",
            ),
            0,
        ),
        panel(
            "Packages (two parties, ten levels)",
            time,
            "packages",
            &["unlinked", "linked pairs", "one block", "opposed"],
            "",
        ),
        panel(
            "Gap of a thinned search (utility)",
            (Scale::Ratio, Scale::Even),
            "gap",
            &["worst offer", "mean offer"],
            "",
        ),
        panel(
            "Replicates of a draw (baseline)",
            time,
            "replicates",
            &["baseline"],
            "",
        ),
        proportional(
            panel(
                "Threads: times as fast as one",
                (Scale::Even, Scale::Even),
                "threads",
                &["by the clock", "by CPU time"],
                "",
            ),
            0,
        ),
        panel(
            "Runs: peak memory in bytes",
            (Scale::Ratio, Scale::Even),
            "memory",
            &["peak bytes"],
            "",
        ),
        proportional(
            panel(
                "Runs: CPU time of `jawjaw run`",
                time,
                "memory",
                &["CPU seconds"],
                "",
            ),
            0,
        ),
    ]
}
