//! A balanced design of two settings for many factors at once.
//!
//! Sources: Plackett and Burman (1946), "The design of optimum multifactorial experiments",
//! Biometrika 33, 305-325 (here of orders that are powers of two, after Sylvester 1867); Box and
//! Wilson (1951), Journal of the Royal Statistical Society B 13, 1-45, for the fold-over, which frees
//! the effect of each factor from the joint effects of any two others.

/// A fold-over design.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foldover {
    /// Columns of the Hadamard matrix: a power of two above the number of factors.
    order: usize,
}

impl Foldover {
    /// The smallest design for so many factors.
    pub fn new(factors: usize) -> Self {
        Self {
            order: (factors + 1).next_power_of_two(),
        }
    }

    /// Points of the design.
    pub fn points(self) -> usize {
        2 * self.order
    }

    /// Whether a factor is changed at a point. The first point changes nothing, its mirror changes
    /// everything, and every other point changes half of all columns.
    ///
    /// Entry `(i, j)` of Sylvester's matrix is -1 where `i` and `j` share an odd number of bits.
    pub fn changed(self, point: usize, factor: usize) -> bool {
        let odd = (point % self.order & (factor + 1)).count_ones() % 2 == 1;
        odd != (point >= self.order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign(design: Foldover, point: usize, factor: usize) -> i64 {
        if design.changed(point, factor) { 1 } else { -1 }
    }

    #[test]
    fn factors_are_balanced_and_orthogonal() {
        for factors in [1, 5, 7, 8, 31] {
            let design = Foldover::new(factors);
            for a in 0..factors {
                let sum: i64 = (0..design.points()).map(|p| sign(design, p, a)).sum();
                assert_eq!(sum, 0);
                for b in 0..a {
                    let product = |p| sign(design, p, a) * sign(design, p, b);
                    assert_eq!((0..design.points()).map(product).sum::<i64>(), 0);
                }
            }
        }
    }

    #[test]
    fn the_mirror_frees_factors_from_pairs() {
        let design = Foldover::new(7);
        for a in 0..7 {
            for (b, c) in [(0, 1), (1, 2), (3, 6), (4, 5)] {
                let product = |p| sign(design, p, a) * sign(design, p, b) * sign(design, p, c);
                assert_eq!((0..design.points()).map(product).sum::<i64>(), 0);
            }
        }
    }

    #[test]
    fn the_first_point_is_the_unchanged_one() {
        let design = Foldover::new(12);
        assert_eq!(design.points(), 32);
        assert!((0..12).all(|factor| !design.changed(0, factor)));
        assert!((0..12).all(|factor| design.changed(16, factor)));
    }
}
