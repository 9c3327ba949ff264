//! Chance that can be repeated.
//!
//! `SplitMix64` (Steele, Lea and Flood, 2014), written out: with a library, its next version could draw other numbers
//! and so change every byte that a seed stands for.

const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// A sequence of numbers that looks random and is a function of its keys.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// The sequence of a purpose and `keys`; any others have another one.
    pub(crate) fn of<const N: usize>(purpose: &str, keys: [u64; N]) -> Self {
        let purpose = purpose.bytes().map(u64::from);
        Self(purpose.chain(keys).fold(0, |state, key| mix(state.wrapping_add(GAMMA) ^ key)))
    }

    pub(crate) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        mix(self.0)
    }

    /// From 0, below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        let product = u128::from(self.draw()) * u128::from(limit);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// From `low` to `high`, both included.
    pub(crate) fn within(&mut self, low: i64, high: i64) -> i64 {
        low.saturating_add_unsigned(self.below(high.abs_diff(low) + 1))
    }

    pub(crate) fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    pub(crate) fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    /// An index below `length`.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    pub(crate) fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.index(among.len())]
    }

    /// The earlier an element stands, the more often: the first is twice as popular as the average.
    pub(crate) fn popular<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.index(among.len()).min(self.index(among.len()))]
    }

    /// An element as often as its weight says.
    pub(crate) fn weighted<'a, T>(&mut self, among: &'a [(u64, T)]) -> &'a T {
        let mut left = self.below(among.iter().map(|(weight, _)| weight).sum());
        for (weight, element) in among {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return element,
            }
        }
        &among[0].1
    }

    /// A version 4 UUID in lower case.
    pub(crate) fn uuid(&mut self) -> String {
        let (high, low) = (self.draw(), self.draw());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            low >> 48 & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff
        )
    }
}

fn mix(state: u64) -> u64 {
    let state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ state >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_is_a_function_of_its_keys() {
        // The published first numbers of SplitMix64 with seed 1234567.
        let mut random = Random(1_234_567);
        assert_eq!([random.draw(), random.draw()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
        assert_eq!(Random::of("a", [1, 2]).uuid(), Random::of("a", [1, 2]).uuid());
        assert_ne!(Random::of("a", [1, 2]).uuid(), Random::of("a", [2, 1]).uuid());
        assert_ne!(Random::of("a", [1, 2]).uuid(), Random::of("b", [1, 2]).uuid());
    }

    #[test]
    fn numbers_keep_their_bounds_and_reach_them() {
        let mut random = Random::of("test", [7]);
        let drawn: Vec<i64> = (0..1000).map(|_| random.within(-2, 2)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-2), Some(&2)));
        assert!((0..1000).all(|_| *random.weighted(&[(0, false), (1, true)])));
    }
}
