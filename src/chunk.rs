//! Text sixteen bytes at a time: finding bytes in it without a look at each.

use crate::derive::privacy::SIGNS;
use std::hint::cold_path;
use wide::u8x16;

/// Bytes of a chunk.
pub(crate) const SIZE: usize = 16;

/// Half of them.
pub(crate) const HALF: usize = SIZE / 2;

/// A bit for each byte of a chunk.
const ALL: u32 = (1 << SIZE) - 1;

/// Sixteen bytes. Its methods give a bit for every byte that they are asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chunk(u8x16);

impl Chunk {
    #[inline(always)]
    pub(crate) fn new(bytes: [u8; SIZE]) -> Self {
        Self(u8x16::new(bytes))
    }

    /// Bytes at which the inside of a JSON string cannot simply go on: quotes, backslashes, controls.
    #[inline(always)]
    pub(crate) fn ends_or_escapes(self) -> u32 {
        self.no_inside().to_bitmask()
    }

    /// The same, and bytes that are no ASCII.
    #[inline(always)]
    pub(crate) fn no_plain_ascii(self) -> u32 {
        // What is no ASCII has the highest bit, which is the one that counts.
        (self.no_inside() | self.0).to_bitmask()
    }

    /// Has the highest bit of every byte of [`Self::ends_or_escapes`].
    #[inline(always)]
    fn no_inside(self) -> u8x16 {
        // With that bit changed, a quote follows the controls.
        let changed = self.0 ^ u8x16::splat(b'"' ^ b' ');
        changed.min(u8x16::splat(b' ')).simd_eq(changed) | self.equal(b'\\')
    }

    /// Bytes that are one of these.
    #[inline(always)]
    pub(crate) fn any_of<const COUNT: usize>(self, wanted: [u8; COUNT]) -> u32 {
        wanted.into_iter().fold(u8x16::splat(0), |any, byte| any | self.equal(byte)).to_bitmask()
    }

    /// Bytes that are not of a host as it is mostly written: lower-case letters, digits, `-` and `.`.
    #[inline(always)]
    fn other_than_host(self) -> u32 {
        let others = !(self.within(b'a', b'z') | self.within(b'-', b'9')) | self.equal(b'/');
        others.to_bitmask()
    }

    /// Itself, with ASCII letters in lower case.
    #[inline(always)]
    pub(crate) fn lower(self) -> [u8; SIZE] {
        (self.0 | self.within(b'A', b'Z') & u8x16::splat(b'a' - b'A')).to_array()
    }

    #[inline(always)]
    fn within(self, least: u8, most: u8) -> u8x16 {
        let from = self.0 - u8x16::splat(least);
        from.min(u8x16::splat(most - least)).simd_eq(from)
    }

    #[inline(always)]
    fn equal(self, byte: u8) -> u8x16 {
        self.0.simd_eq(u8x16::splat(byte))
    }
}

/// The two halves of a chunk.
#[inline(always)]
pub(crate) fn halves(bytes: &[u8; SIZE]) -> [[u8; HALF]; 2] {
    [0, HALF].map(|from| std::array::from_fn(|at| bytes[from + at]))
}

/// Half a chunk with a backslash before each byte that `before` has a bit for; what stands after it means nothing.
#[inline(always)]
pub(crate) fn backslashed(half: [u8; HALF], before: u8) -> [u8; SIZE] {
    let mut source = [b'\\'; SIZE];
    source[..HALF].copy_from_slice(&half);
    u8x16::new(source).shuffle(u8x16::new(SPREAD[usize::from(before)])).to_array()
}

/// For each set of half a chunk's bytes, where bytes come from when the one after that half is put before each in the set.
#[allow(clippy::cast_possible_truncation)] // places in a chunk
const SPREAD: [[u8; SIZE]; 1 << HALF] = {
    let mut spread = [[0; SIZE]; 1 << HALF];
    let mut set = 0;
    while set < spread.len() {
        let (mut from, mut to) = (0, 0);
        while from < HALF {
            if set >> from & 1 == 1 {
                spread[set][to] = HALF as u8;
                to += 1;
            }
            spread[set][to] = from as u8;
            (from, to) = (from + 1, to + 1);
        }
        set += 1;
    }
    spread
};

/// What `wanted` says of all whole chunks of `bytes`, four at the most: the lowest bits are those of the first.
#[inline(always)]
pub(crate) fn bits(bytes: &[u8], wanted: impl Fn(Chunk) -> u32) -> u64 {
    let chunks = bytes.as_chunks().0.iter().rev();
    chunks.fold(0, |bits, chunk| bits << SIZE | u64::from(wanted(Chunk::new(*chunk))))
}

/// Where the inside of a JSON string that begins at `from` cannot simply go on, and whether privacy has to look at what
/// stands before that.
#[inline(always)]
pub(crate) fn string_end(bytes: &[u8], from: usize) -> Option<(usize, bool)> {
    let rest = bytes.get(from..)?;
    let Some(chunk) = rest.first_chunk() else {
        cold_path();
        return string_end_in_last(bytes, rest, 0);
    };
    let chunk = Chunk::new(*chunk);
    let stops = chunk.ends_or_escapes();
    if stops == 0 {
        return long_string_end(bytes, from + SIZE, chunk.any_of(SIGNS).into());
    }
    Some((from + stops.trailing_zeros() as usize, u64::from(chunk.any_of(SIGNS)) & below(stops.into()) != 0))
}

/// The same of a long one, with signs that were found before: two chunks at once, and most of them end.
#[inline(never)]
fn long_string_end(bytes: &[u8], mut at: usize, mut signs: u64) -> Option<(usize, bool)> {
    loop {
        let rest = bytes.get(at..)?;
        let Some(two) = rest.first_chunk::<{ 2 * SIZE }>() else { return string_end_in_last(bytes, rest, signs) };
        let stops = bits(two, Chunk::ends_or_escapes);
        signs |= bits(two, |chunk| chunk.any_of(SIGNS)) & below(stops);
        if stops != 0 {
            return Some((at + stops.trailing_zeros() as usize, signs != 0));
        }
        at += 2 * SIZE;
    }
}

/// The same in `rest`, less than two chunks at the end of `bytes` or all of them and less than one, with signs that were found
/// before.
#[inline(never)]
fn string_end_in_last(bytes: &[u8], rest: &[u8], signs: u64) -> Option<(usize, bool)> {
    let (stops, found) = match bytes.last_chunk::<{ 2 * SIZE }>() {
        Some(two) => {
            let before = 2 * SIZE - rest.len();
            (bits(two, Chunk::ends_or_escapes) >> before, bits(two, |chunk| chunk.any_of(SIGNS)) >> before)
        }
        None => {
            let (chunk, before) = last(bytes, rest);
            let chunk = Chunk::new(chunk);
            (u64::from(chunk.ends_or_escapes() >> before), u64::from(chunk.any_of(SIGNS) >> before))
        }
    };
    let signs = signs | found & below(stops);
    (stops != 0).then(|| (bytes.len() - rest.len() + stops.trailing_zeros() as usize, signs != 0))
}

/// The bits below the lowest that is set; all, if none is.
fn below(bits: u64) -> u64 {
    bits.wrapping_sub(1) & !bits
}

/// Where in `bytes` the first byte from `from` on stands that is one of `wanted`, which are ASCII.
#[inline(always)]
pub(crate) fn find<const COUNT: usize>(bytes: &[u8], from: usize, wanted: [u8; COUNT]) -> Option<usize> {
    first_that(bytes, from, |chunk| chunk.any_of(wanted))
}

/// Where in `bytes` the first byte from `from` on stands that is not one of a plain host: a lower-case letter, a digit,
/// `-` or `.`.
#[inline(always)]
pub(crate) fn find_other_than_host(bytes: &[u8], from: usize) -> Option<usize> {
    first_that(bytes, from, Chunk::other_than_host).filter(|at| *at < bytes.len())
}

/// Where the digits end that begin at `from` in `bytes`: mostly, sixteen bytes have the end of them.
#[inline(always)]
pub(crate) fn digits_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let others = rest.first_chunk().map(|chunk| !Chunk::new(*chunk).within(b'0', b'9').to_bitmask() & ALL);
    match others {
        Some(others) if others != 0 => from + others.trailing_zeros() as usize,
        _ => {
            cold_path();
            from + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
        }
    }
}

/// Where the first byte from `from` on stands that `wanted` has a bit for; it may have one for what is missing at the end.
#[inline(always)]
fn first_that(bytes: &[u8], from: usize, wanted: impl Fn(Chunk) -> u32) -> Option<usize> {
    let (chunks, rest) = bytes.get(from..)?.as_chunks();
    for (chunk, count) in chunks.iter().zip(0..) {
        let found = wanted(Chunk::new(*chunk));
        if found != 0 {
            return Some(from + count * SIZE + found.trailing_zeros() as usize);
        }
    }
    let (chunk, before) = last(bytes, rest);
    let found = wanted(Chunk::new(chunk)) >> before;
    (found != 0).then(|| from + chunks.len() * SIZE + found.trailing_zeros() as usize)
}

/// The chunk that ends with `rest`, the end of `bytes`, and how many bytes stand before it in there. A text that is
/// shorter than a chunk is one with bytes after it that UTF-8 never has.
#[inline(always)]
fn last(bytes: &[u8], rest: &[u8]) -> ([u8; SIZE], usize) {
    bytes.last_chunk().map_or_else(|| (short(rest), 0), |chunk| (*chunk, SIZE - rest.len()))
}

/// [`padded`], once for all that look for something in a text, most of which is longer.
#[inline(never)]
fn short(text: &[u8]) -> [u8; SIZE] {
    padded(text)
}

/// The first bytes of `rest`; what is missing is a byte that UTF-8 never has.
#[inline(always)]
pub(crate) fn first(rest: &[u8]) -> [u8; SIZE] {
    rest.first_chunk().copied().unwrap_or_else(|| padded(rest))
}

/// Without a loop over bytes, which a call for each short text's end would feel.
#[inline(always)]
fn padded(rest: &[u8]) -> [u8; SIZE] {
    let (low, high) = match rest.first_chunk() {
        Some(eight) => (u64::from_le_bytes(*eight), seven(&rest[8..])),
        None => (seven(rest), u64::MAX),
    };
    (u128::from(low) | u128::from(high) << 64).to_le_bytes()
}

/// At most seven bytes, with bytes after them that UTF-8 never has.
#[inline(always)]
fn seven(bytes: &[u8]) -> u64 {
    let few = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            let shift = 8 * (bytes.len() - 4);
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << shift
        }
        _ => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    few | u64::MAX << (8 * bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_strings_end_is_found_and_what_privacy_looks_at_before_it(text in "[ -~\u{1}ü¿]{0,60}", from in 0..62usize) {
            let bytes = text.as_bytes();
            let place = |wanted: fn(&u8) -> bool| bytes.iter().enumerate().skip(from).find(|(_, b)| wanted(b)).map(|(at, _)| at);
            let end = place(|b| matches!(b, b'"' | b'\\' | 0..0x20));
            let signs = |end: usize| bytes[from..end].iter().any(|b| SIGNS.contains(b));
            prop_assert_eq!(string_end(bytes, from), end.map(|end| (end, signs(end))));
            prop_assert_eq!(find(bytes, from, *b"&="), place(|b| matches!(b, b'&' | b'=')));
        }

        #[test]
        fn a_plain_hosts_end_is_found(text in "[!-:a-z{`ü]{0,40}", from in 0..42usize) {
            let is_of_host = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
            let end = text.bytes().enumerate().skip(from).find(|(_, b)| !is_of_host(b)).map(|(at, _)| at);
            prop_assert_eq!(find_other_than_host(text.as_bytes(), from), end);
        }

        #[test]
        fn digits_end_at_the_first_byte_that_is_none(text in "[0-9]{0,30}[^0-9]?[0-9/:e]{0,30}", from in 0..62usize) {
            let digits = text.bytes().skip(from).take_while(u8::is_ascii_digit).count();
            prop_assert_eq!(digits_end(text.as_bytes(), from), from + digits);
        }

        #[test]
        fn what_is_missing_is_no_text(bytes in proptest::collection::vec(any::<u8>(), 0..20)) {
            let mut padded = [u8::MAX; SIZE];
            let length = bytes.len().min(SIZE);
            padded[..length].copy_from_slice(&bytes[..length]);
            prop_assert_eq!(first(&bytes), padded);
        }
    }
}
