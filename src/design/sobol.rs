//! The Sobol' sequence with Owen's scrambling, any coordinate of any point computed on its own.
//!
//! Flows in: a point's number, a dimension, the seed of a scramble. Flows out: the coordinate.
//! Invariant: the first `2^m` points of a scramble, the first one included (Owen 2020, "On dropping
//! the first Sobol' point", arXiv 2008.08051), hit every dyadic interval of length `2^-m` of every
//! dimension exactly once, and each point is uniform on the open cube over scrambles.
//!
//! Why our own: the crates of the registry either do not scramble and hand points out in sequence
//! only (`sobol`, `sobol-qmc`), or give single precision, at most 65,536 points and 256 dimensions
//! (`sobol_burley`); a variance-based analysis of a scenario needs two dimensions for each of some
//! five hundred numbers.
//!
//! Sources: Sobol' (1967), USSR Computational Mathematics 7, 86-112; direction numbers of Joe and Kuo
//! (2008), SIAM J. Sci. Comput. 30, 2635-2654 (licence in `joe-kuo.txt`); nested uniform scrambling
//! of Owen (1995), "Randomly permuted (t,m,s)-nets", with the permutations taken from a hash of the
//! digits before, as in Burley (2020), "Practical hash-based Owen scrambling", JCGT 9(4), 1-20, but
//! one hash a digit, which needs no tuned constants; points in the order of Gray's code (Antonov and
//! Saleev 1979).

use std::sync::LazyLock;

use super::mix;

/// Dimensions there are direction numbers for.
pub const DIMENSIONS: usize = 2048;
/// Binary digits of an unscrambled coordinate, and so of a point's number.
const DIGITS: usize = 32;

static TABLE: LazyLock<Vec<[u32; DIGITS]>> = LazyLock::new(directions);

/// One scramble of the sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sobol {
    seed: u64,
}

impl Sobol {
    /// The scramble of a seed; every seed gives another one, 0 too.
    pub fn new(seed: u64) -> Self {
        Self { seed: mix(seed) }
    }

    /// Coordinate of point `index` in dimension `dimension`, between 0 and 1 and never either.
    ///
    /// # Panics
    /// If the dimension is not below [`DIMENSIONS`].
    pub fn coordinate(&self, index: u32, dimension: usize) -> f64 {
        let plain = digits(index, dimension);
        let key = mix(self.seed ^ (dimension as u64).wrapping_mul(0xd6e8_feb8_6659_fd93));
        let (mut before, mut scrambled) = (1_u64, 0_u64);
        for place in (0..DIGITS).rev() {
            let digit = u64::from(plain >> place & 1);
            // Whether this digit is flipped depends on all digits before it: a random permutation
            // of every half, quarter, eighth and so on of the interval.
            let flip = mix(key ^ before.wrapping_mul(0x2545_f491_4f6c_dd1d)) >> 63;
            scrambled = scrambled << 1 | (digit ^ flip);
            before = before << 1 | digit;
        }
        // 20 digits below those of the sequence are the same random number for every point of the
        // finest interval, and a last 1 keeps the coordinate off both ends: 53 in all.
        let below = mix(key ^ before.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 1) >> 44;
        (scrambled << 21 | below << 1 | 1) as f64 * (1.0 / (1_u64 << 53) as f64)
    }
}

/// The sequence without scrambling: for comparisons with other programs.
///
/// # Panics
/// If the dimension is not below [`DIMENSIONS`].
pub fn unscrambled(index: u32, dimension: usize) -> f64 {
    f64::from(digits(index, dimension)) * (1.0 / (1_u64 << DIGITS) as f64)
}

/// Binary digits of a coordinate: the direction numbers of the digits of Gray's code, added without
/// carrying.
fn digits(index: u32, dimension: usize) -> u32 {
    let directions = &TABLE[dimension];
    let mut gray = index ^ (index >> 1);
    let mut sum = 0;
    while gray != 0 {
        sum ^= directions[gray.trailing_zeros() as usize];
        gray &= gray - 1;
    }
    sum
}

/// Direction numbers `v_k = m_k / 2^k` as 32 digits, by dimension.
///
/// `m_k = 2 a_1 m_(k-1) xor ... xor 2^s m_(k-s) xor m_(k-s)` for `k > s`, `s` the degree of the
/// dimension's primitive polynomial and `a_i` its inner coefficients.
fn directions() -> Vec<[u32; DIGITS]> {
    let mut first = [0; DIGITS];
    for (k, v) in first.iter_mut().enumerate() {
        *v = 1 << (DIGITS - 1 - k);
    }
    let lines = include_str!("joe-kuo.txt")
        .lines()
        .filter(|line| !line.starts_with('#'));
    let others = lines.map(|line| {
        let mut numbers = line
            .split(' ')
            .map(|number| number.parse::<u32>().expect("the table holds numbers"));
        let mut next = || numbers.next().expect("the table's lines are whole");
        let (degree, inner) = (next() as usize, next());
        let mut v = [0; DIGITS];
        for (k, v) in v.iter_mut().enumerate().take(degree) {
            *v = next() << (DIGITS - 1 - k);
        }
        for k in degree..DIGITS {
            v[k] = v[k - degree] ^ (v[k - degree] >> degree);
            for i in 1..degree {
                if inner >> (degree - 1 - i) & 1 == 1 {
                    v[k] ^= v[k - i];
                }
            }
        }
        v
    });
    std::iter::once(first).chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_dimension() {
        assert_eq!(TABLE.len(), DIMENSIONS);
        // A direction number's own digit is 1 and those below are 0: each matrix is triangular.
        for directions in TABLE.iter() {
            for (k, v) in directions.iter().enumerate() {
                assert_eq!(v.trailing_zeros() as usize, DIGITS - 1 - k);
            }
        }
    }

    #[test]
    fn every_dyadic_interval_is_hit_once() {
        for (m, dimensions) in [(4, vec![0, 1, 2, 63, 500, 2047]), (10, vec![0, 1, 7, 1023])] {
            let n = 1_u32 << m;
            for seed in [0, 1, u64::MAX] {
                let sobol = Sobol::new(seed);
                for &dimension in &dimensions {
                    let mut hit = vec![0; n as usize];
                    for index in 0..n {
                        hit[(sobol.coordinate(index, dimension) * f64::from(n)) as usize] += 1;
                    }
                    assert!(hit.iter().all(|&hits| hits == 1), "{dimension} {seed}");
                }
            }
        }
    }

    /// The first two dimensions make a (0, m, 2)-net, scrambled or not: every rectangle of area
    /// `2^-m` with dyadic sides holds one point.
    #[test]
    fn elementary_rectangles_of_the_first_plane_hold_one_point() {
        let (m, sobol) = (8, Sobol::new(5));
        for across in 0..=m {
            let (columns, rows) = (1_u32 << across, 1_u32 << (m - across));
            let mut hit = vec![0; 1 << m];
            for index in 0..1 << m {
                let x = (sobol.coordinate(index, 0) * f64::from(columns)) as u32;
                let y = (sobol.coordinate(index, 1) * f64::from(rows)) as u32;
                hit[(x * rows + y) as usize] += 1;
            }
            assert!(hit.iter().all(|&hits| hits == 1), "{columns} x {rows}");
        }
    }

    #[test]
    fn a_point_is_uniform_over_scrambles() {
        // Kolmogorov's distance of 4000 uniforms stays below 1.63 / sqrt(4000) in 99 of 100 cases.
        for (index, dimension) in [(0, 0), (5, 1), (77, 900)] {
            let mut sample: Vec<f64> = (0..4000)
                .map(|seed| Sobol::new(seed).coordinate(index, dimension))
                .collect();
            sample.sort_by(f64::total_cmp);
            let distance = sample
                .iter()
                .enumerate()
                .map(|(rank, x)| (x - (rank as f64 + 0.5) / 4000.0).abs())
                .fold(0.0, f64::max);
            assert!(distance < 0.026, "{distance}");
        }
    }

    #[test]
    fn coordinates_are_open_and_use_all_digits() {
        let sobol = Sobol::new(9);
        let fine = (0..64).filter(|&index| {
            let x = sobol.coordinate(index, 3);
            assert!(x > 0.0 && x < 1.0);
            (x * 4_294_967_296.0).fract() > 0.0
        });
        assert_eq!(fine.count(), 64);
    }
}
