//! What a cursor steps over in an invocation, mostly as Firehose writes it.

use super::Cursor;
use crate::digits;

impl<'a> Cursor<'a> {
    /// Steps over an object, whose members `each` is told by the places of their keys in `keys` (their number, for any
    /// other) and steps over. The keys are given with their quotes and a colon, as they mostly stand there. `None` if it
    /// is none, if a key has escapes, or if `each` says so.
    #[inline(always)]
    pub(crate) fn members<const COUNT: usize>(
        &mut self,
        keys: &'static [&'static str; COUNT],
        mut each: impl FnMut(usize, &mut Self) -> Option<()>,
    ) -> Option<()> {
        self.expect(b'{')?;
        let mut more = self.next() != b'}';
        while more {
            let key = match keys.iter().position(|key| self.is_before(key)) {
                Some(key) => key,
                None => self.other_key(keys)?,
            };
            self.next();
            each(key, self)?;
            more = self.next() == b',';
            self.at += usize::from(more);
        }
        self.expect(b'}')
    }

    /// Steps over `text` if the cursor stands before it.
    #[inline(always)]
    fn is_before(&mut self, text: &str) -> bool {
        let is_before = self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(text.as_bytes()));
        self.at += if is_before { text.len() } else { 0 };
        is_before
    }

    /// Steps over a key that is none of `keys`, or one of them with white space around it.
    #[inline(never)]
    fn other_key(&mut self, keys: &[&str]) -> Option<usize> {
        let (key, escaped) = self.key()?;
        let key = &self.bytes[key.start()..key.end()];
        (!escaped).then(|| keys.iter().position(|of| of.as_bytes()[1..of.len() - 2] == *key).unwrap_or(keys.len()))
    }

    /// Steps over an array, whose elements `each` steps over. `None` if it is none, or if `each` says so.
    #[inline(always)]
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

    /// Steps over any value that begins here, and gives its bytes.
    pub(crate) fn raw(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        match self.bytes.get(start)? {
            b'{' | b'[' => self.checked_value()?,
            _ => self.scalar().map(drop)?,
        }
        self.bytes.get(start..self.at)
    }

    /// Steps over a long string that begins here, and gives its inside. Control characters in it are for its reader to
    /// refuse. `None`, and the cursor stays where it is, if it has escapes or is none.
    #[inline(always)]
    pub(crate) fn long(&mut self) -> Option<&'a [u8]> {
        let inside = self.bytes.get(self.at..)?.strip_prefix(b"\"")?;
        let length = memchr::memchr2(b'"', b'\\', inside)?;
        (inside[length] == b'"').then_some(())?;
        let start = self.at + 1;
        self.at += length + 2;
        self.bytes.get(start..start + length)
    }

    /// Steps over a whole number of 13 digits that begins here, as milliseconds since 1970 are mostly written, and gives
    /// it. `None`, and the cursor stays where it is, for anything else.
    #[inline(always)]
    pub(crate) fn milliseconds(&mut self) -> Option<i64> {
        let [digits @ .., end] = self.bytes.get(self.at..)?.first_chunk::<14>()?;
        let eight = |digits: [u8; 8]| digits::read(digits, *b"00000000").map(|eight| i64::from(digits::number(eight)));
        let (first, last) = (eight(*digits.first_chunk()?)?, eight(*digits.last_chunk()?)?);
        if digits[0] == b'0' || !matches!(end, b',' | b'}') {
            return None;
        }
        self.at += digits.len();
        // Three digits are in both.
        Some(first / 1_000 * 100_000_000 + last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derive::time;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_read_faster_is_read_the_same(text in r#""([ -~\u{1}ü]|\\["n]){0,40}",?.{0,20}|-?[0-9]{11,15}[],}.e0-9 ]"#) {
            let raw = { let mut cursor = Cursor::new(text.as_bytes(), 0); (cursor.raw(), cursor.at()) };
            let mut cursor = Cursor::new(text.as_bytes(), 0);
            match cursor.raw_string() {
                None => prop_assert_eq!(cursor.at(), 0),
                faster => prop_assert_eq!((faster, cursor.at()), raw),
            }
            let mut cursor = Cursor::new(text.as_bytes(), 0);
            match cursor.long() {
                None => prop_assert_eq!(cursor.at(), 0),
                Some(inside) => {
                    let has_controls = inside.iter().any(|byte| *byte < b' ');
                    prop_assert!(has_controls || raw == (Some(&text.as_bytes()[..inside.len() + 2]), cursor.at()));
                }
            }
            let mut cursor = Cursor::new(text.as_bytes(), 0);
            match cursor.milliseconds() {
                None => prop_assert_eq!(cursor.at(), 0),
                time => prop_assert_eq!((time, cursor.at()), (raw.0.and_then(|raw| time::parse(str::from_utf8(raw).ok()?)), raw.1)),
            }
        }

        #[test]
        fn milliseconds_are_read_where_firehose_writes_them(time in 1_000_000_000_000i64..10_000_000_000_000) {
            prop_assert_eq!(Cursor::new(format!("{time},").as_bytes(), 0).milliseconds(), Some(time));
        }
    }
}
