//! Text eight bytes at a time: finding bytes in it without a look at each.
//!
//! The tests on words are those of H. S. Warren, Hacker's Delight, 6-1: a byte that passes has its top bit set in the
//! result. A borrow may set that of bytes above one that passes, too, so only the lowest is to be trusted.

const ONES: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = ONES << 7;

/// The bytes of `word` that are `byte`.
#[inline(always)]
pub(crate) const fn equal(word: u64, byte: u8) -> u64 {
    let rest = word ^ (ONES * byte as u64);
    rest.wrapping_sub(ONES) & !rest & TOPS
}

/// The bytes of `word` below `limit`, which is at most 128.
#[inline(always)]
pub(crate) const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * limit as u64) & !word & TOPS
}

/// Where in `bytes` the first byte from `from` on stands that passes `test`; none that UTF-8 never has may pass.
#[inline(always)]
pub(crate) fn find(bytes: &[u8], from: usize, test: impl Fn(u64) -> u64) -> Option<usize> {
    let mut at = from;
    while let Some(chunk) = bytes.get(at..)?.first_chunk() {
        let passed = test(u64::from_le_bytes(*chunk));
        if passed != 0 {
            return Some(at + lowest(passed));
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    let passed = test(padded(rest) | u64::MAX << (8 * rest.len()));
    (passed != 0).then(|| at + lowest(passed))
}

/// The place of the lowest byte that passed.
#[inline(always)]
pub(crate) const fn lowest(passed: u64) -> usize {
    (passed.trailing_zeros() / 8) as usize
}

/// The first bytes as a word, and how many there are; fewer than eight are padded with what UTF-8 never has.
#[inline(always)]
pub(crate) fn word(bytes: &[u8]) -> (u64, usize) {
    match bytes.first_chunk() {
        Some(chunk) => (u64::from_le_bytes(*chunk), 8),
        None => (padded(bytes) | u64::MAX << (8 * bytes.len()), bytes.len()),
    }
}

/// [`str::trim`], which seldom finds anything to trim.
#[inline(always)]
pub(crate) fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// A name of at most 16 bytes as one number; no other name without NUL has the same. `None` for a longer one.
#[inline(always)]
pub(crate) fn number(name: &[u8]) -> Option<u128> {
    match (name.first_chunk(), name.last_chunk()) {
        (Some(first), Some(last)) if name.len() <= 16 => {
            let unseen = 8 * (16 - name.len());
            let beyond = if unseen < 64 { u64::from_le_bytes(*last) >> unseen } else { 0 };
            Some(u128::from(u64::from_le_bytes(*first)) | u128::from(beyond) << 64)
        }
        (None, _) => Some(padded(name).into()),
        _ => None,
    }
}

/// At most seven bytes, with zeros after them.
#[inline(always)]
fn padded(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            let shift = 8 * (bytes.len() - 4);
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << shift
        }
        _ => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_byte_that_passes_is_found(text in "[ -~\u{1}ü]{0,40}", from in 0..42usize) {
            let bytes = text.as_bytes();
            let slow = |test: fn(&u8) -> bool| bytes.iter().enumerate().skip(from).find(|(_, b)| test(b)).map(|(at, _)| at);
            prop_assert_eq!(find(bytes, from, |word| equal(word, b'a')), slow(|b| *b == b'a'));
            prop_assert_eq!(find(bytes, from, |word| below(word, b' ')), slow(|b| *b < b' '));
            prop_assert_eq!(find(bytes, from, |word| equal(word, b'x') | below(word, 0x40)), slow(|b| *b == b'x' || *b < 0x40));
        }

        #[test]
        fn names_have_numbers_of_their_own(one in "[a-z]{0,18}", other in "[a-z]{0,18}") {
            prop_assert_eq!(number(one.as_bytes()).is_some(), one.len() <= 16);
            let same = number(one.as_bytes()) == number(other.as_bytes());
            prop_assert_eq!(same, one == other || one.len().min(other.len()) > 16);
            let mut bytes = [0; 16];
            bytes[..one.len().min(16)].copy_from_slice(&one.as_bytes()[..one.len().min(16)]);
            prop_assert!(number(one.as_bytes()).is_none_or(|number| number == u128::from_le_bytes(bytes)));
        }
    }
}
