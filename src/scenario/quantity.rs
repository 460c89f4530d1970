//! A number of a scenario: a constant or a distribution, with the reason to believe it.

use serde::Serialize;

use crate::math;

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

impl Dist {
    /// The value that is not exceeded with probability `u`: one uniform number makes one value, so
    /// two scenarios that draw the same `u` see the same luck.
    pub fn quantile(&self, u: f64) -> f64 {
        match *self {
            Self::Constant(value) => value,
            Self::Uniform { low, high } => low + u * (high - low),
            Self::Triangular { low, mode, high } => {
                let width = high - low;
                if width <= 0.0 {
                    return low;
                }
                if u * width < mode - low {
                    low + (u * width * (mode - low)).sqrt()
                } else {
                    high - ((1.0 - u) * width * (high - mode)).sqrt()
                }
            }
            Self::Beta { a, b } => math::beta_quantile(u, a, b),
            Self::Normal {
                mean,
                sd,
                low,
                high,
            } => {
                let z = truncated_normal((low - mean) / sd, (high - mean) / sd, u);
                (mean + sd * z).clamp(low, high)
            }
            Self::LogNormal {
                mu,
                sigma,
                low,
                high,
            } => {
                let (from, to) = log_ends(mu, sigma, low, high);
                math::exp(mu + sigma * truncated_normal(from, to, u)).clamp(low, high)
            }
        }
    }

    /// Probability of a value of at most `x`.
    pub fn cdf(&self, x: f64) -> f64 {
        if x < self.low() {
            return 0.0;
        }
        if x >= self.high() {
            return 1.0;
        }
        match *self {
            Self::Constant(_) => 1.0,
            Self::Uniform { low, high } => (x - low) / (high - low),
            Self::Triangular { low, mode, high } => {
                let width = high - low;
                if x < mode {
                    (x - low) * (x - low) / (width * (mode - low))
                } else {
                    1.0 - (high - x) * (high - x) / (width * (high - mode))
                }
            }
            Self::Beta { a, b } => math::beta_cdf(x, a, b),
            Self::Normal {
                mean,
                sd,
                low,
                high,
            } => share((low - mean) / sd, (high - mean) / sd, (x - mean) / sd),
            Self::LogNormal {
                mu,
                sigma,
                low,
                high,
            } => {
                let (from, to) = log_ends(mu, sigma, low, high);
                share(from, to, (math::ln(x) - mu) / sigma)
            }
        }
    }

    /// Expected value.
    pub fn mean(&self) -> f64 {
        match *self {
            Self::Constant(value) => value,
            Self::Uniform { low, high } => f64::midpoint(low, high),
            Self::Triangular { low, mode, high } => (low + mode + high) / 3.0,
            Self::Beta { a, b } => a / (a + b),
            Self::Normal {
                mean,
                sd,
                low,
                high,
            } => {
                let (from, to) = ((low - mean) / sd, (high - mean) / sd);
                let fall = math::normal_density(from) - math::normal_density(to);
                (mean + sd * fall / mass(from, to)).clamp(low, high)
            }
            Self::LogNormal {
                mu,
                sigma,
                low,
                high,
            } => {
                let (from, to) = log_ends(mu, sigma, low, high);
                let whole = math::exp(mu + 0.5 * sigma * sigma);
                (whole * mass(from - sigma, to - sigma) / mass(from, to)).clamp(low, high)
            }
        }
    }

    /// Most likely value; the middle where every value is equally likely or both ends are.
    pub fn mode(&self) -> f64 {
        match *self {
            Self::Constant(value) => value,
            Self::Uniform { low, high } => f64::midpoint(low, high),
            Self::Triangular { mode, .. } => mode,
            Self::Beta { a, b } if a > 1.0 && b > 1.0 => (a - 1.0) / (a + b - 2.0),
            Self::Beta { a, b } if a <= 1.0 && b <= 1.0 => a / (a + b),
            Self::Beta { a, .. } => f64::from(a > 1.0),
            Self::Normal {
                mean, low, high, ..
            } => mean.clamp(low, high),
            Self::LogNormal {
                mu,
                sigma,
                low,
                high,
            } => math::exp(mu - sigma * sigma).clamp(low, high),
        }
    }

    /// Lowest value.
    pub fn low(&self) -> f64 {
        match *self {
            Self::Constant(value) => value,
            Self::Beta { .. } => 0.0,
            Self::Uniform { low, .. }
            | Self::Triangular { low, .. }
            | Self::Normal { low, .. }
            | Self::LogNormal { low, .. } => low,
        }
    }

    /// Highest value.
    pub fn high(&self) -> f64 {
        match *self {
            Self::Constant(value) => value,
            Self::Beta { .. } => 1.0,
            Self::Uniform { high, .. }
            | Self::Triangular { high, .. }
            | Self::Normal { high, .. }
            | Self::LogNormal { high, .. } => high,
        }
    }

    /// In words, for people.
    pub fn words(&self) -> String {
        match *self {
            Self::Constant(value) => format!("{value}"),
            Self::Uniform { low, high } => format!("anything from {low} to {high}, equally likely"),
            Self::Triangular { low, mode, high } => format!("{low} to {high}, most likely {mode}"),
            Self::Beta { a, b } => {
                format!("beta({a}, {b}) between 0 and 1, mean {:.3}", self.mean())
            }
            Self::Normal {
                mean,
                sd,
                low,
                high,
            } => format!("normal around {mean}, standard deviation {sd}, from {low} to {high}"),
            Self::LogNormal {
                mu,
                sigma,
                low,
                high,
            } => format!(
                "log-normal around {:.3} (mu {mu}, sigma {sigma}), from {low} to {high}",
                self.quantile(0.5)
            ),
        }
    }

    /// Whether only one value is possible.
    pub fn is_constant(&self) -> bool {
        self.low().total_cmp(&self.high()).is_eq()
    }
}

/// A standard normal value between two ends, from the lower tail where there is more precision.
fn truncated_normal(from: f64, to: f64, u: f64) -> f64 {
    if from > 0.0 {
        return -truncated_normal(-to, -from, 1.0 - u);
    }
    let below = math::normal_cdf(from);
    math::normal_quantile(below + u * (math::normal_cdf(to) - below))
}

/// Standard normal probability between two ends.
fn mass(from: f64, to: f64) -> f64 {
    if from > 0.0 {
        mass(-to, -from)
    } else {
        math::normal_cdf(to) - math::normal_cdf(from)
    }
}

/// Share of the probability between two ends that lies below `x`.
fn share(from: f64, to: f64, x: f64) -> f64 {
    (mass(from, x) / mass(from, to)).clamp(0.0, 1.0)
}

/// Ends of a log-normal in standard deviations of its logarithm.
fn log_ends(mu: f64, sigma: f64, low: f64, high: f64) -> (f64, f64) {
    ((math::ln(low) - mu) / sigma, (math::ln(high) - mu) / sigma)
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF, LogNormal, Normal, Triangular};

    use super::Dist;

    const FAMILY: [Dist; 9] = [
        Dist::Constant(0.3),
        Dist::Uniform {
            low: -1.0,
            high: 2.0,
        },
        Dist::Triangular {
            low: 0.1,
            mode: 0.3,
            high: 1.0,
        },
        Dist::Triangular {
            low: 0.0,
            mode: 0.0,
            high: 1.0,
        },
        Dist::Beta { a: 2.0, b: 5.0 },
        Dist::Normal {
            mean: 0.5,
            sd: 0.2,
            low: 0.0,
            high: 1.0,
        },
        Dist::Normal {
            mean: 0.0,
            sd: 1.0,
            low: 6.0,
            high: 9.0,
        },
        Dist::LogNormal {
            mu: -2.0,
            sigma: 0.5,
            low: 0.0,
            high: f64::INFINITY,
        },
        Dist::LogNormal {
            mu: -2.0,
            sigma: 0.5,
            low: 0.1,
            high: 0.4,
        },
    ];

    #[test]
    fn cdf_undoes_quantile_and_quantile_rises() {
        for dist in FAMILY.iter().filter(|dist| !dist.is_constant()) {
            let mut last = dist.low();
            for step in 1..200 {
                let u = f64::from(step) / 200.0;
                let x = dist.quantile(u);
                assert!((dist.cdf(x) - u).abs() < 1e-9, "{dist:?} at {u}");
                assert!(x >= last && x <= dist.high(), "{dist:?} at {u}");
                last = x;
            }
        }
    }

    /// The mean against the midpoint rule over the quantiles.
    #[test]
    fn mean_is_the_integral_of_the_quantile() {
        const STEPS: u32 = 20_000;
        for dist in FAMILY {
            let sum: f64 = (0..STEPS)
                .map(|step| dist.quantile((f64::from(step) + 0.5) / f64::from(STEPS)))
                .sum();
            let mean = sum / f64::from(STEPS);
            assert!(
                (mean - dist.mean()).abs() < 2e-4,
                "{dist:?}: {mean} {}",
                dist.mean()
            );
        }
    }

    #[test]
    fn quantiles_agree_with_statrs() {
        let triangular = Triangular::new(0.1, 1.0, 0.3).unwrap();
        let normal = Normal::new(0.5, 0.2).unwrap();
        let lognormal = LogNormal::new(-2.0, 0.5).unwrap();
        for step in 1..100 {
            let u = f64::from(step) / 100.0;
            let x = FAMILY[2].quantile(u);
            assert!((triangular.cdf(x) - u).abs() < 1e-12);
            let (below, above) = (normal.cdf(0.0), normal.cdf(1.0));
            let inside = (normal.cdf(FAMILY[5].quantile(u)) - below) / (above - below);
            assert!((inside - u).abs() < 1e-10);
            assert!((lognormal.cdf(FAMILY[7].quantile(u)) - u).abs() < 1e-10);
        }
    }

    #[test]
    fn mode_is_where_the_density_peaks() {
        assert!((FAMILY[4].mode() - 0.2).abs() < 1e-15);
        assert!((Dist::Beta { a: 0.5, b: 2.0 }.mode() - 0.0).abs() < 1e-15);
        assert!((Dist::Beta { a: 2.0, b: 0.5 }.mode() - 1.0).abs() < 1e-15);
        assert!((FAMILY[6].mode() - 6.0).abs() < 1e-15);
    }
}
