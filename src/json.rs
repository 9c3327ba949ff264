//! The text of JSON strings, read and written, and ranges of it.

use crate::chunk::{self, Chunk, HALF, SIZE};
use crate::output::Output;
use std::borrow::Cow;

/// A range of bytes of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// An invocation is 6 MB, so every offset in it fits.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    pub(crate) fn start(self) -> usize {
        self.start as usize
    }

    pub(crate) fn end(self) -> usize {
        self.end as usize
    }

    pub(crate) fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub(crate) fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// The text in the range; empty if the range is not one of `text`.
    pub(crate) fn of(self, text: &str) -> &str {
        text.get(self.start()..self.end()).unwrap_or_default()
    }

    /// A range of what is in this one.
    pub(crate) fn part(self, part: Self) -> Self {
        Self { start: self.start + part.start, end: self.start + part.end }
    }

    /// Where `part` stands in `text`, if it is a slice of it.
    pub(crate) fn within(text: &str, part: &str) -> Option<Self> {
        let start = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
        (start + part.len() <= text.len()).then(|| Self::new(start, start + part.len()))
    }

    /// A string without its quotes.
    pub(crate) fn unquoted(self) -> Self {
        Self { start: self.start + 1, end: self.end - 1 }
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

/// What had to be mended in a string, so that every reader down the line can hold it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mended(pub(crate) bool);

/// What the inside of a JSON string means, which is a part of a text; borrowed where that is how it is written.
#[inline(always)]
pub(crate) fn meaning(text: &str, inner: Span) -> (Cow<'_, str>, Mended) {
    if !has_any(text, inner, *b"\\") {
        return (inner.of(text).into(), Mended(false));
    }
    let mut meaning = String::new();
    let mended = unescape(inner.of(text), &mut meaning);
    (meaning.into(), mended)
}

/// Appends what the inside of a JSON string means. U+0000, which Redshift and PostgreSQL cannot hold, is left out, and
/// a lone surrogate, which is no character, becomes U+FFFD; both are mends.
pub(crate) fn unescape(inner: &str, out: &mut String) -> Mended {
    let mut mended = Mended(false);
    let mut rest = inner;
    while let Some(at) = chunk::find(rest.as_bytes(), 0, *b"\\") {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let (meant, length) = match rest.as_bytes().first() {
            Some(b'u') => character(rest.as_bytes()),
            Some(b'n') => (Some('\n'), 1),
            Some(b't') => (Some('\t'), 1),
            Some(b'r') => (Some('\r'), 1),
            Some(b'b') => (Some('\u{8}'), 1),
            Some(b'f') => (Some('\u{c}'), 1),
            // It stands for itself.
            _ => {
                let itself = rest.chars().next();
                out.extend(itself);
                rest = &rest[itself.map_or(0, char::len_utf8)..];
                continue;
            }
        };
        rest = rest.get(length..).unwrap_or_default();
        match meant {
            Some('\0') => mended = Mended(true),
            Some(meant) => out.push(meant),
            None => {
                out.push(char::REPLACEMENT_CHARACTER);
                mended = Mended(true);
            }
        }
    }
    out.push_str(rest);
    mended
}

/// The character of an escape that begins with this `u`, or `None` for half a surrogate pair; and how long it is.
fn character(escape: &[u8]) -> (Option<char>, usize) {
    match unit(escape) {
        high @ 0xd800..=0xdbff => match escape.get(5..).and_then(|rest| rest.strip_prefix(b"\\")).map(unit) {
            Some(low @ 0xdc00..=0xdfff) => (char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)), 11),
            _ => (None, 5),
        },
        unit => (char::from_u32(unit), 5),
    }
}

/// The code unit of `uXXXX`; that of U+FFFD if it is none.
fn unit(escape: &[u8]) -> u32 {
    let digits = escape.strip_prefix(b"u").and_then(<[u8]>::first_chunk::<4>);
    let number = |digits: &[u8; 4]| {
        let digit = |number: u32, digit: &u8| char::from(*digit).to_digit(16).map(|digit| number << 4 | digit);
        digits.iter().try_fold(0, digit)
    };
    digits.and_then(number).unwrap_or(0xfffd)
}

/// Appends `text` as a JSON string.
pub(crate) fn push_string(text: &str, out: &mut String) {
    out.push('"');
    push_inside(text, out);
    out.push('"');
}

/// Whether a text can stand in a JSON string as it is.
#[inline(always)]
pub(crate) fn needs_no_escape(text: &[u8]) -> bool {
    chunk::string_end(text, 0).is_none()
}

/// [`needs_no_escape`] of `part` of a text, faster if that is short and something stands after it.
#[inline(always)]
pub(crate) fn part_needs_no_escape(text: &[u8], part: Span) -> bool {
    let needs = among_few::<2>(text, part, Chunk::ends_or_escapes);
    needs.map_or_else(|| needs_no_escape(&text[part.start()..part.end()]), |needs| !needs)
}

/// Whether `part` of a text has one of these bytes.
#[inline(always)]
pub(crate) fn has_any<const COUNT: usize>(text: &str, part: Span, wanted: [u8; COUNT]) -> bool {
    let has = among_few::<1>(text.as_bytes(), part, |chunk| chunk.any_of(wanted));
    has.unwrap_or_else(|| chunk::find(part.of(text).as_bytes(), 0, wanted).is_some())
}

/// Whether `part` of a text has a byte that is wanted. `None` if it is longer than `CHUNKS` chunks, or `text` ends within them.
#[inline(always)]
fn among_few<const CHUNKS: usize>(text: &[u8], part: Span, wanted: impl Fn(Chunk) -> u32) -> Option<bool> {
    let chunks = text.get(part.start()..part.start() + CHUNKS * SIZE).filter(|_| part.len() <= CHUNKS * SIZE)?;
    // The bits of bytes beyond the end do not count.
    Some(chunk::bits(chunks, wanted) & ((1 << part.len()) - 1) != 0)
}

/// Appends the inside of a JSON string that means `text`, which seldom needs an escape.
pub(crate) fn push_inside(text: &str, out: &mut String) {
    if needs_no_escape(text.as_bytes()) {
        return out.push_str(text);
    }
    let mut escaped = Output::default();
    push_escaped(text.as_bytes(), text.len(), &mut escaped);
    out.push_str(str::from_utf8(escaped.text()).unwrap_or_default());
}

/// The same of the first `length` bytes of a text, which often need escapes. What stands after them makes it faster.
pub(crate) fn push_escaped(text: &[u8], length: usize, out: &mut Output) {
    // JSON in a string has a quote every few bytes: sixteen are copied whether all of them count or not.
    let (read, written) = escape_quotes(text, length, out.room(2 * length + 3 * SIZE));
    out.add(written);
    // What is left has control characters, which few texts have, or nothing stands after it.
    for byte in &text[read..length] {
        match byte {
            b'"' | b'\\' => out.append(&[b'\\', *byte], 0, 2),
            0..0x20 => {
                let escaped = CONTROL[usize::from(*byte)].as_bytes();
                out.append(escaped, 0, escaped.len());
            }
            _ => out.push(*byte),
        }
    }
}

/// Writes the first `length` bytes of `text` over `out`, which has room for twice as many and three chunks, with a backslash
/// before each quote and backslash; stops at a chunk with control characters, and where `text` ends. Gives how many bytes it
/// read, and how many it wrote.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // a bit for each byte of half a chunk
fn escape_quotes(text: &[u8], length: usize, out: &mut [u8]) -> (usize, usize) {
    let (mut read, mut written, mut last) = (0, 0, 0);
    while read < length
        && let Some(bytes) = text.get(read..read + SIZE).and_then(<[u8]>::first_chunk::<SIZE>)
        && let Some(room) = out.get_mut(written..written + 3 * SIZE)
    {
        let chunk = Chunk::new(*bytes);
        let quotes = chunk.any_of(*b"\"\\");
        if chunk.ends_or_escapes() != quotes {
            break;
        }
        last = quotes;
        let second = HALF + (quotes as u8).count_ones() as usize;
        let [low, high] = chunk::halves(bytes);
        room[..SIZE].copy_from_slice(&chunk::backslashed(low, quotes as u8));
        room[second..second + SIZE].copy_from_slice(&chunk::backslashed(high, (quotes >> HALF) as u8));
        read += SIZE;
        written += SIZE + quotes.count_ones() as usize;
    }
    // Bytes beyond the end do not count, nor what was put before them.
    let surplus = read.saturating_sub(length);
    (read - surplus, written - surplus - (last >> (SIZE - surplus)).count_ones() as usize)
}

/// How the control characters are escaped, by their code.
const CONTROL: [&str; 32] = [
    "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005", "\\u0006", "\\u0007", "\\b", "\\t", "\\n",
    "\\u000b", "\\f", "\\r", "\\u000e", "\\u000f", "\\u0010", "\\u0011", "\\u0012", "\\u0013", "\\u0014", "\\u0015",
    "\\u0016", "\\u0017", "\\u0018", "\\u0019", "\\u001a", "\\u001b", "\\u001c", "\\u001d", "\\u001e", "\\u001f",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lone_surrogates_and_nul_are_mended() {
        for (inner, meaning, mended) in [
            (r"\ud83d\ude00", "😀", false),
            (r"\ud83dx", "\u{fffd}x", true),
            (r"\ude00\ud83d", "\u{fffd}\u{fffd}", true),
            (r"\ud83d\u0041", "\u{fffd}A", true),
            (r"a\u0000b", "ab", true),
            (r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t", false),
        ] {
            let mut out = String::new();
            assert_eq!((unescape(inner, &mut out), out.as_str()), (Mended(mended), meaning), "{inner}");
        }
    }

    proptest! {
        #[test]
        fn strings_mean_what_serde_json_says(text in prop_oneof![any::<String>(), "[a-z\"\\\\\u{1}ü]{0,300}", "[a-z\"\\\\ü]{0,300}"]) {
            let mut ours = String::new();
            push_string(&text, &mut ours);
            prop_assert_eq!(&ours, &serde_json::to_string(&text)?);
            let mut back = String::new();
            let mended = unescape(Span::new(0, ours.len()).unquoted().of(&ours), &mut back);
            prop_assert_eq!(mended, Mended(text.contains('\0')));
            prop_assert_eq!(back, text.replace('\0', ""));
        }

        #[test]
        fn of_a_text_only_the_part_counts(text in "[a-c\"\\\\\u{1}]{0,80}|[a-z\"]{0,80}", start in 0..81usize, length in 0..81usize) {
            let start = start.min(text.len());
            let end = (start + length).min(text.len());
            let part = &text[start..end];
            prop_assert_eq!(has_any(&text, Span::new(start, end), *b"\"b"), part.contains(['"', 'b']));
            let needs_none = !part.contains(['"', '\\', '\u{1}']);
            prop_assert_eq!(part_needs_no_escape(text.as_bytes(), Span::new(start, end)), needs_none);
            let mut out = Output::default();
            out.push(b'"');
            push_escaped(&text.as_bytes()[start..], end - start, &mut out);
            out.push(b'"');
            prop_assert_eq!(str::from_utf8(out.text())?, serde_json::to_string(part)?);
        }
    }
}
