//! Linkages by the levels that they ask for, as bits, so that all are tested at once.
//!
//! Flows in: a model. Flows out: which linkages levels pass, and which an issue bears on.

use crate::model::plan::Model;

/// What linkages ask of levels, as bits by linkage.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Links {
    /// `[issue * levels + level]`: linkages that the level passes; one without a test on the issue
    /// passes.
    passes: Vec<u64>,
    /// By issue: linkages that test it.
    touches: Vec<u64>,
    /// Issues that some linkage tests, as bits.
    linked: u32,
    stride: usize,
}

impl Links {
    pub(in super::super) fn new(model: &Model) -> Self {
        let stride = model.max_levels;
        let mut passes = vec![u64::MAX; model.issues.len() * stride];
        let mut touches = vec![0; model.issues.len()];
        for (index, linkage) in model.linkages.iter().enumerate() {
            for &(issue, mask) in &linkage.tests {
                touches[issue] |= 1 << index;
                for level in (0..stride).filter(|level| mask >> level & 1 == 0) {
                    passes[issue * stride + level] &= !(1 << index);
                }
            }
        }
        let linked = touches
            .iter()
            .rev()
            .fold(0, |bits, &touching| bits << 1 | u32::from(touching != 0));
        Self {
            passes,
            touches,
            linked,
            stride,
        }
    }

    /// Whether some linkage tests one of the issues.
    #[inline]
    pub(super) fn bear_on(&self, issues: u32) -> bool {
        self.linked & issues != 0
    }

    /// Linkages that a level passes.
    #[inline]
    pub(super) fn passing(&self, issue: usize, level: u8) -> u64 {
        self.passes[issue * self.stride + usize::from(level)]
    }

    /// Linkages that the levels of all issues but some pass.
    #[inline]
    pub(in super::super) fn passed(&self, levels: &[u8], but: u32) -> u64 {
        let mut passed = u64::MAX;
        for issue in bits(self.linked & !but) {
            passed &= self.passes[issue * self.stride + usize::from(levels[issue])];
        }
        passed
    }

    /// Linkages that test some of the issues.
    #[inline]
    pub(super) fn touching(&self, issues: u32) -> u64 {
        bits(issues).fold(0, |touching, issue| touching | self.touches[issue])
    }
}

/// Numbers of the bits that are set.
#[inline]
pub(super) fn bits(set: u32) -> impl Iterator<Item = usize> {
    ones(u64::from(set))
}

/// Numbers of the bits that are set.
#[inline]
pub(in super::super) fn ones(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (set != 0).then(|| {
            let bit = set.trailing_zeros() as usize;
            set &= set - 1;
            bit
        })
    })
}
