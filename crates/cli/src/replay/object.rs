//! Firehose's error objects: what it could not deliver, as it keeps it in S3.
//!
//! Two shapes of JSON are documented, with several spellings of the same names, and seen in the wild: members in any
//! order, integers as strings, objects on lines of their own or back to back, gzip or not. So members are looked up by
//! name, folded, and what cannot be read costs itself alone.

use super::folder;
use clickstream::derive::time;
use serde_json::value::RawValue;
use serde_json::{Deserializer, Map, Value};
use std::path::Path;

/// A record that Firehose could not deliver.
#[derive(Debug, Clone)]
pub(super) struct Undelivered {
    /// File, line and, unless it is the first of its line, column.
    pub(super) place: String,
    /// What Firehose calls the kind of error: `!{firehose:error-output-type}`.
    pub(super) folder: &'static str,
    /// `Lambda.FunctionError` and its like; empty if the object names none.
    pub(super) code: String,
    /// What Firehose says of it.
    pub(super) message: String,
    /// When Firehose received the record, in milliseconds since 1970.
    pub(super) arrival: Option<i64>,
    /// When Firehose gave up, likewise.
    pub(super) ended: Option<i64>,
    /// The record as base64, or why there is none.
    pub(super) data: Result<String, String>,
}

/// The records of one error object, in order.
pub(super) fn records(path: &Path, bytes: &[u8]) -> Vec<Undelivered> {
    let mut records = Vec::new();
    let mut place = Place { path, bytes, at: 0, line: 1, line_start: 0 };
    loop {
        let blanks = bytes[place.at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        place.go_to(place.at + blanks);
        if place.at == bytes.len() {
            return records;
        }
        let rest = &bytes[place.at..];
        let mut values = Deserializer::from_slice(rest).into_iter::<&RawValue>();
        let (members, length) = match values.next() {
            Some(Ok(value)) => (members(value), values.byte_offset()),
            // A line that is broken is given up; the next one may not be.
            _ => {
                let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                (Err("it is not JSON, or ends in the middle of it".into()), line)
            }
        };
        records.push(undelivered(&place, members));
        place.go_to(place.at + length);
    }
}

/// What stands for a file, or the rest of one, that cannot be read.
pub(super) fn unreadable(path: &Path, why: String) -> Undelivered {
    undelivered(&Place { path, bytes: &[], at: 0, line: 1, line_start: 0 }, Err(why))
}

/// The members of an object under their names in lower case.
fn members(value: &RawValue) -> Result<Map<String, Value>, String> {
    let members: Map<String, Value> = serde_json::from_str(value.get()).map_err(|_| "it is no JSON object")?;
    Ok(members.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect())
}

fn undelivered(place: &Place, members: Result<Map<String, Value>, String>) -> Undelivered {
    let (members, unreadable) = match members {
        Ok(members) => (members, None),
        Err(why) => (Map::new(), Some(why)),
    };
    let one_of = |names: [&str; 2]| names.iter().find_map(|name| members.get(*name).filter(|value| !value.is_null()));
    let text = |names| one_of(names).and_then(Value::as_str).unwrap_or_default().to_owned();
    let time = |name| one_of([name, name]).and_then(milliseconds);
    let code = text(["errorcode", "lasterrorcode"]);
    Undelivered {
        folder: folder::of(place.path, &code),
        message: text(["errormessage", "lasterrormessage"]),
        arrival: time("arrivaltimestamp"),
        ended: time("attemptendingtimestamp"),
        data: match (unreadable, members.get("rawdata")) {
            (Some(why), _) => Err(why),
            (None, Some(Value::String(data))) => Ok(data.clone()),
            (None, _) => Err("it has no rawData: not one of Firehose's error objects".into()),
        },
        place: place.to_string(),
        code,
    }
}

/// A time: an integer or, in some captures, the same as a string.
fn milliseconds(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => time::parse(text),
        other => time::parse(&other.to_string()),
    }
}

/// Where in a file one is.
struct Place<'a> {
    path: &'a Path,
    bytes: &'a [u8],
    at: usize,
    line: usize,
    line_start: usize,
}

impl Place<'_> {
    fn go_to(&mut self, at: usize) {
        for newline in self.at..at {
            if self.bytes[newline] == b'\n' {
                self.line += 1;
                self.line_start = newline + 1;
            }
        }
        self.at = at;
    }
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.path.display(), self.line)?;
        let column = self.at - self.line_start + 1;
        if column > 1 { write!(f, ":{column}") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Undelivered> {
        records(Path::new("errors/processing-failed/x"), text.as_bytes())
    }

    #[test]
    fn every_spelling_of_a_member_is_the_member() {
        let spellings = [
            r#"{"rawData":"e30=","errorCode":"C","errorMessage":"M","arrivalTimestamp":1795428932007,"attemptEndingTimestamp":1795428993000,"lambdaARN":"a"}"#,
            r#"{"attemptsMade":"4","arrivalTimestamp":"1795428932007","errorCode":"C","errorMessage":"M","attemptEndingTimestamp":"1795428993000","lambdaArn":"","rawData":"e30="}"#,
            r#"{"arrivalTimestamp":1795428932007,"lastErrorCode":"C","lastErrorMessage":"M","attemptEndingTimestamp":1795428993000,"rawData":"e30=","sequenceNumber":"1","subSequenceNumber":null,"dataCatalogTable":{"catalogArn":"x"}}"#,
            r#"{ "ArrivalTimestamp" : 1795428932007 , "ErrorCode":"C","ErrorMessage":"M","AttemptEndingTimestamp":1795428993000,"RawData":"e30="}"#,
            r#"{"arrivalTimestamp":1795428932007,"errorCode":null,"lastErrorCode":"C","errorMessage":"M","attemptEndingTimestamp":1795428993000,"rawData":"e30="}"#,
        ];
        for text in spellings {
            let [one] = read(text).try_into().expect("one record");
            assert_eq!((one.code.as_str(), one.message.as_str(), one.data), ("C", "M", Ok("e30=".into())), "{text}");
            assert_eq!((one.arrival, one.ended), (Some(1_795_428_932_007), Some(1_795_428_993_000)), "{text}");
        }
    }

    #[test]
    fn objects_stand_on_lines_or_back_to_back_and_a_broken_line_costs_itself_alone() {
        let one = r#"{"rawData":"e30="}"#;
        let text = format!(
            "{one}{one}\n\n{one} {one}\r\n{{\"rawData\":\"e3\n[1]\n{{}}\n\u{0}\n{{\n\"rawData\":\n\"e30=\"}}{one}"
        );
        let told: Vec<_> = read(&text).into_iter().map(|one| (one.place, one.data.is_ok())).collect();
        let places = ["1", "1:19", "3", "3:20", "4", "5", "6", "7", "8", "10:8"];
        let readable = [true, true, true, true, false, false, false, false, true, true];
        let expected = places.map(|place| format!("errors/processing-failed/x:{place}")).into_iter().zip(readable);
        assert_eq!(told, expected.collect::<Vec<_>>());
    }

    #[test]
    fn no_bytes_at_all_are_too_odd_to_read() {
        for bytes in [&b"\xff\xfe"[..], b"{\"rawData\":\"\xff\"}", b"{", b"\"", b"", b"\n", &b"[".repeat(100_000)] {
            let read = records(Path::new("x"), bytes);
            assert!(read.iter().all(|record| record.data.is_err()) && read.len() <= 1);
        }
    }
}
