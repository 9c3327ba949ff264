//! JSON values that follow each other, with or without white space between them: as people keep them, and as Firehose
//! puts records into an object of the backup, back to back.
//!
//! A record need not be JSON, so one that is broken costs itself alone: where the next one begins is told from where, and
//! how, the broken one stops being JSON.

use super::brackets::Brackets;
use serde::de::IgnoredAny;
use serde_json::{Deserializer, Error};
use std::io::{self, BufRead};

/// The values' bytes, one after the other.
pub(super) struct Values<R> {
    reader: R,
    /// The most bytes that are kept of a value.
    most: usize,
    /// What has been read and not given yet.
    ahead: Vec<u8>,
    /// Where in it the next value begins.
    at: usize,
}

impl<R: BufRead> Values<R> {
    pub(super) fn new(reader: R, most: usize) -> Self {
        Self { reader, most, ahead: Vec::new(), at: 0 }
    }

    /// Reads on. False at the end.
    fn more(&mut self) -> io::Result<bool> {
        if self.at > self.ahead.len() / 2 {
            self.ahead.drain(..self.at);
            self.at = 0;
        }
        // Twice as much each time, since a value that is not whole yet is looked at again from its beginning.
        let wanted = (self.ahead.len() - self.at).max(1);
        let mut read = 0;
        while read < wanted {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                break;
            }
            let length = chunk.len();
            self.ahead.extend_from_slice(chunk);
            self.reader.consume(length);
            read += length;
        }
        Ok(read > 0)
    }

    fn value(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            self.at += self.ahead[self.at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            if self.at < self.ahead.len() {
                break;
            }
            if !self.more()? {
                return Ok(None);
            }
        }
        loop {
            let rest = &self.ahead[self.at..];
            if let Some(end) = end(rest) {
                let value = rest[..end.min(self.most)].trim_ascii_end().to_vec();
                self.at += end;
                return Ok(Some(value));
            }
            if rest.len() >= self.most {
                let value = rest[..self.most].to_vec();
                self.drop_value()?;
                return Ok(Some(value));
            }
            if !self.more()? {
                let value = self.ahead[self.at..].trim_ascii_end().to_vec();
                self.at = self.ahead.len();
                return Ok(Some(value));
            }
        }
    }

    /// Goes past a value that is larger than any that is kept.
    fn drop_value(&mut self) -> io::Result<()> {
        let mut brackets = Brackets::default();
        loop {
            if let Some(end) = brackets.end_in(&self.ahead[self.at..]) {
                self.at += end;
                return Ok(());
            }
            self.at = self.ahead.len();
            if !self.more()? {
                return Ok(());
            }
        }
    }
}

impl<R: BufRead> Iterator for Values<R> {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.value().transpose()
    }
}

/// Where the value ends that `text` begins with; `None` if its end is not in it.
fn end(text: &[u8]) -> Option<usize> {
    if !begins(text) {
        // No object and no array: some text, up to the next of them or the end of the line.
        return (1..text.len()).find(|at| text[*at] == b'\n' || begins(&text[*at..]));
    }
    let mut values = Deserializer::from_slice(text).into_iter::<IgnoredAny>();
    match values.next()? {
        Ok(_) => Some(values.byte_offset()),
        Err(error) if error.is_eof() => None,
        Err(error) => end_of_broken(text, place(text, &error)),
    }
}

/// Whether an object or an array of such begins here.
fn begins(text: &[u8]) -> bool {
    text.starts_with(b"{") || text.starts_with(b"[{")
}

/// Where `error` is: at the first byte that cannot stand there.
fn place(text: &[u8], error: &Error) -> usize {
    let line_start = match error.line() {
        0 | 1 => 0,
        line => memchr::memchr_iter(b'\n', text).nth(line - 2).map_or(0, |newline| newline + 1),
    };
    // Columns count from 1; a byte at which a text ends too early counts as the next line's column 0.
    (line_start + error.column()).saturating_sub(1)
}

/// Where a value ends that stops being JSON at `wrong`.
fn end_of_broken(text: &[u8], wrong: usize) -> Option<usize> {
    // It was cut off between two members: the next value begins where none can.
    if text.get(wrong..).is_some_and(begins) {
        return Some(wrong);
    }
    // It was cut off within a text, which then ends at the first quote of the next value: `{"a":"x{"b":1}`.
    if wrong >= 2 && text[..wrong].ends_with(b"{\"") {
        let at = wrong - 2;
        return Some(if text[..at].ends_with(b"[") { at - 1 } else { at });
    }
    // It is wrong in itself: the next value begins on the next line, or where one object follows another.
    let next = |at: &usize| text[*at] == b'\n' || text[*at] == b'}' && begins(&text[at + 1..]);
    (wrong..text.len()).find(next).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn cut(text: &str, capacity: usize) -> Vec<String> {
        let values = Values::new(BufReader::with_capacity(capacity, text.as_bytes()), 1000);
        values.map(|value| String::from_utf8(value.expect("a value")).expect("text")).collect()
    }

    #[test]
    fn values_stand_back_to_back_or_apart() {
        for capacity in [1, 2, 7, 1000] {
            let text = " {\"a\":\"}\\\"\"}{\"b\":[1,{}]}\n{\n \"c\": 1\n}\t[{}] no JSON\n12 {}";
            let values = ["{\"a\":\"}\\\"\"}", "{\"b\":[1,{}]}", "{\n \"c\": 1\n}", "[{}]", "no JSON", "12", "{}"];
            assert_eq!(cut(text, capacity), values);
            assert_eq!(cut(" \n", capacity), [""; 0]);
        }
    }

    #[test]
    fn a_broken_record_costs_itself_alone() {
        let whole = ["{\"b\":{\"c\":\"d\"},\"e\":1}", "{\"f\":\"}{\"}", "{\"g\":[{\"h\":1},{}]}"];
        for broken in [
            "no JSON",
            "it's \"half quoted",
            "{\"a\":\"x",
            "{\"a\":\"x\\",
            "{\"a\":{\"n\":1},\"z",
            "{\"a\":{\"n\":1},\"z\"",
            "{\"a\":{\"n\":1}",
            "{\"a\":{\"n\":1},",
            "{\"a\":[1,{\"n\":2}",
            "{\"a\":tru",
            "{\"a\":12",
            "{",
            "[{\"a\":1}",
            "{\"a\":{\"n\":1},oops}",
            "{\"a\":\"\u{1}\"}",
            "{'a':1}",
            "\u{1f}\u{8b}\u{0}",
        ] {
            for capacity in [1, 5, 1000] {
                for joint in ["", "\n"] {
                    let values = [whole[0], broken, whole[1], whole[2]];
                    assert_eq!(cut(&values.join(joint), capacity), values, "{broken} {joint:?}");
                }
            }
            assert_eq!(cut(&[whole[0], broken].concat(), 3), [whole[0], broken]);
        }
    }

    #[test]
    fn a_value_larger_than_any_record_is_cut_and_the_next_one_is_whole() {
        let large = |length: usize| format!("{{\"a\":\"{}\",\"b\":[1]}}", "x".repeat(length));
        for capacity in [10, 1000, 100_000] {
            let values = cut(&format!("{}{}{}{{}}", large(10), large(2000), large(985)), capacity);
            assert_eq!(values.iter().map(String::len).collect::<Vec<_>>(), [26, 1000, 1000, 2]);
            assert_eq!(values[3], "{}");
        }
    }
}
