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

    /// Adds a number; false if it is in the set already or not below the bound.
    #[inline(always)]
    pub(crate) fn insert(&mut self, number: usize) -> bool {
        let Some(word) = self.0.get_mut(number / 64) else { return false };
        let bit = 1 << (number % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Takes a number out.
    pub(crate) fn remove(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / 64) {
            *word &= !(1 << (number % 64));
        }
    }

    /// Whether a number is in it.
    pub(crate) fn has(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word & 1 << (number % 64) != 0)
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

    /// The numbers in the set.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        let (mut word, mut at, mut words) = (0u64, 0, self.0.iter());
        std::iter::from_fn(move || {
            while word == 0 {
                word = *words.next()?;
                at += 64;
            }
            let number = at - 64 + word.trailing_zeros() as usize;
            word &= word - 1;
            Some(number)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_in_order_and_none_beyond_the_bound() {
        let mut bits = Bits::default();
        bits.clear(130);
        for number in [129, 0, 64, 63, 0, 192] {
            bits.add(number);
        }
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 63, 64, 129]);
        assert_eq!((bits.next(1), bits.next(64), bits.next(65), bits.next(130)), (Some(63), Some(64), Some(129), None));
        bits.remove(64);
        assert_eq!(bits.next(64), Some(129));
        bits.clear(130);
        assert_eq!(bits.iter().next(), None);
    }
}
