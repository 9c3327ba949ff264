//! How records stand in a file: told from its beginning.

use super::values::Values;
use super::{MAX_INVOCATION, MAX_RECORD, recorded};
use serde::de::IgnoredAny;
use std::io::{self, BufRead, Cursor, Read};

/// How much is read to tell: no invocation is larger, and no record by far.
const MOST: u64 = MAX_INVOCATION as u64;

/// How records stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Shape {
    /// One record a line, whatever it is.
    Lines,
    /// A JSON array of records.
    Array,
    /// JSON values that follow each other, over several lines each.
    Values,
    /// Firehose's own JSON: invocations of the Lambda, or their records, with arrival times and base64.
    Firehose,
}

/// Tells the shape of what `reader` gives and leaves all of it to be read.
pub(super) fn tell(reader: &mut Box<dyn BufRead + '_>) -> io::Result<Shape> {
    let mut start = Vec::new();
    while start.trim_ascii().is_empty() && reader.by_ref().take(MOST).read_until(b'\n', &mut start)? > 0 {}
    let shape = match of_line(start.trim_ascii()) {
        Some(shape) => shape,
        None => {
            reader.by_ref().take(MOST).read_to_end(&mut start)?;
            of_lines(start.trim_ascii())
        }
    };
    let rest = std::mem::replace(reader, Box::new(io::empty()));
    *reader = Box::new(Cursor::new(start).chain(rest));
    Ok(shape)
}

/// The shape of a file that begins with this line; `None` if that takes more lines to tell.
fn of_line(line: &[u8]) -> Option<Shape> {
    match line.first() {
        Some(b'{') if recorded::is_from_firehose(line) => Some(Shape::Firehose),
        Some(b'{') if is_json(line) => Some(Shape::Lines),
        Some(b'{' | b'[') => None,
        _ => Some(Shape::Lines),
    }
}

/// The shape of a file that begins with these lines, or is all of them.
fn of_lines(lines: &[u8]) -> Shape {
    let first_line = lines.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if lines.starts_with(b"[") {
        // A list that is a line among others is a record of several events; one that no record could hold is none.
        let is_list = lines.len() == first_line.len() || !is_json(first_line);
        return if is_list && (is_json(lines) || lines.len() > MAX_RECORD) { Shape::Array } else { Shape::Lines };
    }
    match Values::new(lines, MAX_INVOCATION).next() {
        Some(Ok(first)) if recorded::is_from_firehose(&first) => Shape::Firehose,
        Some(Ok(first)) if first.contains(&b'\n') && is_json(&first) => Shape::Values,
        _ => Shape::Lines,
    }
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_record_tells_how_all_of_them_stand() {
        let cases: [(&str, Shape); 14] = [
            ("", Shape::Lines),
            ("\n{\"a\":1}\n{\"b\":2}\n", Shape::Lines),
            ("no JSON\n", Shape::Lines),
            ("{\"a\":\nno JSON\n", Shape::Lines),
            ("[no JSON\n{}\n", Shape::Lines),
            ("[{\"a\":1},{\"a\":2}]\n{\"b\":2}\n", Shape::Lines),
            ("[{\"a\":1},{\"a\":2}]\n", Shape::Array),
            ("[\n  {\"a\":1},\n  {\"a\":2}\n]\n", Shape::Array),
            ("{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n", Shape::Values),
            ("{\n  \"a\": 1\n}", Shape::Values),
            ("{\"approximateArrivalTimestamp\":1,\"data\":\"e30=\"}\n", Shape::Firehose),
            ("{\"records\":[{\"recordId\":\"1\",\"data\":\"e30=\"}]}\n", Shape::Firehose),
            ("{\n \"records\": [{\"recordId\": \"1\", \"data\": \"\"}]\n}", Shape::Firehose),
            ("{\"records\":[{\"data\":\"no recordId: an event of somebody's\"}]}\n", Shape::Lines),
        ];
        for (text, shape) in cases {
            let mut reader: Box<dyn BufRead> = Box::new(text.as_bytes());
            assert_eq!(tell(&mut reader).expect("a shape"), shape, "{text}");
            let mut read = String::new();
            reader.read_to_string(&mut read).expect("text");
            assert_eq!(read, text);
        }
    }
}
