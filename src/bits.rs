//! A set of small numbers.

/// A set of numbers below a bound, read in ascending order.
#[derive(Debug, Default)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    /// Empties the set, for numbers below `bound`.
    pub(crate) fn clear(&mut self, bound: usize) {
        self.0.clear();
        self.0.resize(bound.div_ceil(64), 0);
    }

    /// Makes the set hold what `other` does.
    pub(crate) fn copy(&mut self, other: &Self) {
        self.0.clone_from(&other.0);
    }

    /// Adds a number; one that is not below the bound is left out.
    pub(crate) fn add(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    /// The numbers in the set.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        std::iter::successors(self.next(0), |number| self.next(number + 1))
    }

    /// The smallest number from `from` on that is in the set.
    pub(crate) fn next(&self, from: usize) -> Option<usize> {
        let mut word = self.0.get(from / 64)? & u64::MAX << (from % 64);
        let mut at = from / 64;
        while word == 0 {
            at += 1;
            word = *self.0.get(at)?;
        }
        Some(at * 64 + word.trailing_zeros() as usize)
    }
}
