//! The curves as one figure of the project's own charts.

use jawjaw::chart::{Curve, CurvePanel, Figure, Scale, curves};

use crate::Results;

/// A panel without its points.
struct Sketch {
    heading: &'static str,
    scales: (Scale, Scale),
    sweep: &'static str,
    series: &'static [&'static str],
    /// Whether the first curve is held to growth in proportion.
    proportion: bool,
    /// Where it bends and why: see `docs/performance.md`.
    remark: &'static str,
}

const TIME: (Scale, Scale) = (Scale::Ratio, Scale::Seconds);

const SKETCHES: [Sketch; 9] = [
    Sketch {
        heading: "Rounds",
        scales: TIME,
        sweep: "rounds",
        series: &["four parties"],
        proportion: true,
        remark: "In proportion; below 8 rounds the draw and its lists weigh more. A file may have 254.",
    },
    Sketch {
        heading: "Parties",
        scales: TIME,
        sweep: "parties",
        series: &["all at the table"],
        proportion: true,
        remark: "Steeper than proportion from 6 on: each offer is put to everybody, who asks what it would rather have.",
    },
    Sketch {
        heading: "Issues of four levels",
        scales: TIME,
        sweep: "issues",
        series: &["four levels"],
        proportion: true,
        remark: "Flat to 8: packages multiply, the staircases that are searched do not. Then making their sums shows.",
    },
    Sketch {
        heading: "Packages: two parties, ten levels",
        scales: TIME,
        sweep: "packages",
        series: &[
            "unlinked",
            "linked pairs",
            "one block",
            "opposed",
            "with promises",
        ],
        proportion: false,
        remark: "One block of linked issues is gone through package by package. Opposed interests: long staircases; with promises, one for each form.",
    },
    Sketch {
        heading: "What a thinned search misses",
        scales: (Scale::Ratio, Scale::Even),
        sweep: "gap",
        series: &["worst offer", "mean offer"],
        proportion: false,
        remark: "Utility, opposed interests. Nothing to 100,000 packages; above, staircases of over 16,384 points are thinned.",
    },
    Sketch {
        heading: "Replicates of a draw, baseline",
        scales: TIME,
        sweep: "replicates",
        series: &["baseline"],
        proportion: false,
        remark: "Draw, preparation and lists of offers are shared; from 100 on the rounds themselves are left.",
    },
    Sketch {
        heading: "Threads: times as fast as one",
        scales: (Scale::Even, Scale::Even),
        sweep: "threads",
        series: &["by the clock", "by CPU time"],
        proportion: true,
        remark: "jawjaw run of the baseline, every run written.",
    },
    Sketch {
        heading: "Runs: peak memory in MB",
        scales: (Scale::Ratio, Scale::Even),
        sweep: "memory",
        series: &["peak MB"],
        proportion: false,
        remark: "Two threads. Chunks are folded and dropped in turn.",
    },
    Sketch {
        heading: "Runs: CPU time of the whole program",
        scales: TIME,
        sweep: "memory",
        series: &["CPU seconds"],
        proportion: true,
        remark: "In proportion from 100,000 on; below, holding some runs to bargaining theory costs more than playing them.",
    },
];

/// All panels that have points.
pub(crate) fn figure(results: &Results) -> Figure {
    let panels: Vec<CurvePanel> = SKETCHES
        .iter()
        .map(|sketch| sketch.panel(results))
        .filter(|panel| panel.curves.iter().any(|curve| !curve.points.is_empty()))
        .collect();
    curves(
        "growth",
        "A run's cost grows with rounds and parties, hardly with packages unless all are linked or opposed; memory hardly with runs",
        "Time of one run, its draw and preparation shared by 50 replicates, unless said otherwise. Dashed: \
         growth in proportion to what is varied. Scales by ratio, but from 0 for what a search misses, threads and memory.",
        &panels,
        &format!("{}; CPU time, least of five", results.machine),
    )
}

impl Sketch {
    fn panel(&self, results: &Results) -> CurvePanel {
        let (across, up) = self.scales;
        let curves = self.series.iter().map(|name| Curve {
            name: (*name).to_owned(),
            points: results.points(self.sweep, name),
        });
        CurvePanel {
            heading: self.heading.to_owned(),
            across,
            up,
            curves: curves.collect(),
            in_proportion: self.proportion.then_some(0),
            remark: self.remark.to_owned(),
        }
    }
}
