//! Trajectories for the screening of many factors: one factor moves at a time.
//!
//! Flows in: factors, levels, seed, the number of the trajectory. Flows out: `D + 1` points, each
//! next to the one before in one factor. Invariant: in every trajectory each factor moves once, by
//! `+Delta` or `-Delta`, and every point lies on the grid `{0, 1/(p-1), ..., 1}`.
//!
//! Source: Morris (1991), "Factorial sampling plans for preliminary computational experiments",
//! Technometrics 33, 161-174: `B* = (J x* + (Delta/2) [(2B - J) D* + J]) P*`.

use super::Numbers;

/// Levels of a design that asks for none.
pub const LEVELS: usize = 4;

/// A trajectory design.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Morris {
    factors: usize,
    levels: usize,
    seed: u64,
}

/// One path through the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectory {
    /// Where it begins.
    pub start: Vec<f64>,
    /// The factor that moves in each step, and by how much.
    pub steps: Vec<(usize, f64)>,
}

impl Morris {
    /// For so many factors on `levels` levels; none if the levels are odd or fewer than two, which
    /// would leave some of them out (`SALib` issue 252).
    pub fn new(factors: usize, levels: usize, seed: u64) -> Option<Self> {
        (levels >= 2 && levels.is_multiple_of(2)).then_some(Self {
            factors,
            levels,
            seed,
        })
    }

    /// Length of a step, `p / (2 (p - 1))`: from any level there is exactly one way to go.
    pub fn delta(&self) -> f64 {
        self.levels as f64 / (2.0 * (self.levels - 1) as f64)
    }

    /// Levels `p`.
    pub fn levels(&self) -> usize {
        self.levels
    }

    /// Trajectory number `index`.
    pub fn trajectory(&self, index: u32) -> Trajectory {
        let mut numbers = Numbers::new(self.seed, 0x4d6f << 32 | u64::from(index));
        let half = self.levels / 2;
        let mut start = Vec::with_capacity(self.factors);
        let mut signs = Vec::with_capacity(self.factors);
        for _ in 0..self.factors {
            let low = numbers.below(half);
            let up = numbers.below(2) == 1;
            let level = if up { low } else { low + half };
            start.push(level as f64 / (self.levels - 1) as f64);
            signs.push(if up { 1.0 } else { -1.0 });
        }
        let steps = numbers
            .order(self.factors)
            .into_iter()
            .map(|factor| (factor, signs[factor] * self.delta()))
            .collect();
        Trajectory { start, steps }
    }
}

impl Trajectory {
    /// All points, the first one first.
    pub fn points(&self) -> Vec<Vec<f64>> {
        let mut point = self.start.clone();
        let mut points = vec![point.clone()];
        for &(factor, step) in &self.steps {
            point[factor] += step;
            points.push(point.clone());
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_factor_moves_once_and_stays_on_the_grid() {
        for levels in [2, 4, 6] {
            let design = Morris::new(7, levels, 3).unwrap();
            for index in 0..20 {
                let trajectory = design.trajectory(index);
                let mut moved: Vec<usize> = trajectory.steps.iter().map(|step| step.0).collect();
                moved.sort_unstable();
                assert_eq!(moved, (0..7).collect::<Vec<_>>());
                for point in trajectory.points() {
                    for x in point {
                        let level = x * (levels - 1) as f64;
                        assert!((level - level.round()).abs() < 1e-9, "{x}");
                        assert!((-1e-9..=1.0 + 1e-9).contains(&x));
                    }
                }
            }
        }
    }

    #[test]
    fn levels_are_evenly_likely_at_both_ends_of_a_step() {
        let design = Morris::new(1, 4, 8).unwrap();
        let mut counts = [0_u32; 4];
        for index in 0..4000 {
            for point in design.trajectory(index).points() {
                counts[(point[0] * 3.0).round() as usize] += 1;
            }
        }
        assert!(
            counts.iter().all(|n| (1850..2150).contains(n)),
            "{counts:?}"
        );
    }

    #[test]
    fn odd_levels_are_refused() {
        assert_eq!(Morris::new(2, 5, 1), None);
        assert_eq!(Morris::new(2, 0, 1), None);
        assert!((Morris::new(2, 4, 1).unwrap().delta() - 2.0 / 3.0).abs() < 1e-15);
    }
}
