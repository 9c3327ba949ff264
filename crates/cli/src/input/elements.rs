//! The elements of a JSON array, cut out of a text of any size.
//!
//! Only brackets, quotes and commas are looked at: an element that is no JSON inside is still cut out, and whoever reads it
//! says what is wrong with it.

use super::brackets::Brackets;
use std::io::{self, BufRead, Error, ErrorKind};

/// The elements' bytes, one after the other; of several arrays, if they follow each other.
pub(super) struct Elements<R> {
    reader: R,
    /// The most bytes that are kept of an element.
    most: usize,
    is_open: bool,
    is_finished: bool,
}

impl<R: BufRead> Elements<R> {
    pub(super) fn new(reader: R, most: usize) -> Self {
        Self { reader, most, is_open: false, is_finished: false }
    }

    /// Goes to the next element. False if there is none.
    fn skip(&mut self) -> io::Result<bool> {
        while let Some(byte) = self.reader.fill_buf()?.first() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => {}
                b',' if self.is_open => {}
                b'[' if !self.is_open => self.is_open = true,
                b']' if self.is_open => self.is_open = false,
                _ if self.is_open => return Ok(true),
                _ => return Err(Error::new(ErrorKind::InvalidData, "there is something outside of the array")),
            }
            self.reader.consume(1);
        }
        if self.is_open {
            let why = "the array is not closed: either the end is missing, or it is none (then give --read-as lines)";
            return Err(Error::new(ErrorKind::UnexpectedEof, why));
        }
        Ok(false)
    }

    fn element(&mut self) -> io::Result<Vec<u8>> {
        let mut element = Vec::new();
        let first = self.reader.fill_buf()?.first().copied();
        let mut brackets = matches!(first, Some(b'{' | b'[' | b'"')).then(Brackets::default);
        loop {
            let chunk = self.reader.fill_buf()?;
            let end = match &mut brackets {
                Some(brackets) => brackets.end_in(chunk),
                // A number or a word has one byte at least, and ends where something else begins.
                None => {
                    (usize::from(element.is_empty())..chunk.len()).find(|at| b" \t\r\n,[]{}\"".contains(&chunk[*at]))
                }
            };
            let length = end.unwrap_or(chunk.len());
            let is_last = end.is_some() || chunk.is_empty();
            let room = self.most - element.len();
            element.extend_from_slice(&chunk[..length.min(room)]);
            self.reader.consume(length);
            if is_last {
                return Ok(element);
            }
        }
    }
}

impl<R: BufRead> Iterator for Elements<R> {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_finished {
            return None;
        }
        let next = match self.skip() {
            Ok(true) => Some(self.element()),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        };
        self.is_finished = !matches!(next, Some(Ok(_)));
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn cut(text: &str, capacity: usize) -> Vec<String> {
        let elements = Elements::new(BufReader::with_capacity(capacity, text.as_bytes()), 1000);
        elements.map(|one| one.map_or_else(|e| e.to_string(), |one| String::from_utf8(one).expect("text"))).collect()
    }

    #[test]
    fn elements_are_told_apart_by_brackets_quotes_and_commas_alone() {
        for capacity in [1, 3, 1000] {
            let text = " [ {\"a\":[1]} , 2,\"]\",tru{\"b\":\"}\\\"\"}}[]]\n[{}] ";
            let elements = ["{\"a\":[1]}", "2", "\"]\"", "tru", "{\"b\":\"}\\\"\"}", "}", "[]", "{}"];
            assert_eq!(cut(text, capacity), elements);
            assert_eq!(cut("[]", capacity), [""; 0]);
        }
    }

    #[test]
    fn what_is_no_array_to_its_end_is_an_error() {
        for (text, elements, why) in [
            ("[{},", 1, "the array is not closed"),
            ("[{\"a\":1},{\"b\":", 2, "the array is not closed"),
            ("[{}] tail", 1, "something outside of the array"),
            ("{}", 0, "something outside of the array"),
        ] {
            let cut = cut(text, 4);
            assert!(cut.len() == elements + 1 && cut[elements].contains(why), "{text}: {cut:?}");
        }
    }

    #[test]
    fn an_element_larger_than_any_record_is_cut_and_the_next_one_is_whole() {
        let text = format!("[\"{}\",{}, 7]", "x".repeat(2000), "1".repeat(2000));
        assert_eq!(cut(&text, 100).iter().map(String::len).collect::<Vec<_>>(), [1000, 1000, 1]);
    }
}
