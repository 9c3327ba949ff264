//! The wire: what Firehose sends and what it wants back. No other module knows its JSON.
//!
//! The types borrow from the invocation's bytes and are lenient: of a record only `recordId` and `data` are needed, and
//! nothing about one record can fail another. docs/decisions/0001 says why they are not those of aws_lambda_events.

mod response;

use crate::cursor::Cursor;
use crate::derive::time;
use crate::json::unescape;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// How data is written on the wire: standard base64 with padding.
pub(crate) use base64_turbo::STANDARD as BASE64;
pub(crate) use response::Frames;
pub use response::{Outcome, Response};

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

/// One record of an invocation.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record<'a> {
    /// Sent back as it is: quotes, escapes and all.
    #[serde(borrow, deserialize_with = "present_bytes")]
    record_id: &'a [u8],
    /// In base64.
    #[serde(borrow, default, deserialize_with = "meaning")]
    data: Option<Cow<'a, [u8]>>,
    /// Milliseconds since 1970.
    #[serde(rename = "approximateArrivalTimestamp", default, deserialize_with = "time")]
    arrival: Option<i64>,
}

/// A value's text; `None` for null.
fn raw<'de: 'a, 'a, D: Deserializer<'de>>(value: D) -> Result<Option<&'a str>, D::Error> {
    Ok(Option::<&RawValue>::deserialize(value)?.map(RawValue::get))
}

/// A value's text, be it null.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(value: D) -> Result<&'a str, D::Error> {
    Ok(<&RawValue>::deserialize(value)?.get())
}

/// The same, in bytes.
fn present_bytes<'de: 'a, 'a, D: Deserializer<'de>>(value: D) -> Result<&'a [u8], D::Error> {
    Ok(present(value)?.as_bytes())
}

/// A string's meaning; `None` for any other value.
fn meaning<'de: 'a, 'a, D: Deserializer<'de>>(value: D) -> Result<Option<Cow<'a, [u8]>>, D::Error> {
    Ok(string(present(value)?).map(bytes))
}

/// A time in any spelling.
fn time<'de, D: Deserializer<'de>>(value: D) -> Result<Option<i64>, D::Error> {
    Ok(point_in_time(present(value)?))
}

impl<'a> Request<'a> {
    /// Reads an invocation, which Lambda sends in UTF-8. Data that is not is no base64, and that costs its record alone where
    /// no escape has to be read in it.
    ///
    /// # Errors
    /// If it is no JSON object with a list of records that have ids.
    pub fn parse(body: &'a (impl AsRef<[u8]> + ?Sized)) -> serde_json::Result<Self> {
        // As Firehose writes them, one walk will do; what else may be valid, and what is wrong, serde_json knows.
        let body = body.as_ref();
        Self::walk(body).map_or_else(|| serde_json::from_slice(body), Ok)
    }

    /// Reads an invocation in which every member is there once and no key has an escape.
    fn walk(body: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(body, 0);
        let (mut stream, mut invocation, mut records) = (None, None, None);
        cursor.members(
            &[r#""deliveryStreamArn":"#, r#""invocationId":"#, r#""records":"#],
            |key, cursor| match key {
                0 => once(&mut stream, text(cursor.raw()?)?),
                1 => once(&mut invocation, text(cursor.raw()?)?),
                2 => {
                    let mut list = Vec::new();
                    cursor.elements(|cursor| {
                        list.push(Record::walk(cursor)?);
                        Some(())
                    })?;
                    once(&mut records, list)
                }
                _ => cursor.checked_value(),
            },
        )?;
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
    #[inline(always)]
    fn walk(cursor: &mut Cursor<'a>) -> Option<Self> {
        let (mut id, mut data, mut arrival) = (None, None, None);
        cursor.members(
            &[r#""recordId":"#, r#""approximateArrivalTimestamp":"#, r#""data":"#],
            |key, cursor| match key {
                0 => once(&mut id, cursor.raw_string().or_else(|| text(cursor.raw()?).map(str::as_bytes))?),
                1 => once(
                    &mut arrival,
                    match cursor.milliseconds() {
                        None => point_in_time(text(cursor.raw()?)?),
                        time => time,
                    },
                ),
                2 => once(
                    &mut data,
                    match cursor.long() {
                        None => string(text(cursor.raw()?)?).map(bytes),
                        data => data.map(Cow::Borrowed),
                    },
                ),
                _ => cursor.checked_value(),
            },
        )?;
        Some(Self { record_id: id?, data: data.flatten(), arrival: arrival.flatten() })
    }

    /// The record's id.
    pub fn id(&self) -> Cow<'a, str> {
        let id = text(self.record_id).unwrap_or_default();
        string(id).unwrap_or(id.into())
    }

    /// The data in base64; `None` if there is none.
    pub fn data(&self) -> Option<&[u8]> {
        self.data.as_deref()
    }

    /// When Firehose received it, in milliseconds since 1970, in any spelling. `now` without it: AWS's samples leave it
    /// out, Firehose does not.
    pub fn arrival(&self, now: i64) -> i64 {
        self.arrival.unwrap_or(now)
    }
}

/// Bytes that are text.
fn text(bytes: &[u8]) -> Option<&str> {
    str::from_utf8(bytes).ok()
}

/// The bytes of a text.
fn bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => text.as_bytes().into(),
        Cow::Owned(text) => text.into_bytes().into(),
    }
}

/// The time that a value's text stands for, be it a number or a string.
#[inline(never)]
fn point_in_time(raw: &str) -> Option<i64> {
    time::parse(&string(raw).unwrap_or(raw.into()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
            assert_eq!(Request::walk(body.as_bytes()), serde_json::from_str(body).ok(), "{body}");
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
            assert_eq!(Request::walk(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn ids_go_back_as_they_came_and_data_may_be_escaped() {
        let body = r#"{"x":1,"deliverySteamArn":"typo","records":[{"recordId":"a\"\u00e9","data":"YWI\/","y":[]},{"recordId":7,"data":null}]}"#;
        let request = Request::parse(body).expect("a request");
        assert_eq!(request.delivery_stream(), "unknown");
        assert_eq!(request.records[0].id(), "a\"é");
        assert_eq!(request.records[0].data(), Some(&b"YWI/"[..]));
        assert_eq!((request.records[1].id().as_ref(), request.records[1].data()), ("7", None));
        let mut response = Response::new(&request, b"whatever".to_vec());
        response.answer(&request.records[0], Outcome::Dropped);
        response.answer(&request.records[1], Outcome::ProcessingFailed);
        let expected = r#"{"records":[{"recordId":"a\"\u00e9","result":"Dropped","data":""},{"recordId":7,"result":"ProcessingFailed","data":""}]}"#;
        assert_eq!(str::from_utf8(&response.finish()), Ok(expected));
    }

    #[test]
    fn what_is_no_utf8_costs_its_own_record_or_names_none() {
        let body = |id: &[u8], data: &[u8]| {
            let record = [b"{\"recordId\":", id, b",\"data\":", data, b"}"].concat();
            [b"{\"records\":[", &record[..], b",{\"recordId\":\"2\",\"data\":\"e30=\"}]}"].concat()
        };
        let wrong = body(b"\"1\"", b"\"e3\xff0\"");
        let request = Request::parse(&wrong).expect("a request");
        assert_eq!(
            request.records.iter().map(Record::data).collect::<Vec<_>>(),
            [Some(&b"e3\xff0"[..]), Some(b"e30=")]
        );
        assert!(Request::parse(&body(b"\"\xff\"", b"\"e30=\"")).is_err());
        let odd = body("\"ü\"".as_bytes(), b"\"e30=\"");
        assert_eq!(Request::parse(&odd).expect("a request").records[0].id(), "ü");
    }

    /// A record in which any member may have any value and stand anywhere, with or without white space.
    fn record() -> impl Strategy<Value = String> {
        let id = r#""[0-9]{56}"|"[ -!#-[^-~ü]{0,40}"|[0-9]{1,3}|null"#;
        let data = r#""[A-Za-z0-9+/]{0,80}={0,2}"|"YW\\/J\\u003d"|null|\{\}|1"#;
        let arrival = r#"[1-9][0-9]{12}|[0-9]{10,14}(\.[0-9]{1,3})?|"2026-11-23T10:15:30Z"|null|-1"#;
        let metadata = r#"\{"shardId":"s"\}|\[\]"#;
        let member = |name: &'static str, value: &'static str| (Just(name), value, "[ \n]?", "[ \n]?");
        let members = (
            member("recordId", id),
            member("approximateArrivalTimestamp", arrival),
            member("data", data),
            member("kinesisRecordMetadata", metadata),
        );
        let shuffled = members
            .prop_flat_map(|(id, arrival, data, metadata)| Just(vec![id, arrival, data, metadata]).prop_shuffle());
        shuffled.prop_map(|members| {
            let written = members
                .iter()
                .map(|(name, value, before, after)| format!("{before}\"{name}\"{after}:{before}{value}{after}"));
            format!("{{{}}}", written.collect::<Vec<_>>().join(","))
        })
    }

    proptest! {
        #[test]
        fn one_walk_reads_any_record_as_serde_json_does(records in proptest::collection::vec(record(), 0..4)) {
            let body = format!(r#"{{"records":[{}]}}"#, records.join(","));
            prop_assert_eq!(Request::walk(body.as_bytes()), serde_json::from_str(&body).ok(), "{}", body);
        }
    }
}
