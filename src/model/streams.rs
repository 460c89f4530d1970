//! Random numbers by name: two scenarios that share an event or a parameter see the same luck.
//!
//! Flows in: seed, draw, replicate and the name of what is random. Flows out: uniforms.
//! Invariant: the number for (seed, draw, replicate, name, round, k) depends on nothing else, so
//! threads, shards and the other streams cannot change it.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// Key of one named stream: SHA-256 of a version tag, the seed and the name.
pub fn key(seed: u64, name: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"jawjaw/1\0");
    hash.update(seed.to_le_bytes());
    hash.update(name.as_bytes());
    hash.finalize().into()
}

/// A uniform on (0, 1), never 0 or 1, from 53 bits: inverse distribution functions are finite.
#[inline]
pub fn uniform(bits: u64) -> f64 {
    ((bits >> 12) as f64 + 0.5) * (1.0 / (1_u64 << 52) as f64)
}

/// The single uniform of parameter `name` in a draw.
pub fn parameter_uniform(seed: u64, name: &str, draw: u32) -> f64 {
    let mut rng = ChaCha8Rng::from_seed(key(seed, name));
    rng.set_stream(u64::from(draw));
    uniform(rng.next_u64())
}

/// The streams of one run, one number a round each, made when first asked for.
#[derive(Debug, Clone)]
pub struct Streams {
    seed: Option<u64>,
    keys: Vec<[u8; 32]>,
    filled: Vec<bool>,
    words: Vec<u64>,
    rounds: usize,
    stream: u64,
}

impl Streams {
    /// Room for `count` streams over `rounds` rounds.
    pub fn new(count: usize, rounds: usize) -> Self {
        Self {
            seed: None,
            keys: vec![[0; 32]; count],
            filled: vec![false; count],
            words: vec![0; count * rounds],
            rounds,
            stream: 0,
        }
    }

    /// Points the streams at one run.
    pub fn start(&mut self, names: &[String], seed: u64, draw: u32, replicate: u32) {
        if self.seed != Some(seed) {
            for (key_slot, name) in self.keys.iter_mut().zip(names) {
                *key_slot = key(seed, name);
            }
            self.seed = Some(seed);
        }
        self.filled.fill(false);
        self.stream = u64::from(draw) << 32 | u64::from(replicate);
    }

    fn word(&mut self, stream: usize, round: usize) -> u64 {
        let start = stream * self.rounds;
        if !self.filled[stream] {
            let mut rng = ChaCha8Rng::from_seed(self.keys[stream]);
            rng.set_stream(self.stream);
            for word in &mut self.words[start..start + self.rounds] {
                *word = rng.next_u64();
            }
            self.filled[stream] = true;
        }
        self.words[start + round]
    }

    /// Number `k` of a stream in a round. Further numbers of a round are the first one, mixed
    /// (`SplitMix64`: Steele, Lea and Flood 2014), so that a longer meeting shifts nobody's luck.
    #[inline]
    pub fn uniform(&mut self, stream: usize, round: usize, k: u32) -> f64 {
        let word = self.word(stream, round);
        if k == 0 {
            uniform(word)
        } else {
            uniform(mix(word, k))
        }
    }
}

fn mix(word: u64, k: u32) -> u64 {
    let mut z = word.wrapping_add(u64::from(k).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        vec!["event:storm".to_owned(), "move:a".to_owned()]
    }

    #[test]
    fn a_stream_depends_on_its_name_and_run_only() {
        let mut both = Streams::new(2, 5);
        both.start(&names(), 7, 3, 4);
        let mut alone = Streams::new(1, 9);
        alone.start(&names()[1..], 7, 3, 4);
        for round in 0..5 {
            let _other = both.uniform(0, round, 0);
            for k in 0..3 {
                assert_eq!(
                    both.uniform(1, round, k).to_bits(),
                    alone.uniform(0, round, k).to_bits()
                );
            }
        }
        alone.start(&names()[1..], 7, 3, 5);
        assert_ne!(
            both.uniform(1, 0, 0).to_bits(),
            alone.uniform(0, 0, 0).to_bits()
        );
    }

    #[test]
    fn uniforms_are_open_and_even() {
        assert!(uniform(0) > 0.0 && uniform(u64::MAX) < 1.0);
        let mut streams = Streams::new(1, 1);
        let mut sum = 0.0;
        for replicate in 0..20_000 {
            streams.start(&names()[..1], 1, 0, replicate);
            sum += streams.uniform(0, 0, 0) + streams.uniform(0, 0, 1);
        }
        assert!(
            (sum / 40_000.0 - 0.5).abs() < 0.006,
            "mean {}",
            sum / 40_000.0
        );
    }
}
