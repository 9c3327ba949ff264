//! Finding one's way in JSON text, and the text of JSON strings.
//!
//! A [`Cursor`] steps over what is JSON and stops at what is not; what is wrong there, serde_json says.

use crate::words;
use serde::de::IgnoredAny;

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
        if self.end - self.start < 2 { self } else { Self { start: self.start + 1, end: self.end - 1 } }
    }
}

/// What a scalar is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar {
    /// A number, a truth or null.
    Plain,
    /// A string that means what is written.
    Text,
    /// A string with escapes in it.
    Escaped,
}

/// A place in JSON text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str, at: usize) -> Self {
        Self { text, bytes: text.as_bytes(), at }
    }

    pub(crate) fn at(self) -> usize {
        self.at
    }

    pub(crate) fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    /// The next byte that is no white space, which the cursor moves to; 0 at the end.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> u8 {
        match self.bytes.get(self.at) {
            Some(&byte) if byte > b' ' => byte,
            _ => self.next_after_white_space(),
        }
    }

    #[inline(never)]
    fn next_after_white_space(&mut self) -> u8 {
        while let Some(&byte) = self.bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\t' | b'\r') {
                return byte;
            }
            self.at += 1;
        }
        0
    }

    /// Steps over the byte that [`Self::next`] showed.
    pub(crate) fn step(&mut self) {
        self.at += 1;
    }

    /// Steps over `byte`, after white space. `None` if another one comes.
    #[inline(always)]
    pub(crate) fn expect(&mut self, byte: u8) -> Option<()> {
        (self.next() == byte).then(|| self.step())
    }

    /// Steps over a member's key and the colon after it. Gives the inside of the key, and whether there are escapes.
    #[inline(always)]
    pub(crate) fn key(&mut self) -> Option<(Span, bool)> {
        if self.next() != b'"' {
            return None;
        }
        let start = self.at + 1;
        let scalar = self.string()?;
        let key = Span::new(start, self.at - 1);
        self.expect(b':')?;
        Some((key, scalar == Scalar::Escaped))
    }

    /// Steps over a string, a number or a literal that begins here. `None` if none does.
    #[inline(always)]
    pub(crate) fn scalar(&mut self) -> Option<Scalar> {
        match self.bytes.get(self.at)? {
            b'"' => self.string(),
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            b'n' => self.literal("null"),
            _ => self.number(),
        }
    }

    fn literal(&mut self, literal: &str) -> Option<Scalar> {
        self.bytes.get(self.at..)?.starts_with(literal.as_bytes()).then(|| self.at += literal.len())?;
        Some(Scalar::Plain)
    }

    #[inline(always)]
    fn string(&mut self) -> Option<Scalar> {
        let end = words::find(self.bytes, self.at + 1, ends_or_escapes)?;
        if self.bytes[end] != b'"' {
            return self.escaped_string(end);
        }
        self.at = end + 1;
        Some(Scalar::Text)
    }

    /// Steps over a string in which something has to be looked at.
    #[inline(never)]
    fn escaped_string(&mut self, mut at: usize) -> Option<Scalar> {
        while self.bytes[at] == b'\\' {
            at += escape(&self.bytes[at + 1..])?;
            at = words::find(self.bytes, at, ends_or_escapes)?;
        }
        self.at = at + 1;
        (self.bytes[at] == b'"').then_some(Scalar::Escaped)
    }

    fn number(&mut self) -> Option<Scalar> {
        let mut at = self.at + usize::from(self.bytes[self.at] == b'-');
        let digits = |from: usize| from + self.bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        at = match self.bytes.get(at)? {
            b'0' => at + 1,
            b'1'..=b'9' => digits(at + 1),
            _ => return None,
        };
        if self.bytes.get(at) == Some(&b'.') {
            let places = at + 1;
            at = digits(places);
            (at > places).then_some(())?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(at) {
            let exponent = at + 1 + usize::from(matches!(self.bytes.get(at + 1), Some(b'+' | b'-')));
            at = digits(exponent);
            (at > exponent).then_some(())?;
        }
        self.at = at;
        Some(Scalar::Plain)
    }

    /// Steps over an object, whose members `each` is told by their keys and steps over. `None` if it is none, if a key has
    /// escapes, or if `each` says so.
    pub(crate) fn members(&mut self, mut each: impl FnMut(&'a str, &mut Self) -> Option<()>) -> Option<()> {
        self.expect(b'{')?;
        let mut more = self.next() != b'}';
        while more {
            let (key, escaped) = self.key()?;
            self.next();
            (!escaped).then(|| each(key.of(self.text), self))??;
            more = self.next() == b',';
            self.at += usize::from(more);
        }
        self.expect(b'}')
    }

    /// Steps over an array, whose elements `each` steps over. `None` if it is none, or if `each` says so.
    pub(crate) fn elements(&mut self, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.expect(b'[')?;
        let mut more = self.next() != b']';
        while more {
            each(self)?;
            more = self.next() == b',';
            self.at += usize::from(more);
        }
        self.expect(b']')
    }

    /// Steps over any value that begins here, and gives its text.
    pub(crate) fn raw(&mut self) -> Option<&'a str> {
        let start = self.at;
        match self.bytes.get(start)? {
            b'{' | b'[' => self.checked_value()?,
            _ => self.scalar().map(drop)?,
        }
        self.text.get(start..self.at)
    }

    /// The same, faster for a long string. Control characters in it are for its reader to refuse.
    pub(crate) fn long(&mut self) -> Option<&'a str> {
        let inside = self.bytes.get(self.at..)?.strip_prefix(b"\"")?;
        match memchr::memchr2(b'"', b'\\', inside) {
            Some(length) if inside[length] == b'"' => {
                let start = self.at;
                self.at += length + 2;
                self.text.get(start..self.at)
            }
            _ => self.raw(),
        }
    }

    /// Steps over any value that begins here, and lets serde_json see that it is one.
    pub(crate) fn checked_value(&mut self) -> Option<()> {
        let mut values = serde_json::Deserializer::from_str(self.text.get(self.at..)?).into_iter::<IgnoredAny>();
        values.next()?.ok()?;
        self.at += values.byte_offset();
        Some(())
    }

    /// Steps over the object or array that begins here: only brackets and strings count.
    pub(crate) fn container(&mut self) -> Span {
        let (start, mut depth) = (self.at, 0usize);
        while let Some(at) = words::find(self.bytes, self.at, opens_or_closes) {
            self.at = at;
            match self.bytes[at] {
                b'"' => {
                    if self.string().is_none() {
                        break;
                    }
                    continue;
                }
                b'{' | b'[' => depth += 1,
                _ => depth = depth.saturating_sub(1),
            }
            self.at = at + 1;
            if depth == 0 {
                return Span::new(start, self.at);
            }
        }
        self.at = self.bytes.len();
        Span::new(start, self.at)
    }

    /// Steps over any value that begins here.
    pub(crate) fn value(&mut self) -> Option<Span> {
        let start = self.at;
        match self.next() {
            b'{' | b'[' => Some(self.container()),
            _ => self.scalar().map(|_| Span::new(start, self.at)),
        }
    }
}

/// Brackets and quotes.
#[inline(always)]
fn opens_or_closes(word: u64) -> u64 {
    // The two kinds of brackets differ in one bit.
    let braces = word | 0x2020_2020_2020_2020;
    words::equal(word, b'"') | words::equal(braces, b'{') | words::equal(braces, b'}')
}

/// The bytes at which the inside of a string cannot simply go on.
#[inline(always)]
fn ends_or_escapes(word: u64) -> u64 {
    words::equal(word, b'"') | words::equal(word, b'\\') | words::below(word, b' ')
}

/// The length of an escape whose backslash stands before `rest`; `None` if it is none.
fn escape(rest: &[u8]) -> Option<usize> {
    match rest {
        [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => Some(2),
        [b'u', hex @ ..] => hex.first_chunk::<4>()?.iter().all(u8::is_ascii_hexdigit).then_some(6),
        _ => None,
    }
}

/// What had to be mended in a string, so that every reader down the line can hold it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mended(pub(crate) bool);

/// Appends what the inside of a JSON string means. U+0000, which Redshift and PostgreSQL cannot hold, is left out, and
/// a lone surrogate, which is no character, becomes U+FFFD; both are mends.
pub(crate) fn unescape(inner: &str, out: &mut String) -> Mended {
    let mut mended = Mended(false);
    let mut rest = inner;
    while let Some((before, escape)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = escape.chars();
        match chars.next() {
            Some('u') => {
                let (c, length) = match (unit(escape), unit(escape.get(6..).unwrap_or_default())) {
                    (high @ 0xd800..=0xdbff, low @ 0xdc00..=0xdfff) if escape.as_bytes().get(5) == Some(&b'\\') => {
                        (char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)), 11)
                    }
                    (unit, _) => (char::from_u32(unit), 5),
                };
                match c {
                    Some('\0') => mended = Mended(true),
                    Some(c) => out.push(c),
                    None => {
                        out.push(char::REPLACEMENT_CHARACTER);
                        mended = Mended(true);
                    }
                }
                rest = escape.get(length..).unwrap_or_default();
                continue;
            }
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some(c) => out.push(c),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    mended
}

/// The code unit of `uXXXX`; that of U+FFFD if it is none.
fn unit(escape: &str) -> u32 {
    escape
        .strip_prefix('u')
        .and_then(|hex| hex.get(..4))
        .and_then(|hex| u32::from_str_radix(hex, 16).ok())
        .unwrap_or(0xfffd)
}

/// Appends `text` as a JSON string.
pub(crate) fn push_string(text: &str, out: &mut String) {
    out.push('"');
    push_inside(text, out);
    out.push('"');
}

/// Appends the inside of a JSON string that means `text`, which seldom needs an escape.
pub(crate) fn push_inside(text: &str, out: &mut String) {
    if words::find(text.as_bytes(), 0, ends_or_escapes).is_none() {
        return out.push_str(text);
    }
    let mut escaped = Vec::new();
    push_escaped(text, &mut escaped);
    out.push_str(str::from_utf8(&escaped).unwrap_or_default());
}

/// The same, for a text that often does.
pub(crate) fn push_escaped(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let Some(mut at) = words::find(bytes, 0, ends_or_escapes) else { return out.extend_from_slice(bytes) };
    out.extend_from_slice(&bytes[..at]);
    while at < bytes.len() {
        // JSON in a string has a quote every few bytes: eight are copied whether all of them count or not.
        const BLOCK: usize = 128;
        let start = out.len();
        out.resize(start + BLOCK + WORST, 0);
        let (block, mut length) = (&mut out[start..], 0);
        while length < BLOCK && at < bytes.len() {
            let (word, taken) = words::word(&bytes[at..]);
            let stop = ends_or_escapes(word);
            let clean = if stop == 0 { taken } else { words::lowest(stop) };
            block[length..length + 8].copy_from_slice(&word.to_le_bytes());
            at += clean;
            length += clean;
            if stop != 0 {
                let escape = match bytes[at] {
                    b'"' => "\\\"",
                    b'\\' => "\\\\",
                    control => CONTROL[usize::from(control)],
                };
                block[length..length + escape.len()].copy_from_slice(escape.as_bytes());
                at += 1;
                length += escape.len();
            }
        }
        out.truncate(start + length);
    }
}

/// The most bytes that a step of [`push_escaped`] writes: seven as they are, and `\u001f`.
const WORST: usize = 8 + 6;

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
        fn strings_mean_what_serde_json_says(text in prop_oneof![any::<String>(), "[a-z\"\\\\\u{1}ü]{0,300}"]) {
            let mut ours = String::new();
            push_string(&text, &mut ours);
            prop_assert_eq!(&ours, &serde_json::to_string(&text)?);
            let mut back = String::new();
            let mended = unescape(Span::new(0, ours.len()).unquoted().of(&ours), &mut back);
            prop_assert_eq!(mended, Mended(text.contains('\0')));
            prop_assert_eq!(back, text.replace('\0', ""));
        }

        #[test]
        fn a_scalar_is_what_serde_json_takes_for_one(text in r#"-?[0-9.eE+-]{0,6}|true|false|null|nul|"([ -~\u{1}ü]|\\[\"/bfnrtux0-9a-f]{1,6}){0,12}"{0,1}"#) {
            let mut cursor = Cursor::new(&text, 0);
            let ours = cursor.scalar().filter(|_| cursor.at() == text.len());
            let theirs = serde_json::from_str::<&serde_json::value::RawValue>(&text).ok();
            prop_assert_eq!(ours.is_some(), theirs.is_some(), "{}", text);
            let escaped = text.starts_with('"') && text.contains('\\');
            prop_assert!(ours.is_none_or(|ours| (ours == Scalar::Escaped) == escaped));
        }

        #[test]
        fn a_cursor_steps_over_any_value_whole(text in "[ -~]{0,30}", tail in "[,} ]{0,3}") {
            let value = serde_json::json!({ "a": [text, 1.5, null, {}], "b\\\"": { "c": [[]] } }).to_string();
            let whole = format!("{value}{tail}");
            let mut cursor = Cursor::new(&whole, 0);
            prop_assert_eq!(cursor.value(), Some(Span::new(0, value.len())));
            cursor.go_to(0);
            prop_assert_eq!(cursor.checked_value().map(|()| cursor.at()), Some(value.len()));
        }
    }
}
