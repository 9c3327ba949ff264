//! Finding one's way in JSON text, or in bytes that may be that.
//!
//! A [`Cursor`] steps over what is JSON and stops at what is not; what is wrong there, serde_json says.

mod container;
mod invocation;

use crate::chunk::{self, Chunk};
use crate::json::Span;
use crate::keys::Spelling;
use serde::de::IgnoredAny;
use std::hint::cold_path;

/// What a scalar is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar {
    /// A number, a truth or null.
    Plain,
    /// A string that means what is written, and in which privacy has nothing to look for.
    Text,
    /// A string that means what is written.
    Signed,
    /// A string with escapes in it.
    Escaped,
}

/// What begins at a place.
pub(crate) enum Value {
    /// Where a scalar stands, and what it is made of.
    Scalar(Span, Scalar),
    /// An object or array.
    Container,
}

/// A place in JSON text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
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
            _ => {
                cold_path();
                self.at = after_white_space(self.bytes, self.at);
                self.bytes.get(self.at).copied().unwrap_or_default()
            }
        }
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

    /// [`Self::key`], for a key of at most 15 bytes without escapes that is spelled as it mostly is, with a colon right
    /// after it: its inside, and its bytes. `None`, and the cursor stays where it is, for any other.
    #[inline(always)]
    pub(crate) fn short_key(&mut self) -> Option<(Span, Spelling)> {
        const QUOTES: usize = "\"\":".len();
        let [b'"', rest @ ..] = self.bytes.get(self.at..)?.first_chunk::<{ chunk::SIZE + QUOTES }>()? else {
            cold_path();
            return None;
        };
        let bytes = *rest.first_chunk()?;
        let length = Chunk::new(bytes).ends_or_escapes().trailing_zeros() as usize;
        if length >= chunk::SIZE || rest[length..length + 2] != *b"\":" {
            return None;
        }
        let start = self.at + 1;
        self.at = start + length + 2;
        Some((Span::new(start, start + length), Spelling::first(bytes, length)))
    }

    /// Steps over a string, a number or a literal that begins here. `None` if none does.
    #[inline(always)]
    pub(crate) fn scalar(&mut self) -> Option<Scalar> {
        match self.scalar_or_container(*self.bytes.get(self.at)?)? {
            Value::Scalar(_, scalar) => Some(scalar),
            Value::Container => None,
        }
    }

    /// [`Self::scalar`] for one that begins with `first`; before an object or array, the cursor stays.
    #[inline(always)]
    pub(crate) fn scalar_or_container(&mut self, first: u8) -> Option<Value> {
        let start = self.at;
        if first == b'"' {
            let scalar = self.string()?;
            return Some(Value::Scalar(Span::new(start, self.at), scalar));
        }
        // Most values are strings: that is told first.
        cold_path();
        self.at = match first {
            b'{' | b'[' => return Some(Value::Container),
            b't' => literal(self.bytes, self.at, "true")?,
            b'f' => literal(self.bytes, self.at, "false")?,
            b'n' => literal(self.bytes, self.at, "null")?,
            _ => number(self.bytes, self.at)?,
        };
        Some(Value::Scalar(Span::new(start, self.at), Scalar::Plain))
    }

    /// Steps over the string that begins here.
    #[inline(always)]
    pub(crate) fn string(&mut self) -> Option<Scalar> {
        let (end, signs) = chunk::string_end(self.bytes, self.at + 1)?;
        if self.bytes.get(end) != Some(&b'"') {
            cold_path();
            self.at = escaped_string(self.bytes, end)?;
            return Some(Scalar::Escaped);
        }
        self.at = end + 1;
        Some(if signs { Scalar::Signed } else { Scalar::Text })
    }

    /// [`Self::raw`] of a string of ASCII, without escapes, that is not the last of the text. `None`, and the cursor stays
    /// where it is, for anything else.
    #[inline(always)]
    pub(crate) fn raw_string(&mut self) -> Option<&'a [u8]> {
        let inside = self.bytes.get(self.at..)?.strip_prefix(b"\"")?;
        let stops = inside.as_chunks().0.iter().map(|chunk| Chunk::new(*chunk).no_plain_ascii());
        let (chunk, stops) = stops.enumerate().find(|(_, stops)| *stops != 0)?;
        let length = chunk * chunk::SIZE + stops.trailing_zeros() as usize;
        (inside[length] == b'"').then_some(())?;
        let start = self.at;
        self.at += length + 2;
        self.bytes.get(start..self.at)
    }

    /// Steps over any value that begins here, and lets serde_json see that it is one.
    pub(crate) fn checked_value(&mut self) -> Option<()> {
        let mut values = serde_json::Deserializer::from_slice(self.bytes.get(self.at..)?).into_iter::<IgnoredAny>();
        values.next()?.ok()?;
        self.at += values.byte_offset();
        Some(())
    }

    /// Steps over the object or array that begins here: only brackets and strings count. What does not end is the rest.
    pub(crate) fn container(&mut self) -> Span {
        let start = self.at;
        self.at = container::end(self.bytes, start).unwrap_or(self.bytes.len());
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

// What follows takes and gives places, not a cursor, so that a cursor can live in registers.

/// The first place from `at` on where there is no white space.
#[inline(never)]
fn after_white_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\t' | b'\r') = bytes.get(at) {
        at += 1;
    }
    at
}

/// Where the literal ends that begins at `at`.
fn literal(bytes: &[u8], at: usize, literal: &str) -> Option<usize> {
    bytes.get(at..)?.starts_with(literal.as_bytes()).then_some(at + literal.len())
}

/// Where the number ends that begins at `at`.
#[inline(never)]
fn number(bytes: &[u8], mut at: usize) -> Option<usize> {
    at += usize::from(bytes.get(at) == Some(&b'-'));
    let digits = |from| chunk::digits_end(bytes, from);
    at = match bytes.get(at)? {
        b'0' => at + 1,
        b'1'..=b'9' => digits(at + 1),
        _ => return None,
    };
    if bytes.get(at) == Some(&b'.') {
        let places = at + 1;
        at = digits(places);
        (at > places).then_some(())?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let exponent = at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        at = digits(exponent);
        (at > exponent).then_some(())?;
    }
    Some(at)
}

/// Where the string ends in which something has to be looked at that stands at `at`.
#[inline(never)]
fn escaped_string(bytes: &[u8], mut at: usize) -> Option<usize> {
    while bytes[at] == b'\\' {
        at += escape(&bytes[at + 1..])?;
        (at, _) = chunk::string_end(bytes, at)?;
    }
    (bytes[at] == b'"').then_some(at + 1)
}

/// The length of an escape whose backslash stands before `rest`; `None` if it is none.
fn escape(rest: &[u8]) -> Option<usize> {
    match rest {
        [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => Some(2),
        [b'u', hex @ ..] => hex.first_chunk::<4>()?.iter().all(u8::is_ascii_hexdigit).then_some(6),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_scalar_is_what_serde_json_takes_for_one(text in r#"-?[0-9.eE+-]{0,6}|true|false|null|nul|"([ -~\u{1}ü]|\\[\"/bfnrtux0-9a-f]{1,6}){0,12}"{0,1}"#) {
            let mut cursor = Cursor::new(text.as_bytes(), 0);
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
            let mut cursor = Cursor::new(whole.as_bytes(), 0);
            prop_assert_eq!(cursor.value(), Some(Span::new(0, value.len())));
            cursor.go_to(0);
            prop_assert_eq!(cursor.checked_value().map(|()| cursor.at()), Some(value.len()));
        }
    }
}
