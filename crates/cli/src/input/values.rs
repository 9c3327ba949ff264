//! JSON values that follow each other, or the elements of one array, cut out of a text of any size.
//!
//! Only the brackets and quotes are looked at: a value that is no JSON inside is still cut out, and whoever reads it
//! says what is wrong with it.

use std::io::{self, BufRead, ErrorKind};

/// The values' bytes, one after the other.
pub(super) struct Values<R> {
    reader: R,
    /// The most bytes that are kept of a value.
    most: usize,
    /// Whether they are the elements of an array.
    elements: bool,
    /// Whether the array has been opened.
    opened: bool,
    finished: bool,
}

impl<R: BufRead> Values<R> {
    /// Values that follow each other, with or without white space between them.
    pub(super) fn new(reader: R, most: usize) -> Self {
        Self { reader, most, elements: false, opened: false, finished: false }
    }

    /// The elements of an array.
    pub(super) fn elements(reader: R, most: usize) -> Self {
        Self { elements: true, ..Self::new(reader, most) }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.reader.fill_buf()?.first().copied())
    }

    /// Skips to the next value. False if there is none.
    fn skip(&mut self) -> io::Result<bool> {
        while let Some(byte) = self.peek()? {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => {}
                b',' if self.elements && self.opened => {}
                b'[' if self.elements && !self.opened => self.opened = true,
                b']' if self.elements && self.opened => return Ok(false),
                _ => return Ok(true),
            }
            self.reader.consume(1);
        }
        if self.elements {
            return Err(io::Error::new(ErrorKind::UnexpectedEof, "the array is not closed"));
        }
        Ok(false)
    }

    fn value(&mut self) -> io::Result<Vec<u8>> {
        let mut value = Vec::new();
        let (mut depth, mut string, mut escaped) = (0_u64, false, false);
        loop {
            let chunk = self.reader.fill_buf()?;
            let (mut length, mut ends) = (chunk.len(), chunk.is_empty());
            for (index, byte) in chunk.iter().enumerate() {
                let begins = index == 0 && value.is_empty();
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if string => escaped = true,
                    b'"' => {
                        string = !string;
                        ends = !string && depth == 0;
                    }
                    _ if string => {}
                    b'{' | b'[' if depth > 0 || begins => depth += 1,
                    b'}' | b']' if depth > 0 => {
                        depth -= 1;
                        ends = depth == 0;
                    }
                    // A number or a word ends where something else begins.
                    b'{' | b'[' | b'}' | b']' | b',' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 && !begins => {
                        (length, ends) = (index, true);
                        break;
                    }
                    _ => {}
                }
                if ends {
                    length = index + 1;
                    break;
                }
            }
            let room = self.most - value.len();
            value.extend_from_slice(&chunk[..length.min(room)]);
            self.reader.consume(length);
            if ends {
                return Ok(value);
            }
        }
    }
}

impl<R: BufRead> Iterator for Values<R> {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        let next = match self.skip() {
            Ok(true) => Some(self.value()),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        };
        self.finished = !matches!(next, Some(Ok(_)));
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn cut(text: &str, elements: bool, capacity: usize) -> Vec<String> {
        let reader = BufReader::with_capacity(capacity, text.as_bytes());
        let values = Values { elements, ..Values::new(reader, 1000) };
        values.map(|value| value.map_or_else(|e| e.to_string(), |v| String::from_utf8(v).expect("text"))).collect()
    }

    #[test]
    fn values_are_told_apart_by_brackets_and_quotes_alone() {
        for capacity in [1, 2, 7, 1000] {
            let text = "{\"a\":\"}\\\"\"}{\"b\":[1,{}]}\n \"x y\" 12 tru{} []";
            assert_eq!(
                cut(text, false, capacity),
                ["{\"a\":\"}\\\"\"}", "{\"b\":[1,{}]}", "\"x y\"", "12", "tru", "{}", "[]"]
            );
        }
    }

    #[test]
    fn elements_of_an_array_end_with_it() {
        for capacity in [1, 3, 1000] {
            assert_eq!(cut(" [ {\"a\":[1]} , 2,\"]\" ] tail", true, capacity), ["{\"a\":[1]}", "2", "\"]\""]);
            assert_eq!(cut("[{},", true, capacity), ["{}", "the array is not closed"]);
            assert_eq!(cut("[]", true, capacity), [""; 0]);
        }
    }
}
