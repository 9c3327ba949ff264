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

    /// Whether a number is in it.
    #[inline(always)]
    pub(crate) fn has(&self, number: usize) -> bool {
        self.0[word(number)] & bit(number) != 0
    }

    /// The numbers in the set.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        let (mut words, mut word, mut next) = (self.0.iter(), 0u64, 0);
        std::iter::from_fn(move || {
            while word == 0 {
                word = *words.next()?;
                next += 64;
            }
            let number = next - 64 + word.trailing_zeros() as usize;
            word &= word - 1;
            Some(number)
        })
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

    #[test]
    fn numbers_come_in_order() {
        let mut bits = Bits::default();
        for number in [BOUND - 1, 0, 64, 63, 0, 129] {
            bits.insert(number);
        }
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 63, 64, 129, BOUND - 1]);
        assert!(bits.insert(65) && !bits.insert(65));
        bits.remove(65);
        assert!(bits.has(64) && bits.has(129) && !bits.has(65));
        bits.remove(64);
        bits.remove(BOUND - 1);
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 63, 129]);
        bits.clear();
        assert_eq!(bits.iter().next(), None);
    }
}
