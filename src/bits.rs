//! A set of small numbers.

/// A set of numbers below a bound, read in ascending order.
#[derive(Debug, Default)]
pub(crate) struct Bits {
    /// Of the numbers below 128: most bounds are not above.
    low: [u64; 2],
    high: Vec<u64>,
}

impl Bits {
    /// Empties the set, for numbers below `bound`.
    pub(crate) fn clear(&mut self, bound: usize) {
        self.low = [0; 2];
        let high = bound.div_ceil(64).saturating_sub(2);
        if high > 0 {
            self.high.clear();
            self.high.resize(high, 0);
        }
    }

    /// Makes the set hold what `other` does.
    pub(crate) fn copy(&mut self, other: &Self) {
        self.low = other.low;
        self.high.clone_from(&other.high);
    }

    /// Adds a number; one that is not below the bound is left out.
    #[inline(always)]
    pub(crate) fn add(&mut self, number: usize) {
        if let Some(word) = self.word(number) {
            *word |= 1 << (number % 64);
        }
    }

    /// Adds a number. False if it is in the set already, or not below the bound.
    #[inline(always)]
    pub(crate) fn insert(&mut self, number: usize) -> bool {
        let Some(word) = self.word(number) else { return false };
        let bit = 1 << (number % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Takes a number out.
    pub(crate) fn remove(&mut self, number: usize) {
        if let Some(word) = self.word(number) {
            *word &= !(1 << (number % 64));
        }
    }

    #[inline(always)]
    fn word(&mut self, number: usize) -> Option<&mut u64> {
        match number / 64 {
            at @ 0..2 => Some(&mut self.low[at]),
            at => self.high.get_mut(at - 2),
        }
    }

    /// Whether a number is in it.
    #[inline(always)]
    pub(crate) fn has(&self, number: usize) -> bool {
        let word = match number / 64 {
            at @ 0..2 => self.low[at],
            at => self.high.get(at - 2).copied().unwrap_or_default(),
        };
        word & 1 << (number % 64) != 0
    }

    /// Shows the numbers in the set.
    #[inline(always)]
    pub(crate) fn each(&self, mut show: impl FnMut(usize)) {
        for at in 0..2 + self.high.len() {
            let mut word = if at < 2 { self.low[at] } else { self.high[at - 2] };
            while word != 0 {
                show(at * 64 + word.trailing_zeros() as usize);
                word &= word - 1;
            }
        }
    }
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
    fn numbers_come_in_order_and_none_beyond_the_bound() {
        let mut bits = Bits::default();
        bits.clear(130);
        for number in [129, 0, 64, 63, 0, 192] {
            bits.add(number);
        }
        assert_eq!(numbers(&bits), [0, 63, 64, 129]);
        assert!(bits.insert(65) && !bits.insert(65) && !bits.insert(192));
        bits.remove(65);
        assert!(bits.has(64) && bits.has(129) && !bits.has(65) && !bits.has(192));
        bits.remove(64);
        bits.remove(129);
        assert_eq!(numbers(&bits), [0, 63]);
        bits.clear(130);
        assert!(numbers(&bits).is_empty());
    }
}
