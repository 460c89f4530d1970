//! Designs of experiments: which points of the unit cube to try.
//!
//! Flows in: a number of factors, a size, a seed. Flows out: points of the unit cube, every row
//! computed on its own wherever the design allows it, so that any thread or shard can ask for any
//! row. Invariant: a point is a function of (design, seed, row) alone, and nothing here knows what a
//! coordinate stands for; `drivers` maps it through the inverse distribution function of a number.
//!
//! | design | for | extendable |
//! |---|---|---|
//! | [`factorial`] | every combination of a few listed values | no |
//! | [`latin`] | a handful of points that spread over each factor | no |
//! | [`sobol`] | many points in many dimensions, scrambled | yes, to any power of two |
//! | [`saltelli`] | variance-based sensitivity: blocks of A, AB and B | yes |
//! | [`morris`] | screening: one factor at a time along a path | yes |

pub mod discrepancy;
pub mod factorial;
pub mod latin;
pub mod morris;
pub mod saltelli;
pub mod sobol;

/// `SplitMix64`'s output function (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
/// generators", OOPSLA), a bijection of 64 bits that leaves no pattern.
#[inline]
pub(crate) fn mix(word: u64) -> u64 {
    let mut z = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Random numbers for the designs that have an order, by position: number `k` of stream `seed`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbers {
    seed: u64,
    next: u64,
}

impl Numbers {
    /// The stream of a purpose under a seed.
    pub(crate) fn new(seed: u64, purpose: u64) -> Self {
        Self {
            seed: mix(mix(seed) ^ purpose),
            next: 0,
        }
    }

    /// The next 64 bits.
    pub(crate) fn word(&mut self) -> u64 {
        self.next += 1;
        mix(self.seed ^ mix(self.next))
    }

    /// The next uniform on (0, 1).
    pub(crate) fn uniform(&mut self) -> f64 {
        crate::model::streams::uniform(self.word())
    }

    /// A whole number below `n`, without a bias that could be seen: the high word of a product
    /// (Lemire 2019, "Fast random integer generation in an interval", TOMACS 29, 3).
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.word()) * n as u128) >> 64) as usize
    }

    /// A random order of `0..n` (Durstenfeld 1964, algorithm 235).
    pub(crate) fn order(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for last in (1..n).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_holds_everything_once_and_every_place_is_likely() {
        let mut numbers = Numbers::new(3, 1);
        let mut first = [0_u32; 5];
        for _ in 0..5000 {
            let order = numbers.order(5);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2, 3, 4]);
            first[order[0]] += 1;
        }
        // 1000 each, standard deviation 28.
        assert!(
            first.iter().all(|count| (880..1120).contains(count)),
            "{first:?}"
        );
        assert!(numbers.order(0).is_empty());
    }

    #[test]
    fn seeds_and_purposes_are_apart() {
        let word = |seed, purpose| Numbers::new(seed, purpose).word();
        let words = [word(0, 0), word(0, 1), word(1, 0), word(u64::MAX, 0)];
        for (i, a) in words.iter().enumerate() {
            assert!(words[..i].iter().all(|b| a != b));
        }
    }
}
