//! Finding one's way in JSON text that serde_json has accepted, and the text of JSON strings.
//!
//! serde_json alone decides what is JSON. A [`Cursor`] only steps through text known to be valid, which is why it needs
//! no error of its own; on text that is not, it stops early and gives nonsense, but never panics or runs away.

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

    /// A string without its quotes.
    pub(crate) fn unquoted(self) -> Self {
        if self.end - self.start < 2 { self } else { Self { start: self.start + 1, end: self.end - 1 } }
    }
}

/// A place in valid JSON text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str, at: usize) -> Self {
        Self { bytes: text.as_bytes(), at }
    }

    pub(crate) fn at(self) -> usize {
        self.at
    }

    /// The next byte that means something, which the cursor moves to; 0 at the end. In valid text, separators mean no
    /// more than white space does.
    pub(crate) fn peek(&mut self) -> u8 {
        while let Some(&byte) = self.bytes.get(self.at) {
            if !matches!(byte, b' ' | b',' | b':' | b'\n' | b'\t' | b'\r') {
                return byte;
            }
            self.at += 1;
        }
        0
    }

    /// Steps over the byte that [`Self::peek`] showed.
    pub(crate) fn step(&mut self) {
        self.at += 1;
    }

    /// Steps over a string, a number or a literal that begins here.
    pub(crate) fn scalar(&mut self) -> Span {
        let start = self.at;
        if self.bytes.get(start) == Some(&b'"') {
            self.at += 1;
            while let Some(found) = memchr::memchr2(b'"', b'\\', self.bytes.get(self.at..).unwrap_or_default()) {
                self.at += found;
                if self.bytes.get(self.at) == Some(&b'"') {
                    self.at += 1;
                    return Span::new(start, self.at);
                }
                self.at += 2;
            }
            self.at = self.bytes.len();
        } else {
            let ends = |b: &u8| matches!(b, b',' | b'}' | b']' | b' ' | b'\n' | b'\t' | b'\r' | b':');
            let rest = self.bytes.get(start..).unwrap_or_default();
            self.at = start + rest.iter().position(ends).unwrap_or(rest.len()).max(1);
        }
        Span::new(start, self.at)
    }

    /// Steps over any value that begins here. Gives its span and how deep it nests (0 for a scalar).
    pub(crate) fn value(&mut self) -> (Span, usize) {
        let start = self.at;
        let (mut depth, mut deepest) = (0usize, 0);
        loop {
            match self.peek() {
                b'{' | b'[' => {
                    depth += 1;
                    deepest = deepest.max(depth);
                    self.step();
                }
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    self.step();
                }
                0 => break,
                _ => {
                    self.scalar();
                }
            }
            if depth == 0 {
                break;
            }
        }
        (Span::new(start, self.at), deepest)
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
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            0..0x20 => CONTROL[usize::from(byte)],
            _ => continue,
        };
        out.push_str(&text[from..at]);
        out.push_str(escape);
        from = at + 1;
    }
    out.push_str(&text[from..]);
    out.push('"');
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
        fn strings_mean_what_serde_json_says(text in any::<String>()) {
            let mut ours = String::new();
            push_string(&text, &mut ours);
            prop_assert_eq!(&ours, &serde_json::to_string(&text)?);
            let mut back = String::new();
            let mended = unescape(Span::new(0, ours.len()).unquoted().of(&ours), &mut back);
            prop_assert_eq!(mended, Mended(text.contains('\0')));
            prop_assert_eq!(back, text.replace('\0', ""));
        }

        #[test]
        fn a_cursor_steps_over_any_value_whole(text in "[ -~]{0,30}", tail in "[,} ]{0,3}") {
            let value = serde_json::json!({ "a": [text, 1.5, null, {}], "b\\\"": { "c": [[]] } }).to_string();
            let whole = format!("{value}{tail}");
            let mut cursor = Cursor::new(&whole, 0);
            prop_assert_eq!(cursor.value(), (Span::new(0, value.len()), 4));
        }
    }
}
