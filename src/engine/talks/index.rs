//! Where an entry of a list stands, by the hash of its key.
//!
//! Flows in: hashes. Flows out: places in a list that the caller keeps. Open addressing with linear
//! probing (Knuth 1973, 6.4). The part in use grows with the list, so that a short list stays in the
//! processor's cache; the room for the longest one is reserved at the start.

/// Places in use after clearing, a power of two.
const FEWEST: usize = 1 << 8;

/// An index of a list.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    /// Entry plus one; 0 is free.
    places: Vec<u32>,
    /// Places in use, less one.
    mask: usize,
}

/// Mixes a word into a hash (multiplicative hashing: Knuth 1973, 6.4); its high bits are the good
/// ones.
#[inline]
pub(super) fn mix(hash: u64, word: u64) -> u64 {
    (hash ^ word)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(29)
}

impl Index {
    /// An index with so many places, a power of two and more than there will be entries.
    pub(super) fn new(places: usize) -> Self {
        Self {
            places: vec![0; places],
            mask: places.min(FEWEST) - 1,
        }
    }

    /// Forgets all entries.
    pub(super) fn clear(&mut self) {
        if !self.places.is_empty() {
            self.places[..=self.mask].fill(0);
            self.mask = self.places.len().min(FEWEST) - 1;
        }
    }

    /// The entry with a hash that is the same as what is looked for.
    #[inline]
    pub(super) fn find(&self, hash: u64, same: impl Fn(usize) -> bool) -> Option<usize> {
        let places = &self.places[..=self.mask];
        let mut place = (hash >> 24) as usize & self.mask;
        loop {
            match places[place] {
                0 => return None,
                entry if same(entry as usize - 1) => return Some(entry as usize - 1),
                _ => place = (place + 1) & self.mask,
            }
        }
    }

    /// Adds the entry that has become the last of a list, whose hashes `hash` gives.
    pub(super) fn add_last(&mut self, entry: usize, hash: impl Fn(usize) -> u64) {
        if (entry + 1) * 2 > self.mask && self.mask + 1 < self.places.len() {
            self.mask = self.mask * 2 + 1;
            self.places[..=self.mask].fill(0);
            for entry in 0..entry {
                self.put(entry, hash(entry));
            }
        }
        self.put(entry, hash(entry));
    }

    fn put(&mut self, entry: usize, hash: u64) {
        let places = &mut self.places[..=self.mask];
        let mut place = (hash >> 24) as usize & self.mask;
        while places[place] != 0 {
            place = (place + 1) & self.mask;
        }
        places[place] = entry as u32 + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_while_the_index_grows_and_gone_once_it_is_cleared() {
        // Hashes that collide in every eighth entry.
        let keys: Vec<u64> = (0..3000_u64).map(|key| mix(0, key / 8)).collect();
        let mut index = Index::new(1 << 13);
        for round in 0..2 {
            for entry in 0..keys.len() {
                assert_eq!(index.find(keys[entry], |found| found == entry), None);
                index.add_last(entry, |entry| keys[entry]);
            }
            for (entry, &key) in keys.iter().enumerate() {
                let found = index.find(key, |found| found == entry);
                assert_eq!(found, Some(entry), "round {round}");
            }
            index.clear();
            assert_eq!(index.find(keys[0], |_| true), None);
        }
    }
}
