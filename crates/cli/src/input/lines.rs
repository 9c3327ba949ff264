//! One record a line, as bytes: a record need not be text.

use std::io::{self, BufRead};

/// Lines without their ends. A last line without an end counts; an empty line is an empty record.
pub(super) struct Lines<R> {
    reader: R,
    /// The most bytes that are kept of a line.
    most: usize,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R, most: usize) -> Self {
        Self { reader, most }
    }

    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut any = false;
        loop {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                return Ok(any.then_some(line));
            }
            any = true;
            let end = memchr::memchr(b'\n', chunk);
            let part = &chunk[..end.unwrap_or(chunk.len())];
            let room = self.most - line.len();
            line.extend_from_slice(&part[..part.len().min(room)]);
            let read = end.map_or(chunk.len(), |end| end + 1);
            self.reader.consume(read);
            if end.is_some() {
                return Ok(Some(line));
            }
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.line().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    #[test]
    fn a_line_longer_than_any_record_is_cut_and_the_next_one_is_whole() {
        let text: &[u8] = b"abcdefgh\n\nxyz";
        for capacity in [1, 3, 100] {
            let lines = Lines::new(BufReader::with_capacity(capacity, text), 5);
            let lines: Vec<_> = lines.map(|line| line.expect("a line")).collect();
            assert_eq!(lines, [b"abcde".to_vec(), b"".to_vec(), b"xyz".to_vec()]);
        }
    }
}
