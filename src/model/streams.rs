//! Random numbers by name: two scenarios that share an event or a parameter see the same luck.
//!
//! Flows in: seed, draw, replicate and the name of what is random. Flows out: uniforms.
//! Invariant: the number for (seed, draw, replicate, name, round, k) depends on nothing else, so
//! threads, shards and the other streams cannot change it.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// What a name stands for among the streams: SHA-256 of a version tag and the name.
pub type Key = [u64; 4];

/// Key of a name, without a seed yet.
pub fn key(name: &str) -> Key {
    let mut hash = Sha256::new();
    hash.update(b"jawjaw/2\0");
    hash.update(name.as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let (words, _) = digest.as_chunks::<8>();
    [0, 1, 2, 3].map(|word| u64::from_le_bytes(words[word]))
}

/// The generator of one named stream: the seed is spread over the words of the key.
pub fn generator(seed: u64, key: &Key, stream: u64) -> ChaCha8Rng {
    let mut bytes = [0; 32];
    let (words, _) = bytes.as_chunks_mut::<8>();
    for (index, (word, part)) in words.iter_mut().zip(key).enumerate() {
        *word = (part ^ mix(seed, index as u32)).to_le_bytes();
    }
    let mut rng = ChaCha8Rng::from_seed(bytes);
    rng.set_stream(stream);
    rng
}

/// A uniform on (0, 1), never 0 or 1, from 53 bits: inverse distribution functions are finite.
#[inline]
pub fn uniform(bits: u64) -> f64 {
    ((bits >> 12) as f64 + 0.5) * (1.0 / (1_u64 << 52) as f64)
}

/// The single uniform of a parameter in a draw.
pub fn parameter_uniform(seed: u64, key: &Key, draw: u32) -> f64 {
    uniform(generator(seed, key, u64::from(draw)).next_u64())
}

/// The streams of one run, one number a round each, made when first asked for.
#[derive(Debug, Clone)]
pub struct Streams {
    seed: u64,
    keys: Vec<Key>,
    filled: Vec<bool>,
    words: Vec<u64>,
    rounds: usize,
    stream: u64,
}

impl Streams {
    /// Room for streams of these names over `rounds` rounds.
    pub fn new(keys: &[Key], rounds: usize) -> Self {
        Self {
            seed: 0,
            keys: keys.to_vec(),
            filled: vec![false; keys.len()],
            words: vec![0; keys.len() * rounds],
            rounds,
            stream: 0,
        }
    }

    /// Points the streams at one run.
    pub fn start(&mut self, seed: u64, draw: u32, replicate: u32) {
        self.filled.fill(false);
        self.seed = seed;
        self.stream = u64::from(draw) << 32 | u64::from(replicate);
    }

    /// By stream: whether the run has asked for a number of it.
    pub fn asked(&self) -> &[bool] {
        &self.filled
    }

    #[inline]
    fn word(&mut self, stream: usize, round: usize) -> u64 {
        if !self.filled[stream] {
            self.fill(stream);
        }
        self.words[stream * self.rounds + round]
    }

    fn fill(&mut self, stream: usize) {
        let mut rng = generator(self.seed, &self.keys[stream], self.stream);
        let start = stream * self.rounds;
        for word in &mut self.words[start..start + self.rounds] {
            *word = rng.next_u64();
        }
        self.filled[stream] = true;
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

    fn keys() -> [Key; 2] {
        ["event:storm", "move:a"].map(key)
    }

    #[test]
    fn a_stream_depends_on_its_name_and_run_only() {
        let mut both = Streams::new(&keys(), 5);
        both.start(7, 3, 4);
        let mut alone = Streams::new(&keys()[1..], 9);
        alone.start(7, 3, 4);
        for round in 0..5 {
            let _other = both.uniform(0, round, 0);
            for k in 0..3 {
                assert_eq!(
                    both.uniform(1, round, k).to_bits(),
                    alone.uniform(0, round, k).to_bits()
                );
            }
        }
        for (seed, draw, replicate) in [(7, 3, 5), (7, 4, 4), (8, 3, 4)] {
            alone.start(seed, draw, replicate);
            assert_ne!(
                both.uniform(1, 0, 0).to_bits(),
                alone.uniform(0, 0, 0).to_bits()
            );
        }
    }

    #[test]
    fn uniforms_are_open_and_even() {
        assert!(uniform(0) > 0.0 && uniform(u64::MAX) < 1.0);
        let mut streams = Streams::new(&keys()[..1], 1);
        let mut sum = 0.0;
        for replicate in 0..20_000 {
            streams.start(1, 0, replicate);
            sum += streams.uniform(0, 0, 0) + streams.uniform(0, 0, 1);
        }
        assert!(
            (sum / 40_000.0 - 0.5).abs() < 0.006,
            "mean {}",
            sum / 40_000.0
        );
    }
}
