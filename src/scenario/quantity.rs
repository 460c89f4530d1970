//! A number of a scenario: a constant or a distribution, with the reason to believe it.

use serde::Serialize;

/// A number with its distribution and its provenance.
#[derive(Debug, Clone, Serialize)]
pub struct Quantity {
    /// Where it stands in the file, `parties.russia.patience`; also the name of its random stream.
    pub path: String,
    /// What is believed about its value.
    #[serde(flatten)]
    pub dist: Dist,
    /// Why.
    pub provenance: Provenance,
}

/// What is believed about a number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dist {
    /// Known.
    Constant(f64),
    /// Uniform on `[low, high]`.
    Uniform {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Triangular on `[low, high]` with its peak at `mode`.
    Triangular {
        /// Lower end.
        low: f64,
        /// Peak.
        mode: f64,
        /// Upper end.
        high: f64,
    },
    /// Beta distribution with shape parameters `a`, `b > 0`.
    Beta {
        /// First shape.
        a: f64,
        /// Second shape.
        b: f64,
    },
    /// Normal truncated to `[low, high]`.
    Normal {
        /// Mean before truncation.
        mean: f64,
        /// Standard deviation before truncation.
        sd: f64,
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Log-normal: `exp(Normal(mu, sigma))`, truncated to `[low, high]`.
    LogNormal {
        /// Mean of the logarithm.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
}

/// Why a number has the value it has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// Facts it rests on.
    pub from: Vec<String>,
    /// The analyst's reason where it is assumed, wholly or in part.
    pub assumed: Option<String>,
    /// The value is the format's default, or fixes a scale: nobody's claim about the world.
    pub by_definition: bool,
}
