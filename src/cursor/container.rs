//! Where an object or array ends: its brackets are counted, but for those in strings, sixty-four bytes at a time.

use crate::chunk;

/// Bytes that are looked at together, one bit of a word for each.
const BLOCK: usize = 64;

/// Where the object or array ends that begins at `start`; `None` if it does not.
pub(super) fn end(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut at, mut depth, mut strings) = (start, 0, Strings::default());
    loop {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let block = rest.first_chunk().copied().unwrap_or_else(|| padded(rest));
        let outside = !strings.inside(&block);
        let [open, close] = [*b"{[", *b"}]"].map(|brackets| any_of(&block, brackets) & outside);
        if close.count_ones() < depth {
            depth = depth + open.count_ones() - close.count_ones();
        } else if let Some(last) = closes(open, close, &mut depth) {
            return Some(at + last + 1);
        }
        at += BLOCK;
    }
}

/// Which of a block's brackets closes the last one that is open, of `depth` before it. `None`, and `depth` is that after the
/// block, if none does.
fn closes(open: u64, close: u64, depth: &mut u32) -> Option<usize> {
    let mut brackets = open | close;
    while brackets != 0 {
        let at = brackets.trailing_zeros();
        *depth = if open >> at & 1 == 1 { *depth + 1 } else { depth.saturating_sub(1) };
        if *depth == 0 {
            return Some(at as usize);
        }
        brackets &= brackets - 1;
    }
    None
}

/// What the blocks so far have begun.
#[derive(Default)]
struct Strings {
    /// A string: then all bits are set.
    inside: u64,
    /// An escape: then the lowest bit is set.
    escape: u64,
}

impl Strings {
    /// Which bytes of the next block are inside of a string, its opening quote among them.
    fn inside(&mut self, block: &[u8; BLOCK]) -> u64 {
        let backslashes = any_of(block, *b"\\");
        let mut quotes = any_of(block, *b"\"");
        if backslashes | self.escape != 0 {
            quotes &= !self.escaped(backslashes);
        }
        // After an odd number of quotes.
        let mut inside = quotes;
        for shift in [1, 2, 4, 8, 16, 32] {
            inside ^= inside << shift;
        }
        inside ^= self.inside;
        self.inside = if inside >> (BLOCK - 1) == 1 { u64::MAX } else { 0 };
        inside
    }

    /// Which bytes of the next block follow a backslash that is not escaped itself.
    fn escaped(&mut self, backslashes: u64) -> u64 {
        let mut escaped = std::mem::take(&mut self.escape);
        let mut left = backslashes & !escaped;
        while left != 0 {
            let backslash = left & left.wrapping_neg();
            escaped |= backslash << 1;
            left &= !(backslash | backslash << 1);
            self.escape = backslash >> (BLOCK - 1);
        }
        escaped
    }
}

/// Which bytes of a block are one of these.
#[inline(always)]
fn any_of<const COUNT: usize>(block: &[u8; BLOCK], wanted: [u8; COUNT]) -> u64 {
    chunk::bits(block, |chunk| chunk.any_of(wanted))
}

/// The last bytes of a text, with zeros after them.
#[cold]
fn padded(rest: &[u8]) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    block[..rest.len()].copy_from_slice(rest);
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// [`end`], byte by byte.
    fn plain(bytes: &[u8]) -> Option<usize> {
        let (mut depth, mut in_string, mut escaped) = (0u32, false, false);
        for (byte, at) in bytes.iter().zip(1..) {
            let is_escaped = std::mem::take(&mut escaped);
            match byte {
                b'\\' => escaped = !is_escaped,
                b'"' => in_string ^= !is_escaped,
                b'{' | b'[' if !in_string => depth += 1,
                b'}' | b']' if !in_string => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    }

    proptest! {
        #[test]
        fn it_ends_where_it_does_byte_by_byte(text in r#"[\[{]([\[\]{}"\\a]|[a-z]{1,9}|\\{1,70}){0,200}"#, before in 0..70usize) {
            let whole = [vec![b'"'; before].as_slice(), text.as_bytes()].concat();
            prop_assert_eq!(end(&whole, before), plain(text.as_bytes()).map(|end| before + end));
        }
    }
}
