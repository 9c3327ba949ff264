//! A set of small numbers.

/// The most columns, and the most fields of an item, that a schema may have.
pub(crate) const BOUND: usize = 256;

/// A set of numbers below [`BOUND`], read in ascending order.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bits([u64; BOUND / 64]);

impl Bits {
    /// Empties the set.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.0 == Self::default().0
    }

    /// Adds a number. False if it is in the set already.
    #[inline(always)]
    pub(crate) fn insert(&mut self, number: usize) -> bool {
        let is_new = !self.has(number);
        self.0[word(number)] |= bit(number);
        is_new
    }

    /// Takes a number out.
    pub(crate) fn remove(&mut self, number: usize) {
        self.0[word(number)] &= !bit(number);
    }

    /// Those that are not in `others`.
    pub(crate) fn without(self, others: Self) -> Self {
        let mut left = self.0;
        left.iter_mut().zip(others.0).for_each(|(word, others)| *word &= !others);
        Self(left)
    }

    /// Whether a number is in it.
    #[inline(always)]
    pub(crate) fn has(&self, number: usize) -> bool {
        self.0[word(number)] & bit(number) != 0
    }

    /// Shows the numbers in the set.
    #[inline(always)]
    pub(crate) fn each(&self, mut show: impl FnMut(usize)) {
        for (mut word, at) in self.0.into_iter().zip(0..) {
            while word != 0 {
                show(at * 64 + word.trailing_zeros() as usize);
                word &= word - 1;
            }
        }
    }
}

/// Where in a set a number is.
#[inline(always)]
fn word(number: usize) -> usize {
    number / 64 % (BOUND / 64)
}

/// What it is there.
#[inline(always)]
fn bit(number: usize) -> u64 {
    1 << (number % 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(bits: &Bits) -> Vec<usize> {
        let mut numbers = Vec::new();
        bits.each(|number| numbers.push(number));
        numbers
    }

    #[test]
    fn numbers_come_in_order() {
        let mut bits = Bits::default();
        for number in [BOUND - 1, 0, 64, 63, 0, 129] {
            bits.insert(number);
        }
        assert_eq!(numbers(&bits), [0, 63, 64, 129, BOUND - 1]);
        assert!(bits.insert(65) && !bits.insert(65));
        bits.remove(65);
        assert!(bits.has(64) && bits.has(129) && !bits.has(65));
        bits.remove(64);
        bits.remove(BOUND - 1);
        assert_eq!(numbers(&bits), [0, 63, 129]);
        let mut some = bits;
        some.remove(63);
        assert_eq!(numbers(&bits.without(some)), [63]);
        bits.clear();
        assert!(numbers(&bits).is_empty() && bits.is_empty());
        bits.insert(BOUND - 1);
        assert!(!bits.is_empty());
    }
}
