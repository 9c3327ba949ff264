//! The wire: what Firehose sends and what it wants back. No other module knows its JSON.
//!
//! The types borrow from the invocation's bytes and are lenient: of a record only `recordId` and `data` are needed, and
//! nothing about one record can fail another. docs/decisions/0001 says why they are not those of aws_lambda_events.

use crate::cursor::Cursor;
use crate::derive::time;
use crate::json::unescape;
use crate::partition::Partition;
use crate::schema::{PARTITION_KEYS, Plan};
use base64::Engine;
use base64::engine::Simd;
use base64::engine::general_purpose::PAD;
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::sync::LazyLock;

/// How data is written on the wire: standard base64 with padding.
pub(crate) static BASE64: LazyLock<Simd> = LazyLock::new(|| Simd::standard(PAD));

/// The most bytes of an answer. Lambda takes 6,291,556 and fails the whole invocation above; 6,000,000 is where AWS's
/// own transformation blueprints stop.
pub const MAX_RESPONSE: usize = 6_000_000;

/// One invocation.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request<'a> {
    /// As sent; AWS's own samples misspell it or leave it out.
    #[serde(borrow, default, deserialize_with = "raw")]
    delivery_stream_arn: Option<&'a str>,
    /// As sent.
    #[serde(borrow, default, deserialize_with = "raw")]
    invocation_id: Option<&'a str>,
    /// In the order in which they must be answered.
    #[serde(borrow)]
    pub records: Vec<Record<'a>>,
}

/// One record of an invocation. All is JSON text as it was sent.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record<'a> {
    /// Sent back as it is: quotes, escapes and all.
    #[serde(borrow, deserialize_with = "present")]
    record_id: &'a str,
    #[serde(borrow, default, deserialize_with = "raw")]
    data: Option<&'a str>,
    #[serde(borrow, default, deserialize_with = "raw")]
    approximate_arrival_timestamp: Option<&'a str>,
}

/// A value's text; `None` for null.
fn raw<'de: 'a, 'a, D: Deserializer<'de>>(value: D) -> Result<Option<&'a str>, D::Error> {
    Ok(Option::<&RawValue>::deserialize(value)?.map(RawValue::get))
}

/// A value's text, be it null.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(value: D) -> Result<&'a str, D::Error> {
    Ok(<&RawValue>::deserialize(value)?.get())
}

impl<'a> Request<'a> {
    /// Reads an invocation.
    ///
    /// # Errors
    /// If it is no JSON object with a list of records that have ids.
    pub fn parse(body: &'a str) -> serde_json::Result<Self> {
        // As Firehose writes them, one walk will do; what else may be valid, and what is wrong, serde_json knows.
        Self::walk(body).map_or_else(|| serde_json::from_str(body), Ok)
    }

    /// Reads an invocation's bytes; `None` for what is none. [`Self::parse`] says why.
    pub fn read(body: &'a [u8]) -> Option<Self> {
        Self::parse(simdutf8::basic::from_utf8(body).ok()?).ok()
    }

    /// Reads an invocation in which every member is there once and no key has an escape.
    fn walk(body: &'a str) -> Option<Self> {
        let mut cursor = Cursor::new(body, 0);
        let (mut stream, mut invocation, mut records) = (None, None, None);
        cursor.members(|key, cursor| match key {
            "deliveryStreamArn" => once(&mut stream, cursor.raw()?),
            "invocationId" => once(&mut invocation, cursor.raw()?),
            "records" => {
                let mut list = Vec::new();
                cursor.elements(|cursor| {
                    list.push(Record::walk(cursor)?);
                    Some(())
                })?;
                once(&mut records, list)
            }
            _ => cursor.checked_value(),
        })?;
        (cursor.next() == 0 && cursor.at() == body.len()).then_some(())?;
        let not_null = |text: &&str| *text != "null";
        Some(Self {
            delivery_stream_arn: stream.filter(not_null),
            invocation_id: invocation.filter(not_null),
            records: records?,
        })
    }

    /// The stream's name: the last part of its ARN; `unknown` without one.
    pub fn delivery_stream(&self) -> Cow<'a, str> {
        match self.delivery_stream_arn.and_then(string) {
            Some(Cow::Borrowed(arn)) => arn.rsplit(['/', ':']).next().unwrap_or(arn).into(),
            Some(Cow::Owned(arn)) => arn.rsplit(['/', ':']).next().unwrap_or(&arn).to_owned().into(),
            None => "unknown".into(),
        }
    }

    /// The invocation's id; empty without one.
    pub fn invocation_id(&self) -> Cow<'a, str> {
        self.invocation_id.and_then(string).unwrap_or_default()
    }
}

/// Fills what is empty.
fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

impl<'a> Record<'a> {
    fn walk(cursor: &mut Cursor<'a>) -> Option<Self> {
        let (mut id, mut data, mut arrival) = (None, None, None);
        cursor.members(|key, cursor| match key {
            "recordId" => once(&mut id, cursor.raw()?),
            "data" => once(&mut data, cursor.long().or_else(|| cursor.raw())?),
            "approximateArrivalTimestamp" => once(&mut arrival, cursor.raw()?),
            _ => cursor.checked_value(),
        })?;
        let not_null = |text: &&str| *text != "null";
        Some(Self {
            record_id: id?,
            data: data.filter(not_null),
            approximate_arrival_timestamp: arrival.filter(not_null),
        })
    }

    /// The record's id.
    pub fn id(&self) -> Cow<'a, str> {
        string(self.record_id).unwrap_or(self.record_id.into())
    }

    /// The data in base64; `None` if there is none.
    pub fn data(&self) -> Option<Cow<'a, str>> {
        self.data.and_then(string)
    }

    /// When Firehose received it, in milliseconds since 1970, in any spelling. `now` without it: AWS's samples leave it
    /// out, Firehose does not.
    pub fn arrival(&self, now: i64) -> i64 {
        let text = self.approximate_arrival_timestamp.map(|raw| string(raw).unwrap_or(raw.into()));
        text.and_then(|text| time::parse(&text)).unwrap_or(now)
    }
}

/// The meaning of a JSON string; `None` for another value.
fn string(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Some(inner.into());
    }
    let mut meaning = String::new();
    unescape(inner, &mut meaning);
    Some(meaning.into())
}

/// The fixed texts around an answer's values.
const OPEN: &str = "{\"records\":[";
const CLOSE: &str = "]}";
const ID: &str = "{\"recordId\":";
const OK: &str = ",\"result\":\"Ok\",\"data\":\"";
const METADATA: &str = "\",\"metadata\":{\"partitionKeys\":{\"";
const DROPPED: &str = ",\"result\":\"Dropped\",\"data\":\"\"}";
const FAILED: &str = ",\"result\":\"ProcessingFailed\",\"data\":\"\"}";

/// What becomes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// Delivered: rows, and the partition that they belong to.
    Ok(&'a [u8], Partition),
    /// Not delivered, and nothing is wrong.
    Dropped,
    /// Kept in the error prefix.
    ProcessingFailed,
}

/// An answer while it is written. For every request that Lambda takes there is one within the limit: with Firehose's ids
/// and times, a record takes at least 129 bytes of a request and its failure 110 of the answer.
#[derive(Debug)]
pub struct Response {
    body: Vec<u8>,
    /// Bytes that the records not yet answered need at the least.
    reserved: usize,
    /// The last record's date, and its text.
    date: (NaiveDate, String),
}

impl Response {
    /// Begins the answer to `request`.
    pub fn new(request: &Request) -> Self {
        let reserved = request.records.iter().map(least).sum();
        let mut body = Vec::with_capacity(MAX_RESPONSE.min(reserved * 8));
        body.extend_from_slice(OPEN.as_bytes());
        let day = NaiveDate::default();
        Self { body, reserved, date: (day, Partition { event_type: 0, date: day }.date_text()) }
    }

    /// How many bytes of rows the next record can have at the most, its answer's frame not counted.
    pub fn room(&self) -> usize {
        MAX_RESPONSE.saturating_sub(self.body.len() + self.reserved) / 4 * 3
    }

    /// Answers the next record. False, and nothing is written, if that would leave too little room for the rest;
    /// a failure always has its room.
    pub fn answer(&mut self, plan: &Plan, record: &Record, outcome: Outcome) -> bool {
        let separator = if self.body.len() == OPEN.len() { "" } else { "," };
        let id = record.record_id;
        let rest = self.reserved - least(record);
        match outcome {
            Outcome::Dropped => push(&mut self.body, [separator, ID, id, DROPPED]),
            Outcome::ProcessingFailed => push(&mut self.body, [separator, ID, id, FAILED]),
            Outcome::Ok(rows, partition) => {
                if self.date.0 != partition.date {
                    self.date = (partition.date, partition.date_text());
                }
                let [event_type, date] = PARTITION_KEYS;
                let before = [separator, ID, id, OK];
                let of_type = [METADATA, event_type, "\":\"", &plan.event_types[partition.event_type]];
                let of_date = ["\",\"", date, "\":\"", &self.date.1, "\"}}}"];
                let frame: usize = before.iter().chain(&of_type).chain(&of_date).map(|text| text.len()).sum();
                let data = rows.len().div_ceil(3) * 4;
                if self.body.len() + frame + data + rest + CLOSE.len() > MAX_RESPONSE {
                    return false;
                }
                push(&mut self.body, before);
                let start = self.body.len();
                self.body.resize(start + data, 0);
                // The slice has the length that base64 with padding takes.
                let _ = BASE64.encode_slice(rows, &mut self.body[start..]);
                push(&mut self.body, of_type);
                push(&mut self.body, of_date);
            }
        }
        self.reserved = rest;
        true
    }

    /// The whole answer.
    pub fn finish(mut self) -> Vec<u8> {
        self.body.extend_from_slice(CLOSE.as_bytes());
        self.body
    }
}

fn push<const N: usize>(body: &mut Vec<u8>, texts: [&str; N]) {
    for text in texts {
        body.extend_from_slice(text.as_bytes());
    }
}

/// The bytes of the longest answer without rows, and the comma before it.
fn least(record: &Record) -> usize {
    1 + ID.len() + record.record_id.len() + FAILED.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrival_is_exact_to_the_millisecond_and_read_in_any_spelling() {
        for ms in (1_795_000_000_000..1_795_000_010_000).step_by(7) {
            let body = format!(r#"{{"records":[{{"recordId":"a","data":"","approximateArrivalTimestamp":{ms}}}]}}"#);
            let request = Request::parse(&body).expect("a request");
            assert_eq!(request.records[0].arrival(0), ms);
        }
        for (spelling, arrival) in [
            (r#""2026-11-23T10:15:30.123Z""#, 1_795_428_930_123),
            (r#""1795428930123""#, 1_795_428_930_123),
            ("1795428930123.75", 1_795_428_930_123),
            ("null", 5),
            ("{}", 5),
            (r#""soon""#, 5),
        ] {
            let body = format!(r#"{{"records":[{{"recordId":"a","approximateArrivalTimestamp":{spelling}}}]}}"#);
            assert_eq!(Request::parse(&body).expect("a request").records[0].arrival(5), arrival, "{spelling}");
        }
    }

    #[test]
    fn one_walk_reads_what_serde_json_reads() {
        for body in [
            r#"{"invocationId":"i","deliveryStreamArn":null,"region":"r","records":[{"recordId":"1","data":"YQ==","x":[{}]},{"data":null,"recordId":null}]}"#,
            " { \"records\" : [ { \"recordId\" : 1.5e3 , \"approximateArrivalTimestamp\" : {} } ] }\n",
            r#"{"records":[]}"#,
        ] {
            assert_eq!(Request::walk(body), serde_json::from_str(body).ok(), "{body}");
        }
        for other in [
            "",
            "[]",
            r#"{"records":[{}]}"#,
            r#"{"records":[{"recordId":"1"},]}"#,
            r#"{"records":[{"recordId":"1","recordId":"2"}]}"#,
            r#"{"records":[{"record\u0049d":"1"}]}"#,
            r#"{"records":[]}}"#,
            r#"{"records":[}"#,
            r#"{"records":{}}"#,
            "{\"records\":[]}\0",
        ] {
            assert_eq!(Request::walk(other), None, "{other}");
        }
    }

    #[test]
    fn ids_go_back_as_they_came_and_data_may_be_escaped() {
        let body = r#"{"x":1,"deliverySteamArn":"typo","records":[{"recordId":"a\"\u00e9","data":"YWI\/","y":[]},{"recordId":7,"data":null}]}"#;
        let request = Request::parse(body).expect("a request");
        assert_eq!(request.delivery_stream(), "unknown");
        assert_eq!(request.records[0].id(), "a\"é");
        assert_eq!(request.records[0].data().as_deref(), Some("YWI/"));
        assert_eq!((request.records[1].id().as_ref(), request.records[1].data()), ("7", None));
        let mut response = Response::new(&request);
        let plan = Plan::embedded().expect("the schema compiles");
        assert!(response.answer(&plan, &request.records[0], Outcome::Dropped));
        assert!(response.answer(&plan, &request.records[1], Outcome::ProcessingFailed));
        let expected = r#"{"records":[{"recordId":"a\"\u00e9","result":"Dropped","data":""},{"recordId":7,"result":"ProcessingFailed","data":""}]}"#;
        assert_eq!(str::from_utf8(&response.finish()), Ok(expected));
    }
}
