//! How records stand in a file: told from its beginning.

use super::elements::Elements;
use super::{MAX_INVOCATION, MAX_RECORD, recorded};
use serde::de::IgnoredAny;
use serde_json::Deserializer;
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
    /// JSON values that follow each other: over several lines each, or back to back as in Firehose's backup.
    Values,
    /// Firehose's own JSON: invocations of the Lambda, or their records, with arrival times and base64.
    Firehose,
}

/// Tells the shape of what `reader` gives and leaves all of it to be read. `is_firehoses`: the file has a name that
/// Firehose gives to objects, which it fills with records back to back.
pub(super) fn tell(reader: &mut Box<dyn BufRead + '_>, is_firehoses: bool) -> io::Result<Shape> {
    let mut start = Vec::new();
    while start.trim_ascii().is_empty() && reader.by_ref().take(MOST).read_until(b'\n', &mut start)? > 0 {}
    let shape = match of_line(start.trim_ascii()) {
        Some(Shape::Lines) | None if is_firehoses => Shape::Values,
        Some(shape) => shape,
        None => {
            reader.by_ref().take(MOST).read_to_end(&mut start)?;
            if start.trim_ascii_start().starts_with(b"[") { of_list(start.trim_ascii()) } else { of_objects(&start) }
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

/// The shape of a file that begins with this list, or what may be one, and what follows it.
fn of_list(lines: &[u8]) -> Shape {
    let mut split = lines.splitn(2, |byte| *byte == b'\n');
    let first_line = split.next().unwrap_or_default().trim_ascii_end();
    let is_list = match split.next() {
        // One line: a list that no record could hold is none.
        None => is_json(first_line) || first_line.len() > MAX_RECORD,
        // A list that is a line among others is a record of several events.
        Some(_) if is_json(first_line) => false,
        // It goes on, be it with an end or without.
        Some(rest) => {
            let goes_on = |element: &[u8]| {
                first_line.ends_with(b"[")
                    || first_line.ends_with(b",")
                    || rest.trim_ascii_start().starts_with(b",")
                    || element.contains(&b'\n')
            };
            let first = Elements::new(lines, MAX_RECORD + 1).next();
            is_json(lines) || first.and_then(Result::ok).is_some_and(|first| is_json(&first) && goes_on(&first))
        }
    };
    if is_list { Shape::Array } else { Shape::Lines }
}

/// The shape of a file that begins with these objects, or what may be some, none of them alone on the first line.
fn of_objects(start: &[u8]) -> Shape {
    let lines = start.trim_ascii_start();
    let first_line = lines.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut objects = Deserializer::from_slice(lines).into_iter::<IgnoredAny>();
    let first = objects.next().filter(Result::is_ok).map_or(&[][..], |_| &lines[..objects.byte_offset()]);
    if recorded::is_from_firehose(first) {
        return Shape::Firehose;
    }
    // A line of several objects is a record of several events; but a file is that has no line's end, and so are more than any
    // record could hold.
    let is_endless = !start.contains(&b'\n') && objects.next().is_some_and(|second| second.is_ok());
    if first.contains(&b'\n') || is_endless || first_line.len() > MAX_RECORD { Shape::Values } else { Shape::Lines }
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, is_firehoses: bool) -> Shape {
        let mut reader: Box<dyn BufRead> = Box::new(text.as_bytes());
        let shape = tell(&mut reader, is_firehoses).expect("a shape");
        let mut read = String::new();
        reader.read_to_string(&mut read).expect("text");
        assert!(read == text);
        shape
    }

    #[test]
    fn the_first_record_tells_how_all_of_them_stand() {
        for (text, shape) in [
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
            ("{\"a\":1}{\"b\":2}\n", Shape::Lines),
            ("{\"a\":1}{\"b\":2}\n{\"c\":3}", Shape::Lines),
            ("{\"a\":1}{\"b\":2}", Shape::Values),
            ("{\"a\":1} no JSON", Shape::Lines),
            ("{\"approximateArrivalTimestamp\":1,\"data\":\"e30=\"}\n", Shape::Firehose),
            ("{\"records\":[{\"recordId\":\"1\",\"data\":\"e30=\"}]}\n", Shape::Firehose),
            ("{\n \"records\": [{\"recordId\": \"1\", \"data\": \"\"}]\n}", Shape::Firehose),
            ("{\"records\":[{\"data\":\"no recordId: an event of somebody's\"}]}\n", Shape::Lines),
        ] {
            assert_eq!(told(text, false), shape, "{text}");
        }
    }

    #[test]
    fn an_array_that_is_cut_off_is_one_and_a_broken_record_is_none() {
        for (text, shape) in [
            ("[\n  {\"a\":1},\n  {\"a\":", Shape::Array),
            ("[\n  {\"a\":1}", Shape::Array),
            ("[{\"a\":1},\n {\"a\":2},\n", Shape::Array),
            ("[{\"a\":1}\n,{\"a\":2}\n", Shape::Array),
            ("[{\n  \"a\": 1\n }, {", Shape::Array),
            ("[{\"a\":1},{\"a\n{\"b\":2}\n", Shape::Lines),
            ("[{\"a\":1}\n{\"b\":2}\n", Shape::Lines),
            ("[{\"a\":1},{\"a\":", Shape::Lines),
        ] {
            assert_eq!(told(text, false), shape, "{text}");
        }
    }

    #[test]
    fn records_back_to_back_are_told_by_the_files_name_or_by_their_length() {
        for (text, shape) in [
            ("{\"a\":1}\n{\"b\":2}", Shape::Values),
            ("no JSON{\"b\":2}", Shape::Values),
            ("[{\"a\":1}]{\"b\":2}", Shape::Values),
            ("{\"approximateArrivalTimestamp\":1,\"data\":\"e30=\"}\n", Shape::Firehose),
        ] {
            assert_eq!(told(text, true), shape, "{text}");
        }
        let many = "{\"a\":\"cut o".to_owned() + &"{\"a\":1}".repeat(150_000) + "\n{}";
        assert_eq!(told(&many, false), Shape::Values);
        let large = format!("{{\"a\":\"{}\"}}\n{{}}\n", "x".repeat(MAX_RECORD));
        assert_eq!(told(&large, false), Shape::Lines);
    }
}
